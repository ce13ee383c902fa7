"""What is read of a torch expression, against PyTorch: its values, its `.grad`; or a sentence that refuses it."""

import inspect
import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from truth import torch_tape
from truth.graph import Graph
from truth.torch_tape import Recorder


def leaf(numbers):
    return torch.tensor(numbers, dtype=torch.float64, requires_grad=True)


def get_leaves():
    return {
        "x": leaf([1.0, 2.0, 3.0]),
        "w": leaf([0.5, -1.0, 2.0]),
        "b": leaf(0.5),
        "s": leaf(1.5),
        "c": leaf([0.1, -0.2]),
        "X": leaf([[1.0, 2.0, 3.0], [0.5, -1.0, 2.0]]),
        "W": leaf([[1.0, -2.0], [0.5, 0.3], [0.2, 2.0]]),
    }


def read(function):
    """The result of a function of some of the leaves, these leaves, and the graph."""
    leaves = get_leaves()
    leaves = {name: leaves[name] for name in inspect.signature(function).parameters}
    with Recorder() as recorder:
        result = function(**leaves)
    return result, leaves, Graph.from_torch(result, leaves, recorder)


def assert_true(graph, result, leaves):
    """Every number of the graph is what PyTorch says or what follows from that."""
    assert all(tensor.grad is None for tensor in leaves.values()), "reading must leave no gradients behind"
    result.backward()
    assert graph.nodes[-1].value == pytest.approx(result.item(), rel=1e-12)
    for name, tensor in leaves.items():
        node = graph.node(name)
        np.testing.assert_array_equal(node.value, tensor.detach().numpy())
        expected = np.zeros(node.value.shape) if tensor.grad is None else tensor.grad.numpy()
        np.testing.assert_allclose(node.gradient, expected, rtol=1e-10, atol=1e-12, err_msg=name)
    arrived = [np.zeros_like(node.value) for node in graph.nodes]
    for edge in graph.edges:
        source, target = graph.nodes[edge.source], graph.nodes[edge.target]
        flow, derivative = target.flows[edge.slot], target.derivatives[edge.slot]
        assert flow.shape == source.value.shape
        arrived[edge.source] = arrived[edge.source] + flow
        if derivative is not None:
            assert derivative.shape == target.value.shape
            summed = torch.from_numpy(np.asarray(derivative * target.gradient)).sum_to_size(flow.shape).numpy()
            np.testing.assert_allclose(summed, flow, rtol=1e-6, atol=1e-9)
    for node, sum_of_flows in zip(graph.nodes[:-1], arrived[:-1], strict=True):
        np.testing.assert_allclose(sum_of_flows, node.gradient, rtol=1e-9, atol=1e-12)
    assert graph.nodes[-1].gradient == 1


class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, gradient):
        return 2 * ctx.saved_tensors[0] * gradient


def made(module, *sizes, **options):
    generator = torch.Generator().manual_seed(0)
    module = module(*sizes, **options).double().eval()
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(torch.rand(parameter.shape, dtype=torch.float64, generator=generator) - 0.4)
    return module


def in_place(x):
    h = x * 2
    h[0] *= 3
    h += 1
    h[1:].add_(1)
    return h.sum()


def filled(x):
    out = torch.zeros(3, dtype=torch.float64)
    out[0] = x[0] * 2
    out[1:] = x[1:].sin()
    return out.sum()


def unpacked(x):
    p, q, r = x
    return p * q + r


def split(x):
    p, q = x.split([1, 2])
    return (p * q).sum()


def recurrent(x, b):
    h = b
    for entry in (0, 1, 2):
        h = (h * x[entry]).tanh()
    return h


def penalty(x):
    (slope,) = torch.autograd.grad((x**3).sum(), x, create_graph=True)
    return (slope * slope).sum()


def mask(*entries):
    return torch.tensor(entries)


def constant(*numbers):
    return torch.tensor(numbers, dtype=torch.float64)


