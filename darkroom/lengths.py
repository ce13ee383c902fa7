"""How long scenes are: known without rendering them, remembered as long as their source stays the same."""

import importlib.metadata
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from contextlib import contextmanager, suppress
from dataclasses import astuple
from fractions import Fraction
from pathlib import Path
from typing import Any

from darkroom import tasks
from darkroom.discover import SceneRef, fingerprint
from darkroom.farm import Farm
from darkroom.jobs import Failure, Job, Quality, Stage, log_path
from darkroom.pool import Pool
from darkroom.tasks import Length
from darkroom.witness import digest_of_file


def cache_folder() -> Path:
    """Where darkroom keeps what it can find out again."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "darkroom"


def measure(
    scenes: Iterable[SceneRef],
    pool: Pool | Farm,
    quality: Quality = Quality.low,
    fps: Fraction | None = None,
    timeout: float | None = None,
    config_file: Path | None = None,
    tell: Callable[[SceneRef, Length | Failure], None] = lambda scene, length: None,
) -> dict[SceneRef, Length | Failure]:
    """The length of each scene: remembered, or found by a dry run that draws nothing.

    Args:
        scenes: which.
        pool: does the dry runs.
        quality: that of the renders to follow, whose ManimGL can serve here too.
        fps: frames per second, if not those of the scene's own configuration.
        timeout: seconds after which a dry run is ended.
        config_file: to be merged on top of that configuration.
        tell: called with each length as soon as it is known.
    """
    found: dict[SceneRef, Length | Failure] = {}
    with memory() as known_before:
        keys = {ref: key(ref, fps, config_file) for ref in scenes}
        jobs = []
        for ref, name in keys.items():
            known = known_before.get(name)
            if known:
                found[ref] = Length(*known)
                tell(ref, found[ref])
            else:
                log = log_path(cache_folder(), ref)
                stage, options = Stage.of(ref, quality, config_file), {"fps": fps}
                jobs.append(Job(ref, stage, tasks.measure, log, options=options, timeout=timeout))
        for outcome in pool.run(jobs):
            ref = outcome.job.scene
            found[ref] = outcome.failure or outcome.result
            tell(ref, found[ref])
            if not outcome.failure:
                with suppress(OSError, sqlite3.Error):
                    known_before[keys[ref]] = astuple(outcome.result)
            outcome.job.log.unlink(missing_ok=True)
    return found


@contextmanager
def memory() -> Iterator[MutableMapping[str, Any]]:
    """What earlier runs have found out; nothing, where there is no room or no right to keep it."""
    from diskcache import Cache

    try:
        cache = Cache(str(cache_folder()))
    except (OSError, sqlite3.Error):
        yield {}
        return
    with cache:
        yield cache


def key(ref: SceneRef, fps: Fraction | None, config_file: Path | None = None) -> str:
    """What is known of a scene is known under this: another one as soon as its source is another."""
    configured = digest_of_file(str(config_file)) if config_file else ""
    return f"animations {fingerprint(ref)} {configured} {fps} {importlib.metadata.version('manimgl')}"
