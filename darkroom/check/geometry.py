"""Plane geometry on screen: hulls, polygons and paths, as arrays of points (n, 2) in frame units."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Box = tuple[float, float, float, float]  # left, bottom, right, top


def box_of(points: Array) -> Box:
    """The smallest box around points (n, 2)."""
    left, bottom = points.min(axis=0)
    right, top = points.max(axis=0)
    return float(left), float(bottom), float(right), float(top)


def union(boxes: Sequence[Box]) -> Box:
    """The smallest box around boxes."""
    low = np.min(boxes, axis=0)
    high = np.max(boxes, axis=0)
    return float(low[0]), float(low[1]), float(high[2]), float(high[3])


def size(box: Box) -> tuple[float, float]:
    return box[2] - box[0], box[3] - box[1]


def area(box: Box) -> float:
    width, height = size(box)
    return max(width, 0.0) * max(height, 0.0)


def center(box: Box) -> Array:
    return np.array([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2])


def grown(box: Box, by: float) -> Box:
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by


def meet(a: Box, b: Box) -> bool:
    """Whether two boxes have a point in common."""
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]


def holds(outer: Box, inner: Box) -> bool:
    """Whether one box lies in another."""
    return outer[0] <= inner[0] and outer[1] <= inner[1] and outer[2] >= inner[2] and outer[3] >= inner[3]


def common(a: Box, b: Box) -> Box:
    return max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])


def likeness(a: Box, b: Box) -> float:
    """Area two boxes share over the area they cover: 1 for equal boxes, 0 for separate ones."""
    floor = 0.02  # a line has a box without area
    a, b = grown(a, floor), grown(b, floor)
    shared = area(common(a, b)) if meet(a, b) else 0.0
    return shared / (area(a) + area(b) - shared)


def hull(points: Array) -> Array:
    """The convex hull of points, counterclockwise (Andrew's monotone chain)."""
    ordered = sorted({(round(float(x), 5), round(float(y), 5)) for x, y in points})
    if len(ordered) < 3:
        return np.array(ordered)

    def chain(sequence: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        kept: list[tuple[float, float]] = []
        for x, y in sequence:
            while len(kept) > 1:
                (ax, ay), (bx, by) = kept[-2], kept[-1]
                if (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0:
                    break
                kept.pop()
            kept.append((x, y))
        return kept[:-1]

    return np.array(chain(ordered) + chain(ordered[::-1]))


def polygon_area(corners: Array) -> float:
    """Signed area: positive counterclockwise."""
    if len(corners) < 3:
        return 0.0
    x, y = corners[:, 0], corners[:, 1]
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2


def shrunk(corners: Array, factor: float) -> Array:
    """A polygon drawn in towards its middle."""
    middle: Array = corners.mean(axis=0)
    return middle + factor * (corners - middle)


def overlap(a: Array, b: Array) -> float:
    """Area shared by two convex counterclockwise polygons (Sutherland-Hodgman clipping)."""
    if len(a) < 3 or len(b) < 3:
        return 0.0
    kept = [(float(x), float(y)) for x, y in a]
    for index in range(len(b)):
        (ax, ay), (bx, by) = b[index - 1], b[index]
        sides = [(bx - ax) * (y - ay) - (by - ay) * (x - ax) for x, y in kept]
        clipped: list[tuple[float, float]] = []
        for n, (x, y) in enumerate(kept):
            (px, py), before, here = kept[n - 1], sides[n - 1], sides[n]
            if (before < 0) != (here < 0):
                t = before / (before - here)
                clipped.append((px + t * (x - px), py + t * (y - py)))
            if here >= 0:
                clipped.append((x, y))
        kept = clipped
        if not kept:
            return 0.0
    return abs(polygon_area(np.array(kept)))


def inside(path: Array, convex: Array) -> tuple[float, Array | None]:
    """How much of a path runs inside a convex counterclockwise polygon, and a point in the middle of it.

    Args:
        path: (n, 2), straight from point to point.
        convex: (m, 2).

    Returns:
        the length inside; the middle of its longest piece, or None if it stays outside.
    """
    if len(convex) < 3 or len(path) < 2:
        return 0.0, None
    start, step = path[:-1], np.diff(path, axis=0)
    enter, leave = np.zeros(len(start)), np.ones(len(start))
    for index in range(len(convex)):
        corner, along = convex[index - 1], convex[index] - convex[index - 1]
        normal = np.array([-along[1], along[0]])  # points inwards
        distance = (start - corner) @ normal
        speed = step @ normal
        with np.errstate(divide="ignore", invalid="ignore"):
            at = -distance / speed
        enter = np.where(speed > 0, np.maximum(enter, at), enter)
        leave = np.where(speed < 0, np.minimum(leave, at), leave)
        leave = np.where((speed == 0) & (distance < 0), -1.0, leave)
    lengths = np.maximum(leave - enter, 0.0) * np.hypot(step[:, 0], step[:, 1])
    if not lengths.any():
        return 0.0, None
    most = int(lengths.argmax())
    return float(lengths.sum()), start[most] + (enter[most] + leave[most]) / 2 * step[most]


def contains(paths: Sequence[Array], point: Array) -> bool:
    """Whether a point lies inside the area that closed paths enclose; holes are outside."""
    crossings = 0
    x, y = point
    for path in paths:
        nxt = np.roll(path, -1, axis=0)
        spans = (path[:, 1] > y) != (nxt[:, 1] > y)
        a, b = path[spans], nxt[spans]
        if len(a):
            crossings += int(((b[:, 0] - a[:, 0]) * (y - a[:, 1]) / (b[:, 1] - a[:, 1]) + a[:, 0] > x).sum())
    return crossings % 2 == 1


def length(path: Array) -> float:
    step = np.diff(path, axis=0)
    return float(np.hypot(step[:, 0], step[:, 1]).sum())
