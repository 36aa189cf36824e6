"""Finds what a block of Photoshop image resources (8BIM) holds: IPTC captions, a thumbnail, EXIF, XMP."""

from __future__ import annotations

from dataclasses import replace

from blurkit.errors import UnreadablePhoto
from blurkit.metadata.base import MAX_PICTURES, Hidden, Kind
from blurkit.metadata.embedded import find_embedded
from blurkit.metadata.xmp import find_xmp
from blurkit.picture.jpegscan import jpeg_size
from blurkit.picture.reading import MAX_PARTS, take, uint

_SIGNATURES = (b"8BIM", b"PHUT", b"AgHg", b"DCSR", b"MeSa")
_XMP = 1060
_THUMBNAILS = (1033, 1036)
_THUMBNAIL_HEADER = 28
"""Bytes before the JPEG of a thumbnail resource."""
_TELLING = {
    1028: (Kind.IPTC, "captions, names or keywords"),
    1058: (Kind.EXIF, "camera data kept by Photoshop"),
    1059: (Kind.EXIF, "camera data kept by Photoshop"),
}


def find_photoshop(block: bytes, where: str, offset: int | None = None) -> tuple[Hidden, ...]:
    """List what a block of image resources holds; a damaged block is a finding too.

    Args:
        block: The resources, from the first `8BIM` on.
        where: How to name the place.
        offset: Where the block starts in the file; None if it was put together.
    """
    found = [Hidden(Kind.PSD, where, len(block), "Photoshop data", offset)]
    position = 0
    try:
        for _ in range(MAX_PARTS):
            if block[position : position + 4] not in _SIGNATURES:
                break
            number = uint(block, position + 4, 2)
            name = uint(block, position + 6, 1)
            start = position + 7 + name + (1 - name % 2)
            size = uint(block, start, 4)
            content = take(block, start + 4, size)
            at = None if offset is None else offset + start + 4
            position = start + 4 + size + size % 2
            if number in _TELLING:
                kind, words = _TELLING[number]
                found.append(Hidden(kind, where, size, words, at))
            elif number == _XMP and len(found) <= MAX_PICTURES:
                found += find_xmp(content, where, at)
            elif number in _THUMBNAILS and len(found) <= MAX_PICTURES:
                picture = content[_THUMBNAIL_HEADER:]
                shape = jpeg_size(picture)
                words = f"thumbnail {shape[0]}x{shape[1]}" if shape else "thumbnail"
                at = None if at is None else at + _THUMBNAIL_HEADER
                found.append(Hidden(Kind.THUMBNAIL, where, len(picture), words, at, picture))
            elif len(found) <= MAX_PICTURES:
                for piece in find_embedded(content, 0, size, where):
                    inside = None if at is None or piece.offset is None else at + piece.offset
                    found.append(replace(piece, offset=inside))
    except UnreadablePhoto:
        pass
    return tuple(found)
