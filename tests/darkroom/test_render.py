"""`darkroom render`, `sheet` and `list` on somebody else's repository, and all that can go wrong on the way."""

import os
import pty
import select
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from darkroom import sheet
from darkroom.engine.clip import probe
from tests.darkroom.conftest import Darkroom, command, files_below, write

pytestmark = pytest.mark.slow

LOW = ("--quality", "low")

CLIPPED = """\
from manimlib import *

class HalfABall(ThreeDScene):
    def construct(self):
        ball = Sphere()
        self.play(FadeIn(ball), run_time=0.2)
        ball.set_clip_plane(RIGHT, 0)
        self.wait(0.3)
"""


def test_clips_hold_what_the_scenes_are_long(darkroom: Darkroom, tmp_path: Path) -> None:
    done = darkroom("render", "_2025/shapes", *LOW, "--output", tmp_path)
    assert done.returncode == 0, done.stderr
    assert files_below(tmp_path) == [
        "2025/shapes/low/CircleScene.mp4",
        "2025/shapes/low/SquareOfMLPScene.mp4",
    ]
    circle = probe(tmp_path / "2025/shapes/low/CircleScene.mp4")
    assert (circle.frames, circle.seconds) == (10 + 5 + 6 + 3, pytest.approx(2.4))
    assert (circle.width, circle.height, circle.fps, circle.has_sound) == (160, 90, 10, False)
    assert done.stdout.index("SquareOfMLPScene") < done.stdout.index("CircleScene ")


def test_fps_and_quality_are_heard(darkroom: Darkroom, tmp_path: Path) -> None:
    scene = "_2025/shapes:SquareOfMLPScene"
    done = darkroom("render", scene, "--quality", "medium", "--fps", "25", "--output", tmp_path)
    assert done.returncode == 0, done.stderr
    facts = probe(tmp_path / "2025/shapes/medium/SquareOfMLPScene.mp4")
    assert (facts.width, facts.frames, facts.fps) == (320, 10, 25)


def test_what_cannot_be_drawn_fast_is_said_and_the_switch_is_heard(darkroom: Darkroom, tmp_path: Path) -> None:
    scene = write(tmp_path / "clipped.py", CLIPPED)
    fast = darkroom("render", scene, *LOW, "--output", tmp_path / "fast")
    assert fast.returncode == 0, fast.stderr
    assert "HalfABall: 9 frames drawn in ManimGL's own, slower way: a clip plane." in " ".join(fast.stdout.split())
    ways = ("--no-cache", "--output", tmp_path / "stock")
    stock = darkroom("render", scene, *LOW, *ways, env={"DARKROOM_DRAWING": "stock"})
    assert stock.returncode == 0, stock.stderr
    assert "slower way" not in stock.stdout
    (one,), (other,) = ((tmp_path / way).rglob("*.mp4") for way in ("fast", "stock"))
    assert one.read_bytes() == other.read_bytes()


def test_a_scene_that_fails_is_named_and_the_others_finish(darkroom: Darkroom, tmp_path: Path) -> None:
    done = darkroom("render", "oddities/broken.py", *LOW, "--output", tmp_path)
    assert done.returncode == 1
    assert "oddities/broken.py:7 in construct\n      self.draw(Square())" in done.stderr
    assert "AttributeError" in done.stderr
    assert "manimlib/" not in done.stderr, "only the author's own lines"
    assert "ShowsNothing shows nothing" in done.stderr
    assert "killed by SIGKILL" in done.stderr
    assert "3 of 4 failed: FailsHalfway, IsKilled, ShowsNothing" in done.stderr
    made = [name for name in files_below(tmp_path) if not name.startswith("logs")]
    assert made == ["oddities/broken/low/WorksAnyway.mp4"]
    (log,) = (tmp_path / "logs").glob("FailsHalfway*.log")
    assert "Traceback" in log.read_text()


def test_a_clip_that_is_there_already_survives_a_failure(darkroom: Darkroom, tmp_path: Path) -> None:
    clip = write(tmp_path / "oddities/broken/low/IsKilled.mp4", "the clip of yesterday")
    assert darkroom("render", "oddities/broken.py:IsKilled", *LOW, "--output", tmp_path).returncode == 1
    assert clip.read_text() == "the clip of yesterday"


