"""What a run did, as text: the `--json` document, and a summary that a school secretary understands.

Beside it the same as a table (`table`) and as a page (`page`).
"""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from blurkit.language import mark, tn, tr
from blurkit.outcomes import PhotoFailure, PhotoResult, Status
from blurkit.records import Action, Reason
from blurkit.report import marks
from blurkit.report.removed import in_plain_words
from blurkit.report.signed import only_checked
from blurkit.words import count, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from blurkit.outcomes import Outcome
    from blurkit.records import Decision
    from blurkit.report.signed import Signed
    from blurkit.report.warned import Caution
    from blurkit.settings import Settings

SCHEMA = 1
"""Version of the JSON document: keys may be added, none renamed or removed."""

REASONS = {
    Reason.LOOKS_UNDER_AGE: mark("look under age"),
    Reason.MAY_BE_UNDER_AGE: mark("may be under age"),
    Reason.TOO_SMALL_TO_JUDGE: mark("too small to judge"),
    Reason.UNCLEAR_FACE: mark("too unclear to judge"),
    Reason.EVERYONE: mark("everyone is covered"),
    Reason.ALWAYS_REGION: mark("in a part that is always covered"),
    Reason.NEVER_REGION: mark("in a part that is never covered"),
    Reason.FOUND_IN_CHECK: mark("found by the independent check"),
    Reason.MANUAL: mark("decided by hand"),
    Reason.LOOKS_ADULT: mark("look adult"),
}
"""Reasons in plain words."""


@dataclass(frozen=True, slots=True)
class ReportEntry:
    """One photo of a run, with its paths as the user gave them."""

    path: str
    """The argument, or argument/path inside the folder."""
    output: str | None
    """Likewise below the output folder; None if nothing was written."""
    outcome: Outcome
    """What became of it."""


@dataclass(frozen=True, slots=True)
class BatchReport:
    """A whole run."""

    version: str
    """Version of blurkit."""
    settings: Settings
    """What the user chose."""
    models: Mapping[str, str]
    """sha256 of each model."""
    entries: Sequence[ReportEntry]
    """One a photo, in the order of the run."""
    companions: Mapping[str, int]
    """Files that travel with photos, by kind; not made safe, not copied."""
    skipped: int
    """Other files that are no photos."""
    warnings: tuple[Caution, ...] = ()
    """Things besides faces that could identify a child."""
    signed: Signed | None = None
    """The sign-off that it is about, if there was a review."""

    @property
    def failures(self) -> tuple[ReportEntry, ...]:
        """The photos of which there is no output."""
        return tuple(entry for entry in self.entries if isinstance(entry.outcome, PhotoFailure))

    def document(self) -> dict[str, Any]:
        """Return the `--json` document, as DESIGN.md 8 has it."""
        return self._head() | {"photos": [_photo(entry) for entry in self.entries]}

    def _head(self) -> dict[str, Any]:
        policy = self.settings.policy
        return {
            "schema": SCHEMA,
            "version": self.version,
            "policy": {
                "name": policy.name,
                "child_age": policy.child_age,
                "max_miss_rate": policy.max_miss_rate,
            },
            "models": dict(self.models),
            "companions": dict(self.companions),
            "skipped": self.skipped,
            "warnings": [str(warning) for warning in self.warnings],
            "signed": None if self.signed is None else self.signed.model_dump(mode="json"),
        }

    def to_json(self) -> str:
        """Return the document as text in plain ASCII, so that any console takes it."""
        return "".join(self.json_parts())

    def json_parts(self) -> Iterator[str]:
        """Yield the same text photo by photo: of ten thousand photos it is longer than the models are large."""
        empty = json.dumps(self._head() | {"photos": []}, indent=2)
        yield empty.removesuffix("]\n}")
        for number, entry in enumerate(self.entries):
            text = json.dumps(_photo(entry), indent=2).replace("\n", "\n    ")
            yield f"{',' if number else ''}\n    {text}"
        yield "\n  ]\n}\n" if self.entries else "]\n}\n"

    def summary(self, *, written: bool) -> str:
        """Return a few lines for a person: photos, faces by reason, and what was left aside.

        Args:
            written: Whether files were written, or only looked at.
        """
        warnings = [tr("warning: {words}").format(words=one_line(warning.told())) for warning in self.warnings]
        return "\n".join([*self.totals(written=written), *warnings])

    def totals(self, *, written: bool, brief: bool = False) -> list[str]:
        """Return the summary without its warnings, in the language that is spoken.

        Args:
            written: Whether files were written, or only looked at.
            brief: Leave out the reasons, and what was removed.
        """
        verdicts: Counter[Status] = Counter()
        reasons: dict[Action, Counter[str]] = {action: Counter() for action in Action}
        removed: Counter[str] = Counter()
        earlier = 0
        results = [entry.outcome for entry in self.entries if isinstance(entry.outcome, PhotoResult)]
        clips = [result for result in results if result.clip]
        for entry in self.entries:
            outcome = entry.outcome
            verdicts[outcome.status] += 1
            if isinstance(outcome, PhotoResult):
                earlier += outcome.earlier
                removed.update(in_plain_words(outcome.removed))
                for decision in outcome.decisions:
                    reasons[decision.judgement.action][tr(REASONS[decision.judgement.reason])] += 1
        done, look = verdicts[Status.READY] + verdicts[Status.LOOK], verdicts[Status.LOOK]
        done -= len(clips)
        earlier -= sum(clip.earlier for clip in clips)
        lines = [_photos(done - earlier, written=written)] if done or not clips else []
        lines += _clips(clips, written=written)
        if earlier:
            lines.append(
                tn(
                    "{n} photo was written before and is unchanged since",
                    "{n} photos were written before and are unchanged since",
                    earlier,
                )
            )
        if self.signed is not None:
            lines.append("  " + tr("a person looked at the photos and signed: see the sign-off"))
            checked = sum(result.status is Status.LOOK and only_checked(result) for result in results)
            look -= checked
            if checked:
                words = tn(
                    "in {n} photo the last check covered more than the person saw",
                    "in {n} photos the last check covered more than the person saw",
                    checked,
                )
                lines.append(f"  {words}")
        if look:
            words = tn(
                "{n} photo should be looked at by a person before publishing",
                "{n} photos should be looked at by a person before publishing",
                look,
            )
            lines.append(f"  {words}")
        for action, counts in reasons.items():
            lines.append(faces(action, counts.total(), written=written) + ("" if brief else _by_reason(counts)))
        lines += marks.summary(results, self.settings.policy, written=written)
        if removed and not brief:
            things = ", ".join(f"{tr(what)} ({number})" for what, number in most_first(removed))
            lines.append(tr("removed: {things}").format(things=things))
        if blocked := verdicts[Status.BLOCKED]:
            lines.append(
                tn(
                    "{n} photo could not be made safe: no output",
                    "{n} photos could not be made safe: no output",
                    blocked,
                )
            )
        if failed := verdicts[Status.FAILED]:
            lines.append(
                tn(
                    "{n} photo could not be processed: no output",
                    "{n} photos could not be processed: no output",
                    failed,
                )
            )
        left_alone = tr("{number} {kind}: not made safe, not copied")
        lines += [left_alone.format(number=number, kind=tr(kind)) for kind, number in self.companions.items()]
        if self.skipped:
            lines.append(tn("{n} other file skipped", "{n} other files skipped", self.skipped))
        return lines


