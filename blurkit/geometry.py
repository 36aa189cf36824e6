"""Sizes, points and boxes in pixels of the upright photo: pure arithmetic, no pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """A place in the photo, in pixels from its top-left corner."""

    x: float
    """Column, growing to the right."""
    y: float
    """Row, growing downwards."""


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in pixels, width first."""

    width: int
    """Columns."""
    height: int
    """Rows."""

    def __post_init__(self) -> None:
        if self.width < 0 or self.height < 0:
            raise ValueError(f"a size cannot be negative: {self.width} x {self.height}")

    @property
    def megapixels(self) -> float:
        """Millions of pixels."""
        return self.width * self.height / 1e6

    @property
    def long_side(self) -> int:
        """The longer of width and height, in pixels."""
        return max(self.width, self.height)


@dataclass(frozen=True, slots=True)
class Box:
    """A half-open rectangle in pixels: `left <= x < right`, `top <= y < bottom`."""

    left: float
    """First column."""
    top: float
    """First row."""
    right: float
    """First column that is not inside."""
    bottom: float
    """First row that is not inside."""

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (self.left, self.top, self.right, self.bottom))):
            raise ValueError(f"a box needs finite sides: {self}")
        if self.right < self.left or self.bottom < self.top:
            raise ValueError(f"a box cannot be turned inside out: {self}")

    @property
    def width(self) -> float:
        """Columns covered, in pixels."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Rows covered, in pixels."""
        return self.bottom - self.top

    @property
    def area(self) -> float:
        """Pixels covered."""
        return self.width * self.height

    @property
    def sides(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom."""
        return self.left, self.top, self.right, self.bottom

    @property
    def center(self) -> Point:
        """The middle."""
        return Point((self.left + self.right) / 2, (self.top + self.bottom) / 2)

    def intersection(self, other: Box) -> float:
        """Return the area that both boxes cover, in square pixels."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, width) * max(0.0, height)

    def iou(self, other: Box) -> float:
        """Return intersection over union, 0..1."""
        shared = self.intersection(other)
        union = self.area + other.area - shared
        return shared / union if union > 0 else 0.0

    def union(self, other: Box) -> Box:
        """Return the smallest box that contains both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def expand(self, x: float, y: float) -> Box:
        """Return the box grown on each side by shares `x` of its width and `y` of its height."""
        dx, dy = x * self.width, y * self.height
        return Box(self.left - dx, self.top - dy, self.right + dx, self.bottom + dy)

    def shift(self, dx: float, dy: float) -> Box:
        """Return the box moved by pixels."""
        return Box(self.left + dx, self.top + dy, self.right + dx, self.bottom + dy)

    def scale(self, factor: float) -> Box:
        """Return the box in a photo resized by `factor`."""
        return Box(self.left * factor, self.top * factor, self.right * factor, self.bottom * factor)

    def clip(self, size: Size) -> Box:
        """Return the part inside a photo; an empty box at the nearest border if no part is inside."""
        left, right = (min(max(x, 0.0), float(size.width)) for x in (self.left, self.right))
        top, bottom = (min(max(y, 0.0), float(size.height)) for y in (self.top, self.bottom))
        return Box(left, top, right, bottom)

    def pixels(self, size: Size) -> tuple[int, int, int, int]:
        """Return whole-pixel `(left, top, right, bottom)`: rounded outward, then clipped to the photo.

        Invariant: contains every pixel that the box touches; the last row and column can be covered.
        """
        return (
            max(0, min(size.width, math.floor(self.left))),
            max(0, min(size.height, math.floor(self.top))),
            max(0, min(size.width, math.ceil(self.right))),
            max(0, min(size.height, math.ceil(self.bottom))),
        )

    def turned(self, quarter_turns: int, size: Size) -> Box:
        """Return the box after the photo of `size` was turned counter-clockwise by 90 degrees `turns` times.

        The same direction as `numpy.rot90`.
        """
        box = self
        width, height = size.width, size.height
        for _ in range(quarter_turns % 4):
            box = Box(box.top, width - box.right, box.bottom, width - box.left)
            width, height = height, width
        return box
