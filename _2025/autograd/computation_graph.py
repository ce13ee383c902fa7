import torch

from manim_imports_ext import *
from truth.autograd import Value
from truth.graph import Graph
from truth.source import CHOICE

NAMES = "h_1", "h_2", "L"  # of the results, in the order in which they are computed
CODE_Y = 3.22  # of a line of code above the operation that it runs


class ComputationGraphScene(CaptionedScene):
    """Running a formula leaves a graph behind, and every node of it remembers how to go back."""

    nudge = 0.1  # of x
    x, w, b = 2.0, -1.5, 8.0  # so that no two of all values and gradients are equal by chance
    code = ("h1 = x * w", "h2 = h1 + b", "L = h2 ** 2")

    def construct(self):
        lines, formula = self.take_the_formula_apart()
        graph, numbers = self.bring_in_the_inputs(lines, formula)
        cards = VGroup(self.compute(graph, lines[0], numbers, "h_1", pace=1))
        self.read_the_first_card(graph, cards[0])
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
        graph = ComputationGraph(self.run_formula(), layer_gap=3.72, node_gap=1.95, radius=0.62)
        return graph.set_x(-0.1).shift((-0.28 - graph.node("h_1").shape.get_y()) * UP)

    def get_lines(self):
        """Lines of code, each on a plate of its own."""
        texts = VGroup(Text(line, font=MONO, font_size=40).set_color(TEXT) for line in self.code)
        widest = max(texts, key=lambda text: text.get_width())
        frame = Rectangle(widest.get_width(), widest.get_height())
        return VGroup(VGroup(Plate(frame.copy().move_to(text), buff=0.18), text) for text in texts)

    def get_slope(self, edge, below):
        """A local derivative beside its edge."""
        label = edge.get_formula_label(font_size=34)
        return edge.place_label(label.set_color(OPERATION), below, at=0.4)

    def get_card(self, graph, node):
        """What a node remembers, with PyTorch's own name for its way back; all cards in a row, above the first node."""
        names = {name: step.backward_name for name, step in zip(NAMES, self.get_steps_of_torch(), strict=True)}
        card = graph.get_card(node).scale(1.2, about_edge=DOWN)
        name, old = Text(names[node.record.name], font=MONO), card.backward_name
        name.match_height(old).move_to(old).set_color(GRADIENT)
        card.replace_submobject(card.submobjects.index(old), name)
        card.backward_name = name
        return card.next_to(graph.node("h_1").shape, UP, buff=0.18).match_x(node.shape)

    def get_steps_of_torch(self):
        """The operations on PyTorch's tape, in the order in which they ran."""
        return [node for node in self.run_formula_in_torch().nodes if node.backward_name]

    def get_nudge(self):
        """What h1 does when x alone is nudged: from two runs."""
        change = (self.x + self.nudge) * self.w - self.x * self.w
        return get_formula(
            R"\Delta h_1 = {} = {} \cdot {} = w \cdot \Delta x",
            Shown("Δh1", np.array(change), 2),
            Shown("w", np.array(self.w), 1),
            Shown(CHOICE, np.array(self.nudge), 1),
            font_size=BODY,
        )

    def get_arrows(self):
        """Both nudges as arrows from one line, on one scale: the one that is given, and what becomes of it."""
        arrows, names, unit = VGroup(), VGroup(), 13.0
        changes = np.array(self.nudge), np.array((self.x + self.nudge) * self.w - self.x * self.w)
        for tex, change, y, color in zip(
            (R"\Delta x", R"\Delta h_1"), changes, (0.5, -0.5), (FOCUS, OPERATION), strict=True
        ):
            tip = np.array([unit * float(change), y, 0])
            arrow = Arrow([0, y, 0], tip, buff=0, thickness=9).set_color(color)
            name = Tex(tex, font_size=BODY).set_color(color).next_to(tip, np.sign(tip[0]) * RIGHT, buff=0.2)
            arrows.add(arrow)
            names.add(name)
        zero = Line(1.0 * UP, 1.0 * DOWN).set_stroke(MUTED, 4)
        return VGroup(zero, arrows, names)

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
        self.say("A computer runs one operation at a time")
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
            run_time=1,
        )
        self.play(FadeOut(kinds), run_time=0.4)
        return graph, dict(zip("xwb", values, strict=True))

    def compute(self, graph, line, numbers, name, pace):
        # Run one line: values flow in along the edges of a new node
        node, edges, box = graph.node(name), graph.edges_into(graph.node(name)), line[0]
        card = self.get_card(graph, node)
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

    def read_the_first_card(self, graph, card):
        # Read both compartments
        frames = VGroup(
            SurroundingRectangle(VGroup(*parts), buff=0.12).set_stroke(FOCUS, 5)
            for parts in ((card.value, card.caption), (card.backward_name, card.formulas))
        )
        self.say("The node keeps its value, and its slopes", LaggedStartMap(ShowCreation, frames, lag_ratio=0.6))

        # Change one input, and hold the other
        given = get_formula(R"\Delta x = {}", Shown(CHOICE, np.array(self.nudge), 1), font_size=BODY).set_color(FOCUS)
        held = Tex(R"\Delta w = 0", font_size=BODY).set_color(MUTED)
        zero, arrows, names = picture = self.get_arrows()
        lines = VGroup(VGroup(given, held).arrange(RIGHT, buff=0.6), picture, self.get_nudge())
        lines.arrange(DOWN, buff=0.35).move_to([3.3, 0.3, 0])
        plate = Plate(lines, 0.25)
        meaning = VGroup(Tex(R"\partial", font_size=BODY), get_caption(": change one input, hold the other"))
        meaning.arrange(RIGHT, buff=0.1).match_y(self.caption)
        self.say(
            meaning,
            FadeOut(frames[0]),
            FadeIn(VGroup(plate, lines[0], zero)),
            Pulse(graph.node("x")),
            run_time=0.9,
        )
        self.play(GrowArrow(arrows[0]), FadeIn(names[0]), run_time=0.7)
        way = graph.edges[0].path.copy().insert_n_curves(30).set_stroke(INPUT, 18)
        self.play(VShowPassingFlash(way, time_width=0.8), run_time=0.8)
        self.play(GrowArrow(arrows[1]), FadeIn(names[1]), run_time=0.9)
        self.say(
            "w is negative: it stretches the nudge and turns it round",
            FadeIn(lines[2]),
            FlashAround(card.formulas[0], color=FOCUS),
        )
        self.hush(FadeOut(VGroup(plate, lines, frames[1])), run_time=0.5)

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
                self.say("The graph remembers the order in which they ran", *moves)

        # Look once more at the names, which are PyTorch's own
        self.say(
            "These are PyTorch's own names for the three steps",
            *(FlashAround(card.backward_name, color=FOCUS) for card in cards),
            run_time=1,
        )

        # Put each slope on its edge, last operation first
        self.hush()
        for node in graph.backward_order():
            edges = graph.edges_into(node)
            if len(edges):
                self.play(
                    *(edge.animate.set_color(OPERATION) for edge in edges),
                    *(
                        FadeIn(self.get_slope(edge, below=edge is edges[-1] or edge is graph.edges[0]))
                        for edge in edges
                    ),
                    run_time=0.8,
                )
        self.say("Every edge now carries its slope, ready for the way back")
        self.wait(2)
