"""The way back through a computation graph: what flows, what it leaves behind, and the product at each step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from manimlib import (
    UP,
    Animation,
    AnimationGroup,
    ArrowTip,
    FadeIn,
    GlowDot,
    Group,
    Mobject,
    RoundedRectangle,
    Tex,
    Text,
    TransformFromCopy,
    VGroup,
    linear,
    smooth,
)

from custom.palette import BACKGROUND, GRADIENT, MUTED, OPERATION, TEXT
from custom.typography import BODY, LABEL, SMALL
from helpers.color import mix_colors
from helpers.graph import ComputationEdge, ComputationGraph, ComputationNode, get_number
from helpers.heat import HeatMatrix
from helpers.number import SourcedNumber
from truth.names import get_tex_in_formula

DEEP = mix_colors(GRADIENT, BACKGROUND, 0.4)  # what a gradient stands on: light digits can be read on it


class GradientTag(VGroup):
    """A gradient that has arrived: a number on a crimson tile, so that nobody takes it for a slope on an arrow.

    Parts: `box`, `number` (or whatever is shown in its place).
    """

    def __init__(self, number: Mobject, padding: float = 0.1):
        self.number = number if isinstance(number, HeatMatrix) else number.set_color(TEXT)
        self.box = RoundedRectangle(
            number.get_width() + 2.8 * padding, number.get_height() + 2 * padding, corner_radius=0.1
        )
        self.box.set_stroke(GRADIENT, 2.5).set_fill(DEEP, 1).move_to(number)
        super().__init__(self.box, number)


def get_gradient_tag(node: ComputationNode, direction: np.ndarray = UP, font_size: int = LABEL) -> GradientTag:
    """The gradient that a node ends up with, in its frame, beside the node."""
    tag = GradientTag(node.get_gradient_label(font_size=font_size))
    return tag.next_to(node.shape, direction, buff=0.12)


class _Glow(Animation):
    """A red glow runs along an edge, from its head to its tail, and paints the way behind it."""

    def __init__(self, edge: ComputationEdge, **kwargs):
        self.edge = edge
        self.spark = GlowDot(radius=0.5, color=GRADIENT)
        self.core = GlowDot(radius=0.18, color=TEXT)
        self.trail = edge.path.copy().set_stroke(GRADIENT, 9)
        super().__init__(Group(self.trail, self.spark, self.core), remover=True, rate_func=linear, **kwargs)

    def interpolate_mobject(self, alpha: float) -> None:
        head = 1 - smooth(min(1.0, alpha / 0.85))
        brightness = float(min(1.0, 8 * alpha, (1 - alpha) / 0.15))
        self.trail.pointwise_become_partial(self.edge.path, head, 1.0)
        for dot in (self.spark, self.core):
            dot.move_to(self.edge.path.point_from_proportion(head)).set_opacity(brightness)


TURNED_TIP = 1.13  # size of an arrowhead that has turned back, in sizes of the edge's own


def turn_back(edge: ComputationEdge) -> ComputationEdge:
    """Let an edge point the way gradients run: red, its arrowhead at its tail. What travels on it is not concerned."""
    start = edge.path.get_start()
    heading = start - edge.path.point_from_proportion(0.03)
    size = TURNED_TIP * edge.tip.get_length()
    tip = ArrowTip(angle=np.arctan2(heading[1], heading[0]), width=size, length=size)
    edge.tip.set_points(tip.shift(start - tip.get_tip_point()).get_points())
    edge.path.set_stroke(GRADIENT, 7)
    edge.tip.set_fill(GRADIENT, 1).set_stroke(width=0)
    return edge


class _TurnBack(Animation):
    """An edge's arrowhead leaves its head when the glow sets out, and stands at its tail when it arrives."""

    def __init__(self, edge: ComputationEdge, **kwargs):
        self.edge, self.has_turned = edge, False
        super().__init__(edge, rate_func=linear, **kwargs)

    def create_starting_mobject(self) -> ComputationEdge:
        return self.mobject

    def interpolate_mobject(self, alpha: float) -> None:
        if alpha > 0.75 and not self.has_turned:
            width = self.edge.path.get_stroke_width()
            turn_back(self.edge)
            self.has_turned = True
            self.edge.path.set_stroke(MUTED, width)
        if alpha >= 1:
            turn_back(self.edge)
        self.edge.tip.set_fill(opacity=float(np.clip(max(1 - 6 * alpha, 5 * (alpha - 0.8)), 0, 1)))


