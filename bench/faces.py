"""Labelled single faces, put together on sheets and found there by blurkit's own detectors.

A folder holds `labels.csv`; its photos are files, or members of the zips that lie beside it.
"""

from __future__ import annotations

import csv
import json
import math
import os
import pickle
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from bench.estimators import each_alone
from bench.worse import old_print, resized
from blurkit.detect.finder import Finder
from blurkit.geometry import Point
from blurkit.settings import DetectSettings

if TYPE_CHECKING:
    from blurkit.age.base import AgeEstimator
    from blurkit.records import AgeEstimate, Face, Pixels

SHEET_PX, COLUMNS = 3000, (8, 32)
"""About the side of a sheet in pixels, and how many faces it has at least and at most in a row, with as many rows."""
WRONG = Path(__file__).parent / "labels" / "age_wrong.json"
"""Faces whose label is plainly wrong, found by looking at the worst errors, each with the reason: left out."""
ETHNICITY = ("White", "Black", "Asian", "Indian", "other")
"""What UTKFace's code in the name of a file means, by its authors' words."""
ARCHIVE = "faces.zip"
"""Photos of a folder may lie in this; a path whose first part is a zip names a member, too."""
OLDEST = 120.0
"""A bin that is open upwards ends here."""
GENDER_CODES = {"1": "F", "2": "M"}
"""What the codes of *Images of Groups* mean, by its authors' words."""
CHANGED_EVERY = 2
"""Only every n-th face is changed."""
CHANGED: dict[str, dict[str, Callable[[Pixels, int], Pixels]]] = {
    "utkface": {
        "at 48 px": lambda photo, _: resized(photo, 48),
        "at 32 px": lambda photo, _: resized(photo, 32),
        "at 24 px": lambda photo, _: resized(photo, 24),
        "at 16 px": lambda photo, _: resized(photo, 16),
        "as old prints": old_print,
    },
    "groups_faces": {
        "at 38 px": lambda photo, _: resized(photo, 38, now=len(photo)),
        "at 27 px": lambda photo, _: resized(photo, 27, now=len(photo)),
    },
}
"""By folder and words: what is done to a photo, the n-th; then its face is judged again. The second has no margins."""
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
    groups: tuple[str, ...]
    """What else the label says, for fairness: gender, and UTKFace's code of ethnicity; may be empty."""


Placed = list[tuple[LabelledFace, tuple[float, float, float]]]
"""Faces of a sheet, each with the middle of its photo there and the photo's longer side, in pixels."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What blurkit made of a labelled face."""

    label: LabelledFace
    """The face."""
    found: Face | None
    """Where it was found, in pixels of its own photo, or None."""
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
    """Read the labels of a folder, but for those of photos that are for training."""
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row.get("split", "val") != "train"]
    wrong = json.loads(WRONG.read_text(encoding="utf-8"))
    archive = folder / ARCHIVE
    within = archive if archive.exists() else folder
    return [
        LabelledFace(within / row["path"], folder.name, *_ages(row), _groups(row))
        for row in rows
        if f"{folder.name}/{row['path']}" not in wrong
    ]


def _ages(row: dict[str, str]) -> tuple[float, float]:
    """Return the lowest and the highest age that a label allows: an age in years, or a bin."""
    row = row | dict(part.split("=", 1) for part in row.get("notes", "").split(";") if "=" in part)
    youngest = float(row.get("age_lo") or row.get("youngest") or row["age"])
    return youngest, float(row.get("age_hi") or row.get("oldest") or max(youngest, float(row.get("age") or OLDEST)))


def _groups(row: dict[str, str]) -> tuple[str, ...]:
    """Return gender and ethnicity from a label, else from a name as `age_gender_ethnicity_date.jpg`."""
    if code := re.match(r"\d+_([01])_([0-4])_", Path(row["path"]).name):
        return f"gender {'MF'[int(code[1])]}", f"ethnicity {ETHNICITY[int(code[2])]}"
    gender = row.get("gender") or GENDER_CODES.get(row.get("gender_code", ""))
    known = (("gender", gender), ("ethnicity", row.get("race")))
    return tuple(f"{name} {value}" for name, value in known if value)


def judge_folders(
    folders: Sequence[Path], answers: Path | None = None, *, again: bool = False
) -> dict[str, list[Judged]]:
    """Judge every labelled face of some folders, as it is and made worse, with each estimator of `ESTIMATORS`.

    Args:
        folders: With `labels.csv`; none: those in `BLURKIT_EVAL_DATA`.
        answers: A file that keeps what was found, outside the project; read if it is there.
        again: Ask the estimators again about the faces that were found before: after a change of the estimate alone.

    Returns:
        By name of the set: the folder, and how its faces were changed (see `CHANGED`); estimates in the order of
        `ESTIMATORS`.
    """
    kept: dict[str, list[Judged]] = pickle.loads(answers.read_bytes()) if answers and answers.exists() else {}
    if kept and not again:
        return kept
    estimators = each_alone()
    judged = {}
    for folder in age_folders(folders):
        labels = labelled_faces(folder)
        judged[folder.name] = judge_faces(labels, estimators, found=_found(kept, folder.name))
        for words, change in CHANGED.get(folder.name, {}).items():
            name, some = f"{folder.name} {words}", labels[::CHANGED_EVERY]
            photos = [change(read_photo(label), index) for index, label in enumerate(some)]
            judged[name] = judge_faces(some, estimators, photos=photos, found=_found(kept, name))
    if answers:
        answers.write_bytes(pickle.dumps(judged))
    return judged


