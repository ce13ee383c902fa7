"""Does the picture of a computation graph say what the computation did?"""

import numpy as np
import pytest
import torch

from darkroom import engine

engine.load()

from manimlib import FRAME_HEIGHT, FRAME_WIDTH, Tex, Text, VGroup  # noqa: E402

from custom.palette import GRADIENT, WARNING  # noqa: E402
from helpers.code_panel import CodePanel  # noqa: E402
from helpers.expression import ExpressionGraph  # noqa: E402
from helpers.graph import CarryAlong, ComputationGraph, get_number, get_symbol, lay_out  # noqa: E402
from helpers.names import get_name  # noqa: E402
from truth.autograd import Value  # noqa: E402
from truth.graph import Graph  # noqa: E402


def expression(kind: str) -> Graph:
    x, w, b, y = Value(2.0, "x"), Value(-0.5, "w"), Value(3.0, "b"), Value(1.0, "y")
    roots = {
        "film": ((x * w).named("h_1") + b).named("h_2") ** 2,
        "used twice": x * w + x**2,
        "square by product": x * x,
        "long edges": ((x * w + b).relu() - y) ** 2 + w**2 * 0.1,
        "deep": ((x * w).tanh() * (w + b).exp() + (x - y).relu()).tanh() * y + x,
    }
    return Graph.from_value(roots[kind].named("L"), parameters=(w, b))


KINDS = ["film", "used twice", "square by product", "long edges", "deep"]


@pytest.fixture(scope="module")
def film():
    return ComputationGraph(expression("film"), layer_gap=2.85, node_gap=1.75)


def test_leaves_are_circles_operations_diamonds_and_the_output_a_circle(film):
    assert [node.is_diamond for node in film.nodes] == [False, False, True, False, True, False]


def test_labels_show_the_graphs_numbers(film):
    assert film.node("w").get_value_label().num_string == "−0.5"
    assert film.node("x").get_gradient_label().num_string == "−2.0"
    assert film.node("w").get_gradient_label().num_string == "8.0"
    assert [edge.get_derivative_label().num_string for edge in film.edges] == ["−0.5", "2.0", "1.0", "1.0", "4.0"]


def test_numbers_say_where_they_come_from(film):
    assert film.node("w").get_value_label().source.name == "w value"
    assert film.edges[0].get_derivative_label().source.name == "h_1 derivative 0"


def test_a_card_shows_value_rule_and_one_formula_per_input(film):
    card = film.get_card(film.node("h_1"))
    assert card.value.num_string == "−1.0"
    assert card.backward_name.text == "MulBackward"
    assert [formula.get_tex() for formula in card.formulas] == [
        R"\partial h_1 / \partial x = w",
        R"\partial h_1 / \partial w = x",
    ]


def test_everything_on_a_card_lies_inside_it(film):
    for name in ("h_1", "h_2", "L"):
        card = film.get_card(film.node(name))
        for part in (card.value, card.caption, card.backward_name, *card.formulas):
            assert part.get_left()[0] > card.frame.get_left()[0]
            assert part.get_right()[0] < card.frame.get_right()[0]
            assert part.get_top()[1] < card.frame.get_top()[1]
            assert part.get_bottom()[1] > card.frame.get_bottom()[1]


def test_arithmetic_closes_as_shown(film):
    for name in ("h_1", "h_2", "L"):
        arithmetic = film.get_arithmetic(film.node(name))
        shown = arithmetic.formula.get_tex().removesuffix(" =")
        as_python = shown.replace(R"\cdot", "*").replace("^{2}", "**2")
        assert eval(as_python) == float(arithmetic.result.num_string.replace("−", "-"))


@pytest.mark.parametrize("kind", KINDS)
def test_edges_run_from_left_to_right(kind):
    graph = ComputationGraph(expression(kind))
    for edge in graph.edges:
        assert edge.start_node.get_x() < edge.end_node.get_x()


