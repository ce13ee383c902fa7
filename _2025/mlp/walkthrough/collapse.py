"""Act H: the up projection in one line of letters, put away beside the first arrow."""

from _2025.mlp.walkthrough.numbers import get_answers, set_up_biased
from _2025.mlp.walkthrough.stage import Answers, Biased, OneAct, change
from manim_imports_ext import *

UP_LINE = (R"W_{\uparrow}", R"\vec{E}", R"b_{\uparrow}")
DOWN_LINE = (R"W_{\downarrow}", R"\vec{n}", R"b_{\downarrow}")
LETTER_COLORS = (PARAMETER, FOCUS, PARAMETER)


def get_line(letters, step):
    """A matrix, a vector and a bias in letters, in their place over a step of the low stage.

    Args:
        letters: of the three.
        step: of the low stage.
    """
    line = Tex("{} {} + {}".format(*letters), isolate=list(letters), font_size=30).set_color(TEXT)
    for letter, color in zip(letters, LETTER_COLORS, strict=True):
        line[letter].set_color(color)
    return line.next_to(step.chip, UP, buff=0.05)


def get_letters_on(line, letters, plates):
    """Copies of a line's letters, large, each on the plate of what it stands for."""
    return VGroup(
        line[letter][0]
        .copy()
        .set_height(min(0.3 * plate.get_height(), 1.0))
        .set_max_width(0.7 * plate.get_width())
        .move_to(plate)
        for letter, plate in zip(letters, plates, strict=True)
    )


class CollapseUpProjection(OneAct):
    """All those numbers are one short line: a matrix, the embedding, a bias."""

    def set_up(self) -> Biased:
        return set_up_biased(self)

    def act(self, before: Biased) -> Answers:
        # Write a letter for each block of numbers
        product, stage = before.product, before.product.stage
        line = get_line(UP_LINE, stage.up)
        plates = [product.plates[place] for place in (0, 1, 3)]
        letters = get_letters_on(line, UP_LINE, plates)
        self.play(
            FadeOut(VGroup(product.matrix, product.vector, before.bias), time_span=(0, 0.6)),
            LaggedStartMap(FadeIn, letters, scale=0.7, lag_ratio=0.3, time_span=(0.4, 1.4)),
            run_time=1.4,
        )
        self.wait(1.2)

        # Put the line away over the first arrow, and keep what came out
        answers = get_answers(stage)
        plate, result = product.plates[2], product.result
        self.remove(product.plates)
        self.add(*plates, plate, result, letters, before.plus)
        self.play(
            *(Transform(large, line[letter][0]) for large, letter in zip(letters, UP_LINE, strict=True)),
            Transform(before.plus, line["+"][0]),
            *(FadeOut(plate, scale=0.1, shift=line.get_center() - plate.get_center()) for plate in plates),
            FadeOut(product.equals),
            plate.animate.move_to(answers.plate),
            result.animate.move_to(answers.column),
            *change(stage, "embedding", "card", "up", "pre", low=True),
            run_time=1.5,
        )
        self.remove(letters, before.plus)
        stage.docked.add(line)
        self.add(stage.docked)
        return Answers(stage, plate, result)
