"""Act G: how many numbers that is, in a model of real size."""

from _2025.mlp.walkthrough.numbers import get_parts, set_up_biased
from _2025.mlp.walkthrough.stage import Biased, OneAct
from manim_imports_ext import *
from truth.toy_mlp import D_HIDDEN, D_MODEL, PARAMETERS, get_toy_mlp


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
    """GPT-3's W_up and its bias as two areas that stand to each other as their numbers of parameters do.

    W_up is as many times taller than wide as it has more rows than columns.
    """
    height = 5.55
    weights = Rectangle(height * PARAMETERS.d_model / PARAMETERS.rows, height).move_to([-5.2, 0.05, 0])
    side = np.sqrt(weights.get_width() * weights.get_height() * PARAMETERS.bias_share)
    biases = Square(side).move_to([-0.6, -1.45, 0])
    return VGroup(weights, biases).set_stroke(width=0).set_fill(PARAMETER, 1)


def get_means(matrix, n):
    """Means over blocks of n times n numbers: a smaller picture of a matrix."""
    rows, columns = matrix.shape
    return matrix.reshape(rows // n, n, columns // n, n).mean(axis=(1, 3))


class CountParameters(OneAct):
    """Nearly all of the numbers are in the matrix: 600 million, against 50 thousand in the bias."""

    def set_up(self) -> Biased:
        return set_up_biased(self)

    def act(self, before: Biased) -> Biased:
        parts = get_parts(before)
        parts.save_state()
        shape = self.count_both_sides(before, parts)
        self.compare_as_areas(before, parts, *shape)
        return before

    def get_labels(self, rows, columns, whose, sides):
        """How many rows and columns, beside their braces. Parts: number and word of each, whose they are."""
        across = VGroup(get_count(columns, f"columns of W_up in {whose}", BODY), Text("columns", font_size=36))
        down = VGroup(get_count(rows, f"rows of W_up in {whose}", BODY), Text("rows", font_size=36))
        across.arrange(RIGHT, buff=0.18).next_to(sides[0], UP, buff=0.1)
        down.arrange(DOWN, buff=0.15, aligned_edge=LEFT).next_to(sides[1], RIGHT, buff=0.12)
        across.shift(max(-6.6 - across.get_left()[0], 0) * RIGHT)
        return VGroup(across, down).set_color(TEXT)

    def count_both_sides(self, biased, parts):
        # Stand the matrix upright, as it is: all its cells, four times as many down as across
        weights, _ = get_areas()
        means = get_means(get_toy_mlp().up, 4)
        cells = HeatMatrix(means, source="means over 4 by 4 numbers of W_up", cell=0.1, gap=0.15).cells
        cells.set_width(weights.get_width()).match_height(weights, stretch=True).move_to(weights)
        plate = biased.product.plates[0].copy()
        upright = Plate(weights, buff=0.06)
        sides = VGroup(Brace(weights, UP, buff=0.1), Brace(weights, RIGHT, buff=0.1)).set_color(MUTED)
        toy = self.get_labels(D_HIDDEN, D_MODEL, "our toy", sides)
        whose = Text("our toy", font_size=TITLE).set_color(TEXT).move_to([1.7, 3.2, 0])
        self.add(plate, parts)
        self.play(
            FadeOut(parts, time_span=(0, 0.5)),
            Transform(plate, upright, time_span=(0.3, 1.1)),
            run_time=1.1,
        )
        self.play(
            LaggedStartMap(FadeIn, cells, lag_ratio=0.004),
            FadeIn(VGroup(sides, toy), time_span=(0.4, 1)),
            FadeIn(whose, time_span=(0.4, 1)),
            run_time=1.4,
        )
        self.wait(1.6)

        # Let the counts grow to those of GPT-3, until no single cell can be seen
        big = self.get_labels(PARAMETERS.rows, PARAMETERS.d_model, "GPT-3", sides)
        model = Text("GPT-3", font_size=TITLE).set_color(TEXT).move_to(whose)
        fine = HeatMatrix(get_means(get_toy_mlp().up, 2), source="means over 2 by 2 numbers of W_up", cell=0.05).cells
        fine.replace(weights, stretch=True)
        self.play(
            FadeOut(VGroup(toy, whose), time_span=(0, 0.4)),
            FadeIn(fine, time_span=(0, 0.7)),
            FadeIn(weights, time_span=(0.8, 1.6)),
            FadeIn(VGroup(big, model), time_span=(0.5, 1)),
            run_time=1.8,
        )
        self.remove(cells, fine)
        self.wait(0.6)
        return VGroup(plate, weights), VGroup(sides, big, model)

    def compare_as_areas(self, biased, parts, area, labels):
        # Multiply rows by columns
        _, biases = get_areas()
        sizes = VGroup(
            get_count(PARAMETERS.rows, "rows of W_up in GPT-3", TITLE),
            Tex(R"\times", font_size=TITLE),
            get_count(PARAMETERS.d_model, "columns of W_up in GPT-3", TITLE),
            Tex("=", font_size=TITLE),
        )
        sizes.arrange(RIGHT, buff=0.25).set_color(TEXT)
        total = get_count(PARAMETERS.up_weights, "weights of W_up in GPT-3", 96).set_color(PARAMETER)
        label = Text("weights", font_size=TITLE).set_color(PARAMETER)
        VGroup(sizes, total, label).arrange(DOWN, buff=0.3).move_to([1.7, 0.6, 0])
        self.play(
            TransformFromCopy(labels[1][1][0], sizes[0]),
            TransformFromCopy(labels[1][0][0], sizes[2]),
            FadeIn(VGroup(sizes[1], sizes[3]), time_span=(0.6, 1)),
            run_time=1,
        )
        self.play(FadeIn(VGroup(total, label), 0.2 * DOWN), run_time=0.7)
        self.wait(0.8)

        # Set the bias beside them, to the same scale
        few = get_count(PARAMETERS.up_bias, "biases of W_up in GPT-3", TITLE).set_color(PARAMETER)
        few.next_to(biases, RIGHT, buff=0.6)
        few_label = Text("biases", font_size=TITLE).set_color(PARAMETER)
        put_on_baseline(few_label.next_to(few, RIGHT, buff=0.3), few)
        ring = Circle(radius=0.3).set_stroke(TEXT, 4).move_to(biases)
        self.play(
            FadeIn(biases),
            FadeIn(VGroup(few, few_label), 0.2 * LEFT),
            ShowCreation(ring),
            run_time=0.8,
        )
        scale = Text("areas to scale", font_size=BODY).set_color(TEXT)
        self.say(scale.next_to(few, DOWN, buff=0.35, aligned_edge=LEFT))
        self.wait(0.8)

        # Bring the numbers back
        shown = VGroup(area, labels, biases, sizes, total, label, few, few_label, ring)
        parts.restore()
        self.hush(FadeOut(shown, time_span=(0, 0.5)), FadeIn(parts, time_span=(0.5, 1)), run_time=1)
        self.remove(*parts.get_family())
        self.add(*get_parts(biased))