@pytest.mark.parametrize("kind", KINDS)
def test_no_two_nodes_overlap_and_no_edge_crosses_a_third_node(kind):
    graph = ComputationGraph(expression(kind))
    centers = [node.shape.get_center() for node in graph.nodes]
    for i, a in enumerate(centers):
        for b in centers[:i]:
            assert np.linalg.norm(a - b) > 1.1
    for edge in graph.edges:
        samples = [edge.path.point_from_proportion(t) for t in np.linspace(0, 1, 30)]
        for node, center in zip(graph.nodes, centers, strict=True):
            if node not in (edge.start_node, edge.end_node):
                assert min(np.linalg.norm(p - center) for p in samples) > node.radius


@pytest.mark.parametrize("kind", KINDS)
def test_layout_is_the_same_every_time(kind):
    (first, _), (second, _) = (lay_out(expression(kind), 2.6, 1.8) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_leaves_stand_just_before_their_first_use():
    graph = ComputationGraph(expression("film"), layer_gap=2.0)
    assert graph.node("h_2").get_x() - graph.node("b").get_x() == pytest.approx(2.0)


def test_edges_touch_the_outlines_they_join(film):
    for edge in film.edges:
        for point, node in ((edge.path.get_start(), edge.start_node), (edge.path.get_end(), edge.end_node)):
            x, y, _ = np.abs(point - node.shape.get_center())
            reach = x + y if node.is_diamond else np.hypot(x, y)
            assert 0 < reach - node.radius < 0.2


def test_both_passes_are_the_graphs_own_order(film):
    assert film.forward_order() == list(film.nodes)
    assert film.backward_order() == list(film.nodes)[::-1]


def test_the_same_picture_comes_from_torch(film):
    x, w, b = (torch.tensor(v, requires_grad=True) for v in (2.0, -0.5, 3.0))
    theirs = ComputationGraph.from_torch((x * w + b) ** 2, {"x": x, "w": w, "b": b}, layer_gap=2.85, node_gap=1.75)
    for ours, torchs in zip(film.nodes, theirs.nodes, strict=True):
        np.testing.assert_allclose(ours.shape.get_center(), torchs.shape.get_center())
        assert ours.get_value_label().num_string == torchs.get_value_label().num_string
        assert ours.get_gradient_label().num_string == torchs.get_gradient_label().num_string


def test_a_jacobian_is_not_squeezed_onto_an_edge():
    w = torch.ones(2, 2, requires_grad=True)
    graph = ComputationGraph.from_torch((w @ torch.ones(2)).sum(), {"W": w})
    with pytest.raises(ValueError, match="no entry-by-entry local derivative"):
        graph.edges[0].get_derivative_label()


def test_a_number_is_one_number():
    with pytest.raises(ValueError, match=r"shape is \(2,\)"):
        get_number(np.ones(2))


@pytest.mark.parametrize(("value", "text"), [(0.0625, "0.0625"), (1.0, "1"), (1.5, "1.5"), (-0.00001, "−1·10⁻⁵")])
def test_a_number_shows_as_many_decimals_as_it_needs(value, text):
    assert get_number(value).num_string == text


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(1e-6, 2, "1·10⁻⁶"), (-2e-7, 2, "−2·10⁻⁷"), (0.004, 2, "0.004"), (0.0, 2, "0.00"), (1.234e9, 1, "1.2·10⁹")],
)
def test_a_number_is_never_shown_as_nothing(value, decimals, text):
    assert get_number(np.array(value), decimals).num_string == text


