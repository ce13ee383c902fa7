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


class Format(StrEnum):
    """What kind of file a clip is."""

    video = "video"  # as the scene's class and its project's configuration say
    transparent = "transparent"
    gif = "gif"


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
        suffix: of the files it makes.
    """

    encoder: str
    options: tuple[str, ...]
    pixels: str = "yuv420p"
    filters: tuple[str, ...] = (CONVERSION,)
    device: tuple[str, ...] = ()
    suffix: str = ".mp4"

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


# ManimGL's own `-t`: ProRes 4444, which editing programs read.
MANIMGL_TRANSPARENT = {"movie_file_extension": ".mov", "video_codec": "prores_ks", "pixel_format": ""}

# For browsers. The encoder cannot look ahead where there is transparency.
VP9_TRANSPARENT = Encoding(
    "libvpx-vp9",
    ("-crf", "32", "-b:v", "0", "-row-mt", "1", "-deadline", "good", "-cpu-used", "3", "-auto-alt-ref", "0", *MARKS),
    "yuva420p",
    suffix=".webm",
)

# A palette for each frame: one palette for all would need every frame in memory until the last is drawn.
GIF = Encoding(
    "gif",
    (),
    "",
    ("split[look][use]", "[look]palettegen=stats_mode=single[palette]", "[use][palette]paletteuse=new=1"),
    suffix=".gif",
)


def find(codec: Codec, ffmpeg: str = "ffmpeg", format: Format = Format.video) -> Encoding | None:
    """What encodes like that here, tried out with a few frames; None for ManimGL's own command.

    Raises:
        UsageError: this ffmpeg, or this machine, or this codec in such a file, cannot.
        ToolMissing: there is no ffmpeg.
    """
    if format is Format.gif:
        if codec is not Codec.manimgl:
            raise UsageError(f"--codec {codec} makes no GIF.", "Leave --codec or --gif out.")
        return GIF
    if format is Format.transparent and codec not in (Codec.manimgl, Codec.vp9):
        raise UsageError(
            f"--codec {codec} cannot be transparent.",
            "With transparency:  --codec manimgl (ProRes 4444, .mov) or --codec vp9 (.webm)",
        )
    if codec is Codec.manimgl:
        return None
    said = ""
    for encoding in (VP9_TRANSPARENT,) if format is Format.transparent else ENCODINGS[codec]:
        said = try_out(encoding, ffmpeg)
        if not said:
            return encoding
    works = [other for other in ENCODINGS if any(not try_out(encoding, ffmpeg) for encoding in ENCODINGS[other])]
    raise UsageError(
        f"--codec {codec} does not work on this machine. ffmpeg says:\n    {said.splitlines()[0]}",
        f"What works here:  --codec {', '.join([Codec.manimgl, *works])}",
    )


def chain(*filters: str) -> str:
    """Filters one after the other, as ffmpeg writes them; one that names its inputs begins a new chain."""
    text = filters[0]
    for each in filters[1:]:
        text += f";{each}" if each.startswith("[") else f",{each}"
    return text


def try_out(encoding: Encoding, ffmpeg: str = "ffmpeg") -> str:
    """What ffmpeg has to say against encoding with it; nothing, if it can.

    Raises:
        ToolMissing: there is no ffmpeg.
    """
    with tempfile.TemporaryDirectory(prefix="darkroom-") as folder:
        command = [
            *(ffmpeg, "-y", "-loglevel", "error", *encoding.device),
            *("-f", "lavfi", "-i", "testsrc=s=640x360:r=30,format=rgba", "-frames:v", "3"),
            *("-vf", chain("vflip", *encoding.filters), *encoding.output()),
            str(Path(folder, f"try{encoding.suffix}")),
        ]
        try:
            done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        except FileNotFoundError:
            raise ToolMissing(ffmpeg, "ffmpeg", "ffmpeg") from None
    if not done.returncode:
        return ""
    words = [line for line in done.stderr.splitlines() if line.strip() and not line.startswith("Svt[info]")]
    return "\n".join(words) or f"(nothing, but it ended with code {done.returncode})"
