"""The picture of one TIFF directory: the tags it needs, where its bytes are, and a file that holds nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace

from blurkit.errors import UnreadablePhoto, UnsupportedFormat
from blurkit.metadata.base import Hidden, cleaned, hidden_in
from blurkit.metadata.icc import find_profile, replacement
from blurkit.metadata.ifd import WHOLE_NUMBERS, Directory, Entry, Tiff
from blurkit.metadata.jpeg import stream_parts
from blurkit.metadata.tiffwrite import STRIPS, TILES, Page, write_pages
from blurkit.picture.reading import Range

COMPRESSION, STRIP_SIZES, TILE_SIZES, JPEG_TABLES, PROFILE = 259, 279, 325, 347, 34675
_SUBFILE, _DNG_VERSION = 254, 50706
_OLD_JPEG, _JPEG = 6, 7
_PIECES = (STRIPS, STRIP_SIZES, TILES, TILE_SIZES)
_RATIONAL, _UNDEFINED, _LONG, _LONG8 = 5, 7, 4, (16, 18)
_CURVES = 3 << 16

_MOST_VALUES = {
    **dict.fromkeys((254, 256, 257, 259, 262, 266, 274, 277, 278, 282, 283, 284, 292, 293, 296, 317, 322, 323), 1),
    **dict.fromkeys((332, 334, 531), 1),
    **dict.fromkeys((258, 280, 281, 336, 338, 339), 8),
    318: 2,
    319: 6,
    529: 3,
    530: 2,
    532: 6,
    301: _CURVES,
    320: _CURVES,
}
"""Tags that are kept, and how many numbers they can need: size, samples, compression, colour, density, orientation."""


@dataclass(frozen=True, slots=True)
class TiffPicture:
    """One directory with the bytes of its picture."""

    tiff: Tiff
    """The file."""
    directory: Directory
    """The directory."""
    pieces: tuple[Range, ...]
    """Strips or tiles, in their order."""

    @classmethod
    def read(cls, tiff: Tiff, directory: Directory) -> TiffPicture:
        """Find the bytes of a directory's picture.

        Raises:
            UnreadablePhoto: They are not all there, or used more than once.
            UnsupportedFormat: It is a raw photo, or JPEG in the way of TIFF 6.0 that was given up.
        """
        if directory.get(_DNG_VERSION) is not None or tiff.number(directory, COMPRESSION) == _OLD_JPEG:
            raise UnsupportedFormat("a raw or very old kind of TIFF", hint="export it as JPEG or an ordinary TIFF")
        tags = (TILES, TILE_SIZES) if directory.get(TILES) is not None else (STRIPS, STRIP_SIZES)
        starts, sizes = (tiff.numbers(directory.get(tag)) for tag in tags)
        pieces = tuple((start, start + size) for start, size in zip(starts, sizes, strict=False))
        end = len(tiff.data)
        if not starts or len(starts) != len(sizes) or any(stop > end for _, stop in pieces) or sum(sizes) > end:
            raise UnreadablePhoto("the TIFF is damaged or cut off")
        return cls(tiff, directory, pieces)

    @property
    def is_jpeg(self) -> bool:
        """Whether each piece is a JPEG stream."""
        return self.tiff.number(self.directory, COMPRESSION) == _JPEG

    def needs(self, entry: Entry) -> bool:
        """Return whether a tag is needed to show the picture, and holds nothing more."""
        if entry.tag in _PIECES:
            return entry.type in WHOLE_NUMBERS and entry.count == len(self.pieces)
        if entry.tag == PROFILE:
            return not find_profile(entry.raw(self.tiff.data), "")
        if entry.tag == JPEG_TABLES:
            return self.is_jpeg and not hidden_in(stream_parts(entry.raw(self.tiff.data), is_abbreviated=True))
        return entry.count <= _MOST_VALUES.get(entry.tag, 0) and entry.type in (*WHOLE_NUMBERS, _RATIONAL)

    def hidden(self) -> list[Hidden]:
        """List what JPEG streams in the picture hide."""
        if not self.is_jpeg:
            return []
        return [
            replace(hidden, where=f"TIFF strip at byte {start}", offset=None)
            for start, end in self.pieces
            for hidden in hidden_in(stream_parts(self.tiff.data[start:end], is_abbreviated=True))
        ]

    def write(self) -> bytes:
        """Return a file of this picture alone with the tags it needs, but not that it is a small copy or a mask."""
        page = self.page()
        values = {tag: value for tag, value in page.values.items() if tag != _SUBFILE}
        return write_pages(self.tiff.order, [Page(values, page.pieces)])

    def page(self) -> Page:
        """Return the tags that the picture needs, and its pieces."""
        pieces = [self._stream(self.tiff.data[start:end]) for start, end in self.pieces]
        is_tiled = self.directory.get(TILES) is not None
        sizes = [len(piece).to_bytes(4, self.tiff.order) for piece in pieces]
        values = {
            (TILES if is_tiled else STRIPS): (_LONG, bytes(4 * len(pieces))),
            (TILE_SIZES if is_tiled else STRIP_SIZES): (_LONG, b"".join(sizes)),
        }
        for entry in self.directory.entries:
            value = None if entry.tag in _PIECES or entry.tag in values else self._value(entry)
            if value is not None:
                values[entry.tag] = value
        return Page(values, pieces)

    def _stream(self, piece: bytes) -> bytes:
        """Return a strip or tile without what its JPEG stream hides."""
        return cleaned(piece, stream_parts(piece, is_abbreviated=True)) if self.is_jpeg else piece

    def _value(self, entry: Entry) -> tuple[int, bytes] | None:
        """Return type and bytes of a tag in the new file; None if it is left out."""
        raw = entry.raw(self.tiff.data) if entry.tag in (PROFILE, JPEG_TABLES) or self.needs(entry) else None
        if raw is None:
            return None
        if entry.tag == PROFILE:
            new = raw if self.needs(entry) else replacement(raw)
            return (_UNDEFINED, new) if new else None
        if entry.tag == JPEG_TABLES:
            return (_UNDEFINED, self._stream(raw)) if self.is_jpeg else None
        if entry.type in _LONG8:
            numbers = self.tiff.numbers(entry)
            return _LONG, b"".join((n & 0xFFFFFFFF).to_bytes(4, self.tiff.order) for n in numbers)
        return entry.type, raw
