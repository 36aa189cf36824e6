"""Steps through the Huffman codes of a JPEG scan without decoding its picture, to learn where its bits end.

Source: ITU-T T.81, annexes F and G
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import numpy as np

from blurkit.errors import UnreadablePhoto

if TYPE_CHECKING:
    from collections.abc import Sequence

BLOCK = 64
"""Coefficients of a block."""
_WINDOW = 16
"""Bits that the longest code has; so many are looked up at once."""
_BITS, _TAKEN = 6, 63
"""How far the number of coefficients that a step passes stands above its bits, and the mask of those."""
_MOST_RUN = 15
_FAR, _MANY = 1 << 30, 1 << 20
"""Bits, and coefficients, that no step takes: what stands for bits that are no code."""
_PADDING = bytes(8)
BROKEN = "the bits of a JPEG scan are no codes"


class Codes:
    """The codes of one Huffman table."""

    def __init__(self, table: bytes) -> None:
        """Read a table as it stands in a segment: 16 counts, then the values.

        Raises:
            UnreadablePhoto: It has more codes than there is room for.
        """
        found = np.zeros(1 << _WINDOW, np.int32)
        at, code = 16, 0
        for length, count in enumerate(table[:16], start=1):
            for value in table[at : at + count]:
                first, following = code << (_WINDOW - length), (code + 1) << (_WINDOW - length)
                if following > 1 << _WINDOW:
                    raise UnreadablePhoto("a table of the JPEG is damaged")
                found[first:following] = length << 8 | value
                code += 1
            at += count
            code <<= 1
        lengths, sizes, runs = found >> 8, found & _MOST_RUN, found >> 4 & _MOST_RUN
        passed = np.where((sizes > 0) | (runs == _MOST_RUN), runs + 1, BLOCK)
        self.values = array("i", found.tobytes())
        """For each 16 bits that may come, the length of their code and what it stands for; 0 without one."""
        self.first = array("i", np.where(found > 0, lengths + sizes, _FAR).astype(np.int32).tobytes())
        """How many bits a block's first coefficient takes, if these come."""
        others = np.where(found > 0, (lengths + sizes) | passed << _BITS, _MANY << _BITS)
        self.others = array("i", others.astype(np.int32).tobytes())
        """How many bits another coefficient takes, if these come, and above those, how many coefficients that is."""


class Bits:
    """One stretch of a scan between two markers, its stuffed bytes taken out."""

    def __init__(self, content: bytes) -> None:
        """Begin at the first bit."""
        self.position = 0
        """Bits taken."""
        self.size = len(content) * 8
        """Bits that are there."""
        padded = np.frombuffer(content + _PADDING, np.uint8).astype(np.uint32)
        self._windows = array("I", (padded[:-2] << 16 | padded[1:-1] << 8 | padded[2:]).tobytes())

    def blocks(self, tables: Sequence[tuple[Codes, Codes]], times: int) -> None:
        """Step over whole blocks, as scans that are not progressive have them.

        Args:
            tables: The codes of the first and the other coefficients of each block of a unit, in turn.
            times: How many such units follow.

        Raises:
            UnreadablePhoto: The bits are no codes.
        """
        windows, at = self._windows, self.position
        pairs = [(first.first, others.others) for first, others in tables]
        try:
            for _ in range(times):
                for first, others in pairs:
                    at += first[windows[at >> 3] >> (8 - (at & 7)) & 0xFFFF]
                    coefficient = 1
                    while coefficient < BLOCK:
                        step = others[windows[at >> 3] >> (8 - (at & 7)) & 0xFFFF]
                        at += step & _TAKEN
                        coefficient += step >> _BITS
                    if coefficient >= _MANY:
                        raise UnreadablePhoto(BROKEN)
        except IndexError:
            if at >= _FAR:
                raise UnreadablePhoto(BROKEN) from None
            at = self.size  # the scan ends before the picture does
        self.position = at

    def first_coefficients(self, tables: Sequence[Codes], times: int) -> None:
        """Step over the first coefficients of blocks, of a progressive scan that begins them.

        Raises:
            UnreadablePhoto: The bits are no codes.
        """
        for _ in range(times):
            for codes in tables:
                self.position += codes.first[self._next()]
        if self.position >= _FAR:
            raise UnreadablePhoto(BROKEN)

    def others(self, codes: Codes, band: tuple[int, int], known: list[int]) -> None:
        """Step over a band of coefficients of some blocks, of a progressive scan that begins them.

        Args:
            codes: The codes.
            band: The first and the last coefficient.
            known: For each block, a bit for each coefficient that is not zero; those found are noted.
        """
        last, ends = band[1], 0
        for block in range(len(known)):
            if ends:
                ends -= 1
                continue
            at = band[0]
            while at <= last:
                size, run = self._code(codes)
                if size:
                    at += run
                    self.position += size
                    known[block] |= 1 << at
                    at += 1
                elif run == _MOST_RUN:
                    at += _MOST_RUN + 1
                else:
                    ends = (1 << run) + self.take(run) - 1
                    break

    def refine(self, codes: Codes, band: tuple[int, int], known: list[int]) -> None:
        """Step over one more bit of a band of coefficients, as `others` does for the first ones."""
        (first, last), ends = band, 0
        mask = (1 << last + 1) - (1 << first)
        for block, before in enumerate(known):
            if ends:
                ends -= 1
                self.position += (before & mask).bit_count()
                continue
            at = first
            while at <= last:
                size, run = self._code(codes)
                if not size and run < _MOST_RUN:
                    ends = (1 << run) + self.take(run) - 1
                    self.position += (before & mask & -(1 << at)).bit_count()
                    break
                self.position += size and 1
                while at <= last:
                    if before >> at & 1:
                        self.position += 1
                    elif run:
                        run -= 1
                    else:
                        break
                    at += 1
                if size and at <= last:
                    known[block] |= 1 << at
                at += 1

    def take(self, count: int) -> int:
        """Take up to 16 bits as a number."""
        value = self._next() >> (_WINDOW - count) if count else 0
        self.position += count
        return value

    def _code(self, codes: Codes) -> tuple[int, int]:
        """Take a code; return the bits that follow it, and the zeros before them.

        Raises:
            UnreadablePhoto: The bits are no code.
        """
        found = codes.values[self._next()]
        if not found:
            raise UnreadablePhoto(BROKEN)
        self.position += found >> 8
        return found & _MOST_RUN, found >> 4 & _MOST_RUN

    def _next(self) -> int:
        """Return the next 16 bits; zeros behind the end."""
        at = self.position
        if at >= self.size:
            raise EOFError
        return self._windows[at >> 3] >> (8 - (at & 7)) & 0xFFFF
