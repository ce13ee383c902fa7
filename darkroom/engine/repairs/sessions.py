"""The prompt of a stopped scene: checkpoints, blocks from an editor, reloading."""

import contextlib
import inspect
import io
import itertools
import os
import select
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import wraps
from pathlib import Path
from types import FrameType
from typing import Any

from darkroom.engine.headless import is_headless
from darkroom.engine.repairs.registry import repair
from darkroom.errors import DarkroomError, UsageError

HERE = str(Path(__file__).parents[2])  # darkroom


@repair("manimlib.scene.scene_embed")
def autoreload(scene_embed: Any) -> None:
    """`--autoreload` calls the shell's `magic`, which IPython 9 no longer has, and the session dies."""

    def auto_reload(self: Any) -> None:
        self.shell.run_line_magic("load_ext", "autoreload")
        self.shell.run_line_magic("autoreload", "all")

    scene_embed.InteractiveSceneEmbed.auto_reload = auto_reload


@repair("manimlib.scene.scene_embed")
def idle_prompt(scene_embed: Any) -> None:
    """The idle prompt looks for events without a pause, and uses a whole processor core. Here it sleeps up to
    a sixtieth of a second between looks, but never through a keystroke or a block from an editor. Closing
    the window ends the prompt at once, not after the next Enter.
    """
    from darkroom.engine import session

    def enable_gui(self: Any) -> None:
        def inputhook(context: Any) -> None:
            entered = False
            while not context.input_is_ready():
                closing = self.scene.is_window_closing()
                if not closing:
                    self.scene.update_frame(dt=0)
                if not entered and closing:
                    self.shell.ask_exit()
                    _enter(self.shell, "")
                    entered = True
                elif not entered and (block := session.current.receive()):
                    _enter(self.shell, _call(block))
                    entered = True
                session.current.wait(1 / 60, context.fileno())

        if self.shell.simple_prompt:  # it has no hooks; see `paste_anywhere`
            return
        scene_embed.pt_inputhooks.register("manim", inputhook)
        self.shell.enable_gui("manim")

    scene_embed.InteractiveSceneEmbed.enable_gui = enable_gui


def _enter(shell: Any, text: str) -> None:
    """Leave the prompt as if `text` had been typed there; what really has been typed is kept for the next."""
    app = shell.pt_app.app

    def leave() -> None:
        if app.is_running and not app.future.done():
            shell.rl_next_input = app.current_buffer.text or None
            app.current_buffer.text = text
            app.exit(result=text)

    app.loop.call_soon_threadsafe(leave)  # also wakes the prompt, which is waiting for the keyboard


def _call(block: Any) -> str:
    """What one would type to run `block`."""
    flags = [f"{flag}=True" for flag in ("skip", "record") if getattr(block, flag)]
    return f"checkpoint_paste({', '.join(flags)})"


def _plain_prompt(embed: Any) -> Callable[[], str]:
    """A prompt for where IPython's own looks at nothing but the keyboard: a terminal that calls itself dumb, as
    Emacs' is, or no terminal. It looks for blocks too.
    """
    from darkroom.engine import session

    shell, scene = embed.shell, embed.scene
    keyboard = sys.stdin.fileno()

    def read(words: str) -> str | None:
        """A line that was typed; None if a block has come instead."""
        print(words, end="", flush=True)
        typed = bytearray()  # read byte by byte: what comes after the line is for whoever asks next
        while not scene.is_window_closing():
            scene.update_frame(dt=0)
            if block := session.current.receive():
                print(_call(block), flush=True)
                return None
            while select.select([keyboard], [], [], 0)[0]:
                byte = os.read(keyboard, 1)
                if byte == b"\n" or (not byte and typed):
                    return typed.decode(errors="replace")
                if not byte:
                    raise EOFError
                typed += byte
            session.current.wait(1 / 60, keyboard)
        shell.ask_exit()
        return ""

    def prompt() -> str:
        lines: list[str] = []
        tokens = shell.prompts.in_prompt_tokens()
        while True:
            line = read("".join(text for _, text in tokens))
            if line is None:
                assert session.current.waiting
                return _call(session.current.waiting)
            lines.append(line)
            if shell.check_complete("\n".join(lines))[0] != "incomplete":
                return "\n".join(lines)
            tokens = shell.prompts.continuation_prompt_tokens()

    return prompt


