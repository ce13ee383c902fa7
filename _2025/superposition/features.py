from manim_imports_ext import *
from truth.concepts import CLEAR, N_NEURONS, OPEN, get_concepts, get_rows, read_concept

# What the concepts are called is made up; a concept is its direction.
WORDS = (
    *("bread", "Tuesday", "violin", "north", "humble", "copper", "winter", "verb"),
    *("Lima", "thunder", "prime", "velvet", "debt", "pollen", "chess", "rust"),
    *("lantern", "sarcasm", "salt", "engine", "lullaby", "orbit", "ferry", "pepper", "echo", "harbor", "glass", "tide"),
)
SIDE, PITCH, RADIUS = 4, 1.58, 0.63  # balls in a row of the wall, from one to the next, and of one
WALL_X, INPUT_X, INPUT_Z = 1.9, -4.1, 1.6
WALL_VIEW = View(-13, -7, 0, (0.3, -0.2, 0), 8.8)
SPEEDS = (1.6, 1.5, 1.3, 1.1, *(0.3,) * 12)  # seconds for each of the first sixteen


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


class MLPFeatures(CaptionedScene):
    """A neuron can stand for one idea; or every idea is a pattern over all neurons, and then more fit in."""

    chapter = "One neuron, one idea?"

    def construct(self):
        set_telephoto(self.frame)
        self.wall, self.concepts = NeuronWall(), get_concepts()
        self.stand_up_the_layer()
        self.give_each_neuron_one_idea()
        self.ask_for_one_more()
        self.let_the_bias_go()
        self.lay_out_all_patterns()

    # What is shown

    def get_inputs(self):
        """The eight numbers that the layer reads, as balls in a column, in front of the wall."""
        most = float(np.abs(self.concepts).max())
        return Group(Ball(0.29, most).move_to([INPUT_X, 0.05 + 0.72 * (3.5 - k), INPUT_Z]) for k in range(8))

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

    def get_bias(self):
        """The bias of every neuron as it is now, at the upper right. Parts: the word, the number."""
        ask = self.level.get_value
        number = SourcedNumber(ask(), num_decimal_places=2, font_size=HEADING, source=Source("bias", (), ask))
        word = Text("bias", font_size=BODY).set_color(MUTED)
        line = VGroup(word, number).arrange(RIGHT, buff=0.25)
        put_on_baseline(number, word)
        return line.move_to([0, 3.35, 0]).to_edge(RIGHT, buff=0.45).fix_in_frame()

    def change_word(self, index, seconds):
        """Animations: another concept's word comes, once the old one has gone, in so many seconds."""
        new, half = self.get_word(index), 0.45 * seconds
        animations = [FadeOut(self.word, time_span=(0, half)), FadeIn(new, time_span=(half, seconds))]
        self.word = new
        return animations

    # Beats

    def stand_up_the_layer(self):
        # Stand up a layer of sixteen neurons, and the eight numbers it reads
        self.inputs, self.word = self.get_inputs(), VGroup()
        self.frame.reorient(-44, -16, 0, (0.3, 0.1, 0), 26)  # as far off as the card before it ends
        self.add(self.wall, self.inputs)
        self.say(
            "A toy layer: 16 neurons read 8 numbers",
            self.frame.animate.reorient(*WALL_VIEW),
            run_time=2.6,
        )

    def give_each_neuron_one_idea(self):
        # Bring in an idea: one neuron answers, and no other
        self.level = ValueTracker(CLEAR)
        self.bias = self.get_bias()
        self.tubes = self.get_tubes(0)
        self.play(*self.change_word(0, 0.9), self.light_inputs(0), FadeIn(self.bias), run_time=0.9)
        self.play(FadeIn(self.tubes), run_time=0.6)
        self.play(self.wall.light(read_concept(0, CLEAR)), run_time=0.8)
        self.say("One neuron, one idea")

        # Bring in another one, and the others, faster and faster
        self.hush(FadeOut(self.tubes))
        for index, seconds in enumerate(SPEEDS[1:], start=1):
            self.play(
                *self.change_word(index, seconds),
                self.light_inputs(index),
                self.wall.light(read_concept(index, CLEAR)),
                run_time=seconds,
            )

    def ask_for_one_more(self):
        # Bring in a seventeenth idea, and ask which neuron answers
        self.play(
            *self.change_word(N_NEURONS, 1),
            self.light_inputs(N_NEURONS),
            self.wall.light(np.zeros(N_NEURONS)),
            run_time=1,
        )
        self.say("A 17th idea: which neuron will answer?")
        self.wait(1.2)
        self.say("None: all 16 are taken", self.wall.light(read_concept(N_NEURONS, CLEAR)))

    def let_the_bias_go(self):
        # Let the bias go to zero, and the idea lights several neurons
        index = N_NEURONS
        self.say("Lower the threshold: bias from −1/3 to 0", self.frame.animate.reorient(-6, -6, 0, (0.6, -0.2, 0)))
        self.play(
            self.level.animate.set_value(OPEN),
            UpdateFromFunc(self.bias[1], lambda number: number.set_value(self.level.get_value())),
            self.wall.light(read_concept(index, OPEN)),
            run_time=3,
        )
        self.say("Now the idea is a pattern over many neurons")

        # Bring in the others that have no neuron of their own: each has its own pattern
        self.say("8 numbers, two of them high: 28 ideas", self.frame.animate.reorient(10, -7, 0, (0.9, -0.2, 0), 9))
        for place, other in enumerate(range(index + 1, len(WORDS))):
            seconds = 1.2 if place < 2 else 0.3
            self.play(
                *self.change_word(other, seconds),
                self.light_inputs(other),
                self.wall.light(read_concept(other, OPEN)),
                run_time=seconds,
            )

    def get_patterns(self):
        """All 28 patterns as small walls of cells, with their words. Parts: for each a plate, cells, a word."""
        patterns = VGroup()
        for index, word in enumerate(WORDS):
            grid = read_concept(index, OPEN).reshape(SIDE, SIDE)
            heat = HeatMatrix(grid, source="pattern", max_value=2 / 3, cell=0.27)
            heat.remove(heat.brackets)
            name = Text(word, font_size=SMALL + 4).set_color(TEXT).next_to(heat, DOWN, buff=0.1)
            patterns.add(VGroup(Plate(VGroup(heat, Rectangle(1.5, 0.3).move_to(name)), 0.08), heat, name))
        return patterns.arrange_in_grid(4, 7, buff=0.14).set_height(6.45).move_to(0.45 * UP).fix_in_frame()

    def lay_out_all_patterns(self):
        # Let the wall become the pattern of the last idea
        patterns = self.get_patterns()
        last = patterns[-1]
        whole = Group(self.wall, self.inputs)
        self.play(
            FadeOut(VGroup(self.word, self.bias), time_span=(0, 0.4)),
            FadeOut(whole, last.get_center() - whole.get_center(), scale=0.15),
            FadeIn(last, time_span=(0.7, 1.2)),
            self.frame.animate.reorient(0, 0, 0, (0, 0, 0), 8),
            run_time=1.2,
        )

        # Lay out the patterns of all the others beside it
        self.hush(LaggedStart(*(FadeIn(pattern) for pattern in patterns[-2::-1]), lag_ratio=0.06), run_time=1.6)
        self.say("28 ideas in 16 neurons, each a pattern of its own")
        self.wait(4)
