"""Does every scene of every film run from start to end, and take as long as its storyboard says?"""

import importlib
from pathlib import Path

import pytest

from darkroom import engine

engine.load()

from darkroom.engine.run import Run  # noqa: E402

ROOT = Path(__file__).parents[2]

# Seconds each storyboard asks for; a scene may be a fifth longer or shorter.
TARGETS = {"ChainRuleScene": 30, "ComputationGraphScene": 45}

SCENES = [
    pytest.param(scene, id=scene.__name__)
    for film in sorted(ROOT.glob("_2025/*/film.py"))
    for scene in importlib.import_module(".".join(film.relative_to(ROOT).with_suffix("").parts)).SCENES_IN_ORDER
]


@pytest.mark.slow
@pytest.mark.parametrize("scene", SCENES)
def test_runs_to_the_end_within_its_length(scene):
    run = Run(scene, draws=False, fps=10)()
    target = TARGETS.get(scene.__name__)
    assert run.beats
    if target:
        assert 0.8 * target <= run.clock <= 1.2 * target