@repair("manimlib.scene.scene_embed")
def paste_anywhere(scene_embed: Any) -> None:
    """`checkpoint_paste()` knows the clipboard only, and on Linux without a clipboard program it fails. Here
    it runs the block an editor has just sent (see `session.py`), else the clipboard, else the block last
    sent. A selection whose first line was cut runs too (see `blocks.py`).
    """
    from darkroom.engine import blocks, session

    embed = scene_embed.InteractiveSceneEmbed
    stock = embed.checkpoint_paste

    def from_clipboard() -> str:
        try:
            return str(scene_embed.pyperclip.paste())
        except scene_embed.pyperclip.PyperclipException:
            file = session.block_file()
            return file.read_text(encoding="utf-8") if file.exists() else ""

    def run(
        self: Any, code: str, skip: bool, record: bool, progress_bar: bool, still: str | None
    ) -> session.Outcome:
        if not code and still is None:
            raise DarkroomError(
                "there is no block to run.", "Copy one, or send one from an editor:  darkroom paste FILE:LINE"
            )
        if skip and record:
            raise DarkroomError("skip=True plays nothing, so record=True would record nothing.")
        scene, manager = self.scene, self.checkpoint_manager
        with scene.temp_config_change(skip, record, progress_bar):
            manager.handle_checkpoint_key(scene, manager.get_leading_comment(code))
            start = scene.time
            result = self.shell.run_cell(code)
        error = result.error_before_exec or result.error_in_exec
        refused = isinstance(error, DarkroomError)  # says all there is to say
        return session.Outcome(
            scene=str(scene),
            start=start,
            end=scene.time,
            error=(str(error) if refused else traceback.format_exception_only(error)[-1].strip()) if error else "",
            line=_line_in_cell(error) if error and not refused else 0,
            recorded=str(scene.file_writer.inserted_file_path) if record else "",
            still=str(_save_still(scene, still)) if still is not None and not error else "",
        )

    @wraps(stock)
    def checkpoint_paste(self: Any, skip: bool = False, record: bool = False, progress_bar: bool = True) -> None:
        sent = session.current.take()
        session.current.is_reloading = False
        try:
            code = blocks.tidy(sent.code if sent else from_clipboard())
            outcome = run(self, code, skip, record, progress_bar, sent.still if sent else None)
            if sent and (lines := session.current.history.repeated(sent)):
                which = f"lines {lines[0]} to {lines[1]}"
                stop = f"had run before the scene stopped at line {session.current.history.line}"
                outcome = replace(outcome, warning=f"{which} {stop}; they have now run once more.")
        except (DarkroomError, OSError) as refusal:
            print(refusal, file=sys.stderr)
            now = self.scene.time
            outcome = session.Outcome(str(self.scene), now, now, error=str(refusal))
        if not session.current.is_reloading or outcome.error:
            session.current.reply(outcome)

    def launch(self: Any) -> None:
        _take_down_the_stop(self.scene)
        try:
            session.current.listen(str(self.scene), _source_files(self.scene))
        except (OSError, DarkroomError) as error:
            print(f"No blocks can be sent to this session: {error}", file=sys.stderr)
        if session.current.is_reloading:
            session.current.is_reloading = False
            session.current.reply(session.Outcome(str(self.scene), 0.0, self.scene.time))
        if os.environ.get("DARKROOM_SERVE"):
            _serve(self)
            return
        if os.name == "posix" and (self.shell.simple_prompt or os.environ.get("TERM", "") in ("dumb", "unknown")):
            with contextlib.suppress(OSError, ValueError):  # no stdin at all: stock's prompt says so
                self.shell.prompt_for_code = _plain_prompt(self)
        self.shell()

    embed.checkpoint_paste = checkpoint_paste
    embed.launch = launch


def _save_still(scene: Any, where: str) -> Path:
    """Write what the scene shows now as a PNG, at the size of its files; "" is beside the blocks it has recorded."""
    place = Path(where)
    if not where:
        clip = scene.file_writer.get_insert_file_path(0)
        numbers = itertools.count()
        place = next(path for n in numbers if not (path := clip.with_name(f"{scene}_{n}.png")).exists())
    place.parent.mkdir(parents=True, exist_ok=True)
    scene.get_image().convert("RGB").save(place, "PNG")
    return place.resolve()


