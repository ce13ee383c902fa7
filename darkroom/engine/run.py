"""One scene, run from start to end as `manimgl -w` would, with somebody watching.

Import this only after `engine.load()`.
"""

import re
import sys
import tokenize
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
from manimlib.config import manim_config
from manimlib.scene.scene import Scene
from manimlib.scene.scene_file_writer import SceneFileWriter
from PIL import Image

from darkroom.discover import words
from darkroom.engine import fast as fast_drawing
from darkroom.engine.blocks import beat_at

Call = tuple[str, str, int]  # file, function, line


@dataclass
class Beat:
    """One `play` or `wait`: when it ran and where it was asked for."""

    index: int
    kind: str  # "play" or "wait"
    file: str
    function: str
    line: int
    start: float  # seconds of the scene's clock
    end: float = 0.0
    last_frame: int = -1  # of the clip, counted from 0; -1 if it drew none
    callers: tuple["Call", ...] = ()  # the scene's methods that led there, innermost first

    @property
    def name(self) -> str:
        """The comment that opens the beat in the source; without comments, what the method is called.

        A method without comments that another one calls (`self.swap(a, b)`) plays in that one's beat.
        """
        comments = (_comment(Path(file), line) for file, _, line in ((self.file, "", self.line), *self.callers))
        return next(filter(None, comments), "" if self.function == "construct" else words(self.function))


class Observer:
    """Told what happens. Override what you need."""

    def on_frame(self, run: "Run") -> None:
        """Frame number `run.frames - 1` stands; `run.ends_beat` says whether it is its animation's last."""

    def on_beat(self, run: "Run", beat: Beat) -> None:
        """A `play` or `wait` is over."""


class Run:
    """A scene and the account of its running.

    Args:
        scene_class: what to run.
        observer: who is told.
        draws: True draws every frame, as a render does. False draws only when `image()` asks, while updaters
            and animations are stepped through every frame all the same.
        skips: run with animations skipped, ManimGL's own quick way to the end: the clock and the number of
            frames come out as in a render, the pictures would not.
        fps: frames per second instead of the configured ones.
        fast: False draws in ManimGL's own way (see `engine.fast`). The frames are the same, byte for byte.
        camera: settings of the camera that come before those of the scene's class.

    Attributes: scene, fps, frames (so far), clock (seconds those frames last), beats, fallbacks (why and for
        how many frames fast drawing had to leave it to ManimGL's own way), painter (who draws fast, if wanted).
    """

    on_progress: Callable[[int], None] = staticmethod(lambda frames: None)  # told how many frames have gone by

    def __init__(
        self,
        scene_class: type[Scene],
        observer: Observer | None = None,
        *,
        draws: bool = True,
        skips: bool = False,
        fps: float | None = None,
        fast: bool | None = None,
        camera: Mapping[str, Any] | None = None,
    ) -> None:
        self.observer = observer or Observer()
        self.frames = 0
        self.beats: list[Beat] = []
        self.ends_beat = False
        self._left = 0  # frames still to come of this beat
        self._undrawn: list[tuple[Any, ...]] = []  # a frame that nobody has looked at
        self._skipped = 0.0  # seconds the scene chose to skip itself
        self.scene = scene_class(
            **{
                **manim_config.scene,
                "camera_config": {**(camera or {}), **({"fps": fps} if fps else {})},
                # Its own writer makes folders and opens ffmpeg; ours only passes frames on.
                "file_writer_config": {
                    **{name: False for name in ("write_to_movie", "save_last_frame", "subdivide_output")},
                    "quiet": True,
                },
                "skip_animations": skips,
                "show_animation_progress": False,
                "presenter_mode": False,
            }
        )
        self.fps = self.scene.camera.fps
        wanted = fast_drawing.is_wanted() if fast is None else fast
        self.painter = fast_drawing.activate(self.scene.camera, wanted)
        self.fallbacks: dict[str, int] = self.painter.fallbacks if self.painter else {}
        self._capture: Callable[..., None] = self.scene.camera.capture
        if not draws:
            self._draw_when_asked()
        self._watch()

    def __call__(self) -> "Run":
        """Run it, and return the account."""
        self.scene.run()
        return self

    @property
    def clock(self) -> float:
        """Seconds of the scene's own clock, less what it chose to skip."""
        seconds: float = self.scene.time - self._skipped
        return seconds

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        width, height = self.scene.camera.get_pixel_shape()
        return width, height

    @property
    def sound(self) -> Any | None:
        """The scene's sound track as a pydub segment, if it made one."""
        writer = self.scene.file_writer
        return writer.audio_segment if writer.includes_sound else None

    def raw(self) -> bytes:
        """The frame last drawn: RGBA bytes, bottom row first, exactly what ManimGL pipes to ffmpeg."""
        raw: bytes = self.scene.camera.get_raw_fbo_data()
        return raw

    def image(self, with_alpha: bool = False) -> Image.Image:
        """A picture of this moment, drawn now; RGB, or RGBA if it is to have its transparency and has any."""
        self._undrawn.clear()
        self._capture(*self.scene.render_groups)
        camera = self.scene.camera
        picture: Image.Image = camera.get_image()
        return picture if with_alpha and camera.background_rgba[3] < 1 else picture.convert("RGB")

    def last_image(self) -> Image.Image:
        """A picture of how the scene ends, as ManimGL's `-s` shows it: also what was added after the last beat."""
        self.scene.update_mobjects(0)
        return self.image(with_alpha=True)

    def _draw_when_asked(self) -> None:
        """Draw a frame only if somebody reads its pixels, be it the scene itself."""
        camera, read = self.scene.camera, self.scene.camera.get_raw_fbo_data

        def put_off(*groups: Any) -> None:
            self._undrawn = [groups]

        def raw(*args: Any, **kwargs: Any) -> Any:
            while self._undrawn:
                self._capture(*self._undrawn.pop())
            return read(*args, **kwargs)

        camera.capture, camera.get_raw_fbo_data = put_off, raw

    def _watch(self) -> None:
        """Put our ears on the scene, on the instance only: its class stays the author's."""
        scene = self.scene
        scene.file_writer = _Relay(scene, self._frame)
        pre_play, post_play, wait = scene.pre_play, scene.post_play, scene.wait
        progression, increment_time = scene.get_time_progression, scene.increment_time
        kind = "play"
        stepped = False

        def watched_pre_play() -> None:
            pre_play()
            innermost, *others = _callers(scene)
            self.beats.append(Beat(len(self.beats), kind, *innermost, scene.time, callers=tuple(others)))

        def watched_progression(run_time: float, *args: Any, **kwargs: Any) -> Any:
            nonlocal stepped
            times = progression(run_time, *args, **kwargs)
            # A wait for a condition goes through every frame even where animations are skipped.
            stepped = scene.skip_animations and bool(kwargs.get("override_skip_animations"))
            self._left = len(times)
            if scene.skip_animations and not stepped and skips:
                self.frames += len(np.arange(0, run_time, 1 / self.fps))
            return times

        def watched_time(dt: float) -> None:
            increment_time(dt)
            if stepped and skips:
                self.frames += 1
            elif scene.skip_animations and not skips:
                self._skipped += dt
            self.on_progress(self.frames)

        def watched_post_play() -> None:
            nonlocal stepped
            stepped = False
            post_play()
            beat = self.beats[-1]
            beat.end, beat.last_frame = scene.time, self.frames - 1
            self.observer.on_beat(self, beat)

        def watched_wait(*args: Any, **kwargs: Any) -> None:
            nonlocal kind
            kind = "wait"
            try:
                wait(*args, **kwargs)
            finally:
                kind = "play"

        skips = scene.skip_animations
        scene.pre_play, scene.post_play, scene.wait = watched_pre_play, watched_post_play, watched_wait
        scene.get_time_progression, scene.increment_time = watched_progression, watched_time

    def _frame(self) -> None:
        self.frames += 1
        self._left -= 1
        self.ends_beat = self._left == 0
        self.observer.on_frame(self)


