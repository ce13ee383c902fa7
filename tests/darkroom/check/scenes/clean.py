"""Scenes with nothing wrong in them that a careless checker would complain of."""
# ruff: noqa: F403, F405, B905, RUF007

from manimlib import *


class LabelsInBoxes(Scene):
    def construct(self):
        # Labels in boxes and in filled circles, joined by lines that end at them
        boxes = VGroup(Rectangle(2, 1), Circle(radius=0.6).set_fill(BLUE_E, 1), Square(1.2)).arrange(RIGHT, buff=1.5)
        labels = VGroup(Text(t).move_to(b) for t, b in zip(("in", "mid", "out"), boxes))
        lines = VGroup(Line(a.get_right(), b.get_left(), buff=0) for a, b in zip(boxes, boxes[1:]))
        arrow = Arrow(DOWN * 3, labels[1].get_bottom(), buff=0.1)
        tight = SurroundingRectangle(labels[0], buff=0.05)
        self.play(FadeIn(boxes), Write(labels), ShowCreation(lines), GrowArrow(arrow))
        self.play(ShowCreation(tight))
        self.wait()


class EdgesBehindNodes(Scene):
    def construct(self):
        # Edges from middle to middle, hidden under the filled nodes
        spots = [2 * LEFT + UP, 2 * LEFT + DOWN, 2 * RIGHT]
        edges = VGroup(Line(a, spots[2]) for a in spots[:2])
        nodes = VGroup(Circle(radius=0.5).set_fill(BLACK, 1).set_stroke(WHITE).move_to(p) for p in spots)
        labels = VGroup(Tex(t).move_to(n) for t, n in zip("abc", nodes))
        edges.set_z_index(-1)
        self.add(edges)
        self.wait(0.1)
        nodes.set_z_index(1)
        labels.set_z_index(2)
        self.play(FadeIn(nodes), FadeIn(labels))
        self.wait()


class FormulasTransformed(Scene):
    def construct(self):
        # Morph formulas into each other in every way there is
        a = Tex("a^2 + b^2 = c^2", font_size=60)
        b = Tex("a^2 = c^2 - b^2", font_size=60)
        c = Tex(R"a = \sqrt{c^2 - b^2}", font_size=60)
        self.play(Write(a))
        self.play(TransformMatchingTex(a, b), run_time=2)
        self.play(ReplacementTransform(b, c), run_time=2)
        self.play(FadeTransform(c, a.copy()), run_time=2)
        self.wait(0.5)
        self.clear()
        first, second = Text("one sentence"), Text("another sentence")
        self.play(Write(first))
        self.play(FadeOut(first, UP), FadeIn(second, UP))
        self.play(Transform(second, Text("and a third")), run_time=2)
        self.play(TransformMatchingStrings(second, Text("and a fourth one")), run_time=2)
        self.wait()


class CopiesTakeTheirTime(Scene):
    def construct(self):
        # A copy of a formula slowly becomes another, over the one that stays
        first = Tex("x^2 + 6x + 5 = 0", font_size=60)
        second = Tex("x^2 + 6x + 9 = 4", font_size=60).shift(0.8 * DOWN)
        self.add(first)
        self.play(TransformMatchingTex(first.copy(), second), run_time=4)
        left, right = Text("left one").shift(2 * LEFT + 2 * UP), Text("right one").shift(2 * RIGHT + 2 * UP)
        self.play(FadeIn(left), FadeIn(right))
        self.play(left.animate.move_to(right), right.animate.move_to(left), run_time=5)
        self.wait()


class PartsCopied(Scene):
    def construct(self):
        # Copies of parts of a formula fly to where they go
        formula = Tex("y = m x + b", isolate=["m", "x", "b"]).to_edge(UP)
        target = Tex("m x", isolate=["m", "x"])
        self.add(formula)
        self.play(
            TransformFromCopy(formula["m"], target["m"]), TransformFromCopy(formula["x"], target["x"]), run_time=2
        )
        self.wait()


