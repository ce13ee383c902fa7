"""What a `dask worker` does for `darkroom.farm`: one job at a time, in a process of its own, as at home.

Dask calls `serve`; the job goes to a `darkroom.pool.Pool` on the worker's machine. What the job has made waits
there in a folder of the worker's until it is fetched, piece by piece.
"""

import hashlib
import importlib.metadata
import os
import platform
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from distributed import get_worker

from darkroom.discover import SceneRef, closure
from darkroom.errors import DarkroomError
from darkroom.jobs import Job, Outcome
from darkroom.pool import Pool, available_cores

LISTENED = ("DARKROOM_DRAWING", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
HASH_SEED = "PYTHONHASHSEED"  # which the pool sets where nobody has

Thing = TypeVar("Thing")


class NotTheSame(DarkroomError):
    """A worker whose project or software is not ours."""


@dataclass(frozen=True)
class Origin:
    """What a picture is made from: the same on two machines, or they do not work together.

    Attributes:
        root: the project, where it stands at home.
        files: the SHA-256 of each source file, by its path in the project.
        software: the version of each package.
        environment: variables that decide how numbers and pictures are computed; None where there is none.
    """

    root: Path
    files: Mapping[str, str]
    software: Mapping[str, str]
    environment: Mapping[str, str | None]

    @classmethod
    def of(cls, refs: Iterable[SceneRef], others: Iterable[Path] = ()) -> "Origin":
        """That of some scenes of one project, here, and of other files in it."""
        refs = list(refs)
        root = refs[0].root
        files = {root / "custom_config.yml", *others}.union(*(closure(ref.file, root)[0] for ref in refs))
        outside = set().union(*(closure(ref.file, root)[1] for ref in refs))
        return cls(
            root,
            {str(file.relative_to(root)): _digest(file) for file in sorted(files) if file.is_relative_to(root)},
            {**OWN, **_versions(outside)},
            {**{name: os.environ.get(name) for name in LISTENED}, HASH_SEED: os.environ.get(HASH_SEED, "0")},
        )

    def find(self) -> Path:
        """The project's root on this machine, which is where the worker stands.

        Raises:
            NotTheSame: and what is different.
        """
        for name, version in self.software.items():
            own = OWN.get(name) or _version(name)
            if own != version:
                if name == "darkroom":
                    raise NotTheSame("its darkroom is not the one here.", "Bring it up to date, and start it again.")
                raise NotTheSame(
                    f"it has {name} {own or '(none)'}; here it is {version}.",
                    "Install the same there:  pip install -c constraints.txt '.[farm]'",
                )
        root = Path.cwd()
        for name, digest in self.files.items():
            if _digest(root / name) != digest:
                how = "not the same as here" if (root / name).exists() else "missing"
                raise NotTheSame(
                    f"it stands in {root}, where {name} is {how}.",
                    "Start workers in an up-to-date copy of the project (git pull), or in a folder all machines share.",
                )
        return root


@dataclass(frozen=True)
class Delivery:
    """How a job ended on a worker, and where what it has made can be fetched.

    Attributes:
        worker: its address.
        folder: the folder of what the job has made, on the worker's machine.
        files: each file's path in that folder, and its size in bytes.
        log: what the scene and its libraries printed.
        outcome: the job as it was done there, with the worker's own paths.
    """

    worker: str
    folder: Path
    files: Mapping[str, int]
    log: str
    outcome: Outcome


def serve(job: Job, origin: Origin, order: str, number: int, sharing: Mapping[str, int]) -> Delivery:
    """Do a job here. Called by dask, on a worker.

    Args:
        job: with the paths it has at home.
        origin: what it must be made from.
        order: the name of the order it belongs to: told `(number, frames)` about its progress.
        number: the job's own, in that order.
        sharing: jobs that may run at once on each host.

    Raises:
        NotTheSame: this worker cannot do it.
        Interrupted: nobody wants it any more.
    """
    me = get_worker()
    key = me.get_current_task()
    root = origin.find()
    folder = Path(tempfile.mkdtemp(prefix="darkroom-", dir=me.local_directory)).resolve()
    made = folder / "made"
    made.mkdir()
    if job.folder:
        job = moved(job, job.folder, made)
    job = replace(moved(job, origin.root, root), log=folder / "log")

    def is_wanted() -> bool:
        task = me.state.tasks.get(key)  # cancelled also when the one who asked for it is no longer there
        return task is not None and task.state != "cancelled"

    def on_frames(_: Job, frames: int) -> None:
        me.log_event(order, (number, frames))

    pool = _borrow(order, sharing.get(host_of(me.address), 1), origin.environment)
    try:
        (outcome,) = pool.run([job], on_frames, is_wanted)
    except BaseException:
        pool.close()
        shutil.rmtree(folder, ignore_errors=True)
        raise
    _idle.append((order, pool))
    log = job.log.read_text(errors="replace") if job.log.exists() else ""
    files = {str(path.relative_to(made)): path.stat().st_size for path in made.rglob("*") if path.is_file()}
    return Delivery(me.address, made, files, log, outcome)


_idle: list[tuple[str, Pool]] = []  # pools that wait for the next job of an order


def _borrow(order: str, sharing: int, environment: Mapping[str, str | None]) -> Pool:
    """A pool of this order's that nobody uses, or a new one; `sharing` of them are on this machine.

    Those of earlier orders are closed: they may know old sources.
    """
    for entry in list(_idle):
        if entry[0] == order:
            _idle.remove(entry)
            return entry[1]
    forget(*{other for other, _ in _idle})
    return Pool(1, {"LP_NUM_THREADS": str(max(1, available_cores() // sharing)), **environment})


def forget(*orders: str) -> None:
    """End the processes that are kept for orders."""
    for entry in [entry for entry in _idle if entry[0] in orders]:
        _idle.remove(entry)
        entry[1].close()


def compare(origins: Iterable[Origin]) -> str:
    """What keeps this worker from working for us; "" if nothing does."""
    try:
        for origin in origins:
            origin.find()
    except NotTheSame as error:
        return f"{error.message}\n  {error.hint}"
    return ""


def read_piece(path: Path, offset: int, size: int) -> bytes:
    """At most `size` bytes of a file here."""
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(size)


def discard(folder: Path) -> None:
    """Remove what has been delivered."""
    shutil.rmtree(folder.parent, ignore_errors=True)


def moved(thing: Thing, old: Path, new: Path) -> Thing:
    """The same thing, with all paths in it that lie below `old` below `new` instead."""
    value: Any = thing
    if isinstance(value, Path):
        value = new / value.relative_to(old) if value.is_relative_to(old) else value
    elif isinstance(value, (list, tuple)) and type(value) in (list, tuple):
        value = type(value)(moved(part, old, new) for part in value)
    elif isinstance(value, dict):
        value = {name: moved(part, old, new) for name, part in value.items()}
    elif is_dataclass(value) and not isinstance(value, type):
        value = replace(value, **{each.name: moved(getattr(value, each.name), old, new) for each in fields(value)})
    return value  # type: ignore[no-any-return]


def host_of(address: str) -> str:
    """`10.0.0.7` of `tcp://10.0.0.7:40123`."""
    return address.rpartition("/")[2].rpartition(":")[0]


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""


def _versions(modules: Iterable[str]) -> dict[str, str]:
    """The versions of ManimGL, of all it needs, and of the packages that these modules belong to."""
    needed = {re.split(r"[^\w.-]", line)[0] for line in importlib.metadata.requires("manimgl") or ()}
    homes = importlib.metadata.packages_distributions()
    needed |= {home for module in modules for home in homes.get(module.partition(".")[0], ())}
    return {name: version for name in sorted(needed | {"manimgl"}) if (version := _version(name))}


@cache
def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _own_source() -> str:
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


# As it was imported: a worker that was started long ago may run something older than what is on its disk.
OWN = {"Python": ".".join(platform.python_version_tuple()[:2]), "darkroom": _own_source()}
