from functools import partial

from _2025.mlp import tiles
from _2025.mlp.classic_picture import get_counted_picture
from manim_imports_ext import *
from truth.toy_mlp import ACTIVE, PARAMETERS, TOKENS, VISIBLE_COORDINATES, get_toy_mlp

ROWS, COLUMNS = (0, 1, 2, 255), VISIBLE_COORDINATES
PITCH, SIZE, FLOOR = 0.8, 36, -0.55  # of the numbers: between rows, font size, height of the line they stand on
N_BIASES = PARAMETERS.rows + PARAMETERS.d_model  # of one perceptron block
UNIT = 2.05  # the side of a square that stands for d × d parameters, d being 12,288
LAYER_DEPTH = 0.1  # between two layers
LAYERS_VIEW = View(-5, -20, 0, (-0.3, 0.0, -4.8), 12.6)  # nearly from before: areas are to be compared
LAST_VIEW = LAYERS_VIEW._replace(theta=-13, phi=-27, height=13.4)
get_tiled = partial(tiles.get_tiled, pitch=PITCH, font_size=SIZE, h_buff=0.6)


def get_blocks(n_layers=PARAMETERS.n_layers):
    """Attention's and the perceptron's parameters in true ratio: squares of d × d, a thin slab for each layer.

    Parts: the slabs of attention (2 × 2 squares), those of perceptrons (2 × 4 squares); the front one first.
    """
    slabs = Group(Group(), Group())
    for layer in range(n_layers):
        sizes = (PARAMETERS.attention, ATTENTION), (PARAMETERS.block, FEED_FORWARD)
        for column, (count, color) in zip(slabs, sizes, strict=True):
            width = count / PARAMETERS.d_model**2 / 2 * UNIT
            shade = 0.08 if layer % 4 < 2 else 0.3  # so that layers can be told apart
            slab = SolidBlock(width, 2 * UNIT, LAYER_DEPTH, color=mix_colors(color, BACKGROUND, shade))
            for side in ("back", "bottom", "right"):
                slab.remove_face(side)
            column.add(slab.move_to(layer * LAYER_DEPTH * IN))
    return slabs.arrange(RIGHT, buff=0.5).set_y(-0.15).set_z(0.5 * LAYER_DEPTH, OUT)


def get_speck():
    """A perceptron's biases, to the scale of the blocks: one for each neuron, one for each coordinate."""
    side = UNIT * (N_BIASES / PARAMETERS.d_model**2) ** 0.5
    return Square(side).set_fill(FOCUS, 1).set_stroke(width=0)


def get_amount(words, value, decimals, unit, front, scale=1.0):
    """What a block is called, and how many parameters it has, on its front."""
    number = get_number(np.array(value), decimals, source=f"{words}, {unit}", font_size=HEADING)
    line = VGroup(number, Text(unit, font_size=HEADING)).arrange(RIGHT, buff=0.15)
    put_on_baseline(line[1], line[0])
    amount = VGroup(Text(words, font_size=BODY), line).arrange(DOWN, buff=0.22).set_color(BACKGROUND).scale(scale)
    return amount.move_to(front).shift(0.5 * LAYER_DEPTH * OUT)


def get_layer_amounts(slabs):
    """How many parameters attention and the perceptron of one layer have, on the front slabs."""
    return VGroup(
        get_amount("attention", PARAMETERS.attention / 1e6, 0, "million", slabs[0][0]),
        get_amount("perceptron", PARAMETERS.block / 1e9, 1, "billion", slabs[1][0]),
    )


def get_all_amounts(slabs):
    """The same for all layers together."""
    attention = PARAMETERS.n_layers * PARAMETERS.attention
    return VGroup(
        get_amount("attention", attention / 1e9, 0, "billion", slabs[0][0], 1.35),
        get_amount("perceptrons", PARAMETERS.all_blocks / 1e9, 0, "billion", slabs[1][0], 1.35),
    )


