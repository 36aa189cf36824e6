"""The contract of every age estimator: photo and faces in, one interval or None a face out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.records import AgeEstimate, Face, Pixels


class AgeEstimator(Protocol):
    """Says how old faces look. Every estimator passes `tests/contract/test_estimators.py`."""

    name: str
    """The word in the report."""

    def estimate(self, pixels: Pixels, faces: Sequence[Face]) -> tuple[AgeEstimate | None, ...]:
        """Estimate the age of each face, in one batched run of the model.

        Args:
            pixels: Upright RGB photo, uint8 of shape (H, W, 3); not written to.
            faces: Those whose age is asked for, in the pixels of that photo.

        Returns:
            One estimate a face, in the same order; None where age cannot be judged
            (too blurred, no landmarks).

        Raises:
            EstimatorFailed: The model could not be run or returned something unusable.
        """
        ...

    def close(self) -> None:
        """Free the model; the estimator is not used again."""
        ...
