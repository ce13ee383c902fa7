"""What kinds of file can be asked for: by a scene's class as ManimGL does it, and by options of `render`, `still`."""

import json
import math
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageChops

from darkroom import codecs
from darkroom.codecs import Codec, Format
from darkroom.discover import SceneRef
from darkroom.engine.clip import probe
from darkroom.errors import UsageError
from darkroom.parts import Part
from darkroom.tasks import Length
from tests.darkroom.conftest import Darkroom, files_below, write
from tests.darkroom.test_film import pictures

LOW = ("--quality", "low")

SCENES = """\
from manimlib import *


class Alpha(Scene):
    default_camera_config = dict(background_opacity=0.0)
    default_file_writer_config = dict(movie_file_extension=".mov", video_codec="prores_ks", pixel_format="")

    def construct(self):
        self.play(FadeIn(Square(side_length=4).set_fill(BLUE, 0.5).set_stroke(width=0)), run_time=0.3)


class Gif(Scene):
    default_file_writer_config = dict(
        movie_file_extension=".gif", video_codec="", pixel_format="", subdivide_output=True, save_last_frame=True,
        output_directory="elsewhere", open_file_upon_completion=True,
    )

    def construct(self):
        self.play(ShowCreation(Circle()), run_time=0.3)
        self.add_sound("beep.wav")
        self.wait(0.2)
        self.add(Square())


class OwnSize(Scene):
    default_camera_config = dict(resolution=(200, 100), fps=20, background_color="#402010")
    default_file_writer_config = dict(saturation=0.0)

    def construct(self):
        self.add(Square(side_length=20).set_fill(RED, 1))
        self.wait(0.2)


class Missing(Scene):
    def construct(self):
        self.add(MarkupText("a <span face='Absent Mono'>b</span>"), Text("no such font", font="Nonexistent Sans"))
        self.wait(0.2)


class Likewise(Missing):
    pass


class NoDot(Scene):
    default_file_writer_config = dict(movie_file_extension="mov")

    def construct(self):
        self.wait(0.1)
"""

