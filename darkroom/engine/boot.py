"""Makes `import manimlib` work without a display. (First draft: the engine's author completes it.)"""

import importlib.abc
import importlib.util
import os
import sys

_active = False


def activate() -> None:
    """Install the import hooks once; harmless where there is a display."""
    global _active
    if _active or not sys.platform.startswith("linux"):
        return
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return
    _active = True
    os.environ.setdefault("PYGLET_HEADLESS", "1")
    os.environ.setdefault("PYOPENGL_PLATFORM", "egl")

    def _moderngl(m):
        real = m.create_context

        def create_context(require=None, standalone=False, share=False, **kw):
            if standalone or share:
                return real(require, standalone, share, **{"backend": "egl", **kw})
            m.init_context()
            return m.get_context()

        m.create_context = create_context

    def _screeninfo(m):
        real = m.get_monitors

        def get_monitors(name=None):
            try:
                return real(name)
            except m.ScreenInfoError:
                return [m.Monitor(x=0, y=0, width=1920, height=1080)]

        m.get_monitors = get_monitors

    def _tex(m):
        real = m.get_tex_template_config

        def get_tex_template_config(name):
            from manimlib.config import manim_config

            return manim_config.tex.templates.get(name) or real(name)

        m.get_tex_template_config = get_tex_template_config

    def _mobject(m):
        import numpy as np

        real = m.Mobject.set_rgba_array_by_color

        def set_rgba_array_by_color(self, color=None, opacity=None, name="rgba", recurse=True):
            if opacity is not None and np.ndim(opacity) == 0:
                opacity = float(opacity)
            return real(self, color, opacity, name, recurse)

        m.Mobject.set_rgba_array_by_color = set_rgba_array_by_color

    fixes = {
        "moderngl": _moderngl,
        "screeninfo": _screeninfo,
        "manimlib.utils.tex_file_writing": _tex,
        "manimlib.mobject.mobject": _mobject,
    }

    class _Hook(importlib.abc.MetaPathFinder):
        def find_spec(self, name, path=None, target=None):
            fix = fixes.pop(name, None)
            if fix is None:
                return None
            spec = importlib.util.find_spec(name)
            run = spec.loader.exec_module
            spec.loader.exec_module = lambda mod: (run(mod), fix(mod))
            return spec

    sys.meta_path.insert(0, _Hook())


if __name__ == "__main__":
    import site
    from pathlib import Path

    Path(site.getsitepackages()[0], "darkroom.pth").write_text("import darkroom.engine.boot as _b; _b.activate()\n")
