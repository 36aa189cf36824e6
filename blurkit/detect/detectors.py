"""The detect stage: a photo in, faces out. One file a detector; this one knows only their names."""

from __future__ import annotations

from contextlib import ExitStack
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, cast

from blurkit.choices import DetectorName
from blurkit.detect.merge import merge
from blurkit.errors import ModelMissing

if TYPE_CHECKING:
    from blurkit.detect.base import Detector
    from blurkit.detect.views import Network
    from blurkit.settings import DetectSettings

__all__ = ["DETECTORS", "make_detector", "make_detectors", "make_independent_check", "merge"]

DETECTORS = {
    DetectorName.CENTERFACE: "blurkit.detect.centerface:CenterFace",
    DetectorName.MEDIAPIPE: "blurkit.detect.mediapipe:MediaPipe",
}
"""Every detector, by name."""


def make_detector(name: str, settings: DetectSettings, *, threads: int = 1) -> Detector:
    """Open one detector by name.

    Raises:
        ModelError: Its model or library is missing, altered or failing.
    """
    module, _, kind = DETECTORS[DetectorName(name)].partition(":")
    if name == DetectorName.MEDIAPIPE and not mediapipe_installed():
        raise ModelMissing(
            "mediapipe is not installed here (there is no build for this system)",
            hint="use --detector centerface",
        )
    return cast("Detector", getattr(import_module(module), kind)(settings, threads=threads))


def make_detectors(settings: DetectSettings, *, threads: int = 1, faint: float = 1.0) -> tuple[Detector, ...]:
    """Open the detectors that the settings name.

    Where both are asked for by default and mediapipe has no build, CenterFace works alone; the command line says so.

    Args:
        settings: What the user chose.
        threads: Threads of one run of a model.
        faint: Score from which CenterFace tells of what may be a face, for a second look, if that is lower than the
            settings ask for. What MediaPipe sees as faintly is mostly a body around a face.

    Raises:
        ModelError: A detector asked for by name is not there.
    """
    names = settings.detector
    if settings == type(settings)(min_score=settings.min_score) and not mediapipe_installed():
        names = (DetectorName.CENTERFACE,)
    with ExitStack() as opened:  # closes what is open if a later one fails
        detectors = []
        for name in names:
            lowest = min(faint, settings.min_score) if name == DetectorName.CENTERFACE else settings.min_score
            detector = make_detector(name, settings.model_copy(update={"min_score": lowest}), threads=threads)
            opened.callback(detector.close)
            detectors.append(detector)
        opened.pop_all()
    return tuple(detectors)


def make_independent_check(*, threads: int = 1) -> Network:
    """Open the network of the independent check, which never places covers.

    Raises:
        ModelError: It is missing, altered or cannot be opened.
    """
    from blurkit.detect.fullrange import FullRangeNetwork

    return FullRangeNetwork(threads=threads)


def mediapipe_installed() -> bool:
    """Whether mediapipe has been installed; on some systems it has no build."""
    return find_spec("mediapipe") is not None
