"""The toy block is the storyboard's, digit for digit, and its arithmetic closes as shown."""

from fractions import Fraction

import numpy as np
import pytest
import torch

from truth.numerics import shown_values
from truth.toy_mlp import (
    ACTIVE,
    D_HIDDEN,
    D_MODEL,
    DIRECTIONS,
    NEURON_MEANINGS,
    PARAMETERS,
    TOKENS,
    VISIBLE_COORDINATES,
    VISIBLE_UNITS,
    get_toy_mlp,
)

MLP = get_toy_mlp()
SEEN = list(VISIBLE_COORDINATES)
UNITS = list(VISIBLE_UNITS)
HIDDEN_UNITS = np.setdiff1d(np.arange(D_HIDDEN), UNITS)
HIDDEN_COORDINATES = np.setdiff1d(np.arange(D_MODEL), SEEN)
M, J, B, A, P = (DIRECTIONS[letter] for letter in "MJBAP")
ACTIVE_PASS = MLP.forward(TOKENS[ACTIVE].embedding)


def vector(*tenths) -> np.ndarray:
    full = np.zeros(D_MODEL)
    full[SEEN] = np.array(tenths) / 10
    return full


# Row, row · E, bias, with bias, after ReLU, column.
TABLE = {
    0: (M + J, 2.0, -1.0, 1.0, 1.0, B),
    1: (A + J, 1.0, -1.0, 0.0, 0.0, A),
    2: (vector(3, 4, 7, -10, -5), 0.2, -0.9, -0.7, 0.0, vector(-4, 2, 6, 0, -2)),
    3: (P, 0.0, -0.5, -0.5, 0.0, vector(2, -4, 0, -6, 4)),
    4: (vector(-6, 6, 4, -6, 5), 0.8, -0.3, 0.5, 0.5, vector(2, 0, -2, 2, 0)),
    5: (vector(-11, 3, -1, -7, 4), 0.0, -0.6, -0.6, 0.0, vector(0, -6, 2, 4, -2)),
    6: (vector(-4, -1, -5, 4, -4), -0.7, -0.6, -1.3, 0.0, vector(6, 2, -4, 2, 0)),
    255: (M + P, 1.0, -1.0, 0.0, 0.0, P),
}


def same(these, those) -> bool:
    return np.array_equal(these, np.round(those, 9))


def is_in_tenths(values) -> bool:
    return bool(np.all(values == np.round(values, 1)) and not np.any(np.signbit(values) & (values == 0)))


def as_shown(values) -> list[Fraction]:
    """The numbers a viewer reads, exactly."""
    return [Fraction(str(value)) for value in shown_values(values, 1)]


def test_the_directions_are_orthonormal_and_their_entries_the_storyboards():
    tenths = {
        "M": [1, 3, 5, 7, 4],
        "J": [3, 7, -1, -5, 4],
        "B": [-5, 1, -7, 3, 4],
        "A": [7, -5, -3, 1, 4],
        "P": [-4, -4, 4, -4, 6],
    }
    assert {letter: [round(10 * v) for v in d[SEEN]] for letter, d in DIRECTIONS.items()} == tenths
    basis = np.array(list(DIRECTIONS.values()))
    assert basis @ basis.T == pytest.approx(np.eye(5), abs=1e-15)
    assert not basis[:, HIDDEN_COORDINATES].any()


def test_the_shapes():
    assert (MLP.up.shape, MLP.up_bias.shape) == ((256, 64), (256,))
    assert (MLP.down.shape, MLP.down_bias.shape) == ((64, 256), (64,))
    assert len(TOKENS) == 8 and len(NEURON_MEANINGS) == len(VISIBLE_UNITS)


@pytest.mark.parametrize("unit", UNITS)
def test_the_visible_units_are_the_storyboards_table(unit):
    row, product, bias, pre, neuron, column = TABLE[unit]
    assert same(MLP.up[unit], row) and same(MLP.down[:, unit], column)
    seen = ACTIVE_PASS
    assert (seen.product[unit], MLP.up_bias[unit]) == (product, bias)
    assert (seen.pre[unit], seen.neurons[unit]) == (pre, neuron)


