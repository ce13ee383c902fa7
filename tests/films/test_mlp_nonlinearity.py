"""What NonlinearityOfLanguage says of its two directions is so."""

import numpy as np
import pytest

from darkroom import engine

engine.load()

from _2025.mlp.nonlinearity import NonlinearityOfLanguage as Scene  # noqa: E402


@pytest.fixture
def directions():
    return [np.array([np.cos(Scene.angles[name]), np.sin(Scene.angles[name])]) for name in "MJ"]


def test_one_name_scores_one_and_both_score_two(directions):
    m, j = directions
    assert m @ j == pytest.approx(0)
    assert (m + j) @ m == pytest.approx(1) and (m + j) @ j == pytest.approx(1)
    assert (m + j) @ (m + j) == pytest.approx(2)


def test_the_border_passes_through_the_tips_and_the_neuron_is_silent_there(directions):
    m, j = directions
    for tip in (m, j):
        assert max((m + j) @ tip + Scene.biases[0], 0) == pytest.approx(0)
    assert (m + j) @ (m + j) + Scene.biases[0] == pytest.approx(1)
    assert (m + j) @ np.array(Scene.other) < 0


def test_no_linear_score_is_above_zero_for_both_and_not_above_for_either(directions):
    """Without a bias, score(M + J) = score(M) + score(J): if it is above 0, one of the two is."""
    m, j = directions
    for weights in np.random.default_rng(0).normal(size=(1000, 2)):
        assert weights @ (m + j) <= 0 or max(weights @ m, weights @ j) > 0


def test_the_stricter_neuron_still_wakes_for_both(directions):
    m, j = directions
    assert (m + j) @ (m + j) + Scene.biases[1] == pytest.approx(0.3)
