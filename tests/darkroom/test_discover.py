"""Films and scenes are found as ManimGL finds them, from source where that tells; and no odd file ends the search."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from darkroom import discover, imported
from darkroom.engine.clip import probe
from darkroom.errors import BrokenSource, NoScenes, PathNotFound, SceneNotFound, UsageError
from darkroom.reading import Unclear, read_module
from tests.darkroom.conftest import Darkroom, files_below, write


def names(film: discover.Film) -> list[str]:
    return [ref.name for ref in film.scenes]


def test_a_film_has_its_own_order_and_title(repo: Path) -> None:
    (film,) = discover.find([str(repo / "_2025/shapes")])
    assert film.title == "A film of shapes."
    assert names(film) == ["SquareOfMLPScene", "CircleScene"]
    assert film.scenes[1].doc == "A circle is drawn."
    assert film.scenes[1].file == repo / "_2025/shapes/scenes.py"
    assert [ref.chapter for ref in film.scenes] == ["Squares; and = more", "Circle"]
    assert (film.root, film.folder) == (repo, Path("2025/shapes"))


def test_a_file_offers_its_scenes_by_name(repo: Path) -> None:
    (film,) = discover.find([str(repo / "_2025/shapes/scenes.py")])
    assert names(film) == ["CircleScene", "SquareOfMLPScene"]
    assert film.folder == Path("2025/shapes/scenes")


def test_a_tree_lists_a_films_scenes_once_and_nothing_from_a_virtual_environment(repo: Path) -> None:
    films = discover.find([str(repo)])
    assert [film.path.name for film in films] == ["film.py", "broken.py", "endless.py"]


def test_a_base_class_without_a_construct_is_no_scene(repo: Path) -> None:
    with pytest.raises(NoScenes):
        discover.find([str(repo / "common/base.py")])


def test_a_class_that_inherits_its_construct_is_a_scene(repo: Path) -> None:
    (film,) = discover.find([str(repo / "oddities/endless.py")])
    assert names(film) == ["GoesOnAndOn", "OnAndOn"]


def test_one_scene_or_several_of_a_film_in_the_films_order(repo: Path) -> None:
    path = repo / "_2025/shapes"
    (one,) = discover.find([f"{path}:CircleScene"])
    assert names(one) == ["CircleScene"]
    (both,) = discover.find([f"{path}:CircleScene", f"{path}:SquareOfMLPScene"])
    assert names(both) == ["SquareOfMLPScene", "CircleScene"]


def test_what_was_mistyped_is_guessed(repo: Path) -> None:
    with pytest.raises(SceneNotFound, match=r"Did you mean .*shapes:CircleScene\?"):
        discover.find([f"{repo}/_2025/shapes:CirceScene"])
    with pytest.raises(PathNotFound, match=r"Did you mean .*broken\.py\?"):
        discover.find([f"{repo}/oddities/brokn.py"])


def test_a_file_that_does_not_parse_says_where(tmp_path: Path) -> None:
    file = write(tmp_path / "s.py", "from manimlib import *\nclass A(Scene:\n    pass\n")
    with pytest.raises(BrokenSource, match="line 2"):
        discover.find([str(file)])


def test_a_film_with_one_broken_file_still_lists_the_other_scenes(tmp_path: Path) -> None:
    write(tmp_path / "custom_config.yml", "")
    write(tmp_path / "good.py", "from manimlib import *\nclass A(Scene):\n    def construct(self): ...\n")
    write(tmp_path / "bad.py", "class B(Scene:\n")
    write(tmp_path / "film.py", "from good import A\nfrom bad import B\nSCENES_IN_ORDER = [A, B]\n")
    (film,) = discover.find([str(tmp_path)])
    assert names(film) == ["A", "B"]
    assert "line 1" in film.scenes[1].doc


def test_a_scene_listed_under_another_name_is_found(tmp_path: Path) -> None:
    write(tmp_path / "custom_config.yml", "")
    write(tmp_path / "a.py", "from manimlib import *\nclass Intro(Scene):\n    def construct(self): ...\n")
    write(tmp_path / "film.py", "from a import Intro as First\nSCENES_IN_ORDER = [First]\n")
    (film,) = discover.find([str(tmp_path)])
    assert [(ref.name, ref.file.name) for ref in film.scenes] == [("Intro", "a.py")]


def test_in_a_tree_a_file_that_does_not_parse_is_passed_over_aloud(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "good.py", "from manimlib import *\nclass A(Scene):\n    def construct(self): ...\n")
    write(tmp_path / "bad.py", "from manimlib import *\nclass B(Scene:\n")
    assert [names(film) for film in discover.find([str(tmp_path)])] == [["A"]]
    assert "bad.py, line 2" in capsys.readouterr().err


def test_nothing_is_executed(tmp_path: Path) -> None:
    source = "import this_runs\nfrom manimlib import *\nclass A(Scene):\n    def construct(self): ...\n"
    write(tmp_path / "this_runs.py", "raise SystemExit('executed')")
    write(tmp_path / "s.py", source)
    assert names(discover.find([str(tmp_path / "s.py")])[0]) == ["A"]
    assert "this_runs" not in sys.modules


def test_a_fingerprint_follows_every_project_file_behind_the_scene(tmp_path: Path) -> None:
    write(tmp_path / "custom_config.yml", "")
    write(tmp_path / "deep.py", "x = 1\n")
    write(tmp_path / "near.py", "from deep import x\n")
    write(tmp_path / "other.py", "y = 1\n")
    file = write(
        tmp_path / "s.py", "from manimlib import *\nimport near\nclass A(Scene):\n    def construct(self): ...\n"
    )

    def fingerprint() -> str:
        discover.read_module.cache_clear()
        return discover.fingerprint(discover.find([str(file)])[0].scenes[0])

    before = fingerprint()
    write(tmp_path / "other.py", "y = 2\n")
    assert fingerprint() == before
    write(tmp_path / "deep.py", "x = 2\n")
    assert fingerprint() != before


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ChainRuleScene", "Chain Rule"),
        ("MLPAutogradScene", "MLP Autograd"),
        ("show_all", "Show all"),
        ("Scene", "Scene"),
        ("Part2Begins", "Part 2 Begins"),
    ],
)
def test_words(name: str, words: str) -> None:
    assert discover.words(name) == words


def test_a_ruler_in_a_docstring_is_not_what_a_scene_says() -> None:
    assert discover.first_line("\n======\nA title\n======\nMore.") == "A title"
    assert discover.first_line("One line.") == "One line."
    assert discover.first_line(None) == discover.first_line("-----") == ""


# What ManimGL finds

HEAD = "from manimlib import *\n\n\n"


def scene(name: str, base: str = "Scene", body: str = "def construct(self): self.wait()") -> str:
    return f"class {name}({base}):\n    {body}\n\n\n"


def made(name: str) -> str:
    return f"type({name}, (Scene,), {{'construct': lambda self: self.wait()}})\n"


READ = {  # told by reading
    "by_name": HEAD + scene("B") + scene("A") + scene("C", "B", "x = 1"),
    "dotted": "import manimlib as m\n" + scene("A", "m.InteractiveScene"),
    "own_name_again": "import lib_scenes\n" + scene("Part", "lib_scenes.Part", "x = 1"),
    "aliased_base": HEAD + "Base = ThreeDScene\n" + scene("A", "Base"),
    "renamed_import": "from manimlib import Scene as S\n" + scene("A", "S"),
    "through_a_star": "from lib_scenes import *\n" + scene("A", "Part", "x = 1"),
    "later_star": "from lib_scenes import *\nfrom lib_other import *\n" + scene("A", "Part") + scene("B"),
    "generic": HEAD + "from typing import Generic, TypeVar\nT = TypeVar('T')\n" + scene("A", "Scene, Generic[T]"),
    "defined_twice": HEAD + scene("A") + scene("A"),
    "alias_of_a_scene": HEAD + scene("B") + scene("A") + "Other = B\n",
    "mobjects": HEAD + scene("Dot2", "Dot", "pass") + scene("A"),
    "main_guard": HEAD + scene("A") + "if __name__ == '__main__':\n    class Never(Scene): pass\n    exit(1)\n",
    "try_import": "try:\n    from manimlib import *\nexcept ImportError:\n    from nowhere import *\n" + scene("A"),
    "calls": HEAD + "DATA = np.zeros(3)\nCOLORS = color_gradient([BLUE, RED], 3)\n" + scene("A"),
    "inner_mobject": HEAD + "def get():\n    class Inner(VGroup): pass\n    return Inner()\nDOT = get()\n" + scene("A"),
    "ordered": HEAD + scene("A") + scene("B") + scene("C") + "SCENES_IN_ORDER = [C, A]\n",
}
RUN = {  # told by running
    "in_try": HEAD
    + scene("One")
    + "try:\n    class InTry(Scene):\n        def construct(self): pass\nfinally:\n    pass\n",
    "computed_order": HEAD + scene("One") + scene("Two") + "SCENES_IN_ORDER = [Two] + [One]\n",
    "order_grows": HEAD + scene("One") + scene("Two") + "SCENES_IN_ORDER = [One]\nSCENES_IN_ORDER.append(Two)\n",
    "in_if": HEAD + "if 1 < 2:\n    class A(Scene):\n        def construct(self): pass\nelse:\n    class A: pass\n",
    "by_type": HEAD + "Made = " + made("'Made'"),
    "another_name": HEAD + "Kept = " + made("'Called'"),
    "factory": HEAD
    + "def make(name):\n    class It(Scene):\n        def construct(self): self.wait()\n"
    + "    It.__name__ = name\n    return It\nX = make('First')\nY = make('Second')\n",
    "base_as_argument": HEAD
    + "def make(base):\n    class It(base):\n        def construct(self): self.wait()\n    return It\n"
    + "It = make(Scene)\n",
    "globals": HEAD + "for n in 'AB':\n    globals()[n] = " + made("n"),
    "executed": HEAD + "exec('class A(Scene):\\n    def construct(self): self.wait()')\n",
    "decorated": HEAD + "def same(kind): return kind\n@same\n" + scene("A"),
    "decorated_away": HEAD + "def none(kind): return None\n" + scene("A") + "@none\n" + scene("B"),
    "deleted": HEAD + scene("A") + scene("B") + "del B\n",
    "computed_base": HEAD + "def base(): return Scene\n" + scene("A", "base()"),
    "conditional_base": HEAD + "Base = Scene if 1 < 2 else ThreeDScene\n" + scene("A", "Base"),
    "construct_from_outside": HEAD + scene("A", body="pass") + "A.construct = lambda self: self.wait()\n",
    "order_from_elsewhere": "from lib_order import *\n" + scene("A", "Part", "x = 1"),
    "module_renamed": HEAD + scene("A", body="__module__ = 'elsewhere'"),
    "circular": HEAD + "import lib_circle\n" + "BASE = 1\n" + scene("A") + "B = " + made("'B'"),
}
LIBRARY = {
    "lib_scenes.py": HEAD + scene("Part"),
    "lib_other.py": "from manimlib import *\nclass Part: pass\n",
    "lib_order.py": HEAD + scene("Part") + "SCENES_IN_ORDER = [Part]\n",
    "lib_circle.py": "from circular import BASE\n",
}
STOCK = """
import json, sys
sys.path[0:0] = ["."]
from darkroom import engine
engine.load()
from manimlib.extract_scene import get_module, get_scene_classes
found = {name: [kind.__name__ for kind in get_scene_classes(get_module(name + ".py", None))] for name in sys.argv[1:]}
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("sources").resolve()
    write(root / "custom_config.yml", "")
    for name, text in {**LIBRARY, **{f"{name}.py": text for name, text in {**READ, **RUN}.items()}}.items():
        write(root / name, text)
    return root


