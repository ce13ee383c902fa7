"""A composition of functions in a row, the nudges that run through it, and the links its slopes form."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from manimlib import (
    DOWN,
    LEFT,
    RIGHT,
    Arrow,
    Dot,
    Line,
    Mobject,
    NumberLine,
    RoundedRectangle,
    Tex,
    Text,
    VGroup,
)

from custom.palette import FOCUS, GRADIENT, MUTED, PANEL, SCAFFOLD, TEXT
from custom.typography import BODY, HEADING, LABEL, SMALL
from helpers.number import SourcedNumber


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
        """One formula beside each arrow."""
        return VGroup(
            Tex(tex, font_size=font_size).set_color(color).next_to(arrow, direction, buff=0.15)
            for tex, arrow in zip(texts, self.arrows, strict=True)
        )


class NudgeLine(VGroup):
    """A value on a number line, and how far a nudge moves it.

    Parts: `line`, `dot` (the value), `bar` (from the value to the nudged value), `label` (a formula and
    `number`, the change).

    Args:
        name: TeX of the value.
        value: where it stands.
        low: the line's first number; it is five units long, so that several lines share one scale.
    """

    length = 5

    def __init__(self, name: str, value: float, low: float, color: str, width: float = 3.2):
        self.value = value
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
        self.number = SourcedNumber(num_decimal_places=4, font_size=LABEL, edge_to_fix=LEFT, source=(name, "change"))
        self.label = VGroup(Tex(Rf"\Delta {name} =", font_size=LABEL), self.number).arrange(RIGHT, buff=0.12)
        self.label.set_color(FOCUS).next_to(self.line, DOWN, buff=0.25)
        super().__init__(self.line, self.bar, self.dot, self.label)
        self.set_change(0)

    def set_change(self, change: float) -> NudgeLine:
        """Show the value moved by `change`; what would leave the line ends at its end."""
        end = min(self.value + change, self.line.x_range[1])
        self.bar.put_start_and_end_on(self.line.n2p(self.value), self.line.n2p(max(end, self.value + 1e-4)))
        self.number.set_value(change)
        return self


class LabelledNumber(VGroup):
    """A formula, the number it comes to, and a word below that says how it was found.

    Parts: `formula`, `number`, `word`.
    """

    def __init__(self, formula: str, word: str, font_size: int = HEADING, source: object = None):
        self.formula = Tex(formula, font_size=font_size)
        self.number = SourcedNumber(num_decimal_places=2, font_size=font_size, edge_to_fix=LEFT, source=source).next_to(
            self.formula, RIGHT
        )
        self.word = Text(word, font_size=LABEL)
        super().__init__(self.formula, self.number)
        self.add(self.word.next_to(self, DOWN, buff=0.15))


class ChainLink(VGroup):
    """One factor of a product, in a link that hooks into its neighbours.

    Parts: `outline`, `content`.
    """

    def __init__(self, content: Mobject, width: float = 1.9, height: float = 0.9, color: str = GRADIENT):
        self.outline = RoundedRectangle(width, height, corner_radius=0.49 * height).set_stroke(color, 5)
        self.content = content.move_to(self.outline)
        super().__init__(self.outline, self.content)


def hook_together(links: VGroup, overlap: float = 0.22) -> VGroup:
    """Set links in a row, each overlapping the one before; changes and returns them."""
    return links.arrange(RIGHT, buff=-overlap)
