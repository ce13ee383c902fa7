"""A wave of light that runs along many edges at once."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from manimlib import Animation, GlowDots, Group, Line, VGroup, linear, smooth

from custom.palette import TEXT


class EdgeWave(Animation):
    """A glowing front travels along edges, all at once, with a fading trail behind it. It leaves nothing.

    Args:
        edges: straight lines.
        color: of the light.
        backwards: from the ends of the edges to their starts.
        trail: how long the trail is, as a part of the edge.
        width: of the trail at the front.
        radius: of the glow at the front.
    """

    def __init__(
        self,
        edges: Iterable[Line],
        color: str,
        *,
        backwards: bool = False,
        trail: float = 0.5,
        width: float = 9.0,
        radius: float = 0.32,
        **kwargs,
    ):
        ends = np.array([edge.get_start_and_end() for edge in edges])
        self.tails, self.heads = (ends[:, 1], ends[:, 0]) if backwards else (ends[:, 0], ends[:, 1])
        self.trail, self.width = trail, width
        self.trails = VGroup(Line().set_stroke(color) for _ in ends)
        self.glow = GlowDots(self.tails, color=color, radius=radius, glow_factor=2)
        self.cores = GlowDots(self.tails, color=TEXT, radius=radius / 3, glow_factor=1)
        super().__init__(Group(self.trails, self.glow, self.cores), **({"remover": True, "rate_func": linear} | kwargs))

    def create_starting_mobject(self) -> Group:
        return self.mobject  # where it is follows from the time alone

    def interpolate_mobject(self, alpha: float) -> None:
        time = self.rate_func(self.time_spanned_alpha(alpha))
        brightness = float(np.clip(min(8 * time, (1 - time) / 0.15), 0, 1))
        front = smooth(min(1.0, time / 0.85))
        back = max(0.0, front - self.trail)
        fronts = self.tails + front * (self.heads - self.tails)
        backs = self.tails + back * (self.heads - self.tails)
        for line, start, end in zip(self.trails, backs, fronts, strict=True):
            line.set_points_by_ends(start, end if front > back else end + 1e-3)
            line.set_stroke(width=[0, 0.5 * self.width, self.width], opacity=brightness)
        for dots in (self.glow, self.cores):
            dots.set_points(fronts).set_opacity(brightness)
