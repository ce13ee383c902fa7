"""What ManimGL 1.7.2 needs with today's packages, a function each, and the only place that patches it.

Each function is handed the module it mends, right after that module has been imported. Its docstring says
what goes wrong, and why it is mended in this way. To see for yourself, leave one out:

    DARKROOM_WITHOUT=opacity manimgl FILE SCENE        several: with commas; all of them: all

Pinned instead of mended (see pyproject.toml): setuptools below 81, because ManimGL imports `pkg_resources`
by name, and others might take a stand-in of ours for the real one; audioop-lts on Python 3.13.
"""

from darkroom.engine.repairs import latex, numbers, runs, sessions, words  # noqa: F401  each registers its repairs
from darkroom.engine.repairs.registry import names, prepare

__all__ = ["names", "prepare"]
