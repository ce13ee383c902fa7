"""The two scenes on the two-layer network: each product on screen is PyTorch's gradient, each shape fits."""

from itertools import pairwise

import numpy as np
import pytest

from darkroom import engine

engine.load()

from manimlib import color_to_rgb  # noqa: E402

from _2025.autograd.gradient_propagation import GradientPropagationScene  # noqa: E402
from custom.palette import PANEL  # noqa: E402
from helpers import FillOuterProduct, get_dots, get_role_matrix, get_size_label  # noqa: E402
from truth.two_layer import run_two_layers  # noqa: E402

run = run_two_layers()
g = run.gradients


@pytest.mark.parametrize(("weights", "upstream", "given"), [("W1", "h1", "x"), ("W2", "out", "a1")])
def test_a_weights_gradient_is_upstream_times_what_the_layer_was_given(weights, upstream, given):
    assert np.allclose(g[weights], np.outer(g[upstream], getattr(run, given)), atol=1e-12)


@pytest.mark.parametrize(("given", "weights", "upstream"), [("x", "W1", "h1"), ("a1", "W2", "out")])
def test_an_inputs_gradient_is_the_weights_turned_over_times_upstream(given, weights, upstream):
    assert np.allclose(g[given], getattr(run, weights).T @ g[upstream], atol=1e-12)


def test_the_sum_over_two_wires_closes_as_shown():
    scene = GradientPropagationScene.__new__(GradientPropagationScene)
    scene.record = run
    w1, g1, w2, g2, total = (round(source.true_value(), 1) for source in scene.get_sum().sources)
    assert w1 * g1 + w2 * g2 == pytest.approx(total) == pytest.approx(g["a1"][0])


def test_the_gradient_passes_relu_where_the_unit_was_on():
    assert np.allclose(g["h1"], g["a1"] * run.mask)
    assert "a1" in run.saved, "what the scene reads the mask from is what was saved"


@pytest.mark.parametrize(("bias", "upstream"), [("b1", "h1"), ("b2", "out")])
def test_a_bias_gets_the_upstream_gradient_itself(bias, upstream):
    assert np.allclose(g[bias], g[upstream])


def test_the_way_back_starts_with_the_error():
    assert np.allclose(g["out"], run.out - run.t)


def outer_product(result):
    column = get_role_matrix(g["h1"], "#FFFFFF", "dL/dh1")
    row = get_role_matrix(run.x[None, :], "#FFFFFF", "x")
    return FillOuterProduct(column, row, get_role_matrix(result, "#FFFFFF", "dL/dW1"))


def test_the_outer_product_fills_in_row_by_row():
    filling = outer_product(g["W1"])
    filling.begin()
    shown = []
    for alpha in (0, 0.5, 1):
        filling.interpolate(alpha)
        shown.append(sum(number.get_fill_opacity() > 0.99 for number in filling.result.cells))
    assert shown == [0, 6, 12]


def test_the_outer_product_refuses_what_is_not_one():
    with pytest.raises(ValueError, match="the result shows"):
        outer_product(g["W1"] + 0.1)
    with pytest.raises(ValueError, match=r"\(4, 3\), not \(2, 4\)"):
        outer_product(g["W2"])


def test_a_size_is_read_from_the_matrix():
    label = get_size_label(get_role_matrix(run.W2, "#FFFFFF", "W2"))
    assert label.get_string() == R"2 \times 4"
    assert [source.true_value() for source in label.sources] == [2, 4]
    assert len(get_dots(get_role_matrix(run.W2, "#FFFFFF", "W2"))) == 8


@pytest.fixture(scope="module")
def machine():
    scene = GradientPropagationScene.__new__(GradientPropagationScene)
    scene.record = run
    return scene.get_machine()


def test_the_network_shows_the_runs_own_numbers(machine):
    assert list(machine.values) == list(machine.gradients) == ["x", "h1", "a1", "out"]
    for name in machine.values:
        assert np.allclose(machine.values[name].values, getattr(run, name))
        assert np.allclose(machine.gradients[name].values, g[name])
    for name in ("W1", "W2"):
        assert np.allclose(machine.weights[name].values, getattr(run, name))


def test_a_gradient_has_the_shape_of_what_it_stands_beside(machine):
    assert all(machine.values[name].shape == machine.gradients[name].shape for name in machine.values)


def test_what_is_shown_needs_one_decimal_only():
    for array in (*g.values(), run.x, run.h1, run.a1, run.out, run.W1, run.W2):
        assert np.allclose(array, np.round(array, 1), atol=1e-12)


def test_gradients_are_crimson_and_other_numbers_are_not(machine):
    def is_reddish(tile):
        red, green, blue = color_to_rgb(tile.get_fill_color())
        return red > 0.3 and green < 0.5 * red and blue > green

    strong = [np.abs(machine.gradients[name].values).argmax() for name in machine.gradients]
    tiles = [machine.gradients[name].get_tile(k) for name, k in zip(machine.gradients, strong, strict=True)]
    assert all(is_reddish(tile) for tile in tiles)
    assert not any(is_reddish(tile) for name in machine.values for tile in machine.values[name].tiles)


def test_blocks_and_values_stand_in_a_row_without_gaps():
    scene = GradientPropagationScene.__new__(GradientPropagationScene)
    ends = list(scene.get_places().values())
    assert all(a[1] == pytest.approx(b[0]) for a, b in pairwise(ends))
    assert ends[0][0] == pytest.approx(-ends[-1][1])


def test_tiles_of_an_outer_product_light_up_one_by_one():
    column = get_role_matrix(g["h1"], "#FFFFFF", "dL/dh1")
    row = get_role_matrix(run.x[None, :], "#FFFFFF", "x")
    result = get_role_matrix(g["W1"], "#F21D66", "dL/dW1", has_tiles=True)
    own = [tile.get_fill_color() for tile in result.tiles]
    filling = FillOuterProduct(column, row, result)
    filling.begin()
    filling.interpolate(0)
    assert {tile.get_fill_color() for tile in result.tiles} == {PANEL}
    filling.interpolate(1)
    assert [tile.get_fill_color() for tile in result.tiles] == own
