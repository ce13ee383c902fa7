"""Do the small pictures say what a layer computed?"""

import numpy as np
import pytest
import torch
from manimlib import RIGHT, Rectangle
from scipy.stats import norm

from custom.palette import SCAFFOLD
from helpers.icons import get_attention_icon, get_layer_norm_icon, get_loop_arrow, get_mlp_icon
from truth.attention import get_toy_pattern


def test_the_mlp_icon_is_lit_by_what_torch_computes():
    rng = np.random.default_rng(0)
    up, down, x = rng.normal(size=(6, 3)), rng.normal(size=(2, 6)), rng.normal(size=3)
    up_bias, down_bias = rng.normal(size=6), rng.normal(size=2)
    icon = get_mlp_icon(up, down, x, up_bias=up_bias, down_bias=down_bias)
    up_, down_, x_, b_, c_ = (torch.tensor(a) for a in (up, down, x, up_bias, down_bias))
    hidden = torch.relu(up_ @ x_ + b_)
    for layer, values in enumerate((x_, hidden, down_ @ hidden + c_)):
        assert [dot.value for dot in icon.get_layer(layer)] == pytest.approx(values.tolist())
    assert [edge.weight for edge in icon.get_edges(0)] == up.ravel().tolist()


@pytest.mark.parametrize("height", [1.0, 5.4])
def test_the_mlp_icon_is_as_high_as_asked(height):
    icon = get_mlp_icon(np.ones((12, 6)), np.ones((6, 12)), np.ones(6), height=height)
    assert icon.get_height() == pytest.approx(height, abs=0.02)
    assert [len(icon.get_layer(layer)) for layer in range(3)] == [6, 12, 6]


def test_the_area_of_a_dot_is_its_weight():
    pattern = get_toy_pattern()
    icon = get_attention_icon(pattern, size=4)
    assert [dot.value for dot in icon] == pattern.ravel().tolist()
    areas = np.array([dot.get_width() ** 2 for dot in icon]).reshape(pattern.shape)
    clear = pattern > 0.05
    assert areas[clear] / areas[0, 0] == pytest.approx(pattern[clear] / pattern[0, 0], rel=1e-3)
    assert {dot.get_fill_color() for dot, weight in zip(icon, pattern.ravel(), strict=True) if not weight} == {SCAFFOLD}


def test_rows_go_down_and_columns_to_the_right():
    icon = get_attention_icon(np.eye(4))
    assert icon[0].get_x() < icon[1].get_x() and icon[0].get_y() == pytest.approx(icon[1].get_y())
    assert icon[0].get_y() > icon[4].get_y()


@pytest.mark.parametrize(
    ("pattern", "words"), [(np.ones((2, 3)), r"square.*\(2, 3\)"), (2 * np.eye(2), "between 0 and 1.*2.0")]
)
def test_what_is_no_pattern_is_refused(pattern, words):
    with pytest.raises(ValueError, match=words):
        get_attention_icon(pattern)


def test_the_bells_are_scipys_densities_on_one_scale():
    icon = get_layer_norm_icon(width=4, mean=1, deviation=2)
    unit = icon.after.axis.get_width() / (2 * (1 + 2.6 * 2))
    heights = []
    for bell, m, d in ((icon.before, 1, 2), (icon.after, 0, 1)):
        origin = bell.axis.get_center()
        anchors = bell.curve.get_anchors() - origin
        expected = norm.pdf(anchors[:, 0] / unit, m, d)
        heights.append((anchors[:, 1] / expected)[expected > 0.01])
        assert bell.middle.get_x() == pytest.approx(origin[0] + m * unit)
        assert bell.middle.get_top()[1] == pytest.approx(bell.curve.get_top()[1], abs=1e-3)
    assert np.concatenate(heights) == pytest.approx(heights[0][0], rel=1e-3), "one scale for both"


def test_the_loop_arrow_runs_from_right_to_left_over_the_top():
    block = Rectangle(4, 2).shift(2 * RIGHT)
    loop = get_loop_arrow(block, 96, rise=0.9, source="layers")
    assert loop.label[1].get_value() == 96 and str(loop.label[1].source) == "layers"
    assert loop.arrow.get_start()[0] > block.get_x() > loop.arrow.get_end()[0]
    assert loop.arrow.get_top()[1] == pytest.approx(block.get_top()[1] + 0.12 + 0.9, abs=0.1)
    assert loop.label.get_bottom()[1] > loop.arrow.get_top()[1]
