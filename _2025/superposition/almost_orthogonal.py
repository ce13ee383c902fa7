from _2025.superposition.stack import MANY, STACK_END, VectorStack
from _2025.superposition.stage import SceneOfDirections, get_log_axis, get_readouts
from _2025.superposition.superposition import count_at_least
from manim_imports_ext import *
from truth.almost_orthogonal import (
    DIMENSIONS,
    FAIR,
    POPULAR,
    OptimiserConfig,
    RandomConfig,
    angle_between,
    copies_of_axes,
    get_optimised_angles,
    get_random_angles,
    get_random_vectors,
    guarantee_begins,
    guaranteed_count,
    measure_angles,
    most_vectors,
    welch_deviation,
)

BINS = 360  # of half a degree
BAND = 1  # degrees from 90
FEW = 2, 5, 20, 100  # of the ten thousand, taken first
LADDER = 3, 4, 5, 7, 10, 14, 20, 30, 50, 70, 100, 150, 250, 400, 600, 1_000, 1_600, 2_500, 4_000, 7_000, 12_288
COUNTS = 103, 200, 400, 1_000, 10_000  # how many vectors the floor is shown for
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
        self.play(self.frame.animate.reorient(*VIEW), self.carry(stack), run_time=2.4)
        self.tell("The first two", FadeIn(pair))
        self.wait(0.8)
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
            run_time=5,
        )
        self.tell("Most are near 90°,\nfew within 1°")
        self.play(FadeOut(panel), FadeOut(stack), run_time=0.5)
        return histogram

    def add_dimensions(self, histogram):
        # Go from three dimensions to those of GPT-3
        ladder = [get_random_angles(RandomConfig(n)) for n in LADDER]
        self.hush(self.go_through(histogram, [get_random_angles(MANY), ladder[0]]), run_time=1)
        histogram.place = 0
        panel = get_readouts(
            ("dimensions", lambda: LADDER[self.get_place(histogram, ladder)], 0, "", TEXT, "dimensions"),
            ("spread", self.get_figure(histogram, ladder, "spread"), 1, "°", INPUT, "standard deviation"),
            ("within 1°", self.get_figure(histogram, ladder, "share"), 1, " %", TARGET, "share of pairs"),
            widest=0.9,
            font_size=BODY,
        ).to_corner(UL, buff=SAFE_AREA)
        self.tell("More dimensions:\nnarrower and narrower", FadeIn(panel))
        self.play(self.go_through(histogram, ladder), self.frame.animate.reorient(*VIEW), run_time=7)

        # Say how narrow
        radian = SourcedNumber(
            np.degrees(1), source=Source("a radian in degrees", (), lambda: np.degrees(1)), font_size=HEADING
        )
        law = VGroup(
            Tex(R"\text{spread} \approx", font_size=HEADING), radian, Tex(R"^\circ / \sqrt{N}", font_size=HEADING)
        )
        law.arrange(RIGHT, buff=0.12, aligned_edge=DOWN).to_corner(UR, buff=SAFE_AREA + 0.1).fix_in_frame()
        self.say(law.set_color(INPUT))
        self.wait(1.2)
        return panel

    def make_the_sum_small(self, histogram, counter):
        # Look through a window around 90 degrees, and go back to 100 dimensions
        moments = get_optimised_angles(POPULAR)
        self.tell("Zoom: 80° to 100°", self.open(histogram, 80, 100), run_time=1.3)
        self.tell(
            f"{POPULAR.count:,} vectors in {POPULAR.dimension}\ndimensions: push them to 90°",
            FadeOut(counter, time_span=(0, 0.4)),
            self.go_through(histogram, [get_random_angles(RandomConfig(LADDER[-1])), moments[0]]),
            run_time=1.5,
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
        self.play(self.go_through(histogram, moments), self.frame.animate.reorient(*OTHER_VIEW), run_time=5)
        self.tell("Nearly all within 1°.\nAre we done?")
        self.play(FadeOut(panel), run_time=0.3)

    def open_the_window(self, histogram):
        # Open the window, and look closely at what is low
        end = get_optimised_angles(POPULAR)[-1]
        self.hush(self.open(histogram, 0, 180), self.frame.animate.reorient(*VIEW), run_time=2)
        histogram.set_colors(0, PARALLEL, WRONG).set_colors(180 - PARALLEL, 180, WRONG)
        self.play(self.magnify(histogram, CLOSE), run_time=1.6)
        cut = get_readouts(("cut off:", lambda: 100 * end.share, 1, " %", TARGET, "share of pairs"), font_size=BODY)
        cut.next_to([0.4, 1.4, 0], RIGHT)
        parallel = get_readouts(
            ("almost parallel", lambda: 100 * get_parallel_share(end), 1, " %", WRONG, "share of pairs")
        ).to_corner(UL, buff=SAFE_AREA)
        self.tell("The rest collapsed:\nparallel or opposite", FadeIn(parallel), FadeIn(cut))
        self.wait(0.6)

        # Say why the sum likes it
        _, mean, random = copies_of_axes(POPULAR.count, POPULAR.dimension)
        panel = get_readouts(
            ("mean |cos|, random", lambda: random, 3, "", TEXT, "mean |cos| of random vectors"),
            ("mean |cos|, copies", lambda: mean, 3, "", WRONG, "mean |cos| of copies of axes"),
            font_size=BODY,
        ).to_corner(UL, buff=SAFE_AREA)
        self.tell("The sum likes copies:\nnearly ten on each axis", FadeOut(parallel), FadeIn(panel))
        self.wait(1)
        most = f"Could {COUNTS[-1]:,} vectors all\nbe within {BAND}° of 90°?"
        self.tell(most, FadeOut(panel), FadeOut(cut))

    def raise_the_floor(self, histogram):
        # Set up what no arrangement gets below
        columns = FloorColumns()
        most = int(most_vectors(FAIR.dimension, BAND))
        self.wait_until_read()
        self.add(columns)
        self.tell(
            "Welch’s bound: the worst pair\nis at least this far off",
            self.magnify(histogram, 1e9, time_span=(0, 0.8)),
            FadeOut(histogram.labels, time_span=(0, 0.5)),
            FadeIn(columns.names, time_span=(0.5, 1)),
            columns.floors.animate(time_span=(0.3, 2)).set_value(1),
            self.frame.animate.reorient(*OTHER_VIEW),
            run_time=2,
        )
        self.remove(histogram)
        self.play(FadeIn(columns.get_floor_numbers()), run_time=0.5)

        # Mark one degree: 103 vectors, and no more
        self.tell(
            f"Within 1° in {FAIR.dimension} dimensions:\nat most {most}, perhaps fewer", FadeIn(columns.get_level())
        )

        # Compare with the best that was found when the worst pair counts
        self.tell("Blue: found by pushing\nthe worst pairs apart", columns.found.animate.set_value(1), run_time=1.5)
        self.play(FadeIn(columns.get_found_numbers()), self.frame.animate.reorient(*VIEW), run_time=1)
        return columns

    def find_where_it_begins(self, columns):
        # Loosen to five degrees, and add dimensions: how many does chance guarantee?
        skyline = get_guarantee_skyline()
        powers, n = skyline.shares.copy(), skyline.bins
        axis = get_log_axis([5.85, 0, 0], skyline.height / skyline.most, (0, 2, 4, 6, 8, 10))
        axis.add(Text("dimensions", font_size=LABEL).set_color(MUTED).move_to([0, -1.35, 0.45]))
        moments = [np.where(np.arange(n) < k, powers, 0.0) for k in np.linspace(1, n, 41)]
        skyline.set_shares(moments[0], skyline.most)

        def get_dimension():
            return round(WIDTH * (skyline.place / (len(moments) - 1) * (n - 1) + 1) / n)

        panel = get_readouts(
            ("dimensions", get_dimension, 0, "", TEXT, "dimensions"),
            (f"90° ± {LOOSE}°: at least", lambda: count_at_least(LOOSE, get_dimension()), 0, "", TARGET, "guaranteed"),
            widest=2.9,
            font_size=BODY,
        ).to_corner(UL, buff=SAFE_AREA)
        self.hush(
            columns.floors.animate(time_span=(0, 1)).set_value(0),
            columns.found.animate(time_span=(0, 1)).set_value(0),
            FadeOut(columns.words, time_span=(0, 0.5)),
            FadeIn(panel, time_span=(0.5, 1.1)),
            FadeIn(axis, time_span=(0.5, 1.1)),
            FadeIn(skyline.labels, time_span=(0.5, 1.1)),
            run_time=1.1,
        )
        self.remove(columns)
        self.add(skyline)
        self.tell(
            "Grey: one on each axis.\nGreen: what chance guarantees",
            AnimateHistogramThrough(skyline, moments, [skyline.most] * len(moments), rate_func=linear),
            self.frame.animate.reorient(*OTHER_VIEW),
            run_time=5,
        )

        # Name the growth, and where it begins at the width of GPT-3
        begins = get_readouts(
            ("the width of GPT-3:", lambda: WIDTH, 0, "", TEXT, "dimensions"),
            ("chance wins from 90° ±", lambda: guarantee_begins(WIDTH), 1, "°", TARGET, "where the guarantee begins"),
            font_size=BODY,
        )
        begins.next_to(panel, DOWN, aligned_edge=LEFT)
        self.tell("A straight line on this scale:\nexponential in the dimensions", FadeIn(begins))
        self.play(self.frame.animate(rate_func=linear).reorient(2, -13), run_time=4)

    # What is shown

    def get_figure(self, histogram, moments, name):
        """A function: a figure of the moment at which a histogram is; a share in percent."""

        def ask():
            value = getattr(moments[self.get_place(histogram, moments)], name)
            return 100 * value if name == "share" else value

        return ask

    def get_place(self, histogram, moments):
        """Which of the moments the histogram is at."""
        return min(round(histogram.place), len(moments) - 1)

    def get_sum(self):
        """What the popular measure is."""
        tex = Tex(R"\text{make } \sum_{i < j} |\cos \theta_{ij}| \text{ small}", font_size=HEADING)
        return tex.to_corner(UR, buff=SAFE_AREA + 0.1).fix_in_frame()

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


class FloorColumns(Group):
    """For several numbers of vectors: the least that the worst pair can be off, and the least that was found.

    Trackers: `floors`, `found`: how much of the columns there is, 0 to 1. Parts: `slab`, `columns` (two for each
    number; the last has only a floor), `names`, and the words that were asked for.
    """

    unit, width = 0.46, 0.8  # frame units for a degree; of a column

    def __init__(self):
        self.floors, self.found = ValueTracker(0.0), ValueTracker(0.0)
        self.slab = get_histogram(get_random_angles(MANY)).slab
        xs = 2.3 * (np.arange(len(COUNTS)) - (len(COUNTS) - 1) / 2)
        bases = [np.array([x, 0, -0.6]) for x in xs]
        self.floor_values = [welch_deviation(count, FAIR.dimension) for count in COUNTS]
        self.found_values = [get_optimised_angles(OptimiserConfig(count))[-1].worst for count in COUNTS[:-1]]
        side = 0.5 * self.width * RIGHT
        pairs = zip(bases, self.floor_values, strict=True)
        self.floor_columns = Group(Column(0, self.unit, self.width, base - side, SCAFFOLD) for base, _ in pairs)
        self.found_columns = Group(Column(0, self.unit, self.width, base + side, INPUT) for base in bases[:-1])
        self.columns = Group(self.floor_columns, self.found_columns)
        self.names = VGroup(
            Text(f"{count:,}", font_size=BODY).set_color(TEXT).move_to(base + np.array([0, -0.75, 1.05]))
            for count, base in zip(COUNTS, bases, strict=True)
        )
        self.names.add(Text("vectors", font_size=LABEL).set_color(MUTED).move_to([0, -1.4, 0.45]))
        self.words = Group(self.names)
        super().__init__(self.slab, self.columns, self.words)
        self.add_updater(lambda columns: columns.follow())

    def follow(self):
        """Be as high as the trackers say."""
        for columns, values, share in (
            (self.floor_columns, self.floor_values, self.floors),
            (self.found_columns, self.found_values, self.found),
        ):
            for column, value in zip(columns, values, strict=False):
                column.set_value(share.get_value() * value)
        return self

    def get_numbers(self, columns, values, name, color, side):
        """Degrees above columns, a little to one side, so that they clear the column beside it."""
        numbers = VGroup()
        for k, (column, value) in enumerate(zip(columns, values, strict=True)):
            number = SourcedNumber(value, source=Source(name, (k,), values), font_size=32, edge_to_fix=ORIGIN)
            sign = Text("°", font_size=32).next_to(number, RIGHT, 0.04).align_to(number, UP)
            pair = VGroup(number, sign).set_color(color).set_backstroke(BACKGROUND, 5)
            numbers.add(pair.move_to(column.base + (value * self.unit + 0.3) * UP + 0.3 * OUT + 0.16 * side))
        self.words.add(numbers)
        return numbers

    def get_floor_numbers(self):
        """How far off the worst pair is at least."""
        return self.get_numbers(self.floor_columns, self.floor_values, "Welch bound in degrees", TEXT, LEFT)

    def get_found_numbers(self):
        """How far off it is in the best sets that were found."""
        return self.get_numbers(self.found_columns, self.found_values, "worst pair of an optimised set", INPUT, RIGHT)

    def get_level(self):
        """A line at one degree, before the columns, and its name."""
        ends = [np.array([side * 5.8, self.unit * BAND, 0.05]) for side in (-1, 1)]
        name = Text(f"{BAND}°", font_size=BODY).set_color(TARGET).next_to(ends[1], RIGHT, buff=0.12)
        level = Group(get_tube(*ends, 0.07).set_color(TARGET), name)
        self.words.add(level)
        return level


LOOSE = 5  # degrees from 90
WIDTH = DIMENSIONS[-1]


def get_guarantee_skyline():
    """Over the number of dimensions: the power of ten of the count that is sure to fit; green where chance gives more.

    A count of directions, none of them farther than LOOSE degrees from 90 from another.
    """
    bins = 128
    dimensions = WIDTH * np.arange(1, bins + 1) / bins
    powers = np.array([np.log10(count_at_least(LOOSE, dimension)) for dimension in dimensions])
    skyline = AngleHistogram(
        powers,
        low=0,
        high=WIDTH,
        width=11.6,
        height=4.0,
        depth=1.6,
        ticks=(0, WIDTH, 4_000, 8_000),
        unit="",
        color=MUTED,
    )
    wins = dimensions[[guaranteed_count(dimension, LOOSE) > dimension for dimension in dimensions]]
    return skyline.set_colors(wins[0] - WIDTH / bins, WIDTH)


def in_steps(count):
    """A pace that stays at each of so many moments as long as it takes to the next."""

    def pace(t):
        place = t * (count - 1)
        step = min(int(place), count - 2)
        return (step + smooth(np.clip(2 * (place - step) - 0.5, 0, 1))) / (count - 1)

    return pace
