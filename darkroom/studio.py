"""A whole order: which scenes, how, and where to; carried out in parallel with somebody watching."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
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

from darkroom import lengths, tasks
from darkroom.discover import Film, SceneRef, shown
from darkroom.errors import UsageError
from darkroom.farm import Farm
from darkroom.jobs import Failure, Job, Outcome, Quality, Stage, log_path
from darkroom.pool import Pool, available_cores

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

    @property
    def width(self) -> int:
        scenes = sum(len(film.scenes) for film in self.films)
        return max(1, min(self.jobs or available_cores(), scenes))

    def hands(self) -> Pool | Farm:
        """Who does the work: this machine, or a farm."""
        return Farm(self.scheduler, self.jobs) if self.scheduler else Pool(self.width)

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
    """Render every scene of an order; the outcomes come in the order of the films."""
    return _carry_out(order, [order.job(r, tasks.render, order.clip(f, r)) for f, r in order.scenes()])


def draw_sheets(order: Order, every: float | None = None) -> list[Outcome]:
    """Make a contact sheet of every scene of an order."""
    jobs = [order.job(r, tasks.draw_sheet, order.sheet(f, r), every=every) for f, r in order.scenes()]
    return _carry_out(order, jobs)


def measure(films: Sequence[Film]) -> dict[SceneRef, tasks.Length | Failure]:
    """The length of every scene of some films."""
    order = Order(films, Quality.low)
    with Pool(order.width) as pool:
        return _measure(order, pool)


def _measure(order: Order, pool: Pool | Farm) -> dict[SceneRef, tasks.Length | Failure]:
    refs = [ref for _, ref in order.scenes()]
    with console.status(f"Measuring {len(refs)} scene{'s' * (len(refs) != 1)} …"):
        return lengths.measure(refs, pool, order.quality, order.fps)


def _carry_out(order: Order, jobs: list[Job]) -> list[Outcome]:
    """Run jobs with a bar for each; how long a bar is we know from measuring the scenes first."""
    try:
        order.output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"cannot write to {order.output}: {error.strerror}.", "Choose another folder:  --output DIR"
        ) from None
    outcomes: dict[Job, Outcome] = {}
    with order.hands() as pool:
        known = _measure(order, pool)
        totals = {
            job: length.frames for job in jobs if isinstance(length := known[job.scene], tasks.Length) and length.frames
        }
        with _bars(sum(totals.values()), len(totals) == len(jobs)) as bars:
            # The longest first: nobody should wait at the end for a long one that began late.
            queue = sorted(jobs, key=lambda job: -totals.get(job, 0))
            for outcome in pool.run(queue, lambda job, frames: bars.show(job, frames, totals.get(job))):
                bars.finish(outcome)
                outcomes[outcome.job] = outcome
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
