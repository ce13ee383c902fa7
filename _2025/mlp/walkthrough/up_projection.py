"""Act D: the up projection, worked out; where its numbers come from."""

from _2025.mlp.walkthrough.stage import FRONT, MAX_VALUE
from _2025.mlp.walkthrough.the_fact import TheFact
from manim_imports_ext import *
from truth.distillation import learn_up_projection
from truth.toy_mlp import D_HIDDEN, D_MODEL, VISIBLE_COORDINATES, VISIBLE_UNITS


class UpProjection(TheFact):
    """The first step is a matrix times the embedding, and every number in that matrix was learned.

    State, for acts D to H: `up_matrix`, `up_vector`, `up_equals`, `up_result` stand on the page above the strip;
    `up_plus` and `up_bias` join them in act F; `up_name`, above the matrix, is away when act E begins its formulas.
    The strip is dark: nothing of it is seen, `strip` has its parts, and `Restore(part)` lights one up again (`card`
    and `embedding` go dark here, and are lit up at the end of act G). The circuit and the title are away. `say` and
    `hush` change the `caption`.
    """

    up_left, up_y, up_size = -6.6, 1.05, 31  # of the product on the page: its left end, its middle, its font size
    embedding_view = View(center=(-4.9, -1.9, 0), height=6)
    matrix_view = View(center=(-3.5, 0.95, 0), height=6.1)  # the matrix and the vector in the middle
    close_up = View(center=(-2.55, 0.95, 0), height=6.1)  # and the result, too
    caption = None

    def act(self):
        self.bring_the_matrix()
        self.multiply_row_by_row()
        self.let_data_turn_its_dials()

    # What is said

    def say(self, words, sources=()):
        """Animations: the caption that stood goes, then this one comes; of the strip below it, it is in front."""
        caption = get_caption(words).set_max_width(10.2).fix_in_frame().set_z_index(2 * FRONT)
        caption.sources = list(sources)
        animations = [*self.hush(), FadeIn(caption, time_span=(0.3, 0.6))]
        self.caption = caption
        return animations

    def hush(self):
        """Animations: the caption goes."""
        old, self.caption = self.caption, None
        return [] if old is None else [FadeOut(old, time_span=(0, 0.25))]

    def darken(self, mobject, **kwargs):
        """Animation: it fades away, but stays on stage and keeps its state for a Restore."""
        mobject.save_state()
        return mobject.animate(**kwargs).set_opacity(0)

    # The product

    def get_up_matrix(self):
        matrix = WeightMatrix(
            self.mlp.up,
            source="W_up",
            shown_rows=VISIBLE_UNITS,
            shown_columns=VISIBLE_COORDINATES,
            font_size=self.up_size,
            max_value=MAX_VALUE,
        )
        return matrix.move_to([self.up_left, self.up_y, 0], LEFT)

    def bring_the_matrix(self):
        # Turn the lights off around the embedding
        self.strip = Group(self.box, *self.others, *self.vectors, *self.arrows)
        self.play(
            *map(self.darken, self.strip),
            FadeOut(VGroup(self.circuit, self.title)),
            self.frame.animate.reorient(*self.embedding_view),
            *self.say("The first step, in numbers"),
            run_time=1,
        )

        # Copy the embedding up to the page
        self.up_matrix = self.get_up_matrix()
        self.up_vector = self.embedding.copy().scale(self.up_size / self.number_size)
        self.up_vector.brackets.set_fill(FOCUS)
        self.up_vector.next_to(self.up_matrix, RIGHT, 0.25)
        self.play(
            TransformFromCopy(self.embedding, self.up_vector),
            self.darken(self.embedding, time_span=(0, 0.5)),
            self.darken(self.card, time_span=(0, 0.5)),
            self.frame.animate.reorient(*self.matrix_view),
            run_time=1.5,
        )

        # Write the matrix that multiplies it
        sizes = [Source("rows of W_up", (), np.array(D_HIDDEN)), Source("columns of W_up", (), np.array(D_MODEL))]
        self.play(
            FadeIn(self.up_matrix.brackets),
            LaggedStartMap(FadeIn, self.up_matrix.cells, lag_ratio=0.03),
            *self.say(f"A matrix: in our toy, {D_HIDDEN} rows of {D_MODEL} numbers", sizes),
            run_time=1.8,
        )
        self.add(self.up_matrix)
        self.wait(0.6)

        # Call it the up projection
        self.up_name = Text("Up projection", font_size=HEADING).set_color(PARAMETER)
        self.up_name.next_to(self.up_matrix, UP, buff=0.25)
        self.play(FadeIn(self.up_name, 0.2 * UP), run_time=0.6)
        self.wait(1)

    def multiply_row_by_row(self):
        # Multiply row by row
        product = MatrixVectorProduct(self.up_matrix, self.up_vector, source="W_up E", max_value=MAX_VALUE)
        self.up_equals, self.up_result = product.equals, product.result
        self.play(
            FadeIn(product),
            self.frame.animate.reorient(*self.close_up),
            *self.say("Row by row, multiply and add up"),
            run_time=0.8,
        )
        self.play(product.show_rows(run_time=8.2, rate_func=lambda t: 0.55 * t + 0.45 * t * t))
        self.remove(product)
        self.add(self.up_equals, self.up_result)
        self.wait(1.2)

    # Where its numbers come from

    def follow_training(self, run_time, *learners):
        """Animations: the result runs through training with the matrix or the dials, and so do `learners`."""
        products = self.training.weights @ self.seen.x
        paths = [(self.up_result, [*products[1:-1], self.seen.product]), *learners]
        return [AnimateEntriesThrough(mobject, path, run_time=run_time) for mobject, path in paths]

    def forget_training(self, run_time, *learners):
        """Animations: the result, and `learners`, go back to where training began."""
        start = self.training.weights[0] @ self.seen.x
        pairs = [(self.up_result, start), *learners]
        return [AnimateEntriesTo(mobject, values, run_time=run_time) for mobject, values in pairs]

    def let_data_turn_its_dials(self):
        # Give every entry a dial
        self.training = learn_up_projection()
        rows, columns = np.ix_(VISIBLE_UNITS, VISIBLE_COORDINATES)
        weights = [*self.training.weights[:-1], self.mlp.up]
        shown = [snapshot[rows, columns] for snapshot in weights]
        machine = MachineWithDials(
            shown[-1],
            low=-MAX_VALUE,
            high=MAX_VALUE,
            source="W_up, numbers shown",
            width=self.up_matrix.get_width() + 0.1,
            height=self.up_matrix.get_height() + 0.1,
            buff=0.08,
        ).move_to(self.up_matrix)
        self.play(
            FadeOut(self.up_matrix.cells, time_span=(0, 0.5)),
            FadeIn(machine, time_span=(0.3, 0.9)),
            *self.say("Each of these parameters is a dial"),
        )
        self.wait(0.6)

        # Go back to before training, when every entry was chance
        self.play(
            *self.forget_training(0.9, (machine, shown[0])), *self.say("Before training, they all stand by chance")
        )
        self.wait(0.8)

        # Let data turn them, example by example
        self.play(
            learn_from_data(machine, shown[1:], run_time=3.2),
            *self.follow_training(3.2),
            *self.say("Training turns every dial a little, with every example"),
        )
        self.wait(0.6)
        self.play(
            FadeOut(machine, time_span=(0, 0.5)),
            FadeIn(self.up_matrix.cells, time_span=(0.3, 0.9)),
            *self.hush(),
            run_time=0.9,
        )
        self.add(self.up_matrix)
        self.wait(0.4)
