"""`darkroom doctor`: all well here; and when something is missing, what and how to mend it."""

import os
from pathlib import Path

import pytest

from tests.darkroom.conftest import Darkroom, write

pytestmark = pytest.mark.slow


def test_a_machine_that_can_render_is_told_so(darkroom: Darkroom, repo: Path) -> None:
    done = darkroom("doctor", cwd=repo / "oddities")  # from a subfolder, by the configuration of the root
    assert done.returncode == 0, done.stdout
    lines = done.stdout.splitlines()
    assert lines[0].endswith(f", {repo}/custom_config.yml")
    assert "template 'basic'" in lines[2]
    probes = [line.split()[:2] for line in lines]
    assert probes == [["ok", name] for name in ("manimgl", "opengl", "formula", "clip", "fonts", "session")]
    assert "(software)" in lines[1] or "(GPU)" in lines[1]


def test_what_is_missing_is_named_with_its_fix(darkroom: Darkroom, tmp_path: Path) -> None:
    write(tmp_path / "custom_config.yml", "text: {font: No Such Font}\ntex: {template: basic}\n")
    (tmp_path / "bin").mkdir()
    done = darkroom("doctor", cwd=tmp_path, env={"PATH": str(tmp_path / "bin"), "HOME": os.environ["HOME"]})
    assert done.returncode == 1
    found = {line.split()[1]: line for line in done.stdout.splitlines() if line.split()[0] in ("ok", "FAIL")}
    assert found["manimgl"].startswith("ok")
    assert found["formula"].startswith("FAIL")
    assert "latex is not installed" in found["formula"]
    assert "ffmpeg is not installed" in found["clip"]
    assert "'No Such Font' is not installed" in found["fonts"]
    assert "apt-get install texlive-latex-base" in done.stdout
    assert "apt-get install ffmpeg" in done.stdout


def test_a_configuration_that_manimgl_cannot_read(darkroom: Darkroom, tmp_path: Path) -> None:
    write(tmp_path / "custom_config.yml", "camera: [\n")
    done = darkroom("doctor", cwd=tmp_path)
    assert done.returncode == 1
    assert "Traceback" not in done.stdout
    assert "custom_config.yml, line 2: " in done.stdout
