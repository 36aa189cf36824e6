"""Every estimator of ages at once, on networks that run once for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from blurkit.age import ESTIMATORS
from blurkit.age.ensemble import Together
from blurkit.age.faceres import FaceResAge
from blurkit.age.judge import judge
from blurkit.age.resnet import ResNetAge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.age.base import AgeEstimator
    from blurkit.age.judge import Model
    from blurkit.age.network import Ages
    from blurkit.picture.chips import Pose
    from blurkit.records import AgeEstimate, Face, Pixels


def each_alone() -> list[AgeEstimator]:
    """Open every estimator of `ESTIMATORS`, all on the same networks, each of which runs once for all of them."""
    faceres, resnet = _Once(FaceResAge(threads=2)), _Once(ResNetAge(threads=2))
    models: dict[str, Model] = {"ensemble": Together(resnet, faceres), "resnet": resnet, "faceres": faceres}
    return [_Sharing(name, models[name]) for name in ESTIMATORS]


class _Once:
    """Remembers a model's last answer."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._asked: tuple[Pixels, list[Pose]] | None = None
        self._ages: Ages = np.empty((0, 3))

    def ages(self, pixels: Pixels, poses: Sequence[Pose]) -> Ages:
        places = [pose.box for pose in poses]
        if self._asked is None or self._asked[0] is not pixels or [pose.box for pose in self._asked[1]] != places:
            self._asked, self._ages = (pixels, list(poses)), self._model.ages(pixels, poses)
        return self._ages


class _Sharing:
    """An estimator on models that others use, too."""

    def __init__(self, name: str, model: Model) -> None:
        self.name = name
        self._model = model

    def estimate(self, pixels: Pixels, faces: Sequence[Face]) -> tuple[AgeEstimate | None, ...]:
        return judge(self.name, self._model, pixels, faces)

    def close(self) -> None:
        """Nothing to free by hand."""
