"""Jobs in parallel, each in its own process, and no process left behind whatever happens."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from multiprocessing.connection import Connection, Pipe, wait
from multiprocessing.reduction import send_handle
from types import TracebackType

from darkroom.errors import Interrupted
from darkroom.jobs import Failure, Job, Outcome, Stage

PATIENCE = 5.0  # seconds a worker has to clean up after itself before it is killed
GLANCE = 0.5  # seconds between two looks at whether anybody still wants what is being made


def available_cores() -> int:
    """The processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Pool:
    """Runs jobs, at most `width` at once. A context manager: leaving it ends every process it started.

    Args:
        width: jobs at once.
        environment: variables that are to be other than here; None takes one away.
    """

    def __init__(self, width: int, environment: Mapping[str, str | None] | None = None) -> None:
        self.width = width
        self._environment = _environment(environment or {})
        self._nurseries: dict[Stage, Nursery] = {}

    def __enter__(self) -> "Pool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End every process this has started."""
        for nursery in self._nurseries.values():
            nursery.close()

    def run(
        self,
        jobs: Iterable[Job],
        on_frames: Callable[[Job, int], None] = lambda job, frames: None,
        is_wanted: Callable[[], bool] = lambda: True,
    ) -> Iterator[Outcome]:
        """Yield each job's outcome as it ends.

        Args:
            jobs: in the order they should start.
            on_frames: told now and then how many frames a job has behind it.
            is_wanted: asked now and then; once it says no, every job under way is ended.

        Raises:
            Interrupted: it said no.
        """
        waiting = deque(jobs)
        for job in waiting:
            if job.stage not in self._nurseries:
                modules = set().union(*(j.preload for j in waiting if j.stage == job.stage))
                self._nurseries[job.stage] = Nursery(job.stage, modules, self._environment)
        # llvmpipe starts a thread for each core in every process: let the processes share the cores instead.
        threads = max(1, available_cores() // max(1, min(self.width, len(waiting))))
        running: dict[Connection, Running] = {}
        try:
            while waiting or running:
                while waiting and len(running) < self.width:
                    task = self._nurseries[waiting[0].stage].start(waiting.popleft(), threads)
                    running[task.pipe] = task
                if not is_wanted():
                    raise Interrupted
                for pipe in wait(list(running), GLANCE):
                    assert isinstance(pipe, Connection)
                    task = running[pipe]
                    if task.hear(on_frames):
                        del running[pipe]
                        pipe.close()
                        yield task.outcome
        finally:
            _end(list(running.values()))


class Running:
    """A job under way: the pipe from its process and what came through."""

    def __init__(self, job: Job, pipe: Connection, last_words: Callable[[], str]) -> None:
        self.job = job
        self.pipe = pipe
        self.pid = 0
        self.outcome = Outcome(job)
        self._told = False
        self._last_words = last_words

    def hear(self, on_frames: Callable[[Job, int], None]) -> bool:
        """Take one message; True when it was the last."""
        try:
            kind, value = self.pipe.recv()
        except (EOFError, OSError):
            kind, value = "exit", None
        if kind == "pid":
            self.pid = value
        elif kind == "frames":
            on_frames(self.job, value)
        elif kind == "done":
            self._tell(Outcome(self.job, result=value))
        elif kind == "failed":
            self._tell(Outcome(self.job, failure=value))
        elif kind == "exit":
            self._tell(Outcome(self.job, failure=Failure(_obituary(value, self._last_words()))))
            return True
        return False

    def _tell(self, outcome: Outcome) -> None:
        if not self._told:
            self._told, self.outcome = True, outcome


def _obituary(code: int | None, words: str) -> str:
    if code is None:
        return "the rendering process could not be started." + (f"\n{words}" if words else "")
    if code < 0:
        name = signal.Signals(-code).name
        cause = " (out of memory, most likely: try fewer --jobs)" if name == "SIGKILL" else ""
        return f"the rendering process was killed by {name}{cause}."
    return f"the rendering process left with code {code} and without a word."


def _end(tasks: list[Running]) -> None:
    """End processes and their ffmpegs: asked first, so that they remove what is half-written."""
    for task in tasks:
        _signal_group(task.pid, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    for task in tasks:
        with contextlib.suppress(EOFError, OSError):
            # One that has not said who it is has nothing to clean up, and ends when it finds our pipe closed.
            while task.pipe.poll(max(0.0, deadline - time.monotonic()) if task.pid else 0):
                kind, value = task.pipe.recv()
                if kind == "pid":
                    task.pid = value
                    _signal_group(task.pid, signal.SIGTERM)
                if kind == "exit":
                    break
        _signal_group(task.pid, signal.SIGKILL)
        task.pipe.close()


def _signal_group(pid: int, number: signal.Signals) -> None:
    if pid:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, number)


class Nursery:
    """A process that has imported ManimGL for one stage and forks a worker for each job."""

    def __init__(self, stage: Stage, modules: set[str], environment: Mapping[str, str]) -> None:
        self._door, theirs = Pipe()
        self._words = tempfile.TemporaryFile()  # noqa: SIM115
        settings = json.dumps([stage.argv, stage.frame_shape, stage.strict])
        arguments = [str(theirs.fileno()), settings, json.dumps(sorted(modules))]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "darkroom.worker", *arguments],
            cwd=stage.root,
            env=environment,
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=self._words,
            stderr=self._words,
            start_new_session=True,  # Ctrl-C in the terminal reaches only us, and we tell the others
        )
        theirs.close()

    def start(self, job: Job, threads: int) -> Running:
        """Begin a job that draws with so many threads, unless the environment says something else."""
        ours, theirs = Pipe(duplex=False)
        with contextlib.suppress(OSError):  # a dead nursery: `ours` is at its end at once, which says so
            self._door.send((job, threads))
            send_handle(self._door, theirs.fileno(), self._process.pid)
        theirs.close()
        return Running(job, ours, self.last_words)

    def last_words(self) -> str:
        self._words.seek(0)
        return self._words.read().decode(errors="replace").strip()[-2000:]

    def close(self) -> None:
        self._door.close()
        self._process.terminate()
        self._process.wait()
        self._words.close()


def _environment(changes: Mapping[str, str | None]) -> dict[str, str]:
    """What the processes need to be told.

    pyglet, asked for a window's key names, opens a hidden window: an OpenGL context does not survive a fork.
    """
    variables = {**os.environ, "PYGLET_SHADOW_WINDOW": "0", **changes}
    return {name: value for name, value in variables.items() if value is not None}
