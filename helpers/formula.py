"""Formulas with numbers in them that know where they come from."""

from __future__ import annotations

from typing import Any, NamedTuple

from manimlib import Tex

from helpers.number import get_number_tex
from truth.numerics import as_float
from truth.source import entry_source


class Shown(NamedTuple):
    """A number for a formula.

    Attributes:
        name: what it is.
        value: a scalar, or an array with one entry; it stays the truth that the formula is held against.
        decimals: how many are shown, where they are enough to show something.
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
        ValueError: a value with more than one entry, or that is not a finite real number.
    """
    texts = [get_number_tex(as_float(number.value, str(number.name)), number.decimals) for number in numbers]
    formula = Tex(tex.format(*texts).replace("−", "-"), **config)
    formula.sources = [entry_source(number.name, number.value) for number in numbers]
    return formula
