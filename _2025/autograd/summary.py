from _2025.autograd.training import RELIEF, MLPAutogradScene
from manim_imports_ext import *
from truth.moons import train

AS_TRAINING_ENDED = (194, 54, 9.4, 0.1, 0.0)
BEHIND_THE_NETWORK = (176, 54, 13.2, 7.0, 0.1)  # at the left
BELOW_THE_READOUTS = (216, 54, 10.8, 0.1, 0.5)
UNLIT = mix_colors(BACKGROUND, GRADIENT, 0.22)  # of an edge whose gradient is not spoken of


class SummaryScene(MLPAutogradScene):
    """Automatic differentiation is the chain rule, run backward over what the forward pass left behind."""

    points = (
        "The chain rule handles complex functions, link by link",
        "The forward pass builds the graph and saves activations",
        "They are saved because gradients need them",
        "Each layer: gradients for both its parameters and its input",
        "The backward pass runs in reverse topological order",
    )
    factors = (
        R"{\partial L \over \partial p}",
        R"{\partial p \over \partial a_2}",
        R"{\partial a_2 \over \partial x_1}",
    )
    example = 92  # a point of the moons that the trained network gets right, though it is not quite sure
    entry, hidden = 0, 1  # the path that is followed: from an input through a hidden neuron
    shown_step, max_weight = -1, 6
    right_half, network_height = 2.6, 0.78

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
        shown = [Shown(name, np.array(v)) for name, v in zip(("dL/dp", "dp/da2", "da2/dx1"), links, strict=True)]
        symbols = Tex(R"\text{along one path:} \quad " + factors, font_size=42, isolate=list(parts))
        for part, color in zip(parts, (GRADIENT, OPERATION, OPERATION), strict=True):
            symbols[part].set_color(color)
        numbers = get_formula(R"= {} \cdot {} \cdot {} = {}", *shown, Shown("product", np.array(product)), font_size=42)
        return VGroup(symbols, numbers).arrange(RIGHT, buff=0.25)

    def get_saved_formula(self):
        """The gradient of the path's last weight: what comes back times what was saved."""
        passing, label = self.passing, self.training.labels[self.example]
        formula = self.get_formula(
            R"{{\partial L \over \partial w}} = (p - y) \cdot a_2 = {} \cdot ({}) = {}",
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
            radius=0.42,
            neuron_buff=1.0,
            layer_buff=2.75,
            max_weight=self.max_weight,
        )
        network.set_activations([np.zeros(n) for n in network.sizes])
        return SolidNetwork(network.move_to([self.right_half, self.network_height, 0]), max_width=0.18).fix_in_frame()

    def get_numbers(self, solid, layer):
        """The activations of a layer, each before its ball, small enough for it."""
        numbers = super().get_numbers(solid, layer)
        for number in numbers:
            number.scale(0.87)
        return numbers

    def get_share_tags(self, solid):
        """What each path adds to the gradient of x1, on its edge to x1."""
        tags = VGroup()
        for k, share in enumerate(self.get_shares()):
            if abs(share) > 0.005:
                number = get_number(share[..., None], 2, source=("path", k), font_size=32)
            else:
                number = Tex(R"\approx 0", font_size=32)
                number.sources = [Source("path", (k,), self.get_shares())]
            tag = GradientTag(number, padding=0.08)
            tags.add(tag.move_to(solid.network.get_edge(0, k, self.entry).point_from_proportion(0.58)))
        return tags.fix_in_frame()

    def get_total(self, solid):
        """The gradient of x1, beside it."""
        tag = GradientTag(get_number(self.get_shares().sum(), 2, source="dL/dx1", font_size=38))
        return tag.next_to(self.get_path(solid)[2], LEFT, buff=0.2).fix_in_frame()

    def get_sum(self):
        """The gradient of x1 as the sum of the shares that are not next to nothing."""
        shares = self.get_shares()
        shown = [Shown(("path", k), shares[k, None]) for k in range(len(shares)) if abs(shares[k]) > 0.005]
        pieces = ["({})" if k and number.value[0] < 0 else "{}" for k, number in enumerate(shown)]
        total = Shown("dL/dx1", np.array(shares.sum()))
        formula = get_formula(
            R"{{\partial L \over \partial x_1}} \approx " + " + ".join(pieces) + " = {}",
            *shown,
            total,
            font_size=42,
            t2c={R"{\partial L \over \partial x_1}": GRADIENT},
        )
        return formula

    def get_names(self, solid):
        """Below the output its loss, above it what it should be; p; and a name above each input and hidden ball."""
        output = solid.get_ball(2, 0).body
        loss = get_formula("L = {}", Shown("loss", np.array(self.passing.loss)), font_size=44).set_color(LOSS)
        p = Tex("p", font_size=44).next_to(output, DOWN, buff=0.18)
        loss.next_to(p, DOWN, buff=0.2).shift(min(6.7 - loss.get_right()[0], 0) * RIGHT)
        names = VGroup(loss, p, self.get_kind(self.example).next_to(output, UP, buff=0.2))
        for letter, balls in zip("xa", solid.balls[:2], strict=True):
            for k, ball in enumerate(balls, start=1):
                names.add(Tex(f"{letter}_{k}", font_size=36).next_to(ball.body, UP, buff=0.09))
        return names.fix_in_frame()

    def get_tag(self, letter):
        """A letter on a dark plate, so that it can be read on an edge."""
        return VGroup(Plate(letter, 0.08, color=BACKGROUND, thickness=0), letter)

    def get_shells(self, solid):
        """A ring round every activation that is saved, input and hidden."""
        return VGroup(
            Circle(radius=1.06 * ball.radius).set_stroke(FOCUS, 3).move_to(ball.body)
            for layer in solid.balls[:2]
            for ball in layer
        ).fix_in_frame()

    def get_ranks(self, solid):
        """Numbers at the balls of each layer, last layer first: the turns in which gradients reach them."""
        ranks = VGroup()
        for turn, balls in enumerate(reversed(solid.balls), start=1):
            rank = VGroup()
            for ball in balls:
                disc = Circle(radius=0.17).set_stroke(FOCUS, 2).set_fill(BACKGROUND, 1)
                disc.move_to(ball.body.get_center() + 0.78 * ball.radius * UL)
                number = get_number(turn, font_size=SMALL, source=("turn", turn)).set_color(FOCUS).move_to(disc)
                rank.add(VGroup(disc, number))
            ranks.add(rank)
        return ranks.fix_in_frame()

    def send_along(self, edges, color, **config):
        """Animation: a slim comet runs along some edges; a crimson one runs back."""
        config = dict(width=7, radius=0.5, trail=0.35) | config
        wave = EdgeWave(edges, color, backwards=color == GRADIENT, **config)
        wave.mobject.fix_in_frame()
        return wave

    def light_paths(self, solid, hidden, **config):
        """Animation: only the paths from the entry through some hidden neurons keep a bright crimson."""
        lit = {(0, k, self.entry) for k in hidden} | {(1, 0, k) for k in hidden}
        tubes = [
            (tube, tube[0].get_color(), GRADIENT if (layer, *edge.source[1]) in lit else UNLIT)
            for layer, (row, edges) in enumerate(zip(solid.tubes, solid.network.edges, strict=True))
            for tube, edge in zip(row, edges, strict=True)
        ]

        def paint(_, alpha):
            for tube, old, new in tubes:
                tube.set_color(mix_colors(old, new, alpha))

        return UpdateFromAlphaFunc(solid, paint, **config)  # as a whole, or tubes would come to lie over words

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
        self.play(self.look(*BEHIND_THE_NETWORK), run_time=2)
        self.play(FadeOut(title, 0.3 * UP, time_span=(0, 0.5)), FadeIn(solid, time_span=(0.5, 1)), run_time=1)
        ring = Circle(radius=0.18).set_stroke(FOCUS, 3.5).move_to(self.get_screen_place(land.get_point(self.example)))
        self.play(FadeIn(ring.fix_in_frame(), scale=2), run_time=0.5)
        self.ring = ring
        return land, solid

    def link_simple_functions(self, solid):
        # Follow one path, link by link
        names, chain = self.get_names(solid), self.get_chain()
        edges = [solid.network.get_edge(0, self.hidden, self.entry), solid.network.get_edge(1, 0, self.hidden)]
        kept = [(0, self.hidden, self.entry), (1, 0, self.hidden)]
        self.chain = chain
        solid.set_dimmed(0.6, kept)
        self.state(0, FadeIn(VGroup(names[1], names[3:])), formula=chain[0].copy(), run_time=0.8)
        self.play(
            LaggedStart(*(self.send_along([edge], INPUT, run_time=0.9) for edge in edges), lag_ratio=0.8),
            run_time=1.7,
        )
        return names

    def run_forward(self, solid, names):
        # Run forward: every activation lights up, and is kept
        solid.set_dimmed(0)
        values, shells, numbers = self.get_activations(self.passing), self.get_shells(solid), Group()
        silent = [np.zeros(n) for n in solid.network.sizes]
        self.state(1, solid.animate.set_activations([values[0], *silent[1:]]), run_time=0.8)
        n_inputs = len(solid.balls[0])
        for layer, new_shells in enumerate((shells[:n_inputs], shells[n_inputs:])):
            if layer:
                known = [*values[: layer + 1], *silent[layer + 1 :]]
                self.play(
                    self.send_along(solid.network.get_edges(layer - 1), INPUT),
                    solid.animate(time_span=(0.5, 0.9)).set_activations(known),
                    run_time=0.9,
                )
            new = self.get_numbers(solid, layer)
            self.play(FadeIn(new), LaggedStartMap(FadeIn, new_shells), run_time=0.5)
            numbers.add(new)
        self.play(
            self.send_along(solid.network.get_edges(1), INPUT),
            solid.animate(time_span=(0.5, 0.9)).set_activations(values),
            run_time=0.9,
        )
        p = get_number(self.passing.activations[2], 2, source="p", font_size=27).set_color(BACKGROUND)
        p.move_to(solid.get_ball(2, 0).body).fix_in_frame()
        self.play(FadeIn(p), FadeIn(names[0], 0.2 * UP), FadeIn(names[2], 0.2 * DOWN), run_time=0.6)
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
            shell.animate(rate_func=there_and_back).set_stroke(FOCUS, 9),
            run_time=1.2,
        )
        return Group(letter)  # w; what else will be marked joins it

    def compute_gradients_in_each_layer(self, solid, marks):
        # Let gradients run into a layer's weights, and on to its input
        n_inputs = len(solid.balls[0])
        self.state(3, FadeOut(marks), run_time=0.6)
        marks.remove(*marks)
        self.play(
            BackwardLight(solid, self.passing.weights, run_time=3),
            self.shells[n_inputs:].animate(time_span=(1.1, 1.5)).set_stroke(GRADIENT, 4),
            self.shells[:n_inputs].animate(time_span=(2.6, 3)).set_stroke(GRADIENT, 4),
        )

    def run_backward(self, solid, marks):
        # Number the neurons in the order in which gradients reach them: a layer only when the one after it is done
        network, ranks = solid.network, self.get_ranks(solid)
        self.state(4, self.light_paths(solid, ()), run_time=0.8)
        for turn, rank in enumerate(ranks):
            light = [self.send_along(network.get_edges(2 - turn), GRADIENT)] if turn else []
            self.play(*light, LaggedStartMap(FadeIn, rank, scale=1.6, time_span=(0.4, 0.9)), run_time=0.9)
            self.wait(0.4)

        # Follow one path back: a factor for each link, the last link first
        symbols, numbers = self.chain
        plate, factors = Plate(self.chain.move_to(2.9 * DOWN), 0.18), VGroup(symbols[part] for part in self.factors)
        panel = VGroup(plate, self.chain).fix_in_frame()
        rest = VGroup(glyph for glyph in symbols if not any(glyph in factor.get_family() for factor in factors))
        edges = None, network.get_edge(1, 0, self.hidden), network.get_edge(0, self.hidden, self.entry)
        rings = VGroup(Circle(radius=0.445).set_stroke(FOCUS, 5).move_to(body) for body in self.get_path(solid))
        rings.fix_in_frame()
        self.hush(FadeOut(ranks), FadeIn(VGroup(plate, rest)), self.light_paths(solid, [self.hidden]), run_time=0.6)
        for factor, ring, edge in zip(factors, rings, edges, strict=True):
            light = [self.send_along([edge], GRADIENT)] if edge is not None else []
            self.play(*light, FadeIn(factor, scale=1.5), FadeIn(ring, scale=1.3, time_span=(0.5, 0.9)), run_time=0.9)
        self.play(FadeIn(numbers, lag_ratio=0.3), run_time=1.8)
        self.remove(plate, rest, factors, numbers)
        self.add(panel)  # once: what is on stage twice looks bold
        self.wait(1.6)

        # Light up the other paths to x1: what all of them send back adds up
        tags, total = self.get_share_tags(solid), self.get_total(solid)
        ways = [network.get_edge(0, k, self.entry) for k in range(len(tags))]
        self.say(
            self.get_card("Where the four paths meet, their shares add up", self.get_sum()),
            FadeOut(VGroup(panel, rings), time_span=(0, 0.4)),
            self.light_paths(solid, range(len(tags))),
            self.send_along(ways, GRADIENT, run_time=1.2),
            LaggedStartMap(FadeIn, tags, lag_ratio=0.2, time_span=(0.5, 1.2)),
            run_time=1.2,
        )
        self.play(FadeIn(total, 0.3 * LEFT), FlashAround(total, color=FOCUS), run_time=0.9)
        marks.add(tags, total)
        self.wait(1.5)

    def return_to_the_landscape(self, land, others):
        # See once more what these gradients did
        last = self.steps.get_value()
        pace = lambda t: ((last + 1) ** smooth(t) - 1) / last  # noqa: E731
        following = [
            UpdateFromFunc(land, lambda land: land.set_time(self.steps.get_value())),
            *(UpdateFromFunc(readout, Readout.follow) for readout in self.readouts),
        ]
        self.hush(FadeOut(Group(others, self.ring)), run_time=0.6)
        self.play(
            ApplyMethod(self.steps.set_value, 0, rate_func=lambda t: 1 - pace(1 - t)),
            *following,
            self.look(*AS_TRAINING_ENDED, rate_func=smooth),
            run_time=2,
        )
        self.say(
            "Gradient by gradient, this landscape was learned",
            ApplyMethod(self.steps.set_value, last, rate_func=pace),
            *following,
            self.look(*BELOW_THE_READOUTS, rate_func=smooth),
            run_time=5,
        )
        self.wait(1.5)
