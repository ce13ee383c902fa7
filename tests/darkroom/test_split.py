"""Scenes in portions: the frames are those of the whole scene, or the scene is not divided."""

import hashlib
import itertools
import os
import random
import shutil
import tempfile
import wave
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from manimlib import (
    DEG,
    DOWN,
    LEFT,
    RED,
    RIGHT,
    UP,
    Circle,
    DecimalNumber,
    Dot,
    ImageMobject,
    Scene,
    Square,
    Text,
    ThreeDScene,
    TracedPath,
    Transform,
    ValueTracker,
    VGroup,
    always_redraw,
    linear,
)
from manimlib.config import manim_config
from manimlib.utils.shaders import PROGRAM_UNIFORM_MIRRORS

from darkroom import clips, split, tasks
from darkroom.engine.run import Observer, Run
from darkroom.engine.split import Follower, Indivisible
from darkroom.jobs import Job, Outcome
from darkroom.tasks import Length, Rendered
from darkroom.witness import Seen
from tests.darkroom import fast_scenes
from tests.darkroom.conftest import Darkroom, files_below, write
from tests.darkroom.test_render import Watched, processes_in

FPS = 8


@pytest.fixture(autouse=True)
def small() -> Iterator[None]:
    resolution = manim_config.camera.resolution
    manim_config.camera.resolution = (160, 90)
    yield
    manim_config.camera.resolution = resolution


def whole(scene: type) -> list[str]:
    """A hash for each frame of a scene."""
    PROGRAM_UNIFORM_MIRRORS.clear()  # ManimGL knows programs by their id, and the last scene's are gone
    frames: list[str] = []

    class Hashing(Observer):
        def on_frame(self, run: Run) -> None:
            frames.append(hashlib.md5(run.raw()).hexdigest())

    Run(scene, Hashing(), fps=FPS)()
    return frames


def portion(scene: type, first: int, end: int | None, cuts: Sequence[int]) -> tuple[list[str], dict[int, str]]:
    """The hashes of some frames, and the marks."""
    PROGRAM_UNIFORM_MIRRORS.clear()
    frames: list[str] = []

    class Hashing(Observer):
        def on_frame(self, run: Run) -> None:
            if follower.has_frame():
                frames.append(hashlib.md5(run.raw()).hexdigest())
            follower.end_portion()

    run = Run(scene, Hashing(), fps=FPS)
    follower = Follower(run, first, end, cuts)
    assert follower() == (end is not None)
    return frames, follower.marks


def in_portions(scene: type, cuts: Sequence[int]) -> tuple[list[str], bool]:
    """The hashes of all frames, rendered in portions, and whether the portions fit together."""
    frames: list[str] = []
    marks: list[dict[int, str]] = []
    for first, end in pairwise([0, *cuts, None]):
        assert first is not None
        some, marked = portion(scene, first, end, cuts)
        frames += some
        marks.append(marked)
    assert [sorted(each) for each in marks] == [list(cuts[: n + 1]) for n in range(len(cuts))] + [list(cuts)]
    return frames, all(marks[-1][cut] == mark for each in marks for cut, mark in each.items())


class Drifting(Scene):
    """Updaters that count time, and one that counts frames in a Python variable."""

    def construct(self) -> None:
        calls = 0

        def count(mobject: Any) -> None:
            nonlocal calls
            calls += 1
            mobject.set_y(0.01 * calls % 1)

        dot = Dot().add_updater(lambda m, dt: m.shift(dt * RIGHT))
        counting = Square().add_updater(count)
        speed = ValueTracker(1)
        self.add(dot, counting, TracedPath(dot.get_center))
        self.wait(0.75)
        self.play(speed.animate.set_value(2), counting.animate.set_stroke(RED), run_time=0.93)
        self.wait(0.3)
        self.play(dot.animate.set_color(RED), run_time=1)
        label = Text(str(calls)).to_edge(UP)
        self.add(label, DecimalNumber(self.time, num_decimal_places=6).to_edge(DOWN))
        self.wait(0.5)


class Chance(Scene):
    """Random numbers from everywhere, drawn in updaters too; a generator; an iterator."""

    def construct(self) -> None:
        numbers = itertools.count()
        steps = (0.1 * n for n in range(1000))
        own = np.random.default_rng(5)

        def jump(mobject: Any) -> None:
            noise = [np.random.normal(), random.random(), float(torch.rand(())) + own.normal()]
            mobject.move_to([0.1 * n for n in noise] + 0.05 * (next(numbers) % 7) * UP)

        dot = Dot().add_updater(jump)
        tail = always_redraw(lambda: Circle(radius=next(steps) % 2 + 0.1))
        self.add(dot, tail)
        self.wait(1.1)
        self.play(Transform(Square(), Circle(radius=abs(np.random.normal())).shift(RIGHT)), run_time=1)
        self.play(*(mob.animate.shift(random.uniform(-1, 1) * UP) for mob in self.mobjects[-1:]), run_time=0.6)


