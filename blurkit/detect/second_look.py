"""A second look at what may be a face: a closer one, by a network that has only ever seen faces.

The detectors' scores confuse slivers of faces with hands, bells of trumpets and the backs of heads. What the first
layers of a face network see in a crop tells them apart better; a linear classifier reads it. The classifier is made by
`python -m bench.second_look` from photos with labelled faces.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from blurkit.detect.evidence import bundled_weights, largeness_of
from blurkit.errors import DetectorFailed, ModelChecksum
from blurkit.geometry import Size
from blurkit.machine.weights import model_path, onnx_session
from blurkit.picture.chips import cut, pose_of, square

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.detect.evidence import Weights
    from blurkit.records import Face, Pixels

FAINT, CERTAIN = 0.25, 0.9
"""Scores of what is looked at again: from the first on, and below the second."""

SIDE, SIZE = 112, 1.5
"""Side of a crop in pixels, and in times the longer side of the face's box."""

MEAN = (103.939, 116.779, 123.68)
"""Subtracted from blue, green and red. Source: https://github.com/HSE-asavchenko/HSE_FaceRec_tf"""

CHIPS = 16
"""Crops of one run; bounds its memory."""


@dataclass(frozen=True, slots=True, eq=False)
class Classifier:
    """Reads an opinion from what the network saw."""

    weights: npt.NDArray[np.float64]
    """One for each feature."""
    bias: float
    """In log odds."""

    def __call__(self, features: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return opinions in log odds, shape (n,), from features of shape (n, len(weights))."""
        return np.asarray(features @ self.weights + self.bias, np.float64)


def read_classifier(text: str) -> Classifier:
    """Read a classifier from JSON.

    Raises:
        ModelChecksum: The text is not a classifier.
    """
    try:
        table = json.loads(text)
        classifier = Classifier(np.array(table["weights"], np.float64), float(table["bias"]))
        if classifier.weights.ndim != 1 or not np.isfinite([*classifier.weights, classifier.bias]).all():
            raise ValueError("weights must be numbers")
    except (KeyError, TypeError, ValueError) as error:
        raise ModelChecksum(f"the classifier of the second look cannot be read: {error}") from error
    return classifier


class SecondLook:
    """Asks again about faces that are neither sure nor absurd."""

    def __init__(self, *, threads: int = 1) -> None:
        """Open the network.

        Args:
            threads: Threads of one run.

        Raises:
            ModelError: The network or the classifier is missing, altered or cannot be read.
        """
        self._session = onnx_session("second_look", threads=threads)
        self.weights = bundled_weights()
        self.classifier = read_classifier(model_path("second_look_classifier").read_text(encoding="utf-8"))

    def judge(self, pixels: Pixels, faces: Sequence[Face]) -> tuple[Face, ...]:
        """Return the same faces, by falling score; the score of each that was looked at again is the new one.

        Args:
            pixels: The photo, uint8 RGB of shape (H, W, 3); not written to.
            faces: In its pixels.

        Raises:
            DetectorFailed: The network failed or did not return numbers.
        """
        doubtful = [face for face in faces if is_doubtful(face)]
        opinions = self.classifier(self.features(pixels, doubtful)).tolist()
        return with_opinions(faces, opinions, self.weights, Size(pixels.shape[1], pixels.shape[0]))

    def features(self, pixels: Pixels, faces: Sequence[Face], *, mirrored: bool = False) -> npt.NDArray[np.float32]:
        """Return what the network sees in each face, float32 of shape (n, 512).

        Args:
            pixels: The photo, uint8 RGB of shape (H, W, 3); not written to.
            faces: In its pixels.
            mirrored: Show left and right exchanged.

        Raises:
            DetectorFailed: The network failed or did not return numbers.
        """
        import cv2

        found = [np.empty((0, 512), np.float32)]
        for start in range(0, len(faces), CHIPS):
            chips = [cut(pixels, _map_to_chip(face), SIDE) for face in faces[start : start + CHIPS]]
            shown = [chip[:, ::-1] for chip in chips] if mirrored else chips
            batch = cv2.dnn.blobFromImages([np.ascontiguousarray(chip[..., ::-1]) for chip in shown], 1.0, mean=MEAN)
            try:
                (features,) = self._session.run(None, {"images": batch})
            except Exception as error:  # onnxruntime's errors have no base of their own
                raise DetectorFailed(f"the second look failed on a photo: {error}") from error
            if not np.isfinite(features).all():
                raise DetectorFailed("the second look did not return numbers")
            found.append(features)
        return np.concatenate(found)

    def close(self) -> None:
        """Nothing to free by hand."""


def is_doubtful(face: Face) -> bool:
    """Whether a face asks for a second look."""
    return face.score < CERTAIN and face.box.area > 0


def with_opinions(faces: Sequence[Face], opinions: Sequence[float], weights: Weights, size: Size) -> tuple[Face, ...]:
    """Return faces of a photo of a size by falling score, with the opinions of the doubtful ones, in their order.

    The opinions are in log odds.
    """
    remaining = iter(opinions)
    judged = [
        replace(face, score=weights.with_opinion(face.score, next(remaining), largeness_of(face.box, size)))
        if is_doubtful(face)
        else face
        for face in faces
    ]
    return tuple(sorted(judged, key=lambda face: (-face.score, face.box.left, face.box.top)))


def _map_to_chip(face: Face) -> npt.NDArray[np.float64]:
    """Return the map to a crop whose way up is that of the face, to the nearest quarter turn: landmarks may err."""
    pose = pose_of(face)
    quarter = math.pi / 2
    return square(face.box, 0.0 if pose is None else quarter * round(pose.roll / quarter), SIZE, SIDE)
