"""What opens the MLP film is drawn from the toy block, the table of facts, and a real attention pattern."""

from itertools import pairwise

import numpy as np
import pytest

from darkroom import engine

engine.load()

from manimlib import LEFT, RIGHT, CameraFrame  # noqa: E402

from _2025.mlp.last_two_chapters import (  # noqa: E402
    COLUMN_X,
    FEEDING_VIEW,
    KINDS,
    UNITS,
    LastTwoChapters,
    get_answer,
    get_asking_picture,
    get_fact_activations,
    get_network_on,
    get_pattern_on,
    get_places,
    get_stack,
    set_up_stack,
)
from _2025.mlp.mlp_icon import MLPIcon  # noqa: E402
from helpers import to_screen  # noqa: E402
from truth.attention import get_toy_pattern  # noqa: E402
from truth.facts import FACTS, SPORTS, embed, train_fact_mlp  # noqa: E402
from truth.toy_mlp import ACTIVE, DIRECTIONS, TOKENS, VISIBLE_COORDINATES, VISIBLE_UNITS, get_toy_mlp  # noqa: E402

WHOLE = get_toy_mlp().forward(TOKENS[ACTIVE].embedding)


def bare(scene):
    return scene.__new__(scene)


def test_a_part_of_the_toy_block_shows_the_whole_blocks_pass():
    """Units left out are silent for this token, coordinates left out are not read: the part gives the same numbers."""
    network = bare(MLPIcon).get_network()
    values = [[dot.value for dot in layer] for layer in network.layers]
    places, units = list(VISIBLE_COORDINATES), list(VISIBLE_UNITS)
    for shown, true in zip(values, (WHOLE.x[places], WHOLE.neurons[units], WHOLE.update[places]), strict=True):
        assert shown == pytest.approx(true.tolist(), abs=1e-12)


def test_each_fact_lights_its_own_pattern_of_the_trained_block():
    """What the balls show is the whole trained block's pass, and each fact told lights its own neuron most."""
    block = get_stack()[-1]
    solid, run, places = get_network_on(block), train_fact_mlp(), get_places()
    for fact in (0, *LastTwoChapters.facts):
        solid.set_activations(get_fact_activations(fact))
        x = embed([FACTS[fact][:2]])
        shown = [[ball.value for ball in layer] for layer in solid.balls]
        true = x[0, places], run.neurons(x)[0, list(UNITS)], run.update(x)[0, places]
        for some, others in zip(shown, true, strict=True):
            assert some == pytest.approx(others.tolist(), abs=1e-12)
        if fact:
            assert UNITS[int(np.argmax(shown[1]))] == fact


def test_what_the_block_adds_is_mostly_basketball():
    cosine = WHOLE.update @ DIRECTIONS["B"] / np.linalg.norm(WHOLE.update)
    assert cosine > 0.95


def test_the_cells_on_the_block_are_the_attention_pattern():
    assert np.array_equal(get_pattern_on(get_stack()[-2])[1].values, get_toy_pattern())


def test_attention_and_perceptrons_take_turns_and_stand_apart():
    stack = get_stack()
    sizes = [depth for _, depth in KINDS.values()]
    assert [block.size[2] for block in stack] == sizes * (len(stack) // 2)
    for behind, before in pairwise(stack):
        gap = before.get_face("back").get_z() - behind.get_face("front").get_z()
        assert gap == pytest.approx(0.32, abs=1e-5)


def test_a_point_is_where_the_camera_draws_it():
    """Straight ahead nothing moves; what is nearer is drawn larger."""
    frame = CameraFrame()
    set_up_stack(frame)
    frame.reorient(0, 0, 0, (1, 2, 0), 8)
    np.testing.assert_allclose(to_screen(frame, np.array([3.0, 2.0, 0.0])), [2, 0], atol=1e-6)
    near, far = (to_screen(frame, np.array([3.0, 2.0, z]))[0] for z in (2.0, -2.0))
    assert near > 2 > far


def test_the_first_fact_is_the_films_and_all_facts_told_are_in_the_table():
    assert FACTS[0] == ("Michael", "Jordan", "basketball")
    told = [FACTS[place] for place in LastTwoChapters.facts]
    assert len(set(told)) == len(told) and 0 not in LastTwoChapters.facts
    assert {sport for _, _, sport in told} <= set(SPORTS)


@pytest.mark.parametrize("fact", range(len(FACTS)))
def test_what_comes_out_is_what_the_table_says(fact):
    assert get_answer(fact) == FACTS[fact][2]


def test_cards_stand_beside_the_block_and_within_the_frame():
    scene, face = bare(LastTwoChapters), get_stack()[-1].shift(COLUMN_X * RIGHT).get_face("front")
    scene.frame = CameraFrame()
    set_up_stack(scene.frame)
    scene.frame.reorient(*FEEDING_VIEW)
    left, right = (to_screen(scene.frame, face.get_edge_center(side))[0] for side in (LEFT, RIGHT))
    for fact in scene.facts:
        name, sport = scene.get_cards(fact, face)
        assert name.get_left()[0] > -6.8 and name.get_right()[0] < left
        assert right < sport.get_left()[0] and sport.get_right()[0] < 6.8


def test_what_no_word_may_look_at_is_not_drawn_as_a_zero():
    cells = get_pattern_on(get_stack()[-2])[1]
    for row, column in np.ndindex(cells.values.shape):
        assert (cells.get_cell(row, column).get_fill_opacity() < 1) == (column > row)


def test_the_last_picture_is_the_one_the_next_scene_begins_with():
    blocks, network, _, _ = get_asking_picture()
    shown = [[ball.value for ball in layer] for layer in network.balls]
    assert shown[1] == pytest.approx(get_fact_activations(LastTwoChapters.facts[-1])[1].tolist())
    assert blocks[-1].get_x() == pytest.approx(COLUMN_X)
