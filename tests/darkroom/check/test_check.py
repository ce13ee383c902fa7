"""The gate finds every fault there is, and nothing where there is none."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from darkroom import discover
from darkroom.check import gate
from darkroom.check import geometry as geo
from darkroom.check.gate import Verdict

SCENES = Path(__file__).parent / "scenes"
CODES = {
    "Overlap": "L001",
    "Crossed": "L002",
    "OffFrame": "L003",
    "Small": "L004",
    "Slanted": "L005",
    "LowContrast": "L006",
    "Flicker": "L007",
    "DeadTime": "L008",
    "EmptyBeat": "L009",
    "Covered": "L010",
    "ReadingTime": "L012",
    "EmptyPage": "L013",
}


def scenes_in(name: str) -> list[str]:
    tree = ast.parse((SCENES / f"{name}.py").read_text())
    return [node.name for node in tree.body if isinstance(node, ast.ClassDef)]


def judge(file: Path, output: Path) -> dict[str, Verdict]:
    films = discover.find([str(file)])
    verdicts = gate.check(films, still=6, jobs=2, output=output, fresh=True)
    return {verdict.scene.name: verdict for verdict in verdicts}


@pytest.fixture(scope="module")
def faults(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Verdict]:
    return judge(SCENES / "faults.py", tmp_path_factory.mktemp("faults"))


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Verdict]:
    return judge(SCENES / "clean.py", tmp_path_factory.mktemp("clean"))


@pytest.fixture(scope="module")
def waived(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Verdict]:
    return judge(SCENES / "waived.py", tmp_path_factory.mktemp("waived"))


@pytest.mark.slow
@pytest.mark.parametrize("name", scenes_in("faults"))
def test_each_fault_is_found_and_nothing_else(name: str, faults: dict[str, Verdict]) -> None:
    verdict = faults[name]
    assert verdict.failure is None
    code = next(code for beginning, code in CODES.items() if name.startswith(beginning))
    assert [finding.code for finding in verdict.findings] == [code]


@pytest.mark.slow
@pytest.mark.parametrize("name", scenes_in("clean"))
def test_what_is_clean_has_no_findings(name: str, clean: dict[str, Verdict]) -> None:
    verdict = clean[name]
    assert verdict.failure is None
    assert [str(finding) for finding in verdict.findings if not finding.waived] == []


@pytest.mark.slow
def test_a_finding_says_all_that_is_needed(faults: dict[str, Verdict]) -> None:
    (finding,) = faults["CrossedByGraph"].findings
    source = (SCENES / "faults.py").read_text().splitlines()
    assert source[finding.line - 1].strip() == "self.wait()"
    assert finding.beat == "Label a curve on the curve"
    assert [culprit.name for culprit in finding.culprits] == ["label", "graph"]
    assert [culprit.text for culprit in finding.culprits] == [R"\sin(x)", ""]
    assert finding.time == pytest.approx(0, abs=0.1) and finding.seconds == pytest.approx(1, abs=0.1)
    assert f"faults.py:{finding.line}: L002" in str(finding)


@pytest.mark.slow
def test_a_picture_shows_the_culprit_outlined(faults: dict[str, Verdict]) -> None:
    (finding,) = faults["OffFrameShape"].findings
    picture = np.asarray(Image.open(finding.picture).convert("RGB")).astype(int)
    pink = (np.abs(picture - [0xFF, 0x2D, 0x78]) < 8).all(axis=2)
    rows, columns = np.nonzero(pink)
    height, width = pink.shape
    assert columns.min() > 0.9 * width and 0.3 * height < rows.min() < rows.max() < 0.7 * height


@pytest.mark.slow
def test_numbers_of_one_matrix_are_one_finding(faults: dict[str, Verdict]) -> None:
    (finding,) = faults["SmallMatrix"].findings
    assert len(finding.culprits) == 36


WAIVED = {
    "GroupDoesNotExcuseItsParts": ["L001", "L000"],
    "OtherFindingsStay": ["L001"],
    "OneCommentForTwo": ["L004", "L004"],
    "CommentsWithNames": ["L004"],
    "OnlyInItsBeat": ["L004"],
    "NotNeeded": ["L000", "L000"],
    "WithoutReason": ["L000", "L004"],
    "NotUnderstood": ["L000", "L000"],
}


@pytest.mark.slow
@pytest.mark.parametrize("name", scenes_in("waived"))
def test_a_waiver_covers_no_more_than_it_says(name: str, waived: dict[str, Verdict]) -> None:
    left = [finding for finding in waived[name].findings if not finding.waived]
    assert sorted(finding.code for finding in left) == sorted(WAIVED[name])
    if name == "CommentsWithNames":
        assert left[0].culprits[0].name == "two"
    if name == "OnlyInItsBeat":
        assert left[0].beat == "But not here"
    if name == "OneCommentForTwo":
        assert all("name the culprit" in finding.hint for finding in left)


@pytest.mark.slow
def test_what_is_small_on_an_upright_frame(tmp_path: Path) -> None:
    """The same text: large enough on a wide frame, too small on an upright one."""
    scene = "from manimlib import *\n\n\nclass Words(Scene):\n    def construct(self):\n"
    scene += '        self.add(Text("words", font_size=30))\n        self.wait()\n'
    found = {}
    for shape, low, height in (("wide", "(854, 480)", 8), ("upright", "(480, 854)", 16)):
        folder = tmp_path / shape
        folder.mkdir()
        (folder / "scene.py").write_text(scene)
        (folder / "custom_config.yml").write_text(
            f'resolution_options: {{low: "{low}"}}\nsizes: {{frame_height: {height}.0}}\n'
            'camera: {resolution: "(1920, 1080)"}\ntext: {font: "Latin Modern Roman"}\n'
        )
        verdict = judge(folder / "scene.py", folder)["Words"]
        assert verdict.failure is None
        found[shape] = [finding.code for finding in verdict.findings]
    assert found == {"wide": [], "upright": ["L004"]}


BANDS = """from manimlib import *


