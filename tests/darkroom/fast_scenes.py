"""Tiny scenes that each attack fast drawing in another way. Not a test: `test_fast` renders them twice."""

from manim_imports_ext import *

SHORT = 0.4  # seconds: three frames at the eight per second they are rendered with


class Words(Scene):
    def construct(self):
        formula = Tex(R"\int_0^1 x^2 \, dx = \frac{1}{3}", font_size=90)
        words = Text("area", font_size=70).to_edge(DOWN)
        self.play(Write(formula), run_time=SHORT)
        self.play(FadeIn(words, UP), formula.animate.set_color(RED).scale(1.3), run_time=SHORT)
        self.play(TransformMatchingTex(formula, Tex(R"\frac{1}{3}", font_size=120)), run_time=SHORT)
        self.play(FadeOut(words), run_time=SHORT)


class Learning(Scene):
    def construct(self):
        rng = np.random.default_rng(0)
        matrix = WeightMatrix(rng.normal(size=(4, 5)), height=5)
        self.play(FadeIn(matrix), run_time=SHORT)
        self.play(AnimateEntriesTo(matrix, 12 * rng.normal(size=(4, 5))), run_time=SHORT)
        self.play(matrix.get_row(1).animate.set_opacity(0.2), run_time=SHORT)
        matrix.cells[0].shift(0.5 * UP)  # between two plays
        self.wait(SHORT)


class Counting(Scene):
    def construct(self):
        number = DecimalNumber(8.5, font_size=120, include_sign=True)
        whole = Integer(3, font_size=90).to_edge(UP)
        self.add(number, whole)
        self.play(ChangeDecimalToValue(number, -1203.25), CountInFrom(whole, 0), run_time=2 * SHORT)
        self.play(number.animate.set_value(3).set_color(RED), run_time=SHORT)


class Network(Scene):
    def construct(self):
        rng = np.random.default_rng(1)
        weights = [rng.normal(size=(9, 8)), rng.normal(size=(5, 9))]
        network = NeuralNetwork(weights, height=6)
        self.add(network)
        self.play(network.forward_pulse(rng.uniform(size=8)), run_time=2 * SHORT)
        self.play(network.animate.set_weights([-w for w in weights]), run_time=SHORT)


class DepthAndOrbit(ThreeDScene):
    def construct(self):
        cube, ball = Cube(color=BLUE).shift(LEFT), Sphere(radius=1.2, color=RED).shift(RIGHT)
        ring = Circle(radius=2, color=YELLOW).apply_depth_test()
        disk = Square(2, fill_color=GREEN, fill_opacity=0.8).rotate(1, RIGHT).apply_depth_test()
        label = Tex("z", font_size=120).to_corner(UL).fix_in_frame()
        self.frame.reorient(30, 60)
        self.add(cube, ball, ring, disk, label)
        self.play(self.frame.animate.reorient(-60, 80, 10), run_time=2 * SHORT)
        self.play(ball.animate.shift(2 * LEFT), run_time=2 * SHORT)
        self.play(disk.animate.shift(OUT), run_time=2 * SHORT)
        self.frame.add_ambient_rotation(30 * DEG)
        self.wait(2 * SHORT)


class NoMultisampling(DepthAndOrbit):
    samples = 0


class FlatMultisampling(Words):
    samples = 4


class Crossing(Scene):
    """What moves passes over what stays."""

    def construct(self):
        fan = VGroup(Line(4 * LEFT, 4 * RIGHT, stroke_width=6).rotate(n * DEG) for n in range(0, 180, 7))
        sheet = Square(7, fill_color=BLUE, fill_opacity=0.4).rotate(0.2)
        dot = Dot(radius=0.4, fill_color=RED).shift(3 * LEFT + UP)
        self.add(fan, dot, sheet)
        self.play(dot.animate.shift(6 * RIGHT + DOWN), run_time=2)


