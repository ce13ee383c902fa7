"""Gradients on the tubes of a network: is what is lit what was computed?"""

import numpy as np
import pytest

from darkroom import engine

engine.load()

from manimlib import color_to_rgb  # noqa: E402

from custom.palette import GRADIENT  # noqa: E402
from helpers.backward import SHADE, BackwardLight  # noqa: E402
from helpers.bodies import SolidNetwork  # noqa: E402
from helpers.network import NeuralNetwork  # noqa: E402

WEIGHTS = [np.array([[0.5, -1.0], [2.0, 0.1], [1.0, 1.0]]), np.array([[1.0, -0.5, 0.2]])]
GRADIENTS = [np.array([[0.4, 0.0], [-0.8, 0.1], [0.2, 0.0]]), np.array([[1.0, -0.3, 0.0]])]


@pytest.fixture
def solid():
    return SolidNetwork(NeuralNetwork(WEIGHTS, radius=0.3))


def brightness(solid, layer):
    """How far each tube's colour is from that of no gradient, as a share of the way to the brightest."""
    colors = np.array([color_to_rgb(tube[0].get_color()) for tube in solid.tubes[layer]])
    dark, bright = (np.array(color_to_rgb(color)) for color in (SHADE, GRADIENT))
    return (colors - dark) @ (bright - dark) / np.sum((bright - dark) ** 2)


def test_larger_gradients_are_brighter_whatever_their_sign(solid):
    light = BackwardLight(solid, GRADIENTS)
    light.begin()
    light.interpolate(1)
    for layer, gradient in enumerate(GRADIENTS):
        sizes, shown = np.abs(gradient.ravel()), brightness(solid, layer)
        assert (np.argsort(shown.round(3), kind="stable") == np.argsort(sizes, kind="stable")).all()
        assert shown[sizes == 0] == pytest.approx(0, abs=0.02)
    assert brightness(solid, 1)[0] == pytest.approx(1, abs=0.02), "the largest of all is as bright as can be"


def test_the_last_layer_is_lit_first(solid):
    before = [[tube[0].get_color() for tube in tubes] for tubes in solid.tubes]
    light = BackwardLight(solid, GRADIENTS)
    light.begin()
    light.interpolate(0.5)
    now = [[tube[0].get_color() for tube in tubes] for tubes in solid.tubes]
    assert now[0] == before[0]
    assert all(a != b for a, b in zip(now[1], before[1], strict=True))


def test_the_weights_get_their_own_colours_back(solid):
    before = [tube[0].get_color() for tube in solid.tubes[0]]
    light = BackwardLight(solid, GRADIENTS)
    light.begin()
    light.interpolate(1)
    solid.set_weights(WEIGHTS)
    assert [tube[0].get_color() for tube in solid.tubes[0]] == before


def test_the_light_of_a_network_that_is_fixed_in_the_frame_is_fixed_as_well(solid):
    assert not BackwardLight(solid, GRADIENTS).mobject.is_fixed_in_frame()
    assert BackwardLight(solid.fix_in_frame(), GRADIENTS).mobject.is_fixed_in_frame()


def test_a_gradient_of_another_shape_is_refused(solid):
    with pytest.raises(ValueError, match=r"\(2, 3\).*\(3, 2\)"):
        BackwardLight(solid, [GRADIENTS[0].T, GRADIENTS[1]])
