"""A matrix or a vector seen as named pieces: rows R_0, R_1, …, columns C_0, C_1, …, or one letter for all of it."""

from __future__ import annotations

from typing import Any

import numpy as np
from manimlib import DOWN, RIGHT, UP, Line, Tex, VGroup, VMobject

from custom.palette import MUTED, TEXT
from helpers.matrix import EllipsisDots, WeightMatrix
from helpers.names import get_name
from helpers.number import digit_height
from helpers.slots import true_index


class NamedPieces(VGroup):
    """The rows or columns of a matrix, each as one name, in the very places where its numbers stand.

    The names are made of the matrix's own indices: a matrix of 256 rows that shows four gives R_0, R_1, R_2, ⋮,
    R_255. So matrix and names fade into each other, and rows and columns that count the same thing agree.

    Parts: `labels` (a Tex for each row or column shown, ellipsis dots for those left out), `rules` (a pair of
    lines for each Tex, reaching from it to the matrix's ends; empty without `with_rules`), `brackets` (left, right).

    Args:
        matrix: what is seen as pieces; it is only read. A NumericEmbedding is a matrix of one column.
        tex: a piece's name, as for `get_name`, with "#" where the index goes: "R_{#}", R"R_{#} \\cdot E".
            Without "#", every piece has the same name: "E" for a vector's one column.
        axis: 0 for rows, one below the other; 1 for columns, side by side.
        with_rules: whether lines say how far a piece reaches.
        color: of names and rules.
        t2c: colours of parts of the names that are not of that colour, by their TeX.
        font_size: of the names; by default a little larger than the matrix's numbers.
        min_rule: the shortest rule worth drawing, in digit heights: names wider than the matrix have none.

    Raises:
        ValueError: an axis other than 0 and 1.
    """

    def __init__(
        self,
        matrix: WeightMatrix,
        tex: str,
        axis: int = 0,
        *,
        with_rules: bool = True,
        color: str = TEXT,
        t2c: dict[str, str] | None = None,
        font_size: float | None = None,
        min_rule: float = 0.4,
    ) -> None:
        if axis not in (0, 1):
            raise ValueError(f"a matrix has rows (axis 0) and columns (axis 1), not axis {axis}")
        super().__init__()
        self.axis = axis
        self.n_pieces = matrix.shape[axis]
        self.slots = (matrix.row_slots, matrix.column_slots)[axis]
        size = font_size or 1.15 * matrix.get_font_size()
        self._digit = digit_height(matrix.get_font_size())
        self.brackets = matrix.brackets.copy()
        labels = {
            index: self._get_label(tex, index, size, color, t2c or {}) for index in self.slots if index is not None
        }
        middle = self._make_room(max(label.get_width() for label in labels.values())) if axis == 0 else None
        self.labels, self.rules = VGroup(), VGroup()
        for cells, index in zip((matrix.get_rows, matrix.get_columns)[axis](), self.slots, strict=True):
            x, y = (middle, cells.get_y()) if axis == 0 else (cells.get_x(), self.brackets.get_y())
            if index is None:
                dots = EllipsisDots(DOWN if axis == 0 else RIGHT, radius=0.1 * self._digit, color=MUTED)
                self.labels.add(dots.move_to((x, y, 0)))
                continue
            label = labels[index].move_to((x, y, 0))
            self.labels.add(label.shift((self._get_baseline(cells) - label[0].get_bottom()[1]) * UP))
            if with_rules:
                self.rules.add(self._get_rules(label, min_rule).set_stroke(color, 1.5, opacity=0.6))
        self.add(self.labels, self.rules, self.brackets)

    def _get_label(self, tex: str, index: int, size: float, color: str, t2c: dict[str, str]) -> VMobject:
        name = tex.replace("#", str(index))
        if not t2c:
            return get_name(name, font_size=size).set_color(color)
        label = Tex(name, font_size=size, isolate=list(t2c)).set_color(color)
        return label.set_color_by_tex_to_color_map(t2c)

    def _make_room(self, width: float) -> float:
        """Move the right bracket until names that wide fit; the x of the middle between the brackets."""
        left, right = self.brackets
        inner = right.get_left()[0] - left.get_right()[0]
        right.shift(max(0.0, width + 0.8 * self._digit - inner) * RIGHT)
        return float(self.brackets.get_x())

    def _get_baseline(self, cells: VGroup) -> float:
        """Rows: their numbers' own baseline. Columns: one for all, as if a number stood in the middle."""
        if self.axis == 0:
            return float(next(cell for cell in cells if not isinstance(cell, EllipsisDots))[-1].get_bottom()[1])
        return float(self.brackets.get_y() - self._digit / 2)

    def _get_rules(self, label: Tex, min_rule: float) -> VGroup:
        """Lines from a name towards both ends of what it names; none where there is no room."""
        gap, along = 0.5 * self._digit, (RIGHT, UP)[self.axis]
        middle = label.get_center() if self.axis else np.array([label.get_x(), label[0].get_y(), 0])
        rules = VGroup()
        for side in (-along, along):
            # Of rows, the brackets' inner faces are the ends; of columns, their tops and bottoms.
            if self.axis == 0:
                bracket = self.brackets[0 if side[0] < 0 else 1]
                end = bracket.get_edge_center(-side)[0] - side[0] * gap
            else:
                end = self.brackets.get_edge_center(side)[1] - side[1] * gap
            start = label.get_edge_center(side)[self.axis] + side[self.axis] * gap
            if (end - start) * side[self.axis] >= min_rule * self._digit:
                ends = [middle.copy(), middle.copy()]
                ends[0][self.axis], ends[1][self.axis] = start, end
                rules.add(Line(*ends))
        return rules

    def _get_place(self, index: int) -> int:
        name = ("row", "column")[self.axis]
        return self.slots.index(true_index(index, self.n_pieces, self.slots, name))

    def get_label(self, index: int) -> Tex:
        """The name of a row or column, by true index (from the end if negative).

        Raises:
            IndexError: out of range, or hidden behind the ellipsis.
        """
        return self.labels[self._get_place(index)]

    def get_piece(self, index: int) -> VGroup:
        """A name together with its rules, by true index."""
        place = self._get_place(index)
        rules = self.rules[sum(slot is not None for slot in self.slots[:place])] if len(self.rules) else VGroup()
        return VGroup(self.labels[place], *rules)

    def get_pieces(self) -> VGroup:
        """Every name together with its rules, in order, without the dots."""
        return VGroup(self.get_piece(index) for index in self.slots if index is not None)


def get_row_matrix(matrix: WeightMatrix, tex: str = "R_{#}", **config: Any) -> NamedPieces:
    """A matrix as its rows, each a name between horizontal rules; `config` as for NamedPieces."""
    return NamedPieces(matrix, tex, 0, **config)


def get_column_matrix(matrix: WeightMatrix, tex: str = "C_{#}", **config: Any) -> NamedPieces:
    """A matrix as its columns, each a name between vertical rules; `config` as for NamedPieces."""
    return NamedPieces(matrix, tex, 1, **config)


def get_named_entries(vector: WeightMatrix, tex: str, **config: Any) -> NamedPieces:
    """A vector as its entries, each a name in the place of its number: R"R_{#} \\cdot E", "n_{#}"."""
    return NamedPieces(vector, tex, 0, with_rules=False, **config)