def test_a_scene_file_outside_any_repository(darkroom: Darkroom, tmp_path: Path) -> None:
    write(tmp_path / "beside.py", "SIDE = 2\n")
    source = "from manimlib import *\nfrom beside import SIDE\n\nclass Alone(Scene):\n"
    write(tmp_path / "alone.py", source + "    def construct(self):\n        self.wait(SIDE / 10)\n")
    done = darkroom("render", "alone.py", *LOW, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert probe(tmp_path / "media/alone/low/Alone.mp4").frames == 6


def test_each_scene_has_a_temporary_folder_of_its_own(darkroom: Darkroom, repo: Path, tmp_path: Path) -> None:
    """ManimGL writes a Text to a file named after its words: two scenes with the same words would collide."""
    scene = "class {}(Scene):\n    def construct(self):\n        print(tempfile.gettempdir())\n        self.wait(0.1)\n"
    source = "import tempfile\nfrom manimlib import *\n" + scene.format("A") + scene.format("B")
    file = write(repo / "oddities/temporary.py", source)
    done = darkroom("render", file, *LOW, "--output", tmp_path)
    assert done.returncode == 0, done.stderr
    folders = {Path(log.read_text().strip()) for log in (tmp_path / "logs").iterdir()}
    assert len(folders) == 2
    assert not any(folder.exists() for folder in folders)


def a_program(folder: Path, name: str, script: str) -> dict[str, str]:
    """An environment in which `name` is this shell script."""
    program = write(folder / name, f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return {"PATH": f"{folder}:{os.environ['PATH']}"}


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("head -c 100000 >/dev/null; echo 'the moon is full' >&2; exit 187", "the moon is full"),
        ('ulimit -f 1; exec {ffmpeg} "$@"', "ffmpeg"),
        ("cat >/dev/null; exit 0", "is no readable video"),
        ("cat >/dev/null; echo 'No space left on device' >&2; exit 1", "is full: make room"),
    ],
    ids=["dies", "may write no more", "writes nothing", "disk full"],
)
def test_ffmpegs_own_words_are_shown(darkroom: Darkroom, tmp_path: Path, script: str, said: str) -> None:
    env = a_program(tmp_path / "bin", "ffmpeg", script.format(ffmpeg=shutil.which("ffmpeg")))
    done = darkroom("render", "_2025/shapes:CircleScene", *LOW, "--output", tmp_path / "out", env=env)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not list((tmp_path / "out").rglob("*.mp4"))


