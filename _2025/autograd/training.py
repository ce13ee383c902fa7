from manim_imports_ext import *
from truth.moons import train
from truth.numerics import shown_text


class MLPAutogradScene(CaptionedScene):
    """Training is one loop: run forward, run backward, step against the gradient, again and again."""

    caption_comes = 0.8
    first_point = 33
    other_points = (61, 2)
    hidden = 2  # the neuron whose weight to the output is followed
    fullest = 0.4  # the gradient that fills an accumulator
    names = ("W_1", "b_1", "W_2", "b_2")

    def construct(self):
        self.training = train()
        self.meet_the_points()
        self.meet_the_network()
        self.send_a_point_forward()
        self.measure_the_loss()
        self.send_the_gradient_back()
        self.add_up_all_points()
        self.step_against_the_gradient()
        for step, point in enumerate(self.other_points, start=1):
            self.go_round_again(point, step)
        self.let_it_run()
        self.look_at_what_was_learned()

    # What is shown, computed

    def get_place(self):
        """Of the followed weight among all parameters."""
        return 3 * self.training.config.n_hidden + self.hidden

    def get_step(self, step):
        """The followed weight, its gradient, and the weight after the step: arrays of one number."""
        place = self.get_place()
        parameters, gradients = self.training.parameters, self.training.gradients
        return parameters[step, place, None], gradients[step, place, None], parameters[step + 1, place, None]

    def get_order(self, first):
        """All points' indices: `first`, then the others from left to right."""
        order = np.argsort(self.training.points[:, 0], kind="stable")
        return [first, *order[order != first]]

    def get_upstream(self):
        """What reaches the output's sum on the way back, and what waits there: p − y, and a saved activation."""
        upstream = self.passing.activations[2] - self.training.labels[self.first_point]
        return upstream, self.passing.activations[1][self.hidden, None], self.passing.weights[1][0, self.hidden, None]

    def get_formula(self, tex, *numbers, **config):
        """A formula with numbers in the places of its {}: each a name and an array of one entry."""
        shown = (Shown(name, value, 0 if name == "η" else 2) for name, value in numbers)
        return get_formula(tex, *shown, font_size=BODY, **config)

    def get_loss_formula(self, point, passing):
        """The loss of one point, from the probability of its true kind, below the output."""
        chance = "{}" if self.training.labels[point] else "(1 - {})"
        tex = R"\begin{{aligned}} L &= -\ln " + chance + R" \\ &= {} \end{{aligned}}"
        formula = self.get_formula(tex, ("p", passing.activations[-1]), ("loss", np.array(passing.loss)))
        if not self.training.labels[point]:
            formula.sources.insert(0, Source("certainty", (), lambda: 1))
        formula.set_color(LOSS).scale(0.75)
        return formula.next_to(self.network.get_layer(2), DOWN, buff=0.7).to_edge(RIGHT, buff=SAFE_AREA)

    def get_gradient_formula(self):
        """The followed weight's gradient, in numbers."""
        upstream, saved, gradient = self.get_upstream()
        slope = R"{\partial L \over \partial w}"
        formula = self.get_formula(
            slope.replace("{", "{{").replace("}", "}}") + R" = (p - y) \cdot a = {} \cdot {} = {}",
            *(("p - y", upstream), ("a", saved), ("gradient of w", gradient)),
            t2c={slope: GRADIENT, shown_text(gradient.item(), 2): GRADIENT, shown_text(saved.item(), 2): ACTIVATION},
        )
        return formula.to_edge(DOWN, buff=0.3)

    def get_step_formula(self, step):
        """The update of the followed weight, in numbers."""
        (before, gradient, after), rate = self.get_step(step), np.array(self.training.config.learning_rate)
        slope = R"{\partial L \over \partial w}"
        formula = self.get_formula(
            R"w \leftarrow w - \eta \, " + slope.replace("{", "{{").replace("}", "}}") + R" = {} - {} \cdot {} = {}",
            *(("w", before), ("η", rate), ("gradient of w", gradient), ("new w", after)),
            t2c={slope: GRADIENT, shown_text(gradient.item(), 2): GRADIENT},
        )
        return formula.to_edge(DOWN, buff=0.3)

    # How it is told

    def get_readout(self, word, number, decimals, unit=""):
        """A word and a number that follows the training."""
        word = Text(word, font_size=LABEL).set_color(MUTED)
        shown = SourcedNumber(
            number(),
            num_decimal_places=decimals,
            font_size=BODY,
            edge_to_fix=LEFT,
            source=Source(f"training: {word.string}", (), number),
        )
        shown.next_to(word, RIGHT, buff=0.2).align_to(word[0], DOWN)
        readout = VGroup(word, shown)
        if unit:
            readout.add(Text(unit, font_size=LABEL).set_color(MUTED).next_to(shown, RIGHT, 0.12, aligned_edge=DOWN))
        readout.follow = lambda *_: shown.set_value(number())
        return readout

    def get_now(self):
        """The last whole step that was taken."""
        return int(self.steps.get_value() + 1e-6)

    def get_training(self, time, rate_func=smooth):
        """Animations: the weights, the field and the numbers run on to a time in steps."""
        now, before = self.steps.get_value, self.network.activations

        def follow(network, alpha):
            network.set_weights(self.training.weights_at(now()))
            network.set_activations([(1 - alpha) * values for values in before])

        return [
            ApplyMethod(self.steps.set_value, time, rate_func=rate_func),
            UpdateFromFunc(self.field, lambda field: field.set_time(now())),
            UpdateFromAlphaFunc(self.network, follow),
            *(UpdateFromFunc(readout, readout.follow) for readout in self.readouts),
        ]

    # Beats

    def meet_the_points(self):
        # Scatter the points
        title = get_title("Autograd in Action: Training an MLP")
        field = DecisionField(self.training, width=6.2).move_to(3.6 * LEFT + 0.6 * UP)
        kinds = [
            VGroup(p for p, label in zip(field.points, self.training.labels, strict=True) if label == kind)
            for kind in (0, 1)
        ]
        caption = get_caption("Two kinds of points: can a network tell them apart?")
        self.play(FadeIn(title, 0.3 * UP), FadeIn(field.frame), run_time=0.8)
        self.play(FadeIn(caption), LaggedStartMap(FadeIn, kinds[0], scale=2, lag_ratio=0.03), run_time=1)
        self.play(LaggedStartMap(FadeIn, kinds[1], scale=2, lag_ratio=0.03), run_time=1)
        self.wait(0.6)
        self.title, self.field, self.caption = title, field, caption

    def meet_the_network(self):
        # Bring in a network that has learned nothing yet
        self.model = self.training.model(0)
        network = NeuralNetwork(self.model, radius=0.36, neuron_buff=0.5, layer_buff=2.25, max_weight=4, max_width=8)
        network.move_to(3.5 * RIGHT + 0.95 * UP)
        edges = VGroup(edge for edges in network.edges for edge in edges)
        self.say("Its weights are random at first: blue above zero, orange below", FadeIn(network.layers))
        self.play(LaggedStartMap(ShowCreation, edges, lag_ratio=0.1), run_time=1)
        self.wait(0.6)

        # Colour every place by what the network thinks there
        field, self.steps = self.field, ValueTracker(0)
        readouts = VGroup(
            self.get_readout("step", self.get_now, 0),
            self.get_readout("loss", lambda: self.training.losses[self.get_now()], 2),
            self.get_readout("right", lambda: 100 * self.training.accuracies[self.get_now()], 0, "%"),
        )
        for readout, x in zip(readouts, (-6.7, -4.6, -2.2), strict=True):
            readout.shift([x, -2.2, 0] - readout[1].get_corner(DL)).align_to([x, 0, 0], LEFT)
        self.add(field.sheet, field.frame, field.points)
        self.say("Its guess for every place: about half of the points are on the wrong side", FadeIn(field.sheet))
        self.play(ShowCreation(field.boundary), FadeIn(readouts), run_time=0.8)
        self.bring_to_front(field.points)
        self.wait(1)
        self.network, self.readouts = network, readouts

    def send_a_point_forward(self):
        # Pick one point
        field, network = self.field, self.network
        point = self.training.points[self.first_point]
        dot = field.points[self.first_point]
        ring = Circle(radius=0.2).set_stroke(FOCUS, 4).move_to(dot)
        coordinates = VGroup(
            get_number(np.array(x), 2, source=("point", i), font_size=LABEL)
            .set_color(TEXT)
            .set_backstroke(BACKGROUND, 6)
            for i, x in enumerate(point)
        )
        coordinates.arrange(RIGHT, buff=0.3).next_to(ring, UP, buff=0.1)
        self.say("Forward: one point travels through the network", FadeIn(ring, scale=0.5), FadeIn(coordinates))
        self.wait(0.4)

        # Carry its coordinates to the input
        coordinates.generate_target()
        for number, neuron in zip(coordinates.target, network.get_layer(0), strict=True):
            number.next_to(neuron, LEFT, buff=0.24)
        self.play(MoveToTarget(coordinates, path_arc=-0.5), run_time=1)

        # Let them run through
        self.play(network.forward_pulse(point), run_time=2.2)
        labels = self.get_labels()
        self.play(FadeIn(labels), run_time=0.4)

        # Keep what the way back will need
        boxes = VGroup(
            SurroundingRectangle(layer, buff=0.12).round_corners(0.15).set_stroke(ACTIVATION, 3).set_fill(opacity=0)
            for layer in network.layers[:2]
        )
        words = VGroup(
            Text("saved", font_size=SMALL).set_color(ACTIVATION).next_to(box, DOWN, buff=0.1) for box in boxes
        )
        self.say("Every activation is saved for the way back", LaggedStartMap(ShowCreation, boxes, lag_ratio=0.4))
        self.play(FadeIn(words), run_time=0.4)
        self.wait(0.6)
        self.ring, self.coordinates, self.labels, self.saved = ring, coordinates, labels, VGroup(boxes, words)

    def measure_the_loss(self):
        # Compare the output with the point's own kind
        self.passing = self.training.pass_point(self.first_point, 0)
        self.kind = self.get_kind(self.first_point)
        self.loss = self.get_loss_formula(self.first_point, self.passing)
        self.say("It bets on the wrong kind, so its loss is high", FadeIn(self.kind))
        self.play(FadeIn(self.loss, 0.2 * DOWN), run_time=0.6)
        self.wait(1)

    def get_labels(self):
        """The activations that were computed, as numbers inside their neurons; dark on light."""
        labels = VGroup(self.network.get_activation_labels(layer, 26, 2) for layer in (1, 2))
        return labels.add(Tex("p", font_size=LABEL).next_to(self.network.get_layer(2), RIGHT, buff=0.15))

    def get_kind(self, point):
        """What the output should have said: the point's own mark and label, above the output."""
        dot = self.field.points[point].copy().set_height(0.28)
        word = Text("should be", font_size=SMALL).set_color(MUTED)
        row = VGroup(word, dot).arrange(RIGHT, buff=0.15)
        label = self.training.labels[point]
        meaning = Tex(f"y = {label:.0f}", font_size=LABEL)
        meaning.sources = [Source("label", (int(point),), self.training.labels)]
        return VGroup(row, meaning).arrange(DOWN, buff=0.14).next_to(self.network.get_layer(2), UP, buff=0.18)

    def send_the_gradient_back(self):
        # Send the gradient back along every edge
        network = self.network
        glow = GradientGlow(network, max_gradient=1.5)
        network.edges.save_state()
        self.say(
            "Backward: the brighter an edge glows, the more its weight is to blame",
            network.edges.animate.set_stroke(opacity=0.12),
            run_time=0.5,
        )
        self.add(glow, network.layers, self.labels)
        self.play(BackwardPulse(glow, self.passing.weights), run_time=2.4)
        self.wait(0.4)

        # Follow one weight: its gradient needs what was saved
        edge = network.get_edge(1, 0, self.hidden)
        name = Tex("w", font_size=BODY).set_color(FOCUS).next_to(edge.get_center(), DOWN, buff=0.14)
        flash = VShowPassingFlash(edge.copy().reverse_points().set_stroke(FOCUS, 12), time_width=1, run_time=1)
        self.say(self.get_gradient_formula(), FadeIn(name), flash, run_time=1)
        self.play(FlashAround(network.get_neuron(1, self.hidden), color=FOCUS), run_time=1)
        self.wait(0.8)
        self.glow, self.name = glow, name

    def add_up_all_points(self):
        # Open an accumulator for every parameter
        bars = GradientBars(self.names, [8, 4, 4, 1], max_value=self.fullest, width=6.2, height=1.0)
        bars.move_to(3.45 * RIGHT + 1.98 * DOWN)
        self.say("Every point adds its share to each parameter's accumulator", FadeIn(bars))
        self.bars = bars

        # Let every point add its share
        self.play(FadeOut(self.glow), Restore(self.network.edges), run_time=0.5)
        self.play(self.get_adding_up(0, self.first_point, run_time=2.4))
        self.wait(0.5)

    def get_adding_up(self, step, first, run_time):
        """Animation: one point after the other lights up, and the bars fill."""
        order = self.get_order(first)
        sums = self.training.accumulate(step, order)
        points = self.field.points

        def add_up(bars, alpha):
            time = alpha * len(order)
            k = min(int(time), len(order) - 1)
            bars.set_values(sums[k] + (time - k) * (sums[k + 1] - sums[k]))
            waiting = 1 - 0.75 * min(10 * alpha, 1)
            for turn, index in enumerate(order):
                points[index].set_fill(opacity=1 if turn < time or alpha == 1 else waiting)

        return UpdateFromAlphaFunc(self.bars, add_up, run_time=run_time, rate_func=linear)

    def step_against_the_gradient(self):
        # Move every weight a step against its gradient
        slot = self.bars.slots[self.get_place()]
        self.say(self.get_step_formula(0))
        self.play(FlashAround(slot, color=FOCUS), FlashAround(self.name, color=FOCUS), run_time=1)
        self.wait(0.6)
        self.play(*self.get_step_taken(1), FadeOut(self.get_passing_marks()), run_time=1.5)
        self.wait(0.6)

    def get_step_taken(self, step):
        """Animations: the weights take the step, the accumulators are emptied."""
        full = self.training.gradients[step - 1]
        self.model.load_state_dict(self.training.model(step).state_dict())
        return [
            *self.get_training(step),
            UpdateFromAlphaFunc(self.bars, lambda bars, alpha: bars.set_values((1 - smooth(alpha)) * full)),
        ]

    def get_passing_marks(self):
        """What is on screen of one point's way there and back."""
        return VGroup(self.ring, self.coordinates, self.labels, self.saved, self.kind, self.loss)

    def go_round_again(self, point, step):
        # Send another point forward
        field, network = self.field, self.network
        passing = self.training.pass_point(point, step)
        dot = field.points[point]
        self.ring.move_to(dot)
        self.kind, self.loss = self.get_kind(point), self.get_loss_formula(point, passing)
        caption = ("Forward and back again", "And again")[step - 1]
        self.say(f"{caption}: another point, the new weights", FadeIn(self.ring, scale=0.5), run_time=0.5)
        messenger = dot.copy()
        self.play(messenger.animate.move_to(network.get_layer(0)), run_time=0.6)
        self.play(
            network.forward_pulse(self.training.points[point]), FadeOut(messenger, time_span=(0, 0.2)), run_time=1.4
        )
        self.labels = self.get_labels()
        self.play(FadeIn(VGroup(self.labels, self.saved, self.kind, self.loss)), run_time=0.4)

        # Send its gradient back, and add up all points
        glow = GradientGlow(network, max_gradient=1.5)
        network.edges.save_state()
        self.add(glow, network.layers, self.labels)
        self.play(
            network.edges.animate(time_span=(0, 0.3)).set_stroke(opacity=0.12),
            BackwardPulse(glow, passing.weights),
            run_time=1.2,
        )
        self.play(self.get_adding_up(step, point, run_time=1.4), FadeOut(glow), Restore(network.edges))

        # Take the next step
        self.say(self.get_step_formula(step), run_time=0.4)
        self.wait(0.6)
        marks = VGroup(self.ring, self.labels, self.saved, self.kind, self.loss)
        self.play(*self.get_step_taken(step + 1), FadeOut(marks), run_time=1.2)

    def let_it_run(self):
        # Lay out an empty loss curve
        last = len(self.training.losses) - 1
        axes = Axes(
            (0, last, 100),
            (0, 1.2, 0.4),
            width=5.2,
            height=1.55,
            axis_config=dict(stroke_color=MUTED, stroke_width=2, tick_size=0.05),
            x_axis_config=dict(decimal_number_config=dict(font_size=SMALL, num_decimal_places=0)),
            y_axis_config=dict(decimal_number_config=dict(font_size=SMALL, num_decimal_places=1)),
        )
        axes.add_coordinate_labels([100, 200, 300, 400], [0.4, 0.8, 1.2], buff=0.12)
        axes.move_to(3.5 * RIGHT + 2.0 * DOWN)
        title = Text("loss", font_size=LABEL).set_color(LOSS).next_to(axes.y_axis.get_top(), RIGHT, buff=0.5)
        curve = VMobject().set_stroke(LOSS, 5)
        points = axes.c2p(np.arange(last + 1), self.training.losses)

        def draw(curve):
            time = self.steps.get_value()
            k = min(int(time), last - 1)
            curve.set_points_as_corners([*points[: k + 1], points[k] + (time - k) * (points[k + 1] - points[k])])

        steps = Text("step", font_size=SMALL).set_color(MUTED).next_to(axes.x_axis, UP, buff=0.1, aligned_edge=RIGHT)
        draw(curve)
        self.say("The same loop, over and over", FadeOut(VGroup(self.bars, self.name)), run_time=0.4)
        self.play(FadeIn(VGroup(axes, title, steps, curve)), run_time=0.5)

        # Run the loop to the end
        first = self.steps.get_value()
        self.play(
            *self.get_training(last, lambda t: (first * ((last / first) ** t - 1)) / (last - first)),
            UpdateFromFunc(curve, draw),
            run_time=8,
        )
        self.wait(0.8)
        self.curve = VGroup(axes, title, steps, curve)

    def look_at_what_was_learned(self):
        # Give what was learned the whole stage
        self.play(FadeOut(VGroup(self.network, self.curve, self.caption, self.readouts)), run_time=0.5)
        self.play(self.field.animate.set_width(7.8).move_to(2.7 * LEFT + 0.2 * UP), run_time=1)

        # State how well it does, on the points it was trained on
        last = self.get_now()
        share = Source("accuracy in %", (), lambda: 100 * self.training.accuracies[last])
        number = SourcedNumber(share.true_value(), num_decimal_places=0, font_size=3 * HEADING, source=share)
        accuracy = VGroup(number, Text("%", font_size=2 * HEADING)).arrange(RIGHT, buff=0.15, aligned_edge=DOWN)
        words = Text("of the points it learned from\nare on the right side", font_size=LABEL, alignment="CENTER")
        loss = self.training.losses[[0, last]]
        change = self.get_formula(R"L: \; {} \to {}", ("first loss", loss[0]), ("last loss", loss[1])).set_color(LOSS)
        column = VGroup(accuracy, words.set_color(MUTED), change).arrange(DOWN, buff=0.4)
        column.move_to(4.3 * RIGHT + 0.25 * UP)
        self.play(FadeIn(column[:2], 0.2 * UP), run_time=0.8)
        self.play(FadeIn(change, 0.2 * UP), run_time=0.6)
        self.wait(0.8)

        # Say who found all the gradients
        caption = get_caption("Autograd enables efficient training by automatically computing all gradients")
        self.play(FadeIn(caption, 0.2 * UP), run_time=0.8)
        self.wait(2)
        self.play(FadeOut(Group(*self.mobjects[1:])), run_time=0.4)
