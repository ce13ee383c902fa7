from functools import partial

from _2025.mlp import tiles
from manim_imports_ext import *
from truth.toy_mlp import ACTIVE, TOKENS, VISIBLE_COORDINATES, VISIBLE_UNITS, get_toy_mlp

ROWS, COLUMNS = VISIBLE_UNITS, VISIBLE_COORDINATES
PITCH = 0.6  # between neurons, and the rows they come from
get_tiled = partial(tiles.get_tiled, pitch=PITCH, font_size=30, h_buff=0.4)


class BreakDownThreeSteps(CaptionedScene):
    """Each row asks, ReLU keeps what was answered with yes, and the columns of those neurons are added up."""

    chapter = "Three steps"

    def construct(self):
        set_telephoto(self.frame)
        mlp, seen = get_toy_mlp(), get_toy_mlp().forward(TOKENS[ACTIVE].embedding)
        up, down = get_tiled(mlp.up, "W_up", ROWS, COLUMNS), get_tiled(mlp.down, "W_down", COLUMNS, ROWS)
        vector, update = get_tiled(seen.x, "E", COLUMNS), get_tiled(seen.update, "update", COLUMNS)
        up.move_to(2.75 * LEFT)
        vector.next_to(up, LEFT, buff=0.75)
        down.next_to(up, RIGHT, buff=1.55)
        update.next_to(down, RIGHT, buff=0.75)
        shift = -VGroup(vector, update).get_x() * RIGHT
        VGroup(vector, up, down, update).shift(shift + 0.3 * DOWN)
        whole = 1.07 * VGroup(vector, update).get_width() * FRAME_HEIGHT / FRAME_WIDTH
        balls = self.get_balls(up, down)
        self.frame.reorient(0, 0, 0, [Group(vector, balls).get_x(), 0.1, 0], 7.6)
        self.ask_by_rows(seen, up, vector, balls)
        self.keep_each_yes(seen, balls)
        self.answer_by_columns(seen, down, update, balls, whole)

    def get_balls(self, up, down):
        """A neuron for each row of the first matrix, between the two: level with its row."""
        x = (up.get_right()[0] + down.get_left()[0]) / 2
        return Group(*(Ball(0.24).move_to([x, up.get_row(unit).get_y(), 0]) for unit in ROWS))

    def get_plated(self, tiled):
        return VGroup(Plate(tiled, buff=0.16), tiled)

    def ask_by_rows(self, seen, up, vector, balls):
        # Ask the embedding by rows
        plated = VGroup(self.get_plated(up), self.get_plated(vector))
        name = Text(TOKENS[ACTIVE].words.replace(" ", "\n"), font_size=BODY).set_color(INPUT)
        name.next_to(plated[1], UP, buff=0.25)
        self.play(FadeIn(plated), FadeIn(name), FadeIn(balls), run_time=0.8)
        self.say("1. Each row asks a question", beside=plated[0], side=UP)
        boxes = [SurroundingRectangle(up.get_row(unit), buff=0.04).set_stroke(FOCUS, 5) for unit in ROWS]
        box = boxes[0].copy()
        for place, unit in enumerate(ROWS):
            ball = balls[place]
            self.play(
                ShowCreation(box) if place == 0 else Transform(box, boxes[place]),
                UpdateFromAlphaFunc(ball, lambda b, alpha, value=seen.pre[unit]: b.set_value(alpha * value)),
                run_time=1.2 if place == 0 else 0.35,
            )
        self.play(FadeOut(box), run_time=0.3)

    def keep_each_yes(self, seen, balls):
        # Keep each yes
        self.say(
            "2. ReLU keeps each yes",
            *(
                UpdateFromAlphaFunc(
                    ball, lambda b, a, v=seen.pre[unit], w=seen.neurons[unit]: b.set_value(v + a * (w - v))
                )
                for ball, unit in zip(balls, ROWS, strict=True)
            ),
            beside=Group(*(ball.body for ball in balls)),
            side=UP,
            run_time=1.2,
        )

    def answer_by_columns(self, seen, down, update, balls, height):
        # Add the columns of the neurons that are on
        plated = VGroup(self.get_plated(down), self.get_plated(update))
        self.hush(FadeIn(plated[0], 0.5 * LEFT), self.frame.animate.move_to(ORIGIN).set_height(height), run_time=1.4)
        active = [unit for unit in ROWS if seen.neurons[unit] > 0]
        boxes = VGroup(SurroundingRectangle(down.get_column(unit), buff=0.04).set_stroke(FOCUS, 5) for unit in active)
        sparks = (
            VShowPassingFlash(
                Line(balls[ROWS.index(unit)].body.get_center(), box.get_left())
                .set_stroke(ACTIVATION, 10)
                .insert_n_curves(20),
                time_width=0.8,
            )
            for unit, box in zip(active, boxes, strict=True)
        )
        self.say("3. The columns of the active ones add up", beside=plated[0], side=UP)
        self.play(LaggedStart(*sparks, lag_ratio=0.3), FadeIn(boxes, lag_ratio=0.5), run_time=1.2)
        self.play(FadeIn(plated[1], RIGHT))

        # Read the sum
        answer = Text("mostly\nBasketball", font_size=BODY, t2c={"Basketball": TARGET}).next_to(
            plated[1], UP, buff=0.25
        )
        self.play(FadeIn(answer, 0.2 * UP))
        self.wait(2.5)
