from manim_imports_ext import *
from truth.activations import relu


class NonlinearityOfLanguage(CaptionedScene):
    """A score alone cannot say "both"; a bias and a kink can."""

    chapter = "Why a score needs a kink"

    # Two directions at right angles: "first name Michael" and "last name Jordan".
    angles = {"M": 60 * DEG, "J": -30 * DEG}
    other = (-0.45, 0.4)  # neither, and on the negative side
    biases = (-1.0, -1.7)
    unit = 2.1

    def construct(self):
        self.draw_the_directions()
        self.measure_the_score()
        self.give_names_to_places()
        self.draw_the_border()
        self.make_it_stricter()

    # What is computed

    def get_direction(self, name):
        return np.array([np.cos(self.angles[name]), np.sin(self.angles[name])])

    def get_both(self):
        return self.get_direction("M") + self.get_direction("J")

    def get_place(self):
        """Where E is now, in coordinates of the plane: (2,)."""
        return np.array([tracker.get_value() for tracker in self.place])

    def get_score(self):
        """(M + J) · E."""
        return float(np.round(self.get_both() @ self.get_place(), 9))

    def get_answer(self):
        """ReLU((M + J) · E + bias)."""
        return float(relu(self.get_score() + self.bias.get_value()))

    def get_foot(self):
        """The shadow of E on the line through M + J: (2,)."""
        both = self.get_both()
        return (both @ self.get_place()) / (both @ both) * both

    def get_half_plane(self, score, positive):
        """The corners (n, 2) of the plane's part where (M + J) · E is above (or below) a score."""
        (x0, x1), (y0, y1) = self.plane.x_range[:2], self.plane.y_range[:2]
        corners, both = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)]), self.get_both()
        heights = (corners @ both - score) * (1 if positive else -1)
        kept = []
        for k in range(4):
            a, b, ha, hb = corners[k], corners[(k + 1) % 4], heights[k], heights[(k + 1) % 4]
            if ha >= 0:
                kept.append(a)
            if ha * hb < 0:
                kept.append(a + ha / (ha - hb) * (b - a))
        return np.array(kept)

    # What is shown

    def to_point(self, place):
        return self.plane.c2p(*place)

    def get_vector(self, place, color, thickness=5.0):
        return Arrow(self.to_point((0, 0)), self.to_point(place), buff=0, thickness=thickness).set_color(color)

    def get_label_along(self, text, name, color):
        """Words along a direction, on the side away from the other one."""
        angle = self.angles[name]
        label = Text(text, font_size=LABEL).set_color(color)
        middle = self.to_point(0.48 * self.get_direction(name))
        side = np.array([-np.sin(angle), np.cos(angle), 0]) * (1 if name == "M" else -1)
        return label.rotate(angle).move_to(middle + 0.27 * side)

    def get_region(self, positive, color):
        """A half plane that follows the bias."""
        region = VMobject().set_fill(color, 0.22).set_stroke(width=0)

        def follow(region):
            corners = self.get_half_plane(-self.bias.get_value(), positive)
            region.set_points_as_corners([self.to_point(corner) for corner in (*corners, corners[0])])

        follow(region)
        return region.add_updater(follow)

    def get_ends_of_border(self):
        """The two points of the plane's edge where the score equals minus the bias."""
        both, on = self.get_both(), -self.bias.get_value()
        corners = self.get_half_plane(on, True)
        return [self.to_point(c) for c in corners if abs(both @ c - on) < 1e-6]

    # Beats

    def draw_the_directions(self):
        # Draw two directions at right angles
        title = get_title("Can a Score Say “Both”?")
        plane = NumberPlane(
            (-1, 2.5, 0.5),
            (-1, 1.5, 0.5),
            width=3.5 * self.unit,
            height=2.5 * self.unit,
            background_line_style={"stroke_color": PARAMETER, "stroke_width": 1, "stroke_opacity": 0.35},
            faded_line_ratio=0,
            axis_config={"stroke_color": SCAFFOLD, "stroke_width": 2},
        )
        self.plane = plane.move_to(2.9 * LEFT + 0.05 * UP)
        m, j = (self.get_direction(name) for name in "MJ")
        vectors = VGroup(self.get_vector(m, INPUT), self.get_vector(j, ACTIVATION))
        labels = VGroup(
            self.get_label_along("Michael …", "M", INPUT),
            self.get_label_along("… Jordan", "J", ACTIVATION),
        )
        self.play(FadeIn(title, 0.2 * UP), FadeIn(plane), run_time=0.8)
        self.play(*(GrowArrow(vector) for vector in vectors), run_time=0.8)
        self.say("One direction for a first name, one for a last name", FadeIn(labels))
        self.wait(0.6)

        # Draw the line through their sum
        both = m + j
        sides = VGroup(
            DashedLine(self.to_point(a), self.to_point(both), dash_length=0.08).set_stroke(MUTED, 2) for a in (m, j)
        )
        ends = (-0.7 * both, 1.8 * both)
        line = Line(*map(self.to_point, ends)).set_stroke(TEXT, 2)
        formula = Tex(
            R"(\vec{M} + \vec{J}) \cdot \vec{E}", font_size=BODY, t2c={R"\vec{M}": INPUT, R"\vec{J}": ACTIVATION}
        )
        formula.move_to(4.5 * RIGHT + 2.1 * UP)
        self.play(ShowCreation(sides), run_time=0.6)
        self.play(ShowCreation(line), run_time=0.6)
        self.add(vectors, labels)
        self.say("A row of weights compares an embedding with M + J", FadeIn(formula))
        self.wait(0.6)
        self.formula, self.vectors, self.labels = formula, vectors, labels

    def measure_the_score(self):
        # Let an embedding cast its shadow on the line
        self.place = [ValueTracker(x) for x in self.get_direction("M")]
        self.bias = ValueTracker(self.biases[0])
        vector = always_redraw(lambda: self.get_vector(self.get_place(), TEXT, 6))
        drop = always_redraw(
            lambda: DashedLine(
                self.to_point(self.get_place()), self.to_point(self.get_foot()) + 1e-3 * RIGHT
            ).set_stroke(MUTED, 2)
        )
        shadow = always_redraw(
            lambda: Line(self.to_point((0, 0)), self.to_point(self.get_foot()) + 1e-3 * RIGHT).set_stroke(LOSS, 7)
        )
        dot = always_redraw(lambda: Dot(self.to_point(self.get_foot()), radius=0.08).set_color(LOSS))
        equals = Tex("=", font_size=HEADING)
        score = self.get_live("(M + J) · E", self.get_score).set_color(LOSS)
        VGroup(equals, score).arrange(RIGHT, buff=0.25).next_to(self.formula, DOWN, buff=0.35)
        name = Tex(R"\vec{E}", font_size=LABEL)
        name.add_updater(lambda name: name.move_to(self.to_point(1.13 * self.get_place()) + 0.12 * UP))
        self.play(FadeIn(vector), FadeIn(name), run_time=0.5)
        self.add(shadow, drop, dot, vector, name)
        self.say("Its score: the length of its shadow, times the length of M + J", FadeIn(VGroup(equals, score)))
        self.wait(0.6)
        self.vector_name = name
        self.score = VGroup(equals, score)

        # Carry it round: one name counts 1, both count 2
        both, j = self.get_both(), self.get_direction("J")
        self.play(self.get_move(both), run_time=1.3)
        self.wait(0.6)
        self.play(self.get_move(j), run_time=1.3)
        self.wait(0.6)
        self.play(self.get_move(both), run_time=1.3)
        self.wait(0.3)

    def get_live(self, name, function):
        """A number that always says what a function gives."""
        number = SourcedNumber(
            function(),
            num_decimal_places=1,
            font_size=TITLE,
            edge_to_fix=LEFT,
            source=Source(name, (), function),
        )
        return number.add_updater(lambda number: number.set_value(function()))

    def get_move(self, place):
        """Animation: E goes to a place."""
        return AnimationGroup(*(t.animate.set_value(x) for t, x in zip(self.place, place, strict=True)))

    def get_circling(self, center, radius=0.16):
        """Animation: E goes once round a place, and ends in it."""

        def go(group, alpha):
            turned = center + radius * np.sin(PI * alpha) * np.array([np.cos(TAU * alpha), np.sin(TAU * alpha)])
            for tracker, x in zip(self.place, turned, strict=True):
                tracker.set_value(x)

        return UpdateFromAlphaFunc(Group(*self.place), go)

    def give_names_to_places(self):
        # Name the place of both
        both, m, j = self.get_both(), self.get_direction("M"), self.get_direction("J")
        names = VGroup(
            Text(words, font_size=LABEL).set_color(TEXT)
            for words in ("Michael Jordan", "Michael Phelps", "Alexis Jordan", "(other)")
        )
        for name, place, side in zip(names, (both, m, j, self.other), (RIGHT, UL, DL, UP), strict=True):
            name.next_to(self.to_point(place), side, buff=0.15)
        names.set_backstroke(BACKGROUND, 6)
        self.say("Around both names, every score is high", FadeIn(names[0]), FadeOut(self.vector_name))
        self.play(self.get_circling(both), run_time=2)

        # Name the places of those who share only one
        self.say("But many people share one of the names")
        self.play(self.get_move(m), names[0].animate.set_opacity(0.5), run_time=1)
        self.play(FadeIn(names[1]), run_time=0.4)
        self.wait(0.4)
        self.play(self.get_move(j), names[1].animate.set_opacity(0.5), run_time=1)
        self.play(FadeIn(names[2]), run_time=0.4)
        self.wait(0.4)
        self.say("… and most have neither", self.get_move(self.other), names[2].animate.set_opacity(0.5), run_time=1)
        self.play(FadeIn(names[3]), run_time=0.4)
        self.wait(0.4)
        self.names = names

    def draw_the_border(self):
        # Take one off, and cut at zero
        rule = Tex(
            R"\mathrm{ReLU}((\vec{M} + \vec{J}) \cdot \vec{E} + b)",
            font_size=BODY,
            t2c={R"\vec{M}": INPUT, R"\vec{J}": ACTIVATION, "b": PARAMETER},
        )
        rule.move_to(4.5 * RIGHT + 0.1 * DOWN)
        bias = SourcedNumber(
            self.biases[0],
            num_decimal_places=1,
            font_size=BODY,
            source=Source("b", (), self.bias.get_value),
        ).set_color(PARAMETER)
        bias.add_updater(lambda number: number.set_value(self.bias.get_value()))
        name = Tex("b =", font_size=BODY).set_color(PARAMETER)
        line = VGroup(name, bias).arrange(RIGHT, buff=0.2).next_to(rule, DOWN, buff=0.3)
        equals = Tex("=", font_size=HEADING)
        answer = self.get_live("ReLU", self.get_answer).set_color(FOCUS)
        VGroup(equals, answer).arrange(RIGHT, buff=0.25).next_to(line, DOWN, buff=0.3)
        self.say("Take 1 off, and cut what is below zero", FadeIn(rule), FadeIn(line))
        self.play(FadeIn(VGroup(equals, answer)), run_time=0.5)

        # Colour the two sides of the border
        yes, no = self.get_region(True, OPERATION), self.get_region(False, GRADIENT)
        border = always_redraw(lambda: Line(*self.get_ends_of_border()).set_stroke(FOCUS, 4))
        words = VGroup(Text("Yes", font_size=BODY).set_color(OPERATION), Text("No", font_size=BODY).set_color(GRADIENT))
        words[0].move_to(self.to_point((2.1, 1.2)))
        words[1].move_to(self.to_point((-0.65, -0.75)))
        self.add(no, yes, self.plane)
        self.bring_to_back(yes, no)
        self.play(FadeIn(no), FadeIn(yes), ShowCreation(border), FadeIn(words), run_time=0.9)
        self.say("Only both names together come out above zero", self.get_move(self.get_direction("M")), run_time=1)
        self.wait(0.5)
        self.play(self.get_move(self.get_both()), run_time=1)
        self.wait(0.9)

    def make_it_stricter(self):
        # Lower the bias, and the border moves
        self.say("A lower bias asks for more")
        self.play(self.bias.animate.set_value(self.biases[1]), run_time=1.8)
        self.wait(1.8)
        for mobject in self.mobjects:
            mobject.clear_updaters()
        self.play(FadeOut(Group(*self.mobjects[1:])), run_time=0.4)
