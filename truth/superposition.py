"""The toy model of superposition, trained for real: x' = ReLU(Wᵀ W x + b), with fewer hidden numbers than features.

runs = train(FIVE_IN_TWO)
runs.weights[4, 0, -1]                  # (2, 5): at the fifth density, of the first seed, after training
name_shape(runs.weights[4, 0, -1])      # "pentagon"

A feature is 0 with probability 1 − p, else drawn evenly from 0 to 1; p is its density. The loss is
Σ I_i (x_i − x'_i)². Turning the hidden space (W → R W) changes no output, so a picture may turn W as it likes.

Source: Elhage et al. 2022, "Toy Models of Superposition": the model, the phase diagram, the dimensionality D_i. The
closed forms of the two-feature losses follow from the integrals in their docstrings; the tests do these numerically.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

import numpy as np
import torch

from truth import kept
from truth.numerics import FloatArray, as_floats


@dataclass(frozen=True)
class ToyConfig:
    """Everything that decides a set of training runs: for each density, models of several seeds, from the same starts.

    Attributes:
        n_features, n_hidden: sizes of x and of W x.
        densities: p, the chance of a feature to be there.
        n_seeds: models for each density.
        importance_base: I_i = base^i.
        n_steps, batch, rate: of Adam without weight decay; the rate falls to zero along a half cosine.
        n_snapshots: kept of each run at most, the first before training, the last after it, denser at the beginning.
        seed: of the generator that draws all starts and examples.
    """

    n_features: int = 5
    n_hidden: int = 2
    densities: tuple[float, ...] = (1.0, 0.3, 0.1, 0.05, 0.02)
    n_seeds: int = 60
    importance_base: float = 0.9
    n_steps: int = 3000
    batch: int = 256
    rate: float = 1e-2
    n_snapshots: int = 121
    seed: int = 0

    @property
    def importance(self) -> FloatArray:
        """(n_features,)."""
        return self.importance_base ** np.arange(self.n_features, dtype=np.float64)

    @property
    def snapshot_steps(self) -> tuple[int, ...]:
        """After how many steps each snapshot is taken: no step twice, so there may be fewer than `n_snapshots`."""
        shares = np.linspace(0, 1, self.n_snapshots) ** 3 if self.n_snapshots > 1 else np.ones(1)
        return tuple(sorted({int(step) for step in np.rint(shares * self.n_steps)}))


@dataclass(frozen=True)
class ToyRuns:
    """What was recorded.

    Attributes:
        config: what was trained.
        weights: (n_densities, n_seeds, n_snapshots, n_hidden, n_features), W.
        biases: (n_densities, n_seeds, n_snapshots, n_features), b.
        losses: (n_densities, n_seeds, n_snapshots), each on the same 4,096 fresh examples of its density.
    """

    config: ToyConfig
    weights: FloatArray
    biases: FloatArray
    losses: FloatArray

    def count_shapes(self, density: int) -> Counter[str]:
        """How many seeds ended in which shape (`name_shape`), at the density of an index."""
        return Counter(name_shape(weights) for weights in self.weights[density, :, -1])


FIVE_IN_TWO: Final = ToyConfig()
MANY_IN_TWENTY: Final = ToyConfig(
    n_features=200,
    n_hidden=20,
    densities=tuple(float(p) for p in 1 / np.geomspace(1, 10, 16)),
    n_seeds=1,
    importance_base=1.0,
    n_steps=4000,
    batch=128,
    rate=5e-3,
    n_snapshots=1,
)


def interference(weights: Any) -> FloatArray:
    """Wᵀ W, (n_features, n_features): what each feature's 1 adds to each output before bias and ReLU."""
    w = as_floats(weights, ndim=2, name="weights")
    product: FloatArray = w.T @ w
    return product


def dimensionality(weights: Any) -> FloatArray:
    """D_i = ‖W_i‖² / Σ_j (Ŵ_i · W_j)²: what share of a dimension each feature has to itself; 0 for a vector of zeros.

    Args:
        weights: (n_hidden, n_features), a column for each feature.

    Returns:
        (n_features,), between 0 and 1.
    """
    products = interference(weights)
    squares = np.diag(products)
    denominators = (products**2).sum(axis=1)
    result: FloatArray = np.divide(squares**2, denominators, out=np.zeros_like(squares), where=denominators > 1e-12)
    return result


LONG: Final = 0.5  # a feature with a shorter vector is not counted as represented