@pytest.mark.parametrize("program", ["ffmpeg", "latex"])
def test_a_missing_program_is_named_with_its_package(
    darkroom: Darkroom, repo: Path, tmp_path: Path, program: str
) -> None:
    write(
        repo / "oddities/formula.py",
        "from manimlib import *\n\nclass Formula(Scene):\n    def construct(self):\n"
        "        self.add(Tex(R'x^{2345}'))\n        self.wait(0.1)\n",
    )
    (tmp_path / "bin").mkdir()
    for other in {"ffmpeg", "ffprobe"} - {program}:
        (tmp_path / "bin" / other).symlink_to(shutil.which(other) or "")
    env = {"PATH": str(tmp_path / "bin"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    scene = "oddities/formula.py" if program == "latex" else "_2025/shapes:CircleScene"
    done = darkroom("render", scene, *LOW, "--output", tmp_path, env=env)
    assert done.returncode == 1
    assert program in done.stderr
    assert "apt-get install" in done.stderr


class Watched:
    """A `darkroom` in a terminal of its own, where Ctrl-C can be typed."""

    def __init__(self, cwd: Path, *arguments: str | Path) -> None:
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.chdir(cwd)
            os.execv(command()[0], command(*arguments))
        self.said = b""

    def wait_for(self, condition: object, seconds: float = 60) -> None:
        assert callable(condition)
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, self.said.decode(errors="replace")
            self.listen(0.1)

    def listen(self, seconds: float) -> None:
        if select.select([self.terminal], [], [], seconds)[0]:
            try:
                self.said += os.read(self.terminal, 1 << 16)
            except OSError:  # it has ended
                time.sleep(seconds)

    def exit_code(self) -> int:
        self.wait_for(lambda: self.has_ended)
        return os.waitstatus_to_exitcode(self.status)

    @property
    def has_ended(self) -> bool:
        pid, self.status = os.waitpid(self.pid, os.WNOHANG)
        return pid != 0


def processes_in(folder: Path) -> list[str]:
    """Command lines of all living processes that stand in a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == folder:
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:  # it has just ended, or is not ours
            continue
    return found


def frames_arrive(folder: Path) -> bool:
    return len(list(folder.rglob(".*.partial.mp4"))) == 2


@pytest.mark.parametrize("how", ["Ctrl-C", "SIGTERM", "SIGKILL"])
def test_stopped_half_way_nothing_half_written_and_nobody_stays(repo: Path, tmp_path: Path, how: str) -> None:
    run = Watched(repo, "render", "oddities/endless.py", *LOW, "--jobs", "2", "--output", tmp_path)
    run.wait_for(lambda: frames_arrive(tmp_path))
    assert sum(line.startswith("ffmpeg") for line in processes_in(repo)) == 2
    if how == "Ctrl-C":
        os.write(run.terminal, b"\x03")
    else:
        os.kill(run.pid, getattr(signal, how))
    assert run.exit_code() == (-9 if how == "SIGKILL" else 130)
    run.wait_for(lambda: not processes_in(repo), seconds=10)
    run.wait_for(lambda: not list(tmp_path.rglob("*.mp4")), seconds=10)
    if how != "SIGKILL":
        run.listen(0.5)
        assert b"interrupted" in run.said
        assert b"Traceback" not in run.said


def test_list_tells_lengths_and_remembers_them(darkroom: Darkroom, repo: Path) -> None:
    first = darkroom("list", "_2025/shapes")
    assert first.returncode == 0, first.stderr
    lines = [line.split() for line in first.stdout.splitlines()]
    assert lines[0][:5] == ["_2025/shapes/film.py", "A", "film", "of", "shapes."]
    assert lines[1][:3] == ["SquareOfMLPScene", "0.4", "s"]
    assert lines[2][:3] == ["CircleScene", "2.4", "s"]
    # The second time nothing is run: not even ManimGL is started.
    again = darkroom("list", "_2025/shapes", env={"PYTHONPATH": str(write_poison(repo))})
    assert again.stdout == first.stdout


SLOW = """from manimlib import *
import time


class Quick(Scene):
    def construct(self):
        self.wait(0.4)


class Slow(Scene):
    def construct(self):
        time.sleep(4)
        self.wait(0.4)
"""


def test_list_tells_each_length_as_soon_as_it_is_known(tmp_path: Path) -> None:
    write(tmp_path / "scenes.py", SLOW)
    program = [sys.executable, "-m", "darkroom.cli", "list", "scenes.py"]
    with subprocess.Popen(program, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as listing:
        assert listing.stdout
        listing.stdout.readline()
        assert listing.stdout.readline().split() == ["Quick", "0.4", "s"]
        told = time.monotonic()
        assert "Slow" in listing.stdout.read()
    assert time.monotonic() - told > 2


def write_poison(repo: Path) -> Path:
    """A folder whose `manimlib` cannot be imported."""
    return write(repo.parent / "poison" / "manimlib.py", "raise SystemExit('imported')\n").parent


def test_a_scene_that_fails_is_told_by_list_too(darkroom: Darkroom) -> None:
    done = darkroom("list", "oddities/broken.py")
    assert done.returncode == 1
    assert "AttributeError" in done.stdout
    assert "WorksAnyway" in done.stdout


def test_a_sheet_has_a_picture_for_each_animation_under_its_beat(darkroom: Darkroom, tmp_path: Path) -> None:
    done = darkroom("sheet", "_2025/shapes:CircleScene", "--output", tmp_path)
    assert done.returncode == 0, done.stderr
    path = tmp_path / "2025/shapes/sheets/CircleScene.png"
    assert done.stdout.strip() == str(path)
    width, height = Image.open(path).size
    assert width == 2 * sheet.MARGIN + 3 * 480 + 2 * sheet.GAP
    # Three animations; the pause changes nothing, so it has no picture of its own.
    assert height == sheet.HEADER + 270 + sheet.CAPTION + sheet.MARGIN


def test_a_sheet_of_every_so_many_seconds(darkroom: Darkroom, tmp_path: Path) -> None:
    done = darkroom("sheet", "_2025/shapes:CircleScene", "--every", "0.5", "--output", tmp_path)
    assert done.returncode == 0, done.stderr
    _, height = Image.open(tmp_path / "2025/shapes/sheets/CircleScene.png").size
    # 24 frames at 10 a second, one in five: 5 pictures, in two rows.
    assert height == sheet.HEADER + 2 * (270 + sheet.CAPTION + sheet.GAP) - sheet.GAP + sheet.MARGIN


RULERS = """# Nothing before
def construct(self):
    # ====================
    # Show the label
    # ====================
    one

    # ---- Step 2: move it ----
    two
    # --------
    three
    # darkroom: allow L008 because it is read aloud
    four

    # ***
    # 4
    five


def without(self):
    # =====
    six
"""


def test_a_ruler_is_no_beat(tmp_path: Path) -> None:
    from darkroom import engine

    engine.load()
    from darkroom.engine.run import Beat

    file = tmp_path / "rulers.py"
    file.write_text(RULERS)
    lines = {text.strip(): number for number, text in enumerate(RULERS.splitlines(), start=1)}
    names = {
        word: Beat(0, "play", str(file), "construct", lines[word], 0.0).name
        for word in ("one", "two", "three", "four", "five", "six")
    }
    second = "Step 2: move it"
    assert names == {"one": "Show the label", "two": second, "three": second, "four": second, "five": "4", "six": ""}


def test_beats_are_known_by_the_comment_that_opens_them(repo: Path) -> None:
    from darkroom import discover, engine

    engine.load()
    from darkroom.engine.run import Run
    from darkroom.worker import load_module

    names = {}
    (film,) = discover.find([str(repo / "_2025/shapes")])
    # This process may hold our own manim_imports_ext, and goes on after this test: lend the name, take it back.
    ours = sys.modules.pop("manim_imports_ext", None)
    sys.path.insert(0, str(repo))
    try:
        for ref in film.scenes:
            scene_class = getattr(load_module(ref), ref.name)
            names[ref.name] = [(beat.kind, beat.name) for beat in Run(scene_class, draws=False)().beats]
    finally:
        sys.path.remove(str(repo))
        sys.modules.pop("manim_imports_ext", None)
        if ours:
            sys.modules["manim_imports_ext"] = ours
    assert names == {
        "CircleScene": [
            ("play", "Draw a circle"),
            ("wait", "Draw a circle"),
            ("play", "Move it away"),
            ("play", "Move it away"),
        ],
        "SquareOfMLPScene": [("play", ""), ("play", "")],
    }
