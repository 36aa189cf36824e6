"""Evidence fused: overlapping sightings of several looks and detectors become one face each. Pure."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from blurkit.detect.tilt import tilt_of
from blurkit.geometry import Box
from blurkit.records import Face

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.detect.views import Sighting

SAME_FACE_IOU = 0.4
"""Boxes that overlap so much show the same face."""

SAME_FACE_INSIDE = 0.7
"""So does a box that lies inside the other with so much of its area, unless it is far smaller."""

WIDENS = 0.47
"""Score from which a box widens that of the surer face it is merged into: fainter ones are often far too large."""

TINY_PX, TINY_DOUBT = 14, 0.6
"""Of something lower than so many pixels, the doubt that is left must be so much smaller.

Most false alarms are that small, and so are few faces that anyone could recognise.
"""

EVIDENCE = 0.8
"""Weight of the detectors' evidence against the opinion of the second look, 0..1.

The opinion alone tells faces from other things better, but holds slivers of faces behind others for no faces.
"""

LENIENCE = 1.3
"""Added to every opinion, in log odds: a face left open is worse than a false alarm."""


def fuse(sightings: Sequence[Sighting], detector: str, *, min_score: float) -> tuple[Face, ...]:
    """Make one face of all sightings of it by one detector.

    Looks of different scale err independently enough that their evidence adds up: 1 - prod(1 - score), with the
    best score of each look.

    Args:
        sightings: In the pixels of one photo.
        detector: The detector's name.
        min_score: Combined evidence from which something counts, 0..1; see `is_face`.

    Returns:
        Faces by falling score. The box is the mean of the boxes that agree, weighted by score.

    Invariant: the order of the sightings does not matter.
    """
    ordered = sorted(sightings, key=lambda s: (-s.score, s.source, s.box.left, s.box.top, s.box.right, s.box.bottom))
    faces = []
    for group in _groups(np.array([_xyxy(s.box) for s in ordered], float).reshape(-1, 4)):
        members = [ordered[index] for index in group]
        best: dict[str, float] = {}
        for member in members:
            best[member.source] = max(best.get(member.source, 0.0), member.score)
        score = 1.0 - float(np.prod([1.0 - min(value, 1.0) for value in best.values()]))
        box = _mean([member.box for member in members], [member.score for member in members])
        if is_face(box, score, min_score):
            with_points = next((member.landmarks for member in members if member.landmarks), None)
            faces.append(Face(box, score, (detector,), with_points, tilt_of(box, with_points)))
    return tuple(sorted(faces, key=lambda face: (-face.score, face.box.left, face.box.top)))


def is_face(box: Box, score: float, min_score: float) -> bool:
    """Whether the evidence for a box is enough: `min_score`, and more for something tiny."""
    doubt = 1.0 - min_score
    return score >= 1.0 - (TINY_DOUBT * doubt if box.height < TINY_PX else doubt)


def with_opinion(score: float, opinion: float) -> float:
    """Return the evidence for a face after a second look.

    Args:
        score: Combined evidence of the detectors, 0..1.
        opinion: Of the second look, in log odds.

    Returns:
        Evidence, 0..1, on the same scale.

    Invariant: it grows with both; more evidence never makes a face doubtful.
    """
    before = math.log(max(score, 1e-9) / max(1.0 - score, 1e-9))
    return 1.0 / (1.0 + math.exp(-EVIDENCE * before - (1.0 - EVIDENCE) * max(-80.0, min(80.0, opinion + LENIENCE))))


def merge(found: Sequence[Sequence[Face]]) -> tuple[Face, ...]:
    """Make one face of what several detectors found, with the evidence of all.

    Args:
        found: The faces of each detector, in the pixels of one photo.

    Returns:
        Faces by falling score. Each box contains the boxes it absorbed, but for those fainter than `WIDENS`.

    Invariant: the order of detectors and faces does not matter; every box that went in is covered or belongs to a
    surer face.
    """
    ordered = sorted(
        (face for faces in found for face in faces),
        key=lambda f: (-f.score, f.detectors, f.box.left, f.box.top, f.box.right, f.box.bottom),
    )
    merged = []
    for group in _groups(np.array([_xyxy(face.box) for face in ordered], float).reshape(-1, 4)):
        members = [ordered[index] for index in group]
        box = members[0].box
        for member in members[1:]:
            if member.score >= WIDENS:
                box = box.union(member.box)
        names = tuple(sorted({name for member in members for name in member.detectors}))
        doubt = float(np.prod([1.0 - member.score for member in members]))
        points = next((member.landmarks for member in members if member.landmarks is not None), None)
        merged.append(Face(box, 1.0 - doubt, names, points, tilt_of(box, points)))
    return tuple(sorted(merged, key=lambda face: (-face.score, face.box.left, face.box.top)))


def not_among(known: Sequence[Face], found: Sequence[Face]) -> tuple[Face, ...]:
    """Return the faces found in another view of a photo that are none of the known ones, as unclear ones."""
    return tuple(
        replace(face, unclear=True)
        for face in found
        if not any(
            face.box.iou(other.box) > SAME_FACE_IOU
            or face.box.intersection(other.box) > SAME_FACE_INSIDE * face.box.area
            for other in known
        )
    )


def _groups(xyxy: np.ndarray) -> list[list[int]]:
    """Group boxes of shape (n, 4), best first: each joins the first and best one that it shows the same face as."""
    left, top, right, bottom = xyxy.T
    area = (right - left) * (bottom - top)
    free = np.ones(len(xyxy), bool)
    groups = []
    for index in range(len(xyxy)):
        if not free[index]:
            continue
        width = np.minimum(right, right[index]) - np.maximum(left, left[index])
        height = np.minimum(bottom, bottom[index]) - np.maximum(top, top[index])
        shared = np.clip(width, 0, None) * np.clip(height, 0, None)
        smaller, larger = np.minimum(area, area[index]), np.maximum(area, area[index])
        iou = shared / np.maximum(area + area[index] - shared, 1e-9)
        inside = (shared > SAME_FACE_INSIDE * smaller) & (smaller > 0.25 * larger)
        same = free & ((iou > SAME_FACE_IOU) | inside)
        same[index] = True
        free &= ~same
        groups.append([int(member) for member in np.flatnonzero(same)])
    return groups


def _mean(boxes: list[Box], weights: list[float]) -> Box:
    """Return the mean of boxes, weighted."""
    left, top, right, bottom = np.average([_xyxy(box) for box in boxes], axis=0, weights=weights)
    return Box(float(left), float(top), float(right), float(bottom))


def _xyxy(box: Box) -> tuple[float, float, float, float]:
    return box.left, box.top, box.right, box.bottom
