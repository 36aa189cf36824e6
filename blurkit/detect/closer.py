"""Closer looks at large boxes that MediaPipe alone saw, and one from further away at what may be larger than the photo.

A large face is easy: CenterFace sees it in some crop of the right size. Where it sees nothing, MediaPipe alone mostly
took a torso, a wall or a drum for a face, and a cover would ruin the photo. A face that fills the photo or sticks out
of it is hard for both; on a canvas larger than the photo it is a face like others.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from blurkit.choices import DetectorName
from blurkit.geometry import Box, Point, Size
from blurkit.picture.chips import cut, square
from blurkit.records import Face

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.detect.views import Network, Sighting
    from blurkit.records import Pixels

CROPS = ((1.6, 96), (1.6, 160), (2.2, 128), (2.2, 224))
"""Sides of the crops in which CenterFace looks at a box again: in times its longer side, and in pixels."""

SAME_BOX_IOU, SEEN = 0.3, 0.1
"""A sighting that overlaps the box so much backs it from so low a score on.

On the evaluation photos, what it still backs wrongly are mostly masks, dogs and silhouettes.
"""

PLAIN = 0.5
"""Score from which a sighting inside a box that it does not fit is the face, and the box was wrong."""

FILLS, AT_BORDER = 0.25, 0.1
"""Shares of the photo from which a box, or one at the photo's border, may be a face cut by the frame.

CenterFace often misses those in crops, too, which hold no more of them: the look from further away decides.
"""

CANVAS, BORDERS = 256, (0.25, 0.5)
"""Long side in pixels of the photo on a larger canvas, and how far that reaches on each side, as shares of it."""

LARGER = 0.45
"""Share of the photo from which a face on the canvas may be larger than the photo."""

BACKS, TELLS = 0.25, 0.62
"""Sums of MediaPipe's evidence on both canvases: from the first on it backs a box, from the second it is a face."""

SURE = 0.97
"""Where CenterFace is so sure of a face, nothing in the photo is larger than the photo."""


class CloserLooks:
    """Confirms, corrects or drops large boxes of MediaPipe, and finds faces larger than the photo."""

    def __init__(self, centerface: Network, mediapipe: Network | None) -> None:
        """Take the networks of the detectors; they stay theirs to close.

        Args:
            centerface: CenterFace's.
            mediapipe: MediaPipe's; None if it is not used.
        """
        self._centerface = centerface
        self._mediapipe = mediapipe

    def judge(self, pixels: Pixels, faces: Sequence[Face]) -> tuple[Face, ...]:
        """Return the faces that are left, and those that were found.

        Args:
            pixels: The photo, uint8 RGB of shape (H, W, 3); not written to.
            faces: Found in it.

        Raises:
            DetectorFailed: A network failed.
        """
        size = Size(pixels.shape[1], pixels.shape[0])
        seen = [face for face in faces if DetectorName.CENTERFACE in face.detectors]
        sure = any(face.score >= SURE for face in seen)
        larger, evidence = (None, 0.0) if sure else self._further_away(pixels, size)
        kept = list(seen)
        for face in faces:
            if face not in seen:
                confirmed = self._closer(pixels, face, kept)
                if confirmed is None and _may_be_cut(face.box, size) and (larger is not None or evidence >= BACKS):
                    confirmed = face
                kept += [] if confirmed is None else [confirmed]
        if larger is not None:
            kept = _with_larger(kept, larger)
        return tuple(sorted(kept, key=lambda face: (-face.score, face.box.left, face.box.top)))

    def _closer(self, pixels: Pixels, face: Face, known: Sequence[Face]) -> Face | None:
        """Return a face that only MediaPipe saw, with its right box; None if CenterFace sees no face there."""
        if face.box.area <= 0:
            return None
        inside = []
        for times, side in CROPS:
            crop = square(face.box, 0.0, times, side)
            scale = crop[0, 0]
            for sighting in self._centerface.look(np.ascontiguousarray(cut(pixels, crop, side))):
                found = _moved(sighting, scale, -crop[0, 2] / scale, -crop[1, 2] / scale)
                if found.box.iou(face.box) >= SAME_BOX_IOU and found.score >= SEEN:
                    return face
                inside.append(found)
        best = max(inside, key=lambda found: found.score, default=None)
        if best is None or best.score < PLAIN or best.box.intersection(face.box) < 0.5 * best.box.area:
            return None
        if any(best.box.iou(other.box) > SAME_BOX_IOU for other in known):
            return None
        return replace(best, detectors=(DetectorName.CENTERFACE.value, *face.detectors))

    def _further_away(self, pixels: Pixels, size: Size) -> tuple[Face | None, float]:
        """Return a face that may be larger than the photo, and MediaPipe's evidence for one."""
        best: Face | None = None
        evidence = 0.0
        for canvas, scale, border in _canvases(pixels, size):
            for network in (self._centerface, self._mediapipe):
                if network is None:
                    continue
                fitting = [
                    found
                    for found in (_moved(s, scale, -border / scale, -border / scale) for s in network.look(canvas))
                    if found.box.clip(size).area >= LARGER * size.width * size.height and found.score >= SEEN
                ]
                found = max(fitting, key=lambda face: face.score, default=None)
                if found is None:
                    continue
                found = replace(found, detectors=(network.name,))
                if network is self._mediapipe:
                    evidence += found.score
                    if evidence >= TELLS and best is None:
                        best = found
                elif best is None or best.detectors != (network.name,) or found.score > best.score:
                    best = found
        return best, evidence


