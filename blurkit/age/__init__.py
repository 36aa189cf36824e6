"""The age stage: a photo and its faces in, an interval of years or None out, per face."""

from blurkit.age.estimators import ESTIMATORS, make_estimator
from blurkit.age.judge import DEFAULT_MIN_FACE_PX

__all__ = ["DEFAULT_MIN_FACE_PX", "ESTIMATORS", "make_estimator"]
