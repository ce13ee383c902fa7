"""Act C: what we would like the block to know."""

from _2025.mlp.walkthrough.stage import OneAct, Stage, get_flow, get_headline
from manim_imports_ext import *

QUESTION_Y = 1.9  # of what stands above the stage


class TheFact(OneAct):
    """A block that knows what Michael Jordan plays must add the answer to that name's vector."""

    def set_up(self) -> Stage:
        return self.set_up_stage()

    def act(self, before: Stage) -> Stage:
        sentence, plate = self.ask(before)
        self.send_the_name_through(before, sentence)
        self.leave_the_question_open(before, sentence, plate)
        return before

    def ask(self, stage):
        # Ask for a fact
        sentence = Text("Michael Jordan plays ?", font_size=80, t2c={"?": TARGET})
        sentence.move_to([0, QUESTION_Y, 0])
        plate = Plate(sentence, buff=0.55)
        self.say(get_headline("The opening question again"), FadeIn(plate, 0.4 * DOWN), FadeIn(sentence))
        self.wait(0.6)
        return VGroup(sentence["Michael Jordan"], sentence["plays"], sentence["?"]), plate

    def send_the_name_through(self, stage, sentence):
        # Let the name run into its vector
        name = sentence[0]
        letters = [letter for letter in name.family_members_with_points()]
        threads = {"direction": DOWN, "arrival": UP, "path_arc": 0, "max_width": 7}
        self.hush(name.animate.set_color(FOCUS), run_time=0.5)
        self.play(ContextAnimation(stage.card, letters, np.ones(len(letters)), run_time=1.6, lag_ratio=0.05, **threads))

    def leave_the_question_open(self, stage, sentence, plate):
        # Send it on through the block, and leave the question open
        words = get_headline("Somewhere in here the answer is added")
        self.say(words, *get_flow(stage), sentence[2].animate.scale(1.2), run_time=1.6)
        self.wait(0.6)
        self.hush(FadeOut(VGroup(plate, *sentence), 0.5 * UP), run_time=0.8)
        self.remove(*self.mobjects[1:])
        self.add(*stage.get_parts().values())
