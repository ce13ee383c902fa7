"""Activations by the network itself: torch's own, layer by layer."""

import numpy as np
import pytest
import torch
from torch import nn

from truth.network import as_stack


def get_model(generator_seed: int = 0) -> nn.Sequential:
    generator = torch.Generator().manual_seed(generator_seed)
    model = nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 4), nn.ReLU(), nn.Linear(4, 3)).double()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(generator=generator)
    return model


def test_a_models_activations_are_torchs():
    model, x = get_model(), torch.linspace(-1, 1, 6).double()
    activations = as_stack(model).get_activations(x)
    expected = [x, model[:2](x), model[:4](x), model(x)]
    for ours, torchs in zip(activations, expected, strict=True):
        assert ours == pytest.approx(torchs.detach().numpy(), abs=0)


def test_arrays_and_a_model_with_those_arrays_agree():
    model, x = get_model(), np.linspace(-1, 1, 6)
    model[1] = nn.ReLU()
    linears = [module for module in model if isinstance(module, nn.Linear)]
    stack = as_stack([m.weight for m in linears], [m.bias for m in linears])
    for ours, models in zip(stack.get_activations(x), as_stack(model).get_activations(x), strict=True):
        assert ours == pytest.approx(models, abs=1e-14)


def test_a_stack_reads_the_models_weights_of_now():
    model = get_model()
    stack = as_stack(model)
    before = stack.get_weights()[0]
    with torch.no_grad():
        model[0].weight += 1
    assert stack.get_weights()[0] == pytest.approx(before + 1)


def test_nested_models_and_bare_layers_and_other_shapes_of_input():
    inner = nn.Sequential(nn.Flatten(0), nn.Sequential(nn.Linear(4, 2), nn.Dropout(0.0)))
    assert [len(a) for a in as_stack(inner).get_activations(torch.ones(2, 2))] == [4, 2]
    assert [w.shape for w in as_stack(nn.Linear(3, 2)).get_weights()] == [(2, 3)]


@pytest.mark.parametrize(
    ("model", "error", "message"),
    [
        (nn.Sequential(nn.ReLU()), TypeError, "no torch.nn.Linear"),
        (nn.Sequential(nn.Conv1d(1, 1, 1), nn.Linear(2, 2)), TypeError, "Conv1d"),
        ([], ValueError, "at least one"),
        ([np.ones((3, 2)), np.ones((2, 4))], ValueError, r"\(3, 2\) give 3 .*\(2, 4\) take 4"),
    ],
)
def test_what_cannot_be_a_network(model, error, message):
    with pytest.raises(error, match=message):
        as_stack(model)


def test_misfits_name_both_shapes():
    with pytest.raises(ValueError, match=r"\[1\].*\[2\]"):
        as_stack([np.ones((2, 3))], biases=[[0.0]])
    with pytest.raises(ValueError, match=r"\(4,\).*\(2, 3\)"):
        as_stack([np.ones((2, 3))]).get_activations(np.ones(4))
