"""BMP with transparency, which Pillow writes in a way that no browser heeds. Part of the encode stage."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from blurkit.records import Samples

_START, _HEADER = 122, 108
_MASKS = (0xFF0000, 0xFF00, 0xFF, 0xFF000000)
_BIT_FIELDS, _SRGB = 3, 0x73524742
_DENSITY = 100 / 2.54
"""Pixels per metre, of one per inch."""


def with_alpha(samples: Samples, dpi: tuple[float, float] | None) -> bytes:
    """Return a BMP of red, green, blue and alpha, each of 8 bits.

    Args:
        samples: Of shape (H, W, 4).
        dpi: Pixels per inch, across and down; None if nothing is known of them.
    """
    height, width = samples.shape[:2]
    rows = np.ascontiguousarray(samples[::-1][..., [2, 1, 0, 3]]).tobytes()
    across, down = (round(value * _DENSITY) for value in dpi or (0.0, 0.0))
    info = struct.pack("<IiiHHIIiiII", _HEADER, width, height, 1, 32, _BIT_FIELDS, len(rows), across, down, 0, 0)
    masks = struct.pack("<5I", *_MASKS, _SRGB).ljust(_HEADER - len(info), b"\0")
    return struct.pack("<2sIII", b"BM", _START + len(rows), 0, _START) + info + masks + rows
