"""Runs: seeds, runs without a window, and where `-e LINE` stops."""

import inspect
import random
import re
import sys
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from darkroom.engine.headless import is_headless
from darkroom.engine.repairs.registry import explanation, repair
from darkroom.errors import PathNotFound, UsageError

if TYPE_CHECKING:
    from darkroom.engine.embed_line import Place


def refuse(error: UsageError) -> NoReturn:
    """Say what is wrong with a command line: `manimgl` itself ends, a program that uses ManimGL gets the error."""
    program = Path(getattr(sys.modules["__main__"], "__file__", None) or "")
    if program.name in ("manimgl", "manim-render") or program.parent.name == "manimlib":
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)
    raise error from None


@explanation("manimlib.config")
def arguments(config: Any, error: Exception) -> None:
    """`-e abc`, `-r 1080`, `-c no_colour` and a configuration file that does not parse end in a traceback, because
    ManimGL reads all of them while it is imported. Here they end in a sentence.
    """
    import yaml

    if isinstance(error, yaml.YAMLError):
        mark = getattr(error, "problem_mark", None)
        place = f"{mark.name}, line {mark.line + 1}" if mark else "the configuration"
        what = f"{place}: {getattr(error, 'problem', None) or error}."
        refuse(UsageError(what, "Mend that line of the YAML file, then run the same command again."))
    if isinstance(error, OSError):
        refuse(UsageError(f"cannot read {error.filename}: {error.strerror}."))
    if "parse_cli" in vars(config):
        _check(config.parse_cli(), error)


def _check(args: Any, error: Exception | None = None) -> None:
    """Refuse arguments that ManimGL would not: they are of the wrong form."""
    line, animations, size = args.embed, args.start_at_animation_number, args.resolution
    if line is not None and not _is_made_of_numbers(line):
        hint = f"The line to stop at is a number:  manimgl {args.file or 'FILE'} -se 12"
        refuse(UsageError(f"-e {line} names no line.", hint))
    if animations is not None and not _is_made_of_numbers(*animations.split(",", 1)):
        refuse(UsageError(f"-n {animations} names no animations.", "Numbers of plays and waits:  -n 3  or  -n 3,7"))
    if size and not (size.count("x") == 1 and _is_made_of_numbers(*size.split("x"))):
        refuse(UsageError(f"-r {size} is no size in pixels.", "Width and height:  -r 1920x1080"))
    if args.color and isinstance(error, NameError | ValueError):
        refuse(UsageError(f"-c {args.color} is no colour.", "A name or a hex code:  -c black  or  -c '#0F1117'"))


def _is_made_of_numbers(*texts: str) -> bool:
    return all(re.fullmatch(r"\s*-?\d+\s*", text) for text in texts)


@repair("manimlib.config")
def repository_config(config: Any) -> None:
    """custom_config.yml is read from the folder one stands in only: started in a subfolder of its repository, a
    scene comes out in other fonts and colours, and asks for LaTeX packages that it does not need. Here the one
    in the root of the scene's repository is found, and files go where they would go if started there.
    """
    from darkroom.discover import root_of

    args = config.parse_cli()
    _check(args)
    if args.config_file and not Path(args.config_file).is_file():  # passed over without a word
        refuse(PathNotFound(Path(args.config_file)))
    own = Path("custom_config.yml")
    if own.exists():
        return
    file = Path(args.file).resolve() if args.file else None
    root = root_of(file if file and file.exists() else Path.cwd() / "here")
    if not (root / own).is_file():
        return
    stock = config.load_yaml

    def load_yaml(file_path: str) -> Any:
        if file_path != str(own):
            return stock(file_path)
        settings = stock(str(root / own))
        folders = settings["directories"] = settings.get("directories") or {}
        folders["base"] = str(root / (folders.get("base") or ""))
        return settings

    config.load_yaml = load_yaml
    again = config.initialize_manim_config()
    config.manim_config.clear()
    config.manim_config.update(again)


