"""Autograd: how a network learns which way to change each of its numbers."""

from _2025.autograd.backward_pass import BackwardPassScene
from _2025.autograd.cards import ClosingCard, OpeningCard
from _2025.autograd.chain_rule import ChainRuleScene
from _2025.autograd.computation_graph import ComputationGraphScene
from _2025.autograd.gradient_propagation import GradientPropagationScene
from _2025.autograd.parameters_and_activations import ParametersVsActivationsScene
from _2025.autograd.summary import SummaryScene
from _2025.autograd.training import MLPAutogradScene

SCENES_IN_ORDER = [
    OpeningCard,  # what this film is about
    ChainRuleScene,  # slopes of parts multiply into the slope of the whole
    ComputationGraphScene,  # running a formula leaves behind a graph that knows the way back
    BackwardPassScene,  # each step back multiplies what arrives by a local derivative
    ParametersVsActivationsScene,  # parameters stay; activations come, and are saved for the way back
    GradientPropagationScene,  # each layer turns the gradient it receives into two
    MLPAutogradScene,  # forward, backward, step: the loop that bends a boundary into place
    SummaryScene,  # five sentences, and the network they describe
    ClosingCard,  # remember slopes forward, multiply them on the way back
]