def test_small_values_and_gradients_are_read_beside_their_nodes():
    x, w = Value(2e-7, "x"), Value(0.5, "w")
    graph = ComputationGraph(Graph.from_value((x * w).named("L")), decimals=2)
    assert graph.node("x").get_value_label().num_string == "2·10⁻⁷"
    assert graph.node("w").get_gradient_label().num_string == "2·10⁻⁷"
    assert graph.edges[1].get_derivative_label().num_string == "2·10⁻⁷"
    assert graph.get_card(graph.node("L")).value.num_string == "1·10⁻⁷"
    arithmetic = graph.get_arithmetic(graph.node("L"))
    assert arithmetic.formula.get_tex() == R"(2 \cdot 10^{-7}) \cdot 0.50 ="
    assert arithmetic.result.num_string == "1·10⁻⁷"


def test_complex_numbers_are_refused():
    for value in (1 + 2j, np.complex64(1), torch.tensor(1j)):
        with pytest.raises(ValueError, match="h_1 value must be real"):
            get_number(value, source=("h_1", "value"))


def test_what_is_no_number_is_drawn_as_such_in_the_warning_colour():
    for value, words in ((np.nan, "NaN"), (np.inf, "∞"), (-np.inf, "−∞")):
        number = get_number(np.array(value), source=("h_1", "gradient")).set_color(GRADIENT)
        assert number.num_string == words
        assert {glyph.get_fill_color() for glyph in number} == {WARNING}
        assert str(number.source) == "h_1 gradient"


# Large graphs


def chain(n: int) -> Graph:
    value = Value(0.5, "x")
    for _ in range(n):
        value = value.tanh()
    return Graph.from_value(value.named("L"))


