"""Bring your own module: its layers forward and backward, one at a time, with a look inside each."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from manimlib import (
    DOWN,
    FRAME_HEIGHT,
    FRAME_WIDTH,
    ORIGIN,
    FadeIn,
    FadeOut,
    Mobject,
    Rectangle,
    Text,
)

from custom.camera import OVERVIEW
from custom.cards import get_title
from custom.palette import BACKGROUND, MUTED
from custom.typography import LABEL, MONO
from helpers.color import mix_colors
from helpers.expression import AutogradOfGraph, ExpressionGraph
from helpers.graph import ComputationNode, Pulse, TooLarge
from truth.graph import Graph

# What the tape calls the tensors that it saves, in words.
SAVED_IN_WORDS = {
    "self": "input",
    "input": "input",
    "mat1": "input",
    "mat2": "weights",
    "other": "second input",
    "result": "result",
}


class LayerGraph(ExpressionGraph):
    """The graph of a module: the same, larger where there is room."""

    sizes = ((0.75, 48, False), (0.62, 40, False), *ExpressionGraph.sizes)


class InsideGraph(ExpressionGraph):
    """The graph of what is inside a layer: as large as can be, with values beside the nodes before it shrinks."""

    sizes = ((0.75, 48, False), (0.7, 44, True), (0.6, 40, True), (0.5, 36, True), *ExpressionGraph.sizes)


class AutogradOfModule(AutogradOfGraph):
    """A module's layers compute one after the other, and send gradients back; the camera goes into each.

    Subclass it, give `x` and write `get_module`:

        class MyModule(AutogradOfModule):
            x = [[1.0, -0.5, 2.0]]

            def get_module(self):
                return nn.Sequential(nn.Linear(3, 4), nn.GELU(), nn.Linear(4, 2))

    Attributes:
        x: what the module is run on: numbers, lists of numbers, an array or a tensor.
        seed: of the module's random weights.
        depth: how many folds deep the camera goes: 0 stays outside, 1 goes into each layer, 2 into what is in it.
        each_kind_once: whether of several modules of one class only the first is looked into.
        closed: classes of modules that are not looked into.
        title, decimals: as for AutogradOfGraph.
    """

    x: Any = None
    seed = 0
    depth = 1
    each_kind_once = False
    closed: Sequence[str] = ()
    graph_type = LayerGraph
    title = "Layer by Layer, and Back"

    def get_module(self) -> Any:
        """The torch.nn.Module; it is run in evaluation mode."""
        raise NotImplementedError(
            f"{type(self).__name__} has no module. Write, for example:\n"
            "    def get_module(self):\n"
            "        return nn.Sequential(nn.Linear(3, 4), nn.GELU(), nn.Linear(4, 2))"
        )

    def loss(self, result: Any) -> Any:
        """One number made of the module's result, from where gradients begin: the sum of its entries."""
        return result.sum()

    def get_graph(self) -> Graph:
        """Run the module, and fold each of its parts into a node.

        Raises:
            ValueError: a module that cannot be run on `x`, or cannot be drawn truly (see `Graph.from_module`).
        """
        from truth.torch_run import make_seeded  # not above: it imports torch, seconds that few scenes need

        self.path: list[str] = []
        self.kinds_seen: set[str] = set()
        self.looked_into: dict[tuple[str | int, ...], InsideGraph] = {}
        self.module = make_seeded(self.get_module, self.seed).eval()
        return Graph.from_module(self.module, self.x, loss=self.loss).fold()

    def get_code(self) -> str:
        """The module's parts by their classes."""
        from torch.nn import ModuleList

        children = self.module.children()
        parts = [type(p).__name__ for child in children for p in (child if isinstance(child, ModuleList) else [child])]
        return f"{type(self.module).__name__}({', '.join(parts)})" if parts else type(self.module).__name__

    def look_inside(self, node: ComputationNode) -> None:
        """The camera goes into a folded node, which computes, and comes out; then what it keeps is said."""
        kind = node.record.backward_name
        is_known = self.each_kind_once and kind in self.kinds_seen
        inside = None if is_known else self.get_inside(node)
        if inside is None:
            return
        self.kinds_seen.add(kind)
        self.looked_into[self.get_place(node)] = inside
        outside = self.go_in(node, inside)
        # Hand it its inputs and its parameters
        self.leaves = [leaf for leaf in self.graph.nodes if not leaf.record.inputs]
        self.add(*self.leaves)
        self.bring_in_the_inputs()
        self.run_forward()
        self.say(get_words_on_saved(node))
        self.go_out(node, outside)

    def look_inside_backwards(self, node: ComputationNode) -> None:
        """The camera goes in again, with the gradient of the node's result, and comes out with what it sends back."""
        inside = self.looked_into.get(self.get_place(node))
        if inside is None:
            return
        outside = self.go_in(node, inside)
        # Find its values where they were, and begin with the gradient that came
        self.values = {part: self.graph.get_value(part) for part in self.graph.nodes}
        self.play(FadeIn(self.graph), *map(FadeIn, self.values.values()), run_time=0.6)
        self.flow_back()
        self.go_out(node, outside)

    def get_place(self, node: ComputationNode) -> tuple[str | int, ...]:
        """Where a node of the graph on stage is: the modules it is in, and its number there."""
        return (*self.path, list(self.graph.nodes).index(node))

    def get_inside(self, node: ComputationNode) -> InsideGraph | None:
        """What is inside a node; None if it is nothing, or is not to be looked into, or too much for one picture."""
        if node.record.inside is None or self.depth == 0 or node.record.backward_name in self.closed:
            return None
        try:
            return InsideGraph(node.record.inside.fold(), self.decimals)
        except TooLarge:
            return None

    def go_in(self, node: ComputationNode, inside: InsideGraph) -> dict[str, Any]:
        """Fly into a node until it is all there is; its inside is then the graph on stage.

        Returns:
            what was on stage, and what was known of the graph there.
        """
        self.hush()
        width, height = node.shape.get_width(), node.shape.get_height()
        zoom = 0.8 * min(height, width * FRAME_HEIGHT / FRAME_WIDTH)
        center = tuple(node.shape.get_center())
        color = node.shape.get_fill_color()
        # What is inside can be seen on the way, as small as the node is
        small = self.get_outlines(inside).scale(zoom / FRAME_HEIGHT, about_point=ORIGIN).shift(center)
        small.set_stroke(width=1)
        self.play(
            self.frame.animate.reorient(0, 0, 0, center, zoom),
            FadeOut(node.symbol, time_span=(0, 0.5)),
            node.shape.animate.set_fill(mix_colors(node.role, BACKGROUND, 0.85)),
            FadeIn(small, time_span=(0.4, 0.9)),
            run_time=1.5,
        )
        self.remove(small)
        self.add(node)
        node.symbol.set_opacity(0)
        outside = {name: getattr(self, name, None) for name in ("graph", "leaves", "values", "tags", "arrived")}
        stage = [mobject for mobject in self.mobjects if mobject is not self.frame]
        outside |= {"stage": stage, "zoom": zoom, "color": color}
        wall = Rectangle(FRAME_WIDTH + 1, FRAME_HEIGHT + 1).set_stroke(width=0)
        wall.set_fill(node.shape.get_fill_color(), 1)
        self.remove(*stage)
        self.frame.reorient(*OVERVIEW)
        self.path.append(get_part_name(node))
        title = get_title(" › ".join(self.path)).set_max_width(FRAME_WIDTH - 1)
        shapes = Text(get_words_on_shapes(node), font=MONO, font_size=LABEL).set_color(MUTED)
        shapes.next_to(title, DOWN, buff=0.25)
        self.add(wall, self.get_outlines(inside))
        self.play(FadeIn(title), FadeIn(shapes), run_time=0.4)
        self.graph = inside
        self.depth -= 1
        return outside

    def go_out(self, node: ComputationNode, outside: dict[str, Any]) -> None:
        """Leave what is inside, and fly out of the node again."""
        self.depth += 1
        self.path.pop()
        self.hush()
        inside: list[Mobject] = [mobject for mobject in self.mobjects if mobject is not self.frame]
        self.play(*(FadeOut(mobject) for mobject in inside[1:]), run_time=0.4)
        self.remove(inside[0])
        for name in ("graph", "leaves", "values", "tags", "arrived"):
            setattr(self, name, outside[name])
        self.add(*outside["stage"])
        self.frame.reorient(0, 0, 0, tuple(node.shape.get_center()), outside["zoom"])
        self.play(
            self.frame.animate.reorient(*OVERVIEW),
            node.symbol.animate.set_opacity(1),
            node.shape.animate.set_fill(outside["color"]),
            run_time=1.3,
        )

    def look_at_the_gradients(self) -> None:
        # Look at what has arrived at the input
        self.say("Every layer has its gradient", *(Pulse(leaf, scale=1.12) for leaf in self.leaves))
        self.wait(2)


