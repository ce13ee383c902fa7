import torch

from manim_imports_ext import *


class UsedTwice(AutogradOfExpression):
    """A value used twice receives the sum of what flows back along both ways."""

    inputs = {"x": 2.0, "w": -0.5}
    parameters = ("w",)
    title = "Used Twice, Added Once"

    def expression(self, x, w):
        return x * w + x * x


class NeuronOfVectors(AutogradOfExpression):
    """Vectors flow as columns, and each gradient has its value's shape."""

    inputs = {"w": [0.5, -1.0, 2.0], "x": [2.0, 1.0, 0.5], "b": 0.5}
    parameters = ("w", "b")
    title = "A Neuron, in Vectors"

    def expression(self, x, w, b):
        return ((w * x).sum() + b).tanh()


class CrossEntropy(AutogradOfExpression):
    """An operation without a derivative for each entry is a box; its gradient is true all the same."""

    inputs = {"z": [2.0, 1.0, -1.0]}
    title = "Softmax and Cross-Entropy"

    def expression(self, z):
        return -torch.softmax(z, dim=0)[0].log()


class TwoNeurons(AutogradOfExpression):
    """A graph of two dozen nodes is still read one step at a time."""

    inputs = {"x": 1.0, "y": -1.0, "a": 0.5, "b": -1.0, "c": 1.5, "d": 0.5, "u": 2.0, "v": -1.0}
    parameters = ("a", "b", "c", "d", "u", "v")
    title = "Two Neurons, One Loss"

    def expression(self, x, y, a, b, c, d, u, v):
        return (u * torch.tanh(a * x + b * y) + v * torch.relu(c * x + d * y) - 1) ** 2