def test_the_active_token_is_michael_plus_jordan_and_what_else_the_sentence_says():
    token = TOKENS[ACTIVE]
    assert token.words == "Michael Jordan" and same(token.embedding[SEEN], (M + J)[SEEN])
    assert token.embedding[SEEN].tolist() == [0.4, 1.0, 0.4, 0.2, 0.8]


def test_the_block_adds_basketball_and_a_little():
    seen = ACTIVE_PASS
    assert same(seen.raw, B + 0.5 * MLP.down[:, 4]) and seen.raw[SEEN].tolist() == [-0.4, 0.1, -0.8, 0.4, 0.4]
    assert same(seen.update, seen.raw + vector(0, 0, 0, -1, 1))
    assert seen.update[SEEN].tolist() == [-0.4, 0.1, -0.8, 0.3, 0.5]
    assert seen.output[SEEN].tolist() == [0.0, 1.1, -0.4, 0.5, 1.3]


def test_the_output_reads_out_as_michael_jordan_basketball():
    readouts = [float(ACTIVE_PASS.output @ DIRECTIONS[letter]) for letter in "MJBAP"]
    assert readouts == pytest.approx([1, 1.08, 1.06, 0.14, -0.02], abs=1e-12)


def test_the_bias_shifts_every_token_alike():
    for token in TOKENS:
        seen = MLP.forward(token.embedding)
        assert seen.update - seen.raw == pytest.approx(MLP.down_bias, abs=1e-9)


def test_the_ellipses_hide_something_that_no_visible_row_reads():
    for token in TOKENS:
        assert token.embedding[HIDDEN_COORDINATES].any()
        length = token.embedding @ token.embedding
        assert (token.embedding[HIDDEN_COORDINATES] ** 2).sum() > 0.2 * length, token.words
    assert not MLP.up[UNITS][:, HIDDEN_COORDINATES].any()
    for part in ("raw", "update"):
        assert not getattr(ACTIVE_PASS, part)[HIDDEN_COORDINATES].any()
    assert (ACTIVE_PASS.pre[HIDDEN_UNITS] <= 0).all() and not ACTIVE_PASS.neurons[HIDDEN_UNITS].any()
    assert not MLP.down_bias[HIDDEN_COORDINATES].any()


def test_the_neurons_of_names_do_what_they_say():
    fired = {token.words: MLP.forward(token.embedding).neurons[UNITS] > 0 for token in TOKENS}
    asks = dict(zip(NEURON_MEANINGS, UNITS, strict=True))
    assert list(fired["Michael Phelps"]) == [unit in (3, 4, 255) for unit in UNITS]  # a swimmer, famous, himself
    assert list(fired["Michael Jordan"]) == [unit in (0, 4) for unit in UNITS]
    for words, firing in fired.items():
        for name in ("Michael Jordan", "Alexis Jordan", "Michael Phelps"):
            assert firing[UNITS.index(asks[f"{name}?"])] == (words == name)


def test_words_without_a_name_activate_no_neuron_that_has_a_meaning():
    for words in ("and", "each", "love", "a", "sport"):
        (token,) = (token for token in TOKENS if token.words == words)
        assert not MLP.forward(token.embedding).neurons[UNITS].any(), words


def test_all_that_is_shown_is_in_tenths_without_a_negative_zero():
    for parameters in (MLP.up, MLP.up_bias, MLP.down, MLP.down_bias):
        assert is_in_tenths(parameters)
    for part in ("x", "raw", "update", "output"):
        assert is_in_tenths(getattr(ACTIVE_PASS, part))
    for part in ("product", "pre", "neurons"):
        assert is_in_tenths(getattr(ACTIVE_PASS, part)[UNITS])
    assert all(is_in_tenths(token.embedding) for token in TOKENS)


