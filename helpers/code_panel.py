"""A few lines of code with a bar that shows which one runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from manimlib import DOWN, LEFT, Animation, AnimationGroup, RoundedRectangle, Text, VGroup

from custom.palette import FOCUS
from custom.typography import LABEL, MONO
from helpers.plate import Plate


class CodePanel(VGroup):
    """Lines of code on a plate.

    Parts: `box` (the plate), `bar` (marks the running line; not seen until `run_line`), `lines` (one Text each).

    Args:
        lines: the code, a string each.
        colors: substring to colour, applied in every line.
    """

    def __init__(
        self,
        lines: Sequence[str],
        colors: Mapping[str, str] | None = None,
        font_size: int = LABEL,
        line_gap: float = 0.3,
        padding: float = 0.35,
    ):
        self.lines = VGroup(
            Text(line, font=MONO, font_size=font_size, t2c=dict(colors or {})).set_opacity(0.7) for line in lines
        )
        self.lines.arrange(DOWN, buff=line_gap, aligned_edge=LEFT)
        self.box = Plate(self.lines, padding)
        self.bar = RoundedRectangle(
            self.box.face.get_width() - 0.16, self.lines[0].get_height() + 0.22, corner_radius=0.08
        )
        self.bar.set_stroke(width=0).set_fill(FOCUS, 0).move_to(self.box).match_y(self.lines[0])
        super().__init__(self.box, self.bar, self.lines)

    def run_line(self, index: int, **kwargs) -> Animation:
        """The bar moves to a line, which brightens; the others dim."""
        return AnimationGroup(
            self.bar.animate.match_y(self.lines[index]).set_fill(FOCUS, 0.25),
            *(line.animate.set_opacity(1 if i == index else 0.7) for i, line in enumerate(self.lines)),
            **kwargs,
        )
