"""Leaves out everything in a file but the picture before it is decoded: it is thrown away anyway.

A text that is too long, a bad checksum of a chunk that no viewer needs, a segment that is too short: none of them is
a reason to refuse a photo that every viewer opens. Part of the load stage.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from blurkit.errors import PhotoError
from blurkit.picture.jpegscan import APP0, COM, SOS, segments
from blurkit.records import ImageFormat

if TYPE_CHECKING:
    from blurkit.picture.jpegscan import Segment

_NEEDED_CHUNKS = (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"acTL", b"fcTL", b"fdAT")
_USEFUL_CHUNKS = {b"tRNS": 256, b"pHYs": 9, b"eXIf": 1 << 16}
"""Chunks that change what is shown, and how long they can be; colours are read by themselves."""
_END = b"\0\0\0\0IEND\xaeB\x60\x82"
_TONES = {0: 1, 2: 3}
"""How many samples name the clear tone or colour, by the kind of colours."""
_HEADERS = {
    APP0: (b"JFIF\0", 14),
    APP0 + 1: (b"Exif\0\0", 14),
    APP0 + 2: (b"ICC_PROFILE\0", 15),
    APP0 + 14: (b"Adobe", 12),
}
"""Segments that change what is shown: how they begin, and how long they are at least."""


def without_beside(data: bytes, kind: ImageFormat) -> bytes:
    """Return a file with only what its decoder needs; the file itself where it is damaged.

    Args:
        data: The whole file.
        kind: Its format.
    """
    if kind is ImageFormat.PNG:
        return _png(data)
    if kind is ImageFormat.JPEG:
        return _jpeg(data)
    return data


def _png(data: bytes) -> bytes:
    """Keep the chunks of the picture as they are, and the useful ones with a good checksum."""
    kept, at = [data[:8]], 8
    while at + 12 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        end = at + 12 + size
        if kind in _NEEDED_CHUNKS:
            kept.append(data[at:end])
        elif size <= _USEFUL_CHUNKS.get(kind, -1) and not (kind == b"tRNS" and _is_no_tone(data, at + 8, size)):
            kept += [data[at : end - 4], zlib.crc32(data[at + 4 : end - 4]).to_bytes(4)]
        at = end
        if kind == b"IEND":
            return b"".join(kept)
    return b"".join([*kept, _END])  # without an end; whether its rows are all there, the decoder says


def _is_no_tone(png: bytes, at: int, size: int) -> bool:
    """Whether a clear tone or colour is none that a sample can have: browsers heed none of it."""
    tones = [int.from_bytes(png[place : place + 2]) for place in range(at, at + size, 2)]
    return png[25] in _TONES and any(tone >> png[24] for tone in tones[: _TONES[png[25]]])


def _jpeg(data: bytes) -> bytes:
    """Keep what stands before the first scan, but for comments and segments that are private or too short."""
    kept: list[bytes] = []
    try:
        for segment in segments(data):
            if segment.marker == SOS:
                return b"".join(kept) + data[segment.start :]
            if not _is_beside(data, segment):
                kept.append(data[segment.start : segment.end])
    except PhotoError:
        pass
    return data


def _is_beside(data: bytes, segment: Segment) -> bool:
    if not APP0 <= segment.marker < APP0 + 16:
        return segment.marker == COM
    name, least = _HEADERS.get(segment.marker, (b"", 0))
    return not name or segment.end - segment.payload < least or not data.startswith(name, segment.payload)
