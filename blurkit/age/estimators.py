"""The age stage: photo and faces in, an interval of years or None a face out. One file a model."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from blurkit.age.judge import DEFAULT_MIN_FACE_PX

if TYPE_CHECKING:
    from blurkit.age.base import AgeEstimator

__all__ = ["DEFAULT_MIN_FACE_PX", "ESTIMATORS", "make_estimator"]

ESTIMATORS = {
    "ensemble": "blurkit.age.ensemble:Ensemble",
    "dlib": "blurkit.age.dlib_age:DlibAge",
    "faceres": "blurkit.age.faceres:FaceResAge",
}
"""Every estimator, by name."""


def make_estimator(
    name: str = "ensemble", *, min_face_px: float = DEFAULT_MIN_FACE_PX, threads: int = 1
) -> AgeEstimator:
    """Open one estimator by name.

    Args:
        name: A key of `ESTIMATORS`.
        min_face_px: Height of a face in pixels below which its age is not judged.
        threads: Threads of one run of a model.

    Raises:
        ModelError: A model is missing, altered or cannot be opened.
    """
    module, _, kind = ESTIMATORS[name].partition(":")
    return cast("AgeEstimator", getattr(import_module(module), kind)(min_face_px=min_face_px, threads=threads))
