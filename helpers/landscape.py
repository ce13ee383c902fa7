"""What a network of two inputs thinks everywhere, as a lit body: its height is the probability, its hue the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from manimlib import OUT, DotCloud, Group, Surface, VMobject, color_to_rgb

from custom.palette import BACKGROUND, NEGATIVE_RAMP, PLATE, POSITIVE_RAMP, TEXT
from helpers.color import mix_colors, values_to_colors

if TYPE_CHECKING:
    from truth.moons import Training

COLORS = NEGATIVE_RAMP[1], POSITIVE_RAMP[1]  # of the two kinds of points: as the sign of the logit


class Sheet(Surface):
    """A surface over a grid whose points and colours are set from outside."""

    def __init__(self, resolution: tuple[int, int], shading: tuple[float, float, float] = (0.2, 0.15, 0.45)):
        super().__init__(resolution=resolution, shading=shading)

    def set_colors(self, rgb: np.ndarray) -> Sheet:
        """Take these colours, (nu, nv, 3) in [0, 1], one for each point."""
        self.data["rgba"][:, :3] = rgb.reshape(-1, 3)
        return self

    def set_grid(self, points: np.ndarray) -> Sheet:
        """Pass through these points, (nu, nv, 3)."""
        flat = points.reshape(-1, 3)
        if len(flat) != self.get_num_points():
            raise ValueError(f"{points.shape[:2]} points do not fit a surface of resolution {self.resolution}")
        self.set_points(flat)
        along_u, along_v = np.gradient(points, axis=0), np.gradient(points, axis=1)
        self.data["du_point"][:] = flat + 1e-2 * along_u.reshape(-1, 3)
        self.data["dv_point"][:] = flat + 1e-2 * along_v.reshape(-1, 3)
        return self


class DecisionLandscape(Group):
    """A training run's points on a solid whose upper side is as high as the network's probability of label 1.

    The colour of a place says the sign of the network's logit, blue above zero and orange below, brighter the surer it
    is: as a neuron that shows 2p − 1. Where p is 1/2 runs a line. Points ride on the surface, in the colour of their
    kind.

    Parts: `top`, `walls` (four), `contour` (p = 1/2), `points` (one cloud, in the run's order).

    It stands on the plane z = 0 with its middle at the origin, and is looked at by moving the camera.

    Args:
        training: the run; kept as `training`.
        width: along x, in frame units; the depth, along y, follows.
        height: of p = 1, in frame units.
        x_range, y_range: what part of the plane is drawn.
        time: in steps; see `set_time`.
        rise: see `set_time`.
    """

    shades = 257
    base = 0.25  # how far the solid reaches below p = 0
    point_radius = 0.1
    step = 0.08  # frame units between the contour's anchors

    def __init__(
        self,
        training: Training,
        width: float = 8.0,
        height: float = 1.9,
        x_range: tuple[float, float] = (-1.55, 2.6),
        y_range: tuple[float, float] = (-1.05, 1.75),
        time: float = 0,
        rise: float = 1.0,
    ):
        self.training, self.height = training, height
        self.unit = width / float(np.ptp(x_range))
        self.middle = np.array([np.mean(x_range), np.mean(y_range)])
        self.xs, self.ys = np.linspace(*x_range, 141), np.linspace(*y_range, 95)
        self.places = np.stack(np.meshgrid(self.xs, self.ys, indexing="ij"), axis=-1)
        weak, strong = ([mix_colors(BACKGROUND, color, share) for color in COLORS] for share in (0.2, 0.62))
        middle = mix_colors(weak[0], weak[1], 0.5)
        ramp = values_to_colors(
            np.linspace(-1, 1, self.shades),
            positive=(weak[1], strong[1]),
            negative=(weak[0], strong[0]),
            neutral=middle,
        )
        self.ramp = np.array([color_to_rgb(color) for color in ramp])
        nx, ny = len(self.xs), len(self.ys)
        self.top = Sheet((nx, ny), (0.15, 0.12, 0.5))
        self.walls = Group(
            Sheet((n, 2), (0.2, 0.1, 0.35)).set_color(mix_colors(PLATE, TEXT, 0.12)) for n in (nx, ny, nx, ny)
        )
        self.contour = VMobject().set_stroke(TEXT, 5, flat=False).apply_depth_test()
        self.points = DotCloud(np.zeros((len(training.points), 3)), radius=self.point_radius)
        self.points.make_3d(0.3, 0.3, 0.4).apply_depth_test()
        super().__init__(self.walls, self.top, self.contour, self.points)
        self.light_up()
        self.now: tuple[float, float] | None = None
        self.set_time(time, rise)

    def light_up(self, indices: object = None, rest: float = 0.5) -> DecisionLandscape:
        """Show some points in their full colours, all if None, and the others nearer to the background by `rest`."""
        is_lit = np.ones(len(self.training.points), dtype=bool)
        if indices is not None:
            is_lit[:] = False
            is_lit[indices] = True
        colors = [self.get_color_of(index) for index in range(len(is_lit))]
        dim = [mix_colors(color, BACKGROUND, rest) for color in colors]
        chosen = [a if lit else b for a, b, lit in zip(colors, dim, is_lit, strict=True)]
        self.points.data["rgba"][:, :3] = [color_to_rgb(color) for color in chosen]
        return self

    def place(self, xy: np.ndarray, p: np.ndarray | float, above: float = 0.0) -> np.ndarray:
        """Where places of the plane, (…, 2), with a probability are: (…, 3).

        Args:
            above: so far over it, in frame units.
        """
        p = np.broadcast_to(p, xy.shape[:-1])
        z = self.base + self.height * p + above
        return np.concatenate([self.unit * (xy - self.middle), z[..., None]], axis=-1)

    def set_time(self, time: float, rise: float = 1.0) -> DecisionLandscape:
        """Show what the network thinks after some steps; between two, as its weights were between.

        Args:
            time: in steps.
            rise: how much of its height and its colours it has, from 0, a flat grey board, to 1.
        """
        if (time, rise) == self.now:
            return self
        self.now = time, rise
        p = self.training.probabilities(self.places.reshape(-1, 2), time).reshape(self.places.shape[:2])
        surface = self.place(self.places, rise * p)
        self.top.set_grid(surface)
        rgb = self.ramp[np.rint(p.ravel() * (self.shades - 1)).astype(int)]
        self.top.data["rgba"][:, :3] = rise * rgb + (1 - rise) * color_to_rgb(PLATE)
        edges = surface[:, 0], surface[-1, :], surface[::-1, -1], surface[0, ::-1]
        for wall, edge in zip(self.walls, edges, strict=True):
            foot = edge * np.array([1, 1, 0])
            wall.set_grid(np.stack([foot, edge], axis=1))
        own = self.training.probabilities(self.training.points, time)
        self.points.set_points(self.place(self.training.points, rise * own, self.point_radius))
        self._draw_contour(time, rise)
        return self

    def _draw_contour(self, time: float, rise: float) -> None:
        self.contour.clear_points()
        for line in self.training.boundary(self.xs, self.ys, time):
            points = thin_out(self.place(line, 0.5 * rise), self.step)
            places = points[:, :2] / self.unit + self.middle
            tiny = 1e-4 * np.eye(2)
            slopes = [
                (self.training.probabilities(places + way, time) - self.training.probabilities(places - way, time))
                / (2e-4 * self.unit)
                for way in tiny
            ]
            normals = np.stack([-rise * self.height * slopes[0], -rise * self.height * slopes[1], np.ones(len(places))])
            normals /= np.linalg.norm(normals, axis=0)
            self.contour.append_vectorized_mobject(VMobject().set_points_as_corners(points + 0.03 * normals.T))
        self.contour.set_stroke(TEXT, 5, opacity=rise)

    def get_color_of(self, index: int) -> str:
        """The colour of a point's kind."""
        return mix_colors(COLORS[int(self.training.labels[index])], TEXT, 0.15)

    def get_point(self, index: int) -> np.ndarray:
        """Where a point of the data rides by now: (3,)."""
        return self.points.get_points()[index]

    def get_goal(self, index: int) -> np.ndarray:
        """Where the surface should be at a point of the data: at 1 for a blue one, at 0 for an orange one."""
        return self.place(self.training.points[index], self.training.labels[index]) + self.point_radius * OUT


def thin_out(points: np.ndarray, step: float) -> np.ndarray:
    """Of a polyline's points, (n, 3), both ends and as many between that neighbours are about `step` apart."""
    lengths = np.cumsum([0, *np.linalg.norm(np.diff(points, axis=0), axis=1)])
    wanted = np.linspace(0, lengths[-1], max(int(lengths[-1] / step), 1) + 1)
    return points[np.unique(np.searchsorted(lengths, wanted - 1e-9).clip(0, len(points) - 1))]
