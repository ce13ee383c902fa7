"""What ClassicNeuralNetworksPicture says of the toy block is so."""

import numpy as np
import pytest

from darkroom import engine

engine.load()

from _2025.mlp.classic_picture import (  # noqa: E402
    COLUMNS,
    FIRST,
    PITCH,
    ROWS,
    SMALLEST,
    get_body,
    get_cells,
    get_matrix,
    get_vector,
)
from _2025.mlp.classic_picture import ClassicNeuralNetworksPicture as Scene  # noqa: E402
from truth.toy_mlp import ACTIVE, PARAMETERS, TOKENS, get_toy_mlp  # noqa: E402

MLP = get_toy_mlp()
SEEN = MLP.forward(TOKENS[ACTIVE].embedding)


def test_half_a_match_leaves_the_first_neuron_dark():
    assert SEEN.neurons[FIRST] == 1
    for token in Scene.other_tokens:
        seen = MLP.forward(TOKENS[token].embedding)
        assert seen.product[FIRST] == pytest.approx(1)  # one half
        assert seen.neurons[FIRST] == 0


def test_the_lines_into_a_neuron_are_a_row_and_those_out_of_it_a_column():
    network = get_body().network
    up, down = get_matrix(MLP.up, "up", ROWS, COLUMNS), get_matrix(MLP.down, "down", COLUMNS, ROWS, 32, 0.5)
    for unit in ROWS:
        for place in COLUMNS:
            assert network.get_edge(0, unit, place).weight == up.get_entry(unit, place).value == MLP.up[unit, place]
            assert network.get_edge(1, place, unit).weight == down.get_entry(place, unit).value


def test_rows_stand_level_with_their_balls():
    body, up, vector = get_body(), get_matrix(MLP.up, "up", ROWS, COLUMNS), get_vector(SEEN.x, "E")
    for tiled, layer, indices in ((up, 1, ROWS), (vector, 0, COLUMNS)):
        for index in indices:
            place = tiled.get_tile(index, 0).get_y() - tiled.get_tile(indices[0], 0).get_y()
            ball = body.get_ball(layer, index).body.get_y() - body.get_ball(layer, indices[0]).body.get_y()
            assert place == pytest.approx(ball, abs=0.08)


def test_what_is_drawn_is_all_that_counts_for_the_token():
    """The update follows from the drawn neurons and lines alone: what ellipses hide adds nothing."""
    places, units = list(COLUMNS), list(ROWS)
    pre = MLP.up[np.ix_(units, places)] @ SEEN.x[places] + MLP.up_bias[units]
    np.testing.assert_allclose(pre, SEEN.pre[units], atol=1e-12)
    update = MLP.down[np.ix_(places, units)] @ np.maximum(pre, 0) + MLP.down_bias[places]
    np.testing.assert_allclose(update, SEEN.update[places], atol=1e-12)


def test_the_sum_on_screen_closes_entry_by_entry():
    x, update, output = (get_vector(values, "") for values in (SEEN.x, SEEN.update, SEEN.output))
    for place in COLUMNS:
        shown = [vector.get_entry(place).shown_value for vector in (x, update, output)]
        assert shown[0] + shown[1] == pytest.approx(shown[2])


def test_gpt3s_matrix_is_drawn_to_the_scale_of_the_one_that_is_shown():
    from manimlib import Rectangle

    cells, whole = get_cells(), Rectangle()
    step = cells[1].get_x() - cells[0].get_x()
    way = Scene.__new__(Scene).get_way_back(cells, whole)
    way.begin()
    way.interpolate(0.5)
    shrunk = (cells[1].get_x() - cells[0].get_x()) / step
    assert whole.get_height() == pytest.approx(49_152 * PITCH * shrunk, rel=1e-3)
    assert whole.get_width() == pytest.approx(12_288 * step * shrunk, rel=1e-3)
    way.finish()
    assert whole.get_height() == pytest.approx(SMALLEST, rel=1e-3)
    assert whole.get_height() / whole.get_width() == pytest.approx(4, rel=1e-3)
    assert whole.get_top()[1] < 3.6 and whole.get_left()[0] > -6.7


def test_gpt3_has_as_many_weights_as_is_said():
    assert PARAMETERS.up_weights == 4 * 12_288 * 12_288 == 603_979_776
    assert len(get_body().network.get_edges(0)) == 40


def test_cells_are_the_weights_of_the_drawn_lines_in_their_order():
    edges = get_body().network.get_edges(0)
    assert len(get_cells()) == len(edges)
    assert [edge.weight for edge in edges] == MLP.up[np.ix_(ROWS, COLUMNS)].ravel().tolist()


def test_what_is_said_of_biases_is_so():
    assert (MLP.up_bias[list(ROWS)] < 0).all()
