"""Blocks, arrows, plates and tiles stand where they should and show what they are handed."""

import numpy as np
import pytest

from darkroom import engine

engine.load()

from manimlib import Square  # noqa: E402

from custom.palette import BACKGROUND, PANEL, POSITIVE_RAMP, TEXT  # noqa: E402
from helpers import NumericEmbedding, Plate, SolidArrow, SolidBlock, WeightMatrix, value_to_color  # noqa: E402


@pytest.mark.parametrize("end", [(3, 0, 0), (0, 0, -2), (1, 2, 3), (-0.2, 0, 0)])
def test_an_arrow_goes_from_its_start_to_its_end(end):
    start, end = np.array([0.5, -1, 0.25]), np.array(end, dtype=float)
    arrow = SolidArrow(start, end)
    points = np.concatenate([part.get_points() for part in arrow.get_family() if part.has_points()])
    along = (end - start) / np.linalg.norm(end - start)
    reach = (points - start) @ along
    assert reach.min() == pytest.approx(0, abs=0.06) and reach.max() == pytest.approx(np.linalg.norm(end - start))
    tip = arrow.tip.get_points()
    assert np.linalg.norm(tip - end, axis=1).min() < 1e-5


def test_an_arrow_without_length_is_refused():
    with pytest.raises(ValueError, match="no direction"):
        SolidArrow([1, 1, 0], [1, 1, 0])


def test_a_block_has_six_faces_by_name():
    block = SolidBlock(4, 2, 1, title="MLP").shift([1, 0, 0])
    assert block.faces.get_shape() == pytest.approx((4, 2, 1))
    middles = {side: block.get_face(side).get_center() - [1, 0, 0] for side in ("right", "top", "front", "back")}
    assert middles["right"] == pytest.approx([2, 0, 0]) and middles["top"] == pytest.approx([0, 1, 0])
    assert middles["front"] == pytest.approx([0, 0, 0.5]) and middles["back"] == pytest.approx([0, 0, -0.5])
    front = block.remove_face("front")
    assert len(block.faces) == 5 and front.get_z() == pytest.approx(0.5)
    assert block.get_face("back").get_z() == pytest.approx(-0.5)
    with pytest.raises(ValueError, match="no 'front'"):
        block.get_face("front")


def test_a_plate_is_larger_than_what_stands_on_it_and_lighter_than_the_background():
    square = Square().shift([2, 1, 0])
    plate = Plate(square, 0.3)
    assert plate.face.get_width() == pytest.approx(square.get_width() + 0.6)
    assert plate.face.get_center() == pytest.approx(square.get_center(), abs=1e-6)
    light, dark = (int(color[5:7], 16) for color in (plate.face.get_fill_color(), BACKGROUND))
    assert light - dark > 30  # what counts as lit


def test_a_tile_carries_the_colour_of_its_number():
    matrix = WeightMatrix([[0.1, -0.2, 1.0], [0.0, -1.0, 0.5]], source="W", shown_columns=2, has_tiles=True)
    assert len(matrix.tiles) == 4
    ramps = {"positive": (PANEL, POSITIVE_RAMP[1]), "neutral": PANEL}
    assert matrix.get_tile(0, 2).get_fill_color().upper() == value_to_color(1.0, 0, 1.0, **ramps)
    assert matrix.get_tile(1, 0).get_fill_color().upper() == PANEL
    assert matrix.get_entry(0, 2)[0].get_fill_color().upper() == BACKGROUND
    assert matrix.get_entry(0, 0)[0].get_fill_color().upper() == TEXT
    matrix.set_values([[1.0, -0.2, 0.1], [0.0, -1.0, 0.5]])
    assert matrix.get_tile(0, 0).get_fill_color().upper() == value_to_color(1.0, 0, 1.0, **ramps)
    row, column = matrix.get_row(0), matrix.get_column(2)
    assert [tile in row for tile in matrix.tiles] == [True, True, False, False]
    assert [tile in column for tile in matrix.tiles] == [False, True, False, True]


def test_tiles_lie_behind_their_numbers_and_do_not_touch():
    column = NumericEmbedding([0.5, -0.25, 1.0], source="x", num_decimal_places=2, has_tiles=True)
    for tile, number in zip(column.tiles, column.get_entries(), strict=True):
        assert tile.get_left()[0] < number.get_left()[0] and tile.get_right()[0] > number.get_right()[0]
    for upper, lower in zip(column.tiles, column.tiles[1:], strict=False):
        assert upper.get_bottom()[1] > lower.get_top()[1]
    assert column.submobjects.index(column.tiles) < column.submobjects.index(column.cells)
