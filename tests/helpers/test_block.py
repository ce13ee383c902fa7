"""Is a block a box, and are its hidden faces painted first?"""

import numpy as np
import pytest
from manimlib import DEG, DOWN, LEFT, OUT, RIGHT, UP, CameraFrame

from custom.palette import BACKGROUND, SCAFFOLD
from helpers.block import Block
from helpers.color import mix_colors

WAYS = {"back": -OUT, "bottom": DOWN, "left": LEFT, "right": RIGHT, "top": UP, "front": OUT}


@pytest.mark.parametrize(("side", "way"), WAYS.items())
def test_each_face_is_where_its_name_says_and_looks_outwards(side, way):
    block = Block(5, 3, 1).shift([1, 2, 3])
    face = block.get_face(side)
    assert face.get_center() - block.get_center() == pytest.approx(way * np.array([5, 3, 1]) / 2, abs=1e-6)
    assert face.get_unit_normal() == pytest.approx(way, abs=1e-6)


def test_its_size_is_what_was_asked():
    block = Block(5, 3, 1)
    assert [block.length_over_dim(dim) for dim in range(3)] == pytest.approx([5, 3, 1])


@pytest.mark.parametrize(("theta", "phi"), [(0, 0), (-32, 0), (40, 20), (120, -30), (180, 0)])
def test_faces_towards_the_camera_are_painted_last(theta, phi):
    """For a box, that is enough: no two faces that look at the camera hide each other."""
    frame = CameraFrame().set_euler_angles(theta * DEG, phi * DEG)
    block = Block(5, 3, 1).shift(2 * LEFT).sort_faces(frame)
    eye = frame.get_implied_camera_location()
    looks = [np.dot(face.get_unit_normal(), eye - face.get_center()) > 0 for face in block.faces]
    assert looks == sorted(looks) and any(looks) and not all(looks)
    assert len({id(face) for face in block.faces}) == 6


def test_the_top_is_brighter_than_a_side_and_that_than_the_front():
    block = Block(color=SCAFFOLD)
    light = [int(block.get_face(side).get_fill_color()[1:3], 16) for side in ("top", "right", "front", "bottom")]
    assert light == sorted(light, reverse=True)


def test_the_title_fits_on_the_front():
    block = Block(3, 2, 1, title="Multilayer Perceptron")
    assert block.title.get_width() <= 0.87 * 3
    assert block.title.get_z() == pytest.approx(0.5)


def test_a_copy_has_faces_of_its_own():
    block = Block()
    copied = block.copy().shift(3 * RIGHT)
    assert copied.get_face("front").get_x() == pytest.approx(3) and block.get_face("front").get_x() == 0


def test_another_side_is_named():
    with pytest.raises(ValueError, match="no 'lid'"):
        Block().get_face("lid")


def test_dimmed_it_is_darker_and_hides_as_much_as_before():
    block = Block(title="MLP")
    before = [(part.get_fill_color(), part.get_fill_opacity(), part.get_stroke_width()) for part in block.get_family()]
    block.dim(0.6)
    for part, (color, opacity, width) in zip(block.get_family(), before, strict=True):
        assert (part.get_fill_opacity(), part.get_stroke_width()) == (opacity, width)
        assert part.get_fill_color().lower() == mix_colors(color, BACKGROUND, 0.6).lower()
