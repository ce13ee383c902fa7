"""A whole order: which scenes, how, and where to; carried out in parallel with somebody watching."""

import os
import random
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from darkroom import clips, codecs, lengths, split, tasks
from darkroom.clips import Clips
from darkroom.codecs import GIF, VP9_TRANSPARENT, Codec, Format
from darkroom.discover import Film, SceneRef, shown
from darkroom.errors import UsageError
from darkroom.farm import Farm
from darkroom.jobs import Failure, Job, Outcome, Quality, Stage, log_path
from darkroom.parts import WHOLE, Moment, Part, Span
from darkroom.pool import Pool, available_cores
from darkroom.sheet import CELL
from darkroom.surroundings import ffmpeg_name, read_config
from darkroom.witness import Seen

SAMPLE = 3  # clips that `--verify` renders again, at least; and one in so many:
SAMPLED = 10

CELLS = {Quality.low: CELL, Quality.medium: 640, Quality.high: 960, Quality.uhd: 1920}  # pixels, on a contact sheet

OVERWRITTEN = {
    *("write_to_movie", "subdivide_output", "save_last_frame", "png_mode", "movie_file_extension", "output_directory"),
    *("file_name", "open_file_upon_completion", "show_file_location_upon_completion", "quiet"),
}

console = Console(stderr=True, highlight=False)


@dataclass(frozen=True)
class Order:
    """What was asked for."""

    films: Sequence[Film]
    quality: Quality = Quality.high
    fps: Fraction | None = None
    jobs: int | None = None
    output: Path = Path("media")
    scheduler: str | None = None  # HOST:PORT of a farm that is to do it
    codec: Codec = Codec.manimgl
    cached: bool = True  # take clips that are known already
    verify: bool = False  # render some of those all the same, and compare
    split: bool = False  # scenes that are longer than a worker's fair share
    timeout: float | None = None  # seconds after which a scene is given up
    format: Format = Format.video
    part: Part = WHOLE
    config_file: Path | None = None  # merged on top of the project's configuration
    strict: bool = False  # a font that is missing is an error

    def hands(self) -> Pool | Farm:
        """Who does the work: this machine, or a farm."""
        return Farm(self.scheduler, self.jobs) if self.scheduler else Pool(self.jobs or available_cores())

    def scenes(self) -> list[tuple[Film, SceneRef]]:
        """Each scene of each film, once: a film may show one again."""
        return [(film, ref) for film in self.films for ref in dict.fromkeys(film.scenes)]

    def clip(self, film: Film, ref: SceneRef, label: str = "") -> Path:
        """Where a scene's clip goes, or a part of it; its class may still ask for another suffix."""
        name = film.file_name(ref) + (f"@{label}" if label else "") + self._suffix
        return (self.output / film.folder / self.quality / name).resolve()

    @property
    def _suffix(self) -> str:
        if self.format is Format.transparent:
            return VP9_TRANSPARENT.suffix if self.codec is Codec.vp9 else ".mov"
        return GIF.suffix if self.format is Format.gif else ".mp4"

    def cut(self, film: Film, suffix: str = "") -> Path:
        """Where a whole film goes."""
        return (self.output / film.folder / f"{film.name}-{self.quality}{suffix or self._suffix}").resolve()

    def still(self, film: Film, ref: SceneRef, label: str) -> Path:
        """Where a picture of a scene goes."""
        name = film.file_name(ref) + (f"@{label}" if label else "") + ".png"
        return (self.output / film.folder / "stills" / name).resolve()

    def sheet(self, film: Film, ref: SceneRef) -> Path:
        """Where a scene's contact sheet goes; its pages, if it has several, beside it."""
        return (self.output / film.folder / "sheets" / f"{film.file_name(ref)}.png").resolve()

    def job(self, ref: SceneRef, work: Callable[..., object], path: Path, **options: object) -> Job:
        """The job of making `path` of a scene."""
        log = log_path(self.output.resolve(), ref)
        options = {"path": path, "fps": self.fps, **options}
        stage = Stage.of(ref, self.quality, self.config_file, self.strict)
        return Job(ref, stage, work, log, path.parent, options, self.timeout)


