"""What a report says of words, codes and plates: kind and place, and never what they say."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from blurkit.geometry import Point
from blurkit.language import tn, tr
from blurkit.marks import Mark as FoundMark
from blurkit.marks import MarkDecision, MarkKind, MarkReason
from blurkit.policy.marks import asks_for_marks
from blurkit.records import Action
from blurkit.text import INSTALL

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from blurkit.outcomes import PhotoResult
    from blurkit.settings import PolicySettings

Corner = tuple[float, float]

NAMES = {MarkKind.TEXT: "line of text", MarkKind.CODE: "code", MarkKind.PLATE: "number plate"}
"""What each kind is called in English, for programs."""

PLURALS = {MarkKind.TEXT: "lines of text", MarkKind.CODE: "codes", MarkKind.PLATE: "number plates"}

REASONS = {
    MarkReason.POLICY: "by the policy",
    MarkReason.COVERED_WORD: "holds a word that is always covered",
    MarkReason.LEFT_WORD: "a phrase that is always left",
    MarkReason.ALWAYS_REGION: "in a part that is always covered",
    MarkReason.NEVER_REGION: "in a part that is never covered",
    MarkReason.FOUND_IN_CHECK: "could still be read in the output",
    MarkReason.MANUAL: "decided by hand",
}
"""Reasons in plain words."""


class Mark(BaseModel):
    """A line of text, a code or a plate, and what happened to it."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    kind: MarkKind
    """`text`, `code` or `plate`."""
    corners: tuple[Corner, Corner, Corner, Corner]
    """x and y of its corners, clockwise, in pixels of the upright source."""
    score: float
    """How sure it is, 0 to 1."""
    action: Action
    """`cover` or `keep`."""
    reason: MarkReason
    """Why, in one word."""
    doubtful: bool = False
    """Whether a person should look."""


def marks_of(decisions: Sequence[MarkDecision] | None) -> tuple[Mark, ...] | None:
    """Return what a report says of marks; None if nobody looked."""
    return None if decisions is None else tuple(map(_mark, decisions))


def decisions_of(marks: Sequence[Mark] | None) -> tuple[MarkDecision, ...] | None:
    """Return marks as a report knows them."""
    return None if marks is None else tuple(map(_decision, marks))


def in_words(decisions: Iterable[MarkDecision]) -> str:
    """Return how many of each kind there are: `2 lines of text, 1 code`."""
    kinds = Counter(decision.mark.kind for decision in decisions)
    return ", ".join(
        f"{number} {NAMES[kind] if number == 1 else PLURALS[kind]}" for kind in MarkKind if (number := kinds[kind])
    )


def told(decisions: Sequence[MarkDecision], action: Action, *, written: bool) -> str:
    """Say how many of each kind are covered or left, or would be, in the language that is spoken."""
    kinds = Counter(decision.mark.kind for decision in decisions)
    things = ", ".join(_counted(kind, number) for kind in MarkKind if (number := kinds[kind]))
    words = {
        (Action.COVER, True): tr("covered: {things}"),
        (Action.COVER, False): tr("would be covered: {things}"),
        (Action.KEEP, True): tr("left visible: {things}"),
        (Action.KEEP, False): tr("would stay visible: {things}"),
    }
    return words[action, written].format(things=things)


def _counted(kind: MarkKind, number: int) -> str:
    match kind:
        case MarkKind.TEXT:
            return tn("{n} line of text", "{n} lines of text", number)
        case MarkKind.CODE:
            return tn("{n} code", "{n} codes", number)
        case MarkKind.PLATE:
            return tn("{n} number plate", "{n} number plates", number)


def sentence(decision: MarkDecision) -> str:
    """Return a line about a mark."""
    box, action = decision.mark.box, decision.action.value
    return (
        f"  {action}: {NAMES[decision.mark.kind]} at {box.center.x:.0f}, {box.center.y:.0f} of "
        f"{decision.mark.height:.0f} px: {REASONS[decision.reason]}"
    )


def summary(results: Sequence[PhotoResult], policy: PolicySettings, *, written: bool) -> list[str]:
    """Return lines about the marks of a run, for a person; and one if nobody looked for any."""
    decisions = [decision for result in results for decision in result.marks or ()]
    groups = [(action, [d for d in decisions if d.action is action]) for action in (Action.COVER, Action.KEEP)]
    lines = [told(group, action, written=written) for action, group in groups if group]
    if asks_for_marks(policy):
        if any(result.marks is None and result.clip is None for result in results):
            words = tr("words, codes and number plates were not looked at ({remedy})")
            lines.append(words.format(remedy=INSTALL))
        if any(result.clip is not None for result in results):
            lines.append(tr("words, codes and number plates in clips were not looked at"))
    return lines


def _mark(decision: MarkDecision) -> Mark:
    first, second, third, fourth = ((round(p.x, 2), round(p.y, 2)) for p in decision.mark.corners)
    return Mark(
        kind=decision.mark.kind,
        corners=(first, second, third, fourth),
        score=round(decision.mark.score, 4),
        action=decision.action,
        reason=decision.reason,
        doubtful=decision.doubtful,
    )


def _decision(mark: Mark) -> MarkDecision:
    first, second, third, fourth = (Point(x, y) for x, y in mark.corners)
    found = FoundMark((first, second, third, fourth), mark.kind, mark.score)
    return MarkDecision(found, mark.action, mark.reason, mark.doubtful)
