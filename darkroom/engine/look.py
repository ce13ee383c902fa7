"""What ManimGL is about to draw, piece by piece and in its order, without drawing it.

Import this only after `engine.load()`, in a process that is there to look: it marks the letters of every Tex
and Text made from then on.
"""

import inspect
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property, wraps
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import numpy.typing as npt
from manimlib.animation.animation import Animation
from manimlib.animation.composition import AnimationGroup
from manimlib.animation.transform import ReplacementTransform, Transform, TransformFromCopy
from manimlib.animation.transform_matching_parts import TransformMatchingParts
from manimlib.config import manim_config
from manimlib.mobject.mobject import Mobject
from manimlib.mobject.numbers import DecimalNumber
from manimlib.mobject.svg.brace import Brace
from manimlib.mobject.svg.string_mobject import StringMobject
from manimlib.mobject.svg.tex_mobject import Tex
from manimlib.mobject.svg.text_mobject import MarkupText, Text
from manimlib.mobject.types.vectorized_mobject import VMobject
from manimlib.scene.scene import Scene

Array = npt.NDArray[np.float64]

MARK = "_darkroom_letter"
# Columns of a VMobject's data that an author decides on.
CHOSEN = np.concatenate(
    [
        np.arange(offset // 4, (offset + kind.itemsize) // 4)
        for name, (kind, offset) in VMobject.data_dtype.fields.items()
        if name not in ("joint_angle", "base_normal")
    ]
)
# Tex that only spans something: delimiters, empty arrays, space.
SCAFFOLD = re.compile(
    r"\\(left|right|[bB]igg?[lr]?)\b|\\(begin|end)\{\w+\*?\}(\{\w*\})?|\\(q?quad|[,;!\\{}])|[][(){}|.\s]"
)
# What every scene has, and calls by names that tell nothing.
STOCK_ATTRIBUTES = {
    *("mobjects", "render_groups", "id_to_mobject_map", "undo_stack", "redo_stack", "camera"),
    *("selection", "selection_search_set", "unselectables"),  # of an InteractiveScene
}
HERE = (str(Path(__file__).parent.parent), str(Path(inspect.getfile(Scene)).parent.parent))  # darkroom, ManimGL
MORPHS = (Transform, ReplacementTransform, TransformFromCopy, TransformMatchingParts)


@dataclass(eq=False)
class Words:
    """One Tex or Text as it was made, whatever becomes of its letters."""

    string: str
    font_size: float | None  # None where its size was given otherwise, e.g. by a height
    typeface: tuple[str, str, str] | None = None  # font, slant and weight of a Text

    @property
    def clarity(self) -> float:
        """How much better it can be read than Latin Modern Roman of its font size."""
        return clarity(*self.typeface) if self.typeface else 1.0


SAMPLE = "HExznodepa"
ROMAN = 1.6  # pixels at font size 24 and 1080p: mean width of the strokes of Latin Modern Roman
LOWEST_X = 12.6  # pixels that small letters need where strokes are wide enough


@cache
def clarity(font: str, slant: str, weight: str) -> float:
    """How much better a typeface can be read than Latin Modern Roman of the same font size: 1.25 is a quarter better.

    What the eye needs is the height of small letters and the width of strokes. A serif face with hairlines has
    less of both than a sans serif face, whose letters are larger at the same font size. The worse of the two counts.
    Never under 1: font size 24 passes in every typeface.
    """
    try:
        sample = Text(SAMPLE, font=font, slant=slant, weight=weight, font_size=24)
    except Exception:  # a font that is not there: ManimGL's own word on it comes elsewhere
        return 1.0
    if len(sample.submobjects) != len(SAMPLE):
        return 1.0
    pixels = 1080 / 8
    height = pixels * float(sample.submobjects[SAMPLE.index("x")].get_height())
    stroke = pixels * float(np.mean([_stroke(letter) for letter in sample.submobjects]))
    return max(1.0, min(height / LOWEST_X, stroke / ROMAN))


def _stroke(letter: Any) -> float:
    """Mean width of the strokes of a letter: twice its area over the length of its outline."""
    area = length = 0.0
    for path in letter.get_subpaths():
        start, handle, end = path[:-2:2], path[1:-1:2], path[2::2]
        steps = np.linspace(0, 1, 8, endpoint=False)[None, :, None]
        curves = (1 - steps) ** 2 * start[:, None] + 2 * steps * (1 - steps) * handle[:, None]
        x, y, _ = (curves + steps**2 * end[:, None]).reshape(-1, 3).T
        area += float(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2
        length += float(np.hypot(np.roll(x, -1) - x, np.roll(y, -1) - y).sum())
    return 2 * abs(area) / length if length else 0.0


@dataclass(eq=False)
class Letter:
    """One glyph as it was made. Copies of it, and slices of its Tex, carry the same mark."""

    words: Words
    points: list[Array] = field(repr=False)  # in a list, because ManimGL copies every array an object holds

    @cached_property
    def solve(self) -> Array:
        """(3, n): times the n points of this glyph elsewhere, it says how the plane was moved to bring it there."""
        flat = self.points[0]
        plane = np.column_stack([flat[:, :2] - flat[:, :2].mean(axis=0), np.ones(len(flat))])
        return np.linalg.pinv(plane)


def mark_letters() -> None:
    """Have every Tex and Text tell its letters where they come from.

    ManimGL's letters are nameless paths: taken out of their Tex, as `tex["x"]` and TransformMatchingTex do,
    they cannot be told from a picture otherwise.
    """
    for kind in (Tex, MarkupText):
        stock = kind.__init__
        if hasattr(stock, "__wrapped__"):
            continue
        default = inspect.signature(stock).parameters["font_size"].default

        def marked(
            self: Any, *args: Any, stock: Callable[..., None] = stock, default: float = default, **settings: Any
        ) -> None:
            stock(self, *args, **settings)
            if not is_writing(self):
                return
            sized = settings.get("height") is None and settings.get("width") is None
            typeface = (self.font, self.slant, self.weight) if isinstance(self, MarkupText) else None
            words = Words(self.string, settings.get("font_size", default) if sized else None, typeface)
            for glyph in self.submobjects:
                setattr(glyph, MARK, Letter(words, [glyph.get_points().astype(float)]))

        kind.__init__ = wraps(stock)(marked)


class Lens:
    """Where the camera puts points: frame units on screen, the origin in the middle.

    The same arithmetic as ManimGL's `emit_gl_Position.glsl`.
    """

    def __init__(self, scene: Scene) -> None:
        frame = scene.camera.frame
        self.view: Array = np.array(frame.get_view_matrix(), dtype=float)
        self.depth = frame.get_scale() / frame.get_focal_distance()
        self.toward: Array = self.view[2, :3] / np.linalg.norm(self.view[2, :3])
        self.key = self.view.tobytes() + np.float64(self.depth).tobytes()

    @property
    def faces_the_plane(self) -> bool:
        """Whether it looks straight at the plane of the page."""
        return bool(abs(self.toward[2]) > 0.9999)

    def project(self, points: Array, fixed: float = 0.0) -> tuple[Array, bool]:
        """Screen positions (n, 2) of points (n, 3), and whether all are before the camera.

        Args:
            points: in the scene.
            fixed: 1 for what is fixed in the frame.
        """
        seen = (1 - fixed) * (points @ self.view[:3, :3].T + self.view[:3, 3]) + fixed * points
        w = 1 - seen[:, 2] * self.depth
        before = bool((w > 1e-3).all())
        return seen[:, :2] / np.maximum(w, 1e-3)[:, None], before


@dataclass(frozen=True, eq=False)
class Piece:
    """A mobject with points of its own, and those it belongs to on stage, outermost first."""

    mobject: Any
    above: tuple[Any, ...]


def pieces(scene: Scene) -> list[Piece]:
    """All pieces on stage, in the order of the scene's lists."""
    found: list[Piece] = []

    def walk(mobject: Any, above: tuple[Any, ...]) -> None:
        if len(mobject.data):
            found.append(Piece(mobject, above))
        for part in mobject.submobjects:
            walk(part, (*above, mobject))

    for mobject in scene.mobjects:
        if mobject is not scene.camera.frame:
            walk(mobject, ())
    return found


def paint_order(scene: Scene, on_stage: list[Piece]) -> dict[tuple[int, str], int]:
    """When each piece's "fill" and "stroke" are painted: (id, which) -> a number, later is on top.

    ManimGL paints neighbours that share a shader in one go: first all their fills, then all their strokes.
    So the stroke of an early piece can lie on the fill of a later one.
    """
    order: dict[tuple[int, str], int] = {}
    batch: list[Any] = []

    def paint() -> None:
        behind = bool(batch) and getattr(batch[0], "stroke_behind", False)
        for which in ("stroke", "fill") if behind else ("fill", "stroke"):
            for mobject in batch:
                order[id(mobject), which] = len(order)
        batch.clear()

    last: Any = None
    groups = {id(mobject): n for n, group in enumerate(scene.render_groups) for mobject in group.submobjects}
    for piece in on_stage:
        mobject = piece.mobject
        top = piece.above[0] if piece.above else mobject
        this = (groups.get(id(top), -1), _shader(mobject))
        if this != last:
            paint()
        batch.append(mobject)
        last = this
    paint()
    return order


def _shader(mobject: Any) -> tuple[Any, ...]:
    """What decides whether two mobjects are painted in one go."""
    uniforms = tuple(value.tobytes() if isinstance(value, np.ndarray) else value for value in mobject.uniforms.values())
    behind = getattr(mobject, "stroke_behind", False)
    return (mobject.shader_folder, isinstance(mobject, VMobject), mobject.depth_test, behind, uniforms)


def chosen_data(mobject: Any) -> bytes:
    """A mobject's data without what ManimGL works out when it draws: angles at joints, normals."""
    data = mobject.data
    if data.dtype != VMobject.data_dtype:
        return bytes(data.tobytes())
    columns: npt.NDArray[np.float32] = data.view(np.float32).reshape(len(data), -1)
    return columns[:, CHOSEN].tobytes()


def is_writing(mobject: Any) -> bool:
    """Whether a mobject is meant to be read: a brace is a Tex too, and a matrix's brackets are, but no text."""
    if isinstance(mobject, StringMobject):
        return not isinstance(mobject, Brace) and bool(SCAFFOLD.sub("", mobject.string))
    return isinstance(mobject, DecimalNumber)


def kinds(mobject: Any) -> set[str]:
    """The names of a mobject's classes, its own and those it is derived from."""
    return {kind.__name__ for kind in type(mobject).__mro__}


def home(mobject: Any) -> Any | None:
    """The Tex or Text a letter was made for, if it still belongs to it.

    ManimGL breaks groups up on stage: to animate one letter of a Tex it puts all its letters there one by one.
    """
    return next((parent for parent in mobject.parents if is_writing(parent)), None)


def written(mobject: Any) -> str:
    """What a text mobject says."""
    return str(mobject.num_string if isinstance(mobject, DecimalNumber) else mobject.string)


def background(scene: Scene) -> Array:
    """(3,) The colour behind everything, each channel from 0 to 1."""
    return np.array(scene.camera.background_rgba[:3], dtype=float)


def frame_shape() -> tuple[float, float]:
    """Width and height of the frame in ManimGL's units, at this project's aspect ratio."""
    from manimlib.constants import FRAME_HEIGHT, FRAME_WIDTH

    return float(FRAME_WIDTH), float(FRAME_HEIGHT)


def is_meant_flat(scene: Scene) -> bool:
    """Whether a scene's class says that it is 2-D: no ThreeDScene, no tilted view to begin with."""
    return "ThreeDScene" not in kinds(scene) and not any(scene.default_frame_orientation)


def configured_pixels() -> tuple[int, int]:
    width, height = manim_config.camera.resolution
    return int(width), int(height)


class Moves:
    """Who is being animated: kept up to date while a scene runs.

    Attributes:
        now: ids of all mobjects under an animation of the `play` now running, or of the last one.
        before: the same for the one before it.
        morphing: those of `now` that are turned into something else.
    """

    def __init__(self, scene: Scene) -> None:
        self.now: set[int] = set()
        self.before: set[int] = set()
        self.morphing: set[int] = set()
        self._held: list[Any] = []  # so that no id is given away while we remember it
        begin: Callable[[list[Animation]], None] = scene.begin_animations
        pre_play: Callable[[], None] = scene.pre_play

        def watched_pre_play() -> None:
            for animation in self._held[-1] if self._held else ():
                _pass_marks_on(animation)
            self.before, self.now, self.morphing = self.now, set(), set()
            pre_play()

        def watched_begin(animations: list[Animation]) -> None:
            animations = list(animations)
            begin(animations)
            self._held = [self._held[-1] if self._held else None, animations]
            for animation in animations:
                self._note(animation, False)

        scene.pre_play, scene.begin_animations = watched_pre_play, watched_begin

    def _note(self, animation: Animation, morphs: bool) -> None:
        morphs = morphs or type(animation) in MORPHS or isinstance(animation, TransformMatchingParts)
        morphs = morphs or type(animation).__name__.startswith("FadeTransform")
        involved = [animation.mobject, getattr(animation, "target_mobject", None)]
        for mobject in involved:
            if isinstance(mobject, Mobject):
                family = {id(part) for part in mobject.get_family()}
                self.now |= family
                if morphs:
                    self.morphing |= family
        if isinstance(animation, AnimationGroup):
            for part in animation.animations:
                self._note(part, morphs)


def _pass_marks_on(animation: Animation) -> None:
    """What has been turned into other letters says what those say."""
    for part in getattr(animation, "animations", ()):
        _pass_marks_on(part)
    target = getattr(animation, "target_copy", None)
    if isinstance(animation, Transform) and isinstance(target, Mobject):
        for now, then in zip(animation.mobject.get_family(), target.get_family(), strict=False):
            if MARK in vars(then):
                setattr(now, MARK, vars(then)[MARK])


def has_updaters(piece: Piece) -> bool:
    """Whether something moves this piece by itself: its own updaters or those of a group it is in."""
    return any(mobject.updaters for mobject in (piece.mobject, *piece.above))


def names(scene: Scene) -> dict[int, str]:
    """What the author calls the mobjects: id -> attribute of the scene, or variable of a method now running."""
    found: dict[int, str] = {}
    own = {name: value for name, value in vars(scene).items() if name not in STOCK_ATTRIBUTES}
    for place in (*_running(scene), own):
        for name, value in place.items():
            _name(found, name, value, 2)
    return found


def _name(found: dict[int, str], name: str, value: Any, depth: int) -> None:
    if isinstance(value, Mobject):
        found.setdefault(id(value), name)
    elif depth and isinstance(value, list | tuple) and len(value) < 200:
        for index, item in enumerate(value):
            _name(found, f"{name}[{index}]", item, depth - 1)
    elif depth and isinstance(value, dict) and len(value) < 200:
        for key, item in value.items():
            _name(found, f"{name}[{key!r}]", item, depth - 1)


def _running(scene: Scene) -> Iterator[dict[str, Any]]:
    """Local variables of the scene's own methods, innermost first."""
    frame: FrameType | None = sys._getframe(1)
    while frame:
        code = frame.f_code
        if not code.co_filename.startswith(HERE):
            own = frame.f_locals
            if code.co_varnames and own.get(code.co_varnames[0]) is scene:
                yield {name: value for name, value in own.items() if value is not scene}
        frame = frame.f_back


def called(mobject: Any, above: tuple[Any, ...], known: dict[int, str]) -> str:
    """The author's name of a mobject, by way of a group it is in if need be: `labels[2]`; or "" if there is none."""
    if id(mobject) in known:
        return known[id(mobject)]
    part = mobject
    path = ""
    chain = list(above)
    for _ in range(8):
        parent = chain.pop() if chain else next(iter(part.parents), None)
        if parent is None:
            return ""
        index = next((n for n, child in enumerate(parent.submobjects) if child is part), None)
        if index is None:
            return ""
        attribute = next((key for key, value in vars(parent).items() if value is part and key[0] != "_"), None)
        path = (f".{attribute}" if attribute else f"[{index}]") + path
        if id(parent) in known:
            return known[id(parent)] + path
        part = parent
    return ""
