"""Matrices of numbers that come from somewhere, and the animations that move them to other numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from manimlib import (
    DOWN,
    FRAME_HEIGHT,
    FRAME_WIDTH,
    LEFT,
    ORIGIN,
    RIGHT,
    Animation,
    Circle,
    Rectangle,
    VGroup,
    VMobject,
    override_animate,
)

from custom.cards import SAFE_AREA
from custom.palette import MUTED, NEGATIVE_RAMP, NEUTRAL, PANEL, POSITIVE_RAMP
from helpers.color import Ramp, get_text_color, mix_colors, values_to_colors
from helpers.number import SourcedNumber, digit_height, text_width
from helpers.slots import get_slots, shown_indices, true_index
from truth.numerics import FloatArray, as_floats, get_number_format, shown_text, shown_values
from truth.source import Blend, Passage, Source, get_source, next_source

Shown = int | Sequence[int] | None


def for_text(ramp: Ramp) -> Ramp:
    """A ramp whose weak end is still bright enough to read as thin letters."""
    return mix_colors(ramp[0], ramp[1], 0.35), ramp[1]


LEAST_DIGIT = 18 / 135  # the smallest digit, in frame units, that anyone must read in a matrix: 18 pixels at 1080p


def get_room() -> tuple[float, float]:
    """The width and height of a frame without its margins."""
    return FRAME_WIDTH - 2 * SAFE_AREA, FRAME_HEIGHT - 2 * SAFE_AREA


def fitting_count(
    n: int, size: float, gap: float, margin: float, room: float, digit: float | None = None
) -> int | None:
    """How many of n things in a row fit into some room beside an ellipsis; None if all of them do.

    Args:
        size, gap, margin: of each thing, between two, and around all.
        digit: the height of a digit, where the row is scaled to fill the room: as many fit then as leave it legible.
    """
    if digit is not None:
        room *= digit / LEAST_DIGIT
    most = int((room - margin + gap) / (size + gap) + 1e-6)
    return None if n <= most else max(most - 1, 1)


class EllipsisDots(VMobject):
    """Three dots in a line along `direction`, drawn as one shape.

    Args:
        direction: RIGHT for ⋯, DOWN for ⋮, DOWN + RIGHT for ⋱.
        radius: of a dot, in frame units; the dots stand 4 radii apart.
    """

    def __init__(self, direction: np.ndarray = RIGHT, radius: float = 0.025, color: str = MUTED) -> None:
        super().__init__()
        step = 4 * radius * np.sign(direction)
        for k in (-1, 0, 1):
            self.append_vectorized_mobject(Circle(radius=radius).move_to(k * step))
        self.set_stroke(width=0).set_fill(color, 1)


class Bracket(VMobject):
    """A square bracket drawn as a filled outline, so that it scales with what it holds, as a letter would.

    Args:
        height: in frame units.
        direction: LEFT for [, RIGHT for ].
        thickness: of its bar, in frame units; its arms are 4.5 times as long and 0.8 times as thick.
    """

    def __init__(
        self, height: float, direction: np.ndarray = LEFT, thickness: float = 0.03, color: str = MUTED
    ) -> None:
        super().__init__(color=color, fill_opacity=1, stroke_width=0)
        bar, arm, lip, top = thickness, 4.5 * thickness, 0.8 * thickness, height / 2
        corners = [
            (arm, top),
            (0, top),
            (0, -top),
            (arm, -top),
            (arm, -top + lip),
            (bar, -top + lip),
            (bar, top - lip),
            (arm, top - lip),
            (arm, top),
        ]
        facing = -float(np.sign(direction[0]))
        self.set_points_as_corners([(facing * x, y, 0) for x, y in corners])


def get_brackets(mobject: VMobject, buff: float, thickness: float, color: str = MUTED) -> VGroup:
    """The pair of brackets that holds `mobject`, `buff` frame units away on every side."""
    height = mobject.get_height() + 2 * buff
    return VGroup(Bracket(height, side, thickness, color).next_to(mobject, side, buff) for side in (LEFT, RIGHT))


class WeightMatrix(VGroup):
    """A matrix of numbers read from an array, coloured by sign and size.

    Numbers line up at the decimal point; what rounds to zero has no sign and the neutral colour. Where
    indices are left out an ellipsis stands, and the numbers behind it are still known (`values`,
    `hidden_sum`). `matrix.animate.set_values(values)` is `AnimateEntriesTo(matrix, values)`.

    Parts: `tiles` (what numbers stand on, row by row; none unless asked for), `cells` (numbers and ellipsis dots,
    row by row), `brackets` (left, right). Every number has `value`, `shown_value` and `source`, which refers to its
    (row, column) of `values`, in true indices.

    Args:
        values: (n_rows, n_columns): a torch tensor, a numpy array or nested lists. They are read now, and
            again by whoever checks the picture: hand over a copy of what training will change.
        source: the name of what the values are, e.g. "W_up"; kept as a Source that refers to `values`.
        shown_rows, shown_columns: None for all, or as many as fit a frame; a count n for "n + ⋮" (the ellipsis
            second to last); or the true indices to draw, e.g. (0, 1, 2, 63), with an ellipsis in every gap.
        num_decimal_places: shown; the values keep all theirs. None for one, or as many as the largest number
            needs to be seen. What rounds to zero then reads "≈0.0".
        scientific: set the numbers as m·10ᵉ; None to do so where four decimals would not show the largest.
        include_sign: "+" before positive numbers.
        max_value: the magnitude that gets the strongest colour, and that columns are wide enough for.
            Default: the largest among `values`. Give it if the values will change.
        positive, negative, neutral: the colours, as in `value_to_color`.
        font_size: of the numbers.
        height: of the whole, brackets and all, in frame units; overrides `font_size`.
        h_buff, v_buff: between columns and rows, in digit heights.
        has_tiles: let each number stand on a tile that has its colour; the number itself is light or dark on it.

    Raises:
        ValueError: values that are not finite, or not two-dimensional; shown indices that do not fit.
    """

    def __init__(
        self,
        values: Any,
        *,
        source: Any = None,
        shown_rows: Shown = None,
        shown_columns: Shown = None,
        num_decimal_places: int | None = None,
        scientific: bool | None = None,
        include_sign: bool = True,
        max_value: float | None = None,
        positive: Ramp = POSITIVE_RAMP,
        negative: Ramp = NEGATIVE_RAMP,
        neutral: str = NEUTRAL,
        font_size: float = 30,
        height: float | None = None,
        h_buff: float = 1.0,
        v_buff: float = 0.9,
        has_tiles: bool = False,
    ) -> None:
        super().__init__()
        self._all_values = self._as_grid(values)
        self.source = get_source(source, values)
        n_rows, n_columns = self._all_values.shape
        largest = float(np.abs(self._all_values).max())
        self.max_value = float(max_value or largest or 1.0)
        if num_decimal_places is None:
            num_decimal_places, is_needed = get_number_format(max(self.max_value, largest), least=1, digits=2)
            scientific = is_needed if scientific is None else scientific
        self.num_decimal_places, self.scientific = num_decimal_places, bool(scientific)
        self.include_sign = include_sign
        self.v_buff = v_buff
        if has_tiles:  # a tile is dark where its number is near zero
            self.positive, self.negative, self.neutral = (PANEL, positive[1]), (PANEL, negative[1]), PANEL
        else:
            self.positive, self.negative, self.neutral = for_text(positive), for_text(negative), neutral

        digit = digit_height(font_size)
        scale = 1.0
        if shown_rows is None:
            shown_rows = fitting_count(
                n_rows, digit, v_buff * digit, 1.1 * digit, height or get_room()[1], digit if height else None
            )
        self.row_slots = get_slots(n_rows, shown_rows, "rows")
        if height is not None:
            scale = height / (len(self.row_slots) * (1 + v_buff) * digit - v_buff * digit + 1.1 * digit)
        if shown_columns is None:
            room = get_room()[0] / scale
            shown_columns = fitting_count(n_columns, self._get_number_width(font_size), h_buff * digit, 2 * digit, room)
        self.column_slots = get_slots(n_columns, shown_columns, "columns")
        self.tiles, self.cells = VGroup(), VGroup()
        frame = self._lay_out_cells(font_size, h_buff * digit, v_buff * digit)
        if has_tiles:
            self._add_tiles(0.9 * h_buff * digit, 0.9 * v_buff * digit)
        self.brackets = get_brackets(frame, (0.85 if has_tiles else 0.55) * digit, 0.09 * digit)
        self.add(self.tiles, self.cells, self.brackets)
        self.center()
        if height is not None:
            self.set_height(height)
        self.recolor()

    @classmethod
    def random(
        cls,
        shape: tuple[int, int],
        rng: np.random.Generator,
        low: float = -1.0,
        high: float = 1.0,
        num_decimal_places: int = 1,
        **kwargs: Any,
    ) -> WeightMatrix:
        """A matrix of numbers nobody computed, uniform in [low, high]: decoration, or a storyboard's chance.

        The numbers are exactly those shown, so that arithmetic with them closes.
        """
        values = shown_values(_require_rng(rng).uniform(low, high, shape), num_decimal_places)
        kwargs = {"max_value": max(abs(low), abs(high)), "source": "random"} | kwargs
        return cls(values, num_decimal_places=num_decimal_places, **kwargs)

    def _as_grid(self, values: Any) -> FloatArray:
        """`values` as (n_rows, n_columns), checked."""
        return as_floats(values, ndim=2, name="values of a matrix")

    def _get_source(self, row: int, column: int) -> Source | Blend | None:
        return self.source and self.source.at(row, column)

    def _get_number_width(self, font_size: float, shown: FloatArray | None = None) -> float:
        """What the widest of the numbers takes, those shown or all."""
        if shown is None:
            extremes = [self._all_values.min(), self._all_values.max(), self.max_value, -self.max_value]
        else:
            extremes = [*shown.ravel(), self.max_value, -self.max_value]
        return max(text_width(self._get_text(value), font_size) for value in extremes)

    def _lay_out_cells(self, font_size: float, h_gap: float, v_gap: float) -> Rectangle:
        """Fill `cells`; return the frame they stand in, which does not depend on which digits they show."""
        digit = digit_height(font_size)
        number_width = self._get_number_width(font_size, self.shown_values)
        dots_width = 1.2 * digit
        widths = [dots_width if j is None else number_width for j in self.column_slots]
        rights = np.cumsum([width + h_gap for width in widths]) - h_gap
        for slot, i in enumerate(self.row_slots):
            baseline = -slot * (digit + v_gap)
            for right, width, j in zip(rights, widths, self.column_slots, strict=True):
                if i is None or j is None:
                    direction = (DOWN if i is None else ORIGIN) + (RIGHT if j is None else ORIGIN)
                    middle = (right - width / 2, baseline + digit / 2, 0)
                    self.cells.add(EllipsisDots(direction, radius=0.1 * digit).move_to(middle))
                else:
                    number = SourcedNumber(
                        self._all_values[i, j],
                        source=self._get_source(i, j),
                        num_decimal_places=self.num_decimal_places,
                        scientific=self.scientific,
                        include_sign=self.include_sign,
                        font_size=font_size,
                    )
                    self.cells.add(number.shift((right, baseline, 0)))
        frame = Rectangle(rights[-1], digit - baseline)
        return frame.move_to((rights[-1] / 2, (digit + baseline) / 2, 0))

    def _add_tiles(self, h_gap: float, v_gap: float) -> None:
        numbers = [number for _, number in self._get_numbers()]
        digit, width = numbers[0][-1].get_height(), max(number.get_width() for number in numbers)
        for number in numbers:
            tile = Rectangle(width + h_gap, digit + v_gap).set_stroke(width=0).set_fill(PANEL, 1)
            self.tiles.add(tile.move_to(number, RIGHT).shift(0.5 * h_gap * RIGHT))

    def _get_text(self, value: float) -> str:
        return shown_text(value, self.num_decimal_places, self.include_sign, scientific=self.scientific)

    # What it holds

    @property
    def shape(self) -> tuple[int, int]:
        """The true size, (rows, columns), hidden ones included."""
        return self._all_values.shape

    @property
    def values(self) -> FloatArray:
        """A copy of all values, hidden ones included, in the shape they were given in."""
        return self._get_grid()

    def _get_grid(self) -> FloatArray:
        grid = self._all_values.copy()
        for (i, j), number in self._get_numbers():
            grid[i, j] = number.value  # the number on screen has the last word: ManimGL may have restored it
        return grid

    @property
    def shown_values(self) -> FloatArray:
        """The values a viewer reads, rounded: (shown rows, shown columns)."""
        grid = self._all_values if not self.submobjects else self._get_grid()
        rows, columns = shown_indices(self.row_slots), shown_indices(self.column_slots)
        return shown_values(grid[np.ix_(rows, columns)], self.num_decimal_places, self.scientific)

    @property
    def hidden_columns(self) -> list[int]:
        """The true indices of the columns behind ellipses."""
        return [j for j in range(self.shape[1]) if j not in self.column_slots]

    def hidden_sum(self, row: int, vector: Any) -> float:
        """What the ellipsis in a row adds to its product with `vector`, from unrounded values.

        Args:
            row: its true index.
            vector: (n_columns,) values, or a NumericEmbedding.
        """
        x = as_floats(getattr(vector, "values", vector), ndim=1, name="vector")
        if len(x) != self.shape[1]:
            raise ValueError(f"a matrix of shape {self.shape} cannot multiply a vector of shape {x.shape}")
        hidden = self.hidden_columns
        return float(self._get_grid()[row, hidden] @ x[hidden])

    # Its parts, by true index

    def _get_numbers(self) -> list[tuple[tuple[int, int], SourcedNumber]]:
        places = [(i, j) for i in self.row_slots for j in self.column_slots]
        return [
            ((i, j), cell)
            for (i, j), cell in zip(places, self.cells.submobjects, strict=True)
            if i is not None and j is not None
        ]

    def get_numbers_by_index(self) -> list[tuple[tuple[int, ...], SourcedNumber]]:
        """Every number drawn, with its index into `values`."""
        return self._get_numbers()

    def get_entry(self, row: int, column: int) -> SourcedNumber:
        """The number in a row and column, by true index (from the end if negative).

        Raises:
            IndexError: out of range, or hidden behind an ellipsis.
        """
        i = self.row_slots.index(true_index(row, self.shape[0], self.row_slots, "row"))
        j = self.column_slots.index(true_index(column, self.shape[1], self.column_slots, "column"))
        return self.cells[i * len(self.column_slots) + j]

    def get_tile(self, row: int, column: int = 0) -> Rectangle:
        """What the number in a row and column stands on, by true index.

        Raises:
            IndexError: out of range, or hidden behind an ellipsis; or there are no tiles.
        """
        entry = self.get_entry(row, column)
        place = next(k for k, (_, number) in enumerate(self._get_numbers()) if number is entry)
        return self.tiles[place]

    def get_row(self, row: int) -> VGroup:
        """The tiles and cells of a row by true index, ellipsis dots included."""
        i = self.row_slots.index(true_index(row, self.shape[0], self.row_slots, "row"))
        return VGroup(*self._get_tiles(row=row), *self._get_rows_of_cells()[i])

    def _get_tiles(self, row: int | None = None, column: int | None = None) -> list[VMobject]:
        if not self.tiles:
            return []
        n_rows, n_columns = self.shape
        at = (None if row is None else row % n_rows, None if column is None else column % n_columns)
        places = [place for place, _ in self._get_numbers()]
        return [
            tile
            for tile, place in zip(self.tiles, places, strict=True)
            if all(wanted in (None, index) for wanted, index in zip(at, place, strict=True))
        ]

    def _get_rows_of_cells(self) -> list[list[VMobject]]:
        cells, width = self.cells.submobjects, len(self.column_slots)
        return [cells[k : k + width] for k in range(0, len(cells), width)]

    def get_column(self, column: int) -> VGroup:
        """The tiles and cells of a column by true index, ellipsis dots included."""
        j = self.column_slots.index(true_index(column, self.shape[1], self.column_slots, "column"))
        return VGroup(*self._get_tiles(column=column), *self.cells.submobjects[j :: len(self.column_slots)])

    def get_rows(self) -> VGroup:
        """All rows as drawn, tiles and rows of ellipsis dots included."""
        return VGroup(
            VGroup(*([] if row is None else self._get_tiles(row=row)), *cells)
            for row, cells in zip(self.row_slots, self._get_rows_of_cells(), strict=True)
        )

    def get_columns(self) -> VGroup:
        """All columns as drawn, tiles and columns of ellipsis dots included."""
        width = len(self.column_slots)
        return VGroup(
            VGroup(*([] if column is None else self._get_tiles(column=column)), *self.cells.submobjects[k::width])
            for k, column in enumerate(self.column_slots)
        )

    def get_entries(self) -> VGroup:
        """The numbers, row by row, without the dots."""
        return VGroup(*(number for _, number in self._get_numbers()))

    def get_ellipses(self) -> VGroup:
        """The ellipsis dots, row by row."""
        return VGroup(*(cell for cell in self.cells if isinstance(cell, EllipsisDots)))

    def get_font_size(self) -> float:
        """The size the numbers have on screen by now."""
        return self._get_numbers()[0][1].get_current_font_size()

    def get_brackets(self) -> VGroup:
        """The left and the right bracket."""
        return self.brackets

    # Changing it

    def set_values(self, values: Any, source: Any = None) -> WeightMatrix:
        """Show other values of the same shape, in the right colours at once.

        Args:
            values: as when it was made.
            source: the name of what they are, if it is another one.

        Raises:
            ValueError: values of another shape (the message has both), or not finite.
        """
        grid = self._as_grid(values)
        if grid.shape != self.shape:
            raise ValueError(f"values of shape {grid.shape} do not fit a matrix of shape {self.shape}")
        self._all_values = grid
        self.source = next_source(self.source, values, source)
        for index, number in self._get_numbers():
            number.source = self._get_source(*index)  # first: what moves is not marked as it passes zero
            number.set_value(grid[index])
        return self.recolor()

    @override_animate(set_values)
    def _animate_set_values(self, values: Any, source: Any = None, **kwargs: Any) -> Animation:
        return AnimateEntriesTo(self, values, source, **kwargs)

    def recolor(self, rows: Sequence[int] | None = None) -> WeightMatrix:
        """Colour every number, or what it stands on, by what it shows; opacities stay as they are.

        Args:
            rows: true indices of those to colour; None for all.
        """
        kept = [
            (place, number) for place, (at, number) in enumerate(self._get_numbers()) if rows is None or at[0] in rows
        ]
        colors = self.get_colors([number.shown_value for _, number in kept])
        for (place, number), color in zip(kept, colors, strict=True):
            if not self.tiles:
                number.set_fill(color)
                continue
            self.tiles[place].set_fill(color)
            number.set_fill(get_text_color(color))
        return self

    def get_colors(self, values: Any) -> list[str]:
        """The colours this matrix gives to some values."""
        return values_to_colors(values, 0.0, self.max_value, self.positive, self.negative, self.neutral)

    def become(self, mobject: VMobject, match_updaters: bool = False) -> WeightMatrix:
        """As for every mobject, and hidden values come along."""
        if isinstance(mobject, WeightMatrix) and mobject.shape == self.shape:
            self._all_values, self.source = mobject._get_grid(), mobject.source
        return super().become(mobject, match_updaters)

    def interpolate(self, mobject1: VMobject, mobject2: VMobject, alpha: float, *args: Any) -> WeightMatrix:
        """As for every mobject, and hidden values come along."""
        super().interpolate(mobject1, mobject2, alpha, *args)
        shapes = [getattr(mobject, "shape", None) for mobject in (self, mobject1, mobject2)]
        if shapes[0] == shapes[1] == shapes[2]:
            self._all_values = (1 - alpha) * mobject1._get_grid() + alpha * mobject2._get_grid()
        return self

    def get_entry_order(self) -> np.ndarray:
        """For each value, hidden ones included, its turn in a lagged animation: (n_rows, n_columns) of int.

        Shown numbers take turns row by row; a hidden one moves with the shown number before it.
        """
        width = self.shape[1]
        shown = [i * width + j for (i, j), _ in self._get_numbers()]
        order = np.searchsorted(shown, np.arange(self._all_values.size), side="right") - 1
        return order.clip(0).reshape(self.shape)


class AnimateEntriesTo(Animation):
    """Numbers run from whatever they are when it begins to given values, and end exactly there.

    Args:
        mobject: a WeightMatrix, a NumericEmbedding, a MachineWithDials: what has `values`, `source`,
            `set_values`, `get_entry_order` and `get_numbers_by_index`.
        values: the values to arrive at, in the shape of `mobject.values`; hidden entries move too.
        source: the name of what they are, if it is another one.
        lag_ratio: 0 moves all at once, 1 one after the other.

    Raises:
        ValueError: another shape, or values that are not finite.
    """

    def __init__(
        self,
        mobject: VMobject,
        values: Any,
        source: Any = None,
        lag_ratio: float = 0.0,
        run_time: float = 2.0,
        **kwargs: Any,
    ) -> None:
        self.values, self.source = values, source
        self.target = as_floats(values, name="values to move to")
        shape = mobject.values.shape
        if self.target.shape != shape:
            raise ValueError(f"values of shape {self.target.shape} do not fit a mobject of shape {shape}")
        super().__init__(mobject, lag_ratio=lag_ratio, run_time=run_time, **kwargs)

    def begin(self) -> None:
        self.start = self.mobject.values
        self.sources = {index: number.source for index, number in self.mobject.get_numbers_by_index()}
        self.end_source = next_source(self.mobject.source, self.values, self.source)
        self.order = self.mobject.get_entry_order().reshape(self.start.shape)
        super().begin()

    def create_starting_mobject(self) -> VMobject:
        return self.mobject  # the start is an array of numbers; a copy of the picture would serve nobody

    def interpolate_mobject(self, alpha: float) -> None:
        turns = int(self.order.max()) + 1
        time = self.time_spanned_alpha(alpha)
        progress = np.array([self.get_sub_alpha(time, turn, turns) for turn in range(turns)])[self.order]
        arrived = bool((progress == 1).all())
        source = self.end_source if arrived else Passage(self.sources, self.end_source, progress)
        self.mobject.set_values((1 - progress) * self.start + progress * self.target, source)


class RandomizeEntries(AnimateEntriesTo):
    """Numbers run to random ones, uniform in [low, high]: scrambling, never learning.

    Args:
        mobject: as for AnimateEntriesTo.
        rng: np.random.default_rng(seed); the targets are drawn from it when this is made.
        low, high: default to ± the mobject's `max_value`.
    """

    def __init__(
        self,
        mobject: VMobject,
        rng: np.random.Generator,
        low: float | None = None,
        high: float | None = None,
        **kwargs: Any,
    ) -> None:
        low = -mobject.max_value if low is None else low
        high = mobject.max_value if high is None else high
        targets = _require_rng(rng).uniform(low, high, mobject.values.shape)
        is_scientific = getattr(mobject, "scientific", False)
        targets = shown_values(targets, mobject.num_decimal_places, is_scientific)
        super().__init__(mobject, targets, "random", **kwargs)


def _require_rng(rng: Any) -> np.random.Generator:
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"random values need rng=np.random.default_rng(seed), not {rng!r}")
    return rng
