"""Numbers on solid rails, one below the other, and the sheets of light that a function carries a length along."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from manim_imports_ext import *
from truth.source import CHOICE

LEFT_END, RIGHT_END = -4.6, 6.7  # of every rail, in frame units
COLUMN = -2.6  # where the values that belong together stand, one below the other
HEIGHT, DEPTH = 0.46, 0.6  # of a rail
UNIT = 1.7  # frame units of 1, before anything is enlarged


class Rails(Group):
    """A chain of functions as number lines on one scale, with a nudge of the first number that runs down all of them.

    What it shows follows from a few numbers, each a ValueTracker in `state`: `nudge` (of the first value), `reach`
    (the rail down to which the nudge has come; 0.5 is halfway to the second), `zoom`, `bend` (handed to `run`),
    `shown` (how much the whole numbers are: 0 before anything is enlarged, or they would run off), and a `y` for
    each rail. `get_moves(nudge=0.1, y1=2)` are animations that change them.

    Parts: `strips` (what the functions do to equal steps), `landings` (where those end, on the face of each rail but
    the first: how wide each step has become), `sheets` (what they do to the nudge), `bars` (solid),
    `lights` (the nudge on each rail), `ticks`, `numbers`.

    Args:
        run: from (first value, bend) to the values on all rails.
        base: the first value, before it is nudged.
        colors: of the rails, one each.
        ys: where they lie.
        step: the first value's step from strip to strip at zoom 1.
    """

    def __init__(
        self,
        run: Callable[[float, float], Sequence[float]],
        base: float,
        colors: Sequence[str],
        ys: Sequence[float],
        step: float = 0.1,
    ) -> None:
        super().__init__()
        self.run, self.base, self.step = run, base, step
        state = {"nudge": 1e-6, "reach": 0.0, "zoom": 1.0, "bend": 0.0, "shown": 1.0}
        state |= {f"y{k}": y for k, y in enumerate(ys)}
        self.state = {name: ValueTracker(value) for name, value in state.items()}
        gaps = len(ys) - 1
        self.strips = VGroup(VGroup(VMobject() for _ in range(30)) for _ in range(gaps))
        self.landings = VGroup(VGroup(VMobject() for _ in range(30)) for _ in range(gaps))
        self.sheets = VGroup(VMobject() for _ in range(gaps))
        self.thread = VMobject()
        self.bars = Group(self.get_bar(mix_colors(PLATE, color, 0.25)) for color in colors)
        self.lights = Group(self.get_bar(FOCUS).set_shading(0.15, 0.1, 0.2) for _ in ys)
        self.front = self.get_bar(FOCUS)
        self.ticks = VGroup(VMobject() for _ in ys)
        self.numbers = VGroup(self.get_numbers(value) for value in run(base, 0.0))
        self.add(self.strips, self.sheets, self.thread, self.bars, self.landings)
        self.add(self.lights, self.front, self.ticks, self.numbers)
        self.drawn = None
        self.add_updater(lambda rails: rails.draw()).draw()

    @staticmethod
    def get_bar(color):
        return Cube(side_length=1, color=color).set_shading(0.25, 0.2, 0.4).apply_depth_test()

    @staticmethod
    def get_numbers(value):
        """Whole numbers around a value, for a rail's face."""
        return VGroup(
            SourcedNumber(k, num_decimal_places=0, font_size=LABEL, source=CHOICE)
            for k in range(int(np.floor(value)) - 1, int(np.floor(value)) + 7)
        )

    def get(self, name: str) -> float:
        return float(self.state[name].get_value())

    def get_moves(self, **state: float) -> list[Animation]:
        """Animations of what is shown to other numbers; for `zoom` and `nudge`, by equal factors in equal times."""
        moves = []
        for name, new in state.items():
            tracker, old = self.state[name], self.get(name)
            if name == "zoom" or (name == "nudge" and min(old, new) > 1e-4):
                moves.append(UpdateFromAlphaFunc(tracker, lambda m, a, o=old, n=new: m.set_value(o ** (1 - a) * n**a)))
            else:
                moves.append(tracker.animate.set_value(new))
        return moves

    def get_values(self, offset: float = 0.0) -> np.ndarray:
        """The values on all rails: (n,)."""
        return np.array(self.run(self.base + offset, self.get("bend")))

    def get_changes(self) -> np.ndarray:
        """How far the nudge moves each value: two runs, subtracted. (n,)"""
        return self.get_values(self.get("nudge")) - self.get_values()

    def get_ratio(self, gap: int) -> float:
        """How many times as long the nudge is below a gap as above it."""
        changes = self.get_changes()
        return float(changes[gap + 1] / changes[gap])

    def get_y(self, rail: int) -> float:
        return self.get(f"y{rail}")

    def draw(self) -> None:
        """Draw everything as `state` says, if it says something new."""
        now = tuple(tracker.get_value() for tracker in self.state.values())
        if now == self.drawn:
            return
        self.drawn = now
        unit, reach, values = UNIT * self.get("zoom"), self.get("reach"), self.get_values()
        ys = [self.get_y(k) for k in range(len(values))]
        step = self.step / self.get("zoom")
        shown = float(np.clip(self.get("shown"), 0, 1))
        grid = COLUMN + unit * np.array([self.get_values(k * step) - values for k in range(-8, 23)])  # (places, rails)
        ends = COLUMN + unit * self.get_changes()
        for gap, (top, bottom) in enumerate(pairwise(ys)):
            high, low = top - HEIGHT / 2, bottom + HEIGHT / 2
            is_flat = high - low < 0.05
            for k, strip in enumerate(self.strips[gap]):
                (a, c), (b, d) = grid[k, gap : gap + 2], grid[k + 1, gap : gap + 2]
                seen = not is_flat and min(a, c) >= LEFT_END and max(b, d) <= RIGHT_END
                strip.set_points_as_corners([(a, high, 0), (b, high, 0), (d, low, 0), (c, low, 0), (a, high, 0)])
                strip.set_fill(OPERATION, (0.38, 0.2)[k % 2] if seen else 0).set_stroke(width=0)
                edge, z = bottom - HEIGHT / 2 + 0.02, DEPTH / 2 + 0.02
                self.landings[gap][k].set_points_as_corners(
                    [(c, edge, z), (d, edge, z), (d, low - 0.02, z), (c, low - 0.02, z), (c, edge, z)]
                )
                self.landings[gap][k].set_fill(OPERATION, 0.55 if seen and k % 2 == 0 else 0).set_stroke(width=0)
            part = float(np.clip(reach - gap, 0, 1))
            front, y = (1 - part) * ends[gap] + part * ends[gap + 1], (1 - part) * high + part * low
            sheet = self.sheets[gap]
            sheet.set_points_as_corners(
                [(COLUMN, high, 0), (ends[gap], high, 0), (front, y, 0), (COLUMN, y, 0), (COLUMN, high, 0)]
            )
            sheet.set_fill(FOCUS, 0.75 if part > 0 and not is_flat else 0).set_stroke(width=0)
            if 0 < part < 1:
                self.put(self.front, COLUMN, front, y, 0.16, DEPTH)
        if reach == int(reach):
            self.put(self.front, COLUMN, COLUMN + 1e-3, ys[0], 1e-3, 1e-3)
        self.thread.set_points_as_corners([(COLUMN, ys[0], 0), (COLUMN, ys[-1], 0)]).set_stroke(ACTIVATION, 5)
        for k, (bar, light, y) in enumerate(zip(self.bars, self.lights, ys, strict=True)):
            self.put(bar, LEFT_END, RIGHT_END, y, HEIGHT, DEPTH)
            is_lit = reach >= k and self.get("nudge") > 1e-5
            size = (HEIGHT + 0.06, DEPTH + 0.06) if is_lit else (0.01, 0.01)
            self.put(light, COLUMN, ends[k] if is_lit else COLUMN, y, *size)
            self.draw_ticks(k, y, values[k], unit)
            for number in self.numbers[k]:
                x = COLUMN + unit * (number.value - values[k])
                number.move_to([x, y, DEPTH / 2 + 0.05])
                covered = is_lit and COLUMN - 0.2 < x < ends[k] + 0.2
                inside = is_lit and COLUMN + 0.12 < x < ends[k] - 0.12
                seen = LEFT_END + 0.2 < x < RIGHT_END - 0.2 and abs(x - COLUMN) > 0.15
                opacity = shown if seen and (inside or not covered) else 0.0
                number.set_fill(BACKGROUND if inside else TEXT, opacity)

    @staticmethod
    def put(bar, left, right, y, height, depth):
        """Let a solid bar reach from left to right."""
        bar.set_shape(max(right - left, 1e-3), height, depth).move_to([(left + right) / 2, y, 0])

    def draw_ticks(self, rail, y, value, unit):
        """Marks at the upper edge of a rail: tenths, and under the glass tenths of tenths, and so on."""
        spacing = 10.0 ** np.floor(np.log10(1.9 / unit)) / 10
        first = int(np.ceil((value + (LEFT_END - COLUMN) / unit) / spacing))
        last = int(np.floor((value + (RIGHT_END - COLUMN) / unit) / spacing))
        top, z, points = y + HEIGHT / 2, DEPTH / 2 + 0.04, []
        for k in range(first, last + 1):
            x, length = COLUMN + unit * (k * spacing - value), 0.16 if k % 10 == 0 else 0.07
            end = (x, top - length, z)
            points += [(x, top, z), (x, top - length / 2, z), end, end]  # a line, and a step to the next one
        self.ticks[rail].set_points(np.array(points[:-1])).set_stroke(MUTED, 2)
