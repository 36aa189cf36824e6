"""Windows of a photo around what asks for a closer look, as small as they can be. Pure geometry."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from blurkit.detect.views import View, level
from blurkit.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.geometry import Size


FEW = 8
"""So many places that ask for a closer look are seen by themselves.

Where there are more, small faces stand among them that nothing hints at, and whole tiles show those, too.
"""


def near(
    boxes: Sequence[Box],
    nearby: Sequence[Box],
    size: Size,
    side: int,
    *,
    tile: int,
    overlap: int,
    quarter_turns: int = 0,
) -> list[View]:
    """Return the views of a level that show boxes: the tiles of `level`, or less where that shows them, too.

    Boxes that are close together share a view; but none is longer than a tile because of that. Many get whole tiles.

    Args:
        boxes: What asks for a look, in the pixels of the photo.
        nearby: What does not, but is looked at where it lies in the same tiles.
        size: Of the photo.
        side: Of the level, as `scale_of` counts it.
        tile: Longest side of a tile in its own pixels.
        overlap: How far tiles overlap; half as near to its edge, a view leaves what it sees to others.
        quarter_turns: How often each view is turned by 90 degrees counter-clockwise.
    """
    views = level(size, side, tile=tile, overlap=overlap, quarter_turns=quarter_turns)
    tiles = [view for view in views if any(Box(*view.window).intersection(box) > 0 for box in boxes)]
    if not tiles:
        return []
    shown = [*boxes, *(box for box in nearby if any(_holds(view.window, box) for view in tiles))]
    windows = [_window(box, size) for box in _joined(shown, size, tile / tiles[0].scale)]
    if len(boxes) <= FEW and sum(map(_area, windows)) < sum(_area(view.window) for view in tiles):
        return [replace(tiles[0], window=window) for window in windows]
    return tiles


def _joined(boxes: Sequence[Box], size: Size, longest: float) -> list[Box]:
    """Return boxes, of which those are joined that together are smaller than apart, and no longer than `longest`."""
    joined: list[Box] = []
    for box in sorted((box.clip(size) for box in boxes), key=lambda box: (box.top, box.left, box.bottom, box.right)):
        whole, others = box, joined
        while True:
            together = [
                (other, union)
                for other in others
                if (union := whole.union(other)).area <= whole.area + other.area
                and max(union.width, union.height) <= longest
            ]
            if not together:
                break
            other, whole = min(together, key=lambda pair: pair[1].area)
            others = [each for each in others if each is not other]
        joined = [*others, whole]
    return [box for box in joined if box.area > 0]


def _holds(window: tuple[int, int, int, int], box: Box) -> bool:
    left, top, right, bottom = window
    return left <= box.center.x < right and top <= box.center.y < bottom


def _window(box: Box, size: Size) -> tuple[int, int, int, int]:
    left, top, right, bottom = box.pixels(size)
    return left, top, right, bottom


def _area(window: tuple[int, int, int, int]) -> int:
    return (window[2] - window[0]) * (window[3] - window[1])
