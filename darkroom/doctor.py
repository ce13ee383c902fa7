"""Proves that this machine can render: each thing is really done once, in a process of its own.

`python -m darkroom.doctor PROBE` runs a single probe: it prints what it found as its last line, or what is
wrong and the fix.
"""

import json
import os
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from darkroom.discover import root_of
from darkroom.errors import DarkroomError

PATIENCE = 120  # seconds for each probe
LATEX = "texlive-latex-base texlive-latex-recommended texlive-latex-extra lmodern"
ASKED = """from manimlib import *

class Asked(InteractiveScene):
    def construct(self):
        self.wait(0.1)
"""
EGL = "libegl1 libegl-mesa0 libgl1 libgl1-mesa-dri"


class Finding(NamedTuple):
    """What a probe found: `detail` in a line, or what is wrong; `fix` is what to type."""

    probe: str
    ok: bool
    detail: str
    fix: str = ""


class Ill(DarkroomError):
    """A probe failed, for a reason it knows."""


def examine(root: Path) -> Iterator[Finding]:
    """Run every probe from a project's root, at the same time; the findings come in the probes' order."""
    with ThreadPoolExecutor(2) as pool:
        yield from pool.map(lambda probe: _run(probe, root), PROBES)


def _run(probe: str, root: Path) -> Finding:
    command = [sys.executable, "-m", "darkroom.doctor", probe]
    with tempfile.TemporaryDirectory(prefix="darkroom-") as folder:
        # An empty cache: a formula compiled last month proves nothing about today.
        environment = {**os.environ, "XDG_CACHE_HOME": folder, "TMPDIR": folder}
        try:
            done = subprocess.run(
                command,
                cwd=root,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=PATIENCE,
            )
        except subprocess.TimeoutExpired:
            return Finding(probe, False, f"no answer in {PATIENCE} s.", f"Watch it:  {_shell(command)}")
    try:
        return Finding(probe, *json.loads(done.stdout.splitlines()[-1]))
    except (IndexError, ValueError, TypeError):
        words = (done.stderr or done.stdout).strip().splitlines()
        said = words[-1] if words else f"it ended with code {done.returncode} and said nothing"
        return Finding(probe, False, said, f"See all of it:  {_shell(command)}")


def _shell(command: list[str]) -> str:
    return " ".join(["python", *command[1:]])


def manimgl() -> str:
    """ManimGL can be imported, repaired."""
    from importlib.metadata import version

    from darkroom import engine

    try:
        engine.load(["-w"])
    except ImportError as error:
        raise Ill(f"import manimlib: {error}", "pip install manimgl==1.7.2 'setuptools<81'") from None
    config = _config()
    return f"ManimGL {version('manimgl')}, Python {sys.version.split()[0]}, {'' if config.is_file() else 'no '}{config}"


def _config() -> Path:
    """The repository's configuration, which need not exist."""
    return root_of(Path.cwd() / "here") / "custom_config.yml"


def opengl() -> str:
    """A frame is drawn, and is not empty."""
    from darkroom import engine

    engine.load(["-w", "-l"])
    from manimlib import Scene, Square
    from manimlib.constants import WHITE

    from darkroom.engine.run import Run

    class Frame(Scene):  # type: ignore[misc]
        def construct(self) -> None:
            self.add(Square().set_fill(WHITE, 1))
            self.wait(1 / self.camera.fps)

    try:
        run = Run(Frame)()
    except Exception as error:
        raise Ill(f"no OpenGL: {error}", f"apt-get install {EGL}") from None
    width, height = run.size
    if run.image().getpixel((width // 2, height // 2)) != (255, 255, 255):
        raise Ill("a white square was drawn, but the frame does not show it.", "Update your graphics driver.")
    renderer = run.scene.camera.ctx.info["GL_RENDERER"]
    kind = "software" if "llvmpipe" in renderer or "softpipe" in renderer else "GPU"
    return f"{renderer} ({kind})"


def formula() -> str:
    """LaTeX makes a formula with the project's own template."""
    from darkroom import engine

    engine.load(["-w"])
    from manimlib import Tex
    from manimlib.config import manim_config

    try:
        tex = Tex(R"\int_0^1 x^2 \, dx = \frac{1}{3}")
    except Exception as error:
        reason = getattr(error, "reason", "") or " ".join(line for line in str(error).splitlines() if line.strip())
        fix = "\n".join(getattr(error, "fixes", [])) or f"apt-get install {LATEX}"
        if not _config().is_file():
            fix += f"\nThere is no {_config()}: are you in the repository you mean?"
        raise Ill(f"LaTeX cannot make a formula: {reason}", fix) from None
    return f"template {manim_config.tex.template!r}, {len(tex.family_members_with_points())} glyphs"


def clip() -> str:
    """ffmpeg encodes a clip with the project's own settings, and it can be read back."""
    from darkroom import engine

    engine.load(["-w"])
    from manimlib.config import manim_config

    from darkroom.engine.clip import Clip

    settings = manim_config.file_writer
    with (
        tempfile.TemporaryDirectory() as folder,
        Clip(Path(folder, "clip.mp4"), (64, 36), 30, settings) as film,
    ):
        for _ in range(5):
            film.write(bytes(64 * 36 * 4))
        film.keep()
    first = subprocess.run([settings.ffmpeg_bin, "-version"], capture_output=True, text=True).stdout
    return f"ffmpeg {first.split()[2]}, {settings.video_codec}"


def fonts() -> str:
    """The font that the project writes in is installed: a missing one is replaced without a word."""
    from darkroom import engine

    engine.load(["-w"])
    import manimpango
    from manimlib.config import manim_config

    font = manim_config.text.font
    known = manimpango.list_fonts()
    if font not in known:
        raise Ill(
            f"the text font {font!r} is not installed; Text would come out in another one.",
            "Install it, or name another (fc-list : family) under `text: font:` in custom_config.yml.",
        )
    return f"{font}, and {len(known) - 1} others"


def session() -> str:
    """`manimgl FILE SCENE -se LINE` opens a prompt, runs a line, and closes again."""
    program = Path(sysconfig.get_path("scripts"), "manimgl")
    if not program.exists():
        raise Ill(f"there is no {program}.", f"{sys.executable} -m pip install manimgl==1.7.2")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "asked.py")
        file.write_text(ASKED)
        done = subprocess.run(
            [str(program), str(file), "Asked", "-l", "-se", "5"],
            input="print('it', 'answers')\nexit()\n",
            capture_output=True,
            text=True,
            timeout=PATIENCE * 0.8,
        )
    if "it answers" not in done.stdout:
        words = (done.stderr or done.stdout).strip().splitlines()
        raise Ill(
            f"no prompt: {words[-1] if words else 'manimgl said nothing'}",
            "python -m darkroom.engine.boot install",
        )
    return "opens, answers and closes" + ("" if _has_display() else ", without a display")


def _has_display() -> bool:
    from darkroom.engine.headless import is_headless

    return not is_headless()


PROBES: dict[str, Callable[[], str]] = {
    probe.__name__: probe for probe in (manimgl, opengl, formula, clip, fonts, session)
}


def main(name: str) -> None:
    try:
        print(json.dumps([True, PROBES[name]()]))
    except DarkroomError as error:
        print(json.dumps([False, error.message, error.hint]))


if __name__ == "__main__":
    main(sys.argv[1])
