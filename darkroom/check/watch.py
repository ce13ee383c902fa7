"""Plays a scene without drawing it, and makes findings of what stays wrong long enough.

Import this only after `engine.load()`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from PIL import Image

from darkroom.check import geometry as geo
from darkroom.check import rules, waivers
from darkroom.check.reading import Reading, time_to_read
from darkroom.check.report import Culprit, Finding, outline
from darkroom.check.rules import Fault, Moment, Thing
from darkroom.check.stage import CLEAR, Eye, Stage, Whole, Writing
from darkroom.check.waivers import BeatWaiver, Trouble
from darkroom.engine import look
from darkroom.engine.look import Moves
from darkroom.engine.run import Beat, Observer, Run

SAMPLES = 8  # a second
FPS = 16.0  # of the playing: two frames to a sample
STILL = 6.0  # seconds in which nothing moves before that is dead time
DARK = 0.3  # seconds for which a page may be empty
DARK_OPENING = 0.6  # the same at the start of a scene that follows another: its first picture may fade in
FEWEST_WORDS = 2  # that take time to read; one is a label, seen at a glance
BLINK = 0.6  # seconds within which a thing that comes back has blinked
PICTURES = 40  # a scene; beyond that they tell nothing new


@dataclass(frozen=True)
class Place:
    """Where a scene stands in a film: whether others come before and after it."""

    follows: bool = False
    goes_on: bool = False


ALONE = Place()


@dataclass
class Open:
    """A fault that is being watched."""

    fault: Fault
    since: float
    until: float
    beat: Beat
    culprits: tuple[Culprit, ...]
    brought: Beat  # that brought the first of them, if they are text
    picture: Image.Image | None = None
    excused: str = ""  # by a waiver on a mobject: its reason
    final: bool = False  # it stood in the last picture of the scene

    @property
    def seconds(self) -> float:
        return self.until - self.since


@dataclass
class Memory:
    """What is remembered of earlier moments, to tell what is meant from what went wrong."""

    inside: set[tuple[int, Any]] = field(default_factory=set)  # stood whole in the frame, at that place
    readable: set[int] = field(default_factory=set)  # text that was large enough once
    legible: dict[int, bytes] = field(default_factory=dict)  # text that stood out, and its own colour then
    came: dict[int, Beat] = field(default_factory=dict)  # text, and the beat that brought it
    whole: dict[int, Any] = field(default_factory=dict)  # writing that stood whole in the frame, wherever
    depth: bool = False  # something is not in the plane of the page
    held: dict[int, Any] = field(default_factory=dict)  # so that no id is given away twice


class Watch(Observer):
    """Looks at a scene while it runs.

    Args:
        run: the run to look at; it calls back.
        still: seconds in which nothing moves before that is dead time.
        pictures: draw a picture of each finding.
        place: of the scene in its film.
    """

    def __init__(self, still: float = STILL, pictures: bool = False, place: Place = ALONE) -> None:
        self.still = still
        self.place = place
        self.reading = Reading()
        self.described: dict[tuple[str, ...], Culprit] = {}
        self.dark: tuple[float, Beat] | None = None  # since when the page is empty
        self.was_lit = False
        self.places: dict[int, geo.Box] = {}  # where texts stood before this beat
        self.pictures = pictures
        self.closed: list[Open] = []
        self.open: dict[Any, Open] = {}
        self.memory = Memory()
        self.before: Stage | None = None
        self.faults: list[Fault] = []
        self.settled = False
        self.changed = 0.0  # when the picture last changed
        self.pictures_of_beat: set[int] = set()
        self.last_of_beat: int | None = None
        self.gone: dict[int, tuple[Thing, Open]] = {}
        self.known: tuple[int, dict[int, str]] = (-1, {})
        self.frame_of_beat = 0
        self.waivers: dict[tuple[str, int], BeatWaiver | Trouble] = {}
        self.mobject_waivers: dict[int, tuple[dict[str, str], Any, str]] = {}
        self.used: set[tuple[int, str]] = set()

    def begin(self, run: Run) -> None:
        """Open our eyes: the scene is there, and has not begun."""
        self.eye = Eye(run.scene)
        self.moves = Moves(run.scene)
        self.is_flat = look.is_meant_flat(run.scene)

    # What the run tells us

    def on_frame(self, run: Run) -> None:
        first = self.frame_of_beat == 0
        self.frame_of_beat += 1
        moving = run.beats[-1].kind == "play" or run.scene.should_update_mobjects()
        step = max(1, round(run.fps / SAMPLES))
        if first or run.ends_beat or (moving and self.frame_of_beat % step == 0):
            self.look(run, first)

    def on_beat(self, run: Run, beat: Beat) -> None:
        self.frame_of_beat = 0
        self._collect_waivers(run, beat)
        pictures, last = self.pictures_of_beat, self.last_of_beat
        if beat.kind == "play" and pictures == {last} and beat.end - beat.start > 0.1:
            says = f"in {beat.end - beat.start:.1f} s of animation the picture does not change"
            self._report(run, Fault(rules.EMPTY_BEAT, (), says, 1), beat, beat.start, beat.end)
        self.last_of_beat = self.before.picture if self.before else None
        self._forgive_changes_of_place(beat)
        self.pictures_of_beat = set()

    def end(self, run: Run) -> list[Finding]:
        """The scene is over: what of it all is a finding?"""
        if not run.frames:  # it never played or waited: its last picture is all there is
            run.beats.append(Beat(0, "wait", *_where(run), 0.0))
            self.look(run, True)
            self._collect_waivers(run, run.beats[-1])
        self._end_of_page(run)
        self._end_of_reading()
        for fault in self.open.values():
            fault.final = True
        self.closed += self.open.values()
        return self._findings(run)

    # Looking

    def look(self, run: Run, first: bool) -> None:
        """Look at this frame."""
        beat = run.beats[-1]
        time = max(0, run.frames - 1) / run.fps
        stage = self.eye.look(time)
        playing = beat.kind == "play"
        same = self.before is not None and stage.picture == self.before.picture
        if first and self.before is not None:
            self._compare(run, beat, stage)
        if not same and self.before is not None:
            self._blinks(run, beat, stage)
        if first:
            self.places = {text.key: text.box for text in (self.before or stage).writings}
        self._read(run, beat, stage, first)
        self._page(run, beat, stage)
        moment = Moment(stage, self.before, self.moves, playing, self.is_flat)
        if not (same and self.settled and not first):
            self.faults = [fault for rule in rules.AT_A_MOMENT for fault in rule(moment)]
            self._remember(moment, beat)
        self.settled = same and not first
        self._follow(run, beat, time)
        if not same:
            if self.before is not None and time - self.changed > self.still:
                self._report_dead_time(run, self.changed, self.before.time)
            self.changed = time
        self.pictures_of_beat.add(stage.picture)
        self.before = stage

    def _read(self, run: Run, beat: Beat, stage: Stage, first: bool) -> None:
        """Which words can be read now, and since when?"""
        # What a morph has brought says so only in the next beat; half of the morph it could be read.
        length = run.beats[-2].end - run.beats[-2].start if first and len(run.beats) > 1 else 0.0
        for stand in self.reading.look(stage, stage.time, beat):
            if not self.moves.before.isdisjoint(letter.key for letter in stand.text.letters):
                stand.seconds += length / 2
            self.described[stand.words] = self._describe(run, beat, stand.text)

    def _end_of_reading(self) -> None:
        """What could not be read for as long as it takes? The first and last picture another scene may share."""
        for stand in self.reading.end():
            needed = time_to_read(stand.words)
            shared = stand.at_end or (stand.at_start and self.place.follows)
            if len(stand.words) < FEWEST_WORDS or shared or stand.seconds > needed - 1 / FPS:
                continue
            says = f"{len(stand.words)} words stand for {stand.seconds:.1f} s, and take {needed:.1f} s to read"
            fault = Fault(rules.READING_TIME, (stand.text,), says, needed - stand.seconds, [stand.text.box])
            culprits = (self.described[stand.words],)
            self.closed.append(self._excused(Open(fault, stand.since, stand.until, stand.beat, culprits, stand.beat)))

    def _page(self, run: Run, beat: Beat, stage: Stage) -> None:
        """Is there anything on the page?"""
        if not stage.is_lit:
            self.dark = self.dark or (stage.time, beat)
        elif self.dark:
            if self.was_lit or self.place.follows:
                self._report_empty_page(run, self.dark, stage.time, DARK if self.was_lit else DARK_OPENING)
            self.dark = None
        self.was_lit |= stage.is_lit

    def _end_of_page(self, run: Run) -> None:
        if self.dark and self.place.goes_on:
            says = "the scene ends on an empty page, though its film goes on"
            since, beat = self.dark
            self._report(run, Fault(rules.EMPTY_PAGE, (), says, 1), beat, since, run.clock, picture=False)

    def _report_empty_page(self, run: Run, dark: tuple[float, Beat], until: float, most: float) -> None:
        since, beat = dark
        seconds = until - since
        if seconds > most + 1 / FPS:
            says = f"there is nothing on screen for {seconds:.1f} s"
            self._report(run, Fault(rules.EMPTY_PAGE, (), says, seconds), beat, since, until, picture=False)

    def _forgive_changes_of_place(self, beat: Beat) -> None:
        """Words that change places with others have to pass them."""
        now = {text.key: text.box for text in self.before.writings} if self.before else {}
        starts = [box for key, box in self.places.items() if key in now and geo.likeness(box, now[key]) < 0.5]

        def takes_a_place(thing: Thing) -> bool:
            end = geo.center(now[thing.key]) if thing.key in now else None
            return end is not None and any(np.hypot(*(geo.center(box) - end)) < 0.2 for box in starts)

        def is_change(watched: Open) -> bool:
            moved = watched.fault.rule is rules.MOVED_OVER and watched.beat is beat
            return moved and all(takes_a_place(thing) for thing in watched.fault.culprits)

        self.closed = [watched for watched in self.closed if not is_change(watched)]
        self.open = {key: watched for key, watched in self.open.items() if not is_change(watched)}

    def _report_dead_time(self, run: Run, since: float, until: float) -> None:
        """Nothing has moved; the beat that stood still for longest is to blame."""
        beats = [beat for beat in run.beats if beat.end] or run.beats
        blamed = max(beats, key=lambda beat: min(beat.end, until) - max(beat.start, since))
        seconds = until - since
        says = f"nothing moves for {seconds:.1f} s, more than {self.still:g}"
        self._report(run, Fault(rules.DEAD_TIME, (), says, seconds), blamed, since, until, picture=False)

    def _compare(self, run: Run, beat: Beat, stage: Stage) -> None:
        """Between two beats: what changed without an animation?"""
        assert self.before
        for fault in rules.flicker(self.before, stage, self.moves):
            self._report(run, fault, beat, stage.time, stage.time)

    def _blinks(self, run: Run, beat: Beat, stage: Stage) -> None:
        """What went without an animation, and is soon back?"""
        assert self.before
        moving = self.moves.now | self.moves.before
        for thing in rules.gone(self.before, stage, moving):
            fault = Fault(rules.FLICKER, (thing,), "", 1, [thing.box])
            self.gone[thing.key] = thing, self._opened(run, fault, beat, stage.time)
        for key in self.gone.keys() & stage.keys.keys():
            back = stage.keys[key]
            if back.opacity < 0.5:
                continue
            thing, blink = self.gone.pop(key)
            away = stage.time - blink.since
            known = any(o.fault.rule is rules.FLICKER and o.fault.key == blink.fault.key for o in self.closed)
            if away < BLINK and not known and geo.likeness(back.box, thing.box) > 0.5:
                blink.fault.says = f"it vanishes and is back after {away:.2f} s"
                self.closed.append(blink)

    def _remember(self, moment: Moment, beat: Beat) -> None:
        stage, memory = moment.stage, self.memory
        low = {fault.culprits[0].key for fault in self.faults if fault.rule is rules.CONTRAST}
        small = {fault.culprits[0].key for fault in self.faults if fault.rule is rules.SMALL}
        for thing in stage.things:
            if geo.holds(stage.frame, thing.box):
                memory.inside.add((thing.key, thing.flat_box))
                if isinstance(thing, Writing):
                    memory.whole[thing.key] = thing.root
            if isinstance(thing, Writing) and thing.opacity > CLEAR:
                memory.held[thing.key] = thing.root
                memory.came.setdefault(thing.key, beat)
            if isinstance(thing, Writing) and thing.opacity > CLEAR and moment.is_still(thing):
                if thing.key not in small and stage.shows(thing):
                    memory.readable.add(thing.key)
                if thing.key not in low:
                    memory.legible.setdefault(thing.key, _color(thing))
        memory.depth |= any(
            shape.kind == "other" or shape.flat_box[5] - shape.flat_box[2] > 0.2
            for shape in stage.shapes
            if not shape.fixed
        )

    def _follow(self, run: Run, beat: Beat, time: float) -> None:
        """Open, keep and close faults, now that we know those of this moment."""
        now = {fault.key: fault for fault in self.faults}
        for key in [key for key in self.open if key not in now]:
            if self.open[key].fault.rule in rules.MOVED and time - self.open[key].until < 1.6 / SAMPLES:
                continue  # a gap between words
            self.closed.append(self.open.pop(key))
        for key, fault in now.items():
            if key not in self.open:
                self.open[key] = self._opened(run, fault, beat, time)
            watched = self.open[key]
            watched.until = time
            if fault.badness > watched.fault.badness:
                watched.fault = fault
            if self.pictures and watched.picture is None and watched.seconds >= fault.rule.seconds:
                watched.picture = self._draw(run, fault)

    def _describe(self, run: Run, beat: Beat, thing: Thing) -> Culprit:
        if self.known[0] != beat.index:
            self.known = beat.index, look.names(run.scene)
        return _described(thing, self.known[1])

    def _opened(self, run: Run, fault: Fault, beat: Beat, time: float) -> Open:
        for thing in fault.culprits:
            self.memory.held[thing.key] = thing.piece.mobject
        culprits = tuple(self._describe(run, beat, thing) for thing in fault.culprits)
        brought = next((self.memory.came[t.key] for t in fault.culprits if t.key in self.memory.came), beat)
        return self._excused(Open(fault, time, time, beat, culprits, brought))

    def _excused(self, opened: Open) -> Open:
        """With the waivers of its mobjects applied."""
        for waiver, reason in waivers.covering(opened.fault):
            opened.excused = reason
            self.used.add((id(waiver), opened.fault.rule.code))
        return opened

    def _report(self, run: Run, fault: Fault, beat: Beat, since: float, until: float, picture: bool = True) -> None:
        """Close a fault at once: it needs no watching."""
        opened = self._opened(run, fault, beat, since)
        opened.until = until
        if picture and self.pictures:
            opened.picture = self._draw(run, fault)
        self.closed.append(opened)

    def _draw(self, run: Run, fault: Fault) -> Image.Image | None:
        drawn = sum(fault.picture is not None for fault in (*self.closed, *self.open.values()))
        return outline(run.image(), fault.boxes, self.eye.frame) if drawn < PICTURES else None

    # Findings

    def _collect_waivers(self, run: Run, beat: Beat) -> None:
        for waiver in waivers.of_beat(beat.file, beat.line):
            self.waivers.setdefault((waiver.file, waiver.line), waiver)
        for top in run.scene.mobjects:
            for mobject in top.get_family():
                found = waivers.on_mobject(mobject)
                if found and id(found) not in self.mobject_waivers:
                    name = look.called(mobject, (), look.names(run.scene)) or type(mobject).__name__
                    self.mobject_waivers[id(found)] = found, mobject, name

    def _is_finding(self, watched: Open) -> bool:
        """Whether a fault lasted, and nothing later in the scene explains it."""
        rule, memory = watched.fault.rule, self.memory
        tolerance = 0.5 / SAMPLES if rule in rules.MOVED else 1e-6
        if watched.seconds < rule.seconds - tolerance and (not watched.final or rule is rules.EMPTY_BAND):
            return False
        first = watched.fault.culprits[0] if watched.fault.culprits else None
        if isinstance(first, Whole):  # a long page that the camera travels along has been seen, line by line
            unseen = [part for part in first.parts if part.key not in memory.whole]
            return len(unseen) > 0.1 * len(first.parts)
        if rule is rules.OFF_FRAME and first:
            return (first.key, first.flat_box) not in memory.inside
        if rule is rules.SMALL:
            return watched.fault.culprits[0].key not in memory.readable
        if rule is rules.SLANTED:
            return not memory.depth
        if rule is rules.CONTRAST:
            text = watched.fault.culprits[0]
            assert isinstance(text, Writing)
            return memory.legible.get(text.key, _color(text)) == _color(text)
        return True

    def _findings(self, run: Run) -> list[Finding]:
        scene = type(run.scene).__name__
        lasting: dict[Any, Open] = {}
        real = [watched for watched in self.closed if self._is_finding(watched)]
        real = [watched for watched in real if not _came_to_rest(watched, real)]
        for watched in sorted(real, key=lambda o: o.since):
            # One finding a pair and cause: the same again is counted in.
            key = (watched.fault.key, 0 if watched.culprits else watched.beat.index)
            if key in lasting and bool(lasting[key].excused) == bool(watched.excused):
                first = lasting[key]
                first.until = max(first.until, first.since + first.seconds + watched.seconds)
            else:
                lasting[key] = watched
        findings = self._waived_by_beats([_finding(scene, alike) for alike in _alike(lasting.values())])
        findings += self._waiver_troubles(scene, run)
        return sorted(findings, key=lambda finding: (finding.time, finding.code))

    def _waived_by_beats(self, found: list[Finding]) -> list[Finding]:
        """Findings with the waivers of their beats applied."""
        done = []
        for finding in found:
            place = (finding.file, waivers.beat_lines(finding.file, finding.line)[0])
            rivals = [
                other
                for other in found
                if other.code == finding.code
                and not other.waived
                and (other.file, waivers.beat_lines(other.file, other.line)[0]) == place
            ]
            for waiver in self.waivers.values():
                if isinstance(waiver, Trouble) or waiver.beat != place or waiver.code != finding.code or finding.waived:
                    continue
                named = any(waiver.name in (culprit.name, culprit.text) for culprit in finding.culprits)
                if named if waiver.name else len(rivals) == 1:
                    finding = replace(finding, waived=waiver.reason)
                    self.used.add((waiver.line, waiver.file))
                elif not waiver.name:
                    self.used.add((waiver.line, waiver.file))
                    hint = (
                        f"the waiver in this beat could mean any of {len(rivals)}, so it covers none: name the culprit"
                    )
                    finding = replace(finding, hint=hint)
            done.append(finding)
        return done

    def _waiver_troubles(self, scene: str, run: Run) -> list[Finding]:
        found = []
        for waiver in self.waivers.values():
            if isinstance(waiver, Trouble):
                says = waiver.says
            elif (waiver.line, waiver.file) not in self.used:
                says = f"the waiver of {waiver.code} is not needed any more: take it out"
            else:
                continue
            found.append(_waiver_finding(scene, says, waiver.file, waiver.line))
        for allowed, _, name in self.mobject_waivers.values():
            for code, reason in allowed.items():
                if code not in waivers.CODES:
                    says = f"{name}.waive names {code!r}, which is no rule"
                elif not str(reason).strip():
                    says = f"{name}.waive[{code!r}] gives no reason"
                elif (id(allowed), code) not in self.used:
                    says = f"{name}.waive[{code!r}] is not needed any more: take it out"
                else:
                    continue
                found.append(_waiver_finding(scene, says, run.beats[0].file, run.beats[0].line))
        return found


def _came_to_rest(watched: Open, others: list[Open]) -> bool:
    """Whether words were moved over something only to stay there, which is a finding of its own."""
    fault = watched.fault
    return fault.rule in rules.MOVED and any(
        other.fault.rule.code == fault.rule.code
        and other.fault.rule not in rules.MOVED
        and fault.culprits[0].key in {thing.key for thing in other.fault.culprits}
        and abs(other.since - watched.until) < 0.3
        for other in others
    )


def _waiver_finding(scene: str, says: str, file: str, line: int) -> Finding:
    return Finding(rules.WAIVER.code, rules.WAIVER.name, scene, 0.0, 0.0, "", file, line, (), says)


def _alike(lasting: Iterable[Open]) -> list[list[Open]]:
    """Faults in bunches: the numbers of one matrix that are all too small are one finding, not thirty.

    Faults are alike that begin at once in things of one group; and small texts that the same line of source has
    brought, if they are in one group or of one size.
    """
    bunches: list[tuple[set[Any], list[Open]]] = []
    for watched in lasting:
        rule, beat, things = watched.fault.rule, watched.beat, watched.fault.culprits
        if rule is rules.SMALL:
            when: tuple[Any, ...] = (watched.brought.file, watched.brought.line)
            marks = {("size", round(watched.fault.badness, 2))}
        else:
            when, marks = (beat.index, watched.since), {("itself", id(watched))}
        if len(things) == 1 and things[0].piece.above:
            marks.add(("group", id(things[0].piece.above[0])))
        keys = {(rule.code, *when, *mark, watched.excused) for mark in marks}
        met = [bunch for bunch in bunches if bunch[0] & keys]
        bunches = [bunch for bunch in bunches if bunch not in met]
        bunches.append((keys.union(*(bunch[0] for bunch in met)), [*(o for b in met for o in b[1]), watched]))
    return [bunch for _, bunch in bunches]


def _finding(scene: str, alike: list[Open]) -> Finding:
    worst = max(alike, key=lambda watched: watched.fault.badness)
    rule, beat = worst.fault.rule, worst.beat
    others = [culprit for watched in alike if watched is not worst for culprit in watched.culprits]
    return Finding(
        *(rule.code, rule.name, scene, worst.since, worst.seconds, beat.name, beat.file, beat.line),
        *((*worst.culprits, *others), worst.fault.says),
        waived=worst.excused,
        drawing=worst.picture,
    )


def _described(thing: Thing, known: dict[int, str]) -> Culprit:
    if isinstance(thing, Writing):
        return Culprit(type(thing.root).__name__, look.called(thing.root, thing.above, known), thing.words)
    name = look.called(thing.mobject, thing.piece.above, known)
    return Culprit(type(thing.mobject).__name__, name, "")


def _color(text: Writing) -> bytes:
    return b"".join((100 * letter.fill).astype(int).tobytes() for letter in text.letters[:1])


def _where(run: Run) -> tuple[str, str, int]:
    code = type(run.scene).construct.__code__
    return code.co_filename, code.co_name, code.co_firstlineno + 1


def watch(
    scene_class: Any, still: float, pictures: bool, fps: float | None = None, place: Place = ALONE
) -> tuple[list[Finding], float]:
    """Play a scene and return its findings, in the order of time, and its length in seconds."""
    look.mark_letters()
    eyes = Watch(still, pictures, place)
    run = Run(scene_class, eyes, draws=False, fps=fps or FPS)
    eyes.begin(run)
    run()
    return eyes.end(run), run.clock
