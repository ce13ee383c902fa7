"""How long scenes are: known without rendering them, remembered as long as their source stays the same."""

import importlib.metadata
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from darkroom import tasks
from darkroom.discover import SceneRef, fingerprint
from darkroom.jobs import Failure, Job, Quality, Stage, log_path
from darkroom.pool import Pool
from darkroom.tasks import Length


def cache_folder() -> Path:
    """Where darkroom keeps what it can find out again."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "darkroom"


def measure(
    scenes: Iterable[SceneRef],
    pool: Pool,
    fps: float | None = None,
    on_each: Callable[[], None] = lambda: None,
) -> dict[SceneRef, Length | Failure]:
    """The length of each scene: remembered, or found by a dry run that draws nothing.

    Args:
        scenes: which.
        pool: does the dry runs.
        fps: frames per second, if not those of the scene's own configuration.
        on_each: called whenever one more is known.
    """
    from diskcache import Cache

    found: dict[SceneRef, Length | Failure] = {}
    with Cache(str(cache_folder())) as memory:
        keys = {ref: _key(ref, fps) for ref in scenes}
        jobs = []
        for ref, key in keys.items():
            known = memory.get(key)
            if known:
                found[ref] = Length(*known)
                on_each()
            else:
                stage = Stage(ref.root, Quality.low)
                log = log_path(cache_folder(), ref)
                jobs.append(Job(ref, stage, tasks.measure, log, {"fps": fps}))
        for outcome in pool.run(jobs):
            ref = outcome.job.scene
            found[ref] = outcome.failure or outcome.result
            if not outcome.failure:
                length = outcome.result
                memory[keys[ref]] = (length.frames, length.seconds, length.fps)
                outcome.job.log.unlink(missing_ok=True)
            on_each()
    return found


def _key(ref: SceneRef, fps: float | None) -> str:
    return f"length {fingerprint(ref)} {fps} {importlib.metadata.version('manimgl')}"
