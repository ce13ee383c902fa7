"""Acts D to H of the walkthrough: the up projection's arithmetic closes, its readings hold, its counts are right."""

from fractions import Fraction

import numpy as np
import pytest

from darkroom import engine

engine.load()

from _2025.mlp.walkthrough.bias import AddTheBias  # noqa: E402
from _2025.mlp.walkthrough.collapse import CollapseUpProjection  # noqa: E402
from _2025.mlp.walkthrough.counting import CountParameters, get_areas  # noqa: E402
from _2025.mlp.walkthrough.numbers import PASSES, Board, get_biased, get_finished_product, get_ledger, get_product  # noqa: E402
from _2025.mlp.walkthrough.rows_as_questions import HALVES, RowsAsQuestions  # noqa: E402
from _2025.mlp.walkthrough.stage import get_stage  # noqa: E402
from _2025.mlp.walkthrough.the_plane import ThePlane  # noqa: E402
from _2025.mlp.walkthrough.up_projection import PACE, UpProjection  # noqa: E402
from custom.acts import check_acts  # noqa: E402
from darkroom.engine.run import Run  # noqa: E402
from truth.toy_mlp import (  # noqa: E402
    ACTIVE,
    D_HIDDEN,
    D_MODEL,
    DIRECTIONS,
    PARAMETERS,
    TOKENS,
    VISIBLE_UNITS,
    get_toy_mlp,
)

MLP = get_toy_mlp()
E = TOKENS[ACTIVE].embedding
SEEN = MLP.forward(E)
UNITS = list(VISIBLE_UNITS)
M, J, A, P = (DIRECTIONS[letter] for letter in "MJAP")
OURS = (UpProjection, RowsAsQuestions, ThePlane, AddTheBias, CountParameters, CollapseUpProjection)


def play(act):
    """The scene of an act after it was played alone; `handed` is what it hands on."""

    class Played(act):
        def construct(self):
            self.taken = self.set_up()
            self.handed = self.act(self.taken)

    return Run(Played, draws=False, skips=True)().scene


def standing(scene):
    """The ids of all that can be seen on stage."""
    tops = [top for top in scene.mobjects if top is not scene.frame]
    return {id(part) for top in tops for part in top.family_members_with_points()}


# The product and the bias


def test_the_product_closes_as_it_is_shown():
    product, right = get_product(get_stage(low=True))
    shown = [Fraction(str(x)) for x in product.vector.shown_values.ravel()]
    for weights, unit in zip(product.matrix.shown_values, UNITS, strict=True):
        assert sum(Fraction(str(w)) * x for w, x in zip(weights, shown, strict=True)) == Fraction(
            str(SEEN.product[unit].round(1))
        )
    assert right.rounding_gap < 1e-9
    assert all(product.matrix.hidden_sum(row, E) == 0 for row in UNITS), "what the dots hide adds nothing"


def test_a_ledger_closes_as_it_is_shown():
    _, lines, others, _, total = get_ledger(MLP.up[0], E, ("row 0 of W_up", "E"))
    shown = [[Fraction(str(part.shown_value)) for part in line[::2]] for line in lines]
    assert all(a * b == c for a, b, c in shown)
    assert sum(c for *_, c in shown) == Fraction(str(total.shown_value)) == 2
    assert others[1].value == 0 and np.delete(MLP.up[0], [0, 1, 2, 3, 63]).tolist() == [0] * 59


def test_each_result_plus_its_bias_is_the_answer_shown():
    biased = get_biased(get_stage(low=True))
    before = get_finished_product(get_stage(low=True)).result.shown_values.ravel()
    bias, after = biased.bias.shown_values.ravel(), biased.product.result.shown_values.ravel()
    assert (before + bias).round(9).tolist() == after.tolist() == SEEN.pre[UNITS].tolist()


def test_the_first_row_takes_its_time_and_the_rest_run():
    (slow, until), (fast, others) = PACE
    assert until == (0, 1, 1) and others == (1, 2, len(UNITS))
    assert slow[1] >= 4 and 1.8 <= fast[1] <= 2.2 and fast[2] - fast[1] <= 1.6


# What rows ask


def test_row_0_is_the_sum_of_the_two_names():
    assert MLP.up[0].tolist() == (M + J).round(9).tolist()


def test_rows_that_ask_for_names_are_made_of_them():
    asked = {0: M + J, 1: A + J, 3: P, 255: M + P}
    for unit, direction in asked.items():
        assert MLP.up[unit].tolist() == direction.round(9).tolist()


