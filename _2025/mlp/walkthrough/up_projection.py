"""Act D: the up projection, worked out."""

from _2025.mlp.walkthrough.numbers import CAPTION_Y, PAGE_RIGHT, PageAct, get_ledger, get_product
from _2025.mlp.walkthrough.stage import Product, Stage, change, get_pass
from manim_imports_ext import *
from truth.toy_mlp import D_HIDDEN, D_MODEL, VISIBLE_COORDINATES, VISIBLE_UNITS, get_toy_mlp

# Seconds after which so many of the eight rows are worked out: the first slowly; once it has been read, the others.
PACE = ((0, 4.2, 6.2), (0, 1, 1)), ((0, 2, 3.5), (1, 2, 8))


class UpProjection(PageAct):
    """The first step is a matrix times the embedding: row by row, multiply and add up."""

    def set_up(self) -> Stage:
        return self.set_up_stage()

    def act(self, before: Stage) -> Product:
        product, right = get_product(before)
        self.bring_the_factors(product)
        self.multiply_row_by_row(product, right)
        return product

    def bring_the_factors(self, product):
        # Lift the embedding out of its token, and unfold the matrix out of the first arrow
        plates, stage, matrix = product.plates, product.stage, product.matrix
        name = Text("Up projection", font_size=BODY).set_color(TEXT).move_to(CAPTION_Y * UP).match_x(plates[0])
        self.play(
            *change(stage, "embedding", "card", "up", low=True),
            GrowFromPoint(VGroup(plates[1], product.vector), stage.embedding.get_center(), time_span=(0.2, 1.4)),
            GrowFromPoint(plates[0], stage.up.get_center(), time_span=(0.2, 1.2)),
            run_time=1.4,
        )
        self.play(
            LaggedStart(*(FadeIn(row, 0.3 * UP) for row in matrix.get_rows()), lag_ratio=0.2),
            FadeIn(matrix.brackets),
            FadeIn(name),
            run_time=1,
        )
        self.remove(*matrix.get_family())
        self.add(*plates[:2], product.vector, matrix)
        self.measure_the_matrix(product)
        self.hush(FadeOut(name))

    def measure_the_matrix(self, product):
        # Let a box run down the rows and along the first one while both are counted
        plates, matrix = product.plates, product.matrix
        words = VGroup(
            Text(f"A toy: {D_HIDDEN} rows", font_size=BODY),
            Text(f"of {D_MODEL} numbers,", font_size=BODY),
            Text("chosen by hand.", font_size=BODY),
            Text("A real model’s are learned.", font_size=BODY),
        )
        words.set_color(TEXT).arrange(DOWN, buff=0.3, aligned_edge=LEFT)
        for line, number in zip(words, (D_HIDDEN, D_MODEL), strict=False):
            line.sources = [Source("shape of W_up", (), np.array(number))]
        words.set_max_width(PAGE_RIGHT - plates[1].get_right()[0] - 0.5)
        words.next_to(plates[1], RIGHT, buff=0.5)
        rows = [get_row_box(matrix.get_row(row)) for row in VISIBLE_UNITS]
        box = rows[0].copy()
        self.say(words[0], ShowCreation(box), run_time=0.6)
        self.play(Succession(*(Transform(box, row, run_time=0.18) for row in (*rows[1:], rows[0]))))
        cells = [get_row_box(matrix.get_tile(0, column)) for column in VISIBLE_COORDINATES]
        self.play(FadeIn(words[1], 0.2 * RIGHT), Transform(box, cells[0]), run_time=0.5)
        self.play(Succession(*(Transform(box, cell, run_time=0.22) for cell in cells[1:])))
        self.play(FadeOut(box), FadeIn(words[2:], 0.2 * RIGHT), run_time=0.6)
        self.wait(2)
        self.play(FadeOut(words[1:], run_time=0.3))
        self.hush()

    def multiply_row_by_row(self, product, right):
        # Multiply the first row, and let the sum be followed
        ledger = get_ledger(get_toy_mlp().up[0], get_pass().x, ("row 0 of W_up", "E"))
        ledger.next_to(product.plates[2], RIGHT, buff=0.3).set_y(product.matrix.get_y())
        plate, lines, others, rule, total = ledger
        at = [4.2 * place / 6 + 0.25 for place in (0, 1, 2, 3, 5)]
        self.play(FadeIn(VGroup(product.plates[2], right), 0.3 * RIGHT), FadeIn(plate, 0.3 * RIGHT), run_time=0.6)
        self.play(
            get_sweep(right, *PACE[0]),
            *(FadeIn(line, 0.2 * RIGHT, time_span=(t, t + 0.35)) for line, t in zip(lines, at, strict=True)),
            FadeIn(others, time_span=(at[3] + 0.5, at[3] + 0.8)),
            FadeIn(VGroup(rule, total), time_span=(4.2, 4.6)),
        )

        # Take its calculation away before the other rows run
        self.play(FadeOut(ledger), run_time=0.5)
        self.play(get_sweep(right, *PACE[1]))
        self.remove(right)
        self.add(product.equals, product.result)
        self.wait(0.6)


def get_row_box(mobject):
    """A box round tiles of the matrix."""
    return SurroundingRectangle(mobject, buff=0.02).set_stroke(FOCUS, 5)


def get_sweep(right, times, rows):
    """An animation: rows of a product are worked out.

    Args:
        right: the product.
        times: seconds.
        rows: how many of its rows are done then.
    """
    shares = np.array(rows) / len(VISIBLE_UNITS)
    return right.show_rows(run_time=times[-1], rate_func=lambda t: float(np.interp(t * times[-1], times, shares)))
