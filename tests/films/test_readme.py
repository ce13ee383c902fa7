"""What the README promises, tried."""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()


@pytest.mark.slow
def test_the_example_scene_plays(tmp_path):
    from darkroom import engine

    engine.load()
    from darkroom.engine.run import Run

    _, code = re.findall(r"```python\n(.*?)```", README, re.S)
    file = tmp_path / "mine.py"
    file.write_text(code)
    spec = importlib.util.spec_from_file_location("mine", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    run = Run(module.MyExpression, draws=False, fps=5)()
    assert len(run.beats) == 3


def test_the_file_to_copy_is_what_it_shows():
    shown, _ = re.findall(r"```python\n(.*?)```", README, re.S)
    assert shown in (ROOT / "_2025" / "autograd" / "your_module.py").read_text()


def test_what_it_links_to_exists():
    for link in re.findall(r"\]\((?!http)([^)#]+)", README):
        assert (ROOT / link).exists(), link


def test_the_verbs_it_names_exist():
    for verb in re.findall(r"^make ([a-z-]+)", README, re.M):
        assert re.search(rf"^{verb}:", MAKEFILE, re.M), f"make {verb}"


def test_the_commands_it_names_exist():
    cli = (ROOT / "darkroom" / "cli.py").read_text()
    for command in sorted(set(re.findall(r"darkroom ([a-z]+)\b", README))):
        if command not in ("knows",):  # prose, not a command
            assert re.search(rf'app\.command\((.*"{command}"|)\)|def {command}\(', cli), command


def test_the_helpers_it_names_exist():
    import helpers

    table = README.partition("| helper | draws |")[2].partition("\n\n")[0]
    for row in table.splitlines()[2:]:
        for name in re.findall(r"`(\w+)`", row.split("|")[1]):
            assert hasattr(helpers, name), name