class CrossingMultisampled(Crossing):
    samples = 4


class Scattered(Scene):
    """One batch with much room between its parts, and batches that nearly touch."""

    def construct(self):
        dots = VGroup(Dot(radius=0.2) for _ in range(8)).arrange_in_grid(2, 4, buff=3)
        self.add(dots)
        self.play(dots.animate.set_fill(RED, 0.5), run_time=SHORT)
        self.play(dots[2].animate.shift(0.5 * RIGHT), dots[6].animate.set_stroke(YELLOW, 5), run_time=SHORT)


class MovingLight(Scene):
    def construct(self):
        torus = Torus(r1=2, r2=0.7).set_shading(0.6, 0.4, 0.5)
        self.frame.reorient(20, 50)
        self.add(torus)
        self.wait(SHORT)
        self.play(self.camera.light_source.animate.move_to([8, -8, 3]), run_time=2 * SHORT)
        self.play(torus.animate.set_shading(0, 0, 1), run_time=SHORT)
        torus.uniforms["shading"][:] = 0.9, 0, 0  # in place, and nobody is told
        self.wait(SHORT)


class Dots(Scene):
    def construct(self):
        rng = np.random.default_rng(2)
        cloud = DotCloud(rng.normal(size=(200, 3)), radius=0.08, color=TEAL)
        glow = GlowDot(2 * LEFT, color=YELLOW)
        self.add(cloud, glow)
        self.play(cloud.animate.scale(1.5), run_time=SHORT)
        self.play(glow.animate.move_to(2 * RIGHT).set_glow_factor(1), run_time=2 * SHORT)
        big = DotCloud([ORIGIN], radius=1, color=RED)
        self.add(big)
        self.play(big.animate.shift(UP), run_time=SHORT)
        cloud.make_3d()
        self.play(cloud.animate.set_radius(0.2).set_opacity(0.5), run_time=SHORT)


class Redrawn(Scene):
    def construct(self):
        x = ValueTracker(-3)
        line = Line(5 * LEFT, 5 * RIGHT)
        dot = always_redraw(lambda: Dot([x.get_value(), 0, 0], fill_color=RED, radius=0.3))
        label = always_redraw(lambda: Integer(int(10 * x.get_value())).next_to(dot, UP))
        brace = always_redraw(lambda: Brace(Line(ORIGIN, dot.get_center() + 0.1 * RIGHT), DOWN))
        self.add(line, dot, label, brace)
        self.play(x.animate.set_value(3), run_time=3 * SHORT)
        self.wait(SHORT)


class Waiting(Scene):
    def construct(self):
        square = Square(fill_opacity=1)
        self.wait(SHORT)
        self.add(square)
        self.wait(SHORT)
        self.remove(square)
        self.wait(SHORT)
        square.add_updater(lambda m, dt: m.shift(dt * RIGHT))
        self.add(square)
        self.wait(2 * SHORT)
        square.clear_updaters()
        self.wait(SHORT)
        square.shift(LEFT)
        self.update_frame(force_draw=True)  # a frame that nobody keeps
        self.add(Dot(3 * UP))
        self.wait(SHORT)
        self.camera.background_rgba[:3] = 0.3, 0.1, 0.1
        self.wait(SHORT)


class Pictures(Scene):
    def construct(self):
        picture = ImageMobject(self.make_picture(), height=4)
        other = picture.copy().shift(3 * RIGHT)
        self.add(picture)
        self.play(picture.animate.set_opacity(0.3), run_time=SHORT)
        self.play(FadeIn(other), picture.animate.rotate(0.7), run_time=SHORT)
        other.data["opacity"][:] = 0.5  # nobody is told, so stock ManimGL shows it only ...
        self.wait(SHORT)
        other.note_changed_data()  # ... from here on
        self.wait(SHORT)

    def make_picture(self):
        import tempfile
        from pathlib import Path

        from PIL import Image

        path = Path(tempfile.gettempdir(), "fast_scenes_picture.png")
        ramp = np.linspace(0, 255, 32 * 32 * 4).reshape(32, 32, 4).astype(np.uint8)
        Image.fromarray(ramp, "RGBA").save(path)
        return str(path)


