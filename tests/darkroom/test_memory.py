"""A long plan needs no more than a short one: the pool holds on to nothing it does not need."""

import operator
import os
from pathlib import Path

import pytest

from darkroom.discover import SceneRef
from darkroom.jobs import Job, Quality, Stage
from darkroom.pool import Pool
from tests.darkroom.conftest import Darkroom, write

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux tells what a process holds"),
]


def held(pid: int) -> tuple[int, float]:
    """Files that a process has open, and megabytes of memory."""
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    (resident,) = (int(line.split()[1]) / 1000 for line in status if line.startswith("VmRSS:"))
    return len(os.listdir(f"/proc/{pid}/fd")), resident


def test_a_plan_of_many_scenes_does_not_grow(tmp_path: Path) -> None:
    scene = SceneRef("A", write(tmp_path / "scenes.py", "class A: ...\n"), tmp_path)
    stage = Stage(tmp_path, Quality.low)
    # The least that can be asked of a worker: it has no arguments of its own, and can be found by name.
    jobs = [Job(scene, stage, operator.is_, tmp_path / "log") for _ in range(80)]
    accounts: list[list[tuple[int, float]]] = []
    with Pool(2) as pool:
        for outcome in pool.run(jobs):
            assert outcome.result is False, outcome.failure
            (nursery,) = pool._nurseries.values()
            accounts.append([held(os.getpid()), held(nursery._process.pid)])
    for early, late in zip(accounts[9], accounts[-1], strict=True):
        assert late[0] <= early[0] + 2, "open files"
        assert late[1] <= early[1] + 5, "megabytes"


def test_the_summary_tells_what_a_scene_needed(darkroom: Darkroom, tmp_path: Path) -> None:
    done = darkroom("render", "_2025/shapes:CircleScene", "--quality", "low", "--no-cache", "--output", tmp_path)
    assert done.returncode == 0, done.stderr
    (line,) = (line for line in done.stdout.splitlines() if "CircleScene.mp4" in line)
    own, plus, encoder, unit = line.split()[5:9]
    assert (plus, unit) == ("+", "MB")
    assert 50 < int(own) < 1500, "a process that has imported ManimGL"
    assert 5 < int(encoder) < 1500
