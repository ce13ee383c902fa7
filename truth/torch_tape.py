"""Reading PyTorch's own tape: from `loss.grad_fn` to a `truth.graph.Graph`.

Gradients, and what each operation sends back along each of its edges, are read from a backward pass that PyTorch's
engine runs. What was read is then compared with PyTorch once more, and refused where the two differ.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import nn
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from truth.autograd import tex_number
from truth.fold import Group
from truth.graph import Array, Graph, Kind, Node

Output = tuple[Any, int]  # a value on the tape: the node that made it, and which of that node's results it is


@dataclass
class Call:
    """A module or a function of torch's at work.

    Attributes:
        name: the module's path, or the function's name.
        kind: the module's class, or the function's name.
        first, last: the numbers that the tape's entries had when it began, and when it was done.
    """

    name: str
    kind: str
    is_module: bool
    first: int
    last: int = -1


def read_tape(loss: torch.Tensor, names: Mapping[str, torch.Tensor], recorder: Recorder | None = None) -> Graph:
    """What `Graph.from_torch` promises."""
    return _TorchTape(loss, names, recorder or Recorder()).read()


class Recorder:
    """While it is active (`with Recorder() as recorder:`), keeps every value that PyTorch computes with gradients.

    The tape forgets values that its own way back does not need, such as x + 1 before an exponential. Values are
    copied when they are computed, so that a later change in place cannot alter them.

    It also sees which modules and which of torch's functions are at work (`calls`), and the modules' parameters
    (`parameters`, by their paths).

    Args:
        root: the module whose parts have no path before their own name.

    Raises:
        ValueError: dropout or batch norm runs in training mode while the recorder is active.
    """

    def __init__(self, root: nn.Module | None = None) -> None:
        self.calls: list[Call] = []
        self.parameters: dict[str, torch.Tensor] = {}
        self._paths: dict[int, str] = {} if root is None else {id(root): ""}
        self._seen: list[nn.Module] = []  # kept alive: a path belongs to the id of an object that is there
        self._at_work: list[tuple[nn.Module, Call]] = []
        self.values: dict[Output, torch.Tensor] = {}
        self.leaves: list[tuple[torch.Tensor, torch.Tensor]] = []  # each with its value when it was used
        self.tensors: list[torch.Tensor] = []
        self.hooked: set[Output | None] = set()
        self.changed: set[Output] = set()  # in place, where PyTorch kept no record of it
        self._inner: dict[tuple[int, str], list[torch.Tensor]] = {}
        self._modes = (_Functions(self), _Operations(self))
        self._active = ExitStack()
        self.called = ""  # the function of torch's that runs
        self._is_looking = False  # what the recorder itself computes is no part of the expression

    def __enter__(self) -> Recorder:
        for mode in self._modes:
            self._active.enter_context(mode)
        for hook in (
            register_module_forward_pre_hook(self._begin),
            register_module_forward_hook(self._end, always_call=True),
        ):
            self._active.callback(hook.remove)
        return self

    def _begin(self, module: nn.Module, inputs: Any) -> None:
        if id(module) not in self._paths:
            self._paths[id(module)] = self._get_path(module)
        path = self._paths[id(module)]
        for name, parameter in module.named_parameters():
            self.parameters.setdefault(f"{path}.{name}" if path else name, parameter)
        self._seen.append(module)
        self._at_work.append((module, Call(path, type(module).__name__, True, _get_count())))

    def _get_path(self, module: nn.Module) -> str:
        for outer, call in reversed(self._at_work):
            for name, inner in outer.named_modules():
                if inner is module:
                    return f"{call.name}.{name}" if call.name else name
        kind = type(module).__name__
        number = sum(path == kind or path.startswith(f"{kind} ") for path in self._paths.values())
        return f"{kind} {number + 1}" if number else kind

    def _end(self, module: nn.Module, inputs: Any, result: Any) -> None:
        while self._at_work:  # one that raised an error may still stand there
            known, call = self._at_work.pop()
            if known is module:
                call.last = _get_count()
                self.calls.append(call)
                return

    def __exit__(self, *error: Any) -> None:
        self._active.close()

    @contextmanager
    def looking(self) -> Iterator[None]:
        """While the recorder looks at tensors, which are operations too."""
        self._is_looking = True
        try:
            yield
        finally:
            self._is_looking = False

    def get_value(self, output: Output) -> torch.Tensor | None:
        """The value when it was computed, None if it was not seen."""
        if output in self.values:
            return self.values[output]
        fn, number = output
        for name in (_stem(fn), f"{_stem(fn)}Forward"):
            inner = self._inner.get((fn._sequence_nr(), _plain(name)), [])
            if number < len(inner):
                return inner[number]
        return None

    def see(self, tensor: torch.Tensor) -> None:
        """Keep the value of an intermediate tensor, or notice that it is no longer what it was."""
        output = _output(tensor)
        if output is None:
            return
        known = self.get_value(output)
        if known is not None and not _same(known, tensor):
            self.changed.add(output)
        if output not in self.values:
            self.values[output] = tensor.detach().clone() if known is None else known
            self.tensors.append(tensor)

    def keep_inner(self, operation: Any, result: Any) -> None:
        """Keep the result of an operation inside another one, under the number of the tape's newest node."""
        if self._is_looking:
            return
        # A node is made just before its operation runs.
        key = (_get_count() - 1, _plain(operation._schema.name.split("::")[-1]))
        copies = [tensor.detach().clone() for tensor in _tensors(result)]
        self._inner.setdefault(key, copies)
        if operation._schema.is_mutable:  # in place, it may have made one more node, to keep its old value
            self._inner.setdefault((key[0] - 1, key[1]), copies)


