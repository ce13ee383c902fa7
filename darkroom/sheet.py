"""Contact sheets: many small pictures of a scene on a page, drawn with Pillow. Knows nothing of ManimGL."""

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

CELL = 480  # a picture fits into a square of so many pixels, unless told otherwise
PAGE = (1560, 1560)  # a page is then no larger than this, so that it can be read at its own size
# All that follows is in these pixels too, and grows with the pictures.
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


def shrink(picture: Image.Image, cell: int = CELL) -> Image.Image:
    """The picture at the size it has on a sheet: it fits into a square of `cell` pixels, and keeps its shape."""
    scale = cell / max(picture.size)
    size = (round(picture.width * scale), round(picture.height * scale))
    return picture.resize(size, Image.Resampling.LANCZOS)


def save(path: Path, title: Title, cells: Sequence[Cell], cell: int = CELL) -> list[Path]:
    """Draw and write the pages of a sheet; pages of an earlier, longer one go away.

    Args:
        path: where a single page goes; several become NAME_1.png, NAME_2.png ... beside it.
        title: the heading of every page.
        cells: the pictures, all of one size.
        cell: the side of the square they fit into.

    Returns:
        the files written, in order.
    """
    columns, rows = grid(cells[0].picture.size, cell)
    per_page = columns * rows
    pages = [cells[at : at + per_page] for at in range(0, len(cells), per_page)]
    path.parent.mkdir(parents=True, exist_ok=True)
    for old in [path, *path.parent.glob(f"{path.stem}_[0-9]*.png")]:
        old.unlink(missing_ok=True)
    paths = []
    beat_before = ""
    for index, page_cells in enumerate(pages, start=1):
        several = len(pages) > 1
        page = draw(title, page_cells, f"page {index} of {len(pages)}" if several else "", beat_before, cell)
        paths.append(path.with_stem(f"{path.stem}_{index}") if several else path)
        page.save(paths[-1])
        beat_before = page_cells[-1].beat
    return paths


def draw(
    title: Title, cells: Sequence[Cell], page: str = "", beat_before: str = "", cell: int = CELL
) -> Image.Image:
    """One page: a heading, then pictures in rows, each with its number, time and beat."""

    def px(length: float) -> int:
        return round(length * cell / CELL)

    width, height = cells[0].picture.size
    columns, _ = grid((width, height), cell)
    rows = -(-len(cells) // columns)
    gap, margin, line, header, caption = px(GAP), px(MARGIN), px(LINE), px(HEADER), px(CAPTION)
    sheet_width = 2 * margin + columns * width + (columns - 1) * gap
    sheet_height = header + rows * (height + caption + gap) + margin - gap
    sheet = Image.new("RGB", (sheet_width, sheet_height), PAPER)
    pen = ImageDraw.Draw(sheet)

    note = "   ".join(filter(None, [f"{title.seconds:.1f} s", page]))
    note_left = sheet_width - margin - font(px(20)).getlength(note)
    pen.text((margin, px(16)), title.name, INK, font(px(28), bold=True))
    pen.text((note_left, px(24)), note, GREY, font(px(20)))
    pen.text((margin, px(52)), fitted(title.doc, font(px(18)), sheet_width - 2 * margin), GREY, font(px(18)))

    small = font(px(17))
    for index, each in enumerate(cells):
        row, column = divmod(index, columns)
        left = margin + column * (width + gap)
        top = header + row * (height + caption + gap)
        sheet.paste(each.picture, (left, top))
        pen.rectangle((left - 1, top - 1, left + width, top + height), outline=FRAME)
        is_new = each.beat != beat_before
        beat_before = each.beat
        below = top + height + px(4)
        pen.text((left, below), f"{each.number}", INK, font(px(18), bold=True))
        time = f"{each.time:.2f} s"
        pen.text((left + width - small.getlength(time), below + px(1)), time, GREY, small)
        for at, text in enumerate(wrapped(each.beat, small, width), start=1):
            pen.text((left, below + at * line), text, ACCENT if is_new else GREY, small)
    return sheet


def grid(picture: tuple[int, int], cell: int = CELL) -> tuple[int, int]:
    """How many columns and rows of pictures of this size a page has, where they fit into a square of `cell` pixels."""
    width, height = (side * CELL / cell for side in picture)
    columns = (PAGE[0] - 2 * MARGIN + GAP) // (width + GAP)
    rows = (PAGE[1] - HEADER - MARGIN + GAP) // (height + CAPTION + GAP)
    return int(columns), int(rows)


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
