"""Pieces of a scene file that can be run alone: a selection, or the beat around a line."""

import ast
import io
import tokenize


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
    beat too. Outside functions, it is the statement.

    Returns:
        first and last line, counted from 1.

    Raises:
        SyntaxError: if the source does not parse.
        ValueError: if there is no code at that line.
    """
    node = _innermost(ast.parse(source).body, line)
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
