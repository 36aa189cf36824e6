"""CenterFace on onnxruntime: the only file that knows CenterFace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from blurkit.detect.feed import best_of, fed
from blurkit.detect.views import Sighting
from blurkit.errors import DetectorFailed
from blurkit.geometry import Box, Point
from blurkit.weights import onnx_session

if TYPE_CHECKING:
    from blurkit.records import Pixels

STRIDE = 4
"""Pixels of the picture for one cell of the network's output."""

SAME_FACE_IOU = 0.3
"""Of boxes in one picture that overlap so much, the best is kept."""


class CenterFaceNetwork:
    """The network: fully convolutional, one heat map, boxes and five landmarks.

    Source: Xu et al. 2019, https://arxiv.org/abs/1911.03599
    """

    name = "centerface"

    def __init__(self, *, threads: int = 1, min_score: float = 0.1) -> None:
        """Open the model.

        Args:
            threads: Threads of one run.
            min_score: Sightings below this are dropped, 0..1.

        Raises:
            ModelError: The model is missing, altered or cannot be opened.
        """
        self._session = onnx_session("centerface", threads=threads)
        self._min_score = min_score

    def look(self, picture: Pixels) -> list[Sighting]:
        """Find faces in a picture; see `views.Network`.

        Raises:
            DetectorFailed: The network failed or returned numbers that are none.
        """
        try:
            heatmap, scale, offset, landmarks = self._session.run(None, {"images": fed(picture)})
        except Exception as error:  # onnxruntime's errors have no base of their own
            raise DetectorFailed(f"CenterFace failed on a photo: {error}") from error
        if not np.isfinite(heatmap).all():
            raise DetectorFailed("CenterFace returned scores that are not numbers")
        return self._decode(heatmap[0, 0], scale[0], offset[0], landmarks[0])

    def _decode(
        self, heatmap: np.ndarray, scale: np.ndarray, offset: np.ndarray, landmarks: np.ndarray
    ) -> list[Sighting]:
        """Turn the network's maps into boxes, keeping the best of those that overlap."""
        rows, columns = np.nonzero(heatmap > self._min_score)
        scores = heatmap[rows, columns]
        heights, widths = np.exp(np.clip(scale[:, rows, columns], -8, 8)) * STRIDE
        tops = (rows + offset[0, rows, columns] + 0.5) * STRIDE - heights / 2
        lefts = (columns + offset[1, rows, columns] + 0.5) * STRIDE - widths / 2
        xywh = np.stack([lefts, tops, widths, heights], axis=1).astype(float)
        sightings = []
        for index in best_of(xywh, scores.tolist(), min_score=self._min_score, iou=SAME_FACE_IOU):
            left, top, width, height = xywh[index]
            ys, xs = landmarks[0::2, rows[index], columns[index]], landmarks[1::2, rows[index], columns[index]]
            points = tuple(Point(left + float(x) * width, top + float(y) * height) for x, y in zip(xs, ys, strict=True))
            sightings.append(Sighting(Box(left, top, left + width, top + height), float(scores[index]), points))
        return sightings

    def close(self) -> None:
        """Nothing to free by hand."""