def test_the_arithmetic_closes_with_the_digits_shown():
    """Each result is the sum of the visible products, and the visible bias: as a viewer would add them."""
    seen = ACTIVE_PASS
    x, neurons = as_shown(seen.x[SEEN]), as_shown(seen.neurons[UNITS])
    for unit in UNITS:
        product = sum(w * e for w, e in zip(as_shown(MLP.up[unit][SEEN]), x, strict=True))
        assert [product] == as_shown(seen.product[[unit]])
        pre = product + as_shown(MLP.up_bias[[unit]])[0]
        assert [pre] == as_shown(seen.pre[[unit]]) and [max(pre, 0)] == as_shown(seen.neurons[[unit]])
    for place in SEEN:
        raw = sum(w * n for w, n in zip(as_shown(MLP.down[place][UNITS]), neurons, strict=True))
        assert [raw] == as_shown(seen.raw[[place]])
        update = raw + as_shown(MLP.down_bias[[place]])[0]
        assert [update] == as_shown(seen.update[[place]])
        assert [update + as_shown(seen.x[[place]])[0]] == as_shown(seen.output[[place]])


@pytest.mark.parametrize("half", [M + P, A + J, M, J, B])
def test_half_a_match_gives_exactly_nothing(half):
    assert MLP.forward(half).neurons[0] == 0


def test_the_score_is_two_for_the_full_name_and_at_most_one_for_any_other_token():
    scores = [MLP.forward(token.embedding).product[0] for token in TOKENS]
    assert scores[ACTIVE] == 2
    others = scores[:ACTIVE] + scores[ACTIVE + 1 :]
    assert max(others) == 1  # reached by the half matches
    assert [MLP.forward(token.embedding).neurons[0] for token in TOKENS] == [float(i == ACTIVE) for i in range(8)]


def test_the_names_are_sums_of_directions():
    names = {token.words: token.embedding for token in TOKENS}
    for words, directions in {"Michael Phelps": M + P, "Alexis Jordan": A + J}.items():
        assert same(names[words][SEEN], directions[SEEN])
    assert MLP.forward(names["Michael Phelps"]).neurons[255] == 1  # the neuron that asks for him
    assert ACTIVE_PASS.neurons[255] == 0


def test_other_tokens_wake_hidden_units():
    """The parallel copies have something of their own to show."""
    for i, token in enumerate(TOKENS):
        awake = np.mean(MLP.forward(token.embedding).neurons > 0)
        assert (awake < 0.02) if i == ACTIVE else 0.05 < awake < 0.6


def test_the_forward_pass_is_torchs():
    up, up_bias, down, down_bias = (torch.tensor(w) for w in (MLP.up, MLP.up_bias, MLP.down, MLP.down_bias))
    for token in TOKENS:
        x = torch.tensor(token.embedding)
        output = x + torch.relu(x @ up.T + up_bias) @ down.T + down_bias
        assert MLP.forward(token.embedding).output == pytest.approx(output.numpy(), abs=1e-9)


def test_an_embedding_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"\(64,\).*\(8,\)"):
        MLP.forward(np.zeros(8))


def test_nobody_can_write_into_the_truth():
    with pytest.raises(ValueError):
        MLP.up[0, 0] = 5
    with pytest.raises(ValueError):
        DIRECTIONS["M"][0] = 5


def test_the_parameter_counts_of_gpt_3():
    assert PARAMETERS.rows == PARAMETERS.up_bias == 49_152
    assert PARAMETERS.up_weights == 603_979_776 == PARAMETERS.attention
    assert PARAMETERS.block == 1_208_020_992
    assert PARAMETERS.all_blocks == 115_970_015_232
    assert round(100 * PARAMETERS.share) == 66
    assert PARAMETERS.bias_share == pytest.approx(1 / 12_288) and round(PARAMETERS.bias_share, 5) == 0.00008
    assert PARAMETERS.norms == 49_152


def test_the_counts_are_those_of_real_layers():
    """On a small model, by counting torch's parameters."""
    small = type(PARAMETERS)(d_model=16, n_layers=3, total=10_000)
    layers = torch.nn.Sequential(torch.nn.Linear(16, 64), torch.nn.ReLU(), torch.nn.Linear(64, 16))
    assert sum(p.numel() for p in layers.parameters()) == small.block
    assert 2 * sum(p.numel() for p in torch.nn.LayerNorm(16).parameters()) == small.norms
    attention = torch.nn.MultiheadAttention(16, 4, bias=False)
    assert sum(p.numel() for p in attention.parameters()) == small.attention
