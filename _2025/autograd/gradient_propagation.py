from typing import NamedTuple

from manim_imports_ext import *
from truth.two_layer import run_two_layers

ROW = 1.95  # the height at which the network stands
SIZE = 27  # of the numbers in it
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
        ("W1", 2.9),
        ("h1", 2.25),
        ("relu", 1.6),
        ("a1", 2.25),
        ("W2", 3.5),
        ("out", 2.25),
        ("L", 1.7),
    )
    titles = ("W1", "Layer 1"), ("relu", "ReLU"), ("W2", "Layer 2"), ("L", "Loss")

    def construct(self):
        self.record = run_two_layers()
        machine = self.run_forward()
        plate = self.start_with_the_error(machine)
        plate = self.pass_through_layer(machine, plate, "W2", "b2", "out", "a1", pace=1.0)
        plate = self.pass_through_relu(machine, plate)
        plate = self.pass_through_layer(machine, plate, "W1", "b1", "h1", "x", pace=0.5)
        self.see_the_whole_way_back(machine, plate)

    # What is shown

    def get_places(self):
        """The left and the right end of every stop, by name."""
        ends = np.cumsum([0, *(width for _, width in self.stops)]) - sum(width for _, width in self.stops) / 2
        return {name: (left, right) for (name, _), left, right in zip(self.stops, ends, ends[1:], strict=False)}

    def get_tiles(self, values, source, size=SIZE, is_gradient=False, **config):
        """Numbers on tiles: blue and orange by their sign, or for gradients crimson by their size."""
        kind = NumericEmbedding if np.ndim(values) == 1 else WeightMatrix
        colors = (
            dict(positive=(PANEL, GRADIENT), negative=(PANEL, GRADIENT), neutral=PANEL)
            if is_gradient
            else dict(positive=POSITIVE_RAMP, negative=NEGATIVE_RAMP, neutral=PANEL)
        )
        settings = dict(include_sign=False, has_tiles=True, num_decimal_places=1, font_size=size, max_value=3)
        return kind(values, source=source, **(settings | colors | config))

    def get_machine(self):
        places, record = self.get_places(), self.record
        blocks, names, ways, weights, values, gradients = {}, {}, {}, {}, {}, {}
        titles = dict(self.titles)
        for name, (left, right) in places.items():
            middle = np.array([(left + right) / 2, ROW, 0])
            if name in titles:
                color = mix_colors(PLATE, {"relu": OPERATION, "L": LOSS}.get(name, PARAMETER), 0.3)
                block = SolidBlock(right - left, 2.9, 1.8, color=color).move_to(middle)
                front = middle + 0.92 * OUT
                title = Text(titles[name], font_size=36).move_to(front + (1.12 * UP if name[0] == "W" else 0))
                blocks[name], names[name] = block, title.set_z_index(1)
                if name[0] == "W":
                    tiles = self.get_tiles(getattr(record, name), name, SIZE).move_to(front + 0.25 * DOWN)
                    weights[name] = tiles.set_z_index(1)
            else:
                ways[name] = Line([left, ROW, 0], [right, ROW, 0])
                values[name] = (
                    self.get_tiles(getattr(record, name), name, SIZE).move_to(middle + 0.53 * LEFT).set_z_index(1)
                )
                gradient = self.get_tiles(record.gradients[name], f"dL/d{name}", SIZE, is_gradient=True)
                gradients[name] = gradient.move_to(middle + 0.53 * RIGHT).set_z_index(1)
        wires = Group(get_tube(*way.get_start_and_end(), 0.14).set_color(MUTED) for way in ways.values())
        return Machine(blocks, names, ways, wires, weights, values, gradients)

    def get_formula(self, result, *factors, color=TEXT):
        """What a gradient is the product of; gradients crimson."""
        formula = Tex(f"{d(result)} = " + R" \cdot ".join(factors), font_size=34, isolate=[d(result), *factors])
        for part in (d(result), *(factor for factor in factors if "partial" in factor)):
            formula[part].set_color(GRADIENT)
        return formula

    def get_words(self, formula, words, corner):
        """A formula and what it is for, below each other, their left upper corner at a place."""
        line = Text(words, font_size=LABEL).set_color(FOCUS)
        return VGroup(formula, line).arrange(DOWN, buff=0.16, aligned_edge=LEFT).move_to(corner, UL)

    def get_board(self, x, height=4.55):
        """The plate below the network on which is worked out what happens there."""
        return Plate(Rectangle(13.9, height).move_to([x, 0.1 - height / 2, 0]), 0)

    def get_middle(self, *names):
        """Where the camera stands to see some stops."""
        ends = [end for name in names for end in self.get_places()[name]]
        return (min(ends) + max(ends)) / 2

    # What moves

    def go_to(self, x):
        """Animation: the camera follows to a place, where it can be read."""
        return self.frame.animate.reorient(0, 0, 0, (x, -0.58, 0), 8.5)

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
        self.add(machine.wires, *machine.blocks.values(), *machine.names.values(), *machine.weights.values(), title)
        self.frame.reorient(-34, -16, 0, (-0.35, 1.3, 0), 9.4)
        order = [name for name, _ in self.stops]
        steps = []
        for name in order[:-1]:
            if name in machine.ways:
                light = self.send_light(machine, name, INPUT, 0.7)
                steps.append(AnimationGroup(light, FadeIn(machine.values[name], time_span=(0.2, 0.7), run_time=0.7)))
            else:
                steps.append(self.light_up(machine.blocks[name], INPUT, 0.7))
        self.play(
            LaggedStart(*steps, lag_ratio=0.55),
            self.frame.animate.reorient(-20, -10, 0, (-0.2, 1.2, 0), 10.2),
            run_time=4,
        )
        self.play(FadeOut(title, 0.3 * UP), run_time=0.4)
        return machine

    def start_with_the_error(self, machine):
        # Find the first gradient: how far the output is off
        record, x = self.record, self.get_middle("a1", "L")
        board = self.get_board(x, 3.6)
        out = self.get_tiles(record.out, "out", 36)
        wanted = self.get_tiles(record.t, "t", 36)
        error = self.get_tiles(record.gradients["out"], "dL/dout", 36, is_gradient=True)
        signs = VGroup(Tex(sign, font_size=HEADING) for sign in ("-", "="))
        row = VGroup(out, signs[0], wanted, signs[1], error).arrange(RIGHT, buff=0.4).move_to([x + 2.4, -1.7, 0])
        names = VGroup(
            Tex(tex, font_size=40).set_color(color).next_to(matrix, UP, buff=0.18)
            for matrix, tex, color in ((out, OUT_TEX, TEXT), (wanted, "t", TARGET), (error, d("out"), GRADIENT))
        )
        sizes = VGroup(get_size_label(matrix, LABEL) for matrix in (out, wanted, error))
        loss = Tex(R"L = \tfrac{1}{2} \, \| \text{out} - t \|^2", font_size=HEADING, t2c={"L": LOSS, "t": TARGET})
        loss.move_to([x - 4, -1.7, 0])
        self.play(self.go_to(x), FadeIn(board, time_span=(0.6, 1.2)), run_time=1.2)
        self.play(FadeIn(loss), TransformFromCopy(machine.values["out"], out), FadeIn(VGroup(names[0], sizes[0])))
        self.play(FadeIn(VGroup(signs[0], wanted, names[1], sizes[1]), 0.2 * LEFT), run_time=0.7)
        self.play(FadeIn(VGroup(signs[1], error, names[2], sizes[2]), 0.2 * RIGHT), run_time=0.7)
        self.wait(1)

        # Send it back from the loss
        self.play(
            self.light_up(machine.blocks["L"]),
            TransformFromCopy(error, machine.gradients["out"]),
            self.send_light(machine, "out"),
            run_time=1.2,
        )
        return VGroup(board, row, names, sizes, loss)

    def pass_through_layer(self, machine, old, weights, bias, above, given, pace):
        # Let one gradient come in
        x = self.get_middle(given, above)
        board = self.get_board(x)
        self.play(FadeOut(old[1:]), ReplacementTransform(old[0], board), self.go_to(x))
        work = VGroup(
            self.find_weight_gradient(machine, x, weights, above, given, pace),
            self.find_bias_gradient(machine, x, bias, above, pace),
            self.find_input_gradient(machine, x, weights, above, given, pace),
        )
        return VGroup(board, work)

    def find_weight_gradient(self, machine, x, weights, above, given, pace):
        # Multiply it by what the layer was given, entry by entry
        record, y = self.record, -1.05
        words = self.get_words(
            self.get_formula(weights, d(above), Rf"{TEX[given]}^\top"), "for its weights", [x - 6.4, y + 0.45, 0]
        )
        column = self.get_tiles(record.gradients[above], f"dL/d{above}", is_gradient=True)
        row = self.get_tiles(getattr(record, given)[None, :], f"{given} transposed")
        result = self.get_tiles(record.gradients[weights], f"dL/d{weights}", is_gradient=True)
        signs = VGroup(Tex(sign, font_size=BODY) for sign in (R"\cdot", "="))
        line = VGroup(column, signs[0], row, signs[1], result).arrange(RIGHT, buff=0.22)
        line.move_to([x - 2.45, y, 0], LEFT)
        sizes = VGroup(get_size_label(matrix, 27) for matrix in (column, row, result))
        filling = FillOuterProduct(column, row, result, run_time=3.4 * pace, rate_func=lambda t: t**1.7)
        filling.begin()
        filling.interpolate(0)
        self.hush(
            FadeIn(words),
            TransformFromCopy(machine.gradients[above], column),
            FadeIn(sizes[0]),
            run_time=max(pace, 0.7),
        )
        self.play(
            TransformFromCopy(machine.values[given], row, path_arc=0.6),
            FadeIn(VGroup(signs, sizes[1:])),
            FadeIn(result, time_span=(0.5, 1)),
            run_time=max(pace, 0.7),
        )
        self.play(filling)

        # It has the shape of the weights, and stays in the layer
        target = machine.weights[weights].get_center()
        self.play(FadeOutToPoint(result.copy(), target), self.light_up(machine.blocks[weights]))
        return VGroup(words, line, sizes)

    def find_bias_gradient(self, machine, x, bias, above, pace):
        # Hand it to the bias as it is
        words = Text("for its bias", font_size=LABEL).set_color(FOCUS).move_to([x + 5.15, -2.05, 0])
        formula = self.get_formula(bias, d(above)).next_to(words, DOWN, buff=0.14)
        column = self.get_tiles(self.record.gradients[bias], f"dL/d{bias}", is_gradient=True)
        column.next_to(formula, DOWN, buff=0.12)
        size = get_size_label(column, 27).next_to(column, RIGHT, buff=0.12)
        self.play(
            FadeIn(VGroup(formula, words)),
            TransformFromCopy(machine.gradients[above], column),
            FadeIn(size),
            run_time=max(pace, 0.7),
        )
        return VGroup(formula, words, column, size)

    def find_input_gradient(self, machine, x, weights, above, given, pace):
        # Send it through the weights, turned over, to the layer's input
        record, y = self.record, -3.25
        words = self.get_words(
            self.get_formula(given, Rf"{TEX[weights]}^\top", d(above)), "for its input", [x - 6.4, y + 0.45, 0]
        )
        matrix = self.get_tiles(getattr(record, weights).T, f"{weights} transposed")
        vector = self.get_tiles(record.gradients[above], f"dL/d{above}", is_gradient=True)
        dot = Tex(R"\cdot", font_size=BODY)
        VGroup(matrix, dot, vector).arrange(RIGHT, buff=0.2).move_to([x - 2.45, y, 0], LEFT)
        product = MatrixVectorProduct(
            matrix,
            vector,
            buff=0.2,
            has_tiles=True,
            include_sign=False,
            max_value=3,
            positive=(PANEL, GRADIENT),
            negative=(PANEL, GRADIENT),
            neutral=PANEL,
        )
        sizes = VGroup(get_size_label(m, 27) for m in (matrix, vector, product.result))
        self.play(
            FadeIn(words),
            TransformFromCopy(machine.weights[weights], matrix, path_arc=-1.2),
            TransformFromCopy(machine.gradients[above], vector),
            FadeIn(VGroup(dot, sizes, product), time_span=(0.6, 1)),
            run_time=max(pace, 0.7),
        )
        self.play(product.show_rows(run_time=3.6 * pace, rate_func=lambda t: t**1.7))
        self.play(
            self.send_light(machine, given),
            TransformFromCopy(product.result, machine.gradients[given]),
            self.light_up(machine.blocks[weights]),
            run_time=1.2,
        )
        self.wait(0.4)
        return VGroup(words, matrix, dot, vector, product, sizes)

    def pass_through_relu(self, machine, old):
        # Carry it on to the ReLU, which was off for one unit
        record, x = self.record, self.get_middle("h1", "a1")
        board = self.get_board(x)
        column = self.get_tiles(record.gradients["a1"], "dL/da1", 34, is_gradient=True)
        before = self.get_tiles(record.h1, "h1", 34)
        mask = self.get_tiles(record.mask, "h1 > 0", 34, num_decimal_places=0, max_value=1)
        after = self.get_tiles(record.gradients["h1"], "dL/dh1", 34, is_gradient=True)
        signs = VGroup(Tex(sign, font_size=HEADING) for sign in (R"\odot", "="))
        parts = VGroup(before, column, signs[0], mask, signs[1], after).arrange(RIGHT, buff=0.5).move_to([x, -2.05, 0])
        before.shift(1.2 * LEFT)
        names = VGroup(
            Tex(tex, font_size=40).set_color(color).next_to(matrix, UP, buff=0.16)
            for matrix, tex, color in (
                (before, "h_1", TEXT),
                (column, d("a1"), GRADIENT),
                (mask, "[h_1 > 0]", OPERATION),
                (after, d("h1"), GRADIENT),
            )
        )
        sizes = VGroup(get_size_label(matrix, 27) for matrix in (before, column, mask, after))
        self.play(FadeOut(old[1:]), ReplacementTransform(old[0], board), self.go_to(x))
        self.play(
            TransformFromCopy(machine.gradients["a1"], column),
            TransformFromCopy(machine.values["h1"], before),
            FadeIn(VGroup(names[:2], sizes[:2])),
        )
        self.play(FadeIn(VGroup(signs[0], mask, names[2], sizes[2]), 0.2 * RIGHT), run_time=0.7)

        # Let nothing pass where it was off
        off = int(np.argmin(record.mask))
        strips = VGroup(
            SurroundingRectangle(matrix.get_row(off), buff=0.06).set_stroke(FOCUS, 4)
            for matrix in (before, column, mask, after)
        )
        self.play(FadeIn(VGroup(signs[1], after, names[3], sizes[3]), 0.2 * RIGHT), run_time=0.7)
        self.say(
            "Where ReLU was off, no gradient passes",
            LaggedStartMap(ShowCreation, strips, lag_ratio=0.3),
            beside=VGroup(parts, sizes),
            run_time=1,
        )
        self.hush(
            self.light_up(machine.blocks["relu"]),
            self.send_light(machine, "h1"),
            TransformFromCopy(after, machine.gradients["h1"]),
            run_time=1.2,
        )
        return VGroup(board, parts, names, sizes, strips)

    def see_the_whole_way_back(self, machine, old):
        # Step back, and see all of it at once
        tags = VGroup()
        for layer, names in (("W2", ("W2", "b2")), ("W1", ("W1", "b1"))):
            block = machine.blocks[layer]
            lines = VGroup(Tex(d(name), font_size=48).set_color(GRADIENT) for name in names).arrange(RIGHT, buff=0.45)
            tags.add(lines.next_to(block.faces, DOWN, buff=0.55))
        arrows = Group(SolidArrow(tag.get_top() + 0.42 * UP, tag.get_top() + 0.05 * UP, GRADIENT, 0.12) for tag in tags)
        self.play(FadeOut(old), self.frame.animate.reorient(30, -14, 0, (0, 1.2, 0), 9.4), run_time=1.6)
        back = [name for name, _ in self.stops][::-1]
        steps = [
            self.send_light(machine, name, GRADIENT, 0.8)
            if name in machine.ways
            else self.light_up(machine.blocks[name], GRADIENT, 0.8)
            for name in back
        ]
        self.say(
            "One gradient in, three out: weights, bias, input",
            LaggedStart(*steps, lag_ratio=0.6),
            FadeIn(Group(tags[0], arrows[0]), time_span=(1, 1.6)),
            FadeIn(Group(tags[1], arrows[1]), time_span=(2.6, 3.2)),
            self.frame.animate.reorient(-27, -17, 0, (-0.25, 0.9, 0), 9.6),
            run_time=4,
        )
        self.wait_until_read()
        self.wait(0.5)
