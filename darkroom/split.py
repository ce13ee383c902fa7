"""Long scenes in portions: so that they do not keep one worker busy while the others have nothing left.

Each portion runs the whole scene up to its end and draws only its own frames (`engine.split`). The last one has
then seen what every frame draws; only if the others have seen the very same are they put together. Otherwise,
and that is remembered, the scene is rendered in one piece.
"""

import math
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from darkroom import film, lengths, tasks
from darkroom.codecs import Encoding, Format
from darkroom.engine import fast
from darkroom.engine.clip import partial_name, probe, run_ffmpeg, sound_codec
from darkroom.errors import DarkroomError, NotAsPlanned
from darkroom.farm import Farm
from darkroom.jobs import Failure, Job, Outcome
from darkroom.pool import Pool
from darkroom.tasks import Length, Refusal, Rendered, Report

MUCH = 1.2  # times a worker's fair share that a scene must be to be divided
SMALLEST = 200  # frames in a portion, at least
FOLLOWING = 0.1  # what going through a frame costs, of what rendering it does
DRAWING = 0.01  # seconds that rendering a frame takes, at least


@dataclass(frozen=True)
class Portion:
    """Some frames of a scene, on disk.

    Attributes:
        clip: as if they were a scene. Where they end before the scene does, so do its clock and what it has seen.
        marks: by number of frames, the digest of all that the scene has shown until then.
        sound: the scene's sound track as a WAV file, if it has one and this is the last portion.
    """

    clip: Rendered
    marks: Mapping[int, str]
    sound: Path | None


def render_portion(
    scene_class: Any,
    report: Report,
    path: Path,
    first: int,
    end: int | None,
    cuts: Sequence[int],
    fps: Fraction | None = None,
    encoding: Encoding | None = None,
    format: Format = Format.video,
) -> Portion | Refusal:
    """In a worker process: render some frames of a scene to `path`.

    Args:
        scene_class: the scene.
        report: told now and then how many frames of the portion there are.
        path: where they go.
        first: the first of them, counted from 0.
        end: one past the last; None for all that are left.
        cuts: numbers of frames after which digests are to be compared.
        fps: frames per second instead of the configured ones.
        encoding: what to encode with instead of ManimGL's own way.
        format: what kind of file.
    """
    from darkroom.engine.clip import Clip
    from darkroom.engine.run import Observer, Run
    from darkroom.engine.split import Follower, Indivisible

    started = time.monotonic()
    target = tasks.Target.of(scene_class, path, encoding, format)
    if target.path.suffix == ".gif":
        return Refusal("it is a GIF, and those cannot be joined.")
    if target.is_subdivided or target.has_last_frame:
        return Refusal("its class asks for more files than its clip.")

    class Writing(Observer):
        said = 0.0

        def on_frame(self, run: "Run") -> None:
            if follower.has_frame():
                clip.write(run.raw())
                if time.monotonic() - self.said > tasks.REPORT_EVERY:
                    self.said = time.monotonic()
                    report(clip.frames)
            follower.end_portion()

    run = Run(scene_class, Writing(), fps=tasks.as_float(fps), camera=target.camera)
    try:
        follower = Follower(run, first, end, cuts)
        with Clip(target.path, run.size, fps or run.fps, target.config, encoding) as clip:
            was_left = follower()
            if not clip.frames or was_left != (end is not None):
                return Refusal("it is not as long as when it was measured.")
            report(clip.frames)
            encoder_memory = clip.peak_memory()
            facts = clip.keep()
    except Indivisible as refusal:
        return Refusal(refusal.message)
    sound = None
    if end is None and run.sound:
        sound = path.with_suffix(".wav")
        run.sound.export(sound, format="wav", bitrate="312k")
    return Portion(tasks.account(run, target, facts, started, encoder_memory), follower.marks, sound)


def join(portions: Sequence[Portion], path: Path) -> Rendered:
    """Put portions together into `path`, without encoding them again.

    Raises:
        DarkroomError: and no file is left.
    """
    clips, last = [portion.clip for portion in portions], portions[-1]
    path = path.with_suffix(clips[0].path.suffix)
    whole, order = partial_name(path), clips[0].path.with_suffix(".txt")
    path.parent.mkdir(parents=True, exist_ok=True)
    order.write_text(film.concat_list(clips))
    arguments = ["-f", "concat", "-safe", "0", "-i", str(order)]
    if last.sound:
        arguments += ["-i", str(last.sound), "-map", "0:v:0", "-map", "1:a:0", *sound_codec(path)]
    frames = sum(clip.frames for clip in clips)
    try:
        run_ffmpeg(["-xerror", *arguments, "-c:v", "copy", str(whole)])
        facts = probe(whole)
        if facts.frames != frames or abs(facts.seconds - frames / clips[0].fps) > 0.5 / clips[0].fps:
            raise NotAsPlanned(f"{path.name}: its portions have {frames} frames, joined they are {facts.frames}.")
        os.replace(whole, path)
    finally:
        whole.unlink(missing_ok=True)
    return replace(
        last.clip,
        path=path,
        frames=facts.frames,
        seconds=facts.seconds,
        has_sound=facts.has_sound,
        took=sum(clip.took for clip in clips),
        memory=max(clip.memory for clip in clips),
        encoder_memory=max(clip.encoder_memory for clip in clips),
        cuts=tuple(portions[-1].marks),
    )


