"""A clip that cannot be written ends with the reason, and leaves nothing behind."""

import errno
import os
import subprocess
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest

from darkroom.engine.clip import Clip
from darkroom.errors import EncodingFailed

CONFIG = {"ffmpeg_bin": "ffmpeg", "video_codec": "libx264", "pixel_format": "yuv420p", "saturation": 1.0, "gamma": 1.0}
FRAME = bytes(32 * 16 * 4)


class Failing:
    """Stands in for the pipe to ffmpeg: the third frame raises an error."""

    def __init__(self, pipe: Any, error: Exception) -> None:
        self.pipe, self.error, self.written = pipe, error, 0

    def write(self, raw: bytes) -> None:
        self.written += 1
        if self.written == 3:
            raise self.error
        self.pipe.write(raw)

    def close(self) -> None:
        self.pipe.close()


@pytest.mark.parametrize("frames", [3, 20])
@pytest.mark.parametrize(
    "error",
    [OSError(errno.EIO, os.strerror(errno.EIO)), ValueError("write to closed file"), MemoryError("no room")],
    ids=lambda error: type(error).__name__,
)
def test_whatever_keeps_frames_from_ffmpeg_ends_the_clip(error: Exception, frames: int, tmp_path: Path) -> None:
    raised: list[BaseException] = []

    def write() -> None:
        try:
            with Clip(tmp_path / "a.mp4", (32, 16), 30, CONFIG) as clip:
                clip._process.stdin = Failing(clip._process.stdin, error)  # type: ignore[assignment]
                for _ in range(frames):
                    clip.write(FRAME)
                clip.keep()
        except EncodingFailed as failure:
            raised.append(failure)

    writer = Thread(target=write, daemon=True)
    writer.start()
    writer.join(20)
    assert not writer.is_alive(), "waits for ever"
    assert f"a frame of a.mp4 could not be sent to ffmpeg: {error}" in str(raised[0])
    assert not list(tmp_path.iterdir())


def test_the_file_is_that_of_manimgls_command_to_the_byte(tmp_path: Path) -> None:
    """ffmpeg reads memory that it has not written; with other settings of malloc a few bytes come out otherwise."""
    width, height = 854, 480
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    frames = np.full((10, height, width, 4), 255, np.uint8)
    for number, frame in enumerate(frames):
        frame[abs(np.hypot(x - 300 - 5 * number, y - 240) - 92) < 2] = 252, 98, 85, 255
    with Clip(tmp_path / "ours.mp4", (width, height), 30, CONFIG) as clip:
        for frame in frames:
            clip.write(frame.tobytes())
        clip.keep()
    command = [*clip._command[:-1], str(tmp_path / "stock.mp4")]
    subprocess.run(command, input=frames.tobytes(), check=True)
    assert (tmp_path / "ours.mp4").read_bytes() == (tmp_path / "stock.mp4").read_bytes()
