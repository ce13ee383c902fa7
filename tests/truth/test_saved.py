"""Does the small network keep for the way back what its picture says?"""

import numpy as np
import pytest

from truth.saved import count_saved, run_and_watch

run = run_and_watch()
v, g = run.values, run.gradients


def test_the_forward_pass_is_the_formula():
    assert np.allclose(v["h1"], v["W1"] @ v["x"] + v["b1"])
    assert np.allclose(v["a1"], np.maximum(v["h1"], 0))
    assert np.allclose(v["h2"], v["W2"] @ v["a1"] + v["b2"])
    assert np.allclose(v["a2"], np.maximum(v["h2"], 0))


def test_a_linear_layer_keeps_what_it_was_given_and_relu_what_it_returns():
    assert run.saved == {"x": ("Linear",), "a1": ("ReLU", "Linear"), "a2": ("ReLU",)}


def test_a_weights_gradient_needs_what_the_layer_was_given():
    assert np.allclose(g["W1"], np.outer(g["h1"], v["x"]))
    assert np.allclose(g["W2"], np.outer(g["h2"], v["a1"]))


def test_everything_shown_is_exact_at_one_decimal():
    for array in (*v.values(), g["h1"], g["W1"]):
        assert np.allclose(10 * array, np.round(10 * array), atol=1e-9)


def test_no_two_activations_are_equal_by_chance():
    computed = [*v["x"], *v["h1"], *v["h2"]]
    assert len(set(np.round(computed, 6))) == len(computed)


@pytest.mark.parametrize("batch", [1, 8, 64, 512])
def test_what_is_saved_grows_with_the_batch_and_parameters_do_not(batch):
    parameters, saved = count_saved(batch)
    assert parameters == sum(v[name].size for name in ("W1", "b1", "W2", "b2")) == 26
    assert saved == batch * sum(v[name].size for name in run.saved) == 9 * batch