class Orbiting(ThreeDScene):
    def construct(self) -> None:
        row = VGroup(Square(fill_opacity=0.5).rotate(n, RIGHT) for n in range(4)).arrange(RIGHT)
        self.add(row)
        self.frame.reorient(20, 60)
        self.frame.add_ambient_rotation(30 * DEG)
        self.wait(0.6)
        self.play(self.frame.animate.reorient(-40, 70, center=UP, height=6), run_time=1)
        self.play(row.animate.arrange(UP), run_time=1, rate_func=linear)
        self.wait_until(lambda: self.time > 3.05)


class Hooked(Scene):
    """Leaves nothing to be found: `finally`, and errors that are swallowed."""

    def construct(self) -> None:
        square = Square()
        try:
            self.play(square.animate.shift(RIGHT), run_time=1)
            try:
                self.play(square.animate.shift(UP), run_time=1)
            except Exception:
                self.wait(5)
        finally:
            self.play(square.animate.scale(2), run_time=1)


DIVISIBLE = [
    *(Drifting, Chance, Orbiting, Hooked),
    *(fast_scenes.Words, fast_scenes.Learning, fast_scenes.Redrawn, fast_scenes.Waiting, fast_scenes.Pictures),
    *(fast_scenes.Stacking, fast_scenes.Fills, fast_scenes.MovingLight, fast_scenes.FlatBelowSolid),
]


@pytest.mark.slow
@pytest.mark.parametrize("scene", DIVISIBLE, ids=lambda scene: scene.__name__)
def test_portions_are_the_whole_frame_for_frame(scene: type) -> None:
    expected = whole(scene)
    assert len(set(expected)) > 3
    third = len(expected) // 3
    frames, fit = in_portions(scene, [third, 2 * third + 1])
    assert fit
    assert frames == expected


@pytest.mark.slow
def test_a_cut_may_be_anywhere() -> None:
    expected = whole(Drifting)
    for cut in range(1, len(expected)):
        frames, fit = in_portions(Drifting, [cut])
        assert fit
        assert frames == expected, cut


class Unseeded(Scene):
    """Another one each time, and soon to be seen."""

    def construct(self) -> None:
        dot = Dot(np.random.default_rng().normal(size=3))
        self.play(dot.animate.shift(RIGHT), run_time=2)


class OtherwiseLater(Scene):
    """Another one each time: what was once shown and is gone decides about what comes last."""

    def construct(self) -> None:
        number = np.random.default_rng().normal()
        label = DecimalNumber(number, num_decimal_places=5)
        self.add(label)
        self.wait(0.5)
        self.remove(label)
        self.play(Square().animate.shift(RIGHT), run_time=1)
        self.add(Dot([number, 0, 0]))
        self.wait(0.5)


class UnseededView(Scene):
    def construct(self) -> None:
        self.add(Square())
        self.frame.shift(np.random.default_rng().normal(size=3))
        self.wait(2)


class UnseededUniform(Scene):
    def construct(self) -> None:
        square = Square()
        square.uniforms["anti_alias_width"] = 1 + abs(np.random.default_rng().normal())
        self.play(square.animate.shift(RIGHT), run_time=2)


class UnseededPicture(Scene):
    def construct(self) -> None:
        from PIL import Image

        pixels = np.random.default_rng().integers(0, 255, (8, 8, 3)).astype(np.uint8)
        with tempfile.NamedTemporaryFile(suffix=".png") as file:
            Image.fromarray(pixels).save(file.name)
            self.play(ImageMobject(file.name).animate.shift(RIGHT), run_time=2)


@pytest.mark.slow
@pytest.mark.parametrize("scene", [Unseeded, OtherwiseLater, UnseededView, UnseededUniform, UnseededPicture])
def test_portions_of_different_runs_do_not_fit(scene: type) -> None:
    frames, fit = in_portions(scene, [8])
    assert len(frames) == 16
    assert not fit


class LooksAtItself(Scene):
    def construct(self) -> None:
        self.play(Square().animate.shift(RIGHT), run_time=1)
        self.add(ImageMobject(self.save(self.look())).scale(0.3).to_corner(UP + LEFT))
        self.wait(1)

    def look(self) -> Any:
        return self.get_image()

    def save(self, picture: Any) -> str:
        path = str(Path(tempfile.gettempdir(), "looks_at_itself.png"))
        picture.save(path)
        return path


