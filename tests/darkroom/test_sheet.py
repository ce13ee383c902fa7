"""Contact sheets are laid out so that they can be read at their own size."""

from pathlib import Path

import pytest
from PIL import Image

from darkroom import sheet

TITLE = sheet.Title("SomeScene", "What it shows.", 12.3)


def cells(count: int, size: tuple[int, int] = (480, 270)) -> list[sheet.Cell]:
    return [sheet.Cell(Image.new("RGB", size, "#336699"), i + 1, i * 0.5, f"Beat {i // 3}") for i in range(count)]


@pytest.mark.parametrize("size", [(480, 270), (270, 480), (480, 480), (480, 100), (480, 360)])
def test_a_page_of_any_shape_is_no_larger_than_promised(size: tuple[int, int]) -> None:
    columns, rows = sheet.grid(size)
    page = sheet.draw(TITLE, cells(columns * rows, size))
    assert columns * rows >= 6
    assert page.width <= sheet.PAGE[0]
    assert page.height <= sheet.PAGE[1]


def test_pictures_keep_their_shape() -> None:
    assert sheet.shrink(Image.new("RGB", (1920, 1080))).size == (480, 270)
    assert sheet.shrink(Image.new("RGB", (1080, 1920))).size == (270, 480)


def test_many_pictures_are_several_pages_and_an_older_longer_sheet_goes_away(tmp_path: Path) -> None:
    path = tmp_path / "sheets" / "SomeScene.png"
    neighbour = tmp_path / "sheets" / "SomeSceneToo_1.png"
    pages = sheet.save(path, TITLE, cells(30))
    neighbour.touch()
    assert [page.name for page in pages] == ["SomeScene_1.png", "SomeScene_2.png", "SomeScene_3.png"]
    assert sheet.save(path, TITLE, cells(3)) == [path]
    assert sorted(p.name for p in path.parent.iterdir()) == ["SomeScene.png", neighbour.name]


def test_every_picture_is_on_the_page() -> None:
    """Count the places where a row or a column of pictures begins."""
    page = sheet.draw(TITLE, cells(7))
    blue = (0x33, 0x66, 0x99)
    places = 0
    for x in range(1, page.width):
        for y in (sheet.HEADER + 100, sheet.HEADER + 100 + 270 + sheet.CAPTION + sheet.GAP):
            places += page.getpixel((x, y)) == blue and page.getpixel((x - 1, y)) != blue
    places += page.getpixel((100, sheet.HEADER + 100 + 2 * (270 + sheet.CAPTION + sheet.GAP))) == blue
    assert places == 7


@pytest.mark.parametrize(
    ("text", "lines"), [("short", 1), ("a few more words than one line has room for", 2), ("", 1), ("x" * 200, 1)]
)
def test_a_beat_is_wrapped_or_cut_to_its_picture(text: str, lines: int) -> None:
    face = sheet.font(17)
    found = sheet.wrapped(text, face, 200)
    assert len(found) == lines
    assert all(face.getlength(line) <= 200 for line in found)
