"""Painting flat tones into a picture's own samples, with smooth edges. Part of the obscure stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from blurkit.obscure.palette import ENTRIES
from blurkit.picture.color import from_srgb

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from blurkit.records import Colors, Samples

    Alpha = npt.NDArray[np.uint8]
    Shades = npt.NDArray[np.uint8]

FINE = 4
"""Parts of a pixel, each way, that are counted to tell how much of it lies inside a curve."""

STRIP = 2_000_000
"""Most of such parts that are counted at once: a large cover needs no large numbers in memory."""

FRACTION = 4
"""Binary digits of such a part to which corners are rounded."""

COARSE = 0xF0
"""Bits of a colour that are compared with a palette if there are more colours than it can hold."""

FURTHEST = float(1 << 20)
"""Pixels from the window beyond which a corner is moved nearer, since OpenCV counts in 32 bits."""


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One thing to paint into a window."""

    alpha: Alpha
    """How much of each pixel it takes, 0 to 255: uint8 of the window's shape."""
    shades: Shades
    """Its sRGB colours, uint8 of shape (n, 3)."""
    picks: npt.NDArray[np.int64] | None = None
    """Which of the colours each pixel takes; None for the first."""


def filled(polygons: Sequence[npt.NDArray[np.float64]], shape: tuple[int, ...]) -> Alpha:
    """Return how much of each pixel of a window lies inside of polygons, 0 to 255.

    Args:
        polygons: Corners of each, shape (n, 2), in pixels from the window's corner.
        shape: Rows and columns of the window.
    """
    import cv2

    alpha = np.zeros(shape, np.uint8)
    corners = np.concatenate(polygons).clip(-FURTHEST, FURTHEST)
    left, top = np.floor(corners.min(axis=0)).astype(int).clip(0)
    right, bottom = np.ceil(corners.max(axis=0)).astype(int)
    part = alpha[top : max(top, bottom), left : max(left, right)]
    rows, columns = part.shape
    height = max(1, STRIP // (FINE * FINE * max(1, columns)))
    for start in range(0, rows if columns else 0, height):
        strip = part[start : start + height]
        fine = np.zeros((FINE * len(strip), FINE * columns), np.uint8)
        for points in polygons:
            moved = ((points - (left, top + start)).clip(-FURTHEST, FURTHEST) * FINE - 0.5) * (1 << FRACTION)
            cv2.fillPoly(fine, [np.rint(moved).astype(np.int32)], 255, cv2.LINE_8, FRACTION)
        strip[:] = cv2.resize(fine, (columns, len(strip)), interpolation=cv2.INTER_AREA)
    return alpha


def paint(region: Samples, layer: Layer, mode: str, colors: Colors) -> None:
    """Paint a layer into a window of samples, in place.

    Args:
        region: The window's samples of the kind `mode`, shape (h, w) or (h, w, c).
        layer: What to paint; of a palette's entries none can be mixed, so its edge is hard there.
        mode: Kind of samples, as in `Picture.mode`.
        colors: Their profile and palette.
    """
    alpha = layer.alpha
    if mode == "P":
        alpha = np.where(alpha < 128, 0, 255).astype(np.uint8)
        tones = _entries(layer.shades, colors)
    else:
        tones = from_srgb(layer.shades, mode, colors)
    seen = [np.flatnonzero(alpha.any(axis=axis)) for axis in (1, 0)]
    if not len(seen[0]):
        return
    part = tuple(slice(int(each[0]), int(each[-1]) + 1) for each in seen)
    region, alpha, picks = region[part], alpha[part], None if layer.picks is None else layer.picks[part]
    whole = alpha == 255
    if picks is None:
        np.copyto(region, tones[0], where=whole if region.ndim == 2 else whole[..., None])
    else:
        region[whole] = tones[picks[whole]]
    mixed = np.nonzero((alpha > 0) & ~whole)
    share = (alpha[mixed] / 255.0).reshape(-1, *(1,) * (region.ndim - 2))
    before, tone = region[mixed].astype(float), tones[0 if picks is None else picks[mixed]].astype(float)
    region[mixed] = np.rint(before + (tone - before) * share).astype(region.dtype)


def _entries(shades: Shades, colors: Colors) -> Samples:
    """Return the nearest palette entries of colours (n, 3)."""
    if len(shades) <= ENTRIES:
        return from_srgb(shades, "P", colors)
    distinct, which = np.unique(shades & COARSE, axis=0, return_inverse=True)
    entries: Samples = from_srgb(distinct, "P", colors)[which.reshape(-1)]
    return entries
