"""`darkroom paste`: an editor's way into a running session."""

import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from darkroom.engine import blocks, session
from darkroom.errors import BrokenSource, DarkroomError, PathNotFound, UsageError

Where = Annotated[
    str | None,
    typer.Argument(
        metavar="[FILE:LINE | FILE:FIRST-LAST]",
        help="The beat around a line (from the comment that opens it to the next), or just these lines. "
        "Without it: what is piped in.",
    ),
]
Code = Annotated[str | None, typer.Option(help="The block itself.", metavar="TEXT")]
Skip = Annotated[bool, typer.Option("--skip", help="Run it without playing its animations.")]
Record = Annotated[bool, typer.Option("--record", help="Write what it plays to a file.")]


class BlockFailed(DarkroomError):
    """The session ran the block, and it raised."""


def paste(where: Where = None, code: Code = None, skip: Skip = False, record: Record = False) -> None:
    """Run a block of scene code in the session that `manimgl FILE -se LINE` has opened.

    The first time, the scene's state is remembered under the block's leading comment; sent again, the block
    starts from there.
    """
    text, file, first = _block(where, code)
    outcome = session.send(session.Block(text, skip, record), while_busy=_say_busy)
    print(f"{outcome.scene}  {outcome.start:.1f} s to {outcome.end:.1f} s  {outcome.recorded}".rstrip())
    if outcome.error:
        at = ""
        if outcome.line:
            at = f"{file}:{first + outcome.line - 1}: " if file else f"line {outcome.line} of the block: "
        raise BlockFailed(at + outcome.error)


def _block(where: str | None, code: str | None) -> tuple[str, Path | None, int]:
    """The text of the block, and the file and line it begins at, if it is from a file."""
    if where and code:
        raise UsageError("a place and --code are two blocks.", "Give one of them.")
    if where:
        return _from_file(where)
    if code is None and sys.stdin.isatty():
        raise UsageError("there is no block to send.", "darkroom paste FILE:LINE, or pipe one in.")
    text = code if code is not None else sys.stdin.read()
    if not text.strip():
        raise UsageError("the block is empty.", "Select some lines, or:  darkroom paste FILE:LINE")
    return text, None, 1


def _from_file(where: str) -> tuple[str, Path | None, int]:
    match = re.fullmatch(r"(.+?):(\d+)(?:-(\d+))?", where)
    if not match:
        raise UsageError(f"{where} names no line.", "darkroom paste FILE:LINE or FILE:FIRST-LAST")
    file, first, last = Path(match[1]), int(match[2]), int(match[3] or match[2])
    if not file.is_file():
        raise PathNotFound(file)
    source = file.read_text(encoding="utf-8")
    if match[3] is None:
        try:
            first, last = blocks.beat_at(source, first)
        except SyntaxError as error:
            raise BrokenSource(file, error) from None
        except ValueError as error:
            raise UsageError(f"{file}: {error}.") from None
    lines = source.splitlines()[first - 1 : last]
    while lines and not lines[0].strip():  # a session leaves these out, and counts from the first it has
        first += 1
        del lines[0]
    if not lines:
        raise UsageError(f"{file} has nothing on lines {first} to {last}.")
    return "\n".join(lines) + "\n", file, first


def _say_busy() -> None:
    print("Waiting for the session: it is still playing, or not at its prompt ...", file=sys.stderr)


if __name__ == "__main__":
    typer.run(paste)
