"""What tells parts of the film again, shorter or by itself: for authors who need a piece of it elsewhere."""

from _2025.mlp.last_two_chapters import AltLastTwoChapters
from _2025.mlp.mlp_icon import MLPIcon
from _2025.mlp.nonlinearity import NonlinearityOfLanguage
from _2025.mlp.three_steps import BreakDownThreeSteps

SCENES_IN_ORDER = [
    AltLastTwoChapters,  # the opening in two sentences
    MLPIcon,  # a block as dots and lines
    NonlinearityOfLanguage,  # why a score needs a bias and a kink: an act of the walkthrough
    BreakDownThreeSteps,  # the walkthrough in three steps
]
