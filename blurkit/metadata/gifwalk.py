"""What hides inside the frames of a GIF: codes and bytes behind the last pixel, and spare palette entries.

Source: GIF89a, appendix F
"""

from __future__ import annotations

from array import array
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from blurkit.errors import UnreadablePhoto
from blurkit.metadata.base import Hidden, Kind, Part
from blurkit.metadata.embedded import leftovers
from blurkit.metadata.gif import HEAD, IMAGE, blocks, content_of, table_size
from blurkit.metadata.palettes import blanked, spare_entries
from blurkit.picture.reading import uint

if TYPE_CHECKING:
    from collections.abc import Callable

_LONGEST = 12
"""Bits of the longest code."""
_SUB_BLOCK = 255


def parts_within(data: bytes) -> list[Part]:
    """Return the frames and palettes of a GIF that hide something, as parts to be replaced.

    Raises:
        UnreadablePhoto: It is damaged.
    """
    parts: list[Part] = []
    shared: set[int] = set()
    for start, end in blocks(data):
        if data[start] != IMAGE:
            continue
        own = table_size(data[start + 9])
        at = start + 10 + own
        pixels = uint(data, start + 5, 2, "little") * uint(data, start + 7, 2, "little")
        content = content_of(data, at + 1, end)
        where = f"GIF frame at byte {start}"
        used, bits, is_whole = walked(content, data[at], pixels)
        parts += _palette(data, start + 10, own, used, where)
        shared |= set() if own else used
        if is_whole:
            parts += _rest(data, (at, end), content, bits, where)
    return parts + _palette(data, HEAD, table_size(data[10]), shared, "GIF header")


def walked(content: bytes, bits: int, pixels: int) -> tuple[set[int], int, bool]:
    """Step through the codes of a frame.

    Args:
        content: What its sub-blocks hold.
        bits: Bits of a pixel.
        pixels: How many it has.

    Returns:
        The palette entries that are used, the bits taken up to the last pixel, and whether there was a last one.

    Raises:
        UnreadablePhoto: A code has no meaning.
    """
    if not 1 <= bits < _LONGEST:
        raise UnreadablePhoto("a frame of the GIF is damaged")
    clear, stop = 1 << bits, (1 << bits) + 1
    padded = np.frombuffer(content + bytes(4), np.uint8).astype(np.uint32)
    windows = array("I", (padded[:-2] | padded[1:-1] << 8 | padded[2:] << 16).tobytes())
    size, at, done, end = bits + 1, 0, 0, len(content) * 8
    lengths: list[int] = []
    before = 0
    used: set[int] = set()
    while done < pixels:
        if at + size > end:
            return used, at, False
        code = windows[at >> 3] >> (at & 7) & ((1 << size) - 1)
        at += size
        if code == clear:
            size, before, lengths = bits + 1, 0, []
            continue
        if code == stop:
            return used, at, True
        if code < clear:
            length = 1
            used.add(code)
        elif code - stop <= len(lengths):
            length = lengths[code - stop - 1]
        elif code - stop == len(lengths) + 1 and before:
            length = before + 1
        else:
            raise UnreadablePhoto("a frame of the GIF is damaged")
        if before and stop + 1 + len(lengths) < 1 << _LONGEST:
            lengths.append(before + 1)
            if stop + 1 + len(lengths) == 1 << size and size < _LONGEST:
                size += 1
        before = length
        done += length
    if at + size <= end and windows[at >> 3] >> (at & 7) & ((1 << size) - 1) == stop:
        at += size
    return used, at, True


def _rest(data: bytes, place: tuple[int, int], content: bytes, bits: int, where: str) -> list[Part]:
    """Return the data of a frame without what stands behind its last code, if something does."""
    at, end = place
    rest = content[(bits + 7) // 8 :]
    if not rest.strip(b"\0"):
        return []
    found = leftovers(rest, [(0, len(rest))], where + ", behind its pixels", Kind.GAP)
    pieces = tuple(replace(hidden, offset=None) for hidden in found)
    return [Part(at + 1, end, pieces, partial(_sub_blocks, content[: (bits + 7) // 8]))]


def _sub_blocks(content: bytes) -> bytes:
    pieces = [content[at : at + _SUB_BLOCK] for at in range(0, len(content), _SUB_BLOCK)]
    return b"".join(bytes((len(piece),)) + piece for piece in pieces) + b"\0"


def _palette(data: bytes, at: int, size: int, used: set[int], where: str) -> list[Part]:
    """Return a palette without the entries that no pixel uses, if it has such."""
    palette = data[at : at + size]
    spare = spare_entries(palette, used)
    if not spare:
        return []
    hidden = Hidden(Kind.OTHER, where, 3 * len(spare), "palette entries that no pixel uses", at)
    clean: Callable[[], bytes] = partial(blanked, palette, spare)
    return [Part(at, at + size, (hidden,), clean)]
