"""Act E: what the rows of the up projection ask."""

from _2025.mlp.walkthrough.numbers import (
    JORDAN,
    MICHAEL,
    PASSES,
    Board,
    PageAct,
    get_large_matrix,
    set_up_product,
    step_back,
)
from _2025.mlp.walkthrough.stage import Product
from manim_imports_ext import *
from truth.toy_mlp import ACTIVE, DIRECTIONS, NEURON_MEANINGS, TOKENS, VISIBLE_COORDINATES, VISIBLE_UNITS

OTHERS = VISIBLE_UNITS[1:]
HALVES = [place for place, token in enumerate(TOKENS) if ("Michael" in token.words) != ("Jordan" in token.words)]
LETTERS = {R"\vec{M}": MICHAEL, R"\vec{J}": JORDAN, R"\vec{E}": FOCUS}  # colours of letters in formulas


def get_names_formula(tex, font_size=40):
    """A formula in which M, J and E have the colours of what they stand for."""
    return Tex(tex, isolate=[*LETTERS], font_size=font_size).set_color(TEXT).set_color_by_tex_to_color_map(LETTERS)


class RowsAsQuestions(PageAct):
    """A row asks how much of its direction is in the embedding; a sum of two directions asks for both at once."""

    def set_up(self) -> Product:
        return set_up_product(self)

    def act(self, before: Product) -> Product:
        cards = self.split_the_first_row(before)
        self.score_every_token(before, cards)
        self.ask_the_other_rows(before)
        return before

    def get_card(self, product, letter, words, color):
        """A direction in numbers, under its name. Parts: the plate, the name, the numbers."""
        strip = get_large_matrix(DIRECTIONS[letter][None], f"direction {letter}", None, VISIBLE_COORDINATES)
        strip.match_x(product.matrix).brackets.set_opacity(0)
        name = VGroup(
            Tex(Rf"\vec{{{letter}}}", font_size=44).set_color(color), Text(words, font_size=36).set_color(color)
        )
        name.arrange(RIGHT, buff=0.25).next_to(strip, UP, buff=0.16)
        return VGroup(Plate(VGroup(name, strip), buff=0.16, color=mix_colors(PLATE, BACKGROUND, 0.3)), name, strip)

    def split_the_first_row(self, product):
        # Look at the first row alone
        matrix, result = product.matrix, product.result
        self.say_above(
            "Each result is one row times the embedding",
            step_back(matrix, OTHERS),
            step_back(result, OTHERS),
            run_time=0.8,
        )

        # Find two directions in it
        cards = VGroup(
            self.get_card(product, "M", "first name Michael", MICHAEL),
            self.get_card(product, "J", "last name Jordan", JORDAN),
        )
        cards.arrange(DOWN, buff=0.5).next_to(matrix.get_row(0), DOWN, buff=0.35).match_x(matrix)
        plus = Tex("+", font_size=HEADING).move_to(midpoint(cards[0].get_bottom(), cards[1].get_top()))
        self.play(FadeIn(cards[0], 0.4 * UP), run_time=0.7)
        self.say_above(
            "Row 0 was chosen as M + J, which E holds",
            FadeIn(plus),
            FadeIn(cards[1], 0.4 * UP),
        )
        columns = [
            VGroup(
                SurroundingRectangle(part.get_tile(0, column), buff=0).set_stroke(FOCUS, 4)
                for part in (matrix, cards[0][2], cards[1][2])
            )
            for column in VISIBLE_COORDINATES
        ]
        for column, boxes in zip(VISIBLE_COORDINATES, columns, strict=True):
            boxes.add(SurroundingRectangle(product.vector.get_tile(column), buff=0).set_stroke(FOCUS, 4))
        boxes = columns[0].copy()
        self.play(FadeIn(boxes), run_time=0.3)
        for there in columns[1:]:
            self.play(Transform(boxes, there), run_time=0.35)
            self.wait(0.15)
        self.play(FadeOut(boxes), run_time=0.3)
        return VGroup(*cards, plus)

    def score_every_token(self, product, cards):
        # Split its product into one for each name
        board = Board([each.product[0] for each in PASSES], "row 0 · E of each token")
        board.next_to(product.plates[2], RIGHT, buff=0.12).align_to(product.plates[0], DOWN)
        formula = get_names_formula(R"\vec{M} \cdot \vec{E} + \vec{J} \cdot \vec{E}")
        formula.next_to(board, UP, buff=0.12)
        self.play(FadeIn(formula, 0.3 * RIGHT), run_time=0.6)
        self.play(
            FadeIn(VGroup(board.plate, board.names, board.zero)),
            FadeIn(board.bars[ACTIVE]),
            TransformFromCopy(product.result.get_entry(0), board.numbers.get_entry(ACTIVE)),
            run_time=0.9,
        )

        # Guess what half a name gets
        marks = VGroup(
            Text("?", font_size=36).set_color(FOCUS).move_to(board.numbers.get_entry(place)) for place in HALVES
        )
        self.say_above(
            "And for someone with half the name?",
            LaggedStartMap(FadeIn, marks, scale=1.5, lag_ratio=0.3),
        )
        self.wait(1.2)
        self.play(
            FadeOut(marks),
            *(FadeIn(VGroup(board.bars[place], board.numbers.get_entry(place))) for place in HALVES),
            run_time=0.6,
        )
        self.wait(1.5)
        rest = [place for place in range(len(TOKENS)) if place != ACTIVE and place not in HALVES]
        self.play(
            LaggedStart(
                *(FadeIn(VGroup(board.bars[place], board.numbers.get_entry(place))) for place in rest), lag_ratio=0.3
            ),
            run_time=1,
        )
        self.remove(*board.get_family())
        self.add(board)
        self.say_above("Two for both names, one for either, less for none")
        self.wait(0.8)
        self.hush(FadeOut(VGroup(cards, formula, board)), run_time=0.6)

    def ask_the_other_rows(self, product):
        # Let every row ask its own question
        questions = VGroup()
        for words, unit in zip(NEURON_MEANINGS, VISIBLE_UNITS, strict=True):
            question = Text(words, font_size=BODY).set_color(TEXT)
            question.next_to(product.plates[2], RIGHT, buff=0.4)
            questions.add(question.shift((product.result.get_entry(unit)[-1].get_y() - question[0].get_y()) * UP))
        self.say_above(
            "Each row asks something else",
            Restore(product.matrix, time_span=(0.3, 1.5)),
            Restore(product.result, time_span=(0.3, 1.5)),
            LaggedStart(*(FadeIn(question, 0.3 * RIGHT) for question in questions), lag_ratio=0.35),
            run_time=3,
        )
        self.wait(0.5)
        self.say_above("All questions, like the numbers, were chosen by hand")
        self.wait(0.5)
        self.hush(FadeOut(questions), run_time=0.5)
