"""Any function, any module: is every number PyTorch's, or is it refused in one plain sentence?"""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from tests.truth.functional_cases import FUNCTIONS, draw, get_modules
from truth.graph import Graph

# What is no operation, or only a helper of one.
NO_OPERATIONS = {
    *("Callable", "DType", "Optional", "ScalingType", "SwizzleType", "Tensor", "assert_int_or_pair"),
    *("boolean_dispatch", "handle_torch_function", "has_torch_function", "has_torch_function_unary"),
    "has_torch_function_variadic",
}

REFUSED = {
    "dropout": r"dropout in training mode.*\.eval\(\)",
    "dropout1d": r"dropout in training mode.*\.eval\(\)",
    "dropout2d": r"dropout in training mode.*\.eval\(\)",
    "dropout3d": r"dropout in training mode.*\.eval\(\)",
    "native_channel_shuffle": "derivative for .* is not implemented",
    "scaled_mm": "cannot be computed: PyTorch says",
    "scaled_grouped_mm": "cannot be computed: PyTorch has no _scaled_grouped_mm_v2 for tensors on the cpu",
}


def assert_sentence(refusal):
    assert "\n" not in str(refusal.value)
    assert 20 < len(str(refusal.value)) < 600


def summed(result):
    result = result[0] if isinstance(result, tuple) else result
    return result if result.numel() == 1 else result.sum()


def assert_flows_add_up(graph, first=None):
    """Every gradient is the sum of what flows there, at every level of folding."""
    arriving = [np.zeros_like(node.value) for node in graph.nodes]
    arriving[-1] = arriving[-1] + (np.ones_like(graph.nodes[-1].value) if first is None else first)
    for edge in graph.edges:
        arriving[edge.source] = arriving[edge.source] + graph.nodes[edge.target].flows[edge.slot]
    for node, arrived in zip(graph.nodes, arriving, strict=True):
        np.testing.assert_allclose(arrived, node.gradient, rtol=1e-7, atol=1e-10, err_msg=node.symbol)


def assert_true_at_every_level(graph, first=None):
    assert_flows_add_up(graph, first)
    for folded in graph.get_foldings():
        assert_flows_add_up(folded, first)
        for node in folded.nodes:
            if node.inside is not None:
                end = node.inside.nodes[-1]
                np.testing.assert_array_equal(end.value, node.value)
                outer = [folded.nodes[i].value for i in node.inputs]
                for known, inner in zip(outer, node.inside.nodes, strict=False):
                    np.testing.assert_array_equal(known, inner.value)
                for flow, inner in zip(node.flows, node.inside.nodes, strict=False):
                    np.testing.assert_array_equal(flow, inner.gradient)
                assert_flows_add_up(node.inside, node.gradient)


def test_every_public_function_is_among_the_cases():
    public = {name for name in dir(F) if not name.startswith("_") and callable(getattr(F, name))} - NO_OPERATIONS
    assert public - set(FUNCTIONS) == set()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_drawn_with_pytorchs_numbers_or_refused(name):
    function, inputs = FUNCTIONS[name]

    def run(**given):
        torch.manual_seed(0)  # some draw lots
        return summed(function(**given))

    if name in REFUSED:
        with pytest.raises(ValueError, match=REFUSED[name]) as refusal:
            Graph.from_function(run, **inputs)
        return assert_sentence(refusal)
    graph = Graph.from_function(run, **inputs)
    leaves = {key: value.clone().requires_grad_() for key, value in inputs.items()}
    loss = run(**leaves)
    loss.backward()
    assert float(graph.nodes[-1].value) == loss.item()
    for key, leaf in leaves.items():
        np.testing.assert_array_equal(graph.node(key).value, leaf.detach().double().numpy())
        np.testing.assert_allclose(graph.node(key).gradient, leaf.grad.double().numpy(), rtol=1e-10, atol=1e-13)
    assert_true_at_every_level(graph)


# --- modules ---

MODULES = get_modules()
FIRST_OF_SEVERAL = {"rnn", "lstm"}


