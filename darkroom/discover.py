"""Which films and scenes there are.

A film is a Python file that assigns SCENES_IN_ORDER (in a folder, its `film.py`). Any other file offers the scene
classes that ManimGL finds in it, in ManimGL's order: by name. Files are read, not run, where their text says enough
(`darkroom.reading`); where it does not, they are imported in a process of their own (`darkroom.imported`).
"""

import hashlib
import os
import re
import sys
import unicodedata
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import TypeVar

from darkroom import imported
from darkroom.errors import BrokenSource, NoScenes, PathNotFound, SceneNotFound, Unreadable, UsageError
from darkroom.reading import Module as Module
from darkroom.reading import SceneRef as SceneRef
from darkroom.reading import Unclear, needs_manimgl
from darkroom.reading import closure as closure
from darkroom.reading import file_of_module as file_of_module
from darkroom.reading import fingerprint as fingerprint
from darkroom.reading import first_line as first_line
from darkroom.reading import read_module as read_module
from darkroom.reading import words as words
from darkroom.tree import PassedOver, may_hold_scenes, python_files, sentences
from darkroom.tree import shown as shown

ROOT_MARKS = ("custom_config.yml", "manim_imports_ext.py", "pyproject.toml", ".git")

passed_over: list[PassedOver] = []  # what the last `find` left out of folders

Thing = TypeVar("Thing", bound=Hashable)


@dataclass(frozen=True)
class Film:
    """Scenes in the order a viewer meets them."""

    path: Path  # the file that lists them
    root: Path
    title: str  # first line of that file's docstring
    scenes: tuple[SceneRef, ...]
    ordered: bool  # by SCENES_IN_ORDER, rather than by name
    picked: str = ""  # the one scene of it that was asked for by name
    bases: tuple[tuple[SceneRef, str], ...] = ()  # scene classes that are not to be rendered, and why
    listed: tuple[SceneRef, ...] = ()  # all scenes it has, also where only some were asked for
    place: Path | None = None  # where its pictures go, if its own place would be another film's too

    @cached_property
    def folder(self) -> Path:
        """Where its pictures go, relative to the output folder: no two films that are found together have the same."""
        return self.place or places_for(self.path, self.root)[0]

    @property
    def name(self) -> str:
        """What its final cut is called."""
        if self.picked and _folded(self.picked) == _folded(self.folder.name):
            return f"{self.picked}-alone"  # the whole film is called so
        return self.picked or self.folder.name

    def file_name(self, ref: SceneRef) -> str:
        """What the files of a scene are called, without suffix: no two of a film's scenes are called alike."""
        return self._file_names.get(ref, ref.name)

    @cached_property
    def _file_names(self) -> Mapping[SceneRef, str]:
        refs = dict.fromkeys([*(self.listed or self.scenes), *(ref for ref, _ in self.bases)])
        return _told_apart({ref: _names_for(ref) for ref in refs})


def _names_for(ref: SceneRef) -> list[str]:
    """Names for a scene's files, the shortest first; the last is nobody else's."""
    folders = ref.file.relative_to(ref.root).with_suffix("").parts
    longer = ["-".join([*folders[-count:], ref.name]) for count in range(1, len(folders) + 1)]
    return [ref.name, *map(_printable, longer), f"{ref.name}-{_short_hash(f'{ref.file}:{ref.name}')}"]


def places_for(path: Path, root: Path) -> list[Path]:
    """Folders for a film's pictures, relative to the output folder, the shortest first; the last is nobody else's.

    The shortest is the film's own place in its repository; as it is seen from where we stand, if that is farther
    up. As in ManimGL's mirrored folders, a first component `_2025` becomes `2025`.
    """
    place = path.parent if path.name == "film.py" else path.with_suffix("")
    if path.name != "film.py" and (place / "film.py").is_file():
        place = path  # shapes.py beside shapes/film.py
    first, *others = place.relative_to(root).parts or ("",)
    plain = first.lstrip("_")
    if plain and not (root / plain).exists() and not (root / f"{plain}.py").exists():
        first = plain
    base = _mirrored(root)
    own = Path(*map(_printable, (*root.relative_to(base).parts, first, *others)))
    above = tuple(map(_printable, base.parts[1:]))
    longer = [Path(*above[-count:], own) for count in range(1, len(above) + 1)] or [Path("film")]
    places = [*([own] if own.parts else []), *longer]
    return [*places, places[0].with_name(f"{places[0].name}-{_short_hash(str(path))}")]


