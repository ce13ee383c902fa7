from manim_imports_ext import *
from truth.activations import sigmoid
from truth.gradient_flow import take_step

SLAB = mix_colors(PANEL, LOSS, 0.08)  # what the loss stands in front of
DARK_GRADIENT = mix_colors(GRADIENT, BACKGROUND, 0.3)  # white digits can be read on it
LIGHT_GRADIENT = mix_colors(GRADIENT, TEXT, 0.35)  # of thin letters
LIGHT_LOSS = mix_colors(LOSS, TEXT, 0.5)
SLOPE = mix_colors(FEED_FORWARD, TEXT, 0.25)  # how steep the sigmoid is


class FlowNetwork(SolidNetwork):
    """A network of bodies; tubes that keep their colours while others are dimmed come before those."""

    def set_dimmed(self, share, edges=(), neurons=None):
        super().set_dimmed(share, edges, neurons)
        for layer, (tubes, drawn) in enumerate(zip(self.tubes, self.network.edges, strict=True)):
            for tube, edge in zip(tubes, drawn, strict=True):
                tube.set_z(0.2 if (layer, *edge.source[1]) in set(edges) else 0)
        return self


class Magnifier(VGroup):
    """The top of a column of the loss, enlarged: what has come on since the beginning, or gone, is lit.

    Parts: `spot` (what is enlarged, on the column), `rays`, `plate`, `bar`, `gap`, `level`, `name`.

    Args:
        column: whose top it is.
        value: the loss at the beginning.
        reach: how far the loss goes up or down at most.
        center: of the plate.
    """

    def __init__(self, column, value, reach, center):
        self.value, self.unit = value, 0.6 / reach
        top = column.base + value * column.unit * UP
        self.spot = Rectangle(column.width + 0.14, 2 * reach * column.unit).move_to(top).set_stroke(FOCUS, 3)
        self.plate = Rectangle(2.5, 1.5).move_to(center).set_fill(SLAB, 1).set_stroke(FOCUS, 3)
        self.rays = VGroup(
            Line(self.spot.get_corner(at), self.plate.get_corner(to)).set_stroke(FOCUS, 2, 0.6)
            for at, to in ((UL, UR), (DL, DR))
        )
        self.bar = Rectangle(1.3, 1).set_stroke(width=0).set_fill(LOSS, 1)
        self.gap = Rectangle(1.3, 1).set_stroke(width=0).set_fill(FOCUS, 1)
        left = self.plate.get_left() + 0.15 * RIGHT
        self.level = Line(left, left + 1.5 * RIGHT).set_stroke(TEXT, 4)
        self.name = Tex(R"\Delta L", font_size=36).set_color(FOCUS)
        super().__init__(self.spot, self.rays, self.plate, self.bar, self.gap, self.level, self.name)
        self.set_value(value)

    def set_value(self, value):
        x, y, bottom = self.level.get_x(), self.level.get_y(), self.plate.get_bottom()[1] + 0.03
        change = self.unit * (float(value) - self.value)
        low, high = sorted((y, y + change))
        self.bar.set_height(low - bottom, stretch=True).move_to([x, bottom, 0], aligned_edge=DOWN)
        self.gap.set_height(max(high - low, 1e-3), stretch=True).move_to([x, low, 0], aligned_edge=DOWN)
        self.gap.set_fill(FOCUS if change > 0 else mix_colors(FOCUS, BACKGROUND, 0.6))
        self.name.move_to([self.level.get_right()[0] + 0.42, (low + high) / 2, 0])
        self.name.set_opacity(min(1, abs(change) / 0.1))
        return self


