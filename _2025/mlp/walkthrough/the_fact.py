"""Act C: what we would like the block to know."""

from _2025.mlp.walkthrough.stage import OneAct, Stage, get_flow, get_run
from manim_imports_ext import *

QUESTION_Y = 2.25  # of what stands above the stage


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
        # Say what its last vector must say
        frame = SurroundingRectangle(stage.update, buff=0.1).set_stroke(TARGET, 5)
        answer = sentence[2].copy().scale(0.5).next_to(frame, UP, buff=0.08)
        self.say(answer, ShowCreation(frame), Flash(stage.update, color=TARGET, flash_radius=1.4))
        self.play(
            TransformFromCopy(answer, sentence[2], path_arc=-0.6),
            FadeOut(sentence[3], time_span=(0.5, 1)),
            run_time=1.4,
        )
        self.say("So this is what the block must add", beside=plate, side=DOWN)
        self.play(*get_flow(stage), GrowFromPoint(stage.output, stage.wire.plus.get_right(), time_span=(1, 1.8)))
        self.wait_until_read()

        # Make room for how it does so
        self.hush(FadeOut(VGroup(plate, *sentence[:3]), 0.5 * UP), FadeOut(frame), run_time=0.8)
        self.remove(*self.mobjects[1:])
        self.add(*stage.get_parts().values())
