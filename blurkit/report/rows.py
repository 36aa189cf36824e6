"""One photo of a run as the table for a spreadsheet has it: in English words, for programs to rely on."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from blurkit.outcomes import PhotoFailure
from blurkit.records import Action
from blurkit.report import marks
from blurkit.report.summary import REASONS, most_first

if TYPE_CHECKING:
    from collections.abc import Callable

    from blurkit.outcomes import PhotoResult, Proof
    from blurkit.records import Decision
    from blurkit.report.summary import ReportEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What a data protection officer asks of one photo; no place of a face, no age."""

    photo: str
    """Its path as the user gave it."""
    output: str
    """Likewise of the file written; empty if nothing was written."""
    verdict: str
    """`ready`, `look`, `blocked` or `failed`."""
    covered: int = 0
    """Faces under covers."""
    visible: int = 0
    """Faces left visible."""
    doubtful: int = 0
    """Faces that a person should look at."""
    words_covered: str = ""
    """Lines of text, codes and number plates under covers: how many of each, and never what they say."""
    words_visible: str = ""
    """Likewise of those left visible."""
    why_covered: str = ""
    """Reasons, with how often each."""
    why_visible: str = ""
    """Likewise."""
    removed: str = ""
    """What was hidden in the source and is not in the output."""
    checks: str = ""
    """The checks that the file written has passed; empty if none was written."""
    error: str = ""
    """Why there is no output, and what helps."""
    input_sha256: str = ""
    """Hash of the photo's file."""
    output_sha256: str = ""
    """Hash of the file written."""


def row(entry: ReportEntry) -> Row:
    """Say what became of a photo."""
    outcome = entry.outcome
    if isinstance(outcome, PhotoFailure):
        error = f"{outcome.stage}: {outcome.error}" + (f" ({outcome.hint})" if outcome.hint else "")
        return Row(photo=entry.path, output="", verdict=outcome.status.value, error=error)
    covered = [decision for decision in outcome.decisions if decision.judgement.action is Action.COVER]
    visible = [decision for decision in outcome.decisions if decision.judgement.action is Action.KEEP]
    proof = outcome.proof
    return Row(
        photo=entry.path,
        output=entry.output or "",
        verdict=outcome.status.value,
        covered=len(covered),
        visible=len(visible),
        doubtful=sum(decision.judgement.doubtful for decision in outcome.decisions),
        words_covered=_marks(outcome, Action.COVER),
        words_visible=_marks(outcome, Action.KEEP),
        why_covered=reasons(covered),
        why_visible=reasons(visible),
        removed="; ".join(outcome.removed),
        checks="" if proof is None else _checks(proof),
        input_sha256=outcome.sha256 or (proof.input_sha256 if proof else ""),
        output_sha256=proof.output_sha256 if proof else "",
    )


def reasons(decisions: list[Decision], *, told: Callable[[str], str] = str) -> str:
    """Return why faces are covered or kept, with how often each, the most frequent first.

    Args:
        decisions: Those about the faces.
        told: Puts a reason into a language; by default it stays English.
    """
    counts = Counter(told(REASONS[decision.judgement.reason]) for decision in decisions)
    return "; ".join(f"{number} {words}" for words, number in most_first(counts))


def _marks(outcome: PhotoResult, action: Action) -> str:
    """Return how many marks of each kind were covered or left."""
    return marks.in_words(decision for decision in outcome.marks or () if decision.action is action)


def _checks(proof: Proof) -> str:
    """Name the checks; a file that failed one of them is never written, so that a proof shows them all passed."""
    return (
        "nothing hidden in the file; outside the covers as the source "
        f"(at most {proof.max_difference_outside} of 255 apart); no open face seen by the independent check"
    )
