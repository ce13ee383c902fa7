"""What a feed-forward network computes on the way: every layer's activations, by the network itself."""

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
            activations.append(z if f is None else f(z))
        return activations


class TorchStack:
    """The same for a torch.nn.Sequential: its own modules compute, with its weights as they are now.

    Modules between two Linear layers belong to the layer before them, so a layer's activations are what the
    next Linear is handed; modules before the first Linear (a Flatten) belong to the input.

    Raises:
        TypeError: no Linear layer in it, or a module with other weight matrices (a convolution).
    """

    def __init__(self, model: nn.Sequential) -> None:
        self.modules = _flatten(model)
        self.linears = [module for module in self.modules if isinstance(module, nn.Linear)]
        if not self.linears:
            raise TypeError("this model has no torch.nn.Linear layer to draw")
        for module in self.modules:
            if not isinstance(module, nn.Linear) and any(p.ndim > 1 for p in module.parameters()):
                raise TypeError(f"cannot draw {type(module).__name__}: only Linear layers have drawn weights")

    def get_weights(self) -> list[FloatArray]:
        """Each Linear's weight (n_out, n_in), copied."""
        return [as_floats(linear.weight, ndim=2, name="weight") for linear in self.linears]

    def get_activations(self, x: Any) -> list[FloatArray]:
        """x as the first Linear gets it, and the values after each layer: [(n_0,), (n_1,), …]."""
        weight = self.linears[0].weight
        value = torch.as_tensor(x, dtype=weight.dtype, device=weight.device)
        activations: list[FloatArray] = []
        with torch.no_grad():
            for module in self.modules:
                if isinstance(module, nn.Linear):
                    activations.append(as_floats(value, name="activations"))
                value = module(value)
        activations.append(as_floats(value, name="activations"))
        return [a.reshape(-1) for a in activations]


def _flatten(model: nn.Module) -> list[nn.Module]:
    if isinstance(model, nn.Sequential):
        return [module for child in model for module in _flatten(child)]
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
        ValueError: weights that do not chain, or biases that do not fit (the message has both shapes).
    """
    if isinstance(model, nn.Module):
        return TorchStack(model if isinstance(model, nn.Sequential) else nn.Sequential(model))
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
