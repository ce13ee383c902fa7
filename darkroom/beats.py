"""From a line of a scene's source to the beat it belongs to: the comment that opens it."""

import ast
import io
import tokenize
from functools import cache
from pathlib import Path

from darkroom.discover import words


def comment_above(file: Path, function: str, line: int) -> str:
    """The comment that opens the beat at `line`: the nearest above it that stands at its function's own depth.

    A comment deeper inside (in a loop, between arguments) explains a detail and opens nothing. A function
    without comments is a beat named by itself.
    """
    try:
        comments, functions = _outline(file)
    except (OSError, SyntaxError, tokenize.TokenError):
        return words(function)
    around = [span for span in functions if span[0] <= line <= span[1]]
    if not around:
        return words(function)
    first, _, depth = max(around)
    at_depth = {at: text for (at, column), text in comments.items() if first < at <= line and column == depth}
    if not at_depth:
        return words(function)
    start = max(at_depth)
    while start - 1 in at_depth:  # a comment of several lines is known by its first
        start -= 1
    return at_depth[start]


@cache
def _outline(file: Path) -> tuple[dict[tuple[int, int], str], list[tuple[int, int, int]]]:
    """Comment lines as {(line, column): text}; functions as (first line, last line, column of the body)."""
    text = file.read_text(encoding="utf-8")
    comments = {}
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and not token.line[: token.start[1]].strip():
            comments[token.start] = token.string.lstrip("# ").rstrip()
    functions = [
        (node.lineno, node.end_lineno or node.lineno, node.body[0].col_offset)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef)
    ]
    return comments, functions
