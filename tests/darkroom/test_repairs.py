"""Each repair mends what it says: its proof passes with it, and fails when that repair alone is left out."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from darkroom.engine import repairs
from tests.darkroom.sessions import ROOT, SCENE, environment, line_of, manimgl, stopped, write_scene

Proof = Callable[[Path, str], None]
proofs: dict[str, Proof] = {}


def proof(prove: Proof) -> Proof:
    proofs[prove.__name__] = prove
    return prove


@pytest.mark.slow
@pytest.mark.parametrize("name", repairs.names())
def test_a_repair_is_needed_and_enough(name: str, tmp_path: Path) -> None:
    for without in ("", name):
        folder = tmp_path / f"without_{without}"
        folder.mkdir()
        if not without:
            proofs[name](folder, without)
        else:
            with pytest.raises((AssertionError, subprocess.TimeoutExpired)):
                proofs[name](folder, without)


def test_every_repair_is_proved() -> None:
    assert set(proofs) == set(repairs.names())


def python(folder: Path, without: str, code: str, *argv: str, cwd: Path = ROOT) -> str:
    """What a program that uses ManimGL prints."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"from darkroom import engine\nengine.load({argv!r})\nfrom manimlib import *\n{code}",
        ],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=cwd,
        env=environment(folder, DARKROOM_WITHOUT=without),
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def at_the_prompt(folder: Path, without: str, typed: str, *options: str) -> str:
    """What a session in the scene of these tests answers to what is typed."""
    file = write_scene(folder)
    line = str(line_of("side = 2"))
    done = manimgl(folder, str(file), "Steps", "-se", line, *options, typed=typed, DARKROOM_WITHOUT=without)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


# Numbers


@proof
def opacity(folder: Path, without: str) -> None:
    code = """
square = Square().set_fill(RED, opacity=np.float32(0.5))
assert abs(square.get_fill_opacity() - 0.5) < 1e-6
fade = VFadeIn(square)
fade.begin()
fade.interpolate(0.5)
assert abs(fade.mobject.get_fill_opacity() - 0.25) < 1e-6
"""
    python(folder, without, code)


@proof
def stroke_width(folder: Path, without: str) -> None:
    python(folder, without, "assert Square().set_stroke(width=np.float32(3)).get_stroke_width() == 3")


@proof
def displayed_number(folder: Path, without: str) -> None:
    python(folder, without, "assert Integer(np.float32(3)).set_value(np.float32(12)).get_tex() == '12'")


# Words


@proof
def labelled_strings(folder: Path, without: str) -> None:
    python(folder, without, "assert len(Tex('x + y', use_labelled_svg=False)['y']) == 1")


@proof
def markup(folder: Path, without: str) -> None:
    code = """
code = Code("def f(): return 1", font="Inconsolata")
assert len(code["return"][0]) == 6
assert code["def"][0][0].get_fill_color() != code["f"][0][0].get_fill_color()
"""
    python(folder, without, code)


@proof
def missing_font(folder: Path, without: str) -> None:
    code = """
from manimlib.config import manim_config
manim_config.text.missing_font = "warning"
Text("words", font="Latin Modern Roman")
Text("words", font="Lattin Modern Roman")
manim_config.text.missing_font = "error"
try:
    Text("words", font="No Such Font")
except ValueError as error:
    print(error)
"""
    said = " ".join(python(folder, without, code).split())
    assert "WARNING the font 'Lattin Modern Roman' is not installed" in said
    assert "the font 'No Such Font' is not installed" in said


@proof
def missing_glyph(folder: Path, without: str) -> None:
    code = """
from manimlib.config import manim_config
manim_config.text.missing_font = "warning"
Text("cat \U000f1234")
manim_config.text.missing_font = "error"
MarkupText("<u>plain</u> <s>words</s> 100% é θ")
try:
    Text("cat & \U000f1235 < \U000f1235", font="Latin Modern Roman")
except ValueError as error:
    print(error)
"""
    said = " ".join(python(folder, without, code).split())
    assert "WARNING no installed font has '\\U000f1234' (U+F1234)" in said
    assert "no installed font has '\\U000f1235' (U+F1235). See `fc-list :charset=f1235 family`" in said


@proof
def tex_templates(folder: Path, without: str) -> None:
    config = folder / "config.yml"
    config.write_text("tex: {templates: {mine: {compiler: latex, preamble: '% mine'}}}\n")
    code = """
from manimlib.utils.tex_file_writing import get_tex_config
assert get_tex_config("mine") == ("latex", "% mine")
assert "physics" in get_tex_config("default")[1]
try:
    get_tex_config("mime")
except ValueError as error:
    assert "did you mean 'mine'" in str(error), error
else:
    raise AssertionError("an unknown name was accepted")
"""
    python(folder, without, code, "--config_file", str(config))


