from _2025.superposition.directions import CHAIN_VIEW, get_pole
from _2025.superposition.toy_model import get_line
from manim_imports_ext import *
from truth.almost_orthogonal import DIMENSIONS, RandomConfig, get_random_vectors

OTHERS, REACH = 240, 3.1  # directions round the one that is up, and how long they are drawn


def get_others():
    """Random directions in as many dimensions as GPT-3 has: each stands at its true angle to the one that is up."""
    vectors = get_random_vectors(RandomConfig(DIMENSIONS[-1], OTHERS + 1))
    angles, turns = np.arccos(vectors[1:] @ vectors[0]), TAU * np.arange(OTHERS) / OTHERS
    tips = np.stack([np.sin(angles) * np.cos(turns), np.cos(angles), np.sin(angles) * np.sin(turns)], axis=1)
    return Group(
        SolidArrow(ORIGIN, REACH * tip, mix_colors(INPUT, FEED_FORWARD, 0.5 + 0.5 * np.sin(turn)), 0.03)
        for tip, turn in zip(tips, turns, strict=True)
    )


class ClosingCard(CaptionedScene):
    """Nearly at right angles there is room for far more directions than dimensions."""

    def construct(self):
        # Close the film on one idea, and hundreds at nearly 90° to it
        card = EndCard(
            "More ideas than dimensions:\nif they are rare,\nnearly 90° will do",
            "The networks were trained,\nevery angle was computed;\nafter Elhage et al. 2022",
        )
        words = VGroup(card.message.set_width(6.0), card.note.scale(1.1))
        words.arrange(DOWN, buff=0.5, aligned_edge=LEFT).to_edge(LEFT, buff=0.7).fix_in_frame()
        set_telephoto(self.frame).reorient(*CHAIN_VIEW)
        pole, others = get_pole(), get_others()
        counts = [
            get_number(np.array(value), 0, source=name, font_size=LABEL, group_with_commas=True)
            for value, name in ((len(others), "random directions"), (DIMENSIONS[-1], "dimensions"))
        ]
        shown = get_line(counts[0], "random directions,", counts[1], "dimensions", font_size=LABEL)
        shown.set_color(MUTED).move_to([3.4, -2.6, 0]).fix_in_frame()
        self.add(pole)
        self.play(
            self.frame.animate.reorient(0, -24, 0, (-3.4, 0.3, 0), 8),
            LaggedStart(*(GrowFromPoint(arrow, ORIGIN) for arrow in others), lag_ratio=0.01),
            FadeIn(words[0], 0.2 * UP, time_span=(1.0, 1.8)),
            run_time=2.4,
        )
        self.play(FadeIn(words[1], 0.1 * UP), FadeIn(shown), run_time=1)
        self.play(self.frame.animate.reorient(0, -14), run_time=5)
