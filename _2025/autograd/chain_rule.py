from manim_imports_ext import *
from truth.autograd import Value
from truth.graph import Graph
from truth.numerics import shown_text


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
        # Name the subject, a composition and its rule
        title = get_title("The Chain Rule: Foundation of Backpropagation")
        whole = Tex("F = f(g(x))", isolate=list("Ffgx()"), font_size=84)
        terms = R"{dF \over dx}", R"{dF \over dg}", R"{dg \over dx}"
        rule = Tex(Rf"{terms[0]} = {terms[1]} \cdot {terms[2]}", isolate=terms, font_size=84)
        rule[terms[1]].set_color(GRADIENT)
        rule[terms[2]].set_color(GRADIENT)
        VGroup(rule, whole).arrange(DOWN, buff=0.9).shift(0.3 * DOWN)
        self.play(FadeIn(title, 0.3 * UP), FadeIn(whole), run_time=0.8)
        self.play(FadeIn(rule, 0.2 * UP), run_time=0.8)
        self.wait(0.6)

        # Make room for the picture
        self.play(rule.animate.scale(0.65).next_to(title, DOWN, buff=0.35), whole.animate.set_y(-0.8), run_time=1)
        self.rule, self.terms, self.whole = rule, terms, whole

    def pull_the_composition_apart(self):
        # Pull the composition apart into a box for each value
        whole = self.whole
        chain = FunctionChain(["x", "g", "F"], self.colors, box_width=2.6, box_height=1.3, font_size=HEADING)
        chain.shift(0.8 * DOWN)
        letters = VGroup(whole[symbol] for symbol in "xgF").set_z_index(1)  # the boxes come in behind them
        for letter, box in zip(letters, chain.boxes, strict=True):
            letter.generate_target().match_height(box.label).move_to(box.label)
        self.play(*(FadeOut(whole[mark]) for mark in "f=()"), run_time=0.5)
        self.play(*(MoveToTarget(letter, path_arc=-1.2) for letter in letters), run_time=1)
        self.play(
            *(FadeIn(box) for box in chain.boxes),
            LaggedStartMap(GrowArrow, chain.arrows, lag_ratio=0.4),
            FadeOut(letters, time_span=(0.6, 0.8)),
            run_time=0.8,
        )

        # Light each factor up on its own arrow
        places = chain.get_arrow_labels([self.terms[2], self.terms[1]], UP, font_size=44)
        slopes = VGroup(self.rule[self.terms[2]], self.rule[self.terms[1]]).copy()
        for slope, place, arrow, arc in zip(slopes, places, chain.arrows, (-1.2, 1.2), strict=True):
            slope.generate_target().match_height(place).move_to(place)
            self.play(MoveToTarget(slope, path_arc=arc), arrow.animate.set_color(GRADIENT), run_time=0.8)
        self.chain, self.slopes = chain, slopes

    def put_numbers_in(self):
        # Choose g and f
        graph = self.run_composition(self.x)
        g, f = graph.node("g"), graph.node("F")
        formulas = VGroup(
            Tex(f"{node.name} = {node.tex}", font_size=HEADING - 4).move_to(box.frame)
            for node, box in zip((g, f), self.chain.boxes[1:], strict=True)
        )
        labels = VGroup(box.label for box in self.chain.boxes[1:])
        self.play(FadeOut(labels), run_time=0.3)
        for box, formula in zip(self.chain.boxes[1:], formulas, strict=True):
            box.label.become(formula)
        self.play(FadeIn(labels), run_time=0.5)

        # Find the slope of each
        factors = g.derivatives_tex[0], f.derivatives_tex[0]
        slopes = self.chain.get_arrow_labels(factors, UP, GRADIENT, 44)
        for old, new in zip(self.slopes, slopes, strict=True):
            self.swap(old, new)
        rule = Tex(Rf"{self.terms[0]} = {factors[1]} \cdot {factors[0]} = 2(x + 2)", isolate=factors, font_size=54)
        for factor in factors:
            rule[factor][0].set_color(GRADIENT)
        rule.move_to(self.rule)
        self.swap(self.rule, rule)
        self.wait(0.6)
        self.slopes, self.rule = slopes, rule

        # Let a number run through
        values = self.get_values(graph, self.chain, self.colors)
        self.run_through(values, self.chain, self.colors)
        self.graph, self.values = graph, values

    def swap(self, old, new):
        """Out, then in: two formulas never lie on each other."""
        self.play(FadeOut(old), run_time=0.3)
        self.play(FadeIn(new), run_time=0.5)

    def get_values(self, graph, chain, colors, font_size=BODY):
        """Each value of `graph` below its box."""
        return VGroup(
            get_number(node.value, font_size=font_size, source=(node.name, "value"))
            .set_color(color)
            .next_to(box, DOWN, buff=0.2)
            for node, box, color in zip(graph.nodes, chain.boxes, colors, strict=True)
        )

    def run_through(self, values, chain, colors):
        """A spark runs along each arrow, and the next value appears."""
        self.play(FadeIn(values[0]), run_time=0.3)
        for arrow, value, color in zip(chain.arrows, values[1:], colors, strict=False):
            track = Line(arrow.get_left(), arrow.get_right()).set_stroke(color, 8)
            self.play(VShowPassingFlash(track, time_width=0.7), FadeIn(value, time_span=(0.2, 0.4)), run_time=0.4)

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
        caption = get_caption("The same scale on all three lines")
        self.play(MoveToTarget(picture), run_time=0.6)
        self.play(*(FadeIn(VGroup(line.line, line.dot)) for line in lines), FadeIn(caption), run_time=0.6)

        # Nudge x and follow the nudge through each arrow
        nudge = ValueTracker(self.nudge)
        for i, (line, change) in enumerate(zip(lines, self.get_changes(self.nudge), strict=True)):
            line.set_change(change)
            line.number.source = Source(line.name, of=lambda i=i: self.get_changes(nudge.get_value())[i])
        self.play(GrowFromPoint(lines[0].bar, lines[0].dot.get_center()), FadeIn(lines[0].label), run_time=0.7)
        for line, arrow, slope in zip(lines[1:], self.chain.arrows, self.slopes, strict=True):
            track = Line(arrow.get_left(), arrow.get_right()).set_stroke(FOCUS, 8)
            self.play(
                VShowPassingFlash(track, time_width=0.7, time_span=(0, 0.6)),
                Indicate(slope, color=FOCUS),
                GrowFromPoint(line.bar, line.dot.get_center(), time_span=(0.5, 1)),
                FadeIn(line.label, time_span=(0.5, 1)),
                run_time=1,
            )

        # Compare what was measured with what the rule says
        slope = Source("ΔF / Δx", of=lambda: self.get_changes(nudge.get_value())[-1] / nudge.get_value())
        glass = Source("zoom", of=lambda: self.nudge / nudge.get_value())
        measured = LabelledNumber(R"{\Delta F \over \Delta x} =", "measured", source=slope).set_color(FOCUS)
        ruled = LabelledNumber("2(x + 2) =", "by the rule").set_color(GRADIENT)
        zoom = LabelledNumber(R"\times", "zoom", decimals=0, source=glass).set_color(MUTED)
        VGroup(zoom, measured, ruled).arrange(RIGHT, buff=1.4)
        for group in (zoom, measured, ruled):
            group.shift((-2.85 - group.number.get_y()) * UP)
        ruled.number.set_value(self.graph.node("x").gradient, source=("x", "gradient"))

        def follow(measured):
            changes = self.get_changes(nudge.get_value())
            for line, change in zip(lines, changes, strict=True):
                line.set_change(change, zoom=glass.true_value())
            zoom.number.set_value(glass.true_value())
            measured.number.set_value(slope.true_value())

        follow(measured)
        self.play(FadeOut(caption), run_time=0.3)
        self.play(FadeIn(zoom), FadeIn(measured), FadeIn(ruled), run_time=0.6)
        self.wait(0.2)

        # Shrink the nudge, under a growing magnifying glass, until the two agree
        self.play(
            UpdateFromAlphaFunc(
                nudge, lambda m, a: m.set_value(self.nudge ** (1 - a) * self.smallest_nudge**a), run_time=2.5
            ),
            UpdateFromFunc(measured, follow),
        )
        self.wait(1)
        self.play(FadeOut(VGroup(lines, measured, ruled, zoom)), run_time=0.4)

    def hook_the_factors_together(self):
        # Put the number into the slope that needs one
        f, arrow = self.graph.node("F"), self.chain.arrows[1]
        slope = Tex(f"{f.derivatives_tex[0]} = {shown_text(f.derivatives[0], 0)}", font_size=44)
        slope.set_color(GRADIENT).match_y(self.slopes[1]).match_x(arrow)
        self.play(Indicate(self.values[1], color=FOCUS), run_time=0.6)
        self.swap(self.slopes[1], slope)
        slopes = VGroup(self.slopes[0], slope)

        # Take the two factors off their arrows and hook them together
        chain = self.forge_chain(self.graph, slopes, width=1.9)
        for animation in chain.set_y(-2).get_forging(slopes):
            self.play(animation)
        self.wait(0.5)

        # Clear the stage for a longer chain
        self.play(FadeOut(VGroup(chain, self.chain, slopes, self.values, self.rule)), run_time=0.4)

    def lengthen_the_chain(self):
        # Put four functions in a row
        graph = self.run_long_chain(self.x)
        whole = Tex(R"F = \ln \left( (3x + 1)^2 \right)", font_size=54).move_to(self.rule)
        labels = [f"{node.name} = {node.tex}" if node.tex else node.name for node in graph.nodes]
        colors = [INPUT, *3 * [OPERATION], LOSS]
        chain = FunctionChain(labels, colors, span=11.3, box_width=1.85, box_height=1.05, font_size=36)
        chain.shift(0.4 * UP)
        self.play(FadeIn(whole), LaggedStartMap(FadeIn, chain.boxes, lag_ratio=0.2), FadeIn(chain.arrows), run_time=0.8)

        # Run a number through it
        values = self.get_values(graph, chain, colors, font_size=36)
        self.run_through(values, chain, colors)

        # Find each factor where it arises
        slopes = chain.get_arrow_labels([node.derivatives_tex[0] for node in graph.nodes[1:]], UP, GRADIENT, 36)
        self.play(
            LaggedStart(
                *(
                    AnimationGroup(FadeIn(slope, 0.2 * UP), arrow.animate.set_color(GRADIENT))
                    for slope, arrow in zip(slopes, chain.arrows, strict=True)
                ),
                lag_ratio=0.4,
            ),
            run_time=1.4,
        )

        # Hook all four together
        links = self.forge_chain(graph, slopes, width=2)
        needed = VGroup(values[2], values[3])  # b and c: the slopes 2b and 1/c need them
        self.play(LaggedStart(*(Indicate(value, color=FOCUS) for value in needed), lag_ratio=0.5), run_time=0.9)
        for animation in links.set_y(-1.8).get_forging(slopes):
            self.play(animation)
        self.wait(0.5)

        # Say what it means
        caption = get_caption("We can compute derivatives of complex functions by breaking them into simple parts")
        self.play(FadeIn(caption, 0.2 * UP), run_time=0.8)
        self.wait(1.6)
        self.play(FadeOut(Group(*self.mobjects[1:])), run_time=0.4)

    def forge_chain(self, graph, slopes, width):
        """One link per arrow with the factor's number in it, and the product that the backward pass found."""
        links = VGroup(ChainLink(get_factor(node.derivatives[0]), width=width) for node in graph.nodes[1:])
        product = get_number(graph.node("x").gradient, font_size=HEADING, source=("x", "gradient"))
        return Chain(R"{dF \over dx} =", links, product.set_color(GRADIENT))
