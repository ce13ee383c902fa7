from manim_imports_ext import *
from truth.attention import get_toy_pattern
from truth.toy_mlp import ACTIVE, PARAMETERS, TOKENS, VISIBLE_COORDINATES, VISIBLE_UNITS, get_toy_mlp


class ShowBiasBakedIntoWeightMatrix(CaptionedScene):
    """A bias is one more column of the matrix; and of all that counts, only the matrices count much."""

    chapter = "Bias and counts"

    rows = (0, 1, 2, 255)  # of the matrix, shown
    font_size = 33

    def construct(self):
        self.write_the_layer()
        self.slide_the_bias_in()
        self.work_both_out()
        self.pass_the_one_on()
        self.count_two_blocks()
        self.wrap_them_in_a_layer()
        self.count_the_norms()

    # What is shown of the products

    def setup(self):
        super().setup()
        mlp, x = get_toy_mlp(), TOKENS[ACTIVE].embedding
        self.seen = mlp.forward(x)
        self.up, self.up_bias, self.x = mlp.up, mlp.up_bias, x
        # The bias as column 64; below it a row that hands a constant 1 on.
        self.baked = np.block([[mlp.up, mlp.up_bias[:, None]], [np.zeros((1, len(x))), np.ones((1, 1))]])
        self.longer = np.append(x, 1.0)
        self.results = np.append(self.seen.pre, 1.0)

    def get_matrix(self, values, name, rows, columns):
        config = {"font_size": self.font_size, "max_value": 1.5, "v_buff": 0.72}
        return WeightMatrix(values, source=name, shown_rows=rows, shown_columns=columns, **config)

    def get_column(self, values, name, shown, **config):
        config = {"font_size": self.font_size, "v_buff": 0.72} | config
        return NumericEmbedding(values, source=name, shown_entries=shown, **config)

    def get_sign(self, tex):
        return Tex(tex, font_size=HEADING)

    def get_signed(self, values, name, rows):
        """A column of numbers coloured by sign: a bias, or what neurons get."""
        ramps = {"positive": POSITIVE_RAMP, "negative": NEGATIVE_RAMP, "neutral": NEUTRAL}
        return self.get_column(values, name, rows, max_value=1.5, **ramps)

    # Beats: the bias

    def write_the_layer(self):
        # Write a layer: matrix, embedding, bias
        title = get_title("A Bias Is One More Column")
        matrix = self.get_matrix(self.up, "W up", self.rows, VISIBLE_COORDINATES)
        vector = self.get_column(self.x, "E", VISIBLE_COORDINATES)
        bias = self.get_signed(self.up_bias, "b up", self.rows)
        result = self.get_signed(self.seen.pre, "pre-activations", self.rows)
        plus, equals = self.get_sign("+"), self.get_sign("=")
        line = VGroup(matrix, vector, plus, bias, equals, result).arrange(RIGHT, buff=0.22).move_to(1.4 * UP)
        names = VGroup(
            Tex(tex, font_size=LABEL).set_color(color).next_to(part, UP, buff=0.1)
            for tex, part, color in (("W", matrix, PARAMETER), (R"\vec{E}", vector, INPUT), ("b", bias, PARAMETER))
        )
        for name in names:
            name.match_y(names[1])
        self.play(FadeIn(title, 0.2 * UP), run_time=0.6)
        self.play(FadeIn(matrix), FadeIn(names[0]), run_time=0.7)
        self.play(FadeIn(vector), FadeIn(names[1]), run_time=0.6)
        self.play(FadeIn(VGroup(plus, bias, names[2])), run_time=0.6)
        self.wait(0.6)
        self.title, self.names = title, names
        self.line = line
        self.matrix, self.vector, self.bias, self.result, self.equals = matrix, vector, bias, result, equals

    def slide_the_bias_in(self):
        # Let the bias become a column of the matrix
        columns = (*VISIBLE_COORDINATES, len(self.x))
        baked = self.get_matrix(self.baked[:-1], "[W b]", self.rows, columns)
        longer = self.get_column(self.longer, "[E 1]", columns)
        result = self.get_signed(self.results[:-1], "[W b] [E 1]", self.rows)
        equals = self.get_sign("=")
        VGroup(baked, longer, equals, result).arrange(RIGHT, buff=0.22).move_to(1.4 * DOWN)
        column, one = baked.get_column(len(self.x)), longer.get_entry(len(self.x))
        one.set_color(FOCUS)
        weights = VGroup(cell for cell in baked.cells if cell not in set(column))
        entries = VGroup(cell for cell in longer.cells if cell is not one)
        self.say("Write the bias as one more column …", TransformFromCopy(self.matrix.cells, weights), run_time=1)
        self.play(
            FadeIn(baked.brackets),
            LaggedStart(
                *(TransformFromCopy(a, b) for a, b in zip(self.bias.cells, column, strict=True)), lag_ratio=0.05
            ),
            run_time=1.2,
        )
        self.wait(0.4)

        # Drop a one under the embedding
        self.say("… and a constant 1 under the embedding", TransformFromCopy(self.vector.cells, entries), run_time=0.8)
        self.play(FadeIn(longer.brackets), FadeIn(one, 0.6 * DOWN), run_time=0.8)
        self.wait(0.6)
        self.baked_matrix, self.longer_vector, self.baked_result, self.baked_equals = baked, longer, result, equals
        self.column, self.one = column, one

    def work_both_out(self):
        # Work both out, row by row
        brackets = VGroup(self.result.brackets, self.baked_result.brackets, self.equals, self.baked_equals)
        self.say("Work both out, row by row", FadeIn(brackets))
        boxes = self.get_boxes(self.rows[0])
        self.play(FadeIn(boxes), run_time=0.3)
        self.play(self.get_arrival(self.rows[0]), run_time=0.5)
        self.play(Transform(boxes, self.get_boxes(self.rows[1])), self.get_arrival(self.rows[1]), run_time=0.7)
        self.play(Transform(boxes, self.get_boxes(self.rows[2])), self.get_arrival(self.rows[2]), run_time=0.7)
        dots = VGroup(result.get_ellipses() for result in (self.result, self.baked_result))
        self.play(
            Transform(boxes, self.get_boxes(self.rows[3])), self.get_arrival(self.rows[3]), FadeIn(dots), run_time=0.7
        )
        self.say("Both give the same", FadeOut(boxes))
        self.wait(0.8)

        # Say it in a formula
        rule = Tex(
            R"[\, W \;\; b \,] \; [\, \vec{E} \, ; 1 \,] = W \vec{E} + b",
            font_size=HEADING,
            t2c={"W": PARAMETER, "b": PARAMETER, R"\vec{E}": INPUT, "1": FOCUS},
        )
        rule.to_edge(DOWN, buff=SAFE_AREA)
        self.play(FadeOut(self.caption), run_time=0.3)
        self.play(FadeIn(rule), run_time=0.7)
        self.caption = rule
        self.wait(1.6)

    def get_boxes(self, row):
        """Boxes round what a row's number is made of, above and below."""
        boxes = VGroup(
            SurroundingRectangle(part, buff=0.045).set_stroke(FOCUS, 3).set_fill(opacity=0)
            for part in (self.matrix.get_row(row), self.bias.get_entry(row), self.baked_matrix.get_row(row))
        )
        return boxes

    def get_arrival(self, row):
        """Animation: a row's number appears in both results."""
        return FadeIn(VGroup(self.result.get_entry(row), self.baked_result.get_entry(row)))

    def pass_the_one_on(self):
        # Make room for the matrix that must hand the one on
        above = VGroup(self.line, self.names)
        below = VGroup(self.baked_matrix, self.longer_vector, self.baked_equals, self.baked_result)
        self.play(FadeOut(above), FadeOut(self.caption), run_time=0.4)
        self.caption = VGroup()
        self.play(below.animate.move_to(0.5 * UP + 1.1 * LEFT), run_time=0.8)

        # Add a row that hands the one on to the next layer
        rows = (*self.rows, len(self.up))
        columns = (*VISIBLE_COORDINATES, len(self.x))
        full = self.get_matrix(self.baked, "[W b; 0 1]", rows, columns)
        result = self.get_signed(self.results, "pre-activations and 1", rows)
        full.shift(self.baked_matrix.cells[0].get_center() - full.cells[0].get_center())
        result.shift(self.baked_result.cells[0].get_center() - result.cells[0].get_center())
        new_row, new_one = full.get_row(len(self.up)), result.get_entry(len(self.up))
        VGroup(new_row, new_one).set_color(FOCUS)
        self.say("The next layer needs the 1 again: one more row hands it on")
        self.play(
            ReplacementTransform(self.baked_matrix.brackets, full.brackets),
            ReplacementTransform(self.baked_result.brackets, result.brackets),
            FadeIn(new_row, 0.2 * DOWN),
            run_time=0.8,
        )
        self.play(TransformFromCopy(new_row[-1], new_one), run_time=0.8)

        # Let the ReLU pass it
        after = self.get_column(np.maximum(self.results, 0), "neurons and 1", rows, include_sign=False)
        arrow = Vector(1.2 * RIGHT, thickness=4).set_color(MUTED).next_to(result, RIGHT, buff=0.2)
        word = Text("ReLU", font_size=LABEL).set_color(MUTED).next_to(arrow, UP, buff=0.1)
        after.next_to(arrow, RIGHT, buff=0.2)
        after.get_entry(len(self.up)).set_color(FOCUS)
        self.play(FadeIn(arrow), FadeIn(word), run_time=0.4)
        self.play(TransformFromCopy(result.cells, after.cells), FadeIn(after.brackets), run_time=0.9)
        self.wait(1)
        self.play(FadeOut(Group(*self.mobjects[1:])), run_time=0.4)
        self.caption = VGroup()

    # Beats: the counts

    def get_block(self, title, icon, color, count, unit):
        """A translucent block: its name above, a picture in it, its number of parameters below."""
        number, decimals, name = count
        box = RoundedRectangle(3.5, 3.7, corner_radius=0.3).set_stroke(color, 3).set_fill(color, 0.12)
        head = Text(title, font_size=BODY).set_color(color).next_to(box.get_top(), DOWN, buff=0.25)
        shown = get_number(np.array(number), decimals, source=name, font_size=BODY)
        count = VGroup(shown, Text(unit, font_size=BODY)).arrange(RIGHT, buff=0.08, aligned_edge=DOWN)
        words = Text("parameters", font_size=LABEL).set_color(MUTED)
        foot = VGroup(count, words).arrange(DOWN, buff=0.12).next_to(box.get_bottom(), UP, buff=0.22)
        icon.set_max_height(1.55).set_max_width(2.9).move_to((head.get_bottom() + foot.get_top()) / 2)
        block = VGroup(box, head, icon, foot)
        block.box, block.foot = box, foot
        return block

    def get_mlp_picture(self):
        mlp, places, units = get_toy_mlp(), list(VISIBLE_COORDINATES), list(VISIBLE_UNITS)
        return get_mlp_icon(
            mlp.up[np.ix_(units, places)],
            mlp.down[np.ix_(places, units)],
            self.x[places],
            up_bias=mlp.up_bias[units],
            down_bias=mlp.down_bias[places],
            height=3,
            max_width=2.5,
        )

    def count_two_blocks(self):
        # Put the two kinds of blocks side by side
        title = get_title("Where GPT-3 Keeps Its Parameters")
        attention = self.get_block(
            "Attention",
            get_attention_icon(get_toy_pattern(), 1.5),
            FOCUS,
            (PARAMETERS.attention / 1e6, 0, "attention parameters, millions"),
            "M",
        )
        mlp = self.get_block(
            "MLP", self.get_mlp_picture(), PARAMETER, (PARAMETERS.block / 1e9, 1, "MLP parameters, billions"), "B"
        )
        VGroup(attention, mlp).arrange(RIGHT, buff=1).move_to(0.25 * DOWN)
        arrow = Arrow(attention.get_right(), mlp.get_left(), buff=0.12, thickness=4).set_color(MUTED)
        self.play(FadeIn(title, 0.2 * UP), FadeIn(attention, 0.3 * UP), run_time=0.9)
        self.play(GrowArrow(arrow), FadeIn(mlp, 0.3 * UP), run_time=0.9)
        self.say("The two matrices of an MLP hold twice as much as attention")
        self.wait(1)
        self.title, self.blocks = title, VGroup(attention, arrow, mlp)

    def wrap_them_in_a_layer(self):
        # Wrap them in a layer that is run 96 times
        wrapper = self.get_wrapper(self.blocks)
        loop = get_loop_arrow(wrapper, PARAMETERS.n_layers, rise=0.35, source=Source("layers", (), lambda: 96))
        self.play(FadeOut(self.caption), FadeOut(self.title), FadeIn(wrapper), run_time=0.7)
        self.caption = VGroup()
        self.play(ShowCreation(loop.arrow), FadeIn(loop.label), run_time=0.9)
        self.say("96 such layers, each with parameters of its own")
        self.wait(1)
        self.wrapper, self.loop = wrapper, loop

    def get_wrapper(self, inside):
        box = RoundedRectangle(inside.get_width() + 0.7, inside.get_height() + 0.7, corner_radius=0.4)
        return box.set_stroke(TEXT, 2).set_fill(TEXT, 0.05).move_to(inside)

    def count_the_norms(self):
        # Make room for the layer norms
        norm = self.get_block(
            "Two norms",
            get_layer_norm_icon(2.6, 1.5),
            MUTED,
            (PARAMETERS.norms / 1e3, 0, "layer norm parameters, thousands"),
            "K",
        )
        norm.next_to(self.blocks, RIGHT, buff=1)
        inside = VGroup(*self.blocks, norm)
        wider = self.get_wrapper(inside)
        loop = get_loop_arrow(wider, PARAMETERS.n_layers, rise=0.35, source=Source("layers", (), lambda: 96))
        self.play(FadeOut(self.caption), run_time=0.3)
        self.play(
            self.frame.animate.match_x(wider).set_height(1.13 * 8),
            Transform(self.wrapper, wider),
            Transform(self.loop, loop),
            run_time=1.4,
        )
        self.play(FadeIn(norm, 0.3 * UP), run_time=0.8)

        # Point at how few they are
        self.play(FadeIn(self.get_low("Beside the matrices, everything else is loose change")), run_time=0.6)
        self.play(FlashAround(norm.foot, color=FOCUS), run_time=1.2)
        self.wait(0.6)

        # Add all of it up
        layer = PARAMETERS.attention + PARAMETERS.block + PARAMETERS.norms
        total, whole = np.array(PARAMETERS.n_layers * layer / 1e9), np.array(PARAMETERS.total / 1e9)
        parts = (
            Text("In all layers:", font_size=BODY),
            get_number(total, 0, source="all layers, billions", font_size=BODY).set_color(PARAMETER),
            Text("of GPT-3’s", font_size=BODY),
            get_number(whole, 0, source="GPT-3, billions", font_size=BODY),
            Text("billion parameters", font_size=BODY),
        )
        line = VGroup(*parts).arrange(RIGHT, buff=0.25)
        for part in line[1:]:
            part.shift((line[0][0].get_bottom() - part[0].get_bottom()) * UP)  # on one baseline
        self.play(FadeOut(self.low), run_time=0.3)
        self.play(FadeIn(self.put_low(line)), run_time=0.7)
        self.wait(2.4)
        self.play(FadeOut(Group(*self.mobjects[1:])), run_time=0.4)

    def get_low(self, words):
        """A caption for the wider view."""
        self.low = get_caption(words)
        return self.put_low(self.low)

    def put_low(self, line):
        """At the bottom of the wider view, as large as a caption is elsewhere."""
        scale = self.frame.get_height() / 8
        return line.scale(scale).move_to(self.frame.get_center() + 3.25 * scale * DOWN)
