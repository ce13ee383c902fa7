from functools import partial

from _2025.superposition.angle_range import PAIR_END, Lens, get_band, get_pair, get_ticks
from _2025.superposition.stage import (
    FLOOR,
    LENGTH,
    RADIUS,
    SceneOfDirections,
    Shadow,
    get_line_with_number,
    get_log_axis,
    get_readouts,
    get_slab,
    get_view,
)
from manim_imports_ext import *
from truth.almost_orthogonal import DIMENSIONS, band_share, guaranteed_count, miss_bound
from truth.packing import BEST_KNOWN, closest_pair, line_angles, normalize

AXES = np.array([UP, RIGHT, OUT])  # three directions at right angles, in the order in which they come
DIAGONALS = np.array([(1, 1, 1), (-1, 1, 1), (-1, 1, -1)])  # where a fourth one tries
WIDTH = DIMENSIONS[-1]
DEVIATIONS = 0, 1, 2, 3, 4, 5  # degrees from 90
BAND = 5  # degrees
NEARLY_ALL = 99.9  # percent: what is more is said to be more than this
ROOM_VIEW = get_view(-24, -18, 7.5, 1.3)
RULE_VIEW = get_view(-8, -10, 7.5, 3.0)  # the ball makes room for formulas
LINE = 1.6  # half as wide as a ring is drawn that has no width, in degrees


