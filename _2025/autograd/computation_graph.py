import torch

from manim_imports_ext import *
from truth.autograd import Value
from truth.graph import Graph

BELOW_THE_OUTPUT = VectorizedPoint([3.4, -2.65, 0])
CODE_Y = 3.22  # of a line of code above the operation that it runs


class ComputationGraphScene(CaptionedScene):
    """Running a formula leaves a graph behind, and every node of it remembers how to go back."""

    x, w, b = 2.0, -1.5, 8.0  # so that no two of all values and gradients are equal by chance
    code = ("h1 = x * w", "h2 = h1 + b", "L = h2 ** 2")

    def construct(self):
        lines, formula = self.take_the_formula_apart()
        graph, numbers = self.bring_in_the_inputs(lines, formula)
        cards = VGroup(self.compute(graph, lines[0], numbers, "h_1", pace=1))
        self.read_the_first_card(cards[0])
        for line, name in zip(lines[1:], ("h_2", "L"), strict=True):
            cards.add(self.compute(graph, line, numbers, name, pace=0.75))
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
        graph = ComputationGraph(self.run_formula(), layer_gap=3.72, node_gap=2.2, radius=0.7)
        return graph.set_x(-0.1).shift((-0.28 - graph.node("h_1").shape.get_y()) * UP)

    def get_lines(self):
        """Lines of code, each on a plate of its own."""
        texts = VGroup(Text(line, font=MONO, font_size=40).set_color(TEXT) for line in self.code)
        widest = max(texts, key=lambda text: text.get_width())
        frame = Rectangle(widest.get_width(), widest.get_height())
        return VGroup(VGroup(Plate(frame.copy().move_to(text), buff=0.18), text) for text in texts)

    def get_slope(self, edge, below):
        """A local derivative beside its edge; above it, nearer to the start, where no card is in the way."""
        label = edge.get_formula_label(font_size=34)
        return edge.place_label(label, below, at=0.5 if below else 0.3)

    def light_up(self, node):
        """Animations: a node that has its value shines, and a ring of light leaves it."""
        ring = node.shape.copy().set_fill(opacity=0).set_stroke(node.role, 14)
        return (
            Pulse(node, scale=1.2),
            ring.animate(remover=True).scale(1.7).set_stroke(width=0, opacity=0),
        )

    def take_the_formula_apart(self):
        # Take the formula apart into one operation a line
        colors = {"x": INPUT, "w": PARAMETER, "b": PARAMETER, "L": LOSS}
        formula = Tex(R"L = (x \cdot w + b)^2", font_size=140, t2c=colors).set_y(-0.7)
        plate = Plate(formula, buff=0.6)
        lines = self.get_lines().scale(1.5).arrange(RIGHT, buff=0.35).set_y(2.3)
        self.add(plate, formula)
        self.say("A computer runs one operation at a time", beside=plate)
        for part, (box, text) in zip((R"x \cdot w", "+ b", "^2"), lines, strict=True):
            self.play(
                FadeIn(box, time_span=(0, 0.5)),
                FadeTransform(formula[part].copy(), text),
                FlashAround(formula[part], color=FOCUS),
                run_time=1.1,
            )
        return lines, VGroup(plate, formula)

    def bring_in_the_inputs(self, lines, formula):
        # Let the given letters become the first nodes
        graph, (plate, letters) = self.get_graph(), formula
        leaves = VGroup(graph.node(name) for name in "xwb")
        values = VGroup(
            leaf.get_value_label(side, font_size=BODY) for leaf, side in zip(leaves, (DOWN, DOWN, LEFT), strict=True)
        )
        kinds = VGroup(
            Text(word, font_size=BODY).set_color(leaf.role).next_to(leaf.shape, RIGHT, buff=0.2)
            for word, leaf in zip(("input", "weight", "bias"), leaves, strict=True)
        )
        places = [[graph.node(name).shape.get_x(), CODE_Y, 0] for name in ("h_1", "h_2", "L")]
        self.hush()
        self.play(
            FadeOut(VGroup(plate, letters), time_span=(0, 0.6)),
            *(line.animate.scale(1 / 1.5).move_to(place) for line, place in zip(lines, places, strict=True)),
            LaggedStart(
                *(FadeTransform(letters[name].copy(), leaf) for name, leaf in zip("xwb", leaves, strict=True)),
                lag_ratio=0.2,
            ),
            run_time=1.6,
        )
        self.say(
            "A graph records what each result was made from",
            FadeIn(kinds),
            LaggedStartMap(FadeIn, values, shift=0.2 * DOWN, lag_ratio=0.3),
            beside=BELOW_THE_OUTPUT,
            run_time=1,
        )
        self.hush(FadeOut(kinds), run_time=0.4)
        return graph, dict(zip("xwb", values, strict=True))

    def compute(self, graph, line, numbers, name, pace):
        # Run one line: values flow in along the edges of a new node
        node, edges, box = graph.node(name), graph.edges_into(graph.node(name)), line[0]
        card = graph.get_card(node)
        card.scale(1.2, about_edge=DOWN)
        arithmetic = graph.get_arithmetic(node, font_size=40).move_to(card)
        self.play(
            box.face.animate.set_fill(mix_colors(PLATE, FOCUS, 0.45)),
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
        self.play(*self.light_up(node), FadeIn(arithmetic.result), run_time=0.9 * pace)
        self.play(FadeOut(arithmetic.formula), arithmetic.result.animate.move_to(card.value), run_time=0.7 * pace)
        self.play(FadeIn(VGroup(card.frame, card.divider, card.caption, card.value)), run_time=0.5 * pace)
        self.remove(arithmetic)
        self.play(
            FadeIn(card.backward_name),
            LaggedStartMap(FadeIn, card.formulas, lag_ratio=0.4),
            box.face.animate.set_fill(PLATE),
            run_time=pace,
        )
        numbers[name] = card.value
        return card

    def read_the_first_card(self, card):
        # Read both compartments
        top, bottom = VGroup(card.value, card.caption), VGroup(card.backward_name, card.formulas)
        braces = VGroup(Brace(part, RIGHT, buff=0.1).set_x(card.get_right()[0] + 0.25) for part in (top, bottom))
        braces.set_color(MUTED)
        notes = VGroup(
            Text(words, font_size=BODY, alignment="LEFT").next_to(brace, RIGHT, buff=0.15)
            for words, brace in zip(
                ("its value", "MulBackward, the way back:\nhow h1 changes with x and with w"), braces, strict=True
            )
        )
        notes[1]["MulBackward"].set_color(GRADIENT)
        for brace, note, seconds in zip(braces, notes, (1, 3.7), strict=True):
            self.play(GrowFromCenter(brace), FadeIn(note, 0.1 * RIGHT), run_time=0.6)
            self.wait(seconds)
        self.play(FadeOut(VGroup(braces, notes)), run_time=0.5)

    def look_at_what_was_kept(self, graph, cards):
        # Number the operations in the order in which they ran
        operations = [node for node in graph.forward_order() if node.record.inputs]
        badges = VGroup()
        for i, node in enumerate(operations, start=1):
            ring = Circle(radius=0.27).set_stroke(FOCUS, 3).set_fill(BACKGROUND, 1)
            place = get_number(i, font_size=LABEL, source=("order", i)).set_color(FOCUS).move_to(ring)
            badges.add(VGroup(ring, place).move_to(node.boundary(node.shape.get_center() + DR)))
        for k, (node, badge) in enumerate(zip(operations, badges, strict=True)):
            moves = *self.light_up(node), FadeIn(badge, scale=1.5)
            if k:
                self.play(*moves, run_time=0.6)
            else:
                self.say("The order in which they ran", *moves, beside=BELOW_THE_OUTPUT)

        # Compare with the names that PyTorch keeps
        tape = self.run_formula_in_torch()
        names = [node.backward_name for node in tape.nodes if node.backward_name]
        theirs = VGroup(
            Text(name, font=MONO).match_height(card.backward_name).move_to(card.backward_name).set_color(GRADIENT)
            for card, name in zip(cards, names, strict=True)
        )
        self.say(
            "PyTorch keeps the same three, by these names",
            *(FadeTransform(card.backward_name, name) for card, name in zip(cards, theirs, strict=True)),
            *(FlashAround(name, color=FOCUS) for name in theirs),
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
                    *(FadeIn(self.get_slope(edge, below=edge is edges[-1])) for edge in edges),
                    run_time=0.8,
                )
        self.say("Every step keeps its slope for the way back", beside=BELOW_THE_OUTPUT)
        self.wait(2)
