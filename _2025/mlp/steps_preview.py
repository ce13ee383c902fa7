from functools import lru_cache

from manim_imports_ext import *
from truth.distillation import distill
from truth.facts import cosines
from truth.toy_mlp import ACTIVE, DIRECTIONS, TOKENS, VISIBLE_COORDINATES, VISIBLE_UNITS, get_toy_mlp

EASY, HARD = OPERATION, NEGATIVE_RAMP[1]


@lru_cache
def learn_matrices(seed=2, held=False):
    """Snapshots of both matrices of the toy block as data shapes them: (n, 256, 64) and (n, 64, 256).

    Args:
        seed: of the starts and the data.
        held: whether the first row of the first and the first column of the second are never changed.
    """
    mlp = get_toy_mlp()
    masks = [np.zeros(matrix.shape, dtype=bool) for matrix in (mlp.up, mlp.down)]
    masks[0][0], masks[1][:, 0] = held, held
    up = distill(mlp.up, mlp.up_bias, seed=seed, held=masks[0])
    down = distill(mlp.down, mlp.down_bias, seed=seed + 1, learning_rate=0.006, every=40, held=masks[1])
    return up.weights, down.weights


class MLPStepsPreview(InteractiveScene):
    """What a perceptron block is made of is easily said; what its numbers come to mean is not."""

    max_value = 1.5
    big, half, small = (9.9, 5.4), (7.4, 3.45), (3.4, 1.85)  # sizes of the panel with the structure
    stage = (13.4, 5.0)  # of the lower panel, once it has the stage

    def construct(self):
        self.snapshots = learn_matrices()
        self.draw_the_structure()
        self.add_what_emerges()
        self.let_data_choose_the_numbers()
        self.turn_to_a_toy_example()
        self.read_a_row_and_a_column()
        self.change_all_the_rest()

    # What is drawn

    def get_panel(self, size, corner):
        """A black panel with a light border, in a corner of the safe area."""
        panel = Rectangle(*size).set_fill(BACKGROUND, 1).set_stroke(TEXT, 2)
        return panel.to_corner(corner, buff=SAFE_AREA)

    def get_matrix(self, values, source, rows, columns):
        return WeightMatrix(
            values,
            source=source,
            shown_rows=rows,
            shown_columns=columns,
            max_value=self.max_value,
            font_size=21,
            h_buff=0.6,
        )

    def get_structure(self, panel):
        """Three arrows with names below and pictures above: two matrices of chance, and a graph.

        Parts: `arrows`, `names`, `pictures`.
        """
        up, down = (snapshots[0] for snapshots in self.snapshots)
        plot = get_activation_plot("relu", name="", x_range=(-2, 2), y_range=(-1, 2), width=1.2, ticks=False)
        pictures = VGroup(
            self.get_matrix(up, "W_up before training", VISIBLE_UNITS, VISIBLE_COORDINATES),
            plot,
            self.get_matrix(down, "W_down before training", VISIBLE_COORDINATES, VISIBLE_UNITS),
        )
        pictures.arrange(RIGHT, buff=0.35)
        names, arrows = VGroup(), VGroup()
        for picture, word in zip(pictures, ("Linear", "ReLU", "Linear"), strict=True):
            length = min(picture.get_width(), 2.4)
            arrow = Arrow(ORIGIN, length * RIGHT, buff=0, thickness=4, fill_color=MUTED)
            arrows.add(arrow.move_to([picture.get_x(), pictures.get_bottom()[1] - 0.55, 0]))
            names.add(Text(word, font_size=BODY).next_to(arrow, DOWN, buff=0.15))
        VGroup(arrows, names, pictures).move_to(panel)
        return arrows, names, pictures

    def get_heading(self, words, panel):
        """What a panel is about, to its right, with room for a verdict below."""
        heading = Text(words, font_size=HEADING)
        return heading.next_to(panel, RIGHT, buff=0.4).set_y(panel.get_y() + 0.45)

    def get_verdict(self, words, color, heading):
        return Text(words, font_size=BODY + 2).set_color(color).next_to(heading, DOWN, 0.35, aligned_edge=LEFT)

    # Beats

    def draw_the_structure(self):
        # Draw the three steps: that is easy
        ground = FullScreenRectangle().set_fill(PANEL, 1).set_stroke(width=0)
        panel = self.get_panel(self.big, LEFT)
        arrows, names, pictures = self.get_structure(panel)
        heading = self.get_heading("Structure:", panel)
        easy = self.get_verdict("Easy", EASY, heading)
        self.play(FadeIn(ground), FadeIn(panel), FadeIn(heading), run_time=0.6)
        self.play(
            LaggedStart(
                *(AnimationGroup(GrowArrow(a), FadeIn(n)) for a, n in zip(arrows, names, strict=True)), lag_ratio=0.4
            ),
            run_time=1.5,
        )
        self.play(Write(easy), run_time=0.6)

        # Raise a matrix over each linear step
        up, plot, down = pictures
        self.play(FadeIn(up, 0.6 * UP), run_time=0.7)
        self.play(FadeIn(down, 0.6 * UP), run_time=0.7)

        # Draw the ReLU between them
        self.play(FadeIn(plot.axes), run_time=0.3)
        self.play(ShowCreation(plot.curve), run_time=0.7)
        self.wait(1.4)
        self.panel, self.structure, self.matrices = panel, VGroup(arrows, names, pictures), (up, down)
        self.heading, self.easy, self.ground = heading, easy, ground

    def add_what_emerges(self):
        # Make room for another question
        panel, structure = self.panel, self.structure
        panel.generate_target().become(self.get_panel(self.half, UL))
        structure.generate_target().scale(self.half[0] / self.big[0]).move_to(panel.target)
        heading = self.get_heading("Structure:", panel.target)
        easy = self.get_verdict("Easy", EASY, heading)
        self.play(
            MoveToTarget(panel),
            MoveToTarget(structure),
            self.heading.animate.move_to(heading),
            self.easy.animate.move_to(easy),
            run_time=1,
        )

        # Ask it: what will these numbers come to mean?
        lower = self.get_panel(self.half, DL)
        emergent = self.get_heading("Emergent behavior:", lower)
        mark = Text("?", font_size=2 * TITLE).set_color(MUTED).move_to(lower)
        hard = self.get_verdict("Exceedingly challenging", HARD, emergent)
        self.play(FadeIn(lower), FadeIn(emergent), run_time=0.6)
        self.play(Write(hard), FadeIn(mark), run_time=1)
        self.wait(0.8)
        self.lower, self.emergent, self.hard, self.mark = lower, emergent, hard, mark

    def let_data_choose_the_numbers(self):
        # Let data shape the first matrix
        (up, down), names = self.matrices, ("W_up", "W_down")
        self.play(self.learn(up, self.snapshots[0][1:], names[0]), run_time=2.2)

        # Let data shape the second
        self.play(self.learn(down, self.snapshots[1][1:], names[1]), run_time=2.2)
        self.wait(0.3)

    def learn(self, matrix, snapshots, name, first_row=0, first_column=1):
        """Data drizzles on a matrix, from a row and a column on, while its numbers follow a training run."""
        ground = VGroup(cell for row in matrix.get_rows()[first_row:] for cell in row[first_column:-1])
        return AnimationGroup(
            AnimateEntriesThrough(matrix, snapshots, name),
            DataDrizzle(ground, n_rows=3, n_columns=4, shift=0.5 * DOWN),
        )

    def turn_to_a_toy_example(self):
        # Give up on the real thing for now
        strike = Line(self.emergent.get_left(), self.emergent.get_right()).set_stroke(HARD, 5).scale(1.04)
        self.play(ShowCreation(strike), FadeOut(self.hard), FadeOut(self.mark), run_time=0.7)
        self.wait(0.3)

        # Set the stage for a toy example
        stage = self.get_panel(self.stage, DOWN)
        corner = self.get_panel(self.small, UL)
        title = Text("Motivating Toy Example", font_size=54).set_color(TEXT)
        title.move_to([(corner.get_right()[0] + stage.get_right()[0]) / 2, corner.get_y() + 0.3, 0])
        note = self.get_note("Its numbers are chosen so that we can read them", title)
        self.play(FadeOut(VGroup(self.heading, self.easy, self.emergent, strike)), run_time=0.3)
        self.play(
            self.panel.animate.become(corner),
            self.structure.animate.scale(self.small[0] / self.half[0]).move_to(corner),
            self.lower.animate.become(stage),
            run_time=0.8,
        )
        matrices = VGroup(matrix.copy() for matrix in self.matrices)
        matrices.generate_target()
        for matrix in matrices.target:
            matrix.scale(26 / matrix.get_font_size())
        matrices.target.arrange(RIGHT, buff=1.9, aligned_edge=UP).move_to(stage).shift(0.2 * DOWN)
        self.play(MoveToTarget(matrices), run_time=1)
        self.play(FadeIn(title, 0.2 * UP), run_time=0.5)
        self.play(FadeIn(note), run_time=0.4)
        self.wait(0.6)
        self.matrices, self.title, self.note = matrices, title, note

    def get_note(self, words, title):
        return Text(words, font_size=LABEL).set_color(MUTED).next_to(title, DOWN, buff=0.3)

    def get_reading(self, cells, words, color, direction=UP):
        """A box round a row or column, a brace on it, and what it stands for."""
        box = SurroundingRectangle(cells, buff=0.09).set_stroke(color, 3).set_fill(opacity=0)
        brace = Brace(box, direction, buff=0.08).set_color(color)
        label = Text(words, font_size=BODY).set_color(color)
        return box, brace, label.next_to(brace, direction, buff=0.15)

    def get_evidence(self, matrix, cosine, name, color):
        """The measured cosine between a row or column and what it stands for, below its matrix."""
        says = Text("cosine, by construction:", font_size=LABEL).set_color(MUTED)
        number = get_number(np.array(cosine), 2, source=f"cosine of the {name}", font_size=LABEL).set_color(color)
        number.next_to(says, RIGHT, buff=0.15).align_to(says[0], DOWN)
        return VGroup(says, number).match_x(matrix).set_y(self.lower.get_bottom()[1] + 0.4)

    def read_a_row_and_a_column(self):
        # Read the first row: a name
        up, down = self.matrices
        mlp, name = get_toy_mlp(), TOKENS[ACTIVE]
        rest = VGroup(cell for row in up.get_rows()[1:] for cell in row)
        box, brace, label = self.get_reading(up.get_row(0), name.words, FOCUS)
        self.play(rest.animate.set_opacity(0.3), ShowCreation(box), run_time=0.7)
        self.play(GrowFromCenter(brace), FadeIn(label, 0.1 * UP), run_time=0.7)
        self.wait(0.7)

        # Read the first column of the other: what he plays
        others = VGroup(cell for column in down.get_columns()[1:] for cell in column)
        column, grip, answer = self.get_reading(down.get_column(0), "plays Basketball", TARGET)
        answer.align_to(column, LEFT).shift((label[0].get_bottom() - answer[1].get_bottom())[1] * UP)
        self.play(others.animate.set_opacity(0.3), ShowCreation(column), run_time=0.7)
        arrow = Arrow(label.get_right(), [answer.get_left()[0], label.get_y(), 0], buff=0.25, fill_color=MUTED)
        self.play(GrowArrow(arrow), GrowFromCenter(grip), run_time=0.6)
        self.play(FadeIn(answer, 0.1 * UP), run_time=0.5)
        self.wait(0.7)

        # Measure both
        pairs = [(mlp.up[0], name.embedding), (mlp.down[:, 0], DIRECTIONS["B"])]
        (row_cosine,), (column_cosine,) = (cosines(mine[None], ideal[None]) for mine, ideal in pairs)
        evidence = VGroup(
            self.get_evidence(up, row_cosine, "row", FOCUS),
            self.get_evidence(down, column_cosine, "column", TARGET),
        )
        self.play(FadeIn(evidence), run_time=0.6)

    def change_all_the_rest(self):
        # Learn all the rest anew: these two keep their meaning
        note = self.get_note("Whatever the others come to be, these two mean the same", self.title)
        self.play(FadeOut(self.note), run_time=0.25)
        self.play(FadeIn(note), run_time=0.4)
        (up, down), (up_anew, down_anew) = self.matrices, learn_matrices(seed=5, held=True)
        self.play(
            self.learn(up, up_anew, "W_up", first_row=3),
            self.learn(down, down_anew, "W_down", first_column=3),
            run_time=2.4,
        )
        self.wait(1.2)
        self.play(FadeOut(Group(*self.mobjects[1:])), run_time=0.4)
