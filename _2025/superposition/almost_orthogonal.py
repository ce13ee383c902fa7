from _2025.superposition.stack import MANY, STACK_END, VectorStack
from _2025.superposition.stage import SceneOfDirections, get_readouts
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
        self.add_dimensions(histogram)
        self.make_the_sum_small(histogram)
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
        panel = self.get_panel(
            histogram, moments, ("pairs", "pairs", 0, "", TEXT), ("within 1°", "share", 1, " %", TARGET)
        )
        self.play(FadeIn(panel), run_time=0.4)
        self.play(self.go_through(histogram, moments), self.frame.animate.reorient(*OTHER_VIEW), run_time=5)
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
            ("spread", lambda: ladder[self.get_place(histogram, ladder)].spread, 1, "°", INPUT, "standard deviation"),
            (
                "within 1°",
                lambda: 100 * ladder[self.get_place(histogram, ladder)].share,
                1,
                " %",
                TARGET,
                "share of pairs",
            ),
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
        self.wait(1.5)
        self.hush(FadeOut(panel))

    def make_the_sum_small(self, histogram):
        # Look through a window around 90 degrees, and go back to 100 dimensions
        moments = get_optimised_angles(POPULAR)
        self.play(self.open(histogram, 80, 100), run_time=1.5)
        self.tell(
            f"{POPULAR.count:,} vectors in {POPULAR.dimension}\ndimensions: push them to 90°",
            self.go_through(histogram, [get_random_angles(RandomConfig(LADDER[-1])), moments[0]]),
            run_time=1.5,
        )
        histogram.place = 0
        panel = self.get_panel(histogram, moments, ("within 1°", "share", 1, " %", TARGET))
        self.play(FadeIn(panel), run_time=0.4)

        # Make the sum of absolute cosines small
        self.say(self.get_sum())
        self.play(self.go_through(histogram, moments), self.frame.animate.reorient(*OTHER_VIEW), run_time=6)
        self.tell("Nearly all within 1°.\nAre we done?")
        self.wait(0.5)
        self.play(FadeOut(panel), run_time=0.3)

    def open_the_window(self, histogram):
        # Open the window, and look closely at what is low
        end = get_optimised_angles(POPULAR)[-1]
        self.hush(self.open(histogram, 0, 180), self.frame.animate.reorient(*VIEW), run_time=2)
        histogram.set_colors(0, PARALLEL, WRONG).set_colors(180 - PARALLEL, 180, WRONG)
        self.play(self.grow(histogram, end, CLOSE), run_time=2)
        parallel = get_readouts(
            ("almost parallel", lambda: 100 * get_parallel_share(end), 1, " %", WRONG, "share of pairs")
        ).to_corner(UL, buff=SAFE_AREA)
        self.tell("The rest collapsed:\nparallel or opposite", FadeIn(parallel))
        self.wait(1)

        # Say why the sum likes it
        _, mean, random = copies_of_axes(POPULAR.count, POPULAR.dimension)
        panel = get_readouts(
            ("mean |cos|, random", lambda: random, 3, "", TEXT, "mean |cos| of random vectors"),
            ("mean |cos|, copies", lambda: mean, 3, "", WRONG, "mean |cos| of copies of axes"),
            font_size=BODY,
        ).to_corner(UL, buff=SAFE_AREA)
        self.tell("The sum likes copies:\nten vectors on each axis", FadeOut(parallel), FadeIn(panel))
        self.wait(1.5)
        self.hush(FadeOut(panel))

    def raise_the_floor(self, histogram):
        # Set up what no arrangement gets below
        self.play(self.grow(histogram, get_optimised_angles(POPULAR)[-1], 1e9), FadeOut(histogram.labels), run_time=1)
        columns = FloorColumns()
        self.add(columns)
        most = int(most_vectors(FAIR.dimension, BAND))
        self.tell("Welch’s bound: the worst pair\nis at least this far off", FadeIn(columns.names), run_time=0.8)
        self.play(columns.floors.animate.set_value(1), self.frame.animate.reorient(*OTHER_VIEW), run_time=2)
        self.play(FadeIn(columns.get_floor_numbers()), run_time=0.5)

        # Mark one degree: 103 vectors, and no more
        self.tell(
            f"Within 1° in {FAIR.dimension} dimensions:\nat most {most}, never 10,000", FadeIn(columns.get_level())
        )

        # Compare with the best that was found when the worst pair counts
        self.tell("Blue: found by pushing\nthe worst pairs apart", columns.found.animate.set_value(1), run_time=1.5)
        self.play(FadeIn(columns.get_found_numbers()), self.frame.animate.reorient(*VIEW), run_time=1)
        return columns

    def find_where_it_begins(self, columns):
        # Go to the dimensions of GPT-3: how many does chance guarantee?
        skyline, level = get_guarantee_skyline(), get_guarantee_level()
        panel = get_readouts(
            ("dimensions", lambda: DIMENSIONS[-1], 0, "", TEXT, "dimensions"),
            (
                "chance wins from ±",
                lambda: guarantee_begins(DIMENSIONS[-1]),
                1,
                "°",
                TARGET,
                "where the guarantee begins",
            ),
            font_size=BODY,
        ).to_corner(UL, buff=SAFE_AREA)
        self.hush(
            columns.floors.animate.set_value(0),
            columns.found.animate.set_value(0),
            FadeOut(columns.words),
            run_time=1,
        )
        self.remove(columns)
        self.add(skyline)
        skyline_shares = skyline.shares.copy()
        self.tell(
            "How many does\nchance guarantee?",
            AnimateHistogramThrough(skyline, [1e-3 * skyline_shares, skyline_shares], [skyline.most] * 2),
            FadeIn(skyline.labels),
            FadeIn(panel),
            run_time=2.5,
        )
        numbers = get_guaranteed_numbers(skyline)
        self.play(FadeIn(numbers, lag_ratio=0.3), self.frame.animate.reorient(*OTHER_VIEW), run_time=2)
        self.play(FadeIn(level), run_time=0.7)
        self.tell("From here on: exponential\nin the number of dimensions")
        self.play(self.frame.animate(rate_func=linear).reorient(2, -13), run_time=4)

    # What is shown

    def get_panel(self, histogram, moments, *rows):
        """Live figures of the moment at which a histogram is, in the upper left corner."""

        def ask(name):
            value = getattr(moments[self.get_place(histogram, moments)], name)
            return 100 * value if name.startswith("share") else value

        full = [
            (word, (lambda name=name: ask(name)), dec, unit, color, f"{name} of pairs")
            for word, name, dec, unit, color in rows
        ]
        return get_readouts(*full, widest=1.7).to_corner(UL, buff=SAFE_AREA)

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

    def grow(self, histogram, angles, most):
        """Animation: another share becomes as high as the histogram."""
        shares = angles.get_shares(BINS)
        return AnimateHistogramThrough(histogram, [shares, shares], [histogram.most, most])

    def open(self, histogram, start, end):
        """Animation: the window opens or closes to a range of angles."""
        before = np.array(histogram.window)

        def go(histogram, alpha):
            histogram.set_window(*interpolate(before, np.array([start, end]), alpha))

        return UpdateFromAlphaFunc(histogram, go)

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

    def get_numbers(self, columns, values, name, color):
        """Degrees above columns."""
        numbers = VGroup()
        for k, (column, value) in enumerate(zip(columns, values, strict=True)):
            number = SourcedNumber(value, source=Source(name, (k,), values), font_size=36, edge_to_fix=ORIGIN)
            sign = Text("°", font_size=36).next_to(number, RIGHT, 0.04).align_to(number, UP)
            pair = VGroup(number, sign).set_color(color).set_backstroke(BACKGROUND, 5)
            numbers.add(pair.move_to(column.base + (value * self.unit + 0.3) * UP + 0.3 * OUT))
        self.words.add(numbers)
        return numbers

    def get_floor_numbers(self):
        """How far off the worst pair is at least."""
        return self.get_numbers(self.floor_columns, self.floor_values, "Welch bound in degrees", TEXT)

    def get_found_numbers(self):
        """How far off it is in the best sets that were found."""
        return self.get_numbers(self.found_columns, self.found_values, "worst pair of an optimised set", INPUT)

    def get_level(self):
        """A line at one degree, before the columns."""
        ends = [np.array([side * 5.8, self.unit * BAND, 0.05]) for side in (-1, 1)]
        level = get_tube(*ends, 0.07).set_color(TARGET)
        self.words.add(level)
        return level


