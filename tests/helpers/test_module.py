"""A module, layer by layer: are its numbers torch's, and does the camera go in and come out again?"""

import numpy as np
import pytest
import torch
from torch import nn

from darkroom import engine

engine.load()

from _2025.autograd.your_module import YourModule  # noqa: E402
from custom.scene import CaptionedScene  # noqa: E402
from helpers.module import (  # noqa: E402
    AutogradOfModule,
    InsideGraph,
    LayerGraph,
    get_words_on_saved,
    get_words_on_shapes,
)


def made(scene):
    return scene.__new__(scene)  # get_graph needs no stage


def of(module, x):
    return made(type("Made", (AutogradOfModule,), {"get_module": lambda self: module, "x": x}))


def test_values_and_gradients_are_torchs():
    scene = made(YourModule)
    graph = scene.get_graph()
    x = torch.tensor(YourModule.x, requires_grad=True)
    hidden = scene.module[0](x)
    hidden.retain_grad()
    loss = ((scene.module[2](scene.module[1](hidden)) - 1) ** 2).mean()
    loss.backward()
    assert [node.symbol for node in graph.nodes[1:4]] == [R"\mathrm{Linear}", R"\mathrm{GELU}", R"\mathrm{Linear}"]
    assert float(graph.nodes[-1].value) == pytest.approx(loss.item(), rel=1e-6)
    np.testing.assert_allclose(graph.node("x").gradient, x.grad, rtol=1e-5)
    np.testing.assert_array_equal(graph.nodes[1].value, hidden.detach())
    np.testing.assert_allclose(graph.nodes[1].gradient, hidden.grad, rtol=1e-5)
    inside = graph.nodes[1].inside.fold()
    np.testing.assert_allclose(inside.node("weight").gradient, scene.module[0].weight.grad, rtol=1e-5)


def test_the_weights_are_the_same_at_every_run_and_no_chance_is_used_up():
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    first, second = (made(YourModule).get_graph().nodes[1].value for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert torch.rand(1) == expected


def test_what_is_said_of_a_layer():
    graph = LayerGraph(made(YourModule).get_graph())
    assert get_words_on_shapes(graph.nodes[1]) == "2×3 → 2×4"
    assert get_words_on_saved(graph.nodes[1]) == "Kept for the way back: mat1 2×3, mat2 3×4"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "x"),
    [
        (nn.Sequential(nn.Linear(4, 4), nn.LayerNorm(4), nn.ReLU()), np.ones((2, 4))),
        (nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.Flatten()), np.ones((1, 1, 5, 5))),
        (nn.TransformerEncoderLayer(4, 2, 8, batch_first=True), np.linspace(-1, 1, 12).reshape(1, 3, 4)),
    ],
)
def test_every_fold_can_be_drawn(module, x):
    todo = [LayerGraph(of(module, x).get_graph())]
    drawn = 0
    while todo:
        graph = todo.pop()
        drawn += 1
        assert graph.get_width() < 13.2 and graph.get_height() < 5.6
        inside = [node.record.inside for node in graph.nodes if node.record.inside]
        todo += [InsideGraph(part.fold()) for part in inside] if drawn < 4 else []
    assert drawn > 2


def test_a_module_that_cannot_be_run_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match=r"cannot be computed.*x of shape \(1, 2\)"):
        of(nn.Linear(3, 1), [[1.0, 2.0]]).get_graph()


def test_a_scene_without_a_module_says_what_to_write():
    assert issubclass(AutogradOfModule, CaptionedScene)
    with pytest.raises(NotImplementedError, match="def get_module"):
        made(AutogradOfModule).get_graph()
