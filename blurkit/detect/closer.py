"""Closer looks at large boxes that MediaPipe alone saw, and one from further away at what may be larger than the photo.

A large face is easy: CenterFace sees it in some crop of the right size. Where it sees nothing, MediaPipe alone mostly
took a torso, a wall or a drum for a face, and a cover would ruin the photo. A face that fills the photo or sticks out
of it is hard for both; on a canvas larger than the photo it is a face like others. Of half a face without its eyes,
CenterFace sees little, but that little on a canvas with room for them above.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from blurkit.choices import DetectorName
from blurkit.geometry import Box, Point, Size
from blurkit.picture.chips import cut, square
from blurkit.picture.halvings import Halvings
from blurkit.records import Face

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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

CANVAS = 256
"""Long side in pixels of the photo on a larger canvas."""

BORDERS = ((0.25, 0.25, 0.25, 0.25), (0.5, 0.5, 0.5, 0.5))
"""How far a canvas reaches above, right of, below and left of the photo, as shares of its long side."""

ABOVE, HALF_SEEN = (1.0, 0.5, 0.4, 0.5), 0.07
"""The same for a canvas with room for eyes, and CenterFace's evidence from which half a face may fill the photo.

The evidence is the sum of two such canvases, of one colour and with the photo's border drawn out. Of crops of photos
without a face 0.4 % reach it.
"""

LARGER = 0.45
"""Share of the photo from which a face on the canvas may be larger than the photo."""

BACKS, TELLS = 0.25, 0.62
"""Sums of MediaPipe's evidence on both canvases: from the first on it backs a box, from the second it is a face."""

PART = 0.12
"""Share of the photo from which a box that MediaPipe alone saw may be an eye or a mouth of a larger face."""

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
                if confirmed is face and not sure and face.box.clip(size).area >= PART * size.width * size.height:
                    confirmed = replace(face, unclear=True)
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
        for canvas in _canvases(pixels, size, BORDERS):
            for network in (self._centerface, self._mediapipe):
                found = None if network is None else canvas.largest(network, size, at_least=SEEN)
                if found is None:
                    continue
                if network is self._mediapipe:
                    evidence += found.score
                    if evidence >= TELLS and best is None:
                        best = found
                elif best is None or best.detectors != found.detectors or found.score > best.score:
                    best = found
        return best or self._half(pixels, size), evidence

    def _half(self, pixels: Pixels, size: Size) -> Face | None:
        """Return a face of which the photo may show half, without its eyes."""
        plain, drawn_out = (
            canvas.largest(self._centerface, size, at_least=0.0)
            for canvas in _canvases(pixels, size, (ABOVE, ABOVE), drawn_out=1)
        )
        found = [face for face in (plain, drawn_out) if face is not None]
        if sum(face.score for face in found) < HALF_SEEN:
            return None
        return max(found, key=lambda face: face.score)


class _Canvas(NamedTuple):
    """A photo, small, on a larger canvas."""

    pixels: Pixels
    scale: float
    """Its pixels for one of the photo."""
    left: int
    """Its pixels before the photo."""
    top: int

    def largest(self, network: Network, size: Size, *, at_least: float) -> Face | None:
        """Return the face of the highest score, from one on, that may be larger than the photo."""
        moved = (
            _moved(sighting, self.scale, -self.left / self.scale, -self.top / self.scale)
            for sighting in network.look(self.pixels)
        )
        area = LARGER * size.width * size.height
        fitting = [face for face in moved if face.box.clip(size).area >= area and face.score >= at_least]
        best = max(fitting, key=lambda face: face.score, default=None)
        return None if best is None else replace(best, detectors=(network.name,))


def _canvases(
    pixels: Pixels, size: Size, borders: Sequence[tuple[float, float, float, float]], *, drawn_out: int = 0
) -> Iterator[_Canvas]:
    """Yield the photo on canvases of its mean colour; of the last so many, its border is drawn out instead."""
    import cv2

    scale = CANVAS / size.long_side
    small = Halvings(pixels).resized(Size(max(1, round(size.width * scale)), max(1, round(size.height * scale))))
    ground = [float(tone) for tone in small.reshape(-1, 3).mean(axis=0)]
    for number, shares in enumerate(borders):
        top, right, bottom, left = (round(share * CANVAS) for share in shares)
        kind = cv2.BORDER_REPLICATE if number >= len(borders) - drawn_out else cv2.BORDER_CONSTANT
        canvas = cv2.copyMakeBorder(small, top, bottom, left, right, kind, value=ground)
        yield _Canvas(np.ascontiguousarray(canvas, dtype=np.uint8), scale, left, top)


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
