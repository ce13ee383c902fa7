from _2025.autograd.training import RELIEF, MLPAutogradScene
from manim_imports_ext import *
from truth.moons import train

AS_TRAINING_ENDED = (194, 54, 9.4, 0.1, 0.0)
BEHIND_THE_NETWORK = (176, 54, 16.5, 9.7, 0.6)  # small, at the left


class SummaryScene(MLPAutogradScene):
    """Automatic differentiation is the chain rule, run backward over what the forward pass left behind."""

    points = (
        "The chain rule handles complex functions, link by link",
        "The forward pass builds the graph and saves activations",
        "They are saved because gradients need them",
        "Each layer: gradients for both its parameters and its input",
        "The backward pass runs in reverse topological order",
    )
    factors = (R"{\partial L \over \partial p}", R"{\partial p \over \partial a}", R"{\partial a \over \partial x}")
    example = 89  # a point of the moons that the trained network gets right, though it is not quite sure
    entry, hidden = 0, 1  # the path that is followed: from an input through a hidden neuron
    decimals_of_p = 3  # with two, the loss that is shown would not be -ln p
    shown_step, max_weight = -1, 6
    right_half, network_height = 2.15, 0.95

    def construct(self):
        self.training = train()
        self.steps = ValueTracker(len(self.training.losses) - 1)
        self.passing = self.training.pass_point(self.example, -1)
        self.frame.set_field_of_view(14 * DEGREES)
        land, solid = self.take_over_the_landscape()
        names = self.link_simple_functions(solid)
        numbers = self.run_forward(solid, names)
        marks = self.look_at_what_was_saved(solid)
        self.compute_gradients_in_each_layer(solid, marks)
        self.run_backward(solid, marks)
        self.return_to_the_landscape(land, Group(solid, names, numbers, marks))

    # What is computed

    def get_links(self, hidden=None):
        """The factors along the path through a hidden neuron, last first, and their product."""
        run, (_, a, (p,)) = self.training, self.passing.activations
        label, hidden = self.training.labels[self.example], self.hidden if hidden is None else hidden
        links = (
            (p - label) / (p * (1 - p)),
            p * (1 - p) * run.w2[-1][0, hidden],
            run.w1[-1][hidden, self.entry] * (1 - a[hidden] ** 2),
        )
        return *links, np.prod(links)

    def get_shares(self):
        """What each path, one through each hidden neuron, adds to the gradient of the input: (4,)."""
        return np.array([self.get_links(k)[-1] for k in range(self.training.config.n_hidden)])

    # What is shown

    def get_card(self, words, formula=None):
        """A takeaway on a plate along the lower edge, and under it a formula."""
        lines = VGroup(Text(words, font_size=38))
        if formula:
            lines.add(formula)
        lines.arrange(DOWN, buff=0.15).set_max_width(12.6).next_to(3.5 * DOWN, UP, buff=0)
        return VGroup(Plate(lines, 0.18), lines).fix_in_frame()

    def state(self, index, *animations, formula=None, run_time=1.0):
        """Say the next takeaway while something happens."""
        self.say(self.get_card(self.points[index], formula), *animations, run_time=run_time)

    def get_chain(self):
        """Three links of the chain rule along one path, and in numbers."""
        parts = self.factors
        factors = R" \cdot ".join(f"{{{part}}}" for part in parts)
        *links, product = self.get_links()
        shown = [Shown(name, np.array(v)) for name, v in zip(("dL/dp", "dp/da", "da/dx"), links, strict=True)]
        symbols = Tex(R"\text{along this path:} \quad " + factors, font_size=42, isolate=list(parts))
        for part, color in zip(parts, (GRADIENT, OPERATION, OPERATION), strict=True):
            symbols[part].set_color(color)
        numbers = get_formula(R"= {} \cdot {} \cdot {} = {}", *shown, Shown("product", np.array(product)), font_size=42)
        return VGroup(symbols, numbers).arrange(RIGHT, buff=0.25)

    def get_saved_formula(self):
        """The gradient of the path's last weight: what comes back times what was saved."""
        passing, label = self.passing, self.training.labels[self.example]
        formula = self.get_formula(
            R"{{\partial L \over \partial w}} = (p - y) \cdot a = {} \cdot {} = {}",
            ("p - y", passing.activations[2] - label),
            ("a", passing.activations[1][self.hidden, None]),
            ("gradient of w", passing.weights[1][0, self.hidden, None]),
            t2c={R"{\partial L \over \partial w}": GRADIENT},
        )
        return formula

    def get_path(self, solid):
        """The bodies of the path, last first."""
        places = (2, 0), (1, self.hidden), (0, self.entry)
        return [solid.get_ball(*place).body for place in places]

    def get_network(self):
        """The network of the training, as large as the frame allows."""
        run = self.training
        network = NeuralNetwork(
            [run.w1[-1], run.w2[-1]],
            biases=[run.b1[-1], run.b2[-1]],
            activation=np.tanh,
            last_activation=lambda z: np.tanh(z / 2),
            radius=0.52,
            neuron_buff=0.44,
            layer_buff=3.05,
            max_weight=self.max_weight,
        )
        network.set_activations([np.zeros(n) for n in network.sizes])
        return SolidNetwork(network.move_to([self.right_half, self.network_height, 0]), max_width=0.22).fix_in_frame()

    def get_share_tags(self, solid):
        """What each path adds to the gradient of x, on its edge to x."""
        tags = VGroup()
        for k, share in enumerate(self.get_shares()):
            tag = GradientTag(get_number(share[..., None], 2, source=("path", k), font_size=34))
            tags.add(tag.move_to(solid.network.get_edge(0, k, self.entry).point_from_proportion(0.6)))
        return tags.fix_in_frame()

    def get_total(self, solid):
        """The gradient of x, beside it."""
        tag = GradientTag(get_number(self.get_shares().sum(), 2, source="dL/dx", font_size=40))
        return tag.next_to(self.get_path(solid)[2], LEFT, buff=0.2).fix_in_frame()

    def get_sum(self):
        """The gradient of x as the sum of the shares that are not next to nothing."""
        shares = self.get_shares()
        shown = [Shown(("path", k), shares[k, None]) for k in range(len(shares)) if abs(shares[k]) > 0.005]
        pieces = ["({})" if k and number.value[0] < 0 else "{}" for k, number in enumerate(shown)]
        total = Shown("dL/dx", np.array(shares.sum()))
        formula = get_formula(
            R"{{\partial L \over \partial x}} \approx " + " + ".join(pieces) + " = {}",
            *shown,
            total,
            font_size=42,
            t2c={R"{\partial L \over \partial x}": GRADIENT},
        )
        return formula

    def get_names(self, solid):
        """The loss below the output, and p, a and x beside the balls of the path."""
        output, hidden, entry = self.get_path(solid)
        loss = get_formula("L = {}", Shown("loss", np.array(self.passing.loss)), font_size=48).set_color(LOSS)
        p = Tex("p", font_size=48).next_to(output, DOWN, buff=0.2)
        loss.next_to(p, DOWN, buff=0.2).shift(min(6.7 - loss.get_right()[0], 0) * RIGHT)
        a = Tex("a", font_size=BODY).move_to(hidden.get_center() + 0.78 * RIGHT + 0.34 * UP)
        return VGroup(loss, p, a, Tex("x", font_size=48).next_to(entry, UP, buff=0.2)).fix_in_frame()

    def get_tag(self, letter):
        """A letter on a dark plate, so that it can be read on an edge."""
        return VGroup(Plate(letter, 0.08, color=BACKGROUND, thickness=0), letter)

    def get_shells(self, solid):
        """A ring round every activation that is saved, input and hidden."""
        return VGroup(
            Circle(radius=1.12 * ball.radius).set_stroke(FOCUS, 5).move_to(ball.body)
            for layer in solid.balls[:2]
            for ball in layer
        ).fix_in_frame()

    def send_along(self, edges, color, **config):
        """Animation: light runs along some edges; crimson runs back."""
        wave = EdgeWave(edges, color, backwards=color == GRADIENT, width=18, radius=0.5, **config)
        wave.mobject.fix_in_frame()
        return wave

    # Beats

    def take_over_the_landscape(self):
        # Take over the landscape that was learned, and bring its network back
        self.view = AS_TRAINING_ENDED
        self.put_camera(*self.view)
        last = len(self.training.losses) - 1
        land, solid = DecisionLandscape(self.training, height=RELIEF, time=last), self.get_network()
        self.readouts = self.get_readouts()
        words = get_title("Automatic Differentiation: Key Takeaways")
        title = VGroup(Plate(words, 0.15), words).fix_in_frame()
        self.add(land, title)
        self.play(self.look(*BEHIND_THE_NETWORK), FadeIn(solid, time_span=(1, 2)), run_time=2)
        ring = Circle(radius=0.2).set_stroke(FOCUS, 6).move_to(self.get_screen_place(land.get_point(self.example)))
        self.play(FadeOut(title, 0.3 * UP), FadeIn(ring.fix_in_frame(), scale=2), run_time=0.6)
        self.ring = ring
        return land, solid

    def link_simple_functions(self, solid):
        # Follow one path, link by link
        names, chain = self.get_names(solid), self.get_chain()
        edges = [solid.network.get_edge(0, self.hidden, self.entry), solid.network.get_edge(1, 0, self.hidden)]
        kept = [(0, self.hidden, self.entry), (1, 0, self.hidden)]
        self.chain = chain
        solid.set_dimmed(0.6, kept)
        self.state(0, FadeIn(names[1:]), formula=chain[0].copy(), run_time=0.8)
        self.play(
            LaggedStart(*(self.send_along([edge], INPUT, run_time=0.9) for edge in edges), lag_ratio=0.8),
            run_time=1.7,
        )
        return names

    def run_forward(self, solid, names):
        # Run forward: every activation lights up, and is kept
        solid.set_dimmed(0)
        values, shells = self.get_activations(self.passing), self.get_shells(solid)
        silent = [np.zeros(n) for n in solid.network.sizes]
        self.state(1, solid.animate.set_activations([values[0], *silent[1:]]), run_time=0.8)
        numbers, n_inputs = Group(*self.get_numbers(solid, 0)), len(solid.balls[0])
        self.play(FadeIn(numbers), LaggedStartMap(FadeIn, shells[:n_inputs]), run_time=0.5)
        for layer in (1, 2):
            known = [*values[: layer + 1], *silent[layer + 1 :]]
            self.play(
                self.send_along(solid.network.get_edges(layer - 1), INPUT),
                solid.animate(time_span=(0.5, 0.9)).set_activations(known),
                run_time=0.9,
            )
            if layer == 1:
                new = self.get_numbers(solid, 1)
                self.play(FadeIn(new), LaggedStartMap(FadeIn, shells[n_inputs:]), run_time=0.5)
                numbers.add(*new)
        p = get_number(self.passing.activations[2], self.decimals_of_p, source="p", font_size=32).set_color(BACKGROUND)
        p.move_to(solid.get_ball(2, 0).body).fix_in_frame()
        self.play(FadeIn(p), FadeIn(names[0], 0.2 * UP), run_time=0.6)
        numbers.add(p, shells)
        self.shells = shells
        return numbers

    def look_at_what_was_saved(self, solid):
        # Go to one edge: its gradient is what comes back times what was saved
        edge = solid.network.get_edge(1, 0, self.hidden)
        letter = Tex("w", font_size=48).set_color(FOCUS)
        letter = self.get_tag(letter).move_to(edge.get_center()).fix_in_frame()
        shell = self.shells[len(solid.balls[0]) + self.hidden]
        self.state(2, FadeIn(letter), formula=self.get_saved_formula(), run_time=0.8)
        self.play(
            self.send_along([edge], GRADIENT),
            shell.animate(rate_func=there_and_back).set_stroke(FOCUS, 14),
            run_time=1.2,
        )
        return Group(letter)

    def compute_gradients_in_each_layer(self, solid, marks):
        # Let gradients run into a layer's weights, and on to its input
        n_inputs = len(solid.balls[0])
        self.state(3, run_time=0.6)
        self.play(
            BackwardLight(solid, self.passing.weights, run_time=3),
            self.shells[n_inputs:].animate(time_span=(1.1, 1.5)).set_stroke(GRADIENT, 9),
            self.shells[:n_inputs].animate(time_span=(2.6, 3)).set_stroke(GRADIENT, 9),
        )

    def run_backward(self, solid, marks):
        # Follow the path back: a factor for each link, the last link first
        card = self.get_card(self.points[4], self.chain)
        symbols, numbers = self.chain
        factors = VGroup(symbols[part] for part in self.factors)
        rest = VGroup(glyph for glyph in symbols if not any(glyph in factor.get_family() for factor in factors))
        network, path = solid.network, self.get_path(solid)
        edges = None, network.get_edge(1, 0, self.hidden), network.get_edge(0, self.hidden, self.entry)
        rings = VGroup(Circle(radius=0.6).set_stroke(FOCUS, 9).move_to(body) for body in path).fix_in_frame()
        self.say(VGroup(card[0], card[1][0], rest), run_time=0.6)
        for factor, ring, edge in zip(factors, rings, edges, strict=True):
            light = [self.send_along([edge], GRADIENT)] if edge is not None else []
            self.play(*light, FadeIn(factor, scale=1.5), FadeIn(ring, scale=1.3, time_span=(0.5, 0.9)), run_time=0.9)
        self.play(FadeIn(numbers, lag_ratio=0.3), run_time=1.8)
        self.caption.add(factors, numbers)
        self.wait(1.6)

        # Light up the other paths to x: what all of them send back adds up
        tags, total = self.get_share_tags(solid), self.get_total(solid)
        ways = [network.get_edge(0, k, self.entry) for k in range(len(tags))]
        self.say(
            self.get_card("Four paths lead back to x, and they add up", self.get_sum()),
            FadeOut(rings),
            self.send_along(ways, GRADIENT, run_time=1.2),
            LaggedStartMap(FadeIn, tags, lag_ratio=0.2, time_span=(0.5, 1.2)),
            run_time=1.2,
        )
        self.play(FadeIn(total, 0.3 * LEFT), FlashAround(total, color=FOCUS), run_time=0.9)
        self.say(self.get_card("Two neurons are saturated: almost nothing comes through"), run_time=0.6)
        marks.add(tags, total)
        self.wait(0.5)

    def return_to_the_landscape(self, land, others):
        # See once more what these gradients did
        last = self.steps.get_value()
        pace = lambda t: ((last + 1) ** smooth(t) - 1) / last  # noqa: E731
        following = [
            UpdateFromFunc(land, lambda land: land.set_time(self.steps.get_value())),
            *(UpdateFromFunc(readout, Readout.follow) for readout in self.readouts),
        ]
        self.hush(
            FadeOut(Group(others, self.ring), time_span=(0, 0.6)),
            ApplyMethod(self.steps.set_value, 0, rate_func=lambda t: 1 - pace(1 - t)),
            *following,
            self.look(*AS_TRAINING_ENDED, rate_func=smooth),
            run_time=2,
        )
        self.say(
            "Gradient by gradient, this landscape was learned",
            ApplyMethod(self.steps.set_value, last, rate_func=pace),
            *following,
            self.look(216, *AS_TRAINING_ENDED[1:], rate_func=smooth),
            run_time=5,
        )
        self.wait(1.5)
