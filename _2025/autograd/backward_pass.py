from _2025.autograd.computation_graph import ComputationGraphScene
from manim_imports_ext import *
from truth.autograd import Value
from truth.graph import Graph

WORDS = np.array([3.75, 3.3, 0])  # where something is said: above the loss
WORK = np.array([0, -2.72, 0])  # where something is worked out: below the graph
LAST_NODES = View(center=(3.0, 1.0, 0), height=5.8)


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
        self.go_on_to_the_leaves(graph, badges)
        self.keep_what_learning_needs(graph, values)
        graph = self.use_x_twice(graph, VGroup(values, badges))
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
        """Gradient = local derivative × upstream gradient, on a plate below the graph."""
        product = GradientProduct(graph, edge, column=3.6)
        product.heads.set_color(TEXT)
        for head in product.heads:
            head.scale(1.2)
        return product.move_to(WORK)

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

    def tell(self, words, *animations, run_time=None):
        """Say something above the loss."""
        line = Text(words, font_size=36, alignment="LEFT").move_to(WORDS)
        self.say(line, *animations, run_time=run_time)

    # Beats

    def start_at_the_end(self):
        # Begin at the loss, where the forward pass ended, with the one gradient that needs no work
        graph = self.get_graph(self.run_formula(), 3.65, 2.2, 3.0, 0.6)
        values, badges = self.get_values(graph), self.get_badges(graph)
        title = get_title("Backward Pass: Computing Gradients").fix_in_frame()
        self.frame.reorient(*LAST_NODES)
        self.add(graph, values, badges, title)
        node = graph.node("L")
        self.play(*self.get_sparks(graph.edges), Pulse(node, time_span=(0.6, 1.2)), run_time=1.2)
        self.play(FadeOut(title, 0.3 * UP), run_time=0.5)
        self.tags["L"] = self.get_tag(graph, "L")
        self.tell("How much does L change with L?", Pulse(node))
        self.play(FadeIn(self.tags["L"], 0.3 * DOWN), self.glow(node))
        self.hush()
        return graph, values, badges

    def go_back_one_step(self, graph):
        # Step back, and write the slope on every edge
        ends = [(edge.start_node.record.name, edge.end_node.record.name) for edge in graph.edges]
        lower = [i for i, (start, _) in enumerate(ends) if start in "wb"]
        self.slopes = self.get_slopes(graph, lower)
        self.play(self.frame.animate.reorient(*OVERVIEW), run_time=1.6)
        self.tell(
            "On each edge: its local derivative",
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

    def go_on_to_the_leaves(self, graph, badges):
        # Pass it on through the sum, unchanged
        for edge, slow in zip(graph.edges_into(graph.node("h_2")), (0.9, 0.6), strict=True):
            self.write_and_take_step(graph, edge, slow)

        # Cross the product: each factor's slope is the other factor
        for edge, slow in zip(graph.edges_into(graph.node("h_1")), (0.9, 0.6), strict=True):
            self.write_and_take_step(graph, edge, slow)

        # Read the order backward, and name it
        self.play(FadeOut(VGroup(self.plate, self.product)), run_time=0.4)
        self.tell("Each node comes after\nall nodes that use it")
        for badge in reversed(badges):
            self.play(badge.animate(rate_func=there_and_back).scale(1.8), run_time=0.6)
        self.tell("Its name: reverse topological order")
        self.hush()

    def write_and_take_step(self, graph, edge, slow):
        old, product = self.product, self.get_product(graph, edge)
        self.play(FadeOut(VGroup(old.symbols, old.numbers, old.signs)), run_time=0.3)
        product.replace_submobject(0, old.heads)
        product.heads = old.heads
        self.play(FadeIn(product.symbols), run_time=0.3)
        self.take_step(graph, edge, product, slow)
        self.wait(0.3)

    def take_step(self, graph, edge, product, slow):
        """Both factors fly to their columns, the product appears and runs back along the edge."""
        slope = self.slopes[list(graph.edges).index(edge)]
        name = edge.start_node.record.name
        self.play(product.get_filling(self.tags[edge.end_node.record.name], slope), run_time=0.75 * slow)
        self.play(FadeIn(product.gradient, scale=1.2), FadeIn(product.signs[0]), run_time=0.35 * slow)
        self.tags[name] = self.get_tag(graph, name)
        self.play(GradientFlow(edge, self.tags[name], run_time=slow))
        self.play(self.glow(edge.start_node), run_time=0.3 * slow)
        self.product = product

    def keep_what_learning_needs(self, graph, values):
        # Let the gradients of the weight and the bias stand out: learning needs only these
        rings = VGroup(SurroundingRectangle(self.tags[name], buff=0.07).set_stroke(FOCUS, 5) for name in "wb")
        self.tell("w and b can change: a small\nstep against each gradient", FadeIn(rings, scale=1.3))

        # Take the step, in numbers
        run, after = self.run_formula(), self.run_after_a_step()
        rows = VGroup(
            get_formula(
                f"{name}: " + R"\quad {} - {} \cdot {} = {}",
                Shown(name, run.node(name).value, 1),
                Shown("step size", np.array(self.rate), 2),
                Shown(f"gradient of {name}", run.node(name).gradient, 1),
                Shown(f"new {name}", after.node(name).value, 1),
                font_size=48,
            )
            for name in "wb"
        ).arrange(DOWN, buff=0.35, aligned_edge=LEFT)
        fall = get_formula(
            R"L: \quad {} \rightarrow {}",
            Shown("L", run.node("L").value, 1),
            Shown("new L", after.node("L").value, 2),
            font_size=60,
            color=LOSS,
        )
        content = VGroup(rows, fall).arrange(RIGHT, buff=1.6).move_to(WORK)
        plate = Plate(content, 0.3)
        self.play(FadeIn(plate), FadeIn(rows[0]))
        self.play(FadeIn(rows[1]))
        self.wait(0.8)

        # Run forward again: L is smaller
        new = VGroup()
        for node, value in zip(graph.nodes, values, strict=True):
            record = after.node(node.record.name)
            number = get_number(
                record.value, 2 if record.name == "L" else 1, source=(f"new {record.name}",), font_size=40
            )
            number.set_color(node.role).move_to(value[-1], LEFT if len(node.label) else RIGHT)
            new.add(number)
        order = [graph.record.index(name) for name in ("w", "b", "h_1", "h_2", "L")]
        for names in (("w", "b"), ("h_1",), ("h_2",), ("L",)):
            places = [graph.record.index(name) for name in names]
            edges = [edge for name in names for edge in graph.edges_into(graph.node(name))]
            self.play(
                *self.get_sparks(edges),
                *(FadeOut(values[i][-1], 0.2 * UP) for i in places),
                *(FadeIn(new[i], 0.2 * UP) for i in places),
                run_time=0.7,
            )
        self.tell("The loss falls", FadeIn(fall))
        self.wait(0.6)
        values.set_submobjects([VGroup(*value[:-1], new[i]) if i in order else value for i, value in enumerate(values)])
        self.hush(FadeOut(VGroup(plate, content, rings)), run_time=0.5)

    def use_x_twice(self, old, others):
        # Turn it into a graph that uses x twice
        graph = self.get_graph(self.run_formula_with_two_uses(), 5.0, 2.9, 2.4, 0.6)
        self.values = self.get_values(graph)
        formula = Tex(R"L = x \cdot w + x^2", font_size=80, t2c={"x": INPUT, "w": PARAMETER, "L": LOSS}).move_to(WORK)
        pairs = (("x", "x"), ("w", "w"), ("h_1", "u"), ("L", "v"), ("h_2", "L"))
        going = VGroup(others, self.slopes, *self.tags.values(), old.edges, old.node("b"))
        self.play(FadeOut(going), FadeOut(self.glows), run_time=0.5)
        self.remove(self.glows)
        self.glows = Group()
        self.play(
            *((ReplacementTransform if b in "xwu" else FadeTransform)(old.node(a), graph.node(b)) for a, b in pairs),
            FadeIn(formula, time_span=(0.4, 1)),
            FadeIn(graph.edges, time_span=(0.9, 1.3)),
            FadeIn(self.values, time_span=(1, 1.4)),
            run_time=1.4,
        )

        # Point at both uses
        uses = graph.edges_out_of(graph.node("x"))
        self.tell("x is used twice", *self.get_sparks(uses), run_time=1.4)
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
        terms.scale(1.25).move_to(WORK + 0.2 * DOWN)
        plate = Plate(terms, 0.3)
        self.play(FadeIn(VGroup(plate, terms[0])), run_time=0.4)
        for edge, place in zip(uses, (1, 3), strict=True):
            moving = terms[place].copy().scale(0.6).move_to(graph.node("x").shape)
            self.play(GradientFlow([edge], [None], run_time=1.1))
            self.play(
                TransformFromCopy(moving, terms[place]), *([FadeIn(terms[2])] if place == 3 else []), run_time=0.7
            )

        # Add the two where they meet
        self.tell("Two uses: their gradients add up", FadeIn(terms[4:]))
        self.play(TransformFromCopy(terms[5], total), self.glow(graph.node("x")), Pulse(graph.node("x")))
        self.wait_until_read()
        self.wait(0.8)
