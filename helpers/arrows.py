"""Arrows that bring their words along."""

from __future__ import annotations

import numpy as np
from manimlib import OUT, PI, UP, Arrow, Text, VGroup, get_norm, normalize

from custom.palette import MUTED, TEXT
from custom.typography import SMALL


class LabeledArrow(VGroup):
    """An arrow and what it says, as one: whatever moves the arrow moves the words.

    The words stay upright. They stand in the plane of the page, or, with `facing` a side, in the plane that
    faces that side, for a camera that looks along the depth axis from there.

    Parts: `arrow`, `label`.

    Args:
        start, end: points (3,), in frame units.
        label: the words.
        at: where along the arrow the words stand: 0 before its tail, 1 (the default) beyond its tip, anything
            between beside it.
        side: on which side of the arrow words beside it stand, e.g. UP; not used before its tail or beyond
            its tip. Default: to the left of the arrow's direction.
        facing: OUT for words in the plane of the page; RIGHT or LEFT for words turned a quarter about the
            vertical, to be read from that side.
        buff: between arrow and words, in frame units.
        color: of the arrow; `label_color` of the words.

    Raises:
        ValueError: an arrow without length has no direction (the message has the point), or a place `at`
            outside 0 to 1.
    """

    def __init__(
        self,
        start: np.ndarray,
        end: np.ndarray,
        label: str,
        *,
        at: float = 1.0,
        side: np.ndarray | None = None,
        facing: np.ndarray = OUT,
        buff: float = 0.15,
        font_size: float = SMALL,
        thickness: float = 3.0,
        color: str = MUTED,
        label_color: str = TEXT,
    ) -> None:
        start, end = np.array(start, dtype=float), np.array(end, dtype=float)
        if get_norm(end - start) < 1e-6:
            raise ValueError(f"an arrow from {start} to the same point has no direction")
        if not 0 <= at <= 1:
            raise ValueError(f"a label stands between the two ends of its arrow, at 0 to 1, not at {at}")
        along = normalize(end - start)
        self.arrow = Arrow(start, end, buff=0, thickness=thickness, fill_color=color)
        self.label = Text(label, font_size=font_size, fill_color=label_color)
        if not np.allclose(facing, OUT):
            self.label.rotate(PI / 2 * np.sign(facing[0]), UP)
        if at in (0, 1):
            away = along if at else -along
        else:
            away = np.array([-along[1], along[0], 0.0]) if side is None else side
        self.label.next_to(start + at * (end - start), away, buff=buff)
        super().__init__(self.arrow, self.label)
