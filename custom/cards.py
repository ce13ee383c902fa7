"""Cards: the words that open and close a film, over a picture of its own, and those at the edges of a scene."""

from __future__ import annotations

from itertools import pairwise

from manimlib import (
    DOWN,
    PI,
    RIGHT,
    UP,
    Animation,
    Circle,
    LaggedStart,
    Line,
    Square,
    Text,
    VGroup,
    VShowPassingFlash,
)

from custom.palette import (
    ACTIVATION,
    BACKGROUND,
    GRADIENT,
    INPUT,
    LOSS,
    OPERATION,
    PARAMETER,
    SCAFFOLD,
    TEXT,
)
from custom.typography import BODY, HEADING, SERIF, TITLE

SAFE_AREA = 0.4  # nothing that must be read comes closer to the frame's edge


def get_title(text: str) -> Text:
    """A scene's title, at the top edge."""
    return Text(text, font=SERIF, font_size=HEADING).set_color(TEXT).to_edge(UP, buff=SAFE_AREA)


def get_caption(text: str, t2c: dict[str, str] | None = None) -> Text:
    """The one sentence of a moment, at the bottom edge."""
    caption = Text(text, font=SERIF, font_size=BODY, t2c=t2c or {})
    return caption.set_max_width(12.8).to_edge(DOWN, buff=SAFE_AREA + 0.1)


class Emblem(VGroup):
    """A little row of shapes, leaf to operation to loss: decoration, no data.

    Parts: `links` (lines), `beads` (shapes, left to right).
    """

    def __init__(self, width: float = 8.0):
        colors = (INPUT, OPERATION, PARAMETER, OPERATION, INPUT, OPERATION, LOSS)
        self.beads = VGroup(
            (Square().rotate(PI / 4).set_width(0.75) if color == OPERATION else Circle(radius=0.29))
            .set_stroke(TEXT, 2)
            .set_fill(color, 1)
            for color in colors
        )
        for i, bead in enumerate(self.beads):
            bead.move_to(width * (i / (len(colors) - 1) - 0.5) * RIGHT)
        self.links = VGroup(
            Line(a.get_right(), b.get_left(), buff=0).set_stroke(SCAFFOLD, 5) for a, b in pairwise(self.beads)
        )
        super().__init__(self.links, self.beads)

    def get_way_there(self) -> Animation:
        """A flash of what flows forward along the links, from the first bead to the last."""
        return self._get_flashes([link.copy().set_stroke(ACTIVATION, 10) for link in self.links])

    def get_way_back(self) -> Animation:
        """A red flash along the links, from the last bead to the first."""
        return self._get_flashes([link.copy().reverse_points().set_stroke(GRADIENT, 10) for link in self.links[::-1]])

    def _get_flashes(self, links: list[Line]) -> Animation:
        # A flash is drawn by the widths at a line's points: with two of them there would be none in between.
        return LaggedStart(
            *(VShowPassingFlash(link.insert_n_curves(20), time_width=2.5) for link in links), lag_ratio=0.4
        )


class TitleCard(VGroup):
    """What opens a film: words that can be read over a picture, or with the emblem where there is none.

    Parts: `title`, `subtitle`, `emblem`. Over a picture, show the first two and place them where it has room.
    """

    def __init__(self, title: str, subtitle: str):
        self.title = Text(title, font=SERIF, font_size=2 * TITLE).set_color(TEXT).set_backstroke(BACKGROUND, 8)
        self.subtitle = Text(subtitle, font=SERIF, font_size=BODY).set_color(TEXT).set_backstroke(BACKGROUND, 8)
        self.emblem = Emblem()
        super().__init__(self.title, self.subtitle, self.emblem)
        self.arrange(DOWN, buff=0.6).set_max_width(12.6)


class EndCard(VGroup):
    """What closes a film: words that can be read over its last picture, or with the emblem where there is none.

    Parts: `emblem`, `message`, `note`. Over a picture, show the last two and place them where it has room.
    """

    def __init__(self, message: str, note: str):
        self.emblem = Emblem()
        self.message = Text(message, font=SERIF, font_size=TITLE).set_color(TEXT).set_backstroke(BACKGROUND, 8)
        self.note = Text(note, font=SERIF, font_size=BODY - 4).set_color(TEXT).set_backstroke(BACKGROUND, 8)
        super().__init__(self.emblem, self.message, self.note)
        self.arrange(DOWN, buff=0.6).set_max_width(12.6)
