"""Findings: as data, as text, as pictures. Knows nothing of ManimGL."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageDraw

from darkroom.check.geometry import Box
from darkroom.discover import shown

if TYPE_CHECKING:
    from darkroom.check.gate import Verdict

COLORS = ("#FF2D78", "#FFD400")  # of the outlines: the culprits in order


@dataclass(frozen=True)
class Culprit:
    """A mobject as its author knows it."""

    kind: str  # its class
    name: str  # what the scene calls it: an attribute or a variable, `labels[2]`; may be empty
    text: str  # what it says, if it says something

    def __str__(self) -> str:
        said = f'"{_short(self.text)}"' if self.text else self.kind
        return f"{said} ({self.name})" if self.name else said


@dataclass(frozen=True)
class Finding:
    """Something that breaks a rule."""

    code: str
    rule: str
    scene: str
    time: float  # seconds into the scene, when it begins
    seconds: float  # how long it lasts
    beat: str
    file: str
    line: int
    culprits: tuple[Culprit, ...]
    says: str  # how bad it is
    waived: str = ""  # the reason it is allowed
    hint: str = ""
    picture: str = ""  # where its picture was saved
    drawing: Image.Image | None = field(default=None, compare=False, repr=False)

    @property
    def place(self) -> str:
        return f"{shown(Path(self.file))}:{self.line}"

    def __str__(self) -> str:
        who = " and ".join(map(str, self.culprits[:2]))
        who += f" and {len(self.culprits) - 2} more" if len(self.culprits) > 2 else ""
        lasts = f" for {self.seconds:.1f} s" if self.seconds >= 0.1 else ""
        lines = [
            f"{self.place}: {self.code} {self.rule}: {who + ': ' if who else ''}{self.says}",
            f"    {self.scene} at {self.time:.1f} s{lasts}" + (f', in "{self.beat}"' if self.beat else ""),
        ]
        lines += [f"    {self.hint}"] if self.hint else []
        lines += [f"    {shown(Path(self.picture))}"] if self.picture else []
        return "\n".join(lines)

    def as_json(self) -> dict[str, Any]:
        """The finding as plain data."""
        return {
            "code": self.code,
            "rule": self.rule,
            "scene": self.scene,
            "time": round(self.time, 3),
            "seconds": round(self.seconds, 3),
            "beat": self.beat,
            "file": str(shown(Path(self.file))),
            "line": self.line,
            "culprits": [{"class": c.kind, "name": c.name, "text": c.text} for c in self.culprits],
            "says": self.says,
            "waived": self.waived,
            "picture": str(shown(Path(self.picture))) if self.picture else "",
        }


def _short(text: str, limit: int = 40) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def outline(picture: Image.Image, boxes: Sequence[Box], frame: Box) -> Image.Image:
    """The picture with boxes, in frame units, drawn round the culprits."""
    picture = picture.copy()
    pen = ImageDraw.Draw(picture)
    left, bottom, right, top = frame
    across, down = picture.width / (right - left), picture.height / (top - bottom)
    for number, box in enumerate(boxes):
        corners = (
            max(1, (box[0] - left) * across - 4),
            max(1, (top - box[3]) * down - 4),
            min(picture.width - 2, (box[2] - left) * across + 4),
            min(picture.height - 2, (top - box[1]) * down + 4),
        )
        if corners[0] < corners[2] and corners[1] < corners[3]:
            pen.rectangle(corners, outline=COLORS[number % 2], width=3)
    return picture


def as_text(verdicts: "Sequence[Verdict]") -> str:
    """All findings, as a person reads them: each with its place in the source first, so that editors find it."""
    parts = []
    for verdict in verdicts:
        if verdict.failure:
            reason = verdict.failure.reason.replace("\n", "\n    ")
            parts.append(f"{verdict.scene}\n    fails, so it could not be checked: {reason}")
        parts += [str(finding) for finding in verdict.findings if not finding.waived]
    count = sum(not finding.waived for verdict in verdicts for finding in verdict.findings)
    waived = sum(bool(finding.waived) for verdict in verdicts for finding in verdict.findings)
    failed = sum(verdict.failure is not None for verdict in verdicts)
    summary = f"{_count(len(verdicts), 'scene')}: {_count(count, 'finding')}"
    summary += f", {waived} waived" if waived else ""
    summary += f", {failed} failed" if failed else ""
    return "\n\n".join([*parts, summary])


def as_json(verdicts: "Sequence[Verdict]") -> str:
    """The same for programs."""
    scenes = [
        {
            "scene": verdict.scene.name,
            "file": str(shown(verdict.scene.file)),
            "seconds": round(verdict.seconds, 3),
            "clean": verdict.is_clean,
            "failure": verdict.failure.reason if verdict.failure else "",
            "findings": [finding.as_json() for finding in verdict.findings],
        }
        for verdict in verdicts
    ]
    return json.dumps({"clean": all(verdict.is_clean for verdict in verdicts), "scenes": scenes}, indent=2)


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'s' * (number != 1)}"
