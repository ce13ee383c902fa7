"""Networks drawn from their own weights, lit by their own activations."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from manimlib import (
    DOWN,
    RIGHT,
    UP,
    Animation,
    Circle,
    Line,
    Scene,
    Text,
    VGroup,
    VMobject,
    linear,
    override_animate,
    smooth,
)

from custom.palette import ACTIVATION, FOCUS, MUTED, NEGATIVE_RAMP, PANEL
from helpers.color import values_to_colors
from helpers.matrix import EllipsisDots, Shown, get_room
from helpers.network_parts import FeatureMaps, find_repeats, get_link_arrow, get_modules
from helpers.number import SourcedNumber
from helpers.slots import get_slots, shown_indices, true_index
from truth.numerics import FloatArray, as_floats
from truth.source import Source

MOST_EDGES = 20_000  # that are drawn: they take half a minute, and no eye tells them apart


MOST_LINKS = 10  # between layers that are drawn of a deep stack, if some of them are alike


def _get_stack(model: Any, example: Any, *given: Any) -> Any:
    """What computes for a network that is drawn, from the model or the arrays it was handed."""
    if example is None:
        from truth.network import as_stack  # not above: it imports torch, seconds that few scenes need

        return as_stack(model, *given)
    from truth.module_stack import ModuleStack

    if given != (None, None, None):
        raise TypeError("biases and activations are for weight arrays; a model that is run on an example has its own")
    return ModuleStack(model, example)


def style_connections(
    edges: VGroup, weights: FloatArray, max_value: float, max_width: float = 3.0, min_width: float = 0.4
) -> VGroup:
    """Colour edges by sign and size of their weights, and make them as thick as the weights are large."""
    flat = weights.ravel()
    strength = np.clip(np.abs(flat) / max_value, 0, 1)
    colors = values_to_colors(flat, 0, max_value)
    for edge, weight, part, color in zip(edges, flat, strength, colors, strict=True):
        edge.weight = float(weight)
        edge.set_stroke(color, width=float(min_width + (max_width - min_width) * part))
        edge.set_stroke(opacity=float(0.35 + 0.6 * part))
    return edges


def get_network_connections(
    layer1: VGroup,
    layer2: VGroup,
    weights: Any,
    *,
    max_value: float | None = None,
    max_width: float = 3.0,
    min_width: float = 0.4,
) -> VGroup:
    """A line from every dot of one layer to every dot of the next, drawn as its weight.

    Parts: the lines, in the order of `weights` (all into the first dot of `layer2`, then the second, …); each
    has `weight`.

    Args:
        layer1, layer2: n_in and n_out round mobjects; lines stop at their rims.
        weights: (n_out, n_in). Hue says the sign; brightness and width say the size.
        max_value: the magnitude drawn strongest. Default: the largest among `weights`.
        max_width, min_width: stroke widths for `max_value` and for 0.

    Raises:
        ValueError: weights of another shape (the message has both).
    """
    w = as_floats(weights, ndim=2, name="weights")
    if w.shape != (len(layer2), len(layer1)):
        raise ValueError(
            f"weights of shape {w.shape} do not fit layers of {len(layer1)} and {len(layer2)} dots: "
            f"expected {(len(layer2), len(layer1))}"
        )
    starts, ends = ([dot.get_center() for dot in layer] for layer in (layer1, layer2))
    radii = [[dot.get_width() / 2 for dot in layer] for layer in (layer1, layer2)]
    edges = VGroup()
    for end, end_radius in zip(ends, radii[1], strict=True):
        for start, start_radius in zip(starts, radii[0], strict=True):
            along = (end - start) / max(np.linalg.norm(end - start), 1e-9)
            edges.add(Line(start + start_radius * along, end - end_radius * along))
    return style_connections(edges, w, float(max_value or np.abs(w).max() or 1), max_width, min_width)


class NeuralNetwork(VGroup):
    """A feed-forward network as columns of neurons: edges are its weights, fills are its activations.

    Parts: `edges` (for each pair of layers, the lines between neurons that are drawn), `layers` (for each
    layer, its neurons from the top, or FeatureMaps), `dots` (an ellipsis in each layer that is not drawn in full,
    and where repeated layers are left out), `modules` (with an `example`: what stands between the layers).
    Edges have `weight` and `source`; neurons have `value` and `source`, all in true indices.

    Any Sequential is drawn if it is given an `example`. A Linear is its edges; where a convolution, a pooling or
    an embedding makes values with rows and columns they are heat maps, an arrow leading to them; Flatten, Dropout
    and norms are thin slabs, activation functions badges with their graphs, any other module is a box with its name.
    Of many layers of one kind in a row the first and the last are drawn, and how many more there are is said.

    Args:
        model: a torch.nn.Sequential (of Linear layers and what keeps their sizes, unless there is an `example`), or
            a list of weight arrays (n_out, n_in), the first layer first.
        example: one input of the model, as its modules take it, such as (1, 28, 28) for an image of one channel. With
            it the network is lit by what the example makes of it, and everything between the layers is drawn.
        biases, activation, last_activation: for weight arrays only: b_l (zeros if None), the function after
            every layer but the last (relu if None) and after the last (nothing if None).
        max_shown: the most neurons drawn in a layer; a larger one shows that many and an ellipsis. One number
            for all layers, or for each its own number, None or list of true indices.
        radius: of a neuron, in frame units; None for 0.14, or less where the frame has not the room.
        neuron_buff: between neurons, as a multiple of the radius.
        layer_buff: between the middles of layers, in frame units; None for 2.4, or less where the frame has not
            the room.
        height: of the tallest layer, in frame units; overrides `radius`.
        max_weight: the weight drawn strongest. Default: the largest among those drawn, in any layer.
        max_activation: the activation that fills a neuron fully. Default: 1, or with an `example` the largest that the
            neuron's layer makes of it.
        color, negative_color: of a full neuron, and of a negative one, which also has a rim of that colour.
        max_width: stroke width of the strongest edge.

    Raises:
        TypeError, ValueError: a model that cannot be drawn, weights that do not chain (both shapes), more layers
            or edges than can be drawn to be seen.
    """

    def __init__(
        self,
        model: Any,
        example: Any = None,
        *,
        biases: Sequence[Any] | None = None,
        activation: Callable[[FloatArray], FloatArray] | None = None,
        last_activation: Callable[[FloatArray], FloatArray] | None = None,
        max_shown: int | Sequence[Shown] | None = 12,
        radius: float | None = None,
        neuron_buff: float = 1.0,
        layer_buff: float | None = None,
        height: float | None = None,
        max_weight: float | None = None,
        max_activation: float | None = None,
        color: str = ACTIVATION,
        negative_color: str = NEGATIVE_RAMP[1],
        max_width: float = 3.0,
    ) -> None:
        super().__init__()
        self.stack = _get_stack(model, example, biases, activation, last_activation)
        weights = self.stack.get_weights()
        self.links: list[Any] = getattr(self.stack, "links", [])
        self.shapes = getattr(self.stack, "shapes", None) or [(weights[0].shape[1],), *((len(w),) for w in weights)]
        self.sizes = [math.prod(shape) for shape in self.shapes]
        is_one = max_shown is None or isinstance(max_shown, int)
        shown = [max_shown] * len(self.sizes) if is_one else list(max_shown)
        if len(shown) != len(self.sizes):
            raise ValueError(f"max_shown has {len(shown)} entries for {len(self.sizes)} layers")
        self.left_out = find_repeats(self.links, most=MOST_LINKS)
        self.slots = [
            get_slots(shape[0], s, "neurons") if len(shape) == 1 and layer not in self.left_out else ()
            for layer, (shape, s) in enumerate(zip(self.shapes, shown, strict=True))
        ]
        lit = None if example is None else self.stack.get_activations(example)
        self.max_activations = [float(max_activation or 1.0)] * len(self.sizes)
        if lit and max_activation is None:
            self.max_activations = [float(np.abs(a).max()) or 1.0 for a in lit]
        self.max_width = max_width
        self.fills = {"positive": (PANEL, color), "negative": (PANEL, negative_color), "neutral": PANEL}

        self.edges, self.layers, self.dots, self.modules = VGroup(), VGroup(), VGroup(), VGroup()
        in_radii = 2 + (max(len(slots) for slots in self.slots) - 1) * (2 + neuron_buff)
        if height is not None:
            radius = height / in_radii
        elif radius is None:
            room = get_room()[1] - (3.2 if self.links else 0.0)  # names above, sizes below
            radius = min(0.14, room / max(in_radii, 1))
        drawn = [len(shown_indices(slots)) for slots in self.slots]
        n_edges = sum(a * b for a, b in pairwise(drawn))
        if n_edges > MOST_EDGES:
            raise ValueError(
                f"{n_edges:,} edges between layers of {drawn} neurons drawn are more than can be seen: "
                f"give a smaller max_shown ({MOST_EDGES:,} edges at most)"
            )
        self._add_layers(radius, neuron_buff)
        self._place_layers(radius, layer_buff)
        drawn = [self._drawn(w, layer) for layer, w in enumerate(weights)]
        self.max_weight = float(max_weight or max(np.abs(w).max(initial=0) for w in drawn) or 1)
        for layer, w in enumerate(drawn):
            self.edges.add(self._get_edges(layer, w))
        self.add(self.edges, self.layers, self.dots)
        if self.links:
            self.modules = get_modules(self.layers, self.links, self.left_out)
            self.add(self.modules)
        self.center()
        self.weights = weights
        self.activations = [np.zeros(n) for n in self.sizes]
        self.set_activations(lit or self.activations)

    def _add_layers(self, radius: float, neuron_buff: float) -> None:
        """Build the layers, all in one place."""
        pitch = (2 + neuron_buff) * radius
        for layer, (shape, slots) in enumerate(zip(self.shapes, self.slots, strict=True)):
            if layer in self.left_out:
                self.layers.add(VGroup())
                continue
            if len(shape) > 1:
                size = min(1.5, 7.0 / sum(len(other) > 1 for other in self.shapes))
                self.layers.add(FeatureMaps(shape, size, max_value=self.max_activations[layer]))
                continue
            neurons = VGroup()
            for place, index in enumerate(slots):
                point = ((len(slots) - 1) / 2 - place) * pitch * UP
                if index is None:
                    dots = EllipsisDots(DOWN, radius=0.16 * radius).move_to(point)
                    dots.layer = layer
                    self.dots.add(dots)
                else:
                    neuron = Circle(radius=radius).move_to(point)
                    neuron.source = (f"layer {layer}", (index,))
                    neurons.add(neuron)
            self.layers.add(neurons)

    def _place_layers(self, radius: float, layer_buff: float | None) -> None:
        """Move the layers beside one another.

        Raises:
            ValueError: more of them than a frame has room for.
        """
        drawn = [place for place, layer in enumerate(self.layers) if len(layer)]
        widths = [self.layers[place].get_width() for place in drawn]
        # Edges need twice the room of an arrow
        shares = [2.0 if self._has_edges(a, b) or not self.links else 1.0 for a, b in pairwise(drawn)]
        room = get_room()[0] - (0.8 if self.links else 0.0)  # the names may be wider than what they stand over
        unit = (room - sum(widths)) / sum(shares)
        if layer_buff is None:
            gaps = [min(2.4 - 2 * radius, unit * share) for share in shares]
        else:
            gaps = [layer_buff - 2 * radius] * len(shares)
        if layer_buff is None and min(gaps) < (0.5 * radius if not self.links else 0.3):
            raise ValueError(
                f"a network of {len(self.sizes)} layers is too deep for a frame: its layers would touch. Draw a "
                "part of it (model[:6]), or give layer_buff and let the camera move along"
            )
        x = 0.0
        for place, width, gap in zip(drawn, widths, [*gaps, 0.0], strict=True):
            across = (x + width / 2) * RIGHT
            self.layers[place].shift(across)
            for dots in self.dots:
                if dots.layer == place:
                    dots.shift(across)
            x += width + gap

    def _has_edges(self, layer: int, after: int) -> bool:
        """Whether two layers drawn beside each other are joined by edges."""
        return after == layer + 1 and len(self.shapes[layer]) == len(self.shapes[after]) == 1

    def _get_edges(self, layer: int, weights: FloatArray) -> VGroup:
        """The lines between a layer and the next as their weights; one arrow where no weights join them."""
        start, end = self.layers[layer], self.layers[layer + 1]
        if not (len(start) and len(end)):
            return VGroup()
        if not weights.size:
            return VGroup(get_link_arrow(start.get_right(), end.get_left()))
        edges = get_network_connections(start, end, weights, max_value=self.max_weight, max_width=self.max_width)
        rows, columns = shown_indices(self.slots[layer + 1]), shown_indices(self.slots[layer])
        for edge, place in zip(edges, [(i, j) for i in rows for j in columns], strict=True):
            edge.source = (f"weights {layer}", place)
        return edges

    def _drawn(self, weights: FloatArray, layer: int) -> FloatArray:
        """The part of a weight matrix between neurons that are drawn."""
        if not weights.size:
            return weights
        return weights[np.ix_(shown_indices(self.slots[layer + 1]), shown_indices(self.slots[layer]))]

    # Its parts

    def get_layer(self, layer: int) -> VGroup:
        """The neurons drawn in a layer, 0 being the input; FeatureMaps where its values have rows and columns."""
        return self.layers[layer]

    def get_edges(self, layer: int) -> VGroup:
        """The edges drawn between a layer and the next; one arrow where no weights join them."""
        return self.edges[layer]

    def get_neuron(self, layer: int, index: int) -> Circle:
        """A neuron by its true index (from the end if negative).

        Raises:
            IndexError: out of range, or hidden behind an ellipsis.
            TypeError: a layer that is not drawn as neurons.
        """
        self._require_neurons(layer)
        index = true_index(index, self.sizes[layer], self.slots[layer], f"neuron of layer {layer}:")
        return self.layers[layer][shown_indices(self.slots[layer]).index(index)]

    def get_edge(self, layer: int, to: int, start: int) -> Line:
        """The edge from neuron `start` of a layer to neuron `to` of the next: weights[layer][to, start].

        Raises:
            IndexError: out of range, or hidden behind an ellipsis.
            TypeError: no weights join the two layers.
        """
        if not self.weights[layer].size:
            raise TypeError(f"no single weights join layers {layer} and {layer + 1}: get_edges({layer}) is an arrow")
        for end in (layer, layer + 1):
            self._require_neurons(end)
        rows, columns = shown_indices(self.slots[layer + 1]), shown_indices(self.slots[layer])
        i = true_index(to, self.sizes[layer + 1], self.slots[layer + 1], f"neuron of layer {layer + 1}:")
        j = true_index(start, self.sizes[layer], self.slots[layer], f"neuron of layer {layer}:")
        return self.edges[layer][rows.index(i) * len(columns) + columns.index(j)]

    def _require_neurons(self, layer: int) -> None:
        if not self.slots[layer]:
            shape = "×".join(map(str, self.shapes[layer]))
            how = "is left out of the picture" if layer in self.left_out else f"has maps ({shape}), not neurons"
            raise TypeError(f"layer {layer} {how}")

    def get_activation_labels(self, layer: int, font_size: float = 20, num_decimal_places: int = 1) -> VGroup:
        """The activations of a layer as numbers inside its neurons, dark on a bright fill.

        Raises:
            TypeError: a layer that is not drawn as neurons.
        """
        self._require_neurons(layer)
        numbers = VGroup()
        for neuron in self.layers[layer]:
            config = {"num_decimal_places": num_decimal_places, "font_size": font_size}
            name, index = neuron.source
            source = Source(f"activations of {name}", index, self.activations[layer])
            number = SourcedNumber(neuron.value, source=source, **config).move_to(neuron)
            number.set_fill(PANEL if abs(neuron.value) > 0.5 * self.max_activations[layer] else MUTED)
            numbers.add(number.set_max_width(0.85 * neuron.get_width()))
        return numbers

    def get_size_labels(self, font_size: float = 24, buff: float = 0.3) -> VGroup:
        """Each layer's true number of neurons, in one line below the network."""
        labels = VGroup()
        for place, (layer, shape) in enumerate(zip(self.layers, self.shapes, strict=True)):
            if not len(layer):
                continue
            label = Text("×".join(f"{n:,}" for n in shape), font_size=font_size, fill_color=MUTED)
            label.source = Source("layer sizes", (place,), self.sizes if len(shape) == 1 else None)
            label.next_to(self, DOWN, buff).match_x(layer)
            labels.add(label)
        return labels

    # What it computes

    def forward(self, x: Any) -> list[FloatArray]:
        """Every layer's activations, input first, computed by the model itself with its weights of now."""
        activations = self.stack.get_activations(x)
        self._check(activations)
        return activations

    def _check(self, activations: Sequence[FloatArray]) -> None:
        sizes = [a.shape for a in activations]
        if sizes != [(n,) for n in self.sizes]:
            raise ValueError(f"activations of shapes {sizes} do not fit layers of sizes {self.sizes}")

    def set_activations(self, activations: Sequence[Any]) -> NeuralNetwork:
        """Fill every neuron by its activation.

        Args:
            activations: an array (n,) for each layer, input first, as `forward` returns them.
        """
        arrays = [as_floats(a, ndim=1, name=f"activations {layer}") for layer, a in enumerate(activations)]
        self._check(arrays)
        self.activations = arrays
        for layer, values in enumerate(arrays):
            self._fill_layer(layer, values)
        return self

    @override_animate(set_activations)
    def _animate_set_activations(self, activations: Sequence[Any], **kwargs: Any) -> Animation:
        return AnimateNetworkTo(self, activations=activations, **kwargs)

    def become(self, mobject: VMobject, match_updaters: bool = False) -> NeuralNetwork:
        """As for every mobject, and what it knows of weights and activations comes along."""
        super().become(mobject, match_updaters)
        return self._take_numbers(mobject)

    def interpolate(self, mobject1: VMobject, mobject2: VMobject, alpha: float, *args: Any) -> NeuralNetwork:
        """As for every mobject, and what it knows of weights and activations comes along."""
        super().interpolate(mobject1, mobject2, alpha, *args)
        return self._take_numbers(mobject2) if alpha == 1 else self

    def _take_numbers(self, other: VMobject) -> NeuralNetwork:
        if isinstance(other, NeuralNetwork) and other.slots == self.slots:
            self.activations, self.weights = other.activations, other.weights
            for mine, theirs in zip(self.get_family(), other.get_family(), strict=True):
                for name in ("value", "weight"):
                    if hasattr(theirs, name):
                        setattr(mine, name, getattr(theirs, name))
        return self

    def _fill_layer(self, layer: int, values: FloatArray) -> None:
        if layer in self.left_out:
            return
        if len(self.shapes[layer]) > 1:
            self.layers[layer].set_values(values)
            return
        drawn = values[shown_indices(self.slots[layer])]
        colors = values_to_colors(drawn, 0, self.max_activations[layer], **self.fills)
        for neuron, value, fill in zip(self.layers[layer], drawn, colors, strict=True):
            neuron.value = float(value)
            neuron.set_fill(fill, 1)
            neuron.set_stroke(self.fills["negative"][1] if value < 0 else MUTED, 1.5)

    def set_weights(self, weights: Sequence[Any] | None = None) -> NeuralNetwork:
        """Draw the edges as these weights, or as the model's weights of now.

        Args:
            weights: an array (n_out, n_in) for each pair of layers. They change the picture, not the model.
        """
        given, weights = self.stack.get_weights() if weights is None else weights, []
        for layer, (edges, w) in enumerate(zip(self.edges, given, strict=True)):
            expected = self.weights[layer].shape
            if np.size(w) or expected[0]:
                w = as_floats(w, ndim=2, name=f"weights {layer}")
            if w.shape != expected:
                raise ValueError(f"weights {layer} of shape {w.shape} do not fit layers: expected {expected}")
            if w.size and len(edges):
                style_connections(edges, self._drawn(w, layer), self.max_weight, self.max_width)
            weights.append(w)
        self.weights = weights
        return self

    @override_animate(set_weights)
    def _animate_set_weights(self, weights: Sequence[Any] | None = None, **kwargs: Any) -> Animation:
        weights = self.stack.get_weights() if weights is None else weights
        return AnimateNetworkTo(self, weights=weights, **kwargs)

    def forward_pulse(self, x: Any, **kwargs: Any) -> ForwardPulse:
        """The animation of `x` passing through; see ForwardPulse."""
        return ForwardPulse(self, x, **kwargs)


