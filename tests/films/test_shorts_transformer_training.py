"""Transformer training in 9:16: what is drawn is what was recorded, in a smaller run as in the film's."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from darkroom import discover, engine

engine.load()

from _2025.shorts.training_layout import Answer, LossCurve, TransformerBands, WeightRuler  # noqa: E402
from _2025.shorts.transformer_training import TikTokGradientDescent, TikTokGradientDescentLive  # noqa: E402
from custom.palette import EXACT, PARTLY_RIGHT, WRONG  # noqa: E402
from truth import kept, tiny_transformer  # noqa: E402
from truth.tiny_transformer import PAIRS, TransformerConfig, train  # noqa: E402

ROOT = Path(__file__).parents[2]
# Of the storyboard, but for the gibberish: what an untrained network says has nothing to do with the question.
STORYBOARD = """
Pineapple pizza? | Pineapple on pizza is great! | <<0x7f3a>> | Maybe... fruit on...
Chocolate healthy? | Dark chocolate has benefits. | <<q9#kvz>> | Sugar... cocoa...
Best breakfast? | Eggs are very nutritious. | <<7wxp>> | Morning... protein...
Democracy good? | Democracy enables citizen voice. | <<jf_2%>> | System... voting...
Free will exists? | Free will is philosophically debated. | <<zr8hq>> | Determinism... agency...
Life meaning? | Meaning is subjectively constructed. | <<u?!nb>> | Purpose... happiness...
Internet inventor? | ARPANET team created internet. | <<0xe9c4>> | Network... DARPA...
Coffee vs tea? | Coffee provides quick energy. | <<mvk3>> | Caffeine... taste...
AI helpful? | AI augments human capabilities. | <<#tj7y>> | Automation... tools...
Best economy? | Mixed economies balance needs. | <<gq5w>> | Markets... welfare...
"""
SMALL = TransformerConfig(
    pairs=(("ab?", "cab"), ("ba?", "dad!"), ("a?", "bead.")),
    width=8,
    n_heads=2,
    n_experts=2,
    expert_width=8,
    hidden=12,
    learning_rate=0.3,
    recorded=(10, 15, 20, 15, 10),
)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A smaller run, trained now."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kept, "user_cache_dir", lambda name: str(tmp_path_factory.mktemp("cache")))
        yield train(SMALL)


@pytest.fixture(scope="module")
def bands(small):
    return TransformerBands(small, top=2)


def scene_with(kind, training):
    scene = kind.__new__(kind)
    scene.training = training
    return scene


def words_of(line):
    return "".join(letter for letter, _ in line)


def test_the_staged_lines_are_the_storyboards():
    """Gibberish, halfway, right, by how right the run's own answer is."""
    answers = [answer for _, answer in PAIRS]
    board = np.array([["?"] * 10, [answer[: int(0.7 * len(answer))] for answer in answers], answers, ["?"] * 10])
    never = np.tile([0, 1, 9], (10, 1))
    run = {"config": TransformerConfig(), "lessons": never, "board": board}
    scene = scene_with(TikTokGradientDescent, type("Run", (), run))
    for row, line in enumerate(STORYBOARD.strip().splitlines()):
        question, expected, gibberish, partial = line.split(" | ")
        assert PAIRS[row] == (question, expected)
        for step, words, color in ((0, gibberish, WRONG), (1, partial, PARTLY_RIGHT), (2, expected, EXACT)):
            assert words_of(scene.get_line(row, step)) == words
            assert {color for _, color in scene.get_line(row, step)} == {color}
    assert len(TikTokGradientDescent.staged) == len(PAIRS) == 10


def test_the_staged_colours_are_measured_and_every_row_says_its_own_words():
    """At every step of the film's run: red, yellow, green by how right the run's own answer is."""
    run = train(TransformerConfig())
    scene = scene_with(TikTokGradientDescent, run)
    for step in run.looks:
        for row, (_, answer) in enumerate(PAIRS):
            share = tiny_transformer.likeness(str(run.board[step][row]), answer)
            (color,) = {color for _, color in scene.get_line(row, step)}
            assert color == (EXACT if share == 1 else PARTLY_RIGHT if share >= 0.6 else WRONG)
            assert words_of(scene.get_line(row, step)) in (*scene.staged[row], answer)
    stages = [scene.get_stage(0, step) for step in scene.compared]
    assert stages == [0, 1, 2], "the last picture shows all three"


