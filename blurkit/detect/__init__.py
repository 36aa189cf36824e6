"""The detect stage: a photo in, faces out."""

from blurkit.detect.detectors import (
    DETECTORS,
    make_detector,
    make_detectors,
    make_independent_check,
    mediapipe_installed,
)
from blurkit.detect.merge import merge, not_among

__all__ = [
    "DETECTORS",
    "make_detector",
    "make_detectors",
    "make_independent_check",
    "mediapipe_installed",
    "merge",
    "not_among",
]
