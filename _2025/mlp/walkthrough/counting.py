"""Act G: how many numbers that is, in a model of real size."""

from _2025.mlp.walkthrough.numbers import get_parts, set_up_biased
from _2025.mlp.walkthrough.stage import Biased, OneAct
from manim_imports_ext import *
from truth.toy_mlp import D_HIDDEN, D_MODEL, PARAMETERS


def get_count(number, name, font_size=HEADING):
    """A whole number that was counted, not typed."""
    count = SourcedNumber(
        number,
        source=Source(name, (), np.array(number)),
        num_decimal_places=0,
        group_with_commas=True,
        font_size=font_size,
    )
    return count.set_color(TEXT)


def get_areas():
    """GPT-3's W_up and its bias as two areas that stand to each other as their numbers of parameters do."""
    weights = Rectangle(9.2, 6.0).move_to([-2.0, 0.45, 0]).set_fill(PARAMETER, 1)
    side = np.sqrt(weights.get_width() * weights.get_height() * PARAMETERS.bias_share)
    biases = Square(side).move_to([3.35, 0.45, 0]).set_fill(FOCUS, 1)
    return VGroup(weights, biases).set_stroke(width=0)


class CountParameters(OneAct):
    """Nearly all of the numbers are in the matrix: 600 million, against 50 thousand in the bias."""

    def set_up(self) -> Biased:
        return set_up_biased(self)

    def act(self, before: Biased) -> Biased:
        parts = get_parts(before)
        parts.save_state()
        counts = self.count_both_sides(before)
        self.compare_as_areas(before, parts, counts)
        return before

    def count_both_sides(self, biased):
        # Count the rows and columns
        plates = biased.product.plates
        sides = VGroup(Brace(plates[2], RIGHT, buff=0.08), Brace(plates[0], UP, buff=0.08)).set_color(MUTED)
        toy = VGroup(get_count(D_HIDDEN, "rows of W_up", 42), get_count(D_MODEL, "columns of W_up", BODY))
        big = VGroup(
            get_count(PARAMETERS.rows, "rows of W_up in GPT-3", 42),
            get_count(PARAMETERS.d_model, "columns of W_up in GPT-3", BODY),
        )
        words = VGroup(Text(f"rows in\n{whose}", font_size=36, alignment="LEFT") for whose in ("our toy", "GPT-3"))
        words.set_color(TEXT)
        for rows, columns in (toy, big):
            rows.next_to(sides[0], RIGHT, buff=0.12).shift(0.3 * UP)
            columns.next_to(sides[1], UP, buff=0.1)
        across = Text("columns", font_size=BODY).set_color(TEXT).next_to(big[1], RIGHT, buff=0.25)
        toy[1].align_to(big[1], RIGHT)
        words.next_to(big[0], DOWN, buff=0.25, aligned_edge=LEFT)
        for word in words:
            word.align_to(big[0], LEFT)
        self.play(FadeIn(VGroup(sides, toy, words[0], across)), run_time=0.7)
        self.wait(1.3)

        # Blank the toy's numbers, and let the sizes grow to those of GPT-3
        product = biased.product
        blank = [part.cells for part in (product.matrix, product.vector, biased.bias, product.result)]
        self.play(
            *(cells.animate(time_span=(0, 0.5)).set_opacity(0) for cells in blank),
            FadeOut(VGroup(toy, words[0]), 0.3 * UP, time_span=(0, 0.5)),
            FadeIn(VGroup(big, words[1]), 0.3 * UP, time_span=(0.4, 1)),
            run_time=1,
        )
        self.wait(1.2)
        return VGroup(sides, big, words[1], across)

    def compare_as_areas(self, biased, parts, counts):
        # Draw all those numbers as two areas, to scale
        weights, biases = get_areas()
        plates = VGroup(biased.product.plates[0][1].copy(), biased.product.plates[3][1].copy())
        sizes = VGroup(
            get_count(PARAMETERS.rows, "rows of W_up in GPT-3", TITLE),
            Tex(R"\times", font_size=TITLE),
            get_count(PARAMETERS.d_model, "columns of W_up in GPT-3", TITLE),
            Tex("=", font_size=TITLE),
        )
        sizes.arrange(RIGHT, buff=0.25).set_color(BACKGROUND)
        total = get_count(PARAMETERS.up_weights, "weights of W_up in GPT-3", 84).set_color(BACKGROUND)
        label = Text("weights", font_size=TITLE).set_color(BACKGROUND)
        VGroup(sizes, total, label).arrange(DOWN, buff=0.35).move_to(weights)
        few = get_count(PARAMETERS.up_bias, "biases of W_up in GPT-3", TITLE).set_color(FOCUS)
        few.next_to(biases, RIGHT, buff=0.6)
        few_label = Text("biases", font_size=TITLE).set_color(FOCUS).next_to(few, DOWN, buff=0.2, aligned_edge=LEFT)
        ring = Circle(radius=0.3).set_stroke(FOCUS, 4).move_to(biases)
        self.play(
            FadeOut(VGroup(parts, counts), time_span=(0, 0.6)),
            Transform(plates[0], weights),
            Transform(plates[1], biases),
            FadeIn(sizes, time_span=(1, 1.5)),
            run_time=1.5,
        )
        self.play(FadeIn(VGroup(total, label), 0.2 * DOWN), run_time=0.7)
        self.play(FadeIn(few, 0.2 * LEFT), FadeIn(few_label, 0.2 * LEFT), ShowCreation(ring), run_time=0.8)
        scale = Text("areas to scale", font_size=BODY).set_color(TEXT)
        self.say(scale.next_to(few_label, DOWN, buff=0.3, aligned_edge=LEFT))

        # Bring the numbers back
        areas = VGroup(plates, sizes, total, label, few, few_label, ring)
        parts.restore()
        self.hush(FadeOut(areas, time_span=(0, 0.6)), FadeIn(parts, time_span=(0.3, 0.9)), run_time=0.9)
        self.remove(*parts.get_family())
        self.add(*get_parts(biased))
