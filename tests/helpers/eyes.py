"""What other eyes make of a picture: colour-blind ones, and a grey print."""

from collections.abc import Callable

import numpy as np

# Colours as light (linear sRGB) to what a dichromat sees of them.
# Source: Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision
# Deficiency", 2009, severity 1.0.
MACHADO = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}
LUMINANCE = [0.2126, 0.7152, 0.0722]

# Linear sRGB to OKLab, not taken from `helpers.color`: a yardstick is not made of what it measures.
# Source: Björn Ottosson, "A perceptual color space for image processing", 2020.
_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def linear(srgb: np.ndarray) -> np.ndarray:
    """sRGB in [0, 1] as amounts of light."""
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def oklab(light: np.ndarray) -> np.ndarray:
    """(..., 3) linear sRGB to OKLab, where distances are about as large as they look."""
    return np.cbrt(np.clip(light, 0, 1) @ _TO_LMS.T) @ _TO_LAB.T


def _dichromat(matrix: list[list[float]]) -> Callable[[np.ndarray], np.ndarray]:
    return lambda srgb: oklab(linear(srgb) @ np.array(matrix).T)


EYES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "usual": lambda srgb: oklab(linear(srgb)),
    **{name: _dichromat(matrix) for name, matrix in MACHADO.items()},
    "grey": lambda srgb: oklab(np.repeat(linear(srgb) @ np.array(LUMINANCE)[:, None], 3, axis=-1)),
}


def distance(first: np.ndarray, second: np.ndarray, eye: str) -> float:
    """How far two sRGB colours (3,) in [0, 1] are apart in OKLab, seen by an eye. Black to white is 1."""
    see = EYES[eye]
    return float(np.linalg.norm(see(first) - see(second)))
