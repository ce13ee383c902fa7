"""Vectors a network works on: one column of numbers, or one for every token."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from manimlib import RIGHT, Animation, Text, VGroup, VMobject, override_animate

from custom.palette import MAGNITUDE_RAMP, MUTED
from helpers.color import Ramp
from helpers.matrix import (
    AnimateEntriesTo,
    EllipsisDots,
    Shown,
    WeightMatrix,
    fitting_count,
    for_text,
    get_brackets,
    get_room,
)
from helpers.number import SourcedNumber, digit_height
from helpers.slots import get_slots, true_index
from truth.numerics import FloatArray, as_floats
from truth.source import Blend, Column, Source, get_source, next_source


class NumericEmbedding(WeightMatrix):
    """A column of numbers, grey to white by magnitude.

    Parts: as a WeightMatrix of one column; a number's `source` refers to its entry of `values`.

    Args:
        values: (n_entries,): a torch tensor, a numpy array or a list.
        shown_entries: as WeightMatrix's `shown_rows`: None for as many as fit, a count n for "n + ⋮", or true indices.
        ramp: two colours, for small and for large magnitudes.
        config: anything else WeightMatrix takes.

    Raises:
        ValueError: values that are not one-dimensional, or not finite.
    """

    def __init__(
        self,
        values: Any,
        *,
        shown_entries: Shown = None,
        ramp: Ramp = MAGNITUDE_RAMP,
        **config: Any,
    ) -> None:
        colors = {"positive": ramp, "negative": ramp, "neutral": for_text(ramp)[0]}
        super().__init__(values, shown_rows=shown_entries, **(colors | config))

    def _as_grid(self, values: Any) -> FloatArray:
        return as_floats(values, ndim=1, name="values of an embedding")[:, None]

    def _get_source(self, row: int, column: int) -> Source | Blend | None:
        return self.source and self.source.at(row)

    def get_numbers_by_index(self) -> list[tuple[tuple[int, ...], SourcedNumber]]:
        """Every number drawn, with its index into `values`."""
        return [((row,), number) for (row, _), number in self._get_numbers()]

    @property
    def values(self) -> FloatArray:
        """A copy of all values, hidden ones included: (n_entries,)."""
        return self._get_grid()[:, 0]

    def get_entry(self, row: int, column: int = 0) -> VMobject:
        """The number at a true index (from the end if negative).

        Raises:
            IndexError: out of range, or hidden behind the ellipsis.
        """
        return super().get_entry(row, column)


class EmbeddingArray(VGroup):
    """One embedding for every token, side by side between two large brackets.

    Parts: `columns` (a NumericEmbedding for each token shown, ellipsis dots for those left out),
    `brackets` (left, right), `labels` (a word above each token shown; empty without `tokens`).
    A number's `source` refers to its (entry, token) of `values`, in true indices.

    Args:
        values: (n_entries, n_tokens), one column for each token.
        tokens: n_tokens words to write above the columns.
        source: the name of what the values are, e.g. "E"; kept as a Source that refers to `values`.
        shown_entries, shown_tokens: None for all, or as many as fit a frame; a count n for "n + ⋮"; or true indices.
        max_value: the magnitude that is white. Default: the largest among `values`.
        height: of brackets and columns, without labels, in frame units.
        buff: between columns, in digit heights.
        config: anything else NumericEmbedding takes.

    Raises:
        ValueError: values that are not (n_entries, n_tokens) or not finite; as many tokens as columns.
    """

    def __init__(
        self,
        values: Any,
        tokens: Sequence[str] | None = None,
        *,
        source: Any = None,
        shown_entries: Shown = None,
        shown_tokens: Shown = None,
        max_value: float | None = None,
        font_size: float = 24,
        height: float | None = None,
        buff: float = 1.2,
        **config: Any,
    ) -> None:
        super().__init__()
        grid = as_floats(values, ndim=2, name="values of an embedding array")
        n_tokens = grid.shape[1]
        if tokens is not None and len(tokens) != n_tokens:
            raise ValueError(f"{len(tokens)} token(s) do not fit values of shape {grid.shape}")
        self._all_values = grid
        self.source = get_source(source, values)
        self.max_value = float(max_value or np.abs(grid).max() or 1.0)
        digit = digit_height(font_size)
        if shown_entries is None:
            v_gap = config.get("v_buff", 0.9) * digit
            room = (height or get_room()[1]) - (0 if tokens is None or height else 0.8)
            shown_entries = fitting_count(len(grid), digit, v_gap, 2.8 * digit, room, digit if height else None)
        config = {"shown_entries": shown_entries, "max_value": self.max_value, "font_size": font_size} | config
        if shown_tokens is None:
            column = NumericEmbedding(grid[:, 0], **config)
            room = get_room()[0] / (height / (column.get_height() + 1.6 * digit) if height else 1)
            shown_tokens = fitting_count(n_tokens, column.get_width(), buff * digit, 2.5 * digit, room)
        self.token_slots = get_slots(n_tokens, shown_tokens, "tokens")
        self.columns = VGroup(
            EllipsisDots(RIGHT, radius=0.14 * digit)
            if token is None
            else NumericEmbedding(
                grid[:, token],
                source=self._get_column_source(token),
                **config,
            )
            for token in self.token_slots
        )
        self.columns.arrange(RIGHT, buff=buff * digit)
        self.brackets = get_brackets(self.columns, 0.8 * digit, 0.14 * digit)
        self.labels = VGroup()
        self.add(self.columns, self.brackets, self.labels)
        self.center()
        if height is not None:
            self.set_height(height)
        if tokens is not None:
            self._add_labels([str(token) for token in tokens])

    def _add_labels(self, tokens: list[str]) -> None:
        """Words on one baseline above the columns, all of one size, small enough for the widest to fit."""
        shown = [token for token in self.token_slots if token is not None]
        columns = [self.get_column(token) for token in shown]
        # A last letter of its own, taken off again, tells where each word's baseline runs.
        texts = [Text(f"{tokens[token]} x", font_size=30, fill_color=MUTED) for token in shown]
        words = [VGroup(*text[:-1]) for text in texts]
        pitch = columns[1].get_x() - columns[0].get_x() if len(columns) > 1 else np.inf
        scale = min(1.0, *(0.9 * pitch / word.get_width() for word in words))
        baseline = self.brackets.get_top()[1] + 0.35
        for text, word, column in zip(texts, words, columns, strict=True):
            text.scale(scale)
            word.shift((column.get_x() - word.get_x(), baseline - text[-1].get_bottom()[1], 0))
        self.labels.add(*words)

    @property
    def shape(self) -> tuple[int, int]:
        """The true size: (n_entries, n_tokens)."""
        return self._all_values.shape

    @property
    def num_decimal_places(self) -> int:
        return self.get_column(next(t for t in self.token_slots if t is not None)).num_decimal_places

    @property
    def values(self) -> FloatArray:
        """A copy of all values, hidden ones included: (n_entries, n_tokens)."""
        values = self._all_values.copy()
        for token, column in zip(self.token_slots, self.columns, strict=True):
            if token is not None:
                values[:, token] = column.values
        return values

    def get_column(self, token: int) -> NumericEmbedding:
        """The embedding of a token, by true index (from the end if negative).

        Raises:
            IndexError: out of range, or hidden behind an ellipsis.
        """
        index = true_index(token, self.shape[1], self.token_slots, "token")
        return self.columns[self.token_slots.index(index)]

    def get_embeddings(self) -> VGroup:
        """The columns of numbers, without dots."""
        return VGroup(*(column for column in self.columns if isinstance(column, NumericEmbedding)))

    def get_numbers_by_index(self) -> list[tuple[tuple[int, ...], SourcedNumber]]:
        """Every number drawn, with its index into `values`."""
        shown = [(token, self.get_column(token)) for token in self.token_slots if token is not None]
        return [((*row, token), number) for token, column in shown for row, number in column.get_numbers_by_index()]

    def _get_column_source(self, token: int) -> Column | None:
        return self.source and Column(self.source, token)

    def set_values(self, values: Any, source: Any = None) -> EmbeddingArray:
        """Show other values of the same shape.

        Args:
            values: as when it was made.
            source: the name of what they are, if it is another one.

        Raises:
            ValueError: values of another shape (the message has both), or not finite.
        """
        grid = as_floats(values, ndim=2, name="values of an embedding array")
        if grid.shape != self.shape:
            raise ValueError(f"values of shape {grid.shape} do not fit an array of shape {self.shape}")
        self._all_values, self.source = grid, next_source(self.source, values, source)
        for token, column in zip(self.token_slots, self.columns, strict=True):
            if token is not None:
                column.set_values(grid[:, token], self._get_column_source(token))
        return self

    @override_animate(set_values)
    def _animate_set_values(self, values: Any, source: Any = None, **kwargs: Any) -> Animation:
        return AnimateEntriesTo(self, values, source, **kwargs)

    def become(self, mobject: VMobject, match_updaters: bool = False) -> EmbeddingArray:
        """As for every mobject, and values of hidden tokens come along."""
        super().become(mobject, match_updaters)
        if isinstance(mobject, EmbeddingArray) and mobject.shape == self.shape:
            self._all_values, self.source = mobject._all_values.copy(), mobject.source
        return self

    def interpolate(self, mobject1: VMobject, mobject2: VMobject, alpha: float, *args: Any) -> EmbeddingArray:
        """As for every mobject, and values of hidden tokens come along."""
        super().interpolate(mobject1, mobject2, alpha, *args)
        shapes = [getattr(mobject, "shape", None) for mobject in (self, mobject1, mobject2)]
        if shapes[0] == shapes[1] == shapes[2]:
            self._all_values = (1 - alpha) * mobject1._all_values + alpha * mobject2._all_values
        return self

    def get_entry_order(self) -> np.ndarray:
        """Each value's turn in a lagged animation: column by column, hidden columns with the one before."""
        order = np.zeros(self.shape, dtype=int)
        start, turns = np.zeros(self.shape[0], dtype=int), 0
        shown = dict(zip(self.token_slots, self.columns, strict=True))
        for token in range(self.shape[1]):
            if token in shown:
                start = turns + shown[token].get_entry_order()[:, 0]
                turns = int(start.max()) + 1
            order[:, token] = start
        return order
