"""Does a heat matrix say its numbers, in the places where they are?"""

import numpy as np
import pytest

from darkroom import engine

engine.load()

from manimlib import FRAME_HEIGHT  # noqa: E402

from custom.palette import NEGATIVE_RAMP, PANEL, POSITIVE_RAMP  # noqa: E402
from helpers import HeatMatrix, value_to_color  # noqa: E402

VALUES = np.array([[1.0, -0.5, 0.0], [0.25, 0.0, -1.0]])


def test_cells_stand_row_by_row_and_know_their_numbers():
    heat = HeatMatrix(VALUES, source="W")
    assert len(heat.cells) == 6
    assert heat.get_cell(0, 0).get_y() > heat.get_cell(1, 0).get_y()
    assert heat.get_cell(0, 0).get_x() < heat.get_cell(0, 1).get_x()
    assert [cell.source.true_value() for cell in heat.cells] == VALUES.ravel().tolist()
    assert [cell.source.true_value() for cell in heat.get_row(1)] == VALUES[1].tolist()
    assert [cell.source.true_value() for cell in heat.get_column(1)] == VALUES[:, 1].tolist()


def test_colours_follow_the_values():
    heat = HeatMatrix(VALUES, max_value=1.0)
    heat.set_values(-VALUES)
    ramps = {"positive": (PANEL, POSITIVE_RAMP[1]), "negative": (PANEL, NEGATIVE_RAMP[1]), "neutral": PANEL}
    expected = [value_to_color(float(value), **ramps) for value in -VALUES.ravel()]
    assert [cell.get_fill_color().upper() for cell in heat.cells] == expected


def test_dimmed_cells_stay_dimmed():
    heat = HeatMatrix(VALUES)
    heat.cells.set_opacity(0.3)
    heat.set_values(2 * VALUES)
    assert heat.get_cell(0, 0).get_fill_opacity() == pytest.approx(0.3)


def test_a_vector_is_one_column_and_its_sources_have_one_index():
    heat = HeatMatrix(VALUES[0], source="b")
    assert heat.values.shape == (3, 1)
    assert heat.get_cell(1).source.true_value() == -0.5


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match=r"\(3, 2\).*\(2, 3\)"):
        HeatMatrix(VALUES).set_values(VALUES.T)
    with pytest.raises(ValueError, match="one or two dimensions"):
        HeatMatrix(np.zeros((2, 2, 2)))


def test_a_large_matrix_fits_the_frame_and_a_huge_one_is_refused():
    heat = HeatMatrix(np.ones((60, 40)))
    assert heat.get_height() < FRAME_HEIGHT - 0.7
    with pytest.raises(ValueError, match="1,000,000 cells"):
        HeatMatrix(np.ones((1000, 1000)))
    with pytest.raises(ValueError, match="must be real"):
        HeatMatrix(np.ones((2, 2), dtype=complex))
