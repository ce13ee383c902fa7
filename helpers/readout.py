"""A word and a number that follows what runs."""

from __future__ import annotations

from collections.abc import Callable

from manimlib import DOWN, LEFT, RIGHT, Text, VGroup

from custom.palette import MUTED, TEXT
from custom.typography import BODY, LABEL
from helpers.number import SourcedNumber
from truth.source import Source


class Readout(VGroup):
    """A word and a number that is asked for anew: "step 12", "loss 0.53", "right 78 %".

    Parts: `word`, `number`, and `unit` if there is one.

    Args:
        word: what the number is.
        ask: returns its value now. In an animation: `UpdateFromFunc(readout, Readout.follow)`.
        decimals: shown.
        unit: what stands behind the number.
        color: of the number.
        name: of the number's source; "training: word" unless given.
    """

    def __init__(
        self,
        word: str,
        ask: Callable[[], float],
        decimals: int = 0,
        unit: str = "",
        color: str = TEXT,
        name: str = "",
        font_size: float = BODY,
    ) -> None:
        self.ask = ask
        self.word = Text(word, font_size=LABEL * font_size / BODY).set_color(MUTED)
        source = Source(name or f"training: {word}", (), ask)
        self.number = SourcedNumber(
            ask(), num_decimal_places=decimals, font_size=font_size, edge_to_fix=LEFT, source=source
        )
        self.number.set_color(color).next_to(self.word, RIGHT, buff=0.2).align_to(self.word[0], DOWN)
        super().__init__(self.word, self.number)
        if unit:
            self.unit = Text(unit, font_size=LABEL * font_size / BODY).set_color(MUTED)
            self.add(self.unit.next_to(self.number, RIGHT, 0.12, aligned_edge=DOWN))

    def follow(self) -> Readout:
        """Show what it is now."""
        self.number.set_value(self.ask())
        return self
