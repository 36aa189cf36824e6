"""The age head of HSE-FaceRes on upright squares: the only file that knows how it wants them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blurkit.age.judge import judge
from blurkit.age.network import AgeNetwork, Diet
from blurkit.picture.chips import cut, upright_square

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    import numpy.typing as npt

    from blurkit.age.network import Ages
    from blurkit.picture.chips import Pose
    from blurkit.records import AgeEstimate, Face, Pixels

SIDE = 224
"""Width and height of a chip in pixels."""

SIZE = 1.4
"""Side of the square, in times the longer side of the face's box. A second square hardly helps (measured)."""

DIET = Diet(mean=(103.939, 116.779, 123.68), scale=1.0, bgr=True, chips=16, quantile=0.2)
"""Source: https://github.com/HSE-asavchenko/HSE_FaceRec_tf"""


class FaceResAge:
    """Estimates ages from one view of a face."""

    name = "faceres"

    def __init__(self, *, threads: int = 1) -> None:
        """Open the network.

        Args:
            threads: Threads of one run.

        Raises:
            ModelError: The model is missing, altered or cannot be opened.
        """
        self._network = AgeNetwork("age_faceres", DIET, threads=threads)

    def estimate(self, pixels: Pixels, faces: Sequence[Face]) -> tuple[AgeEstimate | None, ...]:
        """Estimate the age of each face; see `base.AgeEstimator`."""
        return judge(self.name, self, pixels, faces)

    def ages(self, pixels: Pixels, poses: Sequence[Pose]) -> Ages:
        """Return ages from one view of each face, shape (poses, 3)."""
        return self._network.ages(_chips(pixels, poses), views=1)

    def probabilities(self, pixels: Pixels, poses: Sequence[Pose]) -> npt.NDArray[np.float64]:
        """Return how likely each age is, from 1 up, shape (poses, ages); for measuring."""
        return self._network.probabilities(_chips(pixels, poses), views=1)

    def close(self) -> None:
        """Nothing to free by hand."""


def _chips(pixels: Pixels, poses: Sequence[Pose]) -> Iterator[Pixels]:
    return (cut(pixels, upright_square(pose, SIZE, SIDE), SIDE) for pose in poses)
