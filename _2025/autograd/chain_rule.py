from itertools import pairwise

from _2025.autograd.rails import HEIGHT, Rails
from manim_imports_ext import *
from truth.autograd import Value
from truth.graph import Graph

YS = 2.65, 0.3, -2.05  # of the rails of x, g and F
FAN_OUT = View(-24, -20, 0, (0.6, 0.1, 0), 8.4)


def get_composition(x, bend=0.0):
    """F = g^2 with g = x + 2 or, bent all the way (1), g = 3 x + 1: the graph of a run at x."""
    x = Value(x, "x")
    g = 3 * x + 1 if bend == 1 else (1 + 2 * bend) * x + (2 - bend) if bend else x + 2
    return Graph.from_value((g.named("g") ** 2).named("F"))


def get_long_chain(x):
    """F = ln (3 x + 1)^2, as four functions in a row: the graph of a run at x."""
    a = (3 * Value(x, "x")).named("a")
    b = (a + 1).named("b")
    return Graph.from_value((b**2).named("c").log().named("F"))


def get_named_values(graph, names):
    """Values of a graph: (n,)."""
    return np.array([float(graph.node(name).value) for name in names])


def get_slope(graph, inner, outer):
    """d(outer)/d(inner), along the one way there is between them: an array with one entry."""
    node, slope = graph.node(outer), np.array(1.0)
    while node.name != inner:
        slope, node = slope * node.derivatives[0], graph.nodes[node.inputs[0]]
    return slope


def get_rails(base=0.5):
    """The picture of F = (x + 2)^2: x, g and F on rails. The opening card ends with it."""
    return Rails(
        lambda x, bend: get_named_values(get_composition(x, bend), "xgF"), base, (INPUT, OPERATION, ACTIVATION), YS
    )


