from _2025.mlp.last_two_chapters import STACK_VIEW, get_light, get_prompt, get_stack, set_up_stack
from _2025.mlp.matrices_vs_intuition import SharedAnswer, get_verdict
from _2025.mlp.steps_preview import UNITS, ToyPicture, get_room
from manim_imports_ext import *
from truth.facts import FACTS, train_fact_mlp


def without_spikes(words):
    """Words whose outlines have no spikes: where an inflection of the font's curves was bent far out, it is straight.

    A curve of the font is drawn by two of lower degree; at an inflection their common handle may lie far away, which
    can be seen in large letters.
    """
    for glyph in words.family_members_with_points():
        points = glyph.get_points().copy()
        middles = (points[:-2:2] + points[2::2]) / 2
        chords = np.linalg.norm(points[2::2] - points[:-2:2], axis=1)
        is_spike = np.linalg.norm(points[1:-1:2] - middles, axis=1) > 2 * chords + 1e-6
        points[1:-1:2][is_spike] = middles[is_spike]
        glyph.set_points(points)
    return words


class OpeningCard(CaptionedScene):
    """This film is about how a perceptron block might store a fact."""

    def construct(self):
        # Open the film on a transformer
        card = TitleCard("Multilayer Perceptrons", "How a network might remember what Michael Jordan plays")
        words = VGroup(card.title.set_width(11.5), card.subtitle).arrange(DOWN, buff=0.3).to_edge(UP, buff=0.5)
        without_spikes(words).set_stroke(width=0).fix_in_frame()
        set_up_stack(self.frame)
        self.frame.reorient(-62, -8, 0, (-0.5, 1.45, 0.2), 11.2)
        blocks = get_stack()
        attention = Group(*blocks[0::2])
        self.add(blocks)
        self.play(self.frame.animate(rate_func=linear).reorient(-48, -12), FadeIn(words[0]), run_time=1.6)
        self.play(FadeIn(words[1]), run_time=0.7)

        # Let a name enter behind, light run through, and its sport leave in front
        first, last, sport = FACTS[0]
        entering = Text(f"{first} {last}\nplays …", font_size=BODY, alignment="LEFT").set_color(INPUT).fix_in_frame()
        leaving = Text(sport, font_size=BODY + 8).set_color(TARGET).fix_in_frame()
        ends = [np.append(to_screen(self.frame, block.get_center()), 0) for block in (blocks[0], blocks[-1])]
        entering.set_x(-6.8, LEFT).set_y(ends[0][1])
        leaving.next_to(ends[1], RIGHT, buff=1.9)
        self.play(FadeIn(entering, 0.4 * RIGHT), run_time=0.6)
        self.play(
            get_light(blocks),
            self.frame.animate(rate_func=linear).reorient(-42, -14),
            FadeIn(leaving, 0.5 * RIGHT, time_span=(1.5, 2.1)),
            run_time=2.1,
        )

        # Light the perceptrons, and the title with them
        lit = mix_colors(ATTENTION, BACKGROUND, 0.12)  # as they were
        dark, bright = mix_colors(ATTENTION, BACKGROUND, 0.6), mix_colors(FEED_FORWARD, TEXT, 0.35)
        purple = blocks[1].faces[0].get_color()
        self.play(
            *(block.faces.animate.set_color(dark) for block in attention),
            LaggedStart(*(block.faces.animate.set_color(bright) for block in blocks[1::2]), lag_ratio=0.25),
            card.title.animate.set_color(bright),
            run_time=1.2,
        )
        self.wait(0.8)
        self.play(
            FadeOut(VGroup(words, entering, leaving), 0.5 * UP),
            *(block.faces.animate.set_color(lit) for block in attention),
            *(block.faces.animate.set_color(purple) for block in blocks[1::2]),
            self.frame.animate.reorient(*STACK_VIEW),
            run_time=1,
        )


