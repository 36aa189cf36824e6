"""What a review decided about words, codes and plates, as its file holds it: kind, place and action, never a word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field

from blurkit.geometry import Point
from blurkit.marks import Mark, MarkDecision, MarkKind, MarkReason
from blurkit.records import Action

if TYPE_CHECKING:
    from collections.abc import Sequence

SAME_MARK_IOU = 0.5
"""A found mark whose box overlaps that of a recorded one so much is that one."""

_Number = Annotated[float, Field(allow_inf_nan=False)]
_Corner = tuple[_Number, _Number]


@dataclass(frozen=True, slots=True)
class MarkChoice:
    """What happens to one mark, as the review left it."""

    mark: Mark
    """Where it is."""
    action: Action
    """Cover or keep."""
    by_hand: bool = False
    """Whether a person chose the action."""
    seen: bool = False
    """Whether a person looked at it in this state."""

    def values(self) -> dict[str, Any]:
        """Return it as the file has it."""
        corners = [[round(point.x, 2), round(point.y, 2)] for point in self.mark.corners]
        told: dict[str, Any] = {"action": self.action.value, "corners": corners, "kind": self.mark.kind.value}
        return told | {name: True for name in ("by_hand", "seen") if getattr(self, name)}

    def decided(self, found: MarkDecision | None) -> MarkDecision:
        """Return the decision that it makes about a mark that was found, or about none."""
        if found is None or self.by_hand:
            return MarkDecision(self.mark if found is None else found.mark, self.action, MarkReason.MANUAL)
        if self.action is Action.COVER and found.action is Action.KEEP:
            return MarkDecision(found.mark, Action.COVER, found.reason)
        return MarkDecision(found.mark, found.action, found.reason, found.doubtful and not self.seen)


class MarkShape(BaseModel):
    """A choice in the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    corners: tuple[_Corner, _Corner, _Corner, _Corner]
    kind: MarkKind
    action: Action
    by_hand: bool = False
    seen: bool = False

    def choice(self: Self) -> MarkChoice:
        """Return it as a record."""
        first, second, third, fourth = (Point(x, y) for x, y in self.corners)
        return MarkChoice(Mark((first, second, third, fourth), self.kind, 1.0), self.action, self.by_hand, self.seen)


def match_marks(
    found: Sequence[MarkDecision], choices: Sequence[MarkChoice]
) -> tuple[list[MarkChoice | None], list[MarkChoice]]:
    """Say which recorded choice is which found mark; each is one at most. Returns those about none of them, too."""
    matched: list[MarkChoice | None] = []
    left = list(choices)
    for decision in found:
        near = [(decision.mark.box.iou(choice.mark.box), choice) for choice in left]
        best = max(near, key=lambda pair: pair[0], default=None)
        matched.append(best[1] if best is not None and best[0] >= SAME_MARK_IOU else None)
        if matched[-1] is not None:
            left.remove(matched[-1])
    return matched, left


def replay_marks(found: Sequence[MarkDecision], choices: Sequence[MarkChoice]) -> tuple[MarkDecision, ...]:
    """Decide about marks again as a review did.

    Args:
        found: What the policy decides about the marks found now.
        choices: What the review chose for a photo with this very content.

    Invariant: a mark stays visible only if the review kept it, and by hand unless the policy keeps it as well.
    """
    matched, left = match_marks(found, choices)
    decided = [
        MarkDecision(decision.mark, Action.COVER, decision.reason, doubtful=True)
        if choice is None
        else choice.decided(decision)
        for decision, choice in zip(found, matched, strict=True)
    ]
    return *decided, *(choice.decided(None) for choice in left if choice.action is Action.COVER)
