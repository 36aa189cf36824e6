"""Lines of text in a picture: PP-OCRv6's detection network, and boxes from its map. Part of the text stage.

The network says for each pixel how surely it is in the middle of a line (differentiable binarization, Liao and others
2020, https://arxiv.org/abs/1911.08947). A line is a connected part of that map, grown to its letters' height.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from blurkit.errors import ReaderFailed
from blurkit.machine.weights import onnx_session

if TYPE_CHECKING:
    import numpy.typing as npt

    from blurkit.records import Pixels

    Corners = npt.NDArray[np.float64]
    """Shape (4, 2): clockwise, the line running from the first to the second."""

MULTIPLE = 32
"""Width and height that the network takes are multiples of this."""

INSIDE = 0.2
"""From this value on, a pixel belongs to a line."""

MIN_SCORE = 0.3
"""Mean value of its pixels from which something may be a line, 0..1; only what can be read is one if it is faint."""

UNCLIP = 1.6
"""How far a line is grown, as a multiple of its area over its circumference: the network was taught shrunken ones."""

LEAST = 3.0
"""Least height in pixels of the map of what may be a line, before it is grown."""

MOST = 1000
"""Most parts of one map that are looked at, the largest first: a picture of noise must not take for ever."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A line of text in a picture."""

    corners: Corners
    """In the pixels of that picture."""
    score: float
    """How sure it is, 0..1."""


class LineNetwork:
    """Finds lines of text in one small picture at a time."""

    def __init__(self, *, threads: int = 1) -> None:
        """Open the model.

        Raises:
            ModelError: It is missing, altered or cannot be opened.
        """
        self._session = onnx_session("text_lines", threads=threads)

    def look(self, picture: Pixels, *, min_score: float = MIN_SCORE) -> list[Line]:
        """Return the lines in a picture, uint8 RGB of shape (H, W, 3).

        Raises:
            ReaderFailed: The network failed, or returned something unusable.
        """
        import cv2

        height, width = picture.shape[:2]
        below, right = -height % MULTIPLE, -width % MULTIPLE
        padded = cv2.copyMakeBorder(picture, 0, below, 0, right, cv2.BORDER_REPLICATE)
        batch = cv2.dnn.blobFromImage(padded, 1 / 127.5, mean=(127.5, 127.5, 127.5), swapRB=True)
        try:
            (found,) = self._session.run(["text"], {"images": batch})
        except Exception as error:  # onnxruntime's errors have no base of their own
            raise ReaderFailed(f"the network that finds text failed: {error}") from error
        if found.shape != (1, 1, *padded.shape[:2]) or not np.isfinite(found).all():
            raise ReaderFailed("the network that finds text returned something unusable")
        return _lines(np.ascontiguousarray(found[0, 0, :height, :width]), min_score)


def _lines(surely: npt.NDArray[np.float32], min_score: float) -> list[Line]:
    """Return the lines of a map of shape (H, W)."""
    import cv2

    inside = cv2.dilate((surely > INSIDE).astype(np.uint8), np.ones((2, 2), np.uint8))
    contours, _ = cv2.findContours(inside, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    lines = []
    for contour in sorted(contours, key=len, reverse=True)[:MOST]:
        middle, (width, height), angle = cv2.minAreaRect(contour)
        if min(width, height) < LEAST:
            continue
        score = _mean_inside(surely, contour)
        if score < min_score:
            continue
        grown = 2 * UNCLIP * width * height / (2 * (width + height))
        box = cv2.boxPoints((middle, (width + grown, height + grown), angle))
        lines.append(Line(as_it_runs(np.asarray(box, np.float64) + 0.5), score))
    return lines


def _mean_inside(surely: npt.NDArray[np.float32], contour: npt.NDArray[np.int32]) -> float:
    """Return the mean of a map inside a contour."""
    import cv2

    left, top, width, height = cv2.boundingRect(contour)
    mask = np.zeros((height, width), np.uint8)
    cv2.drawContours(mask, [contour - (left, top)], -1, 1, cv2.FILLED)
    return float(cv2.mean(surely[top : top + height, left : left + width], mask)[0])


def as_it_runs(corners: Corners) -> Corners:
    """Return the corners of a box clockwise, from where its line most likely begins.

    A line runs along its longer side, from left to right or, if it is steeper than that, from top to bottom. What is
    nearly as high as it is long, such as a single digit, stands as upright as it can.
    """
    edges = np.roll(corners, -1, axis=0) - corners
    if edges[0][0] * edges[1][1] < edges[0][1] * edges[1][0]:  # counter-clockwise, as y grows downward
        corners = corners[::-1]
        edges = np.roll(corners, -1, axis=0) - corners
    lengths = np.hypot(*edges.T)
    long = lengths >= 1.4 * np.roll(lengths, 1)
    nearest = np.array([abs(math.degrees(math.atan2(y, x))) for x, y in edges])
    steep = (nearest > 60) & (edges[:, 1] < 0)  # upward: the other way round it runs downward
    order = nearest + 1000 * (long.any() & ~long) + 180 * steep
    return np.roll(corners, -int(order.argmin()), axis=0)
