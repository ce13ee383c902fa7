"""A clip on disk: frames through ffmpeg, under a temporary name until they are proved to be there."""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from queue import Queue
from threading import Thread
from types import TracebackType
from typing import Any, NamedTuple

from darkroom.codecs import Encoding, chain
from darkroom.errors import EncodingFailed, NotAsPlanned, ToolMissing

FRAMES_AHEAD = 2  # drawn and waiting for ffmpeg, at most
PIPE = 2**20  # bytes: as much as Linux lets a pipe hold

# glibc gives memory for a frame back to the system after each, which then clears it for the next one: a tenth of
# ffmpeg's work on frames that stand still. Not for ManimGL's own command: ffmpeg reads some memory that it has not
# written, which decides a few bytes of the file (the picture is the same), so that it would not be stock's.
_KEEP_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(2**32), "MALLOC_TRIM_THRESHOLD_": str(2**34)}


class Facts(NamedTuple):
    """What a video file really holds."""

    frames: int
    seconds: float
    width: int
    height: int
    fps: float
    has_sound: bool
    codec: str = ""  # such as "h264 yuv420p"


class Clip:
    """Writes raw frames to `path`, with the very command ManimGL's writer uses unless told another.

    A context manager.

    Nothing appears under the final name until `keep()`; leaving the block without it removes every trace.

    Args:
        path: the final file.
        size: width and height in pixels.
        fps: frames per second; a Fraction reaches ffmpeg as it is.
        config: ManimGL's `file_writer` configuration: ffmpeg_bin, video_codec, pixel_format, saturation and
            gamma.
        encoding: what to encode with instead of its `video_codec` and `pixel_format`.
    """

    def __init__(
        self,
        path: Path,
        size: tuple[int, int],
        fps: float | Fraction,
        config: dict[str, Any],
        encoding: Encoding | None = None,
    ) -> None:
        self.path = path
        self.size = size
        self.fps = float(fps)
        self.ffmpeg = config["ffmpeg_bin"]
        self.frames = 0
        self._keeps_memory = encoding is not None
        self._temporary = partial_name(path)
        self._wave = self._temporary.with_suffix(".wav")
        width, height = size
        codec, pixels = config["video_codec"], config["pixel_format"]
        look = f"eq=saturation={config['saturation']}:gamma={config['gamma']}"
        filters = ["vflip", look]
        if encoding:
            is_plain = config["saturation"] == 1 == config["gamma"]  # then `eq` would only cost the way to YUV
            filters = ["vflip", *([] if is_plain else [look]), *encoding.filters]
            output = encoding.output()
        else:
            output = [*(["-vcodec", codec] if codec else []), *(["-pix_fmt", pixels] if pixels else [])]
        self._command = [
            *(self.ffmpeg, "-y", *(encoding.device if encoding else ())),
            *("-f", "rawvideo", "-s", f"{width}x{height}", "-pix_fmt", "rgba", "-r", str(fps), "-i", "-"),
            *("-vf", chain(*filters), "-an", "-loglevel", "error", *output, str(self._temporary)),
        ]

    def __enter__(self) -> "Clip":
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise EncodingFailed(f"cannot make the folder {self.path.parent}: {error.strerror}.") from None
        self._words = tempfile.TemporaryFile()
        environment = {**_KEEP_MEMORY, **os.environ} if self._keeps_memory else None
        try:
            self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stderr=self._words, env=environment)
        except FileNotFoundError:
            raise ToolMissing(self.ffmpeg, "ffmpeg", "ffmpeg") from None
        assert self._process.stdin
        _widen(self._process.stdin.fileno())
        # ffmpeg takes nothing while it converts a frame: the next ones are drawn meanwhile.
        self._waiting: Queue[bytes | None] = Queue(FRAMES_AHEAD)
        self._trouble: Exception | None = None  # why no more frames go to ffmpeg
        self._feeder = Thread(target=self._feed, daemon=True)
        self._feeder.start()
        return self

    def _feed(self) -> None:
        """Hand frames on until there is None. After an error go on taking them, so that `write` does not wait."""
        assert self._process.stdin
        for raw in iter(self._waiting.get, None):
            if self._trouble is None:
                try:
                    self._process.stdin.write(raw)
                except Exception as error:
                    self._trouble = error

    def _stop_feeding(self) -> None:
        if self._feeder.is_alive():
            self._waiting.put(None)
            self._feeder.join()

    def write(self, raw: bytes) -> None:
        """Append one frame: RGBA bytes, bottom row first.

        Raises:
            EncodingFailed: ffmpeg has died, then the message holds its own words; or it could not be given a frame.
        """
        self._waiting.put(raw)
        self.frames += 1
        self._raise_trouble()

    def _raise_trouble(self) -> None:
        if self._trouble is None:
            return
        if isinstance(self._trouble, BrokenPipeError):
            self._process.wait()
            raise self._failure()
        raise EncodingFailed(f"a frame of {self.path.name} could not be sent to ffmpeg: {self._trouble}.") from None

    def peak_memory(self) -> int:
        """The most that ffmpeg has used so far, in bytes; 0 where the system does not tell."""
        try:
            status = Path(f"/proc/{self._process.pid}/status").read_text()
        except OSError:
            return 0
        return next((int(line.split()[1]) << 10 for line in status.splitlines() if line.startswith("VmHWM:")), 0)

    def keep(self, sound: Any | None = None) -> Facts:
        """Finish the file, add its sound, prove that all is there, and give it its name.

        Args:
            sound: a pydub AudioSegment, if the scene has one.

        Raises:
            EncodingFailed, NotAsPlanned: and nothing is left behind.
        """
        self._stop_feeding()
        assert self._process.stdin
        if self._trouble is None:
            try:
                self._process.stdin.close()
            except OSError as error:
                self._trouble = error
        self._raise_trouble()
        if self._process.wait() != 0:
            raise self._failure()
        try:
            if sound is not None:
                self._add_sound(sound)
            facts = self._verified()
        except NotAsPlanned:
            if self._said():  # ffmpeg 5 leaves a full disk with code 0 and a file nobody can read
                raise self._failure() from None
            raise
        os.replace(self._temporary, self.path)
        return facts

    def _verified(self) -> Facts:
        facts = probe(self._temporary)
        length = self.frames / self.fps
        slack = 0.5 / self.fps + (0.02 if self.path.suffix == ".gif" else 0)  # a GIF counts hundredths
        if facts.frames != self.frames or abs(facts.seconds - length) > slack:
            raise NotAsPlanned(
                f"{self.path.name}: {self.frames} frames ({length:.3f} s) were sent to ffmpeg, "
                f"but the file holds {facts.frames} ({facts.seconds:.3f} s).",
                "Run it again; if it stays so, this ffmpeg is not to be trusted:  ffmpeg -version",
            )
        return facts

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._stop_feeding()
        self._words.close()
        self._temporary.unlink(missing_ok=True)
        self._wave.unlink(missing_ok=True)

    def _add_sound(self, sound: Any) -> None:
        """As ManimGL does: the picture copied, the sound as AAC beside it."""
        sound.export(self._wave, format="wav", bitrate="312k")
        joined = self._temporary.with_suffix(".sound" + self._temporary.suffix)
        run_ffmpeg(
            [
                *("-i", str(self._temporary), "-i", str(self._wave), "-map", "0:v:0", "-map", "1:a:0"),
                *("-c:v", "copy", *sound_codec(self.path), str(joined)),
            ],
            self.ffmpeg,
        )
        os.replace(joined, self._temporary)

    def _said(self) -> str:
        self._words.seek(0)
        return self._words.read().decode(errors="replace")

    def _failure(self) -> EncodingFailed:
        return encoding_failed(self._said(), self._process.returncode, self.path)


