"""Bring your own: what is drawn of a module, and of a few expressions."""

from _2025.autograd.expressions.encoder import TransformerEncoder
from _2025.autograd.expressions.examples import CrossEntropy, NeuronOfVectors, TwoNeurons, UsedTwice
from _2025.autograd.your_expression import YourExpression
from _2025.autograd.your_module import YourModule

SCENES_IN_ORDER = [
    YourModule,  # a network, layer by layer: the file to copy
    TransformerEncoder,  # two layers of attention and perceptron, forward and back
    YourExpression,  # a formula: the file to copy
    UsedTwice,  # two ways back to one value
    NeuronOfVectors,  # columns
    CrossEntropy,  # an operation that is a box
    TwoNeurons,  # about as large as can be read
]
