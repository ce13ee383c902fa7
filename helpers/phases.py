"""What is best where, as a lit body: the lower envelope of losses over two quantities, coloured by the winner."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from manimlib import DotCloud, Group, color_to_rgb

from custom.palette import BACKGROUND, PLATE, TEXT
from helpers.color import mix_colors
from helpers.landscape import Sheet
from truth.numerics import FloatArray, as_floats


class PhasePicture(Group):
    """The lowest of several losses over a plane with two logarithmic axes, as a solid: which is lowest says its colour.

    Parts: `walls` (front, right, back, left), `top`, and `dots` once they are set.

    It stands on the plane y = 0, its middle over the origin, x along x and y into the depth.

    Args:
        losses: each of arrays x and y, (…), to heights of that shape.
        colors: one for each.
        x_range, y_range: (lowest, highest), above 0.
        width, depth: in frame units.
        height: of a loss of 1, in frame units.
        most: loss from which on a sheet is cut off.
        resolution: points along each side.

    Raises:
        ValueError: ranges that do not begin above 0 and rise; losses and colours that are not as many.
    """

    base = 0.35  # how far the solid reaches below a loss of 0
    dot_radius = 0.105

    def __init__(
        self,
        losses: Sequence[Callable[[FloatArray, FloatArray], Any]],
        colors: Sequence[str],
        x_range: tuple[float, float],
        y_range: tuple[float, float],
        width: float = 8.0,
        depth: float = 6.0,
        height: float = 3.0,
        most: float = 1.0,
        resolution: int = 121,
    ) -> None:
        if len(losses) != len(colors):
            raise ValueError(f"{len(losses)} losses do not fit {len(colors)} colours")
        for name, (low, high) in (("x_range", x_range), ("y_range", y_range)):
            if not 0 < low < high:
                raise ValueError(f"{name} must rise from above 0, since its axis is logarithmic: {low} to {high}")
        self.losses, self.colors, self.height, self.most = list(losses), list(colors), height, most
        self.ranges, self.size = (x_range, y_range), (width, depth)
        self.x, self.y = np.meshgrid(
            np.geomspace(*x_range, resolution), np.geomspace(*y_range, resolution), indexing="ij"
        )
        sheets = np.stack([np.asarray(loss(self.x, self.y)) + 0 * self.x for loss in losses])
        self.heights, self.winners = sheets.min(axis=0), sheets.argmin(axis=0)
        points = self.place(self.x, self.y, self.heights)
        rgb = np.array([color_to_rgb(mix_colors(color, BACKGROUND, 0.25)) for color in colors])[self.winners]
        self.top = Sheet(points.shape[:2], (0.15, 0.15, 0.45)).set_grid(points).set_colors(rgb)
        self.top.apply_depth_test()
        edges = points[:, 0], points[-1, :], points[::-1, -1], points[0, ::-1]
        self.walls = Group()
        for edge in edges:
            foot = edge * np.array([1, 0, 1])
            wall = Sheet((len(edge), 2), (0.2, 0.1, 0.35)).set_grid(np.stack([foot, edge], axis=1))
            self.walls.add(wall.set_color(mix_colors(PLATE, TEXT, 0.12)).apply_depth_test())
        super().__init__(self.walls, self.top)

    def place(self, x: Any, y: Any, loss: Any, above: float = 0.0) -> FloatArray:
        """Where a loss at x and y is in space: (…) to (…, 3)."""
        shares = [
            np.log(np.asarray(value, dtype=np.float64) / low) / np.log(high / low) - 0.5
            for value, (low, high) in zip((x, y), self.ranges, strict=True)
        ]
        z = self.base + self.height * np.minimum(loss, self.most) + above
        places: FloatArray = np.stack(np.broadcast_arrays(self.size[0] * shares[0], z, -self.size[1] * shares[1]), -1)
        return places

    def get_sheet(self, index: int, above: float = 0.0) -> Sheet:
        """All of one loss, in its colour, cut off at `most`."""
        loss = np.asarray(self.losses[index](self.x, self.y)) + 0 * self.x
        points = self.place(self.x, self.y, loss, above)
        sheet = Sheet(points.shape[:2], (0.15, 0.15, 0.45)).set_grid(points)
        return sheet.set_color(mix_colors(self.colors[index], BACKGROUND, 0.15)).apply_depth_test()

    def set_dots(self, x: Any, y: Any, phases: Any) -> PhasePicture:
        """Put a ball on the surface for each trained model, in the colour of what it did.

        Args:
            x, y: of the models, of one shape.
            phases: an index of `colors` for each. The surface below them is darkened, so that they stand out in their
                own colours.
        """
        x, y = (as_floats(values, name="places of models") for values in (x, y))
        heights = np.min([np.asarray(loss(x, y)) + 0 * x for loss in self.losses], axis=0)
        points = self.place(x, y, heights, 0.5 * self.dot_radius).reshape(-1, 3)
        self.dots = DotCloud(points, radius=self.dot_radius).make_3d(0.3, 0.3, 0.4).apply_depth_test()
        rgb = [color_to_rgb(mix_colors(self.colors[k], TEXT, 0.1)) for k in np.ravel(phases)]
        self.dots.data["rgba"][:, :3] = rgb
        dark = [color_to_rgb(mix_colors(color, BACKGROUND, 0.62)) for color in self.colors]
        self.top.set_colors(np.array(dark)[self.winners])
        self.set_submobjects([self.walls, self.top, self.dots])
        return self
