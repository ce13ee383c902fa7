"""Which films and scenes there are, read from source with `ast`: nothing is executed, nothing imported.

A film is a Python file that assigns SCENES_IN_ORDER (in a folder, its `film.py`). Any other file offers its
own Scene subclasses, in source order.
"""

import ast
import hashlib
import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from darkroom.errors import BrokenSource, NoScenes, PathNotFound, SceneNotFound, UsageError

ROOT_MARKS = ("custom_config.yml", "manim_imports_ext.py", "pyproject.toml", ".git")
NOT_SOURCE = {"node_modules", "site-packages", "dist-packages", "__pycache__", "tests", "media", "videos"}


@dataclass(frozen=True)
class SceneRef:
    """One scene class: where it stands and what it says of itself."""

    name: str
    file: Path
    root: Path  # the folder ManimGL is to be run from
    doc: str = ""  # first line of the docstring
    chapter: str = ""  # its name in a film's chapter list
    frame_shape: tuple[float, float] | None = None  # width and height of its frame, if its class says so

    def __str__(self) -> str:
        return f"{shown(self.file)}:{self.name}"


@dataclass(frozen=True)
class Film:
    """Scenes in the order a viewer meets them."""

    path: Path  # the file that lists them
    root: Path
    title: str  # first line of that file's docstring
    scenes: tuple[SceneRef, ...]
    ordered: bool  # by SCENES_IN_ORDER, rather than as they stand in the file
    picked: str = ""  # the one scene of it that was asked for by name

    @property
    def folder(self) -> Path:
        """Where its pictures go, relative to the output folder: the film's own place in the repository.

        As in ManimGL's mirrored folders, a first component `_2025` becomes `2025`.
        """
        place = self.path.parent if self.path.name == "film.py" else self.path.with_suffix("")
        place = place.relative_to(self.root)
        return Path(str(place).lstrip("_")) if place.parts else Path(self.root.name)

    @property
    def name(self) -> str:
        """What its final cut is called."""
        return self.picked or self.folder.name


def shown(path: Path) -> Path:
    """The path as a person standing here would type it."""
    try:
        return path.resolve().relative_to(Path.cwd())
    except ValueError:
        return path


def find(targets: Iterable[str]) -> list[Film]:
    """The films that targets name; a film cut down to one scene where `PATH:SCENE` was typed.

    Raises:
        UsageError: a path or scene that is not there, a file that does not parse, a folder without scenes.
    """
    films: dict[Path, Film] = {}
    for target in targets:
        path, scene = split(target)
        for film in _films_at(path):
            picked = _pick(film, scene, path) if scene else film
            earlier = films.get(film.path)
            if earlier:  # two scenes of one film, named one by one: keep the film's order
                wanted = {*earlier.scenes, *picked.scenes}
                scenes = tuple(ref for ref in film.scenes if ref in wanted)
                picked = replace(film, scenes=scenes, picked=picked.picked if len(scenes) == 1 else "")
            films[film.path] = picked
    return list(films.values())


def split(target: str) -> tuple[Path, str]:
    """PATH and SCENE of what was typed; SCENE is empty for the whole of PATH."""
    path, colon, scene = target.rpartition(":")
    if colon and scene.isidentifier() and not Path(target).exists():
        return Path(path), scene
    return Path(target), ""


def _pick(film: Film, scene: str, typed: Path) -> Film:
    chosen = tuple(ref for ref in film.scenes if ref.name == scene)
    if not chosen:
        raise SceneNotFound(scene, typed, (ref.name for ref in film.scenes))
    return replace(film, scenes=chosen, picked=scene)


def _films_at(typed: Path) -> list[Film]:
    if not typed.exists():
        raise PathNotFound(typed)
    path = typed.resolve()
    if path.is_file():
        if path.suffix != ".py":
            raise UsageError(f"{typed} is not a Python file.", "Name a scene file, or a folder of them.")
        films = [film] if (film := read_film(path)) else []
    elif (path / "film.py").exists():
        films = [film] if (film := read_film(path / "film.py")) else []
    else:
        films = list(_films_below(path))
    if not films:
        raise NoScenes(typed)
    return films


def _films_below(folder: Path) -> Iterator[Film]:
    found = []
    for file in sorted(_python_files(folder)):
        text = file.read_text(encoding="utf-8", errors="replace")
        if "SCENES_IN_ORDER" not in text and not re.search(r"^class ", text, re.M):
            continue
        try:
            film = read_film(file)
        except UsageError as error:  # no reason to keep quiet about the rest of a tree
            print(f"darkroom: passed over: {error.message}", file=sys.stderr)
            continue
        if film:
            found.append(film)
    listed = {ref.file for film in found if film.ordered for ref in film.scenes}
    for film in found:
        if film.ordered or film.path not in listed:
            yield film