def _printable(name: str) -> str:
    """A name that every program can handle: ffmpeg's lists have no way to write a line break."""
    return re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]", "_", name)


def _mirrored(root: Path) -> Path:
    """The folder that outputs mirror: the outermost project around a root; where we stand, if that is farther up."""
    outermost = _outermost(root)
    here = Path.cwd()
    if outermost.is_relative_to(here):
        return here
    is_project = any((outermost / mark).exists() for mark in ROOT_MARKS)
    return outermost if is_project else outermost.parent


@cache
def _outermost(root: Path) -> Path:
    marked = [folder for folder in root.parents if any((folder / mark).exists() for mark in ROOT_MARKS[:2])]
    return marked[-1] if marked else root


def _told_apart(names: Mapping[Thing, Sequence[str]]) -> dict[Thing, str]:
    """A name for each thing that no other has, whatever the case of its letters: the first of its own where it can be.

    Args:
        names: those each thing may have; its last one must be nobody else's.
    """
    level = dict.fromkeys(names, 0)
    while True:
        claims: dict[str, list[Thing]] = {}
        for thing in names:
            claims.setdefault(_folded(names[thing][level[thing]]), []).append(thing)
        yielding: list[Thing] = []
        for rivals in [claimed for claimed in claims.values() if len(claimed) > 1]:
            # Its last name is a makeshift: one that has no other keeps what it has, while the rest can give way.
            longer = [thing for thing in rivals if level[thing] + 2 < len(names[thing])]
            yielding += longer or [thing for thing in rivals if level[thing] + 1 < len(names[thing])]
        if not yielding:
            return {thing: names[thing][level[thing]] for thing in names}
        for thing in yielding:
            level[thing] += 1


def _folded(name: str) -> str:
    """The same for two names that are one on some file system."""
    return unicodedata.normalize("NFC", name).casefold()


def _short_hash(text: str) -> str:
    return hashlib.sha256(os.fsencode(text)).hexdigest()[:6]


def find(targets: Iterable[str]) -> list[Film]:
    """The films that targets name; a film cut down to one scene where `PATH:SCENE` was typed.

    What is left out of a folder because it cannot be read is said on stderr, and kept in `passed_over`.

    Raises:
        UsageError: a path or scene that is not there, a file that does not parse, a folder without scenes.
    """
    passed_over.clear()
    _root_above.cache_clear()
    _outermost.cache_clear()
    films: dict[Hashable, Film] = {}
    try:
        for target in targets:
            path, scene = split(target)
            found = _films_at(path, scene)
            for film, picked in zip(found, _pick(found, scene, path) if scene else found, strict=True):
                if picked is None:
                    continue
                earlier = films.get(_identity(film))
                films[_identity(film)] = _joined(earlier, picked) if earlier else picked
    finally:
        for sentence in sentences(dict.fromkeys(passed_over)):
            print(f"darkroom: passed over: {sentence}", file=sys.stderr)
    places = _told_apart({film: [str(place) for place in places_for(film.path, film.root)] for film in films.values()})
    return [replace(film, place=Path(place)) for film, place in places.items()]


def _identity(film: Film) -> Hashable:
    """The same for one file that was typed in two ways; a link to it from another project is another film."""
    status = film.path.stat()
    return _folded(str(film.root)), _folded(os.path.realpath(film.path)), status.st_dev, status.st_ino


