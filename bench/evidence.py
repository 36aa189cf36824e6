"""Fit what the evidence for a face counts by its size on labelled photos: `python -m bench.evidence`.

Writes `models/evidence.json`, its hash into the manifest, and weights for each part of the photos, fitted on the
others, with which `bench.detect` and `bench.end_to_end` judge that part. Run `bench.second_look` first if detectors
changed.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from bench.calibrate import MODELS, update_manifest
from bench.data import FOLDS, LabelledPhoto, detection_photos, evaluation_folder
from bench.folds import WEIGHTS_HELD_OUT, held_out
from bench.scoring import overlaps
from blurkit.detect.centerface import CenterFace
from blurkit.detect.evidence import UNSEEN, Weights, largeness_of, log_odds, of_whole
from blurkit.detect.mediapipe import MediaPipe
from blurkit.detect.merge import SAME_FACE_IOU, fuse, merge
from blurkit.detect.second_look import FAINT, SecondLook, is_doubtful
from blurkit.detect.views import Sighting
from blurkit.geometry import Box, Size
from blurkit.load import decode
from blurkit.settings import DetectSettings, LoadSettings

if TYPE_CHECKING:
    from blurkit.records import Face, Pixels

TABLE = MODELS / "evidence.json"

PENALTY = 1.0
"""How strongly large weights are held down: half of their squares' sum is added to the loss."""


@dataclass(frozen=True, slots=True)
class Doubtful:
    """The doubtful faces of one photo that are plainly right or wrong."""

    photo: LabelledPhoto
    """The photo."""
    evidence: npt.NDArray[np.float64]
    """Log odds of the detectors, opinion of the second look, log odds of the look at the whole photo: (n, 3)."""
    largeness: npt.NDArray[np.float64]
    """How large each is, shape (n,)."""
    is_face: npt.NDArray[np.bool_]
    """Whether each is the best box of a labelled face, shape (n,)."""


def main() -> None:
    """Look at every photo, fit and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, help="evaluation data; default: BLURKIT_EVAL_DATA")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    looks = look(detection_photos(evaluation_folder(arguments.folder)), threads=arguments.threads)
    about = "What the evidence for a face counts by its size, in log odds; made by `python -m bench.evidence`."
    counts = {"photos": len(looks), "faces": int(sum(each.is_face.sum() for each in looks))}
    counts["others"] = int(sum((~each.is_face).sum() for each in looks))
    weights = fit(looks)
    TABLE.write_text(json.dumps({"about": about, **counts, **weights.table()}, indent=1) + "\n", encoding="utf-8")
    update_manifest(TABLE)
    parts = [fit([each for each in looks if each.photo.fold != fold]).table() for fold in range(FOLDS)]
    WEIGHTS_HELD_OUT.write_text(json.dumps(parts, indent=1) + "\n", encoding="utf-8")
    print(f"{counts}: {weights}")


def look(photos: list[LabelledPhoto], *, threads: int) -> list[Doubtful]:
    """Show every photo to the detectors and its doubtful faces to the second look, fitted without that photo."""
    settings = DetectSettings()
    centerface = CenterFace(settings.model_copy(update={"min_score": FAINT}), threads=threads)
    mediapipe, second_look, classifiers = MediaPipe(settings), SecondLook(threads=threads), held_out()
    looks = []
    for photo in photos:
        pixels = decode(photo.path.read_bytes(), LoadSettings()).picture.pixels
        sightings = centerface.sightings(pixels)
        faces = merge([fuse(sightings, centerface.name, min_score=FAINT), mediapipe.detect(pixels)])
        second_look.classifier = classifiers[photo.fold]
        looks.append(judged(photo, pixels, faces, sightings, second_look))
    for each in (centerface, mediapipe, second_look):
        each.close()
    return looks


def judged(
    photo: LabelledPhoto, pixels: Pixels, faces: tuple[Face, ...], sightings: list[Sighting], second_look: SecondLook
) -> Doubtful:
    """Return the doubtful ones among the faces of a photo that are plainly right or wrong."""
    size = Size(pixels.shape[1], pixels.shape[0])
    doubtful = [index for index, face in enumerate(faces) if is_doubtful(face)]
    opinions = second_look.classifier(second_look.features(pixels, [faces[index] for index in doubtful]))
    right, plain = labels(faces, photo)
    rows, chosen = [], []
    for index, opinion in zip(doubtful, opinions, strict=True):
        face = faces[index]
        seen = max(UNSEEN, of_whole(face.box, scores_at(face.box, sightings), size)) if plain[index] else UNSEEN
        rows.append([log_odds(face.score), opinion, log_odds(seen) - log_odds(UNSEEN)])
        chosen.append(plain[index])
    keep = np.array(chosen, bool)
    largeness = np.array([largeness_of(faces[index].box, size) for index in doubtful], float)
    is_face = np.array([right[index] for index in doubtful], bool)
    return Doubtful(photo, np.array(rows, float).reshape(-1, 3)[keep], largeness[keep], is_face[keep])


def labels(faces: tuple[Face, ...], photo: LabelledPhoto) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return which boxes are the best one of a labelled face, and which are that or false alarms."""
    boxes = np.array([[f.box.left, f.box.top, f.box.right, f.box.bottom] for f in faces], float).reshape(-1, 4)
    iou, covered = overlaps(boxes, photo.faces)
    right = np.zeros(len(faces), bool)
    for hits in ((iou > 0.3) | (covered > 0.7)).T:
        right[np.flatnonzero(hits)[:1]] = True  # faces come by falling score
    iou, covered = overlaps(boxes, np.concatenate([photo.faces, photo.ignored]))
    return right, right | ~np.any((iou > 0.2) | (covered >= 0.4), axis=1)


def scores_at(box: Box, sightings: list[Sighting]) -> dict[str, float]:
    """Return the best score of each look that saw a box."""
    best: dict[str, float] = {}
    for each in sightings:
        if each.box.iou(box) > SAME_FACE_IOU:
            best[each.source] = max(best.get(each.source, 0.0), each.score)
    return best


def fit(looks: list[Doubtful]) -> Weights:
    """Return the weights that tell faces from other things, none of them negative."""
    from scipy.optimize import minimize

    evidence = np.concatenate([each.evidence for each in looks])
    large = np.concatenate([each.largeness for each in looks])[:, None]
    is_face = np.concatenate([each.is_face for each in looks])
    known = evidence[:, :2]
    columns = np.hstack([known * (1 - large), known * large, evidence[:, 2:] * large, np.ones_like(large), large])
    rising = columns.shape[1] - 2

    def loss(weights: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        odds = columns @ weights
        held = np.where(np.arange(len(weights)) < rising, weights, 0)
        slope = columns.T @ (1 / (1 + np.exp(-odds)) - is_face) + PENALTY * held
        return float(np.logaddexp(0, np.where(is_face, -odds, odds)).sum() + PENALTY * (held**2).sum() / 2), slope

    bounds = [(0, None)] * rising + [(None, None)] * 2
    found = minimize(loss, np.ones(len(bounds)), jac=True, bounds=bounds, method="L-BFGS-B").x.round(3).tolist()
    return Weights((found[0], found[2]), (found[1], found[3]), found[4], found[5], found[6])


if __name__ == "__main__":
    main()