class Filled(Scene):
    frame_shape = (9, 16)
    places = (7, 4.5, 2, -0.5, -3, -5.5)

    def construct(self):
        self.add(Rectangle(9, 16).set_fill(BLACK, 1).set_stroke(width=0))  # a backdrop is not something
        self.play(FadeIn(self.get_words()), run_time=0.5)
        self.wait(4)

    def get_words(self):
        return VGroup(Text("words", font_size=54).move_to(y * UP) for y in self.places)


class EmptyBottom(Filled):
    places = (7, 5, 3, 1, -1, -3)


class EmptyMiddle(Filled):
    places = (7, 5, 3, -1, -4, -6)


class SoonFilled(EmptyMiddle):
    def construct(self):
        self.play(FadeIn(self.get_words()), run_time=0.5)
        self.wait(2)
        self.play(FadeIn(Text("here", font_size=54).move_to(UP)), run_time=0.5)
        self.wait(3)


class WideScene(EmptyBottom):
    frame_shape = None
    places = (3, 2, 1)
"""


@pytest.mark.slow
def test_an_upright_frame_has_no_empty_bands(tmp_path: Path) -> None:
    file = tmp_path / "bands.py"
    file.write_text(BANDS)
    (tmp_path / "custom_config.yml").write_text("text: {font: Latin Modern Roman}\n")
    verdicts = judge(file, tmp_path)
    assert [verdict.failure for verdict in verdicts.values() if verdict.failure] == []
    found = {name: [f"{f.code} {f.says}" for f in verdict.findings] for name, verdict in verdicts.items()}
    empty = ["L011 nothing from -8.0 to -3.2, 30% of the frame's height"]
    middle = ["L011 nothing from -0.8 to 2.8, 23% of the frame's height"]
    assert found == {"Filled": [], "EmptyBottom": empty, "EmptyMiddle": middle, "SoonFilled": [], "WideScene": []}


FILM = """from manimlib import *


class Opening(Scene):
    def construct(self):
        words = Text("words that open the film")
        self.wait(1)
        self.play(FadeIn(words))
        self.wait(2)
        self.play(FadeOut(words))


class Middle(Scene):
    def construct(self):
        words = Text("words taken over from the scene before this one")
        self.add(words)
        self.wait(0.5)
        self.play(FadeOut(words), FadeIn(Square()))
        self.wait()


class Ending(Scene):
    def construct(self):
        words = Text("words that end the film")
        self.wait(1)
        self.play(FadeIn(words))
        self.wait(2)
        self.play(FadeOut(words))
        self.wait()


SCENES_IN_ORDER = [Opening, Middle, Ending]
"""


@pytest.mark.slow
def test_a_scene_is_judged_by_its_place_in_the_film(tmp_path: Path) -> None:
    """Its first page may be empty only if nothing comes before, its last only if nothing follows.

    The words of its first picture may come from the scene before.
    """
    (tmp_path / "film.py").write_text(FILM)
    (tmp_path / "custom_config.yml").write_text("text: {font: Latin Modern Roman}\n")
    verdicts = judge(tmp_path / "film.py", tmp_path)
    assert [verdict.failure for verdict in verdicts.values() if verdict.failure] == []
    found = {name: [f"{f.code} {f.says}" for f in verdict.findings] for name, verdict in verdicts.items()}
    assert found == {
        "Opening": ["L013 the scene ends on an empty page, though its film goes on"],
        "Middle": [],
        "Ending": ["L013 there is nothing on screen for 1.3 s"],
    }
    (alone,) = discover.find([f"{tmp_path / 'film.py'}:Ending"])
    assert [gate.place_in_film(alone, ref) for ref in alone.scenes] == [(True, False)]


KNOWN = """from manimlib import *


