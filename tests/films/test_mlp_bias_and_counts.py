"""The identity and the counts of ShowBiasBakedIntoWeightMatrix."""

import numpy as np
import pytest

from truth.toy_mlp import ACTIVE, PARAMETERS, TOKENS, get_toy_mlp


@pytest.mark.parametrize("token", range(len(TOKENS)))
def test_the_bias_as_a_column_gives_the_same(token):
    """[W b] [E; 1] = W E + b, entry by entry; and the extra row hands the 1 on, through the ReLU."""
    mlp, x = get_toy_mlp(), TOKENS[token].embedding
    baked = np.block([[mlp.up, mlp.up_bias[:, None]], [np.zeros((1, len(x))), np.ones((1, 1))]])
    result = baked @ np.append(x, 1.0)
    np.testing.assert_allclose(result[:-1], mlp.up @ x + mlp.up_bias, atol=1e-12)
    np.testing.assert_allclose(result[:-1], mlp.forward(x).pre, atol=1e-8)
    assert np.maximum(result, 0)[-1] == 1 and x.shape == (64,)
    assert TOKENS[ACTIVE].words == "Michael Jordan"


def test_counts_of_a_layer():
    d = 12_288
    assert PARAMETERS.attention == 4 * d**2 == 603_979_776
    assert PARAMETERS.block == 8 * d**2 + 5 * d == 1_208_020_992
    assert PARAMETERS.norms == 4 * d == 49_152
    assert PARAMETERS.n_layers * PARAMETERS.norms == pytest.approx(4.7e6, rel=0.01)
    assert PARAMETERS.block / PARAMETERS.attention == pytest.approx(2, rel=1e-3)
