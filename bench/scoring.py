"""Scoring of detections against labels, as `data/README.md` of the evaluation data defines it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from blurkit.geometry import Size

Boxes = npt.NDArray[np.float64]
"""Boxes of shape (n, 4): left, top, right, bottom in pixels."""

BUCKETS = ((8, 16), (16, 32), (32, 64), (64, 128), (128, 10**6))
"""Face heights in pixels, half-open."""

RUINS = 0.02
"""Share of a photo from which a cover where no face is ruins it."""

GRID = 512
"""Cells along the long side of a photo, on which areas are counted."""


@dataclass(frozen=True, slots=True)
class PhotoScore:
    """What one photo's detections are worth."""

    heights: npt.NDArray[np.float64]
    """Height of each labelled face in pixels."""
    found: npt.NDArray[np.bool_]
    """Whether each labelled face was found."""
    false_alarms: int
    """Detections that overlap no labelled or ignored face."""
    flags: list[dict[str, int]] = field(default_factory=list)
    """What the labels say of each face: blur, occlusion, pose."""
    needless: float = 0.0
    """Share of the photo that lies in false alarms, 0..1."""
    largest: float = 0.0
    """Share of the photo of the largest false alarm, 0..1."""
    is_ruined: bool = False
    """Whether a false alarm is higher than the median face, or larger than `RUINS`."""


def overlaps(boxes: Boxes, faces: Boxes) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return IoU and the covered share of each face, both of shape (boxes, faces)."""
    boxes, faces = boxes.reshape(-1, 4), faces.reshape(-1, 4)
    corner = np.maximum(boxes[:, None, :2], faces[None, :, :2])
    other = np.minimum(boxes[:, None, 2:], faces[None, :, 2:])
    shared = np.clip(other - corner, 0, None).prod(axis=2)
    box_area = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    face_area = (faces[:, 2:] - faces[:, :2]).prod(axis=1)
    union = box_area[:, None] + face_area[None] - shared
    return shared / np.maximum(union, 1e-9), shared / np.maximum(face_area[None], 1e-9)


def score_photo(
    boxes: Boxes, faces: Boxes, ignored: Boxes, size: Size, flags: list[dict[str, int]] | None = None
) -> PhotoScore:
    """Score one photo: found is IoU > 0.3 or > 70 % covered; a false alarm has IoU <= 0.2 and < 40 % everywhere."""
    heights = faces.reshape(-1, 4)[:, 3] - faces.reshape(-1, 4)[:, 1]
    iou, covered = overlaps(boxes, faces)
    found: npt.NDArray[np.bool_] = np.any((iou > 0.3) | (covered > 0.7), axis=0)
    everything = np.concatenate([faces.reshape(-1, 4), ignored.reshape(-1, 4)])
    iou, covered = overlaps(boxes, everything)
    touches = ((iou > 0.2) | (covered >= 0.4)).any(axis=1)
    false = boxes.reshape(-1, 4)[~touches]
    sides = np.clip(false[:, 2:], 0, (size.width, size.height)) - np.clip(false[:, :2], 0, (size.width, size.height))
    shares = sides.prod(axis=1) / (size.width * size.height)
    median = float(np.median(heights)) if len(heights) else np.inf
    return PhotoScore(
        heights,
        found,
        len(false),
        flags or [],
        _covered(false, size),
        float(shares.max(initial=0.0)),
        bool(((false[:, 3] - false[:, 1] > median) | (shares > RUINS)).any()),
    )


def _covered(boxes: Boxes, size: Size) -> float:
    """Return the share of a photo that lies in boxes; what two of them share counts once."""
    scale = min(1.0, GRID / max(size.long_side, 1))
    cells = np.zeros((math.ceil(size.height * scale), math.ceil(size.width * scale)), bool)
    for left, top, right, bottom in np.round(boxes * scale).astype(int).clip(0):
        cells[top:bottom, left:right] = True
    return float(cells.mean())


def summary(scores: list[PhotoScore], *, min_px: int = 16) -> dict[str, float]:
    """Return recall over all faces of `min_px` and by height, missed faces and photos, false alarms a photo."""
    heights = np.concatenate([score.heights for score in scores])
    found = np.concatenate([score.found for score in scores])
    big = heights >= min_px
    result = {
        "photos": len(scores),
        "faces": int(big.sum()),
        "missed": int((~found[big]).sum()),
        "recall": float(found[big].mean()),
        "photos_with_miss": sum(bool((~score.found[score.heights >= min_px]).any()) for score in scores),
        "false_alarms_per_photo": float(np.mean([score.false_alarms for score in scores])),
        "covered_needlessly": float(np.mean([score.needless for score in scores])),
        "largest_false_alarm": max(score.largest for score in scores),
        "photos_ruined": sum(score.is_ruined for score in scores),
    }
    for low, high in BUCKETS:
        here = (heights >= low) & (heights < high)
        result[f"recall_{low}_{high}" if high < 10**6 else f"recall_{low}"] = (
            float(found[here].mean()) if here.any() else float("nan")
        )
    return result


def by_flag(scores: list[PhotoScore], flag: str, *, min_px: int = 16) -> dict[str, float]:
    """Return recall of faces of `min_px` for each value of a WIDER flag such as `occlusion`."""
    counts: dict[int, list[bool]] = {}
    for score in scores:
        for height, found, flags in zip(score.heights, score.found, score.flags, strict=bool(score.flags)):
            if height >= min_px:
                counts.setdefault(flags[flag], []).append(bool(found))
    return {f"{flag}_{value}": float(np.mean(found)) for value, found in sorted(counts.items())}
