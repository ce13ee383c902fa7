"""Does a number on screen say its value, and stay where it was put?"""

import numpy as np
import pytest
import torch
from manimlib import DEG, LEFT, OUT, RIGHT, UP, DecimalNumber, Transform, VGroup

from darkroom.engine.numerals import is_true_to_its_glyphs
from helpers.number import SourcedNumber, digit_height
from truth.source import Source


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0.0"), (-0.04, "≈0.0"), (0.04, "≈0.0"), (-0.05, "−0.1"), (1.26, "+1.3"), (-12.3, "−12.3")],
)
def test_it_shows_the_formatted_value(value, text):
    fresh, changed = SourcedNumber(value, include_sign=True), SourcedNumber(7, include_sign=True)
    for number in (fresh, changed.set_value(value)):
        assert number.num_string == text
        assert len(number) == len(text)
        assert number.value == value


def test_the_stock_number_loses_a_minus_ours_keeps():
    """Why SourcedNumber formats for itself."""
    assert DecimalNumber(-0.05, num_decimal_places=1).num_string == "0.1"
    assert SourcedNumber(-0.05, num_decimal_places=1).num_string == "−0.1"


def test_the_outlines_are_those_of_the_text():
    for value in (0.0, -1.5, 23.4):
        fresh = SourcedNumber(value)
        assert SourcedNumber(0.1).set_value(value).looks_identical(fresh)


@pytest.mark.parametrize("edge", [LEFT, RIGHT])
def test_an_edge_stays_where_it_is(edge):
    number = SourcedNumber(8.1, edge_to_fix=edge).shift(2 * UP)
    before = number.get_edge_center(edge)[0]
    number.set_value(8881.1)
    assert number.get_edge_center(edge)[0] == pytest.approx(before, abs=1e-4)


def test_digits_do_not_wander_while_it_counts():
    """The decimal point of 1.1 and of 8.8 is at one place, since digits are equally wide."""
    number = SourcedNumber(1.1)
    point = number[1].get_center()
    assert number.set_value(8.8)[1].get_center() == pytest.approx(point, abs=1e-5)


def test_a_new_value_is_set_in_the_plane_and_size_it_has_by_then():
    number = SourcedNumber(1.0).rotate(70 * DEG, UP).rotate(20 * DEG, OUT).scale(2.5).shift(3 * RIGHT)
    expected = SourcedNumber(8.0).rotate(70 * DEG, UP).rotate(20 * DEG, OUT).scale(2.5).shift(3 * RIGHT)
    number.set_value(-777.0).set_value(8.0)
    difference = number.get_all_points() - expected.get_all_points()
    assert np.ptp(difference, axis=0) == pytest.approx(0, abs=1e-4)  # same plane and size
    assert number.get_current_font_size() == pytest.approx(75, rel=1e-3)


def test_restoring_brings_the_value_back_even_inside_a_group():
    number = SourcedNumber(1.0, source=("W", (0, 1)))
    group = VGroup(number)
    saved = group.copy()
    number.set_value(2.5)
    group.become(saved)
    assert number.value == 1.0
    assert number.set_value(2.5).looks_identical(SourcedNumber(2.5).move_to(number))


def test_a_transform_carries_the_value_along():
    number, target = SourcedNumber(1.0), SourcedNumber(-20.0)
    animation = Transform(number, target)
    animation.begin()
    animation.interpolate(0.7)
    animation.finish()
    assert number.value == -20.0
    assert number.num_string == "−20.0"


def test_style_survives_a_longer_text():
    number = SourcedNumber(1.0).set_fill("#FF0000", 0.25).set_value(-123.4)
    for glyph in number:
        assert glyph.get_fill_color().upper() == "#FF0000"
        assert glyph.get_fill_opacity() == pytest.approx(0.25)
        assert glyph.data["fill_border_width"] == pytest.approx(0.5)


def test_copies_do_not_share():
    number = SourcedNumber(1.0, source="s")
    copy = number.copy().set_value(2.0)
    assert (number.value, copy.value, str(copy.source)) == (1.0, 2.0, "s")


def test_float32_and_torch_values():
    torch = pytest.importorskip("torch")
    assert SourcedNumber(np.float32(0.1)).num_string == "0.1"
    assert SourcedNumber(0).set_value(torch.tensor(2.5)).num_string == "2.5"


def test_what_is_no_number_is_refused():
    with pytest.raises(ValueError, match=r"W_up.*finite, not nan"):
        SourcedNumber(1.0, source="W_up").set_value(np.nan)
    with pytest.raises(ValueError, match="finite"):
        SourcedNumber(np.inf)
    for value in (1 + 2j, np.complex128(1), torch.tensor(1j)):
        with pytest.raises(ValueError, match="must be real"):
            SourcedNumber(value)
        with pytest.raises(ValueError, match="must be real"):
            SourcedNumber(0.0).set_value(value)


# What rounds to zero, and what is very small or large


def test_what_only_rounds_to_zero_is_marked_in_the_signs_place():
    number, negative = SourcedNumber(-0.004, num_decimal_places=2), SourcedNumber(-0.5, num_decimal_places=2)
    assert (number.num_string, negative.num_string) == ("≈0.00", "−0.50")
    assert number.get_width() == pytest.approx(negative.get_width(), abs=0.02)
    assert number.set_value(0).num_string == "0.00"
    assert number.set_value(1e-9).num_string == "≈0.00"
    assert number.copy().num_string == "≈0.00"
    assert SourcedNumber(1e-9, mark_zero=False).num_string == "0.0"


def test_a_number_on_its_way_through_zero_is_not_marked():
    follower = SourcedNumber(1.0)
    follower.add_updater(lambda mobject: mobject.set_value(0.01))
    assert follower.update().num_string == "0.0"
    start, end = SourcedNumber(-1.0, source=Source("a")), SourcedNumber(1.0, source=Source("b"))
    moving = start.copy()
    moving.source = 0.5 * start.source + 0.5 * end.source
    assert moving.set_value(0.01).num_string == "0.0"
    moving.source = end.source
    assert moving.set_value(0.02).num_string == "≈0.0"
    moving.source = 0.5 * start.source + 0.5 * end.source
    assert moving.set_value(0.03).num_string == "≈0.0"  # the mark does not blink as a matrix begins to move
    assert moving.set_value(0.2).num_string == "0.2"


def test_a_power_of_ten_is_set_in_the_same_type():
    number = SourcedNumber(-2e-7, scientific=True)
    assert number.num_string == "−2·10⁻⁷"
    assert number.shown_value == -2e-7
    assert len(number) == 7
    zero, raised = number[4], number[6]
    assert raised.get_bottom()[1] > zero.get_y() - 0.02
    assert raised.get_height() < 0.75 * zero.get_height()
    assert number.get_height() < 1.5 * zero.get_height()
    assert number.set_value(0.0).num_string == "0"
    assert is_true_to_its_glyphs(number.set_value(-3.5e12))
    assert is_true_to_its_glyphs(SourcedNumber(0.01))


def test_size_24_digits_are_tall_enough_to_read():
    """The house's least height for digits that are the subject: 18 px at 1080p, 135 px to a unit."""
    assert 18 <= 135 * digit_height(24) <= 24