def _found(kept: dict[str, list[Judged]], name: str) -> list[Face | None] | None:
    return [judged.found for judged in kept[name]] if name in kept else None


def changed_sets() -> set[str]:
    """Return the names of sets whose faces are those of another one, changed."""
    return {f"{folder} {words}" for folder, changes in CHANGED.items() for words in changes}


def judge_faces(
    labels: Sequence[LabelledFace],
    estimators: Sequence[AgeEstimator],
    *,
    photos: Iterable[Pixels] | None = None,
    found: Sequence[Face | None] | None = None,
    threads: int = 2,
) -> list[Judged]:
    """Find each face as blurkit does, and estimate its age.

    Args:
        labels: The faces.
        estimators: All are asked.
        photos: The photos of the faces, if they were changed; else they are read.
        found: Where each face was found before, in pixels of its own photo; else it is looked for.
        threads: Threads of one run of a model.
    """
    pictures = list(photos or map(read_photo, labels))
    order = sorted(range(len(labels)), key=lambda index: -max(pictures[index].shape[:2]))
    sheets = _sheets([labels[index] for index in order], [pictures[index] for index in order])
    if found is not None:
        known = iter([found[index] for index in order])
        judged = [
            each for sheet, placed in sheets for each in _judge_sheet(placed, sheet, estimators, _on(placed, known))
        ]
    else:
        with closing(Finder(DetectSettings(), threads=threads)) as finder:
            judged = [
                each
                for sheet, placed in sheets
                for each in _judge_sheet(placed, sheet, estimators, _find(sheet, placed, finder))
            ]
    return [face for _, face in sorted(zip(order, judged, strict=True), key=itemgetter(0))]


def _sheets(labels: Sequence[LabelledFace], photos: Sequence[Pixels]) -> Iterator[tuple[Pixels, Placed]]:
    """Yield sheets, and for each face on it the middle and the size of its photo there, in pixels; largest first."""
    start = 0
    while start < len(labels):
        cell = round(1.5 * max(photos[start].shape[:2]))
        columns = min(max(SHEET_PX // cell, COLUMNS[0]), COLUMNS[1])
        part = list(zip(labels, photos, strict=True))[start : start + columns**2]
        start += columns**2
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


def _find(sheet: Pixels, placed: Placed, finder: Finder) -> list[Face | None]:
    """Return the found face that is nearest to the middle of each photo."""
    faces = finder.detect(sheet)
    found: list[Face | None] = []
    for _, (x, y, size) in placed:
        near = [face for face in faces if math.dist((x, y), (face.box.center.x, face.box.center.y)) < size / 3]
        found.append(min(near, key=lambda f: math.dist((x, y), (f.box.center.x, f.box.center.y)), default=None))
    return found


def _on(placed: Placed, known: Iterator[Face | None]) -> list[Face | None]:
    """Return faces of single photos where they lie on a sheet."""
    return [
        None if face is None else _moved(face, x - size / 2, y - size / 2)
        for (_, (x, y, size)), face in zip(placed, known, strict=False)
    ]


def _judge_sheet(
    placed: Placed, sheet: Pixels, estimators: Sequence[AgeEstimator], found: Sequence[Face | None]
) -> Iterator[Judged]:
    """Yield what became of each face of a sheet."""
    known = [face for face in found if face]
    answers = iter(zip(*(estimator.estimate(sheet, known) for estimator in estimators), strict=True))
    for (label, (x, y, size)), face in zip(placed, found, strict=True):
        at = None if face is None else _moved(face, size / 2 - x, size / 2 - y)
        yield Judged(label, at, next(answers) if face else (None,) * len(estimators))


def _moved(face: Face, dx: float, dy: float) -> Face:
    points = tuple(Point(point.x + dx, point.y + dy) for point in face.landmarks or ())
    return replace(face, box=face.box.shift(dx, dy), landmarks=points or None)


def read_photo(label: LabelledFace) -> Pixels:
    """Read a face's photo as RGB."""
    photo = cv2.imdecode(np.frombuffer(_content(label.path), np.uint8), cv2.IMREAD_COLOR)
    if photo is None:
        raise SystemExit(f"{label.path} cannot be read")
    return np.asarray(cv2.cvtColor(photo, cv2.COLOR_BGR2RGB), np.uint8)


def _content(path: Path) -> bytes:
    """Read a file, or a member of a zip that its path goes through."""
    for part in path.parents:
        if part.suffix == ".zip":
            return _archive(part).read(path.relative_to(part).as_posix())
    return path.read_bytes()


@cache
def _archive(path: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(path)
