"""ManimGL without a display; and as it was, where there is one."""

import subprocess
import sys
from pathlib import Path

import pytest

from darkroom.engine import boot
from tests.darkroom.sessions import ROOT, environment, frames, manimgl, write_scene


def python(code: str, folder: Path, *options: str, display: str = "") -> str:
    """What a fresh Python prints."""
    done = subprocess.run(
        [sys.executable, *options, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
        env=environment(folder, display),
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.mark.slow
def test_plain_manimgl_renders(tmp_path: Path) -> None:
    file = write_scene(tmp_path)
    done = manimgl(tmp_path, str(file), "Steps", "-w", "-l", "--fps", "10")
    assert done.returncode == 0, done.stderr
    assert "pkg_resources" not in done.stderr
    assert frames(tmp_path / "media" / "Steps.mp4") == 8


# The program's own arguments and environment must survive the import.
LOADING = """
import os, sys
sys.argv += ["--of-this-program"]
before = dict(os.environ)
from darkroom import engine
engine.load(["--fps", "7"])
engine.load(["--fps", "8"])
import manimlib, moderngl, pyglet
assert manimlib.manim_config.camera.fps == 7
assert sys.argv[-1] == "--of-this-program"
assert dict(os.environ) == before
assert moderngl.create_standalone_context().info["GL_RENDERER"]
print("headless:", pyglet.options.headless)
"""


@pytest.mark.slow
def test_a_program_loads_it_with_arguments_of_its_own(tmp_path: Path) -> None:
    assert "headless: True" in python(LOADING, tmp_path)


@pytest.mark.slow
def test_a_program_loads_it_without_the_line_in_site_packages(tmp_path: Path) -> None:
    paths = f"import sys; sys.path[:0] = [{str(ROOT)!r}, {boot.pth_file().parent.as_posix()!r}]\n"
    assert "headless: True" in python(paths + LOADING, tmp_path, "-S")


@pytest.mark.slow
def test_with_a_display_nothing_is_different(tmp_path: Path, x_display: str) -> None:
    code = LOADING + "assert moderngl.create_context.__code__.co_filename == moderngl.__file__\n"
    assert "headless: False" in python(code, tmp_path, display=x_display)


def test_starting_python_costs_nothing(tmp_path: Path) -> None:
    """Only the hooks are loaded at every start; what they need in turn waits for ManimGL."""
    code = "import sys; print(sorted(name for name in sys.modules if name.startswith('darkroom')))"
    installed = "from darkroom.engine import hooks; hooks.activate()\n"
    assert python(installed + code, tmp_path).strip() == "['darkroom', 'darkroom.engine', 'darkroom.engine.hooks']"


def test_the_line_in_site_packages_does_nothing_when_the_package_is_gone(tmp_path: Path) -> None:
    assert python(f"{boot.LINE}\nprint('fine')", tmp_path, "-I", "-S") == "fine\n"


def test_the_line_is_one_line_that_python_will_run() -> None:
    assert boot.LINE.startswith("import ")
    assert boot.LINE.count("\n") == 1


def test_install_and_remove(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boot, "pth_file", lambda: tmp_path / "darkroom.pth")
    boot.install()
    assert (tmp_path / "darkroom.pth").read_text() == boot.LINE
    boot.remove()
    boot.remove()
    assert not (tmp_path / "darkroom.pth").exists()


def test_a_module_is_mended_once_and_right_away(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("state = 'broken'\n")
    code = """
from darkroom.engine import hooks
hooks.activate()
hooks.activate()
mended = []
hooks.after_import("broken", lambda module: (mended.append(module.state), setattr(module, "state", "fine")))
from broken import state
assert (state, mended) == ("fine", ["broken"])
hooks.after_import("broken", lambda module: mended.append("late"))
assert mended == ["broken", "late"]
"""
    python(code, tmp_path)
