"""Activations by the network itself: torch's own, layer by layer."""

import numpy as np
import pytest
import torch
from torch import nn

from truth.network import as_stack


def get_model(generator_seed: int = 0) -> nn.Sequential:
    generator = torch.Generator().manual_seed(generator_seed)
    model = nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 4), nn.ReLU(), nn.Linear(4, 3)).double()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(generator=generator)
    return model


def test_a_models_activations_are_torchs():
    model, x = get_model(), torch.linspace(-1, 1, 6).double()
    activations = as_stack(model).get_activations(x)
    expected = [x, model[:2](x), model[:4](x), model(x)]
    for ours, torchs in zip(activations, expected, strict=True):
        assert ours == pytest.approx(torchs.detach().numpy(), abs=0)


def test_arrays_and_a_model_with_those_arrays_agree():
    model, x = get_model(), np.linspace(-1, 1, 6)
    model[1] = nn.ReLU()
    linears = [module for module in model if isinstance(module, nn.Linear)]
    stack = as_stack([m.weight for m in linears], [m.bias for m in linears])
    for ours, models in zip(stack.get_activations(x), as_stack(model).get_activations(x), strict=True):
        assert ours == pytest.approx(models, abs=1e-14)


def test_a_stack_reads_the_models_weights_of_now():
    model = get_model()
    stack = as_stack(model)
    before = stack.get_weights()[0]
    with torch.no_grad():
        model[0].weight += 1
    assert stack.get_weights()[0] == pytest.approx(before + 1)


def test_nested_models_and_bare_layers_and_other_shapes_of_input():
    inner = nn.Sequential(nn.Flatten(0), nn.Sequential(nn.Linear(4, 2), nn.Dropout(0.0)))
    assert [len(a) for a in as_stack(inner).get_activations(torch.ones(2, 2))] == [4, 2]
    assert [w.shape for w in as_stack(nn.Linear(3, 2)).get_weights()] == [(2, 3)]


@pytest.mark.parametrize(
    ("model", "error", "message"),
    [
        (nn.Sequential(nn.ReLU()), TypeError, "no torch.nn.Linear"),
        (nn.Sequential(nn.Conv1d(1, 1, 1), nn.Linear(2, 2)), TypeError, "Conv1d"),
        ([], ValueError, "at least one"),
        ([np.ones((3, 2)), np.ones((2, 4))], ValueError, r"\(3, 2\) give 3 .*\(2, 4\) take 4"),
    ],
)
def test_what_cannot_be_a_network(model, error, message):
    with pytest.raises(error, match=message):
        as_stack(model)


