"""Clips come from the cache when nothing that decides them has changed, and never otherwise."""

import json
import os
import subprocess
import sys
import textwrap
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest
from diskcache import Cache
from PIL import Image

from darkroom import clips, surroundings, tasks
from darkroom.clips import Clips
from darkroom.discover import SceneRef
from darkroom.engine.clip import probe
from darkroom.errors import UsageError
from darkroom.jobs import Job, Quality, Stage
from darkroom.tasks import Rendered
from darkroom.witness import Seen, answer, digest_of_file
from tests.darkroom.conftest import Darkroom, files_below, write
from tests.darkroom.test_render import Watched

# The cache itself, with a file that stands for a clip


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of one scene, and a cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(surroundings, "_opengl", lambda: "a painter")
    surroundings._ffmpeg.cache_clear()
    root = tmp_path / "project"
    write(root / "custom_config.yml", "camera: {fps: 10}\n")
    write(root / "scenes.py", "from manimlib import *\n\nclass A(Scene):\n    def construct(self): ...\n")
    return root


def a_job(project: Path, name: str = "a.mp4", **options: object) -> Job:
    ref = SceneRef("A", project / "scenes.py", project)
    path = project.parent / "out" / name
    return Job(ref, Stage(project, Quality.low), tasks.render, project / "log", path.parent, {"path": path, **options})


def render(job: Job, content: bytes = b"frames", seen: Seen | None = None) -> Rendered:
    """As if it had been."""
    path = job.options["path"]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return Rendered(path, 5, 0.5, 10, (64, 36), False, 0.5, 1.0, {}, seen=seen or Seen())


def remember(job: Job, **how: object) -> str:
    with clips.opened() as cache:
        assert cache.recall(job) is None
        return cache.keep(job, render(job, **how))  # type: ignore[arg-type]


def recall(job: Job) -> Rendered | None:
    with clips.opened() as cache:
        return cache.recall(job)


def test_a_clip_is_put_where_it_should_go_with_all_that_is_known_of_it(project: Path) -> None:
    remember(a_job(project))
    known = recall(a_job(project, "b.mp4"))
    assert known
    assert (known.frames, known.path.name, known.from_cache) == (5, "b.mp4", True)
    assert known.path.read_bytes() == b"frames"
    assert files_below(known.path.parent) == ["a.mp4", "b.mp4"]


@pytest.mark.parametrize("option", ["fps", "encoding", "anything"])
def test_each_option_makes_another_clip(project: Path, option: str) -> None:
    remember(a_job(project))
    assert recall(a_job(project, **{option: 25})) is None


def test_quality_and_shape_make_another_clip(project: Path) -> None:
    job = a_job(project)
    remember(job)
    for stage in (Stage(project, Quality.high), Stage(project, Quality.low, (9, 16))):
        assert recall(Job(job.scene, stage, job.work, job.log, job.folder, job.options)) is None
    assert recall(a_job(project))


