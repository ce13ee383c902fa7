"""Is a drawn network the network: its weights, its activations, its sizes?"""

from itertools import pairwise

import numpy as np
import pytest
import torch
from manimlib import DOWN, FRAME_HEIGHT, FRAME_WIDTH, RIGHT, Circle, LaggedStart, Succession, Transform, VGroup
from torch import nn

from custom.palette import ACTIVATION, NEGATIVE_RAMP, PANEL
from helpers.color import value_to_color, values_to_colors
from helpers.network import AnimateNetworkTo, NeuralNetwork, get_network_connections
from helpers.network_parts import FeatureMaps


def get_model(sizes=(20, 6, 3)) -> nn.Sequential:
    generator = torch.Generator().manual_seed(0)
    linears = [nn.Linear(a, b) for a, b in pairwise(sizes)]
    with torch.no_grad():
        for parameter in (p for layer in linears for p in layer.parameters()):
            parameter.normal_(generator=generator)
    return nn.Sequential(*(module for layer in linears for module in (layer, nn.Sigmoid())))


def get_dots(n: int) -> VGroup:
    return VGroup(Circle(radius=0.1) for _ in range(n)).arrange(DOWN)


def fills(network, layer) -> list[str]:
    return [neuron.get_fill_color() for neuron in network.get_layer(layer)]


def run(animation) -> None:
    animation.begin()
    for alpha in np.linspace(0, 1, 17):
        animation.interpolate(alpha)
    animation.finish()


# Connections


def test_edges_are_the_weights():
    w = np.array([[0.5, -2.0, 0.0], [1.0, 0.1, -0.1]])
    layers = VGroup(get_dots(3), get_dots(2)).arrange(RIGHT, buff=3)
    edges = get_network_connections(*layers, w)
    assert [edge.weight for edge in edges] == w.ravel().tolist()
    assert [edge.get_stroke_color() for edge in edges] == values_to_colors(w, 0, 2)
    widths = [edge.get_stroke_width() for edge in edges]
    assert np.argsort(np.abs(w.ravel()), kind="stable").tolist() == np.argsort(widths, kind="stable").tolist()


def test_edges_run_from_rim_to_rim():
    first, second = VGroup(Circle(radius=0.1)), VGroup(Circle(radius=0.3).shift(2 * RIGHT))
    (edge,) = get_network_connections(first, second, [[1.0]])
    assert edge.get_start() == pytest.approx([0.1, 0, 0])
    assert edge.get_end() == pytest.approx([1.7, 0, 0])


def test_weights_must_fit_the_layers():
    with pytest.raises(ValueError, match=r"\(2, 3\).*expected \(3, 2\)"):
        get_network_connections(get_dots(2), get_dots(3), np.ones((2, 3)))


# The picture


def test_it_is_drawn_from_any_sequential():
    network = NeuralNetwork(get_model((4, 6, 3)))
    assert [len(layer) for layer in network.layers] == [4, 6, 3]
    assert [len(edges) for edges in network.edges] == [24, 18]
    assert len(network.dots) == 0
    xs = [layer.get_x() for layer in network.layers]
    assert xs == sorted(xs)
    assert network.get_layer(0)[0].get_y() > network.get_layer(0)[1].get_y()


def test_large_layers_are_cut_with_an_ellipsis_and_true_indices():
    model = get_model()
    network = NeuralNetwork(model, max_shown=5)
    assert network.slots == [(0, 1, 2, 3, None, 19), (0, 1, 2, 3, None, 5), (0, 1, 2)]
    assert len(network.dots) == 2
    assert network.get_edge(0, 5, 19).weight == pytest.approx(model[0].weight[5, 19].item())
    assert network.get_edge(0, 5, 19).source == ("weights 0", (5, 19))
    assert network.get_neuron(0, -1).source == ("layer 0", (19,))
    with pytest.raises(IndexError, match="layer 0: 7 is hidden"):
        network.get_neuron(0, 7)
    with pytest.raises(IndexError, match="hidden"):
        network.get_edge(0, 0, 7)
    assert [label.get_text() for label in network.get_size_labels()] == ["20", "6", "3"]


def test_each_layer_can_have_its_own_limit():
    network = NeuralNetwork(get_model(), max_shown=[3, None, [1, 2]])
    assert [len(layer) for layer in network.layers] == [3, 6, 2]
    with pytest.raises(ValueError, match="2 entries for 3 layers"):
        NeuralNetwork(get_model(), max_shown=[3, 3])


def test_height_is_that_of_the_tallest_layer():
    network = NeuralNetwork(get_model((4, 6)), height=3, layer_buff=2)
    assert network.layers[1].get_height() == pytest.approx(3)
    assert network.layers[1].get_x() - network.layers[0].get_x() == pytest.approx(2)