def _widen(pipe: int) -> None:
    """Let a pipe hold more, where there is a way: fewer turns between the two processes for each frame."""
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        with contextlib.suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE)


def sound_codec(path: Path) -> tuple[str, ...]:
    """How the sound of a file of that kind is encoded: as ManimGL does it, but WebM knows no AAC."""
    return ("-c:a", "libopus", "-b:a", "256k") if path.suffix == ".webm" else ("-c:a", "aac", "-b:a", "320k")


def partial_name(path: Path) -> Path:
    """The name a file of this process goes by until it is complete."""
    return path.with_name(f".{path.stem}.{os.getpid()}.partial{path.suffix}")


def remove_partials(folder: Path, pid: int) -> None:
    """Remove what a process that is no more has left incomplete."""
    for leftover in folder.glob(f".*.{pid}.partial*"):
        leftover.unlink(missing_ok=True)


def run_ffmpeg(arguments: Sequence[str], ffmpeg: str = "ffmpeg") -> None:
    """Run ffmpeg over files; the last argument is the file it writes, removed again if it fails.

    Raises:
        EncodingFailed: with ffmpeg's own words.
        ToolMissing: no ffmpeg.
    """
    written = Path(arguments[-1])
    try:
        done = subprocess.run(
            [ffmpeg, "-y", "-loglevel", "error", *arguments], capture_output=True, stdin=subprocess.DEVNULL
        )
    except FileNotFoundError:
        raise ToolMissing(ffmpeg, "ffmpeg", "ffmpeg") from None
    except BaseException:  # interrupted: subprocess has ended ffmpeg, its half-written file is ours to remove
        written.unlink(missing_ok=True)
        raise
    if done.returncode:
        written.unlink(missing_ok=True)
        raise encoding_failed(done.stderr.decode(errors="replace"), done.returncode, written)


