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

from blurkit.geometry import Box
from blurkit.obscure.heads import FARTHEST, TEMPLATES, Frame

if TYPE_CHECKING:
    import numpy.typing as npt

    from blurkit.choices import Shape
    from blurkit.records import Face

    Points = npt.NDArray[np.float64]
    Reaches = npt.NDArray[np.float64]

SPREAD = 5.4
"""Pixels that are hidden beyond an outline anyway, since whole cells are: what is drawn of a head reaches so much less;
its box does not."""

DIRECTIONS, COARSE = 720, 4
"""Directions in which an outline's reach is known, so that no corner shows on a face of 3000 px; and how many of them
are left out from one to the next where it is shown on a screen."""

SOFTNESS = 12
"""Exponent of the joint of two outlines: higher is tighter, and shows corners."""

ROUND = 0.38
"""Radius of the curve that goes through the corners of a box, as a share of its longer side."""

SPARED, CLEAR = 0.85, 5.0
"""Of a face that is kept, the part of its height and width that covers leave alone; and how many pixels outlines keep
away from it, as covers reach that far beyond them."""

OVAL = 2.4
"""Exponent of the oval in a face's box in which the face lies, however it is turned; 2 is an ellipse."""

_ANGLES = np.arange(DIRECTIONS) * (2 * np.pi / DIRECTIONS)
NORMALS = np.column_stack([np.cos(_ANGLES), np.sin(_ANGLES)])
"""Unit vectors of all directions, shape (`DIRECTIONS`, 2)."""


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
        slant = abs(math.sin(2 * frame.turn))
        head = TEMPLATES[shape].points(frame.yaw, slant)
        less = SPREAD / np.abs(head).max(axis=0)
        head = frame.turned(head, max(0.0, frame.across - less[0]), max(0.0, frame.down - less[1]))
        corners = _corners_of(face.box) - (frame.x, frame.y)
        length = float(np.ptp(corners, axis=0).max())
        held = [np.maximum(reach, 1e-3) for reach in (_reach(head), _rounded(corners))]
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

    def apart_from(self, kept: Box, held: Box | Points) -> Self:
        """Return the outline cut off by a straight line, so that it does not lie on a face that is kept.

        Args:
            kept: That face; what lies in the corners of its box is no part of it.
            held: The face that is covered. Of its box only what lies beyond the oval in it is given up, and only if
                that sets both faces apart: where they overlap, nothing is. For a mark: its corners, and all that lies
                between them is held.

        Invariant: the outline holds that oval, or the mark, as before, and nothing that it did not hold.
        """
        far = math.hypot(kept.center.x - self.middle[0], kept.center.y - self.middle[1])
        if far > float(self.reaches.max()) + kept.width + kept.height + CLEAR:
            return self
        spared, most = _oval(kept, 2.0) - (kept.center.x, kept.center.y), self.reaches + NORMALS @ self.middle
        nearest = NORMALS @ (kept.center.x, kept.center.y) - SPARED * _reach(spared)
        clear = nearest - CLEAR * np.abs(NORMALS).sum(axis=1)
        own = held if isinstance(held, np.ndarray) else _oval(held, OVAL)
        least = _reach(own)
        if (most <= clear).any() or (least >= nearest).all():
            return self
        lost = np.where(least <= clear, most - clear, np.inf)
        way = int(lost.argmin() if np.isfinite(lost).any() else (least - nearest).argmin())
        points, normal = self.points, NORMALS[way]
        over = points @ normal - max(least[way], clear[way])
        after, over_after = np.roll(points, -1, axis=0), np.roll(over, -1)
        crossed = over * over_after < 0
        share = (over[crossed] / (over[crossed] - over_after[crossed]))[:, None]
        cut = points[crossed] + share * (after[crossed] - points[crossed])
        left = np.concatenate([points[over <= 0], cut, own])
        return type(self)(self.middle, np.minimum(self.reaches, _reach(left - self.middle)))

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


def _corners_of(box: Box) -> Points:
    """Return the corners of a box, none of them beyond all measure."""
    return np.array([(x, y) for x in box.sides[::2] for y in box.sides[1::2]]).clip(-FARTHEST, FARTHEST)


def _oval(box: Box, power: float) -> Points:
    """Return the oval that touches the sides of a box, shape (`DIRECTIONS`, 2); above 2, `power` makes it squarer."""
    middle = (box.center.x, box.center.y)
    points = middle + np.sign(NORMALS) * np.abs(NORMALS) ** (2 / power) * (box.width / 2, box.height / 2)
    return np.asarray(points.clip(-FARTHEST, FARTHEST), np.float64)


def _reach(points: Points) -> Reaches:
    """Return how far points reach from the origin in each direction."""
    return np.asarray((NORMALS @ points.T).max(axis=1), np.float64)


def _rounded(corners: Points) -> Reaches:
    """Return the reach of a box with round corners that the corners given lie on."""
    sides = np.ptp(corners, axis=0)
    radius = max(0.0, min(ROUND * float(sides.max()) - SPREAD, float(sides.min()) / 2))
    inward = radius * np.sign(corners) / math.sqrt(2)
    return _reach(corners - inward) + radius


def _chain(points: Points, start: np.intp, stop: np.intp) -> Points:
    """Return the corners from one to another, in the order of the directions."""
    count = (int(stop) - int(start)) % len(points) + 1
    return np.take(points, np.arange(int(start), int(start) + count), axis=0, mode="wrap")
