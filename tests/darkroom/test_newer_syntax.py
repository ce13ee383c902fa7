"""Syntax of a Python newer than this one is told from a mistake."""

import pytest

from darkroom.newer_syntax import needed_version

OWN = (3, 11)


@pytest.mark.parametrize(
    ("source", "needed"),
    [
        ('x = f"{n} bit{"s" if n > 1 else ""}"', (3, 12)),
        ("x = f'{chr(10).join(\"\\n\")}'", (3, 12)),
        ('f"{\n x  # a comment\n}"', (3, 12)),
        ('f"{a}" "b" f"{d["k"]:>{w}}" \'c\'', (3, 12)),
        ('f"{x=} {y!r} {{}} {f"{f"{1}"}"}"', (3, 12)),
        ("type X[T] = list[T]", (3, 12)),
        ("async def f[T: (int, str)](x: T): pass", (3, 12)),
        ("class A[T](B):\n  pass", (3, 12)),
        ("class A[T = int]: pass", (3, 13)),
        ("try:\n  pass\nexcept A, b.B:\n  pass", (3, 14)),
        ('x = t"{a}"', (3, 14)),
        ("lazy from a import b", (3, 15)),
    ],
)
def test_newer_syntax(source: str, needed: tuple[int, int]) -> None:
    assert needed_version(source, OWN) == needed


@pytest.mark.parametrize(
    "source",
    [
        "class A(Scene:\n  pass",
        'print "hello"',
        'f"{x"',
        'f"{x y}"',
        'f"{d["a"]} {*}"',
        'f"{lambda x: 1}"',
        'x = "no end',
        "def f[T](x: T:\n  pass",
    ],
)
def test_a_mistake_is_one_in_every_version(source: str) -> None:
    assert needed_version(source, OWN) is None


def test_a_newer_python_needs_no_newer_one() -> None:
    assert needed_version('x = f"{d["a"]}"', (3, 13)) is None or needed_version("x = 1", (3, 13)) is None
