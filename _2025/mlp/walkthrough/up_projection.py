"""Act D: the up projection, worked out."""

from _2025.mlp.walkthrough.numbers import (
    PAGE_RIGHT,
    get_product,
)
from _2025.mlp.walkthrough.stage import OneAct, Product, Stage, change, get_pass
from manim_imports_ext import *
from truth.toy_mlp import D_HIDDEN, D_MODEL, VISIBLE_COORDINATES, get_toy_mlp

# Seconds after which so many of the eight rows are worked out: the first slowly, the others run.
PACE = ((0, 4.2, 5.8, 7.8, 9.3), (0, 1, 1, 2, 8))


class UpProjection(OneAct):
    """The first step is a matrix times the embedding: row by row, multiply and add up."""

    def set_up(self) -> Stage:
        return self.set_up_stage()

    def act(self, before: Stage) -> Product:
        product, right = get_product(before)
        self.bring_the_factors(product)
        self.multiply_row_by_row(product, right)
        return product

    def bring_the_factors(self, product):
        # Lift the embedding out of its token
        plates, stage = product.plates, product.stage
        self.play(
            *change(stage, "embedding", "card", "up", low=True),
            FadeIn(plates[1], 2 * UP, time_span=(0.5, 1.2)),
            TransformFromCopy(stage.embedding, product.vector, time_span=(0.3, 1.5)),
            run_time=1.5,
        )
        self.add(plates[1], product.vector)

        # Unfold the matrix out of the first arrow
        matrix = product.matrix
        name = Text("Up projection", font_size=HEADING).set_color(TEXT).next_to(plates[0], UP, buff=0.15)
        self.play(
            GrowFromPoint(plates[0], stage.up.get_center(), time_span=(0, 0.9)),
            LaggedStart(*(FadeIn(row, 0.3 * UP) for row in matrix.get_rows()), lag_ratio=0.2, time_span=(0.9, 1.8)),
            FadeIn(matrix.brackets, time_span=(0.9, 1.2)),
            FadeIn(name, time_span=(1.2, 1.8)),
            run_time=1.8,
        )
        self.remove(*matrix.get_family())
        self.add(matrix)
        words = VGroup(
            Text(f"A toy: {D_HIDDEN} rows of {D_MODEL},", font_size=BODY),
            Text("chosen by hand, to be read.", font_size=BODY),
            Text("A real model’s are learned.", font_size=BODY),
        )
        words.set_color(TEXT).arrange(DOWN, buff=0.3, aligned_edge=LEFT)
        words[0].sources = [Source("shape of W_up", (), np.array(n)) for n in (D_HIDDEN, D_MODEL)]
        words.set_max_width(PAGE_RIGHT - plates[1].get_right()[0] - 0.3)
        words.next_to(plates[1], RIGHT, buff=0.3)
        self.say(words)
        self.wait(2.6)
        self.hush(FadeOut(name))

    def get_ledger(self, product):
        """The products of the first row, one below the other, and their sum, on a plate."""
        x, row = get_pass().x, get_toy_mlp().up[0]
        lines = VGroup()
        for column in VISIBLE_COORDINATES:
            terms = (
                get_number(row[column], 1, source=("W_up", (0, column)), font_size=36),
                Tex(R"\cdot", font_size=40),
                get_number(x[column], 1, source=("E", column), font_size=36),
                Tex("=", font_size=40),
                get_number(row[column] * x[column], 2, source=("W_up · E", (0, column)), font_size=36),
            )
            lines.add(VGroup(*terms).arrange(RIGHT, buff=0.2))
        lines.arrange(DOWN, buff=0.27, aligned_edge=RIGHT)
        dots = EllipsisDots(DOWN, radius=0.03).move_to(lines[-1][-1])
        lines[-1].shift(0.55 * DOWN)
        rule = Line(ORIGIN, lines.get_width() * RIGHT).set_stroke(MUTED, 3).next_to(lines, DOWN, buff=0.2)
        total = get_number(get_pass().product[0], 2, source=("W_up E", 0), font_size=44).set_color(FOCUS)
        total.next_to(rule, DOWN, buff=0.2).align_to(lines, RIGHT)
        content = VGroup(lines, dots, rule, total)
        plate = Plate(content, buff=0.35)
        ledger = VGroup(plate, *content)
        return ledger.next_to(product.plates[2], RIGHT, buff=0.45).set_y(product.matrix.get_y())

    def multiply_row_by_row(self, product, right):
        # Multiply the first row, and let the sum be followed
        ledger = self.get_ledger(product)
        plate, lines, dots, rule, total = ledger
        at = [4.2 * place / 6 + 0.25 for place in (0, 1, 2, 3, 5)]
        times, rows = np.array(PACE[0]), np.array(PACE[1]) / 8
        self.play(FadeIn(VGroup(product.plates[2], right), 0.3 * RIGHT), FadeIn(plate, 0.3 * RIGHT), run_time=0.6)
        self.play(
            right.show_rows(run_time=times[-1], rate_func=lambda t: float(np.interp(t * times[-1], times, rows))),
            *(FadeIn(line, 0.2 * RIGHT, time_span=(t, t + 0.35)) for line, t in zip(lines, at, strict=True)),
            FadeIn(dots, time_span=(at[3] + 0.5, at[3] + 0.8)),
            FadeIn(VGroup(rule, total), time_span=(4.2, 4.6)),
            run_time=times[-1],
        )
        self.remove(right)
        self.add(product.equals, product.result)
        self.play(FadeOut(ledger), run_time=0.5)
        self.wait(0.6)
