"""WebP: what is hidden in its RIFF chunks and after the last one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from blurkit.errors import UnreadablePhoto
from blurkit.metadata.base import Hidden, Kind, Part, cleaned, hidden_in
from blurkit.metadata.embedded import find_embedded, trailer
from blurkit.metadata.exif import find_exif, only_orientation
from blurkit.metadata.icc import find_profile, is_useful, replacement
from blurkit.metadata.xmp import find_xmp
from blurkit.picture.reading import MAX_PARTS, take, uint

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD = 12
PICTURE = (b"VP8 ", b"VP8L")
_HAS_PROFILE, _HAS_ALPHA, _HAS_EXIF, _IS_ANIMATED = 0x20, 0x10, 0x08, 0x02
_PROMISES = {b"ICCP": _HAS_PROFILE, b"EXIF": _HAS_EXIF, b"ANIM": _IS_ANIMATED}
_EXTENDED_SIZE, _ANIM_SIZE = 10, 14
FRAME_HEAD = 24
"""Bytes of a frame's chunk before the chunks in it."""


def find(data: bytes) -> tuple[Hidden, ...]:
    """List what a WebP hides."""
    return hidden_in(_parts(data))


def strip(data: bytes) -> bytes:
    """Drop every chunk that is not needed; the chunks of pictures stay as they are."""
    clean = cleaned(data, _parts(data))
    return clean[:4] + (len(clean) - 8).to_bytes(4, "little") + clean[8:]


def _end(data: bytes) -> int:
    """Return where the RIFF file ends by its own account."""
    if data[:4] != b"RIFF" or data[8:_HEAD] != b"WEBP":
        raise UnreadablePhoto("the WebP header is damaged")
    end = 8 + uint(data, 4, 4, "little")
    if end > len(data):
        raise UnreadablePhoto("the WebP is cut off")
    return end


def chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, first byte and end of each chunk, padding included.

    Raises:
        UnreadablePhoto: One is cut off.
    """
    yield from chunks_between(data, _HEAD, _end(data))


def chunks_between(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield the chunks of a stretch, as `chunks` does."""
    position = start
    for _ in range(MAX_PARTS):
        if position >= end:
            return
        size = uint(data, position + 4, 4, "little")
        stop = position + 8 + size
        if stop > end:
            raise UnreadablePhoto("a WebP chunk is cut off")
        stop = min(stop + size % 2, end)
        yield take(data, position, 4), position, stop
        position = stop
    raise UnreadablePhoto(f"the WebP has more than {MAX_PARTS:,} chunks")


def _parts(data: bytes) -> list[Part]:
    """Split a WebP into parts to keep and parts to drop."""
    parts = [Part(0, _HEAD)]
    seen: set[bytes] = set()
    extended: Part | None = None
    for kind, start, stop in chunks(data):
        where = f"WebP {kind.decode('latin-1').strip() if kind.strip().isalnum() else 'chunk'} at byte {start}"
        is_first = kind not in seen and not (kind in PICTURE and seen & set(PICTURE))
        seen.add(kind)
        if is_first and kind == b"VP8X" and stop - start == 8 + _EXTENDED_SIZE:
            extended = Part(start, stop)
        elif is_first and kind in (*PICTURE, b"ALPH"):
            parts.append(Part(start, stop))
        elif is_first and kind == b"ICCP":
            parts.append(_profile(data, start, stop, where))
        elif is_first and kind == b"EXIF":
            parts.append(_exif(data, start, stop, where))
        elif kind == b"ANMF" or (is_first and kind == b"ANIM" and stop - start == _ANIM_SIZE):
            parts.append(_frame(data, kind, start, stop, where))
        else:
            parts.append(Part(start, stop, _describe(data, kind, start, stop, where), b""))
    if not seen & {*PICTURE, b"ANMF"}:
        raise UnreadablePhoto("the WebP holds no picture")
    if extended is not None:
        kept = {data[part.start : part.start + 4] for part in parts if part.clean != b""}
        promised = sum(flag for kind, flag in _PROMISES.items() if kind in kept)
        parts.append(_flags(data, extended, promised))
    end = _end(data)
    parts.append(Part(end, len(data), trailer(data, end, "WebP"), b""))
    return sorted(parts, key=lambda part: part.start)


def _flags(data: bytes, part: Part, promised: int) -> Part:
    """Keep the extended header if it promises only what is kept, else write one that does."""
    content = data[part.start + 8 : part.end]
    flags = (content[0] & _HAS_ALPHA) | promised
    kept = bytes((flags, 0, 0, 0)) + content[4:]
    if kept == content:
        return part
    hidden = Hidden(Kind.OTHER, f"WebP VP8X at byte {part.start}", 4, "flags that promise metadata", part.start + 8)
    return Part(part.start, part.end, (hidden,), data[part.start : part.start + 8] + kept)


def _exif(data: bytes, start: int, stop: int, where: str) -> Part:
    """Keep the orientation of a photo, alone."""
    block = data[start + 8 : start + 8 + uint(data, start + 4, 4, "little")]
    hidden, kept = find_exif(block, where, start + 8), only_orientation(block)
    clean = b"EXIF" + len(kept).to_bytes(4, "little") + kept if kept else b""
    return Part(start, stop, hidden, clean if hidden else None)


def _frame(data: bytes, kind: bytes, start: int, stop: int, where: str) -> Part:
    """Keep a part of an animation; in a frame, only its picture and transparency."""
    found: tuple[Hidden, ...] = (Hidden(Kind.FRAME, where, stop - start, "part of an animation", start),)
    if kind == b"ANIM":
        return Part(start, stop, found)
    end = min(stop, start + 8 + uint(data, start + 4, 4, "little"))
    kept = data[start + 8 : start + FRAME_HEAD]
    for inner, first, last in chunks_between(data, start + FRAME_HEAD, end):
        if inner in (*PICTURE, b"ALPH"):
            kept += data[first:last]
        else:
            found += _describe(data, inner, first, last, where)
    clean = b"ANMF" + len(kept).to_bytes(4, "little") + kept
    return Part(start, stop, found, None if clean == data[start:stop] else clean)


def _profile(data: bytes, start: int, stop: int, where: str) -> Part:
    """Keep a colour profile, or write one without names in its place."""
    profile = data[start + 8 : start + 8 + uint(data, start + 4, 4, "little")]
    hidden = find_profile(profile, where, start)
    if not hidden:
        return Part(start, stop)
    return Part(start, stop, hidden, partial(_profile_chunk, profile) if is_useful(profile) else b"")


def _profile_chunk(profile: bytes) -> bytes:
    """Return the chunk of a profile that replaces this one."""
    new = replacement(profile)
    return b"ICCP" + len(new).to_bytes(4, "little") + new + bytes(len(new) % 2) if new else b""


def _describe(data: bytes, kind: bytes, start: int, stop: int, where: str) -> tuple[Hidden, ...]:
    """Say what a chunk is that is dropped, and what is in it."""
    if kind == b"EXIF":  # a second one
        return find_exif(data[start + 8 : stop], where, start + 8) or (_unneeded(where, start, stop),)
    if kind == b"XMP ":
        return find_xmp(data[start + 8 : stop], where, start + 8)
    pictures = find_embedded(data, start + 8, stop, where)
    found = Kind.C2PA if kind == b"C2PA" else Kind.OTHER
    return (_unneeded(where, start, stop, found), *pictures)


def _unneeded(where: str, start: int, stop: int, kind: Kind = Kind.OTHER) -> Hidden:
    return Hidden(kind, where, stop - start, "chunk that the picture does not need", start)
