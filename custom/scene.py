"""What our scenes share: one sentence at a time, long enough to be read, and a stage that is cleared in one way."""

from __future__ import annotations

from typing import Any

import numpy as np
from manimlib import DOWN, FadeIn, FadeOut, Group, InteractiveScene, Mobject, Text, VGroup, VMobject

from custom.cards import get_caption
from custom.palette import BACKGROUND, TEXT
from custom.typography import LABEL, SERIF


def get_callout(
    words: str, mobject: Mobject, side: np.ndarray = DOWN, buff: float = 0.25, font_size: float = LABEL, **config: Any
) -> Text:
    """Words beside a thing, at most nine or so, dark at their rim so that they can be read over a body."""
    callout = Text(words, font=SERIF, font_size=font_size, **config).set_backstroke(BACKGROUND, 5)
    return callout.next_to(mobject, side, buff=buff)


def put_on_baseline(text: VMobject, other: VMobject) -> VMobject:
    """Move a line of text up or down to the baseline of another: each one's is where most of its glyphs end."""

    def baseline(line: VMobject) -> float:
        bottoms = [round(float(glyph.get_bottom()[1]), 3) for glyph in line.family_members_with_points()]
        return max(sorted(set(bottoms)), key=bottoms.count)

    return text.shift((baseline(other) - baseline(text)) * np.array([0, 1, 0]))


class CaptionedScene(InteractiveScene):
    """A scene that says one sentence at a time.

    A caption leaves no sooner than it can be read: what would take it away too early waits.

    Attributes:
        caption: what is said now; empty when nothing is.
        caption_goes, caption_comes: seconds in which the old one leaves and the new one appears.
        seconds_per_word, seconds_more: for which a caption stands at least, from its appearance on.
    """

    caption_goes, caption_comes = 0.3, 0.7
    seconds_per_word, seconds_more = 0.3, 1.0

    def setup(self) -> None:
        super().setup()
        self.caption: Mobject = VGroup()
        self.caption_is_read_at = 0.0

    def say(
        self,
        words: str | Mobject,
        *animations: Any,
        beside: Mobject | None = None,
        side: np.ndarray = DOWN,
        color: str = TEXT,
        run_time: float | None = None,
    ) -> None:
        """The old caption goes, once it has been read; the new one comes, with whatever happens meanwhile.

        Args:
            words: a sentence, or a mobject that takes a caption's place.
            animations: played while it comes.
            beside, side: the thing it is about, and on which side of it to stand. At the frame's lower edge if None.
            color: of the words.
            run_time: of what comes, in seconds; `caption_comes` unless given.
        """
        if not isinstance(words, str):
            new = words
        elif beside is None:
            new = get_caption(words).set_fill(color).fix_in_frame()
        else:
            new = get_callout(words, beside, side).set_fill(color)
        self.wait_until_read()
        if len(self.caption):
            self.play(FadeOut(self.caption), run_time=self.caption_goes)
        self.play(FadeIn(new), *animations, run_time=self.caption_comes if run_time is None else run_time)
        self.caption = new
        texts = [part.text for part in new.get_family() if isinstance(part, Text)]
        n_words = sum(len(text.split()) for text in texts)
        self.caption_is_read_at = self.time + n_words * self.seconds_per_word + self.seconds_more

    def hush(self, *animations: Any, run_time: float | None = None) -> None:
        """The caption goes, once it has been read, with whatever happens meanwhile."""
        self.wait_until_read()
        going = [FadeOut(self.caption)] if len(self.caption) else []
        if going or animations:
            self.play(*going, *animations, run_time=self.caption_goes if run_time is None else run_time)
        self.caption = VGroup()

    def wait_until_read(self) -> None:
        """Wait for as long as the caption still has to stand."""
        left = self.caption_is_read_at - self.time
        if len(self.caption) and left > 0.05:
            self.wait(left)

    def clear_all_but(self, *kept: Mobject, run_time: float = 0.6) -> None:
        """Fade out the caption, once it has been read, and what stands on stage but for some mobjects."""
        self.wait_until_read()
        stay = {id(part) for mobject in (*kept, self.frame) for part in mobject.get_family()}
        going = [mobject for mobject in self.mobjects if id(mobject) not in stay]
        self.play(FadeOut(Group(*going)), run_time=run_time)
        self.caption = VGroup()