def _photos(number: int, *, written: bool) -> str:
    if written:
        return tn("{n} photo written", "{n} photos written", number)
    return tn("{n} photo looked at, nothing written", "{n} photos looked at, nothing written", number)


def faces(action: Action, number: int, *, written: bool) -> str:
    """Say how many faces are covered or kept, or would be."""
    match action, written:
        case Action.COVER, True:
            return tn("{n} face covered", "{n} faces covered", number)
        case Action.COVER, False:
            return tn("{n} face would be covered", "{n} faces would be covered", number)
        case _, True:
            return tn("{n} face left visible", "{n} faces left visible", number)
        case _:
            return tn("{n} face would stay visible", "{n} faces would stay visible", number)


def _clips(clips: Sequence[PhotoResult], *, written: bool) -> list[str]:
    """Say how many clips there are, and what a person should know of them."""
    if not clips:
        return []
    earlier = sum(clip.earlier for clip in clips)
    now = len(clips) - earlier
    if written:
        made = tn("{n} clip written", "{n} clips written", now)
    else:
        made = tn("{n} clip looked at, nothing written", "{n} clips looked at, nothing written", now)
    lines = [made] if now else []
    if earlier:
        lines.append(
            tn(
                "{n} clip was written before and is unchanged since",
                "{n} clips were written before and are unchanged since",
                earlier,
            )
        )
    notes = Counter(note for clip in clips if clip.clip for note in clip.clip.notes)
    for note, number in most_first(notes):
        lines.append("  " + tn("{n} clip: {note}", "{n} clips: {note}", number, note=tr(note)))
    return lines


def sentences(result: PhotoResult) -> list[str]:
    """Return a line about a photo, and one for each of its faces and marks."""
    before = ", done before" if result.earlier else ""
    lines = [f"{result.source}: {result.status.value}, {count(len(result.decisions), 'face')}{before}"]
    for decision in result.decisions:
        box, age = decision.face.box, decision.judgement.age
        years = (
            "" if age is None else f", looks {age.years:.0f} ({age.low:.0f} to {age.high:.0f}){_from_line(decision)}"
        )
        lines.append(
            f"  {decision.judgement.action.value}: face at {box.center.x:.0f}, {box.center.y:.0f} of "
            f"{box.height:.0f} px: {REASONS[decision.judgement.reason]}{years}"
        )
    return lines + [marks.sentence(decision) for decision in result.marks or ()]


def _by_reason(counts: Counter[str]) -> str:
    parts = [f"{number} {words}" for words, number in most_first(counts)]
    return f" ({', '.join(parts)})" if parts else ""


def most_first(counts: Counter[str]) -> list[tuple[str, int]]:
    """Return words by falling count, then by alphabet: the same for the same photos."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _photo(entry: ReportEntry) -> dict[str, Any]:
    from blurkit.report import schema

    return schema.values(schema.photo_of(entry.path, entry.output, entry.outcome))


def _from_line(decision: Decision) -> str:
    """Say how far a face is from the line, or nothing without a line."""
    margin, line = decision.judgement.margin, decision.judgement.threshold
    if margin is None or not math.isfinite(margin):
        return ""
    return f", {abs(margin):.1f} years {'above' if margin >= 0 else 'below'} the line of {line:.1f}"