def _joined(earlier: Film, later: Film) -> Film:
    """One film of which scenes were asked for twice: they keep the film's order."""
    wanted = {(ref.name, ref.key, ref.file.resolve()) for ref in (*earlier.scenes, *later.scenes)}
    everything = [*earlier.listed, *(ref for ref, _ in earlier.bases), *earlier.scenes]
    scenes = tuple(ref for ref in dict.fromkeys(everything) if (ref.name, ref.key, ref.file.resolve()) in wanted)
    if earlier.scenes == earlier.listed or later.scenes == later.listed:
        scenes = earlier.listed
    return replace(earlier, scenes=scenes, picked=earlier.picked if len(scenes) == 1 else "")


def split(target: str) -> tuple[Path, str]:
    """PATH and SCENE of what was typed; SCENE is empty for the whole of PATH."""
    path, colon, scene = target.rpartition(":")
    if colon and scene.isidentifier() and not os.path.lexists(target):
        return Path(path), scene
    return Path(target), ""


def _pick(films: Sequence[Film], scene: str, typed: Path) -> list[Film | None]:
    """Each film with that scene alone; None for those that do not have it.

    A base that is not listed, and a scene that a file imports, can be asked for by name too.
    """
    ways = (
        lambda film: film.scenes,
        lambda film: tuple(ref for ref, _ in film.bases),
        lambda film: _imported_as(scene, film) if len(films) == 1 else (),
    )
    for scenes_of in ways:
        chosen = [tuple(dict.fromkeys(ref for ref in scenes_of(film) if ref.name == scene)) for film in films]
        if any(chosen):
            return [
                replace(film, scenes=refs, picked=scene) if refs else None
                for film, refs in zip(films, chosen, strict=True)
            ]
    raise SceneNotFound(scene, typed, (ref.name for film in films for ref in film.scenes))


def _imported_as(name: str, film: Film) -> tuple[SceneRef, ...]:
    """The scene that a name stands for in a file which imports it."""
    if film.ordered:
        return ()
    try:
        home = read_module(film.path, film.root).home_of(name)
        if home and home.module.is_scene(home.name):
            return (replace(home.module.ref(home.name), name=home.name),)
    except (UsageError, Unclear):
        pass
    return ()


def _films_at(typed: Path, scene: str) -> list[Film]:
    path = _absolute(typed)
    try:
        is_file, is_folder = path.is_file(), path.is_dir()
        if not path.exists():
            raise PathNotFound(typed)
    except OSError as error:
        raise Unreadable(typed, error) from None
    if is_file:
        if path.suffix != ".py":
            raise UsageError(f"{typed} is not a Python file.", "Name a scene file, or a folder of them.")
        films = [film] if (film := read_film(path)) else []
    elif not is_folder:
        raise UsageError(f"{typed} is neither a file nor a folder.", "Name a scene file, or a folder of them.")
    elif (path / "film.py").is_file():
        films = [film] if (film := read_film(path / "film.py")) else []
    else:
        try:
            os.scandir(path).close()
        except OSError as error:
            raise Unreadable(typed, error) from None
        films = list(_films_below(path))
    if not any(film.scenes or (scene and film.bases) for film in films):
        bases = [(ref.name, reason) for film in films for ref, reason in film.bases]
        raise NoScenes(typed, bases if is_file else ())
    return films


def _films_below(folder: Path) -> Iterator[Film]:
    def around() -> Iterator[Path]:
        root = _root_above(folder)
        if root != folder:
            yield from (file for file in python_files(root, []) if not file.is_relative_to(folder))

    found: dict[Path, Film] = {}
    unclear: list[tuple[Path, Path]] = []
    candidates = may_hold_scenes(python_files(folder, passed_over), around(), passed_over)
    settled = [_settled(file) for file in candidates]
    for file, root in settled:
        try:
            film = _read(file, root)
        except Unclear:
            if _reaches_manimgl(file, root):
                unclear.append((file, root))
        except UsageError as error:  # no reason to keep quiet about the rest of a tree
            passed_over.append(PassedOver(error.message, is_source=True))
        else:
            if film:
                found[file] = film
    roots = dict(unclear)
    for file, result in imported.run(unclear) if unclear else ():
        if isinstance(result, UsageError):
            passed_over.append(PassedOver(result.message, is_source=True))
        elif film := _film_imported(file, roots[file], result):
            found[file] = film
    films = [found[file] for file, _ in settled if file in found]
    listed = {ref.file for film in films if film.ordered for ref in film.scenes}
    for film in films:
        if film.scenes and (film.ordered or film.path not in listed):
            yield film