class TwoLayers(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(3, 4), nn.Linear(4, 2)

    def forward(self, x):
        return self.fc2(self.fc1(x).relu())


class Doubled(nn.Linear):
    def forward(self, x):
        return 2 * super().forward(x)


class Residual(nn.Sequential):
    def forward(self, x):
        return x + super().forward(x)


BATCH_NORM = nn.Sequential(nn.Linear(3, 5), nn.BatchNorm1d(5), nn.ReLU(), nn.Linear(5, 2))
DROPOUT = nn.Sequential(nn.Linear(3, 5), nn.Dropout(0.5), nn.Linear(5, 2))


@pytest.mark.parametrize(
    ("model", "error", "message"),
    [
        (
            nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(5, 2)),
            ValueError,
            r"Linear\(5, 2\) takes 5 values, but Linear\(3, 4\), ReLU\(\) gives 4",
        ),
        (nn.Sequential(nn.Linear(3, 4), nn.GLU(0), nn.Linear(2, 2)), ValueError, r"GLU\(dim=0\) makes 2 .* of the 4"),
        (
            nn.Sequential(nn.Linear(4, 4), nn.MaxPool1d(2), nn.Linear(2, 1)),
            ValueError,
            "MaxPool1d.* makes 2",
        ),
        (nn.Sequential(nn.Linear(3, 4), nn.LayerNorm(3)), ValueError, r"LayerNorm\(\(3,\)\) cannot take"),
        (BATCH_NORM, ValueError, r"training mode, where BatchNorm1d\(5\) .*\.eval\(\)"),
        (DROPOUT, ValueError, r"training mode, where Dropout\(p=0.5\) .*\.eval\(\)"),
        (nn.Sequential(nn.Linear(3, 2), nn.RReLU()), ValueError, r"training mode, where RReLU.*\.eval\(\)"),
        (
            TwoLayers(),
            TypeError,
            r"TwoLayers has .*fc1 = Linear\(3, 4\), fc2 = Linear\(4, 2\).*model\.fc1,",
        ),
        (nn.Sequential(TwoLayers(), nn.ReLU()), TypeError, r"TwoLayers has Linear layers"),
        (Residual(nn.Linear(3, 3)), TypeError, "Residual has Linear layers"),
        (nn.ModuleList([nn.Linear(3, 3)]), TypeError, r"ModuleList has .*nn\.Sequential\(model\[0\]"),
        (nn.Sequential(Doubled(3, 2)), ValueError, r"Doubled\(3, 2\) computes something else"),
        (nn.Sequential(nn.LazyLinear(3)), TypeError, "LazyLinear has no weights yet"),
    ],
)
def test_what_a_picture_of_linear_layers_would_not_be_true_of_is_refused(model, error, message):
    with pytest.raises(error, match=message):
        as_stack(model)


@pytest.mark.parametrize("model", [BATCH_NORM, DROPOUT, nn.Sequential(nn.Linear(3, 5), nn.GELU(), nn.Softmax(1))])
def test_in_evaluation_mode_what_stands_between_layers_is_the_modules_own(model):
    model = model.eval()
    with torch.no_grad():
        for module in model:
            if isinstance(module, nn.BatchNorm1d):
                module.running_mean += 0.3
        x = torch.tensor([1.0, -2.0, 0.5])
        expected = [x, model[:-1](x[None])[0], model(x[None])[0]] if len(model) > 3 else None
    ours = as_stack(model).get_activations(x)
    assert ours[-1] == pytest.approx(model(x[None])[0].detach().numpy(), abs=1e-6)
    if expected:
        for mine, theirs in zip(ours, expected, strict=True):
            assert mine == pytest.approx(theirs.numpy(), abs=1e-6)
    model.train()


def test_a_model_put_back_into_training_mode_is_refused_when_it_is_to_run():
    model = nn.Sequential(nn.Linear(3, 5), nn.Dropout(0.5), nn.Linear(5, 2)).eval()
    stack = as_stack(model)
    model.train()
    with pytest.raises(ValueError, match=r"\.eval\(\)"):
        stack.get_activations([1.0, 2.0, 3.0])


@pytest.mark.parametrize(
    ("model", "shape", "message"),
    [
        (
            nn.Sequential(nn.Linear(3, 5), nn.GELU(), nn.Linear(5, 2)),
            (4,),
            r"shape \(4,\).*\(3, 5\), takes 3",
        ),
        (nn.Sequential(nn.Linear(3, 5)), (2, 3), r"shape \(2, 3\).*one example, \(3,\)"),
        (nn.Sequential(nn.Flatten(), nn.Linear(4, 2)), (2, 3), r"shape \(2, 3\).*takes 4 values"),
    ],
)
def test_an_input_that_does_not_fit_is_refused_with_both_shapes(model, shape, message):
    with pytest.raises(ValueError, match=message):
        as_stack(model).get_activations(np.ones(shape))


def test_misfits_name_both_shapes():
    with pytest.raises(ValueError, match=r"\[1\].*\[2\]"):
        as_stack([np.ones((2, 3))], biases=[[0.0]])
    with pytest.raises(ValueError, match=r"\(4,\).*\(2, 3\)"):
        as_stack([np.ones((2, 3))]).get_activations(np.ones(4))
