from _2025.superposition.stack import MANY, STACK_END, VectorStack
from _2025.superposition.stage import SceneOfDirections, get_readouts
from manim_imports_ext import *
from truth.almost_orthogonal import (
    DIMENSIONS,
    POPULAR,
    RandomConfig,
    angle_between,
    copies_of_axes,
    get_optimised_angles,
    get_random_angles,
    get_random_vectors,
    guarantee_begins,
    measure_angles,
    welch_deviation,
)
from truth.gathering import get_gathering

BINS = 360  # of half a degree
BAND = 1  # degrees from 90
FEW = 2, 5, 20, 100  # of the ten thousand, taken first
LADDER = 3, 4, 5, 7, 10, 14, 20, 30, 50, 70, 100, 150, 250, 400, 600, 1_000, 1_600, 2_500, 4_000, 7_000, 12_288
COUNTS = 103, 200, 400, 1_000  # how many vectors the floor is shown for
PARALLEL = 10  # degrees from 0 or 180
VIEW = View(-8, -11, 0, (0, 1.75, 0), 8.2)
OTHER_VIEW = VIEW._replace(theta=9)
CLOSE = 0.02  # the share that is as high as the histogram, when one looks at the low bars
CUT = 1.08  # times as high as the histogram: what is higher is cut off, and said to be


def get_histogram(angles, window=None):
    """The angles of all pairs, with a green band within a degree of 90."""
    histogram = AngleHistogram(
        angles.get_shares(BINS), window=window, width=11.6, height=4.6, depth=1.6, ticks=(90, 0, 180, 45, 135, 85, 95)
    )
    return histogram.set_colors(90 - BAND, 90 + BAND)


def get_few_angles():
    """Of the first of the ten thousand vectors, ever more, then of all."""
    first = get_random_vectors(RandomConfig(MANY.dimension, max(FEW)))
    return [*(measure_angles(first[:n]) for n in FEW), get_random_angles(MANY)]


