"""Acts H to J of the walkthrough: the ReLU, the neurons and the down projection, held to torch and to arithmetic."""

import numpy as np
import pytest
import torch

from darkroom import engine

engine.load()

from manimlib import Tex  # noqa: E402

from _2025.mlp.walkthrough.collapse import CollapseUpProjection  # noqa: E402
from _2025.mlp.walkthrough.counting import CountParameters  # noqa: E402
from _2025.mlp.walkthrough.down_projection import OTHER_ACTIVE, DownProjection  # noqa: E402
from _2025.mlp.walkthrough.relu import OTHER, RectifyToNeurons  # noqa: E402
from _2025.mlp.walkthrough.stage import Walkthrough  # noqa: E402
from darkroom.engine.run import Run  # noqa: E402
from truth.toy_mlp import (  # noqa: E402
    ACTIVE,
    DIRECTIONS,
    PARAMETERS,
    TOKENS,
    VISIBLE_COORDINATES,
    VISIBLE_UNITS,
    get_toy_mlp,
)

MLP = get_toy_mlp()
SEEN = MLP.forward(TOKENS[ACTIVE].embedding)
UNITS, COORDINATES = list(VISIBLE_UNITS), list(VISIBLE_COORDINATES)
pytestmark = pytest.mark.slow
OURS = (CollapseUpProjection, RectifyToNeurons, DownProjection)


class Neurons(DownProjection):
    """Acts H to J, after those they stand on, and what stands in the strip and in view at the end of each."""

    def construct(self):
        self.set_up_stage()
        self.ends = {}
        for kind in self.get_acts():
            if kind in CountParameters.get_acts()[:3]:  # the stage stands already
                continue
            kind.act(self)
            self.ends[kind] = {
                "strip": [get_brightness(vector) for vector in self.vectors],
                "height": self.frame.get_height(),
            }

    def work_the_update_out(self):
        super().work_the_update_out()
        self.raw = self.down_result.shown_values.ravel()

    def switch_the_input(self):
        self.before_switch = self.answers.shown_values.ravel(), self.big_input.shown_values.ravel()
        super().switch_the_input()
        self.after_switch = self.answers.shown_values.ravel(), self.big_input.shown_values.ravel()


def get_brightness(vector):
    return max(number[0].get_fill_opacity() for number in vector.get_entries())


@pytest.fixture(scope="module")
def scene():
    return Run(Neurons, draws=False, skips=True)().scene


# The ReLU


def test_shown_neurons_are_torchs_relu_of_the_shown_numbers(scene):
    before, after = scene.before.shown_values.ravel(), scene.after.shown_values.ravel()
    assert after.tolist() == torch.relu(torch.tensor(before)).tolist()


def test_what_is_boxed_as_not_above_zero_is_what_becomes_zero():
    act = RectifyToNeurons.__new__(RectifyToNeurons)
    act.seen = SEEN
    clipped, kept = act.get_units(False), act.get_units(True)
    assert sorted(clipped + kept) == UNITS
    assert (SEEN.neurons[clipped] == 0).all() and (SEEN.pre[clipped] <= 0).all()
    assert (SEEN.neurons[kept] == SEEN.pre[kept]).all() and (SEEN.pre[kept] > 0).all()


def test_at_most_zero_becomes_exactly_zero_for_all_tokens_but_one():
    passes = [MLP.forward(token.embedding) for token in TOKENS]
    assert [passed.pre[0] <= 0 for passed in passes] == [index != ACTIVE for index in range(len(TOKENS))]
    assert [passed.neurons[0] for passed in passes] == [float(index == ACTIVE) for index in range(len(TOKENS))]


# The neurons


def test_every_line_of_the_textbooks_picture_is_a_weight(scene):
    weights = [line.weight for line in scene.lines]
    assert weights == MLP.up[np.ix_(UNITS, COORDINATES)].ravel().tolist()


def test_dots_are_as_bright_as_their_neurons_clipped_to_one():
    act = RectifyToNeurons.__new__(RectifyToNeurons)
    act.after = type("Slots", (), {"row_slots": (*UNITS[:-1], None, UNITS[-1])})
    for token in TOKENS:
        neurons = MLP.forward(token.embedding).neurons
        fills = [dot.get_fill_opacity() for dot in act.get_dots(neurons)]
        assert fills == pytest.approx(neurons[UNITS].clip(0, 1))


