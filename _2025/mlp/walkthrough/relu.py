"""Act I: the ReLU, number by number and as a graph; and what its results are called."""

from itertools import pairwise

from _2025.mlp.walkthrough.collapse import CollapseUpProjection
from _2025.mlp.walkthrough.stage import FLAT, FRONT, in_layer
from manim_imports_ext import *
from truth.toy_mlp import ACTIVE, DIRECTIONS, NEURON_MEANINGS, TOKENS, VISIBLE_COORDINATES, VISIBLE_UNITS

BRIGHTER = POSITIVE_RAMP[1]
DARKER = NEGATIVE_RAMP[1]
OTHER = [token.words for token in TOKENS].index("Michael Phelps")  # whose neuron is not active


class RectifyToNeurons(CollapseUpProjection):
    """ReLU turns every negative number into 0, and what is left says which neurons are active."""

    wide_xs, narrow_xs = (-2.9, 2.9), (-6.3, -2.3)  # of the vectors before and after the ReLU
    row_y = 1.55
    plot_x, conditions_x, conditions_y = 3.7, -7.05, 4.75
    vectors_view = View(center=(0, 1.35, 0), height=7.4)
    graph_view = View(center=(0, 1.3, 0), height=8.8)
    neurons_view = View(center=(-2.2, 1.3, 0), height=7.4)
    network_view = View(center=(0, 0.55, 0), height=8.8)

    def act(self):
        self.pull_up_the_vectors()
        self.clip_the_negatives()
        self.keep_the_positives()
        self.draw_the_graph()
        self.make_the_condition_exact()
        self.compare_with_gelu()
        self.call_them_neurons()
        self.draw_every_weight()
        self.switch_the_input()
        self.put_the_relu_away()

    # From one vector to the next

    def get_large(self, values, name, shown, x):
        """A vector of the strip at twice its size, up on the page."""
        return self.get_column(values, name, shown).scale(2).move_to([x, self.row_y, 0])

    def pull_up_the_vectors(self):
        # Pull up the vector, and the one the ReLU makes of it
        seen = self.seen
        self.before = self.get_large(seen.pre, "W_up E + b_up", VISIBLE_UNITS, self.wide_xs[0])
        self.after = self.get_large(seen.neurons, "neurons", VISIBLE_UNITS, self.wide_xs[1])
        self.between = self.get_between(self.before, self.after)
        self.function_name = self.get_name_above("ReLU")
        self.lit = [self.card, self.embedding, self.docked, self.arrows[0], self.vectors[0]]
        self.play(
            self.frame.animate.reorient(*self.vectors_view),
            TransformFromCopy(self.vectors[0], self.before),
            *map(self.darken, self.lit),
            *self.say("The second step takes each number by itself"),
            run_time=1.4,
        )
        self.play(
            GrowArrow(self.between),
            FadeIn(self.function_name, 0.2 * UP),
            FadeIn(self.after.brackets, time_span=(0.3, 0.8)),
            run_time=0.8,
        )
        self.wait(0.5)

    def get_between(self, before, after):
        """The arrow from one vector to the other."""
        arrow = Arrow(before.get_right(), after.get_left(), buff=0.3, thickness=5).set_color(MUTED)
        return in_layer(arrow, FRONT)

    def get_name_above(self, words):
        """Words above the arrow between the two vectors."""
        return Text(words, font_size=HEADING).set_color(OPERATION).next_to(self.between, UP, buff=0.25)

    def get_units(self, is_positive):
        """The visible units whose pre-activation is positive, or those for which it is not."""
        return [unit for unit in VISIBLE_UNITS if (self.seen.pre[unit] > 0) == is_positive]

    def get_boxes(self, units, color):
        """A frame round each unit's entry of the vector before the ReLU."""
        entries = [self.before.get_entry(unit) for unit in units]
        width = max(entry.get_width() for entry in self.before.get_entries()) + 0.2
        return VGroup(
            Rectangle(width, 0.42).move_to(entry).align_to(entry, RIGHT).shift(0.1 * RIGHT).set_stroke(color, 3)
            for entry in entries
        )

    def get_crossings(self, units, color):
        """An arrow from each unit's entry before the ReLU to its entry after it."""
        return VGroup(
            Arrow(
                self.before.brackets[1].get_right()[0] * RIGHT + self.before.get_entry(unit).get_y() * UP,
                self.after.brackets[0].get_left()[0] * RIGHT + self.after.get_entry(unit).get_y() * UP,
                buff=0.15,
                thickness=3,
            ).set_color(color)
            for unit in units
        )

    def clip_the_negatives(self):
        # Find the numbers that are not above zero
        self.play(FadeOut(VGroup(self.between, self.function_name)), run_time=0.4)
        units = self.get_units(False)
        boxes, crossings = self.get_boxes(units, DARKER), self.get_crossings(units, DARKER)
        words = Text("0 or below", font_size=BODY).set_color(DARKER)
        words.next_to(self.before, UP, buff=0.3)
        self.play(
            LaggedStartMap(FadeIn, boxes, lag_ratio=0.2),
            FadeIn(words),
            *self.say("ReLU turns what is negative into zero"),
            run_time=1,
        )
        self.wait(0.4)

        # Turn each of them into zero
        zeros = VGroup(self.after.get_entry(unit) for unit in units)
        result = Text("become 0", font_size=BODY).set_color(DARKER).next_to(self.after, UP, buff=0.3).match_y(words)
        self.play(
            LaggedStartMap(GrowArrow, crossings, lag_ratio=0.15), FadeIn(result, time_span=(0.3, 0.7)), run_time=1
        )
        self.play(LaggedStartMap(FadeIn, zeros, shift=0.2 * RIGHT, lag_ratio=0.15), run_time=0.9)
        self.wait(0.9)
        self.play(FadeOut(VGroup(boxes, crossings, words, result)), run_time=0.4)

    def keep_the_positives(self):
        # Let the others pass as they are
        units = self.get_units(True)
        boxes, crossings = self.get_boxes(units, BRIGHTER), self.get_crossings(units, BRIGHTER)
        words = Text("above 0", font_size=BODY).set_color(BRIGHTER).next_to(self.before, UP, buff=0.3)
        result = Text("unchanged", font_size=BODY).set_color(BRIGHTER).next_to(self.after, UP, buff=0.3).match_y(words)
        self.play(
            LaggedStartMap(FadeIn, boxes, lag_ratio=0.3),
            FadeIn(words),
            *self.say("All else passes as it is"),
            run_time=0.8,
        )
        flights = (TransformFromCopy(self.before.get_entry(unit), self.after.get_entry(unit)) for unit in units)
        self.play(LaggedStartMap(GrowArrow, crossings, lag_ratio=0.2), FadeIn(result), run_time=0.7)
        self.play(*flights, FadeIn(self.after.get_ellipses()), run_time=0.9)
        self.add(self.after)
        self.wait(0.9)
        self.play(FadeOut(VGroup(boxes, crossings, words, result)), run_time=0.4)

    # The function itself

    def get_long_name(self, words):
        """A name's words below each other, above the arrow."""
        lines = VGroup(Text(word, font_size=HEADING) for word in words.split())
        lines.arrange(DOWN, buff=0.16, aligned_edge=LEFT).set_color(OPERATION)
        return lines.next_to(self.between, UP, buff=0.25)

    def draw_the_graph(self):
        # Say its whole name, and what is short for it
        for vector, x in zip((self.before, self.after), self.narrow_xs, strict=True):
            vector.generate_target().set_x(x)
        self.between.become(self.get_between(self.before.target, self.after.target))
        self.play(
            MoveToTarget(self.before),
            MoveToTarget(self.after),
            self.frame.animate.reorient(*self.graph_view),
            *self.say("Its graph is flat up to zero, then climbs"),
            run_time=1,
        )
        long_name = self.get_long_name("Rectified Linear Unit")
        initials = VGroup(long_name[0][:2], long_name[1][:1], long_name[2][:1])
        self.play(GrowArrow(self.between), LaggedStartMap(FadeIn, long_name, lag_ratio=0.4), run_time=1)
        self.plot = get_activation_plot("relu", width=7.2, name="").move_to([self.plot_x, self.row_y, 0])
        self.plot_name = Text("ReLU", font_size=HEADING).set_color(OPERATION)
        self.plot_name.next_to(self.plot.axes.c2p(0, 4), LEFT, buff=0.3).shift(0.4 * DOWN)
        parts = (self.plot_name[:2], self.plot_name[2:3], self.plot_name[3:4])
        self.play(FadeIn(self.plot.axes), run_time=0.5)
        self.play(
            *(TransformFromCopy(a, b, path_arc=-1.8) for a, b in zip(initials, parts, strict=True)),
            ShowCreation(self.plot.curve),
            run_time=1.4,
        )
        self.add(self.plot)

        # Read two of the numbers off it
        first, second = self.get_units(False)[0], self.get_units(True)[0]
        box = self.get_pair_of_boxes(first)
        marker = self.plot.get_marker(self.seen.pre[first], self.before.get_entry(first).source, font_size=BODY)
        self.play(ShowCreation(box), FadeIn(marker), run_time=0.7)
        self.wait(0.9)
        end = self.get_pair_of_boxes(second)
        self.play(
            marker.animate.set_value(self.seen.pre[second], self.before.get_entry(second).source),
            Transform(box, end),
            run_time=1.8,
        )
        self.wait(0.9)
        self.play(FadeOut(VGroup(marker, box)), run_time=0.4)
        self.long_name = long_name

    def get_pair_of_boxes(self, unit):
        """A frame round a unit's entry before the ReLU, and one round its entry after it."""
        box = self.get_boxes([unit], FOCUS)[0]
        return VGroup(box, box.copy().shift((self.narrow_xs[1] - self.narrow_xs[0]) * RIGHT))

    def frame_conditions(self, lines):
        """Two lines that say what the first entry tells of an embedding, in a frame above it."""
        frame = SurroundingRectangle(lines, buff=0.18).set_stroke(FOCUS, 3).set_fill(PANEL, 1)
        return VGroup(frame, lines).move_to([self.conditions_x, self.conditions_y, 0], LEFT)

    def make_the_condition_exact(self):
        # Remember what the first entry says
        scores = np.array([each.pre[0] for each in self.passes])
        lines = self.get_conditions(
            scores, self.has_words("Michael", "Jordan"), R"if $E$ encodes ``Michael Jordan''", 40
        )
        conditions = self.frame_conditions(lines)
        box = self.get_boxes([0], FOCUS)[0]
        self.play(ShowCreation(box), FadeIn(conditions, 0.2 * UP), FadeOut(self.long_name), *self.hush(), run_time=0.8)
        self.wait(1)

        # Slide it over: what was at most zero is now exactly zero
        shift = (self.narrow_xs[1] - self.narrow_xs[0]) * RIGHT
        self.play(VGroup(conditions, box).animate.shift(shift), run_time=1.2)
        relation = lines[1][0]
        exact = Tex("=", font_size=40).move_to(relation)
        self.play(FadeOut(relation, 0.2 * UP), *self.say("Not above zero is now exactly zero: yes or no"), run_time=0.6)
        self.play(FadeIn(exact, 0.2 * UP), run_time=0.3)
        self.play(FlashAround(VGroup(exact, lines[1][1]), color=FOCUS), run_time=0.9)
        self.wait(1)
        self.play(FadeOut(VGroup(conditions, exact, box)), run_time=0.4)

    def compare_with_gelu(self):
        # Draw the smooth function that many models use instead
        long_name = self.get_long_name("Gaussian Error Linear Unit").next_to(self.between, UP, buff=0.25)
        smooth_plot = get_activation_plot("gelu", width=7.2, name="").move_to(self.plot)
        name = Text("GELU", font_size=HEADING).set_color(OPERATION).move_to(self.plot_name, RIGHT)
        self.play(
            LaggedStartMap(FadeIn, long_name, lag_ratio=0.3),
            self.plot.curve.animate.set_stroke(SCAFFOLD),
            FadeOut(self.plot_name),
            *self.say("Many models use a smoother bend: GELU"),
            run_time=0.9,
        )
        self.play(ShowCreation(smooth_plot.curve), FadeIn(name), run_time=1.4)
        self.wait(2.2)

        # Come back to the simpler one
        self.play(
            FadeOut(VGroup(smooth_plot.curve, name, long_name)),
            self.plot.curve.animate.set_stroke(OPERATION),
            FadeIn(self.plot_name),
            *self.hush(),
            run_time=0.6,
        )

    # What comes out

    def call_them_neurons(self):
        # Put the graph between the two vectors, where it belongs
        self.play(
            FadeOut(VGroup(self.plot, self.plot_name)), self.frame.animate.reorient(*self.neurons_view), run_time=0.7
        )
        self.plot.set_width(1.9).next_to(self.between, DOWN, buff=0.3)
        self.plot_name.next_to(self.between, UP, buff=0.25)
        self.play(FadeIn(self.plot, 0.2 * DOWN), FadeIn(self.plot_name, 0.2 * UP), run_time=0.6)

        # Name what comes out
        brace = Brace(self.after, RIGHT, buff=0.2).set_color(MUTED)
        word = Text("Neurons", font_size=72).set_color(TEXT).next_to(brace, RIGHT, buff=0.35)
        entries = self.after.get_entries()
        self.play(
            FadeIn(VGroup(brace, word), 0.2 * LEFT),
            *self.say("A neuron is active when its number is above zero"),
            run_time=0.7,
        )
        flashes = (FlashAround(entry, color=FOCUS, time_width=0.6) for entry in entries)
        self.play(LaggedStart(*flashes, lag_ratio=0.12), run_time=1.4)
        self.wait(0.9)
        self.play(FadeOut(VGroup(brace, word)), *self.hush(), run_time=0.4)

    dots_x, dots_y, dots_pitch = -0.6, 0.95, 0.79

    def get_dots(self, neurons):
        """A dot for each visible unit, as bright as its value, and an ellipsis."""
        dots = VGroup()
        places = enumerate(self.after.row_slots)
        for place, unit in places:
            y = self.dots_y + self.dots_pitch * ((len(self.after.row_slots) - 1) / 2 - place)
            if unit is not None:
                dots.add(Circle(radius=0.3).set_stroke(TEXT, 2).move_to([self.dots_x, y, 0]))
        self.set_brightness(dots, neurons)
        return dots

    def set_brightness(self, dots, neurons, others=1.0):
        """Fill each dot as its neuron is active; all but the first fainter by a factor."""
        for dot, unit in zip(dots, VISIBLE_UNITS, strict=True):
            factor = others if unit else 1.0
            dot.set_fill(TEXT, factor * float(np.clip(neurons[unit], 0, 1))).set_stroke(opacity=factor)
        return dots

    def draw_every_weight(self):
        # Clear the page for the textbook's picture of the same thing
        self.set_aside = Group(*(mobject for mobject in self.mobjects if mobject not in (self.frame, self.caption)))
        self.big_input = self.get_column(self.seen.x, "E", VISIBLE_COORDINATES).scale(2.4)
        self.big_input.move_to([-5.6, self.dots_y, 0])
        self.input_name = self.get_input_name(ACTIVE)
        self.dots = self.get_dots(np.zeros_like(self.seen.neurons))
        starts = VGroup(
            Dot([self.big_input.get_right()[0], number.get_y(), 0], radius=0.08)
            for number in self.big_input.get_entries()
        )
        weights = self.mlp.up[np.ix_(VISIBLE_UNITS, VISIBLE_COORDINATES)]
        self.lines = get_network_connections(starts, self.dots, weights, max_value=1.2, max_width=6)
        self.play(
            FadeOut(self.set_aside, time_span=(0, 0.6)),
            TransformFromCopy(self.embedding.saved_state, self.big_input),
            self.frame.animate.reorient(*self.network_view),
            *self.say("The same thing, as textbooks draw it"),
            run_time=1,
        )
        self.play(FadeIn(self.input_name), FadeIn(self.dots, lag_ratio=0.1), run_time=0.6)
        self.play(ShowCreation(self.lines, lag_ratio=0.03), FadeIn(self.get_legend()), run_time=2)
        self.wait(0.3)

        # Let the embedding run through all of them
        self.answers = self.get_answers()
        self.questions = self.get_questions()
        self.play(self.get_pulse(self.lines), self.get_lighting(self.seen.neurons), run_time=1.4)
        self.play(FadeIn(self.answers, lag_ratio=0.02), run_time=0.6)
        words = "What each one asks (made up, but for the first and the last)"
        self.play(FadeIn(self.questions, lag_ratio=0.1), *self.say(words), run_time=0.8)
        self.wait(2)

    def get_input_name(self, token):
        """Whose embedding it is."""
        name = Text(f"“{TOKENS[token].words}”", font_size=BODY).set_color(FOCUS)
        name.next_to(self.big_input, UP, buff=0.3)
        return name.shift((self.big_input.get_top()[1] + 0.55 - name[0].get_y()) * UP)  # on one line, whoever it is

    def get_legend(self):
        """What the lines' two colours say; the strongest lines of both kinds are drawn as they are."""
        rows = VGroup(
            VGroup(Line(ORIGIN, 0.9 * RIGHT).set_stroke(color, 5), Text(words, font_size=LABEL).set_color(color))
            for color, words in ((BRIGHTER, "weight above 0"), (DARKER, "weight below 0"))
        )
        for row in rows:
            row.arrange(RIGHT, buff=0.25)
        rows.arrange(DOWN, buff=0.2, aligned_edge=LEFT).next_to(self.big_input, DOWN, buff=0.55)
        self.legend = rows
        return self.legend

    def get_answers(self):
        """Each dot's value, right of it."""
        answers = self.get_column(self.seen.neurons, "neurons", VISIBLE_UNITS).scale(1.9)
        answers.brackets.set_fill(opacity=0)
        dots, width = iter(self.dots), max(cell.get_width() for cell in answers.cells)
        for unit, cell in zip(answers.row_slots, answers.cells, strict=True):
            if unit is None:
                cell.scale(2).move_to(midpoint(self.dots[-2].get_center(), self.dots[-1].get_center()))
            else:
                cell.next_to(next(dots), RIGHT, buff=0.25 + width - cell.get_width())
        return answers

    def get_questions(self):
        """What each dot is asking, right of its value. The words are made up, the first and the last are true."""
        words = ("Michael Jordan?", *NEURON_MEANINGS)
        questions = VGroup(
            Text(question, font_size=38).set_color(MUTED).next_to(answer, RIGHT, buff=0.4)
            for question, answer in zip(words, self.answers.get_entries(), strict=True)
        )
        for question in questions:
            question.align_to(questions[0], LEFT)
        return questions

    def get_pulse(self, lines):
        """Animation: a flash runs along all of these lines at once."""
        flashes = (VShowPassingFlash(line.copy().set_stroke(FOCUS, 4, opacity=1), time_width=0.7) for line in lines)
        return AnimationGroup(*flashes)

    def get_lighting(self, neurons, others=1.0):
        """Animation: the dots take their new values as the flash arrives."""
        return Transform(self.dots, self.set_brightness(self.dots.copy(), neurons, others), time_span=(0.8, 1.4))

    def get_verdict(self):
        """A sentence on the first neuron, and its two last words: the one for now, the one for another input."""
        sentence = Text("“Michael Jordan” neuron is", font_size=37)
        sentence.next_to(self.answers.get_entry(0), RIGHT, buff=0.4)
        words = VGroup(
            Text(word, font_size=37).set_color(color).next_to(sentence, RIGHT, buff=0.16).align_to(sentence, DOWN)
            for word, color in (("active", BRIGHTER), ("inactive", DARKER))
        )
        return sentence, *words

    # The first neuron's sums: the middles of the columns, the line of their heads, the distance between two tokens.
    score_xs, score_top, score_pitch = (1.8, 3.3, 4.8, 6.7), 2.5, 1.5

    def get_score_heads(self):
        """What stands in each column of the first neuron's sums."""
        heads = (R"\vec{M} \cdot E", R"\vec{J} \cdot E", R"\text{bias}", R"\text{ReLU}")
        return VGroup(
            self.get_sum(head, 40).move_to([x, self.score_top, 0]) for head, x in zip(heads, self.score_xs, strict=True)
        )

    def get_score(self, token, line):
        """How the first neuron comes to its value for a token: a product for each name, the bias, then the ReLU."""
        x, its, words = TOKENS[token].embedding, self.passes[token], TOKENS[token].words
        terms = (
            (DIRECTIONS["M"] @ x, f"M · E of '{words}'"),
            (DIRECTIONS["J"] @ x, f"J · E of '{words}'"),
            (self.mlp.up_bias[0], "b_up[0]"),
            (its.neurons[0], f"neuron 0 of '{words}'"),
        )
        y = self.score_top - self.score_pitch * line
        name = Text(f"“{words}”", font_size=36).set_color(FOCUS)
        name.move_to([self.score_xs[0] - 0.5, y + 0.7, 0], LEFT)
        numbers = VGroup(
            SourcedNumber(value, source=Source(source, (), np.array(value)), font_size=48).move_to([place, y, 0])
            for (value, source), place in zip(terms, self.score_xs, strict=True)
        )
        for number, place in zip(numbers, self.score_xs, strict=True):
            number.shift((place - number[-3:].get_x()) * RIGHT)  # the digits under the head, whatever the sign
        signs = VGroup(Tex(sign, font_size=48) for sign in ("+", R"\to"))
        between = [midpoint(a, b) for a, b in pairwise(number[-3:].get_center() for number in numbers)]
        signs[0].move_to(between[0])
        numbers[2][0].set_x(between[1][0])  # the sign of the bias, as what is done with it
        signs[1].move_to(between[2])
        return VGroup(name, numbers, signs)

    def switch_the_input(self):
        # Look at the first neuron alone
        lines, other_lines = self.lines[: len(VISIBLE_COORDINATES)], self.lines[len(VISIBLE_COORDINATES) :]
        box = SurroundingRectangle(VGroup(self.dots[0], self.answers.get_entry(0)), buff=0.12).set_stroke(FOCUS, 3)
        sentence, active, inactive = self.get_verdict()
        heads, score, other_score = self.get_score_heads(), self.get_score(ACTIVE, 1), self.get_score(OTHER, 2)
        self.play(
            self.answers.get_entries()[1:].animate.set_opacity(0.25),
            other_lines.animate.set_stroke(opacity=0.06),
            Transform(self.dots, self.set_brightness(self.dots.copy(), self.seen.neurons, 0.3)),
            FadeOut(self.questions),
            ShowCreation(box),
            *self.say("How the first one comes to its answer"),
            run_time=0.8,
        )
        self.play(FadeIn(VGroup(heads, score), 0.2 * UP), run_time=0.6)
        self.wait(1)
        self.play(FadeIn(VGroup(sentence, active)), run_time=0.5)
        self.wait(1.2)

        # Hand the same neuron somebody else
        other, name = self.passes[OTHER], self.get_input_name(OTHER)
        whose = f"of '{TOKENS[OTHER].words}'"
        self.play(FadeOut(VGroup(self.input_name, active)), score.animate.set_opacity(0.4), run_time=0.4)
        self.play(
            FadeIn(name),
            self.big_input.animate.set_values(other.x, f"E {whose}"),
            *self.say("Only one of the two names: the bias keeps it silent"),
            run_time=1,
        )
        self.play(
            self.get_pulse(lines),
            self.get_lighting(other.neurons, 0.3),
            self.answers.animate(time_span=(0.8, 1.4)).set_values(other.neurons, f"neurons {whose}"),
            run_time=1.4,
        )
        self.play(FadeIn(other_score, 0.2 * UP), run_time=0.6)
        self.wait(0.8)
        self.play(FadeIn(inactive), run_time=0.5)
        self.wait(1.6)
        self.picture = VGroup(self.big_input, name, self.legend, self.lines, self.dots, self.answers)
        self.picture.add(heads, score, other_score, sentence, inactive, box)

    def put_the_relu_away(self):
        # Put the ReLU and its results away under the second arrow
        self.play(
            FadeOut(self.picture, time_span=(0, 0.6)),
            FadeIn(self.set_aside, time_span=(0.3, 0.9)),
            self.frame.animate.reorient(*self.neurons_view),
            *self.hush(),
            run_time=0.9,
        )
        self.add(*self.set_aside)
        arrow = self.get_arrows()[1]
        self.play(
            self.plot.animate.scale(1.25 / 1.9).next_to(arrow.arrow, DOWN, buff=0.2),
            self.between.animate.become(in_layer(arrow.arrow, FRONT)),
            Transform(self.plot_name, arrow.label),
            Transform(self.before, self.vectors[0].saved_state),
            Transform(self.after, self.vectors[1].saved_state),
            *map(Restore, self.lit),
            self.frame.animate.reorient(*FLAT),
            run_time=1.4,
        )
        self.remove(self.before, self.after, self.between, self.plot_name)
        self.vectors[1].restore()
        self.arrows[1].restore()
        self.docked.add(in_layer(self.plot, FRONT))
        self.wait(0.6)
