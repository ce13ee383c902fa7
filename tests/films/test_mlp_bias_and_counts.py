"""The identity and the counts of ShowBiasBakedIntoWeightMatrix."""

import numpy as np
import pytest

from darkroom import engine

engine.load()

from _2025.mlp.bias_and_counts import N_BIASES, get_all_amounts, get_blocks, get_layer_amounts, get_speck  # noqa: E402
from truth.toy_mlp import ACTIVE, PARAMETERS, TOKENS, get_toy_mlp  # noqa: E402


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
    assert N_BIASES == 5 * d == 49_152 + 12_288
    assert PARAMETERS.block / PARAMETERS.attention == pytest.approx(2, rel=1e-3)


def test_blocks_are_drawn_in_true_ratio():
    """Areas are counts: attention, perceptron and the speck of the biases; depths are layers."""
    slabs, speck = get_blocks(), get_speck()
    areas = [column[0].size[0] * column[0].size[1] for column in slabs]
    assert areas[1] / areas[0] == pytest.approx(PARAMETERS.block / PARAMETERS.attention)
    assert speck.get_width() ** 2 / areas[0] == pytest.approx(N_BIASES / PARAMETERS.attention, rel=1e-3)
    assert [len(column) for column in slabs] == [PARAMETERS.n_layers] * 2 == [96, 96]
    steps = np.diff([slab.get_z() for slab in slabs[0]])
    assert steps == pytest.approx(steps[0])


def test_the_amounts_on_the_blocks_are_the_counts():
    slabs = get_blocks(1)
    shown = [amount[1][0].shown_value for group in (get_layer_amounts, get_all_amounts) for amount in group(slabs)]
    assert shown == [604, 1.2, 58, 116]


def test_perceptrons_are_two_thirds_of_about_175_billion():
    assert PARAMETERS.all_blocks / 175e9 == pytest.approx(2 / 3, abs=0.01)


def test_the_rest_is_attention_and_mostly_embeddings():
    """GPT-3 has 50,257 tokens and 2,048 places (Brown et al. 2020); its total is known to the nearest billion."""
    rest = PARAMETERS.total - PARAMETERS.all_blocks - PARAMETERS.n_layers * PARAMETERS.attention
    assert 0.5 < (50_257 + 2_048) * PARAMETERS.d_model / rest < 1
