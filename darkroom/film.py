"""The final cut: clips joined into one file without encoding them again, a chapter for each."""

import json
import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from darkroom.discover import Film, SceneRef, shown
from darkroom.engine.clip import Facts, partial_name, probe, run_ffmpeg, sound_codec
from darkroom.errors import DarkroomError, NotAsPlanned, UsageError
from darkroom.tasks import Rendered

MILLISECONDS = 1000


class Chapter(NamedTuple):
    """A stretch of a film: its name, and from when to when in seconds."""

    title: str
    start: float
    end: float


class CannotJoin(DarkroomError):
    """Clips that do not fit one film."""


def require_one_shape(film: Film) -> None:
    """Refuse a film of scenes that are made for frames of different shapes, before anything is rendered.

    Raises:
        UsageError: naming one scene of each shape.
    """
    first, *others = film.scenes
    for other in others:
        if other.frame_shape != first.frame_shape:
            raise UsageError(
                f"{first.name} is made for a frame {_frame(first)}, but {other.name} for one {_frame(other)}: "
                "one film has one shape.",
                f"Make a film of each scene:  darkroom film {shown(film.path)}:{first.name}",
            )


def _frame(scene: SceneRef) -> str:
    return "{:g} wide and {:g} tall".format(*scene.frame_shape) if scene.frame_shape else "as configured"


def join(clips: Sequence[Rendered], titles: Sequence[str], path: Path) -> tuple[Facts, list[Chapter]]:
    """Join clips into `path`, with chapter marks, and prove that all of them are in it.

    Args:
        clips: in the order of the film; all of one size and frame rate.
        titles: the name of each clip's chapter.
        path: the film. It appears under this name only when it is complete.

    Returns:
        what the file holds, and its chapters as they were read back.

    Raises:
        CannotJoin: the clips differ in size, frame rate or kind.
        EncodingFailed, NotAsPlanned: and no file is left.
    """
    require_alike(clips)
    chapters = _chapters(clips, titles)
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = partial_name(path)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".joining-") as folder:
        track_name = "sound.mka" if path.suffix == ".webm" else "sound.m4a"
        order, marks, track = (Path(folder, name) for name in ("clips.txt", "chapters.txt", track_name))
        order.write_text(concat_list(clips))
        marks.write_text(_chapter_file(path.stem, chapters))
        inputs = ["-f", "concat", "-safe", "0", "-i", str(order), "-i", str(marks)]
        streams = ["-map", "0:v", "-map_metadata", "1", "-map_chapters", "1"]
        if any(clip.has_sound for clip in clips):
            _write_sound_track(clips, track, sound_codec(path))
            inputs += ["-i", str(track)]
            streams += ["-map", "2:a"]
        try:
            # -xerror, because ffmpeg passes over a clip that it cannot open, and ends with code 0
            run_ffmpeg(["-xerror", *inputs, *streams, "-c", "copy", str(whole)])
            facts, found = probe(whole), read_chapters(whole)
            _check(path, facts, found, clips, chapters)
            os.replace(whole, path)
            earlier(path).unlink(missing_ok=True)
        finally:
            whole.unlink(missing_ok=True)
    return facts, found


def require_alike(clips: Sequence[Rendered]) -> None:
    """Refuse clips that make no film.

    Raises:
        CannotJoin: they differ in size, frame rate or kind of file, or are GIFs.
    """
    first = clips[0]
    for clip in clips:
        if clip.path.suffix == ".gif":
            raise CannotJoin(
                f"{clip.path.stem} is a GIF, as its class asks: those cannot be joined.",
                "With an encoder of your own choice it is a video:  darkroom film ... --codec h265",
            )
        if (clip.size, clip.fps) != (first.size, first.fps):
            raise CannotJoin(
                f"{clip.path.stem} is {_shape(clip)}, but {first.path.stem} is {_shape(first)}: "
                "one film has one frame rate and size.",
                f"For one frame rate:  darkroom film ... --fps {first.fps:g}",
            )
        if (clip.path.suffix, clip.codec) != (first.path.suffix, first.codec):
            raise CannotJoin(
                f"{clip.path.name} is {clip.codec}, but {first.path.name} is {first.codec}, as their classes ask: "
                "one film has one encoder.",
                "For one encoder:  darkroom film ... --codec h265",
            )


