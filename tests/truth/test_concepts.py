"""28 equiangular lines in 8 dimensions, and what a layer of 16 neurons makes of them."""

import numpy as np
import pytest

from truth.concepts import CLEAR, N_NEURONS, OPEN, get_concepts, get_rows, read_concept

CONCEPTS = get_concepts()


def test_every_two_of_28_concepts_in_8_dimensions_have_the_cosine_one_third():
    assert CONCEPTS.shape == (28, 8)
    cosines = CONCEPTS @ CONCEPTS.T
    assert np.diag(cosines) == pytest.approx(1)
    pairs = cosines[np.triu_indices(28, 1)]
    assert len(pairs) == 378
    assert np.abs(pairs) == pytest.approx(1 / 3)


@pytest.mark.parametrize("index", range(N_NEURONS))
def test_with_the_clear_bias_a_concept_with_a_neuron_lights_that_one_alone(index):
    neurons = read_concept(index, CLEAR)
    assert neurons[index] == pytest.approx(2 / 3)
    assert np.flatnonzero(neurons).tolist() == [index]


def test_with_the_clear_bias_the_other_twelve_light_nothing():
    assert all(not read_concept(index, CLEAR).any() for index in range(N_NEURONS, 28))


def test_without_a_bias_the_other_twelve_have_patterns_of_their_own():
    patterns = [read_concept(index, OPEN) for index in range(N_NEURONS, 28)]
    assert {int((pattern > 0).sum()) for pattern in patterns} == {4, 5, 6, 7}
    for pattern in patterns:
        assert pattern[pattern > 0] == pytest.approx(1 / 3)
    assert len({tuple(pattern > 0) for pattern in patterns}) == 12


def test_without_a_bias_all_28_patterns_differ():
    patterns = [tuple(read_concept(index, OPEN).round(6)) for index in range(28)]
    assert len(set(patterns)) == 28


def test_a_row_has_two_positive_weights_and_six_negative_ones():
    assert ((get_rows() > 0).sum(axis=1) == 2).all() and (get_rows() != 0).all()
