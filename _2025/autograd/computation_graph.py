import torch

from manim_imports_ext import *
from truth.autograd import Value
from truth.graph import Graph

FIRST_NODE = View(center=(-1.7, -0.3, 0), height=5.8)


class ComputationGraphScene(InteractiveScene):
    """Running a formula leaves a graph behind, and every node of it remembers how to go back."""

    x, w, b = 2.0, -0.5, 3.0
    code = ("h1 = x * w", "h2 = h1 + b", "L = h2 ** 2")

    def construct(self):
        self.take_the_formula_apart()
        self.bring_in_the_inputs()
        self.compute("h_1", line=0)
        self.open_the_first_card()
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
        self.wait(0.8)

        # Break it into one operation a line
        panel = CodePanel(self.code).to_edge(RIGHT, buff=SAFE_AREA).shift(0.9 * UP)
        panel.save_state()
        panel.scale(1.8).center().shift(0.3 * DOWN)
        caption = get_caption("A machine runs it one operation at a time")
        self.play(FadeTransform(formula, panel), FadeIn(caption), run_time=1.5)
        self.wait(0.8)
        self.play(Restore(panel), FadeOut(caption), run_time=1)
        self.code_panel = panel

    def bring_in_the_inputs(self):
        # Start with what is given: an input, a weight and a bias
        graph = ComputationGraph(self.run_formula(), layer_gap=2.85, node_gap=1.75)
        graph.to_edge(LEFT, buff=0.9).set_y(-0.75)
        leaves = VGroup(graph.node(name) for name in "xwb")
        values = VGroup(leaf.get_value_label() for leaf in leaves)
        kinds = VGroup(
            Text(word, font_size=LABEL).set_color(leaf.role).next_to(leaf, RIGHT, buff=0.2)
            for word, leaf in zip(("input", "weight", "bias"), leaves, strict=True)
        )
        self.play(LaggedStartMap(FadeIn, leaves, scale=1.8, lag_ratio=0.3), run_time=1.2)
        self.play(FadeIn(kinds), LaggedStartMap(FadeIn, values, shift=0.2 * DOWN, lag_ratio=0.3), run_time=1)
        self.wait(0.8)
        self.play(FadeOut(kinds), run_time=0.5)
        self.graph, self.cards = graph, VGroup()
        self.numbers = dict(zip("xwb", values, strict=True))

    def compute(self, name, line):
        # Run one line: a node appears, and values flow in along its edges
        node = self.graph.node(name)
        edges = self.graph.edges_into(node)
        arithmetic = self.graph.get_arithmetic(node, font_size=36).next_to(self.code_panel, DOWN, buff=0.5)
        arithmetic.align_to(self.code_panel, RIGHT)
        self.play(
            self.code_panel.run_line(line),
            *(ShowCreation(edge.path) for edge in edges),
            *(FadeIn(edge.tip, time_span=(0.6, 0.9)) for edge in edges),
            FadeIn(node, scale=1.8, time_span=(0.3, 0.9)),
            run_time=0.9,
        )
        self.play(
            *(CarryAlong(self.numbers[edge.start_node.record.name], edge) for edge in edges),
            FadeIn(arithmetic.formula, time_span=(0.6, 1.3)),
            run_time=1.3,
        )

        # Compute its value, and keep it
        card = self.graph.get_card(node)
        self.play(Pulse(node), FadeIn(arithmetic.result), run_time=0.6)
        self.play(
            FadeIn(VGroup(card.frame, card.divider, card.caption), 0.2 * UP),
            TransformFromCopy(arithmetic.result, card.value),
            run_time=0.8,
        )

        # Keep the way back beside it
        self.play(
            FadeIn(card.backward_name, 0.15 * UP),
            LaggedStartMap(FadeIn, card.formulas, shift=0.15 * UP, lag_ratio=0.4),
            FadeOut(arithmetic),
            run_time=1,
        )
        self.wait(0.4)
        self.numbers[name] = card.value
        self.cards.add(card)

    def open_the_first_card(self):
        # Lean in and read both compartments
        card = self.cards[0]
        notes = VGroup(
            Text("what it computed", font_size=LABEL).next_to(card.value, RIGHT, buff=0.5),
            Text("how to go back\nthrough it", font_size=LABEL, alignment="LEFT").next_to(card.formulas, RIGHT),
        )
        notes[1].align_to(notes[0], LEFT)
        self.play(self.frame.animate.reorient(*FIRST_NODE), FadeIn(notes[0], 0.2 * RIGHT), run_time=1.5)
        self.wait(0.5)
        self.play(FadeIn(notes[1], 0.2 * RIGHT), run_time=0.8)
        self.wait(1.2)
        self.play(self.frame.animate.reorient(*OVERVIEW), FadeOut(notes), run_time=1.2)

    def walk_the_graph_in_order(self):
        # Follow the order in which it ran
        caption = get_caption("Every node stands after the nodes it needs")
        picture = VGroup(self.graph, self.cards, *(self.numbers[name] for name in "xwb"))
        self.play(
            FadeOut(self.code_panel),
            picture.animate(time_span=(0.3, 1.3)).set_x(0),
            FadeIn(caption, 0.2 * UP, time_span=(0.7, 1.3)),
        )
        self.play(LaggedStart(*map(Pulse, self.graph.forward_order()), lag_ratio=0.6), run_time=3)
        self.wait(0.5)
        self.caption = caption

    def look_at_what_was_kept(self):
        # Compare with what PyTorch keeps
        tape = self.run_formula_in_torch()
        names = [tape.nodes[i].backward_name for i in tape.backward_order if tape.nodes[i].backward_name]
        caption = get_caption("PyTorch keeps the same:  " + "  →  ".join(names))
        self.play(FadeOut(self.caption), FadeIn(caption), run_time=0.8)
        self.play(
            LaggedStart(*(Indicate(card.backward_name, color=FOCUS) for card in self.cards[::-1]), lag_ratio=0.5),
            run_time=2,
        )
        self.wait(0.8)

        # Point the way back
        last = get_caption("The forward pass leaves behind all that the backward pass will need")
        self.play(FadeOut(caption), FadeIn(last), run_time=0.8)
        self.play(
            LaggedStart(
                *(
                    VShowPassingFlash(edge.path.copy().reverse_points().set_stroke(GRADIENT, 8), time_width=1)
                    for node in self.graph.backward_order()
                    for edge in self.graph.edges_into(node)
                ),
                lag_ratio=0.5,
            ),
            run_time=2.5,
        )
        self.wait(1.2)
