"""Act A: a row of embeddings, one of them looked at, and its way through the block."""

from itertools import pairwise

from _2025.mlp.walkthrough.stage import FRONT, Walkthrough, get_room, in_layer
from manim_imports_ext import *
from truth.toy_mlp import ACTIVE, TOKENS

FROM_ABOVE_LEFT = View(-21, -12, 0, (0, 0.15, 0), 8.4)
INTO_THE_BLOCK = View(-3, -4, 0, (-1.25, -2.15, 0), 6.3)
ROUND_THE_BLOCK = View(3, -4, 0, (0, -1.1, 0), 8)


class SetTheStage(Walkthrough):
    """A perceptron block takes one vector through three steps, and adds what comes out to what went in."""

    opening_scale, opening_y, opening_width = 1.6, -0.45, 9.7
    written_y = 1.4  # of a sum written out above the block

    def act(self):
        self.bring_the_row_in()
        self.turn_the_row_into_the_screen()
        self.go_through_the_block()
        self.go_round_the_block()

    def get_row_words(self, token, column):
        """A token's words above its column, on as many lines as it has words."""
        words = Text(TOKENS[token].words.replace(" ", "\n"), font_size=LABEL, alignment="CENTER")
        return words.set_color(TEXT).next_to(column, UP, buff=0.2)

    def bring_the_row_in(self):
        # Float a sentence of embeddings into the block
        self.frame.reorient(*FROM_ABOVE_LEFT)
        self.embedding, self.others = self.get_embedding(), self.get_others()
        self.card = self.get_card(self.embedding)
        self.box, self.title = self.get_box(), self.get_box_title()
        columns = [*self.others[::-1]]  # back into the sentence's order
        columns.insert(ACTIVE, VGroup(self.card, self.embedding).set_z_index(FRONT))
        for place, column in enumerate(columns):
            column.save_state()
            x = self.opening_width * (place / (len(columns) - 1) - 0.5)
            column.scale(self.opening_scale).move_to([x, self.opening_y, 0]).set_opacity(1)
            column[0].set_opacity(0)
        for part in (self.box, self.title):
            part.save_state()
        self.box.become(get_room([-5.9, -2.05, -1.6], [5.9, 2.05, 1.6]))
        self.title.scale(1.9).move_to([0, 2.75, 0])
        self.play(FadeIn(self.box), FadeIn(self.title, 0.3 * UP), run_time=0.8)
        words = VGroup(self.get_row_words(place, column) for place, column in enumerate(columns))
        self.play(
            LaggedStart(*(FadeIn(column, 4 * OUT) for column in columns), lag_ratio=0.15),
            LaggedStart(*(FadeIn(word, 4 * OUT) for word in words), lag_ratio=0.15),
            run_time=2.4,
        )
        caption = get_caption("Each token arrives as a vector").fix_in_frame()
        self.play(FadeIn(caption), run_time=0.4)
        self.wait(1.6)

        # Look at one of them
        self.play(
            self.card.animate.set_stroke(opacity=1).set_fill(opacity=0.92),
            *(
                VGroup(other[1], word).animate.set_opacity(0.5)
                for other, word in zip(self.others[::-1], (*words[:ACTIVE], *words[ACTIVE + 1 :]), strict=True)
            ),
            words[ACTIVE].animate.set_color(FOCUS),
            FadeOut(caption, run_time=0.3),
            run_time=0.8,
        )
        self.wait(1.5)
        self.columns, self.words = columns, words

    def turn_the_row_into_the_screen(self):
        # Turn the row about the vertical, so that it recedes into the screen
        self.play(FadeOut(self.words), run_time=0.4)
        self.play(
            *(Restore(column, path_func=swing) for column in self.columns),
            Restore(self.box),
            Restore(self.title),
            self.frame.animate.reorient(*INTO_THE_BLOCK),
            run_time=2.4,
        )
        self.remove(*self.columns)
        self.add(*self.others, self.card, self.embedding)
        self.wait(0.4)

    def go_through_the_block(self):
        # Take it through three steps
        self.vectors, self.arrows = self.get_vectors(), self.get_arrows()
        for arrow, vector in zip(self.arrows, self.vectors, strict=True):
            self.play(GrowArrow(arrow.arrow), FadeIn(arrow.label), run_time=0.6)
            self.play(FadeIn(vector, 0.3 * RIGHT), run_time=0.6)
            self.wait(0.3)
        self.add(self.vectors, self.arrows)
        caption = get_caption("A perceptron block: two linear steps, and a ReLU between them").fix_in_frame()
        self.play(FadeIn(caption), run_time=0.4)
        self.wait(1.8)
        self.play(FadeOut(caption), run_time=0.3)

    def go_round_the_block(self):
        # Draw the way round it
        self.circuit = self.get_circuit()
        self.output = self.circuit.output
        self.play(self.frame.animate.reorient(*ROUND_THE_BLOCK), run_time=1.6)
        self.play(ShowCreation(self.circuit.wire), run_time=1.2)
        self.play(
            ShowCreation(self.circuit.branch), FadeIn(self.circuit.plus), ShowCreation(self.circuit.stub), run_time=0.8
        )

        # Add what came out to what went in
        caption = get_caption("What comes out is added to what went in").fix_in_frame()
        terms, signs = self.get_written_sum((-2, 0, 2))
        self.play(
            FadeIn(caption, time_span=(0, 0.4)),
            TransformFromCopy(self.embedding, terms[0]),
            TransformFromCopy(self.vectors[2], terms[1]),
            run_time=1.2,
        )
        self.play(*self.get_flow_into_the_sum(), FadeIn(signs, time_span=(0, 0.4)), run_time=1.2)
        self.play(FadeIn(terms[2], 0.2 * RIGHT), run_time=0.6)
        self.wait(1.6)
        self.play(*self.get_way_of_the_sum(terms, signs), FadeOut(caption, time_span=(0, 0.3)), run_time=1)
        self.add(self.circuit)
        self.wait(0.6)

    def get_written_sum(self, xs):
        """Embedding, update and output in a line above the block, and "+" and "=" between them."""
        terms = VGroup(vector.copy() for vector in (*self.circuit.vectors, self.circuit.output))
        for term, x in zip(terms, xs, strict=True):
            term.scale(1.15).move_to([x, self.written_y, 0])
        signs = VGroup(Tex(sign, font_size=HEADING) for sign in "+=")
        for sign, (a, b) in zip(signs, pairwise(terms), strict=True):
            sign.set_color(TEXT).move_to((a.get_right() + b.get_left()) / 2)
        return in_layer(terms, FRONT + 1), in_layer(signs, FRONT + 1)

    def get_flow_into_the_sum(self):
        """Animations: a light runs along both ways into the plus."""
        ways = (self.circuit.wire, self.circuit.branch)
        return [ShowPassingFlash(in_layer(way.copy().set_stroke(FOCUS, 8), FRONT + 1)) for way in ways]

    def get_way_of_the_sum(self, terms, signs):
        """Animations: the sum goes to the end of the wire, and what it is the sum of goes out."""
        return [
            Transform(terms[2], self.circuit.output, remover=True),
            FadeOut(VGroup(*terms[:2], signs), time_span=(0, 0.5)),
        ]


def swing(start, end, alpha):
    """A path that swings round the vertical, a quarter turn; heights change evenly.

    Args:
        start, end: points (n, 3).
        alpha: the fraction of the way.
    """
    on_floor = np.array([1, 0, 1])
    turned = path_along_arc(PI / 2, UP)(start * on_floor, end * on_floor, alpha)
    return turned + ((1 - alpha) * start + alpha * end) * UP
