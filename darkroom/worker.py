"""The far side of `darkroom.pool`: imports ManimGL once, then forks a fresh process for every job.

Run as `python -m darkroom.worker FD STAGE_JSON MODULES_JSON` in a project's root. Over the socket FD come
jobs, each with the file descriptor of its own pipe back. Forking before any OpenGL context exists
gives every scene a new interpreter state (as if it were run alone) without paying for the imports again.
"""

import contextlib
import importlib
import importlib.util
import json
import os
import select
import shutil
import signal
import sys
import tempfile
import time
import traceback
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

from darkroom import witness
from darkroom.discover import SceneRef
from darkroom.engine.clip import remove_partials
from darkroom.errors import DarkroomError
from darkroom.jobs import Failure, Job
from darkroom.pool import PATIENCE, signal_group

PR_SET_PDEATHSIG = 1  # of prctl(2), Linux only


def serve(door: Connection, settings: list[Any], modules: list[str]) -> None:
    """Take jobs until the other side hangs up; `settings` are the arguments of `engine.load`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the pool's business
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # and nobody waits for the guards
    broken = _prepare(settings, modules)
    while True:
        try:
            (job, threads), handle = door.recv(), recv_handle(door)
        except EOFError:
            return
        if os.fork() == 0:
            door.close()
            os.environ.setdefault("LP_NUM_THREADS", str(threads))
            _guard(Connection(handle), job, broken)
        os.close(handle)


def _prepare(settings: list[Any], modules: list[str]) -> Failure | None:
    """Import ManimGL and what the scenes will need; what goes wrong is every job's failure."""
    sys.path[0:1] = [os.getcwd()]
    try:
        from darkroom import engine

        engine.load(*settings)
        import darkroom.tasks  # noqa: F401
    except BaseException as error:  # ManimGL exits where its configuration does not please it
        what = error if isinstance(error, DarkroomError) else _summary(error)
        return Failure(f"ManimGL does not start: {what}\n  Find out why:  darkroom doctor")
    for name in modules:
        with contextlib.suppress(BaseException):  # the scene that needs it will say so itself
            importlib.import_module(name)
    return None


