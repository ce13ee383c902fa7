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
        parts, stage = get_parts(before), Group(*before.stage.get_parts().values(), before.stage.docked)
        box = SurroundingRectangle(before.result.get_tile(0), buff=0).set_stroke(FOCUS, 5)
        self.play(ShowCreation(box), run_time=0.5)
        self.play(
            FadeOut(parts, 3 * DOWN),
            FadeOut(box, 3 * DOWN),
            FadeOut(stage, 2 * DOWN),
            run_time=0.8,
        )
        plane = self.tell(restores_camera=True)

        # Come back to it
        plane.clear_updaters()
        self.hush(FadeOut(plane), FadeIn(parts, 3 * UP), FadeIn(stage, 2 * UP), run_time=1)
        self.remove(*parts.get_family(), *stage.get_family())
        self.add(*before.stage.get_parts().values(), before.stage.docked, *get_parts(before))
        return before
