"""What a computation graph is, before anybody draws it: nodes, edges, values, gradients.

A `Graph` is a plain record of one forward and one backward pass. It is read from a run of our own engine
(`from_value`) or from PyTorch's own tape (`from_torch`); the picture in `helpers/graph.py` takes either.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from truth.autograd import Value
from truth.fold import Group, fold_groups, get_foldings
from truth.names import get_tex_in_formula

if TYPE_CHECKING:
    import torch
    from torch import nn

    from truth.torch_tape import Recorder

Kind = Literal["input", "parameter", "operation", "output"]
Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Node:
    """One value of a computation, and what going back through it needs.

    Attributes:
        kind: "input" or "parameter" (leaves), "operation", or "output" (the operation that ends the graph).
        name: TeX of the value ("h_1"); may be empty for an operation nobody named.
        value: the forward value, any shape (0-d for a scalar).
        gradient: d(output)/d(value), of the value's shape: the sum over its uses.
        symbol: TeX of the operation ("+"); empty for a leaf.
        backward_name: its backward function ("MulBackward"); empty for a leaf.
        inputs: indices of the nodes it is computed from, in order.
        derivatives: per input, the local derivative as an array of the shape of `value` where the operation
            acts entry by entry (or on scalars), else None (a full Jacobian is not drawn on an edge).
        flows: per input, what this node sends back to it: local derivative times `gradient`.
        template: the operation in TeX, `{0}` and `{1}` standing for its inputs; "" if unknown.
        tex: the same in terms of its inputs' names; "" if unknown or an input has no name.
        derivatives_tex: per input, the local derivative as a formula, "" if unknown.
        saved: what PyTorch keeps of the way forward for the way back: names, as the tape has them, and shapes.
        saved_at: where in memory each of these is; a node that is folded keeps each place once.
        inside: what a folded node is made of: a graph that begins with what it is handed (the gradients there are
            what it sends back) and ends with its result; None for one that is not folded.
    """

    kind: Kind
    name: str
    value: Array
    gradient: Array
    symbol: str = ""
    backward_name: str = ""
    inputs: tuple[int, ...] = ()
    derivatives: tuple[Array | None, ...] = ()
    flows: tuple[Array, ...] = ()
    template: str = ""
    tex: str = ""
    derivatives_tex: tuple[str, ...] = ()
    saved: tuple[tuple[str, tuple[int, ...]], ...] = ()
    saved_at: tuple[int, ...] = ()
    inside: Graph | None = None


@dataclass(frozen=True)
class Edge:
    """`nodes[source]` is input number `slot` of `nodes[target]`."""

    source: int
    target: int
    slot: int


@dataclass(frozen=True)
class Graph:
    """Nodes in forward (topological) order: every input stands before what is computed from it.

    Attributes:
        groups: which nodes a module or a function made, if that is known; what is outside before what is inside it.
    """

    nodes: tuple[Node, ...]
    groups: tuple[Group, ...] = ()

    @property
    def edges(self) -> tuple[Edge, ...]:
        """All edges, by target in forward order, then by slot."""
        return tuple(
            Edge(source, target, slot)
            for target, node in enumerate(self.nodes)
            for slot, source in enumerate(node.inputs)
        )

    @property
    def forward_order(self) -> tuple[int, ...]:
        """Node indices, inputs before results."""
        return tuple(range(len(self.nodes)))

    @property
    def backward_order(self) -> tuple[int, ...]:
        """Node indices in the order in which a backward pass visits them."""
        return self.forward_order[::-1]

    def index(self, name: str) -> int:
        """The index of the node of that name.

        Raises:
            KeyError: no node, or more than one, has that name; the message lists the names there are.
        """
        found = [i for i, node in enumerate(self.nodes) if node.name == name]
        if len(found) != 1:
            names = ", ".join(node.name for node in self.nodes if node.name)
            raise KeyError(f"{len(found)} nodes are named {name!r}; the graph's names are {names}")
        return found[0]

    def node(self, name: str) -> Node:
        """The node of that name; raises as `index` does."""
        return self.nodes[self.index(name)]

    @classmethod
    def from_value(cls, output: Value, parameters: tuple[Value, ...] = ()) -> Graph:
        """Read a run of our engine, running its backward pass.

        Args:
            output: the end of the computation.
            parameters: leaves that learning would change, to be told from inputs.
        """
        output.backward()
        order = output.forward_order()
        index = {id(value): i for i, value in enumerate(order)}
        learned = {id(value) for value in parameters}

        def node(value: Value) -> Node:
            operation = value.operation
            if operation is None:
                kind: Kind = "parameter" if id(value) in learned else "input"
                return Node(kind, value.name, np.array(value.data), np.array(value.grad))
            out = value.name and get_tex_in_formula(value.name)
            names = [source.name and get_tex_in_formula(source.name) for source in value.inputs]
            return Node(
                kind="output" if value is output else "operation",
                name=value.name,
                symbol=operation.symbol,
                backward_name=operation.backward_name,
                inputs=tuple(index[id(source)] for source in value.inputs),
                value=np.array(value.data),
                gradient=np.array(value.grad),
                derivatives=tuple(np.array(d) for d in value.derivatives),
                flows=tuple(np.array(d * value.grad) for d in value.derivatives),
                template=operation.tex,
                tex=operation.tex.format(*names) if all(names) else "",
                derivatives_tex=tuple(
                    tex.format(*names, out=out) if all(names) else "" for tex in operation.derivatives_tex
                ),
            )

        return cls(tuple(map(node, order)))

    def fold(self, opened: Collection[str] = ()) -> Graph:
        """The same computation with each module, and each function of several operations, as one node.

        A folded node has its result's value and gradient; `inside` is what it is made of, folded in the same way
        if it is asked to. Its flows are all that it sends back to each of its inputs.

        Args:
            opened: names of those that are left open; what is inside them is folded.
        """
        return fold_groups(self, [group for group in self.groups if group.name not in opened])

    def get_foldings(self) -> Iterator[Graph]:
        """The graph as it is, then with more and more of it folded, as far as that goes."""
        return get_foldings(self)

    @classmethod
    def from_function(cls, function: Callable[..., Any], /, **inputs: Any) -> Graph:
        """Run a function of torch's tensors, and record every value and every gradient.

        Args:
            function: takes the inputs by name, and returns a tensor with one entry; or that and a dict of names of
                intermediate results.
            inputs: for each a number, lists of numbers, an array or a tensor. Parameters (`nn.Parameter`) stay
                what they are; of any other tensor the function gets a copy. Whole numbers in a tensor are handed on
                (classes, indices), and are not drawn.

        Raises:
            ValueError: an input that has no real numbers (complex, sparse, on the meta device), a function that
                PyTorch cannot compute, several results, or whatever `from_torch` refuses: one sentence that says what
                is wrong, and what to do.
        """
        from truth.torch_run import run_function

        return run_function(function, inputs)

    @classmethod
    def from_module(
        cls, module: nn.Module, *inputs: Any, loss: Callable[[Any], Any] | None = None, **named: Any
    ) -> Graph:
        """Run a module, and record every value, every gradient, and which part of it was at work.

        Args:
            module: in evaluation mode, if it has dropout or batch norm.
            inputs, named: what it is called with, as for `from_function`; one input is named x, several as the
                module's `forward` calls them.
            loss: makes one number of the module's result. None for the sum of its entries.

        Returns:
            a graph with `groups`: `fold` makes each module one node. Parameters are named by their paths.

        Raises:
            ValueError: as for `from_function`.
        """
        from truth.torch_run import run_module

        return run_module(module, inputs, named, loss)

    @classmethod
    def from_torch(
        cls,
        loss: torch.Tensor,
        names: Mapping[str, torch.Tensor] | None = None,
        recorder: Recorder | None = None,
    ) -> Graph:
        """Read PyTorch's own tape by walking `loss.grad_fn`.

        Values come from the recorder, or else from the leaves, from what the tape saved and from running its
        operations again; one that is known in several ways must be the same in all of them. Gradients and flows are
        those of a backward pass of PyTorch's engine, and every leaf's gradient is compared with a second one. Nothing
        is changed: `.grad` of the leaves stays as it was.

        A hook that changes a tensor's gradient is drawn as a node of its own after that tensor: the tensor's value
        passes through it, and what it sends back is the changed gradient.

        Args:
            loss: a real tensor with one entry and a `grad_fn`.
            names: TeX names for leaves and intermediate tensors; `nn.Parameter`s are drawn as parameters.
            recorder: the `truth.torch_tape.Recorder` that was active when `loss` was computed; without one, a
                value that the tape does not keep must be named.

        Values and gradients may be infinite, or no numbers (nan).

        Raises:
            ValueError: `loss` has several entries or no `grad_fn`; the tape was freed by `backward()`, or a value on
                it was changed in place; a value cannot be recovered from the tape, is complex or sparse; an
                operation's several results are used; or a gradient is not what PyTorch says. The message names the
                operation and what to do.
        """
        from truth.torch_tape import read_tape  # importing torch takes a second: only for those who ask

        return read_tape(loss, names or {}, recorder)
