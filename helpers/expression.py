"""Bring your own expression: its graph built forward with values, and gradients flowing back."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
from manimlib import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    FadeIn,
    FadeOut,
    LaggedStart,
    Mobject,
    ShowCreation,
    Tex,
    Text,
    VGroup,
    VShowPassingFlash,
)

from custom.cards import get_title
from custom.palette import ACTIVATION, BACKGROUND, GRADIENT, MUTED, SCAFFOLD, TEXT
from custom.scene import CaptionedScene
from custom.typography import LABEL, MONO, SMALL
from helpers.embedding import NumericEmbedding
from helpers.flow import TURNED_TIP, GradientFlow, GradientTag
from helpers.graph import (
    ComputationEdge,
    ComputationGraph,
    ComputationNode,
    Pulse,
    count_layers,
    draw_folded,
    get_number,
    lay_out,
    too_large,
)
from helpers.heat import HeatMatrix
from helpers.matrix import get_brackets
from helpers.number import SourcedNumber
from truth.graph import Graph
from truth.numerics import get_number_format

ROOM = np.array([13.0, 5.15])  # width and height that a graph may take, with all that stands beside its nodes
CENTER = np.array([0.0, -0.17, 0.0])
MOST_CELLS = 12  # of a matrix, in a row or a column
ENTRIES = 4  # of a vector, shown; of a longer one the first two and the last


class ExpressionGraph(ComputationGraph):
    """The graph of an expression, as large as fits a frame under a title, with the places of all its numbers.

    Below each node stands its value, above it its gradient; side by side below it for vectors, and for all where it
    is crowded. Vectors are columns where these fit, matrices are coloured cells; what is larger is a shape.

    Args:
        graph: what a run left; folded if it is too large to be read.
        decimals: shown; None for one, or two where one would not be exact. A number that would then read 0 gets
            more, or is set as 2·10⁻⁷.

    Raises:
        ValueError: too many nodes to be read in one picture, even when it is folded.
    """

    # A leaf's radius, the numbers' font size, and whether gradients stand beside values.
    sizes = (
        (0.54, 36, False),
        (0.45, LABEL, False),
        (0.4, 27, False),
        (0.34, SMALL, False),
        (0.34, SMALL, True),
        (0.28, SMALL, True),
        (0.22, SMALL, True),
    )

    def __init__(self, graph: Graph, decimals: int | None = None):
        if decimals is None:
            numbers = np.concatenate([np.ravel(n) for node in graph.nodes for n in (node.value, node.gradient)])
            numbers = numbers[np.isfinite(numbers)]
            decimals = 1 if np.allclose(numbers, numbers.round(1), atol=1e-9) else 2
        self.shown_decimals = decimals
        draw_folded(graph, self._draw_fitting)

    def _draw_fitting(self, graph: Graph) -> None:
        layers = count_layers(graph)
        if (layers - 1) * 2.5 * self.sizes[-1][0] > ROOM[0]:
            raise too_large(graph, layers)
        places, _ = lay_out(graph, 1.0, 1.0)
        columns, rows = (np.ptp([place[axis] for place in places]) for axis in (0, 1))
        best: tuple[int, bool, tuple[float, int, bool]] | None = None
        tries = [(True, size) for size in self.sizes] + [(False, size) for size in self.sizes]
        for self.has_columns, size in tries:  # where columns of numbers are too tall, vectors are cells
            if best is not None and not self.has_columns:
                break
            radius, font_size, is_crowded = size
            least = 2 * radius + (font_size / 100 if is_crowded else 3 * font_size / 100)
            if rows * least > ROOM[1] or columns * 2.5 * radius > ROOM[0]:
                continue  # not worth the drawing
            faults = self._try(graph, size, columns, rows)
            if faults is not None and (best is None or faults < best[0]):
                best = faults, self.has_columns, size
            if faults == 0:
                return
        if best is None:
            raise too_large(graph, round(columns) + 1, round(rows) + 1)
        self.has_columns, size = best[1:]
        self._try(graph, size, columns, rows)

    def _try(self, graph: Graph, size: tuple[float, int, bool], columns: float, rows: float) -> int | None:
        """Draw it in a size: how many readings are then crossed by an edge, None if it does not fit at all."""
        radius, self.font_size, self.is_crowded = size
        self.value_places: dict[ComputationNode, np.ndarray] = {}
        super().__init__(graph, 1.0, 1.0, self.shown_decimals, radius)
        readings = [self.get_readings(node) for node in self.nodes]
        gaps, counts = np.ones(2), np.array([max(columns, 1), max(rows, 1)])
        for _ in range(2):  # spread out, until what stands beside the outermost nodes reaches the edges
            everything = VGroup(*self.nodes, *readings)
            gaps = np.minimum(gaps + (ROOM - everything.get_shape()[:2]) / counts, (3.7, 2.6))
            before = [np.array(node.get_center()) for node in self.nodes]
            self.set_gaps(*gaps)
            for node, reading, place in zip(self.nodes, readings, before, strict=True):
                reading.shift(node.get_center() - place)
        VGroup(self, *readings).move_to(CENTER)
        if self.is_crowded:
            self._evade_edges(readings)
        return self._count_faults(readings)

    def _evade_edges(self, readings: list[VGroup]) -> None:
        """Move each operation's readings to where edges cross them least: below or above, middle or aside."""
        points = np.concatenate([get_points(edge)[2:-2] for edge in self.edges])
        for node, reading in zip(self.nodes, readings, strict=True):
            if not node.record.inputs or self._is_column(node.value):
                continue
            others = [box(other.shape) for other in self.nodes]
            others += [box(part) for other in readings if other is not reading for part in other]

            def faults(direction, aside, node=node, reading=reading, others=others):
                anchor = node if direction is DOWN else node.shape
                reading.next_to(anchor, direction, buff=0.1).shift(aside * RIGHT)
                crossed = sum(not is_clear(box(part), [], points, buff=0.02) for part in reading)
                covered = sum(not is_clear(box(part), others, buff=0.02) for part in reading)
                reach = np.abs(reading.get_center() - CENTER)[:2] + np.array(reading.get_shape()[:2]) / 2
                outside = (reach > ROOM / 2 + 0.1).any()
                return crossed + 3 * covered + 6 * outside

            asides = (0, 0.3, -0.3, 0.6, -0.6)
            best = min(product((DOWN, UP), asides), key=lambda place: faults(*place))
            faults(*best)
            self.value_places[node] = reading[0].get_center() - node.shape.get_center()

    def _count_faults(self, readings: list[VGroup]) -> int | None:
        places = [
            [box(mobject) for mobject in (node.shape, *node.label, *reading)]
            for node, reading in zip(self.nodes, readings, strict=True)
        ]
        for i, mine in enumerate(places):
            others = [place for theirs in places[:i] for place in theirs]
            if not all(is_clear(place, others, buff=0.02) for place in mine):
                return None
        if min(edge.path.get_arc_length() for edge in self.edges) < 0.25:
            return None
        paths = [get_points(edge)[3:-3] for edge in self.edges]
        return sum(
            not is_clear(box(part), [], path, buff=0.02) for path in paths for reading in readings for part in reading
        )

    def get_readings(self, node: ComputationNode) -> VGroup:
        """All that stands beside a node in the end: its value, its gradient."""
        return VGroup(self.get_value(node), self.get_tag(node))

    def get_name(self, node: ComputationNode) -> str:
        """What a number's source calls the node: its name, or its operation and its place."""
        return node.record.name or f"{node.record.backward_name} {list(self.nodes).index(node)}"

    def get_array(self, array: np.ndarray, source: tuple[str, ...]) -> Mobject:
        """An array as a number, a column, cells (of two dimensions), or its shape."""
        if array.size == 1:
            return get_number(array, self.shown_decimals, source=source, font_size=self.font_size)
        if self._is_column(array):
            shown = None if len(array) <= ENTRIES else (0, 1, len(array) - 1)
            decimals, scientific = get_number_format(array, self.shown_decimals)
            if not np.isfinite(array).all():
                return self._get_odd_column(array, source, shown or range(len(array)), decimals)
            return NumericEmbedding(
                array,
                source=source,
                shown_entries=shown,
                num_decimal_places=decimals,
                scientific=scientific,
                include_sign=False,
                font_size=max(SMALL, self.font_size - 6),
                v_buff=0.5,
            )
        grid = get_grid(array)
        if grid is not None:
            rows, columns = grid.shape
            size = self.font_size / 36
            return HeatMatrix(grid, source=source, cell=size * min(0.28, 0.8 / rows, 1.1 / columns))
        return Tex(R" \times ".join(map(str, array.shape)), font_size=self.font_size)

    def _is_column(self, array: np.ndarray) -> bool:
        """Is it shown as a column of numbers?"""
        return self.has_columns and array.ndim == 1 and array.size > 1

    def _get_odd_column(self, array: np.ndarray, source: tuple[str, ...], shown, decimals: int) -> VGroup:
        """A column in which something is no number."""
        font_size = max(SMALL, self.font_size - 6)
        numbers = VGroup(
            get_number(array[i], decimals, source=(*source, (i,)), font_size=font_size).set_color(TEXT) for i in shown
        )
        numbers.arrange(DOWN, buff=0.12)
        return VGroup(numbers, get_brackets(numbers, 0.08, 0.02))

    def get_value(self, node: ComputationNode) -> Mobject:
        """The forward value, below its node; a vector's stands to the left, to leave room for its gradient."""
        value = self.get_array(node.value, (self.get_name(node), "value"))
        if isinstance(value, SourcedNumber | Tex):
            value.set_color(node.role)
        if node in self.value_places:
            return value.move_to(node.shape.get_center() + self.value_places[node])
        if self.is_crowded and not node.record.inputs:  # no edge comes from the left there
            return value.next_to(node.shape, LEFT, buff=0.1).align_to(node.shape.get_center() + 0.05 * UP, DOWN)
        value.next_to(
            node.label if len(node.label) else node.side, DOWN, buff=0.22 if self._is_column(node.value) else 0.1
        )
        if not self._has_gradient_beside(node):
            return value
        # Both centred below the node; of a leaf further left, where no edges are.
        beside = GradientTag(self.get_array(node.gradient, ("gradient",)), self.padding).get_width() + 0.08
        centred = beside / 2
        left = centred if node.record.inputs else max(centred, value.get_width() / 2 + beside - node.radius)
        return value.shift(left * LEFT)

    def _has_gradient_beside(self, node: ComputationNode) -> bool:
        return self.is_crowded or self._is_column(node.value)

    @property
    def padding(self) -> float:
        """Between a gradient and its frame."""
        return 0.06 if self.is_crowded else 0.1

    def get_tag(self, node: ComputationNode, gradient: np.ndarray | None = None, word: str = "gradient") -> GradientTag:
        """The gradient in its red frame, above its node; a vector's below, beside the value."""
        array = node.gradient if gradient is None else gradient
        tag = GradientTag(self.get_array(array, (self.get_name(node), word)), self.padding)
        if self.is_crowded and not node.record.inputs:
            return tag.next_to(node.shape, LEFT, buff=0.1).align_to(node.shape.get_center() + 0.02 * DOWN, UP)
        if self._has_gradient_beside(node):
            return tag.next_to(self.get_value(node), RIGHT, buff=0.08)
        return tag.next_to(node.shape, UP, buff=0.1)

    def get_slopes(self) -> dict[ComputationEdge, Mobject]:
        """The local derivatives that are numbers, each beside its edge, where there is room for one."""
        obstacles = [
            box(mobject) for node in self.nodes for mobject in (node.shape, self.get_value(node), self.get_tag(node))
        ]
        points = np.concatenate([get_points(edge) for edge in self.edges])
        tips = [tip for edge in self.edges for tip in get_tip_boxes(edge)]
        slopes = {}
        for edge in self.edges:
            if edge.derivative is None or edge.derivative.size != 1:
                continue
            source = (self.get_name(edge.end_node), "derivative", edge.record.slot)
            slope = get_number(edge.derivative, self.shown_decimals, source=source, font_size=self.font_size)
            sides = self._get_sides(edge)
            for buff, at, below in product((0.12, 0.07, 0.17), (0.5, 0.42, 0.58, 0.34, 0.66), sides):
                place = box(edge.place_label(slope, below, buff=buff, at=at))
                if is_clear(place, tips, buff=0) and is_clear(place, obstacles, points, min(buff, 0.12) - 0.03):
                    slopes[edge] = slope.set_color(GRADIENT)
                    obstacles.append(place)
                    break
        return slopes

    def _get_sides(self, edge: ComputationEdge) -> tuple[bool, bool]:
        """Of two edges into one node, the upper one's label stands rather above it, the lower one's below."""
        siblings = sorted(self.edges_into(edge.end_node), key=lambda e: -e.path.point_from_proportion(0.5)[1])
        return (True, False) if len(siblings) > 1 and siblings[-1] is edge else (False, True)


