from itertools import pairwise

from manim_imports_ext import *


class SummaryScene(InteractiveScene):
    """Automatic differentiation is the chain rule, run backward over what the forward pass left behind."""

    points = (
        ("The chain rule enables derivatives of complex functions", {"chain rule": GRADIENT}),
        ("The forward pass builds the graph and saves activations", {"forward pass": ACTIVATION}),
        ("Activations are saved because gradients need them", {"Activations": ACTIVATION, "gradients": GRADIENT}),
        (
            "Each layer computes gradients for both its parameters and its input",
            {"parameters": PARAMETER, "input": INPUT},
        ),
        ("The backward pass runs in reverse topological order", {"backward pass": GRADIENT}),
    )

    descent = 0.3  # of the camera with every line, so that what is there stays in the middle

    def construct(self):
        self.name_the_subject()
        self.link_simple_functions()
        self.run_forward()
        self.show_why_activations_are_saved()
        self.compute_two_gradients_in_each_layer()
        self.run_backward()
        self.close()

    def name_the_subject(self):
        # Name the subject and line up its parts
        title = get_title("Automatic Differentiation: Key Takeaways").fix_in_frame()
        self.lines = VGroup(self.get_line(words, colors) for words, colors in self.points)
        self.lines.arrange(DOWN, buff=0.25, aligned_edge=LEFT).next_to(2.72 * DOWN, UP, buff=0).set_x(0)
        self.network = self.get_network()
        self.frame.shift(4 * self.descent * UP)
        self.play(FadeIn(title), run_time=0.8)

    def get_line(self, words, colors):
        """One takeaway, behind a bullet."""
        text = Text(words, font_size=36, t2c=colors)
        return VGroup(Dot(radius=0.07).set_color(MUTED).next_to(text[0], LEFT, buff=0.3), text)

    def get_network(self):
        """Two layers between values, as shapes in a row; `weights` below the layers."""
        network = VGroup()
        for tex, color in (("x", INPUT), ("", OPERATION), ("a", ACTIVATION), ("", OPERATION), ("L", LOSS)):
            if tex:
                shape, label = Circle(radius=0.42), Tex(tex, font_size=BODY).set_color(color)
            else:
                shape, label = RoundedRectangle(1.8, 0.84, corner_radius=0.12), Text("layer", font_size=LABEL)
            network.add(VGroup(shape.set_stroke(color, 3).set_fill(PANEL, 1), label.move_to(shape)))
        for i, part in enumerate(network):
            part.move_to([2.8 * (i - 2), 1.95, 0])
        self.layers = network[1::2]
        boxes = VGroup(
            SurroundingRectangle(value, buff=0.12).round_corners(0.15).set_stroke(ACTIVATION, 3)
            for value in network[:3:2]
        )
        words = VGroup(
            Text("saved", font_size=SMALL).set_color(ACTIVATION).next_to(box, DOWN, buff=0.1) for box in boxes
        )
        self.saved = VGroup(boxes, words)
        self.ends = [boxes[0], network[1], boxes[1], network[3], network[4]]  # where arrows begin and end
        self.weights = VGroup()
        for i, layer in enumerate(self.layers, start=1):
            circle = Circle(radius=0.36).set_stroke(PARAMETER, 3).set_fill(PANEL, 1).next_to(layer, DOWN, buff=0.45)
            self.weights.add(VGroup(circle, Tex(f"W_{i}", font_size=LABEL).set_color(PARAMETER).move_to(circle)))
        return network

    def get_arrow(self, start, end, color, side):
        """An arrow between the edges of two shapes, moved to its left-hand side so that its reverse has room."""
        direction = np.round(normalize(end.get_center() - start.get_center()))
        arrow = Arrow(start.get_edge_center(direction), end.get_edge_center(-direction), buff=0.1, thickness=4)
        return arrow.set_color(color).shift(side * rotate_vector(direction, PI / 2))

    def state(self, index, *animations, run_time=1.0):
        """The next takeaway comes in, the one before it steps back."""
        before = [line[1].animate.set_opacity(0.55) for line in self.lines[max(index - 1, 0) : index]]
        if index:
            before.append(self.frame.animate.shift(self.descent * DOWN))
        self.play(FadeIn(self.lines[index], 0.15 * UP), *before, *animations, run_time=run_time)

    def link_simple_functions(self):
        # Link simple functions to a complex one
        links = VGroup(
            Line(a[0].get_right(), b[0].get_left()).set_stroke(SCAFFOLD, 3) for a, b in pairwise(self.network)
        )
        self.state(0, LaggedStartMap(FadeIn, self.network, lag_ratio=0.25), LaggedStartMap(ShowCreation, links))
        slopes = VGroup(
            Tex(tex, font_size=36).set_color(GRADIENT).next_to(layer, UP, buff=0.14)
            for tex, layer in zip((R"\partial a / \partial x", R"\partial L / \partial a"), self.layers, strict=True)
        )
        self.play(LaggedStartMap(FadeIn, slopes, shift=0.1 * UP, lag_ratio=0.5), run_time=0.8)
        self.wait(1)
        self.links = links

    def run_forward(self):
        # Run forward and keep what flows
        arrows = VGroup(self.get_arrow(a, b, ACTIVATION, 0.14) for a, b in pairwise(self.ends))
        ups = VGroup(
            self.get_arrow(w[0], layer[0], PARAMETER, 0.14) for w, layer in zip(self.weights, self.layers, strict=True)
        )
        self.state(
            1,
            FadeOut(self.links, run_time=0.3),
            FadeIn(self.weights),
            FadeIn(ups),
            LaggedStartMap(GrowArrow, arrows, lag_ratio=0.5),
            run_time=1.4,
        )
        self.play(ShowCreation(self.saved[0]), FadeIn(self.saved[1]), run_time=0.7)
        self.wait(1.4)

    def show_why_activations_are_saved(self):
        # Lead what was saved to the gradient that needs it
        ways = VGroup(
            ArcBetweenPoints(word.get_bottom() + 0.05 * DOWN, weight.get_left() + 0.08 * LEFT, angle=PI / 4)
            for word, weight in zip(self.saved[1], self.weights, strict=True)
        )
        ways.set_stroke(ACTIVATION, 3)
        self.state(2, LaggedStartMap(ShowCreation, ways, lag_ratio=0.4), run_time=1.2)
        self.wait(1.4)

    def compute_two_gradients_in_each_layer(self):
        # Send two gradients out of each layer
        self.back = VGroup(self.get_arrow(b, a, GRADIENT, 0.14) for a, b in pairwise(self.ends))
        self.downs = VGroup(
            self.get_arrow(layer[0], w[0], GRADIENT, 0.14) for w, layer in zip(self.weights, self.layers, strict=True)
        )
        to_inputs = VGroup(self.back[0], self.back[2])
        self.state(3, LaggedStartMap(GrowArrow, self.downs, lag_ratio=0.3))
        self.play(LaggedStartMap(GrowArrow, to_inputs, lag_ratio=0.3), run_time=0.8)
        self.wait(1.4)

    def run_backward(self):
        # Run backward, last computed first
        rest = VGroup(self.back[1], self.back[3])
        self.state(4, LaggedStartMap(GrowArrow, rest, lag_ratio=0.3), run_time=0.8)
        order = [self.back[3], VGroup(self.back[2], self.downs[1]), self.back[1], VGroup(self.back[0], self.downs[0])]
        for arrow, parts in zip(order, self.get_reached(), strict=True):
            reached = [part[0].animate.set_stroke(GRADIENT, 6) for part in parts]
            self.play(Indicate(arrow, color=FOCUS, scale_factor=1.05), *reached, run_time=0.5)
        self.wait(0.3)

    def get_reached(self):
        """What a gradient reaches in each step of the way back."""
        x, first, a, second, _ = self.network
        return [second], [a, self.weights[1]], [first], [x, self.weights[0]]

    def close(self):
        # Say whose it is
        last = get_caption("This is how PyTorch's autograd works!").set_color(FOCUS)
        self.play(FadeIn(last, 0.2 * UP), *(line[1].animate.set_opacity(1) for line in self.lines), run_time=0.8)
        self.wait(1.8)
        self.play(FadeOut(Group(*self.mobjects[1:])), run_time=0.4)
