"""Numbers taken in, rounded as a viewer reads them, and turned into probabilities."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from truth.numerics import as_float, as_floats, get_number_format, shown_text, shown_value, shown_values, softmax


@pytest.mark.parametrize(
    "values",
    [
        [[1, 2], [3, 4]],
        np.array([[1, 2], [3, 4]], dtype=np.float32),
        torch.tensor([[1, 2], [3, 4]], dtype=torch.bfloat16),
        torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True),
    ],
)
def test_as_floats_takes_whatever_holds_numbers(values):
    array = as_floats(values)
    assert array.dtype == np.float64
    assert array.tolist() == [[1, 2], [3, 4]]


def test_as_floats_is_a_copy():
    tensor = torch.zeros(2, dtype=torch.float64)
    array = as_floats(tensor)
    tensor += 1
    assert array.tolist() == [0, 0]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([[1, 2], [3]], "rectangular"),
        (["a"], "numbers"),
        ([1, 2], r"W must have 2 dimension\(s\), but its shape is \(2,\)"),
        ([[]], r"empty.*\(1, 0\)"),
        ([[1, 2], [3, np.nan]], r"entry \(1, 1\) is nan"),
        ([[1, np.inf], [3, 4]], r"entry \(0, 1\) is inf"),
        ([[1 + 2j]], r"W must be real, but these of shape \(1, 1\) are complex"),
        (np.array([[1j]], dtype=np.complex64), "complex"),
        (torch.tensor([[1 + 0j]]), "complex"),
        (torch.eye(2).to_sparse(), "to_dense"),
    ],
)
def test_as_floats_says_what_is_wrong(values, message):
    with pytest.raises(ValueError, match=message):
        as_floats(values, ndim=2, name="W")


def test_one_number_is_one_real_number():
    assert as_float(torch.tensor([2.5])) == as_float(2.5) == 2.5
    for value in (1j, np.complex64(1), torch.tensor(1 + 2j), [1.0, 2.0], np.nan):
        with pytest.raises(ValueError, match="W must be"):
            as_float(value, name="W")


@pytest.mark.parametrize(
    ("value", "least", "text"),
    [
        *((0.5, 1, "0.5"), (0.04, 1, "0.04"), (-0.004, 2, "−0.004"), (9.6e-5, 1, "0.0001"), (0.0, 2, "0.00")),
        *((1e-6, 2, "1·10⁻⁶"), (2e-7, 2, "2·10⁻⁷"), (-1.26e-13, 1, "−1.3·10⁻¹³"), (9.99e-8, 1, "1·10⁻⁷")),
        *((2.5e9, 1, "2.5·10⁹"), (9999999.0, 0, "9999999")),
    ],
)
def test_a_number_is_set_so_that_it_is_not_nothing(value, least, text):
    decimals, scientific = get_number_format(value, least)
    assert shown_text(value, decimals, scientific=scientific) == text
    assert shown_value(value, decimals, scientific) == pytest.approx(value, rel=0.06)


def test_a_shown_value_is_what_its_text_says():
    assert shown_value(0.15, 1) == 0.1  # np.round would say 0.2, and the text says 0.1
    assert str(shown_value(-0.04, 1)) == "0.0"
    assert shown_values([[0.25, -1.26]], 1).tolist() == [[0.2, -1.3]]


@given(st.floats(-1e6, 1e6), st.integers(0, 4))
def test_text_and_shown_value_agree(value, decimals):
    text = shown_text(value, decimals, include_sign=True, commas=True)
    assert float(text.replace("−", "-").replace(",", "")) == shown_value(value, decimals)
    assert text[0] == {-1: "−", 0: "0", 1: "+"}[int(np.sign(shown_value(value, decimals)))]


@pytest.mark.parametrize("temperature", [0.2, 1.0, 5.0])
@pytest.mark.parametrize("axis", [0, -1])
def test_softmax_is_torchs(temperature, axis):
    logits = np.random.default_rng(0).normal(size=(4, 7)) * 30
    expected = torch.softmax(torch.tensor(logits) / temperature, dim=axis).numpy()
    assert softmax(logits, temperature, axis) == pytest.approx(expected, abs=1e-14)


def test_softmax_at_its_limits():
    assert softmax([1.0, 3.0, 2.0], temperature=0).tolist() == [0, 1, 0]
    assert softmax([3.0, 3.0, 2.0], temperature=0).tolist() == [0.5, 0.5, 0]
    assert softmax([1.0, 9.0], temperature=np.inf).tolist() == [0.5, 0.5]
    assert softmax([1000.0, 0.0]).tolist() == [1, 0]
    assert softmax([0.0, -np.inf]).tolist() == [1, 0]


@pytest.mark.parametrize(
    ("logits", "temperature", "message"),
    [
        ([0.0, np.nan], 1, "NaN"),
        ([0.0, np.inf], 1, "inf"),
        ([[0.0, 1.0], [-np.inf, -np.inf]], 1, "above −inf"),
        ([0.0], -1, "0 or more, not -1"),
        ([0.0], np.nan, "0 or more"),
        (3.0, 1, "axis"),
    ],
)
def test_softmax_refuses(logits, temperature, message):
    with pytest.raises(ValueError, match=message):
        softmax(logits, temperature)