def set_aside(path: Path) -> Path | None:
    """Rename the film of an earlier run, so that nobody takes it for the one that could not be made.

    Returns:
        where it is now; None if there is none.
    """
    aside = earlier(path)
    try:
        os.replace(path, aside)
    except FileNotFoundError:
        return None
    return aside


def earlier(path: Path) -> Path:
    """What a film is called that was made before the last attempt, which failed."""
    return path.with_stem(f"{path.stem}.earlier")


def _shape(clip: Rendered) -> str:
    return f"{clip.size[0]}x{clip.size[1]} at {clip.fps:g} frames/s"


def _chapters(clips: Sequence[Rendered], titles: Sequence[str]) -> list[Chapter]:
    chapters = []
    start = 0.0
    for clip, title in zip(clips, titles, strict=True):
        end = start + clip.frames / clip.fps
        chapters.append(Chapter(title, start, end))
        start = end
    return chapters


def _chapter_file(title: str, chapters: Sequence[Chapter]) -> str:
    """ffmpeg's own metadata format."""

    def escaped(text: str) -> str:
        return "".join("\\" + letter if letter in "=;#\\\n" else letter for letter in text)

    lines = [";FFMETADATA1", f"title={escaped(title)}"]
    for chapter in chapters:
        start, end = (round(at * MILLISECONDS) for at in (chapter.start, chapter.end))
        lines += ["[CHAPTER]", f"TIMEBASE=1/{MILLISECONDS}", f"START={start}", f"END={end}"]
        lines += [f"title={escaped(chapter.title)}"]
    return "\n".join(lines) + "\n"


def concat_list(clips: Sequence[Rendered]) -> str:
    """Clips in the format of ffmpeg's concat demuxer."""
    # Say how long each is: a sound track a little longer than its picture must not push the next back.
    return "".join(f"file {_quoted(clip.path)}\nduration {_seconds(clip)}\n" for clip in clips)


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "'\\''") + "'"


def _seconds(clip: Rendered) -> str:
    return f"{clip.frames / clip.fps:.6f}"


def _write_sound_track(clips: Sequence[Rendered], track: Path, codec: Sequence[str]) -> None:
    """One sound track for the whole film: each clip's own, exactly as long as its picture, or silence.

    Made in one piece: AAC tracks joined end to end overlap by a few milliseconds at every seam.
    """
    inputs: list[str] = []
    filters = []
    for index, clip in enumerate(clips):
        silence = ("-f", "lavfi", "-i", "anullsrc")
        inputs += ("-i", str(clip.path)) if clip.has_sound else silence
        alike = "aformat=sample_rates=48000:channel_layouts=stereo"
        filters.append(f"[{index}:a]{alike},apad,atrim=duration={_seconds(clip)}[a{index}]")
    seams = "".join(f"[a{index}]" for index in range(len(clips)))
    filters.append(f"{seams}concat=n={len(clips)}:v=0:a=1[sound]")
    run_ffmpeg([*inputs, "-filter_complex", ";".join(filters), "-map", "[sound]", *codec, str(track)])


def read_chapters(path: Path) -> list[Chapter]:
    """The chapters a video file has."""
    command = ["ffprobe", "-v", "error", "-show_chapters", "-of", "json", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return [
        Chapter(mark.get("tags", {}).get("title", ""), float(mark["start_time"]), float(mark["end_time"]))
        for mark in json.loads(done.stdout or "{}").get("chapters", [])
    ]


def _check(
    path: Path, facts: Facts, found: Sequence[Chapter], clips: Sequence[Rendered], chapters: Sequence[Chapter]
) -> None:
    frames = sum(clip.frames for clip in clips)
    seconds = frames / clips[0].fps
    if facts.frames != frames or abs(facts.seconds - seconds) > 0.5 / clips[0].fps:
        raise NotAsPlanned(
            f"{path.name}: its clips have {frames} frames ({seconds:.3f} s), but joined they are "
            f"{facts.frames} ({facts.seconds:.3f} s)."
        )
    if [chapter.title for chapter in found] != [chapter.title for chapter in chapters]:
        raise NotAsPlanned(f"{path.name}: its chapters came out as {[chapter.title for chapter in found]}.")
