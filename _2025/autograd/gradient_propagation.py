from itertools import pairwise

from manim_imports_ext import *
from truth.two_layer import run_two_layers


def d(name):
    """TeX for the loss's derivative by something."""
    return Rf"{{\partial L / \partial {name}}}"


OUT = R"\text{out}"


class GradientPropagationScene(InteractiveScene):
    """Each layer turns the gradient it receives into two: one for its parameters, one for its input."""

    upper_row, middle_row, lower_row = 0.38, -0.9, -2.0
    formulas_x, numbers_x = -4.6, 2.15

    def construct(self):
        self.record = run_two_layers()
        self.lay_out_the_network()
        self.start_with_the_error()
        self.find_weight_gradient("W2", "W_2", "out", OUT, "a1", "a_1")
        self.find_input_gradient("W2", "W_2", "out", OUT, "a1", "a_1")
        self.pass_through_relu()
        self.find_weight_gradient("W1", "W_1", "h1", "h_1", "x", "x")
        self.find_input_gradient("W1", "W_1", "h1", "h_1", "x", "x")
        self.say_what_each_layer_does()

    # The network, which stays at the top as a map

    def get_box(self, tex, role, width):
        """One stop of the map: a value, or a layer."""
        frame = RoundedRectangle(width, 0.76, corner_radius=0.12).set_stroke(role, 3).set_fill(PANEL, 1)
        return VGroup(frame, Tex(tex, font_size=34).set_color(TEXT))

    def get_map(self):
        """x → layer 1 → h1 → ReLU → a1 → layer 2 → out → L."""
        stops = (
            ("x", "x", INPUT, 0.8),
            ("W1", R"\text{Layer 1: } W_1, b_1", PARAMETER, 2.75),
            ("h1", "h_1", ACTIVATION, 0.8),
            ("relu", R"\text{ReLU}", OPERATION, 1.15),
            ("a1", "a_1", ACTIVATION, 0.8),
            ("W2", R"\text{Layer 2: } W_2, b_2", PARAMETER, 2.75),
            ("out", OUT, ACTIVATION, 0.8),
            ("L", "L", LOSS, 0.8),
        )
        self.boxes = {name: self.get_box(tex, role, width) for name, tex, role, width in stops}
        boxes = VGroup(*self.boxes.values()).arrange(RIGHT, buff=0.38)
        self.links = VGroup(
            Arrow(a.get_right(), b.get_left(), buff=0.04, thickness=2.5).set_color(MUTED) for a, b in pairwise(boxes)
        )
        return VGroup(boxes, self.links)

    def lay_out_the_network(self):
        # Lay out a network of two layers
        title = get_title("How Gradients Propagate")
        self.map = self.get_map().set_y(1)
        numbers = self.get_numbers_below()
        self.play(FadeIn(title, 0.3 * UP), run_time=0.8)
        self.play(LaggedStartMap(FadeIn, self.map[0], shift=0.2 * RIGHT, lag_ratio=0.3), run_time=1.2)
        self.play(LaggedStartMap(FadeIn, self.links, shift=0.1 * RIGHT, lag_ratio=0.4), run_time=0.6)
        self.play(*(FadeIn(numbers[name], 0.2 * DOWN) for name in ("W1", "W2")), run_time=0.6)

        # Run it forward once, and keep it as a map
        self.play(FadeIn(numbers["x"], 0.2 * DOWN), run_time=0.5)
        arrivals = {"h1": 0.7, "a1": 1.3, "out": 1.9}
        self.play(
            self.get_sparks(self.links, ACTIVATION),
            self.get_swelling(self.map[0]),
            *(FadeIn(numbers[name], 0.2 * DOWN, time_span=(at, at + 0.4)) for name, at in arrivals.items()),
            run_time=2.4,
        )
        self.wait(0.9)
        self.out = numbers["out"][0]
        sizes = VGroup(number[1] for number in numbers.values())
        self.play(FadeOut(VGroup(sizes, *(numbers[name][0] for name in ("x", "W1", "h1", "a1", "W2")))), run_time=0.4)
        self.play(self.map.animate.set_y(2.05), run_time=0.6)
        self.marker = self.get_marker("L")
        self.blue_tags, self.red_tags = VGroup(), VGroup()

    def get_numbers_below(self):
        """By name: a value or a weight matrix below its stop, with its size."""
        numbers = {}
        for name in ("x", "W1", "h1", "a1", "W2", "out"):
            role = self.boxes[name][0].get_stroke_color()
            matrix = get_role_matrix(getattr(self.record, name), role, name, font_size=26)
            matrix.set_max_width(2.75).next_to(self.boxes[name], DOWN, buff=0.35)
            numbers[name] = VGroup(matrix, get_size_label(matrix))
        return numbers

    def get_sparks(self, links, color, backwards=False):
        """Animation: a spark runs along the links, one after the other."""
        ends = [(link.get_left(), link.get_right()) for link in links]
        if backwards:
            ends = [(right, left) for left, right in reversed(ends)]
        tracks = (Line(*pair).set_stroke(color, 9) for pair in ends)
        return LaggedStart(*(VShowPassingFlash(track, time_width=1) for track in tracks), lag_ratio=0.5)

    def get_swelling(self, mobjects, scale=1.1):
        """Animation: stops or tags swell, one after the other."""
        return LaggedStart(*(m.animate(rate_func=there_and_back).scale(scale) for m in mobjects), lag_ratio=0.4)

    def get_marker(self, stop):
        """A bar below a stop of the map: this is where we are."""
        return Line().set_stroke(FOCUS, 6).match_width(self.boxes[stop]).next_to(self.boxes[stop], DOWN, buff=0.1)

    def send_back(self, *names):
        """Animations: the links that lead to these stops turn round and turn red."""
        stops = list(self.boxes)
        links = [self.links[stops.index(name)] for name in names]
        return [link.animate(path_arc=PI).rotate(PI).set_color(GRADIENT) for link in links]

    def move_marker(self, name):
        """Animation: the map says which stop this is about."""
        return Transform(self.marker, self.get_marker(name))

    def get_tag(self, stop, tex, role):
        """A gradient's name above the stop of the map that it belongs to."""
        tag = Tex(tex, font_size=30).set_color(role).next_to(self.boxes[stop], UP, buff=0.14)
        (self.blue_tags if role == PARAMETER else self.red_tags).add(tag)
        return tag

    # Rows of numbers

    def get_column(self, values, role, source):
        return get_role_matrix(values, role, source, font_size=28)

    def get_formula(self, parts, roles):
        """The first part equals the product of the others; each has the colour of its role."""
        formula = Tex(f"{parts[0]} = " + R" \cdot ".join(parts[1:]), isolate=parts, font_size=38)
        for part, role in zip(parts, roles, strict=True):
            formula[part].set_color(role)
        return formula

    def get_lines(self, lines, y):
        """Formulas and words below each other, left of a row of numbers."""
        return VGroup(*lines).arrange(DOWN, buff=0.26, aligned_edge=LEFT).move_to([self.formulas_x, y, 0])

    def start_with_the_error(self):
        # Find the first gradient: how far the output is off
        record = self.record
        out = self.get_column(record.out, ACTIVATION, "out")
        wanted = self.get_column(record.t, TARGET, "t")
        error = self.get_column(record.gradients["out"], GRADIENT, "dL/dout")
        signs = VGroup(Tex(sign, font_size=44) for sign in ("-", "="))
        row = VGroup(out, signs[0], wanted, signs[1], error).arrange(RIGHT, buff=0.4).scale(1.3).set_y(-1.5)
        labels = VGroup(
            get_name_label(matrix, tex, role)
            for matrix, tex, role in ((out, OUT, ACTIVATION), (wanted, "t", TARGET), (error, d(OUT), GRADIENT))
        )
        for label in labels:
            label.set_y(labels[2].get_y())
        sizes = VGroup(get_size_label(matrix) for matrix in (out, wanted, error))
        word = Text("target", font_size=LABEL).set_color(MUTED).next_to(sizes[1], DOWN, buff=0.2)
        loss = Tex(R"L = \tfrac{1}{2} \, \| \text{out} - t \|^2", font_size=44, t2c={"L": LOSS, "t": TARGET})
        loss[OUT].set_color(ACTIVATION)
        loss.set_y(0.55)
        self.play(FadeIn(loss), ShowCreation(self.marker), run_time=0.7)
        self.play(ReplacementTransform(self.out, out), run_time=0.7)
        self.play(FadeIn(VGroup(*row[1:3], labels[:2], sizes[:2], word)), run_time=0.6)
        self.play(FadeIn(VGroup(*row[3:], labels[2], sizes[2]), 0.2 * RIGHT), run_time=0.7)
        self.wait(0.8)
        self.play(*self.send_back("out"), FadeIn(self.get_tag("out", d(OUT), GRADIENT), 0.2 * LEFT), run_time=0.7)
        self.play(FadeOut(VGroup(loss, row[:4], labels, sizes, word)), run_time=0.4)
        self.upstream = error

    def find_weight_gradient(self, weights, weights_tex, above, above_tex, given, given_tex):
        # Multiply what came back by what the layer was given
        values = getattr(self.record, given)
        parts = [d(weights_tex), d(above_tex), Rf"{given_tex}^\top"]
        role = self.boxes[given][0].get_stroke_color()
        number = weights[-1]
        words = self.get_lines(
            (
                self.get_formula(parts, (PARAMETER, GRADIENT, role)),
                self.get_formula((d(f"b_{number}"), d(above_tex)), (PARAMETER, GRADIENT)),
                Text("used for optimization", font_size=LABEL).set_color(PARAMETER),
            ),
            self.middle_row,
        )
        column = self.get_column(self.record.gradients[above], GRADIENT, f"dL/d{above}")
        row = self.get_column(values[None, :], role, f"{given} transposed")
        result = self.get_column(self.record.gradients[weights], PARAMETER, f"dL/d{weights}")
        result.cells.set_fill(opacity=0)
        signs = VGroup(Tex(sign, font_size=38) for sign in (R"\cdot", "="))
        VGroup(column, signs[0], row, signs[1], result).arrange(RIGHT, buff=0.22)
        VGroup(column, signs, row, result).move_to([self.numbers_x, self.middle_row, 0])
        sizes = VGroup(get_size_label(matrix) for matrix in (column, row, result))
        dots = get_dots(result)
        self.play(self.move_marker(weights), Transform(self.upstream, column), run_time=0.9)
        self.remove(self.upstream)
        self.add(column)
        self.play(FadeIn(words[0]), FadeIn(sizes[0]), *self.send_back(weights), run_time=0.6)
        self.play(
            self.get_swelling([self.boxes[given]], 1.25),
            FadeIn(VGroup(signs, row, result, sizes[1:], dots)),
            run_time=0.8,
        )

        # Fill in its gradient, in the shape of the weights
        filling = FillOuterProduct(column, row, result, run_time_per_entry=2 / len(dots), dots=dots)
        self.play(filling)
        tag = self.get_tag(weights, d(weights_tex), PARAMETER)
        self.play(FadeIn(words[1]), Indicate(column.cells, color=FOCUS, scale_factor=1.05), run_time=0.8)
        self.play(FadeIn(words[2]), FadeIn(tag, 0.1 * UP), run_time=0.6)
        self.wait(0.7)
        self.column, self.rows = column, VGroup(words, column, signs, row, result, sizes)

    def find_input_gradient(self, weights, weights_tex, above, above_tex, given, given_tex):
        # Multiply what came back by the weights, turned over
        parts = [d(given_tex), Rf"{weights_tex}^\top", d(above_tex)]
        words = self.get_lines(
            (
                self.get_formula(parts, (GRADIENT, PARAMETER, GRADIENT)),
                Text("propagated backward", font_size=LABEL).set_color(GRADIENT),
            ),
            self.lower_row,
        )
        turned = getattr(self.record, weights).T
        matrix = self.get_column(turned, PARAMETER, f"{weights} transposed")
        vector = self.column.copy()
        dot = Tex(R"\cdot", font_size=38)
        VGroup(matrix, dot, vector).arrange(RIGHT, buff=0.22)
        product = MatrixVectorProduct(matrix, vector, include_sign=False, buff=0.22, **get_role_colors(GRADIENT))
        product.result.brackets.set_fill(self.column.brackets[0].get_fill_color())
        VGroup(matrix, dot, vector, product).move_to([self.numbers_x, self.lower_row, 0])
        sizes = VGroup(get_size_label(m) for m in (matrix, vector, product.result))
        self.play(self.rows.animate.shift((self.upper_row - self.middle_row) * UP), run_time=0.7)
        self.play(
            FadeIn(words[0]),
            TransformFromCopy(self.column, vector, path_arc=1.4),
            FadeIn(sizes[1], time_span=(0.6, 0.9)),
            run_time=0.9,
        )
        dots = get_dots(product.result)
        self.play(FadeIn(VGroup(matrix, dot, product, sizes[0], sizes[2], dots)), run_time=0.7)

        # Work it out row by row, in the shape of the input
        time, per_row = 2.2, 2.2 / len(dots)
        leaving = (
            FadeOut(dot, run_time=time, time_span=(k * per_row, k * per_row + 0.1)) for k, dot in enumerate(dots)
        )
        self.play(product.show_rows(run_time=time), *leaving)
        tag = self.get_tag(given, d(given_tex), GRADIENT)
        self.play(FadeIn(words[1]), FadeIn(tag, 0.2 * LEFT), *self.send_back(given), run_time=0.7)
        self.wait(1)
        self.upstream = product.result
        self.rows.add(words, matrix, dot, vector, product.equals, sizes)

    def pass_through_relu(self):
        # Carry it on to the ReLU, which was off for one unit
        record = self.record
        column = self.get_column(record.gradients["a1"], GRADIENT, "dL/da1")
        before = self.get_column(record.a1, ACTIVATION, "a1")  # what was saved: above 0 exactly where h1 is
        mask = get_role_matrix(record.mask, OPERATION, "a1 > 0", font_size=28, num_decimal_places=0)
        after = self.get_column(record.gradients["h1"], GRADIENT, "dL/dh1")
        signs = VGroup(Tex(sign, font_size=44) for sign in (R"\odot", "="))
        parts = (column, signs[0], mask, signs[1], after)
        VGroup(*parts).arrange(RIGHT, buff=0.45)
        before.next_to(column, LEFT, buff=2.2)
        VGroup(before, *parts).scale(1.25).move_to(0.75 * DOWN)
        names = (
            (before, "a_1", ACTIVATION),
            (column, d("a_1"), GRADIENT),
            (mask, "[a_1 > 0]", OPERATION),
            (after, d("h_1"), GRADIENT),
        )
        labels = VGroup(get_name_label(matrix, tex, role) for matrix, tex, role in names)
        for label in labels:
            label.set_y(labels[1].get_y())
        labels = VGroup(
            VGroup(label, get_size_label(matrix)) for label, (matrix, *_) in zip(labels, names, strict=True)
        )
        self.play(FadeOut(self.rows), run_time=0.4)
        self.play(self.move_marker("relu"), Transform(self.upstream, column), FadeIn(labels[1]), run_time=0.9)
        self.play(FadeIn(before), FadeIn(labels[0]), FadeIn(VGroup(signs[0], mask, labels[2])), run_time=0.8)

        # Let nothing pass where it was off
        caption = get_caption("Where ReLU was off, no gradient passes")
        off = int(np.argmin(record.mask))
        strip = VGroup(
            SurroundingRectangle(matrix.get_row(off), buff=0.12).set_stroke(FOCUS, 3)
            for matrix in (before, column, mask, after)
        )
        self.play(FadeIn(VGroup(signs[1], after, labels[3]), 0.2 * RIGHT), run_time=0.7)
        self.play(LaggedStartMap(ShowCreation, strip, lag_ratio=0.3), FadeIn(caption), run_time=0.9)
        self.wait(1.3)
        self.play(
            *self.send_back("relu", "h1"), FadeIn(self.get_tag("h1", d("h_1"), GRADIENT), 0.2 * LEFT), run_time=0.6
        )
        self.play(FadeOut(VGroup(strip, caption, self.upstream, before, mask, signs, labels)), run_time=0.4)
        self.upstream = after

    def say_what_each_layer_does(self):
        # Give the whole map the stage
        self.play(FadeOut(VGroup(self.rows, self.upstream, self.marker)), run_time=0.4)
        picture = VGroup(self.map, self.red_tags, self.blue_tags)
        key = Text("Each layer computes TWO gradients", font_size=54).set_y(-1.15)
        self.play(picture.animate.shift(0.45 * DOWN), run_time=0.7)
        self.play(FadeIn(key, 0.2 * UP), run_time=0.7)
        self.wait(1)

        # Name the one for its parameters
        lines = VGroup(
            Text("one for its parameters (to update weights)", font_size=BODY).set_color(PARAMETER),
            Text("one for its input (to propagate backward)", font_size=BODY).set_color(GRADIENT),
        )
        lines.arrange(DOWN, buff=0.35, aligned_edge=LEFT).set_y(-2.6)
        layers = VGroup(self.boxes["W2"], self.boxes["W1"])
        arrows = VGroup(
            Arrow(layer.get_bottom(), layer.get_bottom() + 0.85 * DOWN, buff=0.06, thickness=4).set_color(PARAMETER)
            for layer in layers
        )
        gains = VGroup(
            Tex(f"{d(f'W_{n}')}, \\ {d(f'b_{n}')}", font_size=38).set_color(PARAMETER).next_to(arrow, DOWN, buff=0.12)
            for n, arrow in zip((2, 1), arrows, strict=True)
        )
        self.play(FadeIn(lines[0], 0.1 * UP), FadeOut(self.blue_tags), run_time=0.6)
        self.play(LaggedStartMap(GrowArrow, arrows, lag_ratio=0.3), run_time=0.7)
        self.play(LaggedStartMap(FadeIn, gains, shift=0.2 * DOWN, lag_ratio=0.3), run_time=0.8)
        self.wait(0.8)

        # Name the one for its input
        self.play(FadeIn(lines[1], 0.1 * UP), run_time=0.6)
        self.play(
            self.get_sparks(self.links, FOCUS, backwards=True), self.get_swelling(self.red_tags, 1.3), run_time=1.8
        )
        self.wait(2)
        self.play(FadeOut(Group(*self.mobjects[1:])), run_time=0.4)
