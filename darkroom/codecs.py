"""How a clip is encoded: ManimGL's own way, without loss, smaller, or by a graphics card."""

import subprocess
import tempfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from darkroom.errors import ToolMissing, UsageError

# Every encoder but ManimGL's own gets colours converted as the file says they are.
MARKS = ("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv")
CONVERSION = "scale=out_color_matrix=bt709:out_range=tv"


class Codec(StrEnum):
    """What can be asked for."""

    manimgl = "manimgl"
    lossless = "lossless"
    h265 = "h265"
    vp9 = "vp9"
    av1 = "av1"
    nvenc = "nvenc"
    vaapi = "vaapi"
    qsv = "qsv"
    videotoolbox = "videotoolbox"


@dataclass(frozen=True)
class Encoding:
    """What to tell ffmpeg.

    Attributes:
        encoder: ffmpeg's name for it.
        options: its own.
        pixels: the pixel format it is handed.
        filters: that come last, as ffmpeg writes them.
        device: options that come before the input.
    """

    encoder: str
    options: tuple[str, ...]
    pixels: str = "yuv420p"
    filters: tuple[str, ...] = (CONVERSION,)
    device: tuple[str, ...] = ()

    def output(self) -> list[str]:
        """The options of the encoder."""
        return ["-c:v", self.encoder, *self.options, *(["-pix_fmt", self.pixels] if self.pixels else [])]


# Qualities are about the default's: measured in docs/rendering.md.
ENCODINGS: dict[Codec, tuple[Encoding, ...]] = {
    Codec.lossless: (Encoding("libx264rgb", ("-qp", "0", "-preset", "fast"), "rgb24", ()),),
    Codec.h265: (
        Encoding("libx265", ("-crf", "26", "-tag:v", "hvc1", "-x265-params", "log-level=error", *MARKS)),
    ),
    Codec.vp9: (
        Encoding(
            "libvpx-vp9",
            ("-crf", "32", "-b:v", "0", "-row-mt", "1", "-deadline", "good", "-cpu-used", "3", *MARKS),
        ),
    ),
    Codec.av1: (
        Encoding("libsvtav1", ("-crf", "34", "-preset", "8", *MARKS)),
        Encoding("libaom-av1", ("-crf", "32", "-b:v", "0", "-cpu-used", "8", "-row-mt", "1", *MARKS)),
    ),
    Codec.nvenc: (Encoding("h264_nvenc", ("-preset", "p5", "-rc", "vbr", "-cq", "21", "-b:v", "0", *MARKS)),),
    Codec.vaapi: (
        Encoding(
            "h264_vaapi",
            ("-qp", "21", *MARKS),
            "",
            (CONVERSION, "format=nv12", "hwupload"),
            ("-vaapi_device", "/dev/dri/renderD128"),
        ),
    ),
    Codec.qsv: (Encoding("h264_qsv", ("-global_quality", "21", *MARKS), "nv12"),),
    Codec.videotoolbox: (Encoding("h264_videotoolbox", ("-q:v", "65", *MARKS)),),
}


def find(codec: Codec, ffmpeg: str = "ffmpeg") -> Encoding | None:
    """What encodes like that here, tried out with a few frames; None for ManimGL's own command.

    Raises:
        UsageError: this ffmpeg, or this machine, cannot.
        ToolMissing: there is no ffmpeg.
    """
    if codec is Codec.manimgl:
        return None
    said = ""
    for encoding in ENCODINGS[codec]:
        said = try_out(encoding, ffmpeg)
        if not said:
            return encoding
    works = [other for other in ENCODINGS if any(not try_out(encoding, ffmpeg) for encoding in ENCODINGS[other])]
    raise UsageError(
        f"--codec {codec} does not work on this machine. ffmpeg says:\n    {said.splitlines()[0]}",
        f"What works here:  --codec {', '.join([Codec.manimgl, *works])}",
    )


def try_out(encoding: Encoding, ffmpeg: str = "ffmpeg") -> str:
    """What ffmpeg has to say against encoding with it; nothing, if it can.

    Raises:
        ToolMissing: there is no ffmpeg.
    """
    with tempfile.TemporaryDirectory(prefix="darkroom-") as folder:
        command = [
            *(ffmpeg, "-y", "-loglevel", "error", *encoding.device),
            *("-f", "lavfi", "-i", "testsrc=s=640x360:r=30,format=rgba", "-frames:v", "3"),
            *("-vf", ",".join(["vflip", *encoding.filters]), *encoding.output(), str(Path(folder, "try.mp4"))),
        ]
        try:
            done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        except FileNotFoundError:
            raise ToolMissing(ffmpeg, "ffmpeg", "ffmpeg") from None
    if not done.returncode:
        return ""
    words = [line for line in done.stderr.splitlines() if line.strip() and not line.startswith("Svt[info]")]
    return "\n".join(words) or f"(nothing, but it ended with code {done.returncode})"
