"""What can be wrong with a moment of a scene: a function for each rule, all numbers of it beside it.

A rule reports what it sees now. Whether it lasts long enough to matter, and whether it is allowed, is decided
elsewhere (`watch`, `waivers`). Rules speak of screen positions only: whoever asks where a thing is in the
scene has to ask the thing.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from darkroom.check import geometry as geo
from darkroom.check.geometry import Array, Box
from darkroom.check.reading import words_of
from darkroom.check.stage import CLEAR, Ground, Shape, Stage, Whole, Writing, boxes_of, is_scale, mix, near
from darkroom.engine.look import Moves, has_updaters

Thing = Writing | Shape | Whole


@dataclass(frozen=True)
class Rule:
    """A rule's code and name, and how long something must last to break it."""

    code: str
    name: str
    seconds: float = 0.45


WAIVER = Rule("L000", "waiver")
OVERLAP = Rule("L001", "text over text", 0.5)
MOVED_OVER = Rule("L001", "words moved over text", 0.3)
CROSSED = Rule("L002", "line through text")
MOVED_ACROSS = Rule("L002", "words moved across a line", 0.3)
OFF_FRAME = Rule("L003", "off frame")
TOO_LARGE = Rule("L003", "larger than the frame")
SMALL = Rule("L004", "small text")
SLANTED = Rule("L005", "slanted text")
CONTRAST = Rule("L006", "low contrast")
FLICKER = Rule("L007", "flicker", 0)
DEAD_TIME = Rule("L008", "dead time", 0)
EMPTY_BEAT = Rule("L009", "empty beat", 0)
COVERED = Rule("L010", "covered text")
EMPTY_BAND = Rule("L011", "empty band", 3.0)
READING_TIME = Rule("L012", "reading time", 0)
EMPTY_PAGE = Rule("L013", "empty page", 0)
MOVED = (MOVED_OVER, MOVED_ACROSS)
RULES = (
    *(WAIVER, OVERLAP, MOVED_OVER, CROSSED, MOVED_ACROSS, OFF_FRAME, TOO_LARGE, SMALL, SLANTED, CONTRAST),
    *(FLICKER, DEAD_TIME, EMPTY_BEAT, COVERED, EMPTY_BAND, READING_TIME, EMPTY_PAGE),
)


@dataclass(eq=False)
class Fault:
    """A rule broken at one moment."""

    rule: Rule
    culprits: tuple[Thing, ...]
    says: str  # how bad: the measured values
    badness: float  # larger is worse, in the rule's own unit
    boxes: list[Box] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, frozenset[int]]:
        """What makes it the same fault as one a moment ago: of words that move, whatever they move over."""
        things = self.culprits[:1] if self.rule in MOVED else self.culprits
        return self.rule.name, frozenset(thing.key for thing in things)


@dataclass
class Moment:
    """One stage, and what a rule may want to know of how it came about."""

    stage: Stage
    before: Stage | None
    moves: Moves
    playing: bool  # an animation is under way: the moves are moving
    flat: bool  # the scene says that it is 2-D

    def is_animated(self, thing: Thing) -> bool:
        """Whether an animation is at work on it or on a part of it."""
        if not self.playing:
            return False
        now = self.moves.now
        parts = (part.key for part in thing.letters) if isinstance(thing, Writing) else ()
        return thing.key in now or any(key in now for key in parts)

    def is_morphing(self, text: Writing) -> bool:
        """Whether it is being turned into something else just now."""
        morphing = self.moves.morphing if self.playing else set()
        return text.key in morphing or any(letter.key in morphing for letter in text.letters)

    def shift(self, thing: "Writing | Shape") -> Array:
        """(2,) How far a thing has moved on screen since a moment ago."""
        earlier = self.before.keys.get(thing.key) if self.before else None
        return geo.center(thing.box) - geo.center(earlier.box) if earlier else np.zeros(2)

    @cached_property
    def movers(self) -> list[Writing]:
        """Words that can be read and are being moved, by an animation or an updater, while the view rests."""
        SPEED = 0.3  # frame units a second
        before, stage = self.before, self.stage
        if before is None or not self.playing or before.lens.key != stage.lens.key:
            return []
        seconds = stage.time - before.time
        return [
            text
            for text in stage.writings
            if text.opacity > CLEAR
            and stage.shows(text)
            and len(text.letters) > 1
            and np.hypot(*self.shift(text)) > SPEED * seconds > 0
            and words_of(text)
            and not self.is_morphing(text)
        ]

    def is_still(self, thing: Thing) -> bool:
        """Whether it stands where it stood a moment ago."""
        if self.is_animated(thing):
            return False
        if self.before is None:
            return True
        earlier = self.before.keys.get(thing.key)
        return earlier is not None and float(np.abs(np.subtract(earlier.box, thing.box)).max()) < 0.01


