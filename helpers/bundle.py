"""Many vectors from one point, as bodies that move: arrows, the ball they stand in, and the room each has around it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from manimlib import Animation, Group, Mobject, Surface, color_to_rgb

from custom.palette import FOCUS, INPUT, PLATE
from helpers.color import mix_colors
from truth.numerics import FloatArray, as_floats
from truth.packing import line_angles, normalize

NEAR = 1e-3  # from a point to the two beside it that tell a surface's normal


class Shape(Surface):
    """A surface whose points and normals are set from outside; lit, and drawn by depth."""

    def __init__(self, resolution: tuple[int, int], color: str = PLATE) -> None:
        super().__init__(resolution=resolution, color=color, shading=(0.3, 0.15, 0.4))
        self.apply_depth_test()

    def set_shape(self, points: FloatArray, along_u: FloatArray, along_v: FloatArray) -> Shape:
        """Pass through points (nu, nv, 3), with these directions along the surface there, of any length but 0."""
        if points.shape != (*self.resolution, 3):
            raise ValueError(f"points of shape {points.shape} do not fit a surface of resolution {self.resolution}")
        flat = points.reshape(-1, 3)
        self.set_points(flat)
        self.data["du_point"][:] = flat + NEAR * normalize(np.broadcast_to(along_u, points.shape)).reshape(-1, 3)
        self.data["dv_point"][:] = flat + NEAR * normalize(np.broadcast_to(along_v, points.shape)).reshape(-1, 3)
        self.note_changed_data()
        return self

    def paint(self, colors: FloatArray) -> Shape:
        """A colour (n, 3), red, green and blue from 0 to 1, for each of its points."""
        self.data["rgba"][:, :3] = colors
        self.note_changed_data()
        return self


def get_frame(direction: FloatArray) -> FloatArray:
    """(3, 3): two directions across, and the direction itself (unit length), as columns: a right-handed frame."""
    helper = np.eye(3)[int(np.argmin(np.abs(direction)))]
    first = normalize(np.cross(direction, helper))
    return np.stack([first, np.cross(direction, first), direction], axis=1)


class Spike(Shape):
    """An arrow in one surface that can be pointed anew in every frame: shaft and cone.

    Args:
        vector: (3,), from `start` to the tip, in frame units.
        width: of the shaft, in frame units; the cone is 2.6 times as wide, 5.5 times as long, less in a short one.
        color: of all of it.
        start: where it begins.
        blunt: a shaft without a cone.
    """

    around = np.linspace(0, 2 * np.pi, 21)

    def __init__(
        self,
        vector: Any,
        width: float = 0.12,
        color: str = INPUT,
        start: Any = (0, 0, 0),
        blunt: bool = False,
    ) -> None:
        super().__init__((len(self.around), 6), color)
        self.width, self.start, self.blunt = width, np.array(start, dtype=float), blunt
        self.set_vector(vector)

    def set_vector(self, vector: Any, thickness: float = 1.0) -> Spike:
        """Point from the start along (3,); what has no length is a point. The width is multiplied by `thickness`."""
        self.vector = as_floats(vector, ndim=1, name="vector")
        length = float(np.linalg.norm(self.vector))
        frame = get_frame(self.vector / length if length > 1e-9 else np.array([0.0, 0.0, 1.0]))
        width = min(self.width * thickness, length)
        tip = 0.0 if self.blunt else min(5.5 * width, 0.5 * length)
        thin, thick, neck = width / 2, thin_or(width, self.blunt), length - tip
        # Radius and height along the outline, and which way it runs there; a corner has two points.
        outline = [(thin, 0), (thin, neck), (thin, neck), (thick, neck), (thick, neck), (0, length)]
        ways = [(0, 1), (0, 1), (1, 0), (1, 0), (-thick, tip or 1e-9), (-thick, tip or 1e-9)]
        radial = np.cos(self.around)[:, None] * frame[:, 0] + np.sin(self.around)[:, None] * frame[:, 1]
        across = np.cos(self.around)[:, None] * frame[:, 1] - np.sin(self.around)[:, None] * frame[:, 0]
        points = [r * radial + z * frame[:, 2] for r, z in outline]
        along = [r * radial + z * frame[:, 2] for r, z in ways]
        self.set_shape(self.start + np.stack(points, axis=1), across[:, None, :], np.stack(along, axis=1))
        return self


def thin_or(width: float, blunt: bool) -> float:
    """The radius of a cone on a shaft of a width, or of the shaft's end."""
    return width / 2 if blunt else 1.3 * width