class CrossedOutOnPurpose(Scene):
    def construct(self):
        # Cross out, strike through, underline, cancel
        texts = VGroup(Text("crossed"), Text("struck out"), Text("underlined"), Tex("x + x")).arrange(DOWN, buff=0.6)
        self.play(Write(texts))
        cross = Cross(texts[0])
        strike = Line(texts[1].get_left() + 0.1 * LEFT, texts[1].get_right() + 0.1 * RIGHT, stroke_color=RED)
        cancel = Line(texts[3][0].get_corner(DL), texts[3][0].get_corner(UR), stroke_color=RED)
        self.play(ShowCreation(cross), ShowCreation(strike), ShowCreation(Underline(texts[2])), ShowCreation(cancel))
        self.wait()


class StrikeThroughTwoTexts(Scene):
    def construct(self):
        # One line through a row of two
        row = VGroup(Tex("3 ="), DecimalNumber(3.14)).arrange(RIGHT)
        self.add(row, Line(row.get_left() + 0.2 * LEFT, row.get_right() + 0.2 * RIGHT, stroke_color=RED))
        self.wait()


class DenseMatrix(Scene):
    def construct(self):
        # Numbers close together, boxed in row by row
        matrix = DecimalMatrix(np.arange(48).reshape(8, 6) / 7, num_decimal_places=2).set_height(6)
        rows = VGroup(SurroundingRectangle(row, buff=0.05) for row in matrix.get_rows())
        self.play(Write(matrix))
        self.play(LaggedStartMap(ShowCreation, rows))
        self.play(FadeOut(rows), matrix.get_rows()[2].animate.set_color(YELLOW))
        self.wait()


class WordsAlongVectors(Scene):
    def construct(self):
        # Words laid along arrows
        for angle in (0.3, 1.2, 2.5):
            vector = Vector(3 * np.array([np.cos(angle), np.sin(angle), 0]))
            word = Text("direction", font_size=36)
            word.rotate(vector.get_angle() if angle < PI / 2 else vector.get_angle() - PI)
            normal = rotate_vector(vector.get_unit_vector(), PI / 2)
            word.move_to(vector.get_center() + 0.35 * normal)
            self.play(GrowArrow(vector), FadeIn(word))
        self.wait()


class BracesAndBoxes(Scene):
    def construct(self):
        # A formula with a brace, a box round one part, and a title with a line under it
        title = Text("A title").to_edge(UP)
        line = Underline(title)
        formula = Tex("x^2 + 2xy + y^2", font_size=72)
        brace = Brace(formula, DOWN)
        text = brace.get_text("a square")
        self.play(Write(title), ShowCreation(line), Write(formula))
        self.play(GrowFromCenter(brace), FadeIn(text))
        self.play(ShowCreation(SurroundingRectangle(formula[0:2], buff=0.08)))
        self.play(FlashAround(formula), Indicate(text))
        self.play(ShowCreation(Circle(radius=0.35).move_to(formula[3])))  # it touches the letters beside it
        self.wait()


class TextOnItsOwnGround(Scene):
    def construct(self):
        # A grid and lines behind, and text that keeps them away
        plane = NumberPlane()
        self.play(ShowCreation(plane, run_time=1))
        on_plane = Text("on the plane").shift(0.5 * UR)
        boxed = Text("kept clear").shift(DOWN + LEFT).add_background_rectangle(opacity=1, buff=0.1)
        line = Line(5 * LEFT + 2 * DOWN, 5 * RIGHT + 2 * DOWN)
        haloed = Text("with a halo").move_to(2 * DOWN + 3 * RIGHT).set_backstroke(BLACK, 8)
        rules = VGroup(Line(6 * LEFT, 6 * RIGHT).shift(0.3 * k * DOWN) for k in range(3, 12)).set_stroke(GREY, 2)
        self.add(line, rules, Text("on ruled paper").move_to(4 * LEFT + 3 * DOWN))
        self.play(FadeIn(on_plane), FadeIn(boxed), FadeIn(haloed))
        self.wait()