class LooksSecretly(LooksAtItself):
    def look(self) -> Any:
        try:
            return self.get_image()
        except Exception:
            from PIL import Image

            return Image.new("RGB", (160, 90))


class LooksBehindTheCamera(LooksAtItself):
    def look(self) -> Any:
        from PIL import Image

        buffer = self.camera.fbo
        return Image.frombytes("RGBA", buffer.size, buffer.read(components=4))


REFUSED = {
    LooksAtItself: "it looks at its own frames",
    LooksSecretly: "it looks at its own frames",
    LooksBehindTheCamera: "it looks at its own frames",
    fast_scenes.Clipped: "a clip plane",
    fast_scenes.OwnWay: "draws itself in its own way",
    fast_scenes.Leftover: "uniforms that one mobject leaves to the next",
}


@pytest.mark.slow
@pytest.mark.parametrize("scene", REFUSED, ids=lambda scene: scene.__name__)
def test_what_cannot_be_followed_is_not_divided(scene: type) -> None:
    count = len(whole(scene))
    with pytest.raises(Indivisible, match=REFUSED[scene]):
        portion(scene, count - 1, None, [count - 1])


def test_stock_drawing_is_not_divided() -> None:
    with pytest.raises(Indivisible, match="ManimGL's own way"):
        Follower(Run(Hooked, fast=False), 1, None, [1])


def jobs_of(*frames: int, took: float = 0.1) -> dict[Job, Length]:
    made = {}
    for count in frames:
        job: Any = object.__new__(Job)
        object.__setattr__(job, "work", tasks.render)
        made[job] = Length(count, count / 30, 30, took)
    return made


