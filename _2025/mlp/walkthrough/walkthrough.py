"""The whole walkthrough: all acts, one after the other."""

from _2025.mlp.walkthrough.bias import AddTheBias
from _2025.mlp.walkthrough.collapse import CollapseUpProjection
from _2025.mlp.walkthrough.counting import CountParameters
from _2025.mlp.walkthrough.down_projection import DownProjection
from _2025.mlp.walkthrough.in_parallel import EverythingInParallel
from _2025.mlp.walkthrough.relu import RectifyToNeurons
from _2025.mlp.walkthrough.rows_as_questions import RowsAsQuestions
from _2025.mlp.walkthrough.stage import LENS
from _2025.mlp.walkthrough.the_fact import TheFact
from _2025.mlp.walkthrough.the_plane import ThePlane
from _2025.mlp.walkthrough.the_stage import SetTheStage
from _2025.mlp.walkthrough.the_sum import AddItUp
from _2025.mlp.walkthrough.up_projection import UpProjection
from manim_imports_ext import *


class BasicMLPWalkThrough(SceneOfActs):
    """A perceptron block asks questions of a vector and adds the answers: that is how it may store a fact."""

    chapter = "A walk through one block"

    acts = (
        SetTheStage,  # A: one vector's way through the block and round it
        EverythingInParallel,  # B: every token's
        TheFact,  # C: what the block shall know
        UpProjection,  # D: a matrix times a vector
        RowsAsQuestions,  # E: each row of it asks a question
        ThePlane,  # what a score alone cannot say
        AddTheBias,  # F: what makes the answer a yes or a no
        CountParameters,  # G: how many numbers that is
        CollapseUpProjection,  # H: all of it in one line
        RectifyToNeurons,  # I: the ReLU, and neurons
        DownProjection,  # J: each neuron adds its column
        AddItUp,  # K: the sum, for all tokens; how many parameters that takes
    )

    def setup(self):
        super().setup()
        set_telephoto(self.frame, LENS)