class FixedLabelsOverSpace(ThreeDScene):
    def construct(self):
        # A solid that turns, a fixed title, labels in space
        axes = ThreeDAxes()
        sphere = Sphere(radius=1.5).set_color(BLUE, 0.8)
        title = Text("A sphere").to_corner(UL)
        title.fix_in_frame()
        label = Tex("z").next_to(axes.z_axis.get_end(), RIGHT)
        self.add(axes, sphere, title, label)
        self.play(self.frame.animate.increment_theta(1), run_time=2)
        self.wait()


class SpaceInAPlainScene(Scene):
    def construct(self):
        # Three dimensions without saying so by the class
        frame = self.frame
        frame.reorient(-40, 70)
        cube = Cube().set_color(BLUE)
        label = Text("cube").next_to(cube, OUT)
        self.add(cube, label)
        self.play(frame.animate.reorient(40, 70), run_time=2)
        self.wait()


class CodePanelWithBar(Scene):
    def construct(self):
        # A bar behind the line that runs
        code = Code("def f(x):\n    y = x * x\n    return y + 1", font="Inconsolata", font_size=36)
        panel = SurroundingRectangle(code, buff=0.4).set_fill("#111111", 1).set_stroke(GREY, 1)
        bar = Rectangle(panel.get_width() - 0.1, 0.45).set_fill(BLUE, 0.35).set_stroke(width=0)
        bar.move_to(code).set_y(code[0:7].get_y())
        self.add(panel)
        self.play(FadeIn(bar), Write(code))
        self.play(bar.animate.shift(0.5 * DOWN))
        self.wait()


class AxesWithNumbers(Scene):
    def construct(self):
        # Axes with numbers, a curve over them, a number line, a dot with its coordinates
        axes = Axes((-3, 3), (-2, 2), axis_config=dict(include_tip=False))
        axes.add_coordinate_labels(font_size=24)
        graph = axes.get_graph(lambda x: 1.5 * np.sin(2 * x), color=YELLOW)
        label = axes.get_graph_label(graph, Tex("f(x)"), x=0.8, direction=UP)
        self.play(ShowCreation(axes), ShowCreation(graph), FadeIn(label))
        dot = Dot().move_to(axes.i2gp(-1, graph))
        number = always_redraw(lambda: DecimalNumber(axes.x_axis.p2n(dot.get_center())).next_to(axes, RIGHT))
        self.add(dot, number)
        self.play(MoveAlongPath(dot, graph), run_time=3)
        line = NumberLine((-5, 5), include_numbers=True).to_edge(DOWN)
        self.play(FadeIn(line), FadeOut(number))
        self.play(FadeIn(axes.get_riemann_rectangles(graph, dx=0.5, fill_opacity=1)))
        self.wait()


class ZoomCutsWhatIsFar(Scene):
    def construct(self):
        # Text leaves because of the zoom, and comes back
        title, center = Text("Title of it all").to_edge(UP), Text("detail", font_size=24)
        side = Text("beside").move_to(2.8 * RIGHT + UP)
        self.add(title, center, side, Square(3))
        self.wait(0.5)
        self.play(self.frame.animate.scale(0.4).shift(1.2 * UP))
        self.wait()
        self.play(self.frame.animate.to_default_state())
        self.wait(0.5)


class ZoomedOutToContext(Scene):
    def construct(self):
        # From a detail that can be read to the whole, where it cannot
        text = Text("a detail")
        self.play(Write(text))
        self.play(self.frame.animate.scale(3))
        self.wait()


class ThingsComeAndGo(Scene):
    def construct(self):
        # Enter from outside, leave to the outside, bleed
        word = Text("passing by").move_to(9 * LEFT)
        wide = Rectangle(20, 1).set_fill(BLUE_E, 1).set_stroke(width=0).to_edge(DOWN, buff=0)
        self.add(wide, Line(10 * LEFT + 2 * UP, 10 * RIGHT + 2 * UP))
        self.play(word.animate.move_to(ORIGIN))
        self.wait(0.5)
        self.play(word.animate.move_to(9 * RIGHT))
        self.wait(0.3)
        self.play(LaggedStartMap(FadeInFromPoint, VGroup(Dot(x * RIGHT) for x in range(4)), point=9 * RIGHT))
        self.wait()