SPARSE = 0.33  # solidity of letters that are mostly empty: roots, large brackets


def text_over_text(moment: Moment) -> Iterator[Fault]:
    """L001. Letters of one text on letters of another.

    Counts if the hulls of the letters share more than SHARE of the ink of the smaller text, or of one letter
    more than LETTER.
    """
    SHARE, LETTER = 0.08, 0.35
    clear = [w for w in moment.stage.writings if w.opacity > CLEAR and moment.stage.shows(w)]
    movers = {text.key for text in moment.movers}
    for a, b in _meeting(clear):
        moved = a.key in movers or b.key in movers
        if (_may_move_over(moment, a, b) if moved else _may_meet(moment, a, b)) or _twins(a, b):
            continue
        shared, worst = _shared_ink(moment.stage, a, b)
        if shared > SHARE or worst > LETTER:
            says = f"{shared:.0%} of the smaller one is overlapped"
            first, second = (b, a) if moved and a.key not in movers else (a, b)
            yield Fault(MOVED_OVER if moved else OVERLAP, (first, second), says, shared, [first.box, second.box])


def _may_move_over(moment: Moment, a: Writing, b: Writing) -> bool:
    """Whether words may be moved over another text for a while: a copy leaves its original, both are carried along."""
    return (
        (a.root in b.above or b.root in a.above)
        or (is_backdrop(moment.stage, a) or is_backdrop(moment.stage, b))
        or (moment.is_morphing(a) or moment.is_morphing(b))  # one may become the other
        or a.words == b.words
        or bool(_origins(a) & _origins(b))
        or float(np.hypot(*(moment.shift(a) - moment.shift(b)))) < 0.01
        or a.fixed != b.fixed
    )


def _origins(text: Writing) -> set[int]:
    """What its letters were made for: copies of parts of a text share it."""
    return {id(letter.letter.words) for letter in text.letters if letter.letter}


def _meeting(texts: list[Writing]) -> Iterator[tuple[Writing, Writing]]:
    """The pairs whose boxes meet."""
    if texts:
        left, bottom, right, top = np.array([text.box for text in texts]).T
        meet = (left <= right[:, None]) & (right >= left[:, None]) & (bottom <= top[:, None]) & (top >= bottom[:, None])
        for a, b in np.argwhere(np.triu(meet, 1)):
            yield texts[a], texts[b]


def _may_meet(moment: Moment, a: Writing, b: Writing) -> bool:
    """Whether two texts may be in the same place for now."""
    before = moment.before
    turning = before is not None and before.lens.key != moment.stage.lens.key
    return (
        (a.root in b.above or b.root in a.above)
        or (is_backdrop(moment.stage, a) or is_backdrop(moment.stage, b))
        or (moment.is_animated(a) and moment.is_animated(b))  # they pass through each other
        or (moment.is_morphing(a) or moment.is_morphing(b))  # one may become the other
        or (turning and not (a.fixed and b.fixed))  # in space, one passes in front of the other
    )


