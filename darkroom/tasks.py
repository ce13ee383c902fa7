"""What a worker process does with one scene: measure it, render it, make a still or its contact sheet.

ManimGL is imported inside the functions: `darkroom.pool` names them without having it.
"""

import resource
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from darkroom import sheet, witness
from darkroom.codecs import MANIMGL_TRANSPARENT, Encoding, Format
from darkroom.discover import first_line
from darkroom.errors import DarkroomError
from darkroom.witness import NOBODY_WATCHED, Seen

if TYPE_CHECKING:
    from darkroom.engine.clip import Clip, Facts
    from darkroom.engine.run import Beat, Run

REPORT_EVERY = 0.1  # seconds between two words about progress

Report = Callable[[int], None]


@dataclass(frozen=True)
class Length:
    """How long a scene is: `frames` at `fps`, and `seconds` by its own clock. To learn it took `took` seconds.

    Each of its animations has a name (that of its beat) and the number of frames there are at its end.
    """

    frames: int
    seconds: float
    fps: float
    took: float = 0.0
    animations: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Rendered:
    """A clip that is on disk and holds what it should.

    The others are about how it came to be: the most memory its process and its ffmpeg have used in bytes,
    what it depends on besides source, whether it was known already, why it will not be next time, and at which
    frames it was divided; fonts that its scene asked for and this machine does not have; what its class asked
    for and did not get, a sentence each; and the files that were written beside it.
    """

    path: Path
    frames: int
    seconds: float
    fps: float
    size: tuple[int, int]
    has_sound: bool
    clock: float  # what the scene itself thinks its pictures last
    took: float  # seconds of work
    fallbacks: dict[str, int]  # frames that could not be drawn fast, by reason
    memory: int = 0
    encoder_memory: int = 0
    seen: Seen = NOBODY_WATCHED
    from_cache: bool = False
    unkept: str = ""
    cuts: tuple[int, ...] = ()
    codec: str = ""
    missing_fonts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    beside: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Pictures:
    """Pictures of a scene on disk, and the fonts that it asked for and this machine does not have."""

    paths: tuple[Path, ...]
    missing_fonts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Refusal:
    """Why a scene cannot be rendered in portions, or only in part."""

    reason: str