class Stacking(Scene):
    def construct(self):
        red, green, blue = (
            Square(3, fill_color=color, fill_opacity=opacity).shift(x * RIGHT)
            for color, opacity, x in ((RED, 1, -1), (GREEN, 0.7, 0), (BLUE, 0.5, 1))
        )
        self.add(red, green, blue)
        self.wait(SHORT)
        self.bring_to_back(blue)
        self.wait(SHORT)
        red.set_z_index(2)
        self.add(red)
        self.play(green.animate.shift(UP), run_time=SHORT)
        self.bring_to_front(green)
        self.wait(SHORT)
        group = VGroup(blue, red)
        self.add(group)
        self.play(group.animate.rotate(0.5), run_time=SHORT)
        self.remove(blue)
        self.wait(SHORT)
        self.play(FadeTransform(red, green), run_time=SHORT)
        self.clear()
        self.wait(SHORT)


class Camera2D(Scene):
    def construct(self):
        text = Text("zoom", font_size=120)
        fixed = Text("here", font_size=40).to_corner(UR).fix_in_frame()
        plane = NumberPlane()
        self.add(plane, text, fixed)
        self.play(self.frame.animate.scale(0.5).shift(RIGHT), run_time=SHORT)
        self.play(text.animate.set_color(RED), run_time=SHORT)
        fixed.unfix_from_frame()
        self.wait(SHORT)
        fixed.set_uniform(is_fixed_in_frame=0.5)
        self.wait(SHORT)
        text.uniforms["is_fixed_in_frame"] = 1.0
        self.wait(SHORT)
        self.play(self.frame.animate.set_field_of_view(1.4).reorient(40, 40), run_time=SHORT)


class Behind(ThreeDScene):
    """Things behind, at and through the eye."""

    def construct(self):
        lines = VGroup(Line(20 * IN, 20 * OUT).shift(x * RIGHT) for x in (-2, 0.0, 2)).set_stroke(YELLOW, 8)
        near = Square(4, fill_color=BLUE, fill_opacity=0.5).shift(10.2 * OUT)
        edge_on = Circle(fill_color=RED, fill_opacity=1).rotate(PI / 2, RIGHT)
        self.add(lines, near, edge_on)
        self.wait(SHORT)
        self.play(near.animate.shift(4 * OUT), run_time=SHORT)
        self.play(lines.animate.shift(UP), run_time=SHORT)
        sheet = Square(30, fill_color=GREEN, fill_opacity=0.4, stroke_width=0).rotate(80 * DEG, RIGHT)
        self.add(sheet)
        self.play(sheet.animate.shift(2 * DOWN), run_time=SHORT)
        self.frame.reorient(0, 90)
        self.add(Circle(fill_color=GREEN, fill_opacity=1, stroke_width=20))
        self.play(self.frame.animate.reorient(90, 90), run_time=2 * SHORT)


