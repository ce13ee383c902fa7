"""Takes down what a scene asks of its machine while it runs, in its worker process.

Python's audit events tell of files and folders; functions put in the place of Python's own tell of the rest:
environment variables, questions whether a file is there and how large it is, the clock, chance without a seed.
What can be asked again is noted with its answer. Where it cannot, or where nobody would see it, there is a reason
why this clip must not stand for a later one.

Only what the project's own code asks counts, directly or through Python's library, save for files and folders, which
libraries read on its behalf. What a library reads with C code of its own is not seen: `reach` names some such.
"""

import functools
import hashlib
import os
import random
import stat
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

from darkroom.engine import hooks
from darkroom.reach import OURS, Signature, signature

IMPORTING = "<frozen importlib"
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
PROGRAMS = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty"}
NETWORK = {"socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"}
DEVICES = ("/dev/", "/proc/", "/sys/")
OURS_TO_SET = {"TMPDIR", "LP_NUM_THREADS"}  # variables that a worker has another value of each time
CLOCKS = ("time", "monotonic", "perf_counter", "process_time", "thread_time", "clock_gettime")
DATES = {"localtime": 0, "gmtime": 0, "ctime": 0, "strftime": 1}  # how many arguments say which time is meant

Question = tuple[str, str]  # what is asked, and of what: ("file", "data.csv")


@dataclass(frozen=True)
class Seen:
    """What a run depended on besides its source.

    Attributes:
        answers: what it asked, with a digest of the answer; "" where there was none. Paths in the project are
            relative. "file" asks what is in a file, "folder" which names are in a folder, "kind" whether there is a
            file or a folder, "size" how large it is, "status" when it was changed as well; "variable" is one of the
            environment's.
        modules: files that were imported and belong to no package, with a digest of each.
        unrepeatable: why its clip must not stand for a later run, if there is a reason.
        interferes: the reason is something that another run at the same time may notice.
    """

    answers: dict[Question, str] = field(default_factory=dict)
    modules: dict[str, str] = field(default_factory=dict)
    unrepeatable: str = ""
    interferes: bool = False


NOBODY_WATCHED = Seen(unrepeatable="nobody watched it")


def answer(question: Question, root: Path) -> str:
    """What this machine answers now: a digest, or words."""
    what, subject = question
    if what == "variable":
        value = os.environ.get(subject)
        return "" if value is None else _digest(value)
    return ANSWERS[what](str(root / subject))


def digest_of_file(path: str) -> str:
    """Of a file's content; "" if it cannot be read."""
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "blake2b").hexdigest()
    except OSError:
        return ""


def _digest_of_folder(path: str) -> str:
    try:
        with os.scandir(path) as entries:
            return _digest("\0".join(sorted(f"{entry.is_dir()} {entry.name}" for entry in entries)))
    except OSError:
        return ""


def _kind(path: str) -> str:
    try:
        status = os.lstat(path)
        if not stat.S_ISLNK(status.st_mode):
            return str(stat.S_IFMT(status.st_mode))
        return f"{os.readlink(path)} {stat.S_IFMT(os.stat(path).st_mode) if os.path.exists(path) else ''}"
    except OSError:
        return ""


def _size(path: str) -> str:
    try:
        return str(os.stat(path).st_size)
    except OSError:
        return ""


def _status(path: str) -> str:
    try:
        status = os.stat(path)
        return f"{_kind(path)} {status.st_mode} {status.st_size} {status.st_mtime_ns}"
    except OSError:
        return _kind(path)


ANSWERS: dict[str, Callable[[str], str]] = {
    "file": digest_of_file,
    "folder": _digest_of_folder,
    "kind": _kind,
    "size": _size,
    "status": _status,
}
# Functions of Python's library that ask less of `os.stat` than it tells.
KINDS = (
    "exists lexists isdir isfile islink ismount is_dir is_file is_symlink _exists _lexists _isdir realpath resolve "
    "_joinrealpath makedirs mkdir walk _walk which"
)
ASKING = {"getsize": "size"} | dict.fromkeys(KINDS.split(), "kind")


