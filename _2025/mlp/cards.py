from _2025.mlp.last_two_chapters import STACK_VIEW, get_light, get_prompt, get_stack, set_up_stack
from _2025.mlp.matrices_vs_intuition import get_judged_board, get_verdict
from _2025.mlp.steps_preview import ToyPicture, get_room
from manim_imports_ext import *
from truth.facts import train_fact_mlp


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

        # Let light run through it, and leave it on the perceptrons
        self.play(get_light(blocks), self.frame.animate(rate_func=linear).reorient(-42, -14), run_time=2)
        dark = mix_colors(ATTENTION, BACKGROUND, 0.6)
        self.play(*(block.faces.animate.set_color(dark) for block in attention), run_time=0.6)
        self.wait(0.8)
        lit = mix_colors(ATTENTION, BACKGROUND, 0.12)  # as they were
        self.play(
            FadeOut(words, 0.5 * UP),
            *(block.faces.animate.set_color(lit) for block in attention),
            self.frame.animate.reorient(*STACK_VIEW),
            run_time=1,
        )


class ClosingCard(CaptionedScene):
    """A row asks, ReLU decides, a column answers, and the answer is added."""

    def construct(self):
        # Come back from what was measured to the question
        set_up_stack(self.frame)
        self.frame.reorient(*OVERVIEW)
        board, verdict = get_judged_board(train_fact_mlp()), get_verdict()
        self.add(board, verdict)
        room, toy = get_room().stretch(0.88, 1, about_edge=DOWN), ToyPicture()
        plate, words, gap, answer = sentence = get_prompt().scale(0.9).move_to([-1.6, 3.25, 0])
        told = self.get_words(toy, plate)
        self.play(
            FadeOut(Group(board, verdict), 3 * LEFT, time_span=(0, 0.7)),
            FadeIn(Group(room, toy), time_span=(0.2, 1)),
            FadeIn(VGroup(plate, words, gap), 0.3 * DOWN, time_span=(0.8, 1.4)),
            run_time=1.4,
        )

        # Follow the name through row, bend and column
        into, on, over, out = self.get_ways(toy, sentence)
        self.play(ShowCreation(into), ShowCreation(toy.row), FadeIn(told[0], 0.2 * UP), run_time=1.1)
        self.play(ShowCreation(on), FadeIn(told[1], 0.2 * UP), run_time=0.8)
        self.play(ShowCreation(over), ShowCreation(toy.column), FadeIn(told[2], 0.2 * UP), run_time=0.8)

        # Add the answer
        self.play(ShowCreation(out), FadeIn(answer, 0.4 * UP, time_span=(0.4, 1)), FadeIn(told[3], 0.2 * UP))
        self.wait(3)

    def get_words(self, toy, sentence):
        """What each part does, below it; and what becomes of the answer, beside the sentence."""
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
        words[3].next_to(sentence, RIGHT, buff=0.35)
        return words

    def get_ways(self, toy, sentence):
        """Lines: from the sentence into the embedding, on to the bend, over it to the column, and up to the gap."""
        plate, words, gap, _ = sentence
        y, x, foot = toy.row.get_y(), toy.column.get_x(), plate.get_bottom()[1] - 0.05
        _, vector, bend, _ = toy.plates
        stops = (
            ([[words.get_x(), foot, 0], [words.get_x(), 1.4, 0], [vector.get_x(), 1.4, 0], vector.get_top()], INPUT),
            ([[vector.get_right()[0], y, 0], [bend.get_left()[0], y, 0]], FOCUS),
            ([[bend.get_right()[0], y, 0], [toy.column.get_left()[0], y, 0]], FOCUS),
            ([toy.column.get_top(), [x, 1.4, 0], [gap.get_x(), 1.4, 0], [gap.get_x(), foot, 0]], TARGET),
        )
        return [VMobject().set_points_as_corners(corners).set_stroke(color, 7) for corners, color in stops]