class Cap(Shape):
    """A round plate on a ball: all directions within an angle of one.

    Args:
        direction: (3,), the middle.
        angle: from there to the rim, in degrees.
        radius: of the ball; the plate is 2.5 % higher.
        color: of the plate.
    """

    around = np.linspace(0, 2 * np.pi, 61)
    rings = 9
    radii = np.array([1e-3, 0.15, 0.3, 0.45, 0.6, 0.74, 0.86, 0.88, 1])  # of the rings: the last two are the rim

    def __init__(self, direction: Any, angle: float, radius: float = 1.0, color: str = INPUT) -> None:
        super().__init__((len(self.around), self.rings + 2), color)
        self.radius = radius
        self.set_cap(direction, angle)

    def set_cap(self, direction: Any, angle: float) -> Cap:
        """Lie around another direction, as wide as an angle in degrees."""
        self.direction, self.angle = normalize(as_floats(direction, ndim=1, name="direction")), float(angle)
        frame = get_frame(self.direction)
        radial = np.cos(self.around)[:, None] * frame[:, 0] + np.sin(self.around)[:, None] * frame[:, 1]
        across = np.cos(self.around)[:, None] * frame[:, 1] - np.sin(self.around)[:, None] * frame[:, 0]
        angles = np.radians(max(self.angle, 0.05)) * np.append(self.radii, [1, 1])
        heights = self.radius * np.append(np.full(self.rings + 1, 1.025), 0.99)
        out = np.sin(angles)[None, :, None] * radial[:, None] + np.cos(angles)[None, :, None] * frame[:, 2]
        down = np.cos(angles)[None, :, None] * radial[:, None] - np.sin(angles)[None, :, None] * frame[:, 2]
        along = np.concatenate([down[:, : self.rings], -out[:, self.rings :]], axis=1)
        self.set_shape(heights[None, :, None] * out, -across[:, None, :], along)
        return self

    def set_colors(self, inside: str, rim: str) -> Cap:
        """One colour for the plate and another for its rim."""
        is_rim = np.arange(self.rings + 2) >= self.rings - 2
        colors = np.where(is_rim[:, None], color_to_rgb(rim), color_to_rgb(inside))
        self.paint(np.tile(colors, (len(self.around), 1)))
        return self


class Globe(Shape):
    """A lit ball that can be painted by direction.

    `directions` (n, 3) are those of its points, of unit length.

    Args:
        radius: in frame units.
        color: where nothing is painted.
        steps: points from pole to pole; twice as many around.
    """

    def __init__(self, radius: float = 1.0, color: str = PLATE, steps: int = 121) -> None:
        super().__init__((2 * steps - 1, steps), color)
        self.radius, self.ground = radius, color
        turn, tilt = np.meshgrid(
            np.linspace(0, 2 * np.pi, 2 * steps - 1), np.linspace(1e-3, np.pi - 1e-3, steps), indexing="ij"
        )
        out = np.stack([np.sin(tilt) * np.cos(turn), np.cos(tilt), -np.sin(tilt) * np.sin(turn)], axis=-1)
        across = np.stack([-np.sin(turn), 0 * turn, -np.cos(turn)], axis=-1)
        down = np.stack([np.cos(tilt) * np.cos(turn), -np.sin(tilt), -np.cos(tilt) * np.sin(turn)], axis=-1)
        self.directions = out.reshape(-1, 3)
        # Circles of latitude and longitude, 30 degrees apart, so that one sees it turn.
        from_circle = np.abs((np.degrees(np.stack([tilt, turn])) + 15) % 30 - 15)
        from_circle[1] *= np.sin(tilt)
        self.lines = np.clip(1.6 - from_circle.min(axis=0), 0, 1).ravel()
        self.set_shape(radius * out, down, across)
        self.paint_shares(np.zeros(len(self.directions)), color)

    def paint_shares(self, shares: FloatArray, color: str) -> Globe:
        """Mix a colour into the ground, at each point by a share (n,) from 0 to 1."""
        ground, paint = (np.array(color_to_rgb(c)) for c in (self.ground, color))
        ground = ground * (1 - 0.25 * self.lines[:, None])
        self.paint(ground + np.clip(shares, 0, 1)[:, None] * (paint - ground))
        return self


