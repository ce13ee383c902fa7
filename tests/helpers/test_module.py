"""A module, layer by layer: are its numbers torch's, and does the camera go in and come out again?"""

import numpy as np
import pytest
import torch
from torch import nn

from darkroom import engine

engine.load()

from _2025.autograd.expressions.encoder import TransformerEncoder  # noqa: E402
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
    assert get_words_on_saved(graph.nodes[1]) == "Kept for the way back: input 2×3, weights 3×4"


def test_parts_of_a_module_have_the_names_that_it_gives_them():
    layer = made(TransformerEncoder).get_graph().nodes[1]
    inside = layer.inside.fold()
    assert [node.symbol for node in inside.nodes[1:]] == [
        R"\mathrm{attention}",
        "+",
        R"\mathrm{norm1}",
        R"\mathrm{perceptron}",
        "+",
        R"\mathrm{norm2}",
    ]
    attention = inside.nodes[1].inside.fold()
    words = [node.symbol for node in attention.nodes if node.backward_name == "Linear"]
    assert words == [R"\mathrm{query}", R"\mathrm{key}", R"\mathrm{value}"]


def test_the_encoders_gradients_are_torchs():
    scene = made(TransformerEncoder)
    graph = scene.get_graph()
    x = torch.tensor(TransformerEncoder.x, requires_grad=True)
    first = scene.module[0](x)
    first.retain_grad()
    scene.loss(scene.module[1](first)).backward()
    np.testing.assert_allclose(graph.node("x").gradient, x.grad, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(graph.nodes[1].gradient, first.grad, rtol=1e-4, atol=1e-6)
    assert np.abs(first.grad).max() > 0.01  # a mean square of what a LayerNorm gives would have none


def test_each_kind_is_looked_into_once_and_closed_ones_are_not():
    class Watched(TransformerEncoder):
        def go_in(self, node, inside):
            entered.append((*self.path, node.record.backward_name))
            self.path.append(node.record.backward_name)
            outside, self.graph = self.graph, inside
            self.depth -= 1
            return outside

        def go_out(self, node, outside):
            self.graph = outside
            self.depth += 1
            self.path.pop()

        def run_forward(self):
            for node in self.graph.forward_order():
                self.look_inside(node)

        def flow_back(self):
            for node in self.graph.backward_order():
                self.look_inside_backwards(node)

        bring_in_the_inputs = say = add = play = lambda self, *args, **kwargs: None

    entered = []
    scene = made(Watched)
    scene.graph = LayerGraph(scene.get_graph())
    scene.run_forward()
    forward = list(entered)
    layer = ("EncoderLayer",)
    assert forward == [layer, (*layer, "Attention"), (*layer, "Sequential")]
    scene.flow_back()
    assert entered[3:] == [layer, (*layer, "Sequential"), (*layer, "Attention")]


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
