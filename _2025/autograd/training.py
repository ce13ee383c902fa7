from typing import NamedTuple

from manim_imports_ext import *
from truth.moons import train
from truth.source import CHOICE

SEEN_FROM_ABOVE = (180, 0, 7.5, 0, 0)
BESIDE_THE_NETWORK = (168, 50, 9.9, 2.95, -0.1)
RELIEF = 2.3  # how high the landscape stands, in frame units


class Stage(NamedTuple):
    """What training changes: the landscape, the network, the weight that is followed, and numbers."""

    land: DecisionLandscape
    solid: SolidNetwork
    bead: VGroup
    readouts: VGroup


class MLPAutogradScene(CaptionedScene):
    """Training is one loop: run forward, run backward, step against the gradient, again and again."""

    legs = (12, 60, 400)  # steps at which the fast run halts for a moment
    said_on_the_way = (
        "A few steps, and the surface tilts the right way",
        "Then it begins to bend around the points",
        "And hundreds of small steps sharpen the edge",
    )
    first_point = 24
    other_points = (58, 70)
    hidden = 3  # the neuron whose weight to the output is followed
    right_half, network_height = 4.15, 0.75  # where the network stands
    shown_step, max_weight = 0, 3  # what weights it begins with, and the one that is drawn thickest

    def construct(self):
        self.training = train()
        self.steps = ValueTracker(0)
        self.frame.set_field_of_view(14 * DEGREES)
        land = self.meet_the_points()
        stage = self.meet_the_network(land)
        marks = self.send_a_point_forward(stage)
        marks.add(*self.send_the_gradient_back(stage))
        self.average_over_all_points(stage)
        self.step_against_the_gradient(stage, marks)
        for step, point in enumerate(self.other_points, start=1):
            self.go_round_again(stage, point, step)
        self.let_it_run(stage)
        self.look_at_what_was_learned(stage)

    # What is computed

    def get_place(self):
        """Of the followed weight among all parameters."""
        return 3 * self.training.config.n_hidden + self.hidden

    def get_step(self, step):
        """The followed weight, its mean gradient, and the weight after the step: arrays of one number."""
        place = self.get_place()
        parameters, gradients = self.training.parameters, self.training.gradients
        return parameters[step, place, None], gradients[step, place, None], parameters[step + 1, place, None]

    def get_means(self, step, order):
        """The followed weight's gradient, averaged over the first k points of an order: (n,) for k = 1 … n."""
        sums = self.training.accumulate(step, order)[1:, self.get_place()]
        return sums * len(order) / np.arange(1, len(order) + 1)

    def get_order(self, first):
        """All points' indices: `first`, then the others from left to right."""
        order = np.argsort(self.training.points[:, 0], kind="stable")
        return [first, *order[order != first]]

    def get_activations(self, passing):
        """Of every layer, as the network shows them: the output as 2p − 1, whose sign is the answer."""
        return [*passing.activations[:-1], 2 * passing.activations[-1] - 1]

    def get_now(self):
        """The last whole step that was taken."""
        return int(self.steps.get_value() + 1e-6)

    # What is shown

    def get_network(self):
        run = self.training
        network = NeuralNetwork(
            [run.w1[self.shown_step], run.w2[self.shown_step]],
            biases=[run.b1[self.shown_step], run.b2[self.shown_step]],
            activation=np.tanh,
            last_activation=lambda z: np.tanh(z / 2),
            radius=0.46,
            neuron_buff=0.36,
            layer_buff=2.05,
            max_weight=self.max_weight,
        )
        network.set_activations([np.zeros(n) for n in network.sizes])
        return SolidNetwork(network.move_to([self.right_half, self.network_height, 0]), max_width=0.2).fix_in_frame()

    def get_numbers(self, solid, layer):
        """The activations of a layer, each before its ball."""
        numbers = solid.get_numbers(layer, font_size=31).fix_in_frame()
        for number in numbers:
            number.set_fill(BACKGROUND if abs(number.value) > 0.65 else TEXT)
        return numbers

    def get_bead(self, solid):
        """The followed weight's number, threaded on its edge. Parts: its plate, the number, its name."""
        ask = lambda: self.training.weights_at(self.steps.get_value())[1][0, self.hidden]  # noqa: E731
        number = SourcedNumber(ask(), num_decimal_places=2, source=Source("w", (), ask), font_size=30)
        plate = Plate(number, 0.1, color=BACKGROUND, thickness=0).set_stroke(FOCUS, 2.5)
        name = Tex("w", font_size=HEADING).set_color(FOCUS)
        edge = solid.network.get_edge(1, 0, self.hidden)
        bead = VGroup(plate, number).move_to(edge.point_from_proportion(0.6))
        bead.add(name.next_to(plate, DOWN, buff=0.12))
        bead.follow = lambda *_: number.set_value(ask())
        return bead.fix_in_frame()

    def get_squashes(self, solid):
        """What each layer does to its sum: below the hidden layer, above the output."""
        hidden, output = solid.balls[1][-1].body, solid.get_ball(2, 0).body
        words = VGroup(Text("tanh", font_size=34).next_to(hidden, DOWN, buff=0.18))
        words.add(Text("sigmoid", font_size=34).next_to(output, UP, buff=0.75))
        return words.set_color(OPERATION).fix_in_frame()

    def get_scale(self, land):
        """A post at the near corner from p = 0 to p = 1, and its labels, which are fixed in the frame."""
        corner = np.array([land.xs[-1] + 0.12, land.ys[-1]])
        ends = [land.place(corner, p) for p in (0, 1)]
        labels = VGroup(
            SourcedNumber(p, num_decimal_places=0, font_size=40, source=CHOICE)
            .move_to(self.get_screen_place(end))
            .shift(0.3 * LEFT)
            for p, end in enumerate(ends)
        )
        return Group(get_tube(*ends, 0.09).set_color(TEXT), labels.fix_in_frame())

    def get_readouts(self):
        """Step, loss and share of right answers, along the upper edge."""
        readouts = VGroup(
            Readout("step", self.get_now),
            Readout("mean loss", lambda: self.training.losses[self.get_now()], 2, color=LOSS),
            Readout("right", lambda: 100 * self.training.accuracies[self.get_now()], 0, "%"),
        )
        for readout, x in zip(readouts, (-6.5, -4.4, -1.2), strict=True):
            readout.shift([x, 3.38, 0] - readout.word[0].get_corner(DL))  # no descender: on one baseline
        return readouts.fix_in_frame()

    def get_goal(self, land, point):
        """Where the surface should be at a point, and how far that is: a ball and a bar from the one to the other."""
        start, goal = land.get_point(point), land.get_goal(point)
        ball = Sphere(radius=0.16).move_to(goal).set_color(TARGET).set_shading(0.3, 0.3, 0.4).apply_depth_test()
        pole = Group(ball, get_tube(start, goal, 0.13).set_color(LOSS))
        if goal[2] < start[2]:  # it lies inside the solid: let it be seen through the surface
            for part in pole.get_family():
                part.deactivate_depth_test()
        return pole

    def get_kind(self, point):
        """What the output should have said, right of it."""
        label = self.training.labels[point]
        meaning = Tex(f"y = {label:.0f}", font_size=BODY).set_color(TARGET)
        meaning.sources = [Source("label", (int(point),), self.training.labels)]
        return meaning

    def get_output(self, solid, point, passing):
        """The probability before the output's ball, and above it what it should have been."""
        ball = solid.get_ball(2, 0)
        number = get_number(passing.activations[2], 2, source="p", font_size=34)
        number.set_color(BACKGROUND if abs(ball.value) > 0.4 else TEXT)
        name = Tex("p", font_size=BODY).next_to(ball.body, DOWN, buff=0.17)
        kind = self.get_kind(point).next_to(ball.body, UP, buff=0.2)
        return VGroup(number.move_to(ball.body), name, kind).fix_in_frame()

    def get_panel(self, *rows):
        """Formulas on a plate along the lower edge, fixed in the frame."""
        content = VGroup(*rows).arrange(RIGHT, buff=0.9).set_max_width(12.6).move_to(3.28 * DOWN)
        return VGroup(Plate(content, 0.2), content).fix_in_frame()

    def get_formula(self, tex, *numbers, **config):
        """A formula with numbers in the places of its {}: each a name and an array of one entry."""
        shown = (Shown(name, value, 0 if name == "η" else 2) for name, value in numbers)
        return get_formula(tex, *shown, font_size=44, **config)

    def get_loss_formula(self, point, passing):
        """The loss of one point, from the probability of its true kind."""
        chance = "{}" if self.training.labels[point] else "({} - {})"
        one = [] if self.training.labels[point] else [("1", np.array(1.0))]
        shown = [Shown(name, value, 0) for name, value in one]
        numbers = (Shown("p", passing.activations[-1]), Shown("loss", np.array(passing.loss)))
        tex = R"L = -\ln " + chance + R" = {}"
        return get_formula(tex, *shown, *numbers, font_size=44).set_color(LOSS)

    def get_gradient_formula(self, passing):
        """The followed weight's gradient for one point, in numbers; z is the sum before the sigmoid."""
        upstream, saved = passing.activations[2] - self.training.labels[self.first_point], passing.activations[1]
        return self.get_formula(
            R"{{\partial L \over \partial w}} = {{\partial L \over \partial z}} \cdot a = {} \cdot {} = {}",
            *(("p - y", upstream), ("a", saved[self.hidden, None])),
            ("gradient of w", passing.weights[1][0, self.hidden, None]),
            t2c={R"{\partial L \over \partial w}": GRADIENT, R"{\partial L \over \partial z}": GRADIENT},
        )

    def get_error_formula(self, passing):
        """What reaches the output's sum, in letters (slope of -ln p times the sigmoid's slope) and in numbers."""
        label = self.training.labels[self.first_point]
        return get_formula(
            R"{{\partial L \over \partial z}} = -{{1 \over p}} \cdot p \, (1 - p) = p - y = {} - {} = {}",
            Shown("p", passing.activations[2]),
            Shown("y", np.array(label), 0),
            Shown("p - y", passing.activations[2] - label),
            font_size=44,
            t2c={R"{\partial L \over \partial z}": GRADIENT, "y": TARGET},
        )

    def get_step_formula(self, step):
        """The update of the followed weight, in numbers."""
        (before, gradient, after), rate = self.get_step(step), np.array(self.training.config.learning_rate)
        return self.get_formula(
            R"w \leftarrow w - \text{{step size}} \cdot \text{{mean gradient}} = {} - {} \cdot ({}) = {}",
            *(("w", before), ("η", rate), ("gradient of w", gradient), ("new w", after)),
            t2c={R"\text{mean gradient}": GRADIENT},
        )

    # What moves

    def look(self, theta, phi, height, right, up, **config):
        """Animation: the camera goes round to two angles, and stands so that the origin is off the frame's middle."""
        before, after = np.array(self.view, dtype=float), np.array((theta, phi, height, right, up), dtype=float)
        self.view = (theta, phi, height, right, up)

        def move(frame, alpha):
            self.put_camera(*((1 - alpha) * before + alpha * after))

        return UpdateFromAlphaFunc(self.frame, move, **config)

    def put_camera(self, theta, phi, height, right, up):
        turn, tilt = theta * DEGREES, phi * DEGREES
        across = np.array([np.cos(turn), np.sin(turn), 0])
        upward = np.array([-np.sin(turn) * np.cos(tilt), np.cos(turn) * np.cos(tilt), np.sin(tilt)])
        self.frame.reorient(theta, phi, 0, 0.6 * OUT + right * across + up * upward, height)

    def get_screen_place(self, point):
        """Where a point in space is seen, for what is fixed in the frame."""
        return np.append(to_screen(self.frame, point), 0)

    def run_to(self, stage, time, **config):
        """Animations: the weights, the landscape and the numbers run on to a time in steps."""
        before, now = stage.solid.network.activations, self.steps.get_value

        def follow(solid, alpha):
            solid.set_activations([(1 - alpha) * values for values in before])
            solid.set_weights(self.training.weights_at(now())).fix_in_frame()

        network = [UpdateFromAlphaFunc(stage.solid, follow), UpdateFromFunc(stage.bead, stage.bead.follow)]
        return [
            ApplyMethod(self.steps.set_value, time, **config),
            UpdateFromFunc(stage.land, lambda land: land.set_time(now())),
            *(network if stage.solid in self.mobjects else []),
            *(UpdateFromFunc(readout, Readout.follow) for readout in stage.readouts),
        ]

    def send_sparks(self, stage, order):
        """Animation: one point after the other sends a spark to the followed weight."""
        starts = np.array([self.get_screen_place(stage.land.get_point(index)) for index in order])
        ways, flight = stage.bead[0].get_center() - starts, 10
        sparks = GlowDots(starts, color=GRADIENT, radius=0.3).fix_in_frame()

        def fly(sparks, alpha):
            share = np.clip((alpha * (len(starts) + flight) - np.arange(len(starts))) / flight, 0, 1)
            sparks.set_points(starts + share[:, None] * ways)
            sparks.data["rgba"][:, 3] = (share > 0) & (share < 1)

        return UpdateFromAlphaFunc(sparks, fly, rate_func=linear, remover=True)

    def flash_all_edges(self, stage):
        """Animation: light runs over every edge of the network at once."""
        wave = EdgeWave([edge for layer in stage.solid.network.edges for edge in layer], FOCUS, width=16, radius=0.4)
        wave.mobject.fix_in_frame()
        return wave

    def light_layer(self, stage, passing, layer, **config):
        """Animations: light runs along the edges into a layer, whose balls take their true light."""
        values = self.get_activations(passing)
        sent = [*values[: layer + 1], *(np.zeros(n) for n in stage.solid.network.sizes[layer + 1 :])]
        wave = EdgeWave(stage.solid.network.get_edges(layer - 1), INPUT, width=14, radius=0.45)
        wave.mobject.fix_in_frame()
        return [wave, stage.solid.animate(time_span=(0.6, 1)).set_activations(sent)]

    # Beats

    def meet_the_points(self):
        # Lay out the points on a board, seen from above
        self.view = SEEN_FROM_ABOVE
        self.put_camera(*self.view)
        land = DecisionLandscape(self.training, height=RELIEF, rise=0)
        title = get_title("Autograd in Action: Training an MLP").fix_in_frame()
        self.add(land)
        self.say("Two kinds of points: can a network tell them apart?", FadeIn(title))
        self.title = title
        return land

    def meet_the_network(self, land):
        # Bring in a network of random weights
        solid, readouts = self.get_network(), self.get_readouts()
        squashes = self.get_squashes(solid)
        self.hush(
            FadeOut(self.title),
            self.look(*BESIDE_THE_NETWORK),
            FadeIn(solid, time_span=(0.8, 2)),
            FadeIn(squashes, time_span=(1.2, 2)),
            run_time=2,
        )
        self.scale = self.get_scale(land)

        # Let it answer everywhere: the surface rises
        self.say(
            "Height: the network's probability of blue",
            UpdateFromAlphaFunc(land, lambda m, alpha: m.set_time(0, smooth(alpha)), run_time=2.2),
            FadeIn(readouts, time_span=(1.4, 2)),
            FadeIn(self.scale, time_span=(0.4, 1.2)),
            run_time=2.2,
        )
        self.scale.add(squashes)
        return Stage(land, solid, self.get_bead(solid), readouts)

    def send_a_point_forward(self, stage):
        # Pick one point; its coordinates go to the input
        land, solid, point = stage.land, stage.solid, self.first_point
        passing = self.training.pass_point(point, 0)
        start = self.get_screen_place(land.get_point(point))
        ring = Circle(radius=0.24).set_stroke(FOCUS, 5).move_to(start).fix_in_frame()
        silent = [np.zeros(n) for n in solid.network.sizes]
        solid.network.set_activations([passing.activations[0], *silent[1:]])
        numbers = self.get_numbers(solid, 0)
        solid.network.set_activations(silent)
        sent = numbers.copy()
        for number, side in zip(sent, (0.55, 0.1), strict=True):
            number.set_fill(TEXT).move_to(start + side * UP + 0.75 * RIGHT)
        self.hush(FadeIn(ring, scale=2), run_time=0.5)
        self.play(FadeIn(sent, lag_ratio=0.5), land.animate.light_up([point]), run_time=0.6)
        self.play(
            *(ReplacementTransform(a, b, path_arc=-0.6) for a, b in zip(sent, numbers, strict=True)),
            solid.animate.set_activations([passing.activations[0], *silent[1:]]),
            run_time=1.2,
        )

        # Run it through to the output
        self.play(*self.light_layer(stage, passing, 1), run_time=1.3)
        numbers.add(*self.get_numbers(solid, 1))
        self.play(FadeIn(numbers[2:]), run_time=0.3)
        self.play(*self.light_layer(stage, passing, 2), run_time=1.2)
        output, goal = self.get_output(solid, point, passing), self.get_goal(land, point)
        self.play(FadeIn(output[:2]), run_time=0.4)

        # Compare its height with what it should be
        kind = self.get_kind(point).move_to(self.get_screen_place(goal[0].get_center())).shift(0.45 * UP)
        self.say(
            "This point is blue: here the surface should reach 1",
            FadeIn(goal),
            FadeIn(kind.fix_in_frame()),
            FadeIn(output[2]),
            FadeOut(ring),
        )
        why = Text("0 when sure and right, large when wrong", font_size=40)
        self.say(self.get_panel(self.get_loss_formula(point, passing), why), run_time=0.6)
        return Group(numbers, output, goal, kind)

    def send_the_gradient_back(self, stage):
        # Send the gradient back: a brighter edge has a larger one
        passing = self.training.pass_point(self.first_point, 0)
        self.say("Backward: the brighter the edge, the larger its gradient")
        self.play(BackwardLight(stage.solid, passing.weights), run_time=2.4)

        # Begin at the output: how far it is off reaches the sum before the sigmoid
        balls = [stage.solid.get_ball(*place).body for place in ((2, 0), (1, self.hidden))]
        rings = VGroup(Circle(radius=0.5).set_stroke(FOCUS, 6).move_to(ball) for ball in balls).fix_in_frame()
        told = Text("slope of the loss\ntimes the sigmoid's", font_size=34)
        self.say(self.get_panel(told, self.get_error_formula(passing)), FadeIn(rings[0], scale=1.4), run_time=0.7)
        self.wait(2.2)

        # Read one of them: what comes back times what the edge was given
        letter = Tex("a", font_size=HEADING).set_color(FOCUS).next_to(balls[1], LEFT, buff=0.2).fix_in_frame()
        self.say(
            self.get_panel(self.get_gradient_formula(passing)),
            FadeIn(stage.bead),
            ReplacementTransform(rings[0], rings[1]),
            FadeIn(letter),
            run_time=0.8,
        )
        self.wait(1.4)
        self.play(FadeOut(rings[1]), run_time=0.3)
        return [letter]

    def average_over_all_points(self, stage):
        # Let every point send its own, and take their mean
        order = self.get_order(self.first_point)
        means, land, turn = self.get_means(0, order), stage.land, ValueTracker(0)
        readout = Readout("average so far", lambda: means[int(turn.get_value())], 2, color=GRADIENT, font_size=HEADING)
        panel = self.get_panel(Text("Each point sends a gradient for w", font_size=40), readout)
        self.say(panel, run_time=0.5)
        self.play(
            turn.animate(rate_func=linear).set_value(len(order) - 1),
            UpdateFromFunc(land, lambda land: land.light_up(order[: int(turn.get_value()) + 1])),
            UpdateFromFunc(readout, Readout.follow),
            self.send_sparks(stage, order),
            run_time=4,
        )
        land.light_up()
        self.wait(0.7)

    def step_against_the_gradient(self, stage, marks):
        # Ask which way the weight must go, then take the step
        self.say("A negative gradient: which way must w move?")
        self.wait(0.5)
        arrow = Arrow(ORIGIN, 0.75 * UP, thickness=6, buff=0).set_color(FOCUS).next_to(stage.bead[2], RIGHT, buff=0.15)
        self.say("Up: then the loss falls", FadeIn(arrow.fix_in_frame(), 0.3 * UP))
        marks.add(arrow)
        self.say(self.get_panel(self.get_step_formula(0)), run_time=0.6)
        self.wait(0.8)
        self.say("Every weight takes its own step", self.flash_all_edges(stage), run_time=1.2)
        self.play(*self.run_to(stage, 1), FadeOut(marks), run_time=1.8)

    def go_round_again(self, stage, point, step):
        # Send another point forward
        land, solid = stage.land, stage.solid
        passing = self.training.pass_point(point, step)
        messenger = Dot(self.get_screen_place(land.get_point(point)), radius=0.16).set_z_index(1).fix_in_frame()
        messenger.set_fill(land.get_color_of(point), 1).set_stroke(FOCUS, 5)
        self.hush(FadeIn(messenger, scale=2), land.animate.light_up([point]), run_time=0.4)
        self.play(messenger.animate.move_to(solid.network.get_layer(0)), run_time=0.5)
        values = self.get_activations(passing)
        solid.set_activations([values[0], np.zeros(4), np.zeros(1)])
        self.play(*self.light_layer(stage, passing, 1), FadeOut(messenger), run_time=0.7)
        self.play(*self.light_layer(stage, passing, 2), run_time=0.6)
        output, goal = self.get_output(solid, point, passing), self.get_goal(land, point)
        panel = self.get_panel(self.get_loss_formula(point, passing))
        self.say(panel, FadeIn(output), FadeIn(goal), run_time=0.4)
        self.wait(0.4)

        # Send its gradient back, with all the others'
        self.play(BackwardLight(solid, passing.weights), land.animate(time_span=(0.7, 1.2)).light_up(), run_time=1.2)

        # Take the next step
        if step == 1:
            self.say(self.get_panel(self.get_step_formula(step)), run_time=0.4)
            self.wait(0.8)
        else:
            self.say("Forward, backward, step: again and again", run_time=0.4)
        self.play(*self.run_to(stage, step + 1), FadeOut(Group(output, goal)), run_time=1)
        self.wait(0.4)

    def get_curve(self, last):
        """The axes of the loss, on a plate in the upper right corner, and the loss by then, drawn by `follow`."""
        axes = Axes(
            (0, last, 100),
            (0, 1.2, 0.4),
            width=3.7,
            height=1.35,
            axis_config=dict(stroke_color=MUTED, stroke_width=2, tick_size=0.05),
            x_axis_config=dict(decimal_number_config=dict(font_size=SMALL, num_decimal_places=0)),
            y_axis_config=dict(decimal_number_config=dict(font_size=SMALL, num_decimal_places=1)),
        )
        axes.add_coordinate_labels([200, 400], [0.4, 0.8, 1.2], buff=0.12)
        word = Text("mean loss", font_size=LABEL).set_color(LOSS).next_to(axes.y_axis.get_top(), RIGHT, buff=0.4)
        steps = Text("step", font_size=SMALL).set_color(MUTED).next_to(axes.x_axis, UP, buff=0.1, aligned_edge=RIGHT)
        curve = VMobject().set_stroke(LOSS, 6)
        content = VGroup(axes, word, steps, curve)
        plate = Plate(content, 0.2)
        panel = VGroup(plate, content).to_corner(UR, buff=SAFE_AREA)
        points = axes.c2p(np.arange(last + 1), self.training.losses)

        def draw(curve):
            time = self.steps.get_value()
            k = min(int(time), last - 1)
            curve.set_points_as_corners([*points[: k + 1], points[k] + (time - k) * (points[k + 1] - points[k])])

        draw(curve)
        curve.follow = draw
        return panel.fix_in_frame(), curve

    def let_it_run(self, stage):
        # Give the surface the whole frame
        panel, curve = self.get_curve(self.legs[-1])
        self.hush(
            FadeOut(Group(stage.solid, stage.bead, self.scale)),
            self.look(158, 54, 9.2, 1.35, 0.1, rate_func=smooth),
            FadeIn(panel, time_span=(1.9, 2.6)),
            run_time=2.6,
        )

        # Run the loop to the end in three legs, each longer than the one before
        for goal, words, seconds in zip(self.legs, self.said_on_the_way, (3.5, 3.5, 4.0), strict=True):
            first = self.steps.get_value()
            span = goal - first
            self.say(
                words,
                *self.run_to(stage, goal, rate_func=lambda t, f=first, g=goal, s=span: f * ((g / f) ** t - 1) / s),
                UpdateFromFunc(curve, curve.follow),
                run_time=seconds,
            )
            self.wait(0.4)
        self.hush(FadeOut(panel), run_time=0.5)

    def look_at_what_was_learned(self, stage):
        # Go round what was learned
        self.say(
            "Autograd found every gradient on the way",
            self.look(194, 54, 9.4, 0.1, 0.0, rate_func=smooth),
            run_time=6,
        )
        self.wait(1)
