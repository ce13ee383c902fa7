"""Acts D to G of the walkthrough: the up projection's arithmetic closes, its readings hold, its counts are right."""

from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

from darkroom import engine

engine.load()

from manimlib import StringMobject  # noqa: E402

from _2025.mlp.walkthrough.bias import AddTheBias  # noqa: E402
from _2025.mlp.walkthrough.counting import FACTOR, CountParameters, with_commas  # noqa: E402
from _2025.mlp.walkthrough.rows_as_questions import RowsAsQuestions  # noqa: E402
from _2025.mlp.walkthrough.stage import Walkthrough  # noqa: E402
from _2025.mlp.walkthrough.up_projection import UpProjection  # noqa: E402
from darkroom.engine.run import Run  # noqa: E402
from helpers.embedding import NumericEmbedding  # noqa: E402
from helpers.matrix import WeightMatrix  # noqa: E402
from helpers.product import MatrixVectorProduct  # noqa: E402
from truth.distillation import learn_up_projection  # noqa: E402
from truth.toy_mlp import (  # noqa: E402
    ACTIVE,
    D_HIDDEN,
    D_MODEL,
    DIRECTIONS,
    PARAMETERS,
    TOKENS,
    VISIBLE_COORDINATES,
    VISIBLE_UNITS,
    get_toy_mlp,
)

MLP = get_toy_mlp()
E = TOKENS[ACTIVE].embedding
UNITS = list(VISIBLE_UNITS)
OURS = (UpProjection, RowsAsQuestions, AddTheBias, CountParameters)


class Products(CountParameters):
    """Acts D to G alone, and what stands on the page at the end of each."""

    def construct(self):
        self.set_up_stage()
        self.products, self.biases = {}, {}
        for kind in OURS:
            kind.act(self)
            self.products[kind] = self.up_result.shown_values.ravel()
            assert self.caption is None, f"{kind.__name__} leaves a caption"


@pytest.fixture(scope="module")
def scene():
    return Run(Products, draws=False, skips=True)().scene


# The product and the bias


def test_the_product_closes_as_it_is_shown():
    matrix = WeightMatrix(MLP.up, shown_rows=VISIBLE_UNITS, shown_columns=VISIBLE_COORDINATES)
    product = MatrixVectorProduct(matrix, NumericEmbedding(E, shown_entries=VISIBLE_COORDINATES))
    assert product.result.shown_values.ravel().tolist() == [2.0, 1.0, -1.0, -1.0, 0.0, -2.0, -1.0, 1.0]
    assert product.rounding_gap < 1e-9
    assert all(matrix.hidden_sum(row, E) == 0 for row in UNITS), "what the dots hide adds nothing"


def test_each_result_plus_its_bias_is_the_answer_shown():
    answers = [round(10 * x) + round(10 * b) for x, b in zip((MLP.up @ E)[UNITS], MLP.up_bias[UNITS], strict=True)]
    assert answers == [round(10 * x) for x in MLP.forward(E).pre[UNITS]]


def test_training_ends_on_what_stood_before_it():
    """The results while learning are those of the weights while learning, and both end where they were."""
    run = learn_up_projection()
    assert (run.weights[-1] == MLP.up).all()
    assert (run.biases[-1] == MLP.up_bias).all()
    author = SimpleNamespace(training=run, seen=MLP.forward(E), up_result=NumericEmbedding(MLP.up @ E))
    (animation,) = UpProjection.follow_training(author, 1)
    animation.begin()
    animation.interpolate(3 / (len(run.steps) - 1))
    assert author.up_result.values == pytest.approx(run.weights[3] @ E)
    animation.finish()
    assert author.up_result.values.tolist() == MLP.forward(E).product.tolist()


# What rows ask


def has(*words):
    return [all(word in token.words for word in words) for token in TOKENS]


@pytest.mark.parametrize(
    ("row", "bias", "words", "with_it", "without"),
    [
        (DIRECTIONS["M"], 0.0, ("Michael",), 1, 0),
        (MLP.up[0], 0.0, ("Michael", "Jordan"), 2, 1),
        (MLP.up[0], MLP.up_bias[0], ("Michael", "Jordan"), 1, 0),
    ],
    ids=["one name", "both names", "both names, and the bias"],
)
def test_the_conditions_hold_for_every_token(row, bias, words, with_it, without):
    for token, holds in zip(TOKENS, has(*words), strict=True):
        score = row @ token.embedding + bias
        assert score == pytest.approx(with_it) if holds else score <= without + 1e-9


