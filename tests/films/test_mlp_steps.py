"""Preview, three steps, matrices against stories: what they say in words is so in the numbers they show."""

import numpy as np
import pytest

from darkroom import engine

engine.load()

from _2025.mlp.matrices_vs_intuition import (  # noqa: E402
    PAIRS,
    UNIT,
    CosineChart,
    HeatWall,
    MatricesVsIntuition,
    SharedAnswer,
    get_all_cosines,
    get_board,
    get_contributions,
    judge_answers,
)
from _2025.mlp.steps_preview import DIALS, TOLD, MLPStepsPreview, ToyPicture, get_answers  # noqa: E402
from custom.palette import NEGATIVE_RAMP, PANEL, POSITIVE_RAMP  # noqa: E402
from truth.facts import FACTS, FIRST_NAMES, LAST_NAMES, embed, split_decoys, train_fact_mlp  # noqa: E402
from truth.toy_mlp import ACTIVE, DIRECTIONS, TOKENS, VISIBLE_UNITS, get_toy_mlp  # noqa: E402

mlp, run = get_toy_mlp(), train_fact_mlp()
seen = mlp.forward(TOKENS[ACTIVE].embedding)


def make(scene_class):
    return scene_class.__new__(scene_class)


def test_the_toys_first_row_is_the_name_and_its_first_column_the_sport():
    toy = ToyPicture()
    up, down = toy.up, toy.down
    assert TOKENS[ACTIVE].words == "Michael Jordan"
    assert up.values[0] == pytest.approx(DIRECTIONS["M"] + DIRECTIONS["J"])
    assert down.values[:, 0] == pytest.approx(DIRECTIONS["B"])
    assert (up.values == mlp.up).all() and (down.values == mlp.down).all()


def test_what_is_drawn_of_training_begins_with_chance_and_ends_with_what_was_trained():
    scene = make(MLPStepsPreview)
    for step, snapshot in ((0, 0), (run.config.n_steps, -1)):
        up, down = scene.get_slices(step)
        assert up == pytest.approx(run.up[snapshot][: len(up), : up.shape[1]])
        assert down == pytest.approx(run.down[snapshot][: len(down), : down.shape[1]])
    assert np.std(scene.get_slices(0)[0]) == pytest.approx(run.config.init_scale, rel=0.1)


def test_training_moves_cells_and_dials_together():
    scene = make(MLPStepsPreview)
    structure = scene.get_structure()
    up, _, down = structure[0]
    dials = scene.get_dials(up)
    training = scene.train(structure, dials, 0.5, 1)
    for alpha in (0.3, 1.0):
        training.interpolate(alpha)
        expected, expected_down = scene.get_slices(run.config.n_steps * (0.5 + 0.5 * alpha))
        assert up.values == pytest.approx(expected)
        assert down.values == pytest.approx(expected_down)
        assert [dial.value for dial in dials] == pytest.approx(expected[: DIALS[0], : DIALS[1]].ravel())


def test_the_answers_are_wrong_before_training_and_right_after_it():
    before, after = get_answers(0), get_answers(run.config.n_steps)
    assert after == [sport for _, _, sport in FACTS]
    assert all(before[fact] != FACTS[fact][2] for fact in TOLD)


def test_what_crosses_the_relu_is_the_first_rows_match_with_its_bias():
    assert seen.product[0] == pytest.approx(mlp.up[0] @ TOKENS[ACTIVE].embedding)
    assert seen.product[0] + mlp.up_bias[0] == pytest.approx(seen.pre[0])
    assert seen.pre[0] == seen.neurons[0]


def test_dials_can_show_what_training_does_to_their_numbers():
    for step in range(0, 81, 10):
        up, *_ = run.parameters_at(step)
        assert np.abs(up[: DIALS[0], : DIALS[1]]).max() <= 0.5


def test_the_two_networks_are_not_mistaken_for_each_other():
    """The trained one is drawn as cells, the chosen one as numbers, and no source has the other's name."""
    scene = make(MLPStepsPreview)
    trained = [scene.get_structure()[0][place].source.name for place in (0, 2)]
    toy = ToyPicture()
    chosen = [matrix.source.name for matrix in (toy.up, toy.down)]
    assert not set(trained) & set(chosen)


def test_active_columns_and_the_bias_add_up_to_nearly_basketball():
    on = np.flatnonzero(seen.neurons)
    assert set(on) <= set(VISIBLE_UNITS)
    assert sum(seen.neurons[unit] * mlp.down[:, unit] for unit in on) + mlp.down_bias == pytest.approx(seen.update)
    shares = {letter: seen.update @ direction for letter, direction in DIRECTIONS.items()}
    assert max(shares, key=shares.get) == "B"


def test_a_wall_has_the_colours_of_its_values():
    values = np.array([[0.0, 0.5, -0.5], [1.0, -2.0, 0.25]])
    wall = HeatWall(values, 0.5)
    colors = wall.surface.data["rgba"][:, :3].reshape(2, 2, 3, 2, 3)
    assert (colors == colors[:, :1, :, :1]).all()  # each cell is of one colour

    def near(color, hex_color):
        return color == pytest.approx([int(hex_color[i : i + 2], 16) / 255 for i in (1, 3, 5)], abs=0.01)

    cells = colors[:, 0, :, 0]
    assert near(cells[0, 0], PANEL) and near(cells[0, 1], POSITIVE_RAMP[1]) and near(cells[0, 2], NEGATIVE_RAMP[1])
    assert near(cells[1, 0], POSITIVE_RAMP[1]) and near(cells[1, 1], NEGATIVE_RAMP[1])


