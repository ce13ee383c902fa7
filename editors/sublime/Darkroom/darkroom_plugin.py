"""Sublime Text: run the scene at the cursor, and send it blocks.

The scene runs in Sublime's own build panel, without a prompt. Blocks find it there, and just as well in a
terminal where you have started `manimgl FILE -se LINE` yourself.
"""

import subprocess
from pathlib import Path

import sublime
import sublime_plugin


def repository(file):
    """The folder ManimGL is to be run from: the nearest above the file that configures it."""
    folders = Path(file).resolve().parents
    return next((folder for folder in folders if (folder / "custom_config.yml").is_file()), folders[0])


def program(root, name):
    """The program of the repository's own environment, or whichever is on the PATH."""
    own = root / ".venv" / "bin" / name
    return str(own) if own.is_file() else name


class OnThisLine(sublime_plugin.TextCommand):
    """What the commands below share: the saved file, and where the cursor is in it."""

    def place(self):
        """The file, the cursor's line counted from 1, and the repository."""
        self.view.run_command("save", {"async": False})
        file = self.view.file_name()
        line = self.view.rowcol(self.view.sel()[0].begin())[0] + 1
        return file, line, repository(file)

    def is_enabled(self):
        return self.view.file_name() is not None

    def send(self, root, arguments, text=None):
        """Run `darkroom paste` in the background; say what came of it in the status bar, errors in a panel."""
        command = [program(root, "darkroom"), "paste", *arguments]
        window = self.view.window()

        def run():
            done = subprocess.run(
                command,
                input=text if text is not None else "",
                cwd=str(root),
                capture_output=True,
                encoding="utf-8",
            )
            said = (done.stdout + done.stderr).strip()
            if done.returncode == 0:
                window.status_message(said)
            else:
                panel = window.create_output_panel("darkroom")
                panel.run_command("append", {"characters": said})
                window.run_command("show_panel", {"panel": "output.darkroom"})

        sublime.set_timeout_async(run)


class DarkroomStopCommand(OnThisLine):
    """Open the scene around the cursor, stopped at its line."""

    def run(self, edit):
        file, line, root = self.place()
        self.view.window().run_command(
            "exec",
            {
                "cmd": [program(root, "manimgl"), file, "-se", str(line)],
                "working_dir": str(root),
                "env": {"DARKROOM_SERVE": "1"},
            },
        )


class DarkroomPasteCommand(OnThisLine):
    """Run the selected lines, or the beat around the cursor."""

    def run(self, edit, skip=False, record=False):
        file, line, root = self.place()
        flags = ["--skip"] * skip + ["--record"] * record
        selection = self.view.sel()[0]
        if selection.empty():
            self.send(root, [*flags, f"{file}:{line}"])
        else:
            self.send(root, ["--file", file, *flags], self.view.substr(self.view.line(selection)))


class DarkroomReloadCommand(OnThisLine):
    """Read every file again, and stop at the cursor's line."""

    def run(self, edit):
        file, line, root = self.place()
        self.send(root, ["--file", file, "--code", f"reload({line})"])
