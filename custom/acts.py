"""A long scene in acts: each is an object of its own that says what it takes over and what it hands on.

    @dataclass
    class Stage:
        block: SolidBlock
        embedding: NumericEmbedding

    class SetTheStage(Act):
        '''What the viewer believes afterwards.'''

        def act(self, before: None) -> Stage: ...

    class UpProjection(Act):
        def set_up(self) -> Stage: ...                # what it takes over, put on stage at once: to play it alone
        def act(self, before: Stage) -> Product: ...

    class Walkthrough(SceneOfActs):
        acts = SetTheStage, UpProjection

An act keeps nothing on `self`: what a later one needs is in what it returns. So an act can be put between two others
by adding it to the list, as long as it takes what the one before it returns and returns what the next one takes.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, ClassVar, get_type_hints

from custom.scene import CaptionedScene


class Act(CaptionedScene):
    """One act. Alone it is a scene like any other: it sets up what it takes over, and plays."""

    def construct(self) -> None:
        self.act(self.set_up())

    def set_up(self) -> Any:
        """Put what this act takes over on stage, at once, and return it. Nothing, for a first act."""
        return None

    def act(self, before: Any) -> Any:
        """Play this act; return what it hands on.

        Args:
            before: what the act before it returned, or `set_up` if it is played alone.
        """
        raise NotImplementedError(f"{type(self).__name__} has no method `act`")


class SceneOfActs(CaptionedScene):
    """Acts one after the other on one stage.

    Attributes:
        acts: their classes, in order.
    """

    acts: ClassVar[tuple[type[Act], ...]] = ()

    def construct(self) -> None:
        own, state = type(self), None
        for act in self.acts:
            # The scene itself plays as an object of the act's class: its camera, stage and clock are the whole's,
            # its methods the act's alone.
            self.__class__ = act  # type: ignore[assignment]
            state = self.act(state)
        self.__class__ = own


def check_acts(acts: tuple[type[Act], ...]) -> None:
    """See that each act takes over what the one before it hands on.

    Raises:
        TypeError: naming the two acts, and the two types.
    """
    for before, after in pairwise(acts):
        handed, taken = get_type_hints(before.act).get("return"), get_type_hints(after.act).get("before")
        if handed is not taken:
            raise TypeError(f"{before.__name__} hands on {handed}, but {after.__name__} takes over {taken}")
