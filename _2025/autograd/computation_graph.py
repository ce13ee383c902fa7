import torch

from manim_imports_ext import *
from truth.autograd import Value
from truth.graph import Graph

FIRST_CARD = View(center=(-1.9, -0.1, 0), height=5.6)


class ComputationGraphScene(InteractiveScene):
    """Running a formula leaves a graph behind, and every node of it remembers how to go back."""

    x, w, b = 2.0, -1.5, 8.0  # so that no two of all values and gradients are equal by chance
    code = ("h1 = x * w", "h2 = h1 + b", "L = h2 ** 2")

    def construct(self):
        self.take_the_formula_apart()
        self.bring_in_the_inputs()
        self.compute("h_1", line=0)
        self.read_the_first_card()
        self.compute("h_2", line=1)
        self.compute("L", line=2)
        self.walk_the_graph_in_order()
        self.look_at_what_was_kept()

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

    def take_the_formula_apart(self):
        # Name the subject and show the formula
        title = get_title("Building the Computational Graph")
        colors = {"x": INPUT, "w": PARAMETER, "b": PARAMETER, "L": LOSS}
        formula = Tex(R"L = (x \cdot w + b)^2", font_size=96, t2c=colors)
        self.play(FadeIn(title, 0.3 * UP), run_time=0.8)
        self.play(FadeIn(formula, scale=1.15), run_time=0.8)
        self.wait(0.6)

        # Break it into one operation a line
        panel = CodePanel(self.code).to_edge(RIGHT, buff=SAFE_AREA).shift(0.9 * UP)
        panel.save_state()
        panel.scale(1.7).set_x(0).set_y(-1)
        caption = get_caption("A machine runs it one operation at a time")
        self.play(formula.animate.scale(0.75).set_y(1.8), run_time=0.6)
        self.play(FadeIn(panel.box), FadeIn(caption), run_time=0.4)
        for part, line in zip((R"x \cdot w", "+ b", "(x \\cdot w + b)^2"), panel.lines, strict=True):
            self.play(Indicate(formula[part], color=FOCUS, scale_factor=1.1), FadeIn(line, 0.2 * DOWN), run_time=0.9)
        self.wait(0.3)
        self.play(FadeOut(formula), FadeOut(caption), run_time=0.3)
        self.play(Restore(panel), run_time=0.8)
        self.title, self.code_panel = title, panel

    def bring_in_the_inputs(self):
        # Start with what is given: an input, a weight and a bias
        graph = ComputationGraph(self.run_formula(), layer_gap=2.85, node_gap=1.9)
        graph.to_edge(LEFT, buff=0.9).set_y(-0.55)
        leaves = VGroup(graph.node(name) for name in "xwb")
        values = VGroup(leaf.get_value_label() for leaf in leaves)
        kinds = VGroup(
            Text(word, font_size=LABEL).set_color(leaf.role).next_to(leaf, RIGHT, buff=0.2)
            for word, leaf in zip(("input", "weight", "bias"), leaves, strict=True)
        )
        self.play(LaggedStartMap(FadeIn, leaves, scale=1.5, lag_ratio=0.3), run_time=1)
        self.play(FadeIn(kinds), LaggedStartMap(FadeIn, values, shift=0.2 * DOWN, lag_ratio=0.3), run_time=0.8)
        self.wait(1)
        self.play(FadeOut(kinds), run_time=0.4)
        self.graph, self.cards = graph, VGroup()
        self.numbers = dict(zip("xwb", values, strict=True))

    def compute(self, name, line):
        # Run one line: a node appears, and values flow in along its edges
        node = self.graph.node(name)
        edges = self.graph.edges_into(node)
        arithmetic = self.graph.get_arithmetic(node, font_size=36).next_to(node.shape, RIGHT, buff=0.25)
        self.play(
            self.code_panel.run_line(line),
            *(ShowCreation(edge.path) for edge in edges),
            *(FadeIn(edge.tip, time_span=(0.6, 0.9)) for edge in edges),
            FadeIn(node, scale=1.5, time_span=(0.3, 0.9)),
            run_time=0.9,
        )
        self.play(
            *(CarryAlong(self.numbers[edge.start_node.record.name], edge) for edge in edges),
            FadeIn(arithmetic.formula, time_span=(0.7, 1.2)),
            run_time=1.2,
        )

        # Compute its value, and keep it
        card = self.graph.get_card(node)
        self.play(Pulse(node), FadeIn(arithmetic.result), run_time=0.6)
        self.play(
            FadeIn(VGroup(card.frame, card.divider, card.caption)),
            TransformFromCopy(arithmetic.result, card.value),
            run_time=0.7,
        )

        # Keep the way back beside it
        self.play(
            FadeIn(card.backward_name),
            LaggedStartMap(FadeIn, card.formulas, lag_ratio=0.4),
            FadeOut(arithmetic),
            run_time=0.8,
        )
        self.wait(0.7)
        self.numbers[name] = card.value
        self.cards.add(card)

    def read_the_first_card(self):
        # Lean in and read both compartments
        card = self.cards[0]
        braces = VGroup(Brace(part, RIGHT, buff=0.08) for part in (card.top, card.bottom)).set_color(MUTED)
        notes = VGroup(
            Text(words, font_size=LABEL).next_to(brace, RIGHT, buff=0.12)
            for words, brace in zip(("what it computed", "how it moves if x or w moves"), braces, strict=True)
        )
        self.play(
            self.frame.animate.reorient(*FIRST_CARD),
            FadeOut(VGroup(self.title, self.code_panel), run_time=0.5),
            run_time=1.2,
        )
        for brace, note in zip(braces, notes, strict=True):
            self.play(GrowFromCenter(brace), FadeIn(note, 0.1 * RIGHT), run_time=0.6)
            self.wait(0.9)
        self.play(FadeOut(braces), FadeOut(notes), run_time=0.4)
        self.play(
            self.frame.animate.reorient(*OVERVIEW),
            FadeIn(VGroup(self.title, self.code_panel), time_span=(0.8, 1)),
            run_time=1,
        )

    def walk_the_graph_in_order(self):
        # Give the graph the whole stage
        picture = VGroup(self.graph, self.cards, *(self.numbers[name] for name in "xwb"))
        self.play(FadeOut(self.code_panel), run_time=0.3)
        self.play(picture.animate.scale(1.08).move_to(0.1 * UP), run_time=0.9)

        # Number the operations in the order in which they ran
        caption = get_caption("Every operation ran after the ones it needs")
        operations = [node for node in self.graph.forward_order() if node.record.inputs]
        badges = VGroup()
        for i, node in enumerate(operations, start=1):
            ring = Circle(radius=0.2).set_stroke(FOCUS, 2).set_fill(BACKGROUND, 1)
            place = get_number(i, font_size=SMALL, source=("order", i)).set_color(FOCUS).move_to(ring)
            badges.add(VGroup(ring, place).move_to(node.shape.get_center() + 0.64 * normalize(RIGHT + UP)))
        self.play(FadeIn(caption), run_time=0.4)
        for node, badge in zip(operations, badges, strict=True):
            self.play(Pulse(node, scale=1.15), FadeIn(badge, scale=1.5), run_time=0.7)
        self.wait(0.8)
        self.play(FadeOut(caption), FadeOut(badges), run_time=0.4)

    def look_at_what_was_kept(self):
        # Compare with what PyTorch keeps
        tape = self.run_formula_in_torch()
        names = [node.backward_name for node in tape.nodes if node.backward_name]
        caption = get_caption("PyTorch records the same steps, under these names")
        self.play(FadeIn(caption), run_time=0.4)
        for card, name in zip(self.cards, names, strict=True):
            theirs = Text(name, font=MONO).match_height(card.backward_name).move_to(card.backward_name)
            self.play(FadeOut(card.backward_name), run_time=0.2)
            self.play(FadeIn(theirs.set_color(FOCUS)), run_time=0.3)
        self.wait(0.6)
        self.play(FadeOut(caption), run_time=0.3)

        # Put each slope on its arrow, last operation first
        last = get_caption("Every arrow carries its slope, ready for the way back")
        self.play(FadeIn(last), run_time=0.4)
        for node in self.graph.backward_order():
            edges = self.graph.edges_into(node)
            if len(edges):
                self.play(
                    *(edge.animate.set_color(GRADIENT) for edge in edges),
                    *(FadeIn(edge.get_formula_label(below=True)) for edge in edges),
                    run_time=0.7,
                )
        self.wait(2)
        self.play(FadeOut(Group(*self.mobjects[1:])), run_time=0.4)
