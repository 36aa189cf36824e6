"""PNG: what is hidden in its chunks and after its last one."""

from __future__ import annotations

import zlib
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from blurkit.errors import UnreadablePhoto
from blurkit.metadata.base import Hidden, Kind, Part, cleaned, hidden_in
from blurkit.metadata.embedded import find_embedded, trailer
from blurkit.metadata.exif import find_exif, only_orientation
from blurkit.metadata.icc import find_profile, is_known, replacement
from blurkit.metadata.photoshop import find_photoshop
from blurkit.metadata.pngrows import chunk, picture_part
from blurkit.metadata.xmp import find_xmp
from blurkit.picture.reading import MAX_PARTS, take, uint

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_LARGEST = {
    b"IHDR": 13,
    b"PLTE": 768,
    b"tRNS": 256,
    b"cHRM": 32,
    b"gAMA": 4,
    b"sRGB": 1,
    b"sBIT": 4,
    b"bKGD": 6,
    b"pHYs": 9,
    b"cICP": 4,
    b"mDCV": 24,
    b"cLLI": 8,
    b"IEND": 0,
}
"""Chunks that are kept, once each, and how many bytes they can need; `IDAT` and `iCCP` are looked at apart."""
_ANIMATION = {b"acTL": 8, b"fcTL": 26}
"""Chunks that control an animation, and their size; its frames are in `fdAT`."""
_MAX_RUN = 1 << 20
_MAX_PROFILE, _MAX_TEXT = 1 << 24, 1 << 22
"""Bytes that a profile and a text may unpack to; the rest is not looked at."""
_MAX_DESCRIBED = 32
"""Chunks whose content is looked at; all of them are found and dropped."""
_PLAIN_NAME = b"ICC profile"
_KEYWORDS = frozenset(
    (b"Title", b"Author", b"Description", b"Copyright", b"Creation Time", b"Software", b"Source", b"Comment")
)
"""Keywords of the PNG standard: they may be named, since they say nothing about anyone."""


def find(data: bytes) -> tuple[Hidden, ...]:
    """List what a PNG hides."""
    return hidden_in(_parts(data))


def strip(data: bytes) -> bytes:
    """Drop every chunk that is not needed, and what follows the last one; the pictures' chunks stay as they are."""
    return cleaned(data, _parts(data))


def chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, first byte and end of each chunk, up to `IEND`; a run of `IDAT` counts as one.

    Raises:
        UnreadablePhoto: One is cut off, or there is no `IEND`.
    """
    if not data.startswith(SIGNATURE):
        raise UnreadablePhoto("the PNG signature is damaged")
    position = len(SIGNATURE)
    for _ in range(MAX_PARTS):
        kind, end = take(data, position + 4, 4), position + 12 + uint(data, position, 4)
        for _ in range(_MAX_RUN if kind == b"IDAT" else 0):
            if data[end + 4 : end + 8] != b"IDAT":
                break
            end += 12 + uint(data, end, 4)
        take(data, end - 4, 4)
        yield kind, position, end
        if kind == b"IEND":
            return
        position = end
    raise UnreadablePhoto(f"the PNG has more than {MAX_PARTS:,} chunks")


def _parts(data: bytes) -> list[Part]:
    """Split a PNG into parts to keep and parts to drop."""
    parts = [Part(0, len(SIGNATURE))]
    seen: set[bytes] = set()
    described = end = 0
    for kind, start, end in chunks(data):
        where = f"PNG {kind.decode('latin-1') if kind.isalnum() else 'chunk'} at byte {start}"
        is_first = kind not in seen
        seen.add(kind)
        if is_first and kind == b"IDAT":
            parts.append(picture_part(data, start, end, where))
        elif is_first and end - start - 12 <= _LARGEST.get(kind, -1):
            parts.append(Part(start, end))
        elif is_first and kind == b"iCCP":
            parts.append(_profile(data, start, end, where))
        elif is_first and kind == b"eXIf":
            block = data[start + 8 : end - 4]
            hidden, kept = find_exif(block, where, start + 8), only_orientation(block)
            parts.append(Part(start, end, hidden, (chunk(kind, kept) if kept else b"") if hidden else None))
        elif end - start - 12 == _ANIMATION.get(kind) or kind == b"fdAT":
            parts.append(Part(start, end, (Hidden(Kind.FRAME, where, end - start, "part of an animation", start),)))
        else:
            described += 1
            hidden = _describe(data, kind if described <= _MAX_DESCRIBED else b"", start, end, where)
            parts.append(Part(start, end, hidden, b""))
    if not seen >= {b"IHDR", b"IDAT"}:
        raise UnreadablePhoto("the PNG holds no picture")
    return [*parts, Part(end, len(data), trailer(data, end, "PNG"), b"")]


def _profile(data: bytes, start: int, end: int, where: str) -> Part:
    """Keep a colour profile, or write one without names in its place."""
    name, _, coded = data[start + 8 : end - 4].partition(b"\0")
    profile, is_exact = _unpack(coded[1:], _MAX_PROFILE)
    hidden = find_profile(profile, where)
    if not is_known(name.decode("latin-1")) or len(name) > 79:
        hidden += (Hidden(Kind.ICC_TEXT, where, len(name), "unusual name of the colour profile"),)
    if not is_exact or coded[:1] != b"\0":
        hidden += (Hidden(Kind.ICC_TEXT, where, len(coded), "bytes after the profile"),)
    return Part(start, end, hidden, partial(_profile_chunk, profile) if hidden else None)


def _profile_chunk(profile: bytes) -> bytes:
    """Return the chunk of a profile that replaces this one."""
    new = replacement(profile)
    return chunk(b"iCCP", _PLAIN_NAME + b"\0\0" + zlib.compress(new, 9)) if new else b""


def _unpack(coded: bytes, most: int) -> tuple[bytes, bool]:
    """Return what zlib data stands for, as far as it can be read, and whether that is all of it."""
    unpacker = zlib.decompressobj()
    try:
        content = unpacker.decompress(coded, most)
    except zlib.error:
        return b"", False
    return content, unpacker.eof and not unpacker.unused_data


def _describe(data: bytes, kind: bytes, start: int, end: int, where: str) -> tuple[Hidden, ...]:
    """Say what a chunk is that is dropped, and what is in it."""
    content, size = data[start + 8 : end - 4], end - start
    if kind in (b"tEXt", b"zTXt", b"iTXt"):
        return _text(kind, content, start, where)
    if kind == b"eXIf":
        again = Hidden(Kind.OTHER, where, size, "chunk that the picture does not need", start)
        return find_exif(content, where, start + 8) or (again,)
    if kind == b"tIME":
        return (Hidden(Kind.TEXT, where, size, "date and time", start),)
    pictures = find_embedded(data, start + 8, end - 4, where)
    if kind == b"caBX":
        return (Hidden(Kind.C2PA, where, size, "C2PA history of the photo", start), *pictures)
    return (Hidden(Kind.OTHER, where, size, "chunk that the picture does not need", start), *pictures)


def _text(kind: bytes, content: bytes, start: int, where: str) -> tuple[Hidden, ...]:
    """Say what a text chunk holds: ImageMagick keeps EXIF, IPTC and XMP in them, written in hexadecimal."""
    keyword, _, rest = content.partition(b"\0")
    offset: int | None = start + 8 + len(content) - len(rest)
    if kind == b"iTXt":
        is_packed, language = rest[:1] == b"\1", rest[2:]
        rest = language.partition(b"\0")[2].partition(b"\0")[2]
        offset = start + 8 + len(content) - len(rest)
    else:
        is_packed, rest = kind == b"zTXt", rest[kind == b"zTXt" :]
    if is_packed:
        rest, offset = _unpack(rest, _MAX_TEXT)[0], None
    if keyword == b"XML:com.adobe.xmp":
        return find_xmp(rest, where, offset)
    if keyword.startswith(b"Raw profile type "):
        return _raw_profile(keyword.rpartition(b" ")[2], rest, where)
    found = find_embedded(rest, 0, len(rest), where)
    words = "text: " + keyword.decode("latin-1").lower() if keyword in _KEYWORDS else "text"
    return (Hidden(Kind.TEXT, where, len(content), words, start), *(replace(h, offset=None) for h in found))


def _raw_profile(name: bytes, text: bytes, where: str) -> tuple[Hidden, ...]:
    """Say what a raw profile holds: an empty line, a name, a length, then lines of hexadecimal digits."""
    try:
        content = bytes.fromhex(text.split(b"\n", 3)[3].decode("latin-1"))
    except (ValueError, IndexError):
        return (Hidden(Kind.TEXT, where, len(text), "damaged profile in a text"),)
    if name in (b"exif", b"APP1", b"app1") and not content.startswith(b"http"):
        return find_exif(content, where)
    if name == b"xmp" or content.startswith(b"http"):
        return find_xmp(content, where)
    if name in (b"iptc", b"8bim"):
        return find_photoshop(content, where)
    pictures = (replace(hidden, offset=None) for hidden in find_embedded(content, 0, len(content), where))
    return (Hidden(Kind.TEXT, where, len(text), "profile in a text"), *pictures)
