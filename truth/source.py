"""Where a number on screen comes from, and what it must therefore be.

A picture keeps, beside each number, a `Source`: a name for the viewer of the source table, and a reference to
the array, tensor or function the number was read from. Whoever checks the picture looks the true value up
there, and need not believe the picture.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

CHOICE: Final = "choice"  # the source of a number that is nobody's result: a starting point, a step size


@dataclass(frozen=True, eq=False)
class Source:
    """The origin of one number, or (while `index` is empty) of a whole array of them.

    Sources add up as values do, so that ManimGL interpolates a number's source together with the number:
    `0.3 * a + 0.7 * b` is a Blend, `0 * a + 1 * b` is `b`.

    Attributes:
        name: what the numbers are, e.g. "W_up".
        index: the number's place in `of`, in true indices.
        of: an array, tensor or nested lists that `index` picks from, looked up whenever the true value is
            asked for; or a function without arguments that returns the number. None: there is only a name.
    """

    name: str
    index: tuple[int, ...] = ()
    of: Any = None

    in_motion = False

    def at(self, *index: int) -> Source:
        """The source of one entry."""
        return replace(self, index=index)

    def true_value(self) -> float | None:
        """The number as it stands where it comes from, at this moment; None if there is only a name."""
        if self.of is None:
            return None
        entry = self.of() if callable(self.of) else self.of
        if not callable(self.of):
            for place in self.index:
                entry = entry[place]
        return float(entry.item() if hasattr(entry, "item") else entry)

    def __str__(self) -> str:
        return f"{self.name}[{', '.join(map(str, self.index))}]" if self.index else self.name

    def __eq__(self, other: object) -> bool:
        """The same name, place and object: arrays are not compared entry by entry."""
        same_name = isinstance(other, Source) and (self.name, self.index) == (other.name, other.index)
        return same_name and self.of is other.of  # type: ignore[attr-defined]

    def __hash__(self) -> int:
        return hash((self.name, self.index, id(self.of)))

    def __deepcopy__(self, memo: object) -> Source:
        return self  # a copied picture still shows the same truth

    # NumPy's scalars would otherwise take a source for an array.
    __array_ufunc__ = None

    def __mul__(self, weight: float) -> Blend:
        return Blend(((float(weight), self),))

    __rmul__ = __mul__


@dataclass(frozen=True)
class Blend:
    """The source of a number on its way from one to another: a weighted sum of sources."""

    parts: tuple[tuple[float, Source], ...]

    in_motion = True
    __array_ufunc__ = None

    def true_value(self) -> float | None:
        """The weighted sum of the true values; None if one of them has only a name."""
        values = [(weight, source.true_value()) for weight, source in self.parts]
        known = [weight * value for weight, value in values if value is not None]
        return sum(known) if len(known) == len(values) else None

    def __str__(self) -> str:
        return " → ".join(str(source) for _, source in self.parts)

    def __mul__(self, weight: float) -> Blend:
        return Blend(tuple((float(weight) * mine, source) for mine, source in self.parts))

    __rmul__ = __mul__

    def __add__(self, other: Blend) -> Source | Blend:
        weights: dict[Source, float] = {}
        for weight, source in (*self.parts, *other.parts):
            weights[source] = weights.get(source, 0.0) + weight
        parts = tuple((weight, source) for source, weight in weights.items() if abs(weight) > 1e-9)
        if len(parts) == 1 and abs(parts[0][0] - 1) < 1e-9:
            return parts[0][1]
        return Blend(parts)


def blend(start: Source | Blend, end: Source | Blend, alpha: float) -> Source | Blend:
    """The source of a number a fraction `alpha` of the way from one to the other."""
    return (1 - alpha) * start + alpha * end


@dataclass(frozen=True)
class Column:
    """One column of a whole, as the source of an array of its own: entry `i` of it is `whole[i, column]`."""

    whole: Source | Passage
    column: int

    def at(self, index: int) -> Source | Blend | None:
        """The source of one entry."""
        return self.whole.at(index, self.column)

    def __str__(self) -> str:
        return f"{self.whole}[:, {self.column}]"


@dataclass(frozen=True, eq=False)
class Passage:
    """The source of an array on its way to another.

    Attributes:
        starts: where each number that is drawn comes from when the way begins, by index.
        end: where all of them arrive.
        progress: how far each entry has come, 0 to 1, in the shape of the array.
    """

    starts: Mapping[tuple[int, ...], Source | Blend | None]
    end: ArraySource | None
    progress: np.ndarray[Any, Any]

    def at(self, *index: int) -> Source | Blend | None:
        """The source of one entry; None if either end has none."""
        start, end = self.starts[index], self.end and self.end.at(*index)
        return blend(start, end, float(self.progress[index])) if start and end else None

    def __str__(self) -> str:
        return str(self.end)


ArraySource = Source | Column | Passage


def get_source(given: Any, of: Any = None) -> Any:
    """The source that a word, a tuple or nothing stands for.

    Args:
        given: a Source, Column or Passage; a name, such as "W_up"; words that make one, such as
            ("h_1", "gradient"); a name and an index, ("W_up", (0, 1)); or None.
        of: what the numbers are read from, used unless `given` knows. An array or tensor is a source even
            if nobody named it; typed lists are not.

    Returns:
        None if there is no telling.
    """
    if isinstance(given, Source) and given.of is None:
        return replace(given, of=of)
    if isinstance(given, Source | Column | Passage):
        return given
    if given is None:
        if not hasattr(of, "shape"):
            return None
        given = f"unnamed {type(of).__name__} {tuple(of.shape)}"
    if isinstance(given, tuple):
        *words, index = given if isinstance(given[-1], tuple) else (*given, ())
        return Source(" ".join(map(str, words)), index, of)
    return Source(str(given), (), of)


def next_source(current: ArraySource | None, values: Any, given: Any = None) -> Any:
    """The source of an array that takes the place of another: of the same name, unless another is given."""
    return get_source(str(current) if given is None and current else given, values)


def entry_source(given: Any, value: Any) -> Source | None:
    """The source of a number shown alone.

    Args:
        given: as for `get_source`.
        value: the number; a 0-d array or a tensor stays the truth, a plain number only has the name given.
    """
    lookup: Callable[[], Any] | None = None
    if isinstance(value, np.ndarray) or hasattr(value, "detach"):
        lookup = value.item
        given = f"unnamed {type(value).__name__}" if given is None else given
    source: Source | None = get_source(given, lookup)
    return source
