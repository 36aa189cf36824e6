"""What a change replaced, so that it can be taken back: faces, words, and whether a photo is published."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from blurkit.policy.reviewed import LeftOut
    from blurkit.review.spots import Sheet
    from blurkit.review.words import Signs


@dataclass(frozen=True, slots=True)
class Step:
    """The state of what one change is about, by the hash of the photo; of everything else it says nothing."""

    faces: Mapping[str, Sheet] = field(default_factory=dict)
    """Faces and places."""
    words: Mapping[str, Signs | None] = field(default_factory=dict)
    """Words, codes and plates."""
    left_out: Mapping[str, LeftOut | None] = field(default_factory=dict)
    """Why the photo is not published; None if it is."""

    @property
    def about(self) -> set[str]:
        """The photos it is about."""
        return {*self.faces, *self.words, *self.left_out}


class History:
    """The changes that can be taken back, and those that can be made again."""

    def __init__(self) -> None:
        """Begin with none."""
        self._done: list[Step] = []
        self._undone: list[Step] = []

    @property
    def steps(self) -> tuple[int, int]:
        """How many changes can be undone, and made again."""
        return len(self._done), len(self._undone)

    def note(self, before: Step) -> None:
        """Note a change by what it replaced; what was undone before it is forgotten."""
        self._done.append(before)
        self._undone.clear()

    def undo(self, swap: Callable[[Step], Step], *, back: bool) -> None:
        """Take the last change back, or with `back` off make it again, if there was one.

        Args:
            swap: Makes a state the present one, and returns what it replaced; if it fails, nothing changed.
            back: Which way.
        """
        source, target = (self._done, self._undone) if back else (self._undone, self._done)
        if source:
            target.append(swap(source[-1]))
            source.pop()
