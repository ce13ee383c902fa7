"""Numbers on their way to a picture: taken in, rounded as a viewer reads them, turned into probabilities."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def as_floats(values: Any, ndim: int | None = None, name: str = "values", finite: bool = True) -> FloatArray:
    """A copy of `values` as finite float64, whatever held them.

    Args:
        values: a number, nested lists, a numpy array or a torch tensor (any dtype or device, with or without
            gradients).
        ndim: the number of dimensions they must have; None accepts any.
        name: what to call them in an error.
        finite: whether a NaN or an infinity is refused.

    Raises:
        ValueError: ragged, not numbers, complex, wrong number of dimensions (the message has the shape), empty,
            or a NaN or infinity (the message has the first bad index).
    """
    try:
        if hasattr(values, "detach"):  # a torch tensor, without importing torch to find out
            values = values.detach().cpu()
            values = values.numpy() if values.is_complex() else values.double().numpy()
        given = np.array(values)
        array = given if np.iscomplexobj(given) else np.array(values, dtype=np.float64)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"{name} must be numbers in a rectangular array: {error}") from error
    if np.iscomplexobj(array):
        raise ValueError(
            f"{name} must be real, but {'this' if array.ndim == 0 else 'these'} of shape {array.shape} "
            f"{'is' if array.ndim == 0 else 'are'} complex: hand over their real part, imaginary part or "
            "magnitude (.real, .imag, .abs())"
        )
    if ndim is not None and array.ndim != ndim:
        raise ValueError(f"{name} must have {ndim} dimension(s), but its shape is {array.shape}")
    if array.size == 0:
        raise ValueError(f"{name} is empty: its shape is {array.shape}")
    if not finite:
        return array
    if array.ndim == 0 and not np.isfinite(array):
        raise ValueError(f"{name} must be finite, not {array}")
    bad = np.argwhere(~np.isfinite(array))
    if len(bad):
        index = tuple(int(i) for i in bad[0])
        raise ValueError(f"{name} must be finite, but entry {index} is {array[index]}")
    return array


def as_float(value: Any, name: str = "a number") -> float:
    """One number, whatever holds it, as a finite float.

    Raises:
        ValueError: several numbers, no number, complex, or not finite.
    """
    if isinstance(value, float) and math.isfinite(value):
        return float(value)
    array = as_floats(value, name=name)
    if array.size != 1:
        raise ValueError(f"{name} must be one number, but its shape is {array.shape}")
    return float(array.reshape(()))


def shown_value(value: float, decimals: int, scientific: bool = False) -> float:
    """`value` as a viewer reads it: rounded to `decimals` places (of m in m·10ᵉ if `scientific`), and never −0.

    Python's `round` agrees with string formatting on every tie; `np.round` does not (0.15 to one place).
    """
    if scientific:
        return float(f"{float(value):.{decimals}e}") + 0.0
    return round(float(value), decimals) + 0.0


def shown_values(values: Any, decimals: int, scientific: bool = False) -> FloatArray:
    """`shown_value` of every entry, in the same shape."""
    array = np.asarray(values, dtype=np.float64)
    rounded = [shown_value(value, decimals, scientific) for value in array.ravel()]
    return np.array(rounded, dtype=np.float64).reshape(array.shape)


ABOUT = "≈"  # stands before a zero that is one only because it was rounded
_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def shown_text(
    value: float, decimals: int, include_sign: bool = False, commas: bool = False, scientific: bool = False
) -> str:
    """The characters that stand for `value`: a true minus sign, and no sign on what rounds to zero.

    Args:
        scientific: as m·10ᵉ, with at most `decimals` places of m: "2·10⁻⁷". Zero is "0" all the same.
    """
    number = shown_value(value, decimals, scientific)
    sign = "−" if number < 0 else "+" if include_sign and number > 0 else ""
    if scientific and number:
        mantissa, _, exponent = f"{abs(number):.{decimals}e}".partition("e")
        mantissa = mantissa.rstrip("0").rstrip(".") if decimals else mantissa
        return f"{sign}{mantissa}·10{str(int(exponent)).translate(_RAISED)}"
    return sign + format(abs(number), f"{',' if commas else ''}.{0 if scientific else decimals}f")


LARGEST = 1e7  # numbers from here on are set as m·10ᵉ where nobody chose otherwise


def get_number_format(values: Any, least: int, most: int = 4, digits: int = 1) -> tuple[int, bool]:
    """Decimals that show the largest of some values: not as nothing, nor as a long row of digits.

    Args:
        values: one number, or an array of them that are shown alike; what is not finite does not count.
        least: decimals to show wherever these are enough.
        most: decimals beyond which numbers are set as m·10ᵉ instead, with one decimal in m.
        digits: of the largest value to show, where `least` decimals show none.

    Returns:
        `num_decimal_places` and `scientific`, as SourcedNumber and WeightMatrix take them.
    """
    sizes = np.abs(values)
    largest = float(np.max(sizes, where=np.isfinite(sizes), initial=0.0))
    if largest >= LARGEST:
        return 1, True
    if largest == 0 or shown_value(largest, least):
        return least, False
    needed = digits - 1 - int(f"{largest:.{digits - 1}e}".partition("e")[2])
    return (needed, False) if needed <= max(most, least) else (1, True)


def softmax(logits: Any, temperature: float = 1.0, axis: int = -1) -> FloatArray:
    """Probabilities that favour the larger logits: exp(z/T) / Σ exp(z/T).

    Args:
        logits: array of any shape, unitless. −inf is allowed (a masked entry, probability 0).
        temperature: T ≥ 0. T = 0 is the limit: all on the largest logit, shared equally between ties.
        axis: the axis along which the result sums to 1.

    Returns:
        Array of the shape of `logits`.

    Raises:
        ValueError: a NaN or +inf logit, nothing but −inf along the axis, or a temperature that is negative
            or NaN.
    """
    if hasattr(logits, "detach"):
        logits = logits.detach().cpu()
        logits = logits.numpy() if logits.is_complex() else logits.double().numpy()
    if np.iscomplexobj(logits):
        raise ValueError("softmax needs real logits, but these are complex")
    z = np.asarray(logits, dtype=np.float64)
    if z.ndim == 0 or z.size == 0:
        raise ValueError(f"softmax needs at least one logit along an axis, but the shape is {z.shape}")
    if np.isnan(z).any() or np.isposinf(z).any():
        raise ValueError("softmax needs logits below infinity, but found NaN or +inf")
    if not temperature >= 0:
        raise ValueError(f"temperature must be 0 or more, not {temperature}")
    top = z.max(axis=axis, keepdims=True)
    if np.isneginf(top).any():
        raise ValueError("softmax needs a logit above −inf in every slice along the axis")
    below = z - top  # shifting all logits changes nothing, and keeps exp from overflowing
    if temperature == 0:
        weights = (below == 0).astype(np.float64)
    elif np.isinf(temperature):
        weights = np.isfinite(below).astype(np.float64)
    else:
        weights = np.exp(below / temperature)
    total: FloatArray = weights.sum(axis=axis, keepdims=True)
    result: FloatArray = weights / total
    return result
