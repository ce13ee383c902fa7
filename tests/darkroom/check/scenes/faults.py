"""Scenes with one fault each. A scene's name begins with what is wrong with it: see CODES in test_check.py."""
# ruff: noqa: F403, F405

import itertools as it

from manimlib import *


class OverlapAtRest(Scene):
    def construct(self):
        # Put one label on another
        self.play(Write(Text("the first label")))
        second = Text("a second one").shift(0.3 * RIGHT + 0.15 * UP)
        self.play(FadeIn(second))
        self.wait()


class OverlapByNumber(Scene):
    def construct(self):
        # A number grows into its unit
        number = DecimalNumber(1).next_to(ORIGIN, LEFT, buff=0.1)
        number.edge_to_fix = LEFT
        unit = Text("metres").next_to(number, RIGHT)
        self.add(number, unit)
        self.play(ChangeDecimalToValue(number, 12345.0))
        self.wait()


class OverlapInOneLineOfSeveral(Scene):
    def construct(self):
        # Only the last line of a paragraph is touched
        paragraph = Text("one long first line\nshort\nand a third one")
        self.add(paragraph, Tex("x^2 + y^2").move_to(paragraph[-4:]))
        self.wait()


class OverlapWhileMoving(Scene):
    def construct(self):
        # Drag a word slowly through a standing one
        still, moving = Text("standing"), Text("wandering").to_edge(LEFT)
        self.add(still, moving)
        self.play(moving.animate.to_edge(RIGHT), run_time=6, rate_func=linear)
        self.wait()


class CrossedByEdge(Scene):
    def construct(self):
        # Draw an edge through a label
        label = Text("weight")
        self.add(label)
        self.play(ShowCreation(Line(3 * LEFT + DOWN, 3 * RIGHT + UP)))
        self.wait()


class CrossedByGraph(Scene):
    def construct(self):
        # Label a curve on the curve
        axes = Axes((-3, 3), (-2, 2))
        graph = axes.get_graph(lambda x: np.sin(x))
        label = Tex(R"\sin(x)").move_to(axes.i2gp(1, graph))
        self.add(axes, graph, label)
        self.wait()


class CrossedByTooSmallBox(Scene):
    def construct(self):
        # Draw a box that cuts the text it should hold
        text = Text("too long for its box")
        self.add(text, Rectangle(3.5, 2))
        self.wait()


class CrossedByEdgeOverNode(Scene):
    def construct(self):
        # Join nodes from middle to middle, above the letters
        nodes = VGroup(Circle(radius=0.5).set_fill(BLACK, 1).set_stroke(WHITE, 2).shift(x * RIGHT) for x in (-2, 2))
        labels = VGroup(Tex(t).move_to(n) for t, n in zip("ab", nodes, strict=True))
        edge = Line(nodes[0].get_center(), nodes[1].get_center())
        self.add(nodes, labels, edge)
        self.wait()


class OffFrameText(Scene):
    def construct(self):
        # Write a sentence that does not fit
        self.play(Write(Text("a sentence that is by far too long to fit into one single line", font_size=60)))
        self.wait()


class OffFrameShape(Scene):
    def construct(self):
        # Leave a square half way out
        square = Square()
        self.play(ShowCreation(square))
        self.play(square.animate.move_to(7 * RIGHT))
        self.wait()


class OffFrameAfterZoom(Scene):
    def construct(self):
        # Add a label that the zoomed view cuts
        self.add(Square())
        self.play(self.frame.animate.scale(0.5))
        self.play(FadeIn(Text("label").move_to(3.4 * RIGHT)))
        self.wait()


class SmallText(Scene):
    def construct(self):
        # Whisper
        self.play(FadeIn(Text("a footnote nobody reads", font_size=14)))
        self.wait()


class SmallFormula(Scene):
    def construct(self):
        # Shrink a formula as it is made
        formula = Tex("e^{i \\pi} = -1").scale(0.35)
        self.play(Write(formula))
        self.wait()


