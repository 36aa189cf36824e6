"""How heads lie around faces: templates of their outlines, and the frame that turns them. Pure; part of obscure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from blurkit.choices import Shape
from blurkit.geometry import Box

if TYPE_CHECKING:
    import numpy.typing as npt

    from blurkit.records import Face

    Points = npt.NDArray[np.float64]

HEAD_ASPECT = 0.8
"""Width of a face over its height, seen from the front; boxes are often wider, since they hold what several
detectors saw, and narrower in a profile."""

BACKWARD, DEEPER, CHIN_STAYS = 1.7, 1.25, 0.35
"""How far the skull lies behind a face that looks aside by 1, and how much longer it is then, in halves of the face's
width; and the share of that way which the chin does not go. Fitted to heads that were labelled by eye."""

AHEAD = 0.03
"""A face that looks aside by less looks ahead: landmarks are no surer than that."""

SLANTED = 0.33
"""How much further a head that is tilted by 45 degrees reaches over its ears, in halves of the face's width: there lie
the corners of its box, and so they make no lumps."""

CORNERS = 360
"""Corners of a template."""

FARTHEST = 1e7
"""Pixels from the photo's corner beyond which a box is cut off, so that no number overflows."""


@dataclass(frozen=True, slots=True)
class Template:
    """How a kind of outline lies around a face, in halves of its width and height; y grows towards the chin."""

    above: float
    """How far it reaches over the top of the box (hair)."""
    beside: float
    """How far it reaches past each side of the box at its widest (ears, hair)."""
    below: float
    """How far it reaches under the bottom of the box (chin)."""
    narrowing: float
    """How much narrower the chin's half is than the skull's, 0..1."""
    power: float
    """2 is round like an ellipse, more is like a rounded box."""

    def points(self, yaw: float, slant: float) -> Points:
        """Return its curve around a face, shape (n, 2).

        Args:
            yaw: How far it looks aside, see `Face.yaw`.
            slant: 1 if the head is tilted by 45 degrees, 0 if it is upright or lies.
        """
        angles = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
        cos, sin = np.cos(angles), np.sin(angles)
        x, y = (np.sign(each) * np.abs(each) ** (2 / self.power) for each in (cos, sin))
        top, bottom = -1 - self.above, 1 + self.below
        width = (1 + self.beside + DEEPER * abs(yaw) + SLANTED * slant) * (1 - self.narrowing * (y + 1) / 2)
        y = (top + bottom) / 2 + (bottom - top) / 2 * y
        return np.column_stack([width * x - BACKWARD * yaw * (1 - CHIN_STAYS * y.clip(0, 1)), y])


TEMPLATES = {
    Shape.HEAD: Template(above=0.76, beside=0.31, below=0.0, narrowing=0.32, power=2.45),
    Shape.ELLIPSE: Template(above=0.76, beside=0.26, below=0.08, narrowing=0.0, power=2.25),
    Shape.BOX: Template(above=0.6, beside=0.13, below=0.04, narrowing=0.0, power=6.0),
}
"""The outlines to choose from, fitted to heads that were labelled by eye (`bench/covers.py`)."""


@dataclass(frozen=True, slots=True)
class Frame:
    """How the head of a face lies: its middle, its size and its turn."""

    x: float
    """Column of the middle of the face."""
    y: float
    """Row of it."""
    across: float
    """Half the width of the face, in pixels."""
    down: float
    """Half its height."""
    turn: float
    """Radians clockwise."""
    yaw: float = 0.0
    """How far it looks aside, see `Face.yaw`, less `AHEAD`."""

    @classmethod
    def of(cls, face: Face) -> Self:
        """Return the frame of a face, by its box, tilt and yaw."""
        box, tilt = Box(*(min(max(side, -FARTHEST), FARTHEST) for side in face.box.sides)), math.radians(face.tilt)
        cos, sin = abs(math.cos(tilt)), abs(math.sin(tilt))
        along, beside = (box.height, box.width) if cos >= sin else (box.width, box.height)
        longer = math.hypot(max(cos, sin), HEAD_ASPECT * min(cos, sin))  # than the head itself is its upright box
        down = max(along, HEAD_ASPECT * beside) / longer / 2
        yaw = math.copysign(max(0.0, abs(face.yaw) - AHEAD), face.yaw)
        return cls(box.center.x, box.center.y, HEAD_ASPECT * down, down, tilt, yaw)

    def turned(self, points: Points, across: float, down: float) -> Points:
        """Return points as they lie from the middle, given in shares of `across` and `down`."""
        return np.asarray(points * (across, down) @ self._turn, np.float64)

    def around(self, points: Points) -> Self:
        """Return the frame of the same turn whose middle and size are those of some points of the photo."""
        upright = (points - (self.x, self.y)) @ self._turn.T
        least, most = upright.min(axis=0), upright.max(axis=0)
        x, y = (self.x, self.y) + (least + most) / 2 @ self._turn
        across, down = (most - least) / 2
        return type(self)(float(x), float(y), float(across), float(down), self.turn)

    def placed(self, points: Points) -> Points:
        """Return the points of a figure in the photo; they are given in halves of the width, both ways."""
        return np.array([self.x, self.y]) + self.turned(points, self.across, self.across)

    @property
    def _turn(self) -> Points:
        """What points lying upright are multiplied by to be turned."""
        cos, sin = math.cos(self.turn), math.sin(self.turn)
        return np.array([[cos, sin], [-sin, cos]])
