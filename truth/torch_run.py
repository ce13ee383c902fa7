"""Your own function, your own module: run once, with every value, gradient and module seen.

The run is recorded under two modes of PyTorch's at once. A `TorchFunctionMode` sees the tensors that the tape is made
of, and which of torch's functions made them; a `TorchDispatchMode` below it sees what the operations inside a function
give, which no Python code ever holds. Hooks on modules see which module is at work. All of it is tied to the tape by
the numbers that PyTorch's engine gives to its entries. Unlike under `torch.fx`, nothing is traced by stand-ins: the
code runs as it always does, with its `if`s, loops and changes in place; unlike under `make_fx`, each value stays with
the entry of the tape that sends its gradient.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from torch import nn

from truth.graph import Graph
from truth.torch_tape import Recorder, explain, get_mend, is_about_arguments, read_tape


def make_seeded(make: Callable[[], nn.Module], seed: int) -> nn.Module:
    """A module whose random weights are the same at every run; PyTorch's own generator is left as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)  # a copy: what modules draw their weights from
        return make()


def run_function(function: Callable[..., Any], inputs: Mapping[str, Any]) -> Graph:
    """What `Graph.from_function` promises."""
    leaves = {name: as_leaf(name, value) for name, value in inputs.items()}
    returned = _record(lambda: function(**leaves), leaves, recorder := Recorder())
    result, names = _get_result(returned, "the function")
    return _read(result, {"L": result, **leaves, **names}, leaves, recorder)


def run_module(
    module: nn.Module, inputs: tuple[Any, ...], named: Mapping[str, Any], loss: Callable[[Any], Any] | None
) -> Graph:
    """What `Graph.from_module` promises."""
    if not isinstance(module, nn.Module):
        raise ValueError(f"this is no torch.nn.Module, but {module!r}: a function is drawn by from_function")
    if any(nn.parameter.is_lazy(parameter) for parameter in module.parameters()):
        raise ValueError(f"{type(module).__name__} has no weights yet: run it once on an example, then draw it")
    wanted = [*inspect.signature(module.forward).parameters, *(f"x_{i + 1}" for i in range(len(inputs)))]
    names = ["x"] if len(inputs) == 1 else wanted
    given = {name: value for name, value in zip(names, inputs, strict=False)}
    leaves = {name: as_leaf(name, value, like=module) for name, value in given.items()}
    others = {name: as_leaf(name, value, like=module) for name, value in named.items()}

    def run() -> Any:
        returned = module(*leaves.values(), **others)
        if loss is not None:
            return loss(returned)
        if not isinstance(returned, torch.Tensor):
            raise _SeveralResults(
                f"{type(module).__name__} gives a {type(returned).__name__}: a graph ends in one number, so say which"
                " one of its results counts, e.g. loss=lambda result: result[0].sum()"
            )
        if returned.is_complex() or returned.numel() == 1:
            return returned
        return returned.sum()

    leaves |= others
    returned = _record(run, leaves, recorder := Recorder(module))
    result, results = _get_result(returned, "the loss")
    return _read(result, {"L": result, **leaves, **results}, leaves, recorder)


class _SeveralResults(ValueError):
    """A module's result that is not one tensor."""


def as_leaf(name: str, value: Any, like: nn.Module | None = None) -> Any:
    """An input as a tensor of its own that takes a gradient.

    Args:
        value: a number, (nested) lists of numbers, an array; or a tensor. Whole and truth values in a tensor stay what
            they are: indices, classes, masks. A parameter stays itself.
        like: a module whose precision numbers, lists and arrays take; double precision if None.

    Raises:
        ValueError: anything else, or a tensor without real numbers that can be shown.
    """
    if isinstance(value, torch.Tensor):
        refused = _what_cannot_be_drawn(value)
        if refused:
            raise ValueError(f"the input {name} {refused}")
        if isinstance(value, nn.Parameter) or not value.is_floating_point():
            return value
        return value.detach().clone().requires_grad_()
    try:
        numbers = np.array(value)
    except ValueError:  # rows of different lengths
        numbers = np.array(None)
    if numbers.dtype.kind == "c":
        raise ValueError(f"the input {name} {_COMPLEX}")
    if numbers.dtype.kind not in "buif" or not numbers.size:
        raise ValueError(
            f"the input {name} = {value!r} is no number, list of numbers or tensor: write it into the function, e.g."
            " lambda x: f(x, mode='nearest')"
        )
    precision = next((p.dtype for p in like.parameters() if p.is_floating_point()), None) if like else None
    return torch.tensor(numbers, dtype=precision or torch.float64, requires_grad=True)