@repair("manimlib.module_loader")
def root_on_path(module_loader: Any) -> None:
    """A scene file that imports by its repository's root (`from films.words import ...`) is found when PYTHONPATH
    says so only. Here the root is looked in first, as `darkroom render` does, and the file's own folder last.
    """
    from darkroom.discover import root_of

    loader = module_loader.ModuleLoader
    stock = loader.get_module

    def get_module(file_name: str | None, is_during_reload: bool = False) -> Any:
        if file_name:
            file = Path(file_name).resolve()
            root, folder = str(root_of(file)), str(file.parent)
            if root not in sys.path:
                sys.path.insert(0, root)
            if folder not in sys.path:
                sys.path.append(folder)
        return stock(file_name, is_during_reload)

    loader.get_module = staticmethod(get_module)


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

    from darkroom.engine import session

    stock = scene.Scene.interact

    @wraps(stock)
    def interact(self: Any) -> None:
        if self.window is None:
            return
        run = manim_config.run
        if run.embed_line is not None:
            where = f"{self} has ended without coming to line {run.embed_line} of {run.file_name}"
            place: Place | None = run.get("place")
            why = place.why_not_reached() if place else "something before it has returned."
            print(f"{where}:\n  {why}", file=sys.stderr)
            session.current.reply(session.Outcome(str(self), self.time, self.time, error=f"{where}: {why}"))
        if is_headless():
            raise scene.EndScene
        stock(self)

    scene.Scene.interact = interact


@repair("manimlib.extract_scene")
def without_a_window(extract_scene: Any) -> None:
    """`manimgl FILE SCENE` without a display would play, in real time, for nobody, and never end. A scene
    that stops itself (`self.embed()`) may; any other is told about `-w` and `-e LINE` before it starts.
    """
    from darkroom.engine.blocks import read_source

    stock = extract_scene.main

    @wraps(stock)
    def main(scene_config: Any, run_config: Any) -> Any:
        file, scenes = run_config.file_name, run_config.scene_names
        wants_window = run_config.show_in_window and run_config.embed_line is None
        if file and wants_window and is_headless() and ".embed(" not in read_source(Path(file)):
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
    from manimlib.config import manim_config

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
        manim_config.run.place = stop

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
        except NoPlace as error:
            refuse(UsageError(error.message, _parts(extract_scene, run_config) or error.hint))
        except UsageError as error:
            refuse(error)

    extract_scene.insert_embed_line_to_module = insert_embed_line_to_module
    extract_scene.get_scenes_to_render = get_scenes_to_render
    extract_scene.main = main


def _parts(extract_scene: Any, run_config: Any) -> str:
    """Where the scene that is meant really plays, if its methods are in other files: the lines to type."""
    from darkroom.discover import root_of, shown

    file = Path(run_config.file_name).resolve()
    try:
        module = extract_scene.ModuleLoader.get_module(run_config.file_name)
    except Exception:  # it will say so itself, once the line is right
        return ""
    own = [
        kind
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, extract_scene.Scene) and kind.__module__ == module.__name__
    ]
    named = [kind for kind in own if kind.__name__ in run_config.scene_names] or own
    if len(named) != 1:
        return ""
    # What it plays: the scenes it lists (the acts of a long one), or else what it inherits.
    listed = [
        kind
        for value in vars(named[0]).values()
        if isinstance(value, (list, tuple))
        for kind in value
        if isinstance(kind, type) and issubclass(kind, extract_scene.Scene)
    ]
    parts = []
    for kind in listed or reversed(named[0].__mro__[1:]):
        try:
            place = Path(inspect.getfile(kind))
            lines, first = inspect.getsourcelines(kind)
        except (OSError, TypeError):
            continue
        plays = any(".play(" in line or ".wait(" in line for line in lines)
        if plays and place != file and place.is_relative_to(root_of(file)) and "site-packages" not in place.parts:
            command = f"manimgl {shown(place)} {kind.__name__} -se LINE"
            parts.append(f"{command}    lines {first} to {first + len(lines) - 1}")
    if not parts:
        return ""
    return "\n  ".join([f"{named[0].__name__} plays in other files; stop in one of them:", *parts])


@repair("manimlib.extract_scene")
def scene_file(extract_scene: Any) -> None:
    """A file that is not there, a folder, a file that is no Python, cannot be read or does not parse end in
    tracebacks of ManimGL's own. Here they end in a sentence.
    """
    from darkroom.discover import shown
    from darkroom.engine.blocks import parse, read_source

    stock = extract_scene.main

    @wraps(stock)
    def main(scene_config: Any, run_config: Any) -> Any:
        if run_config.file_name:
            file = Path(run_config.file_name)
            try:
                if not file.exists():
                    raise PathNotFound(file)
                if file.is_dir():
                    raise UsageError(f"{file} is a folder.", f"Name a file in it:  darkroom list {shown(file)}")
                if file.suffix != ".py":
                    raise UsageError(f"{file} is not a Python file.", "Name a scene file.")
                parse(file, read_source(file))
            except UsageError as error:
                refuse(error)
        return stock(scene_config, run_config)

    extract_scene.main = main
