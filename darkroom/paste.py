"""`darkroom paste`: an editor's way into a running session."""

import re
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from darkroom.engine import blocks, session
from darkroom.errors import BrokenSource, DarkroomError, PathNotFound, UsageError

PLACE = re.compile(r"(.+?):(\d+)(?:-(\d+))?")  # FILE:LINE or FILE:FIRST-LAST

Where = Annotated[
    str | None,
    typer.Argument(
        metavar="[FILE:LINE | FILE:FIRST-LAST]",
        help="The beat around a line (from the comment that opens it to the next), or just these lines. "
        "Without it: what is piped in.",
    ),
]
Code = Annotated[str | None, typer.Option(help="The block itself.", metavar="TEXT")]
From = Annotated[
    Path | None,
    typer.Option("--file", help="The file that a block given by --code or piped in is from.", metavar="FILE"),
]
Skip = Annotated[bool, typer.Option("--skip", help="Run it without playing its animations.")]
Record = Annotated[bool, typer.Option("--record", help="Write what it plays to a file.")]
Still = Annotated[
    str | None,
    typer.Option(
        metavar="[PATH]",
        help="Write the picture after the block as PNG.  [default: beside what --record writes]",
    ),
]


class PasteCommand(TyperCommand):
    """Lets `--still` stand without a path, which Typer's options cannot."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if "--still" in args:
            place = args.index("--still") + 1
            following = args[place] if place < len(args) else "-"
            if following.startswith("-") or PLACE.fullmatch(following):
                args = [*args[:place], "", *args[place:]]
        return super().parse_args(ctx, args)


class BlockFailed(DarkroomError):
    """The session ran the block, and it raised."""


def paste(
    where: Where = None,
    code: Code = None,
    source: From = None,
    skip: Skip = False,
    record: Record = False,
    still: Still = None,
) -> None:
    """Run a block of scene code in the session that `manimgl FILE -se LINE` has opened.

    It goes to the session that has its file open; the one started last, if there are several or none. The first
    time, the scene's state is remembered under the block's leading comment; sent again, the block starts from there.
    """
    if skip and record:
        raise UsageError("--skip plays nothing, so --record would record nothing.", "Leave one of them out.")
    picture = _place_for_a_picture(still)
    text, file, first = _block(where, code, is_needed=still is None)
    home = file or source
    outcome = session.send(
        session.Block(
            text,
            skip,
            record,
            picture,
            file=str(home.resolve()) if home else "",
            first=first if file else 0,
            last=first + len(text.splitlines()) - 1 if file else 0,
        ),
        while_busy=lambda: _say("Waiting for the session: it is still playing, or not at its prompt ..."),
        say=_say,
    )
    if outcome.warning:
        _say(f"{file}: {outcome.warning}")
    written = "  ".join(filter(None, (outcome.still, outcome.recorded)))
    print(f"{outcome.scene}  {outcome.start:.1f} s to {outcome.end:.1f} s  {written}".rstrip())
    if outcome.error:
        at = ""
        if outcome.line:
            at = f"{file}:{first + outcome.line - 1}: " if file else f"line {outcome.line} of the block: "
        raise BlockFailed(at + outcome.error)


def _place_for_a_picture(still: str | None) -> str | None:
    """Where a picture goes, as a session elsewhere can understand it; "" leaves it to the session."""
    if not still:
        return still
    place = Path(still).absolute()
    if place.is_dir():
        raise UsageError(f"{still} is a folder.", f"Name a picture in it:  --still {Path(still) / 'picture.png'}")
    if place.suffix.lower() != ".png":
        raise UsageError(f"--still {still}: a picture is written as PNG.", f"--still {Path(still).with_suffix('.png')}")
    return str(place)


def _block(where: str | None, code: str | None, is_needed: bool) -> tuple[str, Path | None, int]:
    """The text of the block, and the file and line it begins at, if it is from a file; "" if none is needed."""
    if where and code:
        raise UsageError("a place and --code are two blocks.", "Give one of them.")
    if where:
        return _from_file(where)
    if code is None and sys.stdin.isatty():
        if not is_needed:
            return "", None, 1
        raise UsageError("there is no block to send.", "darkroom paste FILE:LINE, or pipe one in.")
    text = code if code is not None else sys.stdin.read()
    if not text.strip() and is_needed:
        raise UsageError("the block is empty.", "Select some lines, or:  darkroom paste FILE:LINE")
    return text, None, 1


def _from_file(where: str) -> tuple[str, Path | None, int]:
    match = PLACE.fullmatch(where)
    if not match:
        raise UsageError(f"{where} names no line.", "darkroom paste FILE:LINE or FILE:FIRST-LAST")
    file, first, last = Path(match[1]), int(match[2]), int(match[3] or match[2])
    if file.is_dir():
        raise UsageError(f"{file} is a folder.", "darkroom paste FILE:LINE or FILE:FIRST-LAST")
    if not file.exists():
        raise PathNotFound(file)
    source = blocks.read_source(file)
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


def _say(words: str) -> None:
    print(words, file=sys.stderr)


if __name__ == "__main__":
    typer.run(paste)
