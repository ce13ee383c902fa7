"""A layer that learns from examples to answer as another one does: the way a matrix comes by its numbers.

run = learn_up_projection()
run.weights[0], run.weights[-1]     # chance, and the ToyMLP's up projection exactly
run.losses                          # how far off the answers were

The ToyMLP's matrices were chosen, not trained (`truth.facts` trains a block from scratch). What is real here is the
way to them: stochastic gradient descent on examples of what the chosen layer answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from truth.numerics import FloatArray
from truth.toy_mlp import get_toy_mlp

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class Distillation:
    """A student layer's training, from chance to its teacher.

    Attributes:
        steps: (n_snapshots,) of int, the updates made by then.
        weights, biases: (n_snapshots, n_out, n_in), (n_snapshots, n_out). The first are chance, in whole tenths;
            the last are the teacher's own, which those before them agree with in every tenth.
        losses: (n_snapshots,) the mean over inputs of ½ ‖student − teacher‖², exact for the inputs' distribution.
    """

    steps: tuple[int, ...]
    weights: FloatArray
    biases: FloatArray
    losses: FloatArray


def distill(
    weights: FloatArray,
    bias: FloatArray,
    *,
    seed: int,
    learning_rate: float = 0.03,
    batch: int = 6,
    every: int = 10,
    start_scale: float = 0.5,
    max_steps: int = 5000,
    held: BoolArray | None = None,
) -> Distillation:
    """Train a linear layer to answer as the one given does, until rounding to tenths makes them the same.

    Each step sees a fresh batch of standard normal inputs and the teacher's answers to them, and follows the
    gradient of ½ ‖answer − teacher's answer‖², averaged over the batch.

    Args:
        weights, bias: (n_out, n_in), (n_out,) the teacher's, in whole tenths.
        seed: of the start and of all inputs.
        learning_rate: of plain gradient descent.
        batch: inputs for each step.
        every: steps between two snapshots.
        start_scale: the standard deviation of the student's first weights and biases.
        max_steps: when to give up.
        held: (n_out, n_in), true where a weight is the teacher's from the start and is never changed.

    Raises:
        ValueError: shapes that do not belong together, or a run that does not get there.
    """
    if weights.ndim != 2 or bias.shape != weights.shape[:1]:
        raise ValueError(f"weights of shape {weights.shape} and a bias of shape {bias.shape} make no layer")
    rng = np.random.default_rng(seed)
    teacher = np.column_stack([weights, bias])
    student = rng.normal(scale=start_scale, size=teacher.shape).round(1) + 0.0
    free = np.ones(teacher.shape, dtype=bool)
    if held is not None:
        free[:, :-1] = ~held
    student = np.where(free, student, teacher)
    steps, snapshots = [0], [student.copy()]
    while np.abs(student - teacher).max() >= 0.04:
        if steps[-1] >= max_steps or not np.isfinite(student).all():
            raise ValueError(f"no agreement after {steps[-1]} steps: try a smaller learning rate than {learning_rate}")
        for _ in range(every):
            inputs = np.column_stack([rng.normal(size=(batch, weights.shape[1])), np.ones(batch)])
            errors = inputs @ (student - teacher).T
            student -= learning_rate * free * (errors.T @ inputs) / batch
        steps.append(steps[-1] + every)
        snapshots.append(student.copy())
    steps.append(steps[-1])
    snapshots.append(teacher)  # the last step of all: round to tenths
    layers = np.array(snapshots)
    # Of independent inputs of variance 1, and a 1 for the bias, every squared error counts alike.
    losses: FloatArray = 0.5 * ((layers - teacher) ** 2).sum(axis=(1, 2))
    return Distillation(tuple(steps), layers[:, :, :-1], layers[:, :, -1], losses)


@lru_cache
def learn_up_projection() -> Distillation:
    """The ToyMLP's up projection, learned from a seeded start; a fraction of a second."""
    mlp = get_toy_mlp()
    return distill(mlp.up, mlp.up_bias, seed=1)
