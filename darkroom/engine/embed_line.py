"""Where `manimgl FILE [SCENE] -e LINE` stops a scene.

ManimGL 1.7.2 pastes the text `self.embed()` below the line, with the indentation it finds there. That breaks
inside brackets and strings, and says nothing when the line can never be reached. We put the same call into
the syntax tree: after the statement the line belongs to, in whatever method of the scene that is. No line
below it moves, so error messages keep pointing at the right ones.
"""

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from darkroom.engine.blocks import parse, read_source
from darkroom.errors import UsageError


@dataclass(frozen=True)
class Place:
    """Where a scene will stop."""

    line: int
    scene: str  # the class around that line
    method: str
    around: tuple[tuple[int, str], ...] = ()  # the statements it is in, outermost first: line and its text

    def why_not_reached(self) -> str:
        """What kept the scene that has ended from coming to this line, in a sentence."""
        method = f"{self.scene}.{self.method}"
        if not _reached:
            return f"nothing calls {method}, which that line is in."
        deepest = max(_reached)
        if deepest == 0:
            return f"{method} was called, but something before that line has returned."
        line, text = self.around[deepest - 1]
        return f"line {line} ({text}) was reached, but none of the lines in it that lead there."


_reached: set[int] = set()


def note(depth: int) -> None:
    """Called by a scene on its way to the stop: in its method (0), and before each statement around it (1, 2, ...)."""
    _reached.add(depth)


class NoPlace(UsageError):
    """A line at which no scene can be stopped."""


def embed_at(file: Path, line: int) -> tuple[ast.Module, Place]:
    """The source of `file`, made to stop at `line`.

    A line inside a statement of several lines stops after that statement; the first line of a `for`, `if` or
    `def` stops before its first statement; a comment or blank line stops between its neighbours; `return`
    stops before it returns.

    Returns:
        the syntax tree, ready to compile, and where it will stop.

    Raises:
        BrokenSource: if the file does not parse.
        NoPlace: if the line is in no method of a class.
        UsageError: if the file cannot be read.
    """
    source = read_source(file)
    tree = parse(file, source)
    lines = source.splitlines()
    if not 1 <= line <= len(lines) + 1:  # an editor's cursor may stand below the last line
        raise NoPlace(f"{file} has {len(lines)} lines, so no scene can stop at line {line}.")
    column, below = _depths(lines, line)
    scene = _around(tree.body, line, column)
    if not isinstance(scene, ast.ClassDef):
        raise NoPlace(f"{file}, line {line} is in no scene.", _scenes(tree))
    method = _around(scene.body, line, column)
    if not isinstance(method, ast.FunctionDef):
        raise NoPlace(f"{file}, line {line} is in {scene.name}, but in none of its methods.", _methods(scene))
    if not method.args.args:
        raise NoPlace(f"{file}, line {line}: {method.name} has no `self` to stop.", _methods(scene))

    # A blank line below a loop is after the loop, unless the method ends there.
    column = max(min(column, below), method.body[0].col_offset)
    around: list[tuple[list[ast.stmt], ast.stmt]] = []
    body, index = _spot(method.body, line, column, lines, around)
    start = int(ast.get_docstring(method) is not None)
    if body is method.body:
        index = max(index, start)
    stop = ast.parse(f"{method.args.args[0].arg}.embed()").body[0]
    body.insert(index, ast.increment_lineno(stop, line - 1))
    for depth, (block, statement) in enumerate(around, start=1):
        block.insert(block.index(statement), _note_at(depth, statement.lineno))
    method.body.insert(start, _note_at(0, method.body[start].lineno))
    _reached.clear()
    texts = ((node.lineno, lines[node.lineno - 1].strip()) for _, node in around)
    return tree, Place(line, scene.name, method.name, tuple(texts))


def _note_at(depth: int, line: int) -> ast.stmt:
    call = f"__import__({__name__!r}, fromlist=['note']).note({depth})"
    return ast.increment_lineno(ast.parse(call).body[0], line - 1)


def _depths(lines: list[str], line: int) -> tuple[int, int]:
    """How deep `line` is indented, twice; for a blank one, how deep its neighbours above and below are."""
    above = (text for text in reversed(lines[:line]) if text.strip())
    below = (text for text in lines[line - 1 :] if text.strip())
    first, second = (len(text) - len(text.lstrip()) for text in (next(above, ""), next(below, "")))
    return first, second


def _first(node: ast.stmt) -> int:
    """The first line of a statement, its decorators included."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _last(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


def _around(body: list[ast.stmt], line: int, column: int) -> ast.stmt | None:
    """The statement `line` is in, or directly under and deeper than."""
    above = [node for node in body if _first(node) <= line]
    if above and (line <= _last(above[-1]) or column > above[-1].col_offset):
        return above[-1]
    return None


def _spot(
    body: list[ast.stmt],
    line: int,
    column: int,
    lines: Sequence[str],
    around: list[tuple[list[ast.stmt], ast.stmt]],
) -> tuple[list[ast.stmt], int]:
    """The block and the index in it at which to stop for `line`.

    Appends to `around` the statements it is in, outermost first, each with the block it is in.
    """
    index = sum(_first(node) <= line for node in body)
    if index == 0:
        return body, 0
    node = body[index - 1]
    blocks = _blocks(node)
    if blocks and _around([node], line, column) and _last(node) > node.lineno:
        starts = [_header(node, before, block, lines) for before, block in pairwise(blocks)]
        chosen = sum(start <= line for start in starts)
        around.append((body, node))
        return _spot(blocks[chosen], line, column, lines, around)
    if isinstance(node, ast.Return | ast.Raise | ast.Continue | ast.Break):
        return body, index - 1
    return body, index


def _blocks(node: ast.stmt) -> list[list[ast.stmt]]:
    """The blocks of a compound statement, top to bottom. A nested function is a statement like any other."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return []
    blocks = [getattr(node, "body", [])]
    blocks += [handler.body for handler in getattr(node, "handlers", [])]
    blocks += [case.body for case in getattr(node, "cases", [])]
    blocks += [getattr(node, "orelse", []), getattr(node, "finalbody", [])]
    return [block for block in blocks if block]


def _header(node: ast.stmt, before: list[ast.stmt], block: list[ast.stmt], lines: Sequence[str]) -> int:
    """The line that opens `block`: its `else:`, `except ...:` or the like, which the tree does not record."""
    words = ("else", "elif", "except", "finally", "case")
    for number in range(block[0].lineno, _last(before[-1]), -1):
        if lines[number - 1].lstrip().startswith(words) and number > node.lineno:
            return number
    return block[0].lineno


def _scenes(tree: ast.Module) -> str:
    ranges = [f"{n.name} {n.lineno}-{n.end_lineno}" for n in tree.body if isinstance(n, ast.ClassDef)]
    return f"Its classes are on these lines:  {', '.join(ranges)}" if ranges else "It has no classes at all."


def _methods(scene: ast.ClassDef) -> str:
    ranges = [f"{n.name} {n.lineno}-{n.end_lineno}" for n in scene.body if isinstance(n, ast.FunctionDef)]
    return f"They are on these lines:  {', '.join(ranges)}" if ranges else f"{scene.name} has no methods."