class SmallByDistance(Scene):
    def construct(self):
        # Look from far away
        self.frame.scale(3)
        self.add(Text("far away"))
        self.wait()


class SmallMatrix(Scene):
    def construct(self):
        # Fill a dense matrix
        self.add(DecimalMatrix(np.arange(36).reshape(6, 6) / 7).set_height(1.6))
        self.wait()


class SlantedText(Scene):
    def construct(self):
        # Tilt a flat scene
        self.add(Text("tilted"), Square(4))
        self.frame.reorient(-30, 60)
        self.wait()


class LowContrastOnGround(Scene):
    def construct(self):
        # Write in dark grey
        self.play(Write(Text("hardly there", fill_color=GREY_E)))
        self.wait()


class LowContrastOnFill(Scene):
    def construct(self):
        # Write in white on yellow
        self.add(Rectangle(6, 2).set_fill(YELLOW, 1), Text("white on yellow"))
        self.wait()


class FlickerBlink(Scene):
    def construct(self):
        # Lose the circle for a moment
        circle = Circle()
        self.add(circle, Text("text").to_edge(UP))
        self.wait(0.5)
        self.remove(circle)
        self.wait(0.2)
        self.add(circle)
        self.wait(0.5)


class FlickerBlinkAlone(Scene):
    def construct(self):
        # Lose all there is
        circle = Circle()
        self.add(circle)
        self.wait(0.5)
        self.remove(circle)
        self.wait(0.2)
        self.add(circle)
        self.wait(0.5)


class FlickerVanish(Scene):
    def construct(self):
        # Take one of several away at once
        square = Square().shift(2 * LEFT)
        self.add(square, Circle(), Text("title").to_edge(UP))
        self.wait()
        self.remove(square)
        self.wait()


class FlickerJump(Scene):
    def construct(self):
        # Move without an animation
        square = Square().shift(2 * LEFT)
        self.add(square, Circle(), Text("title").to_edge(UP))
        self.wait()
        square.shift(RIGHT)
        self.wait()


class DeadTime(Scene):
    def construct(self):
        # Wait much too long
        self.play(FadeIn(Text("something")))
        self.wait(9)
        self.play(FadeIn(Text("something else").shift(UP)))


class EmptyBeat(Scene):
    def construct(self):
        # Turn a tracker that nothing follows
        tracker = ValueTracker()
        self.add(Text("something"))
        self.wait()
        self.play(tracker.animate.set_value(3))
        self.wait()


class CoveredText(Scene):
    def construct(self):
        # Slide an opaque card over half of a text
        text = Text("half of this is gone")
        self.add(text)
        self.play(FadeIn(Square(3).set_fill(BLUE, 1).set_stroke(width=0).shift(2 * RIGHT)))
        self.wait()


class FlickerByUpdater(Scene):
    def construct(self):
        # A label that is not sure whether it is there
        label = Text("now and then").shift(UP)
        label.add_updater(lambda m: m.set_opacity(0 if self.time % 0.5 > 0.25 else 1))
        self.add(label, Square())
        self.wait(2)


class OffFrameColumn(Scene):
    def construct(self):
        # Stack more neurons than the frame is high
        column = VGroup(Circle(radius=0.3).set_fill(BLUE, 0.5) for _ in range(14)).arrange(DOWN, buff=0.1)
        self.play(FadeIn(column))
        self.wait()


class CrossedAsAllFillsComeFirst(Scene):
    def construct(self):
        # Edges and nodes in one group: ManimGL paints all fills, then all lines, so the edge lies on the node
        edge = Line(3 * LEFT, 3 * RIGHT)
        node = Circle(radius=1.2).set_fill(BLUE_E, 1)
        self.add(VGroup(edge, node, Text("a node")))
        self.wait()


class SmallSerifLabels(Scene):
    def construct(self):
        # Name the bars in a typeface with hairlines: one finding for all that a loop adds
        for n, name in enumerate(("accuracy", "recall", "precision", "loss")):
            label = Text(name, font="Latin Modern Roman", font_size=21).move_to(3 * n * RIGHT + 4 * LEFT + n * UP / 2)
            self.play(FadeIn(label), run_time=0.3)
        self.wait()


