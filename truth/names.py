"""Names of values: which of them are TeX, and how each stands in a formula."""

from __future__ import annotations

import re
from functools import lru_cache

_SMALL = "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho varsigma sigma tau upsilon"
_SMALL_LETTERS = "αβγδεζηθικλμνξπρςστυφχψωϵϕ"
_CAPITAL = "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
_GREEK = dict(
    zip(
        _SMALL_LETTERS + "ΓΔΘΛΞΠΣΥΦΨΩ∂∇ℓµ",
        f"{_SMALL} varphi chi psi omega epsilon phi {_CAPITAL} partial nabla ell mu".split(),
        strict=True,
    )
)

_BRACED = r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}"
_COMMAND = re.compile(r"\\[a-zA-Z]+|\\[,;!:|{} ]")
# A letter or a command; then digits, primes and indices: x, x1, h_12, W^{(1)}, θ', \sigma_{ij}^2.
_SYMBOL = re.compile(rf"(?:[A-Za-z]|\\[a-zA-Z]+\s?)(\d*)('*)((?:[_^](?:{_BRACED}|\d+|[A-Za-z]|\\[a-zA-Z]+|'))*)")
_SPECIAL = re.compile(r"[%&#$~]|[^\x20-\x7e]")
_ESCAPES = {
    **{char: "\\" + char for char in "%&#$_{}"},
    **{"\\": R"\textbackslash{}", "~": R"\textasciitilde{}", "^": R"\textasciicircum{}"},
}


@lru_cache(maxsize=4096)  # graphs are rebuilt for every frame of a picture that moves
def get_name_tex(name: str) -> str | None:
    """The TeX that a name means; None for one that is to be drawn character by character.

    What is TeX: a single letter (Greek ones as they are typed), with digits, primes, indices and exponents; anything
    with a command (`\\hat{y}`); formulas of single letters (`x + 1`, `(W x)_1`). What is not: words and identifiers
    (`loss`, `learning_rate`, `W_up`), and anything with a character that TeX takes for something else.
    """
    tex = name.strip()
    for letter, command in _GREEK.items():
        tex = re.sub(f"{letter}(?=[A-Za-z])", rf"\\{command} ", tex).replace(letter, "\\" + command)
    if _SYMBOL.fullmatch(tex):
        return re.sub(r"([_^])(\d{2,})", r"\1{\2}", tex)
    bare = re.sub(_BRACED, "", tex)
    if _SPECIAL.search(tex.replace(R"\&", "").replace(R"\%", "")) or "{" in bare or "}" in bare:
        return None
    if _COMMAND.search(tex):
        return tex
    if re.search("[A-Za-z]{2}|[A-Za-z0-9] +[A-Za-z0-9]|\\\\|[_^]$|[_^]{2}|^[_^]", bare) or not bare:
        return None
    return tex


def get_tex_in_formula(name: str) -> str:
    """A name as it stands inside a formula: its TeX, or its characters as upright text.

    Raises:
        ValueError: a character that LaTeX has no letter for.
    """
    tex = get_name_tex(name)
    if tex is not None:
        return tex
    strange = [char for char in name if ord(char) > 0xFF]
    if strange:
        raise ValueError(
            f"the name {name!r} cannot stand in a formula: LaTeX has no {strange[0]!r}. Give the value a name of Latin "
            "or Greek letters"
        )
    return R"\text{" + "".join(_ESCAPES.get(char, char) for char in name) + "}"
