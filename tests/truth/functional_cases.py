"""One call of every public function of torch.nn.functional, and a dozen modules as they stand in real models.

Each is a function of tensors that are given by name; what draws lots or has an input of whole numbers is here as well.
"""

import torch
from torch import nn
from torch.nn import functional as F

_GENERATOR = torch.Generator()


def draw(*shape, seed=0, low=-1.0, high=1.0):
    """Numbers that are the same at every run, and no two alike."""
    _GENERATOR.manual_seed(seed)
    numbers = torch.rand(shape, generator=_GENERATOR, dtype=torch.float64)
    return low + (high - low) * numbers


LINE, IMAGE, VOLUME = (1, 2, 6), (1, 2, 4, 4), (1, 2, 4, 4, 4)
ROWS = (3, 4)
CLASSES = torch.tensor([0, 3, 1])
SIGNS = torch.tensor([1.0, -1.0, 1.0], dtype=torch.float64)


def _of(function, shape, *rest, **options):
    return (lambda x: function(x, *rest, **options)), {"x": draw(*shape)}


def _loss(function, target, shape=ROWS, **options):
    return (lambda x: function(x, target, **options)), {"x": draw(*shape)}


def _indices(function, *rest, **options):
    """Where each largest entry of a pooling was."""
    return lambda x: function(x, *rest, return_indices=True, **options)


def _unpool(pool, unpool):
    return lambda x: unpool(*pool(x, 2, return_indices=True), 2)


def _in_place(function):
    return (lambda x: function(x * 1.5)), {"x": draw(*ROWS)}


ENTRYWISE = (
    *("celu", "elu", "gelu", "hardshrink", "hardsigmoid", "hardswish", "hardtanh", "leaky_relu", "logsigmoid", "mish"),
    *("relu", "relu6", "selu", "sigmoid", "silu", "softplus", "softshrink", "softsign", "tanh", "tanhshrink"),
)

