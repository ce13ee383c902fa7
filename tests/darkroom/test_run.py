"""Running one scene with somebody watching changes nothing about it."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.darkroom.conftest import Darkroom, write

pytestmark = pytest.mark.slow

SCENES = """\
import hashlib
import os
from pathlib import Path

from manim_imports_ext import *


class Hashed(InteractiveScene):
    def emit_frame(self):
        super().emit_frame()
        if not self.skip_animations:
            digest = hashlib.md5(self.camera.get_raw_fbo_data()).hexdigest()
            with Path(os.environ["FRAMES"], str(self)).open("a") as file:
                print(digest, file=file)


class Words(Hashed):
    def construct(self):
        text = Text("darkroom")
        self.play(Write(text), run_time=0.73)
        self.wait(0.25)
        self.play(TransformMatchingShapes(text, Tex(R"e^{i \\pi} = -1")))
        self.play(FlashAround(self.mobjects[-1]), random_dots(self))


def random_dots(scene):
    return LaggedStart(*(FadeIn(Dot(np.random.uniform(-2, 2, 3))) for _ in range(5)))


class Solid(Hashed):
    samples = 4

    def construct(self):
        solid = Group(Sphere(color=BLUE), Cube(color=RED).shift(RIGHT), Square(side_length=3))
        solid.apply_depth_test()
        self.play(FadeIn(solid))
        self.play(self.frame.animate.reorient(30, 60), Rotate(solid[1], 1, axis=UP))


class Moving(Hashed):
    def construct(self):
        dot, speed = Dot(), ValueTracker(1)
        dot.add_updater(lambda m, dt: m.shift(speed.get_value() * dt * RIGHT))
        line = always_redraw(lambda: Line(LEFT, dot.get_center()))
        number = DecimalNumber().add_updater(lambda m: m.set_value(dot.get_x()))
        self.add(dot, line, number, TracedPath(dot.get_center))
        self.wait(0.5)
        self.play(speed.animate.set_value(3), UpdateFromAlphaFunc(number, lambda m, a: m.set_y(a)))
        self.wait_until(lambda: self.time > 2.15)
"""


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory, repo: Path) -> Path:
    return write(repo / "pixels" / "scenes.py", SCENES)


def test_pixels_are_those_of_stock_manimgl(darkroom: Darkroom, stranger: Path, repo: Path, tmp_path: Path) -> None:
    """Every raw frame, hashed on its way to ffmpeg, of `manimgl -w` and of `darkroom render`."""
    stock, ours = tmp_path / "stock", tmp_path / "ours"
    for folder in (stock, ours):
        folder.mkdir()
    names = ("Words", "Solid", "Moving")
    for name in names:
        subprocess.run(
            [sys.executable, "-m", "manimlib", "pixels/scenes.py", name, "-wl", "--video_dir", tmp_path],
            cwd=repo,
            env={**os.environ, "FRAMES": str(stock)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
        )
    targets = [f"pixels/scenes.py:{name}" for name in names]
    done = darkroom("render", *targets, "--quality", "low", "--output", tmp_path / "out", env={"FRAMES": str(ours)})
    assert done.returncode == 0, done.stderr
    for name in names:
        frames = (stock / name).read_text().split()
        assert len(set(frames)) > 10
        assert (ours / name).read_text().split() == frames


@pytest.fixture(scope="module")
def scenes(stranger: Path, repo: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The same scenes in this process, small."""
    from darkroom import engine

    engine.load()
    source = stranger.read_text().replace("from manim_imports_ext", "from manimlib")
    namespace: dict[str, Any] = {"__name__": "pixels"}
    exec(compile(source, str(stranger), "exec"), namespace)
    os.environ["FRAMES"] = str(tmp_path_factory.mktemp("frames"))
    for name in ("Words", "Solid", "Moving"):
        namespace[name].default_camera_config = {"resolution": (320, 180), "fps": 10}
    return namespace


@pytest.mark.parametrize("name", ["Words", "Solid", "Moving"])
def test_a_picture_drawn_on_demand_is_the_frame_a_render_has(scenes: Any, name: str) -> None:
    """A contact sheet draws one frame in ten; the steps in between must all have happened."""
    from darkroom.engine.run import Observer, Run

    class Everything(Observer):
        def __init__(self) -> None:
            self.frames: list[str] = []

        def on_frame(self, run: Run) -> None:
            picture = run.scene.camera.get_image().convert("RGB")
            self.frames.append(hashlib.md5(picture.tobytes()).hexdigest())

    class LastOfBeat(Observer):
        def __init__(self) -> None:
            self.frames: dict[int, str] = {}

        def on_frame(self, run: Run) -> None:
            if run.ends_beat:
                self.frames[run.frames - 1] = hashlib.md5(run.image().tobytes()).hexdigest()

    every, last = Everything(), LastOfBeat()
    rendered = Run(scenes[name], every)()
    stepped = Run(scenes[name], last, draws=False)()
    assert stepped.frames == rendered.frames == len(every.frames)
    assert len(last.frames) >= 2
    assert {at: every.frames[at] for at in last.frames} == last.frames


@pytest.mark.parametrize("name", ["Words", "Solid", "Moving"])
def test_a_dry_run_counts_the_frames_of_a_render(scenes: Any, name: str) -> None:
    from darkroom.engine.run import Run

    assert Run(scenes[name], draws=False, skips=True)().frames == Run(scenes[name], draws=False)().frames


def test_time_that_a_scene_skips_itself_is_not_in_its_clock() -> None:
    from darkroom import engine

    engine.load()
    from manimlib import Circle, Scene, ShowCreation

    from darkroom.engine.run import Run

    class SkipsABit(Scene):  # type: ignore[misc]
        default_camera_config = {"resolution": (320, 180), "fps": 10}  # noqa: RUF012

        def construct(self) -> None:
            self.force_skipping()
            self.play(ShowCreation(Circle()), run_time=2)
            self.revert_to_original_skipping_status()
            self.wait(0.5)

    run = Run(SkipsABit)()
    assert run.frames == 5
    assert run.clock == pytest.approx(0.5)
