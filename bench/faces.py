"""Labelled single faces, put together on sheets and found there by blurkit's own detectors."""

from __future__ import annotations

import csv
import json
import math
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from blurkit.detect import make_detectors, merge
from blurkit.settings import DetectSettings

if TYPE_CHECKING:
    from blurkit.age.base import AgeEstimator
    from blurkit.detect.base import Detector
    from blurkit.records import AgeEstimate, Face, Pixels

SHEET_PX, COLUMNS = 3000, (8, 32)
"""About the side of a sheet in pixels, and how many faces it has at least and at most in a row, with as many rows."""
WRONG = Path(__file__).parent / "labels" / "age_wrong.json"
"""Faces whose label is plainly wrong, found by looking at the worst errors, each with the reason: left out."""
BACKGROUND = 110
"""Gray between the faces, 0..255."""


@dataclass(frozen=True, slots=True)
class LabelledFace:
    """One photo of one face whose age is known."""

    path: Path
    """The file."""
    dataset: str
    """Name of its folder."""
    youngest: float
    """Lowest age that the label allows, in years."""
    oldest: float
    """Highest age that the label allows, in years."""
    group: str
    """What else the label says (gender, or the code in the file's name), for fairness; may be empty."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What blurkit made of a labelled face."""

    label: LabelledFace
    """The face."""
    found: Face | None
    """Where it was found, in pixels of its sheet, or None."""
    ages: tuple[AgeEstimate | None, ...]
    """One estimate for each estimator; None where age cannot be judged."""


def age_folders(given: Sequence[Path]) -> list[Path]:
    """Return folders with a `labels.csv`: those given, or those in `BLURKIT_EVAL_DATA`."""
    roots = list(given) or [Path(os.environ.get("BLURKIT_EVAL_DATA", "")) / "age"]
    folders = [labels.parent for root in roots for labels in sorted(root.glob("**/labels.csv"))]
    if not folders:
        raise SystemExit("give a folder with labels.csv, or set BLURKIT_EVAL_DATA")
    return folders


def labelled_faces(folder: Path) -> list[LabelledFace]:
    """Read the labels of a folder: an age, or the bin that `age_lo` and `age_hi` in the notes give."""
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    wrong = json.loads(WRONG.read_text(encoding="utf-8"))
    faces = []
    for row in rows:
        if f"{folder.name}/{row['path']}" in wrong:
            continue
        notes = dict(part.split("=", 1) for part in row.get("notes", "").split(";") if "=" in part)
        youngest = float(notes.get("age_lo") or row["age"])
        oldest = float(notes.get("age_hi") or max(youngest, float(row["age"])))
        code = Path(row["path"]).name.split("_")
        group = row.get("gender") or ("_".join(code[1:3]) if code[0].isdigit() else "")
        faces.append(LabelledFace(folder / row["path"], folder.name, youngest, oldest, group))
    return faces


def judge_faces(
    labels: Sequence[LabelledFace],
    estimators: Sequence[AgeEstimator],
    *,
    change: Callable[[Pixels], Pixels] | None = None,
    threads: int = 2,
) -> list[Judged]:
    """Find each face with both detectors, and estimate its age.

    Args:
        labels: The faces.
        estimators: All are asked.
        change: Done to every photo before it is put on a sheet, such as `resized(32)`.
        threads: Threads of one run of a model.
    """
    detectors = make_detectors(DetectSettings(), threads=threads)
    try:
        return [
            judged
            for sheet, placed in _sheets(labels, change)
            for judged in _judge_sheet(sheet, placed, detectors, estimators)
        ]
    finally:
        for detector in detectors:
            detector.close()


def _sheets(
    labels: Sequence[LabelledFace], change: Callable[[Pixels], Pixels] | None
) -> Iterator[tuple[Pixels, list[tuple[LabelledFace, tuple[float, float, float]]]]]:
    """Yield sheets, and for each face on it the middle and the size of its photo there, in pixels."""
    photos = [change(photo) if change else photo for photo in map(_read, (label.path for label in labels))]
    cell = round(1.5 * max(max(photo.shape[:2]) for photo in photos))
    columns = min(max(SHEET_PX // cell, COLUMNS[0]), COLUMNS[1])
    for start in range(0, len(labels), columns**2):
        part = list(zip(labels, photos, strict=True))[start : start + columns**2]
        sheet = np.full((cell * math.ceil(len(part) / columns), cell * columns, 3), BACKGROUND, np.uint8)
        placed = []
        for index, (label, photo) in enumerate(part):
            height, width = photo.shape[:2]
            x = index % columns * cell + (cell - width) // 2
            y = index // columns * cell + (cell - height) // 2
            sheet[y : y + height, x : x + width] = photo
            placed.append((label, (x + width / 2, y + height / 2, float(max(width, height)))))
        sheet.setflags(write=False)
        yield sheet, placed


def _judge_sheet(
    sheet: Pixels,
    placed: Sequence[tuple[LabelledFace, tuple[float, float, float]]],
    detectors: Sequence[Detector],
    estimators: Sequence[AgeEstimator],
) -> Iterator[Judged]:
    """Yield what became of each face of a sheet: the found face nearest to the middle of its photo counts."""
    faces = merge([detector.detect(sheet) for detector in detectors])
    found: list[Face | None] = []
    for _, (x, y, size) in placed:
        near = [face for face in faces if math.dist((x, y), (face.box.center.x, face.box.center.y)) < size / 3]
        found.append(min(near, key=lambda f: math.dist((x, y), (f.box.center.x, f.box.center.y)), default=None))
    known = [face for face in found if face]
    answers = iter(zip(*(estimator.estimate(sheet, known) for estimator in estimators), strict=True))
    for (label, _), face in zip(placed, found, strict=True):
        yield Judged(label, face, next(answers) if face else (None,) * len(estimators))


def _read(path: Path) -> Pixels:
    """Read a photo as RGB."""
    return np.asarray(cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB), np.uint8)


def resized(face_px: float) -> Callable[[Pixels], Pixels]:
    """Return a change that gives a face about this height: it has 190 px in photos of 200 px, and 215 px in others."""

    def change(photo: Pixels) -> Pixels:
        scale = face_px / (190.0 if max(photo.shape[:2]) <= 200 else 215.0)
        size = max(8, round(photo.shape[1] * scale)), max(8, round(photo.shape[0] * scale))
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        return np.asarray(cv2.resize(photo, size, interpolation=way), np.uint8)

    return change


def blurred(share: float) -> Callable[[Pixels], Pixels]:
    """Return a change that blurs with a standard deviation of this share of the photo's side."""
    return lambda photo: np.asarray(cv2.GaussianBlur(photo, (0, 0), max(share * photo.shape[1], 1e-3)), np.uint8)


def darkened(factor: float) -> Callable[[Pixels], Pixels]:
    """Return a change that multiplies light by a factor, as a shorter exposure does, and keeps the sensor's noise."""

    def change(photo: Pixels) -> Pixels:
        light = (photo / 255.0) ** 2.2 * factor + np.random.default_rng(0).normal(0, 0.004, photo.shape)
        return np.asarray(np.clip(light, 0, 1) ** (1 / 2.2) * 255, np.uint8)

    return change