@dataclass
class _Chance:
    """A generator: how to ask for its state, the one that nobody knows the seed of, and whether it has one now."""

    state: Callable[[], object]
    without_seed: object
    has_seed: bool = False


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
        self._answers: dict[Question, str] = {}  # to all questions but "file"
        self._written: set[str] = set()
        self._set: set[str] = set()  # variables that were given a value here
        self._variables = {name: _digest(value) for name, value in os.environ.items()}
        self._chance: dict[str, _Chance] = {}  # the generators that all share
        self._reason = ""
        self._interferes = False
        self._local = threading.local()

    def start(self) -> "Witness":
        sys.addaudithook(self._hear)
        self._watch_questions()
        self._watch_chance()
        return self

    def report(self) -> Seen:
        """What there was until now. Files are read again, once, for their digests."""
        self._local.busy = True
        try:
            for name in list(self._chance):
                self._look_at_chance(name)
            answers = {("file", self._shown(path)): digest_of_file(path) for path in self._files}
            modules = {self._shown(path): digest_of_file(path) for path in self._modules()}
            for path, before in self._files.items():
                if before != _signature(path):
                    self._object(f"{self._shown(path)} changed after it had read it", interferes=True)
            for (what, path), said in self._answers.items():
                if what != "variable" and path not in self._written and ANSWERS[what](path) != said:
                    self._object(f"{self._shown(path)} changed after it had looked at it", interferes=True)
                answers[what, self._shown(path)] = said
            return Seen(answers, modules, self._reason, self._interferes)
        finally:
            self._local.busy = False

    def _object(self, reason: str, interferes: bool = False) -> None:
        """The first reason is the one that is given, unless a later one interferes with other runs."""
        if not self._reason or (interferes and not self._interferes):
            self._reason = reason
        self._interferes |= interferes

    def _modules(self) -> set[str]:
        places = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
        files = {place for place in places if isinstance(place, str) and os.path.isabs(place)}  # torch invents some
        return {place for place in files if place.endswith(".py") and not self._is_passed(place)}

    # Audit events

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in LISTENED:
            self._attend(LISTENED[event], self, event, arguments)

    def _attend(self, listen: Callable[..., None], *arguments: Any) -> None:
        """Have something taken down. What that does itself is not the scene's doing."""
        if getattr(self._local, "busy", False):
            return
        self._local.busy = True
        try:
            listen(*arguments)
        except Exception as error:
            self._object(f"what it looks at could not be taken down ({type(error).__name__}: {error})")
        finally:
            self._local.busy = False

    def _on_open(self, _event: str, arguments: tuple[Any, ...]) -> None:
        path, mode, flags = arguments
        if isinstance(path, int) or path is None or _is_importing():
            return
        place = _absolute(path)
        if self._is_passed(place):
            return
        if _writes(mode, flags):
            self._write(place)
        else:
            self._read(place)

    def _read(self, place: str) -> None:
        if place not in self._written:
            self._files.setdefault(place, _signature(place))

    def _on_database(self, _event: str, arguments: tuple[Any, ...]) -> None:
        place = _absolute(arguments[0])
        if not self._is_passed(place) and not f"{place}/".startswith(self._scratch):
            self._files.setdefault(place, _signature(place))

    def _on_list(self, _event: str, arguments: tuple[Any, ...]) -> None:
        path = arguments[0]
        if isinstance(path, int) or _is_importing():
            return
        place = _absolute(path if path is not None else ".")
        self._ask("folder", place)
        if _event == "os.scandir" and _asker(standard=False) is not None:  # its entries tell all that `stat` does
            for name in os.listdir(place):
                self._ask("status", os.path.join(place, name))

    def _ask(self, what: str, place: str) -> None:
        if (what, place) not in self._answers and place not in self._written and not self._is_passed(place):
            self._answers[what, place] = ANSWERS[what](place)

    def _on_rename(self, _event: str, arguments: tuple[Any, ...]) -> None:
        self._write(_absolute(arguments[1]))

    def _on_program(self, event: str, arguments: tuple[Any, ...]) -> None:
        if _asker() is not None:
            program = next((part for part in arguments[:2] if part), event)
            self._object(f"it runs a program ({program})", interferes=True)

    def _on_network(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event != "socket.connect" or isinstance(arguments[1], tuple):  # not a socket of this machine
            self._object("it uses the network", interferes=True)

    def _on_input(self, _event: str, _arguments: tuple[Any, ...]) -> None:
        self._object("it waits for somebody to type something")

    def _write(self, place: str) -> None:
        self._written.add(place)
        if not f"{place}/".startswith(self._scratch) and not self._is_passed(place):
            self._object(f"it writes {self._shown(place)}", interferes=True)

    # Functions that raise no audit event

    def _watch_questions(self) -> None:
        for name in ("stat", "lstat", "access"):
            self._replace(os, name, self._on_stat)
        self._replace(os, "statvfs", self._on_unrepeatable("it asks how full a disk is"))
        self._replace(os, "getpid", self._on_unrepeatable("it asks for the number of its process", standard=False))
        for name in CLOCKS:
            for each in (name, f"{name}_ns"):
                said = f"it asks what time it is (time.{each})"
                self._replace(time, each, self._on_unrepeatable(said, standard=False))
        for name, count in DATES.items():
            said = f"it asks what time it is (time.{name})"
            self._replace(time, name, self._on_unrepeatable(said, standard=False, unless_given=count))
        variables = type(os.environ)
        for name in ("__getitem__", "__iter__", "__setitem__", "__delitem__"):
            self._replace(variables, name, functools.partial(self._on_variable, name))

    def _replace(self, home: Any, name: str, listen: Callable[..., None]) -> None:
        """Have a function's arguments listened to before it is called."""
        real = getattr(home, name, None)
        if real is None:
            return

        @functools.wraps(real)
        def heard(*arguments: Any, **named: Any) -> Any:
            self._attend(listen, *arguments, *named.values())
            return real(*arguments, **named)

        for abilities in (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks, os.supports_effective_ids):
            if real in abilities:
                abilities.add(heard)
        setattr(home, name, heard)

    def _on_unrepeatable(
        self, reason: str, standard: bool = True, unless_given: int | None = None
    ) -> Callable[..., None]:
        def listen(*arguments: Any) -> None:
            if (unless_given is None or len(arguments) <= unless_given) and _asker(standard) is not None:
                self._object(reason)

        return listen

    def _on_stat(self, path: Any = None, *_: Any) -> None:
        if isinstance(path, int) or path is None or _is_importing():
            return
        place = _absolute(path)
        if f"{place}/".startswith(self._scratch):
            return
        through = _asker()
        if through is None:
            self._ask("kind", place)  # a library, on its behalf
        elif "linecache.py" not in through:
            self._ask(next((ASKING[name] for name in through if name in ASKING), "status"), place)

    def _on_variable(self, how: str, _variables: Any, name: Any = None, *_: Any) -> None:
        if how == "__iter__":
            if _asker() is not None:
                self._object("it reads all environment variables")
            return
        name = os.fsdecode(name)
        if how != "__getitem__":
            self._set.add(name)
        elif name not in self._set and _asker() is not None:
            if name in OURS_TO_SET:
                self._object(f"it reads {name}, which is another each time")
            self._answers.setdefault(("variable", name), self._variables.get(name, ""))

    # Chance

    def _watch_chance(self) -> None:
        def on_random_bytes(*_: Any) -> None:
            found = _place_in_project()
            if found and "RandomState" in found[0].f_code.co_names:  # which asks for some before it takes its seed
                self._object("it makes a RandomState, whose seed cannot be seen: default_rng(SEED) can")
            elif found and "tempfile.py" not in found[1]:
                self._object("it draws random numbers without a seed")

        def on_new_generator(_generator: Any, seed: Any = None, *_: Any) -> None:
            through = _asker()
            if seed is None and through is not None and not through - {"random.py", "__init__"}:
                self._object("it draws random numbers without a seed")

        self._replace(os, "urandom", on_random_bytes)
        self._replace(random, "_urandom", on_random_bytes)
        self._replace(random.Random, "seed", on_new_generator)
        self._watch_generator("random", [random], "seed", "getstate", "setstate")
        hooks.after_import("numpy", self._watch_numpy)
        hooks.after_import("torch", self._watch_torch)

    def _watch_numpy(self, numpy: ModuleType) -> None:
        chance = numpy.random

        def frozen(state: Any) -> object:
            if isinstance(state, dict):
                return state["state"]["key"].tobytes(), state["state"]["pos"]
            return state[1].tobytes(), state[2]

        self._watch_generator("numpy.random", [chance], "seed", "get_state", "set_state", frozen)

    def _watch_torch(self, torch: Any) -> None:
        homes = [torch, torch.random]
        self._watch_generator(
            "torch", homes, "manual_seed", "get_rng_state", "set_rng_state", lambda state: state.numpy().tobytes()
        )
        for home in homes:
            self._replace(home, "seed", self._on_unrepeatable("it asks for a seed by chance (torch.seed)"))
        for home in (torch, getattr(torch, "UntypedStorage", None)):
            self._replace(home, "from_file", self._on_mapped_file)

    def _on_mapped_file(self, *arguments: Any) -> None:
        for path in arguments[:1]:
            place = _absolute(path)
            if not self._is_passed(place):
                self._read(place)

    def _watch_generator(
        self,
        name: str,
        homes: Sequence[Any],
        seed: str,
        get_state: str,
        set_state: str,
        frozen: Callable[[Any], object] = lambda state: state,
    ) -> None:
        """Notice when the generator that all share is used before it has been given a seed.

        Args:
            name: of the generator.
            homes: the modules that have these functions:
            seed: takes a seed.
            get_state: tells what the generator will do next.
            set_state: takes that back, as after `torch.random.fork_rng`.
            frozen: makes something of a state that can be compared.
        """
        get = getattr(homes[0], get_state)
        self._chance[name] = chance = _Chance(lambda: frozen(get()), frozen(get()))

        def on_seed(value: Any = None, *_: Any) -> None:
            self._look_at_chance(name)
            chance.has_seed = value is not None
            if value is None and _asker() is not None:
                self._object(f"it draws random numbers without a seed ({name})")

        def on_state(state: Any, *_: Any) -> None:
            self._look_at_chance(name)
            chance.has_seed = frozen(state) != chance.without_seed

        for home in homes:
            self._replace(home, seed, on_seed)
            self._replace(home, set_state, on_state)

    def _look_at_chance(self, name: str) -> None:
        chance = self._chance[name]
        if not chance.has_seed and chance.state() != chance.without_seed:
            self._object(f"it draws random numbers without a seed ({name})")

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


LISTENED: dict[str, Callable[..., None]] = {
    "open": Witness._on_open,
    "sqlite3.connect": Witness._on_database,
    "os.listdir": Witness._on_list,
    "os.scandir": Witness._on_list,
    "os.rename": Witness._on_rename,
    "builtins.input": Witness._on_input,
    **dict.fromkeys(NETWORK, Witness._on_network),
    **dict.fromkeys(PROGRAMS, Witness._on_program),
}
STANDARD = sysconfig.get_path("stdlib")

_current: Witness | None = None


def start(root: Path, own: Iterable[Path] = ()) -> None:
    """Watch from now on, in this process."""
    global _current
    _current = Witness(root, own).start()


def report() -> Seen:
    """What this process has looked at since `start`."""
    return _current.report() if _current else NOBODY_WATCHED


def _asker(standard: bool = True) -> set[str] | None:
    """Through which functions and files of Python's library the project's code is asking; None if it is not.

    Args:
        standard: whether it may ask through the library at all, rather than directly.
    """
    found = _place_in_project()
    return found[1] if found and (standard or not found[1]) else None


def _place_in_project() -> tuple[FrameType, set[str]] | None:
    """The project's code that is asking, if it is, and the functions and files of the library that lie between."""
    through: set[str] = set()
    frame: FrameType | None = sys._getframe(1)
    while frame:
        file = frame.f_code.co_filename
        if file != __file__:
            if "-packages/" in file or file.startswith((f"{OURS}/", IMPORTING)):
                return None
            if not file.startswith((STANDARD, "<")):
                return frame, through
            through |= {frame.f_code.co_name, os.path.basename(file)}
        frame = frame.f_back
    return None


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(errors="surrogateescape")).hexdigest()


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
    frame: FrameType | None = sys._getframe(1)
    while frame and frame.f_code.co_filename == __file__:
        frame = frame.f_back
    return frame is not None and frame.f_code.co_filename.startswith(IMPORTING)