LIMIT = 6  # degrees


def get_guarantee_skyline():
    """The power of ten of the count that chance guarantees, over how far off it may be; green above what fits at 90."""
    bins, width = 120, DIMENSIONS[-1]
    deviations = np.linspace(0, LIMIT, 2 * bins + 1)[1::2]
    powers = np.array([np.log10(guaranteed_count(width, deviation)) for deviation in deviations])
    skyline = AngleHistogram(
        powers, low=0, high=LIMIT, width=11.6, height=4.0, depth=1.6, ticks=range(LIMIT + 1), color=MUTED
    )
    return skyline.set_colors(guarantee_begins(width), LIMIT)


def get_guaranteed_numbers(skyline):
    """How many at some whole degrees, on the skyline's front."""
    numbers = VGroup()
    for deviation in (4, 5):
        count = guaranteed_count(DIMENSIONS[-1], deviation)
        number = SourcedNumber(
            count, source=Source("guaranteed", (deviation,)), num_decimal_places=1, scientific=True, font_size=HEADING
        )
        numbers.add(number.set_color(BACKGROUND).move_to(skyline.to_point(deviation) + np.array([0, 0.5, 0.02])))
    return numbers


def get_guarantee_level():
    """A line as high as the dimensions are many, and what it says."""
    width, skyline = DIMENSIONS[-1], get_guarantee_skyline()
    y = skyline.height * np.log10(width) / skyline.most
    tube = get_tube(np.array([-5.8, y, 0.05]), np.array([5.8, y, 0.05]), 0.07).set_color(FOCUS)
    number = SourcedNumber(
        width,
        source=Source("dimensions", (), lambda: width),
        num_decimal_places=0,
        group_with_commas=True,
        font_size=HEADING,
    )
    label = VGroup(number, Text("at exactly 90°", font_size=BODY)).arrange(RIGHT, buff=0.2, aligned_edge=DOWN)
    label.set_color(FOCUS).move_to(np.array([-3.0, y + 0.4, 0.1]))
    return Group(tube, label)
