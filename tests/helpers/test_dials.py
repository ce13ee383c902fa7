"""Does a needle point at its value?"""

import numpy as np
import pytest
from manimlib import DEG, RIGHT, Transform, VGroup

from helpers.dials import Dial, MachineWithDials, TurnDialsTo
from helpers.matrix import RandomizeEntries

GRID = np.array([[0.1, -0.5, 1.0], [0.0, 2.0, -2.0]])


def drawn_angle(dial) -> float:
    """Where the needle's tip really is, seen from the middle of the face."""
    tip = max(dial.needle.get_points(), key=lambda p: np.linalg.norm(p - dial.face.get_center()))
    x, y, _ = tip - dial.face.get_center()
    return float(np.arctan2(y, x))


@pytest.mark.parametrize(("value", "angle"), [(0, 225), (0.5, 90), (1, -45), (0.25, 157.5), (-3, 225), (9, -45)])
def test_the_needle_points_at_the_value_and_stops_at_the_ends(value, angle):
    dial = Dial(0.7).shift(2 * RIGHT).scale(0.3).set_value(value)
    assert dial.value == value
    assert np.cos(drawn_angle(dial) - angle * DEG) == pytest.approx(1, abs=1e-6)


def test_ticks_are_exact_and_reach_the_end():
    dial = Dial(low=-1.5, high=1.5, step=0.1)
    assert len(dial.ticks) == 31
    assert dial.tick_values == pytest.approx(np.linspace(-1.5, 1.5, 31))
    first, last = dial.ticks[0].get_end(), dial.ticks[-1].get_end()
    assert first == pytest.approx([-last[0], last[1], 0], abs=1e-6)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"low": 1.0, "high": 1.0}, "low < high, but low is 1.0 and high is 1.0"),
        ({"step": 0.3}, "step of 0.3 does not divide"),
        ({"step": 0}, "step of 0"),
        ({"value": np.nan}, "nan"),
    ],
)
def test_what_cannot_be_a_dial(config, message):
    with pytest.raises(ValueError, match=message):
        Dial(**config)


def test_a_machine_has_a_dial_for_every_value_inside_its_box():
    machine = MachineWithDials(GRID, source="W", width=6, height=3)
    assert machine.values.tolist() == GRID.tolist()
    assert machine.get_dial(1, 2).value == -2
    assert str(machine.get_dial(1, 2).source) == "W[1, 2]"
    assert machine.get_dial(1, 2).source.true_value() == -2
    assert machine.box.get_width() == pytest.approx(6)
    for extent in (VGroup.get_width, VGroup.get_height):
        assert extent(machine.dials) < extent(machine.box)
    assert machine.get_dial(0, 0).get_y() > machine.get_dial(1, 0).get_y()
    assert machine.get_dial(0, 0).get_x() < machine.get_dial(0, 1).get_x()
    with pytest.raises(IndexError, match="out of bounds"):
        machine.get_dial(2, 0)


@pytest.mark.parametrize("shape", [(1, 9), (9, 1), (8, 9)])
def test_dials_do_not_touch_whatever_the_shape(shape):
    machine = MachineWithDials(np.zeros(shape), width=5, height=4)
    centers = np.array([dial.get_center() for dial in machine.dials])
    apart = np.linalg.norm(centers[:, None] - centers[None], axis=-1)
    np.fill_diagonal(apart, np.inf)
    assert apart.min() > machine.dials[0].get_width()


def test_configs_merge():
    machine = MachineWithDials(GRID, low=-3, high=3, dial_config={"step": 0.5, "arc_angle": 180 * DEG})
    dial = machine.get_dial(0, 0)
    assert (dial.low, dial.high, len(dial.ticks), dial.arc_angle) == (-3, 3, 13, 180 * DEG)


def test_dials_turn_exactly_to_values():
    machine = MachineWithDials(GRID)
    animation = TurnDialsTo(machine, -GRID, lag_ratio=0.2)
    machine.set_values(GRID / 2)
    animation.begin()
    assert machine.values == pytest.approx(GRID / 2)
    animation.interpolate(0.5)
    animation.finish()
    assert machine.values.tolist() == (-GRID).tolist()
    assert np.cos(drawn_angle(machine.get_dial(1, 1)) - 225 * DEG) == pytest.approx(1, abs=1e-6)
    assert isinstance(machine.animate.set_values(GRID).build(), TurnDialsTo)
    with pytest.raises(ValueError, match=r"\(3, 2\).*\(2, 3\)"):
        machine.set_values(GRID.T)


def test_random_turns_take_a_generator():
    machine = MachineWithDials(GRID, low=-2, high=2)
    animation = RandomizeEntries(machine, np.random.default_rng(0))
    animation.begin()
    animation.finish()
    assert np.abs(machine.values).max() <= 2
    assert machine.values.tolist() != GRID.tolist()


def test_copies_and_transforms_keep_value_and_needle_together():
    dial, other = Dial(0.2), Dial(0.9)
    copy = dial.copy().set_value(0.5)
    assert (dial.value, copy.value) == (0.2, 0.5)
    morph = Transform(dial, other)
    morph.begin()
    morph.finish()
    assert dial.value == 0.9
    dial.set_value(0.5)
    assert np.cos(drawn_angle(dial) - 90 * DEG) == pytest.approx(1, abs=1e-4)


def test_more_dials_than_anyone_can_tell_apart_are_refused():
    with pytest.raises(ValueError, match=r"\(100, 100\) need 10,000 dials"):
        MachineWithDials(np.ones((100, 100)))
    with pytest.raises(ValueError, match="must be real"):
        Dial(1j)
