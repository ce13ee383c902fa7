"""The walkthrough, act by act: for authors. Each scene is one act of BasicMLPWalkThrough, which plays them all."""

from _2025.mlp.walkthrough.bias import AddTheBias
from _2025.mlp.walkthrough.collapse import CollapseUpProjection
from _2025.mlp.walkthrough.counting import CountParameters
from _2025.mlp.walkthrough.down_projection import DownProjection
from _2025.mlp.walkthrough.in_parallel import EverythingInParallel
from _2025.mlp.walkthrough.relu import RectifyToNeurons
from _2025.mlp.walkthrough.rows_as_questions import RowsAsQuestions
from _2025.mlp.walkthrough.the_fact import TheFact
from _2025.mlp.walkthrough.the_stage import SetTheStage
from _2025.mlp.walkthrough.the_sum import AddItUp
from _2025.mlp.walkthrough.up_projection import UpProjection

SCENES_IN_ORDER = [
    SetTheStage,  # A: one vector's way through the block and round it
    EverythingInParallel,  # B: every token's
    TheFact,  # C: what the block shall know
    UpProjection,  # D: a matrix times a vector, in numbers that were learned
    RowsAsQuestions,  # E: each row of it asks a question
    AddTheBias,  # F: what makes the answer a yes or a no
    CountParameters,  # G: how many numbers that is
    CollapseUpProjection,  # H: all of it in one line
    RectifyToNeurons,  # I: the ReLU, and neurons
    DownProjection,  # J: each neuron adds its column
    AddItUp,  # K: the sum, for all tokens; how many parameters that takes
]
