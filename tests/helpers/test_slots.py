"""Which indices are drawn, and where an ellipsis stands."""

import pytest

from helpers.slots import get_slots, hidden_between, true_index


@pytest.mark.parametrize(
    ("n", "shown", "slots"),
    [
        (3, None, (0, 1, 2)),
        (3, 3, (0, 1, 2)),
        (3, 9, (0, 1, 2)),
        (64, 5, (0, 1, 2, 3, None, 63)),
        (64, 1, (0, None)),
        (64, 2, (0, None, 63)),
        (10, [0, 1, 4, 9], (0, 1, None, 4, None, 9)),
        (10, (3, 4), (None, 3, 4, None)),
    ],
)
def test_slots(n, shown, slots):
    assert get_slots(n, shown) == slots


@pytest.mark.parametrize("shown", [0, -2, [], [1, 1], [2, 1], [0, 10], [-1, 3]])
def test_slots_refuse(shown):
    with pytest.raises(ValueError, match="rows"):
        get_slots(10, shown, "rows")


def test_every_index_is_shown_or_hidden_exactly_once():
    slots = get_slots(20, [2, 3, 7, 12])
    behind = [i for place, slot in enumerate(slots) if slot is None for i in hidden_between(slots, place, 20)]
    assert sorted([*behind, 2, 3, 7, 12]) == list(range(20))


def test_true_index():
    slots = get_slots(64, 3)
    assert true_index(-1, 64, slots, "row") == 63
    with pytest.raises(IndexError, match=r"row 5 is hidden .* \[0, 1, 63\]"):
        true_index(5, 64, slots, "row")
    with pytest.raises(IndexError, match="no row 64: there are 64"):
        true_index(64, 64, slots, "row")
