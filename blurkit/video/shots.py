"""Where a clip is cut, and how its camera moves: a small picture of each frame in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from blurkit.geometry import Point

if TYPE_CHECKING:
    import numpy.typing as npt

    from blurkit.video.planes import Planes

    Small = npt.NDArray[np.float32]

LONG_SIDE = 160
"""Of the small pictures, in pixels."""

TONES = 16
"""Steps into which brightness and the two colours of a small picture are counted."""

OTHER_TONES = 0.4
"""Share of a picture that has other tones after a cut, at least: a pan, a zoom or a shake changes far less."""

OTHER_PIXELS = 12.0
"""How far pixels lie from those before after a cut, on average and of 255, at least."""

SURE_OF_MOTION = 0.15
"""How clear a motion of the whole picture must be, 0 to 1, to be believed."""


class Cuts:
    """Tells cuts and camera motion from frame to frame."""

    def __init__(self) -> None:
        """Know no frame yet."""
        self._before: tuple[Small, npt.NDArray[np.float64]] | None = None

    def look(self, planes: Planes) -> tuple[bool, Point]:
        """Take in the next frame.

        Returns:
            Whether a new shot begins with it, and else how far the picture moved since the frame before, in pixels.
        """
        import cv2

        scale = min(1.0, LONG_SIDE / planes.size.long_side)
        size = max(8, round(planes.size.width * scale)), max(8, round(planes.size.height * scale))
        small = cv2.resize(planes.y, size, interpolation=cv2.INTER_AREA).astype(np.float32)
        tones = _tones(planes, size)
        before, self._before = self._before, (small, tones)
        if before is None:
            return True, Point(0.0, 0.0)
        moved = np.minimum(before[1], tones).sum()
        if 1 - moved > OTHER_TONES and float(np.abs(before[0] - small).mean()) > OTHER_PIXELS:
            return True, Point(0.0, 0.0)
        (x, y), clear = cv2.phaseCorrelate(before[0], small, _window(size))
        if clear < SURE_OF_MOTION or max(abs(x), abs(y)) > max(size) / 4:
            return False, Point(0.0, 0.0)
        return False, Point(x * planes.size.width / size[0], y * planes.size.height / size[1])


def _window(size: tuple[int, int]) -> Small:
    import cv2

    window: Small = cv2.createHanningWindow(size, cv2.CV_32F)
    return window


def _tones(planes: Planes, size: tuple[int, int]) -> npt.NDArray[np.float64]:
    """Return which share of a frame has each tone."""
    import cv2

    half = max(1, size[0] // 2), max(1, size[1] // 2)
    small = [cv2.resize(plane, half, interpolation=cv2.INTER_AREA) for plane in (planes.y, planes.u, planes.v)]
    y, u, v = ((plane.astype(np.int64) * TONES) >> 8 for plane in small)
    counted = np.bincount((TONES * (TONES * y + u) + v).ravel(), minlength=TONES**3)
    shares: npt.NDArray[np.float64] = counted / counted.sum()
    return shares
