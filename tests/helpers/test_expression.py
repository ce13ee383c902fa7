"""Any expression, drawn: are its numbers torch's, is its graph legible, are its refusals clear?"""

import numpy as np
import pytest
import torch

from darkroom import engine

engine.load()

from manimlib import Text  # noqa: E402

from _2025.autograd.expressions import film  # noqa: E402
from custom.palette import WARNING  # noqa: E402
from helpers.expression import AutogradOfExpression, ExpressionGraph, box, get_points, is_clear  # noqa: E402
from helpers.heat import HeatMatrix  # noqa: E402
from helpers.number import NotANumber, SourcedNumber  # noqa: E402

SCENES_IN_ORDER = [scene for scene in film.SCENES_IN_ORDER if issubclass(scene, AutogradOfExpression)]
EXAMPLES = pytest.mark.parametrize("example", SCENES_IN_ORDER, ids=lambda scene: scene.__name__)


def made(example):
    return example.__new__(example)  # run_expression needs no stage


def of(function, **inputs):
    name = "Made"
    return made(type(name, (AutogradOfExpression,), {"expression": function, "inputs": inputs}))


@pytest.fixture(scope="module")
def graphs():
    return {}


@pytest.fixture
def graph(example, graphs):
    if example not in graphs:
        graphs[example] = ExpressionGraph(made(example).run_expression())
    return graphs[example]


@EXAMPLES
def test_values_and_gradients_are_torchs(example):
    record = made(example).run_expression()
    leaves = {
        name: torch.tensor(value, dtype=torch.float64, requires_grad=True) for name, value in example.inputs.items()
    }
    result = made(example).expression(**leaves)
    result.backward()
    assert float(record.nodes[-1].value) == result.item()
    for name, leaf in leaves.items():
        np.testing.assert_allclose(record.node(name).gradient, leaf.grad.numpy(), rtol=1e-12)
        assert record.node(name).kind == ("parameter" if name in example.parameters else "input")


@EXAMPLES
def test_what_flows_back_adds_up_to_each_gradient(example):
    record = made(example).run_expression()
    for i, node in enumerate(record.nodes[:-1]):
        flows = [record.nodes[e.target].flows[e.slot] for e in record.edges if e.source == i]
        np.testing.assert_allclose(sum(flows), node.gradient, rtol=1e-12)


@EXAMPLES
def test_nothing_beside_a_node_lies_on_another(example, graph):
    places = [
        [box(mobject) for mobject in (node.shape, *node.label, *graph.get_readings(node))] for node in graph.nodes
    ]
    for i, mine in enumerate(places):
        others = [place for theirs in places[:i] for place in theirs]
        assert all(is_clear(place, others, buff=0) for place in mine), graph.get_name(graph.nodes[i])


@EXAMPLES
def test_no_edge_crosses_a_third_node(example, graph):
    for edge in graph.edges:
        for node in graph.nodes:
            if node not in (edge.start_node, edge.end_node):
                assert is_clear(box(node.shape), [], get_points(edge), buff=0)


@EXAMPLES
def test_slopes_are_clear_of_edges_and_of_each_other(example, graph):
    slopes = graph.get_slopes()
    points = np.concatenate([get_points(edge) for edge in graph.edges])
    places = [box(slope) for slope in slopes.values()]
    for i, place in enumerate(places):
        assert is_clear(place, places[:i], points, buff=0)


@EXAMPLES
def test_the_graph_stays_in_its_room(example, graph):
    everything = [graph, *(reading for node in graph.nodes for reading in graph.get_readings(node))]
    assert max(m.get_right()[0] for m in everything) < 6.75
    assert min(m.get_left()[0] for m in everything) > -6.75
    assert max(m.get_top()[1] for m in everything) < 2.6
    assert min(m.get_bottom()[1] for m in everything) > -3.2


@EXAMPLES
def test_no_edge_runs_through_a_value_or_a_gradient(example, graph):
    parts = [part for node in graph.nodes for part in graph.get_readings(node)]
    for edge in graph.edges:
        assert all(is_clear(box(part), [], get_points(edge)[3:-3], buff=0) for part in parts)


