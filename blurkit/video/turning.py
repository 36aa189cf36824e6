"""How a frame is turned upright: the display matrix of a stream in, a change of arrays out. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from blurkit.geometry import Size


@dataclass(frozen=True, slots=True)
class Turning:
    """One of the eight ways in which a picture can lie."""

    transposed: bool = False
    """Whether rows become columns, before all else."""
    mirrored: bool = False
    """Whether left and right change places, after that."""
    flipped: bool = False
    """Whether top and bottom change places, after that."""

    def __call__(self, plane: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Return a plane of shape (H, W), turned upright."""
        plane = plane.T if self.transposed else plane
        plane = plane[:, ::-1] if self.mirrored else plane
        return plane[::-1] if self.flipped else plane

    def size(self, size: Size) -> Size:
        """Return the size of a picture after it was turned."""
        return type(size)(size.height, size.width) if self.transposed else size


def turning_of(matrix: bytes) -> Turning | None:
    """Return how a display matrix turns a picture; None for a slant, which no change of arrays can show.

    Args:
        matrix: Nine numbers of 32 bits in the machine's order, a row after the other, as FFmpeg hands them on.
    """
    if len(matrix) < 36:
        return None
    a, b, _, c, d, _, *_ = np.frombuffer(matrix[:36], np.int32).astype(int).tolist()
    if a and d and not b and not c:
        return Turning(mirrored=a < 0, flipped=d < 0)
    if b and c and not a and not d:
        return Turning(transposed=True, mirrored=c < 0, flipped=b < 0)
    return None
