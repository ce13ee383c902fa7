"""What a person meets first: the help, at once, and what happens after a slip of the hand."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.darkroom.conftest import Darkroom

COMMANDS = ("list", "render", "film", "still", "cache", "sheet", "check", "numbers", "doctor", "paste")
HEAVY = {"manimlib", "numpy", "torch", "PIL", "matplotlib", "IPython", "moderngl", "pyglet", "diskcache"}


def test_starting_imports_nothing_heavy() -> None:
    code = "import json, sys, darkroom.cli; print(json.dumps(list(sys.modules)))"
    modules = json.loads(subprocess.check_output([sys.executable, "-c", code]))
    assert not HEAVY & {name.partition(".")[0] for name in modules}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(darkroom: Darkroom, command: str) -> None:
    done = darkroom(command, "--help")
    assert done.returncode == 0
    assert "Usage:" in done.stdout
    assert command in darkroom("--help").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["render", "nowhere"], "there is no nowhere."),
        (["render", "_2025/shapes:CircelScene"], "Did you mean _2025/shapes:CircleScene?"),
        (["sheet", "custom_config.yml"], "is not a Python file"),
        (["render", "--quality", "hgih"], "'medium'"),
        (["render", "--jobs", "0"], "--jobs"),
        (["render", "--fps", "x"], "--fps"),
        (["film", "."], "holds 3 films"),
        (["list", "common"], "no scenes in common"),
        (["render", "oddities/endless.py", "--output", "/proc/nowhere"], "cannot write to /proc/nowhere"),
        (["rendr"], "No such command"),
    ],
)
def test_a_slip_is_answered_in_words_and_ends_in_2(darkroom: Darkroom, arguments: list[str], said: str) -> None:
    done = darkroom(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_does_not_parse(darkroom: Darkroom, tmp_path: Path) -> None:
    file = tmp_path / "typo.py"
    file.write_text("from manimlib import *\nclass A(Scene):\n    def construct(self)\n")
    done = darkroom("render", file)
    assert done.returncode == 2
    assert "typo.py, line 3: expected ':'" in done.stderr
    assert "Traceback" not in done.stderr
