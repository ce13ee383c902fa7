"""What the scenes about directions show is so: rings and room on the ball, columns, the block, the histogram."""

import numpy as np
import pytest

from darkroom import engine

engine.load()


from _2025.superposition.almost_orthogonal import (  # noqa: E402
    COUNTS,
    FEW,
    LADDER,
    FloorColumns,
    Gathering,
    get_few_angles,
)
from _2025.superposition.angle_range import RANGE, START, get_pair  # noqa: E402
from _2025.superposition.closing import OTHERS, REACH, get_others  # noqa: E402
from _2025.superposition.stack import CELL, CORNER, LARGEST, SIDE, VectorStack, get_first_numbers  # noqa: E402
from _2025.superposition.stage import Shadow  # noqa: E402
from _2025.superposition.superposition import (  # noqa: E402
    AXES,
    BAND,
    DEVIATIONS,
    DIAGONALS,
    NEARLY_ALL,
    WIDTH,
    Room,
    get_guarantee,
)
from _2025.superposition.vector_bundle import FIRST, LAST, SuperpositionVectorBundle, count, get_bundle  # noqa: E402
from custom.palette import INPUT, PANEL, POSITIVE_RAMP  # noqa: E402
from helpers import value_to_color  # noqa: E402
from truth.almost_orthogonal import (  # noqa: E402
    DIMENSIONS,
    POPULAR,
    RandomConfig,
    angle_between,
    band_share,
    get_optimised_angles,
    get_random_vectors,
    guaranteed_count,
    welch_deviation,
)
from truth.concepts import get_concepts  # noqa: E402
from truth.gathering import get_gathering  # noqa: E402
from truth.packing import BEST_KNOWN, closest_pair, get_packings, line_angles, normalize  # noqa: E402


@pytest.fixture
def room():
    room = Room([*AXES, normalize(DIAGONALS[0].astype(float))], [INPUT] * 4)
    for reach in room.reaches[:3]:
        reach.set_value(1)
    return room


def get_green(room, *directions):
    """How green the ball is at directions, beyond its ground."""
    rgb = room.ball.data["rgba"][:, :3]
    found = [int(np.argmax(room.ball.directions @ normalize(np.array(d, dtype=float)))) for d in directions]
    return [float(rgb[k, 1] - rgb[k, 2]) for k in found]


def test_one_direction_leaves_a_ring_two_leave_two_points_three_leave_none(room):
    room.counts[0].set_value(1)
    room.update()
    on, off = get_green(room, [1, 0, 1], [1, 1, 0])  # the first one points up
    assert on > 0.2 > off
    room.counts[1].set_value(1)
    room.update()
    crossing, ring, opposite = get_green(room, [0, 0, 1], [1, 0, 1], [0, 0, -1])
    assert crossing > ring + 0.05 and opposite == pytest.approx(crossing, abs=0.05)
    room.counts[2].set_value(1)
    room.update()
    assert max(get_green(room, *AXES, *DIAGONALS)) < crossing - 0.1


def test_a_fourth_direction_is_at_most_54_7_degrees_from_the_nearest(room):
    room.reaches[3].set_value(1)
    assert room.get_nearest(3) == pytest.approx(54.7356, abs=1e-3)
    for direction in normalize(np.random.default_rng(2).normal(size=(200, 3))):
        room.goals[3] = direction
        assert room.get_nearest(3) < 54.7357


def test_the_bands_meet_where_the_tolerance_is_what_the_fourth_one_lacks(room):
    for tracker in room.counts[:3]:
        tracker.set_value(1)
    greens = []
    for tolerance in (30, 41):
        room.tolerance.set_value(tolerance)
        room.update()
        greens += get_green(room, DIAGONALS[0])
    assert greens[0] < 0.1 < greens[1]


def test_four_directions_open_to_the_best_known_angle():
    end = normalize(2 * AXES - (1 - AXES) - AXES)
    four = [*end, DIAGONALS[0]]
    assert closest_pair(four)[2] == pytest.approx(BEST_KNOWN[4], abs=1e-3)
    off = line_angles(four)[np.triu_indices(4, 1)]
    assert off == pytest.approx([BEST_KNOWN[4]] * 6, abs=1e-3)


def test_two_ideas_overlap_by_a_third():
    first, second = get_concepts()[:2]
    assert np.cos(np.radians(angle_between(first, second))) == pytest.approx(1 / 3)


def test_almost_all_directions_are_in_the_band():
    assert 100 * band_share(WIDTH, BAND) > NEARLY_ALL > 100 * band_share(1_000, BAND)


def test_columns_are_powers_of_ten_of_what_is_sure_to_fit():
    guarantee = get_guarantee(DEVIATIONS[-1])
    assert WIDTH == DIMENSIONS[-1] == 12_288
    for column, deviation in zip(guarantee.columns, DEVIATIONS, strict=True):
        height = column.body.get_height() / guarantee.unit
        assert 10**height == pytest.approx(max(WIDTH, guaranteed_count(WIDTH, deviation)), rel=1e-3)
    shown = [number.num_string for number in guarantee.get_numbers()]
    assert shown == ["12,288"] * 4 + ["3.1·10⁶", "1.4·10¹⁰"]


