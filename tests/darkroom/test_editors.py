"""The files under `editors/`, read as their editors would read them, and every command line in them run.

Each editor stops a scene at a line, runs the beat below it plainly, without playing and recording it, does
the same with selected lines, and reloads.
"""

import importlib.util
import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pexpect
import pytest

from tests.darkroom.sessions import ROOT, environment, frames, line_of, write_scene

EDITORS = ROOT / "editors"

STOP = line_of("self.turn(")  # there the scene's clock is at 0.8 s
BEAT = line_of("angle = PI")
FIRST, LAST = line_of("# Turn"), line_of("Rotate(")  # the lines of that beat, selected

Command = tuple[list[str], str]  # a command line, and what is piped into it


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A ManimGL repository of its own, with the scene of these tests and our environment as its .venv."""
    write_scene(tmp_path)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    (tmp_path / "custom_config.yml").write_text(
        "directories: {subdirs: {output: media}}\ncamera: {resolution: '(320, 180)'}\n"
    )
    return tmp_path


def check(repository: Path, stop: list[str], blocks: list[Command], reload: Command) -> None:
    """Open a session by `stop`; then run what sends the block (plain, skipped, recorded, ...) and reloads."""
    env = environment(repository)
    session = pexpect.spawn(stop[0], stop[1:], env=env, cwd=str(repository), encoding="utf-8", timeout=60)
    try:
        session.expect([r"In \[.*1", "Steps has stopped"])
        for number, (command, piped) in enumerate([*blocks, reload]):
            done = subprocess.run(
                command, input=piped, capture_output=True, text=True, cwd=repository, env=env, timeout=60
            )
            assert done.returncode == 0, (command, done.stderr)
            if number < len(blocks):
                # Each starts at the checkpoint again.
                assert done.stdout.startswith("Steps  0.8 s to 1.0 s"), done.stdout
        session.expect("Reloading")
        session.expect([r"In \[.*1", "Steps has stopped"])
    finally:
        session.close(force=True)
    clips = sorted((repository / "media" / "inserts").iterdir())
    assert [frames(clip) for clip in clips] == [6] * (len(blocks) // 3)


def plain_skip_record(commands: list[Command]) -> list[Command]:
    """The same, after a look: the second of each three skips, the third records."""
    for number, (command, _) in enumerate(commands):
        assert ("--skip" in command) == (number % 3 == 1), command
        assert ("--record" in command) == (number % 3 == 2), command
    return commands


# VS Code


def vscode(task: dict[str, Any], repository: Path, line: int) -> Command:
    file = repository / "steps.py"
    selected = "\n".join(file.read_text().splitlines()[FIRST - 1 : LAST]).lstrip()  # from its first letter on
    values = {
        "workspaceFolder": str(repository),
        "file": str(file),
        "lineNumber": str(line),
        "selectedText": selected,
    }
    assert task["type"] == "process"  # through a shell, a selection would be taken apart
    parts = [task["command"], *task["args"]]
    return [re.sub(r"\$\{(\w+)\}", lambda name: values[name[1]], part) for part in parts], ""


@pytest.mark.slow
def test_vscode(repository: Path) -> None:
    tasks = json.loads((EDITORS / "vscode" / "tasks.json").read_text())["tasks"]
    stop, *blocks, reload = tasks
    assert len(blocks) == 6
    check(
        repository,
        vscode(stop, repository, STOP)[0],
        plain_skip_record([vscode(task, repository, BEAT) for task in blocks]),
        vscode(reload, repository, STOP),
    )


def test_vscode_has_a_key_for_every_task() -> None:
    tasks = json.loads((EDITORS / "vscode" / "tasks.json").read_text())["tasks"]
    keys = json.loads((EDITORS / "vscode" / "keybindings.json").read_text())
    assert {key["args"] for key in keys} == {task["label"] for task in tasks}
    assert len({(key["key"], key["when"]) for key in keys}) == len(keys)


# PyCharm


def pycharm(tool: ElementTree.Element, repository: Path, line: int) -> Command:
    options = {option.attrib["name"]: option.attrib["value"] for option in tool.iter("option")}
    values = {
        "ProjectFileDir": str(repository),
        "FilePath": str(repository / "steps.py"),
        "LineNumber": str(line),
        "SelectionStartLine": str(FIRST),
        "SelectionEndLine": str(LAST),
    }
    assert options["WORKING_DIRECTORY"] == "$ProjectFileDir$"
    command = [options["COMMAND"], *shlex.split(options["PARAMETERS"])]
    return [re.sub(r"\$(\w+)\$", lambda name: values[name[1]], part) for part in command], ""


@pytest.mark.slow
def test_pycharm(repository: Path) -> None:
    stop, *blocks, reload = ElementTree.parse(EDITORS / "pycharm" / "Manim.xml").getroot()
    assert len(blocks) == 6
    check(
        repository,
        pycharm(stop, repository, STOP)[0],
        plain_skip_record([pycharm(tool, repository, BEAT) for tool in blocks]),
        pycharm(reload, repository, STOP),
    )


# Sublime Text


def sublime(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The plug-in, with as much of Sublime Text around it as it uses."""
    api = SimpleNamespace(TextCommand=lambda view: None, set_timeout_async=lambda run: run())
    api.TextCommand = type("TextCommand", (), {"__init__": lambda self, view: setattr(self, "view", view)})
    monkeypatch.setitem(sys.modules, "sublime", api)
    monkeypatch.setitem(sys.modules, "sublime_plugin", api)
    spec = importlib.util.spec_from_file_location(
        "darkroom_plugin", EDITORS / "sublime" / "Darkroom" / "darkroom_plugin.py"
    )
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class View:
    """A view of a file with lines FIRST to LAST selected, or with the cursor on one line."""

    def __init__(self, file: Path, line: int, selected: bool) -> None:
        self.file, self.line_number, self.selected = file, line, selected
        self.ran: list[tuple[str, Any]] = []

    def sel(self) -> list[Any]:
        return [SimpleNamespace(begin=lambda: self, empty=lambda: not self.selected)]

    def rowcol(self, _point: Any) -> tuple[int, int]:
        return self.line_number - 1, 0

    def line(self, region: Any) -> Any:
        return region

    def substr(self, _region: Any) -> str:
        return "\n".join(self.file.read_text().splitlines()[FIRST - 1 : LAST])

    def file_name(self) -> str:
        return str(self.file)

    def run_command(self, name: str, arguments: Any = None) -> None:
        self.ran.append((name, arguments))

    def window(self) -> "View":
        return self

    def status_message(self, _text: str) -> None: ...


