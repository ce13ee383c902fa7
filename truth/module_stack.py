"""Any torch.nn.Sequential run on an example: what each layer hands on, and what stands between the layers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import torch
from torch import nn

from truth.network import flatten_sequential, in_one_line, in_words, refuse_training
from truth.numerics import FloatArray, as_floats

Kind = Literal["linear", "plates", "slab", "activation", "other"]

_KINDS: Final[dict[str, Kind]] = {
    "activation": "activation",
    "batchnorm": "slab",
    "conv": "plates",
    "distance": "other",
    "dropout": "slab",
    "flatten": "slab",
    "instancenorm": "slab",
    "normalization": "slab",
    "padding": "slab",
    "pooling": "plates",
    "sparse": "plates",
    "upsampling": "plates",
}
MOST_DIMENSIONS = 3  # that a layer's values can have in a picture: channels, rows, columns


@dataclass(frozen=True)
class Link:
    """What stands between a layer and the next.

    Attributes:
        module: what makes the next layer's values from this one's; None where there is nothing before the first
            activation function or norm.
        finish: activation functions, norms, dropouts behind it, which keep the shape: the next layer's values are
            those after the last of them.
        weights: (n_out, n_in) of a Linear that is handed one vector; (0, 0) for anything else.
    """

    module: nn.Module
    finish: tuple[nn.Module, ...]
    weights: FloatArray

    @property
    def kind(self) -> Kind:
        """How it is drawn."""
        return "linear" if self.weights.size else get_kind(self.module)

    def is_like(self, other: Link) -> bool:
        """Whether the same kinds of modules, of the same sizes, stand here."""
        return [repr(m) for m in (self.module, *self.finish)] == [repr(m) for m in (other.module, *other.finish)]


class ModuleStack:
    """Any torch.nn.Sequential, run on one example to find its shapes.

    A layer is what a module hands on, after the activation functions, norms and dropouts that follow it.

    Attributes:
        links: what stands between each layer and the next.
        shapes: of each layer's values, the input's first, without the dimension of the batch.

    Args:
        model: the Sequential; Sequentials inside it are run through as if they were not there.
        example: one input, with or without a first dimension of 1 for the batch.

    Raises:
        TypeError: a module whose result is not one tensor (an LSTM, an attention layer).
        ValueError: a model in training mode whose results would depend on chance or on the batch; an example that
            does not fit (the message has its shape and the module); values of more than three dimensions.
    """

    def __init__(self, model: nn.Module, example: Any) -> None:
        self.modules = flatten_sequential(model)
        if not self.modules:
            raise TypeError("this model has no modules to draw")
        refuse_training(self.modules)
        value = self._as_tensor(example)
        self.is_batched, outputs = self._find_batch(value)
        self.shapes = [self._get_shape(outputs[0])]
        self.ends: list[int] = []
        parts: list[list[nn.Module]] = []
        for place, module in enumerate(self.modules):
            shape = self._get_shape(outputs[place + 1], module)
            if parts and shape == self.shapes[-1] and get_kind(module) in ("activation", "slab"):
                parts[-1].append(module)
                self.ends[-1] = place
            else:
                parts.append([module])
                self.shapes.append(shape)
                self.ends.append(place)
        befores = self.shapes[:-1]
        self.links = [
            Link(first, tuple(rest), _get_weights(first, before))
            for (first, *rest), before in zip(parts, befores, strict=True)
        ]

    def get_weights(self) -> list[FloatArray]:
        """A weight matrix (n_out, n_in) for each pair of layers, as it is now; (0, 0) where no Linear joins them."""
        befores = self.shapes[:-1]
        return [_get_weights(link.module, before) for link, before in zip(self.links, befores, strict=True)]

    def get_activations(self, x: Any) -> list[FloatArray]:
        """x and the values after each layer, each in one row: [(n_0,), (n_1,), …].

        Raises:
            ValueError: an input of another shape than the example (the message has both), or a model put back
                into training mode.
        """
        refuse_training(self.modules)
        value = self._as_tensor(x)
        value = value.reshape(self.shapes[0]) if value.numel() == math.prod(self.shapes[0]) else value
        if tuple(value.shape) != self.shapes[0]:
            raise ValueError(f"an input of shape {tuple(value.shape)} does not fit: the example's is {self.shapes[0]}")
        outputs = self._run(value[None] if self.is_batched else value)
        drawn = [outputs[0], *(outputs[end + 1] for end in self.ends)]
        return [as_floats(output, name="activations").reshape(-1) for output in drawn]

    def _as_tensor(self, x: Any) -> torch.Tensor:
        if isinstance(self.modules[0], nn.Embedding | nn.EmbeddingBag):
            return torch.as_tensor(x).long()
        parameter = next((p for module in self.modules for p in module.parameters()), torch.zeros(()))
        return torch.as_tensor(as_floats(x, name="input"), dtype=parameter.dtype, device=parameter.device)

    def _find_batch(self, value: torch.Tensor) -> tuple[bool, list[torch.Tensor]]:
        """Whether the modules want a first dimension for the batch, and what they make of the example with it."""
        if value.ndim > 1 and len(value) == 1:  # a batch of one, or one channel: whichever of the two runs
            attempts = [(True, value), (True, value[None]), (False, value)]
        else:
            attempts = [(True, value[None]), (False, value)]
        misfits = []
        for is_batched, attempt in attempts:
            try:
                outputs = self._run(attempt)
            except ValueError as misfit:
                misfits.append(misfit)
                continue
            if not is_batched or all(output.ndim and len(output) == 1 for output in outputs):
                return is_batched, outputs
        raise misfits[0] if misfits else ValueError("no result of this model is that of one example")

    def _run(self, value: torch.Tensor) -> list[torch.Tensor]:
        """What is handed on, from the input to the last module's result."""
        outputs = [value]
        for module in self.modules:
            given = tuple(outputs[-1].shape)
            with torch.no_grad():
                try:
                    result = module(outputs[-1])
                except (RuntimeError, IndexError, ValueError, TypeError) as error:
                    raise ValueError(
                        f"{in_words([module])} cannot take values of shape {given}: {in_one_line(error)}"
                    ) from None
            if not isinstance(result, torch.Tensor):
                raise TypeError(
                    f"{in_words([module])} gives a {type(result).__name__}, not one tensor: wrap it in a module that "
                    "returns the tensor to draw"
                )
            outputs.append(result)
        return outputs

    def _get_shape(self, value: torch.Tensor, module: nn.Module | None = None) -> tuple[int, ...]:
        shape = tuple(value.shape[1:] if self.is_batched else value.shape)
        if not 1 <= len(shape) <= MOST_DIMENSIONS:
            who = "the example" if module is None else f"the result of {in_words([module])}"
            raise ValueError(
                f"{who} has shape {tuple(value.shape)}: a layer is drawn with one to three dimensions, and one "
                "example at a time"
            )
        return shape


