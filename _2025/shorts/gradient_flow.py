from manim_imports_ext import *
from truth.activations import sigmoid
from truth.gradient_flow import take_step

SLAB = mix_colors(PANEL, LOSS, 0.18)  # what the loss stands in front of


class BackpropagationGradientFlow(CaptionedScene):
    """Values flow forward to a loss; gradients flow back, multiply on the way, and say how to change each weight.

    Subclasses show another network, another example: of two layers, with at most four neurons each.
    """

    # The network and its example; every number on screen is computed from these.
    weights = (
        ((-0.6, 0.3), (1.3, -1.7), (1.7, 1.2)),
        ((-0.8, 1.5, -1.3), (-1.8, -2.2, 1.4)),
    )
    biases = ((0.1, -0.4, -0.8), (0.8, -1.0))
    x = (1.5, 0.6)
    target = (0.1, 0.8)
    rate = 2.0
    # The weights whose gradients are worked out: (to, from), in the last layer and in the first.
    followed = ((1, 1), (2, 0))
    rounds = 4  # steps of gradient descent while the loop closes

    caption_goes, caption_comes = 0.25, 0.5
    digits = 32  # the smallest numbers that are read
    factor_colors = (GRADIENT, OPERATION, INPUT)

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

    def hold(self):
        """Wait until this phase is over."""
        left = self.ends_at - self.time
        if left > 1 / self.camera.fps:
            self.wait(left)

    # What is shown

    def get_network(self):
        network = NeuralNetwork(
            self.weights,
            biases=self.biases,
            activation=sigmoid,
            last_activation=sigmoid,
            radius=0.64,
            neuron_buff=1.45,
            layer_buff=4,
            max_weight=2.5,
        )
        network.set_activations([np.zeros(n) for n in network.sizes])
        return SolidNetwork(network.set_max_height(5.7).move_to(1.85 * LEFT + 0.5 * UP), max_width=0.24)

    def get_layer_names(self):
        columns = (*(balls[0].body for balls in self.body.balls), self.slab)
        return VGroup(
            Text(name, font_size=LABEL).set_color(MUTED).set_x(column.get_x()).set_y(-2.75)
            for name, column in zip(("input", "hidden", "output", "loss"), columns, strict=True)
        )

    def get_inlets(self):
        """A tube from each output to the loss."""
        return Group(get_tube(*line.get_start_and_end(), 0.08).set_color(MUTED) for line in self.get_lines())

    def get_lines(self):
        """Lines from each output to the loss, for light to run along."""
        starts = (ball.body.get_center() + ball.radius * RIGHT for ball in self.body.balls[2])
        return VGroup(Line(start, [self.slab.get_left()[0], start[1], 0]) for start in starts)

    def get_loss_number(self, step, name="L"):
        """The loss after a step, as high as its column."""
        loss = step.loss if step is self.step and name == "L" else step.new_loss
        number = get_number(loss, 2, source=name, font_size=HEADING).set_color(TEXT)
        return number.next_to(self.column.base + float(loss) * self.column.unit * UP, UP, buff=0.12).shift(0.3 * OUT)

    def get_bead(self, layer, edge, at):
        """The gradient of a weight, threaded on its edge."""
        to, start = edge.source[1]
        source = (f"∂L/∂W{layer + 1}", (to, start))
        number = get_number(self.step.d_weights[layer][to, start, None], 2, source=source, font_size=self.digits)
        number.set_color(GRADIENT)
        plate = RoundedRectangle(number.get_width() + 0.2, number.get_height() + 0.18, corner_radius=0.12)
        plate.set_fill(BACKGROUND, 1).set_stroke(GRADIENT, 2).move_to(number)
        bead = VGroup(plate, number)
        bead.place = (layer, *edge.source[1])
        return bead.move_to(edge.point_from_proportion(at))

    def get_beads(self, layer):
        """The gradients of a layer, where its edges are fewest: away from the side on which they cross."""
        is_narrowing = len(self.weights[layer][0]) >= len(self.weights[layer])
        beads = VGroup()
        for edge in self.network.get_edges(layer):
            to, start = edge.source[1]
            at = 0.25 + 0.13 * ((to if is_narrowing else start) % 2)
            beads.add(self.get_bead(layer, edge, at if is_narrowing else 1 - at))
        return beads

    def get_stacks(self):
        """Beside each output, outwards: its gradient, and below that the slope of its sigmoid."""
        stacks = VGroup()
        for k, ball in enumerate(self.body.balls[2]):
            is_upper = ball.get_y() >= self.network.get_y() - 0.01
            rows = VGroup(
                self.get_reading(R"\partial L / \partial a =", self.step.d_activations[2][k, None], "∂L/∂a", k),
                self.get_reading(R"\sigma'(z) =", self.step.slopes[1][k, None], "∂a/∂z", k, OPERATION),
            )
            rows.arrange(UP if is_upper else DOWN, buff=0.12, aligned_edge=LEFT)
            stacks.add(rows.next_to(ball.body, UP if is_upper else DOWN, buff=0.12).shift(0.35 * RIGHT))
        return stacks

    def get_reading(self, tex, value, name, index, color=GRADIENT):
        """`name = value`, small enough to stand beside a ball. Parts: the name, the number."""
        number = get_number(value, 2, source=(name, index), font_size=32)
        name = Tex(tex, font_size=32)
        return VGroup(name, number).arrange(RIGHT, buff=0.12).set_color(color)

    def get_hidden_tags(self):
        """The gradient of each hidden activation, above its ball; the number is its last part."""
        tags = VGroup()
        for k, ball in enumerate(self.body.balls[1]):
            reading = self.get_reading(R"\partial L / \partial a =", self.step.d_activations[1][k, None], "∂L/∂a1", k)
            tag = reading if k == 0 else VGroup(reading[1])
            tags.add(tag.next_to(ball.body, UP, buff=0.1))
        return tags

    def get_used_weights(self, to):
        """The weights into a hidden neuron, on their edges."""
        plates = VGroup()
        for start, weight in enumerate(self.step.weights[0][to]):
            edge = self.network.get_edge(0, to, start)
            number = get_number(weight, 1, source=("W1", (to, start)), font_size=36)
            number.set_color(value_to_color(weight, 0, 2))
            plate = RoundedRectangle(number.get_width() + 0.2, number.get_height() + 0.2, corner_radius=0.12)
            plate.set_fill(BACKGROUND, 1).set_stroke(number.get_color(), 2).move_to(number)
            plates.add(VGroup(plate, number).move_to(edge.point_from_proportion(0.45)))
        return plates

    def get_panel(self, *rows, width=14.4):
        """Formulas on a dark plate along the bottom of the frame, which stay where they are when the camera moves."""
        plate = Rectangle(width, 1.1).set_fill(BACKGROUND, 0.94).set_stroke(width=0).move_to(3.5 * DOWN)
        content = VGroup(*rows).arrange(RIGHT, buff=0.5).set_max_width(12.8).set_max_height(0.85).move_to(3.46 * DOWN)
        return VGroup(plate, content).fix_in_frame()

    def get_forward_formula(self, to):
        """What a hidden neuron computes from the inputs, in numbers."""
        step, numbers, terms = self.step, [], []
        for k in range(len(self.x)):
            numbers.append(Shown(f"W1[{to}, {k}]", step.weights[0][to, k, None], 1))
            numbers.append(Shown(f"x[{k}]", step.activations[0][k, None], 1))
            terms.append(R"({}) \cdot {}" if step.weights[0][to, k] < 0 and k else R"{} \cdot {}")
        bias = step.biases[0][to, None]
        numbers += [Shown("b1", abs(bias) if bias < 0 else bias, 1)]
        z, a = Shown("z", step.pre_activations[0][to, None]), Shown("a", step.activations[1][to, None])
        tex = "z = " + " + ".join(terms) + (" - {}" if bias < 0 else " + {}") + " = {}"
        squash = get_formula(R"a = \sigma(z) = \sigma({}) = {}", z, a, font_size=BODY)
        return get_formula(tex, *numbers, z, font_size=BODY), squash

    def get_sum_formula(self, hidden):
        """How the gradient of a hidden activation adds up from the outputs, in numbers."""
        step, numbers, terms, shown = self.step, [], [], 0.0
        for k in range(len(self.target)):
            weight, slope = step.weights[1][k, hidden, None], step.slopes[1][k, None]
            at_output = step.d_activations[2][k, None]
            numbers += [Shown("∂L/∂a", at_output), Shown("∂a/∂z", slope), Shown("w", weight, 1)]
            factors = (at_output, slope, weight)
            signs = ("({})" if value < 0 and place + k else "{}" for place, value in enumerate(factors))
            terms.append(R" \cdot ".join(signs))
            shown += float((weight.round(1) * at_output.round(2) * slope.round(2)).item())
        total = step.d_activations[1][hidden, None]
        sign = "=" if round(shown, 2) == total.round(2).item() else R"\approx"
        tex = " + ".join(terms) + f" {sign} {{}}"
        return get_formula(tex, *numbers, Shown("∂L/∂a", total), font_size=BODY).set_color(GRADIENT)

    def get_weight_rule(self):
        """What the gradient of a weight is, in words that stand at its two ends."""
        parts = R"\partial L / \partial a", R"\sigma'(z)", R"a_{\text{before}}"
        rule = Tex(R"\partial L / \partial w = " + R" \cdot ".join(parts), font_size=BODY, isolate=parts)
        for part, color in zip(parts, self.factor_colors, strict=True):
            rule[part].set_color(color)
        return rule

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
        return row

    def get_loop(self):
        """Arcs round the network, forward above and back below, and the way up again; and their names."""
        inputs, slab = self.body.balls[0], self.slab
        top, bottom = inputs[0].body.get_top() + 0.3 * UP, inputs[-1].body.get_bottom() + 0.3 * DOWN
        forward = CurvedArrow(top, slab.get_top() + 0.3 * UP, angle=-1.1, stroke_color=INPUT, stroke_width=9)
        back = CurvedArrow(slab.get_bottom() + 0.3 * DOWN, bottom, angle=-1.1, stroke_color=GRADIENT, stroke_width=9)
        left = (inputs[0].body.get_left()[0] - 0.25) * RIGHT
        ends = [left + y * UP for y in (bottom[1] + 0.6, top[1] - 0.6)]
        update = CurvedArrow(*ends, angle=-0.9, stroke_color=POSITIVE_RAMP[1], stroke_width=9)
        for arrow in (forward, back, update):
            arrow.tip.set_stroke(width=0)
        names = VGroup(
            Text(word, font_size=TITLE).set_color(color).move_to(place)
            for word, color, place in (
                ("forward", INPUT, forward.get_top() + 0.5 * UP),
                ("backward", GRADIENT, back.get_bottom() + 0.55 * DOWN),
                ("update", POSITIVE_RAMP[1], update.get_left() + 1.3 * LEFT),
            )
        )
        return VGroup(forward, back, update), names

    def get_progress(self, step, number):
        """The loss after so many steps, and how many those are: beside the slab."""
        loss = get_number(step.new_loss, 2, source="L", font_size=TITLE).set_color(LOSS)
        count = Text(f"after {number} steps", font_size=LABEL + 6).set_color(MUTED)
        name = Text("loss", font_size=TITLE).set_color(LOSS)
        return (
            VGroup(VGroup(name, loss).arrange(RIGHT, buff=0.25), count)
            .arrange(DOWN, buff=0.2)
            .next_to(self.slab, RIGHT, buff=0.35)
        )

    # What moves

    def send_forward(self, layer, run_time=1.7):
        """Values run along the edges of a layer and light up the neurons there. Returns their numbers."""
        network = self.network
        known = [*self.step.activations[: layer + 2], *(np.zeros(n) for n in network.sizes[layer + 2 :])]
        self.play(
            EdgeWave(network.get_edges(layer), INPUT, width=14, radius=0.5),
            self.body.animate(time_span=(0.7 * run_time, run_time)).set_activations(known),
            run_time=run_time,
        )
        labels = self.body.get_numbers(layer + 1)
        self.play(FadeIn(labels), run_time=0.3)
        return labels

    def send_backward(self, layer, run_time=2.2):
        """Gradients run back along the edges of a layer and leave their beads. Returns these."""
        beads = self.get_beads(layer)
        self.play(
            EdgeWave(self.network.get_edges(layer), GRADIENT, backwards=True, width=14, radius=0.5),
            LaggedStart(*(FadeIn(bead, scale=1.6) for bead in beads), lag_ratio=0.25, time_span=(0.9, run_time)),
            run_time=run_time,
        )
        return beads

    def look_at(self, layer, to, start):
        """Animations: the camera goes to one weight, and the others step back."""
        beads = (self.early, self.late)[layer]
        chosen = next(bead for bead in beads if bead.place == (layer, to, start))
        x = np.clip(self.network.get_edge(layer, to, start).get_x(), -1.5, 1.5)  # no farther than the picture goes
        ends = self.body.get_ball(layer, start), self.body.get_ball(layer + 1, to)
        lowest = min(ball.body.get_bottom()[1] for ball in ends) - 1  # with what stands below
        y = min(0.35, lowest + 2.4)  # above the formulas
        mine = [chosen, *self.get_readings(layer, to, start)]
        away = [mobject for mobject in self.get_all_readings() if all(mobject is not other for other in mine)]
        return [
            self.frame.animate.reorient(0, 0, 0, (x, y, 0), 6.3),
            self.body.animate.set_dimmed(0.9, [chosen.place], [(layer, start), (layer + 1, to)]),
            *(mobject.animate.set_opacity(0) for mobject in (*away, self.names)),
            *(
                mobject.animate.set_color(mix_colors(color, BACKGROUND, 0.85))
                for mobject, color in self.get_loss_parts()
            ),
            *(mobject.animate.set_opacity(1) for mobject in mine),
        ]

    def get_readings(self, layer, to, start):
        """The numbers that the gradient of one weight is made of."""
        after = (self.hidden, self.outputs)[layer][to]
        return [(self.inputs, self.hidden)[layer][start], after, (self.hidden_tags, self.stacks)[layer][to]]

    def get_loss_parts(self):
        """What the loss is drawn as, and the colour of each part."""
        return (self.slab, SLAB), (self.column.body, LOSS), (self.value, TEXT), *((tube, MUTED) for tube in self.inlets)

    def get_all_readings(self):
        """Every number that stands in the network."""
        values = (*self.inputs, *self.hidden, *self.outputs)
        return [*values, *self.hidden_tags, *self.stacks, *self.early, *self.late]

    def get_arrivals(self, layer, to, start, row):
        """Animation: the factors come from where they stand in the network, then the result."""
        bead = next(bead for bead in (self.early, self.late)[layer] if bead.place == (layer, to, start))
        gradient = self.stacks[to][0][1] if layer else self.hidden_tags[to][-1]
        slope = self.stacks[to][1][1] if layer else self.slope[1]
        sent = (self.inputs, self.hidden)[layer][start]
        signs, numbers = row[::2], row[1::2]
        return LaggedStart(
            *(
                AnimationGroup(
                    FadeIn(VGroup(sign, number), scale=1.3),
                    FlashAround(source, color=FOCUS, buff=0.08, stroke_width=6),
                )
                for sign, number, source in zip(signs, numbers, (gradient, slope, sent, bead), strict=True)
            ),
            lag_ratio=0.6,
        )

    # Phases

    def introduce(self):
        # Bring in the network
        set_telephoto(self.frame)
        title = get_title("Backpropagation: Gradient Flow").fix_in_frame()
        self.body = self.get_network()
        self.network = self.body.network
        self.slab = Cube(side_length=1).set_shape(1.9, 5.0, 0.5).set_color(SLAB).set_shading(0.3, 0.2, 0.5)
        self.slab.move_to([5.6, 0.1, -0.25]).apply_depth_test()
        self.column = Column(0.0, 3.6 / float(self.step.loss), 1.1, [5.6, -2.2, 0.1], LOSS)
        self.inlets = self.get_inlets()
        names = self.get_layer_names()
        self.question = Text("?", font_size=3 * TITLE).set_color(LOSS).move_to(self.slab)
        self.frame.reorient(-38, -14, 0, (-0.4, 0.8, 0), 8.4)
        self.play(
            FadeIn(title, time_span=(0, 0.6)),
            LaggedStart(*(FadeIn(layer) for layer in self.body.balls), FadeIn(self.slab), lag_ratio=0.3),
            FadeIn(Group(self.body.tubes, self.inlets), time_span=(0.5, 1.3)),
            self.frame.animate(run_time=2.8).reorient(0, 0, 0, (0, 0, 0), 8),
            FadeIn(VGroup(names, self.question), time_span=(2.0, 2.6)),
            FadeOut(title, 0.5 * UP, time_span=(1.7, 2.2)),
        )
        self.names = names
        self.hold()

    def run_forward(self):
        # Hand it an example
        step, body = self.step, self.body
        silent = [np.zeros(n) for n in self.network.sizes]
        colors = {"Blue": POSITIVE_RAMP[1], "Orange": NEGATIVE_RAMP[1]}
        self.say(
            get_caption("Blue: positive weight. Orange: negative. Thick: large", colors).fix_in_frame(),
            body.animate.set_activations([step.activations[0], *silent[1:]]),
            run_time=0.7,
        )
        self.inputs = body.get_numbers(0)
        self.play(FadeIn(self.inputs), self.frame.animate.reorient(-10, -5, 0), run_time=0.4)

        # Send it to the hidden neurons
        self.hidden = self.send_forward(0)

        # Work out one of them
        to = self.followed[1][0]
        used = self.get_used_weights(to)
        self.say(
            self.get_panel(*self.get_forward_formula(to)),
            FadeIn(used, scale=1.3),
            body.animate.set_dimmed(0.8, [(0, to, k) for k in range(len(self.x))]),
            self.frame.animate.reorient(0, 0, 0),
            run_time=0.7,
        )
        self.wait(1.6)

        # Send them on to the outputs
        self.play(FadeOut(self.caption), FadeOut(used), body.animate.set_dimmed(0), run_time=0.4)
        self.caption = VGroup()
        self.outputs = self.send_forward(1)
        self.hold()

    def measure_loss(self):
        # Hold the answer against what it should be
        step = self.step
        aims = VGroup()
        for k, ball in enumerate(self.body.balls[2]):
            number = get_number(step.target[k, None], 1, source=("target", k), font_size=36)
            aim = VGroup(Tex("t =", font_size=36), number).arrange(RIGHT, buff=0.12).set_color(TARGET)
            aims.add(aim.next_to(ball.body, RIGHT, buff=0.25).shift(0.35 * UP))
        rule = get_formula(
            R"L = \tfrac{{1}}{{2}} \sum (a - t)^2 = \tfrac{{1}}{{2}} \left( ({} - {})^2 + ({} - {})^2 \right) = {}"
            if len(step.target) == 2
            else R"L = \tfrac{{1}}{{2}} \sum (a - t)^2 = {}",
            *(
                Shown(name, array[k, None], decimals)
                for k in range(len(step.target))
                for name, array, decimals in (("a", step.activations[2], 2), ("t", step.target, 1))
                if len(step.target) == 2
            ),
            Shown("L", step.loss),
            font_size=BODY,
        )
        self.say(self.get_panel(rule), FadeIn(aims, 0.3 * RIGHT), run_time=0.7)
        self.aims = aims

        # Let the loss rise as high as it is
        value = self.get_loss_number(step)
        self.play(EdgeWave(self.get_lines(), INPUT, width=12, radius=0.45), run_time=1)
        self.add(self.column)
        self.play(
            FadeOut(self.question),
            self.column.animate.set_value(step.loss),
            FadeIn(value, time_span=(0.7, 1.1)),
            run_time=1.1,
        )
        self.value = value
        self.hold()

    def run_backward(self):
        # Start the way back at the loss
        step = self.step
        self.say(
            "Now back from the loss",
            self.body.animate.set_dimmed(0.6),
            self.frame.animate.reorient(9, -4, 0),
            FadeOut(self.aims),
        )
        self.stacks = self.get_stacks()
        self.play(
            EdgeWave(self.get_lines(), GRADIENT, backwards=True, width=14, radius=0.5),
            FadeIn(VGroup(rows[0] for rows in self.stacks), time_span=(1.1, 1.6)),
            run_time=1.8,
        )
        difference = get_formula(
            R"\partial L / \partial a = a - t = {} - {} = {}",
            Shown("a", step.activations[2][0, None]),
            Shown("t", step.target[0, None], 1),
            Shown("∂L/∂a", step.d_activations[2][0, None]),
            font_size=BODY,
        )
        a = step.activations[2][0, None]
        slope = get_formula(
            R"\sigma'(z) = a({} - a) = {} \cdot {} = {}",
            Shown("1", 1, 0),
            *(Shown(name, value) for name, value in (("a", a), ("1 - a", 1 - a), ("σ′", step.slopes[1][0, None]))),
            font_size=BODY,
        )
        self.say(
            self.get_panel(difference.set_color(GRADIENT), slope.set_color(OPERATION)),
            FadeIn(VGroup(rows[1] for rows in self.stacks)),
            self.frame.animate.reorient(0, 0, 0),
        )
        self.wait(1.6)

        # Send it back through the last layer
        self.say(self.get_panel(self.get_weight_rule()))
        self.late = self.send_backward(1)
        self.wait(0.3)

        # Gather what reaches a hidden neuron
        hidden = self.followed[1][0]
        edges = [self.network.get_edge(1, to, hidden) for to in range(len(self.target))]
        self.hidden_tags = self.get_hidden_tags()
        self.say(
            self.get_panel(self.get_sum_formula(hidden)),
            EdgeWave(edges, GRADIENT, backwards=True, width=14, radius=0.5),
            self.body.animate(time_span=(0, 0.4)).set_dimmed(0.85, [(1, to, hidden) for to in range(len(self.target))]),
            FadeIn(self.hidden_tags[hidden], time_span=(0.9, 1.2)),
            run_time=1.2,
        )
        self.wait(1.2)
        others = VGroup(tag for k, tag in enumerate(self.hidden_tags) if k != hidden)
        self.play(FadeIn(others, lag_ratio=0.3), self.body.animate.set_dimmed(0.6), run_time=0.5)

        # Send it back through the first layer
        self.say(
            "The same, one layer further back",
            *(mobject.animate.set_opacity(0.35) for mobject in (*self.late, *self.stacks)),
        )
        self.early = self.send_backward(0)
        self.hold()

    def multiply_along_the_chain(self):
        # Write the gradient as a product of three factors
        rule = self.get_chain_rule()
        row = self.get_factors(1, *self.followed[0])
        panel = self.get_panel(rule, row)
        self.play(
            FadeOut(self.caption),
            *self.look_at(1, *self.followed[0]),
            FadeIn(VGroup(panel[0], rule), time_span=(0.3, 0.9)),
            run_time=0.9,
        )

        # Multiply the numbers of a weight in the last layer
        self.play(self.get_arrivals(1, *self.followed[0], row), run_time=1.5)
        self.wait(1.2)

        # Multiply the numbers of a weight in the first layer
        others = self.get_factors(0, *self.followed[1])
        others.next_to(rule, RIGHT, buff=0.3).fix_in_frame()
        to = self.followed[1][0]
        slope = self.get_reading(R"\sigma'(z) =", self.step.slopes[0][to, None], "∂a/∂z", to, OPERATION)
        self.slope = slope.next_to(self.body.get_ball(1, to).body, DOWN, buff=0.1)
        self.play(FadeOut(row), *self.look_at(0, *self.followed[1]), FadeIn(slope), run_time=0.9)
        self.play(self.get_arrivals(0, *self.followed[1], others), run_time=1.5)
        self.caption = VGroup(panel[0], rule, others)
        self.hold()

    def update_weights(self):
        # Take a step against the gradient, for one weight in numbers
        (to, start), step = self.followed[0], self.step
        note = VGroup(Tex(R"\eta:", font_size=LABEL), Text("learning rate", font_size=LABEL)).arrange(RIGHT, buff=0.12)
        note.set_color(MUTED)
        gradient = "{}" if step.d_weights[1][to, start] >= 0 else "({})"
        formula = get_formula(
            R"w \leftarrow w - \eta \, {{\partial L \over \partial w}} = {} - {} \cdot " + gradient + " = {}",
            Shown("w", step.weights[1][to, start, None], 1),
            Shown("η", step.rate, 0),
            Shown("∂L/∂w", step.d_weights[1][to, start, None]),
            Shown("new w", step.new_weights[1][to, start, None]),
            font_size=BODY,
            t2c={R"{\partial L \over \partial w}": GRADIENT},
        )
        self.say(
            self.get_panel(formula, note),
            FadeOut(self.slope, time_span=(0, 0.3)),
            self.frame.animate.reorient(0, 0, 0, (0, 0, 0), 8),
            self.body.animate.set_dimmed(0.6, [(1, to, start)]),
            *(mobject.animate.set_opacity(1) for mobject in (*self.get_all_readings(), self.names)),
            *(mobject.animate.set_color(color) for mobject, color in self.get_loss_parts()),
            run_time=0.8,
        )
        self.wait(0.7)

        # Move every weight at once
        beads = VGroup(*self.early, *self.late)
        self.play(
            *(FadeOut(bead, scale=0.3) for bead in beads),
            FadeOut(VGroup(self.stacks, self.hidden_tags)),
            FadeOut(Group(self.hidden, self.outputs)),
            self.body.animate.set_weights(step.new_weights),
            run_time=1.2,
        )

        # Ask the new weights for the loss
        new = self.get_loss_number(step, "new L")
        self.say(
            "Biases moved too. The loss is lower",
            self.body.animate.set_activations(step.new_activations),
            self.column.animate.set_value(step.new_loss),
            FadeTransform(self.value, new),
            run_time=1.1,
        )
        self.value = new
        self.hidden, self.outputs = (self.body.get_numbers(layer) for layer in (1, 2))
        self.play(FadeIn(Group(self.hidden, self.outputs)), run_time=0.3)
        self.hold()

    def close_the_loop(self):
        # Close the loop
        arcs, names = self.get_loop()
        self.play(
            FadeOut(VGroup(self.caption, self.names)),
            FadeOut(Group(self.inputs, self.hidden, self.outputs, self.value)),
            self.frame.animate.reorient(0, 0, 0, (-0.1, 0.45, 0), 11.2),
            LaggedStart(*(FadeIn(arc) for arc in arcs), lag_ratio=0.3),
            LaggedStartMap(FadeIn, names, lag_ratio=0.3),
            run_time=1,
        )
        step, progress = self.step, VGroup()
        for number in range(2, self.rounds + 2):
            step = take_step(step.new_weights, step.new_biases, self.x, self.target, self.rate)
            lights = (arc[0].copy().set_stroke(WHITE, 14).insert_n_curves(40) for arc in arcs)
            old, progress = progress, self.get_progress(step, number)
            self.play(
                LaggedStart(*(VShowPassingFlash(light, time_width=0.6) for light in lights), lag_ratio=0.6),
                self.body.animate.set_weights(step.new_weights),
                self.column.animate.set_value(step.new_loss),
                FadeOut(old, time_span=(0, 0.2)),
                FadeIn(progress, time_span=(0.2, 0.5)),
                run_time=0.65,
            )
        self.hold()