class ChainRuleScene(CaptionedScene):
    """A composition stretches a small change by the product of what its parts stretch it by."""

    x = 0.5
    nudge, magnification = 0.3, 1000

    def construct(self):
        rails, labels = self.look_at_the_map()
        ratios = self.nudge_the_input(rails)
        badge = self.shrink_the_nudge(rails, ratios)
        rest = self.let_both_stretch(rails, labels, ratios, badge)
        self.put_four_in_a_row(rails, labels, rest)

    # What stands beside the rails

    def get_value_label(self, graph, name, y, font_size=BODY):
        """A name and its value, left of a rail."""
        value = graph.node(name).value
        decimals = None if np.isclose(value, value.round(2)) else 2
        number = get_number(value, decimals, font_size=font_size, source=(name, "value"))
        label = VGroup(Tex(f"{name} =", font_size=font_size), number).arrange(RIGHT, buff=0.15)
        put_on_baseline(number, label[0][0])
        return label.move_to([-5.75, y, 0])

    def get_function(self, tex, above, below, font_size=BODY):
        """What a function does, between two rails."""
        return Tex(tex, font_size=font_size).set_color(OPERATION).move_to([-5.75, (above + below) / 2, 0])

    def get_quotient(self, top, bottom, letter=R"\Delta ", font_size=HEADING):
        """A ratio of two changes, or with letter "d" the derivative it runs to."""
        return Tex(f"{letter}{top} / {letter}{bottom}", font_size=font_size).set_color(
            GRADIENT if letter == "d" else FOCUS
        )

    def get_ratio(self, rails, gap, names, at, font_size=HEADING, letter=R"\Delta "):
        """By how much the nudge is longer below a gap, as it is measured there."""
        source = self.get_source(rails, gap, names)
        number = SourcedNumber(rails.get_ratio(gap), num_decimal_places=2, font_size=font_size, source=source)
        quotient = self.get_quotient(names[gap + 1], names[gap], letter, font_size)
        ratio = VGroup(quotient, Tex("=", font_size=font_size), number)
        ratio.arrange(RIGHT, buff=0.2).set_color(quotient.get_color()).set_backstroke(BACKGROUND, 6)
        ratio.quotient, ratio.number = quotient, number
        number.add_updater(lambda m: m.set_value(rails.get_ratio(gap)))
        return put_right(ratio, at)

    def get_frames(self, rails):
        """Frames round where two equal steps land on the last rail: the last one in sight, and one near the nudge."""
        landings = [part for part in rails.landings[-1] if part.get_fill_opacity() > 0]
        right = [part for part in landings if part.get_left()[0] > rails.lights[-1].get_right()[0]]
        return VGroup(SurroundingRectangle(part, buff=0.05).set_stroke(FOCUS, 6) for part in (landings[0], right[-1]))

    def settle(self, ratios, graph, names, font_size=HEADING):
        """Animations: each ratio turns into the derivative it has run to."""
        moves = []
        for ratio, (inner, outer) in zip(ratios, pairwise(names), strict=True):
            ratio.number.clear_updaters()
            slope = get_slope(graph, inner, outer)
            ratio.number.set_value(float(slope), source=Source(f"d{outer} / d{inner}", (), slope))
            new = self.get_quotient(outer, inner, "d", font_size).move_to(ratio.quotient, RIGHT)
            moves += [Transform(ratio.quotient, new), recolor(ratio[1:], FOCUS, GRADIENT)]
        return moves

    def get_badge(self, rails):
        """By how much the rails are magnified."""
        source = Source("magnification", of=lambda: rails.get("zoom"))
        config = dict(num_decimal_places=0, group_with_commas=True, edge_to_fix=LEFT)
        number = SourcedNumber(rails.get("zoom"), font_size=BODY, source=source, **config)
        badge = VGroup(Text("magnified ×", font_size=BODY), number).arrange(RIGHT, buff=0.15)
        put_on_baseline(number, badge[0])
        number.add_updater(lambda m: m.set_value(rails.get("zoom")))
        return badge.next_to([3.4, 3.42, 0], RIGHT, buff=0)

    def magnify(self, rails, run_time):
        """The nudge shrinks, then shrinks on under a growing magnifying glass; the badge says how far."""
        badge = self.get_badge(rails)
        self.play(*rails.get_moves(shown=0), run_time=0.3)
        self.play(*rails.get_moves(nudge=self.nudge / 10), run_time=0.5 * run_time)
        moves = rails.get_moves(nudge=self.nudge / self.magnification, zoom=self.magnification)
        self.add(badge[1])  # its digits change: it cannot fade in meanwhile
        self.play(*moves, FadeIn(badge[0], time_span=(0, 0.5)), run_time=run_time)
        return badge

    def fill_in(self, ratios, parts, terms, *others):
        """Each ratio flashes while what it is comes into the product below."""
        pairs = list(zip(ratios, terms[::-1], strict=True))
        self.play(
            *(FlashAround(parts(ratio), color=FOCUS, stroke_width=6) for ratio, _ in pairs),
            *(FadeIn(term, 0.4 * DOWN, time_span=(0.3, 0.9)) for _, term in pairs),
            *(FadeIn(other, time_span=(0.3, 0.9)) for other in others),
        )

    def get_source(self, rails, gap, names):
        return Source(f"Δ{names[gap + 1]} / Δ{names[gap]}", of=lambda: rails.get_ratio(gap))

    def get_product(self, graph, names, font_size=HEADING):
        """The chain rule in letters and numbers, below the rails.

        Parts: `left`, `quotients`, `factors`, `result`, `signs`.
        """
        steps = list(pairwise(names))[::-1]  # the last function first, as it is written
        first = graph.node(names[0])
        left = self.get_quotient(names[-1], names[0], "d", font_size)
        quotients = VGroup(self.get_quotient(outer, inner, "d", font_size) for inner, outer in steps)
        factors = VGroup(
            get_number(get_slope(graph, inner, outer), font_size=font_size, source=f"d{outer} / d{inner}")
            for inner, outer in steps
        )
        result = get_number(first.gradient, font_size=font_size, source=(names[0], "gradient"))
        dots = len(steps) - 1
        signs = VGroup(
            Tex(sign, font_size=font_size) for sign in ("=", *dots * [R"\cdot"], "=", *dots * [R"\cdot"], "=")
        )
        order = VGroup(left)
        for part, sign in zip((*quotients, *factors, result), signs, strict=True):
            order.add(sign, part)
        order.arrange(RIGHT, buff=0.2).set_y(-2.85)
        for number in (*factors, result):
            put_on_baseline(number.set_color(GRADIENT), left)
        product = VGroup(left, quotients, factors, result, signs)
        product.left, product.quotients, product.factors, product.result, product.signs = product
        return product

    # What happens

    def look_at_the_map(self):
        # Fly to the rails
        set_telephoto(self.frame)
        rails, graph = get_rails(self.x), get_composition(self.x)
        self.frame.reorient(*FAN_OUT)
        self.add(rails)
        self.play(self.frame.animate.reorient(*OVERVIEW), run_time=1.5)

        # Let a number run down through both functions
        values = VGroup(self.get_value_label(graph, name, y) for name, y in zip("xgF", YS, strict=True))
        functions = VGroup(
            self.get_function(tex, *ys) for tex, ys in zip(("g = x + 2", "F = g^2"), pairwise(YS), strict=True)
        )
        self.play(FadeIn(values[0], 0.3 * RIGHT), run_time=0.6)
        for value, function, ys in zip(values[1:], functions, pairwise(YS), strict=True):
            spark = Line(*([-2.6, y, 0] for y in ys)).set_stroke(WHITE, 12).insert_n_curves(20)
            self.play(
                FadeIn(function, time_span=(0, 0.5)),
                VShowPassingFlash(spark, time_width=0.7),
                FadeIn(value, 0.3 * RIGHT, time_span=(0.6, 1)),
            )
        return rails, VGroup(values, functions)

    def nudge_the_input(self, rails):
        # Ask how far F moves when x does
        self.say("If x moves a little, how far does F move?")
        source = Source("Δx", of=lambda: rails.get("nudge"))
        number = SourcedNumber(self.nudge, num_decimal_places=4, edge_to_fix=LEFT, font_size=BODY, source=source)
        change = VGroup(Tex(R"\Delta x =", font_size=BODY), number).arrange(RIGHT, buff=0.15)
        change.set_color(FOCUS).next_to([-2.7, YS[0] + HEIGHT / 2, 0], UR, buff=0.18)
        put_on_baseline(number, change[0][1])
        rails.state["reach"].set_value(0)
        self.play(*rails.get_moves(nudge=self.nudge))
        self.hush(FadeIn(change), run_time=0.5)
        number.add_updater(lambda m: m.set_value(rails.get("nudge")))

        # Carry the nudge to g
        names = "xgF"
        ratios = VGroup(self.get_ratio(rails, gap, names, [6.6, YS[gap] - 0.6, 0]) for gap in range(2))
        self.play(*rails.get_moves(reach=1), run_time=1.5)
        self.say("Adding 2 keeps the length of the nudge", FadeIn(ratios[0], 0.3 * LEFT))

        # Carry it on to F
        self.hush(*rails.get_moves(reach=2), run_time=2)
        self.say("Squaring stretches it", FadeIn(ratios[1], 0.3 * LEFT))
        frames = self.get_frames(rails)
        self.say("But not evenly: farther right, it stretches more", LaggedStartMap(FadeIn, frames, lag_ratio=0.5))
        self.hush(FadeOut(frames))
        self.change = change
        return ratios

    def shrink_the_nudge(self, rails, ratios):
        # Shrink the nudge under a growing magnifying glass
        self.say("Make the nudge smaller, and zoom in on it")
        badge = self.magnify(rails, run_time=2.4)

        # Look at what the glass shows: every step is stretched alike
        frames = self.get_frames(rails)
        self.say("Up close, every step is stretched alike", LaggedStartMap(FadeIn, frames, lag_ratio=0.5))
        self.hush(FadeOut(frames))

        # Call what the ratios run to by its name
        self.say(
            "As the nudge shrinks, the ratios become derivatives", *self.settle(ratios, get_composition(self.x), "xgF")
        )
        return badge

    def let_both_stretch(self, rails, labels, ratios, badge):
        # Step back, with the nudge on its way
        self.hush(FadeOut(ratios), run_time=0.4)
        self.play(*rails.get_moves(nudge=self.nudge, zoom=1, reach=1), run_time=1.2)
        self.play(FadeOut(badge), *rails.get_moves(shown=1), run_time=0.4)

        # Let the first function stretch as well
        steeper = self.get_function("g = 3x + 1", *YS[:2])
        self.say(
            "Now let the first function stretch as well",
            *rails.get_moves(bend=1),
            FadeOut(labels[1][0], time_span=(0, 0.4)),
            FadeIn(steeper, time_span=(0.4, 0.8)),
            self.frame.animate(rate_func=there_and_back).reorient(-16, -10, 0, (0, 0, 0), 8.3),
            run_time=1.8,
        )
        labels[1].replace_submobject(0, steeper)
        places = ([6.6, YS[gap] - 0.6, 0] for gap in range(2))
        ratios = VGroup(self.get_ratio(rails, gap, "xgF", place) for gap, place in enumerate(places))
        self.say("g moves three times as far. How about F?", FadeIn(ratios[0], 0.3 * LEFT))
        self.hush(*rails.get_moves(reach=2), run_time=1.4)
        self.play(FadeIn(ratios[1], 0.3 * LEFT), run_time=0.6)

        # Shrink this nudge too
        badge = self.magnify(rails, run_time=1.4)
        graph = get_composition(self.x, 1)
        self.play(*self.settle(ratios, graph, "xgF"), run_time=0.7)

        # Multiply the stretches
        product = self.get_product(graph, "xgF")
        self.fill_in(ratios, lambda r: r.quotient, product.quotients, product.left, *product.signs[:2])
        self.fill_in(ratios, lambda r: r.number, product.factors, *product.signs[2:4])
        stretch = product.result.get_num_string(product.result.value)
        self.say(
            f"F moves {stretch} times as far as x",
            FadeIn(VGroup(product.signs[4], product.result), 0.3 * RIGHT),
            FlashAround(product.result, color=FOCUS),
            run_time=1,
        )
        return VGroup(ratios, product)

    def put_four_in_a_row(self, rails, labels, rest):
        # Take the nudge back to x
        ratios, product = rest
        going = VGroup(*labels[0][1:], *labels[1], *ratios, product, self.change)
        self.hush(FadeOut(going), *rails.get_moves(reach=0), run_time=0.7)

        # Unfold three rails into five
        names, graph, size = "xabcF", get_long_chain(self.x), BODY
        colors = INPUT, *3 * [OPERATION], ACTIVATION
        folded = YS[0], YS[1], YS[1], YS[2], YS[2]
        new = Rails(lambda x, _: get_named_values(get_long_chain(x), names), self.x, colors, folded)
        for name in ("nudge", "zoom", "shown"):
            new.state[name].set_value(rails.get(name))
        new.draw()
        self.remove(rails)
        self.bring_to_back(new)
        ys = np.linspace(2.8, -1.9, 5)
        values = VGroup(self.get_value_label(graph, name, y, size) for name, y in zip(names, ys, strict=True))
        texs = "a = 3x", "b = a + 1", "c = b^2", R"F = \ln c"
        functions = VGroup(self.get_function(tex, *pair, 36) for tex, pair in zip(texs, pairwise(ys), strict=True))
        self.play(
            *new.get_moves(**{f"y{k}": y for k, y in enumerate(ys)}),
            ReplacementTransform(labels[0][0], values[0]),
            FadeIn(VGroup(values[1:], functions), time_span=(1.2, 1.8)),
            self.frame.animate(rate_func=there_and_back).reorient(20, -12, 0, (0, 0, 0), 8.3),
            run_time=2.2,
        )

        # Send the nudge through all four
        ratios = VGroup()
        for gap, (top, bottom) in enumerate(pairwise(ys)):
            place = [6.55, (top + bottom) / 2 + (0.08 if gap < 3 else -0.1), 0]
            ratio = self.get_ratio(new, gap, names, place, BODY, "d")
            if names[gap + 1] == "F":  # the one slope that is no plain number or doubling
                ratio[1].become(Tex("= 1 / c =", font_size=BODY).match_style(ratio[1]))
                put_right(ratio.arrange(RIGHT, buff=0.2), place)
            ratio.number.clear_updaters()
            slope = get_slope(graph, names[gap], names[gap + 1])
            ratio.number.set_value(float(slope), source=Source(f"d{names[gap + 1]} / d{names[gap]}", (), slope))
            ratios.add(ratio)
            plate = Plate(ratio, 0.07, color=BACKGROUND, thickness=0)  # crimson cannot be read on green
            self.play(
                *new.get_moves(reach=gap + 1),
                FadeIn(VGroup(plate, ratio), 0.3 * LEFT, time_span=(0.3, 0.65)),
                run_time=0.65,
            )

        # Multiply all four factors
        product = self.get_product(graph, names).set_max_width(13).set_y(-2.75)
        self.fill_in(ratios, lambda r: r.quotient, product.quotients, product.left, *product.signs[:4])
        self.fill_in(ratios, lambda r: r.number, product.factors, *product.signs[4:8])
        self.say(
            "However long the chain is, its slopes multiply",
            FadeIn(VGroup(product.signs[8], product.result), 0.3 * RIGHT),
            FlashAround(product.result, color=FOCUS),
            run_time=1,
        )
        self.wait(3.2)


def put_right(mobject, point):
    """Move a mobject so that it ends at a point."""
    return mobject.next_to(point, LEFT, buff=0)


def recolor(mobject, start, end):
    """Animation: another colour, also for a number that runs meanwhile."""
    return UpdateFromAlphaFunc(mobject, lambda m, a: m.set_fill(mix_colors(start, end, a)))