class AnimateNetworkTo(Animation):
    """Weights, activations or both run from what they are when it begins to given ones, and end there.

    Args:
        network: whose picture changes (its model does not).
        activations: an array (n,) for each layer, input first; None leaves them.
        weights: an array (n_out, n_in) for each pair of layers; None leaves them.

    Raises:
        ValueError: arrays that do not fit the network (the message has both shapes).
    """

    def __init__(
        self,
        network: NeuralNetwork,
        *,
        activations: Sequence[Any] | None = None,
        weights: Sequence[Any] | None = None,
        **kwargs: Any,
    ) -> None:
        self.network = network
        self.targets = {
            name: [
                as_floats(array, name=f"{name} {layer}") if np.size(array) else array
                for layer, array in enumerate(arrays)
            ]
            for name, arrays in (("activations", activations), ("weights", weights))
            if arrays is not None
        }
        for name, arrays in self.targets.items():
            given, known = ([a.shape for a in now] for now in (arrays, getattr(network, name)))
            if given != known:
                raise ValueError(f"{name} of shapes {given} do not fit a network that has {known}")
        super().__init__(network, **kwargs)

    def begin(self) -> None:
        self.starts = {name: getattr(self.network, name) for name in self.targets}
        super().begin()

    def create_starting_mobject(self) -> VMobject:
        return self.mobject

    def interpolate_mobject(self, alpha: float) -> None:
        share = self.rate_func(self.time_spanned_alpha(alpha))
        now = {
            name: [(1 - share) * a + share * b for a, b in zip(self.starts[name], arrays, strict=True)]
            for name, arrays in self.targets.items()
        }
        if "weights" in now:
            self.network.set_weights(now["weights"])
        if "activations" in now:
            self.network.set_activations(now["activations"])


