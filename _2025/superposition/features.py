from _2025.superposition.opening import CARD_END
from _2025.superposition.stage import LAST, get_bundle
from manim_imports_ext import *
from truth.concepts import CLEAR, N_NEURONS, OPEN, get_concepts, get_rows, read_concept

# What the concepts are called is made up; a concept is its direction.
WORDS = (
    *("bread", "Tuesday", "violin", "north", "humble", "copper", "winter", "verb"),
    *("Lima", "thunder", "prime", "velvet", "debt", "pollen", "chess", "rust"),
    *("lantern", "sarcasm", "salt", "engine", "lullaby", "orbit", "ferry", "pepper", "echo", "harbor", "glass", "tide"),
)
SIDE, PITCH, RADIUS = 4, 1.58, 0.63  # balls in a row of the wall, from one to the next, and of one
WALL_X, INPUT_X, INPUT_Z, GAUGE_X = -0.6, -5.5, 1.6, 5.1
WALL_VIEW = View(-13, -7, 0, (0.3, -0.2, 0), 8.8)
SPEEDS = (1.6, 1.4, 1.4, 1.4, *(0.2,) * 12)  # seconds for each of the first sixteen
NEWCOMER = N_NEURONS  # the first idea without a neuron
ANSWERING = 5  # one of the neurons that share an input with it
OTHER = NEWCOMER + 2  # another idea without a neuron