PARTS = """\
from manimlib import *


class Talk(Scene):
    def construct(self):
        # Draw a circle
        circle = Circle().set_stroke(width=20)
        circle.add_updater(lambda m, dt: m.rotate(dt).shift(0.1 * np.random.normal() * UP))
        self.play(ShowCreation(circle), run_time=0.5)
        self.add_sound("beep.wav")

        # Move it right
        self.play(circle.animate.shift(RIGHT), run_time=0.5)
        self.wait(0.5)

        # Leave it
        self.leave(circle)
        self.add(Square(side_length=7))

    def leave(self, circle):
        self.play(FadeOut(circle), run_time=0.5)


class Looks(Talk):
    def leave(self, circle):
        picture = self.get_image()
        self.add(Dot(radius=1).set_fill(rgb_to_color(np.array(picture.convert("RGB").getpixel((90, 45))) / 255), 1))
        self.wait(0.5)
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("output")
    write(
        root / "custom_config.yml",
        'camera: {fps: 10, background_color: "#102030"}\nresolution_options: {low: "(160, 90)", med: "(320, 180)"}\n'
        "text: {font: Latin Modern Roman}\nfile_writer: {movie_file_extension: .mkv}\n",
    )
    write(root / "asks.py", SCENES)
    write(root / "parts.py", PARTS)
    with wave.open(str(root / "beep.wav"), "wb") as beep:
        beep.setparams((1, 2, 8000, 0, "NONE", ""))
        samples = (round(20000 * math.sin(i / 3)) for i in range(8000))
        beep.writeframes(b"".join(value.to_bytes(2, "little", signed=True) for value in samples))
    return root


def alpha(path: Path, decoder: str = "") -> np.ndarray:
    """The transparency of every decoded frame: an array of (frames, height, width), 0 to 255."""
    facts = probe(path)
    how = ["-c:v", decoder] if decoder else []
    command = ["ffmpeg", "-loglevel", "error", *how, "-i", path, "-vf", "alphaextract", "-vsync", "0", "-f", "rawvideo"]
    raw = subprocess.run([*command, "-pix_fmt", "gray", "-"], stdout=subprocess.PIPE, check=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(-1, facts.height, facts.width)


def rgb(path: Path) -> np.ndarray:
    """The colours of every decoded frame: an array of (frames, height, width, 3)."""
    facts = probe(path)
    command = ["ffmpeg", "-loglevel", "error", "-i", path, "-vsync", "0", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    raw = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(-1, facts.height, facts.width, 3)


def streams(path: Path) -> list[dict[str, object]]:
    command = ["ffprobe", "-v", "error", "-show_streams", "-of", "json", str(path)]
    found: list[dict[str, object]] = json.loads(subprocess.check_output(command))["streams"]
    return found


@pytest.mark.slow
def test_what_a_class_asks_of_the_file_writer_is_done_or_said(
    darkroom: Darkroom, project: Path, tmp_path: Path
) -> None:
    done = darkroom("render", "asks.py", *LOW, "--output", tmp_path, cwd=project)
    assert done.returncode == 1, "one of them asks for what cannot be"
    assert "movie_file_extension of NoDot is 'mov'" in done.stderr
    assert "1 of 6 failed: NoDot" in done.stderr
    low = tmp_path / "asks" / "low"
    made = [name for name in files_below(low) if "logs" not in name]
    expected = ["Alpha.mov", "Gif.gif", "Gif.png", "Gif/00000.gif", "Gif/00001.gif"]
    assert made == sorted([*expected, "Likewise.mp4", "Missing.mp4", "OwnSize.mp4"])

    seen = alpha(low / "Alpha.mov")
    assert seen.shape == (3, 90, 160)
    assert seen[-1, 2, 2] == 0
    assert abs(int(seen[-1, 45, 80]) - 128) <= 4

    assert [probe(low / f"Gif/{number:05}.gif").frames for number in range(2)] == [3, 2]
    assert probe(low / "Gif.gif").frames == 5
    picture = Image.open(low / "Gif.png").convert("RGB")
    assert picture.getpixel((80 - 12, 45)) != (0x10, 0x20, 0x30), "the square that was added last"

    size = probe(low / "OwnSize.mp4")
    assert (size.width, size.height, size.fps, size.frames) == (200, 100, 20, 4)
    assert np.ptp(rgb(low / "OwnSize.mp4").astype(int), axis=-1).max() <= 3, "saturation: gray"

    said = " ".join(done.stdout.split())
    assert "Gif: output_directory='elsewhere' was not heeded" in said
    assert "Gif: open_file_upon_completion was not heeded" in said
    assert "Gif: its sound was left out: a GIF has none." in said
    assert "movie_file_extension under file_writer: ManimGL itself hears" in said
    assert not (project / "elsewhere").exists()
    font = "Missing: the font 'Nonexistent Sans' is not installed. Its words are drawn in another: Likewise, Missing."
    assert said.count(font) == 1
    assert "the font 'Absent Mono' is not installed" in said

    again = darkroom("render", "asks.py:Alpha", "asks.py:Missing", *LOW, "--output", tmp_path / "new", cwd=project)
    assert "2 of 2 clips were known already" in again.stdout
    assert (tmp_path / "new/asks/low/Alpha.mov").read_bytes() == (low / "Alpha.mov").read_bytes()
    assert "the font 'Nonexistent Sans' is not installed" in again.stdout, "known clips have the wrong font too"


@pytest.mark.slow
def test_class_and_manimgl_write_the_same_bytes(darkroom: Darkroom, project: Path, tmp_path: Path) -> None:
    done = darkroom("render", "asks.py:Alpha", "asks.py:OwnSize", *LOW, "--output", tmp_path, cwd=project)
    assert done.returncode == 0, done.stderr
    manimgl = str(Path(sys.executable).with_name("manimgl"))
    stock = [manimgl, "asks.py", "Alpha", "OwnSize", "-w", "-l", "--video_dir", str(tmp_path / "stock")]
    subprocess.run(stock, cwd=project, check=True, capture_output=True)
    for name in ("Alpha.mov", "OwnSize.mp4"):
        assert (tmp_path / "asks/low" / name).read_bytes() == (tmp_path / "stock" / name).read_bytes(), name


@pytest.mark.slow
def test_strict_makes_a_missing_font_an_error(darkroom: Darkroom, project: Path, tmp_path: Path) -> None:
    for command in ("film", "sheet"):
        done = darkroom(command, "asks.py:Likewise", *LOW, "--strict", "--output", tmp_path, cwd=project)
        assert done.returncode == 1, command
        assert "the font 'Absent Mono' is not installed" in done.stderr
        assert "asks.py:36 in construct" in done.stderr
    assert not [name for name in files_below(tmp_path) if not name.startswith("logs")]
    sheet = darkroom("sheet", "asks.py:Likewise", *LOW, "--output", tmp_path, cwd=project)
    assert sheet.returncode == 0
    assert sheet.stderr.count("Missing: the font 'Nonexistent Sans' is not installed.") == 1
    assert sheet.stdout.split() == [str(tmp_path / "asks/sheets/Likewise.png")]


@pytest.mark.slow
@pytest.mark.parametrize(("codec", "suffix", "decoder"), [("manimgl", ".mov", ""), ("vp9", ".webm", "libvpx-vp9")])
def test_transparent_clips_are_see_through(
    darkroom: Darkroom, project: Path, tmp_path: Path, codec: str, suffix: str, decoder: str
) -> None:
    how = (*LOW, "--transparent", "--codec", codec, "--output", tmp_path)
    done = darkroom("film", "parts.py:Talk", *how, cwd=project)
    assert done.returncode == 0, done.stderr
    clip, film = tmp_path / f"parts/low/Talk{suffix}", tmp_path / f"parts/Talk-low{suffix}"
    for path in (clip, film):
        seen = alpha(path, decoder)
        assert len(seen) == 20
        middle = seen[8]
        assert middle[2, 2] <= 1
        assert middle.max() >= 250
        assert probe(path).has_sound
    assert pictures(clip) == pictures(film)


@pytest.mark.slow
def test_a_gif_has_the_colours_of_the_clip(darkroom: Darkroom, project: Path, tmp_path: Path) -> None:
    done = darkroom("render", "parts.py:Talk", *LOW, "--gif", "--output", tmp_path, cwd=project)
    assert done.returncode == 0, done.stderr
    assert "its sound was left out" in done.stdout
    path = tmp_path / "parts/low/Talk.gif"
    (stream,) = streams(path)
    assert (stream["codec_name"], stream["avg_frame_rate"], probe(path).frames) == ("gif", "10/1", 20)
    with Image.open(path) as gif:
        assert gif.convert("RGB").getpixel((2, 2)) == (0x10, 0x20, 0x30), "no palette of ffmpeg's own"


@pytest.fixture(scope="module")
def whole(darkroom: Darkroom, project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both scenes of parts.py, whole, without loss."""
    output = tmp_path_factory.mktemp("whole")
    done = darkroom("render", "parts.py", *LOW, "--codec", "lossless", "--output", output, cwd=project)
    assert done.returncode == 0, done.stderr
    return output / "parts" / "low"


