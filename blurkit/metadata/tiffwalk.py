"""What hides inside the strips of a TIFF: bytes behind their last row, and spare palette entries.

Without compression, with LZW, Deflate, PackBits, LZMA, Zstandard and JPEG; strips of other kinds are named as such.
"""

from __future__ import annotations

import io
import lzma
import zlib
from array import array
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from blurkit.metadata.base import Hidden, Kind, Part, cleaned_by
from blurkit.metadata.beyond import beyond_jpeg
from blurkit.metadata.embedded import leftovers
from blurkit.metadata.ifd import Tiff
from blurkit.metadata.jpegtables import written_tables
from blurkit.metadata.jpegwalk import parts_within as parts_of_jpeg
from blurkit.metadata.palettes import blanked, spare_entries
from blurkit.metadata.tiff import pages_of
from blurkit.metadata.tiffbeyond import beyond_tiles, spare_samples
from blurkit.metadata.tiffpicture import COMPRESSION, JPEG_TABLES, STRIP_SIZES, TILE_SIZES, TiffPicture
from blurkit.metadata.tiffwrite import Page, write_pages
from blurkit.metadata.zstandard import end_of_zstandard
from blurkit.picture.jpegscan import segments
from blurkit.picture.packed import name_of

if TYPE_CHECKING:
    from collections.abc import Callable

_WIDTH, _HEIGHT, _BITS, _KIND, _ORDER, _SAMPLES, _ROWS, _PLANES = 256, 257, 258, 262, 266, 277, 278, 284
_TILE_WIDTH, _TILE_HEIGHT, _COLORS = 322, 323, 320
_YCBCR, _APART, _LONG, _SHORT = 6, 2, 4, 3
_NONE, _LZW, _DEFLATE, _OLD_DEFLATE, _PACKBITS, _LZMA, _ZSTANDARD = 1, 5, 8, 32946, 32773, 34925, 50000
_JPEG = 7
_FEW = 4
"""So few bytes behind the last row hide nothing: some programs round up."""
_CLEAR, _STOP, _FIRST, _LONGEST = 256, 257, 258, 12
_ENTRY = 6
"""Bytes of a palette entry: three numbers of 16 bits."""
_MOST_PIXELS, _MOST_ROWS = 1 << 28, 1 << 30


class _Walked(NamedTuple):
    """One page with what its strips and its palette hide."""

    page: Page
    hidden: tuple[Hidden, ...]


def parts_within(data: bytes) -> list[Part]:
    """Return the whole TIFF as one part to be replaced, if its pictures hide something.

    Raises:
        UnreadablePhoto: It is damaged.
        UnsupportedFormat: It is of a kind that cannot be searched.
    """
    tiff = Tiff.read(data)
    walked = [_walked(TiffPicture.read(tiff, directory), number) for number, directory in enumerate(pages_of(tiff))]
    hidden = tuple(each for page in walked for each in page.hidden)
    if not hidden:
        return []
    return [Part(0, len(data), hidden, partial(write_pages, tiff.order, [each.page for each in walked]))]