class GradientFlow(AnimationGroup):
    """A red glow travels an edge (or several) backwards, and leaves the gradient value behind.

    The edge stays red, and points the way the gradient ran. Several edges are travelled all at once, or with
    `lag_ratio=1` one after the other.

    Args:
        edges: one edge, or several.
        leaves: what stands at the tail when the glow has arrived: a mobject, for several edges a sequence of
            them, with None where nothing is to appear. By default the gradient of the node there, in its frame.
        run_time: of each edge's journey, in seconds.
    """

    def __init__(
        self,
        edges: ComputationEdge | Iterable[ComputationEdge],
        leaves: Mobject | Sequence[Mobject | None] | None = None,
        run_time: float = 1.2,
        lag_ratio: float = 0.0,
        **kwargs,
    ):
        if isinstance(edges, ComputationEdge):
            edges, leaves = [edges], leaves and [leaves]
        edges = list(edges)
        if leaves is None:
            leaves = [get_gradient_tag(edge.start_node) for edge in edges]
        journeys = []
        for edge, left in zip(edges, leaves, strict=True):
            parts = [_Glow(edge, run_time=run_time), _TurnBack(edge, run_time=run_time)]
            if left is not None:
                parts.append(FadeIn(left, scale=1.3, time_span=(0.7 * run_time, run_time), run_time=run_time))
            journeys.append(AnimationGroup(*parts))
        super().__init__(*journeys, lag_ratio=lag_ratio, **kwargs)


class GradientProduct(VGroup):
    """One step back: gradient = local derivative × upstream gradient, in symbols and in numbers.

    The three stand in columns that keep their places from step to step.

    Parts: `heads` (a word over each column), `symbols` (three formulas, and the signs between them), `numbers`
    (the same in numbers; of these `gradient`, `local` and `upstream`), `signs` (between the numbers).

    Args:
        graph: the edge's graph, which ends in what is differentiated.
        edge: to go back along.
        column: distance between two columns.
    """

    words = ("gradient", "local derivative", "upstream gradient")

    def __init__(self, graph: ComputationGraph, edge: ComputationEdge, column: float = 2.5, font_size: int = BODY):
        output = get_tex_in_formula(graph.nodes[-1].record.name)
        target, source, slot = edge.end_node.record, edge.start_node.record, edge.record.slot
        decimals = edge.end_node.decimals

        def number(value: np.ndarray, *origin: object) -> SourcedNumber:
            return get_number(value, decimals, font_size=LABEL, source=origin).set_color(GRADIENT)

        self.gradient = GradientTag(edge.get_flow_label())
        self.local = number(edge.derivative, target.name, "derivative", slot).set_color(OPERATION)
        self.upstream = GradientTag(number(target.gradient, target.name, "gradient"))
        self.heads = VGroup(Text(word, font_size=SMALL).set_color(MUTED) for word in self.words)
        self.symbols = VGroup(
            Tex(Rf"{{\partial {output} \over \partial {get_tex_in_formula(source.name)}}}", font_size=font_size),
            Tex(target.derivatives_tex[slot], font_size=font_size),
            Tex(Rf"{{\partial {output} \over \partial {get_tex_in_formula(target.name)}}}", font_size=font_size),
            *get_signs(font_size),
        )
        self.signs = get_signs(font_size)
        self.numbers = VGroup(self.gradient, self.local, self.upstream)
        for row, y in ((self.heads, 0.8), (self.symbols, 0.12), (VGroup(*self.numbers, *self.signs), -0.62)):
            for mobject, x in zip(row, (-1, 0, 1, -0.5, 0.5), strict=False):
                mobject.move_to([x * column, y, 0])
        super().__init__(self.heads, self.symbols, self.numbers, self.signs)

    def get_filling(self, upstream: Mobject, local: Mobject) -> Animation:
        """Both factors come down from where they stand in the graph."""
        return AnimationGroup(
            TransformFromCopy(local, self.local),
            TransformFromCopy(upstream, self.upstream),
            FadeIn(self.signs[1]),
        )


def get_signs(font_size: int) -> VGroup:
    """What stands between the columns of a product."""
    return VGroup(Tex(tex, font_size=font_size) for tex in ("=", R"\times"))
