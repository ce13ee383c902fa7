"""Does the way back look like one: from head to tail, leaving each gradient where it belongs?"""

import numpy as np
import pytest

from darkroom import engine

engine.load()

from helpers.flow import GradientFlow, GradientProduct, get_gradient_tag  # noqa: E402
from helpers.graph import ComputationGraph  # noqa: E402
from truth.autograd import Value  # noqa: E402
from truth.graph import Graph  # noqa: E402


@pytest.fixture
def graph():
    x, w = Value(2.0, "x"), Value(-0.5, "w")
    return ComputationGraph(Graph.from_value(((x * w).named("h") ** 2).named("L"), parameters=(w,)))


def glow_at(flow, alpha):
    flow.begin()
    flow.interpolate(alpha)
    glow = flow.animations[0].animations[0]
    return glow.spark.get_center()


def test_the_glow_runs_from_an_edges_head_to_its_tail(graph):
    edge = graph.edges_into(graph.node("L"))[0]
    assert glow_at(GradientFlow(edge), 0.02)[0] == pytest.approx(edge.path.get_end()[0], abs=0.1)
    assert glow_at(GradientFlow(edge), 0.98)[0] == pytest.approx(edge.path.get_start()[0], abs=0.1)


def test_it_leaves_the_gradient_of_the_node_at_the_tail(graph):
    edge = graph.edges_into(graph.node("h"))[1]
    flow = GradientFlow(edge)
    left = flow.animations[0].animations[-1].mobject
    assert left.number.num_string == "−4.0"  # 2 h x = 2 (-1) 2
    assert left.box.get_bottom()[1] > edge.start_node.shape.get_top()[1]


def test_several_edges_are_travelled_at_once_or_in_turn(graph):
    edges = graph.edges_into(graph.node("h"))
    assert GradientFlow(edges, run_time=1).get_run_time() == 1
    assert GradientFlow(edges, run_time=1, lag_ratio=1).get_run_time() == 2


def test_nothing_is_left_where_nothing_is_wanted(graph):
    edges = graph.edges_into(graph.node("h"))
    tag = get_gradient_tag(edges[0].start_node)
    flow = GradientFlow(edges, [tag, None])
    assert [len(journey.animations) for journey in flow.animations] == [3, 2]


def test_a_products_visible_arithmetic_closes(graph):
    for edge in graph.edges:
        product = GradientProduct(graph, edge)
        gradient, local, upstream = (
            float(number.num_string.replace("−", "-"))
            for number in (product.gradient.number, product.local, product.upstream.number)
        )
        np.testing.assert_allclose(gradient, local * upstream)