class AlmostOrthogonal(SceneOfDirections):
    """Random directions are nearly at 90° in many dimensions; how nearly has a floor that no trick beats."""

    chapter = "How near is nearly?"

    def construct(self):
        histogram = self.take_pairs()
        panel = self.add_dimensions(histogram)
        self.make_the_sum_small(histogram, panel)
        self.open_the_window(histogram)
        columns = self.raise_the_floor(histogram)
        self.find_where_it_begins(columns)

    def take_pairs(self):
        # Take two of the ten thousand vectors
        set_telephoto(self.frame, 20).reorient(*STACK_END)
        stack = VectorStack(100, 100)
        moments = get_few_angles()
        histogram = get_histogram(moments[0])
        first_bar, none = moments[0].get_shares(BINS), np.zeros(BINS)
        histogram.set_shares(none)
        first, second = get_random_vectors(RandomConfig(MANY.dimension, 2))
        pair = get_vector_pair(90, 2.6, start=(-1.1, 1.3, 0), width=0.16, decimals=1, name="angle of the first two")
        pair.set_angle(angle_between(first, second))
        self.add(stack, histogram)
        axes = Text("angle of a pair;  height: share of pairs, the tallest bar full", font_size=LABEL).set_color(MUTED)
        self.axes = axes.move_to([0, -3.3, 0]).fix_in_frame()
        self.play(
            self.frame.animate.reorient(*VIEW), self.carry(stack), FadeIn(axes, time_span=(1.6, 2.2)), run_time=2.2
        )
        self.tell("The first two", FadeIn(pair))
        self.hush(pair.animate.scale(0.05).move_to(histogram.to_point(moments[0].least)), run_time=0.8)
        self.remove(pair)
        self.play(AnimateHistogramThrough(histogram, [none, first_bar], [1, 1]), run_time=0.8)

        # Take ever more of them, then all
        panel = get_readouts(
            ("pairs", self.get_figure(histogram, moments, "pairs"), 0, "", TEXT, "pairs of pairs"),
            ("within 1°", self.get_figure(histogram, moments, "share"), 1, " %", TARGET, "share of pairs"),
            widest=1.7,
        ).to_corner(UL, buff=SAFE_AREA)
        self.play(FadeIn(panel), run_time=0.4)
        self.play(
            self.go_through(histogram, moments, rate_func=in_steps(len(moments))),
            self.frame.animate(rate_func=smooth).reorient(*OTHER_VIEW),
            run_time=4,
        )
        self.tell("Most are near 90°,\nfew within 1°")
        self.play(FadeOut(panel), FadeOut(stack), run_time=0.5)
        return histogram

    def add_dimensions(self, histogram):
        # Go from three dimensions to those of GPT-3
        ladder = [get_random_angles(RandomConfig(n)) for n in LADDER]
        down = ladder[LADDER.index(MANY.dimension) :: -1]
        self.hush(self.go_through(histogram, [get_random_angles(MANY), *down]), run_time=1.4)
        histogram.place = 0
        panel = get_readouts(
            ("dimensions", lambda: LADDER[self.get_place(histogram, ladder)], 0, "", TEXT, "dimensions"),
            ("spread", self.get_figure(histogram, ladder, "spread"), 1, "°", INPUT, "standard deviation"),
            ("within 1°", self.get_figure(histogram, ladder, "share"), 1, " %", TARGET, "share of pairs"),
            widest=0.9,
            font_size=BODY,
        ).to_corner(UL, buff=SAFE_AREA)
        self.tell("More dimensions:\nnarrower and narrower", FadeIn(panel))
        self.play(self.go_through(histogram, ladder), self.frame.animate.reorient(*VIEW), run_time=6)

        # Say how narrow
        radian = SourcedNumber(
            np.degrees(1), source=Source("a radian in degrees", (), lambda: np.degrees(1)), font_size=HEADING
        )
        word, rest = Text("spread ≈", font_size=HEADING), Tex(R"0^\circ / \sqrt{N}", font_size=HEADING)
        put_on_baseline(radian.next_to(word, RIGHT, 0.18), word)
        rest.shift(radian.get_corner(DR) - rest[0].get_corner(DR))  # its 0 stands where the number's last digit does
        law = VGroup(word, radian, rest[1:]).to_corner(UR, buff=SAFE_AREA + 0.1).fix_in_frame()
        self.say(law.set_color(INPUT))
        return panel

    def make_the_sum_small(self, histogram, counter):
        # Look through a window around 90 degrees, and go back to 100 dimensions
        moments = get_optimised_angles(POPULAR)
        down = LADDER[: LADDER.index(MANY.dimension) - 1 : -1]
        self.hush(self.open(histogram, 80, 100), FadeOut(counter), run_time=1.2)
        self.tell(
            f"{POPULAR.count:,} vectors in {POPULAR.dimension}\ndimensions: push them to 90°",
            self.go_through(histogram, [*map(get_random_angles, map(RandomConfig, down)), moments[0]]),
            run_time=1.6,
        )
        histogram.place = 0
        panel = get_readouts(
            ("dimensions", lambda: POPULAR.dimension, 0, "", TEXT, "dimensions"),
            ("within 1°", self.get_figure(histogram, moments, "share"), 1, " %", TARGET, "share of pairs"),
            widest=0.4,
        ).to_corner(UL, buff=SAFE_AREA)
        self.play(FadeIn(panel), run_time=0.4)

        # Make the sum of absolute cosines small
        self.say(self.get_sum())
        self.play(self.go_through(histogram, moments), self.frame.animate.reorient(*OTHER_VIEW), run_time=4.5)
        self.tell("Nearly all within 1°.\nAre we done?")
        self.play(FadeOut(panel), run_time=0.3)

    def open_the_window(self, histogram):
        # Open the window, and look closely at what is low
        end = get_optimised_angles(POPULAR)[-1]
        self.hush(self.open(histogram, 0, 180), self.frame.animate.reorient(*VIEW), run_time=2)
        histogram.set_colors(0, PARALLEL, WRONG).set_colors(180 - PARALLEL, 180, WRONG)
        self.play(self.magnify(histogram, CLOSE), run_time=1.6)
        cut = get_readouts(("cut off:", lambda: 100 * end.share, 1, " %", TARGET, "share of pairs"), font_size=BODY)
        cut.next_to([-0.45, 1.7, 0], LEFT)
        parallel = get_readouts(
            ("almost parallel", lambda: 100 * get_parallel_share(end), 1, " %", WRONG, "share of pairs")
        ).to_corner(UL, buff=SAFE_AREA)
        self.tell(
            "The rest collapsed:\nparallel or opposite",
            FadeIn(parallel),
            FadeIn(cut),
            FadeIn(mark := self.get_break(histogram)),
        )

        # Watch some of the vectors, as they fall onto one line: what the sum likes
        gathering = Gathering(np.array([3.3, 1.75, 0.4]))
        _, mean, random = copies_of_axes(POPULAR.count, POPULAR.dimension)
        panel = get_readouts(
            ("mean |cos|, random", lambda: random, 3, "", TEXT, "mean |cos| of random vectors"),
            ("mean |cos|, copies", lambda: mean, 3, "", WRONG, "mean |cos| of copies of axes"),
            font_size=BODY,
        ).to_corner(UL, buff=SAFE_AREA)
        self.tell(
            f"The sum likes copies: {len(gathering.angles[0])} of them\nfall onto one line",
            FadeIn(gathering),
            FadeOut(parallel),
        )
        self.wait(0.6)
        self.play(gathering.time.animate(rate_func=linear).set_value(len(gathering.angles) - 1), run_time=3)
        self.play(FadeIn(panel), run_time=0.5)
        self.wait(1.4)
        self.play(FadeOut(Group(panel, cut, gathering)), run_time=0.4)
        self.mark = mark

    def raise_the_floor(self, histogram):
        # Set up what no arrangement gets below
        columns = FloorColumns()
        bound = Tex(R"\sum_{i, j} \cos^2 \theta_{ij} \geq \frac{n^2}{N}", font_size=HEADING)
        reason = VGroup(Text("n vectors in N dimensions, always:", font_size=BODY).set_color(TEXT), bound)
        reason.arrange(DOWN, buff=0.25, aligned_edge=RIGHT)
        self.tell(reason)
        self.wait(1)
        self.wait_until_read()
        self.add(columns)
        self.tell(
            "So the worst pair is at least\nthis far off (Welch’s bound)",
            self.magnify(histogram, 1e9, time_span=(0, 0.8)),
            FadeOut(Group(histogram.labels, self.axes, self.mark), time_span=(0, 0.5)),
            FadeIn(columns.names, time_span=(0.5, 1)),
            columns.floors.animate(time_span=(0.3, 1.8)).set_value(1),
            self.frame.animate.reorient(*OTHER_VIEW),
            run_time=1.8,
        )
        self.remove(histogram)
        self.play(FadeIn(columns.get_numbers()), FadeIn(columns.get_level()), run_time=0.6)
        return columns

    def find_where_it_begins(self, columns):
        # Let the columns sink, and say where many dimensions have room after all
        begins = get_readouts(
            ("dimensions of GPT-3", lambda: WIDTH, 0, "", TEXT, "dimensions"),
            (
                "chance beats one per axis from 90° ±",
                lambda: guarantee_begins(WIDTH),
                1,
                "°",
                TARGET,
                "where chance wins",
            ),
            font_size=BODY,
        ).to_corner(UL, buff=SAFE_AREA)
        self.tell(
            "What helps is\nmore dimensions",
            columns.floors.animate.set_value(0),
            FadeOut(columns.words, time_span=(0, 0.5)),
            FadeIn(begins, time_span=(0.5, 1.1)),
            run_time=1.2,
        )
        self.wait(1)
        self.hush(FadeOut(begins))

    # What is shown

    def get_figure(self, histogram, moments, name):
        """A function: a figure of the moment at which a histogram is; a share in percent."""

        def ask():
            value = getattr(moments[self.get_place(histogram, moments)], name)
            return 100 * value if name == "share" else value

        return ask

    def get_place(self, histogram, moments):
        """Which of the moments the histogram has come to: a number changes when its picture stands."""
        return min(int(histogram.place + 0.02), len(moments) - 1)

    def get_sum(self):
        """What the popular measure is."""
        tex = Tex(R"\text{make } \sum_{i < j} |\cos \theta_{ij}| \text{ small}", font_size=HEADING)
        return tex.to_corner(UR, buff=SAFE_AREA + 0.1).fix_in_frame()

    def get_break(self, histogram):
        """A zigzag across the tallest bar: it goes on far beyond the picture."""
        x, y = to_screen(self.frame, histogram.to_point(90) + 0.8 * histogram.height * UP)
        points = [[x + 0.13 * k, y + 0.13 * (-1) ** k, 0] for k in range(-4, 5)]
        return VMobject().set_points_as_corners(points).set_stroke(BACKGROUND, 14).fix_in_frame()

    # What moves

    def go_through(self, histogram, moments, **kwargs):
        """Animation: the histogram goes through the angles of several moments, as high as the tallest bar each time."""
        return AnimateHistogramThrough(histogram, [angles.get_shares(BINS) for angles in moments], **kwargs)

    def open(self, histogram, start, end):
        """Animation: the window opens or closes to a range of angles."""
        before = np.array(histogram.window)

        def go(histogram, alpha):
            histogram.set_window(*interpolate(before, np.array([start, end]), alpha))

        return UpdateFromAlphaFunc(histogram, go)

    def magnify(self, histogram, most, **config):
        """Animation: another share becomes as high as the histogram; what is much higher is cut off."""
        shares, before = histogram.shares.copy(), histogram.most

        def go(histogram, alpha):
            scale = before ** (1 - alpha) * most**alpha
            histogram.set_shares(np.minimum(shares, CUT * scale), scale)

        return UpdateFromAlphaFunc(histogram, go, **config)

    def carry(self, stack):
        """Animation: the block comes along, and stands small behind the slab."""
        start, end = stack.origin.copy(), np.array([-5.3, 2.9, -0.4])

        def go(stack, alpha):
            stack.put(interpolate(start, end, alpha), interpolate(1, 0.32, alpha))

        return UpdateFromAlphaFunc(stack, go)