def _guard(pipe: Connection, job: Job, broken: Failure | None) -> None:
    """Do the job in a child; stay behind to clear up after it, and to tell how it died if it cannot."""
    # ManimGL names a Text's temporary file after the text: two scenes with the same words would meet there.
    tempfile.tempdir = os.environ["TMPDIR"] = tempfile.mkdtemp(prefix="darkroom-")
    news, bell = os.pipe()
    os.set_blocking(bell, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(bell)
    guard = os.getpid()
    child = os.fork()
    if child == 0:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.close(news)
        os.close(bell)
        _work(pipe, job, broken, guard)
    status = _status_of(child, pipe, news)
    signal_group(child, signal.SIGKILL)  # its ffmpeg, if it died without ending it
    shutil.rmtree(tempfile.tempdir, ignore_errors=True)
    if job.folder:
        remove_partials(job.folder, child)
    with contextlib.suppress(OSError):
        pipe.send(("exit", os.waitstatus_to_exitcode(status)))
    os._exit(0)


def _status_of(child: int, pipe: Connection, news: int) -> int:
    """How a child has ended, as `os.waitpid` says it.

    When darkroom itself is gone, however it went, nobody reads `pipe` any more: then the child is ended.

    Args:
        child: its process id.
        pipe: leads to darkroom.
        news: a file descriptor that can be read once the child has ended.
    """
    poll = select.poll()
    poll.register(news, select.POLLIN)
    poll.register(pipe.fileno(), 0)  # an error is all that can come of it: there is no reader
    deadline: float | None = None
    while True:
        ready = [number for number, _ in poll.poll(None if deadline is None else 100)]
        if news in ready:
            os.read(news, 64)
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return status
        if pipe.fileno() in ready:
            poll.unregister(pipe.fileno())
            signal_group(child, signal.SIGTERM)
            os.kill(child, signal.SIGTERM)  # it may have no group of its own yet
            deadline = time.monotonic() + PATIENCE
        if deadline is not None and time.monotonic() > deadline:
            signal_group(child, signal.SIGKILL)


def _end_with(guard: int) -> None:
    """Have the system kill this process when its guard is killed, where it can."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != guard:
            os._exit(1)


def _work(pipe: Connection, job: Job, broken: Failure | None, guard: int) -> None:
    """Do one job and leave. Never returns."""
    os.setsid()  # so that the pool can end this process and its ffmpeg in one stroke
    signal.signal(signal.SIGTERM, _leave)
    _end_with(guard)
    code = 1
    try:
        pipe.send(("pid", os.getpid()))
        _redirect(job.log)
        if broken:
            pipe.send(("failed", broken))
        else:
            _report_progress(pipe)
            witness.start(job.scene.root, filter(None, (job.folder, job.log.parent)))
            result = job.work(load(job.scene), lambda frames: pipe.send(("frames", frames)), **job.options)
            pipe.send(("done", result))
        code = 0
    except BrokenPipeError:
        pass  # nobody is listening any more
    except Terminated as error:
        with contextlib.suppress(OSError):
            pipe.send(("stopped", explain(error, job.scene).lines))
    except BaseException as error:
        with contextlib.suppress(OSError):
            pipe.send(("failed", explain(error, job.scene)))
            traceback.print_exc()  # after the word is out: on a full disk this fails
        code = 0
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)  # not sys.exit: OpenGL and torch need no farewell, and both can hang on one


def _report_progress(pipe: Connection) -> None:
    """Tell the pool now and then how many frames the scene has gone through, drawn or not."""
    from darkroom.engine.run import Run
    from darkroom.tasks import REPORT_EVERY

    said = 0.0

    def report(frames: int) -> None:
        nonlocal said
        if time.monotonic() - said > REPORT_EVERY:
            said = time.monotonic()
            pipe.send(("passed", frames))

    Run.on_progress = staticmethod(report)


class Terminated(BaseException):
    """The pool wants this process to end: unwind, so that what is half-written is removed."""


def _leave(_signal: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise Terminated


def _redirect(log: Path) -> None:
    """Send all that the scene and its libraries print, C code included, to the log."""
    log.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.close(file)


def load(scene: SceneRef) -> Any:
    """The class of a scene; of a file (a scene without a name), its module."""
    module = load_module(scene)
    if not scene.name:
        return module
    name, bracket, index = (scene.key or scene.name).partition("[")
    found = getattr(module, name)
    return found[int(index.removesuffix("]"))] if bracket else found


def load_module(scene: SceneRef) -> ModuleType:
    """Execute a scene file, under the name by which its own project would import it."""
    sys.path.append(str(scene.file.parent))  # files beside it: after all that is installed
    name = ".".join(scene.file.relative_to(scene.root).with_suffix("").parts)
    spec = importlib.util.spec_from_file_location(name, scene.file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    is_ours = sys.modules.setdefault(name, module) is module  # dataclasses and pickle look there
    try:
        spec.loader.exec_module(module)
    except (ImportError, AttributeError) as error:
        # Something it imports has imported it in turn, and found it half executed. ManimGL does not put the file it
        # runs among the modules, so that there the other gets one of its own, and all is well.
        if not is_ours or (name != error.name and getattr(error, "obj", None) is not module):
            raise
        del sys.modules[name]
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return module


def explain(error: BaseException, scene: SceneRef) -> Failure:
    """A scene's error in its author's terms: only lines of the project, innermost last."""
    if isinstance(error, DarkroomError):
        return Failure(str(error))
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(scene.root)
        and not {"site-packages", "dist-packages"} & set(Path(frame.filename).parts)
        and not frame.filename.startswith(str(Path(__file__).parent))
    ]
    lines = []
    for frame in frames:
        place = os.path.relpath(frame.filename, scene.root)
        lines.append(f"{place}:{frame.lineno} in {frame.name}\n    {frame.line}")
    return Failure(_summary(error), "\n".join(lines))


def _summary(error: BaseException) -> str:
    if isinstance(error, SystemExit):
        return f"it called exit({error.code!r})."
    return "".join(traceback.format_exception_only(error)).strip()


def main(arguments: list[Any]) -> None:
    serve(Connection(int(arguments[0])), json.loads(arguments[1]), json.loads(arguments[2]))


if __name__ == "__main__":
    main(sys.argv[1:])
