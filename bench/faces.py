"""Labelled single faces, put together on sheets and found there by blurkit's own detectors."""

from __future__ import annotations

import csv
import json
import math
import os
from collections.abc import Iterator, Sequence
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
    face_px: float | None = None,
    threads: int = 2,
) -> list[Judged]:
    """Find each face with both detectors, and estimate its age.

    Args:
        labels: The faces.
        estimators: All are asked.
        face_px: Resize every photo so that its face has about this height; None leaves it.
        threads: Threads of one run of a model.
    """
    detectors = make_detectors(DetectSettings(), threads=threads)
    try:
        return [
            judged
            for sheet, placed in _sheets(labels, face_px)
            for judged in _judge_sheet(sheet, placed, detectors, estimators)
        ]
    finally:
        for detector in detectors:
            detector.close()


def _sheets(
    labels: Sequence[LabelledFace], face_px: float | None
) -> Iterator[tuple[Pixels, list[tuple[LabelledFace, tuple[float, float, float]]]]]:
    """Yield sheets, and for each face on it the middle and the size of its photo there, in pixels."""
    photos = [_resized(_read(label.path), face_px) for label in labels]
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


def _resized(photo: Pixels, face_px: float | None) -> Pixels:
    """Resize a photo of 448 px with a face of about 215, or of 200 px with one of about 190."""
    if face_px is None:
        return photo
    height = 190.0 if max(photo.shape[:2]) <= 200 else 215.0
    scale = face_px / height
    size = max(8, round(photo.shape[1] * scale)), max(8, round(photo.shape[0] * scale))
    return np.asarray(cv2.resize(photo, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC), np.uint8)
