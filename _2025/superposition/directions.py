from _2025.superposition.phases import GOODBYE, get_ground, get_picture, put_dots
from _2025.superposition.toy_model import get_line
from manim_imports_ext import *
from truth.facts import FACTS, embed, train_fact_mlp
from truth.facts import get_directions as get_ideas

KNOWN, STRANGER, IDEA = ("Michael", "Jordan"), ("Michael", "Phelps"), "basketball"
SIDE, PITCH, RADIUS = 16, 0.37, 0.165  # neurons in a row of the wall, from one to the next, and of one
USED = 0.1  # a neuron with a row shorter than that was switched off by training: it has no direction to speak of
LENGTH, LONGER = 3.0, 3.5  # of the neurons' arrows, and of the input's: these lengths mean nothing
CORE = 0.5  # radius of the ball that they stand in
WALL_VIEW = View(-18, -8, 0, (3.0, -0.5, 0), 8.7)
BUNDLE_VIEW = View(-46, -14, 0, (0, 0.35, 0), 7.6)
CHAIN_VIEW = View(0, -7, 0, (0, 0, 0), 8)
CLOSE_VIEW = View(0, -7, 0, (-3.9, 0.5, 0), 2.6)
UNIT, START = 10.2, np.array([-5.3, 1.35, 0])  # of a length of 1 in the chain of outputs, and where that begins
IDEA_AT = -0.2  # height of the idea's own arrow
POLE = 2.9  # length of the arrow that the closing card takes over


def get_activations(name):
    """(256,): of the trained neurons, when a name goes in."""
    return train_fact_mlp().neurons(embed([name]))[0]


def get_rows():
    """(256, 64): what each trained neuron reads: its row of the up projection."""
    return train_fact_mlp().parameters_at(np.inf)[0]


def get_outputs(name):
    """(256, 64): what each neuron writes when a name goes in: its activation times its column."""
    return get_activations(name)[:, None] * train_fact_mlp().parameters_at(np.inf)[2].T


def get_total(name):
    """(64,): what all of them write together, with the bias."""
    return train_fact_mlp().update(embed([name]))[0]


def get_angles_to(name):
    """(256,): in degrees, between each neuron's row and the input, in all 64 dimensions."""
    rows, x = get_rows(), embed([name])[0]
    return np.degrees(np.arccos(rows @ x / np.linalg.norm(rows, axis=1) / np.linalg.norm(x)))


def get_tips():
    """(256, 3): where the neurons' arrows end. The angle to the input, which points up, is the true one; on which side
    of it they stand are the two directions, at right angles to it, in which they differ most."""
    rows, x = get_rows(), embed([KNOWN])[0]
    x = x / np.linalg.norm(x)
    rest = rows - np.outer(rows @ x, x)
    used = np.linalg.norm(rows, axis=1) > USED
    sides = rest @ np.linalg.svd(rest[used], full_matrices=False)[2][:2].T
    sides /= np.linalg.norm(sides, axis=1, keepdims=True)
    angles = np.radians(get_angles_to(KNOWN))
    return LENGTH * np.stack([np.sin(angles) * sides[:, 0], np.cos(angles), np.sin(angles) * sides[:, 1]], axis=1)


def get_chain(name):
    """The outputs of the neurons that a name lights, the strongest for the idea first, those against it last.

    Returns:
        Indices (n,), and the two numbers of each output that are drawn, (n, 2): along the idea, and along what they
        have most in common beside it.
    """
    idea, outputs = get_ideas([IDEA])[0], get_outputs(name)
    order = np.argsort(-(outputs @ idea))
    order = order[get_activations(name)[order] > 1e-9]
    known = get_outputs(KNOWN)
    beside = np.linalg.svd(known - np.outer(known @ idea, idea), full_matrices=False)[2][0]
    return order, outputs[order] @ np.stack([idea, beside], axis=1)


def get_pole():
    """The idea's arrow as it stands in the end, and on the closing card."""
    return SolidArrow(ORIGIN, POLE * UP, TARGET, 0.24)


