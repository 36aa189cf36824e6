"""Before the covers: a photo made smaller for a website, and the faces in it moved along.

Covers are drawn on the small photo, so that they have hard edges and no pixel of a face is mixed into their rim.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np

from blurkit.geometry import Box, Point, Size
from blurkit.marks import MarkDecision
from blurkit.picture.color import opacity, to_srgb
from blurkit.records import Colors, Decision, Picture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.records import Samples


def shrink(picture: Picture, max_side: int | None) -> Picture:
    """Return the picture with its longer side at most `max_side` pixels; never enlarged.

    Each new pixel is the mean of the part of the picture that it shows, and of nothing around it. One with a palette
    becomes true colour, since indices have no mean.
    """
    if max_side is None or picture.size.long_side <= max_side:
        return picture
    factor = max_side / picture.size.long_side
    size = Size(max(1, round(picture.size.width * factor)), max(1, round(picture.size.height * factor)))
    samples, mode, colors = picture.samples, picture.mode, picture.colors
    if mode == "P":
        alpha = opacity(samples, mode, colors)
        samples, mode = picture.pixels, "RGB"
        if alpha is not None:
            samples, mode = np.dstack([picture.pixels, alpha.reshape(picture.pixels.shape[:2])]), "RGBA"
        colors = Colors()
    small = _mean(samples, size, clear=mode.startswith(("LA", "RGBA")))
    small.flags.writeable = False
    pixels = to_srgb(small, mode, colors)
    pixels.flags.writeable = False
    return Picture(pixels, small, mode, colors)


Decided = TypeVar("Decided", bound=Decision | MarkDecision)


def moved(decisions: Sequence[Decided], before: Size, after: Size) -> tuple[Decided, ...]:
    """Return decisions about a photo of one size for the same photo of another size."""
    if before == after:
        return tuple(decisions)
    x, y = after.width / before.width, after.height / before.height

    def one(decision: Decided) -> Decided:
        if isinstance(decision, MarkDecision):
            return cast("Decided", replace(decision, mark=decision.mark.scaled(x, y)))
        box, landmarks = decision.face.box, decision.face.landmarks
        there = Box(box.left * x, box.top * y, box.right * x, box.bottom * y)
        points = None if landmarks is None else tuple(Point(point.x * x, point.y * y) for point in landmarks)
        return cast("Decided", replace(decision, face=replace(decision.face, box=there, landmarks=points)))

    return tuple(map(one, decisions))


def _mean(samples: Samples, size: Size, *, clear: bool) -> Samples:
    """Return samples averaged over areas; where parts are clear, what cannot be seen has no weight."""
    import cv2

    to = size.width, size.height
    if not clear:
        return np.ascontiguousarray(cv2.resize(samples, to, interpolation=cv2.INTER_AREA))
    seen = samples[..., -1:].astype(np.float32)
    weighed = np.concatenate([samples[..., :-1] * seen, seen], axis=2)
    small = cv2.resize(weighed, to, interpolation=cv2.INTER_AREA)
    small[..., :-1] /= np.maximum(small[..., -1:], 1e-6)
    return np.ascontiguousarray(np.rint(small).clip(0, np.iinfo(samples.dtype).max).astype(samples.dtype))
