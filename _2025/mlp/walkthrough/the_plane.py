"""Between acts E and F: why a score of 1 for half a name is not good enough, on the plane of two names."""

from _2025.mlp.nonlinearity import NonlinearityOfLanguage
from _2025.mlp.walkthrough.numbers import get_parts, set_up_product
from _2025.mlp.walkthrough.stage import OneAct, Product
from manim_imports_ext import *


class ThePlane(OneAct, NonlinearityOfLanguage):
    """No score alone says "both names": a bias and a fold at zero do."""

    def set_up(self) -> Product:
        return set_up_product(self)

    def act(self, before: Product) -> Product:
        # Leave the product for the picture behind its first result
        parts = [*before.stage.get_parts().values(), before.stage.docked, *get_parts(before)]
        box = SurroundingRectangle(before.result.get_tile(0), buff=0).set_stroke(FOCUS, 5)
        self.play(ShowCreation(box), run_time=0.5)
        self.play(FadeOut(box), run_time=0.3)
        camera, page = self.frame.copy(), Group(*parts).fix_in_frame()
        picture = self.tell(page)

        # Come back to it
        self.add(page)
        self.hush(page.animate.shift(8 * UP), run_time=1)
        picture.clear_updaters()
        self.play(FadeOut(picture), run_time=0.5)
        self.frame.become(camera)
        self.frame.euler_axes = camera.euler_axes
        page.unfix_from_frame()
        self.remove(*page.get_family())
        self.add(*parts)
        return before
