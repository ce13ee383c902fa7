"""Clips that need not be rendered again: kept under everything that decides how they look.

A clip's recipe is what can be known before rendering: the source its scene can reach (`reach`), how it is
rendered (size, frame rate, codec) and where (`surroundings`). Running the scene shows what else it looks at
(`witness`): files it reads, folders it lists, variables. Both together name the clip. Under the recipe lie the lists
of what earlier runs have asked; if for one of them all answers are as they were, the clip is known.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import Any

from darkroom.discover import shown
from darkroom.engine.clip import partial_name
from darkroom.errors import DarkroomError, UsageError
from darkroom.jobs import Job
from darkroom.lengths import cache_folder
from darkroom.reach import Reach, UnreadableSource, reach, signature
from darkroom.surroundings import surroundings
from darkroom.tasks import Rendered
from darkroom.witness import Question, Seen, answer, digest_of_file

GIGABYTE = 10**9
DEFAULT_SIZE = 10.0  # gigabytes
SIZE_VARIABLE = "DARKROOM_CACHE_GB"
LISTS_KEPT = 8  # of files that one recipe has looked at
FICLONE = 0x40049409  # Linux: let a file share another's blocks until one of them is written to


@dataclass(frozen=True)
class Recipe:
    """What is known of a clip before its scene is run."""

    key: str
    source: Reach


def limit() -> int:
    """How large the cache may grow, in bytes.

    Raises:
        UsageError: if DARKROOM_CACHE_GB is no number.
    """
    text = os.environ.get(SIZE_VARIABLE) or str(DEFAULT_SIZE)
    try:
        size = float(text)
        if not size >= 0:
            raise ValueError
    except ValueError:
        raise UsageError(f"{SIZE_VARIABLE}={text} is no number of gigabytes.", f"export {SIZE_VARIABLE}=10") from None
    return round(size * GIGABYTE)


def folder() -> Path:
    """Where the clips are."""
    return cache_folder() / "clips"


def tell(message: str) -> None:
    """Say it on standard error."""
    print(message, file=sys.stderr)


class Clips:
    """The cache, open. Whatever is wrong with it is said once, and the clip is rendered; it never stops a render.

    Args:
        memory: a diskcache, or None for a cache that holds nothing and keeps nothing.
        where: anything that sets this order's clips apart, such as the farm that renders them.
        say: told what is wrong with the cache.
    """

    def __init__(self, memory: Any | None, where: str = "", say: Callable[[str], None] = tell) -> None:
        self._memory = memory
        self._where = where
        self._say = say
        self._said: set[str] = set()
        self._unreadable: dict[Job, str] = {}
        self._recipes: dict[Job, Recipe | None] = {}
        self._found: dict[Job, str] = {}

    def recall(self, job: Job) -> Rendered | None:
        """Put a job's clip where it should go, if it is known; None if it must be rendered."""
        recipe = self._recipe(job)
        if self._memory is None or recipe is None:
            return None
        root = job.scene.root
        try:
            for questions in self._memory.get(recipe.key, []):
                key = _full_key(recipe, {question: answer(question, root) for question in questions})
                known = self._memory.get(key)
                if known is not None:
                    facts, digest = known
                    rendered = self._deliver(job, key, facts, digest)
                    self._found[job] = key
                    return rendered
        except Exception as error:  # of a damaged database anything may come
            self._admit("no clip can be taken from the cache", error)
        return None

    def _admit(self, what: str, error: Exception) -> None:
        """Say what is wrong with the cache, once."""
        reason = str(error) or type(error).__name__
        if reason not in self._said:
            self._said.add(reason)
            self._say(f"{what} ({folder()}): {reason}. If that goes on:  darkroom cache --clear")

    def keep(self, job: Job, rendered: Rendered) -> str:
        """Remember a clip that has just been rendered; why not, if it cannot be."""
        recipe = self._recipe(job)
        if self._memory is None or recipe is None:
            return self._unreadable.get(job, "")
        seen = rendered.seen
        if reason := recipe.source.unrepeatable or seen.unrepeatable:
            return reason
        if rendered.beside:
            return "its class asks for more files than its clip"
        try:
            if any(signature(file) != before for file, before in recipe.source.files.items()):
                return "its source was changed meanwhile"
            if rendered.path.stat().st_size > limit() / 2:
                return f"it is larger than half of it ({SIZE_VARIABLE})"
            answers = dict(seen.answers)
            for path, digest in seen.modules.items():
                if job.scene.root / path not in recipe.source.files:
                    answers["file", path] = digest
            facts = replace(rendered, seen=Seen())
            key = _full_key(recipe, answers)
            lists = [known for known in self._memory.get(recipe.key, []) if known != set(answers)]
            lists = [set(answers), *lists][:LISTS_KEPT]
            with open(rendered.path, "rb") as clip, self._memory.transact(retry=True):
                digest = hashlib.file_digest(clip, "blake2b").hexdigest()
                clip.seek(0)
                self._memory.set(_clip_key(key), clip, read=True)
                self._memory.set(key, (facts, digest))
                self._memory.set(recipe.key, lists)
            self._make_room()
        except Exception as error:  # no room, no right: the clip itself is there all the same
            self._admit("no clip can be kept in the cache", error)
        return ""

    def _make_room(self) -> None:
        """Each thing put in takes out the one that was used longest ago, while there is too much."""
        assert self._memory is not None
        before = len(self._memory) + 2  # the first may come on top
        while self._memory.volume() > limit() and len(self._memory) < before:
            before = len(self._memory) + ("full" not in self._memory)
            self._memory.set("full", True)

    def forget(self, job: Job) -> None:
        """Throw out what was recalled for a job."""
        if self._memory is not None and job in self._found:
            try:
                for key in (self._found[job], _clip_key(self._found[job])):
                    self._memory.delete(key)
            except Exception as error:
                self._admit("a clip cannot be thrown out of the cache", error)

    def _deliver(self, job: Job, key: str, facts: Rendered, digest: str) -> Rendered:
        path: Path = job.options["path"].with_suffix(facts.path.suffix)  # its class may ask for another kind of file
        whole = partial_name(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            clip = self._memory.get(_clip_key(key), read=True)  # type: ignore[union-attr]
            if clip is None:
                self._memory.delete(key)  # type: ignore[union-attr]
                raise ValueError(f"the clip of {job.scene.name} is gone from it, and is rendered again")
            with clip:
                if digest_of_file(str(path)) != digest:
                    _copy(clip, whole)
                    if digest_of_file(str(whole)) != digest:
                        self._memory.delete(key)  # type: ignore[union-attr]
                        raise ValueError(f"the clip of {job.scene.name} was damaged in it, and is rendered again")
                    os.replace(whole, path)
        finally:
            whole.unlink(missing_ok=True)
        return replace(facts, path=path, from_cache=True)

    def _recipe(self, job: Job) -> Recipe | None:
        if job not in self._recipes:
            self._recipes[job] = self._read(job) if self._memory is not None else None
        return self._recipes[job]

    def _read(self, job: Job) -> Recipe | None:
        try:
            source = reach(job.scene)
        except UnreadableSource as error:
            self._unreadable[job] = error.message
            return None
        told = {name: value for name, value in job.options.items() if name != "path"}
        how = [source.digest, astuple(job.stage), job.stage.argv, told, self._where]
        where = surroundings(job.scene.root, source.outside, job.stage.config_file)
        text = json.dumps([how, where], sort_keys=True, default=str)
        return Recipe("clip " + hashlib.blake2b(text.encode(errors="surrogateescape")).hexdigest(), source)


def _full_key(recipe: Recipe, answers: Mapping[Question, str]) -> str:
    text = json.dumps([recipe.key, sorted(answers.items())])
    return "facts " + hashlib.blake2b(text.encode(errors="surrogateescape")).hexdigest()


def _clip_key(key: str) -> str:
    return f"{key} clip"


def _copy(clip: Any, path: Path) -> None:
    """A copy of its own: sharing blocks where the file system can, so that no later writing shines through."""
    with open(path, "wb") as copy:
        if sys.platform == "linux":
            import fcntl

            with suppress(OSError):
                fcntl.ioctl(copy.fileno(), FICLONE, clip.fileno())
                return
        shutil.copyfileobj(clip, copy, 1 << 20)


class UnreadableClip(DarkroomError):
    """ffmpeg cannot decode a clip."""


def compare(one: Path, other: Path) -> str:
    """Where two clips differ, in words; "" if every frame and every sound is the same.

    Raises:
        UnreadableClip: one of them cannot be decoded to its end.
    """
    hashes = [_hashes(path) for path in (one, other)]
    if hashes[0] == hashes[1]:
        return ""
    counts = [len(lines) for lines in hashes]
    if counts[0] != counts[1]:
        return f"{counts[0]} frames and pieces of sound, not {counts[1]}"
    return f"not the same from number {next(at for at, (a, b) in enumerate(zip(*hashes, strict=True)) if a != b)} on"


def _hashes(path: Path) -> list[str]:
    """One for each decoded frame, and for each piece of sound."""
    command = ["ffmpeg", "-loglevel", "error", "-xerror", "-i", str(path), "-map", "0", "-f", "framemd5", "-"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL)
    except OSError as error:
        raise UnreadableClip(f"{shown(path)} cannot be decoded: {error}.") from None
    lines = [line for line in done.stdout.splitlines() if not line.startswith("#")]
    if done.returncode or not lines:
        said = done.stderr.strip().splitlines() or [f"ffmpeg ended with {done.returncode}"]
        raise UnreadableClip(f"{shown(path)} cannot be decoded: {said[-1]}")
    return lines


@contextmanager
def opened(wanted: bool = True, where: str = "", say: Callable[[str], None] = tell) -> Iterator[Clips]:
    """The cache, as long as the block lasts; one that holds nothing, if that is wanted, or where there is none."""
    size = limit()
    memory = None
    if wanted and size:
        try:
            memory = _open(size)
        except (OSError, sqlite3.Error) as error:
            say(f"the cache of clips cannot be opened ({folder()}): {error}. Everything is rendered, nothing kept.")
    try:
        yield Clips(memory, where, say)
    finally:
        if memory is not None:
            memory.close()


def _open(size: int) -> Any:
    from diskcache import Cache

    return Cache(str(folder()), size_limit=size, eviction_policy="least-recently-used", cull_limit=1)


def describe() -> tuple[int, int]:
    """How many clips there are, and how many bytes all of the cache has.

    Raises:
        UsageError: it cannot be read.
    """
    size = limit()
    if not folder().exists():
        return 0, 0
    try:
        with _open(size) as memory:
            return sum(1 for key in memory.iterkeys() if str(key).endswith(" clip")), memory.volume()
    except (OSError, sqlite3.Error) as error:
        raise UsageError(
            f"the cache of clips cannot be read ({folder()}): {error}.", "darkroom cache --clear"
        ) from None


def clear() -> tuple[int, int]:
    """Throw out every clip, and all else that darkroom remembers: lengths, and what was found clean.

    Returns:
        How many clips and bytes that were, as far as that could still be read.
    """
    from diskcache import Cache

    try:
        before = describe()
    except UsageError:
        before = 0, 0
    for place in (folder(), cache_folder(), cache_folder() / "check"):
        if (place / "cache.db").exists():
            try:
                with Cache(str(place)) as memory:
                    memory.clear()
            except (OSError, sqlite3.Error):  # damaged: then its files go one by one
                _remove_files(place)
    return before


def _remove_files(place: Path) -> None:
    for path in place.glob("cache.db*"):
        path.unlink(missing_ok=True)
    for path in place.glob("[0-9a-f][0-9a-f]"):
        shutil.rmtree(path, ignore_errors=True)
