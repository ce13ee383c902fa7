"""What the storyboard calls TRUE about nearly right angles: each figure, by name."""

import numpy as np
import pytest
from scipy import stats

from truth.almost_orthogonal import (
    BINS,
    DIMENSIONS,
    FAIR,
    POPULAR,
    OptimiserConfig,
    RandomConfig,
    allowed_cosine,
    angle_between,
    band_share,
    copies_of_axes,
    get_distortions,
    get_optimised_angles,
    get_random_angles,
    get_random_vectors,
    guarantee_begins,
    guaranteed_count,
    mean_cosine,
    measure_angles,
    most_vectors,
    optimise,
    welch_bound,
    welch_deviation,
)


def test_the_angle_of_two_vectors():
    assert angle_between([2, 0], [0, 3]) == pytest.approx(90)
    assert angle_between([1, 1], [-2, -2]) == pytest.approx(180)
    assert angle_between([1, 0, 0], [1, 1, 0]) == pytest.approx(45)
    assert allowed_cosine(30) == pytest.approx(0.5)


def test_angles_are_counted_pair_by_pair():
    vectors = np.random.default_rng(4).normal(size=(23, 5))
    pairs = [angle_between(vectors[i], vectors[j]) for i in range(23) for j in range(i)]
    found = measure_angles(vectors, chunk=7)
    assert found.pairs == len(pairs) == 253
    assert (found.least, found.most) == pytest.approx((min(pairs), max(pairs)))
    assert found.spread == pytest.approx(np.std(pairs))
    assert found.within_5 == sum(abs(angle - 90) <= 5 for angle in pairs)
    np.testing.assert_allclose(found.get_shares(36) * 253, np.histogram(pairs, 36, (0, 180))[0])
    with pytest.raises(ValueError, match="do not divide"):
        found.get_shares(BINS - 1)
    with pytest.raises(ValueError, match="two vectors"):
        measure_angles([[1.0, 2.0]])


@pytest.mark.parametrize(
    ("dimension", "share", "spread"),
    [(3, 1.7, 39.2), (10, 4.1, 19.1), (100, 13.8, 5.76), (1_000, 41.9, 1.81), (12_288, 94.7, 0.517)],
)
def test_random_vectors_come_closer_to_right_angles_the_more_dimensions_there_are(dimension, share, spread):
    assert dimension in DIMENSIONS
    found = get_random_angles(RandomConfig(dimension))
    assert found.pairs == 1_999_000
    assert 100 * found.share == pytest.approx(share, abs=0.06)
    assert found.spread == pytest.approx(spread, rel=0.003)
    # What is measured is what the exact distribution says.
    assert found.share == pytest.approx(band_share(dimension, 1), rel=0.02)


def test_spread_is_about_57_3_degrees_over_the_root_of_the_dimension():
    for dimension in DIMENSIONS[2:]:
        assert get_random_angles(RandomConfig(dimension)).spread == pytest.approx(
            np.degrees(1) / np.sqrt(dimension), rel=0.01
        )


def test_the_worst_of_two_million_pairs_in_12288_dimensions():
    found = get_random_angles(RandomConfig(12_288))
    assert 87.3 < found.least < 87.8 and 92.2 < found.most < 92.7


def test_ten_thousand_random_vectors_in_100_dimensions():
    found = get_random_angles(RandomConfig(100, 10_000))
    assert found.pairs == 49_995_000
    assert (100 * found.share, 100 * found.share_5) == pytest.approx((13.75, 61.4), abs=0.06)
    assert found.worst == pytest.approx(31.5, abs=1.5)


def test_random_vectors_have_length_one_and_a_seed():
    vectors = get_random_vectors(RandomConfig(100, 50))
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1)
    np.testing.assert_array_equal(vectors, get_random_vectors(RandomConfig(100, 50)))
    assert np.std(vectors) == pytest.approx(0.1, abs=0.005)  # the typical size of an entry


def test_at_most_103_vectors_are_within_89_to_91_degrees_in_100_dimensions():
    assert most_vectors(100, 1) == 103
    assert welch_deviation(103, 100) < 1 < welch_deviation(104, 100)


def test_ten_thousand_vectors_in_100_dimensions_deviate_by_571_hundredths_at_least():
    assert welch_deviation(10_000, 100) == pytest.approx(5.71, abs=0.005)


def test_welch_is_the_mean_square_and_holds_for_any_set():
    rng = np.random.default_rng(1)
    for dimension, count in ((3, 4), (3, 6), (5, 20), (8, 28)):
        unit = get_random_vectors(RandomConfig(dimension, count, int(rng.integers(100))))
        cosines = (unit @ unit.T)[~np.eye(count, dtype=bool)]
        assert np.sqrt((cosines**2).mean()) >= welch_bound(count, dimension) - 1e-12
    # Reached by the diagonals of the cube and of the icosahedron; 28 lines in 8 dimensions have a cosine of 1/3.
    assert welch_bound(4, 3) == pytest.approx(1 / 3) and welch_bound(6, 3) == pytest.approx(1 / np.sqrt(5))
    assert welch_bound(28, 8) < 1 / 3
    assert welch_bound(5, 5) == 0 and most_vectors(12_288, 1) == np.inf


