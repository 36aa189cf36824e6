"""What the page says about faces, in words that a parent understands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blurkit.language import mark, tr
from blurkit.policy.reviewed import Why
from blurkit.records import Action, Reason

if TYPE_CHECKING:
    from blurkit.records import Decision, Judgement
    from blurkit.review.spots import Spot

WHYS = {
    Why.ADULT: mark("is an adult"),
    Why.CONSENT: mark("there is consent"),
    Why.NOT_A_FACE: mark("is not a face"),
}
"""Why a person lets a covered face be seen."""


def words(spot: Spot, child_age: int) -> str:
    """Return why a face is covered or kept."""
    choice, decision = spot.choice, spot.decision
    if decision is None:
        return tr("Cover drawn by you")
    if choice.by_hand and choice.action is Action.KEEP and choice.why is not None:
        note = f" ({choice.note})" if choice.note else ""
        return tr("Shown by you: {reason}").format(reason=tr(WHYS[choice.why])) + note
    if choice.by_hand:
        return tr("Cover moved by you") if choice.box != choice.found else tr("Covered by you")
    return _reason(decision, child_age)


def _reason(decision: Decision, child_age: int) -> str:
    judgement = decision.judgement
    return tr(_text(judgement, is_known=judgement.age is not None)).format(
        limit=child_age, age="" if judgement.age is None else f"{judgement.age.years:.0f}"
    )


def _text(judgement: Judgement, *, is_known: bool) -> str:
    """Return the text for a reason, with or without the age that a face looks."""
    doubtful = judgement.doubtful
    adult = mark("Looks adult, about {age}") if is_known else mark("Looks adult")
    if doubtful and is_known:
        adult = mark("Probably adult, looks about {age}, but not certain")
    elif doubtful:
        adult = mark("Probably adult, but not certain")
    young = mark("Looks under {limit}, about {age}") if is_known else mark("Looks under {limit}")
    maybe = mark("Could be under {limit}")
    if is_known:
        maybe = mark("Could be under {limit}: looks about {age}, not certain")
    if judgement.action is Action.KEEP:  # a policy that lets them be seen takes them for adults
        maybe = adult
    return {
        Reason.LOOKS_UNDER_AGE: young,
        Reason.MAY_BE_UNDER_AGE: maybe,
        Reason.TOO_SMALL_TO_JUDGE: mark("Too small to tell the age"),
        Reason.UNCLEAR_FACE: mark("Too unclear to tell the age"),
        Reason.EVERYONE: mark("Everyone is covered"),
        Reason.ALWAYS_REGION: mark("In a part of the photo that is always covered"),
        Reason.NEVER_REGION: mark("In a part of the photo that stays visible"),
        Reason.FOUND_IN_CHECK: mark("Found when the photo was checked"),
        Reason.MANUAL: mark("Decided by you"),
        Reason.LOOKS_ADULT: adult,
    }[judgement.reason]