@pytest.mark.parametrize("name", MODULES)
def test_every_module_is_drawn_with_pytorchs_numbers(name):
    module, x = MODULES[name]
    inputs = (x, x) if name == "decoder layer" else (x,)
    graph = Graph.from_module(module, *inputs, loss=summed if name in FIRST_OF_SEVERAL else None)
    assert all(parameter.grad is None for parameter in module.parameters())
    given = [x.clone().requires_grad_() if x.is_floating_point() else x for x in inputs]
    seen = {}

    def keep(part, _, result):
        if isinstance(result, torch.Tensor) and result.requires_grad:
            result.retain_grad()
            seen.setdefault(part, []).append((result, result.detach().clone()))

    handles = [part.register_forward_hook(keep) for part in module.modules()]
    summed(module(*given)).backward()
    for handle in handles:
        handle.remove()
    try:
        leaves = [node for node in graph.nodes if not node.inputs]
        for node in leaves:
            if node.kind == "parameter":
                parameter = module.get_parameter(node.name)
                np.testing.assert_array_equal(node.value, parameter.detach().numpy())
                np.testing.assert_allclose(node.gradient, parameter.grad.numpy(), rtol=1e-9, atol=1e-12)
        trained = {n for n, parameter in module.named_parameters() if parameter.grad is not None}
        assert {node.name for node in leaves if node.kind == "parameter"} == trained
        for value, node in zip(given, [node for node in leaves if node.kind == "input"], strict=False):
            np.testing.assert_allclose(node.gradient, value.grad.numpy(), rtol=1e-9, atol=1e-12)
    finally:
        module.zero_grad()
    # What each module gives is among the values, with its gradient: not only at the leaves.
    overwritten = name == "residual block"  # h += x and an in-place ReLU: a module's result is not what is used
    for results in seen.values() if not overwritten else ():
        for result, value in results:
            matches = [
                node
                for node in graph.nodes
                if node.value.shape == tuple(value.shape)
                and np.array_equal(node.value, value.numpy())
                and np.allclose(node.gradient, result.grad.numpy(), rtol=1e-9, atol=1e-12)
            ]
            assert matches
    assert_true_at_every_level(graph)


def test_each_module_is_one_node_that_can_be_opened():
    graph = Graph.from_module(*MODULES["encoder"])
    layers = graph.fold().fold()
    assert [node.backward_name for node in layers.nodes if node.inside] == ["TransformerEncoderLayer"] * 2
    inside = layers.nodes[1].inside.fold()
    assert [node.backward_name for node in inside.nodes if node.inside] == [
        *("MultiheadAttention", "LayerNorm", "Linear", "Linear", "LayerNorm")
    ]
    linear = inside.nodes[4].inside.fold()
    assert [(node.kind, node.name) for node in linear.nodes[:-1]] == [
        *(("input", "x"), ("parameter", "bias"), ("parameter", "weight"))
    ]
    assert linear.nodes[-1].symbol == "W x + b"
    assert graph.fold(opened=["layers.0"]).nodes[1].backward_name == "MultiheadAttention"


def test_a_shared_layer_is_not_drawn_with_parameters_of_its_own():
    module, x = MODULES["shared"]
    folded = Graph.from_module(module, x).fold()
    assert [node.name for node in folded.nodes if node.kind == "parameter"] == ["layer.bias", "layer.weight"]
    assert sum(node.inside is not None for node in folded.nodes) == 3
    np.testing.assert_allclose(
        folded.node("layer.weight").gradient,
        sum(
            node.flows[[folded.nodes[i].name for i in node.inputs].index("layer.weight")]
            for node in folded.nodes
            if node.inside
        ),
    )


def test_modules_in_a_function_have_their_class_for_a_name():
    one, two = nn.Linear(2, 2).double(), nn.Linear(2, 2).double()
    graph = Graph.from_function(lambda x: two(one(x).tanh()).sum(), x=[1.0, 2.0])
    assert {group.name for group in graph.groups if group.is_module} == {"Linear", "Linear 2"}
    assert [node.symbol for node in graph.fold().nodes] == [
        *("", R"\mathrm{Linear}", R"\tanh", R"\mathrm{Linear}", R"\Sigma")
    ]


