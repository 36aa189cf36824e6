"""What every format module of the metadata stage uses: the record of a finding, and reading that cannot overrun."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from blurkit.picture.reading import Range

MAX_PICTURES = 32
"""Embedded pictures taken out of one place; the bytes of any more are still found and removed."""


class Kind(StrEnum):
    """What is hidden."""

    EXIF = "exif"
    GPS = "gps"
    SERIAL_NUMBER = "serial_number"
    MAKER_NOTE = "maker_note"
    TEXT = "text"
    """Captions, names, software, dates: anything in words."""
    THUMBNAIL = "thumbnail"
    """A small copy of the picture, as it may have been before it was edited."""
    PREVIEW = "preview"
    """A larger copy of the picture."""
    SECOND_IMAGE = "second_image"
    FRAME = "frame"
    """A further page or animation frame."""
    GAIN_MAP = "gain_map"
    DEPTH_MAP = "depth_map"
    VIDEO = "video"
    XMP = "xmp"
    IPTC = "iptc"
    PSD = "psd"
    COMMENT = "comment"
    C2PA = "c2pa"
    ICC_TEXT = "icc_text"
    """Text or private data in the colour profile."""
    ICC_PROFILE = "icc_profile"
    """A colour profile that holds nothing else as far as can be told; written by another program."""
    TRAILER = "trailer"
    """Bytes after the end of the picture."""
    GAP = "gap"
    """Bytes inside the file that nothing refers to."""
    PADDING = "padding"
    """Like TRAILER or GAP, but only zeros or fill bytes."""
    CROP = "crop"
    """A part of the picture that viewers cut off, and that is in the file all the same."""
    OTHER = "other"
    """Anything else that is not on the allow-list."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """Something in a file that is neither its picture nor on the allow-list."""

    kind: Kind
    """What it is."""
    where: str
    """Where it was found, such as `JPEG APP1 at byte 20`."""
    size: int
    """Its length in bytes."""
    detail: str = ""
    """A few words for people; never a value such as a position or a name."""
    offset: int | None = None
    """First byte in the file; None if it is coded, or spread over several places."""
    picture: bytes | None = field(default=None, repr=False)
    """An embedded picture as a file of its own, to look for faces in; a video is at `offset` only."""

    @property
    def is_usual(self) -> bool:
        """Whether it says nothing about anyone as far as can be told: no output has it, but no audit need name it."""
        return self.kind is Kind.ICC_PROFILE


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a file that is kept, or replaced."""

    start: int
    """First byte."""
    end: int
    """First byte after it."""
    hidden: tuple[Hidden, ...] = ()
    """What it hides; empty for a part that is kept."""
    clean: bytes | Callable[[], bytes] | None = None
    """What `strip` writes in its place, or what makes that, since it may fail; None keeps the part as it is."""


def hidden_in(parts: Iterable[Part]) -> tuple[Hidden, ...]:
    """Return all findings of a file in its order."""
    return tuple(hidden for part in parts for hidden in part.hidden)


def cleaned(data: bytes, parts: Iterable[Part]) -> bytes:
    """Return the file with every part replaced that hides something.

    Raises:
        PhotoError: A part cannot be replaced.
    """

    def written(part: Part) -> bytes:
        if part.clean is None:
            return data[part.start : part.end]
        return part.clean if isinstance(part.clean, bytes) else part.clean()

    return b"".join(map(written, parts))


def cleaned_by(data: bytes, replaced: Iterable[Part]) -> bytes:
    """Return the file with some parts replaced, and all else as it is.

    Raises:
        PhotoError: A part cannot be replaced.
    """
    position, whole = 0, []
    for part in sorted(replaced, key=lambda part: part.start):
        whole += [Part(position, part.start), part]
        position = part.end
    return cleaned(data, [*whole, Part(position, len(data))])


def gaps(covered: Iterable[Range], end: int) -> list[Range]:
    """Return the stretches of 0..end that no range covers, in order."""
    found: list[Range] = []
    position = 0
    for start, stop in sorted(covered):
        if start > position:
            found.append((position, min(start, end)))
        position = max(position, stop)
        if position >= end:
            return found
    if position < end:
        found.append((position, end))
    return found


def is_zero(data: bytes, start: int, end: int) -> bool:
    """Return whether a stretch holds zeros only."""
    return data.count(0, start, end) == end - start
