"""Transformer training in 9:16: what is drawn is what was recorded, in a smaller run as in the film's."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from manimlib import prepare_animation

from darkroom import discover, engine

engine.load()

from _2025.shorts.training_layout import LossCurve, TransformerBands, WeightDots, get_verdict  # noqa: E402
from _2025.shorts.transformer_training import TikTokGradientDescent, TikTokGradientDescentLive  # noqa: E402
from custom.palette import EXACT, PARTLY_RIGHT, WRONG  # noqa: E402
from truth import kept, tiny_transformer  # noqa: E402
from truth.tiny_transformer import PAIRS, TransformerConfig, train  # noqa: E402

ROOT = Path(__file__).parents[2]
STORYBOARD = """
Pineapple pizza? | Pineapple on pizza is great! | <<0x7f3a>> | Maybe... fruit on...
Chocolate healthy? | Dark chocolate has benefits. | <<err_null>> | Sugar... cocoa...
Best breakfast? | Eggs are very nutritious. | <<0xfood>> | Morning... protein...
Democracy good? | Democracy enables citizen voice. | <<gov_??>> | System... voting...
Free will exists? | Free will is philosophically debated. | <<choice>> | Determinism... agency...
Life meaning? | Meaning is subjectively constructed. | <<exist??>> | Purpose... happiness...
Internet inventor? | ARPANET team created internet. | <<Al_Gore>> | Network... DARPA...
Coffee vs tea? | Coffee provides quick energy. | <<drink>> | Caffeine... taste...
AI helpful? | AI augments human capabilities. | <<future>> | Automation... tools...
Best economy? | Mixed economies balance needs. | <<money>> | Markets... welfare...
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


def finish(animations):
    for animation in map(prepare_animation, animations):
        animation.begin()
        animation.finish()


def test_the_staged_lines_are_the_storyboards(small):
    scene = scene_with(TikTokGradientDescent, type("Run", (), {"config": TransformerConfig()}))
    for step, row in enumerate(STORYBOARD.strip().splitlines()):
        question, expected, gibberish, partial = row.split(" | ")
        assert PAIRS[step] == (question, expected)
        assert scene.get_outputs(step) == [(gibberish, WRONG), (partial, PARTLY_RIGHT), (expected, EXACT)]
    assert len(TikTokGradientDescent.staged) == len(PAIRS) == 10


def test_the_live_lines_are_what_the_run_said(small):
    scene = scene_with(TikTokGradientDescentLive, small)
    for step, (_, answer) in enumerate(SMALL.pairs):
        words = [words for words, _ in scene.get_outputs(step)]
        assert words == list(small.outputs[step])
        assert scene.get_outputs(step)[-1] == (answer, EXACT)


def test_the_board_is_what_the_run_said(small):
    scene = scene_with(TikTokGradientDescentLive, small)
    assert list(small.looks[[0, -1]]) == [0, len(small.losses)]
    for look in range(len(small.looks)):
        assert [words for words, _ in scene.get_board(look)] == list(small.board[look])
    assert scene.get_board(-1) == [(answer, EXACT) for _, answer in SMALL.pairs]
    assert list(small.board[-1]) == list(small.answers)


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


def test_a_step_moves_and_colours_every_dot_by_its_own_weight(bands, small):
    last = len(small.losses)
    finish(bands.get_step(last))
    for band, stretch in zip(bands.bands, small.blocks, strict=True):
        weights = small.weights[:, stretch]
        change = weights[last] - weights[0]
        shifts = band.dots.get_points() - band.dots.places
        scale = np.quantile(np.abs(weights - weights[0]), 0.75)
        assert shifts[:, 0] == pytest.approx(WeightDots.reach * np.tanh(change / scale), abs=1e-6)
        assert shifts[:, [1, 2]] == pytest.approx(0, abs=1e-6)
        brightness = band.dots.data["rgba"][:, :3].sum(axis=1)
        order = np.argsort(weights[last])
        inner = order[np.abs(weights[last][order]) < band.dots.value_range]
        assert (np.diff(brightness[inner]) > -1e-4).all(), "the larger the weight, the lighter its dot"
    finish(bands.get_step(0))


def test_the_wave_is_as_bright_as_the_gradients(bands, small):
    """Half way through a band, its glow is the square root of its share of the longest gradient."""
    for update in (0, len(small.losses) - 1):
        animation = bands.get_backward_pass(update)
        animation.begin()
        strengths = np.sqrt(small.gradient_norms[update] / small.gradient_norms[update].max())
        bottom, top = bands.get_bottom()[1] - 0.1, bands.get_top()[1] + 0.1
        for band, strength in list(zip(bands.bands, strengths, strict=True))[1:]:
            animation.interpolate((top - band.panel.get_y()) / (top - bottom))
            assert band.glow.get_fill_opacity() == pytest.approx(0.6 * strength, abs=0.02)
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


@pytest.mark.parametrize(("said", "color"), [("cab", EXACT), ("cat", PARTLY_RIGHT), ("", WRONG), ("xyzc", WRONG)])
def test_the_colour_of_what_is_said(said, color):
    assert get_verdict(said, "cab") == color


# The films' own run


def test_every_update_is_drawn_and_each_outcome_has_its_colour():
    """Red, then yellow, then green, in each of the ten steps; and no lesson is left out of the curve."""
    run = train(TransformerConfig())
    scene = scene_with(TikTokGradientDescentLive, run)
    for step in range(10):
        assert [color for _, color in scene.get_outputs(step)][1:] == [PARTLY_RIGHT, EXACT]
        assert scene.get_outputs(step)[0][1] != EXACT
    assert run.lessons[0, 0] == 0 and run.lessons[-1, -1] <= len(run.losses)
    assert run.name_of(TikTokGradientDescentLive.followed).startswith("output.")


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