class ClosingCard(CaptionedScene):
    """Rows ask, ReLU decides, columns answer, many of them together; and the answer is added, in layer after layer."""

    def construct(self):
        # Come back from what was measured to the question
        set_up_stack(self.frame)
        self.frame.reorient(*OVERVIEW)
        measured = Group(SharedAnswer(train_fact_mlp()).light(), get_verdict())
        self.add(measured)
        room, toy = get_room().stretch(0.82, 1, about_edge=DOWN).scale(0.95), ToyPicture()
        VGroup(toy, toy.row, toy.column).scale(0.92).shift(0.15 * LEFT)
        plate, words, gap, answer = sentence = get_prompt().scale(0.9).move_to([-1.75, 3.2, 0])
        words.set_color(INPUT)
        told = self.get_words(toy)
        called = Text("the toy", font_size=LABEL).set_color(MUTED)
        called.move_to(room.get_corner(UL) + np.array([0.75, -0.75, 0]), LEFT)
        self.play(
            FadeOut(measured, 3 * LEFT, time_span=(0, 0.7)),
            FadeIn(Group(room, toy, called), time_span=(0.3, 1)),
            FadeIn(VGroup(plate, words, gap), 0.3 * DOWN, time_span=(0.6, 1)),
            run_time=1,
        )

        # Follow the name through row, bend and column
        into, on, over, out, around = self.get_ways(toy, sentence)
        others = self.get_others(toy)
        self.play(ShowCreation(into), ShowCreation(toy.row), FadeIn(told[0], 0.2 * UP), run_time=0.8)
        self.play(ShowCreation(on), FadeIn(told[1], 0.2 * UP), run_time=0.6)
        self.play(ShowCreation(over), ShowCreation(toy.column), FadeIn(told[2], 0.2 * UP), run_time=0.6)

        # Let the other rows and columns join in
        together = Text("many together", font_size=BODY).set_color(TEXT)
        together.move_to([toy.plates[2].get_x(), told[0].get_y(), 0])
        self.play(
            FadeOut(told[1], 0.2 * UP, time_span=(0, 0.4)),
            *(LaggedStart(*(ShowCreation(box) for box in boxes), lag_ratio=0.4) for boxes in others),
            FadeIn(together, 0.2 * UP, time_span=(0.5, 0.9)),
            run_time=1,
        )

        # Add the answer to what came in
        plus = self.get_plus(out)
        self.play(ShowCreation(around), ShowCreation(out), FadeIn(plus, scale=0.5, time_span=(0.4, 0.8)), run_time=0.8)
        self.play(FadeIn(answer, 0.4 * UP), FadeIn(told[3], 0.2 * UP), run_time=0.5)
        self.wait(1)

        # Return to the stack, where this goes on in every layer
        blocks = get_stack()
        purple = [block.faces[0].get_color() for block in blocks[1::2]]
        drawn = Group(toy, called, together, told[0], told[2], into, on, over, out, around, plus)
        drawn.add(*others[0], *others[1], toy.row, toy.column)
        self.play(
            FadeOut(drawn, time_span=(0, 0.4)),
            FadeOut(room, time_span=(0.3, 0.8)),
            FadeIn(blocks, time_span=(0.8, 1.2)),
            self.frame.animate(time_span=(0.3, 1.4)).reorient(-42, -14, 0, (-0.4, 0.8, 0.2), 9.8),
            run_time=1.4,
        )
        self.play(
            LaggedStart(
                *(
                    block.faces.animate.set_color(mix_colors(color, TEXT, 0.45))
                    for block, color in zip(blocks[1::2], purple, strict=True)
                ),
                lag_ratio=0.5,
            ),
            self.frame.animate(rate_func=linear).reorient(-36, -14),
            run_time=1.2,
        )
        self.wait(0.8)

    def get_words(self, toy):
        """What each part does, below it; and what becomes of the answer, at the upper right."""
        words = VGroup(
            Text(phrase, font_size=BODY).set_color(color).set_backstroke(BACKGROUND, 4)
            for phrase, color in (
                ("rows ask", FOCUS),
                ("ReLU decides", OPERATION),
                ("columns answer", TARGET),
                ("and the answer\nis added", TEXT),
            )
        )
        for phrase, plate in zip(words, (VGroup(*toy.plates[:2]), *toy.plates[2:]), strict=False):
            phrase.next_to(plate, DOWN, buff=0.15)
        for phrase in words[:2]:
            phrase.set_y(words[2].get_y())
        words[3].move_to([3.6, 3.2, 0], LEFT)
        return words

    def get_others(self, toy):
        """Fainter frames round the other rows, and round the other columns."""
        lines = [toy.up.get_row(unit) for unit in UNITS[1:]], [toy.down.get_column(unit) for unit in UNITS[1:]]
        return [
            VGroup(
                SurroundingRectangle(line, buff=0.03).set_stroke(color, 4, 0.55).set_fill(opacity=0) for line in group
            )
            for group, color in zip(lines, (FOCUS, TARGET), strict=True)
        ]

    def get_plus(self, out):
        """Where the answer meets what went round the block."""
        disc = Circle(radius=0.24).set_fill(PLATE, 1).set_stroke(TEXT, 4)
        sign = VGroup(Line(0.13 * LEFT, 0.13 * RIGHT), Line(0.13 * DOWN, 0.13 * UP)).set_stroke(TEXT, 5)
        return VGroup(disc, sign).move_to([out.get_points()[-1][0], 1.95, 0])

    def get_ways(self, toy, sentence):
        """Lines: into the embedding, on to the bend, over it to the column, up to the gap; and round all of it."""
        plate, words, gap, _ = sentence
        y, x, foot = toy.row.get_y(), toy.column.get_x(), plate.get_bottom()[1] - 0.05
        _, vector, bend, _ = toy.plates
        low, high = 1.35, 1.95
        stops = (
            ([[words.get_x(), foot, 0], [words.get_x(), low, 0], [vector.get_x(), low, 0], vector.get_top()], INPUT),
            ([[vector.get_right()[0], y, 0], [bend.get_left()[0], y, 0]], FOCUS),
            ([[bend.get_right()[0], y, 0], [toy.column.get_left()[0], y, 0]], FOCUS),
            ([toy.column.get_top(), [x, low, 0], [gap.get_x(), low, 0], [gap.get_x(), foot, 0]], TARGET),
            ([[words.get_x(), high, 0], [gap.get_x(), high, 0]], INPUT),
        )
        return [VMobject().set_points_as_corners(corners).set_stroke(color, 7) for corners, color in stops]
