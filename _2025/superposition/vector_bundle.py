from functools import partial

from _2025.superposition.stage import (
    FIRST,
    LAST,
    SceneOfDirections,
    get_bundle,
    get_line_with_number,
    get_lines,
    get_readouts,
    get_view,
)
from _2025.superposition.superposition import DEVIATIONS, GUARANTEE_END, get_guarantee
from manim_imports_ext import *
from truth.packing import BEST_KNOWN, closest_pair, get_packings

TIMES = 2.8, 2.4, 2.6, 2.4, *(1.3,) * (LAST - 8), 2.4  # seconds for each newcomer
TURN, LAST_TURN = 20, 40  # degrees that the camera goes round meanwhile, and in the end
FIRST_VIEW = get_view(-14, -20)
BUNDLE_END = get_view(-14 + len(TIMES) * TURN + LAST_TURN - 360, -20)


def get_floor():
    """What the scene before ends on: the columns, and their numbers."""
    guarantee = get_guarantee(DEVIATIONS[-1])
    return Group(guarantee, guarantee.get_numbers(), guarantee.get_level())


class Chart(VGroup):
    """The smallest angle for each number of lines, as bars on a plate; the last one follows the bundle.

    Parts: the plate, `bars`, `labels`, `name`.
    """

    size = 4.3, 1.9  # of the bars' room, in frame units; its height is 90 degrees
    buff = 0.2

    def __init__(self, bundle, place):
        self.bundle = bundle
        room = Rectangle(*self.size).move_to(place)
        gap = self.size[0] / (LAST - FIRST + 1)
        self.bars = VGroup(Rectangle(0.72 * gap, 0.01).set_stroke(width=0) for _ in range(FIRST, LAST + 1))
        self.feet = [room.get_corner(DL) + (k + 0.5) * gap * RIGHT for k in range(len(self.bars))]
        self.labels = VGroup(
            Text(str(n), font_size=LABEL).set_color(TEXT).next_to(self.feet[n - FIRST], DOWN, buff=0.14)
            for n in (FIRST, 6, 9, LAST)
        )
        level = Line(room.get_corner(UL), room.get_corner(UR)).set_stroke(MUTED, 2)
        self.name = VGroup(
            Text("smallest angle", font_size=LABEL).set_color(FOCUS).next_to(level, UP, 0.14, aligned_edge=LEFT),
            Text("90°", font_size=LABEL).set_color(MUTED).next_to(level, UP, 0.14, aligned_edge=RIGHT),
        )
        ground = VGroup(room, self.labels, self.name)
        super().__init__(Plate(ground, self.buff), level, self.bars, self.labels, self.name)
        self.fix_in_frame()
        self.add_updater(lambda chart: chart.follow())

    def get_angle(self, n):
        """The smallest angle of so many lines: now, if so many are there; of fewer, what they had in the end."""
        now = count(self.bundle)
        return self.bundle.angle if n == now else get_packings()[n].angles[-1] if n < now else 0.0

    def follow(self):
        """Be as high as the angles are."""
        for n, bar, foot in zip(range(FIRST, LAST + 1), self.bars, self.feet, strict=True):
            height = max(self.size[1] * self.get_angle(n) / 90, 0.005)
            bar.stretch_to_fit_height(height).move_to(foot + height / 2 * UP)
            bar.set_fill(FOCUS if n == count(self.bundle) else INPUT, 1 if self.get_angle(n) else 0)
        return self


def count(bundle):
    """How many lines are there."""
    return int((np.linalg.norm(bundle.vectors, axis=1) > 0.02).sum())


def get_panel(bundle, widest):
    """How many lines, their smallest angle, and the best that anyone found."""
    return get_readouts(
        ("lines", partial(count, bundle), 0, "", TEXT, "lines"),
        ("smallest angle", lambda: bundle.angle, 1, "°", FOCUS, "smallest angle between lines"),
        ("best known", lambda: BEST_KNOWN[count(bundle)], 1, "°", TEXT, "best known packing"),
        font_size=BODY,
        widest=widest,
    )


