"""Evidence fused: overlapping sightings of several looks and detectors become one face each. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from blurkit.detect.evidence import noisy_or
from blurkit.detect.tilt import tilt_of, yaw_of
from blurkit.geometry import Box
from blurkit.records import Face

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.detect.evidence import Evidence
    from blurkit.detect.views import Sighting

SAME_FACE_IOU = 0.4
"""Boxes that overlap so much show the same face."""

SAME_FACE_INSIDE = 0.7
"""So does a box that lies inside the other with so much of its area, unless it is far smaller."""

WIDENS = 0.47
"""Score from which a box widens that of the surer face it is merged into: fainter ones are often far too large."""

TINY_PX, TINY_DOUBT, TINY_DOUBT_JUDGED = 14, 0.6, 0.4
"""Of something lower than so many pixels, the doubt that is left must be so much smaller, and after a second look.

Most false alarms are that small, and so are few faces that anyone could recognise.
"""


def fuse(
    sightings: Sequence[Sighting], detector: str, *, min_score: float, evidence: Evidence | None = None
) -> tuple[Face, ...]:
    """Make one face of all sightings of it by one detector.

    Looks of different scale err independently enough that their evidence adds up.

    Args:
        sightings: In the pixels of one photo.
        detector: The detector's name.
        min_score: Combined evidence from which something counts, 0..1; see `is_face`.
        evidence: What the best score of each look is worth together; by default `noisy_or`.

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
        box = _mean([member.box for member in members], [member.score for member in members])
        together = noisy_or(best)
        score = together if evidence is None else evidence(box, best)
        if is_face(box, min(score, together), min_score):  # evidence of one look alone makes nothing of a faint one
            with_points = next((member.landmarks for member in members if member.landmarks), None)
            turn = tilt_of(box, with_points), yaw_of(box, with_points)
            faces.append(Face(box, score, (detector,), with_points, *turn))
    return tuple(sorted(faces, key=lambda face: (-face.score, face.box.left, face.box.top)))


def is_face(box: Box, score: float, min_score: float, *, judged: bool = False) -> bool:
    """Whether the evidence for a box is enough: `min_score`, and more for something tiny.

    Args:
        box: In pixels of the photo.
        score: Evidence, 0..1.
        min_score: What is enough for most.
        judged: The score is that after a second look.
    """
    doubt = 1.0 - min_score
    if box.height < TINY_PX:
        doubt *= TINY_DOUBT_JUDGED if judged else TINY_DOUBT
    return score >= 1.0 - doubt


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
        merged.append(Face(box, 1.0 - doubt, names, points, tilt_of(box, points), yaw_of(box, points)))
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
