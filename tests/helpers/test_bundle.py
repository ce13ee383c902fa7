"""Bundles point where their vectors point, leave the room there is, and mark who is closest."""

import numpy as np
import pytest

from darkroom import engine

engine.load()

from manimlib import color_to_rgb, linear  # noqa: E402

from custom.palette import FOCUS, INPUT  # noqa: E402
from helpers import Globe, MoveBundle, Spike, VectorBundle  # noqa: E402
from helpers.bundle import Arc, Cap  # noqa: E402
from truth.packing import get_packings  # noqa: E402


def get_normals(surface):
    return surface.get_unit_normals()


@pytest.mark.parametrize("vector", [(3, 0, 0), (0, 0, -2), (1, 2, 3), (-0.2, 0, 0)])
def test_a_spike_goes_from_its_start_to_its_vectors_end(vector):
    start, vector = np.array([0.5, -1, 0.25]), np.array(vector, dtype=float)
    spike = Spike(vector, start=start)
    reach = (spike.get_points() - start) @ vector / np.linalg.norm(vector)
    assert reach.min() == pytest.approx(0, abs=1e-5) and reach.max() == pytest.approx(np.linalg.norm(vector), abs=1e-5)
    assert np.linalg.norm(spike.get_points() - (start + vector), axis=1).min() < 1e-5


def test_a_spikes_light_falls_on_its_outside():
    spike = Spike([0, 2, 0], width=0.2)
    points, normals = spike.get_points().reshape(-1, 6, 3), get_normals(spike).reshape(-1, 6, 3)
    outwards = points * [1, 0, 1]
    for ring in (0, 1, 4):  # shaft and foot of the cone
        assert ((outwards[:, ring] * normals[:, ring]).sum(axis=1) > 0).all()
    assert (normals[:, 4:, 1] > 0).all() and (normals[:, 2:4, 1] < 0).all()  # the cone looks up, its foot down


def test_a_cap_reaches_to_its_angle_and_is_lit_from_outside():
    direction = np.array([1.0, 2, -2]) / 3
    cap = Cap(direction, 30, radius=2)
    points = cap.get_points()
    angles = np.degrees(np.arccos(np.clip(points @ direction / np.linalg.norm(points, axis=1), -1, 1)))
    assert angles.max() == pytest.approx(30, abs=1e-3)
    top = points.reshape(61, -1, 3)[:, : Cap.rings - 1]
    normals = get_normals(cap).reshape(61, -1, 3)[:, : Cap.rings - 1]
    assert ((top * normals).sum(axis=-1) > 0).all()


def test_a_globe_is_round_and_painted_by_direction():
    globe = Globe(2.0, steps=31)
    np.testing.assert_allclose(np.linalg.norm(globe.get_points(), axis=1), 2, rtol=1e-5)
    assert ((get_normals(globe) * globe.directions).sum(axis=1) > 0.99).all()
    globe.paint_shares((globe.directions[:, 1] > 0).astype(float), FOCUS)
    up, down = (globe.data["rgba"][globe.directions[:, 1] * side > 0.1, :3].mean(axis=0) for side in (1, -1))
    assert up.sum() > down.sum() + 0.5


def test_an_arc_runs_on_the_ball_between_two_directions():
    arc = Arc(2.0, 0.1).set_ends([1, 0, 0], [0, 3, 0])
    points = arc.get_points()
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 2, atol=0.051)
    assert np.linalg.norm(points - [2, 0, 0], axis=1).min() < 0.06
    assert np.linalg.norm(points - [0, 2, 0], axis=1).min() < 0.06
    assert np.abs(points[:, 2]).max() < 0.051


def test_a_bundle_points_as_its_vectors_say_in_two_and_three_dimensions():
    flat = VectorBundle([[1, 0], [0, 0.5]], length=2)
    np.testing.assert_allclose([flat.get_tip(0), flat.get_tip(1)], [[2, 0, 0], [0, 1, 0]])
    flat.set_vectors([[0, 1], [1, 0]])
    np.testing.assert_allclose(flat.get_tip(0), [0, 2, 0])
    with pytest.raises(ValueError, match=r"\(3, 2\) do not fit a bundle of 2"):
        flat.set_vectors(np.ones((3, 2)))
    with pytest.raises(ValueError, match="two or three coordinates"):
        VectorBundle(np.ones((3, 4)))
    with pytest.raises(ValueError, match="1 colours do not fit"):
        VectorBundle(np.eye(3), colors=[INPUT])


def test_caps_of_the_closest_pair_touch():
    vectors = get_packings()[7].path[60]
    bundle = VectorBundle(vectors, ball=2, has_caps=True, has_tails=True)
    assert bundle.angle == pytest.approx(get_packings()[7].angles[60])
    assert all(cap.angle == pytest.approx(bundle.angle / 2) for pair in bundle.caps for cap in pair)
    bundle.set_cap_angle(10)
    assert bundle.caps[0][1].angle == 10


def test_the_closest_pair_is_marked_and_nobody_far_from_it():
    bundle = VectorBundle([[1, 0, 0], [0.8, 0.6, 0], [0, 0, 1]])
    assert len(bundle.arcs) == 0
    bundle.set_marked(1)
    assert len(bundle.arcs) == 1
    assert len(bundle.set_marked(0).arcs) == 0


def test_the_rims_of_the_closest_are_marked_and_arrows_keep_their_colour():
    bundle = VectorBundle([[1, 0, 0], [0.8, 0.6, 0], [0, 0, 1]], ball=1, has_caps=True).set_marked(1)
    rims = [caps[0].data["rgba"][-1, :3] for caps in bundle.caps]
    assert [np.allclose(rim, color_to_rgb(FOCUS), atol=1e-3) for rim in rims] == [True, True, False]
    assert not np.allclose(bundle.caps[0][0].data["rgba"][0, :3], color_to_rgb(FOCUS), atol=0.1)
    assert {arrow.get_color().upper() for arrow in bundle.arrows} == {INPUT}


def test_a_newcomer_takes_room_by_as_much_as_it_is_there():
    angles = []
    for length in (0.0, 0.03, 0.5, 1.0):
        bundle = VectorBundle([[1, 0, 0], [0, 1, 0], length * np.array([0.8, 0.6, 0])], ball=1, has_caps=True)
        angles.append(bundle.caps[0][0].angle)
    assert angles[:2] == pytest.approx([45, 45])
    assert 45 > angles[2] > angles[3] and angles[3] == pytest.approx(bundle.angle / 2)


def test_lines_are_as_close_as_their_nearer_ends():
    bundle = VectorBundle([[1, 0, 0], [-0.9, 0.3, 0], [0, 0, 1]], has_tails=True).set_marked(1)
    assert bundle.angle == pytest.approx(np.degrees(np.arctan2(0.3, 0.9)))
    assert len(bundle.arcs) == 2  # one on each side


def test_a_vector_without_length_is_not_there_yet():
    bundle = VectorBundle([[1, 0, 0], [0, 0, 0], [0, 1, 0]], ball=1, has_caps=True)
    assert bundle.angle == pytest.approx(90)
    np.testing.assert_allclose(bundle.get_tip(1), 0)


def test_a_bundle_moves_along_a_path_by_time():
    stage = get_packings()[5]
    bundle = VectorBundle(stage.path[0])
    move = MoveBundle(bundle, stage.at, rate_func=linear)
    move.begin()
    move.interpolate(0.37)
    np.testing.assert_allclose(bundle.vectors, stage.at(0.37))
    move.finish()
    np.testing.assert_allclose(bundle.vectors, stage.path[-1])
