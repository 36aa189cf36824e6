"""How well covers fit heads: what stays open of head and face, what else they hide, and whose faces they touch.

    python -m bench.covers [FOLDER] [--save]

The heads (hair and ears down to the chin, no hats) are those of `bench/labels/heads.json`, eight points each, marked by
eye. Outlines were fitted to some of them; the others were labelled before covers were changed, and are told apart.
Faces are found as blurkit finds them. Each cover is judged alone, so no other cover helps it. What it does to others is
judged as if everybody else was kept, since covers give way to faces that are. "before" are the upright and turned
ellipses that blurkit drew until November 2026.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bench import ellipses
from bench.data import LabelledPhoto, detection_photos, evaluation_folder
from bench.scoring import overlaps
from blurkit.appearance import ObscureSettings
from blurkit.choices import Shape
from blurkit.detect.finder import Finder
from blurkit.geometry import Box, Size
from blurkit.load import decode
from blurkit.obscure import drawn_mask
from blurkit.records import Face
from blurkit.settings import LoadSettings, Settings

HEADS = Path(__file__).parent / "labels" / "heads.json"
"""Labelled heads by photo: the box of the face, as the data's labels have it, and points around the head."""
RESULTS = Path(__file__).parent / "results" / "covers.json"
TOUCHED = 0.1
"""A neighbour's face counts as touched if more than this share of what the head itself leaves of it is hidden."""

Mask = npt.NDArray[np.bool_]
Covering = Callable[[Face, Size, Sequence[Face]], Mask]
"""From a face, the photo's size and the faces that are kept to what is hidden."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How one cover fits its head; shares of the head's area, or of the face's."""

    head_open: float
    """Of the head."""
    face_open: float
    """Of that part of the head that lies in the face's box."""
    beyond: float
    """What is hidden and is no head, as a share of the head."""
    touched: int
    """Neighbours whose face is touched, if everybody else is kept, and lies beside this one."""
    overlapping: int
    """The same of those whose face overlaps this one: not to hide it would open this one."""
    face_open_beside: float
    """`face_open`, if everybody else is kept."""
    head_open_beside: float
    """`head_open`, likewise."""


