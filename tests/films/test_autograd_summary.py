"""The summary says the storyboard's five sentences, and its picture goes back in the order it claims."""

import numpy as np
import pytest
import torch

from darkroom import engine

engine.load()

from _2025.autograd.summary import SummaryScene  # noqa: E402
from helpers import BackwardLight  # noqa: E402
from truth.moons import train  # noqa: E402
from truth.numerics import shown_value  # noqa: E402


@pytest.fixture(scope="module")
def scene():
    scene = SummaryScene.__new__(SummaryScene)
    scene.training = train()
    scene.passing = scene.training.pass_point(scene.example, -1)
    return scene


@pytest.fixture(scope="module")
def solid(scene):
    return scene.get_network()


def test_the_five_takeaways_come_in_the_storyboards_order():
    subjects = ("chain rule", "forward pass", "saved", "both its parameters and its input", "reverse topological order")
    assert [subject in words for words, subject in zip(SummaryScene.points, subjects, strict=True)] == [True] * 5


def test_no_takeaway_is_longer_than_a_caption():
    assert max(len(words.split()) for words in SummaryScene.points) <= 10


def test_the_network_is_the_one_that_was_trained_and_its_example_is_right(scene, solid):
    run, passing = train(), train().pass_point(scene.example, -1)
    assert all(np.array_equal(a, b) for a, b in zip(solid.network.weights, (run.w1[-1], run.w2[-1]), strict=True))
    assert (passing.activations[-1].item() > 0.5) == run.labels[scene.example]
    forward = solid.network.forward(run.points[scene.example])
    assert forward[-1].item() == pytest.approx(2 * passing.activations[-1].item() - 1)


def test_the_chain_closes_as_shown_and_is_torchs(scene):
    *links, product = scene.get_links()
    shown = [shown_value(link, 2) for link in links]
    assert shown_value(float(np.prod(shown)), 2) == shown_value(product, 2)
    model, x = scene.training.model(-1), torch.from_numpy(scene.training.points[scene.example]).requires_grad_()
    only = model[1](model[0](x))[scene.hidden]  # the one hidden neuron of the path; the others stand still
    hidden = model[1](model[0](x)).detach().clone()
    hidden[scene.hidden] = only
    loss = torch.nn.functional.binary_cross_entropy(model[3](model[2](hidden)), torch.ones(1, dtype=torch.float64))
    (gradient,) = torch.autograd.grad(loss, x)
    assert scene.training.labels[scene.example] == 1
    assert product == pytest.approx(gradient[scene.entry].item())


def test_the_four_paths_add_up_to_torchs_gradient_as_shown(scene):
    x = torch.from_numpy(scene.training.points[scene.example]).requires_grad_()
    loss = torch.nn.functional.binary_cross_entropy(scene.training.model(-1)(x), torch.ones(1, dtype=torch.float64))
    (gradient,) = torch.autograd.grad(loss, x)
    assert scene.get_shares().sum() == pytest.approx(gradient[scene.entry].item())
    *shares, total = (source.true_value() for source in scene.get_sum().sources)
    assert sum(shown_value(share, 2) for share in shares) == pytest.approx(shown_value(total, 2))
    rest = [share for share in scene.get_shares() if share not in shares]
    assert len(shares) + len(rest) == 4
    assert max(np.abs(rest), default=0) < 5e-5, "one that is called ≈ 0 would show in the sum"


def test_the_loss_closes_with_the_probability_as_shown(scene):
    p = shown_value(scene.passing.activations[2].item(), 2)
    assert shown_value(-np.log(p), 2) == shown_value(scene.passing.loss, 2)


def test_the_saved_product_closes_as_shown(scene):
    upstream, saved, gradient = (source.true_value() for source in scene.get_saved_formula().sources)
    assert saved < 0, "it stands in parentheses"
    assert shown_value(shown_value(scene.passing.activations[2].item(), 2) - 1, 2) == shown_value(upstream, 2)
    assert shown_value(shown_value(upstream, 2) * shown_value(saved, 2), 2) == shown_value(gradient, 2)


def test_every_activation_that_a_gradient_needs_is_marked_as_saved(scene, solid):
    assert len(scene.get_shells(solid)) == sum(len(layer) for layer in solid.balls[:-1])


def test_light_runs_back_over_the_last_edges_first(solid):
    light = BackwardLight(solid, train().pass_point(SummaryScene.example, 0).weights)
    light.begin()
    before = [tubes[0][0].get_color() for tubes in solid.tubes]
    light.interpolate(0.5)
    now = [tubes[0][0].get_color() for tubes in solid.tubes]
    assert now[0] == before[0] and now[1] != before[1]
    light.interpolate(1)
    assert solid.tubes[0][0][0].get_color() != before[0]


def test_gradients_reach_every_ball_of_a_layer_in_one_turn_and_the_last_layer_first(scene, solid):
    ranks = scene.get_ranks(solid)
    assert [len(rank) for rank in ranks] == [len(balls) for balls in reversed(solid.balls)]
    assert [number.get_value() for rank in ranks for _, number in rank] == [1, 2, 2, 2, 2, 3, 3]


def test_the_names_count_the_path_from_one(scene):
    assert (scene.entry, scene.hidden) == (0, 1), "the formulas say x_1 and a_2"
