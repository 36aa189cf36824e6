"""What a review shows: photos, and their faces and places, each with what happens to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from blurkit.errors import SettingsError
from blurkit.language import tr
from blurkit.policy.again import match
from blurkit.policy.reviewed import Choice, Why
from blurkit.records import Action

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from blurkit.geometry import Size
    from blurkit.outcomes import Outcome
    from blurkit.records import Decision


@dataclass(frozen=True, slots=True)
class Spot:
    """One face, or one place that a person covered."""

    number: int
    """Its number in the photo; never given twice."""
    choice: Choice
    """What happens to it."""
    decision: Decision | None
    """What the policy decides; None if a person drew it."""

    @property
    def is_kept(self) -> bool:
        """Whether it stays visible."""
        return self.choice.action is Action.KEEP

    @property
    def is_open(self) -> bool:
        """Whether it is doubtful and nobody has looked at it."""
        settled = self.choice.seen or self.choice.by_hand
        return self.decision is not None and self.decision.judgement.doubtful and not settled


@dataclass(slots=True)
class Shown:
    """One photo of the review."""

    name: str
    """Its path inside the folder."""
    outcome: Outcome | None = None
    """What the analysis says; None until then."""
    sha256: str | None = None
    """Hash of the file that was analysed."""
    size: Size | None = None
    """Of the upright photo, in pixels."""
    revision: int = 0
    """When it last changed."""
    opened: bool = False
    """Whether a person has had the whole photo on the screen."""


Sheet = tuple[Spot, ...]
Sheets = dict[str, Sheet]


def with_action(spot: Spot, action: Action, why: Why | None = None, note: str = "") -> Choice:
    """Return a face's choice with another action; the policy's own needs no reason, revealing does.

    Raises:
        SettingsError: The reason is missing, or a cover that was drawn would be revealed.
    """
    if action is Action.COVER:
        moved = spot.choice.box != spot.choice.found
        by_hand = moved if spot.decision is not None and spot.decision.judgement.action is Action.COVER else True
        return replace(spot.choice, action=action, by_hand=by_hand, why=None, note="", seen=True)
    if spot.decision is None:
        raise SettingsError(tr("Delete a cover that you drew, rather than show what is under it."))
    if spot.decision.judgement.action is Action.KEEP:
        why, note = None, ""
    elif why is None or (why is Why.CONSENT and not note):
        raise SettingsError(tr("To show a covered face, give the reason; for a consent, its number, too."))
    box = spot.decision.face.box
    return Choice(box, action, box, by_hand=why is not None, why=why, note=note, seen=True)


def unseen(choice: Choice) -> Choice:
    """Return a choice of somebody unknown: nobody here has looked, and a cover is where the face was found."""
    box = choice.found if choice.action is Action.COVER and choice.found is not None else choice.box
    return replace(choice, box=box, seen=False)


def taken_up(
    found: Sequence[Decision], stored: Sequence[Choice], numbered: Callable[[Choice, Decision | None], Spot]
) -> Sheet:
    """Return the faces of a photo with what an earlier review chose, and the covers that it drew.

    Args:
        found: What the policy decides now.
        stored: The choices of the earlier review.
        numbered: Gives a face or place a number.
    """
    matched, left = match(found, stored)
    spots = []
    for decision, earlier in zip(found, matched, strict=True):
        choice = Choice(decision.face.box, decision.judgement.action, decision.face.box)
        if earlier is not None:
            reason_is_missing = earlier.action is Action.KEEP and decision.judgement.action is Action.COVER
            if earlier.by_hand and not (reason_is_missing and earlier.why is None):
                box = earlier.box if earlier.action is Action.COVER else choice.box
                choice = replace(earlier, box=box, found=decision.face.box)
            else:
                choice = replace(choice, seen=earlier.seen and earlier.action is choice.action)
        spots.append(numbered(choice, decision))
    covers = [choice for choice in left if choice.by_hand and choice.action is Action.COVER]
    return *spots, *(numbered(replace(choice, found=None), None) for choice in covers)
