"""The plots of ReLU and GELU: does the graph run where the function says, and the marker read what it shows?"""

import numpy as np
import pytest
import torch
from manimlib import DEGREES, RIGHT

from darkroom import engine

engine.load()

from helpers.activation_plot import get_activation_plot  # noqa: E402
from truth.source import Source  # noqa: E402

TORCH = {"relu": torch.relu, "gelu": torch.nn.functional.gelu}


def torchs(name, x):
    return TORCH[name](torch.as_tensor(np.asarray(x, dtype=float))).numpy()


@pytest.fixture(params=TORCH)
def name(request):
    return request.param


def test_the_graph_is_torchs_function(name):
    plot = get_activation_plot(name)
    places = np.array([plot.axes.p2c(point) for point in plot.curve.get_anchors()]).reshape(-1, 2)
    assert places[:, 1] == pytest.approx(torchs(name, places[:, 0]), abs=1e-5)
    assert places[[0, -1], 0] == pytest.approx([-4, 4], abs=0.1)


def test_the_corner_of_relu_is_a_point_of_its_graph():
    plot = get_activation_plot("relu", x_range=(-1.03, 1.1))
    assert np.linalg.norm(plot.curve.get_anchors() - plot.axes.c2p(0, 0), axis=1).min() < 1e-6


def test_both_axes_have_the_same_unit_in_the_width_asked_for(name):
    plot = get_activation_plot(name, width=1.6)
    units = [np.linalg.norm(plot.axes.c2p(*place) - plot.axes.c2p(0, 0)) for place in ((1, 0), (0, 1))]
    assert units == pytest.approx([0.2, 0.2])


@pytest.mark.parametrize("value", [-1.5, 0.0, 1.0, 2.6])
def test_a_marker_reads_the_graph_wherever_the_plot_went(name, value):
    plot = get_activation_plot(name).rotate(20 * DEGREES).scale(0.7).shift(2 * RIGHT)
    marker = plot.get_marker(0.5).set_value(value)
    expected = float(torchs(name, value))
    assert marker.dot.get_center() == pytest.approx(plot.axes.c2p(value, expected), abs=1e-5)
    assert (marker.entry.value, marker.result.value) == (value, pytest.approx(expected))


def test_what_goes_out_is_held_against_the_function_of_what_truly_comes_in(name):
    marker = get_activation_plot(name).get_marker(-1.3, Source("pre", (2,), np.array([0.0, 0.0, 2.0])))
    assert marker.result.source.true_value() == pytest.approx(float(torchs(name, 2.0)))
    assert "pre[2]" in str(marker.result.source)


def test_a_slide_passes_through_the_graph_and_ends_on_its_value(name):
    plot = get_activation_plot(name)
    marker = plot.get_marker(-2.0, Source("pre", (0,), np.array([-2.0])))
    slide = marker.animate.set_value(2.0, Source("pre", (0,), np.array([2.0]))).build()
    slide.begin()
    for alpha in (0.3, 0.5, 1):
        slide.interpolate(alpha)
        x = marker.value
        assert marker.dot.get_center() == pytest.approx(plot.get_point(x), abs=1e-5)
        assert marker.entry.source.true_value() == pytest.approx(x)
        assert marker.result.source.true_value() == pytest.approx(marker.result.value)
    assert x == 2


def test_an_unknown_name_is_told_the_known_ones():
    with pytest.raises(ValueError, match="relu, gelu"):
        get_activation_plot("swish")
