"""What a feed-forward network computes on the way: every layer's activations, by the network itself."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import nn

from truth.activations import relu
from truth.numerics import FloatArray, as_floats


@dataclass(frozen=True)
class WeightStack:
    """A network given by arrays: a_{l+1} = activation(W_l a_l + b_l), `last_activation` for the last layer.

    Attributes:
        weights: W_l, each (n_out, n_in).
        biases: b_l, each (n_out,).
    """

    weights: Sequence[FloatArray]
    biases: Sequence[FloatArray]
    activation: Callable[[FloatArray], FloatArray] = relu
    last_activation: Callable[[FloatArray], FloatArray] | None = None

    def get_weights(self) -> list[FloatArray]:
        return list(self.weights)

    def get_activations(self, x: Any) -> list[FloatArray]:
        """x and the values after each layer: [(n_0,), (n_1,), …]."""
        activations = [as_floats(x, ndim=1, name="input")]
        if len(activations[0]) != self.weights[0].shape[1]:
            shapes = activations[0].shape, self.weights[0].shape
            raise ValueError(f"an input of shape {shapes[0]} does not fit weights of shape {shapes[1]}")
        last = len(self.weights) - 1
        for layer, (w, b) in enumerate(zip(self.weights, self.biases, strict=True)):
            f = self.last_activation if layer == last else self.activation
            z = w @ activations[-1] + b
            a = z if f is None else as_floats(f(z), name=f"activations {layer + 1}")
            if a.shape != z.shape:
                raise ValueError(f"the activation of layer {layer + 1} makes shape {a.shape} of shape {z.shape}")
            activations.append(a)
        return activations


class TorchStack:
    """The same for a torch.nn.Sequential: its own modules compute, with its weights as they are now.

    Modules between two Linear layers belong to the layer before them, so a layer's activations are what the
    next Linear is handed: after an activation function, a BatchNorm or Dropout in evaluation mode, a LayerNorm.
    Modules before the first Linear (a Flatten) belong to the input. Where the modules need a batch (BatchNorm,
    Flatten(), Softmax(1)), an example is handed to them as a batch of one.

    Raises:
        TypeError: no Linear layer in it, a module with other weight matrices (a convolution), or one that does
            more than run modules in a row.
        ValueError: layers whose sizes do not fit (with both shapes), a module that changes the number of
            values between two layers, or one whose results are not its own in training mode.
    """

    def __init__(self, model: nn.Module) -> None:
        self.modules = flatten_sequential(model)
        for module in self.modules:
            _refuse_what_cannot_be_drawn(module)
        self.linears = [module for module in self.modules if isinstance(module, nn.Linear)]
        if not self.linears:
            raise TypeError("this model has no torch.nn.Linear layer to draw")
        first = self.modules.index(self.linears[0])
        self.before, self.layers = self.modules[:first], self.modules[first:]
        refuse_training(self.modules)
        self.is_batched = self._needs_batch()

    def get_weights(self) -> list[FloatArray]:
        """Each Linear's weight (n_out, n_in), copied."""
        return [as_floats(linear.weight, ndim=2, name="weight") for linear in self.linears]

    def get_activations(self, x: Any) -> list[FloatArray]:
        """x as the first Linear gets it, and the values after each layer: [(n_0,), (n_1,), …].

        Raises:
            ValueError: an input that does not fit (with both shapes), or a model put back into training mode.
        """
        refuse_training(self.modules)
        with torch.no_grad():
            outputs = self._run_layers(self._get_first_input(x), self.is_batched)
        return [as_floats(a, name="activations").reshape(-1) for a in outputs]

    def _get_first_input(self, x: Any) -> torch.Tensor:
        """What the modules before the first Linear make of x: (n_0,)."""
        first = self.linears[0]
        given = as_floats(x, name="input")
        value = torch.as_tensor(given, dtype=first.weight.dtype, device=first.weight.device)
        misfit = None
        for batched in (value, value[None]) if self.before else (value,):
            try:
                for module in self.before:
                    batched = module(batched)
            except (RuntimeError, IndexError, ValueError) as error:
                misfit = error
                continue
            if batched.numel() == first.in_features:
                return batched.reshape(-1)
        if misfit is not None:
            raise ValueError(
                f"an input of shape {given.shape} cannot pass {in_words(self.before)}: {in_one_line(misfit)}"
            )
        raise ValueError(
            f"an input of shape {given.shape} does not fit: the first layer, {in_words([first])}, takes "
            f"{first.in_features} values. Hand over one example" + ("" if self.before else f", {(first.in_features,)}")
        )

    def _run_layers(self, x: torch.Tensor, is_batched: bool) -> list[torch.Tensor]:
        """x and the values after each layer, each as the modules hand it on.

        Raises:
            ValueError: sizes that do not fit.
        """
        value = x[None] if is_batched else x
        outputs: list[torch.Tensor] = []
        previous: nn.Linear | None = None
        between: list[nn.Module] = []
        for module in self.layers:
            if isinstance(module, nn.Linear):
                if value.numel() != module.in_features:
                    assert previous is not None  # the first one's input is checked before
                    raise ValueError(
                        f"{in_words([module])} takes {module.in_features} values, but "
                        f"{in_words([previous, *between])} gives {value.numel()}: this model cannot run"
                    )
                outputs.append(value)
                previous, between = module, []
            else:
                between.append(module)
            try:
                value = module(value)
            except (RuntimeError, IndexError, ValueError, TypeError) as error:
                raise _Misfit(f"{in_words([module])} cannot take {tuple(value.shape)}: {in_one_line(error)}") from None
            assert previous is not None
            if not isinstance(value, torch.Tensor) or value.numel() != previous.out_features:
                count = f"{value.numel()} of them" if isinstance(value, torch.Tensor) else f"a {type(value).__name__}"
                raise ValueError(
                    f"{in_words([module])} makes {count} of the {previous.out_features} values of "
                    f"{in_words([previous])}: between layers only modules that keep their number can be drawn, "
                    "such as ReLU, GELU, BatchNorm1d or Dropout"
                )
        return [*outputs, value]

    def _needs_batch(self) -> bool:
        """Whether the modules run on a batch of one only.

        Raises:
            ValueError: they run on neither one example nor a batch, or a Linear computes something else.
        """
        weight = self.linears[0].weight
        probe = torch.linspace(-1, 1, weight.shape[1], dtype=weight.dtype, device=weight.device)
        with torch.no_grad():
            try:
                self._run_layers(probe, is_batched=False)
                is_batched = False
            except _Misfit:
                self._run_layers(probe, is_batched=True)
                is_batched = True
            for linear in self.linears:
                x = torch.linspace(-1, 1, linear.in_features, dtype=linear.weight.dtype, device=linear.weight.device)
                if not torch.allclose(linear(x), nn.functional.linear(x, linear.weight, linear.bias), equal_nan=True):
                    raise ValueError(f"{in_words([linear])} computes something else than its weight · x + bias")
        return is_batched