def get_kind(module: nn.Module) -> Kind:
    """How a module is drawn, by where PyTorch files its class."""
    package, _, name = type(module).__module__.rpartition(".")
    if package != "torch.nn.modules" or isinstance(module, nn.MultiheadAttention):
        return "slab" if isinstance(module, nn.Identity) else "other"
    return "slab" if isinstance(module, nn.Identity) else _KINDS.get(name, "other")


def get_label(module: nn.Module) -> str:
    """A module's name on a picture, on a line or two: "Conv2d\\n5×5"."""
    name = type(module).__name__
    size = getattr(module, "kernel_size", None)
    if size is None:
        return name
    dimensions = int(name[-2]) if name[-2:-1].isdigit() else 1
    sizes = size if isinstance(size, Sequence) else (size,) * dimensions
    return f"{name}\n{'×'.join(map(str, sizes))}"


def get_curve(module: nn.Module, reach: float = 3.0, count: int = 49) -> FloatArray | None:
    """The graph of an activation function, if it treats each value by itself.

    Returns:
        (count, 2) points (z, f(z)) for z from −reach to reach; None for a function such as Softmax, whose results
        depend on one another.
    """
    z = torch.linspace(-reach, reach, count)
    with torch.no_grad():
        try:
            together, alone = module(z[None])[0], torch.cat([module(part[None, None])[0] for part in z])
        except (RuntimeError, IndexError, ValueError):
            return None
    if together.shape != z.shape or not torch.allclose(together, alone, atol=1e-6):
        return None
    return np.stack([as_floats(z), as_floats(together)], axis=1)


def _get_weights(module: nn.Module, before: tuple[int, ...]) -> FloatArray:
    """A Linear's weights, if it joins every value of one vector to every one of the next."""
    is_plain = isinstance(module, nn.Linear) and type(module).forward is nn.Linear.forward and len(before) == 1
    return as_floats(module.weight, ndim=2, name="weight") if is_plain else np.zeros((0, 0))
