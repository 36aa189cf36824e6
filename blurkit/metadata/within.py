"""What hides inside the coded pictures themselves, where `find` does not look: it takes seconds for a large photo.

The audit of published files and `clean` ask for it. What blurkit writes itself is coded from pixels, and holds none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from blurkit.errors import MetadataRemains, UnreadablePhoto
from blurkit.machine.quiet import native_stderr_silenced, warnings_silenced
from blurkit.metadata import bmpwalk, gifwalk, heifwalk, jpegwalk, pngwalk, tiffwalk, webpwalk
from blurkit.metadata.base import Hidden, Part, cleaned_by, hidden_in
from blurkit.metadata.beyond import beyond_jpeg
from blurkit.metadata.jpegtables import written_tables
from blurkit.picture.formats import sniff
from blurkit.picture.jpegscan import segments
from blurkit.records import ImageFormat

if TYPE_CHECKING:
    from collections.abc import Callable


def _in_jpeg(data: bytes) -> list[Part]:
    """Return what the scans of a JPEG hide, and behind it what cannot be taken out: strips beyond edges, odd tables."""
    fixed = [*beyond_jpeg(data, "JPEG"), *written_tables(data, list(segments(data)), "JPEG")]
    return jpegwalk.parts_within(data) + [Part(len(data), len(data), (each,)) for each in fixed]


WALKS: dict[ImageFormat, Callable[[bytes], list[Part]]] = {
    ImageFormat.JPEG: _in_jpeg,
    ImageFormat.PNG: pngwalk.parts_within,
    ImageFormat.GIF: gifwalk.parts_within,
    ImageFormat.WEBP: webpwalk.parts_within,
    ImageFormat.TIFF: tiffwalk.parts_within,
    ImageFormat.BMP: bmpwalk.parts_within,
    ImageFormat.HEIF: heifwalk.parts_within,
    ImageFormat.AVIF: heifwalk.parts_within,
}
"""What walks through the pictures of each format."""


def find_within(data: bytes) -> tuple[Hidden, ...]:
    """List what the coded pictures of a file hold besides their pixels.

    Raises:
        UnreadablePhoto: It is damaged.
    """
    return hidden_in(_parts(data))


def strip_within(data: bytes) -> bytes:
    """Return the file without that; it shows the same.

    Raises:
        UnreadablePhoto: It is damaged.
        MetadataRemains: Something cannot be taken out.
    """
    parts = _parts(data)
    if not parts:
        return data
    clean = cleaned_by(data, parts)
    if sniff(clean[:64]) is ImageFormat.WEBP:
        clean = webpwalk.with_size(clean)
    remaining = find_within(clean)
    if remaining:
        raise MetadataRemains(
            f"{remaining[0].detail} cannot be removed ({remaining[0].where})", hint="use `blurkit run`"
        )
    return clean


def _parts(data: bytes) -> list[Part]:
    """Return the parts of a file that hide something, in their order."""
    kind = sniff(data[:64])
    walk = None if kind is None else WALKS.get(kind)
    if walk is None:
        return []
    try:
        with native_stderr_silenced(), warnings_silenced():
            return sorted(walk(data), key=lambda part: part.start)
    except (ArithmeticError, LookupError, OSError, ValueError) as fault:  # numbers in it lead out of the file
        raise UnreadablePhoto("a coded picture is damaged") from fault