def peak_memory() -> int:
    """The most memory this process has used, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak << 10


class NothingShown(DarkroomError):
    def __init__(self, name: str) -> None:
        super().__init__(f"{name} shows nothing: it never plays or waits.", "End it with  self.wait()")


def measure(scene_class: Any, report: Report, fps: Fraction | None = None) -> Length:
    """Run a scene with its animations skipped and nothing drawn."""
    from darkroom.engine.run import Run

    started = time.monotonic()
    run = Run(scene_class, draws=False, skips=True, fps=as_float(fps))()
    animations = tuple((beat.name, beat.last_frame + 1) for beat in run.beats)
    return Length(run.frames, run.frames / run.fps, run.fps, time.monotonic() - started, animations)


def render(
    scene_class: Any,
    report: Report,
    path: Path,
    fps: Fraction | None = None,
    encoding: Encoding | None = None,
    format: Format = Format.video,
    first: int = 0,
    end: int | None = None,
    follows: bool = True,
) -> Rendered | Refusal:
    """Render a scene, or a part of it.

    Args:
        scene_class: the scene.
        report: told now and then how many frames there are.
        path: the clip; its suffix becomes that of the file the scene's class asks for.
        fps: frames per second instead of the configured ones.
        encoding: what to encode with instead of ManimGL's own way.
        format: what kind of file.
        first: the first frame of the part, counted from 0.
        end: one past its last; None for the scene's end.
        follows: whether frames before the part may be left undrawn.

    Returns:
        the clip; a Refusal if frames before the part have to be drawn.
    """
    from darkroom.engine.clip import Clip
    from darkroom.engine.run import Observer, Run
    from darkroom.engine.split import Follower, Indivisible, PortionEnds

    started = time.monotonic()
    target = Target.of(scene_class, path, encoding, format)
    is_part = first > 0 or end is not None

    class Writing(Observer):
        said = 0.0

        def on_frame(self, run: "Run") -> None:
            if follower.has_frame() if follower else run.frames > first:
                raw = run.raw()
                clip.write(raw)
                if pieces:
                    pieces.write(raw, run.beats[-1].index)
                if time.monotonic() - self.said > REPORT_EVERY:
                    self.said = time.monotonic()
                    report(clip.frames)
            if end is not None and run.frames >= end:
                raise PortionEnds

        def on_beat(self, run: "Run", beat: "Beat") -> None:
            if pieces:
                pieces.end()

    run = Run(scene_class, Writing(), fps=as_float(fps), camera=target.camera)
    rate = fps or run.fps
    try:
        follower = Follower(run, first, end, ()) if is_part and follows else None
        with ExitStack() as open_files:
            clip = open_files.enter_context(Clip(target.path, run.size, rate, target.config, encoding))
            pieces = None
            if target.is_subdivided and not is_part:
                pieces = open_files.enter_context(
                    Pieces(target.path, lambda path: Clip(path, run.size, rate, target.config, encoding))
                )
            with suppress(PortionEnds):
                follower() if follower else run()
            if not clip.frames:
                raise NothingShown(scene_class.__name__)
            report(clip.frames)
            encoder_memory = clip.peak_memory()
            beside = pieces.keep() if pieces else []
            sound = sound_of(run, first, end)
            if sound is not None and target.path.suffix == ".gif":
                target.notes.append("its sound was left out: a GIF has none.")
                sound = None
            facts = clip.keep(sound)
    except Indivisible as refusal:
        return Refusal(refusal.message)
    if target.has_last_frame and not is_part:
        beside.append(target.path.with_suffix(".png"))
        run.last_image().save(beside[-1])
    return account(run, target, facts, started, encoder_memory, beside, is_part)


def as_float(fps: Fraction | None) -> float | None:
    return float(fps) if fps else None


def sound_of(run: "Run", first: int, end: int | None) -> Any | None:
    """The sound of some frames of a scene, a pydub segment; None if there is none.

    Args:
        run: the scene's, at the end of these frames.
        first: the first of them, counted from 0.
        end: one past the last; None for the scene's end.
    """
    sound = run.sound
    if sound is None or (first == 0 and end is None):
        return sound
    milliseconds = [round(1000 * frame / run.fps) for frame in (first, run.frames if end is None else end)]
    return sound[slice(*milliseconds)] or None


@dataclass
class Target:
    """What file a scene is written to, and how.

    Attributes:
        path: the file.
        config: of ManimGL's file writer, for this scene.
        camera: settings of the camera that come before those of the scene's class.
        notes: what the scene's class asked for and does not get, a sentence each.
        is_subdivided: whether each animation is to be a file of its own, too.
        has_last_frame: whether there is to be a picture of how the scene ends, too.
    """

    path: Path
    config: dict[str, Any]
    camera: Mapping[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    is_subdivided: bool = False
    has_last_frame: bool = False

    @classmethod
    def of(cls, scene_class: Any, path: Path, encoding: Encoding | None, format: Format) -> "Target":
        """That of a scene whose clip is to be something like `path`.

        Raises:
            DarkroomError: its class asks for a suffix that is none.
        """
        from manimlib.config import manim_config

        own: dict[str, Any] = scene_class.default_file_writer_config
        config = {**manim_config.file_writer, **own}
        notes = _notes(own, encoding, format)
        if format is Format.transparent:
            config |= MANIMGL_TRANSPARENT
        suffix = encoding.suffix if encoding else config["movie_file_extension"]
        if not isinstance(suffix, str) or not suffix.startswith(".") or len(suffix) < 2:
            raise DarkroomError(
                f"movie_file_extension of {scene_class.__name__} is {suffix!r}, which is none.",
                'Write it with its dot:  movie_file_extension=".mov"',
            )
        return cls(
            path.with_name(path.name.removesuffix(path.suffix) + suffix),
            config,
            {"background_opacity": 0.0} if format is Format.transparent else {},
            notes,
            bool(own.get("subdivide_output")),
            bool(own.get("save_last_frame")),
        )


def _notes(own: Mapping[str, Any], encoding: Encoding | None, format: Format) -> list[str]:
    """What a class asks of ManimGL's file writer and does not get."""
    notes = []
    for name in ("output_directory", "file_name"):
        if own.get(name):
            notes.append(f"{name}={str(own[name])!r} was not heeded: clips are named after their scenes, in --output.")
    if not own.get("write_to_movie", True):
        notes.append("write_to_movie=False was not heeded: its clip was written. For a picture:  --still")
    for name in ("open_file_upon_completion", "show_file_location_upon_completion"):
        if own.get(name):
            notes.append(f"{name} was not heeded: darkroom opens no files.")
    asked = [name for name in MANIMGL_TRANSPARENT if name in own]
    if asked and (encoding or format is not Format.video):
        option = {Format.video: "--codec", Format.transparent: "--transparent", Format.gif: "--gif"}[format]
        notes.append(f"{', '.join(asked)} of its class gave way to {option}.")
    return notes