@pytest.mark.parametrize("name", READ)
def test_reading_is_enough_where_classes_stand_outermost(sources: Path, name: str) -> None:
    module = read_module(sources / f"{name}.py", sources)
    assert not module.unclear
    assert module.order or module.scene_names()


@pytest.mark.parametrize("name", RUN)
def test_reading_knows_where_it_is_not_enough(sources: Path, name: str) -> None:
    module = read_module(sources / f"{name}.py", sources)
    with pytest.raises(Unclear):
        module.scene_names()


@pytest.mark.slow
def test_all_that_manimgl_finds_is_found_in_its_order(sources: Path) -> None:
    names_of_files = [*READ, *RUN]
    command = [sys.executable, "-c", STOCK, *names_of_files]
    stock = json.loads(subprocess.run(command, cwd=sources, stdout=subprocess.PIPE, check=True, text=True).stdout)
    films = {film.path.stem: film for film in discover.find([str(sources)])}
    assert discover.passed_over == []
    found = {name: sorted(names(films[name]), key=stock[name].index) for name in names_of_files if name in films}
    expected = {name: list(dict.fromkeys(stock[name])) for name in names_of_files if stock[name]}
    assert found == expected
    assert expected["by_name"] == names(films["by_name"]) == ["A", "B", "C"]
    assert expected["factory"] == ["First", "Second"]
    assert [ref.key for ref in films["factory"].scenes] == ["X", "Y"]
    assert "module_renamed" not in films


