"""Random scenes of all that ManimGL draws, drawn fast and by stock ManimGL, and compared frame by frame.

A scene is a list of statements, made from a seed. `test_fast` compares a hundred; for more:

    python -m tests.darkroom.random_scenes 0:5000       compares seeds 0 to 4999; what differs goes to a file each
    python -m tests.darkroom.random_scenes 7 --print    prints scene 7 as a Python file
    ... 0:9 --digests stock                             draws in one way only, and prints a digest of each frame
"""

import argparse
import hashlib
import multiprocessing
import re
import signal
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, fields
from functools import cache, partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from darkroom import engine

WIDTH, HEIGHT, FPS = 240, 136, 8
LONGEST = 20  # seconds of processor time that a scene may take
EAGER = {"PER_DRAW": 0.0, "PER_TILE": 0.0, "TILE": 8, "GAP": 0}  # of fast.painter

# What statements are made of, divided by " | ". In them stand, each time another one,
# {x} a number around 0, {p} a positive one, {u} one from 0 to 1, {n} a small whole one, {k} a width of strokes,
# {a} an angle, {d} one in degrees, {q} a height of the frame, {v} a point, {w} a direction, {c} a color,
# {b} True or False, {m} and {o} two of the scene's mobjects.
CURVES = r"""
Circle(radius={p}) | Dot({v}, radius={p}) | SmallDot({v}) | Ellipse(width={p}, height={p}) | Arc({a}, {a})
Sector(angle={a}) | ArcBetweenPoints({v}, {v}, {x}) | CurvedArrow({v}, {v}) | CurvedDoubleArrow({v}, {v})
AnnularSector(angle={a}) | Annulus({u}, 1) | Line({v}, {v}) | Line({v}, {v}, path_arc={x}) | DashedLine({v}, {v})
TangentLine(Circle(), {u}) | Elbow({p}) | StrokeArrow({v}, {v}) | Arrow({v}, {v}) | Vector({v})
CubicBezier({v}, {v}, {v}, {v}) | Polygon({v}, {v}, {v}) | Polygon({v}, {v}, {v}, {v}, {v})
Polyline({v}, {v}, {v}, {v}) | RegularPolygon({n}) | Triangle() | ArrowTip(length={p}) | Rectangle({p}, {p})
Square({p}) | RoundedRectangle(corner_radius=0.3) | ScreenRectangle() | FullScreenRectangle()
FullScreenFadeRectangle() | ParametricCurve(lambda t: [np.cos(t), np.sin(2 * t), t / 3], t_range=(0, 5, 0.5))
FunctionGraph(np.sin, x_range=(-3, 3, 0.5)) | ImplicitFunction(lambda x, y: x * x + y * y - 1, min_depth=2)
VectorizedPoint({v}) | Union(Square(), Circle().shift(RIGHT)) | Difference(Square(), Circle().shift(RIGHT))
Exclusion(Square(), Circle().shift(RIGHT)) | VMobject().set_points_smoothly([{v}, {v}, {v}, {v}])
VMobject().set_points_as_corners([{v}, {v}, {v}, {v}])
VMobject().set_points_as_corners([{v}, {v}, {v}]).add_subpath(Circle().get_points()) | VMobject().start_new_path({v})
VMobject() | Axes((-2, 2), (-1, 1)) | ThreeDAxes((-2, 2), (-2, 2), (-1, 1)) | NumberPlane((-2, 2), (-1, 1))
ComplexPlane((-1, 1), (-1, 1)) | NumberLine((-2, 2, 1)) | NumberLine((0, 3, 1), include_numbers=True)
UnitInterval() | SampleSpace() | BarChart([{u}, {u}, {u}]) | IntegerMatrix([[1, 2], [3, 4]]) | Matrix([["x", "y"]])
MobjectMatrix(VGroup(VGroup(Circle(), Square()))) | DecimalNumber({x}) | Integer({n}) | SurroundingRectangle({m})
BackgroundRectangle({m}) | Cross({m}) | Underline({m}) | Brace({m}, DOWN) | BraceLabel({m}, "x")
VectorField(lambda ps: ps[:, ::-1], Axes((-2, 2), (-1, 1)), density=1) | DashedVMobject(Circle(), num_dashes={n})
VHighlight({m}) | CurvesAsSubmobjects(Circle()) | SurfaceMesh(Sphere(), resolution=(5, 4)) | VCube({p}) | VPrism()
Dodecahedron() | Prismify(Square(), 0.5) | Speedometer() | Laptop() | Clock() | SpeechBubble() | ThoughtBubble()
DieFace({n}) | Dartboard() | Piano(n_white_keys=5) | Title("a b") | BulletedList("a", "b") | Text("Label")
Text("edge", font_size=120, t2c={"e": {c}}) | Text("a") | Tex("x^2", font_size={k})
Tex(R"\frac{1}{3}", font_size=90) | TexText("a b") | SVGMobject(svg_string=SVG)
VGroup(Square(), Circle(), Text("a")).arrange(RIGHT) | VGroup(Dot(), Square()).arrange(UP)
VGroup(*(Dot({v}) for _ in range(3))) | VGroup(Circle(fill_opacity={u}) for _ in range(12)).arrange_in_grid(3, 4)
VGroup({m}, {o}) | VGroup() | TexMatrix([["x", "y"]]) | DecimalMatrix([[{x}, {x}]]) | MarkupText("<b>a</b>b")
Code("a = 1", font="Inconsolata") | BraceText({m}, "a") | TexText("a", font_size=120)
Intersection(Square(), Circle())
TimeVaryingVectorField(lambda ps, t: ps[:, ::-1] * (1 + t), Axes((-2, 2), (-1, 1)), density=1)
Dot({v}).replicate(3)
"""
SOLIDS = r"""
Sphere(radius={p}, resolution=(9, 5)) | Torus(r1=2, r2={p}, resolution=(9, 5)) | Cylinder(resolution=(7, 3))
Cone(resolution=(7, 3)) | Line3D({v}, {v}, resolution=(5, 3)) | Disk3D(resolution=(2, 9)) | Square3D()
Cube(square_resolution=(2, 2)) | Prism({p}, {p}, {p})
ParametricSurface(lambda u, v: (2 * u, 2 * v, np.sin(3 * u)), resolution=(7, 7)) | Surface(resolution=(3, 3))
SGroup(Sphere(resolution=(5, 5)), Cube().shift({v})) | TexturedSurface(Sphere(resolution=(9, 5)), PICTURE)
TexturedSurface(Torus(resolution=(9, 5)), PICTURE, OTHER_PICTURE) | ImageMobject(PICTURE, height={p})
ImageMobject(OTHER_PICTURE) | DotCloud([{v}, {v}, {v}], radius={u})
DotCloud([{v}, {v}], color={c}, glow_factor={u}) | DotCloud().to_grid(3, 3, 2, height=3) | TrueDot({v}, radius={p})
GlowDot({v}, color={c}, radius={p}) | GlowDots([{v}, {v}]) | Fractal(scale={p})
Group(Square(), Sphere(resolution=(5, 5)), DotCloud([{v}])) | Group({m}, {o})
Group(TrueDot({v}), Circle(), ImageMobject(PICTURE)) | Piano3D(n_white_keys=3) | PMobject().set_points([{v}, {v}])
PGroup(DotCloud([{v}, {v}])) | DotCloud() | Point({v}) | ValueTracker({x}) | Group()
"""
MOVING = r"""
always_redraw(lambda: Square({p}).shift({m}.get_center())) | TracedPath({m}.get_center)
TracingTail({m}, time_traced=0.5) | AnimatedBoundary({m}) | always_redraw(lambda: Text("a").move_to({m}))
always_redraw(lambda: {m}.copy().shift({v})) | always(SurroundingRectangle({m}).move_to, {m})
cycle_animation(Rotating({m})) | turn_animation_into_updater(Rotate({m}, {a})) | {m}.copy() | {m}.copy().shift({v})
{m}.get_grid(2, 2) | {m}.replicate(3).arrange(RIGHT) | {m}.deepcopy()
"""
STYLES = r"""
set_fill({c}, {u}) | set_fill({c}, 1, border_width={k}) | set_fill({c}, {u}, border_width={k})
set_fill([{c}, {c}], {u}) | set_fill(opacity=0) | set_stroke({c}, {k}) | set_stroke({c}, {k}, {u})
set_stroke(width=0) | set_stroke({c}, {k}, behind={b}) | set_stroke([{c}, {c}], [{k}, 0, {k}])
set_stroke(opacity=0) | set_backstroke({c}, {k}) | set_backstroke() | set_opacity({u}) | set_opacity(0)
set_color({c}) | set_color([{c}, {c}]) | set_color({c}, {u}) | set_color_by_gradient({c}, {c})
set_submobject_colors_by_gradient({c}, {c}) | fade({u}) | set_shading({u}, {u}, {u}) | set_shading(0, 0, {p})
set_shading({u}) | apply_depth_test() | apply_depth_test() | deactivate_depth_test() | fix_in_frame()
unfix_from_frame() | set_z_index({n}) | set_joint_type("miter") | set_joint_type("bevel")
set_joint_type("no_joint") | set_joint_type("auto") | set_flat_stroke({b}) | set_flat_stroke({b})
set_scale_stroke_with_zoom({b}) | set_anti_alias_width({k}) | set_uniform(anti_alias_width={u})
set_uniform(is_fixed_in_frame={u}) | set_uniform(flat_stroke={u}) | set_uniform(scale_stroke_with_zoom={u})
set_uniform(joint_type={p}) | set_uniform(shading=np.array([{u}, {u}, {u}])) | rotate({a}, {w}) | rotate({a})
rotate(PI / 2, RIGHT) | scale({p}) | stretch({p}, 0) | shift({v}) | move_to({v}) | to_edge(UP) | to_corner(DR)
set_height({p}) | flip({w}) | center() | insert_n_curves({n}) | make_jagged()
apply_function(lambda p: p + 0.2 * np.sin(3 * p[::-1])) | apply_matrix([[1, {x}], [{x}, 1]])
apply_complex_function(lambda z: z ** 2) | set_color_by_code("color.r = 0.5 + 0.5 * sin(9.0 * point.x);")
set_color_by_xyz_func("x + y", -3, 3) | set_clip_plane({w}, {x}) | reverse_points() | make_smooth()
subdivide_sharp_curves() | set_glow_factor({p}) | set_radius({p}) | set_radii([{u}, {p}]) | make_3d()
set_gloss({u}) | set_reflectiveness({u}) | set_shadow({u}) | invert() | shuffle() | sort(lambda p: -p[2])
ensure_positive_orientation() | apply_over_attr_arrays(np.flip) | reverse_submobjects()
rotate({a}, {w}, about_point={v}) | scale(-1) | scale(0.001) | scale(40)
"""
ACTIONS = r"""
self.add({m}) | self.add({m}) | self.add({m}, {o}) | self.remove({m}) | self.bring_to_front({m})
self.bring_to_back({m}) | self.clear() | self.add(Group({m}, {o})) | self.add(VGroup({m}, {o}))
self.replace({m}, {o}) | self.add(*self.mobjects[::-1]) | {m}.set_z_index({n}) | self.frame.reorient({d}, {d}, {d})
self.frame.reorient({d}, {d}, center={v}, height={q}) | self.frame.set_field_of_view({p}) | self.frame.scale({p})
self.frame.shift({v}) | self.frame.to_default_state() | self.frame.add_ambient_rotation({x})
self.frame.clear_updaters() | self.frame.rotate({a}, {w}) | self.camera.light_source.move_to({v})
self.camera.background_rgba[:3] = {u}, {u}, {u} | self.set_floor_plane("xz") | self.update_frame(force_draw=True)
self.frame.add_updater(lambda m, dt: m.shift(dt * {v})) | self.camera.light_source.shift({v}) | self.save_state()
self.undo() | self.get_image() | {m}.add_updater(lambda m, dt: m.shift(dt * {v}))
{m}.add_updater(lambda m, dt: m.rotate(dt * {x}, {w})) | {m}.clear_updaters()
{m}.add_updater(lambda m: m.move_to({o})) | {m}.add_updater(lambda m: m.set_opacity(np.clip(self.time, 0, 1)))
{m}.suspend_updating() | {m}.add_updater(lambda m: m.become({o})) | {m}.resume_updating()
{m}.always.next_to({o}, UP) | {m}.f_always.move_to({o}.get_center) | {m}.set_points({o}.get_points())
{m}.set_points(2 * {m}.get_points()[::-1]) | {m}.set_points([{v}, {v}, {v}]) | {m}.set_points([{v}])
{m}.data["point"][:, 0] += {x} | {m}.data["point"][:] = {x} | {m}.data["fill_rgba"][:, 3] = {u}
{m}.data["stroke_width"][:] = {k} | {m}.data["rgba"][:, 0] = {u} | {m}.data["opacity"][:] = {u}
{m}.note_changed_data() | {m}.data["fill_border_width"][:] = {k} | {m}.data["stroke_rgba"][:, 1] = {u}
{m}.data["fill_rgba"][:, :3] *= {u} | {m}.data["fill_rgba"][0, 3] = 0 | {m}.data["point"][0] = {v}
{m}.uniforms["shading"][:] = {u}, {u}, {u} | {m}.uniforms["is_fixed_in_frame"] = 1.0
{m}.uniforms["anti_alias_width"] = {k} | {m}.uniforms["flat_stroke"] = {u}
{m}.uniforms["clip_plane"][:] = *{w}, {x} | {m}.depth_test = {b} | {m}.deactivate_clip_plane() | {m}.add({o}.copy())
{m}.remove(*{m}.submobjects[:1]) | {m}.add_to_back(Square()) | {m}.insert_submobject(0, Dot({v}))
{m}.set_submobjects([{o}.copy()]) | {m}.become({o}) | {m}.become({o}.copy().shift({v})) | {m}.match_style({o})
{m}.match_points({o}) | {m}.pointwise_become_partial({o}, {u}, 1) | {m}.save_state() | {m}.restore()
{m}.match_color({o}) | {m}.align_data({o}) | {m}.interpolate({m}.copy(), {o}, {u})
{m}.append_points({o}.get_points()) | {m}.sort_faces_back_to_front({w}) | {m}.always_sort_to_camera(self.camera)
{m}.refresh_shader_wrapper_id() | {m}.lock_data(["point"]) | {m}.set_value({x}) | {m}.data = {m}.data[::-1].copy()
{m}.resize_points({n}) | {m}[0].set_color({c}) | {m}[-1].shift({v}) | {m}[0].scale({p}) | {m}[0].apply_depth_test()
{m}[0].set_fill({c}, {u}, border_width={k}) | {m}[0].set_stroke({c}, {k}, behind={b}) | {m}[-1].fix_in_frame()
{m}.stroke_behind = {b} | {m}.uniforms["glow_factor"] = {p} | {m}.clear() | {m}.unlock_data()
{m}.replace_shader_code("0.95", "0.5")
"""
ANIMATIONS = r"""
FadeIn({m}) | FadeIn({m}, {v}) | FadeOut({m}) | FadeOut({m}, {v}, scale={p}) | Write({m}) | ShowCreation({m})
Uncreate({m}) | DrawBorderThenFill({m}) | Transform({m}, {o}) | ReplacementTransform({m}, {o})
TransformFromCopy({m}, {o}) | FadeTransform({m}, {o}) | FadeTransformPieces({m}, {o}) | Indicate({m})
FlashAround({m}) | FlashUnder({m}) | Flash({m}) | CircleIndicate({m}) | FocusOn({m}) | Broadcast({m})
WiggleOutThenIn({m}) | ApplyWave({m}) | ShowPassingFlash({m}) | VShowPassingFlash({m}) | VFadeIn({m}) | VFadeOut({m})
VFadeInThenOut({m}) | Rotate({m}, {a}, axis={w}) | Rotating({m}, {a}) | GrowFromCenter({m}) | GrowFromPoint({m}, {v})
GrowFromEdge({m}, LEFT) | SpinInFromNothing({m}) | Homotopy(lambda x, y, z, t: (x + t, y, z + t * x), {m})
MoveAlongPath({m}, {o}) | ApplyMatrix([[1, {x}], [0, 1]], {m}) | MaintainPositionRelativeTo({m}, {o})
LaggedStartMap(FadeIn, {m}) | LaggedStart(FadeIn({m}), FadeOut({o})) | Succession(FadeIn({m}), FadeOut({m}))
AnimationGroup(Write({m}), FadeOut({o})) | ShowIncreasingSubsets({m}) | ShowSubmobjectsOneByOne({m})
CyclicReplace({m}, {o}) | Swap({m}, {o}) | ChangeDecimalToValue({m}, {x}) | CountInFrom({m}, 0)
TransformMatchingShapes({m}, {o}) | UpdateFromFunc({m}, lambda m: m.shift({v}))
UpdateFromAlphaFunc({m}, lambda m, a: m.set_opacity(a)) | Restore({m}) | {m}.animate.set_color({c})
{m}.animate.shift({v}) | {m}.animate.set_opacity({u}) | {m}.animate.rotate({a}, {w}) | {m}.animate.scale({p})
{m}.animate.set_fill({c}, {u}, border_width={k}) | {m}.animate.set_stroke({c}, {k})
{m}.animate.set_shading({u}, {u}, {u}) | {m}.animate.become({o}) | {m}.animate.fix_in_frame()
{m}.animate.set_clip_plane({w}, {x}) | {m}.animate.apply_function(lambda p: p ** 2) | {m}.animate.set_value({x})
{m}.animate.set_glow_factor({p}) | {m}.animate.set_radius({p}) | {m}.animate.set_anti_alias_width({k})
{m}.animate.set_uniform(joint_type={p}) | self.frame.animate.reorient({d}, {d}, {d}) | self.frame.animate.shift({v})
self.frame.animate.scale({p}) | self.frame.animate.set_field_of_view({p})
self.frame.animate.reorient({d}, {d}, height={q}) | self.camera.light_source.animate.move_to({v})
{m}.animate.move_to({o})
"""
RANGES = {"x": (-2, 2), "p": (0.1, 3), "u": (0, 1), "k": (0.5, 60), "a": (-3, 3), "d": (-180, 180), "q": (3, 14)}

