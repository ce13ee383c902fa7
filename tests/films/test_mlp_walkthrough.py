"""The walkthrough's acts fit together, and what the stage and the first and last acts show is true."""

import ast
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from darkroom import engine

engine.load()

from manimlib import DotCloud, VMobject  # noqa: E402

from _2025.mlp.walkthrough import film  # noqa: E402
from _2025.mlp.walkthrough.stage import Walkthrough  # noqa: E402
from _2025.mlp.walkthrough.the_fact import TheFact  # noqa: E402
from _2025.mlp.walkthrough.the_sum import AddItUp  # noqa: E402
from _2025.mlp.walkthrough.walkthrough import BasicMLPWalkThrough  # noqa: E402
from darkroom.engine.run import Run  # noqa: E402
from helpers.number import SourcedNumber  # noqa: E402
from truth.toy_mlp import ACTIVE, DIRECTIONS, PARAMETERS, TOKENS, VISIBLE_COORDINATES, VISIBLE_UNITS  # noqa: E402

FOLDER = Path(film.__file__).parent
ACTS = BasicMLPWalkThrough.get_acts()
STATE = ("box", "title", "embedding", "card", "others", "vectors", "arrows", "circuit", "output")


class Recorder(BasicMLPWalkThrough):
    """The whole, and what is on stage at the end of each act."""

    def construct(self):
        self.pictures, self.states, self.times = {}, {}, {}
        for kind in self.get_acts():
            kind.act(self)
            self.pictures[kind.__name__], self.times[kind.__name__] = get_picture(self), self.time
            self.states[kind.__name__] = {name: points_of(getattr(self, name)) for name in STATE}


class ReadyStage(Walkthrough):
    """The stage, set up at once."""

    def construct(self):
        self.set_up_stage()


def points_of(mobject):
    """(n, 3) all points of a mobject, in order."""
    return np.concatenate([part.get_points() for part in mobject.get_family() if part.has_points()])


def is_seen(part):
    if isinstance(part, VMobject):
        stroke = part.get_stroke_opacity() if part.get_stroke_width() > 0 else 0
        return max(part.get_fill_opacity(), stroke) > 0.02
    return isinstance(part, DotCloud)


def get_picture(scene):
    """What is on stage: how many pieces, the numbers shown, the middle of it all, the camera."""
    pieces = [part for top in scene.mobjects[1:] for part in top.get_family()]
    seen = [part for part in pieces if part.has_points() and is_seen(part)]
    numbers = Counter(part.num_string for part in pieces if isinstance(part, SourcedNumber) and is_seen(part[0]))
    middle = np.mean([part.get_center() for part in seen], axis=0) if seen else np.zeros(3)
    frame = scene.frame
    camera = np.array([*frame.get_euler_angles(), *frame.get_center(), frame.get_height()])
    return len(seen), numbers, middle, camera


@pytest.fixture(scope="module")
def stage():
    return Run(ReadyStage, draws=False, skips=True)().scene


@pytest.fixture(scope="module")
def whole():
    return Run(Recorder, draws=False, skips=True)().scene


@pytest.fixture(scope="module")
def played():
    return Run(Recorder, draws=False, fps=2)().scene


# How acts follow each other


def test_each_act_stands_on_the_one_before():
    for before, after in pairwise(ACTS):
        assert after.__bases__ == (before,), f"{after.__name__} should derive from {before.__name__}"
    assert BasicMLPWalkThrough.__bases__ == (ACTS[-1],)


def test_authors_find_every_act_listed_in_order():
    assert film.SCENES_IN_ORDER == ACTS


def test_no_act_overrides_what_another_needs():
    """All acts are one object: a second method of a name would change what an earlier act does."""
    names = Counter(name for kind in (Walkthrough, *ACTS) for name in vars(kind) if not name.startswith("__"))
    assert {name for name, times in names.items() if times > 1} <= {"act", "caption"}


def test_beats_are_unique_along_the_whole_walkthrough():
    beats = Counter()
    for file in FOLDER.glob("*.py"):
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.ClassDef):
                lines = file.read_text().splitlines()[node.lineno : node.end_lineno]
                beats.update(line.strip() for line in lines if re.match(r" {8}# ", line))
    assert [beat for beat, times in beats.items() if times > 1] == []


@pytest.mark.slow
def test_the_stage_set_up_at_once_is_the_stage_that_the_first_acts_leave(stage, whole):
    state = whole.states[TheFact.__name__]
    for name in STATE:
        assert np.allclose(points_of(getattr(stage, name)), state[name], atol=1e-3), name
    assert get_picture(stage)[:2] == whole.pictures[TheFact.__name__][:2]


