from _2025.autograd.computation_graph import ComputationGraphScene
from manim_imports_ext import *
from truth.autograd import Value
from truth.graph import Graph

WORK = np.array([3.6, -1.95, 0])  # where something is worked out: below the loss
SUM = np.array([0, -2.32, 0])  # where what arrives twice is added: below the graph


class StepBack(GradientProduct):
    """A step back in narrow columns."""

    words = ("gradient", "local\nderivative", "upstream\ngradient")


class BackwardPassScene(CaptionedScene):
    """Every step back multiplies what arrives by a local derivative, and what arrives twice is added."""

    x, w, b = ComputationGraphScene.x, ComputationGraphScene.w, ComputationGraphScene.b
    run_formula = ComputationGraphScene.run_formula
    rate = 0.01  # of the small step against the gradients
    # The second example uses x twice, at numbers of its own: at x = 2, x^2 and its slope would be equal by chance.
    x_of_two, w_of_two = 3.0, -2.5

    def construct(self):
        self.tags, self.glows = {}, Group()
        graph, values, badges = self.start_at_the_end()
        self.go_back_one_step(graph)
        self.go_on_to_the_leaves(graph)
        edges = self.keep_what_learning_needs(graph, values, badges)
        graph = self.use_x_twice(graph, VGroup(values, edges))
        self.add_what_arrives(graph)

    # What is shown

    def run_after_a_step(self):
        """The same formula after a small step of w and b against their gradients."""
        steps = self.get_steps(self.run_formula())
        x, w, b = (Value(float(getattr(self, name) - step), name) for name, step in zip("xwb", steps, strict=True))
        h1 = (x * w).named("h_1")
        h2 = (h1 + b).named("h_2")
        return Graph.from_value((h2**2).named("L"), parameters=(w, b))

    def get_steps(self, run):
        """How far x, w and b move: x, which is given, not at all."""
        return 0.0, *(self.rate * float(run.node(name).gradient) for name in "wb")

    def run_formula_with_two_uses(self):
        """L = x w + x^2: x goes two ways."""
        x, w = Value(self.x_of_two, "x"), Value(self.w_of_two, "w")
        product, square = (x * w).named("u"), (x**2).named("v")
        return Graph.from_value((product + square).named("L"), parameters=(w,))

    def get_graph(self, run, layer_gap, node_gap, top, radius):
        """The graph of a run across the frame, its uppermost leaf at a height."""
        graph = ComputationGraph(run, layer_gap=layer_gap, node_gap=node_gap, radius=radius)
        leaf = max((node for node in graph.nodes if not node.record.inputs), key=lambda node: node.shape.get_y())
        return graph.shift([-5.2 - leaf.shape.get_x(), top - leaf.shape.get_y(), 0])

    def get_tag(self, graph, name):
        """A node's gradient, always below it."""
        return get_gradient_tag(graph.node(name), DOWN, font_size=38)

    def get_values(self, graph, font_size=40):
        """Each forward value: after the node's name, above it; left of a leaf."""
        values = VGroup()
        for node in graph.nodes:
            number = node.get_value_label(font_size=font_size)
            value = VGroup(number)
            if len(node.label):
                equals = Tex("=", font_size=font_size).set_color(node.role)
                equals.next_to(node.label, RIGHT, buff=0.12)
                number.next_to(equals, RIGHT, buff=0.12).align_to(node.label[0], DOWN)
                value = VGroup(equals.match_y(number), number)
                VGroup(node.label, value).next_to(node.shape, UP, buff=0.14)
            else:
                number.next_to(node.shape, LEFT, buff=0.14)
            values.add(value)
        return values

    def get_badges(self, graph):
        """The operations' places in the order in which they ran, at their upper right."""
        badges = VGroup()
        for i, node in enumerate((node for node in graph.forward_order() if node.record.inputs), start=1):
            ring = Circle(radius=0.27).set_stroke(FOCUS, 3).set_fill(BACKGROUND, 1)
            place = get_number(i, font_size=LABEL, source=("order", i)).set_color(FOCUS).move_to(ring)
            badges.add(VGroup(ring, place).move_to(node.boundary(node.shape.get_center() + RIGHT + 0.5 * UP, 0.2)))
        return badges

    def get_slopes(self, graph, lower):
        """Each edge's local derivative, green: it belongs to the operation. `lower`: which stand below their edge."""
        return VGroup(
            edge.get_derivative_label(below=i in lower, font_size=38).set_color(OPERATION)
            for i, edge in enumerate(graph.edges)
        )

    def get_product(self, graph, edge):
        """Gradient = local derivative × upstream gradient, on a plate below the loss."""
        product = StepBack(graph, edge, column=1.75)
        product.heads.set_color(TEXT).shift(0.12 * UP)
        return product.scale(1.12).move_to(WORK)

    def get_sparks(self, edges):
        """Animations: light runs forward along some edges."""
        return [
            VShowPassingFlash(edge.path.copy().insert_n_curves(30).set_stroke(INPUT, 18), time_width=0.8)
            for edge in edges
        ]

    def glow(self, node):
        """Animation: a node that has its gradient shines."""
        light = GlowDot(node.shape.get_center(), radius=2.1 * node.radius, color=GRADIENT).set_z_index(-1)
        self.glows.add(light)
        return FadeIn(light)

    # Beats

    def start_at_the_end(self):
        # Begin at the loss, where the forward pass ended, with the one gradient that needs no work
        graph = self.get_graph(self.run_formula(), 3.65, 2.2, 3.0, 0.6)
        values, badges = self.get_values(graph), self.get_badges(graph)
        title = get_title("Backward Pass: Computing Gradients").scale(1.25).move_to(2.3 * DOWN)
        self.add(graph, values, badges, title)
        node = graph.node("L")
        self.play(*self.get_sparks(graph.edges), Pulse(node, time_span=(0.6, 1.2)), run_time=1.2)
        self.play(FadeOut(title, 0.3 * DOWN), run_time=0.5)
        self.tags["L"] = self.get_tag(graph, "L")
        self.say("If L moves by 1, how far does L move?", Pulse(node))
        self.play(FadeIn(self.tags["L"], 0.3 * DOWN), self.glow(node))
        return graph, values, badges

    def go_back_one_step(self, graph):
        # Step back, and write the slope on every edge
        ends = [(edge.start_node.record.name, edge.end_node.record.name) for edge in graph.edges]
        lower = [i for i, (start, _) in enumerate(ends) if start in "wb"]
        self.slopes = self.get_slopes(graph, lower)
        self.say(
            "Every edge carries its local derivative",
            LaggedStartMap(FadeIn, self.slopes[::-1], lag_ratio=0.2),
            run_time=1.2,
        )

        # Multiply what has arrived by the slope: the step that all the others repeat
        edge = graph.edges_into(graph.node("L"))[0]
        product = self.get_product(graph, edge)
        self.plate = Plate(product, 0.16)
        self.hush(FadeIn(self.plate), FadeIn(product.heads), FadeIn(product.symbols), run_time=0.7)
        self.wait(0.6)
        self.take_step(graph, edge, product, 1.3)
        self.wait(0.8)

    def go_on_to_the_leaves(self, graph):
        # Pass it on through the sum, unchanged
        for edge, slow in zip(graph.edges_into(graph.node("h_2")), (0.9, 0.6), strict=True):
            self.write_and_take_step(graph, edge, slow)

        # Cross the product: each factor's slope is the other factor
        for edge, slow in zip(graph.edges_into(graph.node("h_1")), (0.9, 0.6), strict=True):
            self.write_and_take_step(graph, edge, slow)
        self.play(FadeOut(VGroup(self.plate, self.product)), run_time=0.4)

    def write_and_take_step(self, graph, edge, slow):
        old, product = self.product, self.get_product(graph, edge)
        product.shift(old.heads.get_center() - product.heads.get_center())  # columns keep their places
        self.play(FadeOut(VGroup(old.symbols, old.numbers, old.signs)), run_time=0.3)
        product.replace_submobject(0, old.heads)
        product.heads = old.heads
        self.play(FadeIn(product.symbols), run_time=0.3)
        self.take_step(graph, edge, product, slow)
        self.wait(0.3)

    def take_step(self, graph, edge, product, slow):
        """Both factors flash in the graph and come into their columns; the product runs back along the edge."""
        slope, arrived = self.slopes[list(graph.edges).index(edge)], self.tags[edge.end_node.record.name]
        name = edge.start_node.record.name
        self.play(
            *(FlashAround(part, color=FOCUS, stroke_width=6) for part in (slope, arrived)),
            FadeIn(VGroup(product.local, product.upstream, product.signs[1])),
            run_time=0.85 * slow,
        )
        self.play(FadeIn(product.gradient, scale=1.2), FadeIn(product.signs[0]), run_time=0.35 * slow)
        self.tags[name] = self.get_tag(graph, name)
        self.play(GradientFlow(edge, self.tags[name], run_time=slow))
        self.play(self.glow(edge.start_node), run_time=0.3 * slow)
        self.product = product

    def keep_what_learning_needs(self, graph, values, badges):
        # Let the gradients of the weight and the bias stand out: learning needs only these
        rings = VGroup(SurroundingRectangle(self.tags[name], buff=0.07).set_stroke(FOCUS, 5) for name in "wb")
        self.say("x is given. Only w and b can be learned", FadeIn(rings, scale=1.3))
        self.say("More w would mean more loss, so w goes down")

        # Take the step, in numbers
        run, after = self.run_formula(), self.run_after_a_step()
        rule = Tex(R"\text{new} = \text{old} - \text{step size} \cdot \text{gradient}", font_size=38).set_color(FOCUS)
        rows = VGroup(
            get_formula(
                f"{name}: " + R"\quad {} - {} \cdot {} = {}",
                Shown(name, run.node(name).value, 1),
                Shown("step size", np.array(self.rate), 2),
                Shown(f"gradient of {name}", run.node(name).gradient, 1),
                Shown(f"new {name}", after.node(name).value, 1),
                font_size=44,
            )
            for name in "wb"
        )
        content = VGroup(rule, *rows).arrange(DOWN, buff=0.27, aligned_edge=LEFT).move_to(WORK)
        plate = Plate(content, 0.2)
        self.play(FadeIn(plate), FadeIn(rule), run_time=0.7)
        self.play(FadeIn(rows[0]), run_time=0.7)
        self.play(FadeIn(rows[1]), run_time=0.7)

        # Clear the way forward: the old slopes and gradients hold no longer
        edges = self.get_graph(run, 3.65, 2.2, 3.0, 0.6).edges
        self.hush(
            FadeOut(VGroup(self.slopes, *self.tags.values(), rings, badges)),
            FadeOut(self.glows.set_z_index(-1)),
            FadeOut(graph.edges, time_span=(0, 0.4)),
            FadeIn(edges, time_span=(0.4, 0.8)),
            run_time=0.8,
        )
        self.remove(self.glows)
        self.glows = Group()

        # Run forward again: L is smaller
        new = VGroup()
        for node, value in zip(graph.nodes, values, strict=True):
            record = after.node(node.record.name)
            number = get_number(
                record.value, 2 if record.name == "L" else 1, source=(f"new {record.name}",), font_size=40
            )
            number.set_color(node.role).move_to(value[-1], LEFT if len(node.label) else RIGHT)
            new.add(number)
        for names in (("w", "b"), ("h_1",), ("h_2",), ("L",)):
            places = [graph.record.index(name) for name in names]
            ways = [edge for edge in edges if edge.end_node.record.name in names]
            self.play(
                *self.get_sparks(ways),
                *(FadeOut(values[i][-1], 0.2 * UP) for i in places),
                *(FadeIn(new[i], 0.2 * UP, time_span=(0.3, 0.8)) for i in places),
                run_time=0.8,
            )
        for name in ("w", "b", "h_1", "h_2", "L"):
            i = graph.record.index(name)
            values[i].set_submobjects([*values[i][:-1], new[i]])
        fall = get_formula(
            R"\text{{The loss falls: }} {} \rightarrow {}",
            Shown("L", run.node("L").value, 1),
            Shown("new L", after.node("L").value, 2),
            font_size=48,
        )
        self.say(fall.move_to(3.35 * DOWN), Pulse(graph.node("L")))
        self.wait(1.4)
        self.hush(FadeOut(VGroup(plate, content)), run_time=0.5)
        return edges

    def use_x_twice(self, old, rest):
        # Turn the graph into another one, that uses x twice
        graph = self.get_graph(self.run_formula_with_two_uses(), 5.0, 2.8, 2.7, 0.6)
        self.values = self.get_values(graph)
        formula = Tex(R"L = x \cdot w + x^2", font_size=80, t2c={"x": INPUT, "w": PARAMETER, "L": LOSS}).move_to(SUM)
        self.play(FadeOut(rest), FadeOut(old.node("b")), FadeIn(formula), run_time=0.6)
        pairs = ("x", "x"), ("w", "w"), ("h_1", "u"), ("h_2", "v"), ("L", "L")
        self.play(
            *(ReplacementTransform(old.node(a), graph.node(b), path_arc=PI / 2, time_span=(0, 1.2)) for a, b in pairs),
            FadeIn(graph.edges, time_span=(0.9, 1.5)),
            FadeIn(self.values, time_span=(1.1, 1.6)),
            run_time=1.6,
        )

        # Point at both uses
        uses = graph.edges_out_of(graph.node("x"))
        self.say("In this formula, x is used twice", *self.get_sparks(uses), run_time=1.4)
        self.tags = {"L": self.get_tag(graph, "L")}
        slopes = self.get_slopes(graph, [list(graph.edges).index(uses[1])])
        self.hush(FadeIn(slopes), FadeIn(self.tags["L"]), FadeOut(formula), self.glow(graph.node("L")), run_time=0.8)
        return graph

    def add_what_arrives(self, graph):
        # Send the gradient back to u, v and w
        for names in ("uv", "w"):
            edges = [edge for name in names for edge in graph.edges_out_of(graph.node(name))]
            tags = VGroup(self.get_tag(graph, name) for name in names)
            self.play(GradientFlow(edges, tags, run_time=1.1))
            self.play(*(self.glow(graph.node(name)) for name in names), run_time=0.3)

        # Let both uses send theirs to x
        uses = graph.edges_out_of(graph.node("x"))
        total = self.get_tag(graph, "x")
        terms = VGroup(
            Tex(R"{\partial L \over \partial x} =", font_size=HEADING).set_color(GRADIENT),
            GradientTag(uses[0].get_flow_label(font_size=36)),
            Tex("+", font_size=HEADING),
            GradientTag(uses[1].get_flow_label(font_size=36)),
            Tex("=", font_size=HEADING),
            total.copy(),
        ).arrange(RIGHT, buff=0.3)
        terms.move_to(SUM)
        plate = Plate(terms, 0.14)
        self.play(FadeIn(VGroup(plate, terms[0])), run_time=0.4)
        self.play(GradientFlow([uses[0]], [None], run_time=1))
        self.play(FadeIn(terms[1], 0.3 * UP), run_time=0.5)
        self.say("x must wait: its other use has sent nothing yet", FlashAround(graph.node("x"), color=FOCUS))
        self.hush(GradientFlow([uses[1]], [None], run_time=1), run_time=1)
        self.play(FadeIn(terms[2:4], 0.3 * UP), run_time=0.5)

        # Add the two where they meet
        self.say("Both uses count, so their gradients add up", FadeIn(terms[4:]))
        self.play(FadeIn(total, scale=1.3), self.glow(graph.node("x")), Pulse(graph.node("x")))
        self.say("A node waits for all its uses: reverse topological order")
        self.wait_until_read()