class NeuronsReadAsDirections(CaptionedScene):
    """A neuron reads along one direction and writes along another; an idea is a direction that many of them share."""

    chapter = "Neurons are directions"

    n_listed = 6  # facts in the list, of all that it was trained on
    n_named = 3  # outputs that have their number

    def construct(self):
        set_telephoto(self.frame)
        self.neurons = get_activations(KNOWN)
        self.lit = np.flatnonzero(self.neurons > 1e-9)
        self.used = np.linalg.norm(get_rows(), axis=1) > USED
        wall = self.stand_up_the_wall()
        self.light_it_up(wall)
        self.turn_neurons_into_arrows(wall)
        self.hold_them_against_the_input()
        self.add_their_outputs()
        self.ask_for_a_stranger()

    # What is shown

    def get_colors(self, share=1.0):
        """A colour for each neuron: dark if it is off, and brighter the larger its activation; by a share."""
        strengths = share * np.minimum(1.4 * self.neurons / self.neurons.max(), 1)
        dark = mix_colors(PLATE, TEXT, 0.1)
        lit = mix_colors(SILENT, POSITIVE_RAMP[1], 0.75)
        return [
            mix_colors(mix_colors(dark, lit, share), ACTIVATION, strength) if neuron > 1e-9 else dark
            for neuron, strength in zip(self.neurons, strengths, strict=True)
        ]

    def set_light(self, balls, share):
        balls.data["rgba"][:, :3] = [color_to_rgb(color) for color in self.get_colors(share)]

    def get_wall(self):
        """All 256 neurons as balls before a slab, still dark. Parts: the slab, the balls."""
        places = [[k % SIDE - (SIDE - 1) / 2, (SIDE - 1) / 2 - k // SIDE, 0] for k in range(SIDE**2)]
        balls = DotCloud(PITCH * np.array(places), radius=RADIUS).make_3d(0.35, 0.3, 0.45).apply_depth_test()
        self.set_light(balls, 0)
        slab = SolidBlock(SIDE * PITCH + 0.3, SIDE * PITCH + 0.3, 0.3).shift(0.45 * IN)
        return Group(slab, balls)

    def get_list(self):
        """Some of the facts that it was trained on. Parts: plate, the facts (name and sport), how many there are."""
        facts = VGroup()
        for k, (first, last, sport) in enumerate(FACTS[:: len(FACTS) // self.n_listed][: self.n_listed]):
            name = Text(f"{first} {last}", font_size=LABEL).move_to([0, -0.62 * k, 0], LEFT)
            answer = Text(sport, font_size=LABEL).set_color(MUTED).move_to([3.1, -0.62 * k, 0], LEFT)
            put_on_baseline(answer, name)
            facts.add(VGroup(name, answer))
        facts[0][1].set_color(TARGET)
        count = get_number(np.array(len(FACTS)), 0, source="facts it was trained on", font_size=LABEL)
        count = get_line("…", count, "facts in all", font_size=LABEL).set_color(MUTED)
        count.next_to(facts, DOWN, buff=0.3).align_to(facts, LEFT)
        body = VGroup(facts, count)
        return VGroup(Plate(body, 0.35), facts, count).move_to([3.75, 0.35, 0]).fix_in_frame()

    def get_name(self, words, note, get_point, lift=0.15, color=TEXT):
        """What an arrow is, as a sign at a point: a name, and below it what it is here."""
        content = VGroup(Text(words, font_size=BODY).set_color(color), Text(note, font_size=LABEL).set_color(MUTED))
        return Sign(content.arrange(DOWN, buff=0.12), self.frame, get_point, lift)

    def get_equator(self):
        """All that is at right angles to the input."""
        ring = Torus(r1=LENGTH, r2=0.04, resolution=(81, 9)).rotate(PI / 2, RIGHT)
        return ring.set_color(FOCUS).set_shading(0.3, 0.1, 0.4).apply_depth_test()

    def get_links(self, name):
        """The outputs of a name's neurons, each begun where the last one ended, as arrows; those against the idea red
        and a little lower. Each has a length of its own: what they add up to is where the last one ends."""
        order, outputs = get_chain(name)
        links, place = Group(), START.copy()
        for neuron, (along, beside) in zip(order, outputs, strict=True):
            step = UNIT * np.array([along, beside, 0])
            length = max(float(np.linalg.norm(step)), 1e-3)
            drop = 0.55 * DOWN if along < 0 else ORIGIN
            shade = float(np.clip(3 * self.neurons[neuron], 0.25, 1))
            color = NEGATIVE_RAMP[1] if along < 0 else mix_colors(POSITIVE_RAMP[1], ACTIVATION, shade)
            end = place + drop + (step if length > 1e-3 else length * RIGHT)  # too short to be seen
            links.add(SolidArrow(place + drop, end, color, min(0.2, 0.35 * length)))
            place += step
        return links

    def get_named(self, name):
        """The numbers of the strongest outputs, then of all the others together; along the idea."""
        along = get_chain(name)[1][:, 0]
        marks, place = VGroup(), START.copy()
        shares = [*along[: self.n_named], along[self.n_named :].sum()]
        for k, share in enumerate(shares):
            number = get_number(np.array(share), 2, source=("along the idea", k), font_size=BODY).set_color(INPUT)
            words = [number] if k < self.n_named else [f"{len(along) - self.n_named} others:", number]
            line = get_line(*words, font_size=LABEL) if len(words) > 1 else VGroup(number)
            x, y = to_screen(self.frame, place + 0.5 * UNIT * share * RIGHT)
            marks.add(line.move_to([x, y + 0.75, 0]))
            place += UNIT * share * RIGHT
        return marks.fix_in_frame()

    def get_signed(self, name):
        """What the outputs for the idea come to, and those against it: two numbers beside the arrows, seen close."""
        along = get_chain(name)[1][:, 0]
        numbers = VGroup()
        for k, share in enumerate((along[along > 0].sum(), along[along < 0].sum())):
            number = get_number(np.array(share), 2, source=("along the idea", k), font_size=BODY)
            numbers.add(number.set_color((INPUT, NEGATIVE_RAMP[1])[k]).move_to([1.0, 2.3 - 1.7 * k, 0]))
        return numbers.fix_in_frame()

    def get_sum(self, name, place):
        """What the outputs of a name's neurons come to along the idea, as a readout at a place."""
        value = round(float(get_total(name) @ get_ideas([IDEA])[0]), 2) + 0.0  # no −0.00
        number = get_number(np.array(value), 2, source="sum along the idea", font_size=HEADING).set_color(TARGET)
        return get_line("sum, along basketball:", number).move_to(place).fix_in_frame()

    # Beats

    def stand_up_the_wall(self):
        # Let the phase picture sink, and a trained network's neurons stand up in its place
        picture, wall, facts = get_picture(), self.get_wall(), self.get_list()
        before = Group(get_ground(picture), put_dots(picture))
        self.frame.reorient(*GOODBYE)
        wall.shift(9 * UP)
        self.add(before, wall)
        self.play(
            before.animate.shift(11 * DOWN),
            wall.animate.shift(9 * DOWN),
            self.frame.animate.reorient(*WALL_VIEW),
            run_time=2.0,
        )
        self.remove(before)
        self.say(
            "Another trained network: who plays what?",
            FadeIn(facts[0]),
            LaggedStart(*(FadeIn(fact, 0.2 * RIGHT) for fact in (*facts[1], facts[2])), lag_ratio=0.15),
            run_time=1.6,
        )
        self.facts = facts
        return wall

    def light_it_up(self, wall):
        # Send one name in, and see which neurons light up
        balls = wall[1]
        name = self.facts[1][0][0].copy().fix_in_frame().set_color(FOCUS)
        self.hush(
            name.animate(time_span=(0, 0.9)).scale(0.6).move_to([-1.6, name.get_y(), 0]).set_opacity(0),
            UpdateFromAlphaFunc(balls, lambda balls, alpha: self.set_light(balls, alpha), time_span=(0.7, 1.4)),
            run_time=1.4,
        )
        self.remove(name)
        numbers = [
            get_number(np.array(value), 0, source=name, font_size=HEADING)
            for value, name in ((len(self.lit), "neurons that are lit"), (len(self.neurons), "neurons"))
        ]
        self.say(get_line(numbers[0], "of", numbers[1], "neurons light up").move_to([0, -3.4, 0]).fix_in_frame())

    def turn_neurons_into_arrows(self, wall):
        # Send each neuron to where its weights point
        slab, balls = wall
        starts, tips = balls.get_points().copy(), get_tips()
        tips[~self.used] = 0
        colors = self.get_colors()
        self.dark = Group(
            SolidArrow(ORIGIN, tips[k], mix_colors(PLATE, TEXT, 0.05), 0.04)
            for k in np.flatnonzero(self.used & (self.neurons <= 1e-9))
        )
        self.arrows = Group(SolidArrow(ORIGIN, tips[k], colors[k], 0.09) for k in self.lit)

        def fly(balls, alpha):
            balls.set_points((1 - alpha) * starts + alpha * tips)
            balls.set_radius((1 - 0.4 * alpha) * RADIUS)

        self.say(
            "A neuron’s weights are the direction it reads",
            UpdateFromAlphaFunc(balls, fly),
            FadeOut(Group(slab, self.facts), time_span=(0, 0.8)),
            self.frame.animate.reorient(*BUNDLE_VIEW),
            run_time=2.2,
        )
        core = Sphere(radius=CORE).set_color(PLATE).set_shading(0.3, 0.2, 0.4).apply_depth_test()

        def shrink(balls, alpha):
            balls.set_radius(max(0.6 * (1 - alpha), 0.01) * RADIUS)

        self.play(
            FadeIn(core),
            UpdateFromAlphaFunc(balls, shrink),
            *(GrowFromPoint(arrow, ORIGIN) for arrow in (*self.arrows, *self.dark)),
            self.frame.animate(rate_func=linear).increment_theta(12 * DEGREES),
            run_time=1.2,
        )
        self.remove(balls)
        self.core = core

    def hold_them_against_the_input(self):
        # Bring in the input's vector: those near it are lit
        arrow = SolidArrow(ORIGIN, LONGER * UP, FOCUS, 0.2)
        name = self.get_name(" ".join(KNOWN), "the input", lambda: np.array([-1.9, 2.9, 0]), color=FOCUS)
        ring = self.get_equator()
        squeezed = VGroup(
            Text("height: true angle to the input", font_size=LABEL),
            Text("around: squeezed from 64 dimensions", font_size=LABEL).set_color(MUTED),
            Text("dark above 90°: held back by the bias", font_size=LABEL).set_color(MUTED),
        ).arrange(DOWN, buff=0.2, aligned_edge=LEFT)
        note = VGroup(Plate(squeezed, 0.2), squeezed).to_corner(UR, buff=SAFE_AREA).fix_in_frame()
        right = Sign("90°", self.frame, lambda: LENGTH * 1.08 * np.array([0.94, 0, 0.34]), -0.2)
        self.play(
            GrowFromPoint(arrow, ORIGIN),
            FadeIn(name, time_span=(0.6, 1)),
            FadeIn(Group(ring, right, note), time_span=(0.6, 1.2)),
            run_time=1.2,
        )
        self.say("Lit: neurons that lean towards the input")
        self.play(self.frame.animate(rate_func=linear).increment_theta(40 * DEGREES), run_time=4.4)
        self.shown = Group(arrow, ring, name, note, right, self.core)

    def add_their_outputs(self):
        # Let the dark ones go; each lit one turns into what it writes, behind the one before
        links, order = self.get_links(KNOWN), list(get_chain(KNOWN)[0])
        places = {neuron: k for k, neuron in enumerate(self.lit)}
        arrows = [self.arrows[places[neuron]] for neuron in order]
        self.hush(
            FadeOut(self.shown, time_span=(0, 0.5)),
            *(arrow.animate(time_span=(0, 0.8)).scale(0.02, about_point=ORIGIN) for arrow in self.dark),
            self.frame.animate.reorient(*CHAIN_VIEW),
            run_time=1.4,
        )
        self.remove(self.dark)
        self.say("Each lit neuron writes along a direction of its own")
        self.play(
            LaggedStart(
                *(Transform(arrow, link) for arrow, link in zip(arrows, links, strict=True)),
                lag_ratio=0.12,
            ),
            run_time=4,
        )
        named = self.get_named(KNOWN)
        self.play(LaggedStart(*(FadeIn(mark, 0.15 * UP) for mark in named), lag_ratio=0.3), run_time=1.2)

        # Hold the idea's own direction below their sum
        start = np.array([START[0], IDEA_AT, 0])
        self.idea = SolidArrow(start, start + UNIT * RIGHT, TARGET, 0.34)
        label = self.get_name(IDEA, "length 1", lambda: start + np.array([1.2, 0, 0]), -1.6, TARGET)
        total = self.get_sum(KNOWN, [3.2, -2.1, 0])
        self.say("Their sum is “basketball”", GrowFromPoint(self.idea, start), FadeIn(label), FadeIn(total), run_time=1)
        self.wait(0.6)
        self.say("No neuron is the idea: many share it")
        self.chain, self.label, self.total, self.named = Group(*arrows), label, total, named

    def ask_for_a_stranger(self):
        # Let half the name be right: some neurons light up again
        links, total = self.get_links(STRANGER), self.get_sum(STRANGER, [3.2, -0.8, 0])
        is_against = get_chain(STRANGER)[1][:, 0] < 0
        forward, backward = (Group(links[k] for k in np.flatnonzero(is_against == way)) for way in (False, True))
        signed = self.get_signed(STRANGER)
        name = self.get_name(" ".join(STRANGER), "the input", lambda: START + np.array([2.6, -0.15, 0]), color=FOCUS)
        self.hush(
            FadeOut(Group(self.chain, self.total, self.named, self.label)),
            FadeIn(name, time_span=(0.5, 1)),
            self.frame.animate.reorient(*CLOSE_VIEW),
            run_time=1.2,
        )
        self.say("Half the name: some light up again, faintly")
        self.play(
            LaggedStart(*(GrowFromPoint(link, link.shaft.get_left()) for link in forward), lag_ratio=0.2),
            FadeIn(signed[0], time_span=(0.9, 1.4)),
            run_time=1.4,
        )

        # Let what was learned against it take that back
        self.say("… and one learned to take it all back")
        self.play(
            LaggedStart(*(GrowFromPoint(link, link.shaft.get_right()) for link in backward), lag_ratio=0.2),
            FadeIn(total, time_span=(0.8, 1.4)),
            FadeIn(signed[1], time_span=(0.8, 1.4)),
            run_time=1.4,
        )
        self.wait(0.6)

        # Keep the idea's arrow, and stand it up for the closing card
        self.hush(
            FadeOut(Group(links, name, total, signed), time_span=(0, 0.6)),
            Transform(self.idea, get_pole(), time_span=(0.3, 1.5)),
            self.frame.animate.reorient(*CHAIN_VIEW),
            run_time=1.6,
        )
