"""What opens the MLP film is drawn from the toy block, the trained block's facts, and a real attention pattern."""

from itertools import combinations

import numpy as np
import pytest

from darkroom import engine

engine.load()

from _2025.mlp.last_two_chapters import LastTwoChapters, get_earlier_chapters, get_name_arrows  # noqa: E402
from _2025.mlp.mlp_icon import MLPIcon  # noqa: E402
from truth.attention import get_toy_pattern  # noqa: E402
from truth.facts import FACTS  # noqa: E402
from truth.toy_mlp import ACTIVE, DIRECTIONS, TOKENS, get_toy_mlp  # noqa: E402

WHOLE = get_toy_mlp().forward(TOKENS[ACTIVE].embedding)


def bare(scene):
    return scene.__new__(scene)


def test_the_icon_shows_the_whole_blocks_pass_though_it_is_a_part_of_it():
    """The units and coordinates left out are zero for this token, so the part gives the same numbers."""
    network = bare(MLPIcon).get_network(WHOLE.x[list(MLPIcon.coordinates)])
    values = [[dot.value for dot in layer] for layer in network.layers]
    places, units = list(MLPIcon.coordinates), list(MLPIcon.units)
    for shown, true in zip(values, (WHOLE.x[places], WHOLE.neurons[units], WHOLE.update[places]), strict=True):
        assert shown == pytest.approx(true.tolist(), abs=1e-12)
    assert len(units) == 12 and len(places) == 6


def test_what_comes_out_of_the_icon_is_basketball():
    assert np.array_equal(WHOLE.update, DIRECTIONS["B"])


def test_the_network_on_the_block_is_the_same_pass():
    network = bare(LastTwoChapters).get_network()
    assert [len(layer) for layer in network.layers] == [5, 10, 5]
    seen = [value for value in WHOLE.update if value]
    assert [dot.value for dot in network.get_layer(2)] == pytest.approx(seen)


def test_the_arrows_of_chapter_five_stand_at_right_angles_and_add_up():
    first, last, both, *_ = (arrow.get_end() - arrow.get_start() for arrow in get_name_arrows(2.5))
    assert first @ last == pytest.approx(0, abs=1e-3)
    assert first + last == pytest.approx(both, abs=1e-2)


def test_the_grid_of_chapter_six_is_the_pattern():
    _, attention = get_earlier_chapters()
    assert [dot.value for dot in attention[1]] == get_toy_pattern().ravel().tolist()


def test_all_facts_are_said_and_those_on_screen_together_do_not_cover_each_other():
    """A place is used again after eight sentences, when the one before has left."""
    sentences = bare(LastTwoChapters).get_sentences()
    assert len(sentences) == len(FACTS)
    boxes = [sentence.get_bounding_box()[[0, 2], :2] for sentence in sentences]
    for half in (boxes[:8], boxes[8:]):
        for (low, high), (bottom, top) in combinations(half, 2):
            assert (high < bottom).any() or (top < low).any()
    assert all(np.abs(box[:, 0]).max() < 6.7 and box[1, 1] < 3.7 for box in boxes)
