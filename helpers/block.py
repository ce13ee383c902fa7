"""Boxes that stand in space: a layer as something solid, seen from wherever the camera is."""

from __future__ import annotations

import numpy as np
from manimlib import DOWN, LEFT, OUT, RIGHT, UP, CameraFrame, Polygon, Text, VGroup, VMobject

from custom.palette import BACKGROUND, SCAFFOLD, TEXT
from custom.typography import HEADING
from helpers.color import mix_colors

# The sides of a box: the way each faces, and how much of the light it gets (0: none, 1: all).
_SIDES = {"back": (-OUT, 0.0), "bottom": (DOWN, 0.0), "left": (LEFT, 0.5), "right": (RIGHT, 0.5)}
_SIDES |= {"top": (UP, 1.0), "front": (OUT, 0.2)}


class Block(VGroup):
    """A box of six flat faces, lit from above and the sides, with room for a title on its front.

    ManimGL paints flat shapes in their order, not by depth. So the faces that look away from the camera come first
    in `faces`: `sort_faces` sees to it, and is to be asked again when the camera goes round a corner, or for
    every frame: `block.add_updater(lambda b: b.sort_faces(self.frame))`. Blocks behind one another need the order
    of the one behind, and of the one in front, by `z_index`.

    Parts: `faces` (also by name: `get_face("front")`), `title` (empty if there is none).

    Args:
        width, height, depth: along x, y and z, in frame units.
        color: of the outline of the front; faces are darker, the front most, so that it can carry a picture.
        opacity: of the faces.
        title: words on the front.
        title_size: their font size, reduced if they would not fit.
        z_index: of all parts.
    """

    def __init__(
        self,
        width: float = 5.0,
        height: float = 3.0,
        depth: float = 1.0,
        *,
        color: str = SCAFFOLD,
        opacity: float = 0.95,
        title: str = "",
        title_size: float = HEADING,
        z_index: int = 0,
    ) -> None:
        self.size = np.array([width, height, depth], dtype=float)
        self.faces = VGroup(self._get_face(side, color, opacity) for side in _SIDES)
        for side, face in zip(_SIDES, self.faces, strict=True):
            setattr(self, f"{side}_face", face)  # by attribute, so that a copy's are its own
        self.title = VGroup()
        super().__init__(self.faces, self.title)
        if title:
            self.title.add(Text(title, font_size=title_size).set_color(TEXT).set_max_width(0.86 * width))
            self.title.move_to(self.get_face("front"))
        for part in self.get_family():
            part.set_z_index(z_index)

    def _get_face(self, side: str, color: str, opacity: float) -> VMobject:
        normal, light = _SIDES[side]
        across = UP if normal[1] == 0 else OUT
        along = np.cross(across, normal)
        corners = [normal - along - across, normal + along - across, normal + along + across, normal - along + across]
        face = Polygon(*(corner * self.size / 2 for corner in corners))
        face.set_fill(mix_colors(BACKGROUND, color, 0.12 + 0.6 * light), opacity)
        return face.set_stroke(color, 2.5 if side == "front" else 0)

    def get_face(self, side: str) -> VMobject:
        """A face by name: back, bottom, left, right, top or front.

        Raises:
            ValueError: another name.
        """
        if side not in _SIDES:
            raise ValueError(f"a block has the faces {', '.join(_SIDES)}, but no {side!r}")
        face: VMobject = getattr(self, f"{side}_face")
        return face

    def sort_faces(self, frame: CameraFrame) -> Block:
        """Bring the faces that look towards the camera to the end, where they are painted over the others."""
        eye = frame.get_implied_camera_location()

        def looks_here(face: VMobject) -> bool:
            return bool(np.dot(face.get_unit_normal(), eye - face.get_center()) > 0)

        order = sorted(self.faces.submobjects, key=looks_here)
        if order != self.faces.submobjects:
            self.faces.set_submobjects(order)
        return self

    def dim(self, share: float = 0.65) -> Block:
        """Bring its colours nearer to the background by a share; it stays as opaque as it was."""
        for part in self.get_family():
            part.set_fill(mix_colors(part.get_fill_color(), BACKGROUND, share), recurse=False)
            part.set_stroke(mix_colors(part.get_stroke_color(), BACKGROUND, share), recurse=False)
        return self