def tree(n: int) -> Graph:
    terms = [Value(0.5, f"x_{i}") for i in range(n)]
    while len(terms) > 1:
        terms = [a * b for a, b in zip(terms[::2], terms[1::2], strict=False)] + terms[2 * (len(terms) // 2) :]
    return Graph.from_value(terms[0].named("L"))


@pytest.mark.parametrize("graph", [chain(9), tree(8), tree(6), chain(5)])
def test_a_graph_is_fitted_to_the_frame(graph):
    picture = ComputationGraph(graph)
    assert picture.get_width() < FRAME_WIDTH - 0.7
    assert picture.get_height() < FRAME_HEIGHT - 0.7
    assert min(edge.path.get_arc_length() for edge in picture.edges) > 0.15


@pytest.mark.parametrize("graph", [tree(40), tree(1000)])
def test_a_graph_too_large_to_read_is_refused_at_once(graph, monkeypatch):
    if len(graph.nodes) > 250:  # without being laid out
        monkeypatch.setattr("helpers.graph.SugiyamaLayout", None)
    for draw in (ComputationGraph, ExpressionGraph):
        with pytest.raises(ValueError, match=rf"{len(graph.nodes)} nodes in \d+ layers.*Show a part of it"):
            draw(graph)


@pytest.mark.parametrize("n", [60, 200, 2002])
def test_a_long_graph_is_folded_until_it_can_be_read(n):
    graph = chain(n)
    picture = ComputationGraph(graph)
    assert len(picture.nodes) <= 16
    assert picture.get_width() < FRAME_WIDTH - 0.7
    folded = [node for node in picture.nodes if node.record.inside]
    inner = sum(len(node.record.inside.nodes) - 1 for node in folded)
    assert inner + len(picture.nodes) - len(folded) == len(graph.nodes)
    assert picture.node("L").value == graph.nodes[-1].value


def test_a_module_is_drawn_with_its_parts_as_nodes():
    layers = torch.nn.Linear(4, 5), torch.nn.LayerNorm(5), torch.nn.GELU(), torch.nn.Linear(5, 2)
    picture = ComputationGraph.from_module(torch.nn.Sequential(*layers), torch.ones(3, 4))
    assert [node.record.symbol for node in picture.nodes] == [
        *("", R"\mathrm{Linear}", R"\mathrm{LayerNorm}", R"\mathrm{GELU}", R"\mathrm{Linear}", R"\Sigma")
    ]
    assert picture.nodes[2].symbol.text == "Layer\nNorm"
    for edge in picture.edges:
        assert edge.start_node.shape.get_right()[0] < edge.end_node.shape.get_left()[0]
    assert picture.get_width() < FRAME_WIDTH - 0.7


def test_a_function_is_drawn_from_its_own_run():
    picture = ComputationGraph.from_function(lambda θ: (θ.view(2, 2).cumsum(0) ** 2).sum(), θ=[1.0, 2.0, 3.0, 4.0])
    assert picture.node("θ").gradient.tolist() == [10.0, 16.0, 8.0, 12.0]


def test_gaps_somebody_chose_are_kept_but_not_for_any_number_of_nodes():
    wide = ComputationGraph(chain(12), layer_gap=2.6, node_gap=1.8)
    assert wide.get_width() > FRAME_WIDTH
    assert len(wide.nodes) == len(chain(12).nodes)
    assert len(ComputationGraph(chain(2002), layer_gap=2.6, node_gap=1.8).nodes) <= 16


def test_what_is_carried_starts_at_one_end_and_arrives_at_the_other(film):
    edge = film.edges[0]
    ride = CarryAlong(film.node("x").get_value_label(), edge)
    ride.begin()
    ride.interpolate(0.02)
    start = ride.mobject.get_x()
    ride.interpolate(0.98)
    assert start < edge.path.get_x() < ride.mobject.get_x()


def test_running_a_line_brightens_it_and_moves_the_bar():
    panel = CodePanel(["a = 1", "b = 2"])
    animation = panel.run_line(1)
    animation.begin()
    animation.finish()
    assert panel.bar.get_y() == pytest.approx(panel.lines[1].get_y())
    assert panel.lines[1][0].get_fill_opacity() == 1
    assert panel.lines[0][0].get_fill_opacity() < 0.8


# Names


@pytest.mark.parametrize(
    ("name", "kind", "glyphs"),
    [
        *(("x", Tex, 1), ("h_1", Tex, 2), ("h_12", Tex, 3), ("W^{(1)}", Tex, 4), ("θ", Tex, 1), (R"\hat{y}", Tex, 2)),
        *(("learning_rate", Text, 13), ("100%", Text, 4), ("a & b", Text, 3), ("{", Text, 1), ("\\", Text, 1)),
        *(("loss", Text, 4), ("W_up", Text, 4), ("x_", Text, 2), ("$x$", Text, 3), ("#1", Text, 2), ("ё", Text, 1)),
    ],
)
def test_a_name_is_drawn_as_it_is_written(name, kind, glyphs):
    drawn = get_name(name)
    assert type(drawn) is kind
    assert len(drawn.family_members_with_points()) == glyphs


def test_a_name_that_cannot_be_drawn_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match=r"no installed font has '\\U000f1234'"):
        get_name("\U000f1234")
    with pytest.raises(ValueError, match=r"the name '\\\\nosuch' cannot be set as TeX: Undefined control sequence"):
        get_name(R"\nosuch")
    assert type(get_name("")) is VGroup


def test_names_in_a_graph_and_in_its_formulas_are_drawn_as_they_are_written():
    rate, share = Value(0.5, "learning_rate"), Value(2.0, "100%")
    graph = ComputationGraph(Graph.from_value((rate * share).named("a & b") ** 2))
    assert [type(node.symbol) for node in graph.nodes[:2]] == [Text, Text]
    assert graph.node("learning_rate").shape.get_width() > graph.node("learning_rate").symbol.get_width()
    card = graph.get_card(graph.node("a & b"))
    assert [formula.get_tex() for formula in card.formulas] == [
        R"\partial \text{a \& b} / \partial \text{learning\_rate} = \text{100\%}",
        R"\partial \text{a \& b} / \partial \text{100\%} = \text{learning\_rate}",
    ]


def test_the_name_of_an_operation_is_no_index():
    assert type(get_symbol(R"\mathrm{My_Op}")) is Text
    assert type(get_symbol(R"\mathrm{ReLU}")) is Tex