@proof
def latex_failures(folder: Path, without: str) -> None:
    """A dvisvgm that fails once must not spoil the formula for ever; what is missing is named."""
    lacking = "tex: {templates: {lacking: {compiler: latex, preamble: '" + R"\usepackage[x]{no-such-a, no-such-b}"
    lacking += R"\usepackage{physics}\usepackage{amsmath}" + "'}}}\n"
    (folder / "config.yml").write_text(f"directories: {{cache: {folder}/cache}}\n{lacking}")
    broken = folder / "dvisvgm"
    broken.write_text("#!/bin/sh\necho out of order >&2\nexit 1\n")
    broken.chmod(0o755)
    code = f"""
import os
from manimlib.utils.tex_file_writing import LatexError

def failure(**options):
    try:
        Tex("a + b", **options)
    except LatexError as error:
        return str(error)

path = os.environ["PATH"]
os.environ["PATH"] = {str(folder)!r} + ":" + path
assert "out of order" in failure()
os.environ["PATH"] = "/nowhere"
assert "apt-get install texlive-latex-base" in failure()
os.environ["PATH"] = path
assert "apt-get install texlive-fonts-extra" in failure(additional_preamble=R"\\usepackage{{dsfont}}")
assert failure() is None

said = failure(template="lacking")
assert "LaTeX has no no-such-a.sty" in said and "no-such-b.sty" in said, said
assert "amsmath" not in said, said
assert "apt-file search /no-such-a.sty" in said and "apt-file search /no-such-b.sty" in said, said
assert "Works here:      the template 'house':  tex: {{template: house}}" in said, said
said = failure(additional_preamble=R"\\usepackage{{no-such-c}}")
assert "no-such-c.sty" in said and "Works here" not in said, said
"""
    python(folder, without, code, "--config_file", str(folder / "config.yml"))


# Runs


@proof
def arguments(folder: Path, without: str) -> None:
    refused = manimgl(folder, str(write_scene(folder)), "-se", "abc", DARKROOM_WITHOUT=without)
    assert refused.returncode == 2
    assert "-e abc names no line." in refused.stderr


@proof
def scene_file(folder: Path, without: str) -> None:
    refused = manimgl(folder, str(folder), "-w", DARKROOM_WITHOUT=without)
    assert refused.returncode == 2
    assert "is a folder." in refused.stderr


@proof
def repository_config(folder: Path, without: str) -> None:
    """From a subfolder: what the root's file says, and files where they would go from the root."""
    (folder / "custom_config.yml").write_text("camera: {fps: 7}\ndirectories: {subdirs: {output: made}}\n")
    (folder / "sub").mkdir()
    code = f"""
assert manim_config.camera.fps == 7
assert manim_config.file_writer.output_directory == {str(folder / "made")!r}
"""
    python(folder, without, code, cwd=folder / "sub")


@proof
def root_on_path(folder: Path, without: str) -> None:
    (folder / "custom_config.yml").write_text("")
    (folder / "films").mkdir()
    (folder / "films" / "words.py").write_text("WORD = 'x'\n")
    scene = "from manimlib import *\nfrom films.words import WORD\n\n\nclass A(Scene):\n    def construct(self):\n"
    (folder / "films" / "a.py").write_text(f"{scene}        self.wait(0.1)\n")
    more = {"DARKROOM_WITHOUT": without, "PYTHONPATH": ""}
    done = manimgl(folder, str(folder / "films" / "a.py"), "A", "-se", "7", typed="print('@@', WORD)\n", **more)
    assert "@@ x" in done.stdout, done.stderr


@proof
def fps(folder: Path, without: str) -> None:
    code = "assert manim_config.camera.fps == 12; Scene(skip_animations=True).wait(1)"
    python(folder, without, code, "--fps", "12")


@proof
def reseeding(folder: Path, without: str) -> None:
    code = """
import random
import torch

class Dice(Scene):
    def construct(self):
        self.thrown = random.random(), np.random.random(), torch.rand(1).item()

first, second = Dice(), Dice()
first.run()
second.run()
assert first.thrown == second.thrown
"""
    python(folder, without, code)


@proof
def frame_shape(folder: Path, without: str) -> None:
    scene = "from manimlib import *\n\n\nclass Tall(Scene):\n    frame_shape = (9, 16)\n"
    (folder / "tall.py").write_text(scene + "    def construct(self):\n        self.wait(0.1)\n")
    refused = manimgl(folder, str(folder / "tall.py"), "Tall", "-w", "-l", DARKROOM_WITHOUT=without)
    assert refused.returncode == 2
    assert "Tall is made for a frame 9 wide and 16 tall" in refused.stderr


@proof
def nothing_to_show(folder: Path, without: str) -> None:
    file = write_scene(folder)
    line = str(line_of("self.wait(1)"))
    ended = manimgl(folder, str(file), "Steps", "-se", line, timeout=12, DARKROOM_WITHOUT=without)
    assert f"without coming to line {line}" in ended.stderr


@proof
def without_a_window(folder: Path, without: str) -> None:
    file = write_scene(folder)
    refused = manimgl(folder, str(file), "Steps", DARKROOM_WITHOUT=without)
    assert refused.returncode == 2
    assert f"manimgl {file} Steps -w " in refused.stderr


