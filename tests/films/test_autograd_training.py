"""The training scene's numbers: torch's own, and arithmetic that closes as it is shown."""

import re

import numpy as np
import pytest
import torch

from darkroom import engine

engine.load()

from _2025.autograd.training import MLPAutogradScene  # noqa: E402
from truth.moons import train  # noqa: E402
from truth.numerics import shown_value  # noqa: E402

POINTS = (MLPAutogradScene.first_point, *MLPAutogradScene.other_points)
STEPS = range(len(POINTS))


@pytest.fixture(scope="module")
def scene():
    scene = MLPAutogradScene.__new__(MLPAutogradScene)
    scene.training = train()
    return scene


def two(value):
    return shown_value(value, 2)


@pytest.mark.parametrize("step", STEPS)
def test_the_update_closes_as_shown(scene, step):
    before, gradient, after = (two(value.item()) for value in scene.get_step(step))
    rate = scene.training.config.learning_rate
    assert rate == 2, "the formula shows it without decimals"
    assert gradient > 0, "a negative one would need parentheses"
    assert two(before - rate * gradient) == after


@pytest.mark.parametrize("step", STEPS)
def test_the_updated_weight_is_torchs(scene, step):
    run, hidden = scene.training, scene.hidden
    model = run.model(step)
    targets = torch.from_numpy(run.labels)[:, None]
    torch.nn.functional.binary_cross_entropy(model(torch.from_numpy(run.points)), targets).backward()
    before, gradient, after = scene.get_step(step)
    assert before == model[2].weight[0, hidden].item()
    assert gradient == pytest.approx(model[2].weight.grad[0, hidden].item())
    assert after == run.model(step + 1)[2].weight[0, hidden].item()


@pytest.mark.parametrize(("step", "point"), list(zip(STEPS, POINTS, strict=True)))
def test_the_loss_closes_as_shown(scene, step, point):
    passing = scene.training.pass_point(point, step)
    p = two(passing.activations[-1].item())
    chance = p if scene.training.labels[point] else two(1 - p)
    assert two(-np.log(chance)) == two(passing.loss)


@pytest.mark.parametrize(("step", "point"), list(zip(STEPS, POINTS, strict=True)))
def test_the_points_that_are_followed_are_on_the_wrong_side(scene, step, point):
    (p,) = scene.training.probabilities(scene.training.points[[point]], step)
    assert (p > 0.5) != scene.training.labels[point]


def test_the_followed_gradient_closes_as_shown_and_is_torchs(scene):
    scene.passing = scene.training.pass_point(scene.first_point, 0)
    upstream, saved, gradient = (value.item() for value in scene.get_upstream())
    assert two(two(upstream) * two(saved)) == two(gradient)
    assert upstream * saved == pytest.approx(gradient), "p - y is what reaches the sum before the sigmoid"
    assert upstream > 0, "a negative one would need parentheses"


def test_every_point_is_added_once(scene):
    order = scene.get_order(scene.first_point)
    assert order[0] == scene.first_point
    assert sorted(order) == list(range(scene.training.config.n_points))


def test_the_captions_tell_the_truth_about_this_run(scene):
    run = scene.training
    assert 0.4 <= run.accuracies[0] <= 0.6, "'about half of the points are on the wrong side'"
    assert run.accuracies[-1] >= 0.95
    assert re.fullmatch(r"\d+", f"{100 * run.accuracies[-1]:g}"), "the percentage is shown without decimals"


def test_no_gradient_overflows_its_accumulator(scene):
    for step, point in zip(STEPS, POINTS, strict=True):
        assert np.abs(scene.training.accumulate(step, scene.get_order(point))).max() <= scene.fullest