def test_the_live_lines_are_what_the_run_said_letter_by_letter(small):
    """Every update is looked at; letters are green up to the first that is not the answer's, red from there on."""
    scene = scene_with(TikTokGradientDescentLive, small)
    assert list(small.looks) == list(range(len(small.losses) + 1))
    for step in small.looks:
        for row, (_, answer) in enumerate(SMALL.pairs):
            said = str(small.board[step][row])
            line = scene.get_line(row, step)
            assert len(line) == len(said)
            for place, (letter, color) in enumerate(line):
                assert letter == (said[place] if said[place].isprintable() else "·")
                assert (color == EXACT) == (answer[: place + 1] == said[: place + 1])
            assert scene.is_right(row, step) == (said == answer)
    assert list(small.board[-1]) == list(small.answers) == [answer for _, answer in SMALL.pairs]


def test_what_is_said_in_lessons_is_what_is_said_on_the_board(small):
    for row, (lesson, outputs) in enumerate(zip(small.lessons, small.outputs, strict=True)):
        assert [small.board[step][row] for step in lesson] == list(outputs)


def test_letters_stand_under_letters():
    """A line that changes keeps every letter in its column; a blank takes its place, but draws nothing."""
    answer = Answer([0, 0, 0], 10, [("M", WRONG), (" ", WRONG), ("M", EXACT)])
    first = [letter.get_x() for letter in answer]
    answer.set_line([("M", WRONG), ("M", WRONG), ("M", EXACT), *[("M", EXACT)] * 8])
    xs = [letter.get_x() for letter in answer]
    assert [xs[0], xs[2]] == pytest.approx(first)
    assert np.diff(xs[:10]) == pytest.approx(xs[1] - xs[0])
    assert xs[10] == pytest.approx(xs[0]) and answer[10].get_y() < answer[0].get_bottom()[1]


def test_the_loss_of_all_is_their_cross_entropy(small):
    """Before training the head has hardly an opinion; at the end each letter is likely."""
    assert small.losses_of_all[0] == pytest.approx(np.log(128), abs=0.1)
    assert small.losses_of_all[-1] < 1 and len(small.losses_of_all) == len(small.losses) + 1
    whole = [t for t, batch in enumerate(small.batches) if sorted(batch) == list(range(len(SMALL.pairs)))]
    assert whole, "some batch holds every pair"
    assert small.losses[whole] == pytest.approx(small.losses_of_all[whole])


def test_the_curve_is_the_loss():
    curve = LossCurve(np.array([4.0, 1.0, 2.0, 0.5])).shift([1, 2, 0])
    origin, right = curve.axes[1].get_start(), curve.axes[1].get_end()
    curve.set_time(3)
    corners = curve.curve.get_anchors()
    for time, loss in enumerate(curve.losses):
        point = origin + (right - origin) * time / 3 + [0, loss * curve.height_of_one, 0]
        assert np.abs(corners - point).max(axis=1).min() < 1e-5
    curve.set_time(1.5)
    assert curve.get_loss() == 1.5
    assert curve.tip.get_center() == pytest.approx(
        origin + (right - origin) / 2 + [0, 1.5 * curve.height_of_one, 0], abs=1e-6
    )


def test_a_dot_for_every_recorded_weight(bands, small):
    assert [len(band.dots.get_points()) for band in bands.bands] == list(SMALL.recorded)
    assert TransformerConfig().recorded == (40, 55, 70, 55, 40)


def test_a_dot_is_where_its_weight_has_come_to(bands, small):
    """Right of its place if the weight has grown since the beginning, left if it has shrunk; to one scale, no bend."""
    for time in (0.5, 1, len(small.losses) / 2, len(small.losses)):
        bands.set_time(time)
        for band, stretch in zip(bands.bands, small.blocks, strict=True):
            low, high = small.weights[int(time), stretch], small.weights[min(int(time) + 1, len(small.losses)), stretch]
            change = low + (time - int(time)) * (high - low) - small.weights[0, stretch]
            shifts = (band.dots.get_points() - band.dots.places)[:, 0]
            scale = shifts @ change / (change @ change)
            assert scale > 0 and shifts == pytest.approx(scale * change, abs=1e-6)
            assert (band.dots.get_points() - band.dots.places)[:, [1, 2]] == pytest.approx(0, abs=1e-6)
            if time == 1:
                assert np.abs(shifts).max() == pytest.approx(band.dots.reach), "the first step can be seen"
    bands.set_time(0)
    for band in bands.bands:
        assert band.dots.get_points() == pytest.approx(band.dots.places, abs=1e-6)


