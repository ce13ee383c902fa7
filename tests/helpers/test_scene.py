"""Captions stand until they are read, the stage is cleared in one way, and acts hand on what they say they do."""

from dataclasses import dataclass

import pytest

from darkroom import engine

engine.load()

from manimlib import RIGHT, Square, Text  # noqa: E402

from custom import Act, CaptionedScene, SceneOfActs, check_acts, put_on_baseline  # noqa: E402
from darkroom.engine.run import Run  # noqa: E402


def play(construct, base=CaptionedScene):
    return Run(type("Played", (base,), {"construct": construct}), draws=False, fps=10)().scene


@pytest.mark.parametrize("leave", [lambda s: s.hush(), lambda s: s.say("next"), lambda s: s.clear_all_but()])
def test_a_caption_leaves_no_sooner_than_it_can_be_read(leave):
    times = []

    def construct(self):
        self.say("six words that must be read")
        came = self.time
        self.play_before = self.play
        self.play = lambda *a, **k: (times.append(self.time - came), self.play_before(*a, **k))
        leave(self)

    play(construct)
    assert times[0] == pytest.approx(6 * 0.3 + 1, abs=0.11)


def test_a_caption_that_was_read_leaves_at_once():
    def construct(self):
        self.say("short")
        self.wait(3)
        self.before = self.time
        self.hush()

    scene = play(construct)
    assert scene.time - scene.before == pytest.approx(scene.caption_goes, abs=0.11)
    assert not len(scene.caption)


def test_words_can_stand_beside_a_thing():
    def construct(self):
        self.square = Square().shift([3, 1, 0])
        self.say("beside it", beside=self.square, side=RIGHT)

    scene = play(construct)
    assert scene.caption.get_left()[0] == pytest.approx(scene.square.get_right()[0] + 0.25, abs=1e-6)
    assert scene.caption.get_y() == pytest.approx(scene.square.get_y(), abs=0.05)


def test_clearing_leaves_what_is_kept_and_the_camera():
    def construct(self):
        self.kept, gone = Square(), Square()
        self.add(self.kept, gone)
        self.say("words")
        self.clear_all_but(self.kept)

    scene = play(construct)
    assert scene.mobjects == [scene.frame, scene.kept]


def test_lines_stand_on_one_baseline_whatever_their_letters():
    high, low = Text("aegis"), Text("man").shift([2, 3, 0])
    put_on_baseline(low, high)
    assert low[0].get_bottom()[1] == pytest.approx(high[0].get_bottom()[1], abs=0.02)


@dataclass
class Page:
    square: Square


class First(Act):
    def act(self, before: None) -> Page:
        square = Square()
        self.add(square)
        self.wait(0.2)
        return Page(square)

    def get_name(self):
        return "first"


class Second(Act):
    def set_up(self) -> Page:
        square = Square()
        self.add(square)
        return Page(square)

    def act(self, before: Page) -> Page:
        self.seen = before.square, self.get_name()
        self.play(before.square.animate.shift([1, 0, 0]), run_time=0.2)
        return before

    def get_name(self):  # methods of one name in two acts do not meet
        return "second"


class Both(SceneOfActs):
    acts = (First, Second)


def test_acts_follow_each_other_on_one_stage():
    scene = Run(Both, draws=False, fps=10)().scene
    square, name = scene.seen
    assert type(scene) is Both and square in scene.mobjects and name == "second"
    assert square.get_x() == pytest.approx(1) and scene.time == pytest.approx(0.4, abs=0.01)


def test_an_act_alone_sets_up_what_it_takes_over():
    scene = Run(Second, draws=False, fps=10)().scene
    assert scene.seen[0] in scene.mobjects


def test_acts_that_do_not_fit_are_named():
    check_acts((First, Second, Second))
    with pytest.raises(TypeError, match=r"Second hands on .*Page.*First takes over"):
        check_acts((Second, First))
