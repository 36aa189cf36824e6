"""Finds whole pictures and videos inside bytes of unknown make: trailers, maker notes, gaps, private segments."""

from __future__ import annotations

import binascii
import re
import zlib
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from blurkit.errors import UnreadablePhoto
from blurkit.metadata.base import MAX_PICTURES, Hidden, Kind, is_zero
from blurkit.picture.jpegscan import APP0, jpeg_size, segments
from blurkit.picture.reading import MAX_PARTS, Range, uint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SIGNATURES = {b"\xff\xd8\xff": 0, b"ftyp": 4, b"\x89PNG\r\n\x1a\n": 0, b"WEBPVP8": 8}
"""Bytes that give away a file, and how far they are from its first byte."""
_SHORTEST = 64
"""Bytes below which nothing is a picture."""
_MAX_UNPACKED, _MAX_CODED = 1 << 22, 1 << 21
"""Bytes that a stretch may unpack to, and bytes that are searched for such stretches."""
_DIGITS = re.compile(rb"[0-9a-fA-F][0-9a-fA-F\s]{399,}")
_BASE64 = re.compile(rb"[A-Za-z0-9+/][A-Za-z0-9+/\s]{199,}")
_PACKED = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
_STILL_BRANDS = (b"heic", b"heix", b"mif1", b"avif", b"msf1", b"avis")


def find_embedded(
    data: bytes, start: int, end: int, where: str, kind: Kind = Kind.PREVIEW, *, is_text_searched: bool = True
) -> list[Hidden]:
    """Find pictures and videos that lie whole in a stretch of a file.

    At most `MAX_PICTURES` candidates are looked at, so hostile bytes cost a bounded number of passes.

    Args:
        data: The file.
        start: First byte to search.
        end: First byte not to search.
        where: How to name the place.
        kind: What an ordinary picture is called here.
        is_text_searched: Look into base64, hexadecimal digits and zlib, too, where no picture stands open.
    """
    found: list[Hidden] = []
    for at, stop in _files(data, start, end):
        if data[at + 4 : at + 8] == b"ftyp" and data[at + 8 : at + 12] not in _STILL_BRANDS:
            found.append(Hidden(Kind.VIDEO, where, stop - at, "video", at))
            continue
        picture = data[at:stop]
        size = jpeg_size(picture)
        words = f" {size[0]}x{size[1]}" if size else ""
        found.append(Hidden(_kind_of(picture, kind), where, stop - at, "picture" + words, at, picture))
    return found if found or not is_text_searched else _coded(data, start, end, where, kind)


def _coded(data: bytes, start: int, end: int, where: str, kind: Kind) -> list[Hidden]:
    """Find pictures written in base64 or hexadecimal, or packed by zlib."""
    found: list[Hidden] = []
    for number, content in enumerate(_decoded(data, start, end)):
        if number == MAX_PICTURES or len(found) >= MAX_PICTURES:
            break
        pieces = find_embedded(content, 0, len(content), where, kind, is_text_searched=False)
        found += (replace(piece, offset=None, detail=f"{piece.detail}, written in code") for piece in pieces)
    return found