class SuperpositionVectorBundle(SceneOfDirections):
    """In three dimensions each newcomer pushes all others closer together: there is no room for many."""

    chapter = "Thirteen lines in three dimensions"

    def construct(self):
        bundle = self.fly_to_the_ball()
        self.let_them_join(bundle)
        self.look_at_the_last(bundle)

    def fly_to_the_ball(self):
        # Fly from the columns up to the ball
        set_telephoto(self.frame, 20).reorient(*GUARANTEE_END)
        bundle, floor = get_bundle().set_net(0), get_floor()
        self.add(floor, bundle)
        self.tell("And in only three dimensions?", self.frame.animate.reorient(*FIRST_VIEW), run_time=2.4)
        self.remove(floor)

        # Give each its room, and mark who is closest
        middle = FRAME_WIDTH / 2 - SAFE_AREA - Chart.size[0] / 2 - Chart.buff  # of chart and panel
        chart = Chart(bundle, middle * RIGHT + 0.4 * UP)
        panel = get_panel(bundle, chart[0].get_width() - get_panel(bundle, 0)[0].get_width())
        self.tell(
            "Room around each: half\nthe smallest angle",
            FadeIn(panel),
            FadeIn(chart),
            self.show_net(bundle),
            run_time=1,
        )
        return bundle

    def let_them_join(self, bundle):
        # Let one after another join, and all find their places
        self.tell("Each newcomer pushes\nall the others")
        for n, seconds in zip(range(FIRST + 1, LAST + 1), TIMES, strict=True):
            self.play(self.let_join(bundle, n), self.go_round(), run_time=seconds)
            self.comment(n)

    def comment(self, n):
        """Say what is to be seen at some numbers of lines, and stay as long as it is read."""
        if n == 4:
            self.tell("Yellow: the smallest angles")
        elif n == 6:
            self.tell("The sixth one is free")
            self.wait_until_read()
        elif n == 7:
            self.tell("Seven: now it\ngets crowded")
        elif n == LAST - 1:
            self.tell("Less room with every line")

    def look_at_the_last(self, bundle):
        # Go round the last one
        angle = get_line_with_number(f"{LAST} lines:", bundle.angle, "3 dimensions are too few", "smallest angle")
        self.tell(angle)
        self.play(self.go_round(LAST_TURN), run_time=3.4)

    # What moves

    def join(self, n, share):
        """Vectors (LAST, 3) when one joined n − 1: it comes out, then all relax; they slow down as they arrive."""
        grown, moved = np.clip(share / 0.35, 0, 1), np.clip((share - 0.2) / 0.75, 0, 1)
        return get_lines(get_packings()[n].at(1 - (1 - moved) ** 2.5), max(smooth(grown), 0.03))

    def let_join(self, bundle, n):
        """Animation: one joins n − 1; all at once have only half the smallest angle for themselves, and win it back.

        Who was closest before is marked no more; who is so now is, once the newcomer is all there.
        """
        before = bundle.angle

        def go(bundle, alpha):
            vectors = self.join(n, alpha)
            now = closest_pair(vectors[:n])[2]
            bundle.cap_angle = interpolate(before, now, smooth(min(alpha / 0.15, 1))) / 2
            bundle.marked = max(1 - alpha / 0.1, float(np.clip((alpha - 0.3) / 0.1, 0, 1)))
            bundle.set_vectors(vectors)

        return UpdateFromAlphaFunc(bundle, go, rate_func=linear)

    def show_net(self, bundle):
        """Animation: caps come, and the marks of who is closest."""
        bundle.marked = 1.0
        return UpdateFromAlphaFunc(bundle, lambda bundle, alpha: bundle.set_net(alpha))

    def go_round(self, degrees=TURN):
        """Animation: the camera goes on round the ball, at an even pace."""
        return self.look(np.degrees(self.frame.get_theta()) + degrees, -20, rate_func=linear)
