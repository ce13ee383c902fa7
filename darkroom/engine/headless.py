"""ManimGL on a Linux machine without a display: EGL instead of an X server, an invisible window.

Stock ManimGL 1.7.2 cannot even be imported there, because it imports pyglet's window on the way. With the
functions below `manimgl FILE SCENE -w` renders, and `-e LINE` has its prompt: the window is an EGL pixel
buffer of 1280x720, so that everything which wants a window finds one. Files keep their own resolution.

Where there is a display, nothing here is used.
"""

import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

from darkroom.engine.hooks import after_import


def is_headless() -> bool:
    """Whether this is a machine where a window could appear, but none can."""
    return sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def prepare() -> None:
    """Queue the mends below, where they are needed."""
    if is_headless():
        after_import("pyglet", pixel_buffers_for_windows)
        after_import("OpenGL.plugins", functions_from_egl)
        after_import("moderngl", contexts_from_egl)
        after_import("screeninfo", a_screen_to_measure)
        after_import("manimlib.config", no_previews)


# The ways to say this by environment variables (PYGLET_HEADLESS, PYOPENGL_PLATFORM) would be inherited by
# the programs we start, which may well be given a display.


def pixel_buffers_for_windows(pyglet: Any) -> None:
    """pyglet 2.1 opens windows through X11 unless told otherwise before its window module is imported."""
    pyglet.options.headless = True


def functions_from_egl(plugins: Any) -> None:
    """PyOpenGL 3.1 looks OpenGL's functions up through GLX, which is X11's, and need not be installed."""
    match = plugins.PlatformPlugin.match

    def egl(key: tuple[str | None, ...]) -> Any:
        return match(("egl", *key[1:]))

    plugins.PlatformPlugin.match = egl


def contexts_from_egl(moderngl: Any) -> None:
    """moderngl 5 asks X11 for contexts; no environment variable changes that, only an argument.

    For a window we adopt the context pyglet has made current: glcontext's EGL backend cannot detect one.
    """
    stock: Callable[..., Any] = moderngl.create_context

    @wraps(stock)
    def create_context(
        require: int | None = None, standalone: bool = False, share: bool = False, **settings: Any
    ) -> Any:
        if standalone or share:
            return stock(require, standalone, share, **{"backend": "egl", **settings})
        moderngl.init_context()
        return moderngl.get_context()

    moderngl.create_context = create_context


def a_screen_to_measure(screeninfo: Any) -> None:
    """ManimGL's own fallback for a machine without screens is one without a position, which it then reads."""
    stock: Callable[..., list[Any]] = screeninfo.get_monitors

    @wraps(stock)
    def get_monitors(name: Any = None) -> list[Any]:
        try:
            return stock(name)
        except screeninfo.ScreenInfoError:
            return [screeninfo.Monitor(x=0, y=0, width=1920, height=1080)]

    screeninfo.get_monitors = get_monitors


def no_previews(config: Any) -> None:
    """While skipping to a line, ManimGL draws a frame per animation for somebody to watch."""
    config.manim_config.scene.preview_while_skipping = False
