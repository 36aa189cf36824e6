"""Marks: words, codes and number plates in a photo, each with where it lies and what happens to it. All frozen.

What a mark says is known only between the stage that reads it and the policy: a `Reading` holds it, no other record
does, and a reading can neither be printed nor stored nor sent to another process.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NoReturn

from blurkit.geometry import Box, Point
from blurkit.records import Action


class MarkKind(StrEnum):
    """What a mark is."""

    TEXT = "text"
    """A line of words or a number."""
    CODE = "code"
    """A QR code or another one, or a bar code."""
    PLATE = "plate"
    """A line that looks like a number plate of a car."""


class MarkReason(StrEnum):
    """Why a mark is covered or left, in one word."""

    POLICY = "policy"
    """What the policy does with all of its kind."""
    COVERED_WORD = "covered_word"
    """It holds one of the words that are always covered."""
    LEFT_WORD = "left_word"
    """It is one of the phrases that are always left."""
    ALWAYS_REGION = "always_region"
    NEVER_REGION = "never_region"
    FOUND_IN_CHECK = "found_in_check"
    """It could still be read in the file as written."""
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Mark:
    """A line of text, a code or a plate in the upright photo."""

    corners: tuple[Point, Point, Point, Point]
    """Clockwise, in pixels; a line of text runs from the first to the second. May stick out of the photo."""
    kind: MarkKind
    """What it is."""
    score: float
    """How sure it is, 0..1."""

    @property
    def box(self) -> Box:
        """The smallest upright box around it."""
        xs, ys = [point.x for point in self.corners], [point.y for point in self.corners]
        return Box(min(xs), min(ys), max(xs), max(ys))

    @property
    def sides(self) -> tuple[float, float]:
        """Length along the line, and height across it, in pixels."""
        first, second, third, fourth = self.corners
        along = _distance(first, second) + _distance(fourth, third)
        return along / 2, (_distance(second, third) + _distance(first, fourth)) / 2

    @property
    def height(self) -> float:
        """The shorter of its sides in pixels: that of a line of text, whichever way it runs."""
        return min(self.sides)

    @property
    def area(self) -> float:
        """Square pixels that it covers."""
        turns = (a.x * b.y - b.x * a.y for a, b in zip(self.corners, (*self.corners[1:], self.corners[0]), strict=True))
        return abs(sum(turns)) / 2

    @property
    def angle(self) -> float:
        """How far its line is turned: clockwise in degrees, -180 to 180."""
        first, second = self.corners[:2]
        return math.degrees(math.atan2(second.y - first.y, second.x - first.x))

    def shifted(self, dx: float, dy: float) -> Mark:
        """Return it moved by pixels."""
        first, second, third, fourth = (Point(point.x + dx, point.y + dy) for point in self.corners)
        return Mark((first, second, third, fourth), self.kind, self.score)

    def scaled(self, x: float, y: float) -> Mark:
        """Return it in a photo of which each pixel became so many, across and down."""
        first, second, third, fourth = (Point(point.x * x, point.y * y) for point in self.corners)
        return Mark((first, second, third, fourth), self.kind, self.score)

    def grown(self, pixels: float) -> Mark:
        """Return it with its sides moved outward by so many pixels."""
        along, across = (max(side, 1e-6) for side in self.sides)
        first, second, _, fourth = self.corners
        ax, ay = (second.x - first.x) / along * pixels, (second.y - first.y) / along * pixels
        dx, dy = (fourth.x - first.x) / across * pixels, (fourth.y - first.y) / across * pixels
        signs = ((-1, -1), (1, -1), (1, 1), (-1, 1))
        one, two, three, four = (
            Point(point.x + a * ax + d * dx, point.y + a * ay + d * dy)
            for point, (a, d) in zip(self.corners, signs, strict=True)
        )
        return Mark((one, two, three, four), self.kind, self.score)


@dataclass(frozen=True, slots=True)
class Reading:
    """A mark and what it says; lives in memory only, from the stage that reads to the policy."""

    mark: Mark
    """Where it is."""
    says: str = field(default="", repr=False)
    """The words or numbers; empty for a code, and for a line that was not read or cannot be."""

    def __reduce__(self) -> NoReturn:
        raise TypeError("what was read is neither stored nor sent anywhere")


@dataclass(frozen=True, slots=True)
class MarkDecision:
    """One mark, and what happens to it."""

    mark: Mark
    """Where it is."""
    action: Action
    """Cover or keep."""
    reason: MarkReason
    """Why."""
    doubtful: bool = False
    """A person should look: it is left only because the policy warns of it, or the check found it."""


def box_mark(box: Box, kind: MarkKind, score: float = 1.0) -> Mark:
    """Return an upright mark."""
    left, top, right, bottom = box.sides
    return Mark((Point(left, top), Point(right, top), Point(right, bottom), Point(left, bottom)), kind, score)


def _distance(one: Point, other: Point) -> float:
    return math.hypot(one.x - other.x, one.y - other.y)
