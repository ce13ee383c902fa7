from itertools import pairwise

from manim_imports_ext import *
from truth.autograd import Value
from truth.graph import Graph


class ChainRuleScene(InteractiveScene):
    """The slope of a composition is the product of the slopes of its parts."""

    x = 1.0
    nudge = 0.5
    smallest_nudge = 0.01
    colors = (INPUT, OPERATION, LOSS)

    def construct(self):
        self.state_the_rule()
        self.pull_the_composition_apart()
        self.put_numbers_in()
        self.nudge_the_input()
        self.hook_the_factors_together()
        self.lengthen_the_chain()

    def run_composition(self, x):
        """F = (x + 2)^2 at x, run by our engine: the graph of x, g and F."""
        g = (Value(x, "x") + 2).named("g")
        return Graph.from_value((g**2).named("F"))

    def run_long_chain(self, x):
        """F = ln (3x + 1)^2 at x, as four functions in a row."""
        a = (3 * Value(x, "x")).named("a")
        b = (a + 1).named("b")
        c = (b**2).named("c")
        return Graph.from_value(c.log().named("F"))

    def get_changes(self, nudge):
        """How far x, g and F move when x does by `nudge`: two runs, subtracted."""
        before, after = self.run_composition(self.x), self.run_composition(self.x + nudge)
        return [float(b.value - a.value) for a, b in zip(before.nodes, after.nodes, strict=True)]

    def state_the_rule(self):
        # Name the subject and state the rule
        title = get_title("The Chain Rule: Foundation of Backpropagation")
        terms = R"{dF \over dx}", R"{dF \over dg}", R"{dg \over dx}"
        rule = Tex(Rf"{terms[0]} = {terms[1]} \cdot {terms[2]}", isolate=terms, font_size=84)
        rule[terms[1]].set_color(GRADIENT)
        rule[terms[2]].set_color(GRADIENT)
        self.play(FadeIn(title, 0.3 * UP), run_time=0.8)
        self.play(FadeIn(rule, scale=1.15), run_time=0.8)
        self.wait(0.7)

        # Make room for the picture
        self.play(rule.animate.scale(0.65).next_to(title, DOWN, buff=0.35), run_time=0.8)
        self.title, self.rule, self.terms = title, rule, terms

    def pull_the_composition_apart(self):
        # Write the composition
        whole = Tex("F = f(g(x))", isolate=list("Ffgx()"), font_size=84).shift(0.8 * DOWN)
        self.play(FadeIn(whole), run_time=0.8)

        # Pull it apart: a box for each value, an arrow for each function
        chain = FunctionChain(["x", "g", "F"], self.colors, box_width=2.6, box_height=1.3, font_size=HEADING).shift(
            0.8 * DOWN
        )
        names = chain.get_arrow_labels(["g", "f"], DOWN)
        for box, symbol in zip(chain.boxes, "xgF", strict=True):
            box.label.save_state()
            box.label.replace(whole[symbol], dim_to_match=1)
        self.remove(whole["x"], whole["g"], whole["F"])
        self.play(
            *(FadeIn(box.frame, scale=1.5) for box in chain.boxes),
            *(Restore(box.label, path_arc=-2) for box in chain.boxes),
            *(FadeOut(whole[mark]) for mark in "=()"),
            FadeTransform(whole["f"], names[1]),
            FadeIn(names[0]),
            LaggedStartMap(GrowArrow, chain.arrows, lag_ratio=0.3),
            run_time=1.5,
        )

        # Light each factor up on its own arrow
        slopes = VGroup(self.rule[self.terms[2]], self.rule[self.terms[1]]).copy()
        self.play(
            LaggedStart(
                *(
                    AnimationGroup(
                        slope.animate(path_arc=0.6).scale(0.9).next_to(arrow, UP, buff=0.15),
                        arrow.animate.set_color(GRADIENT),
                    )
                    for slope, arrow in zip(slopes, chain.arrows, strict=True)
                ),
                lag_ratio=0.6,
            ),
            run_time=1.6,
        )
        self.wait(0.4)
        self.chain, self.names, self.slopes = chain, names, slopes

    def put_numbers_in(self):
        # Choose g and f
        graph = self.run_composition(self.x)
        g, f = graph.node("g"), graph.node("F")
        formulas = VGroup(
            Tex(f"{node.name} = {node.tex}", font_size=HEADING - 4).move_to(box.frame)
            for node, box in zip((g, f), self.chain.boxes[1:], strict=True)
        )
        factors = g.derivatives_tex[0], f.derivatives_tex[0]
        slopes = self.chain.get_arrow_labels(factors, UP, color=GRADIENT)
        rule = Tex(Rf"{self.terms[0]} = {factors[1]} \cdot {factors[0]} = 2(x + 2)", isolate=factors, font_size=54)
        for factor in factors:
            rule[factor][0].set_color(GRADIENT)
        rule.move_to(self.rule)
        self.play(
            *(Transform(box.label, formula) for box, formula in zip(self.chain.boxes[1:], formulas, strict=True)),
            *(FadeTransform(old, new) for old, new in zip(self.slopes, slopes, strict=True)),
            FadeTransform(self.rule, rule),
            FadeOut(self.names),
            run_time=1.5,
        )
        self.wait(0.5)

        # Let a number run through
        values = VGroup(
            get_number(node.value, font_size=BODY).set_color(color).next_to(box, DOWN, buff=0.2)
            for node, box, color in zip(graph.nodes, self.chain.boxes, self.colors, strict=True)
        )
        self.play(FadeIn(values[0], 0.3 * DOWN), run_time=0.5)
        self.play(TransformFromCopy(values[0], values[1], path_arc=0.6), run_time=0.7)
        self.play(TransformFromCopy(values[1], values[2], path_arc=0.6), run_time=0.7)
        self.graph, self.values, self.slopes, self.rule = graph, values, slopes, rule

    def nudge_the_input(self):
        # Put each value on a number line, all to one scale
        picture = VGroup(self.chain, self.slopes, self.values)
        picture.generate_target().shift(1.2 * UP)
        lines = VGroup(
            NudgeLine(node.name, float(node.value), low, color).next_to(number, DOWN, buff=0.35)
            for node, low, color, number in zip(
                self.graph.nodes, (0, 1, 8), self.colors, picture.target[2], strict=True
            )
        )
        self.play(
            MoveToTarget(picture),
            *(FadeIn(VGroup(line.line, line.dot), 0.3 * UP) for line in lines),
            run_time=1,
        )

        # Nudge x and follow the nudge through each arrow
        for line, change in zip(lines, self.get_changes(self.nudge), strict=True):
            line.set_change(change)
        self.play(GrowFromPoint(lines[0].bar, lines[0].dot.get_center()), FadeIn(lines[0].label), run_time=0.7)
        for (before, after), slope in zip(pairwise(lines), self.slopes, strict=True):
            self.play(
                TransformFromCopy(before.bar, after.bar),
                FadeIn(after.label),
                Indicate(slope, color=FOCUS),
                run_time=1,
            )

        # Compare what was measured with what the rule says
        measured = LabelledNumber(R"{\Delta F \over \Delta x} =", "measured", source="nudge").set_color(FOCUS)
        ruled = LabelledNumber("2(x + 2) =", "by the rule", source="gradient").set_color(GRADIENT)
        VGroup(measured, ruled).arrange(RIGHT, buff=1.8).to_edge(DOWN, buff=SAFE_AREA)
        ruled.number.set_value(self.graph.node("x").gradient)
        nudge = ValueTracker(self.nudge)

        def follow(measured):
            changes = self.get_changes(nudge.get_value())
            for line, change in zip(lines, changes, strict=True):
                line.set_change(change)
            measured.number.set_value(changes[-1] / nudge.get_value())

        follow(measured)
        self.play(FadeIn(measured), FadeIn(ruled), run_time=0.8)
        self.wait(0.4)

        # Shrink the nudge until the two agree
        self.play(nudge.animate.set_value(self.smallest_nudge), UpdateFromFunc(measured, follow), run_time=2)
        self.wait(0.6)
        self.play(FadeOut(VGroup(lines, measured, ruled), 0.3 * DOWN), run_time=0.6)

    def hook_the_factors_together(self):
        # Take the two factors off their arrows and hook them together
        factors = [float(node.derivatives[0]) for node in self.graph.nodes[1:]]
        links = VGroup(ChainLink(get_number(factor, font_size=HEADING)) for factor in factors)
        for link, slope in zip(links, self.slopes, strict=True):
            link.match_x(slope).set_y(-2)
        self.play(*map(self.forge, self.slopes, links), run_time=1)
        product = self.get_product(self.graph)
        hook_together(links.generate_target()).next_to(product, LEFT, buff=0.4)
        VGroup(links.target, product).set_x(0).set_y(-2)
        self.play(MoveToTarget(links), FadeIn(product, time_span=(0.5, 0.9)), run_time=0.9)
        self.wait(0.7)

        # Clear the stage for a longer chain
        self.play(FadeOut(VGroup(links, product, self.chain, self.slopes, self.values, self.rule)), run_time=0.6)

    def forge(self, slope, link):
        """The slope comes down as a number, and a link closes round it."""
        return AnimationGroup(FadeTransform(slope.copy(), link.content), ShowCreation(link.outline, time_span=(0.4, 1)))

    def get_product(self, graph):
        """ "= dF/dx =" and the gradient that the backward pass of `graph` found at x."""
        equals = Tex(R"= {dF \over dx} =", font_size=HEADING)
        number = get_number(graph.node("x").gradient, font_size=HEADING, source="gradient").set_color(GRADIENT)
        return VGroup(equals, number).arrange(RIGHT, buff=0.25)

    def lengthen_the_chain(self):
        # Put four functions in a row
        graph = self.run_long_chain(self.x)
        whole = Tex(R"F = \ln \left( (3x + 1)^2 \right)", font_size=54).move_to(self.rule)
        labels = [f"{node.name} = {node.tex}" if node.tex else node.name for node in graph.nodes]
        chain = FunctionChain(
            labels, [INPUT, *3 * [OPERATION], LOSS], span=10.9, box_width=1.75, box_height=1, font_size=32
        ).shift(0.4 * UP)
        self.play(
            FadeIn(whole),
            LaggedStartMap(FadeIn, chain.boxes, lag_ratio=0.2),
            FadeIn(chain.arrows),
            run_time=1,
        )

        # Run a number through it
        values = VGroup(
            get_number(node.value, font_size=36).set_color(TEXT).next_to(box, DOWN, buff=0.2)
            for node, box in zip(graph.nodes, chain.boxes, strict=True)
        )
        self.play(
            Succession(
                FadeIn(values[0], run_time=0.4),
                *(TransformFromCopy(a, b, path_arc=0.6, run_time=0.5) for a, b in pairwise(values)),
            )
        )

        # Find each factor where it arises
        slopes = chain.get_arrow_labels([node.derivatives_tex[0] for node in graph.nodes[1:]], UP, GRADIENT, 36)
        self.play(
            LaggedStart(
                *(
                    AnimationGroup(FadeIn(slope, 0.2 * UP), arrow.animate.set_color(GRADIENT))
                    for slope, arrow in zip(slopes, chain.arrows, strict=True)
                ),
                lag_ratio=0.3,
            ),
            run_time=1.2,
        )

        # Hook all four together
        links = VGroup(
            ChainLink(get_number(node.derivatives[0], font_size=BODY), width=1.75) for node in graph.nodes[1:]
        )
        for link, arrow in zip(links, chain.arrows, strict=True):
            link.match_x(arrow).set_y(-1.9)
        self.play(LaggedStart(*map(self.forge, slopes, links), lag_ratio=0.2), run_time=1.4)
        product = self.get_product(graph)
        hook_together(links.generate_target()).next_to(product, LEFT, buff=0.4)
        VGroup(links.target, product).set_x(0).set_y(-1.9)
        self.play(MoveToTarget(links), FadeIn(product, time_span=(0.5, 0.9)), run_time=0.9)
        self.wait(0.8)

        # Say what it means
        caption = get_caption("We can compute derivatives of complex functions by breaking them into simple parts")
        self.play(FadeIn(caption, 0.2 * UP), run_time=0.8)
        self.wait(2)
