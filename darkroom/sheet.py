"""Contact sheets: many small pictures of a scene on a page, drawn with Pillow. Knows nothing of ManimGL."""

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

PAGE = (1560, 1560)  # a page is no larger than this, in pixels, so that it can be read at its own size
CELL = (480, 480)  # a picture fits into this box
GAP = 16
MARGIN = 24
LINE = 22
CAPTION = 4 + 3 * LINE  # under a picture: its number and time, then its beat in up to two lines
HEADER = 84

PAPER = "#FAFAF7"
INK = "#1B1E24"
GREY = "#7A7F87"
FRAME = "#C9CBC8"
ACCENT = "#C2551D"  # where a new beat begins


@dataclass(frozen=True)
class Cell:
    """One picture and what is written under it."""

    picture: Image.Image
    number: int  # of the animation, from 1
    time: float  # seconds into the scene
    beat: str


@dataclass(frozen=True)
class Title:
    """The heading of a page."""

    name: str
    doc: str
    seconds: float


def shrink(picture: Image.Image) -> Image.Image:
    """The picture at the size it has on a sheet; its own shape is kept."""
    scale = min(CELL[0] / picture.width, CELL[1] / picture.height)
    size = (round(picture.width * scale), round(picture.height * scale))
    return picture.resize(size, Image.Resampling.LANCZOS)


def save(path: Path, title: Title, cells: Sequence[Cell]) -> list[Path]:
    """Draw and write the pages of a sheet; pages of an earlier, longer one go away.

    Args:
        path: where a single page goes; several become NAME_1.png, NAME_2.png ... beside it.
        title: the heading of every page.
        cells: the pictures, all of one size.

    Returns:
        the files written, in order.
    """
    columns, rows = grid(cells[0].picture.size)
    per_page = columns * rows
    pages = [cells[at : at + per_page] for at in range(0, len(cells), per_page)]
    path.parent.mkdir(parents=True, exist_ok=True)
    for old in [path, *path.parent.glob(f"{path.stem}_[0-9]*.png")]:
        old.unlink(missing_ok=True)
    paths = []
    beat_before = ""
    for index, page_cells in enumerate(pages, start=1):
        several = len(pages) > 1
        page = draw(title, page_cells, f"page {index} of {len(pages)}" if several else "", beat_before)
        paths.append(path.with_stem(f"{path.stem}_{index}") if several else path)
        page.save(paths[-1])
        beat_before = page_cells[-1].beat
    return paths


def draw(title: Title, cells: Sequence[Cell], page: str = "", beat_before: str = "") -> Image.Image:
    """One page: a heading, then pictures in rows, each with its number, time and beat."""
    width, height = cells[0].picture.size
    columns, _ = grid((width, height))
    rows = -(-len(cells) // columns)
    sheet_width = 2 * MARGIN + columns * width + (columns - 1) * GAP
    sheet_height = HEADER + rows * (height + CAPTION + GAP) + MARGIN - GAP
    sheet = Image.new("RGB", (sheet_width, sheet_height), PAPER)
    pen = ImageDraw.Draw(sheet)

    note = "   ".join(filter(None, [f"{title.seconds:.1f} s", page]))
    note_left = sheet_width - MARGIN - font(20).getlength(note)
    pen.text((MARGIN, 16), title.name, INK, font(28, bold=True))
    pen.text((note_left, 24), note, GREY, font(20))
    pen.text((MARGIN, 52), fitted(title.doc, font(18), sheet_width - 2 * MARGIN), GREY, font(18))

    for index, cell in enumerate(cells):
        row, column = divmod(index, columns)
        left = MARGIN + column * (width + GAP)
        top = HEADER + row * (height + CAPTION + GAP)
        sheet.paste(cell.picture, (left, top))
        pen.rectangle((left - 1, top - 1, left + width, top + height), outline=FRAME)
        is_new = cell.beat != beat_before
        beat_before = cell.beat
        below = top + height + 4
        pen.text((left, below), f"{cell.number}", INK, font(18, bold=True))
        time = f"{cell.time:.2f} s"
        pen.text((left + width - font(17).getlength(time), below + 1), time, GREY, font(17))
        for at, line in enumerate(wrapped(cell.beat, font(17), width), start=1):
            pen.text((left, below + at * LINE), line, ACCENT if is_new else GREY, font(17))
    return sheet


def grid(picture: tuple[int, int]) -> tuple[int, int]:
    """How many columns and rows of pictures of this size a page has."""
    columns = (PAGE[0] - 2 * MARGIN + GAP) // (picture[0] + GAP)
    rows = (PAGE[1] - HEADER - MARGIN + GAP) // (picture[1] + CAPTION + GAP)
    return columns, rows


def wrapped(text: str, face: ImageFont.FreeTypeFont, width: float) -> list[str]:
    """The text in one or two lines; what does not fit is cut with an ellipsis."""
    first, rest = "", text
    while rest and face.getlength(f"{first} {rest.split()[0]}".strip()) <= width:
        word, _, rest = rest.partition(" ")
        first = f"{first} {word}".strip()
    return [fitted(line, face, width) for line in (first, rest) if line] or [""]


def fitted(text: str, face: ImageFont.FreeTypeFont, width: float) -> str:
    """The text, cut with an ellipsis if it is wider than `width` pixels."""
    if face.getlength(text) <= width:
        return text
    while text and face.getlength(text + "…") > width:
        text = text[:-1]
    return text.rstrip() + "…"


@cache
def font(size: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    """DejaVu Sans, which knows arrows and Greek; it comes with matplotlib, which ManimGL requires."""
    spec = importlib.util.find_spec("matplotlib")
    assert spec and spec.origin
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(str(Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf" / name), size)
