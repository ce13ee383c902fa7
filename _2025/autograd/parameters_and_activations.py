from _2025.autograd.two_layers import (
    BEFORE_THE_WAY_BACK,
    FRONT,
    HEAD_Y,
    MIDDLE,
    PANEL_Y,
    RADIUS,
    STEP,
    TwoLayerNetwork,
    X,
    d,
    get_chip,
)
from manim_imports_ext import *
from truth.two_layer import count_floats, run_two_layers

TEX = {"x": "x", "a1": "a_1", "out": R"\text{out}", "t": "t"}
CELL = 0.088  # a saved number among thousands, in frame units
TABLE_X = 1.3, 1.98  # of the weights' gradients: the left edge of the first column, and from column to column
WITHOUT_LOSS = View(0, 0, 0, (-2.05, *FRONT.center[1:]), FRONT.height)  # while the network stands alone
OTHER_INPUT = (-1.0, 2.0, 0.0)


class ParametersVsActivationsScene(CaptionedScene):
    """Parameters are there all along; activations come with an input, and some must be saved for the way back."""

    batches = (1, 8, 64, 512)

    def construct(self):
        self.record = run_two_layers()
        net = self.show_parameters()
        self.run_the_network(net)
        self.change_the_input(net)
        self.compare_with_the_target(net)
        backings = self.save_what_pytorch_saves(net)
        self.use_what_was_saved(net, backings)
        self.count_the_memory(net)

    def get_values(self, name):
        return getattr(self.record, name)

    # What happens

    def show_parameters(self):
        # Fly along the weights of two layers
        set_telephoto(self.frame)
        net = TwoLayerNetwork(self.record)
        names = ("W1", "b1", "W2", "b2")
        net.heads["b1"] = Tex("b_1", font_size=HEADING).set_color(PARAMETER).move_to([X["h1"], HEAD_Y, 0])
        net.heads["b2"] = Tex("b_2", font_size=HEADING).set_color(PARAMETER).move_to([X["out"], HEAD_Y, 0])
        heads = VGroup(net.heads[name] for name in names)
        self.frame.reorient(-30, -12, 0, (-2.05, MIDDLE - 0.2, 0), 8.4)
        self.add(net)
        self.say(
            "Each edge carries a weight, each small cube a bias",
            LaggedStartMap(FadeIn, heads, lag_ratio=0.3, time_span=(0.8, 2)),
            self.frame.animate.reorient(*WITHOUT_LOSS),
            run_time=2.6,
        )
        chips = VGroup(net.get_weight_chip("W1", i, 0, at=0.62) for i in range(4))
        self.say("These are parameters: learned, and kept", LaggedStartMap(FadeIn, chips, lag_ratio=0.2))
        self.wait(0.6)
        self.hush(FadeOut(chips), FadeOut(VGroup(net.heads["b1"], net.heads["b2"])), run_time=0.5)
        return net

    def run_the_network(self, net):
        # Hand the network an input
        record = self.record
        self.say(
            "Now an input comes in",
            FadeIn(VGroup(net.numbers["x"], net.heads["x"]), 0.6 * RIGHT),
            *net.light("x", record.x),
            run_time=0.9,
        )

        # Work out one sum slowly
        self.work_out_one_sum(net)

        # Let the rest run, to the output
        rest = VGroup(net.numbers["h1"][1:], net.heads["h1"])
        self.play(
            net.get_wave(net.get_all_lines("W1")),
            *net.light("h1", record.h1, time_span=(0.5, 0.9)),
            FadeIn(rest, time_span=(0.5, 0.9)),
            run_time=0.9,
        )
        self.add(net.numbers["h1"])
        self.say(
            "ReLU lets what is positive through",
            net.get_wave(net.get_link_lines()),
            FadeIn(net.heads["relu"], time_span=(0, 0.4)),
            *net.light("a1", record.a1, time_span=(0.6, 1)),
            FadeIn(VGroup(net.numbers["a1"], net.heads["a1"]), time_span=(0.6, 1)),
            run_time=1,
        )
        self.play(
            net.get_wave(net.get_all_lines("W2")),
            *net.light("out", record.out, time_span=(0.5, 0.9)),
            FadeIn(VGroup(net.numbers["out"], net.heads["out"]), time_span=(0.5, 0.9)),
            run_time=0.9,
        )

    def work_out_one_sum(self, net):
        """The first entry of h1 = W1 x + b1, term by term."""
        weights, bias = self.record.W1[0], self.record.b1[0]
        signed = ["({})" if number < 0 else "{}" for number in (*weights, *self.record.x, bias)]
        tex = " + ".join(Rf"{signed[k]} \cdot {signed[3 + k]}" for k in range(3)) + f" + {signed[6]} ="
        shown = [(("W1", 0, k), w) for k, w in enumerate(weights)], [(("x", k), v) for k, v in enumerate(self.record.x)]
        numbers = [Shown(name, np.array(value), 1) for pair in zip(*shown, strict=True) for name, value in pair]
        formula = get_formula(tex, *numbers, Shown(("b1", 0), np.array(bias), 1), font_size=HEADING)
        result = get_number(self.record.h1[0], 1, font_size=HEADING, source=("h1", 0))
        row = VGroup(formula, result).arrange(RIGHT, buff=0.25).move_to([WITHOUT_LOSS.center[0], PANEL_Y, 0])
        plate = Plate(row, 0.2)
        chips = VGroup(net.get_weight_chip("W1", 0, j, at=0.45) for j in range(3))
        bead = net.beads["b1"][0]
        name = get_chip(get_number(bias[..., None], 1, source=("b1", 0), font_size=34), NEGATIVE_RAMP[1])
        chips.add(name.next_to(bead, DOWN, buff=0.08).set_z_index(2)).set_z_index(2)
        self.hush(
            LaggedStartMap(FadeIn, chips, lag_ratio=0.3),
            net.color_tubes("W1", 1, is_gradient=False, dimmed=0.75, kept=[(0, j) for j in range(3)]),
            run_time=0.8,
        )
        self.play(FadeIn(plate), FadeIn(formula, lag_ratio=0.05), net.get_wave(net.lines["W1"][0]), run_time=1.2)
        self.play(FadeIn(result, 0.2 * RIGHT), run_time=0.4)
        self.wait(1.2)
        first = net.numbers["h1"][0]
        self.play(FadeIn(first, scale=1.5), net.light("h1", self.record.h1)[0], run_time=0.6)
        self.play(
            FadeOut(VGroup(chips, plate, formula, result)),
            net.color_tubes("W1", 1, is_gradient=False),
            run_time=0.7,
        )

    def change_the_input(self, net):
        # Send another input through: the light changes, the edges stay
        other, columns = run_two_layers(OTHER_INPUT), ("x", "h1", "a1", "out")
        ways = {"h1": net.get_all_lines("W1"), "a1": net.get_link_lines(), "out": net.get_all_lines("W2")}
        new = {name: net.get_numbers(other, name) for name in columns}

        def pass_through(record, old, numbers):
            return LaggedStart(
                *(
                    AnimationGroup(
                        *([net.get_wave(ways[name], run_time=0.7)] if name in ways else []),
                        *net.light(name, getattr(record, name), time_span=(0.4, 0.7), run_time=0.7),
                        FadeOut(old[name], time_span=(0.1, 0.4), run_time=0.7),
                        FadeIn(numbers[name], time_span=(0.4, 0.7), run_time=0.7),
                    )
                    for name in columns
                ),
                lag_ratio=0.7,
            )

        self.say(
            "Another input: other activations, the same weights", pass_through(other, net.numbers, new), run_time=2.6
        )
        self.wait(0.5)
        self.hush(pass_through(self.record, new, net.numbers), run_time=1.6)

    def compare_with_the_target(self, net):
        # Compare the output with what was wanted
        wanted = VGroup(net.heads["t"], Text("wanted", font_size=36).set_color(TARGET))
        wanted[1].move_to([X["t"], MIDDLE - STEP / 2 - 1, 0])
        self.play(
            FadeIn(net.end, 0.4 * LEFT),
            FadeIn(wanted, 0.4 * LEFT),
            *net.light("t", self.record.t),
            FadeIn(net.numbers["t"], time_span=(0.5, 1)),
            self.frame.animate.reorient(*FRONT),
            run_time=1.4,
        )
        self.add(net.end)
        self.play(
            *(net.get_wave(lines) for lines in net.loss_lines), FadeIn(net.loss_words, time_span=(0.5, 1)), run_time=1
        )
        self.wanted = wanted
        self.wait(0.5)

    def save_what_pytorch_saves(self, net):
        # Let the viewer guess what will be saved
        columns = ("x", "h1", "a1", "out")
        rings = VGroup(
            Circle(radius=1.14 * RADIUS).set_stroke(FOCUS, 5).move_to(ball.body.get_center())
            for name in columns
            for ball in net.balls[name]
        ).set_z_index(2)
        self.say("Which of these does the way back need?", LaggedStartMap(FadeIn, rings, lag_ratio=0.1), run_time=1.2)
        self.wait(0.8)

        # Keep each layer's input
        backings = {name: net.get_backing(name).set_z_index(-1) for name in ("x", "a1", "out", "t")}
        self.say(
            "Each layer keeps the input that it was given",
            FadeOut(rings, time_span=(0, 0.4)),
            *(FadeIn(backings[name], scale=1.15, time_span=(0.3, 1)) for name in ("x", "a1")),
            run_time=1,
        )

        # Keep both that the loss compares
        self.say(
            "The loss keeps both that it compares",
            FadeOut(self.wanted[1], time_span=(0, 0.4)),
            *(FadeIn(backings[name], scale=1.15, time_span=(0.2, 0.9)) for name in ("out", "t")),
            run_time=0.9,
        )

        # Let go of the one that is not saved
        off = int(np.argmin(self.record.mask))
        ring = Circle(radius=1.14 * RADIUS).set_stroke(FOCUS, 7).move_to(net.balls["a1"][off].body.get_center())
        self.say(
            "h1 can go: a1 shows where the ReLU was off",
            FadeOut(net.numbers["h1"]),
            *net.light("h1", 0 * self.record.h1),
            FadeIn(ring.set_z_index(2), scale=1.4),
            run_time=0.9,
        )
        self.hush(FadeOut(ring))
        return backings

    def use_what_was_saved(self, net, backings):
        # Let the gradient come back to h1
        tags = net.get_gradient_tags("h1")
        self.say(
            "Suppose these gradients arrive at h1",
            Succession(
                net.get_wave([line for lines in net.loss_lines[:1] for line in lines], GRADIENT, run_time=0.5),
                net.get_wave(net.get_all_lines("W2"), GRADIENT, run_time=0.8),
                net.get_wave(net.get_link_lines(), GRADIENT, run_time=0.6),
            ),
            FadeIn(tags, 0.3 * LEFT, time_span=(1.6, 2)),
            run_time=2,
        )

        # Make room beside the first layer for its weights' gradients
        gone = Group(net.links, net.gate, net.tubes["W2"], net.balls["a1"], net.balls["out"], net.end, net.beads["b2"])
        words = VGroup(net.loss_words, *(backings[name] for name in ("a1", "out", "t")), self.wanted[0])
        words.add(*(net.numbers[name] for name in ("a1", "out", "t")))
        words.add(*(net.heads[name] for name in ("relu", "a1", "out", "W2")))
        table, plate, sides, tops = self.get_table(net)
        net.inner.remove(*(part for part in gone if part is not net.end))
        self.remove(net)
        self.add(net.inner)
        self.hush(FadeOut(Group(gone, words)), run_time=0.8)
        name = Tex(d("h1"), font_size=BODY).set_color(GRADIENT).move_to([sides.get_x(), HEAD_Y, 0])
        title = Tex(R"{\partial L / \partial W_1}", font_size=BODY).set_color(GRADIENT)
        title.move_to([plate.get_x(), plate.get_bottom()[1] - 0.45, 0])
        self.play(
            FadeIn(plate, 0.3 * LEFT),
            FadeIn(VGroup(name, title), time_span=(0.4, 1)),
            ReplacementTransform(tags, sides),
            *(FlashAround(ball.body, color=FOCUS, stroke_width=6) for ball in net.balls["x"]),
            FadeIn(tops, 0.3 * DOWN, lag_ratio=0.3, time_span=(0.5, 1.2)),
            run_time=1.2,
        )

        # Multiply what arrived by what was saved, weight by weight
        order = [(0, 1), (3, 2)]
        self.say("Each weight: what arrived times the saved input")
        for turn, (i, j) in enumerate(order):
            self.fill_slowly(net, table, sides, tops, i, j, 1.0 if turn == 0 else 0.7)
        rest = [(i, j) for i, j in np.ndindex(4, 3) if (i, j) not in order]
        self.hush(
            net.get_wave(net.get_all_lines("W1"), GRADIENT, run_time=1.6),
            net.color_tubes("W1", 1, time_span=(0.6, 1.6)),
            LaggedStart(*(FadeIn(table[i][j]) for i, j in rest), lag_ratio=0.15, run_time=1.8),
            run_time=1.8,
        )
        self.say("PyTorch calls this grid W1.grad", FlashAround(plate, color=FOCUS, stroke_width=6), run_time=1)
        self.wait(0.5)

    def get_table(self, net):
        """The gradients of the first weights beside the balls they belong to: a row for each h1, a column for each x.

        Returns:
            table: cells (a tile and its number) by row and column.
            plate: what they stand on.
            sides, tops: the numbers each row and each column is multiplied by.
        """
        gradients, (left, step) = self.record.gradients, TABLE_X
        ys = [ball.body.get_y() for ball in net.balls["h1"]]
        xs = [left + (j + 0.5) * step for j in range(3)]
        largest = np.abs(gradients["W1"]).max()
        table = VGroup()
        for i, y in enumerate(ys):
            row = VGroup()
            for j, x in enumerate(xs):
                value = gradients["W1"][i, j, None]
                color = mix_colors(PANEL, GRADIENT, 0.75 * float(abs(value[0]) / largest) ** 0.7)
                tile = Rectangle(step - 0.08, STEP - 0.25).set_fill(color, 1).set_stroke(width=0).move_to([x, y, 0])
                number = get_number(value, 1, source="W1.grad", font_size=HEADING).move_to(tile).set_color(TEXT)
                row.add(VGroup(tile, number))
            table.add(row)
        plate = Plate(table, 0.08)
        sides = VGroup(
            GradientTag(get_number(gradients["h1"][i, None], 1, source="dL/dh1", font_size=42)).move_to(
                [left - 0.95, y, 0]
            )
            for i, y in enumerate(ys)
        )
        tops = VGroup(
            get_number(self.record.x[j, None], 1, source="x", font_size=HEADING)
            .set_color(INPUT)
            .move_to([x, HEAD_Y + 0.12, 0])
            for j, x in enumerate(xs)
        )
        return table, plate, sides, tops

    def fill_slowly(self, net, table, sides, tops, i, j, pace):
        """One gradient: both factors flash, light runs back along the tube, the product comes up in its cell."""
        line = net.lines["W1"][i][j]
        frames = VGroup(SurroundingRectangle(part, buff=0.07).set_stroke(FOCUS, 5) for part in (sides[i], tops[j]))
        numbers = self.record.gradients["h1"][i, None], self.record.x[j, None], self.record.gradients["W1"][i, j, None]
        pieces = ["({})" if number[0] < 0 else "{}" for number in numbers[:2]]
        product = get_formula(
            Rf"{pieces[0]} \cdot {pieces[1]} = {{}}",
            *(Shown(name, value, 1) for name, value in zip(("dL/dh1", "x", "W1.grad"), numbers, strict=True)),
            font_size=HEADING,
        ).move_to([(X["x"] + X["h1"]) / 2, PANEL_Y, 0])
        plate = Plate(product, 0.16)
        self.play(
            LaggedStartMap(ShowCreation, frames, lag_ratio=0.3),
            net.get_wave([line], GRADIENT),
            FadeIn(VGroup(plate, product), time_span=(0.4, 0.9)),
            run_time=1.1 * pace,
        )
        self.play(FadeIn(table[i][j], scale=1.2), run_time=0.5 * pace)
        self.wait(0.8 * pace)
        self.play(FadeOut(VGroup(frames, plate, product)), run_time=0.3)

    # Memory

    def get_squares(self, rows, columns, color, corner):
        """So many equal squares, one for each number that is kept; `corner` is the lower left one."""
        squares = VMobject()
        for i, j in np.ndindex(rows, columns):
            square = Square(0.86 * CELL).move_to(np.array(corner) + CELL * np.array([j + 0.5, i + 0.5, 0]))
            squares.append_vectorized_mobject(square)
        return squares.set_stroke(width=0).set_fill(color, 1)

    def get_parameters(self):
        """A square for each parameter: two weight matrices, with a bias beside each."""
        parts = VGroup()
        for weights, bias, y in (("W1", "b1", 0.0), ("W2", "b2", -3.0)):
            rows, columns = self.get_values(weights).shape
            left = [-7 * CELL, y * CELL, 0]
            parts.add(self.get_squares(rows, columns, PARAMETER, left))
            corner = [left[0] + (columns + 0.3) * CELL, left[1], 0]
            parts.add(self.get_squares(len(self.get_values(bias)), 1, PARAMETER, corner))
        return parts

    def get_colors_of_saved(self):
        return INPUT, ACTIVATION, mix_colors(ACTIVATION, LOSS, 0.6), TARGET

    def get_example(self, place):
        """A square for each number that is saved of one example: as many in a row as it has; out and t share one."""
        (i, j), places = place, ((0, 2), (0, 1), (0, 0), (2, 0))
        colors = self.get_colors_of_saved()
        parts = VGroup()
        for name, (right, row), color in zip(self.record.saved, places, colors, strict=True):
            corner = [(4.6 * j + right) * CELL, (3.6 * i + row - 3) * CELL, 0]
            parts.add(self.get_squares(1, self.get_values(name).size, color, corner))
        return parts

    def get_box(self, squares):
        """A frame round what is saved, in the colour it had in the network."""
        return SurroundingRectangle(squares, buff=0.3 * CELL).set_stroke(FOCUS, 4)

    def get_areas(self, counts):
        """A square and a rectangle whose areas are as two counts, the second one across most of the frame."""
        width, height = 9.6, 4.0
        side = float(np.sqrt(counts[0].source.true_value() / counts[1].source.true_value() * width * height))
        small, stripes, names = Square(side).set_fill(PARAMETER, 1), VGroup(), VGroup()
        sizes = [self.get_values(name).size for name in self.record.saved]
        for name, size, color in zip(self.record.saved, sizes, self.get_colors_of_saved(), strict=True):
            stripes.add(Rectangle(width, height * size / sum(sizes)).set_fill(color, 1))
            names.add(Tex(TEX[name], font_size=HEADING).set_color(BACKGROUND))
        stripes.arrange(DOWN, buff=0).move_to([1.7, -0.6, 0])
        for name, stripe in zip(names, stripes, strict=True):
            name.move_to(stripe)
        VGroup(small, stripes).set_stroke(width=0)
        return VGroup(small.move_to([-5.4, -0.6, 0]), VGroup(*stripes, *names)).fix_in_frame()

    def get_view(self, rows, columns):
        """Where the camera sees the parameters and so many rows and columns of examples below the readouts."""
        right, top = 4.6 * columns, max(3.6 * rows - 3, 4)
        height = max((right + 8) * CELL / 1.62, (top + 3) * CELL / 0.57)
        return View(center=((right - 7) / 2 * CELL, (top - 3) / 2 * CELL + 0.015 * height, 0), height=height)

    def get_readout(self, words, number, x):
        """A large number over what it counts, in its place on the screen."""
        return VGroup(number, Text(words, font_size=LABEL)).arrange(DOWN, buff=0.15).move_to([x, 3.1, 0]).fix_in_frame()

    def get_count(self, name, count, color):
        source = Source(name, of=count)
        config = dict(num_decimal_places=0, group_with_commas=True, font_size=TITLE, edge_to_fix=ORIGIN)
        return SourcedNumber(count(), source=source, **config).set_color(color)

    def count_the_memory(self, net):
        # Count what is kept for one example
        shapes = {1: (1, 1), 8: (2, 4), 64: (8, 8), 512: (16, 32)}
        parameters, example, batch = self.get_parameters(), self.get_example((0, 0)), ValueTracker(1)
        counts = VGroup(
            self.get_count("parameters", lambda: count_floats(1)[0], PARAMETER),
            self.get_count("batch size", lambda: round(batch.get_value()), TEXT),
            self.get_count("floats saved", lambda: count_floats(round(batch.get_value()))[1], ACTIVATION),
        )
        places = zip(("parameters", "examples at once", "numbers saved"), counts, (-4.6, 0, 4.6), strict=True)
        left, middle, right = (self.get_readout(*place) for place in places)
        self.wait_until_read()
        before = Group(*(mobject for mobject in self.mobjects if mobject is not self.frame)).fix_in_frame()
        self.frame.reorient(*self.get_view(1, 1))
        self.play(
            FadeOut(before, time_span=(0, 0.6)),
            FadeIn(VGroup(left, middle, right), time_span=(0.3, 0.9)),
            LaggedStartMap(FadeIn, parameters, lag_ratio=0.2, time_span=(0.3, 1)),
            LaggedStartMap(FadeIn, example, lag_ratio=0.5, time_span=(0.8, 1.8)),
            run_time=1.8,
        )
        self.caption = VGroup()
        names = VGroup(
            Tex(TEX[name], font_size=6).set_color(part.get_fill_color()).next_to(part, side, buff=0.03)
            for name, part, side in zip(self.record.saved, example, (RIGHT, RIGHT, DOWN, DOWN), strict=True)
        )
        names[1].align_to(names[0], LEFT).shift(CELL * RIGHT)
        names[3].match_y(names[2])
        self.say("Saved for one example: x, a1, out and t", FadeIn(names))
        box = self.get_box(example)
        self.hush(FadeOut(names), FadeIn(box))

        # Step back before each growth of the batch
        old = 1
        for size in self.batches[1:]:
            places = [p for p in np.ndindex(shapes[size]) if old == 1 or any(np.array(p) >= shapes[old])]
            examples = [self.get_example(place) for place in places if place != (0, 0)]
            chunk = max(1, len(examples) // 56)
            new = VGroup(merge(examples[k : k + chunk]) for k in range(0, len(examples), chunk))

            def grow(new, alpha, old=old, chunk=chunk):
                shown = round(alpha * len(new))
                for k, part in enumerate(new):
                    part.set_fill(opacity=float(k < shown))
                batch.set_value(old + shown * chunk)
                for count in counts[1:]:
                    count.set_value(count.source.true_value())

            corners = VGroup(example, self.get_example((shapes[size][0] - 1, shapes[size][1] - 1)))
            self.play(
                self.frame.animate.reorient(*self.get_view(*shapes[size])),
                Transform(box, self.get_box(corners)),
                run_time=0.9,
            )
            self.play(UpdateFromAlphaFunc(new, grow), run_time=1.3)
            self.wait(0.3)
            old = size

        self.compare_the_areas(VGroup(left, middle, right), counts)

    def compare_the_areas(self, readouts, counts):
        # Lay all squares together: two areas
        squares = Group(*(mobject for mobject in self.mobjects if not mobject.is_fixed_in_frame()))
        squares.remove(self.frame)
        areas = self.get_areas((counts[0], counts[2]))
        box = SurroundingRectangle(areas[1], buff=0).set_stroke(FOCUS, 5)
        word = Text("saved", font_size=BODY).set_color(FOCUS).next_to(box, UP, buff=0.15, aligned_edge=LEFT)
        saved = VGroup(box, word).fix_in_frame()
        self.play(
            FadeOut(squares, time_span=(0, 0.7)),
            FadeIn(VGroup(areas, saved), time_span=(0.5, 1.2)),
            readouts[0].animate.next_to(areas[0], UP, buff=0.25),
            run_time=1.2,
        )
        self.say("The parameters stay. What is saved grows with the batch")
        self.wait(1)

        # Go back into the network, to see how a gradient comes through
        stage = TwoLayerNetwork(self.record).get_kept_state()
        self.hush(
            FadeOut(VGroup(areas, saved, readouts), time_span=(0, 0.7)),
            self.frame.animate.reorient(*BEFORE_THE_WAY_BACK),
            FadeIn(stage, time_span=(0.4, 1.2)),
            run_time=1.2,
        )


def merge(groups):
    """Groups of shapes as one group with a single shape for each place in them: fast to draw, true up to some fifty."""
    parts = VGroup()
    for same in zip(*groups, strict=True):
        whole = VMobject()
        for part in same:
            whole.append_vectorized_mobject(part)
        parts.add(whole.match_style(same[0]))
    return parts
