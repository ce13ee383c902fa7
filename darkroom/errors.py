"""Everything darkroom refuses, in one tree, each with the exit code it ends in.

    DarkroomError               1
    ├── UsageError              2   what was typed cannot be done
    │   ├── PathNotFound
    │   ├── SceneNotFound
    │   ├── NoScenes
    │   ├── BrokenSource
    │   ├── Unreadable
    │   └── BrokenImport
    ├── EncodingFailed          1   ffmpeg died; its own words are in the message
    ├── NotAsPlanned            1   a file was written, but is not what it should be
    ├── Interrupted           130   Ctrl-C
    └── ToolMissing             1   a program that must be installed

A message says what and where; `hint` is the line to type next.
"""

import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path


class DarkroomError(Exception):
    """Something a person can mend: what happened, and what to type next."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  {self.hint}" if self.hint else self.message


class UsageError(DarkroomError):
    """What was typed cannot be done."""

    exit_code = 2


class PathNotFound(UsageError):
    def __init__(self, path: Path) -> None:
        if path.is_symlink():
            super().__init__(f"{path} is a link that leads nowhere.", f"Look where it points:  ls -l {path}")
            return
        siblings = []
        with suppress(OSError):
            siblings = [p.name for p in path.parent.iterdir()]
        near = get_close_matches(path.name, siblings, n=1)
        hint = f"Did you mean {path.parent / near[0]}?" if near else "See what there is:  darkroom list"
        super().__init__(f"there is no {path}.", hint)


class SceneNotFound(UsageError):
    def __init__(self, name: str, path: Path, known: Iterable[str]) -> None:
        known = list(known)
        near = get_close_matches(name, known, n=1, cutoff=0.4)
        hint = f"Did you mean {path}:{near[0]}?" if near else f"See what there is:  darkroom list {path}"
        super().__init__(f"no scene {name} in {path} (it has {len(known)}).", hint)


class NoScenes(UsageError):
    """A file or folder without scenes.

    Args:
        path: of it.
        bases: each scene class it has all the same, and why that is not listed.
    """

    def __init__(self, path: Path, bases: Sequence[tuple[str, str]] = ()) -> None:
        if bases:
            reasons = "".join(f"\n    {name} {reason}" for name, reason in bases)
            super().__init__(
                f"no scenes in {path}, only bases for others:{reasons}",
                f"Render one all the same:  darkroom render {path}:{bases[0][0]}",
            )
            return
        super().__init__(
            f"no scenes in {path}." if path != Path(".") else "no scenes here.",
            "A scene is a class with a construct method and a base such as Scene or InteractiveScene.",
        )


LONGEST = 160  # characters shown of a line of somebody's source


class BrokenSource(UsageError):
    """A Python file that does not parse.

    Args:
        path: as it should be named.
        error: what the parser said.
        needed: the Python it is written for, if that is newer than this one.
    """

    def __init__(self, path: Path, error: Exception, needed: tuple[int, int] | None = None) -> None:
        line = getattr(error, "lineno", None)
        text = str(getattr(error, "text", None) or "").strip()[:LONGEST]
        where = f"{path}, line {line}" if line else f"{path}"
        if needed:
            own, wanted = (f"{major}.{minor}" for major, minor in (sys.version_info[:2], needed))
            said = f"{where}: this is syntax of Python {wanted}, and newer; you have Python {own}."
            hint = f"Set darkroom up with Python {wanted} or newer, or write that line for {own}."
        else:
            said, hint = f"{where}: {_reason(error)}", "Mend that line, then run the same command again."
        super().__init__(said + (f"\n    {text}" if text else ""), hint)


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError | MemoryError):
        return "it is nested too deeply for Python to read."
    reason = str(getattr(error, "msg", None) or error)
    return reason if reason.endswith(("?", "!", ".")) else f"{reason}."


class Unreadable(UsageError):
    """A file or folder that is there, but cannot be read."""

    def __init__(self, path: Path, error: OSError) -> None:
        super().__init__(f"{path} cannot be read: {error.strerror or error}.", f"Look who may:  ls -ld {path}")


class BrokenImport(UsageError):
    """A file whose scenes cannot be told without running it, and that does not run.

    Args:
        path: as it should be named.
        reason: why it does not run, in a line or several.
        lines: the author's own lines that led there.
    """

    def __init__(self, path: Path, reason: str, lines: str = "") -> None:
        told = "".join(f"\n    {line}" for line in lines.splitlines())
        super().__init__(
            f"{path} cannot be imported: {reason}{told}",
            "Its scenes cannot be told from its text alone. Mend it, then run the same command again.",
        )


class EncodingFailed(DarkroomError):
    """ffmpeg died."""


class NotAsPlanned(DarkroomError):
    """A written file does not hold what was sent to it."""


class Interrupted(DarkroomError):
    """Somebody has had enough."""

    exit_code = 130

    def __init__(self) -> None:
        super().__init__("interrupted. Finished files are kept, and nothing half-finished.")


class ToolMissing(DarkroomError):
    def __init__(self, program: str, debian: str, brew: str) -> None:
        super().__init__(
            f"{program} is not installed, or not on the PATH.",
            f"Debian, Ubuntu:  apt-get install {debian}      macOS:  brew install {brew}",
        )
