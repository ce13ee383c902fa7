"""Act B: the same steps for every token at once."""

from _2025.mlp.walkthrough.stage import PAGE, OneAct, Stage, close_roof, get_depths, get_lanes, get_names, open_roof
from manim_imports_ext import *

FROM_ABOVE = View(0, -48, 0, (-1.4, -2.3, -3.6), 12)
FROM_THE_RIGHT = View(30, -36, 0, (0.4, -2.2, -4), 12)
FROM_THE_LEFT = View(-32, -28, 0, (-1.6, -2.2, -3.4), 11.6)


class EverythingInParallel(OneAct):
    """Every token takes the same three steps at the same time, and none sees another."""

    def set_up(self) -> Stage:
        return self.set_up_stage()

    def act(self, before: Stage) -> Stage:
        lanes, names = self.open_the_lanes(before)
        self.fly_over_them(names)
        self.come_back(before, lanes)
        return before

    def open_the_lanes(self, stage):
        # Look from above at all the tokens behind
        lanes, names, active = get_lanes(stage), get_names(), stage.get_parts()
        self.play(self.frame.animate.reorient(*FROM_ABOVE), open_roof(stage), FadeIn(names), run_time=2.2)

        # Take the same steps for each of them
        front = [part for name, part in active.items() if name not in ("room", "tokens")]
        for lane in lanes:
            lane.save_state()
            lane.shift(-get_depths()[0] * OUT).set_opacity(0)
        self.remove(*front)
        self.add(lanes, *front)
        self.say(
            "The same steps, with the same weights",
            LaggedStart(*(Restore(lane) for lane in lanes[::-1]), lag_ratio=0.15),
            run_time=3.5,
        )
        return lanes, names

    def fly_over_them(self, names):
        # Go round and see that no way meets another
        self.hush()
        self.play(self.frame.animate.reorient(*FROM_THE_LEFT), run_time=4)
        self.play(self.frame.animate.reorient(*FROM_THE_RIGHT), FadeOut(names, time_span=(0, 1)), run_time=5)

    def come_back(self, stage, lanes):
        # Come back to the one token
        self.play(
            self.frame.animate.reorient(*PAGE),
            FadeOut(lanes, time_span=(0, 1)),
            close_roof(stage, time_span=(0.8, 2.2)),
            run_time=2.4,
        )
