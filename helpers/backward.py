"""The way back through a network of solid bodies: light on its edges, which leaves the gradients behind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from manimlib import Animation, Group, linear, smooth

from custom.palette import BACKGROUND, GRADIENT
from helpers.bodies import SolidNetwork
from helpers.color import mix_colors, values_to_colors
from helpers.wave import EdgeWave
from truth.numerics import FloatArray, as_floats

SHADE = mix_colors(BACKGROUND, GRADIENT, 0.16)  # of an edge whose weight has no gradient


class BackwardLight(Animation):
    """Crimson light runs back through a SolidNetwork; each tube keeps the colour of its weight's gradient.

    The brighter a tube, the larger the gradient. `solid.set_weights(...)` gives them their own colours back.

    Args:
        solid: the network; it may be fixed in the frame.
        gradients: d(loss)/d(weights), [(n_out, n_in), …].
        max_gradient: the magnitude drawn brightest; the largest of them unless given.
        run_time: seconds; by default 1 for each pair of layers.

    Raises:
        ValueError: gradients of another shape than the weights (the message has both).
    """

    def __init__(
        self,
        solid: SolidNetwork,
        gradients: Sequence[FloatArray],
        max_gradient: float | None = None,
        run_time: float | None = None,
        **kwargs: Any,
    ) -> None:
        self.solid, layers = solid, list(solid.network.edges)
        gradients = [as_floats(gradient, ndim=2, name="gradient") for gradient in gradients]
        for gradient, weight in zip(gradients, solid.network.weights, strict=True):
            if gradient.shape != weight.shape:
                raise ValueError(f"a gradient of shape {gradient.shape} does not fit weights of shape {weight.shape}")
        largest = max_gradient or max(float(np.abs(gradient).max()) for gradient in gradients)
        self.waves = [EdgeWave(edges, GRADIENT, backwards=True, width=14, radius=0.45) for edges in layers]
        self.targets = [
            [mix_colors(SHADE, GRADIENT, min(abs(gradient[edge.source[1]]) / largest, 1.0) ** 0.7) for edge in edges]
            for edges, gradient in zip(layers, gradients, strict=True)
        ]
        for wave in self.waves:
            wave.interpolate_mobject(0)  # dark until it is its turn
        light = Group(*(wave.mobject for wave in self.waves))
        if solid.is_fixed_in_frame() or solid.balls[0][0].body.is_fixed_in_frame():
            light.fix_in_frame()
        super().__init__(light, run_time=run_time or float(len(layers)), rate_func=linear, remover=True, **kwargs)

    def begin(self) -> None:
        network = self.solid.network
        self.starts = [
            [values_to_colors(edge.weight, 0, network.max_weight)[0] for edge in edges] for edges in network.edges
        ]
        super().begin()

    def create_starting_mobject(self) -> Group:
        return self.mobject

    def interpolate_mobject(self, alpha: float) -> None:
        time = self.time_spanned_alpha(alpha) * len(self.waves)
        for turn, layer in enumerate(reversed(range(len(self.waves)))):
            share = float(np.clip(time - turn, 0, 1))
            self.waves[layer].interpolate(share)
            if share > 0:
                tubes = self.solid.tubes[layer]
                for tube, start, end in zip(tubes, self.starts[layer], self.targets[layer], strict=True):
                    tube.set_color(mix_colors(start, end, smooth(share)))
