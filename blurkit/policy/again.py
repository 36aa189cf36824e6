"""Decides again as a review did: recorded choices and what is found now in, decisions out. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from blurkit.records import Action, Decision, Face, Judgement, Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.geometry import Box
    from blurkit.policy.reviewed import Choice

SAME_FACE_IOU = 0.7
"""A found box that overlaps a recorded one so much is that face; less may be another child."""


def replay(decisions: Sequence[Decision], choices: Sequence[Choice] | None) -> tuple[Decision, ...]:
    """Decide again as the review did.

    Args:
        decisions: What the policy decides about the faces found now.
        choices: What the review chose for a photo with this very content; None if it never saw one.

    Returns:
        One decision a found face, in the same order, and one a place that was covered and is no found face.

    Invariant: a face stays visible only if the review kept it, and by hand unless the policy keeps it as well.
    """
    matched, left = match(decisions, choices or ())
    decided = [
        _judged(decision, action=Action.COVER, reason=Reason.EVERYONE, doubtful=True, rule=None)
        if choice is None
        else chosen(choice, decision)
        for decision, choice in zip(decisions, matched, strict=True)
    ]
    return *decided, *(chosen(choice, None) for choice in left if choice.action is Action.COVER)


def match(decisions: Sequence[Decision], choices: Sequence[Choice]) -> tuple[list[Choice | None], list[Choice]]:
    """Say which recorded choice is which found face; each is one face at most.

    Returns:
        For each decision the choice about its face, or None; and the choices about none of them.
    """
    matched, left = [], list(choices)
    for decision in decisions:
        choice = _nearest(decision.face.box, left)
        matched.append(choice)
        if choice is not None:
            left.remove(choice)
    return matched, left


def _nearest(found: Box, choices: Sequence[Choice]) -> Choice | None:
    near = [(found.iou(choice.found), choice) for choice in choices if choice.found is not None]
    best = max(near, key=lambda pair: pair[0], default=None)
    return best[1] if best is not None and best[0] >= SAME_FACE_IOU else None


def chosen(choice: Choice, decision: Decision | None) -> Decision:
    """Return the decision that a choice makes.

    Args:
        choice: What the review chose.
        decision: What the policy decides about the same face; None if it is none that was found.
    """
    if decision is None:
        return Decision(Face(choice.box, 1.0, ()), Judgement(None, Action.COVER, Reason.MANUAL))
    if choice.by_hand:
        there = replace(decision, face=replace(decision.face, box=choice.box))
        return _judged(there, action=choice.action, reason=Reason.MANUAL, doubtful=False, rule=None)
    doubtful = decision.judgement.doubtful and not choice.seen
    if choice.action is Action.COVER and decision.judgement.action is Action.KEEP:
        return _judged(decision, action=Action.COVER, reason=Reason.EVERYONE, doubtful=doubtful, rule=None)
    return _judged(decision, doubtful=doubtful)


def _judged(decision: Decision, **values: Any) -> Decision:
    """Return a decision whose judgement has other values."""
    return replace(decision, judgement=replace(decision.judgement, **values))