class Arc(Shape):
    """A tube on a ball along the great circle from one direction to another."""

    along, around = np.linspace(0, 1, 31), np.linspace(0, 2 * np.pi, 9)

    def __init__(self, radius: float = 1.0, width: float = 0.09, color: str = FOCUS) -> None:
        super().__init__((len(self.around), len(self.along)), color)
        self.radius, self.width = radius, width

    def set_ends(self, first: Any, second: Any, share: float = 1.0) -> Arc:
        """Run between two directions (3,) that are neither equal nor opposite; only a share of its width."""
        a, b = normalize(as_floats(first)), normalize(as_floats(second))
        side = normalize(b - (a @ b) * a)
        angles = np.arccos(np.clip(a @ b, -1, 1)) * self.along
        out = np.cos(angles)[:, None] * a + np.sin(angles)[:, None] * side
        ahead = np.cos(angles)[:, None] * side - np.sin(angles)[:, None] * a
        pole = np.cross(a, side)
        ring = np.cos(self.around)[:, None, None] * out + np.sin(self.around)[:, None, None] * pole
        turn = np.cos(self.around)[:, None, None] * pole - np.sin(self.around)[:, None, None] * out
        points = self.radius * out + share * self.width / 2 * ring
        self.set_shape(points, turn, np.broadcast_to(-ahead, points.shape))
        return self