def render(order: Order) -> list[Outcome]:
    """Have the clip of every scene of an order; the outcomes come in the order of the films.

    What is known already is taken from the cache; the rest is rendered, and kept there as it comes.
    """
    roots = {film.root for film in order.films}
    require_config_file(order.config_file, roots if order.scheduler else ())
    encodings = {
        root: codecs.find(order.codec, ffmpeg_name(root, order.config_file), order.format) for root in roots
    }
    _make_folder(order.output)
    spans = _spans(order) if order.part else {}
    jobs = []
    for film, ref in order.scenes():
        options: dict[str, object] = {"encoding": encodings[film.root], "format": order.format}
        span = spans.get(ref)
        if span:
            options |= {"first": span.first, "end": span.end}
        jobs.append(order.job(ref, tasks.render, order.clip(film, ref, span.label if span else ""), **options))
    with clips.opened(order.cached, order.scheduler or "", console.print) as cache:
        done: dict[Job, Outcome] = {}
        with console.status("Looking for clips that are known already …"):
            for job in jobs:
                if known := cache.recall(job):
                    done[job] = Outcome(job, known)
                    console.print(f"[cyan]known[/]  {job.scene.name}")

        def keep(outcome: Outcome) -> Outcome:
            if outcome.failure:
                return outcome
            unkept = cache.keep(outcome.job, outcome.result)
            return replace(outcome, result=replace(outcome.result, unkept=unkept, seen=Seen()))

        missing = [job for job in jobs if job not in done]
        done |= {outcome.job: outcome for outcome in _carry_out(order, missing, keep)}
        if order.verify:
            done |= {outcome.job: outcome for outcome in _verify(order, [done[job] for job in jobs], cache)}
    return [done[job] for job in jobs]


def require_config_file(file: Path | None, roots: Iterable[Path] = ()) -> None:
    """Refuse a configuration file that ManimGL would pass over, or that a farm does not have.

    Args:
        file: which, if any.
        roots: those of the projects that it must be in.

    Raises:
        UsageError: it is not there, cannot be read, or is not in the project.
    """
    import yaml

    if file is None:
        return
    try:
        settings = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"cannot read {shown(file)}: {error.strerror}.", "Name a file:  --config_file FILE") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UsageError(f"{shown(file)} is no YAML: {error}") from None
    if not isinstance(settings, dict | None):
        raise UsageError(f"{shown(file)} holds no settings.", "Write them as in custom_config.yml:  camera: {fps: 24}")
    if not all(file.is_relative_to(root) for root in roots):
        raise UsageError(
            f"{shown(file)} is not in the project, so that the workers do not have it.", "Copy it to the project."
        )


def _spans(order: Order) -> dict[SceneRef, Span]:
    """Which frames of each scene were asked for; of none that fails, which says why when it is rendered."""
    with order.hands() as hands:
        lengths = _measure(order, hands, [ref for _, ref in order.scenes()])
    return {ref: order.part.span(ref, length) for ref, length in lengths.items() if isinstance(length, tasks.Length)}


def ineffective_settings(order: Order) -> list[str]:
    """Settings of ManimGL's file writer that its own command line always overwrites, and so does darkroom."""
    said = []
    for root in {film.root for film in order.films}:
        config = read_config(root, order.config_file)
        writer = config.get("file_writer") if isinstance(config, dict) else None
        said += sorted(OVERWRITTEN.intersection(writer if isinstance(writer, dict) else ()))
    return said


