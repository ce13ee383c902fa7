from functools import partial
from itertools import pairwise

from _2025.superposition.features import WORDS
from _2025.superposition.stage import (
    LENGTH,
    RADIUS,
    VIEW,
    SceneOfDirections,
    Shadow,
    get_line_with_number,
    get_log_axis,
    get_readouts,
)
from manim_imports_ext import *
from truth.almost_orthogonal import DIMENSIONS, angle_between, band_share, guaranteed_count
from truth.concepts import get_concepts
from truth.packing import BEST_KNOWN, closest_pair, line_angles, normalize

AXES = np.array([UP, RIGHT, OUT])  # three directions at right angles, in the order in which they come
DIAGONALS = np.array([(1, 1, 1), (-1, 1, 1), (-1, 1, -1)])  # where a fourth one tries
WIDTH = DIMENSIONS[-1]
DEVIATIONS = 0, 1, 2, 3, 4, 5  # degrees from 90
BAND = 5  # degrees
NEARLY_ALL = 99.9  # percent: what is more is said to be more than this
BRIDGE = 11 * UP  # where two ideas stand before the ball
BRIDGE_VIEW = View(0, -6, 0, (1.9, BRIDGE[1] + 1.7, 0), 7.2)
SPREAD = 4.2  # length of the two ideas' vectors, in frame units
LINE = 1.6  # half as wide as a ring is drawn that has no width, in degrees


class Room(VectorBundle):
    """Directions on a ball, which is painted where the next one may point: within a tolerance of 90 degrees to all.

    Trackers: `tolerance` (degrees), `counts` (how much the ring of each counts, 0 to 1), `reaches` (how long each is),
    `dimension` and `glow` (0 to 1: instead, brightness says how many directions of a space of so many
    dimensions make each angle with the first one).
    """

    def __init__(self, vectors, colors):
        super().__init__(vectors, length=LENGTH, width=0.17, colors=colors, ball=RADIUS)
        self.goals = np.array(vectors, dtype=float)
        self.tolerance, self.dimension, self.glow = ValueTracker(0.0), ValueTracker(3.0), ValueTracker(0.0)
        self.counts = [ValueTracker(0.0) for _ in self.goals]
        self.reaches = [ValueTracker(0.0) for _ in self.goals]
        self.seen = None
        self.add_updater(lambda room: room.follow())

    def follow(self):
        """Be drawn as the trackers say."""
        trackers = (self.tolerance, self.dimension, self.glow, *self.counts, *self.reaches)
        state = (*(tracker.get_value() for tracker in trackers), self.goals.tobytes())
        if state == self.seen:
            return
        self.seen = state
        self.set_vectors([reach.get_value() * v for reach, v in zip(self.reaches, self.goals, strict=True)])
        self.paint_ball()

    def paint_ball(self):
        """Paint the ball's points by what the trackers say of their directions."""
        directions, ring, free = self.ball.directions, np.zeros(1), np.ones(1)
        tolerance = max(self.tolerance.get_value(), LINE)
        for goal, count in zip(self.goals, self.counts, strict=True):
            off = np.abs(np.degrees(np.arcsin(np.clip(directions @ goal, -1, 1))))
            allowed = np.clip((tolerance + 0.75 - off) / 1.5, 0, 1)
            ring = np.maximum(ring, count.get_value() * allowed)
            free = free * (1 - count.get_value() * (1 - allowed))
        on = max(count.get_value() for count in self.counts)
        weak = 0.5 - 0.3 * min(tolerance / 20, 1)  # a wide band must not outshine the place that all allow
        shares = weak * ring + (0.9 - weak) * free * on
        if glow := self.glow.get_value():
            # Of all directions in N dimensions, a share in proportion to cos(latitude)^(N − 2) has that latitude.
            latitude = np.sqrt(np.clip(1 - (directions @ self.goals[0]) ** 2, 1e-12, 1))
            density = np.exp((self.dimension.get_value() - 3) * np.log(latitude))
            shares = (1 - glow) * shares + glow * 0.9 * np.maximum(density, 0.0)
        self.ball.paint_shares(shares, TARGET)
        if glow:  # the band's two edges stay in sight
            off = np.degrees(np.arcsin(np.clip(np.abs(directions @ self.goals[0]), 0, 1)))
            edge = 0.8 * glow * np.clip(1.7 - np.abs(off - tolerance), 0, 1)[:, None]
            rgb = self.ball.data["rgba"][:, :3]
            self.ball.paint(rgb + edge * (np.array(color_to_rgb(TEXT)) - rgb))

    def get_nearest(self, index):
        """The angle in degrees between a direction and the line of the nearest other one that is there."""
        others = [k for k in range(len(self.goals)) if k != index and self.reaches[k].get_value() > 0.5]
        return float(line_angles(self.goals[[index, *others]])[0, 1:].min())

    def get_smallest(self):
        """The smallest angle in degrees among those that are there."""
        return closest_pair(self.goals[[reach.get_value() > 0.3 for reach in self.reaches]])[2]


