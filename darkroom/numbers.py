"""Where the numbers of a scene come from: every number a viewer sees, held against its source.

A number is a DecimalNumber, ours or anybody's. Its source is an attribute of it, `source`: anything whose
`str()` names the origin. A source with a method `true_value()` is asked, at every frame, what the number
should be; one whose `in_motion` is true belongs to a number on its way from one value to another, which holds
between values nobody computed. A Tex or Text may carry `sources`, a list of them, for the numbers written in
it.

The rules:

    N001  no source            a number came from nowhere; labels of a NumberLine need none
    N002  not the true value   what is shown is not the true value, rounded to the decimals shown
    N003  signed zero          "−0.0" or "+0.0"
    N004  drawn otherwise      at rest, the glyphs are not those of the number
    N005  labels repeat        a NumberLine rounds two of its labels to one text
    N006  lost source          the true value cannot be looked up
    N007  shown as zero        at rest, a number that is not zero reads 0, and no "≈" says so
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import RenderableType

    from darkroom.discover import Film
    from darkroom.engine.numerals import Numeral
    from darkroom.engine.run import Beat, Run
    from darkroom.jobs import Outcome

NOTHING = 1e-12  # what is nearer to zero than this is left over from rounding in the computation itself
ABOUT = "≈~<≲"  # what may stand before a zero that is none
FPS = 10.0  # moments looked at in each second

RULES = {
    "N001": "no source",
    "N002": "not the true value",
    "N003": "signed zero",
    "N004": "drawn otherwise",
    "N005": "labels repeat",
    "N006": "lost source",
    "N007": "shown as zero",
}


@dataclass(frozen=True)
class Place:
    """Where in a scene something was seen."""

    time: float
    beat: str
    file: str
    line: int


@dataclass
class Row:
    """One number of a scene, or several of the same source that began alike.

    Attributes:
        kind: "number", "tick" (labels a NumberLine) or "typed" (stands in a Tex or Text).
        shown, last_shown: what a viewer read first and last.
        source: the name of where it comes from; "" if nobody said.
        true, last_true: the true values then. Looked up where the number comes from if `is_looked_up`, else
            what its mobject holds; None for a typed number without a source.
        first, until: where it was first seen, and when last.
        times: how many mobjects showed it.
        inside: the string a typed number stands in.
    """

    kind: str
    shown: str
    source: str
    true: float | None
    is_looked_up: bool
    first: Place
    last_shown: str = ""
    last_true: float | None = None
    until: float = 0.0
    times: int = 1
    inside: str = ""


@dataclass
class Finding:
    """A number that breaks a rule: the first time it does, and at how many moments."""

    code: str
    says: str
    first: Place
    moments: int = 1

    @property
    def rule(self) -> str:
        return RULES[self.code]


@dataclass
class Account:
    """All numbers of a scene, in the order of their appearance, and what is wrong with them."""

    rows: list[Row] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """Plain data, for JSON."""
        findings = [asdict(finding) | {"rule": finding.rule} for finding in self.findings]
        return {"seconds": self.seconds, "numbers": [asdict(row) for row in self.rows], "findings": findings}


class Reader:
    """Reads the numbers of a run; call `look` at every frame and `rest` after every animation."""

    def __init__(self, at: float | None = None) -> None:
        self.at = at  # list only what is in sight at this time, in seconds; rules are held against all the same
        self._rows: dict[tuple[int, str, str], Row] = {}  # by mobject, kind and source
        self._findings: dict[tuple[str, str], Finding] = {}
        self._held: list[Any] = []  # mobjects, so that no id is given away
        self._is_listed = False

    def look(self, run: "Run") -> None:
        """Read the frame that stands now."""
        self._read(run, partial(self._judge, is_at_rest=False))

    def rest(self, run: "Run") -> None:
        """Read the state between two animations, glyph by glyph."""
        self._read(run, partial(self._judge, is_at_rest=True))

    def account(self, seconds: float) -> Account:
        """What was read, numbers of one source that began alike in one row."""
        merged: dict[tuple[str, ...], Row] = {}
        for row in self._rows.values():
            known = merged.setdefault((row.kind, row.source, row.shown, row.inside), row)
            if known is not row:
                known.times += 1
                known.until = max(known.until, row.until)
                if row.last_shown != row.shown:
                    known.last_shown, known.last_true = row.last_shown, row.last_true
        return Account(list(merged.values()), list(self._findings.values()), seconds)

    def _read(self, run: "Run", judge: "Callable[[Numeral, Place], None]") -> None:
        from darkroom.discover import shown
        from darkroom.engine.numerals import numerals

        beat = run.beats[-1]
        file = str(shown(Path(beat.file))) if beat.file else ""
        place = Place(round(float(run.clock), 3), beat.name, file, beat.line)
        found = numerals(run.scene)
        for numeral in found:
            judge(numeral, place)
        self._judge_ticks(found, place)
        if self.at is None or (place.time >= self.at - 1e-6 and not self._is_listed):
            self._is_listed = True
            for numeral in found:
                self._list(numeral, place)

    def _list(self, numeral: "Numeral", place: Place) -> None:
        from darkroom.engine.look import written

        source = numeral.source
        if self.at is None and getattr(source, "in_motion", False):
            return
        name = "" if source is None else str(source)
        try:
            true, is_looked_up = _true_value(numeral)
        except Exception:  # a finding by now
            true, is_looked_up = None, True
        key = (id(numeral.mobject), name, numeral.text if numeral.kind == "typed" else "")
        row = self._rows.get(key)
        if row is None:
            self._held.append(numeral.mobject)
            row = self._rows[key] = Row(numeral.kind, numeral.text, name, true, is_looked_up, place)
            row.inside = written(numeral.mobject) if numeral.kind == "typed" else ""
        row.last_shown, row.last_true, row.until = numeral.text, true, place.time

    def _judge(self, numeral: "Numeral", place: Place, is_at_rest: bool) -> None:
        from darkroom.engine.numerals import is_true_to_its_glyphs, rounded, says

        name = "" if numeral.source is None else str(numeral.source)
        who = f"{type(numeral.mobject).__name__} {numeral.text}" + (f" from {name}" if name else "")
        if numeral.kind == "number" and not name:
            self._find("N001", f"{who} has no source", place)
        in_motion = getattr(numeral.source, "in_motion", False)
        if is_at_rest and numeral.kind != "typed" and not in_motion and not is_true_to_its_glyphs(numeral.mobject):
            self._find("N004", f"{who} is drawn as something else", place)
        if numeral.kind != "typed" and numeral.text[0] in "+-−–" and says(numeral.text, 0):
            self._find("N003", f"{who}: nothing has no sign", place)
        try:
            true, _ = _true_value(numeral)
        except Exception as error:
            self._find("N006", f"{who}: {type(error).__name__}: {error}", place)
            return
        if true is None:
            return
        is_still = is_at_rest and numeral.kind == "number" and not in_motion
        if is_still and abs(true) > NOTHING and numeral.text[0] not in ABOUT + "+-−–" and says(numeral.text, 0):
            self._find("N007", f'{who} is {true:.8g}: show more decimals, or "≈" before it', place, who_only=name)
        # What its mobject holds, if that is the true value: so no last bit decides where a tie goes.
        held = numeral.value
        is_true = held is not None and abs(held - true) <= 1e-9 * max(min(1, 10.0 ** (2 - numeral.decimals)), abs(true))
        should = rounded(held if held is not None and is_true else true, numeral.decimals)
        if not says(numeral.text, should, numeral.kind == "typed"):
            self._find("N002", f"{who} should be {_plain(should)}: the true value is {true:.8g}", place, who_only=name)

    def _judge_ticks(self, found: Sequence["Numeral"], place: Place) -> None:
        """No two labels of a line may read alike."""
        lines: dict[int, Counter[str]] = {}
        for numeral in found:
            if numeral.kind == "tick":
                lines.setdefault(id(numeral.mobject.parents[0]), Counter())[numeral.text] += 1
        for texts in lines.values():
            text, times = texts.most_common(1)[0]
            if times > 1:
                self._find("N005", f"{times} labels of a number line read {text}: show more decimals", place)

    def _find(self, code: str, says: str, place: Place, who_only: str = "") -> None:
        known = self._findings.setdefault((code, who_only or says), Finding(code, says, place, 0))
        known.moments += 1


def _true_value(numeral: "Numeral") -> tuple[Any, bool]:
    """The true value of a number, and whether it was looked up where it comes from; else the mobject's own word."""
    look_up = getattr(numeral.source, "true_value", None)
    true = look_up() if look_up else None
    return (numeral.value, False) if true is None else (true, True)


