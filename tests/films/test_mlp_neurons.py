"""Acts I and J of the walkthrough: the ReLU, the neurons and the down projection, held to torch and to arithmetic."""

from fractions import Fraction

import numpy as np
import pytest
import torch

from darkroom import engine

engine.load()

from manimlib import Tex  # noqa: E402

from _2025.mlp.walkthrough.down_projection import ACTIVE_UNITS, OTHER_UNITS, DownProjection, get_shown_update  # noqa: E402
from _2025.mlp.walkthrough.numbers import get_ledger  # noqa: E402
from _2025.mlp.walkthrough.relu import OTHER, SLOWLY, RectifyToNeurons, get_ball  # noqa: E402
from _2025.mlp.walkthrough.stage import get_stage  # noqa: E402
from custom.acts import check_acts  # noqa: E402
from darkroom.engine.run import Run  # noqa: E402
from helpers.activation_plot import get_activation_plot  # noqa: E402
from truth.toy_mlp import (  # noqa: E402
    ACTIVE,
    DIRECTIONS,
    NEURON_MEANINGS,
    TOKENS,
    VISIBLE_COORDINATES,
    VISIBLE_UNITS,
    get_toy_mlp,
)

MLP = get_toy_mlp()
SEEN, PHELPS = (MLP.forward(TOKENS[token].embedding) for token in (ACTIVE, OTHER))
UNITS, COORDINATES = list(VISIBLE_UNITS), list(VISIBLE_COORDINATES)
B = DIRECTIONS["B"]


def play(act):
    """The scene of an act played alone; `made` has what its methods returned, `handed` what it hands on."""

    class Played(act):
        def construct(self):
            self.made = {}
            self.handed = self.act(self.set_up())

    for name in ("make_room_for_the_results", "show_the_neurons", "name_the_columns", "add_the_active_columns"):
        if hasattr(act, name):

            def keep(self, *args, name=name):
                self.made[name] = getattr(act, name)(self, *args)
                return self.made[name]

            setattr(Played, name, keep)
    return Run(Played, draws=False, skips=True)().scene


@pytest.fixture(scope="module")
def rectified():
    return play(RectifyToNeurons)


@pytest.fixture(scope="module")
def projected():
    return play(DownProjection)


def test_each_act_takes_what_the_one_before_it_hands_on():
    check_acts((RectifyToNeurons, DownProjection))


# The ReLU


@pytest.mark.slow
def test_shown_neurons_are_torchs_relu_of_the_shown_numbers(rectified):
    _, before, after = rectified.made["make_room_for_the_results"]
    shown = before.shown_values.ravel()
    assert after.shown_values.ravel().tolist() == torch.relu(torch.tensor(shown)).tolist()
    assert [number[0].get_fill_opacity() for number in after.get_entries()] == pytest.approx([1] * len(UNITS))


def test_slowly_shown_are_one_that_is_kept_and_one_that_becomes_zero():
    kept, clipped = SLOWLY
    assert SEEN.pre[kept] == SEEN.neurons[kept] > 0 > SEEN.pre[clipped]


@pytest.mark.parametrize("value", [-1.3, -0.7, 0.5, 1.0])
def test_the_ball_lies_on_the_graph(value):
    plot = get_activation_plot("relu", x_range=(-2, 2), y_range=(-1, 2), width=6.6)
    ball = get_ball(plot.get_marker(value))
    gaps = np.linalg.norm(plot.curve.get_all_points() - ball.body.get_center(), axis=1)
    assert ball.radius * 0.6 < gaps.min() < ball.radius * 1.3
    assert ball.value == max(value, 0)


# The neurons


@pytest.mark.slow
def test_balls_shine_as_their_neurons_do(rectified):
    _, balls, words, values, _ = rectified.made["show_the_neurons"]
    assert [ball.value for ball in balls] == pytest.approx(SEEN.neurons[UNITS])
    assert [value.shown_value for value in values] == pytest.approx(SEEN.neurons[UNITS])
    assert [word.text for word in words] == list(NEURON_MEANINGS)


