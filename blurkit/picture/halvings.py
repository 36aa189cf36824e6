"""A photo and its halves, quarters and so on: whoever needs a coarse view of it need not read every pixel again."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

import numpy as np

from blurkit.geometry import Size

if TYPE_CHECKING:
    from blurkit.records import Pixels

_smaller: dict[int, tuple[weakref.ref[Pixels], list[Pixels]]] = {}
"""The halves and so on of arrays that nobody can change, as long as they live, by their `id`."""


class Halvings:
    """A photo and its halves, quarters and so on, each made once."""

    def __init__(self, pixels: Pixels) -> None:
        """Hold a photo.

        Args:
            pixels: uint8 of shape (H, W, 3). If it can be written to, nothing is remembered of it for later.
        """
        self.size = Size(pixels.shape[1], pixels.shape[0])
        self._pixels, self._smaller = pixels, [] if pixels.flags.writeable else _remembered(pixels)

    def at_least(self, scale: float) -> tuple[Pixels, int]:
        """Return the smallest halving that is no smaller than the photo resized by `scale`, and its divisor."""
        import cv2

        level, index = self._pixels, 0
        while scale * 2 ** (index + 1) <= 1 and min(level.shape[:2]) >= 4:
            if index == len(self._smaller):
                height, width = level.shape[:2]
                half = cv2.resize(level, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
                self._smaller[index:] = [np.asarray(half, np.uint8)]
            level = self._smaller[index]
            index += 1
        return level, 2**index

    def resized(self, size: Size) -> Pixels:
        """Return the photo resized to about a size or less, by the mean of what each pixel stands for."""
        import cv2

        scale = max(size.width / self.size.width, size.height / self.size.height)
        source, _ = self.at_least(min(1.0, scale))
        small = cv2.resize(source, (size.width, size.height), interpolation=cv2.INTER_AREA)
        return np.asarray(small, np.uint8)


def _remembered(pixels: Pixels) -> list[Pixels]:
    key = id(pixels)
    known = _smaller.get(key)
    if known is None or known[0]() is not pixels:
        known = weakref.ref(pixels, lambda _: _smaller.pop(key, None)), []
        _smaller[key] = known
    return known[1]
