from functools import partial

from _2025.mlp import tiles
from _2025.mlp.last_two_chapters import ASKING_VIEW, get_asking_picture, set_up_stack
from manim_imports_ext import *
from truth.facts import FACTS, SPORTS, get_directions, get_fact_embeddings, train_fact_mlp
from truth.toy_mlp import ACTIVE, TOKENS, get_toy_mlp

WALL = mix_colors(FEED_FORWARD, BACKGROUND, 0.62)  # what the block looks like from within
ROOM, ROOM_Y = (13.6, 6.8, 1.6), -0.4  # its size from within, and the height of its middle
TALL, WIDE = (32, 16), (16, 32)  # the part of each trained matrix that is drawn: (rows, columns)
DIALS = (7, 12)  # of the first matrix, at its upper left: those shown as dials
TOLD = (0, 4, 7)  # of the facts, those whose answers are followed through training
UNITS, COORDINATES = (0, 1, 2, 255), (0, 1, 2, 3, 63)  # of the toy, that are shown
get_tiled = partial(tiles.get_tiled, pitch=0.62, font_size=30, h_buff=0.45)


def get_answers(step):
    """(facts,): the sport whose direction comes out most for each fact's name, at a time of the training in steps."""
    updates = train_fact_mlp().update(get_fact_embeddings(), step)
    return [SPORTS[place] for place in (updates @ get_directions(SPORTS).T).argmax(axis=1)]


def get_room():
    """The block from within: its front is off."""
    room = SolidBlock(*ROOM, color=WALL)
    room.faces.set_shading(0.3, 0.2, 0.6)
    room.remove_face("front")
    return room.move_to([0, ROOM_Y, -0.1 - ROOM[2] / 2])


class ToyPicture(VGroup):
    """The block chosen by hand, ready to be read: matrix, embedding, bend, matrix, each on a plate.

    Parts: `plates`, `up`, `vector`, `plot`, `down`.
    """

    def __init__(self):
        mlp = get_toy_mlp()
        self.up = get_tiled(mlp.up, "toy W_up", UNITS, COORDINATES)
        self.vector = get_tiled(TOKENS[ACTIVE].embedding, "toy E", COORDINATES)
        self.plot = get_relu_plot().scale(0.72)
        self.down = get_tiled(mlp.down, "toy W_down", COORDINATES, UNITS)
        things = VGroup(self.up, self.vector, self.plot, self.down).arrange(RIGHT, buff=1.35)
        self.up.next_to(self.vector, LEFT, buff=0.5)
        things.set_max_width(11.6).move_to([0, -1.05, 0])
        self.plot.set_y(self.up.get_row(0).get_y() - 0.1)
        self.plates = VGroup(Plate(thing, buff=0.18, color=PANEL) for thing in things)
        super().__init__(self.plates, *things)
        self.row = SurroundingRectangle(self.up.get_row(0), buff=0.06).set_stroke(FOCUS, 6).set_fill(opacity=0)
        self.column = SurroundingRectangle(self.down.get_column(0), buff=0.06).set_stroke(TARGET, 6).set_fill(opacity=0)

    def get_others(self):
        """The numbers of all rows but the first, and of all columns but the first."""
        return [*self.up.get_rows()[1:]], [*self.down.get_columns()[1:]]


def get_relu_plot():
    """What happens between the matrices, as a graph without words."""
    plot = get_activation_plot("relu", name="", x_range=(-2, 2), y_range=(-1, 2), width=2.1, ticks=False)
    plot.curve.set_stroke(width=9)
    return plot


