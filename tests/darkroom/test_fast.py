"""Fast drawing shows what ManimGL shows: every byte of every frame."""

import subprocess
import sys
from typing import Any

import moderngl
import numpy as np
import pytest
from manimlib import PI, DotCloud, Group, RegularPolygon, Scene, Surface, VGroup, VMobject
from manimlib.utils.iterables import resize_array

from darkroom.engine.fast import thrift
from darkroom.engine.fast.drawlist import read_frame
from darkroom.engine.fast.reading import Box, Rectangles, View
from tests.darkroom import fast_scenes
from tests.darkroom.random_scenes import HEIGHT, WIDTH, RandomScene, compare, difference, frames_of, simplified

stock_ends = VMobject.get_subpath_end_indices_from_points
thrifty_ends = thrift.get_subpath_end_indices_from_points


def assert_equal(fast: list[bytes], stock: list[bytes]) -> None:
    assert len(fast) == len(stock) > 2
    assert not difference(fast, stock)
    assert len(set(stock)) > 1, "nothing ever changes in this scene"


@pytest.mark.slow
@pytest.mark.parametrize("scene", fast_scenes.EXACT, ids=lambda scene: scene.__name__)
def test_frames_are_those_of_stock_drawing(scene: type) -> None:
    stock, _ = frames_of(scene, fast=False)
    fast, fallbacks = frames_of(scene, fast=True)
    assert_equal(fast, stock)
    assert not fallbacks
    eager, _ = frames_of(scene, fast=True, eager=True)
    assert_equal(eager, stock)


@pytest.mark.slow
@pytest.mark.parametrize("scene", fast_scenes.LEFT_TO_STOCK, ids=lambda scene: scene.__name__)
def test_what_cannot_be_exact_is_left_to_stock_drawing_and_said(scene: type) -> None:
    stock, _ = frames_of(scene, fast=False)
    fast, fallbacks = frames_of(scene, fast=True)
    assert_equal(fast, stock)
    assert list(fallbacks) == [fast_scenes.LEFT_TO_STOCK[scene]]


ENDLESS = {77}  # seeds whose mobjects grow without end, in stock too
SEEDS = [seed for seed in range(101) if seed not in ENDLESS]


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 100, 10))
def test_random_scenes_are_drawn_as_stock_draws_them(first: int) -> None:
    """More of them: `python -m tests.darkroom.random_scenes 0:5000`."""
    changing = 0
    for seed in SEEDS[first : first + 10]:
        random_scene = RandomScene.of(seed)
        stock, _, found = compare(random_scene, eager=bool(seed % 2))
        if found:
            pytest.fail(f"seed {seed}: {found}\n\n{simplified(random_scene, bool(seed % 2)).source()}")
        changing += len(set(stock.frames)) > 1
    assert changing >= 5


@pytest.mark.slow
def test_so_they_are_if_each_way_of_drawing_has_a_process_of_its_own() -> None:
    """Comparing in one process hides nothing: neither way of drawing leaves anything to the other."""
    command = [sys.executable, "-m", "tests.darkroom.random_scenes", "100:110", "--digests"]
    ways = [subprocess.run([*command, way], capture_output=True, text=True, check=True) for way in ("stock", "fast")]
    stock, fast = (way.stdout.split("digests:")[1:] for way in ways)
    assert len(stock) == 10
    assert fast == stock


def random_mobject(rng: np.random.Generator) -> Any:
    """Something wide, sharp or small, anywhere and turned in any way."""
    kind = rng.choice(["polygon", "curve", "fill", "dots", "surface"])
    if kind == "dots":
        mobject = DotCloud(rng.normal(size=(3, 3)), radius=rng.uniform(0.05, 1))
    elif kind == "surface":
        mobject = Surface(resolution=(4, 4)).scale(rng.uniform(0.2, 2))
    elif kind == "curve":
        mobject = VMobject().set_points_smoothly(rng.normal(size=(4, 3)))
    else:
        mobject = RegularPolygon(int(rng.integers(3, 9))).scale(rng.uniform(0.2, 2))
    if isinstance(mobject, VMobject):
        width = rng.uniform(1, 120)
        mobject.set_stroke(width=0 if kind == "fill" else width)
        mobject.set_fill(opacity=kind == "fill", border_width=width * (rng.uniform() < 0.7))
        mobject.set_joint_type(rng.choice(["auto", "auto", "no_joint", "miter", "bevel"]))
        mobject.set_flat_stroke(rng.uniform() < 0.3).set_scale_stroke_with_zoom(rng.uniform() < 0.3)
    if rng.uniform() < 0.7:
        mobject.rotate(rng.uniform(0, PI), rng.normal(size=3))
    mobject.shift(rng.normal(size=3) * [3, 2, 2])
    return mobject.fix_in_frame() if rng.uniform() < 0.2 else mobject