@pytest.mark.slow
def test_scenes_that_only_running_shows_are_rendered(darkroom: Darkroom, tmp_path: Path) -> None:
    """A class in a try; three of one name that only a list keeps; a shape that is computed."""
    text = (
        HEAD
        + "try:\n    class InTry(Scene):\n        frame_shape = (9.0, 32 / 2)\n"
        + "        def construct(self): self.wait(0.1)\nfinally:\n    pass\n"
        + "def make(n):\n    class Made(Scene):\n        def construct(self): self.wait(0.1 * n)\n    return Made\n"
        + "SCENES_IN_ORDER = [make(2), InTry] + [make(n) for n in (1, 4)]\n"
    )
    write(tmp_path / "custom_config.yml", "camera: {fps: 10}\nresolution_options: {low: '(160, 90)'}\n")
    write(tmp_path / "late.py", text)
    done = darkroom("render", "late.py", "--quality", "low", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    clips = [path for path in files_below(tmp_path / "media") if path.endswith(".mp4")]
    assert clips == [f"late/low/{name}.mp4" for name in ("InTry", "Made", "Made_2", "Made_3")]
    rows = [line.split() for line in done.stdout.splitlines()[1:]]
    assert [(row[0], row[1]) for row in rows] == [("Made", "2"), ("InTry", "1"), ("Made_2", "1"), ("Made_3", "4")]
    assert probe(tmp_path / "media/late/low/InTry.mp4").height == 160


@pytest.mark.slow
def test_a_file_that_hangs_or_fails_when_it_is_imported_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imported, "PATIENCE", 25.0)
    text = HEAD + "Made = " + made("'Made'")
    write(tmp_path / "fails.py", text + "1 / 0\n")
    write(tmp_path / "leaves.py", text + "raise SystemExit(3)\n")
    write(tmp_path / "list_of_five.py", text + "SCENES_IN_ORDER = [Made, 5]\n")
    write(tmp_path / "list_of_nobody.py", text + "SCENES_IN_ORDER = [Nobody]\n")
    write(tmp_path / "works.py", text)
    write(tmp_path / "z_hangs.py", text + "import time\ntime.sleep(1000)\n")
    films = discover.find([str(tmp_path)])
    assert [film.path.name for film in films] == ["works.py"]
    said = "\n".join(one.said for one in discover.passed_over)
    assert "fails.py cannot be imported: ZeroDivisionError" in said
    assert "leaves.py cannot be imported: it called exit(3)" in said
    assert "list_of_five.py: SCENES_IN_ORDER[1] is 5, which is no scene." in said
    assert "list_of_nobody.py cannot be imported: NameError: name 'Nobody'" in said
    assert "hangs.py cannot be imported: it has not ended within 25 s" in said
    assert "passed over" in capsys.readouterr().err


