"""Folding a computation graph: what a module or a function did becomes one node that knows what is inside it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from truth.graph import Graph, Node

JOINT = R" \\ "  # between the symbols of a few operations that are folded into one node: they stand below one another
MOST_NAMED = 3  # operations in a run, that are named one by one


@dataclass(frozen=True)
class Group:
    """Nodes of a graph that were made together.

    Attributes:
        name: the path of the module that made them ("layers.0.linear1"), or the name of the function.
        kind: the module's class, or the name of the function.
        symbol: TeX of what they compute together.
        members: their indices, among them the parameters that nothing else uses.
        is_module: whether a module made them.
    """

    name: str
    kind: str
    symbol: str
    members: frozenset[int]
    is_module: bool


def fold_groups(graph: Graph, groups: Collection[Group]) -> Graph:
    """`graph` with the outermost of these groups folded that can be: those with one result and several operations."""
    users = _get_users(graph)
    exits: dict[int, Group] = {}
    folded: set[int] = set()
    for group in sorted(groups, key=lambda group: -len(group.members)):  # of equal ones the innermost
        end = None if group.members & folded else _get_exit(graph, group.members, users)
        if end is not None:
            exits[end] = group
            folded |= group.members
    if not exits:
        return graph
    nodes: list[Node] = []
    place: dict[int, int] = {}
    for i, node in enumerate(graph.nodes):
        if i in exits:
            nodes.append(_get_folded(graph, exits[i], i, place))
        elif i in folded:
            continue
        else:
            nodes.append(replace(node, inputs=tuple(place[source] for source in node.inputs)))
        place[i] = len(nodes) - 1
    return replace(graph, nodes=tuple(nodes), groups=_carry(graph.groups, place))


def _get_users(graph: Graph) -> list[set[int]]:
    users: list[set[int]] = [set() for _ in graph.nodes]
    for edge in graph.edges:
        users[edge.source].add(edge.target)
    return users


def _get_exit(graph: Graph, members: Collection[int], users: Sequence[set[int]]) -> int | None:
    """The only one of some nodes that is used by others; None if there are several, or if they are no more than one.

    With one way out, nothing outside can lie between two of them, so that the folded graph has no circle.
    """
    end = len(graph.nodes) - 1
    exits = [i for i in members if i == end or not users[i] <= set(members)]
    operations = [i for i in members if graph.nodes[i].inputs]
    has_parameters = len(operations) < len(members)
    is_whole = len(exits) == 1 and bool(graph.nodes[exits[0]].inputs)
    return exits[0] if is_whole and (len(operations) > 1 or has_parameters) else None


def _get_folded(graph: Graph, group: Group, end: int, place: dict[int, int]) -> Node:
    """One node for all of a group; `end` is its result."""
    members = sorted(group.members)
    flows: dict[int, np.ndarray] = {}
    for i in members:
        node = graph.nodes[i]
        for source, flow in zip(node.inputs, node.flows, strict=True):
            if source not in group.members:
                flows[source] = flows[source] + flow if source in flows else flow
    result = graph.nodes[end]
    kept: dict[int, tuple[str, tuple[int, ...]]] = {}
    for i in members:
        for place_in_memory, saved in zip(graph.nodes[i].saved_at, graph.nodes[i].saved, strict=True):
            kept.setdefault(place_in_memory, saved)
    return replace(
        result,
        symbol=group.symbol,
        backward_name=group.kind,
        inputs=tuple(place[source] for source in flows),
        derivatives=(None,) * len(flows),
        flows=tuple(flows.values()),
        template="",
        tex="",
        derivatives_tex=("",) * len(flows),
        saved=tuple(kept.values()),
        saved_at=tuple(kept),
        inside=_get_inside(graph, group, flows),
    )


def _get_inside(graph: Graph, group: Group, flows: dict[int, np.ndarray]) -> Graph:
    """A group as a graph of its own: what it is handed, then its nodes."""
    from truth.graph import Graph, Node

    prefix = f"{group.name}." if group.is_module else ""

    def short(name: str) -> str:
        return name.removeprefix(prefix)

    nodes, place = [], {}
    for number, (source, flow) in enumerate(flows.items(), 1):
        outer = graph.nodes[source]
        is_parameter = outer.kind == "parameter"
        name = short(outer.name) or ("x" if len(flows) == 1 else f"x_{number}")
        nodes.append(Node("parameter" if is_parameter else "input", name, outer.value, flow))
        place[source] = len(nodes) - 1
    for i in sorted(group.members):
        node = graph.nodes[i]
        inputs = tuple(place[source] for source in node.inputs)
        nodes.append(replace(node, name=short(node.name), inputs=inputs))
        place[i] = len(nodes) - 1
    nodes[-1] = replace(nodes[-1], kind="output")
    inner = [replace(other, name=short(other.name)) for other in graph.groups if other.members < group.members]
    return Graph(tuple(nodes), _carry(inner, place))


def _carry(groups: Collection[Group], place: dict[int, int]) -> tuple[Group, ...]:
    """Groups among nodes that have moved; those of which a part was folded away are gone."""
    carried = []
    for group in groups:
        if all(i in place for i in group.members):
            carried.append(replace(group, members=frozenset(place[i] for i in group.members)))
    return tuple(carried)


def get_foldings(graph: Graph) -> Iterator[Graph]:
    """The graph as it is, then with more and more folded: from the innermost calls to the outermost, then runs."""
    yield graph
    heights = _get_heights(graph)
    last = graph
    for height in sorted(set(heights.values())):
        folded = fold_groups(graph, [group for group in graph.groups if heights[group.members] <= height])
        if len(folded.nodes) < len(last.nodes):
            yield folded
            last = folded
    length = 2
    while length < len(last.nodes):
        runs = _get_runs(last, length)
        if runs:
            yield fold_groups(last, runs)
        length *= 2


def _get_heights(graph: Graph) -> dict[frozenset[int], int]:
    """How many groups stand inside one another, at most, down from each."""
    heights: dict[frozenset[int], int] = {}
    for members in sorted({group.members for group in graph.groups}, key=len):
        heights[members] = 1 + max((height for inner, height in heights.items() if inner < members), default=-1)
    return heights


def _get_runs(graph: Graph, length: int) -> list[Group]:
    """Operations that follow one another and have one result, up to `length` of them in a group."""
    users = _get_users(graph)
    operations = [i for i, node in enumerate(graph.nodes) if node.inputs]
    groups: list[Group] = []
    start = 0
    while start < len(operations):
        step = 1
        outside: dict[int, int] = {}  # of those in the run that are used outside it: by how many
        for n, i in enumerate(operations[start : start + length], 1):
            for source in {*graph.nodes[i].inputs} & outside.keys():
                outside[source] -= 1
                if not outside[source]:
                    del outside[source]
            outside[i] = len(users[i])
            if len(outside) == 1:
                step = n
        if step > 1:
            groups.append(_get_run(graph, operations[start : start + step], users))
        start += step
    return groups


def _get_run(graph: Graph, run: Sequence[int], users: Sequence[set[int]]) -> Group:
    """Operations as a group, with their parameters; named by its parts if they are few, by what is repeated in it, or
    by its length."""
    parts = [graph.nodes[i].symbol for i in run]
    period = next(n for n in range(1, len(parts) + 1) if parts == (parts[:n] * len(parts))[: len(parts)])
    count, rest = divmod(len(parts), period)
    sources = {source for i in run for source in graph.nodes[i].inputs if graph.nodes[source].kind == "parameter"}
    members = {*run} | {source for source in sources if users[source] <= {*run}}
    symbol, kind = Rf"\text{{{len(parts)} steps}}", f"{len(parts)} steps"
    if period == 1:
        symbol = Rf"{parts[0]} \times {count}"
    elif count > 1 and not rest:
        symbol = Rf"{count} \times \text{{{period} steps}}"
    elif len(parts) <= MOST_NAMED:
        symbol = JOINT.join(parts)
        kind = ", ".join(re.sub(r"Backward\d*$", "", graph.nodes[i].backward_name) for i in run)
    return Group(f"steps {run[0]} to {run[-1]}", kind, symbol, frozenset(members), False)