def carry_out(
    hands: Pool | Farm,
    jobs: Sequence[Job],
    sizes: Mapping[Job, int],
    cuts: Mapping[Job, Sequence[int]],
    on_frames: Callable[[Job, int], None],
    say: Callable[[str], None],
) -> Iterator[Outcome]:
    """As `hands.run(jobs, on_frames)`, the longest first, and some of them divided.

    Args:
        hands: who does the work.
        jobs: what to do.
        sizes: their frames; those that are not in it come last.
        cuts: where to cut, for render jobs that are to be divided.
        on_frames: told now and then how many frames of a job there are.
        say: told which scenes could not be divided after all.
    """
    divided = {job: _portions(job, places) for job, places in cuts.items() if places}
    owners = {portion: job for job, portions in divided.items() for portion in portions}
    whole = [job for job in jobs if job not in divided]
    sizes = {**sizes, **{portion: sizes.get(job, 0) // len(divided[job]) for portion, job in owners.items()}}
    outcomes: dict[Job, Outcome] = {}
    behind: dict[Job, int] = {}
    again: list[Job] = []

    def on_part(job: Job, frames: int) -> None:
        behind[job] = frames
        owner = owners.get(job, job)
        on_frames(owner, sum(behind.get(part, 0) for part in divided.get(owner, [job])))

    try:
        for outcome in hands.run(sorted([*whole, *owners], key=lambda job: -sizes.get(job, 0)), on_part):
            if isinstance(outcome.result, Refusal) and outcome.job not in owners:
                say(f"{outcome.job.scene.name} is drawn from its beginning: {outcome.result.reason}")
                again.append(replace(outcome.job, options={**outcome.job.options, "follows": False}))
                owners[again[-1]] = outcome.job
                continue
            if outcome.job not in owners:
                yield outcome
                continue
            outcomes[outcome.job] = outcome
            job = owners[outcome.job]
            parts = [outcomes[part] for part in divided[job] if part in outcomes]
            if len(parts) < len(divided[job]):
                continue
            result = _together(job, parts)
            if isinstance(result, Refusal):
                say(f"{job.scene.name} is rendered in one piece: {result.reason}")
                _remember(job, result)
                again.append(job)
            else:
                yield result
            _clear(divided[job])
    finally:
        for portions in divided.values():
            _clear(portions)
    for outcome in hands.run(again, lambda job, frames: on_frames(owners.get(job, job), frames)):
        yield replace(outcome, job=owners.get(outcome.job, outcome.job))


def plan(known: Mapping[Job, Length], width: int) -> dict[Job, list[int]]:
    """Where to cut scenes, those that are longer than a worker's fair share and can be divided."""
    if not fast.is_wanted() or not known:
        return {}
    fair = sum(length.frames for length in known.values()) / max(1, width)
    cuts = {}
    for job, length in known.items():
        if length.frames < MUCH * fair:
            continue
        # Each portion makes the scene anew, which measuring it has shown to take so long.
        worthwhile = min(length.frames / SMALLEST, length.frames * DRAWING / max(length.took, 1e-9))
        count = min(math.ceil(length.frames / fair), width, int(worthwhile))
        if count > 1 and not _refusal(job):
            cuts[job] = shares(length.frames, count)
    return cuts


def shares(frames: int, count: int) -> list[int]:
    """Where to cut: later portions are shorter, because they have to go through all that comes before."""
    weights = [(1 - FOLLOWING) ** number for number in range(count)]
    return [round(frames * sum(weights[:number]) / sum(weights)) for number in range(1, count)]


def _portions(job: Job, cuts: Sequence[int]) -> list[Job]:
    path: Path = job.options["path"]
    folder = path.parent / f".{path.stem}.portions"
    shutil.rmtree(folder, ignore_errors=True)
    made = []
    for number, (first, end) in enumerate(pairwise([0, *cuts, None])):
        place = {"path": folder / f"{number}{path.suffix}", "first": first, "end": end, "cuts": tuple(cuts)}
        log = job.log.with_suffix(f".{number}.log")
        made.append(replace(job, work=render_portion, folder=folder, log=log, options={**job.options, **place}))
    return made


def _together(job: Job, outcomes: Sequence[Outcome]) -> Outcome | Refusal:
    """The outcome of a job from those of its portions, or why they do not make one."""
    failed = next((outcome for outcome in outcomes if outcome.failure), None)
    with suppress(OSError):  # the last has said all that there is to say, unless another failed
        os.replace((failed or outcomes[-1]).job.log, job.log)
    if failed:
        return Outcome(job, failure=failed.failure)
    for outcome in outcomes:
        if isinstance(outcome.result, Refusal):
            return outcome.result
    portions: list[Portion] = [outcome.result for outcome in outcomes]
    marks = portions[-1].marks
    if any(marks.get(cut) != mark for portion in portions for cut, mark in portion.marks.items()):
        return Refusal("it does not do the same each time it is run.")
    seen = portions[-1].clip.seen
    if seen.interferes:  # portions may have been in each other's way
        return Refusal(f"{seen.unrepeatable}.")
    try:
        return Outcome(job, join(portions, job.options["path"]))
    except DarkroomError as error:
        return Outcome(job, failure=Failure(str(error)))


def _clear(portions: Sequence[Job]) -> None:
    for portion in portions:
        portion.log.unlink(missing_ok=True)
        if portion.folder:
            shutil.rmtree(portion.folder, ignore_errors=True)


def _key(job: Job) -> str:
    return f"indivisible {lengths.key(job.scene, job.options['fps'], job.stage.config_file)}"


def _refusal(job: Job) -> str:
    """Why a scene could not be divided the last time; "" if it could, or nobody knows."""
    with lengths.memory() as memory, suppress(OSError, sqlite3.Error):
        return str(memory.get(_key(job), ""))
    return ""


def _remember(job: Job, refusal: Refusal) -> None:
    with lengths.memory() as memory, suppress(OSError, sqlite3.Error):
        memory[_key(job)] = refusal.reason
