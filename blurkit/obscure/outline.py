"""The outline of a cover: one closed curve around a head, turned with it. Pure geometry; part of the obscure stage.

An outline is kept as how far it reaches in each of `DIRECTIONS` directions. Two of them are joined by the largest
reach in each, softened, which is again a curve without dents that holds both (Firey's p-sum). So the box of the face
lies inside whatever the head's tilt is thought to be.
"""

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
    Reaches = npt.NDArray[np.float64]

HEAD_ASPECT = 0.8
"""Width of a face over its height, seen from the front; a narrower box is a profile and is widened to it."""

DIRECTIONS, COARSE = 720, 4
"""Directions in which an outline's reach is known, so that no corner shows on a face of 3000 px; and how many of them
are left out from one to the next where it is shown on a screen."""

SOFTNESS = 7
"""Exponent of the joint of two outlines: higher is tighter, and shows corners."""

ROUNDING = 0.06
"""Radius of the corners where a turned head leaves a corner of the box free, as a share of the box's longer side."""

FARTHEST = 1e7
"""Pixels from the photo's corner beyond which a box is cut off, so that no number overflows."""

_ANGLES = np.arange(DIRECTIONS) * (2 * np.pi / DIRECTIONS)
NORMALS = np.column_stack([np.cos(_ANGLES), np.sin(_ANGLES)])
"""Unit vectors of all directions, shape (`DIRECTIONS`, 2)."""


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

    def points(self) -> Points:
        """Return its curve, shape (n, 2)."""
        angles = np.linspace(0, 2 * np.pi, DIRECTIONS // 2, endpoint=False)
        cos, sin = np.cos(angles), np.sin(angles)
        x, y = (np.sign(each) * np.abs(each) ** (2 / self.power) for each in (cos, sin))
        top, bottom = -1 - self.above, 1 + self.below
        width = (1 + self.beside) * (1 - self.narrowing * (y + 1) / 2)
        return np.column_stack([width * x, (top + bottom) / 2 + (bottom - top) / 2 * y])


TEMPLATES = {
    Shape.HEAD: Template(above=0.66, beside=0.32, below=0.28, narrowing=0.4, power=2.0),
    Shape.ELLIPSE: Template(above=0.62, beside=0.2, below=0.22, narrowing=0.0, power=2.0),
    Shape.BOX: Template(above=0.56, beside=0.1, below=0.08, narrowing=0.0, power=6.0),
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

    @classmethod
    def of(cls, face: Face) -> Self:
        """Return the frame of a face, by its box and tilt."""
        box = Box(*(min(max(side, -FARTHEST), FARTHEST) for side in face.box.sides))
        width, height = max(box.width, HEAD_ASPECT * box.height), max(box.height, HEAD_ASPECT * box.width)
        if face.tilt:  # the box is that around a turned head: only its diagonal does not depend on the turn
            height = math.hypot(box.width, box.height) / math.hypot(1.0, HEAD_ASPECT)
            width = HEAD_ASPECT * height
        return cls(box.center.x, box.center.y, width / 2, height / 2, math.radians(face.tilt))

    def turned(self, points: Points, across: float, down: float) -> Points:
        """Return points as they lie from the middle, given in shares of `across` and `down`."""
        cos, sin = math.cos(self.turn), math.sin(self.turn)
        return np.asarray(points * (across, down) @ np.array([[cos, sin], [-sin, cos]]), np.float64)

    def placed(self, points: Points) -> Points:
        """Return the points of a figure in the photo; they are given in halves of the face's width, both ways."""
        return np.array([self.x, self.y]) + self.turned(points, self.across, self.across)


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """A closed curve without dents, in pixels of the upright photo."""

    middle: tuple[float, float]
    """A point inside."""
    reaches: Reaches
    """How far it reaches from the middle in each direction, shape (`DIRECTIONS`,)."""

    @classmethod
    def around(cls, face: Face, shape: Shape, margin: float) -> Self:
        """Return the outline of the head of a face.

        Args:
            face: Its box is always held, and its tilt turns the outline.
            shape: Which template.
            margin: How far it reaches beyond the head, as a share of the face's longer side.

        Invariant: holds the whole box of the face, whatever its tilt.
        """
        frame = Frame.of(face)
        head = frame.turned(TEMPLATES[shape].points(), frame.across, frame.down)
        corners = np.array([(x, y) for x in face.box.sides[::2] for y in face.box.sides[1::2]])
        corners = corners.clip(-FARTHEST, FARTHEST) - (frame.x, frame.y)
        length = float(np.ptp(corners, axis=0).max())
        held = [np.maximum((NORMALS @ points.T).max(axis=1), 1e-3) for points in (head, corners)]
        held[1] += ROUNDING * length * abs(math.sin(2 * frame.turn))
        scale = max(float(each.max()) for each in held)
        joined = scale * sum((each / scale) ** SOFTNESS for each in held) ** (1 / SOFTNESS)
        return cls((frame.x, frame.y), joined).grown(margin * length)

    def grown(self, pixels: float) -> Self:
        """Return the outline moved outward by so many pixels everywhere; inward if they are negative."""
        return type(self)(self.middle, np.maximum(self.reaches + pixels, 0.0))

    def holding(self, points: Points, slack: float) -> Self:
        """Return the outline moved outward so far that it holds some points, and a little further.

        It is moved as if each of its points became a small square, since that is how pixels lie around it.

        Args:
            points: Shape (n, 2).
            slack: Pixels that lie between the points and the outline at least.
        """
        import cv2

        square = np.abs(NORMALS).sum(axis=1)
        points = cv2.convexHull(points.astype(np.float32))[:, 0].astype(np.float64)  # the others cannot stick out
        missing = ((NORMALS @ (points - self.middle).T).max(axis=1) - self.reaches) / square
        return type(self)(self.middle, self.reaches + max(0.0, float(missing.max())) * square).grown(slack)

    def room(self, points: Points, middle: tuple[float, float]) -> float:
        """Return how many times as large a figure around the origin fits inside, when it is placed at a point."""
        free = self.reaches - NORMALS @ np.subtract(middle, self.middle)
        return max(0.0, float((free / np.maximum((NORMALS @ points.T).max(axis=1), 1e-6)).min()))

    def beyond(self, points: Points) -> float:
        """Return how far the outermost of some points lies outside, in pixels; negative if all lie inside."""
        return float((NORMALS @ (points - self.middle).T - self.reaches[:, None]).max())

    @property
    def points(self) -> Points:
        """Corners of the polygon that touches the curve in each direction from outside, shape (`DIRECTIONS`, 2)."""
        return self._corners(1)

    def _corners(self, every: int) -> Points:
        """Return the corners of the polygon that touches the curve in every so many directions."""
        normals, reaches = NORMALS[::every], self.reaches[::every]
        step = 2 * np.pi / len(reaches)
        along = (np.roll(reaches, -1) - reaches * math.cos(step)) / math.sin(step)
        tangents = np.column_stack([-normals[:, 1], normals[:, 0]])
        points: Points = self.middle + reaches[:, None] * normals + along[:, None] * tangents
        return points

    @property
    def bounds(self) -> Box:
        """The smallest box around it."""
        points = self.points
        (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
        return Box(float(left), float(top), float(right), float(bottom))

    def rows(self, top: int, bottom: int, side: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return which cells of `side` pixels the outline touches, rounded outward.

        Args:
            top: First row of cells.
            bottom: First row of cells that is not asked for.
            side: Width and height of a cell in pixels.

        Returns:
            First column, and first column that is not touched, of each row of cells; equal where none is.
        """
        points = self.points / side
        first, last = points[:, 1].argmin(), points[:, 1].argmax()
        lines = np.arange(top, bottom + 1)
        ends = []
        for chain, widest in (
            (_chain(points, first, last), np.maximum),
            (_chain(points, last, first)[::-1], np.minimum),
        ):
            x, y = chain.T
            crossing = np.interp(lines, y, x)
            reach = widest(crossing[:-1], crossing[1:])
            at = np.floor(y).astype(np.int64) - top
            inside = (at >= 0) & (at < len(reach))
            widest.at(reach, at[inside], x[inside])
            ends.append(reach)
        right, left = np.ceil(ends[0]).astype(np.int64), np.floor(ends[1]).astype(np.int64)
        missed = (lines[1:] < points[first, 1]) | (lines[:-1] > points[last, 1])
        left[missed] = right[missed] = 0
        return left, np.maximum(left, right)

    def svg(self) -> str:
        """Return it as the path of an SVG picture whose units are pixels of the photo."""
        return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in self._corners(COARSE)) + "Z"


def _chain(points: Points, start: np.intp, stop: np.intp) -> Points:
    """Return the corners from one to another, in the order of the directions."""
    count = (int(stop) - int(start)) % len(points) + 1
    return np.take(points, np.arange(int(start), int(start) + count), axis=0, mode="wrap")