def _reaches_manimgl(file: Path, root: Path) -> bool:
    """Whether a file imports ManimGL, itself or through others: without it, it has no scenes."""
    packages = {name.partition(".")[0] for name in closure(file, root)[1]}
    return any("manim" in name for name in packages) or any(map(needs_manimgl, packages))


def read_film(file: Path) -> Film | None:
    """The film a file lists or holds; None if it has no scene classes at all.

    Raises:
        Unreadable, BrokenSource: it cannot be read, or does not parse.
        BrokenImport: it would have to be run to tell its scenes, and that fails.
        UsageError: a frame_shape that is none, or something in SCENES_IN_ORDER that is no scene.
    """
    file, root = _settled(file)
    try:
        return _read(file, root)
    except Unclear:
        ((_, result),) = imported.run([(file, root)])
    if isinstance(result, UsageError):
        raise result
    return _film_imported(file, root, result)


def _read(file: Path, root: Path) -> Film | None:
    """The film of a file, from its text.

    Raises:
        Unclear: that does not tell.
    """
    module = read_module(file, root)
    if module.unclear:
        raise Unclear(module.unclear)
    if module.order is not None:
        scenes = tuple(_listed(module, name) for name in module.order)
        return Film(file, root, module.title, scenes, ordered=True, listed=scenes) if scenes else None
    refs = {module.ref(name): module.why_base(name) for name in module.scene_names()}
    scenes = tuple(ref for ref, why in refs.items() if not why)
    bases = tuple((ref, why) for ref, why in refs.items() if why)
    return Film(file, root, module.title, scenes, ordered=False, bases=bases, listed=scenes) if refs else None


def _film_imported(file: Path, root: Path, found: imported.Imported) -> Film | None:
    """The film of a file, from what was found by running it."""
    if not (found.scenes or found.bases):
        return None
    return Film(file, root, found.title, found.scenes, ordered=found.is_ordered, bases=found.bases, listed=found.scenes)


def _listed(module: Module, name: str) -> SceneRef:
    try:
        home = module.home_of(name)
    except BrokenSource as error:
        if name not in module.imports:
            raise
        # Its siblings can still be listed and rendered; this one says what is wrong when it is run.
        file, own_name = module.imports[name]
        return SceneRef(own_name, file, module.root, doc=error.message)
    if home is None:
        raise Unclear(f"what {name} is")
    return home.module.ref(home.name)


def root_of(file: Path) -> Path:
    """The folder to run ManimGL from: the nearest one above that looks like a project's root."""
    return _root_above(file.parent)


@cache
def _root_above(folder: Path) -> Path:
    for mark_set in (ROOT_MARKS[:2], ROOT_MARKS[2:]):
        for place in (folder, *folder.parents):
            if any((place / mark).exists() for mark in mark_set):
                return place
    return folder


def _absolute(typed: Path) -> Path:
    """What was typed, seen from the root of the file system. Links stay, but `..` leads where it does on disk."""
    place = Path.cwd()
    for part in typed.parts:
        place = place.resolve().parent if part == ".." else place / part
    return place


def _settled(file: Path) -> tuple[Path, Path]:
    """A file and its root, that without links; below it, links stay: a linked file belongs where its link is."""
    root = root_of(file)
    real = root.resolve()
    return real / file.relative_to(root), real
