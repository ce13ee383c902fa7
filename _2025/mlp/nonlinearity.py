from functools import partial

from manim_imports_ext import *
from truth.toy_mlp import DIRECTIONS, TOKENS

UNIT, HEIGHT = 3.5, 1.05  # of one along a direction, and of a score of one, in frame units
BIASES = -1.0, -1.7
HIGHEST = "Michael Jordan"  # whose sign stands above the others
NEAREST = "love"  # who stands before all others: signs stand beside him, so that they hide nothing
SHOWN = "Michael Phelps", "Michael Jordan", "Alexis Jordan", "love"  # tokens of the toy block, in the order of the walk
MICHAEL, JORDAN = INPUT, mix_colors(INPUT, ACTIVATION, 0.75)


def get_places():
    """Where tokens of the toy block stand on the plane of M and J: name: (M · E, J · E)."""
    embeddings = {token.words: token.embedding for token in TOKENS}
    return {name: np.array([DIRECTIONS[letter] @ embeddings[name] for letter in "MJ"]).round(9) for name in SHOWN}


class ScorePlane(Group):
    """The plane of two directions as a sheet that can be raised to a slope, lowered by a bias, and folded at zero.

    Its points have coordinates (M · E, J · E); their score is the sum of the two. The slope rises away from the
    viewer. Those who stand on it stand on columns as high as their scores, or on the sheet.

    Parts: `sheet` (the top and its edges), `grid`, `arrows` (M, J), `columns`, `pawns`, in the order of `places`.
    Trackers: `reach` (of the arrows), `sizes` (of the pawns), `rise` (0: flat, 1: as high as the score), `bias`, `fold`
    (1: nothing is below zero), `lifts` (of each one alone, while the sheet is flat).
    """

    depth, width = (-0.8, 1.9), 1.6  # how far it reaches along M + J, and to either side

    def __init__(self, places):
        self.places = places
        self.rise, self.bias, self.fold = (ValueTracker(0.0) for _ in range(3))
        self.lifts = [ValueTracker(0.0) for _ in places]
        self.reach, self.sizes = ValueTracker(0.01), [ValueTracker(0.01) for _ in places]
        self.sheet = Group(Surface(resolution=(2, 62)), *(Surface(resolution=(2, 62)) for _ in range(2)))
        self.sheet.add(*(Surface(resolution=(2, 2)) for _ in range(2)))
        for surface in self.sheet:
            surface.set_shading(0.25, 0.2, 0.35).apply_depth_test()
        self.grid = VGroup(VMobject().set_stroke(TEXT, 1.5, 0.22).apply_depth_test() for _ in self.get_grid_lines())
        self.arrows = Group(Group(), Group())
        self.columns = Group(
            Cube(side_length=1).set_color(POSITIVE_RAMP[1]).set_shading(0.3, 0.2, 0.5).apply_depth_test()
            for _ in places
        )
        self.pawns = Group(get_pawn(FOCUS if name == HIGHEST else MUTED) for name in places)
        super().__init__(self.sheet, self.grid, self.arrows, self.columns, self.pawns)
        self.seen = None
        self.add_updater(lambda plane: plane.follow())
        self.follow()

    # What is computed

    def get_height(self, score, rise=None):
        """What the sheet is worth at a score: with the bias, and folded as far as it is by now."""
        value = (self.rise.get_value() if rise is None else rise) * np.asarray(score, dtype=float)
        value = value + self.bias.get_value()
        return np.where(value < 0, (1 - self.fold.get_value()) * value, value)

    def get_value(self, index):
        """What the one with that index stands at: the score so far, with bias and fold."""
        rise = max(self.rise.get_value(), self.lifts[index].get_value())
        return float(np.round(self.get_height(self.get_score(index), rise), 9))

    def get_shown_value(self, index):
        """The same as a number says it: with the bias as it is read, folded as soon as the formula has the ReLU."""
        rise = max(self.rise.get_value(), self.lifts[index].get_value())
        value = rise * self.get_score(index) + round(self.bias.get_value(), 1)
        return float(np.round(max(value, 0) if self.fold.get_value() > 0 else value, 9))

    def get_score(self, index):
        return float(sum(list(self.places.values())[index]))

    def to_space(self, a, b, value=0.0):
        """The point (3,) in space over (M · E, J · E) = (a, b), at the height of a value."""
        along, across = (a + b) / np.sqrt(2), (b - a) / np.sqrt(2)
        return np.array([UNIT * across, HEIGHT * value, UNIT * (np.mean(self.depth) - along)])

    def get_hanging(self, index):
        """How far a negative score reaches below the flat floor of somebody; less the more the floor slopes."""
        is_flat = max(1 - self.rise.get_value(), 0.0) if self.bias.get_value() == 0 else 0.0
        return is_flat * max(-self.get_value(index), 0.0)

    def get_spot(self, index, lift=0.0):
        """Where one of them stands, and so much above."""
        value = self.get_value(index) + self.get_hanging(index)
        return self.to_space(*list(self.places.values())[index], value) + lift * UP

    def get_zero(self):
        """The score at which the sheet is at zero."""
        return -self.bias.get_value() / max(self.rise.get_value(), 1e-6)

    def get_crease(self, share=1.0):
        """A tube where the sheet is at zero: a share of the way across."""
        at = self.get_zero() / 2
        side = share * UNIT * self.width * RIGHT
        return get_tube(*(self.to_space(at, at) + 0.05 * UP + way for way in (-side, side)), 0.1)

    def get_grid_lines(self):
        """Ends (2, 2) of lines that are half a unit apart, parallel to M and to J, within the sheet."""
        (low, high), lines = np.sqrt(2) * np.array(self.depth), []
        for at in np.arange(-3, 5) / 2:
            reach = np.sqrt(2) * self.width
            start, end = max(low - at, at - reach), min(high - at, at + reach)
            if end - start > 0.2:
                lines += [np.array([(at, start), (at, end)]), np.array([(start, at), (end, at)])]
        return lines

    # What is drawn

    def follow(self):
        """Be drawn as the trackers say."""
        trackers = (self.rise, self.bias, self.fold, self.reach, *self.lifts, *self.sizes)
        state = tuple(tracker.get_value() for tracker in trackers)
        if state == self.seen:
            return
        self.seen = state
        self.draw_sheet()
        for line, ends in zip(self.grid, self.get_grid_lines(), strict=True):
            scores = ends.sum(axis=1)
            share = (self.get_zero() - scores[0]) / (scores[1] - scores[0] or 1)
            corners = [ends[0], *([ends[0] + share * (ends[1] - ends[0])] if 0 < share < 1 else []), ends[1]]
            line.set_points_as_corners([self.to_space(*c, self.get_height(c.sum())) + 0.02 * UP for c in corners])
        reach = self.reach.get_value()
        for arrow, end, color in zip(self.arrows, ((reach, 0), (0, reach)), (MICHAEL, JORDAN), strict=True):
            arrow.set_submobjects([self.get_arrow(end, color)])
        for index, (column, pawn) in enumerate(zip(self.columns, self.pawns, strict=True)):
            foot, hanging = self.get_spot(index), HEIGHT * self.get_hanging(index)
            height = max(foot[1], hanging, 0.01)
            column.set_shape(0.5, height, 0.5).move_to(foot - height / 2 * UP - (0.05 * UP if foot[1] <= 0 else 0))
            if hanging > 0.01:  # seen through the floor
                column.deactivate_depth_test().set_color(NEGATIVE_RAMP[1])
            else:
                column.apply_depth_test().set_color(POSITIVE_RAMP[1])
            size = self.sizes[index].get_value()
            pawn.scale(size / pawn.size, about_point=pawn.foot).shift(foot - pawn.foot)
            pawn.foot, pawn.size = foot, size

    def get_arrow(self, end, color, width=0.17):
        """An arrow on the sheet from the origin, along it."""
        tips = [self.to_space(*place, self.get_height(sum(place))) + 0.1 * UP for place in ((0, 0), end)]
        return SolidArrow(*tips, color=color, width=width)

    def draw_sheet(self):
        """Two flat parts that meet at the crease, and walls around them."""
        crease = np.clip(self.get_zero() / np.sqrt(2), *self.depth)
        halves = [np.linspace(*ends, 31) for ends in ((self.depth[0], crease), (crease, self.depth[1]))]
        along = np.concatenate(halves)
        values = self.get_height(np.sqrt(2) * along)
        middles = [self.to_space(at / np.sqrt(2), at / np.sqrt(2), v) for at, v in zip(along, values, strict=True)]
        middle = np.array(middles)
        ways = [half[-1] - half[0] for half in np.split(middle, 2)]
        ways = [way / np.linalg.norm(way) if np.linalg.norm(way) > 1e-6 else IN for way in ways]
        forward, side, deep = np.repeat(ways, 31, axis=0), UNIT * self.width * RIGHT, 0.22 * DOWN
        colors = get_ground_colors(values)
        top, left, right, front, back = self.sheet
        set_surface(top, (middle - side, middle + side), RIGHT, forward, colors)
        set_surface(left, (middle - side + deep, middle - side), UP, -forward, 0.6 * colors)
        set_surface(right, (middle + side + deep, middle + side), UP, forward, 0.6 * colors)
        for wall, end, way in ((front, 0, LEFT), (back, -1, RIGHT)):
            edge = np.array([middle[end] + side, middle[end] - side])
            set_surface(wall, (edge + deep, edge), UP, way, 0.6 * colors[[end, end]])


