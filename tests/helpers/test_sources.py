"""Do the helpers' numbers carry their sources wherever ManimGL takes them, and is a lie found out?"""

import numpy as np
import pytest
from manimlib import RIGHT, FadeTransform, Restore, Scene, Transform, TransformFromCopy, ValueTracker, VGroup

from darkroom.numbers import read
from helpers.embedding import EmbeddingArray, NumericEmbedding
from helpers.matrix import AnimateEntriesTo, WeightMatrix
from helpers.network import NeuralNetwork
from helpers.number import SourcedNumber
from helpers.product import show_matrix_vector_product
from truth.source import CHOICE, Source

RNG = np.random.default_rng(0)
W, V = RNG.normal(size=(2, 6, 4))
E = RNG.normal(size=(6, 5))


def account(build):
    return read(type("Built", (Scene,), {"construct": build}), lambda frames: None, fps=10)


def clean(build):
    """The account's rows, once it is known that nothing is wrong."""
    whole = account(build)
    assert [f"{finding.code} {finding.says}" for finding in whole.findings] == []
    return whole.rows


def codes(build):
    return [finding.code for finding in account(build).findings]


def test_a_matrix_on_its_way_to_other_values():
    def construct(scene):
        matrix = WeightMatrix(W, source="W", shown_rows=3)
        scene.add(matrix)
        scene.play(AnimateEntriesTo(matrix, V, source="V", lag_ratio=0.3, run_time=1))
        scene.wait(0.3)
        scene.play(matrix.animate.set_values(W), run_time=0.5)

    rows = clean(construct)
    assert {row.source.partition("[")[0] for row in rows} == {"W", "V"}
    assert all(row.is_looked_up for row in rows)
    assert {row.true for row in rows if row.source == "W[5, 3]"} == {W[5, 3]}


def test_an_entry_changed_behind_its_back():
    def construct(scene):
        matrix = WeightMatrix(W, source="W")
        scene.add(matrix)
        scene.wait(0.3)
        matrix.get_entry(1, 2).set_value(W[1, 2] + 1)
        scene.wait(0.3)

    assert codes(construct) == ["N002"]


def test_a_tensor_that_was_trained_on_after_it_was_drawn():
    def construct(scene):
        weights = W.copy()
        scene.add(WeightMatrix(weights, source="W", shown_rows=1, shown_columns=[0]))
        scene.wait(0.3)
        weights += 1
        scene.wait(0.3)

    assert codes(construct) == ["N002"]


def test_typed_lists_are_no_source_unless_named():
    def construct(scene):
        scene.add(WeightMatrix([[0.5]]), WeightMatrix([[0.2]], source=CHOICE).shift(2 * RIGHT))
        scene.wait(0.2)

    assert codes(construct) == ["N001"]


def test_embeddings_of_all_tokens_and_of_one():
    def construct(scene):
        array = EmbeddingArray(E, list("abcde"), source="E", shown_tokens=3, shown_entries=4)
        scene.add(array)
        scene.play(array.animate.set_values(2 * E), run_time=0.4)
        scene.play(array.get_column(0).animate.set_values(E[:, 3]), run_time=0.4)
        scene.wait(0.2)

    sources = {row.source for row in clean(construct)}
    assert {"E[0, 0]", "E[5, 4]", "E[:, 0][5]"} <= sources


def test_transforms_copies_and_restores():
    def construct(scene):
        first = NumericEmbedding(E[:, 0], source="x").shift(2 * RIGHT)
        second = NumericEmbedding(E[:, 1], source="y")
        first.save_state()
        scene.add(first)
        scene.play(TransformFromCopy(first, second), run_time=0.4)
        scene.play(Transform(first, second), run_time=0.4)
        scene.wait(0.2)
        scene.play(Restore(first), run_time=0.4)
        number = SourcedNumber(0.25, source=CHOICE, num_decimal_places=2)
        scene.play(FadeTransform(second, number), run_time=0.4)
        scene.play(FadeTransform(number, SourcedNumber(0.5, source="half")), run_time=0.4)
        group = VGroup(first).copy().scale(0.5)
        scene.play(VGroup(first).animate.become(group), run_time=0.4)
        scene.wait(0.2)

    assert {"x[0]", "y[5]", "choice", "half"} <= {row.source for row in clean(construct)}


def test_a_product_and_its_running_sums():
    def construct(scene):
        matrix = WeightMatrix(W.round(1), source="W", shown_columns=3)
        vector = NumericEmbedding(E[:4, 0].round(1), source="x", shown_entries=3).shift(3 * RIGHT)
        scene.add(VGroup(matrix, vector).scale(0.7))
        scene.play(show_matrix_vector_product(matrix, vector, run_time_per_row=0.5))
        scene.wait(0.2)

    rows = clean(construct)
    assert {row.source for row in rows} >= {f"W · x[{i}]" for i in range(6)} | {"W · x[0], summed so far[0]"}


def test_a_live_number_is_held_against_what_drives_it():
    def construct(scene, says=lambda t: t**2):
        tracker = ValueTracker(1)
        number = SourcedNumber(1, source=Source("t²", of=lambda: tracker.get_value() ** 2))
        number.add_updater(lambda m: m.set_value(says(tracker.get_value())))
        scene.add(number)
        scene.play(tracker.animate.set_value(3), run_time=0.5)
        scene.wait(0.2)

    (row,) = clean(construct)
    assert (row.shown[0], row.last_shown) == ("1", "9.0")
    assert codes(lambda scene: construct(scene, says=lambda t: t**2 + 0.2)) == ["N002"]


def test_labels_of_a_network():
    def construct(scene):
        network = NeuralNetwork([W, RNG.normal(size=(2, 6))], max_shown=4)
        network.set_activations(network.forward(E[:4, 0]))
        scene.add(network, network.get_size_labels(), network.get_activation_labels(1))
        scene.wait(0.2)

    rows = clean(construct)
    assert [row.shown for row in rows if row.source.startswith("layer sizes")] == ["4", "6", "2"]
    assert sum(row.source.startswith("activations of layer 1") for row in rows) == 4


def test_set_value_may_name_another_source():
    number = SourcedNumber(1.0, source="a").set_value(2.0, source=Source("b", of=lambda: 2.0))
    assert (str(number.source), number.source.true_value()) == ("b", 2.0)
    with pytest.raises(ValueError, match="source: b"):
        number.set_value(np.inf)
