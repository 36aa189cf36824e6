"""Reads numbers and stretches of a file's bytes, never beyond their end."""

from __future__ import annotations

from typing import Literal

from blurkit.errors import UnreadablePhoto

MAX_PARTS = 65_536
"""More segments, chunks, boxes, directories or items than this are no photo."""
Order = Literal["big", "little"]
Range = tuple[int, int]
"""Half-open stretch of a file: first byte, first byte after it."""


def take(data: bytes, at: int, size: int) -> bytes:
    """Return `size` bytes from `at`.

    Raises:
        UnreadablePhoto: They are not all there.
    """
    if at < 0 or size < 0 or at + size > len(data):
        raise UnreadablePhoto("the file is damaged or cut off")
    return data[at : at + size]


def uint(data: bytes, at: int, size: int, order: Order = "big") -> int:
    """Return the unsigned number of `size` bytes at `at`.

    Raises:
        UnreadablePhoto: It is not all there.
    """
    return int.from_bytes(take(data, at, size), order)