@pytest.mark.parametrize(
    ("frames", "width", "parts"),
    [
        ([3000], 2, [2]),
        ([3000], 1, [1]),
        ([3000], 8, [8]),
        ([900], 8, [4]),  # not into crumbs
        ([399], 2, [1]),
        ([3000, 300, 300], 2, [2, 1, 1]),
        ([1000, 900, 800], 2, [1, 1, 1]),
        ([3000, 2000, 1000], 6, [3, 2, 1]),
        ([], 4, []),
    ],
)
def test_only_what_is_longer_than_its_share_is_divided(
    frames: list[int], width: int, parts: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(split, "_refusal", lambda job: "")
    known = jobs_of(*frames)
    cuts = split.plan(known, width)
    assert [len(cuts.get(job, [])) + 1 for job in known] == parts


def test_what_costs_much_to_begin_is_not_divided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(split, "_refusal", lambda job: "")
    assert split.plan(jobs_of(3000, took=20), 4) == {}
    (cuts,) = split.plan(jobs_of(3000, took=15), 4).values()
    assert len(cuts) == 1
    monkeypatch.setattr(split, "_refusal", lambda job: "it was tried")
    assert split.plan(jobs_of(3000), 4) == {}
    monkeypatch.setenv("DARKROOM_DRAWING", "stock")
    assert split.plan(jobs_of(3000), 4) == {}


def test_later_portions_are_shorter() -> None:
    cuts = [0, *split.shares(3000, 4), 3000]
    sizes = [end - first for first, end in pairwise(cuts)]
    assert sorted(sizes, reverse=True) == sizes
    assert sizes[0] < 1.5 * sizes[-1]


def a_portion(marks: dict[int, str], reason: str = "") -> Outcome:
    seen = Seen(unrepeatable=reason, interferes=bool(reason))
    clip = Rendered(Path("clip.mp4"), 10, 1.0, 10.0, (16, 9), False, 1.0, 1.0, {}, seen=seen)
    job: Any = object.__new__(Job)
    object.__setattr__(job, "log", Path("no such log"))
    return Outcome(job, split.Portion(clip, marks, None))


@pytest.mark.parametrize(
    ("outcomes", "reason"),
    [
        ([a_portion({5: "a"}), a_portion({5: "b"})], "it does not do the same each time"),
        ([a_portion({5: "a"}), a_portion({5: "a", 7: "b"}), a_portion({5: "a", 7: "c"})], "it does not do the same"),
        ([a_portion({5: "a"}), a_portion({})], "it does not do the same each time"),
        ([a_portion({5: "a"}), a_portion({5: "a"}, "it writes notes.txt")], "it writes notes.txt"),
    ],
)
def test_portions_that_prove_nothing_are_not_put_together(outcomes: list[Outcome], reason: str) -> None:
    refusal = split._together(outcomes[0].job, outcomes)
    assert isinstance(refusal, split.Refusal)
    assert reason in refusal.reason


LONG = """\
import numpy as np
from manim_imports_ext import *


class Long(ChalkScene):
    sound = None

    def construct(self):
        square = Square(stroke_color=self.chalk)
        count = DecimalNumber(0).to_edge(UP).add_updater(lambda m, dt: m.increment_value(dt))
        self.add(count)
        if self.sound:
            self.wait(2.5)
            self.add_sound(self.sound)
        for n in range(9):
            self.play(Rotate(square, 1), run_time=3)
            self.play(square.animate.set_fill(BLUE, 0.1 * n), run_time=2)


class Sounding(Long):
    sound = "farm/beep.wav"


class Moody(Long):
    def setup(self):
        super().setup()
        self.add(Dot(np.random.default_rng().normal(size=3)))


class BreaksLate(Long):
    def tear_down(self):
        if not self.skip_animations:
            raise RuntimeError("in the last moment")
"""


@pytest.fixture(scope="module")
def long(repo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of that repository, with long scenes in it."""
    root = shutil.copytree(repo, tmp_path_factory.mktemp("long") / "videos")
    write(root / "farm/long.py", LONG)
    with wave.open(str(root / "farm/beep.wav"), "wb") as beep:
        beep.setparams((1, 2, 16000, 0, "NONE", ""))
        tone = 12000 * np.sin(np.arange(16000) / 8)
        beep.writeframes(tone.astype("<i2").tobytes())
    return root


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "kind", "suffix"),
    [
        ("Long", ("--codec", "lossless"), "mp4"),
        ("Sounding", ("--codec", "lossless"), "mp4"),
        ("Sounding", ("--transparent",), "mov"),
    ],
)
def test_a_long_scene_is_divided_and_is_the_same(
    darkroom: Darkroom, long: Path, tmp_path: Path, name: str, kind: tuple[str, ...], suffix: str
) -> None:
    how = (f"farm/long.py:{name}", "--quality", "low", *kind)
    one = darkroom("render", *how, "--no-split", "--no-cache", "--output", tmp_path / "one", cwd=long)
    assert one.returncode == 0, one.stderr
    two = darkroom("render", *how, "--jobs", "2", "--output", tmp_path / "two", cwd=long)
    assert two.returncode == 0, two.stderr
    clip = f"farm/long/low/{name}.{suffix}"
    assert files_below(tmp_path / "one") == files_below(tmp_path / "two") == [clip]
    assert clips.compare(tmp_path / "one" / clip, tmp_path / "two" / clip) == ""
    if suffix == "mp4":  # in ProRes every frame stands alone: joined, its clips are the same to the byte
        assert (tmp_path / "one" / clip).read_bytes() != (tmp_path / "two" / clip).read_bytes(), "it was not divided"
    again = darkroom("render", *how, "--jobs", "2", "--verify", "--output", tmp_path / "two", cwd=long)
    assert again.returncode == 0, again.stderr
    assert "verified 1 of 1 clips that were known: 0 differ" in again.stderr


@pytest.mark.slow
def test_what_differs_each_time_is_rendered_in_one_piece_and_not_tried_again(
    darkroom: Darkroom, long: Path, tmp_path: Path
) -> None:
    how = ("farm/long.py:Moody", "--quality", "low", "--jobs", "2", "--no-cache", "--output", tmp_path)
    first = darkroom("render", *how, cwd=long)
    assert first.returncode == 0, first.stderr
    said = "Moody is rendered in one piece: it does not do the same each time it is run."
    assert said in first.stderr
    assert files_below(tmp_path) == ["farm/long/low/Moody.mp4"]
    again = darkroom("render", *how, cwd=long)
    assert again.returncode == 0, again.stderr
    assert said not in again.stderr


@pytest.mark.slow
def test_a_divided_scene_that_is_stopped_leaves_nothing(repo: Path, tmp_path: Path) -> None:
    how = ("oddities/endless.py:GoesOnAndOn", "--quality", "low", "--jobs", "2", "--output", tmp_path)
    run = Watched(repo, "render", *how)
    run.wait_for(lambda: list(tmp_path.rglob(".GoesOnAndOn.portions/.*.partial.mp4")))
    os.write(run.terminal, b"\x03")
    assert run.exit_code() == 130
    run.wait_for(lambda: not processes_in(repo), seconds=10)
    assert not [name for name in files_below(tmp_path) if not name.startswith("logs/")]


@pytest.mark.slow
def test_a_divided_scene_that_fails_says_so_once(darkroom: Darkroom, long: Path, tmp_path: Path) -> None:
    how = ("farm/long.py:BreaksLate", "--quality", "low", "--jobs", "2", "--output", tmp_path)
    done = darkroom("render", *how, cwd=long)
    assert done.returncode == 1
    assert done.stderr.count("RuntimeError: in the last moment") == 1
    assert "1 of 1 failed: BreaksLate" in done.stderr
    (log,) = files_below(tmp_path)
    assert "Traceback" in (tmp_path / log).read_text()