# Bases

BASES = {
    "Plain": (scene("Plain", body="x = 1"), "has no construct method"),
    "Refuses": (scene("Refuses", body="def construct(self): raise Exception('do not run this')"), "only raises"),
    "LeavesAPart": (
        scene("LeavesAPart", body="def construct(self): self.part()").rstrip()
        + "\n    def part(self):\n        'To be written.'\n        raise NotImplementedError('write it')\n\n",
        "leaves its method part",
    ),
    "Abstract": (
        "from abc import abstractmethod\n"
        + scene("Abstract", body="def construct(self): self.part()").rstrip()
        + "\n    @abstractmethod\n    def part(self): ...\n\n",
        "leaves its method part",
    ),
}


def test_what_only_others_are_made_from_is_not_listed_but_can_be_named(tmp_path: Path) -> None:
    file = write(tmp_path / "s.py", HEAD + "".join(text for text, _ in BASES.values()))
    with pytest.raises(NoScenes, match="only bases for others") as caught:
        discover.find([str(file)])
    for name, (_, reason) in BASES.items():
        assert name in str(caught.value)
        assert reason in str(caught.value)
    (film,) = discover.find([f"{file}:LeavesAPart"])
    assert names(film) == ["LeavesAPart"]


def test_what_is_made_from_a_base_is_listed(tmp_path: Path) -> None:
    write(tmp_path / "base.py", HEAD + BASES["LeavesAPart"][0])
    text = "from base import *\n" + scene("A", "LeavesAPart", "def part(self): self.wait()")
    text += scene("B", "LeavesAPart", "x = 1")
    text += scene("Open").rstrip() + "\n    def never_called(self):\n        raise NotImplementedError\n"
    text += scene("InSetup", body="def setup(self): self.play()") + scene("Runs", body="def run(self): pass")
    (film,) = discover.find([str(write(tmp_path / "s.py", text))])
    assert names(film) == ["A", "InSetup", "Open", "Runs"]
    assert [(ref.name, why) for ref, why in film.bases] == [("B", "leaves its method part to classes derived from it")]


