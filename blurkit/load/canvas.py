"""Beside a GIF's frame that is smaller than its canvas, nothing is shown: pixels there are clear. Part of load."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from blurkit.records import Colors, Samples

_ENTRIES = 256
_WHITE = b"\xff\xff\xff"


def clear_beside(samples: Samples, colors: Colors, frame: tuple[int, int, int, int]) -> tuple[Samples, Colors]:
    """Return samples that are clear outside a frame, and a palette with an entry for that.

    Args:
        samples: Palette entries of shape (H, W).
        colors: Their palette, of which at most one entry is clear.
        frame: Left, top, right and bottom of the frame.
    """
    left, top, right, bottom = frame
    if left <= 0 and top <= 0 and right >= samples.shape[1] and bottom >= samples.shape[0]:
        return samples, colors
    inside = np.zeros(samples.shape, bool)
    inside[max(0, top) : bottom, max(0, left) : right] = True
    new, palette = samples.astype(np.uint8), colors.palette or b""
    clear = colors.transparency
    if not isinstance(clear, int):
        clear, palette = _spare(new, inside, palette)
    new[~inside] = clear
    return new, replace(colors, palette=palette, transparency=clear)


def _spare(samples: NDArray[np.uint8], inside: NDArray[np.bool_], palette: bytes) -> tuple[int, bytes]:
    """Return an entry that no pixel of the frame uses; if all are used, the rarest is given up for its nearest."""
    counts = np.bincount(samples[inside], minlength=_ENTRIES)
    free = np.flatnonzero(counts == 0)
    if free.size:
        entry = int(free[0])
    else:
        entry = int(counts.argmin())
        entries = np.frombuffer(palette, np.uint8).reshape(-1, 3).astype(int)
        apart = np.abs(entries - entries[entry]).sum(axis=1)
        apart[entry] = apart.max() + 1
        samples[inside & (samples == entry)] = apart.argmin()
    filled = palette.ljust(3 * (entry + 1), _WHITE[:1])
    return entry, filled[: 3 * entry] + _WHITE + filled[3 * entry + 3 :]
