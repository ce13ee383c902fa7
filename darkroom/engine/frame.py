"""Frames of another shape: 9 wide and 16 tall, say, for a telephone.

ManimGL turns its configuration into constants (FRAME_WIDTH, FRAME_HEIGHT) while it is imported, and both
layout and shaders use these: one process has one shape. A scene says the shape it is made for as a class
attribute, `frame_shape = (9, 16)`, in units.

Nothing here imports ManimGL until it is called.
"""

import shlex
import sys
from ast import literal_eval
from collections.abc import Callable
from pathlib import Path
from typing import Any

from darkroom.errors import UsageError

Shape = tuple[float, float]

CLOSE = 0.01  # by what share a shape may be off: 480x854 is as near to 9:16 as whole pixels get


class WrongFrame(UsageError):
    """A scene made for another frame than the one ManimGL has."""


def pixels(shape: Shape, short_side: int) -> tuple[int, int]:
    """The picture for a frame: its shorter side at most `short_side` pixels, and that shape exactly.

    Whole numbers of pixels to a unit, and even ones to a side, as video wants them: (9, 16) is 1080x1920 for
    1080, and 468x832 for 480. Where that would take more than a tenth of the picture, as near as may be.
    """
    scale = short_side / min(shape)
    for unit in range(int(scale), int(0.9 * scale), -1):
        width, height = unit * shape[0], unit * shape[1]
        if width % 2 == height % 2 == 0:
            return int(width), int(height)
    return 2 * round(scale * shape[0] / 2), 2 * round(scale * shape[1] / 2)


def shaped(shape: Shape) -> Callable[[Any], None]:
    """What to do with `manimlib.config` for a frame of that shape: the configured size decides how large."""

    def shape_the_frame(config: Any) -> None:
        manim_config = config.manim_config
        manim_config.sizes.frame_height = float(shape[1])
        manim_config.camera.resolution = pixels(shape, min(manim_config.camera.resolution))

    return shape_the_frame


def require(scene_class: Any) -> None:
    """Refuse a scene whose class wants another frame than this process has.

    Raises:
        WrongFrame: with the line to type instead.
    """
    from manimlib.constants import FRAME_HEIGHT, FRAME_WIDTH

    wanted = getattr(scene_class, "frame_shape", None)
    if not isinstance(wanted, tuple | list) or len(wanted) != 2:
        return
    shape = float(wanted[0]), float(wanted[1])
    if _are_alike(shape, (FRAME_WIDTH, FRAME_HEIGHT)):
        return
    raise WrongFrame(
        f"{scene_class.__name__} is made for a frame {shape[0]:g} wide and {shape[1]:g} tall; "
        f"ManimGL was started with one {FRAME_WIDTH:.4g} wide and {FRAME_HEIGHT:g} tall.",
        _advice(shape),
    )


def _are_alike(a: Shape, b: Shape) -> bool:
    return all(abs(x - y) <= CLOSE * x for x, y in zip(a, b, strict=True))


def _advice(shape: Shape) -> str:
    """The line to type: what was typed, with a configuration file of this folder that has that shape."""
    typed = sys.argv[1:]
    if "--config_file" in typed:
        place = typed.index("--config_file")
        typed = typed[:place] + typed[place + 2 :]
    for file in sorted(Path.cwd().glob("*.yml")):
        if _shape_in(file) is not None and _are_alike(shape, _shape_in(file) or shape):
            return f"Type:  {shlex.join(['manimgl', *typed, '--config_file', file.name])}"
    width, height = pixels(shape, 1080)
    return (
        "Type:  darkroom render FILE:SCENE        (it takes the shape from the scene)\n"
        f"  For manimgl, a file vertical.yml with  camera: {{resolution: '({width}, {height})'}}  and  "
        f"sizes: {{frame_height: {shape[1]:g}}}  does it:  manimgl FILE SCENE --config_file vertical.yml"
    )


def _shape_in(file: Path) -> Shape | None:
    """The shape of the frame that a configuration file makes by itself, if it does."""
    import yaml

    try:
        settings = yaml.safe_load(file.read_text(encoding="utf-8"))
        width, height = literal_eval(settings["camera"]["resolution"])
        frame_height = float(settings["sizes"]["frame_height"])
        return frame_height * width / height, frame_height
    except (yaml.YAMLError, OSError, KeyError, TypeError, ValueError, SyntaxError, ZeroDivisionError):
        return None