def test_what_a_file_imports_can_be_asked_for_there(tmp_path: Path) -> None:
    write(tmp_path / "base.py", HEAD + scene("Part"))
    file = write(tmp_path / "s.py", "from base import *\n" + scene("Own"))
    (film,) = discover.find([f"{file}:Part"])
    assert [(ref.name, ref.file.name) for ref in film.scenes] == [("Part", "base.py")]


# Odd files

ODD: dict[str | bytes, bytes] = {
    "bom.py": b"\xef\xbb\xbf" + (HEAD + scene("Bom")).encode(),
    "latin.py": b"# -*- coding: latin-1 -*-\n# Gr\xf6\xdfe\n" + (HEAD + scene("Latin")).encode(),
    "mac.py": (HEAD + scene("Mac")).replace("\n", "\r").encode(),
    "with space.py": (HEAD + scene("Space")).encode(),
    "line\nbreak.py": (HEAD + scene("Line")).encode(),
    "co:lon.py": (HEAD + scene("Colon")).encode(),
    "[red]x.py": (HEAD + scene("Markup")).encode(),
    b"bytes\xff.py": (HEAD + scene("Bytes")).encode(),
    "dir.py/in.py": (HEAD + scene("Inside")).encode(),
}
BROKEN = {
    "undeclared.py": (b"x = 'Gr\xf6\xdfe'\n" + (HEAD + scene("A")).encode(), "codec can't decode"),
    "no_such_coding.py": (b"# coding: klingon\n" + (HEAD + scene("A")).encode(), "unknown encoding: klingon"),
    "nul.py": ((HEAD + scene("A")).encode() + b"\0", "null bytes"),
    "wide.py": ((HEAD + scene("A")).encode("utf-16"), "wide.py"),
    "deep.py": ((HEAD + scene("A")).encode() + b"x = " + b"-" * 50_000 + b"1\n", "nested too deeply"),
    "slip.py": ((HEAD + "class A(Scene:\n").encode(), "slip.py, line 4"),
}
HARMLESS = {
    "notes.py": b"def not even Python",
    "library.py": b"class A(dict): pass\nprint 'of Python 2'\n",
    ".hidden.py": b"class A(Scene:",
    "._apple.py": b"\0\5\x16\7 class A(Scene)",
    ".venv/lib/site.py": (HEAD + scene("NotMine")).encode(),
    "env/pyvenv.cfg": b"",
    "env/lib/site.py": (HEAD + scene("NotMine")).encode(),
}


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    for name, data in {**ODD, **{name: data for name, (data, _) in BROKEN.items()}, **HARMLESS}.items():
        path = tmp_path / os.fsdecode(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "broken.py").symlink_to("nowhere")
    (tmp_path / "loop.py").symlink_to("loop.py")
    (tmp_path / "again.py").symlink_to("bom.py")
    (tmp_path / "self").symlink_to(".")
    return tmp_path