def _source_files(scene: Any) -> list[Path]:
    """The author's files that a scene is made of, the one it was started from first."""
    from manimlib.config import manim_config

    files = [Path(manim_config.run.file_name)] if manim_config.run.file_name else []
    for kind in type(scene).__mro__:
        with contextlib.suppress(OSError, TypeError):
            files.append(Path(inspect.getfile(kind)))
    return list(dict.fromkeys(file.resolve() for file in files if not _is_installed(str(file))))


def _is_installed(file: str) -> bool:
    manimlib = str(Path(sys.modules["manimlib"].__file__ or "").parent)
    return file.startswith((HERE, manimlib, "<")) or "site-packages" in file


def _functions_under_way(scene: Any) -> list[FrameType]:
    """The author's functions that are running in a scene, innermost first."""
    frames: list[FrameType] = []
    frame: FrameType | None = sys._getframe(1)
    while frame and not (frame.f_code.co_name == "run" and frame.f_locals.get("self") is scene):
        if not _is_installed(frame.f_code.co_filename):
            frames.append(frame)
        frame = frame.f_back
    return frames


def _take_down_the_stop(scene: Any) -> None:
    from darkroom.engine import session

    frames = _functions_under_way(scene)
    running = [(frame.f_code.co_filename, frame.f_code.co_firstlineno, frame.f_lineno) for frame in frames]
    session.current.history.stop(running[0][2] if running else 0, running)


@repair("manimlib.scene.scene")
def lines_before_the_stop(scene: Any) -> None:
    """A beat from above the line a scene has stopped at is run a second time without a word. Here each `play` and
    `wait` on the way to the stop is taken down, so that `darkroom paste` can say so.
    """
    from darkroom.engine import session

    stock_run, stock_pre_play = scene.Scene.run, scene.Scene.pre_play

    @wraps(stock_run)
    def run(self: Any) -> None:
        session.current.history = session.History()
        stock_run(self)

    @wraps(stock_pre_play)
    def pre_play(self: Any) -> None:
        if self.window is not None and not session.current.history.line:
            frames = _functions_under_way(self)
            session.current.history.add_play((frame.f_code.co_filename, frame.f_lineno) for frame in frames)
        stock_pre_play(self)

    scene.Scene.run, scene.Scene.pre_play = run, pre_play


@repair("manimlib.scene.scene")
def undrawn_frames(scene: Any) -> None:
    """A session without a display draws every frame, and waits until it would be time for it, for nobody. Here
    frames are drawn when somebody looks: a recording, `get_image`, whoever reads the camera's buffer.
    """
    if not is_headless():
        return
    camera = scene.Camera
    stock_frame, stock_data = scene.Scene.update_frame, camera.get_raw_fbo_data

    @wraps(stock_frame)
    def update_frame(self: Any, dt: float = 0, force_draw: bool = False) -> None:
        if self.window is None:
            stock_frame(self, dt, force_draw)
            return
        self.increment_time(dt)
        self.update_mobjects(dt)
        if self.skip_animations and not force_draw:
            return
        if self.is_window_closing():
            raise scene.EndScene
        if self.camera.fbo is self.camera.window_fbo:
            self.camera.undrawn = self
        else:
            self.camera.capture(*self.render_groups)

    @wraps(stock_data)
    def get_raw_fbo_data(self: Any, dtype: str = "f1") -> bytes:
        waiting, self.undrawn = getattr(self, "undrawn", None), None
        if waiting is not None and self.fbo is self.window_fbo:
            self.capture(*waiting.render_groups)
        return bytes(stock_data(self, dtype))

    scene.Scene.update_frame, camera.get_raw_fbo_data = update_frame, get_raw_fbo_data


def _line_in_cell(error: BaseException) -> int:
    """The line of the running cell at which `error` came out, or 0."""
    if isinstance(error, SyntaxError):
        return error.lineno or 0
    frames = traceback.extract_tb(error.__traceback__)
    return next((frame.lineno or 0 for frame in frames if "ipython-input" in frame.filename), 0)


