"""The command line: read what was typed, call, print, exit. Heavy modules are imported in the commands."""

import re
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from io import TextIOWrapper
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from darkroom.codecs import Codec, Format
from darkroom.errors import DarkroomError, Interrupted, UsageError
from darkroom.jobs import Quality
from darkroom.paste import PasteCommand, paste

if TYPE_CHECKING:
    from rich.console import Console

    from darkroom.jobs import Outcome
    from darkroom.studio import Order
    from darkroom.tasks import Pictures

app = typer.Typer(
    name="darkroom",
    help="Render, join and look at ManimGL scenes: anywhere, in parallel, with or without a screen.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _fraction(text: str) -> Fraction:
    """Frames per second as they were typed: 30, 29.97 or 24000/1001."""
    try:
        rate = Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise typer.BadParameter(f"{text!r} is no number. Write 30, 29.97 or 24000/1001.") from None
    if rate < 1:
        raise typer.BadParameter(f"{text} is less than 1.")
    return rate


Targets = Annotated[
    list[str] | None,
    typer.Argument(metavar="[PATH[:SCENE]]...", help="Scene files, film folders, or single scenes. Default: all here."),
]
QualityOption = Annotated[Quality, typer.Option(help="Size of the picture.")]
Fps = Annotated[
    Fraction | None,
    typer.Option(
        parser=_fraction,
        metavar="NUMBER",
        help="Frames per second, such as 30 or 24000/1001.  [default: as configured]",
    ),
]
Jobs = Annotated[int | None, typer.Option(min=1, help="Scenes at once.  [default: one per processor]")]
Scheduler = Annotated[
    str | None, typer.Option(metavar="HOST:PORT", help="Render on the workers of this dask scheduler.")
]
CodecOption = Annotated[
    Codec, typer.Option(help="How clips are encoded; manimgl: as configured. Others must work on this machine.")
]
Cached = Annotated[
    bool, typer.Option(" /--no-cache", help="Render everything, also what is known to come out as it did before.")
]
Verify = Annotated[
    bool, typer.Option("--verify", help="Render some of the clips taken from the cache again; exit 1 if one differs.")
]
Split = Annotated[
    bool, typer.Option(" /--no-split", help="Render each scene in one piece, even if some workers have nothing to do.")
]
Timeout = Annotated[
    float | None,
    typer.Option(
        min=0.1, metavar="SECONDS", help="Give up a scene that is not done after so long; the others still finish."
    ),
]
Transparent = Annotated[
    bool, typer.Option("--transparent", help="Without the background: ProRes 4444 (.mov); with --codec vp9, .webm.")
]
ConfigFile = Annotated[
    Path | None,
    typer.Option("--config_file", help="Merge this file on top of custom_config.yml.", resolve_path=True),
]
Strict = Annotated[
    bool, typer.Option("--strict", help="A scene that asks for a font which is not installed fails.")
]
Output = Annotated[Path, typer.Option(help="Folder for all that is made.", file_okay=False)]


@app.command("list")
def list_(targets: Targets = None, timeout: Timeout = None) -> None:
    """List films and scenes in order, with their lengths: each as soon as it is known."""
    from rich.markup import escape

    from darkroom import discover, studio
    from darkroom.jobs import Failure
    from darkroom.tasks import Length

    films = discover.find(targets or ["."])
    out = _out()
    width = max(len(ref.name) for film in films for ref in film.scenes)
    known: dict[discover.SceneRef, Length | Failure] = {}
    waiting = [(film, number) for film in films for number in range(len(film.scenes))]

    def tell(scene: discover.SceneRef, length: Length | Failure) -> None:
        """Print what is known, as far as the order of the films allows."""
        known[scene] = length
        while waiting and (ref := waiting[0][0].scenes[waiting[0][1]]) in known:
            film, number = waiting.pop(0)
            if number == 0:
                out.print(f"[bold cyan]{escape(str(discover.shown(film.path)))}[/]  {escape(film.title)}")
            lasts = known[ref]
            seconds = f"{lasts.seconds:.1f} s" if isinstance(lasts, Length) else "fails"
            style, says = ("dim", ref.doc) if isinstance(lasts, Length) else ("red", lasts.reason.splitlines()[0])
            line = f"  [bold]{ref.name:{width}}[/]  {seconds:>8}  [{style}]{escape(says)}[/]"
            out.print(line, no_wrap=True, overflow="ignore", crop=False)
            if number == len(film.scenes) - 1:
                lengths = [known[ref] for ref in film.scenes]
                total = sum(length.seconds for length in lengths if isinstance(length, Length))
                out.print(f"  {'':{width}}  [dim]{total:6.1f} s[/]")
                for base, reason in film.bases if not film.picked else ():
                    out.print(f"  [dim]not listed: {base.name} {escape(reason)}[/]")
                out.print()

    studio.measure(films, tell, timeout)
    failures = {ref: length for ref, length in known.items() if isinstance(length, Failure)}
    if failed := [ref for ref, why in failures.items() if not why.timed_out]:
        _err().print(f"A scene that fails says why in full when rendered:  darkroom render {failed[0]}")
    if failures:
        raise typer.Exit(1)


class _OptionalTime(TyperCommand):
    """Lets `--still` stand alone: it takes what follows only if that is a number."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        args = list(args)
        for at, word in enumerate(args):
            if word == "--":
                break
            if word == "--still" and not re.fullmatch(r"-?[\d.]+", "".join(args[at + 1 : at + 2])):
                args[at] = "--still=end"
        return super().parse_args(ctx, args)


@app.command(cls=_OptionalTime)
def render(
    targets: Targets = None,
    quality: QualityOption = Quality.high,
    fps: Fps = None,
    jobs: Jobs = None,
    scheduler: Scheduler = None,
    codec: CodecOption = Codec.manimgl,
    cached: Cached = True,
    verify: Verify = False,
    split: Split = True,
    timeout: Timeout = None,
    transparent: Transparent = False,
    gif: Annotated[bool, typer.Option("--gif", help="Make GIFs.")] = False,
    still: Annotated[
        str | None,
        typer.Option(metavar="[SECONDS]", help="Only a picture (PNG) of this moment; alone, of how each scene ends."),
    ] = None,
    beats: Annotated[
        str | None,
        typer.Option(
            metavar="FIRST:LAST",
            help="Only these animations: numbers as on a contact sheet, or the first words of their comments.",
        ),
    ] = None,
    start: Annotated[float | None, typer.Option("--from", min=0, help="Only from this second on.")] = None,
    stop: Annotated[float | None, typer.Option("--to", min=0, help="Only up to this second.")] = None,
    config_file: ConfigFile = None,
    strict: Strict = False,
    output: Output = Path("media"),
) -> None:
    """Render scenes in parallel, without a screen. Exits 1 if one failed; the others still finish.

    A scene whose source, data, configuration and tools are as they were is not rendered again.
    """
    from darkroom import discover, studio
    from darkroom.parts import Moment, Part, at_second

    if transparent and gif:
        raise UsageError("a GIF has no half-transparent pixels.", "Choose --transparent or --gif.")
    format = Format.transparent if transparent else Format.gif if gif else Format.video
    part = Part(beats, start, stop)
    if still is not None and (gif or part or scheduler):
        raise UsageError("--still makes one picture, here.", "Leave --gif, --beats, --from, --to, --scheduler out.")
    films = discover.find(targets or ["."])
    order = studio.Order(
        films,
        quality,
        fps,
        jobs,
        output,
        scheduler,
        codec,
        cached,
        verify,
        split,
        timeout,
        format,
        part,
        config_file,
        strict,
    )
    if still is not None:
        _make_stills(order, Moment() if still == "end" else at_second(_seconds(still)))
        return
    outcomes = studio.render(order)
    _print_clips(outcomes, order)
    _exit_for(outcomes)


@app.command()
def still(
    target: Annotated[
        str,
        typer.Argument(metavar="PATH[:SCENE][@SECONDS]|FILE:LINE", help="A scene and when; or a line of its source."),
    ],
    quality: QualityOption = Quality.high,
    fps: Fps = None,
    transparent: Transparent = False,
    jobs: Jobs = None,
    config_file: ConfigFile = None,
    strict: Strict = False,
    output: Output = Path("media"),
) -> None:
    """Make a picture (PNG) of a scene: at a time, after the beat around a line, or of how it ends."""
    from darkroom import studio
    from darkroom.parts import moments

    films, moment = moments(target)
    format = Format.transparent if transparent else Format.video
    order = studio.Order(
        films, quality, fps, jobs, output, format=format, config_file=config_file, strict=strict
    )
    _make_stills(order, moment)


@app.command()
def film(
    target: Annotated[
        str, typer.Argument(metavar="PATH[:SCENE]", help="A film folder, a file of scenes, or one scene by itself.")
    ],
    quality: QualityOption = Quality.high,
    fps: Fps = None,
    jobs: Jobs = None,
    scheduler: Scheduler = None,
    codec: CodecOption = Codec.manimgl,
    cached: Cached = True,
    verify: Verify = False,
    split: Split = True,
    timeout: Timeout = None,
    transparent: Transparent = False,
    config_file: ConfigFile = None,
    strict: Strict = False,
    output: Output = Path("media"),
) -> None:
    """Make a final cut: a film's scenes in order, in one file with chapters.

    Only scenes that have changed are rendered.
    """
    from darkroom import discover, studio
    from darkroom.film import join, require_alike, require_one_shape

    films = discover.find([target])
    if len(films) > 1:
        found = "  ".join(str(discover.shown(film.path)) for film in films)
        raise UsageError(f"{target} holds {len(films)} films: {found}", "Name one of them.")
    require_one_shape(films[0])
    format = Format.transparent if transparent else Format.video
    order = studio.Order(
        films,
        quality,
        fps,
        jobs,
        output,
        scheduler,
        codec,
        cached,
        verify,
        split,
        timeout,
        format,
        config_file=config_file,
        strict=strict,
    )
    with _no_old_film(order.cut(films[0])):
        outcomes = studio.render(order)
        _print_clips(outcomes, order)
        _exit_for(outcomes)
        clip_of = {outcome.job.scene: outcome.result for outcome in outcomes}
        scenes = films[0].scenes  # a film may show one again
        clips = [clip_of[scene] for scene in scenes]
        require_alike(clips)
        path = order.cut(films[0], clips[0].path.suffix)
        facts, chapters = join(clips, [scene.chapter for scene in scenes], path)
    for chapter in chapters:
        _out().print(f"  {_clock(chapter.start)}  {chapter.title}")
    _out().print(f"{facts.frames} frames, {_clock(facts.seconds)}, {facts.width}x{facts.height}:")
    print(discover.shown(path))


@contextmanager
def _no_old_film(path: Path) -> Iterator[None]:
    """Where making a film fails, the film of an earlier run does not keep the name of the one that was to come."""
    from darkroom.discover import shown
    from darkroom.film import set_aside

    try:
        yield
    except (DarkroomError, typer.Exit) as error:
        made_something = not isinstance(error, Interrupted | UsageError)
        aside = set_aside(path) if made_something else None
        if aside:
            _err().print(f"There is no new film. That of an earlier run is now  {shown(aside)}", markup=False)
        raise


@app.command()
def cache(
    clear: Annotated[bool, typer.Option("--clear", help="Throw everything out, remembered lengths too.")] = False,
) -> None:
    """Say where finished clips are kept, and how large that has become."""
    from darkroom import clips

    if clear:
        count, size = clips.clear()
        _out().print(f"{count} clips thrown out, {size / 1e6:.1f} MB.")
        return
    count, size = clips.describe()
    print(clips.folder())
    _out().print(f"{count} clips, {size / 1e6:.1f} MB of at most {clips.limit() / 1e9:g} GB ({clips.SIZE_VARIABLE}).")
    _out().print("Empty it:  darkroom cache --clear", style="dim")


@app.command()
def doctor() -> None:
    """Prove that this machine can render; for each failure, say the fix."""
    from darkroom.discover import root_of
    from darkroom.doctor import examine

    ill = 0
    for finding in examine(root_of(Path.cwd() / "here")):
        ill += not finding.ok
        _out().print("[green]ok  [/]" if finding.ok else "[red]FAIL[/]", f"{finding.probe:8}", end=" ")
        _out().print(finding.detail, markup=False)
        for line in finding.fix.splitlines():
            _out().print(f"              {line}", markup=False)
    raise typer.Exit(1 if ill else 0)


@app.command()
def sheet(
    targets: Targets = None,
    every: Annotated[
        float | None, typer.Option(min=0.01, help="A picture each so many seconds, not one per animation.")
    ] = None,
    quality: Annotated[Quality, typer.Option(help="Size of the pictures.")] = Quality.low,
    fps: Fps = None,
    jobs: Jobs = None,
    timeout: Timeout = None,
    config_file: ConfigFile = None,
    strict: Strict = False,
    output: Output = Path("media"),
) -> None:
    """Make contact sheets: a picture at the end of each animation, with its time and beat."""
    from darkroom import discover, studio

    order = studio.Order(
        discover.find(targets or ["."]),
        quality,
        fps,
        jobs,
        output,
        timeout=timeout,
        config_file=config_file,
        strict=strict,
    )
    _print_pictures(studio.draw_sheets(order, every))


@app.command()
def check(
    targets: Targets = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
    pictures: Annotated[
        Path | None,
        typer.Option(help="Folder for pictures of the findings.  [default: `check` beside the clips]", file_okay=False),
    ] = None,
    draw: Annotated[bool, typer.Option(" /--no-pictures", help="Draw no pictures.")] = True,
    still: Annotated[float, typer.Option(min=0.5, help="Seconds in which nothing moves before that is dead time.")] = 6,
    fresh: Annotated[bool, typer.Option("--fresh", help="Check even what was clean and has not changed.")] = False,
    measured: Annotated[
        bool, typer.Option("--measure", help="Check nothing; measure look and pace instead: a table, a row per scene.")
    ] = False,
    jobs: Jobs = None,
    timeout: Timeout = None,
    config_file: ConfigFile = None,
    output: Output = Path("media"),
) -> None:
    """Check layout: overlaps, cut-off, small or pale text, flicker, dead time. Exits 1 if there are findings."""
    from darkroom import discover, studio
    from darkroom.check import gate, measure, report
    from darkroom.jobs import Failure

    studio.require_config_file(config_file)
    films = discover.find(targets or ["."])
    if measured:
        figures = measure.measure(films, jobs=jobs, output=output)
        print(measure.as_json(figures)) if as_json else _out().print(measure.as_table(figures))
        failed = {ref: known for ref, known in figures.items() if isinstance(known, Failure)}
        for ref, failure in failed.items():
            _err().print(f"{ref} fails: {failure.reason}", markup=False)
        raise typer.Exit(1 if failed else 0)
    verdicts = gate.check(
        films,
        still=still,
        pictures=pictures,
        draw=draw,
        jobs=jobs,
        output=output,
        fresh=fresh,
        timeout=timeout,
        config_file=config_file,
    )
    print(report.as_json(verdicts) if as_json else report.as_text(verdicts))
    raise typer.Exit(0 if all(verdict.is_clean for verdict in verdicts) else 1)


@app.command()
def numbers(
    targets: Targets = None,
    at: Annotated[float | None, typer.Option(min=0, help="List only what is on screen at this second.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
    fps: Annotated[float, typer.Option(min=1, help="Moments looked at in each second.")] = 10,
    jobs: Jobs = None,
    timeout: Timeout = None,
) -> None:
    """List every number a viewer sees and where it comes from. Exits 1 if one is not what its source says."""
    import json

    from darkroom import discover, studio
    from darkroom.numbers import read_all, tables

    outcomes = read_all(discover.find(targets or ["."]), at, fps, jobs, timeout)
    read = [(outcome.job.scene, outcome.result) for outcome in outcomes if not outcome.failure]
    if as_json:
        print(json.dumps([{"scene": str(scene), **account.as_dict()} for scene, account in read], indent=1))
    else:
        for scene, account in read:
            for table in tables(str(scene), account):
                _out().print(table)
    failed = [outcome for outcome in outcomes if outcome.failure]
    if failed:
        _err().print(studio.describe(failed), markup=False)
    if failed or any(account.findings for _, account in read):
        raise typer.Exit(1)


app.command(cls=PasteCommand)(paste)


def _clock(seconds: float) -> str:
    """`1:07.5` of 67.5 seconds."""
    return f"{seconds // 60:.0f}:{seconds % 60:04.1f}"


def _seconds(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"--still {text}: that is no number of seconds.", "Such as:  --still 12.5") from None


def _make_stills(order: "Order", moment: Any) -> None:
    from darkroom import studio

    _print_pictures(studio.draw_stills(order, moment))


def _print_pictures(outcomes: list["Outcome"]) -> None:
    """Say where pictures are, and what was wrong."""
    from darkroom.discover import shown

    for outcome in outcomes:
        made: Pictures | None = outcome.result
        for path in made.paths if made else ():
            print(shown(path))
    _say_missing_fonts(outcomes, _err())
    _exit_for(outcomes)


def _say_missing_fonts(outcomes: Iterable["Outcome"], console: "Console") -> None:
    """Each font that is not installed, with the scenes that asked for it."""
    scenes: dict[str, list[str]] = {}
    for outcome in outcomes:
        for font in outcome.result.missing_fonts if outcome.result else ():
            scenes.setdefault(font, []).append(outcome.job.scene.name)
    for font, names in scenes.items():
        said = f"Missing: {font} Its words are drawn in another: {', '.join(names)}."
        console.print(said, style="yellow", markup=False)


def _print_clips(outcomes: list["Outcome"], order: "Order") -> None:
    """The summary of a render."""
    from rich.table import Table

    from darkroom.discover import shown
    from darkroom.studio import ineffective_settings

    table = Table(box=None, pad_edge=False)
    for heading, justify in (
        ("scene", "left"),
        ("frames", "right"),
        ("length", "right"),
        ("frames/s", "right"),
        ("memory", "right"),
        ("file", "left"),
    ):
        table.add_column(heading, justify=justify, no_wrap=heading != "file", overflow="fold")  # type: ignore[arg-type]
    for outcome in outcomes:
        clip = outcome.result
        if outcome.failure:
            table.add_row(outcome.job.scene.name, "", "", "", "", "[red]failed[/]")
        else:
            speed = "[cyan]known[/]" if clip.from_cache else f"{clip.frames / clip.took:.1f}"
            memory = "" if clip.from_cache else f"{clip.memory / 1e6:.0f} + {clip.encoder_memory / 1e6:.0f} MB"
            path = str(shown(clip.path))
            length = f"{clip.seconds:.2f} s"
            table.add_row(outcome.job.scene.name, str(clip.frames), length, speed, memory, path)
    _out().print(table)
    known = sum(bool(outcome.result and outcome.result.from_cache) for outcome in outcomes)
    if known:
        _out().print(f"{known} of {len(outcomes)} clips were known already, and taken from the cache.")
    for outcome in outcomes:
        clip = outcome.result
        if clip and abs(clip.clock - clip.seconds) > 0.5 / clip.fps:
            name, own = outcome.job.scene.name, f"{clip.clock:.2f} s"
            _out().print(f"[yellow]{name}: its own clock says {own}; more than its animations has moved it.[/]")
        if clip and clip.unkept:
            _out().print(f"[yellow]{outcome.job.scene.name}: not kept in the cache: {clip.unkept}.[/]")
        for note in clip.notes if clip else ():
            _out().print(f"{outcome.job.scene.name}: {note}", style="yellow", markup=False)
        if clip and clip.beside:
            places = dict.fromkeys(path if path.parent == clip.path.parent else path.parent for path in clip.beside)
            also = ", ".join(f"{shown(place)}{'/' * place.is_dir()}" for place in places)
            _out().print(f"{outcome.job.scene.name}, as its class asks, also: {also}", markup=False)
        for reason, frames in (clip.fallbacks if clip and not clip.from_cache else {}).items():
            name = outcome.job.scene.name
            _out().print(f"[yellow]{name}: {frames} frames drawn in ManimGL's own, slower way: {reason}.[/]")
    _say_missing_fonts(outcomes, _out())
    ignored = ineffective_settings(order)
    if ignored:
        _out().print(
            f"{', '.join(ignored)} under file_writer: ManimGL itself hears them only from its command line and from a "
            "class's default_file_writer_config.",
            style="yellow",
            markup=False,
        )


def _exit_for(outcomes: list["Outcome"]) -> None:
    """Say which scenes failed, and leave with 1, if any did."""
    from darkroom import studio

    failed = [outcome for outcome in outcomes if outcome.failure]
    if failed:
        _err().print()
        _err().print(studio.describe(failed), markup=False)
        names = ", ".join(outcome.job.scene.name for outcome in failed)
        _err().print(f"[red]{len(failed)} of {len(outcomes)} failed:[/] {names}")
        raise typer.Exit(1)


def _out() -> "Console":
    from rich.console import Console

    # A pipe gets tables in full width.
    return Console(highlight=False, width=None if sys.stdout.isatty() else 200)


def _err() -> "Console":
    from rich.console import Console

    return Console(stderr=True, highlight=False, soft_wrap=True)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise Interrupted


def main() -> None:
    """The program: `darkroom`."""
    from darkroom import discover

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # as `nohup` has it
            signal.signal(number, _interrupt)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # file names need not be text
    try:
        app()
    except SystemExit as done:
        if not done.code and any(one.is_source for one in discover.passed_over):
            sys.exit(1)  # the rest is done
        raise
    except DarkroomError as error:
        print(f"darkroom: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
