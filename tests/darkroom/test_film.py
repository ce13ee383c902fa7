"""The final cut: all scenes, in order, at the right moments, with their sound."""

import math
import subprocess
import wave
from pathlib import Path

import pytest

from darkroom import film
from darkroom.engine.clip import probe
from darkroom.errors import EncodingFailed
from darkroom.tasks import Rendered
from tests.darkroom.conftest import Darkroom, files_below, write

pytestmark = pytest.mark.slow


def test_a_film_is_its_scenes_in_order_with_chapters(darkroom: Darkroom, tmp_path: Path) -> None:
    done = darkroom("film", "_2025/shapes", "--quality", "low", "--output", tmp_path)
    assert done.returncode == 0, done.stderr
    path = tmp_path / "2025/shapes/shapes-low.mp4"
    assert done.stdout.splitlines()[-1] == str(path)
    facts = probe(path)
    assert (facts.frames, facts.seconds) == (4 + 24, pytest.approx(2.8))
    assert film.read_chapters(path) == [("Squares; and = more", 0.0, 0.4), ("Circle", 0.4, 2.8)]
    clips = [path.parent / "low" / f"{name}.mp4" for name in ("SquareOfMLPScene", "CircleScene")]
    assert pictures(path) == [picture for clip in clips for picture in pictures(clip)]


def pictures(path: Path) -> list[str]:
    """A hash of every decoded frame."""
    command = ["ffmpeg", "-loglevel", "error", "-i", path, "-map", "0:v", "-f", "framemd5", "-"]
    lines = subprocess.check_output(command, text=True).splitlines()
    return [line.split(",")[-1].strip() for line in lines if not line.startswith("#")]


def test_a_film_with_a_failing_scene_is_not_made(darkroom: Darkroom, tmp_path: Path) -> None:
    done = darkroom("film", "oddities/broken.py", "--quality", "low", "--output", tmp_path)
    assert done.returncode == 1
    assert "FailsHalfway" in done.stderr
    assert not list(tmp_path.rglob("broken-low.mp4"))


TONES = """\
from manim_imports_ext import *


class Silent(ChalkScene):
    def construct(self):
        self.wait(1)


class Loud(ChalkScene):
    def construct(self):
        self.wait(0.5)
        self.add_sound("{tone}")
        self.wait(0.1)


SCENES_IN_ORDER = [Silent, Loud, Silent]
"""


def test_sound_begins_where_its_scene_says(darkroom: Darkroom, repo: Path, tmp_path: Path) -> None:
    tone = tmp_path / "tone.wav"
    with wave.open(str(tone), "wb") as file:
        file.setparams((1, 2, 22050, 0, "NONE", ""))
        samples = (round(20000 * math.sin(i / 8)) for i in range(22050 // 4))
        file.writeframes(b"".join(value.to_bytes(2, "little", signed=True) for value in samples))
    write(repo / "sound" / "film.py", TONES.format(tone=tone))
    done = darkroom("film", "sound", "--quality", "low", "--output", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    path = tmp_path / "out/sound/sound-low.mp4"
    facts = probe(path)
    assert (facts.frames, facts.has_sound) == (26, True)
    command = ["ffmpeg", "-loglevel", "error", "-i", path, "-ac", "1", "-ar", "1000", "-f", "s16le", "-"]
    raw = subprocess.check_output(command)
    loud = [
        at for at in range(len(raw) // 2) if abs(int.from_bytes(raw[2 * at : 2 * at + 2], "little", signed=True)) > 2000
    ]
    assert 1450 <= loud[0] <= 1550, "milliseconds"
    assert 1550 <= loud[-1] <= 1620, "cut where its picture ends, so that the next scene is not pushed back"


def a_clip(path: Path, fps: int = 10, frames: int = 5) -> Rendered:
    source = ["-f", "lavfi", "-i", f"color=red:s=64x36:r={fps}", "-frames:v", str(frames), "-pix_fmt", "yuv420p"]
    subprocess.run(["ffmpeg", "-loglevel", "error", *source, path], check=True)
    return Rendered(path, frames, frames / fps, fps, (64, 36), False, frames / fps, 1.0, {})


def test_clips_of_two_frame_rates_make_no_film(tmp_path: Path) -> None:
    clips = [a_clip(tmp_path / "a.mp4"), a_clip(tmp_path / "b.mp4", fps=25)]
    with pytest.raises(film.CannotJoin, match="b is 64x36 at 25 frames/s, but a is 64x36 at 10"):
        film.join(clips, ["A", "B"], tmp_path / "film.mp4")


def test_names_that_mean_something_to_ffmpeg_are_only_names(tmp_path: Path) -> None:
    folder = tmp_path / "it's a folder, \\ truly"
    folder.mkdir()
    clips = [a_clip(folder / "a'b.mp4"), a_clip(folder / "c#d.mp4")]
    titles = ["What's = ; # \\ this?", "[CHAPTER]"]
    facts, chapters = film.join(clips, titles, folder / "fi'lm.mp4")
    assert facts.frames == 10
    assert [chapter.title for chapter in chapters] == titles
    assert files_below(folder) == ["a'b.mp4", "c#d.mp4", "fi'lm.mp4"]


def test_a_clip_that_is_gone_leaves_no_film(tmp_path: Path) -> None:
    clips = [a_clip(tmp_path / "a.mp4"), a_clip(tmp_path / "b.mp4")]
    clips[1].path.unlink()
    with pytest.raises(EncodingFailed, match=r"b\.mp4"):
        film.join(clips, ["A", "B"], tmp_path / "film.mp4")
    assert files_below(tmp_path) == ["a.mp4"]