def test_weight_arrays_will_do():
    network = NeuralNetwork([np.ones((3, 2)), -np.ones((1, 3))], biases=[[0, 1, -5], [0.5]])
    assert [a.tolist() for a in network.forward([1.0, 2.0])] == [[1, 2], [3, 4, 0], [-6.5]]
    assert network.get_edge(1, 0, 2).get_stroke_color() == NEGATIVE_RAMP[1]


# Activations


def test_activations_are_torchs():
    model, x = get_model(), torch.linspace(-1, 1, 20)
    network = NeuralNetwork(model, max_shown=4)
    expected = [x, model[:2](x), model(x)]
    for ours, torchs in zip(network.forward(x), expected, strict=True):
        assert ours == pytest.approx(torchs.detach().numpy(), abs=1e-7)


def test_fills_say_activations():
    network = NeuralNetwork([np.ones((2, 3))], max_activation=2)
    network.set_activations([[0, 2, 1], [-2, 5]])
    middle = value_to_color(1, 0, 2, positive=(PANEL, ACTIVATION))
    assert fills(network, 0) == [PANEL, ACTIVATION, middle]
    assert fills(network, 1) == [NEGATIVE_RAMP[1], ACTIVATION]
    assert [neuron.value for neuron in network.get_layer(1)] == [-2, 5]
    # A second sign that a value is negative, for who cannot tell the hues apart: the rim.
    rims = [neuron.get_stroke_color() for neuron in network.get_layer(1)]
    assert rims[0] == NEGATIVE_RAMP[1] != rims[1]


def test_activations_must_fit():
    with pytest.raises(ValueError, match=r"\[\(2,\), \(2,\)\].*\[3, 2\]"):
        NeuralNetwork([np.ones((2, 3))]).set_activations([[0, 2], [0, 0]])


def test_labels_show_the_activations():
    network = NeuralNetwork([np.ones((2, 3))]).set_activations([[0, 0.26, 1], [-2, 0]])
    assert [label.num_string for label in network.get_activation_labels(0)] == ["0.0", "0.3", "1.0"]
    assert str(network.get_activation_labels(1)[0].source) == "activations of layer 1[0]"


def test_set_weights_restyles_from_the_model_of_now():
    model = get_model((3, 2))
    network = NeuralNetwork(model, max_weight=2)
    with torch.no_grad():
        model[0].weight.fill_(-2.0)
    network.set_weights()
    assert {edge.get_stroke_color() for edge in network.get_edges(0)} == {NEGATIVE_RAMP[1]}
    assert network.get_edge(0, 1, 2).weight == -2
    with pytest.raises(ValueError, match=r"\(3, 2\).*expected \(2, 3\)"):
        network.set_weights([np.ones((3, 2))])


# Animations


def test_a_pulse_ends_on_the_true_activations():
    model, x = get_model(), torch.linspace(-1, 1, 20)
    network = NeuralNetwork(model, max_shown=4)
    run(network.forward_pulse(x))
    for ours, true in zip(network.activations, network.forward(x), strict=True):
        assert ours.tolist() == true.tolist()
    assert fills(network, 2) == values_to_colors(network.activations[2], 0, 1, **network.fills)


def test_neurons_light_up_when_the_pulse_arrives():
    network = NeuralNetwork([np.ones((2, 2)), np.ones((2, 2))])
    pulse = network.forward_pulse([1.0, 1.0])
    total = pulse.input_time + 2
    pulse.begin()
    assert [a.tolist() for a in network.activations] == [[0, 0]] * 3
    pulse.interpolate((pulse.input_time + 0.5) / total)
    assert [a.tolist() for a in network.activations] == [[1, 1], [0, 0], [0, 0]]
    assert all(flash.get_stroke_widths().max() > 0 for flash in pulse.flashes[0])
    assert all(flash.get_stroke_widths().max() == 0 for flash in pulse.flashes[1])
    pulse.interpolate((pulse.input_time + 1.01) / total)
    assert [a.tolist() for a in network.activations] == [[1, 1], [2, 2], [0, 0]]
    pulse.finish()
    assert [a.tolist() for a in network.activations] == [[1, 1], [2, 2], [4, 4]]
    assert all(f.get_stroke_widths().max() == 0 for flashes in pulse.flashes for f in flashes)


def test_a_flash_is_as_thick_as_what_its_edge_carries():
    network = NeuralNetwork([[[1.0, -0.25, 4.0]]])
    pulse = network.forward_pulse([1.0, 1.0, 0.0])
    pulse.begin()
    widths = [flash.width for flash in pulse.flashes[0]]
    assert widths == pytest.approx([pulse.flash_width, pulse.flash_width / 2, 0])


