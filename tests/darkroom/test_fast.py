"""Fast drawing shows what ManimGL shows: every byte of every frame."""

from collections.abc import Iterator

import numpy as np
import pytest
from manimlib.config import manim_config
from manimlib.utils.shaders import PROGRAM_UNIFORM_MIRRORS

from darkroom.engine.run import Observer, Run
from tests.darkroom import fast_scenes

WIDTH, HEIGHT, FPS = 240, 136, 8


class Keeping(Observer):
    def __init__(self) -> None:
        self.frames: list[bytes] = []

    def on_frame(self, run: Run) -> None:
        self.frames.append(run.raw())


@pytest.fixture(autouse=True)
def small() -> Iterator[None]:
    resolution = manim_config.camera.resolution
    manim_config.camera.resolution = (WIDTH, HEIGHT)
    yield
    manim_config.camera.resolution = resolution


def play(scene: type, fast: bool) -> tuple[list[bytes], dict[str, int]]:
    # ManimGL knows programs by their id, and the last scene's are gone.
    PROGRAM_UNIFORM_MIRRORS.clear()
    kept = Keeping()
    run = Run(scene, kept, fps=FPS, fast=fast)()
    return kept.frames, dict(run.fallbacks)


def assert_equal(fast: list[bytes], stock: list[bytes]) -> None:
    assert len(fast) == len(stock) > 2
    different = [n for n, (a, b) in enumerate(zip(fast, stock, strict=True)) if a != b]
    if different:
        a, b = (np.frombuffer(frames[different[0]], np.uint8).reshape(HEIGHT, WIDTH, 4) for frames in (fast, stock))
        rows, columns = np.nonzero((a != b).any(axis=2))
        pytest.fail(
            f"frames {different} of {len(stock)} differ; {different[0]} at {len(rows)} pixels, "
            f"rows {rows.min()} to {rows.max()}, columns {columns.min()} to {columns.max()}"
        )
    assert len(set(stock)) > 1, "nothing ever changes in this scene"


@pytest.mark.slow
@pytest.mark.parametrize("scene", fast_scenes.EXACT, ids=lambda scene: scene.__name__)
def test_frames_are_those_of_stock_drawing(scene: type) -> None:
    stock, _ = play(scene, fast=False)
    fast, fallbacks = play(scene, fast=True)
    assert_equal(fast, stock)
    assert not fallbacks
    assert play(scene, fast=True)[0] == fast


@pytest.mark.slow
@pytest.mark.parametrize("scene", fast_scenes.LEFT_TO_STOCK, ids=lambda scene: scene.__name__)
def test_what_cannot_be_exact_is_left_to_stock_drawing_and_said(scene: type) -> None:
    stock, _ = play(scene, fast=False)
    fast, fallbacks = play(scene, fast=True)
    assert_equal(fast, stock)
    assert list(fallbacks) == [fast_scenes.LEFT_TO_STOCK[scene]]