class Superposition(SceneOfDirections):
    """At exactly 90° as many directions fit as there are dimensions; nearly so far more, if nearly is not too near."""

    chapter = "How many directions fit?"

    def construct(self):
        self.compare_two_ideas()
        room = self.fill_the_ball()
        self.try_a_fourth(room)
        self.allow_nearly(room)
        self.count_dimensions(room)
        self.raise_the_guarantee(room)

    def compare_two_ideas(self):
        # Take two of the 28 ideas as directions
        set_telephoto(self.frame, 20).reorient(*BRIDGE_VIEW._replace(theta=-14))
        concepts = get_concepts()
        pair = get_vector_pair(
            angle_between(concepts[0], concepts[1]),
            SPREAD,
            start=BRIDGE,
            width=0.2,
            colors=(INPUT, INPUT),
            name="angle of two ideas",
        )
        names = VGroup(Text(word, font_size=BODY).set_color(INPUT) for word in WORDS[:2])
        names[0].next_to(BRIDGE + SPREAD * RIGHT, UP, buff=0.3)
        names[1].add_updater(lambda name: name.next_to(pair.start + pair.second.vector, UR, buff=0.1), call=True)
        shadow = Shadow(pair, 0.75).update()
        panel = get_readouts(("overlap: cosine", shadow.get_cosine, 2, "", TEXT, "cosine of two ideas"))
        self.add(pair, names, shadow, panel)
        self.tell(
            "An idea is a direction\nin the space of 8 numbers",
            self.frame.animate.reorient(*BRIDGE_VIEW),
            run_time=1.4,
        )

        # Turn them to a right angle, where they do not disturb each other
        self.tell("At right angles two ideas\ndo not disturb each other", TurnPair(pair, 90), run_time=1.6)
        self.wait_until_read()
        self.bridge = Group(pair, names, shadow)
        self.hush(FadeOut(panel))

    def fill_the_ball(self):
        # Put up a first direction
        room = Room([*AXES, normalize(DIAGONALS[0].astype(float))], [INPUT, INPUT, INPUT, FOCUS])
        self.add(room)
        self.tell(
            "How many directions fit,\neach at 90° to all others?",
            room.reaches[0].animate.set_value(1),
            self.frame.animate.reorient(*VIEW),
            run_time=2.4,
        )
        self.remove(self.bridge)
        self.wait(0.6)

        # Paint where a second one may point
        self.play(room.counts[0].animate.set_value(1), run_time=1.2)
        self.tell("Room for a second one:\nanywhere on this ring")
        self.play(self.look(-10, -30), run_time=2)
        self.play(room.reaches[1].animate.set_value(1), run_time=1)

        # Cross two rings: two points are left
        self.play(room.counts[1].animate.set_value(1), self.look(-38, -22), run_time=1.8)
        self.tell("For a third one: only\nwhere the rings cross")
        self.play(room.reaches[2].animate.set_value(1), run_time=1)
        self.wait(0.8)

        # Cross three rings: nothing is left
        self.play(room.counts[2].animate.set_value(1), self.look(-44, -26), run_time=2)
        self.tell("No point lies\non all three rings")
        return room

    def try_a_fourth(self, room):
        # Let a fourth one try
        nearest = ("to the nearest", partial(room.get_nearest, 3), 1, "°", FOCUS, "angle to the nearest direction")
        panel = get_readouts(nearest)
        self.hush(room.reaches[3].animate.set_value(1), run_time=0.8)
        self.play(FadeIn(panel), run_time=0.4)  # its number changes in what follows
        self.play(self.bounce(room), run_time=0.8)
        for start, end in pairwise(DIAGONALS):
            self.play(self.swing(room, 3, start, end), run_time=1.1)
        most = closest_pair([*AXES, DIAGONALS[0]])[2]
        self.tell(
            get_line_with_number("always within", most, "of one of them", "farthest from all three"),
            self.bounce(room),
            run_time=0.8,
        )
        self.wait_until_read()

        # Say the rule
        self.play(room.reaches[3].animate.set_value(0), FadeOut(panel), run_time=0.7)
        self.tell("3 dimensions: 3 directions.\nN dimensions: N, and no more", self.look(-30, -20, run_time=2.5))

    def allow_nearly(self, room):
        # Widen the rings until a fourth one has room
        tolerance = ("90° ±", lambda: room.tolerance.get_value(), 1, "°", TARGET, "tolerance")
        panel = get_readouts(tolerance, widest=0.25)
        self.tell("And if nearly 90° will do?\nBright: room for a fourth one", FadeIn(panel))
        room.tolerance.set_value(LINE)
        room.goals[3] = normalize(DIAGONALS[0].astype(float))
        needed = 90 - closest_pair([*AXES, DIAGONALS[0]])[2]
        self.play(room.tolerance.animate.set_value(needed + 6), self.look(-6, -24), run_time=3.4)
        self.play(room.reaches[3].animate.set_value(1), run_time=0.8)

        # Let the three make room for it
        least = 90 - BEST_KNOWN[4]
        self.play(
            self.make_room(room),
            room.tolerance.animate.set_value(least),
            *(count.animate.set_value(0) for count in room.counts),
            self.look(-9, -3),
            run_time=2.2,
        )
        angle = get_readouts(("each pair", room.get_smallest, 1, "°", FOCUS, "smallest angle"))
        self.tell("A fourth one fits,\nbut not very near 90°", FadeOut(panel), FadeIn(angle))
        self.play(self.look(8, -3), run_time=2.6)
        self.play(FadeOut(angle), run_time=0.3)

    def count_dimensions(self, room):
        # Keep one direction, and the band around its equator
        share = "within ±5°", partial(self.get_share, room), 1, " %"
        panel = get_readouts(
            ("dimensions", lambda: round(room.dimension.get_value()), 0, "", TEXT, "dimensions"),
            (*share, TARGET, "directions within 5° of a right angle"),
            widest=0.9,
        )
        self.mark_more(panel, room)
        self.hush(*(reach.animate.set_value(0) for reach in room.reaches[1:]), self.stand_up(room), run_time=1)
        room.tolerance.set_value(BAND)
        self.tell(
            "How many directions are\nnearly at 90° to this one?",
            room.counts[0].animate.set_value(1),
            self.look(-24, -14),
            FadeIn(panel),
            run_time=1.2,
        )
        self.wait(0.5)

        # Add dimensions, and see the directions gather at the equator
        self.tell("Brightness: the density\nof directions", room.glow.animate.set_value(1), run_time=1)
        self.play(self.run_through(room), self.look(-8, -10), run_time=5.5)
        self.tell("In many dimensions almost all\nare within the band")
        self.wait_until_read()
        self.play(FadeOut(panel), run_time=0.3)

    def raise_the_guarantee(self, room):
        # Fly down to a column for each tolerance
        guarantee = get_guarantee()
        self.add(guarantee)
        self.hush(self.frame.animate.reorient(*GUARANTEE_VIEW), run_time=1.8)
        room.clear_updaters()
        self.remove(room)

        # Loosen the right angle, and count how many directions are sure to fit
        rule = Tex(R"\text{Chance alone guarantees } e^{\varepsilon^2 N / 4}", font_size=HEADING)
        panel = get_readouts(
            ("90° ±", lambda: max(guarantee.reach.get_value(), 0.0), 1, "°", TARGET, "tolerance"),
            ("at least", lambda: count_at_least(max(guarantee.reach.get_value(), 0.0)), 0, "", TEXT, "guaranteed"),
            widest=2.6,
        ).to_corner(UL, buff=SAFE_AREA)
        where = TexText(R"$\varepsilon$: the sine of the tolerance", font_size=LABEL + 4).set_color(MUTED)
        rule = VGroup(rule, where).arrange(DOWN, aligned_edge=LEFT).next_to(panel, DOWN, aligned_edge=LEFT)
        self.play(guarantee.reach.animate.set_value(0), FadeIn(panel), FadeIn(guarantee.get_level()), run_time=1)
        self.say(rule.set_backstroke(BACKGROUND, 5).fix_in_frame())
        self.play(
            guarantee.reach.animate.set_value(DEVIATIONS[-1]),
            self.frame.animate.reorient(*GUARANTEE_END),
            run_time=5,
        )
        self.play(FadeIn(guarantee.get_numbers(), 0.2 * DOWN), run_time=0.7)
        self.wait(3)

    def get_share(self, room):
        """Percent of the directions that are within the band, as it is said: never more than "more than 99.9"."""
        return min(100 * band_share(round(room.dimension.get_value()), BAND), NEARLY_ALL)

    def mark_more(self, panel, room):
        """Room before the share for a sign that says it is more than that, once it is."""
        number = panel[1][1].number.shift(0.3 * RIGHT)
        sign = Text(">", font_size=HEADING).set_color(TARGET).next_to(number, LEFT, buff=0.1).fix_in_frame()
        sign.add_updater(lambda sign: sign.set_opacity(float(self.get_share(room) >= NEARLY_ALL)))
        panel[1][1].add(sign)

    # What moves

    def swing(self, room, index, start, end):
        """Animation: a direction turns from one to another along a great circle."""

        def go(room, alpha):
            room.goals[index] = normalize((1 - alpha) * start + alpha * end)

        return UpdateFromAlphaFunc(room, go, suspend_mobject_updating=False)

    def bounce(self, room):
        """Animation: the fourth direction leans towards each of the others and back."""
        home = room.goals[3].copy()

        def go(room, alpha):
            lean = 0.16 * np.sin(3 * TAU * alpha) * (1 - alpha)
            room.goals[3] = normalize(home + lean * AXES[min(int(3 * alpha), 2)])

        return UpdateFromAlphaFunc(room, go, rate_func=linear, suspend_mobject_updating=False)

    def make_room(self, room):
        """Animation: three right angles open, evenly, until all four directions are equally far from each other."""

        def go(room, alpha):
            room.goals[:3] = normalize(2 * AXES - alpha * (1 - AXES) - AXES)

        return UpdateFromAlphaFunc(room, go, suspend_mobject_updating=False)

    def stand_up(self, room):
        """Animation: the first direction goes back to where it was."""
        return self.swing(room, 0, room.goals[0].copy(), AXES[0])

    def run_through(self, room):
        """Animation: the number of dimensions grows by equal factors in equal times."""
        low, high = DIMENSIONS[0], WIDTH

        def go(tracker, alpha):
            tracker.set_value(low * (high / low) ** alpha)

        return UpdateFromAlphaFunc(room.dimension, go)


