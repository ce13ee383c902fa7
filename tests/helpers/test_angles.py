"""The pictures of angles say the angle: pairs, their label, histograms and their windows."""

import numpy as np
import pytest

from darkroom import engine

engine.load()

from manimlib import color_to_rgb, linear  # noqa: E402

from custom.palette import INPUT, TARGET  # noqa: E402
from helpers import AngleHistogram, AnimateHistogramThrough, TurnPair, get_vector_pair  # noqa: E402


@pytest.mark.parametrize("angle", [0.5, 10, 33, 89, 90, 91, 140, 180])
def test_a_pair_has_the_angle_it_says(angle):
    pair = get_vector_pair(angle, 2.0, start=(1, -1, 0), decimals=1)
    assert pair.get_angle() == pytest.approx(angle)
    assert pair.number.shown_value == angle == pytest.approx(pair.number.source.true_value())
    tips = [spike.start + spike.vector for spike in (pair.first, pair.second)]
    turn = np.radians(angle)
    np.testing.assert_allclose(tips, [[3, -1, 0], [1 + 2 * np.cos(turn), -1 + 2 * np.sin(turn), 0]], atol=1e-9)


def test_a_pair_without_an_angle_is_refused():
    for angle in (0, -10, 181):
        with pytest.raises(ValueError, match="over 0, to 180"):
            get_vector_pair(angle)


def test_a_pair_turns_from_where_it_is():
    pair = get_vector_pair(30)
    turn = TurnPair(pair, 130, rate_func=linear)
    pair.set_angle(50)
    turn.begin()
    turn.interpolate(0.5)
    assert pair.get_angle() == pytest.approx(90)
    turn.finish()
    assert pair.get_angle() == pytest.approx(130)


def get_heights(histogram):
    return histogram.top.get_points().reshape(-1, 2, 3)[2:-1:4, 0, 1] - histogram.to_point(histogram.low)[1]


def test_bars_are_as_high_as_shares():
    shares = np.array([0.1, 0.4, 0.5])
    histogram = AngleHistogram(shares, width=6, height=2)
    np.testing.assert_allclose(get_heights(histogram), 2 * shares / 0.5, atol=1e-5)
    histogram.set_shares([0.2, 0.2, 0.6], most=1)
    np.testing.assert_allclose(get_heights(histogram), [0.4, 0.4, 1.2], atol=1e-5)
    assert histogram.to_point(90) == pytest.approx([0, 0, 0]) and histogram.to_point(180, 0.5)[:2] == pytest.approx(
        [3, 1]
    )
    with pytest.raises(ValueError, match=r"\(2,\) do not fit a histogram of 3"):
        histogram.set_shares([0.5, 0.5])
    with pytest.raises(ValueError, match="at least 0"):
        histogram.set_shares([0.5, 0.6, -0.1])


def test_a_histogram_can_be_moved():
    histogram = AngleHistogram([0.5, 0.5], width=4).shift([1, 2, 0])
    histogram.set_shares([0.25, 0.75])
    assert histogram.front.get_left()[0] == pytest.approx(-1) and histogram.front.get_bottom()[1] == pytest.approx(2)


def test_treads_look_up_and_the_front_looks_out():
    histogram = AngleHistogram([0.2, 0.5, 0.3])
    normals = histogram.top.get_unit_normals().reshape(-1, 2, 3)
    treads = np.concatenate([normals[2::4], normals[3::4]])[:-1]
    assert (treads[:6, :, 1] > 0.99).all()
    assert (normals[1, :, 0] < -0.99).all() and (normals[-2, :, 0] > 0.99).all()  # up to the first, down from the last
    assert (histogram.front.get_unit_normals()[:, 2] > 0.99).all()


def test_a_window_shows_its_part_and_its_ticks():
    histogram = AngleHistogram(np.ones(18) / 18, width=10, ticks=(90, 0, 180, 85))
    assert [label.get_fill_opacity() for label in histogram.labels] == [1, 1, 1, 0]  # 85 is too near to 90
    histogram.set_window(80, 100)
    assert [label.get_fill_opacity() for label in histogram.labels] == [1, 0, 0, 1]
    assert histogram.to_point(100)[0] == pytest.approx(5) and histogram.to_point(85)[0] == pytest.approx(-2.5)
    points = histogram.top.get_points()
    assert np.abs(points[:, 0]).max() == pytest.approx(5)
    with pytest.raises(ValueError, match="does not fit a range"):
        histogram.set_window(80, 200)


def test_parts_take_colours_by_their_angle():
    histogram = AngleHistogram(np.ones(18) / 18).set_colors(80, 100)
    colors = histogram.top.data["rgba"][2:-2:8, :3]
    is_green = np.isclose(colors, color_to_rgb(TARGET), atol=1e-5).all(axis=1)
    assert is_green.sum() == 2 and is_green[8] and is_green[9]
    assert np.isclose(colors[~is_green], color_to_rgb(INPUT), atol=1e-5).all()


def test_a_histogram_goes_through_moments():
    moments = np.array([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]])
    histogram = AngleHistogram(moments[0])
    run = AnimateHistogramThrough(histogram, moments, [1, 0.5, 1], rate_func=linear)
    run.begin()
    run.interpolate(0.5)
    np.testing.assert_allclose(histogram.shares, [0.5, 0.5])
    assert histogram.most == 0.5 and histogram.place == 1
    run.interpolate(0.75)
    np.testing.assert_allclose(histogram.shares, [0.25, 0.75])
    assert histogram.most == pytest.approx(np.sqrt(0.5))
    free = AnimateHistogramThrough(histogram, moments, rate_func=linear)
    free.begin()
    free.interpolate(0.25)
    assert histogram.most == 0.75
    with pytest.raises(ValueError, match=r"\(3, 2\) do not fit scales of shape \(2,\)"):
        AnimateHistogramThrough(histogram, moments, [1, 1])
