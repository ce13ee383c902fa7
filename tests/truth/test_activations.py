"""The activation functions, held to torch's."""

import numpy as np
import pytest
import torch

from truth.activations import gelu, relu, sigmoid

Z = np.array([-800.0, -3.0, -1.0, -0.1, 0.0, 0.5, 2.0, 800.0])


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [(relu, torch.relu), (gelu, torch.nn.functional.gelu), (sigmoid, torch.sigmoid)],
    ids=lambda function: getattr(function, "__name__", str(function)),
)
def test_ours_is_torchs(ours, theirs):
    assert ours(Z) == pytest.approx(theirs(torch.tensor(Z)).numpy(), abs=1e-15)


def test_relu_is_exact():
    assert relu(Z).tolist() == [0, 0, 0, 0, 0, 0.5, 2, 800]


def test_one_number_goes_in_and_one_comes_out():
    assert float(relu(-1.5)) == 0 and float(gelu(0)) == 0
