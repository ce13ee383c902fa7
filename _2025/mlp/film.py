"""Multilayer perceptrons: how a network might store a fact."""

from _2025.mlp.bias_and_counts import ShowBiasBakedIntoWeightMatrix
from _2025.mlp.cards import ClosingCard, OpeningCard
from _2025.mlp.classic_picture import ClassicNeuralNetworksPicture
from _2025.mlp.last_two_chapters import LastTwoChapters
from _2025.mlp.matrices_vs_intuition import MatricesVsIntuition
from _2025.mlp.steps_preview import MLPStepsPreview
from _2025.mlp.walkthrough.walkthrough import BasicMLPWalkThrough

SCENES_IN_ORDER = [
    OpeningCard,  # what this film is about
    LastTwoChapters,  # a language model knows a fact; where is that kept?
    MLPStepsPreview,  # the structure is easy, what it comes to mean is hard
    BasicMLPWalkThrough,  # one token's way through a block, number by number
    ClassicNeuralNetworksPicture,  # the same as dots and lines
    ShowBiasBakedIntoWeightMatrix,  # a bias is one more column; most parameters are in such matrices
    MatricesVsIntuition,  # stories about rows and columns, and how well they fit what training finds
    ClosingCard,  # rows ask, ReLU decides, columns answer, and the answer is added
]