def _get_count() -> int:
    """How many entries the tape has had so far: the number of the next one."""
    return int(torch._C._autograd._get_sequence_nr())


class _Functions(TorchFunctionMode):
    """Calls of torch, with the tensors that the tape is made of."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__()
        self.recorder = recorder

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        given = list(_tensors((args, kwargs)))
        with self.recorder.looking():
            for tensor in given:
                self.recorder.see(tensor)  # before the call, which may change it in place
            leaves = [(tensor, tensor.detach().clone()) for tensor in given if tensor.is_leaf and tensor.requires_grad]
        name = self.recorder.called = getattr(function, "__name__", "")
        first = _get_count()
        result = function(*args, **(kwargs or {}))
        if _get_count() > first:
            self.recorder.calls.append(Call(name, name, False, first, _get_count()))
        results = list(_tensors(result))
        with self.recorder.looking():
            for tensor in results:
                self.recorder.see(tensor)
        if any(_output(tensor) is not None for tensor in results):
            self.recorder.leaves += leaves
        if function is torch.Tensor.register_hook:
            self.recorder.hooked.add(_output(args[0]))
        return result


class _Operations(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """The operations that torch's functions are composed of; the tape has a node for each of these."""

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # or else the first operation imports PyTorch's compiler, which takes seconds

    def __init__(self, recorder: Recorder) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.recorder = recorder

    def __torch_dispatch__(self, operation: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if self.recorder.called != "bernoulli_":  # a mask of her own
            _refuse_training_mode(operation, args, kwargs)
        result = operation(*args, **kwargs)
        self.recorder.keep_inner(operation, result)
        if operation._schema.is_mutable and not torch.is_grad_enabled():
            for tensor in _tensors((args, kwargs)):
                self.recorder.see(tensor)
        return result


def _refuse_training_mode(operation: Any, args: Any, kwargs: Any) -> None:
    name = operation._schema.name.split("::")[-1]
    given = dict(zip((argument.name for argument in operation._schema.arguments), args, strict=False)) | kwargs
    is_training = given.get("training", given.get("train", False))
    # Dropout is made of this one in-place operation.
    if str(operation) == "aten.bernoulli_.float" or ("dropout" in name and is_training):
        raise ValueError(
            "the expression runs dropout in training mode, which draws new chance numbers at every run: call .eval()"
            " on the module, or pass training=False (to show dropout, multiply by a mask of your own)"
        )
    if "batch_norm" in name and is_training and given.get("running_mean") is not None:
        raise ValueError(
            "the expression runs batch norm in training mode, which changes the module's running mean and variance at"
            " every run: call .eval() on the module"
        )


def _tensors(things: Any) -> Iterator[torch.Tensor]:
    """All tensors in nested lists, tuples and dicts."""
    if isinstance(things, torch.Tensor):
        yield things
    elif isinstance(things, list | tuple):
        for thing in things:
            yield from _tensors(thing)
    elif isinstance(things, dict):
        yield from _tensors(list(things.values()))


def _output(tensor: torch.Tensor) -> Output | None:
    """Where on the tape a tensor stands, None for a leaf and for a constant."""
    try:
        fn = tensor.grad_fn
    except RuntimeError:  # a view that was changed in place in a way PyTorch does not allow: it says so at its use
        return None
    return None if fn is None else (fn, tensor.output_nr)


def explain(error: Exception) -> str:
    """An error of PyTorch's in one sentence, with what to do about it where that is known."""
    return get_mend(error) or f"PyTorch says: {_first_sentence(str(error))}"


def get_mend(error: Exception) -> str:
    """What to do about an error of PyTorch's, "" if that is not known."""
    words = str(error)
    missing = re.search(r"Could not run 'aten::(\w+)\S*' with arguments from the '(\w+)' backend", words)
    if missing and missing[2] in ("CPU", "CUDA"):
        return f"PyTorch has no {missing[1]} for tensors on the {missing[2].lower()}: compute it from other operations"
    for pattern, mend in _MENDS.items():
        if re.search(pattern, words, re.I | re.S):
            return mend
    is_double = (
        not re.search("float8", words, re.I)
        and re.search(r"double|float64", words, re.I)
        and re.search(r"float\b|float32", words, re.I)
    )
    if is_double or "mixed dtype" in words:
        return (
            "the inputs are in double precision (float64), but a module or a tensor made inside the expression is in"
            " single precision (float32): write .double() after it, as in torch.nn.Linear(3, 1).double()(x)"
            f" (PyTorch says: {_first_sentence(words)})"
        )
    return ""


def is_about_arguments(error: Exception) -> bool:
    """Is it PyTorch that refuses a function's arguments? It does so before a recorder sees the call."""
    return bool(re.search(r"\w\(\): argument |invalid combination of arguments", str(error)))


# By what an error of PyTorch's says.
_MENDS: dict[str, str] = {
    r"second time|already been freed": (
        "this tape was freed by backward(): draw the graph first, or call backward(retain_graph=True)"
        " (torch.autograd.grad frees it too)"
    ),
    r"modified by an inplace operation": (
        "a value that the way back needs was changed in place after it was used: write h = h + 1 instead of h += 1 or"
        " h.add_(1), or change a copy, h.clone()"
    ),
    r"leaf Variable that requires grad": (
        "an input is changed in place, and PyTorch has no gradient for an input that was overwritten: write"
        " x = x * 2 instead of x *= 2 or x.mul_(2), or begin with x = x.clone()"
    ),
    r"Expected more than 1 value per channel when training": (
        "batch norm in training mode needs several samples: call .eval() on the module"
    ),
    r"Can't call numpy\(\)": (
        "PyTorch has no gradient through numpy's functions: use its own, torch.tanh(x) instead of np.tanh(x)"
    ),
    r"Sparse|sparse": "a sparse tensor cannot be drawn: call .to_dense() on it",
    r"NestedTensor": "a nested tensor cannot be drawn: pad it to a plain one",
}


def _first_sentence(words: str) -> str:
    return words.split("\n")[0].split(". ")[0].removesuffix(", but expected one of:").rstrip(".")[:300]


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
    "Mv": "@",
    "Mm": "@",
    "Bmm": "@",
    "Dot": R"\cdot",
    "Addmm": R"W x + b",
    "T": R"\top",
    "Transpose": R"\top",
    "Permute": R"\top",
    "Baddbmm": R"A B + C",
    "Convolution": "*",
    "MkldnnConvolution": "*",
    # reductions
    "Prod": R"\Pi",
    "Cumsum": R"\Sigma_{\leq i}",
    "Cumprod": R"\Pi_{\leq i}",
    **dict.fromkeys(("Max", "Amax", "Maximum"), R"\max"),
    **dict.fromkeys(("Min", "Amin", "Minimum"), R"\min"),
    "Logsumexp": R"\ln \Sigma \exp",
    **dict.fromkeys(("Norm", "LinalgVectorNorm", "LinalgMatrixNorm"), R"\| \cdot \|"),
    "Std": R"\mathrm{std}",
    "Var": R"\mathrm{var}",
    "Median": R"\mathrm{median}",
    "Trace": R"\mathrm{tr}",
    **dict.fromkeys(("Det", "LinalgDet"), R"\det"),
    **dict.fromkeys(("Inverse", "LinalgInvEx"), R"(\cdot)^{-1}"),
    "LinalgSolveEx": R"A^{-1} b",
    # losses
    "MseLoss": R"\mathrm{MSE}",
    "L1Loss": R"\mathrm{MAE}",
    "SmoothL1Loss": R"\mathrm{smooth}\ L_1",
    "HuberLoss": R"\mathrm{Huber}",
    **dict.fromkeys(("NllLoss", "NllLoss2D", "NllLossNd"), R"-\ln p"),
    "BinaryCrossEntropy": R"\mathrm{BCE}",
    "BinaryCrossEntropyWithLogits": R"\mathrm{BCE} \circ \sigma",
    "KlDiv": R"D_{\mathrm{KL}}",
    "CtcLoss": R"\mathrm{CTC}",
    # activations
    **{
        stem: Rf"\mathrm{{{name}}}"
        for stem, name in {
            "Gelu": "GELU",
            "Silu": "SiLU",
            "Elu": "ELU",
            "LeakyRelu": "LeakyReLU",
            "Mish": "Mish",
        }.items()
    },
    "Softmax": R"\mathrm{softmax}",
    "LogSoftmax": R"\ln \mathrm{softmax}",
    # entries put elsewhere
    **dict.fromkeys(("View", "UnsafeView", "ReshapeAlias"), R"\mathrm{reshape}"),
    **dict.fromkeys(("Select", "Slice", "Index", "Narrow"), R"[\,\cdot\,]"),
    "Cat": R"\mathrm{concat}",
    "ToCopy": R"\mathrm{cast}",
    "NativeLayerNorm": R"\mathrm{LayerNorm}",
    "NativeBatchNorm": R"\mathrm{BatchNorm}",
    "NativeGroupNorm": R"\mathrm{GroupNorm}",
}