def test_three_of_the_neurons_shown_light_up_for_the_other_name():
    assert TOKENS[OTHER].words == "Michael Phelps"
    lit = [NEURON_MEANINGS[UNITS.index(unit)] for unit in UNITS if PHELPS.neurons[unit] > 0]
    assert lit == ["A swimmer?", "Someone famous?", "Michael Phelps?"]
    act = RectifyToNeurons.__new__(RectifyToNeurons)
    balls, _ = act.get_neurons()
    shown = [value.shown_value for value in act.get_values(balls, OTHER)]
    assert shown == pytest.approx(PHELPS.neurons[UNITS])


# The down projection


def test_active_are_those_that_add_a_column():
    assert np.flatnonzero(SEEN.neurons).tolist() == ACTIVE_UNITS == [0, 4]
    assert MLP.down[:, 0].tolist() == B.tolist(), "the first one's is basketball"


@pytest.mark.slow
def test_the_columns_shown_add_up_to_the_update_shown(projected):
    terms, total = projected.made["add_the_active_columns"]
    columns = [term[1].shown_values.ravel() for term in terms[:3]]
    for unit, column in zip(ACTIVE_UNITS, columns, strict=False):
        assert column == pytest.approx(SEEN.neurons[unit] * MLP.down[COORDINATES, unit])
    assert columns[2] == pytest.approx(MLP.down_bias[COORDINATES])
    assert sum(columns) == pytest.approx(SEEN.update[COORDINATES])
    assert total[1].shown_values.ravel() == pytest.approx(SEEN.update[COORDINATES])
    update = torch.tensor(MLP.down) @ torch.tensor(SEEN.neurons) + torch.tensor(MLP.down_bias)
    assert update.numpy() == pytest.approx(SEEN.update, abs=1e-9)


@pytest.mark.slow
def test_columns_neurons_and_terms_have_the_same_indices(projected):
    n_names, c_names, line = projected.made["name_the_columns"]
    terms = [piece for piece in line if not isinstance(piece, Tex)]
    wanted = [str(unit) for unit in UNITS]
    for labels in (n_names, c_names, *zip(*(list(term) for term in terms), strict=True)):
        assert ["".join(filter(str.isdigit, label.get_tex())) for label in labels] == wanted


def test_how_far_the_update_points_along_basketball():
    without = SEEN.update - SEEN.neurons[0] * MLP.down[:, 0]
    assert SEEN.update @ B == pytest.approx(1.06) and without @ B == pytest.approx(0.06)
    assert PHELPS.neurons[0] == 0 and abs(PHELPS.update @ B) < 0.1, "no basketball for the other name"


def test_the_ledgers_of_basketball_close_as_they_are_shown():
    without = SEEN.update - SEEN.neurons[0] * MLP.down[:, 0]
    for update, along in ((SEEN.update, 1.06), (without, 0.06), (get_shown_update(OTHER), -0.02)):
        _, lines, others, _, total = get_ledger(np.round(update, 9), B, ("update", "basketball"))
        shown = [[Fraction(str(part.shown_value)) for part in line[::2]] for line in lines]
        assert all(a * b == c for a, b, c in shown)
        assert sum(c for *_, c in shown) == Fraction(str(along)) == Fraction(str(total.shown_value))
        assert others[1].value == 0


def test_the_other_name_lights_three_of_the_neurons_shown():
    assert OTHER_UNITS == [3, 4, 255]
    columns = MLP.down[:, OTHER_UNITS] @ PHELPS.neurons[OTHER_UNITS] + MLP.down_bias
    assert get_shown_update(OTHER) == pytest.approx(columns)


# What the acts leave behind


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "docked", "kept"), [("rectified", 2, ["balls"]), ("projected", 3, ["plate", "column"])]
)
def test_only_the_stage_and_what_is_handed_on_is_left(name, docked, kept, request):
    scene = request.getfixturevalue(name)
    stage = scene.handed.stage
    known = (*stage.get_parts().values(), stage.docked, *(getattr(scene.handed, part) for part in kept))
    ids = {id(part) for top in known for part in top.get_family()}
    tops = [top for top in scene.mobjects if top is not scene.frame]
    left = [part for top in tops for part in top.family_members_with_points() if id(part) not in ids]
    assert not left
    assert len(stage.docked) == docked
    assert scene.frame.get_height() == pytest.approx(8) and not len(scene.caption)


def test_the_stage_shows_the_same_neurons():
    stage = get_stage(low=True)
    assert stage.neurons.values.tolist() == SEEN.neurons.tolist()
