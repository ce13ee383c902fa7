"""What a machine can see of a scene's look and pace, as figures: `darkroom check --measure`.

Each figure is defined in docs/checks.md.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from darkroom.discover import Film, SceneRef, shown
from darkroom.jobs import Failure, Job, Quality, Stage, log_path
from darkroom.pool import Pool, available_cores

if TYPE_CHECKING:
    from rich.table import Table

    from darkroom.check.reading import Stand

PICTURES = 2  # a second
GRID = (16, 9)  # columns and rows; on an upright frame the other way round
IN_CELL = 0.002  # of a cell's pixels lit: there is something in it
CAPTION_WORDS = 3  # at least
CAPTION_SIZE = 45.0  # pixels of a capital at 1080p, at most: no larger than a Text that says nothing of its size
CAPTION_LASTS = 0.5  # of the scene, at most
AT_REST = 0.45  # seconds for which words must rest to have been read


@dataclass(frozen=True)
class Figures:
    """Of one scene. Shares are from 0 to 1; what there is none of is None."""

    seconds: float
    lit_share: float
    cells_share: float
    largest_share: float
    motion_share: float
    camera_share: float
    words_a_minute: float
    smallest_text: float | None  # pixels of capital height at 1080p
    captioned_share: float


def measure_scene(scene_class: Any, report: Callable[[int], None], fps: float | None = None) -> Figures:
    """In a worker process: play a scene, draw it PICTURES times a second and measure it."""
    from darkroom.check.reading import Reading
    from darkroom.check.stage import CLEAR, LIT, Eye, Writing
    from darkroom.check.stage import Stage as Moment
    from darkroom.check.watch import FPS, SAMPLES
    from darkroom.engine import look
    from darkroom.engine.run import Observer, Run

    class Measuring(Observer):
        before: Moment | None = None

        def __init__(self) -> None:
            self.lit: list[float] = []
            self.cells: list[float] = []
            self.largest: list[float] = []
            self.moving = self.camera = 0.0
            self.reading = Reading()
            self.sizes: dict[int, tuple[float, float, Any]] = {}  # seconds at rest, largest size, the text

        def on_frame(self, run: Run) -> None:
            beat, number = run.beats[-1], run.frames - 1
            moving = beat.kind == "play" or run.scene.should_update_mobjects()
            if run.ends_beat or (moving and number % max(1, round(run.fps / SAMPLES)) == 0):
                self.look(run, number / run.fps)
            if number % max(1, round(run.fps / PICTURES)) == 0:
                self.draw(run)

        def look(self, run: Run, time: float) -> None:
            stage = eye.look(time)
            self.reading.look(stage, time, run.beats[-1])
            for writing in stage.writings:
                self.note_size(writing, stage)
            if self.before:
                step = time - self.before.time
                self.moving += step * (stage.picture != self.before.picture)
                self.camera += step * (stage.lens.key != self.before.lens.key)
            self.before = stage

        def note_size(self, writing: Writing, stage: Moment) -> None:
            size = writing.cap_height
            if size is None or writing.opacity <= CLEAR or not stage.shows(writing):
                return
            pixels = size * stage.pixels
            rested, largest, _ = self.sizes.get(writing.key, (0.0, 0.0, None))
            earlier = self.before.keys.get(writing.key) if self.before else None
            if earlier and self.before and np.abs(np.subtract(earlier.box, writing.box)).max() < 0.01:
                rested += stage.time - self.before.time
            self.sizes[writing.key] = rested, max(largest, pixels), writing.root

        def draw(self, run: Run) -> None:
            picture = np.asarray(run.image(), dtype=np.int16)
            background = np.round(255 * look.background(run.scene)).astype(np.int16)
            lit = (np.abs(picture - background) > 255 * LIT).any(axis=2)
            self.lit.append(float(lit.mean()))
            height, width = lit.shape
            columns, rows = GRID if width >= height else GRID[::-1]
            cells = [
                cell.mean() > IN_CELL
                for band in np.array_split(lit, rows, axis=0)
                for cell in np.array_split(band, columns, axis=1)
            ]
            self.cells.append(float(np.mean(cells)))
            self.largest.append(largest_share(eye.look(run.frames / run.fps)))

    measuring = Measuring()
    look.mark_letters()
    run = Run(scene_class, measuring, draws=False, fps=fps or FPS)
    eye = Eye(run.scene)
    run()
    seconds = float(run.clock)
    if not run.frames:
        measuring.draw(run)
        measuring.look(run, 0.0)
    stands = measuring.reading.end()
    rested = [size for rest, size, _ in measuring.sizes.values() if rest >= min(AT_REST, seconds)]
    return Figures(
        seconds=round(seconds, 2),
        lit_share=_median(measuring.lit),
        cells_share=_median(measuring.cells),
        largest_share=_median(measuring.largest),
        motion_share=round(measuring.moving / seconds, 4) if seconds else 0.0,
        camera_share=round(measuring.camera / seconds, 4) if seconds else 0.0,
        words_a_minute=round(60 * sum(len(stand.words) for stand in stands) / seconds, 1) if seconds else 0.0,
        smallest_text=round(float(min(rested)), 1) if rested else None,
        captioned_share=round(captioned_share(stands, run.beats), 4),
    )


def largest_share(stage: Any) -> float:
    """The share of the frame's area that the box round the largest object takes: of what is no text and no backdrop."""
    from darkroom.check import geometry as geo
    from darkroom.check.rules import PAPER, is_backdrop

    boxes: dict[int, list[Any]] = {}
    for shape in stage.shapes:
        if stage.shows(shape) and shape.opacity > 0.1 and not is_backdrop(stage, shape) and not shape.is_a(*PAPER):
            top = shape.piece.above[0] if shape.piece.above else shape.mobject
            boxes.setdefault(id(top), []).append(shape.box)
    areas = [geo.area(geo.common(geo.union(parts), stage.frame)) for parts in boxes.values()]
    return max(areas, default=0.0) / geo.area(stage.frame)


