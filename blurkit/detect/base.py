"""The contract of every face detector: upright RGB in, faces in the same pixels out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from blurkit.records import Face, Pixels


class Detector(Protocol):
    """Finds faces. Every entry of `DETECTORS` passes `tests/contract/test_detectors.py`."""

    name: str
    """The word for `--detector` and in the report."""

    def detect(self, pixels: Pixels) -> tuple[Face, ...]:
        """Find the faces in a photo.

        Args:
            pixels: Upright RGB photo, uint8 of shape (H, W, 3); not written to.

        Returns:
            Faces in photo pixels (origin top-left, half-open boxes), by falling score; empty if no face is found.

        Raises:
            DetectorFailed: The model could not be run or returned something unusable.
        """
        ...

    def close(self) -> None:
        """Free the model; the detector is not used again."""
        ...