class NeuronWall(Group):
    """Sixteen neurons as balls before a slab, four by four. Parts: `slab`, `balls`."""

    def __init__(self):
        self.slab = SolidBlock(SIDE * PITCH + 0.3, SIDE * PITCH + 0.3, 0.3).shift(0.75 * IN)
        self.balls = Group(
            Ball(RADIUS, 2 / 3).move_to(PITCH * np.array([k % SIDE - 1.5, 1.5 - k // SIDE, 0]))
            for k in range(N_NEURONS)
        )
        super().__init__(self.slab, self.balls)
        self.shift([WALL_X, 0.35, 0])
        self.values = np.zeros(N_NEURONS)

    def light(self, values, **config):
        """Animation: every ball takes a new value."""
        before, self.values = self.values, np.array(values)

        def run(balls, alpha):
            for ball, value in zip(balls, (1 - alpha) * before + alpha * values, strict=True):
                ball.set_value(value)

        return UpdateFromAlphaFunc(self.balls, run, **config)


class SumGauge(Group):
    """What a neuron adds up, as a column on a plate, and the threshold that it must pass, as a line across.

    Parts: `slab`, `lower` (the sum up to the threshold), `upper` (what is above it: the answer), `level` (the line),
    `words`. Trackers: `total`, `threshold`.
    """

    unit, width, depth = 3.5, 0.95, 0.5  # frame units for a sum of 1; of the column

    def __init__(self, threshold):
        self.total, self.threshold = ValueTracker(0.0), ValueTracker(threshold)
        self.slab = SolidBlock(3.3, SIDE * PITCH + 0.3, 0.3).move_to([GAUGE_X, 0.35, -0.75])
        self.foot = np.array([GAUGE_X - 0.9, -1.4, -0.3])
        self.lower, self.upper = (Cube(side_length=1).set_shading(0.3, 0.2, 0.4).apply_depth_test() for _ in range(2))
        self.zero = get_tube(*(self.foot + x * RIGHT for x in (-0.65, 0.65)), 0.05).set_color(MUTED)
        self.level = get_tube(*(self.foot + np.array([x, 0, 0.3]) for x in (-0.62, 2.45)), 0.09).set_color(FOCUS)
        self.sum = self.get_line("sum", self.total.get_value, TEXT)
        self.limit = self.get_line("threshold", self.threshold.get_value, FOCUS)
        self.sum.arrange(RIGHT, buff=0.25).move_to([GAUGE_X, 3.05, -0.4])
        put_on_baseline(self.sum[1], self.sum[0])
        super().__init__(self.slab, self.lower, self.upper, self.zero, self.level, self.sum, self.limit)
        self.add_updater(lambda gauge: gauge.follow(), call=True)

    def get_line(self, word, ask, color):
        """A word and a live number."""
        number = SourcedNumber(
            ask(),
            num_decimal_places=2,
            font_size=HEADING,
            source=Source(word, (), ask),
            mark_zero=False,
            edge_to_fix=LEFT,
        )
        return VGroup(Text(word, font_size=LABEL), number).set_color(color).arrange(DOWN, buff=0.15)

    def follow(self):
        """Be as the trackers say."""
        total, threshold = self.total.get_value(), self.threshold.get_value()
        parts = (self.lower, min(total, threshold), 0.0), (self.upper, max(total - threshold, 0.0), threshold)
        for part, height, start in parts:
            size = max(self.unit * abs(height), 2e-3)
            part.set_shape(self.width, size, self.depth)
            part.move_to(self.foot + (self.unit * (start + height / 2)) * UP)
        self.lower.set_color(mix_colors(SILENT, POSITIVE_RAMP[1], 0.45) if total >= 0 else NEGATIVE_RAMP[1])
        self.upper.set_color(ACTIVATION)
        line = self.foot + threshold * self.unit * UP
        self.level.move_to(line + np.array([0.91, 0, 0.3]))
        self.limit.move_to(line + np.array([1.5, 0.7, 0.1]))
        for words, value in ((self.sum, total), (self.limit, threshold)):
            words[1].set_value(value)

    def take(self, total, **config):
        """Animation: the sum becomes another."""
        return self.total.animate(**config).set_value(total)


class MLPFeatures(CaptionedScene):
    """A neuron can stand for one idea; or every idea is a pattern over all neurons, and then more fit in."""

    chapter = "One neuron, one idea?"

    def construct(self):
        set_telephoto(self.frame)
        self.wall, self.concepts = NeuronWall(), get_concepts()
        self.stand_up_the_layer()
        self.give_each_neuron_one_idea()
        self.ask_for_one_more()
        self.lower_the_threshold()
        self.lay_out_all_patterns()
        self.read_one_back()

    # What is shown

    def get_inputs(self):
        """The eight numbers that the layer reads, as balls in a column, in front of the wall."""
        most = float(np.abs(self.concepts).max())
        return Group(Ball(0.31, most).move_to([INPUT_X, -0.25 + 0.76 * (3.5 - k), INPUT_Z]) for k in range(8))

    def light_inputs(self, index, **config):
        """Animation: the inputs take a concept's direction."""
        before, after = np.array([ball.value for ball in self.inputs]), self.concepts[index]

        def run(balls, alpha):
            for ball, value in zip(balls, (1 - alpha) * before + alpha * after, strict=True):
                ball.set_value(value)

        return UpdateFromAlphaFunc(self.inputs, run, **config)

    def get_tubes(self, neuron):
        """The weights into a neuron, from the eight inputs."""
        row, ball = get_rows()[neuron], self.wall.balls[neuron].body
        tubes = Group()
        for weight, source in zip(row, self.inputs, strict=True):
            end = ball.get_center() + 0.6 * RADIUS * normalize(source.body.get_center() - ball.get_center())
            tube = get_tube(source.body.get_center(), end, 0.035 + 0.11 * abs(weight) / np.abs(row).max())
            tubes.add(tube.set_color(value_to_color(weight, 0, np.abs(row).max())))
        return tubes

    def get_word(self, index):
        """What a concept is called, over the middle of the inputs, wherever the camera goes."""
        word = Text(WORDS[index], font_size=TITLE).set_color(INPUT).set_y(3.4).fix_in_frame()
        return word.add_updater(lambda word: word.set_x(self.get_column_x()), call=True)

    def get_column_x(self):
        """Where the column of inputs is seen, in a frame that stays."""
        x, _, z = self.frame.to_fixed_frame_point(self.inputs[0].body.get_center())
        return x / (1 - z * np.tan(self.frame.get_field_of_view() / 2) / (FRAME_HEIGHT / 2))

    def get_name(self, index):
        """What a concept is called, on the neuron that it has; dark, as long as that is lit."""
        name = Text(WORDS[index], font_size=LABEL).set_color(BACKGROUND)
        return name.move_to(self.wall.balls[index].body.get_center() + RADIUS * np.array([-0.25, 0, 1.05]))

    def change_word(self, index, seconds):
        """Animations: another concept's word comes, once the old one has gone, in so many seconds."""
        new, half = self.get_word(index), 0.25 * seconds
        animations = [FadeOut(self.word, time_span=(0, half)), FadeIn(new, time_span=(half, 2 * half))]
        self.word = new
        return animations

    def add_up(self, neuron, index):
        """What a neuron adds up for a concept."""
        return float(get_rows()[neuron] @ self.concepts[index])

    # Beats

    def stand_up_the_layer(self):
        # Fly past the ball to a layer of sixteen neurons, and the eight numbers it reads
        self.inputs, self.word, away = self.get_inputs(), VGroup(), 16.5 * get_right(CARD_END.theta)
        bundle = get_bundle(LAST).set_marked(1).shift(-away)
        self.frame.reorient(*CARD_END._replace(center=tuple(np.array(CARD_END.center) - away)))
        self.add(bundle, self.wall, self.inputs)
        self.say(
            "A toy layer, set by hand: 16 neurons, 8 inputs", self.frame.animate.reorient(*WALL_VIEW), run_time=2.2
        )
        self.remove(bundle)

    def give_each_neuron_one_idea(self):
        # Bring in an idea: one neuron adds up a sum above its threshold
        self.gauge = SumGauge(-CLEAR)
        self.tubes, self.names = self.get_tubes(0), VGroup()
        self.play(*self.change_word(0, 0.9), self.light_inputs(0), FadeIn(self.gauge), run_time=0.9)
        self.play(FadeIn(self.tubes), self.gauge.take(self.add_up(0, 0)), run_time=1.4)
        self.say(
            "It answers with what is above the threshold",
            self.wall.light(read_concept(0, CLEAR), time_span=(0, 0.8)),
            FadeIn(self.get_new_name(0), time_span=(0.4, 0.9)),
            run_time=0.9,
        )

        # Bring in three more, slowly, each with a neuron of its own
        self.say("One neuron, one idea")
        for index in (1, 2, 3):
            self.bring_in(index, SPEEDS[index])

        # Run through the other twelve
        self.hush(FadeOut(self.word))
        self.word = VGroup()
        for index, seconds in enumerate(SPEEDS[4:], start=4):
            self.bring_in(index, seconds, is_named=False)

    def get_new_name(self, index):
        """A name on its ball that stays with the others."""
        name = self.get_name(index)
        self.names.add(name)
        return name

    def bring_in(self, index, seconds, is_named=True):
        """Another idea, and the neuron that answers to it alone."""
        self.play(
            *(self.change_word(index, seconds) if is_named else []),
            self.light_inputs(index),
            self.wall.light(read_concept(index, CLEAR)),
            self.gauge.take(self.add_up(0, index)),
            self.names[-1].animate.set_color(TEXT),
            FadeIn(self.get_new_name(index)),
            run_time=seconds,
        )

    def ask_for_one_more(self):
        # Bring in a seventeenth idea, and ask which neuron answers
        self.play(
            *self.change_word(NEWCOMER, 1),
            self.light_inputs(NEWCOMER),
            self.wall.light(read_concept(NEWCOMER, CLEAR)),
            self.gauge.take(self.add_up(0, NEWCOMER)),
            self.names[-1].animate.set_color(TEXT),
            run_time=1,
        )
        self.say("A 17th idea: which neuron will answer?")
        self.say("None: all 16 are taken")

        # Look at a neuron that shares one high input with it: its sum only just reaches the threshold
        old, self.tubes = self.tubes, self.get_tubes(ANSWERING)
        others = [name for index, name in enumerate(self.names) if index != ANSWERING]
        self.play(FadeOut(old), FadeOut(VGroup(*others)), self.gauge.take(0), run_time=0.6)
        self.say(
            "One shared input: only just at the threshold",
            FadeIn(self.tubes),
            self.gauge.take(self.add_up(ANSWERING, NEWCOMER)),
            run_time=1.4,
        )

    def lower_the_threshold(self):
        # Lower the threshold to zero, and seven neurons answer
        self.say("Lower the threshold", self.frame.animate.reorient(-8, -6, 0, (0.3, -0.2, 0)), run_time=0.9)
        self.play(
            self.gauge.threshold.animate.set_value(-OPEN),
            FadeOut(self.names[ANSWERING], time_span=(0, 0.8)),
            self.wall.light(read_concept(NEWCOMER, OPEN)),
            run_time=2.4,
        )
        answers = int((read_concept(NEWCOMER, OPEN) > 0).sum())
        self.say(f"The idea is a pattern over {answers} neurons")

        # Bring in another one that has no neuron: it has another pattern
        self.play(
            *self.change_word(OTHER, 1.3),
            self.light_inputs(OTHER),
            self.wall.light(read_concept(OTHER, OPEN)),
            FadeOut(self.tubes),
            FadeOut(self.gauge),
            self.frame.animate.reorient(2, -6, 0, (-1.4, -0.2, 0)),
            run_time=1.3,
        )
        self.wait(0.5)

    def lay_out_all_patterns(self):
        # Let the wall become the card of its last idea, and lay out those of all others with it
        self.patterns = get_patterns()
        last = self.patterns[OTHER]
        whole = Group(self.wall, self.inputs)
        others = [FadeIn(pattern) for pattern in self.patterns if pattern is not last]
        self.say(
            "28 ideas in 16 neurons, all patterns different",
            FadeOut(self.word, time_span=(0, 0.4)),
            FadeOut(whole, last.get_center() - whole.get_center(), scale=0.15, time_span=(0, 1.2)),
            FadeIn(last, time_span=(0.7, 1.2)),
            self.frame.animate(time_span=(0, 1.2)).reorient(0, 0, 0, (0, 0, 0), 8),
            LaggedStart(*others, lag_ratio=0.06, time_span=(0.4, 2)),
            run_time=2,
        )

    def read_one_back(self):
        # Take one pattern, and count on each card the squares that the two share
        squares, counts = get_shared_squares(self.patterns, NEWCOMER), get_counts(self.patterns, NEWCOMER)
        mark = get_mark(self.patterns[NEWCOMER])
        self.say(f"Read “{WORDS[NEWCOMER]}” back: count the shared squares", FadeIn(mark))
        pairs = [FadeIn(VGroup(*pair)) for pair in zip(squares, counts, strict=True)]
        self.play(LaggedStart(*pairs, lag_ratio=0.12), run_time=3)
        self.say(f"Only its own card shares all {len(squares[NEWCOMER])}", counts[NEWCOMER].animate.set_color(FOCUS))
        self.wait_until_read()


def get_right(theta):
    """(3,): what is to the right in the frame, when the camera has gone round by so many degrees."""
    return np.array([np.cos(np.radians(theta)), 0, -np.sin(np.radians(theta))])


# The last picture: a card for each idea

CELL = 0.27  # of a small wall, before all are made to fit the frame


def get_patterns():
    """All 28 patterns as small walls of cells, with their words. Parts: for each a plate, cells, a word."""
    patterns = VGroup()
    for index, word in enumerate(WORDS):
        grid = read_concept(index, OPEN).reshape(SIDE, SIDE)
        heat = HeatMatrix(grid, source="pattern", max_value=2 / 3, cell=CELL)
        heat.remove(heat.brackets)
        room = Rectangle(1.68, 1.52)
        heat.move_to(room, aligned_edge=UL).shift(0.04 * DR)
        name = Text(word, font_size=LABEL).set_color(TEXT).move_to(room.get_bottom() + 0.17 * UP)
        patterns.add(VGroup(Plate(room, 0.06), heat, name))
    return patterns.arrange_in_grid(4, 7, buff=0.1).set_height(6.5).move_to(0.5 * UP).fix_in_frame()


def count_shared(index):
    """(28,): how many neurons each idea's pattern shares with that of one."""
    lit = np.array([read_concept(k, OPEN) > 0 for k in range(len(WORDS))], dtype=int)
    return lit @ lit[index]


def get_shared_squares(patterns, index):
    """On each card, the squares that are lit there and on that of one idea."""
    lit = [read_concept(k, OPEN) > 0 for k in range(len(WORDS))]
    return VGroup(
        VGroup(heat.cells[k].copy().set_fill(TARGET, 1).scale(0.8) for k in np.flatnonzero(lit[index] & lit[other]))
        for other, (_, heat, _) in enumerate(patterns)
    )


def get_counts(patterns, index):
    """How many that are, beside them."""
    shared = count_shared(index)
    counts = VGroup()
    for k, (plate, heat, _) in enumerate(patterns):
        number = SourcedNumber(
            float(shared[k]), source=Source("shared squares", (k,), shared), num_decimal_places=0, font_size=BODY
        )
        x = (heat.get_right()[0] + plate.get_right()[0]) / 2
        counts.add(number.set_color(TARGET).move_to([x, heat.get_center()[1], 0]))
    return counts.fix_in_frame()


def get_mark(pattern):
    """A lit frame around a card."""
    return SurroundingRectangle(pattern[0], buff=0.02).set_stroke(FOCUS, 6).fix_in_frame()