FLOOR = 9.5 * DOWN  # under the ball, which is in sight until the floor is
GUARANTEE_VIEW = View(14, -14, 0, (0, 2.0 + FLOOR[1], 0), 8.8)
GUARANTEE_END = GUARANTEE_VIEW._replace(theta=-6, phi=-12)


def count_at_least(deviation, dimension=WIDTH):
    """How many directions are sure to fit within so many degrees of 90: those that chance guarantees, or the axes."""
    return max(dimension, guaranteed_count(dimension, deviation))


class Guarantee(Group):
    """How many directions are sure to fit within so many degrees of 90, as columns on a scale of powers of ten.

    Parts: `slab`, `columns`, `names` (below each), `axis`. Tracker: `reach`, in degrees: columns up to this one stand,
    that of the next degree as far as it is reached; none at −1.
    """

    unit, gap, width = 0.52, 2.0, 1.2  # frame units for a factor of ten, between columns, of a column

    def __init__(self):
        self.reach = ValueTracker(-1.0)
        xs = self.gap * (np.arange(len(DEVIATIONS)) - (len(DEVIATIONS) - 1) / 2)
        self.bases = [x * RIGHT + FLOOR for x in xs]
        self.slab = Cube(side_length=1).set_color(PLATE).set_shading(0.3, 0.2, 0.4).apply_depth_test()
        self.slab.set_shape(self.gap * len(xs) + 0.4, 0.3, 1.8).move_to(FLOOR + 0.16 * DOWN)
        self.columns = Group(Column(0, self.unit, self.width, base, TARGET) for base in self.bases)
        self.names = VGroup(
            Text(f"90° ± {deviation}°" if deviation else "90°", font_size=LABEL + 4)
            .set_color(TEXT)
            .move_to(base + np.array([0, -1.45, 0.95]))
            for deviation, base in zip(DEVIATIONS, self.bases, strict=True)
        )
        self.axis = get_log_axis(FLOOR + (self.gap * len(xs) / 2 - 0.1) * RIGHT, self.unit, (0, 2, 4, 6, 8, 10))
        super().__init__(self.slab, self.columns, self.names, self.axis)
        self.add_updater(lambda guarantee: guarantee.follow())

    def follow(self):
        """Be as high as the reach says."""
        for column, deviation in zip(self.columns, DEVIATIONS, strict=True):
            share = np.clip(self.reach.get_value() - deviation + 1, 0, 1)
            column.set_value(share * np.log10(count_at_least(deviation)))
            enough = count_at_least(deviation) > WIDTH
            column.body.set_color(TARGET if enough else mix_colors(TARGET, PLATE, 0.7))

    def get_numbers(self):
        """The counts, below their columns."""
        numbers = VGroup()
        for column, deviation in zip(self.columns, DEVIATIONS, strict=True):
            value = np.array(count_at_least(deviation))
            is_large = bool(value >= 1e5)
            number = SourcedNumber(
                float(value),
                source=Source("guaranteed", (), value.item),
                num_decimal_places=1 if is_large else 0,
                scientific=is_large,
                group_with_commas=not is_large,
                edge_to_fix=ORIGIN,
                font_size=HEADING,
            )
            number.set_color(TARGET if is_large else TEXT)
            numbers.add(number.set_max_width(0.85 * self.gap).move_to(column.base + np.array([0, -0.85, 0.95])))
        return numbers

    def get_level(self):
        """A line at the number of dimensions, and what it says: so many fit at exactly 90 degrees."""
        height = self.unit * np.log10(WIDTH)
        ends = [FLOOR + np.array([side * self.gap * len(DEVIATIONS) / 2, height, 0.35]) for side in (-1, 1)]
        tube = get_tube(*ends, 0.07).set_color(FOCUS)
        number = SourcedNumber(
            WIDTH,
            source=Source("dimensions", (), np.array(WIDTH).item),
            num_decimal_places=0,
            group_with_commas=True,
            font_size=BODY,
        )
        words = Text("the width of GPT-3", font_size=LABEL)
        label = VGroup(number, words).arrange(RIGHT, buff=0.2, aligned_edge=DOWN).set_color(FOCUS)
        label.next_to(ends[0], UP, buff=0.15, aligned_edge=LEFT)
        return Group(tube, label)


def get_guarantee(reach=-1):
    """The columns up to a deviation in degrees."""
    guarantee = Guarantee()
    guarantee.reach.set_value(reach)
    return guarantee.update()
