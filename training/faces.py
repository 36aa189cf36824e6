"""FairFace's faces as arrays: unpacked once, read by every later step. Needs no PyTorch."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from blurkit.picture.chips import Matrix

SIDE = 128
"""Width and height of a face's picture in pixels."""
MARGIN = 0.25
"""Face widths around dlib's template in FairFace's pictures: they were cut as dlib's chips are, so they are aligned."""
OLDEST = 100
"""The last bin, 70 and more, ends here."""
OVERLAPS = "overlaps_fairface540.txt"
"""Faces that seem to be in a set that is for measuring: left out."""


@dataclass(frozen=True, slots=True)
class Faces:
    """The faces of one part of FairFace, and what its labels say."""

    pictures: npt.NDArray[np.uint8]
    """RGB, shape (n, SIDE, SIDE, 3); a file on disk."""
    youngest: npt.NDArray[np.int64]
    """Lowest age of the bin in years, shape (n,)."""
    oldest: npt.NDArray[np.int64]
    """Highest age of the bin, in full years."""
    gender: npt.NDArray[np.str_]
    """M or F."""
    race: npt.NDArray[np.str_]
    """One of FairFace's seven groups."""
    name: npt.NDArray[np.str_]
    """Path in the folder."""


def picture_to_template() -> Matrix:
    """Return the map from a face's picture to the template in which it was cut; see `blurkit.picture.chips.Matrix`."""
    scale = (1 + 2 * MARGIN) / SIDE
    return np.array([[scale, 0, -MARGIN], [0, scale, -MARGIN]])


def unpack(folder: Path, work: Path) -> None:
    """Write the pictures and labels of both parts, `train` and `val`, as arrays.

    Args:
        folder: FairFace with `labels.csv` and its zips.
        work: Where the arrays go; what is there already is kept.
    """
    left_out = set((folder / OVERLAPS).read_text(encoding="utf-8").split())
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["path"] not in left_out]
    for part in ("train", "val"):
        if not (work / f"{part}.csv").exists():
            _unpack_part(folder, work, part, [row for row in rows if row["split"] == part])


def _unpack_part(folder: Path, work: Path, part: str, rows: list[dict[str, str]]) -> None:
    work.mkdir(parents=True, exist_ok=True)
    shape = (len(rows), SIDE, SIDE, 3)
    pictures = np.lib.format.open_memmap(work / f"{part}.npy", "w+", np.uint8, shape)
    archives = {name: zipfile.ZipFile(folder / name) for name in sorted({row["path"].split("/", 1)[0] for row in rows})}
    for index, row in enumerate(rows):
        archive, _, name = row["path"].partition("/")
        pictures[index] = _decode(archives[archive].read(name))
    for opened in archives.values():
        opened.close()
    pictures.flush()
    with (work / f"{part}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _decode(data: bytes) -> npt.NDArray[np.uint8]:
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if picture is None or picture.shape != (SIDE, SIDE, 3):
        raise SystemExit(f"a picture of FairFace cannot be read, or is not {SIDE} px wide")
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)


def read_faces(work: Path, part: str) -> Faces:
    """Open the arrays that `unpack` wrote."""
    with io.StringIO((work / f"{part}.csv").read_text(encoding="utf-8")) as file:
        rows = list(csv.DictReader(file))
    return Faces(
        np.load(work / f"{part}.npy", mmap_mode="r"),
        np.array([int(row["age_lo"]) for row in rows]),
        np.array([min(int(row["age_hi"] or OLDEST), OLDEST) for row in rows]),
        np.array([row["gender"] for row in rows]),
        np.array([row["race"] for row in rows]),
        np.array([row["path"] for row in rows]),
    )