def get_grid(array: np.ndarray) -> np.ndarray | None:
    """A small array as rows and columns, without dimensions of one entry; None if it has more than two, or is large."""
    kept = array.reshape([n for n in array.shape if n > 1])
    if kept.ndim == 1:
        kept = kept[:, None] if array.ndim == 1 or array.shape[-1] == 1 else kept[None]
    return kept if array.size > 1 and kept.ndim == 2 and max(kept.shape) <= MOST_CELLS else None


def box(mobject: Mobject) -> np.ndarray:
    """Its lower left and upper right corners: (2, 2)."""
    return np.array([mobject.get_corner(DOWN + LEFT)[:2], mobject.get_corner(UP + RIGHT)[:2]])


def get_points(edge: ComputationEdge, n: int = 60) -> np.ndarray:
    """Points along an edge: (n, 3)."""
    return np.array([edge.path.point_from_proportion(t) for t in np.linspace(0, 1, n)])


def get_tip_boxes(edge: ComputationEdge) -> list[np.ndarray]:
    """Where an edge has its tip: at its end on the way forward, at its start on the way back; (2, 2) each."""
    size = TURNED_TIP * edge.tip.get_length()
    inner = np.clip(size / 2 / edge.path.get_arc_length(), 0, 1)
    centers = (edge.path.point_from_proportion(t)[:2] for t in (inner, 1 - inner))
    return [np.array([center - size / 2, center + size / 2]) for center in centers]


