"""What is on screen at one moment: writing, shapes and the rest, measured where the camera puts them.

Everything is in frame units on screen (a 16:9 frame is 14.2 x 8), the origin in the middle. What is
transparent, empty or behind the camera is not there at all.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from manimlib.mobject.types.vectorized_mobject import VMobject
from manimlib.scene.scene import Scene

from darkroom.check import geometry as geo
from darkroom.check.geometry import Array, Box
from darkroom.engine import look
from darkroom.engine.look import Lens, Letter, Piece

FAINT = 0.05  # what is more transparent than this is not there
CLEAR = 0.6  # opacity of text that is meant to be read now, rather than dimmed, or on its way in or out
LIT = 30 / 255  # what differs from the background by more than this, in any channel, is lit
OPAQUE = 0.9  # what is less transparent than this hides what lies behind it


@dataclass(eq=False)
class Shape:
    """One piece of the scene as it is seen: a path of vector graphics, or something else with points."""

    piece: Piece
    kind: str  # "path", or "other": surfaces, images, clouds of dots
    points: Array  # (n, 3) in the scene
    seen: Array  # (n, 2) on screen
    box: Box
    flat_box: tuple[float, ...]  # the box in the scene: left, bottom, back, right, top, front
    fill: Array  # (4,) mean colour and opacity
    stroke: Array  # (4,)
    stroke_width: float
    fixed: bool  # in the frame, whatever the camera does
    print: int  # changes when anything about it changes
    fill_at: int = 0  # when it is painted: later is on top
    stroke_at: int = 0

    @property
    def mobject(self) -> Any:
        return self.piece.mobject

    @property
    def key(self) -> int:
        return id(self.piece.mobject)

    @property
    def opacity(self) -> float:
        return float(max(self.fill[3], self.stroke[3]))

    @property
    def letter(self) -> Letter | None:
        return getattr(self.mobject, look.MARK, None)

    @cached_property
    def paths(self) -> list[Array]:
        """The outline as polylines."""
        if len(self.seen) < 3:
            return [self.seen]
        start, handle, end = self.seen[:-2:2], self.seen[1:-1:2], self.seen[2::2]
        flat = self.points
        breaks = (flat[:-2:2] == flat[1:-1:2]).all(axis=1) & (np.abs(flat[1:-1:2] - flat[2::2]) > 1e-4).any(axis=1)
        middle = (start + 2 * handle + end) / 4
        found = []
        first = 0
        for at in [*np.flatnonzero(breaks), len(start)]:
            if at > first:
                along = np.empty((2 * (at - first) + 1, 2))
                along[0:-1:2], along[1::2], along[-1] = start[first:at], middle[first:at], end[at - 1]
                found.append(along)
            first = at + 1
        return found

    @cached_property
    def hull(self) -> Array:
        """The convex hull of its outline."""
        return geo.hull(np.concatenate(self.paths)) if self.paths else np.zeros((0, 2))

    @cached_property
    def solidity(self) -> float:
        """How much of its hull is ink: small for brackets, roots and braces."""
        whole = geo.polygon_area(self.hull)
        return abs(sum(geo.polygon_area(path) for path in self.paths)) / whole if whole > 1e-9 else 1.0

    @property
    def is_closed(self) -> bool:
        """Whether its outline ends where it began: a box, a circle; not a line, not a curve."""
        return len(self.points) > 3 and bool(np.abs(self.points[0] - self.points[-1]).max() < 1e-3)

    def is_a(self, *names: str) -> bool:
        """Whether it, or a group it is in, is of a class of that name."""
        return any(not look.kinds(m).isdisjoint(names) for m in (self.mobject, *self.piece.above))


@dataclass(eq=False)
class Writing:
    """Letters that are read together: one Text, Tex or number, or what a scene shows of one."""

    root: Any  # the mobject that stands for all of it
    above: tuple[Any, ...]
    words: str
    number: bool  # it says a number and nothing else
    font_size: float | None  # of a number, which knows its own
    letters: list[Shape] = field(default_factory=list)

    @property
    def key(self) -> int:
        return id(self.root)

    @property
    def piece(self) -> Piece:
        return Piece(self.root, self.above)

    @cached_property
    def box(self) -> Box:
        return geo.union([letter.box for letter in self.letters])

    @cached_property
    def opacity(self) -> float:
        return float(np.median([letter.opacity for letter in self.letters]))

    @property
    def fixed(self) -> bool:
        return self.letters[0].fixed

    @cached_property
    def flat_box(self) -> tuple[float, ...]:
        boxes = np.array([letter.flat_box for letter in self.letters])
        return (*boxes[:, :3].min(axis=0), *boxes[:, 3:].max(axis=0))

    @cached_property
    def print(self) -> int:
        return hash(tuple(letter.print for letter in self.letters))

    @cached_property
    def line_height(self) -> float:
        """Height of a usual letter, as it lies on screen."""
        return float(np.percentile([min(geo.size(letter.box)) for letter in self.letters], 75)) or 0.1

    @cached_property
    def cap_height(self) -> float | None:
        """Height of a capital letter on screen, in frame units; None if it cannot be told."""
        moved = [m for letter in self._largest if (m := _moved(letter)) is not None]
        if self.font_size is not None:
            scales = [np.linalg.svd(_screen_per_scene(letter))[1].max() for letter in self._largest]
            return self.font_size * CAPITAL * float(np.median(scales))
        sizes = [(mark.words.font_size, m) for mark, m in moved if mark.words.font_size is not None]
        if sizes:
            return float(np.median([size * CAPITAL * np.linalg.svd(m)[1].max() for size, m in sizes if size]))
        return None

    @cached_property
    def clarity(self) -> float:
        """How much better its typeface can be read than Latin Modern Roman of the same font size."""
        marks = [letter.letter for letter in self._largest]
        return min((mark.words.clarity for mark in marks if mark), default=1.0)

    @property
    def _largest(self) -> list[Shape]:
        return sorted(self.letters, key=lambda letter: geo.area(letter.box))[-3:]


@dataclass(eq=False)
class Whole:
    """A group with writing in it, taken as one picture."""

    piece: Piece
    box: Box
    parts: list[Writing]

    @property
    def mobject(self) -> Any:
        return self.piece.mobject

    @property
    def key(self) -> int:
        return id(self.piece.mobject)


CAPITAL = 0.00683  # frame units of capital height per unit of font size: Computer Modern's 6.83 pt at 10 pt


def _moved(letter: Shape) -> tuple[Letter, Array] | None:
    """How a letter has been moved since it was made, as a 2x2 matrix to the screen; None if it was reshaped."""
    mark = letter.letter
    if mark is None:
        return None
    made = mark.points[0]
    if len(made) == len(letter.seen):
        fitted = mark.solve @ letter.seen
        plane = np.column_stack([made[:, :2] - made[:, :2].mean(axis=0), np.ones(len(made))])
        if np.abs(plane @ fitted - letter.seen).max() < 0.05 * max(*geo.size(letter.box), 1e-6):
            return mark, fitted[:2].T
    # More points on the same curves, which a Transform leaves behind: the box tells, if it was not turned.
    before, now = geo.size(geo.box_of(made[:, :2])), geo.size(letter.box)
    if min(*before, *now) > 1e-6 and abs(now[0] / before[0] - now[1] / before[1]) < 0.05 * now[1] / before[1]:
        return mark, np.eye(2) * now[1] / before[1]
    return None


def _screen_per_scene(letter: Shape) -> Array:
    """How lengths in the scene's plane become lengths on screen around a letter."""
    flat = letter.points[:, :2] - letter.points[:, :2].mean(axis=0)
    found, *_ = np.linalg.lstsq(flat, letter.seen - letter.seen.mean(axis=0), rcond=None)
    return np.asarray(found)


