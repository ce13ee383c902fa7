"""Jobs on other machines, over dask.distributed: the face of `darkroom.pool.Pool`, with workers anywhere.

A farm is a `dask scheduler` and any number of `dask worker --nthreads 1`, each started in a copy of the project.
Nothing of the project travels: a scene may read any file, so a copy that git keeps, or a shared folder, is the
only one that is complete. Whether it is the same is checked. What a job has made comes back in pieces.
"""

import contextlib
import logging
import os
import time
import uuid
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any

from darkroom.engine.clip import partial_name
from darkroom.errors import UsageError
from darkroom.jobs import Failure, Job, Outcome

HELLO = 10.0  # seconds a scheduler has to answer
FIRST_WORKER = 30.0  # seconds until there must be a worker
PATIENCE = 60.0  # seconds without any worker until the jobs are given up
GLANCE = 1.0  # seconds between two looks at whether the farm is still there
PIECE = 8 * 2**20  # bytes of a clip that travel at once
ATTEMPTS = 3  # how often a job is done again because its clip was lost with its worker


class Farm:
    """Runs jobs on the workers of a dask scheduler. A context manager: leaving it ends what still runs there.

    Args:
        address: HOST:PORT of the scheduler.
        width: jobs at once, if fewer than the workers could do.

    Raises:
        UsageError: dask is not installed, no scheduler answers there, or it has no workers.
    """

    def __init__(self, address: str, width: int | None = None) -> None:
        try:
            from distributed import Client
        except ModuleNotFoundError:
            raise UsageError(
                "--scheduler needs dask.distributed, which is not installed.",
                "Install it:  pip install -c constraints.txt '.[farm]'",
            ) from None
        self.address = address
        self._limit = width
        self._order = f"darkroom-{uuid.uuid4().hex[:12]}"
        self._news: SimpleQueue[tuple[str, Any, int]] = SimpleQueue()
        self._number = 0
        connect: Any = Client  # which has no types
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # it reports lost workers, as errors
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # versions: we compare our own
                self._client = connect(address, timeout=HELLO, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            reason = str(error).strip().splitlines()[0] if isinstance(error, ValueError) else ""
            raise UsageError(
                f"no dask scheduler answers at {address}." + (f" ({reason})" if reason else ""),
                "Start one there:  dask scheduler      Then say  --scheduler HOST:8786",
            ) from None
        self._client.subscribe_topic(self._order, lambda event: self._news.put(("frames", *event[1])))

    def __enter__(self) -> "Farm":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        from darkroom import farmhand

        with contextlib.suppress(Exception):  # a farm that is gone has nothing left to end
            self._on_all(farmhand.forget, self._order)
        with contextlib.suppress(Exception):
            self._client.close(timeout=HELLO)

    def run(
        self, jobs: Iterable[Job], on_frames: Callable[[Job, int], None] = lambda job, frames: None
    ) -> Iterator[Outcome]:
        """Yield each job's outcome as it ends; what a job has made is then here, as if it had run here.

        Args:
            jobs: in the order they should start.
            on_frames: told now and then how many frames a job has behind it.

        Raises:
            UsageError: a worker's project or software is not the same as here.
        """
        from darkroom import farmhand

        waiting = deque(jobs)
        if not waiting:
            return
        roots = {job.scene.root for job in waiting}
        origins = {
            root: farmhand.Origin.of(
                {job.scene for job in waiting if job.scene.root == root},
                {job.stage.config_file for job in waiting if job.stage.config_file},
            )
            for root in roots
        }
        self._require_the_same(list(origins.values()))
        running: dict[int, tuple[Job, Any]] = {}
        lost: dict[Job, int] = {}
        last_seen = time.monotonic()
        try:
            while waiting or running:
                places = self._places()
                while waiting and len(running) < self.width:
                    job = waiting.popleft()
                    self._number += 1
                    running[self._number] = job, self._submit(job, origins[job.scene.root], self._number)
                last_seen = time.monotonic() if places else last_seen
                if time.monotonic() - last_seen > PATIENCE or not self._is_connected():
                    for job in [*(job for job, _ in running.values()), *waiting]:
                        yield Outcome(job, failure=self._deserted())
                    return
                try:
                    kind, number, frames = self._news.get(timeout=GLANCE)
                except Empty:
                    continue
                if number not in running:
                    continue  # a last word about what is over
                if kind == "frames":
                    on_frames(running[number][0], frames)
                    continue
                job, future = running.pop(number)
                outcome = self._outcome(job, future)
                if outcome:
                    yield outcome
                else:
                    lost[job] = lost.get(job, 0) + 1
                    if lost[job] < ATTEMPTS:
                        waiting.appendleft(job)
                    else:
                        yield Outcome(job, failure=Failure(f"{ATTEMPTS} workers were lost with its clip."))
        finally:
            with contextlib.suppress(Exception):
                self._client.cancel([future for _, future in running.values()], force=True)

    @property
    def width(self) -> int:
        """Jobs that we do there at once."""
        places = self._places()
        return min(places, self._limit or places)

    def _places(self) -> int:
        with contextlib.suppress(Exception):
            return sum(self._client.nthreads().values())
        return 0

    def _is_connected(self) -> bool:
        return bool(self._client.status in ("running", "connecting"))

    def _deserted(self) -> Failure:
        if self._is_connected():
            return Failure(f"no worker is left to do it. Start one:\n  dask worker {self.address} --nthreads 1")
        return Failure(f"the scheduler at {self.address} is gone. Start it again:\n  dask scheduler")

    def _on_all(self, function: Callable[..., Any], *arguments: Any) -> dict[str, Any]:
        """What a function returns on each worker; where it fails, the exception."""
        answers: dict[str, Any] = self._client.run(function, *arguments, on_error="return")
        return answers

    def _require_the_same(self, origins: list[Any]) -> None:
        """See that all workers have our project and our software."""
        from darkroom import farmhand

        try:
            self._client.wait_for_workers(1, timeout=FIRST_WORKER)
        except TimeoutError:
            raise UsageError(
                f"the scheduler at {self.address} has no workers.",
                f"Start some, in a copy of this project:  dask worker {self.address} --nthreads 1",
            ) from None
        for worker, answer in self._on_all(farmhand.compare, origins).items():
            if isinstance(answer, Exception):
                raise UsageError(
                    f"the worker {worker} cannot run darkroom: {type(answer).__name__}: {answer}",
                    "Start workers in an environment like this one:  pip install -c constraints.txt '.[farm]'",
                )
            if answer:
                raise UsageError(f"the worker {worker} cannot help: {answer}")

    def _submit(self, job: Job, origin: Any, number: int) -> Any:
        from darkroom import farmhand

        sharing: dict[str, int] = {}
        for worker, threads in self._client.nthreads().items():
            host = farmhand.host_of(worker)
            sharing[host] = sharing.get(host, 0) + threads
        arguments = (job, origin, self._order, number, sharing)
        future = self._client.submit(farmhand.serve, *arguments, key=f"{self._order}-{number}", pure=False)
        future.add_done_callback(lambda _: self._news.put(("ended", number, 0)))
        return future

    def _outcome(self, job: Job, future: Any) -> Outcome | None:
        """How a job has ended, with all it has made fetched; None if that was lost on the way."""
        from distributed import KilledWorker

        from darkroom import farmhand

        try:
            delivery = future.result(timeout=HELLO)
        except KilledWorker as error:
            died = getattr(error, "allowed_failures", 0) + 1
            return Outcome(job, failure=Failure(f"{died} workers died while they were at it."))
        except (TimeoutError, OSError):
            return None
        except Exception as error:
            return Outcome(job, failure=Failure(f"a worker could not do it: {error}"))
        try:
            job.log.parent.mkdir(parents=True, exist_ok=True)
            job.log.write_text(delivery.log)
            for name, size in delivery.files.items():
                assert job.folder
                self._fetch(delivery.worker, delivery.folder / name, job.folder / name, size)
        except _Lost:
            return None
        except OSError as error:
            return Outcome(job, failure=Failure(f"cannot write what a worker has made: {error}"))
        with contextlib.suppress(Exception):
            self._client.run(farmhand.discard, delivery.folder, workers=[delivery.worker])
        result = farmhand.moved(delivery.outcome.result, delivery.folder, job.folder or delivery.folder)
        return Outcome(job, result, delivery.outcome.failure)

    def _fetch(self, worker: str, source: Path, target: Path, size: int) -> None:
        """Copy a worker's file here; it appears under its name when it is complete."""
        from darkroom import farmhand

        target.parent.mkdir(parents=True, exist_ok=True)
        partial = partial_name(target)
        try:
            with partial.open("wb") as file:
                while file.tell() < size:
                    try:
                        where = (source, file.tell(), PIECE)
                        piece = self._client.run(farmhand.read_piece, *where, workers=[worker])[worker]
                    except Exception as error:
                        raise _Lost from error
                    if not piece:
                        raise _Lost
                    file.write(piece)
            os.replace(partial, target)
        finally:
            partial.unlink(missing_ok=True)


class _Lost(Exception):
    """What a worker has made went with it."""
