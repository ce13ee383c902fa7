"""A point's way through a network and back is torch's own."""

import pytest
import torch
from torch import nn

from truth.passing import run_both_ways


def get_model(*modules):
    generator = torch.Generator().manual_seed(3)
    model = nn.Sequential(*modules).double()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(generator=generator)
    return model


def test_everything_is_torchs():
    model = get_model(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2), nn.ReLU(), nn.Linear(2, 2))
    passing = run_both_ways(model, [0.3, -0.8, 0.5], lambda y: (y**2).sum())

    kept = [torch.tensor([0.3, -0.8, 0.5], dtype=torch.float64, requires_grad=True)]
    for part in (model[:2], model[2:4], model[4:]):
        kept.append(part(kept[-1]))
        kept[-1].retain_grad()
    loss = (kept[-1] ** 2).sum()
    loss.backward()
    assert passing.loss == loss.item()
    for ours, torchs in zip(passing.activations, kept, strict=True):
        assert ours == pytest.approx(torchs.detach().numpy())
    for ours, torchs in zip(passing.gradients, kept, strict=True):
        assert ours == pytest.approx(torchs.grad.numpy())
    for weight, bias, linear in zip(passing.weights, passing.biases, model[::2], strict=True):
        assert weight == pytest.approx(linear.weight.grad.numpy())
        assert bias == pytest.approx(linear.bias.grad.numpy())


def test_each_layers_weight_gradient_is_an_outer_product_with_what_it_was_handed():
    model = get_model(nn.Linear(2, 3), nn.Sigmoid(), nn.Linear(3, 1))
    passing = run_both_ways(model, [1.0, -2.0], lambda y: y**3)
    for weight, bias, handed in zip(passing.weights, passing.biases, passing.activations, strict=False):
        assert weight == pytest.approx(bias[:, None] * handed[None, :])


def test_the_models_own_gradients_stay_as_they_were():
    model = get_model(nn.Linear(2, 1))
    run_both_ways(model, [1.0, 2.0], lambda y: y)
    assert all(parameter.grad is None for parameter in model.parameters())


def test_errors_say_what_is_wrong():
    with pytest.raises(ValueError, match="layer 0 has no bias"):
        run_both_ways(get_model(nn.Linear(2, 1, bias=False)), [1.0, 2.0], lambda y: y)
    with pytest.raises(ValueError, match=r"\(3,\)"):
        run_both_ways(get_model(nn.Linear(2, 3)), [1.0, 2.0], lambda y: y)