@dataclass(eq=False)
class Stage:
    """One moment.

    Attributes: writings, shapes (in the order they are painted; letters are not among them), lens, time,
        background (3,), frame (the box of the screen).
    """

    time: float
    lens: Lens
    background: Array
    frame: Box
    writings: list[Writing]
    shapes: list[Shape]

    @cached_property
    def picture(self) -> int:
        """Changes when anything that can be seen changes."""
        parts = self.leaves
        seen = tuple((part.print, round(part.box[0], 3), round(part.box[1], 3)) for part in parts if self.shows(part))
        return hash((seen, self.lens.key if any(not part.fixed for part in parts) else b""))

    @cached_property
    def things(self) -> "list[Writing | Shape]":
        """All there is."""
        return [*self.shapes, *self.writings]

    @cached_property
    def keys(self) -> dict[int, "Writing | Shape"]:
        return {thing.key: thing for thing in self.things}

    def shows(self, thing: "Shape | Writing") -> bool:
        """Whether some of it is within the frame."""
        return geo.meet(thing.box, self.frame)

    @cached_property
    def _boxes_above(self) -> dict[int, list[Box]]:
        boxes: dict[int, list[Box]] = {}
        for thing in self.things:
            for mobject in thing.piece.above:
                boxes.setdefault(id(mobject), []).append(thing.box)
        return boxes

    @cached_property
    def wholes(self) -> list[Whole]:
        """The groups with writing in them, the larger ones first."""
        found: dict[int, Whole] = {}
        for writing in self.writings:
            for depth, group in enumerate(writing.above):
                if id(group) not in found:
                    found[id(group)] = Whole(Piece(group, writing.above[:depth]), self.box_of(group), [])
                found[id(group)].parts.append(writing)
        return sorted(found.values(), key=lambda whole: (-len(whole.parts), len(whole.piece.above)))

    def box_of(self, group: Any) -> Box:
        """The box round all that is seen of a group. (ManimGL's own boxes are out of date after some animations.)"""
        return geo.union(self._boxes_above[id(group)])

    @property
    def pixels(self) -> float:
        """Of a frame unit on a screen 1080 pixels high (or, upright, wide)."""
        return 1080 / min(geo.size(self.frame))

    @cached_property
    def is_lit(self) -> bool:
        """Whether anything on screen differs from the background."""
        curtains = [c for c in self.covers if c.fill[3] >= OPAQUE and geo.holds(geo.grown(c.box, 0.01), self.frame)]
        last = max((curtain.fill_at for curtain in curtains), default=-1)
        return any(self.shows(part) and self._stands_out(part, last) for part in self.leaves)

    def _stands_out(self, part: Shape, since: int) -> bool:
        """Whether a piece differs from the background, by what is painted of it no sooner than `since`."""
        inks = [ink for ink, at in ((part.fill, part.fill_at), (part.stroke, part.stroke_at)) if at >= since]
        if part.kind == "other":
            return bool(inks) and part.opacity > LIT
        return any(np.abs(mix(self.background, ink) - self.background).max() > LIT for ink in inks)

    @cached_property
    def ticks(self) -> set[int]:
        """Keys of what is written at the ticks of an axis: numbers of a scale, and rows of labels along a line."""
        found = {w.key for w in self.writings if w.number and any(map(is_scale, w.above))}
        labels = [w for w in self.writings if len(w.words) <= 24 and self.shows(w)]
        for line in self.shapes:
            width, height = geo.size(line.box)
            along = 0 if width > height else 1
            if line.kind != "path" or max(width, height) < 1 or min(width, height) > 0.4 or line.opacity < FAINT:
                continue
            for side in (-1, 1):
                row = [label for label in labels if _stands_at(label.box, line.box, along, side)]
                if len(row) >= 3 and (_is_even([geo.center(w.box)[along] for w in row]) or is_scale(line.mobject)):
                    found |= {label.key for label in row}
        return found

    @cached_property
    def leaves(self) -> list[Shape]:
        """All single pieces: shapes and letters."""
        return [*self.shapes, *(letter for writing in self.writings for letter in writing.letters)]

    def clear_near(self, box: Box) -> list[Shape]:
        """The leaves around a box that can well be seen."""
        return near(*self._clear, box)

    @cached_property
    def _clear(self) -> tuple[list[Shape], Array]:
        clear = [leaf for leaf in self.leaves if leaf.opacity > 0.3]
        return clear, boxes_of(clear)

    @cached_property
    def covers(self) -> list[Shape]:
        """Filled areas that are no letters, in the order they are painted."""
        filled = [s for s in self.shapes if s.kind == "path" and s.fill[3] > FAINT and len(s.points) > 3]
        return sorted(filled, key=lambda cover: cover.fill_at)

    def ground(self, box: Box) -> "Ground":
        """The filled areas around a box: what is behind, and what lies over it."""
        return Ground(self.background, near(self.covers, self._cover_boxes, box))

    @cached_property
    def _cover_boxes(self) -> Array:
        return boxes_of(self.covers)


