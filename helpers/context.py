"""Context: what other places contribute to one, as light that runs along arcs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from manimlib import PI, UP, ArcBetweenPoints, LaggedStart, Mobject, Scene, VGroup, VShowPassingFlash, get_norm

from custom.palette import FOCUS, MUTED
from helpers.color import mix_colors
from truth.numerics import as_floats


class ContextAnimation(LaggedStart):
    """Light runs along arcs from some mobjects to one; the arc of a weight is as wide and bright as that is large.

    Attributes: `arcs`, one for each source with a weight above 0, in their order. They are gone when it ends.

    Args:
        target: where all arcs end.
        sources: where they begin.
        weights: one for each source, 0 or more, such as attention's; the largest gets `max_width`.
        direction: the side of a source on which its arc leaves, and to which arcs bulge.
        arrival: the side of the target on which they arrive; `direction` unless given.
        path_arc: how far an arc turns, in radians; 0 for straight lines.
        max_width: stroke width of the largest weight.
        ramp: the colours of a weight near 0 and of the largest.
        lag_ratio: between one arc and the next.

    Raises:
        ValueError: not as many weights as sources (the message has both), a negative weight, no weight above 0,
            or a source in the target's own place.
    """

    def __init__(
        self,
        target: Mobject,
        sources: Sequence[Mobject],
        weights: Any,
        *,
        direction: np.ndarray = UP,
        arrival: np.ndarray | None = None,
        path_arc: float = PI / 2,
        max_width: float = 6.0,
        ramp: tuple[str, str] = (MUTED, FOCUS),
        run_time: float = 3.0,
        lag_ratio: float = 0.1,
        **kwargs: Any,
    ) -> None:
        shares = as_floats(weights, ndim=1, name="weights of a context")
        if len(shares) != len(sources):
            raise ValueError(f"{len(shares)} weight(s) do not fit {len(sources)} source(s)")
        if shares.min() < 0 or shares.max() <= 0:
            raise ValueError(f"weights of a context are 0 or more, and one is above 0, not {shares.tolist()}")
        self.arcs = VGroup()
        end = target.get_edge_center(direction if arrival is None else arrival)
        for source, share in zip(sources, shares / shares.max(), strict=True):
            if share > 0:
                arc = _get_arc(source.get_edge_center(direction), end, direction, path_arc)
                self.arcs.add(arc.set_stroke(mix_colors(*ramp, share), max_width * share))
        flashes = (VShowPassingFlash(arc, time_width=1.2) for arc in self.arcs)
        super().__init__(*flashes, run_time=run_time, lag_ratio=lag_ratio, **kwargs)

    def clean_up_from_scene(self, scene: Scene) -> None:
        super().clean_up_from_scene(scene)
        scene.remove(self.arcs)


def _get_arc(start: np.ndarray, end: np.ndarray, direction: np.ndarray, angle: float) -> ArcBetweenPoints:
    """An arc that bulges to one side, however its ends lie."""
    if get_norm(end - start) < 1e-6:
        raise ValueError(f"an arc needs two places, but source and target are both at {start}")
    turns_left = np.cross(end - start, direction)[2] < 0  # a left turn bulges to the right of its chord
    return ArcBetweenPoints(start, end, angle=angle if turns_left else -angle)
