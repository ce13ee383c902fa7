import re

from _2025.shorts.training_layout import (
    LEFT_EDGE,
    AnswerBoard,
    LossCurve,
    RingedWeight,
    SmallBands,
    TransformerBands,
    get_lines,
    get_remark,
    get_verdict,
)
from manim_imports_ext import *
from truth.tiny_transformer import train

BOARD = 9.6 * RIGHT  # where the page with all answers is


def get_words(text):
    """The words in what is said, without signs."""
    return tuple(re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", text))


class TikTokGradientDescentLive(InteractiveScene):
    """A network's answers go from gibberish to right while each backward pass moves all of its weights at once."""

    frame_shape = (9, 16)
    chapter = "Transformer training, live"
    remark = "A tiny one, really trained: each word is its own"
    output_name = "Output"
    followed = 251  # of the recorded weights, the one with the ring
    lessons = 3  # questions that are followed one by one, before all are seen at once
    # The parts of the training that the board shows: until which update, seconds for each look, the pause after it.
    parts = ((275, 0.5, 0.6), (335, 1.0, 1.1), (np.inf, 0.7, 0.0))
    verdicts = (WRONG, PARTLY_RIGHT, EXACT)

    def construct(self):
        self.training = train()
        self.set_the_stage()
        self.take_the_first_step()
        self.go_on_until_it_is_right()
        self.ask_the_next_question()
        self.ask_a_third_one()
        self.turn_to_the_board()
        self.teach_the_rest()
        self.end_with_the_board()

    # What is shown

    def get_outputs(self, step):
        """What is said to a question early, in the middle and at last of its lesson, and the colour of each."""
        answer = self.training.config.pairs[step][1]
        return [(str(output), get_verdict(str(output), answer)) for output in self.training.outputs[step]]

    def get_board(self, look):
        """What is said to every question at a look, and the colour of each."""
        said, pairs = self.training.board[look], self.training.config.pairs
        return [(str(words), get_verdict(str(words), answer)) for words, (_, answer) in zip(said, pairs, strict=True)]

    def get_question(self, step):
        """The input line, below the network."""
        question = self.training.config.pairs[step][0]
        asked = Text(f'Input: "{question}"', font_size=UPRIGHT_BODY, t2c={f'"{question}"': INPUT})
        return asked.move_to([LEFT_EDGE, -4.8, 0], aligned_edge=LEFT)

    def get_count(self, checkpoint):
        """The number of updates so far."""
        number = SourcedNumber(
            checkpoint, num_decimal_places=0, font_size=UPRIGHT_BODY, edge_to_fix=LEFT, source=("updates", checkpoint)
        )
        word = Text("Step", font_size=UPRIGHT_BODY).move_to([LEFT_EDGE, 6.3, 0], aligned_edge=LEFT)
        number.next_to(word, RIGHT, 0.2).align_to(word[0], DOWN)
        return VGroup(word, number).fix_in_frame()

    def get_expected(self, step):
        return get_lines(self.training.config.pairs[step][1], EXACT, np.array([LEFT_EDGE, 5.05, 0]))

    def get_said(self, step, stage):
        words, color = self.get_outputs(step)[stage]
        return get_lines(words, color, np.array([LEFT_EDGE, 2.93, 0]))

    # How it is told

    def say(self, words, color=TEXT):
        """Animations: a remark goes, and the next one comes."""
        old, self.remark_shown = self.remark_shown, get_remark(words).set_color(color)
        return [FadeOut(old, time_span=(0, 0.25)), FadeIn(self.remark_shown, time_span=(0.25, 0.6))]

    def answer(self, step, stage, *also, run_time=1.0):
        """Light runs up through all bands, and what the network says now takes the place of what it said before."""
        words = self.get_said(step, stage)
        old = self.said
        gone = [FadeOut(old, time_span=(0.5 * run_time, 0.75 * run_time))] if len(old) else []
        self.play(self.bands.get_forward_pass(), *gone, *also, run_time=0.75 * run_time)
        letters = [letter for line in words for letter in line]
        self.play(LaggedStart(*map(FadeIn, letters), lag_ratio=0.15), run_time=max(0.25, 0.25 * run_time))
        self.remove(*letters)
        self.said = words
        self.add(words)

    def learn(self, checkpoint, *also, run_time=1.0):
        """Animations: all weights go on to a checkpoint at once, and the curve and the counts with them."""
        start, curve = self.curve.time, self.curve
        numbers, losses = (self.count[1], self.loss), self.training.losses_of_all

        def go(_, alpha):
            curve.set_time(interpolate(start, checkpoint, alpha))
            update = round(curve.time)
            numbers[0].set_value(update, source=("updates", update))
            numbers[1].set_value(losses[update], source=Source("loss of all ten answers", (update,), losses))

        self.play(
            *also,
            *self.bands.get_step(checkpoint),
            self.ringed.get_step(checkpoint),
            UpdateFromAlphaFunc(Group(curve, *numbers), go, rate_func=linear),
            run_time=run_time,
        )

    def go_round(self, first, last, rounds, run_time):
        """Some rounds of forward and backward, on the way from one checkpoint to another.

        What was said before them is dimmed: it is not what would be said now.
        """
        if len(self.said):
            self.play(self.said.animate.set_opacity(0.3), run_time=0.15)
        for checkpoint in np.linspace(first, last, rounds + 1).round().astype(int)[1:]:
            there = self.bands.get_forward_pass(run_time=0.5 * run_time / rounds)
            back = self.bands.get_backward_pass(int(checkpoint) - 1, run_time=0.5 * run_time / rounds)
            self.learn(int(checkpoint), Succession(there, back), run_time=run_time / rounds)

    def ask(self, step, *also, run_time=0.7):
        """The next question takes the place of the last one, and what is expected with it."""
        question, expected = self.get_question(step), self.get_expected(step)
        self.play(FadeOut(VGroup(self.question, self.expected)), FadeOut(self.said), run_time=0.3 * run_time)
        self.play(FadeIn(question, 0.3 * UP), FadeIn(expected), *also, run_time=0.7 * run_time)
        self.question, self.expected, self.said = question, expected, VGroup()

    # Beats

    def set_the_stage(self):
        # Show the network and the loss before training
        self.remark_shown = get_remark("Transformer Training").scale(UPRIGHT_TITLE / UPRIGHT_BODY)
        self.curve = LossCurve(self.training.losses_of_all).move_to([LEFT_EDGE, -7.75, 0], aligned_edge=DL)
        self.bands = TransformerBands(self.training, top=1.92)
        self.ringed = RingedWeight(self.bands, self.followed)
        self.count = self.get_count(0)
        self.loss = SourcedNumber(
            self.curve.get_loss(),
            num_decimal_places=2,
            font_size=UPRIGHT_BODY,
            source=Source("loss of all ten answers", (0,), self.training.losses_of_all),
        )
        self.loss.set_color(LOSS).move_to([-LEFT_EDGE, self.count[1].get_y(), 0], aligned_edge=RIGHT)
        word = Text("loss of all ten", font_size=UPRIGHT_SMALL).set_color(LOSS).next_to(self.loss, LEFT, 0.2, DOWN)
        for part in (self.curve, self.loss, word):
            part.fix_in_frame()
        self.question, self.expected, self.said = self.get_question(0), self.get_expected(0), VGroup()
        self.headings = VGroup(
            Text(name, font_size=UPRIGHT_SMALL).set_color(MUTED).move_to([LEFT_EDGE, y, 0], aligned_edge=LEFT)
            for name, y in (("Expected", 5.7), (self.output_name, 3.63))
        )
        self.play(
            FadeIn(self.remark_shown, 0.2 * UP),
            LaggedStart(*(FadeIn(band, 0.3 * UP) for band in self.bands), lag_ratio=0.2),
            FadeIn(VGroup(self.curve, self.count, self.loss, word)),
            run_time=1.3,
        )
        self.play(FadeIn(self.question, 0.3 * UP), FadeIn(VGroup(self.headings, self.expected)), run_time=0.6)
        self.wait(0.4)

        # Say what is real, and what a dot is
        self.play(*self.say(self.remark), run_time=0.6)
        self.wait(2)
        self.play(
            *self.say(self.get_remark_on_dots()),
            ShowCreation(self.ringed.ring),
            FadeIn(self.ringed.number),
            run_time=0.7,
        )
        self.wait(1.6)

    def get_remark_on_dots(self):
        shown, every = sum(self.training.config.recorded), self.training.n_weights
        return f"Dots: {shown} of {every:,} weights. Brighter is larger"

    def take_the_first_step(self):
        # Send the question forward
        self.play(*self.say("Forward: the question runs up through all of them"), run_time=0.6)
        self.answer(0, 0, run_time=2)
        self.wait(0.4)

        # Send the error back
        self.play(*self.say("Backward: what must change?"), run_time=0.6)
        self.play(self.bands.get_backward_pass(0), run_time=2.1)

        # Shift all weights
        self.play(*self.say("All weights shift at once"), run_time=0.6)
        self.learn(1, run_time=1.2)
        self.wait(0.5)

    def go_on_until_it_is_right(self):
        # Go round again until the answer is partly right
        _, middle, last = self.training.lessons[0]
        self.play(*self.say("Again and again, each step with two other questions"), run_time=0.6)
        self.go_round(1, middle, 5, run_time=2.4)
        self.answer(0, 1, run_time=0.8)
        self.wait(1.9)

        # Go round again until the answer is right
        self.go_round(middle, last, 4, run_time=1.6)
        self.answer(0, 2, run_time=0.8)
        self.wait(0.7)

    def ask_the_next_question(self):
        # Ask something new
        _, middle, last = self.training.lessons[1]
        self.ask(1)
        self.answer(1, 0, run_time=1)
        self.play(*self.say(self.get_remark_on_the_old_answer()), run_time=0.6)
        self.wait(1.2)

        # Teach the second answer
        self.go_round(self.training.lessons[1][0], middle, 3, run_time=1.1)
        self.answer(1, 1, run_time=0.7)
        self.wait(1.3)
        self.go_round(middle, last, 3, run_time=0.9)
        self.answer(1, 2, run_time=0.7)
        self.wait(0.5)

    def get_remark_on_the_old_answer(self):
        return "A new question gets the old answer"

    def ask_a_third_one(self):
        # Ask a third question, faster
        first, middle, last = self.training.lessons[2]
        self.ask(2, run_time=0.5)
        self.answer(2, 0, *self.say("And a third"), run_time=0.9)
        self.wait(1.7)
        self.go_round(first, middle, 2, run_time=0.7)
        self.answer(2, 1, run_time=0.6)
        self.wait(2)
        self.go_round(middle, last, 2, run_time=0.6)
        self.answer(2, 2, run_time=0.6)
        self.wait(0.4)

    def turn_to_the_board(self):
        # Leave the page for one with all questions
        self.look = self.first_look = int(np.searchsorted(self.training.looks, self.training.lessons[2][2]))
        self.board = AnswerBoard([question for question, _ in self.training.config.pairs], top=5.05, pitch=1.0)
        self.small = SmallBands(5.75).shift(BOARD)
        self.answers = self.board.get_answers(self.get_board(self.look))
        Group(self.board, self.answers).shift(BOARD)
        self.add(self.board, self.small)
        self.play(
            self.frame.animate.shift(BOARD),
            LaggedStart(*map(FadeIn, self.answers), lag_ratio=0.1),
            *self.say("All ten, as training goes on"),
            run_time=1.6,
        )
        self.wait(1.1)

        # Say what the colours are
        self.play(*self.say("Red: wrong. Yellow: partly. Green: exact"), run_time=0.6)
        self.wait(1.2)

    def teach_the_rest(self):
        # Watch all answers while training goes on
        self.show_looks(0)

        # Say that an update for one can spoil another
        self.play(*self.say("A step for one answer can spoil another"), run_time=0.6)
        self.show_looks(1)
        self.wait(0.5)

        # Go on to the end
        self.play(*self.say("Round after round, they settle"), run_time=0.6)
        self.show_looks(2)

    def show_looks(self, part):
        """Train on to the end of a part, with every answer at each look on the way."""
        until, run_time, _ = self.parts[part]
        last = min(int(np.searchsorted(self.training.looks, until)), len(self.training.looks) - 1)
        for look in range(self.look + 1, last + 1):
            new = self.board.get_answers(self.get_board(look)).shift(BOARD)
            is_new = [now != was for now, was in zip(self.get_board(look), self.get_board(look - 1), strict=True)]
            self.waive_what_goes(look, new)
            changed = [(old, line) for old, line, other in zip(self.answers, new, is_new, strict=True) if other]
            self.learn(
                int(self.training.looks[look]),
                *(FadeOut(old, time_span=(0, 0.12 * run_time)) for old, _ in changed),
                *(FadeIn(line, time_span=(0.12 * run_time, 0.3 * run_time)) for _, line in changed),
                *(
                    FlashAround(line, color=WRONG, stroke_width=6, run_time=run_time)
                    for line in self.get_spoilt(look, new)
                ),
                self.small.get_round(run_time=run_time),
                run_time=run_time,
            )
            rows = zip(self.answers, new, is_new, strict=True)
            self.answers = VGroup(line if other else old for old, line, other in rows)
        self.look = last

    def waive_what_goes(self, look, answers):
        """Tell the layout gate that answers which change again too soon are to be seen, not read."""
        lasts, number, looks = {}, self.first_look, self.training.looks
        for until, seconds, pause in self.parts:
            while number + 1 < len(looks) and looks[number] < until:
                number += 1
                lasts[number] = seconds
            lasts[number] = lasts.get(number, 0.0) + pause
        said = {other: {get_words(words) for words, _ in self.get_board(other)} for other in lasts}
        known = [self.get_board(self.first_look), self.get_board(-1), *map(self.get_outputs, range(self.lessons))]
        before = {get_words(words) for lines in known for words, _ in lines}
        for line, (text, _) in zip(answers, self.get_board(look), strict=True):
            words = get_words(text)
            is_new = words not in before and not any(words in said[other] for other in lasts if other < look)
            stands = sum(seconds for other, seconds in lasts.items() if words in said[other]) - 0.1
            if is_new and len(words) > 1 and stands < 0.3 * len(words) + 0.5:
                line.waive = {"L012": "answers on the board are seen to change, not read"}

    def get_spoilt(self, look, answers):
        """The lines that were exact at the look before, and are not any more."""
        colors = zip(self.get_board(look - 1), self.get_board(look), answers, strict=True)
        return [line for (_, was), (_, now), line in colors if was == EXACT != now]

    def end_with_the_board(self):
        # Count the right answers
        self.play(*self.say(self.get_last_words(), EXACT), run_time=0.6)
        shine = (Indicate(line, scale_factor=1.03, color=EXACT) for line in self.answers)
        self.play(LaggedStart(*shine, lag_ratio=0.15))
        self.wait(0.8)

    def get_last_words(self):
        pairs = self.training.config.pairs
        exact = sum(said == answer for said, (_, answer) in zip(self.training.answers, pairs, strict=True))
        return f"{exact} of {len(pairs)} exact, learned by heart"


class TikTokGradientDescent(TikTokGradientDescentLive):
    """A network's answers go from gibberish to right, in words that illustrate it, over a measured loss."""

    chapter = "Transformer training"
    remark = "The words are illustrations; weights and loss are measured"
    output_name = "Output (illustration)"
    staged = (
        ("<<0x7f3a>>", "Maybe... fruit on..."),
        ("<<err_null>>", "Sugar... cocoa..."),
        ("<<0xfood>>", "Morning... protein..."),
        ("<<gov_??>>", "System... voting..."),
        ("<<choice>>", "Determinism... agency..."),
        ("<<exist??>>", "Purpose... happiness..."),
        ("<<Al_Gore>>", "Network... DARPA..."),
        ("<<drink>>", "Caffeine... taste..."),
        ("<<future>>", "Automation... tools..."),
        ("<<money>>", "Markets... welfare..."),
    )

    def get_outputs(self, step):
        lines = (*self.staged[step], self.training.config.pairs[step][1])
        return list(zip(lines, self.verdicts, strict=True))

    def get_board(self, look):
        """The line for how far the measured answer has come."""
        live = super().get_board(look)
        return [self.get_outputs(row)[self.verdicts.index(color)] for row, (_, color) in enumerate(live)]

    def get_remark_on_the_old_answer(self):
        return "Same weights, a new question"

    def get_last_words(self):
        return "Ten answers, learned by heart"
