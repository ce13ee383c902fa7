"""Packings reach the best known angles, their paths go on from each other, and angles are those of lines."""

import itertools

import numpy as np
import pytest

from truth.packing import BEST_KNOWN, closest_pair, get_packings, line_angles

STAGES = get_packings()
GOLDEN = (1 + np.sqrt(5)) / 2
SIGNS = np.array(list(itertools.product((1, -1), repeat=2)))


def test_angles_are_those_of_lines():
    vectors = [[1, 0, 0], [-2, 0, 0], [0, 3, 0], [1, 1, 0], [-1, 1, 1e-9]]
    angles = line_angles(vectors)
    assert angles[0] == pytest.approx([90, 0, 90, 45, 45])  # the first is its own: no angle
    assert closest_pair(vectors[2:]) == (0, 1, pytest.approx(45))
    with pytest.raises(ValueError, match="two vectors"):
        closest_pair([[1, 0, 0]])


@pytest.mark.parametrize(("n", "best"), BEST_KNOWN.items())
def test_every_packing_comes_within_a_tenth_of_a_degree_of_the_best_known(n, best):
    stage = STAGES[n]
    assert best - 0.1 < stage.angles[-1] < best + 0.005
    assert closest_pair(stage.path[-1])[2] == stage.angles[-1]


def test_the_best_known_angles_are_those_of_known_solids():
    """Diagonals of a cube (4), an icosahedron (6, and any 5 of these), a cube and an octahedron (7)."""
    cube = [[1, *signs] for signs in SIGNS]
    zero, signs = np.zeros(2), SIGNS[:2]
    icosahedron = np.concatenate(
        [np.roll(np.stack([zero, signs[:, 0], GOLDEN * signs[:, 1]], axis=1), k, axis=1) for k in range(3)]
    )
    assert closest_pair(cube)[2] == pytest.approx(BEST_KNOWN[4], abs=1e-4)
    assert closest_pair(icosahedron)[2] == pytest.approx(BEST_KNOWN[6], abs=1e-4)
    assert closest_pair(icosahedron[:5])[2] == pytest.approx(BEST_KNOWN[5], abs=1e-4)
    assert closest_pair([*cube, *np.eye(3)])[2] == pytest.approx(BEST_KNOWN[7], abs=1e-4)


def test_each_stage_goes_on_where_the_one_before_ended():
    assert sorted(STAGES) == sorted(BEST_KNOWN)
    for n, stage in STAGES.items():
        assert stage.path.shape == (len(stage.angles), n, 3)
        np.testing.assert_allclose(np.linalg.norm(stage.path, axis=-1), 1, atol=1e-12)
        if n > 3:
            np.testing.assert_allclose(stage.path[0, :-1], STAGES[n - 1].path[-1], atol=1e-12)
            assert stage.angles[0] < stage.angles[-1] - 10  # the newcomer had to push


def test_paths_are_smooth_and_can_be_asked_at_any_time():
    for n, stage in STAGES.items():
        steps = np.linalg.norm(np.diff(stage.path, axis=0), axis=-1)
        assert steps.max() < 0.1, n
        np.testing.assert_allclose(stage.at(0), stage.path[0], atol=1e-12)
        np.testing.assert_allclose(stage.at(1), stage.path[-1], atol=1e-12)
        np.testing.assert_allclose(np.linalg.norm(stage.at(0.123), axis=-1), 1, atol=1e-12)


def test_a_fourth_line_at_right_angles_to_three_does_not_exist():
    """|cos| to the three axes cannot all be small: their squares add up to 1."""
    rng = np.random.default_rng(0)
    newcomers = rng.normal(size=(10_000, 3))
    best = max(90 - np.abs(90 - line_angles([*np.eye(3), v])[3, :3]).max() for v in newcomers)
    assert best < np.degrees(np.arccos(1 / np.sqrt(3))) + 1e-9
    assert closest_pair([*np.eye(3), [1, 1, 1]])[2] == pytest.approx(54.7356, abs=1e-4)
