"""The contract of what finds marks: upright RGB and faces in, readings in the same pixels out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.geometry import Box
    from blurkit.marks import Mark, Reading
    from blurkit.records import Pixels

INSTALL = 'pip install "blurkit[text]"'
"""The command that brings what is missing."""


class MarkFinder(Protocol):
    """Finds and reads marks."""

    def find(self, pixels: Pixels, people: Sequence[Box]) -> tuple[Reading, ...]:
        """Find the marks of a photo.

        Args:
            pixels: Upright RGB photo, uint8 of shape (H, W, 3); not written to.
            people: Boxes of the faces in it: finders look closer at what small people wear.

        Returns:
            Marks in photo pixels, from top to bottom, each with what it says; empty if none is found.

        Raises:
            ReaderFailed: A model could not be run or returned something unusable.
        """
        ...

    def legible(self, pixels: Pixels, around: Sequence[Mark]) -> tuple[Mark, ...]:
        """Look again at the places of some marks, in a photo in which they should be covered.

        Args:
            pixels: As for `find`.
            around: Where to look.

        Returns:
            What can be read at these places.

        Raises:
            ReaderFailed: As for `find`.
        """
        ...

    def close(self) -> None:
        """Free the models; it is not used again."""
        ...