def test_the_bar_is_as_long_as_the_cosine():
    pair = get_pair()
    shadow = Shadow(pair)
    for angle in (10, 60, *RANGE[1:]):
        pair.set_angle(angle)
        shadow.update()
        assert shadow.get_cosine() == pytest.approx(np.cos(np.radians(angle)))
        assert shadow.bar.get_width() == pytest.approx(max(pair.length * abs(shadow.get_cosine()), 0.02), abs=1e-4)
        assert shadow.bar.get_center()[0] == pytest.approx(START[0] + pair.length * shadow.get_cosine() / 2, abs=1e-4)


def test_the_angle_goes_from_10_to_180_and_ends_at_91():
    assert RANGE == (10, 180, 91)


def test_lines_join_one_by_one_and_the_angle_shown_is_never_above_the_best_known():
    scene = SuperpositionVectorBundle
    bundle = get_bundle()
    assert count(bundle) == FIRST
    for n in range(FIRST + 1, LAST + 1):
        for share in np.linspace(0, 1, 9):
            bundle.set_vectors(scene.join(None, n, share))
            assert count(bundle) == n
            if share > 0.3:
                assert bundle.angle < BEST_KNOWN[n] + 0.1
        assert bundle.angle == pytest.approx(get_packings()[n].angles[-1])
        assert bundle.angle > BEST_KNOWN[n] - 0.1


def test_the_block_shows_the_vectors():
    stack = VectorStack(SIDE, SIDE)
    assert stack.count() == 10_000 and stack.vectors.shape == (10_000, 100)
    np.testing.assert_allclose(np.linalg.norm(stack.vectors, axis=1), 1)
    ramps = {"positive": (PANEL, POSITIVE_RAMP[1])}
    for row, coordinate in ((0, 0), (17, 42), (99, 99)):
        value = stack.vectors[row, coordinate]
        near = 2 * coordinate * 2 * SIDE + 2 * row  # its first corner; cells share none
        corner = CORNER + CELL * np.array([coordinate, -row, 0])
        np.testing.assert_allclose(stack.front.get_points()[near], corner, atol=1e-5)
        painted = stack.front.data["rgba"][near, :3]
        if value > 0:
            wanted = value_to_color(value, 0, LARGEST, **ramps)
            np.testing.assert_allclose(painted, [int(wanted[k : k + 2], 16) / 255 for k in (1, 3, 5)], atol=1e-4)
    assert stack.side.get_points()[:, 2].min() == pytest.approx(-CELL * SIDE, abs=1e-4)


def test_the_first_numbers_are_those_of_the_first_vector():
    stack = VectorStack()
    for k, number in enumerate(get_first_numbers(stack)):
        assert number.get_value() == pytest.approx(stack.vectors[0, k], abs=0.0051)
        assert number.source.true_value() == stack.vectors[0, k]


def test_pairs_are_taken_from_the_same_vectors():
    assert [angles.pairs for angles in get_few_angles()] == [n * (n - 1) // 2 for n in (*FEW, 10_000)]
    assert set(DIMENSIONS) <= set(LADDER)


def test_columns_are_as_high_as_what_no_set_gets_below():
    columns = FloorColumns()
    columns.floors.set_value(1)
    columns.update()
    for column, n in zip(columns.columns, COUNTS, strict=True):
        assert column.body.get_height() == pytest.approx(columns.unit * welch_deviation(n, 100), rel=1e-3)
    assert get_optimised_angles(POPULAR)[-1].worst > welch_deviation(POPULAR.count, 100)


def test_the_vectors_that_gather_end_on_one_line_and_are_as_many_as_is_typical():
    found = get_gathering()
    assert found.angles.shape == (25, 11) and abs(found.angles.shape[1] - found.sizes.mean()) < 1
    off = np.minimum(found.angles, 180 - found.angles)
    assert off[-1].max() < 1 < 50 < off[0].min()
    gathering = Gathering(np.zeros(3))
    gathering.time.set_value(24)
    gathering.update()
    for arrow, angle in zip(gathering.arrows, found.angles[-1], strict=True):
        assert arrow.vector[1] / gathering.length == pytest.approx(np.cos(np.radians(angle)))


def test_the_closing_card_shows_true_angles():
    others = get_others()
    vectors = get_random_vectors(RandomConfig(DIMENSIONS[-1], OTHERS + 1))
    for arrow, vector in zip(others, vectors[1:], strict=True):
        tip = arrow.tip.get_all_points()[:, 1].mean()
        assert abs(tip) < REACH * abs(vector @ vectors[0]) + 0.02
