"""What things stand on: a plate behind a matrix, a formula, a plot."""

from __future__ import annotations

import numpy as np
from manimlib import OUT, Mobject, RoundedRectangle, VGroup

from custom.palette import BACKGROUND, PLATE, TEXT
from helpers.color import mix_colors


class Plate(VGroup):
    """A solid plate behind a mobject, lit from above: its face is flat, a darker side shows below it.

    It is painted in order, as flat things are: add it before what stands on it.

    Parts: `side`, `face`.

    Args:
        mobject: what is to stand on it. It stays where it is and is no part of this.
        buff: from the mobject to the edge, in frame units.
        color: of the face.
        thickness: how far the side shows below the face, in frame units.
        corner_radius: of the face, in frame units.
    """

    def __init__(
        self,
        mobject: Mobject,
        buff: float = 0.25,
        *,
        color: str = PLATE,
        thickness: float = 0.09,
        corner_radius: float = 0.12,
    ) -> None:
        width, height = mobject.get_width() + 2 * buff, mobject.get_height() + 2 * buff
        self.face = RoundedRectangle(width, height, corner_radius=corner_radius)
        self.face.set_fill(color, 1).set_stroke(mix_colors(color, TEXT, 0.18), 1.5)
        self.side = self.face.copy().set_fill(mix_colors(color, BACKGROUND, 0.55), 1).set_stroke(width=0)
        self.side.shift(thickness * np.array([0, -1, 0]) - 0.01 * OUT)
        super().__init__(self.side, self.face)
        self.shift(mobject.get_center() - self.face.get_center())
