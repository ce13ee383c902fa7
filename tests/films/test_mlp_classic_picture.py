"""What ClassicNeuralNetworksPicture says of the toy block is so."""

import numpy as np
import pytest

from darkroom import engine

engine.load()

from _2025.mlp.classic_picture import ClassicNeuralNetworksPicture as Scene  # noqa: E402
from truth.toy_mlp import (  # noqa: E402
    ACTIVE,
    DIRECTIONS,
    PARAMETERS,
    TOKENS,
    VISIBLE_COORDINATES,
    VISIBLE_UNITS,
    get_toy_mlp,
)


def test_half_a_match_does_not_wake_the_first_neuron():
    mlp = get_toy_mlp()
    assert mlp.forward(TOKENS[ACTIVE].embedding).neurons[VISIBLE_UNITS[0]] == 1
    for token in Scene.other_tokens:
        assert mlp.forward(TOKENS[token].embedding).product[VISIBLE_UNITS[0]] == pytest.approx(1)  # one half
        assert mlp.forward(TOKENS[token].embedding).neurons[VISIBLE_UNITS[0]] == 0


def test_what_is_drawn_is_all_that_counts_for_the_token():
    """The update follows from the drawn neurons and lines alone: what ellipses hide adds nothing."""
    mlp, rows, columns = get_toy_mlp(), list(VISIBLE_COORDINATES), list(VISIBLE_UNITS)
    seen = mlp.forward(TOKENS[ACTIVE].embedding)
    pre = mlp.up[np.ix_(columns, rows)] @ seen.x[rows] + mlp.up_bias[columns]
    np.testing.assert_allclose(pre, seen.pre[columns], atol=1e-12)
    update = mlp.down[np.ix_(rows, columns)] @ np.maximum(pre, 0) + mlp.down_bias[rows]
    np.testing.assert_allclose(update, seen.update[rows], atol=1e-12)
    np.testing.assert_allclose(seen.output[rows], (seen.x + DIRECTIONS["B"])[rows], atol=1e-12)


def test_the_rings_tell_the_biases_apart():
    """The caption speaks of orange and of blue: there are biases of both signs."""
    biases = get_toy_mlp().up_bias[list(VISIBLE_UNITS)]
    assert biases.min() < 0 < biases.max()


def test_gpt3_has_as_many_lines_as_is_said():
    assert PARAMETERS.up_weights == 4 * 12_288 * 12_288 == 603_979_776