def _shared_ink(stage: Stage, a: Writing, b: Writing) -> tuple[float, float]:
    """Which share of the smaller text lies on the other, and the largest share of one letter."""
    shared, worst = 0.0, 0.0
    ground = stage.ground(geo.common(a.box, b.box))
    for p in a.letters:
        if p.opacity < CLEAR or not geo.meet(p.box, b.box) or p.solidity < SPARSE:
            continue
        for q in b.letters:
            if q.opacity < CLEAR or not geo.meet(p.box, q.box) or q.solidity < SPARSE:
                continue
            both = geo.overlap(p.hull, q.hull)
            low = min(p.fill_at, q.fill_at)
            if both > 0 and not ground.hidden(geo.center(geo.common(p.box, q.box)), low):
                shared += both
                worst = max(worst, both / max(min(geo.polygon_area(p.hull), geo.polygon_area(q.hull)), 1e-4))
    ink = min(sum(geo.polygon_area(p.hull) for p in w.letters) for w in (a, b))
    return min(1.0, shared / ink) if ink > 0 else 0.0, worst


def _twins(a: Writing, b: Writing) -> bool:
    """Whether one lies exactly on the other, so that nobody can see two."""
    return len(a.letters) == len(b.letters) and all(
        geo.likeness(p.box, q.box) > 0.9 for p, q in zip(a.letters, b.letters, strict=True)
    )


# Classes whose lines are a background to write on, or belong to the text they cross.
PAPER = ("NumberPlane", "ComplexPlane", "VectorField", "TimeVaryingVectorField", "StreamLines", "FullScreenRectangle")
OWN = ("Cross", "Underline", "Brace", "Exmark", "Checkmark")


def line_through_text(moment: Moment) -> Iterator[Fault]:
    """L002. A visible line runs through letters that it has nothing to do with.

    Counts if, within the inner 70 % of the letters' hulls, more than DEPTH of a letter's height of it can be
    seen. Its own decoration may: what stays within the text's surroundings (strokes, crosses, boxes round a
    part), and a straight line that runs through text for most of its length (a strike-out).
    """
    DEPTH, STROKE, SEEN = 0.35, 0.25, 1.3
    stage = moment.stage
    lines = [
        s
        for s in stage.shapes
        if s.kind == "path" and s.stroke[3] > STROKE and s.stroke_width > 0.5 and not s.is_a(*PAPER, *OWN)
    ]
    boxes = boxes_of(lines)
    texts = [w for w in stage.writings if w.opacity > CLEAR and stage.shows(w) and moment.is_still(w)]
    for text in texts:
        crossing = near(lines, boxes, text.box)
        if not crossing or _has_halo(text) or any(is_scale(m) for m in text.above):
            continue
        ground = stage.ground(text.box)
        surroundings = geo.grown(text.box, max(0.3, 0.6 * text.line_height))
        for line in crossing:
            if geo.holds(surroundings, line.box) or text.root in line.piece.above:
                continue
            if not moment.is_still(line) or _is_ruled(line) or is_backdrop(stage, line):
                continue
            if not stage.lens.faces_the_plane and not (text.fixed and line.fixed):
                continue  # lines behind a label come and go with the view
            through, hit = 0.0, []
            for letter in text.letters:
                if letter.opacity < CLEAR or not geo.meet(letter.box, line.box):
                    continue
                core = geo.shrunk(letter.hull, 0.7)
                for path in line.paths:
                    inside, middle = geo.inside(path, core)
                    if middle is not None and _can_be_seen(ground, line, middle, SEEN):
                        through += inside
                        hit.append(letter.box)
            if through > DEPTH * text.line_height and not _is_strike(line, texts):
                says = f"it runs through {len(hit)} of its letters"
                yield Fault(CROSSED, (text, line), says, through, [text.box, geo.common(line.box, stage.frame)])