class Pieces:
    """A file for each animation, beside the clip: ManimGL's `subdivide_output`. A context manager.

    Args:
        path: the clip; the pieces are PATH_WITHOUT_SUFFIX/00000.mp4 and so on, by the animation's number.
        make: opens such a file.
    """

    def __init__(self, path: Path, make: "Callable[[Path], Clip]") -> None:
        self._folder, self._suffix, self._make = path.with_suffix(""), path.suffix, make
        self._open: Clip | None = None
        self._paths: list[Path] = []

    def __enter__(self) -> "Pieces":
        return self

    def write(self, raw: bytes, number: int) -> None:
        """Append a frame of an animation."""
        if self._open is None:
            self._open = self._make(self._folder / f"{number:05}{self._suffix}").__enter__()
        self._open.write(raw)

    def end(self) -> None:
        """The animation is over."""
        if self._open is not None:
            self._open.keep()
            self._paths.append(self._open.path)
            self._close()

    def keep(self) -> list[Path]:
        """The pieces there are; those of an earlier, longer scene go away."""
        self.end()
        for path in self._folder.glob(f"[0-9][0-9][0-9][0-9][0-9]{self._suffix}"):
            if path not in self._paths:
                path.unlink()
        return self._paths

    def _close(self, *error: Any) -> None:
        if self._open is not None:
            self._open.__exit__(*(error or (None, None, None)))
            self._open = None

    def __exit__(self, *error: Any) -> None:
        self._close(*error)


def account(
    run: "Run",
    target: Target,
    facts: "Facts",
    started: float,
    encoder_memory: int,
    beside: Sequence[Path] = (),
    is_part: bool = False,
) -> Rendered:
    """What there is to say of a clip that has been written.

    Args:
        run: the scene's, at its end.
        target: the clip.
        facts: what the file holds.
        started: when work on it began, by `time.monotonic`.
        encoder_memory: the most that ffmpeg has used.
        beside: files that were written beside it.
        is_part: whether the clip is only a part of the scene, whose clock is then no measure.
    """
    return Rendered(
        target.path,
        facts.frames,
        facts.frames / run.fps if target.path.suffix == ".gif" else facts.seconds,
        run.fps,
        run.size,
        facts.has_sound,
        facts.frames / run.fps if is_part else run.clock,
        time.monotonic() - started,
        dict(run.fallbacks),
        peak_memory(),
        encoder_memory,
        witness.report(),
        codec=facts.codec,
        missing_fonts=missing_fonts(),
        notes=tuple(target.notes),
        beside=tuple(beside),
    )


def missing_fonts() -> tuple[str, ...]:
    """Fonts that were asked for in this process and are not installed."""
    from darkroom.engine.repairs import words

    return tuple(words.missing_fonts)


class _Enough(BaseException):
    """The picture that was wanted is there; leaves the scene where it is."""


