"""Act C: what we would like the block to know."""

from _2025.mlp.walkthrough.stage import OneAct, Stage, get_column, get_flow, get_run
from manim_imports_ext import *
from truth.toy_mlp import DIRECTIONS, VISIBLE_COORDINATES

QUESTION_Y = 2.2  # of what stands above the stage


class TheFact(OneAct):
    """If the block knows that Michael Jordan plays basketball, it can add "basketball" to that name's vector."""

    def set_up(self) -> Stage:
        return self.set_up_stage()

    def act(self, before: Stage) -> Stage:
        sentence, plate = self.ask(before)
        self.send_the_name_through(before, sentence)
        self.find_the_answer(before, sentence, plate)
        return before

    def ask(self, stage):
        # Ask for a fact
        sentence = Text("Michael Jordan plays basketball", font_size=80, t2c={"basketball": TARGET})
        sentence.move_to([0, QUESTION_Y, 0])
        plate = Plate(sentence, buff=0.55)
        gap = Text("?", font_size=110).set_color(TARGET).move_to(sentence["basketball"])
        self.play(FadeIn(plate, 0.4 * DOWN), FadeIn(sentence["Michael Jordan plays"]), FadeIn(gap))
        self.wait(1.6)
        return VGroup(sentence["Michael Jordan"], sentence["plays"], sentence["basketball"], gap), plate

    def send_the_name_through(self, stage, sentence):
        # Let the name run into its vector
        name = sentence[0]
        letters = [letter for letter in name.family_members_with_points()]
        later = VGroup(stage.pre, stage.neurons, stage.update, stage.output)
        self.play(name.animate.set_color(FOCUS), FadeOut(later), run_time=0.8)
        threads = {"direction": DOWN, "arrival": UP, "path_arc": 0, "max_width": 7}
        self.play(ContextAnimation(stage.card, letters, np.ones(len(letters)), run_time=2, lag_ratio=0.05, **threads))

        # Follow it through the block
        before = stage.embedding
        for step, vector in (stage.up, stage.pre), (stage.relu, stage.neurons), (stage.down, stage.update):
            self.play(*get_run(before, step, vector), run_time=1.1)
            before = vector

    def find_the_answer(self, stage, sentence, plate):
        # Ask what its last vector has to be
        frame = SurroundingRectangle(stage.update, buff=0.1).set_stroke(TARGET, 5)
        self.play(ShowCreation(frame), run_time=0.6)
        out = stage.update.copy()
        parts = VGroup(plate, *sentence)
        small = parts.copy().scale(0.53).move_to([-3.3, QUESTION_Y, 0])
        sentence[2].become(small[3])  # not to be seen yet
        self.play(
            *(Transform(part, new) for part, new in zip(parts, small, strict=True) if part is not sentence[2]),
            out.animate.move_to([4.6, QUESTION_Y - 0.2, 0]),
            run_time=1.2,
        )

        # Lay the vector for the answer beside it
        word = get_column(DIRECTIONS["B"], "basketball", VISIBLE_COORDINATES).move_to([1.8, QUESTION_Y - 0.2, 0])
        heads = VGroup(
            Text(words, font_size=LABEL).set_color(color).next_to(column, UP, buff=0.15)
            for words, color, column in (("the block adds", TEXT, out), ("basketball", TARGET, word))
        )
        almost = Tex(R"\approx", font_size=TITLE).move_to((out.get_center() + word.get_center()) / 2)
        back = Plate(VGroup(out, word, heads), buff=0.2)
        self.remove(out)
        self.add(back, out)
        self.play(FadeIn(back), FadeIn(heads), GrowFromPoint(word, heads[1].get_bottom()), run_time=1.2)
        for numbers in list(zip(word.cells, out.cells, strict=True))[:4]:
            boxes = VGroup(SurroundingRectangle(number, buff=0.08).set_stroke(FOCUS, 3) for number in numbers)
            self.play(FadeIn(boxes, rate_func=there_and_back), run_time=0.5)
            self.remove(boxes)
        self.play(FadeIn(almost, scale=2), run_time=0.6)

        # Read the answer off
        self.play(
            TransformFromCopy(heads[1], sentence[2]),
            FadeOut(sentence[3], time_span=(0.5, 1)),
            run_time=1.4,
        )
        self.wait()
        self.play(*get_flow(stage), GrowFromPoint(stage.output, stage.wire.plus.get_right(), time_span=(1, 1.8)))
        self.wait(0.6)

        # Make room for how it does so
        self.play(
            FadeOut(VGroup(plate, *sentence[:3], back, out, word, heads, almost), 0.5 * UP),
            FadeOut(frame),
            run_time=0.8,
        )
        self.remove(*self.mobjects[1:])
        self.add(*stage.get_parts().values())