def test_what_random_choice_guarantees_in_12288_dimensions():
    wanted = {1: 2.5, 2: 42, 3: 4_511, 4: 3.1e6, 5: 1.4e10}
    for deviation, count in wanted.items():
        assert guaranteed_count(12_288, deviation) == pytest.approx(count, rel=0.03)
    assert round(guaranteed_count(12_288, 1), 1) == 2.5


def test_the_guarantee_is_the_union_bound_over_all_pairs():
    """k²/2 pairs, each off with a chance below 2 exp(−ε²N/2), by the exact distribution: less than one in all."""
    for dimension, deviation in ((100, 15), (1_000, 6), (12_288, 3)):
        count = guaranteed_count(dimension, deviation)
        off = 1 - band_share(dimension, deviation)
        assert off < 2 * np.exp(-dimension * allowed_cosine(deviation) ** 2 / 2)
        assert count**2 / 2 * off < 1


def test_the_guarantee_beats_right_angles_only_from_3_2_degrees_on():
    at = guarantee_begins(12_288)
    assert at == pytest.approx(3.17, abs=0.005)
    assert guaranteed_count(12_288, at) == pytest.approx(12_288)
    assert guaranteed_count(12_288, 3) < 12_288 < guaranteed_count(12_288, 4)


def test_almost_all_directions_lie_near_the_equator():
    assert band_share(3, 5) == pytest.approx(np.sin(np.radians(5)))  # Archimedes: the zone's height
    sample = get_random_vectors(RandomConfig(100, 20_000))[:, 0]
    assert band_share(100, 5) == pytest.approx((np.abs(sample) < allowed_cosine(5)).mean(), abs=0.01)
    shares = [band_share(n, 5) for n in DIMENSIONS]
    assert sorted(shares) == shares and shares[-1] > 1 - 1e-9


@pytest.mark.parametrize(("count", "worst"), [(103, 1.39), (200, 4.54), (400, 6.13)])
def test_optimised_sets_come_near_the_floor_but_not_below(count, worst):
    found = get_optimised_angles(OptimiserConfig(count))[-1]
    assert welch_deviation(count, 100) < found.worst < worst + 0.25


@pytest.mark.slow
def test_a_thousand_optimised_vectors():
    found = get_optimised_angles(FAIR)[-1]
    assert welch_deviation(1_000, 100) < found.worst < 8.2


@pytest.mark.slow
def test_the_popular_measure_hides_one_pair_in_a_hundred_that_is_almost_parallel():
    start, *_, end = get_optimised_angles(POPULAR)
    assert 100 * end.share == pytest.approx(98.9, abs=0.1)
    ends = end.counts[: BINS // 18].sum() + end.counts[-BINS // 18 :].sum()  # within 10 degrees of parallel
    assert 100 * ends / end.pairs == pytest.approx(1.1, abs=0.1)
    assert end.within + ends == pytest.approx(end.pairs, rel=2e-3)  # and next to nothing between
    assert end.worst > 89.6 and 100 * start.share == pytest.approx(13.8, abs=0.1)


def test_the_popular_measure_prefers_copies_of_the_axes():
    """100 copies of each of 100 axes: 99 % of the pairs at 90°, and an eighth of the random sum."""
    parallel, mean, random = copies_of_axes(10_000, 100)
    assert 100 * parallel == pytest.approx(0.99, abs=0.005) and random / mean == pytest.approx(8.1, abs=0.05)
    axes = np.tile(np.eye(4), (3, 1))
    cosines = np.abs(axes @ axes.T)[np.triu_indices(12, 1)]
    assert copies_of_axes(12, 4)[:2] == pytest.approx((cosines.mean(), (cosines == 1).mean()))
    with pytest.raises(ValueError, match="same number of copies"):
        copies_of_axes(13, 4)


def test_the_mean_cosine_of_random_directions():
    assert mean_cosine(3) == pytest.approx(0.5)
    assert mean_cosine(100) == pytest.approx(stats.norm.expect(abs) / 10, rel=0.01)


def test_an_optimiser_of_few_vectors_finds_right_angles():
    *_, end = optimise(OptimiserConfig(5, 5, steps=300, powers=(2.0, 2.0)))
    assert measure_angles(end).worst < 0.5


def test_a_random_projection_from_10000_to_300_dimensions_keeps_distances():
    ratios = get_distortions()
    assert len(ratios) == 499_500
    assert ratios.mean() == pytest.approx(1, abs=0.01) and ratios.std() == pytest.approx(1 / np.sqrt(600), rel=0.05)
    assert ratios[0] > 0.78 and ratios[-1] < 1.22