def encoding_failed(words: str, code: int, path: Path) -> EncodingFailed:
    """What to tell a person whose ffmpeg has died."""
    words = words.strip() or "(it said nothing)"
    how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
    free = shutil.disk_usage(path.parent).free
    hint = ""
    if "No space left" in words or free < 2**20:
        hint = f"The disk of {path.parent} is full: make room, or write elsewhere with --output DIR."
    elif "Unknown encoder" in words:
        hint = "This ffmpeg was built without that encoder: install your system's full ffmpeg package."
    elif "Could not find tag for codec" in words:
        hint = (
            f"A {path.suffix} file cannot hold what that encoder makes. Give the scene's class another: "
            'default_file_writer_config = dict(movie_file_extension=".mov", ...)'
        )
    return EncodingFailed(f"ffmpeg {how} while writing {path.name}. It said:\n    {indented(words)}", hint)


def indented(text: str, limit: int = 12) -> str:
    return "\n    ".join(text.splitlines()[-limit:])


def probe(path: Path) -> Facts:
    """Read back what a video file holds, by ffprobe.

    Raises:
        NotAsPlanned: it is no readable video.
        ToolMissing: no ffprobe.
    """
    wanted = "stream=codec_type,codec_name,pix_fmt,nb_read_packets,duration,width,height,avg_frame_rate"
    wanted += ":format=duration"  # WebM tells it only of the whole file
    command = ["ffprobe", "-v", "error", "-count_packets", "-show_entries", wanted, "-of", "json", str(path)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    except FileNotFoundError:
        raise ToolMissing("ffprobe", "ffmpeg", "ffmpeg") from None
    found = json.loads(done.stdout or "{}")
    streams = found.get("streams", [])
    video = next((stream for stream in streams if stream["codec_type"] == "video"), None)
    if video is None or "nb_read_packets" not in video:
        raise NotAsPlanned(f"{path.name} is no readable video. ffprobe said:\n    {indented(done.stderr)}")
    frames = int(video["nb_read_packets"])
    seconds = float(video.get("duration") or found["format"].get("duration", 0))
    rate = video["avg_frame_rate"]
    if rate == "0/0":  # of a GIF of one or two frames
        rate = frames / seconds if seconds else 0
    return Facts(
        frames=frames,
        seconds=seconds,
        width=video["width"],
        height=video["height"],
        fps=float(Fraction(rate)),
        has_sound=any(stream["codec_type"] == "audio" for stream in streams),
        codec=f"{video.get('codec_name')} {video.get('pix_fmt')}",
    )
