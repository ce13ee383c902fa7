"""The autograd film's storyboard, held to: each identity a test, each scene run from start to end."""

import numpy as np
import pytest
import torch

from darkroom import engine

engine.load()

from _2025.autograd.chain_rule import ChainRuleScene, get_composition, get_long_chain, get_rails, get_slope  # noqa: E402
from _2025.autograd.computation_graph import ComputationGraphScene  # noqa: E402
from _2025.autograd.parameters_and_activations import ParametersVsActivationsScene, merge  # noqa: E402
from _2025.autograd.rails import LEFT_END, RIGHT_END, UNIT  # noqa: E402
from truth.two_layer import count_floats, run_two_layers  # noqa: E402

X = ChainRuleScene.x

# Class attributes and plain methods are all this needs: no scene is constructed, so nothing is drawn.
computation = ComputationGraphScene.__new__(ComputationGraphScene)


def torch_leaf(number):
    return torch.tensor(number, dtype=torch.float64, requires_grad=True)


@pytest.mark.parametrize(("bend", "slope"), [(0, 1), (1, 3)])
def test_the_factors_of_the_composition_are_those_of_its_parts(bend, slope):
    graph = get_composition(X, bend)
    x = torch_leaf(X)
    ((slope * x + (2 - bend)) ** 2).backward()
    f = graph.node("F")
    assert f.derivatives == (2 * graph.node("g").value,)
    assert get_slope(graph, "x", "g") == slope
    assert graph.node("x").gradient == x.grad.item() == slope * get_slope(graph, "g", "F")


def test_both_compositions_meet_at_the_same_point():
    straight, steep = get_composition(X), get_composition(X, 1)
    assert [straight.node(name).value for name in "xgF"] == [steep.node(name).value for name in "xgF"]


@pytest.mark.parametrize("nudge", [0.3, 0.03, 0.0003])
@pytest.mark.parametrize("bend", [0, 1])
def test_the_rails_stretch_the_nudge_as_the_functions_do(nudge, bend):
    """((s x + t + s d)^2 - (s x + t)^2) / (s d) = 2 g + s d."""
    rails = get_rails(X)
    rails.state["nudge"].set_value(nudge)
    rails.state["bend"].set_value(bend)
    slope, g = 1 + 2 * bend, get_composition(X).node("g").value
    assert rails.get_ratio(0) == pytest.approx(slope)
    assert rails.get_ratio(1) == pytest.approx(2 * g + slope * nudge)


@pytest.mark.parametrize(("nudge", "zoom"), [(0.3, 1), (0.0003, 1000)])
def test_a_length_on_a_rail_is_the_change_it_stands_for(nudge, zoom):
    rails = get_rails(X)
    for name, value in {"nudge": nudge, "zoom": zoom, "reach": 2, "bend": 1}.items():
        rails.state[name].set_value(value)
    rails.draw()
    lengths = [light.get_width() for light in rails.lights]
    assert lengths == pytest.approx(list(UNIT * zoom * rails.get_changes()), abs=1e-3)
    assert all(light.get_left()[0] > LEFT_END and light.get_right()[0] < RIGHT_END for light in rails.lights)


def test_equal_steps_land_unequal_far_away_and_alike_up_close():
    """A smooth map is straight under the glass: that is what a derivative is."""

    def spread(zoom):
        rails = get_rails(X)
        rails.state["zoom"].set_value(zoom)
        rails.draw()
        widths = [part.get_width() for part in rails.landings[-1] if part.get_fill_opacity() > 0]
        return max(widths) / min(widths)

    assert spread(1) > 1.3
    assert spread(1000) == pytest.approx(1, abs=2e-3)


def test_both_arrows_of_the_nudge_are_on_one_scale_and_point_as_their_signs_say():
    _, arrows, _ = computation.get_arrows()
    ends = [arrow.get_end()[0] - arrow.get_start()[0] for arrow in arrows]
    assert ends[1] / ends[0] == pytest.approx(computation.w, rel=1e-3)


