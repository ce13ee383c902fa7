"""Reading PyTorch's own tape: from `loss.grad_fn` to a `truth.graph.Graph`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from truth.graph import Array, Graph, Kind, Node


def read_tape(loss: torch.Tensor, names: Mapping[str, torch.Tensor], results: Iterable[torch.Tensor] = ()) -> Graph:
    """What `Graph.from_torch` promises; `results` are tensors whose values need not be recovered then."""
    return _TorchTape(loss, names, results).read()


class Recorder(TorchFunctionMode):
    """While it is active (`with Recorder() as recorder:`), keeps every result that PyTorch can differentiate.

    The tape forgets values that its own way back does not need, such as x + 1 before an exponential.

    Attributes:
        results: the tensors, in the order in which they were computed.
    """

    def __init__(self) -> None:
        super().__init__()
        self.results: list[torch.Tensor] = []

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = function(*args, **(kwargs or {}))
        if isinstance(result, torch.Tensor) and result.grad_fn is not None:
            self.results.append(result)
        return result


_SYMBOLS: dict[str, str] = {
    "Add": "+",
    "Sub": "-",
    "Rsub": "-",
    "Mul": R"\times",
    "Div": R"\div",
    "Neg": "-",
    "Relu": R"\mathrm{ReLU}",
    "Tanh": R"\tanh",
    "Sigmoid": R"\sigma",
    "Exp": R"\exp",
    "Log": R"\ln",
    "Sin": R"\sin",
    "Cos": R"\cos",
    "Sqrt": R"\sqrt{\cdot}",
    "Abs": R"|\cdot|",
    "Reciprocal": R"1 / (\cdot)",
    "Sum": R"\Sigma",
    "Mean": R"\mathrm{mean}",
    "Mv": R"\cdot",
    "Mm": R"\cdot",
    "Dot": R"\cdot",
    "Addmm": R"W x + b",
    "MseLoss": R"\mathrm{MSE}",
    "T": R"\top",
}

# The tape keeps some inputs of an operation, under these names, by slot.
_SAVED_INPUTS: dict[str, tuple[str, ...]] = {
    "Mv": ("_saved_self", "_saved_vec"),
    "Mm": ("_saved_self", "_saved_mat2"),
    "Dot": ("_saved_self", "_saved_tensor"),
    "Addmm": ("", "_saved_mat1", "_saved_mat2"),
    "MseLoss": ("_saved_self", "_saved_target"),
}
_SAVED_INPUTS_ELSE = ("_saved_self", "_saved_other")

# How to run an operation again, from its tape entry (which holds plain numbers) and its inputs.
_FORWARD: dict[str, Callable[..., torch.Tensor]] = {
    "Add": lambda fn, a, b: a + fn._saved_alpha * b,
    "Sub": lambda fn, a, b: a - fn._saved_alpha * b,
    "Mul": lambda fn, a, b: a * b,
    "Div": lambda fn, a, b: a / b,
    "Neg": lambda fn, a: -a,
    "Pow": lambda fn, a: a**fn._saved_exponent,
    "Relu": lambda fn, a: a.relu(),
    "Tanh": lambda fn, a: a.tanh(),
    "Sigmoid": lambda fn, a: a.sigmoid(),
    "Exp": lambda fn, a: a.exp(),
    "Log": lambda fn, a: a.log(),
    "Mv": lambda fn, a, b: a @ b,
    "Mm": lambda fn, a, b: a @ b,
    "Dot": lambda fn, a, b: a @ b,
    "Addmm": lambda fn, bias, a, b: fn._saved_beta * bias + fn._saved_alpha * (a @ b),
    "T": lambda fn, a: a.t(),
    "Sum": lambda fn, a: a.sum(*_reduced_dimensions(fn)),
    "Mean": lambda fn, a: a.mean(*_reduced_dimensions(fn)),
}

_ELEMENTWISE = {
    *("Add", "Sub", "Rsub", "Mul", "Div", "Neg", "Pow", "Relu", "Tanh", "Sigmoid", "Exp", "Log"),
    *("Sin", "Cos", "Sqrt", "Abs", "Reciprocal"),
}


def _stem(fn: Any) -> str:
    """The operation behind a tape entry: MulBackward0 is Mul."""
    return str(fn.name()).split("::")[-1].split("Backward")[0]


_FREED = "this tape was freed by backward(): draw the graph first, or call backward(retain_graph=True)"


def _reduced_dimensions(fn: Any) -> tuple[Any, ...]:
    return (fn._saved_dim, fn._saved_keepdim) if hasattr(fn, "_saved_dim") else ()


class _TorchTape:
    def __init__(
        self, loss: torch.Tensor, names: Mapping[str, torch.Tensor], known: Iterable[torch.Tensor] = ()
    ) -> None:
        if loss.numel() != 1:
            raise ValueError(
                f"a graph ends in one number, but this tensor has shape {tuple(loss.shape)}: reduce it, say with .sum()"
            )
        if loss.grad_fn is None:
            raise ValueError(
                "this tensor has no grad_fn: compute it from tensors with requires_grad=True, outside torch.no_grad()"
            )
        self.loss = loss
        leaves = {name: tensor for name, tensor in names.items() if tensor.grad_fn is None}
        results = {name: tensor for name, tensor in names.items() if tensor.grad_fn is not None}
        self.name_of_leaf = {id(tensor): name for name, tensor in leaves.items()}
        self.name_of_fn = {tensor.grad_fn: name for name, tensor in results.items()}
        self.values: dict[Any, torch.Tensor] = {t.grad_fn: t.detach() for t in (*known, loss, *results.values())}
        self.order = self._forward_order()

    def _forward_order(self) -> list[Any]:
        order: list[Any] = []
        seen: set[Any] = set()
        stack: list[tuple[Any, bool]] = [(self.loss.grad_fn, False)]
        while stack:
            fn, inputs_done = stack.pop()
            if inputs_done:
                order.append(fn)
            elif fn not in seen:
                seen.add(fn)
                stack.append((fn, True))
                for source, output in reversed(fn.next_functions):
                    if output:
                        raise ValueError(
                            f"{source.name()} returns several tensors; only operations with one result can be drawn"
                        )
                    if source is not None:
                        stack.append((source, False))
        return order

    def _recover_values(self) -> None:
        """Fill `self.values` from leaves and saved tensors, and the rest by running operations again."""
        for fn in self.order:
            if hasattr(fn, "variable"):
                self.values[fn] = fn.variable.detach()
                continue
            for (source, _), attribute in self._inputs(fn):
                saved = self._saved(fn, attribute)
                if saved is not None and source is not None:
                    self.values.setdefault(source, saved)
            result = self._saved(fn, "_saved_result")
            if result is not None:
                self.values.setdefault(fn, result)
        for fn in self.order:
            if fn not in self.values:
                value = self._run_again(fn)
                if value is None:
                    raise ValueError(
                        f"the tape did not keep the value of {fn.name()}: give it a name, "
                        'e.g. names={"h": h}, so that it can be read from the tensor itself'
                    )
                self.values[fn] = value

    @staticmethod
    def _inputs(fn: Any) -> Iterable[tuple[tuple[Any, int], str]]:
        """Where each input comes from, beside the name under which the entry may have saved it."""
        return zip(fn.next_functions, _SAVED_INPUTS.get(_stem(fn), _SAVED_INPUTS_ELSE), strict=False)

    @staticmethod
    def _saved(fn: Any, attribute: str) -> torch.Tensor | None:
        try:
            saved = getattr(fn, attribute, None)
        except RuntimeError as error:
            raise ValueError(_FREED) from error
        return saved.detach() if isinstance(saved, torch.Tensor) else None

    def _run_again(self, fn: Any) -> torch.Tensor | None:
        rule = _FORWARD.get(_stem(fn))
        if rule is None:
            return None
        inputs = []
        for (source, _), attribute in self._inputs(fn):
            value = self.values[source] if source is not None else self._saved(fn, attribute)
            if value is None:
                return None
            inputs.append(value)
        return rule(fn, *inputs)

    def _vector_jacobian(self, fn: Any, upstream: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        try:
            flows = fn(upstream)
        except RuntimeError as error:
            raise ValueError(_FREED) from error
        return flows if isinstance(flows, tuple) else (flows,)

    def read(self) -> Graph:
        self._recover_values()
        index = {fn: i for i, fn in enumerate(self.order)}
        gradients = {fn: torch.zeros_like(self.values[fn]) for fn in self.order}
        gradients[self.loss.grad_fn] = torch.ones_like(self.loss)
        nodes: dict[Any, Node] = {}
        for fn in reversed(self.order):
            value, gradient = self.values[fn], gradients[fn]
            if hasattr(fn, "variable"):
                leaf = fn.variable
                kind: Kind = "parameter" if isinstance(leaf, torch.nn.Parameter) else "input"
                nodes[fn] = Node(kind, self.name_of_leaf.get(id(leaf), ""), _array(value), _array(gradient))
                continue
            stem = _stem(fn)
            flows = self._vector_jacobian(fn, gradient)
            slots = [(slot, source) for slot, (source, _) in enumerate(fn.next_functions) if source is not None]
            for slot, source in slots:
                gradients[source] = gradients[source] + _sent(flows[slot])
            # From one number to one number every operation acts entry by entry, whatever it is.
            is_scalar = value.numel() == 1 and all(self.values[source].numel() == 1 for _, source in slots)
            is_elementwise = stem in _ELEMENTWISE or is_scalar
            local = self._vector_jacobian(fn, torch.ones_like(value)) if is_elementwise else None
            nodes[fn] = Node(
                kind="output" if fn is self.loss.grad_fn else "operation",
                name=self.name_of_fn.get(fn, ""),
                symbol=self._symbol(fn, stem),
                backward_name=fn.name(),
                inputs=tuple(index[source] for _, source in slots),
                value=_array(value),
                gradient=_array(gradient),
                derivatives=tuple(
                    _array(_sent(local[slot])) if local and self.values[source].shape == value.shape else None
                    for slot, source in slots
                ),
                flows=tuple(_array(_sent(flows[slot])) for slot, _ in slots),
            )
        return Graph(tuple(nodes[fn] for fn in self.order))

    def _symbol(self, fn: Any, stem: str) -> str:
        if stem == "Pow" and not isinstance(fn._saved_exponent, torch.Tensor):
            return f"(\\cdot)^{{{float(fn._saved_exponent):g}}}"
        symbol = _SYMBOLS.get(stem, Rf"\mathrm{{{stem}}}")
        live = [slot for slot, (source, _) in enumerate(fn.next_functions) if source is not None]
        if stem not in _CONSTANT or len(live) == len(fn.next_functions) == 2:
            return symbol
        constants = _CONSTANT[stem](self.values[fn], self.values[fn.next_functions[live[0]][0]], live[0]).flatten()
        if not bool(torch.isfinite(constants).all()) or float(constants.max() - constants.min()) > 1e-6:
            return symbol
        constant = f"{float(constants[0]):.4g}"
        if live[0] == 1 or stem == "Rsub":
            return Rf"{constant} {symbol} (\cdot)"
        if constant.startswith("-") and symbol in "+-":
            symbol, constant = "+-"["+-".index(symbol) - 1], constant[1:]
        return f"{symbol} {constant}"


# An operation's other input where that is a plain number: from its result, the input on the tape and that one's slot.
_CONSTANT: dict[str, Callable[[torch.Tensor, torch.Tensor, int], torch.Tensor]] = {
    "Add": lambda result, given, slot: result - given,
    "Sub": lambda result, given, slot: given - result if slot == 0 else given + result,
    "Rsub": lambda result, given, slot: given + result,
    "Mul": lambda result, given, slot: result / given,
    "Div": lambda result, given, slot: given / result if slot == 0 else given * result,
}


def _sent(flow: torch.Tensor | None) -> torch.Tensor:
    assert flow is not None, "PyTorch sends a gradient along every edge that it keeps"
    return flow


def _array(tensor: torch.Tensor) -> Array:
    return tensor.detach().cpu().double().numpy()
