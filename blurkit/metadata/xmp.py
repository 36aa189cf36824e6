"""Finds what an XMP packet holds: position, people, serial numbers, and pictures written in base64."""

from __future__ import annotations

import binascii
import re

from blurkit.metadata.base import MAX_PICTURES, Hidden, Kind
from blurkit.picture.jpegscan import jpeg_size

_PICTURE = re.compile(rb"""(GDepth:Data|GDepth:Confidence|GImage:Data|GImg:image)\s{0,99}[>=]\s{0,99}["']?""")
_END = re.compile(rb"[<\"']")
_ENTITY = re.compile(rb"&[^;&]{1,8};")
_PICTURES = {
    b"GDepth:Data": (Kind.DEPTH_MAP, "depth map"),
    b"GDepth:Confidence": (Kind.DEPTH_MAP, "depth map"),
    b"GImage:Data": (Kind.SECOND_IMAGE, "picture before its background was blurred"),
}
_TELLING = (
    (Kind.GPS, "GPS position in XMP", (b"GPSLatitude", b"GpsLatitude", b"LocationCreated")),
    (Kind.SERIAL_NUMBER, "serial number in XMP", (b"SerialNumber",)),
    (Kind.TEXT, "marked or named people in XMP", (b"RegionList", b"RegionInfo", b"PersonInImage", b"PersonDisplay")),
)


def find_xmp(packet: bytes, where: str, offset: int | None = None) -> tuple[Hidden, ...]:
    """List what an XMP packet holds.

    Args:
        packet: UTF-8 or UTF-16 text; for extended XMP in JPEG, put together again.
        where: How to name the place.
        offset: Where the packet starts in the file; None if it was coded or put together.
    """
    text = packet.replace(b"\0", b"")
    found = [Hidden(Kind.XMP, where, len(packet), "XMP", offset)]
    for kind, words, signs in _TELLING:
        if any(sign in text for sign in signs):
            found.append(Hidden(kind, where, len(packet), words, offset))
    position = 0
    for _ in range(MAX_PICTURES):
        match = _PICTURE.search(text, position)
        if match is None:
            break
        end = _END.search(text, match.end())
        position = end.start() if end else len(text)
        picture = _decoded(text[match.end() : position])
        kind, words = _PICTURES.get(match[1], (Kind.THUMBNAIL, "thumbnail"))
        if picture:
            size = jpeg_size(picture)
            words += f" {size[0]}x{size[1]}" if size else ""
            found.append(Hidden(kind, where, len(picture), words, None, picture))
    return tuple(found)


def _decoded(text: bytes) -> bytes:
    """Return what base64 stands for; nothing if it is not base64."""
    try:
        return binascii.a2b_base64(_ENTITY.sub(b"", text))
    except binascii.Error:
        return b""
