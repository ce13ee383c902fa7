"""The wire between an editor and a running session: blocks go in, what became of them comes out.

A session listens on a Unix socket in a folder of its user's own; beside the socket it says in a file which scene
it has stopped, and which source files that is made of. The block it is sent waits until the prompt is idle, then
the session itself enters `checkpoint_paste()` there: no clipboard, no keystrokes, and nothing is read off the
screen. One JSON line goes each way.

Environment:
    DARKROOM_SESSIONS: another folder for sockets and for `block.py`, the block last sent.
    DARKROOM_SERVE: if set, a session shows no prompt and waits for blocks only. For an editor's output panel,
        which is no terminal.
"""

import atexit
import contextlib
import json
import os
import select
import socket
import stat
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from darkroom.errors import DarkroomError, UsageError


@dataclass(frozen=True)
class Block:
    """Code to run, and how: `skip` runs it without playing, `record` writes what it plays to a file.

    `still` is where a picture of the scene after the block goes: a path, or "" for a place of the session's choice.
    `file` is the source file the code is from, and `first` and `last` its lines there, where that is known.
    """

    code: str
    skip: bool = False
    record: bool = False
    still: str | None = None
    file: str = ""
    first: int = 0
    last: int = 0


@dataclass(frozen=True)
class Outcome:
    """What became of a block."""

    scene: str
    start: float  # the scene's clock in seconds, at the block's checkpoint
    end: float
    error: str = ""  # "NameError: name 'x' is not defined", or nothing
    line: int = 0  # where in the block, counted from 1
    recorded: str = ""  # the file written
    still: str = ""  # the picture written
    warning: str = ""


class NoSession(UsageError):
    def __init__(self) -> None:
        super().__init__(
            "there is no session to send this block to.",
            "Start one:  manimgl FILE -se LINE",
        )


class SessionLost(DarkroomError):
    def __init__(self) -> None:
        super().__init__("the session ended before the block did.", "Its own terminal says why.")


def folder() -> Path:
    """The folder of this user's sessions, which nobody else may enter.

    Raises:
        DarkroomError: if something else stands in its place: somebody else's folder, one that others may enter,
            a link. Whoever can write there could run code in this user's sessions.
    """
    user = os.getuid() if hasattr(os, "getuid") else "user"
    chosen = os.environ.get("DARKROOM_SESSIONS")
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if chosen:
        place = Path(chosen)
    elif runtime and _is_ours(Path(runtime)):  # after `su` it may still be the other user's
        place = Path(runtime, "darkroom")
    else:
        place = Path(tempfile.gettempdir(), f"darkroom-{user}")
    another = "Name another folder:  export DARKROOM_SESSIONS=..."
    try:
        with contextlib.suppress(FileExistsError):
            place.mkdir(mode=0o700, parents=True)
        found = place.lstat()
    except OSError as error:
        raise DarkroomError(f"cannot make {place} for sessions: {error.strerror}.", another) from None
    if stat.S_ISLNK(found.st_mode):
        raise DarkroomError(f"{place} is a link, which could lead anywhere.", another)
    if not stat.S_ISDIR(found.st_mode):
        raise DarkroomError(f"{place} is no folder.", another)
    if hasattr(os, "getuid"):
        if found.st_uid != user:
            raise DarkroomError(f"{place} belongs to somebody else.", another)
        if found.st_mode & 0o077:
            hint = f"If only you have written there:  chmod 700 {place}      Otherwise:  {another}"
            raise DarkroomError(f"others may enter {place} (mode {stat.S_IMODE(found.st_mode):o}).", hint)
    return place


def _is_ours(place: Path) -> bool:
    try:
        return place.is_dir() and (not hasattr(os, "getuid") or place.stat().st_uid == os.getuid())
    except OSError:
        return False


def block_file() -> Path:
    """Where the block last sent is kept: `checkpoint_paste()` reads it where there is no clipboard."""
    return folder() / "block.py"


# The session's side


class Session:
    """The listening end, in a running ManimGL."""

    def __init__(self) -> None:
        self._listener: socket.socket | None = None
        self._caller: socket.socket | None = None
        self.waiting: Block | None = None  # received, not yet run
        self.is_reloading = False  # then its sender is answered when the scene has stopped again
        self.history = History()  # of the scene on its way to the stop

    def listen(self, scene: str, files: Iterable[Path]) -> None:
        """Be reachable from now on, until this process ends; through reloads, too.

        Args:
            scene: the name of the scene that has stopped.
            files: the source files it is made of, the one it was started from first.
        """
        if not hasattr(socket, "AF_UNIX"):
            return
        address = folder() / f"{os.getpid()}.socket"
        about = address.with_suffix(".json")
        about.write_text(json.dumps({"scene": scene, "files": [str(file) for file in files]}), encoding="utf-8")
        if self._listener:
            return
        address.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(address))
        listener.listen()
        self._listener = listener
        for file in (address, about):
            atexit.register(file.unlink, missing_ok=True)

    def wait(self, seconds: float, *others: int) -> None:
        """Sleep that long, or until there is a block or something to read from `others` (file numbers)."""
        awaited: list[Any] = [*others, *([self._listener] if self._listener else [])]
        if awaited and os.name == "posix":
            select.select(awaited, [], [], seconds)
        else:
            time.sleep(seconds)

    def receive(self) -> Block | None:
        """A block that has just been sent, if any."""
        if not self._listener or not select.select([self._listener], [], [], 0)[0]:
            return None
        caller, _ = self._listener.accept()
        caller.settimeout(2)  # a sender that stalls must not freeze the prompt
        try:
            block = Block(**json.loads(_read_line(caller)))
        except (OSError, ValueError, TypeError):
            caller.close()
            return None
        block_file().write_text(block.code, encoding="utf-8")
        self._caller, self.waiting = caller, block
        return block

    def take(self) -> Block | None:
        """The block that waits to be run, now no longer waiting."""
        block, self.waiting = self.waiting, None
        return block

    def reply(self, outcome: Outcome) -> None:
        """Tell the sender, if it is still there."""
        caller, self._caller = self._caller, None
        if caller:
            with caller, contextlib.suppress(OSError):
                caller.sendall(json.dumps(asdict(outcome)).encode() + b"\n")


