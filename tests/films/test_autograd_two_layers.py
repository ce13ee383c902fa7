"""The two scenes on the two-layer network: each product on screen is PyTorch's gradient, each shape fits."""

import numpy as np
import pytest

from darkroom import engine

engine.load()

from helpers import FillOuterProduct, get_dots, get_role_matrix, get_size_label  # noqa: E402
from truth.two_layer import run_two_layers  # noqa: E402

run = run_two_layers()
g = run.gradients


@pytest.mark.parametrize(("weights", "upstream", "given"), [("W1", "h1", "x"), ("W2", "out", "a1")])
def test_a_weights_gradient_is_upstream_times_what_the_layer_was_given(weights, upstream, given):
    assert np.allclose(g[weights], np.outer(g[upstream], getattr(run, given)), atol=1e-12)


@pytest.mark.parametrize(("given", "weights", "upstream"), [("x", "W1", "h1"), ("a1", "W2", "out")])
def test_an_inputs_gradient_is_the_weights_turned_over_times_upstream(given, weights, upstream):
    assert np.allclose(g[given], getattr(run, weights).T @ g[upstream], atol=1e-12)


def test_the_gradient_passes_relu_where_the_unit_was_on():
    assert np.allclose(g["h1"], g["a1"] * run.mask)


@pytest.mark.parametrize(("bias", "upstream"), [("b1", "h1"), ("b2", "out")])
def test_a_bias_gets_the_upstream_gradient_itself(bias, upstream):
    assert np.allclose(g[bias], g[upstream])


def test_the_way_back_starts_with_the_error():
    assert np.allclose(g["out"], run.out - run.t)


def outer_product(result):
    column = get_role_matrix(g["h1"], "#FFFFFF", "dL/dh1")
    row = get_role_matrix(run.x[None, :], "#FFFFFF", "x")
    return FillOuterProduct(column, row, get_role_matrix(result, "#FFFFFF", "dL/dW1"))


def test_the_outer_product_fills_in_row_by_row():
    filling = outer_product(g["W1"])
    filling.begin()
    shown = []
    for alpha in (0, 0.5, 1):
        filling.interpolate(alpha)
        shown.append(sum(number.get_fill_opacity() > 0.99 for number in filling.result.cells))
    assert shown == [0, 6, 12]


def test_the_outer_product_refuses_what_is_not_one():
    with pytest.raises(ValueError, match="the result shows"):
        outer_product(g["W1"] + 0.1)
    with pytest.raises(ValueError, match=r"\(4, 3\), not \(2, 4\)"):
        outer_product(g["W2"])


def test_a_size_is_read_from_the_matrix():
    label = get_size_label(get_role_matrix(run.W2, "#FFFFFF", "W2"))
    assert label.get_string() == R"2 \times 4"
    assert [source.true_value() for source in label.sources] == [2, 4]
    assert len(get_dots(get_role_matrix(run.W2, "#FFFFFF", "W2"))) == 8
