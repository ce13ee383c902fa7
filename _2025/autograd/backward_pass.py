from _2025.autograd.computation_graph import ComputationGraphScene
from manim_imports_ext import *
from truth.autograd import Value
from truth.graph import Graph


class BackwardPassScene(CaptionedScene):
    """Every step back multiplies what arrives by a local derivative, and what arrives twice is added."""

    x, w, b = ComputationGraphScene.x, ComputationGraphScene.w, ComputationGraphScene.b
    run_formula = ComputationGraphScene.run_formula
    forward_code = ComputationGraphScene.code
    backward_code = (
        "dL_dL = 1",
        "dL_dh2 = 2 * h2 * dL_dL",
        "dL_dh1 = 1 * dL_dh2",
        "dL_db = 1 * dL_dh2",
        "dL_dx = w * dL_dh1",
        "dL_dw = x * dL_dh1",
    )
    # The second example uses x twice, at numbers of its own: at x = 2, x^2 and its slope would be equal by chance.
    x_of_two, w_of_two = 3.0, -2.5
    forward_code_of_two = ("u = x * w", "v = x ** 2", "L = u + v")
    backward_code_of_two = (
        "dL_du = 1",
        "dL_dv = 1",
        "dL_dw = x * dL_du",
        "dL_dx = w * dL_du",
        "dL_dx += 2 * x * dL_dv",
    )

    left_middle = -2.45  # of the graph and what stands below it

    def construct(self):
        self.tags = {}
        graph, values, badges = self.run_forward()
        self.start_at_the_end(graph)
        self.go_back_one_step(graph, values, badges)
        self.go_on_to_the_leaves(graph, badges)
        picture = self.keep_what_learning_needs(graph, values, badges)
        graph, tags = self.use_x_twice(picture)
        self.add_what_arrives(graph, tags)

    # What is shown

    def run_formula_with_two_uses(self):
        """L = x w + x^2: x goes two ways."""
        x, w = Value(self.x_of_two, "x"), Value(self.w_of_two, "w")
        product, square = (x * w).named("u"), (x**2).named("v")
        return Graph.from_value((product + square).named("L"), parameters=(w,))

    def get_graph(self, run, layer_gap, node_gap, height):
        """The graph of a run, with x near the left edge, at a height."""
        graph = ComputationGraph(run, layer_gap=layer_gap, node_gap=node_gap, radius=0.52)
        return graph.shift([-5.3, height, 0] - graph.node("x").shape.get_center())

    def get_tag(self, graph, name):
        """A node's gradient where nothing else stands: outside for the leaves at the left, else above or below."""
        node = graph.node(name)
        if node.record.inputs:
            return get_gradient_tag(node, UP, font_size=36)
        if name == "b":
            return get_gradient_tag(node, LEFT, font_size=36)
        return get_gradient_tag(node, UP if node.get_y() > graph.get_y() else DOWN, font_size=36)

    def get_values(self, graph, font_size=36):
        """Each forward value: below its node, after the node's name if that stands there; left of the first leaves."""
        values = VGroup()
        for node in graph.nodes:
            value = VGroup(node.get_value_label(font_size=font_size))
            if len(node.label):
                equals = Tex("=", font_size=font_size).set_color(node.role)
                number = value[0].next_to(node.label, RIGHT, buff=0.5).align_to(node.label[0], DOWN)
                value = VGroup(equals.next_to(node.label, RIGHT, buff=0.12).match_y(number), number)
                number.next_to(equals, RIGHT, buff=0.12)
                VGroup(node.label, value).match_x(node.shape)
            elif node.record.name in "xw":
                value.next_to(node.shape, LEFT, buff=0.14)
            values.add(value)
        return values

    def get_badges(self, graph):
        """The operations' places in the order in which they ran, at their upper right."""
        operations = [node for node in graph.forward_order() if node.record.inputs]
        badges = VGroup()
        for i, node in enumerate(operations, start=1):
            ring = Circle(radius=0.24).set_stroke(FOCUS, 3).set_fill(BACKGROUND, 1)
            place = get_number(i, font_size=LABEL, source=("order", i)).set_color(FOCUS).move_to(ring)
            badges.add(VGroup(ring, place).move_to(node.shape.get_center() + 0.7 * RIGHT + 0.62 * UP))
        return badges

    def get_panel(self, name, lines, top):
        """Code under its heading, at the right edge; its upper edge at a height."""
        panel = CodePanel((f"# {name}", *lines), font_size=32, line_gap=0.33, padding=0.28)
        panel.lines[0].set_color(ACTIVATION if name == "Forward" else mix_colors(GRADIENT, TEXT, 0.5)).set_opacity(1)
        widest = CodePanel(self.backward_code, font_size=32, padding=0.28).box
        for part in (*panel.box, panel.bar):
            part.stretch_to_fit_width(widest.get_width() - (0.16 if part is panel.bar else 0), about_edge=LEFT)
        panel.bar.match_x(panel.box)
        return panel.next_to([6.75, top, 0], DL, buff=0)

    def get_product(self, graph, edge):
        """Gradient = local derivative × upstream gradient, on a plate below the graph."""
        product = GradientProduct(graph, edge, column=2.7).scale(1.12).move_to([self.left_middle, -2.68, 0])
        return product

    def tell(self, words, *animations, run_time=None):
        """Say something below the graph, left of the code."""
        line = get_caption(words).set_max_width(8.6).set_x(self.left_middle)
        self.say(line, *animations, run_time=run_time)
        self.caption_is_read_at += len(words.split()) * self.seconds_per_word

    # Beats

    def run_forward(self):
        # Run the formula forward once more, and number the operations as they run
        title = get_title("Backward Pass: Computing Gradients").set_x(self.left_middle)
        graph = self.get_graph(self.run_formula(), 2.2, 1.85, 1.45)
        values, badges = self.get_values(graph), self.get_badges(graph)
        panel = self.get_panel("Forward", self.forward_code, 3.55)
        self.add(graph, title, panel)
        leaves = [value for node, value in zip(graph.nodes, values, strict=True) if not node.record.inputs]
        self.play(FadeIn(VGroup(*leaves), lag_ratio=0.3), run_time=0.7)
        for line, (name, badge) in enumerate(zip(("h_1", "h_2", "L"), badges, strict=True), start=1):
            node = graph.node(name)
            sparks = [
                VShowPassingFlash(edge.path.copy().insert_n_curves(30).set_stroke(INPUT, 14), time_width=0.8)
                for edge in graph.edges_into(node)
            ]
            value = values[graph.record.index(name)]
            self.play(panel.run_line(line, run_time=0.5), *sparks, run_time=0.7)
            self.play(Pulse(node), FadeIn(value), FadeIn(badge, scale=1.6), run_time=0.5)
        self.wait(0.3)
        self.forward_panel, self.title = panel, title
        return graph, values, badges

    def start_at_the_end(self, graph):
        # Begin at the loss, with the one gradient that needs no work
        panel = self.get_panel("Backward", self.backward_code, self.forward_panel.get_bottom()[1] - 0.25)
        self.panel = panel
        self.play(FadeIn(panel, 0.3 * UP), FadeOut(self.title), self.forward_panel.bar.animate.set_fill(opacity=0))
        node = graph.node("L")
        self.tags["L"] = self.get_tag(graph, "L")
        self.play(panel.run_line(1), Pulse(node), FadeIn(self.tags["L"], 0.2 * UP))
        self.wait(0.4)

    def go_back_one_step(self, graph, values, badges):
        # Write the slope on every edge
        lower = [graph.node(name) for name in ("b", "h_2")]
        slopes = VGroup(edge.get_derivative_label(edge.start_node in lower, font_size=34) for edge in graph.edges)
        self.tell(
            "On each edge: its local derivative", LaggedStartMap(FadeIn, slopes[::-1], lag_ratio=0.2), run_time=1.2
        )
        self.slopes = slopes

        # Multiply what has arrived by the slope: the step that all the others repeat
        edge = graph.edges_into(graph.node("L"))[0]
        product = self.get_product(graph, edge)
        plate = Plate(product, 0.22)
        moving = VGroup(graph, values, badges, slopes, self.tags["L"])
        self.hush(moving.animate.shift(0.98 * UP), run_time=0.7)
        self.play(self.panel.run_line(2), FadeIn(plate), FadeIn(product.heads), FadeIn(product.symbols))
        self.wait(0.6)
        self.product, self.plate = VGroup(), plate
        self.take_step(graph, edge, product, badges[2], 1.3)
        self.wait(0.8)

    def go_on_to_the_leaves(self, graph, badges):
        # Pass it on through the sum, unchanged
        for line, edge in zip((3, 4), graph.edges_into(graph.node("h_2")), strict=True):
            self.write_and_take_step(graph, edge, line, badges[1], 0.9 if line == 3 else 0.6)

        # Cross the product: each factor's slope is the other factor
        for line, edge in zip((5, 6), graph.edges_into(graph.node("h_1")), strict=True):
            self.write_and_take_step(graph, edge, line, badges[0], 0.9 if line == 5 else 0.6)

        # Read the numbers backward
        self.play(FadeOut(VGroup(self.plate, self.product)), run_time=0.4)
        words = "Reverse topological order: last computed, first visited"
        self.tell(words, *(self.mark(badge, FOCUS) for badge in badges))
        for badge in reversed(badges):
            self.play(badge.animate(rate_func=there_and_back).scale(1.7), run_time=0.6)

    def mark(self, badge, color):
        """Animation: an order number takes a colour, its ring with it."""
        ring, number = badge
        return AnimationGroup(ring.animate.set_stroke(color), number.animate.set_fill(color))

    def write_and_take_step(self, graph, edge, line, badge, slow):
        old, product = self.product, self.get_product(graph, edge)
        self.play(FadeOut(VGroup(old.symbols, old.numbers, old.signs)), self.panel.run_line(line), run_time=0.3)
        product.replace_submobject(0, old.heads)
        product.heads = old.heads
        self.play(FadeIn(product.symbols), run_time=0.3)
        self.take_step(graph, edge, product, badge, slow)
        self.wait(0.3)

    def take_step(self, graph, edge, product, badge, slow):
        """Both factors fly to their columns, the product appears and runs back along the edge."""
        slope = self.slopes[list(graph.edges).index(edge)]
        upstream = self.tags[edge.end_node.record.name]
        self.play(product.get_filling(upstream, slope), self.mark(badge, GRADIENT), run_time=0.75 * slow)
        self.play(FadeIn(product.gradient, scale=1.2), FadeIn(product.signs[0]), run_time=0.35 * slow)
        tag = self.get_tag(graph, edge.start_node.record.name)
        self.tags[edge.start_node.record.name] = tag
        self.play(GradientFlow(edge, tag, run_time=1.0 * slow))
        self.product = product

    def keep_what_learning_needs(self, graph, values, badges):
        # Let the gradients of the weight and the bias stand out: learning needs only these
        learned = VGroup(self.tags[name] for name in "wb")
        rest = VGroup(tag for name, tag in self.tags.items() if name not in "wb")
        bright = learned.copy()
        for tag in bright:
            tag.scale(1.1).box.set_stroke(FOCUS, 5)
        self.tell(
            "These two say how to change w and b",
            rest.animate.set_opacity(0.35),
            *(Transform(tag, new) for tag, new in zip(learned, bright, strict=True)),
        )
        return VGroup(graph, values, badges, self.slopes, *self.tags.values())

    def use_x_twice(self, picture):
        # Turn it into a graph that uses x twice
        old, graph = picture[0], self.get_graph(self.run_formula_with_two_uses(), 3.0, 2.6, -0.15)
        values = self.get_values(graph, font_size=38)
        panels = [self.get_panel("Forward", self.forward_code_of_two, 3.55)]
        panels.append(self.get_panel("Backward", self.backward_code_of_two, panels[0].get_bottom()[1] - 0.25))
        formula = Tex(R"L = x \cdot w + x^2", font_size=60, t2c={"x": INPUT, "w": PARAMETER, "L": LOSS})
        formula.move_to([self.left_middle, -3.1, 0])
        pairs = (("x", "x"), ("w", "w"), ("h_1", "u"), ("L", "v"), ("h_2", "L"))
        self.hush()
        before = (self.forward_panel, self.panel)
        texts = VGroup(VGroup(panel.bar, panel.lines) for panel in before)
        self.play(FadeOut(VGroup(picture[1:], old.edges, old.node("b"), texts)), run_time=0.4)
        self.play(
            *((ReplacementTransform if b in "xwu" else FadeTransform)(old.node(a), graph.node(b)) for a, b in pairs),
            *(ReplacementTransform(a.box, b.box) for a, b in zip(before, panels, strict=True)),
            FadeIn(VGroup(VGroup(panel.bar, panel.lines) for panel in panels), time_span=(0.8, 1.3)),
            FadeIn(formula, time_span=(0.6, 1.2)),
            FadeIn(graph.edges, time_span=(0.9, 1.3)),
            FadeIn(values, time_span=(1, 1.4)),
            run_time=1.4,
        )

        # Point at both uses
        uses = graph.edges_out_of(graph.node("x"))
        sparks = (
            VShowPassingFlash(edge.path.copy().insert_n_curves(30).set_stroke(INPUT, 14), time_width=0.7)
            for edge in uses
        )
        self.say("x is used twice", *sparks, beside=formula, side=UP, run_time=1.4)
        slopes = VGroup(edge.get_derivative_label(below=edge is uses[1], font_size=36) for edge in graph.edges)
        tag = self.get_tag(graph, "L")
        self.hush(FadeIn(slopes), FadeIn(tag, 0.2 * UP), FadeOut(formula), run_time=0.6)
        self.panel = panels[1]
        return graph, VGroup(tag)

    def add_what_arrives(self, graph, tags):
        # Send the gradient back to u, v and w
        tags.add(*(self.get_tag(graph, name) for name in "uv"))
        self.play(self.panel.run_line(1), GradientFlow(graph.edges_into(graph.node("L")), tags[1:], run_time=1))
        edge = graph.edges_out_of(graph.node("w"))[0]
        self.play(self.panel.run_line(3), GradientFlow(edge, self.get_tag(graph, "w"), run_time=0.9))

        # Let both uses send theirs to x
        uses = graph.edges_out_of(graph.node("x"))
        arriving = VGroup(GradientTag(edge.get_flow_label(font_size=36)) for edge in uses)
        total = self.get_tag(graph, "x")
        terms = VGroup(
            Tex(R"{\partial L \over \partial x} =", font_size=HEADING).set_color(GRADIENT),
            arriving[0].copy(),
            Tex("+", font_size=HEADING),
            arriving[1].copy(),
            Tex("=", font_size=HEADING),
            total.copy(),
        ).arrange(RIGHT, buff=0.28)
        terms.scale(1.25).move_to([self.left_middle, -2.75, 0])
        plate = Plate(terms, 0.28)
        for tag, edge in zip(arriving, uses, strict=True):
            tag.move_to(terms[1 if edge is uses[0] else 3])
        self.play(FadeIn(VGroup(plate, terms[0])), run_time=0.4)
        for line, edge, place in zip((4, 5), uses, (1, 3), strict=True):
            moving = terms[place].copy().move_to(graph.node("x").shape)
            self.play(self.panel.run_line(line), GradientFlow([edge], [None], run_time=1.1))
            self.play(
                TransformFromCopy(moving, terms[place]), *([FadeIn(terms[2])] if place == 3 else []), run_time=0.7
            )

        # Add the two where they meet
        self.say("Two uses: their gradients add up", FadeIn(terms[4:]), beside=plate, side=UP)
        self.play(TransformFromCopy(terms[5], total), Pulse(graph.node("x")), run_time=1)
        self.wait_until_read()
        self.wait(0.8)