# By the names of torch's functions, where one of them is several entries on the tape.
_FUNCTIONS: dict[str, str] = {
    "linear": R"W x + b",
    **dict.fromkeys(("matmul", "__matmul__", "einsum", "bmm", "mm"), R"\cdot"),
    **dict.fromkeys(("conv1d", "conv2d", "conv3d"), "*"),
    "cross_entropy": R"\mathrm{CE}",
    "binary_cross_entropy": R"\mathrm{BCE}",
    "binary_cross_entropy_with_logits": R"\mathrm{BCE} \circ \sigma",
    "kl_div": R"D_{\mathrm{KL}}",
    "l1_loss": R"\mathrm{MAE}",
    "mse_loss": R"\mathrm{MSE}",
    "smooth_l1_loss": R"\mathrm{smooth}\ L_1",
    "huber_loss": R"\mathrm{Huber}",
    "ctc_loss": R"\mathrm{CTC}",
    "cosine_similarity": R"\cos \angle",
    "norm": R"\| \cdot \|",
    "std": R"\mathrm{std}",
    "var": R"\mathrm{var}",
    "scaled_dot_product_attention": R"\mathrm{attention}",
    "multi_head_attention_forward": R"\mathrm{attention}",
    "layer_norm": R"\mathrm{LayerNorm}",
    "softmax": R"\mathrm{softmax}",
    "log_softmax": R"\ln \mathrm{softmax}",
}


