"""The recorded training is torch's own, its gradients are slopes, and its cache never tells a lie."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.datasets import make_moons
from torch import nn

from truth import kept, moons
from truth.moons import MoonsConfig, Training, cache_file, train

SMALL = MoonsConfig(n_points=20, n_steps=12)


@pytest.fixture(autouse=True)
def own_cache(monkeypatch, tmp_path):
    monkeypatch.setattr(kept, "user_cache_dir", lambda name: str(tmp_path / name))
    train.cache_clear()
    yield
    train.cache_clear()


def mean_loss(run: Training, parameters: np.ndarray) -> float:
    """The loss at a flat vector of parameters, in plain numpy."""
    h = run.config.n_hidden
    w1, b1, w2, b2 = np.split(parameters, [2 * h, 3 * h, 4 * h])
    z = np.tanh(run.points @ w1.reshape(h, 2).T + b1) @ w2 + b2
    return float(np.mean(np.logaddexp(0, z) - run.labels * z))


def test_the_points_are_scikit_learns_moons():
    run = train(SMALL)
    points, labels = make_moons(n_samples=20, noise=SMALL.noise, random_state=SMALL.data_seed)
    assert (run.points == points).all() and (run.labels == labels).all()


@pytest.mark.parametrize("step", [0, 1, 12])
def test_recorded_gradients_are_slopes_of_the_recorded_loss(step):
    run = train(SMALL)
    assert mean_loss(run, run.parameters[step]) == pytest.approx(run.losses[step], abs=1e-12)
    for i, gradient in enumerate(run.gradients[step]):
        nudge = np.zeros(run.parameters.shape[1])
        nudge[i] = 1e-5
        there, back = (mean_loss(run, run.parameters[step] + sign * nudge) for sign in (1, -1))
        assert gradient == pytest.approx((there - back) / 2e-5, abs=1e-8)


def test_torchs_backward_leaves_the_recorded_gradients():
    run = train(SMALL)
    model = run.model(7)
    target = torch.from_numpy(run.labels)[:, None]
    nn.functional.binary_cross_entropy(model(torch.from_numpy(run.points)), target).backward()
    flat = np.concatenate([parameter.grad.numpy().ravel() for parameter in model.parameters()])
    assert run.gradients[7] == pytest.approx(flat, abs=1e-15)


def test_every_step_goes_down_the_gradient():
    run = train(SMALL)
    assert run.parameters[1:] == pytest.approx(run.parameters[:-1] - SMALL.learning_rate * run.gradients[:-1])


def test_one_points_loss_is_its_cross_entropy():
    run = train(SMALL)
    for index in range(20):
        (p,) = run.probabilities(run.points[[index]], 4)
        chance = p if run.labels[index] else 1 - p
        assert run.pass_point(index, 4).loss == pytest.approx(-np.log(chance))


def test_the_points_gradients_add_up_to_the_recorded_one_in_any_order():
    run = train(SMALL)
    for order in (range(20), range(19, -1, -1)):
        sums = run.accumulate(3, order)
        assert (sums[0] == 0).all()
        assert sums[-1] == pytest.approx(run.gradients[3], abs=1e-15)


def test_probabilities_and_accuracy_are_the_models():
    run = train(SMALL)
    with torch.no_grad():
        expected = run.model(5)(torch.from_numpy(run.points)).numpy()[:, 0]
    assert run.probabilities(run.points, 5) == pytest.approx(expected)
    assert run.accuracies[5] == np.mean((expected > 0.5) == (run.labels == 1))


def test_between_two_steps_parameters_are_between():
    run = train(SMALL)
    assert run.parameters_at(2.25)[0] == pytest.approx(0.75 * run.w1[2] + 0.25 * run.w1[3])
    assert run.parameters_at(99)[1] == pytest.approx(run.b1[-1])
    assert run.weights_at(0)[1] == pytest.approx(run.w2[0])


def test_the_network_is_undecided_on_the_boundary():
    run = train(SMALL)
    lines = run.boundary(np.linspace(-2, 3, 120), np.linspace(-1.5, 2, 100), 12)
    assert lines
    assert run.probabilities(np.concatenate(lines), 12) == pytest.approx(0.5, abs=0.01)


def test_training_again_gives_the_same_numbers():
    first = train(SMALL)
    train.cache_clear()
    cache_file(SMALL).unlink()
    again = train(SMALL)
    assert (first.parameters == again.parameters).all() and (first.losses == again.losses).all()


def test_the_film_run_bends_its_boundary_far_enough():
    """As measured: 99 of the 100 points it was trained on end on the right side."""
    run = train()
    assert run.accuracies[-1] >= 0.95
    assert run.losses[-1] < 0.05
    linear = np.linalg.lstsq(np.c_[run.points, np.ones(100)], 2 * run.labels - 1, rcond=None)[0]
    straight = np.mean((np.c_[run.points, np.ones(100)] @ linear > 0) == (run.labels == 1))
    assert run.accuracies[-1] > straight + 0.05, "a straight line would do as well"


def test_what_is_in_the_cache_is_used():
    train(SMALL)
    train.cache_clear()
    file = cache_file(SMALL)
    with np.load(file) as stored:
        arrays = dict(stored)
    np.savez(file, **arrays | {"losses": arrays["losses"] + 1})
    assert train(SMALL).losses[0] == arrays["losses"][0] + 1


@pytest.mark.parametrize("damage", ["empty", "truncated", "words", "misshapen", "not finite", "incomplete"])
def test_a_damaged_cache_is_trained_anew(damage):
    good = train(SMALL)
    train.cache_clear()
    file = cache_file(SMALL)
    with np.load(file) as stored:
        arrays = dict(stored)
    if damage == "misshapen":
        np.savez(file, **arrays | {"w1": arrays["w1"][:, :, :1]})
    elif damage == "not finite":
        np.savez(file, **arrays | {"w1": np.nan * arrays["w1"]})
    elif damage == "incomplete":
        np.savez(file, points=arrays["points"])
    else:
        whole = file.read_bytes()
        file.write_bytes({"empty": b"", "truncated": whole[: len(whole) // 2], "words": b"moons"}[damage])
    assert (train(SMALL).parameters == good.parameters).all()
    train.cache_clear()
    with np.load(file) as stored:
        assert (stored["w1"] == good.w1).all(), "the good run takes the place of the damaged one"


def test_another_configuration_has_another_cache():
    assert cache_file(SMALL) != cache_file(replace(SMALL, learning_rate=1.0))
    assert cache_file(SMALL) == cache_file(replace(SMALL))


def test_a_place_where_nothing_can_be_kept_is_no_error(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(kept, "user_cache_dir", lambda name: str(tmp_path / "file" / name))
    assert len(train(SMALL).losses) == 13


def test_torch_keeps_its_threads():
    before = torch.get_num_threads()
    moons._train(SMALL)
    assert torch.get_num_threads() == before