def _serve(embed: Any) -> None:
    """Run blocks as they are sent, without a prompt, until `exit()`, `reload()` or the window is closed."""
    from IPython.terminal.embed import KillEmbedded

    from darkroom.engine import session

    shell, scene = embed.shell, embed.scene
    shell.keep_running = True
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)  # a panel is no terminal, but is read like one
    print(f"{scene} has stopped. Send it a block:  darkroom paste FILE:LINE")
    with shell.builtin_trap, shell.display_trap, contextlib.suppress(KeyboardInterrupt):
        while shell.keep_running and not scene.is_window_closing():
            scene.update_frame(dt=0)
            if block := session.current.receive():
                print(f"> {_call(block)}")
                shell.run_cell(_call(block))
            session.current.wait(1 / 60)
    if shell.should_raise:
        raise KillEmbedded


@repair("manimlib.scene.scene_embed")
def error_flash(scene_embed: Any) -> None:
    """An error at the prompt flashes a red frame by playing it in the scene: half a second more on its clock,
    one animation more, and red frames in the clip being recorded. Here it leaves no trace, and without a
    display it is left out.
    """

    def ensure_flash_on_error(self: Any) -> None:
        def show(shell: Any, kind: Any, error: Any, trace: Any, tb_offset: int | None = None) -> None:
            shell.showtraceback((kind, error, trace), tb_offset=tb_offset)
            if not is_headless():
                with _off_the_record(self.scene):
                    frame = scene_embed.FullScreenRectangle()
                    frame.set_stroke(scene_embed.RED, 30).set_fill(opacity=0).fix_in_frame()
                    self.scene.play(scene_embed.VFadeInThenOut(frame, run_time=0.5))

        self.shell.set_custom_exc((Exception,), show)

    scene_embed.InteractiveSceneEmbed.ensure_flash_on_error = ensure_flash_on_error


@contextlib.contextmanager
def _off_the_record(scene: Any) -> Iterator[None]:
    """What is played meanwhile takes no time on the scene's clock and is not written to a file."""
    writer = scene.file_writer
    time, plays, skips, writes = scene.time, scene.num_plays, scene.skip_animations, writer.write_to_movie
    scene.skip_animations = writer.write_to_movie = False
    try:
        yield
    finally:
        scene.time, scene.num_plays, scene.skip_animations, writer.write_to_movie = time, plays, skips, writes


class Refused(UsageError):
    """What was typed at the prompt cannot be done."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows instead of a traceback."""
        return [str(self)]


@repair("manimlib.scene.scene_embed")
def safe_reload(scene_embed: Any) -> None:
    """`reload()` leaves the session before it looks at the file: a syntax error there, or a line that is in
    no scene, is the end of the session. Here it says so and stays.
    """
    from manimlib.config import manim_config

    from darkroom.engine import session
    from darkroom.engine.blocks import parse, read_source
    from darkroom.engine.embed_line import embed_at

    stock = scene_embed.InteractiveSceneEmbed.reload_scene

    @wraps(stock)
    def reload_scene(self: Any, embed_line: int | None = None) -> None:
        file, line = manim_config.run.file_name, embed_line or manim_config.run.embed_line
        try:
            if line is not None and not isinstance(line, int):
                raise UsageError(f"reload({line!r}): that is no line.", "The line to stop at is a number:  reload(12)")
            if file and line:
                embed_at(Path(file), line)
            elif file:
                parse(Path(file), read_source(Path(file)))
        except UsageError as error:
            raise Refused(error.message, error.hint) from None
        session.current.is_reloading = True
        stock(self, embed_line)

    scene_embed.InteractiveSceneEmbed.reload_scene = reload_scene


@repair("manimlib.module_loader")
def reload_everything(module_loader: Any) -> None:
    """`reload()` finds modules through the classes and functions a scene file can see. Modules of constants
    (a palette) have none and stay old; a scene file that imports a name just added to a helper cannot be
    loaded at all; and this package would be reloaded over itself. Here the author's modules are forgotten,
    all of them, and imported again in the order they need.
    """
    from manimlib.config import manim_config

    loader = module_loader.ModuleLoader
    stock = loader.get_module
    ours = {"darkroom", "manimlib", "__main__"}

    def get_module(file_name: str | None, is_during_reload: bool = False) -> Any:
        if is_during_reload and manim_config.ignore_manimlib_modules_on_reload:
            for name in list(sys.modules):
                if name.partition(".")[0] not in ours and loader._is_user_defined_module(name):
                    del sys.modules[name]
            is_during_reload = False
        return stock(file_name, is_during_reload)

    loader.get_module = staticmethod(get_module)
