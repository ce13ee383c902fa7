"""The Python files below a folder, and which of them might hold scenes: quick, also where there are 100,000."""

import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from darkroom.errors import Unreadable

NOT_SOURCE = {"node_modules", "site-packages", "dist-packages", "__pycache__", "tests"}
SPOKEN = 5  # files of a kind that are named one by one

IMPORTS = re.compile(rb"(?:^|[;:])[ \t]*(?:from|import)\b((?:[^\n(\\]|\\\r?\n)*(?:\([^)]*\))?)", re.M)
WORDS = re.compile(rb"\w+")
NEAR = (b"manim", b"Scene", b"SCENES_IN_ORDER", b"import_module", b"__import__")
MAY_DEFINE = re.compile(
    rb"\bclass\b|SCENES_IN_ORDER|\btype\b|\bnew_class\b|\bexec\b|^[ \t]*from\b.*\bimport[ \t]*\*", re.M
)


@dataclass(frozen=True)
class PassedOver:
    """Something below a folder that was left out.

    Attributes:
        said: what and why, in a sentence or several lines.
        is_source: a Python file that may well hold scenes. Otherwise it is no file at all, or a folder.
    """

    said: str
    is_source: bool = False


def shown(path: Path) -> Path:
    """The path as a person standing here would type it."""
    here = Path.cwd()
    with suppress(ValueError):
        return path.relative_to(here)
    with suppress(ValueError):
        return Path(os.path.realpath(path)).relative_to(here)  # unlike `resolve`, also where links go in circles
    return path


def python_files(folder: Path, passed_over: list[PassedOver]) -> list[Path]:
    """The files `*.py` below a folder, in order, without hidden ones and those of virtual environments.

    Links to folders are not followed. A file that a link leads to is given once, by its own path where that is
    below the folder too.

    Args:
        folder: where to look.
        passed_over: is added what cannot be read.
    """
    files: list[Path] = []
    linked: list[Path] = []
    folders = [str(folder)]
    while folders:
        place = folders.pop()
        try:
            with os.scandir(place) as entries:
                found = list(entries)
        except OSError as error:
            passed_over.append(PassedOver(f"{shown(Path(place))} cannot be read: {error.strerror}"))
            continue
        if place != str(folder) and any(entry.name == "pyvenv.cfg" for entry in found):
            continue
        for entry in found:
            name = entry.name
            if name[0] == "." or name in NOT_SOURCE:
                continue
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.path)
            elif entry.is_file(follow_symlinks=False):
                if name.endswith(".py"):
                    files.append(Path(entry.path))
            elif entry.is_symlink():
                _follow(entry, folder, linked, passed_over)
            elif name.endswith(".py"):
                passed_over.append(PassedOver(f"{shown(Path(entry.path))} is a {_kind(entry)}, not a file"))
    known = {os.path.realpath(file) for file in files} if linked else set()
    for file in sorted(linked):
        target = os.path.realpath(file)
        if target not in known:
            known.add(target)
            files.append(file)
    return sorted(files)


def _follow(entry: "os.DirEntry[str]", folder: Path, linked: list[Path], passed_over: list[PassedOver]) -> None:
    """Look at where a link leads."""
    path = Path(entry.path)
    try:
        mode = entry.stat().st_mode
    except OSError as error:
        if path.suffix == ".py":
            passed_over.append(PassedOver(f"{shown(path)} is a link that leads nowhere: {error.strerror}"))
        return
    if stat.S_ISDIR(mode):
        target = os.path.realpath(path)
        inside = Path(target).is_relative_to(folder.resolve()) or folder.resolve().is_relative_to(target)
        if not inside and _has_python(target):
            said = f"{shown(path)} is a link to a folder elsewhere, which is not followed; name it to have its scenes"
            passed_over.append(PassedOver(said))
    elif path.suffix == ".py":
        if stat.S_ISREG(mode):
            linked.append(path)
        else:
            passed_over.append(PassedOver(f"{shown(path)} is a {_kind(entry)}, not a file"))


def _has_python(folder: str) -> bool:
    """Whether a folder itself has Python files: those farther down are not looked for."""
    try:
        return any(name.endswith(".py") for name in os.listdir(folder))
    except OSError:
        return False


def _kind(entry: "os.DirEntry[str]") -> str:
    try:
        mode = entry.stat().st_mode
    except OSError:
        return "thing of its own kind"
    kinds = (
        (stat.S_ISFIFO, "named pipe"),
        (stat.S_ISSOCK, "socket"),
        (stat.S_ISCHR, "device"),
        (stat.S_ISBLK, "device"),
    )
    return next((name for test, name in kinds if test(mode)), "thing of its own kind")


def may_hold_scenes(files: Iterable[Path], around: Iterable[Path], passed_over: list[PassedOver]) -> list[Path]:
    """Those files that are worth parsing: they come near ManimGL, and they make classes or list them.

    A file comes near ManimGL if it names it, or a `...Scene`, or imports a file that does. That is told by words, so
    it may be said of too many files, but of none too few.

    Args:
        files: which to look at, in order.
        around: the other files of the project, from which these may import.
        passed_over: is added what cannot be read.
    """
    defining: list[Path] = []
    near: set[bytes] = set()  # names by which files are imported that come near
    near_files: set[Path] = set()
    others: dict[Path, set[bytes]] = {}  # what each of the other files imports, in words

    def look(file: Path, is_asked: bool) -> None:
        try:
            data = file.read_bytes()
        except OSError as error:
            if is_asked:
                passed_over.append(PassedOver(Unreadable(shown(file), error).message, is_source=True))
            return
        is_wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))  # UTF-16, which Python does not read: worth a word
        if is_asked and (is_wide or MAY_DEFINE.search(data)):
            defining.append(file)
        if is_wide or any(word in data for word in NEAR):
            near_files.add(file)
            near.add(_module_name(file))
        elif b"import" in data:
            others[file] = {word for part in IMPORTS.findall(data) for word in WORDS.findall(part)}

    def spread() -> None:
        grown = True
        while grown:
            grown = False
            for file in [file for file, words in others.items() if not near.isdisjoint(words)]:
                del others[file]
                near_files.add(file)
                grown = grown or _module_name(file) not in near
                near.add(_module_name(file))

    for file in files:
        look(file, True)
    spread()
    if any(file in others for file in defining):
        for file in around:
            look(file, False)
        spread()
    return [file for file in defining if file in near_files]


def _module_name(file: Path) -> bytes:
    return os.fsencode(file.parent.name if file.stem == "__init__" else file.stem)


def sentences(passed_over: Iterable[PassedOver]) -> Iterator[str]:
    """What to say of all that was passed over: one by one; where there are many, the first few and how many more."""
    ones = list(passed_over)
    for is_source, name in ((True, "Python files"), (False, "things that are none")):
        these = [one.said for one in ones if one.is_source is is_source]
        spoken = SPOKEN if len(these) > SPOKEN + 1 else len(these)
        yield from these[:spoken]
        if these[spoken:]:
            yield f"{len(these) - spoken} more {name}"
