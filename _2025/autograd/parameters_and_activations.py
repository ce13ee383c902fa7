from itertools import pairwise

from manim_imports_ext import *
from truth.two_layer import count_floats, run_two_layers

TEX = {name: f"{name[0]}_{name[1]}" for name in ("W1", "b1", "W2", "b2", "h1", "a1")}
TEX |= {"x": "x", "out": R"\text{out}", "t": "t"}
FLOW = {"x": -5.9, "h1": -3.0, "a1": -0.75, "out": 2.5}  # where each column of activations stands
FLOW_Y = -0.72
CELL = 0.088  # a saved number among thousands, in frame units
SHELF_Y = -2.4


class ParametersVsActivationsScene(CaptionedScene):
    """Parameters are there all along; activations come with an input, and some must be saved for the way back."""

    batches = (1, 8, 64, 512)

    def construct(self):
        self.record = run_two_layers()
        layers = self.show_parameters()
        columns, arrows, ending = self.run_the_network(layers)
        shelf, saved = self.save_what_pytorch_saves(columns, ending)
        self.use_what_was_saved(VGroup(layers, *columns.values(), arrows, *ending), columns["h1"], arrows, saved, shelf)
        self.count_the_memory()

    # What stands on stage

    def get_values(self, name):
        return getattr(self.record, name)

    def get_numbers(self, values, name, font_size=30, is_gradient=False):
        """An array on tiles that say the sign and size of each number, or in crimson the size of a gradient."""
        ramps = ((PANEL, GRADIENT), (PANEL, GRADIENT)) if is_gradient else (POSITIVE_RAMP, NEGATIVE_RAMP)
        config = {"has_tiles": True, "include_sign": False, "font_size": font_size, "max_value": 3.0, "v_buff": 1.1}
        kind = NumericEmbedding if np.ndim(values) == 1 else WeightMatrix
        return kind(values, source=name, positive=ramps[0], negative=ramps[1], **config)

    def get_layer(self, weights, bias, x):
        """A layer as a plate with its parameters on it. Parts: `plate`, `matrices`, `labels`."""
        matrices = VGroup(self.get_numbers(self.get_values(name), name, 29) for name in (weights, bias))
        matrices.arrange(RIGHT, buff=0.25).move_to([x, 2.15, 0])
        labels = VGroup(
            Tex(TEX[name], font_size=BODY).set_color(PARAMETER).next_to(matrix, UP, buff=0.1)
            for name, matrix in zip((weights, bias), matrices, strict=True)
        )
        labels.set_y(labels[0].get_y())
        layer = VGroup(Plate(VGroup(matrices, labels), buff=0.12), matrices, labels)
        layer.plate, layer.matrices, layer.labels = layer
        return layer

    def get_column(self, name):
        """An activation as a column, with its name above it."""
        column = self.get_numbers(self.get_values(name), name, 34).move_to([FLOW[name], FLOW_Y, 0])
        label = Tex(TEX[name], font_size=BODY).set_color(ACTIVATION)
        return VGroup(column, label.next_to(column, UP, buff=0.08))

    def get_target(self):
        """What the output should have been, above the loss, and an arrow down to it. Parts: column, name, arrow."""
        column = self.get_numbers(self.get_values("t"), "t", 34).move_to([5.4, 2.1, 0])
        name = VGroup(Tex("t", font_size=BODY), Text("wanted", font_size=LABEL)).arrange(RIGHT, buff=0.2)
        name.set_color(TARGET).next_to(column, UP, buff=0.12)
        arrow = Arrow(column.get_bottom(), [5.4, FLOW_Y + 0.95, 0], buff=0.1, thickness=5).set_color(MUTED)
        return VGroup(column, name, arrow)

    def get_loss(self):
        """What the network ends in: a plate with the loss on it."""
        number = get_number(self.record.loss, font_size=HEADING, source=Source("L", (), lambda: self.record.loss))
        formula = Tex(R"L = \tfrac{1}{2} \, \| \text{out} - t \|^2", font_size=31, t2c={"t": TARGET})
        words = VGroup(Text("loss", font_size=BODY), formula, number).arrange(DOWN, buff=0.2).move_to([5.4, FLOW_Y, 0])
        return VGroup(Plate(words, 0.16, color=mix_colors(PLATE, LOSS, 0.45)), words)

    def get_arrow(self, before, after, tex=None):
        """From one column to the next, with what happens on the way above it. Parts: the arrow, the words."""
        y = before.get_y()
        start, end = [before.get_right()[0] + 0.1, y, 0], [after.get_left()[0] - 0.1, y, 0]
        arrow = Arrow(start, end, buff=0, thickness=5).set_color(MUTED)
        words = Tex(tex, font_size=36).set_color(OPERATION).next_to(arrow, UP, buff=0.12) if tex else VGroup()
        return VGroup(arrow, words.set_max_width(arrow.get_width() + 0.1))

    def get_shelf(self):
        """A tray, and what will lie on it, by name. Parts of the tray: plate, "saved", and each row's name."""
        head, pairs, saved = Text("saved", font_size=LABEL).set_color(MUTED), VGroup(), {}
        for name in self.record.saved:
            saved[name] = self.get_numbers(self.get_values(name)[None, :], name, 29)
            pairs.add(VGroup(Tex(TEX[name], font_size=34), saved[name]).arrange(RIGHT, buff=0.12))
        VGroup(head, *pairs).arrange(RIGHT, buff=0.3).set_max_width(12.9).move_to([0, SHELF_Y, 0])
        plate = Plate(Rectangle(13.2, 0.85).move_to([0, SHELF_Y, 0]), buff=0)
        return VGroup(plate, head, *(pair[0] for pair in pairs)), saved

    def get_ring(self, column):
        return SurroundingRectangle(column[0].tiles, buff=0.06).set_stroke(FOCUS, 5)

    # What happens

    def show_parameters(self):
        # Lay out the parameters of two layers
        layers = VGroup(self.get_layer("W1", "b1", -4.2), self.get_layer("W2", "b2", 1.55))
        layers[1].shift((layers[0].plate.get_y() - layers[1].plate.get_y()) * UP)
        layers.save_state()
        layers.scale(1.3).move_to(0.5 * UP)
        self.add(layers)
        self.tell("Parameters: learned, and kept from input to input", {"Parameters": PARAMETER})
        self.wait(0.4)
        self.play(Restore(layers), run_time=1.4)
        return layers

    def tell(self, words, t2c, *animations):
        """Say something with a coloured word in it."""
        self.say(get_caption(words, t2c).fix_in_frame(), *animations)

    def run_the_network(self, layers):
        # Hand the network an input
        columns = {name: self.get_column(name) for name in FLOW}
        entering = FadeIn(columns["x"], 0.5 * RIGHT)
        self.tell("Activations: computed anew for every input", {"Activations": INPUT}, entering)

        # Work out one sum slowly
        arrows = VGroup(self.get_arrow(columns["x"][0], columns["h1"][0], "W_1 x + b_1"))
        self.play(GrowArrow(arrows[0][0]), FadeIn(arrows[0][1]), run_time=0.7)
        first = self.work_out_one_sum(layers[0], columns)
        self.play(
            FadeIn(VGroup(*(part for part in columns["h1"][0].get_family() if part not in first)), 0.8 * RIGHT),
            FadeIn(columns["h1"][1]),
            FlashAround(layers[0].plate, color=ACTIVATION, stroke_width=6),
        )
        self.remove(first)
        self.add(columns["h1"])

        # Let the rest run
        steps = "", R"\text{ReLU}", R"W_2 a_1 + b_2"
        for (before, after), tex in list(zip(pairwise(columns), steps, strict=True))[1:]:
            arrows.add(self.flow(columns[before], columns[after], tex, layers[1] if "W" in tex else None))

        # Compare the output with what was wanted
        loss, target = self.get_loss(), self.get_target()
        arrows.add(self.get_arrow(columns["out"][0], loss))
        self.hush(FadeIn(target[:2], 0.3 * DOWN), run_time=0.7)
        self.play(GrowArrow(arrows[-1][0]), GrowArrow(target[2]), FadeIn(loss, 0.4 * RIGHT), run_time=0.9)
        self.wait(0.6)
        return columns, arrows, (loss, target)

    def work_out_one_sum(self, layer, columns):
        """The first entry of h1 = W1 x + b1, term by term; returns what stays in its place."""
        weights, bias = self.record.W1[0], self.record.b1[0]
        signed = ["({})" if number < 0 else "{}" for number in (*weights, *self.record.x, bias)]
        tex = " + ".join(Rf"{signed[k]} \cdot {signed[3 + k]}" for k in range(3)) + f" + {signed[6]} ="
        shown = [(("W1", 0, k), w) for k, w in enumerate(weights)], [(("x", k), v) for k, v in enumerate(self.record.x)]
        numbers = [Shown(name, np.array(value), 1) for pair in zip(*shown, strict=True) for name, value in pair]
        formula = get_formula(tex, *numbers, Shown(("b1", 0), np.array(bias), 1), font_size=BODY)
        result = get_number(self.record.h1[0], 1, font_size=BODY, source=("h1", 0))
        VGroup(formula, result).arrange(RIGHT, buff=0.2).move_to([0, SHELF_Y, 0])
        used = layer.matrices[0].get_row(0), layer.matrices[1].get_row(0), columns["x"][0].tiles
        frames = VGroup(SurroundingRectangle(part, buff=0.05).set_stroke(FOCUS, 4) for part in used)
        self.play(ShowCreation(frames), run_time=0.7)
        self.play(FadeIn(formula, 0.2 * UP), run_time=0.8)
        self.play(FadeIn(result, 0.2 * RIGHT), run_time=0.5)
        self.wait(1.3)
        entry = VGroup(columns["h1"][0].get_tile(0), columns["h1"][0].get_entry(0))
        self.play(
            FadeOut(VGroup(formula, frames)), ReplacementTransform(VGroup(result.copy().set_opacity(0), result), entry)
        )
        return entry

    def flow(self, before, after, tex, layer):
        """One column becomes the next: light runs over, through what stands between."""
        arrow = self.get_arrow(before[0], after[0], tex)
        change = FadeIn(after[0], 0.8 * RIGHT)
        glow = [FlashAround(layer.plate, color=ACTIVATION, stroke_width=6)] if layer else []
        self.play(GrowArrow(arrow[0]), FadeIn(arrow[1]), *glow, change, FadeIn(after[1]), run_time=0.9)
        return arrow

    def save_what_pytorch_saves(self, columns, ending):
        # Set a tray below, and let the viewer guess what will be saved
        shelf, saved = self.get_shelf()
        rings = VGroup(self.get_ring(column) for column in columns.values())
        self.say(
            "Besides the weights: which of these four does PyTorch save?",
            FadeIn(shelf[:2], 0.5 * UP),
            LaggedStartMap(ShowCreation, rings, lag_ratio=0.3),
            run_time=1.2,
        )

        # Let each layer drop its input onto the tray
        values = {name: column[0] for name, column in columns.items()} | {"t": ending[1][0]}
        self.say(
            "Each layer saves its input: the weights' slopes need it",
            FadeOut(rings),
            *(FadeTransform(values[name].copy(), saved[name], time_span=(0.2, 1.3)) for name in ("x", "a1")),
            FadeIn(shelf[2:4], time_span=(0.8, 1.3)),
            run_time=1.3,
        )

        # Let the loss drop both that it compares
        self.say(
            "The loss saves out and t: its slope is out - t",
            *(FadeTransform(values[name].copy(), saved[name]) for name in ("out", "t")),
            FadeIn(shelf[4:], time_span=(0.6, 1.1)),
            run_time=1.1,
        )

        # Dim the one that is not saved
        ring = self.get_ring(columns["a1"])
        self.say(
            "h1 is not saved: where a1 > 0, ReLU was on",
            values["h1"].tiles.animate.set_fill(opacity=0.2),
            values["h1"].cells.animate.set_fill(opacity=0),
            ShowCreation(ring),
        )
        self.hush(FadeOut(ring))
        return shelf, saved

    def use_what_was_saved(self, others, place, arrows, saved, shelf):
        # Let the gradient come back to h1
        gradients = self.record.gradients
        arrived = self.get_numbers(gradients["h1"], "dL/dh1", 34, is_gradient=True).move_to(place[0])
        name = Tex(R"{\partial L / \partial h_1}", font_size=BODY).set_color(GRADIENT).move_to(place[1])
        back = [Line(a.get_end(), a.get_start()).set_stroke(GRADIENT, 14).insert_n_curves(20) for a, _ in arrows[:0:-1]]
        self.say(
            "A gradient comes back to h1 (how: in the next scene)",
            LaggedStart(*(VShowPassingFlash(line, time_width=0.8) for line in back), lag_ratio=0.7),
            AnimationGroup(*(a.animate.rotate(PI).set_color(GRADIENT) for a, _ in arrows[1:])),
            FadeOut(place, time_span=(1.4, 1.9)),
            FadeIn(VGroup(arrived, name), 0.3 * LEFT, time_span=(1.6, 2.2)),
            run_time=2.2,
        )

        # Carry it over, for the gradient of the first weights, with one factor missing
        column = self.get_numbers(gradients["h1"], "dL/dh1", 50, is_gradient=True)
        row = self.get_numbers(self.record.x[None, :], "x", 50)
        result = self.get_numbers(gradients["W1"], "W1.grad", 50, is_gradient=True)
        signs = VGroup(Tex(sign, font_size=TITLE) for sign in (R"\cdot", "="))
        VGroup(column, signs[0], row, signs[1], result).arrange(RIGHT, buff=0.4).move_to([0, 0.55, 0])
        names = R"{\partial L / \partial h_1}", R"x^\top", R"{\partial L / \partial W_1}"
        labels = VGroup(
            Tex(tex, font_size=HEADING).set_color(color).next_to(matrix, UP, buff=0.25)
            for tex, color, matrix in zip(names, (GRADIENT, INPUT, GRADIENT), (column, row, result), strict=True)
        )
        for label in labels:
            label.set_y(labels[0].get_y())
        filling = FillOuterProduct(column, row, result, run_time=4.5, rate_func=lambda t: t**1.5)
        filling.begin()
        filling.interpolate(0)
        self.hush(
            FadeOut(others, time_span=(0, 0.6)),
            ReplacementTransform(arrived, column),
            ReplacementTransform(name, labels[0]),
            run_time=1.2,
        )
        self.say("The gradient of the weights needs the input x", FadeIn(VGroup(signs[0], row.brackets, labels[1])))

        # Take it from the tray
        self.play(TransformFromCopy(VGroup(saved["x"].tiles, saved["x"].cells), VGroup(row.tiles, row.cells)))

        # Multiply each entry of the one by each entry of the other
        self.hush(FadeIn(VGroup(signs[1], labels[2], result)), run_time=0.5)
        self.play(filling)
        self.say("PyTorch's W1.grad, number for number")

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

    def get_example(self, place):
        """A square for each number that is saved of one example: as many in a row as it has; out and t share one."""
        (i, j), places = place, ((0, 2), (0, 1), (0, 0), (2, 0))
        colors = INPUT, ACTIVATION, mix_colors(ACTIVATION, LOSS, 0.6), TARGET
        parts = VGroup()
        for name, (right, row), color in zip(self.record.saved, places, colors, strict=True):
            corner = [(4.6 * j + right) * CELL, (3.6 * i + row - 3) * CELL, 0]
            parts.add(self.get_squares(1, self.get_values(name).size, color, corner))
        return parts

    def get_areas(self, counts):
        """A square and a rectangle whose areas are as two counts, the second one across most of the frame."""
        width, height = 9.6, 4.0
        side = float(np.sqrt(counts[0].source.true_value() / counts[1].source.true_value() * width * height))
        areas = VGroup(Square(side), Rectangle(width, height))
        for area, color, x in zip(areas, (PARAMETER, ACTIVATION), (-5.4, 1.7), strict=True):
            area.set_fill(color, 1).set_stroke(width=0).move_to([x, -0.6, 0])
        return areas.fix_in_frame()

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

    def count_the_memory(self):
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
        self.hush(FadeOut(names))

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

            self.play(self.frame.animate.reorient(*self.get_view(*shapes[size])), run_time=0.9)
            self.play(UpdateFromAlphaFunc(new, grow), run_time=1.3)
            self.wait(0.3)
            old = size

        # Lay all squares together: two areas
        squares = Group(*(mobject for mobject in self.mobjects if not mobject.is_fixed_in_frame()))
        squares.remove(self.frame)
        areas = self.get_areas((counts[0], counts[2]))
        self.play(FadeOut(squares), FadeIn(areas), left.animate.set_x(-5.4), run_time=1.2)
        self.say("The parameters stay. What is saved grows with the batch")
        self.wait(2)


def merge(groups):
    """Groups of shapes as one group with a single shape for each place in them: fast to draw, true up to some fifty."""
    parts = VGroup()
    for same in zip(*groups, strict=True):
        whole = VMobject()
        for part in same:
            whole.append_vectorized_mobject(part)
        parts.add(whole.match_style(same[0]))
    return parts