@pytest.mark.slow
@pytest.mark.parametrize("scene", ["Talk", "Looks"])
def test_a_part_is_a_part_of_the_whole(
    darkroom: Darkroom, project: Path, whole: Path, tmp_path: Path, scene: str
) -> None:
    """Random numbers and updaters have seen all that comes before; Looks reads its own frames meanwhile."""
    frames = pictures(whole / f"{scene}.mp4")
    assert len(set(frames)) > 10
    drawn_from_the_beginning = []
    for options, first, end, label in (
        (("--beats", "Move it"), 5, 15, "beats-Move-it"),
        (("--beats", "4:"), 15, 20, "beats-4"),
        (("--from", "0.8", "--to", "1.9"), 8, 19, "0.8-1.9s"),
    ):
        how = (*LOW, "--codec", "lossless", *options, "--output", tmp_path)
        done = darkroom("render", f"parts.py:{scene}", *how, cwd=project)
        assert done.returncode == 0, done.stderr
        assert pictures(tmp_path / f"parts/low/{scene}@{label}.mp4") == frames[first:end], options
        assert "its own clock" not in done.stdout
        if f"{scene} is drawn from its beginning: it looks at its own frames." in done.stderr:
            drawn_from_the_beginning.append(label)
    assert drawn_from_the_beginning == (["beats-4"] if scene == "Looks" else [])
    again = darkroom("render", f"parts.py:{scene}", *how, cwd=project)
    assert "1 of 1 clips were known already" in again.stdout


