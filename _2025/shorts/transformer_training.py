from _2025.shorts.training_layout import (
    LEFT_EDGE,
    LossCurve,
    RingedWeight,
    SpokenLine,
    TransformerBands,
    get_remark,
    get_verdict,
)
from manim_imports_ext import *
from truth.tiny_transformer import train


class TikTokGradientDescentLive(InteractiveScene):
    """A network's answer goes from gibberish to right while each backward pass moves all of its weights at once."""

    frame_shape = (9, 16)
    chapter = "Transformer training, live"
    remark = "Nothing staged: one real training run"
    followed = 251  # of the recorded weights, the one with the ring
    tempo = (1.7, 1.25, 1.1, 1.0, 0.95, 0.9, 0.86, 0.82, 0.8, 0.8)  # of each step: the longer, the slower

    def construct(self):
        self.training = train()
        self.set_the_stage()
        self.take_the_first_step()
        for step in range(1, len(self.tempo)):
            self.take_a_step(step)
        self.review_all_answers()

    # What is shown

    def get_outputs(self, step):
        """What is said early, in the middle and at last, and the colour of each."""
        answer = self.training.config.pairs[step][1]
        return [(str(output), get_verdict(str(output), answer)) for output in self.training.outputs[step]]

    def get_question(self, step):
        """The input line and the answer that is expected."""
        question, answer = self.training.config.pairs[step]
        asked = Text(f'Input: "{question}"', font_size=UPRIGHT_BODY, t2c={f'"{question}"': INPUT})
        asked.move_to([LEFT_EDGE, 2.55, 0], aligned_edge=LEFT)
        return VGroup(asked, self.expected.get_words(answer, EXACT))

    def get_count(self, step):
        count = Text(f"Step {step + 1}", font_size=UPRIGHT_BODY).set_color(TEXT)
        return count.move_to([-LEFT_EDGE, 5.55, 0], aligned_edge=RIGHT)

    # How it is told

    def say(self, words, color=MUTED):
        """The old remark under the title goes, then the new one comes."""
        self.play(FadeOut(self.remark_shown), run_time=0.2)
        self.remark_shown = get_remark(words).set_color(color)
        self.play(FadeIn(self.remark_shown), run_time=0.4)

    def ask(self, step):
        """The next question takes the place of the last one."""
        question, count = self.get_question(step), self.get_count(step)
        self.play(FadeOut(self.question), FadeOut(self.said), FadeOut(self.count), run_time=0.2)
        self.play(FadeIn(question), FadeIn(count), run_time=0.35)
        self.question, self.count, self.said = question, count, VGroup()

    def answer(self, step, stage, run_time):
        """Forward through all bands; what the network says now stands in the place of what it said before."""
        words = self.output.get_words(*self.get_outputs(step)[stage])
        pace = self.tempo[step]
        self.play(self.bands.get_forward_pass(), run_time=run_time * pace)
        if self.said:
            self.play(FadeOut(self.said), run_time=0.1)
        self.said = words
        measured = [] if stage == 2 else self.trace(self.training.lessons[step, stage])
        self.play(FadeIn(words, 0.1 * DOWN), *measured, run_time=0.22 * pace)

    def trace(self, update):
        """Animations: the curve goes on to the loss before an update, and the number beside it too."""
        start = self.curve.time
        return [
            UpdateFromAlphaFunc(self.curve, lambda curve, alpha: curve.set_time(interpolate(start, update, alpha))),
            UpdateFromFunc(self.loss, lambda number: number.set_value(self.curve.get_loss())),
        ]

    def blame(self, checkpoint, run_time):
        """Backward through all bands, from the loss of the update that comes at this checkpoint."""
        self.play(self.bands.get_backward_pass(checkpoint), run_time=run_time)

    def learn(self, checkpoint, run_time, *also):
        """All weights go on to a checkpoint at once, and the curve to the last loss before it."""
        self.play(
            *also,
            *self.bands.get_step(checkpoint),
            self.ringed.get_step(checkpoint),
            *self.trace(checkpoint - 1),
            run_time=run_time,
        )

    # Beats

    def set_the_stage(self):
        # Show the network and its loss before training
        title = Text("Transformer Training", font_size=UPRIGHT_TITLE).set_color(TEXT).set_y(7.2)
        self.remark_shown = get_remark(self.remark)
        self.curve = LossCurve(self.training.losses).move_to([LEFT_EDGE, 3.2, 0], aligned_edge=DL)
        self.bands = TransformerBands(self.training, top=2.05)
        self.expected, self.output = SpokenLine("Expected", -5.27), SpokenLine("Output", -6.78)
        self.play(
            FadeIn(title, 0.2 * UP),
            FadeIn(self.curve),
            LaggedStart(*(FadeIn(band, 0.3 * UP) for band in self.bands), lag_ratio=0.25),
            FadeIn(VGroup(self.expected, self.output)),
            run_time=1.4,
        )

        # Write what is made small, and ring one of the weights
        formula = Tex(R"L = -\frac{1}{T} \sum_t \ln p(c_t)", font_size=UPRIGHT_SMALL + 4).set_color(LOSS)
        formula.move_to([0.1, 5.3, 0])
        self.loss = SourcedNumber(
            self.curve.get_loss(),
            num_decimal_places=2,
            font_size=UPRIGHT_SMALL + 4,
            edge_to_fix=RIGHT,
            source=Source("loss of the minibatch", (), self.curve.get_loss),
        )
        self.loss.set_color(LOSS).move_to([-LEFT_EDGE, 4.8, 0], aligned_edge=RIGHT)
        word = Text("loss", font_size=UPRIGHT_SMALL + 4).set_color(LOSS).next_to(self.loss, LEFT, 0.2, DOWN)
        self.ringed = RingedWeight(self.bands, self.followed)
        self.count, self.question, self.said = self.get_count(0), self.get_question(0), VGroup()
        self.play(
            *(FadeIn(part) for part in (self.remark_shown, formula, word, self.loss, self.count, self.question)),
            ShowCreation(self.ringed.ring),
            FadeIn(self.ringed.number),
            run_time=0.9,
        )
        self.wait(0.6)

    def take_the_first_step(self):
        # Send the question forward
        early, middle, last = self.training.lessons[0]
        self.say("Forward: from question to answer")
        self.answer(0, 0, run_time=0.9)

        # Send the loss back
        self.say("Backward: how much is each to blame?")
        self.blame(early, run_time=1.5)

        # Shift all weights
        self.say("All weights shift at once")
        self.learn(middle, run_time=1.2)

        # Go round again until the answer is right
        self.say(self.remark)
        self.answer(0, 1, run_time=0.55)
        self.blame(middle, run_time=0.9)
        self.learn(last, run_time=0.8)
        self.answer(0, 2, run_time=0.55)
        self.wait(0.5)

    def take_a_step(self, step):
        # Ask the next question
        self.ask(step)

        # Go forward and back until its answer is right
        pace = self.tempo[step]
        for stage, checkpoint in enumerate(self.training.lessons[step]):
            if stage:
                self.learn(checkpoint, run_time=0.45 * pace)
            self.answer(step, stage, run_time=0.52)
            if stage < 2:
                self.blame(checkpoint, run_time=0.55 * pace)
        self.wait(0.35 * pace)

    def review_all_answers(self):
        # Review all answers until each of them is right
        pairs = self.training.config.pairs
        exact = sum(said == answer for said, (_, answer) in zip(self.training.answers, pairs, strict=True))
        self.say(f"{exact} of {len(pairs)} answers are exact", EXACT)
        self.learn(len(self.training.losses), 1.2, self.bands.get_forward_pass())
        self.wait(1)
        self.play(FadeOut(Group(*self.mobjects[1:])), run_time=0.4)


class TikTokGradientDescent(TikTokGradientDescentLive):
    """A network's answer goes from gibberish to right, in lines that are written for reading, over a measured loss."""

    chapter = "Transformer training"
    remark = "Outputs staged; loss and weights measured"
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
        return list(zip(lines, (WRONG, PARTLY_RIGHT, EXACT), strict=True))