def _walked(picture: TiffPicture, number: int) -> _Walked:
    """Return a page without what its strips hide, and what that was."""
    page, tiff, directory = picture.page(), picture.tiff, picture.directory
    where = f"TIFF page {number + 1}"
    found: list[Hidden] = []
    pieces = []
    kind = tiff.number(directory, COMPRESSION) or _NONE
    if kind != _JPEG and kind not in _END:
        words = f"{name_of(kind)} coding, which is not searched"
        found.append(Hidden(Kind.OTHER, where, sum(map(len, page.pieces)), words))
    tables = directory.get(JPEG_TABLES)
    common = b"" if tables is None else tables.raw(tiff.data)
    found += written_tables(common, list(segments(common)), f"{where}, JPEG") if common and kind == _JPEG else ()
    for size, piece in zip(_sizes(picture), page.pieces, strict=False):
        if kind == _JPEG:
            parts = parts_of_jpeg(piece, common)
            found += [replace(hidden, where=f"{where}, {hidden.where}") for part in parts for hidden in part.hidden]
            found += beyond_jpeg(piece, f"{where}, JPEG", tables=common)
            found += written_tables(piece, list(segments(piece)), f"{where}, JPEG")
            pieces.append(cleaned_by(piece, parts))
            continue
        kept, spare = _END[kind](piece, size) if size and kind in _END else (piece, b"")
        if len(spare) > _FEW and spare.strip(b"\0"):
            pieces_of_it = leftovers(spare, [(0, len(spare))], f"{where}, behind the rows of a strip", Kind.GAP)
            found += [replace(hidden, offset=None) for hidden in pieces_of_it]
            piece = kept
        pieces.append(piece)
    values = dict(page.values)
    tag = TILE_SIZES if TILE_SIZES in values else STRIP_SIZES
    values[tag] = (_LONG, b"".join(len(piece).to_bytes(4, tiff.order) for piece in pieces))
    new = Page(values, pieces)
    found += beyond_tiles(tiff, directory, new, where, is_lossy=kind == _JPEG)
    found += spare_samples(tiff, directory, new, where)
    return _without_spare_colors(new, tuple(found), tiff, where)