class MLPStepsPreview(CaptionedScene):
    """What a perceptron block is made of is easily said; what trained numbers mean is not: we begin with a toy."""

    chapter = "Easy structure, hard meaning"

    largest = 0.35  # from this size on, a trained parameter has the strongest colour
    cell = 0.128  # of the heat matrices, in frame units

    def construct(self):
        room = self.come_to_the_block()
        structure = self.open_it(room)
        self.turn_the_dials(structure)
        self.train_on_facts(structure)
        self.read_a_toy(structure)

    # What is drawn

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
        pictures = VGroup(up, get_relu_plot(), down).arrange(RIGHT, buff=1.1).move_to([0, 0.4, 0])
        plates = VGroup(Plate(picture, buff=0.2, color=PANEL) for picture in pictures)
        told = ("Linear", "weighted sums"), ("ReLU", "negatives become 0"), ("Linear", "weighted sums")
        names = VGroup()
        for (word, meaning), plate in zip(told, plates, strict=True):
            lines = VGroup(Text(word, font_size=HEADING), Text(meaning, font_size=LABEL).set_color(MUTED))
            names.add(lines.arrange(DOWN, buff=0.14).next_to(plate, DOWN, buff=0.2))
        for name in names[1:]:
            name.set_y(names[0].get_y())
        return VGroup(pictures, plates, names)

    def get_dials(self, matrix):
        """A dial on each of some cells, that points at its number."""
        dials = VGroup()
        for i, j in np.ndindex(DIALS):
            cell, value = matrix.get_cell(i, j), matrix.values[i, j]
            dial = Dial(value, low=-0.5, high=0.5, step=0.25, radius=0.4 * self.cell, color=TEXT, source=cell.source)
            dial.face.set_fill(opacity=0)
            dials.add(dial.move_to(cell))
        return dials

    # What moves

    def get_facts(self, pictures):
        """Some names below the first matrix, and an answer to each below the second, as it is before training.

        Parts: names, answers. An answer is a word and a mark that says whether it is right.
        """
        lines = VGroup(VGroup(), VGroup())
        for place, fact in enumerate(TOLD):
            y = -2.28 - 0.47 * place
            first, last, _ = FACTS[fact]
            name = Text(f"{first} {last}", font_size=34).set_color(INPUT)
            lines[0].add(name.set_x(pictures[0].get_left()[0] - 0.1, LEFT).set_y(y))
            lines[1].add(self.get_answer(fact, 0).set_x(pictures[2].get_left()[0] + 0.3, LEFT).set_y(y))
        return lines

    def get_answer(self, fact, step):
        """What the block answers to a fact's name at a time of the training, with a tick if it is right."""
        said = get_answers(step)[fact]
        is_right = said == FACTS[fact][2]
        mark = Tex(R"\checkmark" if is_right else R"\times", font_size=38)
        answer = VGroup(mark, Text(said, font_size=34)).arrange(RIGHT, buff=0.2)
        return answer.set_color(TARGET if is_right else WRONG)

    def train(self, structure, dials, start, end, answers=(), pace=1, **config):
        """Animation: both matrices, the dials and the answers follow the training run from one share to another.

        The time of the training is a power of that of the film: with a large `pace` it begins slowly.
        """
        (up, _, down), n_steps = structure[0], train_fact_mlp().config.n_steps

        def follow(pictures, alpha):
            step = n_steps * (start + alpha**pace * (end - start))
            up_now, down_now = self.get_slices(step)
            up.set_values(up_now)
            down.set_values(down_now)
            for dial, (i, j) in zip(dials, np.ndindex(DIALS), strict=False):  # there may be none by now
                dial.set_value(up_now[i, j])
            for answer, fact in zip(answers, TOLD, strict=False):
                now = self.get_answer(fact, step)
                answer.become(now.move_to(answer, LEFT))

        return UpdateFromAlphaFunc(Group(structure[0], dials, answers or Group()), follow, **config)  # dials on top

    # Beats

    def come_to_the_block(self):
        # Take the front block out of the transformer
        set_up_stack(self.frame)
        self.frame.reorient(*ASKING_VIEW)
        blocks, network, edge, question = get_asking_picture()
        self.add(blocks, network, edge, question)
        block = blocks[-1]
        self.play(
            FadeOut(Group(network, edge, question), time_span=(0, 0.7)),
            *(other.animate.shift(12 * IN).set_opacity(0) for other in blocks[:-1]),
            block.animate.set_shape(*ROOM).move_to(get_room()).set_color(WALL),
            self.frame.animate.reorient(14, -7, 0, ORIGIN, 8.6),
            run_time=2,
        )
        self.remove(*blocks[:-1])
        return block

    def open_it(self, room):
        # Lift its front off, and find three steps
        structure = self.get_structure()
        pictures, plates, names = structure
        front = room.remove_face("front")
        self.add(front)
        self.play(front.animate.shift(8 * UP), run_time=1.2)
        self.remove(front)
        for picture, plate, name in zip(pictures, plates, names, strict=True):
            self.play(FadeIn(VGroup(plate, picture)), FadeIn(name, 0.2 * UP), run_time=0.7)
        self.say(self.get_headline("The structure is easy", OPERATION), self.look_straight())
        return structure

    def look_straight(self):
        """Animation: the camera stands before the room."""
        return self.frame.animate.reorient(0, 0, 0, ORIGIN, 8)

    def get_headline(self, words, color):
        return Text(words, font_size=HEADING).set_color(color).move_to(3.5 * UP).fix_in_frame()

    def turn_the_dials(self, structure):
        # Come close: every cell is a number, and every number a dial
        up = structure[0][0]
        dials = self.get_dials(up)
        corner = up.cells.get_corner(UL) + np.array([DIALS[1] * self.cell / 2, -0.36, 0])
        self.hush()
        self.play(FadeIn(dials, time_span=(0.8, 1.6)), self.frame.animate.reorient(0, 0, 0, corner, 1.25), run_time=2)
        self.say(self.get_headline("Each cell is a number, like a dial", TEXT))

        # Turn the dials, as training does
        self.play(self.train(structure, dials, 0, 0.04, run_time=1.8))

        # Turn them back, and see all there are
        self.hush(
            self.train(structure, dials, 0.04, 0),
            FadeOut(structure[2]),
            self.look_straight(),
            run_time=1.5,
        )
        self.remove(dials)

    def train_on_facts(self, structure):
        # Hand the untrained block some names
        names, answers = facts = self.get_facts(structure[0])
        self.say(self.get_headline("Training on facts sets every number", TEXT))
        for name, answer in zip(names, answers, strict=True):
            self.play(FadeIn(name, 0.3 * RIGHT), FadeIn(answer, 0.3 * RIGHT, time_span=(0.3, 0.6)), run_time=0.6)
        self.wait(0.8)

        # Train it until they come out right
        self.play(self.train(structure, VGroup(), 0, 1, answers, pace=6, run_time=4))
        self.wait(0.6)

        # Point at one of the numbers
        up = structure[0][0]
        values = up.values
        middle = np.abs(values[12:22, :10])  # where training left no pattern that strikes the eye
        row, column = np.unravel_index(middle.argmax(), middle.shape)
        place = (12 + row, column)
        box = SurroundingRectangle(up.get_cell(*place), buff=0.04).set_stroke(FOCUS, 5)
        number = SourcedNumber(
            values[place],
            source=Source("W_up", tuple(map(int, place)), values),
            num_decimal_places=2,
            include_sign=True,
            font_size=TITLE,
        )
        asked = VGroup(number, Text("What is this one for?", font_size=HEADING)).arrange(RIGHT, buff=0.4)
        asked.set_color(FOCUS).move_to([0.2, -2.6, 0]).set_x(up.get_left()[0], LEFT)
        side = structure[1][0].get_left()[0] - 0.2
        corners = [box.get_left(), [side, box.get_y(), 0], [side, number.get_y(), 0], number.get_left() + 0.1 * LEFT]
        pointer = VMobject().set_points_as_corners(corners).set_stroke(FOCUS, 4)
        self.hush(FadeOut(facts))
        self.play(ShowCreation(box), ShowCreation(pointer), FadeIn(asked, 0.2 * DOWN))
        self.say(self.get_headline("What each number means is hard to say", TEXT))
        self.wait_until_read()
        self.play(FadeOut(VGroup(box, pointer, asked)), run_time=0.4)

    def read_a_toy(self, structure):
        # Put a toy in its place, with numbers one can read
        (up, plot, down), old_plates, _ = structure
        toy = ToyPicture()
        self.hush(
            FadeOut(VGroup(up, down)),
            *(ReplacementTransform(old_plates[old], toy.plates[new]) for old, new in enumerate((0, 2, 3))),
            ReplacementTransform(plot, toy.plot),
            FadeIn(toy.up, time_span=(0.5, 1.2)),
            FadeIn(toy.down, time_span=(0.5, 1.2)),
            run_time=1.2,
        )
        self.add(toy.up, toy.down)
        self.say(self.get_headline("So first a toy, chosen by hand", FOCUS))

        # Let a name come in beside the first row
        others = toy.get_others()
        name = Text("Michael Jordan", font_size=BODY + 4).set_color(INPUT).next_to(toy.plates[1], UP, buff=0.3)
        self.play(FadeIn(name, 0.3 * DOWN), FadeIn(VGroup(toy.plates[1], toy.vector), 0.5 * DOWN))
        asks = Text("row asks", font_size=BODY).set_color(FOCUS)
        asks.next_to(VGroup(*toy.plates[:2]), DOWN, buff=0.2)
        self.play(self.dim(others[0], toy.up), ShowCreation(toy.row), FadeIn(asks, 0.2 * UP))

        # Let what it finds cross the ReLU, and pick the first column
        y, (_, vector, bend, down_plate) = toy.row.get_y(), toy.plates
        ways = VGroup(
            Line([a.get_right()[0], y, 0], [b.get_left()[0], y, 0]).set_stroke(FOCUS, 7)
            for a, b in ((vector, bend), (bend, down_plate))
        )
        wonder = Text("?", font_size=TITLE + 20).set_color(FOCUS).next_to(bend, UP, buff=0.2)
        answers = Text("column answers", font_size=BODY).set_color(TARGET).next_to(down_plate, DOWN, buff=0.2)
        asks.match_y(answers)
        self.play(ShowCreation(ways[0]), FadeIn(wonder, scale=2), run_time=0.9)
        self.play(ShowCreation(ways[1]), run_time=0.6)
        self.play(self.dim(others[1], toy.down), ShowCreation(toy.column), FadeIn(answers, 0.2 * UP))

        # Read the answer off that column
        answer = Text("plays basketball", font_size=BODY + 4).set_color(TARGET).next_to(toy.plates[3], UP, buff=0.3)
        answer.match_y(name)
        self.play(FadeIn(answer, 0.6 * UP))
        self.wait(2)

    def dim(self, parts, matrix):
        """Animation: parts of a matrix step back: tiles nearly go, digits stay readable."""
        tiles = {id(tile) for tile in matrix.tiles}
        return AnimationGroup(
            *(
                piece.animate.set_fill(opacity=0.15) if id(piece) in tiles else piece.animate.set_fill(MUTED, 0.8)
                for part in parts
                for piece in part
            )
        )
