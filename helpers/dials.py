"""Dials that point at numbers, and a machine full of them: a model is its parameters, learning turns them."""

from __future__ import annotations

from typing import Any

import numpy as np
from manimlib import (
    DEG,
    ORIGIN,
    RIGHT,
    UP,
    Animation,
    Arc,
    Circle,
    Line,
    Polygon,
    RoundedRectangle,
    VGroup,
    override_animate,
)

from custom.palette import BACKGROUND, MUTED, PANEL, PARAMETER, SCAFFOLD
from helpers.matrix import AnimateEntriesTo
from truth.numerics import FloatArray, as_float, as_floats
from truth.source import entry_source, get_source, next_source


class Dial(VGroup):
    """A needle over an arc of ticks, pointing at `value`.

    Parts: `face`, `arc`, `ticks` (from `low` to `high`), `needle`, `hub`. A value beyond the range is kept as
    it is, while the needle stops at the end.

    Args:
        value: what it points at.
        low, high: the ends of the range; the low one is at lower left.
        step: between ticks; it must divide the range.
        radius: in frame units.
        arc_angle: how far the needle can turn, in radians, open at the bottom.
        color: of the needle.
        source: where the value comes from, kept for whoever asks: a name, or a Source.

    Raises:
        ValueError: not low < high, a step that does not divide the range, a value that is not finite.
    """

    def __init__(
        self,
        value: float = 0.0,
        *,
        low: float = 0.0,
        high: float = 1.0,
        step: float = 0.1,
        radius: float = 0.5,
        arc_angle: float = 270 * DEG,
        color: str = PARAMETER,
        source: Any = None,
    ) -> None:
        super().__init__()
        if not low < high:
            raise ValueError(f"a dial needs low < high, but low is {low} and high is {high}")
        n_steps = round((high - low) / step) if step > 0 else 0
        if n_steps < 1 or not np.isclose(n_steps * step, high - low, rtol=1e-9):
            raise ValueError(f"a step of {step} does not divide the range from {low} to {high}")
        self.low, self.high, self.arc_angle, self.source = low, high, arc_angle, entry_source(source, value)
        self.tick_values = low + (high - low) * np.arange(n_steps + 1) / n_steps
        # Strokes do not scale with a mobject; a small dial needs thin ones.
        thin = float(np.clip(3 * radius, 0.7, 2))
        self.face = Circle(radius=radius).set_fill(BACKGROUND, 1).set_stroke(SCAFFOLD, 1.5 * thin)
        self.arc = Arc(self.get_angle(low), -arc_angle, radius=0.8 * radius).set_stroke(SCAFFOLD, thin)
        self.ticks = VGroup(
            Line(0.68 * radius * RIGHT, 0.8 * radius * RIGHT)
            .rotate(self.get_angle(tick), about_point=ORIGIN)
            .set_stroke(MUTED, thin)
            for tick in self.tick_values
        )
        width = 0.1 * radius
        self.needle = Polygon(width * UP, 0.74 * radius * RIGHT, -width * UP)
        self.needle.set_fill(color, 1).set_stroke(width=0)
        self.hub = Circle(radius=1.3 * width).set_fill(color, 1).set_stroke(width=0)
        self.add(self.face, self.arc, self.ticks, self.needle, self.hub)
        # The value is a uniform, as a ValueTracker's is: copied, restored and interpolated with the picture.
        self.uniforms["dial_value"] = low
        self.needle.rotate(self.get_angle(low), about_point=ORIGIN)
        self.set_value(value)

    @property
    def value(self) -> float:
        """The true value, also where the needle cannot follow."""
        return self.uniforms["dial_value"]

    @property
    def needle_angle(self) -> float:
        """Where the needle points, in radians from the right, within the dial's range."""
        return self.get_angle(self.value)

    def get_angle(self, value: float) -> float:
        """The direction that stands for a value, in radians from the right; clamped to the range."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return 90 * DEG + self.arc_angle * (0.5 - share)

    def set_value(self, value: float) -> Dial:
        """Point at a value.

        Raises:
            ValueError: NaN or infinite.
        """
        value = as_float(value, f"a dial's value (source: {self.source})")
        turn = self.get_angle(value) - self.needle_angle
        self.uniforms["dial_value"] = float(value)
        if turn:
            self.needle.rotate(turn, about_point=self.face.get_center())
        return self


MOST_DIALS = 600  # twenty rows of thirty


class MachineWithDials(VGroup):
    """A box of dials, one for each value.

    Parts: `box`, `dials` (row by row). A dial's `source` refers to its (row, column) of `values`.

    Args:
        values: (n_rows, n_columns), one dial each.
        low, high: the range of every dial. Default: ± the largest magnitude among `values`.
        source: the name of what the values are.
        width, height: of the box, in frame units; the dials fill it, as large as both allow.
        buff: the least gap between dials and around them, as a part of a dial's width.
        dial_config: anything else Dial takes; what is not given keeps Dial's default, and the tick step is a
            tenth of the range.

    Raises:
        ValueError: values that are not two-dimensional or not finite, a range a Dial cannot have, or more dials
            than can be told apart.
    """

    def __init__(
        self,
        values: Any,
        *,
        low: float | None = None,
        high: float | None = None,
        source: Any = None,
        width: float = 5.0,
        height: float = 4.0,
        buff: float = 0.25,
        dial_config: dict[str, Any] | None = None,
    ) -> None:
        super().__init__()
        grid = as_floats(values, ndim=2, name="values of a machine")
        if grid.size > MOST_DIALS:
            raise ValueError(
                f"values of shape {grid.shape} need {grid.size:,} dials, more than can be told apart ({MOST_DIALS}): "
                "show a part of them (W[:8, :8])"
            )
        reach = float(np.abs(grid).max() or 1.0)
        self.low, self.high = (-reach if low is None else low), (reach if high is None else high)
        self.max_value = max(abs(self.low), abs(self.high))
        self.num_decimal_places = 1
        self.shape = grid.shape
        self.source = get_source(source, values)
        room, counts = np.array([width, height]), np.array(grid.shape[::-1])
        size = float((room / (counts + buff * (counts + 1))).min())
        config = {"low": self.low, "high": self.high, "step": (self.high - self.low) / 10, "radius": size / 2}
        config |= dial_config or {}
        self.box = RoundedRectangle(width, height, corner_radius=0.2).set_fill(PANEL, 1).set_stroke(MUTED, 2)
        # Equal gaps between dials and to the walls, each way.
        pitch = size + (room - counts * size) / (counts + 1)
        self.dials = VGroup()
        for (row, column), value in np.ndenumerate(grid):
            x, y = ((column, row) - (counts - 1) / 2) * pitch
            origin = self.source and self.source.at(row, column)
            self.dials.add(Dial(value, source=origin, **config).move_to((x, -y, 0)))
        self.add(self.box, self.dials)

    @property
    def values(self) -> FloatArray:
        """The true values: (n_rows, n_columns)."""
        return np.array([dial.value for dial in self.dials]).reshape(self.shape)

    def get_dial(self, row: int, column: int) -> Dial:
        """The dial of a value (rows and columns from the end if negative).

        Raises:
            IndexError: outside the machine's shape.
        """
        return self.dials[int(self.get_entry_order()[row, column])]

    def get_numbers_by_index(self) -> list[tuple[tuple[int, ...], Dial]]:
        """Every dial, with its index into `values`."""
        return list(zip(np.ndindex(self.shape), self.dials, strict=True))

    def set_values(self, values: Any, source: Any = None) -> MachineWithDials:
        """Turn every needle to a value.

        Args:
            values: as when it was made.
            source: the name of what they are, if it is another one.

        Raises:
            ValueError: values of another shape (the message has both), or not finite.
        """
        grid = as_floats(values, ndim=2, name="values of a machine")
        if grid.shape != self.shape:
            raise ValueError(f"values of shape {grid.shape} do not fit a machine of shape {self.shape}")
        self.source = next_source(self.source, values, source)
        for place, dial in self.get_numbers_by_index():
            dial.set_value(grid[place])
            dial.source = self.source and self.source.at(*place)
        return self

    @override_animate(set_values)
    def _animate_set_values(self, values: Any, source: Any = None, **kwargs: Any) -> Animation:
        return TurnDialsTo(self, values, source, **kwargs)

    def get_entry_order(self) -> np.ndarray:
        """Each dial's turn in a lagged animation: row by row."""
        return np.arange(len(self.dials)).reshape(self.shape)


class TurnDialsTo(AnimateEntriesTo):
    """Needles turn from where they are when it begins to given values, and end exactly there.

    Args:
        machine: a MachineWithDials.
        values: (n_rows, n_columns), in the machine's shape.

    Raises:
        ValueError: another shape, or values that are not finite.
    """

    def __init__(
        self, machine: MachineWithDials, values: Any, source: Any = None, lag_ratio: float = 0.02, **kwargs: Any
    ) -> None:
        super().__init__(machine, values, source, lag_ratio=lag_ratio, **kwargs)
