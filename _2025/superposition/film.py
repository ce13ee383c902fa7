"""Superposition: more directions than dimensions."""

from _2025.superposition.almost_orthogonal import AlmostOrthogonal
from _2025.superposition.angle_range import ShowAngleRange
from _2025.superposition.cards import ClosingCard, OpeningCard
from _2025.superposition.stack import StackOfVectors
from _2025.superposition.superposition import Superposition
from _2025.superposition.vector_bundle import SuperpositionVectorBundle

SCENES_IN_ORDER = [
    OpeningCard,  # what this film is about
    Superposition,  # at 90° as many directions fit as there are dimensions; nearly so, how many?
    ShowAngleRange,  # what nearly means: an angle and its cosine
    SuperpositionVectorBundle,  # three to thirteen lines push each other apart
    StackOfVectors,  # ten thousand vectors in a hundred dimensions
    AlmostOrthogonal,  # how near to 90° they are, what no trick beats, where the exponential begins
    ClosingCard,  # nearly 90° will do
]
