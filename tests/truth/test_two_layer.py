"""Is the small network of the autograd film what its pictures say it is?"""

import numpy as np
import pytest

from truth.two_layer import count_floats, run_two_layers

run = run_two_layers()
g = run.gradients


def test_the_forward_pass_is_the_formula():
    assert np.allclose(run.h1, run.W1 @ run.x + run.b1)
    assert np.allclose(run.a1, np.maximum(run.h1, 0))
    assert np.allclose(run.out, run.W2 @ run.a1 + run.b2)
    assert run.loss == pytest.approx(0.5 * ((run.out - run.t) ** 2).sum())


def test_every_gradient_is_the_slope_of_the_loss():
    """Central differences of a loss that is written here once more, in numpy."""

    def loss(**changed):
        v = {name: getattr(run, name) for name in ("x", "t", "W1", "b1", "W2", "b2")} | changed
        out = v["W2"] @ np.maximum(v["W1"] @ v["x"] + v["b1"], 0) + v["b2"]
        return 0.5 * ((out - v["t"]) ** 2).sum()

    for name in ("x", "W1", "b1", "W2", "b2"):
        value = getattr(run, name)
        for index in np.ndindex(value.shape):
            nudge = np.zeros(value.shape)
            nudge[index] = 1e-4
            slope = (loss(**{name: value + nudge}) - loss(**{name: value - nudge})) / 2e-4
            assert g[name][index] == pytest.approx(slope, abs=1e-7)


def test_shapes_are_those_of_what_they_are_gradients_of():
    for name, gradient in g.items():
        assert gradient.shape == getattr(run, name).shape


def test_everything_is_exact_at_one_decimal():
    shown = [run.x, run.t, run.W1, run.b1, run.W2, run.b2, run.h1, run.a1, run.out, run.loss, *g.values()]
    for values in shown:
        tenths = 10 * np.asarray(values)
        assert np.abs(tenths - tenths.round()).max() < 1e-9


def test_one_unit_is_off_and_would_have_been_blamed_most():
    assert list(run.mask) == [1, 0, 1, 1]
    assert np.abs(g["a1"]).argmax() == 1


def test_the_tape_keeps_the_input_of_each_layer_and_what_the_loss_compares():
    assert run.saved == ("x", "a1", "out", "t")


def test_what_relu_lets_through_is_read_from_what_is_saved():
    assert np.array_equal(run.a1 > 0, run.h1 > 0) and np.array_equal(run.mask, run.a1 > 0)


@pytest.mark.parametrize("batch", [1, 8, 64, 512])
def test_saved_floats_grow_with_the_batch_and_parameters_do_not(batch):
    parameters, saved = count_floats(batch)
    assert parameters == run.W1.size + run.b1.size + run.W2.size + run.b2.size == 26
    assert saved == batch * sum(getattr(run, name).size for name in run.saved) == 11 * batch
