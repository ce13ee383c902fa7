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
import shutil
import signal
import sys
import tempfile
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
        return Failure(f"ManimGL does not start: {_summary(error)}\n  Find out why:  darkroom doctor")
    for name in modules:
        with contextlib.suppress(BaseException):  # the scene that needs it will say so itself
            importlib.import_module(name)
    return None


def _guard(pipe: Connection, job: Job, broken: Failure | None) -> None:
    """Do the job in a child; stay behind to clear up after it, and to tell how it died if it cannot."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    # ManimGL names a Text's temporary file after the text: two scenes with the same words would meet there.
    tempfile.tempdir = os.environ["TMPDIR"] = tempfile.mkdtemp(prefix="darkroom-")
    child = os.fork()
    if child == 0:
        _work(pipe, job, broken)
    _, status = os.waitpid(child, 0)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)  # its ffmpeg, if it died without ending it
    shutil.rmtree(tempfile.tempdir, ignore_errors=True)
    if job.folder:
        remove_partials(job.folder, child)
    with contextlib.suppress(OSError):
        pipe.send(("exit", os.waitstatus_to_exitcode(status)))
    os._exit(0)


def _work(pipe: Connection, job: Job, broken: Failure | None) -> None:
    """Do one job and leave. Never returns."""
    os.setsid()  # so that the pool can end this process and its ffmpeg in one stroke
    signal.signal(signal.SIGTERM, _leave)
    code = 1
    try:
        pipe.send(("pid", os.getpid()))
        _redirect(job.log)
        if broken:
            pipe.send(("failed", broken))
        else:
            witness.start(job.scene.root, filter(None, (job.folder, job.log.parent)))
            scene_class = getattr(load_module(job.scene), job.scene.name)
            result = job.work(scene_class, lambda frames: pipe.send(("frames", frames)), **job.options)
            pipe.send(("done", result))
        code = 0
    except (BrokenPipeError, Terminated):
        pass  # nobody is listening any more
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


def load_module(scene: SceneRef) -> ModuleType:
    """Execute a scene file, under the name by which its own project would import it."""
    sys.path.append(str(scene.file.parent))  # files beside it: after all that is installed
    name = ".".join(scene.file.relative_to(scene.root).with_suffix("").parts)
    spec = importlib.util.spec_from_file_location(name, scene.file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault(name, module)  # dataclasses and pickle look there
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
