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
SILENCE = 30.0  # seconds without a frame after which a person is told; again after twice as long, and so on


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
                for task in running.values():
                    task.check_time()
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
        self._started = 0.0  # when its process said who it is, by `time.monotonic`
        self._kill_at: float | None = None  # set once its time is over
        self._frames = 0  # written
        self._passed = 0  # gone through, written or not
        self._quiet_since = 0.0
        self._patience = SILENCE

    def hear(self, on_frames: Callable[[Job, int], None]) -> bool:
        """Take one message; True when it was the last."""
        try:
            kind, value = self.pipe.recv()
        except (EOFError, OSError):
            kind, value = "exit", None
        if kind == "pid":
            self.pid = value
            self._started = self._quiet_since = time.monotonic()
        elif kind == "frames":
            if value != self._frames:
                self._frames, self._quiet_since, self._patience = value, time.monotonic(), SILENCE
            on_frames(self.job, value)
        elif kind == "passed":
            self._passed = value
        elif kind == "done":
            self._tell(Outcome(self.job, result=value))
        elif kind == "failed":
            self._tell(Outcome(self.job, failure=self._timed_out(value.lines) if self._kill_at else value))
        elif kind == "stopped" and self._kill_at:
            self._tell(Outcome(self.job, failure=self._timed_out(value)))
        elif kind == "exit":
            failure = self._timed_out() if self._kill_at else Failure(_obituary(value, self._last_words()))
            self._tell(Outcome(self.job, failure=failure))
            return True
        return False

    def check_time(self) -> None:
        """End the job if its time is over; say so if it has written no frame for long."""
        if not self.pid or self._told:
            return
        now = time.monotonic()
        if self._kill_at is not None:
            if now > self._kill_at:
                signal_group(self.pid, signal.SIGKILL)
        elif self.job.timeout and now - self._started > self.job.timeout:
            self._kill_at = now + PATIENCE
            signal_group(self.pid, signal.SIGTERM)
        elif now - self._quiet_since > self._patience:
            self._patience *= 2
            print(self._silence(now), file=sys.stderr, flush=True)

    def _silence(self, now: float) -> str:
        passed = f" It has gone through {self._passed} frames." if self._passed > self._frames else ""
        limit = self.job.timeout
        advice = f"It is ended after {limit:g} s." if limit else "Ctrl-C ends it; or:  --timeout SECONDS"
        return f"{self.job.scene.name}: no frame written for {now - self._quiet_since:.0f} s.{passed} {advice}"

    def _timed_out(self, lines: str = "") -> Failure:
        passed = max(self._frames, self._passed)
        far = f"after {passed} frames" if passed else "before its first frame"
        reason = f"it was not done after {self.job.timeout:g} s (--timeout), and was ended {far}."
        return Failure(reason, lines, timed_out=True)

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
        signal_group(task.pid, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    for task in tasks:
        with contextlib.suppress(EOFError, OSError):
            # One that has not said who it is has nothing to clean up, and ends when it finds our pipe closed.
            while task.pipe.poll(max(0.0, deadline - time.monotonic()) if task.pid else 0):
                kind, value = task.pipe.recv()
                if kind == "pid":
                    task.pid = value
                    signal_group(task.pid, signal.SIGTERM)
                if kind == "exit":
                    break
        signal_group(task.pid, signal.SIGKILL)
        task.pipe.close()


def signal_group(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process and all that it has started, if it is there."""
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
    Sets of words have one order in all of them, unless somebody has asked for another: else no scene that goes
    through one could be divided, or its clip kept.
    """
    variables = {"PYTHONHASHSEED": "0", **os.environ, "PYGLET_SHADOW_WINDOW": "0", **changes}
    return {name: value for name, value in variables.items() if value is not None}
