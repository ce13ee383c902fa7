"""The wire between an editor and a running session: blocks go in, what became of them comes out.

A session listens on a Unix socket in a folder of its user's own. The block it is sent waits until the prompt
is idle, then the session itself enters `checkpoint_paste()` there: no clipboard, no keystrokes, and nothing
is read off the screen. One JSON line goes each way.

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
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from darkroom.errors import DarkroomError, UsageError


@dataclass(frozen=True)
class Block:
    """Code to run, and how: `skip` runs it without playing, `record` writes what it plays to a file."""

    code: str
    skip: bool = False
    record: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of a block."""

    scene: str
    start: float  # the scene's clock in seconds, at the block's checkpoint
    end: float
    error: str = ""  # "NameError: name 'x' is not defined", or nothing
    line: int = 0  # where in the block, counted from 1
    recorded: str = ""  # the file written


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
        DarkroomError: if somebody else's folder stands in its place.
    """
    chosen = os.environ.get("DARKROOM_SESSIONS")
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if chosen:
        place = Path(chosen)
    elif runtime and Path(runtime).is_dir():
        place = Path(runtime, "darkroom")
    else:
        place = Path(tempfile.gettempdir(), f"darkroom-{os.getuid() if hasattr(os, 'getuid') else 'user'}")
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    if hasattr(os, "getuid") and place.stat().st_uid != os.getuid():
        raise DarkroomError(f"{place} belongs to somebody else.", "Name another folder:  export DARKROOM_SESSIONS=...")
    return place


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

    def listen(self) -> None:
        """Be reachable from now on, until this process ends; through reloads, too."""
        if self._listener or not hasattr(socket, "AF_UNIX"):
            return
        address = folder() / f"{os.getpid()}.socket"
        address.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(address))
        listener.listen()
        self._listener = listener
        atexit.register(address.unlink, missing_ok=True)

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


current = Session()
"""The session of this process."""


# The editor's side


def send(block: Block, while_busy: Callable[[], None] = lambda: None) -> Outcome:
    """Have the session started last run `block`, and wait until it has.

    Args:
        block: what to run.
        while_busy: called once if the session has not answered within two seconds.

    Raises:
        NoSession: if none is running.
        SessionLost: if it ended meanwhile.
    """
    for address in _addresses():
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(str(address))
        except OSError:
            address.unlink(missing_ok=True)  # left by a session that was killed
            continue
        with connection:
            connection.sendall(json.dumps(asdict(block)).encode() + b"\n")
            if not select.select([connection], [], [], 2)[0]:
                while_busy()
            answer = _read_line(connection)
        if not answer:
            raise SessionLost
        return Outcome(**json.loads(answer))
    raise NoSession


def _addresses() -> Iterator[Path]:
    """Sockets of sessions, the youngest first."""
    if hasattr(socket, "AF_UNIX"):
        yield from sorted(folder().glob("*.socket"), key=lambda path: path.stat().st_mtime, reverse=True)


def _read_line(connection: socket.socket) -> bytes:
    with contextlib.suppress(ConnectionError), connection.makefile("rb") as stream:
        return stream.readline()
    return b""