class Strokes(Scene):
    def construct(self):
        zigzag = VMobject(stroke_width=20).set_points_as_corners([(x, 2 * (x % 2), 0) for x in range(-4, 5)])
        sharp = VMobject(stroke_width=14).set_points_as_corners([LEFT, 2 * RIGHT, LEFT + 0.3 * UP]).shift(2 * DOWN)
        for joint_type in ("miter", "bevel", "no_joint", "auto"):
            zigzag.set_joint_type(joint_type)
            sharp.set_joint_type(joint_type)
            self.add(zigzag, sharp)
            self.play(zigzag.animate.shift(0.2 * UP), run_time=SHORT)
            self.play(sharp.animate.shift(0.2 * UP), run_time=SHORT)
        text = Text("edge", font_size=100).set_backstroke(RED, 12)
        self.play(FadeIn(text), run_time=SHORT)
        text.set_stroke(behind=False)
        self.wait(SHORT)
        text.set_fill(opacity=0)
        self.wait(SHORT)
        zigzag.set_scale_stroke_with_zoom(True)
        zigzag.set_stroke(width=60)
        self.play(self.frame.animate.scale(2), run_time=SHORT)
        self.play(zigzag.animate.shift(DOWN), run_time=SHORT)
        zigzag.set_scale_stroke_with_zoom(False)
        self.play(zigzag.animate.shift(DOWN), run_time=SHORT)
        zigzag.set_anti_alias_width(20)
        self.wait(SHORT)
        self.play(sharp.animate.set_stroke(width=[0, 30, 0], color=[RED, BLUE]), run_time=SHORT)


class Fills(Scene):
    def construct(self):
        star = RegularPolygon(5, fill_opacity=0.6, fill_color=[RED, BLUE]).scale(2)
        ring = Annulus(fill_opacity=0, stroke_width=0).shift(3 * RIGHT)
        fat = Text("fat", font_size=90).set_fill(border_width=60).to_edge(LEFT)
        self.add(star, ring, fat)
        self.play(star.animate.set_fill(opacity=0), run_time=SHORT)
        self.play(ring.animate.set_fill(GREEN, 1), run_time=SHORT)
        self.play(fat.animate.set_fill(opacity=0.3), run_time=SHORT)
        self.play(Transform(star, ring), run_time=SHORT)
        star.data["fill_rgba"][:, 0] = 1.0  # nobody is told
        self.wait(SHORT)
        self.play(fat[0].animate.shift(DOWN), run_time=SHORT)
        star.set_color_by_code("color.r = 0.5 + 0.5 * sin(point.x * 9.0);")
        self.add(star)
        self.play(fat.animate.shift(RIGHT), run_time=SHORT)


class Shared(Scene):
    """The same mobject in two groups that are drawn one after the other."""

    def construct(self):
        circle = Circle(fill_opacity=0.5)
        self.add(VGroup(circle, Square()), Dot(), Group(circle))
        self.wait(SHORT)
        self.play(circle.animate.shift(RIGHT), run_time=SHORT)
        self.wait(SHORT)


class StandingStill(Scene):
    """A heavy picture that stays, then is touched after all, below something that moves for long."""

    def construct(self):
        grid = VGroup(Circle(radius=0.3, fill_opacity=0.5) for _ in range(40)).arrange_in_grid(5, 8)
        cube = Cube().scale(0.4).set_opacity(0.5)
        dot = Dot(radius=1, fill_color=RED).shift(5 * LEFT)
        self.add(grid, cube, dot)
        self.play(dot.animate.shift(10 * RIGHT), run_time=3)
        grid[7].set_fill(YELLOW)
        self.play(dot.animate.shift(10 * LEFT), run_time=1)
        self.add(Square().set_stroke(GREEN, 9))
        self.play(dot.animate.scale(0.3), run_time=1)
        self.remove(grid)
        self.play(dot.animate.scale(3), run_time=1)


class OrderChangesUnseen(ThreeDScene):
    """A picture of what led the order is not used when something else has come to lead, unseen at first."""

    def construct(self):
        ball, dot = Sphere(radius=1.5), Dot(radius=0.5).shift(3 * LEFT)
        self.add(ball, dot)
        self.play(dot.animate.shift(6 * RIGHT), run_time=2)
        dot.set_opacity(0)
        self.wait(SHORT)
        self.bring_to_front(ball)
        self.wait(SHORT)
        self.play(ball.animate.shift(2 * UP), run_time=SHORT)