def _plain(value: complex) -> str:
    return f"{value.real:.12g}" if value.imag == 0 else f"{value:.12g}"


def tables(scene: str, account: Account) -> "Iterator[RenderableType]":
    """An account as a person reads it: a table of the numbers, then what is wrong with them."""
    from rich.table import Table
    from rich.text import Text

    title = f"{scene}  {account.seconds:.1f} s, {len(account.rows)} numbers"
    table = Table(box=None, pad_edge=False, title=title, title_justify="left", title_style="bold")
    for heading, justify in (("first seen", "right"), ("shown", "right"), ("source", "left"), ("true value", "right")):
        table.add_column(heading, justify=justify, overflow="fold")  # type: ignore[arg-type]
    table.add_column("where", style="dim", overflow="fold")
    ticks = Counter(row.first for row in account.rows if row.kind == "tick")
    for row in account.rows:
        if row.kind == "tick" and not ticks[row.first]:
            continue  # one row for all labels that came together
        changes = row.last_shown != row.shown
        values = [_plain(complex(f"{value:.8g}")) for value in (row.true, row.last_true) if value is not None]
        true = " … ".join(values if changes else values[:1]) + ("" if row.is_looked_up or not values else " (its own)")
        shown = f"{row.shown} … {row.last_shown}" if changes else row.shown
        source, times = row.source or "none", row.times
        if row.kind == "tick":
            shown, source, true, times = f"{row.shown}, …", "labels of axes", "", ticks.pop(row.first)
        elif not row.source and row.kind == "typed":
            source = f"typed: {row.inside}"
        name = Text(source, "red" if source == "none" else "dim" if not row.source else "")
        name.append(f"  ×{times}" if times > 1 else "", "dim")
        table.add_row(f"{row.first.time:.1f} s", Text(shown), name, true, Text(_where(row.first)))
    yield table
    for finding in account.findings:
        head = Text(f"{finding.code} {finding.rule}: ", "red")
        moments = f", at {finding.moments} moments" if finding.moments > 1 else ""
        yield head + Text(f"{finding.says}\n     from {finding.first.time:.1f} s{moments}, {_where(finding.first)}")


