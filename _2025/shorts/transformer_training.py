from _2025.shorts.training_layout import (
    LEFT_EDGE,
    Answer,
    LossCurve,
    RingedWeight,
    TransformerBands,
    get_remark,
    readable,
)
from manim_imports_ext import *
from truth.tiny_transformer import train

WIDE, BOARD = 28, 38  # letters in a line: on the page of one question, on that of all


class TikTokGradientDescentLive(CaptionedScene):
    """A network's answers go from gibberish to right while each backward pass moves all of its weights at once."""

    frame_shape = (9, 16)
    chapter = "Transformer training, live"
    header = "A tiny transformer, really trained"
    answer_name = "network says"
    on_colors = "Again and again. Green: a right letter in its place"
    on_the_old_answer = "Almost the old answer: it knows no other"
    on_right = "Right, after {} steps"
    on_spoils = "A step for one answer can spoil another"
    followed = 251  # of the recorded weights, the one with the ring
    asked = 0  # which question is on the page
    compared = 0, 1, 9  # questions shown with their first and last answers at the end
    caption_goes, caption_comes, seconds_more = 0.25, 0.5, 0.5
    spoils = 270, 300  # updates between which answers that were right are wrong again

    def construct(self):
        self.training = train()
        self.set_the_stage()
        self.take_the_first_step()
        self.go_on_until_it_is_right()
        self.ask_the_next_question()
        self.turn_to_the_board()
        self.teach_the_rest()
        self.hold_first_against_last()

    # What is shown

    def get_line(self, row, step):
        """What is said to a question after so many updates: letters, each green if it is right where it stands."""
        said, answer = str(self.training.board[step][row]), self.training.config.pairs[row][1]
        return [
            (letter, EXACT if k < len(answer) and said[k] == answer[k] else WRONG)
            for k, letter in enumerate(readable(said))
        ]

    def get_question(self, row):
        """The input line, below the network."""
        question = self.training.config.pairs[row][0]
        asked = Text(f"Input: {question}", font_size=UPRIGHT_BODY, t2c={question: INPUT})
        return asked.move_to([LEFT_EDGE, -6.2, 0], aligned_edge=LEFT)

    def get_expected(self, row):
        line = [(letter, EXACT) for letter in self.training.config.pairs[row][1]]
        return Answer([LEFT_EDGE, 2.8, 0], WIDE, line)

    def get_readings(self):
        """The number of updates so far and the loss, in the corner that the curve leaves free: words and numbers."""
        losses, readings = self.training.losses_of_all, VGroup()
        for name, y, color, source, decimals in (
            ("step", 5.55, TEXT, ("updates", 0), 0),
            ("loss of all ten", 4.95, LOSS, Source("loss of all ten answers", (0,), losses), 3),
        ):
            number = SourcedNumber(
                losses[0] if decimals else 0, num_decimal_places=decimals, font_size=UPRIGHT_BODY, source=source
            )
            number.move_to([-LEFT_EDGE, y, 0], aligned_edge=RIGHT)
            word = Text(name, font_size=UPRIGHT_SMALL).next_to([2.6, y, 0], LEFT, 0).align_to(number, DOWN)
            readings.add(VGroup(word, number).set_color(color))
        return readings

    # How it is told

    def say(self, words, *animations, **kwargs):
        """A caption at the top of the page; see CaptionedScene."""
        super().say(get_remark(words), *animations, **kwargs)

    def train_to(self, last, *animations, run_time=1.0, rounds=1):
        """Train on: in each round light runs forward, then back; then dots, curve, numbers and answers move as one.

        They show every update on the way. Without rounds they just move.
        """
        first, parts = self.curve.time, [self.bands, self.curve, *self.readings, *self.answers.values(), *self.ring]

        def go(_, alpha):
            place = alpha * len(marks)
            n = min(int(place), len(marks) - 1)
            done = np.clip((place - n - lit) / (1 - lit), 0, 1)
            time = interpolate(*[*marks, last][n : n + 2], done)
            update = int(time + 1e-6)
            for part in (self.bands, self.curve, *self.ring):
                part.set_time(time)
            (_, count), (_, loss) = self.readings
            count.set_value(update, source=("updates", update))
            losses = self.training.losses_of_all
            loss.set_value(losses[update], source=Source("loss of all ten answers", (update,), losses))
            for row, answer in self.answers.items():
                answer.set_line(self.get_line(row, update))

        lit = 0.55 if rounds else 0  # share of a round in which light runs, and nothing moves
        marks = np.linspace(first, last, max(rounds, 1) + 1).astype(int)[:-1]
        training = UpdateFromAlphaFunc(Group(*parts), go, rate_func=linear, run_time=run_time)
        lights = [self.bands.get_rounds(marks, lit, run_time=run_time)] if rounds else []
        self.play(training, *lights, *animations)

    def ask(self, *animations, run_time=2.0):
        """Light runs up through all bands, and what the network says comes out of the last one, letter by letter."""
        row = self.asked
        answer = Answer([LEFT_EDGE, 1.62, 0], WIDE, self.get_line(row, round(self.curve.time)))
        self.play(self.bands.get_forward_pass(), *animations, run_time=0.6 * run_time)
        letters = list(answer)
        self.play(
            LaggedStart(*(FadeIn(letter, 0.8 * UP) for letter in letters), lag_ratio=0.2), run_time=0.4 * run_time
        )
        self.remove(*letters)
        self.add(answer)
        self.answers = {row: answer}

    # Beats

    def set_the_stage(self):
        # Show the network before training
        header = Text(self.header, font_size=UPRIGHT_SMALL).set_color(MUTED).set_y(7.6)
        title = Text("Transformer Training", font_size=UPRIGHT_TITLE).set_y(6.75)
        self.curve = LossCurve(self.training.losses_of_all).shift([LEFT_EDGE, 3.95, 0])
        self.bands = TransformerBands(self.training, top=0.7)
        self.readings = self.get_readings()
        self.labels = VGroup(
            Text(name, font_size=UPRIGHT_SMALL).set_color(color).move_to([LEFT_EDGE, y, 0], aligned_edge=LEFT)
            for name, y, color in (("right answer", 3.48, EXACT), (self.answer_name, 2.32, MUTED))
        )
        self.answers, self.ring = {}, Group()
        self.caption = title
        glosses = [band.gloss for band in self.bands.bands]
        self.remove(*glosses)
        self.add(header, title, self.curve, self.readings)
        self.add(*(Group(band.panel, band.glow, band.name, band.dots) for band in self.bands.bands))
        self.play(LaggedStart(*(FadeIn(gloss, 0.2 * RIGHT) for gloss in glosses), lag_ratio=0.3), run_time=1.8)
        self.add(self.bands)
        self.wait(0.6)

        # Give it the first question
        self.question, self.expected = self.get_question(0), self.get_expected(0)
        comes = FadeIn(self.question, 0.3 * UP), FadeIn(VGroup(self.labels, self.expected))
        self.say("Ten questions to learn. Here is the first", *comes)

        # Say what a dot is
        self.ring = Group(RingedWeight(self.bands, self.followed))
        shown, every = sum(self.training.config.recorded), self.training.n_weights
        self.say(f"Dots: {shown} of its {every:,} weights. Brighter is larger", FadeIn(self.ring))

    def take_the_first_step(self):
        # Send the question forward
        self.say("Forward: an answer. Loss: how wrong all ten are")
        self.ask(run_time=2.6)

        # Send the error back
        self.say("Backward: which way must each weight move?")
        self.play(self.bands.get_backward_pass(0), run_time=1.8)

        # Show which way the ringed one must move
        (ringed,) = self.ring
        grows = np.diff(self.training.weights[:2, self.followed])[0] > 0
        arrow = ringed.get_arrow(0)
        self.say(f"To lower the loss, this one must {'grow' if grows else 'shrink'}", GrowArrow(arrow))

        # Move all weights
        self.say("All weights move at once: right is up, left is down")
        self.train_to(1, FadeOut(arrow, time_span=(2, 2.5)), run_time=2.5, rounds=0)

    def go_on_until_it_is_right(self):
        # Go round again until the answer is right
        _, middle, last = map(int, self.training.lessons[0])
        self.say(self.on_colors)
        self.train_to(12, run_time=2, rounds=3)
        self.train_to(middle, run_time=2.5, rounds=4)
        self.wait(0.8)
        self.train_to(last, run_time=2, rounds=3)
        self.say(self.on_right.format(last), FlashAround(self.answers[0], color=EXACT, stroke_width=6))

    def ask_the_next_question(self):
        # Ask something new
        self.say("What does it say to a new question?")
        self.asked, question, expected = 1, self.get_question(1), self.get_expected(1)
        self.play(FadeOut(VGroup(self.question, self.expected, *self.answers.values())), run_time=0.25)
        self.play(FadeIn(question, 0.3 * UP), FadeIn(expected), run_time=0.5)
        self.question, self.expected = question, expected
        self.ask(run_time=1.8)
        self.say(self.on_the_old_answer)
        self.wait_until_read()

        # Teach it the second answer
        first, _, last = map(int, self.training.lessons[1])
        self.say("The old answer is overwritten")
        self.train_to(int(first + last) // 2, run_time=1.8, rounds=3)
        self.train_to(last, run_time=1.4, rounds=2)

    def turn_to_the_board(self):
        # Make room for all questions
        step = round(self.curve.time)
        small = TransformerBands(self.training, top=2.8, is_small=True).set_time(step)
        corners = [np.array([LEFT_EDGE, 1.45 - 0.79 * row, 0]) for row in range(len(self.training.config.pairs))]
        self.questions = VGroup()
        for (question, _), corner in zip(self.training.config.pairs, corners, strict=True):
            text = Text(question, font_size=UPRIGHT_SMALL).set_color(INPUT)
            self.questions.add(text.shift(corner - text[0].get_corner(DL)))
        answers = {
            row: Answer(corner + 0.36 * DOWN, BOARD, self.get_line(row, step)) for row, corner in enumerate(corners)
        }
        self.play(
            FadeOut(VGroup(self.question, self.expected, self.labels, *self.answers.values())),
            FadeOut(self.ring),
            FadeOut(Group(*(part for band in self.bands.bands for part in (band.name, band.gloss)))),
            run_time=0.4,
        )
        pairs = list(zip(self.bands.bands, small.bands, strict=True))
        rises = [new.panel.get_y() - old.panel.get_y() for old, new in pairs]
        for (_, new), rise in zip(pairs, rises, strict=True):
            new.shift(rise * DOWN)
        self.play(
            *(
                ReplacementTransform(getattr(old, part), getattr(new, part))
                for old, new in pairs
                for part in ("panel", "dots")
            )
        )
        self.remove(self.bands)
        self.bands, self.answers, self.ring = small, answers, Group()
        self.add(small)
        self.play(*(ApplyMethod(new.shift, rise * UP) for (_, new), rise in zip(pairs, rises, strict=True)))
        lines = FadeIn(VGroup(*answers.values()), lag_ratio=0.1)
        self.say("All ten questions, as training goes on", FadeIn(self.questions), lines)

    def teach_the_rest(self):
        # Watch all answers while training goes on
        self.train_to(self.spoils[0], run_time=5, rounds=8)

        # Say that an update for one can spoil another
        self.say(self.on_spoils)
        first, last = self.spoils
        rows = [row for row in self.answers if self.is_right(row, first) and not self.is_right(row, first + 10)]
        everything, others = self.answers, [row for row in self.answers if rows and row not in rows]
        dimmed = VGroup(part for row in others for part in (self.questions[row], everything[row]))
        if others:
            self.play(dimmed.animate.set_opacity(0.25), run_time=0.5)
        self.answers = {row: answer for row, answer in everything.items() if row not in others}
        self.train_to(first + 10)
        self.wait()
        if others:
            self.play(dimmed.animate.set_opacity(1), run_time=0.3)
        self.answers = everything
        self.train_to(last, run_time=2, rounds=2)

        # Go on until one answer is left
        last = len(self.training.losses)
        self.train_to(last - 1, run_time=4, rounds=7)

        # Find the letter where that one goes wrong
        (row,) = (row for row in self.answers if not self.is_right(row, last - 1))
        words, box = self.point_at_the_slip(row, last - 1)
        self.say(words, FadeIn(box))

        # Take the last step
        self.wait_until_read()
        self.train_to(last, FadeOut(box, time_span=(0.9, 1.2)), run_time=1.5)

    def point_at_the_slip(self, row, step):
        """What to say of the first wrong letter of an answer, and a box round it."""
        line, answer = self.get_line(row, step), self.training.config.pairs[row][1]
        first = next(k for k, (_, color) in enumerate(line) if color == WRONG)
        drawn = sum(letter != " " for letter, _ in line[:first])
        box = SurroundingRectangle(self.answers[row][drawn], buff=0.07).set_stroke(FOCUS, 5)
        return f"One letter, {line[first][0]} for {answer[first]}, derails those that follow", box

    def is_right(self, row, step):
        return self.training.board[step][row] == self.training.config.pairs[row][1]

    def hold_first_against_last(self):
        # Put what it said before training over what it says now
        self.say(
            self.get_last_words(),
            FadeOut(VGroup(self.questions, *self.answers.values()), time_span=(0, 0.3)),
            run_time=0.8,
        )
        for n, row in enumerate(self.compared):
            corner = np.array([LEFT_EDGE, 1.05 - 2.7 * n, 0])
            question = Text(self.training.config.pairs[row][0], font_size=UPRIGHT_BODY).set_color(INPUT)
            pair = VGroup(question.move_to(corner, aligned_edge=DL))
            for step, name, down in ((0, "before", 0.5), (-1, "after", 1.4)):
                label = Text(name, font_size=UPRIGHT_SMALL).set_color(MUTED)
                pair.add(label.move_to(corner + down * DOWN, aligned_edge=LEFT))
                pair.add(Answer(corner + (down + 0.5) * DOWN, BOARD, self.get_line(row, step)))
            self.play(FadeIn(pair, lag_ratio=0.1), run_time=0.9)
        self.wait(1)
        self.wait_until_read()

    def get_last_words(self):
        exact, n = sum(self.is_right(row, -1) for row in self.answers), len(self.training.config.pairs)
        return f"Before and after: {exact} of {n} learned by heart"


class TikTokGradientDescent(TikTokGradientDescentLive):
    """A network's answers go from gibberish to right, in words that illustrate it, over a measured loss."""

    chapter = "Transformer training"
    header = "Words invented; loss and weights measured"
    answer_name = "network says (illustration)"
    on_colors = "Again and again: gibberish, partial, aligned"
    on_the_old_answer = "Same weights, a new question"
    on_spoils = "One question after the other"
    on_right = "Illustrated as right from step {}"
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

    def get_stage(self, row, step):
        """0, 1, 2: before, in and after the middle of the question's lesson."""
        _, middle, last = self.training.lessons[row]
        return int(step >= middle) + int(step >= last) if step >= 0 else 2

    def get_line(self, row, step):
        """The line for how far the lesson has come, in one colour."""
        stage = self.get_stage(row, step)
        words = (*self.staged[row], self.training.config.pairs[row][1])[stage]
        return [(letter, (WRONG, PARTLY_RIGHT, EXACT)[stage]) for letter in words]

    def is_right(self, row, step):
        return self.get_stage(row, step) == 2

    def point_at_the_slip(self, row, step):
        return "One answer is left: one more step", VGroup()

    def get_last_words(self):
        return "Before and after training, illustrated"
