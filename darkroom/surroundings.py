"""What besides a project's own files decides how a clip comes out: versions, drivers, fonts, configuration.

`python -m darkroom.surroundings` prints what draws here, as OpenGL names it.
"""

import hashlib
import importlib.metadata
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from darkroom.reach import signature
from darkroom.witness import digest_of_file

LATEX_FILES = ("*.sty", "*.cls", "*.tex", "*.def")


def surroundings(root: Path, outside: Iterable[str], config_file: Path | None = None) -> dict[str, object]:
    """Everything in which two runs of the same scene may differ, in words that can be compared.

    Args:
        root: the project's.
        outside: modules that the scene's files import from outside the project.
        config_file: merged on top of the project's configuration.
    """
    config = read_config(root, config_file)
    return {
        "python": f"{sys.version} {platform.machine()}",
        "packages": _packages(frozenset(name.partition(".")[0] for name in outside)),
        "darkroom": _own_source(),
        "opengl": _opengl(),
        "ffmpeg": _ffmpeg(ffmpeg_name(root, config_file)),
        "fonts": _fonts(),
        "latex": _latex(os.environ.get("TEXINPUTS", ""), root),
        "configuration": config,
        "named by it": {name: digest_of_file(str(root / name)) for name in sorted(_files_named(config, root))},
        "without": os.environ.get("DARKROOM_WITHOUT", ""),
        "order of sets": os.environ.get("PYTHONHASHSEED", "0"),
    }


def read_config(root: Path, config_file: Path | None = None) -> Any:
    """What custom_config.yml says, and another file on top of it, less their comments; the text of what is no YAML."""
    below, above = (_read_yaml(file) if file else None for file in (root / "custom_config.yml", config_file))
    if isinstance(below, dict) and isinstance(above, dict):
        return _merged(below, above)
    return below if above is None else above if below is None else [below, above]


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    both = {name: _merged(below[name], above[name]) for name in below.keys() & above.keys()
            if isinstance(below[name], dict) and isinstance(above[name], dict)}
    return {**below, **above, **both}


def _read_yaml(file: Path) -> Any:
    import yaml

    try:
        text = file.read_text(encoding="utf-8")
    except OSError:
        return None
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return text


def _files_named(config: Any, root: Path) -> set[str]:
    if isinstance(config, dict):
        return set().union(*(_files_named(value, root) for value in config.values()))
    if isinstance(config, list):
        return set().union(*(_files_named(value, root) for value in config))
    try:
        return {config} if isinstance(config, str) and len(config) < 1000 and (root / config).is_file() else set()
    except (OSError, ValueError):
        return set()


def ffmpeg_name(root: Path, config_file: Path | None = None) -> str:
    """The ffmpeg that a project's configuration asks for."""
    config = read_config(root, config_file)
    writer = config.get("file_writer") if isinstance(config, dict) else None
    return str(writer.get("ffmpeg_bin", "ffmpeg")) if isinstance(writer, dict) else "ffmpeg"


@cache
def _packages(wanted: frozenset[str]) -> dict[str, str]:
    """Versions of the distributions that modules come from, of ManimGL, and of all that these need in turn."""
    homes = _homes()
    todo = ["manimgl", "moderngl", "numpy", *(name for module in wanted for name in homes.get(module, []))]
    versions: dict[str, str] = {}
    while todo:
        name = re.sub(r"[-_.]+", "-", todo.pop()).lower()
        if name in versions:
            continue
        try:
            found = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        versions[name] = found.version
        for need in found.requires or []:
            if "extra ==" not in need:
                todo += re.findall(r"^[\w.-]+", need)
    return dict(sorted(versions.items()))


@cache
def _homes() -> Mapping[str, list[str]]:
    return importlib.metadata.packages_distributions()


@cache
def _own_source() -> str:
    digest = hashlib.blake2b()
    package = Path(__file__).parent
    named = (package / f"{name}.py" for name in ("codecs", "tasks", "witness", "worker"))
    for file in sorted([*package.glob("engine/**/*.py"), *named]):
        digest.update(file.read_bytes())
    return digest.hexdigest()


@cache
def _opengl() -> str:
    """Asked in a process of its own: contexts and forks do not go together."""
    command = [sys.executable, "-m", "darkroom.surroundings"]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return done.stdout.strip()


@cache
def _ffmpeg(name: str) -> list[object]:
    place = shutil.which(name)
    if place is None:
        return []
    done = subprocess.run([place, "-version"], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return [place, signature(Path(place)), done.stdout]


@cache
def _fonts() -> str:
    """All fonts of this machine: which one a text gets depends on which others there are."""
    if not shutil.which("fc-list"):
        return ""
    command = ["fc-list", "--format", "%{file} %{index} %{fontversion} %{family}\n"]
    done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL)
    return hashlib.blake2b(b"\n".join(sorted(done.stdout.splitlines()))).hexdigest()


@cache
def _latex(inputs: str, root: Path) -> dict[str, str]:
    """The LaTeX files that lie where TEXINPUTS points, and what is said there."""
    found = {"TEXINPUTS": inputs}
    for folder in filter(None, inputs.split(os.pathsep)):
        for pattern in LATEX_FILES:
            for file in sorted((root / folder.rstrip("/")).glob(pattern)):
                found[str(file)] = digest_of_file(str(file))
    return found


def _draws_here() -> str:
    from darkroom.engine import hooks

    hooks.activate()
    from darkroom.engine import headless

    headless.prepare()
    import moderngl

    info = moderngl.create_context(standalone=True).info
    return json.dumps([info[key] for key in ("GL_VENDOR", "GL_RENDERER", "GL_VERSION")])


if __name__ == "__main__":
    print(_draws_here())
