"""Act G: how many numbers that is, in a model of real size."""

from _2025.mlp.walkthrough.bias import BIAS, AddTheBias
from _2025.mlp.walkthrough.stage import FLAT
from manim_imports_ext import *
from truth.toy_mlp import D_HIDDEN, D_MODEL, PARAMETERS

FACTOR = PARAMETERS.rows // PARAMETERS.d_model


def with_commas(number):
    """TeX of a whole number."""
    return f"{number:,}".replace(",", "{,}")


class CountParameters(AddTheBias):
    """Nearly all of the numbers are in the matrix: 600 million, against 50 thousand in the bias."""

    counting_view = View(center=(-2.75, 0.5, 0), height=8)
    comparing_view = View(center=(-1.1, 0.05, 0), height=7.2)
    count_size = 46

    def act(self):
        self.count_the_rows()
        self.count_the_columns()
        self.multiply_the_counts()
        self.compare_the_bias()

    # What is counted

    def get_product(self, *factors):
        """TeX of some counts multiplied, each of which knows what it counts."""
        formula = Tex(R" \times ".join(map(with_commas, factors)), font_size=self.count_size).set_color(TEXT)
        names = {FACTOR: "rows for each column", PARAMETERS.d_model: "columns of W_up in GPT-3"}
        formula.sources = [Source(names[factor], (), np.array(factor)) for factor in factors]
        return formula

    def get_count(self, number, name, decimals=0):
        """A number that was counted, not typed."""
        return SourcedNumber(
            number,
            source=Source(name, (), np.array(number)),
            num_decimal_places=decimals,
            group_with_commas=True,
            font_size=self.count_size,
        ).set_color(TEXT)

    def get_whose(self):
        """What says that a count is not the toy's, whose numbers stand beside it."""
        return Text("in GPT-3", font_size=36).set_color(FOCUS)

    def count_the_rows(self):
        # Look at the matrix as it is in a large model
        sizes = [Source("rows of W_up", (), np.array(D_HIDDEN)), Source("columns of W_up", (), np.array(D_MODEL))]
        caption = f"These numbers are our toy's: {D_HIDDEN} rows of {D_MODEL}"
        self.play(self.frame.animate.reorient(*self.counting_view), *self.say(caption, sizes), run_time=1)
        self.wait(1.2)

        # Count its rows
        rows = self.up_matrix.get_rows()
        height = 1.75 * self.up_matrix.get_entry(0, 0)[-1].get_height()
        boxes = VGroup(
            Rectangle(rows.get_width() + 0.2, height).set_stroke(TEXT, 2).move_to([rows.get_x(), row.get_y(), 0])
            for row in rows
        )
        self.left_brace = Brace(self.up_matrix, LEFT, buff=0.15).set_color(MUTED)
        counted = ValueTracker(D_HIDDEN)
        number = SourcedNumber(
            source=Source("rows of W_up, from the toy's to GPT-3's", of=counted.get_value),
            num_decimal_places=0,
            group_with_commas=True,
            font_size=self.count_size,
        )
        number.set_color(TEXT).next_to(self.left_brace, LEFT, buff=0.2)
        number.add_updater(lambda m: m.set_value(counted.get_value()))
        self.rows_count = self.get_product(FACTOR, PARAMETERS.d_model).next_to(self.left_brace, LEFT, buff=0.2)
        self.rows_whose = self.get_whose().next_to(self.rows_count, DOWN, buff=0.2)
        self.play(FadeIn(self.left_brace), FadeIn(number), run_time=0.4)
        self.wait(0.3)
        self.play(
            LaggedStartMap(ShowCreation, boxes, lag_ratio=0.3),
            counted.animate.set_value(PARAMETERS.rows),
            FadeIn(self.rows_whose, time_span=(1.2, 1.8)),
            *self.say("In GPT-3, the same matrix has far more"),
            run_time=2,
        )
        number.clear_updaters()
        self.wait(0.6)

        # Write their number as four times the columns
        self.play(
            FadeOut(VGroup(number, boxes), time_span=(0, 0.3)),
            FadeIn(self.rows_count, 0.2 * UP, time_span=(0.25, 0.7)),
            run_time=0.7,
        )
        self.wait(0.8)

    def count_the_columns(self):
        # Count the columns
        self.top_brace = Brace(self.up_matrix, UP, buff=0.15).set_color(MUTED)
        self.columns_count = self.get_product(PARAMETERS.d_model)
        self.columns_whose = self.get_whose()
        VGroup(self.columns_count, self.columns_whose).arrange(RIGHT, buff=0.25).next_to(self.top_brace, UP, buff=0.2)
        self.play(
            FadeIn(self.top_brace),
            FadeIn(self.columns_whose, time_span=(0.7, 1.1)),
            TransformFromCopy(self.rows_count[-6:], self.columns_count, path_arc=-1.2),
            *self.say("Each row is as long as an embedding"),
            run_time=1.1,
        )
        self.wait(0.7)

    def multiply_the_counts(self):
        # Multiply the two counts
        factors = self.get_product(FACTOR, PARAMETERS.d_model, PARAMETERS.d_model)
        equals = Tex("=", font_size=self.count_size)
        self.total = self.get_count(PARAMETERS.up_weights, "weights of W_up in GPT-3").set_color(FOCUS)
        line = VGroup(factors, equals, self.total).arrange(RIGHT, buff=0.2)
        line.next_to(self.up_matrix, DOWN, buff=0.4, aligned_edge=LEFT)
        self.play(
            TransformFromCopy(self.rows_count, factors[:8], path_arc=0.6),
            TransformFromCopy(self.columns_count, factors[9:], path_arc=-0.5),
            FadeIn(factors[8], time_span=(0.8, 1.2)),
            *self.say("Over 600 million numbers, in this one matrix"),
            run_time=1.3,
        )
        self.remove(*factors.get_family())
        self.add(factors)
        self.play(FadeIn(VGroup(equals, self.total), 0.2 * RIGHT), run_time=0.6)
        self.play(FlashAround(self.total, color=FOCUS), run_time=1)
        self.wait(0.9)
        self.working = VGroup(factors, equals)

    def compare_the_bias(self):
        # Count the bias
        box = SurroundingRectangle(self.up_bias, buff=0.06).set_stroke(BIAS, 3)
        above = self.get_product(FACTOR, PARAMETERS.d_model)
        above.next_to(box, DOWN, buff=0.55)
        arrow = Arrow(box.get_bottom(), above.get_top(), buff=0.06, thickness=3).set_color(BIAS)
        rows = VGroup(self.left_brace, self.rows_count, self.rows_whose)
        columns = VGroup(self.top_brace, self.columns_count, self.columns_whose)
        self.play(
            FadeOut(VGroup(rows, columns, self.working), time_span=(0, 0.5)),
            self.total.animate.match_x(self.up_matrix),
            self.frame.animate.reorient(*self.comparing_view),
            ShowCreation(box),
            *self.say("The bias has one number for each row of GPT-3’s matrix"),
            run_time=1,
        )
        self.play(GrowArrow(arrow), FadeIn(above, 0.2 * DOWN), run_time=0.6)
        self.wait(0.6)

        # Compare the two
        bar = Line(LEFT, RIGHT).set_width(self.total.get_width() + 0.2).set_stroke(TEXT, 3)
        bar.next_to(above, DOWN, buff=0.12)
        about = Tex(R"\approx", font_size=self.count_size).next_to(bar, RIGHT, buff=0.25)
        share = self.get_count(PARAMETERS.bias_share, "biases for each weight of W_up in GPT-3", decimals=5)
        share.next_to(about, RIGHT, buff=0.2)
        self.play(
            ShowCreation(bar),
            self.total.animate(path_arc=0.3).next_to(bar, DOWN, buff=0.12),
            *self.say("Next to the matrix, that is nothing"),
            run_time=0.9,
        )
        self.play(FadeIn(VGroup(about, share), 0.2 * RIGHT), run_time=0.5)
        self.wait(1.8)

        # Clear the counts away
        fraction = VGroup(above, bar, self.total, about, share)
        self.play(FadeOut(VGroup(box, arrow, fraction)), *self.hush(), run_time=0.6)
        self.play(self.frame.animate.reorient(*FLAT), Restore(self.card), Restore(self.embedding), run_time=1)
