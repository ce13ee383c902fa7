"""The residual sum shows a sum that closes, and its wires lead where they say."""

import numpy as np
import pytest

from darkroom import engine

engine.load()

from manimlib import RIGHT  # noqa: E402

from helpers.circuit import ResidualSum  # noqa: E402
from helpers.embedding import NumericEmbedding  # noqa: E402
from truth.toy_mlp import ACTIVE, TOKENS, VISIBLE_COORDINATES, get_toy_mlp  # noqa: E402


def get_pair(start, update, shown=None, **config):
    pair = [NumericEmbedding(values, shown_entries=shown, **config) for values in (start, update)]
    return pair[0], pair[1].shift(5 * RIGHT)


def test_what_is_shown_adds_up():
    start, update = get_pair([0.14, 0.14, -0.05], [0.14, -0.14, 0.0])
    circuit = ResidualSum(start, update)
    shown = [vector.shown_values.ravel() for vector in (start, update, circuit.output)]
    assert np.allclose(shown[0] + shown[1], shown[2])
    assert circuit.output.shown_values[0, 0] == 0.2  # 0.1 + 0.1 as a viewer reads it, not 0.28
    assert circuit.rounding_gap == pytest.approx(0.08)


def test_the_toy_mlps_sum_is_exact_also_behind_the_ellipsis():
    seen = get_toy_mlp().forward(TOKENS[ACTIVE].embedding)
    circuit = ResidualSum(*get_pair(seen.x, seen.update, VISIBLE_COORDINATES))
    assert np.allclose(circuit.output.values, seen.output)
    assert circuit.rounding_gap < 1e-9


def test_wires_lead_from_start_over_everything_to_the_output():
    start, update = get_pair(np.ones(4), np.ones(4), height=2)
    circuit = ResidualSum(start, update, rise=0.5)
    assert np.allclose(circuit.wire.get_start(), start.get_top())
    assert np.allclose(circuit.wire.get_end(), circuit.plus.get_top(), atol=1e-2)
    assert circuit.wire.get_top()[1] == pytest.approx(start.get_top()[1] + 0.5)
    order = [
        update.get_right()[0],
        circuit.plus.get_left()[0],
        circuit.plus.get_right()[0],
        circuit.output.get_left()[0],
    ]
    assert order == sorted(order)
    assert circuit.branch.get_width() > 0 and circuit.stub.get_width() > 0


def test_vectors_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"\(3,\) and \(4,\)"):
        ResidualSum(*get_pair(np.ones(3), np.ones(4)))
    start, update = NumericEmbedding(np.ones(9), shown_entries=3), NumericEmbedding(np.ones(9), shown_entries=4)
    with pytest.raises(ValueError, match="shown are entries"):
        ResidualSum(start, update)