def name_shape(weights: Any, within: float = 12.0) -> str:
    """What a model of two hidden numbers made of its features.

    Args:
        weights: (2, n_features).
        within: degrees by which an angle may miss.

    Returns:
        "right angle" (two vectors), "opposite pairs" (four), "pentagon" (five at 72°), or "other".
    """
    w = as_floats(weights, ndim=2, name="weights")
    w = w[:, np.linalg.norm(w, axis=0) > LONG]
    angles = np.sort(np.degrees(np.arctan2(w[1], w[0])))
    gaps = np.diff(np.append(angles, angles[:1] + 360))
    if len(gaps) == 2:
        return "right angle" if abs(gaps.min() - 90) < within else "other"
    names = {4: "opposite pairs", 5: "pentagon"}
    is_even = len(gaps) in names and bool((np.abs(gaps - 360 / len(gaps)) < within).all())
    return names[len(gaps)] if is_even else "other"


# Training


def draw_features(shape: tuple[int, ...], density: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Examples: each feature is there with the chance `density`, and then even between 0 and 1."""
    u = torch.rand(shape, generator=generator)
    return torch.where(u < density, u / density, torch.zeros(()))


def run_model(x: torch.Tensor, weights: torch.Tensor, biases: torch.Tensor) -> torch.Tensor:
    """x' = ReLU(Wᵀ W x + b) for many models at once: (k, batch, n), (k, m, n), (k, n) to (k, batch, n)."""
    return torch.relu(torch.baddbmm(biases[:, None], x @ weights.transpose(1, 2), weights))


@lru_cache
def train(config: ToyConfig = FIVE_IN_TWO) -> ToyRuns:
    """The runs of that configuration: from the cache if they are there and whole, else trained now."""
    file = kept.cache_file("superposition", config, __file__, np, torch)
    lead = len(config.densities), config.n_seeds, len(config.snapshot_steps)
    shapes = {"weights": (*lead, config.n_hidden, config.n_features), "biases": (*lead, config.n_features)}
    arrays = kept.read(file) or {}
    if {name: array.shape for name, array in arrays.items()} != shapes | {"losses": lead}:
        arrays = _train(config)
        kept.write(file, arrays)
    return ToyRuns(config, **arrays)


def _train(config: ToyConfig) -> dict[str, FloatArray]:
    n, m, models = config.n_features, config.n_hidden, len(config.densities) * config.n_seeds
    generator = torch.Generator().manual_seed(config.seed)
    density = torch.tensor(config.densities).repeat_interleave(config.n_seeds)[:, None, None]
    importance = torch.tensor(config.importance, dtype=torch.float32)
    wanted = config.snapshot_steps
    kept_arrays: dict[str, list[Any]] = {"weights": [], "biases": [], "losses": []}
    with kept.one_thread():
        starts = torch.randn(config.n_seeds, m, n, generator=generator) * (2 / (n + m)) ** 0.5
        weights = starts.repeat(len(config.densities), 1, 1).requires_grad_()
        biases = torch.zeros(models, n, requires_grad=True)
        adam = torch.optim.Adam([weights, biases], lr=config.rate)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(adam, config.n_steps)
        held_out = torch.Generator().manual_seed(config.seed + 1)
        exam = draw_features((len(config.densities), 4096, n), density[:: config.n_seeds], held_out)
        for step in range(config.n_steps + 1):
            if step in wanted:
                kept_arrays["weights"].append(weights.detach().numpy().copy())
                kept_arrays["biases"].append(biases.detach().numpy().copy())
                kept_arrays["losses"].append(_examine(weights, biases, exam, importance, config.n_seeds))
            if step < config.n_steps:
                x = draw_features((models, config.batch, n), density, generator)
                loss = (importance * (x - run_model(x, weights, biases)) ** 2).sum() / config.batch
                adam.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                adam.step()
                schedule.step()
    lead = len(config.densities), config.n_seeds
    arrays = {name: np.stack(rows, axis=1).astype(np.float64) for name, rows in kept_arrays.items()}
    return {name: array.reshape(*lead, *array.shape[1:]) for name, array in arrays.items()}


def _examine(
    weights: torch.Tensor, biases: torch.Tensor, exam: torch.Tensor, importance: torch.Tensor, n_seeds: int
) -> FloatArray:
    """The mean loss of each model on the examples of its density: (models,)."""
    with torch.no_grad():
        losses = [
            (importance * (exam[[k // n_seeds]] - run_model(exam[[k // n_seeds]], weights[[k]], biases[[k]])) ** 2)
            .sum(dim=2)
            .mean()
            .item()
            for k in range(len(weights))
        ]
    return np.array(losses)


# Two features, one hidden number


def loss_ignored(density: Any, importance: Any = 1.0) -> Any:
    """What a feature costs that is not represented, with the best constant in its place, its mean p/2.

    E[(x − p/2)²] = E[x²] − (p/2)² = p/3 − p²/4.
    """
    return importance * (density / 3 - density**2 / 4)


def loss_of_pair(density: Any, importance: Any = 1.0) -> Any:
    """What two features of importance 1 and r cost that share a line in opposite directions: W = (1, −1), b = 0.

    Alone, each is returned exactly. Together (p²) the larger one is too small by the smaller one, which is lost: each
    error is min(x₁, x₂), and E[min²] = ∫ 2 (1 − t) t² dt = 1/6. So (1 + r) p²/6, or p²/3 for two alike.
    """
    return (1 + importance) * density**2 / 6


def expected_loss(weights: Any, biases: Any, density: float, importance: float, points: int = 200) -> float:
    """The loss of a model of two features, integrated (by the midpoint rule) over all that its features can be.

    Args:
        weights: (m, 2).
        biases: (2,).
        density: p, of both.
        importance: r of the second feature; the first has 1.
        points: for each integral.
    """
    w, b = as_floats(weights, ndim=2, name="weights"), as_floats(biases, ndim=1, name="biases")
    x, shares = _get_examples(points)
    errors = (x - np.maximum(x @ w.T @ w + b, 0)) ** 2 @ np.array([1.0, importance])
    return float(errors @ (shares @ _get_chances(density)))


def _get_chances(density: Any) -> FloatArray:
    """That none, one (twice), or both of two features are there: (4, …)."""
    p = np.asarray(density, dtype=np.float64)
    return np.stack([(1 - p) ** 2, p * (1 - p), (1 - p) * p, p**2])


def _get_examples(points: int) -> tuple[FloatArray, FloatArray]:
    """Pairs of features on a grid, (k, 2), and the share of each in its case of `_get_chances`, (k, 4)."""
    x = (np.arange(points) + 0.5) / points
    zeros = np.zeros(points)
    both = np.stack(np.meshgrid(x, x, indexing="ij"), axis=-1).reshape(-1, 2)
    cases = [np.zeros((1, 2)), np.stack([x, zeros], axis=1), np.stack([zeros, x], axis=1), both]
    shares = np.zeros((sum(map(len, cases)), 4))
    ends = np.cumsum([0, *map(len, cases)])
    for case, (start, end) in enumerate(pairwise(ends)):
        shares[start:end, case] = 1 / (end - start)
    return np.concatenate(cases), shares


@dataclass(frozen=True)
class PhaseConfig:
    """Everything that decides a phase picture: two features, one hidden number, trained on the whole expected loss.

    Attributes:
        densities, importances: the grid: p of both features, r of the second one.
        n_seeds: models at each point; the best one counts.
        n_steps, rate: of Adam, along a half cosine.
        points: of each integral in the loss.
        seed: of the starts.
    """

    densities: tuple[float, ...] = tuple(float(p) for p in np.geomspace(0.01, 1, 17))
    importances: tuple[float, ...] = tuple(float(r) for r in np.geomspace(0.1, 10, 17))
    n_seeds: int = 10
    n_steps: int = 600
    rate: float = 3e-2
    points: int = 16
    seed: int = 0


@dataclass(frozen=True)
class PhaseRuns:
    """What was found.

    Attributes:
        config: what was trained.
        weights, biases: (n_densities, n_importances, 2), of the best model at each point.
        losses: (n_densities, n_importances), theirs, by `expected_loss`.
    """

    config: PhaseConfig
    weights: FloatArray
    biases: FloatArray
    losses: FloatArray

    @property
    def grid(self) -> tuple[FloatArray, FloatArray]:
        """The density and the importance at each point, (n_densities, n_importances) each."""
        p, r = np.meshgrid(self.config.densities, self.config.importances, indexing="ij")
        return p, r

    @property
    def closed_forms(self) -> FloatArray:
        """(3, n_densities, n_importances): the losses without the second feature, without the first, of the pair."""
        p, r = self.grid
        return np.stack([loss_ignored(p, r), loss_ignored(p), loss_of_pair(p, r)])

    @property
    def phases(self) -> NDArrayOfInt:
        """(n_densities, n_importances): 0 without the second, 1 without the first, 2 both, in opposite directions, 3
        both in one direction."""
        sizes = np.abs(self.weights)
        both = sizes.min(axis=-1) > LONG / 1.25
        alone = np.where(sizes[..., 0] > sizes[..., 1], 0, 1)
        together = np.where(self.weights.prod(axis=-1) < 0, 2, 3)
        return np.where(both, together, alone)


NDArrayOfInt = np.ndarray[Any, np.dtype[np.int64]]
NDArrayOfBool = np.ndarray[Any, np.dtype[np.bool_]]


def share_of_error(loss: Any, density: Any, importance: Any) -> Any:
    """A loss as a share of what it costs to represent neither feature."""
    return loss / (loss_ignored(density) + loss_ignored(density, importance))


@lru_cache
def train_phases(config: PhaseConfig = PhaseConfig()) -> PhaseRuns:
    """The phase picture of that configuration: from the cache if it is there and whole, else trained now (20 s)."""
    file = kept.cache_file("phases", config, __file__, np, torch)
    grid = len(config.densities), len(config.importances)
    arrays = kept.read(file) or {}
    shapes = {"weights": (*grid, 2), "biases": (*grid, 2), "losses": grid}
    if {name: array.shape for name, array in arrays.items()} != shapes:
        arrays = _train_phases(config)
        kept.write(file, arrays)
    return PhaseRuns(config, **arrays)


def _train_phases(config: PhaseConfig) -> dict[str, FloatArray]:
    grid = len(config.densities), len(config.importances)
    p, r = (
        np.repeat(a.ravel(), config.n_seeds) for a in np.meshgrid(config.densities, config.importances, indexing="ij")
    )
    x, shares = (torch.tensor(array, dtype=torch.float32) for array in _get_examples(config.points))
    chances = torch.tensor((_get_chances(p) / (p * (1 + r))).T, dtype=torch.float32)  # so that all losses are alike
    importance = torch.tensor(np.stack([np.ones_like(r), r], axis=1), dtype=torch.float32)
    chance = (chances @ shares.T)[:, :, None] * importance[:, None]
    generator = torch.Generator().manual_seed(config.seed)
    with kept.one_thread():
        weights = (0.8 * torch.randn(len(p), 1, 2, generator=generator)).requires_grad_()
        biases = torch.zeros(len(p), 2, requires_grad=True)
        adam = torch.optim.Adam([weights, biases], lr=config.rate)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(adam, config.n_steps)
        for _ in range(config.n_steps):
            loss = (chance * (x - run_model(x.expand(len(p), -1, -1), weights, biases)) ** 2).sum(dim=(1, 2))
            adam.zero_grad()
            loss.sum().backward()  # type: ignore[no-untyped-call]
            adam.step()
            schedule.step()
    best = loss.detach().numpy().reshape(*grid, config.n_seeds).argmin(axis=-1)[..., None, None]
    found = {
        name: np.take_along_axis(
            tensor.detach().numpy().astype(np.float64).reshape(*grid, config.n_seeds, 2), best, axis=2
        )[:, :, 0]
        for name, tensor in (("weights", weights), ("biases", biases))
    }
    losses = [
        expected_loss(found["weights"][i, j, None], found["biases"][i, j], density, ratio)
        for i, density in enumerate(config.densities)
        for j, ratio in enumerate(config.importances)
    ]
    return {**found, "losses": np.array(losses).reshape(grid)}


# Source: Elhage et al. 2022: the values of D_i that they saw features gather at, and the solids that have them.
PLATEAUS: Final = {
    "one each": (1, 1),
    "tetrahedron": (3, 4),
    "triangle": (2, 3),
    "opposite pair": (1, 2),
    "pentagon": (2, 5),
    "square antiprism": (3, 8),
}


def find_plateaus(values: Any, within: float = 0.012, least: int = 8) -> dict[str, NDArrayOfBool]:
    """Which features of a model stand on which of `PLATEAUS`: those where many gather, and few stand beside them.

    A slope that passes through a value is no plateau: of all features up to twice as far from it, four in five must be
    within.

    Args:
        values: D_i, (n,).
        within: how far a D_i may be from the plateau's.
        least: so many features make one.

    Returns:
        (n,), true for the features of each plateau that is there.
    """
    d = as_floats(values, ndim=1, name="values")
    found = {}
    for name, (over, under) in PLATEAUS.items():
        distances = np.abs(d - over / under)
        on = distances < within
        if on.sum() >= least and on.sum() >= 0.8 * (distances < 2 * within).sum():
            found[name] = on
    return found
