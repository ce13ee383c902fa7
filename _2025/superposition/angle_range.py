from _2025.superposition.stage import SceneOfDirections, Shadow, get_readouts
from _2025.superposition.superposition import DEVIATIONS, FLOOR, GUARANTEE_END, get_guarantee
from manim_imports_ext import *

SPREAD = 4.5  # length of the two vectors, in frame units
START = FLOOR + 0.5 * UP
RANGE = 10, 180, 91  # degrees, in the order in which the pair takes them
BAND = 1  # degrees from 90
PAIR_VIEW = View(0, -5, 0, (0, FLOOR[1] + 2.15, 0), 7.6)
PAIR_END = View(0, -5, 0, (0.4, FLOOR[1] + 2.4, 0), 6.8)


def get_pair(angle=RANGE[-1]):
    """The pair on its floor, at an angle."""
    return get_vector_pair(angle, SPREAD, start=START, width=0.2, colors=(INPUT, INPUT), name="angle of the pair")


def get_ticks():
    """−1, 0 and 1 below the floor's edge, where the bar ends that has such a cosine."""
    return VGroup(
        Text(f"{k}".replace("-", "−"), font_size=LABEL + 4)
        .set_color(MUTED)
        .move_to(FLOOR + np.array([k * SPREAD, -0.55, 0.95]))
        for k in (-1, 0, 1)
    )


def get_band():
    """A thin piece of a disc, before the vectors: angles within a degree of 90."""
    band = AngleSector(1.14 * SPREAD, TARGET, 0.3).set_range(90 - BAND, 90 + BAND)
    return band.set_shading(0, 0, 0).shift(START)


class ShowAngleRange(SceneOfDirections):
    """The cosine is how far one direction reaches along another: next to nothing from 89° to 91°."""

    chapter = "What nearly 90° means"

    def construct(self):
        # Lower the columns, and lay two vectors on their floor
        set_telephoto(self.frame, 20).reorient(*GUARANTEE_END)
        guarantee = get_guarantee(DEVIATIONS[-1])
        words = Group(guarantee.get_numbers(), guarantee.get_level(), guarantee.names, guarantee.axis)
        guarantee.remove(guarantee.names, guarantee.axis)
        pair = get_pair(RANGE[0])
        shadow = Shadow(pair).update()
        panel = get_readouts(("cosine", shadow.get_cosine, 3, "", TEXT, "cosine of the angle"), widest=0.6)
        panel.to_corner(UL, buff=SAFE_AREA)
        self.add(guarantee, words)
        self.play(
            guarantee.reach.animate.set_value(-1),
            FadeOut(words, run_time=0.5),
            self.frame.animate.reorient(*PAIR_VIEW),
            run_time=1.4,
        )
        guarantee.clear_updaters()
        self.play(
            FadeOut(guarantee.columns), FadeIn(pair), FadeIn(shadow), FadeIn(panel), FadeIn(get_ticks()), run_time=0.6
        )

        # Open the angle all the way
        self.tell("Cosine: how far one reaches\nalong the other")
        self.play(TurnPair(pair, RANGE[1]), run_time=5)

        # Come back to nearly a right angle
        self.hush(TurnPair(pair, 89), run_time=2.6)
        band = get_band()
        self.tell("89° to 91°:\nalmost nothing", FadeIn(band))

        # Rock from 89 to 91 degrees, and back, and again
        self.play(TurnPair(pair, RANGE[2]), self.frame.animate.reorient(*PAIR_END), run_time=1.4)
        self.play(TurnPair(pair, 89), run_time=1)
        self.play(TurnPair(pair, RANGE[2]), run_time=1)
        self.wait(0.6)