def set_surface(surface, rows, way_u, way_v, colors):
    """Give a surface of resolution (2, n) its points (n, 3) in two rows, its directions there, and its colours."""
    points = np.concatenate(rows)
    surface.set_points(points)
    surface.data["du_point"][:] = points + 1e-3 * way_u
    surface.data["dv_point"][:] = points + 1e-3 * np.concatenate([np.broadcast_to(way_v, rows[0].shape)] * 2)
    surface.data["rgba"][:] = np.pad(np.concatenate([colors, colors]), ((0, 0), (0, 1)), constant_values=1)
    surface.note_changed_data()


def get_ground_colors(values, largest=2.0):
    """(n, 3): what a sheet looks like at values: a plate at zero, blue above, orange below."""
    ends = {1: POSITIVE_RAMP[1], -1: NEGATIVE_RAMP[1], 0: PLATE}
    plate = color_to_rgb(mix_colors(PLATE, TEXT, 0.12))
    shares = np.clip(np.abs(values) / largest, 0, 1)[:, None]
    hues = np.array([color_to_rgb(ends[int(np.sign(value))]) for value in values])
    return np.where(shares > 0, (1 - shares) * plate + shares * hues, plate)


def get_pawn(color):
    """Somebody, standing: a lit cone with a head. It stands on its `foot`, in its `size`."""
    body = Cone(resolution=(31, 2)).stretch(0.85, 2, about_point=ORIGIN).scale(0.24, about_point=ORIGIN)
    body.stretch(3.4, 2, about_point=ORIGIN).rotate(-PI / 2, RIGHT, about_point=ORIGIN)
    head = Sphere(radius=0.17, resolution=(31, 16)).move_to(0.66 * UP)
    pawn = Group(body, head).set_color(color).set_shading(0.3, 0.25, 0.45).apply_depth_test()
    pawn.foot, pawn.size = ORIGIN, 1.0
    return pawn