@pytest.mark.slow
def test_nothing_is_drawn_outside_the_rectangle_it_is_expected_in() -> None:
    seen = 0

    class Anything(Scene):
        def construct(self) -> None:
            nonlocal seen
            rng = np.random.default_rng(0)
            self.camera.background_rgba[:] = 0, 0, 0, 0
            for number in range(400):
                if number % 2:
                    self.frame.reorient(*rng.uniform(0, 180, 2), height=rng.uniform(4, 16))
                else:
                    self.frame.to_default_state()
                mobject = random_mobject(rng)
                self.clear()
                self.add(mobject)
                self.update_frame(force_draw=True)
                pixels = np.frombuffer(self.camera.get_raw_fbo_data(), np.uint8).reshape(HEIGHT, WIDTH, 4)
                rows, columns = np.nonzero(pixels.any(axis=2))
                mobject.note_changed_data()
                (item,) = read_frame(self.render_groups, self.camera.ctx)
                view = View.of(self.camera.uniforms, (WIDTH, HEIGHT))
                places = Rectangles.of(item.reading, mobject.uniforms, view)
                if len(rows):
                    drawn = Box(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
                    assert drawn.within(Box.around(places.both)) == drawn, f"number {number}"
                    seen += drawn.area < WIDTH * HEIGHT

    frames_of(Anything, fast=False)
    assert seen > 200


@pytest.mark.parametrize(
    "corner",
    [
        *[(np.nan, np.nan, np.nan, np.nan), (np.nan, 0, 0, 1), (0, np.nan, 0, 1), (0, 0, np.nan, 1), (0, 0, 0, np.nan)],
        *[(np.inf, 0, 0, 1), (-np.inf, np.inf, 0, 1), (0, 0, -np.inf, 1), (np.inf, np.nan, np.inf, np.inf)],
    ],
)
def test_a_triangle_with_a_corner_that_is_no_number_is_not_drawn(corner: tuple[float, ...]) -> None:
    """The stroke's shader makes such corners of lines that point at the eye; our bounds do not hold for them."""
    ctx = moderngl.create_context(standalone=True, backend="egl")
    program = ctx.program(
        vertex_shader="#version 330\n in vec4 corner; void main() { gl_Position = corner; }",
        fragment_shader="#version 330\n out vec4 color; void main() { color = vec4(1.0); }",
    )
    frame = ctx.simple_framebuffer((32, 32))
    frame.use()
    corners = np.array([(-0.5, -0.5, 0, 1), (0.5, -0.5, 0, 1), corner], np.float32)
    ctx.simple_vertex_array(program, ctx.buffer(corners), "corner").render(moderngl.TRIANGLES)
    assert not any(frame.read(components=1))
    ctx.release()


def test_what_is_thriftier_gives_the_same() -> None:
    rng = np.random.default_rng(0)
    curve = VMobject()
    for length in range(12):
        records = np.zeros(length, VMobject.data_dtype)
        records["point"] = rng.integers(0, 2, (length, 3))  # often the same point twice: the end of a path
        for wanted in range(1, 30):
            stock, ours = (resize(records, wanted) for resize in (resize_array, thrift._repeated))
            assert (ours.dtype, ours.shape, ours.tobytes()) == (stock.dtype, stock.shape, stock.tobytes())
        if length % 2:
            stock, ours = (ends(curve, records["point"]) for ends in (stock_ends, thrifty_ends))
            assert (ours.dtype, ours.tolist()) == (stock.dtype, stock.tolist())
    family = Group(VGroup(VGroup(curve)), Group(curve))
    for mobject in family.get_family():
        mobject._data_has_changed = False
    thrift.note_changed_data(curve)
    assert all(mobject._data_has_changed for mobject in curve.get_ancestors())