def main() -> None:
    """Judge every kind of cover on the labelled heads, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, help="evaluation data; default: BLURKIT_EVAL_DATA")
    parser.add_argument("--save", action="store_true", help=f"write {RESULTS.name}")
    arguments = parser.parse_args()
    heads = list(found_heads(evaluation_folder(arguments.folder)))
    rows = {}
    for name, covering in COVERINGS.items():
        fits = [fit(head, covering) for head in heads]
        for which, fitted in (("all", (True, False)), ("fitted to", (True,)), ("others", (False,))):
            chosen = [each for each, head in zip(fits, heads, strict=True) if head.fitted in fitted]
            rows[f"{name}, {which}"] = row = tabulate(chosen)
            print(f"{name}, {which}", *(f"{key}: {value}" for key, value in row.items()), sep="\n    ")
    if arguments.save:
        RESULTS.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Head:
    """A labelled head, and the face that was found there."""

    photo: LabelledPhoto
    size: Size
    face: Face
    box: Box
    """Of the labelled face."""
    points: npt.NDArray[np.float64]
    """Around the head, shape (n, 2)."""
    others: tuple[Face, ...] = ()
    """The other faces that were found."""
    fitted: bool = True
    """Whether outlines were fitted to it."""


def found_heads(folder: Path) -> Iterator[Head]:
    """Find the faces of all photos with labelled heads, and give those heads whose face was found."""
    labels: dict[str, list[dict[str, Any]]] = json.loads(HEADS.read_text(encoding="utf-8"))
    finder = Finder(Settings().detect, threads=2)
    for photo in detection_photos(folder):
        heads = labels.get(f"{photo.dataset}/{photo.path.name}", [])
        if not heads:
            continue
        pixels = decode(photo.path.read_bytes(), LoadSettings()).picture.pixels
        faces = finder.detect(pixels)
        boxes = np.array([face.box.sides for face in faces]).reshape(-1, 4)
        for head in heads:
            iou, _ = overlaps(boxes, np.array([head["face"]]))
            if len(iou) and iou[:, 0].max() > 0.3:
                face = faces[int(iou[:, 0].argmax())]
                others = tuple(other for other in faces if other is not face)
                size, points = Size(pixels.shape[1], pixels.shape[0]), np.array(head["outline"], float)
                yield Head(photo, size, face, Box(*head["face"]), points, others, head.get("fitted", True))
    finder.close()


def fit(head: Head, covering: Covering) -> Fit:
    """Judge one cover."""
    mask, own = covering(head.face, head.size, ()), area([curve(head.points)], head.size)
    beside = covering(head.face, head.size, head.others)
    face, oval, touched, overlapping = own & _boxed(head.box, head.size), _oval(head.box, head.size), 0, 0
    for box in (Box(*sides) for sides in head.photo.faces.tolist()):
        other = _oval(box, head.size)
        seen = other & ~own
        if box.iou(head.box) < 0.3 and seen.any() and beside[seen].mean() > TOUCHED:
            touched, overlapping = (touched, overlapping + 1) if (other & oval).any() else (touched + 1, overlapping)
    return Fit(
        float(1 - mask[own].mean()),
        float(1 - mask[face].mean()),
        float((mask & ~own).sum() / own.sum()),
        touched,
        overlapping,
        float(1 - beside[face].mean()),
        float(1 - beside[own].mean()),
    )


def tabulate(fits: list[Fit]) -> dict[str, object]:
    """Return the figures of one kind of cover."""
    opened, beyond = [each.head_open for each in fits], [each.beyond for each in fits]
    return {
        "heads": len(fits),
        "head open, median": round(float(np.median(opened)), 4),
        "head open, mean": round(float(np.mean(opened)), 4),
        "head open, 90th percentile": round(float(np.quantile(opened, 0.9)), 4),
        "face open, mean": round(float(np.mean([each.face_open for each in fits])), 5),
        "face open, worst": round(max(each.face_open for each in fits), 4),
        "area beyond the head, mean": round(float(np.mean(beyond)), 3),
        "head open if all others are kept, mean": round(float(np.mean([each.head_open_beside for each in fits])), 4),
        "face open if all others are kept, mean": round(float(np.mean([each.face_open_beside for each in fits])), 5),
        "face open if all others are kept, worst": round(max(each.face_open_beside for each in fits), 4),
        "neighbours' faces touched": sum(each.touched for each in fits),
        "touched of those that overlap the covered face": sum(each.overlapping for each in fits),
    }


def curve(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return a smooth closed curve through points (Catmull-Rom), shape (m, 2)."""
    before, after, next_ = np.roll(points, 1, axis=0), np.roll(points, -1, axis=0), np.roll(points, -2, axis=0)
    t = np.linspace(0, 1, 12, endpoint=False)[:, None, None]
    bent = (2 * points + (after - before) * t + (2 * before - 5 * points + 4 * after - next_) * t**2) + (
        3 * points - before - 3 * after + next_
    ) * t**3
    return np.asarray(bent.transpose(1, 0, 2).reshape(-1, 2) / 2, np.float64)


def area(polygons: list[npt.NDArray[np.float64]], size: Size) -> Mask:
    """Return which pixels lie in polygons: bool of shape (H, W)."""
    import cv2

    inside = np.zeros((size.height, size.width), np.uint8)
    cv2.fillPoly(inside, [np.rint((each - 0.5) * 16).astype(np.int32) for each in polygons], 1, cv2.LINE_8, 4)
    return inside > 0


def before(face: Face, size: Size, kept: Sequence[Face]) -> Mask:
    """Cover as blurkit did until November 2026; nothing gave way."""
    return ellipses.mask_of(face, size)


def now(shape: Shape) -> Covering:
    """Cover as blurkit does, with its own margin; the smooth edge counts as hidden."""
    return lambda face, size, kept: drawn_mask([face], ObscureSettings(shape=shape), size, kept)


COVERINGS: dict[str, Covering] = {"before": before, **{shape.value: now(shape) for shape in Shape}}


def _boxed(box: Box, size: Size) -> Mask:
    left, top, right, bottom = box.pixels(size)
    mask = np.zeros((size.height, size.width), bool)
    mask[top:bottom, left:right] = True
    return mask


def _oval(box: Box, size: Size) -> Mask:
    angles = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    center, halves = (box.center.x, box.center.y), (box.width / 2, box.height / 2)
    return area([center + np.column_stack([np.cos(angles), np.sin(angles)]) * halves], size)


if __name__ == "__main__":
    main()
