"""Sessions and what is sent to them where it used to go wrong: terminals, reloads, several at once, mistakes."""

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from darkroom.engine import session
from darkroom.errors import DarkroomError
from tests.darkroom.conftest import write
from tests.darkroom.sessions import (
    BIN,
    ROOT,
    SCENE,
    Prompt,
    environment,
    frames,
    line_of,
    manimgl,
    stopped,
    write_scene,
)

MOVE = "# Move up\nself.play(square.animate.shift(UP), run_time=0.2)\n"


@contextlib.contextmanager
def serving(folder: Path, file: Path, line: int, **options: object) -> Iterator[Prompt]:
    """A session without a prompt in `file`, with its home in `folder`, once it has stopped."""
    env = environment(folder, DARKROOM_SERVE="1")
    process = subprocess.Popen(
        [str(BIN / "manimgl"), str(file), "-l", "-se", str(line), "--video_dir", str(folder / "media")],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=options.get("cwd", ROOT),  # type: ignore[arg-type, call-overload]
        env=env,
    )
    try:
        said = []
        for text in process.stdout:
            said.append(text)
            if "has stopped" in text:
                break
        else:
            raise AssertionError("".join(said))
        prompt = Prompt(None, env)  # type: ignore[arg-type]
        prompt.said = process.stdout  # type: ignore[attr-defined]
        yield prompt
    finally:
        process.kill()
        process.wait()


@pytest.mark.slow
def test_a_terminal_that_calls_itself_dumb(tmp_path: Path) -> None:
    """As Emacs' does; and what a block leaves is on the picture asked for, though no frame was drawn on the way."""
    file = write_scene(tmp_path)
    with stopped(tmp_path, str(file), "-se", str(line_of("# Turn")), TERM="dumb") as prompt:
        sent = time.monotonic()
        long = MOVE.replace("0.2", "60")
        done = prompt.paste("--still", str(tmp_path / "up" / "picture.png"), piped=long)
        assert (done.stdout, done.stderr) == (f"Steps  0.6 s to 60.6 s  {tmp_path}/up/picture.png\n", "")
        assert time.monotonic() - sent < 30  # it was a minute for a viewer; there is none
        assert prompt.ask("round(float(square.get_y()), 3)") == 1
        prompt.child.sendline("for n in range(2):")
        prompt.child.sendline("    print('n', n)")
        prompt.child.sendline("")
        prompt.child.expect("n 1")
        assert prompt.load() < 0.2

        # The picture is the one that a recording shows: its last frame, but for what the encoder loses.
        recorded = prompt.paste("--record", "--code", "self.wait(0.1)").stdout.split()[-1]
        command = ["ffmpeg", "-v", "error", "-sseof", "-0.04", "-i", recorded, "-frames:v", "1", tmp_path / "last.png"]
        subprocess.run(command, check=True)
        pictures = (tmp_path / "up" / "picture.png", tmp_path / "last.png")
        still, last = (np.asarray(Image.open(path), float) for path in pictures)
        assert still.shape == (480, 854, 3)
        assert still.max() > 200
        assert abs(still - last).mean() < 2
        assert frames(Path(recorded)) == 3
        # What reads the camera's own buffer sees the present moment too.
        look = "shown.append(int(self.camera.get_pixel_array()[..., :3].max()))"
        prompt.paste("--code", f"shown = []; {look}; self.play(FadeOut(square), run_time=0.1); {look}")
        before, after = prompt.ask("shown")
        assert (before > 200, after < 40) == (True, True)

        # Alone, it is a picture of this moment, beside the recordings.
        alone = prompt.paste("--still")
        assert alone.returncode == 0, alone.stderr
        assert Path(alone.stdout.split()[-1]) == tmp_path / "media" / "inserts" / "Steps_0.png"
        refused = prompt.paste("--still", "picture.jpg", "--code", "1")
        assert (refused.returncode, refused.stderr.splitlines()[1]) == (2, "  --still picture.png")