def is_caption(stand: "Stand", seconds: float) -> bool:
    """Whether some words of a scene are a caption: a few words together, not large, that come and soon go.

    A title may be as small, but stands for most of the scene.
    """
    comes_and_goes = not stand.at_start and not stand.at_end and stand.until - stand.since < CAPTION_LASTS * seconds
    return len(stand.words) >= CAPTION_WORDS and 0 < stand.pixels <= CAPTION_SIZE and comes_and_goes


def captioned_share(stands: "Sequence[Stand]", beats: Sequence[Any]) -> float:
    """The share of the beats during which a caption stands. Animations in a row under one comment are one beat."""
    seconds = beats[-1].end if beats else 0.0
    captions = [stand for stand in stands if is_caption(stand, seconds)]
    spans: list[tuple[Any, float, float]] = []
    for beat in beats:
        if spans and spans[-1][0] == (beat.name or beat.index):
            spans[-1] = (spans[-1][0], spans[-1][1], beat.end)
        else:
            spans.append((beat.name or beat.index, beat.start, beat.end))
    least = 0.3  # seconds of a beat
    captioned = sum(
        any(min(end, stand.until) - max(start, stand.since) > least for stand in captions) for _, start, end in spans
    )
    return captioned / len(spans) if spans else 0.0


def _median(values: list[float]) -> float:
    return round(float(np.median(values)), 4) if values else 0.0


def measure(
    films: Sequence[Film], *, jobs: int | None = None, output: Path = Path("media")
) -> dict[SceneRef, Figures | Failure]:
    """Measure every scene of some films; in their order."""
    scenes = [ref for film in films for ref in film.scenes]
    todo = [
        Job(ref, Stage.of(ref, Quality.low), measure_scene, log_path(output.resolve(), ref))
        for ref in dict.fromkeys(scenes)
    ]
    found: dict[SceneRef, Figures | Failure] = {}
    with Pool(max(1, min(jobs or available_cores(), len(todo)))) as pool:
        for outcome in pool.run(todo):
            found[outcome.job.scene] = outcome.failure or outcome.result
            if not outcome.failure:
                outcome.job.log.unlink(missing_ok=True)
    return {ref: found[ref] for ref in scenes}


def as_json(figures: dict[SceneRef, Figures | Failure]) -> str:
    """The figures for programs."""
    rows = [
        {"scene": ref.name, "file": str(shown(ref.file))}
        | ({"failure": known.reason} if isinstance(known, Failure) else asdict(known))
        for ref, known in figures.items()
    ]
    return json.dumps({"scenes": rows}, indent=2)


def as_table(figures: dict[SceneRef, Figures | Failure]) -> "Table":
    """The figures as a person reads them."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column("scene", no_wrap=True)
    headings = ("length", "lit", "cells", "largest", "motion", "camera", "words/min", "smallest", "captioned")
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    for ref, known in figures.items():
        if isinstance(known, Failure):
            table.add_row(ref.name, "[red]fails[/]")
            continue
        shares = (known.largest_share, known.motion_share, known.camera_share)
        smallest = f"{known.smallest_text:.0f} px" if known.smallest_text else ""
        table.add_row(
            ref.name,
            f"{known.seconds:.1f} s",
            f"{known.lit_share:.1%}",
            f"{known.cells_share:.0%}",
            *(f"{share:.0%}" for share in shares),
            f"{known.words_a_minute:.0f}",
            smallest,
            f"{known.captioned_share:.0%}",
        )
    return table
