"""The way back, held to PyTorch: every gradient on screen, each shown product and the sum of two uses."""

import numpy as np
import pytest
import torch

from darkroom import engine

engine.load()


from _2025.autograd.backward_pass import BackwardPassScene  # noqa: E402
from _2025.autograd.computation_graph import ComputationGraphScene  # noqa: E402
from custom.palette import GRADIENT  # noqa: E402
from helpers import ComputationGraph, GradientFlow  # noqa: E402

backward = BackwardPassScene.__new__(BackwardPassScene)
RUNS = {"film": backward.run_formula, "two uses": backward.run_formula_with_two_uses}


def torch_leaf(number):
    return torch.tensor(number, dtype=torch.float64, requires_grad=True)


def test_the_run_is_that_of_the_graph_built_before():
    theirs = ComputationGraphScene.__new__(ComputationGraphScene).run_formula()
    assert backward.run_formula().nodes == theirs.nodes


def test_gradients_are_torchs():
    x, w, b = map(torch_leaf, (backward.x, backward.w, backward.b))
    ((x * w + b) ** 2).backward()
    graph = backward.run_formula()
    for name, leaf in zip("xwb", (x, w, b), strict=True):
        assert graph.node(name).gradient == leaf.grad.item()


def test_every_gradient_is_a_local_derivative_times_the_upstream_gradient():
    graph = backward.run_formula()
    for edge in graph.edges:
        target, source = graph.nodes[edge.target], graph.nodes[edge.source]
        assert source.gradient == target.derivatives[edge.slot] * target.gradient == target.flows[edge.slot]


def test_the_order_that_is_read_backward_visits_each_node_after_all_that_use_it():
    for run in RUNS.values():
        graph = run()
        order = list(graph.backward_order)
        assert all(order.index(edge.target) < order.index(edge.source) for edge in graph.edges)


def test_a_small_step_against_the_gradients_lowers_the_loss_as_shown():
    run, after = backward.run_formula(), backward.run_after_a_step()
    for name in "wb":
        assert after.node(name).value == run.node(name).value - backward.rate * run.node(name).gradient
    x, w, b = (float(after.node(name).value) for name in "xwb")
    assert float(after.node("L").value) == pytest.approx((x * w + b) ** 2) == pytest.approx(20.25)
    assert after.node("L").value < run.node("L").value
    for name in ("w", "b", "h_1", "h_2"):
        assert round(float(after.node(name).value), 1) == pytest.approx(float(after.node(name).value)), (
            "shown at one decimal"
        )


def test_x_receives_the_sum_of_its_two_uses():
    x, w = torch_leaf(backward.x_of_two), torch_leaf(backward.w_of_two)
    (x * w + x**2).backward()
    graph = backward.run_formula_with_two_uses()
    flows = [graph.nodes[e.target].flows[e.slot] for e in graph.edges if graph.nodes[e.source].name == "x"]
    assert flows == [backward.w_of_two, 2 * backward.x_of_two]
    assert sum(flows) == graph.node("x").gradient == x.grad.item()
    assert graph.node("w").gradient == w.grad.item()


def test_no_two_values_of_an_example_are_equal_by_chance():
    """A gradient may equal a value where a formula says so (dL/dw = x · 1); two values may not."""
    for run in RUNS.values():
        values = [abs(float(node.value)) for node in run().nodes]
        assert len(set(values)) == len(values)


def test_an_edge_turns_back_while_its_gradient_runs():
    edge = ComputationGraph(backward.run_formula(), layer_gap=2.5, node_gap=2).edges[0]
    start, end = edge.path.get_start(), edge.path.get_end()
    assert np.linalg.norm(edge.tip.get_center() - end) < np.linalg.norm(edge.tip.get_center() - start)
    flow = GradientFlow([edge], [None])
    flow.begin()
    flow.interpolate(0.5)
    assert edge.tip.get_fill_opacity() == 0, "no arrowhead points forward while the gradient runs back"
    flow.interpolate(1)
    assert np.allclose(edge.tip.get_tip_point(), start, atol=0.02)
    assert edge.tip.get_fill_opacity() == 1 and edge.tip.get_fill_color() == edge.path.get_stroke_color() == GRADIENT


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_shown_numbers_are_whole_so_that_visible_arithmetic_closes(run):
    for node in run().nodes:
        for number in (node.value, node.gradient, *node.derivatives, *node.flows):
            assert round(float(number), 1) == number
