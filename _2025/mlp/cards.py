from manim_imports_ext import *


class OpeningCard(InteractiveScene):
    """This film is about how a perceptron block might store a fact."""

    def construct(self):
        # Open the film
        card = TitleCard("Multilayer Perceptrons", "How a network might remember what Michael Jordan plays")
        self.play(
            FadeIn(card.title, 0.2 * UP),
            LaggedStartMap(FadeIn, card.emblem.beads, scale=1.8, lag_ratio=0.2, time_span=(0.4, 1.6)),
            LaggedStartMap(ShowCreation, card.emblem.links, lag_ratio=0.4, time_span=(0.5, 1.6)),
        )
        self.play(FadeIn(card.subtitle, 0.1 * UP), run_time=0.8)

        # Let a value run forward along the chain
        self.play(card.emblem.get_way_there(), run_time=1.6)
        self.wait(0.6)
        self.play(FadeOut(card), run_time=0.8)


class ClosingCard(InteractiveScene):
    """Rows ask, a threshold decides, columns answer, and the answer is added."""

    def construct(self):
        # Close the film
        card = EndCard(
            "Rows ask, neurons decide, columns answer",
            "Every number in this film was computed, and checked against PyTorch",
        )
        self.play(FadeIn(card.message, 0.2 * UP), FadeIn(card.emblem), run_time=1)
        self.play(FadeIn(card.note, 0.1 * UP), card.emblem.get_way_there(), run_time=1.6)
        self.wait(1.4)
        self.play(FadeOut(card), run_time=0.8)