def get_line(*parts, font_size=HEADING):
    """Words and numbers in a line, on one baseline; a number is an array, with its name."""
    line = VGroup(
        Text(part, font_size=font_size)
        if isinstance(part, str)
        else get_number(part[1], 0, source=part[0], font_size=font_size, group_with_commas=True)
        for part in parts
    ).arrange(RIGHT, buff=0.2)
    number = next(part for part in line if not isinstance(part, Text))
    for part in line:
        if isinstance(part, Text):
            put_on_baseline(part, number)
    return line


def paint_one(piece):
    """A tile and its number, painted as the constant 1: it is no part of the embedding."""
    tile, number = piece
    tile.set_fill(FOCUS, 1)
    number.set_fill(BACKGROUND)
    return piece


def get_title(words):
    """A line at the top of the frame, that says of what these are the parameters."""
    return Text(words, font_size=HEADING).fix_in_frame().to_edge(UP, buff=0.5)


class ShowBiasBakedIntoWeightMatrix(CaptionedScene):
    """A bias is one more column of the matrix; and perceptrons have twice as many parameters as attention."""

    chapter = "Bias and counts"

    def construct(self):
        set_telephoto(self.frame, 20)
        mlp, x = get_toy_mlp(), TOKENS[ACTIVE].embedding
        self.seen, n = mlp.forward(x), len(x)
        # The bias as column 64; below it a row that hands a constant 1 on.
        baked = np.block([[mlp.up, mlp.up_bias[:, None]], [np.zeros((1, n)), np.ones((1, 1))]])
        parts = self.write_the_layer(mlp, x)
        wide = self.slide_the_bias_in(parts, baked, np.append(x, 1.0))
        product = self.work_it_out(wide)
        self.pass_the_one_on(product, baked)
        slabs, labels = self.weigh_a_layer()
        self.stack_all_layers(slabs, labels)

    def tell(self, words, *animations, color=FOCUS, **config):
        """Say something at the top, in large letters."""
        self.say(get_title(words).set_color(color), *animations, **config)

    # Beats: the bias

    def write_the_layer(self, mlp, x):
        # Write a layer: matrix, embedding, bias
        tiled = [
            get_tiled(mlp.up, "W up", ROWS, COLUMNS),
            get_tiled(x, "E", COLUMNS),
            get_tiled(mlp.up_bias, "b up", ROWS),
            get_tiled(self.seen.pre, "W up E + b", ROWS),
        ]
        signs = [Tex(sign, font_size=70) for sign in "+="]
        line = VGroup(tiled[0], tiled[1], signs[0], tiled[2], signs[1], tiled[3]).arrange(RIGHT, buff=0.4)
        line.move_to(FLOOR * UP)
        plates = VGroup(Plate(part, buff=0.16) for part in tiled)
        names = VGroup(
            Tex(name, font_size=TITLE).set_color(color).next_to(plate, UP, buff=0.15)
            for name, color, plate in zip(
                (R"W_\uparrow", R"\vec{E}", R"b_\uparrow"), (PARAMETER, INPUT, PARAMETER), plates, strict=False
            )
        )
        matrix, vector, bias, result = tiled
        whole, *counts = get_counted_picture()
        self.add(whole, *counts)
        self.play(
            FadeOut(VGroup(*counts), time_span=(0, 0.6)),
            whole.animate.replace(plates[0].face, stretch=True).set_fill(PLATE),
            FadeIn(VGroup(matrix, names[0]), time_span=(0.8, 1.3)),
            run_time=1.3,
        )
        self.remove(whole)
        self.add(plates[0], matrix)
        self.tell(
            "Could the bias be part of the matrix?",
            FadeIn(VGroup(plates[1], vector, names[1])),
            FadeIn(VGroup(signs[0], plates[2], bias, names[2]), time_span=(0.5, 1.2)),
            FadeIn(VGroup(signs[1], plates[3], result.brackets, result.get_ellipses()), time_span=(1, 1.5)),
            run_time=1.5,
        )
        self.fill(result, (matrix, bias), VGroup(result.get_entry(row) for row in ROWS), run_time=1)
        self.add(result)
        self.wait(0.5)
        return VGroup(*tiled), plates, VGroup(*signs), names

    def fill(self, result, sources, numbers, run_time=0.8):
        """Let the rows of some matrices give a result, the first one slowly."""
        box = None
        for place, row in enumerate(ROWS):
            boxes = VGroup(
                SurroundingRectangle(source.get_row(row), buff=0.05).set_stroke(FOCUS, 5).set_fill(opacity=0)
                for source in sources
            )
            move = FadeIn(boxes) if box is None else Transform(box, boxes)
            box = boxes if box is None else box
            arrival = FadeIn(VGroup(result.get_tile(row), numbers[place]), 0.4 * RIGHT)
            self.play(move, arrival, run_time=run_time if place == 0 else 0.5)
        self.play(FadeOut(box), run_time=0.3)

    def slide_the_bias_in(self, parts, baked, longer):
        # Let the bias become one more column of the matrix
        (matrix, vector, bias, result), plates, signs, names = parts
        columns = (*COLUMNS, len(longer) - 1)
        wide, tall = get_tiled(baked[:-1], "[W b]", ROWS, columns), get_tiled(longer, "[E 1]", columns)
        VGroup(wide, tall, signs[1].copy(), result.copy()).arrange(RIGHT, buff=0.42).move_to(FLOOR * UP)
        wide_plate, tall_plate = Plate(wide, buff=0.16), Plate(tall, buff=0.16)
        last = wide.get_column(columns[-1])
        ways = (
            wide.get_tile(0, 0).get_center() - matrix.get_tile(0, 0).get_center(),
            tall.get_tile(0).get_center() - vector.get_tile(0).get_center(),
        )
        self.hush(FadeOut(VGroup(signs[0], bias.brackets, plates[2], matrix.brackets[1])), run_time=0.5)
        self.add(bias.tiles, bias.cells)
        self.play(
            Transform(plates[0], wide_plate),
            VGroup(matrix.tiles, matrix.cells, matrix.brackets[0]).animate.shift(ways[0]),
            names[0].animate.shift(ways[0]),
            VGroup(bias.tiles, bias.cells).animate.move_to(VGroup(*last)),
            names[2].animate.set_x(VGroup(*last).get_x()),
            VGroup(plates[1], vector, names[1]).animate.shift(ways[1][0] * RIGHT),
            VGroup(plates[3], result, signs[1]).animate.set_x(
                (tall_plate.get_right()[0] + 0.3) + VGroup(plates[3], signs[1]).get_width() / 2
            ),
            FadeIn(wide.brackets[1], time_span=(0.9, 1.4)),
            self.frame.animate.reorient(0, 0, 0, (0, 0.4, 0), 8.9),
            run_time=1.6,
        )
        self.remove(matrix, bias, plates[0])
        self.add(wide_plate, wide)

        # Put a one under the embedding, for the bias to be multiplied by
        one = paint_one(VGroup(tall.get_tile(columns[-1]), tall.get_entry(columns[-1])))
        own = SurroundingRectangle(VGroup(*(tall.get_tile(place) for place in COLUMNS)), buff=0.04)
        own.set_stroke(INPUT, 4).set_fill(opacity=0)
        rest = VGroup(*(part for part in (*tall.tiles, *tall.cells) if part not in set(one)))
        self.play(
            Transform(plates[1], tall_plate),
            VGroup(vector.tiles, vector.cells).animate.shift(ways[1][1] * UP),
            FadeOut(vector.brackets),
            names[1].animate.next_to(tall_plate, UP, buff=0.15),
            FadeIn(one, 0.8 * UP, time_span=(0.5, 1.1)),
            FadeIn(tall.brackets, time_span=(0.5, 1.1)),
            ShowCreation(own, time_span=(0.5, 1.2)),
            run_time=1.2,
        )
        self.remove(vector, plates[1])
        self.add(tall_plate, rest, tall, own)
        box = SurroundingRectangle(one, buff=0.06).set_stroke(FOCUS, 6).set_fill(opacity=0)
        self.tell("Every bias is multiplied by 1", ShowCreation(box))
        gap = (wide_plate.get_right()[0] + tall_plate.get_left()[0]) / 2
        for row in ROWS:
            tile, spark = wide.get_tile(row, columns[-1]), Group(GlowDot(radius=0.4, color=FOCUS), Dot(color=FOCUS))
            corners = [box.get_left(), [gap, one.get_y(), 0], [gap, tile.get_y(), 0], tile.get_right()]
            mark = SurroundingRectangle(tile, buff=0.03).set_stroke(FOCUS, 5).set_fill(opacity=0)
            self.play(MoveAlongPath(spark, VMobject().set_points_as_corners(corners)), run_time=0.5)
            self.play(FadeOut(spark), ShowCreationThenFadeOut(mark), run_time=0.3)
        self.hush(FadeOut(box))
        return wide_plate, wide, plates[3], result, VGroup(tall_plate, tall, own, signs[1], names)

    def work_it_out(self, parts):
        # Work it out: nothing has changed
        wide_plate, wide, result_plate, result, others = parts
        self.tell("One multiplication now does both", run_time=0.6)
        box, ticks = None, VGroup()
        for row in ROWS:
            around = SurroundingRectangle(wide.get_row(row), buff=0.05).set_stroke(FOCUS, 5).set_fill(opacity=0)
            move = FadeIn(around) if box is None else Transform(box, around)
            box = around if box is None else box
            landing = VGroup(result.get_tile(row), result.get_entry(row)).copy()
            tick = Tex(R"\checkmark", font_size=BODY).set_color(OPERATION).next_to(result_plate, RIGHT, buff=0.2)
            ticks.add(tick.set_y(result.get_tile(row).get_y()))
            self.play(move, FadeIn(landing, 0.9 * RIGHT), FadeIn(tick, scale=2, time_span=(0.35, 0.6)), run_time=0.6)
            self.remove(landing)
            self.add(result)
        rule = Tex(
            R"\begin{bmatrix} W_\uparrow & b_\uparrow \end{bmatrix} \begin{bmatrix} \vec{E} \\ 1 \end{bmatrix}"
            R"= W_\uparrow \vec{E} + b_\uparrow",
            font_size=BODY,
            t2c={R"W_\uparrow": PARAMETER, R"b_\uparrow": PARAMETER, R"\vec{E}": INPUT, "1": FOCUS},
        )
        self.hush(FadeOut(box))
        self.play(FadeIn(rule.fix_in_frame().to_edge(UP, buff=0.25), 0.2 * UP))
        self.wait(2.5)
        self.play(FadeOut(VGroup(rule, ticks)), run_time=0.5)
        return wide_plate, wide, result_plate, result, others

    def pass_the_one_on(self, parts, baked):
        # Add a row that hands the one on
        wide_plate, wide, fresh_plate, fresh, others = parts
        rows = (*ROWS, len(baked) - 1)
        full = get_tiled(baked, "[W b; 0 1]", rows, (*COLUMNS, baked.shape[1] - 1))
        results = np.append(self.seen.pre, 1.0)
        whole = get_tiled(results, "pre-activations and 1", rows)
        after = get_tiled(np.maximum(results, 0), "neurons and 1", rows)
        full.shift(wide.get_tile(0, 0).get_center() - full.get_tile(0, 0).get_center())
        for column, buff in ((whole, 0), (after, 2.7)):
            column.shift(fresh.get_tile(0).get_center() - column.get_tile(0).get_center() + buff * RIGHT)
        ones = [paint_one(VGroup(c.get_tile(rows[-1]), c.get_entry(rows[-1]))) for c in (whole, after)]
        paint_one(VGroup(full.get_tile(rows[-1], len(baked[0]) - 1), full.get_entry(rows[-1], len(baked[0]) - 1)))
        plates = [Plate(part, buff=0.16) for part in (full, whole, after)]
        relu = Text("ReLU", font_size=LABEL).set_color(OPERATION)
        arrow = Vector(0.8 * RIGHT, thickness=6).set_color(OPERATION)
        arrow.move_to((plates[1].get_right() + plates[2].get_left()) / 2)
        relu.next_to(arrow, UP, buff=0.1)
        last = VGroup(*full.get_row(rows[-1]))
        self.play(
            Transform(wide_plate, plates[0]),
            Transform(wide.brackets, full.brackets),
            FadeIn(last, 0.8 * UP),
        )
        box = SurroundingRectangle(last, buff=0.06).set_stroke(FOCUS, 6).set_fill(opacity=0)
        self.tell("One more row keeps a 1 for the next layer", ShowCreation(box))
        self.play(
            Transform(fresh_plate, plates[1]),
            Transform(fresh.brackets, whole.brackets),
            FadeIn(ones[0], 0.8 * RIGHT),
            FadeIn(VGroup(arrow, relu, plates[2], after.brackets)),
            FadeIn(VGroup(*after.tiles, *after.cells), 0.8 * RIGHT, lag_ratio=0.05, time_span=(0.5, 1.4)),
            self.frame.animate.reorient(0, 0, 0, (1.1, 0.4, 0), 9.6),
            run_time=1.4,
        )

        # Let that one meet the bias of the next layer
        mlp, n = get_toy_mlp(), len(results) - 1
        down = get_tiled(np.hstack([mlp.down, mlp.down_bias[:, None]]), "[W_down b]", COLUMNS, (*ROWS, n))
        down_plate = Plate(down, buff=0.16)
        VGroup(down_plate, down).move_to([-1.6, FLOOR, 0])
        last = VGroup(*down.get_column(n))
        names = VGroup(
            Tex(name, font_size=TITLE).set_color(PARAMETER).next_to(down_plate, UP, buff=0.15)
            for name in (R"W_\downarrow", R"b_\downarrow")
        )
        names[1].set_x(last.get_x())
        came = VGroup(plates[2], after)
        gone = VGroup(wide_plate, wide, wide.brackets, VGroup(*full.get_row(rows[-1])), box, fresh_plate, fresh)
        self.hush(
            FadeOut(VGroup(gone, fresh.brackets, ones[0], arrow, relu, others), 4 * LEFT, time_span=(0, 0.8)),
            came.animate.move_to([3.2, FLOOR, 0]),
            FadeIn(VGroup(down_plate, down, names), 3 * LEFT, time_span=(0.4, 1.2)),
            self.frame.animate.reorient(0, 0, 0, (0, 0.4, 0), 8.9),
            run_time=1.2,
        )
        self.add(came)
        kept = SurroundingRectangle(ones[1], buff=0.06).set_stroke(FOCUS, 6).set_fill(opacity=0)
        met = SurroundingRectangle(last, buff=0.06).set_stroke(FOCUS, 6).set_fill(opacity=0)
        way = VMobject().set_points_as_corners(
            [kept.get_left(), [2.35, kept.get_y(), 0], [2.35, met.get_y(), 0], met.get_right()]
        )
        self.tell("There it meets the next bias", ShowCreation(kept), run_time=0.8)
        self.play(ShowCreation(way.set_stroke(FOCUS, 5)), ShowCreation(met, time_span=(0.5, 1)), run_time=1)

    # Beats: the counts

    def weigh_a_layer(self):
        # Weigh attention and perceptron of one layer
        old = Group(*(mobject for mobject in self.mobjects if mobject not in (self.frame, self.caption)))
        slabs = get_blocks()
        fronts = Group(slabs[0][0], slabs[1][0])
        title = get_title("Parameters in one layer of GPT-3")
        self.hush(
            old.animate.scale(0.12).move_to(fronts[1]),
            self.frame.animate.reorient(0, 0, 0, (0, 0.2, 0), 8),
            FadeIn(fronts, time_span=(0.9, 1.5)),
            run_time=1.5,
        )
        self.remove(old)
        labels = get_layer_amounts(slabs)
        self.play(
            FadeIn(title, 0.2 * UP),
            LaggedStart(*(FadeIn(label, 0.3 * UP) for label in labels), lag_ratio=0.8),
            run_time=1.6,
        )
        self.wait(0.8)

        # Say how they come to so many
        factors = VGroup()
        for slab, squares in zip(fronts, (4, 8), strict=True):
            line = Tex(Rf"{squares} \times 12{{,}}288 \times 12{{,}}288", font_size=HEADING)
            line.sources = [
                Source("squares", (), np.array(squares)),
                *(Source("d", (), np.array(PARAMETERS.d_model)) for _ in "dd"),
            ]
            factors.add(line.set_max_width(4.0).next_to(slab, DOWN, buff=0.25))
        factors[1].match_height(factors[0])
        more = Text("and biases", font_size=LABEL).set_color(MUTED).next_to(factors[1], RIGHT, buff=0.3)
        factors.add(more)
        self.play(FadeIn(factors, 0.2 * UP))
        self.wait(1.5)

        # Ring what the biases have
        speck = get_speck().move_to(fronts[1].get_corner(UR) + 0.5 * DL).shift(0.1 * OUT)
        ring = Circle(radius=0.22).set_stroke(FOCUS, 5).move_to(speck)
        parts = (("biases, up", np.array(PARAMETERS.rows)), "+", ("biases, down", np.array(PARAMETERS.d_model)))
        biases = get_line("all biases:", *parts, "— this dot").set_color(FOCUS)
        biases.move_to([0, -3.45, 0])
        self.play(FadeOut(factors), run_time=0.3)
        pointer = Line(biases.get_right() + 0.1 * RIGHT, ring.get_bottom(), path_arc=0.6, buff=0.05)
        self.play(FadeIn(speck, scale=8), ShowCreation(ring), FadeIn(biases, 0.3 * UP))
        self.play(ShowCreation(pointer.set_stroke(FOCUS, 4)), run_time=0.6)
        self.wait(1.6)
        self.play(FadeOut(VGroup(ring, biases, speck, pointer)), run_time=0.4)
        return slabs, VGroup(labels, title)

    def stack_all_layers(self, slabs, labels):
        # Stack all 96 layers behind it
        for column in slabs:
            for slab in column:
                slab.save_state()
                slab.set_z(0)
        places = [[slab.saved_state.get_z() for slab in column] for column in slabs]

        def spread(group, alpha):
            for column, depths in zip(group, places, strict=True):
                for slab, depth in zip(column, depths, strict=True):
                    slab.set_z(alpha * depth)

        count = (
            get_line("All", ("layers", np.array(PARAMETERS.n_layers)), "layers").fix_in_frame().to_edge(UP, buff=0.5)
        )
        totals = get_all_amounts(slabs)
        self.remove(labels)
        self.add(slabs, labels)
        self.play(
            UpdateFromAlphaFunc(slabs, spread),
            self.frame.animate.reorient(*LAYERS_VIEW),
            FadeIn(count, time_span=(1.5, 2.3)),
            FadeOut(labels, time_span=(0.8, 1.4)),
            FadeIn(totals, time_span=(2, 2.7)),
            run_time=3,
        )
        self.wait(1)

        # Say which has more
        twice = get_title("Twice as many in perceptrons").set_color(FOCUS)
        self.play(FadeOut(count), run_time=0.3)
        self.play(FadeIn(twice), self.frame.animate.reorient(*LAST_VIEW), run_time=2)
        self.wait(2)
