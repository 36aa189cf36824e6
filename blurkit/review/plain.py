"""What the page says about faces, photos and policies, in words that a parent understands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blurkit.policy import asks_for_age
from blurkit.policy.reviewed import LeftOut, Why
from blurkit.records import Action, Reason

if TYPE_CHECKING:
    from blurkit.records import Decision
    from blurkit.review.spots import Spot
    from blurkit.settings import PolicySettings

WHYS = {
    Why.ADULT: "is an adult",
    Why.CONSENT: "there is consent",
    Why.NOT_A_FACE: "is not a face",
}
"""Why a person lets a covered face be seen."""

LEFT_OUT = {
    LeftOut.NO_CONSENT: "somebody must not be seen at all",
    LeftOut.CLOTHES: "somebody is half dressed",
    LeftOut.NOT_NEEDED: "the photo is not needed",
    LeftOut.OTHER: "another reason",
}
"""Why a photo is not published."""

CHECKS = (
    "opened again and compared with what you saw here",
    "searched for hidden pictures, places and names, and nothing was left",
    "searched for faces once more, and nobody is visible except those you keep",
)
"""What every written file passed."""


def words(spot: Spot, child_age: int) -> str:
    """Return why a face is covered or kept."""
    choice, decision = spot.choice, spot.decision
    if decision is None:
        return "Cover drawn by you"
    if choice.by_hand and choice.action is Action.KEEP and choice.why is not None:
        note = f" ({choice.note})" if choice.note else ""
        return f"Shown by you: {WHYS[choice.why]}{note}"
    if choice.by_hand:
        return "Cover moved by you" if choice.box != choice.found else "Covered by you"
    return _reason(decision, child_age)


def _reason(decision: Decision, child_age: int) -> str:
    judgement = decision.judgement
    age = "" if judgement.age is None else f"{judgement.age.years:.0f}"
    looks, about = (f", looks about {age}", f", about {age}") if age else ("", "")
    adult = f"Probably adult{looks}, but could be under {child_age}" if judgement.doubtful else f"Looks adult{about}"
    return {
        Reason.LOOKS_UNDER_AGE: f"Looks under {child_age}{about}",
        Reason.MAY_BE_UNDER_AGE: f"Could be under {child_age}" + (f": looks about {age}, not certain" if age else ""),
        Reason.TOO_SMALL_TO_JUDGE: "Too small to tell the age",
        Reason.UNCLEAR_FACE: "Too unclear to tell the age",
        Reason.EVERYONE: "Everyone is covered",
        Reason.ALWAYS_REGION: "In a part of the photo that is always covered",
        Reason.NEVER_REGION: "In a part of the photo that stays visible",
        Reason.FOUND_IN_CHECK: "Found when the photo was checked",
        Reason.MANUAL: "Decided by you",
        Reason.LOOKS_ADULT: adult,
    }[judgement.reason]


def explained(policy: PolicySettings) -> list[str]:
    """Return what a policy does, for the page; `blurkit policy show` has every rule."""
    lines = []
    if asks_for_age(policy):
        lines += [
            f"Everyone who could be under {policy.cutoff_age} is covered.",
            "Faces too small or too unclear to tell the age are covered.",
            "People who clearly look adult stay visible. "
            f"Of 100 children, blurkit may take about {policy.max_miss_rate * 100:g} for an adult: "
            "please look yourself.",
        ]
    elif all(rule.action is Action.COVER for rule in policy.rules):
        lines.append("Everyone is covered. You choose who may be seen, and say why.")
    else:
        lines.append("Everyone is covered, except in parts of photos that stay visible.")
    marked = {action: sum(region.action is action for region in policy.regions) for action in Action}
    if marked[Action.COVER]:
        lines.append(f"Parts of photos in which every face is covered: {marked[Action.COVER]}.")
    if marked[Action.KEEP]:
        lines.append(f"Parts of photos in which faces stay visible: {marked[Action.KEEP]}.")
    return lines
