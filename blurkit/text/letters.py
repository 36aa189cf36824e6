"""What a line says: PP-OCRv6's recognition network, Latin and Greek letters, digits and signs. Part of the text stage.

Nothing of it is kept: the policy compares it with its lists of words, and with the patterns of number plates.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from blurkit.errors import ReaderFailed
from blurkit.machine.weights import onnx_session

if TYPE_CHECKING:
    import numpy.typing as npt

    from blurkit.records import Pixels

HEIGHT = 48
"""Height in pixels of a line as the network takes it."""

LEAST_WIDTH, MOST_WIDTH = 48, 1600
"""Narrowest and widest line that it is shown, in pixels of that height."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a line says."""

    words: str = field(repr=False)
    """As it was read."""
    score: float
    """Mean probability of its letters, 0..1; 0 if it has none."""


class LetterNetwork:
    """Reads one line at a time."""

    def __init__(self, *, threads: int = 1) -> None:
        """Open the model.

        Raises:
            ModelError: It is missing, altered or cannot be opened.
        """
        self._session = onnx_session("text_letters", threads=threads)
        known = self._session.get_modelmeta().custom_metadata_map["character"].split("\n")
        self._letters = ["", *known, " "]

    def read(self, pixels: Pixels, corners: npt.NDArray[np.float64], *, sure: float) -> Said:
        """Read a line, also if it stands on its head.

        Args:
            pixels: The photo, uint8 RGB of shape (H, W, 3).
            corners: Of the line in the photo, clockwise from where it most likely begins; shape (4, 2).
            sure: A reading with such a score is not tried the other way round.

        Raises:
            ReaderFailed: The network failed, or returned something unusable.
        """
        said = self._read(_straight(pixels, corners))
        if said.score < sure:
            said = max(said, self._read(_straight(pixels, np.roll(corners, 2, axis=0))), key=lambda each: each.score)
        return said

    def _read(self, line: Pixels) -> Said:
        import cv2

        batch = cv2.dnn.blobFromImage(line, 1 / 127.5, mean=(127.5, 127.5, 127.5), swapRB=True)
        try:
            (found,) = self._session.run(["letters"], {"images": batch})
        except Exception as error:  # onnxruntime's errors have no base of their own
            raise ReaderFailed(f"the network that reads text failed: {type(error).__name__}") from error
        if found.ndim != 3 or found.shape[2] != len(self._letters) or not np.isfinite(found).all():
            raise ReaderFailed("the network that reads text returned something unusable")
        best = found[0].argmax(axis=1)
        begins = (best > 0) & (best != np.concatenate([[0], best[:-1]]))
        scores = found[0].max(axis=1)[begins]
        words = "".join(self._letters[number] for number in best[begins])
        return Said(words.strip(), float(scores.mean()) if len(scores) else 0.0)


def _straight(pixels: Pixels, corners: npt.NDArray[np.float64]) -> Pixels:
    """Return a line cut out of a photo, straight and of the height that the network takes."""
    import cv2

    along, across = np.hypot(*(corners[1] - corners[0])), np.hypot(*(corners[3] - corners[0]))
    width = int(np.clip(round(HEIGHT * along / max(across, 1.0)), LEAST_WIDTH, MOST_WIDTH))
    scale = max(1, int(across // (2 * HEIGHT)))
    size = width * scale, HEIGHT * scale  # first larger, then by areas: a banner is made much smaller
    target = np.array([(0, 0), (size[0], 0), size, (0, size[1])], np.float32)
    turn = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    line = cv2.warpPerspective(pixels, turn, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.resize(line, (width, HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)
