"""Memory within one photo is used again, and given back after it: fresh pages cost as much time as decoding does."""

from __future__ import annotations

import ctypes
import itertools
import sys
from contextlib import suppress
from typing import Any

MMAP_MAX, TRIM_THRESHOLD = -4, -1
"""Numbers of what glibc lets a program set. Source: mallopt(3), https://man7.org/linux/man-pages/man3/mallopt.3.html"""

KEEP_BYTES = 400 << 20
"""Free memory above this is given back to the system at once; a photo of 12 MP needs less on the way."""

_calls = itertools.count(1)


def keep_freed_memory() -> bool:
    """Ask glibc to keep large blocks that were freed, since the system clears each page whenever it hands it out.

    It is set for the whole process, so it is for programs, not for a library to do unasked.

    Returns:
        Whether it was set; other systems do as they see fit.
    """
    with suppress(OSError, AttributeError):  # another C library than glibc
        glibc = _glibc()
        return bool(glibc and glibc.mallopt(MMAP_MAX, 0) and glibc.mallopt(TRIM_THRESHOLD, KEEP_BYTES))
    return False


def give_freed_memory_back(*, every: int = 1) -> None:
    """Give all that is free back to the system: kept on and on, it would fall to pieces and grow with every photo.

    Args:
        every: Do so in each so many calls only; the next photo needs as much again.
    """
    if next(_calls) % every:
        return
    with suppress(OSError, AttributeError):
        if glibc := _glibc():
            glibc.malloc_trim(0)


def _glibc() -> Any:
    return ctypes.CDLL(None) if sys.platform == "linux" else None
