from _2025.mlp.walkthrough.stage import LENS
from _2025.mlp.walkthrough.the_sum import get_toy_weights
from manim_imports_ext import *
from truth.toy_mlp import ACTIVE, NEURON_MEANINGS, PARAMETERS, TOKENS, VISIBLE_COORDINATES, VISIBLE_UNITS, get_toy_mlp

ROWS, COLUMNS = VISIBLE_UNITS, VISIBLE_COORDINATES
PITCH = 0.66  # between neurons of a layer, and between rows of what stands beside them
STRONGEST = 1.5  # the number with the strongest colour
FIRST = VISIBLE_UNITS[0]  # the neuron whose lines are read
WHOLE = mix_colors(PARAMETER, BACKGROUND, 0.35)  # the colour of GPT-3's matrix as an area
SMALLEST, CORNER = 6.4, np.array([-6.1, 3.4, 0])  # as high is GPT-3's matrix in the end; its upper left corner


def get_body():
    """The toy block as dots and lines: 5, 8 and 5 of its 64, 256 and 64 units, as lit balls and tubes."""
    mlp = get_toy_mlp()
    radius = 0.25
    network = NeuralNetwork(
        [mlp.up, mlp.down],
        biases=[mlp.up_bias, mlp.down_bias],
        max_shown=[COLUMNS, ROWS, COLUMNS],
        radius=radius,
        neuron_buff=PITCH / radius - 2,
        layer_buff=3.4,
        max_weight=STRONGEST,
    )
    return SolidNetwork(network, 0.015, 0.13)


def get_matrix(values, source, rows, columns, font_size=36, h_buff=0.7):
    """A matrix on tiles whose rows are as far apart as the balls of a layer."""
    v_buff = PITCH / digit_height(font_size) - 1
    config = {"max_value": STRONGEST, "font_size": font_size, "h_buff": h_buff, "v_buff": v_buff, "has_tiles": True}
    return WeightMatrix(values, source=source, shown_rows=rows, shown_columns=columns, **config)


def get_vector(values, source):
    """A vector on tiles, entry by entry beside the balls of a layer."""
    ramps = {"positive": POSITIVE_RAMP, "negative": NEGATIVE_RAMP}
    config = {"font_size": 36, "v_buff": PITCH / digit_height(36) - 1, "has_tiles": True}
    return NumericEmbedding(values, source=source, shown_entries=COLUMNS, max_value=STRONGEST, **config, **ramps)


def get_cells():
    """The up projection's weights that are drawn as lines, as square cells: 8 rows of 5."""
    part = get_toy_mlp().up[np.ix_(ROWS, COLUMNS)]
    return HeatMatrix(part, source="W up", max_value=STRONGEST, cell=PITCH).cells


