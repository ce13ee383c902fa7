from _2025.superposition.features import NEWCOMER, WORDS, get_counts, get_mark, get_patterns, get_shared_squares
from _2025.superposition.stage import FLOOR, SceneOfDirections, Shadow, get_readouts, get_slab
from manim_imports_ext import *
from truth.almost_orthogonal import angle_between
from truth.concepts import get_concepts

SPREAD = 4.5  # length of the two vectors, in frame units
START = FLOOR + 0.5 * UP
RANGE = 10, 180, 91  # degrees, in the order in which the pair takes them
BAND = 1  # degrees from 90
TIMES = 15  # times as large what is seen through the lens is
PAIR_VIEW = View(0, -5, 0, (0, FLOOR[1] + 2.15, 0), 7.6)
PAIR_END = View(0, -5, 0, (0, FLOOR[1] + 2.4, 0), 6.9)


def get_pair(angle=RANGE[-1]):
    """The pair on its floor, at an angle."""
    return get_vector_pair(angle, SPREAD, start=START, width=0.2, colors=(INPUT, INPUT), name="angle of the pair")


def get_ticks():
    """−1, 0 and 1 below the floor's edge, where the bar ends that has such a cosine."""
    return VGroup(
        Text(f"{k}".replace("-", "−"), font_size=LABEL + 4)
        .set_color(MUTED)
        .move_to(FLOOR + np.array([k * SPREAD, -0.55, 0.95]))
        for k in (-1, 0, 1)
    )


def get_band():
    """A thin piece of a disc behind the vectors: angles within a degree of 90. Parts: the piece, what it is."""
    band = AngleSector(1.13 * SPREAD, TARGET, -0.35).set_range(90 - BAND, 90 + BAND)
    band.set_shading(0, 0, 0).set_opacity(0.6).shift(START)
    name = Text(f"±{BAND}°", font_size=LABEL + 4).set_color(TARGET)
    return Group(band, name.next_to(START + 1.1 * SPREAD * UP, LEFT, buff=0.25))


class Lens(Group):
    """The bar below a pair, seen larger: where it ends at 89 and at 91 degrees.

    Parts: `plate`, `zero`, `bar`, `words`.
    """

    place = FLOOR + np.array([-3.55, 2.75, 0.6])

    def __init__(self, shadow):
        self.shadow, self.unit = shadow, TIMES * SPREAD
        room = Rectangle(3.5, 2.3).move_to(self.place)
        self.plate = Plate(room, 0.15)
        self.foot = self.place + 0.25 * DOWN
        self.zero = Line(self.foot + 0.85 * UP, self.foot + 0.5 * DOWN).set_stroke(TEXT, 4)
        self.bar = Rectangle(1, 0.55).set_stroke(width=0).set_fill(opacity=1)
        edge = float(np.cos(np.radians(90 - BAND)))
        self.words = VGroup(Text(f"{TIMES} times larger", font_size=LABEL).move_to(self.place + 0.92 * UP))
        for value in (-edge, edge):
            number = SourcedNumber(
                value,
                source=Source("cosine at the band's edge", (), lambda value=value: value),
                num_decimal_places=3,
                include_sign=True,
                font_size=LABEL,
                edge_to_fix=ORIGIN,
            )
            self.words.add(number.move_to(self.foot + value * self.unit * RIGHT + 0.8 * DOWN))
            tick = Line(0.5 * DOWN, 0.3 * UP).set_stroke(TARGET, 4).move_to(self.foot + value * self.unit * RIGHT)
            self.words.add(tick)
        self.words.set_color(TEXT)
        super().__init__(self.plate, self.bar, self.zero, self.words)
        self.add_updater(lambda lens: lens.follow(), call=True)

    def follow(self):
        """Show what the bar is now."""
        cosine = self.shadow.get_cosine()
        width = max(abs(cosine) * self.unit, 0.01)
        self.bar.stretch_to_fit_width(width).move_to(self.foot + cosine * self.unit / 2 * RIGHT)
        self.bar.set_fill(POSITIVE_RAMP[1] if cosine >= 0 else NEGATIVE_RAMP[1])


