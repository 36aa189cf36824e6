"""The age stage: a photo and its faces in, an interval of years or None out, per face."""

from blurkit.age.estimators import ESTIMATORS, make_estimator

__all__ = ["ESTIMATORS", "make_estimator"]
