"""What hides inside the coded pictures of HEIC and AVIF: units of the stream that no decoder shows.

Source: ISO/IEC 14496-15, ITU-T H.265 (7.4.2.2) and the AV1 bitstream, 6.2.2
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from blurkit.errors import UnreadablePhoto
from blurkit.metadata.base import Hidden, Kind, Part
from blurkit.picture.heifitems import Heif, boxes
from blurkit.picture.reading import uint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_MOST_SHOWN_NAL, _PARAMETERS = 31, (32, 33, 34, 35)
"""The last unit of HEVC that is part of a picture, and those that say how it is coded, or that one begins."""
_SHOWN_OBUS = (1, 2, 3, 4, 6, 7, 8)
_LENGTH_SIZE_AT = 21
"""The byte of an `hvcC` box whose last two bits give the bytes of a unit's length, less one."""


def parts_within(data: bytes) -> list[Part]:
    """Return the pictures of a file with units that no decoder shows; they cannot be taken out.

    Raises:
        UnreadablePhoto: It is damaged.
    """
    meta = next((box for box in boxes(data, 0, len(data)) if box.type == b"meta"), None)
    if meta is None:
        raise UnreadablePhoto("the HEIF or AVIF file holds no picture")
    heif = Heif.read(data, meta)
    parts = []
    for number in sorted(heif.made_of(heif.primary)):
        kind, content = heif.items[number].type, heif.content(number)
        units = _UNITS.get(kind)
        if units is None or not content:
            continue
        try:
            spare = sum(size for size, is_shown in units(heif, number, content) if not is_shown)
            words = "units of its stream that no decoder shows"
        except (UnreadablePhoto, IndexError):
            spare, words = len(content), "a stream that cannot be followed"
        if spare:
            at = heif.extents[number][0][0]
            parts.append(Part(at, at, (Hidden(Kind.OTHER, f"HEIF item {number}", spare, words),)))
    return parts


def _hevc(heif: Heif, number: int, content: bytes) -> Iterator[tuple[int, bool]]:
    """Yield the size of each unit of HEVC, and whether it is of a picture."""
    box = next((box for box in heif.properties_of(number) if box.type == b"hvcC"), None)
    if box is None:
        raise UnreadablePhoto("the HEIF file does not say how its picture is coded")
    length = (heif.data[box.payload + _LENGTH_SIZE_AT] & 3) + 1
    at = 0
    while at < len(content):
        size = uint(content, at, length)
        kind = content[at + length] >> 1 & 63
        at += length + size
        if at > len(content):
            raise UnreadablePhoto("a picture of the HEIF file is cut off")
        yield size, kind <= _MOST_SHOWN_NAL or kind in _PARAMETERS


def _av1(_: Heif, __: int, content: bytes) -> Iterator[tuple[int, bool]]:
    """Yield the size of each unit of AV1, and whether it is of a picture."""
    at = 0
    while at < len(content):
        start, head = at, content[at]
        at += 1 + (head >> 2 & 1)
        size = len(content) - at
        if head & 2:
            size = shift = 0
            while True:
                size |= (content[at] & 127) << shift
                at, shift = at + 1, shift + 7
                if not content[at - 1] & 128 or shift > 28:
                    break
        at += size
        if at > len(content):
            raise UnreadablePhoto("a picture of the AVIF file is cut off")
        yield at - start, (head >> 3 & 15) in _SHOWN_OBUS


_UNITS: dict[bytes, Callable[[Heif, int, bytes], Iterator[tuple[int, bool]]]] = {b"hvc1": _hevc, b"av01": _av1}
"""What yields the units of a picture, by how it is coded."""