def _sizes(picture: TiffPicture) -> list[int]:
    """Return how many bytes the rows of each strip or tile take; 0 where that is not known."""

    def number(tag: int, default: int) -> int:
        return picture.tiff.number(picture.directory, tag) or default

    width, height = number(_WIDTH, 0), number(_HEIGHT, 0)
    samples, count = number(_SAMPLES, 1), len(picture.pieces)
    bits = picture.tiff.numbers(picture.directory.get(_BITS)) or [1]
    is_apart = number(_PLANES, 1) == _APART
    if number(_KIND, 0) == _YCBCR or number(_ORDER, 1) != 1 or len(set(bits)) > 1:
        return [0] * count
    planes = samples if is_apart else 1
    line = bits[0] * (1 if is_apart else samples)
    if TILE_SIZES in {entry.tag for entry in picture.directory.entries}:
        across, down = number(_TILE_WIDTH, 0), number(_TILE_HEIGHT, 0)
        return [(across * line + 7) // 8 * down] * count
    rows = min(number(_ROWS, height), height) or 1
    each = -(-height // rows)
    if each * planes != count:
        return [0] * count
    sizes = [(width * line + 7) // 8 * min(rows, height - rows * i) for i in range(each)] * planes
    return sizes


def _end_of_plain(piece: bytes, size: int) -> tuple[bytes, bytes]:
    return piece[:size], piece[size:]


def _end_of_deflate(piece: bytes, size: int) -> tuple[bytes, bytes]:
    """Return a strip of Deflate without rows and bytes behind its last row, and those."""
    if size > _MOST_ROWS:
        return piece, b""
    unpacker = zlib.decompressobj()
    try:
        rows = unpacker.decompress(piece, size)
        more = unpacker.decompress(unpacker.unconsumed_tail, _MOST_ROWS)
    except zlib.error:
        return piece, b""
    rest = unpacker.unused_data
    if more:
        return zlib.compress(rows, 9), more + rest
    return piece[: len(piece) - len(rest)], rest


def _end_of_lzma(piece: bytes, size: int) -> tuple[bytes, bytes]:
    """Do the same for LZMA."""
    if size > _MOST_ROWS:
        return piece, b""
    unpacker = lzma.LZMADecompressor()
    try:
        rows = unpacker.decompress(piece, size)
        more = b"" if unpacker.eof else unpacker.decompress(b"", _MOST_ROWS)
    except (lzma.LZMAError, EOFError):
        return piece, b""
    rest = unpacker.unused_data
    if more:
        return lzma.compress(rows), more + rest
    return piece[: len(piece) - len(rest)], rest


def _end_of_packbits(piece: bytes, size: int) -> tuple[bytes, bytes]:
    at = done = 0
    while done < size and at < len(piece):
        head = piece[at]
        if head < 128:
            at, done = at + head + 2, done + head + 1
        elif head > 128:
            at, done = at + 2, done + 257 - head
        else:
            at += 1
    return piece[:at], piece[at:]


def _end_of_lzw(piece: bytes, size: int) -> tuple[bytes, bytes]:
    """Return a strip of LZW up to its last code, and what stands behind that. Source: TIFF 6.0, section 13."""
    padded = np.frombuffer(piece + bytes(4), np.uint8).astype(np.uint32)
    windows = array("I", (padded[:-2] << 16 | padded[1:-1] << 8 | padded[2:]).tobytes())
    lengths: list[int] = []
    bits, at, done, before, end = 9, 0, 0, 0, len(piece) * 8
    code = -1
    while done < size and at + bits <= end:
        code = windows[at >> 3] >> (24 - (at & 7) - bits) & ((1 << bits) - 1)
        at += bits
        if code == _STOP:
            break
        if code == _CLEAR:
            bits, before, lengths = 9, 0, []
            continue
        entry = code - _FIRST
        if code > _STOP and entry > len(lengths) - (0 if before else 1):
            return piece, b""  # damaged, or of the way that was given up
        length = 1 if code < _CLEAR else (lengths[entry] if entry < len(lengths) else before + 1)
        if before:
            lengths.append(before + 1)
            if _FIRST + len(lengths) + 1 >= 1 << bits and bits < _LONGEST:
                bits += 1
        before = length
        done += length
    if code != _STOP and at + bits <= end and windows[at >> 3] >> (24 - (at & 7) - bits) & ((1 << bits) - 1) == _STOP:
        at += bits
    used = (at + 7) // 8
    return piece[:used], piece[used:]


_END: dict[int, Callable[[bytes, int], tuple[bytes, bytes]]] = {
    _NONE: _end_of_plain,
    _LZW: _end_of_lzw,
    _DEFLATE: _end_of_deflate,
    _OLD_DEFLATE: _end_of_deflate,
    _PACKBITS: _end_of_packbits,
    _LZMA: _end_of_lzma,
    _ZSTANDARD: end_of_zstandard,
}
"""What finds the end of a strip, by its compression: what is needed, and what stands behind it."""


def _without_spare_colors(page: Page, hidden: tuple[Hidden, ...], tiff: Tiff, where: str) -> _Walked:
    """Return a page without palette entries that no pixel uses."""
    if _COLORS not in page.values:
        return _Walked(page, hidden)
    kind, raw = page.values[_COLORS]
    used = _used(write_pages(tiff.order, [page]))
    if kind != _SHORT or len(raw) % _ENTRY or used is None:
        return _Walked(page, hidden)
    tones = np.frombuffer(raw, np.uint16).reshape(3, -1)
    entries = np.ascontiguousarray(tones.T).tobytes()
    spare = spare_entries(entries, used, size=_ENTRY)
    if not spare:
        return _Walked(page, hidden)
    plain = np.frombuffer(blanked(entries, spare, size=_ENTRY), np.uint16).reshape(-1, 3)
    values = page.values | {_COLORS: (kind, np.ascontiguousarray(plain.T).tobytes())}
    words = Hidden(Kind.OTHER, where, _ENTRY * len(spare), "palette entries that no pixel uses")
    return _Walked(Page(values, page.pieces), (*hidden, words))


def _used(data: bytes) -> set[int] | None:
    """Return the palette entries that a page uses; None if it cannot be decoded."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=["TIFF"]) as image:
            if image.mode != "P" or image.width * image.height > _MOST_PIXELS:
                return None
            return set(np.unique(np.asarray(image)).tolist())
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):  # the decoder says so where it matters
        return None