class ClassicNeuralNetworksPicture(CaptionedScene):
    """The textbook's dots and lines are the two matrices and the ReLU; what it leaves out is the sum at the end."""

    chapter = "The classic picture"

    other_tokens = (0, 1)  # half matches: the wrong first name, the wrong last name

    def construct(self):
        set_telephoto(self.frame, LENS)
        self.mlp = get_toy_mlp()
        self.passes = [self.mlp.forward(token.embedding) for token in TOKENS]
        self.body = get_body()
        self.silent = [np.zeros(n) for n in self.body.network.sizes]
        names = self.draw_the_picture()
        plated, label = self.read_a_row()
        self.read_a_column(plated)
        entering = self.send_a_token_in()
        leaving = self.light_the_update()
        self.add_the_residual(entering, leaving, names)
        self.try_other_tokens(entering, label)
        self.count_the_lines(entering, names)

    # What is shown

    def get_ball_layer(self, layer):
        return Group(*(ball.body for ball in self.body.balls[layer]))

    def get_pieces(self, matrix, row=None, column=None):
        """The numbers of a row or of a column, each with its tile."""
        shown = [(row, j) for j in COLUMNS] if column is None else [(i, column) for i in COLUMNS]
        return VGroup(VGroup(matrix.get_tile(*place), matrix.get_entry(*place)) for place in shown)

    def get_arrivals(self, pieces, edges, at, run_time):
        """Animations: numbers come out of their edges, and move to their places in a matrix."""
        for piece, edge in zip(pieces, edges, strict=True):
            piece.save_state()
            piece.scale(0.9).move_to(edge.point_from_proportion(at))
        return (
            LaggedStart(*(FadeIn(piece, scale=3) for piece in pieces), lag_ratio=0.15, run_time=run_time),
            LaggedStart(*(Restore(piece) for piece in pieces), lag_ratio=0.1, run_time=run_time),
        )

    def get_wave(self, layer, values, color=ACTIVATION):
        """Animation: what is not zero sends light along its edges, to the next layer."""
        edges = [edge for edge in self.body.network.get_edges(layer) if abs(values[edge.source[1][1]]) > 0]
        return EdgeWave(edges, color, width=4, radius=0.1)

    def tell(self, words, *animations, color=TEXT):
        """Say something at the top, in large letters; the caption stands until it can be read."""
        line = Text(words, font_size=BODY + 2).set_color(color).fix_in_frame().to_edge(UP, buff=0.4)
        self.say(line, *animations, run_time=0.8)

    def get_label(self, unit):
        """What a drawn neuron asks, on a small plate at its right; above the first one."""
        words = Text(dict(zip(ROWS, NEURON_MEANINGS, strict=True))[unit], font_size=LABEL).set_color(FOCUS)
        label = VGroup(Plate(words, buff=0.1, thickness=0.05, color=mix_colors(PLATE, BACKGROUND, 0.4)), words)
        return label.next_to(self.body.get_ball(1, unit).body, UP if unit == FIRST else RIGHT, buff=0.12)

    # Beats

    def draw_the_picture(self):
        # Let the toy's weights become neurons
        body, weights = self.body, get_toy_weights()
        up, bias, down = (part for _, part in weights)
        self.add(*weights)
        places = (
            [up.get_tile(ROWS[-1], column) for column in COLUMNS],
            [bias.get_tile(row) for row in ROWS],
            [down.get_tile(row, ROWS[-1]) for row in COLUMNS],
        )
        for balls, tiles in zip(body.balls, places, strict=True):
            for ball, tile in zip(balls, tiles, strict=True):
                ball.save_state()
                ball.scale(0.2).move_to(tile).shift(0.1 * OUT)
        title = Text("The same block, as dots and lines", font_size=HEADING).set_color(TEXT)
        title.fix_in_frame().to_edge(UP, buff=0.5)
        self.play(
            FadeOut(weights, time_span=(0.2, 1.2)),
            *(Restore(ball) for balls in body.balls for ball in balls),
            self.frame.animate.reorient(-24, -9, 0, 0.25 * UP, 8.4),
            FadeIn(title, time_span=(0.8, 1.4)),
            run_time=1.6,
        )

        # Draw the lines between them
        for dots in body.network.dots:
            dots.set_color(MUTED).scale(1.4)
        names = VGroup(
            Text(name, font_size=BODY).set_color(TEXT).next_to(self.get_ball_layer(layer), DOWN, buff=0.22)
            for layer, name in enumerate(("embedding", "neurons", "update"))
        )
        for name in names:
            name.set_y(names[1].get_y())  # level, and below the numbers that will stand at both sides
        self.play(
            LaggedStart(*(FadeIn(tubes) for tubes in body.tubes), lag_ratio=0.5),
            self.frame.animate.reorient(0, 0, 0, 0.15 * UP, 8.6),
            run_time=2,
        )
        self.add(body)
        self.play(FadeIn(VGroup(names, body.network.dots), lag_ratio=0.3), run_time=0.8)
        self.play(FadeOut(title), run_time=0.3)
        return names

    def read_a_row(self):
        # Single out the lines into one neuron
        body, network = self.body, self.body.network
        places = [(0, FIRST, start) for start in COLUMNS]
        edges = [network.get_edge(*place) for place in places]
        matrix = get_matrix(self.mlp.up, "W up", ROWS, COLUMNS)
        matrix.next_to(self.get_ball_layer(0), LEFT, buff=1.3).match_y(network)
        plate = Plate(matrix)
        self.play(
            body.animate.set_dimmed(0.8, places, [(0, start) for start in COLUMNS] + [(1, FIRST)]),
            self.frame.animate.reorient(0, 0, 0, (-3.2, 0.2, 0), 9.2),
            FadeIn(label := self.get_label(FIRST), time_span=(0.8, 1.4)),
            run_time=1.4,
        )

        # Slide their weights out: they are a row of the matrix
        pieces = self.get_pieces(matrix, row=FIRST)
        coming, going = self.get_arrivals(pieces, edges, 0.14, run_time=1.2)
        self.play(coming)
        self.wait(0.4)
        self.add(plate, pieces)
        self.play(FadeIn(plate, time_span=(0, 0.6)), going)
        self.tell("The lines into a neuron are one row")

        # Let the other lines become the other rows
        done = {part for piece in pieces for part in piece}
        rest = [VGroup(*(part for part in row if part not in done)) for row in matrix.get_rows()]
        name = Tex(R"W_\uparrow", font_size=TITLE).set_color(PARAMETER).next_to(plate, DOWN, buff=0.15)
        self.play(
            body.animate.set_dimmed(0),
            LaggedStart(*(FadeIn(row, RIGHT) for row in rest), lag_ratio=0.25),
            FadeIn(VGroup(matrix.brackets, name)),
            run_time=2,
        )
        return Group(plate, matrix, name), label

    def read_a_column(self, plated):
        # Single out the lines that leave it
        body, network = self.body, self.body.network
        places = [(1, to, FIRST) for to in COLUMNS]
        edges = [network.get_edge(*place) for place in places]
        matrix = get_matrix(self.mlp.down, "W down", COLUMNS, ROWS, 32, 0.5)
        matrix.next_to(self.get_ball_layer(2), RIGHT, buff=1.0).match_y(network)
        plate = Plate(matrix)
        self.hush(FadeOut(plated, time_span=(0, 0.6)), run_time=0.6)
        self.play(
            body.animate.set_dimmed(0.8, places, [(2, to) for to in COLUMNS] + [(1, FIRST)]),
            self.frame.animate.reorient(0, 0, 0, (3.5, 0.2, 0), 9.9),
            run_time=1.4,
        )

        # Slide their weights out: they are a column
        pieces = self.get_pieces(matrix, column=FIRST)
        coming, going = self.get_arrivals(pieces, edges, 0.8, run_time=0.7)
        self.play(coming)
        self.add(plate, pieces)
        self.play(FadeIn(plate, time_span=(0, 0.5)), going)
        done = {part for piece in pieces for part in piece}
        rest = VGroup(*(part for part in (*matrix.tiles, *matrix.cells) if part not in done))
        name = Tex(R"W_\downarrow", font_size=TITLE).set_color(PARAMETER).next_to(plate, DOWN, buff=0.15)
        self.tell("The lines out of it are one column")
        self.play(
            FadeIn(rest, lag_ratio=0.02),
            FadeIn(VGroup(matrix.brackets, name)),
            body.animate.set_dimmed(0),
            run_time=1.5,
        )
        self.hush(FadeOut(VGroup(plate, matrix, name)), run_time=0.6)

    def send_a_token_in(self):
        # Let an embedding come in
        seen, body = self.passes[ACTIVE], self.body
        x = get_vector(seen.x, "E").next_to(self.get_ball_layer(0), LEFT, buff=0.45).match_y(body.network)
        token = self.get_token(ACTIVE, x)
        plate = Plate(x, buff=0.15)
        self.play(
            self.frame.animate.reorient(0, 0, 0, (-0.75, 0.25, 0), 8.6),
            FadeIn(VGroup(plate, x, token), 0.5 * RIGHT),
            body.animate.set_activations([seen.x, *self.silent[1:]]),
            run_time=1.5,
        )

        # Show the biases that wait at the neurons
        rings = VGroup(self.get_ring(unit) for unit in ROWS)
        self.tell("A ring for each neuron's bias: all below zero", LaggedStartMap(ShowCreation, rings, lag_ratio=0.2))
        self.hush()

        # Let it run to the neurons
        self.play(
            self.get_wave(0, seen.x),
            body.animate(time_span=(0.8, 1.5)).set_activations([seen.x, seen.pre, self.silent[2]]),
            run_time=1.5,
        )
        self.play(FadeOut(rings), run_time=0.5)

        # Darken what is negative
        self.tell("ReLU: below zero goes dark")
        self.play(body.animate.set_activations([seen.x, seen.neurons, self.silent[2]]))
        return VGroup(plate, x, token)

    def get_ring(self, unit):
        """A neuron's bias as a ring round its ball: its colour is the sign, its width the size."""
        bias = self.mlp.up_bias[unit]
        color = (NEGATIVE_RAMP if bias < 0 else POSITIVE_RAMP)[1]
        ring = Circle(radius=0.31).set_stroke(color, 2 + 6 * abs(bias))
        return ring.move_to(self.body.get_ball(1, unit).body)

    def get_token(self, index, vector):
        """A token's words, one below the other, above its embedding."""
        words = Text(TOKENS[index].words.replace(" ", "\n"), font_size=LABEL + 4, alignment="CENTER")
        return words.set_color(FOCUS if index == ACTIVE else INPUT).next_to(vector, UP, buff=0.25)

    def light_the_update(self):
        # Let the neurons that are on write the update
        seen, body = self.passes[ACTIVE], self.body
        update = get_vector(seen.update, "update").next_to(self.get_ball_layer(2), RIGHT, buff=0.45)
        update.match_y(body.network)
        plate = Plate(update, buff=0.15)
        self.hush(
            self.frame.animate.reorient(20, -8, 0, (0, 0.2, 0), 8.6),
            self.get_wave(1, seen.neurons),
            body.animate(time_span=(0.8, 1.5)).set_activations([seen.x, seen.neurons, seen.update]),
            run_time=1.5,
        )
        word = VGroup(Tex(R"\approx", font_size=BODY), Text("basketball", font_size=BODY)).arrange(RIGHT, buff=0.15)
        word.set_color(TARGET).next_to(plate, UP, buff=0.2)
        self.play(FadeIn(VGroup(plate, update), 0.5 * RIGHT), FadeIn(word, 0.2 * UP, time_span=(0.5, 1)))
        return VGroup(plate, update, word)

    def add_the_residual(self, entering, leaving, names):
        # Carry the embedding round, past all of it
        seen, x, update = self.passes[ACTIVE], entering[1], leaving[1]
        step = 2.2 * RIGHT
        carried = get_vector(seen.x, "E").move_to(update).shift(step)
        output = get_vector(seen.output, "E + update").move_to(update).shift(2 * step)
        signs = VGroup(
            Tex(sign, font_size=TITLE).move_to((a.get_center() + b.get_center()) / 2)
            for sign, a, b in (("+", update, carried), ("=", carried, output))
        )
        plates = VGroup(Plate(carried, buff=0.15), Plate(output, buff=0.15))
        top = 3.75
        turns = (entering[2].get_top() + 0.1 * UP, carried.get_top() + 0.2 * UP)
        corners = [turns[0], [turns[0][0], top, 0], [turns[1][0], top, 0], turns[1]]
        wire = VMobject().set_points_as_corners(corners).set_stroke(ACTIVATION, 12)
        self.play(
            self.frame.animate.reorient(0, 0, 0, (2.2, 0.15, 0), 9.9),
            FadeIn(VGroup(plates[0], signs[0])),
            run_time=1.4,
        )
        self.play(ShowCreation(wire))
        sums = VGroup(
            Text(name, font_size=LABEL + 2).next_to(plate, DOWN, buff=0.2).match_y(names[2])
            for name, plate in zip(("embedding", "output"), plates, strict=True)
        )
        travellers = []
        for entry in reversed(COLUMNS):
            piece = VGroup(x.get_tile(entry), x.get_entry(entry)).copy()
            goal = carried.get_tile(entry).get_center()
            way = VMobject().set_points_as_corners([corners[1], corners[2], goal])
            travellers.append((piece, way))
        self.play(
            LaggedStart(*(MoveAlongPath(piece, way) for piece, way in travellers), lag_ratio=0.2),
            FadeIn(sums[0]),
            run_time=2.6,
        )
        self.remove(*(piece for piece, _ in travellers))
        self.add(carried)

        # Add them entry by entry
        rows = [VGroup(output.get_tile(entry), output.get_entry(entry)) for entry in COLUMNS]
        self.play(
            FadeIn(VGroup(plates[1], signs[1], sums[1], output.get_ellipses())),
            LaggedStart(*(FadeIn(row, RIGHT) for row in rows), lag_ratio=0.4),
            run_time=2.2,
        )
        self.tell("The textbook leaves out this sum")
        self.hush(FadeOut(VGroup(plates, signs, wire, carried, output, leaving, sums)), run_time=0.6)

    def try_other_tokens(self, entering, label):
        # Predict what half a match does to the first neuron
        first, second = self.other_tokens
        ring = Circle(radius=0.4).set_stroke(FOCUS, 8).move_to(self.body.get_ball(1, FIRST).body)
        self.play(
            self.frame.animate.reorient(0, 0, 0, (-0.75, 0.25, 0), 8.6),
            self.change_token(entering, first),
            label.animate.next_to(ring, UP, buff=0.05),
            FadeIn(ring),
            run_time=1.4,
        )
        self.tell("Will this one light up again?", color=FOCUS)
        self.wait(0.5)
        self.hush()
        self.run_through(first)
        lit = self.get_lit_names(first)
        self.tell("No: half a match is not enough", FadeIn(lit), color=FOCUS)

        # Try the other half
        self.hush(FadeOut(lit))
        self.play(self.change_token(entering, second), run_time=1)
        self.run_through(second)
        lit = self.get_lit_names(second)
        self.tell("Nor is the other half", FadeIn(lit), color=FOCUS)
        self.hush(FadeOut(VGroup(ring, lit, label)), run_time=0.4)

    def get_lit_names(self, token):
        """What the drawn neurons that a token lights ask, each beside its own neuron."""
        neurons = self.passes[token].neurons
        return VGroup(self.get_label(unit) for unit in ROWS if neurons[unit] > 0)

    def change_token(self, entering, token):
        """Animation: another token comes in from the left, where the last one leaves; neurons and update go dark."""
        plate, x, words = entering
        new = get_vector(TOKENS[token].embedding, f"E of '{TOKENS[token].words}'").move_to(x)
        arriving = VGroup(new, self.get_token(token, new))
        leaving = VGroup(x, words)
        entering.set_submobjects([plate, *arriving])
        self.add(leaving)
        return AnimationGroup(
            FadeOut(leaving, 0.6 * UP, time_span=(0, 0.5)),
            FadeIn(arriving, 0.6 * RIGHT, time_span=(0.4, 1)),
            self.body.animate.set_activations([self.passes[token].x, *self.silent[1:]]),
        )

    def run_through(self, token):
        """Light the neurons, and then the update, by what a token leads to."""
        seen = self.passes[token]
        self.play(
            self.get_wave(0, seen.x),
            self.body.animate(time_span=(0.5, 0.9)).set_activations([seen.x, seen.neurons, self.silent[2]]),
            run_time=0.9,
        )
        self.play(
            self.get_wave(1, seen.neurons),
            self.body.animate(time_span=(0.5, 0.9)).set_activations([seen.x, seen.neurons, seen.update]),
            run_time=0.9,
        )

    def count_the_lines(self, entering, names):
        # Fold the lines into their matrix again
        cells = get_cells().move_to(4.4 * LEFT)
        lines = VGroup(edge.copy().set_stroke(width=4) for edge in self.body.network.get_edges(0))
        here = get_counted_picture()[1]
        self.add(lines)
        self.play(
            FadeOut(VGroup(entering, names, self.body.network.dots), time_span=(0, 0.5)),
            FadeOut(self.body, time_span=(0, 0.8)),
            LaggedStart(*(ReplacementTransform(*pair) for pair in zip(lines, cells, strict=True)), lag_ratio=0.03),
            FadeIn(here, time_span=(1.4, 2.2)),
            self.frame.animate.reorient(0, 0, 0, ORIGIN, 8),
            run_time=2.4,
        )
        self.wait(0.5)

        # Go back until all of GPT-3's matrix is in sight
        _, _, label, _, pointer, small, sides = get_counted_picture()
        whole = Rectangle().set_fill(WHOLE, 1).set_stroke(width=0)
        marker = Rectangle().set_stroke(FOCUS, 6)
        self.add(whole, cells, marker, here, label)
        self.play(self.get_way_back(cells, whole, marker), FadeIn(label, time_span=(2.5, 3.3)), run_time=4.5)
        self.play(GrowArrow(pointer), FadeIn(small), FadeIn(sides), run_time=0.7)
        self.wait(2.5)

    def get_way_back(self, cells, whole, marker=None):
        """Animation: what is drawn shrinks to a point in the corner of GPT-3's matrix, drawn to the same scale.

        A marker stays large enough to be seen.
        """
        height = PARAMETERS.rows * PITCH
        width = PARAMETERS.d_model * (cells[1].get_x() - cells[0].get_x())
        start, end, drawn = cells.get_corner(UL) + 0.12 * UL, CORNER, cells.copy()
        smallest = SMALLEST / height

        def go_back(picture, alpha):
            scale = smallest**alpha
            corner = interpolate(end, start, (scale - smallest) / (1 - smallest))
            whole.set_shape(scale * width, scale * height).move_to(corner, UL)
            whole.set_fill(opacity=min(1, 6 * alpha))
            cells.become(drawn).scale(scale).move_to(corner + 0.12 * scale * DR, UL)
            if marker is not None:
                marker.set_shape(max(cells.get_width() + 0.16, 0.24), max(cells.get_height() + 0.16, 0.24))
                marker.move_to(corner + 0.06 * UL, UL)

        return UpdateFromAlphaFunc(whole, go_back)


