"""Fit the classifier of the second look on labelled photos: `python -m bench.second_look`.

Writes `models/second_look_classifier.json`, its hash into the manifest, and one classifier for each part of the
photos, fitted on the others, with which `bench.detect` and `bench.end_to_end` judge that part.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.calibrate import MODELS, update_manifest
from bench.data import FOLDS, LabelledPhoto, detection_photos, evaluation_folder
from bench.folds import HELD_OUT
from bench.scoring import overlaps
from blurkit.detect import make_detectors, merge
from blurkit.detect.second_look import FAINT, SecondLook, is_doubtful
from blurkit.load import decode
from blurkit.settings import DetectSettings, LoadSettings

CLASSIFIER = MODELS / "second_look_classifier.json"

C = 0.0015
"""Inverse strength of the regularisation: few photos, many features. From 0.0007 to 0.004 nothing changes."""


@dataclass(frozen=True, slots=True)
class Doubtful:
    """The doubtful faces of one photo that are plainly right or wrong."""

    photo: LabelledPhoto
    """The photo."""
    features: npt.NDArray[np.float32]
    """What the second look sees, and what it sees mirrored, shape (n, 2, 512)."""
    is_face: npt.NDArray[np.bool_]
    """Whether there is a labelled face, shape (n,)."""


def main() -> None:
    """Look at every photo, fit and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, help="evaluation data; default: BLURKIT_EVAL_DATA")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    photos = detection_photos(evaluation_folder(arguments.folder))
    looks = look(photos, threads=arguments.threads)
    about = "Linear classifier on the features of the second look, in log odds; made by `python -m bench.second_look`."
    counts = {"photos": len(looks), "faces": _count(looks, faces=True), "others": _count(looks, faces=False)}
    CLASSIFIER.write_text(json.dumps({"about": about, **counts, **fit(looks)}, indent=1) + "\n", encoding="utf-8")
    update_manifest(CLASSIFIER)
    parts = [fit([each for each in looks if each.photo.fold != fold]) for fold in range(FOLDS)]
    HELD_OUT.write_text(json.dumps(parts, indent=1) + "\n", encoding="utf-8")
    print(f"{CLASSIFIER.name}: {counts}")


def look(photos: list[LabelledPhoto], *, threads: int) -> list[Doubtful]:
    """Show every photo to the detectors and its doubtful faces to the second look.

    A box counts as a face if it fits a labelled one, as no face if it is a false alarm, and else not at all.
    """
    detectors = make_detectors(DetectSettings(), threads=threads, faint=FAINT)
    second_look = SecondLook(threads=threads)
    looks = []
    for photo in photos:
        pixels = decode(photo.path.read_bytes(), LoadSettings()).picture.pixels
        doubtful = [face for face in merge([each.detect(pixels) for each in detectors]) if is_doubtful(face)]
        boxes = np.array([[f.box.left, f.box.top, f.box.right, f.box.bottom] for f in doubtful], float).reshape(-1, 4)
        iou, _ = overlaps(boxes, photo.faces)
        right: npt.NDArray[np.bool_] = np.any(iou > 0.3, axis=1)
        iou, covered = overlaps(boxes, np.concatenate([photo.faces, photo.ignored]))
        plain: npt.NDArray[np.bool_] = right | ~np.any((iou > 0.2) | (covered >= 0.4), axis=1)
        chosen = [face for face, is_plain in zip(doubtful, plain, strict=True) if is_plain]
        views = [second_look.features(pixels, chosen, mirrored=mirrored) for mirrored in (False, True)]
        looks.append(Doubtful(photo, np.stack(views, axis=1), right[plain]))
    for detector in detectors:
        detector.close()
    second_look.close()
    return looks


def fit(looks: list[Doubtful]) -> dict[str, object]:
    """Return weights and bias that tell faces from other things, as they are and mirrored."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    features = np.concatenate([each.features for each in looks]).reshape(-1, looks[0].features.shape[2])
    labels = np.repeat(np.concatenate([each.is_face for each in looks]), 2)
    scaler = StandardScaler().fit(features)
    model = LogisticRegression(C=C, max_iter=3000).fit(scaler.transform(features), labels)
    weights = np.round(model.coef_[0] / scaler.scale_, 5)
    bias = float(model.intercept_[0] - (scaler.mean_ * weights).sum())
    return {"bias": round(bias, 5), "weights": weights.tolist()}


def _count(looks: list[Doubtful], *, faces: bool) -> int:
    return sum(int((each.is_face == faces).sum()) for each in looks)


if __name__ == "__main__":
    main()
