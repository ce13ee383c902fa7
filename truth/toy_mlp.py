"""A perceptron block small enough to check by hand, that turns "Michael Jordan" into basketball.

mlp = get_toy_mlp()
seen = mlp.forward(TOKENS[ACTIVE].embedding)
seen.neurons[0]                 # 1.0: first name Michael and last name Jordan, both
seen.update                     # near DIRECTIONS["B"]: what the block adds is the direction "basketball", and a little

Every parameter, and every number that a picture of the active token shows, is a whole number of tenths, so that
the arithmetic on screen closes at one decimal: the 59 coordinates behind an ellipsis hold what else the sentence says
of a word, and no visible row reads them; the 248 neurons behind one are silent for the active token.
All numbers, directions and meanings here were chosen by hand, to be read. (`truth.facts` trains a block.)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from truth.numerics import FloatArray

D_MODEL: Final = 64
D_HIDDEN: Final = 256
VISIBLE_COORDINATES: Final = (0, 1, 2, 3, 63)
VISIBLE_UNITS: Final = (0, 1, 2, 3, 4, 5, 6, 255)

# An orthonormal basis of the visible coordinates, in tenths: Michael, Jordan, Basketball, Alexis, Phelps.
_DIRECTIONS_IN_TENTHS: Final = {
    "M": (1, 3, 5, 7, 4),
    "J": (3, 7, -1, -5, 4),
    "B": (-5, 1, -7, 3, 4),
    "A": (7, -5, -3, 1, 4),
    "P": (-4, -4, 4, -4, 6),
}

# Words without a name in them: their visible coordinates in tenths. Along each of the five directions such a word
# has a whole number of tenths too, and little of M, J and B; it activates no unit that has a meaning.
_PLAIN_IN_TENTHS: Final[dict[str, tuple[int, ...]]] = {
    "and": (8, 1, -6, 3, -3),
    "each": (2, -7, -3, 2, 5),
    "love": (7, -6, -2, 1, -4),
    "a": (1, 5, -2, 2, -10),
    "sport": (5, 0, -7, 6, -3),
}
_SENTENCE: Final = {
    "Alexis Jordan": "AJ",
    "Michael Phelps": "MP",
    "and": "",
    "Michael Jordan": "MJ",
    "each": "",
    "love": "",
    "a": "",
    "sport": "",
}
ACTIVE: Final = 3  # the token whose way through the block is told

# What unit k asks. Units 0, 1, 3 and 255 are made of the directions of names, so that they do what they say for every
# name; the others are rows that let "Michael Jordan" through or not, under questions made up to illustrate.
NEURON_MEANINGS: Final = (
    "Michael Jordan?",
    "Alexis Jordan?",
    "Part of a recipe?",
    "A swimmer?",
    "Someone famous?",
    "A musical key?",
    "Inside a footnote?",
    "Michael Phelps?",
)

# The visible units, in tenths: row of the up projection and column of the down projection (both as multiples of the
# directions M, J, B, A, P, or as visible coordinates), and the bias.
_UNITS: Final[dict[int, tuple[str | tuple[int, ...], int, str | tuple[int, ...]]]] = {
    0: ("MJ", -10, "B"),
    1: ("AJ", -10, "A"),
    2: ((3, 4, 7, -10, -5), -9, (-4, 2, 6, 0, -2)),
    3: ("P", -5, (2, -4, 0, -6, 4)),
    4: ((-6, 6, 4, -6, 5), -3, (2, 0, -2, 2, 0)),
    5: ((-11, 3, -1, -7, 4), -6, (0, -6, 2, 4, -2)),
    6: ((-4, -1, -5, 4, -4), -6, (6, 2, -4, 2, 0)),
    255: ("MP", -10, "P"),
}
_DOWN_BIAS_IN_TENTHS: Final = (0, 0, 0, -1, 1)  # a small shift, the same for every token
_SEED: Final = 7  # of everything that is never shown as a number: hidden units, hidden coordinates of plain words


@dataclass(frozen=True)
class Token:
    """A piece of text and its embedding, of shape (64,)."""

    words: str
    embedding: FloatArray


@dataclass(frozen=True)
class Pass:
    """One embedding's way through the block.

    Attributes:
        x: (64,) the embedding.
        product: (256,) up @ x, before the bias.
        pre: (256,) with the bias: what the neurons get.
        neurons: (256,) ReLU(pre).
        raw: (64,) down @ neurons, before the bias.
        update: (64,) with the bias: what the block adds.
        output: (64,) x + update.
    """

    x: FloatArray
    product: FloatArray
    pre: FloatArray
    neurons: FloatArray
    raw: FloatArray
    update: FloatArray
    output: FloatArray


@dataclass(frozen=True)
class ToyMLP:
    """output = x + down @ ReLU(up @ x + up_bias) + down_bias.

    Attributes:
        up, up_bias: (256, 64), (256,).
        down, down_bias: (64, 256), (64,).
    """

    up: FloatArray
    up_bias: FloatArray
    down: FloatArray
    down_bias: FloatArray

    def forward(self, x: FloatArray) -> Pass:
        """Send one embedding of shape (64,) through the block.

        Raises:
            ValueError: another shape.
        """
        if x.shape != (D_MODEL,):
            raise ValueError(f"an embedding has shape ({D_MODEL},), but this array has {x.shape}")
        product = _without_dust(self.up @ x)
        pre = _without_dust(product + self.up_bias)
        neurons = np.maximum(pre, 0.0)
        raw = _without_dust(self.down @ neurons)
        update = _without_dust(raw + self.down_bias)
        return Pass(x, product, pre, neurons, raw, update, _without_dust(x + update))


@dataclass(frozen=True)
class ParameterCounts:
    """How many parameters the blocks of a transformer have, from its sizes (the defaults are GPT-3's).

    Source: Brown et al. 2020, "Language Models are Few-Shot Learners", table 2.1: 175 billion parameters, 96
        layers, d_model = 12,288, and a feed-forward layer of four times that.
    """

    d_model: int = 12_288
    n_layers: int = 96
    total: int = 175_000_000_000

    @property
    def rows(self) -> int:
        """Neurons: the rows of the up projection, 4 d."""
        return 4 * self.d_model

    @property
    def up_weights(self) -> int:
        """4 d · d; the down projection has as many."""
        return self.rows * self.d_model

    @property
    def up_bias(self) -> int:
        """One for each neuron."""
        return self.rows

    @property
    def down_bias(self) -> int:
        """One for each coordinate of an embedding."""
        return self.d_model

    @property
    def bias_share(self) -> float:
        """The up projection's biases, as a share of its weights."""
        return self.up_bias / self.up_weights

    @property
    def block(self) -> int:
        """One perceptron block: 8 d² + 5 d."""
        return 2 * self.up_weights + self.up_bias + self.down_bias

    @property
    def all_blocks(self) -> int:
        """The perceptron blocks of all layers."""
        return self.n_layers * self.block

    @property
    def share(self) -> float:
        """The perceptron blocks of all layers, as a share of the whole model."""
        return self.all_blocks / self.total

    @property
    def attention(self) -> int:
        """One attention block's four matrices (query, key, value, output) over all heads: 4 d²."""
        return 4 * self.d_model**2

    @property
    def norms(self) -> int:
        """The two layer norms of a layer, each with a scale and a shift for every coordinate: 4 d."""
        return 4 * self.d_model


PARAMETERS: Final = ParameterCounts()


def _without_dust(values: FloatArray) -> FloatArray:
    """Without what floating point adds: sums and products of tenths have few decimals, and no zero is negative."""
    return np.round(values, 9) + 0.0


def _freeze(values: FloatArray) -> FloatArray:
    values.setflags(write=False)
    return values


def _make_visible(tenths: FloatArray) -> FloatArray:
    """(64,): whole numbers of tenths at the visible coordinates, zeros at the hidden ones."""
    vector = np.zeros(D_MODEL)
    vector[list(VISIBLE_COORDINATES)] = tenths / 10
    return _freeze(vector)


def _combine(letters: str) -> FloatArray:
    """(64,): the sum of the directions with these letters, exact in tenths."""
    return _make_visible(np.sum([_DIRECTIONS_IN_TENTHS[letter] for letter in letters], axis=0, dtype=np.float64))


def _as_vector(content: str | tuple[int, ...]) -> FloatArray:
    """(64,): a sum of directions by their letters, or visible coordinates in tenths."""
    return _combine(content) if isinstance(content, str) else _make_visible(np.array(content, dtype=np.float64))


DIRECTIONS: Final = {letter: _make_visible(np.array(t, dtype=float)) for letter, t in _DIRECTIONS_IN_TENTHS.items()}


def _get_tokens() -> tuple[Token, ...]:
    rng = np.random.default_rng(_SEED)
    hidden = np.setdiff1d(np.arange(D_MODEL), VISIBLE_COORDINATES)
    tokens = []
    for words, letters in _SENTENCE.items():
        embedding = _as_vector(letters if letters else _PLAIN_IN_TENTHS[words]).copy()
        embedding[hidden] = rng.integers(-2, 3, size=len(hidden)) / 10 + 0.0
        tokens.append(Token(words, _freeze(embedding)))
    return tuple(tokens)


TOKENS: Final = _get_tokens()


@lru_cache
def get_toy_mlp() -> ToyMLP:
    """The block: eight units that are shown, and 248 that are silent while the active token goes through."""
    rng = np.random.default_rng(_SEED + 1)
    up = rng.normal(scale=2.0, size=(D_HIDDEN, D_MODEL)).round() / 10
    down = rng.normal(scale=0.6, size=(D_MODEL, D_HIDDEN)).round() / 10
    scores = _without_dust(up @ TOKENS[ACTIVE].embedding)
    # Each hidden unit's threshold lies above what the active token gives it; other tokens may well reach it.
    up_bias = -(np.ceil(10 * np.maximum(scores, 0.0) - 1e-6) + rng.integers(0, 4, size=D_HIDDEN)) / 10 + 0.0
    for unit, (row, bias, column) in _UNITS.items():
        up[unit], up_bias[unit], down[:, unit] = _as_vector(row), bias / 10, _as_vector(column)
    down_bias = _make_visible(np.array(_DOWN_BIAS_IN_TENTHS, dtype=np.float64))
    return ToyMLP(_freeze(up + 0.0), _freeze(up_bias), _freeze(down + 0.0), down_bias)
