"""A composition of functions in a row, the nudges that run through it, and the links its slopes form."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

import numpy as np
from manimlib import (
    DOWN,
    LEFT,
    RIGHT,
    Animation,
    AnimationGroup,
    Arrow,
    Dot,
    FadeIn,
    LaggedStart,
    Line,
    Mobject,
    NumberLine,
    RoundedRectangle,
    Tex,
    Text,
    Transform,
    VGroup,
    VMobject,
)

from custom.palette import FOCUS, GRADIENT, MUTED, PANEL, SCAFFOLD, TEXT
from custom.typography import BODY, HEADING, LABEL, SMALL
from helpers.graph import get_number
from helpers.number import SourcedNumber
from truth.names import get_tex_in_formula
from truth.source import entry_source


class FunctionChain(VGroup):
    """A box for each value, an arrow for each function between two of them.

    Parts: `arrows`, `boxes` (left to right; each has the parts `frame` and `label`).

    Args:
        labels: TeX inside the boxes.
        colors: of the boxes' outlines, one each.
        span: from the centre of the first box to that of the last.
    """

    def __init__(
        self,
        labels: Sequence[str],
        colors: Sequence[str],
        span: float = 9.8,
        box_width: float = 2.4,
        box_height: float = 1.1,
        font_size: int = BODY,
    ):
        self.boxes = VGroup()
        for i, (tex, color) in enumerate(zip(labels, colors, strict=True)):
            frame = RoundedRectangle(box_width, box_height, corner_radius=0.15)
            frame.set_stroke(color, 3).set_fill(PANEL, 1)
            label = Tex(tex, font_size=font_size).set_color(TEXT)
            box = VGroup(frame, label).move_to(span * (i / (len(labels) - 1) - 0.5) * RIGHT)
            box.frame, box.label = frame, label
            self.boxes.add(box)
        self.arrows = VGroup(
            Arrow(left.frame.get_right(), right.frame.get_left(), buff=0.12).set_color(SCAFFOLD)
            for left, right in pairwise(self.boxes)
        )
        super().__init__(self.arrows, self.boxes)

    def get_arrow_labels(
        self, texts: Sequence[str], direction: np.ndarray, color: str = TEXT, font_size: int = BODY
    ) -> VGroup:
        """One formula beside each arrow, all centred on one line."""
        labels = VGroup(
            Tex(tex, font_size=font_size).set_color(color).next_to(arrow, direction, buff=0.2)
            for tex, arrow in zip(texts, self.arrows, strict=True)
        )
        farthest = max(labels, key=lambda label: direction[1] * label.get_y())
        for label in labels:
            label.set_y(farthest.get_y())
        return labels


class NudgeLine(VGroup):
    """A value on a number line, and how far a nudge moves it.

    Parts: `line`, `bar` (from the value to the nudged value), `dot` (the value), `label` (a formula and
    `number`, the change, which comes from what is called `name` here until somebody gives it a `source`).

    Args:
        name: of the value.
        value: where it stands.
        low: the line's first number; it is five units long, so that several lines share one scale.
    """

    length = 5

    def __init__(self, name: str, value: float, low: float, color: str, width: float = 3.6):
        self.value = value
        self.name = f"Δ{name}"
        self.line = NumberLine(
            (low, low + self.length),
            width=width,
            include_numbers=True,
            stroke_color=MUTED,
            tick_size=0.06,
            line_to_number_buff=0.14,
            decimal_number_config=dict(font_size=SMALL, num_decimal_places=0),
        )
        self.line.numbers.set_color(MUTED)
        self.dot = Dot(self.line.n2p(value), radius=0.1).set_color(color)
        self.bar = Line(stroke_color=FOCUS, stroke_width=10)
        config = {"num_decimal_places": 4, "font_size": LABEL, "edge_to_fix": LEFT, "mark_zero": False}
        self.number = SourcedNumber(source=self.name, **config)  # it runs
        formula = Tex(Rf"\Delta {get_tex_in_formula(name)} =", font_size=LABEL)
        self.label = VGroup(formula, self.number).arrange(RIGHT, buff=0.12)
        self.label.set_color(FOCUS).next_to(self.line, DOWN, buff=0.25)
        super().__init__(self.line, self.bar, self.dot, self.label)
        self.set_change(0)

    def set_change(self, change: float, zoom: float = 1) -> NudgeLine:
        """Show the value moved by `change`, under a magnifying glass that has the value at its centre.

        The scale's numbers fade as soon as the glass enlarges: they are true at zoom 1 only.
        """
        start = self.line.n2p(self.value)
        reach = max(zoom * change * self.line.get_unit_size(), 1e-4)
        self.bar.put_start_and_end_on(start, start + reach * RIGHT)
        self.line.ticks.set_stroke(opacity=max(0, 3 - 2 * zoom))
        self.line.numbers.set_fill(opacity=max(0, 3 - 2 * zoom))
        self.number.set_value(change)
        return self


class LabelledNumber(VGroup):
    """A formula, the number it comes to, and a word below that says how it was found.

    Parts: `formula`, `number`, `word`.
    """

    def __init__(self, formula: str, word: str, decimals: int = 2, font_size: int = HEADING, source: object = None):
        self.formula = Tex(formula, font_size=font_size)
        self.number = SourcedNumber(num_decimal_places=decimals, font_size=font_size, edge_to_fix=LEFT, source=source)
        self.number.next_to(self.formula, RIGHT)
        self.word = Text(word, font_size=LABEL)
        super().__init__(self.formula, self.number)
        self.add(self.word.next_to(self.number, DOWN, buff=0.3))


class ChainLink(VGroup):
    """One factor of a product, in a link that hooks into its neighbours.

    Parts: `outline`, `content`.
    """

    def __init__(self, content: Mobject, width: float = 1.9, height: float = 0.9, color: str = GRADIENT):
        self.outline = RoundedRectangle(width, height, corner_radius=0.49 * height).set_stroke(color, 5)
        self.content = content.move_to(self.outline)
        super().__init__(self.outline, self.content)


class Chain(VGroup):
    """Links hooked into each other, and what they multiply to: a product, drawn.

    Parts: `left` (a formula, ending in an equals sign), `links`, `signs` (a times sign in each hook), `right`
    (an equals sign and the product).

    Args:
        left: TeX before the chain.
        links: in order; they are moved.
        product: the mobject after the chain.
    """

    overlap = 0.5

    def __init__(self, left: str, links: VGroup, product: Mobject, font_size: int = HEADING):
        self.links = links.arrange(RIGHT, buff=-self.overlap)
        self.left = Tex(left, font_size=font_size).next_to(links, LEFT, buff=0.3)
        self.right = VGroup(Tex("=", font_size=font_size), product).arrange(RIGHT, buff=0.25)
        self.right.next_to(links, RIGHT, buff=0.3)
        self.signs = VGroup(
            Tex(R"\times", font_size=LABEL).set_color(TEXT).move_to((a.get_right() + b.get_left()) / 2)
            for a, b in pairwise(links)
        )
        super().__init__(self.left, self.links, self.signs, self.right)
        self.center()

    def get_forging(self, origins: VGroup) -> list[Animation]:
        """To be played one after the other: each link comes down from where its factor stood, they slide
        together, the product appears."""
        places = self.links.copy()
        for link, origin in zip(self.links, origins, strict=True):
            link.match_x(origin)
        return [
            LaggedStart(*(FadeIn(link, 0.5 * DOWN) for link in self.links), lag_ratio=0.2, run_time=0.9),
            Transform(self.links, places, run_time=0.7),
            AnimationGroup(FadeIn(self.left), FadeIn(self.signs), FadeIn(self.right), run_time=0.5),
        ]


def get_factor(value: np.ndarray | float, font_size: int = BODY) -> VMobject:
    """A number short enough for a link: as a fraction where its decimals would be many.

    0.0625 reads as 1/16: a viewer can multiply that in the head.
    """
    fraction = Fraction(float(value)).limit_denominator(1000)
    if fraction == Fraction(float(value)) and fraction.denominator > 10:
        tex = Tex(Rf"{fraction.numerator} / {fraction.denominator}", font_size=font_size)
        tex.source = entry_source("derivative", value)
        return tex
    return get_number(value, font_size=font_size, source="derivative")
