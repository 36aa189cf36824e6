"""The second network that blurkit trains itself: FaceRes, whose last blocks learned from degraded faces.

`python -m training.age` makes it. The only file that knows how it wants its chips.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from blurkit.age.judge import judge
from blurkit.age.network import AgeNetwork, Diet
from blurkit.picture.chips import aligned, cut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.age.network import Ages
    from blurkit.picture.chips import Pose
    from blurkit.records import AgeEstimate, Face, Pixels

SIDE = 112
"""Width and height of a chip in pixels."""

PADDING = 0.25
"""Face widths left around the template: as in the pictures that it learned from."""

DIET = Diet(mean=(103.939, 116.779, 123.68), scale=1.0, bgr=True, chips=32, quantile=0.2)
"""As FaceRes, which it was before. Source: https://github.com/HSE-asavchenko/HSE_FaceRec_tf"""


class MobileNetAge:
    """Estimates ages from one view of a face."""

    name = "mobilenet"

    def __init__(self, *, threads: int = 1) -> None:
        """Open the network.

        Args:
            threads: Threads of one run.

        Raises:
            ModelError: The model is missing, altered or cannot be opened.
        """
        self._network = AgeNetwork("age_mobilenet", DIET, threads=threads)

    def estimate(self, pixels: Pixels, faces: Sequence[Face]) -> tuple[AgeEstimate | None, ...]:
        """Estimate the age of each face; see `base.AgeEstimator`."""
        return judge(self.name, self, pixels, faces)

    def ages(self, pixels: Pixels, poses: Sequence[Pose]) -> Ages:
        """Return ages from one view of each face, shape (poses, 3)."""
        chips = (cut(pixels, aligned(pose, PADDING, SIDE), SIDE) for pose in poses)
        return self._network.ages(chips, views=1)

    def close(self) -> None:
        """Nothing to free by hand."""
