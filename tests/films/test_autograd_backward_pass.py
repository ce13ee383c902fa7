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


def test_the_code_beside_the_graph_computes_the_gradients_that_the_graph_holds():
    names = {"x": backward.x, "w": backward.w, "b": backward.b}
    for line in (*backward.forward_code, *backward.backward_code):
        exec(line, {}, names)
    graph = backward.run_formula()
    for code, name in {"L": "L", "h2": "h_2", "h1": "h_1", "b": "b", "x": "x", "w": "w"}.items():
        assert names[f"dL_d{code}"] == graph.node(name).gradient


def test_the_code_goes_back_in_the_graphs_own_order():
    """A line may only use gradients that stand before it; and it is the reverse of the forward lines."""
    order = [line.partition(" =")[0].removeprefix("dL_d") for line in backward.backward_code]
    graph = backward.run_formula()
    places = [graph.backward_order.index(graph.index(name.replace("h", "h_"))) for name in order]
    uses = {graph.edges[i].source: graph.edges[i].target for i in range(len(graph.edges))}
    for place, name in zip(places, order, strict=True):
        node = graph.index(name.replace("h", "h_"))
        assert node not in uses or graph.backward_order.index(uses[node]) < place


def test_the_code_of_the_second_example_adds_up_what_x_receives():
    names = {"x": backward.x_of_two, "w": backward.w_of_two}
    for line in (*backward.forward_code_of_two, *backward.backward_code_of_two):
        exec(line, {}, names)
    graph = backward.run_formula_with_two_uses()
    for name in "uvxw":
        assert names[f"dL_d{name}"] == graph.node(name).gradient
    assert [line for line in backward.backward_code_of_two if "+=" in line] == ["dL_dx += 2 * x * dL_dv"]


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
