"""A quick look at a frame of a clip, at two sizes, between frames that all of the detect stage sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blurkit.detect.centerface import OVERLAP, TILE, CenterFaceNetwork
from blurkit.detect.merge import fuse
from blurkit.detect.views import level, sweep
from blurkit.geometry import Size
from blurkit.picture.halvings import Halvings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.records import Face, Pixels

SIDES = (640, 1280)
"""Sides in pixels, as `views.scale_of` counts them, at which a frame is seen. Of 905 faces in frames of 720p, panned,
zoomed, shaken, darkened and turned, the first alone leaves 21 unseen in 0.022 s of CPU a frame, both 16 in 0.10 s, and
the whole detect stage 28 in 0.31 s, since it counts nothing that is faint."""

FAINT, SURE = 0.2, 0.5
"""Score from which something may be a face, 0..1, and from which it is one."""

ENLARGED = 2
"""By how much a frame is enlarged at most."""


class QuickLook:
    """CenterFace, shown a frame upright only, and down to faint scores: what is faint can only go on a track."""

    name = "quick"

    def __init__(self, sides: Sequence[int] = SIDES, *, threads: int = 1) -> None:
        """Open the network.

        Args:
            sides: At which a frame is seen; see `SIDES`.
            threads: Threads of one run.

        Raises:
            ModelError: The model is missing, altered or cannot be opened.
        """
        self._network, self._sides = CenterFaceNetwork(threads=threads), sides

    def detect(self, pixels: Pixels) -> tuple[Face, ...]:
        """Find what may be a face; see `base.Detector`."""
        size = Size(pixels.shape[1], pixels.shape[0])
        frame = Halvings(pixels)
        sides = sorted({min(side, ENLARGED * size.long_side) for side in self._sides})
        views = [view for side in sides for view in level(size, side, tile=TILE, overlap=OVERLAP)]
        return fuse(sweep(self._network, frame, views), self.name, min_score=FAINT)

    def close(self) -> None:
        """Free the network."""
        self._network.close()
