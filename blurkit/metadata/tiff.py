"""TIFF: what is hidden in its tags, in further directories, and in bytes that nothing refers to."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from blurkit.errors import PhotoError, UnreadablePhoto
from blurkit.metadata.base import MAX_PICTURES, Hidden, Kind, gaps, is_zero
from blurkit.metadata.embedded import find_embedded, leftovers
from blurkit.metadata.exif import (
    PHOTOSHOP_TAG,
    THUMBNAIL_AT,
    THUMBNAIL_SIZE,
    XMP_TAG,
    find_in_directory,
    find_in_entry,
    find_thumbnail,
)
from blurkit.metadata.icc import find_profile
from blurkit.metadata.ifd import EXIF_IFD, GPS_IFD, INTEROP_IFD, SUB_IFDS, Tiff
from blurkit.metadata.tiffpicture import JPEG_TABLES, PROFILE, TiffPicture
from blurkit.metadata.tiffwrite import write_pages
from blurkit.picture.reading import Range

if TYPE_CHECKING:
    from blurkit.metadata.ifd import Directory, Entry

_SUBFILE = 254
_REDUCED, _MASK = 1, 4
_POINTERS = (EXIF_IFD, GPS_IFD, INTEROP_IFD, SUB_IFDS)
_ALIGNMENT = 16
"""Zeros between two parts of a file that are no finding: writers align to so many bytes."""
_HEADER, _BIG_HEADER = 8, 16
_MOST_PAGES = 512


def find(data: bytes) -> tuple[Hidden, ...]:
    """List what a TIFF hides."""
    tiff = Tiff.read(data)
    main = TiffPicture.read(tiff, tiff.directory(tiff.first, "IFD0"))
    found = main.hidden() + _in_main(main)
    covered: list[Range] = [(0, _BIG_HEADER if tiff.big else _HEADER)]
    spent = 0
    try:
        for directory in tiff.directories():
            covered += [(directory.start, directory.end)]
            covered += [(entry.at, entry.at + entry.size) for entry in directory.entries]
            covered += _pieces(tiff, directory)
            if len(found) < _MOST_PAGES:
                found += _inside(main, directory)
            if directory.start != main.directory.start:
                found += _further(tiff, directory, len(data) - spent)
                spent += sum(len(hidden.picture or b"") for hidden in found[-1:])
    except UnreadablePhoto:
        found.append(Hidden(Kind.OTHER, "TIFF", 0, "damaged directory"))
    stretches = [s for s in gaps(covered, len(data)) if s[1] - s[0] > _ALIGNMENT or not is_zero(data, *s)]
    return (*found, *leftovers(data, stretches, "TIFF between its parts", Kind.GAP))


def strip(data: bytes) -> bytes:
    """Write a TIFF of its pages alone, with the tags they need; their strips stay as they are."""
    if not find(data):
        return data
    tiff = Tiff.read(data)
    return write_pages(tiff.order, [TiffPicture.read(tiff, page).page() for page in pages_of(tiff)])


def pages_of(tiff: Tiff) -> list[Directory]:
    """Return the directories that are pages, the first in any case: no small copy, mask or thumbnail."""
    found, at = [tiff.directory(tiff.first, "IFD0")], {tiff.first}
    with suppress(UnreadablePhoto):  # what cannot be read is no page
        while found[-1].next and found[-1].next not in at and len(at) < _MOST_PAGES:
            at.add(found[-1].next)
            found.append(tiff.directory(found[-1].next, f"IFD{len(found)}"))
    first, *others = found
    small = (page for page in others if tiff.number(page, _SUBFILE) & (_REDUCED | _MASK) or page.get(THUMBNAIL_AT))
    left_out = {page.start for page in small}
    return [first, *(page for page in others if page.start not in left_out)]


def _in_main(main: TiffPicture) -> list[Hidden]:
    """List what the tags of the first picture hold that it does not need."""
    found: list[Hidden] = []
    seen: set[int] = set()
    for entry in main.directory.entries:
        if entry.tag not in seen and (entry.tag in _POINTERS or main.needs(entry)):
            found += [] if entry.tag not in _POINTERS else _pointer(entry)
        else:
            found += _tag(main, entry)
        seen.add(entry.tag)
    return found


def _inside(main: TiffPicture, directory: Directory) -> list[Hidden]:
    """List the pictures that lie whole in a tag: a maker's note, or a private one."""
    found: list[Hidden] = []
    for entry in directory.entries:
        is_known = entry.tag in (XMP_TAG, PHOTOSHOP_TAG, PROFILE, JPEG_TABLES)
        if is_known or entry.inline or entry.at + entry.size > len(main.tiff.data) or len(found) >= MAX_PICTURES:
            continue
        where = f"TIFF {directory.name} tag {entry.tag}"
        found += find_embedded(main.tiff.data, entry.at, entry.at + entry.size, where)
    return found


def _pointer(entry: Entry) -> list[Hidden]:
    """Report a tag that leads to a further directory; what that holds is reported with it."""
    words = {EXIF_IFD: "camera data", GPS_IFD: "GPS data"}.get(entry.tag, "further directories")
    kind = {EXIF_IFD: Kind.EXIF, GPS_IFD: Kind.GPS}.get(entry.tag, Kind.OTHER)
    return [Hidden(kind, f"TIFF tag {entry.tag}", entry.size, words, entry.at)]


def _tag(main: TiffPicture, entry: Entry) -> tuple[Hidden, ...]:
    """Report a tag of the first picture that is dropped."""
    where = f"TIFF tag {entry.tag}"
    if entry.tag == PROFILE:
        again = (Hidden(Kind.ICC_TEXT, where, entry.size, "second colour profile", entry.at),)
        return find_profile(entry.raw(main.tiff.data), where, entry.at) or again
    found = find_in_entry(main.tiff, entry, where)
    return found or (Hidden(Kind.OTHER, where, entry.size, "tag that the picture does not need", entry.at),)


def _further(tiff: Tiff, directory: Directory, budget: int) -> list[Hidden]:
    """Report a directory other than the first: a page, a thumbnail, a preview, or data about the photo."""
    where = f"TIFF {directory.name} at byte {directory.start}"
    found = find_in_directory(tiff, directory, where)
    if not directory.name.startswith(("IFD", "SubIFD")):
        return found
    kind, words = Kind.FRAME, "further page"
    if directory.name == "SubIFD":
        kind, words = Kind.PREVIEW, "preview"
    elif tiff.number(directory, _SUBFILE) & _REDUCED:
        kind, words = Kind.THUMBNAIL, "thumbnail"
    pieces = _pieces(tiff, directory)
    size = sum(end - start for start, end in pieces)
    at = pieces[0][0] if len(pieces) == 1 else None
    if size > budget:
        return [*found, Hidden(kind, where, size, words, at)]
    try:
        return [*found, Hidden(kind, where, size, words, at, TiffPicture.read(tiff, directory).write())]
    except PhotoError:
        old_style = find_thumbnail(tiff, directory, where)
        return [*found, *(old_style or [Hidden(kind, where, size, words, at)])]


def _pieces(tiff: Tiff, directory: Directory) -> list[Range]:
    """Return where the picture of a directory lies; nothing if it has none that can be read."""
    try:
        return list(TiffPicture.read(tiff, directory).pieces)
    except PhotoError:
        at = tiff.number(directory, THUMBNAIL_AT)
        return [(at, at + tiff.number(directory, THUMBNAIL_SIZE))] if at else []
