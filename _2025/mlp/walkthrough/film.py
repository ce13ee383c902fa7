"""The walkthrough, act by act: for authors. Each scene is one act of BasicMLPWalkThrough, which plays them all."""

from _2025.mlp.walkthrough.in_parallel import EverythingInParallel
from _2025.mlp.walkthrough.the_fact import TheFact
from _2025.mlp.walkthrough.the_stage import SetTheStage
from _2025.mlp.walkthrough.the_sum import AddItUp

SCENES_IN_ORDER = [
    SetTheStage,  # A: one vector's way through the block and round it
    EverythingInParallel,  # B: every token's
    TheFact,  # C: what the block shall know
    AddItUp,  # K: the sum, for all tokens; how many parameters that takes
]