SCALES = ("NumberLine", "CoordinateSystem")


def is_scale(mobject: object) -> bool:
    """Whether it is an axis or a system of axes."""
    return any(kind.__name__ in SCALES for kind in type(mobject).__mro__)


def _stands_at(label: Box, line: Box, along: int, side: int) -> bool:
    """Whether a label stands beside a line (along x: 0, y: 1), below or left of it (-1) or on the other side (1)."""
    across = 1 - along
    middle = (label[along] + label[along + 2]) / 2
    gap = line[across] - label[across + 2] if side < 0 else label[across] - line[across + 2]
    return line[along] - 0.2 <= middle <= line[along + 2] + 0.2 and -0.05 <= gap <= 0.5


def _is_even(places: Sequence[float]) -> bool:
    """Whether places along a line are the same distance apart, or multiples of one."""
    steps = np.diff(np.sort(places))
    shares = steps / max(float(steps.min()), 1e-6)
    return bool(steps.min() > 0.05 and np.abs(shares - np.round(shares)).max() < 0.15)


def boxes_of(shapes: Sequence[Shape]) -> Array:
    """(n, 4) the boxes of some shapes."""
    return np.array([shape.box for shape in shapes]).reshape(-1, 4)


def near(shapes: Sequence[Shape], boxes: Array, box: Box) -> list[Shape]:
    """Those of some shapes, whose boxes (n, 4) are given, that meet a box."""
    left, bottom, right, top = boxes.T
    meet = (left <= box[2]) & (right >= box[0]) & (bottom <= box[3]) & (top >= box[1])
    return [shapes[int(n)] for n in np.flatnonzero(meet)]


