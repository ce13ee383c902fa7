"""How nearly at right angles many vectors can be: at random, at best, and according to a misleading measure.

Deviations are of the angle from 90 degrees; ε is the sine of a deviation, the largest |cosine| that it allows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch

from truth import kept
from truth.numerics import FloatArray, as_floats
from truth.packing import normalize

DIMENSIONS = 3, 10, 100, 1_000, 12_288  # the last is the width of GPT-3
BINS = 720  # of a histogram, over 0 to 180 degrees


def angle_between(first: object, second: object) -> float:
    """In degrees, 0 to 180, between two vectors (d,)."""
    a, b = (as_floats(vector, ndim=1, name="vector") for vector in (first, second))
    cosine = float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


def allowed_cosine(deviation: float) -> float:
    """ε: the largest |cosine| of angles within so many degrees of 90."""
    return float(np.sin(np.radians(deviation)))


@dataclass(frozen=True)
class Angles:
    """The angles of all pairs among some vectors.

    Attributes:
        counts: (BINS,): how many of them lie in each of as many equal parts of 0 to 180 degrees.
        spread: their standard deviation, in degrees.
        least, most: in degrees.
        within: how many lie within 1 degree of 90; `within_5`: within 5 degrees.
    """

    counts: FloatArray
    spread: float
    least: float
    most: float
    within: int
    within_5: int

    @property
    def pairs(self) -> int:
        """How many there are."""
        return int(self.counts.sum())

    @property
    def share(self) -> float:
        """Of the pairs within 1 degree of 90."""
        return self.within / self.pairs

    @property
    def share_5(self) -> float:
        """Of the pairs within 5 degrees of 90."""
        return self.within_5 / self.pairs

    @property
    def worst(self) -> float:
        """The largest deviation from 90 degrees, in degrees."""
        return max(90 - self.least, self.most - 90)

    def get_shares(self, bins: int) -> FloatArray:
        """(bins,): the share of the pairs in each of fewer parts of 0 to 180 degrees.

        Raises:
            ValueError: a number that does not divide BINS.
        """
        if BINS % bins:
            raise ValueError(f"{bins} bins do not divide the {BINS} that were counted")
        result: FloatArray = self.counts.reshape(bins, -1).sum(axis=1) / self.pairs
        return result


def measure_angles(vectors: object, chunk: int = 1000) -> Angles:
    """Of all pairs among vectors (n, d).

    Raises:
        ValueError: fewer than two vectors.
    """
    unit = normalize(as_floats(vectors, ndim=2, name="vectors"))
    n = len(unit)
    if n < 2:
        raise ValueError(f"an angle needs two vectors, but the shape is {unit.shape}")
    counts, sums, within = np.zeros(BINS), np.zeros(2), np.zeros(2, dtype=int)
    least, most = 180.0, 0.0
    for start in range(0, n, chunk):
        rows = unit[start : start + chunk]
        cosines = rows @ unit[start:].T
        is_pair = np.arange(len(rows))[:, None] < np.arange(n - start)[None, :]
        angles = np.degrees(np.arccos(np.clip(cosines[is_pair], -1, 1)))
        if not angles.size:
            continue
        counts += np.histogram(angles, bins=BINS, range=(0, 180))[0]
        off = angles - 90
        sums += off.sum(), (off**2).sum()
        least, most = min(least, float(angles.min())), max(most, float(angles.max()))
        within += (np.abs(off) <= 1).sum(), (np.abs(off) <= 5).sum()
    mean, square = sums / counts.sum()
    return Angles(counts, float(np.sqrt(square - mean**2)), least, most, int(within[0]), int(within[1]))


# What is certain


def welch_bound(count: int, dimension: int) -> float:
    """The least that the largest |cosine| among unit vectors can be; 0 for no more than there are dimensions.

    Source: L. Welch, "Lower bounds on the maximum cross correlation of signals", 1974.
    """
    if count <= dimension:
        return 0.0
    return float(np.sqrt((count - dimension) / (dimension * (count - 1))))


def welch_deviation(count: int, dimension: int) -> float:
    """The same as an angle: some pair is at least so many degrees away from 90.

    The bound is the root mean square of the cosines of all pairs at best, so it is a floor for that, too.
    """
    return float(np.degrees(np.arcsin(welch_bound(count, dimension))))


def most_vectors(dimension: int, deviation: float) -> float:
    """How many vectors, by Welch's bound, can at most be within so many degrees of 90 of each other.

    Infinite where ε ≥ 1 / √dimension: there the bound forbids nothing.
    """
    square = allowed_cosine(deviation) ** 2
    if dimension * square >= 1:
        return np.inf
    return float(np.floor(dimension * (1 - square) / (1 - dimension * square)))


def guaranteed_count(dimension: float, deviation: float) -> float:
    """So many random unit vectors are all within so many degrees of 90 with a chance above 0: exp(ε² dimension / 4).

    One pair is further off with a chance of at most `miss_bound`, and k vectors have fewer than k²/2 pairs.
    """
    return float(np.exp(allowed_cosine(deviation) ** 2 * dimension / 4))


def miss_bound(dimension: float, deviation: float) -> float:
    """Two random directions are more than so many degrees off 90 with at most this chance: 2 exp(−ε² dimension / 2)."""
    return float(2 * np.exp(-(allowed_cosine(deviation) ** 2) * dimension / 2))


def guarantee_begins(dimension: int) -> float:
    """The deviation in degrees at which the guarantee reaches the number of dimensions: as many fit at 90 exactly."""
    return float(np.degrees(np.arcsin(np.sqrt(4 * np.log(dimension) / dimension))))


def band_share(dimension: float, deviation: float) -> float:
    """The share of all directions that are within so many degrees of a right angle to a given one.

    The square of one coordinate of a random unit vector is Beta(1/2, (dimension − 1)/2) distributed.
    """
    from scipy.stats import beta

    return float(beta.cdf(allowed_cosine(deviation) ** 2, 0.5, (dimension - 1) / 2))


# What chance gives


@dataclass(frozen=True)
class RandomConfig:
    """So many random unit vectors in so many dimensions."""

    dimension: int
    count: int = 2_000
    seed: int = 0


def get_random_vectors(config: RandomConfig) -> FloatArray:
    """(count, dimension): unit vectors in random directions, all equally likely."""
    rng = np.random.default_rng(config.seed)
    return normalize(rng.standard_normal((config.count, config.dimension)))


@lru_cache(maxsize=16)
def get_random_angles(config: RandomConfig) -> Angles:
    """Of all pairs of random vectors; kept."""
    return _keep("random_angles", config, lambda: {"": get_random_vectors(config)})[""]


def _keep(name: str, config: object, get_sets: object) -> dict[str, Angles]:
    """Angles of the sets of vectors that a function makes, from the cache if they are there."""
    file = kept.cache_file(name, config, __file__, np, torch)
    arrays = kept.read(file)
    if arrays is None:
        arrays = {}
        for key, vectors in get_sets().items():  # type: ignore[operator]
            angles = measure_angles(vectors)
            arrays[f"counts {key}"] = angles.counts
            arrays[f"numbers {key}"] = np.array(
                [angles.spread, angles.least, angles.most, angles.within, angles.within_5]
            )
        kept.write(file, arrays)
    result = {}
    for key in (name.removeprefix("counts ") for name in arrays if name.startswith("counts ")):
        spread, least, most, within, within_5 = arrays[f"numbers {key}"]
        counts = arrays[f"counts {key}"]
        result[key] = Angles(counts, float(spread), float(least), float(most), int(within), int(within_5))
    return result


# What an optimiser gives


@dataclass(frozen=True)
class OptimiserConfig:
    """So many vectors move, by Adam, until a sum over all pairs is small.

    Attributes:
        powers: of |cosine| in the sum, at the first step and the last. A high power counts the worst pairs most;
            (1, 1) is the sum of absolute cosines.
        snapshots: how many sets to keep on the way, the first and the last among them, ever farther apart.
    """

    count: int
    dimension: int = 100
    steps: int = 400
    powers: tuple[float, float] = (4.0, 60.0)
    rate: float = 0.03
    snapshots: int = 2
    seed: int = 0


FAIR = OptimiserConfig(1_000)
POPULAR = OptimiserConfig(1_000, powers=(1.0, 1.0), steps=600, rate=0.02, snapshots=25)


def optimise(config: OptimiserConfig) -> list[FloatArray]:
    """Sets (count, dimension) of unit vectors along the way, `snapshots` of them."""
    start = get_random_vectors(RandomConfig(config.dimension, config.count, config.seed))
    moments = np.unique(np.rint(config.steps * np.linspace(0, 1, config.snapshots) ** 2).astype(int))
    sets, vectors = [], torch.tensor(start, requires_grad=True)
    optimiser = torch.optim.Adam([vectors], lr=config.rate)
    with kept.one_thread():
        for step in range(config.steps + 1):
            if step in moments:
                sets.append(normalize(vectors.detach().numpy().copy()))
            share = step / config.steps
            for group in optimiser.param_groups:
                group["lr"] = config.rate * (1 - 0.95 * share)
            power = config.powers[0] * (config.powers[1] / config.powers[0]) ** share
            optimiser.zero_grad()
            unit = vectors / vectors.norm(dim=1, keepdim=True)
            size = (unit @ unit.T).abs().fill_diagonal_(0.0)
            if power == 1:
                loss = size.sum()
            else:  # the root of the sum of powers: its gradient is of one scale, whatever the power
                most = size.max().detach()
                loss = most * ((size / most) ** power).sum() ** (1 / power)
            loss.backward()
            optimiser.step()
    return sets


@lru_cache(maxsize=8)
def get_optimised_angles(config: OptimiserConfig) -> tuple[Angles, ...]:
    """Of all pairs, at each moment that was kept on the way; kept."""
    found = _keep(
        "optimised_angles", config, lambda: {f"{k:03d}": vectors for k, vectors in enumerate(optimise(config))}
    )
    return tuple(found[key] for key in sorted(found))


def copies_of_axes(count: int, dimension: int) -> tuple[float, float, float]:
    """What the sum of absolute cosines likes: as many copies of each axis, so that all pairs are 0 or 90 degrees apart.

    Returns:
        the share of pairs that are parallel; the mean |cosine| here, which is the same; that of random vectors.

    Raises:
        ValueError: a count that the dimensions do not divide.
    """
    if count % dimension:
        raise ValueError(f"{count} vectors are not the same number of copies of {dimension} axes")
    copies = count // dimension
    parallel = dimension * (copies * (copies - 1) // 2) / (count * (count - 1) // 2)
    return parallel, parallel, mean_cosine(dimension)


def mean_cosine(dimension: int) -> float:
    """The mean |cosine| of two random directions: Γ(d/2) / (√π Γ((d + 1)/2))."""
    from scipy.special import gammaln

    return float(np.exp(gammaln(dimension / 2) - gammaln((dimension + 1) / 2)) / np.sqrt(np.pi))


# The same, seen from points: a random projection keeps distances


@dataclass(frozen=True)
class ProjectionConfig:
    """Random points of a high dimension, projected at random to a low one."""

    points: int = 1_000
    high: int = 10_000
    low: int = 300
    seed: int = 0


@lru_cache(maxsize=4)
def get_distortions(config: ProjectionConfig = ProjectionConfig()) -> FloatArray:
    """(pairs,): each distance between two points after the projection over that before, sorted; kept.

    Source: W. Johnson and J. Lindenstrauss, "Extensions of Lipschitz mappings into a Hilbert space", 1984.
    """
    file = kept.cache_file("projection", config, __file__, np)
    arrays = kept.read(file)
    if arrays is None:
        rng = np.random.default_rng(config.seed)
        before = rng.standard_normal((config.points, config.high))
        after = before @ rng.standard_normal((config.high, config.low)) / np.sqrt(config.low)
        arrays = {"ratios": np.sort(_distances(after) / _distances(before))}
        kept.write(file, arrays)
    return arrays["ratios"]


def _distances(points: FloatArray) -> FloatArray:
    squares = (points**2).sum(axis=1)
    gram = points @ points.T
    i, j = np.triu_indices(len(points), 1)
    result: FloatArray = np.sqrt(squares[i] + squares[j] - 2 * gram[i, j])
    return result
