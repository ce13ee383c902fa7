"""Formulas with numbers in them that know where they come from."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from manimlib import Tex

from truth.numerics import shown_text
from truth.source import entry_source


class Shown(NamedTuple):
    """A number for a formula.

    Attributes:
        name: what it is.
        value: a scalar, or an array with one entry; it stays the truth that the formula is held against.
        decimals: how many are shown.
    """

    name: Any
    value: Any
    decimals: int = 2


def get_formula(tex: str, *numbers: Shown, **config: Any) -> Tex:
    """A formula with numbers in the places of its {}; braces of TeX are written double, as for str.format.

    Its `sources` are those of the numbers, in order.

    Args:
        tex: the formula.
        numbers: what stands in each {}.
        config: for Tex.

    Raises:
        ValueError: a value with more than one entry.
    """
    for number in numbers:
        if np.size(number.value) != 1:
            shape = np.shape(number.value)
            raise ValueError(f"one number stands in one place, but {number.name} has shape {shape}")
    texts = [shown_text(float(np.reshape(number.value, ())), number.decimals) for number in numbers]
    formula = Tex(tex.format(*texts).replace("−", "-"), **config)
    formula.sources = [entry_source(number.name, number.value) for number in numbers]
    return formula
