"""Where `-e LINE` stops."""

import ast
from pathlib import Path

import pytest

from darkroom.engine.embed_line import NoPlace, embed_at
from darkroom.errors import BrokenSource

# Each number is a line; `@` marks the places at which running it may stop.
SOURCE = '''\
import math

class Film(Scene):
    size = 3

    @decorated
    def construct(self, a=1,
                  b=2):
        """What it shows."""
        first()
        # a comment
        call(
            1,
        )

        for i in range(3):  # again
            # deeper
            inner()

            last()

        text = """
        code?
        """
        if a: one()
        if b:
            two()
        # near the else
        else:
            three()
        try:
            four()
        except ValueError:
            five()
        finally:
            six()
        def local():
            seven()
        return call()

    # between methods
    def other(this):
        eight()


# between classes
class Thing:
    def method(self):
        pass

    @staticmethod
    def alone():
        pass
'''


@pytest.mark.parametrize(
    ("line", "ran", "to_come"),
    [
        (6, None, "first()"),  # a decorator, and the lines of a signature
        (8, None, "first()"),
        (9, None, "first()"),
        (10, "first()", "call(1)"),
        (11, "first()", "call(1)"),
        (12, "call(1)", "for i in range(3):"),  # inside brackets
        (13, "call(1)", "for i in range(3):"),
        (15, "call(1)", "for i in range(3):"),
        (16, None, "inner()"),  # `for ...:  # comment` stops inside
        (17, None, "inner()"),
        (18, "inner()", "last()"),
        (19, "inner()", "last()"),
        (20, "last()", None),
        (21, "for i in range(3):", "text ="),  # the blank line after a loop is after it
        (23, "text =", "if a:"),  # inside a string
        (25, "if a:", "if b:"),  # on one line with its block
        (26, None, "two()"),
        (27, "two()", None),
        (29, None, "three()"),
        (30, "three()", None),
        (33, None, "five()"),
        (34, "five()", None),
        (35, None, "six()"),
        (36, "six()", None),
        (38, "def local():", "return call()"),  # not in a function that may run a thousand times
        (39, "def local():", "return call()"),  # before it returns
        (40, "def local():", "return call()"),
        (43, "eight()", None),
        (44, "eight()", None),
        (45, "eight()", None),
    ],
)
def test_a_line_stops_after_what_it_belongs_to(tmp_path: Path, line: int, ran: str | None, to_come: str | None) -> None:
    file = tmp_path / "film.py"
    file.write_text(SOURCE)
    tree, place = embed_at(file, line)
    compile(tree, str(file), "exec")
    found = (getattr(node, name, None) for node in ast.walk(tree) for name in ("body", "orelse", "finalbody"))
    blocks = ([s for s in block if ".note(" not in ast.unparse(s)] for block in found if isinstance(block, list))
    block, index = next(
        (block, index)
        for block in blocks
        for index, statement in enumerate(block)
        if ast.unparse(statement).endswith(".embed()") and isinstance(statement, ast.Expr)
    )
    before = ast.unparse(block[index - 1]) if index else None
    after = ast.unparse(block[index + 1]) if index + 1 < len(block) else None
    if before == "'What it shows.'":
        before = None
    assert (before or "")[: len(ran or "")] == (ran or "")
    assert (before is None) == (ran is None)
    assert (after or "")[: len(to_come or "")] == (to_come or "")
    assert (after is None) == (to_come is None)
    assert block[index].lineno == line
    assert place.scene == "Film"
    assert place.method == ("construct" if line < 41 else "other")
    assert ast.unparse(block[index]) == ("self.embed()" if line < 41 else "this.embed()")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (0, "has 53 lines"),
        (60, "has 53 lines"),
        (1, "in no scene.*Film 3-43, Thing 47-53"),
        (3, "in Film, but in none of its methods.*construct 7-39, other 42-43"),
        (4, "in Film, but in none of its methods"),
        (41, "in Film, but in none of its methods"),
        (46, "in no scene"),
        (53, "alone has no `self`"),
    ],
)
def test_a_line_that_cannot_stop_says_why(tmp_path: Path, line: int, message: str) -> None:
    file = tmp_path / "film.py"
    file.write_text(SOURCE)
    with pytest.raises(NoPlace, match=f"(?s){message}"):
        embed_at(file, line)


CALLS = """\
class Film(Scene):
    def construct(self):
        if self.deep:
            self.go(1)
        self.stays(2)

    def go(self, step):
        '''Deeper.'''
        for number in range(0):
            call(number)
        while step < 9:
            if step == 1:
                return
            else:
                call(step)

    def stays(self, step):
        return
        call(step)
"""


@pytest.mark.parametrize(
    ("deep", "line", "why"),
    [
        (False, 10, "nothing calls Film.go, which that line is in."),
        (False, 4, "line 3 (if self.deep:) was reached, but none of the lines in it that lead there."),
        (True, 10, "line 9 (for number in range(0):) was reached, but none"),
        (True, 15, "line 12 (if step == 1:) was reached, but none"),
        (True, 20, "Film.stays was called, but something before that line has returned."),
    ],
)
def test_why_a_scene_has_not_come_to_a_line(tmp_path: Path, deep: bool, line: int, why: str) -> None:
    file = tmp_path / "film.py"
    file.write_text(CALLS)
    tree, place = embed_at(file, line)
    scene = type("Scene", (), {"deep": deep, "embed": lambda self: pytest.fail("stopped")})
    names = {"Scene": scene, "call": lambda step: None}
    exec(compile(tree, str(file), "exec"), names)
    names["Film"]().construct()  # type: ignore[operator]
    assert place.why_not_reached()[: len(why)] == why


def test_a_broken_file_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "film.py"
    file.write_text("class Film:\n    def x(self:\n")
    with pytest.raises(BrokenSource, match=r"film\.py, line 2"):
        embed_at(file, 2)
