"""Somebody else's ManimGL repository, small enough to render in a moment, and the tool as a person runs it."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

CONFIG = """\
camera: {fps: 10, background_color: "#102030"}
resolution_options: {low: "(160, 90)", med: "(320, 180)"}
tex: {template: basic}
text: {font: Latin Modern Roman}
"""

EXT = """\
from manimlib import *
from common.base import *
"""

BASE = """\
from manimlib import *

class ChalkScene(InteractiveScene):
    chalk = TEAL
"""

SHAPES = '''\
"""Two shapes."""
from manim_imports_ext import *


class CircleScene(ChalkScene):
    """A circle is drawn."""

    def construct(self):
        # Draw a circle
        circle = Circle(stroke_color=self.chalk)
        self.play(ShowCreation(circle))
        self.wait(0.5)

        # Move it away
        # (as far as it goes)
        self.play(circle.animate.shift(RIGHT), run_time=0.55)
        self.leave(circle)

    def leave(self, circle):
        self.play(FadeOut(circle), run_time=0.3)


class SquareOfMLPScene(CircleScene):
    chapter = "Squares; and = more"

    def construct(self):
        for _ in range(2):
            # a remark inside a loop
            self.play(GrowFromCenter(Square()), run_time=0.2)
'''

BROKEN = """\
from manim_imports_ext import *


class FailsHalfway(ChalkScene):
    def construct(self):
        self.play(ShowCreation(Circle()))
        self.draw(Square())

    def draw(self, square):
        self.play(ShowCreation(square.no_such_part.other))


class WorksAnyway(ChalkScene):
    def construct(self):
        self.wait(0.3)


class ShowsNothing(ChalkScene):
    def construct(self):
        self.add(Circle())


class IsKilled(ChalkScene):
    def construct(self):
        import os
        import signal

        self.wait(0.3)
        if not self.skip_animations:
            os.kill(os.getpid(), signal.SIGKILL)
"""

ENDLESS = """\
from manim_imports_ext import *


class GoesOnAndOn(ChalkScene):
    def construct(self):
        self.play(Rotate(Square(), TAU), run_time=100_000)


class OnAndOn(GoesOnAndOn):
    pass
"""

FILM = '''\
"""A film of shapes."""
from _2025.shapes.scenes import CircleScene, SquareOfMLPScene

SCENES_IN_ORDER = [
    SquareOfMLPScene,  # first the square
    CircleScene,
]
'''


@pytest.fixture(scope="session")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of somebody else's repository. Read it; write elsewhere."""
    root = tmp_path_factory.mktemp("somebody") / "videos"
    files = {
        "custom_config.yml": CONFIG,
        "manim_imports_ext.py": EXT,
        "common/__init__.py": "",
        "common/base.py": BASE,
        "_2025/__init__.py": "",
        "_2025/shapes/scenes.py": SHAPES,
        "_2025/shapes/film.py": FILM,
        "oddities/broken.py": BROKEN,
        "oddities/endless.py": ENDLESS,
        ".venv/lib/site.py": "class NotMine(Scene):\n    def construct(self): pass\n",
    }
    for name, text in files.items():
        write(root / name, text)
    return root


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


Darkroom = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def darkroom(tmp_path_factory: pytest.TempPathFactory, repo: Path) -> Darkroom:
    """Runs `darkroom ARGUMENTS` in that repository, or in `cwd`, and waits for it."""
    cache = tmp_path_factory.mktemp("cache")

    def run(
        *arguments: str | Path, cwd: Path = repo, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command(*arguments),
            cwd=cwd,
            env={**os.environ, "XDG_CACHE_HOME": str(cache), "COLUMNS": "160", **(env or {})},
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=300,
        )

    return run


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "darkroom", *map(str, arguments)]


def files_below(folder: Path) -> list[str]:
    """Every file there, hidden ones too."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