class OffFrameTooWideMatrix(Scene):
    def construct(self):
        # Write down a matrix that is many frames wide
        self.play(FadeIn(VGroup(DecimalMatrix(np.arange(240).reshape(6, 40) / 7), Text("W").to_edge(UP))))
        self.wait()


class OffFrameTooHighColumn(Scene):
    def construct(self):
        # Write down a vector that is many frames high
        self.add(VGroup(DecimalNumber(k / 7, font_size=36) for k in range(60)).arrange(DOWN))
        self.wait()


class OffFrameGraph(Scene):
    def construct(self):
        # Draw a graph with more nodes than the frame has room for
        spots = [1.4 * (n % 16 - 7.5) * RIGHT + 1.8 * (n // 16 - 1.5) * UP for n in range(62)]
        nodes = VGroup(
            VGroup(Circle(radius=0.45).set_fill(GREY_E, 1), Text(f"{n}", font_size=30)).move_to(spot)
            for n, spot in enumerate(spots)
        )
        edges = VGroup(Line(a, b, buff=0.5) for a, b in it.pairwise(nodes))
        self.play(FadeIn(VGroup(edges, nodes)))
        self.wait()


class OverlapOfWordsThatPass(Scene):
    def construct(self):
        # Words fly over other words that are moved too
        title = Text("what they all have in common", font_size=60)
        self.add(title)
        facts = VGroup(Text(f"the {n} of many facts").move_to(4 * LEFT + DOWN) for n in ("first", "second"))
        self.play(FadeIn(facts[0]))
        self.wait(2)
        self.play(facts[0].animate.move_to(3 * RIGHT + UP), title.animate.shift(0.3 * DOWN), run_time=5)
        self.wait()


class CrossedWhileMoving(Scene):
    def construct(self):
        # Words are moved across the wires of a network, none of which they meet for long
        left, right = ([x * RIGHT + y * UP for y in (-3, -1.5, 0, 1.5, 3)] for x in (-2, 2))
        wires = VGroup(Line(a, b) for a in left for b in right).set_stroke(WHITE, 2)
        words = Text("some words", font_size=60).move_to(5 * LEFT + 0.4 * UP)
        self.add(wires, words)
        self.play(words.animate.move_to(5 * RIGHT + 0.4 * UP), run_time=2)
        self.wait()


class ReadingTimeTooShort(Scene):
    def construct(self):
        # Eight words for less than a second
        self.add(Square())
        caption = Text("eight words that nobody could possibly read now").to_edge(DOWN)
        self.play(FadeIn(caption), run_time=0.5)
        self.wait(0.5)
        self.play(FadeOut(caption), run_time=0.5)
        self.wait()


class ReadingTimeUntilCovered(Scene):
    def construct(self):
        # A card falls on words that have just been written
        words = Text("read this quickly, if you can")
        card = Rectangle(12, 2).set_fill(BLUE_E, 1)
        self.play(FadeIn(words), run_time=0.4)
        self.play(FadeIn(card), run_time=0.4)
        self.wait()


class EmptyPageBetween(Scene):
    def construct(self):
        # Fade to black, and from black
        first, second = Text("the first page"), Square()
        self.play(FadeIn(first))
        self.wait(2)
        self.play(FadeOut(first))
        self.play(FadeIn(second))
        self.wait()


class EmptyPageBehindACurtain(Scene):
    def construct(self):
        # Hide all behind a rectangle of the background's colour
        self.add(Square().set_fill(BLUE, 1).set_stroke(width=0))
        self.wait()
        curtain = FullScreenRectangle(fill_color=rgb_to_hex(self.camera.background_rgba[:3]), fill_opacity=1)
        self.add(curtain)
        self.wait(0.7)
        self.play(FadeOut(curtain))
        self.wait()
