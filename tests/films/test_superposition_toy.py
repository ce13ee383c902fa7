"""What the scenes about the toy model say is so."""

import numpy as np
import pytest

from darkroom import engine

engine.load()

from _2025.superposition.dimensions import CLEAR, SHOWN, get_slabs  # noqa: E402
from _2025.superposition.directions import TOKEN, get_directions, get_reach, get_shadow  # noqa: E402
from _2025.superposition.features import SPEEDS, WORDS  # noqa: E402
from _2025.superposition.phases import PhaseOfTwoFeatures, get_picture, put_dots  # noqa: E402
from _2025.superposition.toy_model import FiveFeaturesInTwoDimensions as Five  # noqa: E402
from _2025.superposition.toy_model import get_turned  # noqa: E402
from truth.concepts import N_NEURONS, OPEN, get_concepts, read_concept  # noqa: E402
from truth.superposition import (  # noqa: E402
    FIVE_IN_TWO,
    MANY_IN_TWENTY,
    PLATEAUS,
    count_on_plateaus,
    dimensionality,
    interference,
    loss_ignored,
    loss_of_pair,
    name_shape,
    share_of_error,
    train,
    train_phases,
)
from truth.toy_mlp import DIRECTIONS, TOKENS, get_toy_mlp  # noqa: E402

pytestmark = pytest.mark.slow  # the whole sweeps are trained, where they are not kept yet: two and a half minutes


# MLPFeatures


def test_there_is_a_word_for_each_concept_and_a_pace_for_each_neuron():
    assert len(WORDS) == len(set(WORDS)) == len(get_concepts()) == 28
    assert len(SPEEDS) == N_NEURONS


def test_all_28_patterns_that_are_laid_out_differ():
    assert len({tuple(read_concept(k, OPEN).round(9)) for k in range(28)}) == 28


# FiveFeaturesInTwoDimensions


def test_turning_shows_the_same_model():
    weights = train(FIVE_IN_TWO).weights[Five.rarest, Five.seed]
    turned = get_turned(weights, upright=False)
    assert interference(turned[-1]) == pytest.approx(interference(weights[-1]))
    assert turned[-1][1, 0] == pytest.approx(0) and turned[-1][0, 0] > 0


def test_the_model_that_is_shown_does_what_is_said_of_it():
    weights = train(FIVE_IN_TWO).weights[:, Five.seed, -1]
    shapes = [name_shape(weights[k]) for k in (Five.dense, Five.rare, Five.rarest)]
    assert shapes == ["right angle", "opposite pairs", "pentagon"]
    lengths = np.linalg.norm(weights[Five.dense], axis=0)
    assert (lengths[:2] > 0.9).all() and (lengths[2:] < 0.2).all()  # the two most important


def test_most_seeds_do_the_same():
    runs = train(FIVE_IN_TWO)
    assert runs.count_shapes(Five.rarest)["pentagon"] >= 55
    assert 30 <= runs.count_shapes(Five.between)["pentagon"] <= 50
    assert runs.count_shapes(Five.rare)["opposite pairs"] >= 45
    assert runs.count_shapes(Five.dense)["right angle"] >= 45


def test_untrained_it_does_not_give_back_the_example():
    w = train(FIVE_IN_TWO).weights[Five.rarest, Five.seed, 0]
    out = np.maximum(w.T @ w @ np.eye(5)[Five.example], 0)
    assert out.argmax() != Five.example


# DimensionsPerFeature


def test_the_lines_that_are_bright_are_those_where_features_gather():
    counts = count_on_plateaus(train(MANY_IN_TWENTY))
    seen = {name for name, count in counts.items() if count >= CLEAR}
    assert seen == {"opposite pair", "pentagon", "square antiprism"}
    assert all(counts[name] <= 3 for name in set(PLATEAUS) - seen)


def test_five_even_features_have_two_fifths_of_a_dimension_each():
    angles = 2 * np.pi * np.arange(5) / 5
    assert dimensionality([np.cos(angles), np.sin(angles)]) == pytest.approx(2 / 5)


def test_each_slab_is_the_features_with_the_most_room():
    for slab, weights in zip(get_slabs(), train(MANY_IN_TWENTY).weights[:, 0, -1], strict=True):
        values = dimensionality(weights)
        assert len(slab.values) == SHOWN and slab.values[0] == values.max()
        assert (np.diff(slab.values) <= 0).all() and slab.values[-1] >= np.median(values) - 1e-12


# PhaseOfTwoFeatures


def test_the_surface_is_the_best_of_the_closed_forms():
    picture = get_picture()
    forms = loss_ignored(picture.y, picture.x), loss_ignored(picture.y), loss_of_pair(picture.y, picture.x)
    best = share_of_error(np.min(forms, axis=0), picture.y, picture.x)
    assert picture.heights == pytest.approx(best)
    assert (picture.winners == np.argmin(forms, axis=0)).mean() > 0.995  # but for ties


def test_models_that_disagree_sit_at_a_border_and_do_better_than_the_forms():
    runs = train_phases()
    forms = np.sort(runs.closed_forms, axis=0)
    other = runs.phases != runs.closed_forms.argmin(axis=0)
    assert 0 < other.sum() < 0.05 * other.size
    assert (forms[1] / forms[0])[other].max() < 1.15
    assert (runs.losses <= forms[0] * 1.0001).all()


def test_each_model_has_its_dot():
    assert put_dots(get_picture()).dots.get_num_points() == train_phases().phases.size
    assert len(PhaseOfTwoFeatures.forms) == len(train_phases().closed_forms)


# NeuronsReadAsDirections


def test_every_lit_neuron_points_along_the_word():
    x = TOKENS[TOKEN].embedding
    lit = get_toy_mlp().forward(x).neurons > 0
    assert lit.sum() > 20
    assert (get_directions()[lit] @ x > 0).all()


def test_the_word_points_up_in_the_shadow_which_is_a_projection():
    shadow = get_shadow()
    assert shadow @ shadow.T == pytest.approx(np.eye(3), abs=1e-9)
    x = TOKENS[TOKEN].embedding
    assert shadow @ x == pytest.approx([0, np.linalg.norm(x), 0])


def test_no_neuron_has_the_direction_of_basketball():
    assert get_reach() < 0.6  # no nearer than 53°
    assert np.linalg.norm(DIRECTIONS["B"]) == pytest.approx(1)