def random_expression(seed):
    """Sums and products of what there is so far, until nothing is left to combine."""
    rng = np.random.default_rng(seed)
    inputs = dict.fromkeys("abcdefg"[: rng.integers(2, 8)], 0.5)

    def expression(self, **leaves):
        terms = list(leaves.values())
        for _ in range(rng.integers(0, 4)):  # some are used again
            terms.append(terms[rng.integers(len(terms))].tanh())
        while len(terms) > 1:
            first, second = (terms.pop(rng.integers(len(terms))) for _ in range(2))
            terms.append(first * second if rng.integers(2) else first + second)
        return terms[0]

    signature = ", ".join(inputs)
    made_expression = eval(
        f"lambda self, {signature}: body(self, {', '.join(f'{n}={n}' for n in inputs)})", {"body": expression}
    )
    return of(made_expression, **inputs)


@pytest.mark.parametrize("seed", range(12))
def test_any_expression_up_to_25_nodes_can_be_read(seed):
    record = random_expression(seed).run_expression()
    assert len(record.nodes) <= 25
    graph = ExpressionGraph(record)
    places = [
        [box(mobject) for mobject in (node.shape, *node.label, *graph.get_readings(node))] for node in graph.nodes
    ]
    for i, mine in enumerate(places):
        others = [place for theirs in places[:i] for place in theirs]
        assert all(is_clear(place, others, buff=0) for place in mine)
    for edge in graph.edges:
        for node in graph.nodes:
            if node not in (edge.start_node, edge.end_node):
                assert is_clear(box(node.symbol), [], get_points(edge), buff=0)


def test_two_edges_between_the_same_nodes_are_visibly_two():
    graph = ExpressionGraph(of(lambda self, x: x * x, x=3.0).run_expression())
    upper, lower = (edge.path.point_from_proportion(0.5)[1] for edge in graph.edges)
    assert upper - lower > 0.5


def test_an_operation_without_entrywise_derivatives_is_a_box_with_its_true_gradient():
    graph = ExpressionGraph(of(lambda self, z: torch.softmax(z, 0)[1], z=[1.0, 2.0]).run_expression())
    softmax = graph.nodes[1]
    assert softmax.is_box and not softmax.is_diamond
    assert softmax.gradient.tolist() == [0.0, 1.0]
    assert graph.get_slopes() == {}


def test_an_operation_we_have_never_heard_of_still_has_its_slope_on_numbers():
    record = of(lambda self, x: torch.special.erf(x + 1), x=0.5).run_expression()
    assert record.nodes[-1].derivatives[0] == pytest.approx(2 / np.sqrt(np.pi) * np.exp(-2.25))


@pytest.mark.parametrize(
    ("function", "symbol"),
    [
        (lambda self, x: (x + 1).exp(), "+ 1"),
        (lambda self, x: (x - 2.5).exp(), "- 2.5"),
        (lambda self, x: (1 - x).exp(), R"1 - (\cdot)"),
        (lambda self, x: (3 * x).exp(), R"\times 3"),
        (lambda self, x: (x / 4).exp(), R"\div 4"),
    ],
)
def test_a_plain_number_is_shown_with_its_operation(function, symbol):
    assert of(function, x=2.0).run_expression().nodes[1].symbol == symbol


def test_a_graph_too_large_to_read_is_folded():
    def expression(self, **inputs):
        values = list(inputs.values())
        return sum(a * b for a in values for b in values)

    scene = of(
        lambda self, a, b, c, d, e, f: expression(self, a=a, b=b, c=c, d=d, e=e, f=f), **dict.fromkeys("abcdef", 1.0)
    )
    record = scene.run_expression()
    graph = ExpressionGraph(record)
    assert len(graph.nodes) < 20 < len(record.nodes)
    for name in "abcdef":
        assert graph.node(name).gradient == record.node(name).gradient == 12