def _python_files(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        folders[:] = [
            name
            for name in folders
            if name not in NOT_SOURCE and name[0] != "." and not Path(place, name, "pyvenv.cfg").exists()
        ]
        yield from (Path(place, name) for name in files if name.endswith(".py"))


def read_film(file: Path) -> Film | None:
    """The film a file lists or holds; None if it has no scenes.

    Raises:
        BrokenSource: the file does not parse.
        UsageError: SCENES_IN_ORDER is not a plain list of names, or names what cannot be found.
    """
    root = root_of(file)
    module = read_module(file, root)
    if module.order is not None:
        scenes = tuple(_listed(module, name) for name in module.order)
    else:
        scenes = tuple(module.ref(name) for name in module.classes if module.is_playable(name))
    if not scenes:
        return None
    return Film(file, root, module.title, scenes, ordered=module.order is not None)


def _listed(module: "Module", name: str) -> SceneRef:
    try:
        home = module.home_of(name)
    except BrokenSource as error:
        # Its siblings can still be listed and rendered; this one says what is wrong when it is run.
        file, own_name = module.imports[name]
        return SceneRef(own_name, file, module.root, doc=error.message)
    if home is None:
        raise UsageError(
            f"{shown(module.file)}: SCENES_IN_ORDER names {name}, neither defined nor imported there.",
            f"Import it in {shown(module.file)}, or take it out of the list.",
        )
    defining, own_name = home
    return defining.ref(own_name)


def root_of(file: Path) -> Path:
    """The folder to run ManimGL from: the nearest one above that looks like a project's root."""
    for mark_set in (ROOT_MARKS[:2], ROOT_MARKS[2:]):
        for folder in file.parents:
            if any((folder / mark).exists() for mark in mark_set):
                return folder
    return file.parent


class Module:
    """What one source file defines and imports, as far as scenes are concerned."""

    def __init__(self, file: Path, root: Path, tree: ast.Module) -> None:
        self.file = file
        self.root = root
        self.title = first_line(ast.get_docstring(tree))
        self.classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
        self.order: list[str] | None = None
        self.imports: dict[str, tuple[Path, str]] = {}  # a name here -> the project file, and its name there
        self.stars: list[Path] = []
        self.files: set[Path] = set()  # project files imported anywhere in this one
        self.outside: set[str] = set()  # modules imported from outside the project
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    self._note(alias.name)
            elif isinstance(node, ast.ImportFrom):
                self._note_from(node)
        for node in tree.body:
            target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
            if isinstance(target, ast.Name) and target.id == "SCENES_IN_ORDER":
                self.order = self._names_in(node)

    def _names_in(self, node: ast.stmt) -> list[str]:
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        if isinstance(value, ast.List | ast.Tuple) and all(isinstance(e, ast.Name) for e in value.elts):
            return [element.id for element in value.elts if isinstance(element, ast.Name)]
        raise UsageError(
            f"{shown(self.file)}: SCENES_IN_ORDER is computed; darkroom reads it without running it.",
            "Write it as a plain list of class names.",
        )

    def _note(self, dotted: str) -> Path | None:
        file = self._file_of(dotted)
        if file:
            self.files.add(file)
        else:
            self.outside.add(dotted)
        return file

    def _note_from(self, node: ast.ImportFrom) -> None:
        dotted = node.module or ""
        if node.level:
            base = self.file.parents[node.level - 1]
            try:
                dotted = ".".join([*base.relative_to(self.root).parts, *filter(None, [dotted])])
            except ValueError:
                return
        file = self._note(dotted)
        for alias in node.names:
            if alias.name == "*":
                if file:
                    self.stars.append(file)
                continue
            part = self._file_of(f"{dotted}.{alias.name}")  # `from package import module`
            if part:
                self.files.add(part)
            elif file:
                self.imports[alias.asname or alias.name] = (file, alias.name)

    def _file_of(self, dotted: str) -> Path | None:
        return file_of_module(dotted, self.file, self.root)

    def home_of(self, name: str) -> "tuple[Module, str] | None":
        """The project module that defines the class called `name` here, and what it is called there.

        None if it comes from outside the project.
        """
        return self._home_of(name, set())

    def _home_of(self, name: str, seen: set[Path]) -> "tuple[Module, str] | None":
        if name in self.classes:
            return self, name
        seen.add(self.file)
        sources = [self.imports[name]] if name in self.imports else [(file, name) for file in self.stars]
        for file, name_there in sources:
            if file not in seen:
                home = read_module(file, self.root)._home_of(name_there, seen)
                if home:
                    return home
        return None

    def lineage(self, name: str) -> Iterator[tuple[ast.ClassDef | None, str]]:
        """The class and all its bases the project defines, then (None, name) for each that it does not."""
        seen = set()
        todo: list[tuple[Module, str]] = [(self, name)]
        while todo:
            module, current = todo.pop(0)
            home = module.home_of(current)
            if home is None:
                yield None, current
                continue
            defining, current = home
            if (defining.file, current) in seen:
                continue
            seen.add((defining.file, current))
            node = defining.classes[current]
            yield node, current
            todo += [(defining, base) for base in map(last_name, node.bases) if base]

    def is_playable(self, name: str) -> bool:
        """Whether a class is a scene with something to show, rather than a base for others."""
        lineage = list(self.lineage(name))
        is_scene = any(node is None and base.endswith("Scene") for node, base in lineage)
        return is_scene and any(node is not None and method(node, "construct") for node, _ in lineage)

    def ref(self, name: str) -> SceneRef:
        node = self.classes[name]
        return SceneRef(
            name,
            self.file,
            self.root,
            doc=first_line(ast.get_docstring(node)),
            chapter=next(filter(None, map(_chapter, node.body)), "") or words(name),
            frame_shape=self.frame_shape(name),
        )

    def frame_shape(self, name: str) -> tuple[float, float] | None:
        """The width and height of its frame that a class, or the nearest of its bases, says; None if none does.

        Raises:
            UsageError: it is said in a way that takes running the class to understand.
        """
        for node, _ in self.lineage(name):
            value = _assigned(node, "frame_shape") if node else None
            if value is None:
                continue
            try:
                width, height = ast.literal_eval(value) or (0, 0)
                shape = float(width), float(height)
            except (ValueError, TypeError):
                raise UsageError(
                    f"{shown(self.file)}: frame_shape of {name} is no pair of plain numbers; "
                    "darkroom reads it without running it.",
                    "Write it as width and height of the frame:  frame_shape = (9, 16)",
                ) from None
            return shape if min(shape) > 0 else None
        return None


def _assigned(node: ast.ClassDef, name: str) -> ast.expr | None:
    """What a class body assigns to a name."""
    for item in node.body:
        target = item.targets[0] if isinstance(item, ast.Assign) else getattr(item, "target", None)
        if isinstance(target, ast.Name) and target.id == name and isinstance(item, ast.Assign | ast.AnnAssign):
            return item.value
    return None


def _chapter(node: ast.stmt) -> str:
    """The value of `chapter = "..."` in a class body, if this statement is that."""
    if (
        isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id == "chapter"
        and isinstance(node.value, ast.Constant)
    ):
        return str(node.value.value)
    return ""


def file_of_module(dotted: str, importer: Path, root: Path) -> Path | None:
    """The project file that `import dotted` in a file would run; None if it is a module from elsewhere."""
    for base in (root, importer.parent):
        place = base.joinpath(*dotted.split("."))
        for file in (place.with_suffix(".py") if dotted else place, place / "__init__.py"):
            if file.is_file():
                return file
    return None


@cache
def read_module(file: Path, root: Path) -> Module:
    try:
        return Module(file, root, ast.parse(file.read_text(encoding="utf-8")))
    except SyntaxError as error:
        raise BrokenSource(shown(file), error) from None


def closure(file: Path, root: Path) -> tuple[set[Path], set[str]]:
    """All project files a file imports, itself among them, and the modules they take from elsewhere."""
    files: set[Path] = set()
    outside: set[str] = set()
    todo = [file]
    while todo:
        current = todo.pop()
        if current in files:
            continue
        files.add(current)
        try:
            module = read_module(current, root)
        except BrokenSource:
            continue
        outside |= module.outside
        todo += module.files
        todo += [
            package
            for folder in current.parents
            if folder.is_relative_to(root) and (package := folder / "__init__.py").is_file()
        ]
    return files, outside


def fingerprint(ref: SceneRef) -> str:
    """Changes when the scene's source does: its file, all project modules behind it, the configuration."""
    digest = hashlib.sha256(ref.name.encode())
    files, _ = closure(ref.file, ref.root)
    config = ref.root / "custom_config.yml"
    for file in sorted({*files, *([config] if config.exists() else [])}):
        digest.update(str(file).encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def first_line(doc: str | None) -> str:
    """The first line of a docstring that has a letter in it; a ruler (`=====`) has none."""
    return next((line.strip() for line in (doc or "").splitlines() if any(map(str.isalpha, line))), "")


def last_name(node: ast.expr) -> str:
    """`Scene` of both `Scene` and `manimlib.Scene`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def method(node: ast.ClassDef, name: str) -> bool:
    return any(isinstance(item, ast.FunctionDef) and item.name == name for item in node.body)


def words(name: str) -> str:
    """`ChainRuleScene` -> `Chain Rule`; `MLPAutogradScene` -> `MLP Autograd`; `show_all` -> `Show all`."""
    name = name.removesuffix("Scene") or name
    parts = re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+", name)
    text = " ".join(parts) or name
    return text[0].upper() + text[1:]
