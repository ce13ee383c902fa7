"""Runs functions right after the modules they mend have been imported.

This module is imported at the start of every Python process of the environment (see `boot`), so it imports
nothing itself, and does nothing before somebody imports ManimGL.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

    Mend = Callable[[ModuleType], None]

    Explain = Callable[[ModuleType, Exception], None]

_waiting: dict[str, list[Mend]] = {}
_explaining: dict[str, Explain] = {}
_prepared = False


def activate() -> None:
    """Be ready for ManimGL; mend what is loaded of it already. Calling it again does nothing."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
    if "manimlib" in sys.modules:
        _prepare()


def after_import(name: str, mend: Mend) -> None:
    """Hand module `name` to `mend`: now if it has been imported, else as soon as it is."""
    if name in sys.modules:
        mend(sys.modules[name])
    else:
        _waiting.setdefault(name, []).append(mend)


def on_failure(name: str, explain: Explain) -> None:
    """Should module `name` fail while it is imported, hand it to `explain`, with the error. What that raises counts."""
    _explaining[name] = explain
    _waiting.setdefault(name, [])


def _prepare() -> None:
    """Queue the mends. Left until ManimGL is wanted, because finding out costs milliseconds."""
    global _prepared
    if not _prepared:
        _prepared = True
        from darkroom.engine import headless, repairs

        repairs.prepare()
        headless.prepare()


class _Finder:
    """Sees every import, and takes part in those of the modules that are waited for."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name == "manimlib":
            _prepare()
        mends = _waiting.pop(name, None)
        if mends is None:
            return None
        from importlib.util import find_spec

        spec = find_spec(name)  # asks the other finders: we no longer wait for this name
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def execute_and_mend(module: ModuleType) -> None:
            try:
                execute(module)
            except Exception as error:
                if name in _explaining:
                    _explaining[name](module, error)
                raise
            for mend in mends:
                mend(module)

        spec.loader.exec_module = execute_and_mend  # type: ignore[method-assign]
        return spec