def refuse_training(modules: Sequence[nn.Module]) -> None:
    """Let pass modules whose results are their own.

    Raises:
        ValueError: one that draws lots, or mixes the examples of a batch, as it does in training mode.
    """
    for module in modules:
        says = ""
        if module.training and ((isinstance(module, _DROPS) and module.p > 0) or isinstance(module, nn.RReLU)):
            says = f"{in_words([module])} draws lots at every run"
        elif module.training and isinstance(module, nn.modules.batchnorm._BatchNorm):
            says = f"{in_words([module])} depends on what else is in the batch"
        if says:
            raise ValueError(f"this model is in training mode, where {says}: call .eval() on it first")


class _Misfit(ValueError):
    """A module that cannot take what it is handed."""


_DROPS = nn.modules.dropout._DropoutNd


def in_words(modules: Sequence[nn.Module]) -> str:
    """Modules as a person writes them: "Linear(3, 4), BatchNorm1d(4)"."""
    return ", ".join(re.split(r", (?:eps|inplace|stride|end_dim)=|\n", _in_code(module))[0] + ")" for module in modules)


def _in_code(module: nn.Module) -> str:
    if isinstance(module, nn.Linear):
        return f"{type(module).__name__}({module.in_features}, {module.out_features}"
    return repr(module).removesuffix(")")


