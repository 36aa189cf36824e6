"""What is worked out once for each state of a photo's faces: a folder of a thousand photos has twenty-five thousand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from blurkit.policy.reviewed import Choice, text_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.review.spots import Spot


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the faces of one photo."""

    of: Sequence[Spot] | Sequence[Choice]
    """The state that it is about."""
    text: str
    """The choices as the file of decisions holds them."""
    unseen: int
    """Faces that would stay visible and that nobody has looked at."""
    doubts: int
    """Doubtful faces that nobody has looked at."""


class Kept:
    """The facts of each photo; a state is a tuple that never changes, so that it is known by its identity."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._known: dict[str, Facts] = {}

    def facts(self, key: str, state: Sequence[Spot] | Sequence[Choice]) -> Facts:
        """Return the facts of a photo in a state."""
        known = self._known.get(key)
        if known is None or known.of is not state:
            known = self._known[key] = _facts(state)
        return known


def _facts(state: Sequence[Spot] | Sequence[Choice]) -> Facts:
    spots = [each for each in state if not isinstance(each, Choice)]
    choices = [each if isinstance(each, Choice) else each.choice for each in state]
    unseen = sum(spot.is_kept and not spot.choice.seen for spot in spots)
    return Facts(state, text_of(choices), unseen, sum(spot.is_open for spot in spots))
