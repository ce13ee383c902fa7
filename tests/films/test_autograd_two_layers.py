"""The two scenes on the two-layer network: each product on screen is PyTorch's gradient, each shape fits."""

from itertools import pairwise

import numpy as np
import pytest

from darkroom import engine

engine.load()

from manimlib import color_to_rgb  # noqa: E402

from _2025.autograd.gradient_propagation import GradientPropagationScene  # noqa: E402
from _2025.autograd.parameters_and_activations import OTHER_INPUT, ParametersVsActivationsScene  # noqa: E402
from _2025.autograd.two_layers import WEIGHTS, TwoLayerNetwork  # noqa: E402
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
def net():
    return TwoLayerNetwork(run)


def test_the_network_shows_the_runs_own_numbers(net):
    for name, numbers in net.numbers.items():
        assert [number.value for number in numbers] == pytest.approx(list(getattr(run, name)))
    for name in ("x", "h1", "a1", "out"):
        shown = [tag.number.value for tag in net.get_gradient_tags(name)]
        assert shown == pytest.approx(list(g[name]))


def test_every_weight_has_a_tube_and_every_bias_a_bead(net):
    for name in ("W1", "W2"):
        weights = getattr(run, name)
        assert [len(row) for row in net.tubes[name]] == [weights.shape[1]] * weights.shape[0]
    for name in ("b1", "b2"):
        assert len(net.beads[name]) == len(getattr(run, name))


def test_a_tube_runs_from_what_its_weight_is_given_to_what_it_adds_to(net):
    for name, (start, end) in WEIGHTS.items():
        for i, lines in enumerate(net.lines[name]):
            for j, line in enumerate(lines):
                assert np.allclose(line.get_start(), net.balls[start][j].body.get_center())
                assert np.allclose(line.get_end(), net.balls[end][i].body.get_center())


def test_a_tube_that_shows_a_gradient_is_the_brighter_the_larger_it_is(net):
    moves = net.color_tubes("W2", 1)
    moves.begin()
    moves.finish()
    redness = {
        place: float(color_to_rgb(net.tubes["W2"][place[0]][place[1]].get_color())[0]) for place in np.ndindex(2, 4)
    }
    order = sorted(redness, key=lambda place: abs(g["W2"][place]))
    shades = [redness[place] for place in order]
    assert all(a <= b + 1e-3 for a, b in pairwise(shades)) and shades[-1] > 2 * shades[0]


def test_h1_is_dark_after_the_forward_pass_as_it_was_not_saved(net):
    assert "h1" not in run.saved
    shown = net.get_kept_state().get_family()
    assert not any(number in shown for number in net.numbers["h1"])
    assert all(number in shown for name in run.saved for number in net.numbers[name])
    assert all(ball.value == 0 for ball in net.balls["h1"])


def test_the_gradient_of_one_weight_closes_as_shown():
    scene = GradientPropagationScene.__new__(GradientPropagationScene)
    scene.record = run
    arrived, given, gradient = (round(source.true_value(), 1) for source in scene.get_product().sources)
    assert arrived * given == pytest.approx(gradient) == pytest.approx(g["W2"][1, 0])


def test_the_shapes_under_a_product_are_those_of_its_factors():
    scene = GradientPropagationScene.__new__(GradientPropagationScene)
    sizes = scene.get_sizes(g["W2"], g["out"][:, None], run.a1[None, :])
    assert [source.true_value() for source in sizes.sources] == [2, 4, 2, 1, 1, 4]
    assert sizes.get_string().replace(" ", "") == R"(2\times4)=(2\times1)\cdot(1\times4)"


def test_another_input_changes_activations_and_no_parameter():
    other = run_two_layers(OTHER_INPUT)
    for name in ("W1", "b1", "W2", "b2"):
        assert np.array_equal(getattr(other, name), getattr(run, name))
    for name in ("x", "h1", "a1", "out"):
        values = getattr(other, name)
        assert not np.allclose(values, getattr(run, name))
        assert np.allclose(values, np.round(values, 1), atol=1e-12)


def test_the_table_of_gradients_is_pytorchs(net):
    scene = ParametersVsActivationsScene.__new__(ParametersVsActivationsScene)
    scene.record = run
    table, _, sides, tops = scene.get_table(net)
    shown = np.array([[cell[1].value for cell in row] for row in table])
    assert np.allclose(shown, g["W1"])
    assert np.allclose(shown, np.outer([tag.number.value for tag in sides], [top.value for top in tops]))
    for row, ball in zip(table, net.balls["h1"], strict=True):
        assert row.get_y() == pytest.approx(ball.body.get_y()), "a row stands beside the neuron it belongs to"


def test_what_is_shown_needs_one_decimal_only():
    for array in (*g.values(), run.x, run.h1, run.a1, run.out, run.W1, run.W2):
        assert np.allclose(array, np.round(array, 1), atol=1e-12)


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
