from typing import NamedTuple

from manim_imports_ext import *
from truth.two_layer import run_two_layers

ROW = 2.55  # the height at which the network stands
SIZE = 28  # of the numbers in it
BIG = 50  # of the numbers on the board
DEEP = mix_colors(GRADIENT, BACKGROUND, 0.3)  # the largest gradient's tile: light digits can be read on it
OUT_TEX = R"\text{out}"
TEX = {"x": "x", "W1": "W_1", "b1": "b_1", "h1": "h_1", "a1": "a_1", "W2": "W_2", "b2": "b_2", "out": OUT_TEX}


def d(name):
    """The gradient of something, in TeX."""
    return Rf"\partial L / \partial {TEX[name]}"


class Machine(NamedTuple):
    """The network: its blocks and the ways between them, by name, and what stands on both."""

    blocks: dict
    names: dict
    ways: dict
    wires: Group
    weights: dict
    values: dict
    gradients: dict


class GradientPropagationScene(CaptionedScene):
    """A layer turns the one gradient that reaches it into three: for its weights, its bias and its input."""

    # What stands from left to right, and how wide each is: values between blocks.
    stops = (
        ("x", 2.0),
        ("W1", 3.2),
        ("h1", 2.0),
        ("relu", 1.15),
        ("a1", 2.0),
        ("W2", 3.85),
        ("out", 2.0),
        ("L", 1.3),
    )
    middle = (0, 0, 0)  # where the camera stands while numbers are read, and how much it sees
    height = 10.4

    def construct(self):
        self.record = run_two_layers()
        machine = self.run_forward()
        board, work = self.start_with_the_error(machine)
        work = self.pass_through_layer(machine, work, "W2", "b2", "out", "a1", pace=1.0)
        work = self.pass_through_relu(machine, work)
        work = self.pass_through_layer(machine, work, "W1", "b1", "h1", "x", pace=0.55)
        self.see_the_whole_way_back(machine, board, work)

    # What is shown

    def get_places(self):
        """The left and the right end of every stop, by name."""
        ends = np.cumsum([0, *(width for _, width in self.stops)]) - sum(width for _, width in self.stops) / 2
        return {name: (left, right) for (name, _), left, right in zip(self.stops, ends, ends[1:], strict=False)}

    def get_tiles(self, values, source, size=SIZE, is_gradient=False, **config):
        """Numbers on tiles: blue and orange by their sign, or for gradients crimson by their size."""
        kind = NumericEmbedding if np.ndim(values) == 1 else WeightMatrix
        colors = (
            dict(positive=(PANEL, DEEP), negative=(PANEL, DEEP), neutral=PANEL)
            if is_gradient
            else dict(positive=POSITIVE_RAMP, negative=NEGATIVE_RAMP, neutral=PANEL)
        )
        settings = dict(
            include_sign=False,
            has_tiles=True,
            num_decimal_places=1,
            font_size=size,
            max_value=2.5 if is_gradient else 3,
            h_buff=0.8,
        )
        return kind(values, source=source, **(settings | colors | config))

    def get_gradient_tiles(self, name, size=SIZE, **config):
        return self.get_tiles(self.record.gradients[name], f"dL/d{name}", size, is_gradient=True, **config)

    def get_layer(self, weights, bias, middle):
        """What stands on a layer's front: weights and bias, and under each the place of its gradient."""
        record, faces, heads = self.record, {}, VGroup()
        tiles = VGroup(self.get_tiles(getattr(record, name), name, SIZE - 2, h_buff=0.45) for name in (weights, bias))
        tiles.arrange(RIGHT, buff=0.08).move_to(middle + 0.62 * UP + 0.92 * OUT)
        for name, part in zip((weights, bias), tiles, strict=True):
            faces[name] = part.set_z_index(1)
            gradient = self.get_gradient_tiles(name, SIZE - 2, h_buff=0.45).move_to(part).shift(1.75 * DOWN)
            faces[f"d{name}"] = gradient.set_z_index(1)
            heads.add(Tex(TEX[name], font_size=40).move_to([part.get_x(), middle[1] + 1.72, 0.92]))
        return faces, heads

    def get_machine(self):
        places, record = self.get_places(), self.record
        blocks, names, ways, weights, values, gradients = {}, {}, {}, {}, {}, {}
        for name, (left, right) in places.items():
            middle = np.array([(left + right) / 2, ROW, 0])
            if name in ("W1", "W2", "relu", "L"):
                color = mix_colors(PLATE, {"relu": OPERATION, "L": LOSS}.get(name, PARAMETER), 0.3)
                blocks[name] = SolidBlock(right - left, 4.05, 1.8, color=color).move_to(middle)
            if name[0] == "W":
                faces, heads = self.get_layer(name, f"b{name[1]}", middle)
                weights |= faces
                names[name] = heads.set_z_index(1)
            elif name in blocks:
                words = VGroup(Text({"relu": "ReLU", "L": "Loss"}[name], font_size=33))
                if name == "L":
                    words.add(get_number(record.loss, 1, source="L", font_size=46)).arrange(DOWN, buff=0.3)
                names[name] = words.move_to(middle + 0.92 * OUT).set_z_index(1)
            else:
                ways[name] = Line([left, ROW, 0], [right, ROW, 0])
                tiles = self.get_tiles(getattr(record, name), name, SIZE, h_buff=0.5).move_to(middle + 0.49 * LEFT)
                head = Tex(TEX[name], font_size=40).next_to(tiles, UP, buff=0.15)
                values[name] = tiles.set_z_index(1)
                names[name] = VGroup(head).set_z_index(1)
                gradients[name] = (
                    self.get_gradient_tiles(name, h_buff=0.5).move_to(middle + 0.49 * RIGHT).set_z_index(1)
                )
        wires = Group(get_tube(*way.get_start_and_end(), 0.14).set_color(MUTED) for way in ways.values())
        return Machine(blocks, names, ways, wires, weights, values, gradients)

    def get_formula(self, result, *factors, sign=R" \cdot "):
        """What a gradient is the product of, at the board's upper edge; gradients crimson."""
        formula = Tex(f"{d(result)} = " + sign.join(factors), font_size=54, isolate=[d(result), *factors])
        for part in (d(result), *(factor for factor in factors if "partial" in factor)):
            formula[part].set_color(mix_colors(GRADIENT, TEXT, 0.3))
        return formula

    def get_heading(self, words, formula):
        """For what, and how: along the board's upper edge."""
        line = Text(words, font_size=42).set_color(FOCUS)
        heading = VGroup(line, formula).arrange(RIGHT, buff=0.7)
        return heading.move_to([0, -0.22, 0])

    def get_sizes(self, *matrices):
        return VGroup(get_size_label(matrix, 32) for matrix in matrices)

    def explain(self, words, *animations, run_time=1.0):
        """Say something along the board's lower edge."""
        self.say(Text(words, font_size=40).move_to([0, -4.42, 0]), *animations, run_time=run_time)

    # What moves

    def send_light(self, machine, name, color=GRADIENT, run_time=0.9):
        """Animation: light runs along one of the ways, back unless it is the forward pass's."""
        return EdgeWave(
            [machine.ways[name]], color, backwards=color == GRADIENT, width=26, radius=0.8, run_time=run_time
        )

    def light_up(self, block, color=GRADIENT, run_time=0.9):
        """Animation: a block glows while light runs through it."""
        return block.faces.animate(rate_func=there_and_back, run_time=run_time).set_color(
            mix_colors(PLATE, color, 0.75)
        )

    # Beats

    def run_forward(self):
        # Run the network forward: values light up between its blocks
        set_telephoto(self.frame)
        machine, title = self.get_machine(), get_title("How Gradients Propagate").fix_in_frame()
        shown = [machine.weights[name] for name in ("W1", "b1", "W2", "b2")]
        late = [*machine.values, "L"]
        heads = [name for key, name in machine.names.items() if key not in late]
        self.add(machine.wires, *machine.blocks.values(), *heads, *shown, title)
        self.frame.reorient(-26, -12, 0, (0, ROW - 0.2, 0), 11)
        steps = []
        for name, _ in self.stops[:-1]:
            if name in machine.ways:
                light = self.send_light(machine, name, INPUT, 0.7)
                values = VGroup(machine.values[name], machine.names[name])
                steps.append(AnimationGroup(light, FadeIn(values, time_span=(0.2, 0.7), run_time=0.7)))
            else:
                steps.append(self.light_up(machine.blocks[name], INPUT, 0.7))
        self.play(
            LaggedStart(*steps, lag_ratio=0.55),
            self.frame.animate.reorient(-14, -8, 0, (0, ROW - 0.6, 0), 10.6),
            run_time=4,
        )

        # Check one sum of it: a row of weights times the input, and the bias
        record = self.record
        numbers = []
        for j in range(3):
            for name, value in (("W1", record.W1[0, j]), ("x", record.x[j])):
                numbers.append(Shown(name, np.array(value), 1))
        numbers += [Shown("b1", np.array(record.b1[0]), 1), Shown("h1", np.array(record.h1[0]), 1)]
        pieces = ["({})" if number.value < 0 else "{}" for number in numbers]
        tex = " + ".join(f"{a} \\cdot {b}" for a, b in zip(pieces[:6:2], pieces[1:6:2], strict=True))
        formula = get_formula(f"{tex} + {pieces[6]} = {{}}", *numbers, font_size=60).move_to([0, -1.6, 0])
        strips = VGroup(
            SurroundingRectangle(part, buff=0.05).set_stroke(FOCUS, 5)
            for part in (
                machine.weights["W1"].get_row(0),
                machine.values["x"].cells,
                machine.weights["b1"].get_row(0),
                machine.values["h1"].get_row(0),
            )
        ).set_z_index(2)
        self.play(
            FadeOut(title, 0.3 * UP, time_span=(0, 0.4)),
            self.frame.animate.reorient(0, 0, 0, self.middle, self.height),
            FadeIn(machine.names["L"]),
            run_time=1.4,
        )
        self.play(LaggedStartMap(ShowCreation, strips, lag_ratio=0.35), FadeIn(formula, lag_ratio=0.05), run_time=1.6)
        self.wait(2)
        self.play(FadeOut(VGroup(strips, formula)), run_time=0.5)
        return machine

    def start_with_the_error(self, machine):
        # Write the loss, and its slope
        record = self.record
        board = Plate(Rectangle(17.0, 5.15).move_to([0, -2.3, 0]), 0)
        loss = Tex(R"L = \tfrac{1}{2} \, \| \text{out} - t \|^2", font_size=60, t2c={"L": LOSS})
        rule = Tex(R"\tfrac{1}{2} u^2 \ \text{has the slope} \ u", font_size=60, t2c={"u": FOCUS})
        VGroup(loss, rule).arrange(RIGHT, buff=1.8).move_to([0, -0.55, 0])
        self.play(FadeIn(board), FadeIn(loss), run_time=0.8)
        self.play(FadeIn(rule, 0.2 * LEFT))
        self.wait(1.2)

        # Subtract what was wanted: the first gradient is how far the output is off
        out, wanted = self.get_tiles(record.out, "out", BIG), self.get_tiles(record.t, "t", BIG)
        error = self.get_gradient_tiles("out", BIG)
        signs = VGroup(Tex(sign, font_size=60) for sign in ("-", "="))
        row = VGroup(out, signs[0], wanted, signs[1], error).arrange(RIGHT, buff=0.7).move_to([0, -2.75, 0])
        names = VGroup(
            Tex(tex, font_size=48).set_color(color).next_to(matrix, UP, buff=0.18)
            for matrix, tex, color in ((out, OUT_TEX, TEXT), (wanted, "t", TARGET), (error, d("out"), GRADIENT))
        )
        self.play(TransformFromCopy(machine.values["out"], out), FadeIn(names[0]))
        self.play(FadeIn(VGroup(signs[0], wanted, names[1]), 0.2 * LEFT), run_time=0.6)
        self.explain("So each slope is an output minus its target", FadeIn(VGroup(signs[1], error, names[2])))

        # Send it back from the loss
        self.hush(
            self.light_up(machine.blocks["L"]),
            TransformFromCopy(error, machine.gradients["out"]),
            self.send_light(machine, "out"),
            run_time=1.2,
        )
        return board, VGroup(row, names, loss, rule)

    def pass_through_layer(self, machine, old, weights, bias, above, given, pace):
        old = self.find_weight_gradient(machine, old, weights, above, given, pace)
        old = self.find_bias_gradient(machine, old, bias, above, pace)
        return self.find_input_gradient(machine, old, weights, above, given, pace)

    def find_weight_gradient(self, machine, old, weights, above, given, pace):
        # Let what arrived meet what the layer was given, laid down as a row
        record = self.record
        heading = self.get_heading("for its weights", self.get_formula(weights, d(above), Rf"{TEX[given]}^\top"))
        column = self.get_gradient_tiles(above, BIG)
        row = self.get_tiles(getattr(record, given)[None, :], f"{given} transposed", BIG)
        result = self.get_gradient_tiles(weights, BIG)
        signs = VGroup(Tex(sign, font_size=60) for sign in (R"\cdot", "="))
        line = VGroup(column, signs[0], row, signs[1], result).arrange(RIGHT, buff=0.35).move_to([0, -2.32, 0])
        sizes = self.get_sizes(column, row, result)
        filling = FillOuterProduct(column, row, result, run_time=4.2 * pace, rate_func=lambda t: t**1.5)
        filling.begin()
        filling.interpolate(0)
        self.hush(FadeOut(old), run_time=0.4)
        self.play(FadeIn(heading), TransformFromCopy(machine.gradients[above], column), FadeIn(sizes[0]), run_time=0.8)
        lying = [
            TransformFromCopy(machine.values[given], row, path_arc=0.6),
            FadeIn(VGroup(signs, sizes[1:])),
            FadeIn(result, time_span=(0.5, 1)),
        ]
        if pace == 1:
            self.explain("⊤: the column is laid down as a row", *lying, run_time=1.2)
            self.explain("Each weight: what arrived times what it was given")
        else:
            self.play(*lying, run_time=0.8)

        # Multiply entry by entry; it has the shape of the weights, and stays in the layer
        self.play(filling)
        self.hush(
            TransformFromCopy(result, machine.weights[f"d{weights}"]),
            self.light_up(machine.blocks[weights]),
            run_time=1.1,
        )
        return VGroup(heading, line, sizes)

    def find_bias_gradient(self, machine, old, bias, above, pace):
        # Hand it to the bias as it is
        heading = self.get_heading("for its bias", self.get_formula(bias, d(above)))
        column, result = self.get_gradient_tiles(above, BIG), self.get_gradient_tiles(bias, BIG)
        equals = Tex("=", font_size=60)
        VGroup(result, equals, column).arrange(RIGHT, buff=0.5).move_to([0, -2.32, 0])
        sizes = self.get_sizes(result, column)
        self.play(FadeOut(old), run_time=0.3)
        arriving = [FadeIn(heading), TransformFromCopy(machine.gradients[above], column), FadeIn(sizes)]
        if pace == 1:
            self.explain("The bias is only added: slope 1", *arriving)
        else:
            self.play(*arriving, run_time=0.7)
        self.play(TransformFromCopy(column, result), FadeIn(equals), run_time=0.6)
        self.hush(TransformFromCopy(result, machine.weights[f"d{bias}"]), run_time=0.8)
        return VGroup(heading, column, result, equals, sizes)

    def find_input_gradient(self, machine, old, weights, above, given, pace):
        # Send it through the weights, turned over, to the layer's input
        heading = self.get_heading("for its input", self.get_formula(given, Rf"{TEX[weights]}^\top", d(above)))
        matrix = self.get_tiles(getattr(self.record, weights).T, f"{weights} transposed", BIG)
        vector = self.get_gradient_tiles(above, BIG)
        dot = Tex(R"\cdot", font_size=60)
        VGroup(matrix, dot, vector).arrange(RIGHT, buff=0.35)
        product = MatrixVectorProduct(
            matrix,
            vector,
            buff=0.35,
            has_tiles=True,
            include_sign=False,
            max_value=2.5,
            positive=(PANEL, DEEP),
            negative=(PANEL, DEEP),
            neutral=PANEL,
        )
        line = VGroup(matrix, dot, vector, product).move_to([0, -2.32, 0])
        sizes = self.get_sizes(matrix, vector, product.result)
        self.play(FadeOut(old), run_time=0.3)
        arriving = [
            FadeIn(heading),
            TransformFromCopy(machine.weights[weights], matrix, path_arc=-1.2),
            TransformFromCopy(machine.gradients[above], vector),
            FadeIn(VGroup(dot, sizes, product), time_span=(0.6, 1)),
        ]
        if pace == 1:
            self.explain("A row: all weights that one input goes through", *arriving)
        else:
            self.play(*arriving, run_time=0.8)
        self.play(product.show_rows(run_time=4 * pace, rate_func=lambda t: t**1.5))
        self.hush(
            self.send_light(machine, given),
            TransformFromCopy(product.result, machine.gradients[given]),
            self.light_up(machine.blocks[weights]),
            run_time=1.2,
        )
        return VGroup(heading, line, sizes)

    def pass_through_relu(self, machine, old):
        # Carry it on to the ReLU, which was off for one unit
        record = self.record
        before = self.get_tiles(record.h1, "h1", BIG)
        mask = self.get_tiles(record.mask, "h1 > 0", BIG, num_decimal_places=0, max_value=1)
        column, after = self.get_gradient_tiles("a1", BIG), self.get_gradient_tiles("h1", BIG)
        signs = VGroup(Tex(sign, font_size=60) for sign in (R"\rightarrow", R"\odot", "="))
        parts = VGroup(before, signs[0], mask, signs[1], column, signs[2], after).arrange(RIGHT, buff=0.6)
        parts.move_to([0, -2.1, 0])
        names = VGroup(
            Tex(tex, font_size=48).set_color(color).next_to(matrix, UP, buff=0.16)
            for matrix, tex, color in (
                (before, "h_1", TEXT),
                (mask, "[h_1 > 0]", OPERATION),
                (column, d("a1"), GRADIENT),
                (after, d("h1"), GRADIENT),
            )
        )
        self.play(FadeOut(old), run_time=0.3)
        self.play(TransformFromCopy(machine.values["h1"], before), FadeIn(names[0]), run_time=0.8)
        self.explain("1 where ReLU let it through, 0 elsewhere", FadeIn(VGroup(signs[0], mask, names[1]), 0.2 * RIGHT))

        # Multiply entry by entry: nothing passes where it was off
        self.explain(
            "⊙: multiply entry by entry",
            TransformFromCopy(machine.gradients["a1"], column),
            FadeIn(VGroup(signs[1:], names[2])),
        )
        off = int(np.argmin(record.mask))
        strips = VGroup(
            SurroundingRectangle(matrix.get_row(off), buff=0.08).set_stroke(FOCUS, 5)
            for matrix in (before, mask, column, after)
        )
        self.play(TransformFromCopy(column, after), FadeIn(names[3]), run_time=0.9)
        self.explain("Where ReLU was off, no gradient passes", LaggedStartMap(ShowCreation, strips, lag_ratio=0.3))
        self.hush(
            self.light_up(machine.blocks["relu"]),
            self.send_light(machine, "h1"),
            TransformFromCopy(after, machine.gradients["h1"]),
            run_time=1.2,
        )
        return VGroup(parts, names, strips)

    def see_the_whole_way_back(self, machine, board, old):
        # Step back, and see all of it at once
        self.play(
            FadeOut(VGroup(board, old), run_time=0.8),
            self.frame.animate.reorient(16, -8, 0, (0, ROW - 0.5, 0), 10.4),
            run_time=1.6,
        )
        steps = [
            self.send_light(machine, name, GRADIENT, 0.8)
            if name in machine.ways
            else self.light_up(machine.blocks[name], GRADIENT, 0.8)
            for name, _ in reversed(self.stops)
        ]
        self.say(
            "One gradient in, three out: weights, bias, input",
            LaggedStart(*steps, lag_ratio=0.6),
            self.frame.animate.reorient(-14, -9, 0, (0, ROW - 0.5, 0), 10.4),
            run_time=4,
        )
        self.wait_until_read()
        self.wait(0.5)
