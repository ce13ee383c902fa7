"""Everything darkroom refuses, in one tree, each with the exit code it ends in.

    DarkroomError               1
    ├── UsageError              2   what was typed cannot be done
    │   ├── PathNotFound
    │   ├── SceneNotFound
    │   ├── NoScenes
    │   └── BrokenSource
    ├── EncodingFailed          1   ffmpeg died; its own words are in the message
    ├── NotAsPlanned            1   a file was written, but is not what it should be
    ├── Interrupted           130   Ctrl-C
    └── ToolMissing             1   a program that must be installed

A message says what and where; `hint` is the line to type next.
"""

from collections.abc import Iterable
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
        siblings = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
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
    def __init__(self, path: Path) -> None:
        super().__init__(
            f"no scenes in {path}.",
            "A scene is a class with a construct method and a base such as Scene or InteractiveScene.",
        )


class BrokenSource(UsageError):
    """A Python file that does not parse."""

    def __init__(self, path: Path, error: SyntaxError) -> None:
        text = (error.text or "").strip()
        super().__init__(
            f"{path}, line {error.lineno}: {error.msg}." + (f"\n    {text}" if text else ""),
            "Mend that line, then run the same command again.",
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
