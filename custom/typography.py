"""The two typefaces and the sizes of the house, and the promise that they are really there.

Sizes are ManimGL font sizes on a frame 8 units tall: 24 is about 22 px of capital height at 1080p, the
smallest thing anyone must read.
"""

from typing import Final

import manimpango

SERIF: Final = "Latin Modern Roman"  # the same letters as our LaTeX, and as DecimalNumber's digits
MONO: Final = "Inconsolata"

TITLE: Final = 60
HEADING: Final = 48
BODY: Final = 40
LABEL: Final = 30
SMALL: Final = 24

# On an upright frame, 9 units wide and 16 tall, which is looked at on a telephone.
UPRIGHT_TITLE: Final = 72
UPRIGHT_BODY: Final = 54
UPRIGHT_SMALL: Final = 40

_WHERE_FROM: Final = {
    SERIF: ("fonts-lmodern", "font-latin-modern"),
    MONO: ("fonts-inconsolata", "font-inconsolata"),
}


def require_fonts() -> None:
    """Pango draws a missing font in another one without a word; we would rather stop.

    Raises:
        RuntimeError: naming each missing family and the line that installs it.
    """
    known = set(manimpango.list_fonts())
    missing = [font for font in _WHERE_FROM if font not in known]
    if missing:
        debian = " ".join(_WHERE_FROM[font][0] for font in missing)
        brew = " ".join(_WHERE_FROM[font][1] for font in missing)
        raise RuntimeError(
            f"missing font: {', '.join(missing)}.\n"
            f"  Debian, Ubuntu:  apt-get install {debian}\n"
            f"  macOS:           brew install --cask {brew}"
        )


require_fonts()
