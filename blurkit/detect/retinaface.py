"""RetinaFace on onnxruntime, the scout: it sees whole photos cheaply. The only file that knows RetinaFace."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from blurkit.detect.feed import best_of, fed
from blurkit.detect.views import Sighting
from blurkit.errors import DetectorFailed
from blurkit.geometry import Box, Point
from blurkit.weights import onnx_session

if TYPE_CHECKING:
    from blurkit.records import Pixels

MEAN_BGR = (104, 117, 123)
"""Subtracted from each pixel. Source: https://github.com/biubug6/Pytorch_Retinaface"""

ANCHORS = {8: (16, 32), 16: (64, 128), 32: (256, 512)}
"""Pixels between the cells of each level, and the sides of the square anchors in each cell."""

SHIFT, GROWTH = 0.1, 0.2
"""Units of the network's answers: shares of an anchor's side, and of the logarithm of how much larger a box is."""

SAME_FACE_IOU = 0.4
"""Of boxes in one picture that overlap so much, the best is kept."""


class RetinaFaceNetwork:
    """RetinaFace with a MobileNet of a quarter of the usual width: a third of CenterFace's cost for each pixel.

    Source: Deng et al. 2020, https://arxiv.org/abs/1905.00641
    """

    name = "retinaface"

    def __init__(self, *, threads: int = 1, min_score: float = 0.1) -> None:
        """Open the model.

        Args:
            threads: Threads of one run.
            min_score: Sightings below this are dropped, 0..1.

        Raises:
            ModelError: The model is missing, altered or cannot be opened.
        """
        self._session = onnx_session("retinaface", threads=threads)
        self._min_score = min_score

    def look(self, picture: Pixels) -> list[Sighting]:
        """Find faces in a picture; see `views.Network`.

        Raises:
            DetectorFailed: The network failed or returned numbers that are none.
        """
        batch = fed(picture, mean=MEAN_BGR, bgr=True)
        try:
            boxes, scores, landmarks = self._session.run(("loc", "conf", "landmarks"), {"input": batch})
        except Exception as error:  # onnxruntime's errors have no base of their own
            raise DetectorFailed(f"RetinaFace failed on a photo: {error}") from error
        if not np.isfinite(scores).all():
            raise DetectorFailed("RetinaFace returned scores that are not numbers")
        anchors = _anchors(batch.shape[3], batch.shape[2])
        return self._decode(boxes[0], scores[0, :, 1], landmarks[0], anchors)

    def _decode(
        self, boxes: np.ndarray, scores: np.ndarray, landmarks: np.ndarray, anchors: npt.NDArray[np.float64]
    ) -> list[Sighting]:
        """Turn the answers for each anchor into boxes, keeping the best of those that overlap."""
        good = np.flatnonzero(scores > self._min_score)
        boxes, scores, landmarks, anchors = boxes[good], scores[good], landmarks[good], anchors[good]
        middles, sides = anchors[:, :2], anchors[:, 2:]
        sizes = sides * np.exp(np.clip(GROWTH * boxes[:, 2:], -8, 8))
        xywh = np.concatenate([middles + SHIFT * sides * boxes[:, :2] - sizes / 2, sizes], axis=1)
        points = middles[:, None] + SHIFT * sides[:, None] * landmarks.reshape(-1, 5, 2)
        sightings = []
        for index in best_of(xywh, scores.tolist(), min_score=self._min_score, iou=SAME_FACE_IOU):
            left, top, width, height = map(float, xywh[index])
            five = tuple(Point(float(x), float(y)) for x, y in points[index])
            sightings.append(Sighting(Box(left, top, left + width, top + height), float(scores[index]), five))
        return sightings

    def close(self) -> None:
        """Nothing to free by hand."""


@lru_cache(maxsize=8)
def _anchors(width: int, height: int) -> npt.NDArray[np.float64]:
    """Return the anchors of a picture, in the order of the network's answers: middle and side, shape (n, 3)."""
    levels = []
    for stride, sides in ANCHORS.items():
        rows, columns = np.mgrid[: -(-height // stride), : -(-width // stride)]
        middles = (np.stack([columns.ravel(), rows.ravel()], axis=1) + 0.5) * stride
        levels.append(np.column_stack([middles.repeat(len(sides), axis=0), np.tile(sides, len(middles))]))
    return np.concatenate(levels).astype(np.float64)
