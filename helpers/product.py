"""A matrix times a vector, one row at a time, in arithmetic a viewer can check."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from manimlib import DL, RIGHT, UR, Animation, Rectangle, Scene, Text, VGroup, VMobject, linear, smooth

from custom.palette import FOCUS, PANEL, TEXT
from helpers.embedding import NumericEmbedding
from helpers.matrix import WeightMatrix
from helpers.number import digit_height
from helpers.slots import hidden_between
from truth.numerics import FloatArray, shown_value
from truth.source import Source


class MatrixVectorProduct(VGroup):
    """The right side of matrix · vector: an equals sign, and a result whose numbers are not worked out yet.

    Every result is the sum of the products of the numbers a viewer reads, plus what hides behind the ellipsis
    (`matrix.hidden_sum`), so the arithmetic on screen closes. `rounding_gap` says how far that lies from the
    product of the unrounded values: keep it 0 by showing values that are exact at the decimals shown.

    Parts: `equals`, `result` (a NumericEmbedding with invisible numbers, rows level with the matrix's).

    Args:
        matrix: (n_rows, n_columns). It and the vector stay where they are; this appears right of the vector.
        vector: n_columns entries; it must show the entries the matrix shows as columns.
        buff: on both sides of the equals sign, in frame units.
        source: the name of what the result is; by default made of those of matrix and vector.
        num_decimal_places: of the result; the matrix's unless given.
        config: anything else NumericEmbedding takes.

    Raises:
        ValueError: sizes that do not fit (the message has both shapes), or different entries shown.
    """

    def __init__(
        self,
        matrix: WeightMatrix,
        vector: NumericEmbedding,
        *,
        buff: float = 0.25,
        source: Any = None,
        num_decimal_places: int | None = None,
        **config: Any,
    ) -> None:
        if matrix.shape[1] != len(vector.values):
            raise ValueError(
                f"a matrix of shape {matrix.shape} cannot multiply a vector of shape {vector.values.shape}"
            )
        if matrix.column_slots != vector.row_slots:
            raise ValueError(
                f"the matrix shows columns {matrix.column_slots}, the vector entries {vector.row_slots}: "
                "give shown_columns and shown_entries alike"
            )
        if matrix.scientific or vector.scientific:
            raise ValueError(
                "a product of numbers with powers of ten is not drawn, since nobody adds them up by eye: scale the "
                "values, or give num_decimal_places"
            )
        super().__init__()
        self.matrix_and_vector = (matrix, vector)  # not parts: a tuple keeps them out of copies
        decimals = matrix.num_decimal_places if num_decimal_places is None else num_decimal_places
        size = matrix.get_font_size()
        if source is None and matrix.source and vector.source:
            source = f"{matrix.source} · {vector.source}"
        self.result = NumericEmbedding(
            self.get_results(),
            source=source,
            shown_entries=[row for row in matrix.row_slots if row is not None],
            num_decimal_places=decimals,
            **({"font_size": size, "v_buff": matrix.v_buff} | config),
        )
        self.equals = Text("=", font_size=1.3 * size, fill_color=TEXT)
        self.add(self.equals, self.result)
        self.equals.next_to(vector, RIGHT, buff)
        self.result.next_to(self.equals, RIGHT, buff)
        self.result.set_y(matrix.get_y())
        self.equals.set_y(vector.get_y())
        self.result.cells.set_opacity(0)
        self.result.tiles.set_fill(PANEL)

    def get_partial_sums(self, row: int) -> list[float]:
        """The running sum after each place of a row, ellipses included, from left to right.

        Args:
            row: true index.
        """
        matrix, vector = self.matrix_and_vector
        weights, inputs = matrix.values[row], vector.values
        decimals = matrix.num_decimal_places + vector.num_decimal_places  # all that products of shown have
        shown, hidden, sums = [], [], []
        for place, column in enumerate(matrix.column_slots):
            if column is None:
                behind = list(hidden_between(matrix.column_slots, place, len(inputs)))
                hidden.append(float(weights[behind] @ inputs[behind]))
            else:
                shown.append(
                    shown_value(weights[column], matrix.num_decimal_places)
                    * shown_value(inputs[column], vector.num_decimal_places)
                )
            sums.append(round(math.fsum(shown), decimals) + math.fsum(hidden))
        return sums

    def get_results(self) -> FloatArray:
        """Every row's result (n_rows,); for rows behind an ellipsis, of the unrounded values."""
        matrix, vector = self.matrix_and_vector
        results: FloatArray = matrix.values @ vector.values
        for row in matrix.row_slots:
            if row is not None:
                results[row] = self.get_partial_sums(row)[-1]
        return results

    @property
    def rounding_gap(self) -> float:
        """The largest distance between a result as shown arithmetic gives it and as the true values do."""
        matrix, vector = self.matrix_and_vector
        return float(np.abs(self.get_results() - matrix.values @ vector.values).max())

    def show_rows(
        self, skip_rows: Sequence[int] = (), run_time_per_row: float = 1.0, **kwargs: Any
    ) -> ShowMatrixVectorProduct:
        """The animation that works the results out; see ShowMatrixVectorProduct."""
        return ShowMatrixVectorProduct(self, skip_rows, run_time_per_row, **kwargs)


class ShowMatrixVectorProduct(Animation):
    """Two boxes sweep a row and the vector in step, while the result's cell shows the running sum.

    The sums are of the values the matrix and the vector have when this begins. Rows behind an ellipsis and
    skipped rows are not swept: their results appear as the row before them is done. Tiles of results that are not
    known yet are dark.

    Attributes: `product`, `equals`, `result`. `rows`: the true indices swept, in order.

    Args:
        product: what to work out.
        skip_rows: true indices of rows not to sweep.
        run_time_per_row: seconds (`run_time` overrides it with a total).
        box_color: of the two boxes.
    """

    glide = 0.4  # the part of each step in which the boxes move; they rest for the other part

    def __init__(
        self,
        product: MatrixVectorProduct,
        skip_rows: Sequence[int] = (),
        run_time_per_row: float = 1.0,
        *,
        run_time: float | None = None,
        box_color: str = FOCUS,
        **kwargs: Any,
    ) -> None:
        self.product, self.equals, self.result = product, product.equals, product.result
        self.matrix, self.vector = product.matrix_and_vector
        drawn = [row for row in self.matrix.row_slots if row is not None]
        unknown = sorted(set(skip_rows) - set(drawn))
        if unknown:
            raise ValueError(f"cannot skip row(s) {unknown}: drawn are {drawn}")
        self.rows = [row for row in drawn if row not in skip_rows]
        self.boxes = VGroup(Rectangle().set_stroke(box_color, 3, opacity=0) for _ in range(2))
        total = run_time_per_row * len(self.rows) if run_time is None else run_time
        kwargs = {"rate_func": linear} | kwargs
        super().__init__(VGroup(product, self.boxes), run_time=max(total, 1e-3), **kwargs)

    def begin(self) -> None:
        self.sums = [self.product.get_partial_sums(row) for row in self.rows]
        self.result.set_values(self.product.get_results())
        self.result.tiles.set_fill(PANEL)
        self.cells = [self.result.get_entry(row) for row in self.rows]
        self.unswept = self._get_unswept()
        super().begin()

    def _get_unswept(self) -> list[tuple[int, VMobject, int | None]]:
        """(how many rows are done when it appears, cell, its row if it is a number) of all that is not swept."""
        done, unswept = 0, []
        for row, cell in zip(self.matrix.row_slots, self.result.cells, strict=True):
            if row in self.rows:
                done += 1
            else:
                unswept.append((done, cell, row))
        return unswept

    def create_starting_mobject(self) -> VMobject:
        return self.mobject

    def interpolate_mobject(self, alpha: float) -> None:
        places = len(self.matrix.column_slots)
        steps = places * len(self.rows)
        time = self.rate_func(self.time_spanned_alpha(alpha)) * steps
        step = min(int(time), max(steps - 1, 0))
        # A product is added when the boxes have arrived, not when they set out.
        arrived = step if step == 0 or time - step >= self.glide else step - 1
        for turn, (cell, sums) in enumerate(zip(self.cells, self.sums, strict=True)):
            begun = min(arrived - turn * places, places - 1)
            self._show(self.rows[turn], sums[max(begun, -1)], begun >= 0 and alpha > 0)
            cell.source = self._get_source(turn, begun)
        for done, cell, row in self.unswept:
            share = float(np.clip(time - done * places + 1, 0, 1)) if alpha > 0 else 0
            if row is not None and share > 0:
                self.result.recolor([row])
            cell.set_fill(opacity=share)
        if steps and 0 < alpha < 1:
            self._move_boxes(time, step, places)
        self.boxes.set_stroke(opacity=1 if steps and 0 < alpha < 1 else 0)

    def _get_source(self, turn: int, place: int) -> Source | None:
        """Of a running sum, until the last place makes it the result."""
        result = self.result.source and self.result.source.at(self.rows[turn])
        if result is None or not 0 <= place < len(self.sums[turn]) - 1:
            return result
        return Source(f"{result}, summed so far", (place,), self.sums[turn])

    def _show(self, row: int, value: float, visible: bool) -> None:
        cell = self.result.get_entry(row)
        if cell.value != value:
            cell.set_value(value)
        if visible:
            self.result.recolor([row])
        cell.set_fill(opacity=1 if visible else 0)

    def _move_boxes(self, time: float, step: int, places: int) -> None:
        """Boxes rest on a cell for most of a step and glide to it in its first part."""
        glide = smooth(min((time - step) / self.glide, 1)) if step else 1.0
        for which, box in enumerate(self.boxes):
            before = self._get_corners(which, max(step - 1, 0), places)
            now = self._get_corners(which, step, places)
            low, high = (1 - glide) * before + glide * now
            width, height, _ = high - low
            box.set_shape(width, height).move_to((low + high) / 2)

    def _get_corners(self, which: int, step: int, places: int) -> np.ndarray:
        """(2, 3): the lower left and upper right corner of the box round the cell of a step."""
        if which == 0:
            row = self.matrix.row_slots.index(self.rows[step // places])
            index, holder = row * places + step % places, self.matrix
        else:
            index, holder = step % places, self.vector
        cell, digit = holder.cells.submobjects[index], digit_height(holder.get_font_size())
        corners = np.array([cell.get_corner(DL), cell.get_corner(UR)])
        corners[:, 0] += np.array([-0.4, 0.4]) * digit
        corners[:, 1] = (cell[-1] if len(cell) else cell).get_y() + np.array([-0.85, 0.85]) * digit
        return corners

    def clean_up_from_scene(self, scene: Scene) -> None:
        super().clean_up_from_scene(scene)
        scene.remove(self.boxes)


def show_matrix_vector_product(
    matrix: WeightMatrix,
    vector: NumericEmbedding,
    *,
    skip_rows: Sequence[int] = (),
    run_time_per_row: float = 1.0,
    **config: Any,
) -> ShowMatrixVectorProduct:
    """The animation that multiplies matrix and vector where they stand, to the right of the vector.

    Returns:
        An animation that has not been played. Its `equals` and `result` are the parts it brings on.

    Args and Raises: as for MatrixVectorProduct and ShowMatrixVectorProduct.
    """
    return MatrixVectorProduct(matrix, vector, **config).show_rows(skip_rows, run_time_per_row)
