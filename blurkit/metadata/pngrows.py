"""The picture of a PNG: whether its stream holds more than its rows, or its chunks more than its stream."""

from __future__ import annotations

import zlib
from functools import partial
from typing import TYPE_CHECKING

from blurkit.metadata.base import Hidden, Kind, Part
from blurkit.metadata.embedded import leftovers
from blurkit.picture.reading import uint

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Samples of a pixel by the kind of colours."""
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""First column and row, and steps, of each pass of an interlaced picture. Source: PNG, 8.2"""
_PIECE = 1 << 20
"""Bytes that are unpacked at once; none is kept."""
_MAX_ROWS = 1 << 32


def chunk(kind: bytes, content: bytes) -> bytes:
    """Return a chunk with its length and checksum."""
    return len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")


def picture_part(data: bytes, start: int, end: int, where: str) -> Part:
    """Return a run of `IDAT` chunks as a part: bytes behind the stream, and rows behind the last, hide something.

    A stream that cannot be unpacked is left to the decoder, which refuses it.
    """
    expected = rows_size(data)
    if expected is None:
        return Part(start, end)
    unpacker = zlib.decompressobj()
    size = used = 0
    rest = b""
    for content in _contents(data, start, end):
        if unpacker.eof:
            rest += content
            continue
        feed = content
        while feed and not unpacker.eof and size <= expected:
            try:
                size += len(unpacker.decompress(feed, _PIECE))
            except zlib.error:
                return Part(start, end)
            feed = unpacker.unconsumed_tail
        if size > expected:
            hidden = Hidden(Kind.OTHER, where, end - start, "rows behind the last of the picture", start)
            return Part(start, end, (hidden,), partial(_without_rows, data, start, end, expected))
        rest += unpacker.unused_data
        used += len(content) - len(unpacker.unused_data)
    if not rest:
        return Part(start, end)
    found = leftovers(rest, [(0, len(rest))], where + ", behind its stream", Kind.GAP)
    pieces = tuple(Hidden(h.kind, h.where, h.size, h.detail, None, h.picture) for h in found)
    return Part(start, end, pieces, partial(_without_rest, data, start, end, used))


def rows_size(data: bytes) -> int | None:
    """Return the bytes of all rows of a PNG as they are packed; None if its header is damaged or absurd."""
    if len(data) < 29 or data[25] not in _CHANNELS:
        return None
    width, height, bits = uint(data, 16, 4), uint(data, 20, 4), data[24] * _CHANNELS[data[25]]
    passes = _PASSES if data[28] else ((0, 0, 1, 1),)
    total = 0
    for left, top, across, down in passes:
        columns, rows = max(0, -(-(width - left) // across)), max(0, -(-(height - top) // down))
        total += (1 + (columns * bits + 7) // 8) * rows if columns else 0
    return total if 0 < total <= _MAX_ROWS else None


def _contents(data: bytes, start: int, end: int) -> Iterator[bytes]:
    """Yield what each chunk of a run holds."""
    at = start
    while at < end:
        size = uint(data, at, 4)
        yield data[at + 8 : at + 8 + size]
        at += 12 + size


def _without_rest(data: bytes, start: int, end: int, used: int) -> bytes:
    """Return the stream in one chunk, as it was coded, without what stands behind it."""
    return chunk(b"IDAT", b"".join(_contents(data, start, end))[:used])


def _without_rows(data: bytes, start: int, end: int, expected: int) -> bytes:
    """Return the rows of the picture packed again: a stream cannot be cut."""
    rows = zlib.decompressobj().decompress(b"".join(_contents(data, start, end)), expected)
    return chunk(b"IDAT", zlib.compress(rows, 9))
