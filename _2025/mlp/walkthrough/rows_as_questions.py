"""Act E: what the rows of the up projection ask."""

from _2025.mlp.walkthrough.numbers import (
    CAPTION_Y,
    JORDAN,
    MICHAEL,
    PAGE_RIGHT,
    PASSES,
    PageAct,
    get_large_matrix,
    get_parts,
    set_up_product,
    step_back,
)
from _2025.mlp.walkthrough.stage import Product
from manim_imports_ext import *
from truth.toy_mlp import ACTIVE, DIRECTIONS, NEURON_MEANINGS, TOKENS, VISIBLE_COORDINATES, VISIBLE_UNITS

OTHERS = VISIBLE_UNITS[1:]
HALF_MATCHES = (1, 255)  # rows that ask for others who share one of his names
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
        cards, letter = self.split_the_first_row(before)
        self.score_every_token(before, cards, letter)
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
        letter = Tex(R"\vec{E}", font_size=BODY).set_color(FOCUS).next_to(product.plates[1], UP, buff=0.12)
        self.say_above(
            "Each result is one row times the embedding",
            step_back(matrix, OTHERS, share=0),
            step_back(result, OTHERS),
            FadeIn(letter, 0.2 * DOWN),
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
            "Row 0 is M + J: it asks for both",
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
        return VGroup(*cards, plus), letter

    def score_every_token(self, product, cards, letter):
        # Split its product into one for each name, and stack the two up
        board = NamesBoard()
        board.move_to([PAGE_RIGHT, product.plates[0].get_y(), 0], RIGHT)
        right = VGroup(product.plates[2], product.equals, product.result)
        place = right.copy()
        formula = get_names_formula(
            R"(\vec{M} + \vec{J}) \cdot \vec{E} = \vec{M} \cdot \vec{E} + \vec{J} \cdot \vec{E}"
        )
        number = board.numbers.get_entry(ACTIVE)
        self.play(
            FadeOut(VGroup(product.plates[2], product.equals, product.result), time_span=(0, 0.5)),
            FadeIn(VGroup(board.plate, board.names, board.zero), time_span=(0.5, 1)),
            TransformFromCopy(product.result.get_entry(0), number, time_span=(0.3, 1)),
            run_time=1,
        )
        self.say(formula.move_to(CAPTION_Y * UP))
        for part in (0, 1):
            self.play(board.grow(ACTIVE, part), Indicate(cards[part][1], color=None), run_time=0.9)
        self.wait(1)

        # Guess what half a name gets
        marks = VGroup(
            Text("?", font_size=36).set_color(FOCUS).move_to(board.numbers.get_entry(place)) for place in HALVES
        )
        self.say_above(
            "And for someone with half the name?",
            LaggedStartMap(FadeIn, marks, scale=1.5, lag_ratio=0.3),
        )
        self.wait(1.6)
        for token in HALVES:
            self.play(
                FadeOut(marks[HALVES.index(token)], time_span=(0, 0.3)),
                *(board.grow(token, part) for part in (0, 1)),
                FadeIn(board.numbers.get_entry(token), time_span=(0.5, 0.8)),
                run_time=0.8,
            )
        self.wait(1.2)
        rest = [token for token in range(len(TOKENS)) if token != ACTIVE and token not in HALVES]
        self.play(
            LaggedStart(
                *(
                    AnimationGroup(
                        *(board.grow(token, part) for part in (0, 1)), FadeIn(board.numbers.get_entry(token))
                    )
                    for token in rest
                ),
                lag_ratio=0.3,
            ),
            run_time=1.4,
        )
        self.remove(*board.get_family())
        self.add(board)
        self.say_above("Two for both names, one for either, less for none")
        self.wait(1)
        self.hush(FadeOut(VGroup(cards, board, letter)), run_time=0.6)
        right.become(place)
        self.play(FadeIn(right), run_time=0.4)
        self.remove(*right.get_family())
        self.add(*get_parts(product))

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
        self.wait(0.8)

        # See that two rows take half the name for half a match
        boxes = VGroup(
            SurroundingRectangle(VGroup(product.result.get_tile(unit), questions[place]), buff=0.02)
            for place, unit in enumerate(VISIBLE_UNITS)
            if unit in HALF_MATCHES
        )
        self.say_above("Half the name is half a match", LaggedStartMap(ShowCreation, boxes.set_stroke(FOCUS, 5)))
        self.wait(1.4)
        self.say_above("All questions, like the numbers, were chosen by hand", FadeOut(boxes))
        self.wait(0.5)
        self.hush(FadeOut(questions), run_time=0.5)


class NamesBoard(VGroup):
    """For every token, what its embedding holds of the direction M and of J: two bars on end, from a line at zero.

    What has the other sign than the bar before it starts at zero again, on the other side. The number is the sum.

    Parts: `plate`, `names`, `zero` (the line), `bars` (pairs: of M, of J), `numbers` (a NumericEmbedding).
    """

    unit, pitch, height = 0.95, 0.6, 0.36

    def __init__(self):
        self.parts = np.array([[round(DIRECTIONS[name] @ token.embedding, 9) for name in "MJ"] for token in TOKENS])
        colors = {"positive": [TEXT, TEXT], "negative": [TEXT, TEXT], "neutral": MUTED}
        scores = [each.product[0] for each in PASSES]
        self.numbers = NumericEmbedding(scores, source="row 0 · E of each token", max_value=2, font_size=36, **colors)
        self.numbers.remove(self.numbers.brackets)
        self.names = VGroup(Text(token.words, font_size=LABEL).set_color(TEXT) for token in TOKENS)
        self.names[ACTIVE].set_color(FOCUS)
        self.bars = VGroup()
        for place, (name, number) in enumerate(zip(self.names, self.numbers.get_entries(), strict=True)):
            y = -self.pitch * place
            number.shift((2.95 - number.get_right()[0]) * RIGHT + (y - number[-1].get_y()) * UP)
            put_on_baseline(name.move_to([-0.78, y, 0], RIGHT), number[-1:])
            first, second = self.parts[place]
            starts = 0, first if first * second > 0 else 0
            self.bars.add(
                VGroup(
                    self.get_bar(start, end, y, color)
                    for start, end, color in zip(starts, (first, second), (MICHAEL, JORDAN), strict=True)
                )
            )
        self.zero = Line([0, 0.3, 0], [0, -7.4 * self.pitch, 0]).set_stroke(MUTED, 2)
        self.plate = Plate(VGroup(self.names, self.zero, self.numbers), buff=0.18)
        super().__init__(self.plate, self.names, self.bars, self.zero, self.numbers)

    def get_bar(self, start, value, y, color):
        """A bar as long as a value."""
        bar = Rectangle(max(abs(value) * self.unit, 1e-3), self.height).set_stroke(BACKGROUND, 1).set_fill(color, 1)
        return bar.move_to([self.unit * (start + value / 2), y, 0])

    def grow(self, token, part):
        """An animation: one of a token's two bars grows from where it starts."""
        bar = self.bars[token][part]
        return GrowFromEdge(bar, LEFT if self.parts[token][part] >= 0 else RIGHT)
