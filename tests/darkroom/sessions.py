"""Drives a real ManimGL in a pseudo-terminal, as a person at a keyboard would."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pexpect
import psutil

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent

# A scene with all that can go wrong about a line, small enough to reach any of them at once.
SCENE = '''\
from manimlib import *

from look import TONE


class Other(Scene):
    def construct(self):
        self.wait(0.1)


class Steps(Scene):
    def construct(self):
        # Add a square
        side = 2
        square = Square(side)
        self.play(FadeIn(square), run_time=0.2)
        for step in range(2):  # twice
            self.play(
                square.animate.shift(RIGHT),
                run_time=0.2,
            )
        words = """
        not code
        """
        self.turn(square)

    def turn(self, square):
        # Turn the square
        angle = PI / 4
        self.play(Rotate(square, angle), run_time=0.2)

    def never_called(self):
        self.wait(1)
'''
# Its clock is at 0.6 s when it comes to `turn`.


def line_of(text: str, source: str = SCENE) -> int:
    """The number of the first line that contains `text`."""
    return next(n for n, line in enumerate(source.splitlines(), 1) if text in line)


def environment(folder: Path, display: str = "", **more: str) -> dict[str, str]:
    """An environment with that display or none, whose sessions and history stay in `folder`."""
    kept = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "DARKROOM_SERVE")}
    return {
        **kept,
        **({"DISPLAY": display} if display else {}),
        "TERM": "xterm",
        "PROMPT_TOOLKIT_NO_CPR": "1",  # pexpect, unlike a terminal, does not answer where its cursor is
        "IPYTHONDIR": str(folder / "ipython"),
        "DARKROOM_SESSIONS": str(folder / "s"),
        "PYTHONPATH": str(folder),
        **more,
    }


def manimgl(
    folder: Path, *arguments: str, typed: str = "", timeout: float = 60, **more: str
) -> subprocess.CompletedProcess[str]:
    """Run manimgl without a display and without a terminal, feeding `typed` to its prompt."""
    return subprocess.run(
        [str(BIN / "manimgl"), *arguments, "--video_dir", str(folder / "media")],
        input=typed,
        capture_output=True,
        text=True,
        timeout=timeout,
        cwd=ROOT,
        env=environment(folder, **more),
    )


def write_scene(folder: Path) -> Path:
    """SCENE in `folder`, and the modules it has a constant from."""
    (folder / "tones.py").write_text('TONE = "old"\n')
    (folder / "look.py").write_text("from tones import *\n")
    file = folder / "steps.py"
    file.write_text(SCENE)
    return file


class Prompt:
    """The prompt of a stopped scene."""

    def __init__(self, child: pexpect.spawn, env: dict[str, str]) -> None:
        self.child, self.env = child, env

    def ask(self, expression: str) -> Any:
        """The value of an expression at the prompt (a literal)."""
        # Written so that the echo of what is typed does not look like the answer.
        self.child.sendline(f"print('@' + '@', repr({expression}), '@' + '@')")
        self.child.expect(r"@@ (.*?) @@")
        return ast.literal_eval(self.child.match[1])

    def copy(self, text: str) -> None:
        """Put text into the clipboard of its display."""
        # xclip stays to serve the clipboard, so it must not hold on to a pipe of ours.
        command = ["xclip", "-selection", "c"]
        subprocess.run(command, input=text, text=True, env=self.env, check=True, stdout=subprocess.DEVNULL)

    def paste(self, *arguments: str, piped: str | None = None) -> subprocess.CompletedProcess[str]:
        """What `darkroom paste` does from outside."""
        return subprocess.run(
            [str(BIN / "darkroom"), "paste", *arguments],
            input=piped,
            capture_output=True,
            text=True,
            timeout=60,
            cwd=ROOT,
            env=self.env,
        )

    def load(self, seconds: float = 1.5) -> float:
        """How much of a processor it uses when left alone, from 0 to 1."""
        process = psutil.Process(self.child.pid)
        before = process.cpu_times()
        self.child.expect(pexpect.TIMEOUT, timeout=seconds)
        after = process.cpu_times()
        return (after.user + after.system - before.user - before.system) / seconds


@contextmanager
def stopped(folder: Path, *arguments: str, display: str = "", **more: str) -> Iterator[Prompt]:
    """A session of `manimgl ARGUMENTS`, once its prompt is there."""
    env = environment(folder, display, **more)
    child = pexpect.spawn(
        str(BIN / "manimgl"),
        [*arguments, "-l", "--video_dir", str(folder / "media")],
        env=env,
        cwd=str(ROOT),
        encoding="utf-8",
        dimensions=(50, 160),
        timeout=60,
    )
    try:
        child.expect(re.escape("In [") + ".*1")
        yield Prompt(child, env)
        child.sendline("exit()")
        child.expect(pexpect.EOF)
    finally:
        child.close(force=True)


def frames(clip: Path) -> int:
    """How many frames a video file holds."""
    options = "-v error -select_streams v:0 -count_frames -show_entries stream=nb_read_frames -of csv=p=0"
    command = ["ffprobe", *options.split(), str(clip)]
    count = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(count.stdout.strip().strip(","))