@proof
def embed_line(folder: Path, without: str) -> None:
    """Inside brackets, with the scene left to find; and in a scene that is not the one asked for."""
    file = write_scene(folder)
    line = str(line_of("square.animate.shift"))
    done = manimgl(folder, str(file), "-se", line, typed="print('@@', side)\n", DARKROOM_WITHOUT=without)
    assert "@@ 2" in done.stdout, done.stderr
    refused = manimgl(folder, str(file), "Other", "-se", line, DARKROOM_WITHOUT=without)
    assert refused.returncode == 2
    assert f"manimgl {file} Steps -se {line}" in refused.stderr


# Sessions


@proof
def autoreload(folder: Path, without: str) -> None:
    assert "@@ 2" in at_the_prompt(folder, without, "print('@@', side)\n", "--autoreload")


@proof
def idle_prompt(folder: Path, without: str) -> None:
    file = write_scene(folder)
    line = str(line_of("side = 2"))
    with stopped(folder, str(file), "Steps", "-se", line, DARKROOM_WITHOUT=without) as prompt:
        assert prompt.load() < 0.2


@proof
def paste_anywhere(folder: Path, without: str) -> None:
    (folder / "s").mkdir(mode=0o700)
    (folder / "s" / "block.py").write_text("        # Say it\n        print('@@', side)\n")
    assert "@@ 2" in at_the_prompt(folder, without, "checkpoint_paste()\n")


@proof
def lines_before_the_stop(folder: Path, without: str) -> None:
    code = "from darkroom.engine import session; print('@@', session.current.history._played)\n"
    file = write_scene(folder)
    more = {"DARKROOM_WITHOUT": without}
    done = manimgl(folder, str(file), "-se", str(line_of("words =")), "-l", typed=code, **more)
    assert f"('{file}', {line_of('FadeIn(square)')})" in done.stdout, done.stderr


@proof
def undrawn_frames(folder: Path, without: str) -> None:
    """A minute of it takes no minute; nobody would see it."""
    code = "import time; started = time.time(); self.wait(20); print('@@', time.time() - started < 10)\n"
    assert "@@ True" in at_the_prompt(folder, without, code, "-l")


@proof
def error_flash(folder: Path, without: str) -> None:
    answer = at_the_prompt(folder, without, "1 / 0\nprint('@@', self.time, self.num_plays)\n")
    assert "ZeroDivisionError" in answer
    assert "@@ 0 0" in answer


@proof
def safe_reload(folder: Path, without: str) -> None:
    spoil = f"open({str(folder / 'steps.py')!r}, 'a').write('def')\n"
    answer = at_the_prompt(folder, without, f"{spoil}reload()\nprint('@@', side)\n")
    assert "invalid syntax" in answer
    assert "@@ 2" in answer


@proof
def reload_everything(folder: Path, without: str) -> None:
    """A constant, in a module that has no classes to be found by."""
    change = f"open({str(folder / 'tones.py')!r}, 'w').write('TONE = 12345')\n"
    assert "@@ 12345" in at_the_prompt(folder, without, f"{change}reload()\nprint('@@', TONE)\n")


# Around them


def test_an_unknown_name_in_darkroom_without_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DARKROOM_WITHOUT", "opacitty")
    with pytest.raises(ValueError, match="opacitty"):
        repairs.prepare()


def test_another_manimgl_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("darkroom.engine.repairs.registry.version", lambda name: "1.8.0")
    queued: list[str] = []
    monkeypatch.setattr("darkroom.engine.repairs.registry.after_import", lambda name, mend: queued.append(name))
    with pytest.warns(UserWarning, match=r"for 1\.8\.0 they are left out"):
        repairs.prepare()
    assert not queued


@pytest.mark.slow
def test_bad_frames_per_second_are_refused_in_a_sentence(tmp_path: Path) -> None:
    file = write_scene(tmp_path)
    refused = manimgl(tmp_path, str(file), "Steps", "-w", "--fps", "fast")
    assert refused.returncode != 0
    assert refused.stderr.strip() == "--fps fast: frames per second are a number above 0, e.g. --fps 30"


@pytest.mark.slow
def test_a_scene_may_be_misspelt(tmp_path: Path) -> None:
    file = write_scene(tmp_path)
    line = str(line_of("side = 2"))
    refused = manimgl(tmp_path, str(file), "Stepps", "-se", line)
    assert refused.returncode == 2
    assert f"{file} has no scene Stepps.\n  Line {line}:  manimgl {file} Steps -se {line}" in refused.stderr


@pytest.mark.slow
def test_a_line_of_a_base_class_stops_the_scene_that_has_it(tmp_path: Path) -> None:
    file = write_scene(tmp_path)
    file.write_text(SCENE + "\n\nclass Wider(Steps):\n    pass\n")
    line = str(line_of("angle = PI"))
    done = manimgl(tmp_path, str(file), "Wider", "-se", line, typed="print('@@', self)\n")
    assert "@@ Wider" in done.stdout, done.stderr
