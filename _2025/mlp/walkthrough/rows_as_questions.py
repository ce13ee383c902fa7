"""Act E: what one row of the up projection asks."""

from _2025.mlp.walkthrough.up_projection import UpProjection
from manim_imports_ext import *
from truth.toy_mlp import DIRECTIONS, NEURON_MEANINGS, TOKENS, VISIBLE_UNITS

ROW, RESULT = PARAMETER, ACTIVATION  # the colours of what is boxed


class RowsAsQuestions(UpProjection):
    """A row asks how much of its direction is in the embedding; a sum of two directions asks for both at once."""

    formula_view = View(center=(0.45, 1.85, 0), height=8.3)
    names_view = View(center=(-2.6, 1.85, 0), height=8.3)  # the product and the names over it, in the middle
    question_view = View(center=(-0.4, 0.75, 0), height=7.4)
    symbols = {R"\vec{M}": INPUT, R"\vec{J}": INPUT, "E": FOCUS}  # colours of letters in formulas

    def act(self):
        self.name_rows_and_vector()
        self.fill_in_the_products()
        self.suppose_row_0_is_a_name()
        self.add_a_second_name()
        self.split_the_sum()
        self.bring_the_numbers_back()
        self.ask_the_other_rows()

    # Pieces of formulas

    def frame_in(self, mobject, row, color):
        """A box round the numbers or letters that stand in a row of the product, as high as the row."""
        digit = self.up_matrix.get_entry(row, 0)[-1]
        box = Rectangle(mobject.get_width() + 0.2, 1.75 * digit.get_height()).set_stroke(color, 3)
        return box.move_to([mobject.get_x(), digit.get_y(), 0])

    def put_beside_result(self, mobject, row=0):
        """Move a formula that goes on from a row's result to the right of it."""
        middle = [self.up_result.brackets[1].get_right()[0], self.up_matrix.get_entry(row, 0)[-1].get_y(), 0]
        return mobject.next_to(middle, RIGHT, buff=0.25)

    def get_sum(self, tex, font_size=46):
        """A formula in which M, J and E have the colours of what they stand for."""
        formula = Tex(tex, isolate=[*self.symbols], font_size=font_size).set_color(TEXT)
        return formula.set_color_by_tex_to_color_map(self.symbols)

    def get_conditions(self, scores, holds, when, font_size=46):
        """Two lines: what a score is for the tokens that have a property, and what it is at most for the others.

        Args:
            scores: (n_tokens,) one for each of TOKENS.
            holds: of each token, whether it has the property; for those that do, all scores must be the same.
            when: the property in words, as TeX; an E in it is the embedding.
        """
        with_it, without = np.unique(scores[holds].round(9)), scores[~holds].max().round(9) + 0.0
        (value,) = with_it
        lines = VGroup(
            self.get_sum(Rf"\approx {value:g} \text{{ {when}}}", font_size),
            self.get_sum(Rf"\le {without:g} \text{{ otherwise}}", font_size),
        )
        for line, number in zip(lines, (value, without), strict=True):
            line.sources = [Source(f"score of tokens {when}", (), np.array(number))]
        return lines.arrange(DOWN, buff=0.22, aligned_edge=LEFT)

    def get_words(self, words):
        """What a direction means, to stand above its letter."""
        return Text(words, font_size=42, alignment="CENTER").set_color(INPUT)

    def has_words(self, *words):
        """(n_tokens,) of bool: which tokens have all these words in them."""
        return np.array([all(word in token.words for word in words) for token in TOKENS])

    def score(self, direction):
        """(n_tokens,) how much of a direction is in each token's embedding."""
        return np.array([direction @ token.embedding for token in TOKENS])

    # The beats

    def name_rows_and_vector(self):
        # Name the rows, and the vector
        names = {"color": PARAMETER, "font_size": 1.1 * self.up_size}
        self.row_names = get_row_matrix(self.up_matrix, "R_{#}", **names)
        self.vector_name = get_column_matrix(self.up_vector, "E", color=FOCUS, font_size=names["font_size"])
        self.product_names = get_named_entries(
            self.up_result, R"R_{#} \cdot E", t2c={"E": FOCUS, R"\cdot": TEXT}, **names
        )
        row_pieces = VGroup(*self.row_names.get_pieces(), self.row_names.labels[-2])
        self.play(
            FadeOut(VGroup(self.up_matrix.cells, self.up_vector.cells, self.up_result.cells), time_span=(0, 0.5)),
            FadeIn(VGroup(row_pieces, self.vector_name.get_pieces()), time_span=(0.3, 1)),
            self.up_result.brackets[1].animate.move_to(self.product_names.brackets[1]),
            *self.say("Think of the matrix as a stack of rows"),
            run_time=1.2,
        )
        self.wait(0.9)

    def meet(self, row):
        """Animation: a row and the vector light up, and copies of their names meet in the row's result."""
        label, product = self.row_names.get_label(row), self.product_names.get_label(row)
        tracks = VGroup(
            Line(*self.get_ends(m, axis)) for m, axis in ((self.row_names.get_piece(row), 0), (self.vector_name, 1))
        )
        return AnimationGroup(
            *(
                VShowPassingFlash(track.set_stroke(color, 6), time_width=0.7)
                for track, color in zip(tracks, (ROW, FOCUS), strict=True)
            ),
            TransformFromCopy(label, product[:-2], path_arc=-0.6),
            TransformFromCopy(self.vector_name.get_label(0), product[-1:], path_arc=-0.4),
            FadeIn(product[-2], time_span=(0.6, 1)),
        )

    def get_ends(self, mobject, axis):
        """The middles of its left and right, or top and bottom, edges."""
        return [mobject.get_edge_center(side) for side in ((LEFT, RIGHT), (UP, DOWN))[axis]]

    def fill_in_the_products(self):
        # Let each row meet the vector
        self.play(self.meet(0), *self.say("Each result is one row times the embedding"), run_time=1.3)
        self.play(
            LaggedStart(*map(self.meet, VISIBLE_UNITS[1:]), lag_ratio=0.25),
            FadeIn(self.product_names.labels[-2], time_span=(2, 2.4)),
            run_time=2.6,
        )
        self.remove(*self.product_names.labels.get_family())
        self.add(self.product_names.labels)
        self.wait(0.5)

    def suppose_row_0_is_a_name(self):
        # Suppose that row 0 is the direction of a first name
        self.row_box = self.frame_in(self.up_matrix.get_row(0), 0, ROW)
        self.is_sign = Tex("=", font_size=44).rotate(90 * DEG).next_to(self.row_box, UP, buff=0.12)
        self.letter_m = self.get_sum(R"\vec{M}", 60).next_to(self.is_sign, UP, buff=0.14)
        self.words_for_m = self.get_words("first name\nMichael").next_to(self.letter_m, UP, buff=0.2)
        self.play(
            FadeOut(self.up_name, time_span=(0, 0.4)),
            self.frame.animate.reorient(*self.names_view),
            ShowCreation(self.row_box),
            *self.say("Suppose row 0 points along “first name Michael”"),
            run_time=1,
        )
        self.play(FadeIn(VGroup(self.is_sign, self.letter_m, self.words_for_m), 0.2 * UP), run_time=0.7)
        self.wait(1)

        # Read what its result says then
        self.result_box = self.frame_in(self.product_names.get_label(0), 0, RESULT)
        michael = self.has_words("Michael")
        lines = self.get_conditions(self.score(DIRECTIONS["M"]), michael, R"for ``Michael''")
        equals = Tex("=", font_size=46)
        brace = Brace(lines, LEFT, buff=0.15).set_color(MUTED)
        self.reading = VGroup(equals, VGroup(brace, lines)).arrange(RIGHT, buff=0.2)
        self.put_beside_result(self.reading)
        self.play(ShowCreation(self.result_box), self.frame.animate.reorient(*self.formula_view), run_time=0.9)
        self.play(FadeIn(VGroup(equals, brace)), FadeIn(lines[0], 0.2 * RIGHT), run_time=0.6)
        self.wait(1.1)
        self.play(FadeIn(lines[1], 0.2 * RIGHT), run_time=0.5)
        self.wait(1.4)

    def add_a_second_name(self):
        # Let row 0 ask for the last name, too
        plus, second = Tex("+", font_size=54), self.get_sum(R"\vec{J}", 60)
        words = self.get_words("last name\nJordan")
        places = VGroup(self.letter_m.copy(), plus, second).arrange(RIGHT, buff=0.9).match_x(self.is_sign)
        places.set_y(self.letter_m.get_y())
        words.next_to(second, UP, buff=0.2).match_y(self.words_for_m)
        shift = places[0].get_x() - self.letter_m.get_x()
        self.play(
            FadeOut(self.reading),
            VGroup(self.letter_m, self.words_for_m).animate.shift(shift * RIGHT),
            *self.say("Now suppose it is the sum of two directions"),
            run_time=0.8,
        )
        self.play(FadeIn(VGroup(plus, second, words), 0.3 * LEFT), run_time=0.7)
        self.names = VGroup(self.letter_m, plus, second)
        self.name_words = VGroup(self.words_for_m, words)
        self.wait(1.2)

    def split_the_sum(self):
        # Put the sum into the product
        whole = self.put_beside_result(self.get_sum(R"= (\vec{M} + \vec{J}) \cdot E"))
        whole.waive = {"L007": "it is taken apart in the next beat, and what is left of it has another middle"}
        first, second, e = whole[R"\vec{M}"][0], whole[R"\vec{J}"][0], whole["E"][0]
        plus = whole["+"][0]
        frame = VGroup(glyph for glyph in whole if glyph not in [*first, *second, *e, *plus])
        self.play(FadeIn(frame), run_time=0.4)
        self.play(
            *(TransformFromCopy(a, b, path_arc=-0.5) for a, b in zip(self.names, (first, plus, second), strict=True)),
            TransformFromCopy(self.product_names.get_label(0)[-1:], e, path_arc=0.5),
            run_time=1.1,
        )
        self.wait(0.6)

        # Split it into one product for each name
        split = self.put_beside_result(self.get_sum(R"= \vec{M} \cdot E + \vec{J} \cdot E"))
        es, dots = split["E"], split[R"\cdot"]
        self.play(
            Transform(whole["="], split["="]),
            FadeOut(VGroup(whole["("], whole[")"])),
            ReplacementTransform(first, split[R"\vec{M}"][0]),
            ReplacementTransform(plus, split["+"][0], path_arc=-0.6),
            ReplacementTransform(second, split[R"\vec{J}"][0]),
            ReplacementTransform(whole[R"\cdot"][0], dots[1]),
            ReplacementTransform(e, es[1]),
            TransformFromCopy(e, es[0], path_arc=1.8),
            FadeIn(dots[0], time_span=(0.8, 1.2)),
            *self.say("Each name adds its own product"),
            run_time=1.2,
        )
        self.remove(*whole.get_family(), *split.get_family())
        self.add(split)
        self.wait(0.8)

        # Read what the sum says
        both = self.has_words("Michael", "Jordan")
        lines = self.get_conditions(self.score(self.mlp.up[0]), both, R"for ``Michael Jordan''", font_size=45)
        brace = Brace(split[1:], DOWN, buff=0.15).set_color(MUTED)
        lines.next_to(brace, DOWN, buff=0.25).align_to(split, LEFT)
        self.play(FadeIn(brace, 0.1 * DOWN), FadeIn(lines[0], 0.2 * DOWN), run_time=0.7)
        self.wait(1.3)
        self.play(FadeIn(lines[1], 0.2 * DOWN), *self.say("Only both names together reach it"), run_time=0.7)
        self.wait(1.8)
        self.reading = VGroup(split, brace, lines)

    def bring_the_numbers_back(self):
        # Bring the numbers back
        names = VGroup(
            self.row_names.labels, self.row_names.rules, self.vector_name.get_pieces(), self.product_names.labels
        )
        self.play(
            FadeOut(VGroup(self.reading, names), time_span=(0, 0.5)),
            FadeIn(VGroup(self.up_matrix.cells, self.up_vector.cells, self.up_result.cells), time_span=(0.4, 1)),
            self.up_result.brackets[1].animate.next_to(self.up_result.cells, RIGHT, buff=0.12),
            self.row_box.animate.become(self.frame_in(self.up_matrix.get_row(0), 0, ROW)),
            self.result_box.animate.become(self.frame_in(self.up_result.get_entry(0), 0, RESULT)),
            self.frame.animate.reorient(*self.names_view),
            *self.hush(),
            run_time=1.2,
        )
        self.add(self.up_matrix, self.up_vector, self.up_result)

        # See the same numbers in row 0 and in the embedding
        self.vector_box = SurroundingRectangle(self.up_vector, buff=0.08).set_stroke(FOCUS, 3)
        self.play(
            ShowCreation(self.vector_box),
            *self.say("Row 0 is the direction M + J, and so is our embedding"),
            run_time=1,
        )
        self.wait(2)

        # Find the 2 in the result
        self.play(
            FlashAround(self.up_result.get_entry(0)),
            FadeOut(self.vector_box, time_span=(0.5, 1)),
            *self.say("Their product is 2: both names are there"),
            run_time=1,
        )
        self.wait(1.3)

    def turn_to(self, row, before):
        """Animations: this row and its result are bright and boxed, with its question; those before are dim."""
        lines = {
            index: VGroup(self.up_matrix.get_row(index), self.up_result.get_entry(index)) for index in (row, before)
        }
        return [
            lines[before].animate.set_opacity(0.25),
            lines[row].animate.set_opacity(1),
            self.row_box.animate.become(self.frame_in(lines[row][0], row, ROW)),
            self.result_box.animate.become(self.frame_in(lines[row][1], row, RESULT)),
        ]

    def get_question(self, words, row):
        """What a row asks, on the line of its result."""
        digit = self.up_result.get_entry(row)[-1]
        question = Text(words, font_size=36)
        question.next_to(self.up_result.brackets[1], RIGHT, buff=0.35)
        return question.shift((digit.get_bottom()[1] - question[0].get_bottom()[1]) * UP)

    def ask_the_other_rows(self):
        # Let the other rows step back
        dim = VGroup(
            VGroup(row, cell) for row, cell in zip(self.up_matrix.get_rows()[1:], self.up_result.cells[1:], strict=True)
        )
        self.questions = VGroup(
            self.get_question(question, row) for row, question in enumerate(("Michael Jordan?", *NEURON_MEANINGS[:6]))
        )
        self.play(
            FadeOut(VGroup(self.is_sign, self.names, self.name_words)),
            dim.animate.set_opacity(0.25),
            FadeIn(self.questions[0], 0.2 * RIGHT),
            self.frame.animate.reorient(*self.question_view),
            *self.say("Other rows ask other things (made up here, to illustrate)"),
            run_time=0.8,
        )

        # Ask what each of them asks
        for row in range(1, 7):
            self.play(
                *self.turn_to(row, row - 1),
                self.questions[row - 1].animate.set_opacity(0.6),
                FadeIn(self.questions[row], 0.2 * RIGHT),
                run_time=0.5,
            )
            self.wait(1.2)

        # Light all rows up again
        self.play(
            VGroup(self.up_matrix.cells, self.up_result.cells).animate.set_opacity(1),
            FadeOut(VGroup(self.questions, self.row_box, self.result_box)),
            self.frame.animate.reorient(*self.close_up),
            *self.hush(),
            run_time=0.8,
        )
