from manim_imports_ext import *
from truth.activations import sigmoid
from truth.gradient_flow import take_step

SLAB = mix_colors(PANEL, LOSS, 0.18)  # what the loss stands in front of
DARK_GRADIENT = mix_colors(GRADIENT, BACKGROUND, 0.3)  # white digits can be read on it
LIGHT_GRADIENT = mix_colors(GRADIENT, TEXT, 0.35)  # of thin letters


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
    rate = 3.0
    nudged = ((1, 0, 2), (1, 1, 1))  # (layer, to, from): weights that are pushed up a little, to see what the loss does
    push = 0.1  # by how much
    # The weights whose gradients are worked out: (to, from), in the last layer and in the first.
    followed = ((1, 0), (2, 0))
    rounds = 40  # steps of gradient descent at the end

    caption_goes, caption_comes = 0.25, 0.5
    factor_colors = (LIGHT_GRADIENT, OPERATION, INPUT)

    # Each part of the film, and how many seconds it takes.
    phases = (
        ("introduce", 3),
        ("nudge_a_weight", 12),
        ("run_forward", 10),
        ("measure_loss", 4),
        ("run_backward", 8),
        ("multiply_along_the_chain", 7),
        ("go_one_layer_back", 10),
        ("update_weights", 9),
        ("close_the_loop", 8),
    )

    def construct(self):
        self.step = self.take_step(self.weights, self.biases)
        self.ends_at = 0
        for method, seconds in self.phases:
            self.ends_at += seconds
            getattr(self, method)()

    def wait_for_the_next_phase(self):
        left = self.ends_at - self.time
        if left > 1 / self.camera.fps:
            self.wait(left)

    def take_step(self, weights, biases):
        return take_step(weights, biases, self.x, self.target, self.rate)

    # What is shown

    def get_network(self):
        network = NeuralNetwork(
            self.weights,
            biases=self.biases,
            activation=sigmoid,
            last_activation=sigmoid,
            radius=0.6,
            neuron_buff=1.2,
            layer_buff=3.8,
            max_weight=2.5,
        )
        network.set_activations([np.zeros(n) for n in network.sizes])
        network.set_max_height(5.1).move_to([-2.1, 0.95, 0])
        return SolidNetwork(network, min_width=0.04, max_width=0.34)

    def get_numbers(self, layer):
        """The activations of a layer, in the middle of their balls from wherever they are seen."""
        return self.body.get_numbers(layer).set_z(0)

    def get_names(self):
        """The names of the layers, each below its lowest ball, and of the loss."""
        columns = (*(balls[-1].body for balls in self.body.balls), self.slab)
        return VGroup(
            Text(name, font_size=LABEL).set_color(MUTED).next_to(column, DOWN, buff=0.15)
            for name, column in zip(("input", "hidden", "output", "loss"), columns, strict=True)
        )

    def get_lines(self):
        """Lines from each output to the loss, for light to run along."""
        starts = (ball.body.get_center() + ball.radius * RIGHT for ball in self.body.balls[2])
        return VGroup(Line(start, [self.slab.get_left()[0], start[1], 0]) for start in starts)

    def get_loss_number(self, loss, name="L", decimals=2):
        """A loss, above its column."""
        number = get_number(loss, decimals, source=name, font_size=HEADING).set_color(TEXT)
        return number.next_to(self.column.base + float(loss) * self.column.unit * UP, UP, buff=0.15)

    def get_pill(self, number, color=DARK_GRADIENT, name=None):
        """A number, with its name before it if it has one, on a plate of its own. Parts: the plate, the number."""
        content = VGroup(name, number).arrange(RIGHT, buff=0.1) if name else number
        plate = RoundedRectangle(content.get_width() + 0.22, content.get_height() + 0.2, corner_radius=0.12)
        plate.set_fill(color, 1).set_stroke(mix_colors(color, TEXT, 0.4), 1.5).move_to(content)
        return VGroup(plate, content.set_color(TEXT))

    def get_place(self, layer, to, start):
        """Where the pill of a weight is: on its tube, near the hidden layer, where no two tubes cross."""
        return self.network.get_edge(layer, to, start).point_from_proportion(0.28 if layer else 0.72)

    def get_gradient_pill(self, layer, to, start):
        value = self.step.d_weights[layer][to, start, None]
        pill = self.get_pill(get_number(value, 2, source=(f"∂L/∂W{layer + 1}", (to, start)), font_size=32))
        return pill.move_to(self.get_place(layer, to, start))

    def get_gradient_glow(self, layer):
        """Crimson light on the tubes of a layer, as wide as the gradient of each weight is large."""
        largest = max(np.abs(gradients).max() for gradients in self.step.d_weights)
        glow = VGroup()
        for edge in self.network.edges[layer]:
            share = abs(self.step.d_weights[layer][edge.source[1]]) / largest
            line = Line(*edge.get_start_and_end()).set_stroke(GRADIENT, 4 + 26 * share, 0.4 + 0.6 * share)
            glow.add(line)
        return glow

    def get_weight_pill(self, layer, to, start, decimals=1):
        """A weight on its tube, on the dark colour of its sign."""
        value = self.step.weights[layer][to, start, None]
        number = get_number(value, decimals, source=(f"W{layer + 1}", (to, start)), font_size=32)
        color = mix_colors(value_to_color(value.item(), 0, 2.5), BACKGROUND, 0.55)
        return self.get_pill(number, color).move_to(self.get_place(layer, to, start))

    def get_ball_gradients(self, layer):
        """The loss's gradient in each activation: right of the outputs, below the hidden balls.

        There is room for one name among these: at the neuron that is worked out.
        """
        pills = VGroup()
        for k, ball in enumerate(self.body.balls[layer]):
            number = get_number(self.step.d_activations[layer][k, None], 2, source=(f"∂L/∂a{layer}", k), font_size=30)
            is_named = layer == 2 or k == self.followed[1][0]
            name = Tex(R"\partial L / \partial a =", font_size=28) if is_named else None
            pill = self.get_pill(number, PANEL, name)
            pill[0].set_stroke(GRADIENT, 3)
            side = RIGHT + 0.7 * DOWN if layer == 2 else DOWN
            pills.add(pill.next_to(ball.body, side, buff=0.1 if layer == 1 else 0.05))
        return pills

    def get_slopes(self):
        """The slope of each output's sigmoid: above the upper one, below the others."""
        tags = VGroup()
        for k, ball in enumerate(self.body.balls[2]):
            number = get_number(self.step.slopes[1][k, None], 2, source=("∂a/∂z", k), font_size=32)
            tag = VGroup(Tex(R"\sigma'(z) =", font_size=32), number).arrange(RIGHT, buff=0.12).set_color(OPERATION)
            tags.add(tag.next_to(ball.body, DOWN if k else UP, buff=0.12).shift(0.6 * LEFT if k else ORIGIN))
        return tags

    def get_panel(self, *rows, words=()):
        """Formulas in a row on a plate along the bottom, each with a few words below it that say what it is."""
        cells = VGroup()
        for k, row in enumerate(rows):
            cells.add(row)
            if words:
                word = Text(words[k], font_size=LABEL).set_color(MUTED)
                row.add(word.next_to(row, DOWN, buff=0.15))
        cells.arrange(RIGHT, buff=0.7).set_max_width(12.6).set_max_height(1.15).move_to(2.93 * DOWN)
        return VGroup(Plate(cells, buff=0.2), cells).fix_in_frame()

    def get_sigmoid_plot(self, z, a, slope=None):
        """The graph of the sigmoid with one neuron on it, on a plate before the loss; its tangent, if it has a slope.

        Parts: the plate, the graph, lines from z up to it and across to a, the dot.
        """
        z, a = float(z), float(a)
        axes = Axes((-4, 4, 2), (0, 1, 1), width=3.3, height=1.9, axis_config={"stroke_color": SCAFFOLD})
        curve = VMobject().set_points_smoothly([axes.c2p(t, float(sigmoid(t))) for t in np.linspace(-4, 4, 41)])
        curve.set_stroke(OPERATION, 6)
        name = Text("sigmoid σ", font_size=LABEL).set_color(OPERATION).move_to(axes.c2p(-2.3, 1.0))
        at = Tex("z", font_size=LABEL).next_to(axes.c2p(z, 0), DOWN, buff=0.1)
        result = Tex("a", font_size=LABEL).next_to(axes.c2p(0, a), LEFT, buff=0.1)
        graph = VGroup(axes, curve, name, at, result)
        across = Polyline(axes.c2p(z, 0), axes.c2p(z, a), axes.c2p(0, a)).set_stroke(FOCUS, 4)
        if slope is not None:
            ends = (axes.c2p(z + side, a + side * float(slope)) for side in (-1.8, 1.8))
            across = Line(*ends).set_stroke(FOCUS, 6)
            graph.remove(result)
        dot = Dot(axes.c2p(z, a), radius=0.11).set_fill(FOCUS, 1)
        content = VGroup(graph, across, dot).move_to([4.6, 1.2, 0])
        return VGroup(Plate(graph, buff=0.2), *content)

    def get_forward_formula(self, to):
        """What a hidden neuron computes from the inputs, in numbers."""
        step, numbers, terms = self.step, [], []
        for k in range(len(self.x)):
            numbers.append(Shown(f"W1[{to}, {k}]", step.weights[0][to, k, None], 1))
            numbers.append(Shown(f"x[{k}]", step.activations[0][k, None], 1))
            terms.append(R"({}) \cdot {}" if step.weights[0][to, k] < 0 and k else R"{} \cdot {}")
        bias = step.biases[0][to, None]
        numbers.append(Shown("b1", abs(bias) if bias < 0 else bias, 1))
        z, a = Shown("z", step.pre_activations[0][to, None]), Shown("a", step.activations[1][to, None])
        tex = "z = " + " + ".join(terms) + (" - {}" if bias < 0 else " + {}") + " = {}"
        squash = get_formula(R"a = \sigma({}) = {}", z, a, font_size=BODY)
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
        tex = R"{{\partial L \over \partial a}} = " + " + ".join(terms) + f" {sign} {{}}"
        return get_formula(tex, *numbers, Shown("∂L/∂a", total), font_size=BODY)

    def get_chain_rule(self):
        """dL/dw as a product of three factors, each in its own colour."""
        factors = R"{\partial L \over \partial a}", R"{\partial a \over \partial z}", R"{\partial z \over \partial w}"
        weight = R"{\partial L \over \partial w}"
        rule = Tex(f"{weight} = " + R" \cdot ".join(factors), font_size=BODY, isolate=[weight, *factors])
        for part, color in zip(factors, self.factor_colors, strict=True):
            rule[part].set_color(color)
        rule[weight].set_color(LIGHT_GRADIENT)
        return rule

    def get_factors(self, layer, to, start):
        """The same in numbers for one weight: signs and numbers, in turn."""
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
        for number, color in zip(numbers, (*self.factor_colors, LIGHT_GRADIENT), strict=True):
            number.set_color(color)
        return row

    # What moves

    def nudge(self, place, pill=None, by=1, **kwargs):
        """Animation: a weight goes up by so much and back; the network and the loss are what they then really are."""
        layer, to, start = place
        numbers = VGroup(pill[1]) if pill else VGroup()

        def push(_, alpha):
            weights = [np.array(w) for w in self.weights]
            weights[layer][to, start] += by * float(alpha)
            step = self.take_step(weights, self.biases)
            self.body.set_weights(weights).set_activations(step.activations)
            self.body.set_dimmed(0.7, [place])
            self.column.set_value(step.loss)
            for number in numbers:
                number.set_value(weights[layer][to, start], source=Source("nudged weight", (to, start), weights[layer]))

        return UpdateFromAlphaFunc(Group(self.body, self.column, numbers), push, **kwargs)

    def roll(self, pill, place, step, **kwargs):
        """Animation: all weights go to those after a step, and the number on one tube of the last layer with them."""

        def go(_, alpha):
            pairs = zip(step.weights, step.new_weights, strict=True)
            weights = [(1 - float(alpha)) * old + float(alpha) * new for old, new in pairs]
            self.body.set_weights(weights)
            pill[1].set_value(weights[1][place], source=Source("W2 on the way", place, weights[1]))

        return UpdateFromAlphaFunc(Group(self.body, pill), go, **kwargs)

    def send(self, layer, *animations, backwards=False, run_time=1.5):
        """Light runs along the tubes of a layer; forward, it lights up the balls at their ends."""
        if not backwards:
            sizes = self.network.sizes[layer + 2 :]
            known = [*self.step.activations[: layer + 2], *(np.zeros(n) for n in sizes)]
            light = self.body.animate(time_span=(0.7 * run_time, run_time)).set_activations(known)
            animations = (light, *animations)
        wave = EdgeWave(
            self.network.get_edges(layer) if layer < 2 else self.get_lines(),
            GRADIENT if backwards else INPUT,
            backwards=backwards,
            width=16,
            radius=0.55,
        )
        self.play(wave, *animations, run_time=run_time)

    def get_arrivals(self, row, sources):
        """Animation: each factor comes into the formula from where it stands in the network, then the product."""
        signs, numbers = row[::2], row[1::2]
        return LaggedStart(
            *(
                AnimationGroup(
                    FadeIn(sign),
                    TransformFromCopy(source.copy().fix_in_frame(), number),
                    FlashAround(source, color=FOCUS, buff=0.08, stroke_width=6),
                )
                for sign, number, source in zip(signs, numbers, sources, strict=False)
            ),
            lag_ratio=0.6,
        )

    # Phases

    def introduce(self):
        # Fly to the network
        set_telephoto(self.frame)
        title = get_title("Backpropagation: Gradient Flow").fix_in_frame()
        self.body = self.get_network()
        self.network = self.body.network
        self.slab = Cube(side_length=1).set_shape(1.7, 4.7, 0.5).set_color(SLAB).set_shading(0.3, 0.2, 0.5)
        self.slab.move_to([5.65, 0.95, -0.25]).apply_depth_test()
        self.column = Column(0.0, 2.7 / float(self.step.loss), 1.1, [5.65, -1.2, 0.1], LOSS)
        self.inlets = Group(get_tube(*line.get_start_and_end(), 0.08).set_color(MUTED) for line in self.get_lines())
        self.names = self.get_names()
        self.frame.reorient(-34, -12, 0, (-0.2, 1.6, 0), 10)
        self.add(self.body, self.inlets, self.slab, self.column, title)
        self.play(
            self.body.animate.set_activations(self.step.activations),
            self.column.animate.set_value(self.step.loss),
            self.frame.animate.reorient(0, 0, 0, (0, 0, 0), 8),
            FadeOut(title, time_span=(1.9, 2.2)),
            FadeIn(self.names, time_span=(2.2, 2.8)),
            run_time=2.9,
        )
        self.wait_for_the_next_phase()

    def nudge_a_weight(self):
        # Push one weight up a little, and see what the loss does
        top = self.column.base + float(self.step.loss) * self.column.unit * UP
        level = Line(top + 0.75 * LEFT, top + 0.75 * RIGHT).set_stroke(FOCUS, 5)
        loss = self.get_loss_number(self.step.loss, decimals=3)
        self.play(FadeIn(VGroup(level, loss)), run_time=0.3)
        self.push_up(self.nudged[0], loss)

        # Push another one just as much, and see the loss go the other way
        self.push_up(self.nudged[1], loss)

        # Ask it of all the others
        self.say("This rate, for every weight, is the gradient", self.flash_tubes(), run_time=0.9)
        self.hush(FadeOut(VGroup(level, loss)))
        self.wait_for_the_next_phase()

    def push_up(self, place, loss):
        """Push one weight up, compare the loss with what it was, and let the weight go back."""
        layer, *index = place
        weights = [np.array(w) for w in self.weights]
        weights[layer][tuple(index)] += self.push
        after = self.take_step(weights, self.biases)
        change = after.loss - self.step.loss
        pill, higher = self.get_weight_pill(*place), self.get_loss_number(after.loss, "nudged L", 3)
        rate = get_formula(
            R"\Delta w = {} \qquad \Delta L = {} \qquad {{\Delta L \over \Delta w}} = {}",
            Shown("Δw", self.push, 1),
            Shown("ΔL", change, 3),
            Shown("ΔL/Δw", change / self.push),
            font_size=BODY,
        )
        self.play(FadeIn(pill, scale=1.3), self.body.animate.set_dimmed(0.7, [place]), run_time=0.4)
        self.play(self.nudge(place, pill, by=self.push), FadeOut(loss), FadeIn(higher), run_time=0.8)
        self.say(self.get_panel(rate), run_time=0.4)
        self.wait(1.3)
        back = self.nudge(place, pill, by=self.push, rate_func=lambda t: 1 - smooth(t))
        self.hush(back, FadeOut(higher), FadeIn(loss), run_time=0.5)
        self.play(FadeOut(pill), self.body.animate.set_dimmed(0), run_time=0.2)

    def run_forward(self):
        # Hand it an example
        silent = [np.zeros(n) for n in self.network.sizes[1:]]
        self.hush(
            self.body.animate.set_activations([self.step.activations[0], *silent]),
            self.column.animate.set_value(0),
            run_time=0.6,
        )
        self.inputs = self.get_numbers(0)
        colors = {"Blue": POSITIVE_RAMP[1], "Orange": NEGATIVE_RAMP[1]}
        words = get_caption("Blue: positive weight. Orange: negative", colors)
        self.say(words.fix_in_frame(), FadeIn(self.inputs))

        # Send it to the hidden neurons
        self.send(0, self.frame.animate.reorient(-16, -5, 0))
        self.hidden = self.get_numbers(1)
        self.play(FadeIn(self.hidden), run_time=0.3)

        # Work out one of them
        to = self.followed[1][0]
        used = VGroup(self.get_weight_pill(0, to, k) for k in range(len(self.x)))
        weighted, squash = self.get_forward_formula(to)
        self.say(
            self.get_panel(weighted, squash, words=("weights · inputs, plus the bias", "activation")),
            self.frame.animate.reorient(0, 0, 0),
            FadeIn(used, scale=1.3),
            self.body.animate.set_dimmed(0.8, [(0, to, k) for k in range(len(self.x))]),
        )
        plot = self.get_sigmoid_plot(self.step.pre_activations[0][to], self.step.activations[1][to])
        plot.scale(0.85).next_to(self.body.balls[1][to].body, RIGHT, buff=0.15).shift(0.2 * UP)
        self.play(FadeIn(plot[:2]), self.names[2].animate.set_opacity(0), run_time=0.4)
        self.play(ShowCreation(plot[2]), FadeIn(plot[3], time_span=(0.3, 0.6)), run_time=0.8)
        self.wait(2.2)

        # Send them on to the outputs
        self.hush(FadeOut(used), FadeOut(plot), self.body.animate.set_dimmed(0), self.names[2].animate.set_opacity(1))
        self.send(1, run_time=1.3)
        self.outputs = self.get_numbers(2)
        self.play(FadeIn(self.outputs), run_time=0.3)
        self.wait_for_the_next_phase()

    def measure_loss(self):
        # Hold the answer against what it should be
        step = self.step
        aims = VGroup()
        for k, ball in enumerate(self.body.balls[2]):
            number = get_number(step.target[k, None], 1, source=("target", k), font_size=32)
            aim = VGroup(Tex(R"\text{target } t =", font_size=32), number).arrange(RIGHT, buff=0.12).set_color(TARGET)
            aims.add(aim.next_to(ball.body, RIGHT, buff=0.15).shift(0.3 * UP))
        is_short = len(step.target) == 2
        tex = R"L = \tfrac{{1}}{{2}} \sum (a - t)^2 = " + (
            R"\tfrac{{1}}{{2}} \left( ({} - {})^2 + ({} - {})^2 \right) = {}" if is_short else "{}"
        )
        terms = (
            Shown(name, array[k, None], decimals)
            for k in range(len(step.target) if is_short else 0)
            for name, array, decimals in (("a", step.activations[2], 2), ("t", step.target, 1))
        )
        rule = get_formula(tex, *terms, Shown("L", step.loss), font_size=BODY)
        self.say(self.get_panel(rule), FadeIn(aims, 0.3 * LEFT))
        self.aims = aims

        # Let the loss rise as high as it is
        self.value = self.get_loss_number(step.loss)
        self.send(2, self.frame.animate.reorient(14, -4, 0), run_time=1)
        self.play(
            self.column.animate.set_value(step.loss),
            FadeIn(self.value, time_span=(0.6, 1)),
        )
        self.wait_for_the_next_phase()

    def run_backward(self):
        # Start the way back at the loss
        step = self.step
        a = step.activations[2][0, None]
        differences = (
            (Shown("a", a), Shown("t", t, 1), Shown("∂L/∂a", d))
            for a, t, d in zip(step.activations[2][:2], step.target[:2], step.d_activations[2][:2], strict=True)
        )
        difference = get_formula(
            R"{{\partial L \over \partial a}} = a - t: \quad {} - {} = {}, \quad {} - {} = {}",
            *(shown for row in differences for shown in row),
            font_size=BODY,
        )
        self.at_outputs = self.get_ball_gradients(2)
        self.hush(
            FadeOut(self.names[1:3]),
            self.body.animate.set_dimmed(0.5),
            self.frame.animate.reorient(0, 0, 0),
            run_time=0.6,
        )
        self.send(2, backwards=True, run_time=1.3)
        self.say(
            self.get_panel(VGroup(Text("At each output:", font_size=36), difference).arrange()),
            LaggedStart(*(FadeIn(pill, 0.4 * LEFT) for pill in self.at_outputs), lag_ratio=0.3),
        )
        self.wait(2.4)

        # Read off how steep the sigmoid is
        slope = get_formula(
            R"\sigma'(z) = a(1 - a) = {} \cdot {} = {}",
            *(Shown(name, value) for name, value in (("a", a), ("1 - a", 1 - a), ("σ′", step.slopes[1][0, None]))),
            font_size=BODY,
        )
        plot = self.get_sigmoid_plot(step.pre_activations[1][0], a[0], step.slopes[1][0])
        plot.scale(0.8).next_to(self.body.balls[2][0].body, LEFT, buff=0.15).shift(0.45 * DOWN)
        self.slopes = self.get_slopes()
        words = Text("The slope of σ there:", font_size=36)
        self.say(
            self.get_panel(VGroup(words, slope.set_color(OPERATION)).arrange(RIGHT, buff=0.3)),
            FadeIn(plot),
            FadeIn(self.slopes),
            *(number.animate.set_opacity(0) for number in self.hidden),
        )
        self.wait(1.7)
        self.play(FadeOut(plot), *(number.animate.set_opacity(1) for number in self.hidden), run_time=0.4)
        self.wait_for_the_next_phase()

    def multiply_along_the_chain(self):
        # Write the gradient of one weight as a product of three factors
        to, start = self.followed[0]
        self.late = self.multiply(
            1,
            to,
            start,
            (self.at_outputs[to][1][1], self.slopes[to][1], self.hidden[start]),
        )
        self.wait_for_the_next_phase()

    def multiply(self, layer, to, start, sources):
        """The gradient of one weight, factor by factor; then light on every tube. Returns the number, the light."""
        mine, glow = self.get_gradient_pill(layer, to, start), self.get_gradient_glow(layer)
        rule, row = self.get_chain_rule(), self.get_factors(layer, to, start)
        panel = self.get_panel(VGroup(rule, row).arrange(RIGHT, buff=0.25))
        self.remove(row)
        ends = [(layer, start), (layer + 1, to)]
        numbers = (self.inputs, self.hidden, self.outputs)
        away = Group(*(n for k, some in enumerate(numbers) for i, n in enumerate(some) if (k, i) not in ends))
        dim = self.body.animate.set_dimmed(0.85, [(layer, to, start)], ends)
        self.say(VGroup(panel[0], rule), dim, FadeOut(away))
        self.play(self.get_arrivals(row[:6], sources), run_time=1.6)
        self.play(FadeIn(row[6:]), FadeIn(mine, scale=1.6), run_time=0.6)
        self.caption = VGroup(panel[0], rule, row)
        self.wait(1.2)

        # Do the same for the other weights of the layer
        self.play(self.body.animate.set_dimmed(0.4), FadeIn(away), FadeOut(mine), run_time=0.3)
        self.send(layer, FadeIn(glow, time_span=(0.8, 1.6)), backwards=True, run_time=1.8)
        return glow

    def go_one_layer_back(self):
        # Gather what reaches a hidden neuron
        (to, start), n_out = self.followed[1], range(len(self.target))
        used = VGroup(self.get_weight_pill(1, k, to) for k in n_out)
        gathered = self.get_ball_gradients(1)
        self.hush(FadeOut(self.late), self.body.animate.set_dimmed(0.85, [(1, k, to) for k in n_out]))
        words = Text("Along both tubes:", font_size=36)
        self.say(
            self.get_panel(VGroup(words, self.get_sum_formula(to)).arrange(RIGHT, buff=0.3)), FadeIn(used, scale=1.3)
        )
        self.send(1, FadeIn(gathered[to], time_span=(1, 1.3)), backwards=True, run_time=1.3)
        self.gathered = gathered[to]
        self.wait(1)
        self.play(FadeOut(used), FadeIn(self.late), run_time=0.5)

        # Multiply the numbers of a weight in the first layer
        slope = get_number(self.step.slopes[0][to, None], 2, source=("∂a/∂z", to), font_size=32)
        slope = VGroup(Tex(R"\sigma'(z) =", font_size=32), slope).arrange(RIGHT, buff=0.12).set_color(OPERATION)
        slope.next_to(gathered[to], LEFT, buff=0.2)
        self.slopes.add(slope)
        self.add(slope)
        self.early = self.multiply(0, to, start, (gathered[to][1][1], slope[1], self.inputs[start]))
        self.wait_for_the_next_phase()

    def update_weights(self):
        # Take a step against the gradient, for one weight in numbers
        (to, start), step = self.followed[0], self.step
        gradient = "{}" if step.d_weights[1][to, start] >= 0 else "({})"
        formula = get_formula(
            R"w \leftarrow w - \eta \, {{\partial L \over \partial w}} = {} - {} \cdot " + gradient + " = {}",
            Shown("w", step.weights[1][to, start, None], 1),
            Shown("η", step.rate, 0),
            Shown("∂L/∂w", step.d_weights[1][to, start, None]),
            Shown("new w", step.new_weights[1][to, start, None]),
            font_size=BODY,
            t2c={R"{\partial L \over \partial w}": LIGHT_GRADIENT},
        )
        note = get_formula(R"\text{{learning rate }} \eta = {}", Shown("η", step.rate, 0), font_size=36)
        pill = self.get_weight_pill(1, to, start, decimals=2)
        self.say(
            self.get_panel(note, formula),
            self.body.animate.set_dimmed(0.7, [(1, to, start)]),
            FadeIn(pill, scale=1.3),
            FadeOut(VGroup(self.early, self.late)),
            FadeOut(VGroup(self.slopes, self.at_outputs, self.gathered)),
        )
        self.wait(1.2)

        # Move every weight at once
        self.play(self.roll(pill, (to, start), step), run_time=1.4)
        self.wait(0.8)
        self.say("Every weight moves, and the biases too", FadeOut(pill))

        # Ask the new weights for the loss
        self.hush(FadeOut(Group(self.hidden, self.outputs)), run_time=0.3)
        self.show_new_loss(step)
        self.wait_for_the_next_phase()

    def show_new_loss(self, step, decimals=2, run_time=1.0):
        """Light runs forward through the network of now, and the loss becomes what it then is."""
        new = self.get_loss_number(step.new_loss, "new L", decimals)
        self.play(
            *(
                EdgeWave(lines, INPUT, width=16, radius=0.55, time_span=(start * run_time, (start + 0.4) * run_time))
                for lines, start in zip((*self.network.edges, self.get_lines()), (0, 0.25, 0.5), strict=True)
            ),
            self.body.animate.set_activations(step.new_activations),
            self.column.animate(time_span=(0.6 * run_time, run_time)).set_value(step.new_loss),
            FadeOut(self.value, time_span=(0.4 * run_time, 0.6 * run_time)),
            FadeIn(new, time_span=(0.8 * run_time, run_time)),
            run_time=run_time,
        )
        self.value = new

    def close_the_loop(self):
        # Name the four parts of a step, and go round again and again
        names = ("forward", "loss", "backward", "update")
        colors = (INPUT, LOSS, GRADIENT, FOCUS)
        words = VGroup(Text(name, font_size=HEADING) for name in names).arrange(RIGHT, buff=1.1).move_to(2.75 * DOWN)
        for word in words:
            put_on_baseline(word, words[1]).set_color(MUTED)
        arrows = VGroup(
            Arrow(a.get_right(), b.get_left(), buff=0.2).set_color(MUTED).set_y(words[1].get_y())
            for a, b in (words[:2], words[1:3], words[2:])
        )
        back = CurvedArrow(words[3].get_bottom() + 0.15 * DOWN, words[0].get_bottom() + 0.15 * DOWN, angle=-0.35)
        back.set_color(MUTED)
        self.play(FadeIn(VGroup(words, arrows, back)), FadeOut(self.inputs), run_time=0.4)
        step = self.take_step(self.step.new_weights, self.step.new_biases)
        new = self.get_loss_number(step.new_loss, "L")
        parts = {
            2: [EdgeWave(edges, GRADIENT, backwards=True, width=16, radius=0.55) for edges in self.network.edges],
            3: [self.body.animate.set_weights(step.new_weights), self.flash_tubes()],
            0: [
                *(EdgeWave(edges, INPUT, width=16, radius=0.55) for edges in self.network.edges),
                self.body.animate.set_activations(step.new_activations),
            ],
            1: [self.column.animate.set_value(step.new_loss), FadeOut(self.value), FadeIn(new)],
        }
        for place, animations in parts.items():
            words.set_color(MUTED)
            words[place].set_color(colors[place])
            self.play(*animations, run_time=0.5)

        # Train on, until the outputs are what they should be
        steps = [self.step, step]
        while len(steps) < self.rounds:
            steps.append(self.take_step(steps[-1].new_weights, steps[-1].new_biases))
        outputs, count, curve = self.get_numbers(2), self.get_count(2), self.get_loss_curve(steps)
        self.play(FadeOut(VGroup(words, arrows, back, new)), FadeIn(Group(outputs, count, curve[:2])), run_time=0.5)
        self.play(
            self.train(steps, outputs, count, curve),
            self.frame.animate.reorient(18, -6, 0),
            run_time=3.4,
        )
        self.wait_for_the_next_phase()

    def get_loss_curve(self, steps):
        """The loss after each step so far, along the bottom. Parts: the plate, the axis with its name, the curve."""
        losses = [float(steps[0].loss), *(float(step.new_loss) for step in steps)]
        places = np.linspace([-4.2, 0, 0], [4.2, 0, 0], len(losses))
        axis = Line(places[0], places[-1]).set_stroke(MUTED, 3)
        name = Text("loss", font_size=LABEL).set_color(LOSS).next_to(axis, LEFT, buff=0.3).shift(0.5 * UP)
        points = [place + 1.2 * loss / losses[0] * UP for place, loss in zip(places, losses, strict=True)]
        curve = VMobject().set_points_as_corners(points).set_stroke(LOSS, 7)
        drawn = VGroup(axis, name, curve)
        drawn.move_to(3 * DOWN)
        return VGroup(Plate(drawn, buff=0.15), VGroup(axis, name), curve).fix_in_frame()

    def train(self, steps, outputs, count, curve, **kwargs):
        """Animation: step after step; network, outputs, loss and curve are what they are after each one."""
        whole, shown = curve[2].copy(), [-1]

        def go(_, alpha):
            alpha = min(float(alpha), 1.0)  # ManimGL goes beyond 1 where a frame is long
            done = 1 + round(alpha * (len(steps) - 2))
            curve[2].pointwise_become_partial(whole, 0, (done + 1) / len(steps))
            if done == shown[0]:
                return
            shown[0], step = done, steps[done]
            self.body.set_weights(step.new_weights).set_activations(step.new_activations)
            self.column.set_value(step.new_loss)
            outputs.set_submobjects(list(self.get_numbers(2)))
            count.become(self.get_count(done + 1))

        return UpdateFromAlphaFunc(Group(self.body, self.column, outputs, count, curve[2]), go, **kwargs)

    def get_count(self, number):
        """How many steps were taken, above the loss."""
        return Text(f"step {number}", font_size=BODY).set_color(TEXT).move_to([self.slab.get_x(), 2.85, 0])

    def flash_tubes(self):
        """Animation: light sweeps over every tube."""
        lights = VGroup(edge.copy().set_stroke(FOCUS, 14) for edges in self.network.edges for edge in edges)
        return UpdateFromAlphaFunc(
            lights, lambda lights, alpha: lights.set_stroke(opacity=0.9 * there_and_back(alpha)), remover=True
        )
