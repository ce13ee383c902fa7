import numpy as np
import pytest
from manimlib import RIGHT, UP, Line, VGroup

from custom.palette import GRADIENT
from helpers.wave import EdgeWave


@pytest.mark.parametrize("backwards", [False, True])
def test_the_front_runs_from_one_end_of_each_edge_to_the_other(backwards):
    edges = VGroup(Line(-RIGHT, RIGHT), Line(-RIGHT, RIGHT + UP))
    wave = EdgeWave(edges, GRADIENT, backwards=backwards)
    wave.begin()
    starts, ends = ([edge.get_start_and_end()[k] for edge in edges] for k in (0, 1))
    first, last = (ends, starts) if backwards else (starts, ends)
    np.testing.assert_allclose(wave.glow.get_points(), first, atol=1e-6)
    wave.interpolate(0.4)
    reached = wave.glow.get_points().copy()
    assert (np.linalg.norm(reached - np.array(first), axis=1) > 0.1).all()
    for line, front in zip(wave.trails, reached, strict=True):
        np.testing.assert_allclose(line.get_end(), front, atol=1e-3)
        assert line.get_stroke_widths()[-1] == 9 > line.get_stroke_widths()[0]
    wave.interpolate(1)
    np.testing.assert_allclose(wave.glow.get_points(), last, atol=1e-5)
    assert wave.is_remover()
    for edge, start in zip(edges, starts, strict=True):
        np.testing.assert_allclose(edge.get_start(), start)
