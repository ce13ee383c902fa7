"""Autograd: how a network learns which way to change each of its numbers."""

from _2025.autograd.cards import ClosingCard, OpeningCard
from _2025.autograd.chain_rule import ChainRuleScene
from _2025.autograd.computation_graph import ComputationGraphScene
from _2025.autograd.parameters_and_activations import ParametersVsActivationsScene

SCENES_IN_ORDER = [
    OpeningCard,  # what this film is about
    ChainRuleScene,  # slopes of parts multiply into the slope of the whole
    ComputationGraphScene,  # running a formula leaves behind a graph that knows the way back
    ParametersVsActivationsScene,  # parameters stay; activations come, and are saved for the way back
    ClosingCard,  # remember slopes forward, multiply them on the way back
]