def test_the_zero_is_computed_from_another_input(scene):
    assert TOKENS[OTHER].words == "Michael Phelps"
    for (answers, x), token in ((scene.before_switch, ACTIVE), (scene.after_switch, OTHER)):
        passed = MLP.forward(TOKENS[token].embedding)
        assert np.allclose(answers, passed.neurons[UNITS]) and np.allclose(x, passed.x[COORDINATES])
    assert scene.before_switch[0][0] == 1 and scene.after_switch[0][0] == 0


@pytest.mark.parametrize("token", [ACTIVE, OTHER])
def test_the_first_neurons_sum_closes_as_shown(scene, token):
    _, numbers, _ = scene.get_score(token, 1)
    first, last, bias, neuron = (number.shown_value for number in numbers)
    assert max(first + last + bias, 0) == pytest.approx(neuron)
    x = TOKENS[token].embedding
    assert MLP.up[0] @ x == pytest.approx(DIRECTIONS["M"] @ x + DIRECTIONS["J"] @ x) == pytest.approx(first + last)


# The down projection


def test_the_second_product_is_basketball_and_alexis_before_the_bias(scene):
    wanted = (DIRECTIONS["B"] + DIRECTIONS["A"])[COORDINATES]
    assert np.allclose(wanted, (0.2, -0.4, -1.0, 0.4, 0.8))
    assert np.allclose(scene.raw, wanted)
    weights, neurons = scene.down_matrix.shown_values, SEEN.neurons[UNITS]
    assert np.allclose(weights @ neurons, scene.raw), "what the dots hide adds nothing"


def test_the_second_bias_takes_alexis_away_and_leaves_basketball(scene):
    bias = scene.down_bias.shown_values.ravel()
    assert np.allclose(bias, -DIRECTIONS["A"][COORDINATES])
    assert np.allclose(scene.raw + bias, DIRECTIONS["B"][COORDINATES])
    update = torch.tensor(MLP.down) @ torch.tensor(SEEN.neurons) + torch.tensor(MLP.down_bias)
    assert update.numpy() == pytest.approx(DIRECTIONS["B"], abs=1e-9)


def test_the_bias_cancels_the_column_of_the_only_other_active_neuron():
    assert np.flatnonzero(SEEN.neurons).tolist() == [0, OTHER_ACTIVE]
    assert MLP.down[:, OTHER_ACTIVE] * SEEN.neurons[OTHER_ACTIVE] + MLP.down_bias == pytest.approx(0)


def test_the_first_column_is_basketball():
    assert MLP.down[:, 0].tolist() == DIRECTIONS["B"].tolist()


def test_the_product_is_the_sum_of_its_columns_each_times_its_neuron():
    terms = sum(SEEN.neurons[unit] * MLP.down[:, unit] for unit in UNITS)
    assert terms == pytest.approx(SEEN.raw)


def test_columns_neurons_and_terms_have_the_same_indices(scene):
    def indices(labels):
        return [
            "".join(char for char in label.get_tex() if char.isdigit()) for label in labels if isinstance(label, Tex)
        ]

    names = [str(unit) for unit in UNITS]
    assert indices(scene.columns.labels) == indices(scene.neuron_names.labels) == names
    for half in (0, 1):
        assert indices(term[half] for term in scene.terms.values()) == names


def test_the_count_beside_the_update_is_gpt_3s_width():
    assert PARAMETERS.d_model == 12_288


# What the acts leave behind


def test_each_act_lights_one_more_vector_of_the_strip(scene):
    lit = [[brightness > 0.9 for brightness in scene.ends[act]["strip"]] for act in OURS]
    assert lit == [[True, False, False], [True, True, False], [True, True, True]]


def test_the_last_act_leaves_the_page_empty_and_the_strip_as_it_was(scene):
    stage = Run(type("Ready", (Walkthrough,), {"construct": Walkthrough.set_up_stage}), draws=False, skips=True)().scene
    assert scene.frame.get_height() == pytest.approx(stage.frame.get_height())
    standing = [part for top in scene.mobjects if top is not scene.frame for part in top.family_members_with_points()]
    assert max(part.get_top()[1] for part in standing) < -0.5
    for mine, theirs in zip(scene.vectors, stage.vectors, strict=True):
        assert np.allclose(mine.shown_values, theirs.shown_values)
        assert np.allclose(mine.get_center(), theirs.get_center(), atol=1e-3)