class Known(Scene):
    def construct(self):
        # Show a square
        self.add(Square(4).set_fill(WHITE, 1).set_stroke(width=0))
        self.wait(2)

        # Move the camera
        self.play(self.frame.animate.shift(RIGHT), run_time=1)

        # Say three words
        words = Text("three small words", font_size=36).to_edge(DOWN).fix_in_frame()
        self.play(FadeIn(words), run_time=0.5)
        self.wait(1.5)
        self.play(FadeOut(words), run_time=0.5)
        self.wait(0.5)


class Broken(Scene):
    def construct(self):
        self.wait()
        raise RuntimeError("no")
"""


@pytest.mark.slow
def test_the_figures_of_a_scene_are_what_they_are_said_to_be(tmp_path: Path) -> None:
    (tmp_path / "scene.py").write_text(KNOWN)
    (tmp_path / "custom_config.yml").write_text("text: {font: Latin Modern Roman}\n")
    done = check(tmp_path, "scene.py", "--measure", "--json")
    broken, known = json.loads(done.stdout)["scenes"]
    assert done.returncode == 1 and "RuntimeError" in broken["failure"]
    frame = 8 * 8 * 16 / 9
    assert known["seconds"] == 6
    assert known["lit_share"] == pytest.approx(16 / frame, rel=0.04)
    assert known["cells_share"] == pytest.approx(30 / 144, abs=0.05)  # 5 x 5 cells, one side more while it moves
    assert known["largest_share"] == pytest.approx(16 / frame, rel=0.01)
    assert known["motion_share"] == pytest.approx(2 / 6, abs=0.04)
    assert known["camera_share"] == pytest.approx(1 / 6, abs=0.03)
    assert known["words_a_minute"] == 30
    assert known["smallest_text"] == pytest.approx(36 * 22.1 / 24, abs=0.3)
    assert known["captioned_share"] == pytest.approx(1 / 3, abs=0.001)


SMALL = """from manimlib import *


class Fine(Scene):
    def construct(self):
        self.add(Square())
        self.wait()


class Cut(Scene):
    def construct(self):
        self.add(Square().shift(7 * RIGHT))
        self.wait()
"""


def check(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "darkroom.cli", "check", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.slow
def test_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "scene.py").write_text(SMALL)
    fine, cut = check(tmp_path, "scene.py:Fine"), check(tmp_path, "scene.py:Cut", "--json")
    assert (fine.returncode, fine.stdout) == (0, "1 scene: 0 findings\n"), fine.stderr
    assert cut.returncode == 1
    (scene,) = json.loads(cut.stdout)["scenes"]
    (finding,) = scene["findings"]
    assert (finding["code"], finding["file"], finding["line"]) == ("L003", "scene.py", 13)
    assert (tmp_path / finding["picture"]).is_file()
    assert check(tmp_path, "scene.py:Fin").returncode == 2


@pytest.mark.slow
def test_what_was_clean_is_remembered_until_it_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    file = tmp_path / "scene.py"
    file.write_text(SMALL)

    def took() -> dict[str, bool]:
        discover.read_module.cache_clear()
        verdicts = gate.check(discover.find([str(file)]), still=6, jobs=2, output=tmp_path, draw=False)
        return {verdict.scene.name: verdict.took > 0 for verdict in verdicts}

    assert took() == {"Fine": True, "Cut": True}
    assert took() == {"Fine": False, "Cut": True}
    file.write_text(SMALL.replace("Square()", "Square(1)"))
    assert took() == {"Fine": True, "Cut": True}


def square(side: float, x: float = 0, y: float = 0) -> geo.Array:
    return np.array([[x, y], [x + side, y], [x + side, y + side], [x, y + side]], dtype=float)


def test_overlap_is_the_common_area() -> None:
    assert geo.overlap(square(2), square(2, 1, 1)) == pytest.approx(1)
    assert geo.overlap(square(2), square(1, 0.5, 0.5)) == pytest.approx(1)
    assert geo.overlap(square(1), square(1, 2, 0)) == 0


def test_a_path_is_measured_inside_only() -> None:
    length, middle = geo.inside(np.array([[-1, 1], [3, 1], [3, 5]], dtype=float), square(2))
    assert length == pytest.approx(2)
    assert middle is not None and middle == pytest.approx([1, 1])
    assert geo.inside(np.array([[-1, 3], [3, 3]], dtype=float), square(2)) == (0.0, None)


def test_a_hole_is_not_inside() -> None:
    ring = [square(3), square(1, 1, 1)[::-1]]
    assert geo.contains(ring, np.array([0.5, 0.5]))
    assert not geo.contains(ring, np.array([1.5, 1.5]))
    assert not geo.contains(ring, np.array([4, 1]))


def test_the_hull_of_a_square_is_its_corners() -> None:
    points = np.concatenate([square(2), np.array([[1, 1], [0.5, 1.5], [1, 0]])])
    hull = geo.hull(points)
    assert len(hull) == 4 and geo.polygon_area(hull) == pytest.approx(4)
