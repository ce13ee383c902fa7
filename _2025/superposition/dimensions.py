from _2025.superposition.toy_model import FiveFeaturesInTwoDimensions as Five
from _2025.superposition.toy_model import get_blocks, get_key, get_line
from manim_imports_ext import *
from truth.superposition import MANY_IN_TWENTY, PLATEAUS, dimensionality, find_plateaus, train

WIDTH, HEIGHT, PITCH, THICKNESS = 9.4, 5.6, 0.62, 0.4  # of all features, of D = 1; from slab to slab, and of one
HERO = 7  # the model that is shown first
HERO_VIEW = View(0, -5, 0, (0, 2.0, -4.4), 10)
SIDE = View(-34, -22, 0, (0, 0.5, -4.4), 10)
FRONT = View(0, -10, 0, (0, 1.6, -4.4), 8.8)
LAST = View(30, -26, 0, (0, -0.3, -4.4), 10.6)


class Slab(Group):
    """A model's D_i in falling order as a solid profile: one step a feature. Parts: `face`, `top`, `side`.

    Args:
        values: D_i, (n,), the largest first.
        z: of its front.
    """

    def __init__(self, values, z):
        self.values, self.z = values, z
        self.is_on_plateau = np.logical_or.reduce([*find_plateaus(values).values(), np.zeros(len(values), bool)])
        n = len(values)
        self.face, self.top = (Sheet((2 * n, 2), (0.2, 0.1, 0.4)).apply_depth_test() for _ in range(2))
        self.side = Sheet((2, 2), (0.2, 0.1, 0.3)).apply_depth_test()
        super().__init__(self.face, self.top, self.side)
        self.set_rise(1).set_marked(0)

    def set_rise(self, share):
        """Stand as high as a share of the values; 0 is flat."""
        n = len(self.values)
        x = np.repeat(np.linspace(-WIDTH / 2, WIDTH / 2, n + 1), 2)[1:-1]
        y = np.repeat(HEIGHT * share * self.values, 2) + 0.06
        front = np.stack([x, y, np.full(2 * n, self.z)], axis=1)
        back = front - [0, 0, THICKNESS]
        foot = front * [1, 0, 1]
        self.face.set_grid(np.stack([foot, front], axis=1))
        self.top.set_grid(np.stack([front, back], axis=1))
        edge = np.stack([front[[0, 0]], back[[0, 0]]]) * np.array([[1, 0, 1], [1, 1, 1]])
        self.side.set_grid(edge[::-1])
        return self

    def set_marked(self, share):
        """Tint the steps of its plateaus by a share."""
        colors = [
            mix_colors(get_room_color(value), FOCUS, 0.8 * share * is_on)
            for value, is_on in zip(self.values, self.is_on_plateau, strict=True)
        ]
        rgb = np.array([color_to_rgb(color) for color in np.repeat(colors, 2)])[:, None]
        self.face.set_colors(np.repeat(0.72 * rgb, 2, axis=1))
        self.top.set_colors(np.repeat(rgb, 2, axis=1))
        self.side.set_colors(np.repeat(0.6 * rgb[:1], 4, axis=0))
        return self


def get_room_color(value):
    """Brighter the more of a dimension a feature has to itself."""
    return mix_colors(SILENT, INPUT, min(1.6 * value, 1))


def get_slabs():
    """All models of the sweep, the densest in front."""
    runs = train(MANY_IN_TWENTY)
    rows = [np.sort(dimensionality(weights))[::-1] for weights in runs.weights[:, 0, -1]]
    return Group(Slab(row, -PITCH * k) for k, row in enumerate(rows))


def get_floor():
    depth = PITCH * len(MANY_IN_TWENTY.densities) + 0.5
    return SolidBlock(WIDTH + 0.8, 0.3, depth).move_to([0, -0.17, -depth / 2 + 0.5])


