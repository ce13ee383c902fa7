"""One data point through a network and back: what every layer was handed, and how the loss depends on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from truth.network import TorchStack
from truth.numerics import FloatArray, as_floats


@dataclass(frozen=True)
class Passing:
    """One forward and backward pass of a network, layer by layer.

    Attributes:
        activations: what each Linear was handed, and the output: [(n_0,), (n_1,), …], the input first.
        gradients: d(loss)/d(activation), of the same shapes.
        loss: of this one point.
        weights, biases: d(loss)/d(each Linear's), [(n_out, n_in), …] and [(n_out,), …].
    """

    activations: list[FloatArray]
    gradients: list[FloatArray]
    loss: float
    weights: list[FloatArray]
    biases: list[FloatArray]


def run_both_ways(model: nn.Sequential, point: Any, loss: Callable[[torch.Tensor], torch.Tensor]) -> Passing:
    """One point forward and its loss backward, by torch; `.grad` of the model's parameters stays as it was.

    Args:
        model: Linear layers (with biases) and what stands between them.
        point: the input, in the shape the model takes.
        loss: from the model's output to a tensor with one entry.

    Raises:
        TypeError: no Linear layer in it, or a module with other weight matrices.
        ValueError: a Linear layer without a bias; a loss with several entries (the message has its shape).
    """
    stack = TorchStack(model)
    weights, biases = [linear.weight for linear in stack.linears], [linear.bias for linear in stack.linears]
    if any(bias is None for bias in biases):
        raise ValueError(f"Linear layer {[bias is None for bias in biases].index(True)} has no bias")
    value = torch.as_tensor(point, dtype=weights[0].dtype).clone().requires_grad_()
    kept = []
    for module in stack.modules:
        if isinstance(module, nn.Linear):
            kept.append(value)
        value = module(value)
    kept.append(value)
    result = loss(value)
    if result.numel() != 1:
        raise ValueError(f"the loss must be one number, but its shape is {tuple(result.shape)}")
    gradients = torch.autograd.grad(result.sum(), [*kept, *weights, *biases])
    found = [as_floats(gradient, name="gradient") for gradient in gradients]
    n = len(kept)
    return Passing(
        activations=[as_floats(activation, name="activation").reshape(-1) for activation in kept],
        gradients=[gradient.reshape(-1) for gradient in found[:n]],
        loss=result.item(),
        weights=found[n : n + len(weights)],
        biases=found[n + len(weights) :],
    )
