"""The age stage: a photo and its faces in, one interval of years (or None) per face out."""

from blurkit.age.estimators import ESTIMATORS, make_estimator

__all__ = ["ESTIMATORS", "make_estimator"]