def draw_still(
    scene_class: Any,
    report: Report,
    path: Path,
    at: float | None = None,
    lines: tuple[str, int, int] | None = None,
    fps: Fraction | None = None,
    format: Format = Format.video,
) -> Pictures:
    """Make one picture of a scene, of its full size.

    Args:
        scene_class: the scene.
        report: told now and then how many frames have gone by.
        path: the picture.
        at: seconds into the scene; None for how it ends, with all that was added after its last animation.
        lines: a file and the first and last of its lines: the picture is then that after the first animations
            in a row that were asked for there.
        fps: frames per second instead of the configured ones.
        format: transparent: without a background.

    Raises:
        DarkroomError: the scene is shorter than that, or nothing is animated in these lines.
    """
    from PIL import Image

    from darkroom.engine.clip import partial_name
    from darkroom.engine.run import Observer, Run

    class Looking(Observer):
        said = 0.0
        picture: Image.Image | None = None

        def on_frame(self, run: "Run") -> None:
            # The small amount: 0.3 seconds at 10 frames per second is the frame after three, whatever 0.3 * 10 is.
            if at is not None and run.frames > at * run.fps + 1e-6:
                self.picture = run.image(with_alpha=True)
                raise _Enough
            if time.monotonic() - self.said > REPORT_EVERY:
                self.said = time.monotonic()
                report(run.frames)

        def on_beat(self, run: "Run", beat: "Beat") -> None:
            if lines is None:
                return
            places = [(beat.file, beat.line), *((file, line) for file, _, line in beat.callers)]
            if any(file == lines[0] and lines[1] <= line <= lines[2] for file, line in places):
                self.picture = run.image(with_alpha=True)
            elif self.picture is not None:
                raise _Enough

    looking = Looking()
    camera = {"background_opacity": 0.0} if format is Format.transparent else {}
    run = Run(scene_class, looking, draws=False, fps=as_float(fps), camera=camera)
    try:
        run()
    except _Enough:
        pass
    else:
        length = run.frames / run.fps
        if at is not None and at <= length + 1e-6 and run.frames:
            looking.picture = run.image(with_alpha=True)  # the end of its last frame
        elif at is not None:
            raise DarkroomError(f"{scene_class.__name__} is {length:.2f} s long: there is no {at:g} s.")
        elif lines is None or looking.picture is not None:  # the scene ends with these lines
            looking.picture = run.last_image()
    if looking.picture is None:
        assert lines
        raise DarkroomError(
            f"{scene_class.__name__} animates nothing in lines {lines[1]} to {lines[2]} of {Path(lines[0]).name}.",
            "Name a line beside a play() or wait(), or a time:  darkroom still FILE:SCENE@SECONDS",
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = partial_name(path)
    try:
        looking.picture.save(whole)
        whole.replace(path)
    finally:
        whole.unlink(missing_ok=True)
    return Pictures((path,), missing_fonts())


def draw_sheet(
    scene_class: Any,
    report: Report,
    path: Path,
    every: float | None = None,
    fps: Fraction | None = None,
    cell: int = sheet.CELL,
) -> Pictures:
    """Make the contact sheet of a scene; returns its pages.

    Args:
        scene_class: the scene.
        report: told now and then how many frames have gone by.
        path: where a single page goes; several are numbered, `NAME_1.png` and so on.
        every: a picture each so many seconds, instead of one at the end of each animation.
        fps: frames per second instead of the configured ones.
        cell: a picture fits into a square of so many pixels.
    """
    from darkroom.engine.run import Observer, Run

    cells: list[sheet.Cell] = []
    frames_apart = 0

    class Looking(Observer):
        said = 0.0
        drawn = -1

        def on_frame(self, run: "Run") -> None:
            if (run.frames - 1) % frames_apart == 0 if every else run.ends_beat:
                self.look(run)
            if time.monotonic() - self.said > REPORT_EVERY:
                self.said = time.monotonic()
                report(run.frames)

        def on_beat(self, run: "Run", beat: "Beat") -> None:
            # A wait that ended by a condition of its own did not know which frame was its last.
            if not every and beat.last_frame == run.frames - 1 != self.drawn and run.frames:
                self.look(run)

        def look(self, run: "Run") -> None:
            self.drawn = run.frames - 1
            beat = run.beats[-1]
            picture = sheet.shrink(run.image(), cell)
            still = beat.kind == "wait" and not every
            if still and cells and cells[-1].picture.tobytes() == picture.tobytes():
                return  # a pause shows nothing new
            cells.append(
                sheet.Cell(
                    picture,
                    number=beat.index + 1,
                    time=run.frames / run.fps,
                    beat=beat.name,
                )
            )

    run = Run(scene_class, Looking(), draws=False, fps=as_float(fps))
    frames_apart = max(1, round((every or 1) * run.fps))
    run()
    if not cells:
        raise NothingShown(scene_class.__name__)
    title = sheet.Title(scene_class.__name__, first_line(scene_class.__doc__), run.clock)
    return Pictures(tuple(sheet.save(path, title, cells, cell)), missing_fonts())
