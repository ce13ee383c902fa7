"""A small network learning to tell two moons apart, with every step of its training kept.

run = train(MoonsConfig())
run.losses[0], run.losses[-1], run.accuracies[-1]
run.weights[0][3]                       # the first layer's weights before step 3's update
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import sklearn
import torch
from contourpy import LineType, contour_generator
from sklearn.datasets import make_moons
from torch import nn

from truth import kept
from truth.activations import sigmoid
from truth.numerics import FloatArray, as_floats
from truth.passing import Passing, run_both_ways


@dataclass(frozen=True)
class MoonsConfig:
    """Everything that decides a training run.

    Attributes:
        n_points, noise, data_seed: of scikit-learn's `make_moons` (its noise and `random_state`).
        n_hidden: tanh neurons between the two inputs and the one sigmoid output.
        init_seed: of the generator that draws all weights and biases, from a standard normal distribution.
        learning_rate: η of plain gradient descent on the whole data set.
        n_steps: updates.
    """

    n_points: int = 100
    noise: float = 0.2
    data_seed: int = 3
    n_hidden: int = 4
    init_seed: int = 6
    learning_rate: float = 2.0
    n_steps: int = 400


@dataclass(frozen=True)
class Training:
    """What was recorded, with a row for every step from 0 (untrained) to `n_steps`.

    Attributes:
        config: what it was trained with.
        points, labels: (n_points, 2) and (n_points,), 0 or 1.
        losses, accuracies: (n_steps + 1,) mean cross-entropy in nats, and the share of points on the right side.
        w1, b1, w2, b2: (n_steps + 1, …) the parameters, of shapes (h, 2), (h,), (1, h), (1,).
        dw1, db1, dw2, db2: the gradients of the loss at those parameters, by torch's own backward pass.
    """

    config: MoonsConfig
    points: FloatArray
    labels: FloatArray
    losses: FloatArray
    accuracies: FloatArray
    w1: FloatArray
    b1: FloatArray
    w2: FloatArray
    b2: FloatArray
    dw1: FloatArray
    db1: FloatArray
    dw2: FloatArray
    db2: FloatArray

    @cached_property
    def parameters(self) -> FloatArray:
        """(n_steps + 1, n_parameters): w1, b1, w2, b2, each row by row."""
        return self._flatten(self.w1, self.b1, self.w2, self.b2)

    @cached_property
    def gradients(self) -> FloatArray:
        """(n_steps + 1, n_parameters): d(loss)/d(parameters), in the order of `parameters`."""
        return self._flatten(self.dw1, self.db1, self.dw2, self.db2)

    def _flatten(self, *arrays: FloatArray) -> FloatArray:
        return np.concatenate([array.reshape(len(array), -1) for array in arrays], axis=1)

    def parameters_at(self, time: float) -> list[FloatArray]:
        """[w1, b1, w2, b2] at a time in steps; between two steps, on the straight way from one to the next."""
        step = int(np.clip(time, 0, len(self.losses) - 1))
        share = min(time - step, 1.0)
        following = min(step + 1, len(self.losses) - 1)
        return [(1 - share) * a[step] + share * a[following] for a in (self.w1, self.b1, self.w2, self.b2)]

    def weights_at(self, time: float) -> list[FloatArray]:
        """[w1, w2] at a time in steps."""
        return self.parameters_at(time)[::2]

    def probabilities(self, points: FloatArray, time: float) -> FloatArray:
        """The network's probability of label 1 at each of some points: (n, 2) to (n,)."""
        w1, b1, w2, b2 = self.parameters_at(time)
        output: FloatArray = sigmoid(np.tanh(points @ w1.T + b1) @ w2.T + b2)[:, 0]
        return output

    def boundary(self, xs: FloatArray, ys: FloatArray, time: float) -> list[FloatArray]:
        """Where the network is undecided (probability 1/2) on a grid: polylines, each (n, 2)."""
        grid = np.stack(np.meshgrid(xs, ys), axis=-1)
        p = self.probabilities(grid.reshape(-1, 2), time).reshape(len(ys), len(xs))
        logits = np.log(np.clip(p, 1e-12, 1)) - np.log(np.clip(1 - p, 1e-12, 1))  # smoother than p to interpolate
        lines = contour_generator(xs, ys, logits, line_type=LineType.Separate).lines(0.0)
        return [as_floats(line, ndim=2, name="boundary") for line in lines]

    def model(self, step: int) -> nn.Sequential:
        """The torch network as it was at a step."""
        model = build_model(self.config)
        arrays = self.w1, self.b1, self.w2, self.b2
        with torch.no_grad():
            for parameter, array in zip(model.parameters(), arrays, strict=True):
                parameter.copy_(torch.from_numpy(array[step]))
        return model

    def pass_point(self, index: int, step: int) -> Passing:
        """One point through the network of that step and back, by torch."""
        target = torch.tensor([self.labels[index]])
        return run_both_ways(
            self.model(step), self.points[index], lambda p: nn.functional.binary_cross_entropy(p, target)
        )

    def accumulate(self, step: int, order: Sequence[int]) -> FloatArray:
        """The gradient as it builds up while one point after the other goes forward and back.

        Args:
            step: whose parameters they go through.
            order: every point's index, in some order.

        Returns:
            (n_points + 1, n_parameters): nothing, then the sums of the first k points' gradients, each over
            n_points; so the last row is `gradients[step]`.
        """
        passings = [self.pass_point(index, step) for index in order]
        rows = [np.concatenate([g.ravel() for g in interleave(p.weights, p.biases)]) for p in passings]
        sums: FloatArray = np.cumsum([np.zeros_like(rows[0]), *rows], axis=0) / len(self.points)
        return sums


