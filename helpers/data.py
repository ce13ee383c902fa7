"""Data shaping parameters: the word "Data" drizzles down while numbers follow a training run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from manimlib import DOWN, RIGHT, Animation, AnimationGroup, Text, VGroup, VMobject, linear

from custom.palette import TEXT
from custom.typography import SMALL
from helpers.matrix import AnimateEntriesTo
from truth.numerics import as_floats
from truth.source import Passage, get_source


class AnimateEntriesThrough(AnimateEntriesTo):
    """Numbers run from what they are through snapshots of a training run, and end exactly on the last.

    Between two snapshots they go straight, at whatever frame rate: what is shown depends on time alone.

    Args:
        mobject: a WeightMatrix, a NumericEmbedding, a MachineWithDials: as for AnimateEntriesTo.
        snapshots: (n_snapshots, *the shape of `mobject.values`), evenly spread over the time after the start.
            If the mobject shows the untrained values when this begins, hand over the later ones.
        source: the name of what they are; by default the mobject's own.

    Raises:
        ValueError: no snapshot, one of another shape, or values that are not finite.
    """

    def __init__(
        self,
        mobject: VMobject,
        snapshots: Sequence[Any] | np.ndarray,
        source: Any = None,
        run_time: float = 3.0,
        **kwargs: Any,
    ) -> None:
        if len(snapshots) == 0:
            raise ValueError("numbers cannot run through snapshots: there is none")
        shape = mobject.values.shape
        self.snapshots = list(snapshots)
        for k, snapshot in enumerate(self.snapshots):
            if as_floats(snapshot, name=f"snapshot {k}").shape != shape:
                raise ValueError(f"snapshot {k} of shape {np.shape(snapshot)} does not fit a mobject of shape {shape}")
        super().__init__(mobject, self.snapshots[-1], source, run_time=run_time, **{"rate_func": linear} | kwargs)

    def begin(self) -> None:
        super().begin()
        name = f"{self.end_source}, in training"
        # On the way every snapshot is a source of its own; only the last one is what the numbers are.
        self.stops = [get_source(name, snapshot) for snapshot in self.snapshots[:-1]] + [self.end_source]
        self.ways = [self.start, *(as_floats(snapshot) for snapshot in self.snapshots)]
        self.interpolate(0)

    def interpolate_mobject(self, alpha: float) -> None:
        if not hasattr(self, "ways"):  # the base class's `begin` looks at the start, where nothing has moved
            return
        time = self.rate_func(self.time_spanned_alpha(alpha)) * len(self.snapshots)
        leg = int(np.clip(np.ceil(time) - 1, 0, len(self.snapshots) - 1))
        share = min(time - leg, 1.0)
        source = self.stops[leg]
        if share < 1:
            starts = self.sources if leg == 0 else {index: self.stops[leg - 1].at(*index) for index in self.sources}
            source = Passage(starts, source, np.full(self.start.shape, share))
        self.mobject.set_values((1 - share) * self.ways[leg] + share * self.ways[leg + 1], source)


class DataDrizzle(Animation):
    """Words "Data" appear over something, sink a little and are gone: decoration, nobody could read them as data.

    They come in no particular order, yet the same at every run: the k-th starts when the golden ratio says so.

    Args:
        mobject: what they fall on, where it stands when this begins.
        n_rows, n_columns: of the grid they start from, which covers the mobject.
        shift: how far each one sinks, in frame units.
        span: the part of the time for which each one is seen.
        peak_opacity: at half its way.
        word: what falls.
    """

    def __init__(
        self,
        mobject: VMobject,
        *,
        n_rows: int = 4,
        n_columns: int = 7,
        shift: np.ndarray = DOWN + 0.5 * RIGHT,
        span: float = 0.4,
        peak_opacity: float = 0.75,
        word: str = "Data",
        font_size: float = SMALL,
        color: str = TEXT,
        run_time: float = 3.0,
        **kwargs: Any,
    ) -> None:
        if not 0 < span <= 1:
            raise ValueError(f"each word is seen for a part of the time, more than 0 and up to 1, not {span}")
        self.ground, self.sink, self.span, self.peak = mobject, np.array(shift, dtype=float), span, peak_opacity
        self.grid = (n_rows, n_columns)
        pattern = Text(word, font_size=font_size, fill_color=color)
        words = VGroup(pattern.copy() for _ in range(n_rows * n_columns)).set_opacity(0)
        super().__init__(words, run_time=run_time, remover=True, **{"rate_func": linear} | kwargs)

    def begin(self) -> None:
        places = [np.linspace(-0.5, 0.5, n) if n > 1 else np.zeros(1) for n in self.grid]
        size = np.array([self.ground.get_width(), -self.ground.get_height(), 0])
        middle = self.ground.get_center() - self.sink / 2
        self.starts = [middle + size * (x, y, 0) for y in places[0] for x in places[1]]
        golden = (5**0.5 - 1) / 2
        self.delays = (1 - self.span) * (np.arange(len(self.starts)) * golden % 1)
        super().begin()

    def create_starting_mobject(self) -> VMobject:
        return self.mobject

    def interpolate_mobject(self, alpha: float) -> None:
        time = self.rate_func(self.time_spanned_alpha(alpha))
        for word, start, delay in zip(self.mobject, self.starts, self.delays, strict=True):
            share = float(np.clip((time - delay) / self.span, 0, 1))
            word.move_to(start + share * self.sink).set_fill(opacity=self.peak * float(np.sin(np.pi * share)))


def learn_from_data(
    mobject: VMobject, snapshots: Sequence[Any] | np.ndarray, run_time: float = 3.0, source: Any = None, **drizzle: Any
) -> AnimationGroup:
    """The animation in which data drizzles over numbers while they follow a training run.

    Args:
        mobject, snapshots, source: as for AnimateEntriesThrough.
        drizzle: as for DataDrizzle.
    """
    return AnimationGroup(
        AnimateEntriesThrough(mobject, snapshots, source, run_time=run_time),
        DataDrizzle(mobject, run_time=run_time, **drizzle),
    )