class BackpropagationGradientFlow(CaptionedScene):
    """Values flow forward to a loss; gradients flow back, multiply on the way, and say how to change each weight.

    Subclasses show another network, another example: of two layers, with at most four neurons each.
    """

    # The network and its example; every number on screen is computed from these.
    weights = (
        ((-0.6, 0.3), (1.3, -1.7), (1.7, 1.2)),
        ((-0.8, 1.5, -1.3), (-1.8, -2.4, 1.4)),
    )
    biases = ((0.1, -0.4, -0.8), (0.9, -1.0))
    x = (1.5, 0.6)
    target = (0.1, 0.8)
    rate = 3.0
    # (layer, to, from): weights that are pushed up a little, to see what the loss does; of the first one, in the last
    # layer, the gradient is worked out too.
    nudged = ((1, 0, 2), (1, 1, 1))
    push = 0.1  # by how much
    followed = (2, 0)  # (to, from) of a weight in the first layer whose gradient is worked out
    rounds = 12  # steps of gradient descent at the end

    caption_goes, caption_comes = 0.25, 0.5
    factor_colors = (LIGHT_GRADIENT, SLOPE, INPUT)

    # Each part of the film, and how many seconds it takes.
    phases = (
        ("introduce", 3),
        ("run_forward", 10),
        ("measure_loss", 5),
        ("nudge_weights", 13),
        ("run_backward", 5),
        ("multiply_along_the_chain", 16),
        ("go_one_layer_back", 13),
        ("update_weights", 13),
        ("close_the_loop", 13),
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
        network.set_max_height(4.9).move_to([-2.1, 0.85, 0])
        return FlowNetwork(network, min_width=0.04, max_width=0.34)

    def get_numbers(self, layer):
        """The activations of a layer, in the middle of their balls from wherever they are seen."""
        return self.body.get_numbers(layer).set_z(0)

    def get_names(self):
        """The names of the layers, in a row along the top, and of the loss."""
        columns = (*(balls[-1].body for balls in self.body.balls), self.slab)
        names = VGroup(
            Text(name, font_size=36).set_x(column.get_x())
            for name, column in zip(("input", "hidden", "output", "loss"), columns, strict=True)
        )
        return VGroup(put_on_baseline(name, names[0].set_y(3.5)) for name in names)

    def get_lines(self):
        """Lines from each output to the loss, for light to run along."""
        starts = (ball.body.get_center() + ball.radius * RIGHT for ball in self.body.balls[2])
        return VGroup(Line(start, [self.slab.get_left()[0], start[1], 0]) for start in starts)

    def get_loss_number(self, loss, name="L", decimals=3):
        """A loss, above its column."""
        number = get_number(loss, decimals, source=name, font_size=HEADING).set_color(LIGHT_LOSS)
        return self.put_on_column(number, loss)

    def get_scale(self):
        """Marks beside the column: how high no loss stands, and half a unit."""
        marks = VGroup()
        for value in (0, 0.5):
            y, x = self.column.base[1] + value * self.column.unit, self.slab.get_right()[0]
            number = get_number(value, 1 if value else 0, source="mark", font_size=26).set_color(MUTED)
            tick = Line([x, y, 0], [x + 0.12, y, 0]).set_stroke(MUTED, 3)
            marks.add(VGroup(tick, number.next_to(tick, RIGHT, buff=0.06)))
        return marks

    def put_on_column(self, number, loss):
        return number.next_to(self.column.base + float(loss) * self.column.unit * UP, UP, buff=0.15)

    def get_named(self, tex, number):
        """A number, with its name and a sign before it, on one baseline. Parts: the name, the number."""
        pattern = Tex(tex + "0", font_size=number.font_size)
        return VGroup(pattern[:-1], number.move_to(pattern[-1], aligned_edge=DL))

    def get_pill(self, content, color=DARK_GRADIENT):
        """A number, or one with its name, on a plate of its own. Parts: the plate, what stands on it."""
        plate = RoundedRectangle(content.get_width() + 0.22, content.get_height() + 0.2, corner_radius=0.12)
        plate.set_fill(color, 1).set_stroke(mix_colors(color, TEXT, 0.4), 1.5).move_to(content)
        return VGroup(plate, content.set_color(TEXT))

    def get_place(self, layer, to, start):
        """Where the pill of a weight is: on its tube, near the hidden layer, where no two tubes cross."""
        return self.network.get_edge(layer, to, start).point_from_proportion(0.28 if layer else 0.72)

    def get_gradient_pill(self, layer, to, start):
        value = self.step.d_weights[layer][to, start, None]
        number = get_number(value, 2, source=(f"∂L/∂W{layer + 1}", (to, start)), font_size=30, include_sign=True)
        pill = self.get_pill(number)
        return pill.move_to(self.get_place(layer, to, start))

    def get_gradient_glow(self, layer):
        """Crimson light in place of the tubes of a layer, as wide as each gradient is large, and the numbers.

        Parts: the light, the numbers.
        """
        gradients = self.step.d_weights[layer]
        largest = max(np.abs(gradients).max() for gradients in self.step.d_weights)
        glow, pills = VGroup(), VGroup()
        for edge in self.network.edges[layer]:
            share, line = abs(gradients[edge.source[1]]) / largest, Line(*edge.get_start_and_end())
            # An area, not a stroke: strokes are drawn after all areas, the number's plate too.
            bar = Rectangle(line.get_length(), 0.03 + 0.27 * share).rotate(line.get_angle()).move_to(line)
            glow.add(bar.set_stroke(width=0).set_fill(GRADIENT, 0.4 + 0.6 * share))
            pills.add(self.get_gradient_pill(layer, *edge.source[1]))
        return VGroup(glow, pills)

    def get_weight_pill(self, layer, to, start, decimals=1):
        """A weight on its tube, on the dark colour of its sign."""
        value = self.step.weights[layer][to, start, None]
        number = get_number(value, decimals, source=(f"W{layer + 1}", (to, start)), font_size=32)
        color = mix_colors(value_to_color(value.item(), 0, 2.5), BACKGROUND, 0.55)
        return self.get_pill(number, color).move_to(self.get_place(layer, to, start))

    def get_output_gradients(self):
        """The loss's gradient in each output, below its line."""
        pills = VGroup()
        for k, aim in enumerate(self.aims):
            number = get_number(self.step.d_activations[2][k, None], 2, source=("∂L/∂a2", k), font_size=LABEL)
            pill = self.get_pill(self.get_named(R"a - t =", number), PANEL)
            pill[0].set_stroke(GRADIENT, 3)
            pills.add(pill.next_to(aim, DOWN, buff=0.12, aligned_edge=LEFT))
        return pills

    def get_hidden_gradient(self, hidden):
        """The loss's gradient in a hidden activation, below its ball."""
        name = self.get_hidden_name(hidden)
        number = get_number(self.step.d_activations[1][hidden, None], 2, source=("∂L/∂a1", hidden), font_size=LABEL)
        pill = self.get_pill(self.get_named(Rf"\partial L / \partial {name} =", number), PANEL)
        pill[0].set_stroke(GRADIENT, 3)
        return pill.next_to(self.body.balls[1][hidden].body, DOWN, buff=0.06)

    def get_hidden_name(self, hidden):
        return f"h_{hidden + 1}"

    def get_output_name(self, output):
        return f"a_{output + 1}"

    def get_road(self, layer, to, start):
        """Names along the way from a weight through its neuron: w, z, what the neuron says; to the loss, if it is last.

        Of the last layer, that goes on to L.
        """
        ball = self.body.balls[layer + 1][to]
        center = ball.body.get_center()
        names = ["w", "z", self.get_output_name(to) if layer else self.get_hidden_name(to)]
        places = [
            self.get_place(layer, to, start),
            center + (ball.radius + 0.3) * LEFT,
            center + (ball.radius + 0.36) * RIGHT + 0.03 * UP,
        ]
        if layer:
            names.append("L")
            places.append(self.value.get_top() + 0.4 * UP)
        road = VGroup(self.get_pill(Tex(name, font_size=36), PANEL) for name in names)
        for tag, place in zip(road, places, strict=True):
            tag[0].set_stroke(FOCUS, 3)
            tag.move_to(place).set_z(0.6)
        return road

    def get_slopes(self):
        """The slope of each output's sigmoid: above the upper one, below the others."""
        tags = VGroup()
        for k, ball in enumerate(self.body.balls[2]):
            number = get_number(self.step.slopes[1][k, None], 2, source=("∂a/∂z", k), font_size=32)
            tag = self.get_named(R"\sigma'(z) =", number).set_color(SLOPE)
            tags.add(tag.next_to(ball.body, DOWN if k else UP, buff=0.12).shift((0.6 if k else 0.3) * LEFT))
        return tags

    def get_panel(self, *rows, words=()):
        """Formulas in a row on a plate along the bottom, each with a few words below it that say what it is."""
        cells = VGroup()
        for k, row in enumerate(rows):
            cells.add(row)
            if words:
                word = Text(words[k], font_size=36)
                row.add(word.next_to(row, DOWN, buff=0.15))
        cells.arrange(RIGHT, buff=0.7).set_max_width(12.6).set_max_height(1.15).move_to(2.93 * DOWN)
        return VGroup(Plate(cells, buff=0.2), cells).fix_in_frame()

    def get_sigmoid_plot(self, z, a, slope=None):
        """The graph of the sigmoid with one neuron on it, on a plate before the loss; its tangent, if it has a slope.

        Parts: the plate, the graph, lines from z up to it and across to a, the dot.
        """
        z, a = float(z), float(a)
        axes = Axes((-4, 4, 2), (0, 1, 1), width=2.1, height=1.15, axis_config={"stroke_color": SCAFFOLD})
        curve = VMobject().set_points_smoothly([axes.c2p(t, float(sigmoid(t))) for t in np.linspace(-4, 4, 41)])
        curve.set_stroke(OPERATION, 6)
        name = Text("sigmoid", font_size=26).set_color(OPERATION).move_to(axes.c2p(-2.4, 0.92))
        at = Tex("z", font_size=LABEL).next_to(axes.c2p(z, 0), DOWN, buff=0.1)
        result = Tex("a", font_size=LABEL).next_to(axes.c2p(0, a), LEFT, buff=0.1)
        if slope is None:
            name.shift(0.25 * DOWN)
            across = Polyline(axes.c2p(z, 0), axes.c2p(z, a), axes.c2p(0, a)).set_stroke(FOCUS, 4)
        else:
            ends = (axes.c2p(z + side, a + side * float(slope)) for side in (-1.5, 1.5))
            across = Line(*ends).set_stroke(SLOPE, 8)
        graph = VGroup(axes, curve, name, at, *(result if slope is None else ()))
        dot = Dot(axes.c2p(z, a), radius=0.1).set_fill(FOCUS, 1)
        content = VGroup(graph, across, dot)
        return VGroup(Plate(graph, buff=0.14), *content)

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
        squash = get_formula(self.get_hidden_name(to) + R" = \sigma({}) = {}", z, a, font_size=BODY)
        return get_formula(tex, *numbers, z, font_size=BODY), squash

    def get_share_of(self, output, hidden):
        """What reaches a hidden neuron from one output: the product of three numbers, and the pill that arrives."""
        step = self.step
        share = step.get_shares(1)[output, hidden, None]
        given = (
            ("∂L/∂a", step.d_activations[2][output, None], 2),
            ("∂a/∂z", step.slopes[1][output, None], 2),
            ("w", step.weights[1][output, hidden, None], 1),
            ("share of ∂L/∂a", share, 2),
        )
        row = self.get_product(given, (LIGHT_GRADIENT, SLOPE, TEXT, LIGHT_GRADIENT))
        pill = self.get_pill(get_number(share, 2, source="share of ∂L/∂a", font_size=LABEL), PANEL)
        pill[0].set_stroke(GRADIENT, 3)
        return row, pill

    def get_product(self, given, colors):
        """Numbers that are multiplied, and the last of them the result: signs and numbers, in turn.

        given: for each the name, the value, the decimals shown.
        """
        numbers = [get_number(value, decimals, source=name, font_size=BODY) for name, value, decimals in given]
        shown = [number.shown_value for number in numbers]
        closes = np.isclose(np.prod(shown[:-1]).round(2), shown[-1])
        signs = ("", *(R"\cdot" for _ in numbers[1:-1]), "=" if closes else R"\approx")
        row = VGroup()
        for k, (sign, number, color) in enumerate(zip(signs, numbers, colors, strict=True)):
            number.set_color(color)
            if 0 < k < len(numbers) - 1 and shown[k] < 0:
                brackets = Tex("()", font_size=BODY).set_color(color)
                number = VGroup(brackets[0], number, brackets[1]).arrange(RIGHT, buff=0.05)
            row.add(VGroup(Tex(sign, font_size=BODY)) if sign else VGroup(), number)
        return row.arrange(RIGHT, buff=0.16)

    def get_chain_rule(self, name):
        """dL/dw as a product of three factors, each in its own colour; `name` is what the weight's neuron says."""
        factors = (
            Rf"{{\partial L \over \partial {name}}}",
            Rf"{{\partial {name} \over \partial z}}",
            R"{\partial z \over \partial w}",
        )
        weight = R"{\partial L \over \partial w}"
        rule = Tex(f"{weight} = " + R" \cdot ".join(factors), font_size=BODY, isolate=[weight, *factors])
        for part, color in zip(factors, self.factor_colors, strict=True):
            rule[part].set_color(color)
        rule[weight].set_color(LIGHT_GRADIENT)
        return rule

    def get_loss_formula(self, answers, loss, name):
        """The loss of two outputs in numbers, with so many decimals that they come to what is shown."""
        terms = [
            Shown(which, array[k, None], decimals)
            for k in range(len(self.target))
            for which, array, decimals in (("a", answers, 4), ("t", self.step.target, 1))
        ]
        squares = " + ".join(["({} - {})^2"] * len(self.target))
        return get_formula(
            Rf"L = \tfrac{{{{1}}}}{{{{2}}}} \sum (a - t)^2 = \tfrac{{{{1}}}}{{{{2}}}} \left( {squares} \right) = {{}}",
            *terms,
            Shown(name, loss, 3),
            font_size=BODY,
        )

    def get_factors(self, layer, to, start):
        """The same in numbers for one weight: signs and numbers, in turn."""
        step = self.step
        given = (
            (("∂L/∂a", layer), step.d_activations[layer + 1][to, None], 2),
            (("∂a/∂z", layer), step.slopes[layer][to, None], 2),
            (("∂z/∂w", layer), step.activations[layer][start, None], 2),
            (("∂L/∂w", layer), step.d_weights[layer][to, start, None], 2),
        )
        row = self.get_product(given, (*self.factor_colors, LIGHT_GRADIENT))
        row[0].add(Tex("=", font_size=BODY).next_to(row[1], LEFT, buff=0.16))
        return row

    def get_nudge_rate(self):
        """What the loss does when the first weight is nudged, per unit of the nudge: as a formula."""
        return get_formula(
            R"{{\Delta L \over \Delta w}} = {}",
            Shown("ΔL/Δw", self.get_nudged_change(self.nudged[0]) / self.push),
            font_size=BODY,
        )

    def get_nudged_change(self, place):
        """By how much the loss changes when a weight is pushed up: an array (1,)."""
        layer, *index = place
        weights = [np.array(w) for w in self.weights]
        weights[layer][tuple(index)] += self.push
        return (self.take_step(weights, self.biases).loss - self.step.loss)[None]

    # What moves

    def set_nudged(self, place, by):
        """Network, column, magnifier and the loss's number become what they are with one weight pushed by so much."""
        layer, to, start = place
        weights = [np.array(w) for w in self.weights]
        weights[layer][to, start] += by
        step = self.take_step(weights, self.biases)
        self.body.set_weights(weights).set_activations(step.activations)
        self.body.set_dimmed(0.7, [place])
        self.column.set_value(step.loss)
        self.magnifier.set_value(step.loss)
        self.value.set_value(step.loss, source=Source("nudged L", (), step.loss))
        return weights

    def nudge(self, place, pill, pushes, **kwargs):
        """Animation: a weight is pushed from so much to so much; network, loss and numbers are what they then are."""
        layer, to, start = place

        def push(_, alpha):
            # ManimGL hands this function the time itself: a rate_func would not be asked.
            weights = self.set_nudged(place, interpolate(*pushes, smooth(min(float(alpha), 1.0))))
            pill[1].set_value(weights[layer][to, start], source=Source("nudged weight", (to, start), weights[layer]))

        return UpdateFromAlphaFunc(Group(self.body, self.column, self.magnifier, self.value, pill[1]), push, **kwargs)

    def nudge_all(self, **kwargs):
        """Animation: one weight after the other is pushed up a little and let go."""
        places = [(layer, *edge.source[1]) for layer, edges in enumerate(self.network.edges) for edge in edges]

        def push(_, alpha):
            place, share = divmod(min(float(alpha), 1 - 1e-6) * len(places), 1)
            self.set_nudged(places[int(place)], self.push * there_and_back(share))

        return UpdateFromAlphaFunc(Group(self.body, self.column, self.magnifier, self.value), push, **kwargs)

    def roll(self, old, new, pills, bias=None, **kwargs):
        """Animation: weights and biases go from some to others, and the numbers that are shown of them with them.

        Args:
            old, new: lists of weights (n_l, n_{l−1}).
            pills: for each (layer, to, start) of a number on a tube, that number's pill.
            bias: (layer, to, pill) of a bias whose number is shown.
        """
        shown = [*pills.values()] + ([bias[2]] if bias else [])

        def go(_, alpha):
            share = smooth(min(float(alpha), 1.0))
            weights = [(1 - share) * before + share * after for before, after in zip(old, new, strict=True)]
            self.body.set_weights(weights)
            for (layer, *index), pill in pills.items():
                source = Source(f"W{layer + 1} on the way", tuple(index), weights[layer])
                pill[1].set_value(source.true_value(), source=source)
            if bias:
                layer, to, pill = bias
                now = (1 - share) * self.step.biases[layer] + share * self.step.new_biases[layer]
                pill[1][1].set_value(now[to], source=Source(f"b{layer + 1} on the way", (to,), now))

        return UpdateFromAlphaFunc(Group(self.body, *shown), go, **kwargs)

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

    def bring(self, row, k, source):
        """Animation: the factor at a place comes into the formula from where it stands in the network."""
        return AnimationGroup(
            FadeIn(row[2 * k]),
            TransformFromCopy(source.copy().fix_in_frame(), row[2 * k + 1]),
            FlashAround(source, color=FOCUS, buff=0.08, stroke_width=6),
        )

    # Phases

    def introduce(self):
        # Fly to the network
        set_telephoto(self.frame)
        title = get_title("Backpropagation: Gradient Flow").fix_in_frame()
        self.body = self.get_network()
        self.network = self.body.network
        self.slab = Cube(side_length=1).set_shape(1.7, 4.5, 0.5).set_color(SLAB).set_shading(0.3, 0.2, 0.5)
        self.slab.move_to([5.65, 0.9, -0.25]).apply_depth_test()
        self.column = Column(0.0, 2.7 / float(self.step.loss), 1.1, [5.65, -1.2, 0.1], LOSS)
        self.inlets = Group(get_tube(*line.get_start_and_end(), 0.08).set_color(MUTED) for line in self.get_lines())
        self.names, self.scale_marks = self.get_names(), self.get_scale()
        self.frame.reorient(-34, -12, 0, (-0.2, 1.6, 0), 10)
        silent = [np.zeros(n) for n in self.network.sizes[1:]]
        self.add(self.body, self.inlets, self.slab, self.column, title)
        self.play(
            self.body.animate.set_activations([self.step.activations[0], *silent]),
            self.frame.animate.reorient(0, 0, 0, (0, 0, 0), 8),
            FadeOut(title, time_span=(1.9, 2.2)),
            FadeIn(VGroup(self.names, self.scale_marks), time_span=(2.2, 2.8)),
            run_time=2.9,
        )
        self.wait_for_the_next_phase()

    def run_forward(self):
        # Hand it an example
        self.inputs = self.get_numbers(0)
        colors = {"Blue": POSITIVE_RAMP[1], "Orange": NEGATIVE_RAMP[1]}
        words = get_caption("Blue: positive weight. Orange: negative", colors)
        self.say(words.fix_in_frame(), FadeIn(self.inputs))

        # Send it to the hidden neurons
        self.send(0, self.frame.animate.reorient(-16, -5, 0))
        self.hidden = self.get_numbers(1)
        self.play(FadeIn(self.hidden), run_time=0.3)

        # Work out one of them
        to = self.followed[0]
        used = VGroup(self.get_weight_pill(0, to, k) for k in range(len(self.x)))
        weighted, squash = self.get_forward_formula(to)
        self.say(
            self.get_panel(weighted, squash, words=("weights · inputs, plus the bias", "activation")),
            self.frame.animate.reorient(0, 0, 0),
            FadeIn(used, scale=1.3),
            self.body.animate.set_dimmed(0.8, [(0, to, k) for k in range(len(self.x))]),
        )
        plot = self.get_sigmoid_plot(self.step.pre_activations[0][to], self.step.activations[1][to])
        plot.move_to([3.4, -1.1, 0])
        self.play(FadeIn(plot[:2]), run_time=0.4)
        self.play(ShowCreation(plot[2]), FadeIn(plot[3], time_span=(0.3, 0.6)), run_time=0.8)
        self.wait(2.8)

        # Send them on to the outputs
        self.hush(FadeOut(used), FadeOut(plot), self.body.animate.set_dimmed(0))
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
            aim = self.get_named(R"\text{target } t =", number).set_color(TARGET)
            aims.add(aim.next_to(ball.body, RIGHT, buff=0.15).shift(0.38 * DOWN))
        self.aims = aims
        rule = self.get_loss_formula(step.activations[2], step.loss, "L")
        self.say(self.get_panel(rule), FadeIn(aims, 0.3 * LEFT))

        # Let the loss rise as high as it is
        self.value = self.get_loss_number(step.loss)
        self.send(2, self.frame.animate.reorient(14, -4, 0), run_time=1)
        self.play(
            self.column.animate.set_value(step.loss),
            FadeIn(self.value, time_span=(0.6, 1)),
            self.frame.animate(time_span=(0.4, 1.2)).reorient(0, 0, 0),
            run_time=1.2,
        )
        self.wait(1)
        self.wait_for_the_next_phase()

    def nudge_weights(self):
        # Push one weight up a little, and see what the loss does
        columns = Group(self.hidden, self.outputs)
        most = self.push * max(np.abs(gradients).max() for gradients in self.step.d_weights)
        self.magnifier = Magnifier(self.column, float(self.step.loss), most, np.array([3.45, 3.1, 0]))
        lifted = self.value.animate.next_to(self.magnifier.spot, UP, buff=0.12)
        self.hush(FadeOut(columns), FadeOut(self.names[-2:]), FadeIn(self.magnifier), lifted)
        self.push_up(self.nudged[0])

        # Push another one just as much, and see the loss go the other way
        self.push_up(self.nudged[1])

        # Ask it of all the others
        self.say("Nudge each weight: all these rates are the gradient", run_time=0.4)
        self.play(self.nudge_all(), run_time=4)
        self.play(
            self.body.animate.set_dimmed(0),
            FadeOut(self.magnifier),
            self.put_on_column(self.value.animate, self.step.loss),
            FadeIn(Group(columns, self.names[-2:])),
            run_time=0.4,
        )
        self.wait_for_the_next_phase()

    def push_up(self, place):
        """Push one weight up, compare the loss with what it was, and let the weight go back."""
        change, pill = self.get_nudged_change(place), self.get_weight_pill(*place)
        rate = get_formula(
            R"\Delta w = {} \qquad \Delta L = {} \qquad {{\Delta L \over \Delta w}} = {}",
            Shown("Δw", self.push, 1),
            Shown("ΔL", change, 3),
            Shown("ΔL/Δw", change / self.push),
            font_size=BODY,
        )
        self.play(FadeIn(pill, scale=1.3), self.body.animate.set_dimmed(0.7, [place]), run_time=0.4)
        self.play(self.nudge(place, pill, (0, self.push)), run_time=0.8)
        self.say(self.get_panel(rate), run_time=0.4)
        self.wait(1.2)
        self.hush(self.nudge(place, pill, (self.push, 0)), run_time=0.6)
        self.play(FadeOut(pill), self.body.animate.set_dimmed(0), run_time=0.2)

    def run_backward(self):
        # Light the road from one weight to the loss
        _, to, start = place = self.nudged[0]
        ends, road = [(1, start), (2, to)], self.get_road(*place)
        columns = (self.inputs, self.hidden, self.outputs)
        self.away = Group(*(n for k, some in enumerate(columns) for i, n in enumerate(some) if (k, i) not in ends))
        self.hush(self.body.animate.set_dimmed(0.85, [place], ends), FadeOut(self.away), run_time=0.6)
        self.play(LaggedStart(*(FadeIn(name, scale=1.4) for name in road), lag_ratio=0.5), run_time=1.2)
        self.road = road

        # Write the rate along it as a product
        self.rule, self.row = self.get_chain_rule(self.get_output_name(to)), self.get_factors(*place)
        self.of_nudge = self.get_nudge_rate()
        chain = VGroup(self.rule, self.row).arrange(RIGHT, buff=0.16)
        self.panel = self.get_panel(chain, self.of_nudge, words=("without a nudge: the chain rule", "by the nudge"))
        self.remove(self.row)
        self.say(VGroup(self.panel[0], self.rule, chain[2], self.of_nudge))
        self.wait(1)
        self.wait_for_the_next_phase()

    def multiply_along_the_chain(self):
        # Read off how the loss depends on the output
        layer, to, start = self.nudged[0]
        self.at_outputs, self.slopes = self.get_output_gradients(), self.get_slopes()
        line, edge = self.get_lines()[to], self.network.get_edge(layer, to, start)
        pill, tag, row = self.at_outputs[to], self.slopes[to], self.row
        pulse = dict(backwards=True, width=16, radius=0.55)
        self.play(EdgeWave([line], GRADIENT, **pulse), FadeIn(pill, time_span=(0.6, 1)), run_time=1)
        self.play(self.bring(row, 0, pill[1][1]), run_time=0.8)

        # Read off how steep the sigmoid is
        z, a, slope = self.step.pre_activations[1][to], self.step.activations[2][to], self.step.slopes[1][to]
        plot = self.get_sigmoid_plot(z, a, slope).move_to([3.5, 2.98, 0])
        self.play(FadeIn(plot), FadeIn(tag), run_time=0.6)
        self.wait(0.7)
        self.play(self.bring(row, 1, tag[1]), run_time=0.8)

        # Take what comes along the tube
        self.play(EdgeWave([edge], GRADIENT, **pulse), FadeOut(plot), run_time=1)
        self.play(self.bring(row, 2, self.hidden[start]), run_time=0.8)

        # Multiply them, and compare with the nudge
        mine, word = self.get_gradient_pill(layer, to, start), self.of_nudge[-1]
        agree = self.get_shown_rates_agree(row[7])
        verdict = Text("the same" if agree else "nearly that", font_size=36)
        verdict.set_color(FOCUS).match_height(word).move_to(word).fix_in_frame()
        self.play(FadeIn(row[6:]), FadeIn(mine, scale=1.6), FadeOut(self.road[0]), run_time=0.6)
        self.play(
            *(FlashAround(part, color=FOCUS, buff=0.1, stroke_width=6) for part in (row[7], self.of_nudge[:-1])),
            FadeOut(word, time_span=(0, 0.4)),
            FadeIn(verdict, time_span=(0.4, 0.8)),
            run_time=1.2,
        )
        self.caption = VGroup(self.caption, row, verdict)
        self.wait(1)

        # Read off the same two factors at the other outputs
        self.late = self.get_gradient_glow(1)
        others = [k for k in range(len(self.target)) if k != to]
        self.play(FadeOut(VGroup(mine, self.road[1:])), run_time=0.3)
        self.say(
            "At each output, the same two factors",
            EdgeWave([self.get_lines()[k] for k in others], GRADIENT, **pulse),
            self.body.animate.set_dimmed(0.4),
            FadeIn(self.away),
            FadeIn(VGroup(some[k] for some in (self.at_outputs, self.slopes) for k in others), time_span=(0.6, 1)),
            run_time=1,
        )

        self.wait(0.6)

        # Multiply for the other weights of the layer
        self.put_light_on(1, self.late)
        self.say("Plus: raising this weight raises the loss")
        self.wait_for_the_next_phase()

    def get_shown_rates_agree(self, number):
        """Whether a gradient reads as the nudge's rate does."""
        rate = self.get_nudged_change(self.nudged[0]) / self.push
        return np.isclose(number.shown_value, rate.round(2).item())

    def put_light_on(self, layer, glow, run_time=1.6):
        """Light runs back along all tubes of a layer; where they were, the light of their gradients stays."""
        bare = self.body.tubes[layer].animate(time_span=(0.3 * run_time, run_time)).set_opacity(0)
        self.send(layer, bare, FadeIn(glow, time_span=(0.4 * run_time, run_time)), backwards=True, run_time=run_time)

    def go_one_layer_back(self):
        # Go back along each tube of one hidden neuron
        hidden, n_out = self.followed[0], range(len(self.target))
        self.body.tubes[1].set_opacity(1)
        tubes = [(1, k, hidden) for k in n_out]
        ends, used = [(1, hidden), *((2, k) for k in n_out)], VGroup(self.get_weight_pill(*tube) for tube in tubes)
        rows, shares = zip(*(self.get_share_of(k, hidden) for k in n_out), strict=True)
        VGroup(*shares).arrange(RIGHT, buff=0.3).next_to(self.body.balls[1][hidden].body, DOWN, buff=0.06)
        gathered = self.get_hidden_gradient(hidden)
        total = get_number(self.step.d_activations[1][hidden, None], 2, source="∂L/∂a1", font_size=BODY)
        total = self.get_named(Rf"{{\partial L \over \partial {self.get_hidden_name(hidden)}}} =", total)
        total.set_color(LIGHT_GRADIENT)
        words = (*(f"from output {k + 1}" for k in n_out), "added up")
        panel = self.get_panel(*rows, total, words=words)
        self.remove(panel[1])
        others = Group(*(n for k, n in enumerate(self.hidden) if k != hidden), *self.inputs)
        self.say(
            panel[0],
            self.body.animate.set_dimmed(0.85, tubes, ends),
            FadeOut(self.late),
            FadeOut(others),
            FadeIn(used, scale=1.3),
        )
        seconds = 2.8 / len(tubes)
        for k, tube in enumerate(tubes):
            wave = EdgeWave([self.network.get_edge(*tube)], GRADIENT, backwards=True, width=16, radius=0.55)
            lands = FadeIn(shares[k], time_span=(0.6 * seconds, 0.9 * seconds))
            self.play(wave, FadeIn(rows[k]), lands, run_time=seconds)

        # Add what arrives there
        self.play(
            *(FadeOut(share, gathered.get_center() - share.get_center()) for share in shares),
            FadeIn(gathered, time_span=(0.4, 0.8)),
            FadeIn(total),
            run_time=0.8,
        )
        self.caption = VGroup(panel[0], *rows, total)
        self.gathered = gathered
        self.wait(1.4)

        # Multiply the numbers of a weight in the first layer
        to, start = self.followed
        road = self.get_road(0, to, start)
        slope = get_number(self.step.slopes[0][to, None], 2, source=("∂a/∂z", to), font_size=32)
        slope = self.get_named(R"\sigma'(z) =", slope).set_color(SLOPE).next_to(gathered, LEFT, buff=0.2)
        self.slopes.add(slope)
        rule, row = self.get_chain_rule(self.get_hidden_name(to)), self.get_factors(0, to, start)
        panel = self.get_panel(VGroup(rule, row).arrange(RIGHT, buff=0.16))
        self.remove(row)
        self.play(FadeOut(used), run_time=0.25)
        self.say(
            VGroup(panel[0], rule),
            self.body.animate.set_dimmed(0.85, [(0, to, start)], [(0, start), (1, to)]),
            FadeIn(slope),
            FadeIn(self.inputs[start]),
            *(TransformFromCopy(old, new) for old, new in zip(self.road[:3], road, strict=True)),
            run_time=0.8,
        )
        sources = (gathered[1][1], slope[1], self.inputs[start])
        self.play(LaggedStart(*(self.bring(row, *pair) for pair in enumerate(sources)), lag_ratio=0.5), run_time=1.4)
        mine = self.get_gradient_pill(0, to, start)
        self.play(FadeIn(row[6:]), FadeIn(mine, scale=1.6), FadeOut(road), run_time=0.5)
        self.caption = VGroup(panel[0], rule, row)
        self.wait(0.8)

        # Do the same for all weights of the first layer
        self.early = self.get_gradient_glow(0)
        others = Group(*(number for number in others if number is not self.inputs[start]))
        self.body.tubes[1].set_opacity(0)
        back = FadeIn(Group(self.late, *others))
        self.play(FadeOut(mine), self.body.animate.set_dimmed(0.4), back, run_time=0.3)
        self.put_light_on(0, self.early, run_time=1.4)
        self.wait_for_the_next_phase()

    def update_weights(self):
        # Take a step against the gradient, for one weight in numbers
        (layer, to, start), step = self.nudged[0], self.step
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
        place = (layer, to, start)
        pill = self.get_weight_pill(*place, decimals=2)
        self.body.tubes.set_opacity(1)
        self.say(
            self.get_panel(note, formula),
            self.body.animate.set_dimmed(0.7, [place]),
            FadeIn(pill, scale=1.3),
            FadeOut(VGroup(self.early, self.late)),
            FadeOut(VGroup(self.slopes, self.at_outputs, self.gathered)),
        )
        self.wait(1.8)

        # Move every weight at once, and some of their numbers with them
        hidden = self.followed[0]
        pills = {place: pill}
        for other in (self.nudged[1], (0, *self.followed), (0, 1, 0)):
            pills[other] = self.get_weight_pill(*other, decimals=2)
        number = get_number(step.biases[0][hidden, None], 2, source=("b1", hidden), font_size=32)
        bias = self.get_pill(self.get_named(R"\text{bias } b =", number), PLATE)
        bias.next_to(self.body.balls[1][hidden].body, DOWN, buff=0.1)
        new = FadeIn(VGroup(bias, *(other for other in pills.values() if other is not pill)), scale=1.3)
        self.say("Every weight and bias takes its step", self.body.animate.set_dimmed(0), new)
        rolling = self.roll(step.weights, step.new_weights, pills, (0, hidden, bias), run_time=2.4)
        self.play(rolling)
        self.wait(0.3)

        # Ask the new weights for the loss
        self.hush(FadeOut(VGroup(bias, *pills.values())), FadeOut(Group(self.hidden, self.outputs)), run_time=0.3)
        self.show_new_loss(step)
        self.outputs = self.get_numbers(2)
        self.count = self.get_count(1)
        falls = self.get_loss_formula(step.new_activations[2], step.new_loss, "new L")
        was = get_formula(R"\text{{was }} {}", Shown("L", step.loss, 3), font_size=BODY)
        self.say(
            self.get_panel(falls, was.set_color(LIGHT_LOSS)), FadeIn(self.outputs), FadeIn(self.count), run_time=0.4
        )
        self.wait(1.2)
        self.wait_for_the_next_phase()

    def show_new_loss(self, step, run_time=1.0):
        """Light runs forward through the network of now, and the loss becomes what it then is."""
        new = self.get_loss_number(step.new_loss, "new L")
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
        # Make room for the loss of all steps, and name the four parts of a step
        steps = [self.step]
        while len(steps) < self.rounds:
            steps.append(self.take_step(steps[-1].new_weights, steps[-1].new_biases))
        words, arrows = self.get_cycle()
        curve = self.get_loss_curve(steps)
        new = self.get_loss_number(self.step.new_loss, "L", decimals=4)
        self.hush(
            self.frame.animate.reorient(0, 0, 0, (0, -0.5, 0), 9),
            FadeOut(self.outputs),
            FadeOut(self.value),
            FadeIn(new),
            FadeIn(VGroup(curve[:2], words, arrows), time_span=(0.4, 0.8)),
            run_time=0.8,
        )
        self.value = new

        # Go round once more, part by part
        step, whole = steps[1], curve[2].copy()
        curve[2].pointwise_become_partial(whole, 0, 1 / len(steps))
        self.add(curve[2])
        parts = {
            2: [EdgeWave(edges, GRADIENT, backwards=True, width=16, radius=0.55) for edges in self.network.edges],
            3: [self.body.animate.set_weights(step.new_weights), self.flash_tubes()],
            0: [
                *(EdgeWave(edges, INPUT, width=16, radius=0.55) for edges in self.network.edges),
                self.body.animate.set_activations(step.new_activations),
            ],
            1: [
                self.column.animate.set_value(step.new_loss),
                FadeOut(self.value, time_span=(0, 0.3)),
            ],
        }
        for place, animations in parts.items():
            self.light_word(words, place)
            self.play(*animations, run_time=0.8)
        new = self.get_loss_number(step.new_loss, "L", decimals=4)
        outputs = self.get_numbers(2)
        self.add(new, outputs)
        self.remove(self.value)
        self.value = new
        self.count.become(self.get_count(2))

        # Train on, ever faster, until the outputs are near what they should be
        caption = Text("Training repeats these four parts", font_size=BODY).set_y(3.72)
        self.say(caption.fix_in_frame(), FadeOut(self.names[:3]), run_time=0.5)
        self.play(self.train(steps, outputs, curve[2], whole, words), run_time=6.5)
        self.wait_for_the_next_phase()

    def get_cycle(self):
        """The four parts of a step in a ring, and the arrows between them."""
        names = ("forward", "loss", "backward", "update")
        places = ([3.2, -1.95, 0], [6.0, -1.95, 0], [6.0, -3.35, 0], [3.2, -3.35, 0])
        words = VGroup(Text(name, font_size=BODY) for name in names)
        for word, place in zip(words, places, strict=True):
            word.move_to(place).set_color(MUTED)
        put_on_baseline(words[1], words[0])
        put_on_baseline(words[2], put_on_baseline(words[3], words[2].copy()))
        arrows = VGroup(
            Arrow(words[0].get_right(), words[1].get_left(), buff=0.15),
            Arrow(words[1].get_bottom(), words[2].get_top(), buff=0.15),
            Arrow(words[2].get_left(), words[3].get_right(), buff=0.15),
            Arrow(words[3].get_top(), words[0].get_bottom(), buff=0.15),
        )
        for group in (words, arrows.set_color(MUTED)):
            group.fix_in_frame()
        return words, arrows

    def light_word(self, words, place):
        """One of the four parts is lit."""
        words.set_color(MUTED)
        words[place].set_color((INPUT, LIGHT_LOSS, LIGHT_GRADIENT, FOCUS)[place])

    def get_loss_curve(self, steps):
        """The loss after each step, each tenth as high as the one before it. Parts: the plate, the axes, the curve."""
        losses = [steps[0].loss, *(step.new_loss for step in steps)]
        decades = np.arange(int(np.floor(np.log10(losses[-1]))), 1)
        unit = 1.75 / (len(decades) - 1)  # of a decade
        places = np.linspace([-3.1, 0, 0], [3.1, 0, 0], len(losses))

        def height(loss):
            return unit * float(np.log10(loss) - decades[0]) * UP

        tops = [place + height(loss) for place, loss in zip(places, losses, strict=True)]
        axes = VGroup(Line(places[0], places[-1]), Line(places[0], places[0] + 1.75 * UP)).set_stroke(MUTED, 3)
        marks = VGroup()
        for decade in decades:
            at = places[0] + height(10.0**decade)
            mark = get_number(10.0**decade, max(-decade, 0), source="mark", font_size=26).set_color(MUTED)
            marks.add(VGroup(Line(at, at + 0.1 * RIGHT).set_stroke(MUTED, 3), mark.next_to(at, LEFT, buff=0.12)))
        name = Text("loss", font_size=36).set_color(LIGHT_LOSS).next_to(marks, LEFT, buff=0.15).set_y(0.9)
        end = Text(f"{len(steps)} steps", font_size=LABEL).move_to(places[-1] + 0.75 * UP, aligned_edge=RIGHT)
        curve = VMobject().set_points_as_corners(tops).set_stroke(LOSS, 8)
        drawn = VGroup(axes, marks, name, end, curve).move_to([-2.6, -2.65, 0])
        return VGroup(Plate(drawn, buff=0.15), drawn[:-1], curve).fix_in_frame()

    def train(self, steps, outputs, curve, whole, words, **kwargs):
        """Animation: step after step, ever faster; network, outputs, loss, curve and words are what they then are."""
        # Each step takes 0.7 times as long as the one before it.
        ends = np.cumsum(0.7 ** np.arange(len(steps) - 2))
        ends, shown = ends / ends[-1], [1]

        def go(_, alpha):
            alpha = min(float(alpha), 1.0)  # ManimGL goes beyond 1 where a frame is long
            before = int(np.searchsorted(ends, alpha, side="right"))
            start, end = ends[before - 1] if before else 0.0, ends[min(before, len(ends) - 1)]
            share = (alpha - start) / (end - start) if end > start else 1.0
            # The loss is the last of the four parts, and what a step has led to is seen with it.
            self.light_word(words, (2, 3, 0, 1)[min(int(4 * share), 3)])
            done = min(1 + before + (share >= 0.75), len(steps) - 1)
            if done == shown[0]:
                return
            shown[0], step = done, steps[done]
            curve.pointwise_become_partial(whole, 0, (done + 1) / len(steps))
            self.body.set_weights(step.new_weights).set_activations(step.new_activations)
            self.column.set_value(step.new_loss)
            outputs.set_submobjects(list(self.get_numbers(2)))
            self.count.become(self.get_count(done + 1))
            self.value.set_value(step.new_loss, source=Source("L", (), step.new_loss))
            self.put_on_column(self.value, step.new_loss)

        moving = Group(self.body, self.column, outputs, self.count, curve, self.value, words)
        return UpdateFromAlphaFunc(moving, go, **kwargs)

    def get_count(self, number):
        """How many steps were taken, above the loss."""
        return Text(f"step {number}", font_size=BODY).set_color(TEXT).move_to([self.slab.get_x(), 2.75, 0])

    def flash_tubes(self):
        """Animation: light sweeps over every tube."""
        lights = VGroup(edge.copy().set_stroke(FOCUS, 14) for edges in self.network.edges for edge in edges)
        return UpdateFromAlphaFunc(
            lights, lambda lights, alpha: lights.set_stroke(opacity=0.9 * there_and_back(alpha)), remover=True
        )