def test_the_scores_are_as_said_for_every_token():
    scores = [each.product[0] for each in PASSES]
    assert scores[ACTIVE] == 2
    assert [scores[place] for place in HALVES] == [1, 1]
    assert all(score < 1 for place, score in enumerate(scores) if place not in (ACTIVE, *HALVES))


def test_with_the_bias_only_one_token_is_above_zero():
    assert [each.pre[0] > 0 for each in PASSES] == [place == ACTIVE for place in range(len(TOKENS))]
    assert [each.neurons[0] for each in PASSES] == [float(place == ACTIVE) for place in range(len(TOKENS))]


def test_bars_are_as_long_as_their_numbers():
    board = Board([each.product[0] for each in PASSES], "scores")
    for name in ("product", "pre", "neurons"):
        scores = [getattr(each, name)[0] for each in PASSES]
        board.numbers.set_values(scores)
        board.follow()
        x = board.zero.get_x()
        for bar, score in zip(board.bars, scores, strict=True):
            end = bar.get_right()[0] if score > 0 else bar.get_left()[0]
            assert end - x == pytest.approx(board.unit * score, abs=1e-6)


# Counts


def test_counts():
    d = 12_288
    assert PARAMETERS.rows == 4 * d == 49_152 == PARAMETERS.up_bias
    assert PARAMETERS.up_weights == 603_979_776
    assert Fraction(PARAMETERS.up_bias, PARAMETERS.up_weights) == Fraction(1, d)
    assert (D_HIDDEN, D_MODEL) == (4 * 64, 64), "the toy has the same proportions"


def test_areas_are_to_scale_and_the_small_one_can_be_seen():
    weights, biases = (area.get_width() * area.get_height() for area in get_areas())
    assert weights / biases == pytest.approx(12_288)
    assert get_areas()[1].get_width() * 135 > 3, "pixels at 1080p"
    assert get_areas()[0].get_height() / get_areas()[0].get_width() == pytest.approx(49_152 / 12_288)


# What the acts leave to each other


def test_each_act_takes_what_the_one_before_it_hands_on():
    check_acts(OURS)


@pytest.mark.slow
@pytest.mark.parametrize("act", OURS[:3], ids=lambda act: act.__name__)
def test_the_product_is_handed_on_as_it_was(act):
    scene = play(act)
    product = scene.handed
    assert product.matrix.values.tolist() == MLP.up.tolist() and product.vector.values.tolist() == E.tolist()
    assert product.result.values == pytest.approx(SEEN.product)
    wanted = get_finished_product(get_stage(low=True))
    for name in ("matrix", "vector", "equals", "result", "plates"):
        mine, theirs = getattr(product, name), getattr(wanted, name)
        assert mine.get_center() == pytest.approx(theirs.get_center(), abs=1e-2), name
        for a, b in zip(mine.family_members_with_points(), theirs.family_members_with_points(), strict=True):
            assert id(a) in standing(scene) and a.get_fill_opacity() == pytest.approx(b.get_fill_opacity())
    assert scene.frame.get_height() == pytest.approx(8) and not len(scene.caption)


@pytest.mark.slow
@pytest.mark.parametrize("act", OURS[3:5], ids=lambda act: act.__name__)
def test_the_bias_is_handed_on_beside_it(act):
    scene = play(act)
    biased, wanted = scene.handed, get_biased(get_stage(low=True))
    assert biased.bias.values.tolist() == MLP.up_bias.tolist()
    assert biased.product.result.values.tolist() == SEEN.pre.tolist()
    for mine, theirs in ((biased.bias, wanted.bias), (biased.product.plates, wanted.product.plates)):
        assert mine.get_center() == pytest.approx(theirs.get_center(), abs=1e-2)
        assert all(id(part) in standing(scene) for part in mine.family_members_with_points())
    assert scene.frame.get_height() == pytest.approx(8) and not len(scene.caption)


@pytest.mark.slow
def test_nothing_but_the_stage_a_line_and_the_results_is_left_in_the_end():
    scene = play(CollapseUpProjection)
    answers = scene.handed
    stage = answers.stage
    known = [*stage.get_parts().values(), stage.docked, answers.plate, answers.column]
    ids = {id(part) for top in known for part in top.get_family()}
    assert standing(scene) <= ids
    assert len(stage.docked) == 1 and np.ptp(stage.docked.get_all_points()[:, 1]) < 1