def test_an_arrow_points_where_the_first_update_moves_its_dot(bands, small):
    for band, stretch in zip(bands.bands, small.blocks, strict=True):
        moves = small.weights[1, stretch] - small.weights[0, stretch]
        arrows = band.dots.get_arrows()
        assert len(arrows) == np.count_nonzero(moves)
        for arrow, place, move in zip(arrows, band.dots.places[moves != 0], moves[moves != 0], strict=True):
            assert np.sign(arrow.get_x() - place[0]) == np.sign(move)


def test_on_the_ruler_a_weight_stands_where_its_value_is(small):
    low, high = small.weights[:, 3].min() - 0.1, small.weights[:, 3].max() + 0.1
    ruler = WeightRuler(small, 3, low, high, (high - low) / 2, y=0)
    per_unit = ruler.axis.get_length() / (high - low)
    for step in range(len(small.losses) + 1):
        ruler.set_time(step)
        expected = ruler.axis.get_start()[0] + per_unit * (small.weights[step, 3] - low)
        assert ruler.dot.get_x() == pytest.approx(expected, abs=1e-5)
        assert ruler.number.value == small.weights[step, 3]


def test_the_loss_is_the_mean_of_minus_the_logarithms_of_the_chances(small):
    n_letters = sum(len(answer) + 1 for _, answer in SMALL.pairs)
    assert -np.log(small.chances).sum(axis=(1, 2)) / n_letters == pytest.approx(small.losses_of_all)
    for row, (_, answer) in enumerate(SMALL.pairs):
        for place, letter in enumerate(answer):
            assert small.last_chances[0, row, place, ord(letter)] == small.chances[-2, row, place]
            assert small.last_chances[1, row, place, ord(letter)] == small.chances[-1, row, place]


def test_a_dot_is_the_brighter_the_larger_its_weight(bands, small):
    bands.set_time(len(small.losses))
    for band, stretch in zip(bands.bands, small.blocks, strict=True):
        last = small.weights[-1, stretch]
        brightness = band.dots.data["rgba"][:, :3].sum(axis=1)
        order = np.argsort(last)
        inner = order[np.abs(last[order]) < band.dots.value_range]
        assert (np.diff(brightness[inner]) > -1e-4).all(), "the larger the weight, the lighter its dot"
    bands.set_time(0)


def test_no_dot_reaches_another(small):
    """At most half way to its neighbour, whatever the step."""
    for is_small in (False, True):
        for band in TransformerBands(small, top=2, is_small=is_small).bands:
            row = np.unique(band.dots.places[:, 0].round(6))
            assert band.dots.reach <= 0.5 * np.diff(row).min()


def test_the_wave_is_as_bright_as_the_gradients(bands, small):
    """Half way through a band, its glow is the square root of its share of the longest gradient."""
    for update in (0, len(small.losses) - 1):
        animation = bands.get_backward_pass(update)
        animation.begin()
        strengths = np.sqrt(small.gradient_norms[update] / small.gradient_norms[update].max())
        bottom, top = bands.get_bottom()[1] - 0.1, bands.get_top()[1] + 0.1
        for band, strength in list(zip(bands.bands, strengths, strict=True))[1:]:
            animation.interpolate((top - band.panel.get_y()) / (top - bottom))
            assert band.glow.get_fill_opacity() == pytest.approx(0.3 * strength, abs=0.02)
        animation.finish()
        assert all(band.glow.get_fill_opacity() == 0 for band in bands.bands)


def test_particles_run_up_through_all_bands(bands):
    animation = bands.get_forward_pass()
    animation.begin()
    heights = []
    for alpha in (0.2, 0.5, 0.8):
        animation.interpolate(alpha)
        heights.append(animation.mobject.get_points()[:, 1].mean())
    assert heights == sorted(heights)
    animation.finish()
    assert all(band.glow.get_fill_opacity() == 0 for band in bands.bands)


# The films' own run


