from itertools import pairwise

from manim_imports_ext import *
from truth.two_layer import count_floats, run_two_layers

NAMES = {"W1": "W_1", "b1": "b_1", "W2": "W_2", "b2": "b_2", "x": "x", "h1": "h_1", "a1": "a_1", "out": R"\text{out}"}


class ParametersVsActivationsScene(InteractiveScene):
    """Parameters are there all along; activations come with an input, and must be saved for the way back."""

    batches = (1, 8, 64, 512)
    chart_left, chart_width = -3.6, 8.4

    def construct(self):
        self.record = run_two_layers()
        self.show_parameters()
        self.show_places_for_activations()
        self.assemble_the_network()
        self.run_the_network()
        self.ask_for_the_gradient()
        self.take_the_input_from_the_cache()
        self.compare_with_torch()
        self.count_the_memory()

    def get_named(self, name, role, direction=UP):
        """A value of the run with its name beside it; `dots` stand where it has no numbers yet."""
        matrix = get_role_matrix(getattr(self.record, name), role, name, font_size=32)
        label = Tex(NAMES[name], font_size=38).set_color(role).next_to(matrix, direction, buff=0.18)
        named = VGroup(matrix, label)
        named.matrix, named.label = matrix, label
        return named

    def get_empty(self, named):
        """The same without numbers: a dot in each place."""
        named.dots = get_dots(named.matrix)
        named.matrix.cells.set_fill(opacity=0)
        return named.add(named.dots)

    def get_statements(self, lines, heading):
        """What is true of one half of the stage, one line below the other."""
        texts = VGroup(Text(line, font_size=34) for line in lines)
        for k, text in enumerate(texts):
            text.match_x(heading).set_y(-2.1 - 0.58 * k)
        return texts

    def get_tex_caption(self, text):
        """A caption with mathematics in it, on the line where captions stand."""
        words = TexText(text, font_size=BODY)
        return words.shift((get_caption("h").get_bottom()[1] - words[0].get_bottom()[1]) * UP)

    def swap_caption(self, new):
        """Out, then in: two sentences never lie on each other."""
        old, self.caption = self.caption, new
        if old is not None:
            self.play(FadeOut(old), run_time=0.3)
        self.play(FadeIn(new), run_time=0.5)

    def show_parameters(self):
        # Split the stage between parameters and activations
        self.caption = None
        title = get_title("Parameters vs Activations")
        divider = Line(2.4 * UP, 3.6 * DOWN).set_stroke(SCAFFOLD, 2)
        headings = VGroup(
            Text("Parameters", font_size=44).set_color(PARAMETER).set_x(-3.5),
            Text("Activations", font_size=44).set_color(ACTIVATION).set_x(3.5),
        )
        for heading in headings:
            heading.shift((2.55 - heading[0].get_top()[1]) * UP)
        self.play(FadeIn(title, 0.3 * UP), run_time=0.8)
        self.play(ShowCreation(divider), FadeIn(headings[0]), run_time=0.8)

        # Lay out the parameters, with their numbers
        parameters = VGroup(self.get_named(name, PARAMETER, LEFT) for name in ("W1", "b1", "W2", "b2"))
        weights, biases = parameters[::2], parameters[1::2]
        weights.arrange(DOWN, buff=0.35, aligned_edge=LEFT)
        for weight, bias in zip(weights, biases, strict=True):
            bias.next_to(weight, RIGHT, buff=0.45)
        biases[0].align_to(biases[1], RIGHT)
        parameters.move_to(headings[0]).set_y(0.2)
        statements = self.get_statements(
            ("Learned values", "Updated during training", "Require gradients for optimization"), headings[0]
        )
        self.play(LaggedStartMap(FadeIn, parameters, shift=0.2 * UP, lag_ratio=0.3), run_time=1.4)
        for statement in statements:
            self.play(FadeIn(statement, 0.1 * UP), run_time=0.5)
            self.wait(0.5)
        self.title, self.parameters = title, parameters
        self.divider, self.headings, self.statements = divider, headings, statements

    def show_places_for_activations(self):
        # Lay out places for the activations: without numbers until something flows
        columns = VGroup(self.get_empty(self.get_named(name, ACTIVATION)) for name in ("h1", "a1", "out"))
        columns.arrange(RIGHT, buff=0.9)
        for column in columns:
            column.shift((0.1 - column.matrix.get_y()) * UP)
            column.label.set_y(max(other.label.get_y() for other in columns))
        columns.match_x(self.headings[1])
        statements = self.get_statements(
            (
                "Computed during forward pass",
                "Saved for backward pass, where needed",
                "Needed to compute parameter gradients",
            ),
            self.headings[1],
        )
        self.play(FadeIn(self.headings[1]), run_time=0.5)
        self.play(LaggedStartMap(FadeIn, columns, shift=0.2 * UP, lag_ratio=0.3), run_time=1)
        for statement in statements:
            self.play(FadeIn(statement, 0.1 * UP), run_time=0.5)
            self.wait(0.5)
        self.wait(0.5)
        self.columns = columns
        self.statements.add(*statements)

    def assemble_the_network(self):
        # Put the network together from both halves
        labels = VGroup(named.label for named in self.parameters)
        self.play(FadeOut(VGroup(self.divider, self.headings, self.statements, labels)), run_time=0.5)
        w1, b1, w2, b2 = self.parameters
        h1, a1, out = self.columns
        x = self.get_empty(self.get_named("x", INPUT))
        relu = Text("ReLU", font_size=32).set_color(OPERATION)
        pieces = VGroup(x, w1, b1, h1, relu, a1, w2, b2, out)
        row = pieces.copy()
        for piece in row:
            if piece is not row[4]:
                piece[1].next_to(piece[0], UP, buff=0.18)
                piece.shift(-piece[0].get_center())
        for left, piece, gap in zip(row, row[1:], (0.6, 0.1, 0.6, 0.66, 0.66, 0.6, 0.1, 0.6), strict=False):
            piece.shift((left.get_right()[0] + gap - piece.get_left()[0]) * RIGHT)
        row.set_width(13.3).shift(1.1 * UP - row[0][0].get_center()[1] * UP).set_x(0)
        row[4].set_y(1.1)
        second = VGroup(w2, b2)
        self.play(
            *(Transform(pieces[i].matrix, row[i][0]) for i in (1, 2)),
            *(Transform(pieces[i], row[i]) for i in (3, 5, 8)),
            *(w.matrix.animate.replace(place[0]).match_y(w.matrix) for w, place in zip(second, row[6:8], strict=True)),
            run_time=1.2,
        )
        self.play(*(Transform(w.matrix, place[0]) for w, place in zip(second, row[6:8], strict=True)), run_time=0.6)
        for label, i in zip(labels, (1, 2, 6, 7), strict=True):
            label.become(row[i][1])

        # Draw the layers round what they own
        x.become(row[0])
        relu.become(row[4])
        boxes = VGroup(
            SurroundingRectangle(content, buff=0.12).round_corners(0.12).set_stroke(role, 3).set_fill(PANEL, 1)
            for content, role in ((VGroup(w1, b1), PARAMETER), (relu, OPERATION), (VGroup(w2, b2), PARAMETER))
        )
        boxes[1].set_height(0.75, stretch=True)
        owners = (
            ("Input", x, INPUT),
            ("FC1", boxes[0], PARAMETER),
            ("FC2", boxes[2], PARAMETER),
            ("Output", out, ACTIVATION),
        )
        words = VGroup(Text(word, font_size=28).set_color(role).match_x(owner) for word, owner, role in owners)
        for word in words:
            word.shift((boxes[0].get_bottom()[1] - 0.4 - word[0].get_bottom()[1]) * UP)
        stops = [x.matrix, boxes[0], h1.matrix, boxes[1], a1.matrix, boxes[2], out.matrix]
        arrows = VGroup(
            Arrow(a.get_right()[0] * RIGHT, b.get_left()[0] * RIGHT, buff=0.06, thickness=2.5)
            .set_color(MUTED)
            .shift(1.1 * UP)
            for a, b in pairwise(stops)
        )
        self.bring_to_back(boxes)
        self.play(FadeIn(boxes), FadeIn(relu), FadeIn(words), FadeIn(arrows), FadeIn(x), FadeIn(labels), run_time=0.7)
        self.network = VGroup(boxes, words, arrows, pieces)
        self.boxes, self.arrows, self.x = boxes, arrows, x

    def get_filling(self, named, **kwargs):
        """A column's dots give way to its numbers, from the top."""
        return LaggedStart(
            *(
                AnimationGroup(dot.animate.set_opacity(0), number.animate.set_fill(opacity=1))
                for dot, number in zip(named.dots, named.matrix.cells, strict=True)
            ),
            lag_ratio=0.3,
            **kwargs,
        )

    def flow_through(self, layer, column):
        """A spark runs in and out of a layer, whose result appears."""
        sparks = [
            VShowPassingFlash(
                Line(arrow.get_left(), arrow.get_right()).set_stroke(ACTIVATION, 8), time_width=0.8, time_span=(0, 0.35)
            )
            for arrow in self.arrows[2 * layer : 2 * layer + 2]
        ]
        box = self.boxes[layer]
        pulse = box.animate(rate_func=there_and_back, time_span=(0.25, 0.8)).set_stroke(FOCUS, 5)
        self.play(sparks[0], pulse, run_time=0.8)
        self.play(sparks[1], self.get_filling(column, time_span=(0.2, 1)), run_time=1)

    def save_column(self, named, note):
        """A copy of a column drops into the cache."""
        saved = VGroup(named.matrix.copy(), named.label.copy())
        saved.matrix, saved.label = saved
        self.play(saved.animate.set_y(self.cache.get_y()).shift(0.25 * RIGHT), run_time=0.8)
        words = Text(note, font_size=LABEL).set_color(MUTED).next_to(saved.matrix, RIGHT, buff=0.3)
        self.play(FadeIn(words), run_time=0.4)
        self.saved.add(saved)

    def run_the_network(self):
        # Hand the network an input, and save it
        h1, a1, out = self.columns
        self.saved = VGroup()
        self.cache = RoundedRectangle(13.4, 2.15, corner_radius=0.15).set_stroke(SCAFFOLD, 2).set_fill(PANEL, 1)
        self.cache.set_y(-1.93)
        edge = Line(UP, DOWN).match_height(self.cache).move_to(self.cache).set_x(4.45).set_stroke(SCAFFOLD, 2)
        word = Text("saved for\nbackward pass", font_size=LABEL).set_color(FOCUS)
        word.move_to(midpoint(edge.get_center(), self.cache.get_right()))
        self.play(FadeIn(self.cache), FadeIn(edge), FadeIn(word), self.get_filling(self.x), run_time=0.9)
        self.save_column(self.x, "the input of FC1")

        # Let it flow through the first layer
        self.flow_through(0, h1)

        # Let ReLU switch one unit off, and save what is left
        self.flow_through(1, a1)
        self.save_column(a1, "the input of FC2")

        # Let that flow through the second layer
        self.flow_through(2, out)
        self.swap_caption(get_caption("PyTorch saves what each layer was given: the way back will ask for it"))
        self.wait(1.8)

    def ask_for_the_gradient(self):
        # Write down how a layer finds the gradient of its weights
        self.play(FadeOut(self.network), FadeOut(self.caption), run_time=0.6)
        self.caption = None
        forward = Tex(
            "h_1 = W_1 x + b_1", font_size=44, t2c={"h_1": ACTIVATION, "W_1": PARAMETER, "x": INPUT, "b_1": PARAMETER}
        )
        parts = [R"{\partial L / \partial W_1}", R"{\partial L / \partial h_1}", R"x^\top"]
        backward = Tex(f"{parts[0]} = {parts[1]} \\cdot {parts[2]}", isolate=parts, font_size=44)
        for part, role in zip(parts, (PARAMETER, GRADIENT, INPUT), strict=True):
            backward[part].set_color(role)
        VGroup(forward, backward).arrange(RIGHT, buff=1.5).set_y(2.6)
        self.play(FadeIn(forward), run_time=0.6)
        self.wait(0.4)
        self.play(FadeIn(backward, 0.2 * RIGHT), run_time=0.6)
        self.wait(0.6)

        # Set it up in numbers, and miss one of them
        g, x = self.record.gradients, self.record.x
        column = get_role_matrix(g["h1"], GRADIENT, "dL/dh1")
        row = get_role_matrix(x[None, :], INPUT, "x")
        result = get_role_matrix(np.outer(column.shown_values, x), PARAMETER, "dL/dh1 · x")
        signs = VGroup(Tex(sign, font_size=44) for sign in (R"\cdot", "="))
        VGroup(column, signs[0], row, signs[1], result).arrange(RIGHT, buff=0.3).set_y(0.6)
        labels = VGroup(
            VGroup(get_name_label(matrix, tex, role, 36), get_size_label(matrix))
            for matrix, tex, role in zip(
                (column, row, result), (parts[1], parts[2], parts[0]), (GRADIENT, INPUT, PARAMETER), strict=True
            )
        )
        dots = VGroup(get_dots(row), get_dots(result))
        VGroup(row.cells, result.cells).set_fill(opacity=0)
        self.play(FadeIn(column), FadeIn(labels[0]), run_time=0.6)
        self.play(FadeIn(VGroup(signs, row, result, labels[1:], dots)), run_time=0.7)
        self.swap_caption(self.get_tex_caption(R"Without saved activations we can't compute $\partial L / \partial W$"))
        self.play(
            FlashAround(VGroup(row, dots[0]), color=FOCUS), FlashAround(backward[parts[2]], color=FOCUS), run_time=1.2
        )
        self.wait(0.8)
        self.forward, self.backward, self.dots = forward, backward, dots
        self.column, self.row, self.result, self.labels, self.signs = column, row, result, labels, signs

    def take_the_input_from_the_cache(self):
        # Find the missing numbers in the cache
        x = self.saved[0]
        self.swap_caption(self.get_tex_caption("$x$ is the INPUT of this layer: it must be saved"))
        self.play(FlashAround(x, color=FOCUS), x.matrix.brackets.animate.set_fill(FOCUS), run_time=1)
        movers = VGroup(number.copy() for number in x.matrix.cells)
        for mover, place in zip(movers, self.row.cells, strict=True):
            mover.generate_target().match_height(place).move_to(place)
        self.play(
            LaggedStartMap(MoveToTarget, movers, lag_ratio=0.3),
            FadeOut(self.dots[0], time_span=(0.5, 1.2)),
            run_time=1.3,
        )
        self.row.cells.set_fill(opacity=1)
        self.remove(movers)

        # Fill in the outer product, one product at a time
        filling = FillOuterProduct(self.column, self.row, self.result, run_time_per_entry=0.27, dots=self.dots[1])
        self.play(filling)

    def compare_with_torch(self):
        # Compare with what PyTorch finds
        torchs = get_role_matrix(self.record.gradients["W1"], PARAMETER, "W1.grad")
        name = Text("W1.grad", font=MONO, font_size=34).set_color(FOCUS)
        picture = VGroup(self.column, self.row, self.result, self.labels, self.signs)
        equals = Tex("=", font_size=44)
        whole = VGroup(picture.copy(), equals, torchs).arrange(RIGHT, buff=0.3)
        equals.set_y(0.6)
        torchs.set_y(0.6)
        name.next_to(torchs, UP, buff=0.16)
        note = Text("PyTorch", font_size=SMALL).set_color(MUTED).next_to(torchs, DOWN, buff=0.14)
        self.play(picture.animate.match_x(whole[0]), run_time=0.7)
        self.swap_caption(get_caption("PyTorch finds the same gradient"))
        self.play(FadeIn(VGroup(equals, torchs, name, note)), run_time=0.7)
        self.wait(1.6)
        self.play(FadeOut(Group(*(m for m in self.mobjects[1:] if m is not self.title))), run_time=0.5)

    def get_bar_row(self, y, word, floats, role, source):
        """A word, a bar as long as a count of floats on the chart's one scale, and the count."""
        most = count_floats(self.batches[-1])[1]
        bar = Rectangle(self.chart_width * floats / most, 0.5).set_stroke(width=0).set_fill(role, 1)
        bar.move_to([self.chart_left, y, 0], LEFT)
        count = SourcedNumber(floats, source=Source(source, (), np.array(floats)), num_decimal_places=0, font_size=36)
        count.set_color(role).next_to(bar, RIGHT, buff=0.2)
        row = VGroup(word.next_to([self.chart_left, y, 0], LEFT, buff=0.3), bar, count)
        row.word, row.bar, row.count = row
        bar.save_state()
        bar.stretch(1e-3, 0, about_edge=LEFT)
        return row

    def count_the_memory(self):
        # Ask what has to be kept in memory
        counts = [count_floats(batch) for batch in self.batches]
        words = (
            Text("Numbers to keep in memory, counted while PyTorch runs this network", font_size=LABEL)
            .set_color(MUTED)
            .set_y(2.55)
        )
        axis = Line([self.chart_left, 2.1, 0], [self.chart_left, -2.95, 0]).set_stroke(SCAFFOLD, 2)
        word = Text("parameters", font_size=34).set_color(PARAMETER)
        row = self.get_bar_row(1.6, word, counts[0][0], PARAMETER, "floats of parameters")
        self.caption = None
        self.play(FadeIn(words), FadeIn(axis), FadeIn(row.word), run_time=0.6)
        self.play(Restore(row.bar), FadeIn(row.count), run_time=0.6)
        self.wait(0.4)

        # Let the batch grow, and count what is saved
        heading = Text("saved activations", font_size=34).set_color(ACTIVATION)
        heading.next_to([self.chart_left, 0.75, 0], RIGHT, buff=0.2)
        self.play(FadeIn(heading), run_time=0.4)
        for k, (batch, (_, saved)) in enumerate(zip(self.batches, counts, strict=True)):
            size = get_number(batch, font_size=34, source=CHOICE)
            word = (
                VGroup(Text("batch of", font_size=34), size)
                .arrange(RIGHT, buff=0.15, aligned_edge=UP)
                .set_color(ACTIVATION)
            )
            row = self.get_bar_row(0.05 - 0.85 * k, word, saved, ACTIVATION, f"floats saved at batch {batch}")
            self.play(FadeIn(row.word), run_time=0.3)
            self.play(Restore(row.bar), FadeIn(row.count, time_span=(0.4, 0.8)), run_time=0.8)

        # Say what it means
        self.swap_caption(get_caption("The parameters stay; what must be saved grows with the batch"))
        self.wait(2)
        self.play(FadeOut(Group(*self.mobjects[1:])), run_time=0.4)
