"""The words, codes and plates of a review: what happens to each, and whether a person has looked. No pixels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from blurkit.errors import SettingsError
from blurkit.language import mark, tr
from blurkit.marks import MarkKind, MarkReason
from blurkit.policy.reviewed_marks import MarkChoice, match_marks
from blurkit.records import Action

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from blurkit.marks import MarkDecision

KINDS = {
    MarkKind.TEXT: mark("Words or a number"),
    MarkKind.CODE: mark("QR code or bar code"),
    MarkKind.PLATE: mark("Number plate"),
}

REASONS = {
    MarkReason.COVERED_WORD: mark("with a word that is always covered"),
    MarkReason.LEFT_WORD: mark("a phrase that always stays"),
    MarkReason.ALWAYS_REGION: mark("in a part that is always covered"),
    MarkReason.NEVER_REGION: mark("in a part that stays visible"),
}
"""What is said besides the kind; nothing where the policy treats all of a kind alike."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One mark of a photo."""

    number: int
    """Its number in the photo."""
    decision: MarkDecision
    """What the policy decides."""
    choice: MarkChoice
    """What happens to it."""

    @property
    def is_open(self) -> bool:
        """Whether it stays visible and nobody has looked at it."""
        return self.choice.action is Action.KEEP and not (self.choice.seen or self.choice.by_hand)

    def told(self) -> dict[str, Any]:
        """Return what the page is told."""
        words = [tr(KINDS[self.decision.mark.kind])]
        if self.choice.by_hand:
            words.append(tr("decided by you"))
        elif self.decision.reason in REASONS:
            words.append(tr(REASONS[self.decision.reason]))
        box = self.decision.mark.box
        return {
            "number": self.number,
            "box": [round(side, 1) for side in box.sides],
            "kind": self.decision.mark.kind.value,
            "action": self.choice.action.value,
            "words": ", ".join(words),
            "open": self.is_open,
        }


Signs = tuple[Sign, ...]


class Words:
    """The marks of all photos of a review, by the hash of the photo; None for a photo in which nobody looked."""

    def __init__(self, stored: Mapping[str, Sequence[MarkChoice]], *, is_foreign: bool) -> None:
        """Take up what an earlier review chose; of one that was not made here only covers count."""
        self._stored = {
            sha256: tuple(
                choice if not is_foreign else replace(choice, seen=False)
                for choice in choices
                if not is_foreign or choice.action is Action.COVER
            )
            for sha256, choices in stored.items()
        }
        self.sheets: dict[str, Signs | None] = {}

    def add(self, sha256: str, found: Sequence[MarkDecision] | None) -> None:
        """Take in what the analysis found in a photo."""
        if sha256 not in self.sheets:
            self.sheets[sha256] = None if found is None else self._taken_up(found, self._stored.get(sha256, ()))

    def _taken_up(self, found: Sequence[MarkDecision], stored: Sequence[MarkChoice]) -> Signs:
        matched, left = match_marks(found, stored)
        pairs = []
        for decision, earlier in zip(found, matched, strict=True):
            choice = MarkChoice(decision.mark, decision.action)
            if earlier is not None and earlier.by_hand:
                choice = replace(earlier, mark=decision.mark)
            elif earlier is not None:
                choice = replace(choice, seen=earlier.seen and earlier.action is choice.action)
            pairs.append((decision, choice))
        pairs += [(each.decided(None), each) for each in left if each.by_hand and each.action is Action.COVER]
        return tuple(Sign(number, *pair) for number, pair in enumerate(pairs))

    def of(self, sha256: str | None) -> Signs:
        """Return the marks of a photo."""
        return self.sheets.get(sha256 or "") or ()

    def decided(self, sha256: str) -> tuple[MarkDecision, ...] | None:
        """Return what is decided about the marks of a photo; None if nobody looked for any."""
        signs = self.sheets.get(sha256)
        return None if signs is None else tuple(sign.choice.decided(sign.decision) for sign in signs)

    def recorded(self, new: Mapping[str, Signs | None]) -> dict[str, Sequence[MarkChoice]]:
        """Return what the file of decisions holds, with what is new of some photos."""
        sheets = {**self.sheets, **new}
        here = {sha256: [sign.choice for sign in signs] for sha256, signs in sheets.items() if signs}
        looked = {sha256 for sha256, signs in sheets.items() if signs is not None}
        return {**{sha256: each for sha256, each in self._stored.items() if sha256 not in looked}, **here}

    def changed(self, sha256: str | None, actions: Mapping[int, Action], *, only_seen: bool) -> Signs:
        """Return the marks of a photo with other actions, or noted as looked at in the state they were shown in.

        Raises:
            SettingsError: There is no such mark.
        """
        signs = self.of(sha256)
        if unknown := actions.keys() - {sign.number for sign in signs}:
            raise SettingsError(f"there is no mark {min(unknown)}")
        return tuple(self._one(sign, actions.get(sign.number), only_seen=only_seen) for sign in signs)

    def _one(self, sign: Sign, action: Action | None, *, only_seen: bool) -> Sign:
        if action is None or (only_seen and action is not sign.choice.action):
            return sign
        if only_seen:
            return replace(sign, choice=replace(sign.choice, seen=True))
        by_hand = action is not sign.decision.action or sign.decision.reason is MarkReason.MANUAL
        return replace(sign, choice=replace(sign.choice, action=action, by_hand=by_hand, seen=True))
