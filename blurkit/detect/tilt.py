"""How far a head is turned in the picture, told by its landmarks. Pure; part of the detect stage."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.geometry import Box, Point

MIN_TILT = 6.0
"""A head tilted by less, in degrees, is upright: a cover's margin is far more."""

MIN_AXIS = 0.15
"""Least distance of eyes and mouth, as a share of the face's height, from which a tilt can be told."""


def tilt_of(box: Box, landmarks: Sequence[Point] | None) -> float:
    """Return how far a head is turned in the picture: clockwise in degrees, -180 to 180; 0 if that cannot be seen.

    The line from between the eyes to the mouth tells it, also of a face seen from the side.

    Args:
        box: The face.
        landmarks: As in `Face.landmarks`.
    """
    if landmarks is None or len(landmarks) != 5:
        return 0.0
    right_eye, left_eye, _, right_mouth, left_mouth = landmarks
    eyes, mouth = _between(right_eye, left_eye), _between(right_mouth, left_mouth)
    dx, dy = mouth[0] - eyes[0], mouth[1] - eyes[1]
    if not MIN_AXIS * box.height <= math.hypot(dx, dy) < math.inf:
        return 0.0
    tilt = math.degrees(math.atan2(-dx, dy))
    return tilt if abs(tilt) >= MIN_TILT else 0.0


def _between(one: Point, other: Point) -> tuple[float, float]:
    return (one.x + other.x) / 2, (one.y + other.y) / 2
