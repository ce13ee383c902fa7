"""Does a stack of any modules hand on what torch hands on, and is what cannot be drawn refused in a sentence?"""

import numpy as np
import pytest
import torch
from torch import nn

from truth.module_stack import ModuleStack, get_curve, get_kind, get_label


def get_convolutional() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(1, 6, 5),
        nn.BatchNorm2d(6),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Sequential(nn.Flatten(), nn.Dropout(), nn.Linear(96, 12), nn.GELU()),
        nn.Linear(12, 3),
        nn.Softmax(1),
    ).eval()


@pytest.mark.parametrize("shape", [(1, 12, 12), (1, 1, 12, 12)])
def test_each_layer_is_what_torch_hands_on_after_what_finishes_it(shape):
    model, x = get_convolutional(), torch.linspace(-1, 1, 144)
    stack = ModuleStack(model, x.reshape(shape))
    assert stack.shapes == [(1, 12, 12), (6, 8, 8), (6, 4, 4), (96,), (12,), (3,)]
    assert [link.kind for link in stack.links] == ["plates", "plates", "slab", "linear", "linear"]
    batch, expected = x.reshape(1, 1, 12, 12), []
    flat = [*model[:4], *model[4], *model[5:]]
    for end in (0, 3, 4, 6, 8, 10):
        expected.append(nn.Sequential(*flat[:end])(batch).detach().numpy().ravel())
    for mine, torchs in zip(stack.get_activations(x.reshape(shape)), expected, strict=True):
        assert mine == pytest.approx(torchs, abs=1e-6)


def test_weights_are_the_models_of_now_and_only_linears_of_vectors_have_them():
    model = get_convolutional()
    stack = ModuleStack(model, np.zeros((1, 12, 12)))
    assert [w.shape for w in stack.get_weights()] == [(0, 0), (0, 0), (0, 0), (12, 96), (3, 12)]
    with torch.no_grad():
        model[5].weight.fill_(2.0)
    assert (stack.get_weights()[-1] == 2).all()
    per_token = ModuleStack(nn.Sequential(nn.Embedding(9, 4), nn.Linear(4, 2)), [1, 2, 3])
    assert per_token.shapes == [(3,), (3, 4), (3, 2)]
    assert [w.size for w in per_token.get_weights()] == [0, 0]


def test_an_example_without_a_batch_is_not_taken_for_one():
    assert ModuleStack(nn.Sequential(nn.Conv2d(3, 5, 3)), np.zeros((3, 6, 6))).shapes == [(3, 6, 6), (5, 4, 4)]
    assert ModuleStack(nn.Sequential(nn.Linear(3, 2)), [1.0, 2.0, 3.0]).shapes == [(3,), (2,)]


class Pair(nn.Module):
    def forward(self, x):
        return x, x


@pytest.mark.parametrize(
    ("model", "example", "error", "message"),
    [
        (nn.Sequential(), [1.0], TypeError, "no modules"),
        (nn.Sequential(nn.Linear(3, 2), Pair()), [1.0, 2, 3], TypeError, r"Pair\(\) gives a tuple, not one tensor"),
        (nn.Sequential(nn.LSTM(3, 4)), np.zeros((5, 3)), TypeError, r"LSTM\(3, 4\) gives a tuple"),
        (
            nn.Sequential(nn.Linear(3, 2)),
            [1.0, 2.0],
            ValueError,
            r"Linear\(3, 2\) cannot take values of shape \(1, 2\)",
        ),
        (get_convolutional(), np.zeros((8, 1, 12, 12)), ValueError, "one example at a time"),
        (nn.Sequential(nn.Linear(2, 2), nn.Dropout()), [1.0, 2.0], ValueError, r"\.eval\(\)"),
        (nn.Sequential(nn.Conv3d(1, 2, 2)), np.zeros((1, 4, 4, 4)), ValueError, "one to three dimensions"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_a_sentence(model, example, error, message):
    with pytest.raises(error, match=message):
        ModuleStack(model, example)


def test_another_input_must_have_the_examples_shape():
    stack = ModuleStack(get_convolutional(), np.zeros((1, 12, 12)))
    with pytest.raises(ValueError, match=r"\(1, 10, 10\) does not fit: the example's is \(1, 12, 12\)"):
        stack.get_activations(np.zeros((1, 10, 10)))


@pytest.mark.parametrize(
    ("module", "kind", "label"),
    [
        (nn.Conv2d(1, 2, (3, 5)), "plates", "Conv2d\n3×5"),
        (nn.MaxPool1d(4), "plates", "MaxPool1d\n4"),
        (nn.Embedding(3, 4), "plates", "Embedding"),
        (nn.Flatten(), "slab", "Flatten"),
        (nn.LayerNorm(3), "slab", "LayerNorm"),
        (nn.Identity(), "slab", "Identity"),
        (nn.Tanh(), "activation", "Tanh"),
        (nn.MultiheadAttention(4, 2), "other", "MultiheadAttention"),
        (Pair(), "other", "Pair"),
    ],
)
def test_kinds_and_names(module, kind, label):
    assert (get_kind(module), get_label(module)) == (kind, label)


def test_a_badge_shows_the_functions_own_graph():
    curve = get_curve(nn.ELU(0.5))
    assert curve is not None
    z = torch.as_tensor(curve[:, 0])
    assert curve[:, 1] == pytest.approx(nn.functional.elu(z, 0.5).numpy(), abs=1e-6)
    assert get_curve(nn.Softmax(-1)) is None
    assert get_curve(nn.PReLU(4)) is None
