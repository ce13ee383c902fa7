from _2025.superposition.stage import BESIDE, LAST, get_bundle, get_line_with_number
from manim_imports_ext import *
from truth.packing import get_packings


def get_card_view(theta, height=8.8):
    """The bundle at the right of the frame, cut by its edge; the words have the left."""
    left = -BESIDE * np.array([np.cos(np.radians(theta)), 0, -np.sin(np.radians(theta))])
    return View(theta, -18, 0, tuple(1.38 * left), height)


CARD_END = get_card_view(-14)


class OpeningCard(CaptionedScene):
    """This film is about how many directions there are room for."""

    def construct(self):
        # Open the film on thirteen lines that push each other apart
        card = TitleCard("Superposition", "More ideas than dimensions")
        set_telephoto(self.frame).reorient(*get_card_view(-60))
        bundle = get_bundle(LAST).set_marked(1)
        shown = Text(f"{LAST} lines in 3 dimensions:", font_size=BODY).set_color(MUTED)
        angle = get_line_with_number(
            "smallest angle", get_packings()[LAST].angles[-1], "", "smallest angle between lines"
        )[0]
        words = VGroup(card.title.set_width(5.9), card.subtitle, shown, angle.set_color(FOCUS))
        words.arrange(DOWN, buff=0.35, aligned_edge=LEFT).to_edge(LEFT, buff=0.7).fix_in_frame()
        angle.shift(0.1 * UP)
        self.add(bundle)
        self.play(
            MoveBundle(bundle, get_packings()[LAST].at),
            self.frame.animate(rate_func=linear).reorient(*get_card_view(-42)),
            FadeIn(words[0], time_span=(0.2, 1)),
            FadeIn(words[1], time_span=(0.9, 1.6)),
            run_time=2.6,
        )
        self.play(
            self.frame.animate(rate_func=linear).reorient(*get_card_view(-20)),
            FadeIn(words[2:], time_span=(0, 0.7)),
            run_time=3.4,
        )
        self.play(
            FadeOut(words, time_span=(0, 0.5)),
            self.frame.animate(rate_func=linear).reorient(*CARD_END),
            run_time=0.8,
        )
