"""The landscape: is every place as high, and of the colour, that the network says?"""

import numpy as np
import pytest

from darkroom import engine

engine.load()

from helpers.landscape import DecisionLandscape  # noqa: E402
from truth.moons import MoonsConfig, train  # noqa: E402


@pytest.fixture(scope="module")
def training():
    return train(MoonsConfig(n_points=20, n_steps=12))


@pytest.fixture
def land(training):
    return DecisionLandscape(training)


@pytest.mark.parametrize("time", [0, 4.5, 12])
def test_each_place_is_as_high_as_its_probability_and_has_the_colour_of_its_guess(land, training, time):
    land.set_time(time)
    p = training.probabilities(land.places.reshape(-1, 2), time)
    points = land.top.get_points()
    assert points[:, 2] == pytest.approx(land.base + land.height * p, abs=1e-5)
    red, _, blue = land.top.data["rgba"][:, :3].T
    sure = np.abs(p - 0.5) > 0.1
    assert sure.any() and ((blue > red)[sure] == (p[sure] > 0.5)).all()


def test_a_board_that_has_not_risen_is_flat_and_of_one_colour(land):
    land.set_time(0, rise=0)
    assert np.ptp(land.top.get_points()[:, 2]) == pytest.approx(0, abs=1e-6)
    assert np.ptp(land.top.data["rgba"], axis=0) == pytest.approx(0, abs=1e-6)


def test_walls_reach_from_the_ground_to_the_surface(land):
    land.set_time(7)
    edge = land.top.get_points().reshape(len(land.xs), len(land.ys), 3)[:, 0]
    wall = land.walls[0].get_points().reshape(len(land.xs), 2, 3)
    assert wall[:, 1] == pytest.approx(edge, abs=1e-5)
    assert wall[:, 0, 2] == pytest.approx(0, abs=1e-6)


def test_normals_point_up(land):
    assert (land.top.get_unit_normals()[:, 2] > 0).all()


def test_chosen_points_keep_their_colours_and_the_others_step_back(land):
    full = land.points.data["rgba"].copy()
    land.light_up([3])
    assert (land.points.data["rgba"][3] == full[3]).all()
    assert (land.points.data["rgba"][4, :3].sum() < full[4, :3].sum()) and land.light_up() is not None
    assert (land.points.data["rgba"] == full).all()


def test_a_surface_refuses_another_grid(land):
    with pytest.raises(ValueError, match="do not fit"):
        land.top.set_grid(np.zeros((3, 4, 3)))