@pytest.mark.slow
def test_a_pipe_that_stays_open_is_no_obstacle(tmp_path: Path) -> None:
    file = write_scene(tmp_path)
    env = environment(tmp_path)
    with subprocess.Popen(
        [str(BIN / "manimgl"), str(file), "-l", "-se", str(line_of("side = 2"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=env,
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write("print('side', side)\nprint('and', side + 1)\n")
        process.stdin.flush()
        assert any("and 3" in line for line in process.stdout)
        prompt = Prompt(None, env)  # type: ignore[arg-type]
        assert prompt.paste("--code", "self.add(Square())").stdout == "Steps  0.0 s to 0.0 s\n"
        process.stdin.write("exit()\n")
        process.stdin.flush()
        assert process.wait(timeout=30) == 0


@pytest.mark.slow
def test_what_is_sent_to_several_sessions_and_what_they_refuse(tmp_path: Path) -> None:
    file = write_scene(tmp_path)
    other = write(tmp_path / "other.py", SCENE.replace("Steps", "Strides"))
    stop = line_of("side = 2")
    with serving(tmp_path, file, line_of("words =")) as prompt, serving(tmp_path, other, stop):
        # The block goes where its file is open; without a file, to the session started last.
        assert prompt.paste(f"{file}:{line_of('# Turn')}", "--skip").stdout.startswith("Steps")
        assert prompt.paste(f"{other}:{line_of('Square(side)')}").stdout.startswith("Strides")
        assert prompt.paste("--code", "1").stdout.startswith("Strides")
        assert prompt.paste("--code", "1", "--file", str(file)).stdout.startswith("Steps")
        stray = prompt.paste(f"{write(tmp_path / 'stray.py', 'x = 1')}:1")
        assert stray.stdout.startswith("Strides")
        assert f"No session has {tmp_path}/stray.py open. It goes to the one started last, of Strides." in stray.stderr

        # A beat from before the stop is run, and said to have been run before; also after edits above it.
        again = prompt.paste(f"{file}:{stop}", "--skip")
        assert again.returncode == 0
        last = line_of("words =")
        assert f"lines {stop} to {last} had run before the scene stopped at line {last}; they have now" in again.stderr
        rest = "        # Rest\n        self.wait()"
        file.write_text("# Edited\n\n" + SCENE.replace("        self.turn(square)", rest))
        assert prompt.paste(f"{file}:{line_of('self.turn(') + 3}", "--skip").stderr == ""

        # A mistake elsewhere in the file is no matter; one in the beat is named.
        file.write_text(SCENE.replace("self.wait(1)", "self.wait(1"))
        assert prompt.paste(f"{file}:{line_of('# Turn')}", "--skip").returncode == 0
        file.write_text(SCENE.replace("angle = PI / 4", "angle = PI /"))
        broken = prompt.paste(f"{file}:{line_of('# Turn')}", "--skip")
        assert (broken.returncode, broken.stderr.splitlines()[0]) == (
            2,
            f"darkroom: {file}, line {line_of('angle')}: invalid syntax.",
        )
        file.write_text(SCENE)

        refused = prompt.paste("--code", "reload(9999)", "--file", str(file))
        assert refused.returncode == 1
        assert refused.stderr.startswith(f"darkroom: {file} has {len(SCENE.splitlines())} lines, so no scene can stop")
        assert "Traceback" not in refused.stderr
        assert prompt.paste("--code", "side", "--file", str(file)).returncode == 0  # it is still there
        reloaded = prompt.paste("--code", f"reload({line_of('angle = PI')})", "--file", str(file))
        assert (reloaded.returncode, reloaded.stdout) == (0, "Steps  0.0 s to 0.6 s\n")
        # A reload that does not come to its line, or fails, is no success.
        lost = prompt.paste("--code", f"reload({line_of('self.wait(1)')})", "--file", str(file))
        assert lost.returncode == 1
        assert "nothing calls Steps.never_called" in lost.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("nowhere.py -se 3", "there is no nowhere.py."),
        ("stepps.py Steps -w", "Did you mean steps.py?"),
        (". -se 3", ". is a folder."),
        ("custom_config.yml", "custom_config.yml is not a Python file."),
        ("steps.py -se abc", "-e abc names no line."),
        ("steps.py Steps -w -r 1080", "-r 1080 is no size in pixels."),
        ("steps.py Steps -w -c nocolor", "-c nocolor is no colour."),
        ("steps.py Steps -w -n a", "-n a names no animations."),
        ("steps.py Steps --config_file nowhere.yml", "there is no nowhere.yml."),
        ("broken.py Broken -w", "broken.py, line 1: "),
        ("latin.py Latin -w", "latin.py is not written in the encoding it should be"),
    ],
)
def test_a_slip_on_manimgls_command_line_is_answered_in_words(tmp_path: Path, typed: str, said: str) -> None:
    write_scene(tmp_path)
    write(tmp_path / "custom_config.yml", "")
    write(tmp_path / "broken.py", "class Broken(Scene)\n")
    (tmp_path / "latin.py").write_bytes(b"# na\xefve\n")
    done = subprocess.run(
        [str(BIN / "manimgl"), *typed.split()],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        cwd=tmp_path,
        env=environment(tmp_path),
        timeout=60,
    )
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == 2


ACTS = """\
from manimlib import *


class First(Scene):
    def construct(self):
        # Show it
        self.add(Square())
        self.wait()
"""
WHOLE = "from films.acts import First\n\n\nclass Whole(First):\n    name = 'all of it'\n"
LOCAL = """\
from films.acts import First
from manimlib import *


class Local(First):
    def construct(self):
        super().construct()
        words = Text("here")
        self.add(words)
"""


@pytest.fixture
def films(tmp_path: Path) -> Path:
    """A repository whose files import each other from its root; its configuration names a font and a folder."""
    root = tmp_path / "films_repository"
    config = "text: {font: Inconsolata}\ncamera: {fps: 12}\ndirectories: {subdirs: {output: made}}\n"
    write(root / "custom_config.yml", config)
    write(root / "films" / "acts.py", ACTS)
    write(root / "films" / "whole.py", WHOLE)
    write(root / "films" / "local.py", LOCAL)
    return root


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["", "films"])
def test_the_root_of_the_repository_is_found_from_anywhere(films: Path, folder: str) -> None:
    """For imports, as `darkroom render` finds it; and for its configuration, started in a subfolder, too."""
    file = os.path.relpath(films / "films" / "local.py", films / folder)
    script = "print('@@', words.font, manim_config.file_writer.output_directory)\n"
    done = subprocess.run(
        [str(BIN / "manimgl"), file, "Local", "-se", "8"],
        input=f"from manimlib import manim_config\n{script}exit()\n",
        capture_output=True,
        text=True,
        cwd=films / folder,
        env=environment(films.parent, PYTHONPATH=""),
        timeout=60,
    )
    assert "@@ Inconsolata" in done.stdout, done.stderr
    made = done.stdout.partition("@@ Inconsolata")[2].split()[0]
    assert (films / folder / made).resolve() == films / "made"


@pytest.mark.slow
def test_a_scene_that_plays_in_other_files_says_in_which(films: Path) -> None:
    for line in ("5", "60"):
        done = manimgl(films.parent, str(films / "films" / "whole.py"), "Whole", "-se", line)
        assert done.returncode == 2
        assert f"manimgl {films / 'films' / 'acts.py'} First -se LINE    lines 4 to 8" in done.stderr


@pytest.mark.slow
def test_the_walkthrough_names_its_acts(tmp_path: Path) -> None:
    folder = "_2025/mlp/walkthrough"
    done = manimgl(tmp_path, f"{folder}/walkthrough.py", "BasicMLPWalkThrough", "-se", "12")
    assert done.returncode == 2
    acts = [line.split()[1] for line in done.stderr.splitlines() if "-se LINE    lines" in line]
    assert len(acts) == 12, done.stderr
    assert acts[0] == f"{folder}/the_stage.py"
    assert acts[-1] == f"{folder}/the_sum.py"


def test_only_a_folder_that_nobody_else_can_enter_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "mine" / "sessions"
    monkeypatch.setenv("DARKROOM_SESSIONS", str(place))
    assert session.folder() == place
    assert place.stat().st_mode & 0o777 == 0o700
    for mode in (0o701, 0o710, 0o755, 0o777, 0o1777):
        place.chmod(mode)
        with pytest.raises(DarkroomError, match=rf"others may enter .* \(mode {mode:o}\).\n.*chmod 700 "):
            session.folder()
    place.chmod(0o700)
    link = tmp_path / "link"
    link.symlink_to(place)
    monkeypatch.setenv("DARKROOM_SESSIONS", str(link))
    with pytest.raises(DarkroomError, match="link is a link"):
        session.folder()
    monkeypatch.setenv("DARKROOM_SESSIONS", str(tmp_path / "dangling"))
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    with pytest.raises(DarkroomError, match="dangling is a link"):
        session.folder()
    monkeypatch.setenv("DARKROOM_SESSIONS", str(write(tmp_path / "file", "")))
    with pytest.raises(DarkroomError, match="file is no folder"):
        session.folder()
    monkeypatch.setenv("DARKROOM_SESSIONS", str(tmp_path / "file" / "below"))
    with pytest.raises(DarkroomError, match=r"cannot make .*file/below"):
        session.folder()
    monkeypatch.setenv("DARKROOM_SESSIONS", str(place))
    monkeypatch.setattr("darkroom.engine.session.os.getuid", lambda: 2**20)
    with pytest.raises(DarkroomError, match="belongs to somebody else"):
        session.folder()


def test_a_runtime_folder_of_another_user_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As `su` leaves it in the environment."""
    monkeypatch.delenv("DARKROOM_SESSIONS", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setattr("darkroom.engine.session.tempfile.gettempdir", lambda: str(tmp_path / "temporary"))
    assert session.folder() == tmp_path / "darkroom"
    monkeypatch.setattr("darkroom.engine.session._is_ours", lambda place: False)
    assert session.folder() == tmp_path / "temporary" / f"darkroom-{os.getuid()}"
