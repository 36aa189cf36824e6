"""Tells the quantisation tables of encoders from tables in which somebody wrote something: 64 bytes each, in the open.

Of 53 tables in 6,000 files of many cameras and programs, 49 grow with the frequency (their logarithms correlate by 0.7
and more). The others, coarse ones of Photoshop, have up to 11 different numbers, all below 32. A text has neither.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

SIDE = 8
LEAST, MOST_NUMBERS = 0.5, 12
"""Correlation with the frequency from which a table is an encoder's, and how many different numbers others may have."""
_PRINTABLE = range(32, 127)
_FREQUENCY = np.add.outer(np.arange(SIDE), np.arange(SIDE)).ravel()


def _zigzag(at: int) -> tuple[int, int]:
    """Return where a place stands in zigzag order: its diagonal, and its place there."""
    row, column = divmod(at, SIDE)
    return row + column, row if (row + column) % 2 else column


_ORDER = sorted(range(SIDE * SIDE), key=_zigzag)
"""Places of a table in the order of the file."""


def is_of_an_encoder(table: Sequence[int]) -> bool:
    """Whether a table of 64 numbers, in natural order, is one that an encoder would choose."""
    tones = np.log(np.maximum(np.asarray(table, np.float64), 1))
    if tones.std() == 0:
        return True
    if float(np.corrcoef(tones, _FREQUENCY)[0, 1]) >= LEAST:
        return True
    return len(set(table)) <= MOST_NUMBERS and sum(number in _PRINTABLE for number in table) < len(table) // 2


def in_natural_order(stored: bytes) -> list[int]:
    """Return the numbers of a table as a file holds them, in zigzag order and of one or two bytes each, row by row."""
    width = len(stored) // SIDE**2
    natural = [0] * SIDE**2
    for number, place in enumerate(_ORDER):
        natural[place] = int.from_bytes(stored[number * width : (number + 1) * width])
    return natural
