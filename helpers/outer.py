"""Matrices that wear the colour of their role, with their sizes beside them, and the outer product of two vectors."""

from __future__ import annotations

from typing import Any

import numpy as np
from manimlib import DOWN, UP, Animation, Dot, Rectangle, Scene, Tex, VGroup, VMobject, linear, smooth

from custom.palette import FOCUS, MUTED, PANEL, SCAFFOLD
from custom.typography import BODY, LABEL, SMALL
from helpers.color import mix_colors
from helpers.embedding import NumericEmbedding
from helpers.matrix import WeightMatrix
from helpers.names import get_name
from helpers.number import digit_height
from truth.source import Source


def get_role_colors(role: str) -> dict[str, Any]:
    """What makes a matrix say its role: one colour for both signs, brighter for larger numbers."""
    ramp = (mix_colors(SCAFFOLD, role, 0.5), role)
    return {"positive": ramp, "negative": ramp}


def get_role_matrix(values: np.ndarray, role: str, source: Any, font_size: float = LABEL, **config) -> WeightMatrix:
    """A matrix, or for a vector a column, all in the colour of its role; zeros stay grey.

    Args:
        values: (n_rows, n_columns) or (n_rows,).
        role: a colour of the palette.
        source: the name of what the values are.
        config: anything else WeightMatrix takes.
    """
    kind = NumericEmbedding if np.ndim(values) == 1 else WeightMatrix
    settings = {"include_sign": False, "font_size": font_size, **get_role_colors(role), **config}
    matrix = kind(values, source=source, **settings)
    matrix.brackets.set_fill(mix_colors(SCAFFOLD, role, 0.6))
    return matrix


def get_name_label(matrix: WeightMatrix, name: str, role: str, font_size: float = BODY) -> VMobject:
    """What a matrix is, above it."""
    return get_name(name, font_size=font_size).set_color(role).next_to(matrix, UP, buff=0.16)


def get_size_label(matrix: WeightMatrix, font_size: float = SMALL) -> Tex:
    """The true size of a matrix, below it: rows × columns, read from the matrix itself."""
    rows, columns = matrix.shape
    label = Tex(Rf"{rows} \times {columns}", font_size=font_size).set_color(MUTED)
    label.sources = [
        Source(f"{side} of {matrix.source}", (), np.array(n))
        for side, n in zip(("rows", "columns"), matrix.shape, strict=True)
    ]
    return label.next_to(matrix, DOWN, buff=0.14)


def get_dots(matrix: WeightMatrix) -> VGroup:
    """A dot in the place of each number of a matrix: something will stand here."""
    digit = digit_height(matrix.get_font_size())
    return VGroup(
        Dot(radius=0.13 * digit).move_to([number[-3:].get_x(), number[-1].get_y(), 0]).set_fill(MUTED, 1)
        for number in matrix.cells
    )


class FillOuterProduct(Animation):
    """Two boxes pick an entry of a column and one of a row; their product appears where the two cross.

    Args:
        column: n numbers.
        row: (1, m) numbers.
        result: (n, m), in place, its numbers invisible (tiles turn from dark to their colours as numbers come); they
            are what `result` was made with, so hand it an array that is the outer product of what the other two show.
        run_time_per_entry: seconds.
        dots: of `get_dots(result)`, if they are there: each goes when its number comes.

    Raises:
        ValueError: a result of another shape, or that is not the outer product of column and row as shown.
    """

    glide = 0.4  # the part of each step in which the boxes move

    def __init__(
        self,
        column: NumericEmbedding,
        row: WeightMatrix,
        result: WeightMatrix,
        run_time_per_entry: float = 0.3,
        dots: VGroup | None = None,
        **kwargs,
    ) -> None:
        n, m = column.shape[0], row.shape[1]
        if result.shape != (n, m):
            raise ValueError(f"a column of {n} times a row of {m} has shape {(n, m)}, not {result.shape}")
        product = np.outer(column.shown_values, row.shown_values)
        if not np.allclose(product, result.shown_values, atol=1e-9):
            raise ValueError(f"as shown, the outer product is\n{product}\nbut the result shows\n{result.shown_values}")
        self.column, self.row, self.result, self.dots = column, row, result, dots or VGroup()
        self.places = [(i, j) for i in range(n) for j in range(m)]
        self.boxes = VGroup(Rectangle().set_stroke(FOCUS, 3, opacity=0) for _ in range(3))
        total = run_time_per_entry * len(self.places)
        parts = VGroup(self.dots, result.tiles, result.cells, self.boxes)
        self.colors = [tile.get_fill_color() for tile in result.tiles]
        super().__init__(parts, **({"run_time": total, "rate_func": linear} | kwargs))

    def create_starting_mobject(self) -> VMobject:
        return self.mobject

    def interpolate_mobject(self, alpha: float) -> None:
        alpha = self.rate_func(alpha)
        time = alpha * len(self.places)
        step = min(int(time), len(self.places) - 1)
        for turn, (i, j) in enumerate(self.places):
            progress = (time - turn - self.glide) / (0.7 - self.glide)
            shown = float(np.clip(progress, 0, 1))
            self.result.get_entry(i, j).set_fill(opacity=shown)
            if self.colors:
                self.result.tiles[turn].set_fill(mix_colors(PANEL, self.colors[turn], shown))
            for dot in self.dots[turn : turn + 1]:
                dot.set_fill(opacity=float(np.clip((turn + 0.2 - time) / 0.2, 0, 1)))
        moving = 0 < alpha < 1
        self.boxes.set_stroke(opacity=1 if moving else 0)
        if moving:
            glide = smooth(min((time - step) / self.glide, 1)) if step else 1.0
            before, now = self._get_cells(max(step - 1, 0)), self._get_cells(step)
            for box, old, new in zip(self.boxes, before, now, strict=True):
                self._put_round(box, old, new, glide)

    def _get_cells(self, step: int) -> list[VMobject]:
        i, j = self.places[step]
        return [self.column.get_entry(i), self.row.get_entry(0, j), self.result.get_entry(i, j)]

    def _put_round(self, box: Rectangle, old: VMobject, new: VMobject, alpha: float) -> None:
        digit = digit_height(self.column.get_font_size())
        width, height = ((1 - alpha) * old.get_width() + alpha * new.get_width(), digit)
        box.set_shape(width + 0.8 * digit, height + 0.7 * digit)
        # Heights are taken from a last digit: a minus or a point would pull the box up or down.
        center = (1 - alpha) * old.get_center() + alpha * new.get_center()
        center[1] = (1 - alpha) * old[-1].get_y() + alpha * new[-1].get_y()
        box.move_to(center)

    def clean_up_from_scene(self, scene: Scene) -> None:
        super().clean_up_from_scene(scene)
        scene.remove(self.boxes, self.dots)
