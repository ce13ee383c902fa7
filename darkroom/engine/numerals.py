"""The numbers on a stage: what each shows, what it claims to come from, and whether it is drawn as it says.

Import this only after `engine.load()`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from manimlib.mobject.number_line import NumberLine
from manimlib.mobject.numbers import DecimalNumber
from manimlib.mobject.svg.string_mobject import StringMobject
from manimlib.mobject.svg.tex_mobject import Tex
from manimlib.scene.scene import Scene

from darkroom.engine.look import Array, Lens, frame_shape

VISIBLE = 0.05  # opacity below which nobody reads a digit

# What holds digits in TeX that are no numbers: indices and exponents, lengths, column counts.
_BRACED = r"\{(?:[^{}]|\{[^{}]*\})*\}"
_NOT_NUMBERS = re.compile(
    rf"[_^]\s*(?:{_BRACED}|\\[a-zA-Z]+|.)|\\[hv]space\*?{_BRACED}|\\\\\[[^]]*\]|\\(?:begin|end|color)(?:{_BRACED})+"
    rf"|\\(?:rule|phantom){_BRACED}"
)
_FRACTION = re.compile(r"\\[dt]?frac\s*\{?(\d+)\}?\s*\{?(\d+)\}?|\{?(\d+)\s*\\over\s*(\d+)\}?")
_POWER = re.compile(r"\s*[·×]\s*10([⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
_TEX_POWER = re.compile(r"(?<=\d)\s*\\(?:cdot|times)\s*10\s*\^\s*(?:\{\s*([+-]?\d+)\s*\}|(\d))")
_LOWERED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_RAISED = str.maketrans("0123456789-+", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺")
_DIGITS = rf"\d[\d,]*(?:\.\d+|\s*/\s*\d+)?(?:{_POWER.pattern.replace('(', '(?:', 1)})?"
_IN_TEX = re.compile(rf"[-−]?(?<![\d.]){_DIGITS}")
_IN_TEXT = re.compile(rf"[-−]?(?<![\w.]){_DIGITS}(?!\w)")


@dataclass(frozen=True, eq=False)
class Numeral:
    """One number a viewer sees.

    Attributes:
        mobject: what shows it.
        kind: "number" (a DecimalNumber), "tick" (one that labels a NumberLine) or "typed" (in a Tex or Text).
        text: its characters; those of all numbers in a Tex or Text that have no source.
        decimals: how many of them stand after the point.
        value: what its mobject holds; None for a typed one.
        source: where it is said to come from; None if nobody said.
    """

    mobject: Any
    kind: str
    text: str
    decimals: int
    value: complex | None
    source: Any


def numerals(scene: Scene) -> list[Numeral]:
    """All numbers in sight, in the order of the scene's lists."""
    lens = Lens(scene)
    half = np.array(frame_shape()) / 2
    seen: set[int] = set()
    found: list[Numeral] = []
    waiting = scene.mobjects[::-1]
    while waiting:
        mobject = waiting.pop()
        if id(mobject) in seen:
            continue
        seen.add(id(mobject))
        if not isinstance(mobject, DecimalNumber | StringMobject):
            waiting += mobject.submobjects[::-1]
        elif _in_sight(mobject, lens, half):
            found += [_read(mobject)] if isinstance(mobject, DecimalNumber) else _typed(mobject)
    return found


def _read(number: Any) -> Numeral:
    on_line = any(isinstance(line, NumberLine) for group in number.parents for line in group.parents)
    source = getattr(number, "source", None)
    kind = "tick" if on_line and source is None else "number"
    text = number.num_string
    decimals = _decimals(text) if _POWER.search(text) else number.num_decimal_places
    return Numeral(number, kind, text, decimals, number.get_value(), source)


def _typed(words: Any) -> Iterator[Numeral]:
    """The numbers in a Tex or Text; `sources` (or `source`) of it says of some, in order, where they come from."""
    tokens = typed_numbers(words.string, isinstance(words, Tex))
    sources = list(getattr(words, "sources", None) or filter(None, [getattr(words, "source", None)]))
    if not tokens and not sources:
        return
    place = 0
    rest: list[str] = []
    for count, source in enumerate(sources):
        # Constants of the formula may stand between: its own is the number with most decimals that has its value.
        last = max(place + 1, len(tokens) - len(sources) + count + 1)
        fitting = [at for at in range(place, min(last, len(tokens))) if _stands_for(tokens[at], source)]
        at = max(fitting, key=lambda at: _decimals(tokens[at]), default=place)
        if at >= len(tokens):
            yield Numeral(words, "typed", "", 0, None, source)
            continue
        rest += tokens[place:at]
        yield Numeral(words, "typed", tokens[at], _decimals(tokens[at]), None, source)
        place = at + 1
    rest += tokens[place:]
    if rest:
        yield Numeral(words, "typed", ", ".join(rest), 0, None, None)


def typed_numbers(string: str, is_tex: bool) -> list[str]:
    """The numbers that stand in a string: no exponents or indices of a formula, no digits of a name."""
    if is_tex:
        string = _TEX_POWER.sub(lambda power: "·10" + (power[1] or power[2]).translate(_RAISED), string)
        plain = _FRACTION.sub(r" \1\3/\2\4 ", string).replace("{,}", ",")
        return _IN_TEX.findall(_NOT_NUMBERS.sub(" ", plain))
    return _IN_TEXT.findall(string)


def _plain_power(power: re.Match[str]) -> str:
    return power[1].translate(_LOWERED)


