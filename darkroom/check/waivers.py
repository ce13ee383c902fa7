"""What an author allows, why, and only there.

On a mobject, in plain Python that needs nothing of darkroom:

    axes.waive = {"L003": "the x axis goes on"}

On a beat, as a comment anywhere in it; with the name of the culprit where the beat has several such findings:

    # darkroom: allow L008 because the formula is read aloud here
    # darkroom: allow L002 edges[3] because the label says what it crosses
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from darkroom.check.rules import RULES, Fault
from darkroom.check.stage import Writing
from darkroom.engine.blocks import beat_at

COMMENT = re.compile(r"#\s*darkroom:\s*(?P<text>.*)$")
ALLOW = re.compile(r"allow\s+(?P<code>L\d{3})(?:\s+(?P<name>[^\s].*?))??(?:\s+because\b\s*(?P<reason>.*))?$")
CODES = {rule.code for rule in RULES}


@dataclass(frozen=True)
class BeatWaiver:
    """A comment in a beat."""

    file: str
    line: int
    code: str
    name: str  # of the culprit; empty where there is only one
    reason: str
    beat: tuple[str, int]  # file and first line of the beat it stands in


@dataclass(frozen=True)
class Trouble:
    """A waiver that is none."""

    file: str
    line: int
    says: str


def of_beat(file: str, line: int) -> Iterator[BeatWaiver | Trouble]:
    """The waivers in the beat around a line."""
    begin, end = beat_lines(file, line)
    for number, text in enumerate(_lines(file)[begin - 1 : end], start=begin):
        comment = COMMENT.search(text)
        if not comment:
            continue
        allowed = ALLOW.match(comment["text"].strip())
        if not allowed or allowed["code"] not in CODES:
            yield Trouble(file, number, f"this is no waiver: {comment['text'].strip()!r}")
        elif not allowed["reason"]:
            yield Trouble(file, number, f"the waiver of {allowed['code']} gives no reason; end it with  because ...")
        else:
            yield BeatWaiver(file, number, allowed["code"], allowed["name"] or "", allowed["reason"], (file, begin))


@cache
def beat_lines(file: str, line: int) -> tuple[int, int]:
    """First and last line of the beat around a line; the line itself where there is no telling."""
    try:
        return beat_at("\n".join(_lines(file)), line)
    except (SyntaxError, ValueError):
        return line, line


@cache
def _lines(file: str) -> list[str]:
    try:
        return Path(file).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def on_mobject(mobject: Any) -> dict[str, str]:
    """The waivers an author has put on a mobject: code -> reason."""
    found = getattr(mobject, "waive", None)
    return found if isinstance(found, dict) else {}


def covering(fault: Fault) -> Iterator[tuple[dict[str, str], str]]:
    """The waivers on mobjects that cover a fault, each with its reason.

    A waiver on a mobject speaks for itself and its parts, against everything outside it: a group's waiver
    never covers what its parts do to each other.
    """
    code = fault.rule.code
    chains = [_chain(thing) for thing in fault.culprits]
    for own in chains:
        for mobject in own:
            reason = on_mobject(mobject).get(code)
            if reason and sum(any(mobject is m for m in chain) for chain in chains) == 1:
                yield on_mobject(mobject), reason


def _chain(thing: Any) -> Iterable[Any]:
    if isinstance(thing, Writing):
        return [thing.root, *thing.above]
    return [thing.mobject, *thing.piece.above]