def test_a_strip_is_round_its_row_or_column():
    wall = HeatWall(np.zeros((4, 6)), 1.0, cell=0.5).shift([2, 1, 0])
    top = wall.surface.get_top()[1]
    assert wall.get_strip(row=2).get_center()[1] == pytest.approx(top - 2.5 * 0.5)
    assert wall.get_strip(column=5).get_center()[0] == pytest.approx(wall.surface.get_right()[0] - 0.25)


def test_the_fan_opens_by_the_angle_between_row_and_name():
    """numpy's own, from the parameters as they are in the end."""
    name, row, column = embed([FACTS[UNIT][:2]])[0], run.up[-1, UNIT], run.down[-1, :, UNIT]
    assert FACTS[UNIT] == ("Michael", "Jordan", "basketball")
    assert run.row_cosines[UNIT] == pytest.approx(row @ name / np.linalg.norm(row) / np.linalg.norm(name))
    assert run.column_cosines[UNIT] == pytest.approx(column @ DIRECTIONS["B"] / np.linalg.norm(column))
    fan = make(MatricesVsIntuition).get_fan(run.row_cosines[UNIT], "row 0", "Michael + Jordan", "#FFFFFF")
    tips = [arrow.tip.get_points()[-1] - fan.origin for arrow in fan[0]]
    cosine = tips[0] @ tips[1] / np.linalg.norm(tips[0]) / np.linalg.norm(tips[1])
    assert cosine == pytest.approx(run.row_cosines[UNIT], abs=1e-3)


def test_the_board_is_the_neurons_activation_for_every_name():
    board = get_board(run)
    first, last, _ = FACTS[UNIT]
    i, j = FIRST_NAMES.index(first), LAST_NAMES.index(last)
    expected = max(run.up[-1, UNIT] @ embed([(first, last)])[0] + run.up_bias[-1, UNIT], 0)
    assert board[i, j] == pytest.approx(expected)
    assert board.argmax() == i * len(LAST_NAMES) + j  # most for its own name, but
    assert 1 < (board > 0).sum() < len(PAIRS)  # not for it alone


def test_the_verdicts_are_the_runs_own_recall_and_false_alarms():
    verdicts = dict(zip(PAIRS, judge_answers(run), strict=True))
    assert list(verdicts.values()).count("right") / len(FACTS) == run.recall
    for pairs, share in zip(split_decoys(), run.false_alarms, strict=True):
        assert np.mean([verdicts[pair] == "false alarm" for pair in pairs]) == pytest.approx(share)


def test_what_neurons_add_makes_the_answer():
    """The bar's parts and the little that is left out give what the block says, and its own neuron gives a part."""
    parts = get_contributions(run)
    readout = run.readouts(embed([FACTS[UNIT][:2]]))[0, 0]
    assert parts.sum() == pytest.approx(readout, abs=0.01)
    picture = SharedAnswer(run)
    assert len(picture.bar) == (parts > 0.01 * readout).sum() > 10
    widths = [part.get_width() / picture.whole.get_width() for part in picture.bar]
    assert widths == pytest.approx((np.sort(parts)[::-1][: len(widths)] / readout).tolist())
    assert sum(widths) > 0.97
    assert 0.1 < parts[UNIT] / readout < 0.3


def test_false_alarms_are_among_the_names_it_never_saw():
    verdicts = dict(zip(PAIRS, judge_answers(run), strict=True))
    assert {pair for pair, verdict in verdicts.items() if verdict == "false alarm"} <= set(split_decoys()[1])


def test_facts_have_no_neuron_for_each_name():
    activations = run.neurons(embed(list(PAIRS)))[:, : len(FACTS)]
    assert ((activations > 0).sum(axis=0) > 1).all()


def test_another_neuron_gives_more_than_the_facts_own():
    parts = get_contributions(run)
    assert parts.argmax() != UNIT and (np.sort(parts)[-2] == parts[UNIT])


def test_the_charts_count_all_rows_and_all_columns():
    """What is marked is the fan's own cosine, and most others are further from the name, and from the sport."""
    for cosines, own in zip(get_all_cosines(run), (run.row_cosines[UNIT], run.column_cosines[UNIT]), strict=True):
        chart = CosineChart(cosines, UNIT, "a name", "#FFFFFF")
        assert cosines[UNIT] == pytest.approx(own)
        assert chart.counts.sum() == len(cosines) == 256
        assert np.mean(cosines < 0.7) > 0.75
        assert chart.marker.get_x() == pytest.approx(
            own * chart.ground.get_width() / 2 + chart.ground.get_x(), abs=0.01
        )


def test_the_balls_light_as_the_name_lights_the_neurons():
    picture, values = SharedAnswer(run).light(), run.neurons(embed([FACTS[UNIT][:2]]))[0]
    off = SharedAnswer(run).field[0].get_fill_color()
    lit = [ball.get_fill_color() != off for ball in picture.field]
    assert lit == (values > 0).tolist()