@pytest.mark.slow
def test_the_sound_of_a_part_is_cut(darkroom: Darkroom, project: Path, tmp_path: Path) -> None:
    """It begins at 0.5 s and lasts for one second."""
    for part, loud in ((("0.3", "0.9"), (0.2, 0.6)), (("0.9", "2"), (0.0, 0.6))):
        how = ("--from", part[0], "--to", part[1], "--output", tmp_path)
        done = darkroom("render", "parts.py:Talk", *LOW, *how, cwd=project)
        assert done.returncode == 0, done.stderr
        (path,) = (tmp_path / "parts/low").glob("*.mp4")
        command = ["ffmpeg", "-loglevel", "error", "-i", path, "-ac", "1", "-ar", "1000", "-f", "s16le", "-"]
        heard = np.abs(np.frombuffer(subprocess.check_output(command), "<i2").astype(int)) > 2000
        places = np.flatnonzero(heard) / 1000
        assert places[0] == pytest.approx(loud[0], abs=0.05)
        assert places[-1] == pytest.approx(loud[1], abs=0.08)
        path.unlink()


@pytest.mark.slow
def test_stills_are_the_frames_of_the_clip(darkroom: Darkroom, project: Path, whole: Path, tmp_path: Path) -> None:
    clips = {name: rgb(whole / f"{name}.mp4") for name in ("Talk", "Looks")}
    move = PARTS.splitlines().index("        self.wait(0.5)") + 1
    for typed, name, frame in (
        ("parts.py:Talk@0.3", "Talk@0.3s", 3),
        ("parts.py:Looks@1.75", "Looks@1.75s", 17),
        (f"parts.py:{move}", f"Talk@line{move}", 14),
    ):
        done = darkroom("still", typed, *LOW, "--output", tmp_path, cwd=project)
        assert done.returncode == 0, done.stderr
        path = tmp_path / f"parts/stills/{name}.png"
        assert done.stdout.strip() == str(path)
        assert (np.asarray(Image.open(path)) == clips[name.partition("@")[0]][frame]).all(), typed
    done = darkroom("render", "--still", "parts.py", *LOW, "--output", tmp_path, cwd=project)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(tmp_path / f"parts/stills/{name}.png") for name in ("Looks", "Talk")]
    end = Image.open(tmp_path / "parts/stills/Talk.png")
    assert end.getpixel((80 - 39, 45)) != (0x10, 0x20, 0x30), "the square that was added after the last animation"
    how = ("--still", "0.3", "--quality", "medium", "--transparent", "--output", tmp_path)
    done = darkroom("render", "parts.py:Talk", *how, cwd=project)
    assert done.returncode == 0, done.stderr
    seen = Image.open(tmp_path / "parts/stills/Talk@0.3s.png")
    assert (seen.size, seen.mode, seen.getpixel((2, 2))[3]) == ((320, 180), "RGBA", 0)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["render", "parts.py:Talk", "--beats", "7"], "Talk has no beat '7'. It has 4 animations"),
        (["render", "parts.py:Talk", "--beats", "Jump"], "Draw a circle  Move it right  Leave it"),
        (["render", "parts.py:Talk", "--beats", "3:2"], "ends before it begins"),
        (["render", "parts.py:Talk", "--from", "3"], "Talk is 2.00 s long"),
        (["render", "parts.py", "--from", "3", "--to", "2"], "comes before"),
        (["render", "parts.py", "--from", "1", "--beats", "2"], "two ways to say the same"),
        (["render", "parts.py", "--gif", "--transparent"], "no half-transparent pixels"),
        (["render", "parts.py", "--transparent", "--codec", "h265"], "--codec vp9 (.webm)"),
        (["render", "parts.py", "--gif", "--codec", "h265"], "makes no GIF"),
        (["render", "parts.py", "--still", "--gif"], "--still makes one picture"),
        (["render", "parts.py", "--still", "--", "-1"], "there is no -1"),
        (["render", "parts.py", "--still", "-1"], "there is no -1 s"),
        (["render", "parts.py", "--fps", "24000/0"], "24000/1001"),
        (["render", "parts.py", "--fps", "0.5"], "less than 1"),
        (["render", "parts.py", "--config_file", "nowhere.yml"], "cannot read nowhere.yml"),
        (["sheet", "parts.py", "--config_file", "parts.py"], "parts.py is no YAML"),
        (["check", "parts.py", "--config_file", "nowhere.yml"], "cannot read nowhere.yml"),
        (["still", "parts.py:Talk@soon"], "'soon' is no number of seconds"),
        (["still", "parts.py:1"], "line 1 of parts.py is in no scene"),
        (["still", "parts.py:500"], "there is no line 500"),
        (["still", "parts.py:Tlak@1"], "Did you mean parts.py:Talk?"),
    ],
)
def test_a_slip_is_answered_in_words(darkroom: Darkroom, project: Path, arguments: list[str], said: str) -> None:
    done = darkroom(*arguments, cwd=project)
    assert said in " ".join(done.stderr.split()) or said in done.stderr
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_configuration_file_is_merged_on_top(darkroom: Darkroom, project: Path, tmp_path: Path) -> None:
    config = write(tmp_path / "slow.yml", "camera: {fps: 5}\n")
    how = ("parts.py:Talk", *LOW, "--output", tmp_path)
    clip = tmp_path / "parts/low/Talk.mp4"
    for text, fps, known in (("fps: 6", 6, False), ("fps: 8", 8, False), ("fps: 6", 6, True)):
        config.write_text(f"camera: {{{text}}}\n")
        done = darkroom("render", *how, "--config_file", config, cwd=project)
        assert done.returncode == 0, done.stderr
        facts = probe(clip)
        assert (facts.fps, facts.frames, facts.width) == (fps, 2 * fps, 160)
        assert ("1 of 1 clips were known" in done.stdout) == known
    still = darkroom("sheet", *how, "--config_file", config, cwd=project)
    assert still.returncode == 0, still.stderr
    check = darkroom("check", "parts.py:Talk", "--config_file", config, "--no-pictures", cwd=project)
    assert "Traceback" not in check.stderr