def _decimals(text: str) -> int:
    """How many stand after the point; of 1.5·10⁻⁷ eight."""
    if power := _POWER.search(text):
        return _decimals(text[: power.start()]) - int(_plain_power(power))
    return 12 if "/" in text else len(text.partition(".")[2])


def _stands_for(token: str, source: Any) -> bool:
    """Whether a typed number is the source's value; what has no reference may be anything."""
    try:
        true = source.true_value()
    except Exception:
        return False
    return true is None or says(token, rounded(true, _decimals(token)), is_typed=True)


def parsed(text: str) -> complex:
    """The number that some characters stand for; "≈0.0" for 0, "2·10⁻⁷" for 2e-7.

    Raises:
        ValueError: they stand for none.
    """
    plain = _POWER.sub(lambda power: f"e{_plain_power(power)}", text.removeprefix("≈").lstrip())
    plain = plain.replace("−", "-").replace("–", "-").replace(",", "").replace("i", "j")
    above, _, below = plain.partition("/")
    return complex(above) / complex(below) if below else complex(plain)


def says(text: str, value: complex, is_typed: bool = False) -> bool:
    """Whether some characters stand for a value. A typed number's minus may be the formula's own."""
    try:
        shown = parsed(text)
    except ValueError:
        return False
    least = 1.0 if _POWER.search(text) is None else 0.0
    is_near = [abs(sign * shown - value) <= 1e-9 * max(least, abs(value)) for sign in (1, -1)]
    return is_near[0] or (is_near[1] and is_typed and text[0] in "-−")


def rounded(value: complex, decimals: int) -> complex:
    """A value at so many decimals, each part on its own; ties go where Python's formatting puts them."""
    value = complex(value)
    return complex(round(value.real, decimals), round(value.imag, decimals))


def is_true_to_its_glyphs(number: Any) -> bool:
    """Whether a number is drawn as the characters it claims to show: each glyph theirs, all of one size.

    ManimGL's numbers are changed by Transform without being told, so what they say need not be what is seen.
    """
    text = number.num_string
    # A Transform to a longer text fills up with glyphs that nobody sees.
    glyphs = [glyph for glyph in number.submobjects if any(map(_is_visible, glyph.get_family()))]
    if len(glyphs) < len(text):
        return False
    first: Array | None = None
    for char, glyph in zip(text, glyphs, strict=False):
        template, drawn = _trace(number.char_to_mob(char)), _trace(glyph)
        if template is None or drawn is None:
            return False
        plane = np.column_stack([template[:, :2] - template[:, :2].mean(axis=0), np.ones(len(template))])
        move, *_ = np.linalg.lstsq(plane, drawn, rcond=None)
        if np.abs(plane @ move - drawn).max() > 0.03 * max(np.ptp(drawn, axis=0).max(), 1e-6):
            return False
        first = move[:2] if first is None else first
        if np.abs(move[:2] - first).max() > 0.1 * np.abs(first).max():
            return False
    return True


def _trace(glyph: Any, n: int = 60) -> Array | None:
    """(n, 3): points at equal distances along a glyph's outer outline, wherever the points are that define it."""
    paths = [path.astype(float) for part in glyph.family_members_with_points() for path in part.get_subpaths()]
    if not paths:
        return None
    path = max(map(_first_round, paths), key=lambda path: float(np.linalg.norm(np.diff(path, axis=0), axis=1).sum()))
    t = np.linspace(0, 1, 9)[:, None]
    start, handle, end = path[0:-1:2, None], path[1::2, None], path[2::2, None]
    curves = (1 - t) ** 2 * start + 2 * t * (1 - t) * handle + t**2 * end
    steps = np.diff(curves, axis=1).reshape(-1, 3)
    lengths = np.linalg.norm(steps, axis=1)
    total = lengths.sum()
    if not total > 0:
        return None
    ends = np.cumsum(lengths)
    wanted = (np.arange(n) + 0.5) / n * total
    at = np.searchsorted(ends, wanted).clip(max=len(steps) - 1)
    share = 1 - (ends[at] - wanted) / np.maximum(lengths[at], 1e-12)
    traced: Array = curves[:, :-1].reshape(-1, 3)[at] + share[:, None] * steps[at]
    return traced


def _first_round(path: Array) -> Array:
    """The path until it is back at its start: what a Transform filled up with goes over the same line again."""
    anchors = path[::2]
    near = np.abs(anchors - anchors[0]).max(axis=1) <= 1e-4 * np.ptp(path, axis=0).max()
    away = int(np.argmin(near))  # the first anchor that is elsewhere
    back = np.flatnonzero(near[away:])
    return path[: 2 * (away + int(back[0])) + 1] if len(back) else path


def _in_sight(mobject: Any, lens: Lens, half: Array) -> bool:
    """Whether any of it is opaque and inside the frame."""
    parts = [part for part in mobject.get_family() if _is_visible(part)]
    if not parts:
        return False
    corners = np.array([part.get_bounding_box()[[0, 2]] for part in parts]).reshape(-1, 3)
    spots, before = lens.project(corners, float(parts[0].uniforms["is_fixed_in_frame"]))
    return before and bool((spots.min(axis=0) < half).all() and (spots.max(axis=0) > -half).all())


def _is_visible(part: Any) -> bool:
    data = part.data
    if not len(data):
        return False
    stroke = data["stroke_rgba"][:, 3] * (data["stroke_width"][:, 0] > 0)
    return bool(data["fill_rgba"][:, 3].max() > VISIBLE or stroke.max() > VISIBLE)
