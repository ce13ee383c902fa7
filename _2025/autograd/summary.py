from manim_imports_ext import *
from truth.moons import train


class SummaryScene(CaptionedScene):
    """Automatic differentiation is the chain rule, run backward over what the forward pass left behind."""

    points = (
        "The chain rule handles complex functions, link by link",
        "The forward pass builds the graph and saves activations",
        "They are saved because gradients need them",
        "Each layer: gradients for both its parameters and its input",
        "The backward pass runs in reverse topological order",
    )
    caption_goes, caption_comes = 0.2, 0.4
    seconds_more = 0.6
    example = 37  # a point of the moons that the trained network gets right

    def construct(self):
        self.passing = train().pass_point(self.example, -1)
        solid, names = self.link_simple_functions()
        shells = self.run_forward(solid)
        self.look_at_what_was_saved(solid, names)
        self.compute_gradients_in_each_layer(solid, shells)
        self.run_backward(solid, shells)

    # What is shown

    def get_network(self):
        """The network that learned the moons, dark, and beside it the loss as a slab."""
        run = train()
        network = NeuralNetwork(
            [run.w1[-1], run.w2[-1]],
            biases=[run.b1[-1], run.b2[-1]],
            activation=np.tanh,
            last_activation=lambda z: np.tanh(z / 2),
            radius=0.52,
            neuron_buff=0.62,
            layer_buff=4.0,
            max_weight=6,
        )
        network.set_activations([np.zeros(n) for n in network.sizes]).move_to([-1.1, 0.35, 0])
        return SolidNetwork(network, max_width=0.22)

    def get_loss(self, solid):
        """A slab behind the output, and the way to it."""
        output = solid.get_ball(2, 0).body
        slab = SolidBlock(1.5, 2.6, 0.8, color=mix_colors(PLATE, LOSS, 0.45), title="loss", title_size=BODY)
        slab.move_to([5.5, output.get_y(), 0])
        way = Line(output.get_right(), slab.get_left())
        return Group(get_tube(*way.get_start_and_end(), 0.1).set_color(MUTED), slab), way

    def get_names(self, solid):
        """What stands for one link of the chain, above each pair of layers: its derivative."""
        places = [
            (a[0].body.get_x() + b[0].body.get_x()) / 2 for a, b in zip(solid.balls, solid.balls[1:], strict=False)
        ]
        names = (R"{\partial a \over \partial x}", R"{\partial p \over \partial a}", R"{\partial L \over \partial p}")
        return VGroup(
            Tex(tex, font_size=HEADING).set_color(OPERATION).move_to([x, 3.2, 0])
            for tex, x in zip(names, (*places, 4.1), strict=True)
        )

    def get_shells(self, solid):
        """A ring round every activation that is saved, input and hidden."""
        return VGroup(
            Circle(radius=1.28 * ball.radius).set_stroke(FOCUS, 5).move_to(ball.body)
            for layer in solid.balls[:2]
            for ball in layer
        )

    # Beats

    def state(self, index, *animations, run_time=1.0):
        """Say the next takeaway while something happens."""
        self.say(self.points[index], *animations, run_time=run_time)

    def link_simple_functions(self):
        # Let the network assemble from its links
        set_telephoto(self.frame)
        solid = self.get_network()
        loss, self.way = self.get_loss(solid)
        names = self.get_names(solid)
        title = get_title("Automatic Differentiation: Key Takeaways").fix_in_frame()
        self.frame.reorient(-26, -10, 0, (0.6, 0.2, 0), 8.6)
        self.add(solid.balls[0], title)
        self.state(
            0,
            LaggedStart(
                FadeIn(Group(solid.tubes[0], solid.balls[1]), 0.4 * RIGHT),
                FadeIn(Group(solid.tubes[1], solid.balls[2]), 0.4 * RIGHT),
                FadeIn(loss, 0.4 * RIGHT),
                lag_ratio=0.4,
            ),
            self.frame.animate.reorient(-6, -6, 0, (0.6, 0.1, 0), 8.6),
            FadeOut(title, 0.3 * UP, time_span=(1.3, 1.8)),
            FadeIn(names, 0.2 * UP, time_span=(1.85, 2.2)),
            run_time=2.2,
        )
        return solid, names

    def run_forward(self, solid):
        # Run forward: every activation lights up, and is kept
        values = [*self.passing.activations[:-1], 2 * self.passing.activations[-1] - 1]
        silent = [np.zeros(n) for n in solid.network.sizes]
        shells = self.get_shells(solid)
        n_inputs = len(solid.balls[0])
        self.state(1, solid.animate.set_activations([values[0], *silent[1:]]), run_time=0.5)
        for layer in range(2):
            known = [*values[: layer + 2], *silent[layer + 2 :]]
            rings = shells[:n_inputs] if layer == 0 else shells[n_inputs:]
            self.play(
                EdgeWave(solid.network.get_edges(layer), INPUT, width=16, radius=0.6),
                solid.animate(time_span=(0.5, 0.9)).set_activations(known),
                LaggedStart(*(FadeIn(ring, scale=1.4) for ring in rings), lag_ratio=0.15, time_span=(0, 0.7)),
                run_time=0.9,
            )
        self.play(EdgeWave([self.way], INPUT, width=16, radius=0.6), run_time=0.5)
        return shells

    def look_at_what_was_saved(self, solid, names):
        # Go to one edge: its gradient is what comes back times what was saved
        edge = solid.network.get_edge(1, 0, 1)
        product = Tex(R"{\partial L \over \partial w} = {\partial L \over \partial z} \cdot a", font_size=54)
        product.set_color(GRADIENT)["a"].set_color(FOCUS)
        plate = Plate(product, 0.2)
        VGroup(plate, product).move_to([2.75, 2.5, 0])
        self.product = VGroup(plate, product)
        self.state(
            2,
            self.frame.animate.reorient(8, -4, 0, (0.9, 0.35, 0), 7.4),
            solid.animate.set_dimmed(0.65, [(1, 0, 1)], [(1, 1), (2, 0)]),
            FadeOut(names, time_span=(0, 0.4)),
            FadeIn(self.product, time_span=(0.5, 1)),
        )
        self.play(EdgeWave([edge], GRADIENT, backwards=True, width=20, radius=0.7), run_time=1)

    def compute_gradients_in_each_layer(self, solid, shells):
        # Let gradients run into a layer's weights, and on to its input
        solid.set_dimmed(0)
        self.state(
            3,
            FadeOut(self.product, run_time=0.4),
            self.frame.animate.reorient(10, -8, 0, (0.6, 0.1, 0), 8.6),
            EdgeWave([self.way], GRADIENT, backwards=True, width=16, radius=0.6),
        )
        n_inputs = len(solid.balls[0])
        self.play(
            BackwardLight(solid, self.passing.weights, run_time=2.4),
            shells[n_inputs:].animate(time_span=(0.9, 1.3)).set_stroke(GRADIENT, 8),
            shells[:n_inputs].animate(time_span=(2.0, 2.4)).set_stroke(GRADIENT, 8),
        )

    def run_backward(self, solid, shells):
        # Run back over all of it, and go round to see it whole
        self.state(
            4, solid.animate.set_weights(solid.network.weights), shells.animate.set_stroke(FOCUS, 5), run_time=0.4
        )
        self.play(
            self.frame.animate.reorient(-16, -10, 0, (0.6, 0.1, 0), 8.6),
            Succession(
                EdgeWave([self.way], GRADIENT, backwards=True, width=16, radius=0.6, run_time=0.6),
                BackwardLight(solid, self.passing.weights, run_time=1.8),
            ),
            run_time=2.8,
        )
        self.wait_until_read()
        self.wait(0.3)
