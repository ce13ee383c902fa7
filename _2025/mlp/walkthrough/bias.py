"""Act F: the bias turns "both names" into a yes or no."""

from _2025.mlp.walkthrough.numbers import PASSES, Board, PageAct, get_bias, get_parts, set_up_product
from _2025.mlp.walkthrough.rows_as_questions import HALVES, get_names_formula
from _2025.mlp.walkthrough.stage import Biased, Product, get_pass
from manim_imports_ext import *
from truth.toy_mlp import ACTIVE, TOKENS, get_toy_mlp


class AddTheBias(PageAct):
    """A bias shifts each answer, so that only the token with both names stays above zero."""

    def set_up(self) -> Product:
        return set_up_product(self)

    def act(self, before: Product) -> Biased:
        board = Board([each.product[0] for each in PASSES], "row 0 · E of each token")
        self.ask_for_a_shift(before, board)
        biased = self.slide_the_bias_in(before, board)
        self.subtract_one(biased, board)
        self.read_the_results(biased, board)
        return biased

    def ask_for_a_shift(self, product, board):
        # Bring the scores back, in the place of the matrix
        board.scale(1.05).move_to(product.plates[0]).shift(0.2 * DOWN)
        halves = VGroup(
            SurroundingRectangle(VGroup(board.names[place], board.numbers.get_entry(place)), buff=0.07)
            for place in HALVES
        ).set_stroke(FOCUS, 3)
        self.play(FadeOut(product.matrix), FadeIn(board, 0.5 * RIGHT, time_span=(0.4, 1)), run_time=1)
        self.say_above(
            "Half a name still scores above zero",
            LaggedStartMap(ShowCreation, halves, lag_ratio=0.3),
        )
        self.hush(FadeOut(halves))

    def slide_the_bias_in(self, product, board):
        # Slide a bias in
        plus, bias, plate, room = get_bias(product)
        word = Text("Bias", font_size=BODY).set_color(TEXT).next_to(plate, UP, buff=0.1)
        self.play(
            VGroup(product.plates[2], product.equals, product.result).animate(time_span=(0, 0.7)).shift(room),
            FadeIn(VGroup(plate, bias, plus), 0.6 * DOWN, time_span=(0.4, 1.1)),
            FadeIn(word, 0.6 * DOWN, time_span=(0.4, 1.1)),
            run_time=1.1,
        )
        product.plates.add(plate)
        self.add(product.plates, *get_parts(Biased(product, plus, bias))[1:])
        self.remove(product.matrix)
        self.add(board)  # it lies on the matrix's plate
        self.play(FadeOut(word, run_time=0.4, time_span=(0.8, 1.2)))
        return Biased(product, plus, bias)

    def subtract_one(self, biased, board):
        # Subtract one from every score of row 0
        product, first = biased.product, get_toy_mlp().up_bias[0]
        box = SurroundingRectangle(biased.bias.get_tile(0), buff=0).set_stroke(FOCUS, 4)
        sign, size = f"{first:+g}"[0], f"{abs(first):g}"
        formula = get_names_formula(Rf"\vec{{M}} \cdot \vec{{E}} + \vec{{J}} \cdot \vec{{E}} \; {sign} \; {size}")
        formula.sources = [Source("size of b_up[0]", (), np.abs(first))]
        formula.next_to(board, UP, buff=0.1)
        self.play(FadeIn(formula[:-2], 0.2 * UP), ShowCreation(box), run_time=0.6)
        self.play(TransformFromCopy(biased.bias.get_entry(0), formula[-2:], path_arc=-0.6), run_time=0.8)
        self.remove(*formula.get_family())
        self.add(formula)
        self.play(
            board.numbers.animate.set_values([each.pre[0] for each in PASSES], "row 0 · E + b_up[0] of each token"),
            AnimateEntriesTo(product.result, get_pass().pre, source="W_up E + b_up", lag_ratio=0.25),
            run_time=2,
        )
        self.play(FadeOut(VGroup(box, formula)), run_time=0.4)

    def read_the_results(self, biased, board):
        # See who is left above zero
        others = VGroup(name for place, name in enumerate(board.names) if place != ACTIVE)
        self.say_above(
            f"Above zero for {TOKENS[ACTIVE].words} alone",
            others.animate.set_opacity(0.5),
            FlashAround(board.get_line(ACTIVE), color=FOCUS),
            run_time=1.2,
        )
        self.wait(0.5)
        self.say_above(
            "Every row has a bias of its own",
            FadeOut(board),
            FadeIn(biased.product.matrix, time_span=(0.4, 1)),
            FlashAround(biased.bias, color=FOCUS),
            run_time=1.2,
        )
        self.hush()
