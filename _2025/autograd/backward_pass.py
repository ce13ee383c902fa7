from _2025.autograd.computation_graph import ComputationGraphScene
from manim_imports_ext import *
from truth.autograd import Value
from truth.graph import Graph


class BackwardPassScene(InteractiveScene):
    """Every step back multiplies what arrives by a local derivative, and what arrives twice is added."""

    x, w, b = ComputationGraphScene.x, ComputationGraphScene.w, ComputationGraphScene.b
    run_formula = ComputationGraphScene.run_formula
    code = (
        *ComputationGraphScene.code,
        "dL_dL = 1",
        "dL_dh2 = 2 * h2 * dL_dL",
        "dL_dh1 = 1 * dL_dh2",
        "dL_db = 1 * dL_dh2",
        "dL_dx = w * dL_dh1",
        "dL_dw = x * dL_dh1",
    )

    def construct(self):
        self.return_to_the_graph()
        self.start_at_the_end()
        self.explain_one_step()
        self.go_on_to_the_leaves()
        self.use_x_twice()
        self.add_what_arrives()
        self.keep_the_gradients_that_learning_needs()

    def run_formula_with_two_uses(self):
        """L = x w + x^2 at the same numbers: x goes two ways."""
        x, w = Value(self.x, "x"), Value(self.w, "w")
        product, square = (x * w).named("u"), (x**2).named("v")
        return Graph.from_value((product + square).named("L"), parameters=(w,))

    def get_values(self, graph, font_size=34):
        """Each forward value below its node, after the node's name if that stands there."""
        values = VGroup()
        for node in graph.nodes:
            value = VGroup(node.get_value_label(font_size=font_size))
            if len(node.label):
                number = value[0].next_to(node.label, RIGHT, buff=0.5).align_to(node.label[0], DOWN)
                equals = Tex("=", font_size=font_size).set_color(node.role).match_y(number)
                value = VGroup(equals.next_to(node.label, RIGHT, buff=0.12).match_y(number), number)
                number.next_to(equals, RIGHT, buff=0.12)
                VGroup(node.label, value).match_x(node.shape)
            values.add(value)
        return values

    def return_to_the_graph(self):
        # Return to the graph with all that the forward pass left in it
        title = get_title("Backward Pass: Computing Gradients")
        graph = ComputationGraph(self.run_formula(), layer_gap=2.75, node_gap=2.15)
        graph.to_edge(LEFT, buff=0.5).shift((0.9 - graph.node("x").get_y()) * UP)
        values = self.get_values(graph)
        panel = CodePanel(self.code, font_size=SMALL, line_gap=0.42, padding=0.22)
        panel.to_edge(RIGHT, buff=SAFE_AREA).shift((2.55 - panel.get_top()[1]) * UP)
        given = Group(graph, values, panel.box, panel.lines)
        self.play(FadeIn(title, 0.3 * UP), FadeIn(given), run_time=0.8)

        # Run forward once more
        for i, name in enumerate(("h_1", "h_2", "L")):
            node = graph.node(name)
            self.play(panel.run_line(i), Pulse(node), run_time=0.6)
        slopes = VGroup(edge.get_derivative_label() for edge in graph.edges)
        self.play(LaggedStartMap(FadeIn, slopes, lag_ratio=0.15), run_time=1)
        self.graph, self.values, self.code_panel, self.slopes = graph, values, panel, slopes
        self.tags = {}

    def start_at_the_end(self):
        # Begin with the one gradient that needs no work
        words = Text("L changes exactly\nas much as L does", font=SERIF, font_size=LABEL, alignment="LEFT")
        node = self.graph.node("L")
        tag = get_gradient_tag(node)
        seed = Tex(R"{\partial L \over \partial L} = 1", font_size=HEADING)
        statement = VGroup(seed, words.set_color(MUTED)).arrange(RIGHT, buff=0.8).move_to([-0.1, 2.0, 0])
        self.play(self.code_panel.run_line(3), FadeIn(statement), run_time=0.8)
        self.play(Pulse(node), FadeIn(tag, 0.2 * UP), run_time=0.8)
        self.wait(0.8)
        self.play(FadeOut(statement), run_time=0.4)
        self.tags["L"] = tag

    def explain_one_step(self):
        # Write down the step that all the others repeat
        edge = self.graph.edges_into(self.graph.node("L"))[0]
        product = self.get_product(edge)
        self.play(self.code_panel.run_line(4), FadeIn(product.heads), FadeIn(product.symbols), run_time=0.8)
        self.wait(0.8)
        self.take_step(edge, product)
        self.wait(0.6)

    def go_on_to_the_leaves(self):
        # Pass the gradient on through the sum, unchanged
        for line, edge in zip((5, 6), self.graph.edges_into(self.graph.node("h_2")), strict=True):
            self.write_and_take_step(edge, line)

        # Cross the product: each factor's slope is the other factor
        for line, edge in zip((7, 8), self.graph.edges_into(self.graph.node("h_1")), strict=True):
            self.write_and_take_step(edge, line)

    def get_product(self, edge):
        return GradientProduct(self.graph, edge, column=2.2).move_to([-0.1, 2.0, 0])

    def write_and_take_step(self, edge, line):
        old, product = self.product, self.get_product(edge)
        self.play(FadeOut(VGroup(old.symbols, old.numbers, old.signs)), self.code_panel.run_line(line), run_time=0.4)
        self.add(product.heads)
        self.remove(old.heads)
        self.play(FadeIn(product.symbols), run_time=0.4)
        self.take_step(edge, product)

    def take_step(self, edge, product):
        """Both factors fly to their columns, the product appears and runs back along the edge."""
        slope = self.slopes[list(self.graph.edges).index(edge)]
        name = edge.start_node.record.name
        self.play(product.get_filling(self.tags[edge.end_node.record.name], slope), run_time=0.9)
        self.play(FadeIn(product.gradient, scale=1.2), FadeIn(product.signs[0]), run_time=0.4)
        self.tags[name] = get_gradient_tag(edge.start_node)
        self.play(GradientFlow(edge, self.tags[name]))
        self.wait(0.5)
        self.product = product

    def use_x_twice(self):
        # Put this graph aside, and use x twice in another
        self.first = Group(self.graph, self.values, self.slopes, *self.tags.values())
        graph = ComputationGraph(self.run_formula_with_two_uses(), layer_gap=4.3, node_gap=2.5, radius=0.5)
        graph.move_to([0.3, -0.45, 0])
        values = self.get_values(graph, font_size=38)
        formula = Tex(R"L = x \cdot w + x^2", font_size=54, t2c={"x": INPUT, "w": PARAMETER, "L": LOSS})
        formula.set_y(2.5)
        self.play(FadeOut(self.first), FadeOut(self.product), FadeOut(self.code_panel), run_time=0.5)
        self.play(FadeIn(formula), FadeIn(graph), FadeIn(values), run_time=0.8)

        # Point at both uses
        caption = get_caption("x goes two ways here")
        uses = graph.edges_out_of(graph.node("x"))
        sparks = (VShowPassingFlash(edge.path.copy().set_stroke(INPUT, 9), time_width=0.7) for edge in uses)
        self.play(FadeIn(caption, time_span=(0, 0.5)), *sparks, run_time=1.5)
        self.wait(0.4)
        slopes = VGroup(edge.get_derivative_label(below=edge is uses[1]) for edge in graph.edges)
        self.play(FadeOut(caption), FadeIn(slopes), run_time=0.5)
        self.second = Group(formula, graph, values, slopes)
        self.graph_of_two_uses, self.uses = graph, uses

    def add_what_arrives(self):
        # Flow back to the two uses of x, and to w
        graph, uses = self.graph_of_two_uses, self.uses
        ends = VGroup(get_gradient_tag(graph.node(name)) for name in "Luv")
        self.play(FadeIn(ends[0], 0.2 * UP), run_time=0.5)
        self.play(GradientFlow(graph.edges_into(graph.node("L")), ends[1:]))
        learned = get_gradient_tag(graph.node("w"), LEFT)
        arriving = VGroup(GradientTag(edge.get_flow_label()) for edge in uses)
        for tag, side in zip(arriving, (0.8 * UP + 0.45 * LEFT, 0.42 * DOWN + 0.6 * RIGHT), strict=True):
            tag.move_to(graph.node("x").shape.get_right() + side)
        edge_to_w = graph.edges_out_of(graph.node("w"))
        self.play(GradientFlow([*uses, *edge_to_w], [*arriving, learned], run_time=1.5))
        self.wait(0.8)

        # Add the two where they meet
        total = get_gradient_tag(graph.node("x"), LEFT)
        whole, first, plus, second, equals, result = terms = VGroup(
            Tex(R"\partial L / \partial x =", font_size=BODY),
            arriving[0].copy(),
            Tex("+", font_size=BODY),
            arriving[1].copy(),
            Tex("=", font_size=BODY),
            total.copy(),
        ).arrange(RIGHT, buff=0.25)
        terms.set_y(-3.25)
        self.play(FadeIn(whole), TransformFromCopy(arriving, VGroup(first, second)), FadeIn(plus), run_time=1)
        self.play(FadeIn(equals), FadeIn(result), run_time=0.5)
        self.wait(0.6)
        meeting = graph.node("x").shape.get_center()
        self.play(
            *(FadeOutToPoint(tag, meeting) for tag in arriving),
            FadeIn(total, 0.4 * LEFT, time_span=(0.5, 1)),
            run_time=1,
        )
        self.play(Pulse(graph.node("x")), run_time=0.6)
        self.wait(1)
        self.play(FadeOut(Group(self.second, ends, learned, total, terms)), run_time=0.4)

    def keep_the_gradients_that_learning_needs(self):
        # Return and let the gradients of the parameters flash
        caption = get_caption("The weight and the bias now know which way to change")
        self.first.scale(1.1).move_to(0.05 * DOWN)
        self.play(FadeIn(self.first), FadeIn(caption), run_time=0.7)
        learned = VGroup(self.tags[name] for name in "wb")
        rest = VGroup(tag for name, tag in self.tags.items() if name not in "wb")
        flashes = learned.copy()
        for flash in flashes:
            flash.scale(1.5)
            flash.box.set_stroke(FOCUS, 5)
            flash.number.set_color(FOCUS)
        self.play(
            rest.animate.set_opacity(0.3),
            *(Transform(tag, flash, rate_func=there_and_back) for tag, flash in zip(learned, flashes, strict=True)),
            run_time=1.4,
        )
        self.wait(1.6)
        self.play(FadeOut(Group(*self.mobjects[1:])), run_time=0.4)