def words_across_lines(moment: Moment) -> Iterator[Fault]:
    """L002. Words are moved across an open line that can be seen: an edge, an arrow, a curve.

    What is carried along a line rides on it; a line that moves with the words belongs to them.
    """
    DEPTH, STROKE, SEEN = 0.35, 0.25, 1.3
    stage = moment.stage
    if not moment.movers:
        return
    lines = [
        s
        for s in stage.shapes
        if s.kind == "path" and s.stroke[3] > STROKE and s.stroke_width > 0.5 and not s.is_a(*PAPER, *OWN)
        if not s.is_closed and not moment.is_animated(s) and not is_scale(s.mobject)
    ]
    boxes = boxes_of(lines)
    for text in moment.movers:
        if _has_halo(text) or not (text.fixed or stage.lens.faces_the_plane):
            continue
        ground = stage.ground(text.box)
        surroundings = geo.grown(text.box, max(0.3, 0.6 * text.line_height))
        left, bottom, right, top = text.box
        core = geo.shrunk(np.array([[left, bottom], [right, bottom], [right, top], [left, top]]), 0.7)
        for line in near(lines, boxes, text.box):
            if geo.holds(surroundings, line.box) or text.root in line.piece.above or _is_ruled(line):
                continue
            moved = moment.shift(text) - moment.shift(line)
            if np.hypot(*moved) < 0.01 or is_backdrop(stage, line) or text.fixed != line.fixed:
                continue
            for path in line.paths:
                inside, middle = geo.inside(path, core)
                if inside < DEPTH * text.line_height or middle is None:
                    continue
                if _can_be_seen(ground, line, middle, SEEN) and not _is_along(path, middle, moved):
                    boxes_of_both = [text.box, geo.common(line.box, stage.frame)]
                    yield Fault(MOVED_ACROSS, (text, line), "they are moved across it", inside, boxes_of_both)
                    break


def _is_along(path: Array, point: Array, way: Array) -> bool:
    """Whether a path, near a point of it, runs the way that something goes: within 25 degrees."""
    step = np.diff(path, axis=0)
    middles = path[:-1] + step / 2
    nearest = step[int(np.hypot(*(middles - point).T).argmin())]
    lengths = np.hypot(*nearest) * np.hypot(*way)
    return bool(lengths > 0 and abs(nearest @ way) > 0.906 * lengths)


def _has_halo(text: Writing) -> bool:
    """Whether its letters stand out from whatever is behind by a stroke of their own behind them."""
    return all(
        getattr(letter.mobject, "stroke_behind", False) and letter.stroke_width >= 3 and letter.stroke[3] > 0.5
        for letter in text.letters
    )


def _is_ruled(line: Shape) -> bool:
    """Whether it is one of many horizontal and vertical lines: a grid, ruled paper."""
    parent = line.piece.above[-1] if line.piece.above else None
    if parent is None or len(parent.submobjects) < 8 or min(geo.size(line.box)) > 0.02:
        return False
    ruled = 0
    for sibling in parent.submobjects:
        points = sibling.get_points()
        ruled += len(points) >= 2 and min(np.ptp(points[:, 0]), np.ptp(points[:, 1])) < 0.02
    return ruled >= 0.8 * len(parent.submobjects)


def _can_be_seen(ground: Ground, line: Shape, point: Array, ratio: float) -> bool:
    """Whether a line stands out at a point, and nothing opaque lies over it there."""
    if ground.hidden(point, line.stroke_at):
        return False
    behind = ground.behind(point, line.stroke_at)
    return contrast(mix(behind, line.stroke), behind) > ratio


def _is_strike(line: Shape, texts: list[Writing]) -> bool:
    """Whether a straight line runs through text for most of its length."""
    whole = sum(geo.length(path) for path in line.paths)
    ends = line.seen[[0, -1]]
    if whole <= 0 or float(np.linalg.norm(ends[1] - ends[0])) < 0.98 * whole:
        return False
    within = 0.0
    for text in texts:
        left, bottom, right, top = text.box
        corners = np.array([[left, bottom], [right, bottom], [right, top], [left, top]])
        within += sum(geo.inside(path, corners)[0] for path in line.paths)
    return within > 0.6 * whole


def covered_text(moment: Moment) -> Iterator[Fault]:
    """L010. Something opaque hides a part of a text, between SHARE of its letters and all of them."""
    SHARE = 0.1
    stage = moment.stage
    for text in stage.writings:
        if text.opacity <= CLEAR or not stage.shows(text) or not moment.is_still(text):
            continue
        if any(is_scale(m) for m in text.above):
            continue
        ground = stage.ground(text.box)
        hiding = [ground.hidden(geo.center(letter.box), letter.fill_at) for letter in text.letters]
        hidden = [cover for cover in hiding if cover]
        if not SHARE * len(hiding) <= len(hidden) <= len(hiding) - 1 or any(not moment.is_still(c) for c in hidden):
            continue
        cover = max(hidden, key=hidden.count)
        if not stage.lens.faces_the_plane and not (text.fixed and cover.fixed):
            continue
        share = len(hidden) / len(hiding)
        says = f"{len(hidden)} of its {len(hiding)} letters are hidden"
        yield Fault(COVERED, (text, cover), says, share, [text.box, geo.common(cover.box, stage.frame)])