def get_parallel_share(angles):
    """Of the pairs within ten degrees of 0 or 180."""
    shares = angles.get_shares(18)
    return float(shares[0] + shares[-1])


class Gathering(Group):
    """Vectors that the sum moved onto one line, each at its true angle to that line; around it they are spread evenly.

    Tracker: `time`, in snapshots. Parts: `line`, then an arrow for each.
    """

    length = 1.5

    def __init__(self, place):
        self.place, self.angles, self.time = place, np.radians(get_gathering().angles), ValueTracker(0.0)
        self.line = get_tube(place + 1.6 * DOWN, place + 1.6 * UP, 0.04).set_color(WRONG)
        super().__init__(self.line)
        self.arrows = [Spike([0, self.length, 0], 0.09, INPUT, start=place) for _ in self.angles[0]]
        self.add(*self.arrows).add_updater(lambda gathering: gathering.follow())
        self.follow()

    def follow(self):
        """Stand as at that time."""
        time = self.time.get_value()
        k = min(int(time), len(self.angles) - 2)
        angles = interpolate(self.angles[k], self.angles[k + 1], time - k)
        turns = TAU * np.arange(len(angles)) / len(angles)
        for arrow, angle, turn in zip(self.arrows, angles, turns, strict=True):
            side = np.array([np.cos(turn), 0, np.sin(turn)])
            arrow.set_vector(self.length * (np.cos(angle) * UP + np.sin(angle) * side))
        return self


