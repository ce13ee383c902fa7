"""The arcs of a context say its weights, and weights are never made up."""

import numpy as np
import pytest

from darkroom import engine

engine.load()

from manimlib import DOWN, RIGHT, UP, Square, VGroup  # noqa: E402

from helpers.context import ContextAnimation  # noqa: E402


@pytest.fixture
def words():
    return VGroup(Square().move_to(4 * k * RIGHT) for k in range(4))


def test_width_is_proportional_to_weight(words):
    animation = ContextAnimation(words[3], words[:3], [0.1, 0.0, 0.4], max_width=8)
    assert [arc.get_stroke_width() for arc in animation.arcs] == pytest.approx([2, 8])  # nothing for a zero


def test_arcs_lead_from_source_to_target_on_the_side_asked_for(words):
    for target, sources in ((words[3], words[:3]), (words[0], words[1:])):
        for side in (UP, DOWN):
            arcs = ContextAnimation(target, sources, np.ones(3), direction=side).arcs
            for arc, source in zip(arcs, sources, strict=True):
                assert np.allclose(arc.get_start(), source.get_edge_center(side), atol=1e-5)
                assert np.allclose(arc.get_end(), target.get_edge_center(side), atol=1e-5)
                assert (arc.pfp(0.5) - arc.get_start()) @ side > 0.1


def test_arcs_can_arrive_on_another_side(words):
    arcs = ContextAnimation(words[3], words[:3], np.ones(3), direction=DOWN, arrival=UP, path_arc=0).arcs
    for arc, source in zip(arcs, words, strict=False):
        assert np.allclose(arc.get_start(), source.get_bottom(), atol=1e-5)
        assert np.allclose(arc.get_end(), words[3].get_top(), atol=1e-5)


def test_weights_must_fit(words):
    with pytest.raises(ValueError, match=r"2 weight\(s\) do not fit 3 source\(s\)"):
        ContextAnimation(words[3], words[:3], [0.5, 0.5])
    for bad in ([0.5, -0.1, 0.6], [0, 0, 0]):
        with pytest.raises(ValueError, match="0 or more"):
            ContextAnimation(words[3], words[:3], bad)
    with pytest.raises(ValueError, match="two places"):
        ContextAnimation(words[3], [words[3]], [1.0])
