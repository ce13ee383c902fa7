"""Does a matrix show the numbers it was handed, in their places and colours, before and after a change?"""

import numpy as np
import pytest
import torch
from manimlib import (
    FRAME_HEIGHT,
    FRAME_WIDTH,
    RIGHT,
    LaggedStart,
    Restore,
    Succession,
    Transform,
    VGroup,
    linear,
    there_and_back,
)

from custom.palette import MAGNITUDE_RAMP, NEUTRAL
from helpers.embedding import EmbeddingArray, NumericEmbedding
from helpers.matrix import AnimateEntriesTo, EllipsisDots, RandomizeEntries, WeightMatrix
from helpers.number import digit_height

GRID = np.array([[1.0, -0.04, 0.0], [0.3, -1.2, 0.5]])


def get_large(**config) -> WeightMatrix:
    values = np.random.default_rng(0).normal(size=(20, 30))
    return WeightMatrix(values, shown_rows=4, shown_columns=[0, 1, 5, 29], **config)


def texts(mobject) -> list[str]:
    return [number.num_string for number in mobject.get_entries()]


def run(animation, steps=(0.3, 0.7)) -> None:
    """Play an animation without a scene."""
    animation.begin()
    for alpha in steps:
        animation.interpolate(alpha)
    animation.finish()


# What it shows


@pytest.mark.parametrize(
    "values", [GRID, GRID.tolist(), torch.tensor(GRID), torch.tensor(GRID).float(), GRID.astype(np.float32)]
)
def test_it_shows_every_value(values):
    matrix = WeightMatrix(values)
    assert texts(matrix) == ["+1.0", "≈0.0", "0.0", "+0.3", "−1.2", "+0.5"]
    assert matrix.values == pytest.approx(GRID, abs=1e-6)
    assert matrix.shown_values.tolist() == [[1.0, 0.0, 0.0], [0.3, -1.2, 0.5]]


def test_rows_run_down_and_columns_right():
    matrix = WeightMatrix(GRID)
    assert matrix.get_entry(0, 0).get_y() > matrix.get_entry(1, 0).get_y()
    assert matrix.get_entry(0, 0).get_x() < matrix.get_entry(0, 1).get_x()
    left, right = matrix.get_brackets()
    assert left.get_right()[0] < matrix.cells.get_left()[0] < matrix.cells.get_right()[0] < right.get_left()[0]
    assert left.get_height() > matrix.cells.get_height()


def test_decimal_points_line_up():
    matrix = WeightMatrix([[1.0], [-12.3], [0.0]])
    points = [number[-2].get_x() for number in matrix.get_entries()]
    assert np.ptp(points) == pytest.approx(0, abs=1e-5)


def test_numbers_know_where_they_come_from():
    matrix = get_large(source="W_up")
    number = matrix.get_entry(-1, 5)
    assert str(number.source) == "W_up[19, 5]"
    assert number.value == number.source.true_value() == matrix.values[19, 5]


def test_an_ellipsis_stands_in_every_gap():
    matrix = get_large()
    assert matrix.row_slots == (0, 1, 2, None, 19)
    assert matrix.column_slots == (0, 1, None, 5, None, 29)
    assert len(matrix.get_entries()) == 16
    assert len(matrix.get_ellipses()) == 30 - 16
    assert matrix.shown_values.shape == (4, 4)
    assert matrix.values.shape == (20, 30)


def test_parts_by_true_index():
    matrix = get_large()
    row, column = matrix.get_row(19), matrix.get_column(5)
    assert [c.source.index for c in row if not isinstance(c, EllipsisDots)] == [(19, j) for j in (0, 1, 5, 29)]
    assert [c.source.index for c in column if not isinstance(c, EllipsisDots)] == [(i, 5) for i in (0, 1, 2, 19)]
    assert [len(r) for r in matrix.get_rows()] == [6] * 5
    assert [len(c) for c in matrix.get_columns()] == [5] * 6
    assert matrix.get_rows()[4].submobjects == row.submobjects