class Room(VectorBundle):
    """Directions on a ball, which is painted where the next one may point: within a tolerance of 90 degrees to all.

    Trackers: `tolerance` (degrees), `counts` (how much the ring of each counts, 0 to 1), `reaches` (how long each is),
    `dimension` and `glow` (0 to 1: instead, brightness says how many directions of a space of so many
    dimensions make each angle with the first one).
    """

    def __init__(self, vectors, colors):
        super().__init__(vectors, length=LENGTH, width=0.17, colors=colors, ball=RADIUS, has_tails=True)
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
    """At exactly 90° as many lines fit as there are dimensions; nearly so far more, if nearly is not too near."""

    chapter = "How many directions fit?"
    beside, view_height = 1.3, 7.5

    def construct(self):
        room = self.fly_to_the_ball()
        self.fill_the_ball(room)
        self.try_a_fourth(room)
        self.allow_nearly(room)
        belt = self.count_dimensions(room)
        rule = self.say_why(belt)
        self.raise_the_guarantee(room, rule)

    def fly_to_the_ball(self):
        # Turn the two to a right angle, and fly up to a ball with a first line through it
        set_telephoto(self.frame, 20).reorient(*PAIR_END)
        pair, floor = get_pair(), Group(get_slab(), get_ticks())
        shadow = Shadow(pair).update()
        band, lens = get_band(), Lens(shadow)
        room = Room([*AXES, normalize(DIAGONALS[0].astype(float))], [INPUT, INPUT, INPUT, FOCUS])
        self.add(floor, pair, shadow, band, lens)
        self.play(FadeOut(band), TurnPair(pair, 90), run_time=1)
        self.add(room)
        self.tell(
            "How many lines fit,\neach at 90° to all others?",
            FadeOut(lens.clear_updaters(), time_span=(0, 0.5)),
            FadeOut(shadow, time_span=(0, 0.5)),
            room.reaches[0].animate.set_value(1),
            self.frame.animate.reorient(*ROOM_VIEW),
            run_time=2.4,
        )
        self.remove(floor, pair)
        return room

    def fill_the_ball(self, room):
        # Paint where a second one may point
        panel = self.get_count(room)
        self.play(room.counts[0].animate.set_value(1), FadeIn(panel), run_time=1.2)
        self.tell("A second one:\nanywhere on this ring", self.look(-12, -28), run_time=1.4)
        self.play(room.reaches[1].animate.set_value(1), run_time=1)

        # Cross two rings: one line is left
        self.play(room.counts[1].animate.set_value(1), self.look(-38, -22), run_time=1.6)
        self.tell("A third: only\nwhere the rings cross")
        self.play(room.reaches[2].animate.set_value(1), run_time=1)

        # Cross three rings: nothing is left
        self.play(room.counts[2].animate.set_value(1), self.look(-44, -26), run_time=1.4)
        self.tell("Each line uses up a dimension:\nN dimensions, N lines")
        self.wait_until_read()
        self.play(FadeOut(panel), run_time=0.3)

    def try_a_fourth(self, room):
        # Let a fourth one try
        nearest = ("to the nearest", partial(room.get_nearest, 3), 1, "°", FOCUS, "angle to the nearest line")
        panel = get_readouts(nearest)
        self.hush(room.reaches[3].animate.set_value(1), FadeIn(panel), run_time=0.8)
        most = closest_pair([*AXES, DIAGONALS[0]])[2]
        self.play(self.bounce(room), run_time=0.8)
        self.tell(
            get_line_with_number("Always within", most, "of one of them", "farthest from all three"),
            self.swing(room, 3, *DIAGONALS[:2]),
            run_time=1.1,
        )
        self.play(self.swing(room, 3, *DIAGONALS[1:]), run_time=1.1)
        self.wait_until_read()
        self.play(room.reaches[3].animate.set_value(0), FadeOut(panel), run_time=0.6)

    def allow_nearly(self, room):
        # Widen the rings until a fourth one has room
        tolerance = ("90° ±", lambda: room.tolerance.get_value(), 1, "°", TARGET, "tolerance")
        panel = get_readouts(tolerance, widest=0.25)
        self.tell("And if nearly 90° will do?\nBright: room for a fourth one", FadeIn(panel))
        room.tolerance.set_value(LINE)
        room.goals[3] = normalize(DIAGONALS[0].astype(float))
        needed = 90 - closest_pair([*AXES, DIAGONALS[0]])[2]
        self.play(room.tolerance.animate.set_value(needed + 6), self.look(-10, -24), run_time=3)
        self.play(room.reaches[3].animate.set_value(1), run_time=0.8)

        # Let the three make room for it
        least = 90 - BEST_KNOWN[4]
        self.play(
            self.make_room(room),
            room.tolerance.animate.set_value(least),
            *(count.animate.set_value(0) for count in room.counts),
            self.look(-9, -8),
            run_time=2,
        )
        angle = get_readouts(("each pair", room.get_smallest, 1, "°", FOCUS, "smallest angle"))
        self.tell("A fourth one fits,\nbut far from 90°", FadeOut(panel), FadeIn(angle))
        self.play(self.look(8, -8), run_time=1.6)
        self.play(FadeOut(angle), run_time=0.3)

    def count_dimensions(self, room):
        # Keep one line, and the band around its equator
        share = "within ±5°", partial(self.get_share, room), 1, " %"
        panel = get_readouts(
            ("dimensions", lambda: round(room.dimension.get_value()), 0, "", TEXT, "dimensions"),
            (*share, TARGET, "directions within 5° of a right angle"),
            widest=1.2,
        )
        self.mark_more(panel, room)
        self.hush(*(reach.animate.set_value(0) for reach in room.reaches[1:]), self.stand_up(room), run_time=1)
        room.tolerance.set_value(BAND)
        self.tell(
            "How many are nearly\nat 90° to this one?",
            room.counts[0].animate.set_value(1),
            self.look(-24, -14),
            FadeIn(panel),
            run_time=1.2,
        )

        # Add dimensions, and see the directions gather at the equator
        self.tell("Bright: many directions", room.glow.animate.set_value(1), run_time=1)
        self.play(self.run_through(room), self.look(-8, -10), run_time=4.2)
        self.tell("Almost all directions\nare within the band")
        return panel

    def say_why(self, belt):
        # Write down how rarely a random pair misses the band
        miss, pairs, product, count = self.get_rules()
        belt.clear_updaters()
        self.tell(
            "Two at random miss\nthe band almost never",
            FadeOut(belt, time_span=(0, 0.5)),
            self.frame.animate.reorient(*RULE_VIEW),
            FadeIn(miss, time_span=(0.7, 1.2)),
            run_time=1.2,
        )

        # Multiply by the number of pairs among k of them
        self.tell("k of them fit, if fewer\nthan one miss is expected", FadeIn(pairs), run_time=1)
        self.play(FadeIn(product), run_time=0.8)
        self.wait_until_read()
        self.play(FadeIn(count), run_time=0.7)
        self.wait(1)
        self.hush(FadeOut(VGroup(miss, pairs, product)))
        return count

    def get_rules(self):
        """A pair's chance to miss, the number of pairs, their product, and what k follows: one below the other."""
        chance = self.get_rule(R"p \le 2e^{-\varepsilon^2 N/2}", miss_bound(WIDTH, BAND), "chance of a miss", WRONG)
        pairs = Tex(R"\text{pairs} < k^2 / 2", font_size=HEADING).set_color(TEXT)
        product = Tex(R"\tfrac{1}{2} k^2 \cdot p \le 1", font_size=HEADING, t2c={"p": WRONG})
        count = self.get_rule(R"k = e^{\varepsilon^2 N/4}", guaranteed_count(WIDTH, BAND), "guaranteed", TARGET)
        rules = VGroup(chance, pairs, product, count).arrange(DOWN, buff=0.45, aligned_edge=LEFT)
        size = rf"N = {WIDTH:,}".replace(",", "{,}")
        where = Tex(size + R",\ \ \varepsilon = \sin", font_size=BODY), Text(f"{BAND}°", font_size=BODY)
        note = VGroup(*where).arrange(RIGHT, buff=0.12).set_color(MUTED)
        note.next_to(rules, DOWN, buff=0.45, aligned_edge=LEFT)
        chance.add(note)
        rules.to_edge(RIGHT, buff=SAFE_AREA + 0.1).set_y(-0.5).fix_in_frame()
        return rules

    def get_rule(self, tex, value, name, color):
        """A formula, and what it is here."""
        number = SourcedNumber(
            value,
            source=Source(name, (), lambda: value),
            num_decimal_places=1,
            scientific=True,
            edge_to_fix=LEFT,
            font_size=HEADING,
        )
        line = VGroup(Tex(tex, font_size=HEADING), Tex(R"\approx", font_size=HEADING), number)
        return line.arrange(RIGHT, buff=0.2).set_color(color)

    def raise_the_guarantee(self, room, rule):
        # Fly down to a column for each tolerance
        guarantee = get_guarantee()
        self.add(guarantee)
        panel = get_readouts(
            ("90° ±", lambda: max(guarantee.reach.get_value(), 0.0), 1, "°", TARGET, "tolerance"),
            ("at least", lambda: count_at_least(max(guarantee.reach.get_value(), 0.0)), 0, "", TEXT, "guaranteed"),
            widest=2.6,
        ).to_corner(UL, buff=SAFE_AREA)
        formula = rule[0]
        self.play(
            self.frame.animate.reorient(*GUARANTEE_VIEW),
            FadeOut(rule[1:], time_span=(0, 0.4)),
            formula.animate(time_span=(0, 1.2)).next_to(panel, DOWN, buff=0.3, aligned_edge=LEFT),
            run_time=1.8,
        )
        room.clear_updaters()
        self.remove(room)

        # Raise what fits at exactly 90 degrees: one on each axis
        self.tell(
            "Grey: one on each axis",
            guarantee.reach.animate.set_value(0),
            FadeIn(panel),
            FadeIn(guarantee.get_level()),
            run_time=1,
        )

        # Loosen the right angle, and count how many directions are sure to fit
        self.tell("Green: what chance guarantees")
        self.play(
            guarantee.reach.animate.set_value(DEVIATIONS[-1]),
            self.frame.animate.reorient(*GUARANTEE_END),
            run_time=4,
        )
        self.hush(FadeIn(guarantee.get_numbers(), 0.2 * DOWN), FadeOut(panel), FadeOut(formula), run_time=0.7)
        self.wait(1.4)

    def get_count(self, room):
        """How many lines there are, and how many dimensions that leaves."""

        def count():
            return sum(reach.get_value() > 0.5 for reach in room.reaches[:3])

        return get_readouts(
            ("lines", count, 0, "", INPUT, "lines"),
            ("dimensions left", lambda: 3 - count(), 0, "", TARGET, "dimensions left"),
        )

    def get_share(self, room):
        """Percent of the directions that are within the band, as it is said: never more than "more than 99.9"."""
        return min(100 * band_share(round(room.dimension.get_value()), BAND), NEARLY_ALL)

    def mark_more(self, panel, room):
        """Room before the share for a sign that says it is more than that, once it is."""
        number = panel[1][1].number.shift(0.5 * RIGHT)
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


GUARANTEE_VIEW = View(9, -13, 0, (0, 2.0 + FLOOR[1], 0), 8.8)
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
        self.slab = get_slab()
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
            column.body.set_color(TARGET if enough else mix_colors(PLATE, TEXT, 0.35))

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
        words = Text("dimensions of GPT-3", font_size=BODY)
        label = VGroup(number, words).arrange(RIGHT, buff=0.25).set_color(FOCUS)
        put_on_baseline(number, words)
        label.next_to(ends[0], UP, buff=0.2, aligned_edge=LEFT)
        return Group(tube, label)


def get_guarantee(reach=-1):
    """The columns up to a deviation in degrees."""
    guarantee = Guarantee()
    guarantee.reach.set_value(reach)
    return guarantee.update()
