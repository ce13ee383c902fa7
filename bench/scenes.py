"""What `python -m bench` renders besides the collection's own films: a scene for each kind of work."""

from manim_imports_ext import *


class TextAndFormulas(InteractiveScene):
    """Words and formulas are written, rearranged and taken away."""

    def construct(self):
        title = Text("Gradient descent takes small steps downhill", font_size=48).to_edge(UP)
        loss = Tex(R"L(\theta) = \frac{1}{n} \sum_{i=1}^{n} \big( f(x_i; \theta) - y_i \big)^2", font_size=54)
        step = Tex(R"\theta \leftarrow \theta - \eta \nabla_{\theta} L", font_size=54)
        words = VGroup(
            Text("the loss says how wrong the network is", font_size=30),
            Text("its slope says which way is worse", font_size=30),
            Text("the learning rate says how far to go", font_size=30),
        ).arrange(DOWN, aligned_edge=LEFT)
        VGroup(loss, step, words).arrange(DOWN, buff=0.6)
        self.play(Write(title))
        self.play(FadeIn(loss, 0.3 * UP))
        self.play(TransformFromCopy(loss, step))
        self.play(LaggedStartMap(FadeIn, words, shift=0.2 * UP, lag_ratio=0.4))
        self.play(step.animate.scale(1.2).set_color(GRADIENT), words[1].animate.set_color(GRADIENT))
        self.wait()
        self.play(FadeOut(VGroup(title, loss, words)), step.animate.center())


class LearningMatrix(InteractiveScene):
    """Weights run to other values, all their numbers counting."""

    def construct(self):
        rng = np.random.default_rng(4)
        start, end = rng.normal(size=(2, 10, 12))
        matrix = WeightMatrix(start, source="W", height=6.4)
        self.play(FadeIn(matrix))
        self.play(AnimateEntriesTo(matrix, end, run_time=3))
        self.play(AnimateEntriesTo(matrix, start, lag_ratio=0.02, run_time=3))
        self.wait(0.5)


class StockNumbers(InteractiveScene):
    """ManimGL's own DecimalMatrix and DecimalNumber, counting."""

    def construct(self):
        rng = np.random.default_rng(5)
        start, end = rng.normal(size=(2, 6, 7))
        matrix = DecimalMatrix(start).set_height(5)
        entries = matrix.get_entries()
        self.play(FadeIn(matrix))
        self.play(
            *(ChangeDecimalToValue(entry, value) for entry, value in zip(entries, end.flatten(), strict=True)),
            run_time=3,
        )
        self.wait(0.5)


class ManyEdges(InteractiveScene):
    """A network of over a thousand edges takes inputs and changes its weights."""

    def construct(self):
        rng = np.random.default_rng(6)
        shapes = [(24, 16), (24, 24), (10, 24)]
        weights, others = ([rng.normal(size=shape) / 3 for shape in shapes] for _ in range(2))
        network = NeuralNetwork(weights, max_shown=24, height=7, layer_buff=3.4)
        self.play(FadeIn(network))
        self.play(network.forward_pulse(rng.uniform(size=16)))
        self.play(network.animate.set_weights(others))
        self.play(network.animate.set_activations(network.forward(rng.uniform(size=16))))
        self.wait(0.5)


class Orbit(ThreeDScene):
    """The camera goes round surfaces and curves that hide each other."""

    def construct(self):
        axes = ThreeDAxes((-4, 4), (-4, 4), (-2, 2))
        bowl = axes.get_graph(lambda x, y: 0.15 * (x**2 - y**2), color=LOSS, opacity=0.8)
        mesh = SurfaceMesh(bowl, resolution=(15, 15)).set_stroke(WHITE, 1, 0.5)
        ball = Sphere(radius=0.4, color=ACTIVATION).move_to(axes.c2p(1, 1, 0.4))
        curve = ParametricCurve(
            lambda t: axes.c2p(3 * np.cos(t), 3 * np.sin(t), 0.2 * t), (0, TAU, 0.1), color=GRADIENT
        )
        curve.apply_depth_test()
        label = Tex("L(x, y)", font_size=60).to_corner(UL).fix_in_frame()
        self.frame.reorient(20, 65)
        self.add(axes, bowl, mesh, ball, label)
        self.play(ShowCreation(curve), self.frame.animate.reorient(-40, 60))
        self.play(MoveAlongPath(ball, curve), self.frame.animate.reorient(-80, 75), run_time=3)
        self.wait(0.5)


class DotsInSpace(InteractiveScene):
    """A cloud of points turns into another."""

    def construct(self):
        rng = np.random.default_rng(7)
        cloud = DotCloud(rng.normal(size=(4000, 3)) * [2, 1.5, 1], radius=0.03, color=ACTIVATION).make_3d()
        ring = cloud.copy()
        angles = rng.uniform(0, TAU, 4000)
        ring.set_points(3 * np.column_stack([np.cos(angles), np.sin(angles), 0 * angles]))
        self.frame.reorient(10, 60)
        self.play(FadeIn(cloud))
        self.play(Transform(cloud, ring), self.frame.animate.reorient(-20, 50), run_time=3)
        self.wait(0.5)


class AlwaysRedraw(InteractiveScene):
    """A curve, its tangent and a label are made anew in every frame."""

    def construct(self):
        axes = Axes((-3, 3), (-1, 4), width=11, height=6)
        x = ValueTracker(-2.0)
        graph = axes.get_graph(lambda t: 0.4 * t**2 + 0.2 * np.sin(4 * t), color=ACTIVATION)
        dot = always_redraw(lambda: Dot(axes.input_to_graph_point(x.get_value(), graph), fill_color=GRADIENT))
        tangent = always_redraw(lambda: axes.get_tangent_line(x.get_value(), graph, length=3).set_color(GRADIENT))
        label = always_redraw(lambda: DecimalNumber(x.get_value(), font_size=36).next_to(dot, UP, buff=0.4))
        self.play(ShowCreation(axes), ShowCreation(graph))
        self.add(tangent, dot, label)
        self.play(x.animate.set_value(2), run_time=3)
        self.wait(0.5)


class MostlyWaiting(InteractiveScene):
    """A page that stands long enough to be read."""

    def construct(self):
        page = VGroup(
            Text("Nothing on this page moves while somebody reads it, line by line.", font_size=30) for _ in range(9)
        ).arrange(DOWN, buff=0.4)
        self.play(FadeIn(page))
        self.wait(5)
        self.play(FadeOut(page))