class DimmedAndHidden(Scene):
    def construct(self):
        # Dim what is not spoken of; hide things in three ways
        first, second = Text("spoken of").shift(UP), Text("not now").shift(DOWN)
        hidden = Text("nobody sees this").set_opacity(0)
        ghost = Text("nor this").set_opacity(0.02).shift(0.1 * UP)
        tiny = Text("nor that").scale(0)
        self.add(first, hidden, ghost, tiny)
        self.play(FadeIn(second))
        self.play(second.animate.set_opacity(0.3))
        self.play(first.animate.set_color(GREY_E), second.animate.set_opacity(1))
        self.wait()


class NumbersRideAlongEdges(Scene):
    def construct(self):
        # A value travels along the edge that carries it, past a label
        edge = Line(4 * LEFT, 4 * RIGHT)
        label = Tex("w").next_to(edge, UP)
        number = DecimalNumber(0.73, font_size=36).move_to(4 * LEFT)
        self.add(edge, label, number)
        self.play(MoveAlongPath(number, Line(4 * LEFT, 5 * RIGHT)), run_time=2)
        self.play(number.animate.scale(1.5))
        self.wait()


class CutsBetweenPictures(Scene):
    def construct(self):
        # Clear the stage at once and show something else
        self.add(Text("before").shift(UP), Square().shift(DOWN))
        self.wait(1)
        self.clear()
        self.add(Circle(), Text("after").to_edge(UP))
        self.wait(0.5)
        group = VGroup(Dot(), Dot(UP))
        self.play(FadeIn(group))
        self.remove(group)
        self.add(*group)
        self.wait(0.5)
        copy = group.copy()
        self.remove(*group)
        self.add(copy)
        self.wait(0.5)


class UpdatersAndTracers(Scene):
    def construct(self):
        # Labels that follow, values that count, traces that fade
        dot = Dot().shift(3 * LEFT)
        tracker = ValueTracker(0)
        value = DecimalNumber(0).to_corner(UR)
        value.f_always.set_value(tracker.get_value)
        label = Text("dot")
        label.always.next_to(dot, UP)
        trail = TracingTail(dot)
        self.add(dot, value, label, trail)
        self.play(dot.animate.shift(6 * RIGHT), tracker.animate.set_value(100), run_time=2)
        self.wait(2)


class WaivedInBothWays(Scene):
    def construct(self):
        # Allow two things, each where it is
        small = Text("the small print", font_size=12)
        small.waive = {"L004": "it is there to be too small to read"}
        self.play(FadeIn(small))
        self.wait()

        # Hold for a long reading
        # darkroom: allow L008 because this is read aloud in full
        self.wait(8)
        self.play(FadeOut(small))


class NothingPlayed(Scene):
    def construct(self):
        self.add(Text("one picture"))


class LettersBecomeLabels(Scene):
    def construct(self):
        # Letters of a formula go where boxes bring the same letters, and make room for them
        formula = Tex("f(g(x))", isolate=["f", "g", "x"]).shift(2 * UP)
        labels = VGroup(Tex(t) for t in "fgx").arrange(RIGHT, buff=2)
        letters = VGroup(formula[t] for t in "fgx")
        self.add(formula)
        self.play(FadeOut(formula["("]), FadeOut(formula[")"]))
        self.play(*(letter.animate.move_to(label) for letter, label in zip(letters, labels)))
        self.play(FadeIn(labels))
        self.remove(letters)
        self.wait()


class NumbersInAFormula(Scene):
    def construct(self):
        # Numbers in a formula count, and one of its letters is animated by itself
        formula = Tex("x^2 + y^2 = 4.00")
        number = formula.make_number_changeable("4.00")
        exponents = formula.make_number_changeable("2", replace_all=True)
        self.add(formula)
        self.play(ChangeDecimalToValue(number, 9.0))
        self.play(exponents.animate.set_color(RED), LaggedStartMap(FlashAround, exponents))
        self.wait()


