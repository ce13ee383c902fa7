"""Copy this file, change what is below, and run it: manimgl _2025/superposition/your_copy.py"""

from manim_imports_ext import *


class YourModel(SuperpositionOfModel):
    """Five features share two dimensions, as a model's weights arrange them."""

    # A row for each feature, a column for each hidden number: nested lists, an array or a torch tensor.
    # From a trained model: torch.load("model.pt")["embedding.weight"]
    weights = [
        [1.1, 0.1],
        [0.3, 1.1],
        [-0.9, 0.6],
        [-0.9, -0.7],
        [0.4, -1.0],
    ]

    # What the features are called; without names they are numbered
    names = ("red", "round", "sweet", "old", "loud")
