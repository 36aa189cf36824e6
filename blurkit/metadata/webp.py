"""WebP: what is hidden in its RIFF chunks and after the last one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from blurkit.errors import UnreadablePhoto, UnsupportedFormat
from blurkit.metadata.base import MAX_PARTS, Hidden, Kind, Part, cleaned, hidden_in, take, uint
from blurkit.metadata.embedded import find_embedded, trailer
from blurkit.metadata.exif import find_exif
from blurkit.metadata.icc import find_profile, is_useful, replacement
from blurkit.metadata.xmp import find_xmp

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD = 12
_PICTURE = (b"VP8 ", b"VP8L")
_HAS_PROFILE, _HAS_ALPHA = 0x20, 0x10
_EXTENDED_SIZE = 10


def find(data: bytes) -> tuple[Hidden, ...]:
    """List what a WebP hides."""
    return hidden_in(_parts(data))


def strip(data: bytes) -> bytes:
    """Drop every chunk that is not needed; the picture's chunk stays as it is.

    Raises:
        UnsupportedFormat: It is animated: there is no picture to keep.
    """
    if frames(data) > 1 or not any(kind in _PICTURE for kind, *_ in _chunks(data)):
        raise UnsupportedFormat("an animated WebP cannot be cleaned", hint="save the frame you need as a still picture")
    clean = cleaned(data, _parts(data))
    return clean[:4] + (len(clean) - 8).to_bytes(4, "little") + clean[8:]


def frames(data: bytes) -> int:
    """Return the number of animation frames; 1 for a still picture."""
    return max(1, sum(kind == b"ANMF" for kind, *_ in _chunks(data)))


def _end(data: bytes) -> int:
    """Return where the RIFF file ends by its own account."""
    if data[:4] != b"RIFF" or data[8:_HEAD] != b"WEBP":
        raise UnreadablePhoto("the WebP header is damaged")
    end = 8 + uint(data, 4, 4, "little")
    if end > len(data):
        raise UnreadablePhoto("the WebP is cut off")
    return end


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, first byte and end of each chunk, padding included.

    Raises:
        UnreadablePhoto: One is cut off.
    """
    position, end = _HEAD, _end(data)
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
    for kind, start, stop in _chunks(data):
        where = f"WebP {kind.decode('latin-1').strip() if kind.strip().isalnum() else 'chunk'} at byte {start}"
        is_first = kind not in seen and not (kind in _PICTURE and seen & set(_PICTURE))
        seen.add(kind)
        if is_first and kind == b"VP8X" and stop - start == 8 + _EXTENDED_SIZE:
            extended = Part(start, stop)
        elif is_first and kind in (*_PICTURE, b"ALPH"):
            parts.append(Part(start, stop))
        elif is_first and kind == b"ICCP":
            parts.append(_profile(data, start, stop, where))
        else:
            parts.append(Part(start, stop, _describe(data, kind, start, stop, where), b""))
    if not seen & {*_PICTURE, b"ANMF"}:
        raise UnreadablePhoto("the WebP holds no picture")
    if extended is not None:
        has_profile = any(data[part.start : part.start + 4] == b"ICCP" and part.clean != b"" for part in parts)
        parts.append(_flags(data, extended, has_profile=has_profile))
    end = _end(data)
    parts.append(Part(end, len(data), trailer(data, end, "WebP"), b""))
    return sorted(parts, key=lambda part: part.start)


def _flags(data: bytes, part: Part, *, has_profile: bool) -> Part:
    """Keep the extended header if it promises only what is kept, else write one that does."""
    content = data[part.start + 8 : part.end]
    flags = (content[0] & _HAS_ALPHA) | (_HAS_PROFILE if has_profile else 0)
    kept = bytes((flags, 0, 0, 0)) + content[4:]
    if kept == content:
        return part
    hidden = Hidden(Kind.OTHER, f"WebP VP8X at byte {part.start}", 4, "flags that promise metadata", part.start + 8)
    return Part(part.start, part.end, (hidden,), data[part.start : part.start + 8] + kept)


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
    if kind == b"EXIF":
        return find_exif(data[start + 8 : stop], where, start + 8)
    if kind == b"XMP ":
        return find_xmp(data[start + 8 : stop], where, start + 8)
    if kind in (b"ANIM", b"ANMF"):
        return (Hidden(Kind.FRAME, where, stop - start, "part of an animation", start),)
    pictures = find_embedded(data, start + 8, stop, where)
    found = Kind.C2PA if kind == b"C2PA" else Kind.OTHER
    return (Hidden(found, where, stop - start, "chunk that the picture does not need", start), *pictures)