FUNCTIONS = {
    # entry by entry
    **{name: _of(getattr(F, name), ROWS) for name in ENTRYWISE},
    **{name: _in_place(getattr(F, name)) for name in ("celu_", "elu_", "hardtanh_", "leaky_relu_", "relu_", "selu_")},
    "threshold": _of(F.threshold, ROWS, 0.1, 0.5),
    "threshold_": ((lambda x: F.threshold_(x * 1.5, 0.1, 0.5)), {"x": draw(*ROWS)}),
    "rrelu": _of(F.rrelu, ROWS, training=False),
    "rrelu_": ((lambda x: F.rrelu_(x * 1.5, training=False)), {"x": draw(*ROWS)}),
    "prelu": (F.prelu, {"input": draw(*LINE), "weight": draw(2, seed=1)}),
    "glu": _of(F.glu, ROWS),
    # rows that sum to one, and what is normalised
    "softmax": _of(F.softmax, ROWS, dim=-1),
    "softmin": _of(F.softmin, ROWS, dim=-1),
    "log_softmax": _of(F.log_softmax, ROWS, dim=-1),
    "gumbel_softmax": _of(F.gumbel_softmax, ROWS),
    "normalize": _of(F.normalize, ROWS),
    "layer_norm": (
        lambda x, w, b: F.layer_norm(x, (4,), w, b),
        {"x": draw(*ROWS), "w": draw(4, seed=1), "b": draw(4, seed=2)},
    ),
    "rms_norm": ((lambda x, w: F.rms_norm(x, (4,), w)), {"x": draw(*ROWS), "w": draw(4, seed=1)}),
    "group_norm": ((lambda x, w: F.group_norm(x, 2, w)), {"x": draw(2, 4, 3), "w": draw(4, seed=1)}),
    "instance_norm": _of(F.instance_norm, (2, 3, 5)),
    "batch_norm": (
        lambda x, w: F.batch_norm(x, torch.zeros(4).double(), torch.ones(4).double(), w),
        {"x": draw(*ROWS), "w": draw(4, seed=1)},
    ),
    "local_response_norm": _of(F.local_response_norm, IMAGE, 2),
    # products
    "linear": (F.linear, {"input": draw(*ROWS), "weight": draw(2, 4, seed=1), "bias": draw(2, seed=2)}),
    "bilinear": (F.bilinear, {"input1": draw(3, 2), "input2": draw(3, 4, seed=1), "weight": draw(2, 2, 4, seed=2)}),
    "conv1d": (F.conv1d, {"input": draw(*LINE), "weight": draw(3, 2, 2, seed=1), "bias": draw(3, seed=2)}),
    "conv2d": (F.conv2d, {"input": draw(*IMAGE), "weight": draw(3, 2, 2, 2, seed=1), "bias": draw(3, seed=2)}),
    "conv3d": (F.conv3d, {"input": draw(*VOLUME), "weight": draw(1, 2, 2, 2, 2, seed=1)}),
    "conv_tbc": (F.conv_tbc, {"input": draw(6, 1, 2), "weight": draw(2, 2, 3, seed=1), "bias": draw(3, seed=2)}),
    "conv_transpose1d": (F.conv_transpose1d, {"input": draw(*LINE), "weight": draw(2, 3, 2, seed=1)}),
    "conv_transpose2d": (F.conv_transpose2d, {"input": draw(*IMAGE), "weight": draw(2, 3, 2, 2, seed=1)}),
    "conv_transpose3d": (F.conv_transpose3d, {"input": draw(*VOLUME), "weight": draw(2, 1, 2, 2, 2, seed=1)}),
    "scaled_dot_product_attention": (
        F.scaled_dot_product_attention,
        {"query": draw(1, 3, 2), "key": draw(1, 4, 2, seed=1), "value": draw(1, 4, 2, seed=2)},
    ),
    "multi_head_attention_forward": (
        lambda x, w, b, u, c: F.multi_head_attention_forward(
            x, x, x, 4, 2, w, b, None, None, False, 0.0, u, c, training=False
        )[0],
        {
            "x": draw(3, 1, 4),
            "w": draw(12, 4, seed=1),
            "b": draw(12, seed=2),
            "u": draw(4, 4, seed=3),
            "c": draw(4, seed=4),
        },
    ),
    "grouped_mm": (
        lambda a, b: F.grouped_mm(a, b, offs=torch.tensor([2, 4], dtype=torch.int32)) * 1,
        {"a": draw(4, 8).bfloat16(), "b": draw(2, 8, 8, seed=1).bfloat16()},
    ),
    "scaled_mm": (
        lambda a, b: F.scaled_mm(
            a, b, torch.ones(()), F.ScalingType.TensorWise, torch.ones(()), F.ScalingType.TensorWise
        ),
        {"a": draw(16, 16), "b": draw(16, 16, seed=1)},
    ),
    "scaled_grouped_mm": (
        lambda a, b: F.scaled_grouped_mm(
            a, b, torch.ones(4), F.ScalingType.RowWise, torch.ones(2, 16), F.ScalingType.RowWise
        ),
        {"a": draw(4, 16), "b": draw(2, 16, 16, seed=1)},
    ),
    # tables
    "embedding": ((lambda w: F.embedding(CLASSES, w)), {"w": draw(5, 2)}),
    "embedding_bag": ((lambda w: F.embedding_bag(CLASSES[None], w)), {"w": draw(5, 2)}),
    "one_hot": ((lambda x: F.one_hot(CLASSES, 4) * x), {"x": draw(*ROWS)}),
    # pooling
    **{
        f"{kind}_pool{n}d": _of(getattr(F, f"{kind}_pool{n}d"), (LINE, IMAGE, VOLUME)[n - 1], 2)
        for kind in ("avg", "max", "adaptive_avg", "adaptive_max")
        for n in (1, 2, 3)
    },
    **{
        f"{kind}_pool{n}d_with_indices": (_indices(getattr(F, f"{kind}_pool{n}d"), 2), {"x": draw(*shape)})
        for kind in ("max", "adaptive_max")
        for n, shape in ((1, LINE), (2, IMAGE), (3, VOLUME))
    },
    **{f"lp_pool{n}d": _of(getattr(F, f"lp_pool{n}d"), (LINE, IMAGE, VOLUME)[n - 1], 2.0, 2) for n in (1, 2, 3)},
    "fractional_max_pool2d": _of(F.fractional_max_pool2d, IMAGE, 2, output_size=2),
    "fractional_max_pool3d": _of(F.fractional_max_pool3d, VOLUME, 2, output_size=2),
    "fractional_max_pool2d_with_indices": (
        _indices(F.fractional_max_pool2d, 2, output_size=2, _random_samples=draw(1, 2, 2, low=0)),
        {"x": draw(*IMAGE)},
    ),
    "fractional_max_pool3d_with_indices": (
        _indices(F.fractional_max_pool3d, 2, output_size=2, _random_samples=draw(1, 2, 3, low=0)),
        {"x": draw(*VOLUME)},
    ),
    **{
        f"max_unpool{n}d": (
            _unpool(getattr(F, f"max_pool{n}d"), getattr(F, f"max_unpool{n}d")),
            {"x": draw(*(LINE, IMAGE, VOLUME)[n - 1])},
        )
        for n in (1, 2, 3)
    },
    # what moves entries
    "pad": _of(F.pad, IMAGE, (1, 1, 0, 1), mode="reflect"),
    "fold": _of(F.fold, (1, 4, 9), (4, 4), 2),
    "unfold": _of(F.unfold, IMAGE, 2),
    "pixel_shuffle": _of(F.pixel_shuffle, (1, 4, 2, 2), 2),
    "pixel_unshuffle": _of(F.pixel_unshuffle, IMAGE, 2),
    "channel_shuffle": _of(F.channel_shuffle, (1, 4, 2, 2), 2),
    "native_channel_shuffle": _of(F.native_channel_shuffle, (1, 4, 2, 2), 2),
    "interpolate": _of(F.interpolate, IMAGE, scale_factor=2, mode="bilinear"),
    "upsample": _of(F.upsample, IMAGE, scale_factor=2),
    "upsample_bilinear": _of(F.upsample_bilinear, IMAGE, scale_factor=2),
    "upsample_nearest": _of(F.upsample_nearest, IMAGE, scale_factor=2),
    "affine_grid": _of(F.affine_grid, (1, 2, 3), (1, 1, 3, 3)),
    "grid_sample": (F.grid_sample, {"input": draw(*IMAGE), "grid": draw(1, 2, 2, 2, seed=1)}),
    # distances
    "cosine_similarity": (F.cosine_similarity, {"x1": draw(*ROWS), "x2": draw(*ROWS, seed=1)}),
    "pairwise_distance": (F.pairwise_distance, {"x1": draw(*ROWS), "x2": draw(*ROWS, seed=1)}),
    "pdist": _of(F.pdist, ROWS),
    # losses
    "binary_cross_entropy": ((lambda x: F.binary_cross_entropy(x, draw(3, low=0))), {"x": draw(3, low=0.1, high=0.9)}),
    "binary_cross_entropy_with_logits": _loss(F.binary_cross_entropy_with_logits, draw(*ROWS, seed=1, low=0)),
    "cosine_embedding_loss": (
        lambda a, b: F.cosine_embedding_loss(a, b, SIGNS),
        {"a": draw(*ROWS), "b": draw(*ROWS, seed=1)},
    ),
    "cross_entropy": _loss(F.cross_entropy, CLASSES),
    "ctc_loss": (
        lambda x: F.ctc_loss(x.log_softmax(-1), torch.tensor([[1, 2]]), torch.tensor([4]), torch.tensor([2])),
        {"x": draw(4, 1, 3)},
    ),
    "gaussian_nll_loss": (
        (lambda x, v: F.gaussian_nll_loss(x, draw(3, seed=1), v)),
        {"x": draw(3), "v": draw(3, low=0.5)},
    ),
    "hinge_embedding_loss": _loss(F.hinge_embedding_loss, SIGNS, (3,)),
    "huber_loss": _loss(F.huber_loss, draw(*ROWS, seed=1)),
    "kl_div": ((lambda x: F.kl_div(x.log_softmax(-1), draw(*ROWS).softmax(-1))), {"x": draw(*ROWS)}),
    "l1_loss": _loss(F.l1_loss, draw(*ROWS, seed=1)),
    "linear_cross_entropy": (
        lambda x, w: F.linear_cross_entropy(x, w, CLASSES),
        {"x": draw(*ROWS), "w": draw(5, 4, seed=1)},
    ),
    "margin_ranking_loss": ((lambda a, b: F.margin_ranking_loss(a, b, SIGNS)), {"a": draw(3), "b": draw(3, seed=1)}),
    "mse_loss": _loss(F.mse_loss, draw(*ROWS, seed=1)),
    "multi_margin_loss": _loss(F.multi_margin_loss, CLASSES),
    "multilabel_margin_loss": _loss(F.multilabel_margin_loss, torch.tensor([[3, 0, -1, 1]]), (1, 4)),
    "multilabel_soft_margin_loss": _loss(F.multilabel_soft_margin_loss, draw(*ROWS, seed=1, low=0)),
    "nll_loss": _loss(F.nll_loss, CLASSES),
    "poisson_nll_loss": _loss(F.poisson_nll_loss, draw(*ROWS, seed=1, low=0)),
    "smooth_l1_loss": _loss(F.smooth_l1_loss, draw(*ROWS, seed=1)),
    "soft_margin_loss": _loss(F.soft_margin_loss, SIGNS, (3,)),
    "triplet_margin_loss": (
        F.triplet_margin_loss,
        {"anchor": draw(*ROWS), "positive": draw(*ROWS, seed=1), "negative": draw(*ROWS, seed=2)},
    ),
    "triplet_margin_with_distance_loss": (
        F.triplet_margin_with_distance_loss,
        {"anchor": draw(*ROWS), "positive": draw(*ROWS, seed=1), "negative": draw(*ROWS, seed=2)},
    ),
    # what draws lots
    **{
        name: _of(getattr(F, name), IMAGE)
        for name in ["alpha_dropout", "dropout", "dropout1d", "dropout2d", "dropout3d", "feature_alpha_dropout"]
    },
}
FUNCTIONS["dropout1d"], FUNCTIONS["dropout3d"] = _of(F.dropout1d, LINE), _of(F.dropout3d, VOLUME)


