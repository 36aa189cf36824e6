"""BMP: what is hidden outside its header, palette and rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blurkit.errors import UnreadablePhoto
from blurkit.metadata.base import Hidden, Kind, Part, cleaned, gaps, hidden_in
from blurkit.metadata.embedded import leftovers, trailer
from blurkit.picture.reading import take, uint

if TYPE_CHECKING:
    from blurkit.picture.reading import Order

FILE_HEADER, INFO_HEADER = 14, 40
_SIZES = (12, 40, 52, 56, 64, 108, 124)
_V5 = 124
_LITTLE: Order = "little"


def find(data: bytes) -> tuple[Hidden, ...]:
    """List what a BMP hides."""
    return hidden_in(_parts(data))


def strip(data: bytes) -> bytes:
    """Write header, palette and rows one after the other, without what stands between and after them."""
    return cleaned(data, _parts(data))


def _parts(data: bytes) -> list[Part]:
    """Split a BMP into parts to keep and parts to drop."""
    if data[:2] != b"BM":
        raise UnreadablePhoto("the BMP header is damaged")
    pixels, info = uint(data, 10, 4, _LITTLE), uint(data, FILE_HEADER, 4, _LITTLE)
    if info not in _SIZES:
        raise UnreadablePhoto("the BMP header is damaged or of an unknown kind")
    header = take(data, FILE_HEADER, info)
    table = FILE_HEADER + info
    palette = palette_size(header)
    rows = rows_size(header)
    take(data, table, palette)
    take(data, pixels, rows)
    if pixels < table + palette:
        raise UnreadablePhoto("the rows of the BMP overlap its header")
    end = pixels + rows
    kept_header, hidden = _clean_header(header)
    start = table + palette
    size = (start + rows).to_bytes(4, "little")
    kept = b"BM" + size + bytes(4) + start.to_bytes(4, "little") + kept_header
    is_same = kept[6:] == data[6:table]  # the size in the header is often wrong, and says nothing
    gap = leftovers(data, gaps([(0, start)], pixels), f"BMP at byte {start}", Kind.GAP)
    return [
        Part(0, table, hidden, None if is_same and not hidden else kept),
        Part(table, start),
        Part(start, pixels, gap, b""),
        Part(pixels, end),
        Part(end, len(data), trailer(data, end, "BMP"), b""),
    ]


def palette_size(header: bytes) -> int:
    """Return the bytes of the colour masks and the palette that follow the header."""
    if len(header) == 12:
        bits = uint(header, 10, 2, _LITTLE)
        return 3 << bits if bits <= 8 else 0
    bits, compression, used = uint(header, 14, 2, _LITTLE), uint(header, 16, 4, _LITTLE), uint(header, 32, 4, _LITTLE)
    masks = {3: 12, 6: 16}.get(compression, 0) if len(header) == INFO_HEADER else 0
    return masks + (4 * (min(used, 1 << bits) or 1 << bits) if bits <= 8 else 0)


def rows_size(header: bytes) -> int:
    """Return the bytes of all rows."""
    if len(header) == 12:
        width, height, bits = (uint(header, at, 2, _LITTLE) for at in (4, 6, 10))
        return (width * bits + 31) // 32 * 4 * height
    width = int.from_bytes(header[4:8], "little", signed=True)
    height = abs(int.from_bytes(header[8:12], "little", signed=True))
    bits, compression = uint(header, 14, 2, _LITTLE), uint(header, 16, 4, _LITTLE)
    if width <= 0 or height == 0:
        raise UnreadablePhoto("the BMP has no width or height")
    return (width * bits + 31) // 32 * 4 * height if compression in (0, 3, 6) else uint(header, 20, 4, _LITTLE)


def _clean_header(header: bytes) -> tuple[bytes, tuple[Hidden, ...]]:
    """Return the header without a colour profile, which BMP may keep behind its rows or name by a path."""
    if len(header) != _V5 or header[56:60] not in (b"DEBM", b"KNIL"):
        return header, ()
    words = "colour profile in a BMP" if header[56:60] == b"DEBM" else "path of a file in a BMP"
    hidden = Hidden(Kind.ICC_TEXT, f"BMP header at byte {FILE_HEADER}", _V5, words, FILE_HEADER)
    return header[:56] + b"BGRs" + header[60:112] + bytes(12), (hidden,)