def test_odd_files_do_not_end_the_search(odd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("darkroom.tree.SPOKEN", 3)
    films = discover.find([str(odd)])
    assert {os.fsencode(film.path.relative_to(odd)) for film in films} == {os.fsencode(name) for name in ODD}
    said = {one.said for one in discover.passed_over}
    for name, (_, reason) in BROKEN.items():
        assert any(name in one and reason in one for one in said), name
    assert sum(one.is_source for one in discover.passed_over) == len(BROKEN)
    for name in ("pipe.py is a named pipe", "broken.py is a link that leads", "loop.py is a link that leads"):
        assert any(name in one for one in said), name
    assert len(said) == len(BROKEN) + 3


def test_each_odd_thing_is_refused_in_words_when_it_is_named(odd: Path) -> None:
    for name in ("pipe.py", "broken.py", "loop.py", "nul.py", "deep.py", "wide.py", "x" * 300, "bom.py/x.py"):
        with pytest.raises(UsageError):
            discover.find([str(odd / name)])
    (film,) = discover.find([f"{odd}/co:lon.py:Colon"])
    assert names(film) == ["Colon"]


@pytest.mark.skipif(os.geteuid() != 0, reason="makes what root can read unreadable for another user")
def test_what_may_not_be_read_is_passed_over(tmp_path: Path) -> None:
    for name in ("good.py", "secret.py", "locked/a.py"):
        write(tmp_path / name, HEAD + scene("A"))
    for path, mode in ((tmp_path / "secret.py", 0), (tmp_path / "locked", 0)):
        path.chmod(mode)
    code = f"""
import os
from darkroom import discover
os.setuid(65534)
print([film.path.name for film in discover.find([{str(tmp_path)!r}])], [one.said for one in discover.passed_over])
"""
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.getuid() and folder.is_relative_to(tmp_path.parents[2]):
            folder.chmod(0o755)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.startswith("['good.py'] ["), done.stderr
    assert "secret.py cannot be read: Permission denied" in done.stdout
    assert "locked cannot be read: Permission denied" in done.stdout


def test_syntax_of_a_newer_python_is_said_once_and_as_that(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = sys.version_info[:2]
    if own >= (3, 15):
        pytest.skip("nothing is known of a newer Python")
    line = 'x = f"{"a"}"' if own < (3, 12) else "lazy import os"
    file = write(tmp_path / "newer.py", HEAD + scene("A") + line + "\n")
    write(tmp_path / "uses.py", "from newer import *\n" + scene("B", "A"))
    write(tmp_path / "good.py", HEAD + scene("Good"))
    assert [film.path.name for film in discover.find([str(tmp_path)])] == ["good.py"]
    said = capsys.readouterr().err
    assert said.count("newer.py, line") == 1
    assert f"and newer; you have Python {own[0]}.{own[1]}." in said
    with pytest.raises(BrokenSource, match="Set darkroom up with Python 3"):
        discover.find([str(file)])


def test_many_files_are_looked_through_quickly(tmp_path: Path) -> None:
    """4,000 here; measured once with 100,000."""
    for folder in range(40):
        (tmp_path / f"p{folder}").mkdir()
        for number in range(100):
            (tmp_path / f"p{folder}/m{number}.py").write_text("import os\n\n\nclass A(dict):\n    x = 1\n" * 5)
    write(tmp_path / "custom_config.yml", "")
    write(tmp_path / "chalk.py", HEAD + scene("Chalk", body="x = 1"))
    write(tmp_path / "p7/found.py", "from chalk import Chalk\n" + scene("A", "Chalk"))
    read_module.cache_clear()
    (film,) = discover.find([str(tmp_path)])
    assert film.path.name == "found.py"
    assert read_module.cache_info().currsize <= 3
    (film,) = discover.find([str(tmp_path / "p7")])  # what it is made from stands outside the folder
    assert film.path.name == "found.py"


# Where pictures go


def places(*targets: Path | str) -> list[str]:
    return [str(film.folder) for film in discover.find(map(str, targets))]


@pytest.mark.parametrize(
    "marks", [(), ("ch1/custom_config.yml", "ch2/custom_config.yml"), ("ch2/manim_imports_ext.py",)]
)
def test_two_files_of_one_name_do_not_share_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, marks: tuple[str, ...]
) -> None:
    for name in ("ch1/scene.py", "ch2/scene.py"):
        write(tmp_path / name, HEAD + scene("Intro"))
    for mark in marks:
        write(tmp_path / mark, "")
    monkeypatch.chdir(tmp_path)
    assert places(".") == places("ch1", "ch2") == ["ch1/scene", "ch2/scene"]
    assert places("ch1/scene.py") == ["ch1/scene"]  # the same when it is rendered alone
    monkeypatch.chdir(tmp_path / "ch1")
    both = places("scene.py", "../ch2/scene.py")
    assert len(set(both)) == 2
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert len(set(places("../ch1", "../ch2"))) == 2


def test_nested_projects_keep_their_place_in_the_outer_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("scene.py", "ch1/scene.py"):
        write(tmp_path / name, HEAD + scene("Intro"))
        write((tmp_path / name).with_name("custom_config.yml"), "")
    monkeypatch.chdir(tmp_path / "ch1")
    assert places("scene.py") == ["ch1/scene"]
    assert places("../scene.py") == ["scene"]


def test_neighbours_do_not_share_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "custom_config.yml", "")
    for name in ("_2025/a.py", "2025/a.py", "shapes.py", "shapes/s.py", "Upper.py", "upper.py"):
        write(tmp_path / name, HEAD + scene("A"))
    write(tmp_path / "shapes/film.py", "from shapes.s import A\nSCENES_IN_ORDER = [A]\n")
    monkeypatch.chdir(tmp_path)
    assert {place.casefold() for place in places(".")} >= {"_2025/a", "2025/a", "shapes", "shapes.py"}
    assert len({place.casefold() for place in places(".")}) == 6
    assert places("shapes.py", "_2025/a.py") == ["shapes.py", "_2025/a"]