def test_four_factors_multiply_to_torchs_slope():
    graph = get_long_chain(X)
    x = torch_leaf(X)
    ((3 * x + 1) ** 2).log().backward()
    product = 1.0
    for node in graph.nodes[1:]:
        shown = round(float(node.derivatives[0]), 2)
        assert shown == pytest.approx(node.derivatives[0]), "a factor is shown whole, or the product does not close"
        product *= shown
    assert len(graph.nodes) == 5
    assert product == pytest.approx(graph.node("x").gradient) == pytest.approx(x.grad.item())


def test_the_graph_of_the_formula_is_torchs():
    ours, theirs = computation.run_formula(), computation.run_formula_in_torch()
    assert [n.value for n in ours.nodes] == [n.value for n in theirs.nodes]
    assert [n.gradient for n in ours.nodes] == [n.gradient for n in theirs.nodes]
    assert [n.backward_name for n in ours.nodes] == [n.backward_name.rstrip("0") for n in theirs.nodes]


def test_the_code_beside_the_graph_computes_what_the_graph_holds():
    names = {"x": computation.x, "w": computation.w, "b": computation.b}
    for line in computation.code:
        exec(line, {}, names)
    graph = computation.run_formula()
    assert names["h1"] == graph.node("h_1").value
    assert names["h2"] == graph.node("h_2").value
    assert names["L"] == graph.node("L").value


def test_shown_values_are_exact_so_that_visible_arithmetic_closes():
    for node in computation.run_formula().nodes:
        assert round(float(node.value), 1) == node.value


def test_no_two_numbers_of_the_graph_are_equal_by_chance():
    graph = computation.run_formula()
    numbers = [node.value for node in graph.nodes] + [graph.node(name).gradient for name in ("h_2", "x", "w")]
    assert len({float(abs(number)) for number in numbers}) == len(numbers)


def test_a_nudge_of_x_moves_h1_by_the_slope_that_the_card_names():
    change, w, nudge = (source.true_value() for source in computation.get_nudge().sources)
    assert round(change, 2) == pytest.approx(change) == pytest.approx(w * nudge)
    assert computation.run_formula().node("h_1").derivatives[0] == w


def test_the_cards_bear_the_names_on_pytorchs_tape():
    assert [node.backward_name for node in computation.get_steps_of_torch()] == [
        "MulBackward0",
        "AddBackward0",
        "PowBackward0",
    ]


def count_squares(group):
    return sum(len(part.get_subpaths()) for part in group)


@pytest.mark.parametrize("batch", [1, 8])
def test_there_is_a_square_for_every_number_that_is_kept(batch):
    scene = ParametersVsActivationsScene.__new__(ParametersVsActivationsScene)
    scene.record = run_two_layers()
    parameters, saved = count_floats(batch)
    assert count_squares(scene.get_parameters()) == parameters
    examples = [scene.get_example((0, column)) for column in range(batch)]
    assert count_squares(merge(examples)) == saved


def test_the_two_areas_are_as_the_two_counts():
    scene = ParametersVsActivationsScene.__new__(ParametersVsActivationsScene)
    scene.record = run_two_layers()
    counts = [scene.get_count("count", lambda n=n: n, "#FFFFFF") for n in count_floats(512)]
    small, large = scene.get_areas(counts)
    assert [stripe.get_height() / large.get_height() for stripe in large[:4]] == pytest.approx(
        [scene.get_values(name).size / 11 for name in scene.record.saved]
    )
    ratio = small.get_width() * small.get_height() / (large.get_width() * large.get_height())
    assert ratio == pytest.approx(count_floats(512)[0] / count_floats(512)[1])


def test_the_outer_product_on_screen_is_torchs_gradient():
    run = run_two_layers()
    assert np.allclose(np.outer(run.gradients["h1"], run.x), run.gradients["W1"])
