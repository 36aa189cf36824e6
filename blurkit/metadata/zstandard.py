"""Where a frame of Zstandard ends, and whether it holds more than a strip of a TIFF needs.

Source: RFC 8878, 3.1.1
"""

from __future__ import annotations

from blurkit.errors import UnreadablePhoto
from blurkit.picture.packed import ZSTANDARD, Pieces, unpacked
from blurkit.picture.reading import uint

_MAGIC, _HEAD = b"\x28\xb5\x2f\xfd", 5
_SINGLE, _CHECKSUM, _RAW_SIZES, _DICTIONARY = 0x20, 4, (0, 2, 4, 8), (0, 1, 2, 4)
_RUN = 1
"""The kind of block that holds one byte, and how often it comes."""
_MOST_LINES, _LEAST = 1 << 16, 16
"""Lines as which the bytes of a strip are unpacked; less than one more line, or than so many bytes, hides nothing."""


def end_of_zstandard(piece: bytes, size: int) -> tuple[bytes, bytes]:
    """Return a strip up to the end of its frame, and what hides behind that, or behind its last row.

    Args:
        piece: The strip.
        size: Bytes of its rows.
    """
    try:
        end = _end_of_frame(piece)
    except UnreadablePhoto:
        return piece, b""
    return piece[:end], piece[end:] or _more_rows(piece, size)


def _end_of_frame(piece: bytes) -> int:
    if not piece.startswith(_MAGIC):
        raise UnreadablePhoto("no frame of Zstandard")
    flags = uint(piece, 4, 1)
    is_single = bool(flags & _SINGLE)
    size_bytes = _RAW_SIZES[flags >> 6] or is_single
    at = _HEAD + (not is_single) + _DICTIONARY[flags & 3] + size_bytes
    is_last = False
    while not is_last:
        head = uint(piece, at, 3, "little")
        is_last, kind, length = bool(head & 1), head >> 1 & 3, head >> 3
        at += 3 + (1 if kind == _RUN else length)
    return at + (4 if flags & _CHECKSUM else 0)


def _more_rows(piece: bytes, size: int) -> bytes:
    """Return what a frame holds behind so many bytes; a few of it are enough to name it."""
    width = 1 + size // _MOST_LINES
    lines = (size + _LEAST) // width + 1
    try:
        rows = unpacked(Pieces((piece,), width, lines, None, lines), ZSTANDARD, 1)
    except (OSError, ValueError):
        return b""  # it ends where it should
    return rows.tobytes()[size:]
