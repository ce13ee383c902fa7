"""What a network of two inputs thinks everywhere: a field in two colours, and the line between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from manimlib import DEGREES, Circle, Group, Rectangle, Square, Surface, VGroup, VMobject, color_to_rgb

from custom.palette import BACKGROUND, NEGATIVE_RAMP, POSITIVE_RAMP, SCAFFOLD, TEXT
from helpers.color import mix_colors, values_to_colors

if TYPE_CHECKING:
    from truth.moons import Training


class _Sheet(Surface):
    """A flat rectangle whose colours change from corner to corner of a fine grid."""

    def __init__(self, width: float, height: float, resolution: tuple[int, int]):
        self.size = width, height
        super().__init__(resolution=resolution, shading=(0, 0, 0), depth_test=False)

    def uv_func(self, u: float, v: float) -> tuple[float, float, float]:
        return (u - 0.5) * self.size[0], (v - 0.5) * self.size[1], 0.0


class DecisionField(Group):
    """A training run's points, on the probability that its network gives to each place.

    Where the network is sure, the field is bright in the colour of the kind it bets on; where it is undecided,
    dark, with the boundary on top. Points have a colour and a shape: discs are of kind 0, diamonds of kind 1.

    Parts: `sheet`, `boundary`, `frame`, `points` (in the run's order).

    Args:
        training: the run; kept as `training`.
        x_range, y_range: what part of the plane is drawn.
        width: in frame units; the height follows.
        time: in steps; see `set_time`.
    """

    colors = NEGATIVE_RAMP[1], POSITIVE_RAMP[1]  # as the sign of the logit
    shades = 257
    step = 0.12  # frame units between the boundary's anchors

    def __init__(
        self,
        training: Training,
        x_range: tuple[float, float] = (-1.55, 2.6),
        y_range: tuple[float, float] = (-1.05, 1.75),
        width: float = 6.0,
        time: float = 0,
    ):
        self.training = training
        spans = np.array([np.ptp(x_range), np.ptp(y_range)])
        size = width * spans / spans[0]
        self.xs, self.ys = (np.linspace(*ends, n) for ends, n in ((x_range, 93), (y_range, 64)))
        self.places = np.stack(np.meshgrid(self.xs, self.ys, indexing="ij"), axis=-1).reshape(-1, 2)
        dark, bright = BACKGROUND, [mix_colors(BACKGROUND, color, 0.5) for color in self.colors]
        ramp = values_to_colors(
            np.linspace(-1, 1, self.shades), positive=(dark, bright[1]), negative=(dark, bright[0]), neutral=dark
        )
        self.ramp = np.array([color_to_rgb(color) for color in ramp])

        self.sheet = _Sheet(*size, (len(self.xs), len(self.ys)))
        self.frame = Rectangle(*size).set_stroke(SCAFFOLD, 2)
        self.boundary = VMobject().set_stroke(TEXT, 5)
        super().__init__(self.sheet, self.boundary, self.frame)
        self.points = VGroup(
            (Circle(radius=0.065) if label == 0 else Square(0.12).rotate(45 * DEGREES))
            .set_fill(self.colors[int(label)], 1)
            .set_stroke(BACKGROUND, 3, behind=True)
            .move_to(self.c2p(*point))
            for point, label in zip(training.points, training.labels, strict=True)
        )
        self.add(self.points)
        self.time: float | None = None
        self.set_time(time)

    def c2p(self, x: float | np.ndarray, y: float | np.ndarray) -> np.ndarray:
        """Where a place of the plane is on screen: (3,), or (n, 3) for arrays."""
        left, right = self.xs[[0, -1]]
        unit = self.frame.get_width() / (right - left)
        middle = np.array([(left + right) / 2, (self.ys[0] + self.ys[-1]) / 2])
        offset = unit * (np.stack([x, y], axis=-1) - middle)
        return self.frame.get_center() + np.concatenate([offset, np.zeros((*offset.shape[:-1], 1))], axis=-1)

    def set_time(self, time: float) -> DecisionField:
        """Show what the network thinks after some steps; between two, as its weights were between."""
        if time == self.time:
            return self
        self.time = time
        p = self.training.probabilities(self.places, time)
        rgb = self.ramp[np.rint(p * (self.shades - 1)).astype(int)]
        self.sheet.set_rgba_array(np.column_stack([rgb, np.full(len(p), self.sheet.get_opacity())]))
        self.boundary.clear_points()
        for line in self.training.boundary(self.xs, self.ys, time):
            points = thin_out(self.c2p(line[:, 0], line[:, 1]), self.step)
            self.boundary.append_vectorized_mobject(VMobject().set_points_smoothly(points))
        return self


def thin_out(points: np.ndarray, step: float) -> np.ndarray:
    """Of a polyline's points, (n, 3), both ends and as many between that neighbours are about `step` apart."""
    lengths = np.cumsum([0, *np.linalg.norm(np.diff(points, axis=0), axis=1)])
    wanted = np.linspace(0, lengths[-1], max(int(lengths[-1] / step), 1) + 1)
    return points[np.unique(np.searchsorted(lengths, wanted - 1e-9).clip(0, len(points) - 1))]
