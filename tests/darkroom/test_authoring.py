"""The authoring loop, in real sessions: stop at a line, send blocks, skip, record, reload."""

import ast
import subprocess
from pathlib import Path

import pytest

from darkroom.engine.blocks import beat_at
from tests.darkroom.sessions import (
    BIN,
    ROOT,
    SCENE,
    Prompt,
    environment,
    frames,
    line_of,
    stopped,
    write_scene,
)

pytestmark = pytest.mark.slow

MOVE = """\
        # Move up
        self.play(square.animate.shift(UP), run_time=0.2)
"""


def height(prompt: Prompt) -> float:
    return round(float(prompt.ask("float(square.get_y())")), 3)


def clock(prompt: Prompt) -> float:
    return round(float(prompt.ask("float(self.time)")), 3)


def test_with_a_window_and_a_clipboard(tmp_path: Path, x_display: str) -> None:
    """The loop as ManimGL means it: xclip, `checkpoint_paste()` typed at the prompt."""
    file = write_scene(tmp_path)
    with stopped(tmp_path, str(file), "Steps", "-se", str(line_of("side = 2")), display=x_display) as prompt:
        assert prompt.ask("(side, 'square' in globals(), type(self).__name__)") == (2, False, "Steps")
        prompt.child.sendline("square = Square(); self.add(square)")

        prompt.copy(MOVE)
        for _ in range(2):  # the second time it starts again from its comment
            prompt.child.sendline("checkpoint_paste()")
            assert (height(prompt), clock(prompt)) == (1.0, 0.2)

        prompt.copy(MOVE.replace("# Move up", "# And once more"))
        prompt.child.sendline("checkpoint_paste(skip=True)")
        assert (height(prompt), clock(prompt)) == (2.0, 0.4)
        assert prompt.ask("self.skip_animations") is False

        prompt.child.sendline("checkpoint_paste(record=True)")
        assert (height(prompt), clock(prompt)) == (2.0, 0.4)
        assert frames(tmp_path / "media" / "inserts" / "Steps_0.mp4") == 6  # 0.2 s at 30 frames a second

        assert prompt.load() < 0.2  # stock ManimGL: 1

        # An error flashes the window and leaves the scene's clock alone.
        prompt.child.sendline("1 / 0")
        prompt.child.expect("ZeroDivisionError")
        assert clock(prompt) == 0.4


def test_without_display_and_clipboard(tmp_path: Path) -> None:
    """The same loop by `darkroom paste`, on a machine reached through SSH."""
    file = write_scene(tmp_path)
    with stopped(tmp_path, str(file), "-se", str(line_of("not code"))) as prompt:
        assert prompt.ask("(side, step, words.strip())") == (2, 1, "not code")
        assert clock(prompt) == 0.6
        for _ in range(2):
            done = prompt.paste(piped=MOVE)
            assert (done.stdout, done.stderr) == ("Steps  0.6 s to 0.8 s\n", "")
            assert (height(prompt), clock(prompt)) == (1.0, 0.8)

        # The beat around a line, from the file; its first comment is its checkpoint.
        assert prompt.paste(f"{file}:{line_of('angle = PI')}", "--skip").returncode == 0
        assert round(float(prompt.ask("angle")), 3) == 0.785
        assert clock(prompt) == 1.0

        turn_back = "# Turn back\nself.play(Rotate(square, -angle), run_time=0.2)"
        recorded = prompt.paste("--record", "--code", turn_back)
        assert frames(Path(recorded.stdout.split()[-1])) == 6

        # Typed, where there is no clipboard: the block last sent, from its comment.
        prompt.child.sendline("checkpoint_paste(skip=True)")
        assert clock(prompt) == 1.2

        # What is skipped takes none of our time, however long it is.
        assert prompt.paste("--skip", "--code", "self.wait(600); self.time -= 600").returncode == 0

        # An error names the line of the file, and the session goes on; what is half typed survives.
        file.write_text(SCENE.replace("angle = PI / 4", "angle = PIE / 4"))
        prompt.child.send("'half' + ")
        failed = prompt.paste(f"{file}:{line_of('# Turn')}")
        assert failed.returncode == 1
        assert failed.stderr == f"darkroom: {file}:{line_of('angle')}: NameError: name 'PIE' is not defined\n"
        prompt.child.sendline("'way'")
        prompt.child.expect("halfway")

        assert prompt.load() < 0.2


