"""MediaPipe's face detector (BlazeFace, short range): the only file that imports mediapipe."""

from __future__ import annotations

import sys
import weakref
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from blurkit.detect.merge import fuse
from blurkit.detect.views import Sighting, level, measure, sweep
from blurkit.errors import DetectorFailed
from blurkit.geometry import Box, Point, Size
from blurkit.machine.quiet import native_stderr_silenced
from blurkit.machine.weights import model_path
from blurkit.picture.halvings import Halvings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from blurkit.records import Face, Pixels
    from blurkit.settings import DetectSettings

LEVELS = (320, 512, 1024)
"""Sides in pixels, as `views.scale_of` counts them, at which every photo is seen, but only the first enlarges it.

The network itself sees 128 px of each tile.
"""

TILE, OVERLAP = 320, 80
"""Longest side of a tile, and how far neighbours overlap, in pixels of the view."""

TRUST = 0.56
"""What a score counts as evidence: alone, one look must be very sure; of lesser ones it takes two that agree.

On the evaluation photos, looks below 0.9 that no other look agreed with were mostly no faces, and some were huge.
"""

MOUTH_WIDTH = 0.8
"""Distance of the mouth's corners over that of the eyes; the network gives only the mouth's middle."""


class MediaPipeNetwork:
    """BlazeFace through the Tasks API: strong on faces of 15 % of the view or more.

    Source: Bazarevsky et al. 2019, https://arxiv.org/abs/1907.05047
    """

    name = "mediapipe"

    def __init__(self, *, min_score: float = 0.3) -> None:
        """Open the model.

        Args:
            min_score: Sightings below this are dropped, 0..1.

        Raises:
            ModelError: The model file is missing or altered.
            DetectorFailed: mediapipe cannot be loaded or does not take the model.
        """
        path = model_path("blaze_face_short_range")
        opened: list[Any] = []
        self._close = weakref.finalize(self, _close_quietly, opened)  # before mediapipe is loaded: so it ends after it
        try:
            with native_stderr_silenced(), _no_sound():
                import mediapipe
                from mediapipe.tasks.python import BaseOptions, vision

                options = vision.FaceDetectorOptions(
                    base_options=BaseOptions(model_asset_buffer=path.read_bytes()),
                    min_detection_confidence=min_score,
                    min_suppression_threshold=0.3,
                )
                self._detector: Any = vision.FaceDetector.create_from_options(options)
        except Exception as error:  # mediapipe raises RuntimeError, ValueError, ImportError, OSError
            raise DetectorFailed(
                f"mediapipe cannot be used: {error}", hint="use --detector centerface, or see: blurkit doctor"
            ) from error
        opened.append(self._detector)
        self._to_image: Callable[[Pixels], Any] = lambda pixels: mediapipe.Image(
            image_format=mediapipe.ImageFormat.SRGB, data=pixels
        )

    def look(self, picture: Pixels) -> list[Sighting]:
        """Find faces in a picture; see `views.Network`.

        Raises:
            DetectorFailed: The network failed.
        """
        height, width = picture.shape[:2]
        try:
            with native_stderr_silenced():
                found = self._detector.detect(self._to_image(picture)).detections
        except Exception as error:
            raise DetectorFailed(f"mediapipe failed on a photo: {error}") from error
        sightings = []
        for detection in found:
            box = detection.bounding_box
            points = [Point(point.x * width, point.y * height) for point in detection.keypoints]
            sightings.append(
                Sighting(
                    Box(box.origin_x, box.origin_y, box.origin_x + box.width, box.origin_y + box.height),
                    TRUST * float(detection.categories[0].score),
                    _five_landmarks(points),
                )
            )
        return sightings

    def close(self) -> None:
        """Free the model; done by itself at exit at the latest, since MediaPipe may hang there if it is forgotten."""
        self._close()


@contextmanager
def _no_sound() -> Iterator[None]:
    """Let mediapipe do without sound: to find a sound library it would run a compiler, which leaves files behind."""
    if "sounddevice" in sys.modules:
        yield
        return
    sys.modules["sounddevice"] = None  # type: ignore[assignment]  # importing it fails now, which mediapipe expects
    try:
        yield
    finally:
        del sys.modules["sounddevice"]


def _close_quietly(opened: list[Any]) -> None:
    with native_stderr_silenced():
        for detector in opened:
            detector.close()


class MediaPipe:
    """Finds close faces, also turned or cut by the border, with MediaPipe on the whole photo and on tiles."""

    name = "mediapipe"

    def __init__(self, settings: DetectSettings, *, threads: int = 1) -> None:
        """Open the network.

        Args:
            settings: The score from which something is a face.
            threads: Not used; MediaPipe chooses.

        Raises:
            ModelError: The model is missing or altered, or mediapipe cannot be loaded.
        """
        self.network = MediaPipeNetwork()
        self._min_score = settings.min_score

    def detect(self, pixels: Pixels) -> tuple[Face, ...]:
        """Find the faces in a photo; see `base.Detector`."""
        size = Size(pixels.shape[1], pixels.shape[0])
        if min(size.width, size.height) < 2:
            return ()
        sides = sorted({min(side, max(measure(size), LEVELS[0])) for side in LEVELS})
        views = [view for side in sides for view in level(size, side, tile=TILE, overlap=OVERLAP)]
        views += [
            view
            for turns in (1, 2, 3)
            for view in level(size, LEVELS[0], tile=TILE, overlap=OVERLAP, quarter_turns=turns)
        ]
        return fuse(sweep(self.network, Halvings(pixels), views), self.name, min_score=self._min_score)

    def close(self) -> None:
        """Free the network."""
        self.network.close()


def _five_landmarks(points: list[Point]) -> tuple[Point, ...]:
    """Return eyes, nose and mouth corners from MediaPipe's right eye, left eye, nose, mouth centre and ears."""
    right_eye, left_eye, nose, mouth = points[:4]
    dx, dy = (left_eye.x - right_eye.x) * MOUTH_WIDTH / 2, (left_eye.y - right_eye.y) * MOUTH_WIDTH / 2
    return right_eye, left_eye, nose, Point(mouth.x - dx, mouth.y - dy), Point(mouth.x + dx, mouth.y + dy)
