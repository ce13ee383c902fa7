"""Numbers on their way to a picture: taken in, rounded as a viewer reads them, turned into probabilities."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def as_floats(values: Any, ndim: int | None = None, name: str = "values") -> FloatArray:
    """A copy of `values` as finite float64, whatever held them.

    Args:
        values: a number, nested lists, a numpy array or a torch tensor (any dtype or device, with or without
            gradients).
        ndim: the number of dimensions they must have; None accepts any.
        name: what to call them in an error.

    Raises:
        ValueError: ragged, not numbers, wrong number of dimensions (the message has the shape), empty, or a
            NaN or infinity (the message has the first bad index).
    """
    if hasattr(values, "detach"):  # a torch tensor, without importing torch to find out
        values = values.detach().double().cpu().numpy()
    try:
        array = np.array(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be numbers in a rectangular array: {error}") from error
    if ndim is not None and array.ndim != ndim:
        raise ValueError(f"{name} must have {ndim} dimension(s), but its shape is {array.shape}")
    if array.size == 0:
        raise ValueError(f"{name} is empty: its shape is {array.shape}")
    bad = np.argwhere(~np.isfinite(array))
    if len(bad):
        index = tuple(int(i) for i in bad[0])
        raise ValueError(f"{name} must be finite, but entry {index} is {array[index]}")
    return array


def shown_value(value: float, decimals: int) -> float:
    """`value` as a viewer reads it: rounded to `decimals` places, and never −0.

    Python's `round` agrees with string formatting on every tie; `np.round` does not (0.15 to one place).
    """
    return round(float(value), decimals) + 0.0


def shown_values(values: Any, decimals: int) -> FloatArray:
    """`shown_value` of every entry, in the same shape."""
    array = np.asarray(values, dtype=np.float64)
    rounded = [shown_value(value, decimals) for value in array.ravel()]
    return np.array(rounded, dtype=np.float64).reshape(array.shape)


def shown_text(value: float, decimals: int, include_sign: bool = False, commas: bool = False) -> str:
    """The characters that stand for `value`: a true minus sign, and no sign on what rounds to zero."""
    number = shown_value(value, decimals)
    sign = "−" if number < 0 else "+" if include_sign and number > 0 else ""
    return sign + format(abs(number), f"{',' if commas else ''}.{decimals}f")


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
        logits = logits.detach().double().cpu().numpy()
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
