"""The closed forms are the integrals they claim to be, the model is what torch says, and small runs find the shapes."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from truth import kept, superposition
from truth.superposition import (
    PhaseConfig,
    ToyConfig,
    dimensionality,
    draw_features,
    expected_loss,
    interference,
    loss_ignored,
    loss_of_pair,
    name_shape,
    run_model,
    share_of_error,
    train,
    train_phases,
)

SMALL = ToyConfig(densities=(1.0, 0.3, 0.05), n_seeds=6, n_steps=1200, n_snapshots=7)
SMALL_PHASES = PhaseConfig(densities=(0.03, 0.3, 1.0), importances=(0.2, 1.0, 5.0), n_steps=400)
GRID = [(p, r) for p in (0.02, 0.3, 4 / 7, 1.0) for r in (0.1, 1.0, 7.0)]


@pytest.fixture(autouse=True, scope="module")
def own_cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        folder = str(tmp_path_factory.mktemp("kept"))
        patch.setattr(kept, "user_cache_dir", lambda name: folder)
        train.cache_clear()
        train_phases.cache_clear()
        yield
    train.cache_clear()
    train_phases.cache_clear()


@pytest.fixture(scope="module")
def runs(own_cache):
    return train(SMALL)


@pytest.fixture(scope="module")
def phases(own_cache):
    return train_phases(SMALL_PHASES)


def star(n, length=1.0, turn=0.3):
    angles = turn + 2 * np.pi * np.arange(n) / n
    return length * np.array([np.cos(angles), np.sin(angles)])


def monte_carlo(weights, biases, density, importance, n=400_000):
    """The mean loss of a model by torch, and its standard error."""
    x = draw_features((1, n, 2), torch.tensor(density), torch.Generator().manual_seed(5))
    w, b = (torch.tensor(np.array(array)[None], dtype=torch.float32) for array in (weights, biases))
    losses = ((x - run_model(x, w, b)) ** 2 * torch.tensor([1.0, importance])).sum(dim=2)
    return losses.mean().item(), losses.std().item() / n**0.5


# The closed forms


@pytest.mark.parametrize(("p", "r"), GRID)
def test_ignoring_the_second_feature_costs_its_variance(p, r):
    weights, biases = [[1.0, 0.0]], [0.0, p / 2]
    assert expected_loss(weights, biases, p, r) == pytest.approx(loss_ignored(p, r), rel=1e-4)
    mean, error = monte_carlo(weights, biases, p, r)
    assert mean == pytest.approx(loss_ignored(p, r), abs=4 * error)


@pytest.mark.parametrize(("p", "r"), GRID)
def test_an_antipodal_pair_costs_the_square_of_the_smaller_feature_twice(p, r):
    weights, biases = [[1.0, -1.0]], [0.0, 0.0]
    assert expected_loss(weights, biases, p, r) == pytest.approx(loss_of_pair(p, r), rel=1e-3)
    mean, error = monte_carlo(weights, biases, p, r)
    assert mean == pytest.approx(loss_of_pair(p, r), abs=4 * error)


@pytest.mark.parametrize("p", [0.02, 0.3, 1.0])
def test_a_pair_of_two_alike_costs_p_squared_over_three(p):
    assert loss_of_pair(p) == pytest.approx(p**2 / 3)


def test_no_constant_is_better_than_half_the_density():
    for p in (0.1, 0.7):
        best = expected_loss([[1.0, 0.0]], [0.0, p / 2], p, 1.0)
        assert all(expected_loss([[1.0, 0.0]], [0.0, p / 2 + off], p, 1.0) > best for off in (-0.01, 0.01))


def test_two_alike_change_sides_at_four_sevenths():
    p = 4 / 7
    assert loss_ignored(p) == pytest.approx(loss_of_pair(p))
    assert loss_of_pair(p - 0.01) < loss_ignored(p - 0.01) and loss_of_pair(p + 0.01) > loss_ignored(p + 0.01)


def test_the_share_of_the_error_of_a_pair_depends_on_the_density_alone():
    for p, r in GRID:
        assert share_of_error(loss_of_pair(p, r), p, r) == pytest.approx(2 * p / (4 - 3 * p))
        assert share_of_error(loss_ignored(p, r), p, r) == pytest.approx(r / (1 + r))


# Geometry


@pytest.mark.parametrize(("n", "expected"), [(2, 1), (3, 2 / 3), (4, 1 / 2), (5, 2 / 5)])
def test_even_stars_have_the_dimensionalities_of_the_paper(n, expected):
    weights = np.eye(2) if n == 2 else star(n, 1.1)
    assert dimensionality(weights) == pytest.approx(expected)


def test_a_solid_has_its_dimensionality_and_a_zero_vector_none():
    tetrahedron = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]).T
    assert dimensionality(tetrahedron) == pytest.approx(3 / 4)
    assert dimensionality(np.array([[1.0, 0.0], [0.0, 0.0]])).tolist() == [1, 0]


def test_dimensionalities_add_up_to_the_rank_where_the_vectors_balance():
    assert dimensionality(star(5)).sum() == pytest.approx(2)


def test_turning_the_hidden_space_changes_nothing():
    weights, turned = star(5, turn=0.1), star(5, turn=1.2)
    assert interference(weights) == pytest.approx(interference(turned))


@pytest.mark.parametrize(
    ("weights", "name"),
    [
        (np.eye(2), "right angle"),
        (np.hstack([np.eye(2), np.zeros((2, 3))]), "right angle"),
        (star(4), "opposite pairs"),
        (star(5), "pentagon"),
        (star(3), "other"),
        (star(6), "other"),
        (np.array([[1, 0, -1, 0, 0.7], [0, 1, 0, -1, 0.7]]), "other"),
        (np.array([[1, 1], [0, 0.3]]), "other"),
        (np.zeros((2, 5)), "other"),
    ],
)
def test_shapes_have_names(weights, name):
    assert name_shape(weights) == name


# Training


def test_the_model_is_the_papers_formula():
    rng = np.random.default_rng(0)
    w, b, x = rng.normal(size=(2, 5)), rng.normal(size=5), rng.random(5)
    tensors = (torch.tensor(a, dtype=torch.float64) for a in (x[None, None], w[None], b[None]))
    assert run_model(*tensors)[0, 0].numpy() == pytest.approx(np.maximum(w.T @ w @ x + b, 0))


def test_features_are_there_as_often_as_their_density_and_even_between_0_and_1():
    x = draw_features((1, 200_000, 1), torch.tensor(0.3), torch.Generator().manual_seed(0)).numpy()
    assert (x > 0).mean() == pytest.approx(0.3, abs=0.005)
    assert x[x > 0].mean() == pytest.approx(0.5, abs=0.005) and x.max() <= 1


def test_rarer_features_leave_the_right_angle_for_pairs_and_the_pentagon(runs):
    most = [runs.count_shapes(density).most_common(1)[0] for density in range(3)]
    assert [name for name, _ in most] == ["right angle", "opposite pairs", "pentagon"]
    assert all(count >= 4 for _, count in most)
    assert all(sum(runs.count_shapes(density).values()) == SMALL.n_seeds for density in range(3))


def test_models_of_a_seed_start_alike_and_learn(runs):
    assert (runs.weights[0, :, 0] == runs.weights[2, :, 0]).all()
    assert (runs.losses[..., -1] < runs.losses[..., 0]).all()
    assert SMALL.snapshot_steps[0] == 0 and SMALL.snapshot_steps[-1] == SMALL.n_steps


def test_what_was_kept_is_read_again_however_dense_the_snapshots(monkeypatch):
    config = ToyConfig(densities=(0.5,), n_seeds=2, n_steps=30, n_snapshots=25)
    runs = train(config)
    assert runs.weights.shape[2] == runs.losses.shape[2] == len(config.snapshot_steps) < 25
    train.cache_clear()
    monkeypatch.setattr(superposition, "_train", lambda config: pytest.fail("trained again"))
    assert (train(config).weights == runs.weights).all()


def test_recorded_losses_are_those_of_the_recorded_models(runs):
    w, b = runs.weights[2, 3, -1], runs.biases[2, 3, -1]
    x = draw_features((1, 200_000, 5), torch.tensor(SMALL.densities[2]), torch.Generator().manual_seed(9))[0].numpy()
    errors = ((x - np.maximum(x @ w.T @ w + b, 0)) ** 2) @ SMALL.importance
    assert runs.losses[2, 3, -1] == pytest.approx(errors.mean(), abs=5 * errors.std() / 4096**0.5)


def test_the_same_configuration_gives_the_same_runs_from_the_cache_and_anew(runs):
    train.cache_clear()
    assert (train(SMALL).weights == runs.weights).all()
    tiny = replace(SMALL, n_steps=20, n_seeds=2)
    first, again = superposition._train(tiny), superposition._train(tiny)
    assert all((first[name] == again[name]).all() for name in first)


def test_each_model_of_a_batch_trains_as_if_it_were_alone():
    """Gradients of a batch of models do not mix: torch's own gradient of one of them."""
    generator = torch.Generator().manual_seed(1)
    w, b = torch.randn(3, 2, 5, generator=generator, requires_grad=True), torch.zeros(3, 5, requires_grad=True)
    x = draw_features((3, 16, 5), torch.tensor(0.3), generator)
    ((x - run_model(x, w, b)) ** 2).sum().backward()
    alone = w[1].detach().clone().requires_grad_()
    ((x[1] - torch.relu(x[1] @ alone.T @ alone)) ** 2).sum().backward()
    torch.testing.assert_close(w.grad[1], alone.grad)


# The phase picture


def test_training_finds_what_the_closed_forms_say_or_better(phases):
    closed = phases.closed_forms
    assert (phases.losses <= closed.min(axis=0) * 1.001).all()
    expected, found = closed.argmin(axis=0), phases.phases
    found[2, 1] = expected[2, 1]  # two alike that are always there: either may be left out
    assert found.tolist() == expected.tolist() == [[2, 2, 2], [0, 2, 1], [0, 0, 1]]


def test_losses_of_the_phase_picture_hold_against_monte_carlo(phases):
    for i, p in enumerate(SMALL_PHASES.densities):
        for j, r in enumerate(SMALL_PHASES.importances):
            mean, error = monte_carlo(phases.weights[i, j, None], phases.biases[i, j], p, r)
            assert phases.losses[i, j] == pytest.approx(mean, abs=4 * error + 1e-6)