# --- modules, as they stand in real models ---


class Residual(nn.Module):
    """Two convolutions, and a way round them."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Conv2d(2, 2, 3, padding=1, bias=False), nn.Conv2d(2, 2, 3, padding=1, bias=False)
        self.norm_1, self.norm_2 = nn.BatchNorm2d(2), nn.BatchNorm2d(2)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        h = self.relu(self.norm_1(self.first(x)))
        h = self.norm_2(self.second(h))
        h += x
        return self.relu(h)


class SelfAttention(nn.Module):
    """One head, by hand."""

    def __init__(self):
        super().__init__()
        self.query, self.key, self.value = nn.Linear(4, 3), nn.Linear(4, 3), nn.Linear(4, 4)

    def forward(self, x):
        scores = self.query(x) @ self.key(x).transpose(-2, -1) / 3**0.5
        mask = torch.ones(x.shape[-2], x.shape[-2], dtype=torch.bool).triu(1)
        return scores.masked_fill(mask, -torch.inf).softmax(-1) @ self.value(x)


class SqueezeExcite(nn.Module):
    """A gate for each channel."""

    def __init__(self):
        super().__init__()
        self.pool, self.down, self.up = nn.AdaptiveAvgPool2d(1), nn.Conv2d(2, 1, 1), nn.Conv2d(1, 2, 1)

    def forward(self, x):
        return x * torch.sigmoid(self.up(F.silu(self.down(self.pool(x)))))


class Dense(nn.Module):
    """Each layer sees all before it."""

    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList(nn.Conv2d(2 * n, 2, 1) for n in (1, 2, 3))

    def forward(self, x):
        features = [x]
        for layer in self.layers:
            features.append(layer(torch.cat(features, 1)).relu())
        return torch.cat(features, 1)


class Shared(nn.Module):
    """One layer, used three times."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 4)

    def forward(self, x):
        for _ in range(3):
            x = torch.tanh(self.layer(x))
        return x


