"""What the scenes about the toy model say is so."""

import numpy as np
import pytest

from darkroom import engine

engine.load()

from _2025.superposition.dimensions import HERO, DimensionsPerFeature, get_slabs  # noqa: E402
from _2025.superposition.directions import TOKEN, get_angle_to_word, get_directions, get_reach, get_shadow  # noqa: E402
from _2025.superposition.features import SPEEDS, WORDS  # noqa: E402
from _2025.superposition.phases import PhaseOfTwoFeatures, get_picture, put_dots  # noqa: E402
from _2025.superposition.toy_model import FiveFeaturesInTwoDimensions as Five  # noqa: E402
from _2025.superposition.toy_model import get_turned  # noqa: E402
from truth.concepts import N_NEURONS, OPEN, get_concepts, read_concept  # noqa: E402
from truth.superposition import (  # noqa: E402
    FIVE_IN_TWO,
    MANY_IN_TWENTY,
    dimensionality,
    find_plateaus,
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


def test_a_pair_stands_opposite_and_is_lost_only_if_both_are_there():
    runs = train(FIVE_IN_TWO)
    w, b = (array[Five.rare, Five.seed, -1] for array in (runs.weights, runs.biases))
    one, other = Five.pair

    def run(*features):
        return np.maximum(w.T @ w @ np.eye(5)[list(features)].sum(axis=0) + b, 0)

    assert interference(w)[one, other] < -0.9
    assert run(one)[one] == pytest.approx(1, abs=0.07) and run(one)[other] == 0
    assert (run(one, other)[[one, other]] < 0.1).all()


def test_trained_it_gives_back_the_example():
    runs = train(FIVE_IN_TWO)
    w, b = (array[Five.rarest, Five.seed, -1] for array in (runs.weights, runs.biases))
    out = np.maximum(w.T @ w @ np.eye(5)[Five.example] + b, 0)
    assert out[Five.example] == pytest.approx(1, abs=0.1)
    assert np.delete(out, Five.example).max() < 0.2


def test_the_rarer_the_features_the_more_pentagons():
    counts = [train(FIVE_IN_TWO).count_shapes(density)["pentagon"] for density in Five.densities]
    shares = [FIVE_IN_TWO.densities[density] for density in Five.densities]
    assert counts == sorted(counts) and shares == sorted(shares, reverse=True)


# DimensionsPerFeature


def test_steps_are_tinted_only_where_features_gather():
    rows = [find_plateaus(slab.values) for slab in get_slabs()]
    assert [k for k, row in enumerate(rows) if "opposite pair" in row] == [4, 5, 6, 7, 8]
    assert [k for k, row in enumerate(rows) if "pentagon" in row] == [9]
    assert {name for row in rows for name in row} == {"opposite pair", "pentagon"}


def test_a_slope_through_a_value_is_no_plateau():
    assert not find_plateaus(np.linspace(0.6, 0.3, 100))
    assert find_plateaus(np.r_[np.full(9, 0.5), np.zeros(20)])["opposite pair"].sum() == 9
    assert not find_plateaus(np.full(7, 0.5))


def test_forty_features_of_the_first_model_that_is_shown_have_half_a_dimension_each():
    slab = get_slabs()[HERO]
    assert slab.is_on_plateau.sum() == 2 * MANY_IN_TWENTY.n_hidden
    assert slab.values[slab.is_on_plateau].sum() == pytest.approx(MANY_IN_TWENTY.n_hidden, rel=0.01)
    assert (slab.values[~slab.is_on_plateau] < 0.01).all()


def test_the_rarer_its_features_the_more_a_model_keeps_with_less_for_each():
    kept = [(slab.values > 0.1).sum() for slab in get_slabs()[HERO:]]
    largest = [slab.values[10] for slab in get_slabs()[HERO:]]
    assert (np.diff(kept) >= 0).all() and kept[-1] > 2 * kept[0]
    assert (np.diff(largest) < 0.01).all()


def test_the_shapes_that_are_divided_are_those_of_the_models():
    for density, n_features in DimensionsPerFeature.shapes:
        weights = train(FIVE_IN_TWO).weights[density, Five.seed, -1]
        shares = dimensionality(weights[:, np.linalg.norm(weights, axis=0) > 0.5])
        assert shares == pytest.approx(np.full(n_features, 2 / n_features), abs=0.02)


def test_five_even_features_have_two_fifths_of_a_dimension_each():
    angles = 2 * np.pi * np.arange(5) / 5
    assert dimensionality([np.cos(angles), np.sin(angles)]) == pytest.approx(2 / 5)


def test_each_slab_is_all_features_in_falling_order():
    for slab, weights in zip(get_slabs(), train(MANY_IN_TWENTY).weights[:, 0, -1], strict=True):
        assert slab.values == pytest.approx(np.sort(dimensionality(weights))[::-1])


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


def test_the_formulas_that_are_printed_are_the_sheets_that_are_drawn():
    picture = get_picture()
    assert len(PhaseOfTwoFeatures.forms) == len(picture.losses) == len(train_phases().closed_forms)
    for (_, _, form), loss in zip(PhaseOfTwoFeatures.forms, picture.losses, strict=True):
        assert form(picture.x, picture.y) == pytest.approx(loss(picture.x, picture.y))


# NeuronsReadAsDirections


def test_every_lit_neuron_leans_towards_the_word():
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


def test_basketball_is_at_right_angles_to_the_word_in_all_dimensions_and_in_the_picture():
    assert get_angle_to_word() == pytest.approx(90)
    assert get_shadow()[1] @ DIRECTIONS["B"] == pytest.approx(0, abs=1e-9)