def test_what_is_no_number_is_drawn_as_such():
    graph = ExpressionGraph(of(lambda self, x: (1 / x).log().sum(), x=[-1.0, 0.0, 2.0]).run_expression())
    shown = [
        (part.num_string, part.value)
        for part in graph.get_value(graph.nodes[3]).get_family()
        if isinstance(part, NotANumber)
    ]
    assert [words for words, _ in shown] == ["NaN", "∞"]
    total = graph.get_value(graph.nodes[-1])
    assert total.num_string == "NaN"
    assert total[0].get_fill_color() == WARNING
    assert any(isinstance(part, NotANumber) for part in graph.get_tag(graph.node("x")).get_family())


def test_a_matrix_is_cells_and_a_large_one_its_shape():
    graph = ExpressionGraph(of(lambda self, x: (x @ x.T).sum(), x=np.ones((2, 3))).run_expression())
    cells = graph.get_value(graph.node("x"))
    assert isinstance(cells, HeatMatrix)
    assert cells.values.tolist() == np.ones((2, 3)).tolist()
    large = ExpressionGraph(of(lambda self, x: (x * x).sum(), x=np.ones((30, 3))).run_expression())
    assert large.get_value(large.node("x")).get_tex() == R"30 \times 3"


def overwritten(self, x):
    x.data.mul_(2)
    return x.sum()


@pytest.mark.parametrize(
    ("function", "inputs", "message"),
    [
        (lambda self, x: x * 2, {"y": 1.0}, "takes x, but inputs gives y"),
        (lambda self, x: x * 2, {"x": [1.0, 2.0]}, r"shape \(2,\): reduce it"),
        (lambda self, x: 3.0, {"x": 1.0}, "returned 3.0: it must return a torch tensor"),
        (lambda self, x: x.detach() * 2, {"x": 1.0}, "has no grad_fn"),
        (lambda self, x: (x * 2, x * 3), {"x": 1.0}, "returned 2 results: .* return one of them or their sum"),
        (lambda self, x: (x * 2, {"h": 3}), {"x": 1.0}, "names gives h = 3"),
        (
            lambda self, x, w: (x * w).sum(),
            {"x": [1.0, 2.0], "w": [1.0, 2.0, 3.0]},
            r"size of tensor a \(2\) must match .*; its inputs: x of shape \(2,\), w of shape \(3,\)",
        ),
        (lambda self, x: x[5], {"x": [1.0, 2.0]}, r"index 5 is out of bounds.* x of shape \(2,\)"),
        (lambda self, x: torch.nn.Linear(2, 1)(x).sum(), {"x": [1.0, 2.0]}, r"float64.*float32.*\.double\(\)"),
        (lambda self, x: torch.nn.LayerNorm(2)(x).sum(), {"x": [1.0, 2.0]}, r"float64.*float32.*\.double\(\)"),
        (lambda self, x: torch.nn.LSTM(2, 1)(x[None])[0].sum(), {"x": [1.0, 2.0]}, r"float64.*\.double\(\)"),
        (lambda self, x: np.tanh(x), {"x": 1.0}, r"numpy's functions: use its own, torch\.tanh"),
        (
            lambda self, x: x.sum("rows"),
            {"x": [1.0, 2.0]},
            r"invalid combination of arguments - got \(str\); its inputs",
        ),
        (lambda self, x: x.mul_(2), {"x": 1.0}, r"an input is changed in place.*write x = x \* 2"),
        (overwritten, {"x": 1.0}, "changes its input x in place"),
        (lambda self, x: torch.nn.Dropout(0.5)(x), {"x": 1.0}, r"dropout in training mode.*\.eval\(\)"),
        (
            lambda self, x: torch.nn.BatchNorm1d(2).double()(x[None]).sum(),
            {"x": [1.0, 2.0]},
            r"batch norm in training mode.*\.eval\(\)",
        ),
        (lambda self, x, w: x * 2, {"x": 1.0, "w": 2.0}, "no gradient flows back to w"),
        (lambda self, z: (z * z).real, {"z": 1 + 2j}, "complex numbers cannot be drawn"),
        (lambda self, z: (z * z).real, {"z": np.array([1 + 2j])}, "complex numbers cannot be drawn"),
        (lambda self, x: x.sum(), {"x": [[1.0], [2.0, 3.0]]}, "must be a number, or a list of numbers"),
        (lambda self, x: x.sum(), {"x": "two"}, "must be a number, or a list of numbers"),
    ],
)
def test_mistakes_are_named(function, inputs, message):
    with pytest.raises(ValueError, match=message) as refusal:
        of(function, **inputs).run_expression()
    assert "\n" not in str(refusal.value)


