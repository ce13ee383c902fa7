"""Does the student really learn, and end on its teacher exactly?"""

import numpy as np
import pytest
import torch

from truth.distillation import distill, learn_up_projection
from truth.toy_mlp import get_toy_mlp


def test_it_ends_exactly_on_the_toy_and_was_there_before_rounding():
    run, mlp = learn_up_projection(), get_toy_mlp()
    assert (run.weights[-1] == mlp.up).all()
    assert (run.biases[-1] == mlp.up_bias).all()
    assert (run.weights[-2].round(1) == mlp.up.round(1)).all()
    assert (run.biases[-2].round(1) == mlp.up_bias.round(1)).all()


def test_it_starts_by_chance_in_whole_tenths():
    run, mlp = learn_up_projection(), get_toy_mlp()
    assert run.weights[0].round(1).tolist() == run.weights[0].tolist()
    correlation = np.corrcoef(run.weights[0].ravel(), mlp.up.ravel())[0, 1]
    assert abs(correlation) < 0.05


def test_the_loss_falls_at_every_snapshot():
    losses = learn_up_projection().losses
    assert (np.diff(losses) < 0).all()
    assert losses[-1] == 0


def test_a_step_is_gradient_descent_by_torch():
    """Ten inputs, one step: as PyTorch makes it."""
    rng = np.random.default_rng(0)
    weights, bias = rng.integers(-5, 6, size=(3, 4)) / 10, rng.integers(-5, 6, size=3) / 10
    run = distill(weights, bias, seed=5, batch=10, every=1, learning_rate=0.1)

    chance = np.random.default_rng(5)
    chance.normal(size=(3, 5))  # the student's start
    inputs = torch.from_numpy(chance.normal(size=(10, 4)))
    layer = torch.nn.Linear(4, 3).double()
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(run.weights[0]))
        layer.bias.copy_(torch.from_numpy(run.biases[0]))
    wanted = inputs @ torch.from_numpy(weights).T + torch.from_numpy(bias)
    (0.5 * ((layer(inputs) - wanted) ** 2).sum(dim=1).mean()).backward()
    torch.optim.SGD(layer.parameters(), lr=0.1).step()
    assert run.weights[1] == pytest.approx(layer.weight.detach().numpy())
    assert run.biases[1] == pytest.approx(layer.bias.detach().numpy())


def test_what_is_held_never_moves_and_the_rest_is_learned_all_the_same():
    rng = np.random.default_rng(0)
    weights = rng.integers(-5, 6, size=(3, 4)) / 10
    held = np.zeros(weights.shape, dtype=bool)
    held[:, 1] = True
    run = distill(weights, np.zeros(3), seed=5, held=held)
    assert (run.weights[:, held] == weights[held]).all()
    assert (run.weights[0] != weights)[~held].any()
    assert (run.weights[-1] == weights).all()


def test_what_cannot_be_learned():
    with pytest.raises(ValueError, match="make no layer"):
        distill(np.zeros((3, 4)), np.zeros(4), seed=0)
    with pytest.raises(ValueError, match="smaller learning rate"):
        distill(np.zeros((3, 4)), np.zeros(3), seed=0, learning_rate=5.0, max_steps=200)
