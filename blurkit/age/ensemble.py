"""The combined estimate: both networks, whose mistakes are not the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blurkit.age.faceres import FaceResAge
from blurkit.age.judge import judge
from blurkit.age.resnet import ResNetAge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.records import AgeEstimate, Face, Pixels


TRAINED = 0.75
"""How much the network that was trained on degraded faces counts; the other one gets the rest. From 0.6 to 0.8 they
serve alike; alone, each is worse (measured)."""


class Ensemble:
    """Estimates ages from three views of a face with two networks."""

    name = "ensemble"

    def __init__(self, *, threads: int = 1) -> None:
        """Open both networks.

        Args:
            threads: Threads of one run.

        Raises:
            ModelError: A model is missing, altered or cannot be opened.
        """
        self._models = ((1 - TRAINED, FaceResAge(threads=threads)), (TRAINED, ResNetAge(threads=threads)))

    def estimate(self, pixels: Pixels, faces: Sequence[Face]) -> tuple[AgeEstimate | None, ...]:
        """Estimate the age of each face; see `base.AgeEstimator`."""
        return judge(self.name, self._models, pixels, faces)

    def close(self) -> None:
        """Free both networks."""
        for _, model in self._models:
            model.close()