@pytest.mark.slow
def test_an_act_ends_alike_whether_it_was_played_or_skipped(whole, played):
    """So an act alone, before which all others are skipped, starts and ends as it does within the whole."""
    for act, picture in whole.pictures.items():
        assert played.pictures[act][:2] == picture[:2], act
        for mine, theirs in zip(played.pictures[act][2:], picture[2:], strict=True):
            assert np.allclose(mine, theirs, atol=0.02), act


@pytest.mark.slow
def test_an_act_alone_plays_itself_and_nothing_else(played):
    run = Run(TheFact, draws=False, fps=2)()
    names = [act.__name__ for act in ACTS]
    ends = [0.0, *played.times.values()]
    place = names.index("TheFact")
    assert run.clock == pytest.approx(ends[place + 1] - ends[place], abs=0.5)
    assert get_picture(run.scene)[:2] == played.pictures["TheFact"][:2]


# What they show


def shown(vector):
    return vector.shown_values.ravel()


def test_the_stage_shows_the_active_tokens_pass(stage):
    seen = stage.mlp.forward(TOKENS[ACTIVE].embedding)
    units, coordinates = list(VISIBLE_UNITS), list(VISIBLE_COORDINATES)
    assert np.allclose(shown(stage.embedding), seen.x[coordinates])
    pre, neurons, update = map(shown, stage.vectors)
    assert np.allclose(pre, (stage.mlp.up @ seen.x + stage.mlp.up_bias)[units])
    assert np.allclose(neurons, np.maximum(pre, 0))
    assert np.allclose(update, (stage.mlp.down @ seen.neurons + stage.mlp.down_bias)[coordinates])


def test_the_sum_on_screen_closes_and_is_the_name_and_basketball(stage):
    assert np.allclose(shown(stage.embedding) + shown(stage.vectors[2]), shown(stage.output))
    assert stage.circuit.rounding_gap < 1e-9
    meant = DIRECTIONS["M"] + DIRECTIONS["J"] + DIRECTIONS["B"]
    assert np.allclose(stage.output.values, meant)


def test_other_tokens_show_their_own_embeddings_each_in_its_own_depth(stage):
    depths = [other[1].get_z() for other in stage.others]
    assert depths == sorted(depths) and depths[-1] < stage.embedding.get_z()
    values = [token.embedding for index, token in enumerate(TOKENS) if index != ACTIVE]
    for other, embedding in zip(stage.others[::-1], values, strict=True):
        assert np.allclose(other[1].values, embedding)


def test_dots_of_the_parallel_ways_have_each_tokens_own_values():
    scene = Run(type("Ready", (AddItUp,), {"construct": Walkthrough.set_up_stage}), draws=False, skips=True)().scene
    ways, depths = scene.get_parallel_ways(), scene.get_depths()
    behind = sorted((index for index in range(len(TOKENS)) if index != ACTIVE), key=lambda index: depths[index])
    for way, index in zip(ways, behind, strict=True):
        seen = scene.mlp.forward(TOKENS[index].embedding)
        brightness = way[1].data["rgba"][:, :3].mean(axis=1)
        coordinates, units = list(VISIBLE_COORDINATES), list(VISIBLE_UNITS)
        values = np.abs(
            np.concatenate([seen.pre[units], seen.neurons[units], seen.update[coordinates], seen.output[coordinates]])
        )
        order = np.argsort(values.clip(0, 1.5))
        assert len(values) == len(brightness)
        some = values[order] > 0  # zero has a colour of its own
        assert (np.diff(brightness[order][some]) > -1e-3).all()


def test_a_sheet_has_a_ball_for_every_neuron_as_bright_as_it_is_active():
    scene = Run(type("Ready", (AddItUp,), {"construct": Walkthrough.set_up_stage}), draws=False, skips=True)().scene
    sheets = scene.get_neuron_sheets()
    assert len(sheets) == len(TOKENS)
    for sheet, index in zip(sheets, np.argsort(scene.get_depths()), strict=True):
        neurons = scene.mlp.forward(TOKENS[index].embedding).neurons
        brightness = sheet.data["rgba"][:, :3].mean(axis=1)
        assert len(brightness) == len(neurons)
        order = np.argsort(neurons.clip(0, 1))
        assert (np.diff(brightness[order][neurons[order] > 0]) > -1e-3).all()
        assert np.allclose(sheet.get_points()[:, :2], sheets[0].get_points()[:, :2])  # a neuron keeps its place
        assert np.allclose(sheet.get_points()[:, 2], scene.get_depths()[index])
        silent = sheet.data["rgba"][neurons == 0]
        assert len({tuple(rgba) for rgba in silent.round(3).tolist()}) == 1 and silent[0, 3] < 0.5


def test_the_blocks_of_gpt_3_hold_two_thirds_of_it():
    d = 12_288
    block = 2 * 4 * d * d + 4 * d + d
    assert (PARAMETERS.block, PARAMETERS.all_blocks) == (block, 96 * block) == (1_208_020_992, 115_970_015_232)
    assert f"{PARAMETERS.share:.0%}" == "66%"
