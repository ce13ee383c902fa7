"""Solid, lit bodies in space: neurons as balls, weights as tubes, a value as a column, a layer as a block.

They are surfaces, which the camera draws by depth, so they may stand before and behind one another from any side.
A scene that shows them calls `set_telephoto(self.frame)` first: with ManimGL's own wide lens, balls away from the
middle of the frame are drawn as ellipses.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, ClassVar

import numpy as np
from manimlib import (
    DOWN,
    IN,
    LEFT,
    ORIGIN,
    OUT,
    PI,
    RIGHT,
    UP,
    Animation,
    CameraFrame,
    Cone,
    Cube,
    GlowDot,
    Group,
    Line3D,
    Mobject,
    Sphere,
    Text,
    VGroup,
    override_animate,
    z_to_vector,
)

from custom.palette import ACTIVATION, BACKGROUND, NEGATIVE_RAMP, PANEL, PLATE, POSITIVE_RAMP, SILENT, TEXT
from custom.typography import HEADING
from helpers.color import mix_colors, values_to_colors
from helpers.network import NeuralNetwork
from helpers.number import SourcedNumber
from truth.numerics import FloatArray, as_floats
from truth.source import entry_source


class Ball(Group):
    """A neuron as a lit ball: the larger its activation, the brighter it is, and the farther it shines.

    Parts: `glow` (drawn behind the ball), `body`.

    Args:
        radius: in frame units.
        max_value: the activation at which it shines most.
    """

    def __init__(self, radius: float = 0.5, max_value: float = 1.0) -> None:
        self.radius, self.max_value = radius, max_value
        self.glow = GlowDot(radius=2.2 * radius, glow_factor=1.5)
        self.body = Sphere(radius=radius, resolution=(41, 21)).rotate(PI / 2, RIGHT).apply_depth_test()
        super().__init__(self.glow, self.body)
        self.set_value(0.0)

    def set_value(self, value: float) -> Ball:
        """Light it up by an activation; below zero it turns orange."""
        self.value = float(value)
        strength = min(abs(self.value) / self.max_value, 1.0)
        hue = NEGATIVE_RAMP[1] if value < 0 else POSITIVE_RAMP[1]
        color = mix_colors(SILENT, hue, strength)
        if value > 0:  # the brightest are nearly white
            color = mix_colors(color, ACTIVATION, strength**2)
        self.color, self.shine = color, 0.7 * strength
        self.shading = 0.2 + 0.25 * strength, 0.25, 0.45 - 0.3 * strength
        self.glow.set_color(hue)
        return self.set_dimmed(0.0)

    def set_dimmed(self, share: float) -> Ball:
        """Bring its light nearer to the background by a share."""
        self.body.set_color(mix_colors(self.color, BACKGROUND, share))
        self.body.set_shading(*(amount * (1 - share) for amount in self.shading))
        self.glow.set_opacity((1 - share) * self.shine)
        return self


def get_tube(start: np.ndarray, end: np.ndarray, width: float = 0.1) -> Line3D:
    """A lit tube between two points."""
    return Line3D(start, end, width=width, resolution=(13, 2)).set_shading(0.3, 0.1, 0.4).apply_depth_test()


class SolidArrow(Group):
    """A vector in space as a body: a lit shaft and a cone.

    Parts: `shaft`, `tip`.

    Args:
        start, end: points (3,), in frame units.
        color: of both.
        width: of the shaft, in frame units; the cone is 2.6 times as wide, 5.5 times as long (less in a
            short one).

    Raises:
        ValueError: an arrow without length has no direction.
    """

    def __init__(self, start: np.ndarray, end: np.ndarray, color: str = TEXT, width: float = 0.1) -> None:
        start, end = np.array(start, dtype=float), np.array(end, dtype=float)
        length = float(np.linalg.norm(end - start))
        if length < 1e-6:
            raise ValueError(f"an arrow from {start} to the same point has no direction")
        tip_length = min(5.5 * width, 0.5 * length)
        neck = end - tip_length / length * (end - start)
        self.shaft = get_tube(start, neck, width).set_color(color)
        self.tip = Cone(resolution=(25, 2), height=tip_length, radius=1.3 * width).set_color(color)
        self.tip.set_shading(0.3, 0.1, 0.4).apply_depth_test().align_to(ORIGIN, IN)
        self.tip.apply_matrix(z_to_vector((end - start) / length), about_point=ORIGIN).shift(neck)
        super().__init__(self.shaft, self.tip)


class SolidBlock(Group):
    """A box with flat, lit, opaque faces: a layer or a machine.

    Parts: `faces` (right, left, top, bottom, front, back; by name: `get_face("front")`), `title` (empty if there is
    none; it is painted over whatever stands before it). Without its front it is a room: `block.remove_face("front")`.

    Args:
        width, height, depth: along x, y and z, in frame units.
        color: of all faces; the light makes them differ.
        title: words on the front.
        title_size: their font size, less if they would not fit.
    """

    _sides: ClassVar = {"right": RIGHT, "left": LEFT, "top": UP, "bottom": DOWN, "front": OUT, "back": IN}

    def __init__(
        self,
        width: float = 5.0,
        height: float = 3.0,
        depth: float = 1.0,
        *,
        color: str = PLATE,
        title: str = "",
        title_size: float = HEADING,
    ) -> None:
        cube = Cube(side_length=1, color=color).set_shading(0.25, 0.25, 0.4).apply_depth_test()
        cube.set_shape(width, height, depth)
        size = np.array([width, height, depth])
        self.size, self.removed = size, set[str]()
        self.faces = Group(max(cube, key=partial(_get_reach, way=way)) for way in self._sides.values())
        self.title: VGroup | Text = VGroup()
        if title:
            self.title = Text(title, font_size=title_size).set_color(TEXT).set_max_width(0.86 * width)
            self.title.move_to(depth / 2 * OUT)  # ManimGL does not fill letters that are drawn by depth
        super().__init__(self.faces, self.title)

    def get_face(self, side: str) -> Mobject:
        """A face by name: right, left, top, bottom, front or back.

        Raises:
            ValueError: another name, or a face that was taken off.
        """
        there = [name for name in self._sides if name not in self.removed]
        if side not in there:
            raise ValueError(f"this block has the faces {', '.join(there)}, but no {side!r}")
        return self.faces[there.index(side)]

    def remove_face(self, side: str) -> Mobject:
        """Take a face off; it is returned, where it was."""
        face = self.get_face(side)
        self.faces.remove(face)
        self.removed.add(side)
        return face


def _get_reach(mobject: Mobject, way: np.ndarray) -> float:
    return float(np.dot(mobject.get_center(), way))


class SolidNetwork(Group):
    """A NeuralNetwork with bodies: its neurons are balls, its edges tubes.

    Parts: `tubes` (for each pair of layers, one for each edge, in the network's order), `balls` (for each layer).

    Args:
        network: what it is drawn from, where it stands; kept as `network`, and not shown itself.
        min_width, max_width: of a tube, for a weight of 0 and for the largest.
        max_value: the activation at which a ball shines most.
    """

    def __init__(
        self, network: NeuralNetwork, min_width: float = 0.03, max_width: float = 0.2, max_value: float = 1.0
    ) -> None:
        self.network = network
        self.widths = min_width, max_width
        self.balls = Group()
        for layer in network.layers:
            radius = layer[0].get_width() / 2
            self.balls.add(Group(Ball(radius, max_value).move_to(neuron) for neuron in layer))
        self.tubes = Group(Group(Group() for _ in edges) for edges in network.edges)
        super().__init__(self.tubes, self.balls)
        self.set_weights(network.weights)
        self.set_activations(network.activations)

    def get_ball(self, layer: int, index: int) -> Ball:
        """The ball of a neuron, by its true index."""
        neuron, drawn = self.network.get_neuron(layer, index), self.network.layers[layer]
        return next(ball for ball, other in zip(self.balls[layer], drawn, strict=True) if other is neuron)

    def set_activations(self, activations: Sequence[Any]) -> SolidNetwork:
        """Light every ball by its activation: an array (n,) for each layer, input first."""
        self.network.set_activations(activations)
        for balls, neurons in zip(self.balls, self.network.layers, strict=True):
            for ball, neuron in zip(balls, neurons, strict=True):
                ball.set_value(neuron.value)
        return self

    def set_weights(self, weights: Sequence[Any]) -> SolidNetwork:
        """Make every tube as thick as its weight is large, in the colour of its sign: (n_out, n_in) for each pair."""
        self.network.set_weights(weights)
        thin, thick = self.widths
        for tubes, edges in zip(self.tubes, self.network.edges, strict=True):
            for tube, edge in zip(tubes, edges, strict=True):
                share = min(abs(edge.weight) / self.network.max_weight, 1.0)
                start, end = edge.get_start_and_end()
                overlap = 0.05 * (end - start) / np.linalg.norm(end - start)  # into the balls, so that no gap shows
                new = get_tube(start - overlap, end + overlap, thin + (thick - thin) * share)
                (color,) = values_to_colors(edge.weight, 0, self.network.max_weight)
                new.set_color(color)
                tube.set_submobjects([new])
        return self

    def set_dimmed(
        self, share: float, edges: Iterable[tuple[int, int, int]] = (), neurons: Iterable[tuple[int, int]] | None = None
    ) -> SolidNetwork:
        """Bring colours nearer to the background by a share, but for some bodies.

        Args:
            share: 0 for none, 1 for all the way.
            edges: (layer, to, start) of tubes that keep their colours.
            neurons: (layer, index) of balls that keep their light; all of them, if None.
        """
        kept, lit = set(edges), None if neurons is None else set(neurons)
        for layer, (balls, drawn) in enumerate(zip(self.balls, self.network.layers, strict=True)):
            for ball, neuron in zip(balls, drawn, strict=True):
                ball.set_dimmed(0.0 if lit is None or (layer, *neuron.source[1]) in lit else share)
        for layer, (tubes, drawn) in enumerate(zip(self.tubes, self.network.edges, strict=True)):
            for tube, edge in zip(tubes, drawn, strict=True):
                (color,) = values_to_colors(edge.weight, 0, self.network.max_weight)
                tube.set_color(color if (layer, *edge.source[1]) in kept else mix_colors(color, BACKGROUND, share))
        return self

    @override_animate(set_activations)
    def _animate_set_activations(self, activations: Sequence[Any], **kwargs: Any) -> Animation:
        return AnimateSolidTo(self, "activations", activations, **kwargs)

    @override_animate(set_weights)
    def _animate_set_weights(self, weights: Sequence[Any], **kwargs: Any) -> Animation:
        return AnimateSolidTo(self, "weights", weights, **kwargs)

    def get_numbers(self, layer: int, font_size: float = 36, num_decimal_places: int = 2) -> Group:
        """The activations of a layer, each before its ball, dark on a bright one; they face the reader."""
        numbers = Group()
        activations = self.network.activations[layer]
        for ball, neuron in zip(self.balls[layer], self.network.layers[layer], strict=True):
            name, (index,) = neuron.source
            source, value = entry_source((f"activations of {name}", index), activations[index, None]), neuron.value
            number = SourcedNumber(float(value), source=source, num_decimal_places=num_decimal_places)
            number.scale(font_size / 30).move_to(ball.body.get_center() + 1.02 * ball.radius * OUT)
            number.set_fill(PANEL if abs(value) > 0.4 * ball.max_value else TEXT)
            numbers.add(number)
        return numbers


class AnimateSolidTo(Animation):
    """Weights or activations of a SolidNetwork run from what they are when it begins to given ones.

    Args:
        solid: the network.
        name: "weights" or "activations".
        arrays: what to arrive at, as `set_weights` and `set_activations` take it.
    """

    def __init__(self, solid: SolidNetwork, name: str, arrays: Sequence[Any], **kwargs: Any) -> None:
        self.solid, self.what = solid, name
        self.arrays = [as_floats(array, name=f"{name} {layer}") for layer, array in enumerate(arrays)]
        super().__init__(solid, **kwargs)

    def begin(self) -> None:
        self.start: list[FloatArray] = getattr(self.solid.network, self.what)
        super().begin()

    def create_starting_mobject(self) -> Mobject:
        return self.mobject  # the start is arrays of numbers

    def interpolate_mobject(self, alpha: float) -> None:
        share = self.rate_func(self.time_spanned_alpha(alpha))
        now = [(1 - share) * a + share * b for a, b in zip(self.start, self.arrays, strict=True)]
        getattr(self.solid, f"set_{self.what}")(now)


class Column(Group):
    """A value as a lit column that stands on the floor: its height is the value.

    Parts: `body`.

    Args:
        value: at least 0.
        unit: height of 1, in frame units.
        width: of its foot, which is 0.4 times as deep.
        base: the middle of its foot.
        color: of the body.
    """

    def __init__(self, value: float, unit: float, width: float, base: np.ndarray, color: str) -> None:
        self.unit, self.width, self.base = unit, width, np.array(base, dtype=float)
        self.body = Cube(side_length=1).set_color(color).set_shading(0.3, 0.2, 0.5).apply_depth_test()
        super().__init__(self.body)
        self.set_value(value)

    def set_value(self, value: float) -> Column:
        """Stand as high as another value."""
        height = max(float(value) * self.unit, 1e-3)
        self.body.set_shape(self.width, height, 0.4 * self.width)
        self.body.move_to(self.base + height / 2 * np.array([0, 1, 0]))
        return self


def set_telephoto(frame: CameraFrame, degrees: float = 14) -> CameraFrame:
    """A long lens from far away, so that balls stay round everywhere in the frame.

    `reorient` then turns by its first angle about the upright axis, and tilts by its second.
    """
    frame.set_euler_axes("zxy")
    return frame.set_field_of_view(degrees * PI / 180)
