"""Can a card be read over a picture, and do the flashes of a film's emblem show?"""

import numpy as np
import pytest

from custom.cards import Emblem, EndCard, TitleCard


@pytest.mark.parametrize(("way", "first"), [("get_way_there", 0), ("get_way_back", -1)])
def test_a_flash_runs_along_every_link_and_can_be_seen(way, first):
    emblem = Emblem()
    flashes = getattr(emblem, way)()
    flashes.begin()
    widest = np.zeros(len(emblem.links))
    turn = []
    for alpha in np.linspace(0, 1, 81):
        flashes.interpolate(alpha)
        widths = np.array([flash.mobject.get_stroke_widths().max() for flash in flashes.animations])
        widest = np.maximum(widest, widths)
        if widths.any():
            turn.append(widths.argmax())
    assert (widest > 6).all()
    links = [flash.mobject.get_x() for flash in flashes.animations]
    assert np.argmin(np.abs(np.array([link.get_x() for link in emblem.links]) - links[0])) == first % len(emblem.links)
    assert sorted(turn) == turn and {*turn} == {*range(len(links))}


@pytest.mark.parametrize("card", [TitleCard("Title", "A subtitle"), EndCard("A message", "A note")])
def test_a_cards_words_have_a_dark_rim(card):
    words = [part for part in card if part is not card.emblem]
    assert len(words) == 2
    for part in words:
        glyph = part.family_members_with_points()[0]
        assert glyph.get_stroke_width() > 0 and glyph.stroke_behind
