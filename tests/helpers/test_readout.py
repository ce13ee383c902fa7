"""A number on screen that follows what it is asked for, and says so to whoever checks the picture."""

import pytest

from darkroom import engine

engine.load()

from helpers.readout import Readout  # noqa: E402


def test_it_shows_what_it_is_told_when_it_asks_again():
    now = [3]
    readout = Readout("step", lambda: now[0])
    assert readout.number.num_string == "3"
    now[0] = 412
    assert readout.number.num_string == "3", "it asks when it is told to"
    left = readout.number.get_left()[0]
    readout.follow()
    assert readout.number.num_string == "412"
    assert readout.number.get_left()[0] == pytest.approx(left, abs=0.05), "longer numbers grow to the right"


def test_its_source_is_what_it_asks():
    now = [0.25]
    readout = Readout("loss", lambda: now[0], 2)
    now[0] = 0.5
    assert str(readout.number.source) == "training: loss"
    assert readout.number.source.true_value() == 0.5


def test_a_unit_stands_behind_the_number():
    readout = Readout("right", lambda: 53.0, unit="%")
    assert readout.unit.get_left()[0] > readout.number.get_right()[0]