class ShowAngleRange(SceneOfDirections):
    """The cosine is how far one direction reaches along another: next to nothing from 89° to 91°."""

    chapter = "Two ideas, one angle"

    def construct(self):
        pair, shadow, panel = self.take_two_cards()
        self.open_the_angle(pair)
        self.look_closely(pair, shadow, panel)

    def take_two_cards(self):
        # Take two of the cards to where their names will stand
        set_telephoto(self.frame, 20).reorient(*PAIR_VIEW)
        patterns, marks = get_cards_at_the_end()
        pair = get_pair(angle_between(*get_concepts()[:2]))
        names = VGroup(Text(word, font_size=BODY).set_color(INPUT) for word in WORDS[:2])
        names[0].next_to(START + SPREAD * RIGHT, UP, buff=0.3)
        names[1].next_to(START + pair.second.vector, LEFT, buff=0.3)
        floor = Group(get_slab(), get_ticks())
        self.add(patterns, marks)
        self.play(
            FadeOut(marks, time_span=(0, 0.3)),
            FadeOut(patterns[2:], time_span=(0, 0.5)),
            *(patterns[k].animate(time_span=(0.4, 1.3)).move_to(self.get_place(names[k])) for k in (0, 1)),
            FadeIn(floor, time_span=(0.5, 1.3)),
            run_time=1.3,
        )

        # Let each be an arrow: an idea is a direction
        shadow = Shadow(pair).update()
        panel = get_readouts(("the sum: a cosine", shadow.get_cosine, 3, "", TEXT, "cosine of the angle"), widest=0.6)
        panel.to_corner(UL, buff=SAFE_AREA)
        self.tell(
            "Each idea is a direction\nin 8 dimensions",
            FadeOut(patterns[:2], time_span=(0, 0.5)),
            FadeIn(names, time_span=(0.5, 1)),
            GrowFromPoint(pair, START),
            run_time=1.2,
        )
        self.tell("Cosine: how far one reaches\nalong the other", FadeIn(shadow), FadeIn(panel))
        self.hush(FadeOut(names))
        return pair, shadow, panel

    def get_place(self, mobject):
        """Where a thing is seen, in a frame that stays."""
        return np.append(to_screen(self.frame, mobject.get_center())[:2], 0)

    def open_the_angle(self, pair):
        # Open the angle all the way
        self.play(TurnPair(pair, RANGE[0]), run_time=1.2)
        self.play(TurnPair(pair, RANGE[1]), run_time=3.4)
        self.tell("Opposites disturb as much:\nthink of one line")

        # Come back to nearly a right angle
        self.hush(TurnPair(pair, 90 - BAND), run_time=2.2)

    def look_closely(self, pair, shadow, panel):
        # Look at the little bar that is left, through a lens
        lens, band = Lens(shadow), get_band()
        self.tell(
            "From 89° to 91°:\nalmost nothing",
            FadeIn(band),
            FadeIn(lens, scale=0.3, shift=lens.place - START),
            self.frame.animate.reorient(*PAIR_END),
            run_time=1.2,
        )

        # Rock from 89 to 91 degrees, and back, and again
        for angle in (RANGE[2], 90 - BAND, RANGE[2]):
            self.play(TurnPair(pair, angle), run_time=0.9)
        self.hush(FadeOut(panel))


def get_cards_at_the_end():
    """What the scene before ends on: the cards, and what was marked on them."""
    patterns = get_patterns()
    counts = get_counts(patterns, NEWCOMER)
    counts[NEWCOMER].set_color(FOCUS)
    marks = VGroup(get_shared_squares(patterns, NEWCOMER), counts, get_mark(patterns[NEWCOMER]))
    return patterns, marks.fix_in_frame()
