from _2025.shorts.training_layout import (
    LEFT_EDGE,
    WIDTH,
    Answer,
    ChanceBars,
    LossCurve,
    TransformerBands,
    WeightRuler,
    get_remark,
    readable,
)
from manim_imports_ext import *
from truth.tiny_transformer import PARTLY, get_nudged_losses, likeness, train

WIDE, BOARD = 28, 43  # letters in a line: on the page of one question, on that of all
INSET = 0.45  # of the loss curve, for the numbers left of its axis
RIGHT_Y, SAYS_Y = 2.05, 0.85  # baselines of the right answer, and of what the network says
BANDS_Y = -0.1  # the top of the network
UPPER_Y = 3.5  # of the title, between the upper edge and the network


class TikTokGradientDescentLive(CaptionedScene):
    """A network's answers go from gibberish to right while each backward pass moves all of its weights at once."""

    frame_shape = (9, 16)
    chapter = "Transformer training, live"
    subtitle = "A tiny one, really trained"
    on_dots = "Dots: {} of its {:,} weights. Brighter is larger"
    on_right = "Right, after {} steps"
    columns = BOARD  # letters in a line of the board
    is_plain = False  # whether the bands say only their names
    followed = 252  # of the recorded weights, the one that is drawn on a ruler
    push = -0.1  # of that weight, to see what the loss does
    asked = 0  # which question is on the page
    holds = 12, 49, 71  # updates at which the first answer is looked at
    compared = 0, 71, -1  # updates whose answers to the first question stand at the end
    caption_goes, caption_comes, seconds_more = 0.25, 0.5, 0.5
    unwatched = 0.15  # how strongly the other answers stand while a few are watched
    # From one update to others, where it is held for a while, and which answers are watched there.
    spoils = ((270, 280), (4, 5)), ((302, 306, 310), (0, 7))

    def construct(self):
        self.training = train()
        self.set_the_stage()
        self.take_the_first_step()
        self.go_on_until_it_is_right()
        self.ask_the_next_question()
        self.turn_to_the_board()
        self.teach_the_rest()
        self.look_back()

    # What is shown

    def get_line(self, row, step):
        """What is said to a question after so many updates: letters, green up to the first one that is wrong."""
        said, answer = str(self.training.board[step][row]), self.training.config.pairs[row][1]
        right = next((k for k, pair in enumerate(zip(said, answer, strict=False)) if pair[0] != pair[1]), len(answer))
        return [(letter, EXACT if k < right else WRONG) for k, letter in enumerate(readable(said))]

    def get_opacity(self, row, step):
        """How strongly an answer stands on the page: those that are not yet taught are quiet, and all not watched."""
        if len(self.answers) == 1 or row in self.watched:
            return 1.0
        if self.watched:
            return 0.0 if row in self.covered else self.unwatched
        return 1.0 if self.training.lessons[row][0] <= step or self.is_right(row, step) else 0.3

    def get_question(self, row):
        """The input line, below the network."""
        question = self.training.config.pairs[row][0]
        asked = Text(f"Input: {question}", font_size=UPRIGHT_BODY, t2c={question: INPUT})
        return asked.move_to([LEFT_EDGE, -5.93, 0], aligned_edge=LEFT)

    def get_list(self):
        """All questions, in two columns where the loss curve will be."""
        texts = VGroup()
        for row, (question, _) in enumerate(self.training.config.pairs):
            text = Text(question, font_size=UPRIGHT_SMALL).set_color(INPUT)
            column, line = divmod(row, 5)
            corner = np.array([LEFT_EDGE + 4.25 * column, 5.6 - 0.53 * line, 0])
            texts.add(text.shift(corner - text[0].get_corner(DL)))
        return texts

    def get_expected(self, row):
        line = [(letter, EXACT) for letter in self.training.config.pairs[row][1]]
        return Answer([LEFT_EDGE, RIGHT_Y, 0], WIDE, line)

    def get_readings(self):
        """The number of updates so far and the loss, in the corner that the curve leaves free: words and numbers."""
        losses, readings = self.training.losses_of_all, VGroup()
        for name, y, color, source, decimals in (
            ("step", 5.65, TEXT, ("updates", 0), 0),
            ("loss", 4.95, LOSS, Source("loss of all ten answers", (0,), losses), 3),
        ):
            number = SourcedNumber(
                losses[0] if decimals else 0, num_decimal_places=decimals, font_size=UPRIGHT_BODY, source=source
            )
            number.move_to([-LEFT_EDGE, y, 0], aligned_edge=RIGHT)
            word = Text(name, font_size=UPRIGHT_SMALL).next_to([2.4, y, 0], LEFT, 0).align_to(number, DOWN)
            readings.add(VGroup(word, number).set_color(color))
        return readings

    def get_ruler(self, low, high, step):
        return WeightRuler(self.training, self.followed, low, high, step, y=-6.95)

    # How it is told

    def say(self, words, *animations, colors=None, **kwargs):
        """A caption at the top of the page, some of its words in colours of their own; see CaptionedScene."""
        super().say(get_remark(words, colors), *animations, **kwargs)

    def train_to(self, last, *animations, run_time=1.0, rounds=1):
        """Train on: in each round light runs forward, then back; then dots, curve, numbers and answers move as one.

        They show every update on the way, and are painted in the order of `parts`. Without rounds they just move.
        """
        first, moving = self.curve.time, [self.bands, self.curve, *self.ruler]
        parts = [*moving, *self.readings, *self.cards.values(), *self.questions, *self.answers.values()]
        parts += self.marks.values()

        def go(_, alpha):
            place = float(np.clip(alpha, 0, 1)) * len(marks)
            n = min(int(place), len(marks) - 1)
            done = np.clip((place - n - lit) / (1 - lit), 0, 1)
            time = interpolate(*[*marks, last][n : n + 2], done)
            update = int(time + 1e-6)
            for part in moving:
                part.set_time(time)
            (_, count), (_, loss) = self.readings
            count.set_value(update, source=("updates", update))
            losses = self.training.losses_of_all
            loss.set_value(losses[update], source=Source("loss of all ten answers", (update,), losses))
            self.show_answers(update)

        lit = 0.55 if rounds else 0  # share of a round in which light runs, and nothing moves
        marks = np.linspace(first, last, max(rounds, 1) + 1).astype(int)[:-1]
        training = UpdateFromAlphaFunc(Group(*parts), go, rate_func=linear, run_time=run_time)
        lights = [self.bands.get_rounds(marks, lit, run_time=run_time)] if rounds else []
        self.play(training, *lights, *animations)

    def show_answers(self, update):
        """Say what is said then; tick the answers that are right, those boldly that were not a few updates ago."""
        for row, answer in self.answers.items():
            answer.show(self.get_line(row, update), self.get_opacity(row, update))
        for row, mark in self.marks.items():
            is_new = not all(self.is_right(row, max(update - k, 0)) for k in range(10))
            opacity = self.get_opacity(row, update) if self.is_right(row, update) else 0.0
            mark.set_stroke(EXACT, 18 if is_new else 8, opacity)

    def ask(self, *animations, run_time=2.0):
        """Light runs up through all bands, and what the network says comes out of the last one, letter by letter."""
        row = self.asked
        answer = Answer([LEFT_EDGE, SAYS_Y, 0], WIDE, self.get_line(row, round(self.curve.time)))
        self.play(self.bands.get_forward_pass(), run_time=0.6 * run_time)
        self.write(answer, *animations, run_time=0.4 * run_time)
        self.answers = {row: answer}

    def write(self, answer, *animations, run_time, first=0):
        """Write an answer from its glyph `first` on."""
        letters = list(answer)[first:]
        rising = LaggedStart(*(FadeIn(letter, 0.6 * UP) for letter in letters), lag_ratio=0.2, run_time=run_time)
        self.play(rising, *animations)
        self.remove(*letters)
        self.add(answer)

    # Beats

    def set_the_stage(self):
        # Show the network before training, block by block
        title = Text("Transformer Training", font_size=UPRIGHT_TITLE + 8).set_max_width(WIDTH).set_y(UPPER_Y)
        subtitle = Text(self.subtitle, font_size=UPRIGHT_BODY).set_color(MUTED).next_to(title, DOWN, buff=0.4)
        self.curve = LossCurve(self.training.losses_of_all, WIDTH - INSET).shift([LEFT_EDGE + INSET, 3.6, 0])
        self.bands = TransformerBands(self.training, BANDS_Y, is_plain=self.is_plain, hidden=self.followed)
        self.readings = self.get_readings()
        self.labels = VGroup(
            Text(name, font_size=UPRIGHT_SMALL).set_color(color).move_to([LEFT_EDGE, y, 0], aligned_edge=LEFT)
            for name, y, color in (("right answer", 2.72, EXACT), ("network says", 1.52, MUTED))
        )
        self.answers, self.marks, self.cards, self.ruler, self.watched = {}, {}, {}, Group(), ()
        self.questions, self.covered = VGroup(), ()
        self.title = VGroup(title, subtitle)
        self.ring = Circle(radius=0.17).set_stroke(FOCUS, 4).move_to(self.bands.get_place(self.followed))
        whole = TransformerBands(self.training, BANDS_Y, is_plain=self.is_plain)
        self.add(self.title, *(Group(band.panel, band.glow) for band in whole.bands))
        words = [VGroup(band.name, *band.gloss) for band in whole.bands]
        self.play(LaggedStart(*(FadeIn(word, 0.2 * RIGHT) for word in words), lag_ratio=0.35), run_time=1.6)

        # Say what a dot is
        self.whole = whole
        shown, every = sum(self.training.config.recorded), self.training.n_weights
        dots = LaggedStart(*(FadeIn(band.dots) for band in whole.bands), lag_ratio=0.35)
        self.say(self.on_dots.format(shown, every), run_time=0.3)
        self.play(dots, run_time=2)

        # Give it the first question
        self.question, self.expected, self.list = self.get_question(0), self.get_expected(0), self.get_list()
        self.say("Ten questions to learn. Here is the first", FadeOut(self.title), run_time=0.3)
        self.play(FadeIn(self.list, lag_ratio=0.1), run_time=1.2)
        self.play(
            self.list[1:].animate.set_opacity(0.4),
            FlashAround(self.list[0], color=FOCUS, stroke_width=6),
            FadeIn(self.question, 0.3 * UP, time_span=(0.4, 1)),
            run_time=1,
        )
        self.play(FadeIn(VGroup(self.labels, self.expected), 0.2 * UP), run_time=0.5)

    def take_the_first_step(self):
        # Send the question forward, and each letter after it
        self.send_the_question()

        # Measure how wrong one letter is
        self.measure_a_letter()

        # Average it over all letters of all answers
        self.say(
            "The loss: averaged over all ten answers",
            FadeOut(self.bars, 0.5 * UP),
            FadeIn(VGroup(self.curve, self.readings), time_span=(0.3, 0.8)),
            run_time=0.8,
        )

        # Put one weight on a ruler
        self.put_one_weight_on_a_ruler()

        # Nudge it, and see what the loss does
        self.nudge_a_weight()

        # Send the error back, and leave a direction at every weight
        self.say("Backward: how each weight changes the loss", run_time=0.3)
        self.play(self.bands.get_backward_pass(0), run_time=2.2)
        arrows = VGroup(*(band.dots.get_arrows() for band in self.bands.bands))
        self.say("From the gradient: a direction for every weight", run_time=0.3)
        rising = LaggedStart(*(FadeIn(some, lag_ratio=0.02) for some in reversed(arrows)), lag_ratio=0.2)
        self.play(rising, run_time=1.8)

        # Step all weights along their arrows
        self.ruler[0].leave_ghost()
        self.say("Gradient descent: all step at once (drawn larger)", run_time=0.3)
        self.train_to(1, FadeOut(arrows, time_span=(1.6, 2.2)), run_time=2.2, rounds=0)

    def send_the_question(self):
        """Light runs up for each letter; the first two are followed back to the input, where they are read too."""
        self.say("Letter by letter: each one goes back in", run_time=0.3)
        answer = Answer([LEFT_EDGE, SAYS_Y, 0], WIDE, self.get_line(0, 0))
        read = VGroup()
        for k, run_time in enumerate((1.2, 0.9)):
            self.play(self.whole.get_forward_pass(), run_time=run_time)
            self.play(FadeIn(answer[k], 0.6 * UP), run_time=0.25)
            copy = answer[k].copy()
            back = copy.copy().next_to(read if len(read) else self.question, RIGHT, buff=0.12)
            back.set_y(self.question[-1].get_y())
            self.play(MoveAlongPath(copy, self.get_way_back(copy, back)), run_time=0.7)
            read.add(copy)
        self.write(answer, FadeOut(read, time_span=(0.8, 1.2)), first=2, run_time=1.2)
        self.answers = {0: answer}

    def get_way_back(self, start, end):
        """From a letter round the network's right edge to the input."""
        side = LEFT_EDGE + WIDTH + 0.2
        corners = start.get_center(), [side, 0.2, 0], [side, -5.6, 0], end.get_center()
        return VMobject().set_points_as_corners([np.array(corner) for corner in corners])

    def measure_a_letter(self):
        """The loss of the first letter: minus the logarithm of its probability, as it is, and if it were surer."""
        letter, chance = self.training.config.pairs[0][1][0], self.training.chances[0, 0, 0]
        bars = ChanceBars(letter, [chance], [EXACT], np.array([LEFT_EDGE, 5.75, 0]), decimals=2)
        rule = Tex(R"-\ln p \;=", font_size=UPRIGHT_BODY + 8)
        number = SourcedNumber(0, num_decimal_places=2, font_size=UPRIGHT_BODY + 8, edge_to_fix=LEFT)
        VGroup(rule, number).arrange(RIGHT, buff=0.25).set_color(LOSS).move_to([LEFT_EDGE + 0.55, 4.1, 0], LEFT)

        def set_chance(_, alpha):
            share = there_and_back(float(np.clip(alpha, 0, 1)))
            now = interpolate(chance, 1.0, share)
            bars.set_chances([now])
            loss = np.array(-np.log(now))
            number.set_value(loss, source=Source("-ln p", (), loss))

        set_chance(None, 0)
        self.bars = VGroup(bars, rule, number)
        self.say(f"How likely was the right letter, {letter}?", FadeOut(self.list), run_time=0.3)
        self.play(FadeIn(bars, 0.3 * UP), run_time=0.6)
        self.say("Its loss: minus the log of that chance", FadeIn(VGroup(rule, number)))
        self.play(UpdateFromAlphaFunc(self.bars, set_chance), run_time=2.6)

    def put_one_weight_on_a_ruler(self):
        """The dot in the ring leaves its place, and stands on a line with marks below the network."""
        ruler = self.get_ruler(-0.15, 0.0, 0.05)
        self.ruler = Group(ruler)
        leaves = Dot(self.ring.get_center(), radius=0.09).set_fill(FOCUS, 1)
        self.remove(self.whole)
        self.add(self.bands)
        self.say("Take one weight out, onto a ruler", FadeIn(self.ring, scale=2))
        self.play(
            leaves.animate.move_to(ruler.dot).scale(1.9),
            FadeIn(VGroup(ruler.axis, ruler.marks, ruler.name)),
            run_time=0.9,
        )
        self.remove(leaves)
        self.add(ruler)

    def nudge_a_weight(self):
        """Push that weight a little, hold the loss against what it was, and put the weight back."""
        (ruler,), pushes = self.ruler, np.linspace(0, self.push, 21)
        (_, reading), losses = self.readings[1], get_nudged_losses(self.training.config, self.followed, pushes)
        numbers = VGroup(
            get_number(losses[k, None], 3, source="nudged loss", font_size=UPRIGHT_BODY).set_color(LOSS)
            for k in (0, -1)
        )
        change = VGroup(numbers[0], Tex(R"\to", font_size=UPRIGHT_BODY), numbers[1]).arrange(RIGHT, buff=0.25)
        change.move_to([LEFT_EDGE + WIDTH, 4.25, 0], aligned_edge=RIGHT)

        def nudge(_, alpha, backwards=False):
            k = round(20 * smooth(float(np.clip(1 - alpha if backwards else alpha, 0, 1))))
            ruler.push(pushes[k])
            reading.set_value(losses[k], source=Source("nudged loss", (k,), losses))

        moving = Group(ruler, reading)
        ruler.leave_ghost()
        sense = "up" if self.push > 0 else "down"
        self.say(f"Push it {sense} a little: the loss falls", run_time=0.3)
        self.play(UpdateFromAlphaFunc(moving, nudge), FadeIn(change, time_span=(1.0, 1.4)), run_time=1.6)
        self.wait_until_read()
        back = UpdateFromAlphaFunc(moving, lambda moving, alpha: nudge(moving, alpha, backwards=True))
        self.say("Put it back", FadeOut(change), back, run_time=0.9)

    def go_on_until_it_is_right(self):
        # Let the ruler reach farther
        (near,), far = self.ruler, self.get_ruler(-0.9, 0.0, 0.3).set_time(1)
        self.hush(ReplacementTransform(near, far))
        self.ruler = Group(far)

        # Go round again until the answer is right
        last = int(self.training.lessons[0][2])
        self.say("Green: right so far", colors={"Green": EXACT})
        for step, rounds in zip(self.holds, (3, 4, 2), strict=True):
            self.train_to(step, run_time=0.55 * rounds, rounds=rounds)
            self.wait(1.2)
        self.train_to(last, run_time=0.8)
        self.say(self.on_right.format(last), FlashAround(self.answers[0], color=EXACT, stroke_width=6))
        self.wait_until_read()

    def ask_the_next_question(self):
        # Ask something new
        self.asked, question, expected = 1, self.get_question(1), self.get_expected(1)
        gone = VGroup(self.question, self.expected, *self.answers.values())
        self.say("What does it say to the second question?", FadeOut(gone))
        self.answers = {}
        self.play(FadeIn(question, 0.3 * UP), FadeIn(expected), run_time=0.4)
        self.question, self.expected = question, expected
        self.ask(run_time=1.8)
        self.say("Almost the old answer")
        self.wait_until_read()

        # Teach it the second answer
        first, _, last = map(int, self.training.lessons[1])
        self.say("It learns the second answer too", run_time=0.3)
        self.train_to(int(first + last) // 2, run_time=1.8, rounds=3)
        self.train_to(last, run_time=1.4, rounds=2)

    def turn_to_the_board(self):
        # Make room for all questions
        step = round(self.curve.time)
        small = TransformerBands(self.training, top=2.95, is_small=True).set_time(step)
        rows = range(len(self.training.config.pairs))
        corners = [np.array([LEFT_EDGE, 1.72 - 0.975 * row, 0]) for row in rows]
        self.hush(
            FadeOut(VGroup(self.question, self.expected, self.labels, self.ring, *self.answers.values())),
            FadeOut(self.ruler),
            FadeOut(Group(*(part for band in self.bands.bands for part in (band.name, band.gloss)))),
            run_time=0.4,
        )
        self.play(
            *(
                ReplacementTransform(getattr(old, part), getattr(new, part))
                for old, new in zip(self.bands.bands, small.bands, strict=True)
                for part in ("panel", "dots")
            ),
            run_time=0.8,
        )
        self.remove(self.bands)
        self.bands, self.ruler = small, Group()
        self.set_the_board(corners)
        self.show_answers(step)
        self.add(small)
        lines = FadeIn(VGroup(*self.answers.values(), *self.marks.values()), lag_ratio=0.1)
        self.say("All ten questions, as training goes on", FadeIn(VGroup(*self.cards.values(), self.questions)), lines)

    def set_the_board(self, corners):
        """Questions and answers, each row from its corner on; no text comes where the ticks are."""
        self.questions, self.answers, self.marks = VGroup(), {}, {}
        tick = np.array([[0, -0.06, 0], [0.16, -0.22, 0], [0.46, 0.2, 0]]) + (WIDTH - 0.55) * RIGHT
        for row, ((question, _), corner) in enumerate(zip(self.training.config.pairs, corners, strict=True)):
            text = Text(question, font_size=UPRIGHT_SMALL).set_color(INPUT)
            self.questions.add(text.shift(corner - text[0].get_corner(DL)))
            self.answers[row] = Answer(corner + 0.42 * DOWN, self.columns, ())
            self.marks[row] = Polyline(*(corner + tick))

    def teach_the_rest(self):
        # Watch all answers while training goes on
        (first, second), words = self.spoils, ("While one answer improves, another slips", "Even the first one slips")
        self.train_to(first[0][0], run_time=4, rounds=7)

        # Say that an update for one can spoil another
        self.watch(*first, words[0])

        # Watch a second slip
        self.train_to(second[0][0], run_time=1.2, rounds=2)
        self.watch(*second, words[1])

        # Go on until all are right but one
        last = len(self.training.losses)
        self.hush()
        self.train_to(last - 1, run_time=3.5, rounds=6)

        # Hold the last wrong letter against the right one
        self.take_the_last_step()

        # Hold all of them
        exact, n = sum(self.is_right(row, -1) for row in self.answers), len(self.training.config.pairs)
        self.say(f"{exact} of {n} learned by heart")
        self.wait(1.5)

    def watch(self, stops, rows, words):
        """Train from one update to another while only a few rows are lit."""
        first, *later = stops
        self.watched = rows
        self.say(words, *self.fade(first))
        self.show_answers(first)
        for step in later:
            self.train_to(step, run_time=2.4 / len(later), rounds=4 // len(later))
            self.wait(0.8)
        self.watched = ()
        self.play(*self.fade(step), run_time=0.3)
        self.show_answers(step)

    def fade(self, step):
        """Animations: each row of the board stands as strongly as it then should."""
        for row, answer in self.answers.items():
            opacity = self.get_opacity(row, step)
            yield self.questions[row].animate.set_opacity(max(opacity, 0.6) if not self.watched else opacity)
            yield answer.animate.set_faded(opacity)
            yield self.marks[row].animate.set_stroke(opacity=opacity if self.is_right(row, step) else 0)

    def take_the_last_step(self):
        """One answer is left, wrong from one letter on: how likely that letter and the right one are, and a step."""
        last = len(self.training.losses)
        (row,) = (row for row in self.answers if not self.is_right(row, last - 1))
        said, answer = str(self.training.board[last - 1][row]), self.training.config.pairs[row][1]
        place = next(k for k, letter in enumerate(answer) if said[k] != letter)
        letters = said[place] + answer[place]
        before, after = ([self.training.last_chances[k, row, place, ord(letter)] for letter in letters] for k in (0, 1))
        box = SurroundingRectangle(self.answers[row][place], buff=0.07).set_stroke(FOCUS, 5)
        most = 0.15
        middle = self.answers[row].corner[1] + 3.9
        bars = ChanceBars(letters, before, (WRONG, EXACT), np.array([LEFT_EDGE, middle, 0]), most, decimals=2)
        head = Text(f"after “{answer[:place]}”, how likely?", font_size=UPRIGHT_SMALL)
        head.next_to(bars, UP, buff=0.3, aligned_edge=LEFT)
        plate = Plate(VGroup(head, bars), buff=0.25)
        ordinal = ("first", "second", "third", "fourth", "fifth")[place]
        self.watched = (row,)
        low, high = plate.get_bottom()[1] - 0.35, plate.get_top()[1] + 0.5
        self.covered = [other for other, said in self.answers.items() if low < said.corner[1] < high]
        self.say(
            f"The {ordinal} letter: {letters[0]} just beats {letters[1]}",
            *self.fade(last - 1),
            FadeIn(Group(plate, head, bars)),
            FadeIn(box),
        )
        self.show_answers(last - 1)
        self.wait_until_read()

        # Take the last step

        def go(bars, alpha):
            share = min(alpha, 1)  # ManimGL goes on past 1 while a longer animation runs beside it
            bars.set_chances(interpolate(np.array(before), np.array(after), share))

        grow = UpdateFromAlphaFunc(bars, go)
        self.say(f"One more step: {letters[1]} overtakes", FadeOut(box), run_time=0.3)
        self.train_to(last, grow, run_time=1.4)
        self.wait(1)
        self.watched = ()
        self.play(FadeOut(Group(plate, head, bars)), *self.fade(last), run_time=0.4)
        self.show_answers(last)

    def is_right(self, row, step):
        return self.training.board[step][row] == self.training.config.pairs[row][1]

    def look_back(self):
        # Let the whole curve stand, with the first answer at three of its points
        tall = LossCurve(self.training.losses_of_all, WIDTH - INSET, height=4.6)
        tall.shift([LEFT_EDGE + INSET, 1.35, 0]).set_time(len(self.training.losses))
        self.hush(
            FadeOut(Group(*self.answers.values(), *self.marks.values(), *self.cards.values(), self.questions)),
            FadeOut(Group(self.bands, self.readings)),
            run_time=0.4,
        )
        question = Text(self.training.config.pairs[0][0], font_size=UPRIGHT_BODY).set_color(INPUT)
        question.move_to([LEFT_EDGE, -0.35, 0], aligned_edge=LEFT)
        losses, rows = self.training.losses_of_all, VGroup()
        for k, step in enumerate(self.compared):
            step, y = step % len(losses), -1.55 - 2.15 * k
            at = tall.axes[1].get_start() + step / (len(losses) - 1) * tall.axes[1].get_vector()
            dot = Dot(at + losses[step] * tall.height_of_one * UP, radius=0.15)
            dot.set_fill((WRONG, PARTLY_RIGHT, EXACT)[k], 1).set_stroke(TEXT, 3)
            key = dot.copy().move_to([LEFT_EDGE + 0.2, y, 0])
            name = Text(f"step {step}", font_size=UPRIGHT_SMALL).next_to(key, RIGHT, buff=0.25)
            loss = get_number(losses[step, None], 3, source="loss of all ten answers", font_size=UPRIGHT_SMALL)
            loss.set_color(LOSS).move_to([-LEFT_EDGE, y, 0], aligned_edge=RIGHT)
            word = Text("loss", font_size=UPRIGHT_SMALL).set_color(LOSS).next_to(loss, LEFT, buff=0.2)
            line = self.get_line(0, step)
            said = Answer([LEFT_EDGE, y - 0.8, 0], max(WIDE, len(line)), line)
            rows.add(VGroup(dot, VGroup(key, name, word, loss), said))
        self.say(
            f"{len(self.training.losses)} steps of gradient descent",
            ReplacementTransform(self.curve, tall),
            FadeIn(VGroup(question, *(row[1] for row in rows)), time_span=(0.2, 0.6)),
            run_time=0.9,
        )
        for dot, (key, *_), said in rows:
            self.play(TransformFromCopy(key, dot), run_time=0.6)
            self.play(FadeIn(said, lag_ratio=0.05), run_time=0.8)
        self.wait(2)


class TikTokGradientDescent(TikTokGradientDescentLive):
    """A network's answers go from wrong to right: loss and colours are a real run's, wrong words illustrate them."""

    chapter = "Transformer training"
    subtitle = "by gradient descent"
    on_dots = "Each dot is a weight: {} of {:,}"
    is_plain = True
    columns = 38  # the longest answer has 37 letters; its line is below the tick
    notice = "Colour: measured. Wrong words: an illustration"
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

    def construct(self):
        self.training = train()
        self.set_the_stage()
        self.take_the_first_step()
        self.go_on_until_it_is_right()
        self.turn_to_the_board()
        self.teach_the_rest()
        self.look_back()

    def get_stage(self, row, step):
        """0, 1, 2: wrong, halfway, right, by what the network of the run really says."""
        said, answer = str(self.training.board[step][row]), self.training.config.pairs[row][1]
        return 2 if said == answer else int(likeness(said, answer) >= PARTLY)

    def get_line(self, row, step):
        """Words of the question's own row that stand for how right the run's answer is, in one colour."""
        stage = self.get_stage(row, step)
        words = (*self.staged[row], self.training.config.pairs[row][1])[stage]
        return [(letter, (WRONG, PARTLY_RIGHT, EXACT)[stage]) for letter in words]

    def get_opacity(self, row, step):
        return 1.0

    def is_right(self, row, step):
        return self.get_stage(row, step) == 2

    def show_answers(self, update):
        super().show_answers(update)
        for row, card in self.cards.items():
            color = (WRONG, PARTLY_RIGHT, EXACT)[self.get_stage(row, update)]
            card.set_fill(mix_colors(BACKGROUND, color, 0.24), 1).set_stroke(mix_colors(BACKGROUND, color, 0.6), 2)

    def send_the_question(self):
        """Light runs up once, and words come out that stand for what is really said."""
        self.say("Forward: an answer comes out", run_time=0.3)
        answer = Answer([LEFT_EDGE, SAYS_Y, 0], WIDE, self.get_line(0, 0))
        self.play(self.whole.get_forward_pass(), run_time=1.6)
        self.write(answer, run_time=0.8)
        self.answers = {0: answer}
        self.say(self.notice)

    def nudge_a_weight(self):
        """This film goes without."""

    def go_on_until_it_is_right(self):
        # Let the ruler reach farther
        (near,), far = self.ruler, self.get_ruler(-0.9, 0.0, 0.3).set_time(1)
        self.hush(ReplacementTransform(near, far))
        self.ruler = Group(far)

        # Go round again until the answer is right
        last = int(self.training.lessons[0][2])
        colors = {"Yellow": PARTLY_RIGHT, "Green": EXACT}
        self.say(f"Yellow: over {PARTLY:.0%} of letters right. Green: all", colors=colors)
        self.train_to(self.holds[-1], run_time=4.2, rounds=7)
        self.wait(1)
        self.train_to(last, run_time=0.8)
        self.say(self.on_right.format(last), FlashAround(self.answers[0], color=EXACT, stroke_width=6))
        self.wait_until_read()

    def set_the_board(self, corners):
        super().set_the_board(corners)
        for row, corner in enumerate(corners):
            self.marks[row].scale(0.85).shift(0.14 * UP)
            card = RoundedRectangle(WIDTH + 0.4, 0.93, corner_radius=0.14).set_x(0).set_y(corner[1] - 0.08)
            self.cards[row] = card

    def teach_the_rest(self):
        # Watch all colours while training goes on
        self.train_to(len(self.training.losses), run_time=9, rounds=15)

        # Hold all of them
        exact, n = sum(self.is_right(row, -1) for row in self.answers), len(self.training.config.pairs)
        self.say(f"{exact} of {n} right")
        self.wait(1.5)