class FlatBelowSolid(ThreeDScene):
    """What needs no depths stands still below what does, and depth tests come and go."""

    def construct(self):
        self.frame.reorient(10, 50)
        flat = VGroup(Square(1, fill_opacity=0.5) for _ in range(12)).arrange_in_grid(3, 4)
        ring = Circle(radius=2, stroke_width=20)
        ball, cube = Sphere(radius=0.8, color=RED), Cube(color=BLUE).shift(RIGHT)
        self.add(flat, ring, set_depth_test=False)
        self.add(ball, cube)
        self.play(ball.animate.shift(3 * RIGHT), run_time=2)
        self.play(cube.animate.shift(2 * IN), run_time=1)
        cube.deactivate_depth_test()
        self.wait(SHORT)
        ring.apply_depth_test()
        self.bring_to_front(ring)
        self.wait(SHORT)
        cube.apply_depth_test()
        self.wait(SHORT)
        ball.uniforms["shading"][:] = 1, 1, 0
        self.wait(SHORT)
        ring.uniforms["anti_alias_width"] = 20
        self.wait(SHORT)


class DepthTestedWords(ThreeDScene):
    """With a depth test, stock ManimGL shows no border around a fill: letters look thinner."""

    def construct(self):
        words = Text("Label", font_size=90).shift(LEFT)
        box = Square().rotate(0.3).set_fill(BLUE, 1, border_width=9).set_stroke(width=0).shift(3 * RIGHT)
        formula = Tex("x^2", font_size=90).shift(2 * DOWN)
        self.add(words, formula)
        self.add(box, set_depth_test=False)
        self.wait(SHORT)
        box.apply_depth_test()
        self.play(words.animate.shift(UP), run_time=SHORT)
        words.deactivate_depth_test()
        self.play(box.animate.shift(OUT), run_time=SHORT)


class LargerThanConfigured(Scene):
    """A scene with a size of its own, more than twice the configured one: a fill shows at the other edge too."""

    default_camera_config = dict(resolution=(600, 340))  # noqa: RUF012  (as authors write it)

    def construct(self):
        words = Text("size", font_size=90)
        sheet = Square(4, fill_color=BLUE, fill_opacity=0.7, stroke_width=0).to_edge(LEFT, buff=-1)
        self.add(sheet, words)
        self.play(words.animate.shift(RIGHT), run_time=SHORT)
        self.play(sheet.animate.shift(0.3 * DOWN), run_time=SHORT)


class SmallerThanConfigured(LargerThanConfigured):
    """With multisampling, what an earlier fill has left on the canvas must not show at the edges of the next."""

    default_camera_config = dict(resolution=(120, 68))  # noqa: RUF012
    samples = 4

    def construct(self):
        super().construct()
        sector = Sector(angle=-0.39)
        self.add(Square().set_stroke(opacity=0).set_fill(BLUE, 1))
        self.play(Rotate(sector, -1.43, axis=np.array([0.39, 0.14, 1.2])), run_time=SHORT)


class Ribbon(Square3D):
    """Drawn as a strip: triangles also join it to the next of its batch."""

    render_primitive = 5  # moderngl.TRIANGLE_STRIP

    def get_shader_vert_indices(self):
        return np.arange(4)


class Ribbons(Scene):
    def construct(self):
        left, right = (Ribbon(resolution=(2, 2), color=BLUE).shift(3 * side) for side in (LEFT, RIGHT))
        dot = Dot(radius=0.3, fill_color=RED)
        self.add(Group(left, right), dot)
        self.wait(SHORT)
        self.play(dot.animate.shift(UP), run_time=SHORT)
        self.play(right.animate.shift(UP), run_time=SHORT)


class WithoutUniforms(Scene):
    """Uniforms that somebody has removed stay as they were last set: here at 0, for nobody sets them."""

    def construct(self):
        curves = VGroup(Square(fill_opacity=0.5), Circle().shift(RIGHT))
        for name in ("scale_stroke_with_zoom", "joint_type"):
            for mobject in curves.get_family():
                del mobject.uniforms[name]
        self.add(curves)
        self.wait(SHORT)
        self.play(curves[0].animate.shift(LEFT), run_time=SHORT)


