from _2025.superposition.dimensions import LAST as BEFORE
from _2025.superposition.dimensions import get_floor, get_slabs
from _2025.superposition.toy_model import get_line
from manim_imports_ext import *
from truth.superposition import loss_ignored, loss_of_pair, share_of_error, train_phases

COLORS = (INPUT, FEED_FORWARD, TARGET)  # the second feature is dropped, the first is dropped, both are kept
FROM_THE_SIDE = View(-28, -26, 0, (-1.9, 1.0, -1), 10.8)
FROM_ABOVE = View(0, -89, 0, (0.6, 0, 0.3), 8.2)
LAST = View(24, -32, 0, (0.3, 0.3, 0), 9.4)
GOODBYE = View(4, -38, 0, (0.3, 0.3, 0), 9.4)


def get_picture():
    """The phase picture of two features on one number, by the closed forms, as shares of the whole error."""
    config = train_phases().config
    x_range, y_range = ((values[0], values[-1]) for values in (config.importances, config.densities))
    forms = (
        lambda r, p: share_of_error(loss_ignored(p, r), p, r),
        lambda r, p: share_of_error(loss_ignored(p), p, r),
        lambda r, p: share_of_error(loss_of_pair(p, r), p, r),
    )
    return PhasePicture(forms, COLORS, x_range, y_range, width=8.6, depth=6.2, height=3.6)


def get_ground(picture):
    """What the losses stand on."""
    width, depth = picture.size
    return SolidBlock(width + 0.5, 0.3, depth + 0.5).shift(0.16 * DOWN)


def put_dots(picture):
    """The trained models, each in the colour of what it did."""
    runs = train_phases()
    p, r = runs.grid
    return picture.set_dots(r, p, runs.phases)


