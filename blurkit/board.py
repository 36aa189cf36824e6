"""The storyboard of a clip: pictures of some of its moments side by side, which a person reviews like a photo. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

from blurkit.geometry import Box, Size

LONG_SIDE = 960
"""Of a picture on it, in pixels at most."""

MAX_PIXELS = 48e6
"""Of the whole, at most, if there are not too many pictures."""

LEAST_SIDE, MOST_PIXELS = 400, 96e6
"""No picture has a shorter long side than that for as long as the whole stays below this: faces must be told apart."""

CAPTION = 28
"""Height in pixels of the strip under each picture that says when it is."""


@dataclass(frozen=True, slots=True)
class Board:
    """Which moments of a clip it shows, and where."""

    size: Size
    """Of the clip's upright frames, in pixels."""
    seconds: tuple[float, ...]
    """The moments, in order, by the clip's own clock."""
    columns: int
    """Pictures side by side."""
    cell: Size
    """Of each picture on it, in pixels."""

    @classmethod
    def of(cls, size: Size, seconds: tuple[float, ...]) -> Self:
        """Lay out some moments of a clip."""
        count = max(1, len(seconds))
        usual, most = (math.sqrt(pixels / count / (size.width * size.height)) for pixels in (MAX_PIXELS, MOST_PIXELS))
        scale = min(1.0, LONG_SIDE / size.long_side, max(usual, min(most, LEAST_SIDE / size.long_side)))
        cell = Size(max(8, round(size.width * scale)), max(8, round(size.height * scale)))
        columns = max(1, round(math.sqrt(count * 4 / 3 * (cell.height + CAPTION) / cell.width)))
        return cls(size, seconds, min(columns, count), cell)

    @property
    def whole(self) -> Size:
        """Its own size."""
        rows = -(-max(1, len(self.seconds)) // self.columns)
        return Size(self.columns * self.cell.width, rows * (self.cell.height + CAPTION))

    def corner(self, picture: int) -> tuple[int, int]:
        """Return the first column and the first row of a picture, by its number."""
        row, column = divmod(picture, self.columns)
        return column * self.cell.width, row * (self.cell.height + CAPTION)

    def on_board(self, picture: int, box: Box) -> Box:
        """Return where a box of the clip is in one of the pictures; it does not reach into another one."""
        left, top = self.corner(picture)
        x, y = self.cell.width / self.size.width, self.cell.height / self.size.height
        inside = box.clip(self.size)
        return Box(inside.left * x + left, inside.top * y + top, inside.right * x + left, inside.bottom * y + top)

    def in_clip(self, box: Box) -> tuple[int, Box]:
        """Return the picture in whose cell the middle of a box lies, and the box in pixels of the clip.

        Invariant: `in_clip(on_board(picture, box))` is the same picture and, but for rounding, the same box.
        """
        column = int(min(max(0.0, box.center.x // self.cell.width), self.columns - 1))
        row = int(max(0.0, box.center.y // (self.cell.height + CAPTION)))
        picture = min(row * self.columns + column, len(self.seconds) - 1)
        left, top = self.corner(picture)
        x, y = self.size.width / self.cell.width, self.size.height / self.cell.height
        there = Box((box.left - left) * x, (box.top - top) * y, (box.right - left) * x, (box.bottom - top) * y)
        return picture, there.clip(self.size)

    def nearest(self, seconds: float) -> int:
        """Return the picture that is nearest to a moment."""
        return min(range(len(self.seconds)), key=lambda picture: abs(self.seconds[picture] - seconds))
