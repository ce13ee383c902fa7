"""More concepts than neurons: 28 directions in 8 dimensions, and a layer of 16 neurons that reads them.

The directions are all placements of two 3s among six −1s, divided by √24: unit vectors, any two of which have the
cosine 1/3 or −1/3. So 28 lines are equiangular in 8 dimensions.

A neuron's row is a concept's direction, so its product with another concept is ±1/3. With the bias −1/3, a concept
that has a neuron gives 2/3 there and exactly 0 elsewhere; with the bias 0, each of the other twelve has a pattern of
its own. All numbers here were constructed, none was trained.
"""

from __future__ import annotations

from itertools import combinations
from typing import Final

import numpy as np

from truth.numerics import FloatArray

N_DIMENSIONS: Final = 8
N_NEURONS: Final = 16


def get_concepts() -> FloatArray:
    """(28, 8): unit vectors in the order of where their two large entries are, (0, 1) first, (6, 7) last."""
    concepts: FloatArray = -np.ones((28, N_DIMENSIONS))
    for row, places in zip(concepts, combinations(range(N_DIMENSIONS), 2), strict=True):
        row[list(places)] = 3
    concepts /= np.sqrt(24)
    return concepts


def get_rows() -> FloatArray:
    """(16, 8): the layer's weights, the first sixteen concepts."""
    return get_concepts()[:N_NEURONS]


def read_concept(index: int, bias: float) -> FloatArray:
    """(16,): ReLU(W c + b), what the neurons make of a concept.

    Args:
        index: of the concept, 0 to 27.
        bias: of every neuron.
    """
    concepts = get_concepts()
    neurons: FloatArray = np.maximum(np.round(concepts[:N_NEURONS] @ concepts[index] + bias, 12), 0.0) + 0.0
    return neurons


CLEAR: Final = -1 / 3  # the bias with which a neuron answers to one concept alone
OPEN: Final = 0.0  # the bias with which a concept is a pattern
