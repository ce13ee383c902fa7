"""Act F: the bias, in numbers."""

from _2025.mlp.walkthrough.numbers import PageAct, get_bias, get_parts, set_up_product, step_back
from _2025.mlp.walkthrough.rows_as_questions import OTHERS
from _2025.mlp.walkthrough.stage import Biased, Product, get_pass
from manim_imports_ext import *
from truth.toy_mlp import get_toy_mlp


class AddTheBias(PageAct):
    """The bias shifts the answer of each row."""

    def set_up(self) -> Product:
        return set_up_product(self)

    def act(self, before: Product) -> Biased:
        biased = self.slide_the_bias_in(before)
        self.add_it(biased)
        return biased

    def slide_the_bias_in(self, product):
        # Slide a bias in
        plus, bias, plate, room = get_bias(product)
        self.play(
            VGroup(product.plates[2], product.equals, product.result).animate(time_span=(0, 0.7)).shift(room),
            FadeIn(VGroup(plate, bias, plus), 0.6 * DOWN, time_span=(0.4, 1.1)),
            step_back(product.matrix, OTHERS),
            run_time=1.1,
        )
        product.plates.add(plate)
        biased = Biased(product, plus, bias)
        self.remove(*get_parts(biased).get_family())
        self.add(*get_parts(biased))
        return biased

    def add_it(self, biased):
        # Subtract one from the answer of row 0, then add all others
        product = biased.product
        boxes = VGroup(SurroundingRectangle(part.get_tile(0), buff=0) for part in (biased.bias, product.result))
        self.say_above(
            f"The bias of row 0 subtracts {-get_toy_mlp().up_bias[0]:g}", ShowCreation(boxes.set_stroke(FOCUS, 4))
        )
        self.wait(0.5)
        self.play(AnimateEntriesTo(product.result, get_pass().pre, source="W_up E + b_up", lag_ratio=0.4), run_time=2.4)
        self.say_above("Every row has a bias of its own", FadeOut(boxes), Restore(product.matrix))
        self.hush()
