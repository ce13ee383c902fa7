"""What a file's scenes are where reading it is not enough: it is run, in a worker process of its own."""

import ast
import inspect
import re
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from darkroom.errors import BrokenImport, Interrupted, UsageError
from darkroom.reading import NO_CONSTRUCT, ORDER, SceneRef, checked_shape, first_line, why_base, words
from darkroom.tree import shown

PATIENCE = 60.0  # seconds that a file may take to be imported, with ManimGL's own import


@dataclass(frozen=True)
class Imported:
    """What was found in a file by running it.

    Attributes:
        title: the first line of its docstring.
        is_ordered: whether it has SCENES_IN_ORDER.
        scenes: as ManimGL finds them.
        bases: those among them that are not to be rendered, and why.
    """

    title: str
    is_ordered: bool
    scenes: tuple[SceneRef, ...]
    bases: tuple[tuple[SceneRef, str], ...]


def run(files: Iterable[tuple[Path, Path]]) -> Iterator[tuple[Path, Imported | UsageError]]:
    """Import some files, each in a process of its own; what came of each, as it comes.

    Of one that fails, or has not ended after a minute, an error comes; it is not raised.

    Args:
        files: each with its project's root.
    """
    from darkroom.jobs import Job, Quality, Stage
    from darkroom.pool import Pool, available_cores

    with Pool(available_cores()) as pool, tempfile.TemporaryDirectory(prefix="darkroom-") as folder:
        waiting = []
        for number, (file, root) in enumerate(files):
            asked = SceneRef("", file, root)
            log = Path(folder, str(number))
            waiting.append(Job(asked, Stage(root, Quality.low), describe, log, options={"asked": asked}))
        while waiting:
            batch, waiting = waiting[: pool.width], waiting[pool.width :]
            missing = set(batch)
            deadline = time.monotonic() + PATIENCE

            def is_wanted(deadline: float = deadline) -> bool:
                return time.monotonic() < deadline

            try:
                for outcome in pool.run(batch, is_wanted=is_wanted):
                    missing.remove(outcome.job)
                    file, failure = outcome.job.scene.file, outcome.failure
                    error = BrokenImport(shown(file), failure.reason, failure.lines) if failure else None
                    yield file, error or outcome.result
            except Interrupted:
                if is_wanted():  # then it was somebody at the keyboard
                    raise
            for job in missing:
                yield job.scene.file, BrokenImport(shown(job.scene.file), f"it has not ended within {PATIENCE:g} s.")


def describe(module: ModuleType, report: Callable[[int], None], asked: SceneRef) -> Imported | UsageError:
    """In a worker process: the scenes of a file that has been run; an error if it lists something else as scenes.

    Args:
        module: the file's.
        report: not used.
        asked: says file and root.
    """
    from manimlib.extract_scene import is_child_scene
    from manimlib.scene.scene import Scene

    order = getattr(module, ORDER, None)
    if order is None:
        kept = inspect.getmembers(module, lambda thing: is_child_scene(thing, module))
        # ManimGL also takes what was imported from a module whose name begins as this one's does: by chance.
        kept = [(key, kind) for key, kind in kept if kind.__module__ == module.__name__]
    else:
        kept = [(f"{ORDER}[{index}]", thing) for index, thing in enumerate(order)]
    refs: dict[type, SceneRef] = {}
    scenes: list[SceneRef] = []
    bases: list[tuple[SceneRef, str]] = []
    names: set[str] = set()
    for key, kind in kept:
        if not (isinstance(kind, type) and issubclass(kind, Scene)):
            return UsageError(
                f"{shown(asked.file)}: {key} is {kind!r:.80}, which is no scene.", "Take it out of the list."
            )
        is_new = kind not in refs
        if is_new:
            try:
                refs[kind] = _ref(kind, key, module, asked, names)
            except UsageError as error:
                return error
        if order is not None:
            scenes.append(refs[kind])
        elif is_new and (reason := _why_base(kind, Scene)):
            bases.append((refs[kind], reason))
        elif is_new:
            scenes.append(refs[kind])
    return Imported(first_line(module.__doc__), order is not None, tuple(scenes), tuple(bases))


def _ref(kind: Any, key: str, module: ModuleType, asked: SceneRef, names: set[str]) -> SceneRef:
    """A scene, under a name that none in `names` has; adds it there.

    Raises:
        UsageError: its frame_shape is none.
    """
    file, name = asked.file, re.sub(r"\W", "_", kind.__name__)
    home = sys.modules.get(kind.__module__)
    place = Path(getattr(home, "__file__", None) or file)
    if vars(module).get(name) is kind:
        key = name
    elif home is not module and place.is_relative_to(asked.root) and getattr(home, name, None) is kind:
        file, key = place, name
    else:
        key = next((own for own, thing in sorted(vars(module).items()) if thing is kind), key)
    number, free = 1, name
    while file == asked.file and free in names:
        number += 1
        free = f"{name}_{number}"
    names.add(free)
    said = vars(kind)
    return SceneRef(
        free,
        file,
        asked.root,
        doc=first_line(said.get("__doc__")),
        chapter=str(said.get("chapter") or words(free)),
        frame_shape=checked_shape(getattr(kind, "frame_shape", None), free, file),
        key="" if key == free else key,
    )


def _why_base(kind: Any, scene: Any) -> str:
    """Why a class is a base for others, "" if it is not: from its source, as far as it has one."""
    lineage: list[ast.ClassDef] = []
    for owner in kind.__mro__:
        if owner is object or owner.__module__.partition(".")[0] == "manimlib":
            continue
        try:
            (node,) = ast.parse(textwrap.dedent(inspect.getsource(owner))).body
        except (OSError, TypeError, ValueError, SyntaxError):
            node = None
        if not isinstance(node, ast.ClassDef):  # made by a call
            return NO_CONSTRUCT if kind.construct is scene.construct else ""
        lineage.append(node)
    reason = why_base(lineage)
    return "" if reason == NO_CONSTRUCT and kind.construct is not scene.construct else reason  # it was given one later