def off_frame(moment: Moment) -> Iterator[Fault]:
    """L003. Text, or a closed shape or image smaller than the frame, is cut by the edge of the frame.

    Counts if more than CUT of it, and more than EDGE units, are outside, and some is inside. Lines, curves
    and whatever is wider or higher than the frame may bleed. So may a pattern of many parts; but where it is
    writing that runs off the frame, and the group it is in is too large for it, that is one fault of the group.
    """
    CUT = 0.03
    stage = moment.stage
    things: list[Writing | Shape] = [*stage.writings]
    things += [s for s in stage.shapes if s.is_a("ImageMobject") or (s.kind == "path" and s.is_closed)]
    outside = [
        thing for thing in things if thing.opacity > 0.3 and not geo.holds(geo.grown(stage.frame, EDGE), thing.box)
    ]
    told = set()
    for fault in _too_large(moment, [thing for thing in outside if isinstance(thing, Writing)]):
        told |= {part.key for part in fault.culprits[0].parts}  # type: ignore[union-attr]
        yield fault
    for thing in outside:
        if thing.key in told or not stage.shows(thing) or not moment.is_still(thing) or _bleeds(stage, thing):
            continue
        share = 1 - geo.area(geo.common(thing.box, stage.frame)) / max(geo.area(thing.box), 1e-9)
        beyond = max(
            np.subtract(stage.frame[:2], thing.box[:2]).max(), np.subtract(thing.box[2:], stage.frame[2:]).max()
        )
        if share > CUT and not _is_unseen(stage, thing):
            says = f"{beyond:.2f} units beyond the edge, {share:.0%} of it"
            yield Fault(OFF_FRAME, (thing,), says, share, [geo.common(thing.box, stage.frame)])


EDGE = 0.05  # units that may be outside of the frame
MANY = 25  # parts that make a group a pattern, which may go on beyond the frame


def _too_large(moment: Moment, outside: list[Writing]) -> Iterator[Fault]:
    """Groups that do not fit the frame, with FEW writings or more of theirs that are not in it whole."""
    FEW = 3
    stage = moment.stage
    wide, high = geo.size(stage.frame)
    left = {w.key for w in outside if moment.is_still(w) and not any(map(is_scale, w.above))}
    left -= {w.key for w in outside if is_backdrop(stage, w)}
    if len(left) < FEW:
        return
    large = [whole for whole in stage.wholes if _is_large(stage, whole) and geo.meet(whole.box, stage.frame)]
    # First the smallest of those groups that hold most of it: a matrix rather than all that is on stage.
    lost = {whole.key: [part for part in whole.parts if part.key in left] for whole in large}
    for whole in sorted(large, key=lambda w: (-len(lost[w.key]), len(w.parts), len(w.piece.above))):
        parts = [part for part in lost[whole.key] if part.key in left]
        if len(parts) < FEW:
            continue
        left -= {part.key for part in parts}
        width, height = geo.size(whole.box)
        measure = f"{width:.1f} units wide" if width / wide > height / high else f"{height:.1f} units high"
        has = f"{wide:.1f}" if width / wide > height / high else f"{high:.0f}"
        says = f"it is {measure}, the frame {has}: {len(parts)} of its {len(whole.parts)} words and numbers are outside"
        bad = max(width / wide, height / high)
        fault = Whole(whole.piece, whole.box, parts)
        yield Fault(TOO_LARGE, (fault,), says, bad, [geo.common(whole.box, stage.frame)])


