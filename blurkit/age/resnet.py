"""The network that blurkit trains itself, on chips aligned by landmarks: the only file that knows how it wants them.

`python -m training.age` makes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from blurkit.age.judge import judge
from blurkit.age.network import AgeNetwork, Diet
from blurkit.picture.chips import aligned, cut

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    import numpy.typing as npt

    from blurkit.age.network import Ages
    from blurkit.picture.chips import Pose
    from blurkit.records import AgeEstimate, Face, Pixels

SIDE = 64
"""Width and height of a chip in pixels."""

PADDING = 0.18
"""Face widths left around the template; one size of the face and its mirror image are as good as three (measured)."""

DIET = Diet(mean=(122.782, 117.001, 104.298), scale=1 / 256, bgr=False, chips=64, quantile=0.2)
"""As dlib's network, which it was before; quantiles of 0.1 to 0.3 serve alike (measured)."""


class ResNetAge:
    """Estimates ages from a face and its mirror image."""

    name = "resnet"

    def __init__(self, *, threads: int = 1) -> None:
        """Open the network.

        Args:
            threads: Threads of one run.

        Raises:
            ModelError: The model is missing, altered or cannot be opened.
        """
        self._network = AgeNetwork("age_resnet", DIET, threads=threads)

    def estimate(self, pixels: Pixels, faces: Sequence[Face]) -> tuple[AgeEstimate | None, ...]:
        """Estimate the age of each face; see `base.AgeEstimator`."""
        return judge(self.name, self, pixels, faces)

    def ages(self, pixels: Pixels, poses: Sequence[Pose]) -> Ages:
        """Return ages from two views of each face, shape (poses, 3)."""
        return self._network.ages(_chips(pixels, poses), views=2)

    def probabilities(self, pixels: Pixels, poses: Sequence[Pose]) -> npt.NDArray[np.float64]:
        """Return how likely each age is, from 0 up, shape (poses, ages); for measuring."""
        return self._network.probabilities(_chips(pixels, poses), views=2)

    def close(self) -> None:
        """Nothing to free by hand."""


def _chips(pixels: Pixels, poses: Sequence[Pose]) -> Iterator[Pixels]:
    for pose in poses:
        chip = cut(pixels, aligned(pose, PADDING, SIDE), SIDE)
        yield from (chip, chip[:, ::-1])
