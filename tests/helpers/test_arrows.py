"""An arrow and its words are one thing, and an arrow without a direction is refused."""

import numpy as np
import pytest

from darkroom import engine

engine.load()

from manimlib import LEFT, ORIGIN, OUT, RIGHT, UP  # noqa: E402

from helpers.arrows import LabeledArrow  # noqa: E402


def test_the_words_move_with_the_arrow():
    arrow = LabeledArrow(ORIGIN, 2 * RIGHT, "Linear")
    before = arrow.label.get_center().copy()
    arrow.shift(3 * UP)
    assert any(part is arrow.label for part in arrow)
    assert np.allclose(arrow.label.get_center(), before + 3 * UP, atol=1e-5)


@pytest.mark.parametrize("along", [RIGHT, LEFT, UP, RIGHT + UP])
def test_the_words_stand_beyond_the_tip_or_before_the_tail(along):
    for at, sign in ((1, 1), (0, -1)):
        arrow = LabeledArrow(ORIGIN, 2 * along, "M", at=at)
        end = 2 * at * along
        assert sign * (arrow.label.get_center() - end) @ along > 0


def test_words_beside_the_arrow_stand_on_the_side_asked_for():
    assert LabeledArrow(ORIGIN, 2 * RIGHT, "ReLU", at=0.5, side=UP).label.get_bottom()[1] > 0
    assert LabeledArrow(2 * RIGHT, ORIGIN, "ReLU", at=0.5, side=UP).label.get_bottom()[1] > 0
    assert LabeledArrow(ORIGIN, 2 * UP, "ReLU", at=0.5).label.get_right()[0] < 0  # left of its direction


def test_words_can_face_a_camera_beside_the_depth_axis():
    def extent(**facing):
        return np.ptp(LabeledArrow(ORIGIN, 2 * OUT, "Linear", **facing).label.get_all_points(), axis=0)

    flat, turned = extent(), extent(facing=RIGHT)
    assert flat[2] < 1e-6 and turned[0] < 1e-6
    assert turned[2] == pytest.approx(flat[0]) and turned[1] == pytest.approx(flat[1])  # still upright


def test_what_has_no_direction_is_refused():
    with pytest.raises(ValueError, match="no direction"):
        LabeledArrow(RIGHT, RIGHT, "here")
    with pytest.raises(ValueError, match=r"0 to 1, not at 1\.5"):
        LabeledArrow(ORIGIN, RIGHT, "there", at=1.5)
