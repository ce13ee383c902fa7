"""What the scenes about the toy model say is so."""

import numpy as np
import pytest

from darkroom import engine

engine.load()

from _2025.superposition.dimensions import (  # noqa: E402
    FEATURES,
    HERO,
    KEPT,
    MODELS,
    PLATEAU_COLORS,
    DimensionsPerFeature,
    get_slabs,
)
from _2025.superposition.directions import (  # noqa: E402
    IDEA,
    KNOWN,
    LENGTH,
    STRANGER,
    USED,
    NeuronsReadAsDirections,
    get_activations,
    get_angles_to,
    get_chain,
    get_rows,
    get_tips,
    get_total,
)
from _2025.superposition.features import SPEEDS, WORDS  # noqa: E402
from _2025.superposition.phases import PhaseOfTwoFeatures, get_picture, put_dots  # noqa: E402
from _2025.superposition.toy_model import FiveFeaturesInTwoDimensions as Five  # noqa: E402
from _2025.superposition.toy_model import get_turned  # noqa: E402
from truth.concepts import N_NEURONS, OPEN, get_concepts, read_concept  # noqa: E402
from truth.facts import get_directions as get_ideas  # noqa: E402
from truth.facts import train_fact_mlp  # noqa: E402
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


def test_steps_are_in_their_own_colours_only_where_features_gather():
    rows = [find_plateaus(slab.values) for slab in get_slabs()]
    assert [k for k, row in enumerate(rows) if "opposite pair" in row] == [0, 1, 2]
    assert [k for k, row in enumerate(rows) if "pentagon" in row] == [3]
    assert {name for row in rows for name in row} == set(PLATEAU_COLORS)


def test_a_slope_through_a_value_is_no_plateau():
    assert not find_plateaus(np.linspace(0.6, 0.3, 100))
    assert find_plateaus(np.r_[np.full(9, 0.5), np.zeros(20)])["opposite pair"].sum() == 9
    assert not find_plateaus(np.full(7, 0.5))


def test_forty_features_of_the_first_model_that_is_shown_have_half_a_dimension_each():
    slab = get_slabs()[HERO - MODELS[0]]
    on = find_plateaus(slab.values)["opposite pair"]
    assert on.sum() == slab.count() == 2 * MANY_IN_TWENTY.n_hidden
    assert (slab.values[~on] < 0.01).all()


def test_the_rarer_its_features_the_more_a_model_keeps_and_all_dimensions_are_shared_out():
    slabs = get_slabs()
    kept = [slab.count() for slab in slabs]
    assert (np.diff(kept) >= 0).all() and kept[0] < 40 and kept[-1] > 90
    for slab in slabs:
        assert slab.values.sum() == pytest.approx(MANY_IN_TWENTY.n_hidden, rel=0.01)
        assert (slab.values[FEATURES:] < KEPT).all()


def test_the_shapes_that_are_divided_are_those_of_the_models():
    for density, n_features in DimensionsPerFeature.shapes:
        weights = train(FIVE_IN_TWO).weights[density, Five.seed, -1]
        shares = dimensionality(weights[:, np.linalg.norm(weights, axis=0) > 0.5])
        assert shares == pytest.approx(np.full(n_features, 2 / n_features), abs=0.02)


def test_five_even_features_have_two_fifths_of_a_dimension_each():
    angles = 2 * np.pi * np.arange(5) / 5
    assert dimensionality([np.cos(angles), np.sin(angles)]) == pytest.approx(2 / 5)


def test_each_slab_is_all_features_in_falling_order():
    models = train(MANY_IN_TWENTY).weights[MODELS.start : MODELS.stop, 0, -1]
    for slab, weights in zip(get_slabs(), models, strict=True):
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


def test_every_lit_neuron_leans_towards_the_input_and_stands_at_its_true_angle():
    lit, angles, tips = get_activations(KNOWN) > 0, get_angles_to(KNOWN), get_tips()
    assert 20 < lit.sum() < 40
    assert (angles[lit] < 90).all()
    assert tips[:, 1] / LENGTH == pytest.approx(np.cos(np.radians(angles)), abs=1e-6)


def test_leaning_a_little_is_not_enough():
    used = np.linalg.norm(get_rows(), axis=1) > USED
    dark = (get_activations(KNOWN) == 0) & used
    leaning = dark & (get_angles_to(KNOWN) < 90)
    assert leaning.sum() > 5
    assert (train_fact_mlp().parameters_at(np.inf)[1][leaning] < 0).all()


def test_the_outputs_add_up_to_the_idea_which_no_neuron_brings_alone():
    along = get_chain(KNOWN)[1][:, 0]
    idea = get_ideas([IDEA])[0]
    total = get_total(KNOWN)
    assert along.sum() == pytest.approx(total @ idea, abs=1e-3)
    assert total @ idea / np.linalg.norm(total) > 0.99
    assert along.max() < 0.25
    named = NeuronsReadAsDirections.n_named
    shown = [*along[:named].round(2), round(along[named:].sum(), 2)]
    assert sum(shown) == pytest.approx(round(total @ idea, 2))


def test_for_half_the_name_one_neuron_takes_it_all_back():
    along = get_chain(STRANGER)[1][:, 0]
    against = along[along < 0]
    assert against.min() < 0.98 * against.sum()
    assert round(along.sum(), 2) == 0 and round(along[along > 0].sum(), 2) == round(-against.sum(), 2)