class Clipped(ThreeDScene):
    """A clip plane: fast drawing leaves this to ManimGL's own way."""

    def construct(self):
        ball = Sphere(radius=2)
        self.add(Square(), ball)
        self.wait(SHORT)
        ball.set_clip_plane(RIGHT, 0.5)
        self.wait(SHORT)
        self.play(ball.animate.shift(LEFT), run_time=SHORT)
        ball.deactivate_clip_plane()
        self.wait(SHORT)


class Disk(Circle):
    """A mobject that draws itself."""

    def get_group_class(self):
        return DiskGroup


class DiskGroup(VGroup):
    def render(self, ctx, camera_uniforms):
        super().render(ctx, camera_uniforms)


class OwnWay(Scene):
    """A mobject with a `render` of its own: fast drawing leaves its frames to ManimGL's own way."""

    def construct(self):
        square = Square(fill_opacity=1)
        self.play(FadeIn(square), run_time=SHORT)
        disk = Disk(fill_opacity=0.5)
        self.add(disk)
        self.play(disk.animate.shift(RIGHT), run_time=SHORT)
        self.play(FadeOut(disk), run_time=SHORT)
        self.play(square.animate.rotate(0.3), run_time=SHORT)


class OwnWayAndBack(Scene):
    """What a mobject that draws itself has sent to a shared vertex buffer is not taken for what we sent."""

    def construct(self):
        disk = Disk(fill_opacity=0.5)
        points = disk.get_points().copy()
        shared, plain = Group(disk), Square()
        self.add(shared, plain)
        self.wait(SHORT)
        self.remove(shared)
        self.add(disk.shift(RIGHT))
        self.wait(SHORT)
        self.remove(disk)
        disk.set_points(points)
        self.add(shared)
        self.wait(SHORT)


class ForeignData(Scene):
    """Dots with the data of a surface, which says nothing of a radius."""

    def construct(self):
        dots = DotCloud([LEFT, RIGHT], radius=0.5)
        self.add(dots, Square())
        self.wait(SHORT)
        dots.pointwise_become_partial(Surface(resolution=(3, 3)), 0.6, 1)
        self.wait(SHORT)


class Leftover(Scene):
    """Two dot clouds by one program, of which one does not set a uniform: it draws with the other's."""

    def construct(self):
        big, small = DotCloud(2 * LEFT[None, :], radius=1), DotCloud(2 * RIGHT[None, :], radius=1)
        big.uniforms["glow_factor"] = 3.0
        del small.uniforms["glow_factor"]
        self.add(big, small)
        self.wait(SHORT)
        self.play(small.animate.shift(UP), run_time=SHORT)
        other = DotCloud(ORIGIN[None, :], radius=1)
        self.add(other)
        self.play(small.animate.shift(DOWN), run_time=SHORT)


EXACT = [
    Words,
    Learning,
    Counting,
    Network,
    DepthAndOrbit,
    NoMultisampling,
    FlatMultisampling,
    Scattered,
    Crossing,
    CrossingMultisampled,
    MovingLight,
    Dots,
    Redrawn,
    Waiting,
    Pictures,
    Stacking,
    Camera2D,
    Behind,
    Strokes,
    Fills,
    Shared,
    StandingStill,
    OrderChangesUnseen,
    FlatBelowSolid,
    DepthTestedWords,
    LargerThanConfigured,
    SmallerThanConfigured,
    Ribbons,
    WithoutUniforms,
]
LEFT_TO_STOCK = {
    Clipped: "a clip plane",
    OwnWay: "a mobject draws itself in its own way",
    OwnWayAndBack: "a mobject draws itself in its own way",
    ForeignData: "a mobject draws itself in its own way",
    Leftover: "uniforms that one mobject leaves to the next",
}
