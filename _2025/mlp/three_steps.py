from manim_imports_ext import *
from truth.toy_mlp import ACTIVE, TOKENS, VISIBLE_COORDINATES, VISIBLE_UNITS, get_toy_mlp

QUESTION, ANSWER = FOCUS, TARGET  # the roles of rows and of columns


class BreakDownThreeSteps(InteractiveScene):
    """Rows ask, ReLU keeps what was answered with yes, and the columns of those add up to what the block says."""

    max_value = 1.5
    units = (*range(15), 255)  # of the 256 neurons, those drawn as dots
    middle, floor = 0.2, -2.15  # heights of the pictures and of the arrows below them
    dot_pitch = 0.2

    def construct(self):
        self.seen = get_toy_mlp().forward(TOKENS[ACTIVE].embedding)
        self.draw_the_steps()
        self.read_the_first_matrix_by_rows()
        self.put_the_neurons_between()
        self.read_the_second_matrix_by_columns()
        self.let_a_vector_pass_through()

    # What is drawn

    def get_pictures(self):
        """What each step does, from left to right: a tall matrix, a graph, a wide matrix."""
        config = {"max_value": self.max_value, "font_size": 21, "h_buff": 0.6, "v_buff": 1.25}
        mlp, shown = get_toy_mlp(), (VISIBLE_UNITS, VISIBLE_COORDINATES)
        up = WeightMatrix(mlp.up, source="W_up", shown_rows=shown[0], shown_columns=shown[1], **config)
        plot = get_activation_plot("relu", name="", x_range=(-2, 2), y_range=(-1, 2), width=1.5, ticks=False)
        down = WeightMatrix(mlp.down, source="W_down", shown_rows=shown[1], shown_columns=shown[0], **config)
        return VGroup(up, plot, down).arrange(RIGHT, buff=0.65).set_y(self.middle)

    def get_steps(self, pictures):
        """An arrow below each picture, and its name below that, all on one line."""
        steps = VGroup()
        for picture, name in zip(pictures, ("Linear", "ReLU", "Linear"), strict=True):
            length = min(picture.get_width(), 2.6)
            arrow = Arrow(ORIGIN, length * RIGHT, buff=0, thickness=4, fill_color=MUTED)
            arrow.move_to([picture.get_x(), self.floor, 0])
            steps.add(VGroup(arrow, Text(name, font_size=LABEL).next_to(arrow, DOWN, buff=0.1)))
        return steps

    def get_dots(self, values, x, empty=False):
        """A dot for each neuron that is drawn, coloured by its value, and an ellipsis for those that are not."""
        dots = VGroup(Circle(radius=0.38 * self.dot_pitch) for _ in self.units)
        drawn = np.zeros(len(self.units)) if empty else values[list(self.units)]
        ramps = {"positive": (PANEL, ACTIVATION), "negative": (PANEL, NEGATIVE_ACTIVATION), "neutral": PANEL}
        for dot, value, color in zip(dots, drawn, values_to_colors(drawn, **ramps), strict=True):
            dot.set_fill(color, 1).set_stroke(NEGATIVE_ACTIVATION if value < 0 else MUTED, 2)
        ellipsis = EllipsisDots(DOWN, radius=0.018)
        column = VGroup(*dots[:-1], ellipsis, dots[-1]).arrange(DOWN, buff=0.24 * self.dot_pitch)
        column.move_to([x, self.middle, 0])
        dots.add(ellipsis)
        return dots

    def get_gap(self, picture):
        """The x between a picture and the next one, where neurons stand."""
        return (self.pictures[picture].get_right()[0] + self.pictures[picture + 1].get_left()[0]) / 2

    def get_vector(self, values, source, words, side):
        """A vector outside the block, on one side of it, and what it means, above it."""
        vector = NumericEmbedding(
            values, source=source, shown_entries=VISIBLE_COORDINATES, max_value=self.max_value, v_buff=1.0, font_size=24
        )
        vector.next_to(self.box, side, buff=0.3).set_y(self.middle)
        label = VGroup(Text(word, font_size=SMALL) for word in words.split()).arrange(DOWN, buff=0.1)
        return VGroup(vector, label.next_to(vector, UP, buff=0.2))

    def get_copy_outside(self, piece, index, word, color, side):
        """A row or column's name, twice as large, above the block, and what it is like."""
        name = piece.get_label(index).copy().scale(2)
        words = Text(word, font_size=LABEL).set_color(color)
        words.next_to(name[0], RIGHT, buff=0.45).shift((name[0].get_bottom() - words[0].get_bottom())[1] * UP)
        both = VGroup(name, words).next_to(self.box, UP, buff=0.35)
        return both.align_to(self.box, side)

    # Beats

    def draw_the_steps(self):
        # Draw the block
        title = get_title("Multilayer Perceptron")
        pictures = self.get_pictures()
        steps = self.get_steps(pictures)
        box = RoundedRectangle(pictures.get_width() + 0.4, 4.85, corner_radius=0.15)
        box.set_stroke(TEXT, 2).set_fill(PANEL, 0.4).set_y(self.middle - 0.6)
        self.play(FadeIn(title, 0.2 * UP), FadeIn(box), run_time=0.6)

        # Bring in its three steps
        for picture, step in zip(pictures, steps, strict=True):
            arrow, name = step
            self.play(GrowArrow(arrow), FadeIn(name), self.get_entrance(picture), run_time=0.9)
        self.wait(0.4)
        self.title, self.box, self.pictures, self.steps = title, box, pictures, steps

    def get_entrance(self, picture):
        """A matrix's brackets unfold from its middle while its numbers appear; a graph is drawn."""
        if not isinstance(picture, WeightMatrix):
            return AnimationGroup(FadeIn(picture.axes), ShowCreation(picture.curve))
        return AnimationGroup(
            *(GrowFromPoint(bracket, picture.get_center()) for bracket in picture.brackets),
            FadeIn(picture.cells, lag_ratio=0.01, time_span=(0.3, 0.9)),
        )

    def read_the_first_matrix_by_rows(self):
        # Read the first matrix by rows
        up = self.pictures[0]
        rows = get_row_matrix(up, color=QUESTION, font_size=26)
        self.play(FadeOut(up.cells), run_time=0.3)
        self.play(LaggedStartMap(FadeIn, rows.labels, lag_ratio=0.1), FadeIn(rows.rules), run_time=0.7)

        # Take the first row out: it asks
        question = self.get_copy_outside(rows, 0, "a row asks", QUESTION, LEFT)
        self.play(TransformFromCopy(rows.get_label(0), question[0]), run_time=0.8)
        self.play(FadeIn(question[1]), run_time=0.3)
        self.rows, self.question = rows, question

    def put_the_neurons_between(self):
        # Put a neuron for each row after the ReLU
        neurons = self.get_dots(self.seen.neurons, self.get_gap(1), empty=True)
        word = Text("Neurons", font_size=SMALL).set_color(MUTED).next_to(neurons, DOWN, buff=0.12)
        self.play(LaggedStartMap(FadeIn, neurons, shift=0.3 * RIGHT, lag_ratio=0.05), FadeIn(word), run_time=0.8)
        self.neurons = neurons

    def read_the_second_matrix_by_columns(self):
        # Read the second matrix by columns
        down = self.pictures[2]
        columns = get_column_matrix(down, color=ANSWER, font_size=24)
        self.play(FadeOut(down.cells), run_time=0.3)
        self.play(LaggedStartMap(FadeIn, columns.labels, lag_ratio=0.1), FadeIn(columns.rules), run_time=0.7)

        # Take the first column out: it answers
        answer = self.get_copy_outside(columns, 0, "a column answers", ANSWER, RIGHT)
        self.play(TransformFromCopy(columns.get_label(0), answer[0]), run_time=0.8)
        self.play(FadeIn(answer[1]), run_time=0.3)
        self.columns, self.answer = columns, answer

    def say(self, words, *animations, run_time=0.6):
        """The old caption goes, then the new one comes, with whatever happens meanwhile."""
        new = get_caption(words)
        if self.caption:
            self.play(FadeOut(self.caption[0]), run_time=0.25)
        self.play(FadeIn(new), *animations, run_time=run_time)
        self.caption = [new]

    def let_a_vector_pass_through(self):
        # Ask a vector every question
        seen, self.caption = self.seen, []
        vector = self.get_vector(seen.x, "E", TOKENS[ACTIVE].words, LEFT)
        sums = self.get_dots(seen.pre, self.get_gap(0))
        rows = self.rows
        start, end = rows.brackets[0].get_right()[0], self.get_gap(0)
        tracks = [
            Line([start, piece.get_y(), 0], [end, piece.get_y(), 0]).set_stroke(TEXT, 7) for piece in rows.get_pieces()
        ]
        self.say("A vector comes in, and every row asks", FadeIn(vector, RIGHT))
        self.play(
            LaggedStart(*(self.get_spark(track) for track in tracks), lag_ratio=0.08),
            LaggedStartMap(FadeIn, sums, lag_ratio=0.04, time_span=(0.4, 1.2)),
            run_time=1.2,
        )
        self.wait(0.3)

        # Keep what is above zero
        self.say("ReLU keeps each yes")
        moved = sums.copy()
        lit = self.get_dots(seen.neurons, self.get_gap(1))
        self.play(Transform(moved, lit), run_time=1)
        self.remove(moved)
        self.neurons.become(lit)
        self.wait(0.2)

        # Add up the columns of the neurons that are on
        self.say("The columns of those neurons add up")
        active = [unit for unit in self.units if seen.neurons[unit] > 0]
        update = self.get_vector(seen.update, "update", "Basketball", RIGHT)
        names = [self.columns.get_label(unit) for unit in active]
        dots = [self.neurons[self.units.index(unit)] for unit in active]
        self.play(*(self.get_flash(dot, name) for dot, name in zip(dots, names, strict=True)), run_time=0.6)
        self.play(
            *(Indicate(self.columns.get_piece(unit), color=FOCUS, scale_factor=1.1) for unit in active), run_time=0.7
        )
        self.play(*(self.get_flash(name, update[0]) for name in names), FadeIn(update, time_span=(0.3, 0.7)))
        self.wait(1.3)
        self.play(FadeOut(Group(*self.mobjects[1:])), run_time=0.4)

    def get_flash(self, start, end):
        """A spark from the middle of one thing to the middle of another."""
        return self.get_spark(Line(start.get_center(), end.get_center()).set_stroke(FOCUS, 8))

    def get_spark(self, track):
        """A flash along a line, cut fine enough for its ends to taper."""
        return VShowPassingFlash(track.insert_n_curves(20), time_width=0.7)
