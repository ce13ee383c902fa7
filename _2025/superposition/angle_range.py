from _2025.superposition.stage import SceneOfDirections, get_readouts
from _2025.superposition.superposition import FLOOR, GUARANTEE_END, WIDTH, get_guarantee
from manim_imports_ext import *

SPREAD = 4.5  # length of the two vectors, in frame units
START = FLOOR + 0.5 * UP
RANGE = 10, 180, 91  # degrees, in the order in which the pair takes them
BAND = 1  # degrees from 90
PAIR_VIEW = View(0, -5, 0, (0, FLOOR[1] + 2.15, 0), 7.6)
PAIR_END = View(0, -5, 0, (0.4, FLOOR[1] + 2.4, 0), 6.8)


class Shadow(Group):
    """How far the second vector of a pair reaches along the first, as a lit bar on the floor; and the way down.

    Parts: `bar`, `drop`.
    """

    def __init__(self, pair):
        self.pair = pair
        self.bar = Cube(side_length=1).set_shading(0.3, 0.2, 0.4).apply_depth_test()
        self.drop = Spike([0, -1, 0], 0.05, MUTED, blunt=True)
        super().__init__(self.bar, self.drop)
        self.add_updater(lambda shadow: shadow.follow())

    def get_cosine(self):
        """Of the pair's angle."""
        return float(np.cos(np.radians(self.pair.get_angle())))

    def follow(self):
        """Be as long as the cosine says."""
        cosine, tip = self.get_cosine(), self.pair.start + self.pair.second.vector
        reach = SPREAD * cosine
        self.bar.set_shape(max(abs(reach), 0.02), 0.3, 0.4).move_to(FLOOR + np.array([reach / 2, 0.15, 0.55]))
        self.bar.set_color(POSITIVE_RAMP[1] if cosine >= 0 else NEGATIVE_RAMP[1])
        self.drop.start = tip
        self.drop.set_vector([0, min(FLOOR[1] - tip[1] + 0.1, -0.01), 0])


def get_pair(angle=RANGE[-1]):
    """The pair on its floor, at an angle."""
    return get_vector_pair(angle, SPREAD, start=START, width=0.2, colors=(INPUT, INPUT), name="angle of the pair")


def get_band():
    """A thin piece of a disc: angles within a degree of 90."""
    band = Sector(1.14 * SPREAD, TARGET, -0.25).set_range(90 - BAND, 90 + BAND)
    return band.set_shading(0, 0, 0).shift(START)


class ShowAngleRange(SceneOfDirections):
    """The cosine is how far one direction reaches along another: next to nothing from 89° to 91°."""

    chapter = "What nearly 90° means"

    def construct(self):
        # Lower the columns, and lay two vectors on their floor
        set_telephoto(self.frame, 20).reorient(*GUARANTEE_END)
        guarantee = get_guarantee(WIDTH)
        words = Group(guarantee.get_numbers(), guarantee.get_level(), guarantee.names)
        guarantee.remove(guarantee.names)
        pair = get_pair(RANGE[0])
        shadow = Shadow(pair).update()
        panel = get_readouts(("cosine", shadow.get_cosine, 3, "", TEXT, "cosine of the angle"), widest=0.2)
        panel.to_corner(UL, buff=SAFE_AREA)
        self.add(guarantee, words)
        self.play(
            guarantee.dimension.animate.set_value(0.01),
            FadeOut(words, run_time=0.5),
            self.frame.animate.reorient(*PAIR_VIEW),
            run_time=1.4,
        )
        guarantee.clear_updaters()
        self.play(FadeOut(guarantee.columns), FadeIn(pair), FadeIn(shadow), FadeIn(panel), run_time=0.6)

        # Open the angle all the way
        self.tell("Cosine: how far one reaches\nalong the other")
        self.play(TurnPair(pair, RANGE[1]), run_time=5.5)

        # Come back to nearly a right angle
        self.hush(TurnPair(pair, RANGE[2]), run_time=2.6)
        band = get_band()
        self.tell("89° to 91°:\nalmost nothing", FadeIn(band))
        self.play(self.frame.animate.reorient(*PAIR_END), run_time=1.6)
        self.wait(1)
