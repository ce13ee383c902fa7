"""The way back through a network: gradients on its edges, and the places where they add up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from manimlib import DOWN, RIGHT, Animation, Group, Line, Rectangle, VGroup, linear, smooth

from custom.palette import BACKGROUND, GRADIENT, MUTED, PANEL, SCAFFOLD
from custom.typography import LABEL
from helpers.bodies import SolidNetwork
from helpers.color import mix_colors, values_to_colors
from helpers.names import get_name
from helpers.network import NeuralNetwork
from helpers.wave import EdgeWave
from truth.numerics import FloatArray, as_floats

SHADE = mix_colors(BACKGROUND, GRADIENT, 0.16)  # of an edge whose weight has no gradient


class GradientGlow(VGroup):
    """The gradients of a network's weights, drawn over its edges: the brighter and wider, the larger.

    Parts: per pair of layers, a line over each edge.

    Args:
        network: whose edges; it stays as it is.
        max_gradient: the magnitude drawn strongest.
        max_width: its stroke width.
    """

    def __init__(self, network: NeuralNetwork, max_gradient: float = 1.0, max_width: float = 8.0):
        self.network, self.max_gradient, self.max_width = network, max_gradient, max_width
        super().__init__(VGroup(Line(*edge.get_start_and_end()) for edge in edges) for edges in network.edges)
        self.set_gradients([np.zeros_like(weights) for weights in network.weights])

    def set_gradients(self, gradients: Sequence[Any], reach: Sequence[float] | None = None) -> GradientGlow:
        """Show some gradients.

        Args:
            gradients: d(loss)/d(weights), [(n_out, n_in), …].
            reach: per pair of layers, how far back from its end the glow has come, 0 to 1; all the way if None.
        """
        shares = [1.0] * len(self) if reach is None else reach
        for layer, (lines, given, share) in enumerate(zip(self, gradients, shares, strict=True)):
            gradient, shape = as_floats(given, ndim=2, name="gradient"), self.network.weights[layer].shape
            if gradient.shape != shape:
                raise ValueError(f"a gradient of shape {gradient.shape} does not fit weights of shape {shape}")
            for line, edge in zip(lines, self.network.edges[layer], strict=True):
                strength = min(abs(gradient[edge.source[1]]) / self.max_gradient, 1.0)
                start, end = edge.get_start_and_end()
                shown = share > 0 and strength > 0
                line.set_points_by_ends(end, end + max(share, 1e-3) * (start - end))
                color = mix_colors(BACKGROUND, GRADIENT, float(0.3 + 0.7 * strength))
                width = float((0.15 + 0.85 * np.sqrt(strength)) * self.max_width)
                line.set_stroke(color, width=width if shown else 0.0, opacity=1.0 if shown else 0.0)
        return self


class BackwardPulse(Animation):
    """A glow travels back through a network, from the last layer to the first, and leaves the gradients behind.

    Args:
        glow: over the network; it ends as `glow.set_gradients(gradients)`.
        gradients: d(loss)/d(weights), [(n_out, n_in), …].
        run_time: seconds; by default 1 for each pair of layers.
    """

    def __init__(self, glow: GradientGlow, gradients: Sequence[FloatArray], run_time: float | None = None, **kwargs):
        self.gradients = gradients
        super().__init__(glow, run_time=run_time or float(len(glow)), **({"rate_func": linear} | kwargs))

    def create_starting_mobject(self) -> GradientGlow:
        return self.mobject  # all it needs are the gradients; a copy of the picture would serve nobody

    def interpolate_mobject(self, alpha: float) -> None:
        layers = len(self.mobject)
        time = layers * self.rate_func(self.time_spanned_alpha(alpha))
        turns = (layers - 1 - layer for layer in range(layers))
        self.mobject.set_gradients(self.gradients, [smooth(float(np.clip(time - turn, 0, 1))) for turn in turns])


class BackwardLight(Animation):
    """Crimson light runs back through a SolidNetwork; each tube keeps the colour of its weight's gradient.

    The brighter a tube, the larger the gradient. `solid.set_weights(...)` gives them their own colours back.

    Args:
        solid: the network; it may be fixed in the frame.
        gradients: d(loss)/d(weights), [(n_out, n_in), …].
        max_gradient: the magnitude drawn brightest; the largest of them unless given.
        run_time: seconds; by default 1 for each pair of layers.
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
        largest = max_gradient or max(float(np.abs(gradient).max()) for gradient in gradients)
        self.waves = [EdgeWave(edges, GRADIENT, backwards=True, width=14, radius=0.45) for edges in layers]
        self.targets = [
            [mix_colors(SHADE, GRADIENT, min(abs(gradient[edge.source[1]]) / largest, 1.0) ** 0.7) for edge in edges]
            for edges, gradient in zip(layers, gradients, strict=True)
        ]
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


class GradientBars(VGroup):
    """One accumulator for each parameter of a model: a bar up or down from zero.

    Parts: `slots` (their range), `zeros` (a line for each array), `bars`, `labels` (below each array).

    Args:
        names: of each array of parameters.
        sizes: how many parameters each has.
        max_value: what fills a slot to its end.
        width, height: of all slots together.
    """

    def __init__(
        self, names: Sequence[str], sizes: Sequence[int], max_value: float, width: float = 6.0, height: float = 1.1
    ):
        self.max_value, self.half = max_value, height / 2
        gap = 0.9  # between two arrays, in slots
        pitch = width / (sum(sizes) + gap * (len(sizes) - 1))
        self.slots, self.zeros, self.labels = VGroup(), VGroup(), VGroup()
        left = 0.0
        for name, size in zip(names, sizes, strict=True):
            slots = VGroup(
                Rectangle(0.72 * pitch, height).move_to((left + (k + 0.5) * pitch) * RIGHT) for k in range(size)
            )
            slots.set_fill(PANEL, 1).set_stroke(width=0)
            self.slots.add(*slots)
            self.zeros.add(Line(slots.get_left(), slots.get_right()).set_stroke(SCAFFOLD, 2))
            self.labels.add(get_name(name, font_size=LABEL).set_color(MUTED).next_to(slots, DOWN, buff=0.15))
            left += (size + gap) * pitch
        for label in self.labels:
            label.set_y(self.labels[0].get_y())
        self.bars = VGroup(slot.copy().set_fill(GRADIENT, 1) for slot in self.slots)
        super().__init__(self.slots, self.bars, self.zeros, self.labels)
        self.center()
        self.set_values(np.zeros(len(self.bars)))

    def set_values(self, values: Any) -> GradientBars:
        """Show some values, one per parameter."""
        for bar, slot, value in zip(self.bars, self.slots, as_floats(values, ndim=1, name="gradients"), strict=True):
            reach = float(np.clip(value / self.max_value, -1, 1)) * self.half
            (x0, y, _), x1 = slot.get_left(), slot.get_right()[0]
            corners = [(x0, y, 0), (x1, y, 0), (x1, y + reach, 0), (x0, y + reach, 0), (x0, y, 0)]
            bar.set_points_as_corners(corners)
        return self
