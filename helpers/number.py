"""Numbers on screen that know what they are: the true value, the shown text, the source."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from manimlib import DOWN, RIGHT, DecimalNumber, Tex, Text, VGroup, VMobject

from custom.palette import WARNING
from truth.numerics import ABOUT, as_float, get_number_format, shown_text, shown_value
from truth.source import Blend, Source, entry_source

_UNKNOWN = Source("")

# Every character a number can have, set so that the font itself tells each one's advance and baseline.
_SPECIMEN = "00.0,0+0−0123456789"


@lru_cache(maxsize=1)
def _get_type() -> dict[str, tuple[np.ndarray, float]]:
    """Each character's outline (n, 2) from the left end of its baseline, and its advance, at font size 1."""
    text = Text(_SPECIMEN, font_size=100)
    outlines = [glyph.get_points()[:, :2] / 100 for glyph in text.family_members_with_points()]
    lefts = [outline[:, 0].min() for outline in outlines]
    digit = lefts[1] - lefts[0]
    baseline = outlines[_SPECIMEN.index("1")][:, 1].min()
    type_: dict[str, tuple[np.ndarray, float]] = {}
    start = lefts[0]  # of the cell; a zero's own side bearing is part of every start, so it cancels
    for i, char in enumerate(_SPECIMEN):
        is_mark = char in ".,+−"
        advance = lefts[i + 1] - start if is_mark else digit
        type_.setdefault(char, (outlines[i] - [start, baseline], advance))
        start = lefts[i + 1] if is_mark else start + digit
    return type_


_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789−", strict=True))


@lru_cache
def _get_glyph(char: str) -> tuple[np.ndarray, float]:
    """As `_get_type`, for every character that `shown_text` makes."""
    type_ = _get_type()
    if char in type_:
        return type_[char]
    zero, plus = type_["0"][0], type_["+"][0]
    if char in _RAISED:  # the type has no raised digits: smaller ones, their tops level with a letter's
        outline, advance = type_[_RAISED[char]]
        return 0.68 * outline + [0, 0.5 * np.ptp(zero[:, 1])], 0.68 * advance
    if char == "·":
        mark = Text("·", font_size=100).family_members_with_points()[0].get_points()[:, :2] / 100
        advance = 0.5 * type_["0"][1]
    elif char == ABOUT:  # the typeface has none for words, but it has one for formulas
        mark = Tex(R"\approx", font_size=100).family_members_with_points()[0].get_points()[:, :2] / 100
        advance = type_["−"][1]  # it stands in a sign's place
    else:
        raise ValueError(f"a number has no character {char!r}")
    middle = (mark.min(axis=0) + mark.max(axis=0)) / 2
    return mark - middle + [advance / 2, (plus[:, 1].min() + plus[:, 1].max()) / 2], advance


def text_width(text: str, font_size: float) -> float:
    """The width a number's text takes, in frame units; digits are all equally wide."""
    return font_size * sum(_get_glyph(char)[1] for char in text)


def digit_height(font_size: float) -> float:
    """The height of a digit in frame units (a 1080p frame of 8 units has 135 pixels in each)."""
    return font_size * float(np.ptp(_get_type()["1"][0][:, 1]))


def _set_type(text: str, anchor: float) -> list[np.ndarray]:
    """Outlines of `text` at font size 1, baseline at y = 0, `anchor` (0 left … 1 right) of it at x = 0."""
    advances = [_get_glyph(char)[1] for char in text]
    starts = np.cumsum([0.0, *advances[:-1]]) - anchor * sum(advances)
    return [_get_glyph(char)[0] + [x, 0] for char, x in zip(text, starts, strict=True)]


def get_number_tex(value: float, decimals: int) -> str:
    """A number in a formula: rounded, but never to nothing; 2e-7 is 2 \\cdot 10^{-7}.

    Args:
        decimals: shown where they are enough, as for `get_number`.
    """
    decimals, scientific = get_number_format(value, decimals)
    mantissa, times, power = shown_text(value, decimals, scientific=scientific).partition("·10")
    exponent = power.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-"))
    return (rf"{mantissa} \cdot 10^{{{exponent}}}" if times else mantissa).replace("−", "-")


