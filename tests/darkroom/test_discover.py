"""Films and scenes are read from source, in order, and nothing is executed."""

import sys
from pathlib import Path

import pytest

from darkroom import discover
from darkroom.errors import BrokenSource, NoScenes, PathNotFound, SceneNotFound, UsageError
from tests.darkroom.conftest import write


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


def test_a_file_offers_its_scenes_as_they_stand(repo: Path) -> None:
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


@pytest.mark.parametrize("order", ["= list(SCENES)", "= [Nowhere]", "= []\nSCENES_IN_ORDER += [A]"])
def test_an_order_that_cannot_be_read_is_refused(tmp_path: Path, order: str) -> None:
    write(tmp_path / "film.py", f"SCENES_IN_ORDER {order}\n")
    with pytest.raises(UsageError, match="SCENES_IN_ORDER"):
        discover.find([str(tmp_path)])


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
