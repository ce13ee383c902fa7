"""Does a source know the true value, now and on the way to another?"""

import copy

import numpy as np
import pytest
import torch

from truth.source import CHOICE, Blend, Column, Passage, Source, blend, entry_source, get_source, next_source

W = np.arange(6.0).reshape(2, 3)


def test_it_looks_its_value_up_whenever_asked():
    array = W.copy()
    source = get_source("W", array).at(1, 2)
    assert (str(source), source.true_value()) == ("W[1, 2]", 5)
    array[1, 2] = -1
    assert source.true_value() == -1


@pytest.mark.parametrize("of", [W, W.astype(np.float32), torch.tensor(W, requires_grad=True), W.tolist()])
def test_whatever_holds_the_values(of):
    assert Source("W", (1, 0), of).true_value() == 3


def test_a_function_is_asked():
    assert Source("slope", of=lambda: torch.tensor(0.25)).true_value() == 0.25


def test_a_name_alone_knows_no_value():
    assert Source(CHOICE).true_value() is None


@pytest.mark.parametrize(
    ("given", "said"),
    [("W", "W"), (("h_1", "gradient"), "h_1 gradient"), (("W", (0, 1)), "W[0, 1]"), (Source("W", (3,)), "W[3]")],
)
def test_ways_to_name_one(given, said):
    assert str(get_source(given)) == said


def test_arrays_are_a_source_even_without_a_name_and_typed_lists_are_not():
    assert str(get_source(None, W)) == "unnamed ndarray (2, 3)"
    assert str(get_source(None, torch.zeros(4))) == "unnamed Tensor (4,)"
    assert get_source(None, [[1.0, 2.0]]) is None
    assert entry_source(None, 0.5) is None
    assert entry_source(None, np.array(0.5)).true_value() == 0.5


def test_the_next_values_keep_the_name_unless_told():
    first = get_source("W", W)
    other = -W
    assert next_source(first, other).of is other
    assert [str(next_source(first, other, given)) for given in (None, "V")] == ["W", "V"]


def test_sources_add_up_as_values_do():
    a, b = Source("W", (0, 1), W), Source("W", (1, 1), W)
    assert blend(a, b, 0) == a
    assert blend(a, b, 1) == b
    assert blend(a, a, 0.3) == a
    half = blend(a, b, 0.25)
    assert half.in_motion and not a.in_motion
    assert half.true_value() == pytest.approx(0.75 * 1 + 0.25 * 4)
    assert str(half) == "W[0, 1] → W[1, 1]"
    assert blend(half, a, 0.5).true_value() == pytest.approx((half.true_value() + 1) / 2)
    assert isinstance(np.float64(0.5) * a + np.float64(0.5) * b, Blend)
    assert blend(a, Source("only a name"), 0.5).true_value() is None


def test_a_column_is_part_of_a_whole():
    assert Column(Source("E", of=W), 2).at(1).true_value() == 5
    assert str(Column(Source("E"), 2)) == "E[:, 2]"


def test_a_passage_blends_entry_by_entry():
    start, end = Source("A", of=W), Source("B", of=10 * W)
    passage = Passage({(0, 1): start.at(0, 1), (1, 1): start.at(1, 1)}, end, np.array([[0, 0.5, 0], [0, 1, 0]]))
    assert passage.at(0, 1).true_value() == pytest.approx(5.5)
    assert passage.at(1, 1) == end.at(1, 1)
    assert Passage({(0,): None}, end, np.ones(1)).at(0) is None


def test_a_copy_refers_to_the_same_truth():
    source = Source("W", (0, 0), W)
    assert copy.deepcopy([source])[0].of is W
