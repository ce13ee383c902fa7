import torch

from manim_imports_ext import *
from truth.autograd import Value
from truth.graph import Graph

FIRST_CARD = View(center=(-2.0, 0.75, 0), height=5.7)
BELOW_THE_OUTPUT = VectorizedPoint([3.6, -2.85, 0])


class ComputationGraphScene(CaptionedScene):
    """Running a formula leaves a graph behind, and every node of it remembers how to go back."""

    x, w, b = 2.0, -1.5, 8.0  # so that no two of all values and gradients are equal by chance
    code = ("h1 = x * w", "h2 = h1 + b", "L = h2 ** 2")

    def construct(self):
        panel, formula = self.take_the_formula_apart()
        graph, numbers = self.bring_in_the_inputs(panel, formula)
        cards = VGroup(self.compute(graph, panel, numbers, "h_1", line=0, pace=1))
        self.read_the_first_card(cards[0])
        for line, name in enumerate(("h_2", "L"), start=1):
            cards.add(self.compute(graph, panel, numbers, name, line=line, pace=0.75))
        self.look_at_what_was_kept(graph, cards)

    def run_formula(self):
        """L = (x w + b)^2 at this scene's numbers, run by our engine."""
        x, w, b = Value(self.x, "x"), Value(self.w, "w"), Value(self.b, "b")
        h1 = (x * w).named("h_1")
        h2 = (h1 + b).named("h_2")
        return Graph.from_value((h2**2).named("L"), parameters=(w, b))

    def run_formula_in_torch(self):
        """The same, read from PyTorch's own tape."""
        x, w, b = (torch.tensor(number, requires_grad=True) for number in (self.x, self.w, self.b))
        return Graph.from_torch((x * w + b) ** 2, {"x": x, "w": w, "b": b})

    def get_graph(self):
        """The graph, across the whole frame."""
        graph = ComputationGraph(self.run_formula(), layer_gap=3.6, node_gap=2.15, radius=0.66)
        return graph.to_edge(LEFT, buff=0.55).shift((-0.3 - graph.node("h_1").shape.get_y()) * UP)

    def take_the_formula_apart(self):
        # Take the formula apart into one operation a line
        colors = {"x": INPUT, "w": PARAMETER, "b": PARAMETER, "L": LOSS}
        formula = Tex(R"L = (x \cdot w + b)^2", font_size=130, t2c=colors).set_y(1.7)
        plate = Plate(formula, buff=0.6)
        panel = CodePanel(self.code, font_size=60, line_gap=0.35, padding=0.45).set_y(-1.7)
        self.add(plate, formula)
        self.play(FadeIn(panel.box, 0.5 * UP), formula.animate(rate_func=there_and_back).scale(1.06))
        for part, line in zip((R"x \cdot w", "+ b", "^2"), panel.lines, strict=True):
            self.play(FadeTransform(formula[part].copy(), line), FlashAround(formula[part], color=FOCUS), run_time=1.1)
        self.wait(0.5)
        return panel, VGroup(plate, formula)

    def bring_in_the_inputs(self, panel, formula):
        # Let the given letters become the first nodes
        graph, (plate, letters) = self.get_graph(), formula
        leaves = VGroup(graph.node(name) for name in "xwb")
        values = VGroup(leaf.get_value_label(font_size=BODY) for leaf in leaves)
        kinds = VGroup(
            Text(word).set_color(leaf.role).next_to(leaf.shape, RIGHT, buff=0.2)
            for word, leaf in zip(("input", "weight", "bias"), leaves, strict=True)
        )
        self.play(
            FadeOut(VGroup(plate, letters), time_span=(0, 0.6)),
            panel.animate.set_width(3.3).move_to([6.65, 3.55, 0], UR),
            LaggedStart(
                *(FadeTransform(letters[name].copy(), leaf) for name, leaf in zip("xwb", leaves, strict=True)),
                lag_ratio=0.2,
            ),
            run_time=1.6,
        )
        self.play(FadeIn(kinds), LaggedStartMap(FadeIn, values, shift=0.2 * DOWN, lag_ratio=0.3))
        self.wait(0.6)
        self.play(FadeOut(kinds), run_time=0.4)
        return graph, dict(zip("xwb", values, strict=True))

    def compute(self, graph, panel, numbers, name, line, pace):
        # Run one line: values flow in along the edges of a new node
        node, edges = graph.node(name), graph.edges_into(graph.node(name))
        arithmetic = graph.get_arithmetic(node, font_size=36).next_to(panel, LEFT, buff=0.25)
        arithmetic.match_y(panel.lines[line])
        self.play(
            panel.run_line(line),
            *(ShowCreation(edge.path) for edge in edges),
            *(FadeIn(edge.tip, time_span=(0.6 * pace, pace)) for edge in edges),
            FadeIn(node, scale=1.5, time_span=(0.3 * pace, pace)),
            run_time=pace,
        )
        self.play(
            *(CarryAlong(numbers[edge.start_node.record.name], edge) for edge in edges),
            FadeIn(arithmetic.formula, time_span=(0.6 * pace, 1.1 * pace)),
            run_time=1.3 * pace,
        )

        # Keep its value, and the way back beside it
        card = graph.get_card(node)
        card.scale(1.3, about_edge=DOWN)
        self.play(Pulse(node), FadeIn(arithmetic.result), run_time=0.7 * pace)
        self.play(
            FadeIn(VGroup(card.frame, card.divider, card.caption)),
            TransformFromCopy(arithmetic.result, card.value),
            run_time=pace,
        )
        self.play(
            FadeIn(card.backward_name),
            LaggedStartMap(FadeIn, card.formulas, lag_ratio=0.4),
            FadeOut(arithmetic),
            run_time=pace,
        )
        numbers[name] = card.value
        return card

    def read_the_first_card(self, card):
        # Lean in and read both compartments
        top, bottom = VGroup(card.value, card.caption), VGroup(card.backward_name, card.formulas)
        braces = VGroup(Brace(part, RIGHT, buff=0.1).set_x(card.get_right()[0] + 0.2) for part in (top, bottom))
        braces.set_color(MUTED)
        notes = VGroup(
            Text(words, font_size=LABEL).next_to(brace, RIGHT, buff=0.12)
            for words, brace in zip(("its value", "how it changes\nwith x and with w"), braces, strict=True)
        )
        self.play(self.frame.animate.reorient(*FIRST_CARD), run_time=1.2)
        for brace, note in zip(braces, notes, strict=True):
            self.play(GrowFromCenter(brace), FadeIn(note, 0.1 * RIGHT), run_time=0.6)
            self.wait(1.6)
        self.play(FadeOut(VGroup(braces, notes)), self.frame.animate.reorient(*OVERVIEW), run_time=1.2)

    def look_at_what_was_kept(self, graph, cards):
        # Number the operations in the order in which they ran
        operations = [node for node in graph.forward_order() if node.record.inputs]
        badges = VGroup()
        for i, node in enumerate(operations, start=1):
            ring = Circle(radius=0.27).set_stroke(FOCUS, 3).set_fill(BACKGROUND, 1)
            place = get_number(i, font_size=LABEL, source=("order", i)).set_color(FOCUS).move_to(ring)
            badges.add(VGroup(ring, place).move_to(node.boundary(node.shape.get_center() + DR)))
        for node, badge in zip(operations, badges, strict=True):
            self.play(Pulse(node, scale=1.15), FadeIn(badge, scale=1.5), run_time=0.6)
        self.wait(0.8)

        # Compare with the names that PyTorch keeps
        tape = self.run_formula_in_torch()
        names = [node.backward_name for node in tape.nodes if node.backward_name]
        theirs = VGroup(
            Text(name, font=MONO).match_height(card.backward_name).move_to(card.backward_name).set_color(FOCUS)
            for card, name in zip(cards, names, strict=True)
        )
        self.say(
            "PyTorch records the same three steps",
            *(FadeTransform(card.backward_name, name) for card, name in zip(cards, theirs, strict=True)),
            beside=BELOW_THE_OUTPUT,
            run_time=1,
        )

        # Put each slope on its edge, last operation first
        self.hush()
        for node in graph.backward_order():
            edges = graph.edges_into(node)
            if len(edges):
                self.play(
                    *(edge.animate.set_color(GRADIENT) for edge in edges),
                    *(FadeIn(edge.get_formula_label(below=True)) for edge in edges),
                    run_time=0.8,
                )
        self.say("Every step keeps its slope for the way back", beside=BELOW_THE_OUTPUT)
        self.wait(2)
