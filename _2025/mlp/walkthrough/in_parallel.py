"""Act B: the same steps for every token at once."""

from _2025.mlp.walkthrough.stage import (
    PAGE,
    OneAct,
    Stage,
    close_block,
    face_camera,
    get_depths,
    get_headline,
    get_lanes,
    get_names,
    get_sums,
    get_ways_round,
    open_block,
)
from manim_imports_ext import *

ALL_LANES = View(15, -46, 0, (-1.4, -2.1, -6.6), 16)
FROM_ABOVE = View(5, -56, 0, (-1.3, -1.5, -6.4), 16)

WORDS_Y = -1.4  # of the steps' names: above the last token's way round them


class EverythingInParallel(OneAct):
    """Every token takes the same three steps at the same time, and none sees another."""

    def set_up(self) -> Stage:
        return self.set_up_stage()

    def act(self, before: Stage) -> Stage:
        lanes = self.look_from_above(before)
        lanes.add(self.run_all(before, *lanes))
        self.come_back(before, lanes)
        return before

    def get_steps(self, stage):
        """The active token's steps: each arrow with its word, and the vector after it."""
        return [(stage.up, stage.pre), (stage.relu, stage.neurons), (stage.down, stage.update)]

    def look_from_above(self, stage):
        # Look from above at all the tokens, one behind the other
        lanes = get_lanes(stage)
        embeddings, names = Group(lane.embedding for lane in lanes), get_names(ALL_LANES)
        steps = Group(*(part for step in self.get_steps(stage) for part in step))
        in_front = [stage.card, stage.embedding, *steps, stage.output]
        for part in in_front:  # what is flat is painted over all that stands behind it
            part.set_z_index(1)
        self.add(*in_front)
        self.play(
            self.frame.animate.reorient(*ALL_LANES),
            *open_block(stage),
            FadeOut(Group(*steps, stage.wire, stage.output), time_span=(0, 0.6)),
            FadeOut(stage.tokens, time_span=(0.3, 0.9)),
            FadeIn(embeddings, time_span=(0.2, 0.8)),
            LaggedStartMap(FadeIn, names, lag_ratio=0.15, time_span=(1, 2.4)),
            run_time=2.6,
        )
        return Group(lanes, names)

    def get_words(self, stage):
        """What each step is called, behind the last lane, large enough to be read from above."""
        words = VGroup()
        for step, _ in self.get_steps(stage):
            word = Text(step.label.text, font_size=HEADING).set_color(OPERATION).set_backstroke(BACKGROUND, 4)
            words.add(face_camera(word.move_to([step.arrow.get_x(), WORDS_Y, min(get_depths()) - 1.2]), ALL_LANES))
        return words.set_z_index(2)

    def run_all(self, stage, lanes, names):
        # Take the same steps for each of them, at the same time
        words = self.get_words(stage)
        self.say(get_headline("The same three steps, with the same weights"), run_time=0.6)
        for place, (step, vector) in enumerate(self.get_steps(stage)):
            arrows = [lane.arrows[place] for lane in lanes]
            bodies = [lane.vectors[place] for lane in lanes]
            self.play(
                *(GrowFromPoint(arrow, arrow.get_left()) for arrow in (*arrows, step.arrow)),
                FadeIn(words[place]),
                run_time=0.6,
            )
            grown = zip((*bodies, vector), (*arrows, step.arrow), strict=True)
            self.play(*(GrowFromPoint(body, arrow.get_right()) for body, arrow in grown), run_time=0.9)

        # Lead each embedding round the steps, to a sum of its own
        ways, sums = get_ways_round(stage), get_sums(stage)
        self.play(
            *(GrowFromPoint(way, lane.embedding.get_top()) for way, lane in zip(ways, lanes, strict=True)),
            run_time=1,
        )
        ends = (way.get_corner(RIGHT + DOWN) for way in ways)
        grown = zip((*sums, stage.output), (*ends, stage.wire.plus.get_right()), strict=True)
        self.play(*(GrowFromPoint(body, end) for body, end in grown), run_time=0.9)
        words = Group(words, ways, sums)
        self.wait()

        # See from another side that no way meets another
        self.say(
            get_headline("In this block, no token sees another"),
            Transform(names, get_names(FROM_ABOVE)),
            self.frame.animate.reorient(*FROM_ABOVE),
            run_time=3,
        )
        self.wait(0.5)
        return words

    def come_back(self, stage, lanes):
        # Come back to the one token
        self.hush()
        self.play(
            self.frame.animate.reorient(*PAGE),
            FadeOut(lanes, time_span=(0, 1)),
            FadeIn(stage.tokens, time_span=(0.3, 1)),
            FadeIn(stage.wire, time_span=(1, 2)),
            *(FadeIn(step.label, time_span=(1, 2)) for step, _ in self.get_steps(stage)),
            *close_block(stage, time_span=(0.8, 2.2)),
            run_time=2.4,
        )
        for part in stage.get_parts().values():
            part.set_z_index(0)
        self.remove(*self.mobjects[1:])
        self.add(*stage.get_parts().values())
