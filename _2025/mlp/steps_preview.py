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
        held: whether the first row of the first and the first column of the second are never changed. Then the
            other neurons come out in another order, which makes no difference to what the block computes.
    """
    mlp = get_toy_mlp()
    order, others = np.arange(len(mlp.up)), list(VISIBLE_UNITS[1:])
    if held:
        order[others] = np.roll(others, 3)
    masks = [np.zeros(matrix.shape, dtype=bool) for matrix in (mlp.up, mlp.down)]
    masks[0][0], masks[1][:, 0] = held, held
    up = distill(mlp.up[order], mlp.up_bias[order], seed=seed, held=masks[0])
    down = distill(mlp.down[:, order], mlp.down_bias, seed=seed + 1, learning_rate=0.006, every=40, held=masks[1])
    return up.weights, down.weights


class MLPStepsPreview(InteractiveScene):
    """What a perceptron block is made of is easily said; what its numbers come to mean is not."""

    chapter = "Easy structure, hard meaning"

    max_value = 1.5
    big, half, stage = (9.9, 5.6), (7.4, 3.45), (13.4, 5.5)  # sizes of the panel with the structure, one after another
    few = (0, 1, 2, 3, 255), (0, 1, 63)  # units and coordinates shown while the panel is small

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

    def get_matrix(self, values, source, rows, columns, font_size=27):
        return WeightMatrix(
            values,
            source=source,
            shown_rows=rows,
            shown_columns=columns,
            max_value=self.max_value,
            font_size=font_size,
            h_buff=0.8,
        )

    def get_plot(self):
        return get_activation_plot("relu", name="", x_range=(-2, 2), y_range=(-1, 2), width=1.4, ticks=False)

    def get_structure(self, panel):
        """Three arrows with names below and pictures above: two matrices of chance, and a graph.

        Parts: `arrows`, `names` (that of the ReLU with what it does below), `pictures`.
        """
        up, down = (snapshots[0] for snapshots in self.snapshots)
        units, coordinates = self.few
        pictures = VGroup(
            self.get_matrix(up, "W_up before training", units, coordinates),
            self.get_plot(),
            self.get_matrix(down, "W_down before training", coordinates, units),
        )
        pictures.arrange(RIGHT, buff=0.35)
        names, arrows = VGroup(), VGroup()
        for picture, word in zip(pictures, ("Linear", "ReLU", "Linear"), strict=True):
            length = min(picture.get_width(), 2.4)
            arrow = Arrow(ORIGIN, length * RIGHT, buff=0, thickness=4, fill_color=MUTED)
            arrows.add(arrow.move_to([picture.get_x(), pictures.get_bottom()[1] - 0.5, 0]))
            names.add(VGroup(Text(word, font_size=BODY).next_to(arrow, DOWN, buff=0.15)))
        names[1].add(Text("below 0 becomes 0", font_size=34).next_to(names[1], DOWN, buff=0.2))
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
        up, plot, down = pictures
        self.play(FadeIn(ground), FadeIn(panel), FadeIn(heading), self.get_step(0, arrows, names, up), run_time=0.9)

        # Draw the ReLU, and the second matrix after it
        self.play(self.get_step(1, arrows, names, plot), run_time=0.9)
        self.play(self.get_step(2, arrows, names, down), run_time=0.9)
        self.play(Write(easy), run_time=0.6)
        self.wait(1.4)
        self.panel, self.structure, self.matrices = panel, VGroup(arrows, names, pictures), (up, down)
        self.heading, self.easy, self.ground = heading, easy, ground

    def get_step(self, place, arrows, names, picture):
        """The arrow of a step grows, and its name and picture come."""
        return AnimationGroup(GrowArrow(arrows[place]), FadeIn(names[place]), FadeIn(picture, 0.4 * UP))

    def add_what_emerges(self):
        # Make room for another question
        panel, structure = self.panel, self.structure
        panel.generate_target().become(self.get_panel(self.half, UL))
        structure.generate_target().scale(self.half[0] / self.big[0]).move_to(panel.target)
        heading = self.get_heading("Structure:", panel.target)
        easy = self.get_verdict("Easy", EASY, heading)
        lower = self.get_panel(self.half, DL)
        emergent = self.get_heading("Emergent behavior:", lower)
        mark = Text("?", font_size=2 * TITLE).set_color(MUTED).move_to(lower)
        hard = self.get_verdict("Exceedingly challenging", HARD, emergent)
        self.play(
            MoveToTarget(panel),
            MoveToTarget(structure),
            self.heading.animate.move_to(heading),
            self.easy.animate.move_to(easy),
            FadeIn(VGroup(lower, emergent), time_span=(0.6, 1)),
            run_time=1,
        )

        # Ask it: what will these numbers come to mean?
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
        # Put the real thing off
        instead = self.get_verdict("First, a toy example", TEXT, self.emergent)
        self.play(FadeOut(self.hard), run_time=0.25)
        self.play(FadeIn(instead), run_time=0.4)
        self.wait(0.9)

        # Set the stage for a toy example
        mlp = get_toy_mlp()
        stage = self.get_panel(self.stage, DOWN)
        title = Text("Motivating Toy Example", font_size=54).set_color(TEXT).to_edge(UP, buff=SAFE_AREA)
        note = self.get_note("Its numbers are chosen so that we can read them", title)
        up = self.get_matrix(mlp.up, "W_up", VISIBLE_UNITS, VISIBLE_COORDINATES, 25)
        down = self.get_matrix(mlp.down, "W_down", VISIBLE_COORDINATES, VISIBLE_UNITS, 25)
        row = VGroup(up, self.get_plot(), down).arrange(RIGHT, buff=0.65).move_to(stage)
        down.align_to(up, UP)
        arrows, names, (small_up, plot, small_down) = self.structure
        self.play(
            FadeOut(VGroup(self.heading, self.easy, self.emergent, instead, self.mark, self.lower, arrows, names)),
            FadeOut(VGroup(small_up, small_down)),
            run_time=0.3,
        )
        self.play(
            self.panel.animate.become(stage),
            plot.animate.become(row[1]),
            FadeIn(VGroup(up, down), time_span=(0.3, 0.8)),
            FadeIn(title, 0.2 * UP, time_span=(0.3, 0.8)),
            run_time=0.8,
        )
        self.play(FadeIn(note), run_time=0.4)
        self.wait(1)
        self.matrices, self.title, self.note = (up, down), title, note

    def get_note(self, words, title):
        return Text(words, font_size=34).next_to(title, DOWN, buff=0.2)

    def get_reading(self, cells, words, color, direction=UP):
        """A box round a row or column, a brace on it, and what it stands for."""
        box = SurroundingRectangle(cells, buff=0.07).set_stroke(color, 3).set_fill(opacity=0)
        brace = Brace(box, direction, buff=0.08).set_color(color)
        label = Text(words, font_size=BODY).set_color(color)
        return box, brace, label.next_to(brace, direction, buff=0.15)

    def get_evidence(self, matrix, cosine, name, meaning, color):
        """The measured cosine between a row or column and what it stands for, below its matrix."""
        says = Text(f"cosine of {name} 0 with {meaning}:", font_size=28)
        number = get_number(np.array(cosine), 2, source=f"cosine of the {name}", font_size=LABEL).set_color(color)
        number.next_to(says, RIGHT, buff=0.15).align_to(says[0], DOWN)
        return VGroup(says, number).align_to(matrix, LEFT).set_y(self.panel.get_bottom()[1] + 0.4)

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
        answer.shift((label[0].get_bottom() - answer[1].get_bottom())[1] * UP)
        self.play(others.animate.set_opacity(0.3), ShowCreation(column), run_time=0.7)
        arrow = Arrow(label.get_right(), [answer.get_left()[0], label.get_y(), 0], buff=0.25, fill_color=MUTED)
        self.play(GrowArrow(arrow), GrowFromCenter(grip), run_time=0.6)
        self.play(FadeIn(answer, 0.1 * UP), run_time=0.5)
        self.wait(0.7)

        # Measure both
        pairs = [(mlp.up[0], name.embedding), (mlp.down[:, 0], DIRECTIONS["B"])]
        (row_cosine,), (column_cosine,) = (cosines(mine[None], ideal[None]) for mine, ideal in pairs)
        evidence = VGroup(
            self.get_evidence(up, row_cosine, "row", name.words, FOCUS),
            self.get_evidence(down, column_cosine, "column", "Basketball", TARGET),
        )
        self.play(FadeIn(evidence), run_time=0.6)
        self.wait(1.2)
        self.rest = (rest, others)

    def change_all_the_rest(self):
        # Learn all the rest anew: these two keep their meaning
        note = self.get_note("Whatever all the rest becomes, this row and this column keep their meaning", self.title)
        self.play(FadeOut(self.note), run_time=0.25)
        self.play(FadeIn(note), *(cells.animate.set_opacity(0.75) for cells in self.rest), run_time=0.5)
        (up, down), (up_anew, down_anew) = self.matrices, learn_matrices(seed=5, held=True)
        self.play(
            self.learn(up, up_anew, "W_up", first_row=3),
            self.learn(down, down_anew, "W_down", first_column=3),
            run_time=2.4,
        )
        self.wait(2.2)
        self.play(FadeOut(Group(*self.mobjects[1:])), run_time=0.4)
