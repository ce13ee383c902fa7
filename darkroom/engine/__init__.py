"""All that reaches into ManimGL's internals, and the one way for a program to import it.

    hooks       runs functions right after the modules they mend have been imported
    boot        lets plain `manimgl` have the hooks too (python -m darkroom.engine.boot install)
    headless    ManimGL without a display
    frame       frames of another shape, such as upright ones
    repairs     what ManimGL 1.7.2 needs with today's packages, a function each (a package)
    embed_line  where `-e LINE` stops a scene
    blocks      pieces of a scene file that can be sent to a running session
    session     the wire between an editor and that session

Nothing here imports ManimGL until somebody asks for it: this package is loaded at every start of Python.
"""

import sys
from collections.abc import Sequence
from typing import Any


def load(
    argv: Sequence[str] = (), frame_shape: tuple[float, float] | None = None, strict: bool = False
) -> None:
    """Import ManimGL with its repairs, with or without a display. Calling it again does nothing.

    ManimGL reads the command line while it is being imported, and ends the program over an option it does
    not know. Here it sees `argv` instead of the program's own arguments.

    Args:
        argv: what to tell ManimGL, e.g. ("--config_file", "my.yml").
        frame_shape: width and height of the frame in units, if not as configured. One import of ManimGL has one.
        strict: whether a font that is not installed is an error, whatever the configuration says.
    """
    from darkroom.engine import hooks

    hooks.activate()
    if "manimlib" in sys.modules:
        return  # by plain `manimgl`, whose arguments they are; or by an earlier call
    if frame_shape:
        from darkroom.engine.frame import shaped

        hooks.after_import("manimlib.config", shaped(frame_shape))
    if strict:
        hooks.after_import("manimlib.config", _refuse_missing_fonts)
    own = sys.argv
    sys.argv = ["manimgl", *argv]
    try:
        import manimlib  # noqa: F401
    finally:
        sys.argv = own


def _refuse_missing_fonts(config: Any) -> None:
    config.manim_config.text.missing_font = "error"