class PhaseOfTwoFeatures(CaptionedScene):
    """Whether two features share one number depends on how rare they are, and on how unlike in importance."""

    chapter = "Two features, one number"

    # What each way to do it leaves of the whole error, (1 + r)(p/3 − p²/4): a name, a formula, and its function.
    forms = (
        ("keep the first", R"\frac{r}{1 + r}", lambda r, p: r / (1 + r) + 0 * p),
        ("keep the second", R"\frac{1}{1 + r}", lambda r, p: 1 / (1 + r) + 0 * p),
        ("keep both, opposite", R"\frac{2p}{4 - 3p}", lambda r, p: 2 * p / (4 - 3 * p) + 0 * r),
    )

    def construct(self):
        set_telephoto(self.frame)
        self.runs = train_phases()
        self.picture = get_picture()
        self.lay_the_ground()
        self.raise_the_sheets()
        self.keep_the_lowest()
        self.drop_the_models()

    # What is shown

    def get_axes(self):
        """Both axes with their ticks, as signs at the edges of the ground; they follow its picture."""
        (width, depth), config = self.picture.size, self.runs.config
        signs = Group()

        def add(parts, x, z):
            line = get_line(*parts, font_size=LABEL)
            signs.add(Sign(line, self.frame, lambda: np.array([x, 0, z]), -0.2))

        def get_tick(value, name):
            return get_number(np.array(value), source=name, font_size=LABEL)

        ratios, densities = config.importances[::8], config.densities[::8]
        for k, ratio in enumerate(ratios):
            parts = ["r ="] * (k == 0) + [get_tick(round(ratio, 9), "importance, second over first")]
            add(parts, (k - 1) * 0.47 * width, 0.58 * depth)
        for k, density in enumerate(densities):
            percent = get_tick(round(100 * density, 9), "density, in percent")
            add(["p ="] * (k == 0) + [percent, "%"], (0.6 if k == 0 else 0.56) * width, (0.8 - k * 0.9) * 0.5 * depth)
        return signs.set_z_index(1)

    def get_legend(self):
        """What the two axes are."""
        words = "r: importance, 2nd ÷ 1st", "p: how often each is there", "both on log scales"
        lines = VGroup(Text(line, font_size=LABEL - 4).set_color(MUTED) for line in words)
        lines.arrange(DOWN, buff=0.12, aligned_edge=LEFT)
        return lines.to_edge(LEFT, buff=SAFE_AREA).set_y(-2.55).fix_in_frame()

    def get_rod(self):
        """How high a share of the error is, at the left front corner. Parts: the rod, its signs."""
        picture = self.picture
        (r, _), (p, _) = picture.ranges
        foot, top = (picture.place(r, p, share) + 0.25 * LEFT for share in (0, 1))
        rod = get_tube(foot, top, 0.06).set_color(MUTED)
        signs = Group(
            Sign(words, self.frame, lambda point=point: point + 0.1 * LEFT, lift)
            for words, point, lift in (("100 % (cut)", top, 0.1), ("0 %", foot, 0.05))
        )
        return Group(rod, signs).set_z_index(1)

    def get_cards(self):
        """The three ways to keep two features on one line. Parts of each: plate, picture, name, formula."""
        cards = VGroup()
        for k, (name, tex, _) in enumerate(self.forms):
            line = Line(1.35 * LEFT, 1.35 * RIGHT).set_stroke(mix_colors(PLATE, TEXT, 0.5), 3)
            picture = VGroup(line)
            for feature, way in ((1, RIGHT), (2, LEFT if k == 2 else RIGHT)):
                if k in (feature - 1, 2):
                    arrow = Arrow(ORIGIN, 1.15 * way, buff=0, thickness=6).set_color(COLORS[k])
                    picture.add(arrow, Text(str(feature), font_size=LABEL).next_to(arrow.get_end(), UP, buff=0.18))
            body = VGroup(picture, Text(name, font_size=LABEL).set_color(COLORS[k])).arrange(DOWN, buff=0.22)
            formula = Tex(tex, font_size=BODY).set_color(COLORS[k])
            ground = Rectangle(3, 1.45).move_to(body)
            cards.add(VGroup(Plate(ground, 0.1, color=mix_colors(PLATE, BACKGROUND, 0.3)), *body, formula))
        for k, card in enumerate(cards):
            card[:3].move_to([-5.3, 2.7 - 1.9 * k, 0])
            card[3].next_to(card[0], RIGHT, buff=0.2)
        return cards.fix_in_frame()

    # Beats

    def lay_the_ground(self):
        # Let the large toy sink into its floor: on it, two features alone
        slabs, floor = get_slabs(), get_floor()
        ground, self.axes = get_ground(self.picture), self.get_axes()
        self.frame.reorient(*BEFORE)
        self.add(floor, slabs)

        def sink(slabs, alpha):
            for slab in slabs:
                slab.set_shape(max(1 - 1.4 * alpha, 0) * slab.values, slab.z)

        self.play(
            UpdateFromAlphaFunc(slabs, sink),
            self.frame.animate(rate_func=linear).increment_theta(-10 * DEGREES),
            run_time=1.2,
        )
        self.remove(slabs)
        self.cards = self.get_cards()
        ways = VGroup(card[:3] for card in self.cards)
        self.say(
            "Two features on one line: three ways",
            floor.animate.set_shape(*ground.faces.get_shape()).move_to(ground.faces),
            LaggedStart(*(FadeIn(way, 0.2 * UP) for way in ways), lag_ratio=0.4, time_span=(0.6, 2.2)),
            self.frame.animate.reorient(*FROM_THE_SIDE),
            run_time=2.2,
        )
        self.remove(floor)
        self.add(ground)

    def raise_the_sheets(self):
        # Raise over each rarity and importance what each of the three ways leaves of the error
        cards = self.cards
        self.rod, legend = self.get_rod(), self.get_legend()
        self.say(
            "Height: how much of the whole error is left",
            FadeIn(self.rod),
            FadeIn(self.axes),
            FadeIn(legend),
            run_time=1.2,
        )
        self.legend = legend
        self.add(self.axes)
        self.sheets = Group()
        sentences = "Drop the second: its error stays, r of 1 + r", "", "Keep both: wrong only when they meet"
        for index, (sentence, seconds) in enumerate(zip(sentences, (2.0, 0.4, 1.6), strict=True)):
            if sentence:
                self.say(sentence)
            else:
                self.hush()
            sheet, card = self.picture.get_sheet(index), cards[index]
            carried = card[1].copy().fix_in_frame()
            sheet.save_state()
            sheet.stretch(0.01, 1, about_point=ORIGIN).set_opacity(0)
            self.play(
                carried.animate(time_span=(0, 0.8)).move_to([1.6, -0.4, 0]).set_opacity(0),
                Restore(sheet, time_span=(0.4, 1.4)),
                FadeIn(card[3], 0.2 * RIGHT, time_span=(0.6, 1.2)),
                run_time=1.4,
            )
            self.remove(carried)
            self.play(self.frame.animate(rate_func=linear).increment_theta(4 * DEGREES), run_time=seconds)
            self.sheets.add(sheet)

    def keep_the_lowest(self):
        # Keep of the three whichever is lowest: what is above it fades
        picture = self.picture
        self.hush()
        self.add(picture, *self.sheets, cards := self.cards)
        self.say("Keep the lowest of the three", *(sheet.animate.set_opacity(0) for sheet in self.sheets), run_time=1.6)
        self.remove(*self.sheets)
        self.hush(FadeOut(Group(cards, self.rod)), run_time=0.5)

        # See it from above, as a map
        self.play(self.frame.animate.reorient(*FROM_ABOVE), self.legend.animate.move_to([5.42, -0.75, 0]), run_time=2)
        names = self.get_names()
        self.play(LaggedStart(*(FadeIn(name) for name in names), lag_ratio=0.4), run_time=1.6)
        self.wait(1.6)
        self.names = names

    def get_names(self):
        """What is best in each part of the map."""
        places = (0.22, 0.6), (4.6, 0.6), (1.0, 0.06)
        words = "keep the\nfirst", "keep the\nsecond", "keep both,\nin opposite directions"
        names = VGroup()
        for (r, p), text in zip(places, words, strict=True):
            x, y = to_screen(self.frame, self.picture.place(r, p, 0.3))
            name = Text(text, font_size=HEADING, alignment="CENTER").set_color(BACKGROUND)
            names.add(name.move_to([x, y, 0]))
        return names.fix_in_frame()

    def drop_the_models(self):
        # Ask training itself: let the trained models fall onto the map
        self.play(FadeOut(Group(self.names, self.axes, self.legend)), run_time=0.6)
        picture = put_dots(self.picture)
        dots, ends = picture.dots, picture.dots.get_points().copy()
        starts = ends + 6 * UP
        dots.set_points(starts)

        def fall(dots, alpha):
            lag = 0.5 * (ends[:, :1] - ends[:, 0].min()) / np.ptp(ends[:, 0])
            share = np.clip((float(alpha) - lag) / 0.5, 0, 1) ** 2
            dots.set_points((1 - share) * starts + share * ends).set_opacity(min(4 * float(alpha), 1))

        self.play(
            UpdateFromAlphaFunc(dots, fall, rate_func=linear),
            self.frame.animate.reorient(*LAST),
            run_time=2.8,
        )
        self.play(self.frame.animate(rate_func=smooth).reorient(*GOODBYE), run_time=1.2)

        # Ring those that do not do what the lowest of the three does
        agree = self.runs.phases == self.runs.closed_forms.argmin(axis=0)
        rings = VGroup(
            Circle(radius=0.17).set_stroke(FOCUS, 6).move_to([*to_screen(self.frame, point), 0])
            for point in ends[~agree.ravel()]
        ).fix_in_frame()
        self.say(self.get_count(int(agree.sum()), agree.size), FadeIn(rings, scale=1.5))
        self.play(rings.animate(rate_func=there_and_back).set_stroke(opacity=0.1), run_time=0.8)
        self.hush(FadeOut(rings))

    def get_count(self, agree, total):
        """How many trained models do what the lowest of the three does."""
        numbers = [
            get_number(np.array(value), 0, source=name, font_size=HEADING).set_color(TEXT)
            for value, name in ((agree, "models in the phase of the lowest form"), (total, "trained models"))
        ]
        words = [Text(text, font_size=BODY) for text in ("of", "trained models agree; the ringed ones sit at a border")]
        line = VGroup(numbers[0], words[0], numbers[1], words[1]).arrange(RIGHT, buff=0.18)
        for part in line:
            put_on_baseline(part, words[1])
        return line.set_max_width(12.6).move_to([0, -3.4, 0]).fix_in_frame()
