"""How far a head is turned in the picture and to a side, told by its landmarks. Pure; part of the detect stage."""

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

MOST_YAW = 0.45
"""No face looks further aside, see `records.Face`: what seems to has wrong landmarks."""


def tilt_of(box: Box, landmarks: Sequence[Point] | None) -> float:
    """Return how far a head is turned in the picture: clockwise in degrees, -180 to 180; 0 if that cannot be seen.

    The line from between the eyes to the mouth tells it, also of a face seen from the side.

    Args:
        box: The face.
        landmarks: As in `Face.landmarks`.
    """
    axis = _axis(box, landmarks)
    if axis is None:
        return 0.0
    tilt = math.degrees(math.atan2(-axis[0], axis[1]))
    return tilt if abs(tilt) >= MIN_TILT else 0.0


def yaw_of(box: Box, landmarks: Sequence[Point] | None) -> float:
    """Return how far a face looks to a side, see `records.Face.yaw`; 0 if that cannot be seen.

    Args:
        box: The face.
        landmarks: As in `Face.landmarks`.
    """
    axis = _axis(box, landmarks)
    if axis is None or landmarks is None:
        return 0.0
    nose, points = landmarks[2], (*landmarks[:2], *landmarks[3:])
    x, y = nose.x - sum(point.x for point in points) / 4, nose.y - sum(point.y for point in points) / 4
    yaw = (x * axis[1] - y * axis[0]) / math.hypot(*axis) ** 2
    return max(-MOST_YAW, min(MOST_YAW, yaw)) if math.isfinite(yaw) else 0.0


def _axis(box: Box, landmarks: Sequence[Point] | None) -> tuple[float, float] | None:
    """Return the way from between the eyes to the mouth; None if landmarks do not tell it."""
    if landmarks is None or len(landmarks) != 5:
        return None
    right_eye, left_eye, _, right_mouth, left_mouth = landmarks
    eyes, mouth = _between(right_eye, left_eye), _between(right_mouth, left_mouth)
    dx, dy = mouth[0] - eyes[0], mouth[1] - eyes[1]
    return (dx, dy) if 0 < MIN_AXIS * box.height <= math.hypot(dx, dy) < math.inf else None


def _between(one: Point, other: Point) -> tuple[float, float]:
    return (one.x + other.x) / 2, (one.y + other.y) / 2
