"""Computation graphs: the picture of a `truth.graph.Graph`, forward and backward.

Nothing here is typed in: values, gradients, local derivatives and the order of both passes are the graph's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from grandalf.graphs import Edge as LayoutEdge
from grandalf.graphs import Graph as LayoutGraph
from grandalf.graphs import Vertex
from grandalf.layouts import SugiyamaLayout, VertexViewer
from manimlib import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Animation,
    ArrowTip,
    Circle,
    Mobject,
    Rectangle,
    RoundedRectangle,
    Square,
    Tex,
    Text,
    VGroup,
    VMobject,
    smooth,
    there_and_back,
)
from manimlib.constants import DEGREES, PI

from custom.palette import BACKGROUND, GRADIENT, INPUT, LOSS, MUTED, OPERATION, PARAMETER, PLATE, TEXT
from custom.typography import BODY, LABEL, MONO, SERIF, SMALL
from helpers.color import mix_colors
from helpers.matrix import get_room
from helpers.names import get_name
from helpers.number import NotANumber, SourcedNumber, get_number_tex
from truth.fold import JOINT
from truth.graph import Edge, Graph, Node
from truth.names import get_tex_in_formula
from truth.numerics import as_float, get_number_format
from truth.source import entry_source, get_source

ROLE_OF_KIND = {"input": INPUT, "parameter": PARAMETER, "operation": OPERATION, "output": LOSS}


def get_number(
    value: np.ndarray | float, decimals: int | None = None, source: object = None, **kwargs
) -> SourcedNumber | NotANumber:
    """One number of a computation, rounded for show, but never to nothing; NaN and infinity as what they are.

    Args:
        value: a scalar, or an array with one entry.
        decimals: shown where they are enough; a number that would read 0 then gets one digit more than its zeros,
            and beyond four decimals it is set as 2·10⁻⁷. None for as many as the number needs, at most four.
        source: the name of what it is; `value` itself stays the truth it is held against.

    Raises:
        ValueError: `value` has more than one entry, or is not a real number.
    """
    if np.size(value) == 1 and np.isrealobj(value) and not np.isfinite(value).all():
        return NotANumber(value, source=entry_source(source, value), font_size=kwargs.get("font_size", LABEL))
    number = as_float(value, str(get_source(source) or "").strip() or "what is shown as a number")
    if decimals is None:
        decimals = len(f"{number:.4f}".rstrip("0").partition(".")[2])
    scientific = False
    if not kwargs.get("group_with_commas"):
        decimals, scientific = get_number_format(number, decimals)
    return SourcedNumber(
        number, source=entry_source(source, value), num_decimal_places=decimals, scientific=scientific, **kwargs
    )


def get_symbol(tex: str) -> Tex | Text | VGroup:
    """What an operation does, as a formula; a name that TeX would not spell as it is, and a long one, as words.

    Several operations that are folded into one stand below one another.
    """
    if JOINT in tex:
        return VGroup(map(get_symbol, tex.split(JOINT))).arrange(DOWN, buff=0.15)
    word = re.fullmatch(r"\\mathrm\{(.*[^A-Za-z0-9 ].*)\}", tex)
    if word:
        return get_name(word[1])
    long = re.fullmatch(r"\\mathrm\{(\w{9,})\}", tex)
    if long:  # a class: LayerNorm in two lines
        return Text("\n".join(re.findall(r"[A-Z]*[a-z0-9]+|[A-Z]+", long[1])), font=SERIF, font_size=LABEL)
    return Tex(tex, font_size=BODY)


class ComputationNode(VGroup):
    """One value of a computation: leaves and the output are circles, operations diamonds.

    An operation whose local derivatives are not known entry by entry (a matrix product, a softmax) is a box. Shapes
    grow in width where their symbol would get too small to read. One that is folded stands higher than the others.

    It is a solid piece: its face is lit in the colour of its role, its darker side shows below.

    Parts: `side`, `shape` (the face), `symbol` (the operation, or a leaf's name) and, for an operation that has a
    name, `label` (the result's name, below).

    Args:
        record: what the computation knows about this value; kept as `record`.
        radius: of the circle; a diamond reaches a little further.
        decimals: shown of values and gradients.
    """

    def __init__(self, record: Node, radius: float = 0.45, decimals: int = 1):
        self.record = record
        self.decimals = decimals
        self.role = ROLE_OF_KIND[record.kind]
        is_leaf = not record.inputs
        self.is_box = not is_leaf and any(derivative is None for derivative in record.derivatives)
        self.is_diamond = record.kind == "operation" and not self.is_box
        self.radius = radius * 1.25 if self.is_diamond else radius

        self.symbol = get_name(record.name) if is_leaf else get_symbol(record.symbol)
        self.symbol.set_color(TEXT)
        room = 1.1 if self.is_diamond else 1.5  # of a symbol in the shape, in radii
        least = 0.65 if isinstance(self.symbol, Tex) else 0.8  # words are smaller to begin with
        self.symbol.set_max_width(max(self.radius * room, self.symbol.get_width() * least))
        height = 2 * self.radius
        if self.is_box and self.symbol.get_height() > 1.4 * self.radius:  # words on several lines
            height = self.symbol.get_height() + 0.6 * self.radius
        self.shape = RoundedRectangle(2, 2, corner_radius=0.3) if self.is_box else Circle()
        if self.is_diamond:
            self.shape = Square().rotate(PI / 4)
        width = max(2 * self.radius, 2 * self.symbol.get_width() / room)
        self.shape.set_shape(width, height)
        self.shape.set_stroke(self.role, 3).set_fill(mix_colors(self.role, BACKGROUND, 0.48), 1)
        self.side = self.shape.copy().set_fill(mix_colors(self.role, BACKGROUND, 0.74), 1).set_stroke(width=0)
        self.side.shift((0.2 if record.inside is None else 0.4) * self.radius * DOWN)
        self.symbol.move_to(self.shape)
        super().__init__(self.side, self.shape, self.symbol)
        self.label = VGroup()
        if not is_leaf and record.name:
            self.label = get_name(record.name).set_color(self.role)
            self.label.next_to(self.shape, DOWN, buff=0.12)
            self.add(self.label)

    @property
    def value(self) -> np.ndarray:
        """The forward value."""
        return self.record.value

    @property
    def gradient(self) -> np.ndarray:
        """d(output)/d(value), summed over the value's uses."""
        return self.record.gradient

    def boundary(self, towards: np.ndarray, buff: float = 0.0) -> np.ndarray:
        """The point of the outline on the way to another point, `buff` outside it."""
        direction = towards - self.shape.get_center()
        direction = direction / np.linalg.norm(direction)
        across, up = abs(direction[:2]) / (self.shape.get_width() / 2, self.shape.get_height() / 2)
        if self.is_diamond:
            steps = across + up
        elif self.is_box:
            steps = max(across, up)
        else:
            steps = np.hypot(across, up)
        return self.shape.get_center() + (1 / steps + buff) * direction

    def get_value_label(self, direction: np.ndarray = DOWN, font_size: int = LABEL) -> SourcedNumber:
        """The forward value, beside the node."""
        source = (self.record.name, "value")
        number = get_number(self.value, self.decimals, font_size=font_size, source=source).set_color(self.role)
        return number.next_to(self.label if len(self.label) else self.shape, direction, buff=0.15)

    def get_gradient_label(self, direction: np.ndarray = DOWN, font_size: int = LABEL) -> SourcedNumber:
        """The gradient, beside the node, in the gradient's colour."""
        source = (self.record.name, "gradient")
        number = get_number(self.gradient, self.decimals, font_size=font_size, source=source).set_color(GRADIENT)
        return number.next_to(self.label if len(self.label) else self.shape, direction, buff=0.15)

    def get_card(self, input_names: list[str], width: float = 2.35) -> VGroup:
        """What an operation remembers, above it: a compartment for the value, one for the way back.

        Parts: `frame`, `divider`, `caption`, `value` (a number), `backward_name`, `formulas`. Of the frame's two
        compartments, `top` and `bottom` are outlines that are not drawn.
        """
        name, input_names = get_tex_in_formula(self.record.name), [get_tex_in_formula(name) for name in input_names]
        source = (self.record.name, "value")
        number = get_number(self.value, self.decimals, font_size=LABEL, source=source).set_color(self.role)
        caption = Text("value", font_size=SMALL).set_color(MUTED)
        backward_name = Text(self.record.backward_name, font=MONO, font_size=SMALL).set_color(GRADIENT)
        formulas = VGroup(
            Tex(
                Rf"\partial {name} / \partial {source} = {derivative}",
                font_size=SMALL + 2,
            ).set_color(TEXT)
            for source, derivative in zip(input_names, self.record.derivatives_tex, strict=True)
        )
        formulas.arrange(DOWN, buff=0.12)
        back = VGroup(backward_name, formulas).arrange(DOWN, buff=0.13)
        padding = 0.14
        top = Rectangle(width, number.get_height() + 2 * padding)
        spare_lines = max(0, 2 - len(formulas))  # most operations have one input or two: one size for all
        height = back.get_height() + spare_lines * (formulas[0].get_height() + 0.12) + 2 * padding
        bottom = Rectangle(width, height).next_to(top, DOWN, buff=0)
        caption.next_to(top.get_left(), RIGHT, buff=padding)
        number.next_to(top.get_right(), LEFT, buff=padding)
        back.move_to(bottom)
        frame = RoundedRectangle(width, top.get_height() + bottom.get_height(), corner_radius=0.1)
        frame.move_to(VGroup(top, bottom)).set_stroke(mix_colors(PLATE, TEXT, 0.25), 2).set_fill(PLATE, 1)
        divider = VMobject().set_points_as_corners([bottom.get_corner(UP + LEFT), bottom.get_corner(UP + RIGHT)])
        divider.set_stroke(mix_colors(PLATE, TEXT, 0.25), 2)

        card = VGroup(frame, divider, caption, number, backward_name, formulas)
        card.frame, card.divider, card.caption, card.value = frame, divider, caption, number
        card.backward_name, card.formulas = backward_name, formulas
        card.top, card.bottom = top, bottom
        place = VGroup(card, top, bottom).next_to(self.shape, UP, buff=0.18)
        return place[0]


class ComputationEdge(VGroup):
    """An arrow from one node to the next.

    It leaves a node to the right and arrives from the left, never steeply: what stands above and below a node stays
    clear of its edges.

    Parts: `path` (what travels on the edge follows it), `tip`.

    Args:
        source, target: the nodes it joins, already in place.
        record: the edge of the graph; kept as `record`.
        via: points to pass through on the way, for edges that go round other nodes.
        bend: angle by which it leaves to the left of its way, for one of several between the same nodes.
    """

    steepest = 50 * DEGREES

    def __init__(
        self,
        source: ComputationNode,
        target: ComputationNode,
        record: Edge,
        via: list[np.ndarray] = (),
        bend: float = 0.0,
    ):
        self.record = record
        self.start_node, self.end_node = source, target
        first = via[0] if len(via) else target.shape.get_center()
        last = via[-1] if len(via) else source.shape.get_center()
        leaving, arriving = first - source.shape.get_center(), target.shape.get_center() - last
        out, into = self._gentle(leaving, bend), self._gentle(arriving, -bend)
        start = source.boundary(source.shape.get_center() + out, buff=0.08)
        end = target.boundary(target.shape.get_center() - into, buff=0.1)
        self.path = VMobject()
        is_straight = not bend and np.allclose(out, unit(leaving)) and np.allclose(into, unit(arriving))
        if len(via):
            self.path.set_points_smoothly([start, *via, end])
        elif is_straight:
            self.path.set_points_as_corners([start, end])
        else:
            pull = 0.4 * np.linalg.norm(end - start)
            self.path.start_new_path(start)
            self.path.add_cubic_bezier_curve_to(start + pull * out, end - pull * into, end)
        size = float(np.clip(0.6 * target.radius, 0.2, 0.3))  # of the tip: less on the way to a small node
        self.path.set_stroke(MUTED, 25 * size)
        heading = end - self.path.point_from_proportion(0.97)
        self.tip = ArrowTip(angle=np.arctan2(heading[1], heading[0]), width=size, length=size)
        self.tip.shift(end - self.tip.get_tip_point()).set_fill(MUTED, 1).set_stroke(width=0)
        super().__init__(self.path, self.tip)

    def _gentle(self, direction: np.ndarray, bend: float) -> np.ndarray:
        angle = np.clip(np.arctan2(direction[1], direction[0]) + bend, -self.steepest, self.steepest)
        return np.array([np.cos(angle), np.sin(angle), 0.0])

    @property
    def derivative(self) -> np.ndarray | None:
        """The local derivative d(target)/d(source); None where it is a full Jacobian."""
        return self.end_node.record.derivatives[self.record.slot]

    def place_label(self, mobject: Mobject, below: bool = False, buff: float = 0.14, at: float = 0.5) -> Mobject:
        """Put a label beside the edge, above or below it, at a fraction of its length; returns the label."""
        along = unit(self.path.point_from_proportion(at + 0.02) - self.path.point_from_proportion(at - 0.02))
        normal = (-1 if below else 1) * np.array([-along[1], along[0], 0.0])
        reach = abs(normal[0]) * mobject.get_width() / 2 + abs(normal[1]) * mobject.get_height() / 2
        return mobject.move_to(self.path.point_from_proportion(at) + (reach + buff) * normal)

    def get_derivative_label(self, below: bool = False, font_size: int = LABEL) -> SourcedNumber:
        """The local derivative's number, beside the middle of the edge.

        Raises:
            ValueError: the local derivative is a full Jacobian, which no edge has room for.
        """
        if self.derivative is None:
            raise ValueError(f"{self.end_node.record.backward_name} has no entry-by-entry local derivative to show")
        source = (self.end_node.record.name, "derivative", self.record.slot)
        number = get_number(self.derivative, self.end_node.decimals, font_size=font_size, source=source)
        return self.place_label(number.set_color(GRADIENT), below)

    def get_flow_label(self, font_size: int = LABEL) -> SourcedNumber:
        """What flows back along the edge: local derivative times upstream gradient; where the caller puts it."""
        source = (self.end_node.record.name, "sends back", self.record.slot)
        flow = self.end_node.record.flows[self.record.slot]
        return get_number(flow, self.end_node.decimals, font_size=font_size, source=source).set_color(GRADIENT)

    def get_formula_label(self, below: bool = False, font_size: int = LABEL) -> VGroup:
        """The local derivative as a formula and its number, "w = −0.5"; only the number where it is constant."""
        number = self.get_derivative_label(below, font_size)
        tex = self.end_node.record.derivatives_tex[self.record.slot]
        if not any(letter.isalpha() for letter in tex):
            return VGroup(number)
        formula = Tex(f"{tex} =", font_size=font_size).set_color(GRADIENT)
        return self.place_label(VGroup(formula, number).arrange(RIGHT, buff=0.12), below)


class ComputationGraph(VGroup):
    """A whole computation, laid out in layers from left to right.

    A graph that is too large to be read is folded as far as it must be: functions and modules are single nodes then
    (`node.record.inside` is the graph in each), or runs of operations are.

    Parts: `edges` (in the graph's edge order), `nodes` (in forward order).

    Args:
        graph: the record of one forward and one backward pass; kept as `record`, folded if it was.
        layer_gap: distance between layers, centre to centre. None for 2.6, or less where the frame has not the room.
        node_gap: least distance between two nodes of a layer, centre to centre. None for 1.8, or less.
        decimals: shown of values and gradients, where they are enough to show something.
        radius: of a leaf's circle. None for 0.45, or less where the frame has not the room.

    Raises:
        ValueError: more nodes than can be read in one picture even when it is folded; with all distances given, more
            than can be laid out.
    """

    # Tried one after the other: a leaf's radius, and what is left between two nodes, one below the other. At first
    # both a value and a gradient have room there, then one of them.
    fitting_sizes = ((0.45, 0.8), (0.38, 0.8), (0.32, 0.8), (0.27, 0.8), (0.27, 0.4), (0.22, 0.4))
    gaps = (2.6, 1.8)  # between layers, and between the nodes of one

    def __init__(
        self,
        graph: Graph,
        layer_gap: float | None = None,
        node_gap: float | None = None,
        decimals: int = 1,
        radius: float | None = None,
    ):
        super().__init__()
        sizes = self.fitting_sizes if radius is None else ((radius, 0.4),)
        draw_folded(graph, lambda folded: self._draw(folded, sizes, (layer_gap, node_gap), decimals))

    def _draw(
        self,
        graph: Graph,
        sizes: Sequence[tuple[float, float]],
        gaps: tuple[float | None, float | None],
        decimals: int,
    ) -> None:
        self.record = graph
        if None in gaps:
            radius, *gaps = self._fit(sizes, gaps)
        else:
            check_size(graph)
            radius = sizes[0][0]
        self.nodes = VGroup(ComputationNode(node, radius, decimals) for node in graph.nodes)
        self.set_gaps(*gaps)

    def _fit(
        self, sizes: Sequence[tuple[float, float]], given: tuple[float | None, float | None]
    ) -> tuple[float, float, float]:
        """The radius and the gaps between layers and nodes with which the graph fits the frame."""
        layers = count_layers(self.record)
        if given[0] is None and (layers - 1) * LEAST_LAYER_GAP * sizes[-1][0] > get_room()[0]:
            raise too_large(self.record, layers)  # before the layout, which takes long for a graph far too large
        steps = np.ptp(lay_out(self.record, 1.0, 1.0)[0], axis=0)[:2]
        folded = [get_symbol(node.symbol) for node in self.record.nodes if node.inside]  # boxes with words
        words = 0.65 * max((symbol.get_width() for symbol in folded), default=0.0)
        for radius, below in sizes:
            widest = 2 * max(radius, words / 1.5)
            margins = (widest + 0.5 * radius, 2 * radius + 0.8)  # below and above stand values and gradients
            room = (np.array(get_room()) - margins) / np.maximum(steps, 1e-9)
            usuals = zip(given, self.gaps, room, strict=True)
            gaps = [float(min(usual, most)) if gap is None else gap for gap, usual, most in usuals]
            least = widest + (LEAST_LAYER_GAP - 2) * radius
            leasts = zip(given, gaps, (least, 2 * radius + below), strict=True)
            if all(gap is not None or got >= least for gap, got, least in leasts):
                return radius, *gaps
        raise too_large(self.record, round(steps[0]) + 1, round(steps[1]) + 1)

    def set_gaps(self, layer_gap: float, node_gap: float) -> ComputationGraph:
        """Lay it out anew, around the frame's centre, with these distances; the edges are new ones."""
        graph = self.record
        places, routes = lay_out(graph, layer_gap, node_gap)
        for node, place in zip(self.nodes, places, strict=True):
            node.shift(place - node.shape.get_center())
        between = [(edge.source, edge.target) for edge in graph.edges]
        self.edges = VGroup(
            ComputationEdge(
                self.nodes[edge.source],
                self.nodes[edge.target],
                edge,
                route,
                # x * x uses x twice: two arrows, bent apart
                bend=(35 * DEGREES if edge.slot == 0 else -35 * DEGREES) if between.count(pair) > 1 else 0.0,
            )
            for edge, route, pair in zip(graph.edges, routes, between, strict=True)
        )
        self.set_submobjects([self.edges, self.nodes])
        return self.center()

    @classmethod
    def from_torch(cls, loss, names: Mapping[str, object] | None = None, recorder=None, **kwargs) -> ComputationGraph:
        """The same picture from any torch expression; see `truth.graph.Graph.from_torch`."""
        return cls(Graph.from_torch(loss, names, recorder), **kwargs)

    @classmethod
    def from_function(cls, function: Callable[..., Any], /, **inputs: Any) -> ComputationGraph:
        """The picture of any function of torch's tensors; see `truth.graph.Graph.from_function`."""
        return cls(Graph.from_function(function, **inputs))

    @classmethod
    def from_module(cls, module, *inputs: Any, loss: Callable[[Any], Any] | None = None, **named) -> ComputationGraph:
        """The picture of any module, each part of it one node; see `truth.graph.Graph.from_module`."""
        return cls(Graph.from_module(module, *inputs, loss=loss, **named).fold())

    def node(self, name: str) -> ComputationNode:
        """The node of that name; raises KeyError with the names there are."""
        return self.nodes[self.record.index(name)]

    def edges_into(self, node: ComputationNode) -> VGroup:
        """The edges that end in `node`, by slot."""
        return VGroup(edge for edge in self.edges if edge.end_node is node)

    def edges_out_of(self, node: ComputationNode) -> VGroup:
        """The edges that start in `node`, by target in forward order."""
        return VGroup(edge for edge in self.edges if edge.start_node is node)

    def get_card(self, node: ComputationNode) -> VGroup:
        """What `node` remembers; see `ComputationNode.get_card`."""
        return node.get_card([self.record.nodes[i].name for i in node.record.inputs])

    def get_arithmetic(self, node: ComputationNode, font_size: int = BODY) -> VGroup:
        """How `node` gets its value, in numbers, as shown elsewhere in the picture.

        Parts: `formula` (TeX, ending in an equals sign; its numbers come from its `sources`), `result` (a
        number).
        """
        records = [self.record.nodes[i] for i in node.record.inputs]
        inputs = [get_number_tex(float(record.value), node.decimals) for record in records]
        terms = [f"({tex})" if tex[0] == "-" or R"\cdot" in tex else tex for tex in inputs]
        formula = Tex(node.record.template.format(*terms) + " =", font_size=font_size)
        formula.sources = [entry_source((record.name, "value"), record.value) for record in records]
        result = get_number(node.value, node.decimals, font_size=font_size, source=(node.record.name, "value"))
        arithmetic = VGroup(formula, result.set_color(node.role)).arrange(RIGHT, buff=0.18)
        arithmetic.formula, arithmetic.result = formula, result
        return arithmetic

    def forward_order(self) -> list[ComputationNode]:
        """The nodes, inputs before results."""
        return [self.nodes[i] for i in self.record.forward_order]

    def backward_order(self) -> list[ComputationNode]:
        """The nodes in the order in which a backward pass visits them."""
        return [self.nodes[i] for i in self.record.backward_order]


MOST_NODES = 80  # that are laid out at all, in half a second: nobody reads more, and four times as many take a minute


EASILY_READ = 16  # nodes: a graph that must be folded is folded to so many

LEAST_LAYER_GAP = 4.2  # between layers, centre to centre, in radii: with less the arrows would be too short


def count_layers(graph: Graph) -> int:
    """How many nodes stand one after the other on the longest way through a graph."""
    layers: list[int] = []
    for node in graph.nodes:
        layers.append(1 + max((layers[i] for i in node.inputs), default=0))
    return max(layers)


class TooLarge(ValueError):
    """A graph that nobody could read in one picture."""


def draw_folded(graph: Graph, draw: Callable[[Graph], None]) -> None:
    """Draw a graph as it is, or if it is too large, folded to EASILY_READ nodes or as few as it can be.

    Raises:
        TooLarge: what was said of the graph as it is, if it is too large even when it is folded.
    """
    refusal: TooLarge | None = None
    first, *foldings = graph.get_foldings()
    for folded in (first, *([f for f in foldings if len(f.nodes) <= EASILY_READ] or foldings)):
        try:
            return draw(folded)
        except TooLarge as error:
            refusal = refusal or error
    raise refusal


def check_size(graph: Graph) -> None:
    """Raises TooLarge for more nodes than MOST_NODES."""
    if len(graph.nodes) > MOST_NODES:
        raise too_large(graph, count_layers(graph))


def too_large(graph: Graph, layers: int, rows: int | None = None) -> TooLarge:
    """What to say of a graph that nobody could read."""
    widest = f", up to {rows} in one" if rows else ""
    return TooLarge(
        f"this expression's graph has {len(graph.nodes)} nodes in {layers} layers{widest}: more than can be read in one"
        " picture. Show a part of it (return an intermediate result), compute with vectors instead of many numbers, or"
        " let fewer inputs vary (a plain number in the expression is no node)."
    )


def unit(vector: np.ndarray) -> np.ndarray:
    """The vector of length 1 in the same direction."""
    return vector / np.linalg.norm(vector)


def lay_out(graph: Graph, layer_gap: float, node_gap: float) -> tuple[list[np.ndarray], list[list[np.ndarray]]]:
    """Places in layers, few crossings (Sugiyama's method, by grandalf).

    The layout runs on the reversed graph, so that a leaf stands just before its first use rather than at the
    far left.

    Returns:
        one point per node, and per edge the points to pass through between its ends (empty for neighbours).

    Raises:
        TooLarge: more nodes than MOST_NODES.
    """
    check_size(graph)
    vertices = [Vertex(i) for i in range(len(graph.nodes))]
    for vertex in vertices:
        vertex.view = VertexViewer(w=1, h=1)
    pairs = {(edge.source, edge.target) for edge in graph.edges}
    links = {
        pair: LayoutEdge(vertices[pair[1]], vertices[pair[0]]) for pair in sorted(pairs)
    }  # x * x uses x twice, but one line is enough to place it
    if not links:
        return [np.zeros(3) for _ in vertices], []
    component = LayoutGraph(vertices, list(links.values())).C[0]
    layout = SugiyamaLayout(component)
    layout.xspace, layout.yspace = 0.5, 1
    layout.init_all(roots=[vertices[-1]])
    layout.draw(10)

    row, layer = 1.5, 2.0  # grandalf's distances: a vertex's size and the space around it

    def point(xy: tuple[float, float]) -> np.ndarray:
        return np.array([-float(xy[1]) / layer * layer_gap, -float(xy[0]) / row * node_gap, 0.0])

    places = [point(vertex.view.xy) for vertex in vertices]
    routes = []
    for edge in graph.edges:
        dummies = layout.ctrls.get(links[edge.source, edge.target], {})
        ranks = sorted((rank for rank, dummy in dummies.items() if hasattr(dummy, "view")), reverse=True)
        inner = ranks[1:-1]
        routes.append([point(dummies[rank].view.xy) for rank in inner])
    return places, routes


class CarryAlong(Animation):
    """A number (or any mobject) rides along an edge, just above it, and dissolves into the node at its end.

    Args:
        mobject: what travels; a copy of it is made, and removed at the end.
        edge: the way.
        backwards: ride from the edge's head to its tail.
        buff: distance kept from the edge.
    """

    def __init__(self, mobject: Mobject, edge: ComputationEdge, backwards: bool = False, buff: float = 0.12, **kwargs):
        self.edge, self.backwards, self.buff = edge, backwards, buff
        super().__init__(mobject.copy(), remover=True, rate_func=smooth, **kwargs)

    def interpolate_mobject(self, alpha: float) -> None:
        alpha = self.rate_func(alpha)
        along = 0.1 + 0.72 * (1 - alpha if self.backwards else alpha)  # not into the nodes, nor onto the tip
        start, end = self.edge.path.get_start(), self.edge.path.get_end()
        unit = (end - start) / np.linalg.norm(end - start)
        normal = np.array([-unit[1], unit[0], 0.0])
        reach = abs(normal[0]) * self.mobject.get_width() / 2 + abs(normal[1]) * self.mobject.get_height() / 2
        self.mobject.move_to(self.edge.path.point_from_proportion(along) + (reach + self.buff) * normal)
        self.mobject.set_opacity(min(1.0, 5 * alpha, 5 * (1 - alpha)))


class Pulse(Animation):
    """A node swells and settles while its outline brightens: it computes."""

    def __init__(self, node: ComputationNode, scale: float = 1.25, **kwargs):
        self.scale = scale
        super().__init__(node, rate_func=there_and_back, **kwargs)

    def interpolate_submobject(self, submobject, start, alpha: float) -> None:
        alpha = self.rate_func(alpha)
        factor = 1 + (self.scale - 1) * alpha
        center = self.starting_mobject.shape.get_center()
        submobject.set_points(center + factor * (start.get_points() - center))
