"""Act A: a sentence's vectors arrive at a block; one of them goes through it, and round it."""

from itertools import starmap

from _2025.mlp.walkthrough.stage import (
    OPEN_SIDES,
    PAGE,
    OneAct,
    Stage,
    dim,
    get_block,
    get_card,
    get_embedding,
    get_flow,
    get_headline,
    get_others,
    get_run,
    get_stage,
)
from manim_imports_ext import *
from truth.toy_mlp import ACTIVE, D_MODEL, TOKENS, VISIBLE_COORDINATES

OUTSIDE = View(-14, -9, 0, (0, 0, 0), 8.9)
BEFORE_THE_BLOCK = View(0, -2, 0, (0, 0.1, 0), 8.2)
AT_THE_ENTRANCE = View(-22, -12, 0, (-1.4, -1.7, -1.5), 7.6)
ACROSS = View(0, -4, 0, (-1.3, -1.3, 0), 7.3)
ROUND_THE_BLOCK = View(9, -12, 0, (0.3, -1.7, -1), 8.4)
ROW_Y, ROW_STEP = 1.8, 1.66  # where the sentence's vectors stand while they are outside


class SetTheStage(OneAct):
    """A perceptron block takes one vector through three steps, and adds what comes out to what went in."""

    def act(self, before: None) -> Stage:
        stage = get_stage()
        columns, words, block, title = self.bring_the_sentence()
        self.look_at_one(columns, words)
        self.line_them_up(stage, columns, words, block, title)
        self.go_through(stage, title)
        self.go_round(stage)
        return stage

    def get_row(self):
        """Each token's vector on a plate, in the sentence's order, side by side; and its words above it."""
        columns, words = VGroup(), VGroup()
        for place, token in enumerate(TOKENS):
            embedding = get_embedding(place).move_to([ROW_STEP * (place - (len(TOKENS) - 1) / 2), ROW_Y, 0])
            columns.add(VGroup(get_card(embedding), embedding))
            word = Text(token.words.replace(" ", "\n"), font_size=LABEL, alignment="CENTER")
            words.add(put_last_line_at(word.next_to(columns[-1], UP), columns[-1].get_top() + 0.25 * UP))
        return columns, words

    def bring_the_sentence(self):
        # Let a sentence arrive above a closed block, as vectors
        self.frame.reorient(*OUTSIDE)
        block, (columns, words) = get_block(), self.get_row()
        title = Text("Multilayer Perceptron", font_size=TITLE).set_backstroke(BACKGROUND, 4)
        title.move_to(block.get_face("front"))
        self.add(block, title)
        self.play(LaggedStart(*(FadeIn(word, 0.3 * DOWN) for word in words), lag_ratio=0.2), run_time=1.2)
        self.play(
            LaggedStart(*starmap(grow_from, zip(columns, words, strict=True)), lag_ratio=0.15),
            self.frame.animate.reorient(*BEFORE_THE_BLOCK),
            run_time=3,
        )
        toy = Text("A toy: its numbers were chosen by hand", font_size=BODY).set_backstroke(BACKGROUND, 6)
        self.say(toy.next_to(title, DOWN, buff=0.4))
        self.wait(2)
        return columns, words, block, title

    def look_at_one(self, columns, words):
        # Look at one of them
        column, others = columns[ACTIVE], [*columns[:ACTIVE], *columns[ACTIVE + 1 :]]
        for place, other in enumerate(others):  # those at both sides make room
            dim(other.generate_target()).shift(4.7 * (RIGHT if place >= ACTIVE else LEFT))
        self.play(*(FadeOut(word) for word in words if word is not words[ACTIVE]), run_time=0.4)
        self.hush(
            column[0].animate.set_stroke(FOCUS, 3),
            words[ACTIVE].animate.set_color(FOCUS),
            *(MoveToTarget(other) for other in others),
            self.frame.animate.reorient(0, 0, 0, (column.get_x(), ROW_Y + 0.2, 0), 4.6),
            run_time=1.8,
        )

        # Say what its ellipsis hides
        n_hidden = D_MODEL - len(VISIBLE_COORDINATES)
        note = Text(f"{n_hidden} more numbers", font_size=LABEL)
        note.set_backstroke(BACKGROUND, 8)
        note.sources = [Source("numbers behind the ellipsis", (), np.array(n_hidden))]
        dots = next(cell for cell in column[1].cells if isinstance(cell, EllipsisDots))
        tips = VGroup(Brace(dots.copy().scale(2), RIGHT, buff=0.42), Brace(column, LEFT, buff=0.15)).set_color(FOCUS)
        note.next_to(tips[0], RIGHT, buff=0.15)
        every = Text(f"{D_MODEL} numbers\nin all", font_size=LABEL, alignment="RIGHT").set_backstroke(BACKGROUND, 8)
        every.sources = [Source("numbers of an embedding", (), np.array(D_MODEL))]
        every.next_to(tips[1], LEFT, buff=0.15)
        self.play(dots.animate.scale(2).set_fill(FOCUS), FadeIn(VGroup(tips[0], note), 0.3 * RIGHT))
        self.wait(1.2)
        self.play(FadeIn(VGroup(tips[1], every), 0.3 * LEFT), run_time=0.7)
        self.wait(1.8)
        self.play(dots.animate.scale(0.5).set_fill(MUTED), FadeOut(VGroup(tips, note, every)), run_time=0.5)

    def line_them_up(self, stage, columns, words, block, title):
        # Let all vectors line up before the block, one behind the other
        homes = dict(zip(get_others(), stage.tokens, strict=True))
        homes[ACTIVE] = VGroup(stage.card, stage.embedding)
        order = [*get_others(), ACTIVE]  # farthest first
        self.remove(columns)
        self.add(*(columns[token] for token in order))
        self.play(
            FadeOut(words[ACTIVE], time_span=(0, 0.4)), self.frame.animate.reorient(*BEFORE_THE_BLOCK), run_time=1.2
        )
        self.say(
            get_headline("Follow one token"),
            *(
                Transform(columns[token], homes[token], path_func=swing, time_span=(0.1 * turn, 2.4 + 0.1 * turn))
                for turn, token in enumerate(order[::-1])
            ),
            self.frame.animate(time_span=(1.6, 3.6)).reorient(*AT_THE_ENTRANCE),
            run_time=3.6,
        )
        self.remove(*columns)
        self.add(stage.tokens, stage.card, stage.embedding)

        # Open the block
        faces = Group(block.remove_face(side) for side in OPEN_SIDES)
        self.remove(block, stage.tokens, stage.card, stage.embedding)
        self.add(stage.room, faces, stage.tokens, stage.card, stage.embedding, title)
        self.hush(
            *(face.animate.stretch(0.01, 1, about_edge=DOWN) for face in faces),
            title.animate.scale(0.8).move_to([0, 1.1, 0]),
            run_time=1.5,
        )
        self.remove(faces)

    def go_through(self, stage, title):
        # Take one through three steps
        before = stage.embedding
        self.play(self.frame.animate.reorient(*ACROSS), run_time=2)
        for step, vector in (stage.up, stage.pre), (stage.relu, stage.neurons), (stage.down, stage.update):
            self.play(GrowFromPoint(step.arrow, step.arrow.get_left()), FadeIn(step.label), run_time=0.7)
            self.play(*get_run(before, step, vector), run_time=1.1)
            before = vector
        self.say(get_headline("Two linear steps, with a ReLU between them"), FadeOut(title))
        self.wait(1.6)

    def go_round(self, stage):
        # Draw the way round it
        around = [*stage.wire.tubes[:3]]
        joints = iter(stage.wire.tubes[5:])
        self.hush(self.frame.animate.reorient(*ROUND_THE_BLOCK), run_time=1.8)
        for tube in around:
            start, time = tube.get_points()[0], 0.9 if tube is around[1] else 0.4
            self.play(GrowFromPoint(tube, start), run_time=time)
            joint = next(joints, None)
            if joint is not None:
                self.add(joint)
        self.play(
            GrowFromCenter(stage.wire.plus),
            GrowFromPoint(stage.wire.tubes[3], stage.wire.tubes[3].get_left()),
            run_time=0.6,
        )

        # Send the first numbers of both into the plus
        first = VGroup(get_first(vector) for vector in (stage.embedding, stage.update))
        ways = stage.wire.around, stage.wire.through
        self.say(
            get_headline("What comes out is added to what went in"),
            *(MoveAlongPath(number, way) for number, way in zip(first, ways, strict=True)),
            GrowFromPoint(stage.wire.tubes[4], stage.wire.plus.get_right(), time_span=(2, 2.4)),
            run_time=2.4,
        )
        goal = get_first(stage.output)
        self.play(Transform(first[0], goal), Transform(first[1], goal), run_time=0.8)

        # Add the others
        self.play(*get_flow(stage), GrowFromPoint(stage.output, stage.wire.tubes[4].get_right(), time_span=(0.6, 1.4)))
        self.remove(first)
        self.hush(self.frame.animate.reorient(*PAGE), run_time=1.8)
        self.remove(*self.mobjects[1:])
        self.add(*stage.get_parts().values())


def get_first(vector):
    """A copy of a vector's first number on its tile."""
    return VGroup(vector.get_tile(0), vector.get_entry(0)).copy().set_z_index(2)


def put_last_line_at(words, point):
    """Move words so that their last line's letters stand at a height: words of one line and of two share it."""
    last = words[-len(words.text.split()[-1]) :]
    bottoms = [round(float(glyph.get_bottom()[1]), 3) for glyph in last]
    return words.shift((point[1] - max(set(bottoms), key=bottoms.count)) * UP)


def grow_from(column, word):
    """An animation: a vector comes out of its word."""
    return GrowFromPoint(column, word.get_bottom())


def swing(start, end, alpha):
    """A path that swings round the vertical, a quarter turn; heights change evenly.

    Args:
        start, end: points (n, 3).
        alpha: the fraction of the way.
    """
    on_floor = np.array([1, 0, 1])
    turned = path_along_arc(PI / 2, UP)(start * on_floor, end * on_floor, alpha)
    return turned + ((1 - alpha) * start + alpha * end) * UP
