"""How much a face needs a person's look: the one place that orders screens and photos."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blurkit.records import Action

if TYPE_CHECKING:
    from blurkit.geometry import Size
    from blurkit.records import Decision

OLD = 60.0
"""An age in years from which nobody looks younger than another, for the order."""

UNKNOWN = 10.0
"""Years that count for a face without an age, so that faces with one come first."""


def doubt(decision: Decision | None) -> float:
    """Return how much a face needs a look, 0..4: who may be seen first, then the doubtful, then the youngest-looking.

    Args:
        decision: What the policy decides; None for a place that a person covered.
    """
    if decision is None:
        return 0.0
    age = decision.judgement.age
    young = 1.0 if age is None else 1.0 - min(max(age.low, 0.0), OLD) / OLD
    return 2.0 * (decision.judgement.action is Action.KEEP) + 1.0 * decision.judgement.doubtful + 0.99 * young


def prominence(decision: Decision | None, size: Size) -> float:
    """Return how much a covered face may be an adult's in plain view: large faces that look old first.

    Args:
        decision: What the policy decides; None for a place that a person covered.
        size: That of the photo in pixels.
    """
    if decision is None:
        return 0.0
    age = decision.judgement.age
    share = decision.face.box.height / size.height
    return share * (UNKNOWN if age is None else min(age.years, OLD))