class _Relay(SceneFileWriter):  # type: ignore[misc]
    """Stands where a scene keeps its file writer, and hands each frame on instead of writing it."""

    def __init__(self, scene: Scene, on_frame: Callable[[], None]) -> None:
        super().__init__(scene, **scene.file_writer_config)
        self.on_frame = on_frame

    def write_frame(self, camera: Any) -> None:
        self.on_frame()


# What of a comment is drawing rather than words: `# ==== Show it ====`.
RULER = re.compile(r"^[#=~*+_\-\s─━═]+|\s*[#=~*+_\-─━═]{3,}\s*$")


@cache
def _comment(file: Path, line: int) -> str:
    """What the comment says that opens the beat at a line of a file: its first line with a letter in it; "" if none.

    A ruler (`# ======`) opens no beat, nor does what is written for darkroom (`# darkroom: allow ...`): what follows
    them belongs to the beat above.
    """
    try:
        with tokenize.open(file) as opened:  # in the encoding that the file says it has
            source = opened.read()
        first, last = beat_at(source, line)
        lines = source.splitlines()
        while True:
            opening = takewhile(lambda text: text.startswith("#"), map(str.strip, lines[first - 1 : last]))
            said = [text for text in (RULER.sub("", line) for line in opening) if not text.startswith("darkroom:")]
            for is_word in (str.isalpha, str.isalnum):
                for text in said:
                    if any(map(is_word, text)):
                        return text
            if not lines[first - 1].strip().startswith("#"):
                return ""
            below = first
            first, last = beat_at(source, below - 1)
            if first >= below:
                return ""
    except (OSError, SyntaxError, ValueError):
        return ""


def _callers(scene: Scene) -> list[Call]:
    """Who asked for the `play` or `wait` now starting: the author's methods of the scene, innermost first.

    Where none is left (a function of a helper that plays, in a scene of ManimGL's own), the innermost function
    outside ManimGL.
    """
    ours = str(Path(__file__).parent)
    theirs = str(Path(sys.modules["manimlib"].__file__ or "").parent)
    methods: list[Call] = []
    other: Call = ("", "", 0)
    frame: FrameType | None = sys._getframe(2)
    while frame:
        code = frame.f_code
        if not code.co_filename.startswith((ours, theirs)):
            here = (code.co_filename, code.co_name, frame.f_lineno)
            if code.co_varnames and frame.f_locals.get(code.co_varnames[0]) is scene:
                methods.append(here)
            other = other if other[0] else here
        elif code.co_name == "run" and frame.f_locals.get("self") is scene:
            break
        frame = frame.f_back
    return methods or [other]