def test_what_is_saved_is_what_the_tape_keeps():
    graph = Graph.from_module(*MODULES["mlp"])
    (gelu,) = (node for node in graph.nodes if node.symbol == R"\mathrm{GELU}")
    assert gelu.saved == (("self", (3, 5)),)
    linear = graph.fold().nodes[1]
    assert linear.saved == (("mat1", (3, 4)), ("mat2", (4, 5)))


@pytest.mark.parametrize("n", [60, 200])
def test_a_long_computation_is_folded_until_it_is_short(n):
    def many(x):
        for i in range(n):
            x = (x + 0.1 * i).tanh() if i % 2 else x * 1.01
        return x.sum()

    foldings = list(Graph.from_function(many, x=[0.1, 0.2]).get_foldings())
    assert len(foldings[0].nodes) > n
    assert any(len(folded.nodes) <= 12 for folded in foldings)
    assert_flows_add_up(foldings[-1])


# --- functions ---


class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, gradient):
        return 3 * ctx.saved_tensors[0] ** 2 * gradient


def test_a_function_of_her_own_is_drawn():
    graph = Graph.from_function(lambda x: Cube.apply(x).sum(), x=[1.0, 2.0])
    assert graph.node("x").gradient.tolist() == [3.0, 12.0]
    assert graph.nodes[1].symbol == R"\mathrm{Cube}"
    assert graph.nodes[1].saved == (("saved 1", (2,)),)


def test_a_gradient_of_a_gradient_is_drawn():
    def penalty(x):
        (slope,) = torch.autograd.grad((x**3).sum(), x, create_graph=True)
        return (slope**2).sum()

    assert Graph.from_function(penalty, x=[1.0, 2.0]).node("x").gradient.tolist() == [36.0, 288.0]


@pytest.mark.parametrize("name", ["θ", "a{b", "W_up", "100%", "日本", "\\", "a b", "x#1", "ё"])
def test_any_name_is_kept(name):
    graph = Graph.from_function(lambda **given: given[name] * 2, **{name: 3.0})
    assert graph.node(name).gradient == 2


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_other_precisions_are_drawn(dtype):
    x = draw(3).to(dtype)
    graph = Graph.from_function(lambda x: (x.exp() * 2).double().sum(), x=x)
    np.testing.assert_allclose(graph.node("x").gradient, 2 * np.exp(x.double().numpy()), rtol=2e-2)


def test_what_is_no_number_is_kept_as_such():
    graph = Graph.from_function(lambda x: x.log().sum(), x=[-1.0, 0.0, 1.0])
    values = graph.nodes[1].value
    assert np.isnan(values[0]) and values[1] == -np.inf and values[2] == 0
    assert graph.node("x").gradient[1] == np.inf
    assert np.isnan(graph.nodes[-1].value)
    slope = Graph.from_function(lambda x: (x - x).sqrt(), x=1.0).node("x").gradient
    assert np.isnan(slope)


@pytest.mark.parametrize(
    ("function", "symbol"),
    [
        (lambda x: x.norm(), R"\| \cdot \|"),
        (lambda x: torch.linalg.vector_norm(x), R"\| \cdot \|"),
        (lambda x: x.prod(), R"\Pi"),
        (lambda x: x.amax(), R"\max"),
        (lambda x: x.logsumexp(0), R"\ln \Sigma \exp"),
        (lambda x: F.cross_entropy(x, torch.tensor(1)), R"\mathrm{CE}"),
        (lambda x: F.binary_cross_entropy_with_logits(x, x.detach().abs()), R"\mathrm{BCE} \circ \sigma"),
        (lambda x: F.mse_loss(x, x.detach() + 1), R"\mathrm{MSE}"),
        (lambda x: F.l1_loss(x, x.detach() + 1), R"\mathrm{MAE}"),
        (lambda x: F.kl_div(x, x.detach().exp()), R"D_{\mathrm{KL}}"),
        (lambda x: F.grid_sample(draw(1, 1, 2, 2), x.reshape(1, 1, 1, 2)).sum(), R"\text{grid sampler 2d}"),
    ],
)
def test_reductions_and_losses_have_their_textbook_symbols(function, symbol):
    graph = Graph.from_function(function, x=[0.5, 0.25]).fold()
    assert symbol in [node.symbol for node in graph.nodes]


def several(x):
    return x.sum(), x.prod()