class VectorBundle(Group):
    """Any number of vectors from the origin as solid, lit arrows that can be moved together.

    With a ball they stand out of it; with caps each has its room on the ball: half the smallest angle wide, so that the
    two closest touch. The closest pair may be marked, with an arc between the two and the caps' rims; pairs that are
    nearly as close are marked by as much as they are. With tails each is a line: an arrow with a head at both ends.

    A vector of no length is not there yet.

    Parts: `ball` (a Globe, empty without), `caps`, `tails` (empty without), `arrows`, `arcs` (while pairs are marked).

    Args:
        vectors: (n, 2) or (n, 3). A vector of length 1 is `length` long.
        length: in frame units.
        width: of the shafts, in frame units.
        colors: one for all, or one for each.
        ball: its radius in frame units; 0 for none.
        has_caps, has_tails: see above.

    Raises:
        ValueError: vectors of another shape; as many colours as there are not vectors.
    """

    slack = 1.5  # degrees more than the smallest angle at which a pair is not marked any more

    def __init__(
        self,
        vectors: Any,
        *,
        length: float = 3.0,
        width: float = 0.12,
        colors: str | Sequence[str] = INPUT,
        ball: float = 0.0,
        has_caps: bool = False,
        has_tails: bool = False,
    ) -> None:
        given = self._as_vectors(vectors)
        self.colors = [colors] * len(given) if isinstance(colors, str) else list(colors)
        if len(self.colors) != len(given):
            raise ValueError(f"{len(self.colors)} colours do not fit vectors of shape {given.shape}")
        self.length, self.width, self.radius = length, width, ball
        self.marked, self.cap_angle = 0.0, None  # how much of the mark there is; None: half the smallest angle
        self.net = 1.0  # how much of caps and marks there is, while the vectors stay as they are
        self.ball = Globe(ball) if ball else Group()
        self.arrows = Group(Spike(length * v, width, color) for v, color in zip(given, self.colors, strict=True))
        self.tails, self.caps = Group(), Group()
        if has_tails:
            shafts = zip(given, self.colors, strict=True)
            self.tails.add(*(Spike(-length * v, width, color) for v, color in shafts))
        if has_caps and ball:
            sides = (1, -1) if has_tails else (1,)
            self.caps.add(*(Group(Cap(s * v, 1, ball) for s in sides) for v in given))
        self.arcs, self.spare_arcs = Group(), list[Arc]()
        super().__init__(self.ball, self.caps, self.tails, self.arrows, self.arcs)
        self.set_vectors(given)

    @staticmethod
    def _as_vectors(vectors: Any) -> FloatArray:
        given = as_floats(vectors, ndim=2, name="vectors")
        if given.shape[1] not in (2, 3):
            raise ValueError(f"vectors have two or three coordinates, but their shape is {given.shape}")
        return np.pad(given, ((0, 0), (0, 3 - given.shape[1])))

    def set_vectors(self, vectors: Any) -> VectorBundle:
        """Point as other vectors (n, 2) or (n, 3) say.

        Raises:
            ValueError: another number of them (the message has both).
        """
        given = self._as_vectors(vectors)
        if len(given) != len(self.arrows):
            raise ValueError(f"vectors of shape {np.shape(vectors)} do not fit a bundle of {len(self.arrows)} arrows")
        self.vectors = given
        sizes = np.minimum(np.linalg.norm(given, axis=1), 1)
        there = np.flatnonzero(sizes > 0.02)
        angles = np.full((len(given), len(given)), np.inf)
        if len(there) > 1:
            angles[np.ix_(there, there)] = line_angles(given[there])
        angles[np.tril_indices(len(given))] = np.inf
        self.angle = float(angles.min()) if len(there) > 1 else 90.0
        # A newcomer that is still short takes room by as much as it is there, so that nobody's changes at once.
        felt = angles + 90 * (1 - np.outer(sizes, sizes))
        room = min(float(felt.min()), 90.0)
        marks = self.marked * self.net * np.clip(1 - (felt - room) / self.slack, 0, 1)
        each = np.maximum(marks.max(axis=0), marks.max(axis=1)) * sizes
        widest = self.cap_angle if self.cap_angle is not None else room / 2
        for k, (arrow, vector, color) in enumerate(zip(self.arrows, given, self.colors, strict=True)):
            arrow.set_vector(self.length * vector).set_color(color)
            if len(self.tails):
                self.tails[k].set_vector(-self.length * vector).set_color(color)
            if len(self.caps) and k in there:
                for side, cap in zip((1, -1), self.caps[k], strict=False):
                    inside = mix_colors(PLATE, color, 0.7)
                    cap.set_cap(side * vector, widest * sizes[k])
                    cap.set_colors(inside, mix_colors(inside, FOCUS, each[k])).set_opacity(self.net)
        self._draw_arcs(marks * sizes[:, None] * sizes)
        return self

    def _draw_arcs(self, marks: FloatArray) -> None:
        arcs = []
        for first, second in np.argwhere(marks > 0.02):
            a, b = self.vectors[first], self.vectors[second]
            sign = -1 if len(self.tails) and a @ b < 0 else 1
            for side in (1, -1) if len(self.tails) else (1,):
                if len(self.spare_arcs) == len(arcs):
                    radius = 1.03 * self.radius if self.radius else 0.3 * self.length
                    self.spare_arcs.append(Arc(radius, 0.8 * self.width))
                arcs.append(self.spare_arcs[len(arcs)].set_ends(side * a, side * sign * b, marks[first, second]))
        self.arcs.set_submobjects(arcs)

    def set_marked(self, share: float = 1.0) -> VectorBundle:
        """Mark the closest pair and those nearly as close, so much: 0 for not at all."""
        self.marked = float(share)
        return self.set_vectors(self.vectors)

    def set_net(self, share: float = 1.0) -> VectorBundle:
        """Have so much of caps and marks: 0 for none, where they would say of a newcomer what is not so yet."""
        self.net = float(share)
        return self.set_vectors(self.vectors)

    def set_cap_angle(self, degrees: float | None) -> VectorBundle:
        """Make caps so wide, from the middle to the rim; None: half the smallest angle."""
        self.cap_angle = degrees
        return self.set_vectors(self.vectors)

    def get_tip(self, index: int, share: float = 1.0) -> np.ndarray:
        """The point (3,) at the end of an arrow, or a share of the way there."""
        return self.arrows[index].start + share * self.arrows[index].vector


class MoveBundle(Animation):
    """Vectors go along a path.

    Args:
        bundle: what moves.
        path: gives vectors (n, 2 or 3) for a share of the way, 0 to 1, as `truth.packing.Stage.at` does.
    """

    def __init__(self, bundle: VectorBundle, path: Callable[[float], Any], **kwargs: Any) -> None:
        self.path = path
        super().__init__(bundle, **kwargs)

    def create_starting_mobject(self) -> Mobject:
        return self.mobject  # the start is an array of numbers

    def interpolate_mobject(self, alpha: float) -> None:
        self.mobject.set_vectors(self.path(self.rate_func(self.time_spanned_alpha(alpha))))
