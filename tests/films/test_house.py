"""Is the house in order? Layers, names, beats, roles: rules that reading alone would not keep."""

import ast
import builtins
import dis
import importlib
import re
from pathlib import Path
from types import FunctionType

import pytest
import yaml

from custom import palette
from darkroom import discover

ROOT = Path(__file__).parents[2]
ROOMS = ("_2025", "helpers", "custom", "truth", "darkroom")
MAY_IMPORT = {
    "_2025": {"manim_imports_ext", "truth", "_2025"},
    "helpers": {"helpers", "custom", "truth"},
    "custom": {"custom"},
    "truth": {"truth"},
    "darkroom": {"darkroom"},
}


def sources(room):
    return sorted((ROOT / room).rglob("*.py"))


def imported_modules(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


SCENE_FILES = [path for path in sources("_2025") if path.name not in ("film.py", "__init__.py")]
ids = {"ids": lambda path: str(path.relative_to(ROOT))}


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_import_only_what_lies_below_them(room):
    ours = {*ROOMS, "manim_imports_ext"}
    for path in sources(room):
        for module in imported_modules(ast.parse(path.read_text())):
            top = module.partition(".")[0]
            assert top not in ours or top in MAY_IMPORT[room], f"{path} imports {module}"


def test_truth_draws_nothing():
    for path in sources("truth"):
        for module in imported_modules(ast.parse(path.read_text())):
            assert not module.startswith("manimlib"), f"{path} imports {module}"


def test_a_film_imports_no_other_film():
    for path in sources("_2025"):
        own = ".".join(path.relative_to(ROOT).parts[:2])
        for module in imported_modules(ast.parse(path.read_text())):
            assert not module.startswith("_2025") or module.startswith(own), f"{path} imports {module}"


def test_only_the_engine_touches_manimgls_insides():
    """Scenes and helpers use ManimGL's public names: a newer ManimGL must cost one package only."""
    for room in ("_2025", "helpers", "custom"):
        for path in sources(room):
            for module in imported_modules(ast.parse(path.read_text())):
                assert not re.match(r"manimlib\.(scene|camera|utils|shader|window|module|extract)", module), path


@pytest.mark.parametrize("path", SCENE_FILES, **ids)
def test_a_scene_file_has_the_one_star_import(path):
    stars = [
        node.module
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*"
    ]
    assert stars == ["manim_imports_ext"]


@pytest.mark.parametrize("path", SCENE_FILES, **ids)
def test_every_global_name_resolves(path):
    """Star imports blind the linter, so this asks the module itself for each name its code looks up."""
    module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    known = {*dir(builtins), *vars(module)}

    def missing(code):
        loads = {"LOAD_GLOBAL", "LOAD_NAME"}
        yield from (i.argval for i in dis.get_instructions(code) if i.opname in loads and i.argval not in known)
        for constant in code.co_consts:
            if hasattr(constant, "co_code") and constant.co_name not in class_names:
                yield from missing(constant)
            elif hasattr(constant, "co_code"):  # names in a class body may be its own
                own = {*constant.co_names}
                yield from (name for name in missing(constant) if name not in own)

    tree = ast.parse(path.read_text())
    class_names = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    assert sorted(set(missing(compile(tree, str(path), "exec")))) == []


SCENES = [
    pytest.param(path, node, id=node.name)
    for path in SCENE_FILES
    for node in discover.read_module(path, ROOT).classes.values()
    if discover.read_module(path, ROOT).is_playable(node.name)
]


@pytest.mark.parametrize(("path", "scene"), SCENES)
def test_beats_are_unique_and_start_with_a_verb(path, scene):
    """A beat's comment is its checkpoint's key, so two alike would share one state."""
    lines = path.read_text().splitlines()[scene.lineno - 1 : scene.end_lineno]
    beats = [line.strip() for line in lines if re.match(r" {8}# ", line)]
    assert len(beats) == len(set(beats))
    for beat in beats:
        assert re.match(r"# [A-Z][a-z]+ ", beat), f"{path}: {beat!r} does not read as an action"


@pytest.mark.parametrize(("path", "scene"), SCENES)
def test_a_scene_says_what_the_viewer_believes_afterwards(path, scene):
    assert (ast.get_docstring(scene) or "").endswith("."), f"{path}: {scene.name} needs a one-sentence docstring"


@pytest.mark.parametrize(("path", "scene"), SCENES)
def test_methods_stay_short(path, scene):
    for node in ast.walk(scene):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno - node.lineno < 80, f"{path}: {scene.name}.{node.name} is too long to read"


def test_every_scene_is_in_exactly_one_film():
    listed = []
    for film in ROOT.glob("_2025/**/film.py"):
        module = importlib.import_module(".".join(film.relative_to(ROOT).with_suffix("").parts))
        listed += [scene.__name__ for scene in module.SCENES_IN_ORDER]
    written = [parameter.id for parameter in SCENES]
    assert sorted(listed) == sorted(written)


def test_hex_codes_live_in_the_palette_alone():
    for room in ("_2025", "helpers", "custom"):
        for path in sources(room):
            if path.name != "palette.py":
                assert not re.search(r"#[0-9A-Fa-f]{6}\b", path.read_text()), path


def test_the_configured_background_is_the_palettes():
    config = yaml.safe_load((ROOT / "custom_config.yml").read_text())
    assert config["camera"]["background_color"] == palette.BACKGROUND


def test_no_name_of_the_star_import_hides_one_of_manimgls():
    import manimlib

    import manim_imports_ext as ours

    hidden = [
        name
        for name, thing in vars(manimlib).items()
        if isinstance(thing, type | FunctionType) and getattr(ours, name, thing) is not thing
    ]
    assert not hidden, f"scenes that want ManimGL's {', '.join(hidden)} get another thing of that name"


def test_no_global_randomness():
    """Chance needs a generator with a seed; what a library shares globally changes when a new beat is added."""
    for room in ("_2025", "helpers", "custom", "truth"):
        for path in sources(room):
            text = path.read_text()
            pattern = (
                r"np\.random\.(?!default_rng|Generator)\w+|torch\.manual_seed|\brandom\.(random|uniform|choice|seed)"
            )
            assert not re.search(pattern, text), f"{path}: {re.search(pattern, text)}"
