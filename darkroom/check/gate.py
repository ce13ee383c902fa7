"""The order to check some scenes, carried out in parallel; scenes found clean are remembered until they change."""

import hashlib
import importlib.metadata
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from darkroom.check.report import Finding
from darkroom.discover import Film, SceneRef, fingerprint, read_film
from darkroom.errors import UsageError
from darkroom.jobs import Failure, Job, Quality, Stage, log_path
from darkroom.lengths import cache_folder
from darkroom.pool import Pool, available_cores
from darkroom.witness import digest_of_file


@dataclass(frozen=True)
class Verdict:
    """What came of checking one scene."""

    scene: SceneRef
    findings: tuple[Finding, ...] = ()
    failure: Failure | None = None
    seconds: float = 0.0  # the scene lasts
    took: float = 0.0  # seconds of work; 0 if it was remembered

    @property
    def is_clean(self) -> bool:
        return not self.failure and all(finding.waived for finding in self.findings)


def play(
    scene_class: Any,
    report: Callable[[int], None],
    still: float,
    pictures: str,
    fps: float | None = None,
    place: tuple[bool, bool] = (False, False),
) -> tuple[tuple[Finding, ...], float, float]:
    """In a worker process: play one scene, look, and save the pictures.

    Args:
        scene_class: the scene.
        report: for progress; not used.
        still: seconds without motion before that is dead time.
        pictures: folder for the pictures, or "" for none.
        fps: frames per second of the playing.
        place: whether scenes of its film come before it, and after it.

    Returns:
        the findings, the scene's length and the time it took, in seconds.
    """
    from darkroom.check.watch import Place, watch

    started = time.monotonic()
    findings, seconds = watch(scene_class, still, bool(pictures), fps, Place(*place))
    name = scene_class.__name__
    folder = Path(pictures)
    if pictures:
        for old in folder.glob(f"{name}-[0-9]*-L*.png"):
            old.unlink()
    kept = []
    for number, finding in enumerate(findings, start=1):
        path = ""
        if finding.drawing is not None and not finding.waived:
            folder.mkdir(parents=True, exist_ok=True)
            path = str(folder / f"{name}-{number:02}-{finding.code}.png")
            finding.drawing.save(path)
        kept.append(replace(finding, drawing=None, picture=path))
    return tuple(kept), seconds, time.monotonic() - started


def check(
    films: Sequence[Film],
    *,
    still: float,
    pictures: Path | None = None,
    draw: bool = True,
    jobs: int | None = None,
    output: Path = Path("media"),
    fresh: bool = False,
    timeout: float | None = None,
    config_file: Path | None = None,
) -> list[Verdict]:
    """Check every scene of some films; the verdicts come in their order.

    Args:
        films: which.
        still: seconds without motion before that is dead time.
        pictures: folder for pictures of findings, if not `check` in the film's own output folder.
        draw: whether to draw them at all.
        jobs: scenes at once.
        output: where pictures and the logs of failed scenes go.
        fresh: check even what is remembered to be clean.
        timeout: seconds after which a scene is given up.
        config_file: merged on top of the project's configuration.
    """
    from diskcache import Cache

    scenes = [(film, ref) for film in films for ref in film.scenes]
    verdicts: dict[SceneRef, Verdict] = {}
    memory: Any = {}
    with suppress(OSError, sqlite3.Error):
        memory = Cache(str(cache_folder() / "check"))
    with memory if not isinstance(memory, dict) else nullcontext():
        todo = {}
        for film, ref in scenes:
            place = place_in_film(film, ref)
            key = f"{_key(ref, still, config_file)} {place}"
            known = None if fresh else memory.get(key)
            if known is not None:
                verdicts[ref] = Verdict(ref, *known)
                continue
            folder = str((pictures or output / film.folder / "check").resolve()) if draw else ""
            options = {"still": still, "pictures": folder, "place": place}
            log = log_path(output.resolve(), ref)
            job = Job(ref, Stage.of(ref, Quality.low, config_file), play, log, None, options, timeout)
            todo[job] = key
        with Pool(max(1, min(jobs or available_cores(), len(todo)))) as pool:
            for outcome in pool.run(todo):
                ref = outcome.job.scene
                if outcome.failure:
                    verdicts[ref] = Verdict(ref, failure=outcome.failure)
                    continue
                findings, seconds, took = outcome.result
                verdicts[ref] = Verdict(ref, findings, None, seconds, took)
                outcome.job.log.unlink(missing_ok=True)
                if verdicts[ref].is_clean:
                    with suppress(OSError, sqlite3.Error):
                        memory[todo[outcome.job]] = findings, None, seconds
    return [verdicts[ref] for _, ref in scenes]


def place_in_film(film: Film, ref: SceneRef) -> tuple[bool, bool]:
    """Whether scenes come before one in its film, and after it.

    Its film is the one it was asked for in, or a `film.py` beside or above its file that lists it.
    """
    above = [folder for folder in ref.file.parents if ref.root in (folder, *folder.parents)]
    lists = [film.path] if film.ordered else [folder / "film.py" for folder in above]
    for path in lists:
        with suppress(UsageError):
            whole = read_film(path) if path.is_file() else None
            if whole and whole.ordered and ref in whole.scenes:
                at = whole.scenes.index(ref)
                return at > 0, at < len(whole.scenes) - 1
    return False, False


def _key(ref: SceneRef, still: float, config_file: Path | None) -> str:
    configured = digest_of_file(str(config_file)) if config_file else ""
    return f"check {fingerprint(ref)} {configured} {still} {importlib.metadata.version('manimgl')} {_own_fingerprint()}"


@cache
def _own_fingerprint() -> str:
    """Changes with the rules themselves."""
    digest = hashlib.sha256()
    package = Path(__file__).parent
    for file in sorted([*package.glob("*.py"), *package.parent.glob("engine/**/*.py")]):
        digest.update(file.read_bytes())
    return digest.hexdigest()