@pytest.mark.parametrize("call", ["get_entry", "get_row", "get_column"])
def test_what_is_hidden_is_an_index_error(call):
    matrix = get_large()
    arguments = (0, 3) if call == "get_entry" else (3,)
    with pytest.raises(IndexError, match=r"3 is hidden behind an ellipsis; drawn are \["):
        getattr(matrix, call)(*arguments)


def test_the_hidden_sum_is_what_the_ellipses_leave_out():
    matrix, x = get_large(), np.linspace(-1, 1, 30)
    shown = [0, 1, 5, 29]
    for row in (0, 7, 19):  # a hidden row has one too
        visible = matrix.values[row, shown] @ x[shown]
        assert visible + matrix.hidden_sum(row, x) == pytest.approx(matrix.values[row] @ x)
    assert WeightMatrix(GRID).hidden_sum(0, NumericEmbedding([1, 2, 3])) == 0
    with pytest.raises(ValueError, match=r"\(20, 30\).*\(3,\)"):
        matrix.hidden_sum(0, [1, 2, 3])


def test_colours_say_sign_and_size():
    matrix = WeightMatrix(GRID, max_value=1.2)
    colors = [number.get_fill_color() for number in matrix.get_entries()]
    assert colors == matrix.get_colors(matrix.shown_values)
    assert colors[2] == NEUTRAL
    assert colors[1] == NEUTRAL  # −0.04 reads 0.0, and looks it
    assert colors[0] != colors[3] != colors[4]


def test_height_and_font_size():
    assert WeightMatrix(GRID, height=3).get_height() == pytest.approx(3)
    assert WeightMatrix(GRID, font_size=40).get_font_size() == pytest.approx(40, rel=1e-3)
    assert WeightMatrix(GRID, font_size=40).scale(0.5).get_font_size() == pytest.approx(20, rel=1e-3)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1.0, 2.0], r"2 dimension.*\(2,\)"),
        ([[np.nan]], r"entry \(0, 0\) is nan"),
        (np.ones((0, 3)), "empty"),
    ],
)
def test_what_cannot_be_a_matrix(values, message):
    with pytest.raises(ValueError, match=message):
        WeightMatrix(values)


def test_random_values_only_on_request():
    with pytest.raises(TypeError, match="values"):
        WeightMatrix()
    with pytest.raises(TypeError, match="default_rng"):
        WeightMatrix.random((2, 3), rng=0)
    first, second = (WeightMatrix.random((2, 3), np.random.default_rng(5)) for _ in range(2))
    assert first.values.tolist() == second.values.tolist()
    assert first.values.ravel().tolist() == first.shown_values.ravel().tolist()


# After a change


def test_set_values_shows_and_colours_the_new_ones():
    new = [[0.0, -1.2, 1.0], [-0.02, 0.4, 11.0]]
    matrix = WeightMatrix(GRID, max_value=1.2)
    assert matrix.set_values(new) is matrix
    assert texts(matrix) == ["0.0", "−1.2", "+1.0", "≈0.0", "+0.4", "+11.0"]
    assert matrix.values.tolist() == new
    assert [n.get_fill_color() for n in matrix.get_entries()] == matrix.get_colors(matrix.shown_values)


def test_set_values_twice_is_once():
    new = -GRID
    once, twice = WeightMatrix(GRID).set_values(new), WeightMatrix(GRID).set_values(new).set_values(new)
    assert once.looks_identical(twice)
    back = WeightMatrix(GRID).set_values(10 * new).set_values(GRID)
    assert np.allclose(back.get_all_points(), WeightMatrix(GRID).get_all_points(), atol=1e-4)


def test_values_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"\(3, 2\).*\(2, 3\)"):
        WeightMatrix(GRID).set_values(GRID.T)


def test_opacity_and_place_survive_set_values():
    matrix = WeightMatrix(GRID).scale(0.7).shift(3 * RIGHT)
    matrix.get_row(0).set_opacity(0.25)
    center = matrix.get_brackets().get_center()
    matrix.set_values(10 * GRID[::-1])
    assert [n.get_fill_opacity() for n in matrix.get_entries()] == pytest.approx([0.25] * 3 + [1] * 3)
    assert matrix.get_brackets().get_center() == pytest.approx(center)
    assert matrix.get_font_size() == pytest.approx(21, rel=1e-3)