MISTAKES = {
    "complex": (lambda x: (x + 1j).abs().sum(), {"x": 1.0}, "complex numbers.*real and the imaginary part"),
    "complex input": (lambda x: x.abs(), {"x": 1j}, "x has complex numbers.*as two inputs"),
    "complex tensor": (lambda x: x.abs(), {"x": torch.tensor(1j)}, "x has complex numbers.*as two inputs"),
    "sparse": (lambda x: x.sum(), {"x": torch.eye(2).to_sparse()}, r"x is a sparse tensor.*\.to_dense\(\)"),
    "sparse inside": (lambda x: x.to_sparse().sum(), {"x": [[1.0]]}, r"sparse tensor.*\.to_dense\(\)"),
    "meta": (lambda x: x.sum(), {"x": torch.ones(2, device="meta")}, "x is on the meta device.*on the cpu"),
    "meta inside": (lambda x: x.to("meta").sum(), {"x": [1.0]}, "meta device.*on the cpu"),
    "several results": (several, {"x": [1.0]}, "returned 2 results: .* return one of them or their sum"),
    "a number": (lambda x: x.item(), {"x": 1.0}, "returned 1.0: it must return a torch tensor"),
    "nothing": (lambda x: None, {"x": 1.0}, "returned None: it must return a torch tensor"),
    "a vector": (lambda x: x * 2, {"x": [1.0, 2.0]}, r"shape \(2,\): reduce it"),
    "a word": (lambda x, mode: x.sum(), {"x": 1.0, "mode": "sum"}, "mode = 'sum' is no number.*write it into the"),
    "unused": (lambda x, y: x.sum(), {"x": 1.0, "y": 2.0}, "no gradient flows back to y"),
    "shapes": (lambda x, y: (x @ y).sum(), {"x": [1.0], "y": [1.0, 2.0]}, r"its inputs: x of shape \(1,\), y"),
    "precision": (lambda x: nn.Linear(1, 1)(x).sum(), {"x": [1.0]}, r"float64.*float32.*\.double\(\)"),
    "in place": (lambda x: x.mul_(2).sum(), {"x": [1.0]}, "an input is changed in place"),
    "channels": (lambda x: nn.Conv2d(3, 1, 1).double()(x).sum(), {"x": draw(1, 2, 2, 2)}, "cannot be computed"),
    "heads": (
        lambda x: F.multi_head_attention_forward(x, x, x, 3, 2, None, None, None, None, False, 0.0, x, None)[0].sum(),
        {"x": draw(2, 1, 4)},
        "cannot be computed",
    ),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named_in_one_sentence(name):
    function, inputs, message = MISTAKES[name]
    with pytest.raises(ValueError, match=message) as refusal:
        Graph.from_function(function, **inputs)
    assert_sentence(refusal)


@pytest.mark.parametrize(
    ("module", "message"),
    [
        (nn.LSTM(2, 3), r"LSTM gives a tuple.*loss=lambda result: result\[0\]\.sum\(\)"),
        (nn.Sequential(nn.Linear(2, 2), nn.Dropout()), r"dropout in training mode.*\.eval\(\)"),
        (nn.LazyLinear(2), "has no weights yet: run it once"),
        (nn.Linear(3, 2), r"cannot be computed.*x of shape \(1, 2\)"),
        (torch.tanh, "no torch.nn.Module.*from_function"),
    ],
)
def test_a_module_that_cannot_be_drawn_is_refused_in_one_sentence(module, message):
    with pytest.raises(ValueError, match=message) as refusal:
        Graph.from_module(module, torch.ones(1, 2))
    assert_sentence(refusal)


def test_an_error_in_her_own_module_stays_what_it_is():
    class Broken(nn.Module):
        def forward(self, x):
            return x * {}["weight"]

    with pytest.raises(KeyError, match="weight"):
        Graph.from_module(Broken(), [1.0])


def test_a_module_is_left_as_it_was():
    module, x = MODULES["conv block"]
    hooks = torch.nn.modules.module._global_forward_hooks
    before = [p.detach().clone() for p in module.parameters()]
    Graph.from_module(module, x)
    assert not hooks and all(p.grad is None for p in module.parameters())
    assert all(torch.equal(a, b) for a, b in zip(before, module.parameters(), strict=True))