def test_scenes_of_one_name_in_a_film_have_files_of_their_own(tmp_path: Path) -> None:
    write(tmp_path / "custom_config.yml", "")
    for name in ("a.py", "b.py", "part/b.py"):
        write(tmp_path / name, HEAD + scene("Intro") + scene("INTRO"))
    write(
        tmp_path / "film.py",
        "import a\nfrom a import Intro\nfrom b import Intro as B, INTRO\nfrom part.b import Intro as C\n"
        "SCENES_IN_ORDER = [Intro, B, C, Intro]\n",
    )
    (film,) = discover.find([str(tmp_path)])
    assert [film.file_name(ref) for ref in film.scenes] == ["a-Intro", "b-Intro", "part-b-Intro", "a-Intro"]
    (one,) = discover.find([f"{tmp_path}/a.py"])
    assert len({one.file_name(ref).casefold() for ref in one.scenes}) == 2
    (alone,) = discover.find([f"{write(tmp_path / 'Intro.py', HEAD + scene('Intro') + scene('B'))}:Intro"])
    assert alone.name != discover.find([f"{tmp_path}/Intro.py"])[0].name


def test_a_file_that_is_typed_twice_is_one_film(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(tmp_path / "x/a.py", HEAD + scene("A") + scene("B"))
    (tmp_path / "x/link.py").symlink_to("a.py")
    (tmp_path / "y").symlink_to("x")
    monkeypatch.chdir(tmp_path)
    (film,) = discover.find(["x/a.py", "./x/../x/a.py", "y/a.py", "y/../x/a.py", "x/link.py", str(file)])
    assert names(film) == ["A", "B"]
    (film,) = discover.find(["x/a.py:B", "y/link.py:A"])
    assert names(film) == ["A", "B"]


@pytest.mark.slow
def test_clips_of_one_name_are_all_there(darkroom: Darkroom, tmp_path: Path) -> None:
    """Also from files whose names other programs trip over, and beside a file that does not parse."""
    short = scene("Intro", body="def construct(self): self.wait(0.1)")
    write(tmp_path / "ch1/scene.py", HEAD + short)
    write(tmp_path / "ch2/scene.py", HEAD + short)
    write(tmp_path / "ch2/custom_config.yml", "")
    write(tmp_path / "broken.py", HEAD + "class A(Scene:\n")
    odd_name = tmp_path / os.fsdecode(b"l\n[red]\xff'.py")
    write(odd_name, HEAD + short)
    done = darkroom("render", ".", "--quality", "low", cwd=tmp_path)
    assert done.returncode == 1  # for the file that does not parse: the rest is done
    assert done.stderr.count("broken.py, line 4") == 1
    assert "Traceback" not in done.stderr
    clips = [path for path in files_below(tmp_path / "media") if path.endswith(".mp4")]
    assert clips == ["ch1/scene/low/Intro.mp4", "ch2/scene/low/Intro.mp4", "l_[red]_'/low/Intro.mp4"]
    done = darkroom("film", odd_name, "--quality", "low", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "media/l_[red]_'/l_[red]_'-low.mp4").exists()
