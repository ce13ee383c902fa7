"""Training runs that need not be done twice: arrays in a cache file that is named by all that decides them."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch
from appdirs import user_cache_dir
from numpy.typing import NDArray


def cache_file(name: str, config: Any, source: str, *libraries: ModuleType) -> Path:
    """Where the run of a configuration is kept.

    Args:
        name: what the file's name begins with.
        config: a dataclass instance: all that is chosen.
        source: `__file__` of the module that trains; another text there is another run.
        libraries: whose versions decide too.
    """
    versions = {library.__name__: library.__version__ for library in libraries}
    decides = json.dumps(asdict(config) | versions, sort_keys=True).encode() + Path(source).read_bytes()
    return Path(user_cache_dir("inside-neural-networks")) / f"{name}-{hashlib.sha256(decides).hexdigest()[:20]}.npz"


def read(file: Path) -> dict[str, NDArray[Any]] | None:
    """The arrays of a cache file, or None if it is not there, or not whole, or a number in it is not finite."""
    try:
        with np.load(file, allow_pickle=False) as stored:
            arrays = dict(stored)
    except Exception:  # a damaged archive fails in many ways, and all mean the same: train again
        return None
    finite = all(np.isfinite(array).all() for array in arrays.values() if array.dtype.kind == "f")
    return arrays if finite else None


def write(file: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Keep the arrays; a file is there whole or not at all, and no place to keep it is no error."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".part", delete=False) as part:
            np.savez(part, **arrays)  # type: ignore[arg-type]
        os.replace(part.name, file)
    except OSError:
        return


@contextmanager
def one_thread() -> Iterator[None]:
    """Torch adds up in one order, however many processors there are; the caller's setting comes back."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