def _where(place: Place) -> str:
    return f"{place.beat}, {place.file}:{place.line}" if place.file else place.beat


# Work of darkroom's processes


def read(scene_class: Any, report: Callable[[int], None], at: float | None = None, fps: float | None = None) -> Account:
    """Play a scene without drawing it, and account for its numbers."""
    from darkroom.engine.run import Observer, Run

    reader = Reader(at)

    class Reading(Observer):
        def on_frame(self, run: "Run") -> None:
            reader.look(run)

        def on_beat(self, run: "Run", beat: "Beat") -> None:
            reader.rest(run)

    run = Run(scene_class, Reading(), draws=False, fps=fps)()
    return reader.account(float(run.clock))


def read_all(
    films: Sequence["Film"],
    at: float | None = None,
    fps: float = FPS,
    jobs: int | None = None,
    timeout: float | None = None,
) -> "list[Outcome]":
    """An Account of every scene of some films, in their order; of none that takes more than `timeout` seconds."""
    from darkroom.jobs import Job, Quality, Stage, log_path
    from darkroom.lengths import cache_folder
    from darkroom.pool import Pool, available_cores

    scenes = [ref for film in films for ref in film.scenes]
    options = {"at": at, "fps": fps}
    orders = [
        Job(ref, Stage.of(ref, Quality.low), read, log_path(cache_folder(), ref), options=options, timeout=timeout)
        for ref in scenes
    ]
    with Pool(max(1, min(jobs or available_cores(), len(scenes)))) as pool:
        outcomes = {outcome.job: outcome for outcome in pool.run(orders)}
    return [outcomes[order] for order in orders]
