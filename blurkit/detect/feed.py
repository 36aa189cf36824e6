"""What every face network on onnxruntime needs: a picture as it is fed, and the best of boxes that overlap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.records import Pixels

MULTIPLE = 32
"""Width and height that the networks take are multiples of this."""


def padded(picture: Pixels) -> Pixels:
    """Return a picture with black to the right and below up to a size the networks take, uint8 RGB of (H', W', 3)."""
    import cv2

    height, width = picture.shape[:2]
    below, right = -height % MULTIPLE, -width % MULTIPLE
    if below or right:
        picture = np.asarray(cv2.copyMakeBorder(picture, 0, below, 0, right, cv2.BORDER_CONSTANT, value=0), np.uint8)
    return picture


def fed(picture: Pixels, *, mean: tuple[float, float, float], scale: float) -> npt.NDArray[np.float32]:
    """Return a padded picture as a batch of one.

    Args:
        picture: uint8 RGB of shape (H, W, 3).
        mean: Subtracted from each pixel, 0..255.
        scale: Multiplied with the difference.

    Returns:
        float32 of shape (1, 3, H', W').
    """
    import cv2

    batch: npt.NDArray[np.float32] = cv2.dnn.blobFromImage(padded(picture), scale, mean=mean)
    return batch


def best_of(
    xywh: npt.NDArray[np.float64], scores: Sequence[float], *, min_score: float, iou: float
) -> npt.NDArray[np.int_]:
    """Return the indices of the best boxes, none of which overlaps a better one by more than `iou`.

    Args:
        xywh: Left, top, width and height in pixels, shape (n, 4).
        scores: One a box, 0..1.
        min_score: Boxes below it are left out.
        iou: Intersection over union, 0..1.
    """
    import cv2

    if not len(xywh):
        return np.empty(0, int)
    return np.asarray(cv2.dnn.NMSBoxes(xywh.tolist(), list(scores), min_score, iou), int).reshape(-1)
