"""The training scene's numbers: torch's own, and arithmetic that closes as it is shown."""

import re

import numpy as np
import pytest
import torch

from darkroom import engine

engine.load()

from _2025.autograd.training import MLPAutogradScene  # noqa: E402
from helpers import DecisionLandscape  # noqa: E402
from truth.moons import train  # noqa: E402
from truth.numerics import shown_value  # noqa: E402

POINTS = (MLPAutogradScene.first_point, *MLPAutogradScene.other_points)
STEPS = range(len(POINTS))
CIRCLE = np.array([[np.cos(t), np.sin(t)] for t in np.linspace(0, 2 * np.pi, 64)])


@pytest.fixture(scope="module")
def scene():
    scene = MLPAutogradScene.__new__(MLPAutogradScene)
    scene.training = train()
    return scene


def two(value):
    return shown_value(value, 2)


@pytest.mark.parametrize("step", STEPS[:2])
def test_the_update_closes_as_shown(scene, step):
    before, gradient, after = (two(value.item()) for value in scene.get_step(step))
    rate = scene.training.config.learning_rate
    assert rate == 2, "the formula shows it without decimals"
    assert gradient < 0, "the formula has parentheses, and the scene says 'a negative gradient'"
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
    passing = scene.training.pass_point(scene.first_point, 0)
    formula = scene.get_gradient_formula(passing)
    upstream, saved, gradient = (source.true_value() for source in formula.sources)
    assert two(two(upstream) * two(saved)) == two(gradient)
    assert upstream * saved == pytest.approx(gradient), "p - y is what reaches the sum before the sigmoid"
    assert saved > 0, "a negative one would need parentheses"


def test_no_two_numbers_on_screen_are_equal_by_chance(scene):
    passing = scene.training.pass_point(scene.first_point, 0)
    gradient = passing.weights[1][0, scene.hidden]
    shown = [*passing.activations[0], *passing.activations[1], passing.activations[2][0], passing.loss, gradient]
    shown += [scene.training.losses[0], *(value.item() for value in scene.get_step(0))]
    numbers = [abs(two(value)) for value in shown]
    assert sorted(n for n in numbers if numbers.count(n) > 1) in ([], [0.21, 0.21])
    assert scene.training.labels[scene.first_point] == 1, "0 would be the colour's and the coordinates' zero as well"


def test_the_running_mean_ends_at_the_gradient_of_the_step_and_starts_at_the_point(scene):
    order = scene.get_order(scene.first_point)
    assert order[0] == scene.first_point and sorted(order) == list(range(scene.training.config.n_points))
    means = scene.get_means(0, order)
    passing = scene.training.pass_point(scene.first_point, 0)
    assert means[0] == pytest.approx(passing.weights[1][0, scene.hidden])
    assert means[-1] == pytest.approx(scene.training.gradients[0, scene.get_place()])


def test_the_scene_tells_the_truth_about_this_run(scene):
    run = scene.training
    assert run.config.n_points == 100, "'All 100 points send one'"
    assert run.accuracies[-1] >= 0.95
    assert re.fullmatch(r"\d+", f"{100 * run.accuracies[-1]:g}"), "the percentage is shown without decimals"


def test_the_landscape_is_as_high_and_as_coloured_as_torchs_probability(scene):
    run, step = scene.training, 7
    land = DecisionLandscape(run, time=step)
    with torch.no_grad():
        p = run.model(step)(torch.from_numpy(land.places.reshape(-1, 2))).numpy()[:, 0]
    heights = (land.top.get_points()[:, 2] - land.base) / land.height
    assert np.allclose(heights, p, atol=1e-5)
    red, _, blue = land.top.data["rgba"][:, :3].T
    sure = abs(p - 0.5) > 0.05
    assert ((blue > red) == (p > 0.5))[sure].all()


def test_the_contour_runs_where_the_probability_is_one_half(scene):
    land = DecisionLandscape(scene.training, time=400)
    points = land.contour.get_anchors()
    places = points[:, :2] / land.unit + land.middle
    gap = np.abs(points[:, 2] - land.base - 0.5 * land.height)
    assert len(points) > 50 and gap.max() < 0.05
    normals_reach = 0.031 / land.unit  # it lies just off the surface
    nearest = [
        np.abs(scene.training.probabilities(place + normals_reach * CIRCLE, 400) - 0.5).min() for place in places[::7]
    ]
    assert max(nearest) < 0.2


def test_points_ride_on_the_surface_and_their_goals_are_their_labels(scene):
    land, point = DecisionLandscape(scene.training), scene.first_point
    p = scene.training.pass_point(point, 0).activations[2][0]
    assert land.get_point(point)[2] - land.base - land.point_radius == pytest.approx(land.height * p, abs=1e-5)
    assert land.get_goal(point)[2] - land.base - land.point_radius == pytest.approx(land.height)


def test_the_output_ball_has_the_hue_of_its_place_on_the_surface(scene):
    for step, point in zip(STEPS, POINTS, strict=True):
        passing = scene.training.pass_point(point, step)
        shown = scene.get_activations(passing)[-1].item()
        assert (shown > 0) == (passing.activations[-1].item() > 0.5)
