"""Whether a file that does not parse is written for a newer Python than this one.

What newer versions added is written back as what this one can read; if the result parses, that was all
that kept the file from being read.
"""

import ast
import re
import sys
import warnings

Version = tuple[int, int]

STRING = re.compile(r"""(?i)(?<!\w)([bruft]{0,2})('''|\"{3}|'|")""")
BRACKETS = r"\[(?:[^\[\]]|\[(?:[^\[\]]|\[[^\[\]]*\])*\])*\]"
REWRITES: tuple[tuple[Version, re.Pattern[str], str], ...] = (
    ((3, 13), re.compile(rf"^(\s*(?:async\s+)?(?:def|class)\s+\w+)(?={BRACKETS})(?=[^\]\n]*=){BRACKETS}", re.M), r"\1"),
    ((3, 12), re.compile(rf"^(\s*(?:async\s+)?(?:def|class)\s+\w+){BRACKETS}", re.M), r"\1"),
    ((3, 12), re.compile(rf"^(\s*)type\s+(\w+)(?:{BRACKETS})?(?=\s*=[^=])", re.M), r"\1\2"),
    ((3, 14), re.compile(r"^(\s*except\*?\s+)([\w.]+(?:\s*,\s*[\w.]+)+)(?=\s*:)", re.M), r"\1(\2)"),
    ((3, 15), re.compile(r"^(\s*)lazy\s+(?=(?:import|from)\s)", re.M), r"\1"),
)


def needed_version(source: str, own: Version = sys.version_info[:2]) -> Version | None:
    """The Python that a source needs, which `own` cannot parse; None if that would not help.

    Args:
        source: all of a file.
        own: this Python's version.
    """
    needed: list[Version] = []
    for version, pattern, replacement in REWRITES:
        if version > own:
            source, count = pattern.subn(replacement, source)
            needed += [version] * bool(count)
    try:
        source, expressions, of_templates = _without_templates(source, own)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(source)
            for expression in expressions:
                ast.parse(f"({expression}\n)", mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return max([*needed, *([of_templates] if of_templates else [])], default=None)


def _without_templates(source: str, own: Version) -> tuple[str, list[str], Version | None]:
    """The source with "" for each f-string and t-string, and the expressions that were in them.

    Raises:
        ValueError: one has no end.
    """
    kept: list[str] = []
    expressions: list[str] = []
    needed: Version | None = None
    place = 0
    while place < len(source):
        if source[place] == "#":
            end = source.find("\n", place)
            end = len(source) if end < 0 else end
            kept.append(source[place:end])
        elif start := STRING.match(source, place):
            prefix, quote = start[1].lower(), start[2]
            if "f" in prefix or "t" in prefix:
                end, found = _template(source, start.end(), quote, "r" in prefix)
                for text in found:
                    text, more, version = _without_templates(text, own)
                    expressions += [text, *more]
                    needed = max(filter(None, (needed, version)), default=None)
                version = (3, 14) if "t" in prefix else (3, 12)
                if version > own:
                    needed = max(version, needed or version)
                    kept.append('""')
                else:
                    kept.append(source[place:end])
            else:
                end = _end_of_string(source, start.end(), quote)
                kept.append(source[place:end])
        else:
            end = place + 1
            kept.append(source[place])
        place = end
    return "".join(kept), expressions, needed


def _end_of_string(source: str, place: int, quote: str) -> int:
    """Where a plain string ends whose text starts at `place`."""
    while place < len(source):
        if source[place] == "\\":
            place += 2
        elif source.startswith(quote, place):
            return place + len(quote)
        elif source[place] == "\n" and len(quote) == 1:
            break
        else:
            place += 1
    raise ValueError("a string without an end")


def _template(source: str, place: int, quote: str, is_raw: bool) -> tuple[int, list[str]]:
    """Where an f-string ends whose text starts at `place`, and its expressions."""
    expressions: list[str] = []
    while place < len(source):
        if source.startswith(quote, place):
            return place + len(quote), expressions
        if source.startswith(("{{", "}}"), place):
            place += 2
        elif source[place] == "{":
            place, found = _field(source, place + 1)
            expressions += found
        elif source[place] == "}" or (source[place] == "\n" and len(quote) == 1):
            break
        else:
            place += 2 if source[place] == "\\" and source[place + 1 : place + 2] not in "{}" else 1
    raise ValueError("an f-string without an end")


def _field(source: str, place: int) -> tuple[int, list[str]]:
    """Where a replacement field ends whose expression starts at `place`, and the expressions in it."""
    start, depth = place, 0
    while place < len(source):
        character = source[place]
        if depth == 0 and (character in "}:" or (character == "!" and source[place + 1 : place + 2] != "=")):
            break
        if character == "#":
            place = source.find("\n", place)
            if place < 0:
                break
        elif string := STRING.match(source, place):
            if {"f", "t"} & set(string[1].lower()):
                place, _ = _template(source, string.end(), string[2], "r" in string[1].lower())
            else:
                place = _end_of_string(source, string.end(), string[2])
        else:
            depth += (character in "([{") - (character in ")]}")
            place += 1
    else:
        raise ValueError("a replacement field without an end")
    expressions = [re.sub(r"(?<![=!<>])=\s*$", "", source[start:place])]
    if source[place : place + 1] == "!":
        place += 1
        while source[place : place + 1].isalnum():
            place += 1
    if source[place : place + 1] == ":":
        place += 1
        while place < len(source) and source[place] != "}":
            if source[place] == "{":
                place, found = _field(source, place + 1)
                expressions += found
            else:
                place += 1
    if source[place : place + 1] != "}":
        raise ValueError("a replacement field without an end")
    return place + 1, expressions
