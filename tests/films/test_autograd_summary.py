"""The summary says the storyboard's five sentences, and its picture goes back in the order it claims."""

import numpy as np
import pytest

from darkroom import engine

engine.load()

from _2025.autograd.summary import SummaryScene  # noqa: E402
from helpers import BackwardLight  # noqa: E402
from truth.moons import train  # noqa: E402


@pytest.fixture(scope="module")
def scene():
    return SummaryScene.__new__(SummaryScene)


@pytest.fixture(scope="module")
def solid(scene):
    return scene.get_network()


def test_the_five_takeaways_come_in_the_storyboards_order():
    subjects = ("chain rule", "forward pass", "saved", "both its parameters and its input", "reverse topological order")
    assert [subject in words for words, subject in zip(SummaryScene.points, subjects, strict=True)] == [True] * 5


def test_no_takeaway_is_longer_than_a_caption():
    assert max(len(words.split()) for words in SummaryScene.points) <= 10


def test_the_network_is_the_one_that_was_trained_and_its_example_is_right(scene, solid):
    run, passing = train(), train().pass_point(scene.example, -1)
    assert all(np.array_equal(a, b) for a, b in zip(solid.network.weights, (run.w1[-1], run.w2[-1]), strict=True))
    assert (passing.activations[-1].item() > 0.5) == run.labels[scene.example]
    forward = solid.network.forward(run.points[scene.example])
    assert forward[-1].item() == pytest.approx(2 * passing.activations[-1].item() - 1)


def test_every_activation_that_a_gradient_needs_is_marked_as_saved(scene, solid):
    assert len(scene.get_shells(solid)) == sum(len(layer) for layer in solid.balls[:-1])


def test_light_runs_back_over_the_last_edges_first(solid):
    light = BackwardLight(solid, train().pass_point(SummaryScene.example, 0).weights)
    light.begin()
    before = [tubes[0][0].get_color() for tubes in solid.tubes]
    light.interpolate(0.5)
    now = [tubes[0][0].get_color() for tubes in solid.tubes]
    assert now[0] == before[0] and now[1] != before[1]
    light.interpolate(1)
    assert solid.tubes[0][0][0].get_color() != before[0]