@pytest.mark.parametrize("part", ["_opengl", "_own_source", "_fonts"])
def test_another_driver_darkroom_or_font_makes_another_clip(
    project: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    remember(a_job(project))
    monkeypatch.setattr(surroundings, part, lambda: "another")
    assert recall(a_job(project)) is None


def test_another_version_of_a_package_makes_another_clip(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remember(a_job(project))
    monkeypatch.setattr(surroundings, "_packages", lambda wanted: {"numpy": "99"})
    assert recall(a_job(project)) is None


def test_another_ffmpeg_or_python_makes_another_clip(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remember(a_job(project))
    monkeypatch.setattr(sys, "version", "4.0")
    assert recall(a_job(project)) is None
    monkeypatch.undo()
    monkeypatch.setenv("XDG_CACHE_HOME", str(project.parent / "cache"))
    monkeypatch.setattr(surroundings, "_opengl", lambda: "a painter")
    assert recall(a_job(project))
    program = write(project.parent / "bin" / "ffmpeg", "#!/bin/sh\necho another\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    surroundings._ffmpeg.cache_clear()
    assert recall(a_job(project)) is None


def test_versions_are_those_of_what_the_scene_imports(project: Path) -> None:
    names = surroundings.surroundings(project, ["sklearn.datasets"])["packages"]
    assert isinstance(names, dict)
    assert {"manimgl", "numpy", "moderngl", "scikit-learn", "scipy"} <= set(names)
    assert "pytest" not in names


def test_configuration_counts_and_its_comments_do_not(project: Path) -> None:
    write(project / "paper.png", "white")
    config = write(project / "custom_config.yml", "camera: {fps: 10}\nmine: {ground: paper.png}\n")
    remember(a_job(project))
    config.write_text("# ours\n" + config.read_text())
    assert recall(a_job(project))
    write(project / "paper.png", "yellow")
    assert recall(a_job(project)) is None
    write(project / "paper.png", "white")
    assert recall(a_job(project))
    config.write_text("camera: {fps: 11}\nmine: {ground: paper.png}\n")
    assert recall(a_job(project)) is None


def test_latex_files_that_lie_on_texinputs_count(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    surroundings._latex.cache_clear()
    style = write(project / "tex" / "house.sty", "one")
    monkeypatch.setenv("TEXINPUTS", "tex:")
    remember(a_job(project))
    assert recall(a_job(project))
    style.write_text("other")
    surroundings._latex.cache_clear()
    assert recall(a_job(project)) is None


def test_what_the_scene_read_counts_and_several_states_are_remembered(project: Path) -> None:
    data = write(project / "data.csv", "1")
    seen = Seen({("file", "data.csv"): digest_of_file(str(data))})
    remember(a_job(project), content=b"one", seen=seen)
    data.write_text("2")
    remember(a_job(project), content=b"two", seen=Seen({("file", "data.csv"): digest_of_file(str(data))}))
    data.write_text("1")
    known = recall(a_job(project))
    assert known
    assert known.path.read_bytes() == b"one"
    data.unlink()
    assert recall(a_job(project)) is None


def test_what_a_scene_reads_may_depend_on_what_it_has_read(project: Path) -> None:
    for mood in ("good", "bad"):
        write(project / "mood", mood)
        write(project / mood, f"all is {mood}")
        answers = {("file", name): digest_of_file(str(project / name)) for name in ("mood", mood)}
        remember(a_job(project), content=mood.encode(), seen=Seen(answers))
    for mood in ("good", "bad"):
        write(project / "mood", mood)
        known = recall(a_job(project))
        assert known
        assert known.path.read_bytes() == mood.encode()


def test_a_module_that_its_source_does_not_tell_of_counts(project: Path) -> None:
    plugin = write(project / "plugin.py", "x = 1\n")
    modules = {name: digest_of_file(str(project / name)) for name in ("plugin.py", "scenes.py")}
    remember(a_job(project), seen=Seen(modules=modules))
    with (project / "scenes.py").open("a") as file:
        file.write("# what its source does tell of is known better\n")
    assert recall(a_job(project))
    plugin.write_text("x = 2\n")
    assert recall(a_job(project)) is None


def test_source_that_is_changed_while_it_renders_is_not_kept(project: Path) -> None:
    job = a_job(project)
    with clips.opened() as cache:
        assert cache.recall(job) is None
        source = (project / "scenes.py").read_text()
        write(project / "scenes.py", source.replace("...", "self.wait()"))
        assert "changed" in cache.keep(job, render(job))
        write(project / "scenes.py", source)
    assert recall(a_job(project)) is None


def test_what_cannot_be_repeated_is_not_kept(project: Path) -> None:
    assert remember(a_job(project), seen=Seen(unrepeatable="it tossed a coin")) == "it tossed a coin"
    assert recall(a_job(project)) is None


def test_overwriting_a_clip_does_not_reach_the_cache(project: Path) -> None:
    remember(a_job(project))
    for _ in range(2):
        known = recall(a_job(project))
        assert known
        assert known.path.read_bytes() == b"frames"
        with known.path.open("r+b") as file:
            file.write(b"scribble")


def test_a_clip_that_stands_there_already_is_left_alone(project: Path) -> None:
    remember(a_job(project))
    path = a_job(project).options["path"]
    before = path.stat()
    assert recall(a_job(project))
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


@pytest.mark.parametrize("damage", ["scribbled on", "cut off", "gone"])
def test_a_damaged_clip_is_rendered_again(project: Path, damage: str, capsys: pytest.CaptureFixture[str]) -> None:
    remember(a_job(project))
    (kept,) = (path for path in clips.folder().rglob("*.val") if path.read_bytes() == b"frames")
    if damage == "gone":
        kept.unlink()
    else:
        kept.write_bytes(b"frogs!" if damage == "scribbled on" else b"fra")
    assert recall(a_job(project, "b.mp4")) is None
    assert f"the clip of A {'is gone' if damage == 'gone' else 'was damaged'}" in capsys.readouterr().err
    assert files_below(project.parent / "out") == ["a.mp4"]
    remember(a_job(project, "b.mp4"))
    assert recall(a_job(project, "c.mp4"))


def test_a_cache_whose_index_is_damaged_stops_nothing_and_can_be_cleared(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    remember(a_job(project))
    for path in clips.folder().glob("cache.db*"):
        path.write_bytes(b"no database at all" * 100)
    assert recall(a_job(project)) is None
    assert "the cache of clips cannot be opened" in capsys.readouterr().err
    assert remember(a_job(project)) == ""
    with pytest.raises(UsageError, match="cannot be read"):
        clips.describe()
    clips.clear()
    remember(a_job(project))
    assert recall(a_job(project))


def test_what_was_used_longest_ago_goes_first(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clips.SIZE_VARIABLE, "0.001")
    large = os.urandom(300_000)
    for fps in (1, 2, 3):
        remember(a_job(project, fps=fps), content=large)
        assert recall(a_job(project, fps=1)), "the first is used again and again"
    for fps in (4, 5, 6):
        remember(a_job(project, fps=fps), content=large)
        assert recall(a_job(project, fps=1))
    assert recall(a_job(project, fps=6))
    assert recall(a_job(project, fps=2)) is None
    assert clips.describe()[1] <= 1_000_000
    assert "half" in remember(a_job(project, fps=7), content=2 * large), "it would drive out all others"


def test_a_cache_that_is_told_to_be_smaller_becomes_so(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for fps in range(1, 9):
        remember(a_job(project, fps=fps), content=os.urandom(300_000))
    assert clips.describe()[0] == 8
    monkeypatch.setenv(clips.SIZE_VARIABLE, "0.001")
    remember(a_job(project, fps=9), content=b"one more")
    assert 0 < clips.describe()[1] <= 1_000_000


def test_a_size_of_nothing_is_no_cache_and_of_nonsense_an_error(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clips.SIZE_VARIABLE, "0")
    remember(a_job(project))
    assert recall(a_job(project)) is None
    monkeypatch.setenv(clips.SIZE_VARIABLE, "plenty")
    with pytest.raises(UsageError, match="DARKROOM_CACHE_GB=plenty"):
        clips.limit()


def test_a_cache_nobody_may_write_to_is_an_empty_one(project: Path) -> None:
    write(project.parent / "cache", "a file where the folder should be")
    remember(a_job(project))
    assert recall(a_job(project)) is None
    assert clips.describe() == (0, 0)


@pytest.mark.parametrize("fault", ["get", "set"])
def test_a_fault_of_the_cache_is_said_once_with_its_reason_and_the_clip_is_rendered(
    project: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the disk is full")

    said: list[str] = []
    monkeypatch.setattr(Cache, fault, fail)
    with clips.opened(say=said.append) as cache:
        for fps in (1, 2):
            job = a_job(project, fps=fps)
            assert cache.recall(job) is None
            assert cache.keep(job, render(job)) == ""
    (line,) = said
    assert "the disk is full" in line
    assert "darkroom cache --clear" in line


def test_a_file_that_cannot_be_read_is_why_a_clip_is_not_kept(project: Path) -> None:
    write(project / "scenes.py", (project / "scenes.py").read_text() + "\n\ndef later():\n    import odd\n")
    write(project / "odd.py", "def odd(")
    assert "odd.py cannot be read" in remember(a_job(project))


def test_what_the_scene_asked_counts(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(project / "data.csv", "1")
    monkeypatch.setenv("MOOD", "good")
    questions = [("variable", "MOOD"), ("kind", "absent"), ("size", "data.csv"), ("folder", ".")]
    remember(a_job(project), seen=Seen({question: answer(question, project) for question in questions}))
    assert recall(a_job(project))
    monkeypatch.setenv("MOOD", "bad")
    assert recall(a_job(project)) is None
    monkeypatch.setenv("MOOD", "good")
    assert recall(a_job(project))
    write(project / "data.csv", "22")
    assert recall(a_job(project)) is None


@pytest.mark.parametrize(
    ("what", "before", "after"),
    [
        ("kind", None, "1"),
        ("size", "1", "22"),
        ("status", "1", "2"),
        ("folder", None, "1"),
        ("file", "1", "2"),
    ],
)
def test_each_question_has_another_answer_when_that_has_changed(
    tmp_path: Path, what: str, before: str | None, after: str
) -> None:
    file = tmp_path / "data.csv"
    subject = "." if what == "folder" else "data.csv"
    answers = []
    for at, text in enumerate((before, after)):
        if text is not None:
            write(file, text)
            os.utime(file, (at, at))
        answers.append(answer((what, subject), tmp_path))
    assert answers[0] != answers[1]
    write(file, after)
    os.utime(file, (1, 1))
    assert answer((what, subject), tmp_path) == answers[1]


def test_files_that_cannot_be_decoded_are_not_found_equal(tmp_path: Path) -> None:
    for name in ("a.mp4", "b.mp4"):
        write(tmp_path / name, "no clip at all")
    with pytest.raises(clips.UnreadableClip, match=r"a\.mp4 cannot be decoded"):
        clips.compare(tmp_path / "a.mp4", tmp_path / "b.mp4")


def test_several_processes_at_once(project: Path) -> None:
    script = write(
        project.parent / "many.py",
        f"""
import sys
from pathlib import Path
from darkroom import clips, surroundings
from tests.darkroom.test_cache import a_job, render
surroundings._opengl = lambda: "a painter"
for fps in range(20):
    job = a_job(Path({str(project)!r}), sys.argv[1] + ".mp4", fps=fps)
    with clips.opened() as cache:
        if not cache.recall(job):
            assert cache.keep(job, render(job, b"frames %d" % fps)) == ""
""",
    )
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    crowd = [subprocess.Popen([sys.executable, script, str(number)], env=env) for number in range(3)]
    assert [process.wait() for process in crowd] == [0, 0, 0]
    for fps in range(20):
        known = recall(a_job(project, "z.mp4", fps=fps))
        assert known
        assert known.path.read_bytes() == b"frames %d" % fps
    assert clips.describe()[0] == 20


def test_nothing_is_taken_or_kept_without_a_cache(project: Path) -> None:
    remember(a_job(project))
    with clips.opened(wanted=False) as cache:
        assert cache.recall(a_job(project)) is None
        assert cache.keep(a_job(project), render(a_job(project))) == ""
    assert isinstance(cache, Clips)


# What a scene looks at


WATCHING = """
import json, os, sys, tempfile
from pathlib import Path
folder, codes = Path.cwd(), json.loads(sys.argv[1])
sys.path.append(str(folder))
from darkroom import engine, witness
engine.load(["-w"])
import numpy, torch
for code in codes:
    sys.stdout.flush()
    if not os.fork():  # as a worker does for each scene
        tempfile.tempdir = str(folder / "scratch")
        (folder / "data.csv").write_text("1,2")
        witness.start(folder, [folder / "out"])
        exec(compile(code, str(folder / "scene.py"), "exec"))
        seen = witness.report()
        print(json.dumps([list(seen.answers.items()), seen.modules, seen.unrepeatable, seen.interferes]), flush=True)
        os._exit(0)
    os.wait()
"""


def witness(folder: Path, *codes: str, **variables: str) -> list[Seen]:
    """What a process has looked at that ran this code; for each piece of code."""
    own = {"XDG_CACHE_HOME": str(folder / "cache"), "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, "-c", WATCHING, json.dumps([textwrap.dedent(code) for code in codes])],
        env={**os.environ, **own, **variables},
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert not done.stderr, done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(told) == len(codes)
    return [
        Seen({(what, subject): said for (what, subject), said in answers}, modules, unrepeatable, interferes)
        for answers, modules, unrepeatable, interferes in told
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("scratch", "out", "cache"):
        (tmp_path / name).mkdir()
    write(tmp_path / "data.csv", "1,2")
    write(tmp_path / "plugin.py", "x = 1")
    return tmp_path


@pytest.mark.slow
def test_a_witness_sees_what_is_read_listed_and_imported(folder: Path) -> None:
    (seen,) = witness(
        folder,
        """
        import numpy as np
        np.loadtxt("data.csv", delimiter=",")
        sorted(Path().glob("*.csv"))
        try:
            Path("absent.txt").read_text()
        except OSError:
            pass
        import plugin, sqlite3
        sqlite3.connect("numbers.db").close()
        Path(tempfile.gettempdir(), "notes").write_text("scratch")
        Path("out/clip.wav").write_text("of its own")
        Path("out/clip.wav").read_text()
        """,
    )
    files = {subject: said for (what, subject), said in seen.answers.items() if what == "file"}
    assert set(files) == {"data.csv", "absent.txt", "numbers.db"}
    assert files["data.csv"] == digest_of_file(str(folder / "data.csv"))
    assert files["absent.txt"] == ""
    assert ("folder", str(folder)) in seen.answers
    assert set(seen.modules) == {"plugin.py"}
    assert seen.unrepeatable in ("", "numbers.db changed after it had read it")


@pytest.mark.slow
def test_a_witness_sees_what_is_asked(folder: Path) -> None:
    for name in ("there", "sized", "dated", "mapped.bin"):
        write(folder / name, "1234")
    (seen,) = witness(
        folder,
        """
        import os, random, time
        import numpy as np
        import torch
        os.path.exists("absent"); Path("there").is_file(); os.path.getsize("sized"); os.path.getmtime("dated")
        os.environ.get("MOOD"); os.getenv("NO_MOOD", "none"); Path("there").resolve()
        os.environ["MINE"] = "1"; os.environ["MINE"]
        torch.from_file("mapped.bin", size=4, dtype=torch.uint8)
        # What can be done again
        with torch.random.fork_rng(): torch.manual_seed(2); torch.rand(1)
        random.seed(1); random.random(); np.random.seed(1); np.random.rand(); np.random.default_rng(1).random()
        torch.manual_seed(1); torch.rand(1); random.Random(1).random(); torch.Generator()
        time.sleep(0); time.strftime("%Y", (2020, 1, 1, 0, 0, 0, 0, 1, 0)); time.gmtime(0)
        import uuid; uuid.UUID(int=1); tempfile.mkdtemp(); tempfile.NamedTemporaryFile().close()
        """,
        MOOD="good",
    )
    assert seen.unrepeatable == ""
    asked = set(seen.answers)
    assert {("kind", "absent"), ("kind", "there"), ("size", "sized"), ("status", "dated")} <= asked
    assert {("file", "mapped.bin"), ("variable", "MOOD"), ("variable", "NO_MOOD")} <= asked
    assert not {("status", "there"), ("status", "absent"), ("variable", "MINE")} & asked
    for question, said in seen.answers.items():
        if question[0] != "variable":
            assert answer(question, folder) == said
    assert seen.answers["variable", "NO_MOOD"] == ""
    assert seen.answers["variable", "MOOD"] not in ("", "good"), "a digest: it may be a secret"


UNREPEATABLE = [
    ("Path('result.txt').write_text('x')", "it writes result.txt"),
    ("import os; Path('out/a').write_text('x'); os.rename('out/a', 'b')", "it writes b"),
    ("Path('data.csv').read_text(); Path('data.csv').write_text('3')", "data.csv"),
    ("import subprocess; subprocess.run(['true'])", "it runs a program (true)"),
    ("import os; os.system('true')", "it runs a program"),
    ("import os; os.fork() or os._exit(0)", "it runs a program (os.fork)"),
    ("import socket; socket.socket().connect_ex(('127.0.0.1', 9))", "it uses the network"),
    ("import random; random.random()", "random numbers without a seed (random)"),
    ("import random; random.shuffle([1, 2]); random.seed(1)", "random numbers without a seed (random)"),
    ("import random; random.seed(); random.random()", "random numbers without a seed (random)"),
    ("import random; random.Random().random()", "random numbers without a seed"),
    ("import numpy as np; np.random.rand()", "random numbers without a seed (numpy.random)"),
    ("import numpy as np; np.random.default_rng().random()", "random numbers without a seed"),
    ("import numpy as np; np.random.RandomState().rand()", "whose seed cannot be seen"),
    ("import torch; torch.rand(1)", "random numbers without a seed (torch)"),
    (
        "import torch\nwith torch.random.fork_rng():\n    torch.manual_seed(1)\ntorch.rand(1)",
        "random numbers without a seed (torch)",
    ),
    ("import torch; torch.nn.Linear(2, 2); torch.manual_seed(1)", "random numbers without a seed (torch)"),
    ("import os; os.urandom(1)", "random numbers without a seed"),
    ("import uuid; uuid.uuid4()", "random numbers without a seed"),
    ("import secrets; secrets.token_hex()", "random numbers without a seed"),
    ("import time; time.time()", "it asks what time it is (time.time)"),
    ("from time import perf_counter; perf_counter()", "it asks what time it is (time.perf_counter)"),
    ("import time; time.strftime('%Y')", "it asks what time it is (time.strftime)"),
    ("import os; os.getpid()", "the number of its process"),
    ("import os; dict(os.environ)", "all environment variables"),
    ("import os; os.environ.get('TMPDIR')", "it reads TMPDIR"),
    ("import os; os.stat('data.csv'); Path('data.csv').write_text('3')", "data.csv"),
    ("import os; witness.ANSWERS['kind'] = None; os.path.exists('data.csv')", "could not be taken down (TypeError"),
]


@pytest.fixture(scope="module")
def unrepeatable(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """For each piece of code, why what it does cannot be repeated."""
    folder = tmp_path_factory.mktemp("unrepeatable")
    for name in ("scratch", "out", "cache"):
        (folder / name).mkdir()
    codes = [code for code, _ in UNREPEATABLE]
    seen = dict(zip(codes, witness(folder, *codes), strict=True))
    # Only these may have been in the way of another run at the same time.
    starts = ("it writes", "it runs", "it uses", "data.csv")
    assert all(each.interferes == each.unrepeatable.startswith(starts) for each in seen.values())
    return {code: each.unrepeatable for code, each in seen.items()}


@pytest.mark.slow
@pytest.mark.parametrize(("code", "said"), UNREPEATABLE)
def test_a_witness_says_what_cannot_be_repeated(unrepeatable: dict[str, str], code: str, said: str) -> None:
    assert said in unrepeatable[code]


# As a person meets it


SHAPES = """\
from manim_imports_ext import *


class Discs(ChalkScene):
    def construct(self):
        self.add(disc())
        self.wait(0.2)


class Numbers(ChalkScene):
    def construct(self):
        number = open("numbers.txt").read()
        self.add(Square(side_length=float(number)))
        self.wait(0.2)


class Formula(ChalkScene):
    def construct(self):
        self.add(Tex("x"))
        self.wait(0.2)
"""

FILES = {
    "custom_config.yml": R"""
camera: {fps: 10}
resolution_options: {low: "(160, 90)", med: "(320, 180)"}
tex:
  template: ours
  templates: {ours: {compiler: latex, preamble: "\\usepackage{amsmath}"}}
""",
    "manim_imports_ext.py": "from manimlib import *\nfrom helpers import *\n",
    "helpers/__init__.py": "from helpers.base import ChalkScene\nfrom helpers.discs import disc, ring\n",
    "helpers/base.py": "from manimlib import *\n\nclass ChalkScene(InteractiveScene):\n    chalk = TEAL\n\n"
    "W = np.zeros(3)\nDONE = np.add(W, 1.0, out=W)\n",
    "helpers/discs.py": "from manimlib import *\n\ndef disc(): return Circle()\n\ndef ring(): return Annulus()\n",
    "shapes.py": SHAPES,
    "numbers.txt": "2",
}


@pytest.fixture(scope="module")
def rendered(darkroom: Darkroom, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of a project of three scenes, each of which has been rendered once."""
    root = tmp_path_factory.mktemp("cached")
    for name, text in FILES.items():
        write(root / name, text)
    assert render_all(darkroom, root) == {"done": {"Discs", "Numbers", "Formula"}, "known": set()}
    return root


@pytest.fixture
def changing(rendered: Path) -> Iterator[Path]:
    """The same; what a test changes in it is put back."""
    yield rendered
    for name, text in FILES.items():
        write(rendered / name, text)


def render_all(darkroom: Darkroom, root: Path, *options: str, env: dict[str, str] | None = None) -> dict[str, set[str]]:
    done = darkroom("render", "shapes.py", "--quality", "low", *options, cwd=root, env=env)
    assert done.returncode == 0, done.stderr
    words = [line.split() for line in done.stderr.splitlines()]
    return {how: {line[1] for line in words if line[:1] == [how]} for how in ("done", "known")}


@pytest.mark.slow
def test_with_nothing_changed_every_clip_is_known_and_nothing_is_started(
    darkroom: Darkroom, rendered: Path, tmp_path: Path
) -> None:
    before = {path: path.read_bytes() for path in (rendered / "media").rglob("*.mp4")}
    poison = write(tmp_path / "manimlib.py", "raise SystemExit('imported')\n").parent
    known = render_all(darkroom, rendered, env={"PYTHONPATH": str(poison), "DARKROOM_DRAWING": "stock"})
    assert known == {"done": set(), "known": {"Discs", "Numbers", "Formula"}}
    other = darkroom("render", "shapes.py:Discs", "--quality", "low", "--output", tmp_path, cwd=rendered)
    assert "1 of 1 clips were known already" in other.stdout
    (copy,) = tmp_path.rglob("Discs.mp4")
    assert copy.read_bytes() == before[rendered / "media/shapes/low/Discs.mp4"]
    assert {path: path.read_bytes() for path in before} == before


CHANGES = {
    "one scene": ("shapes.py", "self.add(disc())", "self.add(disc().scale(2))", {"Discs"}),
    "a helper one scene uses": ("helpers/discs.py", "Circle()", "Circle(radius=2)", {"Discs"}),
    "a helper no scene uses": ("helpers/discs.py", "Annulus()", "Annulus(2)", set()),
    "a helper all use": ("helpers/base.py", "TEAL", "RED", {"Discs", "Numbers", "Formula"}),
    "a call that acts when it is imported": ("helpers/base.py", "1.0", "7.0", {"Discs", "Numbers", "Formula"}),
    "a data file": ("numbers.txt", "2", "3", {"Numbers"}),
    "the LaTeX template": (
        "custom_config.yml", "{amsmath}", "{amsmath,amssymb}", {"Discs", "Numbers", "Formula"}
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("change", CHANGES)
def test_what_has_changed_is_rendered_and_nothing_else(darkroom: Darkroom, changing: Path, change: str) -> None:
    name, old, new, expected = CHANGES[change]
    assert old in FILES[name]
    write(changing / name, FILES[name].replace(old, new))
    outcome = render_all(darkroom, changing)
    assert outcome["done"] == expected
    assert outcome["known"] == {"Discs", "Numbers", "Formula"} - expected


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "env"),
    [
        (("--fps", "20"), {}),
        (("--quality", "medium"), {}),
        (("--codec", "lossless"), {}),
        (("--no-cache",), {}),
        ((), {"DARKROOM_WITHOUT": "missing_font"}),
    ],
    ids=["fps", "quality", "codec", "no cache", "a repair left out"],
)
def test_what_is_asked_for_differently_is_rendered(
    darkroom: Darkroom, rendered: Path, tmp_path: Path, options: tuple[str, ...], env: dict[str, str]
) -> None:
    options = (*options, "--output", str(tmp_path))
    assert render_all(darkroom, rendered, *options, env=env)["done"] == {"Discs", "Numbers", "Formula"}


@pytest.mark.slow
def test_verify_finds_a_clip_that_is_not_what_it_should_be(darkroom: Darkroom, repo: Path, tmp_path: Path) -> None:
    env = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    # A scene that looks at what nobody can see it look at.
    write(
        repo / "oddities" / "fickle.py",
        "import posix\nfrom manimlib import *\n\nclass Fickle(Scene):\n    def construct(self):\n"
        "        if posix.stat('mood').st_size:\n            self.add(Square())\n"
        "        self.wait(0.3)\n",
    )
    mood = write(repo / "mood", "")
    command = ("render", "oddities/fickle.py", "--quality", "low", "--output", tmp_path / "out")
    assert darkroom(*command, env=env).returncode == 0
    agreed = darkroom(*command, "--verify", env=env)
    assert agreed.returncode == 0, agreed.stderr
    assert "verified 1 of 1 clips that were known: 0 differ" in agreed.stderr
    mood.write_text("good")
    assert "1 of 1 clips were known already" in darkroom(*command, env=env).stdout
    found = darkroom(*command, "--verify", env=env)
    assert found.returncode == 1
    assert "the cache had another clip: not the same from number 0 on" in found.stderr
    assert "known already" not in darkroom(*command, env=env).stdout, "it was thrown out"
    (repo / "oddities" / "fickle.py").unlink()
    mood.unlink()


@pytest.mark.slow
def test_a_film_is_joined_from_known_clips_and_the_cache_can_be_cleared(darkroom: Darkroom, tmp_path: Path) -> None:
    env = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    command = ("film", "_2025/shapes", "--quality", "low", "--output", tmp_path / "out")
    assert darkroom(*command, env=env).returncode == 0
    again = darkroom(*command, env=env)
    assert "2 of 2 clips were known already" in again.stdout
    assert probe(tmp_path / "out/2025/shapes/shapes-low.mp4").frames == 28
    told = darkroom("cache", env=env).stdout
    assert str(tmp_path / "cache/darkroom/clips") in told
    assert "2 clips" in told
    assert "2 clips thrown out" in darkroom("cache", "--clear", env=env).stdout
    assert "0 clips" in darkroom("cache", env=env).stdout
    assert "known already" not in darkroom(*command, env=env).stdout


ASSETS = """\
from manimlib import *


class Assets(Scene):
    def construct(self):
        self.add(ImageMobject("dot.png"), SVGMobject("dot.svg"))
        self.add_sound("tone.wav")
        self.wait(0.2)
"""


@pytest.mark.slow
def test_pictures_and_sounds_are_inputs(darkroom: Darkroom, tmp_path: Path) -> None:
    Image.new("RGB", (4, 4), "red").save(tmp_path / "dot.png")
    write(tmp_path / "dot.svg", '<svg xmlns="http://www.w3.org/2000/svg"><circle r="1"/></svg>')
    with wave.open(str(tmp_path / "tone.wav"), "wb") as tone:
        tone.setparams((1, 2, 8000, 0, "NONE", ""))
        tone.writeframes(bytes(1600))
    write(tmp_path / "custom_config.yml", "camera: {fps: 10}\n")
    write(tmp_path / "assets.py", ASSETS)
    env = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    done = darkroom("render", "assets.py", "--quality", "low", cwd=tmp_path, env=env)
    assert done.returncode == 0, done.stderr
    assert "not kept" not in done.stdout
    with Cache(str(tmp_path / "cache/darkroom/clips")) as memory:
        (questions,) = next(memory[key] for key in memory if key.startswith("clip "))
    assert {"dot.png", "dot.svg", "tone.wav"} <= {Path(name).name for what, name in questions if what == "file"}


@pytest.mark.slow
def test_an_interrupted_render_has_kept_what_was_finished(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, darkroom: Darkroom
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    options = ("--quality", "low", "--jobs", "2", "--no-split", "--output", tmp_path / "out")
    scenes = ("_2025/shapes:SquareOfMLPScene", "oddities/endless.py:OnAndOn")
    run = Watched(repo, "render", *scenes, *options)
    run.wait_for(lambda: clips.describe()[0] == 1)
    os.write(run.terminal, b"\x03")
    assert run.exit_code() == 130
    again = darkroom("render", scenes[0], *options, env={"XDG_CACHE_HOME": str(tmp_path / "cache")})
    assert "1 of 1 clips were known already" in again.stdout
