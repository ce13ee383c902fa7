"""One playing of a scene that serves all the films' tests, remembered while nothing behind it changes.

A scene is played once, at a few frames per second, undrawn but for a small picture now and then; the tests ask
the account of it. Accounts are kept in pytest's cache (`pytest --cache-clear` forgets them) under a fingerprint
of the scene's own source and of all that it, and the playing, are made of.
"""

import hashlib
import importlib
import importlib.metadata
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from manimlib.config import manim_config
from manimlib.scene.scene import Scene

from darkroom import discover
from darkroom.engine.run import Beat, Observer, Run
from darkroom.jobs import Job, Quality, Stage
from darkroom.numbers import Reader
from darkroom.pool import Pool

ROOT = Path(__file__).parents[2]
FPS = 10
RESOLUTION = (480, 270)
EVERY = 3  # frames between two pictures
LEVELS = 12  # of 255: what a channel must differ by for a pixel to have changed
PIXELS = 25  # that must have changed for a picture to be another: about a letter


@dataclass(frozen=True)
class Block:
    """The animations and waits that one comment opens, in a row."""

    name: str
    place: str
    changed: int  # pixels in which a picture of it differs from the one before it


@dataclass(frozen=True)
class Playing:
    """What a scene did: its length in seconds, its beats, its numbers (as `darkroom numbers --json` has them)."""

    seconds: float
    blocks: tuple[Block, ...]
    numbers: list[dict]
    findings: list[dict]


@cache
def scenes() -> dict[str, discover.SceneRef]:
    """Every scene of every film in the order of the films: by name, and by film too where films share a name."""
    films = [film for path in sorted(ROOT.glob("_2025/**/film.py")) for film in discover.find([str(path)])]
    refs = [ref for film in films for ref in film.scenes]
    names = Counter(ref.name for ref in refs)
    return {ref.name if names[ref.name] == 1 else f"{ref.file.parent.name}.{ref.name}": ref for ref in refs}


def scene_class(ref: discover.SceneRef) -> type[Scene]:
    module = ".".join(ref.file.relative_to(ref.root).with_suffix("").parts)
    return getattr(importlib.import_module(module), ref.name)


def key(ref: discover.SceneRef) -> str:
    """Changes with whatever could change the account of a scene."""
    digest = hashlib.sha256(discover.fingerprint(ref).encode())
    for file in [*sorted((ROOT / "darkroom").rglob("*.py")), Path(__file__)]:
        digest.update(file.read_bytes())
    versions = [importlib.metadata.version(package) for package in ("manimgl", "numpy", "torch", "scikit-learn")]
    return f"films/{ref.name}-{digest.hexdigest()[:16]}-{'-'.join(versions)}"


def play(ref: discover.SceneRef, memory) -> Playing:
    """The account of a scene, from `memory` (pytest's cache) if it is there."""
    known = memory.get(key(ref), None)
    if known is None:
        known = asdict(_play_elsewhere(ref) if ref.frame_shape else _play(scene_class(ref)))
        memory.set(key(ref), known)
    return Playing(**known | {"blocks": tuple(Block(**block) for block in known["blocks"])})


def _play_elsewhere(ref: discover.SceneRef) -> Playing:
    """The account of a scene whose frame has a shape of its own: one process has one shape."""
    with TemporaryDirectory() as folder, Pool(1) as pool:
        stage = Stage.of(ref, Quality.low)
        (outcome,) = pool.run([Job(ref, stage, play_in_a_worker, Path(folder, "log"))])
    assert not outcome.failure, outcome.failure
    return outcome.result


def play_in_a_worker(scene: type[Scene], report: Callable[[int], None]) -> Playing:
    return _play(scene)


class _Watching(Observer):
    def __init__(self) -> None:
        self.reader = Reader()
        self.blocks: list[Block] = []
        self.last: np.ndarray | None = None  # picture
        self.opening: np.ndarray | None = None  # picture before the present block

    def on_frame(self, run: Run) -> None:
        self.reader.look(run)
        self._open_block(run.beats[-1])
        # An end is drawn in any case: the next block may begin there. Other moments only while they can tell more.
        if run.ends_beat or (run.frames % EVERY == 1 and self.blocks[-1].changed < PIXELS):
            self.last = np.asarray(run.image(), dtype=np.int16)
            self.opening = self.last if self.opening is None else self.opening
            changed = max(self.blocks[-1].changed, changed_pixels(self.opening, self.last))
            self.blocks[-1] = replace(self.blocks[-1], changed=changed)

    def on_beat(self, run: Run, beat: Beat) -> None:
        self.reader.rest(run)

    def _open_block(self, beat: Beat) -> None:
        if not self.blocks or self.blocks[-1].name != beat.name:
            place = Path(beat.file)
            place = place.relative_to(ROOT) if place.is_relative_to(ROOT) else place
            self.blocks.append(Block(beat.name, f"{place}:{beat.line}", 0))
            self.opening = self.last


def _play(scene: type[Scene]) -> Playing:
    watching = _Watching()
    with _small_pictures():
        run = Run(scene, watching, draws=False, fps=FPS)()
    seconds = float(run.clock)
    account = watching.reader.account(seconds).as_dict()
    return Playing(seconds, tuple(watching.blocks), account["numbers"], account["findings"])


def changed_pixels(before: np.ndarray, after: np.ndarray) -> int:
    return int((np.abs(after - before).max(axis=2) > LEVELS).sum())


@contextmanager
def _small_pictures() -> Iterator[None]:
    usual = manim_config.camera.resolution
    is_upright = usual[1] > usual[0]
    manim_config.camera.resolution = RESOLUTION[::-1] if is_upright else RESOLUTION
    try:
        yield
    finally:
        manim_config.camera.resolution = usual
