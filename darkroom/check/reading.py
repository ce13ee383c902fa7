"""Words on screen through time: which were there to be read, since when and for how long.

Import this only after `engine.load()`.
"""

import re
from dataclasses import dataclass

from darkroom.check import geometry as geo
from darkroom.check.stage import CLEAR, Stage, Writing
from darkroom.engine import look
from darkroom.engine.run import Beat

A_WORD = 0.3  # seconds
TO_FIND_THEM = 0.5  # seconds

WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
TEX_WORDS = re.compile(r"\\text\w*\{([^{}]*)\}")
TAG = re.compile(r"<[^<>]*>")


def words_of(text: Writing) -> tuple[str, ...]:
    """The words that a text says; of a formula those in `\\text{...}`, of code and of numbers none."""
    mark = next((letter.letter for letter in text.letters if letter.letter), None)
    if text.number or mark is None or "Code" in look.kinds(text.root):
        return ()
    said = text.words
    if mark.words.typeface is None:
        said = " ".join(TEX_WORDS.findall(said))
    elif "<" in said:
        said = TAG.sub("", said)
    words = tuple(WORD.findall(said))
    return words if any(len(word) > 1 for word in words) else ()


def time_to_read(words: tuple[str, ...]) -> float:
    """Seconds that so many words take."""
    return A_WORD * len(words) + TO_FIND_THEM


@dataclass
class Stand:
    """Some words, and how they stood on screen."""

    words: tuple[str, ...]
    text: Writing  # that said them first
    beat: Beat  # that brought them
    since: float
    until: float
    pixels: float = 0.0  # height of their capitals at 1080p, the largest they had
    seconds: float = 0.0  # in which they could be read, all in all
    at_start: bool = False  # they are in the first picture of the scene
    at_end: bool = False  # they are in its last one


class Reading:
    """Follows all words of a scene. The same words in another text, or with another number in them, are the same."""

    def __init__(self) -> None:
        self.stands: dict[tuple[str, ...], Stand] = {}
        self._time: float | None = None
        self._there: set[tuple[str, ...]] = set()

    def look(self, stage: Stage, time: float, beat: Beat) -> list[Stand]:
        """Note what can be read at this moment, while a beat plays; returns what is new."""
        is_first = self._time is None
        for words in self._there:
            self.stands[words].seconds += time - (self._time or 0.0)
            self.stands[words].until = time
        new = []
        there = set()
        for text in stage.writings:
            words = words_of(text) if can_be_read(stage, text) else ()
            if not words:
                continue
            there.add(words)
            if words not in self.stands:
                self.stands[words] = Stand(words, text, beat, time, time, at_start=is_first)
                new.append(self.stands[words])
            stand = self.stands[words]
            stand.pixels = max(stand.pixels, stage.pixels * (text.cap_height or 0.0))
        self._there, self._time = there, time
        return new

    def end(self) -> list[Stand]:
        """The scene is over: all words there were, in the order they came."""
        for words in self._there:
            self.stands[words].at_end = True
        return list(self.stands.values())


def can_be_read(stage: Stage, text: Writing) -> bool:
    """Whether a text stands out, within the frame, with at least half of its letters uncovered."""
    if text.opacity <= CLEAR or not stage.shows(text):
        return False
    ground = stage.ground(text.box)
    some = text.letters[:: max(1, len(text.letters) // 8)]
    free = sum(ground.hidden(geo.center(letter.box), letter.fill_at) is None for letter in some)
    return free >= 0.5 * len(some)
