"""Superposition: more directions than dimensions."""

from _2025.superposition.superposition import Superposition

SCENES_IN_ORDER = [
    Superposition,  # at 90° as many directions fit as there are dimensions; nearly so, how many?
]
