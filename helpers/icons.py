"""Small pictures that stand for a layer: drawn from what such a layer computes."""

from __future__ import annotations

from typing import Any

import numpy as np
from manimlib import LEFT, PI, RIGHT, UL, UP, UR, ArcBetweenPoints, Dot, Line, Mobject, Text, VGroup, VMobject

from custom.palette import MUTED, SCAFFOLD, TEXT
from custom.typography import LABEL
from helpers.network import NeuralNetwork
from helpers.number import SourcedNumber
from truth.numerics import as_floats


def get_mlp_icon(
    up: Any,
    down: Any,
    x: Any,
    *,
    up_bias: Any = None,
    down_bias: Any = None,
    height: float = 3.0,
    layer_buff: float | None = None,
    **config: Any,
) -> NeuralNetwork:
    """A perceptron block as three columns of dots, filled by the activations that one input leads to.

    Args:
        up, down: (n_hidden, n_in), (n_out, n_hidden): lines are coloured by sign and as thick as the weight.
        x: (n_in,) the input.
        up_bias, down_bias: (n_hidden,), (n_out,); zeros if None.
        height: of the tallest column, in frame units.
        layer_buff: between columns; by default 0.55 of the height.
        config: for NeuralNetwork.

    Raises:
        ValueError: arrays that do not chain (the message has the shapes).
    """
    network = NeuralNetwork(
        [up, down],
        biases=None if up_bias is None and down_bias is None else [up_bias, down_bias],
        height=height,
        layer_buff=0.55 * height if layer_buff is None else layer_buff,
        **{"max_shown": 100, **config},
    )
    return network.set_activations(network.forward(x))


def get_attention_icon(pattern: Any, size: float = 3.0, color: str = TEXT, source: str = "attention") -> VGroup:
    """An attention pattern as a grid of dots: row i, column j is how much token i takes from token j.

    A dot's area is its weight, compared with the largest; where nothing is taken there is a faint point, so that
    the grid stays a grid.

    Parts: the dots, row by row; each has `value` and `source`.

    Args:
        pattern: (n, n), from 0 to 1.
        size: of the whole grid, in frame units.

    Raises:
        ValueError: a pattern that is not square, or entries outside 0 … 1.
    """
    p = as_floats(pattern, ndim=2, name="pattern")
    if p.shape[0] != p.shape[1]:
        raise ValueError(f"an attention pattern is square, but its shape is {p.shape}")
    if p.min() < 0 or p.max() > 1:
        raise ValueError(f"an attention pattern is between 0 and 1, but goes from {p.min()} to {p.max()}")
    pitch = size / len(p)
    dots = VGroup()
    for (i, j), weight in np.ndenumerate(p):
        radius = 0.46 * pitch * np.sqrt(weight / p.max())
        dot = Dot([(j - (len(p) - 1) / 2) * pitch, ((len(p) - 1) / 2 - i) * pitch, 0], radius=max(radius, 0.05 * pitch))
        dot.set_fill(color if weight > 0 else SCAFFOLD, 1)
        dot.value, dot.source = float(weight), (source, (i, j))
        dots.add(dot)
    return dots


def get_normal_density(x: Any, mean: float, deviation: float) -> Any:
    """The bell curve: how dense a normal distribution is at x."""
    return np.exp(-(((x - mean) / deviation) ** 2) / 2) / (deviation * np.sqrt(2 * PI))


def get_layer_norm_icon(
    width: float = 3.0,
    height: float = 2.6,
    *,
    mean: float = 1.0,
    deviation: float = 2.0,
    before_color: str = MUTED,
    after_color: str = TEXT,
) -> VGroup:
    """What a layer norm does to numbers: a shifted, wide bell above the standard one, on the same scale.

    Parts: `before`, `after`; each has `axis`, `curve`, and `middle`, a line from the axis to the curve at the mean.

    Args:
        width, height: of both together, in frame units.
        mean, deviation: of the normal distribution above; the one below has 0 and 1.
    """
    reach = abs(mean) + 2.6 * max(deviation, 1)
    x_unit = width / (2 * reach)
    y_unit = 0.42 * height / get_normal_density(0, 0, min(deviation, 1.0))
    bells = VGroup()
    for m, d, color in ((mean, deviation, before_color), (0.0, 1.0, after_color)):
        xs = np.linspace(-reach, reach, 121)
        ys = get_normal_density(xs, m, d)
        curve = VMobject().set_points_as_corners(np.stack([x_unit * xs, y_unit * ys, 0 * xs], axis=1))
        axis = Line(x_unit * reach * LEFT, x_unit * reach * RIGHT).set_stroke(SCAFFOLD, 2)
        peak = float(get_normal_density(m, m, d))
        middle = Line(x_unit * m * RIGHT, x_unit * m * RIGHT + y_unit * peak * UP).set_stroke(color, 1.5, opacity=0.6)
        bell = VGroup(axis, middle, curve.set_stroke(color, 3).set_fill(color, 0.15))
        bell.axis, bell.middle, bell.curve = bell
        bells.add(bell)
    bells.before, bells.after = bells
    bells.before.shift((0.5 * height - bells.after.axis.get_y()) * UP)
    return bells.center()


def get_loop_arrow(
    mobject: Mobject, count: float, *, rise: float = 0.9, color: str = MUTED, source: Any = None
) -> VGroup:
    """An arrow from a mobject's right end over the top back to its left end: it is done again, `count` times.

    Parts: `arrow`, `label` (a "×" and a number).

    Args:
        mobject: what is done again.
        count: how often in all.
        rise: how far above the mobject the arrow runs, in frame units.
        source: where the count comes from, as for SourcedNumber.
    """
    inset = 0.12 * mobject.get_width() * RIGHT
    start = mobject.get_corner(UR) - inset + 0.12 * UP
    end = mobject.get_corner(UL) + inset + 0.12 * UP
    # An arc rises by half its chord times the tangent of a quarter of its angle.
    arrow = ArcBetweenPoints(start, end, angle=4 * np.arctan(2 * rise / np.linalg.norm(end - start)))
    arrow.set_stroke(color, 4).add_tip(length=0.22, width=0.22)
    number = SourcedNumber(count, num_decimal_places=0, font_size=LABEL, source=source)
    times = Text("×", font_size=LABEL).next_to(number, LEFT, buff=0.06)
    label = VGroup(times, number).set_fill(TEXT).next_to(arrow, UP, buff=0.12)
    loop = VGroup(arrow, label)
    loop.arrow, loop.label = loop
    return loop
