"""A portion of a scene: all of it runs, from the beginning, but only some of its frames are drawn.

Running without drawing takes a small part of the time, and leaves Python as it would be: updaters have seen each
frame, random numbers are drawn, clocks and generators have moved on. What each frame would draw is taken down
all the same, and a running digest of it tells whether two processes have come by the same frames.

Import this only after `engine.load()`.
"""

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from darkroom.engine.fast.drawlist import Item, frozen
from darkroom.engine.run import Run
from darkroom.errors import DarkroomError


class Indivisible(DarkroomError):
    """Nothing proves that this scene in portions is this scene."""


class PortionEnds(BaseException):
    """All frames of the portion are there; leaves the scene where it is."""


class Follower:
    """Goes through a scene, drawing only a portion of it.

    Args:
        run: of the scene, not started yet.
        first: the first frame of the portion, counted from 0.
        end: one past its last; None for the scene's end.
        cuts: numbers of frames after which the digest is noted.

    Attributes:
        marks: by number of frames, the digest of all that those frames draw, from the scene's first on.
    """

    def __init__(self, run: Run, first: int, end: int | None, cuts: Sequence[int]) -> None:
        if run.painter is None:
            raise Indivisible("it is drawn in ManimGL's own way.")
        self.marks: dict[int, str] = {}
        self._run, self._painter = run, run.painter
        self._first, self._end, self._cuts = first, end, set(cuts)
        self._refused = ""
        self._is_drawn = False  # whether the frame that stands was drawn
        self._history = hashlib.sha256()
        self._frame = b""
        self._known: dict[int, tuple[Item, bytes]] = {}  # by wrapper: what it drew in the last frame
        camera = run.scene.camera
        camera.capture, camera.get_raw_fbo_data = self.capture, self.raw
        self._buffers = [camera.fbo, camera.draw_fbo]
        if first:
            for buffer in self._buffers:
                buffer.read = buffer.read_into = self._refuse_to_look

    def __call__(self) -> bool:
        """Run the scene; True if it was left at the end of the portion, False if it came to its own.

        Raises:
            Indivisible: it does what cannot be followed.
        """
        try:
            self._run()
        except PortionEnds:
            return True
        finally:
            if self._refused:  # whatever the scene has made of it
                raise Indivisible(self._refused)
        return False

    def capture(self, *groups: Any) -> None:
        """In place of the camera's: take a frame down, and draw it if it may be one of ours."""
        frame = self._painter.take_down(*groups)
        reason = self._painter.why_not(frame)
        if reason:
            self._refuse(f"some of its frames are drawn in ManimGL's own way: {reason}.")
        self._frame = self._digest([item for item in frame if isinstance(item, Item)])
        self._is_drawn = self._run.frames >= self._first
        if self._is_drawn:
            for buffer in self._buffers:
                vars(buffer).pop("read", None)
                vars(buffer).pop("read_into", None)
            self._painter.draw(frame)

    def raw(self, dtype: str = "f1") -> bytes:
        """In place of the camera's: the frame's pixels."""
        if not self._is_drawn:
            self._refuse_to_look()
        return self._painter.raw(dtype)

    def has_frame(self) -> bool:
        """Called for each frame: take it into account, and say whether it is one of ours."""
        frames = self._run.frames
        self._history.update(self._frame)
        if frames in self._cuts:
            self.marks[frames] = self._history.hexdigest()
        return frames > self._first and (self._end is None or frames <= self._end)

    def end_portion(self) -> None:
        """Called after each frame, when it is dealt with: leave the scene if that was the last of ours."""
        if self._end is not None and self._run.frames >= self._end:
            raise PortionEnds

    def _refuse(self, reason: str) -> NoReturn:
        self._refused = self._refused or reason
        raise Indivisible(self._refused)

    def _refuse_to_look(self, *_: Any, **__: Any) -> NoReturn:
        self._refuse("it looks at its own frames.")

    def _digest(self, items: list[Item]) -> bytes:
        """Of all that decides how a frame looks."""
        camera = self._run.scene.camera
        whole = hashlib.sha256(self._words([*frozen(camera.uniforms), *camera.background_rgba, camera.fbo.size]))
        known = {}
        for item in items:
            before = self._known.get(id(item.wrapper))
            digest = before[1] if before and item.is_like(before[0]) else self._digest_of(item)
            known[id(item.wrapper)] = item, digest
            whole.update(digest)
        self._known = known
        return whole.digest()

    def _digest_of(self, item: Item) -> bytes:
        wrapper, data = item.wrapper, item.reading.data
        pictures = [_digest_of_picture(path) for path in wrapper.texture_paths.values()]
        digest = hashlib.sha256(
            self._words(
                [
                    *(type(wrapper).__name__, wrapper.depth_test, getattr(wrapper, "stroke_behind", None)),
                    *(_digest_of_code(*wrapper.program_code.items()), int(wrapper.render_primitive)),
                    *(*wrapper.texture_names_to_ids, *pictures, str(data.dtype), len(data)),
                    *frozen(wrapper.mobject_uniforms),
                ]
            )
        )
        digest.update(data.tobytes())
        return digest.digest()

    def _words(self, values: list[Any]) -> bytes:
        if any(type(value) is object for value in values):
            self._refuse("a uniform of it is of a kind that cannot be compared.")
        return repr(values).encode()


@cache
def _digest_of_code(*code: tuple[str, str | None]) -> str:
    return hashlib.sha256(repr(code).encode()).hexdigest()


@cache
def _digest_of_picture(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()
