"""Fast drawing: the frames of stock ManimGL, byte for byte, in much less time.

    reading   the vertices of a batch, and where on the screen each of its parts can show
    drawlist  what a frame draws, in order, and what of it has changed
    painter   draws what has changed, where it has changed
    thrift    remembers what ManimGL works out again and again

How it works and why it is exact: docs/rendering.md. `DARKROOM_DRAWING=stock` switches it off.
"""

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from darkroom.engine.fast.painter import Painter


def is_wanted() -> bool:
    """Whether the environment leaves fast drawing on.

    Raises:
        ValueError: DARKROOM_DRAWING says something else than "fast" or "stock".
    """
    choice = os.environ.get("DARKROOM_DRAWING", "fast")
    if choice not in ("fast", "stock"):
        raise ValueError(f"DARKROOM_DRAWING={choice}: say fast or stock")
    return choice == "fast"


def activate(camera: Any, wanted: bool) -> "Painter | None":
    """Let a camera without a window draw fast, by the painter returned, or in ManimGL's own way."""
    from darkroom.engine.fast import thrift
    from darkroom.engine.fast.painter import Painter

    thrift.use(wanted)
    if not wanted:
        return None
    painter = Painter(camera)
    camera.capture, camera.get_raw_fbo_data = painter.capture, painter.raw
    return painter
