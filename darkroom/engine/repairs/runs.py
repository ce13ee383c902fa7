"""Runs: seeds, runs without a window, and where `-e LINE` stops."""

import random
import sys
from functools import wraps
from pathlib import Path
from typing import Any

from darkroom.engine.headless import is_headless
from darkroom.engine.repairs.registry import repair
from darkroom.errors import UsageError


@repair("manimlib.config")
def fps(config: Any) -> None:
    """`--fps 30` is left a string, and 1 / "30" fails once the scene plays. Here it becomes a number."""
    camera = config.manim_config.camera
    if isinstance(camera.fps, str):
        try:
            value = float(camera.fps)
            if not value > 0:
                raise ValueError
        except ValueError:
            sys.exit(f"--fps {camera.fps}: frames per second are a number above 0, e.g. --fps 30")
        camera.fps = int(value) if value.is_integer() else value


@repair("manimlib.scene.scene")
def reseeding(scene: Any) -> None:
    """Random numbers are seeded when a scene is made, and all scenes of a run are made before the first one
    plays: the second differs from itself played alone. Here each is seeded when it starts, and torch too if
    it is in use. `random_seed = None` still means chance.
    """
    stock = scene.Scene.run

    @wraps(stock)
    def run(self: Any) -> None:
        if self.random_seed is not None:
            random.seed(self.random_seed)
            scene.np.random.seed(self.random_seed)
            if torch := sys.modules.get("torch"):
                torch.manual_seed(self.random_seed)
        stock(self)

    scene.Scene.run = run


@repair("manimlib.scene.scene")
def frame_shape(scene: Any) -> None:
    """ManimGL fixes the shape of the frame while it is imported; a scene made for another one comes out
    distorted. A scene whose class says `frame_shape = (9, 16)` is refused here in a frame that is not 9 wide
    and 16 tall, with the line that starts it in one.
    """
    from darkroom.engine.frame import require

    stock = scene.Scene.__init__

    @wraps(stock)
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        require(type(self))
        stock(self, *args, **kwargs)

    scene.Scene.__init__ = __init__


@repair("manimlib.scene.scene")
def nothing_to_show(scene: Any) -> None:
    """After its last animation a scene waits in its window for events. Without a display they never come, so
    there it ends. A scene that was to stop at a line and has not come by it says so.
    """
    from manimlib.config import manim_config

    stock = scene.Scene.interact

    @wraps(stock)
    def interact(self: Any) -> None:
        if self.window is None:
            return
        run = manim_config.run
        if run.embed_line is not None:
            print(
                f"{self} has ended without coming to line {run.embed_line} of {run.file_name}:\n"
                "  nothing calls the method that line is in, or something before it has returned.",
                file=sys.stderr,
            )
        if is_headless():
            raise scene.EndScene
        stock(self)

    scene.Scene.interact = interact


@repair("manimlib.extract_scene")
def without_a_window(extract_scene: Any) -> None:
    """`manimgl FILE SCENE` without a display would play, in real time, for nobody, and never end. A scene
    that stops itself (`self.embed()`) may; any other is told about `-w` and `-e LINE` before it starts.
    """
    stock = extract_scene.main

    @wraps(stock)
    def main(scene_config: Any, run_config: Any) -> Any:
        file, scenes = run_config.file_name, run_config.scene_names
        wants_window = run_config.show_in_window and run_config.embed_line is None
        if file and wants_window and is_headless() and ".embed(" not in Path(file).read_text("utf-8"):
            command = " ".join(["manimgl", file, *scenes])
            print(
                "There is no display here, so there is nothing to show. What works:\n"
                f"  {command} -w           render to a file\n"
                f"  {command} -se LINE     stop at a line, with a prompt\n"
                f"  darkroom render {' '.join(f'{file}:{scene}' for scene in scenes) or file}",
                file=sys.stderr,
            )
            sys.exit(2)
        return stock(scene_config, run_config)

    extract_scene.main = main


@repair("manimlib.extract_scene")
def embed_line(extract_scene: Any) -> None:
    """`-e LINE` inside brackets or on `for ...:  # comment` is a syntax error; in a string, in another scene
    or past the end it does nothing and says nothing. Here every line of every method of a scene works (see
    `embed_line.py`), a line that cannot is refused with a reason, and SCENE may be left out: it is the
    class around the line.
    """
    from darkroom.engine.embed_line import NoPlace, Place, embed_at

    stock_scenes, stock_main = extract_scene.get_scenes_to_render, extract_scene.main
    stop: Place | None = None
    around: Any = None  # the class the line is in

    def insert_embed_line_to_module(module: Any, line_number: int) -> None:
        nonlocal stop, around
        file = Path(module.__file__)
        tree, stop = embed_at(file, line_number)
        exec(compile(tree, str(file), "exec", dont_inherit=True), module.__dict__)
        around = module.__dict__[stop.scene]

    def get_scenes_to_render(all_scene_classes: list[Any], scene_config: Any, run_config: Any) -> list[Any]:
        if stop is None:
            return list(stock_scenes(all_scene_classes, scene_config, run_config))
        where = f"{run_config.file_name}, line {stop.line} is in {stop.scene}"
        command = f"manimgl {run_config.file_name} {stop.scene} -se {stop.line}"
        known = {scene.__name__: scene for scene in all_scene_classes}
        if issubclass(around, extract_scene.Scene):
            known[stop.scene] = around
        for name in run_config.scene_names:
            if name not in known:
                raise NoPlace(f"{run_config.file_name} has no scene {name}.", f"Line {stop.line}:  {command}")
            if not issubclass(known[name], around):
                hint = command if stop.scene in known else ""
                raise NoPlace(f"{where}, and {name} never comes by it.", hint)
        if not run_config.scene_names and stop.scene not in known:
            raise NoPlace(f"{where}, which is no scene.", f"Its scenes: {', '.join(known)}")
        return [
            extract_scene.scene_from_class(known[name], scene_config, run_config)
            for name in run_config.scene_names or [stop.scene]
        ]

    @wraps(stock_main)
    def main(scene_config: Any, run_config: Any) -> Any:
        nonlocal stop
        stop = None
        try:
            if run_config.file_name and run_config.embed_line is not None:
                # A mistake should show before anything runs; and to ManimGL line 0 means none.
                embed_at(Path(run_config.file_name), run_config.embed_line)
            return stock_main(scene_config, run_config)
        except UsageError as error:
            print(error, file=sys.stderr)
            sys.exit(error.exit_code)

    extract_scene.insert_embed_line_to_module = insert_embed_line_to_module
    extract_scene.get_scenes_to_render = get_scenes_to_render
    extract_scene.main = main
