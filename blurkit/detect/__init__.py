"""The detect stage: a photo in, faces out."""

from blurkit.detect.detectors import DETECTORS, make_check_network, make_detector, make_detectors, mediapipe_installed
from blurkit.detect.merge import merge

__all__ = ["DETECTORS", "make_check_network", "make_detector", "make_detectors", "mediapipe_installed", "merge"]
