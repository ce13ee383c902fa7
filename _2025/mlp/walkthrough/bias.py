"""Act F: the bias turns "both names" into a yes or no."""

from _2025.mlp.walkthrough.rows_as_questions import RESULT, RowsAsQuestions
from _2025.mlp.walkthrough.stage import MAX_VALUE
from manim_imports_ext import *
from truth.toy_mlp import VISIBLE_UNITS

BIAS = PARAMETER  # the colour of what is the bias


class AddTheBias(RowsAsQuestions):
    """A bias shifts each answer, so that only the token with both names stays above zero."""

    bias_view = View(center=(-1.85, 0.95, 0), height=6.5)
    reading_view = View(center=(0.65, 1, 0), height=8.7)

    def act(self):
        self.slide_the_bias_in()
        self.let_data_shape_the_bias()
        self.read_it_with_the_bias()

    def get_up_bias(self):
        colors = {"positive": POSITIVE_RAMP, "negative": NEGATIVE_RAMP, "neutral": NEUTRAL}
        return NumericEmbedding(
            self.mlp.up_bias,
            source="b_up",
            shown_entries=VISIBLE_UNITS,
            font_size=self.up_size,
            max_value=MAX_VALUE,
            **colors,
        )

    def slide_the_bias_in(self):
        # Make room, and slide a bias in
        self.up_plus = Text("+", font_size=1.3 * self.up_size, fill_color=TEXT)
        self.up_bias = self.get_up_bias()
        gap = VGroup(self.up_plus, self.up_bias).arrange(RIGHT, buff=0.2)
        gap.next_to(self.up_vector, RIGHT, buff=0.2).match_y(self.up_matrix)
        room = gap.get_width() + 0.2
        gap.shift(0.4 * RIGHT).set_opacity(0)
        self.play(
            VGroup(self.up_equals, self.up_result).animate(time_span=(0, 0.8)).shift(room * RIGHT),
            gap.animate(time_span=(0.7, 1.3)).set_opacity(1).shift(0.4 * LEFT),
            self.frame.animate.reorient(*self.bias_view),
            *self.say("To each result, add a number of its own"),
            run_time=1.3,
        )
        self.up_bias.recolor()
        self.wait(0.6)

        # Add it to every result
        self.play(
            Indicate(self.up_bias.cells, color=FOCUS, scale_factor=1.05),
            AnimateEntriesTo(self.up_result, self.seen.pre, source="W_up E + b_up", lag_ratio=0.15),
            run_time=1.6,
        )
        self.wait(0.4)

        # Call it the bias
        self.bias_word = Text("Bias", font_size=HEADING).set_color(BIAS)
        self.bias_word.next_to(self.up_bias, UP, buff=0.25)
        self.play(FadeIn(self.bias_word, 0.2 * UP), run_time=0.6)
        self.wait(0.5)

    def let_data_shape_the_bias(self):
        # Go back to before training, for the bias
        run, product = self.training, self.seen.product
        self.play(
            AnimateEntriesTo(self.up_bias, run.biases[0]),
            AnimateEntriesTo(self.up_result, product + run.biases[0]),
            *self.say("It is learned, too"),
            run_time=0.7,
        )

        # Let data shape the bias
        biases = [*run.biases[1:-1], self.mlp.up_bias]
        answers = [*(product + bias for bias in biases[:-1]), self.seen.pre]
        self.play(
            learn_from_data(self.up_bias, biases, run_time=1.8, n_rows=7, n_columns=2),
            AnimateEntriesThrough(self.up_result, answers, run_time=1.8),
        )
        self.wait(0.4)

    def read_it_with_the_bias(self):
        # Read the first result as a formula
        self.result_box = self.frame_in(self.up_result.get_entry(0), 0, RESULT)
        sign, size = f"{self.mlp.up_bias[0]:+g}"[0], f"{abs(self.mlp.up_bias[0]):g}"
        formula = self.get_sum(Rf"= \vec{{M}} \cdot E + \vec{{J}} \cdot E \; {sign}{size}")
        formula.sources = [Source("b_up", (0,), self.mlp.up_bias)]
        self.put_beside_result(formula)
        terms, last = formula[:-2], formula[-2:].set_color(BIAS)
        self.play(
            self.frame.animate.reorient(*self.reading_view), ShowCreation(self.result_box), *self.hush(), run_time=1
        )
        self.play(FadeIn(terms, 0.2 * RIGHT), run_time=0.6)
        self.wait(0.4)

        # Find the bias in it
        bias_box = self.frame_in(self.up_bias.get_entry(0), 0, BIAS)
        self.play(ShowCreation(bias_box), run_time=0.5)
        self.play(
            bias_box.animate(path_arc=-0.5).become(SurroundingRectangle(last, buff=0.12).set_stroke(BIAS, 3)),
            FadeIn(last, time_span=(0.6, 1)),
            *self.say("The bias takes one away"),
            run_time=1,
        )
        self.remove(terms, last)
        self.add(formula)
        self.wait(0.9)

        # Read off what it says of a token
        scores = np.array([passed.pre[0] for passed in self.passes])
        lines = self.get_conditions(scores, self.has_words("Michael", "Jordan"), "for both names")
        brace = Brace(formula[1:], DOWN, buff=0.2).set_color(MUTED)
        lines.next_to(brace, DOWN, buff=0.25).align_to(formula, LEFT)
        self.play(FadeIn(brace, 0.1 * DOWN), FadeIn(lines[0], 0.2 * DOWN), FadeOut(bias_box), run_time=0.7)
        self.wait(1.3)
        self.play(
            FadeIn(lines[1], 0.2 * DOWN),
            *self.say("Above zero for “Michael Jordan”, and for nothing else"),
            run_time=0.7,
        )
        self.wait(2)
        self.play(
            FadeOut(VGroup(formula, brace, lines, self.result_box, self.bias_word), time_span=(0, 0.5)),
            self.frame.animate.reorient(*self.bias_view),
            *self.hush(),
            run_time=0.8,
        )
