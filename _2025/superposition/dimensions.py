from _2025.superposition.toy_model import SHAPE_COLORS, get_blocks, get_key, get_line
from _2025.superposition.toy_model import FiveFeaturesInTwoDimensions as Five
from manim_imports_ext import *
from truth.superposition import MANY_IN_TWENTY, PLATEAUS, dimensionality, find_plateaus, train

MODELS = range(6, 16)  # of the sweep: from where features first stand out clearly, to the rarest
HERO = 7  # the model that is shown first
FEATURES = 100  # the first of all, in falling order: those behind them have no share in any of these models
WIDTH, HEIGHT, PITCH, THICKNESS = 11.0, 8.4, 0.95, 0.6  # of FEATURES, of D = 1; from slab to slab, and of one
KEPT = 0.1  # a feature with less of a dimension is not counted
PLATEAU_COLORS = {"opposite pair": SHAPE_COLORS["opposite pairs"], "pentagon": SHAPE_COLORS["pentagon"]}
HERO_VIEW = View(0, -4, 0, (0.2, 2.0, -1), 8)
SIDE = View(24, -22, 0, (0.5, 0.5, -4.2), 10.4)
LAST = View(30, -30, 0, (0.7, 0.4, -4.2), 11)


class Slab(Group):
    """A model's D_i in falling order as a solid profile: one step a feature. Parts: `face`, `top`, `side`.

    Args:
        values: D_i, (n,), the largest first.
        z: of its front.
    """

    def __init__(self, values, z):
        self.values, self.z = values, z
        self.face, self.top = (Sheet((2 * FEATURES, 2), (0.2, 0.1, 0.4)).apply_depth_test() for _ in range(2))
        self.side = Sheet((2, 2), (0.2, 0.1, 0.3)).apply_depth_test()
        super().__init__(self.face, self.top, self.side)
        self.paint().set_shape(values, z)

    def count(self):
        """How many features have a share worth the name."""
        return int((self.values > KEPT).sum())

    def set_shape(self, values, z):
        """Have the profile of other values, at another place."""
        values = values[:FEATURES]
        x = np.repeat(np.linspace(-WIDTH / 2, WIDTH / 2, FEATURES + 1), 2)[1:-1]
        y = np.repeat(HEIGHT * values, 2) + 0.03
        front = np.stack([x, y, np.full(2 * FEATURES, z)], axis=1)
        back = front - [0, 0, THICKNESS]
        foot = front * [1, 0, 1]
        self.face.set_grid(np.stack([foot, front], axis=1))
        self.top.set_grid(np.stack([front, back], axis=1))
        last = 2 * max(int((values > KEPT).sum()), 1) - 1
        edge = np.stack([front[[last, last]], back[[last, last]]]) * np.array([[1, 0, 1], [1, 1, 1]])
        self.side.set_grid(edge)
        return self

    def paint(self):
        """Its plateaus in the colours of their shapes, all else in the colour of a feature."""
        plateaus = find_plateaus(self.values)
        colors = np.array([mix_colors(INPUT, BACKGROUND, 0.25)] * FEATURES, dtype=object)
        for name, is_on in plateaus.items():
            colors[is_on[:FEATURES]] = mix_colors(PLATEAU_COLORS[name], BACKGROUND, 0.15)
        rgb = np.array([color_to_rgb(color) for color in np.repeat(colors, 2)])[:, None]
        rgb[np.repeat(self.values[:FEATURES] < KEPT, 2)] = color_to_rgb(mix_colors(PLATE, TEXT, 0.06))
        self.face.set_colors(np.repeat(0.72 * rgb, 2, axis=1))
        self.top.set_colors(np.repeat(rgb, 2, axis=1))
        self.side.set_colors(np.repeat(0.6 * rgb[:1], 4, axis=0))
        return self


def get_slabs():
    """The models that are shown, the one with the densest features in front."""
    runs = train(MANY_IN_TWENTY)
    rows = [np.sort(dimensionality(runs.weights[k, 0, -1]))[::-1] for k in MODELS]
    return Group(Slab(row, -PITCH * k) for k, row in enumerate(rows))


def get_floor():
    depth = PITCH * len(MODELS) + 0.4
    return SolidBlock(WIDTH + 0.6, 0.3, depth).move_to([0, -0.17, -depth / 2 + 0.3])


