"""The way round: what comes in is added to what was made of it."""

from __future__ import annotations

from typing import Any

import numpy as np
from manimlib import LEFT, RIGHT, UP, Circle, Line, VGroup, VMobject

from custom.palette import ACTIVATION, BACKGROUND
from helpers.embedding import NumericEmbedding
from truth.numerics import shown_values


class ResidualSum(VGroup):
    """A wire that takes a vector round everything, into a plus, where what comes the short way is added to it.

    The output is the sum of the numbers a viewer reads, so the arithmetic on screen closes, entry by entry;
    behind the ellipsis, of the unrounded ones. `rounding_gap` says how far that lies from the sum of the true
    values: keep it 0 by showing values that are exact at the decimals shown.

    Parts: `wire` (from the top of `start`, over everything, down to the plus), `branch` (from `update` to the
    plus), `plus` (circle, two strokes), `stub` (from the plus to the output), `output` (a NumericEmbedding).

    Args:
        start, update: two vectors of one shape that show the same entries, `update` on the right. They stay
            where they are and are no parts of this.
        rise: how far above the top of the higher one the wire runs, in frame units.
        gap: from the update to the plus and from there to the output, in frame units, edge to edge.
        radius: of the plus.
        source: the name of the output.
        config: anything else NumericEmbedding takes.

    Raises:
        ValueError: other shapes (the message has both), or other entries shown.
    """

    def __init__(
        self,
        start: NumericEmbedding,
        update: NumericEmbedding,
        *,
        rise: float = 0.65,
        gap: float = 0.6,
        radius: float = 0.2,
        color: str = ACTIVATION,
        stroke_width: float = 4,
        source: Any = None,
        **config: Any,
    ) -> None:
        if start.shape != update.shape:
            raise ValueError(f"values of shape {start.values.shape} and {update.values.shape} cannot be added")
        if start.row_slots != update.row_slots:
            raise ValueError(f"shown are entries {start.row_slots} of one vector, {update.row_slots} of the other")
        super().__init__()
        self.vectors = (start, update)  # not parts: a tuple keeps them out of copies
        y = update.get_y()
        center = np.array([update.get_right()[0] + gap + radius, y, update.get_z()])
        ring = Circle(radius=radius).set_stroke(color, stroke_width).set_fill(BACKGROUND, 1)
        strokes = (Line(-0.55 * radius * way, 0.55 * radius * way, buff=0) for way in (RIGHT, UP))
        self.plus = VGroup(ring, *(stroke.set_stroke(color, stroke_width) for stroke in strokes)).move_to(center)
        over = max(start.get_top()[1], update.get_top()[1]) + rise
        begin, end = start.get_top(), center + radius * UP
        self.wire = VMobject().set_points_as_corners([begin, [begin[0], over, begin[2]], [end[0], over, end[2]], end])
        self.branch = Line(update.get_right(), center + radius * LEFT, buff=0.08)
        self.output = NumericEmbedding(
            self.get_sums(),
            source=source,
            shown_entries=[index for index in start.row_slots if index is not None],
            num_decimal_places=max(start.num_decimal_places, update.num_decimal_places),
            **({"font_size": start.get_font_size(), "v_buff": start.v_buff} | config),
        )
        self.output.next_to(center + radius * RIGHT, RIGHT, buff=gap)
        self.output.set_y(y)
        self.stub = Line(center + radius * RIGHT, self.output.get_left(), buff=0.08)
        for line in (self.wire, self.branch, self.stub):
            line.set_stroke(color, stroke_width).set_fill(opacity=0)
        self.add(self.wire, self.branch, self.plus, self.stub, self.output)

    def get_wires(self) -> VGroup:
        """All but the output, in the order in which what flows takes them."""
        return VGroup(self.wire, self.branch, self.plus, self.stub)

    def get_sums(self) -> np.ndarray:
        """(n,) Each entry of the output."""
        start, update = self.vectors
        decimals = max(start.num_decimal_places, update.num_decimal_places)
        sums: np.ndarray = start.values + update.values
        shown = [index for index in start.row_slots if index is not None]
        parts = [shown_values(vector.values[shown], vector.num_decimal_places) for vector in self.vectors]
        sums[shown] = shown_values(parts[0] + parts[1], decimals)
        return sums

    @property
    def rounding_gap(self) -> float:
        """The largest distance between an entry as shown arithmetic gives it and as the true values do."""
        start, update = self.vectors
        return float(np.abs(self.get_sums() - start.values - update.values).max())
