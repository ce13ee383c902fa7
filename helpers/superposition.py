"""More features than dimensions, as bodies: a model's features as arrows, and how much they get in each other's way.

W has a column for each feature, as in x' = ReLU(Wᵀ W x + b). `SuperpositionOfModel` is the scene of any such matrix.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from manimlib import (
    DOWN,
    IN,
    LEFT,
    ORIGIN,
    RIGHT,
    UP,
    Animation,
    FadeIn,
    Group,
    LaggedStart,
    Rectangle,
    SurroundingRectangle,
    Tex,
    Text,
    UpdateFromAlphaFunc,
    VGroup,
    linear,
    smooth,
)

from custom.cards import get_title
from custom.palette import FEED_FORWARD, FOCUS, INPUT, MUTED, PLATE, TEXT
from custom.scene import CaptionedScene
from custom.typography import LABEL, SMALL
from helpers.bodies import SolidArrow, SolidBlock, get_tube, set_telephoto
from helpers.color import mix_colors
from helpers.heat import HeatMatrix
from helpers.plate import Plate
from helpers.sign import Sign
from truth.numerics import FloatArray, as_floats
from truth.superposition import dimensionality, interference

SHORTEST = 0.06  # frame units: a shorter arrow is not drawn


def get_feature_colors(n: int) -> list[str]:
    """A colour for each feature, from cyan to violet: none of them is that of a sign, of the loss or of a gradient."""
    return [mix_colors(INPUT, FEED_FORWARD, k / max(n - 1, 1)) for k in range(n)]


class FeatureArrows(Group):
    """What a model makes of each of its features, as a solid arrow from the origin of a hidden space of 1 to 3 numbers.

    Parts: one group for each feature, with its arrow in it; empty while that would be too short to be seen.

    Args:
        weights: (n_hidden, n_features), a column for each feature.
        unit: frame units for a length of 1.
        width: of the shafts.
        colors: one for each feature; see `get_feature_colors`.
        center: where the origin is.

    Raises:
        ValueError: weights that are no matrix of finite numbers, or of more than three rows.
    """

    def __init__(
        self,
        weights: Any,
        unit: float = 2.0,
        width: float = 0.09,
        colors: Sequence[str] | None = None,
        center: np.ndarray = ORIGIN,
    ) -> None:
        n_features = as_floats(weights, ndim=2, name="weights").shape[1]
        self.unit, self.width, self.center_point = unit, width, np.array(center, dtype=float)
        self.colors = list(colors or get_feature_colors(n_features))
        super().__init__(*(Group() for _ in range(n_features)))
        self.set_weights(weights)

    def set_weights(self, weights: Any) -> FeatureArrows:
        """Show another matrix of as many features."""
        w = as_floats(weights, ndim=2, name="weights")
        if len(w) > 3:
            raise ValueError(
                f"arrows can show a hidden space of 1 to 3 numbers, but these weights have shape {w.shape}"
            )
        if w.shape[1] != len(self.submobjects):
            raise ValueError(f"weights of shape {w.shape} do not fit {len(self.submobjects)} arrows")
        self.vectors = np.pad(w.T, ((0, 0), (0, 3 - len(w))))
        for k, (place, color) in enumerate(zip(self.submobjects, self.colors, strict=True)):
            is_long = np.linalg.norm(self.vectors[k]) * self.unit >= SHORTEST
            place.set_submobjects(
                [SolidArrow(self.center_point, self.get_tip(k), color, self.width)] if is_long else []
            )
        return self

    def get_tip(self, index: int, beyond: float = 0.0) -> np.ndarray:
        """Where the arrow of a feature ends, or so many frame units farther out: (3,)."""
        vector = self.vectors[index]
        length = float(np.linalg.norm(vector))
        away = vector / length if length > 1e-9 else RIGHT
        point: np.ndarray = self.center_point + self.unit * vector + beyond * away
        return point


class InterferenceHeat(VGroup):
    """Wᵀ W as coloured cells, and a bar for each feature at the end of its row, on a plate.

    Parts: `plate`, `heat`, `scale_line` (which the longest bar reaches), `names` (of cells and bars), `bars`.

    Args:
        weights: (n_hidden, n_features).
        bars: "length" for ‖W_i‖, "dimensionality" for D_i.
        cell: side of a cell; None for what fits the frame.
        most: the length ‖W_i‖ that gets the strongest colour on the diagonal, and the longest bar.
        longest: that bar, or a D_i of 1, in frame units.
        room: of the plate, for bars, as a multiple of that.
        colors: of the bars.
        source: the name of W.
    """

    def __init__(
        self,
        weights: Any,
        bars: str = "length",
        cell: float | None = None,
        most: float = 1.0,
        longest: float = 1.3,
        room: float = 1.18,
        colors: Sequence[str] | None = None,
        source: str = "W",
    ) -> None:
        measures = {"length": lambda w: np.linalg.norm(w, axis=0), "dimensionality": dimensionality}
        if bars not in measures:
            raise ValueError(f"bars show 'length' or 'dimensionality', not {bars!r}")
        self.measure, self.unit = measures[bars], longest / (most if bars == "length" else 1.0)
        products = interference(weights)
        n = len(products)
        self.heat = HeatMatrix(
            products, source=f"{source}ᵀ {source}", max_value=most**2, cell=cell or min(0.5, 5.6 / n)
        )
        self.heat.remove(self.heat.brackets)
        self.bars = VGroup(
            Rectangle(1, 0.8 * self.heat.get_cell(0).get_width()).set_fill(color, 1).set_stroke(width=0)
            for color in colors or get_feature_colors(n)
        )
        start = self.heat.cells.get_right() + 0.18 * RIGHT
        ends = [self.heat.cells.get_corner(corner)[1] * UP for corner in (UP, DOWN)]
        self.scale_line = Rectangle(0.02, ends[0][1] - ends[1][1]).set_fill(MUTED, 0.8).set_stroke(width=0)
        self.scale_line.move_to(start + longest * RIGHT)
        ground = Rectangle(room * longest, 0.1).move_to(start, LEFT)
        title = (
            Tex(Rf"{source}^\top {source}", font_size=LABEL)
            if len(source) == 1
            else Text("interference", font_size=SMALL)
        )
        words = Text("length" if bars == "length" else "dimensions each", font_size=SMALL)
        self.names = VGroup(title.next_to(self.heat.cells, UP, buff=0.15), words.next_to(ground, UP).match_y(title))
        self.names.set_color(TEXT)
        self.plate = Plate(VGroup(self.heat, ground, self.scale_line, self.names), 0.22)
        super().__init__(self.plate, self.heat, self.scale_line, self.names, self.bars)
        self.center()
        self.set_weights(weights)

    def set_weights(self, weights: Any) -> InterferenceHeat:
        """Show another matrix of the same shape."""
        products = interference(weights)
        self.heat.set_values(products, source=str(self.heat.source))
        self.values: FloatArray = self.measure(as_floats(weights, ndim=2))
        for row, (bar, value) in enumerate(zip(self.bars, self.values, strict=True)):
            cell = self.heat.get_cell(row, len(self.values) - 1)
            bar.set_width(max(float(value) * self.unit, 0.01), stretch=True)
            bar.move_to(cell.get_right() + 0.18 * RIGHT, LEFT)
        return self


MOST_FEATURES = 120


class SuperpositionOfModel(CaptionedScene):
    """How a model arranges its features: as arrows where it has two or three hidden numbers, else as Wᵀ W.

    Attributes:
        weights: (n_features, n_hidden), a row for each feature: nested lists, an array or a tensor. (In
            x' = ReLU(Wᵀ W x + b) with a torch `W` of shape (n_hidden, n_features), that is `W.T`; of a
            `torch.nn.Embedding` or the output layer of a classifier it is `.weight` as it is.)
        names: of the features, one for each; numbers if empty.
        title: at the top.
    """

    weights: Any = None
    names: Sequence[str] = ()
    title = "Features in Superposition"

    def construct(self) -> None:
        self.read_weights()
        set_telephoto(self.frame)
        if len(self.w) <= 3:
            self.show_arrows()
        else:
            self.show_interference()

    def read_weights(self) -> None:
        """Take the weights in.

        Raises:
            ValueError: no weights; no matrix of finite numbers; too many features; nothing but zeros; names that do not
                fit.
        """
        if self.weights is None:
            raise ValueError(
                f"{type(self).__name__} has no weights: write, for example, weights = [[1, 0], [-1, 0], [0, 1]], a row "
                "for each feature"
            )
        rows = as_floats(self.weights, name="weights")
        if rows.ndim != 2:
            raise ValueError(
                f"weights must be a matrix with a row for each feature, (n_features, n_hidden), but their shape is "
                f"{rows.shape}"
            )
        if len(rows) > MOST_FEATURES:
            raise ValueError(
                f"{len(rows):,} features are more than one picture can show ({MOST_FEATURES}): take some of them, "
                f"weights[:{MOST_FEATURES}]"
                + (", or weights.T, if it is the columns that are features" if rows.shape[1] < MOST_FEATURES else "")
            )
        if not rows.any():
            raise ValueError("all weights are 0: no feature is represented, and there is nothing to draw")
        if self.names and len(self.names) != len(rows):
            raise ValueError(f"{len(self.names)} names do not fit {len(rows)} features")
        self.w = rows.T

    def get_names(self) -> list[str]:
        return list(self.names) or [str(k + 1) for k in range(self.w.shape[1])]

    def get_count(self) -> str:
        n, m = self.w.shape[1], self.w.shape[0]
        return f"{n} feature{'s' * (n != 1)}, {m} hidden number{'s' * (m != 1)}"

    def grow(self, *shown: FeatureArrows | InterferenceHeat, **config: Any) -> list[Animation]:
        """Animations: all that is shown grows from nothing to the weights."""

        def show(mobject: Any, alpha: float) -> None:
            mobject.set_weights(max(smooth(float(alpha)), 1e-3) * self.w)

        return [UpdateFromAlphaFunc(mobject, show, rate_func=linear, **config) for mobject in shown]

    def show_arrows(self) -> None:
        # Set up the space that the features have to share
        n, is_flat = self.w.shape[1], len(self.w) < 3
        largest = float(np.linalg.norm(self.w, axis=0).max())
        arrows = FeatureArrows(self.w, (2.5 if is_flat else 2.1) / largest, min(0.15, 0.35 / n**0.5))
        heat = (
            InterferenceHeat(self.w, cell=min(0.5, 3.2 / n), most=largest, source="weights")
            .to_edge(RIGHT, buff=0.5)
            .fix_in_frame()
        )
        title = get_title(self.title).fix_in_frame()
        board = SolidBlock(6, 6, 0.3).shift(0.3 * IN) if is_flat else SolidBlock(6, 0.3, 6).shift(2.7 * DOWN)
        axes = Group(
            get_tube(-2.8 * way, 2.8 * way, 0.035).set_color(mix_colors(PLATE, TEXT, 0.5))
            for way in np.eye(3)[: 2 if is_flat else 3]
        )
        names = Group(
            Sign(name, self.frame, lambda k=k: arrows.get_tip(k, 0.3), -0.18, font_size=LABEL if n < 9 else SMALL)
            for k, name in enumerate(self.get_names())
        )
        self.frame.reorient(-28, -22, 0, (2.2, 0, 0) if is_flat else (2.2, -0.9, 0), 8.4 if is_flat else 9.4)
        self.add(board, axes)
        self.play(FadeIn(title), self.frame.animate(rate_func=linear).reorient(-22, -20), run_time=1.5)

        # Let the arrows grow, and see how they get in each other's way
        self.add(arrows)
        self.play(
            *self.grow(arrows, run_time=2.5), self.frame.animate(rate_func=linear).reorient(-12, -16), run_time=2.5
        )
        self.play(LaggedStart(*(FadeIn(name) for name in names), lag_ratio=0.1))
        self.say(self.get_count(), FadeIn(heat))

        # Ride round them
        turn = (20, -12) if is_flat else (70, -18)
        self.play(self.frame.animate(rate_func=smooth).reorient(*turn), run_time=6)
        self.play(self.frame.animate(rate_func=smooth).reorient(-4, -6), run_time=4)

    def show_interference(self) -> None:
        # Show how much each feature adds to each output
        largest = float(np.linalg.norm(self.w, axis=0).max())
        heat = InterferenceHeat(
            self.w, "dimensionality", min(0.5, 4.5 / self.w.shape[1]), largest, 2.6, source="weights"
        )
        title = get_title(self.title)
        self.add(heat)
        self.play(FadeIn(title), *self.grow(heat), run_time=2.5)
        self.say(self.get_count())
        self.wait(2)

        # Say what the bars are
        self.say("Bars: dimensions that a feature has to itself")
        self.wait(1.5)

        # Point at the two features that get most in each other's way
        products = np.abs(heat.heat.values - np.diag(np.diag(heat.heat.values)))
        row, column = np.unravel_index(products.argmax(), products.shape)
        names = self.get_names()
        cells = VGroup(heat.heat.get_cell(int(i), int(j)) for i, j in ((row, column), (column, row)))
        boxes = VGroup(SurroundingRectangle(cell, buff=0.04).set_stroke(FOCUS, 4) for cell in cells)
        if not products.any():
            return self.wait(6)  # nothing is in the way of anything
        self.say(f"Most in each other's way: {names[row]} and {names[column]}", FadeIn(boxes, scale=2))
        self.wait(4.5)
