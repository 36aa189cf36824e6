"""The combined estimate: both networks, whose mistakes are not the same, and how far they agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blurkit.age.dlib_age import DlibAge
from blurkit.age.faceres import FaceResAge
from blurkit.age.judge import judge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.records import AgeEstimate, Face, Pixels


class Ensemble:
    """Estimates ages from eight views of a face with two networks."""

    name = "ensemble"

    def __init__(self, *, threads: int = 1) -> None:
        """Open both networks.

        Args:
            threads: Threads of one run.

        Raises:
            ModelError: A model is missing, altered or cannot be opened.
        """
        self._models = (FaceResAge(threads=threads), DlibAge(threads=threads))

    def estimate(self, pixels: Pixels, faces: Sequence[Face]) -> tuple[AgeEstimate | None, ...]:
        """Estimate the age of each face; see `base.AgeEstimator`."""
        return judge(self.name, self._models, pixels, faces)

    def close(self) -> None:
        """Free both networks."""
        for model in self._models:
            model.close()
