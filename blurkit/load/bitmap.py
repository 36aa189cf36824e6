"""BMP of kinds that Pillow shows otherwise than browsers, or not at all: colour masks, runs, odd headers and depths.

Part of the load stage. In: the bytes of a file. Out: samples as Pillow would hold them.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from blurkit.errors import UnreadablePhoto, UnsupportedFormat

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt
    from PIL import Image

    Numbers = npt.NDArray[np.integer]

_FILE_HEADER, _OLD, _INFO, _MOST_HEADER = 14, 12, 40, 124
_WITH_ALPHA = 56
"""Bytes of the shortest header that names a mask for alpha."""
_PLAIN, _RUNS_OF_8, _RUNS_OF_4, _MASKS, _ALPHA_MASKS = 0, 1, 2, 3, 6
_RUNS = (_RUNS_OF_8, _RUNS_OF_4)
_WHOLE_FILES = {4: "JPEG", 5: "PNG"}
"""Codings that are for printers only."""
_DEPTHS = (1, 2, 4, 8, 16, 24, 32)
_LINE_ENDS, _BITMAP_ENDS, _MOVE = 0, 1, 2
DAMAGED = "the BMP is damaged or cut off"


@dataclass(frozen=True, slots=True)
class _Header:
    """What a BMP says of its picture."""

    size: int
    width: int
    height: int
    """Negative if the first row is the upper one."""
    bits: int
    coding: int
    colors: int
    """Entries of its palette; more than there can be are not heeded."""
    has_more_colors: bool
    """Whether it says so of more."""
    start: int
    """Where its rows begin."""

    @classmethod
    def read(cls, data: bytes) -> _Header | None:
        """Return the header; None if it is of a kind that nobody knows."""
        if len(data) < _FILE_HEADER + _INFO or data[:2] != b"BM":
            return None
        start, size = struct.unpack_from("<II", data, 10)
        if size == _OLD:
            width, height, _, bits = struct.unpack_from("<HHHH", data, 18)
            return cls(size, width, height, bits, _PLAIN, 1 << bits if bits <= 8 else 0, False, start)
        if not 16 <= size <= _MOST_HEADER:
            return None
        width, height, _, bits = struct.unpack_from("<iiHH", data, 18)
        coding, _, _, _, colors = struct.unpack_from("<IIiiI", data, 30) if size >= _INFO else (0, 0, 0, 0, 0)
        most = 1 << bits if bits <= 8 else 0
        return cls(size, width, height, bits, coding, min(colors or most, most), colors > most > 0, start)

    @property
    def is_usual(self) -> bool:
        """Whether Pillow shows it as browsers do."""
        is_plain = self.coding == _PLAIN and self.bits in (1, 4, 8, 16, 24, 32)
        return is_plain and not self.has_more_colors and self.size in (_OLD, _INFO, 52, 56, 64, 108, 124)


def is_unusual(data: bytes) -> bool:
    """Whether a file is a BMP that is to be decoded here."""
    header = _Header.read(data)
    return header is not None and not header.is_usual


def decoded(data: bytes, max_megapixels: float) -> Image.Image:
    """Decode a BMP.

    Raises:
        UnreadablePhoto: It is damaged or cut off, of a kind that nobody knows, or has more megapixels.
        UnsupportedFormat: It holds a whole file of another format.
    """
    from PIL import Image

    header = _Header.read(data)
    if header is not None and header.coding in _WHOLE_FILES:
        raise UnsupportedFormat(f"BMP that holds a {_WHOLE_FILES[header.coding]}", hint="save it as PNG or JPEG")
    if header is None or header.bits not in _DEPTHS or header.width <= 0 or not header.height:
        raise UnreadablePhoto(DAMAGED)
    if header.width * abs(header.height) > max_megapixels * 1e6:
        raise UnreadablePhoto("the BMP is too large")
    try:
        if header.bits <= 8:
            numbers, clear = _numbers(data, header)
            entries = _palette(data, header)
            if numbers.max() >= len(entries):
                raise UnreadablePhoto(DAMAGED)
            if clear is None:
                image = Image.fromarray(numbers.astype(np.uint8))
                image.putpalette(entries.tobytes())
                return image
            shown = entries[numbers]
            shown[clear] = 0
        else:
            shown = _colors(data, header)
    except (IndexError, ValueError, struct.error) as fault:
        raise UnreadablePhoto(DAMAGED) from fault
    return Image.fromarray(shown)


def _lines(data: bytes, header: _Header) -> npt.NDArray[np.uint8]:
    """Return the rows as they are stored, the upper one first."""
    stride = (header.width * header.bits + 31) // 32 * 4
    rows = np.frombuffer(data, np.uint8, stride * abs(header.height), header.start).reshape(-1, stride)
    return rows if header.height < 0 else rows[::-1]


def _numbers(data: bytes, header: _Header) -> tuple[Numbers, npt.NDArray[np.bool_] | None]:
    """Return the palette entry of each pixel; and which have none, as runs leave some out: black in browsers."""
    if header.coding in _RUNS:
        return _runs(data, header)
    if header.coding != _PLAIN:
        raise UnreadablePhoto(DAMAGED)
    bits = np.unpackbits(_lines(data, header), axis=1)[:, : header.width * header.bits]
    each = bits.reshape(len(bits), header.width, header.bits)
    return (each * (1 << np.arange(header.bits)[::-1])).sum(axis=2), None


def _palette(data: bytes, header: _Header) -> npt.NDArray[np.uint8]:
    """Return the palette, red first; entries that are not there are black."""
    entry = 3 if header.size == _OLD else 4
    at = _FILE_HEADER + header.size
    stored = np.frombuffer(data[at : at + entry * header.colors], np.uint8)
    found = stored[: len(stored) // entry * entry].reshape(-1, entry)[:, 2::-1]
    full = np.zeros((1 << header.bits, 3), np.uint8)
    full[: len(found)] = found
    return full


def _runs(data: bytes, header: _Header) -> tuple[Numbers, npt.NDArray[np.bool_] | None]:
    """Return the palette entries that runs stand for, and the pixels that none of them reaches."""
    rows = abs(header.height)
    numbers = np.zeros((rows, header.width), np.uint8)
    clear = np.ones((rows, header.width), bool)
    across = down = 0
    for move, content in _steps(data, header):
        if move is not None:
            across, down = (0, down + 1) if content is None and move == (0, 0) else (across + move[0], down + move[1])
            continue
        if content is None:
            break
        if down >= rows:
            raise UnreadablePhoto(DAMAGED)
        kept = content[: max(0, header.width - across)]
        numbers[down, across : across + len(kept)] = kept
        clear[down, across : across + len(kept)] = False
        across += len(content)
    if header.height > 0:
        numbers, clear = numbers[::-1], clear[::-1]
    return numbers, clear if clear.any() else None


def _steps(data: bytes, header: _Header) -> Iterator[tuple[tuple[int, int] | None, npt.NDArray[np.uint8] | None]]:
    """Yield moves, with (0, 0) for the next line; and entries of pixels. Neither is the end of the picture."""
    at = header.start
    is_half = header.coding == _RUNS_OF_4

    def entries(packed: bytes, count: int) -> npt.NDArray[np.uint8]:
        stored = np.frombuffer(packed, np.uint8)
        return (np.stack([stored >> 4, stored & 15], axis=1).ravel() if is_half else stored)[:count]

    while True:
        count, value = data[at], data[at + 1]
        at += 2
        if count:
            yield None, entries(bytes((value,)) * count, count)
        elif value == _LINE_ENDS:
            yield (0, 0), None
        elif value == _BITMAP_ENDS:
            yield None, None
            return
        elif value == _MOVE:
            yield (data[at], data[at + 1]), np.zeros(0, np.uint8)
            at += 2
        else:
            size = (value + 1) // 2 if is_half else value
            yield None, entries(data[at : at + size], value)
            at += size + size % 2


def _colors(data: bytes, header: _Header) -> npt.NDArray[np.uint8]:
    """Return the colours of a picture without a palette, with alpha if it has a mask for that."""
    lines, width = np.ascontiguousarray(_lines(data, header)), header.width
    if header.bits == 24:
        return np.ascontiguousarray(lines[:, : 3 * width].reshape(-1, width, 3)[..., ::-1])
    pixels = np.ascontiguousarray(lines[:, : width * header.bits // 8]).view(f"<u{header.bits // 8}").astype(np.uint32)
    if header.coding == _PLAIN:
        masks: tuple[int, ...] = (0x7C00, 0x3E0, 0x1F) if header.bits == 16 else (0xFF0000, 0xFF00, 0xFF)
    else:
        has_alpha = header.size >= _WITH_ALPHA or header.coding == _ALPHA_MASKS
        masks = struct.unpack_from("<4I" if has_alpha else "<3I", data, _FILE_HEADER + _INFO)
    planes = [_samples(pixels, mask) for mask in masks[:3]]
    if masks[3:] and masks[3]:
        planes.append(_samples(pixels, masks[3]))
    return np.dstack(planes)


def _samples(pixels: npt.NDArray[np.uint32], mask: int) -> npt.NDArray[np.uint8]:
    """Return the bits of a mask as samples of 8 bits."""
    if not mask:
        return np.zeros(pixels.shape, np.uint8)
    low = (mask & -mask).bit_length() - 1
    samples: npt.NDArray[np.uint8] = np.rint(((pixels & mask) >> low) * (255 / (mask >> low))).astype(np.uint8)
    return samples
