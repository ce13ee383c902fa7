"""`python -m bench`: how long fast drawing takes beside stock ManimGL, and whether the frames are the same.

Each scene is rendered in one process by `manimgl -w` and in one process by darkroom, turn by turn in the same
run, from the start of the process to the finished file. Then both draw it once more, unhurried, and the hash of
every frame is compared. With --film, a whole film: stock's scenes one after the other beside `darkroom render`
with one worker and with two, from typing the command to the last clip.
"""

import argparse
import hashlib
import importlib
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
OWN = [
    "TextAndFormulas",
    "LearningMatrix",
    "StockNumbers",
    "ManyEdges",
    "Orbit",
    "DotsInSpace",
    "AlwaysRedraw",
    "MostlyWaiting",
]
WAYS = ("stock", "fast")


@dataclass
class Measured:
    """What was found out about one scene; seconds in lists, a number for each turn."""

    scene: str
    wall: dict[str, list[float]] = field(default_factory=lambda: {way: [] for way in WAYS})
    cpu: dict[str, list[float]] = field(default_factory=lambda: {way: [] for way in WAYS})
    files: set[str] = field(default_factory=set)
    frames: dict[str, list[str]] = field(default_factory=dict)
    fallbacks: dict[str, int] = field(default_factory=dict)

    def median(self, kind: str, way: str) -> float:
        return statistics.median(getattr(self, kind)[way])

    @property
    def verdict(self) -> str:
        same = self.frames.get("stock") == self.frames.get("fast")
        if not same:
            pairs = zip(self.frames["stock"], self.frames["fast"], strict=False)
            return f"{sum(a != b for a, b in pairs)} frames differ"
        if len(self.files) > 1:
            return "frames equal, files not"
        return "equal" if self.frames else "files equal"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("scenes", nargs="*", metavar="FILE:SCENE", help="default: the benchmark set")
    parser.add_argument("--pairs", type=int, default=3, help="turns for each scene (default: 3)")
    parser.add_argument("--fps", type=int, default=30)
    parser.add_argument("--size", default="1920x1080", metavar="WxH")
    parser.add_argument("--quick", action="store_true", help="one turn at 5 frames per second")
    parser.add_argument("--film", metavar="FOLDER", help="measure this film as a whole instead, once")
    parser.add_argument("--no-frames", action="store_true", help="compare finished files only")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything measured to FILE")
    # What we start ourselves as.
    parser.add_argument("--hash", metavar="FILE:SCENE", help=argparse.SUPPRESS)
    parser.add_argument("--render", nargs=2, metavar=("FILE:SCENE", "CLIP"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.quick:
        options.pairs, options.fps = 1, 5
    if options.hash:
        _print_hashes(options.hash)
        return
    if options.render:
        _render(*options.render)
        return
    if options.film:
        _measure_film(options)
        return
    scenes = options.scenes or [f"bench/scenes.py:{name}" for name in OWN] + _film_scenes()
    print(f"{_machine()}\n{options.size} at {options.fps} fps, median of {options.pairs}\n", flush=True)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        measured = [_measure(scene, options, Path(folder)) for scene in scenes]
    _print_sum(measured)
    if options.json:
        options.json.write_text(json.dumps([vars(m) | {"files": sorted(m.files)} for m in measured], indent=1))
    sys.exit(any("equal" not in m.verdict for m in measured))


def _film_scenes() -> list[str]:
    """The scenes of the collection's first film, in order."""
    from darkroom import engine

    engine.load()
    from _2025.autograd.film import SCENES_IN_ORDER

    places = [(sys.modules[scene.__module__].__file__, scene.__name__) for scene in SCENES_IN_ORDER]
    return [f"{Path(file or '').relative_to(ROOT)}:{name}" for file, name in places]


def _measure_film(options: argparse.Namespace) -> None:
    """Print what stock needs for a film, and `darkroom render` with one worker and with two; compare all clips."""
    from darkroom.discover import find

    scenes = [(ref.file.relative_to(ROOT), ref.name) for film in find([options.film]) for ref in film.scenes]
    what = f"{options.film}, {len(scenes)} scenes, {options.size} at {options.fps} fps, once"
    print(f"{_machine()}\n{what}\n", flush=True)
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        folder = Path(place)
        config = _write_config(options, folder)
        stock = [
            [BIN / "manimgl", file, name, "-w", "--config_file", config, "--video_dir", folder / "stock"]
            for file, name in scenes
        ]
        # Undivided: the frames of a divided scene are the same, but its file is not stock's.
        how = ["--no-cache", "--no-split", "--fps", str(options.fps)]
        fast = [BIN / "darkroom", "render", options.film, *how, "--jobs"]
        seconds: dict[str, float] = {}
        for way, commands in (
            ("jobs 2", [[*fast, "2", "--output", folder / "jobs 2"]]),
            ("jobs 1", [[*fast, "1", "--output", folder / "jobs 1"]]),
            ("stock", stock),
        ):
            seconds[way] = sum(_run(command, dict(os.environ))[0] for command in commands)
            print(f"{way:8}{seconds[way]:9.1f} s", flush=True)
        clips = {way: {path.stem: path.read_bytes() for path in (folder / way).rglob("*.mp4")} for way in seconds}
    for way in ("jobs 1", "jobs 2"):
        same = sum(clips[way].get(name) == clips["stock"].get(name, b"") for _, name in scenes)
        ratio = seconds["stock"] / seconds[way]
        print(f"{way}: {ratio:.1f} times as fast as stock; {same} of {len(scenes)} clips equal stock's byte for byte")
    print(f"two workers: {seconds['jobs 1'] / seconds['jobs 2']:.2f} times as fast as one")
    sys.exit(clips["jobs 1"] != clips["stock"] or clips["jobs 2"] != clips["stock"])


def _write_config(options: argparse.Namespace, folder: Path) -> Path:
    """ManimGL's configuration for this size and frame rate."""
    config = folder / "bench.yml"
    size = options.size.replace("x", ", ")
    config.write_text(f'camera: {{resolution: "({size})", fps: {options.fps}}}\n')
    return config


def _measure(place: str, options: argparse.Namespace, folder: Path) -> Measured:
    file, _, name = place.partition(":")
    result = Measured(name)
    config = _write_config(options, folder)
    out = folder / name
    commands = {
        "stock": [BIN / "manimgl", file, name, "-w", "--config_file", config, "--video_dir", out / "stock"],
        "fast": [sys.executable, "-m", "bench", "--render", place, out / "fast" / f"{name}.mp4"],
    }
    environment = {**os.environ, "BENCH_CONFIG": str(config)}
    for _ in range(options.pairs):
        for way in WAYS:
            wall, cpu = _run(commands[way], environment)
            result.wall[way].append(wall)
            result.cpu[way].append(cpu)
        clips = [max((out / way).rglob("*.mp4"), key=lambda path: path.stat().st_mtime) for way in WAYS]
        result.files |= {hashlib.md5(clip.read_bytes()).hexdigest() for clip in clips}
    if not options.no_frames:
        for way in WAYS:
            command = [sys.executable, "-m", "bench", "--hash", place]
            chosen = {**environment, "DARKROOM_DRAWING": way}
            done = subprocess.run(command, cwd=ROOT, env=chosen, capture_output=True, text=True, check=True)
            said = json.loads(done.stdout.splitlines()[-1])
            result.frames[way] = said["frames"]
            result.fallbacks = said["fallbacks"]
    _print_row(result)
    return result


def _run(command: list[Any], environment: dict[str, str]) -> tuple[float, float]:
    """Run a command; seconds of the clock and of all processors together."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    words = [str(part) for part in command]
    done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True)
    wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{' '.join(words)}\n{done.stdout}{done.stderr}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _load(place: str) -> Any:
    """The scene class of FILE:SCENE, with ManimGL configured for this run."""
    from darkroom import engine

    engine.load(["--config_file", os.environ["BENCH_CONFIG"]])
    file, _, name = place.partition(":")
    return getattr(importlib.import_module(".".join(Path(file).with_suffix("").parts)), name)


def _render(place: str, path: str) -> None:
    """Render a scene as a worker of `darkroom render` does."""
    scene_class = _load(place)
    from darkroom.tasks import render

    render(scene_class, lambda frames: None, Path(path))


def _print_hashes(place: str) -> None:
    """Draw a scene as DARKROOM_DRAWING says, and print the hash of every frame."""
    scene_class = _load(place)
    from darkroom.engine.run import Observer, Run

    frames: list[str] = []

    class Hashing(Observer):
        def on_frame(self, run: Run) -> None:
            frames.append(hashlib.blake2b(run.raw(), digest_size=16).hexdigest())

    run = Run(scene_class, Hashing())()
    print(json.dumps({"frames": frames, "fallbacks": run.fallbacks}))


def _machine() -> str:
    """The processor, how many of it, and what draws."""
    import moderngl

    from darkroom.engine import hooks

    hooks.activate()
    context = moderngl.create_context(standalone=True, backend="egl")
    info = context.info
    models = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    model = models[0].partition(":")[2].strip() if models else platform.processor()
    return f"{os.cpu_count()} cores, {model}; {info['GL_RENDERER']}, {info['GL_VERSION']}"


_ROW = "{:<28}{:>9}{:>9}{:>8}{:>10}{:>9}{:>8}   {}"


def _print_row(result: Measured) -> None:
    if not _print_row.__dict__.setdefault("began", False):
        _print_row.__dict__["began"] = True
        print(_ROW.format("", "stock s", "fast s", "ratio", "stock cpu", "fast cpu", "ratio", "frames"))
    numbers = [result.median(kind, way) for kind in ("wall", "cpu") for way in WAYS]
    note = f"{result.verdict}, {len(result.frames.get('fast', []))} frames"
    if result.fallbacks:
        note += f"; in stock's way: {result.fallbacks}"
    _print_numbers(result.scene, numbers, note)


def _print_numbers(title: str, numbers: list[float], note: str) -> None:
    stock, fast, stock_cpu, fast_cpu = numbers
    cells = [f"{stock:.1f}", f"{fast:.1f}", f"{stock / fast:.1f}x"]
    cells += [f"{stock_cpu:.1f}", f"{fast_cpu:.1f}", f"{stock_cpu / fast_cpu:.1f}x"]
    print(_ROW.format(title, *cells, note), flush=True)


def _print_sum(measured: list[Measured]) -> None:
    numbers = [sum(m.median(kind, way) for m in measured) for kind in ("wall", "cpu") for way in WAYS]
    slower = [m.scene for m in measured if m.median("wall", "fast") > m.median("wall", "stock")]
    _print_numbers("all of them", numbers, f"slower than stock: {', '.join(slower) or 'none'}")


if __name__ == "__main__":
    main()