@dataclass(frozen=True)
class Ground:
    """The filled areas in some place, in the order they are painted."""

    background: Array
    covers: list[Shape]

    def hidden(self, point: Array, painted: int) -> Shape | None:
        """What lies over a point that was painted at that time, and hides it."""
        for cover in self.covers:
            if cover.fill_at > painted and cover.fill[3] >= OPAQUE and _holds(cover, point):
                return cover
        return None

    def behind(self, point: Array, painted: int) -> Array:
        """(3,) The colour behind a point, as far as it was painted before that time."""
        color = self.background
        for cover in self.covers:
            if cover.fill_at < painted and _holds(cover, point):
                color = mix(color, cover.fill)
        return color

    def over(self, color: Array, point: Array, painted: int) -> Array:
        """(3,) A colour at a point, seen through all that was painted after it."""
        for cover in self.covers:
            if cover.fill_at > painted and _holds(cover, point):
                color = mix(color, cover.fill)
        return color


def _holds(cover: Shape, point: Array) -> bool:
    left, bottom, right, top = cover.box
    return bool(left <= point[0] <= right and bottom <= point[1] <= top) and geo.contains(cover.paths, point)


def mix(below: Array, above: Array) -> Array:
    """(3,) The colour `above` (4,) makes of `below` (3,)."""
    return np.asarray((1 - above[3]) * below + above[3] * above[:3])


