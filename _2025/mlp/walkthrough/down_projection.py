"""Act J: the down projection, worked out; its columns as answers that the neurons switch on."""

from _2025.mlp.walkthrough.relu import BRIGHTER, DARKER, OTHER, RectifyToNeurons
from _2025.mlp.walkthrough.stage import FLAT, MAX_VALUE
from manim_imports_ext import *
from truth.toy_mlp import ACTIVE, PARAMETERS, TOKENS, VISIBLE_COORDINATES, VISIBLE_UNITS

OTHER_ACTIVE = 1  # the other unit that is active: its column and the bias cancel


class DownProjection(RectifyToNeurons):
    """Each active neuron adds its column of the down projection: the first one's adds "basketball"."""

    down_line_tex = R"W_{\downarrow} n + B_{\downarrow}"
    down_letters = {R"W_{\downarrow}": PARAMETER, "n": ACTIVATION, R"B_{\downarrow}": PARAMETER}
    down_left, down_y, down_size, sum_y = -7.6, 1.9, 33, 4.75
    down_view = View(center=(-1.25, 1.55, 0), height=7.9)
    counting_rows_view = View(center=(-0.35, 1.55, 0), height=8.9)

    def act(self):
        self.bring_the_second_matrix()
        self.work_the_update_out()
        self.add_the_second_bias()
        self.count_the_update()
        self.name_the_columns()
        self.write_the_sum_of_columns()
        self.follow_each_term()
        self.look_at_the_first_column()
        self.switch_the_neuron()
        self.light_the_other_columns()
        self.dock_the_second_line()

    # The product

    def get_down_column(self, values, source, shown, **colors):
        config = {"font_size": self.down_size, "max_value": MAX_VALUE}
        return NumericEmbedding(values, source=source, shown_entries=shown, **config, **colors)

    def bring_the_second_matrix(self):
        # Copy the neurons up to the page, and unfold the last arrow into a matrix
        self.down_matrix = WeightMatrix(
            self.mlp.down,
            source="W_down",
            shown_rows=VISIBLE_COORDINATES,
            shown_columns=VISIBLE_UNITS,
            font_size=self.down_size,
            max_value=MAX_VALUE,
            h_buff=0.8,
        )
        self.down_matrix.move_to([self.down_left, self.down_y, 0], LEFT)
        self.down_vector = self.get_down_column(self.seen.neurons, "neurons", VISIBLE_UNITS)
        self.down_vector.next_to(self.down_matrix, RIGHT, buff=0.25)
        self.lit += [self.arrows[1], self.vectors[1]]
        self.play(
            TransformFromCopy(self.vectors[1], self.down_vector),
            FadeInFromPoint(self.down_matrix, self.arrows[2].get_center(), time_span=(0.5, 1.6)),
            self.frame.animate.reorient(*self.down_view),
            *map(self.darken, self.lit),
            *self.say("The third step: a matrix again, from neurons to an embedding"),
            run_time=1.6,
        )
        self.wait(0.6)

    def work_the_update_out(self):
        # Multiply it by the neurons, row by row
        product = MatrixVectorProduct(self.down_matrix, self.down_vector, source="W_down n", max_value=MAX_VALUE)
        self.down_equals, self.down_result = product.equals, product.result
        self.play(FadeIn(product), run_time=0.5)
        self.play(product.show_rows(run_time=4.8, rate_func=lambda t: 0.55 * t + 0.45 * t * t))
        self.remove(product)
        self.add(self.down_equals, self.down_result)
        self.wait(0.7)

    def add_the_second_bias(self):
        # Slide the second bias in
        self.down_plus = Text("+", font_size=1.3 * self.down_size, fill_color=TEXT)
        colors = {"positive": POSITIVE_RAMP, "negative": NEGATIVE_RAMP, "neutral": NEUTRAL}
        self.down_bias = self.get_down_column(self.mlp.down_bias, "b_down", VISIBLE_COORDINATES, **colors)
        gap = VGroup(self.down_plus, self.down_bias).arrange(RIGHT, buff=0.2)
        gap.next_to(self.down_vector, RIGHT, buff=0.2)
        room = gap.get_width() + 0.2
        self.play(
            VGroup(self.down_equals, self.down_result).animate.shift(room * RIGHT),
            *self.say("And a bias again"),
            run_time=0.7,
        )
        self.play(FadeIn(gap, 0.4 * LEFT), run_time=0.5)
        self.add(self.down_plus, self.down_bias)
        self.wait(0.4)

        # Add it to every entry
        self.play(
            Indicate(self.down_bias.cells, color=FOCUS, scale_factor=1.05),
            AnimateEntriesTo(self.down_result, self.seen.update, source="W_down n + b_down", lag_ratio=0.15),
            run_time=1.6,
        )
        self.wait(0.8)

    def count_the_update(self):
        # Count what comes out in a large model
        brace = Brace(self.down_result, RIGHT, buff=0.12).set_color(MUTED)
        number = SourcedNumber(
            PARAMETERS.d_model,
            source=Source("rows of W_down in GPT-3", (), np.array(PARAMETERS.d_model)),
            num_decimal_places=0,
            group_with_commas=True,
            font_size=44,
        )
        number.next_to(brace, RIGHT, buff=0.2)
        where = Text("in GPT-3", font_size=LABEL + 4).set_color(MUTED)
        where.next_to(number, DOWN, buff=0.2, aligned_edge=LEFT)
        caption = "As long as an embedding: the way back down"
        self.play(
            self.frame.animate.reorient(*self.counting_rows_view),
            FadeIn(VGroup(brace, number, where), time_span=(0.5, 1)),
            *self.say(caption),
            run_time=1,
        )

        # Call it the way back down
        above = Brace(self.down_matrix, UP, buff=0.15).set_color(MUTED)
        name = Text("Down projection", font_size=HEADING).next_to(above, UP, buff=0.2)
        self.play(FadeIn(above), FadeIn(name, 0.2 * UP), run_time=0.7)
        self.wait(1.3)
        self.play(FadeOut(VGroup(brace, number, where, above, name)), *self.hush(), run_time=0.4)

    # Its columns

    def name_the_columns(self):
        # Name the columns, the neurons and the bias
        self.columns = get_column_matrix(self.down_matrix, "C_{#}", color=PARAMETER, font_size=38)
        self.neuron_names = get_named_entries(self.down_vector, "n_{#}", color=ACTIVATION, font_size=34)
        self.bias_name = get_column_matrix(self.down_bias, "B", color=PARAMETER, font_size=42)
        cells = VGroup(self.down_matrix.cells, self.down_vector.cells, self.down_bias.cells)
        names = (self.columns, self.neuron_names, self.bias_name)
        self.play(
            FadeOut(cells, time_span=(0, 0.5)),
            *(FadeIn(VGroup(part.labels, part.rules), lag_ratio=0.05, time_span=(0.4, 1.2)) for part in names),
            self.frame.animate.reorient(*self.down_view),
            *self.say("Now think of it as columns, one for each neuron"),
            run_time=1.2,
        )
        self.wait(0.7)

    def get_term(self, unit):
        """A neuron times its column: two names, each a Tex of its own."""
        term = VGroup(
            Tex(f"{letter}_{{{unit}}}", font_size=38).set_color(color)
            for letter, color in (("n", ACTIVATION), ("C", PARAMETER))
        )
        return term.arrange(RIGHT, buff=0.06, aligned_edge=DOWN)

    def write_the_sum_of_columns(self):
        # Write the product as a sum of columns
        slots = self.down_vector.row_slots
        self.terms = {unit: self.get_term(unit) for unit in slots if unit is not None}
        dots = Tex(R"\cdots", font_size=38)
        pieces = [dots if unit is None else self.terms[unit] for unit in slots]
        self.pluses = VGroup(Tex("+", font_size=38) for _ in pieces[1:])
        line = VGroup(pieces[0])
        for plus, piece in zip(self.pluses, pieces[1:], strict=True):
            line.add(plus, piece)
        line.arrange(RIGHT, buff=0.2).move_to([self.down_view.center[0], self.sum_y, 0])
        for piece in pieces:
            if piece is not dots:
                piece.align_to(pieces[0], DOWN)
        multiplied = VGroup(self.down_matrix.brackets, self.down_vector.brackets)
        brace = Brace(multiplied, UP, buff=0.12).set_color(MUTED)
        self.play(FadeIn(brace, 0.1 * UP), *self.say("Each neuron times its own column, all added up"), run_time=0.6)
        flights = []
        for unit, term in self.terms.items():
            starts = (self.neuron_names.get_label(unit), self.columns.get_label(unit))
            flights.append(AnimationGroup(*(TransformFromCopy(a, b) for a, b in zip(starts, term, strict=True))))
        signs = (FadeIn(sign, time_span=(0.5, 1)) for sign in (*self.pluses, dots))
        self.play(LaggedStart(*flights, lag_ratio=0.4), LaggedStart(*signs, lag_ratio=0.35), run_time=2.8)
        self.remove(*line.get_family())
        self.sum_of_columns, self.sum_dots, self.sum_brace = line, dots, brace
        self.add(line)
        self.wait(0.6)

    def get_triple(self, unit):
        """Frames round a column, its neuron and their term."""
        column = self.columns.get_piece(unit)
        return VGroup(
            SurroundingRectangle(column, buff=0.07),
            SurroundingRectangle(self.neuron_names.get_label(unit), buff=0.09),
            SurroundingRectangle(self.terms[unit], buff=0.1),
        ).set_stroke(FOCUS, 3)

    def follow_each_term(self):
        # Follow the first columns and their neurons to their terms
        first, *others = list(self.terms)[:3]
        self.triple = self.get_triple(first)
        self.play(FadeIn(self.triple), run_time=0.4)
        self.wait(0.5)
        for unit in others:
            self.play(Transform(self.triple, self.get_triple(unit)), run_time=0.4)
            self.wait(0.4)
        self.play(FadeOut(self.triple), run_time=0.3)

    def get_parts_of(self, unit):
        """A column's name and rules, its neuron's name and their term."""
        return VGroup(self.columns.get_piece(unit), self.neuron_names.get_label(unit), self.terms[unit])

    def make_faint(self, mobject, factor=0.25):
        """Animation: everything about it that can be seen fades to a part; it keeps its state for a Restore."""
        mobject.save_state()
        mobject.generate_target()
        for part in mobject.target.family_members_with_points():
            part.set_fill(opacity=factor * part.get_fill_opacity())
            part.set_stroke(opacity=factor * part.get_stroke_opacity())
        return MoveToTarget(mobject)

    def look_at_the_first_column(self):
        # Look at the first column alone
        bias = VGroup(self.bias_name.labels, self.bias_name.rules)
        between = VGroup(self.pluses, self.sum_dots, self.columns.labels[-2], self.neuron_names.labels[-2])
        self.others_of_sum = [self.get_parts_of(unit) for unit in self.terms if unit]
        self.around_sum = [between, bias]
        update = VGroup(self.down_equals, self.down_result)  # the active token's: away while another one is tried
        dimmed = (self.make_faint(parts) for parts in (*self.others_of_sum, *self.around_sum))
        supposition = "Suppose column 0 points along “basketball”"
        self.play(*dimmed, FadeOut(update), *self.say(supposition), run_time=0.7)

        # Let its meaning swing out of it
        self.on, self.off = self.get_neuron_values(ACTIVE, BRIGHTER), self.get_neuron_values(OTHER, DARKER)
        self.triple = self.get_triple(0)
        self.triple[2].become(SurroundingRectangle(VGroup(self.on[1], self.terms[0]), buff=0.1).set_stroke(FOCUS, 3))
        self.meaning = Text("Basketball", font_size=HEADING).set_color(ACTIVATION)
        self.meaning.next_to(self.down_vector, DOWN, buff=0.3).align_to(self.triple[0], LEFT)
        self.play(ShowCreation(self.triple[0]), run_time=0.5)
        self.play(FadeInFromPoint(self.meaning, self.triple[0].get_center(), path_arc=PI / 2), run_time=0.9)
        self.wait(0.9)
        self.play(
            TransformFromCopy(self.triple[0], self.triple[1]),
            *self.say("Its neuron decides if that is added"),
            run_time=0.8,
        )
        self.play(TransformFromCopy(self.triple[1], self.triple[2]), run_time=0.7)
        self.wait(0.3)

    def get_neuron_values(self, token, color):
        """The first neuron's value for a token, where its name stands: in the vector, and in the sum."""
        value = self.passes[token].neurons[0]
        source = Source(f"neuron 0 of '{TOKENS[token].words}'", (), np.array(value))
        places = ((self.neuron_names.get_label(0), 30), (self.terms[0][0], 36))
        numbers = VGroup(
            SourcedNumber(value, source=source, font_size=size).set_color(color).move_to(place)
            for place, size in places
        )
        numbers[1].align_to(self.terms[0][0], RIGHT).shift(0.08 * LEFT)
        return numbers

    def get_story(self, token, words, color):
        """What the first term does for a token."""
        line = VGroup(
            Text(words, font_size=BODY + 2).set_color(color),
            Text(f"“{TOKENS[token].words}”", font_size=BODY + 2).set_color(FOCUS),
        )
        line.arrange(RIGHT, buff=0.2).next_to(self.meaning, RIGHT, buff=0.4)
        return line.shift((self.meaning[1].get_bottom()[1] - line[0][0].get_bottom()[1]) * UP)

    def switch_the_neuron(self):
        # Switch its neuron on, and off
        names = VGroup(self.neuron_names.get_label(0), self.terms[0][0])
        stories = self.get_story(ACTIVE, "added to", BRIGHTER), self.get_story(OTHER, "not added to", DARKER)
        self.play(FadeOut(names), run_time=0.3)
        self.play(FadeIn(self.on), FadeIn(stories[0]), run_time=0.5)
        self.wait(1.4)
        self.play(FadeOut(self.on), FadeOut(stories[0]), self.meaning.animate.set_opacity(0.3), run_time=0.3)
        self.play(FadeIn(self.off), FadeIn(stories[1]), run_time=0.5)
        self.wait(1.4)
        self.play(FadeOut(self.off), FadeOut(stories[1]), FadeOut(VGroup(self.triple, self.meaning)), run_time=0.3)
        self.play(FadeIn(names), run_time=0.3)

    def light_the_other_columns(self):
        # Light the other columns and the bias up again
        between, bias = self.around_sum
        update = VGroup(self.down_equals, self.down_result)
        self.play(
            LaggedStart(*map(Restore, self.others_of_sum), lag_ratio=0.3),
            Restore(between),
            Restore(bias),
            *self.hush(),
            run_time=1,
        )

        # See the other active neuron's column and the bias cancel
        frames = self.get_triple(OTHER_ACTIVE)
        frames.add(SurroundingRectangle(self.down_bias, buff=0.07).set_stroke(FOCUS, 3))
        caption = "Neuron 1 is active, too; here the bias takes its column away again"
        self.play(FadeIn(frames), *self.say(caption), run_time=0.7)
        self.wait(1.9)
        word = Text("Basketball", font_size=HEADING).set_color(ACTIVATION)
        word.next_to(self.down_result, DOWN, buff=0.3).align_to(self.down_result, RIGHT)
        self.play(
            FadeOut(frames),
            FadeIn(update),
            FadeIn(word, 0.2 * DOWN),
            *self.say("What is left is “basketball”"),
            run_time=0.7,
        )
        self.wait(1.2)
        self.play(FadeOut(VGroup(word, self.sum_of_columns, self.sum_brace)), *self.hush(), run_time=0.4)

    def dock_the_second_line(self):
        # Write a letter for each of the three
        self.down_line = self.get_line(self.down_line_tex, self.down_letters, arrow=2)
        blocks = VGroup(self.down_matrix, self.down_vector, self.down_bias)
        letters = self.get_letters_in(self.down_line, self.down_letters, blocks)
        names = VGroup(VGroup(part.labels, part.rules) for part in (self.columns, self.neuron_names, self.bias_name))
        self.play(FadeOut(names, time_span=(0, 0.4)), FadeIn(letters, scale=0.8, time_span=(0.4, 0.8)))
        self.wait(0.4)

        # Put the second line away under the last arrow, and the update behind it
        brackets = VGroup(block.brackets for block in blocks)
        self.play(
            *self.get_docking(self.down_line, self.down_letters, letters, self.down_plus),
            FadeOut(VGroup(self.down_equals, brackets), time_span=(0, 0.5)),
            Restore(self.arrows[2]),
            Transform(self.down_result, self.vectors[2].saved_state),
            self.frame.animate.reorient(*FLAT),
            *map(Restore, self.lit),
            run_time=1.6,
        )
        self.remove(letters, self.down_plus, blocks)
        self.docked.add(self.down_line)

        # See the block in three short lines
        self.remove(self.down_result)
        self.vectors[2].restore()
        self.wait(1.6)
        self.play(FadeOut(self.docked), run_time=0.4)
