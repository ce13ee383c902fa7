"""One step of gradient descent, against hand-written calculus, finite differences and torch's optimiser."""

import numpy as np
import pytest
import torch
from torch import nn

from truth.gradient_flow import take_step

RNG = np.random.default_rng(3)
NETWORK = dict(
    weights=[RNG.normal(size=(3, 2)), RNG.normal(size=(2, 3))],
    biases=[RNG.normal(size=3), RNG.normal(size=2)],
    x=RNG.normal(size=2),
    target=RNG.uniform(size=2),
)


def test_gradients_are_products_of_what_is_shown():
    step = take_step(**NETWORK, rate=0.5)
    for layer in (0, 1):
        at_z = step.d_activations[layer + 1] * step.slopes[layer]
        np.testing.assert_allclose(step.d_weights[layer], np.outer(at_z, step.activations[layer]), rtol=1e-12)
        np.testing.assert_allclose(step.d_biases[layer], at_z, rtol=1e-12)
        np.testing.assert_allclose(step.d_activations[layer], step.weights[layer].T @ at_z, rtol=1e-12)
        np.testing.assert_allclose(step.get_shares(layer).sum(axis=0), step.d_activations[layer], rtol=1e-12)
        a = step.activations[layer + 1]
        np.testing.assert_allclose(step.slopes[layer], a * (1 - a), rtol=1e-12)


def test_gradients_agree_with_finite_differences():
    step, h = take_step(**NETWORK, rate=0.5), 1e-6
    for layer in (0, 1):
        for place in np.ndindex(NETWORK["weights"][layer].shape):
            losses = []
            for sign in (1, -1):
                weights = [w.copy() for w in NETWORK["weights"]]
                weights[layer][place] += sign * h
                losses.append(take_step(**{**NETWORK, "weights": weights}, rate=0.5).loss)
            assert (losses[0] - losses[1]) / (2 * h) == pytest.approx(step.d_weights[layer][place], abs=1e-8)


def test_the_step_is_that_of_torch():
    step = take_step(**NETWORK, rate=0.5)
    model = nn.Sequential(nn.Linear(2, 3), nn.Sigmoid(), nn.Linear(3, 2), nn.Sigmoid()).double()
    with torch.no_grad():
        for linear, w, b in zip(model[::2], NETWORK["weights"], NETWORK["biases"], strict=True):
            linear.weight.copy_(torch.tensor(w))
            linear.bias.copy_(torch.tensor(b))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    x, target = torch.tensor(NETWORK["x"]), torch.tensor(NETWORK["target"])

    def loss() -> torch.Tensor:
        return 0.5 * nn.functional.mse_loss(model(x), target, reduction="sum")

    before = loss()
    before.backward()
    optimizer.step()
    assert step.loss == pytest.approx(before.item())
    assert step.new_loss == pytest.approx(loss().item())
    for linear, w, b in zip(model[::2], step.new_weights, step.new_biases, strict=True):
        np.testing.assert_allclose(linear.weight.detach(), w, rtol=1e-12)
        np.testing.assert_allclose(linear.bias.detach(), b, rtol=1e-12)
    np.testing.assert_allclose(step.new_activations[-1], model(x).detach(), rtol=1e-12)


def test_shapes_that_do_not_fit_are_told():
    with pytest.raises(ValueError, match=r"\(3, 2\).*\[3, 3, 2\]"):
        take_step(**{**NETWORK, "x": [1.0, 2.0, 3.0]}, rate=1)
