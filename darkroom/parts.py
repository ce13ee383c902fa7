"""Parts of a scene, as they are asked for: some of its animations, some of its seconds, or one moment."""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from darkroom import discover
from darkroom.discover import Film, SceneRef
from darkroom.engine.blocks import beat_at, read_source
from darkroom.errors import UsageError
from darkroom.tasks import Length


@dataclass(frozen=True)
class Span:
    """Some frames of a scene: `first`, counted from 0, to one before `end`; None for the scene's end."""

    first: int
    end: int | None
    label: str  # for the name of its file


@dataclass(frozen=True)
class Part:
    """What part of each scene was asked for: seconds from and to, or beats from FIRST to LAST.

    A beat is the number of an animation, as it stands under its picture on a contact sheet, or the first words of
    the comment that opens it.
    """

    beats: str | None = None
    start: float | None = None
    stop: float | None = None

    def __post_init__(self) -> None:
        if self.beats is not None and (self.start is not None or self.stop is not None):
            raise UsageError("--beats and --from or --to are two ways to say the same.", "Leave one of them out.")
        if self.start is not None and self.stop is not None and self.stop <= self.start:
            raise UsageError(f"--to {self.stop:g} comes before --from {self.start:g}.", "Exchange them.")

    def __bool__(self) -> bool:
        return self != WHOLE

    def span(self, ref: SceneRef, length: Length) -> Span:
        """Which frames of a scene that are.

        Raises:
            UsageError: the scene has none such.
        """
        first, end = self._frames(ref, length) if self.beats is None else self._frames_of_beats(ref, length)
        if end <= first:
            raise UsageError(f"{ref.name}: no frame is shown in that part.", "Ask for more of it.")
        return Span(first, None if end >= length.frames else end, self._label())

    def _label(self) -> str:
        if self.beats is not None:
            return "beats-" + re.sub(r"[^\w.-]+", "-", self.beats).strip("-")
        return f"{self.start or 0:g}-{'' if self.stop is None else format(self.stop, 'g')}s"

    def _frames(self, ref: SceneRef, length: Length) -> tuple[int, int]:
        first = round((self.start or 0) * length.fps)
        if first >= length.frames:
            raise UsageError(f"{ref.name} is {length.seconds:.2f} s long: nothing comes from {self.start:g} s on.")
        return first, length.frames if self.stop is None else min(length.frames, round(self.stop * length.fps))

    def _frames_of_beats(self, ref: SceneRef, length: Length) -> tuple[int, int]:
        first, colon, last = (self.beats or "").partition(":")
        numbers_of_first = self._numbers(first or "1", ref, length)
        numbers_of_last = self._numbers(last, ref, length) if last else [len(length.animations)]
        if not colon:
            numbers_of_last = numbers_of_first
        begin, finish = numbers_of_first[0], numbers_of_last[-1]
        if finish < begin:
            raise UsageError(f"{ref.name}: --beats {self.beats} ends before it begins.", "Exchange them.")
        ends = [0, *(end for _, end in length.animations)]
        return ends[begin - 1], ends[finish]

    def _numbers(self, asked: str, ref: SceneRef, length: Length) -> list[int]:
        """The animations, numbered from 1, that somebody means by that."""
        names = [name for name, _ in length.animations]
        if asked.strip().isdecimal():
            found = [int(asked)] if 1 <= int(asked) <= len(names) else []
        else:
            wanted = asked.strip().lstrip("# ").casefold()
            found = [number for number, name in enumerate(names, 1) if wanted and name.casefold().startswith(wanted)]
        if found:
            return found
        known = list(dict.fromkeys(filter(None, names)))
        raise UsageError(
            f"{ref.name} has no beat {asked.strip()!r}. It has {len(names)} animations"
            + (f", in the beats:  {'  '.join(known)}" if known else "."),
            f"See them, with their numbers:  darkroom sheet {ref}",
        )


WHOLE = Part()


@dataclass(frozen=True)
class Moment:
    """When a still is taken: at some second, after the beat around a line, or, of neither, at the scene's end."""

    at: float | None = None
    lines: tuple[str, int, int] | None = None
    label: str = ""  # for the name of its file


def moments(target: str) -> tuple[list[Film], Moment]:
    """The scenes and the moment that were typed as PATH, PATH:SCENE, PATH:SCENE@SECONDS, PATH@SECONDS or FILE:LINE.

    Raises:
        UsageError: there is no such thing.
    """
    path, colon, tail = target.rpartition(":")
    if colon and tail.isdecimal() and not Path(target).exists():
        return _at_line(Path(path), int(tail))
    scenes, at, seconds = target.rpartition("@")
    if not at or Path(target).exists() or not discover.split(scenes)[0].exists():
        return discover.find([target]), Moment()
    try:
        moment = at_second(float(seconds))
    except ValueError:
        raise UsageError(f"{seconds!r} is no number of seconds.", f"Such as:  darkroom still {scenes}@12.5") from None
    return discover.find([scenes]), moment


def at_second(seconds: float) -> Moment:
    """That moment of a scene."""
    if not 0 <= seconds < float("inf"):
        raise UsageError(f"there is no {seconds:g} s in a scene.", "Count seconds from 0.")
    return Moment(seconds, label=f"{seconds:g}s")


def _at_line(file: Path, line: int) -> tuple[list[Film], Moment]:
    """The scene around a line of a file, and the moment after the beat around it."""
    film = discover.find([str(file)])[0]
    source = read_source(file)
    count = len(source.splitlines())
    if not 1 <= line <= count:
        raise UsageError(f"{file} has {count} lines: there is no line {line}.")
    classes = [node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]
    around = next((node.name for node in classes if node.lineno <= line <= (node.end_lineno or node.lineno)), "")
    names = [ref.name for ref in film.scenes if ref.file == file.resolve()]
    scenes = [around] if around in names else _heirs(film, file.resolve(), around, names)
    if len(scenes) != 1:
        known = "  ".join(names)
        raise UsageError(
            f"line {line} of {file} is in {f'{around}, which several scenes use' if scenes else 'no scene'}.",
            f"Name a scene and a time:  darkroom still {file}:SCENE@SECONDS   (its scenes: {known})",
        )
    try:
        first, last = beat_at(source, line)
    except ValueError as error:
        raise UsageError(f"{file}: {error}.", f"Name a time:  darkroom still {file}:{scenes[0]}@SECONDS") from None
    return discover.find([f"{file}:{scenes[0]}"]), Moment(lines=(str(file.resolve()), first, last), label=f"line{line}")


def _heirs(film: Film, file: Path, base: str, names: Sequence[str]) -> list[str]:
    """The scenes of a file that a class of it is a base of."""
    module = discover.read_module(file, film.root)
    return [name for name in names if base and any(node.name == base for node in module.lineage(name))]
