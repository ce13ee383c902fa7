"""What is handed to a worker process, and what comes back. Plain data: importing it costs nothing."""

import hashlib
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from darkroom.discover import SceneRef, closure


class Quality(StrEnum):
    """The four sizes of ManimGL's `resolution_options`."""

    low = "low"
    medium = "medium"
    high = "high"
    uhd = "4k"

    @property
    def flag(self) -> str:
        return {"low": "-l", "medium": "-m", "high": "--hd", "4k": "--uhd"}[self.value]


@dataclass(frozen=True)
class Stage:
    """What one import of ManimGL is good for: it reads its configuration once, where it stands."""

    root: Path
    quality: Quality
    frame_shape: tuple[float, float] | None = None  # as the scene says; None: as configured
    config_file: Path | None = None  # merged on top of custom_config.yml
    strict: bool = False  # a font that is not installed is an error

    @classmethod
    def of(
        cls, scene: SceneRef, quality: Quality, config_file: Path | None = None, strict: bool = False
    ) -> "Stage":
        """The one that a scene needs."""
        return cls(scene.root, quality, scene.frame_shape, config_file, strict)

    @property
    def argv(self) -> list[str]:
        """The `manimgl` options that make this configuration."""
        return ["-w", self.quality.flag, *(["--config_file", str(self.config_file)] if self.config_file else [])]


@dataclass(frozen=True, eq=False)
class Job:
    """One thing to do with one scene, in a process of its own.

    `work` is a function of `darkroom.tasks`, called there as work(scene_class, report, **options). If its
    process dies, what it had half-written in `folder` is removed. After `timeout` seconds it is ended.
    """

    scene: SceneRef
    stage: Stage
    work: Callable[..., Any]
    log: Path
    folder: Path | None = None
    options: dict[str, Any] = field(default_factory=dict)
    timeout: float | None = None

    @property
    def preload(self) -> set[str]:
        """Modules from outside the project that the scene will import: worth importing once for all."""
        outside = closure(self.scene.file, self.scene.root)[1]
        return {name for name in outside if name.partition(".")[0] not in sys.stdlib_module_names}


@dataclass(frozen=True)
class Failure:
    """Why a job came to nothing: the reason in a line or a few, and the author's own lines that led there."""

    reason: str
    lines: str = ""
    timed_out: bool = False


@dataclass(frozen=True)
class Outcome:
    """How a job ended: `result` is what its work returned, unless there is a `failure`."""

    job: Job
    result: Any = None
    failure: Failure | None = None


def log_path(output: Path, scene: SceneRef) -> Path:
    """Where a scene's own output goes; two scenes of one name in different files stay apart."""
    place = hashlib.sha256(os.fsencode(scene.file)).hexdigest()[:6]
    return output / "logs" / f"{scene.name}-{place}.log"