DRAWN = {
    # broadcasting
    "a bias for all": lambda w, x, b: (w * x + b).tanh().sum(),
    "softmax by hand": lambda x: -torch.log((x.exp() / x.exp().sum())[0]),
    "less the mean": lambda x: ((x - x.mean()) ** 2).sum(),
    "standardised": lambda x: ((x - x.mean()) / x.std()).prod(),
    "matrix and bias": lambda X, W, c: (X @ W + c).relu().sum(),
    "linear of a batch": lambda X, W, c: F.linear(X[None], W.T, c).square().sum(),
    "cosine similarity": lambda x, w: F.cosine_similarity(x, w, dim=0),
    "cosine of a batch": lambda X, w: F.cosine_similarity(X, w[None]).sum(),
    "number minus vector": lambda x, b: (b - x).sum(),
    "vector by number": lambda x, b: (x / b).sum(),
    "number by vector": lambda x, b: (b / x).sum(),
    "vector to a number": lambda x, s: (x**s).sum(),
    "number to a vector": lambda x, s: (s**x).sum(),
    "outer by unsqueeze": lambda x: (x.unsqueeze(0) * x.unsqueeze(1)).sum(),
    "outer": lambda x, w: torch.outer(x, w).tanh().sum(),
    "where": lambda x, b: torch.where(x > 1.5, x, b * 2).sum(),
    "largest of two": lambda x, b: torch.maximum(x - 1, b).sum(),
    "between": lambda x, w, b: torch.lerp(x, w, b).sum(),
    "expand": lambda b: b.expand(3).exp().sum(),
    # entry by entry
    "two to a vector": lambda x: (2**x).sum(),
    "reciprocal": lambda x: (x**-1).sum(),
    "gelu": lambda w: F.gelu(w).sum(),
    "silu": lambda w: F.silu(w).sum(),
    "elu": lambda w: F.elu(w).sum(),
    "leaky": lambda w: F.leaky_relu(w).sum(),
    "softplus": lambda w: F.softplus(w).sum(),
    "clamp": lambda w: w.clamp(-0.5, 0.7).sum(),
    "erf": lambda x: torch.erf(x).sum(),
    "times alpha": lambda x, w: torch.add(x, w, alpha=2).sum(),
    "floor of a quotient": lambda x: (torch.div(x * x, 2, rounding_mode="floor") + x).sum(),
    "straight through": lambda x: (x + (x.round() - x).detach()).sum(),
    # reductions
    "product": lambda x: x.sigmoid().prod(),
    "largest": lambda x: x.max() * 2,
    "largest in each row": lambda X: X.max(dim=1).values.sum(),
    "amax": lambda X: X.amax(0).sum(),
    "top 2": lambda w: w.topk(2).values.prod(),
    "sorted": lambda w: (w.sort().values * constant(1.0, 2.0, 3.0)).sum(),
    "logsumexp": lambda x: x.logsumexp(0),
    "variance": lambda X: X.var(dim=0).sum(),
    "norm": lambda x: x.norm(),
    "mean of rows": lambda X: X.mean(-1, keepdim=True).exp().sum(),
    "sum of rows": lambda X: X.sum(dim=-1).tanh().sum(),
    "cumsum": lambda x: x.cumsum(0).tanh().sum(),
    "cumprod": lambda x: x.cumprod(0).sum(),
    "median": lambda x: x.median(),
    # views, and parts put together
    "view": lambda X: X.view(3, 2).tanh().sum(),
    "transposed": lambda X: (X.T @ X).sum(),
    "entries": lambda X: X[0, 1] * X[1, 2],
    "repeated index": lambda x: (x[[0, 2, 2]] * x).sum(),
    "where positive": lambda w: w[w > 0].sum(),
    "gather": lambda X: X.gather(1, torch.tensor([[0], [2]])).prod(),
    "flip": lambda x: (x.flip(0) * x).sum(),
    "repeat": lambda x: x.repeat(2).tanh().sum(),
    "cat": lambda x, w: torch.cat([x, w]).tanh().sum(),
    "stack": lambda x, w: torch.stack([x, w]).tanh().sum(),
    "stack of numbers": lambda b, s: torch.stack([b, s]).prod(),
    "pad": lambda x: F.pad(x, (1, 1)).exp().sum(),
    "unpacked": unpacked,
    "split": split,
    "second half": lambda X: X.chunk(2)[1].sum(),
    "nothing": lambda x: x[:0].sum(),
    # products
    "dot": lambda x, w: x @ w,
    "matrix times vector": lambda X, x: (X @ x).sum(),
    "batched": lambda X, W: (X[None] @ W[None]).tanh().sum(),
    "einsum": lambda X, x: torch.einsum("ij,j->i", X, x).tanh().sum(),
    "determinant": lambda X, W: torch.det(X @ W),
    "solve": lambda X, W, c: torch.linalg.solve(X @ W, c).sum(),
    # used again, in place, again and again
    "used again": lambda x: (x * x + x).sum(),
    "in place": in_place,
    "filled": filled,
    "recurrent": recurrent,
    "gradient penalty": penalty,
    "square of a class": lambda x: Square.apply(x).sum(),
    "checkpoint": lambda x: torch.utils.checkpoint.checkpoint(lambda h: h.tanh().exp(), x, use_reentrant=False).sum(),
    # losses
    "mse": lambda x, w: F.mse_loss(x, w),
    "l1": lambda x, w: F.l1_loss(x, w),
    "huber": lambda x, w: F.huber_loss(x, w),
    "cross entropy": lambda X: F.cross_entropy(X, torch.tensor([0, 2])),
    "cross entropy of one": lambda x: F.cross_entropy(x, torch.tensor(1)),
    "cross entropy of probabilities": lambda x: F.cross_entropy(x, constant(0.2, 0.3, 0.5)),
    "bce": lambda w: F.binary_cross_entropy(torch.sigmoid(w), constant(1.0, 0.0, 1.0)),
    "bce of logits": lambda w: F.binary_cross_entropy_with_logits(w, constant(1.0, 0.0, 1.0)),
    "kl": lambda x, w: F.kl_div(F.log_softmax(x, 0), F.softmax(w, 0), reduction="sum"),
    "hinge": lambda w: F.hinge_embedding_loss(w, torch.tensor([1, -1, 1])),
    "triplet": lambda x, w: F.triplet_margin_loss(x[None], w[None], w[None] + 1),
    # what networks are made of
    "softmax": lambda x: F.softmax(x, 0)[0],
    "masked softmax": lambda x: F.softmax(x.masked_fill(mask(True, False, False), -torch.inf), 0)[1],
    "normalize": lambda x: F.normalize(x, dim=0).sum(),
    "layer norm": lambda X, w: (F.layer_norm(X, (3,)) * w).sum(),
    "attention": lambda X: F.scaled_dot_product_attention(X[None], X[None], X[None]).sum(),
    "convolution": lambda x: F.conv1d(x[None, None], torch.ones(1, 1, 2, dtype=torch.float64)).sum(),
    "pooling": lambda x: F.max_pool1d(x[None, None], 2).sum(),
    "linear": lambda x: made(nn.Linear, 3, 2)(x).sum(),
    "two layers": lambda X: nn.Sequential(made(nn.Linear, 3, 4), nn.ReLU(), made(nn.Linear, 4, 1))(X).sum(),
    "lstm": lambda X: made(nn.LSTM, 3, 2)(X[:, None])[0].sum(),
    "multi-head": lambda X: (lambda x: made(nn.MultiheadAttention, 2, 2)(x, x, x)[0].sum())(X.view(3, 1, 2)),
    "embedding": lambda x: (made(nn.Embedding, 5, 3)(torch.tensor([1, 2])) * x).sum(),
    "sparse gradient": lambda x: (made(nn.Embedding, 5, 3, sparse=True)(torch.tensor([1, 2])) * x).sum(),
    "batch norm, eval": lambda X: made(nn.BatchNorm1d, 3)(X).sum(),
    "batch norm, by hand": lambda X: (F.batch_norm(X, None, None, training=True) * X).sum(),
    "dropout, eval": lambda x: nn.Dropout(0.5).eval()(x * 2).sum(),
    "a random mask": lambda x: (x * torch.empty(3, dtype=torch.float64).bernoulli_(0.5)).sum(),
    "dropout by a mask": lambda x: (x * torch.tensor([1.0, 0.0, 1.0]) / 0.5).sum(),
}


