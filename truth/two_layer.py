"""A two-layer network on one example, forward and backward: every value and every gradient, by PyTorch.

The weights are chosen so that everything a picture shows of this run is exact at one decimal: whoever checks
the arithmetic on screen finds that it closes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from truth.numerics import FloatArray, as_floats


@dataclass(frozen=True)
class TwoLayerRun:
    """out = W2 a1 + b2 with a1 = ReLU(h1) and h1 = W1 x + b1; L = ½ ‖out − t‖².

    Attributes:
        x, t: (3,), (2,), the example: an input, and the output that was hoped for.
        W1, b1, W2, b2: (4, 3), (4,), (2, 4), (2,), the parameters.
        h1, a1, out: (4,), (4,), (2,), the activations.
        loss: L, a number.
        gradients: dL/d(that) for each of the names above but t, in the shape of that.
        saved: the names of the values, besides the parameters, that PyTorch's tape keeps for the way back, in the
            order in which it first keeps them.
    """

    x: FloatArray
    t: FloatArray
    W1: FloatArray
    b1: FloatArray
    W2: FloatArray
    b2: FloatArray
    h1: FloatArray
    a1: FloatArray
    out: FloatArray
    loss: float
    gradients: dict[str, FloatArray]
    saved: tuple[str, ...]

    @property
    def mask(self) -> FloatArray:
        """(4,): 1 where ReLU let the value through, 0 where it did not; read, as PyTorch does, from ReLU's result."""
        return (self.a1 > 0).astype(np.float64)


EXAMPLE: dict[str, list[Any]] = {
    "x": [1.0, 2.0, -1.0],
    "t": [0.0, 1.0],
    "W1": [[0.5, 1.0, -0.5], [-1.0, 0.5, 1.5], [1.5, -0.5, 0.5], [-0.5, 1.0, -0.5]],
    "b1": [-1.0, 0.5, 0.5, 0.5],
    "W2": [[0.8, -0.4, 0.6, -1.0], [-0.6, 1.2, 0.4, 0.2]],
    "b2": [1.6, -0.5],
}


def get_loss(out: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """L = ½ ‖out − t‖², summed over a batch; PyTorch's function keeps both of its arguments for the way back."""
    return 0.5 * nn.functional.mse_loss(out, target, reduction="sum")


def run_two_layers(x: Sequence[float] | None = None) -> TwoLayerRun:
    """Run the example once, forward and backward; with an input of its own if one is given, of three numbers."""
    example = EXAMPLE if x is None else EXAMPLE | {"x": list(x)}
    given = {name: torch.tensor(values, dtype=torch.float64) for name, values in example.items()}
    leaves = {name: value.requires_grad_() for name, value in given.items() if name != "t"}
    kept: list[torch.Tensor] = []

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        kept.append(tensor)
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        h1 = given["W1"] @ given["x"] + given["b1"]
        a1 = h1.relu()
        out = given["W2"] @ a1 + given["b2"]
        loss = get_loss(out, given["t"])
    activations = {"x": given["x"], "h1": h1, "a1": a1, "out": out}
    watched = {**leaves, **activations}
    gradients = torch.autograd.grad(loss, list(watched.values()))
    names = {value.data_ptr(): name for name, value in {**activations, "t": given["t"]}.items()}
    saved = dict.fromkeys(names[tensor.data_ptr()] for tensor in kept if tensor.data_ptr() in names)
    arrays = {name: as_floats(value, name=name) for name, value in {**given, **activations}.items()}
    return TwoLayerRun(
        **arrays,
        loss=loss.item(),
        gradients={name: as_floats(g, name=name) for name, g in zip(watched, gradients, strict=True)},
        saved=tuple(saved),
    )


def count_floats(batch: int) -> tuple[int, int]:
    """What a training step on this network holds in memory: (floats of parameters, floats saved).

    What is saved is counted while `torch.nn` runs a batch up to its loss: each tensor that the tape keeps for the
    way back and that is no parameter, once, however many operations need it.

    Args:
        batch: the number of examples that go through together.
    """
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
    parameters = {p.data_ptr(): p.numel() for p in model.parameters()}
    kept: dict[int, torch.Tensor] = {}  # by place in memory; holding them keeps a place from being used twice

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        if tensor.data_ptr() not in parameters:
            kept[tensor.data_ptr()] = tensor
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        get_loss(model(torch.zeros(batch, 3)), torch.zeros(batch, 2))
    return sum(parameters.values()), sum(tensor.numel() for tensor in kept.values())
