"""How long one photo may take: a decoder that hangs stops no run."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from blurkit.errors import PhotoTooSlow
from blurkit.machine.workers import Lost
from blurkit.outcomes import died, failure
from blurkit.records import Stage

if TYPE_CHECKING:
    from pathlib import Path

    from blurkit.outcomes import PhotoFailure

LARGE_BYTES = 20_000_000
"""A file twice as large may take twice as long."""

MOST = 5.0
"""No file may take more times as long as a small one."""


def seconds_for(path: Path, timeout: float | None) -> float:
    """Return how long a photo may take; for ever if there is no limit.

    Args:
        path: The photo.
        timeout: Seconds for one of ordinary size; None for no limit.
    """
    try:
        size = path.stat().st_size
    except OSError:  # it fails soon by itself
        size = 0
    return seconds_for_size(size, timeout)


def seconds_for_size(size: int, timeout: float | None) -> float:
    """Return how long a photo of so many bytes may take."""
    return math.inf if timeout is None else timeout * min(MOST, max(1.0, size / LARGE_BYTES))


def lost(source: Path, why: Lost, timeout: float | None) -> PhotoFailure:
    """Return what became of a photo whose process was lost."""
    if why is Lost.DIED:
        return died(source)
    error = PhotoTooSlow(
        f"takes longer than the time limit of {timeout or 0:g} seconds, and was given up",
        hint="allow more with --timeout SECONDS; if that does not help, the file is damaged: export it again as JPEG",
    )
    return failure(source, error, stage=Stage.BATCH)