def test_a_copy_is_independent():
    matrix = get_large()
    copy = matrix.copy()
    copy.set_values(copy.values + 1)
    assert matrix.values == pytest.approx(copy.values - 1)
    assert copy.get_entry(0, 0) in copy.get_family()
    assert copy.get_entry(0, 0).value == copy.values[0, 0]


def test_restore_brings_hidden_values_back():
    matrix = get_large()
    before = matrix.values
    matrix.save_state()
    matrix.set_values(-before)
    matrix.restore()
    assert matrix.values.tolist() == before.tolist()


@pytest.mark.parametrize("animate", [lambda m, other: Transform(m, other), lambda m, other: Restore(m)])
def test_a_transform_carries_all_values_along(animate):
    matrix, other = get_large(), get_large()
    other.set_values(other.values * np.linspace(-2, 2, 30))
    matrix.saved_state = other
    run(animate(matrix, other))
    assert matrix.values.tolist() == other.values.tolist()


def test_a_transform_to_another_shape_is_just_a_picture():
    first, second = WeightMatrix(GRID), WeightMatrix(GRID.T)
    run(Transform(first, second))
    assert np.allclose(first.get_center(), second.get_center(), atol=1e-5)


# Animations


@pytest.mark.parametrize("lag_ratio", [0, 0.3, 1])
def test_entries_end_exactly_on_the_given_values(lag_ratio):
    matrix = get_large(max_value=3)
    target = np.random.default_rng(1).normal(size=(20, 30)) / 3
    run(AnimateEntriesTo(matrix, target, lag_ratio=lag_ratio))
    assert matrix.values.tolist() == target.tolist()
    assert texts(matrix) == texts(WeightMatrix(target, shown_rows=4, shown_columns=[0, 1, 5, 29]))
    assert [n.get_fill_color() for n in matrix.get_entries()] == matrix.get_colors(matrix.shown_values)


def test_hidden_entries_move_too_and_colours_follow():
    matrix = get_large(max_value=3)
    start = matrix.values
    animation = AnimateEntriesTo(matrix, -start, rate_func=lambda t: t)
    animation.begin()
    animation.interpolate(0.25)
    assert matrix.values == pytest.approx(0.5 * start)
    assert [n.get_fill_color() for n in matrix.get_entries()] == matrix.get_colors(matrix.shown_values)


def test_a_lag_lets_the_first_go_first():
    matrix = WeightMatrix(np.zeros((2, 2)), max_value=1)
    animation = AnimateEntriesTo(matrix, np.ones((2, 2)), lag_ratio=1, rate_func=lambda t: t)
    animation.begin()
    animation.interpolate(0.375)
    assert matrix.values.tolist() == [[1.0, 0.5], [0.0, 0.0]]


def test_the_start_is_taken_when_it_begins():
    matrix = WeightMatrix(GRID)
    animation = AnimateEntriesTo(matrix, GRID, rate_func=lambda t: t)
    matrix.set_values(GRID + 2)
    animation.begin()
    assert matrix.values == pytest.approx(GRID + 2)
    animation.interpolate(0.5)
    assert matrix.values == pytest.approx(GRID + 1)


@pytest.mark.parametrize("group", [Succession, LaggedStart])
def test_it_chains(group):
    matrix = WeightMatrix(GRID)
    lag = {"lag_ratio": 1.0} if group is LaggedStart else {}
    steps = [AnimateEntriesTo(matrix, GRID + k, run_time=1, rate_func=lambda t: t) for k in (2, 1)]
    if group is LaggedStart:  # begins all at once, so both start from GRID; the last one has the last word
        run(group(*steps, **lag))
    else:
        animation = group(*steps)
        animation.begin()
        animation.interpolate(0.75)
        assert matrix.values == pytest.approx(GRID + 1.5)
        animation.finish()
    assert matrix.values.tolist() == (GRID + 1).tolist()