@pytest.mark.parametrize("name", DRAWN)
def test_an_expression_is_drawn_with_pytorchs_numbers(name):
    result, leaves, graph = read(DRAWN[name])
    assert_true(graph, result, leaves)


def in_place_too_late(x):
    h = x.exp()
    h += 1
    return h.sum()


def behind_pytorchs_back(x):
    h = x * 2
    with torch.no_grad():
        h.mul_(3)
    return (h + 1).sum()


def through_data(x):
    y = x * 2
    x.data.mul_(2)
    return y.sum()


def freed(x):
    loss = (x * x).sum()
    loss.backward()
    return loss


REFUSED = {
    "complex": (lambda x: ((x + 1j) ** 2).real.sum(), "complex numbers.*real and the imaginary part apart"),
    "complex result": (lambda b, s: torch.complex(b, s) ** 2, "complex numbers"),
    "fft": (lambda x: torch.fft.fft(x).abs().sum(), "complex numbers"),
    "dropout": (lambda x: nn.Dropout(0.5)(x).sum(), r"dropout in training mode.*\.eval\(\)"),
    "dropout in a layer": (
        lambda X: nn.TransformerEncoderLayer(2, 1, 4).double()(X.view(3, 1, 2)).sum(),
        r"dropout in training mode.*\.eval\(\)",
    ),
    "batch norm": (lambda X: nn.BatchNorm1d(3).double()(X).sum(), r"batch norm in training mode.*\.eval\(\)"),
    "in place too late": (in_place_too_late, r"changed in place after it was used: write h = h \+ 1"),
    "behind PyTorch's back": (behind_pytorchs_back, r"Mul.* changed in place where PyTorch keeps no record"),
    "through data": (through_data, "^x has more than one value"),
    "freed": (freed, r"freed by backward\(\)"),
    "sparse": (lambda X: X.to_sparse().sum(), r"sparse tensor.*\.to_dense\(\)"),
    "meta": (lambda x: x.to("meta").sum(), "meta device.*on the cpu"),
    "nested": (lambda x, w: torch.nested.as_nested_tensor([x, w]).to_padded_tensor(0.0).sum(), "nested tensor"),
    "argmax": (lambda x: x.argmax(), "no grad_fn"),
    "detached": (lambda x: x.detach().sum(), r"no grad_fn.*\.detach\(\)"),
    "a number": (lambda x: x.sum().item(), "torch tensor with one entry, but this is 6.0"),
    "several results": (lambda x: (x.sum(), x.prod()), "torch tensor with one entry, but this is"),
    "a vector": (lambda x: x * 2, r"shape \(3,\): reduce it"),
    "an input": (lambda b: b, "nothing has been computed"),
}


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors")
@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_drawn_truly_is_refused_in_one_sentence(name):
    function, message = REFUSED[name]
    with pytest.raises(ValueError, match=message) as refusal:
        read(function)
    assert "\n" not in str(refusal.value)


