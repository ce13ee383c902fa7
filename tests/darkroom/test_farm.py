"""`darkroom render --scheduler`: the same clips from other processes, and what may happen to those."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from darkroom import clips, discover, farm, farmhand, tasks
from darkroom.errors import UsageError
from darkroom.jobs import Job, Quality, Stage
from tests.darkroom.conftest import Darkroom, command, files_below, write
from tests.darkroom.test_render import LOW, Watched, processes_in
from tests.darkroom.test_split import LONG

# Slow enough to be interrupted: a nap in each frame.
UNHURRIED = """\
import time

from manim_imports_ext import *


class First(ChalkScene):
    def construct(self):
        square = Square()
        square.add_updater(lambda m: None if self.skip_animations else time.sleep(0.03))
        self.play(Rotate(square, TAU), run_time=5)


class Second(First):
    chalk = RED


class Third(First):
    chalk = GREEN
"""


class Farmyard:
    """A scheduler and its workers, standing in a project."""

    def __init__(self, project: Path, folder: Path) -> None:
        self.project, self.folder = project, folder
        with socket.socket() as door:
            door.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{door.getsockname()[1]}"
        host, port = self.address.split(":")
        self.scheduler = self.start("scheduler", "--host", host, "--port", port, "--no-show")
        self.workers: list[subprocess.Popen[bytes]] = []

    def start(self, *arguments: str, cwd: Path | None = None) -> subprocess.Popen[bytes]:
        program = [sys.executable, "-m", "dask", *arguments, "--no-dashboard"]
        env = {**os.environ, "XDG_CACHE_HOME": str(self.folder / "cache")}
        with (self.folder / "farm.log").open("ab") as log:
            return subprocess.Popen(program, cwd=cwd or self.project, stdout=log, stderr=log, env=env)

    def add_worker(self, *options: str, cwd: Path | None = None) -> Path:
        """Start a worker; the folder it works in."""
        place = self.folder / f"worker-{len(self.workers)}"
        options = ("--nthreads", "1", "--local-directory", str(place), *options)
        self.workers.append(self.start("worker", self.address, *options, cwd=cwd))
        return place

    def close(self) -> None:
        for process in [*self.workers, self.scheduler]:
            process.terminate()
        for process in [*self.workers, self.scheduler]:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture(scope="module")
def project(repo: Path) -> Path:
    write(repo / "farm/unhurried.py", UNHURRIED)
    return repo


@pytest.fixture(scope="module")
def one_worker(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Farmyard]:
    yard = Farmyard(project, tmp_path_factory.mktemp("yard"))
    yard.add_worker()
    yield yard
    yard.close()


@pytest.fixture
def yard(project: Path, tmp_path: Path) -> Iterator[Farmyard]:
    (tmp_path / "yard").mkdir()
    yard = Farmyard(project, tmp_path / "yard")
    yield yard
    yard.close()


def scene_processes(project: Path) -> list[str]:
    return [line for line in processes_in(project) if "darkroom.worker" in line or line.startswith("ffmpeg")]


@pytest.mark.slow
def test_a_workers_clips_are_rendered_again_when_it_is_killed(
    darkroom: Darkroom, yard: Farmyard, tmp_path: Path
) -> None:
    there, here = tmp_path / "there", tmp_path / "here"
    places = [yard.add_worker("--no-nanny"), yard.add_worker("--no-nanny")]
    run = Watched(yard.project, "render", "farm/unhurried.py", *LOW, "--scheduler", yard.address, "--output", there)
    run.wait_for(lambda: all(list(place.rglob(".*.partial.mp4")) for place in places))
    yard.workers[0].send_signal(signal.SIGKILL)
    assert run.exit_code() == 0, run.said.decode()
    local = darkroom("render", "farm/unhurried.py", *LOW, "--output", here)
    assert local.returncode == 0, local.stderr
    names = [f"farm/unhurried/low/{name}.mp4" for name in ("First", "Second", "Third")]
    assert files_below(there) == files_below(here) == names
    assert [(there / name).read_bytes() for name in names] == [(here / name).read_bytes() for name in names]


@pytest.mark.slow
def test_a_film_made_on_a_farm_is_the_same(darkroom: Darkroom, one_worker: Farmyard, tmp_path: Path) -> None:
    there, here = tmp_path / "there", tmp_path / "here"
    done = darkroom("film", "_2025/shapes", *LOW, "--scheduler", one_worker.address, "--output", there)
    assert done.returncode == 0, done.stderr
    local = darkroom("film", "_2025/shapes", *LOW, "--output", here)
    assert files_below(there) == files_below(here)
    assert all((there / name).read_bytes() == (here / name).read_bytes() for name in files_below(here))
    assert done.stdout.splitlines()[-4:-1] == local.stdout.splitlines()[-4:-1]


@pytest.mark.slow
def test_options_reach_a_farm(darkroom: Darkroom, one_worker: Farmyard, tmp_path: Path) -> None:
    config = write(one_worker.project / "farm/other.yml", "camera: {fps: 8}\n")
    how = ("render", "_2025/shapes:CircleScene", *LOW, "--transparent", "--beats", "2:3")
    farm_too = ("--scheduler", one_worker.address)
    done = darkroom(*how, "--config_file", config, *farm_too, "--output", tmp_path / "there")
    assert done.returncode == 0, done.stderr
    local = darkroom(*how, "--config_file", config, "--output", tmp_path / "here")
    assert local.returncode == 0, local.stderr
    clip = "2025/shapes/low/CircleScene@beats-2-3.mov"
    assert files_below(tmp_path / "there") == files_below(tmp_path / "here") == [clip]
    assert (tmp_path / "there" / clip).read_bytes() == (tmp_path / "here" / clip).read_bytes()
    outside = write(tmp_path / "outside.yml", "camera: {fps: 8}\n")
    done = darkroom(*how, "--config_file", outside, *farm_too, "--output", tmp_path / "there")
    assert done.returncode == 2
    assert "is not in the project, so that the workers do not have it" in done.stderr


@pytest.mark.slow
def test_a_long_scene_is_divided_among_workers(darkroom: Darkroom, yard: Farmyard, tmp_path: Path) -> None:
    write(yard.project / "farm/long.py", LONG)
    for _ in range(2):
        yard.add_worker()
    with farm.Farm(yard.address) as hands:
        hands._client.wait_for_workers(2, timeout=60)
    how = ("farm/long.py:Long", *LOW, "--codec", "lossless", "--no-cache")
    done = darkroom("render", *how, "--scheduler", yard.address, "--output", tmp_path / "there")
    assert done.returncode == 0, done.stderr
    local = darkroom("render", *how, "--no-split", "--output", tmp_path / "here")
    assert local.returncode == 0, local.stderr
    clip = "farm/long/low/Long.mp4"
    assert files_below(tmp_path / "there") == files_below(tmp_path / "here") == [clip]
    assert clips.compare(tmp_path / "there" / clip, tmp_path / "here" / clip) == ""
    assert (tmp_path / "there" / clip).read_bytes() != (tmp_path / "here" / clip).read_bytes(), "it was not divided"


@pytest.mark.slow
def test_scenes_that_fail_there_say_here_why(darkroom: Darkroom, one_worker: Farmyard, tmp_path: Path) -> None:
    options = (*LOW, "--scheduler", one_worker.address, "--output", tmp_path)
    done = darkroom("render", "oddities/broken.py", *options)
    assert done.returncode == 1
    assert "oddities/broken.py:7 in construct\n      self.draw(Square())" in done.stderr
    assert "3 of 4 failed: FailsHalfway, IsKilled, ShowsNothing" in done.stderr
    made = [name for name in files_below(tmp_path) if not name.startswith("logs")]
    assert made == ["oddities/broken/low/WorksAnyway.mp4"]
    (log,) = (tmp_path / "logs").glob("FailsHalfway*.log")
    assert "Traceback" in log.read_text()


@pytest.mark.slow
@pytest.mark.parametrize("how", ["Ctrl-C", "SIGKILL"])
def test_nobody_works_on_what_is_no_longer_wanted(one_worker: Farmyard, tmp_path: Path, how: str) -> None:
    project = one_worker.project
    options = (*LOW, "--scheduler", one_worker.address, "--output", tmp_path)
    run = Watched(project, "render", "oddities/endless.py", *options)
    run.wait_for(lambda: any(line.startswith("ffmpeg") for line in scene_processes(project)))
    os.write(run.terminal, b"\x03") if how == "Ctrl-C" else os.kill(run.pid, signal.SIGKILL)
    assert run.exit_code() == (130 if how == "Ctrl-C" else -9)
    run.wait_for(lambda: not scene_processes(project), seconds=20)
    assert not [name for name in files_below(one_worker.folder) if name.endswith(".mp4")]
    assert not list(tmp_path.rglob("*.mp4"))


def a_job(project: Path, scene: str, output: Path) -> Job:
    (film,) = discover.find([str(project / scene)])
    (ref,) = film.scenes
    path = output / "clips" / f"{ref.name}.mp4"
    return Job(ref, Stage(ref.root, Quality.low), tasks.render, output / "log", path.parent, {"path": path})


@pytest.mark.slow
def test_a_clip_comes_back_in_pieces_and_again_if_it_is_lost(
    one_worker: Farmyard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(farm, "PIECE", 1000)
    job = a_job(one_worker.project, "_2025/shapes:CircleScene", tmp_path)
    fetch, lost = farm.Farm._fetch, []

    def sometimes(self: farm.Farm, *arguments: object) -> None:
        if not lost:
            lost.append(arguments)
            raise farm._Lost
        fetch(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(farm.Farm, "_fetch", sometimes)
    with farm.Farm(one_worker.address) as hands:
        (outcome,) = hands.run([job])
    assert lost
    assert outcome.failure is None
    assert outcome.job is job
    assert outcome.result.path == job.options["path"]
    assert outcome.result.path.stat().st_size > 2000
    assert outcome.result.frames == 24


@pytest.mark.slow
def test_a_worker_with_another_project_is_refused(
    yard: Farmyard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(yard.project, copy)
    write(copy / "common/base.py", (copy / "common/base.py").read_text() + "# edited\n")
    yard.add_worker(cwd=copy)
    job = a_job(yard.project, "_2025/shapes:CircleScene", tmp_path)
    with (
        farm.Farm(yard.address) as hands,
        pytest.raises(UsageError, match=r"/copy, where common/base\.py is not the same"),
    ):
        list(hands.run([job]))


@pytest.mark.slow
def test_a_farm_without_workers_says_how_to_start_one(
    yard: Farmyard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = a_job(yard.project, "_2025/shapes:CircleScene", tmp_path)
    monkeypatch.setattr(farm, "FIRST_WORKER", 0.5)
    with (
        farm.Farm(yard.address) as hands,
        pytest.raises(UsageError, match=f"has no workers(.|\n)*dask worker {yard.address} --nthreads 1"),
    ):
        list(hands.run([job]))


@pytest.mark.slow
def test_what_is_left_when_the_farm_goes_is_named(
    yard: Farmyard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(farm, "PATIENCE", 3.0)
    yard.add_worker("--no-nanny")
    jobs = [a_job(yard.project, "farm/unhurried.py:First", tmp_path) for _ in range(2)]
    with farm.Farm(yard.address) as hands:
        outcomes = []
        for outcome in hands.run(jobs, lambda job, frames: yard.workers[0].kill()):
            outcomes.append(outcome)
    assert [outcome.job for outcome in outcomes] == jobs
    assert all(outcome.failure and "no worker is left" in outcome.failure.reason for outcome in outcomes)


@pytest.mark.parametrize("address", ["127.0.0.1:9", "nowhere", "127.0.0.1:x"])
def test_a_scheduler_that_does_not_answer(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(farm, "HELLO", 0.5)
    with pytest.raises(UsageError, match="no dask scheduler answers at"):
        farm.Farm(address)


def test_without_dask_the_option_says_what_to_type(repo: Path, tmp_path: Path) -> None:
    poison = "raise ModuleNotFoundError('distributed')\n"
    write(tmp_path / "distributed/__init__.py", poison)
    done = subprocess.run(
        command("render", "_2025/shapes", "--scheduler", "127.0.0.1:9", "--output", tmp_path / "out"),
        cwd=repo,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "pip install -c constraints.txt '.[farm]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_comes_from_another_folder_is_moved_home(tmp_path: Path) -> None:
    there, here = Path("/there"), Path("/here")
    clip = tasks.Length(1, 2.0, 3.0)
    thing = [there / "a", (there / "b/c", "/there/text"), {"d": there}, clip, Path("/else")]
    home = [here / "a", (here / "b/c", "/there/text"), {"d": here}, clip, Path("/else")]
    assert farmhand.moved(thing, there, here) == home


def test_other_software_is_named(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job = a_job(project, "_2025/shapes:CircleScene", tmp_path)
    origin = farmhand.Origin.of([job.scene])
    assert set(origin.files) >= {"custom_config.yml", "common/base.py", "_2025/shapes/scenes.py"}
    monkeypatch.chdir(project)
    assert farmhand.compare([origin]) == ""
    assert origin.find() == project
    for name, said in (("numpy", "it has numpy 1.0; here it is"), ("darkroom", "its darkroom is not the one here")):
        with monkeypatch.context() as other:
            other.setitem(farmhand.OWN, name, "1.0")
            assert said in farmhand.compare([origin])
    monkeypatch.chdir(tmp_path)
    assert "_2025/__init__.py is missing" in farmhand.compare([origin])