class RemovedBehindACurtain(Scene):
    def construct(self):
        # Change the scenery while nobody can see it
        text, square = Text("one").shift(1.7 * UP), Square().set_fill(RED, 1).set_stroke(width=0)
        curtain = Rectangle(8, 5).set_fill(BLUE_E, 1)
        self.add(text, square, Text("a title").to_edge(UP, buff=0.2))
        self.play(FadeIn(curtain))
        self.remove(text, square)
        self.wait(0.5)


class NodesOverEdges(Scene):
    def construct(self):
        # Edges drawn first, from middle to middle; the nodes hide them, as each is put on stage by itself
        edge = Line(3 * LEFT, 3 * RIGHT)
        node = Circle(radius=1.2).set_fill(BLUE_E, 1)
        self.add(edge, node, Text("a node"))
        self.wait()


class LabelsPassInSpace(ThreeDScene):
    def construct(self):
        # The view turns, and labels pass in front of each other
        words = VGroup(
            Text(w).rotate(PI / 2, RIGHT).move_to(p) for w, p in (("king", 2 * UP), ("queen", 2 * DOWN + 1.3 * OUT))
        )
        self.add(ThreeDAxes(), words)
        self.play(self.frame.animate.increment_theta(2), run_time=12)
        self.wait()


class LabelsAtTicks(Scene):
    def construct(self):
        # Words and formulas at the ticks of an axis, of one made by hand, and under bars
        axes = Axes((0, 10), (-1, 1), unit_size=1.2).to_edge(UP)
        axes.x_axis.add(
            VGroup(
                Text(t, font_size=18).next_to(axes.x_axis.n2p(n), DOWN) for n, t in enumerate(["π/2", "π", "3π/2"], 1)
            )
        )
        line = Line(6 * LEFT, 6 * RIGHT).shift(3 * DOWN)
        days = VGroup(
            Text(day, font_size=16).next_to(line.pfp((n + 0.5) / 5), DOWN, buff=0.15)
            for n, day in enumerate(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"))
        )
        bars = VGroup(Rectangle(1, 1 + n % 3).next_to(line.pfp((n + 0.5) / 5), UP, buff=0) for n in range(5))
        self.play(ShowCreation(axes), ShowCreation(line), FadeIn(days), FadeIn(bars.set_fill(BLUE, 1)))
        self.wait()


class SansLabelsInAChart(Scene):
    def construct(self):
        # A typeface with high small letters and even strokes can be smaller than one with hairlines
        labels = VGroup(Text(w, font="Latin Modern Sans", font_size=21) for w in ("accuracy", "recall", "precision"))
        self.play(FadeIn(labels.arrange(RIGHT, buff=2).shift(DOWN)))
        self.wait()


class PercentCells(Scene):
    def construct(self):
        # Numbers in dense tables, in text and in TeX, with what TeX needs to write them
        makers = (
            lambda k: Tex(Rf"{k}\%", font_size=22),
            lambda k: Text(f"{k}%", font_size=21),
            lambda k: Tex(Rf"{k}{{,}}000", font_size=22),
            lambda k: Tex(Rf"-{k}^{{\circ}}", font_size=22),
            lambda k: Tex(Rf"{k} \cdot 10^{{-3}}", font_size=22),
        )
        tables = VGroup(VGroup(make(k) for k in range(10, 25)).arrange_in_grid(5, 3, buff=0.3) for make in makers)
        self.play(FadeIn(tables.arrange_in_grid(2, 3, buff=0.8)))
        self.wait()


class Backdrops(Scene):
    def construct(self):
        # One giant, dark, cropped letter behind words; then a dark ring, cropped too
        big = Text("7", font_size=1200).set_fill("#1C2130", 1).shift(DOWN)
        self.play(FadeIn(big), Write(Text("days", font_size=96)))
        self.wait()
        ring = Circle(radius=3).set_stroke("#1C2130", 60).move_to(5 * RIGHT)
        self.play(FadeOut(big), FadeIn(ring))
        self.wait()


class ALongPage(Scene):
    def construct(self):
        # The camera travels down a page that is higher than the frame
        page = VGroup(Text(f"This is line {n}") for n in range(1, 21)).arrange(DOWN, buff=0.4).to_edge(UP)
        self.add(page)
        self.wait()
        self.play(self.frame.animate.set_y(page[-5].get_y()), run_time=4)
        self.wait()


class NearToAMatrix(Scene):
    def construct(self):
        # The camera stands so near that most of what would fit the frame is outside
        matrix = DecimalMatrix(np.arange(48).reshape(8, 6) / 7, num_decimal_places=2).set_height(7)
        self.frame.scale(0.4)
        self.add(matrix)
        self.wait()


class WordsRideAndLeaveCopies(Scene):
    def construct(self):
        # A word rides along its wire; a copy leaves its original slowly; a plate carries words over words and wires
        wire = Line(5 * LEFT, 5 * RIGHT).shift(3 * UP)
        rider = Text("signal").move_to(wire.get_start())
        self.add(wire)
        self.play(FadeIn(rider), run_time=0.3)
        self.play(MoveAlongPath(rider, wire), run_time=4)
        self.play(FadeOut(rider), FadeOut(wire))
        word = Text("original", font_size=72)
        copy = word.copy()
        self.add(word)
        self.play(copy.animate.shift(2 * DOWN), run_time=4)
        self.wait()
        plate = VGroup(Rectangle(6, 1.2).set_fill(BLUE_E, 1).set_stroke(width=0), Text("on a plate")).move_to(4 * LEFT)
        plate.set_z_index(1)
        wires = VGroup(Line(y * UP + 2 * LEFT, 2 * RIGHT) for y in (-3, -1, 1, 3))
        self.play(FadeOut(word), FadeOut(copy), FadeIn(wires), FadeIn(plate))
        self.play(plate.animate.move_to(4 * RIGHT), run_time=4)
        self.wait()


class WordsThatComeAndGoInTime(Scene):
    def construct(self):
        # A caption that can be read, a counter with a word, a word taken over by a copy, a name in a formula
        caption = Text("a few words, held").to_edge(DOWN)
        counter = always_redraw(lambda: Text(f"step {int(10 * self.time)}").to_corner(UL))
        self.add(counter)
        self.play(FadeIn(caption), run_time=0.5)
        self.wait(1.5)
        other = caption.copy()
        self.remove(caption)
        self.add(other)
        self.wait(0.3)
        self.play(FadeOut(other), FadeIn(Tex(R"L = \text{loss}")))
        self.wait()


class PagesThatHandOver(Scene):
    def construct(self):
        # One page goes while the next one comes; the end is black
        first, second = Square().set_fill(BLUE, 1), Circle().set_fill(RED, 1)
        self.play(FadeIn(first))
        self.play(FadeOut(first), FadeIn(second))
        self.play(FadeOut(second))
        self.wait()


class ViewsThatMove(ThreeDScene):
    def construct(self):
        # The camera moves over words and wires; what it has passed is behind it
        frame = self.frame
        words, wire = Text("some words"), Line(3 * LEFT + UP, 3 * RIGHT + UP)
        title = Text("A title").to_edge(UP)
        title.fix_in_frame()
        self.add(words, wire, title)
        self.wait()
        self.play(frame.animate.set_height(5).shift(UP * 0.5), run_time=2)
        self.play(frame.animate.reorient(0, 60).set_height(3), run_time=2)
        self.wait()


class WordsOfASentenceComeOneByOne(Scene):
    def construct(self):
        # Show the first word, then the others
        sentence = Text("one word, and then three more")
        self.play(FadeIn(sentence["one word"]))
        self.wait(2)
        self.play(TransformFromCopy(sentence["one word"], sentence["and then three more"]))
        self.remove(*sentence.get_family())
        self.add(sentence)
        self.wait(3)