def test_the_scene_keeps_the_network_and_loses_the_flashes():
    class Stage:  # stands in for a Scene
        removed = ()

        def remove(self, *mobjects):
            self.removed += mobjects

    network, stage = NeuralNetwork([np.ones((2, 2))]), Stage()
    pulse = network.forward_pulse([1.0, 0.0])
    run(pulse)
    pulse.clean_up_from_scene(stage)
    assert stage.removed == (pulse.flashes,)


@pytest.mark.parametrize("group", [Succession, LaggedStart])
def test_pulses_chain(group):
    network = NeuralNetwork([np.ones((1, 2))])
    run(group(network.forward_pulse([1.0, 0.0]), network.forward_pulse([1.0, 2.0]), lag_ratio=1.0))
    assert [a.tolist() for a in network.activations] == [[1, 2], [3]]


def test_activations_and_weights_move_exactly_to_their_targets():
    network = NeuralNetwork([np.ones((1, 2))])
    animation = AnimateNetworkTo(network, activations=[[1, 0.1], [-1]], weights=[[[0.3, -0.7]]])
    animation.begin()
    animation.interpolate(0.5)
    assert network.get_edge(0, 0, 1).weight == pytest.approx(0.15)
    animation.finish()
    assert [a.tolist() for a in network.activations] == [[1, 0.1], [-1]]
    assert network.weights[0].tolist() == [[0.3, -0.7]]


def test_animate_keeps_state_true():
    network = NeuralNetwork([np.ones((1, 2))])
    run(network.animate.set_activations([[1, 0.5], [1]]).build())
    run(network.animate.set_weights([[[0.5, 0.25]]]).build())
    assert network.activations[0].tolist() == [1, 0.5]
    assert [edge.weight for edge in network.get_edges(0)] == [0.5, 0.25]
    with pytest.raises(ValueError, match=r"\[\(1, 3\)\].*\[\(1, 2\)\]"):
        AnimateNetworkTo(network, weights=[np.ones((1, 3))])


def test_restoring_brings_the_numbers_back():
    network = NeuralNetwork([np.ones((1, 2))])
    network.save_state()
    network.set_activations([[1, 1], [1]]).set_weights([[[0.5, 0.25]]])
    changed = network.copy()
    for restore in (lambda: network.restore(), lambda: run(Transform(network, network.saved_state))):
        network.become(changed)
        assert network.activations[0].tolist() == [1, 1]
        restore()
        assert network.activations[0].tolist() == [0, 0]
        assert [edge.weight for edge in network.get_edges(0)] == [1, 1]
        assert [neuron.value for neuron in network.get_layer(0)] == [0, 0]


def test_a_copy_lights_up_alone():
    network = NeuralNetwork([np.ones((1, 2))])
    network.copy().set_activations([[1, 1], [1]])
    assert set(fills(network, 0)) == {PANEL}


# What is no picture of linear layers


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (
            nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(5, 2)),
            r"Linear\(5, 2\) takes 5 .*Linear\(3, 4\), ReLU\(\) gives 4",
        ),
        (nn.Sequential(nn.Linear(3, 5), nn.BatchNorm1d(5), nn.Linear(5, 2)), r"\.eval\(\)"),
        (nn.Sequential(nn.Linear(3, 4), nn.GLU(0), nn.Linear(2, 2)), "GLU"),
        ([np.ones((2, 2))] * 60, "61 layers is too deep"),
        ([np.array([[1 + 1j]])], "must be real"),
    ],
)
def test_what_cannot_be_drawn_truly_is_refused(model, message):
    with pytest.raises(ValueError, match=message):
        NeuralNetwork(model)


def test_an_input_of_another_size_is_refused_with_its_shape():
    network = NeuralNetwork(nn.Sequential(nn.Linear(3, 5), nn.GELU(), nn.Linear(5, 2)))
    with pytest.raises(ValueError, match=r"shape \(4,\) does not fit.*takes 3 values"):
        network.forward_pulse([1.0, 2.0, 3.0, 4.0]).begin()


def test_a_batch_norm_in_evaluation_mode_is_part_of_its_layer():
    model = nn.Sequential(nn.Linear(3, 5), nn.BatchNorm1d(5), nn.ReLU(), nn.Linear(5, 2)).eval()
    network, x = NeuralNetwork(model), torch.tensor([1.0, 2.0, 3.0])
    run(network.forward_pulse(x))
    assert network.sizes == [3, 5, 2]
    assert network.activations[1] == pytest.approx(model[:3](x[None])[0].detach().numpy(), abs=1e-6)


