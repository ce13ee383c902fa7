"""The decision field: does every place wear the colour of the network's guess there?"""

import numpy as np
import pytest
from manimlib import color_to_rgb

from darkroom import engine

engine.load()

from custom.palette import BACKGROUND, NEGATIVE_RAMP, POSITIVE_RAMP  # noqa: E402
from helpers.field import DecisionField  # noqa: E402
from truth.moons import MoonsConfig, train  # noqa: E402


@pytest.fixture(scope="module")
def training():
    return train(MoonsConfig(n_points=20, n_steps=12))


@pytest.fixture
def field(training):
    return DecisionField(training)


@pytest.mark.parametrize("time", [0, 4.5, 12])
def test_each_place_has_the_colour_of_its_guess(field, training, time):
    field.set_time(time)
    p = training.probabilities(field.places, time)
    orange, blue = (np.array(color_to_rgb(color)) for color in DecisionField.colors)
    shown = field.sheet.data["rgba"][:, :3] - color_to_rgb(BACKGROUND)  # light added to the dark between the two
    nearer = shown @ (blue / np.linalg.norm(blue)) > shown @ (orange / np.linalg.norm(orange))
    sure = np.abs(p - 0.5) > 0.2
    assert sure.any() and (nearer[sure] == (p[sure] > 0.5)).all()


def test_the_sheet_lies_where_its_places_are(field):
    expected = field.c2p(field.places[:, 0], field.places[:, 1])
    assert field.sheet.get_points() == pytest.approx(expected, abs=1e-5)


def test_points_stand_where_the_data_says_in_colours_and_shapes_of_their_kind(field, training):
    for mark, point, label in zip(field.points, training.points, training.labels, strict=True):
        assert mark.get_center() == pytest.approx(field.c2p(*point), abs=1e-6)
        assert mark.get_fill_color().upper() == (POSITIVE_RAMP[1] if label else NEGATIVE_RAMP[1])


def test_the_boundary_follows_the_time_and_the_place(field, training):
    before = field.boundary.get_points().copy()
    field.set_time(12).shift([1, 2, 0])
    field.set_time(11)
    assert field.boundary.get_points().shape != before.shape or (field.boundary.get_points() != before).any()
    anchors = field.boundary.get_anchors()
    (line, *_) = training.boundary(field.xs, field.ys, 11)
    assert np.abs(anchors[:, None, :2] - field.c2p(line[:, 0], line[:, 1])[None, :, :2]).max(axis=2).min() < 1e-5
