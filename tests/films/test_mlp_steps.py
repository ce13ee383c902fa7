"""Preview, three steps, matrices against stories: what they say in words is so in the numbers they show."""

import numpy as np
import pytest

from darkroom import engine

engine.load()

from _2025.mlp.matrices_vs_intuition import TOO_LOW, UNIT, measure_stories  # noqa: E402
from _2025.mlp.steps_preview import learn_matrices  # noqa: E402
from _2025.mlp.three_steps import BreakDownThreeSteps  # noqa: E402
from helpers import WeightMatrix, get_column_matrix  # noqa: E402
from truth.facts import FACTS, embed, train_fact_mlp  # noqa: E402
from truth.toy_mlp import ACTIVE, DIRECTIONS, TOKENS, VISIBLE_COORDINATES, VISIBLE_UNITS, get_toy_mlp  # noqa: E402

mlp = get_toy_mlp()
seen = mlp.forward(TOKENS[ACTIVE].embedding)


def test_the_first_row_is_the_name_and_the_first_column_the_sport():
    up, down = learn_matrices()
    assert (up[-1] == mlp.up).all() and (down[-1] == mlp.down).all()
    assert up[-1][0] == pytest.approx(DIRECTIONS["M"] + DIRECTIONS["J"])
    assert up[-1][0] == pytest.approx(TOKENS[ACTIVE].embedding)
    assert down[-1][:, 0] == pytest.approx(DIRECTIONS["B"])
    assert TOKENS[ACTIVE].words == "Michael Jordan"


def test_before_training_the_first_row_is_no_name():
    row, name = learn_matrices()[0][0][0], TOKENS[ACTIVE].embedding
    assert abs(row @ name) < 0.5 * np.linalg.norm(row) * np.linalg.norm(name)


def test_all_the_rest_is_learned_anew_while_row_and_column_stay():
    up, down = learn_matrices(seed=5, held=True)
    assert (up[:, 0] == mlp.up[0]).all()
    assert (down[:, :, 0] == mlp.down[:, 0]).all()
    assert (up[0, 1:] != mlp.up[1:]).mean() > 0.5
    assert (down[0, :, 1:] != mlp.down[:, 1:]).mean() > 0.5
    assert (up[-1] != mlp.up).any() and (down[-1] != mlp.down).any()  # or nobody would see that it changed


def test_what_is_learned_anew_computes_the_same_with_its_neurons_in_another_order():
    up, down = (snapshots[-1] for snapshots in learn_matrices(seed=5, held=True))
    order = [np.flatnonzero((mlp.up == row).all(axis=1)).item() for row in up]
    assert sorted(order) == list(range(256)) and order[0] == 0
    assert down @ np.maximum(up @ seen.x + mlp.up_bias[order], 0) + mlp.down_bias == pytest.approx(seen.update)


def test_the_dots_are_neurons_that_relu_let_through():
    units = list(BreakDownThreeSteps.units)
    assert (seen.neurons == np.maximum(seen.pre, 0)).all()
    assert [unit for unit in units if seen.neurons[unit] > 0] == [0, 1]


def test_the_columns_of_the_neurons_that_are_on_and_the_bias_add_up_to_basketball():
    on = np.flatnonzero(seen.neurons)
    assert set(on) <= set(BreakDownThreeSteps.units)
    assert sum(seen.neurons[unit] * mlp.down[:, unit] for unit in on) + mlp.down_bias == pytest.approx(seen.update)
    assert seen.update == pytest.approx(DIRECTIONS["B"])


def test_the_sum_that_is_written_out_adds_up_in_every_row_as_it_is_shown():
    scene = BreakDownThreeSteps.__new__(BreakDownThreeSteps)
    scene.seen = seen
    scene.columns = get_column_matrix(WeightMatrix(mlp.down, shown_columns=VISIBLE_UNITS, shown_rows=5))
    terms, bias, result, signs, names = scene.get_sum()
    total = bias.shown_values + sum(number.shown_value * vector.shown_values for number, vector in terms)
    assert total == pytest.approx(result.shown_values)
    assert len(terms) == len(signs) - 1 == len(names) - 2 == 2
    hidden = np.setdiff1d(np.arange(64), VISIBLE_COORDINATES)
    assert not any(vector.values[hidden].any() for vector in (*(term[1] for term in terms), bias, result))
    assert terms[1][1].shown_values == pytest.approx(-bias.shown_values)  # so column 1 and the bias cancel


def test_the_story_that_cracks_is_the_bias():
    run = train_fact_mlp()
    fits, n_on, n_pairs = measure_stories(run)
    assert [fit < TOO_LOW for fit in fits] == [False, True, False]
    assert 1 < n_on < n_pairs
    assert FACTS[UNIT] == ("Michael", "Jordan", "basketball")


def test_fits_are_cosines():
    """Of the row and the column: numpy's own, from the parameters as they are in the end."""
    run = train_fact_mlp()
    (row_fit, _, column_fit), _, _ = measure_stories(run)
    name = embed([FACTS[UNIT][:2]])[0]
    row, column = run.up[-1, UNIT], run.down[-1, :, UNIT]
    assert row_fit == pytest.approx(row @ name / np.linalg.norm(row) / np.linalg.norm(name))
    assert column_fit == pytest.approx(column @ DIRECTIONS["B"] / np.linalg.norm(column))


def test_a_neuron_that_is_on_for_one_name_alone_would_fit_perfectly():
    """The bias's cosine is 1 for the toy block's neuron 0, which is on for Michael Jordan alone."""

    class Perfect:
        row_cosines = column_cosines = np.ones(len(FACTS))

        def neurons(self, x):
            return np.maximum(x @ mlp.up.T + mlp.up_bias, 0).round(9)

    fits, n_on, _ = measure_stories(Perfect())
    assert fits == pytest.approx(np.ones(3))
    assert n_on == 1
