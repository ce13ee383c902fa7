"""Gives plain `manimgl` the repairs: python -m darkroom.engine.boot install | remove

Python runs each line of a `.pth` file in site-packages that begins with `import`, at every start. Ours sets
the hooks, which wait for ManimGL and cost nothing until then. Should darkroom be gone one day, the line does
nothing.
"""

import sys
import sysconfig
from pathlib import Path

LINE = (
    "import sys; exec('try:\\n from darkroom.engine import hooks\\nexcept ImportError:\\n pass\\n"
    "else:\\n hooks.activate()')\n"
)


def pth_file() -> Path:
    """Where the line is kept, in the environment of the running Python."""
    return Path(sysconfig.get_path("purelib"), "darkroom.pth")


def install() -> None:
    """From now on, every Python of this environment repairs ManimGL when it imports it."""
    pth_file().write_text(LINE)


def remove() -> None:
    """Undo `install`."""
    pth_file().unlink(missing_ok=True)


if __name__ == "__main__":
    verbs = {"install": install, "remove": remove}
    if len(sys.argv) != 2 or sys.argv[1] not in verbs:
        sys.exit("usage: python -m darkroom.engine.boot install | remove")
    verbs[sys.argv[1]]()