class Eye:
    """Sees one stage after another; what has not changed since the last is not measured again."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        width, height = look.frame_shape()
        self.frame: Box = (-width / 2, -height / 2, width / 2, height / 2)
        self._known: dict[int, tuple[bytes, Shape | None, Any]] = {}
        self._writings: dict[int, Writing] = {}

    def look(self, time: float) -> Stage:
        """The stage as it is now."""
        lens = Lens(self.scene)
        on_stage = look.pieces(self.scene)
        order = look.paint_order(self.scene, on_stage)
        known: dict[int, tuple[bytes, Shape | None, Any]] = {}
        shapes = []
        for piece in on_stage:
            mobject = piece.mobject
            uniforms = [v.tobytes() if isinstance(v, np.ndarray) else b"%r" % v for v in mobject.uniforms.values()]
            state = b"".join((look.chosen_data(mobject), *uniforms, lens.key))
            earlier = self._known.get(id(mobject))
            shape = earlier[1] if earlier and earlier[0] == state else _measure(piece, lens, hash(state))
            known[id(mobject)] = state, shape, mobject  # the mobject too, or its id might be given away
            if shape:
                shape.piece = piece
                shape.fill_at, shape.stroke_at = order[id(mobject), "fill"], order[id(mobject), "stroke"]
                shapes.append(shape)
        self._known = known
        writings, rest = _read(shapes)
        # A writing that has not changed keeps what has been measured of it.
        writings = [_unchanged(self._writings.get(writing.key), writing) for writing in writings]
        self._writings = {writing.key: writing for writing in writings}
        return Stage(time, lens, look.background(self.scene), self.frame, writings, rest)


def _unchanged(earlier: Writing | None, now: Writing) -> Writing:
    return earlier if earlier and earlier.letters == now.letters and earlier.words == now.words else now


def _measure(piece: Piece, lens: Lens, state: int) -> Shape | None:
    """A piece as it is seen; None if there is nothing to see."""
    mobject = piece.mobject
    data = mobject.data
    points = data["point"].astype(float)
    if not np.isfinite(points).all():
        return None
    is_path = isinstance(mobject, VMobject)
    width = 0.0
    if is_path:
        fill, stroke = data["fill_rgba"].mean(axis=0), data["stroke_rgba"].mean(axis=0)
        width = float(data["stroke_width"].mean())
        if width <= 0:
            stroke = np.array([*stroke[:3], 0.0])
        if len(points) < 3:
            return None
    else:
        rgba = data["rgba"] if "rgba" in data.dtype.names else None
        opacity = data["opacity"].mean() if "opacity" in data.dtype.names else 1.0
        fill = rgba.mean(axis=0) if rgba is not None else np.array([0.5, 0.5, 0.5, opacity])
        stroke = np.zeros(4)
    if max(fill[3], stroke[3]) < FAINT:
        return None
    fixed = float(mobject.uniforms.get("is_fixed_in_frame", 0.0))
    seen, before = lens.project(points, fixed)
    if not before:
        return None
    box = geo.box_of(seen)
    if max(geo.size(box)) < 1e-3:
        return None
    flat_box = tuple(np.round([*points.min(axis=0), *points.max(axis=0)], 3))
    kind = "path" if is_path else "other"
    return Shape(
        *(piece, kind, points, seen, box, flat_box, fill.astype(float), stroke.astype(float)),
        *(width, fixed > 0.5, state),
    )


def _read(shapes: Iterable[Shape]) -> tuple[list[Writing], list[Shape]]:
    """Sort pieces into writing and the rest."""
    writings: dict[object, Writing] = {}
    rest = []
    for shape in shapes:
        chain = (*shape.piece.above, shape.mobject)
        depths = [n for n in range(len(chain)) if look.is_writing(chain[n])]
        # A digit of a number is a Text too: the whole number is read together. Any other text in a text, such
        # as a number in place of a part of a formula, is read by itself.
        whole = next((n for n in depths if hasattr(chain[n], "num_string")), depths[-1] if depths else None)
        if whole is not None and (shape.letter or hasattr(chain[whole], "num_string")):
            root, above = chain[whole], chain[:whole]
        elif shape.letter:
            group = chain[-2] if len(chain) > 1 else shape.mobject
            root, above = look.home(shape.mobject) or group, shape.piece.above[:-1]
        else:
            rest.append(shape)
            continue
        key = id(root) if look.is_writing(root) else (id(chain[0]), id(shape.letter.words) if shape.letter else 0)
        if key not in writings:
            is_number = hasattr(root, "num_string")
            said = look.written(root) if is_number or not shape.letter else shape.letter.words.string
            said = " ".join(said.split())
            writings[key] = Writing(root, above, said, _is_number(said), root.font_size if is_number else None)
        writings[key].letters.append(shape)
    return list(writings.values()), rest


# What dresses a number in TeX: `25\\%`, `\\$5`, `1{,}000`, `90^{\\circ}`, `3 \\cdot 10^{-4}`.
DRESS = re.compile(r"\\(?:text|mathrm|mathbf|displaystyle|quad|left|right|[,;:! ])|[{}~\s]|\\(?=[%$])")
NAMED = {r"\cdot": "×", r"\times": "×", r"\circ": "°", r"\approx": "≈", r"\pm": "±", r"\ldots": "…", r"\dots": "…"}
NUMBER = re.compile(
    r"[≈~<>]?[-–−+±]?[$€£]?\d[\d.,'’]*(?:[eE][-–−+]?\d+|×10\^?[-–−+]?\d+)?(?:/\d+)?\^?[%°‰…€£]*(?:\.\.\.)?"
    r"|[-–−+±]?\.\d+%?"
)


def _is_number(said: str) -> bool:
    """Whether something says a number and nothing else, in plain text or in TeX."""
    for command, sign in NAMED.items():
        said = said.replace(command, sign)
    return bool(NUMBER.fullmatch(DRESS.sub("", said)))
