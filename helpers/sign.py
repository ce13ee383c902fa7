"""Signs in space: words and numbers on a plate that stand at a point and face the reader from wherever one looks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from manimlib import CameraFrame, Mobject, Text, VGroup

from custom.palette import PLATE, TEXT
from custom.typography import LABEL
from helpers.plate import Plate


class Sign(VGroup):
    """A sign whose foot is at a point in space. It is fixed in the frame, and follows that point's picture.

    Parts: `plate`, `content`.

    Args:
        content: words, or a mobject.
        frame: the scene's camera frame.
        get_point: where it stands, a point (3,) in space, asked for in every frame.
        lift: from there up to its lower edge, in frame units on screen.
        color: of the plate.
        font_size, text_color: of words.
    """

    def __init__(
        self,
        content: str | Mobject,
        frame: CameraFrame,
        get_point: Callable[[], Any],
        lift: float = 0.0,
        color: str = PLATE,
        font_size: float = LABEL,
        text_color: str = TEXT,
    ) -> None:
        self.content = Text(content, font_size=font_size).set_color(text_color) if isinstance(content, str) else content
        self.plate = Plate(self.content, buff=0.12, color=color, thickness=0.06, corner_radius=0.08)
        super().__init__(self.plate, self.content)
        self.fix_in_frame()

        def follow(sign: Sign) -> None:
            x, y = to_screen(frame, get_point())
            place = np.array([x, y + lift + sign.plate.get_height() / 2, 0])
            sign.shift(place - sign.plate.get_center())

        self.add_updater(follow)
        follow(self)


def to_screen(frame: CameraFrame, point: Any) -> np.ndarray:
    """(2,): where the camera shows a point (3,) in space, in the coordinates of what is fixed in the frame."""
    x, y, z = frame.to_fixed_frame_point(np.array(point, dtype=float))
    nearness = 1 - z * frame.get_scale() / frame.get_focal_distance()
    return np.array([x, y]) / nearness
