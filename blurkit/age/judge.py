"""From the ages that networks read in a face to one interval; or None where nothing can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from blurkit.picture.chips import aligned, contrast, cut, pose_of, sharpness
from blurkit.records import AgeEstimate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.age.network import Ages
    from blurkit.picture.chips import Pose
    from blurkit.records import Face, Pixels

MIN_SHARPNESS = 0.04
"""See `chips.sharpness`: below this a face is too blurred to judge."""

MIN_CONTRAST = 15.0
"""See `chips.contrast`: below this a face is too dark or too pale to judge. At a 30th of the light, the sensor's noise
makes children look old; in good light fewer than one face in a hundred is below it (both measured)."""

DISAGREEMENT = 0.2
"""How much of the spread between models widens the interval on each side (measured: 0 to 0.4 serve alike)."""

TURNED_AWAY = 40.0
"""Years by which each face width of misfit widens the interval on each side: profiles are read badly. No effect on
portraits (utkface), but half the adults covered at 1 % missed in photos as they come (fairface540); 20 to 80 serve."""

CLEAR_PX, SMALL = 64.0, 0.4
"""Height of a face in pixels below which the interval widens, and by how many years a pixel on each side. Small faces
in real photos look old far more often than portraits made small do: of 141 teenagers of 32 px and more who were judged
in photos of bands 23 stayed visible without this, all of them below 56 px, and 2 of them with it."""


class Model(Protocol):
    """Something that reads ages in faces."""

    def ages(self, pixels: Pixels, poses: Sequence[Pose]) -> Ages:
        """Return ages, shape (poses, 3), for all faces of a photo in one batched run."""
        ...


def judge(name: str, models: Sequence[Model], pixels: Pixels, faces: Sequence[Face]) -> tuple[AgeEstimate | None, ...]:
    """Estimate the age of each face with one or more models; see `base.AgeEstimator`.

    Args:
        name: The word in the report.
        models: All count alike.
        pixels: Upright RGB photo, uint8 of shape (H, W, 3); not written to.
        faces: Those to judge, in the pixels of that photo.
    """
    poses = {index: pose for index, face in enumerate(faces) if (pose := _readable(pixels, face))}
    if not poses:
        return (None,) * len(faces)
    by_model = [model.ages(pixels, list(poses.values())) for model in models]
    by_face = zip(poses.items(), zip(*by_model, strict=True), strict=True)
    estimates = {
        index: combine(name, np.stack(ages), misfit=pose.misfit, height=pose.box.height)
        for (index, pose), ages in by_face
    }
    return tuple(estimates.get(index) for index in range(len(faces)))


def combine(name: str, ages: Ages, *, misfit: float, height: float) -> AgeEstimate:
    """Make one interval of the ages that each model read in one face.

    Args:
        name: The word in the report.
        ages: For each model, shape (models, 3): lower quantile, expected age, upper quantile.
        misfit: How far the landmarks are from those of a face seen from the front, in face widths.
        height: Of the face in pixels.

    Invariant: models that disagree more, a greater misfit or a smaller face give a wider interval.
    """
    doubt = DISAGREEMENT * ages.std(axis=0) + TURNED_AWAY * misfit + SMALL * max(0.0, CLEAR_PX - height)
    low, years, high = ages.mean(axis=0)
    return AgeEstimate(
        years=float(years),
        low=float(max(0.0, min(low - doubt[0], years))),
        high=float(max(high + doubt[2], years)),
        model=name,
    )


def _readable(pixels: Pixels, face: Face) -> Pose | None:
    """Return how a face lies, or None if it is blurred, dark or has no landmarks."""
    pose = pose_of(face)
    if pose is None:
        return None
    chip = cut(pixels, aligned(pose, padding=0.18, side=64), 64)
    return pose if sharpness(chip) >= MIN_SHARPNESS and contrast(chip) >= MIN_CONTRAST else None