def test_something_that_is_no_tensor_cannot_be_named():
    x = leaf(2.0)
    with pytest.raises(ValueError, match="names gives h = 3"):
        Graph.from_torch(x * 2, {"x": x, "h": 3})


# --- without a recorder ---


@pytest.mark.parametrize("name", DRAWN)
def test_without_a_recorder_it_is_drawn_truly_or_a_value_is_asked_for(name):
    leaves = get_leaves()
    leaves = {key: leaves[key] for key in inspect.signature(DRAWN[name]).parameters}
    result = DRAWN[name](**leaves)
    try:
        graph = Graph.from_torch(result, leaves)
    except ValueError as refusal:
        assert "the tape did not keep the value of" in str(refusal)
    else:
        assert_true(graph, result, leaves)


def test_the_recorder_does_not_import_pytorchs_compiler():
    """It would take seconds."""
    code = (
        "import sys, torch\nfrom truth.torch_tape import Recorder\n"
        "with Recorder(): torch.ones(2, requires_grad=True).sum()\n"
        "assert 'torch._dynamo.convert_frame' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_leaf_that_was_changed_since_is_not_drawn_with_its_new_value():
    x, w = leaf([1.0, 2.0]), leaf([3.0, 4.0])
    loss = (x * w).sum()
    w.data.mul_(2)
    with pytest.raises(ValueError, match="more than one value"):
        Graph.from_torch(loss, {"x": x, "w": w, "L": loss, "h": loss})


# --- hooks ---


def times_ten(gradient):
    return 10 * gradient


def test_a_hook_on_a_leaf_counts():
    x = leaf(3.0)
    x.register_hook(times_ten)
    loss = x * 4.5
    graph = Graph.from_torch(loss, {"x": x})
    assert_true(graph, loss, {"x": x})
    assert x.grad == 45 == graph.node("x").gradient
    hook = graph.nodes[1]
    assert (hook.backward_name, float(hook.gradient), float(hook.flows[0])) == ("hook", 4.5, 45)


def test_a_hook_within_an_expression_counts():
    def hooked(x):
        h = x * 2
        h.register_hook(times_ten)
        return h.sin().sum()

    result, leaves, graph = read(hooked)
    assert_true(graph, result, leaves)
    assert [node.backward_name for node in graph.nodes] == ["", "MulBackward0", "hook", "SinBackward0", "SumBackward0"]


def test_a_hook_on_the_result_counts():
    x = leaf(3.0)
    loss = x * 2
    loss.register_hook(times_ten)
    graph = Graph.from_torch(loss, {"x": x, "L": loss})
    assert [node.kind for node in graph.nodes] == ["input", "operation", "output"]
    assert graph.node("x").gradient == 20
    assert graph.nodes[-1].gradient == 1


def test_a_hook_nobody_knows_of_is_refused():
    x = leaf(3.0)
    h = x * 2
    h.register_hook(times_ten)
    with pytest.raises(ValueError, match=r"something changes the gradient of MulBackward0.*names="):
        Graph.from_torch(h.exp(), {"x": x})


def test_a_hook_that_differs_from_run_to_run_is_refused():
    x = leaf(3.0)
    runs = []
    x.register_hook(lambda gradient: runs.append(0) or len(runs) * gradient)
    with pytest.raises(ValueError, match="not the same in two backward passes"):
        Graph.from_torch(x * 2, {"x": x})


def test_a_hook_after_the_gradient_is_set_is_refused():
    x = leaf(3.0)
    x.register_post_accumulate_grad_hook(lambda tensor: None)
    with pytest.raises(ValueError, match=r"x has a hook that runs after its \.grad"):
        Graph.from_torch(x * 2, {"x": x})


def test_reading_leaves_no_trace():
    x = leaf([1.0, 2.0])
    x.grad = torch.ones(2, dtype=torch.float64)
    h = x * 2
    h.retain_grad()
    loss = h.exp().sum()
    Graph.from_torch(loss, {"x": x, "h": h})
    assert h.grad is None
    assert x.grad.tolist() == [1, 1]
    loss.backward()  # not freed
    torch.testing.assert_close(x.grad, 1 + 2 * h.detach().exp())


# --- no fault may be drawn ---


def test_a_gradient_that_is_not_pytorchs_is_refused(monkeypatch):
    """The fault there was: a broadcast number got a gradient that was not summed over its uses."""
    true = torch_tape._TorchTape._run_backward

    def at_fault(self):
        gradients, flows = true(self)
        for output, fault in list(gradients.items()):
            if hasattr(output[0], "variable") and output[0].variable.ndim == 0:
                gradients[output] = fault / 3
        return gradients, {output: [f / 3 if f.ndim == 0 else f for f in sent] for output, sent in flows.items()}

    monkeypatch.setattr(torch_tape._TorchTape, "_run_backward", at_fault)
    with pytest.raises(ValueError, match="the gradient of b is not the same"):
        read(DRAWN["a bias for all"])


def test_a_value_that_is_not_pytorchs_is_refused(monkeypatch):
    monkeypatch.setitem(torch_tape._FORWARD, "Mul", lambda fn, a, b: a + b)
    with pytest.raises(ValueError, match="more than one value"):
        read(DRAWN["a bias for all"])


# --- local derivatives and symbols ---


def test_local_derivatives_under_broadcasting_have_the_results_shape():
    _, _, graph = read(lambda x, b: (x * b).sum())
    product = graph.nodes[2]
    assert [d.tolist() for d in product.derivatives] == [[0.5, 0.5, 0.5], [1.0, 2.0, 3.0]]
    assert [f.tolist() for f in product.flows] == [[0.5, 0.5, 0.5], 6.0]


def test_an_operation_that_mixes_entries_has_no_local_derivative():
    _, _, graph = read(lambda x: x.flip(0).cumsum(0).softmax(0)[0])
    assert all(derivative is None for node in graph.nodes for derivative in node.derivatives)


@pytest.mark.parametrize(
    ("function", "symbol"),
    [
        (lambda x: (x + 1e-7).sum(), R"+ 1 \cdot 10^{-7}"),
        (lambda x: (2**x).sum(), R"2^{(\cdot)}"),
        (lambda x: (x**0.5).sum(), R"(\cdot)^{0.5}"),
        (lambda x: torch.div(x, 2, rounding_mode="floor").sum(), R"\mathrm{floor} \div"),
        (lambda x: torch.add(constant(1.0, 1.0, 1.0), x, alpha=2).sum(), R"\mathrm{Add}_{\alpha = 2}"),
        (lambda x: (x * constant(1e-7, 2e-7, 3e-7)).sum(), R"\times"),
    ],
)
def test_symbols_say_what_is_computed(function, symbol):
    _, _, graph = read(function)
    assert graph.nodes[1].symbol == symbol


# --- random expressions ---

SHAPES = ((), (3,), (2, 3), (2, 1), (1, 3))  # each broadcasts with each
ROWS = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / (b * b + 1),
    "pow": lambda a, b: (a * a + 1) ** b.tanh(),
    "maximum": torch.maximum,
    "where": lambda a, b: torch.where(a > b, a, b),
    "lerp": lambda a, b: torch.lerp(a, b, 0.25),
    "mse": lambda a, b: F.mse_loss(*torch.broadcast_tensors(a, b)),
    "cosine": lambda a, b: F.cosine_similarity((a * a + 1)[..., None], (b * b + 1)[..., None], dim=-1),
    "tanh": lambda a, b: a.tanh(),
    "sin": lambda a, b: torch.sin(a),
    "exp": lambda a, b: a.tanh().exp(),
    "relu": lambda a, b: a.relu(),
    "abs": lambda a, b: a.abs(),
    "gelu": lambda a, b: F.gelu(a),
    "clamp": lambda a, b: a.clamp(-0.7, 0.7),
    "constant": lambda a, b: 3 - a * 2 + 1 / (a * a + 1) - 0.1,
    "sum": lambda a, b: a.sum(),
    "mean of rows": lambda a, b: a.mean(-1, keepdim=True) if a.ndim else a.mean(),
    "sum of columns": lambda a, b: a.sum(0, keepdim=True) if a.ndim == 2 else a.sum(),
    "largest": lambda a, b: a.amax(),
    "max of rows": lambda a, b: a.max(-1, keepdim=True).values if a.ndim else a.max(),
    "logsumexp": lambda a, b: a.logsumexp(-1, keepdim=True) if a.ndim else a,
    "norm": lambda a, b: (a + 2).norm(),
    "softmax": lambda a, b: a.softmax(-1) if a.ndim else a.sigmoid(),
    "cumsum": lambda a, b: a.cumsum(-1) if a.ndim else a,
    "standardise": lambda a, b: (a - a.mean()) / (a.var(correction=0) + 1),
    "expand": lambda a, b: a.expand(2, 3),
    "flip": lambda a, b: a.flip(-1) if a.ndim else a * 1,
    "reshape": lambda a, b: a.reshape(-1).reshape(a.shape),
    "squeeze": lambda a, b: a.unsqueeze(0).squeeze(0),
    "transpose": lambda a, b: (a.T * a.T).T if a.ndim == 2 else a * a,
    "first column": lambda a, b: a[..., :1] if a.ndim else a,
    "index": lambda a, b: a[..., [0, -1, 0]] if a.ndim and a.shape[-1] == 3 else a,
    "unbind": lambda a, b: torch.stack([2 * part for part in a.unbind(-1)], -1) if a.ndim else a,
    "chunk": lambda a, b: torch.cat([a.sin(), a], -1).chunk(2, -1)[1] if a.ndim else a,
    "product": lambda a, b: (a.expand(2, 3) @ b.expand(2, 3).T).mean(-1, keepdim=True),
    "outer": lambda a, b: torch.outer(a.flatten(), b.flatten()).mean(),
    "square of a class": lambda a, b: Square.apply(a),
}


