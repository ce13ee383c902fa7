from manim_imports_ext import *
from truth.activations import sigmoid
from truth.gradient_flow import take_step


class BackpropagationGradientFlow(CaptionedScene):
    """Values flow forward to a loss; gradients flow back, multiply on the way, and say how to change each weight.

    Subclasses show another network, another example: of two layers, with at most four neurons each.
    """

    # The network and its example; every number on screen is computed from these.
    weights = (
        ((-0.7, 1.6), (-1.9, 1.9), (1.2, -0.5)),
        ((-1.6, 2.5, 2.5), (0.9, -1.8, -2.2)),
    )
    biases = ((0.4, 0.8, 0.6), (-1.0, 1.0))
    x = (1.7, 1.3)
    target = (0.0, 1.0)
    rate = 2.0
    # The weights whose gradients are worked out: (to, from), in the last layer and in the first.
    followed = ((0, 1), (1, 0))

    caption_comes = 0.6
    factor_colors = (GRADIENT, OPERATION, ACTIVATION)

    # Each part of the film, and how many seconds it takes.
    phases = (
        ("introduce", 3),
        ("run_forward", 10),
        ("measure_loss", 5),
        ("run_backward", 16),
        ("multiply_along_the_chain", 8),
        ("update_weights", 6),
        ("close_the_loop", 4),
    )

    def construct(self):
        self.step = take_step(self.weights, self.biases, self.x, self.target, self.rate)
        self.ends_at = 0
        for method, seconds in self.phases:
            self.ends_at += seconds
            getattr(self, method)()

    def hold(self, reserve=0):
        """Wait until this phase is over, but for some seconds."""
        left = self.ends_at - reserve - self.time
        if left > 1 / self.camera.fps:
            self.wait(left)

    # What is shown

    def get_network(self):
        network = NeuralNetwork(
            self.weights,
            biases=self.biases,
            activation=sigmoid,
            last_activation=sigmoid,
            radius=0.42,
            neuron_buff=2.6,
            layer_buff=3.5,
            max_weight=3,
            max_width=7,
        )
        return network.set_max_height(4.75).move_to(1.75 * LEFT + 0.15 * UP)

    def get_loss_box(self):
        box = RoundedRectangle(3.0, 2.6, corner_radius=0.2).set_stroke(LOSS, 4).set_fill(PANEL, 1)
        box.move_to(5.1 * RIGHT + 0.15 * UP)
        name = VGroup(Text("loss", font_size=BODY), Tex("L", font_size=TITLE)).arrange(DOWN, buff=0.25)
        return VGroup(box, name.set_color(LOSS).move_to(box))

    def get_inlets(self):
        """A line from each output to the loss."""
        box, outputs = self.loss_box[0], self.network.get_layer(2)
        ends = np.linspace(0.55, -0.55, len(outputs)) if len(outputs) > 1 else [0]
        return VGroup(
            Line(neuron.get_right(), box.get_left() + y * UP).set_stroke(SCAFFOLD, 4)
            for neuron, y in zip(outputs, ends, strict=True)
        )

    def get_gradient_labels(self, layer):
        """The gradient of each weight of a layer on its edge, a quarter of the way from the smaller side."""
        gradients, labels = self.step.d_weights[layer], VGroup()
        at = 0.25 if len(self.weights[layer][0]) <= len(self.weights[layer]) else 0.75
        for edge in self.network.get_edges(layer):
            to, start = edge.source[1]
            number = get_number(gradients[to, start, None], 2, source=(f"∂L/∂W{layer + 1}", (to, start)))
            a, b = self.network.get_neuron(layer, start), self.network.get_neuron(layer + 1, to)
            number.scale(SMALL / LABEL).set_color(GRADIENT).move_to(interpolate(a.get_center(), b.get_center(), at))
            plate = Rectangle(number.get_width() + 0.1, number.get_height() + 0.1).move_to(number)
            labels.add(VGroup(plate.set_fill(BACKGROUND, 1).set_stroke(width=0), number))
        return labels

    def get_outward(self, neuron):
        """UP for a neuron of the upper half of the picture, DOWN for one of the lower half."""
        return UP if neuron.get_y() >= self.network.get_y() - 0.01 else DOWN

    def get_neuron_gradients(self, layer, direction=None):
        """The gradient of each activation of a layer, in its frame, beside its neuron."""
        tags = VGroup()
        for k, neuron in enumerate(self.network.get_layer(layer)):
            side = self.get_outward(neuron) if direction is None else direction
            gradient = self.step.d_activations[layer][k, None]
            number = get_number(gradient, 2, source=(f"∂L/∂a{layer}", k)).scale(SMALL / LABEL)
            tags.add(GradientTag(number, padding=0.08).next_to(neuron, side, buff=0.1))
        return tags

    def get_forward_formula(self, to):
        """What a hidden neuron computes from the inputs, in numbers."""
        step, numbers, terms = self.step, [], []
        for k in range(len(self.x)):
            numbers.append(Shown(f"W1[{to}, {k}]", step.weights[0][to, k, None], 1))
            numbers.append(Shown(f"x[{k}]", step.activations[0][k, None], 1))
            terms.append(R"({}) \cdot {}" if step.weights[0][to, k] < 0 and k else R"{} \cdot {}")
        numbers += [
            Shown("b1", step.biases[0][to, None], 1),
            Shown("z", step.pre_activations[0][to, None]),
            Shown("a", step.activations[1][to, None]),
        ]
        terms.append("({})" if step.biases[0][to] < 0 else "{}")
        tex = R"a = \sigma(" + " + ".join(terms) + R") = \sigma({}) = {}"
        return get_formula(tex, *numbers, font_size=BODY).to_edge(DOWN, buff=SAFE_AREA + 0.1)

    def get_sum_formula(self, hidden):
        """How the gradient of a hidden activation adds up from the outputs, in numbers."""
        step, numbers, terms, shown = self.step, [], [], 0.0
        for k in range(len(self.target)):
            weight, slope = step.weights[1][k, hidden, None], step.slopes[1][k, None]
            at_output = step.d_activations[2][k, None]
            numbers += [Shown("w", weight, 1), Shown("∂L/∂a", at_output), Shown("∂a/∂z", slope)]
            signs = ("({})" if value < 0 else "{}" for value in (weight, at_output, slope))
            terms.append(R" \cdot ".join(signs))
            shown += float((weight.round(1) * at_output.round(2) * slope.round(2)).item())
        total = step.d_activations[1][hidden, None]
        sign = "=" if round(shown, 2) == total.round(2).item() else R"\approx"
        tex = " + ".join(terms) + f" {sign} {{}}"
        formula = get_formula(tex, *numbers, Shown("∂L/∂a", total), font_size=BODY).set_color(GRADIENT)
        return formula.set_max_width(12.8).to_edge(DOWN, buff=SAFE_AREA + 0.1)

    def get_chain_rule(self):
        """dL/dw as a product of three factors, each in its own colour."""
        factors = R"{\partial L \over \partial a}", R"{\partial a \over \partial z}", R"{\partial z \over \partial w}"
        weight = R"{\partial L \over \partial w}"
        rule = Tex(f"{weight} = " + R" \cdot ".join(factors), font_size=BODY, isolate=[weight, *factors])
        for part, color in zip(factors, self.factor_colors, strict=True):
            rule[part].set_color(color)
        rule[weight].set_color(GRADIENT)
        return rule

    def get_factors(self, layer, to, start):
        """The same in numbers for one weight: the numbers, and the signs between them."""
        step = self.step
        given = (
            ("∂L/∂a", step.d_activations[layer + 1][to, None]),
            ("∂a/∂z", step.slopes[layer][to, None]),
            ("∂z/∂w", step.activations[layer][start, None]),
            ("∂L/∂w", step.d_weights[layer][to, start, None]),
        )
        numbers = VGroup(get_number(value, 2, source=(name, layer), font_size=BODY) for name, value in given)
        closes = np.isclose(np.prod([n.shown_value for n in numbers[:3]]).round(2), numbers[3].shown_value)
        signs = VGroup(Tex(tex, font_size=BODY) for tex in ("=", R"\cdot", R"\cdot", "=" if closes else R"\approx"))
        row = VGroup(part for pair in zip(signs, numbers, strict=True) for part in pair).arrange(RIGHT, buff=0.18)
        for number, color in zip(numbers, (*self.factor_colors, GRADIENT), strict=True):
            number.set_color(color)
        return row, numbers

    # What moves

    def send_forward(self, layer):
        """Values run along the edges of a layer and light up the neurons there. Returns their numbers."""
        network = self.network
        known = [*self.step.activations[: layer + 2], *(np.zeros(n) for n in network.sizes[layer + 2 :])]
        self.play(
            EdgeWave(network.get_edges(layer), INPUT),
            network.animate(time_span=(1.2, 1.7)).set_activations(known),
            run_time=1.7,
        )
        labels = network.get_activation_labels(layer + 1, SMALL, 2)
        self.play(FadeIn(labels), run_time=0.4)
        return labels

    def send_backward(self, layer):
        """Gradients run back along the edges of a layer and leave their numbers. Returns these."""
        labels = self.get_gradient_labels(layer)
        self.play(
            EdgeWave(self.network.get_edges(layer), GRADIENT, backwards=True),
            FadeIn(labels, time_span=(1.0, 1.8)),
            run_time=1.8,
        )
        return labels

    def get_label(self, layer, to, start):
        """The gradient on an edge."""
        places = [edge.source[1] for edge in self.network.get_edges(layer)]
        return (self.early, self.late)[layer][places.index((to, start))]

    def get_spotlight(self, layer, to, start):
        """Animations: one weight stands out, the others step back."""
        chosen, label = self.network.get_edge(layer, to, start), self.get_label(layer, to, start)
        edges = (edge for edges in self.network.edges for edge in edges)
        ring = SurroundingRectangle(label, buff=0.08).set_stroke(FOCUS, 3).set_fill(opacity=0).round_corners(0.08)
        first = not hasattr(self, "ring")
        self.ring = ring if first else self.ring
        return [
            *(edge.animate.set_stroke(opacity=1 if edge is chosen else 0.15) for edge in edges),
            *(other[1].animate.set_fill(opacity=1 if other is label else 0.3) for other in (*self.early, *self.late)),
            FadeIn(ring) if first else Transform(self.ring, ring),
        ]

    def get_arrivals(self, layer, to, start, row, numbers):
        """Animation: the factors come from where they stand in the network, then the result."""
        tags = (self.hidden_tags, self.output_tags)[layer]
        sent, result = (self.inputs, self.hidden)[layer][start], self.get_label(layer, to, start)[1]
        signs = VGroup(*row[::2])
        return LaggedStart(
            TransformFromCopy(tags[to].number, numbers[0]),
            FadeIn(VGroup(signs, numbers[1])),
            TransformFromCopy(sent, numbers[2]),
            TransformFromCopy(result, numbers[3]),
            lag_ratio=0.35,
        )

    def get_ways(self, stations):
        """From each station of the loop to the next, clockwise: two points each."""
        forward, loss, backward, update = stations
        gap = 0.25
        return (
            (forward.get_top() + gap * UP, loss.get_left() + gap * LEFT),
            (loss.get_right() + gap * RIGHT, backward.get_top() + gap * UP),
            (backward.get_bottom() + gap * DOWN, update.get_right() + gap * RIGHT),
            (update.get_left() + gap * LEFT, forward.get_bottom() + gap * DOWN),
        )

    # Phases

    def introduce(self):
        # Bring in the network
        title = get_title("Backpropagation: Gradient Flow")
        self.network = self.get_network()
        self.loss_box = self.get_loss_box()
        self.inlets = self.get_inlets()
        edges = VGroup(edge for layer in self.network.edges for edge in layer)
        self.play(FadeIn(title, 0.2 * UP), FadeIn(self.network.layers), run_time=0.8)
        self.play(
            LaggedStartMap(ShowCreation, edges, lag_ratio=0.05),
            FadeIn(VGroup(self.inlets, self.loss_box), time_span=(0.7, 1.2)),
            run_time=1.2,
        )
        self.bring_to_front(self.network.layers)
        self.title = title
        self.hold()

    def run_forward(self):
        # Hand it an example
        step, network = self.step, self.network
        silent = [np.zeros(n) for n in network.sizes]
        self.say(
            "Forward: an example goes in on the left",
            network.animate.set_activations([step.activations[0], *silent[1:]]),
            run_time=0.8,
        )
        self.inputs = network.get_activation_labels(0, SMALL, 2)
        self.play(FadeIn(self.inputs), run_time=0.4)

        # Send it to the hidden neurons
        self.hidden = self.send_forward(0)

        # Work out one of them
        to = self.followed[1][0]
        neuron = network.get_neuron(1, to)
        ring = Circle(radius=0.56 * neuron.get_width()).set_stroke(FOCUS, 4).move_to(neuron)
        self.say(self.get_forward_formula(to), ShowCreation(ring), run_time=0.8)
        self.wait(1.2)

        # Send them on to the outputs
        self.play(FadeOut(VGroup(ring, self.caption)), run_time=0.3)
        self.caption = VGroup()
        self.outputs = self.send_forward(1)
        self.say("What comes out on the right is the network's answer")
        self.hold()

    def measure_loss(self):
        # Hold the answer against what it should be
        step = self.step
        aims = VGroup()
        for k, neuron in enumerate(self.network.get_layer(2)):
            number = get_number(step.target[k, None], 0 if step.target[k] % 1 == 0 else 2, source=("target", k))
            aim = VGroup(Tex("t =", font_size=LABEL), number).arrange(RIGHT, buff=0.15).set_color(TARGET)
            aims.add(aim.next_to(neuron, self.get_outward(neuron) + RIGHT, buff=0).shift(0.1 * RIGHT))
        self.say("The loss says how far that is from the target", FadeIn(aims), run_time=0.6)
        self.aims = aims

        # Carry both into the loss
        box, name = self.loss_box
        rule = Tex(R"L = \tfrac{1}{2} \sum (a - t)^2", font_size=BODY - 4).set_color(TEXT)
        value = get_number(step.loss, 2, source="L", font_size=TITLE).set_color(LOSS)
        VGroup(rule, value).arrange(DOWN, buff=0.45).move_to(box)
        self.play(EdgeWave(self.inlets, INPUT), FadeOut(name, time_span=(0.8, 1.1)), run_time=1.1)
        self.play(FadeIn(rule), run_time=0.4)
        self.play(FadeIn(value, scale=0.7), run_time=0.5)
        self.rule, self.value = rule, value
        self.hold()

    def run_backward(self):
        # Start the way back at the loss
        self.say(
            "Backward: how does the loss change with each output?",
            *(edge.animate.set_stroke(opacity=0.35) for edges in self.network.edges for edge in edges),
        )
        self.output_tags = self.get_neuron_gradients(2)
        name = Tex(R"{\partial L / \partial a} =", font_size=LABEL).set_color(GRADIENT)
        name.next_to(self.output_tags[0], LEFT, buff=0.12)
        self.play(EdgeWave(self.inlets, GRADIENT, backwards=True), run_time=1.2)
        self.play(FadeIn(self.output_tags), FadeIn(name), self.inlets.animate.set_stroke(GRADIENT), run_time=0.6)
        self.wait(0.7)

        # Send it back through the last layer
        self.say("Each weight of the last layer gets its gradient", FadeOut(name))
        self.late = self.send_backward(1)
        self.wait(0.9)

        # Gather what reaches the hidden neurons
        self.say("What reaches a hidden neuron along its edges adds up")
        self.hidden_tags = self.get_neuron_gradients(1, UP)
        self.play(FadeIn(self.hidden_tags, lag_ratio=0.2), run_time=0.8)
        self.say(self.get_sum_formula(self.followed[1][0]))
        self.wait(1.3)

        # Send it back through the first layer
        self.say("From there it goes on, to the weights of the first layer")
        self.early = self.send_backward(0)
        self.hold()

    def multiply_along_the_chain(self):
        # Write the gradient as a product of three factors
        rule = self.get_chain_rule()
        row, numbers = self.get_factors(1, *self.followed[0])
        VGroup(rule, row).arrange(RIGHT, buff=0.25).move_to(3 * DOWN)
        self.play(FadeOut(self.caption), *self.get_spotlight(1, *self.followed[0]), run_time=0.5)
        self.play(FadeIn(rule), run_time=0.5)

        # Multiply the numbers of a weight in the last layer
        self.play(self.get_arrivals(1, *self.followed[0], row, numbers), run_time=1.4)
        self.wait(1.1)

        # Multiply the numbers of a weight in the first layer
        others, numbers = self.get_factors(0, *self.followed[1])
        others.next_to(rule, RIGHT, buff=0.25)
        self.play(FadeOut(row), *self.get_spotlight(0, *self.followed[1]), run_time=0.5)
        self.play(self.get_arrivals(0, *self.followed[1], others, numbers), run_time=1.4)
        self.caption = VGroup(rule, others)
        self.hold()

    def update_weights(self):
        # Take a step against the gradient, for one weight in numbers
        layer, (to, start) = 1, self.followed[0]
        step = self.step
        gradient = "{}" if step.d_weights[layer][to, start] >= 0 else "({})"
        formula = get_formula(
            R"w \leftarrow w - \eta \, {{\partial L \over \partial w}} = {} - {} \cdot " + gradient + " = {}",
            Shown("w", step.weights[layer][to, start, None], 1),
            Shown("η", step.rate, 0),
            Shown("∂L/∂w", step.d_weights[layer][to, start, None]),
            Shown("new w", step.new_weights[layer][to, start, None]),
            font_size=BODY,
            t2c={R"{\partial L \over \partial w}": GRADIENT},
        )
        self.say(formula.move_to(3 * DOWN), *self.get_spotlight(1, *self.followed[0]))
        self.wait(0.8)

        # Move every weight at once
        marks = VGroup(self.early, self.late, self.output_tags, self.hidden_tags, self.ring)
        self.play(
            FadeOut(VGroup(marks, self.hidden, self.outputs)),
            *(edge.animate.set_stroke(opacity=0.9) for edges in self.network.edges for edge in edges),
            self.inlets.animate.set_stroke(SCAFFOLD),
            run_time=0.5,
        )
        self.play(self.network.animate.set_weights(step.new_weights), run_time=1.3)

        # Ask the new weights for the loss
        new = get_number(step.new_loss, 2, source="new L", font_size=TITLE).set_color(LOSS)
        arrow = Vector(0.45 * RIGHT, thickness=4).set_color(MUTED)
        old = self.value.copy().scale(BODY / TITLE)
        VGroup(old, arrow, new).arrange(RIGHT, buff=0.15).move_to(self.value)
        self.play(
            Transform(self.value, old),
            FadeIn(arrow),
            self.network.animate.set_activations(step.new_activations),
            run_time=0.5,
        )
        numbers = VGroup(self.network.get_activation_labels(layer, SMALL, 2) for layer in (1, 2))
        self.say("After one step, the loss is lower", FadeIn(numbers), FadeIn(new, 0.2 * UP))
        self.hold()

    def close_the_loop(self):
        # Close the loop
        stations = VGroup(
            Text(word, font_size=HEADING).set_color(color)
            for word, color in (("forward", INPUT), ("loss", LOSS), ("backward", GRADIENT), ("update", PARAMETER))
        )
        for station, place in zip(stations, (4 * LEFT, 2.2 * UP, 4 * RIGHT, 2.2 * DOWN), strict=True):
            station.move_to(place + 0.35 * DOWN)
        arrows = VGroup(
            CurvedArrow(a, b, angle=-0.9, stroke_color=SCAFFOLD, stroke_width=5) for a, b in self.get_ways(stations)
        )
        others = Group(*(mobject for mobject in self.mobjects[1:] if mobject not in (self.title, self.network)))
        self.play(FadeOut(others), self.network.animate.set_height(1.7).move_to(0.35 * DOWN), run_time=0.6)
        self.play(LaggedStartMap(FadeIn, stations, lag_ratio=0.5), run_time=0.8)
        self.play(LaggedStartMap(ShowCreation, arrows, lag_ratio=0.4), run_time=0.9)
        self.hold(reserve=0.4)
        self.play(FadeOut(Group(*self.mobjects[1:])), run_time=0.4)
