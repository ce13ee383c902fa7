"""Do the names of rows and columns stand where the numbers stand, and count as the matrix counts?"""

import numpy as np
import pytest

from custom.palette import FOCUS, PARAMETER
from helpers.embedding import NumericEmbedding
from helpers.matrix import EllipsisDots, WeightMatrix
from helpers.rows import NamedPieces, get_column_matrix, get_named_entries, get_row_matrix

GRID = np.arange(54.0).reshape(9, 6) / 10


@pytest.fixture
def matrix():
    return WeightMatrix(GRID, shown_rows=4, shown_columns=3, source="W").shift((1.0, 0.5, 0))


def names(pieces) -> list[str]:
    return [getattr(label, "string", "dots") for label in pieces.labels]


def test_names_are_made_of_the_matrix_s_own_indices(matrix):
    assert names(get_row_matrix(matrix)) == ["R_{0}", "R_{1}", "R_{2}", "dots", "R_{8}"]
    assert names(get_column_matrix(matrix)) == ["C_{0}", "C_{1}", "dots", "C_{5}"]
    assert names(get_column_matrix(NumericEmbedding(GRID[0], source="E"), "E")) == ["E"]


def test_rows_and_results_count_alike(matrix):
    """The reference's last row and last result had different indices."""
    result = NumericEmbedding(GRID @ np.ones(6), shown_entries=4)
    rows, results = get_row_matrix(matrix), get_named_entries(result, R"R_{#} \cdot E")
    assert rows.slots == results.slots
    assert [name.replace(R" \cdot E", "") for name in names(results)] == names(rows)


def test_rows_stand_on_their_numbers_baselines(matrix):
    rows = get_row_matrix(matrix)
    for index in (0, 1, 2, 8):
        zero = matrix.get_entry(index, 0)[-1]
        assert rows.get_label(index)[0].get_bottom()[1] == pytest.approx(zero.get_bottom()[1], abs=1e-6)
    assert rows.labels[3].get_y() == pytest.approx(matrix.get_rows()[3].get_y())
    assert rows.brackets.get_center() == pytest.approx(matrix.brackets.get_center())


def test_columns_stand_in_their_numbers_places_on_one_baseline(matrix):
    columns = get_column_matrix(matrix)
    for index in (0, 1, 5):
        assert columns.get_label(index).get_x() == pytest.approx(matrix.get_column(index).get_x())
    baselines = {round(columns.get_label(index)[0].get_bottom()[1], 6) for index in (0, 1, 5)}
    assert len(baselines) == 1
    assert isinstance(columns.labels[2], EllipsisDots)


def test_rules_reach_from_the_name_almost_to_the_ends(matrix):
    columns = get_column_matrix(matrix)
    label, *rules = columns.get_piece(5)
    assert len(rules) == 2
    below, above = rules
    assert columns.get_bottom()[1] < below.get_bottom()[1] < below.get_top()[1] < label.get_bottom()[1]
    assert label.get_top()[1] < above.get_bottom()[1] < above.get_top()[1] < columns.get_top()[1]
    rows = get_row_matrix(matrix)
    label, left, right = rows.get_piece(-1)
    assert rows.get_left()[0] < left.get_left()[0] < left.get_right()[0] < label.get_left()[0]
    assert label.get_right()[0] < right.get_left()[0] < right.get_right()[0] < rows.get_right()[0]


def test_parts_of_names_have_their_own_colours(matrix):
    label = get_row_matrix(matrix, R"R_{#} \cdot E", color=PARAMETER, t2c={"E": FOCUS}).get_label(8)
    assert [glyph.get_fill_color() for glyph in label] == [PARAMETER, PARAMETER, PARAMETER, FOCUS]


def test_wide_names_move_the_right_bracket_only():
    vector = NumericEmbedding(GRID[:, 0], shown_entries=4)
    entries = get_named_entries(vector, R"R_{#} \cdot E + b_{#}")
    left, right = entries.brackets
    assert left.get_x() == pytest.approx(vector.brackets[0].get_x())
    assert right.get_x() > vector.brackets[1].get_x()
    for label in entries.get_pieces():
        assert left.get_right()[0] < label.get_left()[0]
        assert label.get_right()[0] < right.get_left()[0]


def test_what_is_hidden_or_absent_has_no_name(matrix):
    rows = get_row_matrix(matrix)
    with pytest.raises(IndexError, match="row 4 is hidden"):
        rows.get_label(4)
    with pytest.raises(IndexError, match="no row 9: there are 9"):
        rows.get_piece(9)
    with pytest.raises(ValueError, match="not axis 2"):
        NamedPieces(matrix, "R", axis=2)


def test_the_matrix_is_only_read(matrix):
    before = [mobject.get_points().copy() for mobject in matrix.get_family()]
    get_named_entries(matrix, R"R_{#} \cdot E \cdot E \cdot E \cdot E")
    assert all(
        np.array_equal(old, mobject.get_points()) for old, mobject in zip(before, matrix.get_family(), strict=True)
    )
