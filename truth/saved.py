"""A two-layer network by torch.nn, and what PyTorch's tape keeps of its forward pass for the way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from truth.numerics import FloatArray, as_floats

# Chosen by hand, so that all that a picture shows is exact at one decimal, and no two activations are equal by chance.
EXAMPLE: dict[str, list[Any]] = {
    "x": [1.0, 3.0, -2.0],
    "t": [1.1, 0.5],
    "W1": [[0.5, 1.0, -0.5], [-1.0, 0.5, 1.5], [1.5, -0.5, 0.5], [-0.5, 1.0, -0.5]],
    "b1": [-0.5, -1.0, 1.5, -1.0],
    "W2": [[0.8, -0.4, 0.6, -1.0], [-0.6, 1.2, 0.4, 0.2]],
    "b2": [0.6, 0.3],
}
PARAMETERS = "W1", "b1", "W2", "b2"
STEPS = "h1", "a1", "h2", "a2"  # Linear, ReLU, Linear, ReLU


@dataclass(frozen=True)
class SavedRun:
    """a2 = ReLU(h2), h2 = W2 a1 + b2, a1 = ReLU(h1), h1 = W1 x + b1; L = ½ ‖a2 − t‖².

    Attributes:
        values: of the example, for x, t, the parameters and the steps, by name: arrays of one or two dimensions.
        gradients: dL/d(that), for the parameters and the steps.
        saved: for each name of an activation that the tape keeps, the operations that keep it, in order.
    """

    values: dict[str, FloatArray]
    gradients: dict[str, FloatArray]
    saved: dict[str, tuple[str, ...]]


def _get_model() -> nn.Sequential:
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2), nn.ReLU()).double()
    with torch.no_grad():
        for name, parameter in zip(PARAMETERS, model.parameters(), strict=True):
            parameter.copy_(torch.tensor(EXAMPLE[name]))
    return model


def run_and_watch() -> SavedRun:
    """Run the example once, forward and backward, with an eye on every tensor that is saved."""
    model, kept = _get_model(), []
    value = x = torch.tensor([EXAMPLE["x"]], dtype=torch.float64)
    steps: dict[str, torch.Tensor] = {}
    for name, layer in zip(STEPS, model, strict=True):

        def keep(tensor: torch.Tensor, who: str = type(layer).__name__) -> torch.Tensor:
            kept.append((who, tensor))
            return tensor

        with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
            value = steps[name] = layer(value)
        value.retain_grad()
    t = torch.tensor([EXAMPLE["t"]], dtype=torch.float64)
    (0.5 * ((value - t) ** 2).sum()).backward()
    names = {tensor.data_ptr(): name for name, tensor in {"x": x, **steps}.items()}
    saved: dict[str, tuple[str, ...]] = {}
    for who, tensor in kept:
        if name := names.get(tensor.data_ptr()):
            saved[name] = (*saved.get(name, ()), who)
    parameters = dict(zip(PARAMETERS, model.parameters(), strict=True))
    values = {"x": x[0], "t": t[0], **parameters, **{name: step[0] for name, step in steps.items()}}
    gradients = {**{name: p.grad for name, p in parameters.items()}, **{n: s.grad[0] for n, s in steps.items()}}
    return SavedRun(
        {name: as_floats(value, name=name) for name, value in values.items()},
        {name: as_floats(gradient, name=name) for name, gradient in gradients.items()},
        saved,
    )


def count_saved(batch: int) -> tuple[int, int]:
    """What a training step of this network holds in memory: (floats of parameters, floats saved of activations).

    Counted while it runs: each tensor that the tape keeps and that is no parameter, once, the batch itself among them.

    Args:
        batch: the number of examples that go through together.
    """
    model = _get_model()
    parameters = {p.data_ptr(): p.numel() for p in model.parameters()}
    kept: dict[int, torch.Tensor] = {}  # by place in memory; holding them keeps a place from being used twice

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        if tensor.data_ptr() not in parameters:
            kept[tensor.data_ptr()] = tensor
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        model(torch.ones(batch, 3, dtype=torch.float64))
    return sum(parameters.values()), sum(tensor.numel() for tensor in kept.values())