def test_a_network_is_fitted_to_the_frame():
    deep = NeuralNetwork([np.ones((3, 3))] * 12)
    wide = NeuralNetwork([np.ones((2, 40))], max_shown=40)
    assert deep.get_width() < FRAME_WIDTH - 0.7
    assert wide.get_height() < FRAME_HEIGHT - 0.7
    with pytest.raises(ValueError, match=r"160,000 edges .*max_shown"):
        NeuralNetwork([np.ones((400, 400))], max_shown=None)


# Any Sequential, with an example


def get_convolutional() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(1, 6, 5),
        nn.BatchNorm2d(6),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(96, 12),
        nn.GELU(),
        nn.Linear(12, 3),
        nn.Softmax(1),
    ).eval()


X = np.linspace(-1, 1, 144).reshape(1, 12, 12)


def test_a_convolution_is_an_arrow_to_maps_of_its_values():
    network = NeuralNetwork(get_convolutional(), X)
    assert network.sizes == [144, 6 * 64, 6 * 16, 96, 12, 3]
    (arrow,) = network.get_edges(0)
    assert network.get_layer(0).get_right()[0] < arrow.get_right()[0] < network.get_layer(1).get_left()[0]
    heat = network.get_layer(1).maps[0][1]
    assert heat.values == pytest.approx(network.activations[1].reshape(6, 8, 8)[0])
    assert heat.max_value == pytest.approx(np.abs(network.activations[1]).max())
    assert network.get_edge(3, 2, 5).weight == pytest.approx(network.stack.modules[5].weight[2, 5].item())
    with pytest.raises(TypeError, match=r"layer 1 has maps \(6×8×8\), not neurons"):
        network.get_neuron(1, 0)
    with pytest.raises(TypeError, match=r"no single weights join layers 0 and 1"):
        network.get_edge(0, 0, 0)
    assert [label.text for label in network.get_size_labels()] == ["1×12×12", "6×8×8", "6×4×4", "96", "12", "3"]


def test_a_pulse_passes_maps_and_neurons_and_ends_on_torchs_values():
    model = get_convolutional()
    network = NeuralNetwork(model, X)
    network.set_activations([np.zeros(n) for n in network.sizes])
    run(network.forward_pulse(X))
    expected = model(torch.tensor(X[None], dtype=torch.float32)).detach().numpy().ravel()
    assert network.activations[-1] == pytest.approx(expected, abs=1e-6)
    run(AnimateNetworkTo(network, weights=[2 * w for w in network.weights]))
    assert network.get_edge(4, 0, 0).weight == pytest.approx(2 * model[7].weight[0, 0].item())


def test_large_maps_are_drawn_by_means_over_blocks():
    maps = FeatureMaps((2, 56, 30))
    values = np.random.default_rng(0).normal(size=(2, 56, 30))
    heat = maps.set_values(values).maps[1][1]
    assert heat.values.shape == (28, 15)
    assert heat.values[3, 4] == pytest.approx(values[1, 6:8, 8:10].mean())


def test_slabs_badges_boxes_and_names_stand_between_the_layers():
    network = NeuralNetwork(get_convolutional(), X)
    names = [part[0].text if len(part) else "" for part in network.modules]
    assert names == [
        "Conv2d\n5×5\nBatchNorm2d\nReLU",
        "MaxPool2d\n2×2",
        "Flatten",
        "Linear\nGELU",
        "Linear\nSoftmax",
    ]
    assert [len(part) - 1 for part in network.modules] == [2, 0, 1, 1, 1]


def test_of_many_layers_alike_the_first_and_the_last_are_drawn():
    blocks = [module for _ in range(20) for module in (nn.Linear(5, 5), nn.Tanh())]
    network = NeuralNetwork(nn.Sequential(nn.Linear(3, 5), nn.Tanh(), *blocks, nn.Linear(5, 2)), [1.0, 2.0, 3.0])
    assert [layer for layer, drawn in enumerate(network.layers) if len(drawn)] == [0, 1, 2, 21, 22]
    assert any(part[0].text == "18 more" for part in network.modules if len(part))
    with pytest.raises(TypeError, match="layer 7 is left out of the picture"):
        network.get_neuron(7, 0)
    pulse = network.forward_pulse([1.0, 2.0, 3.0])
    assert pulse.run_time == pytest.approx(4.4)
    run(pulse)


def test_every_kind_of_module_fits_the_frame():
    torch.manual_seed(0)
    layer = nn.TransformerEncoderLayer(8, 2, 16)
    model = nn.Sequential(nn.Embedding(10, 8), layer, nn.Flatten(), nn.Linear(40, 30), nn.Tanh()).eval()
    for network in (NeuralNetwork(model, [1, 2, 3, 4, 5]), NeuralNetwork(get_convolutional(), X)):
        both = VGroup(network, network.get_size_labels())
        assert both.get_width() < FRAME_WIDTH - 0.7
        assert both.get_height() < FRAME_HEIGHT - 0.7
