"""Gradients on edges and in accumulators: is what is drawn what was computed?"""

import numpy as np
import pytest

from darkroom import engine

engine.load()

from helpers.backward import BackwardPulse, GradientBars, GradientGlow  # noqa: E402
from helpers.network import NeuralNetwork  # noqa: E402

WEIGHTS = [np.array([[0.5, -1.0], [2.0, 0.1], [1.0, 1.0]]), np.array([[1.0, -0.5, 0.2]])]
GRADIENTS = [np.array([[0.4, 0.0], [-0.8, 0.1], [0.2, 0.0]]), np.array([[1.0, -0.3, 0.0]])]


def widths(glow, layer):
    return np.array([float(line.get_stroke_width()) for line in glow[layer]])


def test_larger_gradients_are_wider_and_zero_ones_are_not_there():
    glow = GradientGlow(NeuralNetwork(WEIGHTS)).set_gradients(GRADIENTS)
    for layer, gradient in enumerate(GRADIENTS):
        sizes = np.abs(gradient.ravel())
        assert (np.argsort(widths(glow, layer), kind="stable") == np.argsort(sizes, kind="stable")).all()
        assert ((widths(glow, layer) == 0) == (sizes == 0)).all()


def test_a_glow_lies_on_its_edge():
    network = NeuralNetwork(WEIGHTS)
    glow = GradientGlow(network).set_gradients(GRADIENTS)
    for line, edge in zip(glow[0], network.edges[0], strict=True):
        assert line.get_start() == pytest.approx(edge.get_end())
        assert line.get_end() == pytest.approx(edge.get_start())


def test_a_hidden_neurons_gradients_are_left_out():
    network = NeuralNetwork([np.ones((20, 2)), np.ones((1, 20))], max_shown=(2, 5, 1))
    gradients = [np.zeros((20, 2)), np.zeros((1, 20))]
    gradients[1][0, 19] = 1.0
    glow = GradientGlow(network).set_gradients(gradients)
    assert (widths(glow, 1) > 0).tolist() == [False, False, False, False, True]


def test_a_gradient_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"\(2, 3\).*\(3, 2\)"):
        GradientGlow(NeuralNetwork(WEIGHTS)).set_gradients([GRADIENTS[0].T, GRADIENTS[1]])


def test_the_last_layer_glows_first_and_all_in_the_end():
    glow = GradientGlow(NeuralNetwork(WEIGHTS))
    pulse = BackwardPulse(glow, GRADIENTS)
    pulse.begin()
    assert not widths(glow, 0).any() and not widths(glow, 1).any()
    pulse.interpolate(0.4)
    assert not widths(glow, 0).any() and widths(glow, 1).any()
    pulse.finish()
    whole = GradientGlow(NeuralNetwork(WEIGHTS)).set_gradients(GRADIENTS)
    for layer in (0, 1):
        assert widths(glow, layer) == pytest.approx(widths(whole, layer))


def test_bars_are_as_long_as_their_values_up_or_down():
    values = np.array([0.5, -1.0, 0.25, 0.0, 2.0])
    bars = GradientBars(["W", "b"], [3, 2], max_value=1.0, height=2.0).set_values(values)
    for bar, slot, value in zip(bars.bars, bars.slots, values, strict=True):
        zero = slot.get_center()[1]
        ends = bar.get_points()[:, 1] - zero
        assert ends[np.argmax(np.abs(ends))] == pytest.approx(np.clip(value, -1, 1), abs=1e-6)
    with pytest.raises(ValueError):
        bars.set_values(values[:3])
