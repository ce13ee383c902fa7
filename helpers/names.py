"""Names as they are drawn: formulas where they are meant as such, else the very characters, as text."""

from __future__ import annotations

import re
from typing import Any

from manimlib import Tex, Text, VGroup

from custom.typography import BODY, SERIF
from truth.names import get_name_tex


def get_name(name: str, font_size: float = BODY, **config: Any) -> Tex | Text | VGroup:
    """A name, as it is written.

    `h_1`, `W^{(1)}`, `\\hat{y}`, `θ` and `x` are set as formulas; `learning_rate`, `100%`, `a & b` and `日本` as text,
    character by character, so that no underscore becomes an index and no sign is lost.

    Args:
        name: TeX, a word, or an identifier of Python; "" draws nothing.
        config: anything else Tex and Text take.

    Raises:
        ValueError: LaTeX cannot set what is written as TeX, or no installed font has one of the characters.
    """
    if not name.strip():
        return VGroup()
    tex = get_name_tex(name)
    if tex is None:
        return Text(" ".join(name.split()), font=SERIF, font_size=font_size, **config)
    return get_formula_of_names(tex, name, font_size=font_size, **config)


def get_formula_of_names(tex: str, name: str, **config: Any) -> Tex:
    """A formula made with a name; if LaTeX fails, the error says which name it was.

    Raises:
        ValueError: LaTeX cannot set it.
    """
    try:
        return Tex(tex, **config)
    except Exception as error:  # LatexError, or what ManimGL makes of a formula without glyphs
        said = re.sub(r"\s+", " ", str(error)).strip()[:160]
        raise ValueError(
            f"the name {name!r} cannot be set as TeX: {said}. Write TeX that LaTeX knows, or a plain word"
        ) from None
