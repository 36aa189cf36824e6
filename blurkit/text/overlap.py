"""Which marks are the same one, seen twice. Part of the text stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from blurkit.marks import Mark

SAME = 0.5
"""Share of a mark that lies in others, from which it is nothing new."""


def distinct(marks: Sequence[Mark]) -> list[Mark]:
    """Return marks without those that lie in others before them by more than `SAME`."""
    kept: list[Mark] = []
    for mark in marks:
        if sum(shared(mark, other) for other in kept) <= SAME * mark.area:
            kept.append(mark)
    return kept


def shared(one: Mark, other: Mark) -> float:
    """Return the area that two marks share, in square pixels."""
    if one.box.intersection(other.box) == 0:
        return 0.0
    import cv2

    area, _ = cv2.intersectConvexConvex(corners_of(one).astype(np.float32), corners_of(other).astype(np.float32))
    return float(area)


def corners_of(mark: Mark) -> npt.NDArray[np.float64]:
    """Return the corners of a mark, shape (4, 2)."""
    return np.array([(point.x, point.y) for point in mark.corners], np.float64)
