"""MediaPipe's full-range network on onnxruntime: asked only for the independent check, never to place covers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from blurkit.detect.feed import best_of, fed
from blurkit.detect.views import Sighting
from blurkit.errors import DetectorFailed
from blurkit.geometry import Box
from blurkit.machine.weights import onnx_session

if TYPE_CHECKING:
    from blurkit.records import Pixels

STRIDE = 4
"""Pixels of the picture for one cell of the network's output."""

MIDDLE = 127.5
"""Value fed as 0; black is fed as -1, white as 1."""

SAME_FACE_IOU = 0.3
"""Of boxes in one picture that overlap so much, the best is kept."""


class FullRangeNetwork:
    """BlazeFace, full range: good for small faces; no detector that places covers.

    Made for 192 x 192, but nothing in it depends on that: it is run on the picture as it comes, so that no tile is
    shrunk and none is needed below the size that memory allows. Faces higher than about 190 px need a smaller view.

    Source: MediaPipe, https://ai.google.dev/edge/mediapipe/solutions/vision/face_detector
    """

    name = "fullrange"

    def __init__(self, *, threads: int = 1, min_score: float = 0.1) -> None:
        """Open the model.

        Args:
            threads: Threads of one run.
            min_score: Sightings below this are dropped, 0..1.

        Raises:
            ModelError: The model is missing, altered or cannot be opened.
        """
        self._session = onnx_session("blaze_face_full_range", threads=threads)
        self._min_score = min_score

    def look(self, picture: Pixels) -> list[Sighting]:
        """Find faces in a picture; see `views.Network`.

        Raises:
            DetectorFailed: The network failed or did not return numbers.
        """
        batch = fed(picture, mean=(MIDDLE,) * 3, scale=1 / MIDDLE)
        try:
            boxes, logits = self._session.run(("boxes", "logits"), {"images": batch})
        except Exception as error:  # onnxruntime's errors have no base of their own
            raise DetectorFailed(f"the check's network failed: {error}") from error
        if not np.isfinite(logits).all() or not np.isfinite(boxes).all():
            raise DetectorFailed("the check's network did not return numbers")
        return self._decode(boxes[0], logits[0, :, 0], batch.shape[3] // STRIDE)

    def _decode(self, rows: np.ndarray, logits: np.ndarray, columns: int) -> list[Sighting]:
        """Turn a row for each cell, line by line, into boxes, keeping the best of those that overlap.

        The keypoints are left out: a face that the look finds is covered, whatever its age.
        """
        scores = 1 / (1 + np.exp(-np.clip(logits.astype(float), -80, 80)))
        good = np.flatnonzero(scores >= self._min_score)
        rows, scores = rows[good].astype(float), scores[good]
        cells = (np.stack([good % columns, good // columns], axis=1) + 0.5) * STRIDE
        sizes = np.maximum(rows[:, 2:4], 1)
        xywh = np.concatenate([rows[:, :2] + cells - sizes / 2, sizes], axis=1)
        sightings = []
        for index in best_of(xywh, scores.tolist(), min_score=self._min_score, iou=SAME_FACE_IOU):
            left, top, width, height = map(float, xywh[index])
            sightings.append(Sighting(Box(left, top, left + width, top + height), float(scores[index])))
        return sightings

    def close(self) -> None:
        """Nothing to free by hand."""
