"""Multilayer perceptrons: how a network might store a fact."""

from _2025.mlp.bias_and_counts import ShowBiasBakedIntoWeightMatrix
from _2025.mlp.cards import ClosingCard, OpeningCard
from _2025.mlp.classic_picture import ClassicNeuralNetworksPicture
from _2025.mlp.last_two_chapters import AltLastTwoChapters, LastTwoChapters
from _2025.mlp.matrices_vs_intuition import MatricesVsIntuition
from _2025.mlp.mlp_icon import MLPIcon
from _2025.mlp.nonlinearity import NonlinearityOfLanguage
from _2025.mlp.steps_preview import MLPStepsPreview
from _2025.mlp.three_steps import BreakDownThreeSteps
from _2025.mlp.walkthrough.walkthrough import BasicMLPWalkThrough

SCENES_IN_ORDER = [
    OpeningCard,  # what this film is about
    LastTwoChapters,  # attention and perceptrons in turn; facts seem to live in the perceptrons
    AltLastTwoChapters,  # the same in two sentences and a question
    MLPIcon,  # two layers of lines between three columns of numbers
    MLPStepsPreview,  # the structure is easy, what it comes to mean is hard
    MatricesVsIntuition,  # stories about rows and columns, and how well they fit what training finds
    BasicMLPWalkThrough,  # one token's way through a block, number by number
    NonlinearityOfLanguage,  # why a score needs a bias and a kink
    BreakDownThreeSteps,  # rows ask, neurons answer, columns add
    ClassicNeuralNetworksPicture,  # the same as dots and lines
    ShowBiasBakedIntoWeightMatrix,  # a bias is one more column; the matrices are what counts
    ClosingCard,  # rows ask, neurons decide, columns answer
]
