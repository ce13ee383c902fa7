"""Do colours that mean different things stay apart, in frames as they are rendered, for every kind of eye?

Distances are OKLab's, in which black and white are 1 apart and the least difference anybody sees, between large
patches side by side, is about 0.02 (CSS Color 4). Digits and strokes are neither large nor side by side: roles
that meet in a picture are to be 4 such steps apart, and what the sense of a picture hangs on, 6. A grey
print has brightness alone to tell things apart, and sign or direction is then also to be read from signs and
arrows: 3 steps there.
"""

from itertools import combinations

import numpy as np
import pytest

from darkroom import engine

engine.load()

from manimlib import DOWN, LEFT, RIGHT, UP, Circle, Dot, Line, Scene, Square, VGroup  # noqa: E402
from manimlib.config import manim_config  # noqa: E402

from custom import palette  # noqa: E402
from darkroom.engine.run import Run  # noqa: E402
from helpers.matrix import WeightMatrix  # noqa: E402
from helpers.network import NeuralNetwork, get_network_connections  # noqa: E402
from tests.helpers.eyes import EYES, distance  # noqa: E402

pytestmark = pytest.mark.slow

APART, FAR_APART, APART_IN_GREY = 0.08, 0.12, 0.06
DICHROMATS = [eye for eye in EYES if eye != "grey"]

ROLES = ("INPUT", "PARAMETER", "OPERATION", "ACTIVATION", "GRADIENT", "LOSS", "TARGET", "WARNING")
STRENGTHS = (0.5, 1.0)  # of what a ramp shows; below, a number is next to nothing whatever its sign

# Roles that meet in one picture.
GRAPH = ("INPUT", "PARAMETER", "OPERATION", "LOSS", "GRADIENT", "WARNING")
TRAINING = ("ACTIVATION", "TARGET", "LOSS", "GRADIENT")
NETWORK = ("INPUT", "PARAMETER", "ACTIVATION")
MEETING = sorted({pair for cast in (GRAPH, TRAINING, NETWORK) for pair in combinations(sorted(cast), 2)})


@pytest.fixture(scope="module")
def colors():
    """What a camera makes of each role and of both signs: {name: sRGB (3,) in [0, 1]}, read off a frame."""
    shown = {}

    def construct(scene):
        swatches = VGroup(Square(0.8).set_fill(getattr(palette, role), 1).set_stroke(width=0) for role in ROLES)
        swatches.arrange(RIGHT).to_edge(UP)
        shown.update(zip(ROLES, swatches, strict=True))
        values = [[sign * strength for strength in STRENGTHS] for sign in (1, -1)]
        matrix = WeightMatrix(values, source="ramps", font_size=70).to_edge(LEFT)
        dots = VGroup(VGroup(Dot(y * UP) for y in (1, -1)).shift(x * RIGHT) for x in (0, 4)).to_edge(RIGHT)
        edges = get_network_connections(*dots, values)
        network = NeuralNetwork([np.eye(2)], radius=0.4).set_activations([[1, -1], [0.5, -0.5]]).to_edge(DOWN)
        for i, sign in enumerate("+-"):
            for j, strength in enumerate(STRENGTHS):
                shown[f"number {sign}{strength}"] = matrix.get_entry(i, j)[-1]  # a digit; the sign is no colour
                shown[f"edge {sign}{strength}"] = edges[2 * i + j]
            shown[f"neuron {sign}1.0"] = network.get_neuron(0, i)
            shown[f"neuron {sign}0.5"] = network.get_neuron(1, i)
        scene.add(swatches, matrix, dots, edges, network)
        scene.wait(0.1)

    usual = manim_config.camera.resolution
    manim_config.camera.resolution = (1920, 1080)  # strokes are as wide as in the film
    try:
        run = Run(type("Colours", (Scene,), {"construct": construct}), draws=False, fps=10)()
        picture = np.asarray(run.image()) / 255
    finally:
        manim_config.camera.resolution = usual
    return {name: color_of(mobject, picture) for name, mobject in shown.items()}


def color_of(mobject, picture):
    """The colour of a mobject in a picture: that of the pixels there which differ most from the background."""
    if isinstance(mobject, Line):
        points = mobject.point_from_proportion(0.2) + 0.04 * np.array([UP, DOWN, LEFT, RIGHT])  # clear of the others
    elif isinstance(mobject, Circle | Square):
        points = mobject.get_center() + 0.04 * np.array([UP, DOWN, LEFT, RIGHT])  # clear of the rim
    else:
        points = mobject.get_all_points()
    per_unit = picture.shape[0] / 8
    columns = (points[:, 0] * per_unit + picture.shape[1] / 2).astype(int)
    rows = (picture.shape[0] / 2 - points[:, 1] * per_unit).astype(int)
    box = picture[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1].reshape(-1, 3)
    contrast = np.abs(box - picture[0, 0]).sum(axis=1)
    return box[contrast >= np.quantile(contrast, 0.95)].mean(axis=0)


def test_colours_are_read_where_they_are(colors):
    for role in ROLES:
        code = getattr(palette, role)
        expected = np.array([int(code[i : i + 2], 16) for i in (1, 3, 5)]) / 255
        assert colors[role] == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize("strength", STRENGTHS)
@pytest.mark.parametrize("kind", ["number", "edge", "neuron"])
def test_positive_and_negative_stay_apart(colors, kind, strength):
    pair = colors[f"{kind} +{strength}"], colors[f"{kind} -{strength}"]
    distances = {eye: distance(*pair, eye) for eye in EYES}
    assert min(distances[eye] for eye in DICHROMATS) >= FAR_APART, distances
    assert distances["grey"] >= APART_IN_GREY, distances


def test_forward_and_back_stay_apart(colors):
    distances = {eye: distance(colors["ACTIVATION"], colors["GRADIENT"], eye) for eye in EYES}
    assert min(distances[eye] for eye in DICHROMATS) >= FAR_APART, distances
    assert distances["grey"] >= APART_IN_GREY, distances


def test_a_gradient_is_not_taken_for_a_negative_number(colors):
    for kind in ("number", "edge", "neuron"):
        distances = {eye: distance(colors[f"{kind} -1.0"], colors["GRADIENT"], eye) for eye in DICHROMATS}
        assert min(distances.values()) >= APART, (kind, distances)


@pytest.mark.parametrize(("first", "second"), MEETING)
def test_roles_that_meet_stay_apart(colors, first, second):
    distances = {eye: distance(colors[first], colors[second], eye) for eye in DICHROMATS}
    assert min(distances.values()) >= APART, distances