def test_a_reload_sees_every_change_and_survives_mistakes(tmp_path: Path) -> None:
    file = write_scene(tmp_path)
    line = line_of("side = 2")
    with stopped(tmp_path, str(file), "-se", str(line)) as prompt:
        assert prompt.ask("TONE") == "old"
        (tmp_path / "tones.py").write_text('TONE = "new"\nADDED = 1\n')

        file.write_text(SCENE.replace("side = 2", "side ="))
        prompt.child.sendline("reload()")
        prompt.child.expect("invalid syntax")
        prompt.child.sendline("reload(9999)")
        file.write_text(SCENE.replace("import TONE", "import ADDED, TONE"))
        prompt.child.sendline("reload(9999)")
        prompt.child.expect("no scene can stop at line 9999")
        assert prompt.ask("TONE") == "old"  # still the first session

        # An editor reloads at its cursor's line, which is in another scene now.
        assert prompt.paste("--code", f"reload({line_of('self.wait')})").returncode == 0
        prompt.child.expect("Reloading")
        assert prompt.ask("(TONE, ADDED, type(self).__name__)") == ("new", 1, "Other")


def test_a_session_without_a_terminal(tmp_path: Path) -> None:
    """What an editor's output panel can have: no prompt, blocks only."""
    file = write_scene(tmp_path)
    with subprocess.Popen(
        [str(BIN / "manimgl"), str(file), "-l", "-se", str(line_of("side = 2"))],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=environment(tmp_path, DARKROOM_SERVE="1"),
    ) as session:
        assert session.stdout
        assert any("Steps has stopped" in line for line in session.stdout)
        prompt = Prompt(None, environment(tmp_path))  # type: ignore[arg-type]
        assert prompt.paste("--code", "self.add(Square(side)); print('side', side)").returncode == 0
        assert any("side 2" in line for line in session.stdout)
        assert prompt.paste("--code", "reload()").returncode == 0
        assert any("Steps has stopped" in line for line in session.stdout)
        assert prompt.paste("--code", "exit()").returncode == 0
        assert session.wait(timeout=30) == 0
    gone = prompt.paste("--code", "1")
    assert gone.returncode == 2
    assert "manimgl FILE -se LINE" in gone.stderr


def test_the_first_film_is_authored_this_way(tmp_path: Path, x_display: str) -> None:
    """Stop ChainRuleScene above a beat somewhere inside, and run that beat twice."""
    file = ROOT / "_2025" / "autograd" / "chain_rule.py"
    source = file.read_text(encoding="utf-8")
    first, last = second_beat(source, "ChainRuleScene")
    with stopped(tmp_path, str(file), "ChainRuleScene", "-se", str(first - 1), display=x_display) as prompt:
        plays = prompt.ask("self.num_plays")
        assert plays > 0
        prompt.copy("\n".join(source.splitlines()[first - 1 : last]))
        after = []
        for _ in range(2):
            prompt.child.sendline("checkpoint_paste(skip=True)")
            after.append(prompt.ask("(round(float(self.time), 3), self.num_plays, len(self.mobjects))"))
        assert after[0] == after[1]
        assert after[0][1] > plays


def second_beat(source: str, scene: str) -> tuple[int, int]:
    """The lines of the second beat of the first method of `scene` that has two."""
    lines = source.splitlines()
    tree = ast.parse(source)
    body = next(node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.name == scene)
    for method in body:
        if isinstance(method, ast.FunctionDef):
            _, end = beat_at(source, method.lineno)
            following = next((n for n in range(end + 1, len(lines)) if lines[n - 1].strip()), 0)
            if following <= (method.end_lineno or 0) and lines[following - 1].lstrip().startswith("#"):
                return beat_at(source, following)
    raise AssertionError(f"{scene} has no method with two beats")