def test_there_and_back_ends_where_it_was():
    matrix = WeightMatrix(GRID)
    run(AnimateEntriesTo(matrix, GRID + 5, rate_func=there_and_back))
    assert matrix.values.tolist() == GRID.tolist()


def test_animate_set_values_keeps_values_true():
    matrix = get_large()
    target = matrix.values * 2
    animation = matrix.animate.set_values(target).build()
    assert isinstance(animation, AnimateEntriesTo)
    run(animation)
    assert matrix.values.tolist() == target.tolist()


def test_animations_check_shapes_at_once():
    with pytest.raises(ValueError, match=r"\(3, 2\).*\(2, 3\)"):
        AnimateEntriesTo(WeightMatrix(GRID), GRID.T)


def test_randomizing_needs_a_generator_and_repeats_with_its_seed():
    with pytest.raises(TypeError, match="default_rng"):
        RandomizeEntries(WeightMatrix(GRID), 3)
    ends = []
    for _ in range(2):
        matrix = WeightMatrix(GRID, max_value=2)
        run(RandomizeEntries(matrix, np.random.default_rng(3)))
        ends.append(matrix.values)
    assert ends[0].tolist() == ends[1].tolist()
    assert np.abs(ends[0]).max() <= 2
    assert len(np.unique(ends[0])) > 1


# Embeddings


def test_an_embedding_is_a_column_from_dim_to_bright():
    embedding = NumericEmbedding([0.0, -2.0, 1.0], max_value=2, source="E")
    assert texts(embedding) == ["0.0", "−2.0", "+1.0"]
    assert embedding.values.tolist() == [0, -2, 1]
    assert embedding.get_entry(1).get_fill_color() == MAGNITUDE_RAMP[1]
    assert str(embedding.get_entry(1).source) == "E[1]"
    assert len({embedding.get_colors(v)[0] for v in (0.7, -0.7)}) == 1  # no hue for a sign


def test_zero_has_no_sign_at_any_time():
    embedding = NumericEmbedding([1.0, -1.0])
    run(AnimateEntriesTo(embedding, [-0.01, 0.01]))
    assert texts(embedding) == ["≈0.0", "≈0.0"]
    run(AnimateEntriesTo(embedding, [-0.0, 0.0]))
    assert texts(embedding) == ["0.0", "0.0"]


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([0.5, 1e-6, 0.0], ["+0.5", "≈0.0", "0.0"]),
        ([0.04, -0.012, 0.0], ["+0.040", "−0.012", "0.000"]),
        ([1e-6, -2.04e-7, 0.0], ["+1·10⁻⁶", "−2·10⁻⁷", "0"]),
        ([2.5e9, 1.0], ["+2.5·10⁹", "+1·10⁰"]),
    ],
)
def test_decimals_nobody_chose_show_the_largest_number(values, shown):
    assert texts(NumericEmbedding(values)) == shown
    assert "0.00" not in texts(WeightMatrix([values], num_decimal_places=2))[:-1]


def test_numbers_on_their_way_are_not_marked_as_they_pass_zero():
    matrix = WeightMatrix(np.array([[-1.0, 0.01]]), source="W")
    animation = AnimateEntriesTo(matrix, np.array([[1.0, 0.02]]), source="V", rate_func=linear)
    seen = []
    animation.begin()
    for alpha in np.linspace(0, 1, 41):
        animation.interpolate(alpha)
        seen.append(texts(matrix))
    animation.finish()
    first, second = zip(*seen, strict=True)
    assert "0.0" in first and "≈0.0" not in first
    assert set(second) == {"≈0.0"}


# What is too large for a frame


