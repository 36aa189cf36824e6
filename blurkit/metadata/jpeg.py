"""JPEG: what is hidden in its segments and after its end marker."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from blurkit.errors import UnreadablePhoto
from blurkit.metadata.base import Hidden, Kind, Part, cleaned, hidden_in
from blurkit.metadata.embedded import find_embedded, trailer
from blurkit.metadata.exif import find_exif, only_orientation
from blurkit.metadata.icc import find_profile, replacement
from blurkit.metadata.jpegtables import DAC, DHT, DNL, DQT, DRI, table_parts
from blurkit.metadata.photoshop import find_photoshop
from blurkit.metadata.xmp import find_xmp
from blurkit.picture.jpegscan import APP0, COM, EOI, FRAMES, SOI, SOS, STRAY, segments
from blurkit.picture.orientation import SIGNATURE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from blurkit.picture.jpegscan import Segment

    Group = Sequence[Segment]
    Finder = Callable[[bytes, Group, str], tuple[Hidden, ...]]

_NEEDED = FRAMES | {SOI, EOI, SOS, DHT, DAC, DQT, DNL, DRI}
"""Markers without which the picture cannot be decoded."""
_APP2, _APP14 = APP0 + 2, APP0 + 14
_JFIF, _ADOBE, _ICC, _EXIF = b"JFIF\0", b"Adobe", b"ICC_PROFILE\0", b"Exif\0"
_JFIF_SIZE, _ADOBE_SIZE = 14, 12
"""Bytes of what is kept of these two: version and density; kind of colour transform."""
_ICC_HEAD = len(_ICC) + 2
_XMP, _PHOTOSHOP = b"http://ns.adobe.com/xap/1.0/\0", b"Photoshop 3.0\0"
_XMP_EXTENSION_SIGNATURE, _XMP_EXTENSION_HEAD = 35, 75
"""Bytes of its signature; of signature, identifier, full length and offset before a piece of extended XMP."""
_JUMBF_HEAD, _JUMBF_AGAIN = 8, 16
"""Bytes before the content of the first JUMBF segment, and of those that continue it."""


def find(data: bytes) -> tuple[Hidden, ...]:
    """List what a JPEG hides."""
    return hidden_in(stream_parts(data))


def strip(data: bytes) -> bytes:
    """Drop every segment that is not needed, and what follows the end marker; scans and orientation stay."""
    return cleaned(data, stream_parts(data))


def stream_parts(data: bytes, *, is_abbreviated: bool = False) -> list[Part]:
    """Split a JPEG into parts to keep and parts to drop.

    Args:
        data: The stream, and perhaps bytes after it.
        is_abbreviated: It holds tables only, or relies on tables kept elsewhere, as in TIFF.

    Raises:
        UnreadablePhoto: It is damaged or cut off, or holds no picture or two.
    """
    found = list(segments(data))
    markers = [segment.marker for segment in found]
    if not is_abbreviated and (SOS not in markers or sum(marker in FRAMES for marker in markers) != 1):
        raise UnreadablePhoto("the JPEG holds no picture")
    groups: dict[tuple[int, bytes], list[Segment]] = {}
    for segment in found:
        groups.setdefault((segment.marker, _signature(data, segment)), []).append(segment)
    parts: list[Part] = [] if is_abbreviated else table_parts(data, found)
    for (marker, signature), group in groups.items():
        if marker in (DHT, DQT, DNL, DAC, DRI) and not is_abbreviated:
            continue
        if marker in _NEEDED:
            parts += (Part(segment.start, segment.end) for segment in group)
        elif (marker, signature) == (_APP2, _ICC):
            parts += _profile(data, group)
        elif (marker, signature) in ((APP0, _JFIF), (_APP14, _ADOBE)):
            parts += _header(data, group, _JFIF_SIZE if marker == APP0 else _ADOBE_SIZE)
        elif signature == _EXIF:
            parts += _exif(data, group)
        else:
            where = _where(group)
            parts += _dropped(group, _FINDERS.get(signature, _other)(data, group, where))
    end = found[-1].end
    parts.append(Part(end, len(data), trailer(data, end, "JPEG"), b""))
    return sorted(parts, key=lambda part: part.start)


def _signature(data: bytes, segment: Segment) -> bytes:
    """Return the name that an application segment starts with; empty for unknown names and other segments."""
    if not APP0 <= segment.marker < APP0 + 16:
        return b""
    payload = data[segment.payload : min(segment.end, segment.payload + 40)]
    return next((name for name in (_JFIF, _ADOBE, _ICC, _EXIF, *_FINDERS) if payload.startswith(name)), b"")


def _where(group: Group) -> str:
    """Name the place of a group of segments."""
    marker = group[0].marker
    names = {COM: "comment", STRAY: "between segments"}
    name = names.get(marker, f"APP{marker - APP0}" if APP0 <= marker < APP0 + 16 else f"segment {marker:02X}")
    more = f" and {len(group) - 1} more" if len(group) > 1 else ""
    return f"JPEG {name} at byte {group[0].start}{more}"


def _dropped(group: Group, hidden: tuple[Hidden, ...], clean: bytes | Callable[[], bytes] = b"") -> list[Part]:
    """Return parts without their bytes; the first carries what was found, and what is written instead."""
    first, *others = group
    return [Part(first.start, first.end, hidden, clean), *(Part(s.start, s.end, (), b"") for s in others)]


def _payload(data: bytes, segment: Segment, skip: int = 0) -> bytes:
    """Return what a segment holds, without its first bytes."""
    return data[segment.payload + skip : segment.end]


def _size(group: Group) -> int:
    """Return the bytes of a group of segments."""
    return sum(segment.end - segment.start for segment in group)


def _header(data: bytes, group: Group, size: int) -> list[Part]:
    """Keep the one header that decoders need, without a thumbnail or anything else at its end."""
    first, *others = group
    again = _dropped(others, _other(data, others, _where(others))) if others else []
    payload, where = _payload(data, first), _where([first])
    if len(payload) < size:
        return _dropped([first], _other(data, [first], where)) + again
    width, height = (payload[12], payload[13]) if first.marker == APP0 else (0, 0)
    kept = payload[: _JFIF_SIZE - 2] + b"\0\0" if first.marker == APP0 else payload[:size]
    if kept == payload:
        return [Part(first.start, first.end), *again]
    hidden = Hidden(Kind.OTHER, where, len(payload) - size, "bytes after the header", first.payload + size)
    if width and height:
        picture = b"P6 %d %d 255\n" % (width, height) + payload[size:]
        hidden = replace(hidden, kind=Kind.THUMBNAIL, detail=f"thumbnail {width}x{height}", picture=picture)
    clean = data[first.payload - 4 : first.payload - 2] + (size + 2).to_bytes(2, "big") + kept
    return _dropped([first], (hidden,), clean) + again


def _profile(data: bytes, group: Group) -> list[Part]:
    """Keep a colour profile, or write one without names in its place."""
    pieces = [_payload(data, segment) for segment in group]
    numbers = [piece[len(_ICC) : _ICC_HEAD] for piece in pieces]
    is_whole = len(pieces) < 256 and numbers == [bytes((i + 1, len(pieces))) for i in range(len(pieces))]
    profile = b"".join(piece[_ICC_HEAD:] for piece in pieces)
    where = _where(group)
    damaged = (Hidden(Kind.ICC_TEXT, where, len(profile), "damaged colour profile"),)
    hidden = find_profile(profile, where) if is_whole else damaged
    if not hidden:
        return [Part(segment.start, segment.end) for segment in group]
    return _dropped(group, hidden, partial(_profile_segment, profile) if is_whole else b"")


def _profile_segment(profile: bytes) -> bytes:
    """Return the segment of a profile that replaces this one; a few hundred bytes."""
    new = replacement(profile)
    head = b"\xff\xe2" + (2 + _ICC_HEAD + len(new)).to_bytes(2, "big") + _ICC + b"\1\1"
    return head + new if new else b""


def _exif(data: bytes, group: Group) -> list[Part]:
    """Keep the orientation of EXIF segments, which continue one another; only the first can be a block of its own."""
    first, where = group[0], _where(group)
    skip = len(SIGNATURE) if _payload(data, first).startswith(SIGNATURE) else 0
    block = b"".join(_payload(data, segment, 6 if i else skip) for i, segment in enumerate(group))
    hidden = find_exif(block, where, first.payload + skip if len(group) == 1 else None)
    is_seen = bool(skip) and first.marker == APP0 + 1
    if not hidden and is_seen and len(group) == 1:
        return [Part(first.start, first.end)]
    kept = only_orientation(block) if is_seen else b""
    clean = b"\xff\xe1" + (2 + len(SIGNATURE) + len(kept)).to_bytes(2, "big") + SIGNATURE + kept if kept else b""
    return _dropped(group, hidden or _other(data, group, where), clean)


def _xmp(data: bytes, group: Group, where: str) -> tuple[Hidden, ...]:
    """List what XMP segments hold."""
    skip = len(_XMP)
    packet = b"".join(_payload(data, segment, skip) for segment in group)
    return find_xmp(packet, where, group[0].payload + skip if len(group) == 1 else None)


def _xmp_extension(data: bytes, group: Group, where: str) -> tuple[Hidden, ...]:
    """List what extended XMP holds, its pieces put in the order they state."""

    def place(segment: Segment) -> bytes:
        return data[segment.payload + _XMP_EXTENSION_SIGNATURE : segment.payload + _XMP_EXTENSION_HEAD]

    pieces = [_payload(data, segment, _XMP_EXTENSION_HEAD) for segment in sorted(group, key=place)]
    return find_xmp(b"".join(pieces), where)


def _photoshop(data: bytes, group: Group, where: str) -> tuple[Hidden, ...]:
    """List what Photoshop segments hold; they continue one another."""
    skip = len(_PHOTOSHOP)
    block = b"".join(_payload(data, segment, skip) for segment in group)
    return find_photoshop(block, where, group[0].payload + skip if len(group) == 1 else None)


def _jumbf(data: bytes, group: Group, where: str) -> tuple[Hidden, ...]:
    """List what JUMBF boxes hold: mostly a C2PA manifest, with thumbnails of the photo in it."""
    boxes: dict[bytes, list[bytes]] = {}
    for segment in group:
        number = data[segment.payload + 2 : segment.payload + 4]
        skip = _JUMBF_AGAIN if number in boxes else _JUMBF_HEAD
        boxes.setdefault(number, []).append(_payload(data, segment, skip))
    content = b"".join(b"".join(pieces) for pieces in boxes.values())
    kind, words = (Kind.C2PA, "C2PA history of the photo") if b"c2pa" in content else (Kind.OTHER, "JUMBF boxes")
    pictures = (replace(hidden, offset=None) for hidden in find_embedded(content, 0, len(content), where))
    return (Hidden(kind, where, _size(group), words, group[0].start), *pictures)


def _jfxx(data: bytes, group: Group, where: str) -> tuple[Hidden, ...]:
    """List JFIF extensions: thumbnails."""
    thumbnails = [h for s in group for h in find_embedded(data, s.payload, s.end, where, Kind.THUMBNAIL)]
    return tuple(thumbnails) or (Hidden(Kind.THUMBNAIL, where, _size(group), "thumbnail", group[0].start),)


def _multi_picture(data: bytes, group: Group, where: str) -> tuple[Hidden, ...]:
    """Report the index of a multi-picture file; its pictures are found behind the first."""
    return (Hidden(Kind.OTHER, where, _size(group), "index of further pictures", group[0].start),)


def _gain_map(data: bytes, group: Group, where: str) -> tuple[Hidden, ...]:
    """Report the description of a gain map; the map itself is found behind the picture."""
    return (Hidden(Kind.GAIN_MAP, where, _size(group), "description of a gain map", group[0].start),)


def _other(data: bytes, group: Group, where: str) -> tuple[Hidden, ...]:
    """Report segments of any other kind, with the pictures in them."""
    first, size = group[0], _size(group)
    if first.marker == COM:
        text = b"".join(_payload(data, segment) for segment in group)
        inside = (replace(hidden, offset=None) for hidden in find_embedded(text, 0, len(text), where))
        return (Hidden(Kind.COMMENT, where, size, "comment", first.start), *inside)
    if first.marker == STRAY:
        is_fill = all(data.count(0xFF, s.start, s.end) == s.end - s.start for s in group)
        return (Hidden(Kind.PADDING if is_fill else Kind.GAP, where, size, "bytes between segments", first.start),)
    pictures = [hidden for s in group[:_MAX_SEARCHED] for hidden in find_embedded(data, s.payload, s.end, where)]
    return (Hidden(Kind.OTHER, where, size, "private segment", first.start), *pictures)


_MAX_SEARCHED = 1024
"""Private segments of one kind that are searched for pictures; all of them are found and dropped."""
_FINDERS: dict[bytes, Finder] = {
    _XMP: _xmp,
    b"http://ns.adobe.com/xmp/extension/\0": _xmp_extension,
    _PHOTOSHOP: _photoshop,
    b"JP": _jumbf,
    b"JFXX\0": _jfxx,
    b"MPF\0": _multi_picture,
    b"urn:iso:std:iso:ts:21496": _gain_map,
}
"""What application segments are called that are looked into."""
