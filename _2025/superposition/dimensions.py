from _2025.superposition.toy_model import FiveFeaturesInTwoDimensions as Five
from _2025.superposition.toy_model import get_crowd
from manim_imports_ext import *
from truth.superposition import MANY_IN_TWENTY, PLATEAUS, count_on_plateaus, dimensionality, train

SHOWN = 100  # features of each model, those with the most room
WIDTH, HEIGHT, PITCH, THICKNESS = 9.4, 5.2, 0.62, 0.4  # of all ranks, of D = 1; from slab to slab, and of one
CLEAR = 8  # so many features at one value are a plateau
SIDE = View(-34, -22, 0, (0.3, -0.05, -4.4), 9.6)
FRONT = View(0, -3, 0, (1.05, 1.75, -4.4), 8.3)
LAST = View(30, -26, 0, (0, 0.7, -4.4), 9.6)


class Slab(Group):
    """A model's D_i in falling order as a solid profile: one step a feature. Parts: `face`, `top`, `side`.

    Args:
        values: D_i, (n,), the largest first.
        z: of its front.
    """

    def __init__(self, values, z):
        self.values, self.z = values, z
        n = len(values)
        self.face, self.top = (Sheet((2 * n, 2), (0.2, 0.1, 0.4)).apply_depth_test() for _ in range(2))
        self.side = Sheet((2, 2), (0.2, 0.1, 0.3)).apply_depth_test()
        super().__init__(self.face, self.top, self.side)
        self.set_rise(1)

    def set_rise(self, share):
        """Stand as high as a share of the values; 0 is flat."""
        n = len(self.values)
        x = np.repeat(np.linspace(-WIDTH / 2, WIDTH / 2, n + 1), 2)[1:-1]
        y = np.repeat(HEIGHT * share * self.values, 2) + 0.06
        front = np.stack([x, y, np.full(2 * n, self.z)], axis=1)
        back = front - [0, 0, THICKNESS]
        foot = front * [1, 0, 1]
        rgb = np.array([color_to_rgb(get_room_color(value)) for value in np.repeat(self.values, 2)])[:, None]
        self.face.set_grid(np.stack([foot, front], axis=1)).set_colors(np.repeat(0.72 * rgb, 2, axis=1))
        self.top.set_grid(np.stack([front, back], axis=1)).set_colors(np.repeat(rgb, 2, axis=1))
        edge = np.stack([front[[0, 0]], back[[0, 0]]]) * np.array([[1, 0, 1], [1, 1, 1]])
        self.side.set_grid(edge[::-1]).set_colors(np.repeat(0.6 * rgb[:1], 4, axis=0))
        return self


def get_room_color(value):
    """Brighter the more of a dimension a feature has to itself."""
    return mix_colors(SILENT, INPUT, min(1.6 * value, 1))


def get_slabs():
    """All models of the sweep, the densest in front."""
    runs = train(MANY_IN_TWENTY)
    rows = [np.sort(dimensionality(weights))[::-1][:SHOWN] for weights in runs.weights[:, 0, -1]]
    return Group(Slab(row, -PITCH * k) for k, row in enumerate(rows))


def get_floor():
    depth = PITCH * len(MANY_IN_TWENTY.densities) + 0.5
    return SolidBlock(WIDTH + 0.8, 0.3, depth).move_to([0, -0.17, -depth / 2 + 0.5])


