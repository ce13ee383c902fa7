"""Do numbers follow the training run they are handed, and does the drizzle leave nothing behind?"""

import numpy as np
import pytest
from manimlib import DOWN, RIGHT, Rectangle, Scene

from helpers.data import AnimateEntriesThrough, DataDrizzle, learn_from_data
from helpers.dials import MachineWithDials
from helpers.embedding import NumericEmbedding
from helpers.matrix import WeightMatrix

START, MIDDLE, END = np.array([[0.0, 1.0], [-1.0, 0.5]]), np.full((2, 2), 0.4), np.array([[2.0, -2.0], [0.3, 0.1]])


def at(animation, alpha: float):
    animation.interpolate(alpha)
    return animation.mobject.values


def test_numbers_pass_every_snapshot_and_end_exactly_on_the_last():
    matrix = WeightMatrix(START, source="W")
    animation = AnimateEntriesThrough(matrix, [MIDDLE, END])
    animation.begin()
    assert at(animation, 0).tolist() == START.tolist()
    assert at(animation, 0.25) == pytest.approx((START + MIDDLE) / 2)
    assert at(animation, 0.5).tolist() == MIDDLE.tolist()
    assert at(animation, 0.75) == pytest.approx((MIDDLE + END) / 2)
    assert at(animation, 0.25) == pytest.approx((START + MIDDLE) / 2), "what is shown depends on time alone"
    animation.finish()
    assert matrix.values.tolist() == END.tolist()
    assert matrix.get_entry(0, 1).num_string == "−2.0"


@pytest.mark.parametrize("alpha", [0.1, 0.5, 0.6, 0.99, 1.0])
def test_every_number_on_its_way_is_its_source_s(alpha):
    matrix = WeightMatrix(START.copy(), source="W")
    animation = AnimateEntriesThrough(matrix, [MIDDLE, END])
    animation.begin()
    animation.interpolate(alpha)
    for _, number in matrix.get_numbers_by_index():
        assert number.source.true_value() == pytest.approx(number.value)
        assert number.source.in_motion is (alpha not in (0.5, 1.0))
    assert ("in training" in str(matrix.get_entry(0, 0).source)) is (alpha < 1)


def test_it_starts_from_where_things_are_when_it_begins():
    matrix = WeightMatrix(START, source="W")
    animation = AnimateEntriesThrough(matrix, [END])
    matrix.set_values(MIDDLE)
    animation.begin()
    assert at(animation, 0).tolist() == MIDDLE.tolist()


@pytest.mark.parametrize(
    "make", [WeightMatrix, MachineWithDials, lambda v, source: NumericEmbedding(v[0], source=source)]
)
def test_all_that_has_values_can_learn(make):
    learner = make(START, source="W")
    snapshots = [MIDDLE, END] if learner.values.ndim == 2 else [MIDDLE[0], END[0]]
    animation = AnimateEntriesThrough(learner, snapshots)
    animation.begin()
    animation.interpolate(0.7)
    animation.finish()
    assert learner.values.tolist() == snapshots[-1].tolist()


def test_what_does_not_fit():
    matrix = WeightMatrix(START, source="W")
    with pytest.raises(ValueError, match=r"snapshot 1 of shape \(2,\) does not fit a mobject of shape \(2, 2\)"):
        AnimateEntriesThrough(matrix, [MIDDLE, END[0]])
    with pytest.raises(ValueError, match="there is none"):
        AnimateEntriesThrough(matrix, [])
    with pytest.raises(ValueError, match="finite"):
        AnimateEntriesThrough(matrix, [np.full((2, 2), np.nan)])
    with pytest.raises(ValueError, match="not 0"):
        DataDrizzle(matrix, span=0)


def test_words_start_over_the_thing_sink_and_fade():
    ground = Rectangle(4, 2).shift(3 * RIGHT)
    drizzle = DataDrizzle(ground, n_rows=3, n_columns=5, shift=DOWN)
    drizzle.begin()
    assert len(drizzle.mobject) == 15
    last, brightest = np.full(15, np.inf), np.zeros(15)
    for alpha in np.linspace(0, 1, 101):
        drizzle.interpolate(alpha)
        heights = np.array([word.get_y() for word in drizzle.mobject])
        assert (heights <= last + 1e-9).all()
        last = heights
        brightest = np.maximum(brightest, [word[0].get_fill_opacity() for word in drizzle.mobject])
        for word in drizzle.mobject:
            assert abs(word.get_x() - 3) < 2.01
            assert abs(word.get_y()) < 1.51
    assert brightest == pytest.approx(np.full(15, drizzle.peak), abs=0.02)
    assert max(word[0].get_fill_opacity() for word in drizzle.mobject) < 1e-6


def test_nothing_is_left_behind():
    scene, matrix = Scene(), WeightMatrix(START, source="W")
    scene.add(matrix)
    before = len(scene.mobjects)
    animation = learn_from_data(matrix, [MIDDLE, END], run_time=1)
    scene.add(animation.mobject)  # as `play` does
    animation.begin()
    animation.interpolate(0.5)
    animation.finish()
    animation.clean_up_from_scene(scene)
    assert len(scene.mobjects) == before
    words = {id(word) for word in animation.animations[1].mobject.get_family()}
    assert not any(id(part) in words for mobject in scene.mobjects for part in mobject.get_family())
    assert matrix.values.tolist() == END.tolist()
