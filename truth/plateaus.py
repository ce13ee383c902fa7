"""Which shares of a dimension many features of a model have: the steps in its dimensionalities."""

from __future__ import annotations

from typing import Any

import numpy as np

from truth.numerics import as_floats
from truth.superposition import PLATEAUS

NDArrayOfBool = np.ndarray[Any, np.dtype[np.bool_]]


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
