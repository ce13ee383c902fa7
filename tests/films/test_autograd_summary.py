"""The summary says the storyboard's five sentences, and its picture goes back in the order it claims."""

import pytest

from darkroom import engine

engine.load()

from _2025.autograd.summary import SummaryScene  # noqa: E402


@pytest.fixture(scope="module")
def scene():
    scene = SummaryScene.__new__(SummaryScene)
    scene.network = scene.get_network()
    return scene


def test_the_five_takeaways_come_in_the_storyboards_order():
    subjects = ("chain rule", "forward pass", "saved", "both its parameters and its input", "reverse topological order")
    assert [subject in words for (words, _), subject in zip(SummaryScene.points, subjects, strict=True)] == [True] * 5


def test_coloured_words_stand_in_their_sentences():
    assert all(word in words for words, colors in SummaryScene.points for word in colors)


def test_the_way_back_reaches_every_part_once_and_users_before_what_they_use(scene):
    reached = [part for parts in scene.get_reached() for part in parts]
    parts = [*scene.network[:-1], *scene.weights]
    assert len(reached) == len(parts) and {id(part) for part in reached} == {id(part) for part in parts}
    turn = {id(part): place for place, parts in enumerate(scene.get_reached()) for part in parts}
    x, first, a, second, _ = scene.network
    uses = [(second, a), (second, scene.weights[1]), (a, first), (first, x), (first, scene.weights[0])]
    assert all(turn[id(user)] < turn[id(used)] for user, used in uses)
