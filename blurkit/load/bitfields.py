"""BMP whose colours lie in bits that Pillow does not know, as an ordinary BMP. Part of the load stage."""

from __future__ import annotations

import struct

import numpy as np

from blurkit.errors import UnreadablePhoto

_OLD_HEADER = 40
_MASKED = (3, 6)
_MASKS_AT = 54


def has_bit_fields(data: bytes) -> bool:
    """Whether a file is a BMP that says by masks which bits of a pixel are which colour."""
    return data[:2] == b"BM" and len(data) > _MASKS_AT + 12 and _number(data, 30) in _MASKED


def ordinary_bmp(data: bytes, max_megapixels: float) -> bytes:
    """Return such a BMP with three bytes per pixel; bits for transparency are left out.

    Raises:
        UnreadablePhoto: It is damaged or cut off, or larger than so many megapixels.
    """
    start = _number(data, 10)
    width, height = struct.unpack_from("<ii", data, 18)
    (bits,) = struct.unpack_from("<H", data, 28)
    rows, stride = abs(height), (width * bits + 31) // 32 * 4
    if bits not in (16, 32) or width <= 0 or not rows or width * rows > max_megapixels * 1e6:
        raise UnreadablePhoto("the BMP is damaged, or too large")
    if start + stride * rows > len(data):
        raise UnreadablePhoto("the BMP is cut off")
    lines = np.frombuffer(data, np.uint8, stride * rows, start).reshape(rows, stride)
    pixels = np.ascontiguousarray(lines[:, : width * bits // 8]).view(f"<u{bits // 8}").astype(np.uint32)
    new = np.zeros((rows, (width * 24 + 31) // 32 * 4), np.uint8)
    for place, number in enumerate((2, 1, 0)):  # blue first
        new[:, place : 3 * width : 3] = _samples(pixels, _number(data, _MASKS_AT + 4 * number))
    head = struct.pack("<2s4I2i2H2I2i2I", b"BM", _MASKS_AT + new.size, 0, _MASKS_AT, *_info(width, height, new.size))
    return head + new.tobytes()


def _info(width: int, height: int, size: int) -> tuple[int, ...]:
    return _OLD_HEADER, width, height, 1, 24, 0, size, 2835, 2835, 0, 0


def _samples(pixels: np.ndarray, mask: int) -> np.ndarray:
    """Return the bits of a mask as samples of 8 bits."""
    if not mask:
        return np.zeros(pixels.shape, np.uint8)
    low = (mask & -mask).bit_length() - 1
    most = mask >> low
    samples: np.ndarray = np.rint(((pixels & mask) >> low) * (255 / most)).astype(np.uint8)
    return samples


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little")
