"""Takes down what a scene looks at while it runs, in its worker process: Python's audit events tell.

What reads a file without Python's `open` (a library's own C code, a program it starts, Pango's fonts) is not
seen, nor is a question whether a file exists; neither are the clock and the environment.
"""

import contextlib
import hashlib
import os
import sys
import sysconfig
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from darkroom.reach import OURS, Signature, signature

IMPORTING = "<frozen importlib"
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
PROGRAMS = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn"}
DEVICES = ("/dev/", "/proc/", "/sys/")


@dataclass(frozen=True)
class Seen:
    """What a run depended on besides its source.

    Attributes:
        files: what it read, with a digest of each; "" where there was none. Paths in the project are relative.
        folders: what it listed, with a digest of the names in each.
        modules: files that were imported and belong to no package, with a digest of each.
        unrepeatable: why its clip must not stand for a later run, if there is a reason.
    """

    files: dict[str, str] = field(default_factory=dict)
    folders: dict[str, str] = field(default_factory=dict)
    modules: dict[str, str] = field(default_factory=dict)
    unrepeatable: str = ""


NOBODY_WATCHED = Seen(unrepeatable="nobody watched it")


def digest_of_file(path: str) -> str:
    """Of a file's content; "" if it cannot be read."""
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "blake2b").hexdigest()
    except OSError:
        return ""


def digest_of_folder(path: str) -> str:
    """Of the names in a folder; "" if it cannot be listed."""
    try:
        return hashlib.blake2b("\0".join(sorted(os.listdir(path))).encode(errors="surrogateescape")).hexdigest()
    except OSError:
        return ""


class Witness:
    """Listens from `start` to the end of the process.

    Args:
        root: the project's.
        own: folders in which it may write, such as the one its clip goes to.
    """

    def __init__(self, root: Path, own: Iterable[Path] = ()) -> None:
        self._root = f"{root}/"
        installed = {path for name, path in sysconfig.get_paths().items() if name != "data" and name != "scripts"}
        known = {*installed, *_manimgl_caches(), tempfile.gettempdir()}
        self._passed = tuple(f"{path}/" for path in known) + DEVICES
        self._scratch = tuple(f"{path}/" for path in (_user_cache(), *own))
        self._files: dict[str, Signature | None] = {}
        self._folders: set[str] = set()
        self._written: set[str] = set()
        self._reason = ""
        self._busy = False

    def start(self) -> "Witness":
        sys.addaudithook(self._hear)
        return self

    def report(self) -> Seen:
        """What there was until now. Files are read again, once, for their digests."""
        self._busy = True
        try:
            files = {self._shown(path): digest_of_file(path) for path in self._files}
            modules = {self._shown(path): digest_of_file(path) for path in self._modules()}
            for path, before in self._files.items():
                if before != _signature(path):
                    self._reason = self._reason or f"{self._shown(path)} changed after it had read it"
            folders = {self._shown(path): digest_of_folder(path) for path in self._folders}
            return Seen(files, folders, modules, self._reason)
        finally:
            self._busy = False

    def _modules(self) -> set[str]:
        places = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
        files = {place for place in places if isinstance(place, str) and os.path.isabs(place)}  # torch invents some
        return {place for place in files if place.endswith(".py") and not self._is_passed(place)}

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event not in LISTENED or self._busy:
            return
        self._busy = True  # what is done here is not the scene's doing
        try:
            with contextlib.suppress(Exception):
                LISTENED[event](self, event, arguments)
        finally:
            self._busy = False

    def _on_open(self, _event: str, arguments: tuple[Any, ...]) -> None:
        path, mode, flags = arguments
        if isinstance(path, int) or path is None or _is_importing():
            return
        place = _absolute(path)
        if self._is_passed(place):
            return
        if _writes(mode, flags):
            self._write(place)
        elif place not in self._written:
            self._files.setdefault(place, _signature(place))

    def _on_database(self, _event: str, arguments: tuple[Any, ...]) -> None:
        place = _absolute(arguments[0])
        if not self._is_passed(place) and not f"{place}/".startswith(self._scratch):
            self._files.setdefault(place, _signature(place))

    def _on_list(self, _event: str, arguments: tuple[Any, ...]) -> None:
        path = arguments[0]
        if not isinstance(path, int) and not _is_importing():
            place = _absolute(path if path is not None else ".")
            if not self._is_passed(place):
                self._folders.add(place)

    def _on_rename(self, _event: str, arguments: tuple[Any, ...]) -> None:
        self._write(_absolute(arguments[1]))

    def _on_program(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self._is_the_projects_doing():
            self._reason = self._reason or f"it runs a program ({arguments[0] or arguments[1]})"

    def _on_connect(self, _event: str, arguments: tuple[Any, ...]) -> None:
        if isinstance(arguments[1], tuple):  # not a socket of this machine
            self._reason = self._reason or "it uses the network"

    def _write(self, place: str) -> None:
        self._written.add(place)
        if not f"{place}/".startswith(self._scratch) and not self._is_passed(place):
            self._reason = self._reason or f"it writes {self._shown(place)}"

    def _shown(self, path: str) -> str:
        return path.removeprefix(self._root)

    def _is_passed(self, path: str) -> bool:
        """Covered by versions, or no input."""
        path = f"{path}/"  # which may be such a folder itself
        return (
            path.startswith(self._passed)
            or path.startswith(f"{OURS}/")
            or "/site-packages/" in path
            or "/dist-packages/" in path
        )

    def _is_the_projects_doing(self) -> bool:
        """Whether the innermost code outside the standard library is the project's."""
        standard = sysconfig.get_path("stdlib")
        frame = sys._getframe(2)
        while frame:
            file = frame.f_code.co_filename
            if "-packages/" in file or (file.startswith(f"{OURS}/") and file != __file__):
                return False
            if not file.startswith((standard, "<")) and file != __file__:
                return True
            frame = frame.f_back  # type: ignore[assignment]
        return False


LISTENED = {
    "open": Witness._on_open,
    "sqlite3.connect": Witness._on_database,
    "os.listdir": Witness._on_list,
    "os.scandir": Witness._on_list,
    "os.rename": Witness._on_rename,
    "socket.connect": Witness._on_connect,
    **dict.fromkeys(PROGRAMS, Witness._on_program),
}


_current: Witness | None = None


def start(root: Path, own: Iterable[Path] = ()) -> None:
    """Watch from now on, in this process."""
    global _current
    _current = Witness(root, own).start()


def report() -> Seen:
    """What this process has looked at since `start`."""
    return _current.report() if _current else NOBODY_WATCHED


def _user_cache() -> str:
    """The folder for what can be found out again; writing there changes nothing for anybody."""
    from appdirs import user_cache_dir

    return str(Path(user_cache_dir()).absolute())


def _manimgl_caches() -> set[str]:
    """Where ManimGL keeps pictures of formulas and text, under a hash of what they say."""
    from manimlib.utils.directories import get_cache_dir

    return {os.path.abspath(get_cache_dir()), os.path.join(_user_cache(), "manim")}


def _absolute(path: Any) -> str:
    return os.path.abspath(os.fsdecode(path))


def _signature(path: str) -> Signature | None:
    try:
        return signature(Path(path))
    except OSError:
        return None


def _writes(mode: str | None, flags: int | None) -> bool:
    if mode:
        return any(letter in mode for letter in "wax+")
    return bool((flags or 0) & WRITING)


def _is_importing() -> bool:
    """Whether Python's import system is asking: modules are seen to by other means."""
    return sys._getframe(3).f_code.co_filename.startswith(IMPORTING)
