"""Copy this file, change what is below, and run it: manimgl _2025/autograd/your_copy.py"""

from torch import nn

from manim_imports_ext import *


class YourModule(AutogradOfModule):
    """A small network, one layer at a time: what each makes, what it keeps, what it sends back."""

    # What it is run on: one example, or a batch of them in rows
    x = [[1.0, -0.5, 2.0], [0.5, 1.5, -1.0]]

    def get_module(self):
        return nn.Sequential(nn.Linear(3, 4), nn.GELU(), nn.Linear(4, 2))

    # What is to become small: here how far its answers are from 1
    def loss(self, result):
        return ((result - 1) ** 2).mean()