def _verify(order: Order, outcomes: Sequence[Outcome], cache: Clips) -> list[Outcome]:
    """Render some of the clips that were taken from the cache; those that differ are put right, and failures."""
    known = [outcome for outcome in outcomes if outcome.result and outcome.result.from_cache]
    sample = random.SystemRandom().sample(known, min(len(known), max(SAMPLE, len(known) // SAMPLED)))
    wrong = []
    with tempfile.TemporaryDirectory(dir=order.output, prefix=".verifying-") as folder:
        again = {}
        for number, outcome in enumerate(sample):
            path = Path(folder, str(number), outcome.result.path.name).resolve()
            job = outcome.job
            again[replace(job, folder=path.parent, options={**job.options, "path": path})] = outcome
        # As they were rendered then: a clip that was divided is encoded otherwise, though its frames were the same.
        cuts = {job: outcome.result.cuts for job, outcome in again.items()}
        for fresh in _carry_out(order, list(again), cuts=cuts):
            old = again[fresh.job]
            if fresh.failure:
                wrong.append(replace(old, result=None, failure=fresh.failure))
                continue
            try:
                difference = clips.compare(old.result.path, fresh.result.path)
            except clips.UnreadableClip as error:
                cache.forget(old.job)
                wrong.append(replace(old, result=None, failure=Failure(f"{error.message} Nothing was compared.")))
                continue
            if difference:
                cache.forget(old.job)
                os.replace(fresh.result.path, old.result.path)
                said = f"the cache had another clip: {difference}. It has been thrown out, and rendered anew."
                wrong.append(replace(old, result=None, failure=Failure(said)))
    console.print(f"verified {len(sample)} of {len(known)} clips that were known: {len(wrong)} differ")
    return wrong


def draw_sheets(order: Order, every: float | None = None) -> list[Outcome]:
    """Make a contact sheet of every scene of an order."""
    require_config_file(order.config_file)
    cell = CELLS[order.quality]
    jobs = [order.job(r, tasks.draw_sheet, order.sheet(f, r), every=every, cell=cell) for f, r in order.scenes()]
    return _carry_out(order, jobs)


def draw_stills(order: Order, moment: Moment) -> list[Outcome]:
    """Make a picture, of its full size, of every scene of an order."""
    require_config_file(order.config_file)
    jobs = [
        order.job(
            ref,
            tasks.draw_still,
            order.still(film, ref, moment.label),
            at=moment.at,
            lines=moment.lines,
            format=order.format,
        )
        for film, ref in order.scenes()
    ]
    return _carry_out(order, jobs)


def measure(
    films: Sequence[Film],
    tell: Callable[[SceneRef, tasks.Length | Failure], None],
    timeout: float | None = None,
) -> dict[SceneRef, tasks.Length | Failure]:
    """The length of every scene of some films; a failure of those not known after `timeout` seconds.

    `tell` hears of each as soon as it is known.
    """
    order = Order(films, Quality.low, timeout=timeout)
    with order.hands() as hands:
        return lengths.measure(
            [ref for _, ref in order.scenes()], hands, order.quality, timeout=order.timeout, tell=tell
        )


def _measure(
    order: Order, pool: Pool | Farm, refs: Sequence[SceneRef]
) -> dict[SceneRef, tasks.Length | Failure]:
    with console.status(f"Measuring {len(refs)} scene{'s' * (len(refs) != 1)} …"):
        return lengths.measure(refs, pool, order.quality, order.fps, order.timeout, order.config_file)


def _make_folder(output: Path) -> None:
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"cannot write to {output}: {error.strerror}.", "Choose another folder:  --output DIR"
        ) from None


def _carry_out(
    order: Order,
    jobs: list[Job],
    keep: Callable[[Outcome], Outcome] = lambda outcome: outcome,
    cuts: Mapping[Job, Sequence[int]] | None = None,
) -> list[Outcome]:
    """Run jobs with a bar for each; how long a bar is we know from measuring the scenes first.

    Args:
        order: says who does the work.
        jobs: what to do.
        keep: handed each outcome as it comes, to put away what should outlive an interruption.
        cuts: where to divide scenes; where that helps, unless told.
    """
    if not jobs:
        return []
    _make_folder(order.output)
    outcomes: dict[Job, Outcome] = {}
    with order.hands() as pool:
        known = _measure(order, pool, [job.scene for job in jobs])
        lasting = {
            job: length for job in jobs if isinstance(length := known[job.scene], tasks.Length) and length.frames
        }
        totals = {job: _frames(job, length.frames) for job, length in lasting.items()}
        # Drawing a scene takes longer than measuring it: what was not done in time then is not tried again.
        reasons = {job: why for job in jobs if isinstance(why := known[job.scene], Failure)}
        endless = {job: why for job, why in reasons.items() if why.timed_out}
        if cuts is None:
            is_divisible = order.split and not order.part and order.format is not Format.gif
            cuts = split.plan(lasting, pool.width) if is_divisible else {}
        with _bars(sum(totals.values()), len(totals) == len(jobs)) as bars:

            def show(job: Job, frames: int) -> None:
                bars.show(job, frames, totals.get(job))

            for job, failure in endless.items():
                outcomes[job] = Outcome(job, failure=failure)
                bars.finish(outcomes[job])
            todo = [job for job in jobs if job not in endless]
            for outcome in split.carry_out(pool, todo, totals, cuts, show, console.print):
                bars.finish(outcome)
                outcomes[outcome.job] = keep(outcome)
                if not outcome.failure and outcome.job.log.exists() and not outcome.job.log.stat().st_size:
                    outcome.job.log.unlink()
    return [outcomes[job] for job in jobs]


def _frames(job: Job, frames: int) -> int:
    """How many frames a job makes of a scene that has so many."""
    end = job.options.get("end")
    return (frames if end is None else end) - int(job.options.get("first", 0))


class _FramesPerSecond(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:5.1f} frames/s" if task.speed else "", style="dim")


class _Bars:
    """One bar for each scene under way, and one for all of them."""

    def __init__(self, progress: Progress, total: float, complete: bool) -> None:
        self.progress = progress
        self.all = progress.add_task("all", total=total if complete else None, visible=complete)
        self.tasks: dict[Job, TaskID] = {}
        self.behind: dict[Job, int] = {}

    def show(self, job: Job, frames: int, total: int | None) -> None:
        if job not in self.tasks:
            self.tasks[job] = self.progress.add_task(job.scene.name, total=total)
        self.progress.update(self.tasks[job], completed=frames)
        self.progress.update(self.all, advance=frames - self.behind.get(job, 0))
        self.behind[job] = frames

    def finish(self, outcome: Outcome) -> None:
        if outcome.job in self.tasks:
            self.progress.remove_task(self.tasks.pop(outcome.job))
        mark = "[red]failed[/]" if outcome.failure else "[green]done[/]  "
        self.progress.console.print(f"{mark} {outcome.job.scene.name}")


@contextmanager
def _bars(total: float, complete: bool) -> Iterator[_Bars]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _FramesPerSecond(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as progress:
        yield _Bars(progress, total, complete)


def describe(failed: Sequence[Outcome]) -> str:
    """What to say of scenes that failed: their reason, the author's own lines, and where all the rest is."""
    together: dict[Failure, list[Job]] = {}  # what ails several scenes alike is said once
    for outcome in failed:
        assert outcome.failure
        together.setdefault(outcome.failure, []).append(outcome.job)
    parts = []
    for failure, jobs in together.items():
        lines = [*failure.lines.splitlines(), *failure.reason.splitlines()]
        logs = [shown(job.log) for job in jobs if job.log.exists() and job.log.stat().st_size]
        if logs:
            lines.append(f"Everything it said:  {' '.join(map(str, logs))}")
        parts.append("\n  ".join([", ".join(str(job.scene) for job in jobs), *lines]))
    return "\n\n".join(parts)