class FloorColumns(Group):
    """For several numbers of vectors: the least that the worst pair can be off.

    Tracker: `floors`: how much of the columns there is, 0 to 1. Parts: `slab`, `columns`, `words` (of them `names`, and
    what was asked for).
    """

    unit, width = 0.46, 1.3  # frame units for a degree; of a column

    def __init__(self):
        self.floors = ValueTracker(0.0)
        self.slab = get_histogram(get_random_angles(MANY)).slab
        xs = 2.6 * (np.arange(len(COUNTS)) - (len(COUNTS) - 1) / 2)
        bases = [np.array([x, 0, -0.6]) for x in xs]
        self.values = [welch_deviation(count, POPULAR.dimension) for count in COUNTS]
        self.columns = Group(Column(0, self.unit, self.width, base, NEUTRAL) for base in bases)
        self.names = VGroup(
            Text(f"{count:,}", font_size=BODY).set_color(TEXT).move_to(base + np.array([0, -0.75, 1.05]))
            for count, base in zip(COUNTS, bases, strict=True)
        )
        self.names.add(
            Text(f"vectors in {POPULAR.dimension} dimensions", font_size=LABEL)
            .set_color(MUTED)
            .move_to([0, -1.4, 0.45])
        )
        self.words = Group(self.names)
        super().__init__(self.slab, self.columns, self.words)
        self.add_updater(lambda columns: columns.follow())

    def follow(self):
        """Be as high as the tracker says; none of it is no tile either."""
        share = self.floors.get_value()
        for column, value in zip(self.columns, self.values, strict=True):
            column.set_value(share * value).set_opacity(float(share > 0.01))
        return self

    def get_numbers(self):
        """How far off the worst pair is at least, above the columns."""
        numbers = VGroup()
        for k, (column, value) in enumerate(zip(self.columns, self.values, strict=True)):
            source = Source("Welch bound in degrees", (k,), self.values)
            number = SourcedNumber(value, source=source, font_size=BODY, edge_to_fix=ORIGIN)
            sign = Text("°", font_size=BODY).next_to(number, RIGHT, 0.04).align_to(number, UP)
            pair = VGroup(number, sign).set_color(TEXT).set_backstroke(BACKGROUND, 5)
            numbers.add(pair.move_to(column.base + (value * self.unit + 0.35) * UP + 0.3 * OUT))
        self.words.add(numbers)
        return numbers

    def get_level(self):
        """A line at one degree, before the columns, and its name."""
        ends = [np.array([side * 5.8, self.unit * BAND, 0.15]) for side in (-1, 1)]
        name = Text(f"{BAND}°", font_size=BODY).set_color(TARGET).next_to(ends[1], RIGHT, buff=0.12)
        level = Group(get_tube(*ends, 0.07).set_color(TARGET), name)
        self.words.add(level)
        return level


WIDTH = DIMENSIONS[-1]


def in_steps(count):
    """A pace that stays at each of so many moments as long as it takes to the next."""

    def pace(t):
        place = t * (count - 1)
        step = min(int(place), count - 2)
        return (step + smooth(np.clip(2 * (place - step) - 0.5, 0, 1))) / (count - 1)

    return pace
