"""Pieces of a scene file that can be run alone: a selection, or the beat around a line."""

import ast
import io
import re
import tokenize
from pathlib import Path

from darkroom.errors import BrokenSource, UsageError

OPENS_A_FUNCTION = re.compile(r"(?:async\s+)?def\b")


def read_source(file: Path) -> str:
    """The text of a Python file, in the encoding that Python would read it in.

    Raises:
        UsageError: it cannot be read, or not as text.
    """
    try:
        with tokenize.open(file) as stream:
            return stream.read()
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror}.") from None
    except (SyntaxError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{file} is not written in the encoding it should be: {error}.",
            "Save it as UTF-8, or say which on its first line:  # -*- coding: latin-1 -*-",
        ) from None


def parse(file: Path, source: str) -> ast.Module:
    """The syntax tree of a file's source.

    Raises:
        BrokenSource: it has none.
    """
    try:
        return ast.parse(source, str(file))
    except SyntaxError as error:
        raise BrokenSource(file, error) from None
    except ValueError as error:  # bytes that are no text
        raise UsageError(f"{file} is no Python source: {error}.") from None


def tidy(selection: str) -> str:
    """Selected lines as a block that can be run: without its indentation and the blank lines around it.

    A selection that begins in the middle of its first line has lost that line's indentation; it gets back
    the one that makes sense of the lines below. What cannot be mended is returned for Python to complain of.
    """
    lines = selection.splitlines()
    while lines and not lines[0].strip():
        del lines[0]
    while lines and not lines[-1].strip():
        del lines[-1]
    if not lines:
        return ""
    below = min((_depth(line) for line in lines[1:] if line.strip()), default=0)
    if _depth(lines[0]) < below:
        # `for ...:` above its body is as it should be; anything else has been cut.
        for depth in (_depth(lines[0]), below, below - 4):
            candidate = _dedent([" " * depth + lines[0].lstrip(), *lines[1:]])
            if _parses(candidate):
                return candidate
    return _dedent(lines)


def beat_at(source: str, line: int) -> tuple[int, int]:
    """The lines of the beat around `line`: from the comment that opens it to the last before the next.

    Only a comment at the depth of its function's body opens a beat. The code above the first of them is a
    beat too. Outside functions, it is the statement. What does not parse elsewhere in the source is no matter.

    Returns:
        first and last line, counted from 1.

    Raises:
        SyntaxError: if the beat does not parse.
        ValueError: if there is no code at that line.
    """
    try:
        body = ast.parse(source).body
    except SyntaxError as error:
        return _beat_in_broken(source, line, error)
    node = _innermost(body, line)
    if node is None:
        raise ValueError(f"there is no code at line {line}")
    if not isinstance(node, ast.FunctionDef):
        return _first(node), _last(node)
    body = node.body[1:] if ast.get_docstring(node) is not None and len(node.body) > 1 else node.body
    within_statements = {n for part in node.body for n in range(_first(part), _last(part) + 1)}
    comments = {
        n for n in _comments(source, body[0].col_offset) if node.lineno < n < _last(node) and n not in within_statements
    }
    openings = sorted(n for n in comments if n - 1 not in comments)
    top = min([_first(body[0]), *openings])
    begin = max(n for n in [top, *openings] if n <= max(line, top))
    end = min([n - 1 for n in openings if n > begin], default=_last(node))
    lines = source.splitlines()
    while not lines[end - 1].strip():
        end -= 1
    return begin, end


def _beat_in_broken(source: str, line: int, error: SyntaxError) -> tuple[int, int]:
    """The beat around `line` of a source that does not parse as a whole."""
    lines = source.splitlines()
    defined = _function_around(lines, line)
    if defined is None:
        raise error
    start, end = defined
    depth = _depth(lines[start - 1])
    function = "\n".join(text[depth:] for text in lines[start - 1 : end])
    if _parses(function):
        first, last = beat_at(function, max(line - start, 0) + 1)
        return first + start - 1, last + start - 1
    # The mistake is in this function: the shortest run of lines from comment to comment that parses.
    inner = next((n for n in range(start + 1, end + 1) if lines[n - 1].strip() and _depth(lines[n - 1]) > depth), end)
    margin = _depth(lines[inner - 1])
    openings = [
        n
        for n in range(inner, end + 1)
        if lines[n - 1].lstrip().startswith("#")
        and _depth(lines[n - 1]) == margin
        and not (n > inner and lines[n - 2].lstrip().startswith("#"))
    ]
    begins = [n for n in (openings or [inner]) if n <= line] or [(openings or [inner])[0]]
    for begin in reversed(begins):
        for stop in [*(n - 1 for n in openings if n > max(begin, line)), end]:
            text = tidy("\n".join(lines[begin - 1 : stop]))
            if text and _parses(text):
                return begin, begin - 1 + len("\n".join(lines[begin - 1 : stop]).rstrip().splitlines())
    raise error


def _function_around(lines: list[str], line: int) -> tuple[int, int] | None:
    """First and last line of the function around a line, or last above it, by indentation alone."""
    limit = len(lines) + 1
    for start in range(min(line, len(lines)), 0, -1):
        text = lines[start - 1]
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        depth = _depth(text)
        if OPENS_A_FUNCTION.match(text.lstrip()) and depth < limit:
            signature = start
            while signature < len(lines) and not lines[signature - 1].partition("#")[0].rstrip().endswith(":"):
                signature += 1  # it may be on several lines, the last of which is `) -> None:`
            below = (n for n in range(signature + 1, len(lines) + 1) if lines[n - 1].strip())
            end = next((n - 1 for n in below if _depth(lines[n - 1]) <= depth), len(lines))
            while not lines[end - 1].strip():
                end -= 1
            return start, end
        limit = min(limit, depth)
    return None


def _innermost(body: list[ast.stmt], line: int) -> ast.stmt | None:
    """The statement, method or function at `line`, or last above it."""
    above = [node for node in body if _first(node) <= line]
    if not above:
        return None
    if isinstance(above[-1], ast.ClassDef):
        return _innermost(above[-1].body, line)
    return above[-1]


def _first(node: ast.stmt) -> int:
    """The first line of a statement, its decorators included."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _last(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


def _comments(source: str, depth: int) -> list[int]:
    """Lines that hold nothing but a comment, at that depth."""
    return [
        token.start[0]
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT and token.start[1] == depth and not token.line[:depth].strip()
    ]


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _dedent(lines: list[str]) -> str:
    margin = min(_depth(line) for line in lines if line.strip())
    return "".join(line[margin:] + "\n" for line in lines)


def _parses(code: str) -> bool:
    try:
        ast.parse(code)
    except SyntaxError:
        return False
    return True