class Unrolled(nn.Module):
    """A cell of an LSTM, run by hand over a sequence."""

    def __init__(self):
        super().__init__()
        self.cell, self.head = nn.LSTMCell(2, 3), nn.Linear(3, 1)

    def forward(self, x):
        state = None
        for entry in x:
            state = self.cell(entry, state)
        return self.head(state[0])


class Normed(nn.Module):
    """A transformer's block with its norms before."""

    def __init__(self):
        super().__init__()
        self.norm_1, self.norm_2 = nn.LayerNorm(4), nn.LayerNorm(4)
        self.attention = nn.MultiheadAttention(4, 2, batch_first=True)
        self.mlp = nn.Sequential(nn.Linear(4, 8), nn.GELU(), nn.Linear(8, 4))

    def forward(self, x):
        h = self.norm_1(x)
        x = x + self.attention(h, h, h, need_weights=False)[0]
        return x + self.mlp(self.norm_2(x))


def get_modules():
    """Modules with their weights, each with a batch to run on and what makes one tensor of its results."""
    torch.manual_seed(1)
    layer = nn.TransformerEncoderLayer(4, 2, 8, batch_first=True)
    cases = {
        "mlp": (nn.Sequential(nn.Linear(4, 5), nn.GELU(), nn.Linear(5, 2)), draw(3, 4)),
        "mlp with norm and dropout": (
            nn.Sequential(nn.Linear(4, 5), nn.BatchNorm1d(5), nn.Tanh(), nn.Dropout(0.3), nn.Linear(5, 2)),
            draw(3, 4),
        ),
        "encoder layer": (layer, draw(1, 3, 4)),
        "encoder": (nn.TransformerEncoder(layer, 2, enable_nested_tensor=False), draw(1, 3, 4)),
        "decoder layer": (nn.TransformerDecoderLayer(4, 2, 8, batch_first=True), draw(1, 3, 4)),
        "norms before": (Normed(), draw(1, 3, 4)),
        "conv block": (
            nn.Sequential(nn.Conv2d(2, 3, 3, padding=1), nn.BatchNorm2d(3), nn.ReLU(), nn.MaxPool2d(2)),
            draw(1, 2, 4, 4),
        ),
        "conv net": (
            nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU6(), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(8, 3)),
            draw(2, 1, 6, 6),
        ),
        "depthwise": (
            nn.Sequential(nn.Conv2d(2, 2, 3, groups=2), nn.Conv2d(2, 4, 1), nn.Hardswish()),
            draw(1, 2, 4, 4),
        ),
        "residual block": (Residual(), draw(1, 2, 4, 4)),
        "squeeze and excite": (SqueezeExcite(), draw(1, 2, 4, 4)),
        "dense block": (Dense(), draw(1, 2, 2, 2)),
        "self-attention": (SelfAttention(), draw(3, 4)),
        "shared": (Shared(), draw(2, 4)),
        "embedding and head": (nn.Sequential(nn.Embedding(5, 4), nn.LayerNorm(4), nn.Linear(4, 5)), CLASSES),
        "unrolled cell": (Unrolled(), draw(3, 1, 2)),
        "gru cell": (nn.GRUCell(2, 3), draw(1, 2)),
        "rnn": (nn.RNN(2, 3), draw(3, 1, 2)),
        "lstm": (nn.LSTM(2, 3, bidirectional=True), draw(3, 1, 2)),
        "upsampling": (
            nn.Sequential(nn.ConvTranspose2d(2, 2, 2), nn.PReLU(), nn.Upsample(scale_factor=2), nn.PixelShuffle(1)),
            draw(1, 2, 2, 2),
        ),
        "spectral norm": (nn.utils.parametrizations.spectral_norm(nn.Linear(3, 2)), draw(2, 3)),
        "weight norm": (nn.utils.parametrizations.weight_norm(nn.Linear(3, 2)), draw(2, 3)),
    }
    return {name: (module.double().eval(), x) for name, (module, x) in cases.items()}
