"""Copy this file, change what is below, and run it: manimgl _2025/autograd/your_copy.py"""

import torch

from manim_imports_ext import *


class YourExpression(AutogradOfExpression):
    """One neuron's error: how it depends on its input, its weight and its bias."""

    # A number or a list of numbers for each argument of the expression
    inputs = {"x": 2.0, "w": -1.5, "b": 2.5}

    # Those that learning would change
    parameters = ("w", "b")

    def expression(self, x, w, b):
        return (torch.tanh(x * w + b) - 1) ** 2