@pytest.mark.slow
def test_sublime(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plugin = sublime(monkeypatch)
    commands: list[Command] = []

    def record(command: list[str], input: str, **options: Any) -> Any:
        commands.append((command, input))
        assert options["cwd"] == str(repository)
        return SimpleNamespace(returncode=0, stdout="", stderr="")

    monkeypatch.setattr(plugin, "subprocess", SimpleNamespace(run=record, PIPE=None))
    file = repository / "steps.py"
    view = View(file, STOP, selected=False)
    plugin.DarkroomStopCommand(view).run(None)
    (_, _), (name, opened) = view.ran
    assert name == "exec"
    assert opened["working_dir"] == str(repository)
    for selected in (False, True):
        for flags in ({}, {"skip": True}, {"record": True}):
            plugin.DarkroomPasteCommand(View(file, BEAT, selected)).run(None, **flags)
    plugin.DarkroomReloadCommand(View(file, STOP, selected=False)).run(None)
    *blocks, reload = commands
    assert [bool(piped) for _, piped in blocks] == [False] * 3 + [True] * 3
    stop = ["env", *(f"{name}={value}" for name, value in opened["env"].items()), *opened["cmd"]]
    check(repository, stop, plain_skip_record(blocks), reload)


def test_sublime_has_every_command_in_its_menus_and_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    plugin = sublime(monkeypatch)
    folder = EDITORS / "sublime" / "Darkroom"
    offered = json.loads((folder / "Darkroom.sublime-commands").read_text())
    keys = json.loads((folder / "Default.sublime-keymap").read_text())
    for entry in [*offered, *keys]:
        words = entry["command"].split("_")
        assert hasattr(plugin, "".join(word.title() for word in words) + "Command")
    assert len(offered) == len(keys) == 5


# Neovim: Lua is run by LuaTeX, which every LaTeX brings, around as much of Neovim as the file uses.

NEOVIM = """
local repository, line, first, last = arg[1], tonumber(arg[2]), tonumber(arg[3]), tonumber(arg[4])
local commands, keys = {}, {}
local function show(command, piped)
  print("COMMAND " .. table.concat(command, "\\30") .. "\\31" .. table.concat(piped or {}, "\\30"))
end
local job
vim = {
  cmd = function() end,
  trim = function(text) return text end,
  notify = function() end,
  log = { levels = {} },
  list_extend = function(list, more) for _, item in ipairs(more) do table.insert(list, item) end return list end,
  keymap = { set = function(_, key) keys[key] = true end },
  api = { nvim_create_user_command = function(name, run) commands[name] = run end },
  fn = {
    findfile = function(name) return repository .. "/" .. name end,
    fnamemodify = function(path) return (path:gsub("/[^/]*$", "")) end,
    expand = function(what) return what == "%:p" and repository .. "/steps.py" or repository end,
    executable = function() return 1 end,
    line = function() return line end,
    getline = function(from, to)
      local lines = {}
      for text in io.lines(repository .. "/steps.py") do table.insert(lines, text) end
      return table.move(lines, from, to, 1, {})
    end,
    termopen = function(command, options) assert(options.cwd == repository) show(command) end,
    jobstart = function(command, options) assert(options.cwd == repository) job = { command } return 1 end,
    chansend = function(_, lines) job[2] = lines end,
    chanclose = function() show(job[1], job[2]) end,
  },
}
dofile(arg[5])
local beat = tonumber(arg[6])
local stop = line
commands.ManimStop({})
line = beat
for _, range in ipairs({ 0, 2 }) do
  for _, flags in ipairs({ {}, { "--skip" }, { "--record" } }) do
    commands.ManimRun({ range = range, line1 = first, line2 = last, fargs = flags })
  end
end
line = stop
commands.ManimReload({})
for _, key in ipairs({ "e", "b", "k", "r", "u" }) do assert(keys["<leader>m" .. key], key) end
"""


@pytest.mark.slow
def test_neovim(repository: Path) -> None:
    lua = shutil.which("texlua")
    assert lua, "texlua is missing: it comes with LaTeX (texlive-binaries)"
    stand_in = repository / "neovim.lua"
    stand_in.write_text(NEOVIM)
    places = [str(number) for number in (STOP, FIRST, LAST)]
    plugin = EDITORS / "neovim" / "darkroom.lua"
    ran = subprocess.run(
        [lua, stand_in, repository, *places, plugin, str(BEAT)], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    commands: list[Command] = []
    for text in ran.stdout.split("COMMAND ")[1:]:
        command, piped = text.rstrip("\n").split("\x1f")
        commands.append((command.split("\x1e"), piped.replace("\x1e", "\n")))
    stop, *blocks, reload = commands
    assert len(blocks) == 6
    assert [bool(piped) for _, piped in blocks] == [False] * 3 + [True] * 3
    check(repository, stop[0], plain_skip_record(blocks), reload)
