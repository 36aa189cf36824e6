"""What a run did, as text: the `--json` document, and a summary that a school secretary understands.

Beside it the same as a table (`table`) and as a page (`page`).
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from blurkit.outcomes import PhotoFailure, PhotoResult, Status
from blurkit.records import Action, Reason
from blurkit.report import marks
from blurkit.words import count, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from blurkit.outcomes import Outcome
    from blurkit.records import Decision
    from blurkit.settings import Settings

SCHEMA = 1
"""Version of the JSON document: keys may be added, none renamed or removed."""

REASONS = {
    Reason.LOOKS_UNDER_AGE: "look under age",
    Reason.MAY_BE_UNDER_AGE: "may be under age",
    Reason.TOO_SMALL_TO_JUDGE: "too small to judge",
    Reason.UNCLEAR_FACE: "too unclear to judge",
    Reason.EVERYONE: "everyone is covered",
    Reason.ALWAYS_REGION: "in a part that is always covered",
    Reason.NEVER_REGION: "in a part that is never covered",
    Reason.FOUND_IN_CHECK: "found by the independent check",
    Reason.MANUAL: "decided by hand",
    Reason.LOOKS_ADULT: "look adult",
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
    warnings: tuple[str, ...] = ()
    """Things besides faces that could identify a child."""

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
            "warnings": list(self.warnings),
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
                removed.update({_without_size(what) for what in outcome.removed})
                for decision in outcome.decisions:
                    reasons[decision.judgement.action][REASONS[decision.judgement.reason]] += 1
        done, look = verdicts[Status.READY] + verdicts[Status.LOOK], verdicts[Status.LOOK]
        done -= len(clips)
        earlier -= sum(clip.earlier for clip in clips)
        verb = "written" if written else "looked at, nothing written"
        lines = [f"{count(done - earlier, 'photo')} {verb}"] if done or not clips else []
        lines += _clips(clips, verb)
        if earlier:
            lines.append(
                f"{count(earlier, 'photo')} {'was' if earlier == 1 else 'were'} done before and unchanged since"
            )
        if look:
            lines.append(f"  {count(look, 'photo')} should be looked at by a person before publishing")
        words = ("covered", "left visible") if written else ("would be covered", "would stay visible")
        for action, word in zip((Action.COVER, Action.KEEP), words, strict=True):
            lines.append(f"{count(reasons[action].total(), 'face')} {word}{_by_reason(reasons[action])}")
        lines += marks.summary(results, self.settings.policy, written=written)
        if removed:
            lines.append("removed: " + ", ".join(f"{what} ({number})" for what, number in most_first(removed)))
        for status, word in ((Status.BLOCKED, "could not be made safe"), (Status.FAILED, "could not be processed")):
            if verdicts[status]:
                lines.append(f"{count(verdicts[status], 'photo')} {word}: no output")
        lines += [f"{number} {kind}: not made safe, not copied" for kind, number in self.companions.items()]
        if self.skipped:
            lines.append(f"{count(self.skipped, 'other file')} skipped")
        lines += [f"warning: {one_line(warning)}" for warning in self.warnings]
        return "\n".join(lines)


def _clips(clips: Sequence[PhotoResult], verb: str) -> list[str]:
    """Say how many clips there are, and what a person should know of them."""
    if not clips:
        return []
    earlier = sum(clip.earlier for clip in clips)
    lines = [f"{count(len(clips) - earlier, 'clip')} {verb}"] if len(clips) > earlier else []
    if earlier:
        lines.append(f"{count(earlier, 'clip')} {'was' if earlier == 1 else 'were'} done before and unchanged since")
    notes = Counter(note for clip in clips if clip.clip for note in clip.clip.notes)
    for note, number in most_first(notes):
        lines.append(f"  {count(number, 'clip')}: {note}")
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


def _without_size(what: str) -> str:
    """Return what was hidden without its size, so that it can be counted over photos."""
    return re.sub(r"( \d+x\d+|, \d+ entries)$", "", what)


def _photo(entry: ReportEntry) -> dict[str, Any]:
    from blurkit.report import schema

    return schema.values(schema.photo_of(entry.path, entry.output, entry.outcome))


def _from_line(decision: Decision) -> str:
    """Say how far a face is from the line, or nothing without a line."""
    margin, line = decision.judgement.margin, decision.judgement.threshold
    if margin is None or not math.isfinite(margin):
        return ""
    return f", {abs(margin):.1f} years {'above' if margin >= 0 else 'below'} the line of {line:.1f}"
