"""A matrix too large to read, as coloured cells: what matters is where it is strong, and how that changes."""

from __future__ import annotations

from typing import Any

import numpy as np
from manimlib import DOWN, RIGHT, Square, VGroup

from custom.palette import NEGATIVE_RAMP, PANEL, POSITIVE_RAMP, WARNING
from helpers.color import values_to_colors
from helpers.matrix import get_brackets, get_room
from truth.numerics import FloatArray, as_floats
from truth.source import get_source, next_source

MOST_CELLS = 20_000  # at twice as many a cell would be three pixels wide


class HeatMatrix(VGroup):
    """A matrix as a grid of cells: hue says a number's sign, brightness its size, zero is dark.

    NaN and infinity have the warning colour.

    Parts: `cells` (squares, row by row; each has the `source` of its number), `brackets` (left, right).

    Args:
        values: (n_rows, n_columns), all of which are drawn; a vector (n,) is drawn as one column.
        source: the name of what the values are.
        max_value: the magnitude that gets the strongest colour. Default: the largest among `values`.
        cell: the side of a cell in frame units; None for 0.2, or less where the frame has not the room.
        gap: between cells, as a part of that.

    Raises:
        ValueError: values that are no real numbers, or have more than two dimensions; more cells than can be drawn.
    """

    def __init__(
        self,
        values: Any,
        *,
        source: Any = None,
        max_value: float | None = None,
        cell: float | None = None,
        gap: float = 0.12,
    ) -> None:
        super().__init__()
        grid = self._as_grid(values)
        if grid.size > MOST_CELLS:
            raise ValueError(
                f"a matrix of shape {grid.shape} has {grid.size:,} cells, more than can be drawn ({MOST_CELLS:,}): "
                "show a part of it (W[:64, :64]) or means over blocks"
            )
        if cell is None:
            cell = min(0.2, *((room - 0.4) / n for room, n in zip(get_room(), grid.shape[::-1], strict=True)))
        self.max_value = float(max_value or np.abs(grid).max(where=np.isfinite(grid), initial=0) or 1.0)
        self.values, self.source = grid, get_source(source, values)
        self.cells = VGroup(
            Square(side_length=(1 - gap) * cell).set_stroke(width=0).set_fill(PANEL, 1) for _ in range(grid.size)
        )
        for square, (i, j) in zip(self.cells, np.ndindex(grid.shape), strict=True):
            square.move_to(cell * (j * RIGHT + i * DOWN))
        self.brackets = get_brackets(self.cells, 0.4 * cell, 0.02)
        self.add(self.cells, self.brackets)
        self.center()
        self.set_values(values)

    def _as_grid(self, values: Any) -> FloatArray:
        grid = as_floats(values, name="values of a matrix", finite=False)
        if grid.ndim not in (1, 2):
            raise ValueError(f"a matrix has one or two dimensions, but these values have shape {grid.shape}")
        return grid[:, None] if grid.ndim == 1 else grid

    def set_values(self, values: Any, source: Any = None) -> HeatMatrix:
        """Colour the cells by other values of the same shape; opacities stay as they are.

        Raises:
            ValueError: values of another shape (the message has both).
        """
        grid = self._as_grid(values)
        if grid.shape != self.values.shape:
            raise ValueError(f"values of shape {grid.shape} do not fit a matrix of shape {self.values.shape}")
        self.values, self.source = grid, next_source(self.source, values, source)
        ramps = {"positive": (PANEL, POSITIVE_RAMP[1]), "negative": (PANEL, NEGATIVE_RAMP[1]), "neutral": PANEL}
        colors = values_to_colors(np.where(np.isfinite(grid), grid, 0), 0, self.max_value, **ramps)
        places = [index[: np.ndim(values)] for index in np.ndindex(grid.shape)]
        for square, color, place in zip(self.cells, colors, places, strict=True):
            square.set_fill(color if np.isfinite(grid[*place, *[0] * (2 - len(place))]) else WARNING)
            square.source = self.source and self.source.at(*place)
        return self

    def get_cell(self, row: int, column: int = 0) -> Square:
        """The cell of a number."""
        return self.cells[row * self.values.shape[1] + column]

    def get_row(self, row: int) -> VGroup:
        """The cells of a row."""
        width = self.values.shape[1]
        return VGroup(*self.cells.submobjects[row * width : (row + 1) * width])

    def get_column(self, column: int) -> VGroup:
        """The cells of a column."""
        return VGroup(*self.cells.submobjects[column :: self.values.shape[1]])
