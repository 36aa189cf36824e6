"""Strips and tiles of a TIFF, unpacked by libtiff as if gray of 8 bits: it need not know what the bytes mean."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _KIND, _ORDER, _STARTS, _SAMPLES, _ROWS, _SIZES = (
    *(256, 257, 258, 259, 262, 266),
    *(273, 277, 278, 279),
)
_PREDICTOR, _TILE_WIDTH, _TILE_HEIGHT, _TILES, _TILE_SIZES = 317, 322, 323, 324, 325
_SHORT, _LONG = 3, 4
_BLACK_IS_ZERO = 1
_NAMES = {
    **dict.fromkeys((2, 3, 4), "fax"),
    **dict.fromkeys((6, 7, 33007, 34892), "JPEG"),
    **dict.fromkeys((33003, 33004, 33005, 34712), "JPEG 2000"),
    34661: "JBIG",
    34887: "LERC",
    34933: "PNG",
    **dict.fromkeys((22610, 34934), "JPEG XR"),
    **dict.fromkeys((34927, 50001), "WebP"),
    **dict.fromkeys((50002, 52546), "JPEG XL"),
}
"""Ways to pack a TIFF that are known by name."""
_BLACK_IS_ZERO, _APART = 1, 2
_DIFFERENCES = 2
"""The predictor by which a sample is stored as its difference from the one to its left."""
ZSTANDARD = 50000
PACKINGS = (1, 5, 8, 32773, 32946, 34925, ZSTANDARD)
"""Ways of packing that do not depend on what the bytes stand for: none, LZW, Deflate, PackBits, LZMA and Zstandard."""


class Pieces(NamedTuple):
    """The strips or tiles of a page, or of one of its planes."""

    contents: Sequence[bytes]
    width: int
    """Bytes of a row of the picture."""
    height: int
    """Rows of the picture."""
    tile: tuple[int, int] | None
    """Bytes of a row, and rows, of a tile."""
    rows: int
    """Rows of a strip."""


def name_of(packing: int) -> str:
    """Return what a way to pack a TIFF is called."""
    return _NAMES.get(packing, f"unknown ({packing})")


def unpacked(pieces: Pieces, packing: int, order: int) -> npt.NDArray[np.uint8]:
    """Return the bytes of all rows, shape (rows, bytes of a row).

    Args:
        pieces: The strips or tiles.
        packing: How they are packed, one of `PACKINGS`.
        order: In which order the bits of a byte stand, as the file says it.

    Raises:
        OSError: They are damaged, or end before the last row.
    """
    from PIL import TiffImagePlugin

    file = io.BytesIO(_as_gray(pieces, packing, order))
    with TiffImagePlugin.TiffImageFile(file) as image:
        return np.array(image)


def _as_gray(pieces: Pieces, packing: int, order: int) -> bytes:
    """Return a TIFF of 8 bits gray with these pieces as they are."""
    starts, at = [], 8
    for content in pieces.contents:
        starts.append(at)
        at += len(content)
    values: dict[int, tuple[int, list[int]]] = {
        _WIDTH: (_LONG, [pieces.width]),
        _HEIGHT: (_LONG, [pieces.height]),
        _BITS: (_SHORT, [8]),
        _COMPRESSION: (_SHORT, [packing]),
        _KIND: (_SHORT, [_BLACK_IS_ZERO]),
        _ORDER: (_SHORT, [order]),
        _SAMPLES: (_SHORT, [1]),
        _PREDICTOR: (_SHORT, [1]),
    }
    sizes = [len(content) for content in pieces.contents]
    if pieces.tile is None:
        values |= {_STARTS: (_LONG, starts), _SIZES: (_LONG, sizes), _ROWS: (_LONG, [pieces.rows])}
    else:
        values |= {_TILES: (_LONG, starts), _TILE_SIZES: (_LONG, sizes)}
        values |= {_TILE_WIDTH: (_LONG, [pieces.tile[0]]), _TILE_HEIGHT: (_LONG, [pieces.tile[1]])}
    at += at % 2
    beyond = at + 2 + 12 * len(values) + 4
    directory, lists = struct.pack("<H", len(values)), b""
    for tag, (kind, numbers) in sorted(values.items()):
        content = struct.pack(f"<{len(numbers)}{'H' if kind == _SHORT else 'I'}", *numbers)
        if len(content) > 4:
            content, lists = struct.pack("<I", beyond + len(lists)), lists + content
        directory += struct.pack("<HHI", tag, kind, len(numbers)) + content.ljust(4, b"\0")
    body = b"".join(pieces.contents)
    return b"II*\0" + struct.pack("<I", at) + body + bytes((8 + len(body)) % 2) + directory + bytes(4) + lists