def _get_words(stem: str) -> str:
    """An operation that has no symbol, in words: "grid sampler 2d", from GridSampler2D."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z0-9])", " ", stem).split()
    kept = [word for word in words if word not in ("Native", "Linalg", "Thnn", "Mkldnn", "Cudnn", "Special")] or words
    return " ".join(kept).lower()


# The tape keeps some inputs of an operation, under these names, by slot.
_ONE, _TWO = ("_saved_self",), ("_saved_self", "_saved_other")
_SAVED_INPUTS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("Pow", "Log", "Log2", "Log1p", "Sin", "Cos", "Abs", "Erf", "Atan", "Sinh", "Cosh"), _ONE),
    **dict.fromkeys(("Clamp", "LeakyRelu", "Gelu", "Silu", "Softplus", "Prod", "Std", "Var", "Max", "Min"), _ONE),
    **dict.fromkeys(("Add", "Sub", "Mul", "Div", "Maximum", "Minimum"), _TWO),
    "Mv": ("_saved_self", "_saved_vec"),
    "Mm": ("_saved_self", "_saved_mat2"),
    "Bmm": ("_saved_self", "_saved_mat2"),
    "Dot": ("_saved_self", "_saved_tensor"),
    "Addmm": ("", "_saved_mat1", "_saved_mat2"),
    "MseLoss": ("_saved_self", "_saved_target"),
}

# How to run an operation again, from its tape entry (which holds plain numbers) and its inputs.
_FORWARD: dict[str, Callable[..., torch.Tensor]] = {
    "Add": lambda fn, a, b: a + fn._saved_alpha * b,
    "Sub": lambda fn, a, b: a - fn._saved_alpha * b,
    "Mul": lambda fn, a, b: a * b,
    "Div": lambda fn, a, b: torch.div(a, b, rounding_mode=getattr(fn, "_saved_rounding_mode", None)),
    "Neg": lambda fn, a: -a,
    "Pow": lambda fn, a: a**fn._saved_exponent if _is_number(fn, "_saved_exponent") else fn._saved_self**a,
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
    "Sum": lambda fn, a: a.sum(*_reduced_dimensions(fn, a)),
    "Mean": lambda fn, a: a.mean(*_reduced_dimensions(fn, a)),
}


def _is_number(fn: Any, attribute: str) -> bool:
    return isinstance(getattr(fn, attribute, None), int | float)


def _stem(fn: Any) -> str:
    """The operation behind a tape entry: MulBackward0 is Mul."""
    return re.sub(r"Backward\d*$", "", _backward_name(fn))


def _backward_name(fn: Any) -> str:
    return str(fn.name()).split("::")[-1]


def _plain(name: str) -> str:
    """The same for the name of an operation (log_softmax_) and of its tape entry (LogSoftmax)."""
    return name.replace("_", "").lower()


def _reduced_dimensions(fn: Any, tensor: torch.Tensor) -> tuple[Any, ...]:
    if not hasattr(fn, "_saved_dim"):
        return ()
    # The tape keeps -1 as an unsigned number.
    dimensions = [d if d < tensor.ndim else d - 2**64 for d in fn._saved_dim or ()]
    return dimensions or list(range(tensor.ndim)), fn._saved_keepdim


class _TorchTape:
    def __init__(self, loss: torch.Tensor, names: Mapping[str, torch.Tensor], recorder: Recorder) -> None:
        _check_loss(loss)
        for name, tensor in names.items():
            if not isinstance(tensor, torch.Tensor):
                raise ValueError(f"names gives {name} = {tensor!r}: only torch tensors can be named")
        self.loss = loss
        self.recorder = recorder
        self.tensors = [*recorder.tensors, *names.values(), loss]
        self.given = set(names)
        known = {**recorder.parameters, **names}
        self.name_of_leaf = {id(tensor): name for name, tensor in known.items() if _output(tensor) is None}
        self.name_of_output = {_output(tensor): name for name, tensor in names.items()}
        self.end: Output = loss.grad_fn, loss.output_nr
        self.order = self._forward_order()
        for fn, number in self.order:
            _check_kind(fn, number)
        self.values: dict[Output, torch.Tensor] = {}

    def _forward_order(self) -> list[Output]:
        order: list[Output] = []
        seen: set[Output] = set()
        stack: list[tuple[Output, bool]] = [(self.end, False)]
        while stack:
            output, inputs_done = stack.pop()
            if inputs_done:
                order.append(output)
            elif output not in seen:
                seen.add(output)
                stack.append((output, True))
                stack.extend((source, False) for source in reversed(_sources(output[0])))
        return order

    def _name(self, output: Output) -> str:
        """How an error calls a value."""
        fn = output[0]
        if hasattr(fn, "variable"):
            return self.name_of_leaf.get(id(fn.variable)) or f"a leaf of shape {tuple(fn.variable.shape)}"
        return self.name_of_output.get(output) or _backward_name(fn)

    # --- values ---

    def _recover_values(self) -> None:
        """Fill `self.values`: every value that is known in several ways must be the same in all of them."""
        candidates: dict[Output, list[torch.Tensor]] = {output: [] for output in self.order}
        for output in self.order:
            fn, number = output
            if output in self.recorder.changed:
                raise ValueError(_changed(self._name(output)))
            if hasattr(fn, "variable"):
                candidates[output].append(fn.variable.detach())
                continue
            recorded = self.recorder.get_value(output)
            if recorded is not None:
                candidates[output].append(recorded)
            for source, attribute in self._inputs(fn):
                saved = self._saved(fn, attribute)
                if isinstance(saved, torch.Tensor) and source[0] is not None:
                    candidates[source].append(saved.detach())
            result = self._saved(fn, "_saved_result")
            if isinstance(result, torch.Tensor) and number == 0:
                candidates[output].append(result.detach())
        output_of_leaf = {id(fn.variable): (fn, 0) for fn, _ in self.order if hasattr(fn, "variable")}
        for leaf, value in self.recorder.leaves:
            if id(leaf) in output_of_leaf:
                candidates[output_of_leaf[id(leaf)]].append(value)
        for tensor in self.tensors:
            if _output(tensor) in candidates:
                candidates[_output(tensor) or self.end].append(tensor.detach())
        for output in self.order:
            self.values[output] = self._get_true_value(output, candidates[output])

    def _get_true_value(self, output: Output, candidates: list[torch.Tensor]) -> torch.Tensor:
        fn, number = output
        again = self._run_again(fn)
        if again is not None and not candidates:
            candidates = [again]
        if not candidates:
            raise ValueError(
                f"the tape did not keep the value of {_backward_name(fn)}: give it a name, e.g."
                ' names={"h": h}, so that it can be read from the tensor; or hand over the function that computes it,'
                " which keeps every value: ComputationGraph.from_function(f, x=x)"
            )
        value = candidates[0]
        if value.layout != torch.strided:
            raise ValueError(f"{self._name(output)} is a sparse tensor, which cannot be drawn: call .to_dense() on it")
        shape = tuple(fn.variable.shape if hasattr(fn, "variable") else fn._input_metadata[number].shape)
        # A sum that nearly cancels is only as exact as what is summed.
        summands = [self.values[source] for source in _sources(fn)]
        is_same = again is None or _same(value, again, summands=summands)
        if tuple(value.shape) != shape or not is_same or not all(_same(value, other) for other in candidates[1:]):
            raise ValueError(_changed(self._name(output)))
        return value

    @staticmethod
    def _inputs(fn: Any) -> Iterable[tuple[Output, str]]:
        """Where each input comes from, beside the name under which the entry may have saved it."""
        names = _SAVED_INPUTS.get(_stem(fn), ())
        return zip(fn.next_functions, (*names, *[""] * (len(fn.next_functions) - len(names))), strict=False)

    @staticmethod
    def _saved(fn: Any, attribute: str) -> Any:
        try:
            return getattr(fn, attribute, None)
        except RuntimeError as error:
            raise ValueError(explain(error)) from error

    def _run_again(self, fn: Any) -> torch.Tensor | None:
        rule = _FORWARD.get(_stem(fn))
        if rule is None:
            return None
        inputs = []
        for source, attribute in self._inputs(fn):
            value = self.values[source] if source[0] is not None else self._saved(fn, attribute)
            if value is None:
                return None
            inputs.append(value)
        try:
            with torch.no_grad():
                return rule(fn, *inputs)
        except (TypeError, RuntimeError, AttributeError):  # another operation of that name, with other inputs
            return None

    # --- gradients ---

    def _run_backward(self) -> tuple[dict[Output, torch.Tensor], dict[Output, list[torch.Tensor]]]:
        """The gradient that PyTorch's engine delivers to each value, and what each sends on to its inputs."""
        received: dict[Any, tuple[torch.Tensor | None, ...]] = {}
        sent: dict[Any, tuple[torch.Tensor | None, ...]] = {}

        def watch(fn: Any) -> Any:
            def hook(to_inputs: tuple[torch.Tensor | None, ...], given: tuple[torch.Tensor | None, ...]) -> None:
                sent[fn], received[fn] = to_inputs, given

            return fn.register_hook(hook)

        leaves = [fn for fn, _ in self.order if hasattr(fn, "variable")]
        handles = [watch(fn) for fn in {fn for fn, _ in self.order} if not hasattr(fn, "variable")]
        try:
            delivered = self._get_gradients([fn.variable for fn in leaves])
        finally:
            for handle in handles:
                handle.remove()
        received |= {fn: (gradient,) for fn, gradient in zip(leaves, delivered, strict=True)}
        gradients = {
            (fn, number): _dense(received[fn][number] if fn in received else None, self.values[fn, number])
            for fn, number in self.order
        }
        flows: dict[Output, list[torch.Tensor]] = {}
        for output in self.order:
            fn = output[0]
            nothing = (None,) * len(fn.next_functions)  # a leaf's, or where no gradient arrives
            joint = [
                _dense(flow, self.values[source])
                for flow, source in zip(sent.get(fn, nothing), fn.next_functions, strict=True)
                if source[0] is not None
            ]
            outputs = [other for other in self.order if other[0] is fn] if len(fn._input_metadata) > 1 else [output]
            flows[output] = joint if len(outputs) == 1 else self._get_share(output, outputs, gradients, joint)
        return gradients, flows

    def _get_share(
        self,
        output: Output,
        outputs: list[Output],
        gradients: dict[Output, torch.Tensor],
        joint: list[torch.Tensor],
    ) -> list[torch.Tensor]:
        """What one of an operation's several results sends back: the engine only sends their sum."""
        fn = output[0]
        sources = _sources(fn)
        shares: dict[Output, list[torch.Tensor]] = {}
        try:
            for other in outputs:
                flows = self._call_backward(*other, gradients[other])
                kept = [flow for flow, source in zip(flows, fn.next_functions, strict=True) if source[0] is not None]
                shares[other] = [
                    _dense(flow, self.values[source]).sum_to_size(self.values[source].shape)
                    for flow, source in zip(kept, sources, strict=True)
                ]
        except Exception:  # anything may stand in a backward that somebody wrote
            shares = {}
        parts = list(zip(*shares.values(), strict=True))
        if not parts or not all(map(_is_sum, joint, parts)):
            raise ValueError(
                f"several results of one operation ({_backward_name(fn)}) are used, and what each of them sends back"
                " cannot be told apart: compute them one by one"
            )
        return shares[output]

    def _get_gradients(self, inputs: list[torch.Tensor]) -> tuple[torch.Tensor | None, ...]:
        """One backward pass of PyTorch's, which leaves every `.grad` as it was."""
        kept = {id(t): t for t in self.tensors if _output(t) is not None and t.retains_grad}.values()
        before = [None if t.grad is None else t.grad.clone() for t in kept]  # it may be added to in place
        try:
            return torch.autograd.grad(self.loss, inputs, retain_graph=True, allow_unused=True)
        except RuntimeError as error:
            raise ValueError(explain(error)) from error
        finally:
            for tensor, gradient in zip(kept, before, strict=True):
                tensor.grad = gradient

    def _get_derivatives(
        self, output: Output, gradient: torch.Tensor, flows: list[torch.Tensor]
    ) -> tuple[Array | None, ...]:
        """Per input, the local derivative where the operation acts entry by entry, else None."""
        value = self.values[output]
        slots = [slot for slot, (source, _) in enumerate(output[0].next_functions) if source is not None]
        # An operation acts entry by entry if what it sends back for any upstream gradient is the same multiple of it.
        probe = torch.arange(value.numel(), dtype=torch.float64).mul(0.7548776662466927).frac().add(0.5)
        probe = probe.reshape(value.shape).to(value)
        try:
            for_ones = self._call_backward(*output, torch.ones_like(value))
            for_probe = self._call_backward(*output, probe)
        except Exception:  # anything may stand in a backward that somebody wrote
            return (None,) * len(slots)
        derivatives: list[Array | None] = []
        for slot, flow in zip(slots, flows, strict=True):
            derivative, probed = for_ones[slot], for_probe[slot]
            if derivative is None or probed is None:
                derivatives.append(None)
                continue
            if value.numel() == flow.numel() == derivative.numel() == probed.numel() == 1:
                derivative, probed = derivative.reshape(value.shape), probed.reshape(value.shape)
            is_true = (
                derivative.shape == value.shape
                and _same(probed, derivative * probe, absolute=False)
                and _is_summed(flow, derivative * gradient)
            )
            derivatives.append(_array(derivative) if is_true else None)
        return tuple(derivatives)

    @staticmethod
    def _call_backward(fn: Any, number: int, upstream: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        """What an operation sends back, before the engine sums it to its inputs' shapes."""
        given: list[torch.Tensor | None] = [None] * len(fn._input_metadata)
        given[number] = upstream
        with torch.no_grad():
            flows = fn(*given) if callable(fn) else fn.apply(*given)  # apply: of a torch.autograd.Function
        return flows if isinstance(flows, tuple) else (flows,)

    # --- the record ---

    def read(self) -> Graph:
        for output in self.order:
            if getattr(getattr(output[0], "variable", None), "_post_accumulate_grad_hooks", None):
                raise ValueError(
                    f"{self._name(output)} has a hook that runs after its .grad is set: remove it to draw the graph"
                )
        self._recover_values()
        gradients, flows = self._run_backward()
        arriving: dict[Output, list[torch.Tensor]] = {output: [] for output in self.order}
        arriving[self.end].append(torch.ones_like(gradients[self.end]))
        for output in self.order:
            for source, flow in zip(_sources(output[0]), flows[output], strict=True):
                arriving[source].append(flow)
        nodes: list[Node] = []
        index: dict[Output, int] = {}  # of the node that stands for a value where it is used
        leaves: dict[int, torch.Tensor] = {}
        places: dict[int, list[int]] = {}  # of the nodes, by the numbers of their entries on the tape
        for output in self.order:
            if hasattr(output[0], "variable"):
                leaves[len(nodes)] = output[0].variable
            before = len(nodes)
            nodes.append(self._get_node(output, gradients[output], flows[output], index))
            if not _is_sum(gradients[output], arriving[output]):
                arrived = torch.stack(arriving[output]).sum(0)
                nodes.append(self._get_hook(output, arrived, gradients[output], len(nodes) - 1))
            if not hasattr(output[0], "variable"):
                places.setdefault(output[0]._sequence_nr(), []).extend(range(before, len(nodes)))
            index[output] = len(nodes) - 1
        nodes[-1] = replace(nodes[-1], kind="output")
        graph = Graph(tuple(nodes))
        graph = replace(graph, groups=self._get_groups(graph, places))
        self._compare_with_pytorch(graph, leaves)
        return graph

    def _get_node(
        self, output: Output, gradient: torch.Tensor, flows: list[torch.Tensor], index: dict[Output, int]
    ) -> Node:
        fn = output[0]
        value = _array(self.values[output])
        if hasattr(fn, "variable"):
            kind: Kind = "parameter" if isinstance(fn.variable, torch.nn.Parameter) else "input"
            return Node(kind, self.name_of_leaf.get(id(fn.variable), ""), value, _array(gradient))
        return Node(
            kind="operation",
            name=self.name_of_output.get(output, ""),
            symbol=self._symbol(output),
            backward_name=_backward_name(fn),
            inputs=tuple(index[source] for source in _sources(fn)),
            value=value,
            gradient=_array(gradient),
            derivatives=self._get_derivatives(output, gradient, flows),
            flows=tuple(map(_array, flows)),
            saved=_get_saved(fn),
            saved_at=_get_saved_at(fn),
        )

    def _get_groups(self, graph: Graph, places: dict[int, list[int]]) -> tuple[Group, ...]:
        """What each call put on the tape, with the parameters that nothing else uses."""
        users: list[set[int]] = [set() for _ in graph.nodes]
        for edge in graph.edges:
            users[edge.source].add(edge.target)
        leaves = [i for i, node in enumerate(graph.nodes) if not node.inputs]
        groups = []
        for call in self.recorder.calls:
            if not call.name or not (call.is_module or call.last - call.first > 1):
                continue  # the whole; one operation
            members = {i for number in range(call.first, call.last) for i in places.get(number, ())}
            for i in leaves if call.is_module else ():
                name = graph.nodes[i].name
                is_its_own = name.startswith(f"{call.name}.") and name not in self.given
                if (is_its_own or not name) and users[i] <= members:
                    members.add(i)
            name = call.name.rpartition(".")[2]
            is_named = call.is_module and name.isidentifier() and name != call.kind  # "query" says more than its class
            symbol = Rf"\mathrm{{{name}}}" if is_named else _FUNCTIONS.get(call.kind, Rf"\mathrm{{{call.kind}}}")
            groups.append(Group(call.name, call.kind, symbol, frozenset(members), call.is_module))
        return tuple(groups)

    def _get_hook(self, output: Output, arrived: torch.Tensor, delivered: torch.Tensor, source: int) -> Node:
        """A tensor's hook as a node of its own: the value passes through it, and the gradient leaves it changed."""
        fn = output[0]
        if hasattr(fn, "variable"):
            is_known = bool(fn.variable._backward_hooks)
        else:
            is_known = output in self.recorder.hooked or any(
                bool(tensor._backward_hooks) for tensor in self.tensors if _output(tensor) == output
            )
        if not is_known:
            raise ValueError(
                f"something changes the gradient of {self._name(output)} on its way back, a hook on that tensor or on"
                ' its grad_fn: name the tensor, e.g. names={"h": h}, or remove the hook'
            )
        return Node(
            kind="operation",
            name="",
            symbol=R"\mathrm{hook}",
            backward_name="hook",
            inputs=(source,),
            value=_array(self.values[output]),
            gradient=_array(arrived),
            derivatives=(None,),
            flows=(_array(delivered),),
        )

    def _compare_with_pytorch(self, graph: Graph, leaves: dict[int, torch.Tensor]) -> None:
        """Hold every leaf's gradient against PyTorch's, and every gradient against the sum of what flows there.

        Raises:
            ValueError: they differ.
        """
        expected = dict(zip(leaves, self._get_gradients(list(leaves.values())), strict=True))
        arriving: list[list[torch.Tensor]] = [[] for _ in graph.nodes]
        arriving[-1].append(torch.ones(graph.nodes[-1].gradient.shape, dtype=torch.float64))
        for edge in graph.edges:
            arriving[edge.source].append(torch.from_numpy(graph.nodes[edge.target].flows[edge.slot]))
        coarsest = max((value.dtype for value in self.values.values()), key=lambda dtype: torch.finfo(dtype).eps)
        for i, node in enumerate(graph.nodes):
            gradient = torch.from_numpy(node.gradient)
            is_true = _is_sum(gradient, arriving[i], coarsest)
            if i in leaves:
                truth = _dense(expected[i], leaves[i]).cpu()
                is_true = is_true and _same(gradient, truth, coarsest, arriving[i])
            if not is_true:
                raise ValueError(
                    f"the gradient of {node.name or node.backward_name or 'a leaf'} is not the same in two backward"
                    " passes, or not the sum of what flows back to it: a hook or a backward function that gives"
                    " something else at every run cannot be drawn"
                )

    @staticmethod
    def _get_name_of_kind(fn: Any, stem: str) -> str:
        if hasattr(fn, "saved_tensors") or not re.fullmatch(r"[A-Za-z0-9]+", stem):  # a torch.autograd.Function
            return Rf"\mathrm{{{stem}}}"
        return Rf"\text{{{_get_words(stem)}}}"

    def _symbol(self, output: Output) -> str:
        fn = output[0]
        stem = _stem(fn)
        if stem == "Pow" and _is_number(fn, "_saved_exponent"):
            return f"(\\cdot)^{{{tex_number(fn._saved_exponent, 4)}}}"
        if stem == "Pow" and _is_number(fn, "_saved_self"):
            return f"{tex_number(fn._saved_self, 4)}^{{(\\cdot)}}"
        symbol = _SYMBOLS.get(stem) or self._get_name_of_kind(fn, stem)
        if getattr(fn, "_saved_alpha", 1) != 1 and stem in ("Add", "Sub", "Rsub"):
            return Rf"\mathrm{{{stem}}}_{{\alpha = {tex_number(fn._saved_alpha, 4)}}}"
        if getattr(fn, "_saved_rounding_mode", None):
            return Rf"\mathrm{{{fn._saved_rounding_mode}}} \div"
        live = [slot for slot, (source, _) in enumerate(fn.next_functions) if source is not None]
        if stem not in _CONSTANT or len(live) == len(fn.next_functions) == 2:
            return symbol
        given = self.values[fn.next_functions[live[0]]].double()
        constants = _CONSTANT[stem](self.values[output].double(), given, live[0]).flatten()
        if not bool(torch.isfinite(constants).all()) or not _same(constants, constants[:1].expand(constants.shape)):
            return symbol
        constant = tex_number(float(constants[0]), 4)
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


def _get_saved(fn: Any) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """The tensors that an entry of the tape keeps for the way back: their names there, and their shapes."""
    if hasattr(fn, "saved_tensors"):  # of a torch.autograd.Function
        return tuple((f"saved {i + 1}", tuple(tensor.shape)) for i, tensor in enumerate(fn.saved_tensors))
    names = [name for name in dir(fn) if name.startswith("_saved_")]
    saved = [(name.removeprefix("_saved_"), getattr(fn, name)) for name in names]
    return tuple((name, tuple(thing.shape)) for name, thing in saved if isinstance(thing, torch.Tensor))


def _get_saved_at(fn: Any) -> tuple[int, ...]:
    """Where in memory those tensors are, in the same order: entries that keep the same tensor keep it once."""
    if hasattr(fn, "saved_tensors"):
        return tuple(tensor.data_ptr() for tensor in fn.saved_tensors)
    saved = (getattr(fn, name) for name in dir(fn) if name.startswith("_saved_"))
    return tuple(thing.data_ptr() for thing in saved if isinstance(thing, torch.Tensor))


def _check_loss(loss: Any) -> None:
    if not isinstance(loss, torch.Tensor):
        raise ValueError(f"a graph ends in a torch tensor with one entry, but this is {loss!r}")
    if loss.numel() != 1:
        raise ValueError(
            f"a graph ends in one number, but this tensor has shape {tuple(loss.shape)}: reduce it, say with .sum()"
        )
    if loss.is_leaf and loss.requires_grad:
        raise ValueError("this tensor is a leaf, of which nothing has been computed yet: compute something from it")
    if loss.grad_fn is None:
        raise ValueError(
            "this tensor has no grad_fn, so PyTorch knows no way back from it: compute it from tensors with"
            " requires_grad=True, outside torch.no_grad(), and not by .detach(), .item(), a comparison or an argmax"
        )


def _check_kind(fn: Any, number: int) -> None:
    """Refuse what has no real numbers to show."""
    described = fn.variable if hasattr(fn, "variable") else fn._input_metadata[number]
    name = _backward_name(fn)
    if described.dtype.is_complex:
        raise ValueError(
            f"{name} computes with complex numbers, which cannot be drawn: compute with the real and the imaginary part"
            " apart, as two inputs"
        )
    if described.device.type == "meta":
        raise ValueError(
            f"{name} is on the meta device, where tensors have a shape but no numbers: make its inputs on the cpu"
        )
    if described.is_nested if isinstance(described, torch.Tensor) else described.is_nested_tensor:
        raise ValueError(f"{name} computes with a nested tensor, which cannot be drawn: pad it to a plain one")


def _changed(name: str) -> str:
    return (
        f"{name} has more than one value, because it was changed in place where PyTorch keeps no record of it (under"
        " torch.no_grad(), through .data or .detach()): compute a new tensor instead"
    )


def _sources(fn: Any) -> list[Output]:
    return [source for source in fn.next_functions if source[0] is not None]


def _dense(gradient: torch.Tensor | None, value: torch.Tensor) -> torch.Tensor:
    """A gradient as PyTorch means it: none is zero, and a sparse one has zeros."""
    if gradient is None:
        return torch.zeros_like(value)
    return gradient.detach() if gradient.layout == torch.strided else gradient.detach().to_dense()


def _is_summed(flow: torch.Tensor, spread: torch.Tensor) -> bool:
    """Is a gradient what the engine makes of one of a larger shape, by summing where something was broadcast?"""
    try:
        return _same(flow, spread.sum_to_size(flow.shape), summands=[spread])
    except RuntimeError:  # the shapes are no broadcast
        return False


def _is_sum(total: torch.Tensor, parts: Sequence[torch.Tensor], rounding: torch.dtype | None = None) -> bool:
    if any(part.shape != total.shape for part in parts):
        return False
    return _same(total, sum(parts, torch.zeros_like(total)), rounding, parts)


def _same(
    one: torch.Tensor,
    other: torch.Tensor,
    rounding: torch.dtype | None = None,
    summands: Iterable[torch.Tensor] = (),
    absolute: bool = True,
) -> bool:
    """Are two arrays the same, but for rounding?

    Args:
        rounding: a type coarser than theirs that was computed in.
        summands: what they were added up from: where it cancels, its rounding remains.
        absolute: small entries may be off by the rounding of the largest.
    """
    if any(t.is_nested or t.device.type == "meta" or t.layout != torch.strided for t in (one, other)):
        return True  # such a one is not drawn
    if one.shape != other.shape:
        return False
    if not (one.is_floating_point() and other.is_floating_point()):
        return torch.equal(one, other)
    types = [one.dtype, other.dtype, *([rounding] if rounding else [])]
    tolerance = max(torch.finfo(dtype).eps for dtype in types) ** 0.5
    largest = 0.0
    for tensor in (one, *summands) if absolute else ():
        finite = tensor.detach()[tensor.isfinite()]
        largest = max([largest, *([float(finite.abs().max())] if finite.numel() else [])])
    one, other = one.detach().double(), other.detach().double()
    return torch.allclose(one, other, rtol=tolerance, atol=tolerance * largest, equal_nan=True)


def _array(tensor: torch.Tensor) -> Array:
    return tensor.detach().cpu().double().numpy()
