"""What a neuron does with the number it gets, as a graph that can be read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from manimlib import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Animation,
    Axes,
    Circle,
    DashedLine,
    Text,
    VGroup,
    VMobject,
    override_animate,
)

from custom.palette import BACKGROUND, FOCUS, NEGATIVE_RAMP, NEUTRAL, OPERATION, POSITIVE_RAMP, SCAFFOLD
from custom.typography import LABEL
from helpers.number import SourcedNumber
from truth.activations import gelu, relu
from truth.numerics import FloatArray
from truth.source import Source, blend, entry_source

Function = Callable[[Any], FloatArray]


class ActivationPlot(VGroup):
    """Axes and the graph of a function of one number, computed.

    It keeps reading true wherever it is moved, and however it is scaled or turned.

    Parts: `axes`, `curve`, `label` (the function's name, upper left; empty if there is none).

    Args:
        function: of an array, elementwise; kept as `function`.
        name: written beside the graph; "" for none. Kept as `name`.
        x_range, y_range: the ends of the axes, with a tick at every whole number.
        width: of the axes, in frame units. Both axes have the same unit.
        corners: where the graph has corners, which fall exactly on one of its points.
        color: of graph and label.
        stroke_width: of the graph.
        ticks: whether the axes have ticks; a small plot is calmer without.
        font_size: of the label.
    """

    samples = 97

    def __init__(
        self,
        function: Function,
        name: str = "",
        *,
        x_range: tuple[float, float] = (-4, 4),
        y_range: tuple[float, float] = (-1, 4),
        width: float = 6.0,
        corners: Sequence[float] = (),
        color: str = OPERATION,
        stroke_width: float = 5.0,
        ticks: bool = True,
        font_size: float = LABEL,
    ) -> None:
        self.function, self.name = function, name
        self.x_range, self.y_range, self.corners = x_range, y_range, tuple(corners)
        self.style = color, stroke_width
        unit = width / (x_range[1] - x_range[0])
        self.axes = Axes(
            (*x_range, 1),
            (*y_range, 1),
            width=width,
            height=unit * (y_range[1] - y_range[0]),
            axis_config={"include_ticks": ticks, "tick_size": 0.1 * unit, "stroke_color": SCAFFOLD, "stroke_width": 3},
        )
        self.curve = self.get_curve(function, color)
        self.label = Text(name, font_size=font_size).set_color(color) if name else VGroup()
        self.label.next_to(self.axes.c2p(0, y_range[1]), LEFT + DOWN, buff=0.3 * unit)
        super().__init__(self.axes, self.curve, self.label)
        self.center()

    def get_curve(self, function: Function, color: str) -> VMobject:
        """The graph of a function on these axes, as far as they reach."""
        xs = np.union1d(np.linspace(*self.x_range, self.samples), self.corners)
        ys = function(xs)
        # A graph that leaves at the top ends where the axis does.
        inside = (ys >= self.y_range[0] - 1e-9) & (ys <= self.y_range[1] + 1e-9)
        points = self.axes.c2p(xs[inside], ys[inside])
        return VMobject().set_points_as_corners(points).set_stroke(color, self.style[1])

    def get_point(self, x: float) -> np.ndarray:
        """Where the graph is above x: (3,), in the scene's coordinates."""
        return self.axes.c2p(x, float(self.function(x)))

    def get_marker(self, value: float, source: Any = None, **config: Any) -> ActivationMarker:
        """A marker that reads one value off the graph; see ActivationMarker."""
        return ActivationMarker(self, value, source, **config)


class ActivationMarker(VGroup):
    """One value on its way through an activation function: from below onto the graph, across to the axis.

    `marker.animate.set_value(x)` slides it along the graph; both numbers follow.

    Parts: `lines` (from the horizontal axis to the graph, from the graph to the vertical axis), `dot`,
    `entry` (the value, below the horizontal axis), `result` (the function of it, beside the vertical axis).

    Args:
        plot: whose graph it reads. It stays true to the plot as that is when a value is set.
        value: what comes in.
        source: where that comes from; what goes out is named after it.
        num_decimal_places: shown of both numbers.
        font_size: of both numbers.
    """

    def __init__(
        self,
        plot: ActivationPlot,
        value: float,
        source: Any = None,
        *,
        num_decimal_places: int = 1,
        font_size: float = LABEL,
        color: str = FOCUS,
    ) -> None:
        self.plot_and_color = plot, color  # not parts: a tuple keeps the plot out of copies
        self.lines = VGroup(VMobject(), VMobject())
        self.dot = Circle(radius=0.09).set_stroke(BACKGROUND, 2).set_fill(color, 1)
        config = {"num_decimal_places": num_decimal_places, "font_size": font_size, "edge_to_fix": RIGHT}
        self.entry = SourcedNumber(value, source=entry_source(source, value), **config)
        self.result = SourcedNumber(0.0, **config)
        super().__init__(self.lines, self.dot, self.entry, self.result)
        self.set_value(value)

    @property
    def value(self) -> float:
        """What comes in."""
        return self.entry.value

    def set_value(self, value: float, source: Any = None) -> ActivationMarker:
        """Read another value.

        Args:
            value: what comes in.
            source: where that comes from, if not from where the last one did.
        """
        plot, color = self.plot_and_color
        out = float(plot.function(value))
        self.entry.set_value(value, source)
        given = self.entry.source
        self.result.set_value(out, Source(f"{plot.name} of {given}", (), lambda: _look_up(plot, given, value)))
        foot, tip, side = plot.axes.c2p(value, 0), plot.get_point(value), plot.axes.c2p(0, out)
        for line, start, end in zip(self.lines, (foot, tip), (tip, side), strict=True):
            line.become(_dash(start, end, color))
        self.dot.move_to(tip)
        self.entry.next_to(foot, DOWN, buff=0.2).set_color(_color_of(self.entry))
        direction = LEFT if value >= 0 else UP + LEFT  # on the axis it is read from, clear of the lines and the graph
        self.result.next_to(side, direction, buff=0.2).set_color(_color_of(self.result))
        return self

    @override_animate(set_value)
    def _animate_set_value(self, value: float, source: Any = None, **kwargs: Any) -> Animation:
        return SlideMarker(self, value, source, **kwargs)


class SlideMarker(Animation):
    """A marker slides along its graph to another value, whatever it reads when this begins.

    Args:
        mobject: the marker.
        value: where it ends.
        source: where that value comes from, if not from where the last one did.
    """

    def __init__(self, mobject: ActivationMarker, value: float, source: Any = None, **kwargs: Any) -> None:
        self.end, self.source = float(value), source
        super().__init__(mobject, **kwargs)

    def begin(self) -> None:
        self.start, self.sources = self.mobject.value, [self.mobject.entry.source]
        self.sources.append(entry_source(self.source, self.end) or self.sources[0])
        super().begin()

    def create_starting_mobject(self) -> VMobject:
        return self.mobject

    def interpolate_mobject(self, alpha: float) -> None:
        part = float(self.rate_func(self.time_spanned_alpha(alpha)))
        start, end = self.sources
        if start is not None and end is not None:
            self.mobject.entry.source = blend(start, end, part)
        self.mobject.set_value((1 - part) * self.start + part * self.end)


def get_activation_plot(which: str = "relu", **config: Any) -> ActivationPlot:
    """The graph of one of the activation functions we know: "relu" or "gelu".

    Args:
        which: its name, in small letters.
        config: anything ActivationPlot takes, e.g. name="", width=1.6, ticks=False for a small one.

    Raises:
        ValueError: another name.
    """
    known: dict[str, dict[str, Any]] = {
        "relu": {"function": relu, "name": "ReLU", "corners": (0.0,)},
        "gelu": {"function": gelu, "name": "GELU"},
    }
    if which not in known:
        raise ValueError(f"no activation function {which!r}: there are {', '.join(known)}")
    return ActivationPlot(**(known[which] | config))


def _look_up(plot: ActivationPlot, given: Any, value: float) -> float:
    """What should come out: of the true value if somebody knows it, else of the one shown."""
    true = given.true_value() if given is not None else None
    return float(plot.function(value if true is None else true))


def _dash(start: np.ndarray, end: np.ndarray, color: str) -> VMobject:
    if np.linalg.norm(end - start) < 0.02:  # too short to have dashes
        return VMobject()
    return DashedLine(start, end, dash_length=0.07).set_stroke(color, 3)


def _color_of(number: SourcedNumber) -> str:
    value = number.shown_value
    return NEUTRAL if value == 0 else (POSITIVE_RAMP if value > 0 else NEGATIVE_RAMP)[1]
