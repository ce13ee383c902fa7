"""Angles to look at: two vectors with the angle between them, and how many pairs of many have which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from manimlib import RIGHT, UP, Animation, Cube, Group, Mobject, Text, VGroup, color_to_rgb

from custom.palette import BACKGROUND, INPUT, OPERATION, PLATE, TARGET, TEXT
from custom.typography import HEADING, LABEL
from helpers.bundle import Shape, Spike
from helpers.color import mix_colors
from helpers.number import SourcedNumber
from truth.almost_orthogonal import angle_between
from truth.numerics import FloatArray, as_floats
from truth.source import Source


class AngleSector(Shape):
    """A flat piece of a disc in the plane of the page, from one angle to another, in degrees."""

    def __init__(self, radius: float, color: str, z: float = 0.0) -> None:
        super().__init__((73, 2), color)
        self.radius, self.z = radius, z
        self.set_range(0, 90)

    def set_range(self, start: float, end: float) -> AngleSector:
        """Reach from one angle to another."""
        angles = np.radians(np.linspace(start, end, self.resolution[0]))
        rim = self.radius * np.stack([np.cos(angles), np.sin(angles), 0 * angles], axis=1)
        points = np.stack([0 * rim, rim], axis=1) + np.array([0, 0, self.z])
        self.set_shape(points, np.array([1.0, 0, 0]), np.array([0, 1.0, 0]))
        return self


class VectorPair(Group):
    """Two vectors from one point as solid arrows, the piece of a disc between them, and their angle as a live number.

    Parts: `sector`, `first` (along +x), `second`, `label` (the number and a degree sign).

    Args:
        angle: in degrees, over 0 to 180.
        length: of both, in frame units.
        start: where they begin.
        colors: of the two arrows.
        width: of their shafts.
        decimals: of the angle.
        name: of the number's source.

    Raises:
        ValueError: an angle that is not over 0, to 180.
    """

    def __init__(
        self,
        angle: float = 90.0,
        length: float = 3.0,
        start: Any = (0, 0, 0),
        *,
        colors: Sequence[str] = (INPUT, OPERATION),
        width: float = 0.16,
        decimals: int = 0,
        font_size: float = HEADING,
        name: str = "angle",
    ) -> None:
        self.length, self.start = length, np.array(start, dtype=float)
        self.sector = AngleSector(0.72 * length, mix_colors(PLATE, TEXT, 0.1), -width)
        self.first = Spike(length * RIGHT, width, colors[0], start)
        self.second = Spike(length * UP, width, colors[1], start)
        source = Source(name, (), self.get_angle)
        self.number = SourcedNumber(90, source=source, num_decimal_places=decimals, font_size=font_size)
        self.number.mark_zero = False
        self.degree = Text("°", font_size=font_size)
        self.label = VGroup(self.number, self.degree).set_color(TEXT).set_backstroke(BACKGROUND, 4)
        super().__init__(self.sector, self.first, self.second, self.label)
        self.set_angle(angle)

    def get_angle(self) -> float:
        """What it is between the two, in degrees."""
        return angle_between(self.first.vector, self.second.vector)

    def set_angle(self, angle: float) -> VectorPair:
        """Turn the second vector until their angle is so many degrees."""
        if not 0 < angle <= 180:
            raise ValueError(f"an angle between two vectors is over 0, to 180 degrees, not {angle}")
        turn = np.radians(angle)
        self.second.set_vector(self.length * np.array([np.cos(turn), np.sin(turn), 0]))
        self.sector.set_range(0, angle)
        self.sector.shift(self.start)
        self.number.set_value(self.get_angle())
        self.degree.next_to(self.number, RIGHT, buff=0.05).align_to(self.number, UP)
        # Where the sector is too narrow for the number it stands farther out.
        half = np.radians(angle / 2)
        reach = (0.57 + 0.7 * np.clip((50 - angle) / 30, 0, 1)) * self.length
        self.label.move_to(self.start + reach * np.array([np.cos(half), np.sin(half), 0]))
        return self


def get_vector_pair(angle: float = 90.0, length: float = 3.0, **config: Any) -> VectorPair:
    """Two solid vectors with a live angle between them, in degrees; see `VectorPair`."""
    return VectorPair(angle, length, **config)


class TurnPair(Animation):
    """The angle of a VectorPair runs from what it is when this begins to another, in degrees."""

    def __init__(self, pair: VectorPair, angle: float, **kwargs: Any) -> None:
        self.end = angle
        super().__init__(pair, **kwargs)

    def begin(self) -> None:
        self.angle = self.mobject.get_angle()
        super().begin()

    def create_starting_mobject(self) -> Mobject:
        return self.mobject

    def interpolate_mobject(self, alpha: float) -> None:
        share = self.rate_func(self.time_spanned_alpha(alpha))
        self.mobject.set_angle(min((1 - share) * self.angle + share * self.end, 180.0))


class AngleHistogram(Group):
    """How many pairs have which angle, as a solid skyline on a slab: equal parts of a range of angles, left to right.

    It may show a window of the range alone, and open it.

    Parts: `slab`, `top` (treads and risers), `front`, `labels` (words below the front edge, in degrees).

    Args:
        shares: (bins,): of all pairs, in each part of the range.
        low, high: the range, in degrees.
        window: what of it is shown at first; None for all.
        width, height, depth: of the skyline in frame units; `height` is that of the share `most`.
        most: None for the largest share.
        ticks: angles to name.
        unit: behind their numbers; a histogram over something else than angles has another.
        color: of a part; parts may have others, see `set_colors`.

    It stands on y = 0, its front at z = 0, its middle at x = 0.

    Raises:
        ValueError: a range that is empty; shares that are negative.
    """

    def __init__(
        self,
        shares: Any,
        *,
        low: float = 0.0,
        high: float = 180.0,
        window: tuple[float, float] | None = None,
        width: float = 11.0,
        height: float = 4.5,
        depth: float = 1.2,
        most: float | None = None,
        ticks: Sequence[float] = (0, 45, 90, 135, 180),
        unit: str = "°",
        color: str = INPUT,
    ) -> None:
        if not low < high:
            raise ValueError(f"a range of angles goes upwards, not from {low} to {high}")
        given = as_floats(shares, ndim=1, name="shares")
        self.low, self.high, self.width, self.height, self.depth = low, high, width, height, depth
        self.top = Shape((4 * len(given) + 2, 2), color)
        self.front = Shape((2 * len(given), 2), color)
        self.slab = Cube(side_length=1).set_color(PLATE).set_shading(0.3, 0.2, 0.4).apply_depth_test()
        self.slab.set_shape(width + 0.5, 0.3, depth + 0.7).move_to(np.array([0, -0.16, -depth / 2]))
        self.window, self.ticks, self.place = window or (low, high), tuple(ticks), 0.0
        self.labels = VGroup(Text(f"{tick:,g}{unit}", font_size=LABEL + 4).set_color(TEXT) for tick in ticks)
        super().__init__(self.slab, self.top, self.front, self.labels)
        self.colors = np.tile(color_to_rgb(color), (len(given), 1))
        self.set_shares(given, most)
        self.set_window(*self.window)

    @property
    def bins(self) -> int:
        """How many parts the range has."""
        return len(self.colors)

    def to_point(self, angle: float, share: float = 0.0) -> np.ndarray:
        """Where an angle is on the front edge, (3,), so high above the slab as a share is."""
        start, end = self.window
        x = self.width * ((angle - start) / (end - start) - 0.5)
        height = self.height * share / self.most if share else 0.0
        return np.array([x, height, 0]) + self._origin()

    def _origin(self) -> np.ndarray:
        return self.slab.get_center() + np.array([0, 0.16, self.depth / 2])

    def set_shares(self, shares: Any, most: float | None = None) -> AngleHistogram:
        """Be as high as other shares (bins,).

        Args:
            most: the share that is `height` high; None for the largest.

        Raises:
            ValueError: another number of them (the message has both), negative ones.
        """
        given = as_floats(shares, ndim=1, name="shares")
        if len(given) != self.bins:
            raise ValueError(f"shares of shape {given.shape} do not fit a histogram of {self.bins} parts")
        if given.min() < 0:
            raise ValueError(f"a share is at least 0, not {given.min()}")
        self.shares, self.most = given, float(most or given.max() or 1.0)
        heights = np.maximum(self.height * given / self.most, 4e-3)
        start, end = self.window
        angles = np.clip(np.linspace(self.low, self.high, self.bins + 1), start, end)
        edges = self.width * ((angles - start) / (end - start) - 0.5)
        heights = np.where(np.diff(edges) > 0, heights, 4e-3)
        y = np.concatenate([[0.0], np.repeat(heights, 4), [0.0]])
        corners = np.stack([edges[:-1], edges[:-1], edges[1:], edges[1:]], axis=1)
        x = np.concatenate([edges[:1], corners.ravel(), edges[-1:]])
        # Along the outline each part has four points: the end of the riser before it, its tread, the start of the next
        # riser. Each riser goes up or down.
        rises = np.diff(np.concatenate([[0.0], heights, [0.0]])) >= 0
        riser = np.where(rises[:, None], [[0.0, 1, 0]], [[0.0, -1, 0]])
        tread = np.broadcast_to([1.0, 0, 0], (self.bins, 3))
        inner = np.stack([riser[:-1], tread, tread, riser[1:]], axis=1).reshape(-1, 3)
        ways = np.concatenate([riser[:1], inner, riser[-1:]])
        origin = self._origin()
        edge = np.stack([x, y, 0 * x], axis=1) + origin
        back = edge - np.array([0, 0, self.depth])
        self.top.set_shape(np.stack([edge, back], axis=1), ways[:, None, :], np.array([0, 0, -1.0]))
        x, y = np.repeat(edges, 2)[1:-1], np.repeat(heights, 2)
        upper = np.stack([x, y, 0 * x], axis=1) + origin
        lower = np.stack([x, 0 * x, 0 * x], axis=1) + origin
        self.front.set_shape(np.stack([lower, upper], axis=1), np.array([1.0, 0, 0]), np.array([0, 1.0, 0]))
        return self._paint()

    def set_window(self, start: float, end: float) -> AngleHistogram:
        """Show the range from one angle to another, and the ticks in it; where two are too close, the first one given.

        Raises:
            ValueError: a window that is empty or reaches beyond the range.
        """
        if not self.low <= start < end <= self.high:
            raise ValueError(f"a window from {start} to {end} does not fit a range from {self.low} to {self.high}")
        self.window = start, end
        shown = list[float]()
        for label, tick in zip(self.labels, self.ticks, strict=True):
            place = self.to_point(tick)
            has_room = all(abs(place[0] - other) > 0.9 for other in shown)
            is_shown = has_room and start - 1e-9 <= tick <= end + 1e-9
            label.move_to(place + np.array([0, -0.75, 0.45])).set_opacity(1.0 if is_shown else 0.0)
            shown += [place[0]] if is_shown else []
        return self.set_shares(self.shares, self.most)

    def _paint(self) -> AngleHistogram:
        empty = self.shares < 1e-3 * self.most  # the slab shows through
        colors = np.where(empty[:, None], color_to_rgb(PLATE), self.colors)
        tops = np.concatenate([colors[:1], np.repeat(colors, 4, axis=0), colors[-1:]])
        self.top.paint(np.repeat(tops, 2, axis=0))
        self.front.paint(np.repeat(0.82 * colors, 4, axis=0))
        return self

    def set_colors(self, low: float, high: float, color: str = TARGET, share: float = 1.0) -> AngleHistogram:
        """Colour the parts whose middles lie in a range of angles, as far as a share from what they are."""
        middles = np.linspace(self.low, self.high, 2 * self.bins + 1)[1::2]
        inside = (middles >= low) & (middles <= high)
        self.colors[inside] += share * (np.array(color_to_rgb(color)) - self.colors[inside])
        return self._paint()


class AnimateHistogramThrough(Animation):
    """A histogram goes through the shares of several moments, evenly in time; its `place` is where it is among them.

    Args:
        histogram: what changes.
        moments: (n, bins): shares, the first of which it has when this begins.
        mosts: (n,): the share that is as high as the histogram's `height`, at each; None: always the largest there is.
    """

    def __init__(self, histogram: AngleHistogram, moments: Any, mosts: Any = None, **kwargs: Any) -> None:
        self.moments = as_floats(moments, ndim=2, name="moments")
        self.mosts = None if mosts is None else as_floats(mosts, ndim=1, name="mosts")
        if self.mosts is not None and len(self.moments) != len(self.mosts):
            raise ValueError(f"moments of shape {self.moments.shape} do not fit scales of shape {self.mosts.shape}")
        super().__init__(histogram, **kwargs)

    def create_starting_mobject(self) -> Mobject:
        return self.mobject

    def interpolate_mobject(self, alpha: float) -> None:
        last = len(self.moments) - 1
        place = float(np.clip(self.rate_func(self.time_spanned_alpha(alpha)) * last, 0, last))
        before = min(int(place), max(len(self.moments) - 2, 0))
        after, share = min(before + 1, len(self.moments) - 1), place - before
        self.mobject.place = place
        shares: FloatArray = (1 - share) * self.moments[before] + share * self.moments[after]
        most = None
        if self.mosts is not None:  # heights change by factors: the scale between two is their geometric mean
            most = float(self.mosts[before] ** (1 - share) * self.mosts[after] ** share)
        self.mobject.set_shares(shares, most)
