"""What hides inside the coded pictures of HEIC and AVIF: units of the stream that no decoder shows, and whole pictures.

Source: ISO/IEC 14496-15, ITU-T H.265 (7.4.2.2) and the AV1 bitstream, 6.2.2
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from blurkit.errors import PhotoError, UnreadablePhoto
from blurkit.metadata.base import Hidden, Kind, Part
from blurkit.metadata.beyond import beyond_grid
from blurkit.metadata.heifwrite import write_picture
from blurkit.picture.heifitems import Heif, IsoBox, boxes
from blurkit.picture.reading import uint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_MOST_SHOWN_NAL, _PARAMETERS = 31, (32, 33, 34, 35)
"""The last unit of HEVC that is part of a picture, and those that say how it is coded, or that one begins."""
_SHOWN_OBUS, _SEQUENCE, _HEADERS = (1, 2, 3, 4, 6, 7, 8), 1, (3, 6)
"""Units of AV1 that a picture is made of; the one that says how it is coded; those with which a picture begins."""
_LENGTH_SIZE_AT = 21
"""The byte of an `hvcC` box whose last two bits give the bytes of a unit's length, less one."""
_OVERLAID = "picture that may lie beneath another one or beyond the edge"


class _Unit(NamedTuple):
    """One unit of a stream."""

    start: int
    """First byte."""
    end: int
    """First byte after it."""
    is_shown: bool
    """Whether decoders need units of this kind."""
    begins: bool
    """Whether a picture begins with it."""
    is_common: bool
    """Whether it says how all pictures are coded."""


def parts_within(data: bytes) -> list[Part]:
    """Return the pictures of a file that hold what no viewer shows; it cannot be taken out.

    Raises:
        UnreadablePhoto: It is damaged.
    """
    top = list(boxes(data, 0, len(data)))
    meta = next((box for box in top if box.type == b"meta"), None)
    if meta is None:
        raise UnreadablePhoto("the HEIF or AVIF file holds no picture")
    heif = Heif.read(data, meta)
    parts = []
    for number in sorted(heif.made_of(heif.primary)):
        found = tuple(_in_item(heif, top[0], number))
        if found:
            at = heif.extents[number][0][0]
            parts.append(Part(at, at, found))
    return parts


def _in_item(heif: Heif, ftyp: IsoBox, number: int) -> Iterator[Hidden]:
    """Yield what a picture, or a part of one, holds that no viewer shows."""
    kind, content, where = heif.items[number].type, heif.content(number), f"HEIF item {number}"
    if kind == b"grid":
        yield from beyond_grid(heif, ftyp, number, where)
    elif kind == b"iovl":
        for one in heif.inputs.get(number, ()):
            size, picture = len(heif.content(one)), _alone(heif, ftyp, one)
            yield Hidden(Kind.SECOND_IMAGE, f"HEIF item {one}", size, _OVERLAID, None, picture)
    if kind not in _UNITS or not content:
        return
    try:
        units = list(_UNITS[kind](heif, number, content))
    except (UnreadablePhoto, IndexError):
        yield Hidden(Kind.OTHER, where, len(content), "a stream that cannot be followed")
        return
    spare = sum(unit.end - unit.start for unit in units if not unit.is_shown)
    if spare:
        yield Hidden(Kind.OTHER, where, spare, "units of its stream that no decoder shows")
    begins = [unit.start for unit in units if unit.begins and unit.is_shown]
    if len(begins) > 1:
        common = b"".join(content[unit.start : unit.end] for unit in units if unit.is_common)
        further = content[begins[1] :]
        yield Hidden(
            Kind.SECOND_IMAGE,
            where,
            len(further),
            "further picture in its stream",
            None,
            _alone(_with_content(heif, number, common + further), ftyp, number),
        )


def _with_content(heif: Heif, number: int, content: bytes) -> Heif:
    """Return a file in which an item holds something else."""
    place = len(heif.data), len(heif.data) + len(content)
    return replace(heif, data=heif.data + content, extents={**heif.extents, number: (place,)})


def _alone(heif: Heif, ftyp: IsoBox, number: int) -> bytes | None:
    """Return a file of one picture; None if it cannot be shown alone."""
    try:
        return write_picture(heif, ftyp, number)
    except PhotoError:
        return None


def _hevc(heif: Heif, number: int, content: bytes) -> Iterator[_Unit]:
    """Yield the units of HEVC, each with the length that stands before it."""
    box = next((box for box in heif.properties_of(number) if box.type == b"hvcC"), None)
    if box is None:
        raise UnreadablePhoto("the HEIF file does not say how its picture is coded")
    length = (heif.data[box.payload + _LENGTH_SIZE_AT] & 3) + 1
    at = 0
    while at < len(content):
        start, size = at, uint(content, at, length)
        kind = content[at + length] >> 1 & 63
        is_first = kind <= _MOST_SHOWN_NAL and bool(content[at + length + 2] & 0x80)
        at += length + size
        if at > len(content):
            raise UnreadablePhoto("a picture of the HEIF file is cut off")
        is_common = kind in _PARAMETERS
        yield _Unit(start, at, kind <= _MOST_SHOWN_NAL or is_common, is_first, is_common)


def _av1(_: Heif, __: int, content: bytes) -> Iterator[_Unit]:
    """Yield the units of AV1."""
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
        kind = head >> 3 & 15
        yield _Unit(start, at, kind in _SHOWN_OBUS, kind in _HEADERS, kind == _SEQUENCE)


_UNITS: dict[bytes, Callable[[Heif, int, bytes], Iterator[_Unit]]] = {b"hvc1": _hevc, b"av01": _av1}
"""What yields the units of a picture, by how it is coded."""
