"""Lines through the origin of space that stay as far from each other as they can, and the way an optimiser takes there.

A line and its opposite are the same here: two directions interfere by the size of their cosine, whatever its sign. The
angle of two lines is at most 90 degrees; a set is as good as its smallest angle.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from truth import kept
from truth.numerics import FloatArray, as_floats

# The largest smallest angle that anyone has found for so many lines in three dimensions, in degrees.
# Source: Conway, Hardin and Sloane, "Packing Lines, Planes, etc.", Experimental Mathematics 5, 1996, table 1.
BEST_KNOWN: Final = {
    3: 90.0,
    4: 70.5288,
    5: 63.4349,
    6: 63.4349,
    7: 54.7356,
    8: 49.6399,
    9: 47.9821,
    10: 46.6746,
    11: 44.4031,
    12: 41.8820,
    13: 39.8131,
}


@dataclass(frozen=True)
class PackingConfig:
    """What decides a run: how many lines, with how many tries for the newcomer, in how many steps of what size."""

    first: int = 3
    last: int = 13
    tries: int = 96
    steps: int = 600  # with the power rising from `powers[0]` to `powers[1]`; these are shown
    polish: int = 1000  # with ever higher powers and ever smaller steps; of these the last is shown
    powers: tuple[float, float] = (4.0, 60.0)
    rate: float = 0.02
    frames: int = 121  # kept of a stage
    seed: int = 0


@dataclass(frozen=True)
class Stage:
    """How n lines find their places after one of them joined.

    Attributes:
        path: (frames, n, 3): unit vectors along the way; the last is the newcomer. Neighbouring frames are about as far
            apart along the whole way. The first n − 1 begin where the stage before ended.
        angles: (frames,): the smallest angle at each, in degrees.
    """

    path: FloatArray
    angles: FloatArray

    def at(self, share: float) -> FloatArray:
        """(n, 3): unit vectors after a share of the way, 0 to 1."""
        place = float(np.clip(share, 0, 1)) * (len(self.path) - 1)
        before = min(int(place), len(self.path) - 2)
        between = self.path[before] + (place - before) * (self.path[before + 1] - self.path[before])
        return normalize(between)


def normalize(vectors: FloatArray) -> FloatArray:
    """Vectors (..., d) at length 1."""
    result: FloatArray = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return result


def line_angles(vectors: object) -> FloatArray:
    """(n, n): the angles in degrees between the lines along vectors (n, d), 0 to 90; 90 on the diagonal."""
    unit = normalize(as_floats(vectors, ndim=2, name="vectors"))
    cosines = np.abs(unit @ unit.T)
    np.fill_diagonal(cosines, 0.0)
    angles: FloatArray = np.degrees(np.arccos(np.minimum(cosines, 1.0)))
    return angles


def closest_pair(vectors: object) -> tuple[int, int, float]:
    """The two lines along vectors (n, d) with the smallest angle, and that angle in degrees.

    Raises:
        ValueError: fewer than two vectors.
    """
    angles = line_angles(vectors)
    if len(angles) < 2:
        raise ValueError(f"a pair needs two vectors, but there are {len(angles)}")
    angles[np.tril_indices(len(angles))] = np.inf
    i, j = np.unravel_index(int(np.argmin(angles)), angles.shape)
    return int(i), int(j), float(angles[i, j])


def _gradient(vectors: FloatArray, power: float) -> FloatArray:
    """Of log Σ |u_i · u_j|^power / power along the sphere, for vectors (tries, n, 3)."""
    cosines = vectors @ np.swapaxes(vectors, -1, -2)
    n = cosines.shape[-1]
    cosines[..., np.arange(n), np.arange(n)] = 0.0
    size = np.abs(cosines)
    most = np.maximum(size.max(axis=(-1, -2), keepdims=True), 1e-12)
    ratio = size / most  # so that a high power does not underflow everywhere
    weights = ratio ** (power - 1) / (most * (ratio**power).sum(axis=(-1, -2), keepdims=True))
    gradient = 2 * (np.sign(cosines) * weights) @ vectors
    along = (gradient * vectors).sum(axis=-1, keepdims=True)
    result: FloatArray = gradient - along * vectors
    return result


def _worst(vectors: FloatArray) -> FloatArray:
    """(tries,): the largest |cosine| of each set."""
    cosines = np.abs(vectors @ np.swapaxes(vectors, -1, -2))
    n = cosines.shape[-1]
    cosines[..., np.arange(n), np.arange(n)] = 0.0
    result: FloatArray = cosines.max(axis=(-1, -2))
    return result


def _relax(start: FloatArray, config: PackingConfig) -> tuple[FloatArray, FloatArray]:
    """Adam on the sphere from (tries, n, 3): each step (steps + 1, tries, n, 3), and the polished end."""
    vectors, mean, square = start.copy(), np.zeros_like(start), np.zeros((*start.shape[:2], 1))
    steps, best, least = [start], start.copy(), _worst(start)
    for step in range(1, config.steps + config.polish + 1):
        if step <= config.steps:
            share = step / config.steps
            power, rate = config.powers[0] * (config.powers[1] / config.powers[0]) ** share, config.rate
            rate *= min(step / 60, 1) * (1 - 0.7 * share)  # nobody jumps
        else:
            share = (step - config.steps) / config.polish
            power, rate = config.powers[1] * 1000**share, 0.3 * config.rate * 1e-4**share
        gradient = _gradient(vectors, power)
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.99 * square + 0.01 * (gradient**2).sum(axis=-1, keepdims=True)
        scale = np.sqrt(square / (1 - 0.99**step)).mean(axis=1, keepdims=True)  # one for the set: a true direction
        vectors = normalize(vectors - rate * mean / (1 - 0.9**step) / (scale + 1e-9))
        if step <= config.steps:
            steps.append(vectors)
        else:
            worst = _worst(vectors)
            best = np.where((worst < least)[:, None, None], vectors, best)
            least = np.minimum(worst, least)
    return np.array(steps), best


def _thin_out(path: FloatArray, frames: int) -> FloatArray:
    """As many frames of a path (steps, n, 3), so that the vectors move about as far between any two."""
    moved = np.linalg.norm(np.diff(path, axis=0), axis=-1).max(axis=-1)
    length = np.concatenate([[0], np.cumsum(moved + 1e-12)])
    wanted = np.linspace(0, length[-1], frames)
    flat = path.reshape(len(path), -1)
    columns = [np.interp(wanted, length, column) for column in flat.T]
    return normalize(np.stack(columns, axis=-1).reshape(frames, *path.shape[1:]))


def _run_stage(before: FloatArray, config: PackingConfig, rng: np.random.Generator) -> FloatArray:
    """(frames, n + 1, 3): one vector joins n, all relax; the best of several tries for the newcomer."""
    newcomers = normalize(rng.normal(size=(config.tries, 1, 3)))
    start = np.concatenate([np.broadcast_to(before, (config.tries, *before.shape)), newcomers], axis=1)
    steps, ends = _relax(start, config)
    reached = _worst(ends)
    # Of those that do equally well, the one that joined closest to another: there is most to see.
    good = reached < reached.min() + 1e-4
    chosen = int(np.argmax(np.where(good, _worst(start), -np.inf)))
    return _thin_out(np.concatenate([steps[:, chosen], ends[None, chosen]]), config.frames)


@lru_cache(maxsize=2)
def get_packings(config: PackingConfig = PackingConfig()) -> dict[int, Stage]:
    """The stages from `config.first` lines, which begin at right angles, to `config.last`: by number of lines.

    The first stage stands still. Twenty seconds, then kept.
    """
    file = kept.cache_file("packing", config, __file__, np)
    arrays: dict[str, NDArray[np.float64]] | None = kept.read(file)
    if arrays is None:
        rng = np.random.default_rng(config.seed)
        vectors: FloatArray = np.eye(3)[: config.first]
        arrays = {str(config.first): np.repeat(vectors[None], config.frames, axis=0)}
        for n in range(config.first + 1, config.last + 1):
            arrays[str(n)] = _run_stage(arrays[str(n - 1)][-1], config, rng)
        kept.write(file, arrays)
    return {int(n): Stage(path, np.array([closest_pair(vectors)[2] for vectors in path])) for n, path in arrays.items()}
