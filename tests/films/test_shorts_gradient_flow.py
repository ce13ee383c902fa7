"""The seven phases of BackpropagationGradientFlow, on the scene's own clock; and its arithmetic, as shown."""

import numpy as np
import pytest

from darkroom import engine

engine.load()

from _2025.shorts.gradient_flow import BackpropagationGradientFlow  # noqa: E402
from darkroom.engine.run import Run  # noqa: E402
from truth.gradient_flow import take_step  # noqa: E402

STORYBOARD = {
    "introduce": 3,
    "run_forward": 10,
    "measure_loss": 5,
    "nudge_weights": 13,
    "run_backward": 5,
    "multiply_along_the_chain": 16,
    "go_one_layer_back": 13,
    "update_weights": 13,
    "close_the_loop": 13,
}


class AnotherNetwork(BackpropagationGradientFlow):
    """Four hidden neurons, three outputs, in the same time."""

    weights = (
        ((0.5, -1.0), (1.5, 0.5), (-0.5, 2.0), (1.0, 1.0)),
        ((1.0, -1.0, 0.5, 0.3), (0.2, 0.4, -1.5, 1.0), (-0.7, 0.6, 1.1, -0.4)),
    )
    biases = ((0.1, -0.2, 0.3, 0.0), (0.0, 0.5, -0.5))
    x = (1.0, -0.5)
    target = (1.0, 0.0, 0.5)
    rate = 1.0
    nudged = ((1, 1, 1), (0, 3, 1))


@pytest.mark.slow
@pytest.mark.parametrize("scene_class", [BackpropagationGradientFlow, AnotherNetwork])
def test_each_phase_lasts_its_seconds(scene_class):
    run = Run(scene_class, skips=True, draws=False)()
    for phase, seconds in STORYBOARD.items():
        beats = [beat for beat in run.beats if phase in (beat.function, *(name for _, name, _ in beat.callers))]
        # What waits for a phase to end is asked by construct, after it.
        following = next((beat.start for beat in run.beats if beat.start >= beats[-1].end and _opens(beat)), run.clock)
        assert following - beats[0].start == pytest.approx(seconds, abs=0.5), phase
    assert run.clock == pytest.approx(sum(STORYBOARD.values()), abs=0.5)


def _opens(beat):
    """Whether a beat belongs to a phase, rather than to the wait between two."""
    return bool(set(STORYBOARD) & {beat.function, *(name for _, name, _ in beat.callers)})


def test_the_phases_are_the_storyboards():
    assert dict(BackpropagationGradientFlow.phases) == STORYBOARD


@pytest.fixture
def step():
    scene = BackpropagationGradientFlow
    return take_step(scene.weights, scene.biases, scene.x, scene.target, scene.rate)


def test_shown_losses_close(step):
    """With the four decimals of the formula; beside the outputs their differences from the targets have two."""
    for answers, loss in ((step.activations[-1], step.loss), (step.new_activations[-1], step.new_loss)):
        assert (0.5 * ((answers.round(4) - step.target) ** 2).sum()).round(3) == loss.round(3)
    answers = step.activations[-1].round(2)
    np.testing.assert_allclose((answers - step.target).round(2), step.d_activations[-1].round(2))


@pytest.mark.parametrize("layer", [0, 1])
def test_every_shown_gradient_is_the_product_of_its_shown_factors(step, layer):
    at_a, slope, sent = (
        v[layer + shift].round(2) for v, shift in ((step.d_activations, 1), (step.slopes, 0), (step.activations, 0))
    )
    np.testing.assert_allclose(np.outer(at_a * slope, sent).round(2), step.d_weights[layer].round(2))


def test_shown_activation_and_update_close(step):
    to, _ = BackpropagationGradientFlow.followed
    z = step.weights[0][to] @ step.activations[0] + step.biases[0][to]
    assert z == pytest.approx(z.round(2))
    assert (1 / (1 + np.exp(-z.round(2)))).round(2) == step.activations[1][to].round(2)
    parts = step.weights[1][:, to] * step.d_activations[2].round(2) * step.slopes[1].round(2)
    np.testing.assert_allclose(parts.round(2), step.get_shares(1)[:, to].round(2))
    assert parts.round(2).sum().round(2) == step.d_activations[1][to].round(2)
    layer, *place = BackpropagationGradientFlow.nudged[0]
    place = tuple(place)
    assert layer == 1, "it is worked out in the last layer"
    moved = step.weights[1][place] - step.rate * step.d_weights[1][place].round(2)
    assert moved.round(2) == step.new_weights[1][place].round(2)
    assert step.new_loss < step.loss


def test_the_nudged_weights_move_the_loss_in_opposite_ways_at_the_rate_of_their_gradients(step):
    scene, moves = BackpropagationGradientFlow, []
    for layer, *place in scene.nudged:
        weights = [np.array(w) for w in scene.weights]
        weights[layer][tuple(place)] += scene.push
        after = take_step(weights, scene.biases, scene.x, scene.target, scene.rate)
        moves.append(float(after.loss - step.loss))
        assert round(moves[-1] / scene.push, 2) == step.d_weights[layer][tuple(place)].round(2)
        shown = after.loss.round(3) - step.loss.round(3)
        assert round(float(shown), 3) == round(moves[-1], 3)
        assert round(round(moves[-1], 3) / scene.push, 2) == round(moves[-1] / scene.push, 2)
    assert moves[1] < 0 < moves[0]


def test_training_lowers_the_loss_until_the_outputs_are_near_their_targets(step):
    scene, losses = BackpropagationGradientFlow, [step.loss, step.new_loss]
    for _ in range(scene.rounds - 1):
        step = take_step(step.new_weights, step.new_biases, scene.x, scene.target, scene.rate)
        losses.append(step.new_loss)
    assert (np.diff(losses) < 0).all()
    np.testing.assert_allclose(step.new_activations[-1], scene.target, atol=0.04)


def test_every_shown_rate_is_more_than_nothing(step):
    """A sign stands on every edge: none of the rates rounds to zero."""
    assert all((gradients.round(2) != 0).all() for gradients in step.d_weights)


def test_a_step_changes_every_weight_enough_to_be_seen_on_its_number(step):
    for old, new in zip(step.weights, step.new_weights, strict=True):
        assert (np.abs(new - old) >= 0.01).all()
