"""The JSON report, schema 1: what the writer writes, and what `review --from`, `audit --against` and `forget` read.

Keys may be added; none is renamed or removed. A key that came later has a default, so that earlier reports are read.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pydantic
from pydantic import BaseModel, ConfigDict, Field

from blurkit import errors
from blurkit.errors import Bug, SettingsError
from blurkit.geometry import Box, Size
from blurkit.machine.files import read_regular
from blurkit.outcomes import Outcome, PhotoFailure, PhotoResult, Proof, Status
from blurkit.records import Action, AgeEstimate, Decision, Judgement, Reason, Stage
from blurkit.records import Face as FoundFace
from blurkit.report.clip import Clip, clip_of, facts_of, spans
from blurkit.report.marks import Mark, decisions_of, marks_of
from blurkit.report.signed import Signed

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = 1
"""Version of the document."""

Sides = tuple[float, float, float, float]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)


class Age(_Part):
    """How old a face looks."""

    low: float
    """Lower end of the interval, in years."""
    years: float
    """Best estimate."""
    high: float
    """Upper end."""


class Face(_Part):
    """One face, and what happened to it."""

    box: Sides
    """Left, top, right, bottom in pixels of the upright source, before margins."""
    exact_box: Sides | None = None
    """The same, neither rounded nor cut at the border."""
    tilt: float = 0.0
    """Of the head, clockwise in degrees."""
    yaw: float = 0.0
    """How far the face looks to a side: 0 is ahead, 0.45 to the right in a profile, -0.45 to the left."""
    score: float
    """How sure the detectors are together, 0 to 1."""
    age: Age | None
    """`low`, `years` and `high`; null if not judged or not asked."""
    action: Action = Action.COVER
    """`cover` or `keep`."""
    reason: Reason = Reason.EVERYONE
    """Why, in one word."""
    doubtful: bool = False
    """Whether a person should look."""
    rule: Reason | None = None
    """The rule that decided."""
    threshold: float | None = None
    """Years that the low end of the age had to reach."""
    margin: float | None = None
    """Years from that line."""
    detectors: tuple[str, ...]
    """Detectors that saw it."""
    seen: tuple[float, float] | None = None
    """In a clip, from when to when this person is covered or kept in one shot, in seconds; null in a photo. The box is
    that of their best view."""


class Fault(_Part):
    """Why there is no output."""

    kind: str
    """Name of the error."""
    stage: str
    """Where it happened."""
    message: str
    """What happened."""
    hint: str | None
    """What helps."""


class Photo(_Part):
    """What became of one photo."""

    path: str = ""
    """The photo, as the user gave it."""
    output: str | None = None
    """The file written, likewise; null if nothing was written."""
    sha256: str | None = None
    """Hash of the source."""
    width: int | None = None
    """Of the upright source, in pixels."""
    height: int | None = None
    """Likewise."""
    seconds: dict[str, float] = {}
    """Time of each stage by name: `load`, `detect`, `age`, `text`, `policy`, `obscure`, `encode`, `metadata`, `verify`
    and `write`."""
    faces: tuple[Face, ...] = ()
    """From top to bottom; the keys that follow, down to `detectors`, are those of a face."""
    marks: tuple[Mark, ...] | None = None
    """Null if nobody looked; else one entry per line of text, code or number plate, with `kind`, `corners`, `score`,
    `action`, `reason` and `doubtful`, and never with what it says."""
    removed: tuple[str, ...] = ()
    """Hidden data of the source, in words."""
    input_sha256: str | None = None
    """Hash of the source of a file written."""
    output_sha256: str | None = None
    """Hash of the file written."""
    fingerprint: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")
    """Perceptual hash of the output's picture, to find it again after a website resized it."""
    changed_share: float | None = None
    """Share of pixels under covers."""
    coding: str | None = None
    """How the output was encoded, in words."""
    max_difference_outside: int | None = None
    """Largest difference of a colour outside the covers, of 255."""
    clip: Clip | None = None
    """Null for a photo; for a clip `frames`, `seconds`, `sound` and `notes`."""
    status: Status = Status.FAILED
    """`ready`, `look`, `blocked` or `failed`."""
    error: Fault | None = None
    """Null, or `kind`, `stage`, `message` and `hint`."""


class Policy(_Part):
    """Who was covered."""

    name: str
    """Its name."""
    child_age: int | None = None
    """Who is younger is a child, in years."""
    max_miss_rate: float | None = None
    """Share of children that may be left visible."""


class Report(_Part):
    """The whole document."""

    schema_: int = Field(alias="schema", ge=SCHEMA, le=SCHEMA)
    """1."""
    version: str
    """Version of blurkit."""
    policy: Policy
    """`name`, `child_age`, `max_miss_rate`."""
    models: dict[str, str]
    """sha256 of each model, by name."""
    companions: dict[str, int]
    """Files that travel with photos and were left alone, by kind."""
    skipped: int
    """Other files."""
    warnings: tuple[str, ...] = ()
    """What besides faces could identify a child, in words."""
    signed: Signed | None = None
    """Null, or the sign-off of a review: `when`, `by` (null unless the person wanted it here), `answers`, `reasons`,
    `visible`, faces that stay visible; `open_doubts`; and `left_out`, how many photos for each reason."""
    photos: tuple[Photo, ...]
    """One entry per photo, in the order of the run; the keys that follow are those of an entry."""


