"""The combined estimate: both networks, whose mistakes are not the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from blurkit.age.faceres import FaceResAge
from blurkit.age.judge import judge
from blurkit.age.resnet import ResNetAge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.age.judge import Model
    from blurkit.age.network import Ages
    from blurkit.picture.chips import Pose
    from blurkit.records import AgeEstimate, Face, Pixels


TRAINED = 0.75
"""How much the network that was trained on degraded faces counts; the other one gets the rest. From 0.6 to 0.8 they
serve alike; alone, each is worse (measured)."""

APART = 2.0
"""Years that the low end may be above what the other network says alone. In one photo of a band whose faces had been
sharpened, the trained network took ten pupils for people of 30 to 50; the other one did not."""


class Together:
    """Both networks as one model: the mean of what they read, with a low end that both bear out."""

    def __init__(self, trained: Model, other: Model) -> None:
        """Take the models; whoever opened them closes them."""
        self._trained, self._other = trained, other

    def ages(self, pixels: Pixels, poses: Sequence[Pose]) -> Ages:
        """Return ages from all views of each face, shape (poses, 3)."""
        trained, other = self._trained.ages(pixels, poses), self._other.ages(pixels, poses)
        mean = TRAINED * trained + (1 - TRAINED) * other
        return np.column_stack([np.minimum(mean[:, 0], other[:, 0] + APART), mean[:, 1:]])


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
        self._models = ResNetAge(threads=threads), FaceResAge(threads=threads)

    def estimate(self, pixels: Pixels, faces: Sequence[Face]) -> tuple[AgeEstimate | None, ...]:
        """Estimate the age of each face; see `base.AgeEstimator`."""
        return judge(self.name, Together(*self._models), pixels, faces)

    def close(self) -> None:
        """Free both networks."""
        for model in self._models:
            model.close()
