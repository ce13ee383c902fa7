"""The walkthrough's acts fit together, and what the stage and the first and last acts show is true."""

from dataclasses import fields
from itertools import pairwise

import numpy as np
import pytest
from manimlib import RIGHT, Cube, hex_to_rgb

from darkroom import engine

engine.load()

from _2025.mlp.walkthrough import film  # noqa: E402
from _2025.mlp.walkthrough.in_parallel import ALL_LANES, EverythingInParallel  # noqa: E402
from _2025.mlp.walkthrough.stage import (  # noqa: E402
    LOW_TOP,
    MAX_VALUE,
    OneAct,
    Stage,
    get_depths,
    get_lanes,
    get_names,
    get_others,
    get_pass,
    get_stage,
)
from _2025.mlp.walkthrough.the_stage import SetTheStage  # noqa: E402
from _2025.mlp.walkthrough.the_sum import AddItUp, get_bars, get_shares  # noqa: E402
from _2025.mlp.walkthrough.walkthrough import BasicMLPWalkThrough  # noqa: E402
from custom import check_acts  # noqa: E402
from darkroom.engine.run import Run  # noqa: E402
from helpers import value_to_color  # noqa: E402
from truth.toy_mlp import (  # noqa: E402
    ACTIVE,
    DIRECTIONS,
    PARAMETERS,
    TOKENS,
    VISIBLE_COORDINATES,
    VISIBLE_UNITS,
    get_toy_mlp,
)

ACTS = BasicMLPWalkThrough.acts
SMALL = {"resolution": (480, 270)}
UNITS, COORDINATES = list(VISIBLE_UNITS), list(VISIBLE_COORDINATES)


def get_picture(scene):
    """What the camera sees now: (270, 480, 3) of int."""
    scene.update_mobjects(0)
    scene.camera.capture(*scene.render_groups)
    return np.asarray(scene.camera.get_image().convert("RGB"), dtype=int)


class Recorder(BasicMLPWalkThrough):
    """The whole: what it looks like at the end of each act, and which names the scene then has."""

    def construct(self):
        pictures, names, state = {}, {"before": set(vars(self))}, None
        for act in ACTS:
            self.__class__ = act
            state = self.act(state)
            self.__class__ = Recorder
            pictures[act.__name__], names[act.__name__] = get_picture(self), set(vars(self))
        self.pictures, self.names = pictures, names


@pytest.fixture(scope="module")
def whole():
    return Run(Recorder, draws=False, skips=True, camera=SMALL)().scene


@pytest.fixture(scope="module")
def stage():
    return get_stage()


# How acts follow each other


def test_each_act_takes_over_what_the_one_before_hands_on():
    check_acts(ACTS)


def test_authors_find_every_act_listed_in_order():
    assert list(ACTS) == film.SCENES_IN_ORDER


@pytest.mark.slow
def test_acts_keep_nothing_on_the_scene(whole):
    for act in ACTS:
        assert whole.names[act.__name__] - whole.names["before"] == set(), act.__name__


@pytest.mark.slow
@pytest.mark.parametrize("before, after", list(pairwise(ACTS)), ids=[act.__name__ for act in ACTS[1:]])
def test_an_act_alone_begins_with_the_picture_that_the_one_before_ends_on(whole, before, after):
    ready = type("Ready", (after,), {"construct": lambda self: self.set_up()})
    scene = Run(ready, draws=False, skips=True, camera=SMALL)().scene
    differs = np.abs(get_picture(scene) - whole.pictures[before.__name__]).max(axis=-1) > 24
    # Digits that have counted are drawn a little heavier: a few pixels each.
    assert differs.mean() < 0.004, f"{before.__name__} ends on another picture than {after.__name__} begins with"


@pytest.mark.slow
def test_an_act_can_be_put_between_two_others():
    class Pause(OneAct):
        def act(self, before: Stage) -> Stage:
            self.wait()
            return before

    acts = (SetTheStage, Pause, EverythingInParallel)
    check_acts(acts)
    shorter = type("Shorter", (BasicMLPWalkThrough,), {"acts": (SetTheStage, EverythingInParallel)})
    longer = type("Longer", (BasicMLPWalkThrough,), {"acts": acts})
    clocks = [Run(kind, draws=False, skips=True)().clock for kind in (shorter, longer)]
    assert clocks[1] == pytest.approx(clocks[0] + 1, abs=0.1)


# What they show


def shown(vector):
    return vector.shown_values.ravel()


def test_the_stage_shows_the_active_tokens_pass(stage):
    mlp, x = get_toy_mlp(), TOKENS[ACTIVE].embedding
    pre = mlp.up @ x + mlp.up_bias
    assert np.allclose(shown(stage.embedding), x[COORDINATES])
    assert np.allclose(shown(stage.pre), pre[UNITS])
    assert np.allclose(shown(stage.neurons), np.maximum(pre, 0)[UNITS])
    update = mlp.down @ np.maximum(pre, 0) + mlp.down_bias
    assert np.allclose(shown(stage.update), update[COORDINATES])


def test_the_sum_on_screen_closes_and_says_name_and_basketball(stage):
    assert np.allclose(shown(stage.embedding) + shown(stage.update), shown(stage.output))
    assert np.allclose(stage.output.values, get_pass().output)
    says = {name: float(direction @ stage.output.values) for name, direction in DIRECTIONS.items()}
    assert min(says[name] for name in "MJB") > 0.9 and max(abs(says[name]) for name in "AP") < 0.2