class NonlinearityOfLanguage(CaptionedScene):
    """A score gives half marks to half a match; a bias and a fold leave nothing of those."""

    chapter = "Why a score needs a kink"

    views = {  # yaw, pitch, roll, centre, height
        "first": (-24, -38, 0, (0, 0.1, 0.4), 7.2),
        "walk": (6, -31, 0, (0.3, 1.9, 0), 9.8),
        "slope": (11, -15, 0, (0.3, 1.3, 0), 9.6),
        "fold": (9, -18, 0, (0.3, 0.9, 0), 9.6),
        "last": (6, -24, 0, (0, 0.9, 0), 8.6),
    }

    def construct(self):
        self.move_the_fold(self.tell())

    def tell(self, page=None):
        """Play the story on whatever stage there is; everything is drawn about the origin.

        It takes the camera over: a lens of 26 degrees, turning about the upright axis (as `set_telephoto` has it).

        Args:
            page: what lies before the picture, fixed in the frame; it slides out as this begins.

        Returns:
            the Group of all that it put on stage, still there, the plane first (the caption is `self.caption`).
        """
        set_telephoto(self.frame, 26).reorient(*self.views["first"])
        plane = ScorePlane(get_places())
        signs, letters = self.lay_out_the_plane(plane, Group() if page is None else page)
        tiles, panel = self.walk_through_people(plane)
        signs.add(*letters, *tiles)
        self.raise_the_slope(plane, panel)
        ground, panel = self.lower_it_by_a_bias(plane, signs)
        crease, panel = self.fold_it_at_zero(plane, signs, ground, panel)
        return Group(plane, crease, signs, panel)

    # What is shown

    def look(self, view, **config):
        """Animation: the camera goes to one of the views."""
        return self.frame.animate(**config).reorient(*self.views[view])

    def get_sign_point(self, plane, index, side):
        """Where a sign of somebody stands: over his head, or to one side where that would hide the arrows."""
        if list(plane.places)[index] == NEAREST:
            return plane.get_spot(index) + side
        return plane.get_spot(index, 0.92)

    def get_signs(self, plane):
        """A name over everybody's head."""
        signs = VGroup()
        for index, name in enumerate(plane.places):
            color = FOCUS if name == HIGHEST else TEXT
            point = partial(self.get_sign_point, plane, index, 0.8 * LEFT)
            lift = 0 if name == NEAREST else 0.5 if name == HIGHEST else 0.1
            signs.add(Sign(name, self.frame, point, lift=lift, font_size=34, text_color=color))
        return signs

    def get_letters(self, plane):
        """M and J, on their arrows."""
        letters = VGroup()
        for letter, color, place in (("M", MICHAEL, np.array([0.65, 0])), ("J", JORDAN, np.array([0, 0.65]))):

            def get_point(place=place):
                return plane.to_space(*place, plane.get_height(place.sum())) + 0.3 * DOWN

            tex = Tex(rf"\vec{{{letter}}}", font_size=40).set_color(color)
            letters.add(Sign(tex, self.frame, get_point, lift=-0.6))
        return letters

    def get_tile(self, plane, index):
        """What somebody stands at, as a number on a tile of its colour, over the name."""
        name = list(plane.places)[index]
        get_value = partial(plane.get_shown_value, index)
        source = Source(f"score of {name}", (), get_value)
        number = SourcedNumber(-1.0, num_decimal_places=1, font_size=46, source=source, edge_to_fix=ORIGIN)
        number.mark_zero = False
        point = partial(self.get_sign_point, plane, index, 0.8 * RIGHT)
        tile = Sign(number, self.frame, point, lift=0 if name == NEAREST else 1.18 if name == HIGHEST else 0.78)

        def follow(tile):
            number.set_value(get_value())
            shown = number.shown_value
            ramps = {"positive": (PANEL, POSITIVE_RAMP[1]), "negative": (PANEL, NEGATIVE_RAMP[1]), "neutral": PANEL}
            tile.plate.face.set_fill(value_to_color(shown, 0, 2, **ramps))
            number.set_fill(BACKGROUND if abs(shown) > 1.1 else TEXT)

        return tile.add_updater(follow).update()

    def get_panel(self, tex, *below):
        """A formula on a plate, in the lower right corner, and what stands below it or, if that is a number, behind."""
        parts = {R"\vec{M}": MICHAEL, R"\vec{J}": JORDAN, R"\vec{E}": TEXT, "b": POSITIVE_RAMP[1]}
        formula = Tex(tex, font_size=BODY, t2c=parts)
        rows = [VGroup(formula, *below[:1]).arrange(RIGHT, buff=0.25)] if tex.endswith("=") else [formula, *below]
        content = VGroup(*rows).arrange(DOWN, buff=0.25, aligned_edge=LEFT)
        return VGroup(Plate(content), content).to_corner(DR, buff=SAFE_AREA).fix_in_frame().update()

    def get_bias(self, plane):
        """b = what it is now."""
        name = Tex("b =", font_size=BODY).set_color(POSITIVE_RAMP[1])
        return VGroup(name, self.get_live("b", lambda: round(plane.bias.get_value(), 1), BODY)).arrange(
            RIGHT, buff=0.25
        )

    def tell_in_the_corner(self, words, *animations, run_time=None):
        """As `say`, in the upper right corner, where nothing stands: the floor is below."""
        text = Text(words, font_size=BODY, alignment="RIGHT").set_color(TEXT).set_backstroke(BACKGROUND, 5)
        self.say(text.to_corner(UR, buff=SAFE_AREA + 0.1).fix_in_frame(), *animations, run_time=run_time)

    def get_live(self, name, function, font_size=HEADING):
        """A number that always says what a function gives."""
        source = Source(name, (), function)
        number = SourcedNumber(-1.0, num_decimal_places=1, font_size=font_size, edge_to_fix=LEFT, source=source)
        number.mark_zero = False
        return number.add_updater(lambda number: number.set_value(function()), call=False)

    # Beats

    def lay_out_the_plane(self, plane, page):
        # Draw two of the toy's directions on a floor
        self.add(plane, page)
        self.play(FadeIn(plane, run_time=0.5), page.animate.shift(8 * DOWN), run_time=1)
        self.remove(page)
        self.tell_in_the_corner("Two of the toy’s\n64 directions", plane.reach.animate.set_value(1), run_time=1.2)
        words = (("first name Michael", MICHAEL, (1.05, 0)), ("last name Jordan", JORDAN, (0, 1.05)))
        labels = VGroup(
            Sign(word, self.frame, partial(plane.to_space, *place), lift=0.15, font_size=34, text_color=color)
            for word, color, place in words
        )
        self.play(FadeIn(labels), self.look("walk", run_time=3))

        # Put everybody in his place
        signs = self.get_signs(plane)
        letters = self.get_letters(plane)
        self.hush(FadeOut(labels), FadeIn(letters))
        for index, size in enumerate(plane.sizes):
            tall = 0.7 if list(plane.places)[index] == NEAREST else 1
            self.play(size.animate.set_value(tall), FadeIn(signs[index]), run_time=0.5)
        return signs, letters

    def walk_through_people(self, plane):
        # Let an embedding walk to each, and lift everybody by the score
        place = [ValueTracker(0), ValueTracker(0)]
        walker = Group()

        def get_end():
            return np.array([tracker.get_value() for tracker in place])

        def follow(walker):
            end = get_end() if get_end().any() else plane.places["Michael Phelps"] / 50  # it has to point somewhere
            short = max(1 - 0.1 / np.linalg.norm(end), 0.3)
            walker.set_submobjects([plane.get_arrow(short * end, TEXT, 0.2)])

        walker.add_updater(follow)
        score = self.get_live("(M + J) · E", lambda: round(get_end().sum(), 9), HEADING)
        panel = self.get_panel(R"(\vec{M} + \vec{J}) \cdot \vec{E} =", score)
        letter = Sign(Tex(R"\vec{E}", font_size=40), self.frame, lambda: plane.to_space(*(0.55 * get_end())) + 0.2 * UP)
        axis, sum_letter = self.get_axis(plane), self.get_axis_letter(plane)
        self.add(walker)
        self.play(
            FadeIn(VGroup(panel, letter, sum_letter)),
            GrowFromPoint(axis, axis.get_start()),
            run_time=0.8,
        )
        tiles, rulers = VGroup(), Group()
        for index, name in enumerate(plane.places):
            goes = [t.animate.set_value(x) for t, x in zip(place, plane.places[name], strict=True)]
            self.play(*goes, run_time=2 if index < 2 else 1.3)
            ruler = self.get_ruler(plane, plane.places[name])
            if ruler is not None:
                rulers.add(ruler)
                self.play(GrowFromPoint(ruler, ruler.get_start()), run_time=0.6)
            self.play(plane.lifts[index].animate.set_value(1), run_time=0.9)
            tiles.add(self.get_tile(plane, index))
            self.play(FadeIn(tiles[-1], scale=1.4), run_time=0.3)
        walker.clear_updaters()
        self.play(*map(FadeOut, (walker, letter, axis, sum_letter, rulers)), run_time=0.4)
        return tiles, panel

    def get_axis(self, plane):
        """The direction M + J, on the floor."""
        return get_tube(plane.to_space(-0.5, -0.5), plane.to_space(1.25, 1.25), 0.06).set_color(FOCUS)

    def get_axis_letter(self, plane):
        """What the axis is called, at its far end."""
        tex = Tex(R"\vec{M} + \vec{J}", font_size=36, t2c={R"\vec{M}": MICHAEL, R"\vec{J}": JORDAN})
        return Sign(tex, self.frame, partial(plane.to_space, 0.62, 0.62), lift=-0.1)

    def get_ruler(self, plane, place):
        """A line from somebody straight to the axis: where it meets it is the score. None for one who is on it."""
        foot, at = plane.to_space(*place), place.sum() / 2
        goal = plane.to_space(at, at)
        if np.linalg.norm(goal - foot) < 0.05:
            return None
        return get_tube(foot + 0.02 * UP, goal + 0.02 * UP, 0.05).set_color(TEXT)

    def raise_the_slope(self, plane, panel):
        # Raise the floor to all those heights: a slope
        self.tell_in_the_corner(
            "The height\nis the score",
            FadeOut(panel, time_span=(0, 0.4)),
            plane.rise.animate.set_value(1),
            self.look("slope"),
            run_time=3,
        )
        self.tell_in_the_corner("Half a match\ngets half the score")
        self.wait()

    def lower_it_by_a_bias(self, plane, signs):
        # Subtract one from everybody: the slope sinks
        lower = self.get_panel(R"(\vec{M} + \vec{J}) \cdot \vec{E} + b", self.get_bias(plane))
        ground = self.get_ground(plane)
        self.add(ground, signs)
        self.tell_in_the_corner(
            f"A bias: subtract {-BIASES[0]:g}\nfrom everybody",
            FadeIn(lower, time_span=(0.3, 0.7)),
            ground.animate.set_opacity(0.55),
        )
        self.play(plane.bias.animate.set_value(BIASES[0]), self.look("fold"), run_time=2.5)
        return ground, lower

    def fold_it_at_zero(self, plane, signs, ground, lower):
        # Cut off what is below zero
        tex = R"\mathrm{ReLU}((\vec{M} + \vec{J}) \cdot \vec{E} + b)"
        folded = self.get_panel(tex, self.get_bias(plane))
        spread = ValueTracker(0.01)
        crease = Group().add_updater(
            lambda crease: crease.set_submobjects([plane.get_crease(spread.get_value()).set_color(FOCUS)])
        )
        letters = signs[len(plane.places) : len(plane.places) + 2]  # in the way of the name of whoever is nearest
        self.add(crease, signs)
        self.tell_in_the_corner(
            "Cut off what is\nbelow zero: ReLU",
            FadeOut(letters, time_span=(0, 0.4)),
            FadeOut(lower, time_span=(0, 0.3)),
            FadeIn(folded, time_span=(0.3, 0.7)),
            spread.animate.set_value(1),
            plane.fold.animate.set_value(0.01),
            run_time=0.7,
        )
        signs.remove(*letters)
        self.play(plane.fold.animate.set_value(1), FadeOut(ground, time_span=(1, 2)), run_time=2)
        self.tell_in_the_corner("Only Michael Jordan\nstays above zero", self.look("last", run_time=4))
        return crease, folded

    def get_ground(self, plane):
        """A pane at zero, through which one sees what is below."""
        back = plane.to_space(*[plane.depth[1] / np.sqrt(2)] * 2)
        pane = Surface(resolution=(2, 2)).set_color(BACKGROUND, 0).set_shading(0, 0, 0).apply_depth_test()
        return pane.set_points([(x, -0.01, z) for x in (-9, 9) for z in (back[2], 14)])

    def move_the_fold(self, picture):
        # Lower the bias further: the fold moves
        self.tell_in_the_corner("A lower bias:\nthe fold is further up")
        self.play(picture[0].bias.animate.set_value(BIASES[1]), run_time=2)
        self.wait(1.5)
