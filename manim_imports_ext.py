"""The one star import of every scene file: ManimGL (repaired), the house look, the helpers."""

from darkroom import engine

engine.load()

from manimlib import *  # noqa: E402

from custom import *  # noqa: E402
from helpers import *  # noqa: E402
