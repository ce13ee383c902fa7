"""Encoders: without loss where that is asked for, joined without another encoding, refused where there is none."""

import subprocess
from pathlib import Path

import numpy as np
import pytest

from darkroom import codecs, film
from darkroom.codecs import Codec, Encoding
from darkroom.engine.clip import Clip, Facts
from darkroom.errors import UsageError
from darkroom.tasks import Rendered
from tests.darkroom.conftest import Darkroom
from tests.darkroom.test_film import pictures

SIZE = (128, 72)
MANIMGL = {"ffmpeg_bin": "ffmpeg", "video_codec": "libx264", "pixel_format": "yuv420p", "saturation": 1.0, "gamma": 1.0}


def frames(count: int, seed: int) -> list[np.ndarray]:
    """Noise, opaque, bottom row first: nothing is harder to keep."""
    random = np.random.default_rng(seed)
    pictures = random.integers(0, 256, (count, SIZE[1], SIZE[0], 4), dtype=np.uint8)
    pictures[..., 3] = 255
    return list(pictures)


def encode(path: Path, pictures: list[np.ndarray], encoding: Encoding | None, **config: object) -> Facts:
    with Clip(path, SIZE, 30, {**MANIMGL, **config}, encoding) as clip:
        for picture in pictures:
            clip.write(picture.tobytes())
        return clip.keep()


def decode(path: Path) -> np.ndarray:
    command = ["ffmpeg", "-loglevel", "error", "-i", path, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    raw = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(-1, SIZE[1], SIZE[0], 3)


@pytest.mark.slow
def test_lossless_gives_every_byte_back(tmp_path: Path) -> None:
    sent = frames(7, seed=1)
    encode(tmp_path / "clip.mp4", sent, codecs.find(Codec.lossless))
    assert (decode(tmp_path / "clip.mp4") == np.array(sent)[:, ::-1, :, :3]).all()


@pytest.mark.slow
def test_a_configured_look_is_kept_by_every_encoder(tmp_path: Path) -> None:
    sent = frames(2, seed=1)
    encode(tmp_path / "clip.mp4", sent, codecs.find(Codec.lossless), saturation=0.0)
    red, green, blue = np.moveaxis(decode(tmp_path / "clip.mp4").astype(int), -1, 0)
    assert np.abs(red - green).max() <= 3, "gray"
    assert np.abs(red - blue).max() <= 3


@pytest.mark.slow
@pytest.mark.parametrize("codec", ["lossless", "h265", "vp9", "av1", "nvenc", "vaapi", "qsv", "videotoolbox"])
def test_clips_are_joined_without_encoding_them_again(tmp_path: Path, codec: str) -> None:
    try:
        encoding = codecs.find(Codec(codec))
    except UsageError:
        pytest.skip(f"no {codec} on this machine")
    clips = []
    for seed, count in ((1, 40), (2, 33)):
        path = tmp_path / f"{seed}.mp4"
        facts = encode(path, frames(count, seed), encoding)
        assert (facts.frames, facts.width, facts.height) == (count, *SIZE)
        clips.append(Rendered(path, count, count / 30, 30, SIZE, False, count / 30, 1.0, {}))
    facts, _ = film.join(clips, ["One", "Two"], tmp_path / "film.mp4")
    assert facts.frames == 73
    assert pictures(tmp_path / "film.mp4") == [picture for clip in clips for picture in pictures(clip.path)]


@pytest.mark.slow
def test_colours_come_back_as_they_were(tmp_path: Path) -> None:
    """Marked files: whoever plays them knows how to turn their colours back."""
    colours = np.array([(200, 40, 40), (40, 200, 40), (40, 40, 200), (240, 200, 20)], np.uint8)
    picture = np.full((SIZE[1], SIZE[0], 4), 255, np.uint8)
    picture[..., :3] = np.repeat(colours, SIZE[0] // 4, axis=0)
    for codec in (Codec.h265, Codec.vp9, Codec.av1):
        try:
            encoding = codecs.find(codec)
        except UsageError:
            continue
        encode(tmp_path / f"{codec}.mp4", [picture] * 3, encoding)
        middles = decode(tmp_path / f"{codec}.mp4")[0, 36, 16::32].astype(int)
        assert np.abs(middles - colours).max() <= 6, codec


def test_what_this_machine_cannot_do_is_said_with_what_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = (Encoding("h264_of_the_future", ()),)
    lossless = codecs.ENCODINGS[Codec.lossless]
    monkeypatch.setattr(codecs, "ENCODINGS", {Codec.nvenc: nowhere, Codec.lossless: lossless})
    with pytest.raises(UsageError) as refused:
        codecs.find(Codec.nvenc)
    assert "--codec nvenc does not work on this machine" in refused.value.message
    assert "h264_of_the_future" in refused.value.message
    assert refused.value.hint == "What works here:  --codec manimgl, lossless"


def test_the_second_choice_is_taken_where_the_first_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    choices = (Encoding("no_such", ()), *codecs.ENCODINGS[Codec.lossless])
    monkeypatch.setattr(codecs, "ENCODINGS", {Codec.av1: choices})
    assert codecs.find(Codec.av1) == choices[1]


def test_the_default_is_manimgls_own_command(tmp_path: Path) -> None:
    assert codecs.find(Codec.manimgl) is None
    command = Clip(tmp_path / "a.mp4", SIZE, 30, MANIMGL)._command
    assert command[command.index("-vf") + 1] == "vflip,eq=saturation=1.0:gamma=1.0"
    assert command[command.index("-vcodec") + 1] == "libx264"


def test_an_unknown_codec_is_refused(darkroom: Darkroom) -> None:
    done = darkroom("render", "_2025/shapes", "--codec", "h266")
    assert done.returncode == 2
    assert "'lossless'" in done.stderr
