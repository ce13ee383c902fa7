from manim_imports_ext import *
from truth.toy_mlp import ACTIVE, TOKENS, VISIBLE_COORDINATES, VISIBLE_UNITS, get_toy_mlp

QUESTION, ANSWER = FOCUS, TARGET  # the roles of rows and of columns


class BreakDownThreeSteps(CaptionedScene):
    """Rows ask, ReLU keeps what was answered with yes, and those neurons' columns and a bias make the answer."""

    chapter = "Three steps"

    caption_goes, caption_comes = 0.25, 0.6
    max_value = 1.5
    units = VISIBLE_UNITS  # of the 256 neurons, those drawn: a row, two dots and a column for each
    edge = 6.4  # how far to both sides the pictures reach
    middle, header, floor = 0.15, 2.4, -1.95  # heights: of the pictures, of what is said above, of the arrows below
    rows_x, relu_x, dots_x = -4.1, -1.45, (-2.55, -0.35)  # once there are rows; dots before and after the ReLU

    def construct(self):
        self.seen = get_toy_mlp().forward(TOKENS[ACTIVE].embedding)
        self.draw_the_steps()
        self.read_the_first_matrix_by_rows()
        self.put_the_neurons_between()
        self.read_the_second_matrix_by_columns()
        self.let_a_vector_pass_through()
        self.add_the_columns_up()

    # What is drawn

    def get_matrix(self, values, source, rows, columns, v_buff):
        config = {"max_value": self.max_value, "font_size": 28, "h_buff": 0.6, "v_buff": v_buff}
        return WeightMatrix(values, source=source, shown_rows=rows, shown_columns=columns, **config)

    def get_pictures(self):
        """What each step does, from left to right: a tall matrix, a graph, a wide matrix."""
        mlp = get_toy_mlp()
        up = self.get_matrix(mlp.up, "W_up", self.units, VISIBLE_COORDINATES, 1.0)
        plot = get_activation_plot("relu", name="", x_range=(-2, 2), y_range=(-1, 2), width=1.3, ticks=False)
        down = self.get_matrix(mlp.down, "W_down", VISIBLE_COORDINATES, self.units, 2.2)
        up.set_x(-self.edge, LEFT)
        down.set_x(self.edge, RIGHT)
        plot.set_x((up.get_right()[0] + down.get_left()[0]) / 2)
        return VGroup(up, plot, down).set_y(self.middle)

    def get_step(self, name, left, right):
        """An arrow below a picture from `left` to `right`, and its name below that; all are on one line."""
        length = min(right - left, 3.0)
        arrow = Arrow(ORIGIN, length * RIGHT, buff=0, thickness=4, fill_color=MUTED)
        arrow.move_to([(left + right) / 2, self.floor, 0])
        return VGroup(arrow, Text(name, font_size=LABEL).move_to(arrow).shift(0.42 * DOWN))

    def get_dots(self, values, x):
        """A dot for each neuron drawn, level with its row and coloured by its value, and an ellipsis."""
        drawn = values[list(self.units)]
        ramps = {"positive": (PANEL, ACTIVATION), "negative": (PANEL, NEGATIVE_RAMP[1]), "neutral": PANEL}
        dots = VGroup()
        for unit, value, color in zip(self.units, drawn, values_to_colors(drawn, **ramps), strict=True):
            dot = Circle(radius=0.13).set_fill(color, 1).set_stroke(NEGATIVE_RAMP[1] if value < 0 else MUTED, 2)
            dots.add(dot.move_to([x, self.pictures[0].get_row(unit).get_y(), 0]))
        gap = (dots[-2].get_y() + dots[-1].get_y()) / 2
        return dots.add(EllipsisDots(DOWN, radius=0.02).move_to([x, gap, 0]))

    def get_vector(self, values, source, font_size=28, v_buff=2.2):
        return NumericEmbedding(
            values,
            source=source,
            shown_entries=VISIBLE_COORDINATES,
            max_value=self.max_value,
            v_buff=v_buff,
            font_size=font_size,
        )

    def get_copy_above(self, piece, index, words, color):
        """A row's or column's name, larger, above the block's pictures, and what it says."""
        name = piece.get_label(index).copy().scale(1.4)
        words = Text(words, font_size=34).set_color(color)
        words.next_to(name[0], RIGHT, buff=0.4).shift((name[0].get_bottom() - words[0].get_bottom())[1] * UP)
        return VGroup(name, words).set_y(self.header)

    # Beats

    def draw_the_steps(self):
        # Draw the block
        self.pictures = self.get_pictures()
        names = ("Linear + bias", "ReLU", "Linear + bias")
        self.steps = VGroup(
            self.get_step(name, picture.get_left()[0], picture.get_right()[0])
            for picture, name in zip(self.pictures, names, strict=True)
        )
        self.title = get_title("Multilayer Perceptron")
        self.box = RoundedRectangle(13.4, 5.6, corner_radius=0.15).set_stroke(TEXT, 2).set_fill(PANEL, 0.4)
        self.play(FadeIn(self.title, 0.2 * UP), FadeIn(self.box), run_time=0.4)

        # Bring in its three steps
        for picture, (arrow, name) in zip(self.pictures, self.steps, strict=True):
            self.play(GrowArrow(arrow), FadeIn(name), self.get_entrance(picture), run_time=0.8)
        self.wait(0.3)

    def get_entrance(self, picture):
        """A matrix's brackets unfold from its middle while its numbers appear; a graph is drawn."""
        if not isinstance(picture, WeightMatrix):
            return AnimationGroup(FadeIn(picture.axes), ShowCreation(picture.curve))
        return AnimationGroup(
            *(GrowFromPoint(bracket, picture.get_center()) for bracket in picture.brackets),
            FadeIn(picture.cells, lag_ratio=0.01, time_span=(0.2, 0.8)),
        )

    def read_the_first_matrix_by_rows(self):
        # Read the first matrix by rows
        up, plot, _ = self.pictures
        narrow = self.get_matrix(get_toy_mlp().up, "W_up", self.units, (0, 63), 1.0)
        narrow.move_to([self.rows_x, up.get_y(), 0])
        self.rows = rows = get_row_matrix(narrow, color=QUESTION, font_size=30)
        steps = (self.get_step("Linear + bias", narrow.get_left()[0], narrow.get_right()[0]), self.steps[1].copy())
        steps[1].set_x(self.relu_x)
        self.play(
            FadeOut(up.cells, time_span=(0, 0.4)),
            *(old.animate.become(new) for old, new in zip(up.brackets, rows.brackets, strict=True)),
            FadeIn(VGroup(rows.labels, rows.rules), time_span=(0.3, 0.9)),
            *(old.animate.become(new) for old, new in zip(self.steps[:2], steps, strict=True)),
            plot.animate.set_x(self.relu_x),
            run_time=0.9,
        )

        # Take the first row out: it asks a question
        words = TOKENS[ACTIVE].words
        question = self.get_copy_above(rows, 0, f"asks: “{words}?”", QUESTION).set_x(rows.get_left()[0], LEFT)
        self.play(TransformFromCopy(rows.get_label(0), question[0]), run_time=0.6)
        self.play(FadeIn(question[1]), Indicate(rows.get_piece(0), 1.05, QUESTION), run_time=0.6)
        self.wait(0.6)
        self.question = question

    def put_the_neurons_between(self):
        # Put a neuron for each row after the ReLU
        self.neurons = self.get_dots(0 * self.seen.neurons, self.dots_x[1])
        self.word = Text("Neurons", font_size=26).move_to([self.dots_x[1], self.steps[1][1].get_y(), 0])
        come = LaggedStartMap(FadeIn, self.neurons, shift=0.3 * RIGHT, lag_ratio=0.05)
        self.play(come, FadeIn(self.word), run_time=0.8)

    def read_the_second_matrix_by_columns(self):
        # Read the second matrix by columns
        down = self.pictures[2]
        self.columns = columns = get_column_matrix(down, color=ANSWER, font_size=30)
        self.play(
            FadeOut(down.cells, time_span=(0, 0.4)),
            FadeIn(VGroup(columns.labels, columns.rules), time_span=(0.3, 0.9)),
            run_time=0.9,
        )

        # Take the first column out: it answers
        answer = self.get_copy_above(columns, 0, "answers: “Basketball”", ANSWER).set_x(down.get_left()[0], LEFT)
        self.play(TransformFromCopy(columns.get_label(0), answer[0]), run_time=0.6)
        self.play(FadeIn(answer[1]), Indicate(columns.get_piece(0), 1.05, ANSWER), run_time=0.6)
        self.wait(0.6)
        self.answer = answer

    def let_a_vector_pass_through(self):
        # Ask a vector every question
        seen, rows = self.seen, self.rows
        vector = self.get_vector(seen.x, "E").move_to([-self.edge, self.middle, 0], LEFT)
        lines = VGroup(Text(word, font_size=26) for word in TOKENS[ACTIVE].words.split()).arrange(DOWN, buff=0.1)
        lines.set_x(vector.get_x()).set_y(self.header)
        self.vector = VGroup(vector, lines)
        self.sums = self.get_dots(seen.pre, self.dots_x[0])
        tracks = [
            Line([rows.get_left()[0], dot.get_y(), 0], dot.get_center()).set_stroke(TEXT, 7) for dot in self.sums[:-1]
        ]
        colors = {"above zero": ACTIVATION, "below": NEGATIVE_RAMP[1]}
        caption = get_caption("Every row asks the vector: above zero is yes, below is no", t2c=colors)
        self.say(caption, FadeIn(self.vector, RIGHT))
        self.play(
            LaggedStart(*(self.get_spark(track) for track in tracks), lag_ratio=0.08),
            LaggedStartMap(FadeIn, self.sums, lag_ratio=0.04, time_span=(0.4, 1.2)),
            run_time=1.2,
        )
        self.wait(1)

        # Keep what is above zero
        lit = self.get_dots(seen.neurons, self.dots_x[1])
        self.say(get_caption("ReLU keeps each yes", t2c={"yes": ACTIVATION}))
        moved = self.sums.copy()
        self.play(Transform(moved, lit), run_time=0.9)
        self.remove(moved)
        self.neurons.become(lit)
        self.wait(0.4)

    def get_active(self):
        """The units among those drawn that are on: these dots are lit."""
        return [unit for unit in self.units if self.seen.neurons[unit] > 0]

    def get_sum(self):
        """What the block adds, written out: a number times a column for each neuron that is on, and the bias.

        Parts: `terms` (each a number and a vector), `bias`, `result`, `signs` (pluses, then the equals sign),
        `names` (above the terms, the bias and the result).
        """
        mlp, seen, active = get_toy_mlp(), self.seen, self.get_active()
        size = {"font_size": 40, "v_buff": 1.45}
        terms = VGroup()
        for unit in active:
            value = get_number(np.array(seen.neurons[unit]), 1, source=f"neuron {unit}", font_size=HEADING)
            value.set_color(ACTIVATION)
            terms.add(VGroup(value, self.get_vector(mlp.down[:, unit], f"column {unit} of W_down", **size)))
            terms[-1].arrange(RIGHT, buff=0.25)
        bias = self.get_vector(mlp.down_bias, "b_down", **size)
        result = self.get_vector(seen.update, "update", **size)
        signs = VGroup(*(Tex("+", font_size=BODY) for _ in active), Tex("=", font_size=BODY))
        row = VGroup(part for pair in zip([*terms, bias], signs, strict=True) for part in pair).add(result)
        row.arrange(RIGHT, buff=0.45).move_to(0.35 * DOWN)
        names = VGroup(self.columns.get_label(unit).copy().scale(1.5) for unit in active)
        names.add(Text("Bias", font_size=BODY), Text("Basketball", font_size=BODY).set_color(ANSWER))
        for name, below in zip(names, (*(term[1] for term in terms), bias, result), strict=True):
            name.set_x(below.get_x()).shift((result.get_top() - name[0].get_bottom() + 0.35 * UP)[1] * UP)
        return terms, bias, result, signs, names

    def add_the_columns_up(self):
        # Light up the columns of the neurons that are on
        active = self.get_active()
        dots = VGroup(self.neurons[self.units.index(unit)] for unit in active)
        rest = VGroup(self.columns.get_piece(unit) for unit in self.units if unit not in active)
        self.say("Each neuron that is on adds its column …")
        sparks = (self.get_flash(dot, self.columns.get_label(unit)) for dot, unit in zip(dots, active, strict=True))
        self.play(*sparks, rest.animate.set_opacity(0.25), run_time=0.7)
        self.wait(0.4)

        # Write them down, one after the other
        terms, bias, result, signs, names = self.get_sum()
        carried = [self.columns.get_label(unit).copy() for unit in active]
        lamps = dots.copy()
        left = (self.vector, self.sums, self.neurons, self.pictures, self.steps, self.rows, self.columns, self.word)
        old = Group(*left, self.question, self.answer)
        self.add(*carried, lamps)
        places = [[term[0].get_x(), names[0].get_y(), 0] for term in terms]
        self.play(
            FadeOut(old, time_span=(0, 0.5)),
            *(label.animate.become(name) for label, name in zip(carried, names, strict=False)),
            *(lamp.animate.move_to(place) for lamp, place in zip(lamps, places, strict=True)),
            FadeIn(VGroup(terms, signs[0]), time_span=(0.5, 1)),
            run_time=1,
        )
        self.wait(0.7)

        # Put the bias on top
        self.say("… and the bias comes on top", FadeIn(VGroup(signs[1], bias, names[2])))
        self.wait(0.4)
        self.play(FadeIn(VGroup(signs[2], result, names[3]), 0.2 * RIGHT), run_time=0.6)

        # See what cancels
        pair = VGroup(SurroundingRectangle(v, buff=0.1).set_stroke(FOCUS, 4) for v in (terms[1][1], bias))
        cancel = "Here column 1 and the bias cancel: “Basketball” is left"
        self.say(get_caption(cancel, t2c={"“Basketball”": ANSWER}), *(ShowCreation(box) for box in pair))
        self.wait(2.6)
        self.play(FadeOut(Group(*self.mobjects[1:])), run_time=0.4)

    def get_flash(self, start, end):
        """A spark from the middle of one thing to the middle of another."""
        return self.get_spark(Line(start.get_center(), end.get_center()).set_stroke(FOCUS, 8))

    def get_spark(self, track):
        """A flash along a line, cut fine enough for its ends to taper."""
        return VShowPassingFlash(track.insert_n_curves(20), time_width=0.7)
