"""Bring your own: what AutogradOfExpression draws of a few expressions."""

from _2025.autograd.expressions.examples import CrossEntropy, NeuronOfVectors, TwoNeurons, UsedTwice
from _2025.autograd.your_expression import YourExpression

SCENES_IN_ORDER = [
    YourExpression,  # the file to copy
    UsedTwice,  # two ways back to one value
    NeuronOfVectors,  # columns
    CrossEntropy,  # an operation that is a box
    TwoNeurons,  # about as large as can be read
]
