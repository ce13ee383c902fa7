"""What a neuron does with the number it gets: the usual functions, elementwise."""

from typing import Any

import numpy as np
from scipy.special import ndtr

from truth.numerics import FloatArray


def relu(z: Any) -> FloatArray:
    """max(z, 0)."""
    rectified: FloatArray = np.maximum(z, 0.0)
    return rectified


def gelu(z: Any) -> FloatArray:
    """z Φ(z), where Φ is the cumulative distribution function of the standard normal distribution.

    Source: Hendrycks, Gimpel 2016, "Gaussian Error Linear Units".
    """
    gated: FloatArray = np.asarray(z, dtype=np.float64) * ndtr(z)
    return gated


def sigmoid(z: FloatArray) -> FloatArray:
    """1 / (1 + exp(−z)), written so that no exponential overflows."""
    half: FloatArray = 0.5 * (1 + np.tanh(0.5 * z))
    return half
