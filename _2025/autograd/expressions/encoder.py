import torch
from torch import nn

from manim_imports_ext import *


class Attention(nn.Module):
    """One head: each token takes values from the tokens whose keys fit its query."""

    def __init__(self, size):
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(size, size, bias=False) for _ in range(3))

    def forward(self, x):
        scores = self.query(x) @ self.key(x).T
        return scores.softmax(-1) @ self.value(x)


class EncoderLayer(nn.Module):
    """Attention, then a perceptron; what each makes is added to what it was given, and the sum is normalized."""

    def __init__(self, size, width):
        super().__init__()
        self.attention, self.perceptron = Attention(size), nn.Sequential()
        self.perceptron.extend([nn.Linear(size, width), nn.GELU(), nn.Linear(width, size)])
        self.norm1, self.norm2 = nn.LayerNorm(size), nn.LayerNorm(size)

    def forward(self, x):
        x = self.norm1(x + self.attention(x))
        return self.norm2(x + self.perceptron(x))


class TransformerEncoder(AutogradOfModule):
    """A transformer encoder is a chain of small steps, and every one of them sends a gradient back."""

    title = "A Transformer Encoder, and Back"
    x = [[1.0, -0.5, 0.3, 0.8], [0.2, 0.9, -0.7, -0.4], [-0.6, 0.1, 1.2, 0.5]]  # three tokens
    seed = 1
    depth = 2
    each_kind_once = True
    closed = ("LayerNorm", "Linear")

    def get_module(self):
        return nn.Sequential(EncoderLayer(4, 6), EncoderLayer(4, 6))

    # What is to become small: how far the results are from the tokens themselves
    def loss(self, result):
        return nn.functional.mse_loss(result, torch.tensor(self.x))
