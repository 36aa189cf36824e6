"""The metadata stage: finds and removes everything in a file that is not its picture. Bytes in, findings or bytes out.

What a format may keep is a list (what decoding needs, the colour profile, the density); all else is a finding,
known or not. Files are not trusted: a parser reads within bounds or raises `UnreadablePhoto`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from blurkit.errors import MetadataRemains, PhotoError, UnsupportedFormat
from blurkit.metadata import bmp, gif, isobmff, jpeg, png, tiff, webp
from blurkit.metadata.base import Hidden, Kind
from blurkit.picture import formats
from blurkit.picture.others import what_else
from blurkit.records import ImageFormat

if TYPE_CHECKING:
    from typing import Protocol

    class Container(Protocol):
        """What every format module offers."""

        def find(self, data: bytes) -> tuple[Hidden, ...]:
            """List what a file hides."""
            ...

        def strip(self, data: bytes) -> bytes:
            """Return the file with the allow-list only."""
            ...


__all__ = ["CONTAINERS", "Hidden", "Kind", "check", "find", "sniff", "strip"]

CONTAINERS: dict[ImageFormat, Container] = {
    ImageFormat.JPEG: jpeg,
    ImageFormat.PNG: png,
    ImageFormat.WEBP: webp,
    ImageFormat.TIFF: tiff,
    ImageFormat.BMP: bmp,
    ImageFormat.GIF: gif,
    ImageFormat.HEIF: isobmff,
    ImageFormat.AVIF: isobmff,
}
"""The module that knows each format."""

_HEAD = 64


def sniff(data: bytes) -> ImageFormat | None:
    """Return the format of a file by its content; None if it is no photo."""
    return formats.sniff(data[:_HEAD])


def find(data: bytes) -> tuple[Hidden, ...]:
    """List everything in a file that is neither its main picture nor on the allow-list, in the order of the file.

    Args:
        data: The whole file.

    Returns:
        One finding each; empty if the file hides nothing.

    Raises:
        UnsupportedFormat: It is no photo, or of a kind that cannot be searched.
        UnreadablePhoto: It is damaged or cut off.
    """
    return _container(data).find(data)


def check(data: bytes) -> None:
    """Check that a finished file holds nothing but its picture.

    Raises:
        MetadataRemains: Something that is not on the allow-list is in the file.
    """
    hidden = find(data)
    if hidden:
        what = ", ".join(sorted({thing.detail for thing in hidden}))
        raise MetadataRemains(
            f"the output would still hold: {what}", hint="try --format png, and report the photo's kind"
        )


def strip(data: bytes) -> bytes:
    """Return the file without anything that `find` lists but further pages and frames; coded pictures stay as they are.

    How the picture is turned stays, too.

    Raises:
        UnsupportedFormat: It is no photo, or of a kind that cannot be cleaned.
        UnreadablePhoto: It is damaged or cut off.
        MetadataRemains: Cleaning left something behind.

    Invariant: `find(strip(data))` lists pages and frames only, and `strip` of its own output changes nothing.
    """
    clean = _container(data).strip(data)
    remaining = [hidden for hidden in find(clean) if hidden.kind is not Kind.FRAME]
    if remaining:
        raise MetadataRemains(f"{remaining[0].detail} cannot be removed ({remaining[0].where})")
    return clean


def _container(data: bytes) -> Container:
    """Return the module that knows the format of a file."""
    kind = sniff(data)
    if kind is None:
        what, remedy = what_else(data[:64])
        raise UnsupportedFormat(what, hint=remedy)
    return CONTAINERS[kind]


def in_words(data: bytes) -> tuple[str, ...]:
    """Say what a file hides, in words, for a report; what is usual in every file is left out."""
    try:
        return tuple(sorted({hidden.detail or hidden.kind.value for hidden in find(data) if not hidden.is_usual}))
    except PhotoError:
        return ("a structure that cannot be read",)
