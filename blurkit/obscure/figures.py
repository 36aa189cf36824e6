"""Simple figures to draw on covers: a person, and faces of several moods. Pure geometry; part of the obscure stage.

All are polygons around a cover's middle; 1 is half its width, and y grows towards the chin.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Points = npt.NDArray[np.float64]
    Figure = Sequence[Points]

CORNERS = 72
"""Corners of a full turn."""

TALL = 1.2
"""Height of a cover over its width for which figures are made; on lower ones they are smaller."""


def _oval(x: float, y: float, across: float, down: float, power: float = 2.0) -> Points:
    """Return an oval; a power above 2 makes it squarer."""
    angles = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    cos, sin = (np.sign(each) * np.abs(each) ** (2 / power) for each in (np.cos(angles), np.sin(angles)))
    return np.column_stack([x + across * cos, y + down * sin])


def _arc(x: float, y: float, radius: float, start: float, stop: float, width: float, flat: float = 1.0) -> Points:
    """Return a stroke with round ends along an arc, from one angle to another in degrees; `flat` shrinks its height."""
    angles = np.radians(np.linspace(start, stop, CORNERS // 2))
    line = np.column_stack([x + radius * np.cos(angles), y + flat * radius * np.sin(angles)])
    along = np.gradient(line, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    side = np.column_stack([-along[:, 1], along[:, 0]]) * width / 2
    caps = np.radians(np.linspace(0, 180, CORNERS // 4))[1:-1]
    ends = []
    for at, right, ahead in ((line[-1], -side[-1], along[-1]), (line[0], side[0], -along[0])):
        ends.append(at + np.cos(caps)[:, None] * right + np.sin(caps)[:, None] * ahead * width / 2)
    return np.concatenate([line - side, ends[0], (line + side)[::-1], ends[1]])


def _half(x: float, y: float, across: float, down: float) -> Points:
    """Return the lower half of an oval, as of an open mouth, with soft corners."""
    angles = np.radians(np.linspace(0, 180, CORNERS // 2))
    lower = np.column_stack([x + across * np.cos(angles), y + down * np.sin(angles) ** 0.9])
    upper = np.column_stack([x - across * np.cos(angles), y + 0.12 * down * np.sin(angles)])
    return np.concatenate([lower, upper[1:-1]])


_EYE, _STROKE = 0.35, 0.1
_EYES = [_oval(side * _EYE, -0.2, 0.1, 0.155) for side in (-1, 1)]
_SMILE = _arc(0, 0.07, 0.5, 26, 154, _STROKE)
_MOUTH = _half(0, 0.16, 0.47, 0.41)


def _shut(side: int) -> Points:
    """Return an eye that laughs: an arc bent upwards."""
    return _arc(side * _EYE, -0.13, 0.155, 195, 345, _STROKE * 0.9)


MOODS: dict[str, Figure] = {
    "smile": [*_EYES, _SMILE],
    "grin": [*_EYES, _MOUTH],
    "wink": [_EYES[0], _shut(1), _SMILE],
    "laugh": [_shut(-1), _shut(1), _MOUTH],
    "glad": [_shut(-1), _shut(1), _SMILE],
    "hum": [*_EYES, _arc(0, 0.24, 0.27, 30, 150, _STROKE)],
}
"""Faces to choose from, none of them sad."""


def _shoulders(top: float, bottom: float, across: float, corner: float) -> Points:
    """Return shoulders: the upper half of an oval over a straight side with round corners."""
    angles = np.radians(np.linspace(180, 360, CORNERS // 2))
    cos, sin = np.cos(angles), np.sin(angles)
    flat = bottom - corner
    upper = np.column_stack([across * cos, flat + (flat - top) * np.sign(sin) * np.abs(sin) ** 0.85])
    turn = np.radians(np.linspace(0, 90, CORNERS // 8))
    right = np.column_stack([across - corner + corner * np.cos(turn), flat + corner * np.sin(turn)])
    return np.concatenate([upper, right, (right * (-1, 1))[::-1]])


PERSON: Figure = [_oval(0, -0.4, 0.34, 0.42, 2.1), _shoulders(0.14, 0.74, 0.6, 0.1)]
"""Head and shoulders, whole within a cover."""