def _decoded(data: bytes, start: int, end: int) -> Iterator[bytes]:
    """Yield what stretches of base64, hexadecimal digits or zlib stand for."""
    end = min(end, start + _MAX_CODED)
    for match in _DIGITS.finditer(data, start, end):
        text = match[0].translate(None, b"\r\n\t\v\f ")
        yield bytes.fromhex(text[: len(text) // 2 * 2].decode("ascii"))
    for match in _BASE64.finditer(data, start, end):
        text = match[0].translate(None, b"\r\n\t\v\f ")
        text = text[: len(text) - (len(text) % 4 == 1)]
        yield binascii.a2b_base64(text + b"=" * (-len(text) % 4))
    for match in _PACKED.finditer(data, start, end):
        unpacker = zlib.decompressobj()
        with suppress(zlib.error):
            content = unpacker.decompress(data[match.start() : end], _MAX_UNPACKED)
            if len(content) >= _SHORTEST:
                yield content


def leftovers(data: bytes, stretches: Iterable[Range], where: str, kind: Kind = Kind.TRAILER) -> tuple[Hidden, ...]:
    """Describe bytes that do not belong to the picture: what can be recognised, and the rest as one finding."""
    found: list[Hidden] = []
    rest: list[Range] = []
    for start, end in stretches:
        pieces = find_embedded(data, start, end, where, Kind.SECOND_IMAGE) if len(found) < MAX_PICTURES else []
        found += pieces
        position = start
        for piece in pieces:
            if piece.offset is None:
                continue
            at = piece.offset
            rest += [(position, at)] if at > position else []
            position = at + piece.size
        rest += [(position, end)] if end > position else []
    if rest:
        zero = all(is_zero(data, *stretch) for stretch in rest)
        size = sum(end - start for start, end in rest)
        place = "after the picture" if kind is Kind.TRAILER else "that nothing refers to"
        detail = f"{'zeros' if zero else 'bytes'} {place}"
        found.append(Hidden(Kind.PADDING if zero else kind, where, size, detail, rest[0][0]))
    return tuple(found)


def trailer(data: bytes, end_of_picture: int, container: str) -> tuple[Hidden, ...]:
    """Describe what follows the end of the picture, if anything does."""
    if end_of_picture >= len(data):
        return ()
    return leftovers(data, [(end_of_picture, len(data))], f"after the end of the {container} at byte {end_of_picture}")


def _files(data: bytes, start: int, end: int) -> Iterator[Range]:
    """Yield the stretches that look like a whole file, in order and without overlap."""
    following = dict.fromkeys(_SIGNATURES, start - 1)
    position = start
    for _ in range(MAX_PICTURES):
        for signature, lead in _SIGNATURES.items():
            if following[signature] < position:
                at = data.find(signature, position + lead, end)
                following[signature] = at - lead if at >= 0 else len(data)
        at, signature = min((at, signature) for signature, at in following.items())
        if at >= end:
            return
        stop = _end(data, at, end, signature)
        if stop is not None:
            yield at, stop
        position = stop or at + 1


def _end(data: bytes, at: int, end: int, signature: bytes) -> int | None:
    """Return where the file that starts at `at` ends, or None if it is not a file."""
    if signature == b"ftyp":
        return _end_of_boxes(data, at, end)
    if signature == b"WEBPVP8":
        stop = at + 8 + int.from_bytes(data[at + 4 : at + 8], "little")
        return stop if data[at : at + 4] == b"RIFF" and stop <= end else None
    if signature.startswith(b"\x89"):
        stop = data.find(b"IEND", at, end - 4)
        return stop + 8 if stop >= 0 else None
    try:
        *_, last = segments(data, at, end)
    except UnreadablePhoto:
        stop = data.find(b"\xff\xd9", at + 3, end)  # damaged, but perhaps still to be seen
        return stop + 2 if stop >= 0 else None
    return last.end


def _end_of_boxes(data: bytes, at: int, end: int) -> int | None:
    """Return where the run of ISO boxes that starts at `at` ends."""
    position = at
    for _ in range(MAX_PARTS):
        if position + 8 > end or not data[position + 4 : position + 8].isalnum():
            break
        size = uint(data, position, 4)
        if size == 1 and position + 16 <= end:
            size = uint(data, position + 8, 8)
        size = size or end - position
        if size < 8 or position + size > end:
            break
        position += size
    return position if position > at else None


def _kind_of(picture: bytes, default: Kind) -> Kind:
    """Tell a gain or depth map from an ordinary JPEG by the notes in it."""
    try:
        for segment in segments(picture):
            if APP0 <= segment.marker < APP0 + 16:
                notes = picture[segment.payload : segment.end]
                if b"hdrgm:" in notes or b"hdrgainmap" in notes or b"ts:21496" in notes:
                    return Kind.GAIN_MAP
                if b"aux:depth" in notes or b"aux:disparity" in notes or b"GDepth" in notes:
                    return Kind.DEPTH_MAP
    except UnreadablePhoto:
        pass
    return default
