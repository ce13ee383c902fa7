"""Which repairs there are, and which are wanted."""

import os
import warnings
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Any, cast

from darkroom.engine.hooks import after_import, on_failure

FOR_VERSION = "1.7.2"

Mend = Callable[[Any], None]
Explain = Callable[[Any, Exception], None]

_repairs: dict[str, tuple[str, Mend | Explain]] = {}
_explaining: set[str] = set()


def repair(module: str) -> Callable[[Mend], Mend]:
    """Register the function below as the mend of `module`, under its own name."""

    def register(mend: Mend) -> Mend:
        _repairs[mend.__name__] = module, mend
        return mend

    return register


def explanation(module: str) -> Callable[[Explain], Explain]:
    """Register the function below, under its own name: called if `module` fails while it is imported."""

    def register(explain: Explain) -> Explain:
        _repairs[explain.__name__] = module, explain
        _explaining.add(explain.__name__)
        return explain

    return register


def names() -> list[str]:
    """The repairs there are."""
    return list(_repairs)


def prepare() -> None:
    """Queue the repairs, except those left out by DARKROOM_WITHOUT.

    Raises:
        ValueError: if DARKROOM_WITHOUT names one that does not exist.
    """
    # pkg_resources announces its own end whenever ManimGL imports it; our pin of setuptools is the answer.
    warnings.filterwarnings("ignore", message="pkg_resources is deprecated", category=UserWarning)

    without = set(filter(None, os.environ.get("DARKROOM_WITHOUT", "").split(",")))
    if unknown := without - {"all", *_repairs}:
        raise ValueError(f"DARKROOM_WITHOUT={','.join(unknown)}: the repairs are {', '.join(_repairs)}")
    try:
        installed = version("manimgl")
    except PackageNotFoundError:
        installed = FOR_VERSION  # a checkout on the path
    if installed != FOR_VERSION:
        warnings.warn(
            f"darkroom's repairs are for ManimGL {FOR_VERSION}; for {installed} they are left out.",
            stacklevel=2,
        )
    elif "all" not in without:
        for name, (module, mend) in _repairs.items():
            if name in without:
                continue
            if name in _explaining:
                on_failure(module, cast(Explain, mend))
            else:
                after_import(module, cast(Mend, mend))