def is_clear(
    place: np.ndarray, boxes: Sequence[np.ndarray], points: np.ndarray | None = None, buff: float = 0.04
) -> bool:
    """Is a box away from all the others, and from all points?"""
    low, high = place[0] - buff, place[1] + buff
    if any((low < other[1]).all() and (other[0] < high).all() for other in boxes):
        return False
    return points is None or not ((low < points[:, :2]) & (points[:, :2] < high)).all(axis=1).any()


def get_numbers(name: str, value: Any) -> np.ndarray:
    """What `inputs` gives for a name, in double precision.

    Raises:
        ValueError: it is not a number or a (nested) list of numbers.
    """
    if hasattr(value, "detach"):  # a torch tensor
        value = value.detach().cpu().resolve_conj()
        value = (value if value.is_complex() else value.double()).numpy()
    try:
        numbers = np.array(value)
    except ValueError:  # rows of different lengths
        numbers = np.array(None)
    if numbers.dtype.kind == "c":
        raise ValueError(
            f"inputs gives {name} = {value!r}, and complex numbers cannot be drawn: give the real and the imaginary"
            " part as two inputs"
        )
    if numbers.dtype.kind not in "buif" or not numbers.size:
        raise ValueError(
            f"inputs gives {name} = {value!r}: it must be a number, or a list of numbers (of lists of equal length)"
        )
    return numbers.astype(np.float64)


