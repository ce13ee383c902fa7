"""Act C: what we would like the block to know."""

from _2025.mlp.walkthrough.in_parallel import EverythingInParallel
from manim_imports_ext import *


class TheFact(EverythingInParallel):
    """If the block knows that Michael Jordan plays basketball, it can add "basketball" to that name's vector."""

    def act(self):
        # Say a fact
        fact = Text("“Michael Jordan plays Basketball”", font_size=TITLE).set_color(TEXT).move_to(2 * UP)
        self.play(FadeIn(fact, 0.2 * UP), run_time=0.8)
        self.wait(1.4)

        # Let the name run into the embedding
        name = fact["Michael Jordan"][0].copy().set_color(FOCUS)
        name.generate_target().set_height(0.3).next_to(self.embedding, UP, buff=1.55).align_to(self.box, LEFT)
        self.play(fact["Michael Jordan"].animate.set_color(FOCUS), run_time=0.4)
        self.play(MoveToTarget(name), run_time=1)
        letters = [letter for letter in name if letter.has_points()]
        threads = {"direction": DOWN, "arrival": UP, "path_arc": 0, "max_width": 4}
        context = ContextAnimation(self.card, letters, np.ones(len(letters)), run_time=1.8, lag_ratio=0.05, **threads)
        self.play(context)
        self.wait(0.4)

        # Follow it through the three steps
        for step in self.get_steps_through():
            self.play(*step, run_time=1)

        # See what the last vector should say
        sport = fact["Basketball"][0].copy().set_color(ACTIVATION)
        sport.generate_target().set_height(0.26).next_to(self.vectors[2], UP, buff=0.16)
        sport.target.align_to([self.vector_xs[2] + 0.55, 0, 0], RIGHT)
        self.play(fact["Basketball"].animate.set_color(ACTIVATION), run_time=0.4)
        self.play(MoveToTarget(sport), run_time=1)
        self.wait(1.8)
        self.play(FadeOut(VGroup(fact, name, sport)), run_time=0.5)
