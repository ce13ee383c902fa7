"""Superposition: more directions than dimensions."""

from _2025.superposition.almost_orthogonal import AlmostOrthogonal
from _2025.superposition.angle_range import ShowAngleRange
from _2025.superposition.closing import ClosingCard
from _2025.superposition.dimensions import DimensionsPerFeature
from _2025.superposition.directions import NeuronsReadAsDirections
from _2025.superposition.features import MLPFeatures
from _2025.superposition.opening import OpeningCard
from _2025.superposition.phases import PhaseOfTwoFeatures
from _2025.superposition.stack import StackOfVectors
from _2025.superposition.superposition import Superposition
from _2025.superposition.toy_model import FiveFeaturesInTwoDimensions
from _2025.superposition.vector_bundle import SuperpositionVectorBundle

SCENES_IN_ORDER = [
    OpeningCard,  # what this film is about
    MLPFeatures,  # one neuron, one idea; or each idea a pattern over all neurons
    ShowAngleRange,  # two ideas as directions: their angle, its cosine, and what nearly 90° means
    Superposition,  # at 90° as many lines fit as there are dimensions; nearly so, how many?
    SuperpositionVectorBundle,  # three to thirteen lines push each other apart
    StackOfVectors,  # ten thousand vectors in a hundred dimensions
    AlmostOrthogonal,  # how near to 90° they are, and what no trick beats
    FiveFeaturesInTwoDimensions,  # a model that is trained: the rarer its features, the more it packs in
    DimensionsPerFeature,  # the rarer its features, the more it keeps, with less of a dimension for each
    PhaseOfTwoFeatures,  # when two features share one number
    NeuronsReadAsDirections,  # what the neurons of a trained network read, and what they write together
    ClosingCard,  # nearly 90° will do
]
