"""A scene that says its frame is 9 wide and 16 tall gets that frame, whichever way it is started."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from darkroom import discover
from darkroom.engine.clip import probe
from darkroom.engine.frame import pixels
from darkroom.errors import UsageError
from darkroom.jobs import Quality, Stage
from tests.darkroom.conftest import Darkroom, write
from tests.darkroom.sessions import ROOT, manimgl

SCENES = '''\
"""Scenes of two shapes."""
from manimlib import *


class TallScene(InteractiveScene):
    frame_shape = (9, 16)


class Ball(TallScene):
    """A ball as wide as the frame."""

    def construct(self):
        # Show the ball
        self.add(Circle(radius=FRAME_WIDTH / 2).set_fill(WHITE, 1).set_stroke(width=0))
        words = VGroup(Text(f"{side:g}", font_size=54) for side in FRAME_SHAPE).arrange(RIGHT)
        words.set_color(BLACK).shift(2 * UP)
        self.play(FadeIn(words), run_time=0.2)
        self.wait(0.2)


class SameBall(Ball):
    pass


class WideBall(Ball):
    frame_shape = None
'''


@pytest.fixture(scope="module")
def scenes(repo: Path) -> Path:
    return write(repo / "tall/balls.py", SCENES)


def as_a_picture(clip: Path) -> np.ndarray:
    """(height, width) brightness of a clip's last frame, 0 to 255."""
    picture = clip.with_suffix(".png")
    command = ["ffmpeg", "-v", "error", "-y", "-i", clip, "-update", "1", "-pix_fmt", "gray", picture]
    subprocess.run(command, check=True)
    return np.asarray(Image.open(picture))


def extent_of_the_ball(gray: np.ndarray) -> tuple[int, int]:
    """Its width and height in pixels."""
    rows, columns = np.nonzero(gray > 128)
    return int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1


# What a class says


@pytest.mark.parametrize(
    ("shape", "short_side", "size"),
    [
        ((9, 16), 1080, (1080, 1920)),
        ((9, 16), 720, (720, 1280)),
        ((9, 16), 480, (468, 832)),  # 480x853.3 is none
        ((9, 16), 2160, (2160, 3840)),
        ((16, 9), 1080, (1920, 1080)),
        ((8, 8), 480, (480, 480)),
        ((4.5, 8), 1080, (1080, 1920)),
        ((1, 2.39), 480, (480, 1148)),
    ],
)
def test_pixels_are_even_and_of_the_frames_shape(
    shape: tuple[float, float], short_side: int, size: tuple[int, int]
) -> None:
    assert pixels(shape, short_side) == size


def test_a_scene_says_its_shape_once_for_all_that_inherit_it(scenes: Path) -> None:
    (film,) = discover.find([str(scenes)])
    shapes = {ref.name: ref.frame_shape for ref in film.scenes}
    assert shapes == {"Ball": (9, 16), "SameBall": (9, 16), "WideBall": None}


def test_the_base_may_be_in_another_file(scenes: Path) -> None:
    text = "from manimlib import *\nfrom tall.balls import Ball\n\n\nclass Mine(Ball):\n    chapter = 'mine'\n"
    (film,) = discover.find([str(write(scenes.parent / "mine.py", text))])
    assert film.scenes[0].frame_shape == (9, 16)
    assert Stage.of(film.scenes[0], Quality.low).frame_shape == (9, 16)


@pytest.mark.parametrize("said", ["(9,)", "9", "'tall'", "'16'", "(16, -9)", "(9, 'a')"])
def test_a_shape_that_is_none_is_refused(said: str, tmp_path: Path) -> None:
    text = f"from manimlib import *\n\n\nclass A(Scene):\n    frame_shape = {said}\n    def construct(self): pass\n"
    with pytest.raises(UsageError, match=r"frame_shape of A is no pair of numbers"):
        discover.find([str(write(tmp_path / "a.py", text))])


# darkroom


@pytest.mark.slow
def test_render_takes_the_shape_from_the_scene(scenes: Path, darkroom: Darkroom, tmp_path: Path) -> None:
    done = darkroom("render", scenes, "--quality", "low", "--output", tmp_path)
    assert done.returncode == 0, done.stderr
    clips = tmp_path / "tall/balls/low"
    for name, size in {"Ball": (90, 160), "SameBall": (90, 160), "WideBall": (160, 90)}.items():
        facts = probe(clips / f"{name}.mp4")
        assert (facts.width, facts.height) == size
    width, height = extent_of_the_ball(as_a_picture(clips / "Ball.mp4"))
    assert width == height == 90


@pytest.mark.slow
def test_a_high_quality_film_of_one_scene(scenes: Path, darkroom: Darkroom, tmp_path: Path) -> None:
    done = darkroom("film", f"{scenes}:Ball", "--quality", "high", "--output", tmp_path)
    assert done.returncode == 0, done.stderr
    cut = tmp_path / "tall/balls/Ball-high.mp4"
    assert done.stdout.splitlines()[-1] == str(cut)
    facts = probe(cut)
    assert (facts.width, facts.height, facts.frames) == (1080, 1920, 4)


