"""The evaluation photos and their labels, read from a folder outside the project."""

from __future__ import annotations

import json
import os
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.scoring import Boxes
from blurkit.geometry import Size

IGNORED = Path(__file__).parent / "labels" / "ignored.json"
"""What looking at false alarms and misses showed: faces without a label, labels without a face; count neither way."""

FOLDS = 8
"""Parts of the photos, each of which is judged by what was fitted on the others."""


@dataclass(frozen=True, slots=True)
class LabelledPhoto:
    """One evaluation photo."""

    path: Path
    """The file."""
    dataset: str
    """`groups` or `wider_dev`."""
    posed: bool
    """A posed group rather than a crowd."""
    faces: Boxes
    """Labelled faces."""
    ignored: Boxes
    """Faces that count neither way."""
    flags: list[dict[str, int]]
    """WIDER's flags of each labelled face."""

    @property
    def fold(self) -> int:
        """Which part of the photos it belongs to, whatever other photos there are: 0..`FOLDS` - 1."""
        return fold_of(self.path.name)

    @property
    def size(self) -> Size:
        """Width and height in pixels, from the file's header."""
        from PIL import Image

        with Image.open(self.path) as image:
            return Size(image.width, image.height)


def fold_of(name: str) -> int:
    """Return the part that a photo belongs to, by the name of its file."""
    return zlib.crc32(name.encode()) % FOLDS


def evaluation_folder(given: Path | None = None) -> Path:
    """Return the evaluation data's folder: the argument or `BLURKIT_EVAL_DATA`."""
    folder = given or Path(os.environ.get("BLURKIT_EVAL_DATA", ""))
    if not (folder / "detect").is_dir():
        raise SystemExit("give the folder of the evaluation data, or set BLURKIT_EVAL_DATA")
    return folder


def detection_photos(
    folder: Path, datasets: tuple[str, ...] = ("groups", "wider_dev"), *, audited: bool = True
) -> list[LabelledPhoto]:
    """Return all labelled photos for detection; invalid faces and those under 2 px are ignored.

    Args:
        folder: The evaluation data.
        datasets: Folders in it.
        audited: Ignore also what `IGNORED` lists; without it the labels count as they came.
    """
    audit = json.loads(IGNORED.read_text(encoding="utf-8")) if audited else {"unlabelled": {}, "not_faces": {}}
    photos = []
    for dataset in datasets:
        labels = json.loads((folder / "detect" / dataset / "ground_truth.json").read_text())
        for name, entry in labels.items():
            key = f"{dataset}/{name}"
            ignored: list[list[float]] = [list(box) for box in audit["unlabelled"].get(key, [])]
            not_faces = [label["box"] for label in audit["not_faces"].get(key, [])]
            faces: list[list[float]] = []
            flags: list[dict[str, int]] = []
            for face in entry["faces"]:
                box = [face["x"], face["y"], face["x"] + face["w"], face["y"] + face["h"]]
                out = face.get("invalid") or face.get("ignore") or min(face["w"], face["h"]) < 2 or box in not_faces
                (ignored if out else faces).append(box)
                if not out:
                    flags.append({key: int(face.get(key, 0)) for key in ("blur", "occlusion", "pose")})
            ignored += [[b["x"], b["y"], b["x"] + b["w"], b["y"] + b["h"]] for b in entry.get("ignore", [])]
            photos.append(
                LabelledPhoto(
                    folder / "detect" / dataset / name,
                    dataset,
                    bool(entry.get("posed", dataset == "groups")),
                    np.array(faces, np.float64).reshape(-1, 4),
                    np.array(ignored, np.float64).reshape(-1, 4),
                    flags,
                )
            )
    return photos