def test_conditions_are_written_from_the_scores():
    author = SimpleNamespace(
        get_sum=lambda tex, size: RowsAsQuestions.get_sum(SimpleNamespace(symbols={"E": "#FFFFFF"}), tex)
    )
    scores, holds = np.array([3.0, -0.5, 3.0, 0.5]), np.array([True, False, True, False])
    lines = RowsAsQuestions.get_conditions(author, scores, holds, "if asked")
    assert [line.string for line in lines] == [R"\approx 3 \text{ if asked}", R"\le 0.5 \text{ otherwise}"]
    with pytest.raises(ValueError, match="unpack"):  # tokens that have the property must agree
        RowsAsQuestions.get_conditions(author, np.array([3.0, -0.5, 2.0, 0.5]), holds, "if asked")


def test_row_0_is_the_sum_of_the_two_names():
    assert (DIRECTIONS["M"] + DIRECTIONS["J"]).round(9).tolist() == MLP.up[0].round(9).tolist()


# Counts


def test_counts():
    d = 12_288
    assert PARAMETERS.rows == FACTOR * d == 49_152
    assert PARAMETERS.up_weights == 603_979_776
    assert Fraction(PARAMETERS.up_bias, PARAMETERS.up_weights) == Fraction(1, d)
    assert f"{PARAMETERS.bias_share:.5f}" == "0.00008"
    assert (D_HIDDEN, D_MODEL) == (4 * 64, 64), "the toy has the same proportions"
    assert with_commas(603_979_776) == "603{,}979{,}776"


# What the acts leave to each other


@pytest.mark.slow
def test_results_at_the_end_of_each_act(scene):
    seen = MLP.forward(E)
    for kind, vector in zip(OURS, (seen.product, seen.product, seen.pre, seen.pre), strict=True):
        assert scene.products[kind].tolist() == vector[UNITS].round(1).tolist(), kind.__name__


@pytest.mark.slow
def test_only_the_product_is_left_on_the_page(scene):
    """Act H collapses what stands here: nothing else may stay behind."""
    assert scene.up_matrix.values.tolist() == MLP.up.tolist()
    assert scene.up_vector.values.tolist() == E.tolist()
    assert scene.up_bias.values.tolist() == MLP.up_bias.tolist()
    parts = (scene.up_matrix, scene.up_vector, scene.up_plus, scene.up_bias, scene.up_equals, scene.up_result)
    known = [*parts, *scene.strip, scene.card, scene.embedding, scene.frame]
    pieces = {id(piece) for part in known for piece in part.get_family()}
    left = [piece for top in scene.mobjects for piece in top.get_family() if piece.has_points()]
    assert [piece for piece in left if id(piece) not in pieces] == []
    shown = {id(piece) for piece in left}
    assert all(id(piece) in shown for part in parts for piece in part.family_members_with_points())
    assert all(piece.get_fill_opacity() == 1 for part in parts for piece in part.family_members_with_points())
    lefts = [part.get_left()[0] for part in parts]
    assert lefts == sorted(lefts)
    assert not any(isinstance(top, StringMobject) and top.is_fixed_in_frame() for top in scene.mobjects)


@pytest.mark.slow
def test_act_g_ends_on_the_flat_page_with_the_embedding_lit(scene):
    stage = Run(type("Ready", (Walkthrough,), {"construct": Walkthrough.set_up_stage}), draws=False, skips=True)().scene
    assert scene.frame.get_height() == pytest.approx(8)
    assert scene.frame.get_center() == pytest.approx(np.zeros(3), abs=1e-6)
    for name in ("card", "embedding"):
        mine, theirs = (getattr(one, name).family_members_with_points() for one in (scene, stage))
        assert [piece.get_stroke_opacity() for piece in mine] == [piece.get_stroke_opacity() for piece in theirs]
        assert [piece.get_fill_opacity() for piece in mine] == [piece.get_fill_opacity() for piece in theirs]
