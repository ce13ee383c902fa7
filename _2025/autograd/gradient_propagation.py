from typing import NamedTuple

from manim_imports_ext import *
from truth.two_layer import run_two_layers

ROW = 2.55  # the height at which the network stands
SIZE = 28  # of the numbers in it
BIG = 50  # of the numbers on the board
FRONT = 0.92 * OUT  # where what must be read stands: as far to the front as the blocks reach
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
        machine, board = self.run_forward()
        work = self.start_with_the_error(machine)
        work = self.find_weight_gradient(machine, work)
        work = self.find_bias_gradient(machine, work)
        work = self.find_input_gradient(machine, work)
        work = self.pass_through_relu(machine, work)
        work = self.sweep_through_layer_one(machine, work)
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
        tiles.arrange(RIGHT, buff=0.08).move_to(middle + 0.62 * UP + FRONT)
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
                names[name] = words.move_to(middle + FRONT).set_z_index(1)
            else:
                ways[name] = Line([left, ROW, 0], [right, ROW, 0])
                tiles = self.get_tiles(getattr(record, name), name, SIZE, h_buff=0.5).move_to(
                    middle + 0.49 * LEFT + FRONT
                )
                head = Tex(TEX[name], font_size=40).next_to(tiles, UP, buff=0.15)
                values[name] = tiles.set_z_index(1)
                names[name] = VGroup(head).set_z_index(1)
                gradients[name] = (
                    self.get_gradient_tiles(name, h_buff=0.5).move_to(middle + 0.49 * RIGHT + FRONT).set_z_index(1)
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
        line = Text(words, font_size=50).set_color(FOCUS)
        heading = VGroup(line, formula).arrange(RIGHT, buff=0.7)
        return heading.move_to([0, -0.22, 0])

    def get_sizes(self, *matrices):
        return VGroup(get_size_label(matrix, 32) for matrix in matrices)

    def get_strips(self, *parts):
        """Yellow frames around parts of matrices."""
        return VGroup(SurroundingRectangle(part, buff=0.06).set_stroke(FOCUS, 5) for part in parts)

    def get_wires(self):
        """The way of the first entry of a1 to the outputs, and of their gradients back to it.

        Parts: `ends` (the entry, and a gradient for each output), `lines`, `weights` (a number on each line), `names`.
        """
        record, places = self.record, ([-3.6, -1.45, 0], [-3.6, -2.75, 0])
        entry = self.get_tiles(record.a1[:1], "a1", BIG).move_to([-7.3, -2.1, 0])
        ends, lines, weights = VGroup(entry), VGroup(), VGroup()
        for k, (place, side) in enumerate(zip(places, (UP, DOWN), strict=True)):
            end = self.get_tiles(record.gradients["out"][k, None], "dL/dout", BIG, is_gradient=True).move_to(place)
            lines.add(Line(entry.get_right(), end.get_left(), buff=0.15).set_stroke(MUTED, 6))
            number = get_number(record.W2[k, 0, None], 1, source=("W2", "of the first entry"), font_size=BIG)
            weights.add(number.set_color(PARAMETER).next_to(lines[-1].get_center(), side, buff=0.25))
            ends.add(end)
        names = VGroup(
            Tex("a_1", font_size=48).next_to(entry, UP, buff=0.15),
            Tex(d("out"), font_size=42).set_color(GRADIENT).next_to(ends[1], UP, buff=0.12),
        )
        wires = VGroup(ends, lines, weights, names)
        wires.ends, wires.lines, wires.weights, wires.names = wires
        return wires

    def get_sum(self):
        """The gradient of the first entry of a1, written out."""
        record = self.record
        numbers = []
        for k in range(2):
            numbers += [Shown("W2", record.W2[k, 0, None], 1), Shown("dL/dout", record.gradients["out"][k, None], 1)]
        pieces = ["({})" if number.value < 0 else "{}" for number in numbers]
        tex = Rf"{pieces[0]} \cdot {pieces[1]} + {pieces[2]} \cdot {pieces[3]} = {{}}"
        return get_formula(tex, *numbers, Shown("dL/da1", record.gradients["a1"][0, None], 1), font_size=42)

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

    def bring(self, source, copy, shift=0.5 * DOWN, **config):
        """Animations: a thing in the network flashes while its copy comes up on the board."""
        return FlashAround(source, color=FOCUS, stroke_width=6), FadeIn(copy, shift, **config)

    def keep(self, result, place):
        """Animations: what was worked out flashes while it settles in the network."""
        return FlashAround(result, color=FOCUS, stroke_width=6), FadeIn(place, scale=1.4)

    def hide(self, matrix):
        """Empty a matrix; returns what makes animations that let some of its entries (by default all) come up."""
        colors = [tile.get_fill_color() for tile in matrix.tiles]

        def show(alpha, places):
            for k in places:
                matrix.tiles[k].set_fill(mix_colors(PANEL, colors[k], alpha))
                matrix.cells[k].set_fill(opacity=float(alpha))

        show(0, range(len(colors)))
        return lambda *places, **config: UpdateFromAlphaFunc(
            matrix, lambda _, alpha: show(alpha, places or range(len(colors))), **config
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
            run_time=3,
        )

        # Come closer, where all can be read
        board = Plate(Rectangle(17.0, 5.15).move_to([0, -2.3, 0]), 0)
        self.play(
            FadeOut(title, 0.3 * UP, time_span=(0, 0.4)),
            self.frame.animate.reorient(0, 0, 0, self.middle, self.height),
            FadeIn(machine.names["L"]),
            FadeIn(board, time_span=(0.7, 1.4)),
            run_time=1.4,
        )
        return machine, board

    def start_with_the_error(self, machine):
        # Set what came out beside what was wanted
        record = self.record
        out, wanted = self.get_tiles(record.out, "out", BIG), self.get_tiles(record.t, "t", BIG)
        error = self.get_gradient_tiles("out", BIG)
        signs = VGroup(Tex(sign, font_size=60) for sign in ("-", "="))
        row = VGroup(out, signs[0], wanted, signs[1], error).arrange(RIGHT, buff=0.7).move_to([0, -2.75, 0])
        names = VGroup(
            Tex(tex, font_size=48).set_color(color).next_to(matrix, UP, buff=0.18)
            for matrix, tex, color in ((out, OUT_TEX, TEXT), (wanted, "t", TARGET), (error, d("out"), GRADIENT))
        )
        self.play(*self.bring(machine.values["out"], VGroup(out, names[0])), run_time=1)
        self.say("t: what we wanted", FadeIn(VGroup(signs[0], wanted, names[1]), 0.2 * LEFT))

        # Write the loss, and its slope
        loss = Tex(R"L = \tfrac{1}{2} \, \| \text{out} - t \|^2", font_size=60, t2c={"L": LOSS})
        rule = Tex(R"\tfrac{1}{2} u^2 \ \text{has the slope} \ u", font_size=60, t2c={"u": FOCUS})
        VGroup(loss, rule).arrange(RIGHT, buff=1.8).move_to([0, -0.55, 0])
        self.hush(FadeIn(loss, 0.2 * DOWN), FlashAround(machine.names["L"], color=FOCUS), run_time=0.8)
        self.play(FadeIn(rule, 0.2 * LEFT), run_time=0.7)
        self.wait(0.8)

        # Subtract what was wanted: the first gradient is how far the output is off
        self.say("So the first gradient is out - t", FadeIn(VGroup(signs[1], error, names[2])))
        self.hush(
            self.light_up(machine.blocks["L"]),
            *self.keep(error, machine.gradients["out"]),
            self.send_light(machine, "out"),
            run_time=1.1,
        )
        return VGroup(row, names, loss, rule)

    def find_weight_gradient(self, machine, old):
        # Let what arrived meet what the layer was given, laid down as a row
        record = self.record
        heading = self.get_heading("for its weights", self.get_formula("W2", d("out"), R"a_1^\top"))
        column = self.get_gradient_tiles("out", BIG)
        row = self.get_tiles(record.a1[None, :], "a1 transposed", BIG)
        result = self.get_gradient_tiles("W2", BIG)
        signs = VGroup(Tex(sign, font_size=60) for sign in (R"\cdot", "="))
        line = VGroup(column, signs[0], row, signs[1], result).arrange(RIGHT, buff=0.35).move_to([0, -1.95, 0])
        sizes, reveal = self.get_sizes(column, row, result), self.hide(result)
        self.say(
            "Each weight: what arrived times what it was given",
            FadeOut(old, time_span=(0, 0.4)),
            FadeIn(VGroup(heading, signs, sizes, result), time_span=(0.25, 0.85)),
            *self.bring(machine.gradients["out"], column, time_span=(0.25, 0.85)),
            *self.bring(machine.values["a1"], row, time_span=(0.25, 0.85)),
            run_time=1.2,
        )

        # Work out one entry slowly, the rest at once
        width = result.shape[1]
        strips = self.get_strips(column.get_tile(1), row.get_tile(0, 0), result.get_tile(1, 0))
        product = get_formula(
            R"({}) \cdot {} = {}",
            Shown("dL/dout", record.gradients["out"][1, None], 1),
            Shown("a1", record.a1[0, None], 1),
            Shown("dL/dW2", record.gradients["W2"][1, 0, None], 1),
            font_size=54,
        ).move_to([0, -3.6, 0])
        self.play(LaggedStartMap(ShowCreation, strips, lag_ratio=0.3), FadeIn(product, lag_ratio=0.1), run_time=1.2)
        self.play(reveal(width), run_time=0.5)
        self.wait(0.6)
        self.hush(FadeOut(strips), reveal(*(k for k in range(2 * width) if k != width)), run_time=0.9)
        self.play(*self.keep(result, machine.weights["dW2"]), self.light_up(machine.blocks["W2"]), run_time=1)
        return VGroup(heading, line, sizes, product)

    def find_bias_gradient(self, machine, old):
        # Hand it to the bias as it is
        heading = self.get_heading("for its bias", self.get_formula("b2", d("out")))
        column, result = self.get_gradient_tiles("out", BIG), self.get_gradient_tiles("b2", BIG)
        equals = Tex("=", font_size=60)
        VGroup(result, equals, column).arrange(RIGHT, buff=0.5).move_to([0, -2.2, 0])
        sizes = self.get_sizes(result, column)
        self.say(
            "The bias is only added: slope 1",
            FadeOut(old, time_span=(0, 0.4)),
            FadeIn(VGroup(heading, equals, sizes, result), time_span=(0.25, 0.85)),
            *self.bring(machine.gradients["out"], column, time_span=(0.25, 0.85)),
            run_time=1,
        )
        self.play(*self.keep(result, machine.weights["db2"]), run_time=0.8)
        return VGroup(heading, column, result, equals, sizes)

    def find_input_gradient(self, machine, old):
        # Follow the wires of one entry back
        wires, total = self.get_wires(), self.get_sum()
        heading = self.get_heading("for its input", self.get_formula("a1", R"W_2^\top", d("out")))
        self.say(
            "This entry reaches the loss on two wires",
            FadeOut(old, time_span=(0, 0.4)),
            FadeIn(VGroup(heading, wires), time_span=(0.25, 0.85)),
            FlashAround(machine.weights["W2"].get_column(0), color=FOCUS, stroke_width=6),
            run_time=1,
        )
        total.move_to([-5.2, -3.65, 0])
        self.play(EdgeWave(wires.lines, GRADIENT, backwards=True, width=22, radius=0.6), run_time=1)
        self.play(FadeIn(total, lag_ratio=0.1), run_time=0.8)

        # Find these weights in a row of the weights, turned over
        matrix = self.get_tiles(self.record.W2.T, "W2 transposed", BIG)
        vector, result = self.get_gradient_tiles("out", BIG), self.get_gradient_tiles("a1", BIG)
        signs = VGroup(Tex(sign, font_size=60) for sign in (R"\cdot", "="))
        line = VGroup(matrix, signs[0], vector, signs[1], result).arrange(RIGHT, buff=0.35).move_to([3.3, -2.2, 0])
        sizes, reveal = self.get_sizes(matrix, vector, result), self.hide(result)
        strips = self.get_strips(matrix.get_row(0), result.get_tile(0))
        self.say(
            "Both are one row of W2 transposed",
            FadeIn(VGroup(line, sizes), 0.3 * RIGHT),
            ShowCreation(strips, time_span=(0.6, 1.1)),
            run_time=1.1,
        )
        self.play(reveal(0), run_time=0.5)
        self.hush(reveal(1, 2, 3), FadeOut(strips), run_time=0.9)
        self.play(
            self.send_light(machine, "a1"),
            *self.keep(result, machine.gradients["a1"]),
            self.light_up(machine.blocks["W2"]),
            run_time=1.1,
        )
        return VGroup(heading, wires, total, line, sizes)

    def pass_through_relu(self, machine, old):
        # Carry it on to the ReLU, which was off for one unit
        record = self.record
        before = self.get_tiles(record.a1, "a1", BIG)
        mask = self.get_tiles(record.mask, "a1 > 0", BIG, num_decimal_places=0, max_value=1)
        column, after = self.get_gradient_tiles("a1", BIG), self.get_gradient_tiles("h1", BIG)
        signs = VGroup(Tex(sign, font_size=60) for sign in (R"\rightarrow", R"\odot", "="))
        parts = VGroup(before, signs[0], mask, signs[1], column, signs[2], after).arrange(RIGHT, buff=0.6)
        parts.move_to([0, -2.1, 0])
        names = VGroup(
            Tex(tex, font_size=48).set_color(color).next_to(matrix, UP, buff=0.16)
            for matrix, tex, color in (
                (before, "a_1", TEXT),
                (mask, "[a_1 > 0]", OPERATION),
                (column, d("a1"), GRADIENT),
                (after, d("h1"), GRADIENT),
            )
        )
        self.say(
            "The saved a1 says where ReLU was on",
            FadeOut(old, time_span=(0, 0.4)),
            *self.bring(machine.values["a1"], VGroup(before, names[0]), time_span=(0.25, 0.85)),
            FadeIn(VGroup(signs[0], mask, names[1]), 0.2 * RIGHT, time_span=(0.7, 1.2)),
            run_time=1.2,
        )

        # Multiply entry by entry: nothing passes where it was off
        off = int(np.argmin(record.mask))
        strips = self.get_strips(*(matrix.get_row(off) for matrix in (before, mask, column, after)))
        self.say(
            "Where it was off, no gradient passes",
            *self.bring(machine.gradients["a1"], VGroup(signs[1:], column, names[2]), time_span=(0, 0.7)),
            FadeIn(VGroup(after, names[3]), 0.3 * RIGHT, time_span=(0.5, 1.1)),
            LaggedStartMap(ShowCreation, strips, lag_ratio=0.2, time_span=(1, 1.7)),
            run_time=1.7,
        )
        self.hush(
            self.light_up(machine.blocks["relu"]),
            self.send_light(machine, "h1"),
            *self.keep(after, machine.gradients["h1"]),
            run_time=1.1,
        )
        return VGroup(parts, names, strips)

    def sweep_through_layer_one(self, machine, old):
        # Let the first layer do all three at once
        formulas = VGroup(
            self.get_formula("W1", d("h1"), R"x^\top"),
            self.get_formula("b1", d("h1")),
            self.get_formula("x", R"W_1^\top", d("h1")),
        )
        words = VGroup(Text(f"for its {word}", font_size=44).set_color(FOCUS) for word in ("weights", "bias", "input"))
        results = VGroup(self.get_gradient_tiles(name, BIG - 6) for name in ("W1", "b1", "x"))
        for word, formula, result, x in zip(words, formulas, results, (-5.3, 0, 5.3), strict=True):
            word.move_to([x, -0.15, 0])
            formula.scale(0.85).move_to([x, -0.8, 0])
            result.move_to([x, -2.5, 0])
        self.say(
            "Layer 1: the same three",
            FadeOut(old, time_span=(0, 0.4)),
            LaggedStartMap(FadeIn, VGroup(*map(VGroup, words, formulas)), lag_ratio=0.3, time_span=(0.4, 1.2)),
            self.light_up(machine.blocks["W1"], run_time=1.2),
            run_time=1.2,
        )
        self.play(LaggedStartMap(FadeIn, results, shift=0.3 * DOWN, lag_ratio=0.3), run_time=1)
        self.play(
            *self.keep(results[0], machine.weights["dW1"]), *self.keep(results[1], machine.weights["db1"]), run_time=0.9
        )
        self.play(self.send_light(machine, "x"), *self.keep(results[2], machine.gradients["x"]), run_time=1)
        return VGroup(words, formulas, results)

    def see_the_whole_way_back(self, machine, board, old):
        # Step back, and see all of it at once
        self.hush(
            FadeOut(VGroup(board, old), time_span=(0, 0.8)),
            self.frame.animate.reorient(-14, -9, 0, (0, ROW - 0.4, 0), 10.2),
            run_time=1.6,
        )
        steps = [
            self.send_light(machine, name, GRADIENT, 0.7)
            if name in machine.ways
            else self.light_up(machine.blocks[name], GRADIENT, 0.7)
            for name, _ in reversed(self.stops)
        ]
        self.say(
            "In each layer: one gradient in, three out",
            LaggedStart(*steps, lag_ratio=0.6),
            self.frame.animate.reorient(-8, -7, 0, (0, ROW - 0.4, 0), 10.2),
            run_time=2.6,
        )
        last = FlashAround(machine.gradients["x"], color=FOCUS, stroke_width=6)
        self.say("An earlier layer would take it from here", last, run_time=1)
        self.wait_until_read()
