"""The whole walkthrough: all acts, one after the other."""

from _2025.mlp.walkthrough.the_sum import AddItUp
from manim_imports_ext import *


class BasicMLPWalkThrough(AddItUp):
    """A perceptron block asks questions of a vector and adds the answers: that is how it may store a fact."""

    chapter = "A walk through one block"

    skips_earlier_acts = False