def _is_large(stage: Stage, whole: Whole) -> bool:
    """Whether a group does not fit the frame, and not only because the camera has come near."""
    wide, high = geo.size(stage.frame)
    width, height = geo.size(whole.box)
    if width <= wide and height <= high:
        return False
    flat = np.array([part.flat_box for part in whole.parts])
    own = flat[:, 3:5].max(axis=0) - flat[:, :2].min(axis=0)
    return bool(own[0] > wide or own[1] > high)


def is_backdrop(stage: Stage, thing: "Writing | Shape") -> bool:
    """Whether it is there to be a ground for other things: huge, and hardly lighter or darker than the background."""
    HUGE, PALE = 0.33, 2.0
    wide, high = geo.size(stage.frame)
    largest = thing.letters if isinstance(thing, Writing) else [thing]
    width, height = np.max([geo.size(part.box) for part in largest], axis=0)
    if height < HUGE * high or (width < HUGE * wide and isinstance(thing, Shape)):
        return False
    part = max(largest, key=lambda part: geo.area(part.box))
    inks = [ink for ink in (part.fill, part.stroke) if ink[3] > 0.05]
    return all(contrast(mix(stage.background, ink), stage.background) < PALE for ink in inks)


def _bleeds(stage: Stage, thing: "Writing | Shape") -> bool:
    """Whether a thing, or a group of many that it is in, is meant to go on beyond the frame."""
    wide, high = geo.size(stage.frame)
    width, height = geo.size(thing.box)
    if isinstance(thing, Shape) and (width > 0.9 * wide or height > 0.9 * high or thing.is_a(*PAPER)):
        return True
    if is_backdrop(stage, thing):
        return True
    for group in thing.piece.above:
        if is_scale(group):
            return True
        width, height = geo.size(stage.box_of(group))
        if len(group.submobjects) >= MANY and (width > wide or height > high):
            read = isinstance(thing, Writing) and thing.opacity > CLEAR
            return not (read and any(whole.mobject is group and _is_large(stage, whole) for whole in stage.wholes))
    return False


def _is_unseen(stage: Stage, thing: "Writing | Shape") -> bool:
    """Whether the part of it within the frame is hidden behind something opaque."""
    first = min(letter.fill_at for letter in thing.letters) if isinstance(thing, Writing) else thing.stroke_at
    return stage.ground(thing.box).hidden(geo.center(geo.common(thing.box, stage.frame)), first) is not None


def small_text(moment: Moment) -> Iterator[Fault]:
    """L004. Text too small to read on a screen 1080 pixels high (or, upright, wide).

    The smallest that passes: font size 24 of Latin Modern Roman on a wide frame, and 18 px of digit height for
    numbers among many others, as in a matrix, and 12 px for what stands at the ticks of an axis. Typefaces with
    higher small letters and wider strokes may be smaller (`engine.look.clarity`). On an upright frame, which is
    looked at in a hand, all of this is larger by UPRIGHT: font size 40 where a unit has 120 pixels. What stands
    in space may be smaller by FAR: it comes and goes with the view.
    """
    LEAST, DIGITS, TICKS, UPRIGHT, SLACK, FAR = 22.0, 18.0, 12.0, 32.7 / 22.0, 0.97, 0.6
    DIGIT = 0.943  # a digit of the same font is a little lower than a capital
    stage = moment.stage
    wide, high = geo.size(stage.frame)
    company = Counter(id(w.above[0]) for w in stage.writings if w.number and w.above)
    for text in stage.writings:
        if text.opacity <= CLEAR or not stage.shows(text) or not moment.is_still(text):
            continue
        capital = text.cap_height
        if capital is None:
            continue
        height, limit = capital * stage.pixels, LEAST
        limit *= UPRIGHT if high > wide else 1
        limit *= 1 if text.fixed or stage.lens.faces_the_plane else FAR
        if height * text.clarity >= SLACK * limit:
            continue
        if text.key in stage.ticks:
            height, limit = height * DIGIT, limit * TICKS / LEAST
        elif text.number and text.above and company[id(text.above[0])] >= 12:
            height, limit = height * DIGIT, limit * DIGITS / LEAST
        if height * text.clarity < SLACK * limit and not _all_hidden(stage, text):
            limit /= text.clarity
            digits = 0 if round(height) < round(limit) else 1
            says = f"its capitals are {height:.{digits}f} px high at 1080p, the least that can be read is "
            says += f"{limit:.{digits}f}"
            yield Fault(SMALL, (text,), says, 1 - height / limit, [text.box])