def test_an_error_in_an_expression_names_its_line():
    with pytest.raises(ValueError, match="cannot be computed") as refusal:
        of(lambda self, x: x[5], x=[1.0]).run_expression()
    assert "test_expression.py" in str(refusal.traceback[-1].path)


def test_an_error_that_is_not_pytorchs_stays_what_it_is():
    with pytest.raises(IndexError, match="list index"):
        of(lambda self, x: x * [1.0][1], x=2.0).run_expression()


def test_what_is_broadcast_receives_the_sum_over_its_uses():
    scene = of(lambda self, w, x, b: (w * x + b).tanh().sum(), w=[0.5, -1.0, 2.0], x=[1.0, 2.0, 3.0], b=0.5)
    scene.__class__.parameters = ("w", "b")
    record = scene.run_expression()
    expected = (1 - np.tanh([1.0, -1.5, 6.5]) ** 2).sum()
    assert record.node("b").gradient == pytest.approx(expected)
    assert record.node("b").kind == "parameter"


def test_a_tensor_and_an_array_are_inputs_too():
    record = of(lambda self, x, y: (x * y).sum(), x=torch.tensor([1, 2]), y=np.float32(3)).run_expression()
    assert record.node("x").gradient.tolist() == [3, 3]


def test_a_name_that_is_given_to_the_result_is_kept():
    record = of(lambda self, x: (lambda y: (y, {"E": y}))(x * 2), x=1.0).run_expression()
    assert record.nodes[-1].name == "E"


def test_a_scene_without_an_expression_says_what_to_write():
    with pytest.raises(NotImplementedError, match="def expression"):
        made(AutogradOfExpression).run_expression()


def test_the_code_on_screen_is_the_expression():
    usual = next(scene for scene in SCENES_IN_ORDER if scene.__name__ == "YourExpression")
    assert made(usual).get_code() == "L = (torch.tanh(x * w + b) - 1) ** 2"


def texts(mobject) -> list[str]:
    return [part.num_string for part in mobject.get_family() if isinstance(part, SourcedNumber)]


def test_small_numbers_are_shown_as_numbers_and_names_as_they_are_written():
    def expression(self, learning_rate, x):
        return (x * learning_rate).sum()

    graph = ExpressionGraph(of(expression, learning_rate=2e-7, x=[1.0, 1e-6]).run_expression())
    assert type(graph.node("learning_rate").symbol) is Text
    assert texts(graph.get_value(graph.node("learning_rate"))) == ["2·10⁻⁷"]
    assert texts(graph.get_value(graph.node("x"))) == ["1.00", "≈0.00"]
    assert texts(graph.get_tag(graph.node("x"))) == ["2·10⁻⁷", "2·10⁻⁷"]
    zeros = [text for node in graph.nodes for text in texts(graph.get_readings(node)) if text.strip("0.") == ""]
    assert zeros == []


def test_small_gradients_that_arrive_one_by_one_are_not_taken_for_their_sum():
    scene = of(lambda self, x: (x * 1e-9).tanh() + x * 1e-9, x=2.0)
    scene.graph = ExpressionGraph(scene.run_expression())
    (x,) = (node for node in scene.graph.nodes if not node.record.inputs)
    scene.arrived = {x: [np.array(1e-9)]}
    assert texts(scene.get_tag_so_far(x)) == ["1·10⁻⁹"]
    scene.arrived[x].append(np.array(1e-9))
    assert texts(scene.get_tag_so_far(x)) == ["2·10⁻⁹"]
