"""The toy block's matrices and vectors on tiles, with rows as far apart as a scene needs."""

from manim_imports_ext import *


def get_tiled(values, source, rows, columns=None, *, pitch, font_size, h_buff):
    """A matrix on tiles, or a vector if there are no columns.

    Args:
        rows, columns: true indices of what is shown.
        pitch: between rows, in frame units.
        h_buff: between columns, in digit heights.
    """
    config = {
        "max_value": 1.5,
        "font_size": font_size,
        "h_buff": h_buff,
        "v_buff": pitch / digit_height(font_size) - 1,
        "has_tiles": True,
        "positive": POSITIVE_RAMP,
        "negative": NEGATIVE_RAMP,
    }
    if columns is None:
        return NumericEmbedding(values, source=source, shown_entries=rows, **config)
    return WeightMatrix(values, source=source, shown_rows=rows, shown_columns=columns, **config)