def in_one_line(error: Exception) -> str:
    """The first line of an error's message."""
    return str(error).strip().split("\n")[0].rstrip(".")


def _get_linears(module: nn.Module) -> dict[str, nn.Linear]:
    """The Linear layers inside a module, by their names there."""
    return {name: part for name, part in module.named_modules() if name and isinstance(part, nn.Linear)}


def _refuse_what_cannot_be_drawn(module: nn.Module) -> None:
    """Let pass Linear layers with weights, and modules without weight matrices.

    Raises:
        TypeError: anything else; the message says what to hand over instead.
    """
    kind, inner = type(module).__name__, _get_linears(module)
    if isinstance(module, nn.modules.lazy.LazyModuleMixin) and module.has_uninitialized_params():
        raise TypeError(f"{kind} has no weights yet: run the model once on an example, then draw it")
    if inner:
        layers = ", ".join(f"{name} = {in_words([linear])}" for name, linear in inner.items())
        raise TypeError(
            f"{kind} has Linear layers ({layers}), but what it does between them is its own code, which cannot be "
            "drawn: hand over what it runs, in its order, as nn.Sequential("
            + ", ".join(f"model.{name}" if not name[0].isdigit() else f"model[{name}]" for name in list(inner)[:2])
            + ", ...)"
        )
    if not isinstance(module, nn.Linear) and any(p.ndim > 1 for p in module.parameters()):
        raise TypeError(f"cannot draw {kind}: only Linear layers have drawn weights")


def flatten_sequential(model: nn.Module) -> list[nn.Module]:
    """The modules that a Sequential runs one after the other, also those of Sequentials inside it."""
    if isinstance(model, nn.Sequential) and type(model).forward is nn.Sequential.forward:
        return [module for child in model for module in flatten_sequential(child)]
    return [model]


def as_stack(
    model: Any,
    biases: Sequence[Any] | None = None,
    activation: Callable[[FloatArray], FloatArray] | None = None,
    last_activation: Callable[[FloatArray], FloatArray] | None = None,
) -> WeightStack | TorchStack:
    """A torch.nn.Sequential, or a list of weight arrays, as what can tell its weights and activations.

    Args:
        model: a torch.nn.Module, or a list of arrays (n_out, n_in), the first layer first.
        biases: for arrays: one (n_out,) for each; zeros if None.
        activation: for arrays: after every layer but the last; relu if None.
        last_activation: for arrays: after the last layer; nothing if None.

    Raises:
        TypeError, ValueError: weights that do not chain, or biases that do not fit (the message has both shapes);
            a model that TorchStack refuses.
    """
    if isinstance(model, nn.Module):
        return TorchStack(model)
    weights = [as_floats(w, ndim=2, name=f"weights {layer}") for layer, w in enumerate(model)]
    if not weights:
        raise ValueError("a network needs at least one weight matrix")
    for layer, (w, following) in enumerate(pairwise(weights)):
        if w.shape[0] != following.shape[1]:
            raise ValueError(
                f"weights {layer} of shape {w.shape} give {w.shape[0]} values, "
                f"but weights {layer + 1} of shape {following.shape} take {following.shape[1]}"
            )
    if biases is None:
        biases = [np.zeros(len(w)) for w in weights]
    checked = [as_floats(b, ndim=1, name=f"biases {layer}") for layer, b in enumerate(biases)]
    shapes = [len(w) for w in weights], [len(b) for b in checked]
    if shapes[0] != shapes[1]:
        raise ValueError(f"biases of lengths {shapes[1]} do not fit layers of sizes {shapes[0]}")
    return WeightStack(weights, checked, activation or relu, last_activation)
