"""What NonlinearityOfLanguage shows of its plane is so: places, heights, the crease."""

import numpy as np
import pytest
from manimlib import Scene

from darkroom import engine

engine.load()

from _2025.mlp.nonlinearity import BIASES, HEIGHT, ScorePlane, get_places  # noqa: E402
from helpers import Sign, set_telephoto, to_screen  # noqa: E402
from truth.toy_mlp import DIRECTIONS, TOKENS  # noqa: E402

M, J = DIRECTIONS["M"], DIRECTIONS["J"]


@pytest.fixture
def plane():
    return ScorePlane(get_places())


def set_to(plane, rise=1.0, bias=0.0, fold=0.0):
    for tracker, value in ((plane.rise, rise), (plane.bias, bias), (plane.fold, fold)):
        tracker.set_value(value)
    return plane.update()


def get_values(plane):
    return [plane.get_value(index) for index in range(len(plane.places))]


def test_everybody_stands_where_the_toy_block_has_him():
    places = get_places()
    for token in TOKENS:
        if token.words in places:
            assert places[token.words] == pytest.approx([M @ token.embedding, J @ token.embedding])
    assert np.dot(M, J) == pytest.approx(0)
    assert len(places) == 4


def test_values_are_the_score_then_with_the_bias_then_relu_of_it(plane):
    embeddings = {token.words: token.embedding for token in TOKENS}
    scores = np.array([(M + J) @ embeddings[name] for name in plane.places])
    assert get_values(set_to(plane)) == pytest.approx(scores)
    for bias in BIASES:
        assert get_values(set_to(plane, bias=bias)) == pytest.approx(scores + bias)
        assert get_values(set_to(plane, bias=bias, fold=1)) == pytest.approx(np.maximum(scores + bias, 0))


def test_half_a_match_scores_half_and_in_the_end_only_both_names_stand_above_the_ground(plane):
    values = dict(zip(plane.places, get_values(set_to(plane)), strict=True))
    assert values["Michael Phelps"] == values["Alexis Jordan"] == values["Michael Jordan"] / 2 == 1
    for bias in BIASES:
        values = dict(zip(plane.places, get_values(set_to(plane, bias=bias, fold=1)), strict=True))
        assert [name for name, value in values.items() if value > 0] == ["Michael Jordan"]


def test_pawns_and_sheet_are_as_high_as_the_values(plane):
    set_to(plane, bias=BIASES[0], fold=1)
    for index, (pawn, value) in enumerate(zip(plane.pawns, get_values(plane), strict=True)):
        assert pawn.foot == pytest.approx(plane.get_spot(index))
        assert pawn.foot[1] == pytest.approx(HEIGHT * value)
    top = plane.sheet[0].get_points()
    for (_, y, z), along in zip(top[:62], np.tile(np.arange(62), 1), strict=True):
        score = 2 * (np.mean(plane.depth) - z / plane.to_space(0, np.sqrt(2))[0]) / np.sqrt(2)
        assert y == pytest.approx(HEIGHT * max(score + BIASES[0], 0), abs=1e-4), along


def test_the_first_crease_passes_through_the_tips_of_both_arrows(plane):
    set_to(plane, bias=BIASES[0], fold=1)
    tips = [plane.to_space(*place) for place in ((1, 0), (0, 1))]
    crease = plane.get_crease()
    for tip in tips:
        assert tip[2] == pytest.approx(crease.get_center()[2], abs=1e-4)
        assert crease.get_left()[0] < tip[0] < crease.get_right()[0]


def test_no_linear_score_is_above_zero_for_both_and_not_above_for_either():
    """Without a bias, score(M + J) = score(M) + score(J): if it is above 0, one of the two is."""
    for weights in np.random.default_rng(0).normal(size=(1000, 64)):
        assert weights @ (M + J) <= 1e-9 or max(weights @ M, weights @ J) > 0


def test_a_sign_stands_where_the_camera_shows_its_point():
    scene = Scene()
    set_telephoto(scene.frame, 26).reorient(30, -20, 0, (0.5, 1, 0), 9)
    point = np.array([1.0, 2.0, -3.0])
    sign = Sign("here", scene.frame, lambda: point)
    bottom = sign.plate.get_bottom()
    assert bottom[:2] == pytest.approx(to_screen(scene.frame, point), abs=1e-3)
    nearer = to_screen(scene.frame, point + scene.frame.get_inverse_camera_rotation_matrix()[2])
    middle = to_screen(scene.frame, scene.frame.get_center())
    assert middle == pytest.approx([0, 0], abs=1e-6)
    assert np.linalg.norm(nearer) > np.linalg.norm(bottom[:2])  # what comes nearer moves outwards
