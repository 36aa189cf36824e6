"""Frames of a high dynamic range (HDR10 and HLG) as an ordinary screen shows them, which every player can play."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Curve = npt.NDArray[np.float32]

PQ = 16
"""Number of the transfer function of HDR10; the other one is HLG."""

WHITE = 203.0
"""Brightness of a white sheet of paper in such pictures, in candela per square metre (ITU-R BT.2408)."""

BRIGHTEST = 1000.0
"""Brightness of the brightest white of HLG on its reference screen, likewise."""

KNEE = 0.6
"""Brightness, as a share of white, up to which nothing changes; what is brighter is pressed together."""

TO_BT709 = np.array([[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]], np.float32)
"""From the primaries of BT.2020 to those of BT.709 (ITU-R BT.2087)."""


def darkened(frame: Any) -> Any:
    """Return an `av.VideoFrame` in RGB of 8 bits, with the colours of BT.709."""
    from av import VideoFrame

    deep = frame.reformat(format="rgb48le", src_colorspace=9, src_color_range=int(frame.color_range) or 1)
    light = _light(int(frame.color_trc) == PQ)[deep.to_ndarray()] @ TO_BT709.T
    shown = (pressed(np.clip(light, 0, None)) ** np.float32(1 / 2.2) * 255).round()
    new = VideoFrame.from_ndarray(np.clip(shown, 0, 255).astype(np.uint8), format="rgb24")
    new.pts, new.time_base = frame.pts, frame.time_base
    return new


def pressed(light: Curve) -> Curve:
    """Return brightness of at most 1; up to `KNEE` it stays as it is.

    Invariant: never falls, and is below 1.
    """
    over = 1 - np.exp(-np.maximum(light - KNEE, 0) / (1 - KNEE))
    return np.where(light <= KNEE, light, KNEE + (1 - KNEE) * over).astype(np.float32)


@cache
def _light(is_pq: bool) -> Curve:
    """Return the brightness, as a share of white, of each of 65,536 values."""
    value = np.linspace(0, 1, 1 << 16)
    if is_pq:  # SMPTE ST 2084
        power = value ** (1 / 78.84375)
        nits = 10000 * (np.maximum(power - 0.8359375, 0) / (18.8515625 - 18.6875 * power)) ** (1 / 0.1593017578125)
    else:  # ARIB STD-B67, and the system gamma of BT.2100
        scene = np.where(value <= 0.5, value**2 / 3, (np.exp((value - 0.55991073) / 0.17883277) + 0.28466892) / 12)
        nits = BRIGHTEST * scene**1.2
    return (nits / WHITE).astype(np.float32)
