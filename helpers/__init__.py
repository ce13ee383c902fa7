"""Mobjects and animations drawn from values they are handed."""

from types import ModuleType as _ModuleType

from helpers.activation_plot import ActivationMarker, ActivationPlot, SlideMarker, get_activation_plot
from helpers.angles import AngleHistogram, AngleSector, AnimateHistogramThrough, TurnPair, VectorPair, get_vector_pair
from helpers.arrows import LabeledArrow
from helpers.backward import BackwardLight
from helpers.bodies import Ball, Column, SolidArrow, SolidBlock, SolidNetwork, get_tube, set_telephoto
from helpers.bundle import Globe, MoveBundle, Shape, Spike, VectorBundle
from helpers.circuit import ResidualSum
from helpers.code_panel import CodePanel
from helpers.color import mix_colors, value_to_color, values_to_colors
from helpers.context import ContextAnimation
from helpers.data import AnimateEntriesThrough, DataDrizzle, learn_from_data
from helpers.dials import Dial, MachineWithDials, TurnDialsTo
from helpers.embedding import EmbeddingArray, NumericEmbedding
from helpers.expression import AutogradOfExpression, AutogradOfGraph, ExpressionGraph
from helpers.flow import GradientFlow, GradientProduct, GradientTag, get_gradient_tag
from helpers.formula import Shown, get_formula
from helpers.graph import CarryAlong, ComputationEdge, ComputationGraph, ComputationNode, Pulse, get_number
from helpers.heat import HeatMatrix
from helpers.icons import get_attention_icon, get_layer_norm_icon, get_loop_arrow, get_mlp_icon
from helpers.landscape import DecisionLandscape, Sheet
from helpers.matrix import AnimateEntriesTo, Bracket, EllipsisDots, RandomizeEntries, WeightMatrix
from helpers.module import AutogradOfModule
from helpers.names import get_name
from helpers.network import AnimateNetworkTo, ForwardPulse, NeuralNetwork, get_network_connections
from helpers.number import SourcedNumber, digit_height
from helpers.outer import FillOuterProduct, get_dots, get_name_label, get_role_colors, get_role_matrix, get_size_label
from helpers.phases import PhasePicture
from helpers.plate import Plate
from helpers.product import MatrixVectorProduct, ShowMatrixVectorProduct, show_matrix_vector_product
from helpers.readout import Readout
from helpers.rows import NamedPieces, get_column_matrix, get_named_entries, get_row_matrix
from helpers.sign import Sign, to_screen
from helpers.superposition import FeatureArrows, InterferenceHeat, SuperpositionOfModel, get_feature_colors
from helpers.wave import EdgeWave
from truth.numerics import softmax
from truth.source import CHOICE, Source

# What a scene gets from the star import: the things above, not the modules they live in.
__all__ = [name for name, thing in globals().items() if not (name.startswith("_") or isinstance(thing, _ModuleType))]
