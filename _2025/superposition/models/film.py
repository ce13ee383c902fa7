"""Bring your own: what SuperpositionOfModel draws of a few weight matrices."""

from _2025.superposition.models.examples import ManyInTwenty, SixInThree
from _2025.superposition.your_model import YourModel

SCENES_IN_ORDER = [
    YourModel,  # the file to copy
    SixInThree,  # arrows in space
    ManyInTwenty,  # too many dimensions for arrows: cells and bars
]