SVG = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0 L9 0 C9 9 3 3 9 9 Z"/><circle r="4"/></svg>'

HEADER = """\
from manimlib import *
from tests.darkroom.random_scenes import SVG, Fractal, pictures

PICTURE, OTHER_PICTURE = pictures()

"""

SCENE = """\
class RandomScene({base}):
    samples = {samples}
    default_camera_config = {camera}

    def construct(self):
        {body}
"""


@cache
def pictures() -> tuple[str, str]:
    """The files of two small pictures, one with and one without transparency."""
    from PIL import Image

    folder = Path(tempfile.mkdtemp())
    ramp = np.linspace(0, 255, 32 * 16 * 4).reshape(16, 32, 4).astype(np.uint8)
    Image.fromarray(ramp, "RGBA").save(folder / "ramp.png")
    Image.fromarray(np.ascontiguousarray(ramp[::-1, ::-1, :3])).save(folder / "other.png")
    return str(folder / "ramp.png"), str(folder / "other.png")


def __getattr__(name: str) -> Any:
    """`Fractal`, made when first asked for, because ManimGL has to be loaded before."""
    if name != "Fractal":
        raise AttributeError(name)
    from manimlib import Mobject

    class Fractal(Mobject):
        """A mobject with shaders that fast drawing knows nothing about."""

        shader_folder = "mandelbrot_fractal"
        data_dtype = np.dtype([("point", np.float32, (3,))])

        def __init__(self, scale: float = 1, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.set_points(np.array([(x, y, 0) for x in (-1.5, 1.5) for y in (-1.5, 1.5)]))
            colors = {f"color{n}": np.array([n / 8, 0.5, 1 - n / 8]) for n in range(9)}
            self.set_uniform(scale_factor=scale, opacity=0.9, n_steps=20.0, mandelbrot=1.0, parameter=np.zeros(2))
            self.set_uniform(offset=np.zeros(3), **colors)

        def init_colors(self) -> None:
            """It has none in its data."""

    globals()[name] = Fractal
    return Fractal


@dataclass
class RandomScene:
    """What a seed makes.

    Attributes:
        base, samples, camera: the scene's class, its multisampling, its `default_camera_config`.
        steps: statements of `construct`. One that raises an error is passed over.
    """

    base: str
    samples: int
    camera: dict[str, Any]
    steps: list[str]

    @classmethod
    def of(cls, seed: int) -> "RandomScene":
        rng = np.random.default_rng(seed)
        writer = _Writer(rng)
        base = str(rng.choice(["Scene", "Scene", "ThreeDScene", "InteractiveScene"]))
        camera: dict[str, Any] = {}
        if rng.uniform() < 0.15:
            sizes = [(480, 272), (600, 340), (120, 68), (242, 130), (180, 180), (241, 137)]
            camera["resolution"] = sizes[rng.integers(len(sizes))]
        if rng.uniform() < 0.2:
            camera["background_opacity"] = float(rng.choice([0.0, 0.5]))
        if rng.uniform() < 0.2:
            camera["background_color"] = "#336699"
        return cls(base, int(rng.choice([0, 0, 4])) if base != "ThreeDScene" else 4, camera, writer.steps())

    def without(self, step: int) -> "RandomScene":
        return RandomScene(self.base, self.samples, self.camera, self.steps[:step] + self.steps[step + 1 :])

    def scene_class(self, raised: list[str]) -> type:
        """The class to run; `raised` is told of the steps that raised an error, and of which."""
        import manimlib

        steps, names = self.steps, {**vars(manimlib), "Fractal": __getattr__("Fractal")}
        names["PICTURE"], names["OTHER_PICTURE"] = pictures()
        names["SVG"] = SVG

        def construct(scene: Any) -> None:
            names["self"] = scene
            for step in steps:
                try:
                    exec(step, names)
                except Exception as error:
                    raised.append(f"{step}: {type(error).__name__}")

        attributes = {"samples": self.samples, "default_camera_config": self.camera, "construct": construct}
        return type("RandomScene", (getattr(manimlib, self.base),), attributes)

    def source(self) -> str:
        """It as a Python file."""
        raised: list[str] = []
        frames_of(self.scene_class(raised), fast=False)
        failing = {entry.rpartition(":")[0] for entry in raised}
        lines = [f"with suppress(Exception): {step}" if step in failing else step for step in self.steps]
        header = HEADER if not failing else "from contextlib import suppress\n\n" + HEADER
        body = "\n        ".join(lines or ["pass"])
        return f"{header}\n{SCENE.format(base=self.base, samples=self.samples, camera=self.camera, body=body)}"


class _Writer:
    """Writes the statements of a scene."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.mobjects = 0

    def steps(self) -> list[str]:
        rng, lines = self.rng, []
        for _ in range(rng.integers(2, 5)):
            lines += self.mobject()
        for _ in range(rng.integers(3, 8)):
            kind = rng.choice(["action"] * 4 + ["animation"] * 4 + ["style", "style", "wait", "mobject"])
            if kind == "mobject":
                lines += self.mobject()
            elif kind == "action":
                lines += [self.some(ACTIONS), self.wait()]
            elif kind == "animation":
                animations = ", ".join(self.some(ANIMATIONS) for _ in range(1 + (rng.uniform() < 0.2)))
                lines.append(f"self.play({animations}, run_time={rng.choice([0.2, 0.4])})")
            elif kind == "style":
                lines += [f"m{rng.integers(self.mobjects)}.{self.some(STYLES)}", self.wait()]
            else:
                lines.append(self.wait())
        return [*lines, self.wait()]

    def wait(self) -> str:
        return f"self.wait({self.rng.choice([0.1, 0.1, 0.3])})"

    def mobject(self) -> list[str]:
        rng = self.rng
        kinds = [CURVES, CURVES, CURVES, SOLIDS] + ([MOVING] if self.mobjects else [])
        made = self.some(kinds[rng.integers(len(kinds))])
        name = f"m{self.mobjects}"
        self.mobjects += 1
        styles = [f"{name}.{self.some(STYLES)}" for _ in range(rng.integers(0, 4))]
        return [f"{name} = {made}", *styles, *([f"self.add({name})"] if rng.uniform() < 0.8 else [])]

    def some(self, choices: str) -> str:
        """One of the choices, filled in."""
        options = [option for line in choices.split("\n") for option in line.split(" | ") if option]
        template = options[self.rng.integers(len(options))]
        pair = [f"m{n}" for n in self.rng.permutation(max(self.mobjects, 1))[:2]]
        known = {"m": pair[0], "o": pair[-1]}
        return re.sub(r"\{([a-z])\}", lambda found: known.get(found[1]) or self.value(found[1]), template)

    def value(self, letter: str) -> str:
        rng = self.rng
        if letter in "vw":
            spread = [3, 2, 0 if rng.uniform() < 0.5 else 2] if letter == "v" else [1, 1, 1]
            numbers = ", ".join(f"{x:.2f}" for x in rng.normal(size=3) * spread)
            return f"np.array([{numbers}])"
        if letter == "c":
            return str(rng.choice(["RED", "BLUE", "YELLOW", "WHITE", "BLACK", "GREEN", '"#808080"']))
        if letter == "b":
            return str(rng.uniform() < 0.5)
        if letter == "n":
            return str(rng.integers(1, 7))
        low, high = RANGES[letter]
        return f"{rng.uniform(low, high):.2f}"


def frames_of(scene: type, fast: bool, eager: bool = False) -> tuple[list[bytes], dict[str, int]]:
    """The raw frames of a scene, and why and how often fast drawing left one to stock.

    Args:
        eager: lets fast drawing keep and divide whatever it can, which pays only in larger pictures than these.
    """
    from manimlib.config import manim_config
    from manimlib.utils.shaders import PROGRAM_UNIFORM_MIRRORS

    from darkroom.engine.fast import painter
    from darkroom.engine.run import Observer, Run

    class Keeping(Observer):
        def on_frame(self, run: Run) -> None:
            frames.append(run.raw())

    frames: list[bytes] = []
    # ManimGL knows programs by their id, and the last scene's are gone.
    PROGRAM_UNIFORM_MIRRORS.clear()
    with ExitStack() as changes:
        changes.enter_context(patch.dict(manim_config.camera, {"resolution": (WIDTH, HEIGHT)}))
        for name, value in EAGER.items() if eager else ():
            changes.enter_context(patch.object(painter, name, value))
        run = Run(scene, Keeping(), fps=FPS, fast=fast)
        try:
            run()
        finally:
            run.scene.camera.ctx.release()  # megabytes for each scene
    return frames, dict(run.fallbacks)


def difference(fast: list[bytes], stock: list[bytes]) -> str:
    """How frames differ; "" if they do not."""
    if len(stock) != len(fast):
        return f"{len(stock)} frames by stock, {len(fast)} by fast drawing"
    frames = [n for n, (a, b) in enumerate(zip(stock, fast, strict=True)) if a != b]
    if not frames:
        return ""
    a, b = (np.frombuffer(side[frames[0]], np.uint8).astype(int) for side in (stock, fast))
    pixels = (a != b).reshape(-1, 4).any(axis=1).sum()
    return f"frames {frames} of {len(stock)}; {frames[0]} at {pixels} pixels, by up to {abs(a - b).max()} of 255"


@dataclass
class Drawing:
    """How a scene came out.

    Attributes:
        frames: raw bytes each.
        raised: the steps that raised errors.
        fallbacks: frames that fast drawing left to stock, by reason.
    """

    frames: list[bytes]
    raised: list[str]
    fallbacks: dict[str, int]

    @classmethod
    def of(cls, random_scene: RandomScene, fast: bool, eager: bool = False) -> "Drawing":
        raised: list[str] = []
        frames, fallbacks = frames_of(random_scene.scene_class(raised), fast, eager)
        return cls(frames, raised, fallbacks)

    def difference_from(self, stock: "Drawing") -> str:
        """What is not as stock ManimGL draws it; "" if everything is, or if stock itself has failed at drawing."""
        if Counter(stock.raised) - Counter(self.raised):
            return ""
        if self.raised != stock.raised:
            return f"stock raised {stock.raised}, fast {self.raised}"
        return difference(self.frames, stock.frames)


def compare(random_scene: RandomScene, eager: bool) -> tuple[Drawing, Drawing, str]:
    """Draw a scene by stock and fast; returns both, and what differs ("" if nothing does)."""
    for _ in range(2):  # what is made for the first time may be a little other than from ManimGL's caches
        stock, fast = Drawing.of(random_scene, fast=False), Drawing.of(random_scene, fast=True, eager=eager)
        found = fast.difference_from(stock)
        if not found:
            break
    return stock, fast, found


def simplified(random_scene: RandomScene, eager: bool) -> RandomScene:
    """The scene with as few of its steps as show a difference."""
    step = len(random_scene.steps)
    while step:
        step -= 1
        smaller = random_scene.without(step)
        if compare(smaller, eager)[2]:
            random_scene = smaller
    return random_scene


@dataclass
class Tally:
    """What a comparison of many scenes has come to."""

    scenes: int = 0
    frames: int = 0
    changing: int = 0  # scenes whose frames are not all the same
    impossible: int = 0  # scenes at which stock failed while drawing
    steps: int = 0
    raised: Counter[str] = field(default_factory=Counter)
    fallbacks: Counter[str] = field(default_factory=Counter)
    different: list[int] = field(default_factory=list)
    late: list[int] = field(default_factory=list)

    def count(self, random_scene: RandomScene, stock: Drawing, fast: Drawing) -> None:
        self.scenes += 1
        self.frames += len(stock.frames)
        self.changing += len(set(stock.frames)) > 1
        self.impossible += len(stock.raised) > len(fast.raised)
        self.steps += len(random_scene.steps)
        self.raised.update(re.sub(r"m\d", "m", entry) for entry in stock.raised)
        self.fallbacks.update(fast.fallbacks)

    def add(self, other: "Tally") -> None:
        for entry in fields(self):
            setattr(self, entry.name, getattr(self, entry.name) + getattr(other, entry.name))

    def __str__(self) -> str:
        return (
            f"{self.scenes} scenes ({self.changing} change, {self.impossible} fail), {self.frames} frames, "
            f"{self.steps} steps, of which {self.raised.total()} raised an error; "
            f"frames left to stock: {dict(self.fallbacks)}; took too long: {self.late}; different: {self.different}"
        )


class _TooLong(BaseException):
    pass


def _too_long(*_: Any) -> None:
    raise _TooLong


def compare_all(seeds: range, output: Path) -> Tally:
    """Compare scenes; those that differ are simplified and written to files, and said.

    Every other scene is drawn eagerly (see `frames_of`).
    """
    engine.load()
    tally = Tally()
    signal.signal(signal.SIGPROF, _too_long)
    for seed in seeds:
        random_scene = RandomScene.of(seed)
        signal.setitimer(signal.ITIMER_PROF, LONGEST)
        try:
            stock, fast, found = compare(random_scene, eager=bool(seed % 2))
        except _TooLong:
            tally.late.append(seed)
            continue
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        tally.count(random_scene, stock, fast)
        if found:
            tally.different.append(seed)
            print(f"seed {seed}: {found}", flush=True)
            (output / f"seed_{seed}.py").write_text(simplified(random_scene, bool(seed % 2)).source())
    return tally


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare random scenes, drawn fast and by stock ManimGL.")
    parser.add_argument("seeds", help="7, or 0:100")
    parser.add_argument("--print", action="store_true", help="print the scenes as a file, and compare nothing")
    parser.add_argument("--digests", choices=["stock", "fast"], help="print a digest of each frame, drawn in one way")
    parser.add_argument("--jobs", type=int, default=1, help="processes at once")
    parser.add_argument("--output", type=Path, default=Path(), help="where scenes that differ are written")
    chosen = parser.parse_args()
    first, _, end = chosen.seeds.partition(":")
    seeds = range(int(first), int(end or int(first) + 1))
    if chosen.print or chosen.digests:
        engine.load()
        for random_scene in map(RandomScene.of, seeds):
            if chosen.print:
                print(random_scene.source())
            else:
                frames = Drawing.of(random_scene, chosen.digests == "fast").frames
                print("digests:", *(hashlib.sha256(frame).hexdigest() for frame in frames))
        return
    tally = Tally()
    # A new process for each hundred: LLVM, which draws, does not give back all of its memory.
    with ProcessPoolExecutor(chosen.jobs, multiprocessing.get_context("spawn"), max_tasks_per_child=1) as pool:
        parts = [seeds[start : start + 100] for start in range(0, len(seeds), 100)]
        for part in pool.map(partial(compare_all, output=chosen.output), parts):
            tally.add(part)
            print(tally, flush=True)
    sys.exit(bool(tally.different))


if __name__ == "__main__":
    main()
