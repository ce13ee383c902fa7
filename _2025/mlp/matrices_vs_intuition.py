from itertools import product

from manim_imports_ext import *
from truth.facts import FACTS, FIRST_NAMES, LAST_NAMES, cosines, embed, train_fact_mlp

UNIT = 0  # the neuron whose row, bias and column are told about: the one for the first fact
TOO_LOW = 0.8  # a story that fits worse than this does not hold: its card cracks


def measure_stories(run):
    """How well three stories about one neuron fit what was learned: three cosines, and for how many names it is on.

    The stories are directions: its row asks for the sum of the two names; over all pairs of names it is on for that
    one alone, thanks to its bias; its column says the sport.

    Returns:
        (3,) cosines for row, bias and column; the number of pairs for which it is on; the number of pairs.
    """
    first, last, _ = FACTS[UNIT]
    pairs = list(product(FIRST_NAMES, LAST_NAMES))
    activations = run.neurons(embed(pairs))[:, UNIT]
    alone = np.array([float(pair == (first, last)) for pair in pairs])
    (pattern,) = cosines(activations[None], alone[None])
    fits = np.array([run.row_cosines[UNIT], pattern, run.column_cosines[UNIT]])
    return fits, int((activations > 0).sum()), len(pairs)


class MatricesVsIntuition(InteractiveScene):
    """Stories about rows, columns and biases fit what training finds more or less well, and that can be measured."""

    chapter = "Stories, measured"

    n_shown = 15  # rows and columns of each matrix that are drawn
    largest = 0.22  # from this size on, a parameter has the strongest colour
    train_time = 3.6

    def construct(self):
        self.training = train_fact_mlp()
        self.watch_the_parameters_learn()
        self.tell_stories_about_them()
        self.measure_the_stories()
        self.part_the_two_sides()

    # What is drawn

    def get_slices(self, step):
        """What is drawn of the up projection, its bias and the down projection at a time in steps."""
        up, up_bias, down, _ = self.training.parameters_at(step)
        n = self.n_shown
        return up[:n, :n], up_bias[:n], down[:n, :n]

    def get_matrices(self):
        """The three, at the left: matrix and bias in a row, the other matrix below."""
        names = ("W_up", "b_up", "W_down")
        matrices = VGroup(
            HeatMatrix(values, source=name, max_value=self.largest, cell=0.172)
            for name, values in zip(names, self.get_slices(0), strict=True)
        )
        up, bias, down = matrices
        bias.next_to(up, RIGHT, buff=0.35)
        down.next_to(up, DOWN, buff=0.5)
        return matrices.center().set_x(-3.7).set_y(0.45)

    def get_labels(self):
        """Each one's letter, and below it the word for it, beside it."""
        tellings = ((R"W_{\uparrow}", "up", LEFT), (R"B_{\uparrow}", "bias", RIGHT), (R"W_{\downarrow}", "down", LEFT))
        return VGroup(
            VGroup(Tex(letter, font_size=HEADING), Text(word, font_size=LABEL))
            .arrange(DOWN, buff=0.15)
            .next_to(matrix, side, buff=0.25)
            for matrix, (letter, word, side) in zip(self.matrices, tellings, strict=True)
        ).set_color(mix_colors(PARAMETER, TEXT, 0.3))

    def get_loss_plot(self):
        """The loss, in powers of ten, against the step; every tenth one is drawn.

        Parts: `axes`, `curve` (all of it), `words`.
        """
        losses = np.log10(self.training.losses)
        low, steps = int(np.floor(losses.min())), np.arange(0, len(losses), 10)
        axes = Axes(
            (0, len(losses) - 1, 500), (low, 1, 1), width=5.2, height=3.4, axis_config={"stroke_color": SCAFFOLD}
        )
        axes.x_axis.shift(axes.c2p(0, low) - axes.x_axis.n2p(0))
        curve = VMobject().set_points_as_corners(axes.c2p(steps, losses[steps])).set_stroke(LOSS, 4)
        words = VGroup(
            Text("step", font_size=LABEL).next_to(axes.c2p(len(losses) - 1, low), DOWN, buff=0.2),
            *(
                Tex(f"10^{{{power}}}", font_size=34).next_to(axes.c2p(0, power), LEFT, buff=0.2)
                for power in range(0, low - 1, -2)
            ),
        ).set_color(MUTED)
        return VGroup(axes, curve, words)

    def get_readout(self, word, number, decimals):
        """A word and a number that follows the training."""
        word = Text(word, font_size=36).set_color(MUTED)
        shown = SourcedNumber(
            number(),
            num_decimal_places=decimals,
            group_with_commas=True,
            font_size=BODY,
            edge_to_fix=LEFT,
            source=Source(f"training: {word.string}", (), number),
        )
        shown.next_to(word, RIGHT, buff=0.25).align_to(word[0], DOWN)
        return VGroup(word, shown)

    def get_now(self):
        """The last whole step that was taken."""
        return int(self.step.get_value() + 1e-6)

    # Beats

    def watch_the_parameters_learn(self):
        # Show matrices full of chance
        self.matrices = self.get_matrices()
        labels = self.get_labels()
        caption = get_caption("Matrices filled with parameters learned during gradient descent")
        self.play(
            LaggedStart(*(FadeIn(matrix.cells, lag_ratio=0.002) for matrix in self.matrices), lag_ratio=0.2),
            *(FadeIn(matrix.brackets) for matrix in self.matrices),
            FadeIn(labels),
            run_time=1,
        )
        self.step = step = ValueTracker(0)
        axes, curve, words = self.get_loss_plot().move_to([3.4, 0.1, 0])
        readouts = VGroup(
            self.get_readout("step", self.get_now, 0),
            self.get_readout("loss", lambda: self.training.losses[self.get_now()], 5),
        )
        for readout, x in zip(readouts, (0, 0.45 * self.training.config.n_steps), strict=True):
            corner = np.array([axes.c2p(x, 0)[0], axes.get_top()[1] + 0.5, 0])
            readout.shift(corner - readout[0][0].get_corner(DL))
        drawn = curve.copy()

        def follow(matrices):
            for matrix, values in zip(matrices, self.get_slices(step.get_value()), strict=True):
                matrix.set_values(values)
            drawn.pointwise_become_partial(curve, 0, step.get_value() / self.training.config.n_steps)
            for _, number in readouts:
                number.set_value(number.source.true_value())

        follow(self.matrices)
        self.play(FadeIn(caption), FadeIn(axes), FadeIn(words), FadeIn(readouts), run_time=0.6)

        # Let gradient descent fill them
        self.add(drawn)
        self.play(
            ApplyMethod(step.set_value, self.training.config.n_steps, rate_func=lambda t: t**2),
            UpdateFromFunc(self.matrices, follow),
            run_time=self.train_time,
        )
        self.wait(0.4)
        self.plot, self.caption, self.labels = VGroup(axes, drawn, words, readouts), caption, labels

    def get_card(self, claim, story, color, place):
        """A card at the right: what a part of the matrices is taken for, and the story told about it."""
        card = RoundedRectangle(6.3, 1.85, corner_radius=0.12).set_fill(PANEL, 1).set_stroke(color, 2)
        card.move_to([3.5, 2.45 - 2.02 * place, 0])
        claim = Text(claim, font_size=BODY).set_color(color)
        story = Text(story, font_size=LABEL).set_color(TEXT)
        VGroup(claim, story).arrange(DOWN, buff=0.2, aligned_edge=LEFT)
        VGroup(claim, story).align_to(card.get_corner(UL) + 0.22 * DOWN + 0.3 * RIGHT, UL)
        return VGroup(card, claim, story)

    def get_wire(self, corners, color):
        """A thin line with corners from what is told about to its card."""
        return VMobject().set_points_as_corners(corners).set_stroke(color, 2)

    def tell_stories_about_them(self):
        # Take a row for a question
        first, last, sport = FACTS[UNIT]
        up, bias, down = self.matrices
        roles = (FOCUS, ACTIVATION, TARGET)
        tellings = ("row ≈ a question", "bias ≈ a threshold", "column ≈ an answer")
        stories = (f"“{first} {last}?”", "“Both names, or nothing”", f"“… plays {sport}”")
        cards = VGroup(self.get_card(*told) for told in zip(tellings, stories, roles, range(3), strict=True))
        boxes = VGroup(
            SurroundingRectangle(cells, buff=0.06).set_stroke(color, 3).set_fill(opacity=0)
            for cells, color in zip((up.get_row(UNIT), bias.get_cell(UNIT), down.get_column(UNIT)), roles, strict=True)
        )
        wires = self.get_wires(boxes, cards)
        self.play(FadeOut(self.plot), FadeOut(self.caption), ShowCreation(boxes[0]), run_time=0.5)
        self.play(ShowCreation(wires[0]), FadeIn(cards[0], RIGHT, time_span=(0.2, 0.7)), run_time=0.7)

        # Take its bias for a threshold
        self.play(ShowCreation(boxes[1]), run_time=0.4)
        self.play(ShowCreation(wires[1]), FadeIn(cards[1], RIGHT, time_span=(0.2, 0.7)), run_time=0.7)

        # Take a column for an answer
        self.play(ShowCreation(boxes[2]), run_time=0.4)
        self.play(ShowCreation(wires[2]), FadeIn(cards[2], RIGHT, time_span=(0.2, 0.7)), run_time=0.7)
        self.wait(0.2)

        # Admit what such stories are
        self.caption = get_caption("Motivating examples that risk oversimplifying what true models do")
        self.play(FadeIn(self.caption), run_time=0.5)
        self.wait(1.7)
        self.cards, self.wires, self.boxes = cards, wires, boxes

    def get_wires(self, boxes, cards):
        """From each box to its card, round what lies between."""
        lanes = cards.get_left()[0] - np.array([0.6, 0.85, 0.85])
        row, bias, column = boxes
        starts = [row.get_corner(UR) + 0.3 * LEFT, bias.get_right(), column.get_bottom()]
        bends = [[starts[0] + 0.18 * UP], [], [starts[2] + 0.18 * DOWN]]
        wires = VGroup()
        for start, bend, lane, card in zip(starts, bends, lanes, cards, strict=True):
            here = bend[-1] if bend else start
            end = card[0].get_left()
            corners = [start, *bend, [lane, here[1], 0], [lane, end[1], 0], end]
            wires.add(self.get_wire(corners, card[0].get_stroke_color()))
        return wires

    def get_meter(self, card, fit, name, compared):
        """A cosine as a bar from 0 to 1, and as a number, at the right of a card, and below its story what of.

        Parts: `track` (a rectangle, and a tick at what is enough), `bar`, `number`, `compared`.
        """
        frame, _, story = card
        track = Rectangle(1.7, 0.2).set_stroke(MUTED, 1.5).set_fill(BACKGROUND, 1)
        track.next_to(frame.get_right(), LEFT, buff=0.3).shift(0.05 * DOWN)
        tick = Line(0.18 * DOWN, 0.18 * UP).set_stroke(TEXT, 3).move_to(track).shift((TOO_LOW - 0.5) * 1.7 * RIGHT)
        bar = Rectangle(1.7 * fit, 0.2).set_stroke(width=0).set_fill(frame.get_stroke_color(), 1)
        bar.align_to(track, LEFT).match_y(track)
        number = get_number(np.array(fit), 2, source=f"cosine of the {name}", font_size=BODY)
        number.next_to(track, UP, buff=0.22)
        words = Text(compared, font_size=28).next_to(story, DOWN, buff=0.2, aligned_edge=LEFT)
        words.align_to(frame.get_bottom() + 0.2 * UP, DOWN)
        return VGroup(VGroup(track, tick), bar, number, words)

    def measure_the_stories(self):
        # Measure how well each one fits
        first, last, sport = FACTS[UNIT]
        fits, self.n_on, self.n_names = measure_stories(self.training)
        names = ("row", "bias", "column")
        compared = (
            f"cosine of row {UNIT} with {first} + {last}",
            "cosine with “on for one name”",
            f"cosine of column {UNIT} with {sport}",
        )
        cards = zip(self.cards, fits, names, compared, strict=True)
        self.meters = VGroup(self.get_meter(card, fit, name, words) for card, fit, name, words in cards)
        caption = get_caption("How well does each match its story? A cosine of 1 is perfect")
        self.play(FadeOut(self.caption), run_time=0.25)
        self.play(FadeIn(caption), *(FadeIn(VGroup(meter[0], meter[3])) for meter in self.meters), run_time=0.6)
        self.wait(0.4)
        for _, bar, number, _ in self.meters:
            self.play(GrowFromEdge(bar, LEFT), FadeIn(number, time_span=(0.3, 0.6)), run_time=0.6)
        self.wait(0.4)

        # Crack the story that does not hold
        verdict = get_caption(f"If {TOO_LOW} is enough, the story about the bias does not hold")
        verdict.sources = [Source("cosine from which a story holds", (), np.array(TOO_LOW))]
        self.play(FadeOut(caption), run_time=0.25)
        self.play(FadeIn(verdict), run_time=0.5)
        for card, meter, wire, fit in zip(self.cards, self.meters, self.wires, fits, strict=True):
            if fit < TOO_LOW:
                self.break_card(card, meter, wire)
        self.wait(0.6)
        self.caption = verdict

        # Say what the neuron does instead
        fact = get_caption(f"The neuron is on for {self.n_on} of {self.n_names} names; it should be on for 1 alone")
        fact.sources = [
            Source("names it is on for", (), np.array(self.n_on)),
            Source("names", (), np.array(self.n_names)),
            Source("names the story has", (), np.array(1)),
        ]
        self.play(FadeOut(self.caption), run_time=0.25)
        self.play(FadeIn(fact), run_time=0.5)
        self.wait(1.9)
        self.caption = fact

    def break_card(self, card, meter, wire):
        """Let a card break in two along a jagged line, and what it says fade."""
        frame, claim, story = card
        swings = np.array([0.0, 0.16, -0.1, 0.16, -0.14, 0.1, -0.04])
        crack = np.linspace(frame.get_top(), frame.get_bottom(), len(swings)) + (0.85 + swings)[:, None] * RIGHT
        ends = ((frame.get_corner(DL), frame.get_corner(UL)), (frame.get_corner(DR), frame.get_corner(UR)))
        pieces = VGroup(Polygon(*crack, *corners).match_style(frame) for corners in ends)
        self.remove(frame)
        self.add(pieces, claim, story, meter)
        right = VGroup(pieces[1], *meter[:3])
        right.generate_target().rotate(-3 * DEG).shift(0.1 * RIGHT + 0.06 * DOWN).fade(0.35)
        card.submobjects[0] = pieces[0]
        fading = [part.animate.fade(0.35) for part in (pieces[0], claim, story, meter[3], wire)]
        self.play(MoveToTarget(right), *fading, run_time=0.9)

    def part_the_two_sides(self):
        # Part what we train from what we tell
        x = self.cards.get_left()[0] - 0.3
        bar = Line([x, 3.55, 0], [x, -3.6, 0]).set_stroke(TEXT, 5)
        words = VGroup(Text("what we train", font_size=HEADING), Text("what we tell", font_size=HEADING))
        words[0].move_to([self.matrices.get_x(), -3.25, 0])
        words[1].move_to([self.cards.get_x(), -3.25, 0])
        words[1].shift((words[0][0].get_bottom() - words[1][0].get_bottom())[1] * UP)
        self.play(FadeOut(self.caption), FadeOut(self.wires), run_time=0.3)
        self.play(ShowCreation(bar), FadeIn(words[0], 0.3 * RIGHT), FadeIn(words[1], 0.3 * LEFT), run_time=0.6)
        self.wait(2.3)
        self.play(FadeOut(Group(*self.mobjects[1:])), run_time=0.4)