class ForwardPulse(Animation):
    """An input passes through a network: flashes run along the edges, neurons light up as they arrive.

    A flash is as thick as what its edge carries, |weight · activation|, compared with the most any edge
    between those layers carries. The neurons end filled with the true activations of every layer.

    Args:
        network: what to pass through.
        x: (n_in,) input; the activations are computed when the animation begins.
        run_time: seconds; by default 0.4 for the input and 1 for each pair of layers.
        flash_color: of the flashes.
        flash_length: as a part of the edge.
        flash_width: stroke width of the thickest flash.
        lag: how much later the last neuron of a layer sends than the first, as a part of the step.
    """

    input_time = 0.4

    def __init__(
        self,
        network: NeuralNetwork,
        x: Any,
        *,
        run_time: float | None = None,
        flash_color: str = FOCUS,
        flash_length: float = 0.35,
        flash_width: float = 6.0,
        lag: float = 0.25,
        **kwargs: Any,
    ) -> None:
        self.network, self.x, self.lag, self.flash_length = network, x, lag, flash_length
        self.flash_width = flash_width
        self.flashes = VGroup(VGroup(Line().set_stroke(flash_color, 0) for _ in edges) for edges in network.edges)
        # When each pair of layers has its turn; those left out of the picture pass by in the step before them
        self.steps = [int(n) for n in np.cumsum([k + 1 not in network.left_out for k in range(len(network.edges))]) - 1]
        if run_time is None:
            run_time = self.input_time + max(self.steps) + 1
        kwargs = {"rate_func": linear} | kwargs
        super().__init__(VGroup(network, self.flashes), run_time=run_time, **kwargs)

    def begin(self) -> None:
        self.before = self.network.activations
        self.after = self.network.forward(self.x)
        for layer, (edges, flashes) in enumerate(zip(self.network.edges, self.flashes, strict=True)):
            if not self.network.weights[layer].size:
                for flash in flashes:  # one arrow for all there is to carry
                    flash.width = self.flash_width
            if not self.network.weights[layer].size or not len(edges):
                continue
            sent = self.after[layer][[edge.source[1][1] for edge in edges]]
            carried = np.abs(sent * [edge.weight for edge in edges])
            widths = self.flash_width * np.sqrt(carried / max(carried.max(), 1e-12))
            for flash, width in zip(flashes, widths, strict=True):
                flash.width = float(width)
        super().begin()

    def create_starting_mobject(self) -> VMobject:
        return self.mobject

    def interpolate_mobject(self, alpha: float) -> None:
        progress = self.rate_func(self.time_spanned_alpha(alpha))
        time = progress * (self.input_time + max(self.steps) + 1) - self.input_time
        arrived = [time / self.input_time + 1, *((time - step - 0.6) / 0.4 for step in self.steps)]
        shares = [smooth(min(max(share, 0), 1)) for share in arrived]
        activations = [
            (1 - share) * before + share * after
            for share, before, after in zip(shares, self.before, self.after, strict=True)
        ]
        self.network.set_activations(activations)
        for layer, flashes in enumerate(self.flashes):
            self._move_flashes(layer, flashes, time - self.steps[layer])

    def _move_flashes(self, layer: int, flashes: VGroup, time: float) -> None:
        """Put each flash where it is `time` (0 … 1) into its layer's step."""
        turns = {index: turn for turn, index in enumerate(shown_indices(self.network.slots[layer]))}
        for edge, flash in zip(self.network.edges[layer], flashes, strict=True):
            turn = turns[edge.source[1][1]] if turns and self.network.weights[layer].size else 0
            delay = self.lag * turn / max(len(turns) - 1, 1)
            head = (time - delay) / (1 - self.lag) * (1 + self.flash_length)
            tail, head = max(head - self.flash_length, 0.0), min(head, 1.0)
            if tail >= 1 or head <= 0 or not 0 < time < 1:
                flash.set_stroke(width=0)
                continue
            start, end = edge.get_start(), edge.get_end()
            flash.set_points_by_ends(start + tail * (end - start), start + head * (end - start))
            flash.set_stroke(width=[0, 0.7 * flash.width, flash.width])

    def clean_up_from_scene(self, scene: Scene) -> None:
        super().clean_up_from_scene(scene)
        scene.remove(self.flashes)
