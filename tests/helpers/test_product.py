"""Does the arithmetic on screen close?"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manimlib import DOWN, RIGHT, FadeIn, LaggedStart, Succession, VGroup

from helpers.embedding import NumericEmbedding
from helpers.matrix import WeightMatrix
from helpers.product import MatrixVectorProduct, ShowMatrixVectorProduct, show_matrix_vector_product

# The storyboard's Michael Jordan: rows and vector in tenths, hidden coordinates exactly zero.
M, J = np.array([0.1, 0.3, 0.5, 0.7, 0, 0, 0.4]), np.array([0.3, 0.7, -0.1, -0.5, 0, 0, 0.4])
P = np.array([-0.4, -0.4, 0.4, -0.4, 0, 0, 0.6])
ROWS = np.array([M + J, P - M, P - J])


def get_parts(values=ROWS, x=M + J, **shown):
    matrix = WeightMatrix(values, shown_columns=shown.get("columns"), shown_rows=shown.get("rows"))
    vector = NumericEmbedding(x, shown_entries=shown.get("columns")).next_to(matrix, RIGHT)
    return matrix, vector


def texts(product) -> list[str]:
    return [number.num_string for number in product.result.get_entries()]


def opacities(product) -> list[float]:
    return [float(cell.get_fill_opacity()) for cell in product.result.get_entries()]


def run(animation) -> None:
    animation.begin()
    for alpha in np.linspace(0, 1, 23):
        animation.interpolate(alpha)
    animation.finish()


def test_the_storyboards_numbers():
    product = MatrixVectorProduct(*get_parts(columns=5))
    assert texts(product) == ["+2.0", "−1.0", "−1.0"]
    assert product.get_partial_sums(0) == [0.16, 1.16, 1.32, 1.36, 1.36, 2.0]
    assert product.rounding_gap < 1e-12


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_results_are_the_sum_of_what_is_read_and_what_is_hidden(seed):
    rng = np.random.default_rng(seed)
    matrix, vector = get_parts(rng.normal(size=(4, 9)), rng.normal(size=9), columns=4, rows=3)
    product = MatrixVectorProduct(matrix, vector)
    for row, shown in zip((0, 1, 3), matrix.shown_values, strict=True):
        read = [float(f"{product:.9f}") for product in shown * vector.shown_values[:, 0]]
        total = sum(read) + matrix.hidden_sum(row, vector)
        assert product.result.values[row] == pytest.approx(total, abs=1e-8)
    assert product.result.values[2] == pytest.approx(matrix.values[2] @ vector.values)
    assert product.rounding_gap == pytest.approx(np.abs(product.result.values - matrix.values @ vector.values).max())


def test_parts_stand_in_line_and_rows_are_level():
    matrix, vector = get_parts(np.ones((9, 4)), np.ones(4), rows=5)
    vector.shift(DOWN)
    product = MatrixVectorProduct(matrix, vector)
    assert vector.get_right()[0] < product.equals.get_left()[0]
    assert product.equals.get_right()[0] < product.result.get_left()[0]
    for row in (0, 3, 8):
        level = matrix.get_entry(row, 0)[-1].get_y()
        assert product.result.get_entry(row)[-1].get_y() == pytest.approx(level, abs=1e-3)
    assert opacities(product) == [0] * 5


def test_rows_appear_one_after_the_other_with_running_sums():
    matrix, vector = get_parts(columns=5)
    show = show_matrix_vector_product(matrix, vector, run_time_per_row=2)
    assert show.run_time == 6
    show.begin()
    assert opacities(show.product) == [0, 0, 0]
    places = 6
    for step, expected in [(0.5, "+0.2"), (1.5, "+1.2"), (2.5, "+1.3"), (5.5, "+2.0")]:
        show.interpolate(step / (3 * places))
        assert show.result.get_entry(0).num_string == expected
        assert opacities(show.product) == [1, 0, 0]
    show.interpolate(1.5 / 3)
    assert opacities(show.product) == [1, 1, 0]
    assert show.result.get_entry(0).num_string == "+2.0"
    show.finish()
    assert opacities(show.product) == [1, 1, 1]
    assert texts(show.product) == ["+2.0", "−1.0", "−1.0"]


def test_a_product_is_added_when_the_boxes_have_arrived():
    show = show_matrix_vector_product(*get_parts(columns=5))
    show.begin()
    show.interpolate((1 + 0.9 * show.glide) / 18)
    assert show.result.get_entry(0).num_string == "+0.2"
    show.interpolate((1 + 1.1 * show.glide) / 18)
    assert show.result.get_entry(0).num_string == "+1.2"


def test_boxes_rest_on_the_factors_and_go_away():
    matrix, vector = get_parts(columns=5)
    show = show_matrix_vector_product(matrix, vector)
    assert all(box.get_stroke_opacity() == 0 for box in show.boxes)
    show.begin()
    show.interpolate((6 + 2.8) / 18)  # row 1, column 2
    for box, entry in zip(show.boxes, (matrix.get_entry(1, 2), vector.get_entry(2)), strict=True):
        assert box.get_stroke_opacity() == 1
        assert box.get_left()[0] < entry.get_left()[0] < entry.get_right()[0] < box.get_right()[0]
        assert box.get_bottom()[1] < entry.get_bottom()[1] < entry.get_top()[1] < box.get_top()[1]
    show.finish()
    assert all(box.get_stroke_opacity() == 0 for box in show.boxes)


def test_colours_are_those_of_the_sums_at_every_moment():
    show = show_matrix_vector_product(*get_parts())
    show.begin()
    for alpha in (0.02, 0.1, 0.2, 0.5, 0.99, 1.0):
        show.interpolate(alpha)
        colors = [number.get_fill_color() for number in show.result.get_entries()]
        assert colors == show.result.get_colors(show.result.shown_values)


def test_skipped_rows_appear_when_the_row_before_is_done():
    show = show_matrix_vector_product(*get_parts(), skip_rows=[1], run_time_per_row=1)
    assert show.rows == [0, 2]
    assert show.run_time == 2
    show.begin()
    show.interpolate(0.3)
    assert opacities(show.product) == [1, 0, 0]
    show.interpolate(0.6)
    assert opacities(show.product) == [1, 1, 1]
    show.finish()
    assert texts(show.product) == ["+2.0", "−1.0", "−1.0"]


def test_ellipsis_rows_are_not_swept_but_their_dots_appear():
    show = show_matrix_vector_product(*get_parts(np.ones((9, 4)), np.ones(4), rows=3))
    assert show.rows == [0, 1, 8]
    run(show)
    assert show.result.get_ellipses()[0].get_fill_opacity() == 1


def test_values_and_places_are_taken_when_it_begins():
    matrix, vector = get_parts()
    show = show_matrix_vector_product(matrix, vector)
    vector.set_values(-(M + J))
    VGroup(matrix, vector).shift(2 * DOWN)
    run(show)
    assert texts(show.product) == ["−2.0", "+1.0", "+1.0"]


@pytest.mark.parametrize("group", [Succession, LaggedStart])
def test_it_behaves_in_a_group(group):
    product = MatrixVectorProduct(*get_parts())
    run(group(FadeIn(product.equals), product.show_rows(), lag_ratio=1.0))
    assert texts(product) == ["+2.0", "−1.0", "−1.0"]
    assert opacities(product) == [1, 1, 1]


def test_the_scene_keeps_the_product_and_loses_the_boxes():
    class Stage:  # stands in for a Scene
        removed = ()

        def remove(self, *mobjects):
            self.removed += mobjects

    show, stage = show_matrix_vector_product(*get_parts()), Stage()
    run(show)
    show.clean_up_from_scene(stage)
    assert stage.removed == (show.boxes,)


def test_the_final_sum_is_shown_when_everything_is_skipped():
    show = show_matrix_vector_product(*get_parts())
    show.begin()
    show.finish()
    assert texts(show.product) == ["+2.0", "−1.0", "−1.0"]
    assert opacities(show.product) == [1, 1, 1]


def test_shapes_must_fit():
    with pytest.raises(ValueError, match=r"\(3, 7\).*\(6,\)"):
        MatrixVectorProduct(WeightMatrix(ROWS), NumericEmbedding(np.ones(6)))
    with pytest.raises(ValueError, match="shown_columns and shown_entries alike"):
        MatrixVectorProduct(WeightMatrix(ROWS, shown_columns=4), NumericEmbedding(np.ones(7)))
    with pytest.raises(ValueError, match=r"skip row\(s\) \[5\]"):
        ShowMatrixVectorProduct(MatrixVectorProduct(*get_parts()), skip_rows=[5])
