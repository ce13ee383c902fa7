from _2025.superposition.phases import GOODBYE, get_ground, get_picture, put_dots
from _2025.superposition.toy_model import get_line
from manim_imports_ext import *
from truth.toy_mlp import DIRECTIONS, TOKENS, get_toy_mlp

SIDE, PITCH, RADIUS = 16, 0.37, 0.165  # neurons in a row of the wall, from one to the next, and of one
TOKEN = [token.words for token in TOKENS].index("Alexis Jordan")
LENGTH, LONGER = 2.75, 3.5  # of the neurons' arrows, and of the others: lengths mean nothing here
CORE = 0.95  # radius of the ball that they stand in
WALL_VIEW = View(-22, -8, 0, (0, -0.35, 0), 8.4)
BUNDLE_VIEW = View(-60, -16, 0, (0, 0.35, 0), 9.2)
LAST_VIEW = View(30, -12, 0, (0, 0.35, 0), 9.2)
FAR = View(36, -14, 0, (0, 0.15, 0), 28)


def get_directions():
    """(256, 64): the rows of the toy perceptron's up projection, as unit vectors."""
    up = get_toy_mlp().up
    return up / np.linalg.norm(up, axis=1, keepdims=True)


def get_shadow():
    """(3, 64): three orthonormal directions to look along. Up is the token's vector; the others are those, at right
    angles to it, in which the neurons differ most."""
    x = TOKENS[TOKEN].embedding / np.linalg.norm(TOKENS[TOKEN].embedding)
    rest = get_directions() - np.outer(get_directions() @ x, x)
    first, second = np.linalg.svd(rest, full_matrices=False)[2][:2]
    return np.stack([first, x, second])


def get_reach():
    """How near any neuron comes to the direction of basketball: the largest cosine."""
    return float((get_directions() @ DIRECTIONS["B"]).max())


def get_angle_to_word():
    """Degrees from the word's vector to basketball, in all 64 dimensions."""
    x = TOKENS[TOKEN].embedding
    return float(np.degrees(np.arccos(x @ DIRECTIONS["B"] / np.linalg.norm(x))))


