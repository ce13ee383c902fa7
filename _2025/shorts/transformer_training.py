from _2025.shorts.training_layout import (
    CAPTION_Y,
    LEFT_EDGE,
    WIDTH,
    Answer,
    LossCurve,
    RingedWeight,
    TransformerBands,
    get_remark,
    readable,
)
from manim_imports_ext import *
from truth.tiny_transformer import PARTLY, get_nudged_losses, likeness, train

WIDE, BOARD = 28, 38  # letters in a line: on the page of one question, on that of all
INSET = 0.45  # of the loss curve, for the numbers left of its axis


class TikTokGradientDescentLive(CaptionedScene):
    """A network's answers go from gibberish to right while each backward pass moves all of its weights at once."""

    frame_shape = (9, 16)
    chapter = "Transformer training, live"
    header = "A tiny transformer, really trained"
    answer_name = "network says"
    notice_size, notice_color = UPRIGHT_SMALL, MUTED  # of what the header and the answer's name say
    colored = {"Green": EXACT}  # words of `on_colors`, and their colours
    on_colors = "Again and again. Green: a right letter in its place"
    on_the_old_answer = "Almost the old answer: it knows no other"
    on_right = "Right, after {} steps"
    followed = 252  # of the recorded weights, the one with the ring
    push = -0.1  # of that weight, to see what the loss does
    asked = 0  # which question is on the page
    compared = 0  # the question shown with its first and last answers at the end
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
        return asked.move_to([LEFT_EDGE, -6.15, 0], aligned_edge=LEFT)

    def get_expected(self, row):
        line = [(letter, EXACT) for letter in self.training.config.pairs[row][1]]
        return Answer([LEFT_EDGE, 2.8, 0], WIDE, line)

    def get_readings(self):
        """The number of updates so far and the loss, in the corner that the curve leaves free: words and numbers."""
        losses, readings = self.training.losses_of_all, VGroup()
        for name, y, color, source, decimals in (
            ("step", 5.45, TEXT, ("updates", 0), 0),
            ("loss of all ten", 4.85, LOSS, Source("loss of all ten answers", (0,), losses), 3),
        ):
            number = SourcedNumber(
                losses[0] if decimals else 0, num_decimal_places=decimals, font_size=UPRIGHT_BODY, source=source
            )
            number.move_to([-LEFT_EDGE, y, 0], aligned_edge=RIGHT)
            word = Text(name, font_size=UPRIGHT_SMALL).next_to([2.6, y, 0], LEFT, 0).align_to(number, DOWN)
            readings.add(VGroup(word, number).set_color(color))
        return readings

    # How it is told

    def say(self, words, *animations, colors=None, **kwargs):
        """A caption at the top of the page, some of its words in colours of their own; see CaptionedScene."""
        super().say(get_remark(words, colors), *animations, **kwargs)

    def train_to(self, last, *animations, run_time=1.0, rounds=1):
        """Train on: in each round light runs forward, then back; then dots, curve, numbers and answers move as one.

        They show every update on the way. Without rounds they just move.
        """
        first, parts = (
            self.curve.time,
            [self.bands, self.curve, *self.readings, *self.answers.values(), *self.marks.values(), *self.ring],
        )

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
            self.set_marks(update)

        lit = 0.55 if rounds else 0  # share of a round in which light runs, and nothing moves
        marks = np.linspace(first, last, max(rounds, 1) + 1).astype(int)[:-1]
        training = UpdateFromAlphaFunc(Group(*parts), go, rate_func=linear, run_time=run_time)
        lights = [self.bands.get_rounds(marks, lit, run_time=run_time)] if rounds else []
        self.play(training, *lights, *animations)

    def set_marks(self, update):
        """Tick the answers that are right, those boldly that were not a few updates ago."""
        for row, mark in self.marks.items():
            is_new = not all(self.is_right(row, max(update - k, 0)) for k in range(10))
            opacity = self.answers[row].opacity if self.is_right(row, update) else 0.0
            mark.set_stroke(EXACT, 20 if is_new else 7, opacity)

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
        header = (
            Text(self.header, font_size=self.notice_size).set_color(self.notice_color).set_max_width(WIDTH).set_y(7.35)
        )
        title = Text("Transformer Training", font_size=UPRIGHT_TITLE).set_y(CAPTION_Y)
        self.curve = LossCurve(self.training.losses_of_all, WIDTH - INSET).shift([LEFT_EDGE + INSET, 3.92, 0])
        self.bands = TransformerBands(self.training, top=0.7)
        self.readings = self.get_readings()
        self.labels = VGroup(
            Text(name, font_size=UPRIGHT_SMALL).set_color(color).move_to([LEFT_EDGE, y, 0], aligned_edge=LEFT)
            for name, y, color in (("right answer", 3.45, EXACT), (self.answer_name, 2.3, self.notice_color))
        )
        self.answers, self.marks, self.ring = {}, {}, Group()
        self.caption = title
        glosses = [band.gloss for band in self.bands.bands]
        self.remove(*glosses)
        self.add(header, title)
        self.add(*(Group(band.panel, band.glow, band.name, band.dots) for band in self.bands.bands))
        self.play(LaggedStart(*(FadeIn(gloss, 0.2 * RIGHT) for gloss in glosses), lag_ratio=0.3), run_time=1.6)
        self.add(self.bands)
        self.wait(0.2)

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
        self.say("Forward: letter by letter, an answer")
        self.ask(run_time=2.4)

        # Measure how wrong it is
        self.say("The loss: how wrong all ten answers are", FadeIn(VGroup(self.curve, self.readings)))

        # Nudge one weight, and see what the loss does
        self.nudge_a_weight()

        # Send the error back
        self.say("Backward: the way down, for all weights at once")
        self.play(self.bands.get_backward_pass(0), run_time=1.8)

        # Move all weights
        self.say("All weights move: right is up, left is down")
        self.train_to(1, run_time=1.5, rounds=0)

    def nudge_a_weight(self):
        """Push the weight in the ring a little, hold the loss against what it was, and let the weight go back."""
        (ringed,), pushes = self.ring, np.linspace(0, self.push, 21)
        (_, reading), losses = self.readings[1], get_nudged_losses(self.training.config, self.followed, pushes)
        numbers = VGroup(
            get_number(losses[k, None], 3, source="nudged loss", font_size=UPRIGHT_BODY).set_color(LOSS)
            for k in (0, -1)
        )
        change = VGroup(numbers[0], Tex(R"\to", font_size=UPRIGHT_BODY), numbers[1]).arrange(RIGHT, buff=0.25)
        change.move_to([LEFT_EDGE + WIDTH, 4.05, 0], aligned_edge=DR)

        def nudge(_, alpha, backwards=False):
            k = round(20 * smooth(float(np.clip(1 - alpha if backwards else alpha, 0, 1))))
            ringed.nudge(pushes[k])
            reading.set_value(losses[k], source=Source("nudged loss", (k,), losses))

        arrow, moving = ringed.get_arrow(0), Group(ringed, reading)
        sense = "up" if self.push > 0 else "down"
        self.say(f"Push one weight {sense} a little: the loss falls", GrowArrow(arrow))
        self.play(UpdateFromAlphaFunc(moving, nudge), FadeIn(change, time_span=(0.6, 1)), run_time=1.2)
        self.wait_until_read()
        back = UpdateFromAlphaFunc(moving, lambda moving, alpha: nudge(moving, alpha, backwards=True))
        self.hush(back, FadeOut(change), FadeOut(arrow), run_time=0.5)

    def go_on_until_it_is_right(self):
        # Go round again until the answer is right
        _, middle, last = map(int, self.training.lessons[0])
        self.say(self.on_colors, colors=self.colored)
        self.train_to(12, run_time=2, rounds=3)
        self.train_to(middle, run_time=2.2, rounds=4)
        self.wait(0.3)
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

        # Teach it the second answer, with the first one beside it
        first, _, last = map(int, self.training.lessons[1])
        again = Text(self.training.config.pairs[0][0], font_size=UPRIGHT_SMALL).set_color(INPUT)
        again.move_to([LEFT_EDGE, -6.85, 0], aligned_edge=LEFT)
        kept = Answer([LEFT_EDGE, -7.45, 0], BOARD, self.get_line(0, first))
        self.say("It learns the second answer too", FadeIn(VGroup(again, kept)))
        self.answers[0] = kept
        self.train_to(int(first + last) // 2, run_time=1.8, rounds=3)
        self.train_to(last, run_time=1.4, rounds=2)
        self.again = again

    def turn_to_the_board(self):
        # Make room for all questions
        step = round(self.curve.time)
        small = TransformerBands(self.training, top=3.2, is_small=True).set_time(step)
        corners = [np.array([LEFT_EDGE, 2.1 - 0.94 * row, 0]) for row in range(len(self.training.config.pairs))]
        self.questions = VGroup()
        for (question, _), corner in zip(self.training.config.pairs, corners, strict=True):
            text = Text(question, font_size=UPRIGHT_SMALL).set_color(INPUT)
            self.questions.add(text.shift(corner - text[0].get_corner(DL)))
        answers = {
            row: Answer(corner + 0.39 * DOWN, BOARD, self.get_line(row, step)) for row, corner in enumerate(corners)
        }
        self.play(
            FadeOut(VGroup(self.question, self.expected, self.labels, self.again, *self.answers.values())),
            FadeOut(self.ring),
            FadeOut(Group(*(part for band in self.bands.bands for part in (band.name, band.gloss)))),
            run_time=0.4,
        )
        self.play(
            *(
                ReplacementTransform(getattr(old, part), getattr(new, part))
                for old, new in zip(self.bands.bands, small.bands, strict=True)
                for part in ("panel", "dots")
            )
        )
        self.remove(self.bands)
        tick = np.array([[0, 0.14, 0], [0.14, 0, 0], [0.42, 0.34, 0]]) + (WIDTH - 0.5) * RIGHT
        self.marks = {row: Polyline(*(corner + tick)) for row, corner in enumerate(corners)}
        self.bands, self.answers, self.ring = small, answers, Group()
        self.set_marks(step)
        self.add(small)
        lines = FadeIn(VGroup(*answers.values(), *self.marks.values()), lag_ratio=0.1)
        self.say("All ten questions, as training goes on", FadeIn(self.questions), lines)

    def teach_the_rest(self):
        # Watch all answers while training goes on
        self.train_to(self.spoils[0], run_time=4, rounds=7)

        # Say that an update for one can spoil another
        first, last = self.spoils
        moved = [row for row in self.answers if self.is_right(row, first) != self.is_right(row, first + 10)]
        others = [row for row in self.answers if row not in moved]
        self.say("While one answer improves, another slips", *self.fade(others, 0.25))
        self.set_opacity_of(others, 0.25)
        self.train_to(first + 10, run_time=2, rounds=4)
        self.wait(0.5)
        self.play(*self.fade(others, 1), run_time=0.3)
        self.set_opacity_of(others, 1)
        self.train_to(last, run_time=1.5, rounds=2)

        # Go on until all are right
        self.finish_the_training()

        # Hold all of them
        exact, n = sum(self.is_right(row, -1) for row in self.answers), len(self.training.config.pairs)
        self.say(f"{exact} of {n} learned by heart")
        self.wait(2.5)

    def finish_the_training(self):
        """Stop before the last step, where one answer is left, at the letter where that one goes wrong."""
        last = len(self.training.losses)
        self.train_to(last - 1, run_time=3.5, rounds=6)
        (row,) = (row for row in self.answers if not self.is_right(row, last - 1))
        words, box = self.point_at_the_slip(row, last - 1)
        right = Answer(self.answers[row].corner + 0.5 * DOWN, BOARD, self.get_expected(row).line)
        self.say(words, FadeIn(VGroup(right, box)))
        self.wait_until_read()
        self.play(FadeOut(VGroup(right, box)), run_time=0.3)
        self.train_to(last, run_time=1.2)

    def fade(self, rows, opacity):
        """Animations: some rows of the board step back, or come forward again."""
        for row in rows:
            yield self.questions[row].animate.set_opacity(opacity)
            yield self.answers[row].animate.set_faded(opacity)

    def set_opacity_of(self, rows, opacity):
        for row in rows:
            self.answers[row].set_faded(opacity)

    def point_at_the_slip(self, row, step):
        """What to say of the first wrong letter of an answer, and a box round it."""
        line, answer = self.get_line(row, step), self.training.config.pairs[row][1]
        first = next(k for k, (_, color) in enumerate(line) if color == WRONG)
        drawn = sum(letter != " " for letter, _ in line[:first])
        box = SurroundingRectangle(self.answers[row][drawn], buff=0.07).set_stroke(FOCUS, 5)
        return f"One wrong letter, {line[first][0]} for {answer[first]}, misleads the rest", box

    def is_right(self, row, step):
        return self.training.board[step][row] == self.training.config.pairs[row][1]

    def hold_first_against_last(self):
        # Put what it said before training over what it says now
        question = self.questions[self.compared]
        self.hush(
            FadeOut(VGroup(*self.answers.values(), *self.marks.values())),
            FadeOut(VGroup(*(other for other in self.questions if other is not question))),
        )
        self.say(
            "Before training, and after",
            question.animate.scale(UPRIGHT_BODY / UPRIGHT_SMALL).move_to([LEFT_EDGE, 1.0, 0], aligned_edge=LEFT),
        )
        for step, name, y, color in ((0, "before", -0.7, WRONG), (-1, "after", -4.5, EXACT)):
            label = Text(name, font_size=UPRIGHT_BODY).set_color(color).move_to([LEFT_EDGE, y, 0], aligned_edge=LEFT)
            said = Answer([LEFT_EDGE, y - 0.85, 0], WIDE, self.get_line(self.compared, step))
            self.play(FadeIn(VGroup(label, said), lag_ratio=0.05), run_time=0.7)
        self.wait(2)


class TikTokGradientDescent(TikTokGradientDescentLive):
    """A network's answers go from gibberish to right, in words that illustrate it, over a measured loss."""

    chapter = "Transformer training"
    header = "Loss: measured. Wrong answers: written by us"
    answer_name = "network says (wrong words are ours)"
    notice_size, notice_color = 46, FOCUS
    colored = {"wrong": WRONG, "halfway": PARTLY_RIGHT, "right": EXACT}
    on_colors = "Again and again: wrong, halfway, right"
    on_the_old_answer = "The old answer: it knows no other"
    on_right = "The first answer is right"
    staged = (
        ("<<0x7f3a>>", "Maybe... fruit on..."),
        ("<<q9#kvz>>", "Sugar... cocoa..."),
        ("<<7wxp>>", "Morning... protein..."),
        ("<<jf_2%>>", "System... voting..."),
        ("<<zr8hq>>", "Determinism... agency..."),
        ("<<u?!nb>>", "Purpose... happiness..."),
        ("<<0xe9c4>>", "Network... DARPA..."),
        ("<<mvk3>>", "Caffeine... taste..."),
        ("<<#tj7y>>", "Automation... tools..."),
        ("<<gq5w>>", "Markets... welfare..."),
    )

    def get_stage(self, row, step):
        """0, 1, 2: wrong, halfway, right, by what the network of the run really says; what was learned is halfway."""
        said, answer = str(self.training.board[step][row]), self.training.config.pairs[row][1]
        if said == answer:
            return 2
        return int(likeness(said, answer) >= PARTLY or row in self.get_learned(step))

    def get_learned(self, step):
        """The questions whose lessons are over, in order."""
        return [row for row, lesson in enumerate(self.training.lessons) if lesson[2] <= step]

    def get_line(self, row, step):
        """What stands for how right it is, in one colour; once something is learned, what is wrong is that."""
        stage, learned = self.get_stage(row, step), self.get_learned(step)
        gibberish, halfway = self.staged[row]
        wrong = self.training.config.pairs[learned[-1]][1] if learned else gibberish
        words = (wrong, halfway, self.training.config.pairs[row][1])[stage]
        return [(letter, (WRONG, PARTLY_RIGHT, EXACT)[stage]) for letter in words]

    def is_right(self, row, step):
        return self.get_stage(row, step) == 2

    def finish_the_training(self):
        self.train_to(len(self.training.losses), run_time=4.5, rounds=7)
