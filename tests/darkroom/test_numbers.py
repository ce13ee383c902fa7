"""Are all numbers on screen found, and every lie among them? On ManimGL's own numbers, nobody's helpers."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from darkroom import engine

engine.load()

from manimlib import (  # noqa: E402
    BLACK,
    DOWN,
    LEFT,
    OUT,
    RIGHT,
    UP,
    Axes,
    DecimalNumber,
    FadeIn,
    FadeOut,
    NumberLine,
    Rotate,
    Scene,
    Tex,
    Text,
    Transform,
    ValueTracker,
    VGroup,
)

from darkroom.engine.numerals import parsed, rounded, says, typed_numbers  # noqa: E402
from darkroom.numbers import Account, read  # noqa: E402
from tests.darkroom.conftest import Darkroom, write  # noqa: E402


class Truth:
    """A source that looks its value up, as little as one can be."""

    in_motion = False

    def __init__(self, name: str, look_up: Callable[[], float]) -> None:
        self.name, self.true_value = name, look_up

    def __str__(self) -> str:
        return self.name


def sourced(value: float, source: Any = "W", **config: Any) -> DecimalNumber:
    number = DecimalNumber(value, **config)
    number.source = source
    return number


def account(build: Callable[[Scene], None], at: float | None = None) -> Account:
    """What is read in a scene whose `construct` is `build`."""
    scene = type("Built", (Scene,), {"construct": build})
    return read(scene, lambda frames: None, at, fps=10)


def codes(build: Callable[[Scene], None]) -> list[str]:
    return [finding.code for finding in account(build).findings]


def standing(*mobjects: Any) -> Callable[[Scene], None]:
    def construct(scene: Scene) -> None:
        scene.add(*mobjects)
        scene.wait(0.3)

    return construct


# Every fault is found


def test_a_number_from_nowhere() -> None:
    (finding,) = account(standing(DecimalNumber(0.37))).findings
    assert (finding.code, finding.rule) == ("N001", "no source")
    assert "0.37" in finding.says


def test_a_number_that_is_not_what_its_source_says() -> None:
    (finding,) = account(standing(sourced(0.37, Truth("W[0, 1]", lambda: 0.41)))).findings
    assert finding.code == "N002"
    assert "0.37 from W[0, 1] should be 0.41" in finding.says


def test_a_text_that_is_not_the_number_rounded() -> None:
    """ManimGL itself does this: it takes the sign off −0.05 and shows 0.1."""
    number = sourced(-0.05, num_decimal_places=1)
    assert number.num_string == "0.1"
    assert codes(standing(number)) == ["N002"]


def test_a_number_that_cuts_instead_of_rounding() -> None:
    number = sourced(2.9, num_decimal_places=0)
    assert number.num_string == "2"  # ManimGL 1.7.2 truncates here
    assert codes(standing(number)) == ["N002"]


def test_a_number_that_falls_behind_its_tracker() -> None:
    def construct(scene: Scene) -> None:
        tracker = ValueTracker(1)
        number = sourced(1, Truth("t", tracker.get_value))
        scene.add(number)
        scene.play(tracker.animate.set_value(2), run_time=0.5)

    (finding,) = account(construct).findings
    assert finding.code == "N002"
    assert finding.moments > 3


class Shown(DecimalNumber):
    """A number that shows what it is told to."""

    shows = ""

    def get_num_string(self, number: float) -> str:
        return self.shows


def shown(text: str, true: float) -> Shown:
    number = type("Told", (Shown,), {"shows": text})(true, num_decimal_places=len(text.partition(".")[2]))
    number.source = Truth("W", lambda: true)
    return number


def test_a_number_that_is_not_zero_and_reads_zero() -> None:
    (finding,) = account(standing(shown("0.00", 2e-7))).findings
    assert finding.code == "N007"
    assert "is 2e-07" in finding.says
    assert codes(standing(shown("0.00", 0.0), shown("0.0", 1e-17))) == []


def test_a_zero_on_its_way_is_no_finding() -> None:
    def construct(scene: Scene) -> None:
        tracker = ValueTracker(-1)
        number = sourced(-1, Truth("t", tracker.get_value))
        number.f_always.set_value(tracker.get_value)
        scene.add(number)
        scene.play(tracker.animate.set_value(1), run_time=0.5)

    assert "N007" not in codes(construct)


def test_powers_of_ten_are_read() -> None:
    for text, value in [("2·10⁻⁷", 2e-7), ("−1.5 × 10¹²", -1.5e12), ("≈0.0", 0.0), ("+3·10⁰", 3.0)]:
        assert parsed(text) == value
        assert says(text, value)
    assert not says("2·10⁻⁷", 3e-7)
    assert typed_numbers(R"(2 \cdot 10^{-7}) \times 3.5 \times 10^4", is_tex=True) == ["2·10⁻⁷", "3.5·10⁴"]
    assert typed_numbers(R"2 \cdot 10 \cdot x^{10}", is_tex=True) == ["2", "10"]
    formula = Tex(R"L = 2 \cdot 10^{-7}")
    formula.sources = [Truth("L", lambda: 2.04e-7)]
    assert codes(standing(formula)) == []
    formula.sources = [Truth("L", lambda: 3e-7)]
    assert codes(standing(formula)) == ["N002"]


def test_a_signed_zero() -> None:
    number = sourced(-0.001, include_sign=True)
    assert number.num_string == "+0.00"
    assert codes(standing(number)) == ["N003"]


def test_a_number_that_a_transform_made_into_another() -> None:
    def construct(scene: Scene) -> None:
        number = sourced(1.5)
        scene.play(Transform(number, DecimalNumber(2.5)), run_time=0.3)
        scene.wait(0.2)

    assert codes(construct) == ["N004"]


def test_labels_of_a_number_line_that_read_alike() -> None:
    assert codes(standing(NumberLine((0, 1, 0.5), width=8, include_numbers=True))) == ["N005"]


def test_a_source_that_fails() -> None:
    (finding,) = account(standing(sourced(1, Truth("W[9]", lambda: [1.0][9])))).findings
    assert finding.code == "N006"
    assert "IndexError" in finding.says


def test_a_formula_that_does_not_show_what_its_sources_say() -> None:
    formula = Tex("2.0 \\cdot (-0.5) =")
    formula.sources = [Truth("x", lambda: 2.0), Truth("w", lambda: -0.7)]
    (finding,) = account(standing(formula)).findings
    assert finding.code == "N002"
    assert "from w should be -0.7" in finding.says


# What is right is left alone


def test_a_constant_of_a_formula_is_not_taken_for_a_number_that_rounds_to_it() -> None:
    formula = Tex(R"a (1 - a) = 0.57 \cdot 0.43")
    formula.sources = [Truth("a", lambda: 0.566), Truth("1 - a", lambda: 0.434)]
    shown = account(standing(formula))
    assert not shown.findings
    assert [row.source for row in shown.rows if "0." in row.shown] == ["a", "1 - a"]


def test_axes_need_no_source() -> None:
    axes = Axes((-2, 2), (-1, 3))
    axes.add_coordinate_labels()
    assert (
        codes(
            standing(
                axes,
                NumberLine(
                    (-1, 1, 0.5), width=9, include_numbers=True, decimal_number_config={"num_decimal_places": 1}
                ).shift(3 * DOWN),
            )
        )
        == []
    )


def test_a_number_that_keeps_up_with_its_tracker() -> None:
    def construct(scene: Scene) -> None:
        tracker = ValueTracker(-0.3)
        number = sourced(-0.3, Truth("t", tracker.get_value), num_decimal_places=3)
        number.f_always.set_value(tracker.get_value)
        scene.add(number)
        scene.play(tracker.animate.set_value(1.3), run_time=1)

    (row,) = (whole := account(construct)).rows
    assert whole.findings == []
    assert (row.shown, row.last_shown, row.source, row.is_looked_up) != ("", "", "", False)
    assert (row.last_shown, row.last_true) == ("1.300", pytest.approx(1.3))


def test_moved_turned_scaled_faded_numbers() -> None:
    def construct(scene: Scene) -> None:
        number = sourced(-1234.569)
        scene.play(FadeIn(number, 2 * UP, scale=3), run_time=0.3)
        scene.play(number.animate.scale(0.4).shift(2 * LEFT), run_time=0.3)
        scene.play(Rotate(number, 1, axis=UP + OUT), run_time=0.3)
        scene.play(FadeOut(number), run_time=0.3)

    assert codes(construct) == []


def test_what_cannot_be_seen_is_not_read() -> None:
    scene = standing(DecimalNumber(1).set_opacity(0), DecimalNumber(2).shift(20 * RIGHT), Tex("3").shift(20 * UP))
    assert account(scene).rows == []


def test_a_true_formula_and_its_constants() -> None:
    formula = Tex(R"3 \cdot 2.0^2 + {1 \over 16} =")
    formula.sources = [Truth("x", lambda: 2.0), Truth("slope", lambda: 0.0625)]
    whole = account(standing(formula))
    assert whole.findings == []
    assert [(row.shown, row.source) for row in whole.rows] == [("2.0", "x"), ("1/16", "slope"), ("3", "")]


# The table


def test_the_table_says_what_was_seen_first_and_last() -> None:
    def construct(scene: Scene) -> None:
        scene.wait(0.5)
        # Count up
        number = sourced(1.0, "count", num_decimal_places=0)
        scene.add(number, Text("of 10 images, h1"), sourced(5, "five").shift(UP), sourced(5, "five").shift(DOWN))
        scene.wait(0.5)
        number.set_value(3.0)
        scene.wait(0.5)

    rows = account(construct).rows
    assert [(row.kind, row.shown, row.last_shown, row.source, row.times) for row in rows] == [
        ("number", "1", "3", "count", 1),
        ("typed", "10", "10", "", 1),
        ("number", "5.00", "5.00", "five", 2),
    ]
    assert rows[0].first.time == pytest.approx(0.6, abs=0.11)
    assert (rows[0].true, rows[0].last_true, rows[0].is_looked_up) == (1, 3, False)
    assert rows[1].inside == "of 10 images, h1"
    assert rows[0].first.file.endswith("test_numbers.py")


def test_at_lists_one_moment() -> None:
    def construct(scene: Scene) -> None:
        first, second = sourced(1, "a"), sourced(2, "b")
        scene.add(first)
        scene.wait(1)
        scene.remove(first)
        scene.add(second)
        scene.wait(1)

    assert [row.source for row in account(construct, at=0.5).rows] == ["a"]
    assert [row.source for row in account(construct, at=1.5).rows] == ["b"]


@pytest.mark.parametrize(
    ("string", "found"),
    [
        (R"L = (x \cdot w_{12} + b)^2", []),
        (R"\sum_{k=0}^{10} a_k^{(2)} = 3{,}072", ["3,072"]),
        (R"\frac{1}{16} + {3 \over 4} + x / 2", ["1/16", "3/4", "2"]),
        (R"-0.5 \times 2", ["-0.5", "2"]),
        (R"\hspace{2cm} 10^{-3}", ["10"]),
        (R"\begin{array}{c@{2pt}c} 7 \end{array}", ["7"]),
    ],
)
def test_numbers_of_a_formula(string: str, found: list[str]) -> None:
    assert [token.strip() for token in typed_numbers(string, is_tex=True)] == found


def test_numbers_of_a_text() -> None:
    assert typed_numbers("MulBackward0, h1, GPT2, 3Blue1Brown: 1,482 weights, 99.5 %, x = -2", is_tex=False) == [
        *("1,482", "99.5", "-2")
    ]


def test_reading_and_rounding() -> None:
    assert parsed("−1,234.5") == parsed("–1234.50") == -1234.5
    assert parsed("+1/16") == 0.0625
    assert says("0.3", rounded(0.25 + 1e-12, 1))
    assert not says("", 0) and not says("0.25", 0.5)


# As a person runs it

SCENES = """
from manim_imports_ext import *