class NeuronsReadAsDirections(CaptionedScene):
    """Each neuron is one direction among many; an idea can be a direction that no neuron has."""

    chapter = "Neurons are directions"

    def construct(self):
        set_telephoto(self.frame)
        self.neurons = get_toy_mlp().forward(TOKENS[TOKEN].embedding).neurons
        self.shadow = get_shadow()
        wall = self.stand_up_the_wall()
        self.turn_neurons_into_arrows(wall)
        self.hold_them_against_the_word()
        self.look_for_an_idea()

    # What is shown

    def get_colors(self):
        """A colour for each neuron: dark if it is off, and brighter the larger its activation."""
        shares = np.minimum(self.neurons / self.neurons.max(), 1)
        lit = mix_colors(SILENT, POSITIVE_RAMP[1], 0.75)
        dark = mix_colors(SILENT, PLATE, 0.5)
        return [mix_colors(lit, ACTIVATION, share) if share > 0 else dark for share in shares]

    def get_wall(self):
        """All 256 neurons as balls before a slab. Parts: the slab, the balls."""
        places = [[k % SIDE - (SIDE - 1) / 2, (SIDE - 1) / 2 - k // SIDE, 0] for k in range(SIDE**2)]
        balls = DotCloud(PITCH * np.array(places), radius=RADIUS).make_3d(0.35, 0.3, 0.45).apply_depth_test()
        balls.data["rgba"][:, :3] = [color_to_rgb(color) for color in self.get_colors()]
        slab = SolidBlock(SIDE * PITCH + 0.3, SIDE * PITCH + 0.3, 0.3).shift(0.45 * IN)
        return Group(slab, balls)

    def get_tips(self):
        """(256, 3): where the neurons' arrows end: on a ball, each in the direction of its shadow."""
        shadows = get_directions() @ self.shadow.T
        return LENGTH * shadows / np.linalg.norm(shadows, axis=1, keepdims=True)

    def get_arrow(self, vector, color, width=0.2):
        """The direction of a vector (64,), as an arrow from the origin."""
        shadow = self.shadow @ vector
        return SolidArrow(ORIGIN, LONGER * shadow / np.linalg.norm(shadow), color, width)

    def get_name(self, words, note, place):
        """What an arrow is, as a sign at a point: a name, and below it what the network does with it."""
        content = VGroup(Text(words, font_size=BODY), Text(note, font_size=LABEL).set_color(MUTED))
        return Sign(content.arrange(DOWN, buff=0.12), self.frame, lambda: place, -0.3)

    def get_facts(self):
        """What the picture cannot show: true angles, at the upper right."""
        facts = VGroup(
            get_line(text, get_number(np.array(value), 0, source=name, font_size=BODY), "°", font_size=LABEL)
            for text, value, name in (
                ("true angle to the word:", get_angle_to_word(), "angle from the word to basketball"),
                ("nearest neuron:", np.degrees(np.arccos(get_reach())), "angle from basketball to the nearest neuron"),
            )
        ).arrange(DOWN, buff=0.3, aligned_edge=LEFT)
        for fact in facts:
            fact[2].scale(1.4).next_to(fact[1], RIGHT, 0.05).align_to(fact[1], UP)
        return VGroup(Plate(facts), facts).to_corner(UR, buff=SAFE_AREA).fix_in_frame()

    def get_equator(self):
        """All that is at right angles to the word."""
        ring = Torus(r1=3.0, r2=0.05, resolution=(81, 9)).rotate(PI / 2, RIGHT)
        return ring.set_color(FOCUS).set_shading(0.3, 0.1, 0.4).apply_depth_test()

    # Beats

    def stand_up_the_wall(self):
        # Let the phase picture sink, and the perceptron's neurons stand up in its place
        picture, wall = get_picture(), self.get_wall()
        before = Group(get_ground(picture), put_dots(picture))
        self.frame.reorient(*GOODBYE)
        wall.shift(9 * UP)
        self.add(before, wall)
        self.say(
            "A toy set by hand: 256 neurons, 64 dimensions",
            before.animate.shift(11 * DOWN),
            wall.animate.shift(9 * DOWN),
            self.frame.animate.reorient(*WALL_VIEW),
            run_time=2.2,
        )
        self.remove(before)
        return wall

    def turn_neurons_into_arrows(self, wall):
        # Send each neuron to where its row of weights points
        slab, balls = wall
        starts, tips = balls.get_points().copy(), self.get_tips()
        self.arrows = Group(
            SolidArrow(ORIGIN, tip, color, 0.07) for tip, color in zip(tips, self.get_colors(), strict=True)
        )

        def fly(balls, alpha):
            balls.set_points((1 - alpha) * starts + alpha * tips)
            balls.set_radius((1 - 0.4 * alpha) * RADIUS)

        self.hush(
            UpdateFromAlphaFunc(balls, fly),
            FadeOut(slab, time_span=(0, 0.8)),
            self.frame.animate.reorient(*BUNDLE_VIEW),
            run_time=2.4,
        )
        core = Sphere(radius=CORE).set_color(PLATE).set_shading(0.3, 0.2, 0.4).apply_depth_test()

        def shrink(balls, alpha):
            balls.set_radius(max(0.6 * (1 - alpha), 0.01) * RADIUS)

        self.play(
            FadeIn(core),
            UpdateFromAlphaFunc(balls, shrink),
            *(GrowFromPoint(arrow, ORIGIN) for arrow in self.arrows),
            self.frame.animate(rate_func=linear).increment_theta(12 * DEGREES),
            run_time=1.4,
        )
        self.remove(balls)
        self.core = core
        self.say("Each is a direction; three of 64 dimensions shown")
        self.play(self.frame.animate(rate_func=linear).increment_theta(16 * DEGREES), run_time=3)

    def hold_them_against_the_word(self):
        # Bring in a word's vector: those along it are lit
        vector = TOKENS[TOKEN].embedding
        arrow = self.get_arrow(vector, FOCUS)
        tip = arrow.tip.get_center()
        name = self.get_name(TOKENS[TOKEN].words, "the input", 1.16 * tip)
        equator = self.get_equator()
        self.hush(
            GrowFromPoint(arrow, ORIGIN),
            FadeIn(name, time_span=(0.6, 1)),
            FadeIn(equator, time_span=(0.6, 1.2)),
            run_time=1.2,
        )
        self.say("Every lit neuron leans towards the word")
        self.play(self.frame.animate(rate_func=smooth).increment_theta(30 * DEGREES), run_time=3.4)
        self.shown = Group(arrow, equator, name)

    def look_for_an_idea(self):
        # Look for the neuron of an idea, and find only a direction
        vector = DIRECTIONS["B"]
        arrow = self.get_arrow(vector, TARGET)
        tip = arrow.tip.get_center()
        name, facts = self.get_name("basketball", "an idea read out", 1.6 * tip), self.get_facts()
        self.hush(GrowFromPoint(arrow, ORIGIN), FadeIn(name, time_span=(0.6, 1)), run_time=1)
        self.say("An idea needs no neuron: a direction will do", FadeIn(facts))
        self.play(self.frame.animate(rate_func=smooth).reorient(*LAST_VIEW), run_time=3.4)
        self.wait(2)

        # Go far off, to where the closing card begins
        self.hush(
            FadeOut(Group(facts, name, arrow, self.shown), time_span=(0, 0.4)),
            self.frame.animate(rate_func=rush_into).reorient(*FAR),
            run_time=1,
        )