def test_the_board_tells_what_the_captions_say():
    run = train(TransformerConfig())
    scene = scene_with(TikTokGradientDescentLive, run)
    last, rows = len(run.losses), range(len(PAIRS))
    right = [[scene.is_right(row, step) for row in rows] for step in range(last + 1)]
    (first, until), rows_watched = scene.spoils[0]
    moved = [row for row in rows if right[first][row] != right[until][row]]
    assert sorted(moved) == sorted(rows_watched), "one answer is mended, another one spoiled"
    assert sum(right[until][row] for row in moved) == 1
    (first, held, until), (slips, learned) = scene.spoils[1]
    assert slips == 0 and right[first][0] and right[until][0] and not right[held][0]
    assert run.lessons[learned, 0] <= first < until <= run.lessons[learned, 2], "while another one is taught"
    assert right[run.lessons[1, 2]][:2] == [True, True], "it knows the first answer beside the second"
    assert sum(right[last - 1]) == len(PAIRS) - 1 and all(right[last]), "one answer is left for the last step"
    assert run.lessons[0, 2] == 77 and right[77][0] and not any(right[step][0] for step in range(77))
    assert run.name_of(scene.followed).startswith("output.")


def test_the_nudged_weight_lowers_the_loss_and_goes_that_way_when_the_network_is_trained():
    run, scene = train(TransformerConfig()), TikTokGradientDescentLive
    losses = tiny_transformer.get_nudged_losses(run.config, scene.followed, [0, scene.push])
    assert losses[0] == pytest.approx(run.losses_of_all[0])
    assert losses[0].round(3) - losses[1].round(3) >= 0.002, "it can be seen on the number"
    steps = np.sign(np.diff(run.weights[: run.lessons[0, 2] + 1, scene.followed]))
    assert steps[0] == np.sign(scene.push) and (steps == steps[0]).mean() > 0.85
    assert abs(run.weights[-1, scene.followed]) > 10 * abs(run.weights[1, scene.followed])


def test_the_first_letters_loss_closes():
    """As shown: a percentage with two decimals, and minus its logarithm."""
    chance = train(TransformerConfig()).chances[0, 0, 0]
    assert round(-np.log(round(100 * chance, 2) / 100), 2) == round(-np.log(chance), 2)


def test_the_last_step_lets_the_right_letter_overtake():
    """In the numbers as shown; and both are likelier than all others, so what is said turns on them."""
    run = train(TransformerConfig())
    said, answer = str(run.board[-2][-1]), PAIRS[-1][1]
    slip = next(k for k, letter in enumerate(answer) if said[k] != letter)
    for k, first, second in ((0, said[slip], answer[slip]), (1, answer[slip], said[slip])):
        chances = run.last_chances[k, -1, slip]
        assert [chr(place) for place in np.argsort(chances)[:-3:-1]] == [first, second]
        assert (100 * chances[ord(first)]).round(2) > (100 * chances[ord(second)]).round(2)


def test_the_followed_weight_stays_on_its_rulers():
    run, scene = train(TransformerConfig()), TikTokGradientDescentLive
    weights = run.weights[: run.lessons[1, 2] + 1, scene.followed]
    assert weights[0] + scene.push >= -0.15 and weights.min() >= -0.9 and weights.max() <= 0


def test_one_slip_derails_the_rest():
    """Before the last step the last answer goes wrong at a letter, and with that letter right all others are."""
    run = train(TransformerConfig())
    said, answer = str(run.board[-2][-1]), PAIRS[-1][1]
    slip = next(k for k, letter in enumerate(answer) if said[k] != letter)
    right = sum(a == b for a, b in zip(said[slip:], answer[slip:], strict=False))
    assert 0 < slip < 5 and right < len(answer[slip:]) / 4, "right by chance at most"
    assert run.board[-1][-1] == answer


@pytest.mark.slow
@pytest.mark.parametrize("name", ["TikTokGradientDescent", "TikTokGradientDescentLive"])
def test_plain_manimgl_is_told_the_line(name, tmp_path):
    file = "_2025/shorts/transformer_training.py"
    command = [str(Path(sys.executable).parent / "manimgl"), file, name, "-w", "-l", "--video_dir", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120)
    assert done.returncode == 2
    assert re.search(rf"Type:  manimgl {file} {name} .*--config_file vertical.yml", done.stderr)


def test_darkroom_knows_the_shape():
    (film,) = discover.find([str(ROOT / "_2025/shorts")])
    shapes = {ref.name: ref.frame_shape for ref in film.scenes}
    assert shapes["TikTokGradientDescent"] == shapes["TikTokGradientDescentLive"] == (9, 16)


def test_the_answers_of_the_film_are_in_the_alphabet():
    assert all(ord(letter) < tiny_transformer.ALPHABET for pair in PAIRS for line in pair for letter in line)
