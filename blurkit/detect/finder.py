"""All of the detect stage: every detector, their evidence merged, and further looks at what is doubtful."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from blurkit.detect.centerface import CenterFace
from blurkit.detect.closer import CloserLooks
from blurkit.detect.detectors import make_detectors
from blurkit.detect.mediapipe import MediaPipe
from blurkit.detect.merge import is_face, merge
from blurkit.detect.second_look import FAINT, SecondLook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.detect.base import Detector
    from blurkit.detect.evidence import Weights
    from blurkit.records import Face, Pixels
    from blurkit.settings import DetectSettings


class Finder:
    """The detectors and the second look, as one detector."""

    name = "blurkit"

    def __init__(
        self, settings: DetectSettings, *, detectors: Sequence[Detector] | None = None, threads: int = 1
    ) -> None:
        """Open the models.

        Args:
            settings: What the user chose.
            detectors: Others than those the settings name; what they find is not doubted. Closed with this object.
            threads: Threads of one run of a model.

        Raises:
            ModelError: A model is missing, altered or cannot be opened.
        """
        self._min_score = settings.min_score
        with ExitStack() as models:  # closes what is open if a later one fails
            self.second_look: SecondLook | None = None
            if not detectors:
                self.second_look = SecondLook(threads=threads)
                models.callback(self.second_look.close)
                detectors = make_detectors(settings, threads=threads, faint=FAINT)
            self._detectors = tuple(detectors)
            self._closer_looks = closer_looks(self._detectors)
            for detector in self._detectors:
                models.callback(detector.close)
            self._models = models.pop_all()

    def detect(self, pixels: Pixels) -> tuple[Face, ...]:
        """Find the faces of a photo; see `base.Detector`.

        Raises:
            ModelError: A model failed; no other is tried in its place.
        """
        faces = merge([detector.detect(pixels) for detector in self._detectors])
        if self.second_look is None:
            return faces
        faces = self.second_look.judge(pixels, faces)
        faces = tuple(face for face in faces if is_face(face.box, face.score, self._min_score, judged=True))
        return faces if self._closer_looks is None else self._closer_looks.judge(pixels, faces)

    def weigh(self, weights: Weights) -> None:
        """Let other weights than the bundled ones tell what the evidence counts."""
        if self.second_look is not None:
            self.second_look.weights = weights
        for detector in self._detectors:
            if isinstance(detector, CenterFace):
                detector.weights = weights

    def close(self) -> None:
        """Free the models."""
        self._models.close()


def closer_looks(detectors: Sequence[Detector]) -> CloserLooks | None:
    """Return closer looks with the networks of the detectors; None without CenterFace."""
    centerface = next((each for each in detectors if isinstance(each, CenterFace)), None)
    mediapipe = next((each for each in detectors if isinstance(each, MediaPipe)), None)
    if centerface is None:
        return None
    return CloserLooks(centerface.network, None if mediapipe is None else mediapipe.network)