class DimensionsPerFeature(CaptionedScene):
    """As features grow rarer, many get the same share of a dimension: shares come in steps."""

    chapter = "Dimensions for each feature"

    def construct(self):
        set_telephoto(self.frame)
        self.runs = train(MANY_IN_TWENTY)
        self.slabs, self.floor = get_slabs(), get_floor()
        self.divide_two_by_five()
        self.raise_all_models()
        self.look_along_the_steps()

    # What is shown

    def get_room_words(self):
        """What each feature of a pentagon has: two dimensions over five."""
        return Tex(R"\text{each: } \tfrac{2}{5} \text{ of a dimension}", font_size=TITLE).fix_in_frame()

    def get_lines(self):
        """The paper's values as lines behind the slabs, in falling order: bright where models gather."""
        lines, back = Group(), -PITCH * len(self.slabs)
        for over, under in PLATEAUS.values():
            ends = [np.array([x, HEIGHT * over / under + 0.06, back]) for x in (-WIDTH / 2 - 0.3, WIDTH / 2 - 1.2)]
            lines.add(get_tube(*ends, 0.05))
        return lines

    def get_labels(self, lines, seen):
        """For each line a sign at its right end, apart from its neighbours, and a leader to it."""
        labels = VGroup()
        heights = np.array([to_screen(self.frame, line.get_right())[1] for line in lines])
        places = heights.copy()
        for _ in range(60):  # push apart what is too close
            gaps = places[:-1] - places[1:]
            push = np.maximum(0.55 - gaps, 0) / 2
            places[:-1] += push
            places[1:] -= push
        for k, (line, (name, (over, under))) in enumerate(zip(lines, PLATEAUS.items(), strict=True)):
            tex = str(over) if under == 1 else f"{over}/{under}"
            words = VGroup(Tex(tex, font_size=BODY), Text(name, font_size=LABEL + 4)).arrange(RIGHT, buff=0.2)
            words.set_color(FOCUS if k in seen else MUTED).move_to([3.0, places[k], 0], LEFT)
            start = np.array([*to_screen(self.frame, line.get_right()), 0])
            leader = Line(start, [2.9, places[k], 0]).set_stroke(FOCUS if k in seen else MUTED, 3)
            labels.add(VGroup(leader, words))
        return labels.fix_in_frame()

    # Beats

    def divide_two_by_five(self):
        # Take one pentagon out of the crowd: it shares two dimensions between five
        crowd, chosen = get_crowd(Five.between), Five.seed
        star, word = crowd[chosen], self.get_room_words()
        others = VGroup(*(card for card in crowd if card is not star))
        self.frame.reorient(-50, -34, 0, (0, 0.6, -4.4), 12.5)
        self.add(others, star)
        self.play(
            FadeOut(others, time_span=(0, 0.7)),
            star.animate(time_span=(0, 1.4)).set_height(4.2).move_to([-3, 0.2, 0]),
            FadeIn(word.move_to([2.6, 0.2, 0]), 0.3 * LEFT, time_span=(1.3, 1.9)),
            run_time=1.9,
        )
        self.wait(1.6)
        self.star = VGroup(star, word)

    def raise_all_models(self):
        # Train larger toys, from features that are always there to rare ones
        for slab in self.slabs:
            slab.set_rise(0.001)
        self.play(
            FadeOut(self.star, 3 * UP, time_span=(0, 0.8)),
            FadeIn(Group(self.floor, self.slabs), time_span=(0.3, 1.2)),
            self.frame.animate.reorient(-42, -28, 0, (0, 0.2, -4.4), 11.4),
            run_time=1.6,
        )
        self.say("A larger toy: 200 features, 20 dimensions")
        n = len(self.slabs)

        def rise(slabs, alpha):
            for k, slab in enumerate(slabs):
                share = np.clip(float(alpha) * (1 + n / 5) - k / 5, 0, 1)
                slab.set_rise(max(smooth(share), 0.001))

        ends = Group(
            Sign(words, self.frame, lambda z=z: np.array([WIDTH / 2 + 1.1, 0, z]), -0.25, font_size=LABEL)
            for words, z in (("always there", -0.4), ("one time in ten", -PITCH * (n - 1)))
        )
        self.play(
            UpdateFromAlphaFunc(self.slabs, rise, rate_func=linear),
            FadeIn(ends[0], time_span=(0.2, 0.8)),
            FadeIn(ends[1], time_span=(4, 4.6)),
            self.frame.animate.reorient(*SIDE),
            run_time=5,
        )
        self.say("Each step: a feature's share (the largest 100)")
        self.wait(0.8)
        self.ends = ends

    def look_along_the_steps(self):
        # Look along the slabs: steps of many models lie in one line
        for sign in self.ends:
            sign.clear_updaters()
        lines, counts = self.get_lines(), count_on_plateaus(self.runs)
        seen = [k for k, name in enumerate(PLATEAUS) if counts[name] >= CLEAR]
        missing = [k for k in range(len(lines)) if k not in seen]
        for k, line in enumerate(lines):
            line.set_color(FOCUS if k in seen else MUTED)
        self.hush(FadeOut(self.ends, time_span=(0, 0.5)), self.frame.animate.reorient(*FRONT), run_time=2.4)
        labels = self.get_labels(lines, seen)
        self.play(
            LaggedStart(*(FadeIn(Group(lines[k], labels[k]), 0.4 * LEFT) for k in seen), lag_ratio=0.4), run_time=1.6
        )
        self.say("Many features get the same share")
        self.wait(0.4)

        # Say which of the values in the paper did not appear here
        self.play(LaggedStart(*(FadeIn(Group(lines[k], labels[k])) for k in missing), lag_ratio=0.2), run_time=0.9)
        self.say("Grey: seen in the paper, not in this sweep")
        self.wait(0.6)
        self.hush(
            FadeOut(labels, time_span=(0, 0.4)),
            FadeOut(lines, time_span=(0, 0.4)),
            self.frame.animate.reorient(*LAST),
            run_time=2.6,
        )
