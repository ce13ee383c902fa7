"""What stands in a network beside neurons and edges: feature maps, slabs, boxes, badges of activation functions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from manimlib import DOWN, LEFT, PI, RIGHT, UP, Arrow, Circle, Rectangle, RoundedRectangle, Text, VGroup, VMobject

from custom.palette import BACKGROUND, MUTED, OPERATION, PANEL, PLATE, TEXT
from custom.typography import SMALL
from helpers.color import mix_colors
from helpers.heat import HeatMatrix
from helpers.matrix import EllipsisDots
from helpers.slots import get_slots, shown_indices
from truth.numerics import FloatArray, as_floats

MOST_CELLS_ACROSS = 28  # of a map: more could not be told apart; a larger map is drawn by means over blocks


class FeatureMaps(VGroup):
    """Values with rows and columns, such as the channels of an image: a heat map each, one behind the other.

    Parts: `maps` (each a frame and its HeatMatrix; the last is in front), `ellipsis` (empty if all channels are drawn).

    Args:
        shape: (channels, rows, columns), or (rows, columns) for one map.
        size: of the longer side of a map, in frame units.
        most: channels drawn; a larger number shows the first few and the last.
        max_value: the magnitude that gets the strongest colour.
    """

    def __init__(self, shape: tuple[int, ...], size: float = 1.5, most: int = 3, max_value: float = 1.0) -> None:
        super().__init__()
        self.shape = shape if len(shape) == 3 else (1, *shape)
        channels, rows, columns = self.shape
        self.slots = get_slots(channels, most, "channels")
        self.block = math.ceil(max(rows, columns) / MOST_CELLS_ACROSS)
        self.max_value = max_value
        grid = self._get_blocks(np.zeros(self.shape[1:]))
        cell = size / max(grid.shape)
        self.maps, self.ellipsis = VGroup(), VGroup()
        step = 0.22 * size * (RIGHT + 0.6 * DOWN) / math.sqrt(max(len(self.slots) - 1, 1))
        for place, index in enumerate(self.slots):
            if index is None:
                self.ellipsis.add(EllipsisDots(RIGHT + 0.6 * DOWN, radius=0.03))
                continue
            heat = HeatMatrix(grid, cell=cell, gap=0.0, max_value=max_value)
            heat.remove(heat.brackets)
            # A larger sheet behind, not a stroke, which would show through the maps in front
            frame = Rectangle(cell * grid.shape[1] + 0.04, cell * grid.shape[0] + 0.04).move_to(heat.cells)
            frame.set_stroke(width=0).set_fill(MUTED, 1)
            self.maps.add(VGroup(frame, heat).shift(place * step))
        for dots in self.ellipsis:
            # Between the last but one and the last, on the corner that shows
            last, before = self.maps[-1], self.maps[-2]
            dots.move_to((last.get_corner(UP + RIGHT) + before.get_corner(UP + RIGHT)) / 2)
        self.add(self.maps, self.ellipsis)
        self.center()
        self.set_values(np.zeros(self.shape))

    def _get_blocks(self, channel: FloatArray) -> FloatArray:
        """A channel by means over square blocks, so that it has no more cells than can be told apart."""
        b = self.block
        rows, columns = (math.ceil(n / b) for n in channel.shape)
        padded = np.full((rows * b, columns * b), np.nan)
        padded[: channel.shape[0], : channel.shape[1]] = channel
        result: FloatArray = np.nanmean(padded.reshape(rows, b, columns, b), axis=(1, 3))
        return result

    def set_values(self, values: Any, max_value: float | None = None) -> FeatureMaps:
        """Colour the maps by other values.

        Args:
            values: as many as the shape has, in any shape.
            max_value: the magnitude that gets the strongest colour; as before if None.
        """
        channels = as_floats(values, name="values of feature maps").reshape(self.shape)
        self.max_value = max_value or self.max_value
        for (_, heat), index in zip(self.maps, shown_indices(self.slots), strict=True):
            heat.max_value = self.max_value
            heat.set_values(self._get_blocks(channels[index]))
        return self


def get_slab(height: float, width: float = 0.16) -> VGroup:
    """A thin upright slab, lit from above: a step that rearranges or rescales values.

    Parts: `side`, `face`.
    """
    face = RoundedRectangle(width, height, corner_radius=0.05).set_fill(mix_colors(PLATE, TEXT, 0.12), 1)
    face.set_stroke(mix_colors(PLATE, TEXT, 0.3), 1.5)
    side = face.copy().set_fill(mix_colors(PLATE, BACKGROUND, 0.5), 1).set_stroke(width=0).shift(0.05 * RIGHT)
    return VGroup(side, face)


def get_badge(curve: FloatArray | None, name: str, radius: float = 0.24) -> VGroup:
    """An activation function as a round badge with its own graph, or a pill with its name where it has none.

    Parts: `disc`, `glyph`.

    Args:
        curve: (n, 2) points of the graph, or None.
        name: of the function.
    """
    if curve is None:
        glyph: VMobject = Text(name, font_size=SMALL).set_color(OPERATION)
        disc: VMobject = RoundedRectangle(glyph.get_width() + 0.3, 2 * radius, corner_radius=radius)
    else:
        low, high = curve.min(axis=0), curve.max(axis=0)
        middle, scale = (low + high) / 2, 1.25 * radius / np.maximum(high - low, 1e-9)
        points = np.pad((curve - middle) * scale, ((0, 0), (0, 1)))
        glyph = VMobject().set_points_as_corners(points).set_stroke(OPERATION, 3)
        disc = Circle(radius=radius)
    disc.set_fill(PANEL, 1).set_stroke(MUTED, 1.5)
    return VGroup(disc, glyph)


def get_box(words: str) -> VGroup:
    """A module that is drawn by its name alone: an upright box, the name written upwards.

    Parts: `face`, `name`.
    """
    name = Text(words, font_size=SMALL).set_color(TEXT).rotate(PI / 2)
    face = RoundedRectangle(name.get_width() + 0.3, name.get_height() + 0.4, corner_radius=0.08)
    face.set_fill(PLATE, 1).set_stroke(mix_colors(PLATE, TEXT, 0.3), 1.5)
    return VGroup(face, name)


def get_link_arrow(start: np.ndarray, end: np.ndarray) -> Arrow:
    """An arrow from one layer to the next, where no single weights join their values."""
    return Arrow(start, end, buff=0.1, thickness=3.0, fill_color=MUTED)


def find_repeats(links: Sequence[Any], most: int) -> frozenset[int]:
    """The layers to leave out of a stack that is too deep: all but the first and the last of many alike in a row.

    Args:
        links: what stands between each layer and the next (truth.module_stack.Link).
        most: links that are all drawn.
    """
    best: tuple[int, int, int] = (0, 1, 0)  # where it starts, links in a repeat, repeats
    for period in range(1, len(links) // 3 + 1) if len(links) > most else ():
        for start in range(len(links) - 2 * period):
            end = start
            while end + period < len(links) and links[end].is_like(links[end + period]):
                end += 1
            count = (end - start) // period + 1
            if period * (count - 2) > best[1] * (best[2] - 2):
                best = start, period, count
    start, period, count = best
    return frozenset(range(start + period + 1, start + (count - 1) * period + 1))


def get_modules(layers: VGroup, links: Sequence[Any], left_out: frozenset[int]) -> VGroup:
    """What stands between the layers: over each gap the modules' names, in it slabs, badges and boxes.

    Parts: a group for each link (empty where its layers are left out): `names`, then signs from left to right; where
    layers are left out, an ellipsis and how many there are.

    Args:
        layers: as they stand; an empty group for one that is left out.
        links: what stands between each and the next (truth.module_stack.Link).
        left_out: the numbers of layers that are not drawn.
    """
    from truth.module_stack import get_curve, get_kind, get_label  # not above: it imports torch

    modules = VGroup()
    top = layers.get_top()[1] + 0.85
    for place, link in enumerate(links):
        here = VGroup()
        modules.add(here)
        if place in left_out:
            continue
        after = next(k for k in range(place + 1, len(layers)) if k not in left_out)
        start, end = layers[place].get_right(), layers[after].get_left()
        middle, gap = (start + end) / 2, end[0] - start[0]
        if after > place + 1:
            words = Text(f"{after - place - 1} more", font_size=SMALL).set_color(TEXT)
            here.add(words, EllipsisDots(RIGHT, radius=0.05).move_to(middle))
            words.next_to(middle, UP, 0.25)
            continue
        parts = [link.module, *link.finish]
        named = [part for part in parts if get_kind(part) != "other" or (part is link.module and link.weights.size)]
        names = Text("\n".join(map(get_label, named)) or " ", font_size=SMALL, alignment="CENTER").set_color(MUTED)
        here.add(names.move_to([middle[0], top, 0], aligned_edge=DOWN))
        slabs, badges, boxes = VGroup(), VGroup(), VGroup()
        for part in parts:
            kind = get_kind(part)
            if kind == "slab":
                slabs.add(get_slab(layers[after].get_height() + 0.2 if link.weights.size else 1.2))
            elif kind == "activation":
                badges.add(get_badge(get_curve(part), get_label(part)))
            elif part not in named:
                boxes.add(get_box(get_label(part)))
        if link.weights.size:
            # Edges leave no room between them: near the layer, and over its top
            slabs.arrange(RIGHT, buff=0.1).move_to(end + 0.15 * LEFT, aligned_edge=RIGHT)
            badges.arrange(RIGHT, buff=0.1).next_to(layers[after], UP, 0.15)
        else:
            signs = VGroup(*boxes, *slabs, *badges).arrange(RIGHT, buff=0.1)
            signs.set_max_width(0.9 * gap).move_to(middle)
        here.add(*boxes, *slabs, *badges)
    return modules
