"""Colours that say a number: its sign by hue, its size by brightness."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from custom.palette import BACKGROUND, NEGATIVE_RAMP, NEUTRAL, POSITIVE_RAMP, TEXT
from truth.numerics import as_floats

Ramp = Sequence[str]

# Linear sRGB to cone responses, and those (cube-rooted) to OKLab.
# Source: Björn Ottosson, "A perceptual color space for image processing", 2020.
_RGB_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LMS_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def _hex_to_oklab(color: str) -> np.ndarray:
    srgb = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    return _LMS_TO_LAB @ np.cbrt(_RGB_TO_LMS @ linear)


def _oklab_to_rgb(lab: np.ndarray) -> np.ndarray:
    """(n, 3) OKLab to (n, 3) sRGB in [0, 1]."""
    lms = (lab @ np.linalg.inv(_LMS_TO_LAB).T) ** 3
    linear = np.clip(lms @ np.linalg.inv(_RGB_TO_LMS).T, 0, 1)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


def _to_hex(rgb: np.ndarray) -> str:
    return "#" + "".join(f"{round(255 * channel):02X}" for channel in rgb)


def mix_colors(start: str, end: str, alpha: float) -> str:
    """The hex colour a fraction `alpha` of the way from one to the other, in steps that look even (OKLab)."""
    a, b = _hex_to_oklab(start), _hex_to_oklab(end)
    return _to_hex(_oklab_to_rgb(((1 - alpha) * a + alpha * b)[None])[0])


@lru_cache(maxsize=4096)
def get_text_color(color: str) -> str:
    """What can be read best on a colour: the colour of text, or that of the background."""

    def luminance(color: str) -> float:
        srgb = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
        return float(
            np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4) @ (0.2126, 0.7152, 0.0722)
        )

    light, dark, here = (luminance(other) + 0.05 for other in (TEXT, BACKGROUND, color))
    return TEXT if light / here > here / dark else BACKGROUND


def values_to_colors(
    values: Any,
    low: float = 0.0,
    high: float = 1.0,
    positive: Ramp = POSITIVE_RAMP,
    negative: Ramp = NEGATIVE_RAMP,
    neutral: str = NEUTRAL,
) -> list[str]:
    """`value_to_color` of many values at once, as a flat list in row-major order."""
    flat = as_floats(values, name="values to colour").ravel()
    if not 0 <= low < high:
        raise ValueError(f"a colour range needs 0 <= low < high, but low is {low} and high is {high}")
    strength = np.clip((np.abs(flat) - low) / (high - low), 0, 1)[:, None]
    ramps = {1: positive, -1: negative}
    ends = {sign: [_hex_to_oklab(color) for color in ramp] for sign, ramp in ramps.items()}
    labs = np.empty((len(flat), 3))
    for sign, (weak, strong) in ends.items():
        mine = np.sign(flat) == sign
        labs[mine] = ((1 - strength) * weak + strength * strong)[mine]
    labs[flat == 0] = _hex_to_oklab(neutral)
    return [_to_hex(rgb) for rgb in _oklab_to_rgb(labs)]


def value_to_color(
    value: float,
    low: float = 0.0,
    high: float = 1.0,
    positive: Ramp = POSITIVE_RAMP,
    negative: Ramp = NEGATIVE_RAMP,
    neutral: str = NEUTRAL,
) -> str:
    """The colour of a number: hue says its sign, brightness its size, `neutral` exactly zero.

    Args:
        value: the number.
        low, high: the magnitudes that get the first and the last colour of a ramp; beyond them it is clamped.
        positive, negative: ramps of two hex colours, weak to strong. Blended in OKLab, so that equal steps in
            value look like equal steps in brightness.
        neutral: the hex colour of exactly zero.

    Returns:
        "#RRGGBB".

    Raises:
        ValueError: a NaN or infinite value, or not 0 <= low < high.
    """
    return values_to_colors(value, low, high, positive, negative, neutral)[0]
