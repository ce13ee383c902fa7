"""Act C: what we would like the block to know."""

from _2025.mlp.walkthrough.stage import OneAct, Stage, get_column, get_flow
from manim_imports_ext import *
from truth.toy_mlp import DIRECTIONS, VISIBLE_COORDINATES

QUESTION_Y = 2.2  # of what stands above the stage
COLUMN_XS = 1.25, 3.3, 5.35  # of two directions, and of what the block adds


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
        threads = {"direction": DOWN, "arrival": UP, "path_arc": 0, "max_width": 7}
        self.play(name.animate.set_color(FOCUS), run_time=0.5)
        self.play(ContextAnimation(stage.card, letters, np.ones(len(letters)), run_time=1.6, lag_ratio=0.05, **threads))

    def get_direction(self, letter, words, color, x):
        """One of the toy's directions under its name. Parts: the name, the numbers."""
        column = get_column(DIRECTIONS[letter], f"direction {letter}", VISIBLE_COORDINATES)
        column.move_to([x, QUESTION_Y - 0.2, 0])
        return VGroup(Text(words, font_size=LABEL).set_color(color).next_to(column, UP, buff=0.15), column)

    def compare(self, direction, out):
        """Animations: boxes round the entries of a direction and of what the block adds, one pair after the other."""
        boxes = VGroup(
            VGroup(SurroundingRectangle(column.get_tile(k), buff=0) for column in (direction[1], out))
            for k in VISIBLE_COORDINATES
        )
        boxes.set_stroke(FOCUS, 3)
        return LaggedStart(
            *(FadeIn(pair, rate_func=there_and_back, remover=True) for pair in boxes), lag_ratio=0.7, run_time=1.6
        )

    def find_the_answer(self, stage, sentence, plate):
        # Bring up what the block adds
        frame = SurroundingRectangle(stage.update, buff=0.1).set_stroke(TARGET, 5)
        parts = VGroup(plate, *sentence)
        small = parts.copy().scale(0.53).move_to([-3.3, QUESTION_Y + 0.5, 0])
        sentence[2].become(small[3])  # not to be seen yet
        out = stage.update.copy()
        back = Plate(out, buff=0.1)
        lifted = VGroup(back, out)
        self.add(stage.output, lifted)
        self.play(
            *(Transform(part, new) for part, new in zip(parts, small, strict=True) if part is not sentence[2]),
            ShowCreation(frame),
            lifted.animate.move_to([COLUMN_XS[2], QUESTION_Y - 0.2, 0]),
            run_time=1.2,
        )
        wrong = self.get_direction("A", "Alexis", MUTED, COLUMN_XS[0])
        right = self.get_direction("B", "basketball", TARGET, COLUMN_XS[1])
        head = Text("the block adds", font_size=LABEL).set_color(TEXT).next_to(out, UP, buff=0.15)
        board = Plate(VGroup(wrong, right, out, head), buff=0.2)
        self.remove(lifted)
        self.add(board, lifted)
        self.play(FadeIn(board), FadeIn(head), run_time=0.5)

        # Try one direction, then the other
        words = Text("Two directions of the toy,\nchosen by hand for these words", font_size=LABEL)
        words.set_backstroke(BACKGROUND, 6).next_to(small[0], DOWN, buff=0.3)
        almost = Tex(R"\approx", font_size=TITLE).move_to(midpoint(right[1].get_center(), out.get_center()))
        self.say(words, FadeIn(wrong, 0.3 * DOWN), FadeIn(right, 0.3 * DOWN))
        self.play(self.compare(wrong, out))
        self.play(wrong.animate.set_opacity(0.3), run_time=0.5)
        self.play(self.compare(right, out))
        self.play(FadeIn(almost, scale=2), run_time=0.5)

        # Read the answer off
        self.hush(
            TransformFromCopy(right[0], sentence[2]),
            FadeOut(sentence[3], time_span=(0, 0.4)),
            run_time=1.4,
        )
        self.play(*get_flow(stage), FlashAround(stage.output, color=FOCUS), run_time=1.4)
        self.wait(0.4)

        # Make room for how it does so
        self.play(
            FadeOut(VGroup(plate, *sentence[:3], board, lifted, wrong, right, head, almost), 0.5 * UP),
            FadeOut(frame),
            run_time=0.8,
        )
        self.remove(*self.mobjects[1:])
        self.add(*stage.get_parts().values())
