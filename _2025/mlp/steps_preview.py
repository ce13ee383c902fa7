from manim_imports_ext import *
from truth.facts import train_fact_mlp
from truth.toy_mlp import get_toy_mlp

WALL = mix_colors(FEED_FORWARD, BACKGROUND, 0.62)  # what the block looks like from within
TALL, WIDE = (32, 16), (16, 32)  # the part of each trained matrix that is drawn: (rows, columns)
DIALS = (7, 12)  # of the first matrix, at its upper left: those shown as dials


class MLPStepsPreview(CaptionedScene):
    """What a perceptron block is made of is easily said; what trained numbers mean is not: we begin with a toy."""

    chapter = "Easy structure, hard meaning"

    largest = 0.22  # from this size on, a trained parameter has the strongest colour
    cell = 0.152  # of the heat matrices, in frame units
    few = (0, 1, 2, 255), (0, 1, 2, 3, 63)  # units and coordinates of the toy that are shown

    def construct(self):
        room = self.come_to_the_block()
        structure = self.open_it(room)
        self.turn_the_dials(structure)
        self.read_a_toy(structure)

    # What is drawn

    def get_column_of_blocks(self):
        """The perceptron blocks of the transformer, as the last scene leaves them: the front one is the last."""
        blocks = Group(
            SolidBlock(5.4, 3.4, 0.95, color=mix_colors(FEED_FORWARD, BACKGROUND, 0.12)).move_to([3.35, 0, z])
            for z in np.arange(-4, 1) * 2.14 + 4.715
        )
        for block in blocks:
            block.faces.set_shading(0.3, 0.2, 0.6)
        return blocks

    def get_slices(self, step):
        """What is drawn of both trained matrices, at a time in steps."""
        up, _, down, _ = train_fact_mlp().parameters_at(step)
        return up[: TALL[0], : TALL[1]], down[: WIDE[0], : WIDE[1]]

    def get_structure(self):
        """Tall matrix, kink, wide matrix, each on its plate, with its name below; they are numbers of chance as yet.

        Parts: `pictures` (HeatMatrix, plot, HeatMatrix), `plates`, `names`.
        """
        up, down = (
            HeatMatrix(values, source=name, max_value=self.largest, cell=self.cell)
            for name, values in zip(("W_up", "W_down"), self.get_slices(0), strict=True)
        )
        plot = get_activation_plot("relu", name="", x_range=(-2, 2), y_range=(-1, 2), width=2.1, ticks=False)
        plot.curve.set_stroke(width=9)
        pictures = VGroup(up, plot, down).arrange(RIGHT, buff=0.95).move_to([0, 0.0, 0])
        plates = VGroup(Plate(picture, buff=0.2, color=PANEL) for picture in pictures)
        names = VGroup(
            Text(word, font_size=HEADING).next_to(plate, DOWN, buff=0.2)
            for word, plate in zip(("Linear", "ReLU", "Linear"), plates, strict=True)
        )
        for name in names[1:]:
            name.set_y(names[0].get_y())
        return VGroup(pictures, plates, names)

    def get_dials(self, matrix):
        """A dial on each of some cells, that points at its number."""
        dials = VGroup()
        for i, j in np.ndindex(DIALS):
            cell, value = matrix.get_cell(i, j), matrix.values[i, j]
            dial = Dial(value, low=-0.4, high=0.4, step=0.1, radius=0.47 * self.cell, color=TEXT, source=cell.source)
            dial.face.set_fill(opacity=0)
            dials.add(dial.move_to(cell))
        return dials

    # What moves

    def flow_in(self, matrix, n=60, **config):
        """Animation: data as sparks that come in from the left and end at the side of a matrix."""
        rng = np.random.default_rng(3)
        phases, heights = np.arange(n) * 0.618 % 1, rng.uniform(-0.47, 0.47, n) * matrix.get_height()
        end = matrix.get_left()
        sparks = Group(GlowDot(radius=0.3, color=INPUT) for _ in range(n))

        def follow(sparks, alpha):
            for spark, phase, height in zip(sparks, phases, heights, strict=True):
                share = (4 * alpha + phase) % 1
                spark.move_to(end + 4 * (share - 1) * RIGHT + height * UP)
                spark.set_opacity(min(1, 8 * (1 - share), 6 * min(alpha, 1 - alpha)))

        return UpdateFromAlphaFunc(sparks, follow, remover=True, **config)

    def train(self, structure, dials, start, end, **config):
        """Animation: both matrices, and the dials, follow the training run from one share of it to another."""
        (up, _, down), n_steps = structure[0], train_fact_mlp().config.n_steps

        def follow(pictures, alpha):
            up_now, down_now = self.get_slices(n_steps * ((1 - alpha) * start + alpha * end))
            up.set_values(up_now)
            down.set_values(down_now)
            for dial, (i, j) in zip(dials, np.ndindex(DIALS), strict=False):  # there may be none by now
                dial.set_value(up_now[i, j])

        return UpdateFromAlphaFunc(Group(structure[0], dials), follow, **config)  # the dials lie on top

    # Beats

    def come_to_the_block(self):
        # Take the front block out of the transformer
        blocks = self.get_column_of_blocks()
        self.frame.set_euler_axes("zxy")
        self.frame.set_field_of_view(28 * DEG).reorient(24, -12, 0, (0.2, 0.2, 0), 9)
        self.add(blocks)
        room = blocks[-1]
        self.play(
            *(block.animate.shift(12 * IN).set_opacity(0) for block in blocks[:-1]),
            room.animate.set_shape(13.4, 6.2, 1.6).move_to(0.9 * IN + 0.35 * DOWN).set_color(WALL),
            self.frame.animate.reorient(14, -7, 0, ORIGIN, 8.6),
            run_time=2,
        )
        self.remove(*blocks[:-1])
        return room

    def open_it(self, room):
        # Lift its front off, and find three steps
        structure = self.get_structure()
        pictures, plates, names = structure
        front = room.remove_face("front")
        self.add(front)
        self.play(front.animate.shift(8 * UP), FadeIn(plates, time_span=(0.5, 1.2)), run_time=1.5)
        self.remove(front)
        for picture, name in zip(pictures, names, strict=True):
            self.play(FadeIn(picture), FadeIn(name, 0.2 * UP), run_time=0.7)
        self.say(self.get_headline("The structure is easy", OPERATION), self.look_straight())
        self.wait()
        return structure

    def look_straight(self):
        """Animation: the camera stands before the room."""
        return self.frame.animate.reorient(0, 0, 0, ORIGIN, 8)

    def get_headline(self, words, color):
        return Text(words, font_size=HEADING).set_color(color).move_to(3.4 * UP).fix_in_frame()

    def turn_the_dials(self, structure):
        # Come close: every cell is a number, and every number a dial
        up = structure[0][0]
        dials = self.get_dials(up)
        corner = up.get_corner(UL) + np.array([DIALS[1], -DIALS[0], 0]) * self.cell / 2
        self.hush()
        self.play(FadeIn(dials, time_span=(0.8, 1.6)), self.frame.animate.reorient(0, 0, 0, corner, 1.3), run_time=2)
        self.wait(0.5)

        # Turn the dials, as training does
        self.play(self.train(structure, dials, 0, 0.06, run_time=2.5))

        # Let data turn all there are
        self.play(
            self.train(structure, dials, 0.06, 0.12, run_time=1.5),
            self.frame.animate(run_time=1.5).reorient(0, 0, 0, 1.2 * LEFT, 9),
        )
        self.remove(dials)
        self.say(
            self.get_headline("Training sets every number", TEXT),
            self.train(structure, VGroup(), 0.12, 1),
            self.flow_in(up),
            run_time=4.5,
        )
        self.say(self.get_headline("What they mean is hard to say", NEGATIVE_RAMP[1]), self.look_straight())
        self.wait(1.5)

    def read_a_toy(self, structure):
        # Put a toy in its place, with numbers one can read
        (up, plot, down), old_plates, names = structure
        matrices = self.get_toy_matrices()
        toy_up, toy_down = matrices
        row = VGroup(toy_up, plot.copy().scale(0.7), toy_down).arrange(RIGHT, buff=0.65).move_to(1.1 * DOWN)
        plates = VGroup(Plate(thing, buff=0.22, color=PANEL) for thing in row)
        self.hush(FadeOut(VGroup(up, down, names)))
        self.say(
            self.get_headline("So first a toy, chosen by hand", FOCUS),
            *(old.animate.become(new) for old, new in zip(old_plates, plates, strict=True)),
            plot.animate.become(row[1]),
            LaggedStart(FadeIn(toy_up), FadeIn(toy_down), lag_ratio=0.3, time_span=(0.5, 1.5)),
            run_time=1.5,
        )
        self.wait(1.5)

        # Read its first row: a name
        fact = VGroup(
            Text("Michael Jordan", font_size=TITLE).set_color(FOCUS).set_x(toy_up.get_x()),
            Text("plays basketball", font_size=TITLE)
            .set_color(TARGET)
            .set_x(toy_down.get_column(0).get_left()[0], LEFT),
        ).set_y(1.85)
        box = SurroundingRectangle(toy_up.get_row(0), buff=0.06).set_stroke(FOCUS, 6)
        self.play(*self.dim(toy_up.get_rows()[1:]), ShowCreation(box))
        self.play(FadeIn(fact[0], 0.3 * UP))
        self.wait()

        # Read the first column of the other: what he plays
        column = SurroundingRectangle(toy_down.get_column(0), buff=0.06).set_stroke(TARGET, 6)
        arrow = SolidArrow(fact[0].get_right() + 0.3 * RIGHT, fact[1].get_left() + 0.3 * LEFT, MUTED, 0.09)
        self.play(*self.dim(toy_down.get_columns()[1:]), ShowCreation(column))
        self.play(FadeIn(arrow), FadeIn(fact[1], 0.3 * UP))
        self.wait(2.5)

    def dim(self, parts):
        """Animations: parts of a matrix step back."""
        return [part.animate.set_opacity(0.25) for part in parts]

    def get_toy_matrices(self):
        """Of the block that was chosen by hand: two matrices of numbers on tiles."""
        mlp, (units, coordinates) = get_toy_mlp(), self.few
        told = ((mlp.up, "toy W_up", units, coordinates), (mlp.down, "toy W_down", coordinates, units))
        return [
            WeightMatrix(
                values,
                source=name,
                shown_rows=rows,
                shown_columns=columns,
                max_value=1.5,
                font_size=34,
                v_buff=1.5,
                has_tiles=True,
            )
            for values, name, rows, columns in told
        ]
