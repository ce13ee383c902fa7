"""What one draw call is fed: the vertices of a batch, and where on the screen each of its parts can show."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# At a turn the stroke's shader shifts a corner along the line by half the width times
# (cos + mix(-1, 1, miter)) / sin of the turn: the tangent of half the turn while it bevels, up to cos = -0.9,
# after which it fades into a miter. It is never more than this.
LONGEST_SHIFT = 4.4
STROKE_UNIT = 0.01  # STROKE_WIDTH_CONVERSION in the stroke's vertex shader
MARGIN = 1  # pixels, for rounding
NEAREST = 0.01  # of the eye's distance: closer than this a projection says nothing reliable
STROKE_UNIFORMS = {"scale_stroke_with_zoom", "anti_alias_width", "flat_stroke", "joint_type"}

FAMILIES = {  # what our bounds know how to project, by the folder of its shader
    "surface": "flat",
    "textured_surface": "flat",
    "image": "flat",
    "true_dot": "dots",
}


class View(NamedTuple):
    """What turns points into pixels."""

    uniforms: dict[str, Any]  # the camera's
    rotation: Floats  # (3, 3)
    shift: Floats  # (3,)
    width: int
    height: int
    is_canvas_coarse: bool  # fills are drawn on fewer pixels than the screen has: a large scene has a size of its own

    @classmethod
    def of(cls, uniforms: dict[str, Any], size: tuple[int, int], is_canvas_coarse: bool = False) -> "View":
        matrix = np.array(uniforms["view"], dtype=float).reshape(4, 4).T
        return cls(uniforms, matrix[:3, :3], matrix[:3, 3], *size, is_canvas_coarse)

    def rectangles(self, low: Floats, high: Floats, reach: Floats, fixed: float) -> Ints:
        """The pixels that boxes in space can touch.

        Args:
            low, high: (n, 3): opposite corners of the boxes.
            reach: (n,): what is drawn around them, in frame units.
            fixed: the share of "fixed in frame", 0 to 1.

        Returns:
            (n, 4): left, bottom, right, top, the last two exclusive; inside the screen. Where nothing can be
            said (behind the eye, not a number), the whole screen.
        """
        middle, half = (low + high) / 2, (high - low) / 2 + reach[:, None]
        rotation = (1 - fixed) * self.rotation + fixed * np.identity(3)
        middle = middle @ rotation.T + (1 - fixed) * self.shift
        half = half @ np.abs(rotation).T
        x_scale, y_scale, z_scale = self.uniforms["frame_rescale_factors"]
        depth = 1 - middle[:, 2] * z_scale
        slack = half[:, 2] * abs(z_scale)
        near, far = depth - slack, depth + slack
        result = np.empty((len(low), 4))
        for axis, scale, pixels in ((0, x_scale, self.width), (1, y_scale, self.height)):
            start, end = (middle[:, axis] - half[:, axis]) * scale, (middle[:, axis] + half[:, axis]) * scale
            result[:, axis] = (np.minimum(start / near, start / far) + 1) * pixels / 2 - MARGIN
            result[:, axis + 2] = (np.maximum(end / near, end / far) + 1) * pixels / 2 + MARGIN
        whole = (0, 0, self.width, self.height)
        known = (near > NEAREST) & np.isfinite(result).all(axis=1)
        result = np.where(known[:, None], result, whole)
        result[:, :2] = np.floor(result[:, :2])
        result[:, 2:] = np.ceil(result[:, 2:])
        return result.clip(0, (self.width, self.height) * 2).astype(np.int64)


class Reading:
    """Vertices as they were read from a batch of mobjects, in parts: one for each mobject.

    Never changes once made; two draws with the same reading (and uniforms) draw the same.
    """

    def __init__(self, data: Any, starts: Ints, kind: str) -> None:
        self.data = data
        self.starts = starts  # (n,): the first vertex of each part
        self.ends = np.append(starts[1:], len(data))  # (n,): one past its last
        self.kind = kind
        self.previous: Reading | None = None  # the reading before, if it had the same parts
        self.changed: NDArray[np.bool_] | None = None  # (n,): which parts are not as they were then
        if kind == "unknown" or not len(data):
            return
        points = data["point"]
        self.low, self.high = self._reduce(np.minimum, points), self._reduce(np.maximum, points)
        if kind == "curves":
            bases = data["base_normal"][::3]  # where the triangles of a fill start from
            first = starts // 3
            self.low = np.minimum(self.low, np.minimum.reduceat(bases, first)).astype(float)
            self.high = np.maximum(self.high, np.maximum.reduceat(bases, first)).astype(float)
            self.stroke_width = self._widest("stroke_width", "stroke_rgba")
            self.border_width = self._widest("fill_border_width", "fill_rgba")
            self.turn = self._reduce(np.maximum, np.abs(data["joint_angle"][:, 0])).astype(float)
            upright = np.minimum.reduceat(np.abs(data["base_normal"][1::3, 2]), first) > 0.9999
            self.is_flat = upright & (self.low[:, 2] == self.high[:, 2])  # (n,): in a plane z = constant
            self.has_fill = self._reduce(np.maximum, data["fill_rgba"][:, 3] != 0) > 0
        else:
            self.low, self.high = self.low.astype(float), self.high.astype(float)
            if kind == "dots":
                self.radius = self._reduce(np.maximum, np.abs(data["radius"][:, 0])).astype(float)

    def after(self, previous: "Reading | None") -> "Reading":
        """This reading, or the previous one if nothing is different; else told what is."""
        if previous is None or previous.kind != self.kind or previous.data.dtype != self.data.dtype:
            return self
        if len(previous.data) != len(self.data) or not np.array_equal(previous.starts, self.starts):
            return self
        if not len(self.data):
            return previous
        size = self.data.dtype.itemsize
        rows = (previous.data.view(f"V{size}") != self.data.view(f"V{size}")).reshape(-1)
        if not rows.any():
            return previous
        previous.previous = None  # a chain of one link
        self.previous, self.changed = previous, self._reduce(np.maximum, rows)
        return self

    def corners(self, eye: Floats | None) -> Floats:
        """(n,): how far from the line a stroke of half width 1 can reach in each part.

        Args:
            eye: where the strokes turn to; None if they lie flat. What is seen at an angle of cosine c turns
                up to 1 / c times as sharply, in terms of the tangent of half the turn.
        """
        shift = np.tan(np.minimum(self.turn, 3.0) / 2)
        if eye is not None:
            away = np.maximum(np.abs(eye - self.low), np.abs(eye - self.high))
            away[:, 2] = np.abs(eye[2] - self.low[:, 2])
            with np.errstate(divide="ignore", invalid="ignore"):
                shift = shift * np.sqrt((away**2).sum(axis=1)) / away[:, 2]
            shift = np.where(self.is_flat & np.isfinite(shift), shift, LONGEST_SHIFT)
        return np.asarray(1.05 * np.sqrt(1 + np.minimum(shift, LONGEST_SHIFT) ** 2))

    def _reduce(self, function: Any, values: Any) -> Any:
        return function.reduceat(values, self.starts)

    def _widest(self, width: str, color: str) -> Floats:
        """(n,): the largest width in each part, 0 where the part is wholly transparent."""
        seen = self._reduce(np.maximum, self.data[color][:, 3] != 0) > 0
        widest = self._reduce(np.maximum, np.abs(self.data[width][:, 0])).astype(float)
        return np.where(seen, widest, 0.0)


class Rectangles(NamedTuple):
    """Where the parts of a reading can show: (n, 4) each, empty (right <= left) for what is not drawn."""

    fill: Ints
    stroke: Ints
    both: Ints

    @classmethod
    def of(cls, reading: Reading, uniforms: dict[str, Any], view: View) -> "Rectangles":
        """Project a reading's parts, drawn with a mobject's uniforms."""
        n = len(reading.starts)  # may be 0: a single point, which no curve can be made of
        whole = np.tile(np.array([0, 0, view.width, view.height]), (n, 1))
        fixed = uniforms.get("is_fixed_in_frame")
        if not n or reading.kind == "unknown" or not isinstance(fixed, (int, float)):
            return cls(whole, whole, whole)
        if reading.kind == "curves" and not uniforms.keys() >= STROKE_UNIFORMS:  # somebody has removed one
            return cls(whole, whole, whole)
        if reading.kind != "curves":
            reach = reading.radius * 1.5 if reading.kind == "dots" else np.zeros(n)
            both = view.rectangles(reading.low, reading.high, reach, fixed)
            return cls(both, both, both)
        fill, stroke = np.zeros((n, 4), np.int64), np.zeros((n, 4), np.int64)
        zoom = view.uniforms["frame_scale"]
        zoom += (1 - zoom) * uniforms["scale_stroke_with_zoom"]
        blur = max(uniforms["anti_alias_width"] * view.uniforms["pixel_size"], 1e-8)
        turns = not (fixed or uniforms["flat_stroke"])
        corners = reading.corners(np.array(view.uniforms["camera_position"], dtype=float) if turns else None)
        sharp = uniforms["joint_type"] > 1  # bevels and miters of any length
        for rectangles, seen, width in (
            (fill, reading.has_fill, reading.border_width),
            (stroke, reading.stroke_width != 0, reading.stroke_width),
        ):
            if not seen.any():
                continue
            reach = corners[seen] * 0.5 * (width[seen] * STROKE_UNIT * zoom + blur)
            found = view.rectangles(reading.low[seen], reading.high[seen], reach, fixed)
            if sharp:
                found = np.where((width[seen] != 0)[:, None], whole[seen], found)
            rectangles[seen] = found
        if view.is_canvas_coarse:  # fills show around the pixels they cover, and over the edge on the other side
            fill[reading.has_fill] = whole[reading.has_fill]
        return cls(fill, stroke, _around(fill, stroke))


def _around(a: Ints, b: Ints) -> Ints:
    """The smallest rectangles around pairs of rectangles, of which some are empty."""
    joined = np.column_stack([np.minimum(a[:, :2], b[:, :2]), np.maximum(a[:, 2:], b[:, 2:])])
    no_a, no_b = (a[:, 2] <= a[:, 0])[:, None], (b[:, 2] <= b[:, 0])[:, None]
    return np.where(no_a, b, np.where(no_b, a, joined))


class Box(NamedTuple):
    """A rectangle of pixels: left, bottom, right, top (exclusive)."""

    left: int
    bottom: int
    right: int
    top: int

    @classmethod
    def around(cls, rectangles: Ints) -> "Box":
        """The smallest box around all that are not empty."""
        seen = rectangles[rectangles[:, 2] > rectangles[:, 0]]
        if not len(seen):
            return EMPTY
        (left, bottom), (right, top) = seen[:, :2].min(axis=0), seen[:, 2:].max(axis=0)
        return cls(int(left), int(bottom), int(right), int(top))

    @property
    def is_empty(self) -> bool:
        return self.right <= self.left or self.top <= self.bottom

    @property
    def area(self) -> int:
        return 0 if self.is_empty else (self.right - self.left) * (self.top - self.bottom)

    @property
    def viewport(self) -> tuple[int, int, int, int]:
        """Left, bottom, width, height, as OpenGL wants it."""
        return self.left, self.bottom, self.right - self.left, self.top - self.bottom

    def joined(self, other: "Box") -> "Box":
        if self.is_empty or other.is_empty:
            return other if self.is_empty else self
        return Box(
            min(self.left, other.left),
            min(self.bottom, other.bottom),
            max(self.right, other.right),
            max(self.top, other.top),
        )

    def within(self, other: "Box") -> "Box":
        return Box(
            max(self.left, other.left),
            max(self.bottom, other.bottom),
            min(self.right, other.right),
            min(self.top, other.top),
        )

    def touches(self, rectangles: Ints) -> NDArray[np.bool_]:
        """(n,): which rectangles share a pixel with this box."""
        return np.asarray(
            (rectangles[:, 0] < self.right)
            & (rectangles[:, 2] > self.left)
            & (rectangles[:, 1] < self.top)
            & (rectangles[:, 3] > self.bottom)
            & (rectangles[:, 2] > rectangles[:, 0])
        )


EMPTY = Box(0, 0, 0, 0)


def tiles(rectangles: Ints, box: Box, size: int) -> list[Box]:
    """Boxes that do not overlap and together cover what `rectangles` cover of `box`, on a grid of `size` pixels."""
    seen = rectangles[box.touches(rectangles)].clip((box.left, box.bottom) * 2, (box.right, box.top) * 2)
    seen = seen - np.array((box.left, box.bottom) * 2)
    low, high = seen[:, :2] // size, -(-seen[:, 2:] // size)
    columns, rows = -(-(box.right - box.left) // size), -(-(box.top - box.bottom) // size)
    edges = np.zeros((rows + 1, columns + 1), np.int64)
    for x, y, sign in ((low, low, 1), (high, high, 1), (low, high, -1), (high, low, -1)):
        np.add.at(edges, (y[:, 1], x[:, 0]), sign)
    covered = edges.cumsum(axis=0).cumsum(axis=1)[:rows, :columns] > 0
    found: list[Box] = []
    above: dict[tuple[int, int], int] = {}  # the runs of the row before, and where they began
    for row in range(rows + 1):
        here: dict[tuple[int, int], int] = {}
        if row < rows:
            steps = np.flatnonzero(np.diff(np.concatenate([[0], covered[row].astype(int), [0]])))
            for run in zip(steps[::2].tolist(), steps[1::2].tolist(), strict=True):
                here[run] = above.pop(run, row)
        for (start, end), bottom in above.items():
            tile = Box(start * size, bottom * size, end * size, row * size)
            shifted = Box(*(edge + offset for edge, offset in zip(tile, (box.left, box.bottom) * 2, strict=True)))
            found.append(shifted.within(box))
        above = here
    return found