@pytest.mark.slow
def test_a_rate_may_be_a_fraction(darkroom: Darkroom, project: Path, tmp_path: Path) -> None:
    done = darkroom("film", "parts.py:Talk", *LOW, "--fps", "24000/1001", "--output", tmp_path, cwd=project)
    assert done.returncode == 0, done.stderr
    for path in (tmp_path / "parts/low/Talk.mp4", tmp_path / "parts/Talk-low.mp4"):
        assert streams(path)[0]["r_frame_rate"] == "24000/1001"
        assert probe(path).frames == 48
    sheet = darkroom("sheet", "parts.py:Talk", "--fps", "24000/1001", "--output", tmp_path, cwd=project)
    assert sheet.returncode == 0, sheet.stderr


@pytest.mark.slow
def test_an_old_film_is_not_left_as_if_it_were_new(darkroom: Darkroom, project: Path, tmp_path: Path) -> None:
    scenes = project / "changing.py"
    text = "from manimlib import *\n\nclass A(Scene):\n    def construct(self):\n        self.wait(0.2)\n"
    write(scenes, text)
    how = ("changing.py", *LOW, "--output", tmp_path)
    film, aside = (tmp_path / "changing" / f"changing-low{mark}.mp4" for mark in ("", ".earlier"))
    assert darkroom("film", *how, cwd=project).returncode == 0
    old = film.read_bytes()
    write(scenes, text + "        self.nonsense()\n")
    done = darkroom("film", *how, cwd=project)
    assert done.returncode == 1
    assert f"There is no new film. That of an earlier run is now  {aside}" in done.stderr
    assert not film.exists()
    assert aside.read_bytes() == old
    write(scenes, text)
    assert darkroom("film", *how, cwd=project).returncode == 0
    assert film.exists()
    assert not aside.exists()


