from itertools import pairwise

from manim_imports_ext import *
from truth.saved import count_saved, run_and_watch

TEX = {"W1": "W_1", "b1": "b_1", "W2": "W_2", "b2": "b_2", "x": "x", "h1": "h_1", "a1": "a_1", "h2": "h_2", "a2": "a_2"}
FLOW = {"x": -5.7, "h1": -2.75, "a1": -0.1, "h2": 3.0, "a2": 5.6}  # where each column of activations stands
CELL = 0.088  # a saved number among thousands, in frame units
NOTE_Y = -3.15


class ParametersVsActivationsScene(CaptionedScene):
    """Parameters are there all along; activations come with an input, and some must be saved for the way back."""

    batches = (1, 8, 64, 512)

    def construct(self):
        self.record = run_and_watch()
        layers = self.show_parameters()
        columns, shelf = self.run_the_network(layers)
        saved = self.save_what_pytorch_saves(columns, shelf)
        self.use_what_was_saved(saved, shelf)
        self.count_the_memory()

    # What stands on stage

    def get_numbers(self, values, name, font_size=30):
        """An array on tiles that say the sign and size of each number; a vector is a column."""
        config = {"has_tiles": True, "include_sign": False, "font_size": font_size, "max_value": 3.0, "v_buff": 1.15}
        if np.ndim(values) == 1:
            return NumericEmbedding(values, source=name, positive=POSITIVE_RAMP, negative=NEGATIVE_RAMP, **config)
        return WeightMatrix(values, source=name, **config)

    def get_layer(self, weights, bias, x):
        """A layer as a plate with its parameters on it. Parts: `plate`, `matrices`, `labels`."""
        matrices = VGroup(self.get_numbers(self.record.values[name], name, 28) for name in (weights, bias))
        matrices.arrange(RIGHT, buff=0.25).move_to([x, 2.1, 0])
        labels = VGroup(
            Tex(TEX[name], font_size=BODY).set_color(PARAMETER).next_to(matrix, UP, buff=0.12)
            for name, matrix in zip((weights, bias), matrices, strict=True)
        )
        labels.set_y(labels[0].get_y())
        layer = VGroup(Plate(VGroup(matrices, labels), buff=0.15), matrices, labels)
        layer.plate, layer.matrices, layer.labels = layer
        return layer

    def get_column(self, name):
        """An activation as a column, with its name above it."""
        column = self.get_numbers(self.record.values[name], name, 34).move_to([FLOW[name], -0.85, 0])
        label = Tex(TEX[name], font_size=BODY).set_color(ACTIVATION)
        return VGroup(column, label.next_to(column, UP, buff=0.1))

    # What happens

    def show_parameters(self):
        # Lay out the parameters of two layers
        layers = VGroup(self.get_layer("W1", "b1", -4.25), self.get_layer("W2", "b2", 1.55))
        layers[1].shift((layers[0].plate.get_y() - layers[1].plate.get_y()) * UP)
        words = VGroup(
            Text("Parameters", font_size=HEADING).set_color(PARAMETER),
            Text("learned, and kept\nfrom input to input", font_size=LABEL, alignment="LEFT").set_color(MUTED),
        )
        words.arrange(DOWN, buff=0.2, aligned_edge=LEFT).move_to([5.35, 2.2, 0])
        layers.save_state()
        layers.scale(1.25).move_to(0.4 * UP)
        self.add(layers)
        self.play(self.frame.animate.reorient(0, 0, 0, (0, 0.2, 0), 7.4), run_time=1.5)
        self.play(Restore(layers), self.frame.animate.reorient(*OVERVIEW), FadeIn(words, 0.3 * LEFT), run_time=1.4)
        self.wait(1.8)
        self.words = words
        return layers

    def run_the_network(self, layers):
        # Hand the network an input
        columns = {name: self.get_column(name) for name in FLOW}
        shelf = Plate(Rectangle(13.2, 0.85), buff=0).move_to([0, NOTE_Y, 0])
        self.play(FadeIn(columns["x"], 0.5 * RIGHT))
        self.say("Activations come with an input")

        # Let it flow through a layer and a ReLU, twice
        for (before, after), through in zip(pairwise(columns), (layers[0], None, layers[1], None), strict=True):
            self.flow(columns[before], columns[after], through, pace=1.2 if before == "x" else 0.8)
        self.wait(0.5)
        return columns, shelf

    def flow(self, before, after, through, pace):
        """One column becomes the next: light runs over, through what stands between."""
        start, end = before[0].get_right() + 0.1 * RIGHT, after[0].get_left() + 0.1 * LEFT
        y = before[0].get_y()
        arrow = Arrow([start[0], y, 0], [end[0], y, 0], buff=0, thickness=5).set_color(MUTED)
        word = VGroup()
        if through is None:
            word = Text("ReLU", font_size=LABEL).set_color(OPERATION).next_to(arrow, UP, buff=0.12)
            change = ReplacementTransform(before[0].copy(), after[0])
        else:
            change = FadeIn(after[0], 0.8 * RIGHT)
        glow = [] if through is None else [FlashAround(through.plate, color=ACTIVATION, stroke_width=6)]
        self.play(GrowArrow(arrow), FadeIn(word), *glow, change, FadeIn(after[1]), run_time=pace)

    def save_what_pytorch_saves(self, columns, shelf):
        # Let the viewer guess what will be saved
        question = Text("Which of the five does PyTorch save?", font_size=BODY).move_to(shelf)
        self.hush(FadeOut(self.words), FadeIn(shelf, 0.5 * UP), run_time=0.6)
        self.play(FadeIn(question))
        self.wait(2.4)
        self.play(FadeOut(question), run_time=0.3)

        # Drop what the tape keeps onto the shelf
        notes = {"x": "a Linear layer\nsaves its input", "a1": "a ReLU saves\nits result"}
        saved, note = {}, VGroup()
        for name, column in columns.items():
            if name not in self.record.saved:
                continue
            row = self.get_numbers(self.record.values[name][None, :], name).move_to([FLOW[name], NOTE_Y, 0])
            row.shift(
                np.clip(row.get_x(), -6.4 + row.get_width() / 2, 6.4 - row.get_width() / 2) * RIGHT
                - row.get_x() * RIGHT
            )
            new = Text(notes[name], font_size=LABEL).move_to([5.45, 2.2, 0]) if name in notes else note
            self.play(
                TransformFromCopy(column[0], row),
                *([] if new is note else [FadeOut(note, time_span=(0, 0.4)), FadeIn(new, time_span=(0.4, 1))]),
                run_time=1.2,
            )
            self.wait(1.4 if name in notes else 0.4)
            saved[name], note = row, new

        # Dim what is not saved
        lost = VGroup(columns[name] for name in columns if name not in saved)
        words = Text("the rest is\nnot needed again", font_size=LABEL).move_to(note)
        self.play(lost.animate.set_opacity(0.15), FadeOut(note, time_span=(0, 0.4)), FadeIn(words, time_span=(0.4, 1)))
        self.wait(2.2)
        return saved

    def use_what_was_saved(self, saved, shelf):
        # Set up the gradient of the first weights, with one number missing
        values, gradients = self.record.values, self.record.gradients
        column = self.get_numbers(gradients["h1"], "dL/dh1", 50)
        row = self.get_numbers(values["x"][None, :], "x", 50)
        result = self.get_numbers(gradients["W1"], "W1.grad", 50)
        signs = VGroup(Tex(sign, font_size=TITLE) for sign in (R"\cdot", "="))
        VGroup(column, signs[0], row, signs[1], result).arrange(RIGHT, buff=0.4).move_to([0, 0.45, 0])
        names = R"{\partial L / \partial h_1}", R"x^\top", R"{\partial L / \partial W_1}"
        labels = VGroup(
            Tex(tex, font_size=HEADING).set_color(color).next_to(matrix, UP, buff=0.25)
            for tex, color, matrix in zip(names, (GRADIENT, INPUT, GRADIENT), (column, row, result), strict=True)
        )
        for label in labels:
            label.set_y(labels[0].get_y())
        below = VectorizedPoint([0, -1.55, 0])
        self.clear_all_but(shelf, *saved.values())
        self.play(FadeIn(VGroup(column, labels[0]), 0.4 * RIGHT), FadeIn(VGroup(signs, row.brackets, labels[1:])))
        self.say("The gradient of the weights needs the input x", FlashAround(labels[1], color=FOCUS), beside=below)
        self.wait(0.6)

        # Take it from the shelf
        self.play(TransformFromCopy(VGroup(saved["x"].tiles, saved["x"].cells), VGroup(row.tiles, row.cells)))

        # Multiply each entry of the gradient by the whole input
        self.hush(FadeIn(result.brackets))
        frame = SurroundingRectangle(column.get_entry(0), buff=0.14).set_stroke(FOCUS, 5)
        self.play(ShowCreation(frame), run_time=0.4)
        width = row.shape[1]
        for k in range(column.shape[0]):
            place = slice(k * width, (k + 1) * width)
            self.play(
                frame.animate(time_span=(0, 0.4)).move_to(column.get_entry(k)),
                TransformFromCopy(VGroup(row.tiles, row.cells), VGroup(result.tiles[place], result.cells[place])),
                run_time=1.6 if k == 0 else 0.7,
            )
        self.say("PyTorch's W1.grad, number for number", FadeOut(frame), beside=below)
        self.wait(0.5)

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
        values, parts = self.record.values, VGroup()
        for weights, bias, y in (("W1", "b1", 0.0), ("W2", "b2", -3.0)):
            rows, columns = values[weights].shape
            left = [-7 * CELL, y * CELL, 0]
            parts.add(self.get_squares(rows, columns, PARAMETER, left))
            parts.add(self.get_squares(len(values[bias]), 1, PARAMETER, [left[0] + (columns + 0.3) * CELL, left[1], 0]))
        return parts

    def get_example(self, place):
        """A square for each number that is saved of one example: a row of x, then what the two ReLUs returned."""
        i, j = place
        corner, parts = np.array([3.6 * j * CELL, (3.6 * i - 3) * CELL, 0]), VGroup()
        sizes = [self.record.values[name].size for name in self.record.saved]
        squares = [(k // 3, k % 3) for k in range(sum(sizes))]
        for size, color in zip(sizes, (INPUT, ACTIVATION, mix_colors(ACTIVATION, SCAFFOLD, 0.5)), strict=True):
            part = VMobject()
            for row, column in squares[:size]:
                square = Square(0.86 * CELL).move_to(corner + CELL * np.array([column + 0.5, 2.5 - row, 0]))
                part.append_vectorized_mobject(square)
            squares = squares[size:]
            parts.add(part.set_stroke(width=0).set_fill(color, 1))
        return parts

    def get_readout(self, words, number, x):
        """A large number over what it counts, in its place on the screen."""
        return VGroup(number, Text(words, font_size=LABEL)).arrange(DOWN, buff=0.15).move_to([x, 3.0, 0]).fix_in_frame()

    def count_the_memory(self):
        # Count what is kept for one example
        shapes = {1: (1, 1), 8: (2, 4), 64: (8, 8), 512: (16, 32)}
        views = {1: (-0.17, 0.1, 1.2), 8: (0.35, 0.25, 2.1), 64: (0.95, 1.1, 4.8), 512: (4.65, 2.75, 8.6)}
        n_parameters, saved = count_saved(1)
        parameters, example = self.get_parameters(), self.get_example((0, 0))
        source = Source("parameters", of=lambda: count_saved(1)[0])
        count = SourcedNumber(n_parameters, num_decimal_places=0, font_size=TITLE, source=source)
        left = self.get_readout("parameters", count.set_color(PARAMETER), -4.6)
        batch = ValueTracker(1)
        source = Source("floats saved", of=lambda: count_saved(round(batch.get_value()))[1])
        number = SourcedNumber(
            saved, num_decimal_places=0, group_with_commas=True, font_size=TITLE, source=source, edge_to_fix=ORIGIN
        )
        right = self.get_readout("numbers saved", number.set_color(ACTIVATION), 3.6)
        sizes = SourcedNumber(1, num_decimal_places=0, font_size=TITLE, source=CHOICE, edge_to_fix=ORIGIN)
        middle = self.get_readout("batch size", sizes.set_color(TEXT), -0.5)
        self.clear_all_but()
        x, y, height = views[1]
        self.frame.reorient(0, 0, 0, (x, y, 0), height)
        self.play(
            LaggedStartMap(FadeIn, parameters, lag_ratio=0.3),
            FadeIn(left),
            LaggedStartMap(FadeIn, example, lag_ratio=0.5, time_span=(0.8, 2)),
            FadeIn(VGroup(middle, right), time_span=(0.8, 2)),
            run_time=2,
        )
        names = VGroup(
            Tex(TEX[name], font_size=6).set_color(color).next_to(example, RIGHT, buff=0.03).set_y((-0.5 - k) * CELL)
            for k, (name, color) in enumerate(zip(self.record.saved, (INPUT, ACTIVATION, MUTED), strict=True))
        )
        self.say("x is counted too: PyTorch keeps it for the first layer", FadeIn(names))
        self.hush(FadeOut(names))

        # Let the batch grow, and step back to see it all
        there = {(0, 0)}
        for size in self.batches[1:]:
            rows, columns = shapes[size]
            places = [place for place in np.ndindex(rows, columns) if place not in there]
            there |= set(places)
            examples = [self.get_example(place) for place in places]
            new = VGroup(merge(examples[k : k + 56]) for k in range(0, len(examples), 56))
            x, y, height = views[size]
            self.play(
                self.frame.animate.reorient(0, 0, 0, (x, y, 0), height),
                LaggedStartMap(FadeIn, new, lag_ratio=0.2),
                UpdateFromAlphaFunc(batch, lambda m, a, end=size: m.set_value(end)),
                run_time=2,
            )
            sizes.set_value(size)
            number.set_value(count_saved(size)[1])
            self.wait(0.6)
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