def get_count(words, value):
    """A whole number with commas, and what it counts below it."""
    words = Text(words, font_size=LABEL + 4).set_color(TEXT)
    number = get_number(value, 0, source=words.string, font_size=80, group_with_commas=True)
    return VGroup(number, words).arrange(DOWN, buff=0.2, aligned_edge=LEFT)


def get_shape_label():
    """How the matrix of GPT-3 comes to so many: four times as many rows as columns."""
    label = Tex(R"4 \times 12{,}288 \times 12{,}288", font_size=HEADING).set_color(PARAMETER)
    label.sources = [Source("4", (), lambda: 4), *(Source("d", (), lambda: PARAMETERS.d_model) for _ in "dd")]
    return label


def get_counted_picture():
    """The last picture: GPT-3's matrix as an area, and beside it what is drawn of it.

    Parts: the area, the count of lines, that of weights, a marker in the corner, an arrow to it, what it says, the
    lengths of both sides.
    """
    whole = Rectangle(SMALLEST / 4, SMALLEST).set_fill(WHOLE, 1).set_stroke(width=0).move_to(CORNER, UL)
    here = get_count("lines drawn into the neurons", np.array(len(ROWS) * len(COLUMNS))).set_x(-0.8, LEFT).set_y(2.3)
    here = VGroup(Plate(here, buff=0.3), here)
    there = get_count("weights in the same matrix of GPT-3", np.array(PARAMETERS.up_weights))
    label = VGroup(there, get_shape_label()).arrange(DOWN, buff=0.5, aligned_edge=LEFT)
    label.set_x(-0.8, LEFT).set_y(-1.4)
    label = VGroup(Plate(label, buff=0.3), label)
    marker = Rectangle(0.24, 0.24).set_stroke(FOCUS, 6).move_to(CORNER + 0.06 * UL, UL)
    pointer = Arrow(here[0].get_left(), marker.get_right(), buff=0.1, thickness=6).set_color(FOCUS)
    small = Text("in the yellow square, too small to see", font_size=LABEL).set_color(FOCUS)
    small.next_to(here[0], DOWN, buff=0.25, aligned_edge=LEFT)
    sides = VGroup()
    for count, word, side in ((PARAMETERS.rows, "rows", RIGHT), (PARAMETERS.d_model, "columns", DOWN)):
        text = Text(f"{count:,} {word}", font_size=LABEL).set_color(PARAMETER)
        text.sources = [Source(f"{word} of W_up in GPT-3", (), np.array(count))]
        sides.add(text.next_to(whole, side, buff=0.15))
    return VGroup(whole, here, label, marker, pointer, small, sides)
