"""dlib's age network on chips aligned by landmarks: the only file that knows how it wants them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blurkit.age.judge import judge
from blurkit.age.network import AgeNetwork, Diet
from blurkit.picture.chips import aligned, cut

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from blurkit.age.network import Ages
    from blurkit.picture.chips import Pose
    from blurkit.records import AgeEstimate, Face, Pixels

SIDE = 64
"""Width and height of a chip in pixels."""

PADDINGS = (0.12, 0.18, 0.24)
"""Face widths left around the template: three sizes of the same face, each also mirrored."""

DIET = Diet(mean=(122.782, 117.001, 104.298), scale=1 / 256, bgr=False, chips=66, quantile=0.1)
"""Source: dlib's input_rgb_image_sized. A low quantile, since the network is too sure of itself (measured)."""


class DlibAge:
    """Estimates ages from six views of a face."""

    name = "dlib"

    def __init__(self, *, threads: int = 1) -> None:
        """Open the network.

        Args:
            threads: Threads of one run.

        Raises:
            ModelError: The model is missing, altered or cannot be opened.
        """
        self._network = AgeNetwork("age_dlib", DIET, threads=threads)

    def estimate(self, pixels: Pixels, faces: Sequence[Face]) -> tuple[AgeEstimate | None, ...]:
        """Estimate the age of each face; see `base.AgeEstimator`."""
        return judge(self.name, (self,), pixels, faces)

    def ages(self, pixels: Pixels, poses: Sequence[Pose]) -> Ages:
        """Return ages from six views of each face, shape (poses, 3)."""

        def chips() -> Iterator[Pixels]:
            for pose in poses:
                for padding in PADDINGS:
                    chip = cut(pixels, aligned(pose, padding, SIDE), SIDE)
                    yield from (chip, chip[:, ::-1])

        return self._network.ages(chips(), views=2 * len(PADDINGS))

    def close(self) -> None:
        """Nothing to free by hand."""
