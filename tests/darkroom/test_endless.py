"""Scenes that never end: given up by name, spoken of, and ended with darkroom however it ends."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from darkroom.jobs import Job, Outcome
from darkroom.pool import Running
from tests.darkroom.conftest import Darkroom, command, write
from tests.darkroom.test_render import processes_in

pytestmark = pytest.mark.slow

LOW = ("--quality", "low")

SCENES = """\
import itertools
import os
from pathlib import Path

from manimlib import *


def say(word):
    Path(os.environ["WORDS"], word).touch()


class Measured(Scene):
    def construct(self):
        say("Measured")
        while True:
            self.wait(1)


class Stubborn(Scene):
    def construct(self):
        if not self.skip_animations:
            say("Stubborn")
        while not self.skip_animations:
            try:
                self.wait(0.1)
                while True:
                    pass
            except BaseException:
                pass


class Compiled(Scene):
    def construct(self):
        say("Compiled")
        sum(itertools.repeat(1, 10**13))


class Ends(Scene):
    def construct(self):
        self.wait(0.3)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with scenes that do not end, and one that does; a folder in which they say where they are."""
    root = tmp_path / "project"
    write(root / "custom_config.yml", "camera: {fps: 10}\nresolution_options: {low: '(160, 90)'}\n")
    write(root / "scenes.py", SCENES)
    (tmp_path / "words").mkdir()
    return root


def environment(project: Path) -> dict[str, str]:
    return {"WORDS": str(project.parent / "words"), "XDG_CACHE_HOME": str(project.parent / "cache")}


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("scene", "how"),
    [
        ("Measured", signal.SIGKILL),
        ("Stubborn", signal.SIGKILL),
        ("Compiled", signal.SIGKILL),
        ("Stubborn", signal.SIGHUP),
    ],
)
def test_workers_end_when_darkroom_dies(project: Path, scene: str, how: signal.Signals) -> None:
    run = subprocess.Popen(
        command("render", f"scenes.py:{scene}", *LOW, "--output", project.parent / "media"),
        cwd=project,
        env={**os.environ, **environment(project)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # the tests themselves may run under nohup
    )
    wait_for((project.parent / "words" / scene).exists)
    if scene == "Stubborn":
        wait_for(lambda: any(line.startswith("ffmpeg") for line in processes_in(project)))
    run.send_signal(how)
    _, said = run.communicate(timeout=30)
    assert run.returncode == (-9 if how == signal.SIGKILL else 130)
    assert "Traceback" not in said
    wait_for(lambda: not processes_in(project), seconds=20)
    assert not list((project.parent / "media").rglob(".*.partial*"))


def test_a_scene_that_does_not_end_in_time_fails_by_name(darkroom: Darkroom, project: Path) -> None:
    env = environment(project)
    done = darkroom(
        "render", "scenes.py", *LOW, "--timeout", "4", "--output", project.parent / "media", cwd=project, env=env
    )
    assert done.returncode == 1, done.stderr
    assert "3 of 4 failed: Compiled, Measured, Stubborn" in done.stderr
    assert (project.parent / "media" / "scenes" / "low" / "Ends.mp4").is_file()
    # Where it was: the author's own line. What runs in C code cannot tell.
    assert "  scenes.py:16 in construct\n      self.wait(1)\n  it was not done after 4 s (--timeout)" in done.stderr
    assert done.stderr.count("it was not done after 4 s (--timeout)") == 3
    assert "Traceback" not in done.stderr
    assert not processes_in(project)


@pytest.mark.parametrize("verb", ["list", "sheet", "check", "numbers", "film"])
def test_every_command_that_plays_scenes_can_give_one_up(darkroom: Darkroom, project: Path, verb: str) -> None:
    write(project / "scenes.py", SCENES.partition("class Stubborn")[0])
    done = darkroom(verb, "scenes.py", "--timeout", "2", cwd=project, env=environment(project))
    assert done.returncode == 1, done.stderr
    said = done.stdout + done.stderr
    assert "Measured" in said
    assert "it was not done after 2 s (--timeout)" in said
    assert "Traceback" not in said


def test_a_word_after_a_while_without_a_frame(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """At once, and again after twice as long; a frame starts the time anew."""
    from darkroom.discover import find
    from darkroom.jobs import Quality, Stage
    from darkroom.tasks import measure

    now = 1000.0
    monkeypatch.setattr("darkroom.pool.time.monotonic", lambda: now)
    (scene,) = find([f"{project / 'scenes.py'}:Ends"])[0].scenes
    job = Job(scene, Stage.of(scene, Quality.low), measure, project / "log")

    class Pipe:
        def __init__(self) -> None:
            self.messages = [("pid", 2**30), ("passed", 7), ("frames", 9)]

        def recv(self) -> object:
            return self.messages.pop(0)

    task = Running(job, Pipe(), lambda: "")  # type: ignore[arg-type]
    heard: list[tuple[Job, int]] = []

    def hear() -> None:
        assert not task.hear(lambda job, frames: heard.append((job, frames)))

    def said_after(seconds: float) -> str:
        nonlocal now
        now += seconds
        task.check_time()
        return capsys.readouterr().err

    hear()
    assert said_after(29) == ""
    hear()
    assert said_after(2) == (
        "Ends: no frame written for 31 s. It has gone through 7 frames. Ctrl-C ends it; or:  --timeout SECONDS\n"
    )
    assert said_after(20) == ""
    assert "61 s" in said_after(10)
    hear()
    assert said_after(29) == ""
    assert "30 s" in said_after(1.4)
    assert heard == [(job, 9)]
    assert task.outcome == Outcome(job)
