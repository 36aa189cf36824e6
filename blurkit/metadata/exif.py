"""Finds what an EXIF block holds: position, serial numbers, names, thumbnail, previews in the maker note."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from blurkit.errors import UnreadablePhoto
from blurkit.metadata.base import MAX_PICTURES, Hidden, Kind
from blurkit.metadata.embedded import find_embedded
from blurkit.metadata.ifd import Tiff
from blurkit.metadata.photoshop import find_photoshop
from blurkit.metadata.xmp import find_xmp
from blurkit.picture.jpegscan import jpeg_size
from blurkit.picture.orientation import TURNED, block_of, is_only_orientation, orientation_of

if TYPE_CHECKING:
    from blurkit.metadata.ifd import Directory, Entry

XMP_TAG, IPTC_TAG, PHOTOSHOP_TAG = 700, 33723, 34377
THUMBNAIL_AT, THUMBNAIL_SIZE = 0x0201, 0x0202
WIDTH, HEIGHT, STRIP_OFFSETS, STRIP_SIZES = 256, 257, 273, 279
_MAX_THUMBNAIL = 1 << 24
"""Bytes; a thumbnail that claims more is found, and only so much of it looked at."""

TELLING = {
    0x010D: (Kind.TEXT, "document name"),
    0x010E: (Kind.TEXT, "caption"),
    0x0131: (Kind.TEXT, "software"),
    0x0132: (Kind.TEXT, "date and time"),
    0x013B: (Kind.TEXT, "artist"),
    0x013C: (Kind.TEXT, "name of a computer"),
    0x8298: (Kind.TEXT, "copyright"),
    0x9003: (Kind.TEXT, "date and time"),
    0x9286: (Kind.TEXT, "comment of the user"),
    0x9C9B: (Kind.TEXT, "title"),
    0x9C9C: (Kind.TEXT, "comment"),
    0x9C9D: (Kind.TEXT, "author"),
    0x9C9E: (Kind.TEXT, "keywords"),
    0x9C9F: (Kind.TEXT, "subject"),
    0xA430: (Kind.TEXT, "owner of the camera"),
    0xA420: (Kind.SERIAL_NUMBER, "unique number of the photo"),
    0xA431: (Kind.SERIAL_NUMBER, "serial number of the camera"),
    0xA435: (Kind.SERIAL_NUMBER, "serial number of the lens"),
    0xC62F: (Kind.SERIAL_NUMBER, "serial number of the camera"),
    0x927C: (Kind.MAKER_NOTE, "maker's notes: settings, often serial numbers"),
    IPTC_TAG: (Kind.IPTC, "captions, names or keywords"),
    33550: (Kind.GPS, "place on a map"),
    33922: (Kind.GPS, "place on a map"),
    34264: (Kind.GPS, "place on a map"),
    34735: (Kind.GPS, "place on a map"),
    37724: (Kind.PSD, "Photoshop layers"),
}
"""Tags that say something about people, and what."""


def find_exif(block: bytes, where: str, offset: int | None = None) -> tuple[Hidden, ...]:
    """List what an EXIF block holds, unless that is an orientation and nothing else.

    A damaged block is a finding too, never an error: it hides as much as a good one.

    Args:
        block: The block, with or without the `Exif` signature before its TIFF header.
        where: How to name the place.
        offset: Where the block starts in the file; None if it was coded.
    """
    if is_only_orientation(block):
        return ()
    signature = 6 if block[:6] in (b"Exif\0\0", b"Exif\0\xff") else 0
    size, block = len(block), block[signature:]
    found: list[Hidden] = []
    total, thumbnails, damaged = 0, 0, ""
    try:
        tiff = Tiff.read(block)
        for directory in tiff.directories():
            total += len(directory.entries)
            found += find_in_directory(tiff, directory, where)
            if directory.name != "IFD0" and thumbnails < MAX_PICTURES:
                found += find_thumbnail(tiff, directory, where)
                thumbnails += 1
    except UnreadablePhoto:
        damaged = ", damaged"
    known = {hidden.offset for hidden in found if hidden.picture is not None}
    found += (hidden for hidden in find_embedded(block, 0, len(block), where) if hidden.offset not in known)
    start = None if offset is None else offset + signature
    return (
        Hidden(Kind.EXIF, where, size, f"camera data, {total} entries{damaged}", offset),
        *(replace(h, offset=None if start is None or h.offset is None else start + h.offset) for h in found),
    )


def only_orientation(block: bytes) -> bytes:
    """Return a block, without its signature, that turns the picture as this one does; nothing if it does not."""
    orientation = orientation_of(block)
    return block_of(orientation) if orientation in TURNED else b""


def find_in_directory(tiff: Tiff, directory: Directory, where: str) -> list[Hidden]:
    """List what one directory says about people, with offsets from the TIFF header."""
    found: list[Hidden] = []
    if directory.name == "GPS":
        tags = {entry.tag for entry in directory.entries}
        words = "GPS position" if tags >= {2, 4} else "GPS data without a position"
        found.append(Hidden(Kind.GPS, where, directory.end - directory.start, words, directory.start))
    else:
        for entry in directory.entries:
            found += find_in_entry(tiff, entry, where)
    return found


def find_in_entry(tiff: Tiff, entry: Entry, where: str) -> tuple[Hidden, ...]:
    """List what one tag says about people; nothing for tags that say nothing or are blank."""
    try:
        raw = entry.raw(tiff.data)
    except UnreadablePhoto:
        return ()
    if entry.tag == XMP_TAG:
        return find_xmp(raw, where, entry.at)
    if entry.tag == PHOTOSHOP_TAG:
        return find_photoshop(raw, where, entry.at)
    kind, words = TELLING.get(entry.tag, (None, ""))
    if kind is None or not raw.strip(b"\0 "):
        return ()
    return (Hidden(kind, where, entry.size, words, entry.at),)


def find_thumbnail(tiff: Tiff, directory: Directory, where: str) -> tuple[Hidden, ...]:
    """Return the thumbnail of a directory, if it has one: a JPEG, or rows of plain RGB."""
    at, size = tiff.number(directory, THUMBNAIL_AT), tiff.number(directory, THUMBNAIL_SIZE)
    if at and size:
        picture = tiff.data[at : at + min(size, _MAX_THUMBNAIL)]
        shape = jpeg_size(picture)
    else:
        at, size = tiff.number(directory, STRIP_OFFSETS), tiff.number(directory, STRIP_SIZES)
        shape = tiff.number(directory, WIDTH), tiff.number(directory, HEIGHT)
        if size != shape[0] * shape[1] * 3 or not 0 < size <= _MAX_THUMBNAIL:
            return ()
        picture = b"P6 %d %d 255\n" % shape + tiff.data[at : at + size]
    words = f"thumbnail {shape[0]}x{shape[1]}" if shape else "thumbnail"
    return (Hidden(Kind.THUMBNAIL, where, size, words, at, picture),)
