"""The age stage: photo and faces in, an interval of years or None a face out. One file a model."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from blurkit.age.base import AgeEstimator

__all__ = ["ESTIMATORS", "make_estimator"]

ESTIMATORS = {
    "ensemble": "blurkit.age.ensemble:Ensemble",
    "resnet": "blurkit.age.resnet:ResNetAge",
    "faceres": "blurkit.age.faceres:FaceResAge",
}
"""Every estimator, by name."""


def make_estimator(name: str = "ensemble", *, threads: int = 1) -> AgeEstimator:
    """Open one estimator by name.

    Args:
        name: A key of `ESTIMATORS`.
        threads: Threads of one run of a model.

    Raises:
        ModelError: A model is missing, altered or cannot be opened.
    """
    module, _, kind = ESTIMATORS[name].partition(":")
    return cast("AgeEstimator", getattr(import_module(module), kind)(threads=threads))