def photo_of(path: str, output: str | None, outcome: Outcome) -> Photo:
    """Return what the report says of a photo, given its paths as the user gave them."""
    if isinstance(outcome, PhotoFailure):
        fault = Fault(kind=outcome.word, stage=outcome.stage, message=outcome.error, hint=outcome.hint)
        return Photo(path=path, status=outcome.status, error=fault)
    proof = outcome.proof
    told = {} if proof is None else {name: getattr(proof, name) for name in Proof.__slots__}
    if proof is not None:
        told["changed_share"] = round(proof.changed_share, 6)
    return Photo(
        path=path,
        output=output,
        sha256=outcome.sha256,
        width=outcome.size.width,
        height=outcome.size.height,
        seconds={str(stage): round(seconds, 4) for stage, seconds in outcome.seconds.items()},
        faces=tuple(_face(*each, outcome.size) for each in zip(outcome.decisions, spans(outcome), strict=True)),
        marks=marks_of(outcome.marks),
        removed=outcome.removed,
        clip=clip_of(outcome.clip),
        status=outcome.status,
        **told,
    )


def outcome_of(photo: Photo) -> Outcome:
    """Return what became of a photo by a report, as far as the report says it."""
    if photo.error is not None or photo.width is None or photo.height is None:
        fault = photo.error or Fault(kind="Bug", stage="batch", message="nothing is known", hint=None)
        kind = getattr(errors, fault.kind, Bug)
        return PhotoFailure(Path(photo.path), Stage(fault.stage), kind, fault.message, fault.hint)
    told = {name: getattr(photo, name) for name in Proof.__slots__}
    return PhotoResult(
        Path(photo.path),
        None if photo.output is None else Path(photo.output),
        Size(photo.width, photo.height),
        tuple(_decision(face) for face in photo.faces),
        photo.status,
        photo.removed,
        {Stage(stage): seconds for stage, seconds in photo.seconds.items()},
        None if None in told.values() else Proof(**told),
        photo.sha256,
        clip=facts_of(photo.clip, [face.seen for face in photo.faces]),
        marks=decisions_of(photo.marks),
    )


def read(path: Path) -> Report:
    """Read a report.

    Raises:
        SettingsError: It is not a report, or cannot be read.
    """
    try:
        return Report.model_validate(json.loads(read_regular(path).decode("utf-8-sig")))
    except (OSError, ValueError, RecursionError) as fault:
        is_shape = isinstance(fault, pydantic.ValidationError)
        what = "; ".join(_problems(fault)) if isinstance(fault, pydantic.ValidationError) else str(fault)
        hint = "give the .json file that `blurkit run --report` wrote"
        raise SettingsError(f"is no report of blurkit{': ' if what else ''}{what}", path=path, hint=hint) from (
            None if is_shape else fault
        )


def found(face: Face) -> tuple[FoundFace, AgeEstimate | None]:
    """Return a face as it was found, and how old it looks."""
    box = Box(*(face.exact_box or face.box))
    age = None if face.age is None else AgeEstimate(face.age.years, face.age.low, face.age.high, "report")
    return FoundFace(box, face.score, face.detectors, tilt=face.tilt, yaw=face.yaw), age


def table() -> str:
    """Return the keys of the document as a table in Markdown, for the developers' page."""
    return "\n".join(["| key | |", "|---|---|", *_rows(Report), ""])


def _rows(part: Any) -> Iterator[str]:
    parts: dict[str, Any] = {"photos": Photo, "faces": Face}
    for name, field in part.model_fields.items():
        key = field.alias or name
        yield f"| `{key}` | {' '.join((field.description or '').split()).removesuffix('.')} |"
        if key in parts:
            yield from _rows(parts[key])


def _face(decision: Decision, seen: tuple[float, float] | None, size: Size) -> Face:
    judged, whole = decision.judgement, decision.face.box
    box, age = whole.clip(size), judged.age
    return Face(
        box=(round(box.left, 2), round(box.top, 2), round(box.right, 2), round(box.bottom, 2)),
        exact_box=(whole.left, whole.top, whole.right, whole.bottom),
        tilt=decision.face.tilt,
        yaw=decision.face.yaw,
        score=round(decision.face.score, 4),
        age=None if age is None else Age(low=age.low, years=age.years, high=age.high),
        action=judged.action,
        reason=judged.reason,
        doubtful=judged.doubtful,
        rule=judged.rule,
        threshold=years(judged.threshold),
        margin=years(judged.margin),
        detectors=decision.face.detectors,
        seen=None if seen is None else (round(seen[0], 3), round(seen[1], 3)),
    )


def _decision(face: Face) -> Decision:
    seen, age = found(face)
    return Decision(seen, Judgement(age, face.action, face.reason, face.doubtful, face.rule, face.threshold))


def years(years: float | None) -> float | None:
    """Return years for JSON, which knows no infinity: a line that nobody reaches is null, and so is the way to it."""
    return round(years, 2) if years is not None and math.isfinite(years) else None


def _problems(fault: pydantic.ValidationError) -> list[str]:
    return [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in fault.errors()[:3]]


def values(photo: Photo) -> dict[str, Any]:
    """Return what the document holds of a photo, as JSON has it."""
    return photo.model_dump(mode="json")
