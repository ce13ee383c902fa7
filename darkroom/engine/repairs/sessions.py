"""The prompt of a stopped scene: checkpoints, blocks from an editor, reloading."""

import ast
import contextlib
import io
import os
import sys
import traceback
from collections.abc import Iterator
from functools import wraps
from pathlib import Path
from typing import Any

from darkroom.engine.headless import is_headless
from darkroom.engine.repairs.registry import repair
from darkroom.errors import BrokenSource, DarkroomError, UsageError


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

    def run(self: Any, code: str, skip: bool, record: bool, progress_bar: bool) -> session.Outcome:
        if not code:
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
        return session.Outcome(
            scene=str(scene),
            start=start,
            end=scene.time,
            error=traceback.format_exception_only(error)[-1].strip() if error else "",
            line=_line_in_cell(error) if error else 0,
            recorded=str(scene.file_writer.inserted_file_path) if record else "",
        )

    @wraps(stock)
    def checkpoint_paste(self: Any, skip: bool = False, record: bool = False, progress_bar: bool = True) -> None:
        sent = session.current.take()
        try:
            code = blocks.tidy(sent.code if sent else from_clipboard())
            outcome = run(self, code, skip, record, progress_bar)
        except DarkroomError as refusal:
            print(refusal, file=sys.stderr)
            now = self.scene.time
            outcome = session.Outcome(str(self.scene), now, now, error=str(refusal))
        session.current.reply(outcome)

    def launch(self: Any) -> None:
        serves = bool(os.environ.get("DARKROOM_SERVE"))
        if serves or not self.shell.simple_prompt:  # a simple prompt cannot look up from the keyboard
            try:
                session.current.listen()
            except (OSError, DarkroomError) as error:
                print(f"No blocks can be sent to this session: {error}", file=sys.stderr)
        if serves:
            _serve(self)
        else:
            self.shell()

    embed.checkpoint_paste = checkpoint_paste
    embed.launch = launch


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


@repair("manimlib.scene.scene_embed")
def safe_reload(scene_embed: Any) -> None:
    """`reload()` leaves the session before it looks at the file: a syntax error there, or a line that is in
    no scene, is the end of the session. Here it says so and stays.
    """
    from manimlib.config import manim_config

    from darkroom.engine.embed_line import embed_at

    stock = scene_embed.InteractiveSceneEmbed.reload_scene

    @wraps(stock)
    def reload_scene(self: Any, embed_line: int | None = None) -> None:
        file, line = manim_config.run.file_name, embed_line or manim_config.run.embed_line
        try:
            if file and line:
                embed_at(Path(file), line)
            elif file:
                ast.parse(Path(file).read_text(encoding="utf-8"))
        except SyntaxError as error:
            print(BrokenSource(Path(file), error), file=sys.stderr)
        except UsageError as error:
            print(error, file=sys.stderr)
        else:
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
