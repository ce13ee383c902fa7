"""All that reaches into ManimGL's internals, and the one way to import it."""

from darkroom.engine import boot


def load() -> None:
    """Import ManimGL with its repairs, with or without a display. Safe to call twice."""
    boot.activate()
    import manimlib  # noqa: F401
