"""From the ages that networks read in a face to one interval; or None where nothing can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

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

TURNED_AWAY = 20.0
"""Years by which each face width of misfit widens the interval on each side: profiles are read badly. Little effect on
portraits (utkface), but fewer adults covered in photos as they come (fairface540); 20 to 40 serve alike (measured)."""


class Model(Protocol):
    """Something that reads ages in faces."""

    def ages(self, pixels: Pixels, poses: Sequence[Pose]) -> Ages:
        """Return ages, shape (poses, 3), for all faces of a photo in one batched run."""
        ...


def judge(name: str, model: Model, pixels: Pixels, faces: Sequence[Face]) -> tuple[AgeEstimate | None, ...]:
    """Estimate the age of each face with a model; see `base.AgeEstimator`.

    Args:
        name: The word in the report.
        model: What reads the ages.
        pixels: Upright RGB photo, uint8 of shape (H, W, 3); not written to.
        faces: Those to judge, in the pixels of that photo.
    """
    poses = {index: pose for index, face in enumerate(faces) if (pose := _readable(pixels, face))}
    if not poses:
        return (None,) * len(faces)
    ages = model.ages(pixels, list(poses.values()))
    estimates = {
        index: interval(name, row, misfit=pose.misfit) for (index, pose), row in zip(poses.items(), ages, strict=True)
    }
    return tuple(estimates.get(index) for index in range(len(faces)))


def interval(name: str, ages: Ages, *, misfit: float) -> AgeEstimate:
    """Make an interval of the ages that a model reads in one face.

    How small, blurred or dark the face is does not count here: the networks' own spread grows with it.

    Args:
        name: The word in the report.
        ages: Lower quantile, expected age, upper quantile; shape (3,).
        misfit: How far the landmarks are from those of a face seen from the front, in face widths.

    Invariant: a greater misfit gives a wider interval.
    """
    doubt = TURNED_AWAY * misfit
    low, years, high = (float(age) for age in ages)
    return AgeEstimate(years=years, low=max(0.0, min(low - doubt, years)), high=max(high + doubt, years), model=name)


def _readable(pixels: Pixels, face: Face) -> Pose | None:
    """Return how a face lies, or None if it is blurred, dark or has no landmarks."""
    pose = pose_of(face)
    if pose is None:
        return None
    chip = cut(pixels, aligned(pose, padding=0.18, side=64), 64)
    return pose if sharpness(chip) >= MIN_SHARPNESS and contrast(chip) >= MIN_CONTRAST else None