class DimensionsPerFeature(CaptionedScene):
    """As features grow rarer a model keeps more of them, and each gets less: all dimensions are always shared out."""

    chapter = "Dimensions for each feature"

    shapes = ((Five.dense, 2), (Five.rare, 4), (Five.rarest, 5))  # indices of densities, and features that are kept

    def construct(self):
        set_telephoto(self.frame)
        self.runs = train(MANY_IN_TWENTY)
        self.slabs, self.floor = get_slabs(), get_floor()
        self.divide_two_dimensions()
        self.raise_one_model()
        self.raise_all_models()
        self.hold_up_the_steps()

    # What is shown

    def get_share(self, n_features, name):
        """What each feature has of two dimensions, as a division."""
        whole = {2: "= 1", 4: R"= \tfrac{1}{2}"}.get(n_features, "")
        share = Tex(Rf"\tfrac{{2}}{{{n_features}}} {whole}", font_size=TITLE)
        words = Text(f"2 dimensions ÷ {n_features} features", font_size=LABEL)
        return VGroup(Text(name, font_size=LABEL).set_color(MUTED), words, share).arrange(DOWN, buff=0.22)

    def get_scale(self):
        """Shares from 0 to 1/2, at the left of the first model. Parts: the rod, its signs, its title."""
        x = -WIDTH / 2 - 0.3
        rod = get_tube(np.array([x, 0.03, 0]), np.array([x, 0.56 * HEIGHT, 0]), 0.07).set_color(MUTED)
        signs = Group(
            Sign(words, self.frame, lambda y=y: np.array([x - 0.5, HEIGHT * y + 0.03, 0]), -0.25)
            for words, y in (("0", 0), ("1/4", 0.25), ("1/2", 0.5))
        )
        title = Sign("share of a dimension", self.frame, lambda: np.array([x + 0.9, 0.56 * HEIGHT, 0]), 0.1)
        return Group(rod, signs, title)

    def get_row_sign(self, k, words=()):
        """How often features are there in a model, as a sign at the right end of the floor."""
        percent = get_number(
            np.array(100 * self.runs.config.densities[MODELS[k]]), 0, source="density, in percent", font_size=LABEL
        )
        content = get_line(*words, percent, "% of the time", font_size=LABEL)
        return Sign(content, self.frame, lambda: np.array([WIDTH / 2 + 0.6, -0.3, -PITCH * k - 0.3]), -0.4)

    def get_count(self, k):
        """How many features a model keeps, as a sign where its profile ends."""
        slab = self.slabs[k]
        number = get_number(np.array(slab.count()), 0, source="features kept", font_size=BODY)
        if k == HERO - MODELS[0]:
            number = get_line(number, "features", font_size=LABEL)
        x = WIDTH * (slab.count() / FEATURES - 0.5)
        top = HEIGHT * slab.values[slab.count() - 1]
        lift = 0.65 if k == HERO - MODELS[0] else 0.05
        sign = Sign(number, self.frame, lambda: np.array([x - 0.2, top, slab.z - 0.3]), lift)
        return sign.set_z_index(1)

    def get_level(self, name):
        """The height of a plateau, as a pane across all models, and its fraction at the far end."""
        over, under = PLATEAUS[name]
        y, depth = HEIGHT * over / under + 0.05, PITCH * len(MODELS)
        pane = Square3D(side_length=1).set_shape(WIDTH, depth, 0).rotate(PI / 2, RIGHT)
        pane.move_to([0, y, -depth / 2 + 0.2]).set_color(PLATEAU_COLORS[name], 0.22)
        words = Tex(f"{over}/{under}", font_size=BODY).set_color(PLATEAU_COLORS[name])
        sign = Sign(words, self.frame, lambda: np.array([WIDTH / 2 + 0.6, y, -depth]), -0.25)
        return pane, sign

    # Beats

    def divide_two_dimensions(self):
        # Divide two dimensions among the features of one model from each of three crowds
        blocks, key = get_blocks(Five.densities), get_key()
        crowds = [blocks[Five.densities.index(density)][1] for density, _ in self.shapes]
        cards = VGroup(crowd[Five.seed] for crowd in crowds)
        others = VGroup(
            part
            for block in blocks
            for part in (block[0], *(card for card in block[1] if card not in cards.submobjects))
        )
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
            self.wait(0.4)
        self.stars = VGroup(cards, shares)

    def raise_one_model(self):
        # Train a larger toy: each of its features is a step as high as its share
        n, m, k = self.runs.config.n_features, self.runs.config.n_hidden, HERO - MODELS[0]
        self.hero = hero = self.slabs[k]
        self.home, flat = hero.z, np.zeros(n)
        hero.set_shape(flat, 0)
        self.scale = self.get_scale()
        self.now = self.get_row_sign(k, ["each feature there"])
        self.now.clear_updaters()
        self.now.to_corner(UR, buff=SAFE_AREA)
        self.hush(
            FadeOut(self.stars, 3 * UP, time_span=(0, 0.8)),
            FadeIn(Group(self.floor, hero), time_span=(0.4, 1.2)),
            run_time=1.3,
        )
        self.say(
            f"A larger toy: {n} features, {m} dimensions",
            FadeIn(self.scale),
            FadeIn(self.now),
            UpdateFromAlphaFunc(hero, lambda slab, alpha: slab.set_shape(alpha * slab.values, 0), time_span=(0.6, 2.2)),
            run_time=2.2,
        )
        x = WIDTH * (hero.count() / FEATURES - 0.5)
        count = get_number(np.array(hero.count()), 0, source="features kept", font_size=BODY)
        words = get_line(count, "kept, half a dimension each", font_size=BODY)
        kept = Sign(words, self.frame, lambda: np.array([x + 3.6, 0.3 * HEIGHT, 0]), 0)
        rest = get_number(np.array(n - hero.count()), 0, source="features that are not kept", font_size=BODY)
        lost = Sign(
            get_line("the other", rest, "get nothing", font_size=BODY),
            self.frame,
            lambda: np.array([x + 3.4, 0.1, 0]),
            0.2,
        )
        self.play(FadeIn(kept), FadeIn(lost, time_span=(0.5, 1)), run_time=1)
        self.wait(1.8)
        self.shown = Group(kept, lost, self.now, self.scale[2])

    def raise_all_models(self):
        # Move it to its place among others, and press each model out of the one before
        hero, home = self.hero, self.home
        self.hush(
            FadeOut(self.shown, time_span=(0, 0.5)),
            UpdateFromAlphaFunc(hero, lambda slab, alpha: slab.set_shape(slab.values, alpha * home)),
            self.frame.animate.reorient(*SIDE),
            run_time=1.6,
        )
        ends = Group(self.get_row_sign(0, ["there"]), self.get_row_sign(len(self.slabs) - 1))
        k = HERO - MODELS[0]
        counts = Group(*(self.get_count(row) for row in range(k + 2, len(self.slabs))))
        first = self.get_count(k)
        self.say("The rarer, the more features are kept", FadeIn(first))
        self.add(self.slabs[: k + 2])
        self.play(*(self.press(self.slabs[row], hero) for row in (*range(k), k + 1)), FadeIn(ends[0]), run_time=0.8)
        for row, count in zip(range(k + 2, len(self.slabs)), counts, strict=True):
            self.add(self.slabs[row])
            self.play(
                self.press(self.slabs[row], self.slabs[row - 1]),
                FadeIn(count, time_span=(0.3, 0.6)),
                run_time=max(1.4 - 0.12 * row, 0.6),
            )
        self.play(FadeIn(ends[1]), run_time=0.4)
        self.signs = Group(first, *counts, *ends, *self.scale[:2])

    def press(self, slab, before):
        """Animation: a model's profile comes out of that of another one."""

        def go(slab, alpha):
            slab.set_shape(interpolate(before.values, slab.values, alpha), interpolate(before.z - 0.01, slab.z, alpha))

        return UpdateFromAlphaFunc(slab, go)

    def hold_up_the_steps(self):
        # Say what stays the same from row to row
        m = self.runs.config.n_hidden
        self.say(f"… and each gets less: every row shares {m} dimensions")

        # Hold the two fractions of the small models against all rows
        panes, signs = zip(*(self.get_level(name) for name in PLATEAU_COLORS), strict=True)
        self.hush()
        self.say(
            "Pairs stand at 1/2, pentagons at 2/5",
            *(FadeIn(part) for part in (*signs, *panes)),
            self.frame.animate.reorient(*SIDE._replace(theta=18, phi=-13)),
            run_time=1.6,
        )

        # Say in plain words what else has been found
        missing = [
            f"{over}/{under}" for name, (over, under) in PLATEAUS.items() if name not in PLATEAU_COLORS and under > 1
        ]
        self.say(f"Other models also stop at {', '.join(missing[:-1])} or {missing[-1]}")
        self.hush(
            FadeOut(Group(*signs, *panes, *self.signs), time_span=(0, 0.6)),
            self.frame.animate.reorient(*LAST),
            run_time=1.4,
        )
