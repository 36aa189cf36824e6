"""What hides inside the rows and the palette of a BMP: what fills rows up, and parts of pixels that nothing shows."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

from blurkit.metadata.base import Hidden, Kind, Part
from blurkit.metadata.beyond import as_png
from blurkit.metadata.bmp import FILE_HEADER, palette_size, rows_size
from blurkit.metadata.palettes import blanked, spare_entries
from blurkit.picture.reading import take, uint

if TYPE_CHECKING:
    from numpy.typing import NDArray

_OLD_HEADER = 12
_PLAIN, _RUNS, _MASKS = (0,), (1, 2), (3, 6)
_PIXEL = 4


def parts_within(data: bytes) -> list[Part]:
    """Return rows and palette of a BMP that hide something, as parts to be replaced.

    Raises:
        UnreadablePhoto: It is damaged.
    """
    at, info = uint(data, 10, 4, "little"), uint(data, FILE_HEADER, 4, "little")
    header = take(data, FILE_HEADER, info)
    is_old = info == _OLD_HEADER
    size = 2 if is_old else 4
    width = uint(header, 4, size, "little")
    bits = uint(header, 10 if is_old else 14, 2, "little")
    coding = 0 if is_old else uint(header, 16, 4, "little")
    parts: list[Part] = []
    rows = np.frombuffer(take(data, at, rows_size(header)), np.uint8)
    lines = None if coding in _RUNS or not rows.size else rows.reshape(-1, (width * bits + 31) // 32 * 4)
    if lines is not None:
        parts += _rows(lines, width, bits, at, is_plain=coding in _PLAIN)
    if bits <= 8 and coding not in _MASKS:
        numbers = _numbers(data, lines, width, bits)
        parts += _palette(data, FILE_HEADER + info, palette_size(header), numbers, 3 if is_old else _PIXEL)
    return parts


def _rows(lines: NDArray[np.uint8], width: int, bits: int, at: int, *, is_plain: bool) -> list[Part]:
    """Return rows without what fills them up, and without the fourth byte of pixels that have three."""
    new, words = lines, []
    filled = (width * bits + 7) // 8
    if lines[:, filled:].any():
        new = lines.copy()
        new[:, filled:] = 0
        words.append("bytes that fill rows up")
    fourth = new[:, _PIXEL - 1 : filled : _PIXEL]
    picture = None
    if bits == 32 and is_plain and fourth.min() != fourth.max():
        picture = as_png(np.repeat(fourth[::-1, :, None], 3, axis=2))
        new = new.copy()
        new[:, _PIXEL - 1 : filled : _PIXEL] = 0
        words.append("a fourth byte of pixels that nothing shows")
    if not words:
        return []
    hidden = Hidden(Kind.GAP, f"BMP rows at byte {at}", lines.size, " and ".join(words), at, picture)
    return [Part(at, at + lines.size, (hidden,), new.tobytes())]


def _numbers(data: bytes, lines: NDArray[np.uint8] | None, width: int, bits: int) -> set[int]:
    """Return the entries of the palette that pixels use."""
    if lines is None:
        from PIL import Image

        with Image.open(io.BytesIO(data), formats=["BMP"]) as image:
            return set(np.unique(np.asarray(image)).tolist())
    columns = np.unpackbits(lines, axis=1)[:, : width * bits] if bits < 8 else lines[:, :width]
    if bits == 4:
        columns = np.stack([lines >> 4, lines & 15], axis=2).reshape(len(lines), -1)[:, :width]
    return set(np.unique(columns).tolist())


def _palette(data: bytes, at: int, size: int, used: set[int], entry: int) -> list[Part]:
    """Return the palette without entries that no pixel uses, and without the fourth byte of an entry."""
    palette = data[at : at + size]
    spare = spare_entries(palette, used, size=entry)
    clean, words = blanked(palette, spare, size=entry), ["palette entries that no pixel uses"] if spare else []
    if entry == _PIXEL and len(set(clean[3::4])) > 1:
        plain = np.frombuffer(clean, np.uint8).copy()
        plain[3::4] = 0
        clean = plain.tobytes()
        words.append("a fourth byte of palette entries")
    if not words:
        return []
    return [Part(at, at + size, (Hidden(Kind.OTHER, "BMP palette", size, " and ".join(words), at),), clean)]
