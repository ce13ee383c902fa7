"""What the sum of absolute cosines does to vectors that it should spread: they gather on a few axes.

found = get_gathering()
found.sizes                             # how many vectors there are on the axis of each, in the end
found.angles[0], found.angles[-1]       # of one such group, to its axis: before, and in the end
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch

from truth import kept
from truth.almost_orthogonal import POPULAR, OptimiserConfig, optimise
from truth.numerics import FloatArray
from truth.packing import normalize

NEAR = 10.0  # degrees from an axis, on either side of it


@dataclass(frozen=True)
class Gathering:
    """What came of the vectors.

    Attributes:
        sizes: (count,): how many vectors, itself among them, lie within `NEAR` degrees of each one's line in the end.
        angles: (snapshots, n): of the vectors of one typical group, in degrees, 0 to 180, to the axis they end on.
    """

    sizes: FloatArray
    angles: FloatArray


@lru_cache
def get_gathering(config: OptimiserConfig = POPULAR) -> Gathering:
    """Of the vectors that an optimiser moved; kept."""
    file = kept.cache_file("gathering", config, __file__, np, torch)
    arrays = kept.read(file)
    if arrays is None:
        arrays = _gather(optimise(config))
        kept.write(file, arrays)
    return Gathering(**arrays)


def _gather(sets: list[FloatArray]) -> dict[str, FloatArray]:
    end = sets[-1]
    is_near = np.abs(end @ end.T) > np.cos(np.radians(NEAR))
    sizes = is_near.sum(axis=1).astype(float)
    typical = int(np.argmin(np.abs(sizes - np.round(sizes.mean()))))
    group = np.flatnonzero(is_near[typical])
    signs = np.sign(end[group] @ end[typical])
    axis = normalize((signs[:, None] * end[group]).mean(axis=0)[None])[0]
    cosines = np.array([vectors[group] @ axis for vectors in sets])
    return {"sizes": sizes, "angles": np.degrees(np.arccos(np.clip(cosines, -1, 1)))}