def test_what_is_too_large_is_cut_by_ellipses_that_fit_a_frame():
    for shape, config in [((100, 100), {}), ((100, 100), {"height": 5}), ((3, 100), {"height": 4}), ((40, 3), {})]:
        matrix = WeightMatrix(np.random.default_rng(0).normal(size=shape), **config)
        assert matrix.shape == shape
        assert matrix.get_width() <= FRAME_WIDTH - 0.8 + 1e-6
        assert matrix.get_height() <= config.get("height", FRAME_HEIGHT - 0.8) + 1e-6
        assert digit_height(matrix.get_font_size()) > 0.13
        for slots, n in zip((matrix.row_slots, matrix.column_slots), shape, strict=True):
            assert (None in slots) == (len(slots) < n) and slots[-1] == n - 1
    embedding = NumericEmbedding(np.ones(1000))
    assert embedding.get_height() <= FRAME_HEIGHT - 0.8
    array = EmbeddingArray(np.ones((1000, 40)), ["word"] * 40)
    assert array.get_height() <= FRAME_HEIGHT - 0.8
    assert array.get_width() <= FRAME_WIDTH - 0.8


def test_what_fits_and_what_somebody_chose_is_drawn_as_ever():
    assert None not in WeightMatrix(np.ones((12, 12))).column_slots
    assert len(NumericEmbedding(np.ones(60), shown_entries=60).row_slots) == 60


@pytest.mark.parametrize("values", [[[1.0], [2.0]], 3.0])
def test_an_embedding_has_one_dimension(values):
    with pytest.raises(ValueError, match="1 dimension"):
        NumericEmbedding(values)
    with pytest.raises(ValueError, match="1 dimension"):
        NumericEmbedding([1.0, 2.0]).set_values(values)


def test_another_length_is_refused():
    with pytest.raises(ValueError, match=r"\(3, 1\).*\(2, 1\)"):
        NumericEmbedding([1.0, 2.0]).set_values([1.0, 2.0, 3.0])


def get_array(**config) -> EmbeddingArray:
    values = np.random.default_rng(0).normal(size=(12, 9))
    return EmbeddingArray(values, list("abcdefghi"), shown_entries=5, shown_tokens=4, source="E", **config)


def test_an_array_has_a_column_for_every_token_shown():
    array = get_array()
    assert array.token_slots == (0, 1, 2, None, 8)
    assert array.get_column(8).values == pytest.approx(array.values[:, 8])
    assert array.get_column(-1) is array.get_column(8) is array.columns[4]
    assert str(array.get_column(2).get_entry(-1).source) == "E[11, 2]"
    assert len(array.get_embeddings()) == len(array.labels) == 4
    with pytest.raises(IndexError, match="token 5 is hidden"):
        array.get_column(5)


def test_an_arrays_brackets_hold_its_columns():
    array = get_array(height=4)
    left, right = array.brackets
    assert VGroup(array.columns, array.brackets).get_height() == pytest.approx(4)
    assert left.get_height() > array.columns.get_height()
    assert left.get_right()[0] < array.columns.get_left()[0] < array.columns.get_right()[0] < right.get_left()[0]
    for label, token in zip(array.labels, (0, 1, 2, 8), strict=True):
        assert label.get_x() == pytest.approx(array.get_column(token).get_x(), abs=1e-4)
        assert label.get_bottom()[1] > left.get_top()[1]


def test_an_array_moves_to_values():
    array = get_array()
    target = array.values + 1
    run(AnimateEntriesTo(array, target, lag_ratio=0.1))
    assert array.values.tolist() == target.tolist()
    assert array.get_column(8).values.tolist() == target[:, 8].tolist()
    run(Transform(array, get_array()))
    assert array.values.tolist() == get_array().values.tolist()
    with pytest.raises(ValueError, match=r"\(9, 12\).*\(12, 9\)"):
        array.set_values(target.T)


def test_as_many_tokens_as_columns():
    with pytest.raises(ValueError, match=r"2 token.*\(3, 4\)"):
        EmbeddingArray(np.ones((3, 4)), ["a", "b"])


@pytest.mark.parametrize("make", [WeightMatrix, lambda v: NumericEmbedding(v[0]), EmbeddingArray, AnimateEntriesTo])
@pytest.mark.parametrize("values", [[[1 + 2j, 1]], np.ones((1, 2), complex), torch.ones(1, 2, dtype=torch.complex64)])
def test_complex_numbers_are_refused(make, values):
    with pytest.raises(ValueError, match=r"must be real.* complex"):
        make(WeightMatrix([[1.0, 2.0]]), values) if make is AnimateEntriesTo else make(values)