@pytest.mark.slow
def test_two_shapes_are_not_one_film(scenes: Path, darkroom: Darkroom, tmp_path: Path) -> None:
    done = darkroom("film", scenes, "--quality", "low", "--output", tmp_path)
    assert done.returncode == 2
    assert "Ball is made for a frame 9 wide and 16 tall, but WideBall for one as configured" in done.stderr
    assert "darkroom film tall/balls.py:Ball" in done.stderr
    assert not list(tmp_path.rglob("*.mp4")), "said before anything is rendered"


@pytest.mark.slow
def test_sheets_checks_numbers_and_lists_see_the_same_frame(scenes: Path, darkroom: Darkroom, tmp_path: Path) -> None:
    assert "0.4 s" in darkroom("list", scenes).stdout
    sheet = darkroom("sheet", f"{scenes}:Ball", "--output", tmp_path)
    assert sheet.returncode == 0, sheet.stderr
    numbers = darkroom("numbers", f"{scenes}:Ball", "--json")
    told = [row["shown"] for row in json.loads(numbers.stdout)[0]["numbers"]]
    assert told == ["9", "16"], "what the scene itself knows of its frame"
    checked = darkroom("check", f"{scenes}:Ball", "--json", "--output", tmp_path)
    assert checked.returncode == 0, checked.stdout + checked.stderr


# Plain manimgl


@pytest.mark.slow
def test_manimgl_with_the_configuration_file(scenes: Path, tmp_path: Path) -> None:
    done = manimgl(tmp_path, str(scenes), "Ball", "-w", "-l", "--config_file", "vertical.yml")
    assert done.returncode == 0, done.stderr
    clip = tmp_path / "media/Ball.mp4"
    facts = probe(clip)
    assert (facts.width, facts.height) == (468, 832)
    width, height = extent_of_the_ball(as_a_picture(clip))
    assert width == height == 468


@pytest.mark.slow
@pytest.mark.parametrize(
    "options", [["-w", "-l"], ["-se", "17"], ["-w", "-r", "1080x1080", "--config_file", "vertical.yml"]]
)
def test_manimgl_without_it_stops_at_once_with_the_line_to_type(
    options: list[str], scenes: Path, tmp_path: Path
) -> None:
    done = manimgl(tmp_path, str(scenes), "Ball", *options)
    assert done.returncode == 2
    assert "Ball is made for a frame 9 wide and 16 tall; ManimGL was started with one" in done.stderr
    assert f"Type:  manimgl {scenes} Ball {' '.join(options[:3])}" in done.stderr
    assert done.stderr.strip().endswith("--config_file vertical.yml")
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.rglob("*.mp4"))


@pytest.mark.slow
def test_the_line_that_it_says_works(scenes: Path, tmp_path: Path) -> None:
    refused = manimgl(tmp_path, str(scenes), "Ball", "-w", "-l")
    typed = refused.stderr.partition("Type:  manimgl ")[2].split()
    typed[typed.index("--video_dir") : typed.index("--video_dir") + 2] = []  # the helper says it anyway
    assert manimgl(tmp_path, *typed).returncode == 0
    assert (tmp_path / "media/Ball.mp4").exists()


@pytest.mark.slow
def test_a_session_at_a_line_has_the_frame(scenes: Path, tmp_path: Path) -> None:
    typed = "print('@@', FRAME_WIDTH, FRAME_HEIGHT)\n"
    line = next(n for n, text in enumerate(SCENES.splitlines(), 1) if "self.add" in text)
    options = ("-se", str(line), "--config_file", "vertical.yml")
    done = manimgl(tmp_path, str(scenes), "Ball", *options, typed=typed)
    assert "@@ 9.0 16.0" in done.stdout, done.stderr


@pytest.mark.slow
def test_the_configuration_file_leaves_the_houses_letters_as_they_are() -> None:
    code = """
from darkroom import engine
engine.load(("-w", "--config_file", "vertical.yml"))
from manimlib import *
config = manim_config
print("@@", config.text.font, config.tex.template, config.camera.background_color, config.camera.fps, FRAME_SHAPE)
assert len(Tex("x^2")) == 2  # which tells on stdout that LaTeX is at work, if it has to be
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "@@ Latin Modern Roman house #0F1117 30 (9.0, 16.0)" in done.stdout.splitlines()


def test_without_such_a_file_one_is_told_what_to_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from darkroom.engine import frame

    monkeypatch.chdir(tmp_path)
    assert "camera: {resolution: '(1080, 1920)'}  and  sizes: {frame_height: 16}" in frame._advice((9, 16))
    write(tmp_path / "phone.yml", "camera: {resolution: '(540, 960)'}\nsizes: {frame_height: 16}\n")
    assert "--config_file phone.yml" in frame._advice((9, 16))
    assert "phone.yml" not in frame._advice((1, 1))
