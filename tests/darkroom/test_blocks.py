"""Which lines are a block, and how a selection becomes one."""

import ast
import textwrap
from pathlib import Path

import pytest

from darkroom.engine.blocks import beat_at, read_source, tidy
from darkroom.errors import UsageError

SOURCE = '''\
import math


class Film:
    """A film."""

    size = 3

    def construct(self):
        """What it shows."""
        early = 1
        # Open the first beat
        # with a second line
        a = [
            # not a beat: inside a statement
            1,
        ]

        # Open the second beat
        for i in a:
            # not a beat: deeper
            print(i)

    def short(self):
        return 1


def helper():
    # A beat of its own
    pass
'''


@pytest.mark.parametrize(
    ("line", "beat"),
    [
        (1, (1, 1)),  # a statement outside functions
        (7, (7, 7)),
        (9, (11, 11)),  # the `def`: what is above the first comment, without the docstring
        (11, (11, 11)),
        (12, (12, 17)),
        (13, (12, 17)),
        (15, (12, 17)),
        (18, (12, 17)),  # the blank line below still belongs to it
        (19, (19, 22)),
        (21, (19, 22)),
        (23, (19, 22)),
        (24, (25, 25)),
        (29, (29, 30)),
        (40, (29, 30)),
    ],
)
def test_the_beat_at_a_line(line: int, beat: tuple[int, int]) -> None:
    assert beat_at(SOURCE, line) == beat


def test_no_beat_above_the_first_line_of_code() -> None:
    with pytest.raises(ValueError, match="no code at line 1"):
        beat_at("\n\nx = 1\n", 1)


def test_a_tidy_block_starts_at_the_margin() -> None:
    block = "# Move\nfor x in y:\n    x.move()\n\ndone = 1\n"
    assert tidy(block) == block
    assert tidy(textwrap.indent(block, " " * 8)) == block
    assert tidy("\n   \n" + textwrap.indent(block, "\t") + "\n\n") == block
    assert tidy(" \n") == ""


@pytest.mark.parametrize(
    "block",
    [
        "# Move\nx.move()\ny = 2\n",
        "x.move()\n# then\ny = 2\n",
        "for x in y:\n    x.move()\n    x.stop()\n",  # the first line belongs less deep than the next
        "x.move(\n    UP,\n)\ny = 2\n",
    ],
)
def test_a_first_line_without_its_indentation_gets_it_back(block: str) -> None:
    mended = tidy(textwrap.indent(block, " " * 8).lstrip())
    assert ast.dump(ast.parse(mended)) == ast.dump(ast.parse(block))


def test_what_cannot_be_mended_is_left_to_python() -> None:
    assert tidy("    x = = 1\n    y\n") == "x = = 1\ny\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("import math\n", "import math(\n"),  # above
        ("size = 3", "size = ["),
        ("return 1", "return 1 +"),  # in another method
        ("# A beat of its own\n    pass", "pass '''"),  # below, to the end of the file
        ("def short(self):", "def short(self:"),
        ("def short(self):", "def short(self)"),
        ("def helper():", "  def helper():"),
        ("early = 1", "early = (1"),  # in another beat
        ("print(i)", "print(i"),
    ],
)
@pytest.mark.parametrize(
    ("line", "beat"), [(12, (12, 17)), (15, (12, 17)), (18, (12, 17)), (19, (19, 22)), (22, (19, 22))]
)
def test_a_mistake_elsewhere_does_not_matter(old: str, new: str, line: int, beat: tuple[int, int]) -> None:
    assert old in SOURCE
    if new == "print(i" and beat == (19, 22):
        with pytest.raises(SyntaxError):
            beat_at(SOURCE.replace(old, new), line)
        return
    assert beat_at(SOURCE.replace(old, new), line) == beat


def test_python_of_another_encoding_is_read(tmp_path: Path) -> None:
    file = tmp_path / "latin.py"
    file.write_bytes("# -*- coding: latin-1 -*-\nword = 'né'\n".encode("latin-1"))
    assert read_source(file).endswith("word = 'né'\n")
    file.write_bytes(b"\xef\xbb\xbfword = 1\n")
    assert read_source(file) == "word = 1\n"
    file.write_bytes(b"x = 1\ny = 2\n# na\xefve\n")
    with pytest.raises(UsageError, match=r"latin\.py is not written in the encoding"):
        read_source(file)
    with pytest.raises(UsageError, match="cannot read"):
        read_source(tmp_path)