def interleave(weights: list[FloatArray], biases: list[FloatArray]) -> list[FloatArray]:
    """[w1, b1, w2, b2, …]: the order of a model's parameters."""
    return [array for pair in zip(weights, biases, strict=True) for array in pair]


def build_model(config: MoonsConfig) -> nn.Sequential:
    """The untrained network, in double precision."""
    generator = torch.Generator().manual_seed(config.init_seed)
    model = nn.Sequential(nn.Linear(2, config.n_hidden), nn.Tanh(), nn.Linear(config.n_hidden, 1), nn.Sigmoid())
    model = model.double()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(generator=generator)
    return model


@lru_cache
def train(config: MoonsConfig = MoonsConfig()) -> Training:
    """The run of that configuration: from the cache if it is there and whole, else trained now (a second)."""
    file = cache_file(config)
    arrays = _read(file, config)
    if arrays is None:
        arrays = _train(config)
        kept.write(file, arrays)
    return Training(config, **arrays)


def cache_file(config: MoonsConfig) -> Path:
    """Where the run of that configuration is kept: named by all that decides it, this file's text included."""
    return kept.cache_file("moons", config, __file__, np, torch, sklearn)


def _train(config: MoonsConfig) -> dict[str, FloatArray]:
    points, labels = make_moons(n_samples=config.n_points, noise=config.noise, random_state=config.data_seed)
    x, y = torch.from_numpy(points), torch.from_numpy(labels).double()[:, None]
    record: dict[str, list[Any]] = {name: [] for name in _shapes(config) if name not in ("points", "labels")}
    with kept.one_thread():
        model = build_model(config)
        parameters = list(model.parameters())
        for _ in range(config.n_steps + 1):
            p = model(x)
            loss = nn.functional.binary_cross_entropy(p, y)
            gradients = torch.autograd.grad(loss, parameters)
            record["losses"].append(loss.item())
            record["accuracies"].append(((p > 0.5) == (y > 0.5)).double().mean().item())
            with torch.no_grad():
                names = "w1", "b1", "w2", "b2"
                for name, parameter, gradient in zip(names, parameters, gradients, strict=True):
                    record[name].append(parameter.numpy().copy())
                    record[f"d{name}"].append(gradient.numpy().copy())
                    parameter.sub_(config.learning_rate * gradient)
    arrays = {name: np.array(rows, dtype=np.float64) for name, rows in record.items()}
    return {"points": points, "labels": labels.astype(np.float64), **arrays}


def _shapes(config: MoonsConfig) -> dict[str, tuple[int, ...]]:
    steps, n, h = config.n_steps + 1, config.n_points, config.n_hidden
    parameters = {"w1": (steps, h, 2), "b1": (steps, h), "w2": (steps, 1, h), "b2": (steps, 1)}
    gradients = {f"d{name}": shape for name, shape in parameters.items()}
    return {"points": (n, 2), "labels": (n,), "losses": (steps,), "accuracies": (steps,), **parameters, **gradients}


def _read(file: Path, config: MoonsConfig) -> dict[str, FloatArray] | None:
    """The arrays of a cache file, or None if it is not there or not whole."""
    stored = kept.read(file) or {}
    shapes = _shapes(config)
    return stored if {name: array.shape for name, array in stored.items()} == shapes else None