class DimensionsPerFeature(CaptionedScene):
    """As features grow rarer, many get the same share of a dimension: shares come in steps."""

    chapter = "Dimensions for each feature"

    shapes = ((Five.dense, 2), (Five.rare, 4), (Five.rarest, 5))  # indices of densities, and features that are kept

    def construct(self):
        set_telephoto(self.frame)
        self.runs = train(MANY_IN_TWENTY)
        self.slabs, self.floor = get_slabs(), get_floor()
        self.divide_two_dimensions()
        self.raise_one_model()
        self.raise_all_models()
        self.mark_the_steps()

    # What is shown

    def get_share(self, n_features, name):
        """What each feature has of two dimensions, as a division."""
        whole = {2: "= 1", 4: R"= \tfrac{1}{2}"}.get(n_features, "")
        share = Tex(Rf"\tfrac{{2}}{{{n_features}}} {whole}", font_size=TITLE)
        words = Text(f"2 dimensions ÷ {n_features} features", font_size=LABEL)
        return VGroup(Text(name, font_size=LABEL).set_color(MUTED), words, share).arrange(DOWN, buff=0.22)

    def get_scale(self):
        """Shares from 0 to 1, at the left of the first model. Parts: the rod, its signs."""
        x, z = -WIDTH / 2 - 0.35, -PITCH * HERO
        rod = get_tube(np.array([x, 0.06, z]), np.array([x, HEIGHT + 0.06, z]), 0.06).set_color(MUTED)
        signs = Group(
            Sign(words, self.frame, lambda x=x, y=y: np.array([x - 0.5, HEIGHT * y + 0.06, z]), -0.25)
            for words, y in (("0", 0), ("1/2", 0.5), ("1", 1))
        )
        signs.add(Sign("share of a dimension", self.frame, lambda: np.array([x + 2.2, HEIGHT, z]), -0.2))
        return Group(rod, signs)

    def get_row_sign(self, k, words=()):
        """How often features are there in a model, as a sign at its right end."""
        percent = get_number(
            np.array(100 * self.runs.config.densities[k]), 0, source="density, in percent", font_size=LABEL
        )
        content = get_line(*words, percent, "% of the time", font_size=LABEL)
        return Sign(content, self.frame, lambda: np.array([WIDTH / 2 + 0.9, 0.1, -PITCH * k]), -0.1)

    def get_plateaus(self):
        """Each plateau that is there, as a bar along the steps that it is made of, and its name beside it."""
        bars, labels = Group(), VGroup()
        for name, (over, under) in PLATEAUS.items():
            rows = [k for k, slab in enumerate(self.slabs) if name in find_plateaus(slab.values)]
            if not rows:
                continue
            slab = self.slabs[rows[len(rows) // 2]]
            steps = np.flatnonzero(find_plateaus(slab.values)[name])
            y, pitch = HEIGHT * over / under + 0.06, WIDTH / len(slab.values)
            ends = (np.array([pitch * x - WIDTH / 2, y, slab.z]) for x in (steps[0], steps[-1] + 1))
            bars.add(get_tube(*ends, 0.09).set_color(FOCUS))
            x, height = to_screen(self.frame, bars[-1].get_right())
            words = VGroup(Tex(f"{over}/{under}", font_size=HEADING), Text(name, font_size=BODY))
            words.arrange(RIGHT, buff=0.25).set_color(FOCUS).move_to([0.4, height + 0.25 - 0.5 * len(labels), 0], LEFT)
            leader = Line([x + 0.08, height, 0], words.get_left() + 0.12 * LEFT).set_stroke(FOCUS, 4)
            labels.add(VGroup(leader, words))
        return bars, labels.fix_in_frame()

    # Beats

    def divide_two_dimensions(self):
        # Take one star of each shape out of the crowds: what has each of its features?
        blocks = get_blocks(Five.densities)
        chosen = [blocks[Five.densities.index(density)][1][Five.seed] for density, _ in self.shapes]
        cards = VGroup(*chosen)
        others = VGroup(card for block in blocks for card in (block[0], *block[1]) if card not in chosen)
        key = get_key()
        shares = VGroup(
            self.get_share(n, name)
            for (_, n), name in zip(self.shapes, ("right angle", "opposite pairs", "pentagon"), strict=True)
        )
        for k, share in enumerate(shares):
            share.move_to([4.4 * (k - 1), -1.35, 0])
        shares.fix_in_frame()
        self.frame.reorient(*HERO_VIEW)
        self.add(others, key, cards)
        self.play(
            FadeOut(VGroup(others, key), time_span=(0, 0.6)),
            *(
                card.animate(time_span=(0.2, 1.4)).set_height(3).move_to([4.4 * (k - 1), 1.6, 0])
                for k, card in enumerate(cards)
            ),
            run_time=1.4,
        )
        for share in shares:
            self.play(FadeIn(share, 0.2 * UP), run_time=0.6)
            self.wait(0.6)
        self.stars = VGroup(cards, shares)

    def raise_one_model(self):
        # Train a larger toy: each of its features is a step as high as its share
        n, m = self.runs.config.n_features, self.runs.config.n_hidden
        for slab in self.slabs:
            slab.set_rise(0.001)
        scale, self.row = self.get_scale(), self.get_row_sign(HERO, ["there"])
        self.row.clear_updaters()
        self.row.move_to([3.4, 0.6, 0])
        ends = Group(
            Sign(words, self.frame, lambda x=x: np.array([x, 0, 0.3]), -0.35)
            for words, x in (("feature 1", -WIDTH / 2 + 0.6), (f"feature {n}", WIDTH / 2 - 0.6))
        )
        hero = self.slabs[HERO]
        self.hush(
            FadeOut(self.stars, 3 * UP, time_span=(0, 0.8)),
            FadeIn(Group(self.floor, self.slabs), time_span=(0.4, 1.2)),
            run_time=1.3,
        )
        self.say(
            f"A larger toy: {n} equally important features, {m} dimensions",
            FadeIn(scale),
            FadeIn(ends),
            FadeIn(self.row),
            UpdateFromAlphaFunc(hero, lambda slab, alpha: slab.set_rise(max(alpha, 0.001)), time_span=(0.6, 2.2)),
            run_time=2.2,
        )
        on = int(hero.is_on_plateau.sum())
        self.say(f"{on} features share {m} dimensions: half of one each")
        self.scale, self.signs = scale, Group(scale[1], ends, self.row)

    def raise_all_models(self):
        # Set the others before and behind it, from features that are always there to rare ones
        n = len(self.slabs)
        self.hush(
            FadeOut(self.signs, time_span=(0, 0.5)),
            FadeOut(self.scale[0]),
            self.frame.animate.reorient(*SIDE),
            run_time=1.6,
        )

        def rise(slabs, alpha):
            for k, slab in enumerate(slabs):
                share = np.clip(float(alpha) * (1 + n / 5) - k / 5, 0, 1)
                if k != HERO:
                    slab.set_rise(max(smooth(share), 0.001))

        ends = Group(self.get_row_sign(0), self.get_row_sign(n - 1))
        self.say(
            "The same, from always there to rare",
            UpdateFromAlphaFunc(self.slabs, rise, rate_func=linear),
            FadeIn(ends[0], time_span=(0.2, 0.8)),
            FadeIn(ends[1], time_span=(2.2, 2.8)),
            run_time=3,
        )
        self.ends = ends

    def mark_the_steps(self):
        # Look along the models, and tint the steps where many features have the same share
        self.hush(FadeOut(self.ends, time_span=(0, 0.5)), self.frame.animate.reorient(*FRONT), run_time=2)
        bars, labels = self.get_plateaus()

        def mark(slabs, alpha):
            for slab in slabs:
                if slab.is_on_plateau.any():
                    slab.set_marked(alpha)

        self.play(
            UpdateFromAlphaFunc(self.slabs, mark),
            LaggedStart(*(FadeIn(Group(*pair)) for pair in zip(bars, labels, strict=True)), lag_ratio=0.4),
            run_time=1.6,
        )
        self.say("Shares gather in steps: pairs, then pentagons")
        self.wait(0.3)

        # Say which of the paper's values did not appear here
        missing = [
            str(over) if under == 1 else f"{over}/{under}"
            for name, (over, under) in PLATEAUS.items()
            if not any(name in find_plateaus(slab.values) for slab in self.slabs)
        ]
        self.say(f"Elhage et al. 2022 also saw {', '.join(missing)}; not here")
        self.hush(FadeOut(Group(bars, labels), time_span=(0, 0.5)), self.frame.animate.reorient(*LAST), run_time=2)
        self.say("The rarer, the more features, the less for each")
        self.hush()
