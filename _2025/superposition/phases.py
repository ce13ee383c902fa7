from _2025.superposition.dimensions import LAST as BEFORE
from _2025.superposition.dimensions import get_floor, get_slabs
from manim_imports_ext import *
from truth.superposition import loss_ignored, loss_of_pair, share_of_error, train_phases

COLORS = (INPUT, FEED_FORWARD, TARGET)  # the second feature is dropped, the first is dropped, both are kept
FROM_THE_SIDE = View(-28, -26, 0, (0.5, 1.05, 0), 10.4)
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

    forms = (
        (R"\text{drop the second: } \; r \left( \tfrac{p}{3} - \tfrac{p^2}{4} \right)", 0),
        (R"\text{drop the first: } \; \tfrac{p}{3} - \tfrac{p^2}{4}", 1),
        (R"\text{opposite: } \; (1 + r) \, \tfrac{p^2}{6}", 2),
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
        """The ends of both axes, as signs at the edges of the ground; they follow its picture."""
        (width, depth), frame, config = self.picture.size, self.frame, self.runs.config
        x, z = (-0.4 * width, 0.4 * width), (0.44 * depth, -0.44 * depth)
        ends = [
            *(
                (R"\text{{importance }} r = {}", r, 1, (place, 0.62 * depth))
                for r, place in zip(config.importances[::16], x, strict=True)
            ),
            *(
                (R"\text{{density }} p = {}", p, 2, (0.72 * width, place))
                for p, place in zip(config.densities[::16], z, strict=True)
            ),
        ]
        signs = Group()
        for tex, value, decimals, (at_x, at_z) in ends:
            words = get_formula(
                tex, Shown(f"end of the axis of {tex.split()[-3]}", np.array(value), decimals), font_size=LABEL + 6
            )
            signs.add(Sign(words, frame, lambda at_x=at_x, at_z=at_z: np.array([at_x, 0, at_z]), -0.2))
        return signs.set_z_index(1)

    def get_formula(self, index):
        """A closed form in the colour of its sheet, on a plate at the upper edge."""
        tex, color = self.forms[index]
        formula = Tex(tex, font_size=HEADING).set_color(COLORS[color]).set_max_width(12).to_edge(UP, buff=0.45)
        return VGroup(Plate(formula, 0.2, color=mix_colors(PLATE, BACKGROUND, 0.4)), formula).fix_in_frame()

    # Beats

    def lay_the_ground(self):
        # Let the large toy sink into its floor: on it, two features alone
        slabs, floor = get_slabs(), get_floor()
        ground, self.axes = get_ground(self.picture), self.get_axes()
        self.frame.reorient(*BEFORE)
        self.add(floor, slabs)

        def sink(slabs, alpha):
            for slab in slabs:
                slab.set_rise(max(1 - 1.4 * alpha, 0.001))

        self.play(
            UpdateFromAlphaFunc(slabs, sink),
            self.frame.animate(rate_func=linear).increment_theta(-10 * DEGREES),
            run_time=1.2,
        )
        self.remove(slabs)
        self.say(
            "A smaller toy: two features, one number",
            floor.animate.set_shape(*ground.faces.get_shape()).move_to(ground.faces),
            FadeIn(self.axes, time_span=(1.2, 1.8)),
            self.frame.animate.reorient(*FROM_THE_SIDE),
            run_time=2.2,
        )
        self.remove(floor)
        self.add(ground, self.axes)

    def raise_the_sheets(self):
        # Raise the loss of each of three ways to do it
        self.say("Height: how much of the error is left")
        self.sheets, formula = Group(), VGroup()
        for index, seconds in enumerate((2.2, 1.2, 2.0)):
            sheet, new = self.picture.get_sheet(index), self.get_formula(index)
            sheet.save_state()
            sheet.stretch(0.01, 1, about_point=ORIGIN).set_opacity(0)
            self.play(
                Restore(sheet),
                FadeOut(formula, 0.3 * UP, time_span=(0, 0.4)),
                FadeIn(new, 0.3 * UP, time_span=(0.3, 0.9)),
                run_time=1.3,
            )
            self.play(self.frame.animate(rate_func=linear).increment_theta(5 * DEGREES), run_time=seconds)
            self.sheets.add(sheet)
            formula = new
        self.formula = formula
        self.hush()

    def keep_the_lowest(self):
        # Keep of the three whichever is lowest
        picture = self.picture
        self.play(
            FadeOut(self.formula, time_span=(0, 0.4)),
            FadeIn(picture, time_span=(0, 0.1)),
            *(sheet.animate.shift(7 * UP).set_opacity(0) for sheet in self.sheets),
            self.frame.animate.reorient(-8, -34, 0, (0.4, 0.4, 0), 9.2),
            run_time=2,
        )
        self.remove(*self.sheets)
        self.say("Keep the lowest of the three")

        # See it from above, as a map
        self.hush(self.frame.animate.reorient(*FROM_ABOVE), run_time=2.2)
        names = self.get_names()
        self.play(LaggedStart(*(FadeIn(name) for name in names), lag_ratio=0.4), run_time=1.6)
        self.wait(1.7)
        self.names = names

    def get_names(self):
        """What is best in each part of the map."""
        places = (0.22, 0.6), (4.6, 0.6), (1.0, 0.06)
        words = "drop the\nsecond", "drop the\nfirst", "keep both,\nin opposite directions"
        names = VGroup()
        for (r, p), text in zip(places, words, strict=True):
            x, y = to_screen(self.frame, self.picture.place(r, p, 0.3))
            name = Text(text, font_size=HEADING, alignment="CENTER").set_color(BACKGROUND)
            names.add(name.move_to([x, y, 0]))
        return names.fix_in_frame()

    def drop_the_models(self):
        # Ask training itself: let the trained models fall onto the map
        picture = put_dots(self.picture)
        dots, ends = picture.dots, picture.dots.get_points().copy()
        self.play(FadeOut(Group(self.names, self.axes)), run_time=0.4)
        starts = ends + 6 * UP

        def fall(dots, alpha):
            lag = 0.5 * (ends[:, :1] - ends[:, 0].min()) / np.ptp(ends[:, 0])
            share = np.clip((float(alpha) - lag) / 0.5, 0, 1) ** 2
            dots.set_points((1 - share) * starts + share * ends)

        self.play(
            UpdateFromAlphaFunc(dots, fall, rate_func=linear),
            self.frame.animate.reorient(*LAST),
            run_time=2.8,
        )
        agree = (self.runs.phases == self.runs.closed_forms.argmin(axis=0)).sum()
        self.say(self.get_count(int(agree), self.runs.phases.size))
        self.play(self.frame.animate(rate_func=smooth).reorient(*GOODBYE), run_time=3)

    def get_count(self, agree, total):
        """How many trained models do what the lowest of the three does."""
        numbers = [
            get_number(np.array(value), 0, source=name, font_size=HEADING).set_color(TEXT)
            for value, name in ((agree, "models in the phase of the lowest form"), (total, "trained models"))
        ]
        words = [Text(text, font_size=BODY) for text in ("of", "trained models agree; the others sit at a border")]
        line = VGroup(numbers[0], words[0], numbers[1], words[1]).arrange(RIGHT, buff=0.18)
        for part in line:
            put_on_baseline(part, words[1])
        return line.set_max_width(12.6).move_to([0, -3.4, 0]).fix_in_frame()