def _add_to(a, b):
    a += b
    return a


def _scale_a_column(a, b):
    a[..., 0] *= b.sum()
    return a


IN_PLACE = {
    "add to": lambda a, b: _add_to(a, b.sum()),
    "tanh in place": lambda a, b: a.tanh_(),
    "multiply in place": lambda a, b: a.mul_(2),
    "scale a column": lambda a, b: _scale_a_column(a, b) if a.ndim else a.mul_(3),
    "fill a part": lambda a, b: a.masked_fill_(a > 0.5, 0.25),
    "view in place": lambda a, b: (a.view(-1)[:1].add_(b.sum()), a)[1],
}

steps = st.tuples(st.sampled_from([*ROWS, *IN_PLACE]), st.integers(0, 30), st.integers(0, 30), st.booleans())
recipes = st.tuples(st.lists(steps, min_size=1, max_size=9), st.integers(0, 10_000))


def check_random_expression(recipe):
    """Run a recipe: it is drawn with PyTorch's numbers, or refused where PyTorch's own backward fails."""
    todo, seed = recipe
    rng = np.random.default_rng(seed)
    leaves = {name: leaf(rng.uniform(-1.5, 1.5, shape)) for name, shape in zip("abcde", SHAPES, strict=True)}
    things = list(leaves.values())
    with Recorder() as recorder:
        for name, first, second, copies in todo:
            a, b = things[-1 - first % len(things)], things[-1 - second % len(things)]
            if name in IN_PLACE:
                # Without a copy, a value that PyTorch needs may be lost; a leaf cannot be written to at all.
                a = a * 1 if copies or a.is_leaf or not a.is_contiguous() else a
                try:
                    things.append(IN_PLACE[name](a, b))
                except RuntimeError:  # an expanded tensor, or one of several views
                    return "PyTorch refuses the expression"
            else:
                things.append(ROWS[name](a, b))
        loss = things[-1].sum() + 0.1 * sum(thing.mean() for thing in things[-3:])
    results = {f"h{i}": thing for i, thing in enumerate(things) if not thing.is_leaf}
    try:
        graph = Graph.from_torch(loss, {**results, **leaves}, recorder)
    except ValueError as refusal:
        assert "changed in place after it was used" in str(refusal)
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            loss.backward()
        return "PyTorch refuses to go back"
    used = {node.name for node in graph.nodes}
    for name, thing in results.items():
        if name in used:
            np.testing.assert_array_equal(graph.node(name).value, thing.detach().numpy())
    truth = torch.autograd.grad(loss, list(leaves.values()), retain_graph=True, allow_unused=True)
    assert all(
        name in used or gradient is None or not gradient.any() for name, gradient in zip(leaves, truth, strict=True)
    )
    assert_true(graph, loss, {name: tensor for name, tensor in leaves.items() if name in used})
    return "drawn"


@settings(max_examples=250, deadline=None, derandomize=True)
@given(recipes)
def test_random_expressions_have_pytorchs_numbers_or_are_refused(recipe):
    check_random_expression(recipe)
