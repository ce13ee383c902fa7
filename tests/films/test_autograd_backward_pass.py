"""The way back, held to PyTorch: every gradient on screen, each shown product and the sum of two uses."""

import pytest
import torch

from darkroom import engine

engine.load()

from _2025.autograd.backward_pass import BackwardPassScene  # noqa: E402
from _2025.autograd.computation_graph import ComputationGraphScene  # noqa: E402

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
    for line in backward.code:
        exec(line, {}, names)
    graph = backward.run_formula()
    for code, name in {"L": "L", "h2": "h_2", "h1": "h_1", "b": "b", "x": "x", "w": "w"}.items():
        assert names[f"dL_d{code}"] == graph.node(name).gradient


def test_the_code_goes_back_in_the_graphs_own_order():
    """A line may only use gradients that stand before it; and it is the reverse of the forward lines."""
    order = [line.partition(" =")[0].removeprefix("dL_d") for line in backward.code[3:]]
    graph = backward.run_formula()
    places = [graph.backward_order.index(graph.index(name.replace("h", "h_"))) for name in order]
    uses = {graph.edges[i].source: graph.edges[i].target for i in range(len(graph.edges))}
    for place, name in zip(places, order, strict=True):
        node = graph.index(name.replace("h", "h_"))
        assert node not in uses or graph.backward_order.index(uses[node]) < place


def test_x_receives_the_sum_of_its_two_uses():
    x, w = torch_leaf(backward.x), torch_leaf(backward.w)
    (x * w + x**2).backward()
    graph = backward.run_formula_with_two_uses()
    flows = [graph.nodes[e.target].flows[e.slot] for e in graph.edges if graph.nodes[e.source].name == "x"]
    assert flows == [backward.w, 2 * backward.x]
    assert sum(flows) == graph.node("x").gradient == x.grad.item()
    assert graph.node("w").gradient == w.grad.item()


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_shown_numbers_are_whole_so_that_visible_arithmetic_closes(run):
    for node in run().nodes:
        for number in (node.value, node.gradient, *node.derivatives, *node.flows):
            assert round(float(number), 1) == number
