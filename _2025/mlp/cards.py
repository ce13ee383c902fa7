from _2025.mlp.bias_and_counts import LAST_VIEW, get_all_amounts, get_blocks
from _2025.mlp.last_two_chapters import STACK_VIEW, get_light, get_stack, set_up_stack
from manim_imports_ext import *


class OpeningCard(CaptionedScene):
    """This film is about how a perceptron block might store a fact."""

    def construct(self):
        # Open the film on a transformer
        card = TitleCard("Multilayer Perceptrons", "How a network might remember what Michael Jordan plays")
        words = VGroup(card.title.set_width(11.5), card.subtitle).arrange(DOWN, buff=0.3).to_edge(UP, buff=0.5)
        words.fix_in_frame()
        set_up_stack(self.frame)
        self.frame.reorient(-62, -8, 0, (-0.4, 1.6, 0.2), 10.5)
        blocks = get_stack()
        attention = Group(*blocks[0::2])
        self.add(blocks)
        self.play(self.frame.animate(rate_func=linear).reorient(-48, -12), FadeIn(words[0]), run_time=1.6)
        self.play(FadeIn(words[1]), run_time=0.7)

        # Let light run through it, and leave it on the perceptrons
        self.play(get_light(blocks), self.frame.animate(rate_func=linear).reorient(-42, -14), run_time=2)
        dark = mix_colors(ATTENTION, BACKGROUND, 0.6)
        self.play(*(block.faces.animate.set_color(dark) for block in attention), run_time=0.6)
        self.wait(0.8)
        lit = mix_colors(ATTENTION, BACKGROUND, 0.12)  # as they were
        self.play(
            FadeOut(words, 0.5 * UP),
            *(block.faces.animate.set_color(lit) for block in attention),
            self.frame.animate.reorient(*STACK_VIEW),
            run_time=1,
        )


class ClosingCard(CaptionedScene):
    """Rows match, a threshold selects, columns add."""

    def construct(self):
        # Close the film over its last picture
        card = EndCard(
            "Rows match, ReLU selects, columns add",
            "The toy's weights were chosen by hand; all else was computed and checked",
        )
        card.message.to_edge(UP, buff=0.6)
        card.note.to_edge(DOWN, buff=0.6)
        VGroup(card.message, card.note).fix_in_frame()
        set_telephoto(self.frame, 20).reorient(*LAST_VIEW)
        slabs = get_blocks()
        amounts = get_all_amounts(slabs)
        self.add(slabs, amounts)
        self.play(
            FadeOut(amounts),
            FadeIn(card.message, 0.2 * UP),
            self.frame.animate.reorient(-20, -27, 0, (0, -0.2, -4.8), 13.5),
            run_time=1.4,
        )
        self.play(FadeIn(card.note, 0.1 * UP), self.frame.animate(rate_func=linear).reorient(-18, -27), run_time=1)
        self.play(self.frame.animate(rate_func=linear).reorient(-8, -27), run_time=3.6)