class AutogradOfGraph(CaptionedScene):
    """A value runs forward through a graph, and gradients flow back.

    A subclass says which graph (`get_graph`), and what stands under the title (`get_code`).

    Attributes:
        title: at the top.
        decimals: shown; None for one, or two where one would not be exact.
        graph_type: how the graph is drawn.
    """

    graph_type = ExpressionGraph
    title = "Forward, and Back Again"
    decimals: int | None = None
    has_said_that_ways_add = False

    def get_graph(self) -> Graph:
        """What is shown.

        Raises:
            ValueError: what cannot be run, or cannot be drawn truly.
        """
        raise NotImplementedError(f"{type(self).__name__} has no graph: write a method get_graph")

    def get_code(self) -> str:
        """A line under the title; "" for none."""
        return ""

    def construct(self) -> None:
        self.state_the_expression()
        self.bring_in_the_inputs()
        self.run_forward()
        self.put_a_slope_on_each_edge()
        self.flow_back()
        self.look_at_the_gradients()

    def state_the_expression(self) -> None:
        # Write the expression down, over what it is given
        self.graph = self.graph_type(self.get_graph(), self.decimals)
        self.leaves = [node for node in self.graph.nodes if not node.record.inputs]
        self.add(self.get_outlines(self.graph), *self.leaves)
        title = get_title(self.title)
        code = self.get_code()
        words = Text(code, font=MONO, font_size=LABEL).set_max_width(12) if code else VGroup()
        self.play(FadeIn(title), FadeIn(words.next_to(title, DOWN, buff=0.25)), run_time=0.8)

    def get_outlines(self, graph: ComputationGraph) -> VGroup:
        """Where each node will stand, what it is called and where each edge will run: the way ahead, in grey."""
        shapes = (node.shape.copy().set_fill(BACKGROUND, 0).set_stroke(SCAFFOLD, 2.5) for node in graph.nodes)
        names = (node.symbol.copy().set_color(MUTED) for node in graph.nodes)
        paths = (edge.path.copy().set_stroke(SCAFFOLD, 2.5) for edge in graph.edges)
        return VGroup(*paths, *shapes, *names)

    def bring_in_the_inputs(self) -> None:
        # Give each input its value
        self.values = {node: self.graph.get_value(node) for node in self.graph.nodes}
        self.play(LaggedStart(*(FadeIn(self.values[leaf], scale=1.3) for leaf in self.leaves), lag_ratio=0.2))
        self.wait(0.6)

    def look_inside(self, node: ComputationNode) -> None:
        """What is shown when a node is there, before its value is; nothing, here."""

    def look_inside_backwards(self, node: ComputationNode) -> None:
        """What is shown when a node has its whole gradient, before it sends anything back; nothing, here."""

    def get_pace(self, slowest: float, total: float) -> float:
        """Seconds for each operation: the more there are, the fewer."""
        return float(np.clip(total / len(self.graph.edges), 0.35, slowest))

    def run_forward(self) -> None:
        # Run forward, one operation after the other
        pace = self.get_pace(1.0, total=14)
        for node in self.graph.forward_order():
            edges = self.graph.edges_into(node)
            if len(edges):
                self.play(
                    *(ShowCreation(edge.path) for edge in edges),
                    *(FadeIn(edge.tip, time_span=(0.7 * pace, pace)) for edge in edges),
                    FadeIn(node, time_span=(0.4 * pace, pace)),
                    run_time=pace,
                )
                self.look_inside(node)
                sparks = (edge.path.copy().set_stroke(ACTIVATION, 8) for edge in edges)
                self.play(
                    *(VShowPassingFlash(spark, time_width=0.7, run_time=pace) for spark in sparks),
                    FadeIn(self.values[node], time_span=(0.6 * pace, pace)),
                    run_time=pace,
                )
        self.wait(0.6)

    def put_a_slope_on_each_edge(self) -> None:
        # Put each local derivative on its edge
        slopes = self.graph.get_slopes()
        if slopes:
            arrivals = LaggedStart(*map(FadeIn, slopes.values()), lag_ratio=0.1)
            self.say("Each edge: how fast its end follows its start", arrivals, run_time=1.4)
            self.hush()

    def flow_back(self) -> None:
        # Begin at the end with 1
        end = self.graph.nodes[-1]
        self.tags = {end: self.graph.get_tag(end)}
        self.play(FadeIn(self.tags[end], 0.2 * UP), Pulse(end, scale=1.1), run_time=0.8)

        # Flow back, multiplying at every step and adding where two ways meet
        pace = max(self.get_pace(1.2, total=18), 0.6)
        self.arrived: dict[ComputationNode, list[np.ndarray]] = {}
        for node in self.graph.backward_order():
            edges = list(self.graph.edges_into(node))
            self.look_inside_backwards(node)
            if edges:
                self.send_back(edges, pace)
        self.wait(0.6)

    def send_back(self, edges: list[ComputationEdge], pace: float) -> None:
        """Along all edges into a node at once; what arrives is added to what had arrived before."""
        for edge in edges:
            flow = edge.end_node.record.flows[edge.record.slot]
            self.arrived.setdefault(edge.start_node, []).append(flow)
        new = {edge.start_node: self.get_tag_so_far(edge.start_node) for edge in edges}
        old = {node: self.tags[node] for node in new if node in self.tags}
        last = {edge.start_node: edge for edge in edges}  # of two edges from one node the last leaves the tag
        leaves = [
            new[edge.start_node] if edge.start_node not in old and last[edge.start_node] is edge else None
            for edge in edges
        ]
        self.play(GradientFlow(edges, leaves, run_time=pace))
        if old and not self.has_said_that_ways_add:
            self.has_said_that_ways_add = True
            self.say("What arrives along several ways is added")
        if old:
            self.play(FadeOut(VGroup(*old.values())), run_time=0.2)
            self.play(
                *(FadeIn(new[node], scale=1.3) for node in old), *(Pulse(node, scale=1.1) for node in old), run_time=0.6
            )
            self.wait(0.3)
        self.tags.update(new)

    def get_tag_so_far(self, node: ComputationNode) -> GradientTag:
        arrived = self.arrived[node]
        if len(arrived) == len(self.graph.edges_out_of(node)):
            return self.graph.get_tag(node)
        return self.graph.get_tag(node, np.asarray(sum(arrived)), "gradient so far")

    def look_at_the_gradients(self) -> None:
        # Look at what each input has received
        self.say("How much L changes with each input", *(Pulse(leaf, scale=1.12) for leaf in self.leaves), run_time=1)
        self.wait(2)