@dataclass
class History:
    """Which lines of which files a scene has run on its way to the line it was to stop at."""

    line: int = 0  # where it has stopped; 0: not yet
    _played: set[tuple[str, int]] = field(default_factory=set)  # lines that have called `play` or `wait`
    _running: list[tuple[str, int, int]] = field(default_factory=list)  # file, first line, line: functions under way
    _sources: dict[str, list[str]] = field(default_factory=dict)  # files as they were then

    def add_play(self, lines: Iterable[tuple[str, int]]) -> None:
        """Take down the lines, of each function under way, that have led to a `play` or `wait`."""
        if not self.line:
            self._played.update((str(Path(file).resolve()), line) for file, line in lines)

    def stop(self, line: int, running: Sequence[tuple[str, int, int]]) -> None:
        """The scene has stopped.

        Args:
            line: where.
            running: file, first line and current line of each function under way, innermost first.
        """
        self.line = line
        self._running = [(str(Path(file).resolve()), first, at) for file, first, at in running]
        for name in {running[0] for running in self._running} | {played[0] for played in self._played}:
            with contextlib.suppress(OSError):
                self._sources[name] = Path(name).read_text(encoding="utf-8", errors="replace").splitlines()

    def repeated(self, block: Block) -> tuple[int, int] | None:
        """The first and the last line of a block that had run before the stop, as its file is numbered now."""
        before = self._sources.get(block.file)
        if before is None or not block.first:
            return None
        now = Path(block.file).read_text(encoding="utf-8", errors="replace").splitlines()
        matches = SequenceMatcher(None, before, now, autojunk=False).get_matching_blocks()
        old = {match.b + n + 1: match.a + n + 1 for match in matches for n in range(match.size)}
        lines = [
            number
            for number in range(block.first, block.last + 1)
            if number in old
            and (text := now[number - 1].strip())
            and not text.startswith("#")
            and self._has_run(block.file, old[number])
        ]
        return (lines[0], lines[-1]) if lines else None

    def _has_run(self, file: str, line: int) -> bool:
        if (file, line) in self._played:
            return True
        return any(
            file == other and (first < line < at or (place == 0 and line == at))
            for place, (other, first, at) in enumerate(self._running)
        )


current = Session()
"""The session of this process."""


# The editor's side


def send(
    block: Block, while_busy: Callable[[], None] = lambda: None, say: Callable[[str], None] = lambda words: None
) -> Outcome:
    """Have a session run `block`, and wait until it has: the youngest that has its file open, else the youngest.

    Args:
        block: what to run.
        while_busy: called once if the session has not answered within two seconds.
        say: told if no session has the block's file open.

    Raises:
        NoSession: if none is running.
        SessionLost: if it ended meanwhile.
    """
    for address, has_file, scene in _sessions(block.file):
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(str(address))
        except ConnectionRefusedError:  # left by a session that was killed
            address.unlink(missing_ok=True)
            address.with_suffix(".json").unlink(missing_ok=True)
            continue
        except OSError:
            continue
        if block.file and not has_file:
            say(f"No session has {block.file} open. It goes to the one started last, of {scene or 'another file'}.")
        with connection:
            try:
                connection.sendall(json.dumps(asdict(block)).encode() + b"\n")
            except OSError:
                raise SessionLost from None
            if not select.select([connection], [], [], 2)[0]:
                while_busy()
            answer = _read_line(connection)
        if not answer:
            raise SessionLost
        return Outcome(**json.loads(answer))
    raise NoSession


def _sessions(file: str) -> list[tuple[Path, bool, str]]:
    """Sockets of sessions, whether each has a file open, and its scene; the best one for that file first."""
    if not hasattr(socket, "AF_UNIX"):
        return []
    found = []
    for address in folder().glob("*.socket"):
        about: dict[str, Any] = {}
        with contextlib.suppress(OSError, ValueError):
            about = json.loads(address.with_suffix(".json").read_text(encoding="utf-8"))
        files = about.get("files", [])
        rank = files.index(file) if file in files else len(files) + 1
        with contextlib.suppress(OSError):
            started = address.stat().st_mtime
            found.append(((file not in files, rank > 0, -started), address, file in files, about.get("scene", "")))
    return [(address, has_file, scene) for _, address, has_file, scene in sorted(found)]


def _read_line(connection: socket.socket) -> bytes:
    with contextlib.suppress(ConnectionError), connection.makefile("rb") as stream:
        return stream.readline()
    return b""
