"""What the tests share: a ManimGL that can be imported, and a screen that nobody sees.

ManimGL reads the command line while it is imported and ends the process over an option it does not know, so
the arguments of pytest are taken away here, once; tests may import `manim_imports_ext` or `manimlib` freely.
Where there is no display everything runs without one.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest

from darkroom.engine import hooks

sys.argv = ["manimgl"]
hooks.activate()


@pytest.fixture(scope="session")
def x_display() -> Iterator[str]:
    """The name of a virtual X display, such as ":7". Whatever is to have a window gets it as DISPLAY.

    Tests that want one are skipped where it is not installed. `make test` installs it first, so it skips none.
    """
    xvfb = shutil.which("Xvfb")
    if not xvfb or not shutil.which("xclip"):
        pytest.skip("Xvfb or xclip is missing: run `make system-tests` once")
    server = subprocess.Popen(
        [xvfb, "-displayfd", "1", "-screen", "0", "1280x720x24", "-nolisten", "tcp"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert server.stdout
        yield f":{server.stdout.readline().strip()}"
    finally:
        server.terminate()
        server.wait()
