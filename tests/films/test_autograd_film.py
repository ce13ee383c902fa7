"""The autograd film's storyboard, held to: each identity a test, each scene run from start to end."""

import pytest
import torch

from darkroom import engine

engine.load()

from _2025.autograd.chain_rule import ChainRuleScene  # noqa: E402
from _2025.autograd.computation_graph import ComputationGraphScene  # noqa: E402

# Class attributes and plain methods are all these need: no scene is constructed, so nothing is drawn.
chain_rule = ChainRuleScene.__new__(ChainRuleScene)
computation = ComputationGraphScene.__new__(ComputationGraphScene)


def torch_leaf(number):
    return torch.tensor(number, dtype=torch.float64, requires_grad=True)


def test_the_slope_of_the_composition_is_two_times_x_plus_two():
    graph = chain_rule.run_composition(chain_rule.x)
    x = torch_leaf(chain_rule.x)
    ((x + 2) ** 2).backward()
    assert graph.node("x").gradient == x.grad.item() == 2 * (chain_rule.x + 2)


def test_the_factors_of_the_composition_are_one_and_two_g():
    graph = chain_rule.run_composition(chain_rule.x)
    g, f = graph.node("g"), graph.node("F")
    assert g.derivatives[0] == 1
    assert f.derivatives[0] == 2 * g.value
    assert f.derivatives_tex == ("2 g",)


@pytest.mark.parametrize("nudge", [0.5, 0.1, 0.01])
def test_the_measured_slope_is_off_by_the_nudge_itself(nudge):
    """((x + 2 + d)^2 - (x + 2)^2) / d = 2(x + 2) + d."""
    dx, dg, df = chain_rule.get_changes(nudge)
    assert dx == pytest.approx(nudge)
    assert dg == pytest.approx(nudge)
    assert df / dx == pytest.approx(2 * (chain_rule.x + 2) + nudge)


def test_the_nudges_fit_on_their_number_lines():
    for node, change, low in zip(
        chain_rule.run_composition(chain_rule.x).nodes, chain_rule.get_changes(chain_rule.nudge), (0, 1, 8), strict=True
    ):
        assert low <= node.value and node.value + change <= low + 5


def test_four_links_multiply_to_torchs_slope():
    graph = chain_rule.run_long_chain(chain_rule.x)
    x = torch_leaf(chain_rule.x)
    ((3 * x + 1) ** 2).log().backward()
    product = 1.0
    for node in graph.nodes[1:]:
        shown = round(float(node.derivatives[0]), 4)
        assert shown == node.derivatives[0], "a link must show its factor whole, or the product does not close"
        product *= shown
    assert len(graph.nodes) == 5
    assert product == graph.node("x").gradient == pytest.approx(x.grad.item())


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