class SourcedNumber(DecimalNumber):
    """A number that keeps its true value and says where it came from.

    It differs from DecimalNumber in what a viewer can catch: digits are equally wide and stand on the font's
    baseline, so nothing jitters while it counts; minus is a minus; what rounds to zero has no sign, and what
    does not keeps it (DecimalNumber shows −0.05 as "0.1"). A new value is set in whatever plane, place
    and size the number has by then.

    What is zero only because it was rounded is marked: "≈0.0". A number on its way to another value, or one that
    an updater moves, is not marked as it passes zero.

    Parts: one glyph per character of `num_string`.

    Args:
        value: the true value; rounded to `num_decimal_places` only for display.
        scientific: set it as m·10ᵉ, with at most `num_decimal_places` in m.
        mark_zero: whether "≈" marks what only rounds to zero; False for a count that runs.
        source: where it comes from: a name, by custom ("W_up", (row, column)); CHOICE; or a Source, whose
            reference the picture can be checked against. A 0-d array or a tensor as `value` is one, too.
        include_sign: "+" before positive numbers.
        edge_to_fix: LEFT, RIGHT or ORIGIN: what stays in place when the text gets longer.

    Raises:
        ValueError: a value that is not finite, complex, or not one number.
    """

    def __init__(
        self,
        value: float = 0.0,
        *,
        source: Any = None,
        num_decimal_places: int = 1,
        scientific: bool = False,
        mark_zero: bool = True,
        include_sign: bool = False,
        group_with_commas: bool = False,
        edge_to_fix: np.ndarray = RIGHT,
        font_size: float = 30,
        **kwargs: Any,
    ) -> None:
        self._first_source = entry_source(source, value)
        self.scientific, self.mark_zero = scientific, mark_zero
        super().__init__(
            as_float(value, f"a number on screen (source: {self._first_source})"),
            num_decimal_places=num_decimal_places,
            include_sign=include_sign,
            group_with_commas=group_with_commas,
            edge_to_fix=edge_to_fix,
            font_size=font_size,
            **kwargs,
        )

    # Value and source live among the uniforms, as a ValueTracker's value does: there ManimGL copies, restores
    # and interpolates them together with the outlines, so they cannot fall apart. (This mobject has no points
    # of its own, so no shader ever sees them.)
    def init_uniforms(self) -> None:
        super().init_uniforms()
        self.uniforms["number"] = 0.0
        self.uniforms["is_marked"] = 0.0
        self.source = self._first_source

    @property
    def source(self) -> Source | Blend | None:
        """Where the number comes from; a Blend while it is on its way to another, None if nobody said."""
        source = self.uniforms["source"]
        return source if str(source) else None

    @source.setter
    def source(self, source: Source | Blend | None) -> None:
        self.uniforms["source"] = source or _UNKNOWN

    @property
    def number(self) -> float:
        return self.uniforms["number"]

    @number.setter
    def number(self, value: float) -> None:
        self.uniforms["number"] = as_float(value, f"a number on screen (source: {self.source})")

    @property
    def value(self) -> float:
        """The true value, not rounded."""
        return self.number

    @property
    def shown_value(self) -> float:
        """The value a viewer reads."""
        return shown_value(self.number, self.num_decimal_places, self.scientific)

    @property
    def num_string(self) -> str:
        """The characters on screen."""
        return self._get_text(self.number, self.uniforms["is_marked"] > 0.5)

    def get_num_string(self, number: float) -> str:
        """The characters that this number would have with another value now."""
        return self._get_text(number, self._is_to_be_marked(number))

    def _get_text(self, number: float, is_marked: bool) -> str:
        text = shown_text(number, self.num_decimal_places, self.include_sign, self.group_with_commas, self.scientific)
        return ABOUT + text if is_marked and self._rounds_to_zero(number) else text

    def _rounds_to_zero(self, number: float) -> bool:
        return number != 0 and shown_value(number, self.num_decimal_places, self.scientific) == 0

    def _is_to_be_marked(self, number: float) -> bool:
        is_moving = bool(self.updaters) or getattr(self.source, "in_motion", False)
        # What is marked keeps its mark when it starts to move, until it is zero no more.
        is_allowed = self.mark_zero and (not is_moving or self.uniforms["is_marked"] > 0.5)
        return is_allowed and self._rounds_to_zero(number)

    def set_submobjects_from_number(self, number: float) -> None:
        frame = self._get_frame()
        is_marked = self._is_to_be_marked(number)
        self.number = number
        self.uniforms["is_marked"] = float(is_marked)
        glyphs = _set_type(self.num_string, self._get_anchor())
        if len(self.submobjects) != len(glyphs):
            # Copies of a glyph that is there bring its colour, opacity and uniforms along.
            pattern = self.submobjects[0] if self.submobjects else VMobject()
            self.set_submobjects([pattern.copy() for _ in glyphs])
        for glyph, points in zip(self.submobjects, glyphs, strict=True):
            glyph.set_points(_place(points, frame))

    def set_value(self, number: float, source: Any = None) -> SourcedNumber:
        """Show another value, in the same place and style.

        Args:
            number: the value.
            source: where that comes from, if not from where the last one did.

        Raises:
            ValueError: NaN, infinite, complex, or several numbers.
        """
        if source is not None:
            self.source = entry_source(source, number)
        number = as_float(number, f"a number on screen (source: {self.source})")
        if self.get_num_string(number) == self.num_string:
            self.number = number
        else:
            self.set_submobjects_from_number(number)
        return self

    def char_to_mob(self, char: str) -> VMobject:
        """One character as it is drawn here, at font size 1."""
        return VMobject().set_points(np.pad(_get_glyph(char)[0], ((0, 0), (0, 1))))

    def get_current_font_size(self) -> float:
        """The size it has on screen by now, however it was scaled."""
        return float(np.linalg.norm(self._get_frame()[1]))

    def _get_anchor(self) -> float:
        return (float(self.edge_to_fix[0]) + 1) / 2

    def _get_frame(self) -> np.ndarray:
        """(3, 3): where the text's x axis, y axis and anchor are by now, read off the last glyph's points."""
        size = self.font_size
        if not self.submobjects:
            return np.diag([size, size, 0.0])
        last, points = _set_type(self.num_string, self._get_anchor())[-1], self.submobjects[-1].get_points()
        if len(last) == len(points):
            plane = np.column_stack([last, np.ones(len(last))])
            frame, *_ = np.linalg.lstsq(plane, points, rcond=None)
            if np.abs(plane @ frame - points).max() < 1e-3 * np.ptp(points, axis=0).max():
                return frame
        # In the middle of a Transform the outlines are of no known text: go by the whole's size and place.
        size *= self.get_height() / max(digit_height(size), 1e-9)
        corner = self.get_corner(np.sign(self.edge_to_fix) + DOWN)
        return np.array([[size, 0, 0], [0, size, 0], corner])


class NotANumber(VGroup):
    """What a computation has in a number's place: NaN, ∞ or −∞, in the warning colour, which it keeps.

    Parts: its glyphs.

    Args:
        value: NaN or infinite; kept as `value`.
        source: as for SourcedNumber.

    Raises:
        ValueError: a finite value.
    """

    def __init__(self, value: float, *, source: Any = None, font_size: float = 30) -> None:
        self.value = float(np.asarray(value).reshape(()))
        if np.isfinite(self.value):
            raise ValueError(f"{self.value} is a number: show it as a SourcedNumber")
        self.source = entry_source(source, value)
        self.num_string = "NaN" if np.isnan(self.value) else "∞" if self.value > 0 else "−∞"
        tex = {"NaN": R"\mathrm{NaN}", "∞": R"\infty", "−∞": R"-\infty"}[self.num_string]
        super().__init__(*Tex(tex, font_size=font_size).set_fill(WARNING).submobjects)

    def set_color(self, *args: Any, **kwargs: Any) -> NotANumber:
        """It keeps its colour: no role and no sign makes a number of it."""
        return self


def _place(outline: np.ndarray, frame: np.ndarray) -> np.ndarray:
    return np.column_stack([outline, np.ones(len(outline))]) @ frame
