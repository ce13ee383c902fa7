"""A whole order: which scenes, how, and where to; carried out in parallel with somebody watching."""

import os
import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
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
from darkroom.codecs import Codec
from darkroom.discover import Film, SceneRef, shown
from darkroom.errors import UsageError
from darkroom.farm import Farm
from darkroom.jobs import Failure, Job, Outcome, Quality, Stage, log_path
from darkroom.pool import Pool, available_cores
from darkroom.surroundings import ffmpeg_name
from darkroom.witness import Seen

SAMPLE = 3  # clips that `--verify` renders again, at least; and one in so many:
SAMPLED = 10

console = Console(stderr=True, highlight=False)


@dataclass(frozen=True)
class Order:
    """What was asked for."""

    films: Sequence[Film]
    quality: Quality = Quality.high
    fps: float | None = None
    jobs: int | None = None
    output: Path = Path("media")
    scheduler: str | None = None  # HOST:PORT of a farm that is to do it
    codec: Codec = Codec.manimgl
    cached: bool = True  # take clips that are known already
    verify: bool = False  # render some of those all the same, and compare
    split: bool = False  # scenes that are longer than a worker's fair share

    def hands(self) -> Pool | Farm:
        """Who does the work: this machine, or a farm."""
        return Farm(self.scheduler, self.jobs) if self.scheduler else Pool(self.jobs or available_cores())

    def scenes(self) -> list[tuple[Film, SceneRef]]:
        return [(film, ref) for film in self.films for ref in film.scenes]

    def clip(self, film: Film, ref: SceneRef) -> Path:
        """Where a scene's clip goes."""
        return (self.output / film.folder / self.quality / f"{ref.name}.mp4").resolve()

    def cut(self, film: Film) -> Path:
        """Where a whole film goes."""
        return (self.output / film.folder / f"{film.name}-{self.quality}.mp4").resolve()

    def sheet(self, film: Film, ref: SceneRef) -> Path:
        """Where a scene's contact sheet goes; its pages, if it has several, beside it."""
        return (self.output / film.folder / "sheets" / f"{ref.name}.png").resolve()

    def job(self, ref: SceneRef, work: Callable[..., object], path: Path, **options: object) -> Job:
        """The job of making `path` of a scene."""
        log = log_path(self.output.resolve(), ref)
        options = {"path": path, "fps": self.fps, **options}
        return Job(ref, Stage.of(ref, self.quality), work, log, path.parent, options)


def render(order: Order) -> list[Outcome]:
    """Have the clip of every scene of an order; the outcomes come in the order of the films.

    What is known already is taken from the cache; the rest is rendered, and kept there as it comes.
    """
    encodings = {root: codecs.find(order.codec, ffmpeg_name(root)) for root in {film.root for film in order.films}}
    jobs = [
        order.job(ref, tasks.render, order.clip(film, ref), encoding=encodings[film.root])
        for film, ref in order.scenes()
    ]
    _make_folder(order.output)
    with clips.opened(order.cached, order.scheduler or "") as cache:
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
            difference = clips.compare(old.result.path, fresh.result.path)
            if difference:
                cache.forget(old.job)
                os.replace(fresh.result.path, old.result.path)
                said = f"the cache had another clip: {difference}. It has been thrown out, and rendered anew."
                wrong.append(replace(old, result=None, failure=Failure(said)))
    console.print(f"verified {len(sample)} of {len(known)} clips that were known: {len(wrong)} differ")
    return wrong


def draw_sheets(order: Order, every: float | None = None) -> list[Outcome]:
    """Make a contact sheet of every scene of an order."""
    jobs = [order.job(r, tasks.draw_sheet, order.sheet(f, r), every=every) for f, r in order.scenes()]
    return _carry_out(order, jobs)


def measure(
    films: Sequence[Film], tell: Callable[[SceneRef, tasks.Length | Failure], None]
) -> dict[SceneRef, tasks.Length | Failure]:
    """The length of every scene of some films; `tell` hears of each as soon as it is known."""
    order = Order(films, Quality.low)
    with order.hands() as hands:
        return lengths.measure([ref for _, ref in order.scenes()], hands, order.quality, tell=tell)


def _measure(
    order: Order, pool: Pool | Farm, refs: Sequence[SceneRef]
) -> dict[SceneRef, tasks.Length | Failure]:
    with console.status(f"Measuring {len(refs)} scene{'s' * (len(refs) != 1)} …"):
        return lengths.measure(refs, pool, order.quality, order.fps)


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
        totals = {job: length.frames for job, length in lasting.items()}
        if cuts is None:
            cuts = split.plan(lasting, pool.width) if order.split else {}
        with _bars(sum(totals.values()), len(totals) == len(jobs)) as bars:

            def show(job: Job, frames: int) -> None:
                bars.show(job, frames, totals.get(job))

            for outcome in split.carry_out(pool, jobs, totals, cuts, show, console.print):
                bars.finish(outcome)
                outcomes[outcome.job] = keep(outcome)
                if not outcome.failure and outcome.job.log.exists() and not outcome.job.log.stat().st_size:
                    outcome.job.log.unlink()
    return [outcomes[job] for job in jobs]


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
