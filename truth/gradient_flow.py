"""One step of gradient descent on one example, with everything the chain rule multiplies on the way, by PyTorch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import torch

from truth.numerics import FloatArray, as_floats


@dataclass(frozen=True)
class GradientStep:
    """z_l = W_l a_{l−1} + b_l, a_l = σ(z_l), with the logistic σ; L = ½ ‖a_last − t‖²; W ← W − η ∂L/∂W.

    Attributes:
        target: t, (n_last,).
        weights, biases: W_l (n_l, n_{l−1}) and b_l (n_l,), a pair for each layer but the input.
        pre_activations: z_l, (n_l,) for each layer but the input.
        activations: a_l, (n_l,), the input first.
        loss: L, shape ().
        d_activations: ∂L/∂a_l, as `activations`.
        slopes: ∂a_l/∂z_l, as `pre_activations`.
        d_weights, d_biases: ∂L/∂W_l and ∂L/∂b_l.
        rate: η, shape ().
        new_weights, new_biases: after the step.
        new_activations: a_l with them.
        new_loss: L with them, shape ().
    """

    target: FloatArray
    weights: list[FloatArray]
    biases: list[FloatArray]
    pre_activations: list[FloatArray]
    activations: list[FloatArray]
    loss: FloatArray
    d_activations: list[FloatArray]
    slopes: list[FloatArray]
    d_weights: list[FloatArray]
    d_biases: list[FloatArray]
    rate: FloatArray
    new_weights: list[FloatArray]
    new_biases: list[FloatArray]
    new_activations: list[FloatArray]
    new_loss: FloatArray

    def get_shares(self, layer: int) -> FloatArray:
        """∂L/∂aᵢ · ∂aᵢ/∂zᵢ · Wᵢⱼ, (n_{layer+1}, n_layer): what each way back adds to ∂L/∂aⱼ of a layer."""
        at_z = self.d_activations[layer + 1] * self.slopes[layer]
        shares: FloatArray = at_z[:, None] * self.weights[layer]
        return shares


def take_step(weights: Sequence[Any], biases: Sequence[Any], x: Any, target: Any, rate: float) -> GradientStep:
    """Run one example forward and back, and move every parameter against its gradient.

    Args:
        weights: (n_l, n_{l−1}) for each layer, the first layer first.
        biases: (n_l,) for each.
        x: (n_0,).
        target: (n_last,).
        rate: η > 0.

    Raises:
        ValueError: shapes that do not fit (the message has both).
    """
    ws, bs = ([torch.tensor(as_floats(p, name=name)) for p in ps] for name, ps in (("w", weights), ("b", biases)))
    example, wanted = (torch.tensor(as_floats(values, ndim=1, name="example")) for values in (x, target))
    sizes = [len(example), *(len(b) for b in bs)]
    shapes, expected = [tuple(w.shape) for w in ws], [(after, before) for before, after in pairwise(sizes)]
    if shapes != expected or len(wanted) != sizes[-1]:
        raise ValueError(f"weights of shapes {shapes} and {len(wanted)} targets do not fit layers of sizes {sizes}")

    parameters = [p.requires_grad_() for p in (*ws, *bs)]
    activations, pre_activations = [example.requires_grad_()], list[torch.Tensor]()
    loss = _run(ws, bs, activations, pre_activations, wanted)
    found = torch.autograd.grad(loss, [*activations, *parameters], retain_graph=True)
    n = len(ws)
    d_activations, d_weights, d_biases = found[: n + 1], found[n + 1 : 2 * n + 1], found[2 * n + 1 :]
    slopes = [torch.autograd.grad(a.sum(), z)[0] for a, z in zip(activations[1:], pre_activations, strict=True)]
    with torch.no_grad():
        new_ws = [w - rate * gradient for w, gradient in zip(ws, d_weights, strict=True)]
        new_bs = [b - rate * gradient for b, gradient in zip(bs, d_biases, strict=True)]
        new_activations = [example]
        new_loss = _run(new_ws, new_bs, new_activations, [], wanted)

    def arrays(tensors: Sequence[torch.Tensor]) -> list[FloatArray]:
        return [as_floats(tensor, name="result") for tensor in tensors]

    return GradientStep(
        target=as_floats(wanted),
        weights=arrays(ws),
        biases=arrays(bs),
        pre_activations=arrays(pre_activations),
        activations=arrays(activations),
        loss=as_floats(loss),
        d_activations=arrays(d_activations),
        slopes=arrays(slopes),
        d_weights=arrays(d_weights),
        d_biases=arrays(d_biases),
        rate=as_floats(rate),
        new_weights=arrays(new_ws),
        new_biases=arrays(new_bs),
        new_activations=arrays(new_activations),
        new_loss=as_floats(new_loss),
    )


def _run(
    ws: Sequence[torch.Tensor],
    bs: Sequence[torch.Tensor],
    activations: list[torch.Tensor],
    pre_activations: list[torch.Tensor],
    wanted: torch.Tensor,
) -> torch.Tensor:
    """The loss; what is computed on the way is appended to the lists."""
    for w, b in zip(ws, bs, strict=True):
        pre_activations.append(w @ activations[-1] + b)
        activations.append(torch.sigmoid(pre_activations[-1]))
    return 0.5 * ((activations[-1] - wanted) ** 2).sum()