def get_part_name(node: ComputationNode) -> str:
    """What a folded node is called: by its module, if that has a name for it, else by its class."""
    named = re.fullmatch(r"\\mathrm\{(\w+)\}", node.record.symbol)
    return named[1] if named else node.record.backward_name


def get_shape_words(shape: tuple[int, ...]) -> str:
    """A shape as it is said: "3×4"; one number is "1"."""
    return "×".join(map(str, shape)) or "1"


def get_words_on_shapes(node: ComputationNode) -> str:
    """What a folded node makes of what: "3×4 → 3×5"."""
    handed = [part.value.shape for part in node.record.inside.nodes if part.kind == "input" and not part.inputs]
    return f"{', '.join(map(get_shape_words, handed))} → {get_shape_words(node.value.shape)}"


def get_words_on_saved(node: ComputationNode, most: int = 3) -> str:
    """What PyTorch keeps of a folded node for the way back, and how large it is; how much in all, if that is much."""
    saved = node.record.saved
    if not saved:
        return "Nothing is kept for the way back"
    if len(saved) > most:
        numbers = sum(math.prod(shape) for _, shape in saved)
        return f"Kept for the way back: {len(saved)} tensors, {numbers} numbers"
    things = ", ".join(f"{SAVED_IN_WORDS.get(name, name)} {get_shape_words(shape)}" for name, shape in saved)
    return f"Kept for the way back: {things}"