_COMPLEX = "has complex numbers, which cannot be drawn: give the real and the imaginary part as two inputs"


def _what_cannot_be_drawn(tensor: torch.Tensor) -> str:
    if tensor.is_complex():
        return _COMPLEX
    if tensor.is_nested:
        return "is a nested tensor, which cannot be drawn: pad it to a plain one"
    if tensor.layout != torch.strided:
        return "is a sparse tensor, which cannot be drawn: call .to_dense() on it"
    if tensor.device.type == "meta":
        return "is on the meta device, where tensors have a shape but no numbers: make it on the cpu"
    if not tensor.numel():
        return f"is empty, of shape {tuple(tensor.shape)}: give it numbers"
    return ""


def _record(run: Callable[[], Any], leaves: Mapping[str, Any], recorder: Recorder) -> Any:
    """Run it; an error of PyTorch's becomes one sentence, one in her own code stays what it is."""
    before = {name: leaf.detach().clone() for name, leaf in leaves.items()}
    try:
        with recorder, torch.enable_grad():
            returned = run()
    except _SeveralResults:
        raise
    except Exception as error:
        is_pytorchs = isinstance(error, RuntimeError) or is_about_arguments(error) or bool(get_mend(error))
        if not (_ends_in_pytorch(error) or is_pytorchs):
            raise
        if str(error).startswith("the expression runs "):  # the recorder's own refusal
            raise
        shapes = ", ".join(f"{name} of shape {tuple(leaf.shape)}" for name, leaf in leaves.items())
        refusal = ValueError(f"the expression cannot be computed: {explain(error)}; its inputs: {shapes}")
        raise refusal.with_traceback(error.__traceback__) from None
    for name, leaf in leaves.items():
        if not torch.equal(leaf.detach().nan_to_num(), before[name].nan_to_num()):
            raise ValueError(
                f"the expression changes its input {name} in place: compute a new tensor, or begin with"
                f" {name} = {name}.clone()"
            )
    return returned


def _ends_in_pytorch(error: BaseException) -> bool:
    """Did PyTorch raise it? Its traceback is then cut off after the author's own last line."""
    steps, step = [], error.__traceback__
    while step is not None:
        steps.append(step)
        step = step.tb_next
    names = [str(step.tb_frame.f_globals.get("__name__", "")) for step in steps]
    own = [place for place, name in enumerate(names) if name.split(".")[0] != "torch" and name != "truth.torch_tape"]
    if own[-1] == len(steps) - 1:
        return False
    steps[own[-1]].tb_next = None
    return True


def _get_result(returned: Any, name: str) -> tuple[torch.Tensor, Mapping[str, Any]]:
    """The result, and the names of intermediate ones."""
    result: Any = returned
    names: Mapping[str, Any] = {}
    if isinstance(returned, tuple) and len(returned) == 2 and isinstance(returned[1], Mapping):
        result, names = returned
    if isinstance(result, tuple | list | Mapping):
        raise ValueError(
            f"{name} returned {len(result)} results: a graph ends in one number, so return one of them or their sum"
            ' (names of intermediate results stand in a dict beside it: return result, {"h": h})'
        )
    if not isinstance(result, torch.Tensor):
        raise ValueError(f"{name} returned {result!r}: it must return a torch tensor")
    return result, names


def _read(
    result: torch.Tensor, names: Mapping[str, torch.Tensor], leaves: Mapping[str, Any], recorder: Recorder
) -> Graph:
    graph = read_tape(result, names, recorder)
    drawn = {node.name for node in graph.nodes if not node.inputs}
    unused = [name for name, leaf in leaves.items() if leaf.requires_grad and name not in drawn]
    if unused:
        raise ValueError(
            f"no gradient flows back to {', '.join(unused)}: the expression does not use it, or only through a"
            " comparison, an index or .detach(); take it out of the inputs and write it as a plain number or tensor"
        )
    return graph