def test_the_bars_along_three_directions_close_as_they_are_shown(stage):
    shares = [get_shares(vector.values, "") for vector in (stage.embedding, stage.update, stage.output)]
    before, added, after = ([number.shown_value for number in numbers] for numbers in shares)
    assert before == [1, 1, 0] and added == [0, 0.08, 1.06]
    assert np.add(before, added) == pytest.approx(after)
    heights = [bar.get_height() for bar in get_bars(shares[2])]
    assert np.divide(heights, heights[0]) == pytest.approx(np.divide(after, after[0]), abs=0.01)


def test_other_tokens_show_their_own_embeddings_farthest_first(stage):
    depths = [token[1].get_z() for token in stage.tokens]
    assert depths == sorted(depths) and depths[-1] < stage.embedding.get_z()
    assert sorted([*get_others(), ACTIVE]) == list(range(len(TOKENS)))
    for token, mobject in zip(get_others(), stage.tokens, strict=True):
        assert np.allclose(mobject[1].values, TOKENS[token].embedding)


def test_the_low_stage_leaves_the_page_free_and_shows_no_digits():
    low = get_stage("embedding", low=True)
    parts = [part for name, part in low.get_parts().items() if name not in ("room", "tokens")]  # those lie in depth
    assert max(part.get_top()[1] for part in parts) <= LOW_TOP + 0.05
    for vector in low.get_vectors():
        assert all(number[0].get_fill_opacity() == 0 for _, number in vector.get_numbers_by_index())
    assert low.embedding.tiles[0].get_fill_opacity() > 0.9 > low.output.tiles[0].get_fill_opacity()


def test_a_stage_has_the_parts_it_can_light():
    assert set(get_stage().get_parts()) == {field.name for field in fields(Stage)} - {"docked"}


def test_bricks_of_the_lanes_have_each_tokens_own_values(stage):
    ramps = {"positive": stage.pre.positive, "negative": stage.pre.negative, "neutral": stage.pre.neutral}
    for token, lane in enumerate(get_lanes(stage)):
        assert lane.arrows.get_z() == pytest.approx(get_depths()[token], abs=0.01)
        own = get_toy_mlp().forward(TOKENS[token].embedding)
        values = own.x[COORDINATES], own.pre[UNITS], own.neurons[UNITS], own.update[COORDINATES]
        for body, numbers in zip((lane.embedding, *lane.vectors), values, strict=True):
            points_of_a_cube = len(Cube()[0].data) * 6
            of_bricks = body.data["rgba"][points_of_a_cube::points_of_a_cube, :3]  # the first cube is the slab
            wanted = [hex_to_rgb(value_to_color(value, 0, MAX_VALUE, **ramps)) for value in numbers]
            assert np.allclose(of_bricks, wanted, atol=1 / 255)


def test_names_stand_at_the_middles_of_their_own_embeddings(stage):
    for name, lane, depth in zip(get_names(ALL_LANES), get_lanes(stage), get_depths(), strict=True):
        assert name.get_y() == pytest.approx(lane.embedding.get_y(), abs=0.1)
        assert name.get_edge_center(RIGHT)[0] < lane.embedding.get_left()[0]
        assert abs(name.get_z() - depth) < 1.5


def test_the_names_of_neurons_foretell_what_a_token_lights():
    lit = {token.words: np.flatnonzero(get_pass(i).neurons[UNITS] > 0).tolist() for i, token in enumerate(TOKENS)}
    assert lit.pop("Michael Jordan") == [0, 4]  # himself, and someone famous
    assert lit.pop("Michael Phelps") == [3, 4, 7]  # a swimmer, someone famous, himself
    assert lit.pop("Alexis Jordan") == [1]  # herself: half of another's name is not enough
    assert not any(lit.values()) and len(lit) == 5  # plain words


def test_the_vector_for_basketball_is_nearly_the_update(stage):
    assert np.abs(shown(stage.update) - DIRECTIONS["B"][COORDINATES]).max() < 0.11


def test_every_ball_is_as_bright_as_its_neuron():
    act = Run(type("Still", (AddItUp,), {"construct": lambda self: None}), draws=False)().scene
    for token in range(len(TOKENS)):
        balls = act.get_balls(token)
        for animation in act.light(balls, token):
            animation.begin()
            animation.finish()
        assert [ball.value for ball in balls] == pytest.approx(get_pass(token).neurons[UNITS].tolist())


def test_the_blocks_of_gpt_3_hold_two_thirds_of_it():
    d = 12_288
    block = 2 * 4 * d * d + 4 * d + d
    assert (PARAMETERS.block, PARAMETERS.all_blocks) == (block, 96 * block) == (1_208_020_992, 115_970_015_232)
    assert f"{PARAMETERS.share:.0%}" == "66%"


def test_the_areas_are_to_scale():
    act = Run(type("Still", (AddItUp,), {"construct": lambda self: None}), draws=False)().scene
    model, cells = act.get_areas()
    assert len(cells) == 96
    areas = [cell.get_width() * cell.get_height() for cell in cells]
    whole = model.get_width() * model.get_height()
    assert np.allclose(np.array(areas) / whole, PARAMETERS.block / PARAMETERS.total, rtol=1e-3)
    assert cells.get_left()[0] == pytest.approx(model.get_left()[0], abs=1e-3)
    assert cells.get_height() == pytest.approx(model.get_height(), rel=1e-3)
