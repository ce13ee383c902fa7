"""Our engine and the reading of PyTorch's tape, against PyTorch itself."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from truth.autograd import Value
from truth.graph import Graph

# Each step takes (the two values so far, a number) and is written once for our engine and once for torch.
STEPS = {
    "add": (lambda a, b, k: a + b, lambda a, b, k: a + b),
    "sub": (lambda a, b, k: a - b, lambda a, b, k: a - b),
    "mul": (lambda a, b, k: a * b, lambda a, b, k: a * b),
    "div": (lambda a, b, k: a / (b * b + 1), lambda a, b, k: a / (b * b + 1)),
    "neg": (lambda a, b, k: -a, lambda a, b, k: -a),
    "relu": (lambda a, b, k: (a + k).relu(), lambda a, b, k: (a + k).relu()),
    "tanh": (lambda a, b, k: a.tanh(), lambda a, b, k: a.tanh()),
    "exp": (lambda a, b, k: a.tanh().exp(), lambda a, b, k: a.tanh().exp()),
    "log": (lambda a, b, k: (a * a + 1).log(), lambda a, b, k: (a * a + 1).log()),
    "pow": (lambda a, b, k: a**3, lambda a, b, k: a**3),
    "numbers": (
        lambda a, b, k: (k - a) * 2 + 1 / (b * b + 1) - k / 4,
        lambda a, b, k: (k - a) * 2 + 1 / (b * b + 1) - k / 4,
    ),
    "reuse": (lambda a, b, k: a * a + a, lambda a, b, k: a * a + a),
}

recipes = st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.floats(-2, 2)), min_size=1, max_size=8)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(recipes, st.floats(-1.5, 1.5), st.floats(-1.5, 1.5))
def test_random_expressions_have_torchs_values_and_gradients(recipe, x, y):
    ours, theirs = [Value(x), Value(y)], [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (x, y)]
    leaves = ours[:], theirs[:]
    for name, number in recipe:
        mine, torchs = STEPS[name]
        ours = [ours[1], mine(ours[0], ours[1], number).tanh()]
        theirs = [theirs[1], torchs(theirs[0], theirs[1], number).tanh()]
    root, torch_root = ours[1] + ours[0] * 0.5, theirs[1] + theirs[0] * 0.5

    root.backward()
    torch_root.backward()

    assert root.data == pytest.approx(torch_root.item(), rel=1e-12, abs=1e-12)
    for mine, torchs in zip(*leaves, strict=True):
        expected = 0.0 if torchs.grad is None else torchs.grad.item()
        assert mine.grad == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_a_value_used_twice_collects_both_uses():
    x, w = Value(3.0), Value(2.0)
    (x * w + x**2).backward()
    assert x.grad == 2.0 + 2 * 3.0


def test_a_second_backward_starts_from_zero():
    x = Value(3.0)
    root = x * x
    root.backward()
    root.backward()
    assert x.grad == 6.0


def test_a_long_chain_does_not_meet_the_recursion_limit():
    x = root = Value(0.0)
    for _ in range(5000):
        root = root + 1.0
    root.backward()
    assert x.grad == 1.0


def test_relu_is_flat_at_zero_as_in_torch():
    x = Value(0.0)
    x.relu().backward()
    assert x.grad == 0.0


def test_log_of_zero_says_what_it_needs():
    with pytest.raises(ValueError, match="positive"):
        Value(0.0).log()


def test_a_value_as_exponent_is_refused_with_the_way_out():
    with pytest.raises(TypeError, match=r"\(b \* a\.log\(\)\)\.exp\(\)"):
        Value(2.0) ** Value(3.0)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Value(1.0) / Value(0.0), "Div has no finite real value.* at 1 and 0"),
        (lambda: 1 / Value(0.0), "Pow has no finite"),
        (lambda: Value(-2.0) ** 0.5, "Pow has no finite real value.* at -2"),
        (lambda: Value(0.0) ** 0.5, "Pow has no finite real value and derivative at 0"),
        (lambda: Value(1000.0).exp(), "Exp has no finite real value.* at 1000"),
        (lambda: Value(1 + 2j), "complex: compute with its real and its imaginary part"),
    ],
)
def test_where_there_is_no_number_that_is_said(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_the_power_of_zero_is_flat_everywhere_as_in_torch():
    x = Value(0.0)
    (x**0).backward()
    assert x.grad == 0.0


def test_a_tiny_plain_number_is_written_in_powers_of_ten():
    x = Value(5.0, "x")
    assert Graph.from_value((x + 1e-7).named("y")).node("y").tex == R"x + 1 \cdot 10^{-7}"
    assert Graph.from_value((x * 1e-7).named("y")).node("y").derivatives_tex == (R"1 \cdot 10^{-7}",)


def test_inputs_stand_before_results():
    x, y = Value(1.0), Value(2.0)
    order = ((x * y).tanh() + x * x).forward_order()
    for place, value in enumerate(order):
        assert all(order.index(source) < place for source in value.inputs)


# --- graphs ---


def our_graph():
    x, w, b = Value(2.0, "x"), Value(-0.5, "w"), Value(3.0, "b")
    h1 = (x * w).named("h_1")
    h2 = (h1 + b).named("h_2")
    return Graph.from_value((h2**2).named("L"), parameters=(w, b))


def torch_leaves(*numbers):
    return [torch.tensor(number, dtype=torch.float64, requires_grad=True) for number in numbers]


def test_both_sources_give_the_same_graph():
    x, w, b = torch_leaves(2.0, -0.5, 3.0)
    theirs, ours = Graph.from_torch((x * w + b) ** 2, {"x": x, "w": w, "b": b}), our_graph()
    assert ours.edges == theirs.edges
    for mine, torchs in zip(ours.nodes, theirs.nodes, strict=True):
        assert mine.value == torchs.value
        assert mine.gradient == torchs.gradient
        assert mine.derivatives == torchs.derivatives
        assert mine.flows == torchs.flows
        assert torchs.backward_name.rstrip("0") == mine.backward_name


def test_every_flow_is_local_derivative_times_gradient_and_gradients_are_sums_of_flows():
    graph = our_graph()
    for node in graph.nodes:
        for derivative, flow in zip(node.derivatives, node.flows, strict=True):
            assert flow == derivative * node.gradient
    for i, node in enumerate(graph.nodes[:-1]):
        flows = [graph.nodes[e.target].flows[e.slot] for e in graph.edges if e.source == i]
        assert sum(flows) == node.gradient


def test_formulas_are_in_the_inputs_names():
    graph = our_graph()
    assert graph.node("h_1").derivatives_tex == ("w", "x")
    assert graph.node("L").tex == "h_2^{2}"
    assert graph.node("L").derivatives_tex == ("2 h_2",)


def test_a_number_that_is_subtracted_or_negative_keeps_its_sign():
    x = Value(5.0, "x")
    assert Graph.from_value((x - 2).named("y")).node("y").tex == "x - 2"
    assert Graph.from_value((x + -2).named("y")).node("y").tex == "x - 2"


@pytest.mark.parametrize(
    "make",
    [
        lambda w, x: ((w @ x).tanh() + 2).pow(2).sum(),
        lambda w, x: torch.nn.functional.mse_loss(w @ x, torch.ones(3, dtype=torch.float64)),
        lambda w, x: (w.exp().sum(dim=1) / 3).mean(),
        lambda w, x: torch.nn.functional.linear(x[None], w).relu().sum() * 0.5,
        lambda w, x: ((w * w).sum() + (w * 3).sum()).log(),
    ],
    ids=["tanh of a product", "mse", "exp, sum along a dimension, mean", "linear and relu", "used twice, log"],
)
def test_vectors_have_torchs_gradients(make):
    generator = torch.Generator().manual_seed(0)
    w = torch.randn(3, 2, dtype=torch.float64, generator=generator, requires_grad=True)
    x = torch.randn(2, dtype=torch.float64, generator=generator)
    loss = make(w, x)
    graph = Graph.from_torch(loss, {"W": w})
    assert w.grad is None, "reading a tape must not leave gradients behind"
    loss.backward()
    node = graph.node("W")
    np.testing.assert_allclose(node.gradient, w.grad.numpy(), rtol=1e-12)
    np.testing.assert_array_equal(node.value, w.detach().numpy())
    assert graph.nodes[-1].value == pytest.approx(loss.item())


def test_parameters_are_told_from_inputs():
    w = torch.nn.Parameter(torch.tensor(2.0))
    (x,) = torch_leaves(3.0)
    graph = Graph.from_torch(w * x, {"w": w, "x": x})
    assert (graph.node("w").kind, graph.node("x").kind) == ("parameter", "input")


def test_a_freed_tape_is_named_as_the_trouble():
    (x,) = torch_leaves(3.0)
    loss = (x * x).tanh()
    loss.backward()
    with pytest.raises(ValueError, match="freed by backward"):
        Graph.from_torch(loss)


def test_a_vector_loss_and_a_constant_are_refused():
    (x,) = torch_leaves(3.0)
    with pytest.raises(ValueError, match=r"shape \(2,\)"):
        Graph.from_torch(torch.stack([x, x]))
    with pytest.raises(ValueError, match="requires_grad=True"):
        Graph.from_torch(torch.tensor(1.0))


def test_a_value_the_tape_forgot_is_asked_for_and_can_be_given():
    x, y = torch_leaves(3.0, 4.0)
    forgotten = x + 2  # PyTorch keeps neither the 2 nor the sum
    loss = forgotten + y
    with pytest.raises(ValueError, match=r"AddBackward0.*names="):
        Graph.from_torch(loss, {"x": x, "y": y})
    assert Graph.from_torch(loss, {"h": forgotten}).node("h").value == 5.0


def test_asking_for_an_unknown_node_lists_the_names():
    with pytest.raises(KeyError, match="h_1"):
        our_graph().node("h1")


def test_the_number_of_the_chain_rule_film_by_hand():
    """F = ln (3x + 1)^2 at 1: the chain 3 · 1 · 8 · 1/16."""
    x = Value(1.0)
    root = ((3 * x + 1) ** 2).log()
    root.backward()
    assert x.grad == 3 * 1 * 8 / 16
    assert root.data == math.log(16)