class AutogradOfExpression(AutogradOfGraph):
    """A value runs forward through the graph of an expression, and gradients flow back.

    Subclass it, give `inputs` and write `expression`:

        class MyExpression(AutogradOfExpression):
            inputs = {"x": 2.0, "w": [0.5, -1.0]}
            parameters = ("w",)

            def expression(self, x, w):
                return (w * x).sum().tanh()

    Attributes:
        inputs: a number or a list of numbers for each argument of `expression`, by name: as a formula if it is one
            (`h_1`), else as it is written (`learning_rate`).
        parameters: names of those that learning would change; they are drawn in the parameters' colour.
        title, decimals: as for AutogradOfGraph.
    """

    inputs: Mapping[str, Any] = {}
    parameters: Sequence[str] = ()

    def expression(self, **inputs: Any) -> Any:
        """The result, a torch tensor with one entry; or that and a dict of names of intermediate results."""
        raise NotImplementedError(
            f"{type(self).__name__} has no expression. Write, for example:\n"
            "    def expression(self, x, w):\n"
            "        return (x * w).tanh()"
        )

    def get_graph(self) -> Graph:
        return self.run_expression()

    def run_expression(self) -> Graph:
        """Run it in PyTorch, in double precision, and read the tape.

        Raises:
            ValueError: inputs that do not fit the expression, an expression that PyTorch cannot compute, a result that
                is not one number, or anything else that cannot be drawn truly (see `Graph.from_function`).
        """
        import torch

        if type(self).expression is AutogradOfExpression.expression:
            self.expression()  # says what to write
        wanted = inspect.signature(self.expression).parameters
        if set(wanted) != set(self.inputs):
            raise ValueError(
                f"expression takes {', '.join(wanted) or 'nothing'}, but inputs gives"
                f" {', '.join(self.inputs) or 'nothing'}: they must be the same names"
            )
        unknown = [name for name in self.parameters if name not in self.inputs]
        if unknown:
            raise ValueError(f"parameters names {', '.join(unknown)}, which inputs does not have")
        leaves = {name: torch.tensor(get_numbers(name, value)) for name, value in self.inputs.items()}
        leaves |= {name: torch.nn.Parameter(leaves[name]) for name in self.parameters}
        return Graph.from_function(self.expression, **leaves)

    def get_code(self, longest: int = 82) -> str:
        """The expression as it is written, "" if that cannot be found or is too long for a line."""
        try:
            function = ast.parse(textwrap.dedent(inspect.getsource(type(self).expression))).body[0]
        except (OSError, SyntaxError):
            return ""
        lines = [statement for statement in function.body if isinstance(statement, ast.Assign | ast.Return)]
        if not lines or not isinstance(lines[-1], ast.Return):
            return ""
        end = lines[-1].value
        end = end.elts[0] if isinstance(end, ast.Tuple) else end
        code = "; ".join([*map(ast.unparse, lines[:-1]), f"L = {ast.unparse(end)}"])
        return code if len(code) <= longest else ""
