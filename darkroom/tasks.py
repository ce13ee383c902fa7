"""What a worker process does with one scene: measure it, render it, or make its contact sheet.

ManimGL is imported inside the functions: `darkroom.pool` names them without having it.
"""

import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from darkroom import sheet, witness
from darkroom.codecs import Encoding
from darkroom.discover import first_line
from darkroom.errors import DarkroomError
from darkroom.witness import NOBODY_WATCHED, Seen

if TYPE_CHECKING:
    from darkroom.engine.clip import Facts
    from darkroom.engine.run import Beat, Run

REPORT_EVERY = 0.1  # seconds between two words about progress

Report = Callable[[int], None]


@dataclass(frozen=True)
class Length:
    """How long a scene is: `frames` at `fps`, and `seconds` by its own clock. To learn it took `took` seconds."""

    frames: int
    seconds: float
    fps: float
    took: float = 0.0


@dataclass(frozen=True)
class Rendered:
    """A clip that is on disk and holds what it should.

    The last six are about how it came to be: the most memory its process and its ffmpeg have used in bytes,
    what it depends on besides source, whether it was known already, why it will not be next time, and at which
    frames it was divided.
    """

    path: Path
    frames: int
    seconds: float
    fps: float
    size: tuple[int, int]
    has_sound: bool
    clock: float  # what the scene itself thinks its pictures last
    took: float  # seconds of work
    fallbacks: dict[str, int]  # frames that could not be drawn fast, by reason
    memory: int = 0
    encoder_memory: int = 0
    seen: Seen = NOBODY_WATCHED
    from_cache: bool = False
    unkept: str = ""
    cuts: tuple[int, ...] = ()


def peak_memory() -> int:
    """The most memory this process has used, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak << 10


class NothingShown(DarkroomError):
    def __init__(self, name: str) -> None:
        super().__init__(f"{name} shows nothing: it never plays or waits.", "End it with  self.wait()")


def measure(scene_class: Any, report: Report, fps: float | None = None) -> Length:
    """Run a scene with its animations skipped and nothing drawn."""
    from darkroom.engine.run import Run

    started = time.monotonic()
    run = Run(scene_class, draws=False, skips=True, fps=fps)()
    return Length(run.frames, run.frames / run.fps, run.fps, time.monotonic() - started)


def render(
    scene_class: Any,
    report: Report,
    path: Path,
    fps: float | None = None,
    encoding: Encoding | None = None,
) -> Rendered:
    """Render a scene to `path`, encoded in ManimGL's own way unless told another."""
    from darkroom.engine.clip import Clip
    from darkroom.engine.run import Observer, Run

    started = time.monotonic()

    class Writing(Observer):
        said = 0.0

        def on_frame(self, run: "Run") -> None:
            clip.write(run.raw())
            if time.monotonic() - self.said > REPORT_EVERY:
                self.said = time.monotonic()
                report(run.frames)

    run = Run(scene_class, Writing(), fps=fps)
    with Clip(path, run.size, run.fps, writer_config(scene_class), encoding) as clip:
        run()
        if not run.frames:
            raise NothingShown(scene_class.__name__)
        report(run.frames)
        encoder_memory = clip.peak_memory()
        facts = clip.keep(run.sound)
    return account(run, path, facts, started, encoder_memory)


def writer_config(scene_class: Any) -> dict[str, Any]:
    """ManimGL's configuration of what writes this scene's file."""
    from manimlib.config import manim_config

    return {**manim_config.file_writer, **scene_class.default_file_writer_config}


def account(run: "Run", path: Path, facts: "Facts", started: float, encoder_memory: int) -> Rendered:
    """What there is to say of a clip that has been written.

    Args:
        run: the scene's, at its end.
        path: of the clip.
        facts: what the file holds.
        started: when work on it began, by `time.monotonic`.
        encoder_memory: the most that ffmpeg has used.
    """
    return Rendered(
        path,
        facts.frames,
        facts.seconds,
        run.fps,
        run.size,
        facts.has_sound,
        run.clock,
        time.monotonic() - started,
        dict(run.fallbacks),
        peak_memory(),
        encoder_memory,
        witness.report(),
    )


def draw_sheet(
    scene_class: Any, report: Report, path: Path, every: float | None = None, fps: float | None = None
) -> list[Path]:
    """Make the contact sheet of a scene; returns its pages.

    Args:
        scene_class: the scene.
        report: told now and then how many frames have gone by.
        path: where a single page goes; several are numbered, `NAME_1.png` and so on.
        every: a picture each so many seconds, instead of one at the end of each animation.
        fps: frames per second instead of the configured ones.
    """
    from darkroom.engine.run import Observer, Run

    cells: list[sheet.Cell] = []
    frames_apart = 0

    class Looking(Observer):
        said = 0.0
        drawn = -1

        def on_frame(self, run: "Run") -> None:
            if (run.frames - 1) % frames_apart == 0 if every else run.ends_beat:
                self.look(run)
            if time.monotonic() - self.said > REPORT_EVERY:
                self.said = time.monotonic()
                report(run.frames)

        def on_beat(self, run: "Run", beat: "Beat") -> None:
            # A wait that ended by a condition of its own did not know which frame was its last.
            if not every and beat.last_frame == run.frames - 1 != self.drawn and run.frames:
                self.look(run)

        def look(self, run: "Run") -> None:
            self.drawn = run.frames - 1
            beat = run.beats[-1]
            picture = sheet.shrink(run.image())
            still = beat.kind == "wait" and not every
            if still and cells and cells[-1].picture.tobytes() == picture.tobytes():
                return  # a pause shows nothing new
            cells.append(
                sheet.Cell(
                    picture,
                    number=beat.index + 1,
                    time=run.frames / run.fps,
                    beat=beat.name,
                )
            )

    run = Run(scene_class, Looking(), draws=False, fps=fps)
    frames_apart = max(1, round((every or 1) * run.fps))
    run()
    if not cells:
        raise NothingShown(scene_class.__name__)
    title = sheet.Title(scene_class.__name__, first_line(scene_class.__doc__), run.clock)
    return sheet.save(path, title, cells)