class Honest(ChalkScene):
    def construct(self):
        # Show a loss
        number = DecimalNumber(0.25)
        number.source = "loss"
        self.play(FadeIn(number), run_time=0.5)


class Invented(ChalkScene):
    def construct(self):
        # Show something
        self.play(FadeIn(Integer(42)), run_time=0.5)
"""


@pytest.mark.slow
def test_the_command_and_how_it_ends(darkroom: Darkroom, repo: Path, tmp_path: Path) -> None:
    here = tmp_path / "videos"
    shutil.copytree(repo, here)
    write(here / "counting.py", SCENES)
    honest = darkroom("numbers", "counting.py:Honest", cwd=here)
    assert honest.returncode == 0, honest.stderr
    for part in ("loss", "0.25 (its own)", "Show a loss, counting.py:"):
        assert part in honest.stdout
    both = darkroom("numbers", "counting.py", "--json", cwd=here)
    assert both.returncode == 1
    first, second = json.loads(both.stdout)
    assert first["findings"] == []
    assert [finding["code"] for finding in second["findings"]] == ["N001"]
    assert second["numbers"][0]["shown"] == "42"
    assert darkroom("numbers", "counting.py:Honset", cwd=here).returncode == 2


def test_black_is_a_colour_like_any_other() -> None:
    """What is drawn in the background's colour is layout's business, not ours."""
    assert codes(standing(VGroup(DecimalNumber(1).set_color(BLACK)))) == ["N001"]
