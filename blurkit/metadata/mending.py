"""Puts an end on a file that was cut off or damaged there, so that its intact beginning can be searched and shown.

Only the audit needs it: what was damaged is never written by us. All offsets up to the damage stay as they are.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np

from blurkit.errors import PhotoError
from blurkit.metadata import gif
from blurkit.metadata.base import Hidden, Kind
from blurkit.metadata.embedded import find_embedded
from blurkit.metadata.hidden import find
from blurkit.metadata.pngrows import chunk, rows_size
from blurkit.picture.formats import sniff
from blurkit.picture.heifitems import boxes
from blurkit.picture.jpegscan import EOI, SOS, segments
from blurkit.picture.reading import uint
from blurkit.records import ImageFormat

if TYPE_CHECKING:
    from collections.abc import Callable

_MAX_ROWS = 1 << 30
"""Bytes that the rows of a damaged PNG may unpack to."""


def salvage(data: bytes) -> tuple[tuple[Hidden, ...], bytes | None]:
    """Return what the intact part of a damaged file hides, and a file of that part that can perhaps be decoded.

    Args:
        data: A photo that could not be searched.
    """
    new = mended(data)
    if new is None:
        return (), None
    try:
        found = find(new)
    except PhotoError:
        return (), new
    both = min(len(data), len(new))
    one, other = (np.frombuffer(each, np.uint8, both) for each in (data, new))
    differs = int((one != other).argmax()) if (one != other).any() else both
    rest = find_embedded(data, differs, len(data), f"behind the damage at byte {differs}", Kind.SECOND_IMAGE)
    return (*found, *rest), new


def mended(data: bytes) -> bytes | None:
    """Return a file whose end was put on again; None if its beginning does not tell how.

    Args:
        data: A photo that could not be searched or decoded.
    """
    kind = sniff(data[:64])
    mend = None if kind is None else _MENDERS[kind]
    try:
        new = None if mend is None else mend(data)
    except PhotoError:
        return None
    return None if new == data else new


def _jpeg(data: bytes) -> bytes:
    """End a JPEG behind its last whole segment, or its last scan as far as it goes."""
    end = 2
    try:
        for segment in segments(data):
            if segment.marker == EOI:
                return data
            end = segment.end
            if segment.marker == SOS:
                end = segment.end - (data[segment.end - 1] == 0xFF)
    except PhotoError:
        pass
    return data[:end] + b"\xff\xd9"


def _png(data: bytes) -> bytes:
    """End a PNG behind its last whole chunk; rows that are missing become black."""
    kept, coded, at = data[:8], b"", 8
    while at + 8 <= len(data):
        size, kind = uint(data, at, 4), data[at + 4 : at + 8]
        stop = at + 12 + size
        if kind == b"IDAT":
            coded += data[at + 8 : stop - 4]
        elif stop > len(data) or kind == b"IEND":
            break
        elif not coded:
            kept += data[at:stop]
        at = stop
    try:
        rows = zlib.decompressobj().decompress(coded, _MAX_ROWS)
    except zlib.error:
        rows = b""
    whole = rows_size(data)
    if not rows or whole is None or whole > _MAX_ROWS or data[28]:
        return kept + chunk(b"IDAT", coded) + chunk(b"IEND", b"")
    return kept + chunk(b"IDAT", zlib.compress(rows[:whole].ljust(whole, b"\0"), 1)) + chunk(b"IEND", b"")


def _gif(data: bytes) -> bytes:
    """End a GIF behind its last block, or in the middle of that."""
    end = 0
    try:
        for _, stop in gif.blocks(data):
            end = stop
    except PhotoError:
        end = end or gif.HEAD + gif.table_size(data[10])
    if end >= len(data) or data[end] not in gif.BLOCKS:
        return data[:end] + b"\x3b"
    at = end + 2 if data[end] != gif.IMAGE else end + 11 + gif.table_size(uint(data, end + 9, 1))
    while at < len(data):
        at += 1 + data[at]
    return data.ljust(at, b"\0") + b"\0\x3b"


def _webp(data: bytes) -> bytes:
    """End a WebP behind its last whole chunk."""
    at = 12
    while at + 8 <= len(data):
        stop = at + 8 + uint(data, at + 4, 4, "little")
        stop += stop % 2
        if stop > len(data):
            break
        at = stop
    return data[:4] + (at - 8).to_bytes(4, "little") + data[8:at]


def _padded(data: bytes) -> bytes:
    """Fill up what is missing of a file with zeros; at most as much again as there is."""
    return data + bytes(len(data))


def _heif(data: bytes) -> bytes:
    """Fill up the last box with zeros."""
    end = 0
    try:
        for box in boxes(data, 0, len(data)):
            end = box.end
    except PhotoError:
        size = uint(data, end, 4) if end + 8 <= len(data) else 0
        if 8 <= size <= 2 * len(data):
            return data[: end + size].ljust(end + size, b"\0")
    return data[:end] or data


_MENDERS: dict[ImageFormat, Callable[[bytes], bytes]] = {
    ImageFormat.JPEG: _jpeg,
    ImageFormat.PNG: _png,
    ImageFormat.WEBP: _webp,
    ImageFormat.TIFF: _padded,
    ImageFormat.BMP: _padded,
    ImageFormat.GIF: _gif,
    ImageFormat.HEIF: _heif,
    ImageFormat.AVIF: _heif,
}
