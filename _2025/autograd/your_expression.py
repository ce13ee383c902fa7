"""Copy this file, change the three things below, and run it: manimgl _2025/autograd/my_expression.py"""

from manim_imports_ext import *


class YourExpression(AutogradOfExpression):
    """One neuron's error: how it depends on its input, its weight and its bias."""

    # A number or a list of numbers for each argument
    inputs = {"x": 2.0, "w": -1.5, "b": 2.5}

    # Which of them learning would change
    parameters = ("w", "b")

    def expression(self, x, w, b):
        return ((x * w + b).tanh() - 1) ** 2