def _canvases(pixels: Pixels, size: Size) -> list[tuple[Pixels, float, int]]:
    """Return the photo, small, on canvases of its mean colour, each with its scale and border in pixels."""
    import cv2

    scale = CANVAS / size.long_side
    small = cv2.resize(
        pixels, (max(1, round(size.width * scale)), max(1, round(size.height * scale))), interpolation=cv2.INTER_AREA
    )
    ground = [float(tone) for tone in small.reshape(-1, 3).mean(axis=0)]
    canvases = []
    for share in BORDERS:
        border = round(share * CANVAS)
        canvas = cv2.copyMakeBorder(small, border, border, border, border, cv2.BORDER_CONSTANT, value=ground)
        canvases.append((np.ascontiguousarray(canvas, dtype=np.uint8), scale, border))
    return canvases


def _moved(sighting: Sighting, scale: float, x: float, y: float) -> Face:
    """Return a sighting as a face in the photo, of which the view shows a part from (x, y) on, resized by `scale`."""
    points = tuple(Point(point.x / scale + x, point.y / scale + y) for point in sighting.landmarks)
    return Face(sighting.box.scale(1 / scale).shift(x, y), sighting.score, (), points or None)


def _may_be_cut(box: Box, size: Size) -> bool:
    """Whether a box may show a face that is larger than the photo or cut by its border."""
    shown = box.clip(size)
    share = shown.area / (size.width * size.height)
    at_border = box.left <= 0 or box.top <= 0 or box.right >= size.width or box.bottom >= size.height
    return share >= FILLS or (at_border and share >= AT_BORDER)


def _with_larger(faces: Sequence[Face], larger: Face) -> list[Face]:
    """Return faces with one that may be larger than the photo: what lies inside it is a part of it.

    A face that is nearly as large becomes larger; else nobody can say how large the face is, and it is unclear.
    """
    inside = [face for face in faces if face.box.intersection(larger.box) > 0.5 * face.box.area]
    others = [face for face in faces if face not in inside]
    box = larger.box
    for face in inside:
        box = box.union(face.box)
    same = next((face for face in inside if face.box.iou(larger.box) >= 0.5), None)
    return [*others, replace(larger, box=box, unclear=True) if same is None else replace(same, box=box)]
