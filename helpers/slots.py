"""Which of many things are drawn, and where an ellipsis stands for the rest."""

from collections.abc import Sequence

Slots = tuple[int | None, ...]


def get_slots(n: int, shown: int | Sequence[int] | None = None, name: str = "entries") -> Slots:
    """The true index in each drawn place, None where an ellipsis stands for the indices left out.

    Args:
        n: how many there are.
        shown: None draws all. A count draws that many, the ellipsis second to last: get_slots(64, 5) is
            (0, 1, 2, 3, None, 63). A rising list of indices draws those, with an ellipsis in each gap.
        name: what they are called in an error.

    Raises:
        ValueError: a count below 1, or indices that do not rise or lie outside 0 … n − 1.
    """
    if shown is None:
        return tuple(range(n))
    if isinstance(shown, int):
        if shown < 1:
            raise ValueError(f"cannot show {shown} of {n} {name}: show at least 1")
        if shown >= n:
            return tuple(range(n))
        shown = [*range(shown - 1), n - 1] if shown > 1 else [0]
    indices = [int(index) for index in shown]
    if not indices or any(a >= b for a, b in zip([-1, *indices], [*indices, n], strict=True)):
        raise ValueError(f"shown {name} must rise within 0 … {n - 1}, but got {indices}")
    slots: list[int | None] = []
    for previous, index in zip([-1, *indices], [*indices, n], strict=True):
        if index - previous > 1:
            slots.append(None)
        slots.append(index)
    return tuple(slots[:-1])


def shown_indices(slots: Slots) -> list[int]:
    """The true indices that are drawn, in order."""
    return [index for index in slots if index is not None]


def hidden_between(slots: Slots, place: int, n: int) -> range:
    """The true indices that the ellipsis in this place stands for."""
    before = next((index for index in reversed(slots[:place]) if index is not None), -1)
    after = next((index for index in slots[place + 1 :] if index is not None), n)
    return range(before + 1, after)


def true_index(index: int, n: int, slots: Slots, name: str) -> int:
    """`index`, counted from the end if negative, once it is known to be drawn.

    Raises:
        IndexError: outside the true size, or hidden behind an ellipsis; the message says which are drawn.
    """
    if not -n <= index < n:
        raise IndexError(f"no {name} {index}: there are {n}")
    index %= n
    if index not in slots:
        raise IndexError(f"{name} {index} is hidden behind an ellipsis; drawn are {shown_indices(slots)}")
    return index