@pytest.mark.slow
def test_a_gif_makes_no_film(darkroom: Darkroom, project: Path, tmp_path: Path) -> None:
    done = darkroom("film", "asks.py:Gif", *LOW, "--output", tmp_path, cwd=project)
    assert done.returncode == 1
    assert "Gif is a GIF, as its class asks: those cannot be joined." in done.stderr
    done = darkroom("film", "asks.py:Gif", *LOW, "--codec", "lossless", "--output", tmp_path, cwd=project)
    assert done.returncode == 0, done.stderr
    assert "movie_file_extension, video_codec, pixel_format of its class gave way to --codec." in done.stdout


def test_codecs_with_and_without_transparency() -> None:
    assert codecs.find(Codec.manimgl, format=Format.transparent) is None
    with pytest.raises(UsageError, match="cannot be transparent"):
        codecs.find(Codec.nvenc, format=Format.transparent)


@pytest.mark.parametrize(
    ("part", "frames"),
    [
        (Part("2"), (10, 20)),
        (Part("2:"), (10, None)),
        (Part(":2"), (0, 20)),
        (Part("move"), (10, 30)),
        (Part("# Move it"), (10, 30)),
        (Part("Draw:Move"), (0, 30)),
        (Part("Draw:3"), (0, 30)),
        (Part(start=1.0), (10, None)),
        (Part(stop=1.04), (0, 10)),
        (Part(start=0.5, stop=99), (5, None)),
    ],
)
def test_which_frames_a_part_is(part: Part, frames: tuple[int, int | None]) -> None:
    animations = (("Draw a circle", 10), ("Move it", 20), ("Move it", 30), ("", 40))
    span = part.span(SceneRef("A", Path("a.py"), Path()), Length(40, 4.0, 10.0, animations=animations))
    assert (span.first, span.end) == frames


def test_pictures_on_a_larger_sheet_are_larger() -> None:
    from darkroom import sheet

    picture = Image.effect_noise((1920, 1080), 90).convert("RGB")
    title = sheet.Title("Scene", "What it shows.", 1.0)
    pages = []
    for cell in (sheet.CELL, 960):
        small = sheet.shrink(picture, cell)
        assert small.width == cell
        pages.append(sheet.draw(title, [sheet.Cell(small, 1, 0.5, "Beat")] * 12, cell=cell))
        box = (2 * 24, 84 * 2, 2 * 24 + 960, 84 * 2 + 540) if cell == 960 else (24, 84, 24 + 480, 84 + 270)
        assert ImageChops.difference(pages[-1].crop(box), small).getbbox() is None
    assert pages[1].size == (2 * pages[0].width, 2 * pages[0].height)
