"""Does a colour say its number?"""

import numpy as np
import pytest

from custom.palette import GRADIENT, NEGATIVE_RAMP, NEUTRAL, PANEL, POSITIVE_RAMP
from helpers.color import get_text_color, mix_colors, value_to_color, values_to_colors


def luminance(color: str) -> float:
    """WCAG relative luminance."""
    srgb = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def test_the_ends_of_the_ramps_are_the_palettes():
    assert value_to_color(2.0, high=2.0) == POSITIVE_RAMP[1]
    assert value_to_color(-2.0, high=2.0) == NEGATIVE_RAMP[1]
    assert value_to_color(1e-9, high=2.0) == POSITIVE_RAMP[0]
    assert value_to_color(0.5, low=0.5, high=2.0) == POSITIVE_RAMP[0]


def test_zero_is_neutral_whatever_its_sign():
    assert value_to_color(0) == value_to_color(-0.0) == NEUTRAL


def test_beyond_the_range_is_clamped():
    assert value_to_color(99.0) == value_to_color(1.0)
    assert value_to_color(-99.0) == value_to_color(-1.0)


@pytest.mark.parametrize("sign", [1, -1])
def test_larger_is_brighter(sign):
    brightness = [luminance(value_to_color(sign * v)) for v in np.linspace(0.01, 1, 60)]
    assert np.all(np.diff(brightness) >= 0)
    assert brightness[-1] > 5 * brightness[0]


def test_equal_steps_look_equal():
    """In OKLab the middle is halfway; a blend of sRGB bytes would be another colour."""
    assert mix_colors("#000000", "#FFFFFF", 0.5) == "#636363"


def test_many_at_once_are_the_same_as_one_by_one():
    values = np.linspace(-2, 2, 9).reshape(3, 3)
    assert values_to_colors(values, 0, 1.5) == [value_to_color(v, 0, 1.5) for v in values.ravel()]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_no_colour_for_what_is_no_number(value):
    with pytest.raises(ValueError, match="finite"):
        value_to_color(value)


@pytest.mark.parametrize(("low", "high"), [(1, 1), (2, 1), (-1, 1)])
def test_a_range_must_be_one(low, high):
    with pytest.raises(ValueError, match=f"low is {low} and high is {high}"):
        value_to_color(0.5, low, high)


@pytest.mark.parametrize("strong", [POSITIVE_RAMP[1], NEGATIVE_RAMP[1], GRADIENT])
def test_numbers_can_be_read_on_every_tile(strong):
    for share in np.linspace(0, 1, 21):
        tile = mix_colors(PANEL, strong, share)
        low, high = sorted((luminance(tile), luminance(get_text_color(tile))))
        assert (high + 0.05) / (low + 0.05) > 3.5