def _all_hidden(stage: Stage, text: Writing) -> bool:
    ground = stage.ground(text.box)
    return all(ground.hidden(geo.center(letter.box), letter.fill_at) for letter in text.letters)


def slanted_text(moment: Moment) -> Iterator[Fault]:
    """L005. In a scene that says it is 2-D, text is seen at more than TILT degrees from straight on."""
    TILT = 10
    stage = moment.stage
    if not moment.flat:
        return
    for text in stage.writings:
        if text.fixed or text.opacity <= CLEAR or not stage.shows(text) or not moment.is_still(text):
            continue
        letter = max(text.letters, key=lambda part: geo.area(part.box))
        around = letter.points - letter.points.mean(axis=0)
        normal = np.linalg.svd(around, full_matrices=False)[2][-1]
        angle = float(np.degrees(np.arccos(min(1.0, abs(normal @ stage.lens.toward)))))
        if angle > TILT and len(letter.points) > 5:
            yield Fault(SLANTED, (text,), f"it is seen {angle:.0f} degrees from straight on", angle, [text.box])


def low_contrast(moment: Moment) -> Iterator[Fault]:
    """L006. Text that differs too little from what is behind it: less than RATIO, WCAG's bound for large text.

    Counts if it is so for more than SHARE of the letters.
    """
    RATIO, SHARE = 3.0, 0.3
    stage = moment.stage
    blind = [s for s in stage.shapes if s.kind == "other" and stage.shows(s)]
    for text in stage.writings:
        if text.opacity <= CLEAR or not stage.shows(text) or not moment.is_still(text):
            continue
        if is_backdrop(stage, text) or any(geo.meet(s.box, text.box) for s in blind):
            continue  # an image, a surface: its colours are not known here
        ratios = []
        ground = stage.ground(text.box)
        step = max(1, len(text.letters) // 24)
        for letter in text.letters[::step]:
            point = geo.center(letter.box)
            if letter.opacity <= CLEAR or ground.hidden(point, letter.fill_at):
                continue
            painted = letter.fill_at
            ink = letter.fill if letter.fill[3] >= letter.stroke[3] else letter.stroke
            behind = ground.behind(point, painted)
            seen = ground.over(mix(behind, ink), point, painted)
            ratio = contrast(seen, ground.over(behind, point, painted))
            if letter.stroke[3] > 0.5 and letter.stroke_width >= 2 and letter.fill[3] > 0.5:
                ratio = max(ratio, contrast(letter.fill[:3], letter.stroke[:3]))  # a halo or an outline
            ratios.append(ratio)
        low = [ratio for ratio in ratios if round(ratio, 1) < RATIO]
        if ratios and len(low) > SHARE * len(ratios):
            worst = min(low)
            says = f"contrast {worst:.1f} : 1 with what is behind it, {RATIO:.0f} : 1 is the least"
            yield Fault(CONTRAST, (text,), says, RATIO - worst, [text.box])


def empty_band(moment: Moment) -> Iterator[Fault]:
    """L011. On an upright frame, a band across its whole width with nothing in it, over SHARE of its height."""
    SHARE, FAINTEST, BACKDROP = 0.18, 0.1, 0.6
    stage = moment.stage
    left, bottom, right, top = stage.frame
    if top - bottom <= right - left:
        return
    boxes = [thing.box for thing in stage.things if thing.opacity > FAINTEST and stage.shows(thing)]
    spans = sorted((box[1], box[3]) for box in boxes if box[3] - box[1] < BACKDROP * (top - bottom))
    if not spans:
        return  # before something, or after everything
    reached, worst = bottom, (0.0, bottom)
    for low, high in [*spans, (top, top)]:
        worst = max(worst, (low - reached, reached))
        reached = max(reached, high)
    height, low = worst
    share = height / (top - bottom)
    if share > SHARE:
        says = f"nothing from {low:.1f} to {low + height:.1f}, {share:.0%} of the frame's height"
        yield Fault(EMPTY_BAND, (), says, share, [(left, low, right, low + height)])


def contrast(a: Array, b: Array) -> float:
    """WCAG 2's contrast ratio of two colours (3,), from 1 (the same) to 21.

    Source: https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio
    """
    low, high = sorted((_luminance(a), _luminance(b)))
    return (high + 0.05) / (low + 0.05)


def _luminance(color: Array) -> float:
    channel = np.clip(color, 0, 1)
    linear = np.where(channel <= 0.03928, channel / 12.92, ((channel + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


AT_A_MOMENT: tuple[Callable[[Moment], Iterator[Fault]], ...] = (
    text_over_text,
    line_through_text,
    words_across_lines,
    covered_text,
    off_frame,
    small_text,
    slanted_text,
    low_contrast,
    empty_band,
)


def flicker(before: Stage, after: Stage, moves: Moves) -> Iterator[Fault]:
    """L007. From one frame to the next something vanishes, or jumps, that no animation and no updater moves.

    A cut, in which most of the picture changes at once, is not that; nor is a thing replaced by its like.
    """
    JUMP, CUT = 0.1, 0.6
    if before.lens.key != after.lens.key:
        return
    moving = moves.now | moves.before
    lost, jumped = gone(before, after, moving), []
    for thing in _standing(before, moving):
        now = after.keys.get(thing.key)
        if now is None or now.opacity < 0.1 or has_updaters(thing.piece):
            continue
        shift = _shift(thing, now)
        if shift > max(JUMP, 0.3 * min(geo.size(thing.box))) and not _is_replaced(thing, after):
            jumped.append((shift, thing))
    count = sum(before.shows(thing) for thing in before.things)
    if len(lost) + len(jumped) > CUT * count and (count > 3 or not jumped):
        appeared = any(key not in before.keys for key in after.keys)
        if appeared or not after.keys:
            return  # a cut to the next picture, or to an empty one
    for thing in lost:
        yield Fault(FLICKER, (thing,), "it vanishes from one frame to the next", 1, [thing.box])
    for shift, thing in jumped:
        yield Fault(FLICKER, (thing,), f"it jumps by {shift:.2f} units from one frame to the next", shift, [thing.box])


def _shift(thing: Thing, now: Thing) -> float:
    """How far a thing has moved; of a text, its letters that were in sight before: others may come beside them."""
    if not (isinstance(thing, Writing) and isinstance(now, Writing)):
        return float(np.linalg.norm(geo.center(now.box) - geo.center(thing.box)))
    places = {letter.key: letter.box for letter in now.letters}
    shifts = [geo.center(places[old.key]) - geo.center(old.box) for old in thing.letters if old.key in places]
    return max((float(np.linalg.norm(shift)) for shift in shifts), default=0.0)


def gone(before: Stage, after: Stage, moving: set[int]) -> list[Thing]:
    """What is there no more, without an animation and without another in its place."""
    lost = []
    for thing in _standing(before, moving):
        now = after.keys.get(thing.key)
        if (now is None or now.opacity < 0.1) and not _is_replaced(thing, after):
            lost.append(thing)
    return lost


def _standing(stage: Stage, moving: set[int]) -> Iterator[Thing]:
    """What can well be seen and is in no animation."""
    SIZE = 0.08
    for thing in stage.things:
        if thing.opacity > 0.5 and stage.shows(thing) and max(geo.size(thing.box)) > SIZE:
            parts = [thing.key, *(id(mobject) for mobject in thing.piece.above)]
            parts += [letter.key for letter in thing.letters] if isinstance(thing, Writing) else []
            if moving.isdisjoint(parts) and not _is_unseen(stage, thing):
                yield thing


def _is_replaced(thing: Thing, after: Stage) -> bool:
    """Whether something else is there where a thing was: for every letter of a text, another."""
    parts = thing.letters if isinstance(thing, Writing) else [thing]
    own = {part.key for part in parts}
    return all(
        any(geo.likeness(part.box, other.box) > 0.5 for other in after.clear_near(part.box) if other.key not in own)
        for part in parts
    )
